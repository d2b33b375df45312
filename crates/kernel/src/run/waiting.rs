//! Rows that wait for the host: ask it, then fold them all in row order.

use std::time::Instant;

use super::rows::Line;
use super::{Element, Filled, Flow, HostError, Row, RunError, Stepped, Work};
use crate::eval::Plan;
use crate::sink::{Cell, Take};
use crate::value::Owned;

/// A row behind a hole, or a hole.
pub(super) struct Wait<'b> {
    pub line: Line<'b>,
    /// What was read of it; `None` for a hole.
    pub cell: Option<Cell<'b>>,
}

/// The rows of one query that wait; the first of them is a hole.
pub(super) type Waiting<'b> = Vec<Wait<'b>>;

impl Work<'_> {
    /// Fill the holes of every query and fold what waits.
    pub(super) fn flush<'b>(
        &mut self,
        plan: &'b Plan,
        waiting: &mut [Waiting<'b>],
    ) -> Result<(), RunError> {
        for (query, waiting) in waiting.iter_mut().enumerate() {
            if !waiting.is_empty() {
                self.flush_one(plan, query, waiting)?;
            }
            self.deliver_batch(query)?;
        }
        Ok(())
    }

    /// The same for one query.
    pub(super) fn flush_one<'b>(
        &mut self,
        plan: &'b Plan,
        query: usize,
        waiting: &mut Waiting<'b>,
    ) -> Result<(), RunError> {
        if self.running[query].done {
            waiting.clear();
            return Ok(());
        }
        let rows: Vec<Row<'_>> = waiting
            .iter()
            .filter(|wait| wait.cell.is_none())
            .map(|wait| wait.line.row())
            .collect::<Result<_, _>>()?;
        let asked = Instant::now();
        let answers = self.host.fill(query, &rows).map_err(RunError::Host);
        self.stats.host_nanos += asked.elapsed().as_nanos() as u64;
        let mut answers = answers?.into_iter();

        let started = Instant::now();
        let before = self.stats.host_nanos;
        let mut result = Ok(());
        for Wait { line, cell } in waiting.drain(..) {
            let take = match cell {
                Some(cell) => self.fold(plan, query, cell, &line),
                None => self.fill(plan, query, answers.next(), &line),
            };
            result = take.and_then(|take| self.after(query, take));
            if result.is_err() || self.running[query].done {
                break;
            }
        }
        waiting.clear();
        let elsewhere = self.stats.host_nanos - before;
        self.stats.fold_nanos += (started.elapsed().as_nanos() as u64).saturating_sub(elsewhere);
        // Elements come before the exception of a later row; and all handles go back to the host
        // before it is asked again.
        self.deliver(query)?;
        result
    }

    /// Fold a row that was read.
    #[inline]
    pub(super) fn fold<'b>(
        &mut self,
        plan: &'b Plan,
        query: usize,
        cell: Cell<'b>,
        line: &Line<'b>,
    ) -> Result<Take, RunError> {
        let (host, nanos) = (&mut *self.host, &mut self.stats.host_nanos);
        let mut again = |acc: &Owned| -> Result<Stepped, RunError> {
            let row = line.row()?;
            let asked = Instant::now();
            let stepped = host.step(query, &row, acc).map_err(RunError::Host);
            *nanos += asked.elapsed().as_nanos() as u64;
            stepped
        };
        self.running[query].sink.fold(plan, cell, &mut again)
    }

    /// Fold a row that the host has answered.
    fn fill(
        &mut self,
        plan: &Plan,
        query: usize,
        answer: Option<Filled>,
        line: &Line<'_>,
    ) -> Result<Take, RunError> {
        let (key, value) = match answer {
            Some(Filled::Row { key, value }) => (key, value),
            Some(Filled::Dropped) => return Ok(Take::More),
            Some(Filled::Demote(why)) => return Ok(Take::Demoted(why.into())),
            Some(Filled::Raised(error)) => return Err(RunError::Host(error)),
            None => return Err(RunError::Host(too_few())),
        };
        let (host, nanos) = (&mut *self.host, &mut self.stats.host_nanos);
        let mut again = |acc: &Owned| -> Result<Stepped, RunError> {
            let row = line.row()?;
            let asked = Instant::now();
            let stepped = host.step(query, &row, acc).map_err(RunError::Host);
            *nanos += asked.elapsed().as_nanos() as u64;
            stepped
        };
        self.running[query].sink.fill(plan, key, value, &mut again)
    }

    /// Hand over the elements of a query, if they are many.
    fn deliver_batch(&mut self, query: usize) -> Result<(), RunError> {
        if self.running[query].sink.has_batch() {
            self.deliver(query)
        } else {
            Ok(())
        }
    }

    /// Hand over the elements of a query, if there are any.
    pub(super) fn deliver(&mut self, query: usize) -> Result<(), RunError> {
        let elements: Vec<Element> = self.running[query].sink.elements();
        if elements.is_empty() {
            return Ok(());
        }
        let asked = Instant::now();
        let flow = self.host.deliver(query, elements).map_err(RunError::Host);
        self.stats.host_nanos += asked.elapsed().as_nanos() as u64;
        if flow? == Flow::Stop {
            self.end(query);
        }
        Ok(())
    }
}

/// The host broke its promise.
pub(crate) fn too_few() -> HostError {
    "expected an answer for every row from the host, found fewer".into()
}
