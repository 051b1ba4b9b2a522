//! The egress allowlist: hosts are added, changed and removed, and addresses are refused.

use serde_json::{Value, json};

use crate::client::{each, sandbox};

const PATH: &str = "/v2/egress-allowlist";

#[tokio::test]
async fn a_host_is_allowed_changed_and_removed() {
    let admin = sandbox().await;
    let seeded = admin.get(PATH).await;
    assert_eq!(
        each(&seeded, "domain"),
        ["*.code.example", "hooks.northwind.example"]
    );
    let body = json!({ "domain": " API.Desk.example ", "description": "Tickets" });
    let made = admin.post(PATH, body).await;
    assert_eq!(made["domain"], "api.desk.example");
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await["description"], "Tickets");
    let found = admin.get(&format!("{PATH}?search=DESK")).await;
    assert_eq!(each(&found, "id"), [&made["id"]]);
    let first = admin
        .get(&format!("{PATH}?page_size=1&current_page=1"))
        .await;
    assert_eq!(
        (first["total"].clone(), each(&first, "domain").len()),
        (json!(3), 1)
    );

    admin.put(&path, json!({ "description": null })).await;
    let read = admin.get(&path).await;
    assert_eq!(
        (&read["domain"], &read["description"]),
        (&made["domain"], &Value::Null)
    );
    admin.put(&path, json!({ "domain": "[2001:db8::1]" })).await;
    assert_eq!(admin.get(&path).await["domain"], "[2001:db8::1]");
    let refused = admin.refusal("PUT", &path, json!({ "x": 1 })).await;
    refused.is(400, "AB01", "`domain`");
    admin.delete(&path).await;
    let refused = admin.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "egress allowlist entry");
}

#[tokio::test]
async fn only_hosts_are_allowed_and_each_once() {
    let admin = sandbox().await;
    for domain in [
        "https://example.com",
        "example.com/path",
        "example.com:443",
        "ada:secret@example.com",
        "a.*.example.com",
        "169.254.169.254",
        "metadata.google.internal",
        " ",
    ] {
        let refused = admin
            .refusal("POST", PATH, json!({ "domain": domain }))
            .await;
        refused.is(400, "AB01", "`domain`");
    }
    let long = json!({ "domain": "a.example", "description": "d".repeat(501) });
    let refused = admin.refusal("POST", PATH, long).await;
    refused.is(400, "AB01", "`description`");
    let again = json!({ "domain": "Hooks.northwind.example" });
    let refused = admin.refusal("POST", PATH, again).await;
    refused.is(409, "AB07", "already");
    let refused = admin.in_workspace().refusal("GET", PATH, json!({})).await;
    refused.is(403, "AB03", "organisation");
}
