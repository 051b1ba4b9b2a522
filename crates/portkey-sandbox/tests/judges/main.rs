//! Outside judges of the sandbox: the vendor's own Python SDK, and the vendor's OpenAPI file.
//!
//! Recorded answers of the live API judge too. The first two need a Python that has `portkey-ai` and `schemathesis`,
//! which `TEST_PYTHON` names; the recordings are in the folder that `PORTKEY_FACTS` names.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod live_shapes;
mod openapi;
mod vendor_sdk;

use std::{path::PathBuf, process::Command};

use portkey_sandbox::{Options, Sandbox};
use portkey_testing::outside;

/// A file or folder of the judges.
fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/judges", name]
        .iter()
        .collect()
}

/// Python, told where a sandbox is. Says so if there is none.
fn python(sandbox: &Sandbox) -> Option<Command> {
    let python = outside(
        "TEST_PYTHON",
        "a Python that has `portkey-ai` and `schemathesis`",
    )?;
    let root = sandbox.url().trim_end_matches("/v1");
    let mut command = Command::new(python);
    command
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SANDBOX_ROOT", root)
        .env("SANDBOX_ADMIN_KEY", &sandbox.keys().admin)
        .env("SANDBOX_WORKSPACE_KEY", &sandbox.keys().workspace);
    Some(command)
}

/// Runs a judge, who is satisfied or says why not.
async fn run(mut judge: Command) -> String {
    let verdict = tokio::task::spawn_blocking(move || judge.output());
    let verdict = verdict.await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&verdict.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&verdict.stderr);
    assert!(verdict.status.success(), "{told}\n{complaint}");
    told
}

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}
