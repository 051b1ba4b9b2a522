//! The compiled walks do the same as the plain rules, whatever the schema and the answer.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Showing, normalise::normalise_by, rules, show::show_by};
use crate::{
    keywords::{BODIES, MINTED, SECRET, SECRET_NAMES},
    marks::Marks,
    node::Node,
    path::Path,
    redact::last_four,
};

fn compiled(schema: &Value) -> Node {
    Node::compile(&Marks::NONE, Box::leak(Box::new(schema.clone())))
}

fn name() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "id",
        "name",
        "api_key",
        "Api-Key",
        "api_keys",
        "aws_secret_x",
        "body",
        "limits",
        "x",
    ])
    .prop_map(str::to_owned)
}

fn kinds() -> impl Strategy<Value = Value> {
    let words = ["string", "integer", "number", "boolean", "object", "array"];
    proptest::sample::subsequence(words.to_vec(), 0..3).prop_map(|kinds| match kinds.as_slice() {
        [one] => json!(one),
        several => json!(several),
    })
}

fn marks() -> impl Strategy<Value = Map<String, Value>> {
    let marks = vec![
        (SECRET, json!("masked")),
        (SECRET, json!(MINTED)),
        (SECRET_NAMES, json!(["api_key", "aws_secret*"])),
        (BODIES, json!(true)),
        ("x-limits", json!(true)),
        ("x-open", json!("inside")),
        ("x-synonyms", json!({ "x": "id" })),
    ];
    let owned = marks
        .into_iter()
        .map(|(name, mark)| (name.to_owned(), mark));
    let some = proptest::sample::subsequence(owned.collect::<Vec<_>>(), 0..3);
    some.prop_map(Map::from_iter)
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = (kinds(), marks()).prop_map(|(kinds, mut schema)| {
        schema.insert("type".to_owned(), kinds);
        Value::Object(schema)
    });
    leaf.prop_recursive(4, 24, 4, |inner| {
        let members = proptest::collection::btree_map(name(), inner.clone(), 0..4);
        let others = proptest::option::of(inner.clone());
        (
            kinds(),
            marks(),
            members,
            others,
            proptest::option::of(inner),
        )
            .prop_map(|(kinds, mut schema, members, others, items)| {
                schema.insert("type".to_owned(), kinds);
                schema.insert("properties".to_owned(), json!(members));
                let others = others.map(|others| ("additionalProperties".to_owned(), others));
                schema.extend(others);
                schema.extend(items.map(|items| ("items".to_owned(), items)));
                Value::Object(schema)
            })
    })
}

fn value() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "1",
        " 0",
        "true",
        "2.0",
        "sk-canary-0123456789",
        "sk*****789",
        "short",
        "[1]",
        r#"{"id":"1"}"#,
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_u64..3).prop_map(Value::from),
        Just(json!(2.0)),
        Just(json!(0.5)),
        proptest::sample::select(texts.to_vec()).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..4);
        let object = proptest::collection::btree_map(name(), inner, 0..5);
        prop_oneof![
            list.prop_map(Value::from),
            object.prop_map(|members| json!(members))
        ]
    })
}

proptest! {
    // Most schemas and values have nothing in common.
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn answers_are_normalised_by_the_rules(schema in schema(), value in value()) {
        let mut by_rules = value.clone();
        rules::normalise(&schema, &mut by_rules);
        let mut walked = value;
        normalise_by(&compiled(&schema), &mut walked);
        prop_assert_eq!(walked, by_rules);
    }

    #[test]
    fn answers_are_shown_by_the_rules(schema in schema(), value in value(), bodies in any::<bool>()) {
        let mut by_rules = value.clone();
        rules::redact(&schema, &mut by_rules);
        if !bodies {
            rules::withhold(&schema, &mut by_rules);
        }
        let mut walked = value;
        let minted = &mut |_: &Path<'_>, secret: &str| last_four(secret).into();
        show_by(&compiled(&schema), &mut walked, Showing { bodies, cents: true, brief: false, minted });
        prop_assert_eq!(walked, by_rules);
    }
}
