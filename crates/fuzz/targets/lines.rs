//! Files of any lines, plain and in gzip members: what is read is what was written, in whole lines.

#![no_main]

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use satchel_scan::line::line_end;
use satchel_scan::source::{Compression, Options, Reader, Span};

/// A file of this process, in memory where there is such a place.
fn file() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("satchel-fuzz-{}", std::process::id()))
}

/// The bytes of all blocks, each of which ends with a line; `None` if the file is damaged.
fn read(compression: Compression, options: Options) -> Option<Vec<u8>> {
    let mut reader = Reader::open(file(), compression, options).ok()?;
    let mut found = Vec::new();
    loop {
        match reader.next_block() {
            Err(_) => return None,
            Ok(None) => return Some(found),
            Ok(Some(block)) => {
                assert_eq!(block.offset, found.len() as u64);
                assert!(!block.bytes.is_empty());
                found.extend_from_slice(block.bytes);
            }
        }
    }
}

/// Python's universal newlines, letter by letter.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        let ends = text[at] == b'\n' || (text[at] == b'\r' && text.get(at + 1) != Some(&b'\n'));
        at += 1;
        if ends {
            found.push(text[start..at].trim_ascii_end());
            start = at;
        }
    }
    if start < at {
        found.push(text[start..].trim_ascii_end());
    }
    found
}

fuzz_target!(|data: &[u8]| {
    let [level, members, budget, text @ ..] = data else {
        return;
    };
    let budget = 1 << (budget % 20);
    let cuts = usize::from(members % 4) + 1;
    let mut stored = Vec::new();
    for part in text.chunks(text.len().div_ceil(cuts).max(1)) {
        let mut encoder = GzEncoder::new(Vec::new(), Level::new(u32::from(level % 10)));
        encoder.write_all(part).unwrap();
        stored.extend(encoder.finish().unwrap());
    }
    let files = [
        (Compression::None, text.to_vec(), true),
        (Compression::Gzip, stored, true),
        // Bytes that need be no gzip at all.
        (Compression::Gzip, text.to_vec(), false),
    ];
    for (compression, bytes, right) in files {
        let cut = ((bytes.len() as u64) * u64::from(*level) / 256).max(1);
        std::fs::write(file(), bytes).unwrap();
        let options = |stream, start, end| Options {
            budget,
            stream,
            span: Span { start, end },
        };
        let ways = [false, true].map(|stream| read(compression, options(stream, 0, None)));
        assert_eq!(ways[0], ways[1]);
        if right {
            assert_eq!(ways[0].as_deref(), Some(text));
            let mut parts = read(compression, options(false, 0, Some(cut))).unwrap();
            parts.extend(read(compression, options(false, cut, None)).unwrap());
            assert_eq!(parts, text);
        }
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (end, next) = line_end(text, at);
        found.push(text[at..end].trim_ascii_end());
        at = next;
    }
    assert_eq!(found, lines(text));
});
