//! The inflated bytes at hand, and where their whole lines end.
//!
//! ```text
//! buffer   [ handed out | carried line ...      | room      ]
//!          0          start                  filled
//! ```
//!
//! `release` moves what was not handed out to the front, so that the next bytes follow it.

use super::{Block, pool};

#[derive(Debug)]
pub(super) struct Window {
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    /// Where `buffer[start]` stands in the inflated file.
    offset: u64,
}

impl Window {
    pub(super) fn new(length: usize) -> Window {
        Window {
            buffer: pool::take(length),
            start: 0,
            filled: 0,
            offset: 0,
        }
    }

    pub(super) fn filled(&self) -> usize {
        self.filled
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Forget the lines that were handed out.
    pub(super) fn release(&mut self) {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
    }

    /// What is at hand.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.filled]
    }

    /// Where what is at hand ends.
    pub(super) fn end(&self) -> u64 {
        self.offset + self.bytes().len() as u64
    }

    /// Forget so many bytes.
    pub(super) fn forget(&mut self, length: usize) {
        self.start += length;
        self.offset += length as u64;
    }

    /// Forget all that is at hand.
    pub(super) fn clear(&mut self) {
        self.start = self.filled;
    }

    /// The room behind the bytes at hand, up to `target` bytes in all.
    pub(super) fn room(&mut self, target: usize) -> &mut [u8] {
        if self.buffer.len() < target && target > pool::LARGEST_KEPT {
            // A line this long is moved, if at all, without another copy of it beside.
            self.buffer.resize(target, 0);
        } else if self.buffer.len() < target {
            let mut larger = pool::take(target);
            larger[..self.filled].copy_from_slice(&self.buffer[..self.filled]);
            pool::give(std::mem::replace(&mut self.buffer, larger));
        }
        let end = target.max(self.filled);
        &mut self.buffer[self.filled..end]
    }

    /// All the room there is without growing.
    pub(super) fn spare(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// So many bytes were written to the room.
    pub(super) fn grow(&mut self, length: usize) {
        self.filled += length;
        debug_assert!(self.filled <= self.buffer.len());
    }

    /// The length of the whole lines at hand, if there are any.
    ///
    /// A `\r` as the last byte does not end a line yet: a `\n` may follow it.
    pub(super) fn whole_lines(&self, ended: bool) -> Option<usize> {
        let bytes = self.bytes();
        if ended {
            return (!bytes.is_empty()).then_some(bytes.len());
        }
        let newline = memchr::memrchr(b'\n', bytes);
        let newline = newline.or_else(|| {
            let settled = &bytes[..bytes.len().saturating_sub(1)];
            memchr::memrchr(b'\r', settled)
        });
        newline.map(|newline| newline + 1)
    }

    /// Hand out so many bytes.
    pub(super) fn hand_out(&mut self, length: usize) -> Block<'_> {
        let bytes = &self.buffer[self.start..self.start + length];
        let offset = self.offset;
        self.start += length;
        self.offset += length as u64;
        Block { bytes, offset }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        pool::give(std::mem::take(&mut self.buffer));
    }
}
