//! What the help of commands shows: their own arguments, on one screen, with examples.

use crate::process::{run, text};

/// A screen of help.
const MOST_LINES: usize = 60;

fn shown(arguments: &[&str]) -> String {
    let output = run(arguments, &[]);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

#[test]
fn the_help_of_every_command_is_a_screen_and_hides_the_settings() {
    for command in [
        "",
        "serve",
        "http",
        "install",
        "uninstall",
        "config",
        "config check",
        "config schema",
        "health",
        "token",
        "token new",
        "token list",
        "token revoke",
        "audit",
        "audit verify",
        "tools",
        "describe",
        "call",
        "sandbox",
        "completions",
        "man",
        "list_workspaces",
        "update-api-key",
    ] {
        let words: Vec<&str> = command.split_whitespace().chain(["-h"]).collect();
        let help = shown(&words);
        let lines = help.lines().count();
        assert!(lines < MOST_LINES, "{command}: {lines} lines\n{help}");
        assert!(help.contains("portkey-mcp help options"), "{help}");
        assert!(help.contains("xample"), "{help}");
        assert!(!help.contains("--breaker-failures"), "{help}");
        let long = shown(
            &command
                .split_whitespace()
                .chain(["--help"])
                .collect::<Vec<_>>(),
        );
        assert!(!long.contains("--breaker-failures"), "{long}");
    }
}

#[test]
fn the_settings_have_a_page_with_headings_and_variables() {
    let page = shown(&["help", "options"]);
    for part in [
        "Connection:",
        "What is offered:",
        "Safety:",
        "Answers:",
        "Journal and audit:",
        "Logs and traces:",
        "--breaker-failures",
        "PORTKEY_BREAKER_FAILURES=",
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    // It is there for whoever has set one wrong.
    let output = run(&["help", "options"], &[("PORTKEY_TIMEOUT", "soon")]);
    assert!(output.status.success());
}

#[test]
fn help_takes_commands_and_tools() {
    assert_eq!(
        shown(&["help", "token", "new"]),
        shown(&["token", "new", "--help"])
    );
    assert_eq!(
        shown(&["help", "get-user"]),
        shown(&["call", "get_user", "--help"])
    );
}

#[test]
fn a_tool_shows_its_own_arguments_first() {
    let help = shown(&["update-api-key", "-h"]);
    let at = |part: &str| {
        help.find(part)
            .unwrap_or_else(|| panic!("no {part:?} in {help}"))
    };
    assert!(at("Arguments:") < at("      --id <"), "{help}");
    assert!(at("--credit-limit <") < at("Common arguments:"), "{help}");
    assert!(at("--dry-run") < at("Example:"), "{help}");
    let long = shown(&["update-api-key", "--help"]);
    assert!(long.contains("periodic_reset"), "{long}");
}

#[test]
fn the_settings_still_stand_after_every_command() {
    let output = run(
        &[
            "list-workspaces",
            "--sandbox",
            "--timeout",
            "30",
            "--log",
            "error",
        ],
        &[],
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn exit_codes_have_a_page() {
    let page = shown(&["help", "exit-codes"]);
    assert!(
        page.contains("\n    4  Portkey cannot be reached"),
        "{page}"
    );
    assert!(page.contains("\n  130  "), "{page}");
}
