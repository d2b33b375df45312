//! How fast a file of gzipped JSON lines is inflated and scanned, on one core.
//!
//! `cargo run --release -p satchel-scan --example hour -- FILE [ROUNDS [NAME]]`; with a name, only that measurement

use std::time::Instant;

use satchel_scan::line::{Scanner, Slot, Validate, Verdict};
use satchel_scan::paths::{Need, Paths, Step};
use satchel_scan::source::{Compression, Options, Reader};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("a file");
    let rounds: usize = arguments
        .next()
        .map_or(20, |rounds| rounds.parse().expect("a number"));
    let only = arguments.next();
    let asked = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let key = |key: &str| Step::Key(key.into());
    let kind = (vec![key("type")], Need::Value);
    let login = (vec![key("actor"), key("login")], Need::Value);
    let commits = (vec![key("payload"), key("commits")], Need::Len);
    let three = vec![kind.clone(), login, commits];

    for (name, stream) in [("inflate whole", false), ("inflate streamed", true)] {
        if !asked(name) {
            continue;
        }
        let mut best: Vec<f64> = Vec::new();
        let mut bytes = 0;
        for _ in 0..rounds {
            let mut started = Instant::now();
            let mut piece = 0;
            let mut reader = Reader::open(
                &path,
                Compression::Gzip,
                Options {
                    stream,
                    ..Options::default()
                },
            )
            .expect("opens");
            bytes = 0;
            while let Some(block) = reader.next_block().expect("reads") {
                bytes += block.bytes.len();
                keep_best(&mut best, piece, started);
                piece += 1;
                started = Instant::now();
            }
        }
        report(name, best.iter().sum(), bytes);
    }
    let mut text = Vec::new();
    let mut reader = Reader::open(&path, Compression::Gzip, Options::default()).expect("opens");
    while let Some(block) = reader.next_block().expect("reads") {
        text.extend_from_slice(block.bytes);
    }
    let pieces = cut(&text);
    for (name, wants, validate) in [
        ("strict, no slots", vec![], Validate::Strict),
        ("strict, three slots", three.clone(), Validate::Strict),
        ("touched, type", vec![kind], Validate::Touched),
        ("touched, three slots", three, Validate::Touched),
    ] {
        if !asked(name) {
            continue;
        }
        let paths = Paths::new(&wants);
        let (mut clean, mut present) = (0, 0);
        let mut best: Vec<f64> = Vec::new();
        let mut scanner = Scanner::new(&paths, validate);
        let mut slots = vec![Slot::Unreached; paths.slots()];
        for _ in 0..rounds {
            (clean, present) = (0, 0);
            for (piece, block) in pieces.iter().enumerate() {
                let started = Instant::now();
                let mut at = 0;
                while at < block.len() {
                    let line = scanner.scan(block, at, &mut slots);
                    clean += usize::from(line.verdict == Verdict::Clean);
                    present += slots
                        .iter()
                        .filter(|slot| matches!(slot, Slot::Present { .. }))
                        .count();
                    at = line.next;
                }
                keep_best(&mut best, piece, started);
            }
        }
        report(name, best.iter().sum(), text.len());
        println!("{:24} {clean} clean lines, {present} slots present", "");
    }
}

/// Keep the best time of each piece of the work.
fn keep_best(best: &mut Vec<f64>, piece: usize, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    match best.get_mut(piece) {
        Some(best) => *best = best.min(seconds),
        None => best.push(seconds),
    }
}

/// Cut a text into pieces of whole lines, of about 32 KiB each, which are timed one by one: the
/// best time of each leaves out what else the machine was doing.
fn cut(text: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let most = rest.len().min(1 << 15);
        let end = match rest[..most].iter().rposition(|byte| *byte == b'\n') {
            Some(newline) if most < rest.len() => newline + 1,
            _ => rest.len(),
        };
        let (piece, others) = rest.split_at(end);
        pieces.push(piece);
        rest = others;
    }
    pieces
}

fn report(name: &str, seconds: f64, bytes: usize) {
    let milliseconds = seconds * 1e3;
    println!(
        "{name:24} {milliseconds:8.3} ms {:8.2} GB/s",
        bytes as f64 / seconds / 1e9
    );
}
