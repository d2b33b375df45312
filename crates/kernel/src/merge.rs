//! From the partials of all partitions to one result, by dask.bag's own tree.
//!
//! ```text
//! level 0   p0 p1 p2 p3 p4 p5 p6 p7   p8 ... p15   p16 p17        split_every = 8
//! level 1            m0                   m1          m2
//! level 2                     the result                          the last level has <= 8
//! ```
//!
//! | sink | how |
//! |---|---|
//! | count, frequencies, distinct | sums of ints and sets of keys: in any order, at once; ranks keep first-seen order |
//! | foldby | the tree, level by level, each group as soon as it is complete |
//! | sum, min, max, topk, fold | the tree, at the end: a partition is one value, or k |
//! | schema | in partition order, at the end |
//!
//! The tree is kept because a combine may be anything: float addition is not associative, and
//! dask.bag applies a combine's initial once per key at every level. What the kernel cannot
//! combine as Python would (an overflow, a demoted partition, a combine of which it knows
//! nothing) it hands back as it is: the nodes of the tree that remain, for Python to go on from.

mod groups;
mod items;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::eval::Plan;
use crate::partial::{Partial, Table};
use crate::program::{Program, Sink};
use crate::schema::Schema;
use crate::value::Owned;

use groups::{Combiner, combine_tables, first_of_each};
pub use items::run_items;

/// How two accumulators of a fold become one.
#[derive(Debug, Clone)]
pub enum Combine {
    /// The sink has a rule of its own.
    None,
    /// An expression over the inputs acc and other.
    Native {
        /// A program without queries, whose result is its last node.
        program: Arc<Program>,
        /// dask.bag's `combine_initial`: the accumulator that each merge begins with.
        initial: Option<Owned>,
    },
    /// A function that the kernel does not know.
    Python,
}

/// The result of a query.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// Here it is.
    Done(Partial),
    /// No row came, where Python has no answer: the min of nothing, a fold of nothing.
    Empty,
    /// Python must go on from here.
    Python {
        /// Why.
        reason: String,
        /// The nodes of the tree that remain, by level and then index.
        parts: Vec<Part>,
    },
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// 0: a partition. `u32::MAX`: all partitions that could be merged in any order.
    pub level: u32,
    /// Its place in the level.
    pub index: u32,
    /// What it knows.
    pub partial: Partial,
}

/// Merges the partials of one query as they come.
///
/// ```
/// use std::sync::Arc;
/// use satchel_kernel::merge::{Combine, Merge, Outcome};
/// use satchel_kernel::{partial::Partial, program::Program};
/// let program = Program::parse(r#"{"version": 1, "nodes": [["input", "line", []]],
///                                  "queries": [{"steps": [], "sink": {"kind": "count"}}]}"#);
/// let mut merge = Merge::new(&Arc::new(program.unwrap()), 0, 2, 8, Combine::None);
/// merge.push(1, Partial::Count(3));
/// merge.push(0, Partial::Count(4));
/// assert_eq!(merge.finish(), Outcome::Done(Partial::Count(7)));
/// ```
#[derive(Debug)]
pub struct Merge {
    rule: Rule,
    /// The number of nodes of each level.
    levels: Vec<u32>,
    /// How many neighbours one merge takes.
    width: u32,
    /// The nodes that wait for their neighbours, by level and index.
    waiting: BTreeMap<(u32, u32), Partial>,
    /// Why Python must finish, once that is known.
    python: Option<String>,
}

#[derive(Debug)]
enum Rule {
    /// All partials so far, in any order.
    Greedy(Option<Partial>),
    /// Tables, each group of neighbours as soon as it is complete.
    Groups(Box<Combiner>),
    /// Small partials: at the end.
    Values(values::Values),
    /// In partition order, at the end.
    Schema,
    /// Nothing to merge.
    Delivered,
}

impl Merge {
    /// A merge of `partitions` partials of query `query`; `split_every` as in dask.bag, 0 for all
    /// at once.
    pub fn new(
        program: &Arc<Program>,
        query: usize,
        partitions: u32,
        split_every: u32,
        combine: Combine,
    ) -> Merge {
        let width = if split_every < 2 {
            partitions.max(1)
        } else {
            split_every
        };
        let mut levels = vec![partitions];
        while let Some(&last) = levels.last().filter(|last| **last > width) {
            levels.push(last.div_ceil(width));
        }
        levels.push(1);
        let mut python = None;
        let mut combiner = || match &combine {
            Combine::Native { program, initial } => {
                let combiner = Combiner::new(Plan::new(program.clone()), initial.clone());
                Some(Box::new(combiner))
            }
            _ => {
                python = Some("the combine runs in Python".to_owned());
                None
            }
        };
        let rule = match &program.queries[query].sink {
            Sink::Count | Sink::Frequencies { .. } | Sink::Distinct { .. } => Rule::Greedy(None),
            Sink::FoldBy { .. } => combiner().map_or(Rule::Delivered, Rule::Groups),
            Sink::Fold { initial, .. } => match combiner() {
                Some(combiner) => Rule::Values(values::Values::Fold {
                    combiner,
                    initial: initial.clone(),
                }),
                None => Rule::Delivered,
            },
            Sink::Sum { .. } => Rule::Values(values::Values::Sum),
            Sink::Min { .. } => Rule::Values(values::Values::Min),
            Sink::Max { .. } => Rule::Values(values::Values::Max),
            Sink::TopK { k, .. } => Rule::Values(values::Values::Top(*k)),
            Sink::Schema { .. } => Rule::Schema,
            Sink::Collect { .. }
            | Sink::Project { .. }
            | Sink::Lines { .. }
            | Sink::Columns { .. } => Rule::Delivered,
        };
        Merge {
            rule,
            levels,
            width,
            waiting: BTreeMap::new(),
            python,
        }
    }

    /// Add the partial of one partition, in any order, each partition once.
    pub fn push(&mut self, partition: u32, partial: Partial) {
        if let Some(why) = partial.demoted() {
            let why = || format!("partition {partition}: {why}");
            self.python.get_or_insert_with(why);
            self.waiting.insert((0, partition), partial);
            return;
        }
        match &mut self.rule {
            Rule::Greedy(so_far) => {
                if let Some(partial) = greedy(so_far, partial) {
                    self.python.get_or_insert("partials of two queries".into());
                    self.waiting.insert((0, partition), partial);
                }
            }
            Rule::Groups(_) => self.join(0, partition, partial),
            _ => {
                self.waiting.insert((0, partition), partial);
            }
        }
    }

    /// The result, once every partition has been pushed.
    pub fn finish(mut self) -> Outcome {
        if let Some(reason) = self.python {
            if let Rule::Greedy(Some(partial)) = self.rule {
                self.waiting.insert((u32::MAX, 0), sorted(partial));
            }
            return Outcome::Python {
                reason,
                parts: parts(self.waiting),
            };
        }
        match self.rule {
            Rule::Greedy(partial) => Outcome::Done(partial.map_or(Partial::Count(0), sorted)),
            Rule::Groups(_) => {
                let table = self.waiting.into_values().next();
                Outcome::Done(table.unwrap_or(Partial::FoldBy(Table::default())))
            }
            Rule::Values(rule) => values::merge(&rule, self.width, &self.levels, self.waiting),
            Rule::Schema => {
                let mut all = Schema::default();
                for partial in self.waiting.values() {
                    if let Partial::Schema(schema) = partial {
                        all.merge(schema);
                    }
                }
                Outcome::Done(Partial::Schema(Box::new(all)))
            }
            Rule::Delivered => Outcome::Done(Partial::Delivered),
        }
    }

    /// Put a node of the tree in its place, and merge its group if it was the last of it.
    fn join(&mut self, level: u32, index: u32, partial: Partial) {
        self.waiting.insert((level, index), partial);
        let top = self.levels.len() as u32 - 1;
        let Rule::Groups(combiner) = &self.rule else {
            return;
        };
        if level == top {
            return;
        }
        let group = index / self.width;
        let size = self.levels[level as usize];
        let first = group * self.width;
        let end = first.saturating_add(self.width).min(size);
        let nodes: Vec<&Table> = (first..end)
            .map_while(|index| self.waiting.get(&(level, index)).and_then(Partial::table))
            .collect();
        if nodes.len() < (end - first) as usize {
            return;
        }
        if combiner.keeps_first() {
            let tables = (first..end)
                .filter_map(|index| self.waiting.remove(&(level, index)))
                .filter_map(|partial| match partial {
                    Partial::FoldBy(table) => Some(table),
                    _ => None,
                });
            let table = first_of_each(tables.collect());
            return self.join(level + 1, group, Partial::FoldBy(table));
        }
        match combine_tables(combiner, &nodes) {
            Ok(table) => {
                for index in first..end {
                    self.waiting.remove(&(level, index));
                }
                self.join(level + 1, group, Partial::FoldBy(table));
            }
            Err(why) => {
                self.python.get_or_insert(why);
            }
        }
    }
}

fn parts(waiting: BTreeMap<(u32, u32), Partial>) -> Vec<Part> {
    let part = |((level, index), partial)| Part {
        level,
        index,
        partial,
    };
    waiting.into_iter().map(part).collect()
}

/// Add a partial to what there is so far; one of another kind comes back.
fn greedy(so_far: &mut Option<Partial>, partial: Partial) -> Option<Partial> {
    let Some(all) = so_far else {
        *so_far = Some(partial);
        return None;
    };
    match (all, partial) {
        (Partial::Count(sum), Partial::Count(rows)) => *sum = sum.saturating_add(rows),
        (Partial::Frequencies(all), Partial::Frequencies(table))
        | (Partial::Distinct(all), Partial::Distinct(table)) => {
            // The larger one stays where it is.
            if table.len() > all.len() {
                let smaller = std::mem::replace(all, table);
                all.absorb(&smaller);
            } else {
                all.absorb(&table);
            }
        }
        (_, other) => return Some(other),
    }
    None
}

fn sorted(partial: Partial) -> Partial {
    match partial {
        Partial::Frequencies(table) => Partial::Frequencies(table.sorted()),
        Partial::Distinct(table) => Partial::Distinct(table.sorted()),
        other => other,
    }
}
