mod flags;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use portkey_api::JsonObject;

use super::{CommandFailure, journal, note, print, profile};
use crate::{
    access::Principal,
    call::{Call, Consent, Outcome, Progress},
    catalog::{Selection, Tool},
    config::Configuration,
    safeguards::Safeguards,
    state,
    upstream::Upstream,
};

/// One tool and what it is called with.
#[derive(Debug)]
pub(super) struct Arguments {
    tool: Tool,
    json: Option<PathBuf>,
    named: JsonObject,
}

/// The arguments of `call` are no arguments.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no JSON.
    #[error("{path} is not a JSON object: {source}")]
    Json {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
}

pub(super) async fn run(
    configuration: &Configuration,
    arguments: Arguments,
) -> Result<(), CommandFailure> {
    let mut named = match &arguments.json {
        Some(path) => from_file(path)?,
        None => JsonObject::new(),
    };
    named.extend(arguments.named);
    let sandbox = configuration.settings.sandbox;
    if sandbox {
        note("SANDBOX: made-up data that is gone when this call ends");
    }
    let journal = journal::open(configuration, journal::Default::File)?;
    let safeguards = Safeguards::new(state::open(None)?, journal);
    let upstream = Upstream::open(sandbox, safeguards).await?;
    let principal = Principal::local(
        Selection::all(),
        configuration.policy(),
        profile(configuration, &upstream)?,
    );
    let call = Call {
        tool: arguments.tool,
        arguments: named,
        by: principal.requester(Some("portkey-mcp call")),
        // Whoever types a command means it.
        consent: Consent::Unneeded,
        progress: Progress::default(),
    };
    match principal.profile().caller().call(call).await? {
        Outcome::Answer(answer) => print(format!("{answer:#}")),
        Outcome::Preview(preview) => print(preview),
        Outcome::Unconfirmed(consequence) => print(consequence),
    }
}

fn from_file(path: &Path) -> Result<JsonObject, Unreadable> {
    let text = if path == Path::new("-") {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|source| Unreadable::File {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| Unreadable::Json {
        path: path.to_owned(),
        source,
    })
}
