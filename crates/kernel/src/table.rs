//! The columns beside a set of keys: counts, accumulators, and where each key was first seen.
//!
//! ```text
//! groups  0: "PushEvent"   1: "CreateEvent"   ...
//! column  4280             815
//! ranks   (0, 0)           (0, 3)                   (partition, position in it)
//! ```
//!
//! A rank is what makes first-seen order survive a merge in any order: of two entries with one
//! key the smaller rank stays, with its representative, and the finished table is sorted by rank.

use crate::group::Groups;
use crate::value::{Owned, Value};

/// Where an entry was first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// The partition.
    pub partition: u32,
    /// The entry's place among those of the partition.
    pub position: u32,
}

/// A value for each entry; 8 bytes each as long as all are ints.
#[derive(Debug, Clone)]
pub enum Column {
    /// Counts, and accumulators that are ints.
    Ints(Vec<i64>),
    /// Tuples of one length, or dicts of the same keys in one order, as long as all are.
    Items(Items),
    /// Anything.
    Any(Vec<Owned>),
}

/// Values of one form, item by item: an accumulator of two ints takes 16 bytes and no allocation.
///
/// ```text
/// {"n": 3, "last": "b"}, {"n": 1, "last": "a"}      keys   n    last
///                                                   parts  3 1  "b" "a"
/// ```
#[derive(Debug, Clone)]
pub struct Items {
    /// The keys of the dicts; none, where the values are tuples.
    keys: Option<Box<[Box<str>]>>,
    /// A column for each item, none of which has items in its turn. There is one at least.
    parts: Vec<Column>,
}

/// So many items a value of a column of items may have.
const WIDEST: usize = 16;

impl Items {
    /// An empty column for values of this one's form, if that is one that it knows.
    fn of(value: &Owned) -> Option<Items> {
        let (keys, width) = match value {
            Owned::Tuple(items) => (None, items.len()),
            Owned::Dict(pairs) => {
                let key = |(key, _): &(Owned, Owned)| match key {
                    Owned::Str(text) => Some(text.clone()),
                    _ => None,
                };
                let keys: Option<Box<[_]>> = pairs.iter().map(key).collect();
                (Some(keys?), pairs.len())
            }
            _ => return None,
        };
        let parts = vec![Column::default(); width];
        (1..=WIDEST)
            .contains(&width)
            .then_some(Items { keys, parts })
    }

    /// The columns of values with these keys, or of tuples; `None` where they are no column.
    pub(crate) fn new(keys: Option<Box<[Box<str>]>>, parts: Vec<Column>) -> Option<Items> {
        let length = parts.first()?.len();
        let plain = |part: &Column| part.len() == length && !matches!(part, Column::Items(_));
        let keyed = keys.as_ref().is_none_or(|keys| keys.len() == parts.len());
        (keyed && parts.len() <= WIDEST && parts.iter().all(plain)).then_some(Items { keys, parts })
    }

    /// The keys of the dicts; `None` for tuples.
    pub fn keys(&self) -> Option<&[Box<str>]> {
        self.keys.as_deref()
    }

    /// The columns, in the order of the items.
    pub fn parts(&self) -> &[Column] {
        &self.parts
    }

    /// The same, to change.
    pub fn parts_mut(&mut self) -> &mut [Column] {
        &mut self.parts
    }

    /// The place of a key.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.keys.as_ref()?.iter().position(|known| **known == *key)
    }

    fn len(&self) -> usize {
        self.parts[0].len()
    }

    /// The items of a value of this form, in order; `None` if it is of another.
    fn split<'v>(&self, value: &'v Owned) -> Option<impl Iterator<Item = &'v Owned> + use<'v>> {
        let (items, pairs): (&[Owned], &[(Owned, Owned)]) = match (value, &self.keys) {
            (Owned::Tuple(items), None) if items.len() == self.parts.len() => (items, &[]),
            (Owned::Dict(pairs), Some(keys)) if pairs.len() == keys.len() => {
                let mut known = pairs.iter().map(|(key, _)| key).zip(keys);
                if !known.all(|(known, key)| matches!(known, Owned::Str(text) if text == key)) {
                    return None;
                }
                (&[], pairs)
            }
            _ => return None,
        };
        Some(items.iter().chain(pairs.iter().map(|(_, value)| value)))
    }

    fn push(&mut self, value: &Owned) -> bool {
        let Some(items) = self.split(value) else {
            return false;
        };
        for (part, item) in self.parts.iter_mut().zip(items) {
            part.push_plain(item.clone());
        }
        true
    }

    fn set(&mut self, index: usize, value: &Owned) -> bool {
        let Some(items) = self.split(value) else {
            return false;
        };
        for (part, item) in self.parts.iter_mut().zip(items) {
            part.set(index, item.clone());
        }
        true
    }

    fn value(&self, index: usize) -> Option<Value<'_>> {
        let mut values = self.parts.iter().map(|part| part.value(index));
        Some(match &self.keys {
            None => Value::Tuple(values.collect::<Option<_>>()?),
            Some(keys) => {
                let keys = keys.iter().map(|key| Value::text(key));
                let pairs = keys.zip(&mut values);
                let pairs = pairs.map(|(key, value)| Some((key, value?)));
                Value::Dict(pairs.collect::<Option<_>>()?)
            }
        })
    }

    fn owned(&self, index: usize) -> Owned {
        let values = self.parts.iter().map(|part| part.owned(index));
        match &self.keys {
            None => Owned::Tuple(values.collect()),
            Some(keys) => {
                let keys = keys.iter().map(|key| Owned::Str(key.clone()));
                Owned::Dict(keys.zip(values).collect())
            }
        }
    }
}

impl Default for Column {
    fn default() -> Column {
        Column::Ints(Vec::new())
    }
}

impl Column {
    /// The number of values.
    pub fn len(&self) -> usize {
        match self {
            Column::Ints(values) => values.len(),
            Column::Items(items) => items.len(),
            Column::Any(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value `index`, borrowed; `None` where only the host knows it.
    pub fn value(&self, index: usize) -> Option<Value<'_>> {
        match self {
            Column::Ints(values) => Some(Value::Int(values[index])),
            Column::Items(items) => items.value(index),
            Column::Any(values) => values[index].as_value(),
        }
    }

    /// A copy of value `index`.
    pub fn owned(&self, index: usize) -> Owned {
        match self {
            Column::Ints(values) => Owned::Int(values[index]),
            Column::Items(items) => items.owned(index),
            Column::Any(values) => values[index].clone(),
        }
    }

    /// Value `index`, of which nothing useful is left behind.
    pub fn take(&mut self, index: usize) -> Owned {
        match self {
            Column::Any(values) => std::mem::replace(&mut values[index], Owned::None),
            _ => self.owned(index),
        }
    }

    /// Value `index` to change in place, if it is an int.
    #[inline]
    pub fn int_mut(&mut self, index: usize) -> Option<&mut i64> {
        match self {
            Column::Ints(values) => Some(&mut values[index]),
            Column::Items(_) => None,
            Column::Any(values) => match &mut values[index] {
                Owned::Int(value) => Some(value),
                _ => None,
            },
        }
    }

    /// Add a value at the end.
    pub fn push(&mut self, value: Owned) {
        if self.is_empty()
            && let Some(items) = Items::of(&value)
        {
            *self = Column::Items(items);
        }
        if !self.push_items(&value) {
            self.push_plain(value);
        }
    }

    /// Add a copy of a value at the end.
    pub fn push_copy(&mut self, value: &Owned) {
        if !self.push_items(value) {
            self.push(value.clone());
        }
    }

    fn push_items(&mut self, value: &Owned) -> bool {
        match self {
            Column::Items(items) => items.push(value),
            _ => false,
        }
    }

    /// Add a copy of another column's value at the end.
    pub fn push_from(&mut self, other: &Column, index: usize) {
        if let (Column::Items(items), Column::Items(others)) = (&mut *self, other)
            && items.keys == others.keys
            && items.parts.len() == others.parts.len()
        {
            for (part, other) in items.parts.iter_mut().zip(&others.parts) {
                part.push_plain(other.owned(index));
            }
            return;
        }
        self.push(other.owned(index));
    }

    /// Add a value at the end that is not taken apart.
    fn push_plain(&mut self, value: Owned) {
        match (&mut *self, value) {
            (Column::Ints(values), Owned::Int(value)) => values.push(value),
            (_, value) => self.any().push(value),
        }
    }

    /// Replace value `index`.
    pub fn set(&mut self, index: usize, value: Owned) {
        match (&mut *self, value) {
            (Column::Ints(values), Owned::Int(value)) => values[index] = value,
            (Column::Items(items), value) => {
                if !items.set(index, &value) {
                    self.any()[index] = value;
                }
            }
            (_, value) => self.any()[index] = value,
        }
    }

    fn any(&mut self) -> &mut Vec<Owned> {
        if !matches!(self, Column::Any(_)) {
            *self = Column::Any((0..self.len()).map(|index| self.owned(index)).collect());
        }
        match self {
            Column::Any(values) => values,
            _ => unreachable!("made general above"),
        }
    }

    fn reordered(self, order: &[u32]) -> Column {
        match self {
            Column::Ints(values) => {
                Column::Ints(order.iter().map(|&from| values[from as usize]).collect())
            }
            Column::Items(Items { keys, parts }) => {
                let parts = parts.into_iter().map(|part| part.reordered(order));
                Column::Items(Items {
                    keys,
                    parts: parts.collect(),
                })
            }
            Column::Any(mut values) => {
                let mut take =
                    |from: u32| std::mem::replace(&mut values[from as usize], Owned::None);
                Column::Any(order.iter().map(|&from| take(from)).collect())
            }
        }
    }
}

impl PartialEq for Column {
    /// Whether the values are the same, however they are kept.
    fn eq(&self, other: &Column) -> bool {
        self.len() == other.len()
            && (0..self.len()).all(|index| self.owned(index) == other.owned(index))
    }
}

/// Keys in first-seen order, each with a value.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The keys.
    pub groups: Groups,
    /// One value an entry; empty for `distinct`, whose keys are all there is.
    pub column: Column,
    /// Empty for the table of one partition, in which an entry's position is its index.
    pub ranks: Vec<Rank>,
    /// The partition, where `ranks` is empty.
    pub partition: u32,
}

impl Table {
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Where entry `index` was first seen.
    pub fn rank(&self, index: usize) -> Rank {
        match self.ranks.get(index) {
            Some(rank) => *rank,
            None => Rank {
                partition: self.partition,
                position: index as u32,
            },
        }
    }

    /// Add another table's entries: counts are added, of equal keys the first seen stays.
    ///
    /// Any order of calls gives the same result once [`Table::sorted`] has been called.
    pub fn absorb(&mut self, other: &Table) {
        if self.ranks.is_empty() && !self.is_empty() {
            self.ranks = (0..self.len()).map(|index| self.rank(index)).collect();
        }
        let counted = !other.column.is_empty();
        for from in 0..other.len() {
            let (index, new) = self.groups.insert_from(&other.groups, from);
            let rank = other.rank(from);
            if new {
                self.ranks.push(rank);
                if counted {
                    self.column.push_from(&other.column, from);
                }
                continue;
            }
            if rank < self.ranks[index] {
                self.ranks[index] = rank;
                self.groups.represent(index, &other.groups, from);
            }
            if !counted {
                continue;
            }
            if let (Some(sum), Some(Value::Int(count))) =
                (self.column.int_mut(index), other.column.value(from))
            {
                // Rows that were read cannot be so many; bytes from a stranger can say so.
                *sum = sum.saturating_add(count);
            }
        }
    }

    /// The entries in the order of their ranks.
    pub fn sorted(self) -> Table {
        if self.ranks.is_sorted() {
            return self;
        }
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by_key(|&index| self.ranks[index as usize]);
        Table {
            groups: self.groups.reordered(&order),
            column: if self.column.is_empty() {
                self.column
            } else {
                self.column.reordered(&order)
            },
            ranks: order
                .iter()
                .map(|&index| self.ranks[index as usize])
                .collect(),
            partition: self.partition,
        }
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Table) -> bool {
        self.len() == other.len()
            && self.column == other.column
            && (0..self.len()).all(|index| {
                self.groups.key(index) == other.groups.key(index)
                    && self.rank(index) == other.rank(index)
            })
    }
}
