//! Files in, whole lines out: however the file is stored, cut, and damaged.

mod common;

use satchel_scan::error::{Error, ErrorKind};
use satchel_scan::source::{Compression, Options, Reader};

use common::{File, gzip, member, read, ways};

/// Check that a file holds this text, in each way to read it.
fn check(name: &str, bytes: &[u8], compression: Compression, text: &[u8]) {
    let file = File::new(name, bytes);
    for options in ways(text.len()) {
        let (found, error) = read(&file.0, compression, options);
        assert!(error.is_none(), "{options:?}: {error:?}");
        assert!(
            found == text,
            "{name}, {options:?}: {} bytes, not {}",
            found.len(),
            text.len()
        );
    }
}

/// Check that a file gives the whole lines among these, then this error.
fn check_damaged(name: &str, bytes: &[u8], lines: &[u8], expected: &str) {
    let file = File::new(name, bytes);
    for options in ways(lines.len()) {
        let (found, error) = read(&file.0, Compression::Gzip, options);
        let error = error.unwrap_or_else(|| panic!("{name}, {options:?}: no error"));
        assert_eq!(kind(&error), expected, "{name}, {options:?}");
        assert!(error.path == file.0 && error.offset <= bytes.len() as u64);
        assert!(
            found == lines,
            "{name}, {options:?}: {} bytes, not {}",
            found.len(),
            lines.len()
        );
    }
}

fn kind(error: &Error) -> &'static str {
    match error.kind {
        ErrorKind::OtherFormat => "not gzip",
        ErrorKind::Truncated => "truncated",
        ErrorKind::Corrupt => "corrupt",
        ErrorKind::Checksum => "checksum",
        ErrorKind::TrailingGarbage => "trailing garbage",
        ErrorKind::Window => "window",
        ErrorKind::Dictionary => "dictionary",
        ErrorKind::NoBlock(_) => "no block",
        ErrorKind::Io(_) => "io",
    }
}

/// Lines of many lengths, with each kind of newline.
fn lines(count: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut state = 1u32;
    for number in 0..count {
        let length = (number * 7919) % 97;
        for _ in 0..length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push(b'a' + (state >> 28) as u8);
        }
        text.extend_from_slice([&b"\n"[..], b"\r\n", b"\r", b"\n\n", b"\r\r\n"][number % 5]);
    }
    text.push(b'\n');
    text
}

#[test]
fn text_of_every_shape() {
    let long = vec![b'x'; 300_000];
    for (name, text) in [
        ("empty", &b""[..]),
        ("newline", b"\n"),
        ("carriage-return", b"\r"),
        ("no-newline", b"one"),
        ("last-line-open", b"one\ntwo\r\nthree"),
        ("ends-in-cr", b"one\ntwo\r"),
        ("only-cr", b"one\rtwo\rthree\r\rfour"),
        ("cr-lf", b"\r\n\r\n\r\r\n\n\r"),
        ("mixed", &lines(3000)),
        ("long-line", &long),
        (
            "long-lines",
            &[&long[..], b"\n", &long, b"\r\n", &long].concat(),
        ),
    ] {
        check(&format!("{name}.txt"), text, Compression::None, text);
        check(&format!("{name}.gz"), &gzip(text), Compression::Gzip, text);
    }
}

#[test]
fn an_empty_file_is_an_empty_gzip() {
    check("nothing.gz", b"", Compression::Gzip, b"");
}

#[test]
fn members_follow_each_other() {
    let text = lines(2000);
    let mut file = Vec::new();
    for (index, part) in text.chunks(1013).enumerate() {
        file.extend(gzip(part));
        file.extend(vec![0; index % 3]);
    }
    file.extend(gzip(b""));
    file.extend([0; 1000]);
    check("members.gz", &file, Compression::Gzip, &text);
}

#[test]
fn header_fields_are_skipped() {
    let text = lines(20);
    for (flags, extra) in [
        (1, &b""[..]),
        (2, b"\x12\x34"),
        (4, b"\x05\x00hello"),
        (4, b"\x00\x00"),
        (8, b"name.json\x00"),
        (16, b"a comment\x00"),
        (31, b"\x02\x00xx\x00\x00\x99\x99"),
    ] {
        let file = [member(&text, flags, extra), member(&text, flags, extra)].concat();
        check(
            &format!("header-{flags}.gz"),
            &file,
            Compression::Gzip,
            &text.repeat(2),
        );
    }
}

#[test]
fn a_file_cut_short_at_any_byte_gives_the_lines_before() {
    let text = b"{\"a\": 1}\n{\"a\": 22}\n{\"a\": 333}\nlast";
    let file = [member(text, 8, b"name\0"), gzip(b"\nmore\n")].concat();
    let first = member(text, 8, b"name\0").len();
    for end in 1..file.len() {
        let cut = File::new("cut.gz", &file[..end]);
        for options in ways(end) {
            let (found, error) = read(&cut.0, Compression::Gzip, options);
            if end == first {
                assert!(error.is_none() && found == text);
                continue;
            }
            let expected = match end {
                1 => "not gzip",
                _ if end == first + 1 => "trailing garbage",
                _ => "truncated",
            };
            assert_eq!(kind(&error.unwrap()), expected, "{end} {options:?}");
            let whole = [&text[..], b"\nmore\n"].concat();
            assert!(whole.starts_with(&found) && (found.is_empty() || found.ends_with(b"\n")));
            // What the trailer lacks does not hold the lines back.
            if end >= first - 8 {
                assert!(
                    found.starts_with(&text[..text.len() - 4]),
                    "{end} {options:?}"
                );
            }
        }
    }
}

#[test]
fn damage_is_named() {
    let text = lines(500);
    let good = gzip(&text);
    let end = good.len();
    let mut wrong_crc = good.clone();
    wrong_crc[end - 8] ^= 1;
    let mut wrong_length = good.clone();
    wrong_length[end - 1] ^= 1;
    let mut method = good.clone();
    method[2] = 7;
    let junk = [&good[..], b"junk"].concat();
    let late_junk = [&good[..], &[0; 100], b"\x1fjunk"].concat();
    check_damaged("crc.gz", &wrong_crc, &text, "checksum");
    check_damaged("length.gz", &wrong_length, &text, "checksum");
    check_damaged("method.gz", &method, b"", "corrupt");
    check_damaged("junk.gz", &junk, &text, "trailing garbage");
    check_damaged("late-junk.gz", &late_junk, &text, "trailing garbage");
    check_damaged("text.gz", b"{\"a\": 1}\n", b"", "not gzip");
    check_damaged("zeros.gz", &[0; 64], b"", "not gzip");
    check_damaged(
        "second.gz",
        &[&good[..], &wrong_crc].concat(),
        &text.repeat(2),
        "checksum",
    );
}

#[test]
fn damage_in_the_middle_gives_the_lines_before() {
    let text = lines(3000);
    let good = gzip(&text);
    for place in [good.len() / 4, good.len() / 2, good.len() - 20] {
        let mut bad = good.clone();
        bad[place] ^= 0x10;
        let file = File::new("middle.gz", &bad);
        for options in ways(text.len()) {
            let (found, error) = read(&file.0, Compression::Gzip, options);
            let error = error.expect("damage is found");
            assert!(matches!(kind(&error), "corrupt" | "checksum" | "truncated"));
            // What came out before the flipped bit is right; inflating may notice only later.
            let right = found.iter().zip(&text).take_while(|(a, b)| a == b).count();
            assert!(right > 0 && found.ends_with(b"\n") | found.ends_with(b"\r"));
        }
    }
}

#[test]
fn a_missing_file_is_an_io_error() {
    let error =
        Reader::open("/nowhere/at/all.gz", Compression::Gzip, Options::default()).unwrap_err();
    assert_eq!(kind(&error), "io");
    assert!(error.to_string().contains("/nowhere/at/all.gz"));
}

#[test]
fn a_stamp_holds_size_time_and_trailer() {
    let text = lines(10);
    let file = File::new("stamp.gz", &gzip(&text));
    let reader = Reader::open(&file.0, Compression::Gzip, Options::default()).unwrap();
    let stamp = reader.stamp();
    assert_eq!(stamp.size, gzip(&text).len() as u64);
    assert_eq!(
        stamp.trailer,
        Some((zlib_rs::crc32::crc32(0, &text), text.len() as u32))
    );
    assert!(stamp.modified_ns > 1_500_000_000_000_000_000);
}

#[test]
fn the_first_lines_of_a_stream_come_early() {
    let text = lines(200_000);
    let file = File::new("early.gz", &gzip(&text));
    let options = Options {
        stream: true,
        ..Options::default()
    };
    let mut reader = Reader::open(&file.0, Compression::Gzip, options).unwrap();
    let first = reader.next_block().unwrap().unwrap().bytes.len();
    assert!(first <= 64 << 10);
    let mut largest = 0;
    while let Some(block) = reader.next_block().unwrap() {
        largest = largest.max(block.bytes.len());
    }
    assert!(largest > 500 << 10 && largest <= 1 << 20, "{largest}");
}
