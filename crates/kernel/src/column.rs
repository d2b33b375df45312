//! Values of one field, row after row, in the layout of Arrow: numbers beside each other, texts in
//! one buffer, and bits that say which of them are there.
//!
//! ```text
//! 1, null, 3          Int   valid 101   1 0 3
//! "ab", null, "c"     Text  valid 101   ends 2 2 3   "abc"
//! [1], [], null       List  valid 110   ends 1 1 1   items: Int 1
//! {"a": 1}, {}        Struct valid 11   "a": Int 1, null
//! ```
//!
//! A column has the type of its values, ints and floats together being floats. What no column can
//! hold beside its other values is refused, and so is what Arrow has no type for.

use crate::value::Value;

/// Why a value cannot stand in a column.
pub type Refused = &'static str;

const SEVERAL: Refused = "values of several types in one column";

/// Bits, eight to a byte, the first lowest.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Bits {
    bytes: Vec<u8>,
    length: usize,
}

/// Values of one field.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Column {
    /// How many rows there are.
    pub length: usize,
    /// How many of them are null.
    pub nulls: usize,
    /// Whether an int among them is no float.
    pub inexact: bool,
    /// Which rows are not null; empty where none is.
    pub valid: Bits,
    /// The values; a null has one, too, that means nothing.
    pub data: Data,
}

/// The values of a column, by their type.
#[derive(Debug, Default, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Data {
    /// There were only nulls.
    #[default]
    Null,
    Bool(Bits),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Text {
        ends: Vec<i64>,
        bytes: Vec<u8>,
    },
    List {
        ends: Vec<i64>,
        items: Box<Column>,
    },
    Struct(Vec<(Box<str>, Column)>),
}

impl Bits {
    /// As many bits that are all the same.
    fn of(bit: bool, length: usize) -> Bits {
        let mut bits = Bits {
            bytes: vec![if bit { 0xff } else { 0 }; length.div_ceil(8)],
            length,
        };
        if let Some(last) = bits.bytes.last_mut()
            && !length.is_multiple_of(8)
        {
            *last &= (1 << (length % 8)) - 1;
        }
        bits
    }

    #[inline]
    fn push(&mut self, bit: bool) {
        if self.length.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (self.length % 8);
        }
        self.length += 1;
    }

    /// The bytes; what is behind the last bit is zero.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Column {
    /// A column of nulls.
    fn nulls(length: usize) -> Column {
        Column {
            length,
            nulls: length,
            valid: Bits::of(false, length),
            ..Column::default()
        }
    }

    /// Add a row. A column that has refused one is no use any more.
    pub fn push(&mut self, value: &Value<'_>) -> Result<(), Refused> {
        match (&mut self.data, value) {
            (_, Value::None) => {
                self.push_null();
                return Ok(());
            }
            (Data::Int(ints), Value::Int(int)) => {
                ints.push(*int);
                self.inexact |= !is_float(*int);
            }
            (Data::Text { .. }, Value::Str(text)) => return self.push_text(text.as_bytes()),
            (Data::Bool(bits), Value::Bool(bit)) => bits.push(*bit),
            (Data::Float(floats), Value::Float(float)) => floats.push(*float),
            (Data::Float(floats), Value::Int(int)) => {
                floats.push(*int as f64);
                self.inexact |= !is_float(*int);
            }
            (Data::Int(ints), Value::Float(float)) => {
                let mut floats: Vec<f64> = ints.iter().map(|int| *int as f64).collect();
                floats.push(*float);
                self.data = Data::Float(floats);
            }
            (Data::List { ends, items }, Value::List(values) | Value::Tuple(values)) => {
                for value in values {
                    items.push(value)?;
                }
                ends.push(items.length as i64);
            }
            (Data::Struct(fields), Value::Dict(pairs)) => push_fields(fields, pairs, self.length)?,
            (Data::Null, _) => {
                self.data = blank(value, self.length)?;
                return self.push(value);
            }
            _ => return Err(SEVERAL),
        }
        self.there();
        Ok(())
    }

    /// A row was added that is not null.
    #[inline]
    fn there(&mut self) {
        self.length += 1;
        if self.nulls > 0 {
            self.valid.push(true);
        }
    }

    /// Add a row with a text, in UTF-8.
    #[inline]
    pub fn push_text(&mut self, text: &[u8]) -> Result<(), Refused> {
        if let Data::Null = self.data {
            self.data = blank(&Value::text(""), self.length)?;
        }
        let Data::Text { ends, bytes } = &mut self.data else {
            return Err(SEVERAL);
        };
        bytes.extend_from_slice(text);
        ends.push(bytes.len() as i64);
        self.there();
        Ok(())
    }

    /// Forget the rows, and keep what is known of their type.
    pub fn clear(&mut self) {
        self.length = 0;
        self.valid = Bits::default();
        match &mut self.data {
            Data::Null => {}
            Data::Bool(bits) => *bits = Bits::default(),
            Data::Int(ints) => ints.clear(),
            Data::Float(floats) => floats.clear(),
            Data::Text { ends, bytes } => {
                ends.clear();
                bytes.clear();
            }
            Data::List { ends, items } => {
                ends.clear();
                items.clear();
            }
            Data::Struct(fields) => fields.iter_mut().for_each(|(_, field)| field.clear()),
        }
    }

    /// Whether an int has become a float that is another number.
    pub fn is_rounded(&self) -> bool {
        match &self.data {
            Data::Float(_) => self.inexact,
            Data::List { items, .. } => items.is_rounded(),
            Data::Struct(fields) => fields.iter().any(|(_, field)| field.is_rounded()),
            _ => false,
        }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        match &self.data {
            Data::Null | Data::Bool(_) => self.length / 8,
            Data::Int(_) | Data::Float(_) => self.length * 8,
            Data::Text { bytes, .. } => self.length * 8 + bytes.len(),
            Data::List { items, .. } => self.length * 8 + items.bytes(),
            Data::Struct(fields) => fields.iter().map(|(_, field)| field.bytes()).sum(),
        }
    }

    fn push_null(&mut self) {
        if self.nulls == 0 {
            self.valid = Bits::of(true, self.length);
        }
        self.valid.push(false);
        self.nulls += 1;
        self.length += 1;
        match &mut self.data {
            Data::Null => {}
            Data::Bool(bits) => bits.push(false),
            Data::Int(ints) => ints.push(0),
            Data::Float(floats) => floats.push(0.0),
            Data::Text { ends, .. } | Data::List { ends, .. } => {
                ends.push(ends.last().copied().unwrap_or(0));
            }
            Data::Struct(fields) => fields.iter_mut().for_each(|(_, field)| field.push_null()),
        }
    }
}

/// Whether an int is a float exactly.
fn is_float(int: i64) -> bool {
    // The float next to the largest int is beyond it, and saturates on its way back.
    int as f64 as i64 == int && int != i64::MAX
}

/// So many rows without a value, of the type that this value is of.
fn blank(value: &Value<'_>, length: usize) -> Result<Data, Refused> {
    Ok(match value {
        Value::Bool(_) => Data::Bool(Bits::of(false, length)),
        Value::Int(_) => Data::Int(vec![0; length]),
        Value::Float(_) => Data::Float(vec![0.0; length]),
        Value::Str(_) => Data::Text {
            ends: vec![0; length],
            bytes: Vec::new(),
        },
        Value::List(_) | Value::Tuple(_) => Data::List {
            ends: vec![0; length],
            items: Box::default(),
        },
        Value::Dict(_) => Data::Struct(Vec::new()),
        Value::None | Value::Json(_) => return Err("a list or dict where a column has none"),
    })
}

/// Add the fields of a dict, row `row` of them; a field that it lacks is null.
fn push_fields(
    fields: &mut Vec<(Box<str>, Column)>,
    pairs: &[(Value<'_>, Value<'_>)],
    row: usize,
) -> Result<(), Refused> {
    for (place, (key, value)) in pairs.iter().enumerate() {
        let Value::Str(key) = key else {
            return Err("a dict with a key that is not a str");
        };
        // Records mostly have the same keys in the same order.
        let there = fields.get(place).is_some_and(|(name, _)| **name == **key);
        let known = if there {
            Some(place)
        } else {
            fields.iter().position(|(name, _)| **name == **key)
        };
        let at = known.unwrap_or_else(|| {
            fields.push((key.as_ref().into(), Column::nulls(row)));
            fields.len() - 1
        });
        fields[at].1.push(value)?;
    }
    for (_, field) in fields {
        if field.length == row {
            field.push_null();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[Value<'_>]) -> Result<Column, Refused> {
        let mut column = Column::default();
        for value in values {
            column.push(value)?;
        }
        Ok(column)
    }

    fn dict<'a>(pairs: &[(&'a str, i64)]) -> Value<'a> {
        let pair = |(key, int): &(&'a str, i64)| (Value::text(key), Value::Int(*int));
        Value::Dict(pairs.iter().map(pair).collect())
    }

    #[test]
    fn nulls_before_and_after_values() {
        let found = column(&[
            Value::None,
            Value::text("ab"),
            Value::None,
            Value::text("c"),
        ]);
        let found = found.expect("a column");
        let ends = vec![0, 2, 2, 3];
        assert_eq!(found.valid.bytes(), [0b1010]);
        assert_eq!((found.length, found.nulls), (4, 2));
        let bytes = b"abc".to_vec();
        assert_eq!(found.data, Data::Text { ends, bytes });
    }

    #[test]
    fn ints_among_floats_are_floats_and_it_is_known_whether_exactly() {
        let found = column(&[Value::Int(1), Value::Float(0.5), Value::Int(2)]).expect("floats");
        assert_eq!(found.data, Data::Float(vec![1.0, 0.5, 2.0]));
        assert!(!found.inexact && found.valid.bytes().is_empty());
        for (int, inexact) in [
            (1 << 53, false),
            ((1 << 53) + 1, true),
            (i64::MIN, false),
            (i64::MAX, true),
        ] {
            assert_eq!(column(&[Value::Int(int)]).expect("an int").inexact, inexact);
        }
    }

    #[test]
    fn types_that_do_not_go_together_are_refused() {
        let texts = [Value::text("a"), Value::List(Vec::new()), dict(&[])];
        for value in texts.iter().chain(&[Value::Bool(true)]) {
            assert!(
                column(&[Value::Int(1), value.clone()]).is_err(),
                "{value:?}"
            );
            assert!(
                column(&[value.clone(), Value::Int(1)]).is_err(),
                "{value:?}"
            );
        }
        let odd = Value::Dict(vec![(Value::Int(1), Value::None)]);
        assert!(column(&[odd]).is_err());
    }

    #[test]
    fn a_key_that_is_missing_is_null() {
        let rows = [
            dict(&[("a", 1)]),
            Value::None,
            dict(&[("b", 2), ("a", 3)]),
            dict(&[]),
        ];
        let found = column(&rows).expect("a column");
        let Data::Struct(fields) = &found.data else {
            panic!("{found:?}");
        };
        let shown: Vec<_> = fields
            .iter()
            .map(|(name, field)| (&**name, &field.data, field.valid.bytes()))
            .collect();
        let (a, b) = (Data::Int(vec![1, 0, 3, 0]), Data::Int(vec![0, 0, 2, 0]));
        assert_eq!(shown, [("a", &a, &[0b0101][..]), ("b", &b, &[0b0100][..])]);
        assert_eq!(found.valid.bytes(), [0b1101]);
    }

    #[test]
    fn a_cleared_column_knows_its_types() {
        let item = Value::List(vec![dict(&[("a", 1)]), Value::None]);
        let mut found = column(&[item.clone(), Value::None]).expect("a column");
        found.clear();
        found.push(&item).expect("the same type");
        assert_eq!((found.length, found.nulls), (1, 1));
        assert!(found.push(&Value::Int(1)).is_err());
    }
}
