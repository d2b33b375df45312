//! Parts of a point in time that is written as text.
//!
//! Only the shapes on which every release of Python agrees are read here: two digits for each part
//! but the year's four, literals as they stand. Whatever else `fromisoformat` or `strptime` may
//! accept, or refuse, is unproved. Weekdays are by Sakamoto's method (comp.lang.c, 1993).

use super::{Eval, Unproved};
use crate::program::{Form, Part, Piece};
use crate::value::Value;

const SHAPE: Unproved = Unproved::because("a date or time in a form that is read in Python");

/// What a text says.
#[derive(Debug, Default)]
struct Moment {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
}

/// One part of the moment that a text in this form names.
pub(super) fn part<'a>(text: &Value<'_>, form: &Form, part: Part) -> Eval<'a> {
    let text = text.as_text().ok_or(SHAPE)?;
    let moment = match form {
        Form::Iso => iso(text.as_bytes()),
        Form::Pieces(pieces) => fields(text.as_bytes(), pieces),
    };
    let moment = moment.filter(Moment::is_valid).ok_or(SHAPE)?;
    let number = match part {
        Part::Year => moment.year,
        Part::Month => moment.month,
        Part::Day => moment.day,
        Part::Hour => moment.hour,
        Part::Minute => moment.minute,
        Part::Second => moment.second,
        Part::Microsecond => moment.micros,
        Part::Weekday => moment.weekday(),
        Part::Date => {
            let Moment {
                year, month, day, ..
            } = moment;
            return Ok(Value::Str(format!("{year:04}-{month:02}-{day:02}").into()));
        }
    };
    Ok(Value::Int(i64::from(number)))
}

impl Moment {
    fn is_valid(&self) -> bool {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            1..=12 => 31,
            _ => 0,
        };
        // `strftime` pads years below 1000 as the C library likes.
        self.year >= 1000
            && (1..=days).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
    }

    /// Monday is 0.
    fn weekday(&self) -> u32 {
        const SHIFTS: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let year = self.year - u32::from(self.month < 3);
        let shift = SHIFTS[(self.month as usize + 11) % 12];
        let sunday = (year + year / 4 - year / 100 + year / 400 + shift + self.day) % 7;
        (sunday + 6) % 7
    }
}

/// `YYYY-MM-DD`, alone or with `T` or a space, `HH:MM:SS`, a fraction of 3 or 6 digits, and `Z` or
/// `+HH:MM`.
fn iso(text: &[u8]) -> Option<Moment> {
    let mut read = Reader { text };
    let mut moment = Moment {
        year: read.digits(4)?,
        ..Moment::default()
    };
    read.literal(b'-')?;
    moment.month = read.digits(2)?;
    read.literal(b'-')?;
    moment.day = read.digits(2)?;
    if read.text.is_empty() {
        return Some(moment);
    }
    read.literal(b'T').or_else(|| read.literal(b' '))?;
    moment.hour = read.digits(2)?;
    read.literal(b':')?;
    moment.minute = read.digits(2)?;
    read.literal(b':')?;
    moment.second = read.digits(2)?;
    if read.literal(b'.').is_some() {
        moment.micros = match read.count_digits() {
            3 => read.digits(3)? * 1000,
            6 => read.digits(6)?,
            _ => return None,
        };
    }
    if !read.text.is_empty() && read.literal(b'Z').is_none() {
        read.literal(b'+').or_else(|| read.literal(b'-'))?;
        let hours = read.digits(2)?;
        read.literal(b':')?;
        let minutes = read.digits(2)?;
        if hours > 23 || minutes > 59 {
            return None;
        }
    }
    read.text.is_empty().then_some(moment)
}

/// A text in a form of `strptime`; what the form does not say is 1900-01-01T00:00:00.
fn fields(text: &[u8], pieces: &[Piece]) -> Option<Moment> {
    let mut read = Reader { text };
    let mut moment = Moment {
        year: 1900,
        month: 1,
        day: 1,
        ..Moment::default()
    };
    for piece in pieces {
        match piece {
            Piece::Literal(byte) => read.literal(*byte)?,
            Piece::Year => moment.year = read.digits(4)?,
            Piece::Month => moment.month = read.digits(2)?,
            Piece::MonthName => moment.month = read.name(&MONTHS)? + 1,
            Piece::Day if read.count_digits() == 1 => moment.day = read.digits(1)?,
            Piece::Day => moment.day = read.digits(2)?,
            // Whether it is the day's name, nobody asks.
            Piece::DayName => drop(read.name(&DAYS)?),
            Piece::Hour => moment.hour = read.digits(2)?,
            Piece::Minute => moment.minute = read.digits(2)?,
            Piece::Second => moment.second = read.digits(2)?,
            Piece::Fraction => {
                let count = read.count_digits();
                if !(1..=6).contains(&count) {
                    return None;
                }
                moment.micros = read.digits(count)? * 10u32.pow(6 - count as u32);
            }
        }
    }
    read.text.is_empty().then_some(moment)
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

struct Reader<'t> {
    text: &'t [u8],
}

impl Reader<'_> {
    fn literal(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.text.split_first()?;
        (*first == byte).then(|| self.text = rest)
    }

    /// Which of these names stands here.
    fn name(&mut self, names: &[&str]) -> Option<u32> {
        let (name, rest) = self.text.split_at_checked(3)?;
        self.text = rest;
        let found = names.iter().position(|known| known.as_bytes() == name)?;
        u32::try_from(found).ok()
    }

    fn count_digits(&self) -> usize {
        self.text.iter().take_while(|b| b.is_ascii_digit()).count()
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.text.split_at_checked(count)?;
        self.text = rest;
        digits.iter().try_fold(0, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
            Some(number * 10 + digit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week() {
        for (text, day) in [
            ("2015-01-01", 3),
            ("2000-02-29", 1),
            ("1900-03-01", 3),
            ("2026-11-23", 0),
        ] {
            let found = part(&Value::text(text), &Form::Iso, Part::Weekday);
            assert_eq!(found, Ok(Value::Int(day)), "{text}");
        }
    }

    #[test]
    fn other_shapes_are_not_read() {
        for text in [
            "",
            "2015-01-01T",
            "2015-1-01",
            "2015-02-29",
            "0999-01-01",
            "2015-01-01T24:00:00",
            "2015-01-01T10:00",
            "2015-01-01T10:00:60",
            "2015-01-01T10:00:00.1",
            "2015-01-01T10:00:00+24:00",
            "2015-01-01T10:00:00ZZ",
            "२०१५-01-01",
        ] {
            let found = part(&Value::text(text), &Form::Iso, Part::Year);
            assert_eq!(found, Err(SHAPE), "{text}");
        }
    }
}
