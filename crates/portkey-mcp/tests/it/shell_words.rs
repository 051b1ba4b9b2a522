//! What is typed at a shell: tools as commands in any spelling, words that are wrong, members of objects, searches.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{SandboxProcess, portkey_mcp, run, text};

/// The id of a key that is nobody's.
const KEY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// The names in a list, which are the same in every sandbox.
fn names(answer: &[u8]) -> Vec<Value> {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    let entries = answer["data"].as_array().unwrap().iter();
    entries.map(|entry| entry["name"].clone()).collect()
}

#[test]
fn a_tool_is_a_command_in_any_spelling() {
    let called = run(&["call", "list_configs", "--sandbox"], &[]);
    assert!(called.status.success(), "{}", text(&called.stderr));
    for words in [
        &["list_configs"][..],
        &["list-configs"],
        &["call", "list-configs"],
        &["listConfigs"],
    ] {
        let output = run(&[words, &["--sandbox"]].concat(), &[]);
        let [one, other] = [&output, &called].map(|one| names(&one.stdout));
        assert_eq!(one, other, "{words:?}");
    }
    let described = run(&["describe", "list-configs"], &[]);
    assert!(text(&described.stdout).starts_with("list_configs - "));
}

#[test]
fn a_wrong_word_is_told_the_nearest_commands_and_tools() {
    for (words, parts) in [
        (
            &["configs"][..],
            &[
                "`configs`",
                "nearest command: config\n",
                "list_configs",
                "portkey-mcp -h",
            ][..],
        ),
        (
            &["call", "list-confgs"],
            &["no tool", "list_configs", "tools WORDS"],
        ),
        (&["--profile", "x", "rotate", "key"], &["rotate_api_key"]),
        (&["describe", "api-key"], &["api_key"]),
        (&["call"], &["name a tool", "portkey-mcp tools WORDS"]),
    ] {
        let output = run(words, &[]);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let shown = text(&output.stderr);
        assert!(shown.lines().count() < 12, "{shown}");
        for part in parts {
            assert!(shown.contains(part), "no {part:?} in {shown}");
        }
    }
}

#[test]
fn tools_are_found_by_words_and_by_domain() {
    let found = text(&run(&["tools", "budget", "of", "a", "key"], &[]).stdout);
    assert!(
        found.lines().take(5).any(|line| line.contains("api_key")),
        "{found}"
    );
    assert!(found.contains(" tools; the "), "{found}");
    let of_domain = run(&["tools", "--domain", "workspaces", "--json"], &[]);
    let tools: Value = serde_json::from_slice(&of_domain.stdout).unwrap();
    let tools = tools.as_array().unwrap();
    assert!(tools.len() > 4 && tools.iter().all(|tool| tool["domain"] == "workspaces"));
    let all = text(&run(&["tools"], &[]).stdout);
    assert!(all.contains("\n* create_workspace "), "{all}");
    assert!(all.contains("\n  rotate_api_key "), "{all}");
    let unknown = run(&["tools", "--domain", "workspacs"], &[]);
    assert!(
        text(&unknown.stderr).contains("'workspaces'"),
        "{}",
        text(&unknown.stderr)
    );
}

/// What a dry run would send.
fn sent(words: &[&str]) -> Value {
    let output = run(&[words, &["--dry-run"]].concat(), &[]);
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let body = shown
        .find('{')
        .unwrap_or_else(|| panic!("no body in {shown}"));
    serde_json::from_str(&shown[body..]).unwrap_or_else(|_| panic!("{shown}"))
}

#[test]
fn members_of_objects_are_flags_and_pairs() {
    let rendered = [
        "render-prompt",
        "--prompt-id",
        "p",
        "--variables",
        "city=Rome",
        "--variables",
        "n=3",
    ];
    assert_eq!(
        sent(&rendered)["variables"],
        json!({ "city": "Rome", "n": "3" })
    );
    let key = [
        "create-api-key",
        "--type",
        "workspace",
        "--sub-type",
        "service",
        "--name",
        "ci",
        "--scopes",
        "logs.view",
    ];
    let budget = [
        "--usage-limits.credit-limit",
        "50",
        "--usage-limits.periodic-reset=monthly",
    ];
    let pairs = [
        "--usage-limits",
        "credit-limit=50",
        "--usage-limits",
        "periodic_reset=monthly",
    ];
    let expected = json!({ "credit_limit": 50, "periodic_reset": "monthly" });
    assert_eq!(
        sent(&[&key[..], &budget].concat())["usage_limits"],
        expected
    );
    assert_eq!(sent(&[&key[..], &pairs].concat())["usage_limits"], expected);
    let config = [
        "create-config",
        "--name",
        "c",
        "--config.retry.attempts",
        "3",
        "--config.retry.on-status-codes",
        "429,503",
    ];
    let config = sent(&config);
    assert_eq!(
        config["config"]["retry"],
        json!({ "attempts": 3, "on_status_codes": [429, 503] })
    );
}

#[test]
fn a_file_holds_the_whole_and_members_win_over_it() {
    let home = TempDir::new().unwrap();
    fs::write(
        home.path().join("variables.json"),
        r#"{"city": "Oslo", "n": 3}"#,
    )
    .unwrap();
    let mut command = portkey_mcp(&home);
    command
        .current_dir(home.path())
        .args(["render-prompt", "--prompt-id", "p", "--dry-run"]);
    let output = command
        .args(["--variables", "@variables.json", "--variables", "city=Rome"])
        .output()
        .unwrap();
    let shown = text(&output.stdout);
    let body: Value = serde_json::from_str(&shown[shown.find('{').unwrap()..]).unwrap();
    assert_eq!(body["variables"], json!({ "city": "Rome", "n": 3 }));
}

#[test]
fn an_unknown_member_of_an_object_of_ours_is_refused_and_of_the_vendors_form_passed_on() {
    let refused = run(
        &[
            "update-api-key",
            "--id",
            KEY,
            "--usage-limits.credit-limt",
            "5",
            "--dry-run",
        ],
        &[],
    );
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        text(&refused.stderr).contains("credit_limit"),
        "{}",
        text(&refused.stderr)
    );
    let passed = run(
        &[
            "create-config",
            "--name",
            "c",
            "--config.strategy.mode",
            "single",
            "--config.new-member",
            "x",
            "--dry-run",
        ],
        &[],
    );
    assert!(passed.status.success(), "{}", text(&passed.stderr));
    assert!(
        text(&passed.stdout).contains("new-member"),
        "{}",
        text(&passed.stdout)
    );
    assert!(
        text(&passed.stderr).contains("new-member"),
        "{}",
        text(&passed.stderr)
    );
}

#[test]
fn raising_a_budget_by_its_path_keeps_the_rest_and_replacing_it_says_so() {
    let sandbox = SandboxProcess::start();
    let call = |words: &[&str]| {
        let output = run(words, &sandbox.settings());
        assert!(
            output.status.success(),
            "{words:?}: {}",
            text(&output.stderr)
        );
        (
            serde_json::from_slice::<Value>(&output.stdout).unwrap(),
            text(&output.stderr),
        )
    };
    let (made, _) = call(&[
        "create-api-key",
        "--type",
        "organisation",
        "--sub-type",
        "service",
        "--name",
        "b",
        "--scopes",
        "logs.view",
        "--usage-limits.credit-limit",
        "20",
        "--usage-limits.periodic-reset",
        "monthly",
    ]);
    let id = made["id"].as_str().unwrap();
    call(&[
        "update-api-key",
        "--id",
        id,
        "--usage-limits.credit-limit",
        "50",
    ]);
    let (key, _) = call(&["get-api-key", "--id", id]);
    assert_eq!(key["usage_limits"]["credit_limit"], 50);
    assert_eq!(key["usage_limits"]["periodic_reset"], "monthly");
    let (_, told) = call(&[
        "update-api-key",
        "--id",
        id,
        "--usage-limits.periodic-reset",
        "weekly",
        "--usage-limits.credit-limit",
        "60",
    ]);
    assert!(
        told.contains("`usage_limits` is replaced as a whole"),
        "{told}"
    );
}

#[test]
fn a_description_shows_members_scopes_and_an_example() {
    let page = text(&run(&["describe", "create-api-key"], &[]).stdout);
    for part in [
        "\n    credit_limit ",
        "Such as weekly, monthly.",
        "scopes   organisation_service_api_keys.create or ",
        "\ncommon arguments\n  dry_run",
        "portkey-mcp call create_api_key --type organisation",
        "\nexample as JSON\n{",
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
}
