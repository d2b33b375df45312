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
//! There are two engines, which give the same index. `compact` (AVX2, AVX-512) takes several times 64
//! bytes at once and knows no white space: to it a space outside of a string is the start of a literal, which
//! the walk then refuses. `spaced` knows white space, and runs on any machine.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "x86_64")]
mod compact;
mod escapes;
pub(crate) mod portable;
mod spaced;

pub(crate) use escapes::escaped_by;

use crate::line::after_newline;

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
    /// Index a line with the compact engine, where there is one.
    fn compact(self, index: &mut Index, block: &[u8], origin: usize) -> Option<Outline>;
}

/// The index of a line. Bit `i` of word `n` of a mask is byte `64 * n + i`; bits inside of strings
/// are never set.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) rows: Rows,
    tokens: Vec<u32>,
    count: usize,
}

/// The masks of a line that later passes look at.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Quotes that open or close a string.
    pub(crate) quote: Vec<u64>,
    pub(crate) colon: Vec<u64>,
    pub(crate) comma: Vec<u64>,
    /// Tokens that prove an item without a key: a value other than a string after a comma or an
    /// opening bracket, and the comma or bracket behind a string that could have been a key.
    pub(crate) keyless: Vec<u64>,
    /// How many rows this line has; behind them stands what earlier lines left, in one row at
    /// least.
    pub(crate) used: usize,
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
    /// Whether the engine tells white space from literals.
    pub(crate) knows_space: bool,
    /// Whether there is white space outside of strings, if the engine knows.
    pub(crate) has_space: bool,
}

impl Index {
    /// The positions of the brackets, of the scalars other than strings, and of the commas that
    /// prove an item without a key.
    pub(crate) fn tokens(&self) -> &[u32] {
        &self.tokens[..self.count]
    }

    /// Make room for so many rows in all, and for as many tokens as so many more rows can have.
    #[inline(always)]
    fn reserve(&mut self, rows: usize, more: usize) {
        if self.rows.keyless.len() < rows {
            let rows = rows * 2;
            self.rows.quote.resize(rows, 0);
            self.rows.colon.resize(rows, 0);
            self.rows.comma.resize(rows, 0);
            self.rows.keyless.resize(rows, 0);
        }
        if self.tokens.len() < self.count + 64 * more {
            self.tokens.resize(self.count * 2 + 64 * more, 0);
        }
    }

    /// Append the positions of these bits, the first of which is byte `base` of the line.
    ///
    /// Four at a time without looking at how many there are, which nothing could predict.
    #[inline(always)]
    fn push(&mut self, mut bits: u64, base: u32) {
        let mut at = self.count;
        self.count += bits.count_ones() as usize;
        while let Some(room) = self.tokens.get_mut(at..at + 4) {
            for place in room {
                *place = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            at += 4;
            if bits == 0 {
                return;
            }
        }
    }
}

/// The same number, in a general register, and nothing that the compiler could know about it.
///
/// Where it knows that a number is 0 or 1 it makes branches that nothing can predict.
#[inline(always)]
#[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut))]
pub(crate) fn opaque(mut number: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: there is no instruction in it.
    unsafe {
        std::arch::asm!("/* {0} */", inout(reg) number, options(pure, nomem, nostack, preserves_flags));
    }
    number
}

/// The 64 bytes at `at`; behind the block's end there are newlines, as if its last line had one.
#[inline(always)]
fn sixty_four<'t>(block: &'t [u8], at: usize, tail: &'t mut [u8; 64]) -> &'t [u8; 64] {
    match block[at..].first_chunk::<64>() {
        Some(bytes) => bytes,
        None => {
            tail.fill(b'\n');
            tail[..block.len() - at].copy_from_slice(&block[at..]);
            tail
        }
    }
}

/// Where a line's text ends and where the next line starts, if its newline, or the block's end, is
/// at `end`.
fn line_ends(block: &[u8], end: usize) -> (usize, usize) {
    if end < block.len() {
        after_newline(block, end)
    } else {
        (block.len(), block.len())
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
        let control = classify.control(bytes);
        if control == 0 {
            return Controls::NONE;
        }
        let newlines = classify.equal(bytes, b'\n') | classify.equal(bytes, b'\r');
        let newline = (newlines != 0).then(|| newlines.trailing_zeros() as usize);
        let inside = newline.map_or(!0, |newline| (1 << newline) - 1);
        let control = control & inside;
        Controls {
            newline,
            inside,
            tab: classify.equal(bytes, b'\t') & inside,
            control,
        }
    }
}
