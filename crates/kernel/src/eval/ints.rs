//! Expressions of ints that need no value on the way.
//!
//! ```text
//! len(e["payload"]["commits"]) if e["type"] == "PushEvent" else 0
//!                    If(type == "PushEvent", Length(payload.commits), Const(0))
//! 1 - 2 * (e["n"] > 9)
//!                    1 - 2 * Compared(n > 9)
//! ```
//!
//! What such an expression is worth is asked of the slots alone, in one walk. Where it meets
//! anything but an int of 64 bits, it is evaluated as any other, from the start: that is always
//! right, and evaluating changes nothing.

use satchel_scan::line::{Kind, Slot};
use satchel_scan::text;

use super::compile::{Code, Field};
use super::{Frame, Plan, number};
use crate::program::{Arithmetic, Comparison, Constant, Node, NodeId, Op};
use crate::value::Owned;

/// So many nodes an expression has at most: one that fails is evaluated twice.
const LARGEST: usize = 16;

/// An expression that is an int, or is not known.
#[derive(Debug)]
pub(super) enum Ints {
    Const(i64),
    /// The value of a path.
    Field(usize),
    /// `len()` of a list at a path.
    Length(usize),
    /// A condition, and what it decides between.
    If(NodeId, Box<[Ints; 2]>),
    Calculated(Arithmetic, Box<[Ints; 2]>),
    /// A comparison, which counts as 0 or 1.
    Compared(Comparison, Box<[Ints; 2]>),
}

impl Plan {
    /// What an expression is worth, if it is an int of 64 bits.
    #[inline]
    pub(super) fn worth<'a>(&'a self, ints: &Ints, frame: &mut Frame<'a>) -> Option<i64> {
        match ints {
            Ints::Const(value) => Some(*value),
            Ints::Field(slot) => match *frame.slots.get(*slot)? {
                Slot::Present {
                    kind: Kind::Int,
                    start,
                    end,
                    ..
                } => text::int(frame.span(start, end).ok()?),
                _ => None,
            },
            Ints::Length(slot) => match *frame.slots.get(*slot)? {
                Slot::Present {
                    kind: Kind::Array,
                    len,
                    ..
                } => Some(i64::from(len)),
                _ => None,
            },
            Ints::If(condition, ways) => {
                let [then, other] = &**ways;
                let holds = self.truthy(*condition, frame).ok()?;
                self.worth(if holds { then } else { other }, frame)
            }
            Ints::Calculated(operator, operands) => {
                let [left, right] = &**operands;
                let left = self.worth(left, frame)?;
                number::exact(*operator, left, self.worth(right, frame)?)
            }
            Ints::Compared(operator, operands) => {
                let [left, right] = &**operands;
                let left = self.worth(left, frame)?;
                let order = left.cmp(&self.worth(right, frame)?);
                Some(i64::from(operator.holds(order)))
            }
        }
    }
}

/// The expression of a node that is always an int where it is known at all.
pub(super) fn ints(nodes: &[Node], codes: &[Code], id: NodeId) -> Option<Ints> {
    match nodes[id as usize].op {
        Op::If | Op::Arithmetic(_) => Finder {
            nodes,
            codes,
            left: LARGEST,
        }
        .int(id),
        _ => None,
    }
}

struct Finder<'n> {
    nodes: &'n [Node],
    codes: &'n [Code],
    /// How many nodes it may still have.
    left: usize,
}

impl Finder<'_> {
    fn int(&mut self, id: NodeId) -> Option<Ints> {
        self.left = self.left.checked_sub(1)?;
        let node = &self.nodes[id as usize];
        match (&self.codes[id as usize], &node.op, &*node.args) {
            (Code::Const, Op::Const(Constant::Value(Owned::Int(value))), _) => {
                Some(Ints::Const(*value))
            }
            (
                Code::Field(Field {
                    slot, eager: None, ..
                }),
                ..,
            ) => Some(Ints::Field(*slot)),
            (
                Code::Length {
                    slot,
                    truthy: false,
                    ..
                },
                ..,
            ) => Some(Ints::Length(*slot)),
            (Code::Apply | Code::Ints(_), Op::If, &[condition, then, other]) => {
                let ways = [self.int(then)?, self.int(other)?];
                Some(Ints::If(condition, ways.into()))
            }
            (Code::Apply | Code::Ints(_), Op::Arithmetic(operator), &[left, right])
                if *operator != Arithmetic::TrueDiv =>
            {
                let operands = [self.number(left)?, self.number(right)?];
                Some(Ints::Calculated(*operator, operands.into()))
            }
            _ => None,
        }
    }

    /// An int, or a bool that stands for one.
    fn number(&mut self, id: NodeId) -> Option<Ints> {
        let node = &self.nodes[id as usize];
        match (&self.codes[id as usize], &node.op, &*node.args) {
            (Code::Apply, Op::Compare(operator), &[left, right]) => {
                self.left = self.left.checked_sub(1)?;
                let operands = [self.int(left)?, self.int(right)?];
                Some(Ints::Compared(*operator, operands.into()))
            }
            _ => self.int(id),
        }
    }
}
