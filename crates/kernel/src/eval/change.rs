//! What a fold's step does to the accumulator, where that can be done in place.
//!
//! Most steps leave the accumulator's form as it is and change a number here and there:
//!
//! ```text
//! (acc[0] + 1, max(acc[1], e["n"]))              Items [+ 1, Best captured(0)]
//! acc["n"] += 1; acc["last"] = e["at"]           Entries n: + 1, last: Set captured(0)
//! acc + 1 if e["public"] else acc                If captured(0): + 1, Keep
//! acc.append(e["name"])                          Append captured(0)
//! (acc[0] + other[0], other[1])                  Items [+ other[0], Set other[1]], of a combine
//! ```
//!
//! A change is made whole or not at all: [`Change::apply`] looks first whether every part of it is
//! what this file knows (numbers that stay within 64 bits, keys that are there). Where it is not,
//! the step's expression is evaluated as any other, which is always right.

use super::{Eval, access, compare, number};
use crate::program::{Arithmetic, Builtin, Comparison, Constant, Input, Node, NodeId, Op};
use crate::table::Column;
use crate::value::{Owned, Value};

/// What a step does to an accumulator, or to an item of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Nothing.
    Keep,
    /// Another value takes its place.
    Set(Source),
    /// It is `acc + x`, `acc * x` or `acc - x`, of numbers.
    Number(Arithmetic, Source),
    /// The larger (or the smaller) of the two stays; of equal ones, that which Python has first.
    Best {
        /// The value to compare with.
        than: Source,
        /// `max` or `min`.
        largest: bool,
        /// Whether the accumulator is the first argument.
        first: bool,
    },
    /// Values are added to a list.
    Append(Vec<Source>),
    /// One change or the other, by the truth of a value of the row.
    If(Source, Box<Change>, Box<Change>),
    /// A change for each item of a tuple of this length.
    Items(Vec<Change>),
    /// Changes for some of a dict's keys, in the order in which they are made.
    Entries(Vec<(Box<str>, Change)>),
    /// A dict of just these keys, in this order, with a change for each.
    Whole(Vec<(Box<str>, Change)>),
    /// A change, where these values of the row are known: the step asks for them first.
    After(Vec<Source>, Box<Change>),
}

/// Where a change takes a value from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// What the row was worth.
    Captured(usize),
    /// The program.
    Const(Owned),
    /// The other accumulator of a combine.
    Other,
    /// An item of it.
    OtherItem(usize),
    /// The item of it under a key.
    OtherEntry(Box<str>),
}

/// What a change is made with.
#[derive(Debug, Clone, Copy)]
pub enum With<'w, 'a> {
    /// What a row was worth to the step's captures.
    Row(&'w [Eval<'a>]),
    /// The same, where all of it is ints.
    Ints(&'w [i64]),
    /// The other accumulator: a column, and the place in it.
    Other(&'w Column, usize),
}

/// A part of the other accumulator.
enum Part<'o> {
    At(&'o Column, usize),
    One(&'o Owned),
}

impl<'o> Part<'o> {
    fn value(&self) -> Option<Value<'o>> {
        match *self {
            Part::At(column, index) => column.value(index),
            Part::One(value) => value.as_value(),
        }
    }

    fn owned(&self) -> Owned {
        match *self {
            Part::At(column, index) => column.owned(index),
            Part::One(value) => value.clone(),
        }
    }
}

impl Source {
    fn value<'v>(&'v self, with: With<'v, '_>) -> Option<Value<'v>> {
        match (self, with) {
            (Source::Captured(index), With::Row(captured)) => {
                Some(captured.get(*index)?.as_ref().ok()?.lend())
            }
            (Source::Captured(index), With::Ints(captured)) => {
                captured.get(*index).copied().map(Value::Int)
            }
            (Source::Const(value), _) => value.as_value(),
            (_, With::Other(column, index)) => self.part(column, index)?.value(),
            _ => None,
        }
    }

    /// Put the value into the accumulator's place. A text takes the old one's room, which is the
    /// right size wherever texts are of one length, as dates are.
    fn put(&self, acc: &mut Owned, with: With<'_, '_>) {
        if let (Owned::Str(old), Some(Value::Str(new))) = (&mut *acc, self.value(with)) {
            let mut room = std::mem::take(old).into_string();
            room.clear();
            room.push_str(&new);
            *old = room.into_boxed_str();
            return;
        }
        *acc = self.owned(with).unwrap_or(Owned::None);
    }

    fn owned(&self, with: With<'_, '_>) -> Option<Owned> {
        match (self, with) {
            (Source::Captured(index), With::Row(captured)) => {
                Some(captured.get(*index)?.as_ref().ok()?.to_owned())
            }
            (Source::Captured(index), With::Ints(captured)) => {
                captured.get(*index).copied().map(Owned::Int)
            }
            (Source::Const(value), _) => Some(value.clone()),
            (_, With::Other(column, index)) => self.part(column, index).map(|part| part.owned()),
            _ => None,
        }
    }

    fn is_known(&self, with: With<'_, '_>) -> bool {
        match (self, with) {
            (Source::Captured(index), With::Row(captured)) => {
                captured.get(*index).is_some_and(Result::is_ok)
            }
            (Source::Captured(index), With::Ints(captured)) => *index < captured.len(),
            (Source::Const(_), _) => true,
            (_, With::Other(column, index)) => self.part(column, index).is_some(),
            _ => false,
        }
    }

    /// The part of the other accumulator.
    fn part<'o>(&self, column: &'o Column, index: usize) -> Option<Part<'o>> {
        match (self, column) {
            (Source::Other, _) => Some(Part::At(column, index)),
            (Source::OtherItem(item), Column::Items(items)) if items.keys().is_none() => {
                Some(Part::At(items.parts().get(*item)?, index))
            }
            (Source::OtherEntry(key), Column::Items(items)) => {
                Some(Part::At(&items.parts()[items.place(key)?], index))
            }
            (_, Column::Any(values)) => match (self, &values[index]) {
                (Source::OtherItem(item), Owned::Tuple(items)) => items.get(*item).map(Part::One),
                (Source::OtherItem(item), Owned::List(items)) => items.get(*item).map(Part::One),
                (Source::OtherEntry(key), Owned::Dict(pairs)) => {
                    place(pairs, key).map(|index| Part::One(&pairs[index].1))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

impl Change {
    /// Make the change of a column's value, or return false and change nothing.
    pub fn apply(&self, column: &mut Column, index: usize, with: With<'_, '_>) -> bool {
        let fits = self.fits_at(column, index, with);
        if fits {
            self.make_at(column, index, with);
        }
        fits
    }

    fn fits_at(&self, column: &Column, index: usize, with: With<'_, '_>) -> bool {
        let items = match column {
            Column::Any(values) => return self.fits(&values[index], with),
            Column::Ints(values) => {
                return self.int(values[index], with).is_some()
                    || self.fits(&Owned::Int(values[index]), with);
            }
            Column::Items(items) => items,
        };
        match self {
            Change::Keep => true,
            Change::If(..) => self
                .chosen(with)
                .is_some_and(|way| way.fits_at(column, index, with)),
            Change::After(sources, change) => {
                sources.iter().all(|source| source.is_known(with))
                    && change.fits_at(column, index, with)
            }
            Change::Items(changes) => {
                items.keys().is_none()
                    && items.parts().len() == changes.len()
                    && changes
                        .iter()
                        .zip(items.parts())
                        .all(|(change, part)| change.fits_at(part, index, with))
            }
            Change::Entries(changes) => changes.iter().all(|(key, change)| {
                let part = items.place(key).map(|place| &items.parts()[place]);
                part.is_some_and(|part| change.fits_at(part, index, with))
            }),
            Change::Whole(changes) => {
                items
                    .keys()
                    .is_some_and(|keys| keys.iter().eq(changes.iter().map(|(key, _)| key)))
                    && changes
                        .iter()
                        .zip(items.parts())
                        .all(|((_, change), part)| change.fits_at(part, index, with))
            }
            _ => self.fits(&column.owned(index), with),
        }
    }

    /// Make the change, which fits.
    fn make_at(&self, column: &mut Column, index: usize, with: With<'_, '_>) {
        if let Column::Ints(values) = column
            && let Some(int) = self.int(values[index], with)
        {
            values[index] = int;
            return;
        }
        let items = match (self, &mut *column) {
            (Change::Keep, _) => return,
            (_, Column::Any(values)) => return self.make(&mut values[index], with),
            (
                Change::If(..)
                | Change::After(..)
                | Change::Items(_)
                | Change::Entries(_)
                | Change::Whole(_),
                Column::Items(items),
            ) => items,
            _ => {
                let mut acc = column.owned(index);
                self.make(&mut acc, with);
                return column.set(index, acc);
            }
        };
        match self {
            Change::If(..) => {
                if let Some(way) = self.chosen(with) {
                    way.make_at(column, index, with);
                }
            }
            Change::After(_, change) => change.make_at(column, index, with),
            Change::Items(changes) => {
                for (change, part) in changes.iter().zip(items.parts_mut()) {
                    change.make_at(part, index, with);
                }
            }
            Change::Entries(changes) => {
                for (key, change) in changes {
                    if let Some(place) = items.place(key) {
                        change.make_at(&mut items.parts_mut()[place], index, with);
                    }
                }
            }
            Change::Whole(changes) => {
                for ((_, change), part) in changes.iter().zip(items.parts_mut()) {
                    change.make_at(part, index, with);
                }
            }
            _ => {}
        }
    }

    /// What becomes of an int, where that is an int.
    #[inline]
    fn int(&self, acc: i64, with: With<'_, '_>) -> Option<i64> {
        let (Change::Number(_, source) | Change::Best { than: source, .. }) = self else {
            return None;
        };
        let Value::Int(value) = source.value(with)? else {
            return None;
        };
        match self {
            Change::Number(operator, _) => number::exact(*operator, acc, value),
            Change::Best { largest: true, .. } => Some(acc.max(value)),
            _ => Some(acc.min(value)),
        }
    }

    /// Which way a condition goes, if that is known.
    fn chosen(&self, with: With<'_, '_>) -> Option<&Change> {
        let Change::If(condition, then, other) = self else {
            return None;
        };
        let holds = access::truth(&condition.value(with)?);
        Some(if holds { then } else { other })
    }

    /// Whether the change can be made, all of it.
    fn fits(&self, acc: &Owned, with: With<'_, '_>) -> bool {
        match self {
            Change::Keep => true,
            Change::Set(source) => source.is_known(with),
            Change::Number(operator, source) => source
                .value(with)
                .is_some_and(|value| calculated(*operator, acc, &value).is_some()),
            Change::Best { than, .. } => {
                than.value(with).is_some_and(|value| match (acc, &value) {
                    // They have an order: that is enough to know here.
                    (Owned::Str(_), Value::Str(_)) | (Owned::Int(_), Value::Int(_)) => true,
                    _ => self.wins(acc, &value).is_some(),
                })
            }
            Change::Append(sources) => {
                matches!(acc, Owned::List(_)) && sources.iter().all(|source| source.is_known(with))
            }
            Change::If(..) => self.chosen(with).is_some_and(|way| way.fits(acc, with)),
            Change::Items(changes) => match acc {
                Owned::Tuple(items) => {
                    items.len() == changes.len()
                        && changes
                            .iter()
                            .zip(items.iter())
                            .all(|(change, item)| change.fits(item, with))
                }
                _ => false,
            },
            Change::Entries(changes) => match acc {
                Owned::Dict(pairs) => changes.iter().all(|(key, change)| match place(pairs, key) {
                    Some(index) => change.fits(&pairs[index].1, with),
                    None => matches!(change, Change::Set(_)) && change.fits(&Owned::None, with),
                }),
                _ => false,
            },
            Change::After(sources, change) => {
                sources.iter().all(|source| source.is_known(with)) && change.fits(acc, with)
            }
            Change::Whole(changes) => match acc {
                Owned::Dict(pairs) => {
                    pairs.len() == changes.len()
                        && changes
                            .iter()
                            .zip(pairs)
                            .all(|((key, change), (known, item))| {
                                is_text(known, key) && change.fits(item, with)
                            })
                }
                _ => false,
            },
        }
    }

    /// Make the change, which fits.
    fn make(&self, acc: &mut Owned, with: With<'_, '_>) {
        match (self, acc) {
            (Change::Set(source), acc) => source.put(acc, with),
            (Change::Number(operator, source), acc) => {
                let value = source.value(with);
                if let Some(result) = value.and_then(|value| calculated(*operator, acc, &value)) {
                    *acc = result;
                }
            }
            (Change::Best { than, .. }, acc) => {
                let value = than.value(with);
                if value.and_then(|value| self.wins(acc, &value)) == Some(true) {
                    than.put(acc, with);
                }
            }
            (Change::Append(sources), Owned::List(items)) => {
                items.extend(sources.iter().filter_map(|source| source.owned(with)));
            }
            (Change::If(..), acc) => {
                if let Some(way) = self.chosen(with) {
                    way.make(acc, with);
                }
            }
            (Change::Items(changes), Owned::Tuple(items)) => {
                for (change, item) in changes.iter().zip(items.iter_mut()) {
                    change.make(item, with);
                }
            }
            (Change::Entries(changes), Owned::Dict(pairs)) => {
                for (key, change) in changes {
                    let index = place(pairs, key).unwrap_or_else(|| {
                        pairs.push((Owned::Str(key.clone()), Owned::None));
                        pairs.len() - 1
                    });
                    change.make(&mut pairs[index].1, with);
                }
            }
            (Change::Whole(changes), Owned::Dict(pairs)) => {
                for ((_, change), (_, item)) in changes.iter().zip(pairs) {
                    change.make(item, with);
                }
            }
            (Change::After(_, change), acc) => change.make(acc, with),
            _ => {}
        }
    }

    /// Whether the other value takes the place of this one in `max` or `min`; `None` where Python
    /// has no order for them, or the kernel does not know it.
    fn wins(&self, acc: &Owned, value: &Value<'_>) -> Option<bool> {
        let Change::Best { largest, first, .. } = self else {
            return None;
        };
        let acc = acc.as_value()?;
        let better = if *largest {
            Comparison::Gt
        } else {
            Comparison::Lt
        };
        if *first {
            compare::compare(better, value, &acc).ok()
        } else {
            compare::compare(better, &acc, value)
                .ok()
                .map(|stays| !stays)
        }
    }
}

/// The accumulator with a number added, taken away or multiplied, where that is one of ours.
fn calculated(operator: Arithmetic, acc: &Owned, value: &Value<'_>) -> Option<Owned> {
    let ints = |one, two| number::exact(operator, one, two).map(Owned::Int);
    let floats = |one: f64, two: f64| {
        let result = match operator {
            Arithmetic::Add => one + two,
            Arithmetic::Sub => one - two,
            Arithmetic::Mul => one * two,
            _ => return None,
        };
        Some(Owned::Float(result))
    };
    match (acc, value) {
        (Owned::Int(one), Value::Int(two)) => ints(*one, *two),
        (Owned::Int(one), Value::Bool(two)) => ints(*one, i64::from(*two)),
        (Owned::Float(one), Value::Float(two)) => floats(*one, *two),
        // Python, too, makes the int a float, rounding half to even.
        (Owned::Float(one), Value::Int(two)) => floats(*one, *two as f64),
        (Owned::Int(one), Value::Float(two)) => floats(*one as f64, *two),
        _ => None,
    }
}

fn place(pairs: &[(Owned, Owned)], key: &str) -> Option<usize> {
    pairs.iter().position(|(known, _)| is_text(known, key))
}

fn is_text(known: &Owned, key: &str) -> bool {
    matches!(known, Owned::Str(text) if **text == *key)
}

/// A part of the accumulator that a change is about.
#[derive(Clone, Copy)]
enum Place<'p> {
    All,
    Item(usize),
    Entry(&'p str),
}

/// Finds the change that a step makes.
pub(super) struct Finder<'n> {
    /// The nodes of the program.
    pub nodes: &'n [Node],
    /// The nodes of the row that the step captures, in order.
    pub captures: &'n [NodeId],
}

impl Finder<'_> {
    /// The change of the whole accumulator, if it is one that can be made in place.
    pub fn change(&self, step: NodeId) -> Option<Change> {
        self.of(step, Place::All)
    }

    fn of(&self, id: NodeId, place: Place<'_>) -> Option<Change> {
        if self.is(id, place) {
            return Some(Change::Keep);
        }
        if let Some(source) = self.source(id) {
            return Some(Change::Set(source));
        }
        let node = &self.nodes[id as usize];
        match (&node.op, &*node.args) {
            (Op::If, &[condition, then, other]) => Some(Change::If(
                self.source(condition)?,
                Box::new(self.of(then, place)?),
                Box::new(self.of(other, place)?),
            )),
            (Op::Arithmetic(Arithmetic::Add), &[left, right]) => {
                let listed = self.is(self.copied(left), place);
                if let (true, Op::List) = (listed, &self.nodes[right as usize].op) {
                    let items = self.nodes[right as usize].args.iter();
                    let sources = items.map(|item| self.source(*item));
                    return Some(Change::Append(sources.collect::<Option<_>>()?));
                }
                let (_, other) = self.other(left, right, place)?;
                Some(Change::Number(Arithmetic::Add, other))
            }
            (Op::Arithmetic(Arithmetic::Mul), &[left, right]) => {
                let (_, other) = self.other(left, right, place)?;
                Some(Change::Number(Arithmetic::Mul, other))
            }
            (Op::Arithmetic(Arithmetic::Sub), &[left, right]) => {
                match self.other(left, right, place)? {
                    (true, other) => Some(Change::Number(Arithmetic::Sub, other)),
                    (false, _) => None,
                }
            }
            (Op::Call(builtin @ (Builtin::Max | Builtin::Min)), &[left, right]) => {
                let (first, than) = self.other(left, right, place)?;
                let largest = *builtin == Builtin::Max;
                Some(Change::Best {
                    than,
                    largest,
                    first,
                })
            }
            (Op::Tuple, items) if matches!(place, Place::All) => {
                let changes = items.iter().enumerate();
                let changes = changes.map(|(index, item)| self.of(*item, Place::Item(index)));
                Some(Change::Items(changes.collect::<Option<_>>()?))
            }
            (Op::Dict, pairs) if matches!(place, Place::All) => {
                let mut changes: Vec<(Box<str>, Change)> = Vec::new();
                for pair in pairs.chunks_exact(2) {
                    let key = self.text(pair[0])?;
                    if changes.iter().any(|(known, _)| **known == *key) {
                        return None;
                    }
                    changes.push((key.into(), self.of(pair[1], Place::Entry(key))?));
                }
                Some(Change::Whole(changes))
            }
            (Op::Merge, &[one, two]) if matches!(place, Place::All) => {
                let Some(Change::Whole(changes)) = self.of(two, place) else {
                    return None;
                };
                self.is(self.copied(one), place)
                    .then_some(Change::Entries(changes))
            }
            (Op::Seq, [before @ .., result]) if matches!(place, Place::All) => {
                let mut change = self.of(*result, place)?;
                let mut sources = Vec::new();
                for &id in before {
                    match (self.source(id), self.entry(id), &mut change) {
                        (Some(source), ..) => sources.push(source),
                        // The key has to be there.
                        (None, Some(key), Change::Entries(changes)) => {
                            changes.push((key.into(), Change::Keep));
                        }
                        (None, Some(key), Change::Whole(changes))
                            if changes.iter().any(|(known, _)| **known == *key) => {}
                        _ => return None,
                    }
                }
                Some(Change::After(sources, Box::new(change)))
            }
            (Op::Put, &[object, key, item]) if matches!(place, Place::All) => {
                let mut changes = match self.of(self.copied(object), place)? {
                    Change::Keep => Vec::new(),
                    Change::Entries(changes) => changes,
                    _ => return None,
                };
                let key = self.text(key)?;
                // A key that is stored into twice is read in between, or might be.
                if changes.iter().any(|(known, _)| **known == *key) {
                    return None;
                }
                changes.push((key.into(), self.of(item, Place::Entry(key))?));
                Some(Change::Entries(changes))
            }
            _ => None,
        }
    }

    /// What a node is a copy of: `list(x)`, `dict(x)`, `{**x}`; else the node itself.
    fn copied(&self, id: NodeId) -> NodeId {
        let node = &self.nodes[id as usize];
        match (&node.op, &*node.args) {
            (Op::Call(Builtin::List | Builtin::Dict), &[value]) => value,
            (Op::Merge, &[empty, value]) => match &self.nodes[empty as usize] {
                Node {
                    op: Op::Dict, args, ..
                } if args.is_empty() => value,
                _ => id,
            },
            _ => id,
        }
    }

    /// Whether a node is this part of the accumulator, as it was before the step.
    fn is(&self, id: NodeId, place: Place<'_>) -> bool {
        let node = &self.nodes[id as usize];
        match (place, &node.op, &*node.args) {
            (Place::All, Op::Input(Input::Acc), _) => true,
            (Place::Item(index), Op::GetItem, &[object, key]) => {
                self.is(object, Place::All) && self.constant(key) == Some(&Owned::Int(index as i64))
            }
            (Place::Entry(name), Op::GetItem, &[object, key]) => {
                self.text(key) == Some(name) && self.leaves(object, name)
            }
            _ => false,
        }
    }

    /// The key of an item of the accumulator, as it was before the step, that a node reads.
    fn entry(&self, id: NodeId) -> Option<&str> {
        match &*self.nodes[id as usize].args {
            &[_, key] => self.text(key).filter(|key| self.is(id, Place::Entry(key))),
            _ => None,
        }
    }

    /// Whether a dict is the accumulator with other keys than this one stored into.
    fn leaves(&self, id: NodeId, name: &str) -> bool {
        let node = &self.nodes[id as usize];
        match (&node.op, &*node.args) {
            (Op::Put, &[object, key, _]) => {
                self.text(key).is_some_and(|key| key != name) && self.leaves(object, name)
            }
            _ => self.is(self.copied(id), Place::All),
        }
    }

    /// Of two operands the one that is not this part, and whether the part is the first.
    fn other(&self, left: NodeId, right: NodeId, place: Place<'_>) -> Option<(bool, Source)> {
        if self.is(left, place) {
            Some((true, self.source(right)?))
        } else if self.is(right, place) {
            Some((false, self.source(left)?))
        } else {
            None
        }
    }

    fn source(&self, id: NodeId) -> Option<Source> {
        if let Some(constant) = self.constant(id) {
            return Some(Source::Const(constant.clone()));
        }
        if let Some(captured) = self.captures.iter().position(|&capture| capture == id) {
            return Some(Source::Captured(captured));
        }
        let node = &self.nodes[id as usize];
        match (&node.op, &*node.args) {
            (Op::Input(Input::Other), _) => Some(Source::Other),
            (Op::GetItem, &[object, key])
                if self.nodes[object as usize].op == Op::Input(Input::Other) =>
            {
                match self.constant(key)? {
                    Owned::Int(index) => usize::try_from(*index).ok().map(Source::OtherItem),
                    Owned::Str(key) => Some(Source::OtherEntry(key.clone())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn constant(&self, id: NodeId) -> Option<&Owned> {
        match &self.nodes[id as usize].op {
            Op::Const(Constant::Value(value)) => Some(value),
            _ => None,
        }
    }

    fn text(&self, id: NodeId) -> Option<&str> {
        match self.constant(id)? {
            Owned::Str(text) => Some(text),
            _ => None,
        }
    }
}
