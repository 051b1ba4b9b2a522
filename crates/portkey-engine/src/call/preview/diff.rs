//! The fields in which two states of an object differ.

use serde::Serialize;
use serde_json::Value;

/// A field that would change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The path of the field, such as `defaults.metadata.env` or `targets[0].weight`.
    pub field: String,
    /// The current value; `None` if the field is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// The new value; `None` if the field would be removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

/// Returns the fields in which two values differ. Lists of equal length are compared entry by entry, others as a whole.
pub fn differences(now: &Value, would_be: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(now), Some(would_be), &mut found);
    found
}

fn compare(
    field: &str,
    now: Option<&Value>,
    would_be: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    match (now, would_be) {
        (Some(Value::Object(now)), Some(Value::Object(would_be))) => {
            let added = would_be.keys().filter(|name| !now.contains_key(*name));
            for name in now.keys().chain(added) {
                let inner = if field.is_empty() {
                    name.clone()
                } else {
                    format!("{field}.{name}")
                };
                compare(&inner, now.get(name), would_be.get(name), found);
            }
        }
        (Some(Value::Array(now)), Some(Value::Array(would_be))) if now.len() == would_be.len() => {
            for (index, pair) in now.iter().zip(would_be).enumerate() {
                let inner = format!("{field}[{index}]");
                compare(&inner, Some(pair.0), Some(pair.1), found);
            }
        }
        _ if now == would_be => {}
        _ => found.push(Difference {
            field: field.to_owned(),
            from: now.cloned(),
            to: would_be.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..3).prop_map(Value::from),
            "[ab]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-c]", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Returns the value at the path of a field.
    fn at<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
        let mut steps = field.split(['.', '[']).filter(|step| !step.is_empty());
        steps.try_fold(value, |value, step| match step.strip_suffix(']') {
            Some(index) => value.get(index.parse::<usize>().unwrap()),
            None => value.get(step),
        })
    }

    proptest! {
        #[test]
        fn only_unequal_values_have_differences(now in any_json(), would_be in any_json()) {
            prop_assert_eq!(differences(&now, &now), vec![]);
            prop_assert_eq!(differences(&now, &would_be).is_empty(), now == would_be);
        }

        #[test]
        fn a_difference_holds_both_values_of_its_field(now in any_json(), would_be in any_json()) {
            for difference in differences(&now, &would_be) {
                prop_assert_eq!(at(&now, &difference.field), difference.from.as_ref());
                prop_assert_eq!(at(&would_be, &difference.field), difference.to.as_ref());
                prop_assert_ne!(difference.from, difference.to);
            }
        }

        #[test]
        fn swapped_values_have_the_reversed_differences(now in any_json(), would_be in any_json()) {
            let sorted = |mut all: Vec<Difference>| {
                all.sort_by(|a, b| a.field.cmp(&b.field));
                all
            };
            let back = differences(&would_be, &now).into_iter().map(|difference| Difference {
                from: difference.to,
                to: difference.from,
                ..difference
            });
            prop_assert_eq!(sorted(differences(&now, &would_be)), sorted(back.collect()));
        }
    }

    #[test]
    fn fields_are_named_by_their_paths() {
        let now = json!({ "defaults": { "env": "dev" }, "targets": [{ "weight": 1 }], "old": 1 });
        let would_be =
            json!({ "defaults": { "env": "prod" }, "targets": [{ "weight": 2 }], "new": 1 });
        let fields: Vec<String> = differences(&now, &would_be)
            .into_iter()
            .map(|difference| difference.field)
            .collect();
        assert_eq!(fields, ["defaults.env", "targets[0].weight", "old", "new"]);
    }
}
