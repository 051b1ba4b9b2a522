//! The log that replicas share.

use serde_json::json;
use tokio_postgres::NoTls;

use super::head;
use crate::{
    postgres_server::PostgresServer,
    process::{SandboxProcess, run, text},
    served::{Served, message},
};

const CALLS: usize = 20;

/// What `audit verify` says of the database, and whether it is content.
fn verify(database: &PostgresServer, arguments: &[&str]) -> (bool, String) {
    let words = [&["audit", "verify"], arguments].concat();
    let output = run(&words, &[("PORTKEY_MCP_JOURNAL", &database.url)]);
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(!told.contains("secret-of-journal"), "{told}");
    (output.status.success(), told)
}

async fn alter(database: &PostgresServer, statement: &str) {
    let (client, connection) = tokio_postgres::connect(&database.url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(statement).await.unwrap();
}

async fn change(server: &Served, description: &str) -> String {
    let change = json!({ "workspace_id": "ws-product-8c41d2", "description": description });
    let call = json!({ "name": "update_workspace", "arguments": change });
    let answer = message(server.modern("tools/call", call).send().await.unwrap()).await;
    answer["result"]["content"][0]["text"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_write_one_chain_in_the_database_of_their_journal() {
    let Some(mut database) = PostgresServer::start() else {
        return;
    };
    let sandbox = SandboxProcess::start();
    let [url, key] = sandbox.settings();
    let journal = ("PORTKEY_MCP_JOURNAL", database.url.as_str());
    let start = || Served::start(&[], &[url, key, journal]);
    let replicas = [start(), start()];
    let calls = (0..CALLS).map(|number| {
        let call = json!({ "name": "list_workspaces", "arguments": {} });
        let sent = replicas[number % 2].modern("tools/call", call).send();
        async { message(sent.await.unwrap()).await }
    });
    futures_util::future::join_all(calls).await;
    let (whole, told) = verify(&database, &[]);
    assert!(
        whole && told.starts_with(&format!("{CALLS} entries")),
        "{told}"
    );
    let shown = run(
        &["audit", "show", "--last", "3", "-q", "[.[].sequence]"],
        &[("PORTKEY_MCP_JOURNAL", &database.url)],
    );
    let shown: Vec<usize> = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown, [CALLS - 2, CALLS - 1, CALLS]);
    let head = head(&told);
    assert!(verify(&database, &["--head", &head]).0);

    let role = "CREATE ROLE teller LOGIN; GRANT SELECT, INSERT ON audit TO teller;
                GRANT SELECT, INSERT, UPDATE, DELETE ON changes TO teller";
    alter(&database, role).await;
    let teller = database.url.replace("journal:secret", "teller:secret");
    let least = Served::start(&[], &[url, key, ("PORTKEY_MCP_JOURNAL", &teller)]);
    change(&least, "told by another").await;
    let (whole, told) = verify(&database, &["--head", &head]);
    assert!(whole && told.starts_with("21 entries"), "{told}");

    alter(&database, "DELETE FROM audit WHERE sequence >= 20").await;
    let (whole, told) = verify(&database, &["--head", &head]);
    assert!(!whole && told.contains(&head), "{told}");
    let altered = "UPDATE audit SET line = replace(line, 'list_', 'get_') WHERE sequence = 7";
    alter(&database, altered).await;
    let (whole, told) = verify(&database, &[]);
    assert!(!whole && told.contains("line 7"), "{told}");

    database.stop();
    let refused = change(&replicas[0], "changed").await;
    assert!(refused.contains("Nothing was sent"), "{refused}");
    assert!(!refused.contains("secret-of-journal"), "{refused}");
    let unchanged = description(&replicas[1]).await;
    assert!(unchanged.contains("told by another"), "{unchanged}");
    let (_, told) = verify(&database, &[]);
    assert!(told.contains("cannot be read"), "{told}");
}

async fn description(server: &Served) -> String {
    let call =
        json!({ "name": "get_workspace", "arguments": { "workspace_id": "ws-product-8c41d2" } });
    message(server.modern("tools/call", call).send().await.unwrap())
        .await
        .to_string()
}

#[test]
fn it_needs_the_journal_to_be_in_a_database() {
    let words = ["--sandbox", "--audit", "journal"];
    let output = run(&words, &[]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("--audit") && told.contains("--journal"),
        "{told}"
    );
}
