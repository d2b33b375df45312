//! Elements as columns, one for each cell of a row: chunks of them go out as they are full.

use super::Take;
use crate::column::Column;
use crate::eval::{Frame, Key, Plan, Unproved, decoded};
use crate::program::{NodeId, Wanted};
use crate::value::Value;

/// So many rows, or bytes, make a chunk.
const CHUNK: (usize, usize) = (1 << 16, 32 << 20);

/// Rows of the same columns.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Chunk {
    /// How many; of types alone, how many there have been.
    pub rows: usize,
    /// A column for each cell.
    pub columns: Vec<Column>,
}

/// Chunks in the making.
#[derive(Debug)]
pub struct Columns {
    cells: Vec<NodeId>,
    wanted: Wanted,
    chunk: Chunk,
    closed: bool,
}

impl Columns {
    /// No rows yet, of these cells.
    pub fn new(cells: &[NodeId], wanted: Wanted) -> Columns {
        Columns {
            cells: cells.to_vec(),
            wanted,
            chunk: Chunk::of(cells.len()),
            closed: false,
        }
    }

    /// The cells of the frame's row.
    #[inline]
    pub fn read<'a>(
        &self,
        plan: &'a Plan,
        frame: &mut Frame<'a>,
    ) -> Result<Vec<Key<'a>>, Unproved> {
        let mut cells = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            cells.push(match plan.key(*cell, frame)? {
                Key::Value(value) if self.wanted.nested => Key::Value(decoded(value)?),
                cell => cell,
            });
        }
        Ok(cells)
    }

    /// Add a row.
    #[inline]
    pub fn push<'c, 'a: 'c>(&mut self, cells: impl IntoIterator<Item = &'c Key<'a>>) -> Take {
        for (column, cell) in self.chunk.columns.iter_mut().zip(cells) {
            let pushed = match cell {
                Key::Bytes(text) => column.push_text(text),
                Key::Value(Value::List(_) | Value::Dict(_) | Value::Tuple(_))
                    if !self.wanted.nested =>
                {
                    Err("a list or dict where a column has none")
                }
                Key::Value(value) => column.push(value),
            };
            if let Err(why) = pushed {
                return Take::Demoted(why.into());
            }
        }
        self.chunk.rows += 1;
        Take::More
    }

    /// There are no more rows; always true.
    pub fn close(&mut self) -> bool {
        self.closed = true;
        true
    }

    /// Whether a chunk is full.
    pub fn is_full(&self) -> bool {
        let bytes = || self.chunk.columns.iter().map(Column::bytes).sum::<usize>();
        self.chunk.rows >= CHUNK.0 || bytes() >= CHUNK.1
    }

    /// The chunk, if it is full or the last one.
    ///
    /// # Errors
    ///
    /// If a column is not what it should be.
    pub fn chunk(&mut self) -> Result<Option<Chunk>, &'static str> {
        if !self.closed && !self.is_full() {
            return Ok(None);
        }
        if self.wanted.types && !self.closed {
            self.chunk.columns.iter_mut().for_each(Column::clear);
            return Ok(None);
        }
        let fresh = Chunk::of(self.cells.len());
        let chunk = std::mem::replace(&mut self.chunk, fresh);
        if self.wanted.exact && chunk.columns.iter().any(Column::is_rounded) {
            return Err("an int among floats that is no float");
        }
        // A partition without rows has types, but no chunk.
        Ok((chunk.rows > 0 || self.wanted.types).then_some(chunk))
    }
}

impl Chunk {
    fn of(columns: usize) -> Chunk {
        let mut chunk = Chunk::default();
        chunk.columns.resize_with(columns, Column::default);
        chunk
    }
}
