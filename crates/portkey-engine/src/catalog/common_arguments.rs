//! Arguments that hold for many tools alike. They are declared here once and explained once, in the server's
//! instructions, so that no tool pays for their description.

use portkey_api_core::{CLEAR, Effect, JsonObject};
use serde_json::{Value, json};

use super::Tool;

/// An argument of many tools.
#[derive(Debug, Clone, Copy)]
pub struct CommonArgument {
    /// Its name.
    pub name: &'static str,
    /// What it does, for the command line.
    pub help: &'static str,
    /// `boolean`, `string` or `array`, of text.
    kind: &'static str,
    holds: fn(Tool) -> bool,
    /// Which schemas list it. Where it is not listed it is understood all the same.
    listed: fn(Tool) -> bool,
}

/// Asks for a preview.
pub(crate) const DRY_RUN: CommonArgument = CommonArgument {
    name: "dry_run",
    help: "Print what it would change and what would be sent, with secrets masked; change nothing; `full` prints the whole \
           object too",
    kind: "boolean",
    holds: |tool| matches!(tool, Tool::Operation(_)),
    listed: |tool| tool.declaration().effect != Effect::Read,
};

/// Asks an update that answers nothing for the object it changed.
pub(crate) const RETURN_OBJECT: CommonArgument = CommonArgument {
    name: "return_object",
    help: "Answer the object as it is after the update (the default)",
    kind: "boolean",
    holds: |tool| matches!(tool, Tool::Operation(operation) if operation.fresh.is_some()),
    listed: |_| false,
};

/// Brings back the token by which a preview of a destructive call is confirmed.
pub const CONFIRMATION: CommonArgument = CommonArgument {
    name: "confirmation",
    help: "`yes`, where a destructive call asks for confirmation first",
    kind: "string",
    holds: |tool| tool.declaration().destructive || tool.declaration().can_unprotect(),
    listed: |_| true,
};

/// Asks for recorded bodies too, which are long and which anybody may have written.
pub(crate) const INCLUDE_BODIES: CommonArgument = CommonArgument {
    name: "include_bodies",
    help: "Show the bodies of recorded requests and answers too, not only their sizes",
    kind: "boolean",
    holds: |tool| tool.declaration().answers_bodies(),
    listed: |_| true,
};

/// Names the fields that an update empties, since `null` leaves a field as it is. Unlike the others it is read with the
/// arguments, by [`portkey_api_core::parse_arguments`].
pub(super) const CLEARED: CommonArgument = CommonArgument {
    name: CLEAR,
    help: "Fields to empty, with commas between them; what is left out stays as it is",
    kind: "array",
    holds: |tool| matches!(tool, Tool::Operation(_)) && tool.declaration().can_clear(),
    listed: |_| true,
};

const ALL: [&CommonArgument; 5] = [
    &CLEARED,
    &DRY_RUN,
    &RETURN_OBJECT,
    &CONFIRMATION,
    &INCLUDE_BODIES,
];

impl CommonArgument {
    /// Whether `tool` takes it, without declaring an argument of this name itself.
    pub(crate) fn holds_for(&self, tool: Tool) -> bool {
        (self.holds)(tool) && tool.declaration().argument(self.name).is_none()
    }

    /// Whether it is on or off.
    pub fn is_switch(&self) -> bool {
        self.kind == "boolean"
    }

    /// What is to be said of a value that it does not take.
    pub fn expected(&self) -> &'static str {
        if self.name == DRY_RUN.name {
            "expected true, false or `full`"
        } else {
            "expected true or false"
        }
    }

    fn schema(&self) -> Value {
        match self.kind {
            "array" => json!({ "type": "array", "items": { "type": "string" } }),
            kind => json!({ "type": kind }),
        }
    }
}

/// Those that `tool` takes.
pub fn common_arguments(tool: Tool) -> impl Iterator<Item = &'static CommonArgument> {
    ALL.into_iter()
        .filter(move |common_arguments| common_arguments.holds_for(tool))
}

/// Lists them among the properties of an input schema.
pub(super) fn list(tool: Tool, schema: &mut JsonObject) {
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        // Some clients refuse a tool that takes nothing.
        let takes_nothing = properties.is_empty();
        let listed = common_arguments(tool).filter(|common_arguments| {
            (common_arguments.listed)(tool)
                || takes_nothing && common_arguments.name == DRY_RUN.name
        });
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
    fn a_tool_takes_what_fits_its_effect() {
        assert_eq!(listed("list_configs"), [""; 0]);
        assert_eq!(listed("create_config"), ["dry_run"]);
        assert_eq!(listed("delete_config"), ["dry_run", "confirmation"]);
        assert_eq!(
            listed("update_workspace"),
            ["clear", "dry_run", "confirmation"]
        );
        assert_eq!(listed("list_audit_logs"), ["include_bodies"]);
    }
}
