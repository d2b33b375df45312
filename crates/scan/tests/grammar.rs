//! Lines by table: RFC 8259 right and wrong, and the subset on which all loaders agree.

use satchel_scan::line::{Kind, Reason, Scanner, Slot, Validate, Verdict};
use satchel_scan::paths::{Need, Paths, Step};
use satchel_scan::source::{Compression, Options, Reader};

fn verdict(line: &[u8]) -> Verdict {
    Scanner::new(&Paths::new(&[]), Validate::Strict)
        .scan(line, 0, &mut [])
        .verdict
}

fn check(lines: &[&str], expected: Verdict) {
    for line in lines {
        assert_eq!(verdict(line.as_bytes()), expected, "{line}");
        let nested = format!("{{\"key\":[ {line} ]}}\r\n");
        let nested_expected = if expected == Verdict::Blank {
            Verdict::Clean
        } else {
            expected
        };
        assert_eq!(verdict(nested.as_bytes()), nested_expected, "{nested}");
    }
}

#[test]
fn right() {
    check(
        &[
            "{}",
            "[]",
            " { } ",
            "\t[\t]\t",
            "null",
            "true",
            "false",
            "\"\"",
            "0",
            "-1",
            "10",
            "1.0",
            "-0.0",
            "0.5",
            "1e5",
            "1E+5",
            "1.25e-5",
            "123456789012345678",
            "-123456789012345678",
            "[1,2,3]",
            "[ 1 , \"a\" , null ]",
            "[[],[[]],{}]",
            "{\"a\":1}",
            "{ \"a\" : { \"b\" : [ ] } }",
            "{\"a\":1,\"b\":\"x\",\"c\":[{}]}",
            "{\"\":\"\"}",
            "{\"a\":1,\"a\":2}",
            "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
            "\"\\u0000\\u00e9\\uD83D\\uDE00\\uffff\"",
            "\"é 😀 \u{7f} \u{2028}\"",
            "[\"a:b\",\"c,d\",\"{\"]",
        ],
        Verdict::Clean,
    );
}

#[test]
fn blank() {
    check(&["", " ", "\t", " \t  "], Verdict::Blank);
}

#[test]
fn wrong() {
    check(
        &[
            "{",
            "}",
            "[",
            "]",
            "{]",
            "[}",
            "[1",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "[1,",
            "[1,]",
            "[,1]",
            "[,]",
            "{,}",
            "{\"a\":1,}",
            "{,\"a\":1}",
            "{\"a\"}",
            "{\"a\",\"b\"}",
            "{\"a\":}",
            "{:1}",
            "{\"a\"::1}",
            "{\"a\":1:2}",
            "{\"a\":\"b\":\"c\"}",
            "{1:2}",
            "{null:1}",
            "{[]:1}",
            "{{}}",
            "{[]}",
            "{1}",
            "[\"a\":1]",
            "[1,\"a\":1]",
            "[{\"a\":1},\"b\":1]",
            "{\"a\":1,2}",
            "{\"a\":1,{}}",
            "{\"a\":1 \"b\":2}",
            "[1 2]",
            "[\"a\" \"b\"]",
            "[\"a\"1]",
            "[1\"a\"]",
            "[{}{}]",
            "[[][]]",
            "[[]1]",
            "[{}\"a\"]",
            "{} {}",
            "[] 1",
            "1 2",
            "{},",
            ",",
            ":",
            "[1:2]",
            "[1,,2]",
            "tru",
            "nul",
            "truee",
            "True",
            "nulll",
            "nan",
            "inf",
            "+1",
            "01",
            "-",
            "-01",
            "00",
            "1.",
            ".1",
            "1.e1",
            "1e",
            "1e+",
            "0x1",
            "1_000",
            "1-1",
            "1.2.3",
            "--1",
            "\"",
            "\"a",
            "a\"",
            "'a'",
            "\"\\\"",
            "\"\\a\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\U0041\"",
            "\"\t\"",
            "\"\u{1}\"",
            "\u{0}",
            "{\"a\":1}\u{0}",
            "\u{feff}{}",
            "\u{a0}{}",
            "\u{b}",
            "\u{c}{}",
            "[[]\u{c}[]]",
            "[{}\u{c}{}]",
            "{\"a\":[]\u{c}\"b\":[]}",
            "/**/{}",
            "{}//",
            "\\",
            "{\"a\\\":1}",
            "[\"\\ud83d\\u\"]",
        ]
        .map(|line| line)
        .into_iter()
        .filter(|line| {
            !matches!(
                *line,
                "]" | "[" | "[1" | "{} {}" | "[1 2]" | "1 2" | "{}," | "," | "[\"\\ud83d\\u\"]"
            )
        })
        .collect::<Vec<_>>(),
        Verdict::Odd(Reason::Syntax),
    );
    for line in [
        "]", "[", "[1", "{} {}", "[] 1", "[1 2]", "1 2", "{},", ",", "[1],", "[1]]", "{}}",
    ] {
        assert_eq!(
            verdict(line.as_bytes()),
            Verdict::Odd(Reason::Syntax),
            "{line}"
        );
    }
}

#[test]
fn outside_the_agreed_subset() {
    check(
        &["NaN", "Infinity", "-Infinity"],
        Verdict::Odd(Reason::NotFinite),
    );
    check(&["-0"], Verdict::Odd(Reason::NegativeZero));
    check(
        &["1234567890123456789", "-1000000000000000000"],
        Verdict::Odd(Reason::LongInt),
    );
    check(
        &["1e301", "1e-301", "1e99999999999999999999"],
        Verdict::Odd(Reason::FloatRange),
    );
    check(
        &[
            &format!("{}.0", "9".repeat(400)),
            &format!("0.{}1", "0".repeat(400)),
        ],
        Verdict::Odd(Reason::FloatRange),
    );
    check(
        &[
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ude00\\ud83d\"",
            "\"\\ud83d\\ud83d\\ude00\"",
            "\"\\ud83d\\n\"",
            "\"\\\\\\ude00\"",
        ],
        Verdict::Odd(Reason::LoneSurrogate),
    );
    let deep = "[".repeat(65) + &"]".repeat(65);
    assert_eq!(verdict(deep.as_bytes()), Verdict::Odd(Reason::TooDeep));
}

#[test]
fn bad_utf8() {
    for bytes in [
        &b"\xff"[..],
        b"\xc3",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x28\xa1",
    ] {
        let line = [b"{\"a\":\"", bytes, b"\"}\n{}"].concat();
        assert_eq!(verdict(&line), Verdict::BadUtf8, "{bytes:x?}");
        let line = [b"{\"a\": ", bytes, b"}"].concat();
        assert_eq!(verdict(&line), Verdict::BadUtf8, "{bytes:x?}");
    }
}

/// The slots of `a`, `a.b`, `len(a)`, `a[1]` in this record, in short.
fn slots(record: &str) -> Vec<String> {
    let key = |key: &str| Step::Key(key.into());
    let wants = [
        (vec![key("a")], Need::Value),
        (vec![key("a"), key("b")], Need::Value),
        (vec![key("a")], Need::Len),
        (vec![key("a"), Step::Index(1)], Need::Value),
    ];
    let paths = Paths::new(&wants);
    let mut both = Vec::new();
    for validate in [Validate::Strict, Validate::Touched] {
        let mut slots = [Slot::Unreached; 4];
        let scanned = Scanner::new(&paths, validate).scan(record.as_bytes(), 0, &mut slots);
        assert_eq!(scanned.verdict, Verdict::Clean, "{record}");
        both.push(slots.map(|slot| match slot {
            Slot::Unreached => "unreached".into(),
            Slot::Missing => "missing".into(),
            Slot::Present {
                kind: Kind::Str,
                start,
                end,
                ..
            } => {
                format!("\"{}\"", &record[start as usize..end as usize])
            }
            Slot::Present {
                kind: Kind::Array | Kind::Object,
                start,
                end,
                len,
                ..
            } => {
                format!("{len} in {}", &record[start as usize..end as usize])
            }
            Slot::Present { start, end, .. } => record[start as usize..end as usize].into(),
        }));
    }
    assert_eq!(both[0], both[1]);
    both[0].to_vec()
}

#[test]
fn slots_of_each_shape() {
    let unreached = "unreached";
    for (record, expected) in [
        ("[]", [unreached; 4]),
        ("7", [unreached; 4]),
        ("{}", ["missing", unreached, "missing", unreached]),
        ("{\"b\": 1}", ["missing", unreached, "missing", unreached]),
        ("{\"a\": null}", ["null", unreached, "null", unreached]),
        ("{\"a\": \"b\"}", ["\"b\"", unreached, "\"b\"", unreached]),
        ("{\"a\": {}}", ["0 in {}", "missing", "0 in {}", unreached]),
        (
            "{\"a\":{\"c\":0,\"b\":[1]}}",
            [
                "2 in {\"c\":0,\"b\":[1]}",
                "0 in [1]",
                "2 in {\"c\":0,\"b\":[1]}",
                unreached,
            ],
        ),
        (
            "{\"a\": [ ]}",
            ["0 in [ ]", unreached, "0 in [ ]", "missing"],
        ),
        (
            "{\"a\": [[2]]}",
            ["1 in [[2]]", unreached, "1 in [[2]]", "missing"],
        ),
        (
            "{\"a\": [{}, -1.5 ,3]}",
            [
                "3 in [{}, -1.5 ,3]",
                unreached,
                "3 in [{}, -1.5 ,3]",
                "-1.5",
            ],
        ),
    ] {
        assert_eq!(slots(record), expected, "{record}");
    }
}

#[test]
fn keys_that_the_query_reads_must_be_plain_and_single() {
    let key = |key: &str| Step::Key(key.into());
    let paths = Paths::new(&[(vec![key("a"), key("b")], Need::Value)]);
    let counted = Paths::new(&[(vec![key("a")], Need::Len)]);
    let verdict = |paths: &Paths, line: &str| {
        Scanner::new(paths, Validate::Strict)
            .scan(line.as_bytes(), 0, &mut [Slot::Unreached; 1])
            .verdict
    };
    let duplicate = Verdict::Odd(Reason::DuplicateKey);
    let escaped = Verdict::Odd(Reason::EscapedKey);
    for (line, by_path, by_count) in [
        ("{\"a\":1,\"a\":2}", duplicate, duplicate),
        ("{\"a\":{\"b\":1,\"b\":2}}", duplicate, duplicate),
        ("{\"a\":{\"c\":1,\"c\":2}}", Verdict::Clean, duplicate),
        ("{\"c\":1,\"c\":2}", Verdict::Clean, Verdict::Clean),
        ("{\"c\":{\"a\":1,\"a\":2}}", Verdict::Clean, Verdict::Clean),
        ("{\"\\u0061\":1}", escaped, escaped),
        ("{\"c\\n\":1}", escaped, escaped),
        ("{\"c\":{\"\\u0061\":1}}", Verdict::Clean, Verdict::Clean),
        ("{\"a\":[\"x\",\"\\n\"]}", Verdict::Clean, Verdict::Clean),
    ] {
        assert_eq!(verdict(&paths, line), by_path, "{line}");
        assert_eq!(verdict(&counted, line), by_count, "{line}");
    }
}

#[test]
fn the_real_hour() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/2015-01-01-0.json.gz"
    );
    if !std::path::Path::new(path).exists() {
        eprintln!("skipped: {path} is absent");
        return;
    }
    let key = |key: &str| Step::Key(key.into());
    let paths = Paths::new(&[
        (vec![key("type")], Need::Value),
        (vec![key("actor"), key("login")], Need::Value),
        (vec![key("payload"), key("commits")], Need::Len),
    ]);
    for validate in [Validate::Strict, Validate::Touched] {
        let mut scanner = Scanner::new(&paths, validate);
        let mut slots = [Slot::Unreached; 3];
        let (mut rows, mut pushes, mut commits) = (0, 0, 0);
        let mut reader = Reader::open(path, Compression::Gzip, Options::default()).unwrap();
        while let Some(block) = reader.next_block().unwrap() {
            let mut at = 0;
            while at < block.bytes.len() {
                let line = scanner.scan(block.bytes, at, &mut slots);
                assert_eq!(line.verdict, Verdict::Clean);
                rows += 1;
                let text = |slot| match slot {
                    Slot::Present { start, end, .. } => {
                        &block.bytes[at + start as usize..at + end as usize]
                    }
                    _ => b"",
                };
                pushes += usize::from(text(slots[0]) == b"PushEvent");
                if let (b"mirror-updates", Slot::Present { len, .. }) = (text(slots[1]), slots[2]) {
                    commits += len;
                }
                at = line.next;
            }
        }
        assert_eq!((rows, pushes, commits), (7702, 4280, 413), "{validate:?}");
    }
}
