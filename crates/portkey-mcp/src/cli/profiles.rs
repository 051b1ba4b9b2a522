//! `portkey-mcp profiles`: what the profiles of the configuration file point at, without their keys.

use clap::Args;
use serde_json::{Value, json};

use super::{
    CommandFailure,
    output::{Layout, OutputArguments},
};
use crate::config::{Configuration, DEFAULT_PROFILE, KeyReference};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    output: OutputArguments,
}

/// Lists the profiles. Their keys are not read, so that a missing one does not hide the others.
pub(super) fn run(
    configuration: &Configuration,
    arguments: &Arguments,
) -> Result<(), CommandFailure> {
    let profiles = &configuration.tables.profiles;
    let implied = (!profiles.contains_key(DEFAULT_PROFILE)).then_some(DEFAULT_PROFILE);
    let names = implied
        .into_iter()
        .chain(profiles.keys().map(String::as_str));
    let rows: Vec<Value> = names.map(|name| row(configuration, name)).collect();
    arguments.output.print(rows.into(), &Layout::default())
}

fn row(configuration: &Configuration, name: &str) -> Value {
    let defaults = configuration.defaults();
    let [own, of_workspace, secret] = configuration.environment.places();
    let key = |reference: &KeyReference| reference.to_string();
    let is_chosen = name == configuration.settings.profile;
    match configuration.tables.profiles.get(name) {
        Some(table) => json!({
            "name": name,
            "chosen": is_chosen,
            "base_url": table.base_url.as_ref().unwrap_or(&defaults.base_url).to_string(),
            "gateway_url": table.gateway_url.as_ref().map(ToString::to_string),
            "edition": configuration.addressed(name).edition.as_str(),
            "api_key": table.api_key.as_ref().map(key),
            "client_secret": table.client_secret.as_ref().map(key),
            "workspace_api_key": table.workspace_api_key.as_ref().map(key),
            "organisation": table.organisation,
        }),
        // Flags and the environment define it.
        None => json!({
            "name": name,
            "chosen": is_chosen,
            "base_url": defaults.base_url.to_string(),
            "gateway_url": defaults.gateway_url.as_ref().map(ToString::to_string),
            "edition": configuration.addressed(name).edition.as_str(),
            "api_key": own.as_ref().map(key),
            "client_secret": secret.as_ref().map(key),
            "workspace_api_key": of_workspace.as_ref().map(key),
            "organisation": Value::Null,
        }),
    }
}
