//! How people ask for tools when they do not use the words of their declarations.

use std::{collections::HashMap, sync::LazyLock};

use portkey_engine::catalog::{Catalog, CatalogEntry};
use portkey_search::Document;

/// What people say when they want a tool, a saying each; only for searches, no model reads it.
pub fn sayings(tool: &str) -> &'static [&'static str] {
    static SAYINGS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
        let lines = include_str!("spoken.txt").lines();
        let tools = lines.filter_map(|line| line.split_once(": "));
        tools
            .map(|(tool, sayings)| (tool, sayings.split("; ").collect()))
            .collect()
    });
    SAYINGS.get(tool).map_or(&[], Vec::as_slice)
}

/// Every tool that a tool set has, with all that it can be found by.
pub fn search_documents(catalog: &Catalog) -> Vec<Document<'static>> {
    let entries = catalog.entries();
    let listed = entries.filter(|entry| !entry.tool.declaration().unlisted);
    listed.map(document).collect()
}

fn document(entry: CatalogEntry) -> Document<'static> {
    let declaration = entry.tool.declaration();
    let arguments = declaration.arguments.iter();
    let sayings = sayings(declaration.name).iter();
    Document {
        name: declaration.name,
        title: declaration.title,
        description: declaration.description,
        arguments: arguments.map(|argument| argument.name).collect(),
        keywords: sayings.chain(declaration.aliases).copied().collect(),
        domain: entry.domain,
        effect: declaration.effect.as_str(),
    }
}
