//! The engine for lines without white space: several times 64 bytes at once, in wide registers.
//!
//! ```text
//! for each batch of up to 16 rows of 64 bytes
//!     gather   the masks of each row; strings, escapes, control characters, the line's end
//!     check    rules 1 to 3 on several rows at once, a mask to a lane of 64 bits
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

use super::escapes::Escapes;
use super::{Classify, Controls, Index, Outline, Rows, line_ends, sixty_four};

/// Rows that are gathered before they are checked.
pub(super) const BATCH: usize = 16;

/// A mask of each row of a batch.
pub(super) type Words = [u64; BATCH];

/// The most tokens of a batch.
const MOST: usize = 64 * BATCH;

/// The classes that this engine asks for: three masks that tell four kinds of bytes apart.
pub(super) struct Masks {
    pub(super) quote: u64,
    pub(super) colon: u64,
    /// Commas and opening brackets.
    pub(super) item: u64,
    /// Opening and closing brackets (and `Y`, `y`, `_` and DEL, which the walk refuses).
    pub(super) bracket: u64,
    /// Whether there is a backslash or a control character.
    pub(super) special: bool,
    /// Not zero if one of the bytes is not ASCII.
    pub(super) non_ascii: u64,
}

/// A processor with wide registers; to have a value of it is the proof.
pub(super) trait Wide: Classify {
    type Lanes: Lanes;
    fn masks(self, bytes: &[u8; 64]) -> Masks;
    /// The words of one group of rows.
    fn load(self, words: &Words, group: usize) -> Self::Lanes;
    /// The same word in each lane.
    fn splat(self, word: u64) -> Self::Lanes;
    /// What, as the group before, gives the first lane a highest bit before it.
    fn carry(self) -> Self::Lanes;
    /// Write the positions of these bits, byte `base` being the first; what stands behind them in
    /// the room means nothing.
    fn positions(self, bits: u64, base: u32, room: &mut [u32; 64]);
}

/// A register of as many words of 64 bits as there are rows in a group.
pub(super) trait Lanes: Copy {
    const COUNT: usize;
    fn store(self, words: &mut Words, group: usize);
    fn or(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    /// The bits that the other does not have.
    fn without(self, other: Self) -> Self;
    fn add(self, other: Self) -> Self;
    /// Each word moved up by one bit.
    fn doubled(self) -> Self;
    /// The highest bit of each word, as its lowest.
    fn highest(self) -> Self;
    /// The highest bit of the word before each word, as its lowest; `last` is the group before.
    fn highest_before(self, last: &mut Self) -> Self;
    /// A bit for each word that is not zero.
    fn filled(self) -> u32;
}

/// What follows `bits`, byte by byte; `last` goes from group to group.
#[inline(always)]
fn after<L: Lanes>(bits: L, last: &mut L) -> L {
    bits.doubled().or(bits.highest_before(last))
}

/// The masks of a batch as they are gathered: those of the strings are right, the others have
/// bits inside of strings, too.
#[derive(Default)]
#[repr(align(64))]
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
#[inline(always)]
pub(super) fn line<W: Wide>(wide: W, index: &mut Index, block: &[u8], origin: usize) -> Outline {
    let mut batch = Batch::default();
    let mut gather = Gather::default();
    let mut check = Check::new(wide);
    let mut at = origin;
    let mut row = 0;
    index.count = 0;
    loop {
        let rows = gather.batch(wide, &mut batch, block, at);
        index.reserve(row + BATCH + 1, BATCH + 1);
        let (tokens, filled) = check.batch(wide, &batch, rows, &mut index.rows, row);
        push(wide, index, &tokens, filled, (at - origin) as u32);
        if let Some(end) = gather.end {
            index.rows.used = row + rows;
            let (content_end, next) = line_ends(block, end);
            return Outline {
                content_end,
                next,
                sound: !gather.wrong && gather.escapes.sound() && check.sound(),
                has_non_ascii: gather.non_ascii != 0,
                has_backslash: gather.escapes.any(),
                has_escaped_key: check.escaped_key.filled() != 0,
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
#[inline(always)]
fn push<W: Wide>(wide: W, index: &mut Index, rows: &Words, mut filled: u32, base: u32) {
    let Some(room) = index.tokens[index.count..].first_chunk_mut::<{ MOST + 64 }>() else {
        return;
    };
    let mut count = 0;
    while filled != 0 {
        let row = filled.trailing_zeros();
        filled &= filled - 1;
        let bits = rows[row as usize % BATCH];
        // There are at most as many tokens as bytes; the mask only tells the compiler so.
        if let Some(room) = room[count % MOST..].first_chunk_mut::<64>() {
            wide.positions(bits, base.wrapping_add(64 * row), room);
        }
        count += bits.count_ones() as usize;
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
    non_ascii: u64,
    /// Where the line ends, once that is seen.
    end: Option<usize>,
}

impl Gather {
    /// Gather the rows from `at` on, up to the line's end; how many there are.
    ///
    /// This and `Check::batch` are not inlined, so that each has the registers to itself.
    #[inline(never)]
    fn batch<W: Wide>(&mut self, wide: W, batch: &mut Batch, block: &[u8], at: usize) -> usize {
        wide.enter(
            #[inline(always)]
            || self.batch_inside(wide, batch, block, at),
        )
    }

    #[inline(always)]
    fn batch_inside<W: Wide>(
        &mut self,
        wide: W,
        batch: &mut Batch,
        block: &[u8],
        at: usize,
    ) -> usize {
        let mut rows = 0;
        while rows < BATCH {
            rows = self.plain_rows(wide, batch, block, at, rows);
            if rows == BATCH {
                return rows;
            }
            self.special_row(wide, batch, rows, block, at + 64 * rows);
            rows += 1;
            if self.end.is_some() {
                break;
            }
        }
        // A whole group is checked at once: the rows behind the line's end have nothing in them.
        for row in rows..rows.next_multiple_of(W::Lanes::COUNT) {
            batch.quote[row] = 0;
            batch.string[row] = !0;
            batch.backslash[row] = 0;
        }
        rows
    }

    /// Gather rows as long as they are whole and have nothing special.
    #[inline(always)]
    fn plain_rows<W: Wide>(
        &mut self,
        wide: W,
        batch: &mut Batch,
        block: &[u8],
        at: usize,
        mut row: usize,
    ) -> usize {
        if self.escapes.carry != 0 {
            return row;
        }
        let mut in_string = self.in_string;
        let mut non_ascii = self.non_ascii;
        for bytes in block[at + 64 * row..].chunks_exact(64) {
            let Some(bytes) = bytes.first_chunk::<64>() else {
                break;
            };
            if row == BATCH {
                break;
            }
            let masks = wide.masks(bytes);
            if masks.special {
                break;
            }
            let string = wide.prefix_xor(masks.quote) ^ in_string;
            in_string = (string as i64 >> 63) as u64;
            non_ascii |= masks.non_ascii;
            batch.put(row, masks, string, 0);
            row += 1;
        }
        self.in_string = in_string;
        self.non_ascii = non_ascii;
        row
    }

    /// Gather a row that has a backslash or a control character, begins with an escaped one, or is
    /// the block's last.
    #[inline(never)]
    fn special_row<W: Wide>(
        &mut self,
        wide: W,
        batch: &mut Batch,
        row: usize,
        block: &[u8],
        at: usize,
    ) {
        wide.enter(
            #[inline(always)]
            || self.special_row_inside(wide, batch, row, block, at),
        );
    }

    #[inline(always)]
    fn special_row_inside<W: Wide>(
        &mut self,
        wide: W,
        batch: &mut Batch,
        row: usize,
        block: &[u8],
        at: usize,
    ) {
        let mut tail = [0; 64];
        let bytes = sixty_four(block, at, &mut tail);
        let mut masks = wide.masks(bytes);
        let controls = Controls::new(wide, bytes);
        let inside = controls.inside;
        let backslash = wide.equal(bytes, b'\\') & inside;
        masks.quote &= inside;
        // A form feed looks like a comma; it is part of a scalar, for the walk to refuse.
        masks.item &= !controls.control;
        if backslash | self.escapes.carry != 0 {
            masks.quote &= !self.escapes.take(backslash, inside, block, at);
        }
        let string = wide.prefix_xor(masks.quote) ^ self.in_string;
        self.in_string = (string as i64 >> 63) as u64;
        self.non_ascii |= masks.non_ascii;
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
        self.quote[row] = masks.quote;
        self.string[row] = string;
        self.colon[row] = masks.colon;
        self.item[row] = masks.item;
        self.bracket[row] = masks.bracket;
        self.backslash[row] = backslash;
    }
}

/// What checking one group of rows leaves to the next.
struct Check<L> {
    colon: L,
    item: L,
    scalar: L,
    key: L,
    key_carry: L,
    wrong: L,
    /// The highest bit of a word: whether a carry ran through a whole row.
    lost_carry: L,
    escaped_key: L,
}

/// The masks of a group of rows, for the index and for the list of tokens.
struct Found<L> {
    quote: L,
    colon: L,
    comma: L,
    keyless: L,
    tokens: L,
}

impl<L: Lanes> Check<L> {
    /// A line starts as if after an opening bracket.
    #[inline(always)]
    fn new<W: Wide<Lanes = L>>(wide: W) -> Check<L> {
        let zero = wide.splat(0);
        Check {
            colon: zero,
            item: wide.carry(),
            scalar: zero,
            key: zero,
            key_carry: zero,
            wrong: zero,
            lost_carry: zero,
            escaped_key: zero,
        }
    }

    #[inline(always)]
    fn sound(&self) -> bool {
        self.wrong.or(self.lost_carry.highest()).filled() == 0
    }

    /// Check the rows of a batch; their masks go to the index at `row`, the tokens come back,
    /// with a bit for each row that has some.
    #[inline(never)]
    fn batch<W: Wide<Lanes = L>>(
        &mut self,
        wide: W,
        batch: &Batch,
        rows: usize,
        index: &mut Rows,
        row: usize,
    ) -> (Words, u32) {
        wide.enter(
            #[inline(always)]
            || self.batch_inside(wide, batch, rows, index, row),
        )
    }

    #[inline(always)]
    fn batch_inside<W: Wide<Lanes = L>>(
        &mut self,
        wide: W,
        batch: &Batch,
        rows: usize,
        index: &mut Rows,
        row: usize,
    ) -> (Words, u32) {
        let mut tokens = [0; BATCH];
        let mut filled = 0;
        let (Some(quote), Some(colon), Some(comma), Some(keyless)) = (
            index.quote[row..].first_chunk_mut::<BATCH>(),
            index.colon[row..].first_chunk_mut::<BATCH>(),
            index.comma[row..].first_chunk_mut::<BATCH>(),
            index.keyless[row..].first_chunk_mut::<BATCH>(),
        ) else {
            return (tokens, 0);
        };
        for group in 0..rows.div_ceil(L::COUNT) {
            let found = self.group(wide, batch, group);
            found.quote.store(quote, group);
            found.colon.store(colon, group);
            found.comma.store(comma, group);
            found.keyless.store(keyless, group);
            found.tokens.store(&mut tokens, group);
            filled |= found.tokens.filled() << (L::COUNT * group);
        }
        (tokens, filled)
    }

    /// Check one group of rows of the batch.
    #[inline(always)]
    fn group<W: Wide<Lanes = L>>(&mut self, wide: W, batch: &Batch, group: usize) -> Found<L> {
        let quote = wide.load(&batch.quote, group);
        let string = wide.load(&batch.string, group);
        let text = quote.or(string);
        let colon = wide.load(&batch.colon, group).without(text);
        let item = wide.load(&batch.item, group).without(text);
        let bracket = wide.load(&batch.bracket, group).without(text);
        let open = item.and(bracket);
        let close = bracket.without(item);
        let comma = item.without(bracket);
        let others = text.or(colon).or(item.or(bracket));
        let scalar = wide.splat(!0).without(others);
        let scalar_start = scalar.without(after(scalar, &mut self.scalar));
        let opening_quote = quote.and(string);

        let after_colon = after(colon, &mut self.colon);
        let item_start = after(item, &mut self.item);
        let sum = string.add(item_start.and(opening_quote));
        let carry = string.without(sum);
        let sum = sum.add(carry.highest_before(&mut self.key_carry));
        let carried = string.without(sum);
        self.lost_carry = self.lost_carry.or(carry.xor(carried));
        let after_key = after(sum.without(string), &mut self.key);
        // The sum has lost the bits of the keys, but has those of the other strings.
        let backslash = wide.load(&batch.backslash, group);
        self.escaped_key = self.escaped_key.or(carried.and(backslash));

        let value_start = opening_quote.or(open.or(scalar_start));
        let expected = after_colon.or(item_start);
        let misplaced = expected.xor(value_start).without(close);
        self.wrong = self.wrong.or(misplaced.or(colon.without(after_key)));
        let keyless_item = item_start.without(opening_quote.or(close));
        let keyless = after_key.without(colon).or(keyless_item);
        let tokens = bracket.or(scalar_start.or(after_key.and(comma)));
        Found {
            quote,
            colon,
            comma,
            keyless,
            tokens,
        }
    }
}
