//! What is likely to be a slip in one level of a config, beyond the types of its fields.

use std::sync::{LazyLock, OnceLock};

use portkey_api_core::{
    JsonObject, Marks, Node, Open, Path, Problem, Problems, check_at, schema_of,
};
use serde_json::Value;

use super::{Rules, conditions::check_strategy, fields::Level};

/// A level does something when it has all fields of one of these sets.
const SUFFICIENT: &[&[&str]] = &[
    &["strategy", "targets"],
    &["virtual_key"],
    &["prompt_id"],
    &["cache"],
    &["retry"],
    &["request_timeout"],
    &["forward_headers"],
    &["passthrough"],
    &["default_params"],
    &["drop_params"],
    &["input_guardrails"],
    &["output_guardrails"],
    &["before_request_hooks"],
    &["after_request_hooks"],
    &["provider", "api_key"],
    &["provider", "custom_host"],
    &["provider", "aws_access_key_id", "aws_secret_access_key"],
    &["provider", "vertex_region", "vertex_service_account_json"],
    &["provider", "vertex_region", "vertex_project_id"],
    &[
        "provider",
        "azure_deployment_name",
        "azure_deployment_type",
        "azure_region",
        "azure_api_version",
    ],
    &["provider", "azure_endpoint_name", "azure_deployment_type"],
];

/// What `passthrough` leaves nothing to do.
const NOT_PASSED_THROUGH: [&str; 5] = [
    "targets",
    "strategy",
    "override_params",
    "input_guardrails",
    "output_guardrails",
];

static LEVEL: LazyLock<Value> = LazyLock::new(schema_of::<Open<Level>>);

static COMPILED: OnceLock<Node> = OnceLock::new();

/// The schema of one level.
pub(super) fn level() -> &'static Value {
    &LEVEL
}

/// Adds a note for everything odd about a config or target and, by the marks in [`Level`], with its targets.
pub(crate) fn check(
    marks: &'static Marks,
    rules: Rules,
    value: &mut Value,
    path: &Path<'_>,
    problems: &mut Problems,
) {
    if let Value::Object(level) = &*value {
        // First, or it would be lost among what is wrong with each of too many targets.
        check_targets(rules, level, path, problems);
    }
    let node = COMPILED.get_or_init(|| Node::compile(marks, &LEVEL));
    check_at(node, value, path, problems);
    let Value::Object(level) = &*value else {
        return;
    };
    if level.is_empty() && rules == Rules::Config {
        problems.add(|| Problem::rule(path, NOTHING));
        return;
    }
    check_content(level, path, problems);
    check_passthrough(level, path, problems);
    check_strategy(level, path, problems);
    for breaker in ["cb_config", "strategy.cb_config"] {
        check_breaker(breaker, level, path, problems);
    }
}

fn check_content(level: &JsonObject, path: &Path<'_>, problems: &mut Problems) {
    let is_sufficient = SUFFICIENT
        .iter()
        .any(|set| set.iter().all(|name| level.contains_key(*name)))
        || names_provider(level);
    if is_sufficient {
        return;
    }
    let rule = match (level.get("provider"), level.contains_key("targets")) {
        (Some(_), _) => {
            "a provider without credentials works only where requests bring them: name one of yours as `@slug`, or add \
             `api_key` or `custom_host`"
        }
        (None, true) => {
            "`targets` without a `strategy`: add one, such as {\"mode\": \"fallback\"}, unless one target is all there is"
        }
        (None, false) => NOTHING,
    };
    problems.note(|| Problem::rule(path, rule));
}

/// What is said of a level with no setting that is known to work alone.
const NOTHING: &str = "does nothing yet: give `strategy` with `targets`, a `provider` such as `@slug`, `virtual_key`, \
    `cache`, `retry`, `request_timeout`, `prompt_id`, guardrails or another setting";

/// A provider of the workspace, as `@slug` or in front of the model, brings its own credentials.
fn names_provider(level: &JsonObject) -> bool {
    let model = level.get("override_params").and_then(|p| p.get("model"));
    [level.get("provider"), model]
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .any(|name| name.starts_with('@'))
}

fn check_passthrough(level: &JsonObject, path: &Path<'_>, problems: &mut Problems) {
    if level.get("passthrough") != Some(&Value::Bool(true)) {
        return;
    }
    for name in NOT_PASSED_THROUGH {
        if level.contains_key(name) {
            let rule =
                "may have no effect beside `passthrough`, which sends requests on as they are";
            problems.note(|| Problem::rule(path.member(name), rule));
        }
    }
}

fn check_targets(rules: Rules, level: &JsonObject, path: &Path<'_>, problems: &mut Problems) {
    let mode = level.get("strategy").and_then(|s| s.get("mode"));
    let most = match (rules, mode.and_then(Value::as_str)) {
        (Rules::Target, _) => 50,
        (Rules::Config, Some("conditional")) => 1000,
        (Rules::Config, _) => 100,
    };
    let targets = level.get("targets").and_then(Value::as_array);
    if targets.is_some_and(|targets| targets.len() > most) {
        problems.note(|| {
            let at = path.member("targets");
            Problem::rule(at, format!("Portkey documents at most {most} targets here"))
        });
    }
}

fn check_breaker(name: &str, level: &JsonObject, path: &Path<'_>, problems: &mut Problems) {
    let breaker = match name.split_once('.') {
        Some((outer, inner)) => level.get(outer).and_then(|outer| outer.get(inner)),
        None => level.get(name),
    };
    let has = |field: &str| breaker.and_then(|b| b.get(field)).is_some();
    if breaker.is_some_and(Value::is_object)
        && !has("failure_threshold")
        && !has("failure_threshold_percentage")
    {
        let rule = "opens at nothing without `failure_threshold` or `failure_threshold_percentage`";
        problems.note(|| Problem::rule(path.member(name), rule));
    }
}
