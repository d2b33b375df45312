//! Where a row starts and ends, where a line may have several documents.
//!
//! ```text
//! a line at hand?      its next piece is the row
//! a line starts        like the last ones, one document? the row is the whole line; if it turns
//!                      out to be anything else, it is cut after all
//!                      else it is cut
//! ```
//!
//! So a file with one document a line, which is nearly every file, costs what it costs anyway. A
//! line is cut at once where nobody checks all of it.

use satchel_scan::documents::Documents;
use satchel_scan::line::Verdict;

/// To cut a line costs a third of scanning it; to scan it first for nothing costs all of that.
const EAGER: u32 = 16;

/// Cuts the lines of a partition into rows.
#[derive(Debug, Default)]
pub(super) struct Cut {
    documents: Documents,
    /// Whether every line is cut at once.
    always: bool,
    /// How many lines more are cut at once, since one before them was no single document.
    eager: u32,
    /// Whether a line is at hand of which pieces are left.
    inside: bool,
    pieces: u64,
}

/// What comes next.
pub(super) enum Next {
    /// The row starts here and ends before the other place, or with the line if that is earlier.
    Row(usize, usize),
    /// Nothing is left of the line; the next one starts here.
    Line(usize),
}

impl Cut {
    /// What cuts; `always`, if nobody checks whole lines.
    pub fn new(always: bool) -> Cut {
        Cut {
            always,
            ..Cut::default()
        }
    }

    /// A file begins, of which nothing is known.
    pub fn file(&mut self) {
        (self.eager, self.inside) = (1, false);
    }

    /// What comes next in the block, from `at` on.
    #[inline]
    pub fn next(&mut self, block: &[u8], at: usize) -> Next {
        if !self.inside {
            if self.eager == 0 && !self.always {
                return Next::Row(at, block.len());
            }
            self.start(block, at);
        }
        if let Some(piece) = self.documents.piece(block, at) {
            self.pieces += 1;
            return Next::Row(piece.start, piece.end);
        }
        self.end();
        Next::Line(self.documents.next_line())
    }

    /// Whether the row that was taken for a whole line has to be cut after all.
    #[inline]
    pub fn again(&mut self, verdict: Verdict, block: &[u8], at: usize) -> bool {
        if self.inside || verdict == Verdict::Clean {
            return false;
        }
        self.start(block, at);
        true
    }

    /// Whether the row that ends at `at` is the last of its line.
    #[inline]
    pub fn ends_line(&mut self, at: usize) -> bool {
        if self.inside && at < self.documents.next_line() {
            return false;
        }
        if self.inside {
            self.end();
        }
        true
    }

    /// How much of a line that damage has cut in two is whole.
    pub fn whole(&mut self, line: &[u8]) -> usize {
        self.documents.whole(line)
    }

    fn start(&mut self, block: &[u8], at: usize) {
        self.documents.line(block, at);
        (self.inside, self.pieces) = (true, 0);
    }

    fn end(&mut self) {
        self.inside = false;
        self.eager = match self.pieces {
            1 => self.eager.saturating_sub(1),
            _ => EAGER,
        };
    }
}
