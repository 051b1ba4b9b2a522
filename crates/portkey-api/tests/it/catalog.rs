//! What every entry of the catalog must honour.

use std::collections::HashSet;

use portkey_api::{
    Argument, CLEAR, DOMAINS, Effect, JsonObject, Location, Method, operations, required,
};
use serde_json::Value;

/// Arguments whose name and type say it all.
const SELF_EVIDENT: &[&str] = &[
    "access_token",
    "cost_max",
    "description",
    "email",
    "metadata_key",
    "metadata_organization",
    "metadata_parent_span_id",
    "metadata_span_id",
    "metadata_span_name",
    "metadata_trace_id",
    "metadata_user",
    "model",
    "name",
    "note",
    "page_size",
    "refresh_token",
    "request_url",
    "requested_fields",
    "response_status_code",
    "retry_attempts",
    "server_name",
    "server_version",
    "slug",
    "status_code",
    "streaming_mode",
    "title",
    "tokens_max",
    "tokens_min",
    "trace_id",
    "value",
    "version_description",
    "website_url",
    "weight",
    "workspace_slug",
];

/// Names that sound secret and are not.
const NOT_SECRET: &[&str] = &[
    "api_key_ids",
    "conditions.key",
    "key_transition_period_ms",
    "metadata_key",
    "secret_key",
    "secret_mappings",
    "secret_path",
    "secret_reference_id",
    "user_api_key_config",
    "virtual_key",
    "virtual_keys",
    "workspace_api_key_details",
];

#[test]
fn names_and_routes_are_unique() {
    let mut names = HashSet::new();
    let mut routes = HashSet::new();
    for operation in operations() {
        let name = operation.declaration.name;
        assert!(names.insert(name), "`{name}` is listed twice");
        assert!(name.len() <= 44, "`{name}` is too long for some clients");
        let route = (operation.method, operation.base, anonymous(operation.path));
        assert!(routes.insert(route), "`{name}` shares its route");
    }
}

/// The path with its placeholders unnamed.
fn anonymous(path: &str) -> String {
    let segments = path.split('/');
    let segments = segments.map(|s| if s.starts_with('{') { "{}" } else { s });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn placeholders_are_required_arguments() {
    for operation in operations() {
        let schema = operation.declaration.input();
        for name in operation.path.split('{').skip(1) {
            let name = name.split('}').next().unwrap();
            assert!(
                required(schema).any(|required| required == name),
                "`{}` needs `{name}` for its path",
                operation.declaration.name
            );
        }
    }
}

#[test]
fn schemas_and_arguments_agree() {
    for operation in operations() {
        let schema = operation.declaration.input();
        let properties = schema["properties"].as_object().into_iter().flatten();
        let described: Vec<_> = properties.map(|(name, _)| name.as_str()).collect();
        let declared: Vec<_> = operation
            .declaration
            .arguments
            .iter()
            .map(|a| a.name)
            .collect();
        assert_eq!(described, declared, "`{}`", operation.declaration.name);
    }
}

#[test]
fn updates_that_change_nothing_are_refused() {
    let mut refused = 0;
    for operation in operations() {
        let declaration = &operation.declaration;
        let mut arguments = JsonObject::new();
        let mut needed = required(declaration.input());
        let places = declaration.arguments.iter();
        let is_in_path = |name| {
            let argument = places.clone().find(|argument| argument.name == name);
            argument.is_some_and(|argument| argument.location == Location::Path)
        };
        let writes =
            |argument: &Argument| matches!(argument.location, Location::Body(_) | Location::Spread);
        let needs_change = declaration.effect == Effect::Update
            && !operation.may_be_empty
            && declaration.arguments.iter().any(writes);
        if !needs_change || !needed.all(is_in_path) {
            continue;
        }
        for name in required(declaration.input()) {
            arguments.insert(name.to_owned(), "x".into());
        }
        let said = operation.request(arguments).unwrap_err().to_string();
        let says_why = said.contains("nothing to change") || said.contains("give a label");
        assert!(says_why, "`{}`: {said}", declaration.name);
        refused += 1;
    }
    assert!(
        refused > 15,
        "only {refused} updates have no required change"
    );
}

#[test]
fn synonyms_are_unambiguous() {
    for operation in operations() {
        let mut names = HashSet::new();
        for argument in operation.declaration.arguments {
            for name in std::iter::once(&argument.name).chain(argument.aliases) {
                let tool = operation.declaration.name;
                assert!(names.insert(*name), "`{tool}` knows `{name}` twice");
            }
        }
    }
}

// Where an effect is not the one of the method, the attribute demands the reason.
#[test]
fn whatever_deletes_is_destructive() {
    for operation in operations() {
        let deletes = operation.method == Method::Delete;
        let name = operation.declaration.name;
        assert!(!deletes || operation.declaration.destructive, "`{name}`");
    }
}

#[test]
fn descriptions_read_well() {
    for operation in operations() {
        let declaration = &operation.declaration;
        let name = declaration.name;
        assert!(declaration.title.len() <= 48, "`{name}`: long title");
        assert!(
            !declaration.title.ends_with('.'),
            "`{name}`: a title is no sentence"
        );
        let description = declaration.description;
        assert!(
            description.ends_with('.'),
            "`{name}`: a description is sentences"
        );
        assert!(
            !description.starts_with("This tool"),
            "`{name}`: say what it does"
        );
        let first = description.split(". ").next().unwrap();
        assert!(first.len() < 120, "`{name}`: long first sentence: {first}");
        for word in description.split('`').skip(1).step_by(2) {
            let is_known = portkey_api::operation(word).is_some()
                || declaration.argument(word).is_some()
                || word == "_user"
                || word == "verbose" && declaration.answers_page()
                || word == CLEAR && declaration.can_clear();
            assert!(is_known, "`{name}` speaks of `{word}`");
        }
    }
}

#[test]
fn arguments_are_described() {
    let mut used = HashSet::new();
    for operation in operations() {
        let schema = operation.declaration.input_schema();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(text) = property["description"].as_str() {
                assert!(text.ends_with('.'), "`{name}`: {text}");
                continue;
            }
            if property["enum"].is_array() {
                continue;
            }
            let tool = operation.declaration.name;
            let known = SELF_EVIDENT.iter().find(|known| *known == name);
            used.insert(*known.unwrap_or_else(|| panic!("`{tool}.{name}` needs a doc comment")));
        }
    }
    let stale: Vec<_> = SELF_EVIDENT
        .iter()
        .filter(|name| !used.contains(*name))
        .collect();
    assert!(stale.is_empty(), "always described: {stale:?}");
}

#[test]
fn published_schemas_are_plain() {
    for operation in operations() {
        let name = operation.declaration.name;
        let schema = operation.declaration.input_schema();
        assert!(
            !schema.contains_key("additionalProperties"),
            "`{name}` does not let through what it hides"
        );
        assert_eq!(
            operation.declaration.input().get("additionalProperties"),
            Some(&Value::Bool(false)),
            "`{name}` takes anything"
        );
        assert_eq!(schema["type"], "object", "`{name}`");
        assert_plain(name, &Value::Object(schema));
        assert_plain(name, &Value::Object(operation.declaration.output_schema()));
    }
}

fn assert_plain(tool: &str, schema: &Value) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                let odd = name.starts_with('$')
                    || name.starts_with("x-")
                    || name == "title" && member.is_string();
                assert!(!odd, "`{tool}` publishes `{name}`");
                if name == "properties" {
                    let all = member.as_object().unwrap().values();
                    assert!(all.into_iter().all(Value::is_object), "`{tool}`: {member}");
                }
                assert_plain(tool, member);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| assert_plain(tool, item)),
        _ => {}
    }
}

#[test]
fn secrets_are_marked() {
    for operation in operations() {
        let tool = operation.declaration.name;
        for_each_property(
            "",
            operation.declaration.input(),
            &mut |path, name, schema| {
                let sounds_secret = ["key", "secret", "password", "credential"]
                    .iter()
                    .any(|word| name.contains(word))
                    && !NOT_SECRET.contains(&name)
                    && !NOT_SECRET.contains(&path);
                assert!(
                    !sounds_secret || schema.get("x-secret").is_some(),
                    "`{tool}.{path}` sounds secret"
                );
            },
        );
    }
}

fn for_each_property(outer: &str, schema: &Value, visit: &mut dyn FnMut(&str, &str, &Value)) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if outer.is_empty() {
            name.clone()
        } else {
            format!("{outer}.{name}")
        };
        visit(&path, name, property);
        for_each_property(&path, property, visit);
    }
    if let Some(items) = schema.get("items") {
        for_each_property(outer, items, visit);
    }
}

#[test]
fn fresh_reads_need_no_more_than_the_change_had() {
    for operation in operations() {
        let Some(fresh) = operation.fresh else {
            continue;
        };
        let tool = operation.declaration.name;
        assert_eq!(fresh().declaration.effect, Effect::Read, "`{tool}`");
        let has = |name: &str| {
            operation
                .declaration
                .arguments
                .iter()
                .any(|a| a.name == name)
        };
        let schema = fresh().declaration.input();
        let missing: Vec<_> = required(schema).filter(|name| !has(name)).collect();
        assert!(
            missing.is_empty(),
            "`{tool}` cannot be read back without {missing:?}"
        );
    }
}

#[test]
fn what_undo_and_dry_runs_go_by_names_what_is_there() {
    for operation in operations() {
        let (tool, declaration) = (operation.declaration.name, &operation.declaration);
        for member in operation.merges {
            let is_inside = |argument: &Argument| match argument.location {
                Location::Body(path) => path.split('.').next() == Some(member),
                _ => false,
            };
            let is_known = declaration.arguments.iter().any(is_inside);
            assert!(is_known, "`{tool}` writes nothing into `{member}`");
        }
        for argument in declaration.arguments {
            let schema = |name| declaration.input_of(name).unwrap_or(&Value::Null);
            if let Some(list) = argument.shortens {
                assert_eq!(schema(list)["type"], "array", "`{tool}`: `{list}`");
            }
            if argument.keyed_by.is_some() {
                let entries = &schema(argument.name)["additionalProperties"]["properties"];
                assert!(entries.is_object(), "`{tool}`: `{}`", argument.name);
            }
        }
        if operation.publishes || operation.drafts {
            let reader = operation.fresh.map(|fresh| fresh().declaration);
            let reads_versions = reader.is_some_and(|reader| reader.argument("version").is_some());
            assert!(reads_versions, "`{tool}` is read without its version");
        }
    }
}

#[test]
fn domains_are_files() {
    let names: Vec<_> = DOMAINS.iter().map(portkey_api::Domain::name).collect();
    let files = [
        "users",
        "workspaces",
        "configs",
        "api_keys",
        "virtual_keys",
        "collections",
        "prompts",
        "prompt_partials",
        "prompt_labels",
        "providers",
        "integrations",
        "guardrails",
        "usage_limits",
        "rate_limits",
        "analytics",
        "logging",
        "feedback",
        "audit_logs",
        "model_pricing",
        "mcp_integrations",
        "mcp_servers",
        "access_policies",
        "organisation",
        "scim",
        "secret_references",
        "deployments",
        "egress_allowlist",
    ];
    assert_eq!(names, files);
}
