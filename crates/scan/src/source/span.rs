//! A part of a file: which lines are its own.
//!
//! ```text
//! stored    |-------- span ---------|-------- next span ------|
//! inflated  S                       E
//! lines      ...one\ntwo\nthree\nfo ur\nfive\n ...
//!                  ^ own: two, three, four ^ own: five, ...
//! ```
//!
//! A line is of the span in whose `(S, E]` it starts; a file's first line is of its first span.
//! So each span but the first begins behind the first end of a line at or after `S`, and ends
//! behind the first end of a line at or after `E`: what cuts two neighbours apart is found from
//! the same bytes, whatever stands before them. `S` and `E` of plain text are the span's own
//! bytes; of block gzip they are where the first block starts at or after each (`bgzf.rs`); other
//! compressed files are of the span that starts at their first byte.

use std::io::{Read, Result};

use super::{Compression, bgzf};

/// A part of a file, in bytes as they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Where it starts.
    pub start: u64,
    /// Where it ends; `None` is the end of the file.
    pub end: Option<u64>,
}

impl Span {
    /// All of the file.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.start == 0 && self.end.is_none()
    }

    /// What is before it.
    #[must_use]
    pub fn before(&self) -> Span {
        Span {
            start: 0,
            end: Some(self.start),
        }
    }
}

/// How much is read to find a block near a cut; a block is of 64 KiB at most.
const NEAR: u64 = 192 << 10;

/// A file's bytes as they are stored, from some byte on.
pub(super) type Bytes = Box<dyn Read + Send>;

/// Where what is read starts and where what is another span's starts, in stored bytes, and the
/// bytes from there; `None` if no line can be of the span.
///
/// `from` brings the bytes of the file from the start of a span on. It is asked for the span
/// itself first; what it is asked for after that is looked at and given back.
pub(super) fn place(
    span: Span,
    compression: Compression,
    mut from: impl FnMut(Span) -> Result<Bytes>,
) -> Result<Option<(Span, Bytes)>> {
    if span.end.is_some_and(|end| end <= span.start) {
        return Ok(None);
    }
    if compression == Compression::Zstd && span.start > 0 {
        return Ok(None);
    }
    let bytes = from(span)?;
    match compression {
        Compression::None => Ok(Some((span, bytes))),
        Compression::Zstd => Ok(Some((Span::default(), bytes))),
        Compression::Gzip => {
            let (start, bytes) = match span.start {
                0 => (0, bytes),
                start => match bgzf::find(bytes)? {
                    Some((found, bytes)) => (start + found, bytes),
                    None => return Ok(None),
                },
            };
            let mut end = None;
            if let Some(asked) = span.end {
                let near = Span {
                    start: asked,
                    end: Some(asked.saturating_add(NEAR)),
                };
                end = bgzf::find(from(near)?)?.map(|(found, _)| asked + found);
            }
            let own = end.is_none_or(|end| start < end);
            Ok(own.then_some((Span { start, end }, bytes)))
        }
    }
}

/// How long the first line of `bytes` is, with what ends it; `None` if it goes on, or if a `\n`
/// may follow its `\r`.
pub(super) fn first_line(bytes: &[u8], ended: bool) -> Option<usize> {
    let at = memchr::memchr2(b'\n', b'\r', bytes)?;
    match bytes.get(at + 1) {
        _ if bytes[at] == b'\n' => Some(at + 1),
        Some(b'\n') => Some(at + 2),
        Some(_) => Some(at + 1),
        None => ended.then_some(at + 1),
    }
}
