//! Whatever a file says, installing leaves all else in it, and uninstalling gives it back.

use proptest::{prelude::*, sample::select};
use serde_json::json;

use super::*;

fn slot(format: Format) -> Slot<'static> {
    let servers = if format == Format::Yaml {
        "extensions"
    } else {
        "servers"
    };
    Slot {
        format,
        servers,
        name: "portkey",
    }
}

fn addition(format: Format) -> Addition {
    let inputs = match format {
        Format::Json | Format::Jsonc => {
            vec![json!({ "type": "promptString", "id": "portkey-api-key" })]
        }
        Format::Toml | Format::Yaml => Vec::new(),
    };
    Addition {
        entry: json!({
            "command": "C:\\Tools\\portkey-mcp.exe",
            "args": ["--sandbox", "--toolsets=cost,-get_log"],
            "env": { "PORTKEY_API_KEY": "${input:portkey-api-key}" },
            "timeout": 300,
        }),
        inputs,
    }
}

/// What stands between the tokens of a file.
fn space(comments: bool) -> BoxedStrategy<String> {
    let plain = select(vec!["", " ", "\n", "\n  ", "\r\n\t", "   "]).prop_map(str::to_owned);
    if comments {
        let comment = select(vec![
            " // why\n",
            "/* here */",
            "\n  // {\n",
            "\n// \"servers\"\n",
        ]);
        prop_oneof![3 => plain, 1 => comment.prop_map(str::to_owned)].boxed()
    } else {
        plain.boxed()
    }
}

/// Members of JSON, each with its value and what stands around it.
fn json_members(
    names: &'static [&'static str],
    values: BoxedStrategy<String>,
    comments: bool,
) -> BoxedStrategy<String> {
    let members = proptest::sample::subsequence(names, 0..=names.len());
    (members, space(comments))
        .prop_flat_map(move |(names, gap)| {
            let count = names.len();
            let parts = (
                Just(names),
                proptest::collection::vec(
                    (space(comments), values.clone(), space(comments)),
                    count,
                ),
                Just(gap),
                any::<bool>(),
            );
            parts.prop_map(move |(names, parts, gap, comma)| {
                let members: Vec<String> = names
                    .iter()
                    .zip(parts)
                    .map(|(name, (before, value, after))| {
                        format!("{before}\"{name}\":{after}{value}{gap}")
                    })
                    .collect();
                let end = if comma && comments && !members.is_empty() {
                    ","
                } else {
                    ""
                };
                format!("{{{gap}{}{end}{gap}}}", members.join(","))
            })
        })
        .boxed()
}

fn json_text(comments: bool) -> impl Strategy<Value = String> {
    let scalar = select(vec![
        "1",
        "true",
        "null",
        "\"a: {b}\"",
        "[]",
        "[1, {\"x\": 2}]",
        "{}",
    ]);
    let scalar = scalar.prop_map(str::to_owned).boxed();
    let entries = json_members(&["other", "more", "third"], scalar.clone(), comments);
    let servers = entries.prop_filter("servers without entries are taken out", |text| {
        Format::Jsonc
            .read(text)
            .is_ok_and(|servers| servers != empty())
    });
    let rest = json_members(&["a", "b", "c"], scalar, comments);
    (
        rest,
        servers,
        any::<bool>(),
        space(comments),
        space(comments),
    )
        .prop_map(|(rest, servers, has_servers, head, tail)| {
            let open = rest.find('{').map_or(0, |index| index + 1);
            let (before, after) = rest.split_at(open);
            let comma = if after.contains('"') { "," } else { "" };
            let body = if has_servers {
                format!("{before}\"servers\":{servers}{comma}{after}")
            } else {
                rest
            };
            format!("{head}{body}{tail}")
        })
}

fn toml_text() -> impl Strategy<Value = String> {
    let parts = vec![
        "# top\n",
        "model = \"x\" # which\n",
        "\n",
        "[features]\nweb = true\n",
        "[servers.other]\ncommand = \"y\"\nargs = [ \"a\",\n  \"b\" ]\n",
        "# about more\n[servers.more.env]\nA = 'b'\n",
        "[[profiles]]\nat = 2026-11-30\n",
        "# end",
    ];
    proptest::sample::subsequence(parts.clone(), 0..=parts.len()).prop_map(|parts| parts.concat())
}

fn yaml_text() -> impl Strategy<Value = String> {
    let parts = vec![
        "# top\n",
        "GOOSE_MODEL: x # which\n",
        "note: |\n  extensions:\n    portkey:\n",
        "extensions:\n  developer:\n    enabled: true\n\n  # more\n  memory:\n    args: [a, b]\n",
        "\n",
        "list:\n- a\n- b\n",
        "last: 'x'",
    ];
    proptest::sample::subsequence(parts.clone(), 0..=parts.len()).prop_map(|parts| parts.concat())
}

/// Installs, and takes back in both ways.
fn there_and_back(format: Format, text: &str) -> Result<(), TestCaseError> {
    let (slot, addition) = (slot(format), addition(format));
    let before = format.read(text).unwrap();
    let installed = slot.with(text, &addition).unwrap();
    let settings = format.read(&installed).unwrap();
    prop_assert_eq!(slot.entry(&settings), Some(&addition.entry));
    let undone = slot.undone(&installed, text);
    prop_assert_eq!(undone.as_deref(), Some(text));
    let taken = slot.without(&installed).unwrap();
    prop_assert!(is_same(&format.read(&taken).unwrap(), &before), "{}", taken);
    Ok(())
}

proptest! {
    #[test]
    fn json_comes_back_as_it_was(text in json_text(false)) {
        there_and_back(Format::Json, &text)?;
    }

    #[test]
    fn json_with_comments_comes_back_as_it_was(text in json_text(true)) {
        there_and_back(Format::Jsonc, &text)?;
    }

    #[test]
    fn toml_comes_back_as_it_was(text in toml_text()) {
        there_and_back(Format::Toml, &text)?;
    }

    #[test]
    fn yaml_comes_back_as_it_was(text in yaml_text()) {
        there_and_back(Format::Yaml, &text)?;
    }

    #[test]
    fn no_text_makes_an_edit_panic(text in "[a-z:{}\\[\\]\"'#/*,.=\\n -]{0,40}") {
        for format in [Format::Json, Format::Jsonc, Format::Toml, Format::Yaml] {
            let slot = slot(format);
            if let Ok(installed) = slot.with(&text, &addition(format)) {
                _ = slot.without(&installed);
            }
        }
    }
}

#[test]
fn usual_files_come_back_without_a_backup() {
    for (format, text) in [
        (Format::Json, "{\n  \"a\": 1\n}\n"),
        (
            Format::Json,
            "{\n    \"servers\": {\n        \"x\": {}\n    }\n}",
        ),
        (
            Format::Jsonc,
            "// top\n{\n\t\"a\": 1, // why\n\t// end\n}\n",
        ),
        (
            Format::Jsonc,
            "{\n  \"servers\": {\n    \"x\": {}, // why\n  },\n}\n",
        ),
        (Format::Toml, "a = 1\n\n[servers.x]\ncommand = \"y\"\n"),
        (Format::Toml, "# top\na = 1\n"),
        (Format::Yaml, "a: 1\n"),
        (Format::Yaml, "extensions:\n  x:\n    enabled: true\nb: 2\n"),
    ] {
        let slot = slot(format);
        let installed = slot.with(text, &addition(format)).unwrap();
        assert_ne!(installed, text);
        assert_eq!(slot.without(&installed).unwrap(), text);
    }
}

#[test]
fn what_is_not_understood_is_left_alone() {
    for (format, text, failure) in [
        (
            Format::Json,
            "{ \"servers\": [] }",
            EditFailure::NoEntries("servers"),
        ),
        (Format::Json, "[]", EditFailure::Unusual),
        (
            Format::Toml,
            "servers = 1",
            EditFailure::NoEntries("servers"),
        ),
        (
            Format::Yaml,
            "extensions: { developer: { enabled: true } }\n",
            EditFailure::Unusual,
        ),
        (
            Format::Yaml,
            "extensions:\n  - developer\n",
            EditFailure::NoEntries("extensions"),
        ),
    ] {
        let refused = slot(format).with(text, &addition(format));
        assert_eq!(refused, Err(failure), "{text}");
    }
}

#[test]
fn broken_text_is_told_by_its_line_and_column() {
    for (format, text, place) in [
        (Format::Json, "{\n  \"a\": 1,,\n}", (2, 10)),
        (Format::Json, "{\n  \"a\": 1 // why\n}", (2, 10)),
        (Format::Toml, "a = 1\nb = = 2\n", (2, 5)),
        (Format::Yaml, "a: 1\nb: [1\n", (2, 4)),
    ] {
        let malformed = format.read(text).unwrap_err();
        assert_eq!((malformed.line, malformed.column), place, "{malformed}");
    }
}

#[test]
fn an_input_stays_while_another_server_needs_it() {
    let slot = slot(Format::Jsonc);
    let addition = addition(Format::Jsonc);
    let text = slot.with("{}", &addition).unwrap();
    let second = Slot {
        name: "second",
        ..slot
    };
    let both = second.with(&text, &addition).unwrap();
    let one = slot.without(&both).unwrap();
    assert!(one.contains("promptString"), "{one}");
    let none = second.without(&one).unwrap();
    assert!(!none.contains("promptString"), "{none}");
}
