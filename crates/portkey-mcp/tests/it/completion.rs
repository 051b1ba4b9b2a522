//! Completion of ids and names: by the tools that list them, under the same rules.

use serde_json::{Value, json};

use crate::{
    process::{SandboxProcess, Wire},
    served::{Served, message},
};

fn in_template(uri: &str, name: &str, value: &str) -> Value {
    json!({ "ref": { "type": "ref/resource", "uri": uri }, "argument": { "name": name, "value": value } })
}

fn in_prompt(prompt: &str, name: &str, value: &str) -> Value {
    json!({ "ref": { "type": "ref/prompt", "name": prompt }, "argument": { "name": name, "value": value } })
}

fn completed(wire: &mut Wire, params: Value) -> Value {
    let answer = wire.request("completion/complete", params.clone());
    assert!(answer["error"].is_null(), "{params}: {answer}");
    answer["result"]["completion"].clone()
}

fn values(wire: &mut Wire, params: Value) -> Vec<String> {
    let completion = completed(wire, params);
    let values = completion["values"].as_array().unwrap().iter();
    values
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn ids_are_found_by_parts_of_names_and_of_ids() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let workspaces = "portkey://workspaces/{id}";
    for begun in ["Stag", "stag", "ws-stag", "51f0"] {
        let found = values(&mut wire, in_template(workspaces, "id", begun));
        assert_eq!(found.len(), 1, "{begun}: {found:?}");
        let read = wire.request(
            "resources/read",
            json!({ "uri": format!("portkey://workspaces/{}", found[0]) }),
        );
        let text = read["result"]["contents"][0]["text"].as_str().unwrap();
        assert!(text.contains("ws-staging-51f0ae"), "{text}");
    }
    let all = completed(&mut wire, in_template(workspaces, "id", ""));
    assert_eq!((&all["total"], &all["hasMore"]), (&json!(3), &json!(false)));
    assert!(values(&mut wire, in_template(workspaces, "id", "nothing")).is_empty());
}

#[test]
fn every_kind_has_something_to_choose_from() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let listed = wire.request("resources/templates/list", json!({}));
    let templates = listed["result"]["resourceTemplates"]
        .as_array()
        .unwrap()
        .clone();
    for template in templates {
        let uri = template["uriTemplate"].as_str().unwrap();
        let name = uri.split(['{', '}']).nth(1).unwrap();
        let found = values(&mut wire, in_template(uri, name, ""));
        assert!(!found.is_empty(), "{uri}");
        let whole = uri.replace(&format!("{{{name}}}"), &found[0]);
        let read = wire.request("resources/read", json!({ "uri": whole }));
        assert!(read["error"].is_null(), "{whole}: {read}");
    }
    for (prompt, argument) in [
        ("release_prompt", "prompt"),
        ("release_prompt", "version"),
        ("release_prompt", "target"),
        ("rotate_keys", "workspace"),
        ("review_access", "person"),
        ("investigate_cost_spike", "model"),
    ] {
        let found = values(&mut wire, in_prompt(prompt, argument, ""));
        assert!(!found.is_empty(), "{prompt}: {argument}");
    }
    assert!(values(&mut wire, in_prompt("onboard_team", "team", "A")).is_empty());
    assert_eq!(
        values(
            &mut wire,
            in_template("portkey://tools/{name}", "name", "rotate")
        )[0],
        "rotate_api_key"
    );
    assert_eq!(
        values(
            &mut wire,
            in_template("portkey://guides/{name}", "name", "und")
        ),
        ["undo"]
    );
}

#[test]
fn what_has_no_such_variable_is_an_error() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    for params in [
        in_template("portkey://workspaces/{id}", "slug", ""),
        in_template("portkey://nothing/{id}", "id", ""),
        in_prompt("onboard_team", "nothing", ""),
        in_prompt("nothing", "team", ""),
        json!({ "ref": { "type": "ref/none" }, "argument": { "name": "a", "value": "" } }),
    ] {
        let answer = wire.request("completion/complete", params.clone());
        assert_eq!(answer["error"]["code"], -32602, "{params}: {answer}");
    }
}

#[test]
fn completing_asks_portkey_once() {
    let sandbox = SandboxProcess::start();
    sandbox.faults(&["latency=1"]);
    let mut wire = Wire::initialised(&[], &sandbox.settings());
    for begun in ["", "s", "st", "sta"] {
        completed(
            &mut wire,
            in_template("portkey://workspaces/{id}", "id", begun),
        );
        assert_eq!(sandbox.seen(), [1], "{begun:?}");
    }
    completed(&mut wire, in_template("portkey://prompts/{id}", "id", "a"));
    assert_eq!(sandbox.seen(), [2]);
}

#[test]
fn what_was_just_made_is_completed() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let begun = in_template("portkey://workspaces/{id}", "id", "Legal");
    assert!(values(&mut wire, begun.clone()).is_empty());
    wire.answer("create_workspace", json!({ "name": "Legal" }));
    assert_eq!(values(&mut wire, begun).len(), 1);
}

#[test]
fn a_failure_is_an_empty_list_and_nothing_is_kept_of_it() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&["--max-retries", "0"], &sandbox.settings());
    sandbox.faults(&["status=500, path=/v1/configs"]);
    let configs = in_template("portkey://configs/{slug}", "slug", "");
    assert!(values(&mut wire, configs.clone()).is_empty());
    sandbox.faults(&[]);
    assert!(!values(&mut wire, configs).is_empty());
}

#[test]
fn only_what_may_be_listed_is_completed() {
    let sandbox = SandboxProcess::start();
    let confined = ["--only-workspaces", "ws-staging-51f0ae"];
    let mut wire = Wire::initialised(&confined, &sandbox.settings());
    let workspaces = values(
        &mut wire,
        in_template("portkey://workspaces/{id}", "id", ""),
    );
    assert_eq!(workspaces.len(), 1, "{workspaces:?}");
    let mut wire = Wire::initialised(&["--deny", "list_configs"], &sandbox.settings());
    assert!(
        values(
            &mut wire,
            in_template("portkey://configs/{slug}", "slug", "")
        )
        .is_empty()
    );
    let mut wire = Wire::initialised(&["--toolsets", "configs"], &sandbox.settings());
    let tools = values(&mut wire, in_template("portkey://tools/{name}", "name", ""));
    assert!(
        tools
            .iter()
            .all(|tool| tool.contains("config") || tool.contains("references")),
        "{tools:?}"
    );
    let hidden = in_template("portkey://workspaces/{id}", "id", "");
    let answer = wire.request("completion/complete", hidden);
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

#[test]
fn a_long_list_is_narrowed_by_what_was_typed() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&[], &sandbox.settings());
    for number in 0..120 {
        wire.answer(
            "create_workspace",
            json!({ "name": format!("Team {number:03}") }),
        );
    }
    let uri = "portkey://workspaces/{id}";
    let first = completed(&mut wire, in_template(uri, "id", ""));
    assert_eq!(
        (&first["total"], &first["hasMore"]),
        (&json!(123), &json!(true))
    );
    assert_eq!(first["values"].as_array().unwrap().len(), 100);
    for number in ["000", "119"] {
        let found = values(&mut wire, in_template(uri, "id", &format!("Team {number}")));
        assert_eq!(found.len(), 1, "{number}: {found:?}");
    }
}

#[tokio::test]
async fn http_completes_in_both_eras() {
    let server = Served::on_sandbox(&[]);
    let params = in_template("portkey://workspaces/{id}", "id", "Stag");
    let session = server.session().await;
    let old =
        json!({ "jsonrpc": "2.0", "id": 2, "method": "completion/complete", "params": params });
    let old = server.post(&old).header("mcp-session-id", session);
    let old = old.header("mcp-protocol-version", "2025-11-25");
    let old = message(old.send().await.unwrap()).await;
    let new = server
        .modern("completion/complete", params)
        .send()
        .await
        .unwrap();
    let new = message(new).await;
    assert_eq!(old["result"]["completion"]["total"], 1, "{old}");
    assert_eq!(
        old["result"]["completion"], new["result"]["completion"],
        "{new}"
    );
    assert!(
        new["result"]["_meta"]["io.modelcontextprotocol/serverInfo"].is_object(),
        "{new}"
    );
}
