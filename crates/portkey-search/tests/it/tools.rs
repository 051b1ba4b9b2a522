//! All tools as documents, and an index of them.

use std::sync::LazyLock;

use portkey_engine::catalog::CatalogEntry;
use portkey_search::{Document, Index};
use portkey_workflows::{catalog, sayings};

/// Every tool that a tool set has.
pub(crate) static TOOLS: LazyLock<Vec<Document<'static>>> = LazyLock::new(|| {
    let listed = catalog()
        .entries()
        .filter(|entry| !entry.tool.declaration().unlisted);
    listed.map(document).collect()
});

pub(crate) static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(&TOOLS));

fn document(entry: CatalogEntry) -> Document<'static> {
    let declaration = entry.tool.declaration();
    let sayings = sayings(declaration.name).iter();
    Document {
        name: declaration.name,
        title: declaration.title,
        description: declaration.description,
        arguments: declaration
            .arguments
            .iter()
            .map(|argument| argument.name)
            .collect(),
        keywords: sayings.chain(declaration.aliases).copied().collect(),
        domain: entry.domain,
        effect: declaration.effect.as_str(),
    }
}
