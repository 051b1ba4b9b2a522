//! Every tool, composed ones too, called by principals who are limited in different ways, in an organisation where
//! everything that they must not see bears a mark: no answer holds a mark, and nothing that bears one changes.

use portkey_api::Effect;
use portkey_engine::catalog::Tool;
use portkey_workflows::catalog;
use serde_json::{Value, json};

use super::{PRODUCTION, STAGING, Tokens, wire};
use crate::{
    every_tool::calls,
    process::{SandboxProcess, Wire},
};

/// The kinds of marked objects. The mark of each stands in its name, and slugs are made of small letters.
const KINDS: [&str; 8] = [
    "CONFIG",
    "APIKEY",
    "PROVIDER",
    "COLLECTION",
    "PROMPT",
    "PARTIAL",
    "GUARDRAIL",
    "LIMIT",
];

fn mark(kind: &str) -> String {
    format!("MARK{kind}")
}

/// Somebody with limits.
struct Limited {
    name: &'static str,
    /// Marks that they may see.
    sees: &'static [&'static str],
    /// Whether what bears a mark that they see may change.
    changes: bool,
}

const PRINCIPALS: [Limited; 4] = [
    Limited {
        name: "bound",
        sees: &[],
        changes: false,
    },
    Limited {
        name: "tooled",
        sees: &["COLLECTION", "PROMPT", "PARTIAL"],
        changes: true,
    },
    Limited {
        name: "weak",
        sees: &["COLLECTION", "PROMPT", "PARTIAL"],
        changes: true,
    },
    Limited {
        name: "reader",
        sees: &KINDS,
        changes: false,
    },
];

const ENTRIES: [(&str, &str); 5] = [
    ("ops", "groups = ['ops']"),
    (
        "bound",
        "workspaces = 'ws-staging-51f0ae'\ntoolsets = 'all'",
    ),
    (
        "tooled",
        "toolsets = 'prompts,collections,partials,labels,list_changes,undo_change,find_references'",
    ),
    ("weak", "groups = ['weak']"),
    ("reader", "effects = 'read'\ntoolsets = 'all'"),
];

const GRANTS: &str = "[[grants]]\ngroup = 'weak'\n\
    step-up = { 'portkey:admin' = 'configs,keys,providers,guardrails,limits,workspaces,users,integrations,audit,logging,organisation' }\n\
    [[grants]]\ngroup = 'ops'\n";

/// The marked objects: ids and slugs by which they can be asked for, and what each looks like.
struct World {
    free: Wire,
    ids: Vec<Value>,
    changes: Vec<Value>,
}

impl World {
    async fn new(sandbox: &SandboxProcess, tokens: &Tokens) -> Self {
        let mut ids = Vec::new();
        let mut made = async |tool: &str, arguments: Value| {
            let answer = tokens.answer("ops", tool, arguments).await;
            for name in ["id", "slug"] {
                ids.extend(answer.get(name).cloned());
            }
            answer
        };
        let there = |kind: &str, more: Value| {
            let mut arguments = json!({ "name": mark(kind), "workspace_id": PRODUCTION });
            arguments
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            arguments
        };
        // Uses something of the other workspace, so that whoever looks for references there could meet it.
        let config = json!({ "config": { "provider": "@openai-stagi-9d10e5" } });
        made("create_config", there("CONFIG", config)).await;
        let key = json!({ "type": "workspace", "sub_type": "service", "scopes": ["logs.view"] });
        made("create_api_key", there("APIKEY", key)).await;
        let provider = json!({ "provider": "openai", "key": "sk-0123456789abcdef" });
        let provider = made("create_virtual_key", there("PROVIDER", provider)).await;
        let collection = made("create_collection", there("COLLECTION", json!({}))).await;
        let prompt = json!({
            "name": mark("PROMPT"), "collection_id": collection["id"], "string": "Hello",
            "parameters": {}, "virtual_key": provider["slug"],
        });
        made("create_prompt", prompt).await;
        made(
            "create_prompt_partial",
            there("PARTIAL", json!({ "string": "Hello" })),
        )
        .await;
        let guardrail = json!({
            "checks": [{ "id": "default.contains", "parameters": { "words": ["a"], "operator": "any" } }],
            "actions": { "deny": false },
        });
        made("create_guardrail", there("GUARDRAIL", guardrail)).await;
        let limit = json!({
            "type": "cost", "credit_limit": 5, "alert_threshold": 4,
            "conditions": [{ "key": "workspace_id", "value": PRODUCTION }],
            "group_by": [{ "key": "api_key" }],
        });
        made("create_usage_limit", there("LIMIT", limit)).await;
        ids.push(PRODUCTION.into());
        let changes = tokens
            .answer("ops", "list_changes", json!({ "most": 50 }))
            .await;
        let changes = changes["data"].as_array().unwrap().iter();
        Self {
            free: wire(sandbox, &[]),
            ids,
            changes: changes.map(|change| change["id"].clone()).collect(),
        }
    }

    /// Everything that bears one of these marks, as it is.
    fn marked(&mut self, kinds: &[&str]) -> Value {
        const LISTS: [&str; 8] = [
            "list_configs",
            "list_api_keys",
            "list_virtual_keys",
            "list_collections",
            "list_prompts",
            "list_prompt_partials",
            "list_guardrails",
            "list_usage_limits",
        ];
        let mut found = Vec::new();
        for list in LISTS {
            let listed = self
                .free
                .answer(list, json!({ "workspace_id": PRODUCTION }));
            for entry in listed["data"].as_array().unwrap() {
                let name = entry["name"].as_str().unwrap_or_default();
                if kinds.iter().any(|kind| name.contains(&mark(kind))) {
                    found.push(entry.clone());
                }
            }
        }
        found.sort_by_key(ToString::to_string);
        found.into()
    }

    /// The arguments with marked ids in the place of what is made up. `turn` picks which.
    fn aimed(&self, arguments: &Value, turn: &mut usize) -> Value {
        let mut aimed = arguments.clone();
        for (name, value) in aimed.as_object_mut().unwrap() {
            *turn += 1;
            let pool = if name == "change_id" {
                &self.changes
            } else {
                &self.ids
            };
            let is_id = name == "id" || name == "slug" || name.ends_with("_id");
            if is_id && value.is_string() {
                *value = pool[*turn % pool.len()].clone();
            }
            if name.starts_with("workspace_") && value.is_string() && turn.is_multiple_of(3) {
                *value = STAGING.into();
            }
            if name == "dry_run" {
                *value = turn.is_multiple_of(2).into();
            }
        }
        aimed
    }
}

/// What a tool is called with: the examples, and every way to look for references and to take changes back.
fn examples(tool: Tool, world: &World) -> Vec<Value> {
    match tool {
        Tool::Operation(operation) => {
            let examples = portkey_examples::every(operation).into_iter();
            examples.map(Value::Object).collect()
        }
        Tool::Workflow(_) if tool.name() == "find_references" => {
            let kinds = [
                "config",
                "integration",
                "provider",
                "workspace",
                "guardrail",
                "prompt",
            ];
            let ids = world
                .ids
                .iter()
                .cloned()
                .chain(["openai-stagi-9d10e5".into()]);
            let pairs = ids.flat_map(|id| kinds.map(|kind| json!({ "kind": kind, "id": id })));
            pairs.collect()
        }
        Tool::Workflow(_) if tool.name() == "undo_change" => {
            let changes = world.changes.iter();
            changes
                .map(|id| json!({ "change_id": id, "force": true }))
                .collect()
        }
        Tool::Workflow(_) => calls(tool.name()),
    }
}

/// Where a principal saw a mark, and the calls by which they changed something.
async fn visited(tokens: &Tokens, world: &World, who: &Limited) -> (Vec<String>, Vec<String>) {
    let hidden: Vec<String> = KINDS
        .iter()
        .filter(|kind| !who.sees.contains(kind))
        .map(|k| mark(k))
        .collect();
    let (mut seen, mut changed, mut turn) = (Vec::new(), Vec::new(), 0);
    for tool in catalog().tools() {
        // Each rate is counted anew for nobody; what deletes everything of the sandbox proves nothing.
        let name = tool.name();
        for example in examples(tool, world) {
            for _ in 0..2 {
                let exact = matches!(name, "find_references" | "undo_change");
                let arguments = if exact {
                    example.clone()
                } else {
                    world.aimed(&example, &mut turn)
                };
                let answer = tokens.call(who.name, name, arguments.clone()).await;
                let told = answer.to_string();
                if let Some(mark) = hidden.iter().find(|mark| told.contains(*mark)) {
                    seen.push(format!(
                        "{} saw {mark} by {name} {arguments}: {told}",
                        who.name
                    ));
                }
                let writes = tool.declaration().effect != Effect::Read;
                if writes && answer["result"]["isError"] == false {
                    changed.push(format!("{name} {arguments}"));
                }
                if exact {
                    break;
                }
            }
        }
    }
    (seen, changed)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tool_shows_or_changes_what_its_caller_may_not_see() {
    for who in &PRINCIPALS {
        let sandbox = SandboxProcess::start();
        let tokens = Tokens::on(&sandbox, &ENTRIES, GRANTS);
        let mut world = World::new(&sandbox, &tokens).await;
        let kept: Vec<&str> = if who.changes {
            KINDS
                .into_iter()
                .filter(|kind| !who.sees.contains(kind))
                .collect()
        } else {
            KINDS.to_vec()
        };
        let before = world.marked(&kept);
        assert!(before.as_array().unwrap().len() >= kept.len(), "{before}");
        let (seen, changed) = visited(&tokens, &world, who).await;
        assert!(seen.is_empty(), "{}", seen.join("\n"));
        let after = world.marked(&kept);
        assert_eq!(
            after,
            before,
            "{} changed it by one of:\n{}",
            who.name,
            changed.join("\n")
        );
    }
}
