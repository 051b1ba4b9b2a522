//! Sections of pages written by hand that follow from the declarations: tables of settings, resources, prompts and exit
//! codes, and lists of settings.
//!
//! A section stands between `<!-- docs: KIND NAME… -->` and `<!-- docs: end -->`, each on a line of its own.

use portkey_mcp::reference;

const BEGIN: &str = "<!-- docs: ";
const END: &str = "<!-- docs: end -->";

/// The same page with the content that its sections should have, and without unknown variables; or what is wrong.
pub(super) fn filled(page: &str) -> Result<String, String> {
    known_variables(page)?;
    let mut text = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let Some(section) = line.strip_prefix(BEGIN) else {
            continue;
        };
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
        Some("resources") => Ok(reference::resources()),
        Some("prompts") => Ok(reference::prompts()),
        Some("exit-codes") => Ok(reference::exit_codes()),
        _ => Err(format!("unknown section `{section}`")),
    }
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

/// Fails for a variable with a prefix of ours that is none. `MCP_…` and the like stand for several.
fn known_variables(page: &str) -> Result<(), String> {
    let known = reference::variables();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '…';
    let words = page.split(|c: char| !is_part(c));
    let ours = words.filter(|word| {
        let mut prefixes = ["PORTKEY_", "MCP_", "OTEL_"].iter();
        prefixes.any(|prefix| word.starts_with(prefix)) && !word.contains('…')
    });
    for word in ours {
        if !known.iter().any(|name| name == word) {
            return Err(format!("there is no variable {word}"));
        }
    }
    Ok(())
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
        ];
        for (page, fault) in faults {
            let error = filled(page).unwrap_err();
            assert!(error.contains(fault), "{error}");
        }
        assert!(filled("`MCP_PORT`, and any other `MCP_…`\n").is_ok());
    }
}
