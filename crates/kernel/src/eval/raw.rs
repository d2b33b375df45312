//! Looking into the JSON text of a list or dict without decoding all of it.
//!
//! The text comes from a line that the scan found clean, so that an element ends where the scan
//! helpers say. Two keys of one object may still be equal where no path of the query went: as in
//! Python, the last value wins and the first position is kept.

use std::borrow::Cow;

use satchel_scan::line::Kind;
use satchel_scan::text;

use super::{Eval, Unproved};
use crate::value::{Container, Raw, Value};

const TEXT: Unproved = Unproved::because("JSON text that is not what the scan said");

/// The value of a JSON scalar or container, given its text (a string's without the quotes).
pub fn value<'a>(kind: Kind, body: &'a [u8], escaped: bool) -> Eval<'a> {
    Ok(match kind {
        Kind::Null => Value::None,
        Kind::True => Value::Bool(true),
        Kind::False => Value::Bool(false),
        Kind::Int => Value::Int(text::int(body).ok_or(TEXT)?),
        Kind::Float => Value::Float(text::float(body).ok_or(TEXT)?),
        Kind::Str => Value::Str(string(body, escaped)?),
        Kind::Array => Value::Json(container(body, Container::Array)?),
        Kind::Object => Value::Json(container(body, Container::Object)?),
    })
}

/// A string, borrowed unless it has an escape.
pub fn string(body: &[u8], escaped: bool) -> Result<Cow<'_, str>, Unproved> {
    if escaped {
        text::unescape(body).ok_or(Unproved::because("a lone surrogate"))
    } else {
        utf8(body).map(Cow::Borrowed)
    }
}

/// The elements of an array.
pub fn items(raw: Raw<'_>) -> Result<Vec<Value<'_>>, Unproved> {
    text::elements(raw.text.as_bytes()).map(element).collect()
}

/// The element at an index, which may count from the end; `None` if there is none.
pub fn nth<'a>(raw: Raw<'a>, index: i64) -> Result<Option<Value<'a>>, Unproved> {
    let mut elements = text::elements(raw.text.as_bytes());
    let found = match usize::try_from(index) {
        Ok(index) => elements.nth(index),
        Err(_) => {
            let index = count(raw)? as i64 + index;
            usize::try_from(index)
                .ok()
                .and_then(|index| elements.nth(index))
        }
    };
    found.map(element).transpose()
}

/// The value under a key of an object.
pub fn lookup<'a>(raw: Raw<'a>, key: &str) -> Result<Option<Value<'a>>, Unproved> {
    let mut found = None;
    for (name, field) in text::fields(raw.text.as_bytes()) {
        if is_named(&name, key)? {
            found = Some(field);
        }
    }
    found.map(element).transpose()
}

/// Whether an object has a key.
pub fn has(raw: Raw<'_>, key: &str) -> Result<bool, Unproved> {
    for (name, _) in text::fields(raw.text.as_bytes()) {
        if is_named(&name, key)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `len()` of it.
pub fn count(raw: Raw<'_>) -> Result<usize, Unproved> {
    match raw.kind {
        Container::Array => Ok(text::elements(raw.text.as_bytes()).count()),
        Container::Object => {
            let mut keys = text::fields(raw.text.as_bytes())
                .map(|(name, _)| string(name.text, name.escaped))
                .collect::<Result<Vec<_>, _>>()?;
            keys.sort_unstable();
            keys.dedup();
            Ok(keys.len())
        }
    }
}

/// One level decoded: a list or dict whose elements may still be text.
pub fn decode(raw: Raw<'_>) -> Eval<'_> {
    if raw.kind == Container::Array {
        return items(raw).map(Value::List);
    }
    let mut pairs: Vec<(Value<'_>, Value<'_>)> = Vec::new();
    for (name, field) in text::fields(raw.text.as_bytes()) {
        let key = Value::Str(string(name.text, name.escaped)?);
        let value = element(field)?;
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some((_, last)) => *last = value,
            None => pairs.push((key, value)),
        }
    }
    Ok(Value::Dict(pairs))
}

/// A value with all of its lists and dicts decoded.
pub fn decoded(value: Value<'_>) -> Eval<'_> {
    let all = |items: Vec<_>| items.into_iter().map(decoded).collect::<Result<_, _>>();
    Ok(match value {
        Value::Json(raw) => decoded(decode(raw)?)?,
        Value::List(items) => Value::List(all(items)?),
        Value::Tuple(items) => Value::Tuple(all(items)?),
        Value::Dict(pairs) => {
            let pair = |(key, value)| Ok((key, decoded(value)?));
            Value::Dict(pairs.into_iter().map(pair).collect::<Result<_, _>>()?)
        }
        scalar => scalar,
    })
}

fn element(raw: text::Raw<'_>) -> Eval<'_> {
    value(raw.kind, raw.text, raw.escaped)
}

fn is_named(name: &text::Raw<'_>, key: &str) -> Result<bool, Unproved> {
    if name.escaped {
        Ok(string(name.text, true)? == key)
    } else {
        Ok(name.text == key.as_bytes())
    }
}

fn container(body: &[u8], kind: Container) -> Result<Raw<'_>, Unproved> {
    Ok(Raw {
        text: utf8(body)?,
        kind,
    })
}

/// The scan has checked the bytes already; this is the price of a crate without unsafe code, and
/// it is paid only for strings that are more than compared or hashed.
fn utf8(body: &[u8]) -> Result<&str, Unproved> {
    std::str::from_utf8(body).map_err(|_| TEXT)
}
