//! One line: where it ends, whether it is ordinary JSON, and the slots that a query asked for.
//!
//! A line is *clean* when it lies in the subset of JSON on which the loaders that people use
//! (`json`, `ujson`, `orjson`, `msgspec`) agree to the last bit. Everything else is *odd*, with a
//! reason: the caller hands an odd line to the user's own loader. Odd is never an error.

use crate::documents::closing_by;
use crate::index::portable::Portable;
#[cfg(target_arch = "x86_64")]
use crate::index::{avx2::Avx2, avx512::Avx512};
use crate::paths::Paths;
use crate::strict::Strict;
use crate::touched;

/// What a JSON value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number without fraction and exponent.
    Int,
    /// A number with a fraction or an exponent.
    Float,
    /// A string.
    Str,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// The answer to one wanted path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slot {
    /// A parent is missing, null or of another type.
    #[default]
    Unreached,
    /// The parent is an object without the key, or an array that is too short.
    Missing,
    /// The value is there.
    Present {
        /// What it is.
        kind: Kind,
        /// Where it starts, in bytes from the start of the line; a string's span is between its quotes.
        start: u32,
        /// Where it ends.
        end: u32,
        /// Whether it is a string with a backslash in it.
        escaped: bool,
        /// Whether all bytes of the span are ASCII.
        ascii: bool,
        /// The number of elements or of keys, where `Need::Len` asked for it; else 0.
        len: u32,
    },
}

/// Why a line is outside the subset on which all loaders agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It is not JSON (a control character in a string and a byte order mark are not, either).
    Syntax,
    /// `NaN`, `Infinity` or `-Infinity`.
    NotFinite,
    /// An int of more than 18 digits.
    LongInt,
    /// `-0`, which some loaders read as a float.
    NegativeZero,
    /// A float that is, or is near, too large or too small.
    FloatRange,
    /// An escaped surrogate without its other half.
    LoneSurrogate,
    /// Nested deeper than 64.
    TooDeep,
    /// A key that the query reads appears twice in one object.
    DuplicateKey,
    /// A key with a backslash in an object whose keys the query reads.
    EscapedKey,
    /// The line is 4 GiB or longer.
    TooLong,
}

impl Reason {
    /// The reason in words, to follow "because the line has".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Syntax => "text that is not JSON",
            Reason::NotFinite => "NaN or Infinity",
            Reason::LongInt => "an int of more than 18 digits",
            Reason::NegativeZero => "the int -0",
            Reason::FloatRange => "a float of extreme size",
            Reason::LoneSurrogate => "a lone surrogate",
            Reason::TooDeep => "more than 64 levels of nesting",
            Reason::DuplicateKey => "a duplicate key",
            Reason::EscapedKey => "an escaped key",
            Reason::TooLong => "4 GiB or more",
        }
    }
}

/// What a line turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Ordinary JSON; the slots are filled.
    Clean,
    /// Nothing but spaces and tabs.
    Blank,
    /// Outside the subset on which all loaders agree; the slots mean nothing.
    Odd(Reason),
    /// Not UTF-8; the slots mean nothing.
    BadUtf8,
}

/// How much of a line to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validate {
    /// Every byte.
    Strict,
    /// What the paths read, and what stands on the way there.
    Touched,
}

/// Where a line ends, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scanned {
    /// Where the line's text ends, before its newline.
    pub content_end: usize,
    /// Where the next line starts.
    pub next: usize,
    /// What the line is.
    pub verdict: Verdict,
}

/// The deepest nesting that is still clean.
pub(crate) const DEEPEST: usize = 64;

/// Scans lines for one set of paths; keeps its scratch from line to line.
///
/// ```
/// use satchel_scan::line::{Scanner, Slot, Validate, Verdict};
/// use satchel_scan::paths::{Need, Paths, Step};
/// let paths = Paths::new(&[(vec![Step::Key("n".into())], Need::Value)]);
/// let mut scanner = Scanner::new(&paths, Validate::Strict);
/// let mut slots = [Slot::Unreached];
/// let line = scanner.scan(b"{\"n\": 17}\n", 0, &mut slots);
/// assert_eq!((line.content_end, line.next, line.verdict), (9, 10, Verdict::Clean));
/// assert!(matches!(slots[0], Slot::Present { start: 6, end: 8, .. }));
/// ```
#[derive(Debug)]
pub struct Scanner {
    paths: Paths,
    validate: Validate,
    engine: Engine,
    strict: Strict,
}

/// What this processor can do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Portable,
}

impl Engine {
    /// The fastest engine; no faster one than `SATCHEL_SIMD` names (`avx2` or `portable`).
    pub(crate) fn detect() -> Engine {
        #[cfg(target_arch = "x86_64")]
        {
            let most = std::env::var_os("SATCHEL_SIMD").unwrap_or_default();
            if most != "portable" {
                if most != "avx2"
                    && let Some(avx512) = Avx512::detect()
                {
                    return Engine::Avx512(avx512);
                }
                if let Some(avx2) = Avx2::detect() {
                    return Engine::Avx2(avx2);
                }
            }
        }
        Engine::Portable
    }

    /// Where the container ends, before `end`, whose opening bracket stands before `at`.
    #[inline]
    pub(crate) fn closing(self, block: &[u8], end: usize, at: usize) -> Option<usize> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(avx512) => closing_by(avx512, block, end, at),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(avx2) => closing_by(avx2, block, end, at),
            Engine::Portable => closing_by(Portable, block, end, at),
        }
    }
}

impl Scanner {
    /// A scanner for these paths.
    #[must_use]
    pub fn new(paths: &Paths, validate: Validate) -> Scanner {
        let engine = Engine::detect();
        Scanner {
            paths: paths.clone(),
            validate,
            engine,
            strict: Strict::default(),
        }
    }

    /// Scan the line that starts at `at`, and fill one slot per want.
    ///
    /// The slots mean something only if the verdict is `Clean`.
    ///
    /// # Panics
    ///
    /// If there are fewer slots than wants, or `at` lies behind the block.
    #[inline]
    pub fn scan(&mut self, block: &[u8], at: usize, slots: &mut [Slot]) -> Scanned {
        let Scanner { paths, strict, .. } = self;
        match (self.validate, self.engine) {
            #[cfg(target_arch = "x86_64")]
            (Validate::Strict, Engine::Avx512(avx512)) => {
                strict.scan(avx512, paths, block, at, slots)
            }
            #[cfg(target_arch = "x86_64")]
            (Validate::Touched, Engine::Avx512(avx512)) => {
                touched::scan(avx512, strict, paths, block, at, slots)
            }
            #[cfg(target_arch = "x86_64")]
            (Validate::Strict, Engine::Avx2(avx2)) => strict.scan(avx2, paths, block, at, slots),
            #[cfg(target_arch = "x86_64")]
            (Validate::Touched, Engine::Avx2(avx2)) => {
                touched::scan(avx2, strict, paths, block, at, slots)
            }
            (Validate::Strict, Engine::Portable) => strict.scan(Portable, paths, block, at, slots),
            (Validate::Touched, Engine::Portable) => {
                touched::scan(Portable, strict, paths, block, at, slots)
            }
        }
    }
}

/// Where the line that starts at `at` ends, and where the next one starts; `\n`, `\r\n` and a
/// lone `\r` all end a line, as does the end of the block.
///
/// ```
/// use satchel_scan::line::line_end;
/// assert_eq!(line_end(b"one\r\ntwo", 0), (3, 5));
/// assert_eq!(line_end(b"one\r\ntwo", 5), (8, 8));
/// ```
#[must_use]
pub fn line_end(block: &[u8], at: usize) -> (usize, usize) {
    match memchr::memchr2(b'\n', b'\r', &block[at..]) {
        None => (block.len(), block.len()),
        Some(length) => after_newline(block, at + length),
    }
}

/// The two ends of a line whose newline stands at `newline`.
pub(crate) fn after_newline(block: &[u8], newline: usize) -> (usize, usize) {
    let pair = block[newline] == b'\r' && block.get(newline + 1) == Some(&b'\n');
    (newline, newline + 1 + usize::from(pair))
}
