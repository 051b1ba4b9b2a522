//! The official Python client, where `TEST_PYTHON` names an interpreter that has it.

use std::{env, process::Command};

use crate::process::SandboxProcess;

#[test]
fn the_official_python_client_administers_the_sandbox() {
    let Some(python) = env::var_os("TEST_PYTHON") else {
        eprintln!(
            "SKIPPED: set TEST_PYTHON to a Python that has the package `mcp` to test with the official client"
        );
        return;
    };
    let sandbox = SandboxProcess::start();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/story.py");
    let output = Command::new(python)
        .args([script, env!("CARGO_BIN_EXE_portkey-mcp")])
        .envs(sandbox.settings())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{complaint}");
    assert!(told.ends_with("the story ended well\n"), "{told}");
}
