//! Where the rows of a query go: what is read of each row, and how it is folded.
//!
//! Reading and folding are two calls, since a row that waits for the host makes all rows behind
//! it wait too. What is read of a row is a [`Cell`], which borrows from the block only:
//!
//! ```text
//! read   row -> Cell | Unproved      no state changes: rows can be read ahead
//! fold   Cell -> Take                in row order, strictly
//! fill   what the host says of a row that was unproved -> Take
//! ```
//!
//! A sink never guesses. A value that it cannot hold as Python would (NaN as a key, a sum that
//! leaves 64 bits, two values without an order) makes its partial *demoted*: Python runs the
//! partition again for that query.

mod columns;
mod extreme;
mod fold;
mod lines;
mod top;

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::eval::{Eval, Frame, Key, Late, Plan, Projection, Unproved};
use crate::group::is_key;
use crate::partial::Partial;
use crate::program::{self, Input, NodeId, Op};
use crate::run::{Element, RunError, Stepped};
use crate::schema::Schema;
use crate::table::Table;
use crate::value::{Owned, Value};

pub use columns::Chunk;
use columns::Columns;
pub(crate) use extreme::Extreme;
use fold::Fold;
use lines::Lines;
pub use top::Ranked;
pub(crate) use top::Top;

/// What is read of one row.
#[derive(Debug)]
pub enum Cell<'a> {
    /// That it is there.
    Unit,
    /// A key to count.
    Key(Key<'a>),
    /// An element.
    Value(Value<'a>),
    /// An element, ranked by itself.
    Ranked(Value<'a>),
    /// What an element is ranked by, and the element.
    RankedBy(Value<'a>, Late<'a>),
    /// What a fold takes from the row.
    Step(Step<'a>),
    /// The whole line.
    Line(&'a [u8]),
    /// The cells of a row of columns.
    Row(Vec<Key<'a>>),
    /// The text that a projection leaves of the line.
    Text(Box<str>),
    /// The same, and the key that it is grouped by.
    Keyed(Owned, Box<str>),
}

/// What a fold takes from the row.
#[derive(Debug)]
pub struct Step<'a> {
    key: Key<'a>,
    /// The element, where the first one is the accumulator.
    element: Option<Late<'a>>,
    operand: Operand<'a>,
}

/// The part of a fold's step that does not depend on the accumulator.
#[derive(Debug)]
enum Operand<'a> {
    /// The `x` of `acc + x`, `max(acc, x)`, `min(acc, x)`.
    Int(i64),
    /// Its captures, where all of them are ints.
    Ints(SmallVec<[i64; 3]>),
    /// Its captures, some of them perhaps unproved: the step may not need them.
    Captured(SmallVec<[Eval<'a>; 1]>),
    /// The host runs the step.
    Host,
}

/// What a sink says after a row.
#[derive(Debug, PartialEq)]
#[must_use]
pub enum Take {
    /// Go on.
    More,
    /// It has all that it will ever take.
    Full,
    /// It cannot hold the row; why.
    Demoted(Cow<'static, str>),
}

/// Asks the host for the accumulator after a row, given the one before it.
pub type Again<'h> = dyn FnMut(&Owned) -> Result<Stepped, RunError> + 'h;

/// The state of one query within one partition.
#[derive(Debug)]
pub struct Sink {
    kind: Kind,
    /// How many rows it has taken.
    taken: u64,
    limit: Option<u64>,
}

/// Elements on their way to the host.
#[derive(Debug, Default)]
struct Outgoing {
    elements: Vec<Element>,
    bytes: usize,
}

/// How many elements, or bytes of text, are handed over at a time.
const BATCH: (usize, usize) = (1024, 1 << 20);

#[derive(Debug)]
enum Kind {
    Count,
    Frequencies {
        key: NodeId,
        table: Table,
    },
    Distinct {
        key: NodeId,
        table: Table,
    },
    Fold(Fold),
    Sum {
        value: NodeId,
        total: i64,
    },
    /// A sum that met a float or left 64 bits: Python's own `sum` finishes it.
    Values {
        value: NodeId,
        values: Vec<Owned>,
    },
    Extreme(Extreme),
    Top(Top),
    Collect {
        element: NodeId,
        out: Outgoing,
    },
    Project {
        key: Option<NodeId>,
        projection: Arc<Projection>,
        out: Outgoing,
    },
    Lines(Lines),
    Columns(Columns),
    Schema(Box<Schema>),
    Demoted(String),
}

impl Sink {
    /// An empty sink for query `query` of the plan.
    pub fn new(plan: &Plan, query: usize) -> Sink {
        let spec = &plan.program().queries[query].sink;
        let (kind, limit) = match spec {
            program::Sink::Count => (Kind::Count, None),
            program::Sink::Frequencies { key } => (
                Kind::Frequencies {
                    key: *key,
                    table: Table::default(),
                },
                None,
            ),
            program::Sink::Distinct { key } => (
                Kind::Distinct {
                    key: *key,
                    table: Table::default(),
                },
                None,
            ),
            program::Sink::FoldBy {
                key,
                step,
                element,
                initial,
            } => (
                Kind::Fold(Fold::new(
                    plan,
                    Some(*key),
                    *step,
                    *element,
                    initial.clone(),
                )),
                None,
            ),
            program::Sink::Fold {
                element,
                step,
                initial,
            } => (
                Kind::Fold(Fold::new(plan, None, *step, *element, initial.clone())),
                None,
            ),
            program::Sink::Sum { value } => (
                Kind::Sum {
                    value: *value,
                    total: 0,
                },
                None,
            ),
            program::Sink::Min { value } => (Kind::Extreme(Extreme::min(*value)), None),
            program::Sink::Max { value } => (Kind::Extreme(Extreme::max(*value)), None),
            program::Sink::TopK { k, element, key } => {
                (Kind::Top(Top::new(*k, *element, *key)), None)
            }
            // The record itself is the whole line: its text goes out unread.
            program::Sink::Collect { element, limit } if is_record(plan, *element) => {
                let projection = Arc::default();
                (
                    Kind::Project {
                        key: None,
                        projection,
                        out: Outgoing::default(),
                    },
                    *limit,
                )
            }
            program::Sink::Collect { element, limit } => (
                Kind::Collect {
                    element: *element,
                    out: Outgoing::default(),
                },
                *limit,
            ),
            program::Sink::Project { key, paths, limit } => {
                let projection = plan.projection(paths.as_ref());
                (
                    Kind::Project {
                        key: *key,
                        projection,
                        out: Outgoing::default(),
                    },
                    *limit,
                )
            }
            program::Sink::Lines {
                element,
                gzip,
                last_endline,
            } => (
                Kind::Lines(Lines::new(*element, *gzip, *last_endline)),
                None,
            ),
            program::Sink::Columns { cells, wanted } => {
                (Kind::Columns(Columns::new(cells, *wanted)), None)
            }
            program::Sink::Schema { limit } => (Kind::Schema(Box::default()), *limit),
        };
        Sink {
            kind,
            taken: 0,
            limit,
        }
    }

    /// How many rows it may still take; `None` where there is no end.
    pub fn room(&self) -> Option<u64> {
        match self.kind {
            Kind::Demoted(_) => Some(0),
            _ => self.limit.map(|limit| limit.saturating_sub(self.taken)),
        }
    }

    /// Whether it wants the first elements that there are. One that asks whether there is any, and
    /// so collects a constant, may have to read all rows to find none.
    pub fn takes_the_first(&self, plan: &Plan) -> bool {
        let asks = matches!(&self.kind, Kind::Collect { element, .. }
            if matches!(plan.program().node(*element).op, Op::Const(_)));
        self.room().is_some() && !asks
    }

    /// Give up; `why` is for `explain()`.
    pub fn demote(&mut self, why: String) {
        self.kind = Kind::Demoted(why);
    }

    /// Read what this sink wants of the frame's row; `line` is the row's text.
    #[inline]
    pub fn read<'a>(
        &self,
        plan: &'a Plan,
        frame: &mut Frame<'a>,
        line: &'a [u8],
    ) -> Result<Cell<'a>, Unproved> {
        Ok(match &self.kind {
            Kind::Count => Cell::Unit,
            Kind::Frequencies { key, .. } | Kind::Distinct { key, .. } => {
                Cell::Key(read_key(plan, *key, frame)?)
            }
            Kind::Fold(fold) => Cell::Step(fold.read(plan, frame)?),
            Kind::Sum { value, .. } => match plan.int(*value, frame)? {
                Some(int) => Cell::Value(Value::Int(int)),
                None => Cell::Value(plan.eval(*value, frame)?),
            },
            Kind::Values { value, .. } => Cell::Value(plan.eval(*value, frame)?),
            Kind::Extreme(extreme) => Cell::Value(plan.eval(extreme.value, frame)?),
            Kind::Top(top) => match top.key {
                Some(key) => Cell::RankedBy(plan.eval(key, frame)?, plan.late(top.element, frame)?),
                None => Cell::Ranked(plan.eval(top.element, frame)?),
            },
            Kind::Collect { element, .. } => Cell::Value(plan.eval(*element, frame)?),
            Kind::Project {
                key, projection, ..
            } => {
                let odd = || Unproved::because("a line that is not UTF-8");
                let key = key.map(|key| read_key(plan, key, frame)).transpose()?;
                let text = projection.apply(line, &frame.slots).ok_or_else(odd)?;
                match key {
                    None => Cell::Text(text),
                    Some(Key::Value(key)) => Cell::Keyed(key.into(), text),
                    Some(Key::Bytes(key)) => {
                        let key = std::str::from_utf8(key).map_err(|_| odd())?;
                        Cell::Keyed(Owned::Str(key.into()), text)
                    }
                }
            }
            Kind::Lines(lines) => match plan.eval(lines.element, frame)? {
                text @ Value::Str(_) => Cell::Value(text),
                _ => return Err(Unproved::because("an element that is not a str")),
            },
            Kind::Columns(columns) => Cell::Row(columns.read(plan, frame)?),
            Kind::Schema(_) => Cell::Line(line),
            Kind::Demoted(_) => Cell::Unit,
        })
    }

    /// Fold a row that was read.
    #[inline]
    pub fn fold<'a>(
        &mut self,
        plan: &'a Plan,
        cell: Cell<'a>,
        again: &mut Again<'_>,
    ) -> Result<Take, RunError> {
        let take = match (&mut self.kind, cell) {
            (Kind::Frequencies { table, .. }, Cell::Key(key)) => count(table, &key),
            (Kind::Count, _) => Take::More,
            (Kind::Distinct { table, .. }, Cell::Key(key)) => match insert(table, &key) {
                Some(_) => Take::More,
                None => unhashable(),
            },
            (Kind::Fold(fold), Cell::Step(step)) => fold.step(plan, step, again)?,
            (Kind::Sum { .. } | Kind::Values { .. }, Cell::Value(value)) => self.add(&value),
            (Kind::Extreme(extreme), Cell::Value(value)) => extreme.push(&value),
            (Kind::Top(top), Cell::Ranked(element)) => top.push(&element, || Some(None)),
            (Kind::Top(top), Cell::RankedBy(key, element)) => {
                top.push(&key, || element.into_owned().map(Some))
            }
            (Kind::Collect { out, .. }, Cell::Value(value)) => {
                out.push(Element::Value(value.into()));
                Take::More
            }
            (Kind::Project { out, .. }, Cell::Text(text)) => {
                out.push(Element::Text(text));
                Take::More
            }
            (Kind::Project { out, .. }, Cell::Keyed(key, text)) => {
                out.push(Element::Keyed(key, text));
                Take::More
            }
            (Kind::Lines(lines), Cell::Value(Value::Str(text))) => lines.push(&text),
            (Kind::Columns(columns), Cell::Row(cells)) => columns.push(&cells),
            (Kind::Schema(schema), Cell::Line(line)) => {
                schema.record(line);
                Take::More
            }
            _ => return Ok(Take::Full),
        };
        Ok(self.taken(take))
    }

    /// Fold a row for which the host has the key and the element.
    pub fn fill(
        &mut self,
        plan: &Plan,
        key: Option<Owned>,
        value: Option<Owned>,
        again: &mut Again<'_>,
    ) -> Result<Take, RunError> {
        let known = key.as_ref().and_then(Owned::as_value);
        let take = match &mut self.kind {
            Kind::Count => Take::More,
            Kind::Frequencies { table, .. } => match known {
                Some(key) => count(table, &Key::Value(key)),
                None => unhashable(),
            },
            Kind::Distinct { table, .. } => match known {
                Some(key) if insert(table, &Key::Value(key.lend())).is_some() => Take::More,
                _ => unhashable(),
            },
            Kind::Fold(fold) => fold.fill(plan, known, value.as_ref(), again)?,
            Kind::Sum { .. } | Kind::Values { .. } => {
                match value.as_ref().and_then(Owned::as_value) {
                    Some(value) => self.add(&value),
                    None => Take::Demoted("a value to sum that only Python knows".into()),
                }
            }
            Kind::Extreme(extreme) => match value.as_ref().and_then(Owned::as_value) {
                Some(value) => extreme.push(&value),
                None => Take::Demoted("a value to compare that only Python knows".into()),
            },
            Kind::Top(top) => {
                // Without a key of its own an element is its own key.
                let key = match top.key {
                    Some(_) => known,
                    None => value.as_ref().and_then(Owned::as_value),
                };
                match (key, top.key) {
                    (None, _) => Take::Demoted("a key to compare that only Python knows".into()),
                    (Some(key), None) => top.push(&key, || Some(None)),
                    (Some(_), Some(_)) if value.is_none() => {
                        Take::Demoted("an element that only Python knows".into())
                    }
                    (Some(key), Some(_)) => top.push(&key, || Some(value.clone())),
                }
            }
            Kind::Collect { out, .. } | Kind::Project { out, .. } => {
                out.push(match value {
                    Some(Owned::Host(handle)) => Element::Host(handle),
                    Some(value) => Element::Value(value),
                    None => Element::Value(Owned::None),
                });
                Take::More
            }
            Kind::Lines(lines) => match &value {
                Some(Owned::Str(text)) => lines.push(text),
                _ => Take::Demoted("a str that only Python can write".into()),
            },
            Kind::Columns(columns) => match value.as_ref().and_then(Owned::as_value) {
                Some(Value::Tuple(cells)) => {
                    let cells: Vec<_> = cells.into_iter().map(Key::Value).collect();
                    columns.push(&cells)
                }
                _ => Take::Demoted("a row that is not of these columns".into()),
            },
            Kind::Schema(schema) => {
                schema.unreadable();
                Take::More
            }
            Kind::Demoted(_) => Take::Full,
        };
        Ok(self.taken(take))
    }

    /// Whether its elements go to the host.
    pub fn delivers(&self) -> bool {
        matches!(self.kind, Kind::Collect { .. } | Kind::Project { .. })
    }

    /// How many elements wait for the host.
    #[inline]
    pub fn waiting(&self) -> usize {
        match &self.kind {
            Kind::Collect { out, .. } | Kind::Project { out, .. } => out.elements.len(),
            _ => 0,
        }
    }

    /// Whether so many elements wait for the host that they should go.
    pub fn has_batch(&self) -> bool {
        match &self.kind {
            Kind::Collect { out, .. } | Kind::Project { out, .. } => {
                out.elements.len() >= BATCH.0 || out.bytes >= BATCH.1
            }
            Kind::Lines(lines) => lines.has_blocks(),
            Kind::Columns(columns) => columns.is_full(),
            _ => false,
        }
    }

    /// The elements that wait for the host, which are then its.
    pub fn elements(&mut self) -> Vec<Element> {
        match &mut self.kind {
            Kind::Collect { out, .. } | Kind::Project { out, .. } => {
                out.bytes = 0;
                std::mem::take(&mut out.elements)
            }
            Kind::Lines(lines) => lines.blocks().map(Element::Bytes).collect(),
            Kind::Columns(columns) => match columns.chunk() {
                Ok(chunk) => chunk.map(Element::Chunk).into_iter().collect(),
                Err(why) => {
                    self.demote(why.into());
                    Vec::new()
                }
            },
            _ => Vec::new(),
        }
    }

    /// No row comes any more: [`Sink::elements`] now gives the rest.
    pub fn close(&mut self) {
        let closed = match &mut self.kind {
            Kind::Lines(lines) => lines.close(),
            Kind::Columns(columns) => columns.close(),
            _ => true,
        };
        if !closed {
            self.demote("no memory to deflate with".into());
        }
    }

    /// The partial result of the partition.
    pub fn finish(self, partition: u32) -> Partial {
        let ranked = |table: Table| Table { partition, ..table };
        match self.kind {
            Kind::Count => Partial::Count(self.taken as i64),
            Kind::Frequencies { table, .. } => Partial::Frequencies(ranked(table)),
            Kind::Distinct { table, .. } => Partial::Distinct(ranked(table)),
            Kind::Fold(fold) if fold.is_keyed() => Partial::FoldBy(ranked(fold.table)),
            Kind::Fold(fold) => Partial::Fold(fold.accumulator()),
            Kind::Sum { total, .. } => Partial::Sum {
                total,
                rows: self.taken,
            },
            Kind::Values { values, .. } => Partial::Values(values),
            Kind::Extreme(extreme) => Partial::Extreme(extreme.best),
            Kind::Top(top) => Partial::Top(top.finish()),
            Kind::Collect { .. } | Kind::Project { .. } | Kind::Lines(_) | Kind::Columns(_) => {
                Partial::Delivered
            }
            Kind::Schema(schema) => Partial::Schema(schema),
            Kind::Demoted(why) => Partial::Demoted(why),
        }
    }

    #[inline]
    fn taken(&mut self, take: Take) -> Take {
        self.taken += 1;
        match (take, self.limit) {
            (Take::More, Some(limit)) if self.taken >= limit => Take::Full,
            (take, _) => take,
        }
    }

    /// Add to a sum, which is one int as long as it can be.
    fn add(&mut self, addend: &Value<'_>) -> Take {
        let int = match addend {
            Value::Int(int) => Some(*int),
            Value::Bool(bool) => Some(i64::from(*bool)),
            Value::Float(_) => None,
            other => return Take::Demoted(format!("a sum with a {}", other.type_name()).into()),
        };
        match &mut self.kind {
            Kind::Sum { value, total } => match int.and_then(|int| total.checked_add(int)) {
                Some(sum) => *total = sum,
                None => {
                    // Python's sum, too, has added only ints so far: their total stands for them.
                    let values = vec![Owned::Int(*total), addend.to_owned()];
                    self.kind = Kind::Values {
                        value: *value,
                        values,
                    };
                }
            },
            Kind::Values { values, .. } => values.push(addend.to_owned()),
            _ => {}
        }
        Take::More
    }
}

impl Outgoing {
    fn push(&mut self, element: Element) {
        self.bytes += match &element {
            Element::Text(text)
            | Element::Keyed(_, text)
            | Element::Value(Owned::Str(text) | Owned::Raw(text)) => text.len(),
            _ => 0,
        };
        self.elements.push(element);
    }
}

fn is_record(plan: &Plan, node: NodeId) -> bool {
    plan.program().node(node).op == Op::Input(Input::Record)
}

/// The key of the frame's row, refused if Python could not hash it.
#[inline]
fn read_key<'a>(plan: &'a Plan, node: NodeId, frame: &mut Frame<'a>) -> Result<Key<'a>, Unproved> {
    match plan.key(node, frame)? {
        Key::Value(value) if !is_key(&value) => {
            Err(Unproved::because("a key that cannot be hashed"))
        }
        key => Ok(key),
    }
}

#[inline]
fn insert(table: &mut Table, key: &Key<'_>) -> Option<(usize, bool)> {
    match key {
        Key::Bytes(text) => table.groups.insert_bytes(text),
        Key::Value(value) => table.groups.insert(value),
    }
}

#[inline]
fn count(table: &mut Table, key: &Key<'_>) -> Take {
    match insert(table, key) {
        Some((_, true)) => table.column.push(Owned::Int(1)),
        Some((index, false)) => {
            if let Some(count) = table.column.int_mut(index) {
                *count += 1;
            }
        }
        None => return unhashable(),
    }
    Take::More
}

fn unhashable() -> Take {
    Take::Demoted("a key that only Python can tell from others".into())
}
