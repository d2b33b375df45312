//! `str` methods, by code point, or unproved.
//!
//! Case, digits and whitespace are done for ASCII only: their tables differ between versions of
//! Python. Everything that only searches, cuts and glues is exact for any text, because UTF-8
//! finds code points where Python does.

use std::borrow::Cow;
use std::ops::Range;

use super::access::{Cut, RANGE, integer};
use super::{Eval, Raises, Unproved, raw};
use crate::program::Method;
use crate::value::{Container, Value};

/// The longest string that repetition may build; a longer one is a matter for Python.
const LONGEST: usize = 1 << 16;

const ASCII: Unproved =
    Unproved::because("non-ASCII text in a case, strip, split or digit operation");
const ARGUMENTS: Unproved = Unproved::because("arguments of a str method");

/// The value of `object.method(*arguments)`.
pub fn method<'a>(method: Method, object: Value<'a>, arguments: &[Value<'a>]) -> Eval<'a> {
    let Value::Str(text) = object else {
        return Err(missing(&object));
    };
    match (method, arguments) {
        (Method::Lower, []) => ascii(&text).map(|()| cased(text, |byte| byte.to_ascii_lowercase())),
        (Method::Upper, []) => ascii(&text).map(|()| cased(text, |byte| byte.to_ascii_uppercase())),
        (Method::Title, []) => ascii(&text).map(|()| titled(&text)),
        (Method::Capitalize, []) => ascii(&text).map(|()| capitalized(&text)),
        (Method::IsDigit, []) => of_kind(&text, |byte| byte.is_ascii_digit()),
        (Method::IsAlpha, []) => of_kind(&text, |byte| byte.is_ascii_alphabetic()),
        (Method::IsAlnum, []) => of_kind(&text, |byte| byte.is_ascii_alphanumeric()),
        (Method::IsSpace, []) => of_kind(&text, is_space),
        (Method::IsUpper, []) => in_case(&text, |byte| byte.is_ascii_uppercase()),
        (Method::IsLower, []) => in_case(&text, |byte| byte.is_ascii_lowercase()),
        (Method::IsAscii, []) => Ok(Value::Bool(text.is_ascii())),
        (Method::Strip, characters) => strip(text, characters, true, true),
        (Method::LStrip, characters) => strip(text, characters, true, false),
        (Method::RStrip, characters) => strip(text, characters, false, true),
        (Method::StartsWith, [affix]) => affixed(affix, |affix| text.starts_with(affix)),
        (Method::EndsWith, [affix]) => affixed(affix, |affix| text.ends_with(affix)),
        (Method::Find, [Value::Str(needle)]) => Ok(find(&text, needle)),
        (Method::Count, [Value::Str(needle)]) => Ok(Value::Int(count(&text, needle))),
        (Method::Split, arguments) => split(text, arguments, false),
        (Method::RSplit, arguments) => split(text, arguments, true),
        (Method::Partition, [Value::Str(separator)]) => partition(text, separator, false),
        (Method::RPartition, [Value::Str(separator)]) => partition(text, separator, true),
        (Method::Replace, [Value::Str(old), Value::Str(new), limit @ ..]) => {
            replace(text, old, new, limit)
        }
        (Method::Join, [parts]) => join(&text, parts),
        (Method::RemovePrefix, [Value::Str(prefix)]) => {
            let start = if text.starts_with(&**prefix) {
                prefix.len()
            } else {
                0
            };
            let whole = start..text.len();
            Ok(Value::Str(cut(text, whole)))
        }
        (Method::RemoveSuffix, [Value::Str(suffix)]) => {
            let end = text.len()
                - if text.ends_with(&**suffix) {
                    suffix.len()
                } else {
                    0
                };
            Ok(Value::Str(cut(text, 0..end)))
        }
        _ => Err(ARGUMENTS),
    }
}

/// What comes of asking something else for a method of str.
pub fn missing(object: &Value<'_>) -> Unproved {
    let other = Unproved::because("a str method of something else");
    match object {
        // Lists have a `count` of their own.
        Value::List(_) | Value::Tuple(_) => other,
        Value::Json(json) if json.kind == Container::Array => other,
        _ => other.raising(Raises::AttributeError),
    }
}

/// `left + right`, without a copy where one of them is empty.
pub fn joined<'a>(left: Cow<'a, str>, right: &str) -> Cow<'a, str> {
    if right.is_empty() {
        return left;
    }
    let mut text = left.into_owned();
    text.push_str(right);
    Cow::Owned(text)
}

/// `text * count`.
pub fn repeated<'a>(text: &str, count: &Value<'_>) -> Eval<'a> {
    let count = integer(count).ok_or(Unproved::because("operand types of an operator"))?;
    let count = usize::try_from(count).unwrap_or(0);
    match text.len().checked_mul(count) {
        Some(length) if length <= LONGEST => Ok(Value::Str(Cow::Owned(text.repeat(count)))),
        _ => Err(Unproved::because("a long repeated str")),
    }
}

/// The number of code points.
pub fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// A part of a string, borrowed if the whole was.
pub fn cut(text: Cow<'_, str>, range: Range<usize>) -> Cow<'_, str> {
    match text {
        text if range == (0..text.len()) => text,
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

/// `text[start:stop:step]`, by code point.
pub fn slice<'a>(text: Cow<'a, str>, cuts: &Cut) -> Eval<'a> {
    if text.is_ascii() {
        let indices = cuts.indices(text.len());
        if let Some(range) = indices.range() {
            return Ok(Value::Str(cut(text, range)));
        }
        let bytes = text.as_bytes();
        return Ok(built(
            indices.map(|index| char::from(bytes[index])).collect(),
        ));
    }
    let offsets: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
    let indices = cuts.indices(offsets.len());
    let offset = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
    if let Some(range) = indices.range() {
        let bytes = offset(range.start)..offset(range.end);
        return Ok(Value::Str(cut(text, bytes)));
    }
    Ok(built(
        indices
            .filter_map(|index| text[offset(index)..].chars().next())
            .collect(),
    ))
}

/// `text[index]`; unproved out of range, where Python raises.
pub fn nth(text: Cow<'_, str>, index: i64) -> Eval<'_> {
    let found = match usize::try_from(index) {
        Ok(index) => text.char_indices().nth(index),
        Err(_) => {
            // A negative index counts back from 1; i64::MIN has no negation, and no such string.
            let back = index
                .checked_neg()
                .and_then(|index| usize::try_from(index - 1).ok());
            back.and_then(|back| text.char_indices().rev().nth(back))
        }
    };
    let (start, letter) = found.ok_or(RANGE)?;
    Ok(Value::Str(cut(text, start..start + letter.len_utf8())))
}

/// What Python strips and splits at, in ASCII.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | 0x1c..=0x1f | b' ')
}

fn ascii(text: &str) -> Result<(), Unproved> {
    if text.is_ascii() { Ok(()) } else { Err(ASCII) }
}

fn built<'a>(text: String) -> Value<'a> {
    Value::Str(Cow::Owned(text))
}

/// Map each byte of ASCII text; text that is already so stays borrowed.
fn cased(text: Cow<'_, str>, case: impl Fn(u8) -> u8) -> Value<'_> {
    if text.bytes().all(|byte| case(byte) == byte) {
        return Value::Str(text);
    }
    built(text.bytes().map(|byte| char::from(case(byte))).collect())
}

/// Upper case after anything that is not a letter.
fn titled<'a>(text: &str) -> Value<'a> {
    let mut inside = false;
    let mut title = |letter: char| {
        let out = if inside {
            letter.to_ascii_lowercase()
        } else {
            letter.to_ascii_uppercase()
        };
        inside = letter.is_ascii_alphabetic();
        out
    };
    built(text.chars().map(&mut title).collect())
}

fn capitalized<'a>(text: &str) -> Value<'a> {
    let mut out = text.to_ascii_lowercase();
    if let Some(first) = out.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    built(out)
}

/// Whether there is text, and all of it is of this kind.
fn of_kind<'a>(text: &str, kind: impl Fn(u8) -> bool) -> Eval<'a> {
    ascii(text).map(|()| Value::Bool(!text.is_empty() && text.bytes().all(kind)))
}

/// Whether there are letters, and all of them are in this case.
fn in_case<'a>(text: &str, case: impl Fn(u8) -> bool) -> Eval<'a> {
    let mut letters = text.bytes().filter(u8::is_ascii_alphabetic).peekable();
    ascii(text).map(|()| Value::Bool(letters.peek().is_some() && letters.all(case)))
}

fn strip<'a>(text: Cow<'a, str>, characters: &[Value<'a>], left: bool, right: bool) -> Eval<'a> {
    let range = match characters {
        [] | [Value::None] => blank_ends(&text, left, right)?,
        [Value::Str(characters)] => {
            let strip = |letter: char| characters.contains(letter);
            let start = if left {
                text.len() - text.trim_start_matches(strip).len()
            } else {
                0
            };
            let rest = &text[start..];
            let kept = if right {
                rest.trim_end_matches(strip).len()
            } else {
                rest.len()
            };
            start..start + kept
        }
        _ => return Err(ARGUMENTS),
    };
    Ok(Value::Str(cut(text, range)))
}

/// What is left without whitespace at the ends. Text may be of any kind inside; only a non-ASCII
/// character at which stripping would have to stop is unproved, since it might be a space.
fn blank_ends(text: &str, left: bool, right: bool) -> Result<Range<usize>, Unproved> {
    let bytes = text.as_bytes();
    let (mut start, mut end) = (0, bytes.len());
    while left && start < end && is_space(bytes[start]) {
        start += 1;
    }
    while right && start < end && is_space(bytes[end - 1]) {
        end -= 1;
    }
    let stops_at = |at: usize| start == end || bytes[at].is_ascii();
    if (left && !stops_at(start)) || (right && !stops_at(end.saturating_sub(1))) {
        return Err(ASCII);
    }
    Ok(start..end)
}

/// `startswith` and `endswith` take a str or a tuple of them, tried in order.
fn affixed<'a>(affix: &Value<'_>, matches: impl Fn(&str) -> bool) -> Eval<'a> {
    match affix {
        Value::Str(affix) => Ok(Value::Bool(matches(affix))),
        Value::Tuple(affixes) => {
            for affix in affixes {
                if matches(affix.as_text().ok_or(ARGUMENTS)?) {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        _ => Err(ARGUMENTS),
    }
}

fn find<'a>(text: &str, needle: &str) -> Value<'a> {
    let index = text
        .find(needle)
        .map(|offset| length(&text[..offset]) as i64);
    Value::Int(index.unwrap_or(-1))
}

/// Occurrences that do not overlap; the empty string occurs around every code point.
fn count(text: &str, needle: &str) -> i64 {
    text.matches(needle).count() as i64
}

fn split<'a>(text: Cow<'a, str>, arguments: &[Value<'a>], from_right: bool) -> Eval<'a> {
    let limit = match arguments.get(1) {
        None => None,
        Some(limit) => usize::try_from(integer(limit).ok_or(ARGUMENTS)?).ok(),
    };
    let ranges = match arguments {
        [] | [Value::None] | [Value::None, _] => {
            ascii(&text)?;
            words(&text, limit, from_right)
        }
        [Value::Str(separator)] | [Value::Str(separator), _] if !separator.is_empty() => {
            pieces(&text, separator, limit, from_right)
        }
        _ => return Err(ARGUMENTS),
    };
    let piece = |range: Range<usize>| match &text {
        Cow::Borrowed(text) => Value::text(&text[range]),
        Cow::Owned(text) => built(text[range].to_owned()),
    };
    Ok(Value::List(ranges.into_iter().map(piece).collect()))
}

/// The pieces between separators, at most `limit` cuts.
fn pieces(
    text: &str,
    separator: &str,
    limit: Option<usize>,
    from_right: bool,
) -> Vec<Range<usize>> {
    let cuts = limit.unwrap_or(usize::MAX);
    let mut found: Vec<usize> = if from_right {
        text.rmatch_indices(separator)
            .take(cuts)
            .map(|(at, _)| at)
            .collect()
    } else {
        text.match_indices(separator)
            .take(cuts)
            .map(|(at, _)| at)
            .collect()
    };
    if from_right {
        found.reverse();
    }
    let mut start = 0;
    let mut ranges = Vec::with_capacity(found.len() + 1);
    for at in found {
        ranges.push(start..at);
        start = at + separator.len();
    }
    ranges.push(start..text.len());
    ranges
}

/// The runs of text between whitespace. After `limit` cuts the rest stays whole, without the
/// whitespace on the side that the cuts came from.
fn words(text: &str, limit: Option<usize>, from_right: bool) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    // Read backwards, a word ends where it starts: the walk is the same over mirrored positions.
    let total = bytes.len();
    let byte = |at: usize| {
        if from_right {
            bytes[total - 1 - at]
        } else {
            bytes[at]
        }
    };
    let mirrored = |range: Range<usize>| {
        if from_right {
            total - range.end..total - range.start
        } else {
            range
        }
    };
    let mut ranges = Vec::new();
    let mut at = 0;
    loop {
        while at < total && is_space(byte(at)) {
            at += 1;
        }
        if at == total {
            break;
        }
        let start = at;
        if limit.is_some_and(|limit| ranges.len() >= limit) {
            ranges.push(mirrored(start..total));
            break;
        }
        while at < total && !is_space(byte(at)) {
            at += 1;
        }
        ranges.push(mirrored(start..at));
    }
    if from_right {
        ranges.reverse();
    }
    ranges
}

fn partition<'a>(text: Cow<'a, str>, separator: &str, from_right: bool) -> Eval<'a> {
    if separator.is_empty() {
        return Err(ARGUMENTS);
    }
    let found = if from_right {
        text.rfind(separator)
    } else {
        text.find(separator)
    };
    let Some(at) = found else {
        let (first, last) = if from_right {
            (Cow::Borrowed(""), text)
        } else {
            (text, Cow::Borrowed(""))
        };
        return Ok(Value::Tuple(vec![
            Value::Str(first),
            Value::text(""),
            Value::Str(last),
        ]));
    };
    let after = at + separator.len();
    let parts = [0..at, at..after, after..text.len()];
    Ok(Value::Tuple(
        parts
            .map(|range| Value::Str(cut(text.clone(), range)))
            .into(),
    ))
}

fn replace<'a>(text: Cow<'a, str>, old: &str, new: &str, limit: &[Value<'_>]) -> Eval<'a> {
    let limit = match limit {
        [] => None,
        [limit] => usize::try_from(integer(limit).ok_or(ARGUMENTS)?).ok(),
        _ => return Err(ARGUMENTS),
    };
    if !text.contains(old) {
        return Ok(Value::Str(text));
    }
    Ok(built(match limit {
        None => text.replace(old, new),
        Some(limit) => text.replacen(old, new, limit),
    }))
}

fn join<'a>(separator: &str, parts: &Value<'_>) -> Eval<'a> {
    let decoded;
    let parts = match parts {
        Value::List(parts) | Value::Tuple(parts) => parts,
        Value::Json(json) if json.kind == Container::Array => {
            decoded = raw::items(*json)?;
            &decoded
        }
        Value::Str(text) => {
            let letters: Vec<String> = text.chars().map(String::from).collect();
            return Ok(built(letters.join(separator)));
        }
        _ => return Err(ARGUMENTS),
    };
    let parts = parts.iter().map(Value::as_text).collect::<Option<Vec<_>>>();
    Ok(built(
        parts
            .ok_or(Unproved::because("join() of something that is not a str"))?
            .join(separator),
    ))
}
