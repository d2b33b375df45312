//! Arithmetic, exactly as CPython computes it, or unproved.
//!
//! Ints that leave 64 bits are unproved, since Python's do not end there; so is everything that
//! raises (`ZeroDivisionError`, `OverflowError`, a `TypeError` between kinds).

use super::compare::{Number, number};
use super::{Eval, raw, strings};
use super::{Raises, Unproved};
use crate::program::Arithmetic;
use crate::value::{Container, Value};

const OVERFLOW: Unproved = Unproved::because("an int beyond 64 bits");
const DIVISION: Unproved = Unproved::because("division by zero").raising(Raises::ZeroDivisionError);
const TYPES: Unproved = Unproved::because("operand types of an operator");

/// The value of a binary operator.
pub fn arithmetic<'a>(operator: Arithmetic, left: Value<'a>, right: Value<'a>) -> Eval<'a> {
    match (number(&left), number(&right)) {
        (Some(Number::Int(left)), Some(Number::Int(right))) => ints(operator, left, right),
        (Some(left), Some(right)) => floats(operator, float(left), float(right)),
        _ => sequences(operator, left, right),
    }
}

/// `-x`.
pub fn negative<'a>(value: &Value<'a>) -> Eval<'a> {
    match number(value) {
        Some(Number::Int(value)) => value.checked_neg().map(Value::Int).ok_or(OVERFLOW),
        Some(Number::Float(value)) => Ok(Value::Float(-value)),
        None => Err(TYPES.raising(Raises::TypeError)),
    }
}

/// `+x`, which makes an int of a bool.
pub fn positive<'a>(value: &Value<'a>) -> Eval<'a> {
    match number(value) {
        Some(Number::Int(value)) => Ok(Value::Int(value)),
        Some(Number::Float(value)) => Ok(Value::Float(value)),
        None => Err(TYPES.raising(Raises::TypeError)),
    }
}

/// `abs(x)`.
pub fn absolute<'a>(value: &Value<'a>) -> Eval<'a> {
    match number(value) {
        Some(Number::Int(value)) => value.checked_abs().map(Value::Int).ok_or(OVERFLOW),
        Some(Number::Float(value)) => Ok(Value::Float(value.abs())),
        None => Err(Unproved::because("abs() of something that is not a number")),
    }
}

/// `round(x)` and `round(x, digits)`.
///
/// CPython rounds a float through its correctly rounded decimal form, half to even on the exact
/// binary value; Rust's formatting with a precision is that same form.
pub fn round<'a>(value: &Value<'a>, digits: Option<&Value<'a>>) -> Eval<'a> {
    let digits = match digits {
        None | Some(Value::None) => None,
        Some(Value::Int(digits @ 0..=15)) => Some(*digits as usize),
        Some(_) => return Err(Unproved::because("round() to an unusual number of digits")),
    };
    match (number(value), digits) {
        (Some(Number::Int(value)), _) => Ok(Value::Int(value)),
        (Some(Number::Float(value)), None) => truncated(value.round_ties_even()),
        (Some(Number::Float(value)), Some(digits)) if value.abs() < 1e15 => {
            let rounded = format!("{value:.digits$}");
            rounded
                .parse()
                .map(Value::Float)
                .map_err(|_| Unproved::because("round() of a float"))
        }
        _ => Err(Unproved::because("round() of a value without a rounding")),
    }
}

/// The int of a float that has already lost its fraction, or `int(x)` by truncation.
pub fn truncated<'a>(value: f64) -> Eval<'a> {
    // Both bounds are exact floats; NaN and the infinities fail the comparison.
    if value > -9_223_372_036_854_775_808.0 && value < 9_223_372_036_854_775_808.0 {
        Ok(Value::Int(value as i64))
    } else {
        Err(Unproved::because("a float beyond 64 bits as an int"))
    }
}

/// An int as a float, rounded to nearest even as Python does; 64 bits never overflow.
pub fn float(value: Number) -> f64 {
    match value {
        Number::Int(value) => value as f64,
        Number::Float(value) => value,
    }
}

fn ints<'a>(operator: Arithmetic, left: i64, right: i64) -> Eval<'a> {
    if let Some(result) = exact(operator, left, right) {
        return Ok(Value::Int(result));
    }
    match operator {
        Arithmetic::TrueDiv => true_division(left, right).map(Value::Float),
        Arithmetic::FloorDiv | Arithmetic::Mod if right == 0 => Err(DIVISION),
        // A negative exponent makes a float of it, through the C library's pow.
        Arithmetic::Pow if u32::try_from(right).is_err() => Err(Unproved::because(
            "a power with a negative or huge exponent",
        )),
        _ => Err(OVERFLOW),
    }
}

/// The value of an operator between ints, where it is an int of 64 bits.
#[inline]
pub fn exact(operator: Arithmetic, left: i64, right: i64) -> Option<i64> {
    match operator {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Sub => left.checked_sub(right),
        Arithmetic::Mul => left.checked_mul(right),
        Arithmetic::FloorDiv => floor_division(left, right),
        Arithmetic::Mod => modulo(left, right),
        Arithmetic::Pow => left.checked_pow(u32::try_from(right).ok()?),
        Arithmetic::TrueDiv => None,
    }
}

/// Python floors, Rust truncates: they differ where the signs differ and a remainder is left.
fn floor_division(left: i64, right: i64) -> Option<i64> {
    let quotient = left.checked_div(right)?;
    let inexact = left % right != 0;
    Some(if inexact && (left < 0) != (right < 0) {
        quotient - 1
    } else {
        quotient
    })
}

/// The remainder has the sign of the divisor.
fn modulo(left: i64, right: i64) -> Option<i64> {
    match right {
        0 => None,
        -1 => Some(0),
        _ => {
            let rest = left % right;
            Some(if rest != 0 && (rest < 0) != (right < 0) {
                rest + right
            } else {
                rest
            })
        }
    }
}

/// Correctly rounded when both operands are exact floats; beyond that CPython's long division is
/// needed, and the row goes to Python.
fn true_division(left: i64, right: i64) -> Result<f64, Unproved> {
    const EXACT: u64 = 1 << 53;
    if right == 0 {
        Err(DIVISION)
    } else if left.unsigned_abs() > EXACT || right.unsigned_abs() > EXACT {
        Err(Unproved::because("division of ints beyond 2**53"))
    } else {
        Ok(left as f64 / right as f64)
    }
}

fn floats<'a>(operator: Arithmetic, left: f64, right: f64) -> Eval<'a> {
    let result = match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Sub => left - right,
        Arithmetic::Mul => left * right,
        // The C library's pow is not the same to the last digit everywhere.
        Arithmetic::Pow => return Err(Unproved::because("a power of floats")),
        Arithmetic::TrueDiv | Arithmetic::FloorDiv | Arithmetic::Mod if right == 0.0 => {
            return Err(DIVISION);
        }
        Arithmetic::TrueDiv => left / right,
        Arithmetic::FloorDiv => divmod(left, right).0,
        Arithmetic::Mod => divmod(left, right).1,
    };
    Ok(Value::Float(result))
}

/// CPython's `_float_div_mod`, step for step.
fn divmod(left: f64, right: f64) -> (f64, f64) {
    let mut rest = left % right;
    let mut quotient = (left - rest) / right;
    if rest != 0.0 {
        if (right < 0.0) != (rest < 0.0) {
            rest += right;
            quotient -= 1.0;
        }
    } else {
        rest = 0.0_f64.copysign(right);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    } else {
        0.0_f64.copysign(left / right)
    };
    (floor, rest)
}

/// `+` and `*` where an operand is a sequence.
fn sequences<'a>(operator: Arithmetic, left: Value<'a>, right: Value<'a>) -> Eval<'a> {
    match (operator, left, right) {
        (Arithmetic::Add, Value::Str(left), Value::Str(right)) => {
            Ok(Value::Str(strings::joined(left, &right)))
        }
        (Arithmetic::Add, Value::Tuple(mut left), Value::Tuple(right)) => {
            left.extend(right);
            Ok(Value::Tuple(left))
        }
        (Arithmetic::Add, left, right) if is_list(&left) && is_list(&right) => {
            let mut items = list(left)?;
            items.extend(list(right)?);
            Ok(Value::List(items))
        }
        (Arithmetic::Mul, Value::Str(text), count) | (Arithmetic::Mul, count, Value::Str(text)) => {
            strings::repeated(&text, &count)
        }
        (operator, left, right) => Err(mismatch(operator, &left, &right)),
    }
}

/// What comes of operands that no operator takes together.
///
/// A str formats with `%`, a list may be the left side of `+=`, and a sequence may be repeated:
/// those are for Python to say.
fn mismatch(operator: Arithmetic, left: &Value<'_>, right: &Value<'_>) -> Unproved {
    let plain = |value: &Value<'_>| {
        matches!(value, Value::None | Value::Dict(_)) || number(value).is_some()
    };
    let text = matches!(left, Value::Str(_));
    let surely = match operator {
        Arithmetic::Mul => plain(left) && plain(right),
        Arithmetic::Mod => plain(left),
        _ => plain(left) || (text && (plain(right) || operator != Arithmetic::Add)),
    };
    if surely {
        TYPES.raising(Raises::TypeError)
    } else {
        TYPES
    }
}

fn is_list(value: &Value<'_>) -> bool {
    match value {
        Value::Json(json) => json.kind == Container::Array,
        value => matches!(value, Value::List(_)),
    }
}

fn list(value: Value<'_>) -> Result<Vec<Value<'_>>, Unproved> {
    match value {
        Value::List(items) => Ok(items),
        Value::Json(json) if json.kind == Container::Array => raw::items(json),
        _ => Err(TYPES),
    }
}
