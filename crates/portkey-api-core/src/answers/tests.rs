//! The compiled walks do the same as the plain rules, whatever the schema and the answer.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    Showing,
    normalise::{normalise_answer, normalise_by},
    rules,
    show::show_by,
};
use crate::{
    keywords::{BODIES, BRIEF, MINTED, PAGE, SECRET, SECRET_NAMES},
    marks::Marks,
    node::Node,
    path::Path,
    projection::Projection,
    redact::last_four,
};

fn compiled(schema: &Value) -> Node {
    Node::compile(&Marks::NONE, Box::leak(Box::new(schema.clone())))
}

/// A schema of a page whose lists show one member of an entry or more.
fn page_schema() -> impl Strategy<Value = Value> {
    let shown = proptest::collection::btree_set(name(), 1..4);
    (schema(), shown).prop_map(|(mut entry, shown)| {
        if !entry["properties"].is_object() {
            entry["properties"] = json!({});
        }
        for name in shown {
            if !entry["properties"][&name].is_object() {
                entry["properties"][&name] = json!({});
            }
            entry["properties"][&name][BRIEF] = json!(true);
        }
        json!({ PAGE: "things", "properties": { "data": { "type": "array", "items": entry } } })
    })
}

/// An answer that may be a page: with its list under one of its names, bare, or none at all.
fn page() -> impl Strategy<Value = Value> {
    let entries = || proptest::collection::vec(value(), 0..4);
    prop_oneof![
        entries().prop_map(|entries| json!({ "object": "list", "total": 9, "data": entries })),
        entries().prop_map(|entries| json!({ "things": entries, "x": [entries] })),
        entries().prop_map(Value::from),
        value(),
        value().prop_map(|value| json!({ "data": value })),
    ]
}

/// A page as lists show it.
fn listed(page: &Node, answer: Value) -> Value {
    let mut answer = normalise_answer(page, answer);
    let minted = &mut |_: &Path<'_>, secret: &str| last_four(secret).into();
    let showing = Showing {
        bodies: false,
        cents: true,
        brief: true,
        minted,
    };
    show_by(page, &mut answer, showing);
    answer
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

    #[test]
    fn what_lists_do_not_show_need_not_be_parsed(schema in page_schema(), page in page()) {
        let node: &'static Node = Box::leak(Box::new(compiled(&schema)));
        let Some(projection) = Projection::of(node) else {
            return Ok(());
        };
        let (parsed, _) = projection.parse(&page.to_string()).unwrap();
        prop_assert_eq!(listed(node, parsed), listed(node, page));
    }
}

#[test]
fn members_that_are_not_shown_are_skipped_and_named_unless_they_are_empty() {
    let entry = json!({ "properties": {
        "id": { BRIEF: true }, "name": { BRIEF: true }, "body": {}, "x": {}
    }, "x-synonyms": { "slug": "id" } });
    let schema = json!({ PAGE: "things", "properties": { "data": { "items": entry } } });
    let projection = Projection::of(Box::leak(Box::new(compiled(&schema)))).unwrap();
    let body = r#"{"things": [
        {"slug": "a", "name": null, "body": {"deep": [1, {}]}, "x": "", "other": 0},
        {"id": "b", "na\u006de": "B", "body": {}, "x": [], "other": 1}, 7
    ], "total": 3}"#;
    let (page, skipped) = projection.parse(body).unwrap();
    let things = json!([{ "slug": "a", "name": null }, { "id": "b", "name": "B" }, 7]);
    assert_eq!(page, json!({ "things": things, "total": 3 }));
    assert_eq!(skipped, ["body", "other"]);
    for broken in ["", "[{\"x\": [1,}]", "{\"things\": [{\"x\": 1}", "[] 1"] {
        assert!(projection.parse(broken).is_err(), "{broken}");
    }
}
