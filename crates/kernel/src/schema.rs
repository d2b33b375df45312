//! What the records look like: every path, the types seen there, how often, and an example.
//!
//! ```text
//! path                records  types            example
//! actor                  7702  dict             {"id":9152315,"login":"davidjhu...
//! payload.commits        4280  list
//! payload.commits[]      3991  dict
//! ```
//!
//! All records are looked at, never a sample, unless a limit says so. What is bounded is the
//! number of distinct paths: records that use data as keys could otherwise fill the memory; when
//! the bound is hit, [`Schema::is_cut`] says so.

mod walk;

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use satchel_scan::line::Kind;
use satchel_scan::text;

use walk::Walk;

/// The most paths that are told apart.
pub const MOST_PATHS: usize = 10_000;
/// The most characters of an example.
pub const LONGEST_EXAMPLE: usize = 60;
/// Python's names of the types, in the order of [`Place::types`].
pub const TYPES: [&str; 7] = ["NoneType", "bool", "int", "float", "str", "list", "dict"];

/// The paths of all records so far.
#[derive(Default, Clone)]
pub struct Schema {
    /// Parents come before their children; place 0 is the record itself, if there was one.
    places: Vec<Place>,
    index: HashTable<u32>,
    records: u64,
    unreadable: u64,
    cut: bool,
    record: Record,
}

/// The values of the record that is being walked over: they count when all of it has been seen,
/// since of duplicate keys in an object only the last one's value stands.
#[derive(Default, Clone)]
struct Record {
    /// Place, kind, and text from start to end; `None` was overwritten by a later duplicate.
    values: Vec<Option<(usize, Kind, usize, usize)>>,
    /// Of the objects that are open, their keys' places and the values that belong to them.
    keys: Vec<(usize, std::ops::Range<usize>)>,
    /// The number of objects so far, over all records.
    objects: u64,
}

/// One path and what was seen there.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The place that this one is in; its own number for the record itself.
    pub parent: u32,
    /// How one gets here from the parent.
    pub step: Step,
    /// How many values of each type there were.
    pub types: [u64; 7],
    /// In how many records the path is.
    pub records: u64,
    /// The JSON text of the first value that is not null, cut short.
    pub example: Box<str>,
    /// The last record it was seen in, counted from 1.
    last: u64,
    /// The last object it was a key of, counted from 1.
    object: u64,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The record itself.
    Root,
    /// A key of an object, unescaped.
    Key(Box<str>),
    /// Any element of a list.
    Element,
}

impl Schema {
    /// The number of records that were looked at.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The number of lines that only the host could have read.
    pub fn unreadables(&self) -> u64 {
        self.unreadable
    }

    /// Whether there are paths that were left out because there are too many.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// All places, a parent before its children, in first-seen order.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The path to a place, from the record down: `["payload", "commits", "[]"]`.
    pub fn path(&self, place: usize) -> Vec<&str> {
        let mut path = Vec::new();
        let mut at = place;
        while let Some(found) = self.places.get(at) {
            match &found.step {
                Step::Root => break,
                Step::Key(key) => path.push(&**key),
                Step::Element => path.push("[]"),
            }
            at = found.parent as usize;
        }
        path.reverse();
        path
    }

    /// Look at one clean line.
    pub fn record(&mut self, line: &[u8]) {
        self.records += 1;
        if let Some(place) = self.place(0, Look::Root) {
            self.record.values.clear();
            self.record.keys.clear();
            self.value(Some(place), &mut Walk::new(line));
            self.count(line);
        }
    }

    /// Count the values of the record that was walked over.
    fn count(&mut self, line: &[u8]) {
        let values = std::mem::take(&mut self.record.values);
        for &(at, kind, start, end) in values.iter().flatten() {
            let place = &mut self.places[at];
            place.types[slot(kind)] += 1;
            if place.last != self.records {
                place.last = self.records;
                place.records += 1;
            }
            if place.example.is_empty() || (&*place.example == "null" && kind != Kind::Null) {
                place.example = example(line.get(start..end).unwrap_or_default());
            }
        }
        self.record.values = values;
    }

    /// Count a line that could not be read.
    pub fn unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// Add what another schema saw of later records.
    pub fn merge(&mut self, other: &Schema) {
        let mut here: Vec<Option<usize>> = Vec::with_capacity(other.places.len());
        for place in &other.places {
            let parent = here.get(place.parent as usize).copied().flatten();
            let look = match &place.step {
                Step::Root => Look::Root,
                Step::Key(key) => Look::Key(key),
                Step::Element => Look::Element,
            };
            let at = match (parent, &look) {
                (_, Look::Root) => self.place(0, look),
                (Some(parent), _) => self.place(parent, look),
                (None, _) => None,
            };
            here.push(at);
            let Some(at) = at else { continue };
            let into = &mut self.places[at];
            for (sum, count) in into.types.iter_mut().zip(place.types) {
                *sum = sum.saturating_add(count);
            }
            into.records = into.records.saturating_add(place.records);
            if into.example.is_empty() || &*into.example == "null" {
                into.example = place.example.clone();
            }
        }
        self.records = self.records.saturating_add(other.records);
        self.unreadable = self.unreadable.saturating_add(other.unreadable);
        self.cut |= other.cut;
    }

    /// Walk over one value, at a place if there is one for it; `None` on text that is not JSON,
    /// which a clean line is not.
    fn value(&mut self, place: Option<usize>, walk: &mut Walk<'_>) -> Option<()> {
        walk.space();
        let start = walk.at;
        let kind = match walk.byte() {
            b'{' => {
                self.record.objects += 1;
                let (object, keys) = (self.record.objects, self.record.keys.len());
                walk.items(|walk| {
                    let key = walk.string()?;
                    walk.space();
                    walk.at += 1;
                    let below = match (place, text::unescape(key)) {
                        (Some(place), Some(name)) => self.place(place, Look::Key(&name)),
                        _ => None,
                    };
                    let first = self.record.values.len();
                    self.value(below, walk)?;
                    if let Some(below) = below {
                        self.key(below, object, keys, first);
                    }
                    Some(())
                })?;
                self.record.keys.truncate(keys);
                Kind::Object
            }
            b'[' => {
                walk.items(|walk| {
                    let below = place.and_then(|place| self.place(place, Look::Element));
                    self.value(below, walk)
                })?;
                Kind::Array
            }
            b'"' => walk.string().map(|_| Kind::Str)?,
            _ => walk.scalar()?,
        };
        if let Some(at) = place {
            self.record.values.push(Some((at, kind, start, walk.at)));
        }
        Some(())
    }

    /// Note that the values from `first` on belong to a key of an object, whose other keys are
    /// noted from `keys` on; those of an earlier duplicate do not count.
    fn key(&mut self, place: usize, object: u64, keys: usize, first: usize) {
        let record = &mut self.record;
        let values = first..record.values.len();
        let seen = std::mem::replace(&mut self.places[place].object, object) == object;
        let earlier = record.keys[keys..]
            .iter_mut()
            .find(|key| seen && key.0 == place);
        match earlier {
            Some(key) => {
                record.values[std::mem::replace(&mut key.1, values)].fill(None);
            }
            None => record.keys.push((place, values)),
        }
    }

    /// The place one step below `parent`, made if there is room.
    fn place(&mut self, parent: usize, look: Look<'_>) -> Option<usize> {
        let hash = look.hash(parent);
        let places = &mut self.places;
        let found = self.index.find(hash, |&at| {
            let place = &places[at as usize];
            place.parent as usize == parent && look.is(&place.step)
        });
        if let Some(&at) = found {
            return Some(at as usize);
        }
        if places.len() >= MOST_PATHS {
            self.cut = true;
            return None;
        }
        let step = match look {
            Look::Root => Step::Root,
            Look::Key(key) => Step::Key(key.into()),
            Look::Element => Step::Element,
        };
        places.push(Place {
            parent: parent as u32,
            step,
            types: [0; 7],
            records: 0,
            example: "".into(),
            last: 0,
            object: 0,
        });
        let at = places.len() - 1;
        self.index.insert_unique(hash, at as u32, |&at| {
            let place = &places[at as usize];
            place.step.look().hash(place.parent as usize)
        });
        Some(at)
    }

    /// A schema from what [`Schema::places`] and the counts said; `None` if a parent does not
    /// come before its child or a place is there twice.
    pub(crate) fn from_parts(
        parts: Vec<Place>,
        records: u64,
        unreadable: u64,
        cut: bool,
    ) -> Option<Schema> {
        let mut schema = Schema {
            records,
            unreadable,
            cut,
            ..Schema::default()
        };
        for (at, part) in parts.into_iter().enumerate() {
            let root = part.step == Step::Root;
            if root != (at == 0) || part.parent as usize >= at.max(1) {
                return None;
            }
            if schema.place(part.parent as usize, part.step.look())? != at {
                return None;
            }
            schema.places[at] = part;
        }
        Some(schema)
    }
}

impl Place {
    /// A place as it was, except for the record it was last seen in.
    pub(crate) fn new(
        parent: u32,
        step: Step,
        types: [u64; 7],
        records: u64,
        example: Box<str>,
    ) -> Place {
        Place {
            parent,
            step,
            types,
            records,
            example,
            last: u64::MAX,
            object: 0,
        }
    }
}

impl Step {
    fn look(&self) -> Look<'_> {
        match self {
            Step::Root => Look::Root,
            Step::Key(key) => Look::Key(key),
            Step::Element => Look::Element,
        }
    }
}

/// A step that borrows its key.
enum Look<'a> {
    Root,
    Key(&'a str),
    Element,
}

impl Look<'_> {
    fn is(&self, step: &Step) -> bool {
        match (self, step) {
            (Look::Root, Step::Root) | (Look::Element, Step::Element) => true,
            (Look::Key(key), Step::Key(known)) => *key == &**known,
            _ => false,
        }
    }

    fn hash(&self, parent: usize) -> u64 {
        let mut hasher = FixedState::with_seed(parent as u64).build_hasher();
        match self {
            Look::Root => hasher.write_u8(0),
            Look::Element => hasher.write_u8(1),
            Look::Key(key) => hasher.write(key.as_bytes()),
        }
        hasher.finish()
    }
}

fn slot(kind: Kind) -> usize {
    match kind {
        Kind::Null => 0,
        Kind::True | Kind::False => 1,
        Kind::Int => 2,
        Kind::Float => 3,
        Kind::Str => 4,
        Kind::Array => 5,
        Kind::Object => 6,
    }
}

/// The text of a value, cut short.
fn example(text: &[u8]) -> Box<str> {
    // Four bytes a character are enough; what this cuts through, `take` then leaves out.
    let start = text.get(..LONGEST_EXAMPLE * 4 + 4).unwrap_or(text);
    let shown = String::from_utf8_lossy(start);
    if shown.chars().count() <= LONGEST_EXAMPLE {
        return shown.into();
    }
    shown
        .chars()
        .take(LONGEST_EXAMPLE - 3)
        .chain("...".chars())
        .collect::<String>()
        .into()
}

impl PartialEq for Schema {
    fn eq(&self, other: &Schema) -> bool {
        let same = |left: &Place, right: &Place| {
            let counted = |place: &Place| Place {
                last: 0,
                object: 0,
                ..place.clone()
            };
            counted(left) == counted(right)
        };
        self.records == other.records
            && self.unreadable == other.unreadable
            && self.cut == other.cut
            && self.places.len() == other.places.len()
            && self
                .places
                .iter()
                .zip(&other.places)
                .all(|(left, right)| same(left, right))
    }
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let paths = (0..self.places.len()).map(|at| (self.path(at), &self.places[at]));
        formatter.debug_map().entries(paths).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(lines: &[&str]) -> Schema {
        let mut schema = Schema::default();
        for line in lines {
            schema.record(line.as_bytes());
        }
        schema
    }

    #[test]
    fn every_path_is_counted_once_a_record() {
        let schema = schema(&[
            r#"{"a": null, "list": [{"n": 1}, {"n": 2.5}]}"#,
            r#" {"a": "text", "list": []} "#,
            "3",
        ]);
        let rows: Vec<_> = (0..schema.places().len())
            .map(|at| {
                let place = &schema.places()[at];
                (schema.path(at).join("."), place.records, &*place.example)
            })
            .collect();
        assert_eq!(
            rows,
            [
                (
                    "".into(),
                    3,
                    r#"{"a": null, "list": [{"n": 1}, {"n": 2.5}]}"#
                ),
                ("a".into(), 2, "\"text\""),
                ("list".into(), 2, r#"[{"n": 1}, {"n": 2.5}]"#),
                ("list.[]".into(), 1, r#"{"n": 1}"#),
                ("list.[].n".into(), 1, "1"),
            ]
        );
        assert_eq!(schema.places()[4].types, [0, 0, 1, 1, 0, 0, 0]);
    }

    #[test]
    fn the_last_of_duplicate_keys_counts() {
        let schema = schema(&[r#"{"a": {"b": 1}, "c": 1, "a": "text"}"#]);
        let counted: Vec<_> = schema.places().iter().map(|place| place.records).collect();
        assert_eq!(counted, [1, 1, 0, 1], "the record, a, a.b, c");
        assert_eq!(schema.places()[1].types, [0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_merge_is_the_same_as_one_pass() {
        let lines = [
            r#"{"a": null}"#,
            r#"{"b": {"a": [1]}}"#,
            r#"{"a": true, "b": 1}"#,
            "[]",
        ];
        for cut in 0..=lines.len() {
            let mut left = schema(&lines[..cut]);
            left.merge(&schema(&lines[cut..]));
            assert_eq!(left, schema(&lines), "cut at {cut}");
        }
    }

    #[test]
    fn too_many_paths_are_cut_and_said_to_be() {
        let line: Vec<String> = (0..MOST_PATHS + 5)
            .map(|key| format!("\"{key}\": 0"))
            .collect();
        let schema = schema(&[&format!("{{{}}}", line.join(", "))]);
        assert_eq!(schema.places().len(), MOST_PATHS);
        assert!(schema.is_cut());
    }

    #[test]
    fn a_long_example_is_cut() {
        let schema = schema(&[&format!("\"{}\"", "é".repeat(100))]);
        assert_eq!(schema.places()[0].example.chars().count(), LONGEST_EXAMPLE);
    }
}
