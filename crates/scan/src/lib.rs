//! From the bytes of a file to validated fields of its JSON lines.
//!
//! ```text
//! source   a file  -> inflated blocks of whole lines
//! documents a line -> where its documents start and end, if it may have several
//! line     a line  -> a verdict, and the slots that a query asked for
//! paths    what to read of each record, as one tree
//! text     a slot  -> its text, its number, its elements, its fields
//! tree     a line  -> all of its values, in one walk
//! deflate  text    -> gzip, for what goes out again
//! ```
//!
//! This is the only crate of the project with `unsafe` in it: vector instructions, and the
//! calls into libdeflate. Each fast path has a slow, obvious twin, and property tests hold them equal.

pub mod deflate;
pub mod documents;
pub mod error;
pub mod line;
pub mod paths;
pub mod source;
pub mod text;
pub mod tree;

mod brackets;
mod follow;
mod index;
mod number;
mod plain;
mod strict;
mod touched;
mod walk;

#[cfg(test)]
mod twins;
#[cfg(any(test, fuzzing))]
pub mod ways;
