//! Where a container ends, by counting brackets outside of strings, 64 bytes at a time.

use crate::index::{Classify, escaped_by};

/// The 64 bytes at `at`, and which of them lie before `end`; vectors may be loaded across that.
#[inline(always)]
pub(crate) fn chunk<'t>(
    block: &'t [u8],
    end: usize,
    at: usize,
    tail: &'t mut [u8; 64],
) -> (&'t [u8; 64], u64) {
    let rest = end.saturating_sub(at);
    let inside = if rest < 64 { (1 << rest) - 1 } else { !0 };
    let behind = block.get(at..).unwrap_or_default();
    if let Some(bytes) = behind.first_chunk::<64>() {
        return (bytes, inside);
    }
    tail[..behind.len()].copy_from_slice(behind);
    (tail, inside)
}

/// Where the container ends whose opening bracket stands before `at`, if it ends before `end`.
///
/// What kind of bracket it is, and what else is wrong in there, does not matter here.
#[inline(always)]
pub(crate) fn closing<C: Classify>(
    classify: C,
    block: &[u8],
    end: usize,
    mut at: usize,
) -> Option<usize> {
    let mut depth = 1u32;
    let (mut in_string, mut escape) = (0u64, 0);
    while at < end {
        let mut tail = [0; 64];
        let (bytes, inside) = chunk(block, end, at, &mut tail);
        let classes = classify.classes(bytes);
        let escaped = escaped_by(classes.backslash, &mut escape);
        let strings = classify.prefix_xor(classes.quote & !escaped) ^ in_string;
        in_string = (strings as i64 >> 63) as u64;
        let open = classes.open & !strings & inside;
        let mut close = classes.close & !strings & inside;
        if close.count_ones() >= depth {
            let mut closed = 0;
            while close != 0 {
                closed += 1;
                let below = close.wrapping_sub(1) & !close;
                if depth + (open & below).count_ones() == closed {
                    return Some(at + close.trailing_zeros() as usize + 1);
                }
                close &= close - 1;
            }
            depth = depth + open.count_ones() - closed;
        } else {
            depth = depth + open.count_ones() - close.count_ones();
        }
        at += 64;
    }
    None
}
