//! Subscripts, `.get`, `in`, slices, `len` and truth of a value at hand.
//!
//! This is the general way. A chain of constant keys from the record does not come here: the
//! scan has found its value already (see `compile`).

use std::ops::Range;

use super::compare::{among, find};
use super::{Eval, Raises, Unproved, raw, strings};
use crate::value::{Container, Value};

const TYPE: Unproved =
    Unproved::because("a subscript of something without elements").raising(Raises::TypeError);
/// What has no `len()`.
pub(super) const NO_LENGTH: Unproved =
    Unproved::because("len() of something without a length").raising(Raises::TypeError);
/// An index that a sequence does not have.
pub(super) const RANGE: Unproved =
    Unproved::because("an index out of range").raising(Raises::IndexError);
/// A key that a dict does not have.
pub(super) const KEY: Unproved = Unproved::because("a missing key").raising(Raises::KeyError);
const NO_GET: Unproved =
    Unproved::because("get() of something that is not a dict").raising(Raises::AttributeError);

/// Python's truth of a value.
pub fn truth(value: &Value<'_>) -> bool {
    match value {
        Value::None => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Str(text) => !text.is_empty(),
        Value::Tuple(items) | Value::List(items) => !items.is_empty(),
        Value::Dict(pairs) => !pairs.is_empty(),
        Value::Json(json) => !json.is_empty(),
    }
}

/// `object[key]`; what raises in Python is unproved.
pub fn getitem<'a>(object: Value<'a>, key: &Value<'a>) -> Eval<'a> {
    match object {
        Value::Json(json) if json.kind == Container::Object => field(object, key)?.ok_or(KEY),
        Value::Dict(_) => field(object, key)?.ok_or(KEY),
        Value::Json(json) => {
            let index = integer(key).ok_or(TYPE)?;
            raw::nth(json, index)?.ok_or(RANGE)
        }
        Value::Str(text) => strings::nth(text, integer(key).ok_or(TYPE)?),
        Value::Tuple(mut items) | Value::List(mut items) => {
            let place = position(key, items.len())?;
            Ok(items.swap_remove(place))
        }
        _ => Err(TYPE),
    }
}

/// Which item of a sequence an index means.
pub fn position(index: &Value<'_>, length: usize) -> Result<usize, Unproved> {
    let index = integer(index).ok_or(TYPE)?;
    let index = if index < 0 {
        index + length as i64
    } else {
        index
    };
    match usize::try_from(index) {
        Ok(index) if index < length => Ok(index),
        _ => Err(RANGE),
    }
}

/// The value of `object.get(key)` if the key is there; only dicts have a `get`.
pub fn field<'a>(object: Value<'a>, key: &Value<'a>) -> Result<Option<Value<'a>>, Unproved> {
    is_dict(&object)?;
    hashable(key)?;
    match object {
        Value::Json(json) => match key {
            Value::Str(key) => raw::lookup(json, key),
            // The keys of a JSON object are strings, and nothing else equals a string.
            _ => Ok(None),
        },
        Value::Dict(pairs) => Ok(find(&pairs, key)?.cloned()),
        _ => Err(NO_GET),
    }
}

/// Whether a value has a `get` at all, which Python looks up before it evaluates the arguments.
pub fn is_dict(value: &Value<'_>) -> Result<(), Unproved> {
    match value {
        Value::Json(json) if json.kind == Container::Object => Ok(()),
        Value::Dict(_) => Ok(()),
        _ => Err(NO_GET),
    }
}

/// A dict, one level decoded; pairs of something else can be a dict, too, but not here.
pub fn dict(value: Value<'_>) -> Eval<'_> {
    match value {
        Value::Json(json) if json.kind == Container::Object => raw::decode(json),
        Value::Dict(_) => Ok(value),
        _ => Err(Unproved::because("a dict of something that is none")),
    }
}

/// Whether a value can be iterated over.
pub fn iterable(value: &Value<'_>) -> Result<(), Unproved> {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => Err(Unproved::because(
            "a loop over something that has no elements",
        )
        .raising(Raises::TypeError)),
        _ => Ok(()),
    }
}

/// `item in container`.
pub fn contains(container: &Value<'_>, item: &Value<'_>) -> Result<bool, Unproved> {
    match container {
        Value::Json(json) => match (json.kind, item) {
            (Container::Array, item) => among(&raw::items(*json)?, item),
            (Container::Object, Value::Str(key)) => raw::has(*json, key),
            (Container::Object, other) => hashable(other).map(|()| false),
        },
        Value::Dict(pairs) => {
            hashable(item)?;
            Ok(find(pairs, item)?.is_some())
        }
        Value::Tuple(items) | Value::List(items) => among(items, item),
        Value::Str(text) => match item {
            Value::Str(part) => Ok(text.contains(&**part)),
            _ => Err(Unproved::because("in a str, something that is not a str")
                .raising(Raises::TypeError)),
        },
        _ => {
            Err(Unproved::because("in something that is not a container")
                .raising(Raises::TypeError))
        }
    }
}

/// `len(value)`.
pub fn length<'a>(value: &Value<'a>) -> Eval<'a> {
    let length = match value {
        Value::Str(text) => strings::length(text),
        Value::Tuple(items) | Value::List(items) => items.len(),
        Value::Dict(pairs) => pairs.len(),
        Value::Json(json) => raw::count(*json)?,
        _ => return Err(NO_LENGTH),
    };
    Ok(Value::Int(length as i64))
}

/// `value[start:stop:step]`.
pub fn slice<'a>(value: Value<'a>, cut: &Cut) -> Eval<'a> {
    match value {
        Value::Str(text) => strings::slice(text, cut),
        Value::List(items) => Ok(Value::List(sliced(&items, cut))),
        Value::Tuple(items) => Ok(Value::Tuple(sliced(&items, cut))),
        Value::Json(json) if json.kind == Container::Array => {
            Ok(Value::List(sliced(&raw::items(json)?, cut)))
        }
        Value::Json(_) | Value::Dict(_) => Err(Unproved::because("a slice of a dict")),
        _ => Err(
            Unproved::because("a slice of something that is not a sequence")
                .raising(Raises::TypeError),
        ),
    }
}

/// An int or bool as an index or a count.
pub fn integer(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(value) => Some(*value),
        Value::Bool(value) => Some(i64::from(*value)),
        _ => None,
    }
}

/// Whether a value can be a dict key; a list or dict anywhere in it raises in Python.
pub fn hashable(value: &Value<'_>) -> Result<(), Unproved> {
    match value {
        Value::List(_) | Value::Dict(_) | Value::Json(_) => {
            Err(Unproved::because("an unhashable key").raising(Raises::TypeError))
        }
        Value::Tuple(items) => items.iter().try_for_each(hashable),
        _ => Ok(()),
    }
}

fn sliced<'a>(items: &[Value<'a>], cut: &Cut) -> Vec<Value<'a>> {
    cut.indices(items.len())
        .filter_map(|index| items.get(index).cloned())
        .collect()
}

/// The bounds and step of a slice, as written.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    start: Option<i64>,
    stop: Option<i64>,
    step: i64,
}

impl Cut {
    /// A slice of these bounds; a step of 0 and bounds that are not ints raise in Python.
    pub fn of(start: &Value<'_>, stop: &Value<'_>, step: &Value<'_>) -> Result<Cut, Unproved> {
        let bound = |value: &Value<'_>| match value {
            Value::None => Ok(None),
            value => integer(value)
                .map(Some)
                .ok_or(Unproved::because("a slice bound that is not an int")),
        };
        let step = bound(step)?.unwrap_or(1);
        // The smallest step cannot be negated, and CPython clips it.
        if step == 0 || step == i64::MIN {
            return Err(Unproved::because("a slice step"));
        }
        Ok(Cut {
            start: bound(start)?,
            stop: bound(stop)?,
            step,
        })
    }

    /// The indices it takes of a sequence of `length`, as CPython's `PySlice_AdjustIndices`.
    pub fn indices(&self, length: usize) -> Indices {
        let length = length as i64;
        let (lowest, highest) = if self.step < 0 {
            (-1, length - 1)
        } else {
            (0, length)
        };
        let clip = |bound: i64| {
            let bound = if bound < 0 {
                bound.saturating_add(length)
            } else {
                bound
            };
            bound.clamp(lowest, highest.max(lowest))
        };
        let (first, last) = if self.step < 0 {
            (highest, lowest)
        } else {
            (lowest, highest)
        };
        Indices {
            next: self.start.map_or(first, clip),
            stop: self.stop.map_or(last, clip),
            step: self.step,
        }
    }
}

/// The indices of a slice, in its order.
#[derive(Debug, Clone, Copy)]
pub struct Indices {
    next: i64,
    stop: i64,
    step: i64,
}

impl Indices {
    /// The same as a range, where the step is 1.
    pub fn range(&self) -> Option<Range<usize>> {
        let (start, stop) = (self.next as usize, self.stop.max(self.next) as usize);
        (self.step == 1).then_some(start..stop)
    }
}

impl Iterator for Indices {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let inside = if self.step > 0 {
            self.next < self.stop
        } else {
            self.next > self.stop
        };
        if !inside {
            return None;
        }
        let index = usize::try_from(self.next).ok()?;
        self.next = self.next.saturating_add(self.step);
        Some(index)
    }
}
