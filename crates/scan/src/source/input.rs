//! The stored bytes of a file: all of them at once, or chunk by chunk.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};

use super::pool;

const CHUNK: usize = 256 << 10;

pub(super) struct Input {
    file: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    /// Where `buffer[0]` stands in the file.
    base: u64,
}

impl Input {
    /// Read a file of this size into memory.
    pub(super) fn whole(file: Box<dyn Read + Send>, size: u64) -> Result<Input> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut input = Input {
            file,
            buffer: pool::take(size.max(1)),
            at: 0,
            filled: 0,
            base: 0,
        };
        while input.filled < size {
            match retry(|| input.file.read(&mut input.buffer[input.filled..size]))? {
                0 => break,
                length => input.filled += length,
            }
        }
        Ok(input)
    }

    /// Read a file bit by bit; `file` brings its bytes from this one on.
    pub(super) fn chunks(file: Box<dyn Read + Send>, start: u64) -> Input {
        Input {
            file,
            buffer: pool::take(CHUNK),
            at: 0,
            filled: 0,
            base: start,
        }
    }

    /// Where the next byte stands in the file.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// The bytes at hand; empty only at the end of the file.
    pub(super) fn chunk(&mut self) -> Result<&[u8]> {
        if self.at == self.filled {
            self.base += self.filled as u64;
            self.at = 0;
            self.filled = 0;
            self.filled = retry(|| self.file.read(&mut self.buffer))?;
        }
        Ok(&self.buffer[self.at..self.filled])
    }

    /// Have so many bytes in memory, or as many as there are; no more than a few blocks' worth.
    pub(super) fn ensure(&mut self, length: usize) -> Result<()> {
        debug_assert!(length <= CHUNK);
        if self.filled - self.at >= length || self.buffer.len() < length {
            return Ok(());
        }
        self.buffer.copy_within(self.at..self.filled, 0);
        self.base += self.at as u64;
        self.filled -= self.at;
        self.at = 0;
        while self.filled < length {
            match retry(|| self.file.read(&mut self.buffer[self.filled..]))? {
                0 => break,
                length => self.filled += length,
            }
        }
        Ok(())
    }

    /// The bytes that are in memory already.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.at..self.filled]
    }

    /// So many bytes of the chunk were used.
    pub(super) fn consume(&mut self, length: usize) {
        self.at += length;
        debug_assert!(self.at <= self.filled);
    }

    /// The next byte, if there is one.
    pub(super) fn byte(&mut self) -> Result<Option<u8>> {
        let byte = self.chunk()?.first().copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Read into `room`, past the buffer; 0 at the end of the file.
    pub(super) fn read(&mut self, room: &mut [u8]) -> Result<usize> {
        let length = retry(|| self.file.read(room))?;
        self.base += length as u64;
        Ok(length)
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        pool::give(std::mem::take(&mut self.buffer));
    }
}

/// The checksum and the length at the end of a gzip file.
pub(super) fn trailer(mut file: &File) -> Result<(u32, u32)> {
    let mut bytes = [0; 8];
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut bytes)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(split(bytes))
}

/// The same of a file that is in memory.
pub(super) fn trailer_of(file: &[u8]) -> Option<(u32, u32)> {
    file.last_chunk().map(|bytes| split(*bytes))
}

fn split(trailer: [u8; 8]) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = trailer;
    (
        u32::from_le_bytes([a, b, c, d]),
        u32::from_le_bytes([e, f, g, h]),
    )
}

fn retry(mut read: impl FnMut() -> Result<usize>) -> Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
