//! Spans of files: however a file is cut up, each of its lines is in one of the parts, in order.

mod common;

use std::path::Path;

use satchel_scan::error::{Error, ErrorKind};
use satchel_scan::source::{Compression, Options, Reader, Span};

use common::{File, gzip, member, ways};

/// A block of block gzip: a member that says how long it is.
fn block(text: &[u8]) -> Vec<u8> {
    let mut block = member(text, 4, &[6, 0, b'B', b'C', 2, 0, 0, 0]);
    let length = u16::try_from(block.len() - 1).unwrap();
    block[16..18].copy_from_slice(&length.to_le_bytes());
    block
}

/// The end of every block gzip file.
fn last_block() -> Vec<u8> {
    block(b"")
}

/// Numbers that look like chance.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    }
}

/// Lines of all lengths and with all ends, the last perhaps without.
fn odd_lines(number: &mut impl FnMut(usize) -> usize, most: usize) -> Vec<u8> {
    let mut text = Vec::new();
    while text.len() < most {
        let length = if number(20) == 0 {
            number(most)
        } else {
            number(9)
        };
        text.extend((0..length).map(|_| b"ab\"\xc3\xa9"[number(5)]));
        text.extend_from_slice([&b"\n"[..], b"\r\n", b"\r", b"\n\r", b"\r\r\n", b""][number(6)]);
    }
    text
}

/// Check that the spans of a file between these cuts hold its lines, each in one of them.
fn check_spans(name: &str, bytes: &[u8], compression: Compression, text: &[u8], cuts: &[u64]) {
    let file = File::new(name, bytes);
    let mut bounds: Vec<u64> = cuts
        .iter()
        .map(|cut| cut % (bytes.len() as u64 + 2))
        .collect();
    bounds.sort_unstable();
    let ends = bounds.iter().copied().map(Some).chain([None]);
    let starts = [0].into_iter().chain(bounds.iter().copied());
    let spans: Vec<Span> = starts
        .zip(ends)
        .map(|(start, end)| Span { start, end })
        .collect();
    for options in ways(text.len()) {
        let mut found = Vec::new();
        for span in &spans {
            let (own, error) = read_span(
                &file.0,
                compression,
                Options {
                    span: *span,
                    ..options
                },
            );
            assert!(error.is_none(), "{name}, {span:?}, {options:?}: {error:?}");
            assert!(
                found.is_empty()
                    || own.is_empty()
                    || found.ends_with(b"\n")
                    || found.ends_with(b"\r"),
                "{name}, {span:?}: not at a line start"
            );
            assert!(
                !(found.ends_with(b"\r") && own.starts_with(b"\n")),
                "{name}, {span:?}: a \\r\\n cut in two"
            );
            found.extend(own);
        }
        assert!(found == text, "{name}, {cuts:?}, {options:?}: {spans:?}");
    }
}

/// What `read` reads, of a span.
fn read_span(path: &Path, compression: Compression, options: Options) -> (Vec<u8>, Option<Error>) {
    let mut text: Vec<u8> = Vec::new();
    let mut reader = Reader::open(path, compression, options).unwrap();
    loop {
        match reader.next_block() {
            Err(error) => return (text, Some(error)),
            Ok(None) => return (text, None),
            Ok(Some(block)) => {
                assert_eq!(block.offset, text.len() as u64);
                text.extend_from_slice(block.bytes);
            }
        }
    }
}

#[test]
fn spans_of_plain_text() {
    for seed in 0..300 {
        let mut number = numbers(seed);
        let most = [3, 20, 300][number(3)];
        let text = odd_lines(&mut number, most);
        let cuts: Vec<u64> = (0..number(7)).map(|_| number(1 << 20) as u64).collect();
        check_spans("spans.txt", &text, Compression::None, &text, &cuts);
    }
}

#[test]
fn every_cut_of_a_short_text() {
    for text in [
        &b"a\r\nb\n\r\nc\rd"[..],
        b"\r\r\n\n",
        b"one line",
        b"\n",
        b"",
    ] {
        for cut in 0..text.len() as u64 + 1 {
            for other in cut..text.len() as u64 + 1 {
                check_spans("cut.txt", text, Compression::None, text, &[cut, other]);
            }
        }
    }
}

#[test]
fn spans_of_block_gzip() {
    for seed in 0..200 {
        let mut number = numbers(seed);
        let most = [20, 300, 3000][number(3)];
        let text = odd_lines(&mut number, most);
        let (mut file, mut rest) = (Vec::new(), &text[..]);
        while !rest.is_empty() {
            let (taken, left) = rest.split_at(number(most / 3 + 2).min(rest.len()));
            // Members of plain gzip between blocks, and zeros: nothing can be entered there.
            match number(12) {
                0 => file.extend(gzip(taken)),
                1 => file.extend([block(taken), vec![0; number(40)]].concat()),
                _ => file.extend(block(taken)),
            }
            rest = left;
        }
        if number(2) == 0 {
            file.extend(last_block());
        }
        let cuts: Vec<u64> = (0..number(7)).map(|_| number(1 << 20) as u64).collect();
        check_spans("spans.gz", &file, Compression::Gzip, &text, &cuts);
        let plain = gzip(&text);
        check_spans("whole.gz", &plain, Compression::Gzip, &text, &cuts);
    }
}

#[test]
fn large_blocks_are_found() {
    let mut number = numbers(7);
    let mut text = Vec::new();
    while text.len() < 3 << 20 {
        let length = number(3000);
        text.extend((0..length).map(|_| b' ' + number(90) as u8));
        text.push(b'\n');
    }
    let mut file: Vec<u8> = text.chunks(0xff00).flat_map(block).collect();
    file.extend(last_block());
    let cuts: Vec<u64> = (0..5).map(|_| number(file.len()) as u64).collect();
    check_spans("large.gz", &file, Compression::Gzip, &text, &cuts);
}

#[test]
fn what_only_looks_like_a_block_is_found_out() {
    // Two blocks inside a member that stores its text as it is.
    let inner = [block(b"in\n"), block(b"side\n")].concat();
    let mut stored = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    stored.extend((inner.len() as u16).to_le_bytes());
    stored.extend((!(inner.len() as u16)).to_le_bytes());
    stored.extend(&inner);
    stored.extend(zlib_rs::crc32::crc32(0, &inner).to_le_bytes());
    stored.extend((inner.len() as u32).to_le_bytes());
    let file = [block(b"one\n"), stored, last_block()].concat();
    let path = File::new("looks.gz", &file);
    let span = Span {
        start: 0,
        end: Some(block(b"one\n").len() as u64 + 1),
    };
    let options = Options {
        span,
        ..Options::default()
    };
    let (_, error) = read_span(&path.0, Compression::Gzip, options);
    let error = error.expect("an error");
    assert!(matches!(error.kind, ErrorKind::NoBlock(_)), "{error}");
}
