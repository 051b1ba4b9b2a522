//! schemathesis makes up thousands of calls from the vendor's OpenAPI file, and holds the answers against it.

use std::collections::BTreeMap;

use portkey_testing::outside;

use crate::{file, python, run, sandbox};

/// How often an operation answered with which status.
type Answers = BTreeMap<String, BTreeMap<u16, u32>>;

#[tokio::test]
async fn no_call_that_the_openapi_file_allows_is_answered_against_it() {
    let Some(openapi) = outside("PORTKEY_OPENAPI", "the vendor's OpenAPI file") else {
        return;
    };
    let sandbox = sandbox().await;
    let Some(mut judge) = python(&sandbox) else {
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    let counts = folder.path().join("answers.json");
    judge
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(file("openapi/schemathesis.toml"))
        .arg("run")
        .arg(openapi)
        .env("PYTHONPATH", file("openapi"))
        .env("SANDBOX_ANSWERS", &counts)
        .current_dir(file("openapi"));
    run(judge).await;

    let answers: Answers = serde_json::from_slice(&std::fs::read(counts).unwrap()).unwrap();
    assert!(answers.len() > 150, "only {} operations", answers.len());
    let never_done: Vec<_> = answers
        .iter()
        .filter(|(_, statuses)| !statuses.contains_key(&200))
        .collect();
    assert!(never_done.is_empty(), "never succeeded: {never_done:#?}");
}
