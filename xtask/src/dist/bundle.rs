//! MCP bundles: a folder with `manifest.json` and the program, which `mcpb pack` makes one file of.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{
    place_program, pretty,
    product::{
        AUTHOR, KEYWORDS, LICENSE, NAME, PRIVACY_POLICY, Product, REPOSITORY, TITLE, VERSION,
        Variable, tools,
    },
    target::{TARGETS, Target},
    write_file,
};
use crate::{Broken, command};

/// The manifest for all systems. A bundle holds one program, and its manifest says which system that is for.
pub(super) fn manifest(product: &Product) -> Value {
    let asked = || {
        product
            .variables
            .iter()
            .filter(|variable| is_asked(variable))
    };
    let environment: Map<String, Value> = asked()
        .map(|variable| {
            (
                variable.name.clone(),
                json!(format!("${{user_config.{}}}", key(variable))),
            )
        })
        .collect();
    let form: Map<String, Value> = asked()
        .map(|variable| (key(variable), field(variable)))
        .collect();
    let tools: Vec<Value> = tools()
        .map(|tool| json!({ "name": tool.name(), "description": tool.declaration().title }))
        .collect();
    let mut platforms: Vec<&str> = TARGETS.iter().map(|target| target.platform).collect();
    platforms.dedup();
    json!({
        "manifest_version": "0.3",
        "name": NAME,
        "display_name": TITLE,
        "version": VERSION,
        "description": product.description,
        "author": { "name": AUTHOR, "url": REPOSITORY },
        "repository": { "type": "git", "url": REPOSITORY },
        "homepage": REPOSITORY,
        "support": format!("{REPOSITORY}/issues"),
        "license": LICENSE,
        "keywords": KEYWORDS,
        "privacy_policies": [PRIVACY_POLICY],
        "server": {
            "type": "binary",
            "entry_point": format!("server/{NAME}"),
            "mcp_config": {
                "command": format!("${{__dirname}}/server/{NAME}"),
                "args": [],
                "env": environment,
                "platform_overrides": {
                    "win32": { "command": format!("${{__dirname}}/server/{NAME}.exe") },
                },
            },
        },
        "tools": tools,
        "tools_generated": true,
        "prompts_generated": true,
        "compatibility": { "platforms": platforms },
        "user_config": form,
    })
}

/// A form has no field for what hardly anybody changes.
fn is_asked(variable: &Variable) -> bool {
    !variable.name.ends_with("BASE_URL")
}

/// The variable in the form.
fn key(variable: &Variable) -> String {
    let name = variable
        .name
        .strip_prefix("PORTKEY_")
        .unwrap_or(&variable.name);
    name.strip_prefix("MCP_").unwrap_or(name).to_lowercase()
}

fn field(variable: &Variable) -> Value {
    let mut field = json!({
        "type": "string",
        "title": variable.title,
        "description": variable.description,
        "required": variable.required,
    });
    if variable.secret {
        field["sensitive"] = json!(true);
    }
    if variable.name.ends_with("READ_ONLY") {
        field["type"] = json!("boolean");
        field["default"] = json!(false);
    } else if variable.name.ends_with("TOOLSETS") {
        // Claude Desktop reads all tools in each chat.
        field["default"] = json!("essentials");
    } else if !variable.required {
        // Without a default the program would get the name of the field.
        field["default"] = json!("");
    }
    field
}

/// Writes the folder of a bundle.
pub(super) fn lay_out(
    product: &Product,
    program: &Path,
    target: &Target,
    folder: &Path,
) -> Result<Vec<PathBuf>, Broken> {
    let bundle = folder.join(format!("bundle-{}", target.triple));
    let mut manifest = manifest(product);
    manifest["compatibility"]["platforms"] = json!([target.platform]);
    manifest["server"]["entry_point"] = json!(format!("server/{}", target.program()));
    write_file(&bundle.join("manifest.json"), &pretty(&manifest))?;
    place_program(program, &bundle.join("server").join(target.program()))?;
    Ok(vec![bundle])
}

/// Packs it with the tool of the format, `mcpb`, which validates it first.
pub(super) fn pack(laid_out: &Path, target: &Target, folder: &Path) -> Result<(), Broken> {
    let mut pack = command::command("mcpb");
    pack.arg("pack")
        .arg(laid_out)
        .arg(folder.join(target.bundle()));
    command::run(&mut pack)
}
