//! One pass over the text of a clean line, value by value.
//!
//! `scan::text` iterates over one container and skips what is in it, so that a walk to every
//! depth would read each byte once for each level above it. This one steps forward only. It
//! trusts the scan that the text is JSON: on other text it stops early, and never panics.

use satchel_scan::line::Kind;

/// A place in the text of a clean line.
pub(super) struct Walk<'a> {
    line: &'a [u8],
    pub at: usize,
}

impl<'a> Walk<'a> {
    /// Before the first value of a line.
    pub fn new(line: &'a [u8]) -> Walk<'a> {
        Walk { line, at: 0 }
    }

    /// The byte here; 0 behind the end, which JSON has nowhere.
    pub fn byte(&self) -> u8 {
        self.line.get(self.at).copied().unwrap_or(0)
    }

    /// Step over whitespace.
    pub fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Step over a string; what stands between its quotes.
    pub fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at + 1;
        let mut end = start;
        loop {
            end += memchr::memchr2(b'"', b'\\', self.line.get(end..)?)?;
            if self.line[end] == b'"' {
                self.at = end + 1;
                return self.line.get(start..end);
            }
            end += 2;
        }
    }

    /// Step over null, a bool or a number.
    pub fn scalar(&mut self) -> Option<Kind> {
        let rest = self.line.get(self.at..)?;
        let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let text = &rest[..length];
        self.at += length;
        Some(match text.first()? {
            b'n' => Kind::Null,
            b't' => Kind::True,
            b'f' => Kind::False,
            _ if text.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => Kind::Float,
            _ => Kind::Int,
        })
    }

    /// Step over a container, item by item.
    pub fn items(&mut self, mut each: impl FnMut(&mut Walk<'a>) -> Option<()>) -> Option<()> {
        loop {
            // The opening bracket, or a comma.
            self.at += 1;
            self.space();
            if !matches!(self.byte(), b'}' | b']') {
                each(self)?;
                self.space();
            }
            match self.byte() {
                b',' => {}
                b'}' | b']' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }
}
