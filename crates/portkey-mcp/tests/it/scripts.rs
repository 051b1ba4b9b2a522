//! The surface `code`: programs that call tools, under the same rules as direct calls.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    process::Wire,
    served::{Served, message},
};

fn on(more: &[&str]) -> Wire {
    let arguments = ["--sandbox", "--surface", "code"];
    Wire::initialised(&[&arguments, more].concat(), &[])
}

fn ran(wire: &mut Wire, script: &str) -> Value {
    wire.answer("run_script", json!({ "script": script }))
}

fn failed(wire: &mut Wire, script: &str) -> String {
    wire.failure("run_script", json!({ "script": script }))
}

#[test]
fn a_whole_job_is_one_program_and_only_its_result_is_read() {
    let mut wire = on(&[]);
    let list = wire.request("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "search_tools",
            "describe_tools",
            "run_script",
            "call_delete"
        ]
    );
    let found = wire.answer(
        "search_tools",
        json!({ "query": "which api keys are there" }),
    );
    let function = found["tools"][0]["function"].as_str().unwrap();
    assert!(
        function.starts_with("portkey.list_api_keys({ "),
        "{function}"
    );

    let answer = ran(
        &mut wire,
        "const { data } = await portkey.list_workspaces({});
         const members = await Promise.all(data.map((one) =>
             portkey.list_workspace_members({ workspace_id: one.slug })));
         return data.map((one, place) => [one.slug, members[place].data.length]);",
    );
    assert_eq!(answer["returned"].as_array().unwrap().len(), 3, "{answer}");
    let calls = json!({ "list_workspaces": 1, "list_workspace_members": 3 });
    assert_eq!(answer["calls"], calls);
}

#[test]
fn a_program_sees_whole_answers() {
    let mut wire = on(&["--result-tokens", "300"]);
    let script = "return Object.keys((await portkey.list_prompts({ all: true })).data[0])";
    let members = ran(&mut wire, script);
    assert!(
        members["returned"].as_array().unwrap().len() > 5,
        "{members}"
    );
    let told = failed(
        &mut wire,
        "return await portkey.list_prompts({ all: true })",
    );
    assert!(
        told.contains("more than 300 tokens") && told.contains("list_prompts (1)"),
        "{told}"
    );
}

#[test]
fn errors_name_the_line_and_what_was_done_before() {
    let mut wire = on(&[]);
    let told = failed(
        &mut wire,
        "await portkey.create_config({ name: 'Half', gateway_config: { retry: { attempts: 2 } } });
await portkey.get_config({ slug: 'pc-none' });",
    );
    assert!(told.contains("404") && told.contains("at line 2"), "{told}");
    assert!(
        told.contains("create_config (1); what these changed stays changed"),
        "{told}"
    );
    let misspelt = failed(&mut wire, "await portkey.list_confgs({})");
    assert!(misspelt.contains("list_configs"), "{misspelt}");
    let argument = failed(&mut wire, "await portkey.get_config({ slg: 'pc-1' })");
    assert!(argument.contains("did you mean `slug`"), "{argument}");
    let syntax = failed(&mut wire, "const x = ;");
    assert!(
        syntax.contains("SyntaxError") && syntax.contains("line 1, column 11"),
        "{syntax}"
    );
    let refused = wire.failure(
        "run_script",
        json!({ "script": "return 1", "dryrun": true }),
    );
    assert!(refused.contains("`dryrun` is no argument"), "{refused}");
}

#[test]
fn each_call_is_held_to_the_policy_and_audited() {
    let mut wire = on(&["--read-only"]);
    let told = failed(
        &mut wire,
        "await portkey.delete_config({ slug: 'pc-by-plan-7f0e38' })",
    );
    assert!(told.contains("read-only"), "{told}");
    let list = wire.request("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    let script = tools
        .iter()
        .find(|tool| tool["name"] == "run_script")
        .unwrap();
    assert_eq!(script["annotations"]["readOnlyHint"], true, "{script}");

    let mut wire = on(&["--only-workspaces", "ws-staging-51f0ae"]);
    let seen = ran(
        &mut wire,
        "return (await portkey.list_workspaces({})).data.map((one) => one.slug)",
    );
    assert_eq!(seen["returned"], json!(["ws-staging-51f0ae"]));

    let mut wire = on(&["--toolsets", "configs"]);
    let told = failed(&mut wire, "await portkey.list_all_users({})");
    assert!(told.contains("not in this server's tool sets"), "{told}");
}

#[test]
fn what_needs_consent_is_not_done_by_a_program() {
    let mut wire = on(&["--confirm", "always"]);
    let told = failed(
        &mut wire,
        "await portkey.delete_config({ slug: 'pc-by-plan-7f0e38' })",
    );
    assert!(
        told.contains("needs consent") && told.contains("`call_delete`"),
        "{told}"
    );
    let tries = "try { await portkey.delete_config({ slug: 'pc-by-plan-7f0e38' }) } catch (error) {
        const token = error.message.match(/[A-Za-z0-9_.-]{40,}/);
        return token && token[0];
    }";
    assert_eq!(
        ran(&mut wire, tries)["returned"],
        Value::Null,
        "no token is in reach of a program"
    );
    let delete = json!({ "tool": "delete_config", "arguments": { "slug": "pc-by-plan-7f0e38" } });
    let unconfirmed = wire.answer("call_delete", delete);
    assert_eq!(unconfirmed["done"], false);
    ran(
        &mut wire,
        "return (await portkey.get_config({ slug: 'pc-by-plan-7f0e38' })).name",
    );
}

#[test]
fn a_dry_run_changes_nothing_and_lists_what_would_change() {
    let mut wire = on(&[]);
    let script = "const { data } = await portkey.list_configs({});
        for (const one of data) await portkey.update_config({ slug: one.slug, name: one.name + '!' });
        return data.length;";
    let planned = wire.answer("run_script", json!({ "script": script, "dry_run": true }));
    assert_eq!(planned["returned"], 4);
    assert_eq!(planned["planned"].as_array().unwrap().len(), 4, "{planned}");
    let first = &planned["planned"][0];
    assert_eq!(first["tool"], "update_config");
    assert!(first["would_do"].to_string().contains("plan!"), "{first}");
    let names = ran(
        &mut wire,
        "return (await portkey.list_configs({})).data.map((one) => one.name)",
    );
    assert!(!names.to_string().contains('!'), "{names}");
}

#[test]
fn programs_that_run_wild_are_ended() {
    let mut wire = on(&[]);
    for (wild, said) in [
        ("for (;;) {}", "computed for more than 5 seconds"),
        (
            "const all = []; for (;;) all.push(new Array(1e5).fill(1))",
            "memory",
        ),
        ("const f = () => f() + 1; f()", "stack"),
        ("await new Promise(() => {})", "nothing resolves"),
        (
            "for (;;) await portkey.list_configs({ page_size: 1 })",
            "may make 200 calls",
        ),
    ] {
        let told = failed(&mut wire, wild);
        assert!(told.contains(said), "{wild}: {told}");
    }
    assert_eq!(ran(&mut wire, "return 1")["returned"], 1);
}

#[test]
fn text_of_others_is_made_visible() {
    let mut wire = on(&[]);
    let script = "await portkey.create_config({ name: 'a\\u202Eb', gateway_config: { retry: { attempts: 1 } } });
        return (await portkey.list_configs({})).data.map((one) => one.name)";
    let result = wire.call("run_script", json!({ "script": script }));
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("⟨U+202E⟩"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_program_holds_up_nobody_and_ends_with_its_client() {
    let server = Served::on_sandbox(&["--surface", "code"]);
    let call = |script: &str| {
        let call = json!({ "name": "run_script", "arguments": { "script": script } });
        server.modern("tools/call", call)
    };
    let busy: Vec<_> = (0..4)
        .map(|_| tokio::spawn(call("for (;;) {}").send()))
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let quick = message(call("return 2").send().await.unwrap()).await;
    let text = quick["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("\"returned\":2"), "{quick}");
    let health = server
        .client
        .get(server.url("/health"))
        .send()
        .await
        .unwrap();
    assert!(health.status().is_success());
    for one in busy {
        one.abort();
    }
}
