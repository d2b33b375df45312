//! Which bytes a backslash escapes, and whether each escape is right.

use crate::plain::{escape, hex};

/// The escapes of a line, 64 bytes at a time.
#[derive(Default)]
pub(super) struct Escapes {
    /// 1 if the next byte is escaped.
    pub(super) carry: u64,
    wrong: bool,
    any: bool,
    /// Where the `u` of the second half of a surrogate pair stands, if the first was seen.
    low_half: usize,
}

/// The bytes that stand for one character behind a backslash, as 256 bits.
const SIMPLE: [u64; 4] = {
    let mut bits = [0; 4];
    let letters = b"\"\\/bfnrt";
    let mut index = 0;
    while index < letters.len() {
        let letter = letters[index] as usize;
        bits[letter / 64] |= 1 << (letter % 64);
        index += 1;
    }
    bits
};

impl Escapes {
    /// Whether all escapes so far are right.
    pub(super) fn sound(&self) -> bool {
        !self.wrong
    }

    /// Whether there is a backslash at all.
    pub(super) fn any(&self) -> bool {
        self.any
    }

    /// The escaped ones of the 64 bytes at `at`, of which the line has those `inside`.
    #[inline(always)]
    pub(super) fn take(&mut self, backslash: u64, inside: u64, block: &[u8], at: usize) -> u64 {
        let escaped = escaped_by(backslash & inside, &mut self.carry) & inside;
        self.any = true;
        self.check(escaped, block, at);
        escaped
    }

    #[inline(always)]
    fn check(&mut self, mut escaped: u64, block: &[u8], at: usize) {
        let mut simple = 1;
        while escaped != 0 {
            let place = at + escaped.trailing_zeros() as usize;
            escaped &= escaped - 1;
            let byte = block[place];
            if byte == b'u' {
                self.wrong |= !self.is_sound_unicode(block, place);
            } else {
                let word = SIMPLE[usize::from(byte / 64)];
                simple &= word >> (byte % 64);
            }
        }
        self.wrong |= simple & 1 == 0;
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
