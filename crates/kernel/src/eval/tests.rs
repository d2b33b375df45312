//! Expressions as Python writes them, records as JSON, and what CPython makes of them.
//!
//! The rows are in `tests/rows/*.tsv`: an expression, a record, and the `repr` of the value that
//! CPython 3.11 to 3.13 give, or `unproved` where Python raises or the kernel leaves it to Python.

mod folds;
mod python;

use std::sync::Arc;

use satchel_scan::line::{Scanner, Validate, Verdict};
use satchel_scan::paths::Paths;
use serde_json::json;

use super::{Key, Plan, Unproved, convert, raw};
use crate::program::Program;
use crate::value::{Container, Value};

#[test]
fn paths_of_the_record() {
    check(include_str!("tests/rows/paths.tsv"));
}

#[test]
fn truth_identity_equality_order() {
    check(include_str!("tests/rows/truth.tsv"));
}

#[test]
fn numbers() {
    check(include_str!("tests/rows/numbers.tsv"));
}

#[test]
fn text() {
    check(include_str!("tests/rows/text.tsv"));
}

#[test]
fn formats() {
    check(include_str!("tests/rows/formats.tsv"));
}

#[test]
fn the_deepest_expression_needs_a_small_stack() {
    let deepest = 690;
    for (name, step) in [
        ("neg", json!(["neg", null, [0]])),
        ("add", json!(["add", null, [0, 0]])),
        ("if", json!(["if", null, [0, 1, 0]])),
        ("not", json!(["not", null, [0]])),
        ("get", json!(["get", null, [0, 1, 0]])),
    ] {
        let mut nodes = vec![
            json!(["input", "record", []]),
            json!(["const", {"s": "n"}, []]),
            json!(["getitem", null, [0, 1]]),
        ];
        for _ in 0..deepest {
            let mut next = step.clone();
            for arg in next[2].as_array_mut().expect("arguments") {
                if *arg == json!(0) {
                    *arg = json!(nodes.len() - 1);
                }
            }
            nodes.push(next);
        }
        let program = json!({
            "version": 1,
            "loader": "json",
            "nodes": nodes,
            "queries": [{"steps": [["load"]], "sink": {"kind": "collect", "element": nodes.len() - 1}}],
        });
        let run = move || {
            let plan = Plan::new(Arc::new(
                Program::parse(&program.to_string()).expect("a program"),
            ));
            let root = root(&plan);
            with_row(&plan, "{\"n\": 0}", |plan, frame| {
                plan.eval(root, frame).is_ok()
            })
        };
        // A quarter of what Python gives its threads on Linux, an eighth of that on macOS.
        let small = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
        let proved = small.expect("a thread").join().expect("no overflow");
        assert_eq!(proved, name != "get", "{name}");
    }
}

/// Evaluate every row, and show all that differ at once.
fn check(rows: &str) {
    let mut wrong = Vec::new();
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let [source, record, expected] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not three columns: {row}");
        };
        let found = evaluate(source, record);
        let shown = found.clone().unwrap_or_else(|_| "unproved".to_owned());
        if shown != expected {
            wrong.push(format!(
                "{source}   {record}\n  expected {expected}\n  found    {found:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The value of an expression over a record, as Python's repr.
pub(crate) fn evaluate(source: &str, record: &str) -> Result<String, Unproved> {
    let plan = plan(source, json!([["load"]]));
    let root = root(&plan);
    with_row(&plan, record, |plan, frame| {
        let value = plan.eval(root, frame);
        // Each of these has a short way of its own, which must agree with the value.
        let truth = plan.truthy(root, frame);
        assert_eq!(
            truth,
            value
                .as_ref()
                .map(super::access::truth)
                .map_err(|error| *error)
        );
        let int = match &value {
            Ok(Value::Int(int)) => Ok(Some(*int)),
            Ok(_) => Ok(None),
            Err(error) => Err(*error),
        };
        assert_eq!(plan.int(root, frame), int);
        match (plan.key(root, frame), &value) {
            (Ok(Key::Bytes(bytes)), Ok(Value::Str(text))) => assert_eq!(bytes, text.as_bytes()),
            (key, value) => {
                let value = value.as_ref().map(|value| format!("{value:?}"));
                let key = key.map(|key| match key {
                    Key::Value(value) => format!("{value:?}"),
                    Key::Bytes(_) => "bytes".to_owned(),
                });
                assert_eq!(key.as_deref(), value.as_deref().map_err(|error| *error));
            }
        }
        value.and_then(|value| repr(&value))
    })
}

/// A plan whose one query collects an expression.
fn plan(source: &str, steps: serde_json::Value) -> Plan {
    let python::Program { nodes } = python::parse(source);
    let element = nodes.len() - 1;
    let program = json!({
        "version": 1,
        "loader": "json",
        "nodes": nodes,
        "queries": [{ "steps": steps, "sink": { "kind": "collect", "element": element } }],
    });
    let program = Program::parse(&program.to_string());
    Plan::new(Arc::new(
        program.unwrap_or_else(|error| panic!("{source}: {error}")),
    ))
}

fn root(plan: &Plan) -> u32 {
    plan.program().result().expect("a node")
}

/// Scan a record and call `use_row` with a frame that stands at it.
fn with_row<T>(
    plan: &Plan,
    record: &str,
    use_row: impl for<'a> FnOnce(&'a Plan, &mut super::Frame<'a>) -> T,
) -> T {
    let block = format!("{record}\n{}", "\0".repeat(64));
    let block = &block.as_bytes()[..block.len() - 64];
    let mut scanner = Scanner::new(&Paths::new(plan.paths()), Validate::Strict);
    let mut frame = plan.frame();
    let line = scanner.scan(block, 0, &mut frame.slots);
    assert_eq!(line.verdict, Verdict::Clean, "{record}");
    frame.start(&block[..line.content_end], &block[..line.next]);
    use_row(plan, &mut frame)
}

/// Python's repr, for any value, in which printable text of any script stands as it is.
fn repr(value: &Value<'_>) -> Result<String, Unproved> {
    let all = |items: &[Value<'_>]| {
        items
            .iter()
            .map(repr)
            .collect::<Result<Vec<_>, _>>()
            .map(|items| items.join(", "))
    };
    Ok(match value {
        Value::Str(text) if !text.is_ascii() => {
            format!("'{}'", text.replace('\t', "\\t").replace('\u{a0}', "\\xa0"))
        }
        Value::Tuple(items) if items.len() == 1 => format!("({},)", repr(&items[0])?),
        Value::Tuple(items) => format!("({})", all(items)?),
        Value::List(items) => format!("[{}]", all(items)?),
        Value::Dict(pairs) => {
            let pair = |(key, value): &(_, _)| Ok(format!("{}: {}", repr(key)?, repr(value)?));
            let pairs: Vec<String> = pairs.iter().map(pair).collect::<Result<_, Unproved>>()?;
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Json(json) if json.kind == Container::Array => {
            repr(&Value::List(raw::items(*json)?))?
        }
        Value::Json(json) => repr(&raw::decode(*json)?)?,
        scalar => match convert::repr(scalar.clone())? {
            Value::Str(text) => text.into_owned(),
            _ => unreachable!("a repr is a str"),
        },
    })
}
