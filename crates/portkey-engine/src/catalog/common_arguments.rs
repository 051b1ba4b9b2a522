//! Arguments that are common to many tools. They are declared here and described once, in the server's instructions, so
//! that the schemas of the tools stay short.

use portkey_api_core::{CLEAR, Declaration, Effect, JsonObject};
use serde_json::{Value, json};

use super::Tool;

/// An argument that is common to many tools.
#[derive(Debug, Clone, Copy)]
pub struct CommonArgument {
    /// The name of the argument.
    pub name: &'static str,
    /// The help text on the command line.
    pub help: &'static str,
    /// The JSON type: `boolean`, `string`, `integer`, or `array` (of strings).
    kind: &'static str,
    holds: fn(Tool) -> bool,
    /// Whether the input schema of a tool lists the argument. A tool that takes it accepts it unlisted too.
    listed: fn(Tool) -> bool,
}

/// Asks for a preview instead of the call.
pub(crate) const DRY_RUN: CommonArgument = CommonArgument {
    name: "dry_run",
    help: "Print what it would change and what would be sent, with secrets masked; change nothing; `full` prints the whole \
           object too",
    kind: "boolean",
    holds: |tool| matches!(tool, Tool::Operation(_)),
    listed: |tool| tool.declaration().effect != Effect::Read,
};

/// Asks for a read after a create or an update whose answer is empty or does not hold all that was sent.
pub(crate) const RETURN_OBJECT: CommonArgument = CommonArgument {
    name: "return_object",
    help: "Read the object after a create or an update, to answer it and to check it (the default)",
    kind: "boolean",
    holds: |tool| {
        matches!(tool, Tool::Operation(operation)
        if operation.fresh.is_some() || operation.declaration.effect == Effect::Create)
    },
    listed: |_| false,
};

/// Carries the token that confirms a destructive call.
pub const CONFIRMATION: CommonArgument = CommonArgument {
    name: "confirmation",
    help: "`yes`, where a destructive call asks for confirmation first",
    kind: "string",
    holds: |tool| tool.declaration().destructive || tool.declaration().can_unprotect(),
    listed: |_| true,
};

/// Asks for recorded bodies, which are left out otherwise: they are long, and their text is untrusted.
pub(crate) const INCLUDE_BODIES: CommonArgument = CommonArgument {
    name: "include_bodies",
    help: "Show the bodies of recorded requests and answers too, not only their sizes",
    kind: "boolean",
    holds: |tool| tool.declaration().answers_bodies,
    listed: |_| true,
};

/// Names the fields that an update empties, since `null` leaves a field as it is. Unlike the other common arguments, it
/// is parsed by [`portkey_api_core::parse_arguments`].
pub(super) const CLEARED: CommonArgument = CommonArgument {
    name: CLEAR,
    help: "Fields to empty, with commas between them; what is left out stays as it is",
    kind: "array",
    holds: |tool| matches!(tool, Tool::Operation(_)) && tool.declaration().can_clear(),
    listed: |_| true,
};

/// Asks for whole entries of lists, and for amounts in cents too.
pub(crate) const VERBOSE: CommonArgument = CommonArgument {
    name: "verbose",
    help: "Show entries of lists whole, and amounts in cents too",
    kind: "boolean",
    holds: |_| true,
    listed: |_| false,
};

/// Names the only members of the answer to show.
pub const FIELDS: CommonArgument = CommonArgument {
    name: "fields",
    help: "Show only these members of the answer: `data.name,data.status`, `string[0:4000]`",
    kind: "array",
    holds: |_| true,
    listed: |_| false,
};

/// Asks for a list as a table.
pub const FORMAT: CommonArgument = CommonArgument {
    name: "format",
    help: "Write a list as `json` (the default), `csv` or `markdown`",
    kind: "string",
    holds: |_| true,
    listed: |_| false,
};

/// Lowers the budget of the answer, or raises it as far as the operator allows.
pub const RESULT_TOKENS: CommonArgument = CommonArgument {
    name: "result_tokens",
    help: "Tokens that the answer may have",
    kind: "integer",
    holds: |_| true,
    listed: |_| false,
};

/// Asks for a chart of an answer of analytics.
pub const CHART: CommonArgument = CommonArgument {
    name: "chart",
    help: "Draw the figures in the terminal, or with =FILE.png or =FILE.svg into a file",
    kind: "boolean",
    holds: |tool| {
        let declaration = tool.declaration();
        declaration.scopes.names.contains(&ANALYTICS) && has_rows(declaration)
    },
    listed: |_| true,
};

/// The scope of every tool whose answers are figures.
const ANALYTICS: &str = "analytics.view";

/// Whether the answer of a tool is a list or the points of a graph.
fn has_rows(declaration: &Declaration) -> bool {
    let lists = ["/properties/data/type", "/properties/data_points/type"];
    let kinds = lists
        .into_iter()
        .filter_map(|list| declaration.output().pointer(list));
    kinds.into_iter().any(|kind| kind == "array")
}

const ALL: [&CommonArgument; 10] = [
    &CLEARED,
    &DRY_RUN,
    &RETURN_OBJECT,
    &CONFIRMATION,
    &INCLUDE_BODIES,
    &VERBOSE,
    &FIELDS,
    &FORMAT,
    &RESULT_TOKENS,
    &CHART,
];

impl CommonArgument {
    /// Whether `tool` takes this common argument. False if it declares an argument of the same name itself.
    pub(crate) fn holds_for(&self, tool: Tool) -> bool {
        (self.holds)(tool) && tool.declaration().argument(self.name).is_none()
    }

    /// Whether the argument is a boolean.
    pub fn is_switch(&self) -> bool {
        self.kind == "boolean"
    }

    /// The message about a value that a boolean argument does not accept.
    pub fn expected(&self) -> &'static str {
        match self.name {
            name if name == DRY_RUN.name => "expected true, false or `full`",
            name if name == CHART.name => "expected true, false or `svg`",
            _ => "expected true or false",
        }
    }

    fn schema(&self) -> Value {
        match self.kind {
            "array" => json!({ "type": "array", "items": { "type": "string" } }),
            kind => json!({ "type": kind }),
        }
    }
}

/// The common arguments that `tool` takes.
pub fn common_arguments(tool: Tool) -> impl Iterator<Item = &'static CommonArgument> {
    ALL.into_iter()
        .filter(move |argument| argument.holds_for(tool))
}

/// Adds the listed common arguments of `tool` to the properties of its input schema.
pub(super) fn list(tool: Tool, schema: &mut JsonObject) {
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        // Some clients reject a tool without any arguments.
        let takes_nothing = properties.is_empty();
        let is_listed = |argument: &&CommonArgument| {
            (argument.listed)(tool) || takes_nothing && argument.name == DRY_RUN.name
        };
        // Whether an argument holds may follow from the schema of the answer, which nothing else of a listing needs.
        let listed = ALL.into_iter().filter(is_listed);
        let listed = listed.filter(|argument| argument.holds_for(tool));
        properties.extend(listed.map(|one| (one.name.to_owned(), one.schema())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    fn listed(name: &str) -> Vec<String> {
        let tool = catalog::operations_alone().find(name).unwrap();
        let own = json!({ "properties": { "name": {} } });
        let mut schema = own.as_object().unwrap().clone();
        list(tool, &mut schema);
        let properties = schema["properties"].as_object().unwrap();
        properties.keys().skip(1).cloned().collect()
    }

    #[test]
    fn a_tool_lists_the_common_arguments_of_its_effect() {
        assert_eq!(listed("list_configs"), [""; 0]);
        assert_eq!(listed("create_config"), ["dry_run"]);
        assert_eq!(listed("delete_config"), ["dry_run", "confirmation"]);
        assert_eq!(
            listed("update_workspace"),
            ["clear", "dry_run", "confirmation"]
        );
        assert_eq!(listed("list_audit_logs"), ["include_bodies"]);
        assert_eq!(listed("get_cost_analytics"), ["chart"]);
        assert_eq!(listed("get_user_stats"), ["chart"]);
        assert_eq!(listed("get_cache_analytics"), [""; 0]);
    }
}
