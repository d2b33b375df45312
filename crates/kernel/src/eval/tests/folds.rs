//! Frames, folds, combines and text lines: what a plan offers beyond one value of one record.

use std::sync::Arc;

use serde_json::json;

use super::{evaluate, plan, python, repr, root, with_row};
use crate::eval::{Eval, Plan, Shape, Unproved, With};
use crate::program::Program;
use crate::table::Column;
use crate::value::{Owned, Value};

/// A plan whose one query folds with a step over `acc` and `e`.
fn fold(step: &str) -> Plan {
    let python::Program { nodes } = python::parse(step);
    let sink = json!({ "kind": "fold", "step": nodes.len() - 1, "initial": { "i": "0" } });
    let program = json!({
        "version": 1,
        "nodes": nodes,
        "queries": [{ "steps": [["load"]], "sink": sink }],
    });
    Plan::new(Arc::new(
        Program::parse(&program.to_string()).expect("a program"),
    ))
}

/// Run a step over records; the accumulator's repr, or why it is not known.
fn run(step: &str, acc: Value<'_>, records: &[&str]) -> Result<String, Unproved> {
    let plan = fold(step);
    let fold = plan.fold(root(&plan));
    let mut acc = acc.to_owned();
    for record in records {
        let next = with_row(&plan, record, |plan, frame| {
            let captured: Vec<Eval<'_>> = fold
                .captures
                .iter()
                .map(|node| plan.capture(*node, frame))
                .collect();
            let old = acc.as_value().expect("no handle");
            plan.step(&fold, &captured, &old).map(|new| new.to_owned())
        })?;
        acc = next;
    }
    repr(&acc.as_value().expect("no handle"))
}

#[test]
fn a_step_sees_the_accumulator_and_the_row() {
    let records = [r#"{"n": 3, "s": "a"}"#, r#"{"n": 4, "s": "b"}"#];
    let rows = [
        ("acc + 1", "2"),
        ("acc + e['n']", "7"),
        ("e['n'] + acc", "7"),
        ("max(acc, e['n'])", "4"),
        ("acc + e['n'] if e['s'] == 'a' else acc", "3"),
        ("acc + e['n'] if acc else e['n'] * 2", "10"),
        ("acc if e['s'] == 'a' else e['s']", "'b'"),
        ("(acc, e['s'])", "((0, 'a'), 'b')"),
        ("e['n']", "4"),
        ("(acc + e['n']) * (acc + e['n'])", "169"),
    ];
    for (step, expected) in rows {
        assert_eq!(
            run(step, Value::Int(0), &records).as_deref(),
            Ok(expected),
            "{step}"
        );
    }
}

#[test]
fn an_unproved_capture_matters_only_where_it_is_used() {
    let records = [r#"{"ok": false}"#, r#"{"ok": true, "n": 5}"#];
    let step = "acc + e['n'] if e['ok'] else acc";
    assert_eq!(run(step, Value::Int(1), &records).as_deref(), Ok("6"));
    assert!(run("acc + e['n']", Value::Int(1), &records).is_err());
    assert!(run("acc + e['n']", Value::Int(i64::MAX), &records[1..]).is_err());
}

#[test]
fn simple_steps_have_a_shape() {
    let shape = |step: &str| {
        let plan = fold(step);
        plan.fold(root(&plan)).shape
    };
    assert!(matches!(shape("acc + len(e['c'])"), Shape::Add(_)));
    assert!(matches!(shape("1 + acc"), Shape::Add(_)));
    assert!(matches!(shape("max(acc, e['n'])"), Shape::Max(_)));
    assert!(matches!(shape("min(e['n'], acc)"), Shape::Min(_)));
    for step in [
        "acc + acc",
        "acc - 1",
        "acc + e['n'] * acc",
        "max(acc, 1, 2)",
        "acc[0] + 1",
    ] {
        assert_eq!(shape(step), Shape::General, "{step}");
    }
}

/// The accumulator after a step, by its value and in place; `None` where it is not known.
fn both_ways(step: &str, acc: &Owned, record: &str) -> (Option<Owned>, Option<Owned>) {
    let plan = fold(step);
    let fold = plan.fold(root(&plan));
    with_row(&plan, record, |plan, frame| {
        let captured: Vec<Eval<'_>> = fold
            .captures
            .iter()
            .map(|node| plan.capture(*node, frame))
            .collect();
        let old = acc.as_value().expect("no handle");
        let slow = plan.step(&fold, &captured, &old).map(|new| new.to_owned());
        let mut column = Column::default();
        column.push(acc.clone());
        let change = fold.change.as_ref();
        let with = With::Row(&captured);
        let done = change.is_some_and(|change| change.apply(&mut column, 0, with));
        // Among values of all kinds a value is kept in another way.
        let mut mixed = Column::Any(vec![Owned::None, acc.clone()]);
        let also = change.is_some_and(|change| change.apply(&mut mixed, 1, with));
        let new = column.owned(0);
        if done {
            assert!(also, "{step}: one at a time only");
            assert_eq!(
                format!("{new:?}"),
                format!("{:?}", mixed.owned(1)),
                "{step}"
            );
        }
        let untouched = format!("{new:?}") == format!("{acc:?}");
        assert!(done || untouched, "{step}: half done");
        (slow.ok(), done.then_some(new))
    })
}

#[test]
fn a_change_in_place_is_what_the_step_is_worth() {
    let text = |text: &str| Owned::Str(text.into());
    let dict = |n: Owned| Owned::Dict(vec![(text("n"), n), (text("s"), text("old"))]);
    let tuple = |items: [Owned; 2]| Owned::Tuple(items.into());
    let accs = [
        Owned::None,
        Owned::Bool(true),
        Owned::Int(3),
        Owned::Int(i64::MAX),
        Owned::Float(0.5),
        Owned::Float(f64::NAN),
        text("m"),
        Owned::List(vec![Owned::Int(1)]),
        tuple([Owned::Int(3), Owned::Int(4)]),
        tuple([Owned::Int(i64::MAX), text("m")]),
        tuple([Owned::Float(2.5), Owned::Bool(false)]),
        Owned::Tuple([Owned::Int(1)].into()),
        dict(Owned::Int(3)),
        dict(Owned::Float(-0.0)),
        dict(text("no number")),
        Owned::Dict(vec![(text("s"), text("old")), (text("n"), Owned::Int(1))]),
        Owned::Dict(vec![]),
    ];
    let records = [
        r#"{"n": 3, "s": "a", "ok": true}"#,
        r#"{"n": -7, "s": "z", "ok": false}"#,
        r#"{"n": 2.5, "s": "m", "ok": [1]}"#,
        r#"{"n": null, "s": {"deep": 1}, "ok": ""}"#,
        r#"{"s": "n is missing"}"#,
        r#"{"n": 999999999999999999, "s": "longer than the other", "ok": -0.0}"#,
    ];
    let steps = [
        "acc",
        "e['n']",
        "acc + e['n']",
        "e['n'] + acc",
        "acc + 1",
        "acc * e['n']",
        "e['n'] * acc",
        "acc * e['ok']",
        "acc - e['n']",
        "e['n'] - acc",
        "acc - 1",
        "(acc[0] * e['n'], acc[1] - e['n'])",
        "max(acc, e['n'])",
        "max(e['n'], acc)",
        "min(acc, e['s'])",
        "min(e['s'], acc)",
        "max(acc, (e['n'], e['s']))",
        "acc + [e['n'], e['s']]",
        "[e['n']] + acc",
        "acc + e['n'] if e['ok'] else acc",
        "acc if e['ok'] else e['s']",
        "(acc[0] + 1, acc[1])",
        "(acc[0] + e['n'], max(acc[1], e['n']))",
        "(acc[1], acc[0])",
        "(acc[0], e['s'])",
        "(acc[0] + 1, acc[1]) if e['ok'] else (acc[0], acc[1] + 1)",
        "{'n': acc['n'] + 1, 's': e['s']}",
        "{'s': e['s'], 'n': acc['n']}",
        "{'n': acc['n'] + e['n'], 's': acc['s']}",
        "{'n': acc['s'], 's': acc['n']}",
        "{'n': acc['n']}",
    ];
    let mut in_place = 0;
    for step in steps {
        for acc in &accs {
            for record in records {
                let (slow, fast) = both_ways(step, acc, record);
                if let Some(fast) = fast {
                    in_place += 1;
                    let slow = slow.unwrap_or_else(|| panic!("{step} of {acc:?}, {record}"));
                    // NaN is not itself, and the sign of 0 is not to be lost.
                    assert_eq!(
                        format!("{slow:?}"),
                        format!("{fast:?}"),
                        "{step} of {acc:?}, {record}"
                    );
                }
            }
        }
    }
    assert!(in_place > 500, "{in_place}");
}

#[test]
fn captures_are_the_largest_parts_that_depend_on_the_row_alone() {
    let plan = fold("acc + len(e['a']['b']) + e['n'] * 2");
    let fold = plan.fold(root(&plan));
    assert_eq!(fold.captures.len(), 2);
    // The container is counted by the scan, not handed over.
    assert_eq!(plan.paths().len(), 2);
}

#[test]
fn a_combine_is_a_function_of_two() {
    let python::Program { nodes } = python::parse("acc + other");
    let program = json!({ "version": 1, "nodes": nodes, "queries": [] });
    let plan = Plan::new(Arc::new(
        Program::parse(&program.to_string()).expect("a program"),
    ));
    assert_eq!(
        plan.combine(&Value::Int(2), &Value::Int(3)),
        Ok(Value::Int(5))
    );
    assert_eq!(
        plan.combine(&Value::text("a"), &Value::text("b")),
        Ok(Value::text("ab"))
    );
    assert!(plan.combine(&Value::text("a"), &Value::Int(3)).is_err());
}

#[test]
fn a_line_keeps_one_newline_whatever_ends_it() {
    let plan = plan("line", json!([]));
    let rows: [(&[u8], &[u8], Option<&str>); 6] = [
        (b"ab", b"ab\n", Some("ab\n")),
        (b"ab", b"ab\r\n", Some("ab\n")),
        (b"ab", b"ab\r", Some("ab\n")),
        (b"ab", b"ab", Some("ab")),
        (b"", b"\n", Some("\n")),
        (b"\xff", b"\xff\n", None),
    ];
    for (line, full, expected) in rows {
        let mut frame = plan.frame();
        frame.start(line, full);
        assert_eq!(
            plan.eval(root(&plan), &mut frame).ok(),
            expected.map(Value::text)
        );
    }
}

#[test]
fn a_shared_node_is_evaluated_once_a_row() {
    let plan = plan(
        "(e['s'].lower() or 'none', e['s'].lower() + '!')",
        json!([["load"]]),
    );
    let mut seen = Vec::new();
    for record in [r#"{"s": "ONE"}"#, r#"{"s": ""}"#] {
        with_row(&plan, record, |plan, frame| {
            seen.push(plan.eval(root(plan), frame).and_then(|value| repr(&value)));
        });
    }
    assert_eq!(
        seen,
        [
            Ok("('one', 'one!')".to_owned()),
            Ok("('none', '!')".to_owned())
        ]
    );
}

#[test]
fn a_frame_forgets_the_last_row() {
    let plan = plan("(e['s'].lower(), e['s'].lower())", json!([["load"]]));
    let mut frame = plan.frame();
    let mut scanner = satchel_scan::line::Scanner::new(
        &satchel_scan::paths::Paths::new(plan.paths()),
        satchel_scan::line::Validate::Strict,
    );
    let block = b"{\"s\": \"A\"}\n{\"s\": \"B\"}\n";
    let mut at = 0;
    for expected in ["('a', 'a')", "('b', 'b')"] {
        let line = scanner.scan(block, at, &mut frame.slots);
        frame.start(&block[at..line.content_end], &block[at..line.next]);
        let value = plan.eval(root(&plan), &mut frame).expect("a value");
        assert_eq!(repr(&value).as_deref(), Ok(expected));
        at = line.next;
    }
}

#[test]
fn paths_are_wanted_once_and_only_if_read() {
    let wants = |source: &str| plan(source, json!([["load"]])).paths().len();
    assert_eq!(wants("e['a']['b']"), 1);
    assert_eq!(wants("(e['a']['b'], e['a']['b'])"), 1);
    assert_eq!(wants("len(e['a'])"), 1);
    assert_eq!(wants("(e['a'], len(e['a']))"), 2);
    // The general way may need the parent.
    assert_eq!(wants("e.get('a', {}).get('b')"), 2);
}

#[test]
fn deep_expressions_are_refused_or_evaluated() {
    let deep = |levels: usize| format!("e['n']{}", " + 1".repeat(levels));
    assert_eq!(evaluate(&deep(600), r#"{"n": 0}"#).as_deref(), Ok("600"));
    let python::Program { nodes } = python::parse(&deep(900));
    let program = json!({ "version": 1, "nodes": nodes, "queries": [] });
    let error = Program::parse(&program.to_string()).expect_err("too deep");
    assert!(
        error.to_string().ends_with("expressions nest too deeply"),
        "{error}"
    );
}
