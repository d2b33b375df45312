//! Buffers that a thread keeps from file to file.
//!
//! A fresh buffer costs a page fault every 4 KiB when it is first written, which is as much time
//! as scanning what is written there. Large ones come zeroed from the system, so that only the
//! pages that are used take memory.

use std::cell::RefCell;

/// A thread keeps at most so many buffers.
const MOST_KEPT: usize = 4;

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
    kept.ok().flatten().unwrap_or_else(|| vec![0; length])
}

/// Keep a buffer for the next file, unless there are enough: then the largest ones stay.
pub(super) fn give(buffer: Vec<u8>) {
    if buffer.is_empty() {
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
