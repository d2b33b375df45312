//! Several documents on one line: where each of them starts and ends.
//!
//! ```text
//! line     {"a": 1} {"b": "}{"}\0\0\0{"c": [3]}oops\n
//! pieces   `-------'`---------'      `--------'`---'
//!          closed   closed           closed    not closed
//! ```
//!
//! A document is an object or an array. It ends where the bracket that it starts with is closed,
//! outside of strings; what it holds is for whoever is given it to check. Zero bytes, which stand
//! nowhere in JSON, end a document as the end of the line does. Where no document starts, or one
//! does not end, all that is left up to there is one piece, which is not closed. White space
//! belongs to the piece before it, at the start of the line to the first; so a line that is one
//! document is one piece, as it stands. Where there is nothing but white space, there is no piece.
//!
//! The slow twin is `pieces` in `satchel.run.documents`.

use crate::brackets::closing;
use crate::index::Classify;
use crate::line::{Engine, line_end};

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it starts in the block.
    pub start: usize,
    /// Where it ends; the last piece of a line has the newline.
    pub end: usize,
    /// Whether it is an object or an array, as far as brackets tell.
    pub closed: bool,
}

/// Cuts a line into its documents.
///
/// ```
/// use satchel_scan::documents::Documents;
/// let block = b"{\"a\": 1}{\"b\": 2}\n[]\n";
/// let mut documents = Documents::new();
/// documents.line(block, 0);
/// let first = documents.piece(block, 0).unwrap();
/// let second = documents.piece(block, first.end).unwrap();
/// assert_eq!((first.start, first.end, second.end), (0, 8, 17));
/// assert_eq!(documents.piece(block, second.end), None);
/// assert_eq!(documents.next_line(), 17);
/// ```
#[derive(Debug)]
pub struct Documents {
    engine: Engine,
    content_end: usize,
    next: usize,
    /// The first zero byte from here on, or the end of the line's text.
    stop: usize,
}

impl Documents {
    /// What cuts any line of any block.
    #[must_use]
    pub fn new() -> Documents {
        Documents {
            engine: Engine::detect(),
            content_end: 0,
            next: 0,
            stop: 0,
        }
    }

    /// Begin with the line that starts at `at`.
    pub fn line(&mut self, block: &[u8], at: usize) {
        (self.content_end, self.next) = line_end(block, at);
        self.stop = at;
    }

    /// Where the line ends, with its newline.
    #[must_use]
    pub fn next_line(&self) -> usize {
        self.next
    }

    /// The next piece of the line, from `at` on, where the piece before it has ended.
    #[inline]
    pub fn piece(&mut self, block: &[u8], mut at: usize) -> Option<Piece> {
        loop {
            if at >= self.content_end {
                return None;
            }
            if at >= self.stop {
                at = skip(block, at, self.content_end, |byte| byte == 0);
                let zero = memchr::memchr(0, &block[at..self.content_end]);
                self.stop = zero.map_or(self.content_end, |length| at + length);
            }
            let first = skip(block, at, self.stop, is_space);
            if first < self.stop {
                return Some(self.from(block, at, first));
            }
            at = self.stop;
        }
    }

    /// The piece that starts at `start` and has its first letter at `first`.
    #[inline]
    fn from(&self, block: &[u8], start: usize, first: usize) -> Piece {
        let all = if self.stop == self.content_end {
            self.next
        } else {
            self.stop
        };
        let closed = match block[first] {
            b'{' | b'[' => self.engine.closing(block, self.stop, first + 1),
            _ => None,
        };
        let end = closed.map(|end| skip(block, end, self.stop, is_space));
        Piece {
            start,
            end: end.filter(|end| *end < self.stop).unwrap_or(all),
            closed: closed.is_some(),
        }
    }

    /// How much of a line that something has cut in two are pieces that are whole.
    #[must_use]
    pub fn whole(&mut self, line: &[u8]) -> usize {
        let mut at = 0;
        self.line(line, at);
        while let Some(piece) = self.piece(line, at) {
            if piece.end == line.len() && !piece.closed {
                return piece.start;
            }
            at = piece.end;
        }
        line.len()
    }
}

impl Default for Documents {
    fn default() -> Documents {
        Documents::new()
    }
}

/// Where a container ends; compiled for each engine.
#[inline(never)]
pub(crate) fn closing_by<C: Classify>(
    classify: C,
    block: &[u8],
    end: usize,
    at: usize,
) -> Option<usize> {
    classify.enter(
        #[inline(always)]
        || closing(classify, block, end, at),
    )
}

/// The first place from `at` on, before `end`, at which there is something else.
#[inline]
fn skip(block: &[u8], at: usize, end: usize, what: impl Fn(u8) -> bool) -> usize {
    let rest = block[at..end].iter();
    at + rest.take_while(|byte| what(**byte)).count()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::closing_by;
    use crate::index::portable::Portable;
    #[cfg(target_arch = "x86_64")]
    use crate::index::{avx2::Avx2, avx512::Avx512};

    /// Letter by letter: where the container ends whose bracket stands before `at`.
    fn slowly(block: &[u8], end: usize, mut at: usize) -> Option<usize> {
        let (mut depth, mut in_string) = (1, false);
        while at < end {
            match block[at] {
                // A backslash matters only before another, or before a quote.
                b'\\' if matches!(block.get(at + 1), Some(b'"' | b'\\')) => at += 1,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    proptest! {
        #[test]
        fn every_engine_finds_the_bracket(
            parts in prop::collection::vec(select(vec!["{", "}", "[", "]", "\"", "\\", "ab", "é", "\n"]), 0..400),
            start in 0usize..200,
            missing in 0usize..100,
        ) {
            let text = parts.concat();
            let block = text.as_bytes();
            let at = start.min(block.len());
            let end = block.len().saturating_sub(missing).max(at);
            // What stands before the end does not depend on what stands behind it.
            let expected = slowly(&block[..end], end, at);
            prop_assert_eq!(closing_by(Portable, block, end, at), expected);
            #[cfg(target_arch = "x86_64")]
            {
                if let Some(engine) = Avx2::detect() {
                    prop_assert_eq!(closing_by(engine, block, end, at), expected);
                }
                if let Some(engine) = Avx512::detect() {
                    prop_assert_eq!(closing_by(engine, block, end, at), expected);
                }
            }
        }
    }
}
