//! The way back to Python: what the kernel asks of whoever can run the user's own functions.

use std::borrow::Cow;
use std::fmt;

use satchel_scan::error::Error;

use super::FileSpec;
pub use crate::sink::Chunk;
use crate::value::Owned;

/// An error of the host's own, carried through unchanged: in practice a Python exception.
pub type HostError = Box<dyn std::error::Error + Send + Sync>;

/// A line that the kernel could not prove, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The file's number in the source.
    pub file: u32,
    /// Which line of it, from 0.
    pub row: u64,
    /// Where the line starts in the inflated file, in bytes.
    pub offset: u64,
    /// The line with its terminator as it stands in the file; UTF-8, unless the program takes bytes.
    pub line: &'a [u8],
}

/// Where a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The file's number in the source.
    pub file: u32,
    /// Which line of it, from 0.
    pub row: u64,
    /// Where the line starts in the inflated file, in bytes.
    pub offset: u64,
}

impl<'a> Row<'a> {
    /// The line as a text file hands it out: whatever ended it is `"\n"`.
    ///
    /// ```
    /// use satchel_kernel::run::Row;
    /// assert_eq!(Row { file: 0, row: 0, offset: 0, line: b"one\r\n" }.text(), "one\n");
    /// assert_eq!(Row { file: 0, row: 1, offset: 5, line: b"two" }.text(), "two");
    /// ```
    pub fn text(&self) -> Cow<'a, str> {
        let line = String::from_utf8_lossy(self.line);
        let content = line.strip_suffix("\r\n").or(line.strip_suffix('\r'));
        match content {
            None => line,
            Some(content) => Cow::Owned(format!("{content}\n")),
        }
    }
}

/// Where a file is read no further, because it is damaged there.
#[derive(Debug, Clone, Copy)]
pub struct Damage<'a> {
    /// Where the line is that the damage has cut in two, or its last document.
    pub place: Place,
    /// What is there of it; no row.
    pub line: &'a [u8],
    /// What is wrong.
    pub error: &'a Error,
}

/// What the host says of a row.
#[derive(Debug)]
pub enum Filled {
    /// A filter dropped it.
    Dropped,
    /// It is there.
    Row {
        /// The key of frequencies, distinct, foldby; of topk, where it is not the element.
        key: Option<Owned>,
        /// The element of sum, min, max, topk, collect, project; of a fold without an initial.
        value: Option<Owned>,
    },
    /// It is several elements, where steps flatten it: each of them one of the others here.
    Several(Vec<Filled>),
    /// It cannot be told natively, why: the host runs the partition again for this query.
    Demote(String),
    /// The user's function raised. The host stops there: this is its last answer.
    Raised(HostError),
}

/// What the host says of one step of a fold.
#[derive(Debug)]
pub enum Stepped {
    /// The new accumulator.
    Acc(Owned),
    /// The new accumulator is nothing that the kernel can hold; why.
    Demote(String),
}

/// One element of a query whose elements the host wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// A value that an expression made; lists and dicts of the record in it are `Owned::Raw`.
    Value(Owned),
    /// The JSON text of a record, whole or cut down to some paths.
    Text(Box<str>),
    /// The same, and the key that it is grouped by.
    Keyed(Owned, Box<str>),
    /// What the host's own `fill` returned for the row.
    Host(u32),
    /// A part of a file, as it is to be written.
    Bytes(Vec<u8>),
    /// Rows of columns.
    Chunk(Chunk),
}

/// Whether the host wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It does not want any more elements of this query.
    Stop,
}

/// Whoever can run the user's own functions.
pub trait Host {
    /// Answer for rows that the kernel could not prove: one answer a row, in their order, up to
    /// the first that raises. An `Err` ends the run at once, whatever rows are waiting.
    fn fill(&mut self, query: usize, rows: &[Row<'_>]) -> Result<Vec<Filled>, HostError>;

    /// One step of a fold on the user's own function.
    fn step(&mut self, query: usize, row: &Row<'_>, acc: &Owned) -> Result<Stepped, HostError>;

    /// The same as `fill` for items of an earlier result.
    fn fill_items(&mut self, query: usize, items: &[Owned]) -> Result<Vec<Filled>, HostError> {
        let _ = (query, items);
        Ok(vec![Filled::Demote("this host does not know items".into())])
    }

    /// The same as `step` for an item of an earlier result.
    fn step_item(&mut self, query: usize, item: &Owned, acc: &Owned) -> Result<Stepped, HostError> {
        let _ = (query, item, acc);
        Ok(Stepped::Demote("this host does not know items".into()))
    }

    /// Take elements of a `collect` or `project`, in row order, each with the row that it is of
    /// (none, if they are of items). All handles that the host has given out for this query come
    /// back before it is asked to fill again.
    fn deliver(
        &mut self,
        query: usize,
        elements: Vec<Element>,
        places: Vec<Place>,
    ) -> Result<Flow, HostError>;

    /// A file is left off at its damage, as the program says; all rows before that have been
    /// folded or delivered.
    fn damaged(&mut self, damage: &Damage<'_>) -> Result<(), HostError> {
        let _ = damage;
        Ok(())
    }

    /// Called about every 50 ms, so that the host can look for Ctrl-C.
    fn poll(&mut self) -> Result<(), HostError> {
        Ok(())
    }
}

/// Why a partition has no result.
#[derive(Debug)]
pub enum RunError {
    /// The host raised.
    Host(HostError),
    /// A line is not UTF-8. All lines before it have been folded.
    BadUtf8 {
        /// The file's number.
        file: u32,
        /// Which line, from 0.
        row: u64,
        /// Where the line starts in the inflated file.
        offset: u64,
    },
    /// A file could not be read, or not to its end.
    Source {
        /// The file's number.
        file: u32,
        /// How many whole lines came before.
        row: u64,
        /// What is wrong.
        error: Error,
    },
    /// The control's cancel flag was set.
    Cancelled,
}

impl RunError {
    /// With its row and byte counted from the start of the file, and not from that of a span.
    pub(super) fn in_the_whole(mut self, spec: &FileSpec) -> RunError {
        let (RunError::BadUtf8 { row, .. } | RunError::Source { row, .. }) = &mut self else {
            return self;
        };
        // Where even that cannot be read, the error is told as it is.
        let (lines, bytes) = spec.count(spec.span.before()).unwrap_or_default();
        *row += lines;
        if let RunError::BadUtf8 { offset, .. } = &mut self {
            *offset += bytes;
        }
        self
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Host(error) => write!(formatter, "{error}"),
            RunError::BadUtf8 { file, row, offset } => write!(
                formatter,
                "expected UTF-8 in line {} of file {file} (inflated byte {offset})",
                row + 1
            ),
            RunError::Source { row, error, .. } => write!(formatter, "after line {row}: {error}"),
            RunError::Cancelled => write!(formatter, "the run was cancelled"),
        }
    }
}

impl std::error::Error for RunError {}
