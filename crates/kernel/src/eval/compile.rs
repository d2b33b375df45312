//! From a program to a plan: which nodes the scan answers, and which need a memo.
//!
//! A chain of constant keys from the record is a *path*: the scan finds its value on its one walk
//! over the line, and the node becomes a slot to read. What the slot says when the value is not
//! there depends on the chain:
//!
//! ```text
//! record["a"]["b"]           not there: raises KeyError or TypeError, so unproved
//! record.get("a", {}).get("b")
//!     a.b missing            a is a dict without b: the default
//!     a.b unreached          a is missing, null or of another type: the general way, which
//!                            evaluates record.get("a", {}) and asks the result
//! (record.get("a") or {}).get("b")
//!     a.b there              a is a dict with an element, so truthy, so the `or` is a
//!     otherwise              the general way
//! ```
//!
//! Only nodes that evaluation can reach are compiled, so that a path is wanted of the scan only
//! if somebody reads it.

use std::collections::HashMap;
use std::sync::Arc;

use satchel_scan::paths::{Need, Step};

use super::Plan;
use super::fold::Splitter;
use super::ints::{self, Ints};
use super::project::Projection;
use crate::program::{self, Builtin, Comparison, Constant, Input, Node, NodeId, Op, Program, Sink};
use crate::value::Owned;

/// How a node is answered.
#[derive(Debug)]
pub(super) enum Code {
    /// Nobody evaluates it.
    Unwanted,
    /// An input other than the record.
    Input(Input),
    /// A constant that is not a set.
    Const,
    /// The value of a path.
    Field(Field),
    /// Whether the object at a path has a key.
    Has {
        slot: usize,
        missing: Absent,
        unreached: Absent,
    },
    /// `len()` of the value of a path.
    Length {
        slot: usize,
        absent: Absent,
        truthy: bool,
    },
    /// Whether a path is this text, compared in the line.
    Same {
        slot: usize,
        text: Box<[u8]>,
        negated: bool,
    },
    /// Whether a value is one of these constants.
    Among(Members),
    /// What a row was worth to a fold's step.
    Captured(usize),
    /// An operation that is asked of the slots first.
    Ints(Ints),
    /// The operation on the values of the arguments.
    Apply,
}

/// A value that the scan finds.
#[derive(Debug)]
pub(super) struct Field {
    /// Where the scan puts it.
    pub slot: usize,
    /// What it is when its parent does not have it.
    pub missing: Absent,
    /// What it is when the parent is not there, or is no container.
    pub unreached: Absent,
    /// A default that is not a constant: Python evaluates it even where it is not used.
    pub eager: Option<NodeId>,
}

/// What a value is that the scan did not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// Python raises.
    Raises,
    /// Python raises KeyError.
    Gone,
    /// `False`.
    No,
    /// The value of this node.
    Default(NodeId),
    /// The operation on the values of the arguments decides.
    General,
}

/// A constant container that is asked for membership.
#[derive(Debug)]
pub(super) struct Members {
    /// The value that may be in it.
    pub item: NodeId,
    /// Its strings, sorted.
    pub texts: Vec<Box<str>>,
    /// The rest of it; no string equals any of these.
    pub others: Vec<Owned>,
    /// Whether it is a set or dict, which only hashable values can be asked of.
    pub hashed: bool,
}

/// Compile a program.
pub(super) fn compile(program: Arc<Program>) -> Plan {
    let mut splitter = Splitter {
        nodes: program.nodes.clone(),
        captured: Vec::new(),
    };
    let mut folds = Vec::new();
    for step in program.queries.iter().filter_map(|query| query.sink.step()) {
        if !folds.iter().any(|(known, _)| *known == step) {
            folds.push((step, splitter.split(step)));
        }
    }
    let count = splitter.nodes.len();
    let mut compiler = Compiler {
        asked: asked(&splitter.nodes),
        nodes: splitter.nodes,
        codes: Vec::new(),
        users: vec![0; count],
        wants: Vec::new(),
        slots: HashMap::new(),
    };
    let code = |node: &Node| match node.op {
        // A constant costs nothing, and the general way asks for the keys of paths.
        Op::Const(Constant::Value(_)) => Code::Const,
        _ => Code::Unwanted,
    };
    compiler.codes = compiler.nodes.iter().map(code).collect();
    for (node, index) in splitter.captured {
        compiler.codes[node as usize] = Code::Captured(index);
    }
    let mut projections = Vec::new();
    for query in &program.queries {
        compiler.query(query);
        if let Sink::Project { paths, .. } = &query.sink {
            let found = Projection::new(paths.as_deref(), &mut |steps| {
                compiler.slot(steps.to_vec(), Need::Value)
            });
            projections.push((paths.clone(), Arc::new(found)));
        }
    }
    for (_, fold) in &folds {
        fold.captures
            .iter()
            .for_each(|capture| compiler.want(*capture));
        compiler.want(fold.body);
    }
    if program.queries.is_empty() {
        program
            .result()
            .into_iter()
            .for_each(|result| compiler.want(result));
    }
    let (cells, bound_cells, cell_count) = compiler.cells();
    compiler.ints();
    let Compiler {
        nodes,
        codes,
        wants,
        ..
    } = compiler;
    Plan {
        program,
        nodes,
        codes,
        cells,
        cell_count,
        bound_cells,
        wants,
        projections,
        folds,
    }
}

/// The nodes under those that say what is raised.
fn asked(nodes: &[Node]) -> Vec<bool> {
    let mut asked = vec![false; nodes.len()];
    // Arguments stand before those that use them.
    for (index, node) in nodes.iter().enumerate().rev() {
        if node.op == Op::Raised || asked[index] {
            node.args.iter().for_each(|arg| asked[*arg as usize] = true);
        }
    }
    asked
}

struct Compiler {
    nodes: Vec<Node>,
    codes: Vec<Code>,
    users: Vec<u32>,
    wants: Vec<(Vec<Step>, Need)>,
    slots: HashMap<(Vec<Step>, Need), usize>,
    /// The nodes of which it is asked what they raise.
    asked: Vec<bool>,
}

/// A chain of constant keys from the record.
struct Path {
    steps: Vec<Step>,
    /// Whether it is all subscripts, so that a value that is not there has raised.
    certain: bool,
    /// Whether the value at its end is the node's value only if it is truthy.
    truthy: bool,
}

impl Compiler {
    /// Compile all that the rows of a query need.
    fn query(&mut self, query: &program::Query) {
        for step in &query.steps {
            match step {
                program::Step::Filter(id)
                | program::Step::Remove(id)
                | program::Step::Eval(id)
                | program::Step::Flatten(id) => self.want(*id),
                program::Step::Load => {}
            }
        }
        query
            .sink
            .row_nodes()
            .into_iter()
            .for_each(|id| self.want(id));
    }

    /// Compile a node that somebody evaluates.
    fn want(&mut self, id: NodeId) {
        let users = &mut self.users[id as usize];
        *users += 1;
        if *users > 1 || matches!(self.codes[id as usize], Code::Captured(_)) {
            return;
        }
        let code = self.code(id);
        self.codes[id as usize] = code;
    }

    fn code(&mut self, id: NodeId) -> Code {
        let node = self.nodes[id as usize].clone();
        let special = match (&node.op, &*node.args) {
            (Op::Input(Input::Record), _) => Some(self.record()),
            (Op::Input(input), _) => Some(Code::Input(*input)),
            (Op::Const(Constant::Value(_)), _) => Some(Code::Const),
            (Op::GetItem, &[object, _]) => self.getitem(id, object),
            (Op::Get, &[object, _, default]) => self.get(id, object, default),
            (Op::Contains, &[container, item]) => self.contains(id, container, item),
            (Op::Call(Builtin::Len), &[value]) => self.length(id, value),
            (Op::Compare(Comparison::Eq), &[left, right]) => self.same(left, right, false),
            (Op::Compare(Comparison::Ne), &[left, right]) => self.same(left, right, true),
            _ => None,
        };
        special.unwrap_or_else(|| {
            node.args.iter().for_each(|arg| self.want(*arg));
            Code::Apply
        })
    }

    fn record(&mut self) -> Code {
        let slot = self.slot(Vec::new(), Need::Value);
        Code::Field(Field {
            slot,
            missing: Absent::Raises,
            unreached: Absent::Raises,
            eager: None,
        })
    }

    fn getitem(&mut self, id: NodeId, object: NodeId) -> Option<Code> {
        let path = self.path(id)?;
        let parent = self.path(object)?;
        let by_key = matches!(path.steps.last(), Some(Step::Key(_)));
        let asked = self.asked[id as usize];
        let missing = if parent.truthy || (asked && !by_key) {
            Absent::General
        } else if by_key {
            Absent::Gone
        } else {
            Absent::Raises
        };
        // An index may be one into a str, which the scan does not look into.
        let indexed = !by_key && !parent.steps.is_empty();
        let raises = parent.certain && !indexed && !asked;
        let unreached = if raises {
            Absent::Raises
        } else {
            Absent::General
        };
        self.fall_back(object, &[missing, unreached]);
        let slot = self.slot(path.steps, Need::Value);
        Some(Code::Field(Field {
            slot,
            missing,
            unreached,
            eager: None,
        }))
    }

    fn get(&mut self, id: NodeId, object: NodeId, default: NodeId) -> Option<Code> {
        let parent = self.path(object)?;
        let key = self.nodes[id as usize].args[1];
        let Some(Owned::Str(key)) = self.constant(key) else {
            return None;
        };
        let mut steps = parent.steps;
        steps.push(Step::Key(key.to_string()));
        let missing = if parent.truthy {
            Absent::General
        } else {
            Absent::Default(default)
        };
        let unreached = if parent.certain && !self.asked[id as usize] {
            Absent::Raises
        } else {
            Absent::General
        };
        self.fall_back(object, &[missing, unreached]);
        self.want(default);
        let eager = self.constant(default).is_none().then_some(default);
        Some(Code::Field(Field {
            slot: self.slot(steps, Need::Value),
            missing,
            unreached,
            eager,
        }))
    }

    fn contains(&mut self, id: NodeId, container: NodeId, item: NodeId) -> Option<Code> {
        if let Some(members) = self.members(container, item) {
            self.want(item);
            return Some(Code::Among(members));
        }
        let Some(Owned::Str(key)) = self.constant(item) else {
            return None;
        };
        let key = key.to_string();
        let Path {
            mut steps, truthy, ..
        } = self.path(container)?;
        // The record itself is rarely anything but a dict; where it is, Python decides.
        let unreached = if steps.is_empty() && !self.asked[id as usize] {
            Absent::Raises
        } else {
            Absent::General
        };
        let missing = if truthy { Absent::General } else { Absent::No };
        self.fall_back(container, &[missing, unreached]);
        self.want(item);
        steps.push(Step::Key(key));
        Some(Code::Has {
            slot: self.slot(steps, Need::Value),
            missing,
            unreached,
        })
    }

    fn length(&mut self, id: NodeId, value: NodeId) -> Option<Code> {
        let Path {
            steps,
            certain,
            truthy,
        } = self.path(value)?;
        let absent = if certain && !self.asked[id as usize] {
            Absent::Raises
        } else {
            Absent::General
        };
        self.fall_back(value, &[absent]);
        Some(Code::Length {
            slot: self.slot(steps, Need::Len),
            absent,
            truthy,
        })
    }

    fn same(&mut self, left: NodeId, right: NodeId, negated: bool) -> Option<Code> {
        let (field, text) = match (self.constant(left), self.constant(right)) {
            (None, Some(Owned::Str(text))) => (left, text.clone()),
            (Some(Owned::Str(text)), None) => (right, text.clone()),
            _ => return None,
        };
        self.want(left);
        self.want(right);
        match &self.codes[field as usize] {
            Code::Field(Field {
                slot, eager: None, ..
            }) => Some(Code::Same {
                slot: *slot,
                text: text.into_boxed_bytes(),
                negated,
            }),
            _ => Some(Code::Apply),
        }
    }

    /// The constant container of a membership test, sorted for it.
    fn members(&self, container: NodeId, item: NodeId) -> Option<Members> {
        let (values, hashed): (Vec<&Owned>, bool) = match &self.nodes[container as usize].op {
            Op::Const(Constant::Set(items)) => (items.iter().collect(), true),
            Op::Const(Constant::Value(Owned::Tuple(items))) => (items.iter().collect(), false),
            Op::Const(Constant::Value(Owned::List(items))) => (items.iter().collect(), false),
            Op::Const(Constant::Value(Owned::Dict(pairs))) => {
                (pairs.iter().map(|(key, _)| key).collect(), true)
            }
            _ => return None,
        };
        let mut members = Members {
            item,
            texts: Vec::new(),
            others: Vec::new(),
            hashed,
        };
        for value in values {
            match value {
                Owned::Str(text) => members.texts.push(text.clone()),
                other => members.others.push(other.clone()),
            }
        }
        members.texts.sort_unstable();
        Some(members)
    }

    /// Compile what the general way evaluates, if a slot may lead to it.
    fn fall_back(&mut self, argument: NodeId, outcomes: &[Absent]) {
        if outcomes.contains(&Absent::General) {
            self.want(argument);
        }
    }

    /// The path whose value, if it is there and has the next key, is a node's value.
    fn path(&self, id: NodeId) -> Option<Path> {
        let node = &self.nodes[id as usize];
        match (&node.op, &*node.args) {
            (Op::Input(Input::Record), _) => Some(Path {
                steps: Vec::new(),
                certain: true,
                truthy: false,
            }),
            (Op::GetItem, &[object, key]) => {
                let step = match self.constant(key)? {
                    Owned::Str(key) => Step::Key(key.to_string()),
                    Owned::Int(index) => Step::Index(usize::try_from(*index).ok()?),
                    _ => return None,
                };
                self.path(object).map(|path| path.then(step))
            }
            (Op::Get, &[object, key, default]) => {
                match (self.constant(key)?, self.constant(default)?) {
                    (Owned::Str(key), _) => {
                        let path = self.path(object)?.then(Step::Key(key.to_string()));
                        Some(Path {
                            certain: false,
                            ..path
                        })
                    }
                    _ => None,
                }
            }
            (Op::If, &[condition, value, other]) if condition == value => {
                self.constant(other)?;
                self.path(value).map(|path| Path {
                    certain: false,
                    truthy: true,
                    ..path
                })
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

    fn slot(&mut self, steps: Vec<Step>, need: Need) -> usize {
        let want = (steps, need);
        if let Some(slot) = self.slots.get(&want) {
            return *slot;
        }
        self.wants.push(want.clone());
        self.slots.insert(want, self.wants.len() - 1);
        self.wants.len() - 1
    }

    /// Find the operations that may need no values.
    fn ints(&mut self) {
        for id in 0..self.nodes.len() {
            if matches!(self.codes[id], Code::Apply)
                && let Some(found) = ints::ints(&self.nodes, &self.codes, id as NodeId)
            {
                self.codes[id] = Code::Ints(found);
            }
        }
    }

    /// A memo cell for each operation that is asked for more than once a row, those last that are
    /// worth something else in each round of a loop; where those begin, and how many there are.
    fn cells(&self) -> (Vec<Option<u32>>, usize, usize) {
        let mut cells = vec![None; self.nodes.len()];
        let mut next = 0;
        let mut bound_from = 0;
        for bound in [false, true] {
            for (index, node) in self.nodes.iter().enumerate() {
                let shared = self.users[index] > 1 && matches!(self.codes[index], Code::Apply);
                if shared && node.reads.has_bound() == bound {
                    cells[index] = Some(next);
                    next += 1;
                }
            }
            if !bound {
                bound_from = next as usize;
            }
        }
        (cells, bound_from, next as usize)
    }
}

impl Path {
    fn then(mut self, step: Step) -> Path {
        self.steps.push(step);
        Path {
            truthy: false,
            ..self
        }
    }
}
