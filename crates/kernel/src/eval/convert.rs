//! `str()`, `repr()`, `int()`, `float()` and `isinstance()`.

use std::borrow::Cow;

use super::{Eval, Raises, Unproved, number};
use crate::program::Types;
use crate::value::{Container, Value};

/// `str(value)`; a container's text is unproved.
pub fn str<'a>(value: Value<'a>) -> Eval<'a> {
    match value {
        Value::Str(text) => Ok(Value::Str(text)),
        Value::None => Ok(Value::text("None")),
        Value::Bool(true) => Ok(Value::text("True")),
        Value::Bool(false) => Ok(Value::text("False")),
        Value::Int(value) => Ok(Value::Str(Cow::Owned(value.to_string()))),
        Value::Float(value) => Ok(Value::Str(Cow::Owned(float_repr(value)))),
        _ => Err(Unproved::because("the text of a container")),
    }
}

/// `repr(value)`: the text of anything but a str is its repr.
pub fn repr<'a>(value: Value<'a>) -> Eval<'a> {
    match value {
        Value::Str(text) if text.is_ascii() => Ok(Value::Str(Cow::Owned(str_repr(&text)))),
        Value::Str(_) => Err(Unproved::because("the repr of non-ASCII text")),
        other => str(other),
    }
}

/// The shortest decimal that reads back as the same float, laid out by Python's rule: with an
/// exponent if the first digit stands for 10^-5 or less, or for 10^16 or more.
///
/// ```
/// use satchel_kernel::eval::convert::float_repr;
/// assert_eq!(float_repr(1e16), "1e+16");
/// assert_eq!(float_repr(100.0), "100.0");
/// ```
pub fn float_repr(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "nan".to_owned()
        } else if value > 0.0 {
            "inf".to_owned()
        } else {
            "-inf".to_owned()
        };
    }
    let scientific = shortest(value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        // As many digits behind the point as the shortest form has, and at least one.
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).count() as i32;
        let behind = (digits - 1 - exponent).max(1) as usize;
        positional(mantissa, exponent, behind)
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
    }
}

/// The shortest digits that read back as the same float, as `-1.25e-7`.
///
/// Rust finds them too, but where two of the shortest are equally near it takes the upper one and
/// Python the even one (900719925474099.25 ends in `.3` and in `.2`). Rounding the exact value to
/// that many digits is half to even in both languages, so that is Python's answer wherever it
/// reads back; next to a power of two it may not, and then only Rust's digits do.
fn shortest(value: f64) -> String {
    let found = format!("{value:e}");
    let digits = found
        .bytes()
        .take_while(|byte| *byte != b'e')
        .filter(u8::is_ascii_digit)
        .count();
    let even = format!("{value:.*e}", digits.saturating_sub(1));
    if even != found && even.parse() == Ok(value) {
        even
    } else {
        found
    }
}

/// The digits of a mantissa around a point, `behind` of them after it.
fn positional(mantissa: &str, exponent: i32, behind: usize) -> String {
    let negative = mantissa.starts_with('-');
    let mut digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if exponent < 0 {
        digits.insert_str(0, &"0".repeat(exponent.unsigned_abs() as usize));
    }
    let whole = exponent.max(0) as usize + 1;
    let missing = (whole + behind).saturating_sub(digits.len());
    digits.push_str(&"0".repeat(missing));
    digits.insert(whole, '.');
    if negative {
        digits.insert(0, '-');
    }
    digits
}

/// Single quotes, unless the text has one and no double quote.
fn str_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            letter if letter == quote => out.extend(['\\', quote]),
            letter if letter.is_ascii_control() => {
                out.push_str(&format!("\\x{:02x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out.push(quote);
    out
}

/// `int(value)`.
pub fn int<'a>(value: &Value<'a>) -> Eval<'a> {
    match value {
        Value::Int(value) => Ok(Value::Int(*value)),
        Value::Bool(value) => Ok(Value::Int(i64::from(*value))),
        Value::Float(value) => number::truncated(value.trunc()),
        Value::Str(text) => int_of_text(text)
            .map(Value::Int)
            .ok_or_else(|| unread("int() of a str", text)),
        _ => {
            Err(Unproved::because("int() of something that is not a number")
                .raising(Raises::TypeError))
        }
    }
}

/// `[space] [sign] digit (["_"] digit)* [space]`, in ASCII and 64 bits.
fn int_of_text(text: &str) -> Option<i64> {
    let bytes = trimmed(text);
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let mut value = 0i64;
    let mut after_digit = false;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                // Summed below zero, where the range is one larger.
                value = value.checked_mul(10)?.checked_sub(i64::from(byte - b'0'))?;
                after_digit = true;
            }
            b'_' if after_digit => after_digit = false,
            _ => return None,
        }
    }
    if !after_digit {
        return None;
    }
    if negative {
        Some(value)
    } else {
        value.checked_neg()
    }
}

/// `float(value)`.
pub fn float<'a>(value: &Value<'a>) -> Eval<'a> {
    match value {
        Value::Float(value) => Ok(Value::Float(*value)),
        Value::Int(value) => Ok(Value::Float(*value as f64)),
        Value::Bool(value) => Ok(Value::Float(f64::from(u8::from(*value)))),
        Value::Str(text) => float_of_text(text)
            .map(Value::Float)
            .ok_or_else(|| unread("float() of a str", text)),
        _ => Err(
            Unproved::because("float() of something that is not a number")
                .raising(Raises::TypeError),
        ),
    }
}

/// A text that was not read as a number: some cannot be one, in whatever digits.
fn unread(reason: &'static str, text: &str) -> Unproved {
    let no_number = |byte: &u8| {
        byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric() && !b"+-._".contains(byte)
    };
    let other = Unproved::because(reason);
    // The letters of nan, inf, infinity and of an exponent aside.
    let letter = |byte: &u8| byte.is_ascii_alphabetic() && !b"aefintyAEFINTY".contains(byte);
    if trimmed(text).is_empty() && text.is_ascii() && !text.bytes().any(|byte| byte < b' ')
        || text.bytes().any(|byte| no_number(&byte) || letter(&byte))
    {
        other.raising(Raises::ValueError)
    } else {
        other
    }
}

/// Decimal forms only: both languages round them correctly. Words (`nan`, `inf`) and underscores
/// are left to Python, and so is what overflows.
fn float_of_text(text: &str) -> Option<f64> {
    let bytes = trimmed(text);
    let decimal = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    if !bytes.iter().all(decimal) {
        return None;
    }
    std::str::from_utf8(bytes)
        .ok()?
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}

/// The number readers strip what C calls a space, which is less than `str.strip` does.
fn trimmed(text: &str) -> &[u8] {
    let is_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ');
    let mut bytes = text.as_bytes();
    while let [first, rest @ ..] = bytes {
        if !is_space(*first) {
            break;
        }
        bytes = rest;
    }
    while let [rest @ .., last] = bytes {
        if !is_space(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// `isinstance(value, types)`; a bool is an int.
pub fn is_instance(value: &Value<'_>, types: Types) -> bool {
    match value {
        Value::None => types.none,
        Value::Bool(_) => types.bool || types.int,
        Value::Int(_) => types.int,
        Value::Float(_) => types.float,
        Value::Str(_) => types.str,
        // The vocabulary has no name for it.
        Value::Tuple(_) => false,
        Value::List(_) => types.list,
        Value::Dict(_) => types.dict,
        Value::Json(json) => match json.kind {
            Container::Array => types.list,
            Container::Object => types.dict,
        },
    }
}
