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

use crate::index::{Classify, Rows, opaque};
use crate::line::{DEEPEST, Kind};
use crate::number::number;

/// Walk over the tokens of a line that starts with a bracket; true if all of it is clean.
///
/// `partner[i]` becomes the token that closes the bracket that token `i` opens. `knows_space` says
/// that the index tells white space from literals, so that a number may end before a space.
#[inline(never)]
pub(crate) fn walk<C: Classify>(
    classify: C,
    line: &[u8],
    rows: &Rows,
    tokens: &[u32],
    knows_space: bool,
    partner: &mut Vec<u32>,
) -> bool {
    let ends = if knows_space {
        ENDS_SCALAR | SPACE
    } else {
        ENDS_SCALAR
    };
    classify.enter(
        #[inline(always)]
        || walk_inside(line, rows, tokens, ends, partner),
    )
}

#[inline(always)]
fn walk_inside(
    line: &[u8],
    rows: &Rows,
    tokens: &[u32],
    ends: u64,
    partner: &mut Vec<u32>,
) -> bool {
    if partner.len() < tokens.len() {
        partner.resize(tokens.len() + 256, 0);
    }
    let partner = &mut partner[..tokens.len()];
    let keyless = &rows.keyless[..rows.used];
    let mut opened = [0u32; DEEPEST];
    let mut depth = 0usize;
    // The containers around: bit 0 is 1 if the innermost is an object.
    let mut objects = 0u64;
    let mut last = 0;
    let mut wrong = 0u64;
    for (index, &token) in tokens.iter().enumerate() {
        let at = token as usize;
        let kind = opaque(KINDS[usize::from(line[at])]);
        wrong |= keyless[at / 64] >> (at % 64) & objects & 1;
        // A colon cannot stand closer than this: it needs a comma and a string before it.
        if objects & 1 == 0 && at - last > 4 {
            wrong |= u64::from(has_colon(&rows.colon, last, at));
        }
        last = at;
        if kind & BRACKET == 0 {
            if kind & SEPARATOR == 0 {
                wrong |= u64::from(!is_scalar(line, at, ends));
            }
            continue;
        }
        // Which kind of bracket comes next cannot be predicted, so both go the same way, without
        // a branch: the place of the innermost open bracket is written anew by one that opens, and
        // read by one that closes. What one that opens notes for itself means nothing.
        let before = opaque(KINDS[usize::from(line[at.saturating_sub(1)])]);
        let separator = if before & SPACE == 0 {
            before
        } else {
            before_space(line, at)
        };
        let opens = kind & OPENS;
        let closes = opens ^ 1;
        let object = kind >> OBJECT_BIT;
        wrong |= closes & ((objects ^ object) | separator >> SEPARATOR_BIT);
        let level = depth.wrapping_sub(closes as usize);
        let Some(opened) = opened.get_mut(level) else {
            return false;
        };
        let keep = opaque(opens.wrapping_sub(1));
        *opened = (index as u64 ^ ((index as u64 ^ u64::from(*opened)) & keep)) as u32;
        partner[*opened as usize] = index as u32;
        objects = (objects << opens >> closes) | (object & opens);
        depth = level + opens as usize;
        if depth == 0 {
            return wrong & 1 == 0 && index + 1 == tokens.len() && is_blank(&line[at + 1..]);
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

/// What the byte before `at` is, but for white space.
#[inline(never)]
fn before_space(line: &[u8], at: usize) -> u64 {
    let before = line[..at]
        .iter()
        .rfind(|byte| !matches!(byte, b' ' | b'\t'));
    before.map_or(0, |byte| KINDS[usize::from(*byte)])
}

fn is_blank(rest: &[u8]) -> bool {
    rest.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

// What a byte is, to the walk.
const OPENS: u64 = 1;
const BRACKET: u64 = 2;
const SPACE: u64 = 4;
/// What may stand behind a number or a literal inside a container, besides white space.
const ENDS_SCALAR: u64 = 8;
const SEPARATOR_BIT: u64 = 4;
const SEPARATOR: u64 = 1 << SEPARATOR_BIT;
const OBJECT_BIT: u64 = 5;
const OBJECT: u64 = 1 << OBJECT_BIT;

static KINDS: [u64; 256] = {
    let mut kinds = [0; 256];
    kinds[b'{' as usize] = BRACKET | OBJECT | OPENS;
    kinds[b'[' as usize] = BRACKET | OPENS;
    kinds[b'}' as usize] = BRACKET | OBJECT | ENDS_SCALAR;
    kinds[b']' as usize] = BRACKET | ENDS_SCALAR;
    kinds[b',' as usize] = SEPARATOR | ENDS_SCALAR;
    kinds[b':' as usize] = SEPARATOR;
    kinds[b' ' as usize] = SPACE;
    kinds[b'\t' as usize] = SPACE;
    kinds
};

const TENS: u64 = 0x3030_3030_3030_3030;
const HIGH: u64 = 0x8080_8080_8080_8080;
/// What lifts a byte above 9 to its high bit.
const ABOVE_NINE: u64 = 0x7676_7676_7676_7676;

/// The number of digits that these eight bytes start with.
///
/// The first byte that is no digit is found rightly: a carry can only come from such a byte.
#[inline(always)]
fn digits(bytes: u64) -> usize {
    let value = bytes ^ TENS;
    let strangers = (value.wrapping_add(ABOVE_NINE) | value) & HIGH;
    strangers.trailing_zeros() as usize / 8
}

/// Whether the number or literal at `at` is right to its last byte, and inside a container.
#[inline(always)]
fn is_scalar(line: &[u8], at: usize, ends: u64) -> bool {
    let Some(word) = line[at..].first_chunk::<8>() else {
        return is_scalar_slowly(line, at, ends);
    };
    let word = u64::from_le_bytes(*word);
    let length = digits(word);
    if length.wrapping_sub(1) < 7 {
        // An int and the byte behind it lie within the word.
        let leading_zero = (word as u8 == b'0') & (length > 1);
        let right = ends_scalar((word >> (8 * length)) as u8, ends) & !leading_zero;
        return right || is_scalar_slowly(line, at, ends);
    }
    let length = match word as u8 {
        b't' if word as u32 == u32::from_le_bytes(*b"true") => 4,
        b'n' if word as u32 == u32::from_le_bytes(*b"null") => 4,
        b'f' if word << 24 == u64::from_le_bytes(*b"\0\0\0false") => 5,
        b'1'..=b'9' if length == 8 => {
            // 8 to 15 digits lie within two words.
            let Some(more) = line[at + 8..].first_chunk::<8>() else {
                return is_scalar_slowly(line, at, ends);
            };
            let more = u64::from_le_bytes(*more);
            let length = digits(more);
            let right = length < 8 && ends_scalar((more >> (8 * (length & 7))) as u8, ends);
            return right || is_scalar_slowly(line, at, ends);
        }
        _ => return is_scalar_slowly(line, at, ends),
    };
    ends_scalar((word >> (8 * length)) as u8, ends)
}

#[inline(always)]
fn ends_scalar(byte: u8, ends: u64) -> bool {
    opaque(KINDS[usize::from(byte)]) & ends != 0
}

#[inline(never)]
fn is_scalar_slowly(line: &[u8], at: usize, ends: u64) -> bool {
    let end = match line[at] {
        b't' if line[at..].starts_with(b"true") => at + 4,
        b'n' if line[at..].starts_with(b"null") => at + 4,
        b'f' if line[at..].starts_with(b"false") => at + 5,
        _ => match number(line, at) {
            Ok((end, Kind::Int | Kind::Float)) => end,
            _ => return false,
        },
    };
    line.get(end).is_some_and(|byte| ends_scalar(*byte, ends))
}
