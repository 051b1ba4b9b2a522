//! The official clients of both generations and the Inspector's command line, on both transports. They come from
//! outside: `TEST_PYTHON` and `TEST_PYTHON_OLD` name interpreters, `TEST_NODE_MODULES` a folder of packages.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use portkey_testing::outside;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    process::{SandboxProcess, program, text},
    served::Served,
};

#[test]
fn the_python_client_of_the_newer_line_administers_the_sandbox() {
    if let Some(python) = outside("TEST_PYTHON", "a Python that has the package `mcp` 2.x") {
        tell(&[python.as_ref(), &script("story.py")]);
    }
}

#[test]
fn the_python_client_of_the_older_line_administers_the_sandbox() {
    if let Some(python) = outside("TEST_PYTHON_OLD", "a Python that has the package `mcp` 1.x") {
        tell(&[python.as_ref(), &script("story_old.py")]);
    }
}

#[test]
fn the_typescript_client_of_the_newer_line_administers_the_sandbox() {
    if let Some(modules) = node_modules() {
        tell(&[&node(&modules), &story(&modules), Path::new("new")]);
    }
}

#[test]
fn the_typescript_client_of_the_older_line_administers_the_sandbox() {
    if let Some(modules) = node_modules() {
        tell(&[&node(&modules), &story(&modules), Path::new("old")]);
    }
}

#[test]
fn the_inspector_administers_the_sandbox() {
    let Some(modules) = node_modules() else {
        return;
    };
    let sandbox = SandboxProcess::start();
    let [(_, url), (_, key)] = sandbox.settings();
    let variables = [
        format!("PORTKEY_BASE_URL={url}"),
        format!("PORTKEY_API_KEY={key}"),
    ];
    let server = Served::start(&[], &sandbox.settings());
    let path = path();
    let endpoint = server.url("/mcp");
    let over_http = ["--transport", "http", endpoint.as_str()];
    let over_stdio = ["-e", &variables[0], "-e", &variables[1], "--", &path];
    for era in ["legacy", "modern"] {
        for target in [over_http.as_slice(), over_stdio.as_slice()] {
            inspect(&modules, era, target);
        }
    }
}

/// A workspace's life, each step by an Inspector of its own.
fn inspect(modules: &Path, era: &str, target: &[&str]) {
    let home = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let launcher =
            modules.join("@modelcontextprotocol/inspector/clients/launcher/build/index.js");
        Command::new(node(modules))
            .arg(launcher)
            .args([
                "--cli",
                "--quiet",
                "--format",
                "json",
                "--protocol-era",
                era,
            ])
            .args(arguments)
            .args(target)
            .env("HOME", home.path())
            .output()
            .unwrap()
    };
    let call = |tool: &str, arguments: Value| {
        let arguments = arguments.to_string();
        let named = [
            "--method",
            "tools/call",
            "--tool-name",
            tool,
            "--tool-args-json",
            &arguments,
        ];
        run(&named)
    };
    let listed = result(&run(&["--method", "tools/list", "--strict"]));
    assert!(
        listed["tools"].as_array().unwrap().len() > 100,
        "{era} {target:?}"
    );
    for (method, entries) in [
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
        ("prompts/list", "prompts"),
    ] {
        let listed = result(&run(&["--method", method]));
        let listed = listed[entries].as_array().map(Vec::len);
        assert!(listed.unwrap() > 4, "{era} {method}");
    }
    let name = format!("Inspector {era} {}", target.len());
    let created = result(&call("create_workspace", json!({ "name": name })));
    let created: Value =
        serde_json::from_str(created["content"][0]["text"].as_str().unwrap()).unwrap();
    let of = json!({ "workspace_id": created["id"] });
    result(&call("get_workspace", of.clone()));
    let mut delete = json!({ "workspace_id": created["id"], "force_delete": true });
    let told = result(&call("delete_workspace", delete.clone()));
    let told: Value = serde_json::from_str(told["content"][0]["text"].as_str().unwrap()).unwrap();
    // It cannot ask its user; over HTTP it must call twice.
    if told["done"] == false {
        delete["confirmation"] = told["confirmation"].clone();
        result(&call("delete_workspace", delete));
    }
    let gone = call("get_workspace", of);
    assert_eq!(gone.status.code(), Some(5), "{}", text(&gone.stdout));
}

/// Where the program is.
fn path() -> String {
    program().into_os_string().into_string().unwrap()
}

/// What an Inspector that succeeded prints.
fn result(output: &Output) -> Value {
    let (told, complaint) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}\n{complaint}");
    serde_json::from_str::<Value>(&told).unwrap()["result"].clone()
}

/// How each surface calls a tool: its name, the tool, the arguments.
fn calls_by_surface() -> Value {
    json!([
        ["names", "list_workspaces", {}],
        ["compact", "call_read", { "tool": "list_workspaces" }],
        ["code", "run_script", { "script": "return await portkey.list_workspaces({})" }],
    ])
}

/// Runs a story over standard input and output, and over HTTP.
fn tell(command: &[&Path]) {
    let sandbox = SandboxProcess::start();
    let server = Served::start(&[], &sandbox.settings());
    for target in [path(), server.url("/mcp")] {
        let output = Command::new(command[0])
            .args(&command[1..])
            .arg(&target)
            .envs(sandbox.settings())
            .env("SURFACES", calls_by_surface().to_string())
            .output()
            .unwrap();
        let (told, complaint) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{target}: {told}\n{complaint}");
        assert!(told.ends_with("the story ended well\n"), "{target}: {told}");
    }
}

pub(crate) fn node_modules() -> Option<PathBuf> {
    outside(
        "TEST_NODE_MODULES",
        "the `node_modules` that `npm ci` makes of tests/clients",
    )
}

/// Node comes as one of the packages, so that its version is pinned like theirs.
pub(crate) fn node(modules: &Path) -> PathBuf {
    modules.join(".bin/node")
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(name)
}

/// The story of the TypeScript clients, copied to where Node finds the packages it imports.
fn story(modules: &Path) -> PathBuf {
    let copy = modules.with_file_name("story.mjs");
    if copy != script("story.mjs") {
        std::fs::copy(script("story.mjs"), &copy).unwrap();
    }
    copy
}
