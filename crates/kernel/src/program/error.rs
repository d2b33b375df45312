//! What can be wrong with a program, and where.

use std::fmt;

use super::NodeId;

/// Where in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A member of the outermost object.
    Top(&'static str),
    /// A node.
    Node(usize),
    /// A step of a query.
    Step {
        /// Which query.
        query: usize,
        /// Which of its steps.
        step: usize,
    },
    /// A query as a whole.
    Query(usize),
    /// The sink of a query.
    Sink(usize),
}

/// Why a program was refused. All of these are mistakes of the program's author, never of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The text is not JSON.
    Json(String),
    /// A version that this kernel does not read.
    Version(i64),
    /// Something else stands where this was expected.
    Expected {
        /// Where.
        at: Place,
        /// What should have been there.
        what: &'static str,
    },
    /// A name that is not in the vocabulary.
    Unknown {
        /// Where.
        at: Place,
        /// What kind of name: op, method, sink, ...
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A node that does not come before its user.
    Order {
        /// The user.
        at: Place,
        /// The node it asked for.
        id: u64,
    },
    /// The wrong number of arguments.
    Arity {
        /// The node.
        at: Place,
        /// How many it has.
        found: usize,
    },
    /// An expression nested too deeply to be evaluated on any stack.
    Depth {
        /// The first node that is too deep.
        at: Place,
    },
    /// A use of an input where that input has no value.
    Input {
        /// The user.
        at: Place,
        /// The node that reads it.
        id: NodeId,
        /// Which input.
        input: &'static str,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Top(name) => out.write_str(name),
            Place::Node(node) => write!(out, "nodes[{node}]"),
            Place::Step { query, step } => write!(out, "queries[{query}].steps[{step}]"),
            Place::Query(query) => write!(out, "queries[{query}]"),
            Place::Sink(query) => write!(out, "queries[{query}].sink"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Json(message) => write!(out, "the program is not JSON: {message}"),
            Error::Version(found) => {
                write!(
                    out,
                    "version: expected 1, found {found}; is the kernel of another release?"
                )
            }
            Error::Expected { at, what } => write!(out, "{at}: expected {what}"),
            Error::Unknown { at, what, name } => write!(out, "{at}: unknown {what} {name:?}"),
            Error::Order { at, id } => write!(out, "{at}: expected an earlier node, found {id}"),
            Error::Arity { at, found } => write!(out, "{at}: does not take {found} arguments"),
            Error::Depth { at } => write!(out, "{at}: expressions nest too deeply"),
            Error::Input { at, id, input } => {
                write!(
                    out,
                    "{at}: nodes[{id}] reads {input:?}, which has no value here"
                )
            }
        }
    }
}

impl std::error::Error for Error {}
