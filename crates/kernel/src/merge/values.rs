//! Partials that are one value each, or k: merged at the end, level by level.
//!
//! dask.bag leaves an empty partition out of a reduction, unless it is the only one; so does
//! this. Where nothing is left, a sum is 0, a top is empty, and the others have no answer.

use std::collections::BTreeMap;

use super::groups::Combiner;
use super::{Outcome, parts};
use crate::partial::{Partial, Ranked};
use crate::sink::{Extreme, Take, Top};
use crate::value::{Owned, Value};

/// The rule of a reduction.
#[derive(Debug)]
pub enum Values {
    /// Sums.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The k largest.
    Top(usize),
    /// A combine of accumulators.
    Fold {
        /// The combine.
        combiner: Box<Combiner>,
        /// The initial of the fold itself, the answer where its only partition is empty.
        initial: Option<Owned>,
    },
}

/// Merge the partials of level 0.
pub fn merge(
    rule: &Values,
    width: u32,
    levels: &[u32],
    waiting: BTreeMap<(u32, u32), Partial>,
) -> Outcome {
    let mut nodes: Vec<Option<&Partial>> = Vec::new();
    nodes.resize(levels.first().map_or(0, |size| *size as usize), None);
    for ((_, index), partial) in &waiting {
        if let Some(node) = nodes.get_mut(*index as usize) {
            *node = Some(partial).filter(|partial| !is_empty(partial));
        }
    }
    let exact = nodes
        .iter()
        .flatten()
        .all(|partial| !matches!(partial, Partial::Values(_)));
    let result = match exact {
        true => reduce(rule, width as usize, levels.len() - 1, &nodes),
        false => Err("a sum that is not of ints alone".to_owned()),
    };
    match result {
        Ok(Some(partial)) => Outcome::Done(partial),
        Ok(None) => nothing(rule, levels.first() == Some(&1)),
        Err(reason) => Outcome::Python {
            reason,
            parts: parts(waiting),
        },
    }
}

/// All levels, one after the other.
fn reduce(
    rule: &Values,
    width: usize,
    levels: usize,
    nodes: &[Option<&Partial>],
) -> Result<Option<Partial>, String> {
    let mut level: Vec<Option<Partial>> = nodes.iter().map(|node| node.cloned()).collect();
    for _ in 0..levels {
        let groups = level.chunks(width.max(1));
        level = groups
            .map(|group| {
                let present: Vec<&Partial> = group.iter().flatten().collect();
                if present.is_empty() {
                    Ok(None)
                } else {
                    one(rule, &present).map(Some)
                }
            })
            .collect::<Result<_, String>>()?;
    }
    Ok(level.into_iter().next().flatten())
}

/// One group of neighbours, none of which is empty.
fn one(rule: &Values, group: &[&Partial]) -> Result<Partial, String> {
    match rule {
        Values::Sum => sum(group),
        Values::Min => extreme(Extreme::min(0), group),
        Values::Max => extreme(Extreme::max(0), group),
        Values::Top(k) => top(*k, group),
        Values::Fold { combiner, .. } => fold(combiner, group),
    }
}

fn sum(group: &[&Partial]) -> Result<Partial, String> {
    let (mut all, mut count) = (0_i64, 0_u64);
    for partial in group {
        let Partial::Sum { total, rows } = partial else {
            continue;
        };
        all = all.checked_add(*total).ok_or("a sum beyond 64 bits")?;
        count = count.saturating_add(*rows);
    }
    Ok(Partial::Sum {
        total: all,
        rows: count,
    })
}

fn extreme(mut extreme: Extreme, group: &[&Partial]) -> Result<Partial, String> {
    for partial in group {
        if let Partial::Extreme(Some(best)) = partial {
            let value = best.as_value().ok_or("a value that only Python knows")?;
            if let Take::Demoted(why) = extreme.push(&value) {
                return Err(why.into());
            }
        }
    }
    Ok(Partial::Extreme(extreme.best))
}

fn top(k: usize, group: &[&Partial]) -> Result<Partial, String> {
    let mut top = Top::new(k, 0, None);
    for partial in group {
        let Partial::Top(ranked) = partial else {
            continue;
        };
        for Ranked { key, element } in ranked {
            let value = key.as_value().ok_or("a key that only Python knows")?;
            if let Take::Demoted(why) = top.push(&value, || Some(element.clone())) {
                return Err(why.into());
            }
        }
    }
    Ok(Partial::Top(top.finish()))
}

fn fold(combiner: &Combiner, group: &[&Partial]) -> Result<Partial, String> {
    let mut all: Option<Owned> = None;
    for partial in group {
        let Partial::Fold(Some(next)) = partial else {
            continue;
        };
        all = Some(match &all {
            None => next.clone(),
            Some(acc) => {
                let known = |value| Owned::as_value(value).unwrap_or(Value::None);
                combiner.combine(&known(acc), &known(next))?
            }
        });
    }
    Ok(Partial::Fold(all))
}

/// Whether dask.bag would leave the partition out.
fn is_empty(partial: &Partial) -> bool {
    match partial {
        Partial::Sum { rows, .. } => *rows == 0,
        Partial::Values(_) => false,
        other => other.is_empty(),
    }
}

/// What is left of no row at all.
fn nothing(rule: &Values, alone: bool) -> Outcome {
    match rule {
        Values::Sum => Outcome::Done(Partial::Sum { total: 0, rows: 0 }),
        Values::Top(_) => Outcome::Done(Partial::Top(Vec::new())),
        Values::Fold {
            initial: Some(initial),
            ..
        } if alone => Outcome::Done(Partial::Fold(Some(initial.clone()))),
        Values::Min | Values::Max | Values::Fold { .. } => Outcome::Empty,
    }
}
