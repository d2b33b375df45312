//! What one partition, or a merge of several, knows of a query's result.
//!
//! A partial stands for rows that are gone: it is all that travels from a scan to a merge, in
//! memory or as bytes (`partial/bytes.rs`). Its items, in order, are the elements of the result
//! once the merge is finished.

mod bytes;

pub use crate::sink::Ranked;
pub use crate::table::{Column, Items, Rank, Table};
pub use bytes::Corrupt;

use crate::schema::Schema;
use crate::value::{Owned, Value};

/// The result of one query so far.
#[derive(Debug, Clone, PartialEq)]
pub enum Partial {
    /// A number of rows.
    Count(i64),
    /// Keys and how often each came.
    Frequencies(Table),
    /// Keys.
    Distinct(Table),
    /// Keys and accumulators.
    FoldBy(Table),
    /// One accumulator; none if no row came.
    Fold(Option<Owned>),
    /// A sum of ints, of so many rows.
    Sum {
        /// The sum.
        total: i64,
        /// The number of rows: with none, dask.bag leaves the partition out.
        rows: u64,
    },
    /// What a sum could not add up exactly as Python would: the host's `sum` does.
    Values(Vec<Owned>),
    /// The smallest or largest value; none if no row came.
    Extreme(Option<Owned>),
    /// The largest, descending.
    Top(Vec<Ranked>),
    /// Nothing: the elements of a `collect` or `project` went to the host as they were found.
    Delivered,
    /// What the records look like.
    Schema(Box<Schema>),
    /// The host must run the partition for this query; why.
    Demoted(String),
}

/// One element of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Item<'a> {
    /// A value that the kernel knows.
    One(Value<'a>),
    /// A key and its count or accumulator: in Python a tuple of the two.
    Pair(Value<'a>, Value<'a>),
    /// One that may have handles of the host in it.
    Owned(&'a Owned),
}

impl Partial {
    /// Why the host must run the partition, if it must.
    pub fn demoted(&self) -> Option<&str> {
        match self {
            Partial::Demoted(why) => Some(why),
            _ => None,
        }
    }

    /// What kind of result it is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Partial::Count(_) => "count",
            Partial::Frequencies(_) | Partial::FoldBy(_) => "groups",
            Partial::Distinct(_) => "distinct",
            Partial::Fold(_) => "fold",
            Partial::Sum { .. } => "sum",
            Partial::Values(_) => "values",
            Partial::Extreme(_) => "extreme",
            Partial::Top(_) => "top",
            Partial::Delivered => "delivered",
            Partial::Schema(_) => "schema",
            Partial::Demoted(_) => "demoted",
        }
    }

    /// The keys and their columns, for the sinks that have them.
    pub fn table(&self) -> Option<&Table> {
        match self {
            Partial::Frequencies(table) | Partial::Distinct(table) | Partial::FoldBy(table) => {
                Some(table)
            }
            _ => None,
        }
    }

    /// Where each key was first seen, for the sinks that have keys: what a merge outside of the
    /// kernel needs to keep first-seen order.
    pub fn ranks(&self) -> Option<Vec<Rank>> {
        let table = self.table()?;
        Some((0..table.len()).map(|index| table.rank(index)).collect())
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        match self {
            Partial::Count(_) | Partial::Sum { .. } => 1,
            Partial::Frequencies(table) | Partial::Distinct(table) | Partial::FoldBy(table) => {
                table.len()
            }
            Partial::Fold(one) | Partial::Extreme(one) => usize::from(one.is_some()),
            Partial::Values(values) => values.len(),
            Partial::Top(ranked) => ranked.len(),
            Partial::Delivered | Partial::Schema(_) | Partial::Demoted(_) => 0,
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`, in the order in which Python would have it.
    ///
    /// # Panics
    ///
    /// If `index` is not less than [`Partial::len`].
    pub fn item(&self, index: usize) -> Item<'_> {
        match self {
            Partial::Count(total) | Partial::Sum { total, .. } => Item::One(Value::Int(*total)),
            Partial::Distinct(table) => Item::One(table.groups.key(index)),
            Partial::Frequencies(table) | Partial::FoldBy(table) => {
                // An accumulator that only the host knows never gets into a table.
                let value = table.column.value(index).unwrap_or(Value::None);
                Item::Pair(table.groups.key(index), value)
            }
            Partial::Fold(one) | Partial::Extreme(one) => {
                Item::Owned(one.as_ref().unwrap_or(&Owned::None))
            }
            Partial::Values(values) => Item::Owned(&values[index]),
            Partial::Top(ranked) => Item::Owned(ranked[index].element()),
            Partial::Delivered | Partial::Schema(_) | Partial::Demoted(_) => Item::One(Value::None),
        }
    }

    /// All items, in the order in which Python would have them.
    ///
    /// ```
    /// use satchel_kernel::partial::{Item, Partial};
    /// use satchel_kernel::value::Value;
    /// let items: Vec<_> = Partial::Count(3).items().collect();
    /// assert_eq!(items, [Item::One(Value::Int(3))]);
    /// ```
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        (0..self.len()).map(|index| self.item(index))
    }
}

impl Item<'_> {
    /// A copy that stands on its own.
    pub fn to_owned(&self) -> Owned {
        match self {
            Item::One(value) => value.to_owned(),
            Item::Pair(key, value) => Owned::Tuple([key.to_owned(), value.to_owned()].into()),
            Item::Owned(value) => (*value).clone(),
        }
    }
}

impl<'a> Item<'a> {
    /// The value to evaluate with; `None` where only the host knows it.
    pub fn into_value(self) -> Option<Value<'a>> {
        match self {
            Item::One(value) => Some(value),
            Item::Pair(key, value) => Some(Value::Tuple(vec![key, value])),
            Item::Owned(value) => value.as_value(),
        }
    }
}
