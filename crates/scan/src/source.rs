//! The bytes of one file, inflated, cut into blocks of whole lines.
//!
//! ```text
//! file ─┬─ Input ──┬─ Gzip: a member whole (libdeflate), or streamed (zlib-rs) ─┬─ Window ── Block
//! feed ─┘          └─ plain text ───────────────────────────────────────────────┘
//! ```
//!
//! A *feed* is a file that is not opened by its path: somebody else brings its bytes.
//!
//! A block starts at a line start and ends after a newline, or at the end of the file. What is
//! wrong with a file surfaces in file order: the whole lines before the damage come first, then
//! the error. The buffers are the thread's and are used for file after file, since the page
//! faults of fresh ones would cost as much as the scan.

mod gzip;
mod input;
mod libdeflate;
mod pool;
mod window;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Instant, UNIX_EPOCH};

use crate::error::{Error, ErrorKind};
use gzip::Gzip;
use input::Input;
use window::Window;

/// How the file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// As it is.
    None,
    /// One or many gzip members.
    Gzip,
}

/// How to read.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The most that is inflated at once, in bytes.
    pub budget: usize,
    /// Whether the first lines are wanted soon: small blocks first, and never a member whole.
    pub stream: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            budget: 64 << 20,
            stream: false,
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
    /// The bytes as they are stored.
    pub bytes: Box<dyn Read + Send>,
    /// How many there are, where that is known before they come.
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
    /// Where they start in the inflated file.
    pub offset: u64,
}

/// Files larger than this are not read whole before they are inflated.
const MOST_COMPRESSED: u64 = 32 << 20;
/// Blocks of a streamed file.
const STREAMED_BLOCK: usize = 1 << 20;
/// The first block of a file whose first lines are wanted soon.
const FIRST_BLOCK: usize = 64 << 10;

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
    gzip: Option<Gzip>,
    window: Window,
    /// How far the window is filled before its lines are handed out.
    target: usize,
    largest_target: usize,
    finished: bool,
    failure: Option<Error>,
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
            let file = File::open(path)?;
            let stamp = stamp(&file, compression)?;
            Ok((file, stamp))
        };
        let (file, stamp) = opened().map_err(|error| Error::new(ErrorKind::Io(error), path, 0))?;
        let whole = (stamp.size <= MOST_COMPRESSED).then_some(stamp.size);
        Reader::new(path, Box::new(file), whole, stamp, compression, options)
    }

    /// Read what a feed brings; `name` is what errors call the file.
    ///
    /// # Errors
    ///
    /// If its first bytes cannot be had.
    pub fn feed(
        name: impl AsRef<Path>,
        feed: Feed,
        compression: Compression,
        options: Options,
    ) -> Result<Reader, Error> {
        let whole = feed.size.filter(|size| *size <= MOST_COMPRESSED);
        let stamp = Stamp {
            size: feed.size.unwrap_or(0),
            modified_ns: feed.modified_ns,
            trailer: None,
        };
        Reader::new(
            name.as_ref(),
            feed.bytes,
            whole,
            stamp,
            compression,
            options,
        )
    }

    /// A reader of bytes; `small` is how many there are, if they may be read into memory.
    fn new(
        path: &Path,
        bytes: Box<dyn Read + Send>,
        small: Option<u64>,
        mut stamp: Stamp,
        compression: Compression,
        options: Options,
    ) -> Result<Reader, Error> {
        let budget = options.budget.max(1);
        let gzip = compression == Compression::Gzip;
        let inflates = |stamp: &Stamp| {
            let inflated = stamp.trailer.map_or(0, |(_, length)| length as usize);
            inflated <= budget
        };
        let whole = small.filter(|_| gzip && !options.stream && inflates(&stamp));
        let input = match whole {
            Some(size) => Input::whole(bytes, size),
            None => Ok(Input::chunks(bytes)),
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
            gzip: gzip.then(|| Gzip::new(whole)),
            target: if options.stream {
                FIRST_BLOCK.min(budget)
            } else {
                largest_target
            },
            path: path.to_path_buf(),
            stamp,
            largest_target,
            finished: false,
            failure: None,
            inflate_nanos: 0,
        })
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
            let ended = self.finished && self.failure.is_none();
            if let Some(length) = self.window.whole_lines(ended) {
                return Ok(Some(self.window.hand_out(length)));
            }
            if self.finished {
                // A line that the damage cut in two is not handed out.
                self.window.clear();
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
                    self.failure = Some(Error::new(kind, &self.path, self.input.offset()));
                }
            }
        }
    }

    /// How much of the stored file has been read so far.
    #[must_use]
    pub fn compressed_bytes_read(&self) -> u64 {
        self.input.offset()
    }

    /// The time that reading and inflating has taken so far.
    #[must_use]
    pub fn inflate_nanos(&self) -> u64 {
        self.inflate_nanos
    }

    /// Bring more bytes into the window; false at the end of the file.
    fn fill(&mut self) -> Result<bool, ErrorKind> {
        let started = Instant::now();
        let more = match &mut self.gzip {
            Some(gzip) => gzip.fill(&mut self.input, &mut self.window, self.target),
            None => {
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
