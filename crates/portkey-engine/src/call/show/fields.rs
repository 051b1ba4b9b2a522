//! The argument `fields`: read, checked against the schema of the answer, and applied to the answer.

use std::ops;

use portkey_api_core::Declaration;
use serde_json::Value;

use super::{
    DOLLARS, LIST,
    checks::{check, within_list},
    paths::{Part, Path, Range, Step},
};

/// Members of a list that stay whatever is chosen, since the next call needs them.
const KEPT: [&str; 4] = ["total", "next_page", "truncated", "next"];

/// What a change sent and Portkey did not store stays, too.
const NOT_STORED: &str = "not_stored";

/// What the caller wants to see of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    paths: Vec<Path>,
    part: Part,
}

/// What was found while an answer was reduced to the chosen fields.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Sentences on the parts of lists and texts that are shown.
    pub(super) parts: Vec<String>,
    /// The chosen paths that are not in the answer.
    pub(super) missing: Vec<String>,
    /// How many lists there are around the value that is reduced.
    lists: usize,
}

impl Found {
    /// Returns the range of a value with `all` parts, and says what is shown of it. Of values in each entry of a list
    /// nothing is said.
    fn range(&mut self, range: Range, path: &str, all: usize, parts: &str) -> ops::Range<usize> {
        let range = range.within(all);
        if self.lists == 0 {
            let (start, last) = (range.start, range.end.saturating_sub(1));
            self.parts.push(format!(
                "`{path}` has {all} {parts}; these are those from {start} to {last}"
            ));
        }
        range
    }
}

impl Fields {
    /// Reads the argument, which is text with commas or a list of texts, and checks it against the answers of one of
    /// these declarations. The error says what to write instead.
    pub(crate) fn read(answers: &[&Declaration], given: &Value) -> Result<Self, String> {
        let texts: Vec<&str> = match given {
            Value::String(text) => text.split(',').collect(),
            Value::Array(texts) => {
                let texts: Option<Vec<&str>> = texts.iter().map(Value::as_str).collect();
                texts.ok_or("expected paths, such as `data.name,data.status`")?
            }
            _ => return Err("expected paths, such as `data.name,data.status`".to_owned()),
        };
        let mut paths = Vec::new();
        for text in texts {
            let path = Path::parse(text)?;
            let checked = answers.iter().map(|answer| {
                let path = within_list(answer.output(), path.clone());
                check(answer, &path).map(|()| path)
            });
            let checked = checked.reduce(Result::or);
            paths.push(checked.unwrap_or(Ok(path))?);
        }
        let part = Part::of(&paths)?;
        Ok(Self { paths, part })
    }

    /// Whether these fields take a part of the list of an answer.
    pub(super) fn takes_part_of_list(&self) -> bool {
        self.part
            .members
            .get(LIST)
            .is_some_and(|list| list.range.is_some())
    }

    /// Whether entries of the list are chosen as they are, not by their members.
    pub(super) fn takes_whole_entries(&self) -> bool {
        self.part.members.get(LIST).is_some_and(|list| list.whole)
    }

    /// What is chosen of the answer.
    pub(super) fn part(&self) -> &Part {
        &self.part
    }

    /// Returns the argument that goes on with the entry of the list that comes `shown` after the first of these.
    pub(super) fn going_on(&self, list: &str, shown: usize) -> String {
        let mut paths = self.paths.clone();
        for path in &mut paths {
            if let [first, ..] = path.0.as_mut_slice()
                && first.name == list
            {
                first.range = Some(first.range.unwrap_or(Range::ALL).after(shown));
            }
        }
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        paths.join(",")
    }

    /// Reduces an answer to these fields.
    pub(super) fn choose(&self, answer: &mut Value) -> Found {
        let mut found = Found::default();
        let is_list = answer.get(LIST).is_some_and(Value::is_array);
        let kept: &[&str] = if is_list { &KEPT } else { &[NOT_STORED] };
        let kept = kept
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), answer.get(name)?.clone())));
        let kept: Vec<(String, Value)> = kept.collect();
        choose(answer, &self.part, &mut String::new(), &mut found);
        if let Some(members) = answer.as_object_mut() {
            for (name, value) in kept {
                members.entry(name).or_insert(value);
            }
        }
        keep_units(answer);
        found.missing = missing(&self.paths, answer);
        found
    }
}

fn choose(value: &mut Value, part: &Part, path: &mut String, found: &mut Found) {
    match value {
        Value::Array(items) => {
            if let Some(range) = part.range {
                let range = found.range(range, path, items.len(), "entries");
                items.truncate(range.end);
                items.drain(..range.start);
            }
            found.lists += 1;
            for item in items {
                choose_members(item, part, path, found);
            }
            found.lists -= 1;
        }
        Value::String(text) => {
            if let Some(range) = part.range {
                let range = found.range(range, path, text.chars().count(), "characters");
                *text = text.chars().take(range.end).skip(range.start).collect();
            }
        }
        other => choose_members(other, part, path, found),
    }
}

fn choose_members(value: &mut Value, part: &Part, path: &mut String, found: &mut Found) {
    match value {
        Value::Object(members) if !part.whole => {
            members.retain(|name, _| {
                part.member(name).is_some() || path.is_empty() && name == "units"
            });
            for (name, member) in members {
                let Some(chosen) = part.member(name) else {
                    continue;
                };
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                choose(member, chosen, path, found);
                path.truncate(length);
            }
        }
        Value::Array(_) => choose(
            value,
            &Part {
                range: None,
                ..part.clone()
            },
            path,
            found,
        ),
        _ => {}
    }
}

/// Leaves only the units of members that are still in the answer.
fn keep_units(answer: &mut Value) {
    let Some(members) = answer.as_object_mut() else {
        return;
    };
    let Some(Value::Object(mut units)) = members.shift_remove("units") else {
        return;
    };
    units.retain(|path, _| {
        let name = path.rsplit('.').next().unwrap_or(path);
        members.values().any(|value| holds(value, name)) || members.contains_key(name)
    });
    if !units.is_empty() {
        members.insert("units".to_owned(), Value::Object(units));
    }
}

/// Whether a value has a member of this name at any depth.
fn holds(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(members) => {
            members.contains_key(name) || members.values().any(|inner| holds(inner, name))
        }
        Value::Array(items) => items.iter().any(|item| holds(item, name)),
        _ => false,
    }
}

/// The paths that lead to nothing in an answer.
fn missing(paths: &[Path], answer: &Value) -> Vec<String> {
    let absent = paths.iter().filter(|path| !is_in(answer, &path.0));
    absent.map(ToString::to_string).collect()
}

fn is_in(value: &Value, steps: &[Step]) -> bool {
    let Some((step, others)) = steps.split_first() else {
        return true;
    };
    match value {
        // An empty list has none of the members that its entries would have.
        Value::Array(items) => items.is_empty() || items.iter().any(|item| is_in(item, steps)),
        Value::Object(members) => {
            let dollars = || members.get(&format!("{}{DOLLARS}", step.name));
            let member = members.get(&step.name).or_else(dollars);
            member.is_some_and(|member| is_in(member, others))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(tool: &str, fields: &Value) -> Result<Fields, String> {
        let declaration = &portkey_api::operation(tool).unwrap().declaration;
        Fields::read(&[declaration], fields)
    }

    #[test]
    fn fields_of_a_list_are_chosen_and_what_goes_on_stays() {
        let answer = json!({
            "object": "list", "total": 9, "next_page": 1,
            "data": [{ "slug": "a", "name": "A", "id": 1 }, { "slug": "b", "name": null }],
        });
        for fields in [json!("data.slug, data.name"), json!(["slug", "name"])] {
            let mut chosen = answer.clone();
            let found = read("list_configs", &fields).unwrap().choose(&mut chosen);
            assert_eq!(
                chosen,
                json!({
                    "data": [{ "slug": "a", "name": "A" }, { "slug": "b", "name": null }],
                    "total": 9, "next_page": 1,
                })
            );
            assert!(found.missing.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn a_misspelt_field_is_refused_with_the_right_one() {
        let refused = |tool, fields: &str| read(tool, &json!(fields)).unwrap_err();
        let error = refused("list_configs", "data.nmae");
        assert!(error.contains("did you mean `data.name`?"), "{error}");
        let error = refused("get_config", "stauts");
        assert!(error.contains("did you mean `status`?"), "{error}");
        let error = refused("get_config", "name.first");
        assert!(error.contains("`name` is a string"), "{error}");
        assert!(read("get_config", &json!(3)).is_err());
    }

    #[test]
    fn what_lies_in_open_objects_and_what_is_undeclared_may_be_chosen() {
        for (tool, fields) in [
            ("get_config", "config.targets[0].whatever"),
            ("get_workspace", "security_settings.xyz"),
            ("list_prompts", "data.brand_new"),
            ("get_user_stats", "data.cost_usd"),
        ] {
            assert!(read(tool, &json!(fields)).is_ok(), "{fields}");
        }
        let mut answer = json!({ "data": [{ "slug": "s" }] });
        let found = read("list_prompts", &json!("slug,brand_new"))
            .unwrap()
            .choose(&mut answer);
        assert_eq!(found.missing, ["brand_new"]);
    }

    #[test]
    fn parts_of_lists_and_texts_are_cut_out_exactly() {
        let mut answer = json!({ "string": "grüße aus", "tools": [1, 2, 3], "id": "p" });
        let fields = read("get_prompt", &json!("string[2:5],tools[1:]")).unwrap();
        let found = fields.choose(&mut answer);
        assert_eq!(answer, json!({ "string": "üße", "tools": [2, 3] }));
        assert_eq!(
            found.parts,
            [
                "`string` has 9 characters; these are those from 2 to 4",
                "`tools` has 3 entries; these are those from 1 to 2",
            ]
        );
    }

    #[test]
    fn a_figure_is_chosen_with_its_unit() {
        let mut answer = json!({
            "data": [{ "model": "m", "cost_usd": 1.5, "avg_latency": 3 }],
            "units": { "avg_latency": "milliseconds", "success_rate": "percent" },
        });
        let fields = read("get_analytics_group", &json!("data.cost,data.avg_latency")).unwrap();
        fields.choose(&mut answer);
        assert_eq!(
            answer,
            json!({
                "data": [{ "cost_usd": 1.5, "avg_latency": 3 }],
                "units": { "avg_latency": "milliseconds" },
            })
        );
    }

    #[test]
    fn the_rest_is_asked_for_with_the_same_fields() {
        let fields = read(
            "list_prompt_versions",
            &json!("data[10:40].id,data[10:40].status"),
        );
        assert_eq!(
            fields.unwrap().going_on("data", 5),
            "data[15:40].id,data[15:40].status"
        );
        let fields = read("list_prompt_versions", &json!("data.id,total")).unwrap();
        assert_eq!(fields.going_on("data", 5), "data[5:].id,total");
    }
}
