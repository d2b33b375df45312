//! The program: what the plan asks of the kernel, as data.
//!
//! The Python side lowers functions to a DAG of expression nodes, hash-conses it and writes it as
//! JSON (`plan/wire.py`); [`Program::parse`] reads that text. Nodes stand in topological order,
//! so that an argument is always an earlier node, and several queries share one list of nodes:
//!
//! ```text
//! {"version": 1, "loader": "json", "validate": "strict", "documents": "line",
//!  "nodes": [["input", "record", []], ["const", {"s": "type"}, []], ["getitem", null, [0, 1]]],
//!  "queries": [{"steps": [["load"]], "sink": {"kind": "frequencies", "key": 2}}]}
//! ```
//!
//! Reading checks everything that evaluation relies on: ids in range and in order, the number of
//! arguments, known names, and that nothing reads the record before the `load` step. So
//! evaluation indexes without asking and has no error but "unproved". A program without queries is
//! a plain function of its inputs (the combine of a fold); its result is its last node.

mod constant;
mod error;
mod parse;
#[cfg(test)]
mod tests;

pub use error::{Error, Place};

use std::cmp::Ordering;

use crate::eval::Raises;
use crate::value::Owned;

/// The place of a node in [`Program::nodes`].
pub type NodeId = u32;

/// Several queries over one scan, and the expressions they are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The function that the user parses lines with, if a query parses them.
    pub loader: Option<Loader>,
    /// How much of each line is checked.
    pub validate: Validate,
    /// Whether the host takes lines that are not UTF-8, so that it is given all its rows as bytes;
    /// otherwise such a line ends the run.
    pub bytes: bool,
    /// What a row is.
    pub documents: Documents,
    /// What becomes of a damaged file.
    pub on_damage: OnDamage,
    /// Expressions in topological order.
    pub nodes: Vec<Node>,
    /// What to do with each row.
    pub queries: Vec<Query>,
}

/// How many documents a line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Documents {
    /// It is one, whatever it holds.
    Line,
    /// Any number of objects and arrays; each is a row.
    Many,
}

/// What becomes of a file that cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDamage {
    /// It ends the run.
    Raise,
    /// The rows before the damage are kept, and the host is told.
    Keep,
}

/// One expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Its arguments: ids smaller than its own.
    pub args: Box<[NodeId]>,
    /// The inputs that it reads, itself or through its arguments.
    pub reads: Reads,
}

/// A set of [`Input`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reads(u8);

impl Reads {
    /// The set of one input.
    pub fn of(input: Input) -> Reads {
        Reads(1 << input as u8)
    }

    /// Whether `input` is in the set.
    pub fn has(self, input: Input) -> bool {
        self.0 & Reads::of(input).0 != 0
    }

    /// Whether the element of a loop is in the set.
    pub fn has_bound(self) -> bool {
        BOUND.iter().any(|input| self.has(*input))
    }

    /// The set without this input.
    pub fn without(self, input: Input) -> Reads {
        Reads(self.0 & !Reads::of(input).0)
    }

    /// Both sets together.
    pub fn and(self, other: Reads) -> Reads {
        Reads(self.0 | other.0)
    }

    /// Whether the expression depends on nothing but constants.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What an expression can be a function of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The str of a text line, with its newline.
    Line,
    /// What the loader returned for the line.
    Record,
    /// The accumulator of a fold.
    Acc,
    /// The second argument of a combine.
    Other,
    /// An element of an earlier result.
    Item,
    /// The element that the outermost loop is at.
    Bound0,
    /// The element of a loop in a loop.
    Bound1,
    /// The element of a loop in a loop in a loop.
    Bound2,
}

/// How many loops may stand in one another.
pub const LOOPS: usize = 3;

/// The elements of loops, from the outermost in.
pub(crate) const BOUND: [Input; LOOPS] = [Input::Bound0, Input::Bound1, Input::Bound2];

/// The operation of a node; the contract's table, one for one.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // The Python meaning of each is the name itself.
pub enum Op {
    Input(Input),
    Const(Constant),
    GetItem,
    Get,
    Contains,
    Slice,
    Not,
    Truth,
    If,
    Is {
        negated: bool,
    },
    Compare(Comparison),
    Arithmetic(Arithmetic),
    Neg,
    Pos,
    Call(Builtin),
    Method(Method),
    Tuple,
    List,
    Dict,
    /// A dict with an item stored into it.
    Put,
    /// A list with an item replaced.
    PutAt,
    /// A dict with the items of another one stored into it.
    Merge,
    Format {
        conversion: Conversion,
        spec: Box<str>,
    },
    Concat,
    Seq,
    /// A part of the point in time that a text names.
    Moment {
        form: Form,
        part: Part,
    },
    /// A regular expression asked of a text.
    Regex(Pattern),
    /// The look up of a method of str, or of a dict's `get`: None, or what it raises.
    Bound(Option<Method>),
    /// The name of the exception that evaluating the argument raises, or None.
    Raised,
    /// What only the user's own function can answer, raising this exception where it is known.
    Unproved(Option<Raises>),
    /// Over the elements of a list: what each round adds, a tuple or list, put together.
    Each {
        level: usize,
    },
    /// Over the elements of a list, with values that go from round to round: a round, given the
    /// tuple of the element and the values, is `(0, values...)` to go on with, or what the loop is.
    Loop {
        level: usize,
    },
    /// An item of a tuple that surely has it.
    Part(usize),
}

/// A regular expression, and what is asked of it.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// What is asked.
    pub find: Find,
    /// The engine; `None` where the pattern is more than it takes.
    pub regex: Option<regex::Regex>,
    /// Whether the pattern means what Python means by it only on ASCII texts.
    pub ascii: bool,
    /// Whether the match is the first group, before a newline that may end the text.
    pub wrapped: bool,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        let text = |pattern: &Pattern| {
            pattern
                .regex
                .as_ref()
                .map(|regex| regex.as_str().to_owned())
        };
        self.find == other.find && text(self) == text(other) && self.ascii == other.ascii
    }
}

/// What is asked of a regular expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Find {
    /// The groups of the first match, the whole of it before them.
    First,
    /// All matches: their text, their group, or the tuple of their groups.
    All,
    /// What stands between the matches, and their groups.
    Split,
    /// The text with all matches replaced.
    Replace,
}

/// How a point in time is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// As `datetime.fromisoformat` reads it.
    Iso,
    /// As `datetime.strptime` reads it.
    Pieces(Box<[Piece]>),
}

/// A directive of `strptime`, or a byte that stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Piece {
    Literal(u8),
    Year,
    Month,
    MonthName,
    Day,
    DayName,
    Hour,
    Minute,
    Second,
    Fraction,
}

/// What is asked of a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Microsecond,
    /// From Monday, 0.
    Weekday,
    /// `YYYY-MM-DD`.
    Date,
}

/// A literal or a captured value.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// Anything but a set.
    Value(Owned),
    /// A set or frozenset, which serves membership only: its order is not ours to know.
    Set(Vec<Owned>),
}

/// `== != < <= > >=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparison {
    /// Whether it is true of two values in this order.
    #[inline]
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Eq => order.is_eq(),
            Comparison::Ne => order.is_ne(),
            Comparison::Lt => order.is_lt(),
            Comparison::Le => order.is_le(),
            Comparison::Gt => order.is_gt(),
            Comparison::Ge => order.is_ge(),
        }
    }
}

/// `+ - * / // % **`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Arithmetic {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
}

/// The builtin functions that lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Builtin {
    Len,
    Str,
    Int,
    Float,
    Bool,
    Abs,
    Round,
    Min,
    Max,
    Any,
    All,
    Sum,
    Sorted,
    List,
    Dict,
    Tuple,
    Type,
    /// None, of what can be iterated over.
    Iter,
    /// The ints of a range, as a list.
    Range,
    IsInstance(Types),
}

/// A set of Python types, the second argument of `isinstance`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Types {
    /// `str`.
    pub str: bool,
    /// `int`, of which `bool` is a subclass.
    pub int: bool,
    /// `float`.
    pub float: bool,
    /// `bool`.
    pub bool: bool,
    /// `list`.
    pub list: bool,
    /// `dict`.
    pub dict: bool,
    /// `type(None)`.
    pub none: bool,
}

/// The `str` methods that lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Lower,
    Upper,
    Strip,
    LStrip,
    RStrip,
    StartsWith,
    EndsWith,
    Split,
    RSplit,
    Partition,
    RPartition,
    Replace,
    Find,
    Count,
    Join,
    IsDigit,
    IsAlpha,
    IsAlnum,
    IsSpace,
    IsUpper,
    IsLower,
    IsAscii,
    Title,
    Capitalize,
    RemovePrefix,
    RemoveSuffix,
}

/// The `!s`, `!r`, `!a` of an f-string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Conversion {
    Plain,
    Str,
    Repr,
    Ascii,
}

/// The loaders whose answers agree on the lines that the scan calls clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Loader {
    Json,
    Ujson,
    Orjson,
    Msgspec,
}

/// How much of each line is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validate {
    /// All of it.
    Strict,
    /// What the paths touch.
    Touched,
}

/// What happens to each row, in order, and where it ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// In row order: keep, drop, check, parse.
    pub steps: Vec<Step>,
    /// Where rows that pass go.
    pub sink: Sink,
}

/// One step of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Keep the row if the value is truthy.
    Filter(NodeId),
    /// Drop the row if the value is truthy.
    Remove(NodeId),
    /// The value must be provable; it is not used (a step whose result is replaced later).
    Eval(NodeId),
    /// Parse the line.
    Load,
    /// Go on with each element of the value in turn, which is what `item` then stands for.
    Flatten(NodeId),
}

/// Where the rows of a query go.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // The field names are the contract's.
pub enum Sink {
    Count,
    Frequencies {
        key: NodeId,
    },
    Distinct {
        key: NodeId,
    },
    FoldBy {
        key: NodeId,
        step: NodeId,
        element: Option<NodeId>,
        initial: Option<Owned>,
    },
    Fold {
        element: Option<NodeId>,
        step: NodeId,
        initial: Option<Owned>,
    },
    Sum {
        value: NodeId,
    },
    Min {
        value: NodeId,
    },
    Max {
        value: NodeId,
    },
    TopK {
        k: usize,
        element: NodeId,
        key: Option<NodeId>,
    },
    Collect {
        element: NodeId,
        limit: Option<u64>,
    },
    Project {
        /// What the record is grouped by, where each text is handed over with its key.
        key: Option<NodeId>,
        paths: Option<Vec<Vec<PathStep>>>,
        limit: Option<u64>,
    },
    /// The elements are text, written one after another with a newline between them.
    Lines {
        element: NodeId,
        gzip: bool,
        last_endline: bool,
    },
    /// The elements as columns, one for each cell.
    Columns {
        cells: Box<[NodeId]>,
        wanted: Wanted,
    },
    Schema {
        limit: Option<u64>,
    },
}

/// What is wanted of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Whether a cell may be a list or a dict.
    pub nested: bool,
    /// Whether an int among floats must be a float exactly.
    pub exact: bool,
    /// Whether it is the types only.
    pub types: bool,
}

/// One step from a container to an element of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// The value under a key of an object.
    Key(Box<str>),
    /// An element of an array.
    Index(usize),
}

impl Sink {
    /// The nodes that it evaluates for each row, without the step of a fold.
    pub fn row_nodes(&self) -> Vec<NodeId> {
        match *self {
            Sink::Columns { ref cells, .. } => cells.to_vec(),
            Sink::Count | Sink::Schema { .. } => Vec::new(),
            Sink::Project { key, .. } => key.into_iter().collect(),
            Sink::Frequencies { key } | Sink::Distinct { key } => vec![key],
            Sink::FoldBy { key, element, .. } => std::iter::once(key).chain(element).collect(),
            Sink::Fold { element, .. } => element.into_iter().collect(),
            Sink::Sum { value } | Sink::Min { value } | Sink::Max { value } => vec![value],
            Sink::TopK { element, key, .. } => std::iter::once(element).chain(key).collect(),
            Sink::Collect { element, .. } | Sink::Lines { element, .. } => vec![element],
        }
    }

    /// The step of a fold, over the accumulator and the row.
    pub fn step(&self) -> Option<NodeId> {
        match *self {
            Sink::FoldBy { step, .. } | Sink::Fold { step, .. } => Some(step),
            _ => None,
        }
    }
}

impl Program {
    /// Read a program from its JSON text.
    ///
    /// ```
    /// use satchel_kernel::program::Program;
    /// let text = r#"{"version": 1, "nodes": [["input", "line", []]],
    ///                "queries": [{"steps": [], "sink": {"kind": "count"}}]}"#;
    /// assert_eq!(Program::parse(text).unwrap().queries.len(), 1);
    ///
    /// let error = Program::parse(r#"{"version": 1, "nodes": [["jump", null, []]], "queries": []}"#);
    /// assert_eq!(error.unwrap_err().to_string(), "nodes[0]: unknown op \"jump\"");
    /// ```
    pub fn parse(text: &str) -> Result<Program, Error> {
        parse::program(text)
    }

    /// The node with this id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The result of a program without queries: its last node.
    pub fn result(&self) -> Option<NodeId> {
        u32::try_from(self.nodes.len()).ok()?.checked_sub(1)
    }

    /// The value of a node if it is a constant that is not a set.
    pub fn constant(&self, id: NodeId) -> Option<&Owned> {
        match &self.node(id).op {
            Op::Const(Constant::Value(value)) => Some(value),
            _ => None,
        }
    }
}
