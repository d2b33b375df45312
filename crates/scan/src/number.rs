//! The grammar of JSON numbers, and the part of it on which all loaders agree.
//!
//! ```text
//! number = [ "-" ] ( "0" | digit1-9 *digit ) [ "." 1*digit ] [ ("e" | "E") [ "+" | "-" ] 1*digit ]
//! ```
//!
//! Agreed are ints of at most 18 digits except `-0`, and floats that can neither overflow nor
//! underflow: their digits and their exponent together stay within 300.

use crate::line::{Kind, Reason};

const MOST_INT_DIGITS: usize = 18;
const MOST_FLOAT_MAGNITUDE: usize = 300;

/// Read the number that starts at `at`: where it ends, and what it is.
pub(crate) fn number(text: &[u8], at: usize) -> Result<(usize, Kind), Reason> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let digits = |from: usize| {
        let mut at = from;
        while byte(at).is_ascii_digit() {
            at += 1;
        }
        at
    };
    let negative = byte(at) == b'-';
    let whole = at + usize::from(negative);
    if negative && byte(whole) == b'I' {
        return Err(Reason::NotFinite);
    }
    let mut end = digits(whole);
    let whole_digits = end - whole;
    if whole_digits == 0 || (byte(whole) == b'0' && whole_digits > 1) {
        return Err(Reason::Syntax);
    }
    let mut float = false;
    let mut magnitude = whole_digits;
    if byte(end) == b'.' {
        let fraction = end + 1;
        end = digits(fraction);
        if end == fraction {
            return Err(Reason::Syntax);
        }
        float = true;
        magnitude += end - fraction;
    }
    if matches!(byte(end), b'e' | b'E') {
        let sign = end + 1;
        let exponent = sign + usize::from(matches!(byte(sign), b'+' | b'-'));
        end = digits(exponent);
        if end == exponent {
            return Err(Reason::Syntax);
        }
        float = true;
        let power = text[exponent..end].iter().fold(0usize, |power, digit| {
            (power * 10 + usize::from(digit - b'0')).min(100_000)
        });
        magnitude += power;
    }
    if float {
        if magnitude > MOST_FLOAT_MAGNITUDE {
            return Err(Reason::FloatRange);
        }
        return Ok((end, Kind::Float));
    }
    if whole_digits > MOST_INT_DIGITS {
        return Err(Reason::LongInt);
    }
    if negative && byte(whole) == b'0' {
        return Err(Reason::NegativeZero);
    }
    Ok((end, Kind::Int))
}
