//! Refuses arguments with the stand-ins that answers show in place of invisible characters.

use super::Failure;
use crate::{catalog::Tool, untrusted::stand_in};
use portkey_api_core::{Effect, JsonObject, Problem};

/// Fails if an argument of a writing tool contains a stand-in. Written back, it would replace the character that it
/// stands for.
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
    fn a_stand_in_may_be_searched_for_but_not_written() {
        let refused = |tool: &str| {
            let given = arguments(json!({ "toy_id": "t", "name": "Be⟨U+202E⟩ar" }));
            refuse_stand_ins(toys::catalog().find(tool).unwrap(), &given)
        };
        assert!(refused("get_toy").is_ok());
        let Err(Failure::Arguments(problems)) = refused("update_toy") else {
            panic!("the stand-in is not refused");
        };
        assert!(problems.to_string().contains("⟨U+202E⟩"), "{problems}");
    }
}
