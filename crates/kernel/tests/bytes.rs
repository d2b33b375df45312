//! Partials as bytes: there and back, and never a panic on bytes that are none.

use proptest::prelude::*;
use satchel_kernel::partial::{Partial, Rank, Ranked, Table};
use satchel_kernel::schema::Schema;
use satchel_kernel::value::Owned;

fn value() -> impl Strategy<Value = Owned> {
    let leaf = prop_oneof![
        Just(Owned::None),
        any::<bool>().prop_map(Owned::Bool),
        any::<i64>().prop_map(Owned::Int),
        (-1e300..1e300).prop_map(Owned::Float),
        ".{0,8}".prop_map(|text| Owned::Str(text.into())),
        Just(Owned::Raw("{\"a\": []}".into())),
        any::<u32>().prop_map(Owned::Host),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let items = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            items().prop_map(|items| Owned::Tuple(items.into())),
            items().prop_map(Owned::List),
            items().prop_map(|items| Owned::Dict(
                items.into_iter().map(|v| (Owned::None, v)).collect()
            )),
        ]
    })
}

/// A value, or one of those that all have the same form.
fn formed(value: Owned, form: i32) -> Owned {
    let text = |text: &str| Owned::Str(text.into());
    match form {
        0 => value,
        1 => Owned::Tuple([value, Owned::Int(7)].into()),
        _ => Owned::Dict(vec![(text("n"), Owned::Int(7)), (text("s"), value)]),
    }
}

fn table(valued: bool) -> impl Strategy<Value = Table> {
    (
        prop::collection::vec((value(), value()), 0..8),
        any::<u32>(),
        any::<bool>(),
        0..3,
    )
        .prop_map(move |(entries, partition, ranked, form)| {
            let mut table = Table {
                partition,
                ..Table::default()
            };
            for (key, value) in entries {
                let new = key.as_value().and_then(|key| table.groups.insert(&key));
                if let Some((index, true)) = new {
                    if valued {
                        table.column.push(formed(value, form));
                    }
                    if ranked {
                        table.ranks.push(Rank {
                            partition,
                            position: index as u32,
                        });
                    }
                }
            }
            table
        })
}

fn partial() -> impl Strategy<Value = Partial> {
    let schema = prop::collection::vec("[a-d]", 0..5).prop_map(|keys| {
        let mut schema = Schema::default();
        for key in keys {
            schema.record(format!("{{\"{key}\": [1, {{\"x\": null}}]}}").as_bytes());
        }
        schema.unreadable();
        Partial::Schema(Box::new(schema))
    });
    prop_oneof![
        any::<i64>().prop_map(Partial::Count),
        table(true).prop_map(Partial::Frequencies),
        table(false).prop_map(Partial::Distinct),
        table(true).prop_map(Partial::FoldBy),
        prop::option::of(value()).prop_map(Partial::Fold),
        any::<(i64, u64)>().prop_map(|(total, rows)| Partial::Sum { total, rows }),
        prop::collection::vec(value(), 0..5).prop_map(Partial::Values),
        prop::option::of(value()).prop_map(Partial::Extreme),
        prop::collection::vec((value(), prop::option::of(value())), 0..5).prop_map(|entries| {
            Partial::Top(
                entries
                    .into_iter()
                    .map(|(key, element)| Ranked { key, element })
                    .collect(),
            )
        }),
        Just(Partial::Delivered),
        schema,
        ".{0,20}".prop_map(Partial::Demoted),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_and_back(partial in partial()) {
        prop_assert_eq!(Partial::from_bytes(&partial.to_bytes()), Ok(partial));
    }

    #[test]
    fn damaged_bytes_are_an_error_or_another_partial(
        partial in partial(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = partial.to_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = Partial::from_bytes(&bytes);
        bytes.truncate(cut.index(bytes.len() + 1));
        let _ = Partial::from_bytes(&bytes);
    }

    #[test]
    fn any_bytes_do_not_panic(kind in 0..12_u8, tail in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut bytes = b"satp\x02".to_vec();
        bytes.push(kind);
        bytes.extend(tail);
        let _ = Partial::from_bytes(&bytes);
    }
}

#[test]
fn a_deep_value_is_refused_before_the_stack_is_gone() {
    let mut bytes = b"satp\x02\x04\x01".to_vec();
    bytes.extend([7, 1].repeat(100_000));
    let error = Partial::from_bytes(&bytes).expect_err("too deep");
    assert_eq!(error.expected, "less nesting");
}

#[test]
fn another_version_is_said_to_be_one() {
    let error = Partial::from_bytes(b"satp\x03\x00\x00").expect_err("version 3");
    assert_eq!(
        error.to_string(),
        "a partial result is damaged: expected version 2 at byte 5"
    );
}
