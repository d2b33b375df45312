//! Keys to dense indices, as a Python dict would tell them apart.
//!
//! A group-by needs three things of its table: that `True`, `1` and `1.0` are one key and the
//! first of them stays its representative, that the entries come out in first-seen order, and
//! that a known key costs neither an allocation nor more than one cache miss. So the table holds
//! only entry numbers, an entry is 24 bytes (hash and key), and the text of all keys stands in
//! one arena:
//!
//! ```text
//! table:   hash bits -> entry number
//! entries: [hash, Str{start, len}] [hash, Int(7)] ...        first-seen order
//! text:    "mirror-updatesKenSanulayman..."
//! ```
//!
//! Values that belong to an entry (counts, accumulators) are columns of the caller, indexed by
//! entry number. Hashes are kept, so that merging one table into another hashes nothing.
//!
//! Hashing takes no seed: the hash never leaves the process and keys are data, not an attacker's
//! requests; the same keys then always take the same time.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::value::{Owned, Value};

/// A set of keys in first-seen order.
///
/// ```
/// use satchel_kernel::{group::Groups, value::Value};
/// let mut groups = Groups::default();
/// assert_eq!(groups.insert(&Value::Int(1)), Some((0, true)));
/// assert_eq!(groups.insert(&Value::text("a")), Some((1, true)));
/// assert_eq!(groups.insert(&Value::Float(1.0)), Some((0, false)));
/// assert_eq!(groups.key(0), Value::Int(1));
/// ```
#[derive(Default, Clone)]
pub struct Groups {
    table: HashTable<u32>,
    entries: Vec<Entry>,
    text: String,
    tuples: Vec<Box<[Owned]>>,
}

#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    key: Key,
}

#[derive(Clone, Copy)]
enum Key {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str { len: u32, start: u64 },
    Tuple(u32),
}

impl Groups {
    /// The number of keys.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of `key` and whether it is new; `None` if Python could not hash it or if it is
    /// NaN, whose equality depends on the identity of the object.
    pub fn insert(&mut self, key: &Value<'_>) -> Option<(usize, bool)> {
        if let Value::Str(text) = key {
            return Some(self.insert_text(text));
        }
        let hash = hash(key)?;
        Some(self.insert_hashed(hash, key))
    }

    /// The same for a str, which most keys are.
    pub fn insert_text(&mut self, key: &str) -> (usize, bool) {
        let hash = hash_text(key.as_bytes());
        match self.find_text(hash, key.as_bytes()) {
            Some(index) => (index, false),
            None => (self.add_text(hash, key), true),
        }
    }

    /// The same for the bytes of a str: only those of a new key are checked to be UTF-8, since a
    /// known key has been. `None` if they are not.
    #[inline]
    pub fn insert_bytes(&mut self, key: &[u8]) -> Option<(usize, bool)> {
        let hash = hash_text(key);
        match self.find_text(hash, key) {
            Some(index) => Some((index, false)),
            None => Some((self.add_text(hash, std::str::from_utf8(key).ok()?), true)),
        }
    }

    #[inline]
    fn find_text(&self, hash: u64, key: &[u8]) -> Option<usize> {
        let found = self.table.find(hash, |&index| {
            let entry = &self.entries[index as usize];
            let Key::Str { len, start } = entry.key else {
                return false;
            };
            entry.hash == hash
                && len as usize == key.len()
                && &self.text.as_bytes()[start as usize..][..key.len()] == key
        });
        found.map(|&index| index as usize)
    }

    fn add_text(&mut self, hash: u64, key: &str) -> usize {
        let start = self.text.len() as u64;
        self.text.push_str(key);
        self.add(Entry {
            hash,
            key: Key::Str {
                len: key.len() as u32,
                start,
            },
        })
    }

    /// The entry here of entry `index` of `other`, and whether it is new here.
    pub fn insert_from(&mut self, other: &Groups, index: usize) -> (usize, bool) {
        let hash = other.entries[index].hash;
        match other.key_text(index) {
            Some(key) => match self.find_text(hash, key.as_bytes()) {
                Some(index) => (index, false),
                None => (self.add_text(hash, key), true),
            },
            None => self.insert_hashed(hash, &other.key(index)),
        }
    }

    /// Make the key of entry `from` of `other` the representative of entry `index`, which it
    /// equals: the merge has found that it was seen earlier.
    pub fn represent(&mut self, index: usize, other: &Groups, from: usize) {
        // Equal strs are the same; only numbers, and tuples of them, can look different.
        if other.key_text(from).is_none() {
            self.entries[index].key = self.store(&other.key(from));
        }
    }

    /// The same keys in another order: entry `i` is what entry `order[i]` was.
    pub fn reordered(self, order: &[u32]) -> Groups {
        let mut groups = Groups {
            table: HashTable::with_capacity(order.len()),
            entries: Vec::with_capacity(order.len()),
            text: self.text,
            tuples: self.tuples,
        };
        for &from in order {
            groups.add(self.entries[from as usize]);
        }
        groups
    }

    /// The first-seen representative of entry `index`.
    pub fn key(&self, index: usize) -> Value<'_> {
        match self.entries[index].key {
            Key::None => Value::None,
            Key::Bool(value) => Value::Bool(value),
            Key::Int(value) => Value::Int(value),
            Key::Float(value) => Value::Float(value),
            Key::Str { .. } => Value::text(self.key_text(index).unwrap_or_default()),
            Key::Tuple(at) => Value::Tuple(
                self.tuples[at as usize]
                    .iter()
                    .filter_map(Owned::as_value)
                    .collect(),
            ),
        }
    }

    /// The text of the key of entry `index`, if it is a str.
    fn key_text(&self, index: usize) -> Option<&str> {
        match self.entries[index].key {
            Key::Str { len, start } => {
                Some(&self.text[start as usize..start as usize + len as usize])
            }
            _ => None,
        }
    }

    fn insert_hashed(&mut self, hash: u64, key: &Value<'_>) -> (usize, bool) {
        let found = self
            .table
            .find(hash, |&index| self.holds(index as usize, hash, key));
        match found {
            Some(&index) => (index as usize, false),
            None => {
                let key = self.store(key);
                (self.add(Entry { hash, key }), true)
            }
        }
    }

    fn add(&mut self, entry: Entry) -> usize {
        let index = self.entries.len();
        let entries = &mut self.entries;
        entries.push(entry);
        self.table
            .insert_unique(entry.hash, index as u32, |&at| entries[at as usize].hash);
        index
    }

    fn holds(&self, index: usize, hash: u64, key: &Value<'_>) -> bool {
        let entry = &self.entries[index];
        entry.hash == hash && same(&self.key(index), key)
    }

    fn store(&mut self, key: &Value<'_>) -> Key {
        match key {
            Value::Bool(value) => Key::Bool(*value),
            Value::Int(value) => Key::Int(*value),
            Value::Float(value) => Key::Float(*value),
            Value::Str(text) => {
                let start = self.text.len() as u64;
                self.text.push_str(text);
                Key::Str {
                    len: text.len() as u32,
                    start,
                }
            }
            Value::Tuple(items) => {
                self.tuples
                    .push(items.iter().map(Value::to_owned).collect());
                Key::Tuple((self.tuples.len() - 1) as u32)
            }
            // `hash` refuses the others.
            _ => Key::None,
        }
    }
}

impl std::fmt::Debug for Groups {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_list()
            .entries((0..self.len()).map(|index| self.key(index)))
            .finish()
    }
}

/// Whether `key` can be a key here: Python can hash it, and it is not NaN.
pub fn is_key(key: &Value<'_>) -> bool {
    match key {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) => true,
        Value::Float(value) => !value.is_nan(),
        Value::Tuple(items) => items.iter().all(is_key),
        _ => false,
    }
}

/// A hash that equal keys share: bools and integral floats hash as the int that they equal.
fn hash(key: &Value<'_>) -> Option<u64> {
    Some(match key {
        Value::None => mix(0x6E6F_6E65),
        Value::Bool(value) => mix(u64::from(*value)),
        Value::Int(value) => mix(*value as u64),
        Value::Float(value) if value.is_nan() => return None,
        Value::Float(value) => match integral(*value) {
            Some(int) => mix(int as u64),
            None => mix(value.to_bits()),
        },
        Value::Str(text) => hash_text(text.as_bytes()),
        Value::Tuple(items) => {
            let mut state = 0x7475_706C_6500 + items.len() as u64;
            for item in items {
                state = mix(state ^ hash(item)?.rotate_left(23));
            }
            state
        }
        Value::List(_) | Value::Dict(_) | Value::Json(_) => return None,
    })
}

#[inline]
fn hash_text(text: &[u8]) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    hasher.write(text);
    hasher.finish()
}

/// A multiplication whose two halves are folded together: each bit of the input reaches the
/// bits that choose the bucket and those that tell its members apart.
fn mix(value: u64) -> u64 {
    let product = u128::from(value ^ 0x9E37_79B9_7F4A_7C15) * 0xA076_1D64_78BD_642F;
    (product as u64) ^ ((product >> 64) as u64)
}

/// The int that a float equals, if there is one of 64 bits.
fn integral(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value)).then_some(value as i64)
}

/// Python's `==` between two keys.
fn same(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Str(left), Value::Str(right)) => left == right,
        (Value::Tuple(left), Value::Tuple(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (Value::Float(left), Value::Float(right)) => left == right,
        _ => match (whole(left), whole(right)) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

/// The int that a number equals.
fn whole(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Bool(value) => Some(i64::from(*value)),
        Value::Int(value) => Some(*value),
        Value::Float(value) => integral(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[Value<'_>], indices: &[usize]) {
        let mut groups = Groups::default();
        let got: Vec<_> = keys
            .iter()
            .map(|key| groups.insert(key).expect("hashable").0)
            .collect();
        assert_eq!(got, indices, "{keys:?}");
    }

    #[test]
    fn equality_is_pythons() {
        check(
            &[Value::Bool(true), Value::Int(1), Value::Float(1.0)],
            &[0, 0, 0],
        );
        check(
            &[Value::Float(-0.0), Value::Int(0), Value::Bool(false)],
            &[0, 0, 0],
        );
        check(&[Value::None, Value::Int(0), Value::text("")], &[0, 1, 2]);
        check(
            &[Value::Int(1 << 53), Value::Float(9_007_199_254_740_992.0)],
            &[0, 0],
        );
        check(
            &[
                Value::Int((1 << 53) + 1),
                Value::Float(9_007_199_254_740_992.0),
            ],
            &[0, 1],
        );
        check(
            &[
                Value::Int(i64::MAX),
                Value::Float(9_223_372_036_854_775_808.0),
            ],
            &[0, 1],
        );
        check(
            &[
                Value::Float(0.5),
                Value::Float(0.5),
                Value::Float(f64::INFINITY),
            ],
            &[0, 0, 1],
        );
        check(&[Value::text("1"), Value::Int(1)], &[0, 1]);
        check(
            &[
                Value::Tuple(vec![Value::Int(1), Value::text("a")]),
                Value::Tuple(vec![Value::Float(1.0), Value::text("a")]),
                Value::Tuple(vec![Value::text("a"), Value::Int(1)]),
                Value::Tuple(vec![]),
            ],
            &[0, 0, 1, 2],
        );
    }

    #[test]
    fn what_python_cannot_hash_is_refused() {
        let mut groups = Groups::default();
        for key in [
            Value::List(vec![]),
            Value::Dict(vec![]),
            Value::Float(f64::NAN),
        ] {
            assert!(!is_key(&key));
            assert_eq!(groups.insert(&key), None);
            assert_eq!(groups.insert(&Value::Tuple(vec![key])), None);
        }
    }

    #[test]
    fn many_keys_keep_their_order_and_merge() {
        let mut left = Groups::default();
        let mut right = Groups::default();
        for number in 0..20_000_i64 {
            left.insert(&Value::Int(number));
            right.insert_text(&number.to_string());
        }
        for index in 0..right.len() {
            assert_eq!(left.insert_from(&right, index), (20_000 + index, true));
        }
        for index in 0..right.len() {
            assert_eq!(left.insert_from(&right, index), (20_000 + index, false));
        }
        assert_eq!(left.key(20_007), Value::text("7"));
        assert_eq!(std::mem::size_of::<Entry>(), 24);
    }
}
