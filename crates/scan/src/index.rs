//! The first pass over a line: 64 bytes at a time into masks, and most of the grammar on the masks.
//!
//! JSON's grammar is nearly a rule about neighbours. With strings and numbers taken as one token
//! each, all of it but the matching of brackets follows from what may stand next to what:
//!
//! ```text
//! 1  a value starts only after  { [ , :  or at the start
//! 2  , and : never stand after  { [ , :
//! 3  } and ] never stand after  , :
//! 4  :       stands only after a string that itself stands after  { [ ,     ("a key")
//! 5  inside { }   every item is a key with its value:   no item without `:`
//! 6  inside [ ]   no item has a key:                    no `:`
//! 7  after {      a string or }
//! ```
//!
//! Rules 1 to 4 are a dozen operations on 64-bit masks, whatever the 64 bytes hold. 5 to 7 need to
//! know the container, so this pass only marks what they need (`Row::keyless`, `Row::colon`), and
//! the walk over the brackets (see `walk`) decides. So the walk does not look at the keys, the
//! strings, the colons and most of the commas, which are nine tokens of ten.
//!
//! "The token after x", where white space may stand between, is an addition: with `x` moved up by
//! one, a carry runs through the white space to the bit behind it.
//!
//! ```text
//! after(x) = ((x << 1) + space) & !space
//! ```
//!
//! and so is "the closing quotes of these opening quotes", where the carry runs through the string.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
pub(crate) mod portable;

use crate::line::after_newline;
use crate::plain::{escape, hex};

/// Which of 64 bytes are what; bit `i` is byte `i`.
pub(crate) struct Classes {
    pub(crate) quote: u64,
    pub(crate) backslash: u64,
    pub(crate) open: u64,
    pub(crate) close: u64,
    pub(crate) colon: u64,
    pub(crate) comma: u64,
    pub(crate) space: u64,
    pub(crate) has_control: bool,
    pub(crate) has_non_ascii: bool,
}

/// What knows the classes of 64 bytes.
pub(crate) trait Classify: Copy {
    fn classes(self, bytes: &[u8; 64]) -> Classes;
    /// The bytes that are this one.
    fn equal(self, bytes: &[u8; 64], byte: u8) -> u64;
    /// The bytes below 0x20.
    fn control(self, bytes: &[u8; 64]) -> u64;
    /// Bit `i` of the result is the exclusive or of bits 0 to `i`.
    fn prefix_xor(self, bits: u64) -> u64;
}

/// What later passes look up about 64 bytes; bits inside of strings are never set.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    /// Quotes that open or close a string.
    pub(crate) quote: u64,
    pub(crate) colon: u64,
    pub(crate) comma: u64,
    /// Tokens that prove an item without a key: the start of a value other than a string after a
    /// comma, and the comma or bracket behind a string that could have been a key.
    pub(crate) keyless: u64,
}

/// The index of a line: its rows, and the positions of its brackets, its scalars other than
/// strings, and the commas that prove an item without a key.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) rows: Vec<Row>,
    tokens: Vec<u32>,
    count: usize,
}

/// What the first pass found out about a line.
pub(crate) struct Outline {
    /// Where the line ends, before its newline, and where the next one starts.
    pub(crate) content_end: usize,
    pub(crate) next: usize,
    /// Whether rules 1 to 4 hold, and each string is closed, its escapes right, free of control
    /// characters.
    pub(crate) sound: bool,
    pub(crate) has_non_ascii: bool,
    pub(crate) has_backslash: bool,
    /// Whether a string that could be a key has a backslash.
    pub(crate) has_escaped_key: bool,
}

impl Index {
    pub(crate) fn tokens(&self) -> &[u32] {
        &self.tokens[..self.count]
    }

    /// Append the positions of these bits, the first of which is byte `base` of the line.
    ///
    /// Four at a time without looking at how many there are, which nothing could predict.
    #[inline(always)]
    fn push(&mut self, mut bits: u64, base: u32) {
        let count = bits.count_ones() as usize;
        if self.tokens.len() < self.count + 64 {
            self.tokens.resize(self.count * 2 + 256, 0);
        }
        let Some((room, _)) = self.tokens[self.count..].split_first_chunk_mut::<64>() else {
            return;
        };
        self.count += count;
        let mut done = 0;
        loop {
            for place in &mut room[done..done + 4] {
                *place = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            done += 4;
            if bits == 0 || done == 64 {
                return;
            }
        }
    }

    /// Index the line whose first byte other than white space, a bracket, stands at `origin`.
    #[inline(always)]
    pub(crate) fn line<C: Classify>(
        &mut self,
        classify: C,
        block: &[u8],
        origin: usize,
    ) -> Outline {
        self.rows.clear();
        self.count = 0;
        let mut state = State::default();
        let mut at = origin;
        loop {
            let mut tail = [b'\n'; 64];
            let bytes = match block[at..].first_chunk::<64>() {
                Some(bytes) => bytes,
                None => {
                    tail[..block.len() - at].copy_from_slice(&block[at..]);
                    &tail
                }
            };
            let (row, tokens, end) = state.step(classify, bytes, block, at);
            self.rows.push(row);
            self.push(tokens, (at - origin) as u32);
            if let Some(length) = end {
                let content_end = at + length;
                let (content_end, next) = if content_end < block.len() {
                    after_newline(block, content_end)
                } else {
                    (block.len(), block.len())
                };
                return Outline {
                    content_end,
                    next,
                    sound: state.wrong == 0 && state.in_string == 0,
                    has_non_ascii: state.has_non_ascii,
                    has_backslash: state.has_backslash,
                    has_escaped_key: state.escaped_key != 0,
                };
            }
            at += 64;
        }
    }
}

/// What one block of 64 bytes leaves to the next.
struct State {
    /// All ones if a string is open.
    in_string: u64,
    /// 1 if the next byte is escaped.
    escaped: u64,
    /// 1 if a token stands right behind the block, or behind the white space that goes on:
    after_separator: u64,
    after_comma: u64,
    after_open: u64,
    after_key: u64,
    /// 1 if a string that could be a key is open.
    in_key: u64,
    /// 1 if a number or a literal is.
    in_scalar: u64,
    /// Where a rule is broken.
    wrong: u64,
    escaped_key: u64,
    has_non_ascii: bool,
    has_backslash: bool,
    /// Where the `u` of the second half of a surrogate pair stands, if the first was seen.
    low_half: usize,
}

impl Default for State {
    /// A line starts as if after an opening bracket.
    fn default() -> State {
        State {
            after_open: 1,
            in_string: 0,
            escaped: 0,
            after_separator: 0,
            after_comma: 0,
            after_key: 0,
            in_key: 0,
            in_scalar: 0,
            wrong: 0,
            escaped_key: 0,
            has_non_ascii: false,
            has_backslash: false,
            low_half: 0,
        }
    }
}

/// The tokens that follow `bits`, through white space; `carry` goes from block to block.
#[inline(always)]
fn after(bits: u64, space: u64, carry: &mut u64) -> u64 {
    let (sum, overflow) = (bits << 1 | *carry).overflowing_add(space);
    *carry = bits >> 63 | u64::from(overflow);
    sum & !space
}

/// The bytes that a backslash escapes; `carry` goes from block to block.
///
/// Subtracting from the odd bits lets a borrow run through each run of backslashes, so that its
/// bits alternate between escaping and escaped from the run's first on, wherever that is.
#[inline(always)]
pub(crate) fn escaped_by(backslash: u64, carry: &mut u64) -> u64 {
    const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
    let starts = backslash & !*carry;
    let alternating = ((starts << 1) | ODD).wrapping_sub(starts) ^ ODD;
    let escaped = alternating ^ (backslash | *carry);
    *carry = (alternating & backslash) >> 63;
    escaped
}

impl State {
    /// Take in 64 bytes, which stand at `at` in the block: their row, the tokens to walk over, and
    /// where the line ends, if it does.
    #[inline(always)]
    fn step<C: Classify>(
        &mut self,
        classify: C,
        bytes: &[u8; 64],
        block: &[u8],
        at: usize,
    ) -> (Row, u64, Option<usize>) {
        let mut classes = classify.classes(bytes);
        let mut inside = !0;
        let mut end = None;
        let mut control = 0;
        if classes.has_control {
            let tab = classify.equal(bytes, b'\t');
            let newline = classify.equal(bytes, b'\n') | classify.equal(bytes, b'\r');
            control = classify.control(bytes);
            if newline != 0 {
                let length = newline.trailing_zeros();
                inside = (1 << length) - 1;
                end = Some(length as usize);
            }
            control &= inside;
            self.wrong |= control & !tab;
            classes.space |= tab;
        }
        self.has_non_ascii |= classes.has_non_ascii;

        let mut escaped = 0;
        if classes.backslash | self.escaped != 0 {
            escaped = escaped_by(classes.backslash & inside, &mut self.escaped) & inside;
            self.has_backslash = true;
            self.check_escapes(escaped, block, at);
        }
        let quote = classes.quote & !escaped & inside;
        let in_string = classify.prefix_xor(quote) ^ self.in_string;
        self.in_string = (in_string as i64 >> 63) as u64;
        self.wrong |= control & in_string;

        let outside = inside & !in_string & !quote;
        let open = classes.open & outside;
        let close = classes.close & outside;
        let colon = classes.colon & outside;
        let comma = classes.comma & outside;
        let space = classes.space & outside;
        let scalar = outside & !(open | close | colon | comma | space);
        let scalar_start = scalar & !(scalar << 1 | self.in_scalar);
        self.in_scalar = scalar >> 63;
        let opening_quote = quote & in_string;

        let after_separator = after(colon | comma, space, &mut self.after_separator);
        let after_comma = after(comma, space, &mut self.after_comma);
        let after_open = after(open, space, &mut self.after_open);
        let expects_value = after_separator | after_open;
        let key_start = opening_quote & (after_comma | after_open);
        let (key_sum, in_key) = in_string.overflowing_add(key_start | self.in_key);
        self.escaped_key |= classes.backslash & in_string & !key_sum;
        self.in_key = u64::from(in_key);
        let after_key = after(key_sum & !in_string, space, &mut self.after_key);

        let value_start = opening_quote | open | scalar_start;
        self.wrong |= value_start & !expects_value
            | (colon | comma) & expects_value
            | close & after_separator
            | colon & !after_key;
        let keyless = after_key & (comma | close) | after_comma & (open | scalar_start);
        let tokens = open | close | scalar_start | (after_key & comma);
        (
            Row {
                quote,
                colon,
                comma,
                keyless,
            },
            tokens,
            end,
        )
    }

    #[inline(always)]
    fn check_escapes(&mut self, mut escaped: u64, block: &[u8], at: usize) {
        while escaped != 0 {
            let place = at + escaped.trailing_zeros() as usize;
            escaped &= escaped - 1;
            let sound = match block[place] {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => true,
                b'u' => self.is_sound_unicode(block, place),
                _ => false,
            };
            self.wrong |= u64::from(!sound);
        }
    }

    /// Check the escape `\uXXXX` whose `u` stands at `place`.
    #[cold]
    fn is_sound_unicode(&mut self, block: &[u8], place: usize) -> bool {
        match hex(block, place + 1) {
            Some(0xd800..0xdc00) => {
                self.low_half = place + 6;
                escape(block, place - 1).is_ok()
            }
            Some(0xdc00..0xe000) => self.low_half == place,
            other => other.is_some(),
        }
    }
}
