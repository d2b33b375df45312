//! Nodes that are answered from the scan's slots, mostly without making a value.

use satchel_scan::line::{Kind, Slot};
use satchel_scan::text;

use super::compile::{Absent, Code, Field, Members};
use super::ints::Ints;
use super::{Eval, Frame, Key, Late, Plan, Unproved, access, compare, raw, strings};
use crate::program::{Input, NodeId, Op};
use crate::value::Value;

const ABSENT: Unproved = Unproved::because("a missing key, or a parent of another type");

impl Plan {
    /// Whether a node is truthy for the frame's row.
    pub fn truthy<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Result<bool, Unproved> {
        if self.cells[id as usize].is_some() {
            return Ok(access::truth(&self.eval(id, frame)?));
        }
        let node = &self.nodes[id as usize];
        match (&self.codes[id as usize], &node.op, &*node.args) {
            (Code::Field(field), ..) => self.field_truth(id, field, frame),
            (Code::Same { .. } | Code::Has { .. } | Code::Among(_), ..) => self.decide(id, frame),
            (Code::Apply, Op::Contains | Op::Compare(_) | Op::Is { .. } | Op::Not, _) => {
                self.decide(id, frame)
            }
            (Code::Apply, Op::Truth, &[value]) => self.truthy(value, frame),
            (Code::Apply, Op::If, &[condition, then, other]) => {
                let branch = if self.truthy(condition, frame)? {
                    then
                } else {
                    other
                };
                self.truthy(branch, frame)
            }
            _ => Ok(access::truth(&self.eval(id, frame)?)),
        }
    }

    /// The value of a node to group by.
    pub fn key<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Result<Key<'a>, Unproved> {
        if let Code::Field(Field {
            slot, eager: None, ..
        }) = &self.codes[id as usize]
            && let Some(&Slot::Present {
                kind: Kind::Str,
                start,
                end,
                escaped: false,
                ..
            }) = frame.slots.get(*slot)
        {
            return frame.span(start, end).map(Key::Bytes);
        }
        self.eval(id, frame).map(Key::Value)
    }

    /// The value of a node that may not be wanted after all: a container stays bytes of the line.
    #[inline]
    pub fn late<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Result<Late<'a>, Unproved> {
        if let Code::Field(Field {
            slot, eager: None, ..
        }) = &self.codes[id as usize]
            && let Some(&Slot::Present {
                kind: Kind::Array | Kind::Object,
                start,
                end,
                ..
            }) = frame.slots.get(*slot)
        {
            return frame.span(start, end).map(Late::Container);
        }
        self.eval(id, frame).map(Late::Value)
    }

    /// The value of a node if it is an int (a bool is not); `None` if it is something else.
    pub fn int<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Result<Option<i64>, Unproved> {
        if let Some(value) = self.quick(id, frame) {
            return Ok(Some(value));
        }
        match self.eval(id, frame)? {
            Value::Int(value) => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// The value of a node if it is an int that the slots tell.
    #[inline]
    pub fn quick<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Option<i64> {
        match &self.codes[id as usize] {
            Code::Field(Field {
                slot, eager: None, ..
            }) => self.worth(&Ints::Field(*slot), frame),
            Code::Length {
                slot,
                truthy: false,
                ..
            } => self.worth(&Ints::Length(*slot), frame),
            Code::Ints(ints) => self.worth(ints, frame),
            _ => None,
        }
    }

    /// The value of a node, without looking at the memo.
    pub(super) fn compute<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Eval<'a> {
        match &self.codes[id as usize] {
            Code::Field(field) => self.field(id, field, frame),
            Code::Const => self.constant(id),
            Code::Same { .. } | Code::Has { .. } | Code::Among(_) => {
                self.decide(id, frame).map(Value::Bool)
            }
            Code::Length {
                slot,
                absent,
                truthy,
            } => self.length(id, *slot, *absent, *truthy, frame),
            Code::Apply => self.apply(id, frame),
            Code::Ints(ints) => match self.worth(ints, frame) {
                Some(value) => Ok(Value::Int(value)),
                None => self.apply(id, frame),
            },
            Code::Captured(index) => frame
                .captured
                .get(*index)
                .cloned()
                .unwrap_or(Err(Unproved::because("a lost capture"))),
            Code::Input(Input::Line) => frame.text(),
            Code::Input(input) => {
                let value = match input {
                    Input::Acc => &frame.acc,
                    Input::Other => &frame.other,
                    Input::Bound0 => &frame.bound[0],
                    Input::Bound1 => &frame.bound[1],
                    Input::Bound2 => &frame.bound[2],
                    _ => &frame.item,
                };
                value
                    .clone()
                    .ok_or(Unproved::because("an input without a value"))
            }
            Code::Unwanted => Err(Unproved::because("an expression that was not compiled")),
        }
    }

    /// What a loop around is at, where a node is just that.
    pub(super) fn bound<'f, 'a>(&self, id: NodeId, frame: &'f Frame<'a>) -> Option<&'f Value<'a>> {
        let level = match &self.codes[id as usize] {
            Code::Input(Input::Bound0) => 0,
            Code::Input(Input::Bound1) => 1,
            Code::Input(Input::Bound2) => 2,
            _ => return None,
        };
        frame.bound[level].as_ref()
    }

    /// The value of a node that is always a bool.
    pub(super) fn decide<'a>(
        &'a self,
        id: NodeId,
        frame: &mut Frame<'a>,
    ) -> Result<bool, Unproved> {
        match &self.codes[id as usize] {
            Code::Same {
                slot,
                text,
                negated,
            } => match frame.slots.get(*slot) {
                Some(&Slot::Present {
                    kind: Kind::Str,
                    start,
                    end,
                    escaped: false,
                    ..
                }) => Ok((frame.span(start, end)? == &**text) != *negated),
                Some(Slot::Present { kind, .. }) if *kind != Kind::Str => Ok(*negated),
                _ => self.judge(id, frame),
            },
            Code::Has {
                slot,
                missing,
                unreached,
            } => {
                let absent = match frame.slots.get(*slot) {
                    Some(Slot::Present { .. }) => return Ok(true),
                    Some(Slot::Missing) => missing,
                    _ => unreached,
                };
                match absent {
                    Absent::No => Ok(false),
                    Absent::General => self.judge(id, frame),
                    _ => Err(ABSENT),
                }
            }
            Code::Among(members) => self.among(members, frame),
            _ => self.judge(id, frame),
        }
    }

    fn among<'a>(&'a self, members: &'a Members, frame: &mut Frame<'a>) -> Result<bool, Unproved> {
        let item = self.eval(members.item, frame)?;
        if members.hashed {
            access::hashable(&item)?;
        }
        if let Value::Str(text) = &item {
            return Ok(members
                .texts
                .binary_search_by(|member| (**member).cmp(text))
                .is_ok());
        }
        for member in &members.others {
            let member = member
                .as_value()
                .ok_or(Unproved::because("a constant of the host"))?;
            if compare::among(std::slice::from_ref(&member), &item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn constant(&self, id: NodeId) -> Eval<'_> {
        let value = match &self.nodes[id as usize].op {
            Op::Const(crate::program::Constant::Value(value)) => value.as_value(),
            _ => None,
        };
        value.ok_or(Unproved::because("a constant without a value"))
    }

    fn field<'a>(&'a self, id: NodeId, field: &Field, frame: &mut Frame<'a>) -> Eval<'a> {
        let eager = field
            .eager
            .map(|default| self.eval(default, frame))
            .transpose()?;
        let absent = match frame.slots.get(field.slot) {
            Some(&Slot::Present {
                kind,
                start,
                end,
                escaped,
                ..
            }) => {
                return raw::value(kind, frame.span(start, end)?, escaped);
            }
            Some(Slot::Missing) => field.missing,
            _ => field.unreached,
        };
        match absent {
            Absent::Default(default) => eager.map_or_else(|| self.eval(default, frame), Ok),
            Absent::General => self.apply(id, frame),
            Absent::Gone => Err(access::KEY),
            Absent::Raises | Absent::No => Err(ABSENT),
        }
    }

    fn field_truth<'a>(
        &'a self,
        id: NodeId,
        field: &Field,
        frame: &mut Frame<'a>,
    ) -> Result<bool, Unproved> {
        match frame.slots.get(field.slot) {
            Some(&Slot::Present {
                kind, start, end, ..
            }) if field.eager.is_none() => match kind {
                Kind::True => Ok(true),
                Kind::Null | Kind::False => Ok(false),
                Kind::Str => Ok(start < end),
                Kind::Array | Kind::Object => Ok(!is_empty(frame.span(start, end)?)),
                Kind::Int => Ok(text::int(frame.span(start, end)?) != Some(0)),
                Kind::Float => Ok(access::truth(&self.field(id, field, frame)?)),
            },
            _ => Ok(access::truth(&self.field(id, field, frame)?)),
        }
    }

    fn length<'a>(
        &'a self,
        id: NodeId,
        slot: usize,
        absent: Absent,
        truthy: bool,
        frame: &mut Frame<'a>,
    ) -> Eval<'a> {
        let length = match frame.slots.get(slot) {
            Some(&Slot::Present {
                kind: Kind::Array | Kind::Object,
                len,
                ..
            }) => len as usize,
            Some(&Slot::Present {
                kind: Kind::Str,
                start,
                end,
                escaped,
                ascii,
                ..
            }) => {
                if ascii && !escaped {
                    (end - start) as usize
                } else {
                    strings::length(&raw::string(frame.span(start, end)?, escaped)?)
                }
            }
            // `len(x or default)` of an x that is null or 0 is a matter of the default.
            Some(Slot::Present { .. }) if truthy => 0,
            Some(Slot::Present { .. }) => {
                return Err(access::NO_LENGTH);
            }
            _ if absent == Absent::General => return self.apply(id, frame),
            _ => return Err(ABSENT),
        };
        if truthy && length == 0 {
            return self.apply(id, frame);
        }
        Ok(Value::Int(length as i64))
    }
}

/// Whether the text of a container has nothing but whitespace between its brackets.
fn is_empty(container: &[u8]) -> bool {
    let first = container
        .iter()
        .skip(1)
        .find(|byte| !byte.is_ascii_whitespace());
    matches!(first, None | Some(b']' | b'}'))
}
