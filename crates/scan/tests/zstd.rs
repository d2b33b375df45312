//! zstd files: frames of all kinds, whole and damaged, in each way to read them.

mod common;

use satchel_scan::error::ErrorKind;
use satchel_scan::source::{Compression, Options};
use zstd_safe::{CCtx, CParameter, InBuffer, OutBuffer};

use common::{File, read, ways};

/// A frame of this text, made with these parameters; `sized` frames say how long their text is.
fn frame(text: &[u8], sized: bool, parameters: &[CParameter]) -> Vec<u8> {
    let mut context = CCtx::create();
    for parameter in parameters {
        context.set_parameter(*parameter).unwrap();
    }
    let mut out = vec![0; zstd_safe::compress_bound(text.len()) + 1000];
    let mut output = OutBuffer::around(&mut out[..]);
    if sized {
        context
            .set_pledged_src_size(Some(text.len() as u64))
            .unwrap();
    }
    let mut input = InBuffer::around(text);
    while input.pos() < text.len() {
        context.compress_stream(&mut output, &mut input).unwrap();
    }
    while context.end_stream(&mut output).unwrap() > 0 {}
    let length = output.pos();
    out.truncate(length);
    out
}

fn plain(text: &[u8]) -> Vec<u8> {
    frame(text, true, &[CParameter::ChecksumFlag(true)])
}

fn skipped(length: u32) -> Vec<u8> {
    let mut frame = vec![0x53, 0x2a, 0x4d, 0x18];
    frame.extend(length.to_le_bytes());
    frame.extend((0..length).map(|n| n as u8));
    frame
}

fn lines(count: usize) -> Vec<u8> {
    let line = |n: usize| format!("{{\"n\": {n}, \"x\": {}}}\n", n.wrapping_mul(2_654_435_761));
    (0..count).flat_map(|n| line(n).into_bytes()).collect()
}

fn check(name: &str, bytes: &[u8], text: &[u8]) {
    let file = File::new(name, bytes);
    for options in ways(text.len()) {
        let (found, error) = read(&file.0, Compression::Zstd, options);
        assert!(error.is_none(), "{name}, {options:?}: {error:?}");
        assert!(found == text, "{name}, {options:?}: {} bytes", found.len());
    }
}

/// Check that a file gives whole lines of this text in each way to read it, and then this error.
fn check_damaged(name: &str, bytes: &[u8], text: &[u8], expected: fn(&ErrorKind) -> bool) -> usize {
    let file = File::new(name, bytes);
    let mut lengths = Vec::new();
    for options in ways(text.len()) {
        let (found, error) = read(&file.0, Compression::Zstd, options);
        let error = error.unwrap_or_else(|| panic!("{name}, {options:?}: no error"));
        assert!(expected(&error.kind), "{name}, {options:?}: {error}");
        assert!(error.path == file.0 && error.offset <= bytes.len() as u64);
        assert!(text.starts_with(&found), "{name}, {options:?}");
        lengths.push(found.len());
    }
    lengths.dedup();
    assert_eq!(
        lengths.len(),
        1,
        "{name}: as many lines, however it is read"
    );
    lengths[0]
}

#[test]
fn frames_of_all_kinds() {
    let text = lines(9000);
    for level in [-5, 1, 3, 9, 19] {
        let parameters = [CParameter::CompressionLevel(level)];
        check("level.zst", &frame(&text, level > 3, &parameters), &text);
    }
    let long = [
        CParameter::WindowLog(27),
        CParameter::EnableLongDistanceMatching(true),
    ];
    check("long.zst", &frame(&text, false, &long), &text);
    let (one, other) = text.split_at(12_345);
    let several = [
        skipped(9),
        plain(one),
        plain(b""),
        skipped(0),
        frame(other, false, &[]),
    ];
    check("several.zst", &several.concat(), &text);
    check(
        "small.zst",
        &text.chunks(700).flat_map(plain).collect::<Vec<_>>(),
        &text,
    );
    check("empty.zst", &plain(b""), b"");
    check("skipped.zst", &skipped(5), b"");
}

#[test]
fn cut_short_anywhere() {
    let text = lines(30_000);
    let file = [plain(&text[..9]), frame(&text[9..], false, &[])].concat();
    for length in [0, 1, 3, 4, 5, 30, 1000, file.len() / 2, file.len() - 1] {
        if length != plain(&text[..9]).len() {
            let truncated = |kind: &ErrorKind| matches!(kind, ErrorKind::Truncated);
            check_damaged("cut.zst", &file[..length], &text, truncated);
        }
    }
    let half = check_damaged("half.zst", &file[..file.len() / 2], &text, |kind| {
        matches!(kind, ErrorKind::Truncated)
    });
    assert!(
        half > text.len() / 4,
        "the lines before the damage come first: {half}"
    );
}

#[test]
fn damaged() {
    let text = lines(30_000);
    let mut wrong = plain(&text);
    let end = wrong.len() - 1;
    wrong[end] ^= 1;
    let whole = check_damaged("sum.zst", &wrong, &text, |kind| {
        matches!(kind, ErrorKind::Checksum)
    });
    assert_eq!(whole, text.len());

    let mut corrupt = frame(&text, true, &[]);
    for byte in &mut corrupt[end / 2..end / 2 + 400] {
        *byte = 0xff;
    }
    let before = check_damaged("corrupt.zst", &corrupt, &text, |kind| {
        matches!(kind, ErrorKind::Corrupt | ErrorKind::Truncated)
    });
    assert!(before > 0, "the blocks before the damage are whole");

    check_damaged("text.zst", b"{\"a\": 1}\n", b"", |kind| {
        matches!(kind, ErrorKind::OtherFormat)
    });
    for junk in [&b"junk"[..], b"\0\0\0\0"] {
        let file = [plain(&text), junk.to_vec()].concat();
        let whole = check_damaged("junk.zst", &file, &text, |kind| {
            matches!(kind, ErrorKind::TrailingGarbage)
        });
        assert_eq!(whole, text.len());
    }
}

#[test]
fn a_window_that_is_too_large() {
    let parameters = [CParameter::WindowLog(28)];
    let file = frame(&lines(10), false, &parameters);
    check_damaged("window.zst", &file, b"", |kind| {
        matches!(kind, ErrorKind::Window)
    });
    let path = File::new("said.zst", &file);
    let (_, error) = read(&path.0, Compression::Zstd, Options::default());
    assert!(error.unwrap().to_string().contains("128 MiB"));
}
