mod flags;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use portkey_api::JsonObject;

use super::{CommandFailure, note, print, profile};
use crate::{
    call::{Call, Outcome, Progress},
    catalog::Tool,
    config::Configuration,
    upstream::Upstream,
};

/// One tool and what it is called with.
#[derive(Debug)]
pub(super) struct Arguments {
    tool: Tool,
    json: Option<PathBuf>,
    dry_run: bool,
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
    let upstream = Upstream::open(sandbox).await?;
    let profile = profile(configuration, &upstream)?;
    let call = Call {
        tool: arguments.tool,
        arguments: named,
        dry_run: arguments.dry_run,
        progress: Progress::default(),
    };
    match profile.caller().call(call).await? {
        Outcome::Answer(answer) => print(format!("{answer:#}")),
        Outcome::Preview(request) => print(request),
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
