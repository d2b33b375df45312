//! From a slot's span to its text, its number, its elements, its fields.
//!
//! Everything here reads spans that a scan found clean. On other bytes the answers mean nothing,
//! but nothing here panics or loops.

use std::borrow::Cow;

use crate::line::Kind;
use crate::number::number;
use crate::plain::hex;

/// A value inside a container: what it is, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text; a string's without the quotes.
    pub text: &'a [u8],
    /// Where `text` starts in the span that was given.
    pub start: usize,
    /// Where it ends there.
    pub end: usize,
    /// Whether it is a string with a backslash in it.
    pub escaped: bool,
}

/// The text of a JSON string, given what stands between its quotes; `None` if it has a surrogate
/// without its other half (a legal `str` in Python, but not UTF-8), or is no string's body.
///
/// ```
/// use satchel_scan::text::unescape;
/// assert_eq!(unescape(br"caf\u00e9 \ud83d\ude00").unwrap(), "café 😀");
/// assert_eq!(unescape(br"\ud83d"), None);
/// ```
#[must_use]
pub fn unescape(body: &[u8]) -> Option<Cow<'_, str>> {
    let Some(first) = memchr::memchr(b'\\', body) else {
        return simdutf8::basic::from_utf8(body).ok().map(Cow::Borrowed);
    };
    let mut text = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut next = Some(first);
    while let Some(backslash) = next {
        text.extend_from_slice(&rest[..backslash]);
        rest = &rest[backslash..];
        let (letter, length) = escaped(rest)?;
        text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[length..];
        next = memchr::memchr(b'\\', rest);
    }
    text.extend_from_slice(rest);
    String::from_utf8(text).ok().map(Cow::Owned)
}

/// The character that the escape at the start of `text` means, and the escape's length.
fn escaped(text: &[u8]) -> Option<(char, usize)> {
    let letter = match *text.get(1)? {
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let high = hex(text, 2)?;
            if !(0xd800..0xdc00).contains(&high) {
                return Some((char::from_u32(high)?, 6));
            }
            if text.get(6..8)? != b"\\u" {
                return None;
            }
            let low = hex(text, 8)?
                .checked_sub(0xdc00)
                .filter(|low| *low < 0x400)?;
            return Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12));
        }
        _ => return None,
    };
    Some((letter, 2))
}

/// The value of an int of at most 18 digits.
///
/// ```
/// assert_eq!(satchel_scan::text::int(b"-120"), Some(-120));
/// ```
#[must_use]
pub fn int(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// The value of a float, correctly rounded.
///
/// ```
/// assert_eq!(satchel_scan::text::float(b"1.5e3"), Some(1500.0));
/// ```
#[must_use]
pub fn float(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text)
        .ok()?
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}

/// The elements of an array, given its text with the brackets.
///
/// ```
/// let texts: Vec<_> = satchel_scan::text::elements(b"[1, \"a\"]").map(|raw| raw.text).collect();
/// assert_eq!(texts, [&b"1"[..], b"a"]);
/// ```
pub fn elements(span: &[u8]) -> impl Iterator<Item = Raw<'_>> {
    let mut items = Items::new(span, b'[');
    std::iter::from_fn(move || items.next_item().then(|| items.value()).flatten())
}

/// The fields of an object, given its text with the braces: (key, value), duplicates included.
///
/// ```
/// let mut fields = satchel_scan::text::fields(b"{\"a\": null}");
/// let (key, value) = fields.next().unwrap();
/// assert_eq!((key.text, value.text), (&b"a"[..], &b"null"[..]));
/// ```
pub fn fields(span: &[u8]) -> impl Iterator<Item = (Raw<'_>, Raw<'_>)> {
    let mut items = Items::new(span, b'{');
    std::iter::from_fn(move || {
        if !items.next_item() {
            return None;
        }
        let key = items.value()?;
        items.space();
        if items.byte() != b':' {
            return None;
        }
        items.at += 1;
        items.space();
        Some((key, items.value()?))
    })
}

/// A walk over the items of one container.
struct Items<'a> {
    span: &'a [u8],
    at: usize,
}

impl<'a> Items<'a> {
    fn new(span: &'a [u8], open: u8) -> Items<'a> {
        let at = if span.first() == Some(&open) {
            0
        } else {
            span.len()
        };
        Items { span, at }
    }

    fn byte(&self) -> u8 {
        self.span.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Step over the bracket or comma to the next item, if there is one.
    fn next_item(&mut self) -> bool {
        self.space();
        let more = match self.byte() {
            b'{' | b'[' => self.at == 0,
            b',' => true,
            _ => false,
        };
        self.at = if more { self.at + 1 } else { self.span.len() };
        self.space();
        more && !matches!(self.byte(), 0 | b'}' | b']')
    }

    fn value(&mut self) -> Option<Raw<'a>> {
        let start = self.at;
        let (kind, quote, escaped) = match self.byte() {
            b'"' => {
                let escaped = self.skip_string()?;
                (Kind::Str, 1, escaped)
            }
            b'{' => {
                self.skip_container()?;
                (Kind::Object, 0, false)
            }
            b'[' => {
                self.skip_container()?;
                (Kind::Array, 0, false)
            }
            b't' => self.word(4, Kind::True),
            b'f' => self.word(5, Kind::False),
            b'n' => self.word(4, Kind::Null),
            _ => {
                let (end, kind) = number(self.span, self.at).ok()?;
                self.at = end;
                (kind, 0, false)
            }
        };
        let (start, end) = (start + quote, self.at - quote);
        Some(Raw {
            kind,
            text: self.span.get(start..end)?,
            start,
            end,
            escaped,
        })
    }

    fn word(&mut self, length: usize, kind: Kind) -> (Kind, usize, bool) {
        self.at += length;
        (kind, 0, false)
    }

    /// Step over a string; whether it has a backslash.
    fn skip_string(&mut self) -> Option<bool> {
        let mut escaped = false;
        self.at += 1;
        loop {
            let rest = self.span.get(self.at..)?;
            self.at += memchr::memchr2(b'"', b'\\', rest)?;
            if self.byte() == b'"' {
                self.at += 1;
                return Some(escaped);
            }
            escaped = true;
            self.at += 2;
        }
    }

    fn skip_container(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.byte() {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ if self.at >= self.span.len() => return None,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}
