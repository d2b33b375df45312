//! Constants, whose Python type JSON alone cannot carry.
//!
//! `null`, `true` and `false` stand for themselves; everything else is an object with one key
//! that names the type: `{"i": "123"}`, `{"f": "3ff0000000000000"}` (the IEEE bits, so that
//! `-0.0` and the last digit survive), `{"s": "text"}`, `{"t": [...]}` tuple, `{"l": [...]}`
//! list, `{"d": [[k, v], ...]}` dict, `{"S": [...]}` set, `{"F": [...]}` frozenset.

use serde_json::Value as Json;

use super::{Constant, Error, Place};
use crate::value::Owned;

/// A constant, which may be a set.
pub fn constant(json: &Json, at: Place) -> Result<Constant, Error> {
    match tagged(json) {
        Some(("S" | "F", body)) => Ok(Constant::Set(items(body, at)?)),
        _ => value(json, at).map(Constant::Value),
    }
}

/// A constant that is a value: a set inside a tuple is refused.
pub fn value(json: &Json, at: Place) -> Result<Owned, Error> {
    match json {
        Json::Null => return Ok(Owned::None),
        Json::Bool(value) => return Ok(Owned::Bool(*value)),
        _ => {}
    }
    let (tag, body) = tagged(json).ok_or(expected(at, "a tagged constant"))?;
    match tag {
        "i" => body
            .as_str()
            .and_then(|digits| digits.parse().ok())
            .map(Owned::Int),
        "f" => body.as_str().and_then(float).map(Owned::Float),
        "s" => body.as_str().map(|text| Owned::Str(text.into())),
        "t" => return Ok(Owned::Tuple(items(body, at)?.into())),
        "l" => return Ok(Owned::List(items(body, at)?)),
        "d" => return Ok(Owned::Dict(pairs(body, at)?)),
        _ => None,
    }
    .ok_or(expected(
        at,
        "a constant of type i (64 bits), f (16 hex digits), s, t, l or d",
    ))
}

fn tagged(json: &Json) -> Option<(&str, &Json)> {
    let object = json.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(tag, body)| (tag.as_str(), body))
}

fn float(bits: &str) -> Option<f64> {
    let exact = bits.len() == 16 && bits.bytes().all(|byte| byte.is_ascii_hexdigit());
    exact
        .then(|| u64::from_str_radix(bits, 16).ok().map(f64::from_bits))
        .flatten()
}

fn items(body: &Json, at: Place) -> Result<Vec<Owned>, Error> {
    let items = body.as_array().ok_or(expected(at, "a list of constants"))?;
    items.iter().map(|item| value(item, at)).collect()
}

fn pairs(body: &Json, at: Place) -> Result<Vec<(Owned, Owned)>, Error> {
    let wrong = || expected(at, "a list of [key, value] pairs");
    let pairs = body.as_array().ok_or_else(wrong)?;
    pairs
        .iter()
        .map(|pair| match pair.as_array().map(Vec::as_slice) {
            Some([key, item]) => Ok((value(key, at)?, value(item, at)?)),
            _ => Err(wrong()),
        })
        .collect()
}

fn expected(at: Place, what: &'static str) -> Error {
    Error::Expected { at, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Constant> {
        constant(&serde_json::from_str(text).expect("JSON"), Place::Node(0)).ok()
    }

    #[test]
    fn every_tag_reads_as_its_type() {
        let rows = [
            ("null", Owned::None),
            ("true", Owned::Bool(true)),
            (r#"{"i": "-9223372036854775808"}"#, Owned::Int(i64::MIN)),
            (r#"{"f": "3fb999999999999a"}"#, Owned::Float(0.1)),
            (r#"{"s": "é\n"}"#, Owned::Str("é\n".into())),
            (
                r#"{"t": [{"i": "1"}]}"#,
                Owned::Tuple([Owned::Int(1)].into()),
            ),
            (r#"{"l": []}"#, Owned::List(vec![])),
            (
                r#"{"d": [[null, false]]}"#,
                Owned::Dict(vec![(Owned::None, Owned::Bool(false))]),
            ),
        ];
        for (text, value) in rows {
            assert_eq!(read(text), Some(Constant::Value(value)), "{text}");
        }
        assert_eq!(
            read(r#"{"F": [{"s": "a"}]}"#),
            Some(Constant::Set(vec![Owned::Str("a".into())]))
        );
    }

    #[test]
    fn what_is_not_a_constant_is_refused() {
        for text in [
            "1",
            r#""s""#,
            r#"{"i": "9223372036854775808"}"#,
            r#"{"i": 1}"#,
            r#"{"f": "1.0"}"#,
            r#"{"t": [{"S": []}]}"#,
            r#"{"d": [[null]]}"#,
            r#"{"i": "1", "s": "1"}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
