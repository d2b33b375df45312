//! `project`: the record as JSON text, cut down to the paths that a Python step will read.
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
//! No key is there twice: the scan calls such a line odd, and it never comes here.

use satchel_scan::line::Kind;
use satchel_scan::text::{self, Raw};

use crate::program::PathStep;

/// The paths to keep, as a tree.
#[derive(Debug)]
pub struct Projection {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    /// Everything below is kept.
    whole: bool,
    keys: Vec<(Box<str>, Node)>,
}

impl Projection {
    /// Keep these paths; `None` keeps the whole line.
    pub fn new(paths: Option<&[Vec<PathStep>]>) -> Projection {
        let mut root = Node {
            whole: paths.is_none(),
            keys: Vec::new(),
        };
        for path in paths.unwrap_or_default() {
            root.add(path);
        }
        Projection { root }
    }

    /// The text that is left of a clean line; `None` if it is not UTF-8.
    pub fn apply(&self, line: &[u8]) -> Option<Box<str>> {
        let line = line.trim_ascii();
        if self.root.whole || line.first() != Some(&b'{') {
            return std::str::from_utf8(line).ok().map(Into::into);
        }
        let mut out = Vec::with_capacity(256);
        self.root.prune(line, &mut out);
        String::from_utf8(out).ok().map(String::into_boxed_str)
    }
}

impl Node {
    fn add(&mut self, path: &[PathStep]) {
        let Some((PathStep::Key(key), rest)) = path.split_first() else {
            self.whole = true;
            return;
        };
        let at = self
            .keys
            .iter()
            .position(|(known, _)| known == key)
            .unwrap_or_else(|| {
                self.keys.push((key.clone(), Node::default()));
                self.keys.len() - 1
            });
        self.keys[at].1.add(rest);
    }

    /// Append the object `span` with only the wanted fields.
    fn prune(&self, span: &[u8], out: &mut Vec<u8>) {
        out.push(b'{');
        let mut found = 0;
        for (key, value) in text::fields(span) {
            let Some(node) = self.child(&key) else {
                continue;
            };
            if found > 0 {
                out.push(b',');
            }
            found += 1;
            out.extend_from_slice(quoted(span, &key));
            out.push(b':');
            if node.whole || value.kind != Kind::Object {
                out.extend_from_slice(quoted(span, &value));
            } else {
                node.prune(value.text, out);
            }
            if found == self.keys.len() {
                break;
            }
        }
        out.push(b'}');
    }

    fn child(&self, key: &Raw<'_>) -> Option<&Node> {
        let wanted = |name: &str| {
            name.as_bytes() == key.text
                || (key.escaped && text::unescape(key.text).is_some_and(|text| text == name))
        };
        self.keys
            .iter()
            .find(|(name, _)| wanted(name))
            .map(|(_, node)| node)
    }
}

/// The text of a value with its quotes, if it has any.
fn quoted<'a>(span: &'a [u8], raw: &Raw<'a>) -> &'a [u8] {
    match raw.kind {
        Kind::Str => span.get(raw.start - 1..raw.end + 1).unwrap_or(raw.text),
        _ => raw.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> PathStep {
        PathStep::Key(name.into())
    }

    fn check(paths: Option<&[Vec<PathStep>]>, line: &str, expected: &str) {
        let text = Projection::new(paths)
            .apply(line.as_bytes())
            .expect("UTF-8");
        assert_eq!(&*text, expected);
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
