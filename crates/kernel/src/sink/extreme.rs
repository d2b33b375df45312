//! `min` and `max`: the first of the best, as Python's builtins keep it.

use std::cmp::Ordering;

use crate::eval::compare::order;
use crate::program::NodeId;
use crate::value::{Owned, Value};

use super::Take;

/// The best value so far.
#[derive(Debug)]
pub struct Extreme {
    /// The expression to compare.
    pub value: NodeId,
    better: Ordering,
    /// `None` before the first row.
    pub best: Option<Owned>,
}

impl Extreme {
    /// The smallest.
    pub fn min(value: NodeId) -> Extreme {
        Extreme {
            value,
            better: Ordering::Less,
            best: None,
        }
    }

    /// The largest.
    pub fn max(value: NodeId) -> Extreme {
        Extreme {
            value,
            better: Ordering::Greater,
            best: None,
        }
    }

    /// Compare one more value.
    pub fn push(&mut self, value: &Value<'_>) -> Take {
        let Some(best) = &self.best else {
            self.best = Some(value.to_owned());
            return Take::More;
        };
        match best.as_value().map(|best| order(value, &best)) {
            Some(Ok(Some(order))) => {
                if order == self.better {
                    self.best = Some(value.to_owned());
                }
                Take::More
            }
            _ => Take::Demoted("values without an order".into()),
        }
    }
}
