//! What can be wrong with a file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong with a file.
#[derive(Debug)]
pub enum ErrorKind {
    /// The file does not begin with the two bytes of a gzip member.
    NotGzip,
    /// The file ends inside a gzip member.
    Truncated,
    /// The compressed data, or a member's header, makes no sense.
    Corrupt,
    /// A member inflates, but not to the checksum or the length that its trailer promises.
    Checksum,
    /// Something that is neither zero padding nor another member follows a member.
    TrailingGarbage,
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
}

impl Error {
    /// What is wrong, in which file, at which byte.
    #[must_use]
    pub fn new(kind: ErrorKind, path: &Path, offset: u64) -> Error {
        Error {
            kind,
            path: path.to_path_buf(),
            offset,
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
        match &self.kind {
            ErrorKind::NotGzip => {
                write!(
                    f,
                    "{path}: expected gzip (1f 8b) at byte {offset}, found something else"
                )
            }
            ErrorKind::Truncated => {
                write!(
                    f,
                    "{path}: ends inside a gzip member, at byte {offset}; was the copy cut short?"
                )
            }
            ErrorKind::Corrupt => {
                write!(f, "{path}: corrupt gzip data at compressed byte {offset}")
            }
            ErrorKind::Checksum => write!(
                f,
                "{path}: the gzip member that ends at compressed byte {offset} does not match its checksum or length"
            ),
            ErrorKind::TrailingGarbage => write!(
                f,
                "{path}: expected the end, zeros or another gzip member at byte {offset}, found something else"
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
