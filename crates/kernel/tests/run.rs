//! Runs over small files, with holes, limits, errors and all.

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::{
    ADD_N, CONCAT_K, Fake, File, K, LINE, LINE_SKIPS, N, N_POSITIVE, PAIR, fields, items, loading,
    pair, program, run, run_files, stored_gzip,
};
use proptest::prelude::*;
use satchel_kernel::column::Data;
use satchel_kernel::partial::Partial;
use satchel_kernel::program::Program;
use satchel_kernel::run::{Control, Element, RunError, Scan};
use satchel_kernel::value::Owned;

fn frequencies() -> String {
    format!(r#"{{"kind": "frequencies", "key": {K}}}"#)
}

fn joined() -> String {
    format!(r#"{{"kind": "foldby", "key": {N}, "step": {CONCAT_K}, "initial": {{"s": ""}}}}"#)
}

fn collect(limit: &str) -> String {
    format!(r#"{{"kind": "collect", "element": {N}, "limit": {limit}}}"#)
}

fn ints(elements: &[Element]) -> Vec<i64> {
    elements
        .iter()
        .map(|element| match element {
            Element::Value(Owned::Int(value)) => *value,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_hole_in_the_middle_keeps_the_order() {
    // The second "a" is a duplicate key: odd, and the host's to read.
    let lines = b"{\"k\": \"x\", \"n\": 1}\n{\"k\": 0, \"k\": \"a\", \"n\": 1}\n{\"k\": \"b\", \"n\": 1}\n!drop\n{\"k\": \"a\", \"n\": 1}\n";
    let mut host = Fake::default();
    let result = run(&loading(frequencies()), lines, &mut host).expect("a result");
    assert_eq!(items(&result), [pair("x", 1), pair("a", 2), pair("b", 1)]);
    assert_eq!(host.asked, [[1, 3]]);
    assert_eq!(result.stats.rows, 5);
    assert_eq!(result.stats.fallback, [2]);
    let first = &result.stats.examples[0];
    assert_eq!(
        (first.row, first.offset, &*first.reason),
        (1, 19, "a duplicate key")
    );

    let mut host = Fake {
        by_n: Some(0),
        ..Fake::default()
    };
    let result = run(&loading(joined()), lines, &mut host).expect("a result");
    let text = Owned::Tuple([Owned::Int(1), Owned::Str("xaba".into())].into());
    assert_eq!(items(&result), [text]);
}

#[test]
fn several_queries_share_a_scan() {
    let sinks = [
        frequencies(),
        r#"{"kind": "count"}"#.into(),
        format!(r#"{{"kind": "sum", "value": {N}}}"#),
        format!(r#"{{"kind": "max", "value": {K}}}"#),
        format!(r#"{{"kind": "topk", "k": 1, "element": {K}, "key": {N}}}"#),
        format!(r#"{{"kind": "fold", "step": {ADD_N}, "element": {N}, "initial": {{"i": "5"}}}}"#),
    ];
    let queries: Vec<_> = sinks
        .into_iter()
        .map(|sink| (r#"[["load"]]"#, sink))
        .collect();
    let file = File::gzip(&stored_gzip(
        b"{\"k\": \"b\", \"n\": 2}\n{\"k\": \"a\", \"n\": 3}",
    ));
    let result = run_files(&program(&queries), &[&file], &mut Fake::default()).expect("a result");
    let first: Vec<_> = result
        .partials
        .iter()
        .map(|p| p.item(0).to_owned())
        .collect();
    assert_eq!(
        first,
        [
            pair("b", 1),
            Owned::Int(2),
            Owned::Int(5),
            Owned::Str("b".into()),
            Owned::Str("a".into()),
            Owned::Int(10),
        ]
    );
}

#[test]
fn text_queries_see_lines_as_python_does() {
    let sink = format!(r#"{{"kind": "collect", "element": {LINE}, "limit": null}}"#);
    let mut host = Fake::default();
    let steps = format!(r#"[["remove", {LINE_SKIPS}]]"#);
    run(
        &program(&[(&steps, sink)]),
        b"one\r\nskip\ntwo\rthree",
        &mut host,
    )
    .expect("a result");
    let texts = ["one\n", "two\n", "three"].map(|text| Element::Value(Owned::Str(text.into())));
    assert_eq!(host.delivered, texts);
}

#[test]
fn a_text_filter_comes_before_the_parser() {
    let steps = format!(r#"[["remove", {LINE_SKIPS}], ["load"], ["filter", {N_POSITIVE}]]"#);
    let mut host = Fake::default();
    let lines = b"skip, not JSON\n{\"k\": \"a\", \"n\": 1}\n{\"k\": \"a\", \"n\": 0}\n";
    let result = run(&program(&[(&steps, frequencies())]), lines, &mut host).expect("a result");
    assert_eq!(items(&result), [pair("a", 1)]);
    assert!(host.asked.is_empty());

    let error = run(
        &program(&[(&steps, frequencies())]),
        b"ok skip\nskip \xFF\n",
        &mut host,
    );
    assert!(
        matches!(
            error,
            Err(RunError::BadUtf8 {
                file: 0,
                row: 1,
                offset: 8
            })
        ),
        "{error:?}"
    );
}

#[test]
fn errors_come_in_row_order() {
    let lines = b"{\"k\": \"a\", \"n\": 1}\n!drop\n{\"k\": \"a\", \"n\": 2}\n!raise\n\xFF\n";
    let mut host = Fake::default();
    let error = run(&loading(collect("null")), lines, &mut host);
    assert!(
        matches!(&error, Err(RunError::Host(error)) if error.to_string() == "ValueError: !raise")
    );
    assert_eq!(ints(&host.delivered), [1, 2]);

    let mut host = Fake::default();
    let error = run(
        &loading(collect("null")),
        b"{\"n\": 1}\n!drop\n{\"n\": 2}\n\"\xFF\"\n",
        &mut host,
    );
    assert!(
        matches!(
            error,
            Err(RunError::BadUtf8 {
                row: 3,
                offset: 24,
                ..
            })
        ),
        "{error:?}"
    );
    assert_eq!(ints(&host.delivered), [1, 2]);

    let gzip = stored_gzip(b"{\"n\": 1}\n{\"n\": 2}\n");
    let file = File::gzip(&gzip[..gzip.len() - 12]);
    let error = run_files(&loading(collect("null")), &[&file], &mut Fake::default());
    assert!(
        matches!(error, Err(RunError::Source { file: 0, .. })),
        "{error:?}"
    );
}

#[test]
fn elements_say_which_rows_they_are_of() {
    let lines = b"{\"n\": 1}\n!drop\r\n{\"n\": 2}\n{\"n\": 0, \"n\": 3}\n{\"n\": 4}\n";
    for limit in ["null", "4"] {
        let mut host = Fake::default();
        run(&loading(collect(limit)), lines, &mut host).expect("a result");
        assert_eq!(ints(&host.delivered), [1, 2, 3, 4]);
        let places: Vec<(u64, u64)> = host
            .places
            .iter()
            .map(|place| (place.row, place.offset))
            .collect();
        assert_eq!(places, [(0, 0), (2, 16), (3, 25), (4, 42)]);
    }
}

#[test]
fn a_host_that_takes_bytes_is_given_what_is_not_utf8() {
    let lines = b"{\"n\": 1}\n\"\xFF\"\n{\"n\": 2}\n!drop \xFF\n";
    for sink in [collect("null"), "{\"kind\": \"count\"}".to_owned()] {
        let program = Program {
            bytes: true,
            ..(*loading(sink)).clone()
        };
        let mut host = Fake {
            drops_what_is_not_utf8: true,
            ..Fake::default()
        };
        let result = run(&Arc::new(program), lines, &mut host).expect("a result");
        assert_eq!(host.asked.concat(), [1, 3]);
        assert_eq!(result.stats.rows, 4);
    }
}

#[test]
fn a_limit_reads_and_asks_no_further() {
    let lines = b"{\"n\": 1}\n!drop\n{\"n\": 2}\n{\"n\": 0, \"n\": 3}\n!raise\n\xFF\n";
    for (limit, expected, asked) in [
        ("0", &[][..], vec![]),
        ("1", &[1], vec![]),
        ("2", &[1, 2], vec![vec![1]]),
        ("3", &[1, 2, 3], vec![vec![1], vec![3]]),
    ] {
        let mut host = Fake::default();
        let result = run(&loading(collect(limit)), lines, &mut host).expect("a result");
        assert_eq!(ints(&host.delivered), expected, "limit {limit}");
        assert_eq!(host.asked, asked, "limit {limit}");
        assert_eq!(result.partials, [Partial::Delivered]);
    }
    let error = run(&loading(collect("4")), lines, &mut Fake::default());
    assert!(matches!(error, Err(RunError::Host(_))));
}

#[test]
fn the_host_can_stop_a_delivery() {
    let lines = "{\"n\": 1}\n".repeat(10_000);
    let mut host = Fake {
        enough: Some(1),
        ..Fake::default()
    };
    let result = run(&loading(collect("null")), lines.as_bytes(), &mut host).expect("a result");
    assert_eq!(host.deliveries, 1);
    assert!(result.stats.rows < 3_000, "{}", result.stats.rows);
}

#[test]
fn handles_go_back_in_the_next_delivery() {
    let lines = b"{\"n\": 1}\n{\"n\": 1, \"n\": 2}\n{\"n\": 3}\n";
    let mut host = Fake {
        handles: true,
        ..Fake::default()
    };
    run(&loading(collect("null")), lines, &mut host).expect("a result");
    let value = |value| Element::Value(Owned::Int(value));
    assert_eq!(host.delivered, [value(1), Element::Host(7), value(3)]);
}

#[test]
fn the_record_itself_goes_out_as_text() {
    let mut host = Fake::default();
    let sink = r#"{"kind": "collect", "element": 0, "limit": null}"#.to_owned();
    run(&loading(sink), b" {\"n\": 1} \r\n3\n", &mut host).expect("a result");
    assert_eq!(
        host.delivered,
        ["{\"n\": 1}", "3"].map(|text| Element::Text(text.into()))
    );

    let mut host = Fake::default();
    let sink = r#"{"kind": "project", "paths": [["n"]], "limit": null}"#.to_owned();
    run(&loading(sink), b"{\"n\": 1, \"k\": [0]}\n", &mut host).expect("a result");
    assert_eq!(host.delivered, [Element::Text("{\"n\":1}".into())]);
}

#[test]
fn a_record_to_be_grouped_goes_out_with_its_key() {
    let mut host = Fake {
        handles: true,
        ..Fake::default()
    };
    let sink = format!(r#"{{"kind": "project", "key": {N}, "paths": [["k"]]}}"#);
    let lines = "{\"n\": \"é\", \"k\": [0]}\n{\"n\": 2}\n{\"n\": []}\n{\"k\": 1}\n";
    run(&loading(sink), lines.as_bytes(), &mut host).expect("a result");
    let keyed = |key, text: &str| Element::Keyed(key, text.into());
    assert_eq!(
        host.delivered,
        [
            keyed(Owned::Str("é".into()), "{\"k\":[0]}"),
            keyed(Owned::Int(2), "{}"),
            // A list is no key, and there may be none.
            Element::Host(7),
            Element::Host(7),
        ]
    );
}

#[test]
fn what_python_alone_knows_demotes() {
    let demoted = |sink: String, lines: &str| {
        let result = run(&loading(sink), lines.as_bytes(), &mut Fake::default()).expect("a result");
        result.partials[0].demoted().map(str::to_owned)
    };
    assert_eq!(
        demoted(frequencies(), "!demote\n"),
        Some("a big int".into())
    );
    let fold = format!(
        r#"{{"kind": "fold", "step": {ADD_N}, "initial": {{"i": "9223372036854775807"}}}}"#
    );
    assert_eq!(
        demoted(fold, "{\"n\": 1}\n"),
        Some("an int beyond 64 bits".into())
    );
    let least = format!(r#"{{"kind": "min", "value": {N}}}"#);
    assert_eq!(
        demoted(least, "{\"n\": 1}\n{\"n\": \"a\"}\n"),
        Some("values without an order".into())
    );
    let sum = format!(r#"{{"kind": "sum", "value": {N}}}"#);
    assert_eq!(
        demoted(sum, "{\"n\": \"a\"}\n"),
        Some("a sum with a str".into())
    );
}

#[test]
fn a_sum_with_a_float_keeps_its_values() {
    let sum = format!(r#"{{"kind": "sum", "value": {N}}}"#);
    let lines = b"{\"n\": 1}\n{\"n\": true}\n{\"n\": 0.5}\n{\"n\": 3}\n";
    let result = run(&loading(sum), lines, &mut Fake::default()).expect("a result");
    let values = [Owned::Int(2), Owned::Float(0.5), Owned::Int(3)];
    assert_eq!(result.partials, [Partial::Values(values.into())]);
}

#[test]
fn a_fold_without_initial_begins_with_the_first_element() {
    let fold = format!(r#"{{"kind": "foldby", "key": {K}, "step": {ADD_N}, "element": {N}}}"#);
    let lines =
        b"{\"k\": \"a\", \"n\": 7}\n{\"k\": 1, \"k\": \"b\", \"n\": 2}\n{\"k\": \"a\", \"n\": 1}\n";
    let mut host = Fake::default();
    let result = run(&loading(fold), lines, &mut host).expect("a result");
    assert_eq!(items(&result), [pair("a", 8), pair("b", 2)]);
    assert_eq!(host.steps, 0);
}

#[test]
fn cancelling_stops_the_run() {
    let control = Control::default();
    control.cancel.store(true, Ordering::Relaxed);
    let file = File::new(b"{\"n\": 1}\n");
    let scan = Scan::new(loading(frequencies())).expect("a program");
    let result = scan.partition(0, &[file.spec(0)], &mut Fake::default(), &control);
    assert!(
        matches!(result, Err(RunError::Cancelled) | Err(RunError::Host(_))),
        "{result:?}"
    );
}

#[test]
fn progress_is_told() {
    let control = Control::default();
    let file = File::gzip(&stored_gzip(b"{\"k\": \"a\"}\n{\"k\": \"a\"}\n"));
    let scan = Scan::new(loading(frequencies())).expect("a program");
    let files = [file.spec(3), file.spec(4)];
    let result = scan
        .partition(9, &files, &mut Fake::default(), &control)
        .expect("a result");
    assert_eq!(control.rows.load(Ordering::Relaxed), 4);
    assert_eq!(control.inflated.load(Ordering::Relaxed), 44);
    let size = result.stamps[0].1.size;
    assert_eq!(control.compressed.load(Ordering::Relaxed), 2 * size);
    assert_eq!(
        result
            .stamps
            .iter()
            .map(|(file, _)| *file)
            .collect::<Vec<_>>(),
        [3, 4]
    );
    assert_eq!(result.partition, 9);
}

/// A line, as it is and as the host or the kernel reads it; `None` is dropped.
fn line() -> impl Strategy<Value = (String, bool)> {
    let plain = ("[a-e]{1,2}", -3..9_i64).prop_map(|(k, n)| format!(r#"{{"k": "{k}", "n": {n}}}"#));
    let odd = ("[a-e]{1,2}", -3..9_i64)
        .prop_map(|(k, n)| format!(r#"{{"k": "zz", "n": {n}, "k": "{k}"}}"#));
    prop_oneof![
        8 => plain.prop_map(|line| (line, true)),
        1 => odd.prop_map(|line| (line, true)),
        1 => Just(("!drop".to_owned(), false)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every fold sees every row in row order, wherever the holes are.
    #[test]
    fn holes_never_show(lines in prop::collection::vec(line(), 0..300), repeat in 1..30_usize) {
        let lines: Vec<_> = lines.iter().cycle().take(lines.len() * repeat).collect();
        let mut text = String::new();
        for (line, _) in &lines {
            text += line;
            text += "\n";
        }
        let rows: Vec<(String, i64)> = lines
            .iter()
            .filter(|(_, kept)| *kept)
            .map(|(line, _)| match fields(line) {
                (Owned::Str(key), Owned::Int(n)) => (key.into(), n),
                other => panic!("{other:?}"),
            })
            .collect();
        let sinks = [frequencies(), joined(), format!(r#"{{"kind": "sum", "value": {N}}}"#), collect("null")];
        let queries: Vec<_> = sinks.into_iter().map(|sink| (r#"[["load"]]"#, sink)).collect();
        let mut host = Fake { by_n: Some(1), ..Fake::default() };
        let result = run(&program(&queries), text.as_bytes(), &mut host).expect("a result");

        let mut counts: Vec<(String, i64)> = Vec::new();
        let mut joins: Vec<(i64, String)> = Vec::new();
        for (key, n) in &rows {
            match counts.iter_mut().find(|(known, _)| known == key) {
                Some((_, count)) => *count += 1,
                None => counts.push((key.clone(), 1)),
            }
            match joins.iter_mut().find(|(known, _)| known == n) {
                Some((_, join)) => *join += key,
                None => joins.push((*n, key.clone())),
            }
        }
        let counts: Vec<Owned> = counts.iter().map(|(key, count)| pair(key, *count)).collect();
        let joins: Vec<Owned> = joins
            .iter()
            .map(|(n, join)| Owned::Tuple([Owned::Int(*n), Owned::Str(join.as_str().into())].into()))
            .collect();
        let got = |query: usize| -> Vec<Owned> {
            result.partials[query].items().map(|item| item.to_owned()).collect()
        };
        prop_assert_eq!(got(0), counts);
        prop_assert_eq!(got(1), joins);
        prop_assert_eq!(got(2), [Owned::Int(rows.iter().map(|(_, n)| n).sum())]);
        prop_assert_eq!(ints(&host.delivered), rows.iter().map(|(_, n)| *n).collect::<Vec<_>>());
    }
}

#[test]
fn lines_go_out_as_the_text_of_a_file() {
    let sink = |gzip, last| {
        format!(r#"{{"kind": "lines", "element": {K}, "gzip": {gzip}, "last_endline": {last}}}"#)
    };
    let lines = b"{\"k\": \"a\", \"n\": 1}\n{\"k\": \"\\u00e9\", \"n\": 2}\n";
    for (last, expected) in [(false, "a\n\u{e9}"), (true, "a\n\u{e9}\n")] {
        let mut host = Fake::default();
        let result = run(&loading(sink(false, last)), lines, &mut host).expect("a result");
        assert_eq!(result.partials, [Partial::Delivered]);
        assert_eq!(host.delivered, [Element::Bytes(expected.into())]);
    }
    // A gzip file has a member even where there is no line.
    let mut host = Fake::default();
    run(&loading(sink(true, false)), b"", &mut host).expect("a result");
    assert!(
        matches!(&host.delivered[..], [Element::Bytes(bytes)] if bytes.starts_with(&[31, 139]))
    );
}

#[test]
fn a_line_that_is_no_text_is_python_s_to_write() {
    let sink =
        format!(r#"{{"kind": "lines", "element": {N}, "gzip": false, "last_endline": false}}"#);
    let mut host = Fake::default();
    let result = run(&loading(sink), b"{\"k\": \"a\", \"n\": 1}\n", &mut host).expect("a result");
    assert!(result.partials[0].demoted().is_some());
    assert_eq!(host.asked, [[0]]);
}

#[test]
fn columns_go_out_in_chunks_and_their_types_alone() {
    let sink = |types| {
        format!(
            r#"{{"kind": "columns", "cells": {PAIR}, "nested": false, "exact": false,
                "types": {types}}}"#
        )
    };
    let lines: String = (0..70_000)
        .map(|n| format!("{{\"k\": \"a\", \"n\": {n}}}\n"))
        .collect();
    let chunks = |types| {
        let mut host = Fake::default();
        run(&loading(sink(types)), lines.as_bytes(), &mut host).expect("a result");
        let chunk = |element| match element {
            Element::Chunk(chunk) => chunk,
            other => panic!("{other:?}"),
        };
        host.delivered.into_iter().map(chunk).collect::<Vec<_>>()
    };
    let whole = chunks(false);
    assert!(whole.len() > 1);
    let mut found = Vec::new();
    for chunk in &whole {
        match &chunk.columns[1].data {
            Data::Int(ints) => found.extend_from_slice(ints),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(found, (0..70_000).collect::<Vec<_>>());
    let [types] = &chunks(true)[..] else {
        panic!("one chunk of types");
    };
    assert_eq!(types.rows, 70_000);
    assert!(
        types.columns[0].data
            == Data::Text {
                ends: vec![],
                bytes: vec![]
            }
    );
}

#[test]
fn a_column_of_several_types_demotes() {
    let sink = format!(
        r#"{{"kind": "columns", "cells": {PAIR}, "nested": false, "exact": false, "types": false}}"#
    );
    let lines = b"{\"k\": \"a\", \"n\": 1}\n{\"k\": 2, \"n\": 1}\n{\"k\": \"a\", \"n\": 1}\n";
    let result = run(&loading(sink), lines, &mut Fake::default()).expect("a result");
    assert_eq!(
        result.partials[0].demoted(),
        Some("values of several types in one column")
    );
}
