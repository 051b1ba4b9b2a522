//! Packages for npm: `portkey-mcp` starts the program, which one of its optional dependencies holds for each system.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{
    place_program, pretty,
    product::{AUTHOR, KEYWORDS, LICENSE, NAME, Product, REPOSITORY, VERSION, registered_name},
    target::{TARGETS, Target},
    templates, write_file,
};
use crate::{Broken, command};

const LAUNCHER: &str = include_str!("launcher.js");

/// Writes the folders of both packages.
pub(super) fn lay_out(
    product: &Product,
    program: &Path,
    target: &Target,
    folder: &Path,
) -> Result<Vec<PathBuf>, Broken> {
    let holder = folder.join(target.npm());
    write_file(
        &holder.join("package.json"),
        &pretty(&held(product, target)),
    )?;
    place_program(program, &holder.join("bin").join(target.program()))?;
    let launcher = folder.join(NAME);
    write_file(&launcher.join("package.json"), &pretty(&starts(product)))?;
    write_file(&launcher.join("launcher.js"), LAUNCHER)?;
    for package in [&holder, &launcher] {
        write_file(
            &package.join("README.md"),
            &templates::package_page(product),
        )?;
        write_file(&package.join("LICENSE"), templates::LICENSE_TEXT)?;
    }
    Ok(vec![holder, launcher])
}

/// The package that users name.
fn starts(product: &Product) -> Value {
    let holders: Map<String, Value> = TARGETS
        .iter()
        .map(|target| (target.npm(), json!(VERSION)))
        .collect();
    let mut package = package(NAME, product);
    package["mcpName"] = json!(registered_name());
    package["keywords"] = json!(KEYWORDS);
    package["bin"] = json!({ NAME: "launcher.js" });
    package["files"] = json!(["launcher.js"]);
    package["engines"] = json!({ "node": ">=18" });
    package["optionalDependencies"] = Value::Object(holders);
    package
}

/// The package that holds the program.
fn held(product: &Product, target: &Target) -> Value {
    let mut package = package(&target.npm(), product);
    package["os"] = json!([target.platform]);
    package["cpu"] = json!([target.processor]);
    package["files"] = json!(["bin"]);
    // The program is started where it is, which no archive allows.
    package["preferUnplugged"] = json!(true);
    package
}

fn package(name: &str, product: &Product) -> Value {
    json!({
        "name": name,
        "version": VERSION,
        "description": product.description,
        "license": LICENSE,
        "author": AUTHOR,
        "homepage": REPOSITORY,
        "repository": { "type": "git", "url": format!("git+{REPOSITORY}.git") },
    })
}

/// Packs a folder as `npm publish` does.
pub(super) fn pack(laid_out: &Path, folder: &Path) -> Result<(), Broken> {
    let mut pack = command::command("npm");
    pack.args(["pack", "--loglevel=error", "--pack-destination"])
        .arg(folder)
        .arg(laid_out);
    command::run(&mut pack)
}
