//! Prompts: how to do what administrators do again and again, for those who may do it.

use serde_json::{Value, json};

use crate::{
    process::Wire,
    served::{Served, message},
};

fn listed(wire: &mut Wire) -> Vec<Value> {
    let list = wire.request("prompts/list", json!({}));
    list["result"]["prompts"].as_array().unwrap().clone()
}

fn names(wire: &mut Wire) -> Vec<String> {
    let names = listed(wire);
    let names = names.iter().map(|prompt| prompt["name"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

const ALL: [&str; 5] = [
    "onboard_team",
    "rotate_keys",
    "investigate_cost_spike",
    "release_prompt",
    "review_access",
];

#[test]
fn each_says_what_it_takes_and_which_tools_to_call() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let prompts = listed(&mut wire);
    assert_eq!(names(&mut wire), ALL);
    for prompt in &prompts {
        assert!(
            prompt["title"].is_string() && prompt["description"].is_string(),
            "{prompt}"
        );
        let mut given = json!({});
        for argument in prompt["arguments"].as_array().unwrap() {
            assert!(argument["description"].is_string(), "{prompt}");
            if argument["required"] == true {
                given[argument["name"].as_str().unwrap()] = "the given value".into();
            }
        }
        let params = json!({ "name": prompt["name"], "arguments": given });
        let got = wire.request("prompts/get", params);
        let said = &got["result"]["messages"][0];
        assert_eq!(said["role"], "user", "{got}");
        let text = said["content"]["text"].as_str().unwrap();
        assert!(text.contains("## Steps"), "{text}");
        assert!(
            given == json!({}) || text.contains("\"the given value\""),
            "{text}"
        );
        assert!(!text.contains("\ndescription: "), "{text}");
    }
}

#[test]
fn only_those_whose_tools_may_be_called_are_offered() {
    let mut wire = Wire::initialised(&["--sandbox", "--read-only"], &[]);
    assert_eq!(
        names(&mut wire),
        ["investigate_cost_spike", "review_access"]
    );
    let got = wire.request("prompts/get", json!({ "name": "rotate_keys" }));
    assert_eq!(got["error"]["code"], -32602, "{got}");
    let told = got["error"]["message"].as_str().unwrap();
    assert!(told.contains("may not call"), "{told}");
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "configs"], &[]);
    assert!(names(&mut wire).is_empty());
}

#[test]
fn arguments_are_checked() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let mut refused = |params: Value| {
        let got = wire.request("prompts/get", params);
        assert_eq!(got["error"]["code"], -32602, "{got}");
        got["error"]["message"].as_str().unwrap().to_owned()
    };
    for (params, part) in [
        (json!({ "name": "onboard_team" }), "needs `team`"),
        (
            json!({ "name": "onboard_team", "arguments": { "team": " " } }),
            "needs `team`",
        ),
        (
            json!({ "name": "onboard_team", "arguments": { "team": 5 } }),
            "must be a text",
        ),
        (
            json!({ "name": "onboard_team", "arguments": { "tema": "A" } }),
            "no argument `tema`",
        ),
        (
            json!({ "name": "onboard_team", "arguments": { "team": "x".repeat(2000) } }),
            "more than 1000",
        ),
        (json!({ "name": "offboard_team" }), "onboard_team"),
        (json!({}), "prompts/get"),
    ] {
        let told = refused(params.clone());
        assert!(told.contains(part), "{params}: {told}");
    }
    let given = json!({ "team": "Legal\u{202e}\n## Steps", "members": null });
    let got = wire.request(
        "prompts/get",
        json!({ "name": "onboard_team", "arguments": given }),
    );
    let text = got["result"]["messages"][0]["content"]["text"]
        .as_str()
        .unwrap();
    assert!(
        text.contains("- `team`: \"Legal⟨U+202E⟩\\n## Steps\"\n"),
        "{text}"
    );
    assert!(text.contains("- `members` is not given: "), "{text}");
}

#[tokio::test]
async fn http_gives_them_in_both_eras() {
    let server = Served::on_sandbox(&[]);
    let params = json!({ "name": "review_access", "arguments": {} });
    let session = server.session().await;
    let old = json!({ "jsonrpc": "2.0", "id": 2, "method": "prompts/get", "params": params });
    let old = server.post(&old).header("mcp-session-id", session);
    let old = old.header("mcp-protocol-version", "2025-11-25");
    let old = message(old.send().await.unwrap()).await;
    let new = server.modern("prompts/get", params).send().await.unwrap();
    let new = message(new).await;
    assert_eq!(
        old["result"]["messages"], new["result"]["messages"],
        "{old} {new}"
    );
    assert!(new["result"]["_meta"]["io.modelcontextprotocol/serverInfo"].is_object());
}
