//! `portkey-mcp doctor`: looks whether everything works, and says what to do where it does not.

mod airs;
mod clients;
mod finding;
mod key;
mod plan;
mod portkey;
mod session;
mod stores;
mod tools;

use clap::Args;
use futures_util::future::join3;
use serde_json::json;

use super::{CommandFailure, Invocation, print};
use crate::config::{Configuration, FileSetting, HttpSettings};
use finding::{Finding, Verdict};

pub(crate) use finding::Unwell;

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print JSON.
    #[arg(long)]
    json: bool,

    /// Start no servers of clients, only look at their files.
    #[arg(long)]
    no_start: bool,

    #[command(flatten)]
    file: FileSetting,

    #[command(flatten)]
    http: HttpSettings,
}

/// Makes every check, at the same time where they wait, and prints what they found.
pub(super) async fn run(
    invocation: &Invocation,
    arguments: &Arguments,
) -> Result<(), CommandFailure> {
    let configuration = hasty(invocation.configuration());
    let state = arguments.http.scaling.shared_state.as_ref();
    let (portkey, stores, clients) = join3(
        portkey::findings(&configuration),
        stores::findings(&configuration, state),
        clients::findings(!arguments.no_start),
    )
    .await;
    let settings = settings(invocation);
    let findings = [portkey?, vec![settings], stores, clients].concat();
    let unwell = Unwell::of(&findings);
    if arguments.json {
        let verdict = findings.iter().map(|finding| finding.verdict).max();
        let report = json!({ "verdict": verdict.unwrap_or(Verdict::Ok), "findings": findings });
        print(format!("{report:#}"))?;
    } else {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        print(lines.join("\n"))?;
    }
    unwell.map_or(Ok(()), |unwell| Err(CommandFailure::Unwell(unwell)))
}

/// The configuration for somebody who waits: what does not answer is told soon, and not tried again.
fn hasty(mut configuration: Configuration) -> Configuration {
    let settings = &mut configuration.settings;
    settings.max_retries = 0;
    settings.timeout = settings.timeout.min(finding::PATIENCE);
    configuration
}

/// The settings that differ from their defaults, and where each is from.
fn settings(invocation: &Invocation) -> Finding {
    let set = invocation.effective.set();
    let details: Vec<String> = set
        .map(|(name, by, value)| format!("{name} = {value} ({by})"))
        .collect();
    let file = invocation.file.as_ref();
    let file = file.map(|file| format!("; file {}", file.path().display()));
    let says = format!(
        "{} set, all others have their defaults{}",
        details.len(),
        file.unwrap_or_default()
    );
    Finding::ok("settings", says).with_details(details)
}
