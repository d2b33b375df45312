//! Block gzip (BGZF, section 4.1 of the SAM specification): gzip that can be entered in the middle.
//!
//! ```text
//! block = 1f 8b 08 04 | time, flags, system | length of extra | ... 'B' 'C' 2 0 BSIZE ... | deflate | trailer
//! ```
//!
//! Each member is of 64 KiB at most, stored and inflated, and says in its header how long it is,
//! less one. A block is found by its header and that of its follower: 20 bytes that nothing else
//! has by chance, and that UTF-8 text has not at all. A file that was made to have them elsewhere
//! is found out by the span before, which comes along the chain of members.

use std::io::{Cursor, Read, Result};

use super::span::Bytes;

/// The most that a block inflates to, or takes.
pub(super) const MOST: usize = 1 << 16;

const MAGIC: [u8; 4] = [0x1f, 0x8b, 8, 4];
const FIXED: usize = 12;

/// How long the block is whose header starts here; `None` if none does.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(&MAGIC) {
        return None;
    }
    let extra = usize::from(u16::from_le_bytes([*bytes.get(10)?, *bytes.get(11)?]));
    let mut fields = bytes.get(FIXED..FIXED + extra)?;
    while let [first, second, low, high, rest @ ..] = fields {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        if let (b'B', b'C', [low, high, ..], 2) = (first, second, rest, length) {
            return Some(usize::from(u16::from_le_bytes([*low, *high])) + 1);
        }
        fields = rest.get(length..)?;
    }
    None
}

/// Where the first block starts that another or the end of the file follows, and the bytes from
/// there on.
pub(super) fn find(mut bytes: Bytes) -> Result<Option<(u64, Bytes)>> {
    let mut buffer = Vec::with_capacity(4 * MOST);
    let mut passed = 0;
    loop {
        let room = (4 * MOST - buffer.len()) as u64;
        let ended = bytes.by_ref().take(room).read_to_end(&mut buffer)? == 0;
        // So far a block and the header behind it are at hand, whatever their lengths.
        let settled = if ended {
            buffer.len()
        } else {
            buffer.len().saturating_sub(2 * MOST + FIXED)
        };
        let mut starts = memchr::memmem::find_iter(&buffer, &MAGIC);
        let found = starts.find(|start| *start < settled && is_linked(&buffer[*start..], ended));
        if let Some(start) = found {
            buffer.drain(..start);
            let bytes = Cursor::new(buffer).chain(bytes);
            return Ok(Some((passed + start as u64, Box::new(bytes))));
        }
        if ended {
            return Ok(None);
        }
        passed += settled as u64;
        buffer.drain(..settled);
    }
}

fn is_linked(bytes: &[u8], ended: bool) -> bool {
    length(bytes)
        .and_then(|length| bytes.get(length..))
        .is_some_and(|behind| length(behind).is_some() || ended && behind.is_empty())
}
