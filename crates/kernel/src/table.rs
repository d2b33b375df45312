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
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Counts, and accumulators that are ints.
    Ints(Vec<i64>),
    /// Anything.
    Any(Vec<Owned>),
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
            Column::Any(values) => values[index].as_value(),
        }
    }

    /// A copy of value `index`.
    pub fn owned(&self, index: usize) -> Owned {
        match self {
            Column::Ints(values) => Owned::Int(values[index]),
            Column::Any(values) => values[index].clone(),
        }
    }

    /// Value `index`, of which nothing useful is left behind.
    pub fn take(&mut self, index: usize) -> Owned {
        match self {
            Column::Ints(values) => Owned::Int(values[index]),
            Column::Any(values) => std::mem::replace(&mut values[index], Owned::None),
        }
    }

    /// Value `index` to change in place, if it is an int.
    #[inline]
    pub fn int_mut(&mut self, index: usize) -> Option<&mut i64> {
        match self {
            Column::Ints(values) => Some(&mut values[index]),
            Column::Any(values) => match &mut values[index] {
                Owned::Int(value) => Some(value),
                _ => None,
            },
        }
    }

    /// Value `index` to change in place, where the values are not just ints.
    pub fn any_mut(&mut self, index: usize) -> Option<&mut Owned> {
        match self {
            Column::Ints(_) => None,
            Column::Any(values) => values.get_mut(index),
        }
    }

    /// Add a value at the end.
    pub fn push(&mut self, value: Owned) {
        match (&mut *self, value) {
            (Column::Ints(values), Owned::Int(value)) => values.push(value),
            (_, value) => self.any().push(value),
        }
    }

    /// Replace value `index`.
    pub fn set(&mut self, index: usize, value: Owned) {
        match (&mut *self, value) {
            (Column::Ints(values), Owned::Int(value)) => values[index] = value,
            (_, value) => self.any()[index] = value,
        }
    }

    fn any(&mut self) -> &mut Vec<Owned> {
        if let Column::Ints(values) = self {
            *self = Column::Any(values.iter().copied().map(Owned::Int).collect());
        }
        match self {
            Column::Any(values) => values,
            Column::Ints(_) => unreachable!("made general above"),
        }
    }

    fn reordered(self, order: &[u32]) -> Column {
        match self {
            Column::Ints(values) => {
                Column::Ints(order.iter().map(|&from| values[from as usize]).collect())
            }
            Column::Any(mut values) => {
                let mut take =
                    |from: u32| std::mem::replace(&mut values[from as usize], Owned::None);
                Column::Any(order.iter().map(|&from| take(from)).collect())
            }
        }
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
                    self.column.push(other.column.owned(from));
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
