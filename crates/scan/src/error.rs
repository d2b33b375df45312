//! What can be wrong with a file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::source::Compression;

/// What is wrong with a file.
#[derive(Debug)]
pub enum ErrorKind {
    /// The file does not begin as one of its format.
    OtherFormat,
    /// The file ends inside a gzip member or a zstd frame.
    Truncated,
    /// The compressed data, or a header, makes no sense.
    Corrupt,
    /// A member or frame inflates, but not to the checksum or the length that it promises.
    Checksum,
    /// Something that is neither zero padding (of gzip) nor another member or frame follows one.
    TrailingGarbage,
    /// A zstd frame needs a window of more than 128 MiB.
    Window,
    /// A zstd frame was made with a dictionary.
    Dictionary,
    /// What looks like the start of a block at this byte is inside another member.
    NoBlock(u64),
    /// The operating system would not let us read.
    Io(std::io::Error),
}

/// A damaged or unreadable file: what is wrong, in which file, at which compressed byte.
#[derive(Debug)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The file.
    pub path: PathBuf,
    /// Where, in bytes of the file as it is stored (compressed, if it is).
    pub offset: u64,
    /// How the file is stored, as far as that matters.
    pub compression: Compression,
}

impl Error {
    /// What is wrong, in which file, at which byte.
    #[must_use]
    pub fn new(kind: ErrorKind, path: &Path, offset: u64) -> Error {
        Error {
            kind,
            path: path.to_path_buf(),
            offset,
            compression: Compression::None,
        }
    }

    /// The same, of a file that is stored so.
    #[must_use]
    pub fn stored(self, compression: Compression) -> Error {
        Error {
            compression,
            ..self
        }
    }

    /// Whether the file is at fault, and not the way to it.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        !matches!(self.kind, ErrorKind::Io(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        let offset = self.offset;
        let (format, magic, unit) = match self.compression {
            Compression::Zstd => ("zstd", "28 b5 2f fd", "frame"),
            Compression::None | Compression::Gzip => ("gzip", "1f 8b", "member"),
        };
        match &self.kind {
            ErrorKind::OtherFormat => write!(
                f,
                "{path}: expected {format} ({magic}) at byte {offset}, found something else"
            ),
            ErrorKind::Truncated => write!(
                f,
                "{path}: ends inside a {format} {unit}, at byte {offset}; was the copy cut short?"
            ),
            ErrorKind::Corrupt => write!(
                f,
                "{path}: corrupt {format} data at compressed byte {offset}"
            ),
            ErrorKind::Checksum => write!(
                f,
                "{path}: the {format} {unit} that ends at compressed byte {offset} does not match its checksum or length"
            ),
            ErrorKind::TrailingGarbage => write!(
                f,
                "{path}: expected the end, zeros or another {format} {unit} at byte {offset}, found something else"
            ),
            ErrorKind::Window => write!(
                f,
                "{path}: the zstd frame at byte {offset} needs a window of more than 128 MiB (try: zstd -d --long=31, and compress it again without --long)"
            ),
            ErrorKind::Dictionary => write!(
                f,
                "{path}: the zstd frame at byte {offset} was made with a dictionary (try: zstd -d -D)"
            ),
            ErrorKind::NoBlock(start) => write!(
                f,
                "{path}: what looks like the start of a gzip block, at byte {start}, is none (try: blocksize=None, which does not split the file)"
            ),
            ErrorKind::Io(error) => write!(f, "{path}: {error} (at byte {offset})"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}
