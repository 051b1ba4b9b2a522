//! Limits the size of arguments. All values are counted in one pass before anything else processes them.
//!
//! The limits are far above what any call needs, and low enough for the later stages, each of which may process all
//! arguments again.

use serde_json::Value;

use crate::{InvalidArguments, JsonObject, Problem, path::Path};

/// The largest number of members and entries, counted at every depth.
const MOST_VALUES: usize = 100_000;
/// The largest depth of nested objects and lists.
const DEEPEST: usize = 64;
/// The longest name of a member, in bytes.
const LONGEST_NAME: usize = 1_000;
/// The longest text, in bytes. Prompts may be long.
const LONGEST_TEXT: usize = 4 << 20;
/// The number of characters of a name that an error shows.
const SHOWN: usize = 64;

/// Rejects arguments of `tool` that exceed a limit.
pub fn check_bounds(tool: &'static str, arguments: &JsonObject) -> Result<(), InvalidArguments> {
    let refused = |problem| Err(InvalidArguments::new(tool, vec![problem]));
    let mut left = MOST_VALUES;
    for (name, value) in arguments {
        if let Err(excess) = measure_member(name, value, 1, &mut left) {
            return refused(excess.problem(arguments));
        }
    }
    Ok(())
}

/// Whether a JSON text has more values than this.
pub fn has_more_values_than(json: &[u8], limit: usize) -> bool {
    // Few texts have more bytes that could stand before a value, and counting them takes next to nothing.
    let starts = |byte: &&u8| matches!(**byte, b'[' | b'{' | b',');
    json.len() > limit && 1 + json.iter().filter(starts).count() > limit && values(json) > limit
}

/// Returns the number of values in a JSON text without parsing it: each value except the first follows an opening
/// bracket or a comma. Empty objects and lists count as two.
pub fn values(json: &[u8]) -> usize {
    let mut count = 1;
    let mut in_text = false;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_text = !in_text,
            b'\\' if in_text => _ = bytes.next(),
            b'[' | b'{' | b',' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

/// The limit that was exceeded, and the path to the value as names from the innermost to the outermost.
struct Excess {
    what: TooMuch,
    way: Vec<Step>,
}

enum TooMuch {
    Values,
    Depth,
    Name(usize),
    Text(usize),
}

enum Step {
    Member(String),
    Entry(usize),
}

impl From<TooMuch> for Excess {
    fn from(what: TooMuch) -> Self {
        let way = Vec::new();
        Self { what, way }
    }
}

impl Excess {
    fn inside(mut self, step: Step) -> Self {
        self.way.push(step);
        self
    }

    fn problem(&self, arguments: &JsonObject) -> Problem {
        let path = written(&self.way, Path::Root);
        let rule = match self.what {
            TooMuch::Values => format!(
                "with this the arguments hold {} values, counting every member and entry; a call may hold {MOST_VALUES}",
                arguments.values().map(count).sum::<usize>()
            ),
            TooMuch::Depth => {
                format!("is nested more than {DEEPEST} objects and lists deep, which is the most")
            }
            TooMuch::Name(bytes) => {
                format!("has a member with a name of {bytes} bytes; a name may have {LONGEST_NAME}")
            }
            TooMuch::Text(bytes) => {
                format!("is a text of {bytes} bytes; a text may have {LONGEST_TEXT}")
            }
        };
        Problem::rule(path, rule)
    }
}

/// Returns the path that the steps, the last of which is the first, lead to from `path`.
fn written(way: &[Step], path: Path<'_>) -> String {
    match way.split_last() {
        None => path.to_string(),
        Some((Step::Member(name), way)) => written(way, path.member(name)),
        Some((Step::Entry(index), way)) => written(way, path.entry(*index)),
    }
}

fn measure_member(name: &str, value: &Value, depth: usize, left: &mut usize) -> Result<(), Excess> {
    if name.len() > LONGEST_NAME {
        return Err(TooMuch::Name(name.len()).into());
    }
    let step = || Step::Member(name.chars().take(SHOWN).collect());
    measure(value, depth, left).map_err(|excess| excess.inside(step()))
}

fn measure(value: &Value, depth: usize, left: &mut usize) -> Result<(), Excess> {
    *left = left.checked_sub(1).ok_or(TooMuch::Values)?;
    match value {
        Value::String(text) if text.len() > LONGEST_TEXT => Err(TooMuch::Text(text.len()).into()),
        Value::Array(_) | Value::Object(_) if depth > DEEPEST => Err(TooMuch::Depth.into()),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            let entered = measure(item, depth + 1, left);
            entered.map_err(|excess| excess.inside(Step::Entry(index)))
        }),
        Value::Object(members) => members
            .iter()
            .try_for_each(|(name, member)| measure_member(name, member, depth + 1, left)),
        _ => Ok(()),
    }
}

fn count(value: &Value) -> usize {
    let inside = match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    };
    1 + inside
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn refusal(arguments: Value) -> String {
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object");
        };
        let refused = check_bounds("create_config", &arguments).unwrap_err();
        refused.problems[0].to_string()
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn what_somebody_may_mean_passes() {
        let arguments = json!({
            "targets": vec![json!({ "virtual_key": "openai" }); 1_000],
            "messages": [{ "role": "user", "content": "x".repeat(1 << 20) }],
            "schema": nested(60),
        });
        check_bounds("create_config", arguments.as_object().unwrap()).unwrap();
    }

    #[test]
    fn what_is_too_much_is_named_with_its_number_and_the_bound() {
        for (arguments, said) in [
            (
                json!({ "name": "c", "targets": vec![json!({}); 200_000] }),
                "`targets[99998]`: with this the arguments hold 200002 values, counting every member and entry; a call \
                 may hold 100000",
            ),
            (
                json!({ "config": { "targets": nested(64) } }),
                "nested more than 64",
            ),
            (
                json!({ "config": { "x".repeat(2_000): 1 } }),
                "`config`: has a member with a name of 2000 bytes; a name may have 1000",
            ),
            (
                json!({ "config": { "a": ["x".repeat((4 << 20) + 1)] } }),
                "`config.a[0]`: is a text of 4194305 bytes; a text may have 4194304",
            ),
        ] {
            let refused = refusal(arguments);
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn an_error_shows_no_more_of_long_names_than_tells_them() {
        let outer = "o".repeat(1_000);
        let refused = refusal(json!({ outer: { "x".repeat(1_001): 1 } }));
        assert!(refused.len() < 250, "{refused}");
    }

    #[test]
    fn values_are_counted_outside_of_text() {
        for (json, count) in [
            ("1", 1),
            (r#"{"a": 1, "b": [1, 2]}"#, 5),
            (r#"["a,b[{", "\\\",[", "\\\\"]"#, 4),
            (r#""cut off \"#, 1),
        ] {
            assert_eq!(values(json.as_bytes()), count, "{json}");
        }
    }

    #[test]
    fn starts_of_values_in_text_are_no_values() {
        let text = format!(r#"["{}", 1]"#, "[,{".repeat(100));
        assert!(!has_more_values_than(text.as_bytes(), 3));
        assert!(has_more_values_than(text.as_bytes(), 2));
        assert!(!has_more_values_than(b"[1, 2]", 6));
    }

    proptest! {
        #[test]
        fn whatever_is_within_the_bounds_passes(entries in 0..2_000usize, depth in 0..60usize, name in ".{0,100}") {
            let arguments = json!({ name: vec![nested(depth % 20); entries], "deep": nested(depth) });
            prop_assert!(check_bounds("t", arguments.as_object().unwrap()).is_ok());
        }
    }
}
