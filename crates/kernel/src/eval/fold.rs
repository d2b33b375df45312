//! The step of a fold, taken apart.
//!
//! A fold runs over a block's rows after Python has filled the holes, when the scan's slots are
//! long gone. So the parts of the step that depend on the row alone (its *captures*) are evaluated
//! while the row is scanned, and what is left, the *body*, needs only them and the accumulator:
//!
//! ```text
//! step      acc + len(record["payload"]["commits"]) if record["public"] else acc
//! captures  0: len(record["payload"]["commits"])    1: record["public"]
//! body      acc + captured(0) if captured(1) else acc
//! ```
//!
//! Captures are evaluated ahead even where the body would not ask for them; an unproved one is
//! kept as it is and matters only when it is asked for.

use std::collections::HashMap;

use super::change::{Change, Finder};
use crate::program::{Arithmetic, Builtin, Input, Node, NodeId, Op, Reads};

/// How a step splits.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// The whole step, a node of the program.
    pub step: NodeId,
    /// What it does, where that is one simple thing.
    pub shape: Shape,
    /// What it does to an accumulator in place, where it does that.
    pub change: Option<Change>,
    /// The nodes to evaluate for each row, keeping even what is unproved.
    pub captures: Vec<NodeId>,
    /// The rewritten step, a node of the plan.
    pub(super) body: NodeId,
}

/// The steps that have a short way, given as the node of their other operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `acc + x` or `x + acc`: checked addition, where both are ints.
    Add(NodeId),
    /// `max(acc, x)`, either way round; where both are ints the order does not matter.
    Max(NodeId),
    /// `min(acc, x)`, either way round.
    Min(NodeId),
    /// Anything else; always right.
    General,
}

impl Fold {
    /// A fold that knows nothing about its step.
    pub(super) fn opaque(step: NodeId) -> Fold {
        Fold {
            step,
            shape: Shape::General,
            change: None,
            captures: Vec::new(),
            body: step,
        }
    }
}

/// The nodes of a plan while steps are being rewritten.
pub(super) struct Splitter {
    /// The program's nodes, then those of the bodies.
    pub nodes: Vec<Node>,
    /// The nodes that stand for a capture: (node, index among the captures of its fold).
    pub captured: Vec<(NodeId, usize)>,
}

impl Splitter {
    /// Rewrite one step.
    pub fn split(&mut self, step: NodeId) -> Fold {
        let mut fold = Fold {
            shape: self.shape(step),
            ..Fold::opaque(step)
        };
        fold.body = self.rewrite(step, &mut fold.captures, &mut HashMap::new());
        let finder = Finder {
            nodes: &self.nodes,
            captures: &fold.captures,
        };
        fold.change = finder.change(step);
        fold
    }

    fn rewrite(
        &mut self,
        id: NodeId,
        captures: &mut Vec<NodeId>,
        known: &mut HashMap<NodeId, NodeId>,
    ) -> NodeId {
        if let Some(known) = known.get(&id) {
            return *known;
        }
        let node = self.nodes[id as usize].clone();
        let new = if node.reads.is_empty() {
            id
        } else if node.reads.has(Input::Acc) {
            let args = node
                .args
                .iter()
                .map(|arg| self.rewrite(*arg, captures, known))
                .collect();
            self.push(Node { args, ..node })
        } else {
            let place = self.push(Node {
                op: Op::Seq,
                args: [].into(),
                reads: Reads::default(),
            });
            self.captured.push((place, captures.len()));
            captures.push(id);
            place
        };
        known.insert(id, new);
        new
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        (self.nodes.len() - 1) as NodeId
    }

    fn shape(&self, step: NodeId) -> Shape {
        let node = &self.nodes[step as usize];
        let is_acc = |id: NodeId| self.nodes[id as usize].op == Op::Input(Input::Acc);
        let of_row = |id: NodeId| !self.nodes[id as usize].reads.has(Input::Acc);
        let other = match *node.args {
            [acc, other] | [other, acc] if is_acc(acc) && of_row(other) => other,
            _ => return Shape::General,
        };
        match node.op {
            Op::Arithmetic(Arithmetic::Add) => Shape::Add(other),
            Op::Call(Builtin::Max) => Shape::Max(other),
            Op::Call(Builtin::Min) => Shape::Min(other),
            _ => Shape::General,
        }
    }
}
