//! Read this first: the life of a partition.
//!
//! ```text
//! for each file of the partition:
//!     for each block of whole lines (inflated, in file order):
//!         for each line:
//!             steps before `load`, on the text of the line      (a line no query wants is not parsed)
//!             scan the line once into slots                     (shared by all queries)
//!             for each query:
//!                 steps after `load`; read the sink's cell      -> dropped | cell | hole
//!                 a cell folds at once, unless a hole is waiting before it
//!         after each batch of lines, for each query with holes:
//!             host.fill(holes, in row order)
//!             fold the waiting rows, holes and cells, in row order
//! ```
//!
//! A *hole* is a row that the kernel cannot prove: the line is outside the subset on which all
//! loaders agree, or an expression might raise or is not done here exactly as in Python. The
//! host, in practice Python with the user's own functions, answers it. A hole makes the rows
//! behind it wait, so that every fold sees every row in row order; a batch is bounded in rows and
//! bytes, so that memory stays bounded even if every row is a hole.
//!
//! ```text
//! row      0     1     2     3     4        batch end
//! read     cell  cell  HOLE  cell  dropped  host.fill([2])
//! fold     now   now   wait  wait           fold 2, fold 3
//! ```
//!
//! Where steps flatten, a row is several cells, one for each element, and they fold in turn.
//!
//! Where a line may have several documents, each of them is a row (see `cut`).
//!
//! Errors surface in row order too: rows before a bad byte, or before a row that makes the host
//! raise, are folded (and delivered) first. A limit makes the loop read no further than the last
//! element that it gives out, and ask the host about no row behind that.

mod cut;
mod host;
mod probe;
mod rows;
mod waiting;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use satchel_scan::error::Error;
use satchel_scan::line::{Scanner, Validate, line_end};
use satchel_scan::paths::Paths;
use satchel_scan::source::{Block, Compression, Options, Origin, Reader, Span, Stamp};

pub use host::{
    Chunk, Damage, Element, Filled, Flow, Host, HostError, Place, Row, RunError, Stepped,
};

pub(crate) use rows::keep;
pub(crate) use waiting::too_few;

use self::cut::Cut;
use self::probe::Probe;
use crate::eval::Plan;
use crate::partial::Partial;
use crate::program::{self, OnDamage, Program, Step};
use crate::sink::Sink;

/// How often the host may look for Ctrl-C.
const POLL: Duration = Duration::from_millis(50);
/// How many unproved rows are remembered with their coordinates.
const EXAMPLES: usize = 100;

/// One file of a partition.
#[derive(Debug, Clone)]
pub struct FileSpec {
    /// Where it is, or what errors call it.
    pub path: PathBuf,
    /// Where its bytes come from, if not from the path.
    pub origin: Option<Arc<dyn Origin>>,
    /// How it is stored.
    pub compression: Compression,
    /// Of which part of it the lines are wanted.
    pub span: Span,
    /// Its number in the source, which rows, errors and stats refer to.
    pub index: u32,
}

impl FileSpec {
    /// Begin to read it.
    ///
    /// # Errors
    ///
    /// If it cannot be opened.
    pub fn open(&self, options: Options) -> Result<Reader, Error> {
        match &self.origin {
            None => Reader::open(&self.path, self.compression, options),
            Some(origin) => Reader::feed(&self.path, &**origin, self.compression, options),
        }
    }

    /// How many lines and inflated bytes a span of it has.
    ///
    /// Rows and bytes of a span count from its first line, since nobody knows more until all that
    /// is before it has been read.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn count(&self, span: Span) -> Result<(u64, u64), Error> {
        let (mut lines, mut bytes) = (0, 0);
        let mut reader = self.open(Options {
            span,
            ..Options::default()
        })?;
        while let Some(block) = reader.next_block()? {
            bytes += block.bytes.len() as u64;
            let mut at = 0;
            while at < block.bytes.len() {
                (_, at) = line_end(block.bytes, at);
                lines += 1;
            }
        }
        Ok((lines, bytes))
    }
}

/// What the threads of one run share: whether to stop, and how far they are.
#[derive(Debug, Default)]
pub struct Control {
    /// Set to make every thread stop soon.
    pub cancel: AtomicBool,
    /// Bytes of the files as they are stored.
    pub compressed: AtomicU64,
    /// Bytes inflated.
    pub inflated: AtomicU64,
    /// Lines read.
    pub rows: AtomicU64,
}

impl Control {
    /// An error if the run was cancelled.
    pub(crate) fn check(&self) -> Result<(), RunError> {
        if self.cancel.load(Ordering::Relaxed) {
            Err(RunError::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// A program that is ready to run over partitions, on any number of threads.
#[derive(Debug)]
pub struct Scan {
    plan: Plan,
    paths: Paths,
    queries: Vec<Split>,
    probe: Option<Probe>,
    batch: Batch,
}

/// A query's steps, before and after the line is parsed.
#[derive(Debug)]
struct Split {
    early: Vec<Step>,
    late: Vec<Step>,
    /// Whether it parses the line at all.
    loads: bool,
    /// Whether a row may be several elements.
    flattens: bool,
}

/// How many rows wait at most.
#[derive(Debug, Clone, Copy)]
struct Batch {
    rows: u64,
    bytes: usize,
}

/// What a partition came to.
#[derive(Debug)]
pub struct PartitionResult {
    /// Which one.
    pub partition: u32,
    /// One partial a query.
    pub partials: Vec<Partial>,
    /// For each file that was opened, what tells whether it has changed since.
    pub stamps: Vec<(u32, Stamp)>,
    /// What was measured.
    pub stats: Stats,
}

/// What was measured. Rows that fold at once are counted as scanning, not as folding.
#[derive(Debug, Default, Clone)]
pub struct Stats {
    /// Lines read.
    pub rows: u64,
    /// Bytes of the files as they are stored.
    pub compressed: u64,
    /// Bytes inflated.
    pub inflated: u64,
    /// Reading and inflating.
    pub inflate_nanos: u64,
    /// Scanning, evaluating, and folding what did not have to wait.
    pub scan_nanos: u64,
    /// Folding rows that had to wait.
    pub fold_nanos: u64,
    /// Inside the host.
    pub host_nanos: u64,
    /// For each query, how many rows the kernel could not prove.
    pub fallback: Vec<u64>,
    /// The first of them.
    pub examples: Vec<Fallback>,
}

/// A row that the kernel could not prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    /// For which query.
    pub query: u32,
    /// In which file.
    pub file: u32,
    /// Which line, from 0.
    pub row: u64,
    /// Where the line starts in the inflated file.
    pub offset: u64,
    /// Why.
    pub reason: Cow<'static, str>,
}

/// A partition being worked on.
struct Work<'w> {
    scan: &'w Scan,
    host: &'w mut dyn Host,
    control: &'w Control,
    scanner: Scanner,
    /// What cuts lines into rows, where a line may be several.
    cut: Option<Cut>,
    running: Vec<Running>,
    stats: Stats,
    polled: Instant,
    /// Queries that still take rows.
    active: usize,
}

/// A query being worked on.
struct Running {
    sink: Sink,
    done: bool,
    /// Whether its elements go to the host.
    delivers: bool,
    /// Where the elements are from that wait for the host.
    places: Vec<Place>,
}

impl Scan {
    /// Prepare a program.
    pub fn new(program: Arc<Program>) -> Result<Scan, program::Error> {
        let queries = program.queries.iter().map(Split::new).collect();
        let delivers = program.queries.iter().any(|query| {
            matches!(
                query.sink,
                program::Sink::Collect { .. } | program::Sink::Project { .. }
            )
        });
        let batch = if delivers {
            Batch {
                rows: 1024,
                bytes: 1 << 20,
            }
        } else {
            Batch {
                rows: 4096,
                bytes: 8 << 20,
            }
        };
        let plan = Plan::new(program);
        let paths = Paths::new(plan.paths());
        let probe = Probe::new(plan.program(), &plan);
        Ok(Scan {
            plan,
            paths,
            queries,
            probe,
            batch,
        })
    }

    /// The program, compiled.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Run every query over the lines of `files`, in this order.
    pub fn partition(
        &self,
        partition: u32,
        files: &[FileSpec],
        host: &mut dyn Host,
        control: &Control,
    ) -> Result<PartitionResult, RunError> {
        let mut work = Work::new(self, host, control);
        let mut stamps = Vec::new();
        for file in files {
            if work.active == 0 {
                break;
            }
            let stamp = work.file(file).map_err(|error| error.in_the_whole(file));
            stamps.push((file.index, stamp?));
        }
        for query in 0..work.running.len() {
            work.running[query].sink.close();
            work.deliver(query)?;
        }
        Ok(PartitionResult {
            partition,
            partials: work
                .running
                .into_iter()
                .map(|running| running.sink.finish(partition))
                .collect(),
            stamps,
            stats: work.stats,
        })
    }

    /// What cuts lines into rows, where a line may be several.
    fn cut(&self) -> Option<Cut> {
        let checked = self.validate() == Validate::Strict
            && self
                .queries
                .iter()
                .all(|query| query.loads && query.early.is_empty());
        let many = self.plan.program().documents == program::Documents::Many;
        many.then(|| Cut::new(!checked))
    }

    fn validate(&self) -> Validate {
        match self.plan.program().validate {
            program::Validate::Strict => Validate::Strict,
            program::Validate::Touched => Validate::Touched,
        }
    }
}

impl Split {
    fn new(query: &program::Query) -> Split {
        let first = |is: fn(&Step) -> bool| query.steps.iter().position(is);
        let load = first(|step| matches!(step, Step::Load));
        let flatten = first(|step| matches!(step, Step::Flatten(_)));
        let (early, late) = match load {
            Some(load) => (&query.steps[..load], &query.steps[load + 1..]),
            None => query.steps.split_at(flatten.unwrap_or(query.steps.len())),
        };
        Split {
            early: early.to_vec(),
            late: late.to_vec(),
            loads: load.is_some(),
            flattens: flatten.is_some(),
        }
    }
}

impl<'w> Work<'w> {
    fn new(scan: &'w Scan, host: &'w mut dyn Host, control: &'w Control) -> Work<'w> {
        let running: Vec<Running> = (0..scan.queries.len())
            .map(|query| {
                let sink = Sink::new(&scan.plan, query);
                Running {
                    done: sink.room() == Some(0),
                    delivers: sink.delivers(),
                    places: Vec::new(),
                    sink,
                }
            })
            .collect();
        Work {
            scan,
            host,
            control,
            scanner: Scanner::new(&scan.paths, scan.validate()),
            cut: scan.cut(),
            active: running.iter().filter(|running| !running.done).count(),
            stats: Stats {
                fallback: vec![0; running.len()],
                ..Stats::default()
            },
            running,
            polled: Instant::now(),
        }
    }

    /// All lines of a file, or as many as the queries want.
    fn file(&mut self, file: &FileSpec) -> Result<Stamp, RunError> {
        let plan = &self.scan.plan;
        let stream = self
            .running
            .iter()
            .all(|running| running.sink.takes_the_first(plan));
        let options = Options {
            stream,
            span: file.span,
            ..Options::default()
        };
        let mut row = 0;
        let failed = |row, error| RunError::Source {
            file: file.index,
            row,
            error,
        };
        let reader = file.open(options);
        let mut reader = reader.map_err(|error| failed(0, error))?;
        let stamp = *reader.stamp();
        let mut compressed = 0;
        if let Some(cut) = &mut self.cut {
            cut.file();
        }
        while self.active > 0 {
            let block = match reader.next_block() {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(error) if plan.program().on_damage == OnDamage::Keep && error.is_damage() => {
                    self.damaged(reader.cut_line(), file.index, row, &error)?;
                    break;
                }
                Err(error) => {
                    // What was delivered before the damage is the caller's to keep.
                    for query in 0..self.running.len() {
                        self.deliver(query)?;
                    }
                    return Err(failed(row, error));
                }
            };
            self.block(block, file.index, &mut row)?;
            let now = reader.compressed_bytes_read();
            self.control
                .compressed
                .fetch_add(now - compressed, Ordering::Relaxed);
            self.stats.compressed += now - compressed;
            compressed = now;
        }
        let now = reader.compressed_bytes_read();
        self.control
            .compressed
            .fetch_add(now - compressed, Ordering::Relaxed);
        self.stats.compressed += now - compressed;
        self.stats.inflate_nanos += reader.inflate_nanos();
        Ok(stamp)
    }

    /// A file is read no further: take what is whole of the line that was cut in two, and say so.
    fn damaged(
        &mut self,
        line: Block<'_>,
        file: u32,
        row: u64,
        error: &Error,
    ) -> Result<(), RunError> {
        let whole = self.cut.as_mut().map_or(0, |cut| cut.whole(line.bytes));
        let (documents, rest) = line.bytes.split_at(whole);
        if !documents.is_empty() {
            let block = Block {
                bytes: documents,
                offset: line.offset,
            };
            self.block(block, file, &mut row.clone())?;
        }
        for query in 0..self.running.len() {
            self.deliver(query)?;
        }
        let damage = Damage {
            place: Place {
                file,
                row,
                offset: line.offset + whole as u64,
            },
            line: rest,
            error,
        };
        self.host.damaged(&damage).map_err(RunError::Host)
    }

    /// Between batches: say how far we are, and see whether to go on.
    fn tick(&mut self, rows: u64, bytes: usize) -> Result<(), RunError> {
        self.stats.rows += rows;
        self.stats.inflated += bytes as u64;
        self.control.rows.fetch_add(rows, Ordering::Relaxed);
        self.control
            .inflated
            .fetch_add(bytes as u64, Ordering::Relaxed);
        self.control.check()?;
        let now = Instant::now();
        if now - self.polled >= POLL {
            self.polled = now;
            self.host.poll().map_err(RunError::Host)?;
        }
        Ok(())
    }
}
