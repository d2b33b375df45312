//! Buffers that a thread keeps from file to file.
//!
//! A fresh buffer costs a page fault every 4 KiB when it is first written, which is as much time
//! as scanning what is written there. Large ones come zeroed from the system, so that only the
//! pages that are used take memory, and in huge pages, of which there are fewer to fault in.

use std::cell::RefCell;

/// A thread keeps at most so many buffers.
const MOST_KEPT: usize = 4;
/// It keeps none that is larger: as large as a member is that is inflated whole.
pub(super) const LARGEST_KEPT: usize = 64 << 20;

thread_local! {
    static KEPT: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// A buffer of at least this length: the smallest kept one that is large enough, or a fresh one.
pub(super) fn take(length: usize) -> Vec<u8> {
    let kept = KEPT.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        let fits = kept
            .iter()
            .enumerate()
            .filter(|(_, buffer)| buffer.len() >= length);
        let smallest = fits
            .min_by_key(|(_, buffer)| buffer.len())
            .map(|(index, _)| index);
        smallest.map(|index| kept.swap_remove(index))
    });
    kept.ok().flatten().unwrap_or_else(|| fresh(length))
}

/// A zeroed buffer, in huge pages where Linux gives them: 2 MiB a fault in place of 4 KiB.
fn fresh(length: usize) -> Vec<u8> {
    let buffer = vec![0; length];
    #[cfg(target_os = "linux")]
    {
        const HUGE: usize = 2 << 20;
        let skipped = buffer.as_ptr().align_offset(HUGE);
        if let Some(whole) = length.checked_sub(skipped).map(|rest| rest / HUGE * HUGE)
            && whole > 0
        {
            // SAFETY: the range lies within the buffer, and the advice changes how its pages are
            // made, not what is in them. A refusal is harmless.
            unsafe {
                let start = buffer.as_ptr().add(skipped).cast_mut().cast();
                libc::madvise(start, whole, libc::MADV_HUGEPAGE);
            }
        }
    }
    buffer
}

/// Keep a buffer for the next file, unless there are enough: then the largest ones stay.
pub(super) fn give(buffer: Vec<u8>) {
    if buffer.is_empty() || buffer.len() > LARGEST_KEPT {
        return;
    }
    // A thread that is ending has no pool any more: the buffer is dropped.
    let _ = KEPT.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        kept.push(buffer);
        if kept.len() > MOST_KEPT {
            kept.sort_unstable_by_key(|buffer| std::cmp::Reverse(buffer.len()));
            kept.truncate(MOST_KEPT);
        }
    });
}
