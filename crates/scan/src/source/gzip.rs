//! gzip (RFC 1952): members one after another, perhaps with zeros in between.
//!
//! ```text
//! member = header, deflate stream, crc32, length
//!
//! fill:  between members   skip zeros (not before the first member); the end? done; read a header
//!                          try the member whole, if the file is in memory or it is a block
//!        inside a member   inflate until the window holds `target` bytes
//!        at its end        compare checksum and length
//! ```
//!
//! A member that cannot be had whole (too large, damaged, cut short) is streamed from its start,
//! so that the rows before the damage come out all the same.

use zlib_rs::{Inflate, InflateFlush, Status};

use super::bgzf;
use super::input::Input;
use super::libdeflate::{Inflater, crc32};
use super::window::Window;
use crate::error::ErrorKind;

const WINDOW_BITS: u8 = 15;
const DEFLATE: u8 = 8;
const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

pub(super) struct Gzip {
    /// What inflates a member whole, once there was one.
    inflater: Option<Inflater>,
    /// Whether every member is in memory whole.
    whole: bool,
    /// Where in the stored file another span starts.
    stop: Option<u64>,
    /// Where in the window it starts, once it was met.
    end: Option<u64>,
    streamed: Option<Inflate>,
    inside: bool,
    members: u64,
    crc: u32,
    /// The length of the member so far, modulo 4 GiB as in its trailer.
    length: u32,
}

impl std::fmt::Debug for Gzip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gzip")
            .field("members", &self.members)
            .finish_non_exhaustive()
    }
}

impl Gzip {
    /// `whole` says that the file is in memory, `stop` where another span of it starts.
    pub(super) fn new(whole: bool, stop: Option<u64>) -> Gzip {
        Gzip {
            inflater: None,
            whole,
            stop,
            end: None,
            streamed: None,
            inside: false,
            members: 0,
            crc: 0,
            length: 0,
        }
    }

    /// Where in the window's bytes the span ends, once that is known.
    pub(super) fn end(&self) -> Option<u64> {
        self.end
    }

    /// Inflate into the window until it holds `target` bytes, or a whole member more; false at
    /// the end of the file.
    pub(super) fn fill(
        &mut self,
        input: &mut Input,
        window: &mut Window,
        target: usize,
    ) -> Result<bool, ErrorKind> {
        loop {
            if self.inside {
                self.stream(input, window, target)?;
                if self.inside {
                    return Ok(true);
                }
            }
            if self.members > 0 {
                skip_zeros(input).map_err(ErrorKind::Io)?;
            }
            self.look_for_stop(input, window)?;
            if input.chunk().map_err(ErrorKind::Io)?.is_empty() {
                return Ok(false);
            }
            let is_block = self.is_block(input)?;
            read_header(input, self.members == 0)?;
            self.members += 1;
            self.crc = 0;
            self.length = 0;
            if (self.whole || is_block) && self.try_whole(input, window, is_block)? {
                if is_block && window.filled() < target {
                    continue;
                }
                return Ok(true);
            }
            self.inside = true;
            match &mut self.streamed {
                Some(inflate) => inflate.reset(false),
                None => self.streamed = Some(Inflate::new(false, WINDOW_BITS)),
            }
        }
    }

    /// Where a member starts, see whether another span starts with it.
    fn look_for_stop(&mut self, input: &mut Input, window: &Window) -> Result<(), ErrorKind> {
        match self.stop {
            Some(stop) if input.offset() > stop => Err(ErrorKind::NoBlock(stop)),
            Some(stop) if input.offset() == stop => {
                self.stop = None;
                self.end = Some(window.end());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether the member that starts here is a block, which is then in memory.
    fn is_block(&mut self, input: &mut Input) -> Result<bool, ErrorKind> {
        if self.whole
            || input
                .rest()
                .get(3)
                .is_some_and(|flags| flags & HAS_EXTRA == 0)
        {
            return Ok(false);
        }
        input.ensure(bgzf::MOST).map_err(ErrorKind::Io)?;
        Ok(bgzf::length(input.rest()).is_some())
    }

    /// Inflate the member whole, if that can be done.
    fn try_whole(
        &mut self,
        input: &mut Input,
        window: &mut Window,
        is_block: bool,
    ) -> Result<bool, ErrorKind> {
        if self.inflater.is_none() {
            self.inflater = Inflater::new();
        }
        let Some(inflater) = &mut self.inflater else {
            return Ok(false);
        };
        let room = if is_block {
            window.room(window.filled() + bgzf::MOST)
        } else {
            window.spare()
        };
        let Some(inflated) = inflater.inflate(input.rest(), room) else {
            return Ok(false);
        };
        self.crc = crc32(0, &room[..inflated.given]);
        self.length = inflated.given as u32;
        window.grow(inflated.given);
        input.consume(inflated.taken);
        self.check_trailer(input)?;
        Ok(true)
    }

    /// Inflate into the window until it holds `target` bytes, or the member ends.
    fn stream(
        &mut self,
        input: &mut Input,
        window: &mut Window,
        target: usize,
    ) -> Result<(), ErrorKind> {
        let Some(inflate) = &mut self.streamed else {
            return Ok(());
        };
        loop {
            let room = window.room(target);
            if room.is_empty() {
                return Ok(());
            }
            let chunk = input.chunk().map_err(ErrorKind::Io)?;
            let cut_short = chunk.is_empty();
            let (taken, given) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(chunk, room, InflateFlush::NoFlush);
            let taken = (inflate.total_in() - taken) as usize;
            let given = (inflate.total_out() - given) as usize;
            self.crc = crc32(self.crc, &room[..given]);
            self.length = self.length.wrapping_add(given as u32);
            window.grow(given);
            input.consume(taken);
            match status {
                Ok(Status::StreamEnd) => break,
                Ok(_) if cut_short && given == 0 => return Err(ErrorKind::Truncated),
                Ok(_) if taken == 0 && given == 0 => return Err(ErrorKind::Corrupt),
                Ok(_) => {}
                Err(_) => return Err(ErrorKind::Corrupt),
            }
        }
        self.inside = false;
        self.check_trailer(input)
    }

    fn check_trailer(&mut self, input: &mut Input) -> Result<(), ErrorKind> {
        let mut trailer = [0; 8];
        for byte in &mut trailer {
            *byte = next(input)?;
        }
        let expected = u64::from(self.length) << 32 | u64::from(self.crc);
        if u64::from_le_bytes(trailer) == expected {
            Ok(())
        } else {
            Err(ErrorKind::Checksum)
        }
    }
}

fn next(input: &mut Input) -> Result<u8, ErrorKind> {
    input
        .byte()
        .map_err(ErrorKind::Io)?
        .ok_or(ErrorKind::Truncated)
}

fn skip_zeros(input: &mut Input) -> std::io::Result<()> {
    loop {
        let chunk = input.chunk()?;
        let zeros = chunk.iter().take_while(|byte| **byte == 0).count();
        let ended = zeros < chunk.len() || chunk.is_empty();
        input.consume(zeros);
        if ended {
            return Ok(());
        }
    }
}

/// Read a member's header. As in Python's gzip, the header's own checksum is not compared.
fn read_header(input: &mut Input, first: bool) -> Result<(), ErrorKind> {
    let stranger = || {
        if first {
            ErrorKind::OtherFormat
        } else {
            ErrorKind::TrailingGarbage
        }
    };
    for magic in [0x1f, 0x8b] {
        let rest = input.chunk().map_err(ErrorKind::Io)?;
        if rest.first() != Some(&magic) {
            return Err(stranger());
        }
        input.consume(1);
    }
    if next(input)? != DEFLATE {
        return Err(ErrorKind::Corrupt);
    }
    let flags = next(input)?;
    for _time_and_system in 0..6 {
        next(input)?;
    }
    if flags & HAS_EXTRA != 0 {
        let length = u16::from_le_bytes([next(input)?, next(input)?]);
        for _ in 0..length {
            next(input)?;
        }
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            while next(input)? != 0 {}
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        next(input)?;
        next(input)?;
    }
    Ok(())
}
