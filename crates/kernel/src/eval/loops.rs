//! Loops over a list: what each round adds, and the builtins that use a list up.

use super::{Eval, Frame, Plan, Unproved, access, compare, raw};
use crate::program::{Builtin, Comparison, NodeId};
use crate::value::{Container, Value};

/// The longest list that a loop with values of its own goes over: they are copied each round.
const LONGEST: usize = 4096;

const NOT_INTS: Unproved = Unproved::because("a range of other than ints");
const NOT_A_LIST: Unproved = Unproved::because("a loop over something that is not a list");
const NOT_ORDERED: Unproved = Unproved::because("sorted() of other than strings or ints");

impl Plan {
    /// The list that the rounds of a comprehension add up to. A round that is not proved is the
    /// whole loop not proved, also where Python would stop before it.
    pub(super) fn each<'a>(
        &'a self,
        level: usize,
        items: NodeId,
        round: NodeId,
        frame: &mut Frame<'a>,
    ) -> Eval<'a> {
        let items = elements(self.eval(items, frame)?)?;
        self.inside(level, frame, |frame| {
            let mut found = Vec::new();
            for item in items {
                frame.bind(level, Some(item), self.bound_cells);
                match self.eval(round, frame)? {
                    Value::Tuple(added) | Value::List(added) => found.extend(added),
                    _ => return Err(NOT_A_LIST),
                }
            }
            Ok(Value::List(found))
        })
    }

    /// The value of a loop with values that go from round to round.
    pub(super) fn carrying<'a>(
        &'a self,
        level: usize,
        items: NodeId,
        round: NodeId,
        first: &'a [NodeId],
        frame: &mut Frame<'a>,
    ) -> Eval<'a> {
        let items = elements(self.eval(items, frame)?)?;
        let mut held = vec![Value::Int(0)];
        held.extend(self.all(first, frame)?);
        if items.len() > LONGEST {
            return Err(Unproved::because("a loop over a long list"));
        }
        self.inside(level, frame, |frame| {
            for item in items {
                if let Some(place) = held.first_mut() {
                    *place = item;
                }
                frame.bind(level, Some(Value::Tuple(held)), self.bound_cells);
                held = match self.eval(round, frame)? {
                    Value::Tuple(found) => found,
                    _ => return Err(NOT_A_LIST),
                };
                if !matches!(held.first(), Some(Value::Int(0))) {
                    break;
                }
            }
            Ok(Value::Tuple(held))
        })
    }

    /// Run a loop, and leave one around it at the same level as it was.
    fn inside<'a>(
        &'a self,
        level: usize,
        frame: &mut Frame<'a>,
        run: impl FnOnce(&mut Frame<'a>) -> Eval<'a>,
    ) -> Eval<'a> {
        let around = frame.bound[level].take();
        let found = run(frame);
        frame.bind(level, around, self.bound_cells);
        found
    }

    /// An item of a tuple, without a copy of the others.
    pub(super) fn part<'a>(
        &'a self,
        tuple: NodeId,
        index: usize,
        frame: &mut Frame<'a>,
    ) -> Eval<'a> {
        let lost = Unproved::because("a tuple without the item");
        let item = |value: &Value<'a>| match value {
            Value::Tuple(items) => items.get(index).cloned(),
            _ => None,
        };
        if let Some(bound) = self.bound(tuple, frame) {
            return item(bound).ok_or(lost);
        }
        item(&self.eval(tuple, frame)?).ok_or(lost)
    }
}

/// `any`, `all`, `sum`, `sorted`, `list`, `tuple`, `min` and `max` of one list.
pub(super) fn consume<'a>(builtin: Builtin, items: Value<'a>) -> Eval<'a> {
    let items = elements(items)?;
    match builtin {
        Builtin::Any => Ok(Value::Bool(items.iter().any(access::truth))),
        Builtin::All => Ok(Value::Bool(items.iter().all(access::truth))),
        Builtin::Sum => sum(&items),
        Builtin::Sorted => sorted(items),
        Builtin::Tuple => Ok(Value::Tuple(items)),
        Builtin::Min | Builtin::Max => best(builtin, items),
        _ => Ok(Value::List(items)),
    }
}

/// `min` and `max`: the first of equals wins.
pub(super) fn best(builtin: Builtin, items: Vec<Value<'_>>) -> Eval<'_> {
    let better = if builtin == Builtin::Min {
        Comparison::Lt
    } else {
        Comparison::Gt
    };
    let mut items = items.into_iter();
    let mut best = items
        .next()
        .ok_or(Unproved::because("min() or max() of nothing"))?;
    for item in items {
        if compare::compare(better, &item, &best)? {
            best = item;
        }
    }
    Ok(best)
}

/// The sum of ints; how floats are added up depends on Python's release.
fn sum<'a>(items: &[Value<'a>]) -> Eval<'a> {
    let mut total = 0i64;
    for item in items {
        let term = match item {
            Value::Int(term) => *term,
            Value::Bool(term) => i64::from(*term),
            _ => return Err(Unproved::because("sum() of other than ints")),
        };
        total = total
            .checked_add(term)
            .ok_or(Unproved::because("an int beyond 64 bits"))?;
    }
    Ok(Value::Int(total))
}

/// Strings by code points, which is the order of their UTF-8 bytes, or ints.
fn sorted(mut items: Vec<Value<'_>>) -> Eval<'_> {
    let all = |is: fn(&Value<'_>) -> bool| items.iter().all(is);
    if all(|item| matches!(item, Value::Str(_))) {
        items.sort_by(|one, two| one.as_text().cmp(&two.as_text()));
    } else if all(|item| matches!(item, Value::Int(_))) {
        items.sort_by_key(|item| match item {
            Value::Int(value) => *value,
            _ => 0,
        });
    } else {
        return Err(NOT_ORDERED);
    }
    Ok(Value::List(items))
}

/// The ints of a range; a long one, and one of other than ints, is Python's.
pub(super) fn range<'a>(bounds: &[Value<'a>]) -> Eval<'a> {
    let int = |value: &Value<'_>| access::integer(value).ok_or(NOT_INTS);
    let (start, stop, step) = match bounds {
        [stop] => (0, int(stop)?, 1),
        [start, stop] => (int(start)?, int(stop)?, 1),
        [start, stop, step] => (int(start)?, int(stop)?, int(step)?),
        _ => return Err(NOT_INTS),
    };
    let mut found = Vec::new();
    let mut next = start;
    while (step > 0 && next < stop) || (step < 0 && next > stop) {
        if found.len() >= LONGEST {
            return Err(Unproved::because("a long range"));
        }
        found.push(Value::Int(next));
        next = next.checked_add(step).ok_or(NOT_INTS)?;
    }
    if step == 0 {
        Err(NOT_INTS)
    } else {
        Ok(Value::List(found))
    }
}

/// What iterating over a value gives, for the values whose elements are known here.
pub fn flattened(value: Value<'_>) -> Result<Vec<Value<'_>>, Unproved> {
    match value {
        Value::Str(text) => Ok(text
            .chars()
            .map(|letter| Value::Str(letter.to_string().into()))
            .collect()),
        other => elements(other),
    }
}

fn elements(value: Value<'_>) -> Result<Vec<Value<'_>>, Unproved> {
    match value {
        Value::Tuple(items) | Value::List(items) => Ok(items),
        Value::Json(json) if json.kind == Container::Array => raw::items(json),
        _ => Err(NOT_A_LIST),
    }
}
