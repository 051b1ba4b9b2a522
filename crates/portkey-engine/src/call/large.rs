//! The note on a large answer: how to narrow the call.

use std::io;

use portkey_api_core::{Declaration, JsonObject, Location};
use serde_json::Value;

/// Bytes from which an answer counts as large: it fills much of a model's context, or clients truncate it.
const LARGE: usize = 80 * 1024;

/// Most filter arguments that the note suggests.
const MOST: usize = 4;

/// Returns a note on how to get a smaller answer, or `None` if the answer has fewer than [`LARGE`] bytes.
pub(super) fn how_to_narrow(
    declaration: &Declaration,
    arguments: &JsonObject,
    answer: &Value,
) -> Option<String> {
    let bytes = length(answer);
    if bytes < LARGE {
        return None;
    }
    let ways = ways(declaration, arguments);
    let ways = if ways.is_empty() {
        "ask for what you need alone".to_owned()
    } else {
        ways.join("; ")
    };
    Some(format!(
        "this answer is large ({} KB); to narrow it: {ways}",
        bytes / 1024
    ))
}

fn ways(declaration: &Declaration, arguments: &JsonObject) -> Vec<String> {
    let takes = |name: &str| declaration.argument(name).is_some();
    let has = |name: &str| arguments.contains_key(name);
    let mut ways = Vec::new();
    if arguments.get("all") == Some(&Value::Bool(true)) {
        ways.push("leave out `all` for a page at a time".to_owned());
    } else if takes("page_size") {
        ways.push("a smaller `page_size`".to_owned());
    }
    if takes("granularity") {
        ways.push("a coarser `granularity`, or a shorter period".to_owned());
    }
    let filters = declaration.arguments.iter().filter(|argument| {
        let is_page = ["current_page", "page_size"].contains(&argument.name);
        matches!(argument.location, Location::Query(_)) && !is_page && !has(argument.name)
    });
    let filters: Vec<_> = filters.map(|argument| argument.name).take(MOST).collect();
    if !filters.is_empty() {
        ways.push(format!("filter by `{}`", filters.join("`, `")));
    }
    ways
}

/// The length of a value in bytes, as compact JSON. It is counted without writing the JSON to memory.
fn length(value: &Value) -> usize {
    struct Counted(usize);
    impl io::Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counted = Counted(0);
    // The writer never fails, and neither does the serialisation of a `Value`.
    _ = serde_json::to_writer(&mut counted, value);
    counted.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn narrowing(tool: &str, arguments: &Value, bytes: usize) -> Option<String> {
        let declaration = &portkey_api::operation(tool).unwrap().declaration;
        let answer = json!({ "data": ["x".repeat(bytes)] });
        how_to_narrow(declaration, arguments.as_object().unwrap(), &answer)
    }

    #[test]
    fn a_large_answer_says_how_to_ask_for_less() {
        let list = narrowing("list_prompts", &json!({}), LARGE).unwrap();
        assert!(
            list.contains("80 KB") && list.contains("`page_size`"),
            "{list}"
        );
        assert!(list.contains("`collection_id`, `search`"), "{list}");
        let all = narrowing(
            "list_prompts",
            &json!({ "all": true, "search": "x" }),
            LARGE,
        )
        .unwrap();
        assert!(
            all.contains("leave out `all`") && !all.contains("`search`"),
            "{all}"
        );
        assert_eq!(narrowing("list_prompts", &json!({}), LARGE / 2), None);
    }

    #[test]
    fn without_a_filter_the_note_suggests_none() {
        let one = narrowing("get_config", &json!({ "slug": "c" }), LARGE).unwrap();
        assert!(one.ends_with("ask for what you need alone"), "{one}");
    }
}
