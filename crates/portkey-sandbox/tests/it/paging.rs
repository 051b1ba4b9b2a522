//! Every listing, asked for pages that it does not have.

use portkey_api::{Base, Location, Method, Operation, operations};
use serde_json::Value;

use crate::client::{Client, each, sandbox};

/// Numbers that no listing gets to: below the first page, beyond the last, and beyond any integer.
const BEYOND: &[&str] = &[
    "1000000",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "100000000000000000000000000000000",
];

/// The names that the operation has for the number of a page and for its size.
fn paging(operation: &Operation) -> Option<(&'static str, Option<&'static str>)> {
    let named = |wanted: &[&str]| {
        let arguments = operation.declaration.arguments.iter();
        let mut arguments = arguments.filter(|argument| wanted.contains(&argument.name));
        arguments.find_map(|argument| match argument.location {
            Location::Query(name) => Some(name),
            _ => None,
        })
    };
    let number = named(&["current_page", "page"])?;
    Some((number, named(&["page_size"])))
}

/// The operation's path with ids that exist, and what its query needs.
async fn path(admin: &Client, operation: &Operation) -> String {
    let base = if operation.base == Base::V2 {
        "/v2"
    } else {
        ""
    };
    let mut path = format!("{base}{}", operation.path);
    let policies = admin.get("/policies/usage-limits").await;
    let policy = each(&policies, "id")[0].as_str().unwrap();
    let id = match operation.path.split('/').nth(1) {
        Some("admin") => "ws-staging-51f0ae",
        Some("policies") => policy,
        Some("mcp-integrations") => "code-host",
        Some("mcp-servers") => "code-host-prod",
        _ => "model",
    };
    if let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(start..=end, id);
    }
    let workspace = admin.get("/admin/workspaces/ws-staging-51f0ae").await;
    let organisation = workspace["organisation_id"].as_str().unwrap();
    let period = "2020-01-01T00:00:00Z";
    let always = [
        ("time_of_generation_min", period),
        ("time_of_generation_max", "2099-01-01T00:00:00Z"),
        ("start_time", period),
        ("end_time", "2099-01-01T00:00:00Z"),
        ("organisation_id", organisation),
    ];
    // Organisation keys name the workspace of access policies, and of nothing else.
    let of_workspace = ("workspace_id", "ws-product-8c41d2");
    let of_workspace = (operation.path == "/policies/access").then_some(of_workspace);
    let needed = always
        .iter()
        .chain(&of_workspace)
        .filter(|(name, _)| operation.declaration.argument(name).is_some());
    let needed: Vec<String> = needed
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{path}?{}", needed.join("&"))
}

fn entries(answer: &Value) -> usize {
    let lists = ["data", "records", "groups", "mappings", "capabilities"];
    let list = lists.iter().find_map(|name| answer[*name].as_array());
    list.unwrap().len()
}

#[tokio::test]
async fn a_page_that_no_listing_has_is_empty_and_what_is_no_page_is_refused() {
    let admin = sandbox().await;
    let mut seen = 0;
    for operation in operations().filter(|operation| operation.method == Method::Get) {
        let Some((number, size)) = paging(operation) else {
            continue;
        };
        seen += 1;
        let path = path(&admin, operation).await;
        for page in BEYOND {
            let answer = admin.get(&format!("{path}&{number}={page}")).await;
            assert_eq!(entries(&answer), 0, "{path} {number}={page}: {answer}");
        }
        for wrong in ["-1", "-9223372036854775808", "x", "1.5"] {
            let refused = admin
                .refusal(
                    "GET",
                    &format!("{path}&{number}={wrong}"),
                    serde_json::json!({}),
                )
                .await;
            refused.is(400, "AB01", number);
        }
        let Some(size) = size else { continue };
        let whole = admin.get(&path).await;
        if let Some(most) = BEYOND.last() {
            let answer = admin.get(&format!("{path}&{size}={most}")).await;
            assert!(entries(&answer) >= entries(&whole), "{path} {size}={most}");
            let answer = admin
                .get(&format!("{path}&{size}={most}&{number}={most}"))
                .await;
            assert_eq!(entries(&answer), 0, "{path} {size}={most}");
        }
    }
    assert!(seen > 25, "only {seen} listings");
}
