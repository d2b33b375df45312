//! The scan that checks only what the query reads.
//!
//! ```text
//! find the line's end
//! walk down the paths: read the keys of an object one by one until all wanted ones are found,
//!     skip the values between, and what is left of the object if a parent needs what follows
//! nothing that is wanted is left?  stop
//! ```
//!
//! What is skipped only has to have brackets that balance and strings that end. What a slot holds
//! is checked as in a strict scan, a whole container included, so that a slot means the same in
//! both; only what stands behind or between goes unseen, such as the duplicate of a key that was
//! found already.

use crate::brackets::{chunk, closing};
use crate::index::Classify;
use crate::line::{Kind, Reason, Scanned, Slot, Verdict, line_end};
use crate::number::number;
use crate::paths::{Node, Paths};
use crate::plain::{escape, present};
use crate::strict::Strict;

/// Scan the line at `at` as far as the paths need.
pub(crate) fn scan<C: Classify>(
    classify: C,
    strict: &mut Strict,
    paths: &Paths,
    block: &[u8],
    at: usize,
    slots: &mut [Slot],
) -> Scanned {
    let (content_end, next) = line_end(block, at);
    let slots = &mut slots[..paths.slots()];
    slots.fill(Slot::Unreached);
    let line = &block[at..content_end];
    let verdict = if u32::try_from(line.len()).is_err() {
        Verdict::Odd(Reason::TooLong)
    } else {
        let behind = &block[at..];
        let mut touch = Touch {
            classify,
            strict,
            behind,
            line,
            at: 0,
            paths,
            slots,
        };
        touch.space();
        if touch.at == line.len() {
            Verdict::Blank
        } else {
            match touch.value(paths.node(0), true) {
                Ok(()) => Verdict::Clean,
                Err(verdict) => verdict,
            }
        }
    };
    Scanned {
        content_end,
        next,
        verdict,
    }
}

const NOT_JSON: Verdict = Verdict::Odd(Reason::Syntax);

struct Touch<'a, C> {
    classify: C,
    /// The line, and what follows it in the block: vectors may be loaded across the line's end.
    behind: &'a [u8],
    line: &'a [u8],
    at: usize,
    paths: &'a Paths,
    slots: &'a mut [Slot],
    /// Checks the containers that are wanted.
    strict: &'a mut Strict,
}

impl<'a, C: Classify> Touch<'a, C> {
    #[inline(always)]
    fn byte(&self) -> u8 {
        self.line.get(self.at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    /// 64 bytes from `at` on, and which of them belong to the line.
    #[inline(always)]
    fn chunk<'t>(&self, at: usize, tail: &'t mut [u8; 64]) -> (&'t [u8; 64], u64)
    where
        'a: 't,
    {
        chunk(self.behind, self.line.len(), at, tail)
    }

    /// Read a wanted value. If it is the last one, `at` need not end up behind it.
    fn value(&mut self, node: &'a Node, last: bool) -> Result<(), Verdict> {
        let classify = self.classify;
        classify.enter(
            #[inline(always)]
            || self.value_inside(node, last),
        )
    }

    #[inline(always)]
    fn value_inside(&mut self, node: &'a Node, last: bool) -> Result<(), Verdict> {
        let start = self.at;
        let last = last && node.slots.is_empty();
        let mut len = 0;
        let kind = match self.byte() {
            b'{' => {
                self.at += 1;
                if node.reads_keys() {
                    len = self.object(node, last)?;
                } else if !last {
                    self.leave()?;
                }
                Kind::Object
            }
            b'[' => {
                self.at += 1;
                if node.reads_elements() {
                    len = self.array(node, last)?;
                } else if !last {
                    self.leave()?;
                }
                Kind::Array
            }
            b'"' => {
                self.string()?;
                Kind::Str
            }
            _ => self.scalar()?,
        };
        if node.slots.is_empty() {
            return Ok(());
        }
        let quote = usize::from(kind == Kind::Str);
        let (start, end) = (start + quote, self.at - quote);
        let len = if node.counted { len } else { 0 };
        let slot = present(self.line, kind, start, end, len);
        let text = &self.line[start..end];
        if kind == Kind::Str {
            check_string(text)?;
        } else if node.valued && matches!(kind, Kind::Array | Kind::Object) {
            match self.strict.check(self.classify, text) {
                Verdict::Clean => {}
                verdict => return Err(verdict),
            }
        }
        for &index in &node.slots {
            self.slots[index] = slot;
        }
        Ok(())
    }

    /// Step over a value that nobody wants.
    #[inline(always)]
    fn skip(&mut self) -> Result<(), Verdict> {
        match self.byte() {
            b'"' => {
                self.string()?;
            }
            b'{' | b'[' => {
                self.at += 1;
                self.leave()?;
            }
            _ => {
                let start = self.at;
                while !matches!(self.byte(), 0 | b',' | b'}' | b']' | b' ' | b'\t') {
                    self.at += 1;
                }
                if self.at == start {
                    return Err(NOT_JSON);
                }
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn scalar(&mut self) -> Result<Kind, Verdict> {
        let rest = &self.line[self.at..];
        let words = [
            ("true", Kind::True),
            ("false", Kind::False),
            ("null", Kind::Null),
        ];
        let word = words
            .iter()
            .find(|(word, _)| rest.starts_with(word.as_bytes()));
        let kind = match word {
            Some((word, kind)) => {
                self.at += word.len();
                *kind
            }
            None if rest.starts_with(b"NaN") || rest.starts_with(b"Infinity") => {
                return Err(Verdict::Odd(Reason::NotFinite));
            }
            None => {
                let (end, kind) = number(self.line, self.at).map_err(Verdict::Odd)?;
                self.at = end;
                kind
            }
        };
        match self.line.get(self.at) {
            None | Some(b',' | b'}' | b']' | b' ' | b'\t') => Ok(kind),
            Some(_) => Err(NOT_JSON),
        }
    }

    /// Step over a string; where its text starts and ends, and whether it has a backslash.
    #[inline(always)]
    fn string(&mut self) -> Result<(usize, usize, bool), Verdict> {
        if self.byte() != b'"' {
            return Err(NOT_JSON);
        }
        let start = self.at + 1;
        let mut tail = [0; 64];
        let (bytes, inside) = self.chunk(start, &mut tail);
        let quote = self.classify.equal(bytes, b'"') & inside;
        let backslash = self.classify.equal(bytes, b'\\') & inside;
        // The bits below the first quote: no backslash there, and that quote ends the string.
        if quote != 0 && backslash & (quote - 1) & !quote == 0 {
            self.at = start + quote.trailing_zeros() as usize + 1;
            return Ok((start, self.at - 1, false));
        }
        self.long_string(start)
    }

    #[inline(never)]
    fn long_string(&mut self, start: usize) -> Result<(usize, usize, bool), Verdict> {
        let mut escaped = false;
        let mut at = start;
        loop {
            let rest = self.line.get(at..).unwrap_or_default();
            at += memchr::memchr2(b'"', b'\\', rest).ok_or(NOT_JSON)?;
            if self.line[at] == b'"' {
                self.at = at + 1;
                return Ok((start, at, escaped));
            }
            escaped = true;
            at += 2;
        }
    }

    /// Step out of the container around, by counting brackets outside of strings.
    #[inline(never)]
    fn leave(&mut self) -> Result<(), Verdict> {
        let classify = self.classify;
        classify.enter(
            #[inline(always)]
            || self.leave_inside(),
        )
    }

    #[inline(always)]
    fn leave_inside(&mut self) -> Result<(), Verdict> {
        let end = self.line.len();
        self.at = closing(self.classify, self.behind, end, self.at).ok_or(NOT_JSON)?;
        Ok(())
    }

    /// After an item: true if another follows, false if `close` ends the container.
    #[inline(always)]
    fn more(&mut self, close: u8) -> Result<bool, Verdict> {
        self.space();
        let byte = self.byte();
        if byte != close && byte != b',' {
            return Err(NOT_JSON);
        }
        self.at += 1;
        if byte == b',' {
            self.space();
        }
        Ok(byte == b',')
    }

    #[inline(always)]
    fn object(&mut self, node: &'a Node, last: bool) -> Result<u32, Verdict> {
        self.miss(node.keys.iter().map(|branch| branch.node));
        let mut found = vec![
            false;
            if node.keys.len() > 64 {
                node.keys.len()
            } else {
                0
            }
        ];
        let mut found_bits = 0u64;
        let mut left = node.keys.len();
        let mut keys: Vec<&[u8]> = Vec::new();
        let mut len = 0;
        self.space();
        if self.byte() == b'}' {
            self.at += 1;
            return Ok(0);
        }
        loop {
            let (start, end, escaped) = self.string()?;
            if escaped {
                return Err(Verdict::Odd(Reason::EscapedKey));
            }
            let key = &self.line[start..end];
            self.space();
            if self.byte() != b':' {
                return Err(NOT_JSON);
            }
            self.at += 1;
            self.space();
            len += 1;
            if node.counted {
                keys.push(key);
            }
            match node.keys.iter().position(|branch| branch.key == key) {
                None => self.skip()?,
                Some(branch) => {
                    let again = match found.get_mut(branch) {
                        Some(found) => std::mem::replace(found, true),
                        None => {
                            let again = found_bits >> branch & 1 != 0;
                            found_bits |= 1 << branch;
                            again
                        }
                    };
                    if again {
                        return Err(Verdict::Odd(Reason::DuplicateKey));
                    }
                    left -= 1;
                    let done = left == 0 && !node.counted;
                    self.value(self.paths.node(node.keys[branch].node), last && done)?;
                    if done {
                        return if last {
                            Ok(0)
                        } else {
                            self.leave().map(|()| 0)
                        };
                    }
                }
            }
            if !self.more(b'}')? {
                break;
            }
        }
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Verdict::Odd(Reason::DuplicateKey));
        }
        Ok(len)
    }

    #[inline(always)]
    fn array(&mut self, node: &'a Node, last: bool) -> Result<u32, Verdict> {
        self.miss(node.indexes.iter().map(|(_, child)| *child));
        let mut wanted = node.indexes.iter().peekable();
        self.space();
        if self.byte() == b']' {
            self.at += 1;
            return Ok(0);
        }
        let mut len = 0;
        loop {
            match wanted.next_if(|(index, _)| *index == len) {
                None => self.skip()?,
                Some((_, child)) => {
                    let done = wanted.peek().is_none() && !node.counted;
                    self.value(self.paths.node(*child), last && done)?;
                    if done {
                        return if last {
                            Ok(0)
                        } else {
                            self.leave().map(|()| 0)
                        };
                    }
                }
            }
            len += 1;
            if !self.more(b']')? {
                return Ok(len as u32);
            }
        }
    }

    /// The parent of these nodes is there: until they are found, they are missing, not unreached.
    fn miss(&mut self, children: impl Iterator<Item = usize>) {
        for child in children {
            for &slot in &self.paths.node(child).slots {
                self.slots[slot] = Slot::Missing;
            }
        }
    }
}

/// Check a wanted string's text as a strict scan would.
#[inline]
fn check_string(text: &[u8]) -> Result<(), Verdict> {
    if text.iter().any(|byte| *byte < 0x20) {
        return Err(NOT_JSON);
    }
    if !text.is_ascii() && simdutf8::basic::from_utf8(text).is_err() {
        return Err(Verdict::BadUtf8);
    }
    let mut at = 0;
    while let Some(backslash) = memchr::memchr(b'\\', &text[at..]) {
        at = escape(text, at + backslash).map_err(Verdict::Odd)?;
    }
    Ok(())
}
