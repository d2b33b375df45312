//! Classes of 64 bytes without vector instructions: eight bytes at a time in a `u64`.

use super::{Classes, Classify, Index, Outline};

/// Classifies on any machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW: u64 = 0x7f * ONES;

/// The high bit of each byte of `word` that is `byte`.
fn equal(word: u64, byte: u8) -> u64 {
    let difference = word ^ (u64::from(byte) * ONES);
    // The sum has a byte's high bit set unless its low seven bits are zero, and carries nowhere.
    !(((difference & LOW) + LOW) | difference | LOW)
}

/// The high bit of each byte of `word` that is below `bound`, which is at most 128.
fn below(word: u64, bound: u8) -> u64 {
    !((word & LOW) + u64::from(128 - bound) * ONES) & !word & !LOW
}

/// The high bits of the eight bytes, as the low eight bits.
fn gather(high_bits: u64) -> u64 {
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

fn each(bytes: &[u8; 64], mut class: impl FnMut(u64) -> u64) -> u64 {
    let mut mask = 0;
    for (index, word) in bytes.chunks_exact(8).enumerate() {
        let word = u64::from_le_bytes([
            word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7],
        ]);
        mask |= gather(class(word)) << (8 * index);
    }
    mask
}

impl Classify for Portable {
    #[inline(always)]
    fn compact(self, _: &mut Index, _: &[u8], _: usize) -> Option<Outline> {
        None
    }

    #[inline(always)]
    fn enter<R>(self, work: impl FnOnce() -> R) -> R {
        work()
    }

    #[inline(always)]
    fn classes(self, bytes: &[u8; 64]) -> Classes {
        let lower = 0x20 * ONES;
        Classes {
            quote: each(bytes, |word| equal(word, b'"')),
            backslash: each(bytes, |word| equal(word, b'\\')),
            open: each(bytes, |word| equal(word | lower, b'{')),
            close: each(bytes, |word| equal(word | lower, b'}')),
            colon: each(bytes, |word| equal(word, b':')),
            comma: each(bytes, |word| equal(word, b',')),
            space: each(bytes, |word| equal(word, b' ')),
            has_control: each(bytes, |word| below(word, 0x20)) != 0,
            non_ascii: u32::from(each(bytes, |word| word & !LOW) != 0),
        }
    }

    #[inline(always)]
    fn equal(self, bytes: &[u8; 64], byte: u8) -> u64 {
        each(bytes, |word| equal(word, byte))
    }

    #[inline(always)]
    fn control(self, bytes: &[u8; 64]) -> u64 {
        each(bytes, |word| below(word, 0x20))
    }

    #[inline(always)]
    fn prefix_xor(self, mut bits: u64) -> u64 {
        for shift in [1, 2, 4, 8, 16, 32] {
            bits ^= bits << shift;
        }
        bits
    }
}
