//! What to read of each record: every path that a query asks for, as one tree.
//!
//! ```text
//! wants  0: type          tree  root ── "type"    slots [0]
//!        1: actor.login              ├─ "actor" ── "login"      slots [1]
//!        2: len(payload.commits)     └─ "payload" ── "commits"  slots [2], counted
//! ```
//!
//! A record is then walked once, whatever the number of paths.

/// One step from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The value of this key of an object.
    Key(String),
    /// This element of an array, counted from 0.
    Index(usize),
}

/// What is wanted of the value at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// The value itself.
    Value,
    /// The number of elements of an array, or of distinct keys of an object.
    Len,
}

/// The paths of a query; slot `i` of a scan answers want `i`.
///
/// ```
/// use satchel_scan::paths::{Need, Paths, Step};
/// let login = vec![Step::Key("actor".into()), Step::Key("login".into())];
/// let paths = Paths::new(&[(login, Need::Value)]);
/// assert_eq!(paths.slots(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct Paths {
    nodes: Vec<Node>,
    slots: usize,
}

/// A place in the tree; node 0 is the record itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// The slots that this value answers.
    pub(crate) slots: Vec<usize>,
    /// Whether one of them wants the value, so that all of it is read.
    pub(crate) valued: bool,
    /// Whether one of them wants the number of elements.
    pub(crate) counted: bool,
    /// The keys wanted of an object here.
    pub(crate) keys: Vec<Branch>,
    /// What tells these keys by their ends, four at a time.
    pub(crate) tails: Vec<[Tail; 4]>,
    /// The elements wanted of an array here: (index, node), by index.
    pub(crate) indexes: Vec<(usize, usize)>,
}

/// A key wanted of an object, and the node for its value.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) key: Vec<u8>,
    pub(crate) node: usize,
}

/// The last eight bytes of a key between quotes, or all of them if they are fewer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tail {
    /// The bytes, as the high bytes of a number.
    bytes: u64,
    /// Which of them mean something.
    mask: u64,
}

impl Tail {
    /// Matches nothing.
    const NONE: Tail = Tail { bytes: 1, mask: 0 };

    fn new(key: &[u8]) -> Tail {
        let quoted = [b"\"", key, b"\""].concat();
        let length = quoted.len().min(8);
        let mut bytes = [0; 8];
        bytes[8 - length..].copy_from_slice(&quoted[quoted.len() - length..]);
        Tail {
            bytes: u64::from_le_bytes(bytes),
            mask: u64::MAX << (64 - 8 * length),
        }
    }

    /// Whether a text can end with this key between quotes, given its last eight bytes.
    #[inline(always)]
    pub(crate) fn matches(&self, text: u64) -> bool {
        text & self.mask == self.bytes
    }
}

impl Branch {
    /// Whether the string whose closing quote stands at `quote` is this key, if it has no
    /// backslash. No key that matters has a quote in it, so that a quote right before its text
    /// opens the string.
    #[inline(always)]
    pub(crate) fn ends_at(&self, line: &[u8], quote: usize) -> bool {
        quote > self.key.len()
            && line[quote - self.key.len() - 1] == b'"'
            && line[quote - self.key.len()..quote] == *self.key
    }
}

impl Node {
    /// Whether the keys of an object here are looked at.
    pub(crate) fn reads_keys(&self) -> bool {
        self.counted || !self.keys.is_empty()
    }

    /// Whether the elements of an array here are looked at.
    pub(crate) fn reads_elements(&self) -> bool {
        self.counted || !self.indexes.is_empty()
    }
}

impl Paths {
    /// The tree of these wants; the empty path is the whole record.
    #[must_use]
    pub fn new(wants: &[(Vec<Step>, Need)]) -> Paths {
        let mut paths = Paths {
            nodes: vec![Node::default()],
            slots: wants.len(),
        };
        for (slot, (steps, need)) in wants.iter().enumerate() {
            let end = steps.iter().fold(0, |node, step| paths.child(node, step));
            let node = &mut paths.nodes[end];
            node.slots.push(slot);
            match need {
                Need::Value => node.valued = true,
                Need::Len => node.counted = true,
            }
        }
        for node in &mut paths.nodes {
            node.indexes.sort_unstable();
            let fours = node.keys.chunks(4).map(|four| {
                let mut tails = [Tail::NONE; 4];
                for (tail, branch) in tails.iter_mut().zip(four) {
                    *tail = Tail::new(&branch.key);
                }
                tails
            });
            node.tails = fours.collect();
        }
        paths
    }

    /// The number of slots that a scan fills.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots
    }

    pub(crate) fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    /// The node that a step leads to, made if it is new.
    fn child(&mut self, node: usize, step: &Step) -> usize {
        let fresh = self.nodes.len();
        let here = &mut self.nodes[node];
        match step {
            Step::Key(key) => {
                if let Some(branch) = here.keys.iter().find(|branch| branch.key == key.as_bytes()) {
                    return branch.node;
                }
                here.keys.push(Branch {
                    key: key.as_bytes().to_vec(),
                    node: fresh,
                });
            }
            Step::Index(index) => {
                if let Some((_, node)) = here.indexes.iter().find(|(known, _)| known == index) {
                    return *node;
                }
                here.indexes.push((*index, fresh));
            }
        }
        self.nodes.push(Node::default());
        fresh
    }
}
