//! Leaves large parts out of an answer that does not fit, and says where they are, what they are and how large.

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::paths::{Part, Range};
use crate::tokens;

/// Most parts that are named. The rest is counted.
const MOST_NAMED: usize = 30;

/// The least tokens for which a part of a list or object is shown, rather than none of it.
const LEAST: usize = 60;

/// The parts that are left out.
#[derive(Debug, Default)]
pub(super) struct Outline {
    parts: Vec<LeftOut>,
}

/// A part that is left out.
#[derive(Debug)]
struct LeftOut {
    path: String,
    /// What it is, and how large.
    what: String,
    tokens: usize,
    /// The number of characters of a text that fit.
    fits: Option<usize>,
}

impl Outline {
    fn leave_out(&mut self, path: &str, value: &Value, budget: Option<usize>) {
        let tokens = tokens::of_json(value);
        let (what, fits) = match value {
            Value::String(text) => (
                format!("text of {} characters", text.chars().count()),
                budget.map(|budget| fitting(text, budget, tokens)),
            ),
            Value::Array(items) => (format!("list of {}", items.len()), None),
            Value::Object(members) => (format!("object of {} members", members.len()), None),
            _ => ("figure".to_owned(), None),
        };
        self.parts.push(LeftOut {
            path: path.to_owned(),
            what: format!("{what}, about {tokens} tokens"),
            tokens,
            fits,
        });
    }

    /// The member `left_out` of an answer: the largest parts, and the number of the others.
    pub(super) fn to_json(&self) -> Value {
        let mut parts: Vec<&LeftOut> = self.parts.iter().collect();
        parts.sort_by_key(|part| Reverse(part.tokens));
        let named = parts.iter().take(MOST_NAMED);
        let named = named.map(|part| (part.path.clone(), part.what.as_str().into()));
        let mut left_out: Map<String, Value> = named.collect();
        if parts.len() > MOST_NAMED {
            let more = format!("{} more parts", parts.len() - MOST_NAMED);
            left_out.insert("…".to_owned(), more.into());
        }
        Value::Object(left_out)
    }

    /// The value of `fields` that reads the largest part, or as much of it as fits.
    pub(super) fn largest(&self) -> Option<String> {
        let part = self.parts.iter().max_by_key(|part| part.tokens)?;
        Some(match part.fits {
            Some(characters) => format!("{}[0:{characters}]", part.path),
            None => part.path.clone(),
        })
    }
}

/// The number of characters of a text that fit a budget, if all of them cost so many tokens.
fn fitting(text: &str, budget: usize, tokens: usize) -> usize {
    let characters = text.chars().count() * (budget * 4 / 5) / tokens.max(1);
    // A round number is easier to go on with.
    match characters {
        0..100 => characters.max(1),
        _ => characters / 100 * 100,
    }
}

/// Whether a member of this name identifies an object or its version, which other calls need.
fn identifies(name: &str) -> bool {
    let is_name = ["id", "slug", "name", "version", "not_stored"].contains(&name);
    is_name || name.ends_with("_id") || name.ends_with("_version")
}

/// An answer that is reduced to a budget.
pub(super) struct Trim<'a> {
    pub(super) budget: usize,
    pub(super) outline: &'a mut Outline,
}

impl Trim<'_> {
    /// Reduces a value to so many tokens; `chosen` is what the caller chose of it. Returns whether any of it is left.
    pub(super) fn trim(
        &mut self,
        value: &mut Value,
        chosen: Option<&Part>,
        path: &str,
        allowed: usize,
    ) -> bool {
        if tokens::of_json(value) <= allowed {
            return true;
        }
        match value {
            Value::Object(members) if allowed >= LEAST => {
                self.trim_object(members, chosen, path, allowed);
                true
            }
            Value::Array(items) if allowed >= LEAST => self.trim_list(items, chosen, path, allowed),
            Value::String(text) => self.trim_text(text, chosen, path, allowed),
            _ => false,
        }
    }

    /// Keeps what identifies the object, the smallest other members, and what fits of the rest.
    fn trim_object(
        &mut self,
        members: &mut Map<String, Value>,
        chosen: Option<&Part>,
        path: &str,
        mut allowed: usize,
    ) {
        let cost = |(name, value): (&String, &Value)| {
            let cost = tokens::of_json(value) + tokens::of_text(name) + 2;
            (cost, name.clone())
        };
        let mut costs: Vec<(usize, String)> = members.iter().map(cost).collect();
        costs.sort_by_key(|(cost, name)| (!identifies(name), *cost));
        for (cost, name) in costs {
            if cost <= allowed {
                allowed -= cost;
                continue;
            }
            let inner = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            let chosen = chosen.and_then(|part| part.member(&name));
            let Some(value) = members.get_mut(&name) else {
                continue;
            };
            if self.trim(value, chosen, &inner, allowed) {
                allowed = allowed.saturating_sub(tokens::of_json(value));
            } else {
                self.outline.leave_out(&inner, value, Some(self.budget));
                members.shift_remove(&name);
            }
        }
    }

    /// Keeps the first entries that fit, or what fits of the first one.
    fn trim_list(
        &mut self,
        items: &mut Vec<Value>,
        chosen: Option<&Part>,
        path: &str,
        mut allowed: usize,
    ) -> bool {
        let range = chosen.and_then(|part| part.range).unwrap_or(Range::ALL);
        let begin = range.start;
        let fits = |item: &&Value| {
            let cost = tokens::of_json(item) + 1;
            let fits = cost <= allowed;
            allowed = allowed.saturating_sub(cost);
            fits
        };
        let mut kept = items.iter().take_while(fits).count();
        if kept == 0 {
            let Some(first) = items.first_mut() else {
                return true;
            };
            let inner = format!("{path}[{begin}]");
            if !first.is_object() || !self.trim(first, chosen, &inner, self.budget / 2) {
                return false;
            }
            kept = 1;
        }
        let rest = Value::Array(items.split_off(kept));
        if rest != Value::Array(Vec::new()) {
            let inner = format!("{path}{}", range.after(kept));
            self.outline.leave_out(&inner, &rest, Some(self.budget));
        }
        true
    }

    /// Keeps the beginning of a text of which the caller asked for a part. No other text is cut, since it could be
    /// taken for the whole.
    fn trim_text(
        &mut self,
        text: &mut String,
        chosen: Option<&Part>,
        path: &str,
        allowed: usize,
    ) -> bool {
        let Some(range) = chosen.and_then(|part| part.range) else {
            return false;
        };
        let kept = fitting(text, allowed, tokens::of_text(text));
        let rest: String = text.chars().skip(kept).collect();
        *text = text.chars().take(kept).collect();
        let inner = format!("{path}{}", range.after(kept));
        self.outline.leave_out(&inner, &Value::String(rest), None);
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn trimmed(mut answer: Value, chosen: Option<&Part>, budget: usize) -> (Value, Outline) {
        let mut outline = Outline::default();
        let mut trim = Trim {
            budget,
            outline: &mut outline,
        };
        assert!(trim.trim(&mut answer, chosen, "", budget));
        assert!(tokens::of_json(&answer) <= budget, "{answer}");
        (answer, outline)
    }

    #[test]
    fn small_members_stay_and_a_long_text_is_named_with_the_part_that_fits() {
        let text = "a long story ".repeat(400);
        let prompt = json!({ "string": text, "id": "p", "prompt_version": 3, "name": "n" });
        let (shown, outline) = trimmed(prompt, None, 200);
        assert_eq!(
            shown,
            json!({ "id": "p", "prompt_version": 3, "name": "n" })
        );
        let left_out = outline.to_json();
        let what = left_out["string"].as_str().unwrap();
        assert!(
            what.starts_with("text of 5200 characters, about "),
            "{what}"
        );
        let first = outline.largest().unwrap();
        let end = first
            .strip_prefix("string[0:")
            .unwrap()
            .strip_suffix(']')
            .unwrap();
        let part: String = text.chars().take(end.parse().unwrap()).collect();
        assert!(tokens::of_text(&part) <= 200 && part.len() > 300, "{first}");
    }

    #[test]
    fn lists_inside_are_cut_at_an_entry() {
        let targets: Vec<Value> = (0..100)
            .map(|n| json!({ "provider": format!("@p{n}") }))
            .collect();
        let config = json!({ "slug": "c", "config": { "mode": "fallback", "targets": targets } });
        let (shown, outline) = trimmed(config, None, 300);
        let kept = shown["config"]["targets"].as_array().unwrap().len();
        assert!(kept > 10, "{shown}");
        assert_eq!(shown["config"]["mode"], "fallback");
        let rest = format!("config.targets[{kept}:]");
        assert_eq!(outline.largest(), Some(rest.clone()));
        assert!(
            outline.to_json()[&rest]
                .as_str()
                .unwrap()
                .starts_with("list of ")
        );
    }

    #[test]
    fn a_part_of_a_text_that_is_asked_for_is_cut_where_it_fits() {
        let part = Part::of(&[super::super::paths::Path::parse("string[100:]").unwrap()]).unwrap();
        let answer = json!({ "string": "word ".repeat(1000) });
        let (shown, outline) = trimmed(answer, Some(&part), 200);
        let kept = shown["string"].as_str().unwrap().len();
        assert_eq!(outline.largest(), Some(format!("string[{}:]", 100 + kept)));
    }

    #[test]
    fn many_parts_are_counted() {
        let members: Map<String, Value> = (0..80)
            .map(|n| (format!("m{n}"), "x ".repeat(200).into()))
            .collect();
        let (_, outline) = trimmed(Value::Object(members), None, 100);
        assert_eq!(outline.to_json()["…"], "50 more parts");
    }
}
