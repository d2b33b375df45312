//! In touched mode, a first look at a line: as far as the queries' first filters read.
//!
//! A row that they all drop needs no more than that, and what comes behind on its line is never
//! looked at. Every other row, also one that cannot be proved from here, is read as if there had
//! been no first look. In strict mode the whole line is checked anyway, so that nothing is gained.

use std::sync::Arc;

use satchel_scan::line::{Scanned, Scanner, Validate, Verdict};
use satchel_scan::paths::Paths;

use super::rows::keep;
use crate::eval::{Frame, Plan};
use crate::program::{self, Program, Query, Sink, Step};

/// The queries' steps up to their first filter, as a program of their own.
#[derive(Debug)]
pub(super) struct Probe {
    plan: Plan,
    paths: Paths,
    steps: Vec<Vec<Step>>,
}

impl Probe {
    /// `None` where it would not help: some query wants every row, or needs no more than a filter
    /// does.
    pub fn new(program: &Program, plan: &Plan) -> Option<Probe> {
        if program.validate != program::Validate::Touched {
            return None;
        }
        let steps: Option<Vec<Vec<Step>>> = program.queries.iter().map(until_filter).collect();
        let steps = steps?;
        let queries = steps.iter().map(|steps| Query {
            steps: [&[Step::Load], steps.as_slice()].concat(),
            sink: Sink::Count,
        });
        let first = Plan::new(Arc::new(Program {
            queries: queries.collect(),
            ..program.clone()
        }));
        let paths = Paths::new(first.paths());
        (first.paths().len() < plan.paths().len()).then_some(Probe {
            plan: first,
            paths,
            steps,
        })
    }

    /// What to look with.
    pub fn scanner(&self) -> Scanner {
        Scanner::new(&self.paths, Validate::Touched)
    }

    /// What to look at a block's lines through.
    pub fn frame<'a>(&self) -> Frame<'a> {
        self.plan.frame()
    }

    /// The line at `at`, if every query certainly drops it.
    #[inline]
    pub fn drops<'a>(
        &'a self,
        scanner: &mut Scanner,
        frame: &mut Frame<'a>,
        block: &'a [u8],
        at: usize,
    ) -> Option<Scanned> {
        let scanned = scanner.scan(block, at, &mut frame.slots);
        if scanned.verdict != Verdict::Clean {
            return None;
        }
        frame.start(&block[at..scanned.content_end], &block[at..scanned.next]);
        let dropped = |steps: &Vec<Step>| keep(&self.plan, steps, frame) == Ok(false);
        self.steps.iter().all(dropped).then_some(scanned)
    }
}

/// The steps from the load to the first filter, if nothing comes before the load.
fn until_filter(query: &Query) -> Option<Vec<Step>> {
    let (Step::Load, late) = query.steps.split_first()? else {
        return None;
    };
    let filter = late
        .iter()
        .position(|step| matches!(step, Step::Filter(_) | Step::Remove(_)))?;
    let first = late.get(..=filter)?;
    // A filter behind a flatten is asked of elements, and drops no row.
    let of_rows = !first.iter().any(|step| matches!(step, Step::Flatten(_)));
    of_rows.then(|| first.to_vec())
}
