//! Tables of accumulators: one level of `foldby`'s tree.
//!
//! ```text
//! without an initial   acc = first table's; acc = combine(acc, v) for the others, in order
//! with one             acc = combine(initial, v) for the first, and on
//! ```

use crate::eval::{Change, Plan, With};
use crate::partial::{Column, Table};
use crate::program::{Arithmetic, Builtin, Input, Op};
use crate::value::{Owned, Value};

/// A combine that the kernel can evaluate.
#[derive(Debug)]
pub struct Combiner {
    plan: Plan,
    initial: Option<Owned>,
    quick: Option<fn(i64, i64) -> Option<i64>>,
    change: Option<Change>,
}

impl Combiner {
    /// A combine and dask.bag's `combine_initial`.
    pub fn new(plan: Plan, initial: Option<Owned>) -> Combiner {
        let (quick, change) = (quick(&plan), plan.combining());
        Combiner {
            plan,
            initial,
            quick,
            change,
        }
    }

    /// `combine(acc, other)`, or why it is not known.
    pub fn combine(&self, acc: &Value<'_>, other: &Value<'_>) -> Result<Owned, String> {
        if let (Some(quick), Value::Int(acc), Value::Int(other)) = (self.quick, acc, other)
            && let Some(result) = quick(*acc, *other)
        {
            return Ok(Owned::Int(result));
        }
        let combined = self.plan.combine(acc, other).map(Owned::from);
        combined.map_err(|unproved| format!("the combine: {unproved}"))
    }

    /// `acc = combine(acc, other)`, in place where that can be done.
    fn combine_into(
        &self,
        column: &mut Column,
        index: usize,
        other: (&Column, usize),
    ) -> Result<(), String> {
        if let (Some(quick), Column::Ints(accs), (Column::Ints(others), from)) =
            (self.quick, &mut *column, other)
            && let Some(result) = quick(accs[index], others[from])
        {
            accs[index] = result;
            return Ok(());
        }
        if let Some(change) = &self.change
            && change.apply(column, index, With::Other(other.0, other.1))
        {
            return Ok(());
        }
        let combined = match (column.value(index), other.0.value(other.1)) {
            (Some(acc), Some(other)) => self.combine(&acc, &other)?,
            _ => return Err("an accumulator that only Python knows".into()),
        };
        column.set(index, combined);
        Ok(())
    }

    /// Whether the first accumulator of a key stays, and nothing is evaluated.
    pub fn keeps_first(&self) -> bool {
        let program = self.plan.program();
        let result = program.result().map(|result| &program.node(result).op);
        self.initial.is_none() && result == Some(&Op::Input(Input::Acc))
    }
}

/// Recognise `acc + other`, `max(acc, other)`, `min(acc, other)` of ints, either way around.
fn quick(plan: &Plan) -> Option<fn(i64, i64) -> Option<i64>> {
    let program = plan.program();
    let node = program.node(program.result()?);
    let &[left, right] = &*node.args else {
        return None;
    };
    let inputs = (&program.node(left).op, &program.node(right).op);
    let (Op::Input(left), Op::Input(right)) = inputs else {
        return None;
    };
    if !matches!(
        (left, right),
        (Input::Acc, Input::Other) | (Input::Other, Input::Acc)
    ) {
        return None;
    }
    match node.op {
        Op::Arithmetic(Arithmetic::Add) => Some(i64::checked_add),
        Op::Call(Builtin::Max) => Some(|acc, other| Some(acc.max(other))),
        Op::Call(Builtin::Min) => Some(|acc, other| Some(acc.min(other))),
        _ => None,
    }
}

/// Merge tables in order.
pub fn combine_tables(combiner: &Combiner, tables: &[&Table]) -> Result<Table, String> {
    let (mut merged, rest) = match (&combiner.initial, tables) {
        (None, [first, rest @ ..]) => {
            let column = first.column.clone();
            (
                Table {
                    groups: first.groups.clone(),
                    column,
                    ..Table::default()
                },
                rest,
            )
        }
        _ => (Table::default(), tables),
    };
    for table in rest {
        for from in 0..table.len() {
            let (index, new) = merged.groups.insert_from(&table.groups, from);
            match (new, &combiner.initial) {
                (true, None) => {
                    merged.column.push_from(&table.column, from);
                    continue;
                }
                (true, Some(initial)) => merged.column.push_copy(initial),
                (false, _) => {}
            }
            combiner.combine_into(&mut merged.column, index, (&table.column, from))?;
        }
    }
    Ok(merged)
}

/// Merge tables in order, of which the first accumulator of each key stays.
pub fn first_of_each(tables: Vec<Table>) -> Table {
    let mut tables = tables.into_iter();
    let mut merged = tables.next().unwrap_or_default();
    for mut table in tables {
        for from in 0..table.len() {
            let (_, new) = merged.groups.insert_from(&table.groups, from);
            if new {
                merged.column.push(table.column.take(from));
            }
        }
    }
    Table {
        groups: merged.groups,
        column: merged.column,
        ..Table::default()
    }
}
