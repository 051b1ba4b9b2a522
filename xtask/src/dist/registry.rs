//! The entry in the official registry of MCP servers: `server.json`.

use serde_json::{Value, json};

use super::{
    product::{
        NAME, Product, REPOSITORY, TITLE, VERSION, Variable, download, image, registered_name,
    },
    release::Checksums,
    target::TARGETS,
};

const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// The entry. A bundle's checksum is known once it is built.
pub(super) fn entry(product: &Product, checksums: &Checksums) -> Value {
    let variables: Vec<Value> = product.variables.iter().map(variable).collect();
    let package = |kind: &str, identifier: &str, more: Value| {
        let mut package = json!({ "registryType": kind, "identifier": identifier });
        for (name, value) in more.as_object().into_iter().flatten() {
            package[name] = value.clone();
        }
        package["transport"] = json!({ "type": "stdio" });
        package["environmentVariables"] = json!(variables);
        package
    };
    // The image serves HTTP unless it is told otherwise.
    let stdio = json!([{ "type": "positional", "value": "serve" }]);
    let mut packages = vec![
        package(
            "oci",
            &image(),
            json!({ "runtimeHint": "docker", "packageArguments": stdio }),
        ),
        package(
            "npm",
            NAME,
            json!({ "version": VERSION, "runtimeHint": "npx" }),
        ),
        package(
            "pypi",
            NAME,
            json!({ "version": VERSION, "runtimeHint": "uvx" }),
        ),
    ];
    packages.extend(TARGETS.iter().map(|target| {
        let bundle = target.bundle();
        let checksum = checksums.of(&bundle);
        let more = checksum.map(|checksum| json!({ "fileSha256": checksum }));
        package("mcpb", &download(&bundle), more.unwrap_or_default())
    }));
    json!({
        "$schema": SCHEMA,
        "name": registered_name(),
        "title": TITLE,
        "description": product.description,
        "version": VERSION,
        "websiteUrl": REPOSITORY,
        "repository": { "url": REPOSITORY, "source": "github" },
        "packages": packages,
    })
}

fn variable(variable: &Variable) -> Value {
    json!({
        "name": variable.name,
        "description": variable.description,
        "isRequired": variable.required,
        "isSecret": variable.secret,
    })
}
