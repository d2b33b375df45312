//! zstd (RFC 8878): frames one after another, some perhaps to be skipped.
//!
//! Every frame is streamed, a block at a time, which is as fast as inflating it whole: the library
//! keeps a frame's window, at most `2^MOST_WINDOW` bytes, so that memory does not grow with the
//! file. Of a call that fails it does not say how far it came; so no more than one block is given
//! to it at once, and none while it may hold bytes of the last: the rows before the damage come out
//! all the same.

use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer};

use super::input::Input;
use super::window::Window;
use crate::error::ErrorKind;

/// 128 MiB: as much as the library itself, and all readers that do not ask for more, will keep.
const MOST_WINDOW: u32 = 27;

pub(super) struct Zstd {
    context: DCtx<'static>,
    /// Whether a frame has begun that has not ended.
    inside: bool,
    /// How many bytes the library wants next: to the end of a block.
    wanted: usize,
    /// Whether it may hold bytes for which there was no room.
    held: bool,
    frames: u64,
}

impl std::fmt::Debug for Zstd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Zstd")
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

impl Zstd {
    pub(super) fn new() -> Zstd {
        let mut context = DCtx::create();
        // What it refuses is its own default.
        let _ = context.set_parameter(DParameter::WindowLogMax(MOST_WINDOW));
        let wanted = context.init().unwrap_or(1);
        Zstd {
            context,
            inside: false,
            wanted,
            held: false,
            frames: 0,
        }
    }

    /// Inflate into the window until it holds `target` bytes; false at the end of the file.
    pub(super) fn fill(
        &mut self,
        input: &mut Input,
        window: &mut Window,
        target: usize,
    ) -> Result<bool, ErrorKind> {
        loop {
            let room = window.room(target);
            if room.is_empty() {
                return Ok(true);
            }
            let chunk = input.chunk().map_err(ErrorKind::Io)?;
            let ended = chunk.is_empty();
            if ended && !self.inside && self.frames > 0 {
                return Ok(false);
            }
            let most = if self.held { 0 } else { self.wanted.max(1) };
            let mut stored = InBuffer::around(&chunk[..chunk.len().min(most)]);
            let length = room.len();
            let mut inflated = OutBuffer::around(room);
            let result = self.context.decompress_stream(&mut inflated, &mut stored);
            let (taken, given) = (stored.pos(), inflated.pos());
            self.held = given == length;
            window.grow(given);
            input.consume(taken);
            self.wanted = result.map_err(|code| self.kind(code))?;
            self.inside = self.wanted > 0;
            if !self.inside {
                self.frames += 1;
                self.wanted = self.context.init().unwrap_or(1);
            } else if ended && given == 0 && most > 0 {
                return Err(ErrorKind::Truncated);
            }
        }
    }

    /// What an error of the library means; its numbers are stable.
    fn kind(&self, code: usize) -> ErrorKind {
        match code.wrapping_neg() {
            10 if self.frames == 0 => ErrorKind::OtherFormat,
            10 => ErrorKind::TrailingGarbage,
            16 => ErrorKind::Window,
            22 => ErrorKind::Checksum,
            32 => ErrorKind::Dictionary,
            _ => ErrorKind::Corrupt,
        }
    }
}
