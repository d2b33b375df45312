//! The values that records, expressions and results are made of.
//!
//! There are two forms of the same thing. [`Value`] borrows: a string of it is a slice of the
//! line it was read from, and a JSON array or object is the text between its brackets, not yet
//! decoded. [`Owned`] is what outlives the block: keys of a group, accumulators, results.
//!
//! ```text
//! line ──scan──> slots ──eval──> Value<'line> ──to_owned──> Owned ──as_value──> Value<'owned>
//! ```
//!
//! `PartialEq` on both is *structural* (an `Int(1)` is not a `Bool(true)`), which is what tests
//! and caches want. Python's own equality, in which `True == 1 == 1.0`, is
//! [`crate::eval::compare::equal`].

use std::borrow::Cow;

/// Which of the two JSON containers a [`Raw`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// `[...]`, a Python list.
    Array,
    /// `{...}`, a Python dict.
    Object,
}

/// The text of a JSON array or object that the scan has validated and nobody has decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a> {
    /// From the opening bracket to the closing one, both included.
    pub text: &'a str,
    /// What the brackets are.
    pub kind: Container,
}

impl<'a> Raw<'a> {
    /// The container whose text this is, or `None` if the text does not begin with a bracket.
    pub fn of(text: &'a str) -> Option<Raw<'a>> {
        let kind = match text.as_bytes().first()? {
            b'[' => Container::Array,
            b'{' => Container::Object,
            _ => return None,
        };
        Some(Raw { text, kind })
    }

    /// Whether it has no element, without reading past the first character that matters.
    pub fn is_empty(&self) -> bool {
        let inner = self.text.as_bytes().get(1..).unwrap_or_default();
        let first = inner.iter().find(|byte| !byte.is_ascii_whitespace());
        matches!(first, Some(b']' | b'}') | None)
    }
}

/// A Python value that borrows what it can from the line or from the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An int that fits 64 bits; one that does not is never built.
    Int(i64),
    /// A float; infinities and NaN can come out of arithmetic, never out of JSON.
    Float(f64),
    /// A str; never one with a lone surrogate.
    Str(Cow<'a, str>),
    /// A tuple, made by an expression.
    Tuple(Vec<Value<'a>>),
    /// A list, made by an expression.
    List(Vec<Value<'a>>),
    /// A dict, made by an expression, in insertion order; no two keys are equal.
    Dict(Vec<(Value<'a>, Value<'a>)>),
    /// A list or dict of the record, still text.
    Json(Raw<'a>),
}

/// The same, without a lifetime, plus what only the host can decode or hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Owned {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An int of 64 bits.
    Int(i64),
    /// A float.
    Float(f64),
    /// A str.
    Str(Box<str>),
    /// A tuple.
    Tuple(Box<[Owned]>),
    /// A list.
    List(Vec<Owned>),
    /// A dict in insertion order.
    Dict(Vec<(Owned, Owned)>),
    /// The JSON text of a list or dict, which the host's own loader decodes.
    Raw(Box<str>),
    /// A handle to an object that the host keeps; only in the output of a collect.
    Host(u32),
}

impl<'a> Value<'a> {
    /// A str that borrows.
    ///
    /// ```
    /// use satchel_kernel::value::{Owned, Value};
    /// assert_eq!(Value::text("push").to_owned(), Owned::Str("push".into()));
    /// ```
    pub fn text(text: &'a str) -> Value<'a> {
        Value::Str(Cow::Borrowed(text))
    }

    /// A copy that outlives the line.
    pub fn to_owned(&self) -> Owned {
        match self {
            Value::None => Owned::None,
            Value::Bool(value) => Owned::Bool(*value),
            Value::Int(value) => Owned::Int(*value),
            Value::Float(value) => Owned::Float(*value),
            Value::Str(text) => Owned::Str(text.as_ref().into()),
            Value::Tuple(items) => Owned::Tuple(items.iter().map(Value::to_owned).collect()),
            Value::List(items) => Owned::List(items.iter().map(Value::to_owned).collect()),
            Value::Dict(pairs) => Owned::Dict(
                pairs
                    .iter()
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .collect(),
            ),
            Value::Json(raw) => Owned::Raw(raw.text.into()),
        }
    }

    /// The same value with every borrow lent from `self`: no string is copied.
    pub fn lend(&self) -> Value<'_> {
        match self {
            Value::Str(text) => Value::text(text),
            Value::Tuple(items) => Value::Tuple(items.iter().map(Value::lend).collect()),
            Value::List(items) => Value::List(items.iter().map(Value::lend).collect()),
            Value::Dict(pairs) => Value::Dict(
                pairs
                    .iter()
                    .map(|(key, value)| (key.lend(), value.lend()))
                    .collect(),
            ),
            Value::None => Value::None,
            Value::Bool(value) => Value::Bool(*value),
            Value::Int(value) => Value::Int(*value),
            Value::Float(value) => Value::Float(*value),
            Value::Json(raw) => Value::Json(*raw),
        }
    }

    /// The str, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Python's name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::Tuple(_) => "tuple",
            Value::List(_)
            | Value::Json(Raw {
                kind: Container::Array,
                ..
            }) => "list",
            Value::Dict(_)
            | Value::Json(Raw {
                kind: Container::Object,
                ..
            }) => "dict",
        }
    }
}

impl Owned {
    /// The value to evaluate with, or `None` where only the host knows it.
    ///
    /// Scalars and strings cost nothing; a tuple, list or dict costs one allocation a level.
    pub fn as_value(&self) -> Option<Value<'_>> {
        Some(match self {
            Owned::None => Value::None,
            Owned::Bool(value) => Value::Bool(*value),
            Owned::Int(value) => Value::Int(*value),
            Owned::Float(value) => Value::Float(*value),
            Owned::Str(text) => Value::text(text),
            Owned::Tuple(items) => Value::Tuple(values(items)?),
            Owned::List(items) => Value::List(values(items)?),
            Owned::Dict(pairs) => Value::Dict(
                pairs
                    .iter()
                    .map(|(key, value)| Some((key.as_value()?, value.as_value()?)))
                    .collect::<Option<_>>()?,
            ),
            Owned::Raw(text) => Value::Json(Raw::of(text)?),
            Owned::Host(_) => return None,
        })
    }

    /// Whether any part of it is a handle of the host.
    pub fn has_host(&self) -> bool {
        match self {
            Owned::Host(_) => true,
            Owned::Tuple(items) => items.iter().any(Owned::has_host),
            Owned::List(items) => items.iter().any(Owned::has_host),
            Owned::Dict(pairs) => pairs
                .iter()
                .any(|(key, value)| key.has_host() || value.has_host()),
            _ => false,
        }
    }
}

fn values(items: &[Owned]) -> Option<Vec<Value<'_>>> {
    items.iter().map(Owned::as_value).collect()
}

impl From<Value<'_>> for Owned {
    fn from(value: Value<'_>) -> Owned {
        match value {
            // An owned string changes hands without a copy where its capacity is exact.
            Value::Str(text) => Owned::Str(text.into_owned().into_boxed_str()),
            other => other.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_the_way_to_owned_and_back() {
        let value = Value::Tuple(vec![
            Value::text("key"),
            Value::Int(-3),
            Value::List(vec![Value::None, Value::Bool(true)]),
            Value::Dict(vec![(Value::text("k"), Value::Float(0.5))]),
            Value::Json(Raw::of("[1, 2]").expect("an array")),
        ]);
        let owned = value.to_owned();
        assert_eq!(owned.as_value(), Some(value.clone()));
        assert_eq!(value.lend(), value);
        assert_eq!(Owned::from(value), owned);
    }

    #[test]
    fn a_handle_of_the_host_has_no_value() {
        let owned = Owned::List(vec![Owned::Int(1), Owned::Host(4)]);
        assert!(owned.has_host());
        assert_eq!(owned.as_value(), None);
    }

    #[test]
    fn emptiness_of_a_container_is_seen_past_whitespace() {
        for (text, empty) in [
            ("[ ]", true),
            ("{\t}", true),
            ("[0]", false),
            ("{ \"a\":1}", false),
        ] {
            assert_eq!(
                Raw::of(text).map(|raw| raw.is_empty()),
                Some(empty),
                "{text}"
            );
        }
        assert_eq!(Raw::of("12"), None);
    }
}
