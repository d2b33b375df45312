//! From validated lines to answers: evaluate, fold, merge.
//!
//! ```text
//! Program (JSON, made by the plan) -> Plan -> Scan ── partition(files, host) ──> Partial, Stats
//!                                                                                  │ bytes, or as it is
//!                                              run_items <── Outcome <── Merge <───┘
//! ```
//!
//! | module | question |
//! |---|---|
//! | [`run`] | the life of a partition: read this first |
//! | [`program`] | what the plan asks for, as data |
//! | [`eval`] | what an expression is worth for a row, if that can be proved |
//! | [`value`] | what rows, expressions and results are made of |
//! | [`sink`] | where rows go: counts, folds, the k largest, elements for the host |
//! | [`column`] | values of one field, in the layout of Arrow |
//! | [`group`], [`table`] | keys as a Python dict tells them apart, and the columns beside them |
//! | [`partial`] | what a partition knows of the result, also as bytes |
//! | [`merge`] | partials to one result, by dask.bag's tree; queries over a result |
//! | [`schema`] | what the records look like |
//!
//! Nothing here knows Python: what the kernel cannot prove it asks of a [`run::Host`]. And
//! nothing here raises: a row is proved, or it is the host's.

#![forbid(unsafe_code)]

pub mod column;
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
