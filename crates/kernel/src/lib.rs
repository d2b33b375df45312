//! From validated lines to answers: evaluate, fold, merge.
#![forbid(unsafe_code)]

pub mod eval;
pub mod group;
pub mod merge;
pub mod partial;
pub mod program;
pub mod run;
pub mod schema;
pub mod sink;
pub mod table;
pub mod value;
