//! What is read for a search for references, and what is told to be unread.

use portkey_api_core::Edition;
use serde_json::json;

use super::*;
use crate::{
    catalog::{Catalog, operations_alone},
    references::Reader,
};

const PATIENCE: Duration = Duration::from_mins(1);

/// A Portkey of which most listings are empty.
struct Portkey {
    answer: fn(&str, &JsonObject) -> Option<Result<Value, &'static str>>,
    asked: Mutex<Vec<String>>,
    heard: Mutex<Vec<(u64, u64)>>,
}

impl Portkey {
    fn that(answer: fn(&str, &JsonObject) -> Option<Result<Value, &'static str>>) -> Self {
        Self {
            answer,
            asked: Mutex::default(),
            heard: Mutex::default(),
        }
    }

    fn asked(&self, tool: &str) -> usize {
        self.asked.lock().iter().filter(|one| *one == tool).count()
    }
}

impl Read for Portkey {
    fn reader(&self) -> Reader {
        Reader::sample()
    }

    fn catalog(&self) -> &Catalog {
        operations_alone()
    }

    fn edition(&self) -> Edition {
        Edition::Classic
    }

    async fn fetch(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Value, &'static str> {
        let tool = operation.declaration.name;
        self.asked.lock().push(tool.to_owned());
        (self.answer)(tool, &arguments).unwrap_or_else(|| Ok(json!({ "data": [] })))
    }

    fn report(&self, done: u64, total: u64) {
        self.heard.lock().push((done, total));
    }
}

fn contents(crawl: &Crawl, kind: ObjectKind) -> Vec<Value> {
    let things = crawl.things.iter().filter(|thing| thing.kind == kind);
    things.map(|thing| thing.content.clone().into()).collect()
}

fn unread(tool: &str, reason: &str, count: usize) -> Unread {
    Unread {
        tool: tool.to_owned(),
        reason: reason.to_owned(),
        count,
    }
}

#[tokio::test]
async fn without_patience_nothing_is_asked_and_all_of_it_counts_as_unread() {
    let portkey = Portkey::that(|_, _| None);
    let crawl = read(&portkey, Duration::ZERO).await;
    assert!(portkey.asked.lock().is_empty());
    assert!(crawl.things.is_empty());
    let sources = ReferenceSource::all(operations_alone(), Edition::Classic).len();
    let single = ReferenceSource::single(operations_alone(), Edition::Classic).len();
    assert_eq!(crawl.unread.len(), sources + single);
    let late = |one: &Unread| one.reason == "no time was left" && one.count == 1;
    assert!(crawl.unread.iter().all(late), "{:?}", crawl.unread);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_all_else_is_read() {
    let portkey = Portkey::that(|tool, _| match tool {
        "list_guardrails" => Some(Err("forbidden")),
        "list_configs" => Some(Ok(
            json!({ "data": [{ "slug": "pc-1" }, { "slug": "pc-2" }] }),
        )),
        "get_config" => Some(Err("not found")),
        _ => None,
    });
    let crawl = read(&portkey, PATIENCE).await;
    let mut told = crawl.unread.clone();
    told.sort_by(|one, other| one.tool.cmp(&other.tool));
    // The same trouble with several is told once.
    let expected = [
        unread("get_config", "not found", 2),
        unread("list_guardrails", "forbidden", 1),
    ];
    assert_eq!(told, expected);
    // What the listing has of them may refer to something too.
    assert_eq!(contents(&crawl, ObjectKind::Config).len(), 2);
    assert_eq!(portkey.asked("list_prompts"), 1);
}

#[tokio::test]
async fn a_list_that_was_cut_off_is_read_and_told() {
    let portkey = Portkey::that(|tool, _| {
        let list = json!({ "data": [{ "slug": "pc-1" }], "truncated": true });
        (tool == "list_configs").then_some(Ok(list))
    });
    let crawl = read(&portkey, PATIENCE).await;
    let told = [unread("list_configs", "there are too many", 1)];
    assert_eq!(crawl.unread, told);
    assert_eq!(portkey.asked("get_config"), 1);
}

#[tokio::test]
async fn what_a_listing_leaves_out_is_read_of_each_thing() {
    let portkey = Portkey::that(|tool, arguments| {
        Some(Ok(match tool {
            "list_configs" => json!({ "data": [{ "id": "1", "slug": "pc-1" }, "no config"] }),
            "get_config" => {
                json!({ "slug": arguments["slug"], "config": { "provider": "@p" } })
            }
            "list_guardrails" => json!({ "data": [{ "id": "g-1" }] }),
            "get_guardrail" => json!({ "id": arguments["guardrail_id"] }),
            "list_guardrail_mcp_servers" => json!({ "data": [{ "mcp_server_id": "m-1" }] }),
            _ => return None,
        }))
    });
    let crawl = read(&portkey, PATIENCE).await;
    assert_eq!(
        contents(&crawl, ObjectKind::Config),
        [json!({ "slug": "pc-1", "config": { "provider": "@p" } })]
    );
    assert_eq!(
        contents(&crawl, ObjectKind::Guardrail),
        [json!({ "id": "g-1", "mcp_servers": [{ "mcp_server_id": "m-1" }] })]
    );
}

#[tokio::test]
async fn of_the_versions_of_a_prompt_those_are_read_that_can_be_called_for() {
    let portkey = Portkey::that(|tool, arguments| {
        Some(Ok(match tool {
            "list_prompts" => json!({ "data": [{ "id": "p-1" }] }),
            "get_prompt" => json!({ "id": "p-1", "prompt_version_id": "v-3" }),
            "list_prompt_versions" => json!({ "data": [
                { "id": "v-1", "label_id": null },
                { "id": "v-2", "label_id": "staging" },
                { "id": "v-3", "label_id": "production" },
            ] }),
            "get_prompt_version" => Value::Object(arguments.clone()),
            _ => return None,
        }))
    });
    let crawl = read(&portkey, PATIENCE).await;
    assert_eq!(
        contents(&crawl, ObjectKind::Prompt),
        [
            json!({ "id": "p-1", "prompt_version_id": "v-3" }),
            json!({ "prompt_id": "p-1", "version_id": "v-2" }),
        ]
    );
}

#[tokio::test]
async fn whoever_waits_hears_of_each_step() {
    let portkey = Portkey::that(|tool, _| {
        let list = json!({ "data": [{ "slug": "pc-1" }] });
        (tool == "list_configs").then_some(Ok(list))
    });
    read(&portkey, PATIENCE).await;
    let heard = portkey.heard.lock().clone();
    let done: Vec<u64> = heard.iter().map(|(done, _)| *done).collect();
    assert_eq!(done, (1..=heard.len() as u64).collect::<Vec<_>>());
    assert!(heard.iter().all(|(done, total)| done <= total), "{heard:?}");
}

#[tokio::test]
async fn what_is_listed_of_one_workspace_alone_is_listed_of_each() {
    let portkey = Portkey::that(|tool, arguments| {
        Some(Ok(match tool {
            "list_workspaces" => json!({ "data": [{ "id": "w-1" }, { "id": "w-2" }] }),
            "list_configs" => json!({ "data": [{ "slug": "pc-1", "workspace_id": "w-3" }] }),
            "list_access_policies" => match arguments.get("workspace_id") {
                Some(workspace) => json!({ "data": [{ "id": workspace }] }),
                None => return Some(Err(INVALID)),
            },
            "get_access_policy" => json!({ "id": arguments["access_policy_id"] }),
            _ => return None,
        }))
    });
    let crawl = read(&portkey, PATIENCE).await;
    assert_eq!(crawl.unread, []);
    let mut policies = contents(&crawl, ObjectKind::AccessPolicy);
    policies.sort_by_key(ToString::to_string);
    let ids = ["w-1", "w-2", "w-3"].map(|id| json!({ "id": id }));
    assert_eq!(policies, ids);
}

#[tokio::test]
async fn what_is_listed_of_no_known_workspace_is_told() {
    let portkey = Portkey::that(|tool, _| (tool == "list_access_policies").then_some(Err(INVALID)));
    let crawl = read(&portkey, PATIENCE).await;
    assert_eq!(crawl.unread, [unread("list_access_policies", INVALID, 1)]);
}
