//! The official conformance suite, where `TEST_NODE_MODULES` names the folder that has it.
//!
//! The suite asks many things of tools, prompts and resources that only its fixtures have. Without them, whatever
//! applies to this server must pass; with the feature `conformance-fixtures`, everything that a revision requires.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    official_clients::{node, node_modules},
    process::text,
    served::Served,
};

/// What the suite found out about one scenario.
struct Verdict {
    scenario: String,
    passed: usize,
    /// The checks that failed, with the suite's words.
    failures: Vec<String>,
}

/// Tasks are an extension of the protocol, which no revision requires and this server does not offer. Everything else
/// is expected to pass.
const NOT_OFFERED: &str = "tasks-";

/// Scenarios that call fixtures, by how their names begin.
#[cfg(not(feature = "conformance-fixtures"))]
const NEED_FIXTURES: [&str; 11] = [
    "tools-call-",
    "elicitation-",
    "json-schema-2020-12",
    "logging-set-level",
    "resources-read-",
    "resources-templates-read",
    "resources-subscribe",
    "resources-unsubscribe",
    "prompts-get-",
    "completion-complete",
    "http-custom-header-server-validation",
];

/// How the suite says that a check of a scenario needs a fixture.
#[cfg(not(feature = "conformance-fixtures"))]
const NOT_TESTABLE: &str = "Not testable: server does not list the diagnostic tool";

#[cfg(not(feature = "conformance-fixtures"))]
#[test]
fn nothing_that_applies_to_this_server_fails() {
    let Some(modules) = node_modules() else {
        return;
    };
    let server = Served::on_sandbox(&[]);
    let revisions = [
        ("2025-03-26", 1),
        ("2025-06-18", 6),
        ("2025-11-25", 9),
        ("2026-07-28", 13),
    ];
    for (revision, least) in revisions {
        let mut verdicts = judge(
            &modules,
            &server,
            &["--suite", "all", "--spec-version", revision],
        );
        verdicts.retain(|verdict| applies(&verdict.scenario));
        for verdict in &mut verdicts {
            verdict
                .failures
                .retain(|failure| !failure.contains(NOT_TESTABLE));
        }
        conclude(revision, &verdicts, least);
    }
}

/// Those that ask for input pass without their fixtures where an error is what they want.
#[cfg(not(feature = "conformance-fixtures"))]
fn applies(scenario: &str) -> bool {
    let asks = scenario.starts_with("input-required-result-");
    let refused = [
        "missing-input-response",
        "unsupported-methods",
        "ignore-extra-params",
        "validate-input",
    ];
    let needs = NEED_FIXTURES
        .iter()
        .any(|start| scenario.starts_with(start));
    !needs && (!asks || refused.iter().any(|end| scenario.ends_with(end)))
}

#[cfg(feature = "conformance-fixtures")]
#[test]
fn everything_that_is_required_passes_with_the_fixtures() {
    let Some(modules) = node_modules() else {
        return;
    };
    let server = Served::on_sandbox(&[]);
    let selections = [
        (
            ["--suite", "all", "--spec-version", "2025-03-26"].as_slice(),
            1,
        ),
        (&["--suite", "all", "--spec-version", "2025-06-18"], 27),
        (&["--suite", "all", "--spec-version", "2025-11-25"], 33),
        (&["--requirements", "2025-11-25"], 30),
        (&["--suite", "all", "--spec-version", "2026-07-28"], 40),
        (&["--requirements", "2026-07-28"], 37),
    ];
    for (selection, least) in selections {
        let verdicts = judge(&modules, &server, selection);
        conclude(&selection[selection.len() - 1..].concat(), &verdicts, least);
    }
}

fn conclude(revision: &str, verdicts: &[Verdict], least: usize) {
    let failures: Vec<_> = verdicts
        .iter()
        .flat_map(|verdict| &verdict.failures)
        .collect();
    let checks: usize = verdicts.iter().map(|verdict| verdict.passed).sum();
    eprintln!(
        "{revision}: {} scenarios, {checks} checks passed",
        verdicts.len()
    );
    assert!(failures.is_empty(), "{revision}: {failures:#?}");
    let names: Vec<_> = verdicts.iter().map(|verdict| &verdict.scenario).collect();
    assert!(
        names.len() >= least,
        "{revision} has fewer scenarios: {names:?}"
    );
}

fn judge(modules: &Path, server: &Served, selection: &[&str]) -> Vec<Verdict> {
    let folder = TempDir::new().unwrap();
    let suite = modules.join("@modelcontextprotocol/conformance/dist/index.js");
    let output = Command::new(node(modules))
        .arg(suite)
        .args(["server", "--url", &server.url("/mcp")])
        .args(selection)
        .arg("--output-dir")
        .arg(folder.path())
        .output()
        .unwrap();
    let mut verdicts: Vec<_> = fs::read_dir(folder.path())
        .unwrap_or_else(|_| panic!("no results: {}", text(&output.stderr)))
        .map(|entry| read(&entry.unwrap().path()))
        .collect();
    assert!(!verdicts.is_empty(), "{}", text(&output.stderr));
    verdicts.retain(|verdict| !verdict.scenario.starts_with(NOT_OFFERED));
    verdicts
}

/// The folder is named after the scenario and the time.
fn read(folder: &Path) -> Verdict {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let name = name.strip_prefix("server-").unwrap();
    let scenario = name.rsplitn(7, '-').last().unwrap().to_owned();
    let checks = fs::read_to_string(folder.join("checks.json")).unwrap();
    let checks: Vec<Value> = serde_json::from_str(&checks).unwrap();
    let having = |status: &str| {
        let status = status.to_owned();
        checks.iter().filter(move |check| check["status"] == status)
    };
    let failures = having("FAILURE")
        .map(|check| format!("{scenario}: {}: {}", check["id"], check["errorMessage"]))
        .collect();
    Verdict {
        passed: having("SUCCESS").count(),
        failures,
        scenario,
    }
}
