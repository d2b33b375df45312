//! Programs that are refused, and what is said about them.

use super::*;

/// What is wrong with a program of these nodes and queries.
fn refused(nodes: &str, queries: &str) -> String {
    let text = format!(r#"{{"version": 1, "nodes": [{nodes}], "queries": [{queries}]}}"#);
    Program::parse(&text).expect_err(&text).to_string()
}

#[test]
fn a_wrong_node_is_named() {
    let rows = [
        (
            r#"["input", "row", []]"#,
            r#"nodes[0]: unknown input "row""#,
        ),
        (r#"["input", null, []]"#, "nodes[0]: expected a name"),
        (
            r#"["not", null, [0]]"#,
            "nodes[0]: expected an earlier node, found 0",
        ),
        (
            r#"["not", null, []]"#,
            "nodes[0]: does not take 0 arguments",
        ),
        (r#"["not", null, [-1]]"#, "nodes[0]: expected a node id"),
        (
            r#"["call", "eval", []]"#,
            r#"nodes[0]: unknown builtin "eval""#,
        ),
        (
            r#"["call", "isinstance:str,set", []]"#,
            r#"nodes[0]: unknown type "set""#,
        ),
        (
            r#"["method", "zfill", []]"#,
            r#"nodes[0]: unknown method "zfill""#,
        ),
        (
            r#"["format", ["z", ""], []]"#,
            r#"nodes[0]: unknown conversion "z""#,
        ),
        (
            r#"["const", {"x": 1}, []]"#,
            "nodes[0]: expected a constant of type i (64 bits)",
        ),
        (
            r#"["not"]"#,
            "nodes[0]: expected [op, data, [argument ids]]",
        ),
        (
            r#"["const", null, []], ["dict", null, [0]]"#,
            "nodes[1]: does not take 1 arguments",
        ),
    ];
    for (nodes, expected) in rows {
        let found = refused(nodes, "");
        assert!(found.starts_with(expected), "{nodes}: {found}");
    }
}

#[test]
fn a_wrong_query_is_named() {
    let nodes = r#"["input", "record", []], ["input", "acc", []]"#;
    let rows = [
        (r#"{"steps": []}"#, "queries[0]: expected a sink"),
        (
            r#"{"steps": [], "sink": {"kind": "mode"}}"#,
            r#"queries[0].sink: unknown sink "mode""#,
        ),
        (
            r#"{"steps": [], "sink": {"kind": "sum"}}"#,
            "queries[0].sink: expected a node id for each expression",
        ),
        (
            r#"{"steps": [["filter", 0], ["load"]], "sink": {"kind": "count"}}"#,
            r#"queries[0].steps[0]: nodes[0] reads "record", which has no value here"#,
        ),
        (
            r#"{"steps": [["load"], ["filter", 1]], "sink": {"kind": "count"}}"#,
            r#"queries[0].steps[1]: nodes[1] reads "acc", which has no value here"#,
        ),
        (
            r#"{"steps": [], "sink": {"kind": "frequencies", "key": 0}}"#,
            r#"queries[0].sink: nodes[0] reads "record", which has no value here"#,
        ),
        (
            r#"{"steps": [["jump", 0]], "sink": {"kind": "count"}}"#,
            r#"queries[0].steps[0]: unknown step "jump""#,
        ),
        (
            r#"{"steps": [["filter", 7]], "sink": {"kind": "count"}}"#,
            "queries[0].steps[0]: expected an earlier node, found 7",
        ),
    ];
    for (query, expected) in rows {
        assert_eq!(refused(nodes, query), expected, "{query}");
    }
}

#[test]
fn a_wrong_top_is_named() {
    let rows = [
        ("", "the program is not JSON: "),
        ("[]", "program: expected an object"),
        ("{}", "version: expected 1, found 0"),
        (r#"{"version": 2}"#, "version: expected 1, found 2"),
        (r#"{"version": 1}"#, "nodes: expected a list"),
        (
            r#"{"version": 1, "nodes": [], "queries": [], "loader": "yaml"}"#,
            r#"loader: unknown loader "yaml""#,
        ),
    ];
    for (text, expected) in rows {
        let found = Program::parse(text).expect_err(text).to_string();
        assert!(found.starts_with(expected), "{text}: {found}");
    }
}

#[test]
fn an_initial_of_none_is_not_an_absent_one() {
    let read = |initial: &str| {
        let text = format!(
            r#"{{"version": 1, "nodes": [["input", "acc", []]], "queries": [
                {{"steps": [], "sink": {{"kind": "fold", "step": 0{initial}}}}}]}}"#
        );
        match &Program::parse(&text).expect("a program").queries[0].sink {
            Sink::Fold { initial, .. } => initial.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(read(""), None);
    assert_eq!(read(r#", "initial": null"#), Some(Owned::None));
}
