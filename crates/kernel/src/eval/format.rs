//! `format(value, spec)`, as an f-string does it.
//!
//! ```text
//! spec = [[fill]align][sign][0][width][, or _][.precision][type]
//! ```
//!
//! Done are text (`s`), ints (`d`, `x`, `X`, `o`, `b`) and fixed floats (`f`, `%`); the rest of
//! the language, and every combination that Python refuses, is unproved.

use std::borrow::Cow;

use super::compare::Number;
use super::{Eval, Unproved, convert, number, strings};
use crate::program::Conversion;
use crate::value::Value;

const SPEC: Unproved = Unproved::because("a format that the kernel does not know");
const WIDEST: usize = 1 << 12;
const MOST_DIGITS: usize = 60;

/// The value of `f"{value!conversion:spec}"`.
pub fn format<'a>(value: Value<'a>, conversion: Conversion, spec: &str) -> Eval<'a> {
    let value = match conversion {
        Conversion::Plain => value,
        Conversion::Str => convert::str(value)?,
        // For ASCII text the two are one, and other text is unproved.
        Conversion::Repr | Conversion::Ascii => convert::repr(value)?,
    };
    if spec.is_empty() {
        return convert::str(value);
    }
    let spec = Spec::parse(spec).ok_or(SPEC)?;
    let text = match &value {
        Value::Str(text) => spec.text(text),
        Value::Int(int) => spec.int(*int),
        Value::Bool(bool) => spec.int(i64::from(*bool)),
        Value::Float(float) => spec.float(*float),
        _ => None,
    };
    text.map(|text| Value::Str(Cow::Owned(text))).ok_or(SPEC)
}

/// A format specification, taken apart.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spec {
    fill: char,
    align: Option<char>,
    sign: Option<char>,
    zero: bool,
    width: usize,
    group: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    fn parse(spec: &str) -> Option<Spec> {
        let mut rest: &[char] = &spec.chars().collect::<Vec<_>>();
        let is_align = |letter: char| matches!(letter, '<' | '>' | '^' | '=');
        let (mut fill, mut align) = (' ', None);
        match rest {
            [first, second, after @ ..] if is_align(*second) => {
                (fill, align, rest) = (*first, Some(*second), after);
            }
            [first, after @ ..] if is_align(*first) => (align, rest) = (Some(*first), after),
            _ => {}
        }
        let sign = take(&mut rest, |letter| matches!(letter, '+' | '-' | ' '));
        let zero = take(&mut rest, |letter| letter == '0').is_some();
        let width = digits(&mut rest)?.unwrap_or(0);
        let group = take(&mut rest, |letter| matches!(letter, ',' | '_'));
        let precision = match take(&mut rest, |letter| letter == '.') {
            Some(_) => Some(digits(&mut rest)??),
            None => None,
        };
        let kind = take(&mut rest, |letter| {
            letter.is_ascii_alphabetic() || letter == '%'
        });
        // An explicit alignment beside the zero, and zeros that would have to be grouped, follow
        // rules of their own.
        let plain = !zero || (align.is_none() && group.is_none());
        (rest.is_empty() && plain && width <= WIDEST).then_some(Spec {
            fill,
            align,
            sign,
            zero,
            width,
            group,
            precision,
            kind,
        })
    }

    fn text(&self, text: &str) -> Option<String> {
        let known = matches!(self.kind, None | Some('s'));
        let unused = self.sign.is_none() && !self.zero && self.group.is_none();
        if !known || !unused || self.align == Some('=') {
            return None;
        }
        let end = self
            .precision
            .and_then(|precision| text.char_indices().nth(precision))
            .map_or(text.len(), |(offset, _)| offset);
        Some(self.padded("", &text[..end], '<'))
    }

    fn int(&self, value: i64) -> Option<String> {
        let size = value.unsigned_abs();
        let digits = match self.kind {
            Some('f' | 'F' | '%') => return self.float(number::float(Number::Int(value))),
            _ if self.precision.is_some() => return None,
            None | Some('d') => grouped(&size.to_string(), self.group),
            _ if self.group.is_some() => return None,
            Some('x') => format!("{size:x}"),
            Some('X') => format!("{size:X}"),
            Some('o') => format!("{size:o}"),
            Some('b') => format!("{size:b}"),
            _ => return None,
        };
        Some(self.padded(self.sign_of(value < 0), &digits, '>'))
    }

    fn float(&self, value: f64) -> Option<String> {
        if !value.is_finite() {
            return None;
        }
        let size = value.abs();
        let precision = self.precision.unwrap_or(6);
        let digits = match self.kind {
            _ if precision > MOST_DIGITS => return None,
            Some('f' | 'F') => format!("{size:.precision$}"),
            Some('%') if (size * 100.0).is_finite() => format!("{:.precision$}%", size * 100.0),
            None if self.precision.is_none() => convert::float_repr(size),
            _ => return None,
        };
        let whole = digits
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(digits.len());
        let (whole, fraction) = digits.split_at(whole);
        let digits = grouped(whole, self.group) + fraction;
        Some(self.padded(self.sign_of(value.is_sign_negative()), &digits, '>'))
    }

    fn sign_of(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        }
    }

    /// Fill up to the width; `=` and the zero flag fill between the sign and the digits.
    fn padded(&self, sign: &str, body: &str, default: char) -> String {
        let length = sign.len() + strings::length(body);
        let missing = self.width.saturating_sub(length);
        let (fill, align) = if self.zero {
            ('0', '=')
        } else {
            (self.fill, self.align.unwrap_or(default))
        };
        let (before, between, after) = match align {
            '<' => (0, 0, missing),
            '^' => (missing / 2, 0, missing - missing / 2),
            '=' => (0, missing, 0),
            _ => (missing, 0, 0),
        };
        let run = |count: usize| std::iter::repeat_n(fill, count);
        let mut out = String::with_capacity(sign.len() + body.len() + missing * fill.len_utf8());
        out.extend(run(before));
        out.push_str(sign);
        out.extend(run(between));
        out.push_str(body);
        out.extend(run(after));
        out
    }
}

fn take(rest: &mut &[char], wanted: impl Fn(char) -> bool) -> Option<char> {
    match *rest {
        [first, after @ ..] if wanted(*first) => {
            *rest = after;
            Some(*first)
        }
        _ => None,
    }
}

/// A number at the start; the outer `None` is one too large to be meant.
fn digits(rest: &mut &[char]) -> Option<Option<usize>> {
    let mut value = None;
    while let Some(letter) = take(rest, |letter| letter.is_ascii_digit()) {
        let digit = letter.to_digit(10)? as usize;
        value = Some(
            value
                .unwrap_or(0usize)
                .checked_mul(10)?
                .checked_add(digit)?,
        );
    }
    Some(value)
}

fn grouped(digits: &str, separator: Option<char>) -> String {
    let Some(separator) = separator else {
        return digits.to_owned();
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// `"".join(strings)`, the parts of an f-string.
pub fn concat<'a>(parts: &[Value<'a>]) -> Eval<'a> {
    let parts = parts.iter().map(Value::as_text).collect::<Option<Vec<_>>>();
    parts
        .map(|parts| Value::Str(Cow::Owned(parts.concat())))
        .ok_or(Unproved::because("a part of an f-string that is not a str"))
}
