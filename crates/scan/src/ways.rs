//! The fast scans of a line against the plain one: the same ends, the same verdict, the same slots.
//!
//! For tests alone: those of this crate, and the coverage-guided ones of `crates/fuzz`.

use crate::index::portable::Portable;
#[cfg(target_arch = "x86_64")]
use crate::index::{Classify, avx2::Avx2, avx512::Avx512};
use crate::line::{Scanned, Slot, Verdict};
use crate::paths::{Need, Paths, Step};
use crate::strict::Strict;
use crate::{plain, touched};

/// Sets of paths, written as in Python: `a.b`, `a[1]`, `len(a)`; the last is the whole record.
const QUERIES: &[&[&str]] = &[
    &[],
    &["type", "actor.login", "len(payload.commits)"],
    &["a", "a.b", "len(a)", "a[1]", "a[0].b", "c"],
    &["len()", "[0]", "[2].a", "b.b.b"],
    &["", "a"],
];

fn paths(query: &[&str]) -> Paths {
    let wants: Vec<_> = query.iter().map(|text| want(text)).collect();
    Paths::new(&wants)
}

fn want(text: &str) -> (Vec<Step>, Need) {
    let inner = text
        .strip_prefix("len(")
        .and_then(|text| text.strip_suffix(')'));
    let need = if inner.is_some() {
        Need::Len
    } else {
        Need::Value
    };
    let spaced = inner.unwrap_or(text).replace('[', ".[");
    let steps = spaced
        .split('.')
        .filter(|step| !step.is_empty())
        .map(|step| {
            match step
                .strip_prefix('[')
                .and_then(|step| step.strip_suffix(']'))
            {
                Some(index) => Step::Index(index.parse().unwrap()),
                None => Step::Key(step.into()),
            }
        });
    (steps.collect(), need)
}

/// Where the line ends, what it is, and its slots, if it is clean.
pub type Answer = (Scanned, Vec<Slot>);

fn answer(paths: &Paths, scan: impl FnOnce(&mut [Slot]) -> Scanned) -> Answer {
    let mut slots = vec![Slot::Unreached; paths.slots()];
    let scanned = scan(&mut slots);
    if scanned.verdict != Verdict::Clean {
        slots.clear();
    }
    (scanned, slots)
}

/// Scan the line at `at` in every way there is; the plain answers, one per query.
///
/// # Panics
///
/// If two of them differ.
pub fn check(block: &[u8], at: usize) -> Vec<Answer> {
    let shown = String::from_utf8_lossy(&block[at..]);
    let mut answers = Vec::new();
    for query in QUERIES {
        let paths = paths(query);
        let mut scratch = Strict::default();
        let slow = answer(&paths, |slots| plain::scan(&paths, block, at, slots));
        let fast = answer(&paths, |slots| {
            scratch.scan(Portable, &paths, block, at, slots)
        });
        assert_eq!(slow, fast, "portable, {query:?} of {shown:?}");
        let lazy = answer(&paths, |slots| {
            touched::scan(Portable, &mut scratch, &paths, block, at, slots)
        });
        if slow.0.verdict == Verdict::Clean {
            assert_eq!(slow, lazy, "touched, {query:?} of {shown:?}");
        }
        assert_eq!(
            (slow.0.content_end, slow.0.next),
            (lazy.0.content_end, lazy.0.next)
        );
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(avx2) = Avx2::detect() {
                check_wide(avx2, "avx2", query, block, at, &slow, &lazy);
            }
            if let Some(avx512) = Avx512::detect() {
                check_wide(avx512, "avx512", query, block, at, &slow, &lazy);
            }
        }
        answers.push(slow);
    }
    answers
}

/// The same by a processor's wide registers.
#[cfg(target_arch = "x86_64")]
fn check_wide<C: Classify>(
    wide: C,
    name: &str,
    query: &[&str],
    block: &[u8],
    at: usize,
    slow: &Answer,
    lazy: &Answer,
) {
    let paths = paths(query);
    let shown = String::from_utf8_lossy(&block[at..]);
    let mut scratch = Strict::default();
    for spaced in [false, true] {
        scratch.spaced = spaced;
        let fast = answer(&paths, |slots| scratch.scan(wide, &paths, block, at, slots));
        assert_eq!(
            *slow, fast,
            "{name}, spaced {spaced}, {query:?} of {shown:?}"
        );
    }
    let fast = answer(&paths, |slots| {
        touched::scan(wide, &mut scratch, &paths, block, at, slots)
    });
    assert_eq!(*lazy, fast, "touched with {name}, {query:?} of {shown:?}");
}
