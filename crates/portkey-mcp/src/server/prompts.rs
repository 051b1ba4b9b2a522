//! Prompts: each is made from a skill, and says with which tools and in which order something is done.

use portkey_api::shortened;
use portkey_engine::untrusted::brief;
use rmcp::{
    ErrorData,
    model::{
        GetPromptRequestParams, GetPromptResponse, GetPromptResult, JsonObject, Prompt,
        PromptArgument, PromptMessage, Role,
    },
};
use serde_json::Value;

use super::{Server, request::Context};
use crate::{
    access::Principal,
    surface::{SKILLS, Skill, SkillArgument},
};

/// The longest value of an argument, in characters.
const LONGEST: usize = 1000;

/// A prompt as clients see it.
pub(super) fn described(skill: &Skill) -> Prompt {
    let arguments = skill.arguments.iter().map(argument).collect();
    Prompt::new(skill.prompt(), Some(skill.description), Some(arguments)).with_title(skill.title)
}

fn argument(argument: &SkillArgument) -> PromptArgument {
    PromptArgument::new(argument.name)
        .with_description(argument.description)
        .with_required(argument.required)
}

/// The skill whose prompt a principal may get.
pub(super) fn named(name: &str, principal: &Principal) -> Result<&'static Skill, ErrorData> {
    let mut offered = SKILLS.iter().filter(|skill| skill.is_for(principal));
    if let Some(skill) = offered.find(|skill| skill.prompt() == name) {
        return Ok(skill);
    }
    let exists = SKILLS.iter().any(|skill| skill.prompt() == name);
    let text = if exists {
        format!("the prompt `{name}` needs tools that you may not call")
    } else {
        let offered = SKILLS.iter().filter(|skill| skill.is_for(principal));
        let names: Vec<String> = offered.map(Skill::prompt).collect();
        format!(
            "unknown prompt `{}`; there is: {}",
            brief(name),
            names.join(", ")
        )
    };
    Err(ErrorData::invalid_params(text, None))
}

impl Server {
    /// A prompt with its arguments filled in.
    pub(super) fn prompt(
        &self,
        request: &GetPromptRequestParams,
        context: &Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        let principal = self.principal(context)?;
        let skill = named(&request.name, &principal)?;
        let none = JsonObject::new();
        let given = request.arguments.as_ref().unwrap_or(&none);
        check(skill, given).map_err(|why| ErrorData::invalid_params(why, None))?;
        let text = skill.filled(|name| given.get(name).and_then(value));
        let message = PromptMessage::new_text(Role::User, text);
        let mut result = GetPromptResult::new(vec![message]).with_description(skill.description);
        result.meta = self.meta_for(context);
        Ok(result.into())
    }
}

/// The value of an argument; an empty one is none.
fn value(given: &Value) -> Option<&str> {
    given
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// Checks the arguments of a prompt.
fn check(skill: &Skill, given: &JsonObject) -> Result<(), String> {
    let prompt = skill.prompt();
    for (name, value) in given {
        if !skill.arguments.iter().any(|argument| argument.name == name) {
            let names = skill.arguments.iter().map(|argument| argument.name);
            let names = names.collect::<Vec<_>>().join(", ");
            let name = shortened(name);
            return Err(format!(
                "`{prompt}` has no argument `{name}`; it takes: {names}"
            ));
        }
        match value {
            Value::Null => {}
            Value::String(text) if text.chars().count() <= LONGEST => {}
            Value::String(_) => {
                return Err(format!("`{name}` has more than {LONGEST} characters"));
            }
            _ => return Err(format!("`{name}` must be a text")),
        }
    }
    let mut needed = skill.arguments.iter().filter(|argument| argument.required);
    match needed.find(|argument| given.get(argument.name).and_then(value).is_none()) {
        Some(missing) => Err(format!(
            "`{prompt}` needs `{}`: {}",
            missing.name, missing.description
        )),
        None => Ok(()),
    }
}
