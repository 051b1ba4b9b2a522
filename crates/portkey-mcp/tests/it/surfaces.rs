//! The surfaces `names` and `compact`: all of the Admin API by a list that is short, under the same rules.

use serde_json::{Value, json};

use crate::{
    process::Wire,
    served::{Served, message},
};

fn on(surface: &str, more: &[&str]) -> Wire {
    let arguments = ["--sandbox", "--toolsets", "all", "--surface", surface];
    Wire::initialised(&[&arguments, more].concat(), &[])
}

fn listed(wire: &mut Wire) -> Vec<Value> {
    let list = wire.request("tools/list", json!({}));
    list["result"]["tools"].as_array().unwrap().clone()
}

fn names(tools: &[Value]) -> Vec<&str> {
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect()
}

/// About four bytes a token, and the list is JSON besides.
fn bytes(tools: &[Value]) -> usize {
    tools.iter().map(|tool| tool.to_string().len()).sum()
}

#[test]
fn compact_reaches_every_tool_by_few() {
    let mut wire = on("compact", &[]);
    let tools = listed(&mut wire);
    assert!(tools.len() <= 12, "{:?}", names(&tools));
    assert!(bytes(&tools) < 10_000, "{}", bytes(&tools));
    let found = wire.answer(
        "search_tools",
        json!({ "query": "throw somebody out of a workspace" }),
    );
    let found = &found["tools"][0];
    assert_eq!(found["tool"], "remove_workspace_member");
    assert_eq!(found["call_with"], "call_delete");
    let described = wire.answer("describe_tools", json!({ "names": ["create_config"] }));
    let schema = &described["tools"][0]["arguments"];
    assert!(schema["properties"]["name"].is_object(), "{described}");

    let created = json!({ "tool": "create_config", "arguments": {
        "name": "Compact", "config": { "retry": { "attempts": 2 } },
    } });
    let slug = wire.answer("call_write", created)["slug"].clone();
    let read = json!({ "tool": "get_config", "arguments": json!({ "slug": slug }).to_string() });
    assert_eq!(wire.answer("call_read", read.clone())["name"], "Compact");
    let deleted = json!({ "tool": "delete_config", "arguments": { "slug": slug } });
    wire.answer("call_delete", deleted);
    assert!(wire.failure("call_read", read).contains("404"));
}

#[test]
fn an_executor_calls_only_what_has_its_effect() {
    let mut wire = on("compact", &[]);
    let slug =
        wire.answer("call_read", json!({ "tool": "list_configs" }))["data"][0]["slug"].clone();
    for executor in ["call_read", "call_write"] {
        let asked = json!({ "tool": "delete_config", "arguments": { "slug": slug } });
        let refused = wire.failure(executor, asked);
        assert!(refused.contains("`call_delete`"), "{refused}");
    }
    let refused = wire.failure("call_read", json!({ "tool": "list_confgs" }));
    assert!(
        refused.contains("did you mean `list_configs`?"),
        "{refused}"
    );
    let refused = wire.failure("call_read", json!({ "name": "list_configs" }));
    assert!(refused.contains("`tool` must be"), "{refused}");
    let refused = wire.failure("search_tools", json!({ "qury": "configs" }));
    assert!(refused.contains("`query`"), "{refused}");
}

#[test]
fn a_search_takes_a_number_as_text_and_names_what_is_none() {
    let mut wire = on("compact", &[]);
    let found = wire.answer("search_tools", json!({ "query": "budget", "limit": "2" }));
    assert_eq!(found["tools"].as_array().unwrap().len(), 2);
    let refused = wire.failure("search_tools", json!({ "query": "budget", "limit": "few" }));
    assert!(
        refused.contains("`limit` must be a whole number"),
        "{refused}"
    );
}

#[test]
fn an_inner_call_is_held_to_the_same_rules() {
    let mut wire = on("compact", &["--read-only"]);
    assert!(!names(&listed(&mut wire)).contains(&"call_delete"));
    let asked = json!({ "tool": "delete_config", "arguments": { "slug": "pc-by-plan-7f0e38" } });
    let refused = wire.failure("call_delete", asked);
    assert!(refused.contains("read-only"), "{refused}");
    let found = wire.answer("search_tools", json!({ "query": "delete a config" }));
    let found = found["tools"].as_array().unwrap().clone();
    assert!(
        found.iter().all(|tool| tool["call_with"] == "call_read"),
        "{found:?}"
    );

    let mut wire = on("compact", &["--confirm", "always"]);
    let asked = json!({ "tool": "delete_config", "arguments": { "slug": "pc-by-plan-7f0e38" } });
    let unconfirmed = wire.answer("call_delete", asked);
    assert_eq!(unconfirmed["done"], false, "{unconfirmed}");
    let agreed = json!({
        "tool": "delete_config",
        "arguments": { "slug": "pc-by-plan-7f0e38", "confirmation": unconfirmed["confirmation"] },
    });
    let done = wire.call("call_delete", agreed);
    assert!(done["isError"] != true, "{done}");

    let mut wire = on("compact", &[]);
    let asked = json!({ "tool": "delete_config", "arguments": { "slug": "pc-by-plan-7f0e38", "dry_run": true } });
    let preview = wire.answer("call_delete", asked);
    assert!(
        preview.to_string().contains("pc-by-plan-7f0e38"),
        "{preview}"
    );
    wire.answer(
        "call_read",
        json!({ "tool": "get_config", "arguments": { "slug": "pc-by-plan-7f0e38" } }),
    );
}

#[test]
fn names_lists_every_tool_by_a_sentence() {
    let mut wire = on("names", &[]);
    let tools = listed(&mut wire);
    assert!(tools.len() > 190 && names(&tools).contains(&"delete_config"));
    assert!(bytes(&tools) < 70_000, "{}", bytes(&tools));
    let described = wire.answer("describe_tool", json!({ "name": "get_config" }));
    assert!(described["tools"][0]["arguments"]["properties"]["slug"].is_object());
    for arguments in [
        json!({ "slug": "pc-by-plan-7f0e38" }),
        json!({ "arguments": "{\"slug\": \"pc-by-plan-7f0e38\"}" }),
        json!({ "arguments": { "slug": "pc-by-plan-7f0e38" } }),
    ] {
        assert_eq!(
            wire.answer("get_config", arguments)["slug"],
            "pc-by-plan-7f0e38"
        );
    }
}

/// Some clients keep no more of the instructions than 500 characters.
#[test]
fn instructions_begin_with_what_the_surface_needs() {
    for (surface, named) in [
        ("flat", "`dry_run: true`"),
        ("compact", "`call_write`"),
        ("names", "`describe_tools`"),
    ] {
        let arguments = ["--sandbox", "--surface", surface];
        let told = Wire::start(&arguments, &[]).initialise("2025-11-25");
        let told = told["result"]["instructions"].as_str().unwrap();
        let first: String = told.chars().take(500).collect();
        for part in ["SANDBOX", named, "`confirmation` only if they agree"] {
            assert!(first.contains(part), "{surface}: {first}");
        }
        assert!(told.contains("portkey://"), "{told}");
    }
}

#[test]
fn flat_has_no_such_tools() {
    let mut wire = on("flat", &[]);
    let call = json!({ "name": "call_read", "arguments": { "tool": "list_configs" } });
    let refused = wire.request("tools/call", call);
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("unknown tool"), "{refused}");
}

/// What the address asks for, as a list of names; the answer itself if that is none.
async fn listed_at(server: &Served, query: &str) -> Result<Vec<String>, Value> {
    let request = server.modern_to(&format!("/mcp{query}"), "tools/list", json!({}));
    let answer = message(request.send().await.unwrap()).await;
    let Some(tools) = answer["result"]["tools"].as_array() else {
        return Err(answer);
    };
    let names = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned());
    Ok(names.collect())
}

#[tokio::test]
async fn the_address_narrows_what_the_operator_offers() {
    let server = Served::on_sandbox(&["--toolsets", "configs,get_user"]);
    let all = listed_at(&server, "").await.unwrap();
    let narrowed = listed_at(&server, "?toolsets=get_config,delete_user")
        .await
        .unwrap();
    assert_eq!(narrowed, ["get_config"], "what is not offered stays so");
    assert!(
        all.len() > 5 && all.contains(&"get_user".to_owned()),
        "{all:?}"
    );
    let compact = listed_at(&server, "?surface=compact&utm_source=docs")
        .await
        .unwrap();
    assert!(compact.contains(&"call_read".to_owned()), "{compact:?}");
    let refused = listed_at(&server, "?toolset=configs").await.unwrap_err();
    assert!(
        refused.to_string().contains("did you mean `toolsets`"),
        "{refused}"
    );
}

#[tokio::test]
async fn what_the_address_leaves_out_cannot_be_called_by_it() {
    let server = Served::on_sandbox(&[]);
    let call = json!({ "name": "call_read", "arguments": { "tool": "list_all_users" } });
    let asked = server.modern_to("/mcp?surface=compact&toolsets=configs", "tools/call", call);
    let refused = message(asked.send().await.unwrap()).await;
    let said = refused["result"]["content"][0]["text"].as_str();
    assert!(
        said.is_some_and(|said| said.contains("the user can change the address")),
        "{refused}"
    );
}
