//! What a change does to a file, for people to read: secrets that stand near it are not shown.

use similar::TextDiff;

/// How many lines around a change are shown.
const CONTEXT: usize = 2;

/// Words in the names of members that hold secrets.
const SECRET: [&str; 6] = [
    "key",
    "token",
    "secret",
    "passw",
    "authorization",
    "credential",
];

/// How values begin that refer to a secret, hold more members, or are no text.
const HARMLESS: [&str; 8] = [
    "$", "{", "[", "Bearer $", "Bearer {", "true", "false", "null",
];

/// What names contain whose value is the name of a variable.
const VARIABLE: &str = "env_var";

/// The difference between two texts in the unified form, without its head.
pub(super) fn diff(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut diff = diff.unified_diff();
    let text = diff
        .context_radius(CONTEXT)
        .missing_newline_hint(false)
        .to_string();
    text.lines()
        .flat_map(|line| [masked(line), "\n".to_owned()])
        .collect()
}

/// A line without the values of members whose names say that they hold secrets.
fn masked(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, value)) = next_value(rest) {
        shown.push_str(before);
        let end = end_of_value(value);
        let (value, after) = value.split_at(end);
        let name = name_in(before);
        let is_secret = SECRET.iter().any(|word| name.contains(word)) && !name.contains(VARIABLE);
        let text = value.trim_start_matches(['"', '\'']);
        let is_harmless = HARMLESS.iter().any(|start| text.starts_with(start));
        if is_secret && !is_harmless && !text.is_empty() {
            shown.push('…');
        } else {
            shown.push_str(value);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The text up to the next value and what begins with that, if there is another.
fn next_value(text: &str) -> Option<(&str, &str)> {
    let separator = text.find([':', '='])?;
    let after = text.get(separator + 1..)?;
    let spaces = after.len() - after.trim_start().len();
    Some(text.split_at(separator + 1 + spaces))
}

/// The last name in a text, in lower case.
fn name_in(before: &str) -> String {
    let name = before.trim_end().trim_end_matches([':', '=']);
    let name = name.trim_end_matches(['"', '\'', ' ']);
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let name = name.rsplit(|c| !is_part(c)).next();
    name.unwrap_or_default().to_lowercase()
}

/// Where a value ends: at its second quotation mark, or with the line.
fn end_of_value(value: &str) -> usize {
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let is_nested = value.starts_with(['{', '[']);
        return if is_nested { 1 } else { value.len() };
    };
    let mut is_escaped = false;
    for (index, c) in value.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return index + 1,
            _ => {}
        }
    }
    value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_near_a_change_are_not_shown() {
        for (line, shown) in [
            (
                r#"   "GITHUB_TOKEN": "ghp_abc","#,
                r#"   "GITHUB_TOKEN": …,"#,
            ),
            (
                r#" {"env":{"A_KEY":"x\"y","B":"z"},"url":"u"}"#,
                r#" {"env":{"A_KEY":…,"B":"z"},"url":"u"}"#,
            ),
            ("-env = { API_KEY = \"pk\" }", "-env = { API_KEY = … }"),
            ("   API_KEY: pk-1", "   API_KEY: …"),
            (
                r#"+ "PORTKEY_API_KEY": "${PORTKEY_API_KEY}""#,
                r#"+ "PORTKEY_API_KEY": "${PORTKEY_API_KEY}""#,
            ),
            (
                r#"+ "Authorization": "Bearer ${T}""#,
                r#"+ "Authorization": "Bearer ${T}""#,
            ),
            (
                r#"- "Authorization": "Bearer abc""#,
                r#"- "Authorization": …"#,
            ),
            ("+    env_keys:", "+    env_keys:"),
            (r#" "password": true"#, r#" "password": true"#),
            (
                "bearer_token_env_var = \"T\"",
                "bearer_token_env_var = \"T\"",
            ),
            (
                "+env_vars = [\"PORTKEY_API_KEY\"]",
                "+env_vars = [\"PORTKEY_API_KEY\"]",
            ),
            (
                r#" "url": "https://host:1/mcp""#,
                r#" "url": "https://host:1/mcp""#,
            ),
        ] {
            assert_eq!(masked(line), shown);
        }
    }

    #[test]
    fn a_diff_shows_what_changes_and_little_else() {
        let before = "1\n2\n3\n4\n5\n6\n7\n";
        let after = "1\n2\n3\n4\n5\nsix\n7\n";
        assert_eq!(
            diff(before, after),
            "@@ -4,4 +4,4 @@\n 4\n 5\n-6\n+six\n 7\n"
        );
    }
}
