//! `foldby` and `fold`: one accumulator a key, and one in all.
//!
//! ```text
//! acc = table[key]                  the initial, or the row's own element if the key is new
//! acc + x, max(acc, x), min(acc, x) in place, while both are ints and stay within 64 bits
//! a change of items, a condition    in place, too: see `eval::change`
//! any other step                    the evaluator, given the row's captures and acc
//! unproved                          the host runs the user's own function on the row and acc
//! ```

use smallvec::SmallVec;

use crate::eval::{self, Change, Eval, Frame, Key, Late, Plan, Shape, Unproved, With};
use crate::program::NodeId;
use crate::run::{RunError, Stepped};
use crate::table::Table;
use crate::value::{Owned, Value};

use super::{Again, Operand, Step, Take, insert, read_key, unhashable};

/// How many items an accumulator may have that each step copies.
const LARGEST: usize = 256;

/// The accumulators of a partition.
#[derive(Debug)]
pub struct Fold {
    /// A fold without a key is a table with the key `None`.
    key: Option<NodeId>,
    step: eval::Fold,
    element: Option<NodeId>,
    initial: Option<Owned>,
    /// Keys and accumulators.
    pub table: Table,
}

impl Fold {
    /// No accumulator yet.
    pub fn new(
        plan: &Plan,
        key: Option<NodeId>,
        step: NodeId,
        element: Option<NodeId>,
        initial: Option<Owned>,
    ) -> Fold {
        let element = if initial.is_some() { None } else { element };
        Fold {
            key,
            step: plan.fold(step),
            element,
            initial,
            table: Table::default(),
        }
    }

    /// Whether it is a `foldby`.
    pub fn is_keyed(&self) -> bool {
        self.key.is_some()
    }

    /// The accumulator of a `fold`; `None` if no row has come.
    pub fn accumulator(self) -> Option<Owned> {
        (!self.table.is_empty()).then(|| self.table.column.owned(0))
    }

    /// What the fold will take from the frame's row.
    #[inline]
    pub fn read<'a>(&self, plan: &'a Plan, frame: &mut Frame<'a>) -> Result<Step<'a>, Unproved> {
        let key = match self.key {
            Some(key) => read_key(plan, key, frame)?,
            None => Key::Value(Value::None),
        };
        let element = self
            .element
            .map(|element| plan.late(element, frame))
            .transpose()?;
        let operand = match self.step.shape {
            Shape::Add(node) | Shape::Max(node) | Shape::Min(node) => match plan.int(node, frame) {
                Ok(Some(int)) => Operand::Int(int),
                _ => self.captured(plan, frame),
            },
            Shape::General => self.captured(plan, frame),
        };
        Ok(Step {
            key,
            element,
            operand,
        })
    }

    fn captured<'a>(&self, plan: &'a Plan, frame: &mut Frame<'a>) -> Operand<'a> {
        let captures = &self.step.captures;
        let ints: Option<_> = captures
            .iter()
            .map(|&node| plan.quick(node, frame))
            .collect();
        if let Some(ints) = ints {
            return Operand::Ints(ints);
        }
        Operand::Captured(
            captures
                .iter()
                .map(|&node| plan.capture(node, frame))
                .collect(),
        )
    }

    /// Fold a row that was read.
    #[inline]
    pub fn step<'a>(
        &mut self,
        plan: &'a Plan,
        step: Step<'a>,
        again: &mut Again<'_>,
    ) -> Result<Take, RunError> {
        let found = match self.key {
            None if !self.table.is_empty() => Some((0, false)),
            _ => insert(&mut self.table, &step.key),
        };
        let Some((index, new)) = found else {
            return Ok(unhashable());
        };
        if new {
            match (&self.initial, step.element) {
                (Some(initial), _) => self.table.column.push_copy(initial),
                (None, Some(element)) => {
                    let first = element.into_owned();
                    let known = first.is_some();
                    self.table.column.push(first.unwrap_or(Owned::None));
                    return Ok(if known {
                        Take::More
                    } else {
                        Take::Demoted("a first element that is not UTF-8".into())
                    });
                }
                (None, None) => {
                    self.table.column.push(Owned::None);
                    return Ok(Take::Demoted(
                        "a first element that only Python knows".into(),
                    ));
                }
            }
        }
        let done = match &step.operand {
            Operand::Int(operand) => self.quick(index, *operand),
            Operand::Ints(captured) => self.in_place(index, With::Ints(captured)),
            Operand::Captured(captured) => self.in_place(index, With::Row(captured)),
            // Whoever keeps the accumulator need not know the row.
            Operand::Host => self.step.change == Some(Change::Keep),
        };
        if done {
            return Ok(Take::More);
        }
        self.slow(plan, index, step.operand, again)
    }

    /// Fold a row whose key, and perhaps element, the host has told.
    pub fn fill(
        &mut self,
        plan: &Plan,
        key: Option<Value<'_>>,
        element: Option<&Owned>,
        again: &mut Again<'_>,
    ) -> Result<Take, RunError> {
        let key = match (self.key, key) {
            (Some(_), Some(key)) => key,
            (Some(_), None) => return Ok(unhashable()),
            (None, _) => Value::None,
        };
        let element = element.and_then(Owned::as_value).map(Late::Value);
        self.step(
            plan,
            Step {
                key: Key::Value(key),
                element,
                operand: Operand::Host,
            },
            again,
        )
    }

    /// The step in place, if it is one of the recognised ones and the accumulator is a number.
    #[inline]
    fn quick(&mut self, index: usize, operand: i64) -> bool {
        let Some(acc) = self.table.column.int_mut(index) else {
            return self.quick_float(index, operand);
        };
        match self.step.shape {
            Shape::Add(_) => match acc.checked_add(operand) {
                Some(sum) => *acc = sum,
                None => return false,
            },
            Shape::Max(_) => *acc = operand.max(*acc),
            Shape::Min(_) => *acc = operand.min(*acc),
            Shape::General => return false,
        }
        true
    }

    /// The step in place, if it is a change that fits the accumulator.
    fn in_place(&mut self, index: usize, with: With<'_, '_>) -> bool {
        let change = self.step.change.as_ref();
        change.is_some_and(|change| change.apply(&mut self.table.column, index, with))
    }

    /// `0.5 + 3`: Python, too, makes the int a float (rounding half to even) and adds.
    fn quick_float(&mut self, index: usize, operand: i64) -> bool {
        let (Shape::Add(_), Some(Value::Float(acc))) =
            (&self.step.shape, self.table.column.value(index))
        else {
            return false;
        };
        self.table
            .column
            .set(index, Owned::Float(acc + operand as f64));
        true
    }

    fn slow(
        &mut self,
        plan: &Plan,
        index: usize,
        operand: Operand<'_>,
        again: &mut Again<'_>,
    ) -> Result<Take, RunError> {
        let ints = |ints: &[i64]| ints.iter().map(|int| Ok(Value::Int(*int))).collect();
        let captured: Option<SmallVec<[Eval<'_>; 1]>> = match operand {
            Operand::Captured(captured) => Some(captured),
            Operand::Ints(captured) => Some(ints(&captured)),
            Operand::Int(int) => self.captures_operand().then(|| ints(&[int])),
            Operand::Host => None,
        };
        let proved = match (&captured, self.table.column.value(index)) {
            (Some(captured), Some(acc)) => {
                plan.step(&self.step, captured, &acc).ok().map(Owned::from)
            }
            _ => None,
        };
        let acc = match proved {
            Some(acc) => acc,
            None => match again(&self.table.column.owned(index))? {
                Stepped::Acc(acc) if acc.has_host() => {
                    return Ok(Take::Demoted(
                        "an accumulator that only Python knows".into(),
                    ));
                }
                Stepped::Acc(acc) => acc,
                Stepped::Demote(why) => return Ok(Take::Demoted(why.into())),
            },
        };
        let size = match &acc {
            Owned::List(items) => items.len(),
            Owned::Dict(pairs) => pairs.len(),
            _ => 0,
        };
        if size > LARGEST {
            return Ok(Take::Demoted("an accumulator of many items".into()));
        }
        self.table.column.set(index, acc);
        Ok(Take::More)
    }

    /// Whether the captures are just the operand of the recognised step.
    fn captures_operand(&self) -> bool {
        match self.step.shape {
            Shape::Add(node) | Shape::Max(node) | Shape::Min(node) => {
                self.step.captures[..] == [node]
            }
            Shape::General => false,
        }
    }
}
