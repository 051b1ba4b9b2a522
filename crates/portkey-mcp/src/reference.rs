//! What the documentation says of settings, commands, lists of tools, editions, resources, prompts and metrics, by
//! their declarations.

mod editions;
mod metrics;

pub use crate::cli::{client_entry, exit_codes, reference as commands};
pub use crate::config::{
    live as live_settings, reference as settings, reference_of as settings_named,
    schema as configuration_schema, variable_of, variables,
};
pub use crate::server::surface_texts;
pub use editions::prisma_airs;
pub use metrics::{is_metric, metrics};

use crate::{
    config::row,
    surface::{Choices, SKILLS, Template},
};

/// Which tool reads the objects at an address and which lists them, as a table in Markdown.
pub fn resources() -> String {
    let mut table = "| address | read by | completed by |\n|---|---|---|\n".to_owned();
    for template in Template::all() {
        let Choices::Objects(collection) = template.choices else {
            continue;
        };
        let reader = collection.reader().map(|(reader, _)| reader);
        let tools = [reader, collection.listing()];
        let [reader, listing] = tools.map(|tool| code(tool.map_or("", |tool| tool.name())));
        table.push_str(&row(&[code(&template.uri), reader, listing]));
    }
    table
}

/// Each prompt with what it is for and what it takes, as a table in Markdown.
pub fn prompts() -> String {
    let mut table = "| prompt | for | arguments |\n|---|---|---|\n".to_owned();
    for skill in &*SKILLS {
        let arguments = skill.arguments.iter().map(|argument| {
            if argument.required {
                format!("**{}**", argument.name)
            } else {
                argument.name.to_owned()
            }
        });
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let name = code(&skill.prompt());
        table.push_str(&row(&[name, skill.description.to_owned(), arguments]));
    }
    table
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
