//! Regular expressions, asked of a text.
//!
//! The host has written the pattern anew so that it means the same to both engines, or says on which
//! texts it does. No group is ever looked for twice: what a match is, is the tuple of its groups.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Captures, Regex};

use super::{Eval, Unproved};
use crate::program::{Find, Pattern};
use crate::value::Value;

const NOT_TEXT: Unproved =
    Unproved::because("a regular expression asked of something that is not a str");
const BEYOND: Unproved = Unproved::because("a regular expression asked of text beyond ASCII");
const TOO_LARGE: Unproved = Unproved::because("a regular expression that is too large");

/// What a pattern finds in a text.
pub(super) fn find<'a>(pattern: &Pattern, text: Value<'a>) -> Eval<'a> {
    let (regex, text) = ready(pattern, text)?;
    Ok(match pattern.find {
        Find::First => match regex.captures(&text) {
            None => Value::None,
            Some(found) => {
                let skipped = usize::from(pattern.wrapped);
                let groups = ranges(&found).skip(skipped);
                Value::Tuple(groups.map(|range| part(&text, range)).collect())
            }
        },
        Find::All => {
            let all = regex.captures_iter(&text);
            Value::List(all.map(|found| one_of_all(&text, &found)).collect())
        }
        Find::Split => {
            let mut parts = Vec::new();
            let mut end = 0;
            for found in regex.captures_iter(&text) {
                let mut groups = ranges(&found);
                let whole = groups.next().flatten().unwrap_or(end..end);
                parts.push(part(&text, Some(end..whole.start)));
                parts.extend(groups.map(|range| part(&text, range)));
                end = whole.end;
            }
            parts.push(part(&text, Some(end..text.len())));
            Value::List(parts)
        }
        Find::Replace => return Err(NOT_TEXT),
    })
}

/// The text with what a pattern finds replaced.
pub(super) fn replace<'a>(pattern: &Pattern, text: Value<'a>, by: &Value<'a>) -> Eval<'a> {
    let (regex, text) = ready(pattern, text)?;
    let by = by.as_text().ok_or(NOT_TEXT)?;
    let mut replaced = String::new();
    let mut end = 0;
    for found in regex.find_iter(&text) {
        replaced.push_str(&text[end..found.start()]);
        replaced.push_str(by);
        end = found.end();
    }
    if end == 0 && replaced.is_empty() {
        return Ok(Value::Str(text));
    }
    replaced.push_str(&text[end..]);
    Ok(Value::Str(replaced.into()))
}

fn ready<'p, 'a>(
    pattern: &'p Pattern,
    text: Value<'a>,
) -> Result<(&'p Regex, Cow<'a, str>), Unproved> {
    let Value::Str(text) = text else {
        return Err(NOT_TEXT);
    };
    if pattern.ascii && !text.is_ascii() {
        return Err(BEYOND);
    }
    Ok((pattern.regex.as_ref().ok_or(TOO_LARGE)?, text))
}

fn ranges<'f>(found: &'f Captures<'_>) -> impl Iterator<Item = Option<Range<usize>>> + 'f {
    found.iter().map(|group| group.map(|group| group.range()))
}

/// A part of the text, borrowed where the text is; `None` where a group took no part.
fn part<'a>(text: &Cow<'a, str>, range: Option<Range<usize>>) -> Value<'a> {
    match (text, range) {
        (_, None) => Value::None,
        (Cow::Borrowed(text), Some(range)) => Value::text(&text[range]),
        (Cow::Owned(text), Some(range)) => Value::Str(text[range].to_owned().into()),
    }
}

/// What `findall` makes of a match; a group that took no part is empty.
fn one_of_all<'a>(text: &Cow<'a, str>, found: &Captures<'_>) -> Value<'a> {
    let mut groups = ranges(found).map(|range| part(text, range.or(Some(0..0))));
    let whole = groups.next();
    let mut rest: Vec<Value<'a>> = groups.collect();
    match rest.len() {
        0 => whole.unwrap_or(Value::None),
        1 => rest.remove(0),
        _ => Value::Tuple(rest),
    }
}
