//! `topk`: the k largest, descending, ties in first-seen order, as `heapq.nlargest` has them.
//!
//! Candidates pile up to twice k; then they are sorted and cut, and the k-th is the threshold
//! that a later row must beat (an equal one comes after it, so it cannot get in). Most rows of a
//! long scan end at that comparison, without a copy.
//!
//! Python compares whichever pairs its heap happens to meet, and raises at the first that has no
//! order. Which those are is not worth imitating: keys of one *shape* (numbers; strs; tuples of
//! the same shapes) always have an order, and any others demote.

use std::cmp::Ordering;

use crate::eval::compare::order;
use crate::program::NodeId;
use crate::value::{Owned, Value};

use super::Take;

/// An element, and its key if that is not the element itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// What is compared.
    pub key: Owned,
    /// The element, where it is not the key.
    pub element: Option<Owned>,
}

impl Ranked {
    /// The element.
    pub fn element(&self) -> &Owned {
        self.element.as_ref().unwrap_or(&self.key)
    }
}

/// The candidates.
#[derive(Debug)]
pub struct Top {
    k: usize,
    /// The expression of an element.
    pub element: NodeId,
    /// The expression that elements are compared by.
    pub key: Option<NodeId>,
    candidates: Vec<(u64, Ranked)>,
    seen: u64,
    /// Whether the first k candidates are sorted, the k-th being the threshold.
    settled: bool,
    shape: Option<Shape>,
}

impl Top {
    /// No candidate yet.
    pub fn new(k: usize, element: NodeId, key: Option<NodeId>) -> Top {
        Top {
            k,
            element,
            key,
            candidates: Vec::new(),
            seen: 0,
            settled: false,
            shape: None,
        }
    }

    /// Offer one more row; `element` is called only if it gets in, and gives `Some(None)` if the key
    /// is the element.
    pub fn push(
        &mut self,
        key: &Value<'_>,
        element: impl FnOnce() -> Option<Option<Owned>>,
    ) -> Take {
        let fits = match &self.shape {
            Some(shape) => shape.fits(key),
            None => {
                self.shape = Shape::of(key);
                self.shape.is_some()
            }
        };
        if !fits {
            return Take::Demoted("keys without an order".into());
        }
        self.seen += 1;
        if self.settled {
            let threshold = self.candidates[self.k - 1].1.key.as_value();
            if threshold.and_then(|threshold| compare(key, &threshold)) != Some(Ordering::Greater) {
                return Take::More;
            }
        }
        if self.k > 0 {
            let Some(element) = element() else {
                return Take::Demoted("an element that is not UTF-8".into());
            };
            let ranked = Ranked {
                key: key.to_owned(),
                element,
            };
            self.candidates.push((self.seen, ranked));
            if self.candidates.len() >= self.k.saturating_mul(2).max(64) {
                self.cut();
            }
        }
        Take::More
    }

    /// The k best, best first.
    pub fn finish(mut self) -> Vec<Ranked> {
        self.cut();
        self.candidates
            .into_iter()
            .map(|(_, ranked)| ranked)
            .collect()
    }

    fn cut(&mut self) {
        self.candidates
            .sort_unstable_by(|(left_seen, left), (right_seen, right)| {
                let keys = left.key.as_value().zip(right.key.as_value());
                let order = keys.and_then(|(left, right)| compare(&right, &left));
                order
                    .unwrap_or(Ordering::Equal)
                    .then(left_seen.cmp(right_seen))
            });
        self.candidates.truncate(self.k);
        self.settled = self.candidates.len() == self.k && self.k > 0;
    }
}

fn compare(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    order(left, right).ok().flatten()
}

/// What two keys must share so that Python can order them.
#[derive(Debug, PartialEq)]
enum Shape {
    Number,
    Text,
    Tuple(Vec<Shape>),
}

impl Shape {
    fn of(key: &Value<'_>) -> Option<Shape> {
        match key {
            Value::Bool(_) | Value::Int(_) => Some(Shape::Number),
            Value::Float(value) if !value.is_nan() => Some(Shape::Number),
            Value::Str(_) => Some(Shape::Text),
            Value::Tuple(items) => items
                .iter()
                .map(Shape::of)
                .collect::<Option<_>>()
                .map(Shape::Tuple),
            _ => None,
        }
    }

    fn fits(&self, key: &Value<'_>) -> bool {
        match (self, key) {
            (Shape::Number, Value::Bool(_) | Value::Int(_)) | (Shape::Text, Value::Str(_)) => true,
            (Shape::Number, Value::Float(value)) => !value.is_nan(),
            (Shape::Tuple(shapes), Value::Tuple(items)) => {
                shapes.len() == items.len()
                    && shapes
                        .iter()
                        .zip(items)
                        .all(|(shape, item)| shape.fits(item))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(k: usize, keys: &[i64]) -> Vec<(i64, i64)> {
        let mut top = Top::new(k, 0, Some(0));
        for (position, key) in keys.iter().enumerate() {
            let take = top.push(&Value::Int(*key), || {
                Some(Some(Owned::Int(position as i64)))
            });
            assert_eq!(take, Take::More);
        }
        let ranked = top.finish();
        ranked
            .iter()
            .map(|ranked| match (&ranked.key, ranked.element()) {
                (Owned::Int(key), Owned::Int(position)) => (*key, *position),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn ties_are_first_seen() {
        assert_eq!(top(3, &[5, 7, 5, 7, 5]), [(7, 1), (7, 3), (5, 0)]);
        assert_eq!(top(0, &[5, 7]), []);
        assert_eq!(top(9, &[]), []);
    }

    #[test]
    fn many_rows_agree_with_a_stable_sort() {
        let keys: Vec<i64> = (0..5000).map(|row| (row * 7919) % 97).collect();
        for k in [1, 2, 31, 32, 33, 100, 6000] {
            let mut sorted: Vec<(i64, i64)> = keys.iter().copied().zip(0..).collect();
            sorted.sort_by_key(|(key, _)| -key);
            sorted.truncate(k);
            assert_eq!(top(k, &keys), sorted, "k = {k}");
        }
    }

    #[test]
    fn keys_without_an_order_demote() {
        let text = Value::text("a");
        for (first, second) in [
            (Value::Int(1), text.clone()),
            (Value::Tuple(vec![Value::Int(1)]), Value::Tuple(vec![text])),
            (Value::Int(1), Value::Float(f64::NAN)),
        ] {
            let mut top = Top::new(2, 0, None);
            assert_eq!(top.push(&first, || Some(None)), Take::More);
            assert!(matches!(top.push(&second, || Some(None)), Take::Demoted(_)));
        }
    }
}
