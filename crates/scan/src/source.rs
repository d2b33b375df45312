//! The bytes of one file, inflated, cut into blocks of whole lines.
//!
//! ```text
//! file ─┬─ Input ──┬─ Gzip: a member whole (libdeflate), or streamed (zlib-rs) ─┬─ Window ── Block
//! feed ─┘          ├─ Zstd: frames, streamed ───────────────────────────────────┤
//!                  └─ plain text ───────────────────────────────────────────────┘
//! ```
//!
//! A *feed* is a file that is not opened by its path: somebody else brings its bytes. A *span* is
//! a part of a file (`span.rs`).
//!
//! A block starts at a line start and ends after a newline, or at the end of the file. What is
//! wrong with a file surfaces in file order: the whole lines before the damage come first, then
//! the error. The buffers are the thread's and are used for file after file, since the page
//! faults of fresh ones would cost as much as the scan.

mod bgzf;
mod gzip;
mod input;
mod libdeflate;
mod pool;
mod span;
mod window;
mod zstd;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Instant, UNIX_EPOCH};

use crate::error::{Error, ErrorKind};
use gzip::Gzip;
use input::Input;
use span::Bytes;
pub use span::Span;
use window::Window;
use zstd::Zstd;

/// How the file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// As it is.
    None,
    /// One or many gzip members.
    Gzip,
    /// One or many zstd frames.
    Zstd,
}

/// How to read.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The most that is inflated at once, in bytes.
    pub budget: usize,
    /// Whether the first lines are wanted soon: small blocks first, and never a member whole.
    pub stream: bool,
    /// Which lines: those of a part of the file.
    pub span: Span,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            budget: 64 << 20,
            stream: false,
            span: Span::default(),
        }
    }
}

/// What tells whether a file has changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Its size in bytes, as it is stored.
    pub size: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub modified_ns: i128,
    /// Of gzip, the checksum and the length at its end.
    pub trailer: Option<(u32, u32)>,
}

/// The bytes of a file that somebody else brings.
pub struct Feed {
    /// The bytes as they are stored, from the start of the span to the end of the file: how far
    /// they are read behind the end of the span is not known before.
    pub bytes: Box<dyn Read + Send>,
    /// How many the file has, where that is known before they come.
    pub size: Option<u64>,
    /// When the file was last modified, in nanoseconds since 1970; 0 where nobody knows.
    pub modified_ns: i128,
}

/// Where a feed comes from.
pub trait Origin: std::fmt::Debug + Send + Sync {
    /// Begin to bring the bytes.
    ///
    /// # Errors
    ///
    /// Whatever stands in the way.
    fn open(&self, options: Options) -> std::io::Result<Feed>;
}

/// Whole lines of a file.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// The lines, with their newlines.
    pub bytes: &'a [u8],
    /// Where they start in the inflated file; of a span, counted from its first line.
    pub offset: u64,
}

/// Files larger than this are not read whole before they are inflated.
const MOST_COMPRESSED: u64 = 32 << 20;
/// Blocks of a streamed file.
const STREAMED_BLOCK: usize = 1 << 20;
/// The first block of a file whose first lines are wanted soon.
const FIRST_BLOCK: usize = 64 << 10;

/// What inflates.
#[derive(Debug)]
enum Inflate {
    Nothing,
    Gzip(Gzip),
    Zstd(Zstd),
}

/// Reads one file, block by block.
///
/// ```no_run
/// use satchel_scan::source::{Compression, Options, Reader};
/// let mut reader = Reader::open("2015-01-01-0.json.gz", Compression::Gzip, Options::default())?;
/// while let Some(block) = reader.next_block()? {
///     println!("{} bytes of lines from byte {}", block.bytes.len(), block.offset);
/// }
/// # Ok::<(), satchel_scan::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    stamp: Stamp,
    input: Input,
    /// What is read of the file; it may begin behind the span that was asked for.
    span: Span,
    /// Whether the line at hand began before the span.
    skipping: bool,
    /// Where the span's first line starts in the window's bytes.
    first: u64,
    /// Where the span ends in the window's bytes, once that is known.
    end: Option<u64>,
    compression: Compression,
    inflate: Inflate,
    window: Window,
    /// How far the window is filled before its lines are handed out.
    target: usize,
    largest_target: usize,
    finished: bool,
    failure: Option<Error>,
    /// Whether the failure has been handed out.
    damaged: bool,
    inflate_nanos: u64,
}

impl Reader {
    /// Open a file; nothing is inflated yet.
    ///
    /// # Errors
    ///
    /// If it cannot be opened or read.
    pub fn open(
        path: impl AsRef<Path>,
        compression: Compression,
        options: Options,
    ) -> Result<Reader, Error> {
        let path = path.as_ref();
        let opened = || {
            let stamp = stamp(&File::open(path)?, compression)?;
            let placed = span::place(options.span, compression, |span| local(path, span))?;
            Ok((stamp, placed))
        };
        let (stamp, placed) =
            opened().map_err(|error| Error::new(ErrorKind::Io(error), path, 0))?;
        let size = Some(stamp.size);
        Reader::new(path, placed, size, stamp, compression, options)
    }

    /// Read what an origin brings; `name` is what errors call the file.
    ///
    /// # Errors
    ///
    /// If its first bytes cannot be had.
    pub fn feed(
        name: impl AsRef<Path>,
        origin: &dyn Origin,
        compression: Compression,
        options: Options,
    ) -> Result<Reader, Error> {
        let name = name.as_ref();
        let mut told = None;
        let placed = span::place(options.span, compression, |span| {
            let feed = origin.open(Options { span, ..options })?;
            told.get_or_insert((feed.size, feed.modified_ns));
            Ok(feed.bytes)
        });
        let placed = placed.map_err(|error| Error::new(ErrorKind::Io(error), name, 0))?;
        let (size, modified_ns) = told.unwrap_or_default();
        let stamp = Stamp {
            size: size.unwrap_or(0),
            modified_ns,
            trailer: None,
        };
        Reader::new(name, placed, size, stamp, compression, options)
    }

    /// A reader of what was `placed`; `size` is that of the file, where it is known.
    fn new(
        path: &Path,
        placed: Option<(Span, Bytes)>,
        size: Option<u64>,
        mut stamp: Stamp,
        compression: Compression,
        options: Options,
    ) -> Result<Reader, Error> {
        let Some((span, bytes)) = placed else {
            return Ok(Reader::empty(path, stamp));
        };
        let small = size.filter(|size| *size <= MOST_COMPRESSED && span.is_whole());
        let budget = options.budget.max(1);
        let gzip = compression == Compression::Gzip;
        let inflates = |stamp: &Stamp| {
            let inflated = stamp.trailer.map_or(0, |(_, length)| length as usize);
            inflated <= budget
        };
        let whole = small.filter(|_| gzip && !options.stream && inflates(&stamp));
        let input = match whole {
            Some(size) => Input::whole(bytes, size),
            None => Ok(Input::chunks(bytes, span.start)),
        };
        let input = input.map_err(|error| Error::new(ErrorKind::Io(error), path, 0))?;
        if whole.is_some() && stamp.trailer.is_none() {
            stamp.trailer = input::trailer_of(input.rest());
        }
        let whole = whole.is_some() && inflates(&stamp);
        let largest_target = STREAMED_BLOCK.min(budget);
        Ok(Reader {
            input,
            window: Window::new(if whole { budget } else { 0 }),
            compression,
            inflate: match compression {
                Compression::None => Inflate::Nothing,
                Compression::Gzip => Inflate::Gzip(Gzip::new(whole, span.end)),
                Compression::Zstd => Inflate::Zstd(Zstd::new()),
            },
            target: if options.stream {
                FIRST_BLOCK.min(budget)
            } else {
                largest_target
            },
            path: path.to_path_buf(),
            stamp,
            skipping: span.start > 0,
            first: 0,
            // Of gzip it is known when the block is met that starts there.
            end: span.end.filter(|_| !gzip).map(|end| end - span.start),
            span,
            largest_target,
            finished: false,
            failure: None,
            damaged: false,
            inflate_nanos: 0,
        })
    }

    /// A reader of no lines.
    fn empty(path: &Path, stamp: Stamp) -> Reader {
        Reader {
            input: Input::chunks(Box::new(std::io::empty()), 0),
            window: Window::new(0),
            compression: Compression::None,
            inflate: Inflate::Nothing,
            target: 0,
            path: path.to_path_buf(),
            stamp,
            skipping: false,
            first: 0,
            end: None,
            span: Span::default(),
            largest_target: 0,
            finished: true,
            failure: None,
            damaged: false,
            inflate_nanos: 0,
        }
    }

    /// What tells whether the file has changed since.
    #[must_use]
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// The next whole lines; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// Where the file is damaged, once all whole lines before the damage have been handed out.
    pub fn next_block(&mut self) -> Result<Option<Block<'_>>, Error> {
        self.window.release();
        loop {
            let ended = self.finished && self.failure.is_none() && !self.damaged;
            if self.skipping {
                self.skip(ended);
            }
            if let Some(length) = self.own_lines(ended) {
                let block = self.window.hand_out(length);
                return Ok(Some(Block {
                    offset: block.offset - self.first,
                    ..block
                }));
            }
            if self.finished {
                // A line that the damage cut in two is not handed out.
                self.damaged |= self.failure.is_some();
                return self.failure.take().map_or(Ok(None), Err);
            }
            if self.window.filled() >= self.target {
                // A line longer than the block: the block grows until the line ends.
                self.target = self.window.filled().saturating_mul(2);
            } else if self.target < self.largest_target && self.window.offset() > 0 {
                self.target = (self.target * 2).min(self.largest_target);
            }
            match self.fill() {
                Ok(more) => self.finished = !more,
                Err(kind) => {
                    self.finished = true;
                    let error = Error::new(kind, &self.path, self.input.offset());
                    self.failure = Some(error.stored(self.compression));
                }
            }
        }
    }

    /// Of the line that the damage has cut in two, what came before the damage.
    ///
    /// It is there once `next_block` has given the error.
    pub fn cut_line(&mut self) -> Block<'_> {
        let own = self.damaged && !self.skipping;
        let block = self
            .window
            .hand_out(if own { self.window.bytes().len() } else { 0 });
        Block {
            offset: block.offset.saturating_sub(self.first),
            ..block
        }
    }

    /// How much of what is stored of the span has been read so far.
    #[must_use]
    pub fn compressed_bytes_read(&self) -> u64 {
        let offset = self.input.offset();
        offset.min(self.span.end.unwrap_or(offset)) - self.span.start
    }

    /// The time that reading and inflating has taken so far.
    #[must_use]
    pub fn inflate_nanos(&self) -> u64 {
        self.inflate_nanos
    }

    /// Forget what is at hand of the line that began before the span.
    fn skip(&mut self, ended: bool) {
        let bytes = self.window.bytes();
        if let Some(length) = span::first_line(bytes, ended) {
            self.window.forget(length);
            self.skipping = false;
            self.first = self.window.offset();
        } else {
            // A `\n` may follow a `\r`.
            let length = bytes.len() - usize::from(!ended && bytes.ends_with(b"\r"));
            self.window.forget(length);
            self.window.release();
        }
        if self.is_past(self.window.offset() + u64::from(self.skipping)) {
            self.finish();
        }
    }

    /// The length of the whole lines at hand that are of the span, if there are any.
    fn own_lines(&mut self, ended: bool) -> Option<usize> {
        if self.skipping {
            return None;
        }
        let start = self.window.offset();
        if self.is_past(start) {
            self.finish();
            return None;
        }
        let bytes = self.window.bytes();
        let own = self
            .end
            .and_then(|end| usize::try_from(end - start).ok())
            .filter(|own| *own < bytes.len());
        let last = own.and_then(|own| Some(own + span::first_line(&bytes[own..], ended)?));
        last.or_else(|| self.window.whole_lines(ended))
    }

    /// Whether a line that starts at this byte of the window is behind the span.
    fn is_past(&self, start: u64) -> bool {
        self.end.is_some_and(|end| start > end)
    }

    /// Nothing that follows is of the span.
    fn finish(&mut self) {
        self.window.clear();
        self.finished = true;
        self.failure = None;
    }

    /// Bring more bytes into the window; false at the end of the file.
    fn fill(&mut self) -> Result<bool, ErrorKind> {
        let started = Instant::now();
        let more = match &mut self.inflate {
            Inflate::Gzip(gzip) => {
                let more = gzip.fill(&mut self.input, &mut self.window, self.target);
                self.end = self.end.or(gzip.end());
                more
            }
            Inflate::Zstd(zstd) => zstd.fill(&mut self.input, &mut self.window, self.target),
            Inflate::Nothing => {
                let room = self.window.room(self.target);
                let read = self.input.read(room).map_err(ErrorKind::Io);
                read.map(|length| {
                    self.window.grow(length);
                    length > 0
                })
            }
        };
        self.inflate_nanos += u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        more
    }
}

/// A file, to be read from the start of a span on.
fn local(path: &Path, span: Span) -> std::io::Result<Bytes> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(span.start))?;
    Ok(Box::new(file))
}

fn stamp(file: &File, compression: Compression) -> std::io::Result<Stamp> {
    let metadata = file.metadata()?;
    let modified = metadata.modified()?;
    let modified_ns = match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    };
    let gzip = compression == Compression::Gzip;
    let trailer = if gzip && metadata.len() >= 8 {
        Some(input::trailer(file)?)
    } else {
        None
    };
    Ok(Stamp {
        size: metadata.len(),
        modified_ns,
        trailer,
    })
}
