//! Lines by table and at random, scanned in every way there is.

use proptest::prelude::*;
use proptest::sample::select;

use crate::line::Verdict;
use crate::ways::check;

const SCALARS: &[&str] = &[
    "0",
    "1",
    "-1",
    "-0",
    "01",
    "12345678",
    "9152315",
    "123456789012345678",
    "1234567890123456789",
    "1.5",
    "-0.0",
    "1e5",
    "1E+300",
    "1e301",
    "1e-299",
    "1.",
    ".5",
    "1e",
    "+1",
    "--1",
    "1-2",
    "true",
    "false",
    "null",
    "tru",
    "nulll",
    "truefalse",
    "NaN",
    "Infinity",
    "-Infinity",
    "\\",
];

const STRINGS: &[&str] = &[
    "",
    "a",
    "type",
    "PushEvent",
    "b",
    "login",
    "é",
    "😀",
    "\\n",
    "\\\"",
    "\\\\",
    "\\\\\\\"",
    "\\u0061",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00",
    "\\\\ud83d\\ude00",
    "\\ud83d\\\\ude00",
    "\\u12g4",
    "\\x",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "{\\\"a\\\":[1,2",
    "a long text, with: some {punctuation} [in] it",
    "https://api.github.com/users/davidjhulse",
    "\t",
    "\u{1}",
    "\u{7f}",
    "\u{2028}",
];

const KEYS: &[&str] = &[
    "a", "b", "c", "type", "actor", "login", "payload", "commits", "", "id", "créé", "\\u0061",
    "a\\\"a",
];

const SPACES: &[&str] = &[
    "",
    "",
    "",
    "",
    " ",
    "  ",
    "\t",
    "                                  ",
];

/// JSON, mostly: a few scalars and strings are wrong on purpose.
fn json() -> impl Strategy<Value = String> {
    let space = || select(SPACES);
    let leaf = prop_oneof![
        3 => select(&SCALARS[..8]).prop_map(str::to_string),
        1 => select(SCALARS).prop_map(str::to_string),
        4 => select(&STRINGS[..14]).prop_map(|text| format!("\"{text}\"")),
        1 => select(STRINGS).prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(6, 60, 8, move |inner| {
        let item =
            (space(), inner.clone(), space()).prop_map(|(a, item, b)| format!("{a}{item}{b}"));
        let field = (space(), select(KEYS), space(), space(), inner, space())
            .prop_map(|(a, key, b, c, value, d)| format!("{a}\"{key}\"{b}:{c}{value}{d}"));
        prop_oneof![
            prop::collection::vec(item, 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(field, 0..8)
                .prop_map(|fields| format!("{{{}}}", fields.join(","))),
        ]
    })
}

const SAMPLE: &str = concat!(
    r#"{"id":"2489368070","type":"PushEvent","actor":{"id":9152315,"login":"david\u00e9"},"#,
    r#""payload":{"size":1,"ok":true,"commits":[{"sha":"a9b2","message":"one\n\"two\" é \ud83d\ude00"},"#,
    r#"{"sha":null}],"list":[1,-2.5e3,"a","b",[],{}]},"public":false,"a":[{"b":1}, [2] ],"c":""}"#
);

/// Bytes that matter to the grammar.
const TELLING: &[u8] = b"{}[]:,\"\\ \t\n\r0-.eEtfnu\x00\x0b\x0c\x1f\x7f\x80\xc3\xa9\xff";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn random_json(text in json(), before in 0usize..130, newline in select(&["", "\n", "\r\n", "\r"][..])) {
        let block = format!("{}\n{text}{newline}", "x".repeat(before));
        check(block.as_bytes(), before + 1);
        // With more lines behind, what was padding becomes text.
        if !newline.is_empty() {
            check(format!("{block}{{\"é\":\"\\\"").as_bytes(), before + 1);
        }
    }

    #[test]
    fn random_json_with_wrong_bytes(
        text in json(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), select(TELLING), 0..3), 1..4),
    ) {
        let mut line = text.into_bytes();
        for (place, byte, how) in changes {
            let at = place.index(line.len() + 1);
            match how {
                0 => line.insert(at, byte),
                1 if at < line.len() => { line.remove(at); }
                _ if at < line.len() => line[at] = byte,
                _ => {}
            }
        }
        check(&line, 0);
    }

    #[test]
    fn random_bytes(line in prop::collection::vec(select(TELLING), 0..150)) {
        check(&line, 0);
    }
}

#[test]
fn the_sample_is_clean_at_every_offset() {
    for before in 0..130 {
        let block = format!("{}\n{SAMPLE}\r\nnext", " ".repeat(before));
        for (scanned, _) in check(block.as_bytes(), before + 1) {
            assert_eq!(scanned.verdict, Verdict::Clean);
            assert_eq!(scanned.content_end, before + 1 + SAMPLE.len());
            assert_eq!(scanned.next, scanned.content_end + 2);
        }
    }
}

#[test]
fn every_truncation_of_the_sample() {
    for end in 0..SAMPLE.len() {
        for newline in ["", "\n"] {
            let block = [&SAMPLE.as_bytes()[..end], newline.as_bytes()].concat();
            assert!(
                check(&block, 0)
                    .iter()
                    .all(|(scanned, _)| scanned.verdict != Verdict::Clean)
            );
        }
    }
}

#[test]
fn every_telling_byte_at_every_place_of_the_sample() {
    for at in 0..SAMPLE.len() {
        for &byte in TELLING {
            let mut line = SAMPLE.as_bytes().to_vec();
            line[at] = byte;
            check(&line, 0);
        }
    }
}

#[test]
fn every_bit_flip_of_the_sample() {
    for at in 0..SAMPLE.len() {
        for bit in 0..8 {
            let mut line = SAMPLE.as_bytes().to_vec();
            line[at] ^= 1 << bit;
            check(&line, 0);
        }
    }
}

#[test]
fn strings_and_escapes_across_every_edge() {
    for body in [
        "\\\\\\\\",
        "\\\"",
        "é",
        "😀",
        "\\ud83d\\ude00",
        "\\ude00",
        "\\\\\\",
        "\u{0}",
        "}",
        "\r",
    ] {
        for length in 0..140 {
            let filler = "f".repeat(length);
            check(
                format!("{{\"{filler}{body}\":[\"{filler}{body}\",{{\"a\":\"{body}\"}}]}}\n")
                    .as_bytes(),
                0,
            );
            check(
                format!("[{filler:>3}1,\"{filler}\",\"{body}\"]\n").as_bytes(),
                0,
            );
            check(
                format!(
                    "{{{}\"a\"{}:{}1{}}}\n",
                    SPACES[7].repeat(length % 5),
                    " ".repeat(length),
                    " ".repeat(length / 2),
                    " ".repeat(length)
                )
                .as_bytes(),
                0,
            );
        }
    }
}

#[test]
fn nesting_up_to_64_is_clean() {
    for depth in 60..70 {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let line = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let clean = check(line.as_bytes(), 0)[0].0.verdict == Verdict::Clean;
            assert_eq!(clean, depth <= 64);
        }
    }
}

#[test]
fn many_elements_many_keys() {
    for count in [1, 2, 63, 64, 65, 300, 1000] {
        let numbers = vec!["17"; count].join(",");
        let fields: Vec<_> = (0..count).map(|key| format!("\"{key}\":[]")).collect();
        let fields = fields.join(",");
        check(
            format!("{{\"a\":[{numbers}],\"payload\":{{\"commits\":[{numbers}]}}}}").as_bytes(),
            0,
        );
        check(format!("{{{fields}}}").as_bytes(), 0);
        check(format!("{{{fields},\"0\":1}}").as_bytes(), 0);
        check("[".repeat(count).as_bytes(), 0);
        check(",".repeat(count).as_bytes(), 0);
        check(format!("[{}", "\",".repeat(count)).as_bytes(), 0);
    }
}
