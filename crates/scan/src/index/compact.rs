//! The engine for lines without white space: four times 64 bytes at once, with AVX2.
//!
//! ```text
//! for each batch of up to 16 rows of 64 bytes
//!     gather   the masks of each row; strings, escapes, control characters, the line's end
//!     check    rules 1 to 3 on four rows at once, a mask to a lane of 64 bits
//!     push     the positions of the tokens
//! ```
//!
//! Without white space "the token after x" is the next byte: a shift by one, where each lane gets
//! the highest bit of the lane before. A space outside of a string counts as part of a number or a
//! literal here, so that the walk refuses the line, which then goes to the other engine.
//!
//! The closing quotes of the strings that could be keys are found by adding: in the mask of the
//! strings a carry runs from the opening quote to the closing one. A carry that leaves a lane is
//! added to the next; one that would run through a whole lane (a key of more than 64 bytes) is not
//! followed, but makes the line unsound, and the other engine decides.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_andnot_si256, _mm256_blend_epi32,
    _mm256_castsi256_pd, _mm256_cmpeq_epi64, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_movemask_pd, _mm256_or_si256, _mm256_permute4x64_epi64, _mm256_set_epi64x,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_slli_epi64, _mm256_srli_epi64,
    _mm256_storeu_si256, _mm256_testz_si256, _mm256_xor_si256,
};

use super::avx2::{Avx2, Masks, masks};
use super::escapes::Escapes;
use super::{Classify, Controls, Index, Outline, Rows, line_ends, sixty_four};

/// Rows that are gathered before they are checked.
const BATCH: usize = 16;

/// A mask of each row of a batch, by fours.
type Words = [[u64; 4]; BATCH / 4];

/// The masks of a batch as they are gathered: those of the strings are right, the others have
/// bits inside of strings, too.
#[derive(Default)]
struct Batch {
    quote: Words,
    /// The insides of strings with their opening quotes, and all that is behind the line's end.
    string: Words,
    colon: Words,
    /// Commas and opening brackets.
    item: Words,
    /// Opening and closing brackets.
    bracket: Words,
    backslash: Words,
}

/// Index the line whose first byte, a bracket, stands at `origin`.
#[inline]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn line(avx2: Avx2, index: &mut Index, block: &[u8], origin: usize) -> Outline {
    let mut batch = Batch::default();
    let mut gather = Gather::default();
    let mut check = Check::new();
    let mut at = origin;
    let mut row = 0;
    index.count = 0;
    loop {
        let rows = gather.batch(avx2, &mut batch, block, at);
        index.reserve(row + BATCH + 1, BATCH + 1);
        let (tokens, filled) = check.batch(&batch, rows, &mut index.rows, row);
        push(index, &tokens, filled, (at - origin) as u32);
        if let Some(end) = gather.end {
            index.rows.used = row + rows;
            let (content_end, next) = line_ends(block, end);
            return Outline {
                content_end,
                next,
                sound: !gather.wrong && gather.escapes.sound() && check.sound(),
                has_non_ascii: gather.has_non_ascii,
                has_backslash: gather.escapes.any(),
                has_escaped_key: _mm256_testz_si256(check.escaped_key, check.escaped_key) == 0,
                knows_space: false,
                has_space: false,
            };
        }
        row += BATCH;
        at += 64 * BATCH;
    }
}

/// Append the tokens of a batch of rows, the first of which is byte `base` of the line.
///
/// As `Index::push`, but with one look at the room for all of them, and rows without a token, which
/// are every other one, cost nothing: `filled` has a bit for each of the others.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn push(index: &mut Index, rows: &Words, mut filled: u32, base: u32) {
    const MOST: usize = 64 * BATCH;
    let Some(room) = index.tokens[index.count..].first_chunk_mut::<{ MOST + 64 }>() else {
        return;
    };
    let mut count = 0;
    while filled != 0 {
        let row = filled.trailing_zeros();
        filled &= filled - 1;
        let base = base.wrapping_add(64 * row);
        let mut bits = rows.as_flattened()[row as usize % BATCH];
        let mut at = count;
        count += bits.count_ones() as usize;
        loop {
            // There are at most as many tokens as bytes; the mask only tells the compiler so.
            for place in &mut room[at % MOST..at % MOST + 4] {
                *place = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            at += 4;
            if bits == 0 {
                break;
            }
        }
    }
    index.count += count;
}

/// What gathering one row leaves to the next.
#[derive(Default)]
struct Gather {
    /// All ones if a string is open.
    in_string: u64,
    escapes: Escapes,
    wrong: bool,
    has_non_ascii: bool,
    /// Where the line ends, once that is seen.
    end: Option<usize>,
}

impl Gather {
    /// Gather the rows from `at` on, up to the line's end; how many there are.
    ///
    /// This and `Check::batch` are not inlined, so that each has the registers to itself.
    #[inline(never)]
    #[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
    fn batch(&mut self, avx2: Avx2, batch: &mut Batch, block: &[u8], at: usize) -> usize {
        let mut rows = 0;
        while rows < BATCH {
            rows = self.plain_rows(avx2, batch, block, at, rows);
            if rows == BATCH {
                return rows;
            }
            self.special_row(avx2, batch, rows, block, at + 64 * rows);
            rows += 1;
            if self.end.is_some() {
                break;
            }
        }
        // Up to four rows are checked at once: those behind the line's end have nothing in them.
        for row in rows..rows.next_multiple_of(4) {
            batch.quote.as_flattened_mut()[row] = 0;
            batch.string.as_flattened_mut()[row] = !0;
            batch.backslash.as_flattened_mut()[row] = 0;
        }
        rows
    }

    /// Gather rows as long as they are whole and have nothing special.
    #[inline]
    #[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
    fn plain_rows(
        &mut self,
        avx2: Avx2,
        batch: &mut Batch,
        block: &[u8],
        at: usize,
        mut row: usize,
    ) -> usize {
        if self.escapes.carry != 0 {
            return row;
        }
        let mut in_string = self.in_string;
        let mut non_ascii = _mm256_setzero_si256();
        for bytes in block[at + 64 * row..].chunks_exact(64) {
            let Some(bytes) = bytes.first_chunk::<64>() else {
                break;
            };
            if row == BATCH {
                break;
            }
            let masks = masks(bytes);
            if masks.special {
                break;
            }
            let string = avx2.prefix_xor(masks.quote) ^ in_string;
            in_string = (string as i64 >> 63) as u64;
            non_ascii = _mm256_or_si256(non_ascii, masks.non_ascii);
            batch.put(row, masks, string, 0);
            row += 1;
        }
        self.in_string = in_string;
        self.has_non_ascii |= _mm256_movemask_epi8(non_ascii) != 0;
        row
    }

    /// Gather a row that has a backslash or a control character, begins with an escaped one, or is
    /// the block's last.
    #[inline(never)]
    #[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
    fn special_row(&mut self, avx2: Avx2, batch: &mut Batch, row: usize, block: &[u8], at: usize) {
        let mut tail = [0; 64];
        let bytes = sixty_four(block, at, &mut tail);
        let mut masks = masks(bytes);
        let controls = Controls::new(avx2, bytes);
        let inside = controls.inside;
        let backslash = avx2.equal(bytes, b'\\') & inside;
        masks.quote &= inside;
        if backslash | self.escapes.carry != 0 {
            masks.quote &= !self.escapes.take(backslash, inside, block, at);
        }
        let string = avx2.prefix_xor(masks.quote) ^ self.in_string;
        self.in_string = (string as i64 >> 63) as u64;
        self.has_non_ascii |= _mm256_movemask_epi8(masks.non_ascii) != 0;
        self.wrong |= controls.control & string != 0;
        if let Some(newline) = controls.newline {
            self.end = Some(at + newline);
            self.wrong |= self.in_string != 0;
        }
        batch.put(row, masks, string | !inside, backslash);
    }
}

impl Batch {
    #[inline(always)]
    fn put(&mut self, row: usize, masks: Masks, string: u64, backslash: u64) {
        self.quote.as_flattened_mut()[row] = masks.quote;
        self.string.as_flattened_mut()[row] = string;
        self.colon.as_flattened_mut()[row] = masks.colon;
        self.item.as_flattened_mut()[row] = masks.item;
        self.bracket.as_flattened_mut()[row] = masks.bracket;
        self.backslash.as_flattened_mut()[row] = backslash;
    }
}

/// What checking four rows leaves to the next four: masks turned by one lane, so that the first
/// lane holds the last row.
struct Check {
    colon: __m256i,
    item: __m256i,
    scalar: __m256i,
    key: __m256i,
    key_carry: __m256i,
    wrong: __m256i,
    /// The sign of a lane: whether a carry ran through a whole row.
    lost_carry: __m256i,
    escaped_key: __m256i,
}

/// What follows `bits`, byte by byte; `last` goes from four rows to the next.
#[inline]
#[target_feature(enable = "avx2")]
fn after(bits: __m256i, last: &mut __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi64::<1>(bits), highest_before(bits, last))
}

/// The highest bit of the row before each row, as its lowest.
#[inline]
#[target_feature(enable = "avx2")]
fn highest_before(bits: __m256i, last: &mut __m256i) -> __m256i {
    let turned = _mm256_permute4x64_epi64::<0b10_01_00_11>(bits);
    let before = _mm256_blend_epi32::<0b0000_0011>(turned, *last);
    *last = turned;
    _mm256_srli_epi64::<63>(before)
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u64; 4]) -> __m256i {
    // SAFETY: the load lies within the four words, and is of the unaligned kind.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(words: &mut [u64; 4], bits: __m256i) {
    // SAFETY: the store lies within the four words, and is of the unaligned kind.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), bits) }
}

/// Store to these four rows of a batch.
#[inline]
#[target_feature(enable = "avx2")]
fn store_four(rows: &mut [u64; BATCH], four: usize, bits: __m256i) {
    if let Some(words) = rows[4 * four..].first_chunk_mut::<4>() {
        store(words, bits);
    }
}

/// The masks of four rows, for the index and for the list of tokens.
struct Found {
    quote: __m256i,
    colon: __m256i,
    comma: __m256i,
    keyless: __m256i,
    tokens: __m256i,
}

impl Check {
    /// A line starts as if after an opening bracket.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new() -> Check {
        let zero = _mm256_setzero_si256();
        Check {
            colon: zero,
            item: _mm256_set_epi64x(0, 0, 0, i64::MIN),
            scalar: zero,
            key: zero,
            key_carry: zero,
            wrong: zero,
            lost_carry: zero,
            escaped_key: zero,
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn sound(&self) -> bool {
        _mm256_testz_si256(self.wrong, self.wrong) != 0
            && _mm256_movemask_pd(_mm256_castsi256_pd(self.lost_carry)) == 0
    }

    /// Check the rows of a batch; their masks go to the index at `row`, the tokens come back,
    /// with a bit for each row that has some.
    #[inline(never)]
    #[target_feature(enable = "avx2")]
    fn batch(&mut self, batch: &Batch, rows: usize, index: &mut Rows, row: usize) -> (Words, u32) {
        let mut tokens: Words = [[0; 4]; BATCH / 4];
        let mut filled = 0;
        let (Some(quote), Some(colon), Some(comma), Some(keyless)) = (
            index.quote[row..].first_chunk_mut::<BATCH>(),
            index.colon[row..].first_chunk_mut::<BATCH>(),
            index.comma[row..].first_chunk_mut::<BATCH>(),
            index.keyless[row..].first_chunk_mut::<BATCH>(),
        ) else {
            return (tokens, 0);
        };
        for (four, tokens) in tokens.iter_mut().enumerate().take(rows.div_ceil(4)) {
            let found = self.four(batch, four);
            store_four(quote, four, found.quote);
            store_four(colon, four, found.colon);
            store_four(comma, four, found.comma);
            store_four(keyless, four, found.keyless);
            store(tokens, found.tokens);
            let empty = _mm256_cmpeq_epi64(found.tokens, _mm256_setzero_si256());
            let empty = _mm256_movemask_pd(_mm256_castsi256_pd(empty)) as u32;
            filled |= (!empty & 0b1111) << (4 * four);
        }
        (tokens, filled)
    }

    /// Check four rows of the batch.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn four(&mut self, batch: &Batch, four: usize) -> Found {
        let or = |a, b| _mm256_or_si256(a, b);
        let and = |a, b| _mm256_and_si256(a, b);
        // The bits of the second that the first does not have.
        let without = |b, a| _mm256_andnot_si256(b, a);

        let quote = load(&batch.quote[four]);
        let string = load(&batch.string[four]);
        let text = or(quote, string);
        let colon = without(text, load(&batch.colon[four]));
        let item = without(text, load(&batch.item[four]));
        let bracket = without(text, load(&batch.bracket[four]));
        let open = and(item, bracket);
        let close = without(item, bracket);
        let comma = without(bracket, item);
        let others = or(or(text, colon), or(item, bracket));
        let scalar = without(others, _mm256_set1_epi64x(-1));
        let scalar_start = without(after(scalar, &mut self.scalar), scalar);
        let opening_quote = and(quote, string);

        let after_colon = after(colon, &mut self.colon);
        let item_start = after(item, &mut self.item);
        let sum = _mm256_add_epi64(string, and(item_start, opening_quote));
        let carry = without(sum, string);
        let sum = _mm256_add_epi64(sum, highest_before(carry, &mut self.key_carry));
        let carried = without(sum, string);
        self.lost_carry = or(self.lost_carry, _mm256_xor_si256(carry, carried));
        let after_key = after(without(string, sum), &mut self.key);
        // The sum has lost the bits of the keys, but has those of the other strings.
        self.escaped_key = or(self.escaped_key, and(carried, load(&batch.backslash[four])));

        let value_start = or(opening_quote, or(open, scalar_start));
        let expected = or(after_colon, item_start);
        let misplaced = without(close, _mm256_xor_si256(expected, value_start));
        self.wrong = or(self.wrong, or(misplaced, without(after_key, colon)));
        let keyless_item = without(or(opening_quote, close), item_start);
        let keyless = or(without(colon, after_key), keyless_item);
        let tokens = or(bracket, or(scalar_start, and(after_key, comma)));
        Found {
            quote,
            colon,
            comma,
            keyless,
            tokens,
        }
    }
}
