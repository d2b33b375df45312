//! What an expression is worth for a row: Python's value, or *unproved*.
//!
//! The kernel never guesses and never raises. Whatever might raise in Python, and whatever is not
//! done here to the last bit (an int beyond 64 bits, non-ASCII text in `lower`, a missing key),
//! is [`Unproved`] with a reason; the caller hands such a row to the user's own function. Only the
//! branch that an `if` takes is evaluated, so an unproved value in the other one does not matter.
//!
//! ```text
//! Program ──compile──> Plan        codes, wanted paths, memo cells, folds taken apart
//! line ──scan──> Frame.slots       one slot for each wanted path
//! Plan.eval(node, frame)           codes read slots; everything else goes through `apply`
//! ```
//!
//! | module | question |
//! |---|---|
//! | `compile` | which nodes are a slot of the scan, and which need a memo |
//! | `fold` | which part of a fold's step depends on the row alone |
//! | `change` | what a step does to the accumulator in place |
//! | `fast` | nodes that are answered from a slot without making a value |
//! | `apply` | one operation on values at hand |
//! | `access`, `compare`, `number`, `strings`, `convert`, `format` | what each operation means |
//! | `loops` | comprehensions and `for` statements, and the builtins that use a list up |
//! | `moment` | dates and times in text |
//! | `pattern` | regular expressions |
//! | `project` | the record as text, cut down to some paths |
//! | `raw` | JSON text, decoded no further than asked |

pub mod compare;
pub mod convert;

mod access;
mod apply;
mod change;
mod compile;
mod fast;
mod fold;
mod format;
mod ints;
mod loops;
mod moment;
mod number;
mod pattern;
mod project;
mod raw;
mod strings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use satchel_scan::line::Slot;
use satchel_scan::paths::{Need, Step};

use crate::program::{LOOPS, Node, NodeId, PathStep, Program};
use crate::value::{Owned, Value};
pub use change::{Change, With};
use compile::Code;
pub use fold::{Fold, Shape};
pub use loops::flattened;
pub use project::Projection;
pub use raw::decoded;

/// Why a value is not known: a phrase that completes "the row went to Python because of".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unproved {
    /// The phrase.
    pub reason: &'static str,
    /// The exception that Python surely raises here, if it is known.
    pub raises: Option<Raises>,
}

impl Unproved {
    /// Something that the kernel does not do, or that raises it does not know what.
    pub const fn because(reason: &'static str) -> Unproved {
        Unproved {
            reason,
            raises: None,
        }
    }

    /// What Python raises: just this exception, none of its subclasses.
    pub const fn raising(self, kind: Raises) -> Unproved {
        Unproved {
            raises: Some(kind),
            ..self
        }
    }
}

/// An exception that Python raises, by its exact type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Raises {
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    ZeroDivisionError,
}

impl Raises {
    /// All of them.
    pub const ALL: [Raises; 6] = [
        Raises::KeyError,
        Raises::IndexError,
        Raises::TypeError,
        Raises::ValueError,
        Raises::AttributeError,
        Raises::ZeroDivisionError,
    ];

    /// The exception's name.
    pub const fn name(self) -> &'static str {
        match self {
            Raises::KeyError => "KeyError",
            Raises::IndexError => "IndexError",
            Raises::TypeError => "TypeError",
            Raises::ValueError => "ValueError",
            Raises::AttributeError => "AttributeError",
            Raises::ZeroDivisionError => "ZeroDivisionError",
        }
    }
}

impl fmt::Display for Unproved {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.reason)
    }
}

/// The outcome of an expression.
pub type Eval<'a> = Result<Value<'a>, Unproved>;

/// A value to group by.
#[derive(Debug, Clone, PartialEq)]
pub enum Key<'a> {
    /// A str as it stands in the line: UTF-8, which the scan has checked, to be hashed as it is.
    Bytes(&'a [u8]),
    /// Anything else, and a str that had an escape or was computed.
    Value(Value<'a>),
}

/// A value that is made only if somebody keeps it.
#[derive(Debug, Clone, PartialEq)]
pub enum Late<'a> {
    /// A list or dict of the record, as it stands in the line.
    Container(&'a [u8]),
    /// Anything else.
    Value(Value<'a>),
}

impl Late<'_> {
    /// The value; `None` for bytes that are not UTF-8, which only a strict scan has checked.
    pub fn into_owned(self) -> Option<Owned> {
        match self {
            Late::Container(text) => Some(Owned::Raw(std::str::from_utf8(text).ok()?.into())),
            Late::Value(value) => Some(value.into()),
        }
    }
}

/// The paths of a project sink.
pub type ProjectedPaths = Vec<Vec<PathStep>>;

/// A program, ready to be evaluated. Shared by all threads.
///
/// ```
/// use std::sync::Arc;
/// use satchel_kernel::{eval::Plan, program::Program, value::Value};
/// use satchel_scan::{line::{Scanner, Validate}, paths::Paths};
///
/// let program = Program::parse(r#"{"version": 1, "loader": "json",
///     "nodes": [["input", "record", []], ["const", {"s": "n"}, []], ["getitem", null, [0, 1]]],
///     "queries": [{"steps": [["load"]], "sink": {"kind": "sum", "value": 2}}]}"#).unwrap();
/// let plan = Plan::new(Arc::new(program));
/// let mut scanner = Scanner::new(&Paths::new(plan.paths()), Validate::Strict);
/// let mut frame = plan.frame();
/// let block = b"{\"n\": 7}\n";
/// let line = scanner.scan(block, 0, &mut frame.slots);
/// frame.start(&block[..line.content_end], &block[..line.next]);
/// assert_eq!(plan.eval(2, &mut frame), Ok(Value::Int(7)));
/// ```
#[derive(Debug)]
pub struct Plan {
    program: Arc<Program>,
    /// The program's nodes, and after them the rewritten steps of its folds.
    nodes: Vec<Node>,
    /// How each node is answered.
    codes: Vec<Code>,
    /// The memo cell of each node that has several users and costs something.
    cells: Vec<Option<u32>>,
    cell_count: usize,
    /// The first of the cells whose nodes read what a loop is at.
    bound_cells: usize,
    wants: Vec<(Vec<Step>, Need)>,
    projections: Vec<(Option<ProjectedPaths>, Arc<Projection>)>,
    folds: Vec<(NodeId, Fold)>,
}

impl Plan {
    /// Compile a program.
    pub fn new(program: Arc<Program>) -> Plan {
        compile::compile(program)
    }

    /// What it was compiled from.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// What to read of each record, over all queries; slot `i` answers want `i`.
    pub fn paths(&self) -> &[(Vec<Step>, Need)] {
        &self.wants
    }

    /// What a project sink with these paths leaves of a line.
    pub fn projection(&self, paths: Option<&ProjectedPaths>) -> Arc<Projection> {
        let known = self
            .projections
            .iter()
            .find(|(known, _)| known.as_ref() == paths);
        known
            .map(|(_, found)| Arc::clone(found))
            .unwrap_or_default()
    }

    /// A frame of the right size; one serves all the rows of a block.
    pub fn frame<'a>(&self) -> Frame<'a> {
        Frame {
            slots: vec![Slot::Unreached; self.wants.len()],
            memo: vec![None; self.cell_count],
            ..Frame::empty()
        }
    }

    /// The value of a node for the frame's row.
    pub fn eval<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Eval<'a> {
        let Some(cell) = self.cells[id as usize] else {
            return self.compute(id, frame);
        };
        if let Some(Some(known)) = frame.memo.get(cell as usize) {
            return known.clone();
        }
        let value = self.compute(id, frame);
        if let Some(memo) = frame.memo.get_mut(cell as usize) {
            *memo = Some(value.clone());
        }
        value
    }

    /// The value of one of [`Fold::captures`], for [`Plan::step`].
    pub fn capture<'a>(&'a self, id: NodeId, frame: &mut Frame<'a>) -> Eval<'a> {
        self.eval(id, frame)
    }

    /// The value of a combine: a program without queries, over `acc` and `other`.
    pub fn combine<'a>(&'a self, acc: &Value<'a>, other: &Value<'a>) -> Eval<'a> {
        let result = self
            .program
            .result()
            .ok_or(Unproved::because("a program without nodes"))?;
        let mut frame = self.frame();
        frame.acc = Some(acc.clone());
        frame.other = Some(other.clone());
        self.eval(result, &mut frame)
    }

    /// What a combine does to the accumulator in place, if it does that.
    pub fn combining(&self) -> Option<Change> {
        let finder = change::Finder {
            nodes: &self.nodes,
            captures: &[],
        };
        finder.change(self.program.result()?)
    }

    /// The accumulator after a row, from what the row's captures were worth.
    ///
    /// `captured` stands in the order of [`Fold::captures`]. A capture that was unproved matters
    /// only if the step comes to use it.
    pub fn step<'a>(&'a self, fold: &Fold, captured: &'a [Eval<'a>], acc: &Value<'a>) -> Eval<'a> {
        let mut frame = Frame {
            memo: vec![None; self.cell_count],
            captured,
            acc: Some(acc.clone()),
            ..Frame::empty()
        };
        self.eval(fold.body, &mut frame)
    }

    /// How a fold's step splits into a part for each row and a part for the accumulator.
    pub fn fold(&self, step: NodeId) -> Fold {
        let known = self.folds.iter().find(|(id, _)| *id == step);
        known
            .map(|(_, fold)| fold.clone())
            .unwrap_or(Fold::opaque(step))
    }
}

/// What the inputs of a program stand for, row by row.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The answers to [`Plan::paths`]; the scanner writes them for each line.
    pub slots: Vec<Slot>,
    line: &'a [u8],
    full: &'a [u8],
    memo: Vec<Option<Eval<'a>>>,
    captured: &'a [Eval<'a>],
    acc: Option<Value<'a>>,
    other: Option<Value<'a>>,
    item: Option<Value<'a>>,
    /// The elements that the loops around are at.
    bound: [Option<Value<'a>>; LOOPS],
}

impl<'a> Frame<'a> {
    fn empty() -> Frame<'a> {
        Frame {
            slots: Vec::new(),
            line: &[],
            full: &[],
            memo: Vec::new(),
            captured: &[],
            acc: None,
            other: None,
            item: None,
            bound: [const { None }; LOOPS],
        }
    }

    /// Begin a row: `line` is what the slots' spans count from, `full` the same with its line
    /// ending as it stands in the file.
    pub fn start(&mut self, line: &'a [u8], full: &'a [u8]) {
        self.line = line;
        self.full = full;
        self.memo.fill(None);
    }

    /// Set the element of an earlier result, after [`Frame::start`] with an empty line; or the
    /// element of the row's that the steps behind a `Flatten` are at.
    pub fn set_item(&mut self, item: Value<'a>) {
        self.item = Some(item);
        self.memo.fill(None);
    }

    /// Begin a round of a loop, or go back to the loop around: what was evaluated for another
    /// round is forgotten.
    fn bind(&mut self, level: usize, value: Option<Value<'a>>, cells: usize) {
        self.bound[level] = value;
        if let Some(cells) = self.memo.get_mut(cells..) {
            cells.fill(None);
        }
    }

    /// The bytes of a slot's span.
    fn span(&self, start: u32, end: u32) -> Result<&'a [u8], Unproved> {
        self.line
            .get(start as usize..end as usize)
            .ok_or(Unproved::because("a slot that belongs to another line"))
    }

    /// The str of the line, which ends in `\n` whatever ends it in the file.
    fn text(&self) -> Eval<'a> {
        let utf8 = |bytes: &'a [u8]| {
            std::str::from_utf8(bytes).map_err(|_| Unproved::because("a line that is not UTF-8"))
        };
        match self.full.get(self.line.len()..) {
            None | Some([]) => utf8(self.line).map(Value::text),
            Some([b'\n']) => utf8(self.full).map(Value::text),
            Some(_) => Ok(Value::Str((utf8(self.line)?.to_owned() + "\n").into())),
        }
    }
}
