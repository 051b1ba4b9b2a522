//! Sections of pages written by hand that follow from the declarations: tables of settings, editions, resources,
//! prompts, metrics, exit codes, tools of another server and ways to install, and lists of settings and links.
//!
//! A section stands between `<!-- docs: KIND NAME… -->` and `<!-- docs: end -->`, each on a line of its own. A line
//! `<!-- docs: foreign NAME… -->` names variables that a page mentions and that are none of ours.

use portkey_mcp::reference;

use super::{peer, wrapped};
use crate::dist::{links, ways};

const BEGIN: &str = "<!-- docs: ";
const FOREIGN: &str = "<!-- docs: foreign ";
const END: &str = "<!-- docs: end -->";

/// The same page with the content that its sections should have, and without unknown variables and metrics; or what is
/// wrong.
pub(super) fn filled(page: &str) -> Result<String, String> {
    known_variables(page)?;
    known_metrics(page)?;
    let mut text = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let Some(section) = line.strip_prefix(BEGIN) else {
            continue;
        };
        if line.starts_with(FOREIGN) {
            continue;
        }
        let section = section.trim_end_matches("-->").trim();
        let content = content(section)?;
        if !lines.any(|line| line == END) {
            return Err(format!("the section `{section}` has no end: {END}"));
        }
        text.extend(["\n", content.trim_end(), "\n\n", END, "\n"]);
    }
    Ok(text)
}

fn content(section: &str) -> Result<String, String> {
    let mut words = section.split_whitespace();
    match words.next() {
        Some("settings") => {
            let names: Vec<&str> = words.collect();
            reference::settings_named(&names)
                .map_err(|name| format!("there is no setting `{name}`"))
        }
        Some("live") => {
            let names = reference::live_settings()
                .iter()
                .map(|name| format!("`{name}`"));
            Ok(wrapped(&names.collect::<Vec<_>>().join(", ")))
        }
        Some("prisma-airs") => Ok(reference::prisma_airs()),
        Some("resources") => Ok(reference::resources()),
        Some("prompts") => Ok(reference::prompts()),
        Some("metrics") => Ok(reference::metrics()),
        Some("links") => Ok(links::list()),
        Some("programs") => Ok(ways::programs()),
        Some("plugins") => Ok(ways::plugins()),
        Some("exit-codes") => Ok(reference::exit_codes()),
        Some("peer-tools") => peer::table(),
        _ => Err(format!("unknown section `{section}`")),
    }
}

/// Fails for a variable with a prefix of ours that is none. `MCP_…` and the like stand for several.
fn known_variables(page: &str) -> Result<(), String> {
    let known = reference::variables();
    let (foreign, rest): (Vec<&str>, Vec<&str>) =
        page.lines().partition(|line| line.starts_with(FOREIGN));
    let foreign: Vec<&str> = foreign.into_iter().flat_map(words).collect();
    let used: Vec<&str> = rest.into_iter().flat_map(words).collect();
    let is_ours = |word: &str| known.iter().any(|name| name == word);
    for word in &foreign {
        if is_variable(word) && (is_ours(word) || !used.contains(word)) {
            return Err(format!("{word} is a variable of ours, or not on this page"));
        }
    }
    for word in used.into_iter().filter(|word| is_variable(word)) {
        if !is_ours(word) && !foreign.contains(&word) {
            return Err(format!("there is no variable {word}"));
        }
    }
    Ok(())
}

fn is_variable(word: &str) -> bool {
    let mut prefixes = ["PORTKEY_", "MCP_", "OTEL_"].iter();
    prefixes.any(|prefix| word.starts_with(prefix)) && !word.contains('…')
}

/// Fails for a metric with a prefix of ours that is none.
fn known_metrics(page: &str) -> Result<(), String> {
    let mut unknown = words(page).filter(|word| {
        let mut prefixes = ["portkey_mcp_", "portkey_upstream_"].iter();
        prefixes.any(|prefix| word.starts_with(prefix)) && !reference::is_metric(word)
    });
    match unknown.next() {
        Some(word) => Err(format!("there is no metric {word}")),
        None => Ok(()),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '…';
    text.split(move |c: char| !is_part(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_holds_the_settings_that_it_names() {
        let page = "# A\n<!-- docs: settings timeout port -->\nold\n<!-- docs: end -->\nafter\n";
        let text = filled(page).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[5].starts_with("| `--timeout SECONDS` |"), "{text}");
        assert!(lines[6].starts_with("| `--port PORT` |"), "{text}");
        assert!(!text.contains("old"));
        assert!(text.ends_with("<!-- docs: end -->\nafter\n"));
        assert_eq!(filled(&text).unwrap(), text);
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        let faults = [
            (
                "<!-- docs: settings tiemout -->\n<!-- docs: end -->\n",
                "no setting `tiemout`",
            ),
            ("<!-- docs: settings timeout -->\n", "has no end"),
            (
                "<!-- docs: tables -->\n<!-- docs: end -->\n",
                "unknown section",
            ),
            ("`MCP_PROT` is wrong\n", "no variable MCP_PROT"),
            (
                "<!-- docs: foreign MCP_PORT -->\n`MCP_PORT`\n",
                "MCP_PORT is a variable of ours",
            ),
            (
                "<!-- docs: foreign MCP_HOST -->\n",
                "MCP_HOST is a variable of ours, or not",
            ),
            ("`portkey_mcp_cals_total`\n", "no metric"),
        ];
        for (page, fault) in faults {
            let error = filled(page).unwrap_err();
            assert!(error.contains(fault), "{error}");
        }
        assert!(filled("`MCP_PORT`, and any other `MCP_…`\n").is_ok());
        assert!(filled("<!-- docs: foreign MCP_HOST -->\n`MCP_HOST`\n").is_ok());
        assert!(filled("sum(portkey_mcp_call_duration_seconds_bucket)\n").is_ok());
    }
}
