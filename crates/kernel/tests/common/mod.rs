//! What the tests of runs share: a program over two fields, a host that answers from the line's
//! text, and files.
#![allow(dead_code)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use satchel_kernel::program::Program;
use satchel_kernel::run::{
    Control, Element, FileSpec, Filled, Flow, Host, HostError, PartitionResult, Place, Row,
    RunError, Scan, Stepped,
};
use satchel_kernel::value::Owned;
use satchel_scan::source::{Compression, Span};

/// The nodes of every program here. The record is `{"k": key, "n": int}`.
const NODES: &str = r#"
    ["input", "record", []],
    ["const", {"s": "k"}, []], ["getitem", null, [0, 1]],
    ["const", {"s": "n"}, []], ["getitem", null, [0, 3]],
    ["input", "acc", []],
    ["add", null, [5, 4]],
    ["concat", null, [5, 2]],
    ["const", {"i": "0"}, []],
    ["gt", null, [4, 8]],
    ["input", "line", []],
    ["const", {"s": "skip"}, []],
    ["contains", null, [10, 11]],
    ["tuple", null, [2, 4]]
"#;

/// Ids of [`NODES`].
pub const K: u32 = 2;
pub const N: u32 = 4;
pub const ADD_N: u32 = 6;
pub const CONCAT_K: u32 = 7;
pub const N_POSITIVE: u32 = 9;
pub const LINE: u32 = 10;
pub const LINE_SKIPS: u32 = 12;
pub const PAIR: u32 = 13;

/// A program of the queries, each `(steps, sink)` in JSON.
pub fn program(queries: &[(&str, String)]) -> Arc<Program> {
    let queries: Vec<String> = queries
        .iter()
        .map(|(steps, sink)| format!(r#"{{"steps": {steps}, "sink": {sink}}}"#))
        .collect();
    let text = format!(
        r#"{{"version": 1, "loader": "json", "validate": "strict", "nodes": [{NODES}],
            "queries": [{}]}}"#,
        queries.join(", ")
    );
    Arc::new(Program::parse(&text).expect("the test's program"))
}

/// A program with one query that parses the line.
pub fn loading(sink: String) -> Arc<Program> {
    program(&[(r#"[["load"]]"#, sink)])
}

/// A file of its own in the temporary directory, removed when dropped.
pub struct File {
    pub path: PathBuf,
    compression: Compression,
}

impl File {
    pub fn new(bytes: &[u8]) -> File {
        File::named(bytes, Compression::None)
    }

    pub fn gzip(bytes: &[u8]) -> File {
        File::named(bytes, Compression::Gzip)
    }

    fn named(bytes: &[u8], compression: Compression) -> File {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("satchel-kernel-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("the temporary directory is writable");
        File { path, compression }
    }

    pub fn spec(&self, index: u32) -> FileSpec {
        FileSpec {
            path: self.path.clone(),
            origin: None,
            compression: self.compression,
            span: Span::default(),
            index,
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A gzip member that stores its bytes uncompressed: all that a reader needs to see.
pub fn stored_gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut chunks = bytes.chunks(0xFFFF).peekable();
    if bytes.is_empty() {
        out.extend([1, 0, 0, 255, 255]);
    }
    while let Some(chunk) = chunks.next() {
        let length = chunk.len() as u16;
        out.push(u8::from(chunks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend_from_slice(chunk);
    }
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    out.extend((!crc).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// A host that knows odd lines by heart.
///
/// `!drop` is dropped, `!raise` raises, `!demote` demotes; any other line that comes to it is
/// read with a parser that takes the last of duplicate keys, as Python's does.
#[derive(Default)]
pub struct Fake {
    /// The rows of each call of `fill`.
    pub asked: Vec<Vec<u64>>,
    pub steps: u64,
    pub delivered: Vec<Element>,
    pub places: Vec<Place>,
    pub deliveries: usize,
    /// Stop after so many elements.
    pub enough: Option<usize>,
    pub polled: u64,
    /// The query whose key is `n`, where there is one.
    pub by_n: Option<usize>,
    /// Whether it takes lines that are not UTF-8.
    pub drops_what_is_not_utf8: bool,
    /// Whether elements come back as handles.
    pub handles: bool,
}

impl Fake {
    fn answer(&self, query: usize, line: &str) -> Filled {
        match line.trim() {
            "!drop" | "" => return Filled::Dropped,
            "!raise" => return Filled::Raised("ValueError: !raise".into()),
            "!demote" => return Filled::Demote("a big int".into()),
            _ => {}
        }
        let (key, value) = fields(line);
        let key = if self.by_n == Some(query) {
            value.clone()
        } else {
            key
        };
        let value = if self.handles { Owned::Host(7) } else { value };
        Filled::Row {
            key: Some(key),
            value: Some(value),
        }
    }
}

/// The fields `k` and `n` of a line.
pub fn fields(line: &str) -> (Owned, Owned) {
    let record: serde_json::Value = serde_json::from_str(line).expect("a line of these tests");
    let owned = |value: &serde_json::Value| match value {
        serde_json::Value::Bool(value) => Owned::Bool(*value),
        serde_json::Value::Number(number) if number.is_i64() => {
            Owned::Int(number.as_i64().unwrap_or_default())
        }
        serde_json::Value::Number(number) => Owned::Float(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Owned::Str(text.as_str().into()),
        _ => Owned::None,
    };
    (owned(&record["k"]), owned(&record["n"]))
}

impl Host for Fake {
    fn fill(&mut self, query: usize, rows: &[Row<'_>]) -> Result<Vec<Filled>, HostError> {
        self.asked.push(rows.iter().map(|row| row.row).collect());
        let mut answers = Vec::new();
        for row in rows {
            let dropped = self.drops_what_is_not_utf8 && std::str::from_utf8(row.line).is_err();
            answers.push(if dropped {
                Filled::Dropped
            } else {
                self.answer(query, &row.text())
            });
            if matches!(answers.last(), Some(Filled::Raised(_))) {
                break;
            }
        }
        Ok(answers)
    }

    fn step(&mut self, _query: usize, row: &Row<'_>, acc: &Owned) -> Result<Stepped, HostError> {
        self.steps += 1;
        Ok(match (acc, fields(&row.text())) {
            (Owned::Int(acc), (_, Owned::Int(n))) => match acc.checked_add(n) {
                Some(sum) => Stepped::Acc(Owned::Int(sum)),
                None => Stepped::Demote("an int beyond 64 bits".into()),
            },
            (Owned::Str(acc), (Owned::Str(key), _)) => {
                Stepped::Acc(Owned::Str(format!("{acc}{key}").into()))
            }
            (acc, row) => panic!("{acc:?} {row:?}"),
        })
    }

    fn fill_items(&mut self, _query: usize, items: &[Owned]) -> Result<Vec<Filled>, HostError> {
        Ok(items
            .iter()
            .map(|item| Filled::Row {
                key: Some(Owned::Int(0)),
                value: Some(item.clone()),
            })
            .collect())
    }

    fn deliver(
        &mut self,
        _query: usize,
        elements: Vec<Element>,
        places: Vec<Place>,
    ) -> Result<Flow, HostError> {
        assert!(places.is_empty() || places.len() == elements.len());
        self.places.extend(places);
        self.deliveries += 1;
        self.delivered.extend(elements);
        let enough = self
            .enough
            .is_some_and(|enough| self.delivered.len() >= enough);
        Ok(if enough { Flow::Stop } else { Flow::Continue })
    }

    fn poll(&mut self) -> Result<(), HostError> {
        self.polled += 1;
        Ok(())
    }
}

/// Run a program over one file with these bytes.
pub fn run(
    program: &Arc<Program>,
    bytes: &[u8],
    host: &mut Fake,
) -> Result<PartitionResult, RunError> {
    let file = File::new(bytes);
    run_files(program, &[&file], host)
}

pub fn run_files(
    program: &Arc<Program>,
    files: &[&File],
    host: &mut Fake,
) -> Result<PartitionResult, RunError> {
    let specs: Vec<FileSpec> = files
        .iter()
        .zip(0..)
        .map(|(file, index)| file.spec(index))
        .collect();
    let scan = Scan::new(program.clone()).expect("a program that can run");
    scan.partition(0, &specs, host, &Control::default())
}

/// The items of the first query, in order.
pub fn items(result: &PartitionResult) -> Vec<Owned> {
    result.partials[0]
        .items()
        .map(|item| item.to_owned())
        .collect()
}

/// `("a", 1)`, as items of a group have it.
pub fn pair(key: &str, value: i64) -> Owned {
    Owned::Tuple([Owned::Str(key.into()), Owned::Int(value)].into())
}
