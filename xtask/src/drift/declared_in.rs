//! Where in the sources a tool is declared.

use std::{cmp::Reverse, collections::BTreeMap, fs, path::PathBuf, sync::LazyLock};

use portkey_api::{Operation, operations};

use crate::{
    root,
    sources::{self, shown},
};

/// The folder of the declarations.
const CATALOG: &str = "crates/portkey-api/src";

/// The files of the catalog by their paths, with their texts.
static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut paths: Vec<PathBuf> = Vec::new();
    // Without the sources there is nothing to point at.
    _ = sources::list(&root().join(CATALOG), &mut paths);
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap_or_default();
    let files = paths
        .iter()
        .map(|path| (shown(path).display().to_string(), text(path)));
    files.collect()
});

/// What to change for a difference of a tool: a struct and its file, or for a value that a table lists the table.
pub(super) fn declared_in(tool: &str, part: &str, what: &str) -> String {
    if what.starts_with("value ") && part.ends_with("checks[].id") {
        return format!("`CHECKS` in {CATALOG}/guardrails/built_in.rs or partners.rs");
    }
    if what.starts_with("value ") && matches!(part, "body.provider" | "body.ai_provider_id") {
        return format!("`AI_PROVIDERS` in {CATALOG}/known_names.rs");
    }
    match tool.split_once(' ') {
        None => of_struct(&struct_name(tool)),
        Some((_, path)) => match nearest(path) {
            Some(operation) => {
                let nearest = of_struct(&struct_name(operation.declaration.name));
                format!("a new struct beside {nearest}")
            }
            None => format!("a new file in {CATALOG}"),
        },
    }
}

/// Where the table of known differences has an entry to take out.
pub(super) fn known_in(part: &str) -> &'static str {
    match part.split('.').next() {
        Some("query") => "`KNOWN` in xtask/src/drift/known/queries.rs",
        Some("body") => "`KNOWN` in xtask/src/drift/known/bodies.rs",
        _ => "`KNOWN` in xtask/src/drift/known/routes.rs",
    }
}

fn of_struct(name: &str) -> String {
    let declaration = format!("pub struct {name} ");
    let file = FILES.iter().find(|(_, text)| text.contains(&declaration));
    // Declarations that are alike are made by macros, which are given the names.
    let file = file.or_else(|| {
        FILES
            .iter()
            .find(|(_, text)| text.contains(&format!("{name} ")))
    });
    match file {
        Some((file, _)) => format!("`{name}` in {file}"),
        None => format!("`{name}`"),
    }
}

/// `CreateGuardrail` for `create_guardrail`.
fn struct_name(tool: &str) -> String {
    let words = tool.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// The operation whose path begins as this one does for the longest. `None` if none begins alike.
fn nearest(path: &str) -> Option<&'static Operation> {
    let shared = |operation: &&Operation| {
        let parts = path.split('/').zip(operation.path.split('/'));
        parts.take_while(|(theirs, ours)| theirs == ours).count()
    };
    // Every path begins with an empty part.
    operations()
        .filter(|operation| shared(operation) > 1)
        .min_by_key(|operation| Reverse(shared(operation)))
}
