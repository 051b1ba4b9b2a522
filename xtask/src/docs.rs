//! Documentation that is written from declarations: pages of tools, settings and commands, the schema of the
//! configuration file, and sections of the pages that are otherwise written by hand. The links of all pages are checked.

mod links;
pub mod peer;
mod sections;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use portkey_api::{DOMAINS, Declaration, Keys, Plan};
use portkey_engine::catalog::{CatalogEntry, Tool};
use portkey_workflows::catalog;
use serde_json::Value;

use crate::{
    Broken, root,
    tokens::{self, List},
};

/// What `portkey-mcp tools --tokens` shows.
pub(crate) const COSTS: &str = "crates/portkey-mcp/src/cli/token_costs.tsv";

const HEAD: &str = "\
# Tools

`cargo xtask docs` writes this page from the declarations; edit those.

- **list**: the tool set: `default` tools are offered by default, `all` ones with `--toolsets all` or their domain, and
  `by name` ones only if you name the tool.
- **effect**: what a call does; ⚠ marks tools that destroy something.
- **operation**: the request to Portkey; a composed tool makes several, or none.
- **arguments**: required ones are bold.
- **plan**, **key and scopes**: what the API key needs; empty if any key works.

";

const SETTINGS: &str = "\
# Settings

`cargo xtask docs` writes this page from the declarations; edit those.

A flag overrides its environment variable, and the variable overrides the [configuration file](http/configuration.md),
where a setting has the name of its flag. If a name is misspelt, the program does not start. No flag takes a key, because
process lists show flags: `PORTKEY_API_KEY` holds your key, and `PORTKEY_WORKSPACE_API_KEY` a workspace key for the tools
that refuse organisation keys.

";

const COMMANDS: &str = "\
# Commands

`cargo xtask docs` writes this page from the declarations; edit those.

Without a command, `portkey-mcp` serves the Model Context Protocol on standard input and output. Commands also take
[settings](settings.md). [The command line](command-line.md) tells how answers are printed, and what exit codes mean.
";

/// Writes what is derived.
pub fn write() -> Result<(), Broken> {
    for (path, text) in derived()? {
        let broken = |error: io::Error| Broken::File(path.clone(), error.to_string());
        fs::write(&path, text).map_err(broken)?;
    }
    Ok(())
}

/// Fails unless the files say what the declarations say.
pub fn check() -> Result<(), Broken> {
    for (path, text) in derived()? {
        match fs::read_to_string(&path) {
            Ok(written) if written == text => {}
            _ => return Err(Broken::Stale(path, "docs")),
        }
    }
    Ok(())
}

/// Pages beside those of the book, which link to it.
const BESIDE: [&str; 4] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
];

/// Every page that follows from the declarations, in whole or in part, as it should be. Fails for links that lead nowhere.
fn derived() -> Result<Vec<(PathBuf, String)>, Broken> {
    let docs = root().join("docs");
    let schema = portkey_mcp::reference::configuration_schema();
    let settings = portkey_mcp::reference::settings();
    let commands = portkey_mcp::reference::commands();
    let mut pages = vec![
        (docs.join("tools.md"), page()),
        (docs.join("settings.md"), format!("{SETTINGS}{settings}")),
        (docs.join("commands.md"), format!("{COMMANDS}{commands}")),
        (docs.join("config.schema.json"), format!("{schema:#}\n")),
        (root().join(COSTS), tokens::costs_of_all()?),
    ];
    let mut by_hand = vec![root().join("README.md")];
    find(&docs, &mut by_hand).map_err(|error| Broken::File(docs.clone(), error.to_string()))?;
    by_hand.retain(|path| pages.iter().all(|(page, _)| page != path));
    for path in by_hand {
        let broken = |why: String| Broken::File(path.clone(), why);
        let text = fs::read_to_string(&path).map_err(|error| broken(error.to_string()))?;
        let text = sections::filled(&text).map_err(broken)?;
        pages.push((path, text));
    }
    follow_links(&pages)?;
    Ok(pages)
}

fn follow_links(pages: &[(PathBuf, String)]) -> Result<(), Broken> {
    let mut all = links::Pages::new();
    for name in BESIDE {
        let path = root().join(name);
        let text = fs::read_to_string(&path);
        let text = text.map_err(|error| Broken::File(path, error.to_string()))?;
        all.insert(name.into(), text);
    }
    for (path, text) in pages {
        if let Ok(name) = path.strip_prefix(root())
            && name.extension().is_some_and(|extension| extension == "md")
        {
            all.insert(name.to_owned(), text.clone());
        }
    }
    match links::faults(&all, |path| root().join(path).exists()) {
        faults if faults.is_empty() => Ok(()),
        faults => Err(Broken::Faults(faults)),
    }
}

/// Adds the Markdown files of a folder and those below it.
fn find(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(())
}

/// The page as it should be.
pub fn page() -> String {
    let mut domains: BTreeMap<&str, Vec<CatalogEntry>> = BTreeMap::new();
    for entry in catalog().entries() {
        domains.entry(entry.domain).or_default().push(entry);
    }
    let mut text = HEAD.to_owned();
    let default = catalog().tools().filter(Tool::is_default).count();
    let all = catalog().tools().count();
    _ = writeln!(text, "{all} tools, {default} of them default.");
    text.push_str(&tool_sets());
    for domain in DOMAINS {
        if let Some(entries) = domains.get(domain.name()) {
            _ = write!(text, "\n## {} (`{}`)\n\n", domain.title, domain.name());
            text.push_str(
                "| tool | list | effect | operation | arguments | plan | key and scopes |\n",
            );
            text.push_str("|---|---|---|---|---|---|---|\n");
            for entry in entries {
                _ = writeln!(text, "| {} |", row(entry.tool).join(" | "));
            }
        }
    }
    text
}

/// What `--toolsets` takes besides domains and tools, and what a model reads of each.
fn tool_sets() -> String {
    let mut text = "\n## Tool sets\n\n`--toolsets NAME` offers these tools. Tokens are those of names, descriptions and \
        input schemas, by the tokenizer o200k.\n\n| set | tools | tokens | for |\n|---|---:|---:|---|\n"
        .to_owned();
    for list in List::all() {
        let (name, tools, cost, purpose) = (list.name, list.costs.len(), list.cost(), list.purpose);
        _ = writeln!(text, "| `{name}` | {tools} | {cost} | {purpose} |");
    }
    text
}

fn row(tool: Tool) -> [String; 7] {
    let declaration = tool.declaration();
    let lost = if declaration.destructive { " ⚠" } else { "" };
    [
        format!("`{}`<br>{}", declaration.name, declaration.title),
        list(declaration).to_owned(),
        format!("{}{lost}", declaration.effect.as_str()),
        operation(tool),
        arguments(declaration),
        plan(declaration.plan).to_owned(),
        key(declaration),
    ]
}

fn list(declaration: &Declaration) -> &'static str {
    match (declaration.unlisted, declaration.extended) {
        (true, _) => "by name",
        (false, true) => "all",
        (false, false) => "default",
    }
}

fn operation(tool: Tool) -> String {
    match tool {
        Tool::Operation(operation) => format!("`{} {}`", operation.method, operation.path),
        Tool::Workflow(_) => "composed".to_owned(),
    }
}

fn arguments(declaration: &Declaration) -> String {
    let schema = declaration.input_schema();
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|n| n == name));
    let properties = schema.get("properties").and_then(Value::as_object);
    let names = properties.into_iter().flatten().map(|(name, _)| name);
    let cells = names.map(|name| {
        if is_required(name) {
            format!("**{name}**")
        } else {
            name.clone()
        }
    });
    cells.collect::<Vec<_>>().join(", ")
}

fn plan(plan: Plan) -> &'static str {
    match plan {
        Plan::Any => "any",
        Plan::Enterprise => "Enterprise",
        Plan::Unspecified => "",
    }
}

fn key(declaration: &Declaration) -> String {
    let kind = match declaration.keys {
        Keys::Any => None,
        Keys::Admin => Some("admin key".to_owned()),
        Keys::Workspace => Some("workspace key".to_owned()),
        Keys::None => Some("no key".to_owned()),
    };
    let joint = if declaration.scopes.all {
        " and "
    } else {
        " or "
    };
    let scopes = declaration.scopes.names.iter();
    let scopes: Vec<String> = scopes.map(|scope| format!("`{scope}`")).collect();
    let scopes = (!scopes.is_empty()).then(|| scopes.join(joint));
    let parts: Vec<String> = kind.into_iter().chain(scopes).collect();
    parts.join("; ")
}

/// Lines of at most 120 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut()
            && (line.is_empty() || line.len() + word.len() < 120)
        {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}
