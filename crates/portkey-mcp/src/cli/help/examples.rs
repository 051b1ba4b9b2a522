//! Examples of each command, as its help and its page show them.

use std::fmt::Write as _;

/// What is typed, and what for.
type Example = (&'static str, &'static str);

/// The examples of a command, which is empty for the program itself. They are tried by tests.
pub(crate) const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "",
        &[
            ("list-workspaces --sandbox", "try a tool on made-up data"),
            ("tools rotate key", "find a tool"),
            (
                "update-workspace --workspace-id ws-1 --name New --dry-run",
                "see a change before it is made",
            ),
            (
                "install claude-code --sandbox",
                "add the server to an assistant",
            ),
        ],
    ),
    (
        "serve",
        &[
            ("serve --read-only", "tools that change nothing"),
            (
                "serve --toolsets essentials,-delete_config",
                "a small set of tools",
            ),
        ],
    ),
    (
        "http",
        &[
            ("http --port 8080", "on this machine"),
            (
                "http --bind 0.0.0.0 --public-url https://mcp.example.com --tokens tokens.toml",
                "for others, by tokens",
            ),
        ],
    ),
    (
        "install",
        &[
            ("install", "the clients on this machine"),
            (
                "install cursor --project --read-only",
                "into the project's file",
            ),
            (
                "install vscode --http https://mcp.example.com/mcp --token-env TOKEN",
                "a server that runs elsewhere",
            ),
        ],
    ),
    (
        "uninstall",
        &[
            ("uninstall cursor", "out of your settings"),
            ("uninstall cursor --project --dry-run", "what would change"),
        ],
    ),
    (
        "config",
        &[
            (
                "config check portkey-mcp.toml",
                "is it valid, and what is in force",
            ),
            ("config schema > schema.json", "for an editor"),
        ],
    ),
    (
        "config check",
        &[
            (
                "config check portkey-mcp.toml",
                "is it valid, and what is in force",
            ),
            (
                "config check new.toml --replaces portkey-mcp.toml",
                "would a running server take it over",
            ),
        ],
    ),
    (
        "config schema",
        &[("config schema > schema.json", "for an editor")],
    ),
    (
        "health",
        &[
            ("health", "the server that the settings name"),
            ("health --url http://localhost:8080", "another one"),
        ],
    ),
    (
        "token",
        &[
            ("token new ada --file tokens.toml", "a token for somebody"),
            ("token list --file tokens.toml", "who has one"),
        ],
    ),
    (
        "token new",
        &[
            ("token new ada --file tokens.toml", "a token for somebody"),
            (
                "token new ci --file tokens.toml --expires 90d --groups robots",
                "for a while, with groups",
            ),
        ],
    ),
    (
        "token list",
        &[(
            "token list --file tokens.toml",
            "who has a token, and until when",
        )],
    ),
    (
        "token revoke",
        &[("token revoke ada --file tokens.toml", "take it back")],
    ),
    ("audit", &[("audit verify", "was the log changed")]),
    (
        "audit verify",
        &[
            ("audit verify", "the log of the settings"),
            (
                "audit verify audit.jsonl --head 9f2c",
                "with a hash that was noted before",
            ),
        ],
    ),
    (
        "audit show",
        &[
            ("audit show", "the last calls"),
            (
                "audit show --last 100 -o json",
                "more of them, for programs",
            ),
        ],
    ),
    (
        "changes",
        &[
            ("changes --since 7d", "what you changed this week"),
            ("changes --target pc-1", "what was done to one object"),
        ],
    ),
    (
        "undo",
        &[
            ("undo", "the last changes, with their ids"),
            ("undo CHANGE --dry-run", "what undoing one would do"),
        ],
    ),
    (
        "profiles",
        &[(
            "--config portkey-mcp.toml profiles",
            "the profiles of a file",
        )],
    ),
    (
        "doctor",
        &[
            ("doctor", "what does not work, and what to do"),
            (
                "doctor --json --no-start",
                "for programs, without the servers of clients",
            ),
        ],
    ),
    (
        "login",
        &[
            ("login", "keep a key in the keyring"),
            ("login --profile staging", "another one beside it"),
        ],
    ),
    ("logout", &[("logout --profile staging", "remove it again")]),
    (
        "tools",
        &[
            ("tools", "all of them"),
            ("tools budget of a key", "those for a wish"),
            (
                "tools --domain workspaces --json",
                "one domain, for programs",
            ),
        ],
    ),
    (
        "describe",
        &[
            (
                "describe create-api-key",
                "arguments, members and an example",
            ),
            (
                "describe create_api_key --json",
                "the same with its schema, for programs",
            ),
        ],
    ),
    (
        "call",
        &[
            ("list-api-keys --sandbox", "`call` may be left out"),
            (
                "call create_config --name router --config @router.json",
                "JSON from a file; @- reads standard input",
            ),
            (
                "call update_api_key --id KEY --usage-limits.credit-limit 50",
                "a member of an object",
            ),
            ("call list_api_keys -h", "what a tool takes"),
        ],
    ),
    (
        "sandbox",
        &[
            ("sandbox", "on port 8787; it prints the variables to set"),
            (
                "sandbox --port 0 --seed empty --data sandbox.db",
                "a free port, and data that stays",
            ),
            (
                "sandbox --fault 'status=503, path=/v1/prompts/*, first=2'",
                "with faults",
            ),
        ],
    ),
    (
        "completions",
        &[
            (
                "completions bash > ~/.local/share/bash-completion/completions/portkey-mcp",
                "for bash",
            ),
            (
                "completions zsh > ~/.zfunc/_portkey-mcp",
                "for zsh, in a folder of $fpath",
            ),
            (
                "completions fish > ~/.config/fish/completions/portkey-mcp.fish",
                "for fish",
            ),
        ],
    ),
    (
        "man",
        &[
            ("man | man -l -", "read the manual"),
            (
                "man ~/.local/share/man/man1",
                "write a page for each command and tool",
            ),
        ],
    ),
];

/// The examples of a command, a line each.
pub(crate) fn examples(path: &str) -> String {
    let of_command = EXAMPLES.iter().find(|(command, _)| *command == path);
    let examples = of_command.map_or(&[][..], |(_, examples)| examples);
    let width = examples.iter().map(|(line, _)| line.len()).max();
    // Side by side where both fit into a line.
    let is_short = |width: usize| examples.iter().all(|(_, what)| width + what.len() < 78);
    let width = width.filter(|width| is_short(*width));
    let mut text = String::new();
    for (line, what) in examples {
        let indent = if text.is_empty() { "" } else { "  " };
        _ = match width {
            Some(width) => writeln!(text, "{indent}portkey-mcp {line:<width$}  # {what}"),
            None => writeln!(text, "{indent}# {what}\n  portkey-mcp {line}"),
        };
    }
    text
}
