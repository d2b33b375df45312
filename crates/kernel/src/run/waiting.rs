//! Rows that wait for the host: ask it, then fold them all in row order.

use std::time::Instant;

use super::rows::Line;
use super::{Element, Filled, Flow, HostError, Row, RunError, Running, Stepped, Work};
use crate::eval::Plan;
use crate::sink::{Cell, Take};
use crate::value::Owned;

/// A row behind a hole, or a hole.
pub(super) struct Wait<'b> {
    pub line: Line<'b>,
    /// What was read of it; `None` for a hole.
    pub cells: Option<Cells<'b>>,
}

/// What was read of a row.
pub(super) enum Cells<'b> {
    One(Cell<'b>),
    Several(Vec<Cell<'b>>),
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
            .filter(|wait| wait.cells.is_none())
            .map(|wait| wait.line.row(plan.program().bytes))
            .collect::<Result<_, _>>()?;
        let asked = Instant::now();
        let answers = self.host.fill(query, &rows).map_err(RunError::Host);
        self.stats.host_nanos += asked.elapsed().as_nanos() as u64;
        let mut answers = answers?.into_iter();

        let started = Instant::now();
        let before = self.stats.host_nanos;
        let mut result = Ok(());
        for Wait { line, cells } in waiting.drain(..) {
            result = match cells {
                Some(Cells::One(cell)) => self
                    .fold(plan, query, cell, &line)
                    .and_then(|take| self.after(query, take)),
                Some(Cells::Several(cells)) => cells.into_iter().try_for_each(|cell| {
                    if self.running[query].done {
                        return Ok(());
                    }
                    let take = self.fold(plan, query, cell, &line)?;
                    self.after(query, take)
                }),
                None => self.filled(plan, query, answers.next(), &line),
            };
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
        let flattens = self.scan.queries[query].flattens;
        let mut again = |acc: &Owned| -> Result<Stepped, RunError> {
            if flattens {
                return Ok(Stepped::Demote(ONE_OF_SEVERAL.into()));
            }
            let row = line.row(plan.program().bytes)?;
            let asked = Instant::now();
            let stepped = host.step(query, &row, acc).map_err(RunError::Host);
            *nanos += asked.elapsed().as_nanos() as u64;
            stepped
        };
        let running = &mut self.running[query];
        let take = running.sink.fold(plan, cell, &mut again)?;
        running.placed(line);
        Ok(take)
    }

    /// Fold what the host has answered for a row.
    fn filled(
        &mut self,
        plan: &Plan,
        query: usize,
        answer: Option<Filled>,
        line: &Line<'_>,
    ) -> Result<(), RunError> {
        let answers = match answer {
            Some(Filled::Several(answers)) => answers,
            answer => {
                let take = self.fill(plan, query, answer, line)?;
                return self.after(query, take);
            }
        };
        for answer in answers {
            if self.running[query].done {
                break;
            }
            let take = self.fill(plan, query, Some(answer), line)?;
            self.after(query, take)?;
        }
        Ok(())
    }

    /// Fold an element that the host has answered.
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
            Some(Filled::Several(_)) | None => return Err(RunError::Host(too_few())),
        };
        let (host, nanos) = (&mut *self.host, &mut self.stats.host_nanos);
        let flattens = self.scan.queries[query].flattens;
        let mut again = |acc: &Owned| -> Result<Stepped, RunError> {
            if flattens {
                return Ok(Stepped::Demote(ONE_OF_SEVERAL.into()));
            }
            let row = line.row(plan.program().bytes)?;
            let asked = Instant::now();
            let stepped = host.step(query, &row, acc).map_err(RunError::Host);
            *nanos += asked.elapsed().as_nanos() as u64;
            stepped
        };
        let running = &mut self.running[query];
        let take = running.sink.fill(plan, key, value, &mut again)?;
        running.placed(line);
        Ok(take)
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
        let running = &mut self.running[query];
        let places = std::mem::take(&mut running.places);
        let elements: Vec<Element> = running.sink.elements();
        if elements.is_empty() {
            return Ok(());
        }
        let asked = Instant::now();
        let flow = self
            .host
            .deliver(query, elements, places)
            .map_err(RunError::Host);
        self.stats.host_nanos += asked.elapsed().as_nanos() as u64;
        if flow? == Flow::Stop {
            self.end(query);
        }
        Ok(())
    }
}

impl Running {
    /// Remember of which row an element is that has just begun to wait for the host.
    #[inline]
    fn placed(&mut self, line: &Line<'_>) {
        if self.delivers && self.sink.waiting() > self.places.len() {
            self.places.push(line.place());
        }
    }
}

/// The host steps on whole rows.
const ONE_OF_SEVERAL: &str = "a fold that only Python can go on with, over elements of a row";

/// The host broke its promise.
pub(crate) fn too_few() -> HostError {
    "expected an answer for every row from the host, found fewer".into()
}
