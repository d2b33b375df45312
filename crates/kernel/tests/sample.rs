//! The hour that the seed document analyses, and its printed answers.

mod common;

use std::path::Path;
use std::sync::Arc;

use common::{Fake, pair};
use satchel_kernel::merge::{Combine, Merge, Outcome, run_items};
use satchel_kernel::partial::Partial;
use satchel_kernel::program::Program;
use satchel_kernel::run::{Control, FileSpec, Scan};
use satchel_kernel::value::Owned;
use satchel_scan::source::{Compression, Span};

const NODES: &str = r#"
    ["input", "record", []],
    ["const", {"s": "type"}, []], ["getitem", null, [0, 1]],
    ["const", {"s": "PushEvent"}, []], ["eq", null, [2, 3]],
    ["const", {"s": "actor"}, []], ["getitem", null, [0, 5]],
    ["const", {"s": "login"}, []], ["getitem", null, [6, 7]],
    ["const", {"s": "payload"}, []], ["getitem", null, [0, 9]],
    ["const", {"s": "commits"}, []], ["getitem", null, [10, 11]],
    ["call", "len", [12]], ["input", "acc", []], ["add", null, [14, 13]]
"#;

const FREQUENCIES: &str = r#"{"steps": [["load"]], "sink": {"kind": "frequencies", "key": 2}}"#;
const COMMITS: &str = r#"{"steps": [["load"], ["filter", 4]],
    "sink": {"kind": "foldby", "key": 8, "step": 15, "initial": {"i": "0"}}}"#;

fn program(nodes: &str, queries: &str) -> Arc<Program> {
    let text = format!(
        r#"{{"version": 1, "loader": "json", "validate": "strict", "nodes": [{nodes}], "queries": [{queries}]}}"#
    );
    Arc::new(Program::parse(&text).expect("a program"))
}

/// The best five of a finished result, by the second of each pair.
fn top(items: &Partial) -> Vec<Owned> {
    let nodes = r#"["input", "item", []], ["const", {"i": "1"}, []], ["getitem", null, [0, 1]]"#;
    let query = r#"{"steps": [], "sink": {"kind": "topk", "k": 5, "element": 0, "key": 2}}"#;
    let scan = Scan::new(program(nodes, query)).expect("a scan");
    let top = run_items(&scan, 0, items, &mut Fake::default(), &Control::default());
    top.expect("a result")
        .items()
        .map(|item| item.to_owned())
        .collect()
}

#[test]
fn the_seed_documents_answers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared/data/2015-01-01-0.json.gz");
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    let program = program(NODES, &format!("{FREQUENCIES}, {COMMITS}"));
    let scan = Scan::new(program.clone()).expect("a scan");
    let file = FileSpec {
        path,
        origin: None,
        compression: Compression::Gzip,
        span: Span::default(),
        index: 0,
    };
    let result = scan
        .partition(0, &[file], &mut Fake::default(), &Control::default())
        .expect("a result");
    assert_eq!(result.stats.rows, 7702);
    assert_eq!(result.stats.inflated, 17_796_843);
    assert_eq!(result.stats.fallback, [0, 0]);

    let types = &result.partials[0];
    assert_eq!(types.len(), 14);
    let best = [
        pair("PushEvent", 4280),
        pair("CreateEvent", 815),
        pair("IssueCommentEvent", 650),
        pair("WatchEvent", 642),
        pair("IssuesEvent", 373),
    ];
    assert_eq!(top(types), best);

    let nodes = r#"["input", "acc", []], ["input", "other", []], ["add", null, [0, 1]]"#;
    let combine = Combine::Native {
        program: self::program(nodes, ""),
        initial: Some(Owned::Int(0)),
    };
    let mut merge = Merge::new(&program, 1, 1, 8, combine);
    merge.push(0, result.partials[1].clone());
    let Outcome::Done(commits) = merge.finish() else {
        panic!("a sum of ints merges")
    };
    let best = [
        pair("mirror-updates", 413),
        pair("jrmarino", 88),
        pair("javra", 80),
        pair("KenanSulayman", 79),
        pair("chcholman", 51),
    ];
    assert_eq!(top(&commits), best);
}
