//! Python's `==` and `<` between values.
//!
//! Numbers compare across types and exactly: `True == 1 == 1.0`, and an int against a float
//! without rounding the int. Strings order by code point, which is the order of their UTF-8.
//! Values of different kinds are unequal and have no order (`None < 1` is a `TypeError`).

use std::cmp::Ordering;

use super::{Raises, Unproved, raw};
use crate::program::Comparison;
use crate::value::{Container, Value};

/// Python's `left == right`.
///
/// ```
/// use satchel_kernel::{eval::compare::equal, value::Value};
/// assert!(equal(&Value::Bool(true), &Value::Float(1.0)).unwrap());
/// assert!(!equal(&Value::text("1"), &Value::Int(1)).unwrap());
/// ```
pub fn equal(left: &Value<'_>, right: &Value<'_>) -> Result<bool, Unproved> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(numbers(left, right) == Some(Ordering::Equal));
    }
    match (left, right) {
        (Value::None, Value::None) => Ok(true),
        (Value::Str(left), Value::Str(right)) => Ok(left == right),
        (Value::Tuple(left), Value::Tuple(right)) | (Value::List(left), Value::List(right)) => {
            equal_items(left, right)
        }
        (Value::Dict(left), Value::Dict(right)) => equal_pairs(left, right),
        // JSON has no NaN, the one value that differs from itself.
        (Value::Json(left), Value::Json(right)) if left.text == right.text => Ok(true),
        (Value::Json(json), other) | (other, Value::Json(json)) => match (json.kind, other) {
            (Container::Array, Value::List(_))
            | (Container::Object, Value::Dict(_))
            | (_, Value::Json(_)) => equal(&raw::decode(*json)?, other),
            _ => Ok(false),
        },
        _ => Ok(false),
    }
}

/// Python's order of two values: `Ok(None)` where neither is less, equal or greater (NaN), and
/// unproved where `<` would raise.
pub fn order(left: &Value<'_>, right: &Value<'_>) -> Result<Option<Ordering>, Unproved> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(numbers(left, right));
    }
    match (left, right) {
        (Value::Str(left), Value::Str(right)) => Ok(Some(left.as_bytes().cmp(right.as_bytes()))),
        (Value::Tuple(left), Value::Tuple(right)) | (Value::List(left), Value::List(right)) => {
            order_items(left, right)
        }
        (Value::Json(json), other) if json.kind == Container::Array => {
            order(&Value::List(raw::items(*json)?), other)
        }
        (other, Value::Json(json)) if json.kind == Container::Array => {
            order(other, &Value::List(raw::items(*json)?))
        }
        _ => Err(Unproved::because("values without an order").raising(Raises::TypeError)),
    }
}

/// The value of a comparison operator.
pub fn compare(
    operator: Comparison,
    left: &Value<'_>,
    right: &Value<'_>,
) -> Result<bool, Unproved> {
    Ok(match operator {
        Comparison::Eq => equal(left, right)?,
        Comparison::Ne => !equal(left, right)?,
        _ => order(left, right)?.is_some_and(|order| operator.holds(order)),
    })
}

/// A value that takes part in arithmetic. A bool is the int that it equals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// An int or a bool.
    Int(i64),
    /// A float.
    Float(f64),
}

/// The number that a value is.
pub fn number(value: &Value<'_>) -> Option<Number> {
    match value {
        Value::Int(value) => Some(Number::Int(*value)),
        Value::Float(value) => Some(Number::Float(*value)),
        Value::Bool(value) => Some(Number::Int(i64::from(*value))),
        _ => None,
    }
}

fn numbers(left: Number, right: Number) -> Option<Ordering> {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
        (Number::Float(left), Number::Float(right)) => left.partial_cmp(&right),
        (Number::Int(left), Number::Float(right)) => int_against_float(left, right),
        (Number::Float(left), Number::Int(right)) => {
            int_against_float(right, left).map(Ordering::reverse)
        }
    }
}

/// Compare without rounding: the float's whole part is an exact i64 whenever it is in range, and
/// its fraction decides between equal whole parts.
fn int_against_float(int: i64, float: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0; // 2^63
    if float.is_nan() {
        None
    } else if float >= LIMIT {
        Some(Ordering::Less)
    } else if float < -LIMIT {
        Some(Ordering::Greater)
    } else {
        let whole = float.trunc();
        let by_whole = int.cmp(&(whole as i64));
        Some(by_whole.then(whole.partial_cmp(&float)?))
    }
}

/// Equality of elements. Python looks at identity first, so that a NaN in a tuple may equal
/// itself; which object it is, the kernel cannot know.
fn equal_item(left: &Value<'_>, right: &Value<'_>) -> Result<bool, Unproved> {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) if left.is_nan() && right.is_nan() => {
            Err(Unproved::because("NaN in a container"))
        }
        _ => equal(left, right),
    }
}

fn equal_items(left: &[Value<'_>], right: &[Value<'_>]) -> Result<bool, Unproved> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !equal_item(left, right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_pairs(
    left: &[(Value<'_>, Value<'_>)],
    right: &[(Value<'_>, Value<'_>)],
) -> Result<bool, Unproved> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (key, value) in left {
        match find(right, key)? {
            Some(other) if equal_item(value, other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The value under a key of a dict that an expression made.
pub fn find<'v, 'a>(
    pairs: &'v [(Value<'a>, Value<'a>)],
    key: &Value<'_>,
) -> Result<Option<&'v Value<'a>>, Unproved> {
    for (candidate, value) in pairs {
        if equal_item(candidate, key)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Whether an element equals `item`, as `in` asks it of a list or tuple.
pub fn among(items: &[Value<'_>], item: &Value<'_>) -> Result<bool, Unproved> {
    for candidate in items {
        if equal_item(candidate, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first pair of unequal elements decides, then the length.
fn order_items(left: &[Value<'_>], right: &[Value<'_>]) -> Result<Option<Ordering>, Unproved> {
    for (left, right) in left.iter().zip(right) {
        if !equal_item(left, right)? {
            return order(left, right);
        }
    }
    Ok(Some(left.len().cmp(&right.len())))
}
