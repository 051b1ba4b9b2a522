//! What was shown in place of a hidden character must not be written back.

use super::Failure;
use crate::{catalog::Tool, untrusted::stand_in};
use portkey_api_core::{Effect, JsonObject, Problem};

/// Refuses to write what only stands for a character: what was read and is written back would not be the same.
pub(crate) fn refuse_stand_ins(tool: Tool, arguments: &JsonObject) -> Result<(), Failure> {
    if tool.declaration().effect == Effect::Read {
        return Ok(());
    }
    let found = arguments
        .iter()
        .find_map(|(name, value)| Some((name, stand_in(value)?)));
    let Some((name, stand_in)) = found else {
        return Ok(());
    };
    let reason = format!(
        "{stand_in} stands for a hidden character in an answer; leave it out, or write the character itself \
         (\\uXXXX in JSON)"
    );
    Err(Failure::invalid(
        tool.name(),
        Problem::rule(name.as_str(), reason),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{call::testing::arguments, toys};

    #[test]
    fn what_only_stands_for_a_hidden_character_is_read_and_not_written() {
        let refused = |tool: &str| {
            let given = arguments(json!({ "toy_id": "t", "name": "Be⟨U+202E⟩ar" }));
            refuse_stand_ins(toys::catalog().find(tool).unwrap(), &given)
        };
        assert!(refused("get_toy").is_ok());
        let Err(Failure::Arguments(problems)) = refused("update_toy") else {
            panic!("it is written");
        };
        assert!(problems.to_string().contains("⟨U+202E⟩"), "{problems}");
    }
}
