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
    _mm256_castsi256_pd, _mm256_loadu_si256, _mm256_movemask_pd, _mm256_or_si256,
    _mm256_permute4x64_epi64, _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_setzero_si256,
    _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_si256, _mm256_testz_si256,
    _mm256_xor_si256,
};

use super::avx2::{Avx2, Masks, masks};
use super::escapes::Escapes;
use super::{Classify, Controls, Index, Outline, line_ends, sixty_four};

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
    open: Words,
    close: Words,
    colon: Words,
    comma: Words,
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
        index.reserve(row + BATCH, BATCH + 1);
        let mut tokens: Words = [[0; 4]; BATCH / 4];
        for four in 0..rows.div_ceil(4) {
            check.four(&batch, four, index, row + 4 * four, &mut tokens[four]);
        }
        let base = (at - origin) as u32;
        for (number, tokens) in tokens.as_flattened()[..rows].iter().enumerate() {
            index.push(*tokens, base.wrapping_add(64 * number as u32));
        }
        if let Some(end) = gather.end {
            index.rows.used = row + rows;
            let (content_end, next) = line_ends(block, end);
            return Outline {
                content_end,
                next,
                sound: !gather.wrong && gather.escapes.sound() && check.sound(),
                has_non_ascii: gather.non_ascii != 0,
                has_backslash: gather.escapes.any(),
                has_space: false,
            };
        }
        row += BATCH;
        at += 64 * BATCH;
    }
}

/// What gathering one row leaves to the next.
#[derive(Default)]
struct Gather {
    /// All ones if a string is open.
    in_string: u64,
    escapes: Escapes,
    wrong: bool,
    non_ascii: u32,
    /// Where the line ends, once that is seen.
    end: Option<usize>,
}

impl Gather {
    /// Gather the rows from `at` on, up to the line's end; how many there are.
    #[inline]
    #[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
    fn batch(&mut self, avx2: Avx2, batch: &mut Batch, block: &[u8], at: usize) -> usize {
        let mut tail = [0; 64];
        let mut in_string = self.in_string;
        let mut non_ascii = self.non_ascii;
        let mut rows = 0;
        while rows < BATCH {
            let at = at + 64 * rows;
            let bytes = sixty_four(block, at, &mut tail);
            let Masks {
                quote,
                open,
                close,
                colon,
                comma,
                special,
                non_ascii: found,
            } = masks(bytes);
            non_ascii |= found;
            let mut masks = (quote, avx2.prefix_xor(quote) ^ in_string);
            if special | (self.escapes.carry != 0) {
                masks = self.special(avx2, bytes, quote, in_string, block, at);
            }
            let (quote, string) = masks;
            in_string = (string as i64 >> 63) as u64;
            batch.quote.as_flattened_mut()[rows] = quote;
            batch.string.as_flattened_mut()[rows] = string;
            batch.open.as_flattened_mut()[rows] = open;
            batch.close.as_flattened_mut()[rows] = close;
            batch.colon.as_flattened_mut()[rows] = colon;
            batch.comma.as_flattened_mut()[rows] = comma;
            rows += 1;
            if special && self.end.is_some() {
                break;
            }
        }
        self.in_string = in_string;
        self.non_ascii = non_ascii;
        // Up to four rows are checked at once: those behind the line's end have nothing in them.
        for row in rows..rows.next_multiple_of(4) {
            batch.quote.as_flattened_mut()[row] = 0;
            batch.string.as_flattened_mut()[row] = !0;
        }
        rows
    }

    /// The quotes and strings of a row that has a backslash or a control character.
    #[inline(never)]
    fn special(
        &mut self,
        avx2: Avx2,
        bytes: &[u8; 64],
        quote: u64,
        in_string: u64,
        block: &[u8],
        at: usize,
    ) -> (u64, u64) {
        let controls = Controls::new(avx2, bytes);
        let inside = controls.inside;
        let mut quote = quote & inside;
        let backslash = avx2.equal(bytes, b'\\') & inside;
        if backslash | self.escapes.carry != 0 {
            quote &= !self.escapes.take(backslash, inside, block, at);
        }
        let string = avx2.prefix_xor(quote) ^ in_string;
        self.wrong |= controls.control & string != 0;
        if let Some(newline) = controls.newline {
            self.end = Some(at + newline);
            self.wrong |= string >> 63 != 0;
        }
        (quote, string | !inside)
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

/// Store to these four rows.
#[inline]
#[target_feature(enable = "avx2")]
fn store_rows(rows: &mut [u64], row: usize, bits: __m256i) {
    if let Some(words) = rows[row..].first_chunk_mut::<4>() {
        store(words, bits);
    }
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
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn sound(&self) -> bool {
        _mm256_testz_si256(self.wrong, self.wrong) != 0
            && _mm256_movemask_pd(_mm256_castsi256_pd(self.lost_carry)) == 0
    }

    /// Check four rows of the batch; their masks go to the index at `row`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn four(
        &mut self,
        batch: &Batch,
        four: usize,
        index: &mut Index,
        row: usize,
        tokens: &mut [u64; 4],
    ) {
        let or = |a, b| _mm256_or_si256(a, b);
        let and = |a, b| _mm256_and_si256(a, b);
        // The bits of the second that the first does not have.
        let without = |b, a| _mm256_andnot_si256(b, a);

        let quote = load(&batch.quote[four]);
        let string = load(&batch.string[four]);
        let text = or(quote, string);
        let open = without(text, load(&batch.open[four]));
        let close = without(text, load(&batch.close[four]));
        let colon = without(text, load(&batch.colon[four]));
        let comma = without(text, load(&batch.comma[four]));
        let item = or(comma, open);
        let others = or(or(text, close), or(colon, item));
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

        let value_start = or(opening_quote, or(open, scalar_start));
        let expected = or(after_colon, item_start);
        let misplaced = without(close, _mm256_xor_si256(expected, value_start));
        self.wrong = or(self.wrong, or(misplaced, without(after_key, colon)));
        let keyless_item = without(or(opening_quote, close), item_start);
        let keyless = or(without(colon, after_key), keyless_item);

        store(
            tokens,
            or(or(open, close), or(scalar_start, and(after_key, comma))),
        );
        store_rows(&mut index.rows.quote, row, quote);
        store_rows(&mut index.rows.colon, row, colon);
        store_rows(&mut index.rows.comma, row, comma);
        store_rows(&mut index.rows.keyless, row, keyless);
    }
}
