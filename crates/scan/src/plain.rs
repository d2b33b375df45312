//! The whole scan, written for clarity: the twin that the fast one is held against.
//!
//! A recursive descent over the grammar of RFC 8259, one function per production, that fills the
//! slots on its way. The fast scan hands every line here that it does not find clean, so that
//! verdicts and reasons are decided in this one place.

use std::collections::HashSet;

use crate::line::{DEEPEST, Kind, Reason, Scanned, Slot, Verdict, line_end};
use crate::number::number;
use crate::paths::{Node, Paths};

/// Scan the line at `at`: its ends, its verdict, its slots.
pub(crate) fn scan(paths: &Paths, block: &[u8], at: usize, slots: &mut [Slot]) -> Scanned {
    let (content_end, next) = line_end(block, at);
    let verdict = judge(paths, &block[at..content_end], slots);
    Scanned {
        content_end,
        next,
        verdict,
    }
}

/// What this line, given without its newline, is.
pub(crate) fn judge(paths: &Paths, line: &[u8], slots: &mut [Slot]) -> Verdict {
    let slots = &mut slots[..paths.slots()];
    slots.fill(Slot::Unreached);
    if simdutf8::basic::from_utf8(line).is_err() {
        return Verdict::BadUtf8;
    }
    if u32::try_from(line.len()).is_err() {
        return Verdict::Odd(Reason::TooLong);
    }
    let mut reader = Reader {
        line,
        at: 0,
        depth: 0,
        paths,
        slots,
    };
    reader.space();
    if reader.at == line.len() {
        return Verdict::Blank;
    }
    match reader
        .value(Some(paths.node(0)))
        .and_then(|()| reader.end())
    {
        Ok(()) => Verdict::Clean,
        Err(reason) => Verdict::Odd(reason),
    }
}

struct Reader<'a> {
    line: &'a [u8],
    at: usize,
    depth: usize,
    paths: &'a Paths,
    slots: &'a mut [Slot],
}

impl<'a> Reader<'a> {
    /// The byte at hand; 0, which no production allows, at the end.
    fn byte(&self) -> u8 {
        self.line.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Reason> {
        if self.byte() != byte {
            return Err(Reason::Syntax);
        }
        self.at += 1;
        Ok(())
    }

    fn end(&mut self) -> Result<(), Reason> {
        self.space();
        if self.at == self.line.len() {
            Ok(())
        } else {
            Err(Reason::Syntax)
        }
    }

    /// Read a value; `node` says what the query wants of it, if anything.
    fn value(&mut self, node: Option<&'a Node>) -> Result<(), Reason> {
        let start = self.at;
        let (kind, len) = match self.byte() {
            b'{' => (Kind::Object, self.object(node)?),
            b'[' => (Kind::Array, self.array(node)?),
            b'"' => {
                self.string()?;
                (Kind::Str, 0)
            }
            _ => (self.scalar()?, 0),
        };
        if let Some(node) = node.filter(|node| !node.slots.is_empty()) {
            let quote = usize::from(kind == Kind::Str);
            let len = if node.counted { len } else { 0 };
            let slot = present(self.line, kind, start + quote, self.at - quote, len);
            for &index in &node.slots {
                self.slots[index] = slot;
            }
        }
        Ok(())
    }

    fn scalar(&mut self) -> Result<Kind, Reason> {
        let rest = &self.line[self.at..];
        for (word, kind) in [
            ("true", Kind::True),
            ("false", Kind::False),
            ("null", Kind::Null),
        ] {
            if rest.starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        if rest.starts_with(b"NaN") || rest.starts_with(b"Infinity") {
            return Err(Reason::NotFinite);
        }
        let (end, kind) = number(self.line, self.at)?;
        self.at = end;
        Ok(kind)
    }

    /// Step over a string; its span is between the quotes.
    fn string(&mut self) -> Result<(usize, usize), Reason> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            match self.byte() {
                b'"' => break,
                b'\\' => self.at = escape(self.line, self.at)?,
                0..=0x1f => return Err(Reason::Syntax),
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Ok((start, self.at - 1))
    }

    fn deeper(&mut self) -> Result<(), Reason> {
        self.depth += 1;
        self.at += 1;
        self.space();
        if self.depth > DEEPEST {
            Err(Reason::TooDeep)
        } else {
            Ok(())
        }
    }

    /// After an item: true if another follows, false if `close` ends the container.
    fn more(&mut self, close: u8) -> Result<bool, Reason> {
        self.space();
        if self.byte() == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        self.expect(b',')?;
        self.space();
        Ok(true)
    }

    fn array(&mut self, node: Option<&'a Node>) -> Result<u32, Reason> {
        self.deeper()?;
        let wanted = node.map_or(&[][..], |node| &node.indexes);
        self.missing(wanted.iter().map(|(_, child)| *child));
        if self.byte() == b']' {
            self.more(b']')?;
            return Ok(0);
        }
        for index in 0usize.. {
            let child = wanted.iter().find(|(position, _)| *position == index);
            self.value(child.map(|(_, child)| self.paths.node(*child)))?;
            if !self.more(b']')? {
                return Ok(index as u32 + 1);
            }
        }
        unreachable!("an array of more than usize::MAX elements")
    }

    fn object(&mut self, node: Option<&'a Node>) -> Result<u32, Reason> {
        self.deeper()?;
        let wanted = node.map_or(&[][..], |node| &node.keys);
        let reads_keys = node.is_some_and(Node::reads_keys);
        let counted = node.is_some_and(|node| node.counted);
        self.missing(wanted.iter().map(|branch| branch.node));
        let mut seen: HashSet<&[u8]> = HashSet::new();
        if self.byte() == b'}' {
            self.more(b'}')?;
            return Ok(0);
        }
        let mut len = 0;
        loop {
            let (start, end) = self.string()?;
            let key = &self.line[start..end];
            let child = wanted.iter().find(|branch| branch.key == key);
            if reads_keys && key.contains(&b'\\') {
                return Err(Reason::EscapedKey);
            }
            if (counted || child.is_some()) && !seen.insert(key) {
                return Err(Reason::DuplicateKey);
            }
            self.space();
            self.expect(b':')?;
            self.space();
            self.value(child.map(|branch| self.paths.node(branch.node)))?;
            len += 1;
            if !self.more(b'}')? {
                return Ok(len);
            }
        }
    }

    /// The parent of these nodes is there: until they are found, they are missing, not unreached.
    fn missing(&mut self, children: impl Iterator<Item = usize>) {
        for child in children {
            for &slot in &self.paths.node(child).slots {
                self.slots[slot] = Slot::Missing;
            }
        }
    }
}

/// The slot of a value at this span of the line.
pub(crate) fn present(line: &[u8], kind: Kind, start: usize, end: usize, len: u32) -> Slot {
    let text = &line[start..end];
    Slot::Present {
        kind,
        start: start as u32,
        end: end as u32,
        escaped: kind == Kind::Str && memchr::memchr(b'\\', text).is_some(),
        ascii: text.is_ascii(),
        len,
    }
}

/// Check the escape whose backslash stands at `at`, a surrogate together with its other half;
/// where it ends.
pub(crate) fn escape(text: &[u8], at: usize) -> Result<usize, Reason> {
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match hex(text, at + 2).ok_or(Reason::Syntax)? {
            0xd800..0xdc00 => {
                let low = (text.get(at + 6..at + 8) == Some(b"\\u"))
                    .then(|| hex(text, at + 8))
                    .flatten();
                match low {
                    Some(0xdc00..0xe000) => Ok(at + 12),
                    _ => Err(Reason::LoneSurrogate),
                }
            }
            0xdc00..0xe000 => Err(Reason::LoneSurrogate),
            _ => Ok(at + 6),
        },
        _ => Err(Reason::Syntax),
    }
}

/// The four hexadecimal digits at `at`, as a number.
pub(crate) fn hex(text: &[u8], at: usize) -> Option<u32> {
    text.get(at..at + 4)?.iter().try_fold(0, |value, &digit| {
        Some(value << 4 | char::from(digit).to_digit(16)?)
    })
}
