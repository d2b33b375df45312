//! The lines of one block: read each, fold it or let it wait.

use std::time::Instant;

use satchel_scan::line::{Verdict, line_end};
use satchel_scan::source::Block;

use super::cut::Next;
use super::waiting::{Cells, Wait, Waiting};
use super::{EXAMPLES, Fallback, Place, Row, RunError, Work};
use crate::eval::{Frame, Plan, Unproved, flattened};
use crate::program::Step;
use crate::sink::{Cell, Sink, Take};

/// So many rows wait at most for the host, whose objects of them are large.
const MOST_WAITING: u64 = 64;

/// Why a line that is not UTF-8 goes to the host, where it does.
const NOT_UTF8: &str = "a line that is not UTF-8";

/// One line of a block, or one document of it.
#[derive(Clone, Copy)]
pub(super) struct Line<'b> {
    pub file: u32,
    pub row: u64,
    pub offset: u64,
    /// Without its terminator.
    pub content: &'b [u8],
    /// With it.
    pub full: &'b [u8],
}

/// What became of a line for one query.
enum Found<'b> {
    Dropped,
    Hole(&'static str),
    Cell(Cell<'b>),
    /// Those of each element, where steps flatten it.
    Cells(Vec<Cell<'b>>),
}

impl<'b> Line<'b> {
    /// As the host sees it, who takes lines that are not UTF-8 only as `bytes`.
    pub fn row(&self, bytes: bool) -> Result<Row<'b>, RunError> {
        if !bytes && std::str::from_utf8(self.full).is_err() {
            return Err(self.bad());
        }
        Ok(Row {
            file: self.file,
            row: self.row,
            offset: self.offset,
            line: self.full,
        })
    }

    pub fn place(&self) -> Place {
        Place {
            file: self.file,
            row: self.row,
            offset: self.offset,
        }
    }

    fn bad(&self) -> RunError {
        RunError::BadUtf8 {
            file: self.file,
            row: self.row,
            offset: self.offset,
        }
    }
}

impl Work<'_> {
    /// All lines of a block, or as many as the queries want.
    pub(super) fn block(
        &mut self,
        block: Block<'_>,
        file: u32,
        row: &mut u64,
    ) -> Result<(), RunError> {
        let started = Instant::now();
        let before = self.stats.host_nanos + self.stats.fold_nanos;
        let result = self.lines(block, file, row);
        let elsewhere = self.stats.host_nanos + self.stats.fold_nanos - before;
        self.stats.scan_nanos += (started.elapsed().as_nanos() as u64).saturating_sub(elsewhere);
        result
    }

    fn lines<'b>(&mut self, block: Block<'b>, file: u32, row: &mut u64) -> Result<(), RunError>
    where
        Self: 'b,
    {
        let scan = self.scan;
        let plan = &scan.plan;
        let bytes = block.bytes;
        let mut frame = plan.frame();
        let mut waiting: Vec<Waiting<'_>> = Vec::new();
        waiting.resize_with(self.running.len(), Waiting::default);
        let early = scan
            .queries
            .iter()
            .any(|query| !query.loads || !query.early.is_empty());
        let mut probe = scan
            .probe
            .as_ref()
            .map(|probe| (probe, probe.scanner(), probe.frame()));
        let mut at = 0;
        let (mut rows, mut first_at) = (0, 0);
        while at < bytes.len() && self.active > 0 {
            // What the row is a part of: all that is at hand, unless a line is being cut.
            let mut bytes = bytes;
            if let Some(cut) = &mut self.cut {
                match cut.next(bytes, at) {
                    Next::Row(start, end) => (at, bytes) = (start, &bytes[..end]),
                    Next::Line(next) => {
                        at = next;
                        *row += 1;
                        continue;
                    }
                }
            }
            let offset = block.offset + at as u64;
            let line = |content_end: usize, next: usize| Line {
                file,
                row: *row,
                offset,
                content: &bytes[at..content_end],
                full: &bytes[at..next],
            };
            let dropped = probe
                .as_mut()
                .and_then(|(probe, scanner, frame)| probe.drops(scanner, frame, bytes, at));
            let (result, next) = if let Some(scanned) = dropped {
                (Ok(()), scanned.next)
            } else if early {
                let (content_end, next) = line_end(bytes, at);
                let line = line(content_end, next);
                (
                    self.text_line(plan, &mut frame, bytes, at, line, &mut waiting),
                    next,
                )
            } else {
                let scanned = self.scanner.scan(bytes, at, &mut frame.slots);
                if let Some(cut) = &mut self.cut
                    && cut.again(scanned.verdict, block.bytes, at)
                {
                    continue;
                }
                let line = line(scanned.content_end, scanned.next);
                frame.start(line.content, line.full);
                (
                    self.parsed_line(plan, &mut frame, scanned.verdict, line, &mut waiting),
                    scanned.next,
                )
            };
            if let Err(error) = result {
                if let RunError::BadUtf8 { .. } = error {
                    // The rows before it come first.
                    self.flush(plan, &mut waiting)?;
                    for query in 0..self.running.len() {
                        self.deliver(query)?;
                    }
                }
                return Err(error);
            }
            at = next;
            rows += 1;
            *row += u64::from(self.cut.as_mut().is_none_or(|cut| cut.ends_line(at)));
            if rows >= scan.batch.rows || at - first_at >= scan.batch.bytes {
                self.flush(plan, &mut waiting)?;
                self.tick(rows, at - first_at)?;
                (rows, first_at) = (0, at);
            }
        }
        self.flush(plan, &mut waiting)?;
        self.tick(rows, at - first_at)
    }

    /// A line of a program of which some query looks at the text before it is parsed, or never
    /// parses it.
    fn text_line<'b>(
        &mut self,
        plan: &'b Plan,
        frame: &mut Frame<'b>,
        block: &'b [u8],
        at: usize,
        line: Line<'b>,
        waiting: &mut [Waiting<'b>],
    ) -> Result<(), RunError> {
        // dask.bag decodes the whole file, so that a bad byte is an error in any line.
        if std::str::from_utf8(line.content).is_err() {
            if !plan.program().bytes {
                return Err(line.bad());
            }
            for query in 0..self.running.len() {
                if !self.running[query].done {
                    self.place(plan, query, Found::Hole(NOT_UTF8), line, waiting)?;
                }
            }
            return Ok(());
        }
        frame.start(line.content, line.full);
        let mut verdict = None;
        for query in 0..self.running.len() {
            if self.running[query].done {
                continue;
            }
            let split = &self.scan.queries[query];
            let mut found = match keep(plan, &split.early, frame) {
                Ok(true) => None,
                Ok(false) => Some(Found::Dropped),
                Err(Unproved { reason, .. }) => Some(Found::Hole(reason)),
            };
            if found.is_none() && split.loads {
                let verdict = *verdict
                    .get_or_insert_with(|| self.scanner.scan(block, at, &mut frame.slots).verdict);
                found = refused(plan, verdict, &line)?;
            }
            let found = match found {
                Some(found) => found,
                None => self.read(plan, frame, query, &line),
            };
            self.place(plan, query, found, line, waiting)?;
        }
        Ok(())
    }

    /// A line that every query parses: the frame has its slots.
    #[inline]
    fn parsed_line<'b>(
        &mut self,
        plan: &'b Plan,
        frame: &mut Frame<'b>,
        verdict: Verdict,
        line: Line<'b>,
        waiting: &mut [Waiting<'b>],
    ) -> Result<(), RunError> {
        for query in 0..self.running.len() {
            if self.running[query].done {
                continue;
            }
            let found = match refused(plan, verdict, &line)? {
                Some(found) => found,
                None => self.read(plan, frame, query, &line),
            };
            self.place(plan, query, found, line, waiting)?;
        }
        Ok(())
    }

    /// The steps after the line is parsed, and what the sink reads.
    #[inline]
    fn read<'b>(
        &self,
        plan: &'b Plan,
        frame: &mut Frame<'b>,
        query: usize,
        line: &Line<'b>,
    ) -> Found<'b> {
        let split = &self.scan.queries[query];
        let sink = &self.running[query].sink;
        let found = if split.flattens {
            let mut cells = Vec::new();
            flatten(plan, sink, &split.late, frame, line.content, &mut cells)
                .map(|()| Found::Cells(cells))
        } else {
            keep(plan, &split.late, frame).and_then(|kept| {
                if !kept {
                    return Ok(Found::Dropped);
                }
                sink.read(plan, frame, line.content).map(Found::Cell)
            })
        };
        found.unwrap_or_else(|Unproved { reason, .. }| Found::Hole(reason))
    }

    /// Fold a row, or let it wait behind a hole, or as one.
    #[inline]
    fn place<'b>(
        &mut self,
        plan: &'b Plan,
        query: usize,
        found: Found<'b>,
        line: Line<'b>,
        waiting: &mut [Waiting<'b>],
    ) -> Result<(), RunError> {
        match found {
            Found::Dropped => return Ok(()),
            Found::Cell(cell) if waiting[query].is_empty() => {
                return match self.fold(plan, query, cell, &line)? {
                    Take::More => Ok(()),
                    take => self.after(query, take),
                };
            }
            Found::Cells(cells) if waiting[query].is_empty() => {
                for cell in cells {
                    let take = self.fold(plan, query, cell, &line)?;
                    self.after(query, take)?;
                    if self.running[query].done {
                        break;
                    }
                }
                return Ok(());
            }
            Found::Cell(cell) => waiting[query].push(Wait {
                line,
                cells: Some(Cells::One(cell)),
            }),
            Found::Cells(cells) => waiting[query].push(Wait {
                line,
                cells: Some(Cells::Several(cells)),
            }),
            Found::Hole(reason) => {
                // A line that the host does not take ends the run here.
                line.row(plan.program().bytes)?;
                self.note(query, &line, reason);
                waiting[query].push(Wait { line, cells: None });
            }
        }
        // With a limit, ask the host no more than is surely needed.
        let room = self.running[query].sink.room().unwrap_or(MOST_WAITING);
        if waiting[query].len() as u64 >= room.min(MOST_WAITING) {
            self.flush_one(plan, query, &mut waiting[query])?;
        }
        Ok(())
    }

    /// What the sink's answer means for the query.
    #[inline]
    pub(super) fn after(&mut self, query: usize, take: Take) -> Result<(), RunError> {
        match take {
            Take::More => return Ok(()),
            Take::Full => self.deliver(query)?,
            Take::Demoted(why) => self.running[query].sink.demote(why.into_owned()),
        }
        self.end(query);
        Ok(())
    }

    /// The query takes no more rows.
    pub(super) fn end(&mut self, query: usize) {
        let running = &mut self.running[query];
        if !running.done {
            running.done = true;
            self.active -= 1;
        }
    }

    fn note(&mut self, query: usize, line: &Line<'_>, reason: &'static str) {
        self.stats.fallback[query] += 1;
        if self.stats.examples.len() < EXAMPLES {
            self.stats.examples.push(Fallback {
                query: query as u32,
                file: line.file,
                row: line.row,
                offset: line.offset,
                reason: reason.into(),
            });
        }
    }
}

/// Whether a row passes these steps.
#[inline]
pub(crate) fn keep<'a>(
    plan: &'a Plan,
    steps: &[Step],
    frame: &mut Frame<'a>,
) -> Result<bool, Unproved> {
    for step in steps {
        let kept = match *step {
            Step::Filter(node) => plan.truthy(node, frame)?,
            Step::Remove(node) => !plan.truthy(node, frame)?,
            Step::Eval(node) => plan.eval(node, frame).map(|_| true)?,
            Step::Load => true,
            Step::Flatten(_) => return Err(Unproved::because("a step that has several elements")),
        };
        if !kept {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What the sink reads of each element that steps make of a row.
fn flatten<'b>(
    plan: &'b Plan,
    sink: &Sink,
    steps: &[Step],
    frame: &mut Frame<'b>,
    line: &'b [u8],
    cells: &mut Vec<Cell<'b>>,
) -> Result<(), Unproved> {
    let at = steps
        .iter()
        .position(|step| matches!(step, Step::Flatten(_)));
    let (before, rest) = steps.split_at(at.unwrap_or(steps.len()));
    if !keep(plan, before, frame)? {
        return Ok(());
    }
    let Some((&Step::Flatten(node), rest)) = rest.split_first() else {
        cells.push(sink.read(plan, frame, line)?);
        return Ok(());
    };
    for element in flattened(plan.eval(node, frame)?)? {
        frame.set_item(element);
        flatten(plan, sink, rest, frame, line, cells)?;
    }
    Ok(())
}

/// What a verdict means for a query that parses the line; nothing, if it is clean.
#[inline]
fn refused<'b>(
    plan: &Plan,
    verdict: Verdict,
    line: &Line<'b>,
) -> Result<Option<Found<'b>>, RunError> {
    match verdict {
        Verdict::Clean => Ok(None),
        Verdict::Blank => Ok(Some(Found::Hole("a blank line"))),
        Verdict::Odd(reason) => Ok(Some(Found::Hole(reason.as_str()))),
        Verdict::BadUtf8 if plan.program().bytes => Ok(Some(Found::Hole(NOT_UTF8))),
        Verdict::BadUtf8 => Err(line.bad()),
    }
}
