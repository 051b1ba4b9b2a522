//! The vendor's SDK tells the life of everything it can administer.

use crate::{file, python, run, sandbox};

#[tokio::test]
async fn the_vendors_sdk_administers_the_sandbox() {
    let sandbox = sandbox().await;
    let Some(mut judge) = python(&sandbox) else {
        return;
    };
    judge.arg(file("vendor_sdk/story.py"));
    let told = run(judge).await;
    assert!(told.ends_with("everything was exercised\n"), "{told}");
}
