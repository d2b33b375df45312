//! The second pass over a line: brackets, and what needs to know the container it stands in.
//!
//! ```text
//! for each token (a bracket, a number or literal, a comma that proves an item without a key):
//!     in an object   no item without a key                     (rule 4 of `index`)
//!     in an array    no colon since the last token             (rule 5)
//!     { [            push
//!     } ]            must match, and not stand after , or :    (rule 6); pop, note the pair
//!     otherwise      must be a number, true, false or null, to its last byte
//! after the last bracket: nothing but white space
//! ```

use crate::index::Rows;
use crate::line::{DEEPEST, Kind};
use crate::number::number;

/// Walk over the tokens of a line that starts with a bracket; true if all of it is clean.
///
/// `partner[i]` becomes the token that closes the bracket that token `i` opens.
#[inline(always)]
pub(crate) fn walk(line: &[u8], rows: &Rows, tokens: &[u32], partner: &mut Vec<u32>) -> bool {
    if partner.len() < tokens.len() {
        partner.resize(tokens.len() + 256, 0);
    }
    let partner = &mut partner[..tokens.len()];
    let mut opened = [0u32; DEEPEST];
    let mut depth = 0usize;
    // The containers around: bit 0 is 1 if the innermost is an object.
    let mut objects = 0u64;
    let mut last = 0;
    let mut wrong = false;
    for (index, &token) in tokens.iter().enumerate() {
        let at = token as usize;
        let byte = line[at];
        let in_object = objects & 1 != 0;
        wrong |= in_object & (rows.keyless[at / 64] >> (at % 64) & 1 != 0);
        // A colon cannot stand closer than this: it needs a comma and a string before it.
        if !in_object & (at - last > 4) {
            wrong |= has_colon(&rows.colon, last, at);
        }
        last = at;
        let opens = byte | 0x20 == b'{';
        if !opens & (byte | 0x20 != b'}') {
            if byte != b',' {
                wrong |= !is_scalar(line, at);
            }
            continue;
        }
        // Which kind of bracket comes next cannot be predicted, so both go the same way: the
        // place of the innermost open bracket is written anew by one that opens, and read by one
        // that closes.
        let level = if opens { depth } else { depth.wrapping_sub(1) };
        let Some(opened) = opened.get_mut(level) else {
            return false;
        };
        let is_object = byte & 0x20 != 0;
        wrong |= !opens & ((in_object != is_object) | follows_separator(line, at));
        *opened = if opens { index as u32 } else { *opened };
        partner[*opened as usize] = index as u32;
        objects = if opens {
            objects << 1 | u64::from(is_object)
        } else {
            objects >> 1
        };
        depth = if opens { depth + 1 } else { level };
        if depth == 0 {
            return !wrong && index + 1 == tokens.len() && is_blank(&line[at + 1..]);
        }
    }
    false
}

/// Whether a colon stands between these two places.
#[inline(never)]
fn has_colon(colon: &[u64], from: usize, to: usize) -> bool {
    let (first, last) = (from / 64, to / 64);
    let above = u64::MAX << (from % 64);
    let below = (1 << (to % 64)) - 1;
    if first == last {
        return colon[first] & above & below != 0;
    }
    let between = colon[first + 1..last]
        .iter()
        .fold(0, |any, bits| any | bits);
    (colon[first] & above) | between | (colon[last] & below) != 0
}

/// Whether the bracket at `at` stands after a comma or a colon, perhaps with white space between.
#[inline(always)]
fn follows_separator(line: &[u8], at: usize) -> bool {
    let before = line[at.saturating_sub(1)];
    if matches!(before, b' ' | b'\t') {
        return follows_separator_and_space(line, at);
    }
    (before == b',') | (before == b':')
}

#[inline(never)]
fn follows_separator_and_space(line: &[u8], at: usize) -> bool {
    let before = line[..at]
        .iter()
        .rfind(|byte| !matches!(byte, b' ' | b'\t'));
    matches!(before, Some(b',' | b':'))
}

fn is_blank(rest: &[u8]) -> bool {
    rest.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

const TENS: u64 = 0x3030_3030_3030_3030;
const HIGH: u64 = 0x8080_8080_8080_8080;
/// What lifts a byte above 9 to its high bit.
const ABOVE_NINE: u64 = 0x7676_7676_7676_7676;

/// Whether the number or literal at `at` is right to its last byte, and inside a container.
#[inline(always)]
fn is_scalar(line: &[u8], at: usize) -> bool {
    let Some(word) = line[at..].first_chunk::<8>() else {
        return is_scalar_slowly(line, at);
    };
    let word = u64::from_le_bytes(*word);
    // An int of 1 to 7 digits and the byte behind it lie within the word. The first byte that is
    // no digit is found rightly: a carry can only come from such a byte.
    let value = word ^ TENS;
    let stranger = (value.wrapping_add(ABOVE_NINE) | value) & HIGH;
    let digits = stranger.trailing_zeros() / 8;
    if digits.wrapping_sub(1) < 7 {
        let behind = (word >> (8 * digits)) as u8;
        let leading_zero = word as u8 == b'0' && digits > 1;
        return if ends_scalar(behind) {
            !leading_zero
        } else {
            is_scalar_slowly(line, at)
        };
    }
    let behind = match word as u8 {
        b't' if word as u32 == u32::from_le_bytes(*b"true") => 4,
        b'n' if word as u32 == u32::from_le_bytes(*b"null") => 4,
        b'f' if word as u32 == u32::from_le_bytes(*b"fals") && (word >> 32) as u8 == b'e' => 5,
        _ => return is_scalar_slowly(line, at),
    };
    ends_scalar((word >> (8 * behind)) as u8)
}

fn ends_scalar(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b' ' | b'\t')
}

#[inline(never)]
fn is_scalar_slowly(line: &[u8], at: usize) -> bool {
    let end = match line[at] {
        b't' if line[at..].starts_with(b"true") => at + 4,
        b'n' if line[at..].starts_with(b"null") => at + 4,
        b'f' if line[at..].starts_with(b"false") => at + 5,
        _ => match number(line, at) {
            Ok((end, Kind::Int | Kind::Float)) => end,
            _ => return false,
        },
    };
    line.get(end).is_some_and(|byte| ends_scalar(*byte))
}
