//! The record as JSON text, cut down to the paths that a Python step will read.
//!
//! ```text
//! paths  actor.login, payload.commits
//! line   {"id":"1","actor":{"id":9,"login":"a"},"payload":{"size":2,"commits":[..]}}
//! text   {"actor":{"login":"a"},"payload":{"commits":[..]}}
//! ```
//!
//! Fields keep the document's order, a missing key stays missing, and what a path ends at is
//! copied as it stands. A value on the way that is no object (null, a list) is copied whole, so
//! that the user's function meets the same error in it. A step into a list keeps the whole list.
//! No key is there twice: the scan calls such a line odd, and it never comes here. Where the
//! values stand the scan has found: each field of the tree has a slot of its own.

use satchel_scan::line::{Kind, Slot};
use satchel_scan::paths::Step;

use crate::program::PathStep;

/// The paths to keep, as a tree.
#[derive(Debug, Default, PartialEq)]
pub struct Projection {
    /// The fields of the record; `None` keeps the whole line.
    fields: Option<Vec<Field>>,
}

#[derive(Debug, PartialEq)]
struct Field {
    name: Box<str>,
    /// The name as it is written before a value.
    key: Box<str>,
    slot: usize,
    /// What is kept of the value; `None` keeps all of it.
    fields: Option<Vec<Field>>,
}

impl Projection {
    /// Keep these paths; `None` keeps the whole line. `slot` says where the scan will put what
    /// stands at a path.
    pub(super) fn new(
        paths: Option<&[Vec<PathStep>]>,
        slot: &mut dyn FnMut(&[Step]) -> usize,
    ) -> Projection {
        let mut fields = paths.map(|_| Vec::new());
        for path in paths.unwrap_or_default() {
            add(&mut fields, path, &mut Vec::new(), slot);
        }
        if fields.is_none() {
            // The scan checks what somebody wants.
            slot(&[]);
        }
        Projection { fields }
    }

    /// The text that is left of a clean line, whose slots these are; `None` if it is not UTF-8.
    pub fn apply(&self, line: &[u8], slots: &[Slot]) -> Option<Box<str>> {
        let text = line.trim_ascii();
        let Some(fields) = self.fields.as_ref().filter(|_| text.starts_with(b"{")) else {
            return std::str::from_utf8(text).ok().map(Into::into);
        };
        let mut out = Vec::with_capacity(256);
        write(fields, line, slots, &mut out);
        String::from_utf8(out).ok().map(String::into_boxed_str)
    }
}

fn add(
    fields: &mut Option<Vec<Field>>,
    path: &[PathStep],
    before: &mut Vec<Step>,
    slot: &mut dyn FnMut(&[Step]) -> usize,
) {
    let Some((PathStep::Key(name), rest)) = path.split_first() else {
        *fields = None;
        return;
    };
    let Some(fields) = fields else {
        return;
    };
    before.push(Step::Key(name.to_string()));
    let at = fields
        .iter()
        .position(|known| known.name == *name)
        .unwrap_or_else(|| {
            fields.push(Field {
                name: name.clone(),
                key: format!("{}:", serde_json::Value::from(&**name)).into(),
                slot: slot(before),
                fields: Some(Vec::new()),
            });
            fields.len() - 1
        });
    add(&mut fields[at].fields, rest, before, slot);
    before.pop();
}

/// Append an object with the fields that are there, in the order in which they stand.
fn write(fields: &[Field], line: &[u8], slots: &[Slot], out: &mut Vec<u8>) {
    out.push(b'{');
    let mut reached = None;
    while let Some((field, kind, start, end)) = next(fields, slots, reached) {
        if reached.is_some() {
            out.push(b',');
        }
        reached = Some(start);
        out.extend_from_slice(field.key.as_bytes());
        match &field.fields {
            Some(fields) if kind == Kind::Object => write(fields, line, slots, out),
            _ => {
                let (start, end) = (start as usize, end as usize);
                // The span of a string stands between its quotes.
                let quotes = usize::from(kind == Kind::Str);
                let span = line.get(start - quotes..end + quotes);
                out.extend_from_slice(span.unwrap_or(b"null"));
            }
        }
    }
    out.push(b'}');
}

/// The field that is the first behind the one at `reached`.
fn next<'f>(
    fields: &'f [Field],
    slots: &[Slot],
    reached: Option<u32>,
) -> Option<(&'f Field, Kind, u32, u32)> {
    let there = fields
        .iter()
        .filter_map(|field| match slots.get(field.slot) {
            Some(&Slot::Present {
                kind, start, end, ..
            }) if reached.is_none_or(|reached| reached < start) => Some((field, kind, start, end)),
            _ => None,
        });
    there.min_by_key(|(_, _, start, _)| *start)
}

#[cfg(test)]
mod tests {
    use satchel_scan::line::{Scanner, Validate};
    use satchel_scan::paths::{Need, Paths};

    use super::*;

    fn key(name: &str) -> PathStep {
        PathStep::Key(name.into())
    }

    fn check(paths: Option<&[Vec<PathStep>]>, line: &str, expected: &str) {
        let mut wants = vec![(Vec::new(), Need::Value)];
        let projection = Projection::new(paths, &mut |steps| {
            wants.push((steps.to_vec(), Need::Value));
            wants.len() - 1
        });
        let mut slots = vec![Slot::Unreached; wants.len()];
        for validate in [Validate::Strict, Validate::Touched] {
            let text = format!("{line}\n");
            let mut scanner = Scanner::new(&Paths::new(&wants), validate);
            let found = scanner.scan(text.as_bytes(), 0, &mut slots);
            let text = projection
                .apply(&text.as_bytes()[..found.content_end], &slots)
                .expect("UTF-8");
            assert_eq!(&*text, expected);
        }
    }

    #[test]
    fn only_what_is_wanted_is_left() {
        let line =
            r#" {"id": "1", "actor": {"n": 9, "login": "é\""}, "p": {"commits": [{"a": 1}]}} "#;
        let login = vec![key("actor"), key("login")];
        let commits = vec![key("p"), key("commits"), PathStep::Index(0), key("a")];
        check(
            Some(std::slice::from_ref(&login)),
            line,
            r#"{"actor":{"login":"é\""}}"#,
        );
        check(
            Some(&[commits, login.clone(), vec![key("none")]]),
            line,
            r#"{"actor":{"login":"é\""},"p":{"commits":[{"a": 1}]}}"#,
        );
        check(
            Some(&[login.clone(), vec![key("actor")]]),
            line,
            r#"{"actor":{"n": 9, "login": "é\""}}"#,
        );
        check(Some(&[]), line, "{}");
        check(Some(&[vec![]]), line, line.trim());
        check(None, line, line.trim());
        check(
            Some(std::slice::from_ref(&login)),
            r#"{"actor": null}"#,
            r#"{"actor":null}"#,
        );
        check(Some(&[login]), "[1]", "[1]");
    }
}
