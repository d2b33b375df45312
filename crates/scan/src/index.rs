//! The first pass over a line: 64 bytes at a time into masks, and most of the grammar on the masks.
//!
//! JSON's grammar is nearly a rule about neighbours. With strings and numbers taken as one token
//! each, all of it but the matching of brackets follows from what may stand next to what:
//!
//! ```text
//! 1  a value, and nothing else but a closing bracket, stands after  { [ , :  or at the start
//! 2  no value stands elsewhere
//! 3  :  stands after a string that itself stands after  { [ ,     (a "key"), and only there
//! 4  inside { }   every item is a key with its value:   no item without `:`
//! 5  inside [ ]   no item has a key:                    no `:`
//! 6  a closing bracket does not stand after  , :
//! ```
//!
//! Rules 1 to 3 are a dozen operations on 64-bit masks, whatever the 64 bytes hold. 4 and 5 need
//! to know the container, so this pass only marks what they need (`Row::keyless`, `Row::colon`),
//! and the walk over the brackets (see `walk`) decides; it looks after 6, too. So the walk does
//! not look at the keys, the strings, the colons and most of the commas, nine tokens of ten.
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
    /// Not zero if one of them is not ASCII.
    pub(crate) non_ascii: u32,
}

/// What knows the classes of 64 bytes.
pub(crate) trait Classify: Copy {
    /// Run `work`, compiled for the processor that this needs. What `work` calls is so compiled
    /// only if it is inlined there.
    fn enter<R>(self, work: impl FnOnce() -> R) -> R;
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
    /// Tokens that prove an item without a key: a value other than a string after a comma or an
    /// opening bracket, and the comma or bracket behind a string that could have been a key.
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
    /// Whether rules 1 to 3 hold, and each string is closed, its escapes right, free of control
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
            let classes = classify.classes(bytes);
            state.non_ascii |= classes.non_ascii;
            let base = (at - origin) as u32;
            if !classes.has_control {
                let (row, tokens) = state.step(classify, classes, Controls::NONE, block, at);
                self.rows.push(row);
                self.push(tokens, base);
                at += 64;
                continue;
            }
            let controls = Controls::new(classify, bytes);
            let (row, tokens) = state.step(classify, classes, controls, block, at);
            self.rows.push(row);
            self.push(tokens, base);
            if let Some(length) = controls.newline {
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
                    has_non_ascii: state.non_ascii != 0,
                    has_backslash: state.has_backslash,
                    has_escaped_key: state.escaped_key != 0,
                };
            }
            at += 64;
        }
    }
}

/// What the bytes below 0x20 mean, among 64.
#[derive(Clone, Copy)]
struct Controls {
    /// Where the first `\n` or `\r` stands, which ends the line.
    newline: Option<usize>,
    /// The bytes before that.
    inside: u64,
    tab: u64,
    /// The bytes below 0x20 before the newline.
    control: u64,
}

impl Controls {
    const NONE: Controls = Controls {
        newline: None,
        inside: !0,
        tab: 0,
        control: 0,
    };

    #[inline(always)]
    fn new<C: Classify>(classify: C, bytes: &[u8; 64]) -> Controls {
        let newlines = classify.equal(bytes, b'\n') | classify.equal(bytes, b'\r');
        let newline = (newlines != 0).then(|| newlines.trailing_zeros() as usize);
        let inside = newline.map_or(!0, |newline| (1 << newline) - 1);
        let control = classify.control(bytes) & inside;
        Controls {
            newline,
            inside,
            tab: classify.equal(bytes, b'\t') & inside,
            control,
        }
    }
}

/// What one block of 64 bytes leaves to the next.
struct State {
    /// All ones if a string is open.
    in_string: u64,
    /// 1 if the next byte is escaped.
    escaped: u64,
    /// What the next token follows.
    carry: Carry,
    /// 1 if a string that could be a key is open.
    in_key: u64,
    /// 1 if a number or a literal is.
    in_scalar: u64,
    /// Where a rule is broken.
    wrong: u64,
    escaped_key: u64,
    non_ascii: u32,
    has_backslash: bool,
    /// Where the `u` of the second half of a surrogate pair stands, if the first was seen.
    low_half: usize,
}

/// 1 each if the token before stands right behind a block's last byte, or before the white space
/// that the block ends with.
struct Carry {
    colon: u64,
    item: u64,
    key: u64,
}

impl Default for State {
    /// A line starts as if after an opening bracket.
    fn default() -> State {
        State {
            in_string: 0,
            escaped: 0,
            carry: Carry {
                colon: 0,
                item: 1,
                key: 0,
            },
            in_key: 0,
            in_scalar: 0,
            wrong: 0,
            escaped_key: 0,
            non_ascii: 0,
            has_backslash: false,
            low_half: 0,
        }
    }
}

/// The tokens that follow `bits`, through white space; `carry` goes from block to block.
#[inline(always)]
fn after(bits: u64, space: u64, carry: &mut u64) -> u64 {
    let bits = in_a_register(bits);
    let next = bits << 1 | *carry;
    *carry = bits >> 63;
    if space == 0 {
        return next;
    }
    let (sum, overflow) = in_a_register(next).overflowing_add(space);
    *carry |= u64::from(overflow);
    sum & !space
}

/// The same number, which the compiler may not put into a vector.
///
/// It makes vectors of the like operations on masks here, at twice the cost: the masks come from
/// general registers and have to go back there.
#[inline(always)]
fn in_a_register(mut bits: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: there is no instruction in it.
    unsafe {
        std::arch::asm!("/* {0} */", inout(reg) bits, options(pure, nomem, nostack, preserves_flags));
    }
    bits
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
    /// Take in 64 bytes, which stand at `at` in the block: their row, and the tokens to walk over.
    #[inline(always)]
    fn step<C: Classify>(
        &mut self,
        classify: C,
        classes: Classes,
        controls: Controls,
        block: &[u8],
        at: usize,
    ) -> (Row, u64) {
        let inside = controls.inside;
        let mut quote = classes.quote & inside;
        let mut backslash = 0;
        if classes.backslash | self.escaped != 0 {
            backslash = classes.backslash & inside;
            let escaped = escaped_by(backslash, &mut self.escaped) & inside;
            self.has_backslash = true;
            self.check_escapes(escaped, block, at);
            quote &= !escaped;
        }
        let in_string = classify.prefix_xor(quote) ^ self.in_string;
        self.in_string = (in_string as i64 >> 63) as u64;
        self.wrong |= controls.control & (in_string | !controls.tab);

        let outside = inside & !(in_string | quote);
        let open = classes.open & outside;
        let close = classes.close & outside;
        let colon = classes.colon & outside;
        let comma = classes.comma & outside;
        let space = (classes.space | controls.tab) & outside;
        let scalar = outside & !(open | close | colon | comma | space);
        let scalar_start = scalar & !(scalar << 1 | self.in_scalar);
        self.in_scalar = scalar >> 63;
        let opening_quote = quote & in_string;

        let after_colon = after(colon, space, &mut self.carry.colon);
        let item_start = after(comma | open, space, &mut self.carry.item);
        let key_start = item_start & opening_quote;
        let (key_sum, in_key) = in_string.overflowing_add(key_start | self.in_key);
        self.in_key = u64::from(in_key);
        if backslash != 0 {
            self.escaped_key |= backslash & in_string & !key_sum;
        }
        let after_key = after(key_sum & !in_string, space, &mut self.carry.key);

        let value_start = opening_quote | open | scalar_start;
        let misplaced = ((after_colon | item_start) ^ value_start) & !close;
        self.wrong |= (misplaced | colon & !after_key) & inside;
        let keyless = after_key & !colon | item_start & !(opening_quote | close);
        let tokens = open | close | scalar_start | (after_key & comma);
        (
            Row {
                quote,
                colon,
                comma,
                keyless,
            },
            tokens,
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
