//! A whole JSON value at once: one walk over clean text, which tells a builder what it meets.
//!
//! The text is one that a scan found clean, so nothing is checked again; on other bytes the answer
//! means nothing, but nothing here panics or loops.

use std::borrow::Cow;

use crate::line::{DEEPEST, Kind};
use crate::number::number;
use crate::text;

/// What becomes of the values of a JSON text.
pub trait Build {
    /// A value.
    type Value;
    /// An object that is being filled.
    type Object;
    /// Why one cannot be made.
    type Error;

    /// `null`.
    fn null(&mut self) -> Result<Self::Value, Self::Error>;
    /// `true` or `false`.
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Self::Error>;
    /// A number without fraction and exponent.
    fn int(&mut self, value: i64) -> Result<Self::Value, Self::Error>;
    /// A number with a fraction or an exponent.
    fn float(&mut self, value: f64) -> Result<Self::Value, Self::Error>;
    /// A string.
    fn text(&mut self, value: &str) -> Result<Self::Value, Self::Error>;
    /// An array of these elements.
    fn array(&mut self, elements: Vec<Self::Value>) -> Result<Self::Value, Self::Error>;
    /// An object without keys.
    fn object(&mut self) -> Result<Self::Object, Self::Error>;
    /// Give an object a key; of duplicates, the last counts.
    fn insert(
        &mut self,
        object: &Self::Object,
        key: &str,
        value: Self::Value,
    ) -> Result<(), Self::Error>;
    /// The value of an object that has all of its keys.
    fn filled(&mut self, object: Self::Object) -> Self::Value;
}

/// The value of a text; `None` where the text is not what a scan calls clean.
///
/// # Errors
///
/// What the builder returns.
pub fn build<B: Build>(text: &str, builder: &mut B) -> Result<Option<B::Value>, B::Error> {
    let mut walk = Walk { text, at: 0 };
    walk.space();
    walk.value(builder, 0)
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
}

/// Leave with `None` where the text is not clean.
macro_rules! clean {
    ($found:expr) => {
        match $found {
            Some(found) => found,
            None => return Ok(None),
        }
    };
}

impl<'a> Walk<'a> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn value<B: Build>(
        &mut self,
        builder: &mut B,
        depth: usize,
    ) -> Result<Option<B::Value>, B::Error> {
        let value = match self.byte() {
            b'"' => builder.text(&clean!(self.string()))?,
            b'{' if depth < DEEPEST => clean!(self.object(builder, depth)?),
            b'[' if depth < DEEPEST => clean!(self.array(builder, depth)?),
            b't' => {
                self.at += 4;
                builder.boolean(true)?
            }
            b'f' => {
                self.at += 5;
                builder.boolean(false)?
            }
            b'n' => {
                self.at += 4;
                builder.null()?
            }
            _ => {
                let (end, kind) = clean!(number(self.text.as_bytes(), self.at).ok());
                let span = clean!(self.text.as_bytes().get(self.at..end));
                self.at = end;
                match kind {
                    Kind::Int => builder.int(clean!(text::int(span)))?,
                    _ => builder.float(clean!(text::float(span)))?,
                }
            }
        };
        Ok(Some(value))
    }

    fn object<B: Build>(
        &mut self,
        builder: &mut B,
        depth: usize,
    ) -> Result<Option<B::Value>, B::Error> {
        let object = builder.object()?;
        while self.next(b'}') {
            let key = clean!(self.string());
            self.space();
            self.at += 1; // The colon.
            self.space();
            let value = clean!(self.value(builder, depth + 1)?);
            builder.insert(&object, &key, value)?;
        }
        Ok(Some(builder.filled(object)))
    }

    fn array<B: Build>(
        &mut self,
        builder: &mut B,
        depth: usize,
    ) -> Result<Option<B::Value>, B::Error> {
        let mut elements = Vec::new();
        while self.next(b']') {
            elements.push(clean!(self.value(builder, depth + 1)?));
        }
        builder.array(elements).map(Some)
    }

    /// Step over the opening bracket or a comma to the next item; over the `close` if there is none.
    fn next(&mut self, close: u8) -> bool {
        self.space();
        if self.byte() != close {
            self.at += 1;
            self.space();
        }
        if self.byte() != close {
            return self.at < self.text.len();
        }
        self.at += 1;
        false
    }

    /// The string that starts here; it is left behind.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..)?;
        let found = special(rest)?;
        if rest[found] == b'"' {
            self.at = start + found + 1;
            return self.text.get(start..start + found).map(Cow::Borrowed);
        }
        let mut end = found;
        while rest.get(end)? != &b'"' {
            end += 2;
            end += special(rest.get(end..)?)?;
        }
        self.at = start + end + 1;
        text::unescape(&rest[..end])
    }
}

/// Where the next quote or backslash is. Most strings are short: those are looked through a word
/// at a time here, without a call.
#[inline]
fn special(text: &[u8]) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The lowest bit that is set is that of the first byte that is zero ("Bit Twiddling Hacks",
    // S. Anderson).
    let zero = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let mut at = 0;
    for chunk in text.chunks_exact(8).take(4) {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        let found = zero(word ^ (LOW * u64::from(b'"'))) | zero(word ^ (LOW * u64::from(b'\\')));
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    memchr::memchr2(b'"', b'\\', text.get(at..)?).map(|found| at + found)
}
