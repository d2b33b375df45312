//! A query over the items of a finished result: `foldby(...).topk(...)`, `frequencies().filter(...)`.
//!
//! The same loop as over lines, without the lines: an item takes the place of the record, and the
//! host is asked about items where it would be asked about rows.

use crate::eval::Unproved;
use crate::partial::Partial;
use crate::run::{Control, Element, Filled, Flow, Host, RunError, Scan, Stepped, keep, too_few};
use crate::sink::{Cell, Sink, Take};
use crate::value::Owned;

/// How many items wait for the host at most.
const BATCH: usize = 1024;

/// Run query `query` of a program whose queries read items over those of a result.
///
/// The result is that of one partition: merge it alone, as number 0 of 1.
pub fn run_items(
    scan: &Scan,
    query: usize,
    items: &Partial,
    host: &mut dyn Host,
    control: &Control,
) -> Result<Partial, RunError> {
    let plan = scan.plan();
    let steps = &plan.program().queries[query].steps;
    let mut work = Items {
        scan,
        host,
        items,
        query,
        sink: Sink::new(plan, query),
    };
    let mut waiting: Vec<(usize, Option<Cell<'_>>)> = Vec::new();
    let mut frame = plan.frame();
    let mut full = work.sink.room() == Some(0);
    let mut at = 0;
    while at < items.len() && !full {
        frame.start(&[], &[]);
        let cell = match items.item(at).into_value() {
            None => Err(Unproved::because("an item that only the host knows")),
            Some(item) => {
                frame.set_item(item);
                keep(plan, steps, &mut frame).and_then(|kept| {
                    kept.then(|| work.sink.read(plan, &mut frame, &[]))
                        .transpose()
                })
            }
        };
        match cell {
            Ok(None) => {}
            Ok(Some(cell)) if waiting.is_empty() => full = work.fold(at, cell)?,
            Ok(Some(cell)) => waiting.push((at, Some(cell))),
            Err(_) => waiting.push((at, None)),
        }
        at += 1;
        let room = work.sink.room().unwrap_or(u64::MAX).min(BATCH as u64);
        if !waiting.is_empty() && waiting.len() as u64 >= room {
            full = work.flush(&mut waiting)?;
        }
        if at % BATCH == 0 {
            control.check()?;
            full |= work.sink.has_batch() && work.deliver()?;
        }
    }
    if !full {
        work.flush(&mut waiting)?;
    }
    work.deliver()?;
    Ok(work.sink.finish(0))
}

struct Items<'w> {
    scan: &'w Scan,
    host: &'w mut dyn Host,
    items: &'w Partial,
    query: usize,
    sink: Sink,
}

impl<'w> Items<'w> {
    /// Fold an item that was read; whether that was the last one wanted.
    fn fold(&mut self, at: usize, cell: Cell<'w>) -> Result<bool, RunError> {
        let (host, items, query) = (&mut *self.host, self.items, self.query);
        let mut again = |acc: &Owned| step(host, query, items, at, acc);
        let take = self.sink.fold(self.scan.plan(), cell, &mut again)?;
        Ok(self.after(take))
    }

    /// Ask the host about the holes and fold what waits; whether that was the last one wanted.
    fn flush(&mut self, waiting: &mut Vec<(usize, Option<Cell<'w>>)>) -> Result<bool, RunError> {
        let holes: Vec<Owned> = waiting
            .iter()
            .filter(|(_, cell)| cell.is_none())
            .map(|(at, _)| self.items.item(*at).to_owned())
            .collect();
        if holes.is_empty() {
            return Ok(false);
        }
        let answers = self
            .host
            .fill_items(self.query, &holes)
            .map_err(RunError::Host)?;
        let mut answers = answers.into_iter();
        let mut result = Ok(false);
        for (at, cell) in waiting.drain(..) {
            result = match cell {
                Some(cell) => self.fold(at, cell),
                None => self.fill(at, answers.next()),
            };
            if !matches!(result, Ok(false)) {
                break;
            }
        }
        let stopped = self.deliver()?;
        Ok(result? || stopped)
    }

    fn fill(&mut self, at: usize, answer: Option<Filled>) -> Result<bool, RunError> {
        let (key, value) = match answer {
            Some(Filled::Row { key, value }) => (key, value),
            Some(Filled::Dropped) => return Ok(false),
            Some(Filled::Demote(why)) => return Ok(self.after(Take::Demoted(why.into()))),
            Some(Filled::Raised(error)) => return Err(RunError::Host(error)),
            Some(Filled::Several(_)) | None => return Err(RunError::Host(too_few())),
        };
        let (host, items, query) = (&mut *self.host, self.items, self.query);
        let mut again = |acc: &Owned| step(host, query, items, at, acc);
        let take = self.sink.fill(self.scan.plan(), key, value, &mut again)?;
        Ok(self.after(take))
    }

    fn after(&mut self, take: Take) -> bool {
        match take {
            Take::More => false,
            Take::Full => true,
            Take::Demoted(why) => {
                self.sink.demote(why.into_owned());
                true
            }
        }
    }

    /// Hand over the elements; whether the host wants no more.
    fn deliver(&mut self) -> Result<bool, RunError> {
        let elements: Vec<Element> = self.sink.elements();
        if elements.is_empty() {
            return Ok(false);
        }
        let flow = self
            .host
            .deliver(self.query, elements, Vec::new())
            .map_err(RunError::Host)?;
        Ok(flow == Flow::Stop)
    }
}

fn step(
    host: &mut dyn Host,
    query: usize,
    items: &Partial,
    at: usize,
    acc: &Owned,
) -> Result<Stepped, RunError> {
    host.step_item(query, &items.item(at).to_owned(), acc)
        .map_err(RunError::Host)
}
