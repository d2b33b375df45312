//! One operation on the values of its arguments: the general way, always right.

use super::{
    Eval, Frame, Plan, Unproved, access, compare, convert, format, loops, moment, number, pattern,
    strings,
};
use crate::program::{Builtin, Constant, NodeId, Op};
use crate::value::{Owned, Value};

const UNPROVED: Unproved = Unproved::because("a place that only the function itself can answer");
const SHAPE: Unproved = Unproved::because("an operation of a form that the kernel does not know");

impl Plan {
    /// Evaluate the arguments, then the operation.
    pub(super) fn apply<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Eval<'a> {
        let node = &self.nodes[id as usize];
        match (&node.op, &*node.args) {
            (Op::GetItem, &[object, key]) => {
                let object = self.eval(object, frame)?;
                let key = self.eval(key, frame)?;
                access::getitem(object, &key)
            }
            (Op::Get, &[object, key, default]) => {
                let object = self.eval(object, frame)?;
                access::is_dict(&object)?;
                let key = self.eval(key, frame)?;
                let default = self.eval(default, frame)?;
                Ok(access::field(object, &key)?.unwrap_or(default))
            }
            (Op::Slice, &[object, start, stop, step]) => {
                let object = self.eval(object, frame)?;
                let start = self.eval(start, frame)?;
                let stop = self.eval(stop, frame)?;
                let cut = access::Cut::of(&start, &stop, &self.eval(step, frame)?)?;
                access::slice(object, &cut)
            }
            (Op::Not | Op::Is { .. } | Op::Contains | Op::Compare(_), _) => {
                self.judge(id, frame).map(Value::Bool)
            }
            (Op::Truth, &[value]) | (Op::Call(Builtin::Bool), &[value]) => {
                self.truthy(value, frame).map(Value::Bool)
            }
            (Op::If, &[condition, then, other]) => {
                let branch = if self.truthy(condition, frame)? {
                    then
                } else {
                    other
                };
                self.eval(branch, frame)
            }
            (Op::Arithmetic(operator), &[left, right]) => {
                let left = self.eval(left, frame)?;
                number::arithmetic(*operator, left, self.eval(right, frame)?)
            }
            (Op::Neg, &[value]) => number::negative(&self.eval(value, frame)?),
            (Op::Pos, &[value]) => number::positive(&self.eval(value, frame)?),
            (Op::Call(builtin), args) => self.call(*builtin, args, frame),
            (Op::Method(method), [object, arguments @ ..]) => {
                let object = self.eval(*object, frame)?;
                if !matches!(object, Value::Str(_)) {
                    return Err(strings::missing(&object));
                }
                strings::method(*method, object, &self.all(arguments, frame)?)
            }
            (Op::Tuple, items) => self.all(items, frame).map(Value::Tuple),
            (Op::List, items) => self.all(items, frame).map(Value::List),
            (Op::Dict, items) => dict(self.all(items, frame)?),
            (Op::Put, &[object, key, item]) => {
                let Value::Dict(mut pairs) = self.eval(object, frame)? else {
                    return Err(SHAPE);
                };
                let key = self.eval(key, frame)?;
                put(&mut pairs, key, self.eval(item, frame)?)?;
                Ok(Value::Dict(pairs))
            }
            (Op::PutAt, &[object, index, item]) => {
                let Value::List(mut items) = self.eval(object, frame)? else {
                    return Err(SHAPE);
                };
                let index = self.eval(index, frame)?;
                let place = access::position(&index, items.len())?;
                items[place] = self.eval(item, frame)?;
                Ok(Value::List(items))
            }
            (Op::Merge, &[one, two]) => {
                let Value::Dict(mut pairs) = access::dict(self.eval(one, frame)?)? else {
                    return Err(SHAPE);
                };
                let Value::Dict(more) = access::dict(self.eval(two, frame)?)? else {
                    return Err(SHAPE);
                };
                for (key, value) in more {
                    put(&mut pairs, key, value)?;
                }
                Ok(Value::Dict(pairs))
            }
            (Op::Format { conversion, spec }, &[value]) => {
                format::format(self.eval(value, frame)?, *conversion, spec)
            }
            (Op::Concat, parts) => format::concat(&self.all(parts, frame)?),
            (Op::Moment { form, part }, &[text]) => {
                moment::part(&self.eval(text, frame)?, form, *part)
            }
            (Op::Regex(pattern), &[text]) => pattern::find(pattern, self.eval(text, frame)?),
            (Op::Regex(pattern), &[text, by]) => {
                let text = self.eval(text, frame)?;
                pattern::replace(pattern, text, &self.eval(by, frame)?)
            }
            (Op::Each { level }, &[items, round]) => self
                .each(*level, items, round, frame)
                // Python may stop before the element that raises.
                .map_err(|unproved| Unproved::because(unproved.reason)),
            (Op::Loop { level }, [items, round, first @ ..]) => {
                self.carrying(*level, *items, *round, first, frame)
            }
            (Op::Part(index), &[tuple]) => self.part(tuple, *index, frame),
            (Op::Bound(method), &[object]) => {
                let object = self.eval(object, frame)?;
                match (method, &object) {
                    (None, _) => access::is_dict(&object)?,
                    (Some(_), Value::Str(_)) => {}
                    _ => return Err(strings::missing(&object)),
                }
                Ok(Value::None)
            }
            (Op::Raised, &[steps]) => match self.eval(steps, frame) {
                Ok(_) => Ok(Value::None),
                Err(Unproved {
                    raises: Some(kind), ..
                }) => Ok(Value::text(kind.name())),
                Err(unproved) => Err(unproved),
            },
            (Op::Unproved(kind), []) => Err(match kind {
                Some(kind) => UNPROVED.raising(*kind),
                None => UNPROVED,
            }),
            (Op::Seq, [before @ .., result]) => {
                for id in before {
                    self.eval(*id, frame)?;
                }
                self.eval(*result, frame)
            }
            _ => Err(SHAPE),
        }
    }

    /// The operations whose value is always a bool, on the values of their arguments.
    pub(super) fn judge<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Result<bool, Unproved> {
        let node = &self.nodes[id as usize];
        match (&node.op, &*node.args) {
            (Op::Not, &[value]) => Ok(!self.truthy(value, frame)?),
            (Op::Is { negated }, &[left, right]) => {
                let same = self.identical(left, right, frame)?;
                Ok(same != *negated)
            }
            (Op::Contains, &[container, item]) => {
                let item = self.eval(item, frame)?;
                access::contains(&self.eval(container, frame)?, &item)
            }
            (Op::Compare(operator), &[left, right]) => {
                let left = self.eval(left, frame)?;
                compare::compare(*operator, &left, &self.eval(right, frame)?)
            }
            _ => Err(SHAPE),
        }
    }

    /// `is`, with one of the three constants that there is only one of.
    fn identical<'a>(
        &'a self,
        left: NodeId,
        right: NodeId,
        frame: &mut Frame<'a>,
    ) -> Result<bool, Unproved> {
        let single = |id: NodeId| match &self.nodes[id as usize].op {
            Op::Const(Constant::Value(Owned::None)) => Some(Value::None),
            Op::Const(Constant::Value(Owned::Bool(value))) => Some(Value::Bool(*value)),
            _ => None,
        };
        let (single, value) = match (single(left), single(right)) {
            (_, Some(single)) => (single, left),
            (Some(single), None) => (single, right),
            (None, None) => return Err(Unproved::because("identity of objects")),
        };
        Ok(self.eval(value, frame)? == single)
    }

    fn call<'a>(&'a self, builtin: Builtin, args: &[NodeId], frame: &mut Frame<'a>) -> Eval<'a> {
        let mut args = self.all(args, frame)?;
        match (builtin, args.as_slice()) {
            (Builtin::Len, [value]) => access::length(value),
            (Builtin::Str, [_]) => convert::str(args.remove(0)),
            (Builtin::Dict, [_]) => access::dict(args.remove(0)),
            (Builtin::Int, [value]) => convert::int(value),
            (Builtin::Float, [value]) => convert::float(value),
            (Builtin::Abs, [value]) => number::absolute(value),
            (Builtin::Round, [value]) => number::round(value, None),
            (Builtin::Round, [value, digits]) => number::round(value, Some(digits)),
            (Builtin::Range, bounds) => loops::range(bounds),
            (Builtin::Iter, [value]) => access::iterable(value).map(|()| Value::None),
            (Builtin::Type, [value]) => Ok(Value::text(value.type_name())),
            (Builtin::IsInstance(types), [value]) => {
                Ok(Value::Bool(convert::is_instance(value, types)))
            }
            (Builtin::Min | Builtin::Max, [_, _, ..]) => loops::best(builtin, args),
            (_, [_]) => loops::consume(builtin, args.remove(0)),
            _ => Err(SHAPE),
        }
    }

    pub(super) fn all<'a>(
        &'a self,
        ids: &[NodeId],
        frame: &mut Frame<'a>,
    ) -> Result<Vec<Value<'a>>, Unproved> {
        ids.iter().map(|id| self.eval(*id, frame)).collect()
    }
}

/// A dict display: a repeated key keeps its first place and takes the last value.
fn dict(items: Vec<Value<'_>>) -> Eval<'_> {
    let mut pairs: Vec<(Value<'_>, Value<'_>)> = Vec::with_capacity(items.len() / 2);
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        put(&mut pairs, key, value)?;
    }
    Ok(Value::Dict(pairs))
}

/// `dict[key] = value`.
fn put<'a>(
    pairs: &mut Vec<(Value<'a>, Value<'a>)>,
    key: Value<'a>,
    value: Value<'a>,
) -> Result<(), Unproved> {
    access::hashable(&key)?;
    let mut known = None;
    for (index, (candidate, _)) in pairs.iter().enumerate() {
        if compare::equal(candidate, &key)? {
            known = Some(index);
        }
    }
    match known {
        Some(index) => pairs[index].1 = value,
        None => pairs.push((key, value)),
    }
    Ok(())
}
