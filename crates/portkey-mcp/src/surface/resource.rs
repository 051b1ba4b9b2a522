//! Addresses of resources: what each names, and which there are for whom.

use percent_encoding::percent_decode_str;
use portkey_engine::catalog::Tool;

use super::{
    collections::{COLLECTIONS, Collection, SCHEME},
    dashboard::Dashboard,
    documents::{Document, GUIDES},
    first_sentence,
};
use crate::{access::Principal, catalog::catalog};

/// The list of tools, and what the addresses of the tools are below.
const TOOLS: &str = "tools";

/// What the address of a resource names.
#[derive(Debug)]
pub(crate) enum Resource {
    /// An object of Portkey, by its id.
    Object(&'static Collection, String),
    /// The list of the tools.
    ToolIndex,
    /// All about one tool.
    Tool(Tool),
    /// A text of this server.
    Document(&'static Document),
    /// The page that clients show.
    Dashboard,
}

impl Resource {
    /// What an address names, if it is one of this server.
    pub(crate) fn at(uri: &str) -> Option<Self> {
        if let Some(document) = Document::at(uri) {
            return Some(Self::Document(document));
        }
        if uri == Dashboard::URI {
            return Some(Self::Dashboard);
        }
        let path = uri.strip_prefix(SCHEME)?;
        if path == TOOLS {
            return Some(Self::ToolIndex);
        }
        let (collection, id) = path.split_once('/')?;
        let id = decoded(id)?;
        if collection == TOOLS {
            return catalog().find(&id).ok().map(Self::Tool);
        }
        Collection::of_resources(collection).map(|collection| Self::Object(collection, id))
    }

    /// The tool that reading it calls.
    pub(crate) fn reader(&self) -> Option<Tool> {
        match self {
            Self::Object(collection, _) => collection.reader().map(|(tool, _)| tool),
            Self::ToolIndex | Self::Tool(_) | Self::Document(_) | Self::Dashboard => None,
        }
    }

    /// Its address without ids.
    pub(crate) fn template(&self) -> String {
        match self {
            Self::Object(collection, _) => collection.template(),
            Self::ToolIndex => tool_index(),
            Self::Tool(_) => template_of(TOOLS),
            Self::Document(document) => document.uri.clone(),
            Self::Dashboard => Dashboard::URI.to_owned(),
        }
    }
}

/// One segment of an address, decoded. `None` if it is empty or more than that.
fn decoded(segment: &str) -> Option<String> {
    if segment.is_empty() || segment.contains(['/', '?', '#']) {
        return None;
    }
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// The address of the list of tools.
pub(crate) fn tool_index() -> String {
    format!("{SCHEME}{TOOLS}")
}

fn template_of(name: &str) -> String {
    format!("{SCHEME}{name}/{{name}}")
}

/// What there is to choose from for a variable of a template or an argument of a prompt.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Choices {
    /// Objects of Portkey.
    Objects(&'static Collection),
    /// Names of tools.
    Tools,
    /// Names of guides.
    Guides,
}

/// Addresses that differ in one name.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) uri: String,
    /// The name in braces.
    pub(crate) variable: &'static str,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: String,
    pub(crate) choices: Choices,
}

impl Template {
    /// Every template.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let objects = COLLECTIONS.iter().filter_map(Self::of_objects);
        let texts = [
            (
                TOOLS,
                "Tool",
                "What a tool does and needs, what it takes, and an example.",
                Choices::Tools,
            ),
            (
                GUIDES,
                "Guide",
                "How this server works, by topic.",
                Choices::Guides,
            ),
        ];
        objects.chain(texts.map(|(name, title, description, choices)| Self {
            uri: template_of(name),
            variable: "name",
            name,
            title,
            description: description.to_owned(),
            choices,
        }))
    }

    fn of_objects(collection: &'static Collection) -> Option<Self> {
        let (reader, _) = collection.reader()?;
        let declaration = reader.declaration();
        Some(Self {
            uri: collection.template(),
            variable: collection.variable()?,
            name: collection.name,
            title: declaration.title,
            description: format!("{}.", first_sentence(declaration.description)),
            choices: Choices::Objects(collection),
        })
    }

    /// Whether a principal may read what it leads to.
    pub(crate) fn is_for(&self, principal: &Principal) -> bool {
        match self.choices {
            Choices::Objects(collection) => {
                let reader = collection.reader();
                reader.is_some_and(|(reader, _)| principal.may_call(reader))
            }
            Choices::Tools | Choices::Guides => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_thing() {
        let named = |uri: &str| Resource::at(uri).map(|resource| resource.template());
        let is = |uri: &str, template: &str| assert_eq!(named(uri).as_deref(), Some(template));
        is("portkey://workspaces/ws-1", "portkey://workspaces/{id}");
        is("portkey://configs/pc%201", "portkey://configs/{slug}");
        is("portkey://tools", "portkey://tools");
        is("portkey://tools/list_configs", "portkey://tools/{name}");
        is("portkey://guides/dry-run", "portkey://guides/dry-run");
        is("ui://portkey/dashboard", "ui://portkey/dashboard");
        for uri in [
            "portkey://workspaces",
            "portkey://workspaces/",
            "portkey://workspaces/a/b",
            "portkey://workspaces/a?b",
            "portkey://workspaces/%ff",
            "portkey://labels/production",
            "portkey://tools/no_such_tool_at_all",
            "portkey://guides/none",
            "skill://none/SKILL.md",
            "ui://portkey/other",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(named(uri), None, "{uri}");
        }
    }
}
