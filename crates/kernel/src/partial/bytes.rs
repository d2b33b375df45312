//! Partials as bytes, to travel between processes.
//!
//! ```text
//! "satp" version kind body
//! body:  ints as LEB128 (signed ones zigzagged), floats as 8 bytes of bits, a text or a list as
//!        its length and then its parts, a value as a tag and then its body
//! ```
//!
//! The bytes come from a peer of the same version on the same cluster, but a broken peer must
//! not take a worker down: every read is checked, no length is believed before the bytes are
//! there, and nesting is bounded.

use std::fmt;

use super::{Column, Items, Partial, Rank, Ranked, Table};
use crate::group::Groups;
use crate::schema::{Place, Schema, Step, TYPES};
use crate::value::{Owned, Value};

const MAGIC: &[u8; 4] = b"satp";
const VERSION: u8 = 2;
/// Deeper than anything an expression or a JSON line can build.
const DEEPEST: usize = 200;

/// Bytes that are no partial of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt {
    /// What was expected.
    pub expected: &'static str,
    /// At which byte.
    pub offset: usize,
}

impl fmt::Display for Corrupt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "a partial result is damaged: expected {} at byte {}",
            self.expected, self.offset
        )
    }
}

impl std::error::Error for Corrupt {}

impl Partial {
    /// The bytes that [`Partial::from_bytes`] reads.
    ///
    /// ```
    /// use satchel_kernel::partial::Partial;
    /// let partial = Partial::Count(7702);
    /// assert_eq!(Partial::from_bytes(&partial.to_bytes()), Ok(partial));
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer { bytes: Vec::new() };
        writer.bytes.extend_from_slice(MAGIC);
        writer.byte(VERSION);
        writer.partial(self);
        writer.bytes
    }

    /// Read what [`Partial::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Partial, Corrupt> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(4)? != MAGIC {
            return Err(Corrupt {
                expected: "a partial of satchel",
                offset: 0,
            });
        }
        if reader.byte()? != VERSION {
            return Err(reader.corrupt("version 2"));
        }
        let partial = reader.partial()?;
        if reader.at != bytes.len() {
            return Err(reader.corrupt("the end"));
        }
        Ok(partial)
    }
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    fn size(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.byte(value as u8 | 0x80);
            value >>= 7;
        }
        self.byte(value as u8);
    }

    fn int(&mut self, value: i64) {
        self.size(((value << 1) ^ (value >> 63)) as u64);
    }

    fn text(&mut self, text: &str) {
        self.size(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn list<T>(&mut self, items: &[T], each: impl Fn(&mut Writer, &T)) {
        self.size(items.len() as u64);
        for item in items {
            each(self, item);
        }
    }

    fn partial(&mut self, partial: &Partial) {
        match partial {
            Partial::Count(rows) => {
                self.byte(0);
                self.int(*rows);
            }
            Partial::Frequencies(table) => {
                self.byte(1);
                self.table(table);
            }
            Partial::Distinct(table) => {
                self.byte(2);
                self.table(table);
            }
            Partial::FoldBy(table) => {
                self.byte(3);
                self.table(table);
            }
            Partial::Fold(one) => {
                self.byte(4);
                self.option(one.as_ref());
            }
            Partial::Sum { total, rows } => {
                self.byte(5);
                self.int(*total);
                self.size(*rows);
            }
            Partial::Values(values) => {
                self.byte(6);
                self.list(values, Writer::value);
            }
            Partial::Extreme(one) => {
                self.byte(7);
                self.option(one.as_ref());
            }
            Partial::Top(ranked) => {
                self.byte(8);
                self.list(ranked, |writer, ranked| {
                    writer.value(&ranked.key);
                    writer.option(ranked.element.as_ref());
                });
            }
            Partial::Delivered => self.byte(9),
            Partial::Schema(schema) => {
                self.byte(10);
                self.schema(schema);
            }
            Partial::Demoted(why) => {
                self.byte(11);
                self.text(why);
            }
        }
    }

    fn option(&mut self, value: Option<&Owned>) {
        match value {
            None => self.byte(0),
            Some(value) => {
                self.byte(1);
                self.value(value);
            }
        }
    }

    fn value(&mut self, value: &Owned) {
        match value {
            Owned::None => self.byte(0),
            Owned::Bool(false) => self.byte(1),
            Owned::Bool(true) => self.byte(2),
            Owned::Int(value) => {
                self.byte(3);
                self.int(*value);
            }
            Owned::Float(value) => {
                self.byte(4);
                self.bytes.extend_from_slice(&value.to_bits().to_le_bytes());
            }
            Owned::Str(text) => {
                self.byte(5);
                self.text(text);
            }
            Owned::Tuple(items) => {
                self.byte(6);
                self.list(items, Writer::value);
            }
            Owned::List(items) => {
                self.byte(7);
                self.list(items, Writer::value);
            }
            Owned::Dict(pairs) => {
                self.byte(8);
                self.list(pairs, |writer, (key, value)| {
                    writer.value(key);
                    writer.value(value);
                });
            }
            Owned::Raw(text) => {
                self.byte(9);
                self.text(text);
            }
            Owned::Host(handle) => {
                self.byte(10);
                self.size(u64::from(*handle));
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.size(u64::from(table.partition));
        self.size(table.len() as u64);
        for index in 0..table.len() {
            match table.groups.key(index) {
                Value::Str(text) => {
                    self.byte(5);
                    self.text(&text);
                }
                key => self.value(&key.to_owned()),
            }
        }
        self.column(&table.column);
        self.list(&table.ranks, |writer, rank| {
            writer.size(u64::from(rank.partition));
            writer.size(u64::from(rank.position));
        });
    }

    fn column(&mut self, column: &Column) {
        match column {
            Column::Ints(values) => {
                self.byte(0);
                self.list(values, |writer, value| writer.int(*value));
            }
            Column::Any(values) => {
                self.byte(1);
                self.list(values, Writer::value);
            }
            Column::Items(items) => {
                self.byte(2);
                self.byte(u8::from(items.keys().is_some()));
                self.list(items.keys().unwrap_or_default(), |writer, key| {
                    writer.text(key);
                });
                self.list(items.parts(), Writer::column);
            }
        }
    }

    fn schema(&mut self, schema: &Schema) {
        self.size(schema.records());
        self.size(schema.unreadables());
        self.byte(u8::from(schema.is_cut()));
        self.list(schema.places(), |writer, place| {
            writer.size(u64::from(place.parent));
            match &place.step {
                Step::Root => writer.byte(0),
                Step::Element => writer.byte(1),
                Step::Key(key) => {
                    writer.byte(2);
                    writer.text(key);
                }
            }
            for count in place.types {
                writer.size(count);
            }
            writer.size(place.records);
            writer.text(&place.example);
        });
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn corrupt(&self, expected: &'static str) -> Corrupt {
        Corrupt {
            expected,
            offset: self.at,
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Corrupt> {
        let end = self
            .at
            .checked_add(length)
            .filter(|end| *end <= self.bytes.len());
        let end = end.ok_or(self.corrupt("more bytes"))?;
        let bytes = &self.bytes[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, Corrupt> {
        Ok(self.take(1)?[0])
    }

    fn size(&mut self) -> Result<u64, Corrupt> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.corrupt("an int of 64 bits"))
    }

    fn small(&mut self) -> Result<u32, Corrupt> {
        u32::try_from(self.size()?).map_err(|_| self.corrupt("an int of 32 bits"))
    }

    fn int(&mut self) -> Result<i64, Corrupt> {
        let value = self.size()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn text(&mut self) -> Result<&'a str, Corrupt> {
        let length = self.size()?;
        let bytes = self.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        std::str::from_utf8(bytes).map_err(|_| self.corrupt("UTF-8"))
    }

    fn list<T>(
        &mut self,
        mut each: impl FnMut(&mut Reader<'a>) -> Result<T, Corrupt>,
    ) -> Result<Vec<T>, Corrupt> {
        let length = self.size()?;
        // Each item takes a byte or more: a length that lies reserves no more than there is.
        let mut items =
            Vec::with_capacity(length.min((self.bytes.len() - self.at) as u64) as usize / 8);
        for _ in 0..length {
            items.push(each(self)?);
        }
        Ok(items)
    }

    fn partial(&mut self) -> Result<Partial, Corrupt> {
        Ok(match self.byte()? {
            0 => Partial::Count(self.int()?),
            1 => Partial::Frequencies(self.table(true)?),
            2 => Partial::Distinct(self.table(false)?),
            3 => Partial::FoldBy(self.table(true)?),
            4 => Partial::Fold(self.option()?),
            5 => Partial::Sum {
                total: self.int()?,
                rows: self.size()?,
            },
            6 => Partial::Values(self.list(|reader| reader.value(0))?),
            7 => Partial::Extreme(self.option()?),
            8 => Partial::Top(self.list(|reader| {
                Ok(Ranked {
                    key: reader.value(0)?,
                    element: reader.option()?,
                })
            })?),
            9 => Partial::Delivered,
            10 => Partial::Schema(Box::new(self.schema()?)),
            11 => Partial::Demoted(self.text()?.into()),
            _ => return Err(self.corrupt("a kind of partial")),
        })
    }

    fn option(&mut self) -> Result<Option<Owned>, Corrupt> {
        Ok(match self.byte()? {
            0 => None,
            1 => Some(self.value(0)?),
            _ => return Err(self.corrupt("0 or 1")),
        })
    }

    fn value(&mut self, depth: usize) -> Result<Owned, Corrupt> {
        if depth > DEEPEST {
            return Err(self.corrupt("less nesting"));
        }
        let below = |reader: &mut Reader<'a>| reader.value(depth + 1);
        Ok(match self.byte()? {
            0 => Owned::None,
            1 => Owned::Bool(false),
            2 => Owned::Bool(true),
            3 => Owned::Int(self.int()?),
            4 => {
                let bits = self
                    .take(8)?
                    .try_into()
                    .map_err(|_| self.corrupt("8 bytes"))?;
                Owned::Float(f64::from_bits(u64::from_le_bytes(bits)))
            }
            5 => Owned::Str(self.text()?.into()),
            6 => Owned::Tuple(self.list(below)?.into()),
            7 => Owned::List(self.list(below)?),
            8 => Owned::Dict(self.list(|reader| Ok((below(reader)?, below(reader)?)))?),
            9 => Owned::Raw(self.text()?.into()),
            10 => Owned::Host(self.small()?),
            _ => return Err(self.corrupt("a kind of value")),
        })
    }

    fn column(&mut self, whole: bool) -> Result<Column, Corrupt> {
        Ok(match self.byte()? {
            0 => Column::Ints(self.list(Reader::int)?),
            1 => Column::Any(self.list(|reader| reader.value(0))?),
            2 if whole => {
                let keyed = self.byte()? == 1;
                let keys = self.list(|reader| reader.text().map(Box::from))?;
                let parts = self.list(|reader| reader.column(false))?;
                let items = Items::new(keyed.then(|| keys.into()), parts);
                Column::Items(items.ok_or_else(|| self.corrupt("a value for each item"))?)
            }
            _ => return Err(self.corrupt("a kind of column")),
        })
    }

    fn table(&mut self, valued: bool) -> Result<Table, Corrupt> {
        let partition = self.small()?;
        let length = self.size()?;
        let mut groups = Groups::default();
        for _ in 0..length {
            let new = if self.bytes.get(self.at) == Some(&5) {
                self.at += 1;
                Some(groups.insert_text(self.text()?))
            } else {
                let key = self.value(0)?;
                key.as_value().and_then(|key| groups.insert(&key))
            };
            if !matches!(new, Some((_, true))) {
                return Err(self.corrupt("a key that is new"));
            }
        }
        let column = self.column(true)?;
        let ranks = self.list(|reader| {
            Ok(Rank {
                partition: reader.small()?,
                position: reader.small()?,
            })
        })?;
        let expected = if valued { groups.len() } else { 0 };
        if column.len() != expected || !(ranks.is_empty() || ranks.len() == groups.len()) {
            return Err(self.corrupt("a value for each key"));
        }
        Ok(Table {
            groups,
            column,
            ranks,
            partition,
        })
    }

    fn schema(&mut self) -> Result<Schema, Corrupt> {
        let (records, unreadable, cut) = (self.size()?, self.size()?, self.byte()? != 0);
        let places = self.list(|reader| {
            let parent = reader.small()?;
            let step = match reader.byte()? {
                0 => Step::Root,
                1 => Step::Element,
                2 => Step::Key(reader.text()?.into()),
                _ => return Err(reader.corrupt("a kind of step")),
            };
            let mut types = [0; TYPES.len()];
            for count in &mut types {
                *count = reader.size()?;
            }
            Ok(Place::new(
                parent,
                step,
                types,
                reader.size()?,
                reader.text()?.into(),
            ))
        })?;
        Schema::from_parts(places, records, unreadable, cut).ok_or(self.corrupt("a tree of paths"))
    }
}
