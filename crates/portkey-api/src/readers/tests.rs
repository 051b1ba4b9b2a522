//! The whole catalog says what it refers to.

use std::collections::BTreeSet;

use portkey_api_core::keywords::{IS, MAY_REFER, NAMES_REFER, REFERS, VERSION_REFERS, WIDE};
use serde_json::Value;

use super::*;
use crate::{Method, config_object, operation, operations};

/// Members that speak of objects by their names or descriptions and carry no mark.
struct Exception {
    names: &'static [&'static str],
    /// Those of these tools alone; of all, where none is named.
    tools: &'static [&'static str],
    /// Read by people.
    #[expect(dead_code, reason = "read by people")]
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        names: &["jwt_sub_workspace_mapping"],
        tools: &[],
        reason: "its names are subjects of tokens, and its values have a mark",
    },
    Exception {
        names: &["api_key_ids", "configs", "prompt_slug", "virtual_keys"],
        tools: &[],
        reason: "narrows what is counted or exported of the workspace that the call names",
    },
    Exception {
        names: &["ids"],
        tools: &["list_api_keys", "list_guardrails"],
        reason: "narrows a list whose entries tell their workspaces",
    },
    Exception {
        names: &[
            "ai_org_model",
            "base_model_slug",
            "metadata_key",
            "model_slug",
            "models",
            "pricing_config",
        ],
        tools: &[],
        reason: "names models or keys of metadata, which are nobody's objects",
    },
    Exception {
        names: &["slugs"],
        tools: &["delete_integration_model"],
        reason: "names models of the integration in the path",
    },
    Exception {
        names: &["model", "provider"],
        tools: &["get_model_pricing"],
        reason: "names a model of the public price list",
    },
    Exception {
        names: &["provider"],
        tools: &["create_virtual_key"],
        reason: "the plain name of an AI provider",
    },
    Exception {
        names: &["ai_provider_id", "request_provider"],
        tools: &[],
        reason: "the plain name of an AI provider",
    },
    Exception {
        names: &[
            "aws_access_key_id",
            "aws_external_id",
            "aws_secret_access_key",
            "azure_deployment_id",
            "azure_entra_client_id",
            "azure_entra_tenant_id",
            "azure_managed_client_id",
            "deployment_id",
            "vault_role_id",
            "vault_secret_id",
            "vertex_project_id",
        ],
        tools: &[],
        reason: "of another company's cloud",
    },
    Exception {
        names: &["api_key"],
        tools: &["the gateway config"],
        reason: "a credential of another company",
    },
    Exception {
        names: &["key"],
        tools: &[
            "create_integration",
            "update_integration",
            "create_virtual_key",
            "update_virtual_key",
        ],
        reason: "a credential of another company",
    },
    Exception {
        names: &["secret_key"],
        tools: &[],
        reason: "a member of a secret that another manager keeps",
    },
    Exception {
        names: &["key", "value", "reset_usage_for_value"],
        tools: &[
            "create_usage_limit",
            "update_usage_limit",
            "create_rate_limit",
            "update_rate_limit",
        ],
        reason: "which requests a policy counts; a policy sees those of its own workspace alone",
    },
    Exception {
        names: &["id"],
        tools: &["create_access_policy", "update_access_policy"],
        reason: "a person, a group or an agent, who belong to the organisation",
    },
    Exception {
        names: &["agent_id"],
        tools: &["list_access_policies"],
        reason: "an agent, which nothing reads",
    },
    Exception {
        names: &["id"],
        tools: &["create_guardrail", "update_guardrail", "the gateway config"],
        reason: "a check of the vendor's, such as `default.contains`",
    },
    Exception {
        names: &["slug"],
        tools: &[],
        reason: "what a new object is called, or an old one from now on",
    },
    Exception {
        names: &["default_provider_slug"],
        tools: &[],
        reason: "what a new provider is called",
    },
    Exception {
        names: &["deployment_config"],
        tools: &["register_deployment", "update_deployment"],
        reason: "settings of the gateway",
    },
    Exception {
        names: &["model_config"],
        tools: &["create_provider"],
        reason: "settings of the provider",
    },
    Exception {
        names: &["mcp_integration_capability_ids"],
        tools: &[],
        reason: "tools of the server beside it, which nothing reads by their ids",
    },
    Exception {
        names: &[
            "metadata_parent_span_id",
            "metadata_span_id",
            "metadata_trace_id",
            "metadata_user",
            "span_id",
            "trace_id",
            "request_id",
        ],
        tools: &[],
        reason: "an id that the caller made up for requests",
    },
    Exception {
        names: &["scim_group_name"],
        tools: &[],
        reason: "a group of the organisation, which nothing reads by its name",
    },
    Exception {
        names: &["users"],
        tools: &["create_workspace"],
        reason: "UUIDs or e-mail addresses of people, who belong to the organisation",
    },
];

impl Exception {
    fn is_for(&self, tool: &str, name: &str) -> bool {
        self.names.contains(&name) && (self.tools.is_empty() || self.tools.contains(&tool))
    }
}

/// Words at the end of a name that say that the value names something.
const NAMING: [&str; 33] = [
    "id",
    "ids",
    "uuid",
    "slug",
    "slugs",
    "key",
    "keys",
    "config",
    "configs",
    "guardrail",
    "guardrails",
    "hook",
    "hooks",
    "provider",
    "providers",
    "workspace",
    "workspaces",
    "organisation",
    "integration",
    "integrations",
    "collection",
    "prompt",
    "partial",
    "label",
    "user",
    "users",
    "server",
    "servers",
    "model",
    "models",
    "value",
    "reference",
    "mapping",
];

/// Words of a description that say so.
const SPEAKING: [&str; 7] = ["id", "ids", "uuid", "uuids", "slug", "slugs", "@slug"];

/// Whether a member names an object, as far as its name and its description tell.
fn names_an_object(name: &str, schema: &Value) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    let described = schema.get("description").and_then(Value::as_str);
    let described = described.unwrap_or_default().to_lowercase();
    let mut words = described.split(|c: char| !c.is_alphanumeric() && c != '@');
    NAMING.contains(&last)
        || name.contains("workspace")
        || words.any(|word| SPEAKING.contains(&word))
}

/// Visits every value that a schema describes and that can hold a reference: with the name of its member, that of the
/// list for an entry of one, and the schema that describes it.
fn each_text<'s>(
    name: &'s str,
    schema: &'s Value,
    described: &'s Value,
    visit: &mut dyn FnMut(&'s str, &'s Value, &'s Value),
) {
    let is_text = schema
        .get("type")
        .is_none_or(|kind| kind.to_string().contains("string"));
    if (is_text && schema.get("enum").is_none()) || is_free(schema) || schema.get(WIDE).is_some() {
        visit(name, schema, described);
    }
    for (name, inner) in members_of(schema) {
        each_text(name, inner, inner, visit);
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(inner).filter(|inner| inner.is_object()) {
            each_text(name, inner, described, visit);
        }
    }
    for choice in ["anyOf", "oneOf", "allOf"] {
        for inner in schema
            .get(choice)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            each_text(name, inner, described, visit);
        }
    }
}

/// Whether a schema is of objects that may hold anything.
fn is_free(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object") && members_of(schema).next().is_none()
}

fn members_of(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = schema.get("properties").and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .map(|(name, inner)| (name.as_str(), inner))
}

/// Whether a mark says of a value what it refers to or that it is about everything.
fn is_marked(schema: &Value) -> bool {
    if config_object::level(schema).is_some() {
        return true; // What it holds is visited by itself.
    }
    [REFERS, MAY_REFER, VERSION_REFERS, NAMES_REFER, WIDE]
        .iter()
        .any(|mark| schema.get(mark).is_some())
}

/// The schemas of all arguments, and of the levels of gateway configs.
fn schemas() -> impl Iterator<Item = (&'static str, &'static Value)> {
    let inputs =
        operations().map(|operation| (operation.declaration.name, operation.declaration.input()));
    let config = operation("create_config")
        .unwrap()
        .declaration
        .input_of("config")
        .unwrap();
    inputs.chain([("the gateway config", config_object::level(config).unwrap())])
}

#[test]
fn whatever_names_an_object_says_which_kind_or_has_a_reason_not_to() {
    let mut unmarked = BTreeSet::new();
    let mut excused = BTreeSet::new();
    for (tool, schema) in schemas() {
        each_text(tool, schema, schema, &mut |name, schema, described| {
            if is_marked(schema) || name == tool || !names_an_object(name, described) {
                return;
            }
            match EXCEPTIONS.iter().position(|one| one.is_for(tool, name)) {
                Some(at) => _ = excused.insert((at, name)),
                None => _ = unmarked.insert(format!("{name} of {tool}: {schema}")),
            }
        });
    }
    let names = EXCEPTIONS.iter().enumerate();
    let names = names.flat_map(|(at, one)| one.names.iter().map(move |name| (at, *name)));
    let stale: Vec<_> = names.filter(|name| !excused.contains(name)).collect();
    assert!(
        unmarked.is_empty() && stale.is_empty(),
        "without a mark: {unmarked:#?}\nneedless: {stale:#?}"
    );
}

#[test]
fn every_mark_names_what_reads_an_object_by_one_id() {
    let mut seen = 0;
    for (tool, schema) in schemas() {
        each_text(tool, schema, schema, &mut |name, schema, _| {
            let marks = [REFERS, MAY_REFER, VERSION_REFERS, NAMES_REFER, IS];
            for kind in marks.iter().filter_map(|mark| schema.get(mark)?.as_str()) {
                seen += 1;
                let named = referent(kind);
                let named = named.unwrap_or_else(|| panic!("{tool}: {name}: nothing reads {kind}"));
                if let Referent::ReadBy(reader) = named {
                    assert_eq!(reader.method, Method::Get, "{tool}: {name}");
                    assert_eq!(reader.path.matches('{').count(), 1, "{tool}: {name}");
                    assert!(!reader.declaration.answers_page(), "{tool}: {name}");
                }
            }
        });
    }
    assert!(seen > 200, "{seen}");
}
