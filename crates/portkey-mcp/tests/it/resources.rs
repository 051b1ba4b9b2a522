//! Resources: objects of Portkey by addresses, read under the same rules as by the tools that get them, and the texts of
//! this server.

mod rules;
mod traces;

use serde_json::{Value, json};

use crate::{
    process::Wire,
    served::{Served, message, modern_meta},
};

const SANDBOX: [&str; 1] = ["--sandbox"];

/// What is at an address, for a client of an older revision.
fn read(wire: &mut Wire, uri: &str) -> Value {
    let answer = wire.request("resources/read", json!({ "uri": uri }));
    assert!(answer["error"].is_null(), "{uri}: {answer}");
    answer["result"].clone()
}

/// Why nothing is read at an address.
fn refused(wire: &mut Wire, uri: &str) -> (i64, String) {
    let answer = wire.request("resources/read", json!({ "uri": uri }));
    let error = &answer["error"];
    let code = error["code"].as_i64().unwrap_or_else(|| panic!("{answer}"));
    (code, error["message"].as_str().unwrap().to_owned())
}

fn templates(wire: &mut Wire) -> Vec<String> {
    let listed = wire.request("resources/templates/list", json!({}));
    of(&listed["result"]["resourceTemplates"], "uriTemplate")
}

fn of(entries: &Value, member: &str) -> Vec<String> {
    let entries = entries.as_array().unwrap().iter();
    let values = entries.map(|entry| entry[member].as_str().unwrap().to_owned());
    values.collect()
}

/// The first entry of a list.
fn first(wire: &mut Wire, listing: &str, member: &str) -> String {
    let listed = wire.answer(listing, json!({}));
    listed["data"][0][member].as_str().unwrap().to_owned()
}

#[test]
fn an_object_is_read_as_by_the_tool_that_gets_it() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    for (listing, member, place, tool, argument) in [
        (
            "list_workspaces",
            "id",
            "workspaces",
            "get_workspace",
            "workspace_id",
        ),
        ("list_prompts", "slug", "prompts", "get_prompt", "prompt_id"),
        ("list_configs", "slug", "configs", "get_config", "slug"),
        (
            "list_guardrails",
            "slug",
            "guardrails",
            "get_guardrail",
            "guardrail_id",
        ),
        (
            "list_providers",
            "slug",
            "providers",
            "get_provider",
            "slug",
        ),
        (
            "list_integrations",
            "slug",
            "integrations",
            "get_integration",
            "slug",
        ),
        ("list_api_keys", "id", "api-keys", "get_api_key", "id"),
        (
            "list_collections",
            "id",
            "collections",
            "get_collection",
            "collection_id",
        ),
        (
            "list_prompt_partials",
            "slug",
            "partials",
            "get_prompt_partial",
            "prompt_partial_id",
        ),
    ] {
        let id = first(&mut wire, listing, member);
        let uri = format!("portkey://{place}/{id}");
        let result = read(&mut wire, &uri);
        let contents = &result["contents"][0];
        assert_eq!(contents["uri"], uri);
        assert_eq!(contents["mimeType"], "application/json");
        let got = wire.call(tool, json!({ argument: id }));
        assert_eq!(contents["text"], got["content"][0]["text"], "{uri}");
        assert_eq!(contents["_meta"], got["content"][0]["_meta"], "{uri}");
        assert_eq!(
            result["_meta"]["portkey-mcp/origin"],
            got["_meta"]["portkey-mcp/origin"]
        );
        assert_eq!(result["cacheScope"], "private");
    }
}

#[test]
fn a_name_in_an_address_is_resolved_and_a_note_says_so() {
    let mut wire = Wire::initialised(&SANDBOX, &[]);
    let result = read(&mut wire, "portkey://workspaces/Staging");
    let contents = result["contents"].as_array().unwrap();
    assert!(
        contents[0]["text"]
            .as_str()
            .unwrap()
            .contains("ws-staging-51f0ae")
    );
    assert!(
        contents[1]["text"]
            .as_str()
            .unwrap()
            .contains("`Staging` is taken as")
    );
    assert_eq!(contents[1]["uri"], "portkey://workspaces/Staging#note");
}

#[test]
fn what_is_not_there_is_an_error_of_the_revision() {
    let mut wire = Wire::initialised(&SANDBOX, &[]);
    for uri in [
        "portkey://nothing/1",
        "portkey://workspaces",
        "file:///etc/passwd",
        "portkey://prompts/a/b",
    ] {
        let (code, text) = refused(&mut wire, uri);
        assert_eq!(code, -32002, "{uri}: {text}");
        assert!(text.contains("portkey://workspaces/{id}"), "{text}");
    }
    let (code, text) = refused(&mut wire, "portkey://configs/pc-none-000000");
    assert_eq!(code, -32002, "{text}");
    assert!(text.contains("`list_configs`"), "{text}");
    let malformed = wire.request("resources/read", json!({ "uri": 5 }));
    assert_eq!(malformed["error"]["code"], -32602, "{malformed}");

    let mut wire = Wire::start(&SANDBOX, &[]);
    let params =
        json!({ "uri": "portkey://configs/pc-none-000000", "_meta": modern_meta(&json!({})) });
    let answer = wire.request("resources/read", params);
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert_eq!(
        answer["error"]["data"]["uri"],
        "portkey://configs/pc-none-000000"
    );
}

#[test]
fn this_servers_own_texts_need_no_portkey() {
    let mut wire = Wire::initialised(&[], &[("PORTKEY_BASE_URL", "http://127.0.0.1:9/v1")]);
    let listed = wire.request("resources/list", json!({}));
    let resources = &listed["result"]["resources"];
    let uris = of(resources, "uri");
    assert!(uris.contains(&"portkey://tools".to_owned()), "{uris:?}");
    assert!(
        uris.contains(&"portkey://guides/dry-run".to_owned()),
        "{uris:?}"
    );
    for (uri, described) in uris.iter().zip(resources.as_array().unwrap()) {
        let contents = read(&mut wire, uri)["contents"][0].clone();
        assert_eq!(contents["mimeType"], "text/markdown", "{uri}");
        let size = contents["text"].as_str().unwrap().len();
        assert!(
            described["size"].is_null() || described["size"] == size,
            "{uri}"
        );
    }
    let index = read(&mut wire, "portkey://tools")["contents"][0]["text"].clone();
    let index = index.as_str().unwrap();
    assert!(index.contains("- `list_configs` (read): "), "{index}");
    let page = read(&mut wire, "portkey://tools/create_config")["contents"][0]["text"].clone();
    let page = page.as_str().unwrap();
    for part in [
        "Create a new config",
        "Effect: create",
        "## Example",
        "\"gateway_config\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn http_reads_in_both_eras() {
    let server = Served::on_sandbox(&[]);
    let params = json!({ "uri": "portkey://configs/pc-by-plan-7f0e38" });
    let session = server.session().await;
    let old = json!({ "jsonrpc": "2.0", "id": 2, "method": "resources/read", "params": params });
    let old = server.post(&old).header("mcp-session-id", session);
    let old = old.header("mcp-protocol-version", "2025-11-25");
    let old = message(old.send().await.unwrap()).await;
    let new = server.modern("resources/read", params.clone()).send().await;
    let new = message(new.unwrap()).await;
    assert_eq!(
        old["result"]["contents"], new["result"]["contents"],
        "{old} {new}"
    );
    assert_eq!(new["result"]["ttlMs"], 0);
    let name = &new["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"];
    assert_eq!(name, "portkey-mcp-sandbox");
    for method in [
        "resources/list",
        "resources/templates/list",
        "prompts/list",
        "skills/list",
    ] {
        let listed = message(server.modern(method, json!({})).send().await.unwrap()).await;
        let result = &listed["result"];
        assert!(result["ttlMs"].as_u64().unwrap() > 0, "{listed}");
        assert_eq!(result["cacheScope"], "private", "{listed}");
        assert_eq!(
            result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
            *name
        );
        let cursor = server.modern(method, json!({ "cursor": "x" })).send().await;
        assert_eq!(
            message(cursor.unwrap()).await["error"]["code"],
            -32602,
            "{method}"
        );
    }
    // The header must name what the body does.
    let lies = server.modern("resources/read", params);
    let lies = lies.header("mcp-name", "portkey://configs/another");
    assert_eq!(lies.send().await.unwrap().status(), 400);
}

#[test]
fn the_server_says_what_it_has_in_every_revision() {
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let opened = Wire::start(&SANDBOX, &[]).initialise(revision);
        let able = &opened["result"]["capabilities"];
        for capability in ["tools", "resources", "prompts", "completions"] {
            assert!(able[capability].is_object(), "{revision}: {able}");
        }
        assert!(
            able["extensions"]["io.modelcontextprotocol/skills"].is_object(),
            "{able}"
        );
        let icon = &opened["result"]["serverInfo"]["icons"][0]["src"];
        assert!(
            icon.as_str().unwrap().starts_with("data:image/svg+xml,"),
            "{icon}"
        );
    }
}

#[test]
fn skills_are_served_with_their_digests() {
    let mut wire = Wire::initialised(&SANDBOX, &[]);
    let listed = wire.request("skills/list", json!({}));
    let skills = listed["result"]["skills"].as_array().unwrap();
    assert!(skills.len() >= 4, "{listed}");
    for skill in skills {
        let uri = skill["uri"].as_str().unwrap();
        let text = read(&mut wire, uri)["contents"][0]["text"].clone();
        let text = text.as_str().unwrap();
        assert!(text.starts_with("---\nname: "), "{text}");
        assert_eq!(skill["resources"][0]["size"], text.len());
        let got = wire.request("skills/get", json!({ "uri": uri }));
        assert_eq!(&got["result"]["skill"], skill);
    }
    let unknown = wire.request("skills/get", json!({ "uri": "skill://none/SKILL.md" }));
    assert_eq!(unknown["error"]["code"], -32002, "{unknown}");
    let mut wire = Wire::initialised(&["--sandbox", "--read-only"], &[]);
    let fewer = wire.request("skills/list", json!({}));
    let fewer = fewer["result"]["skills"].as_array().unwrap();
    assert!(!fewer.is_empty() && fewer.len() < skills.len(), "{fewer:?}");
}
