//! Whether the MCP clients of this user start a server of ours, and whether that one answers.

use std::{env, path::PathBuf};

use futures_util::future::join_all;

use super::{
    super::install::{ClientFile, Launch, client_files},
    finding::Finding,
    session::{self, Started},
};
use crate::config::UserFolders;

const CHECK: &str = "client";

/// Reads the settings of every client, and starts what they start unless only the files are looked at.
pub(super) async fn findings(starts: bool) -> Vec<Finding> {
    let Some(folders) = UserFolders::read() else {
        return vec![Finding::ok(
            CHECK,
            "there is no home folder, in which clients keep their settings",
        )];
    };
    let project = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let files = client_files(&folders, &project);
    let broken = files.iter().filter_map(broken);
    let broken: Vec<Finding> = broken.collect();
    let ours = files.iter().flat_map(|file| {
        let servers = file.servers.iter().flatten();
        servers.map(move |launch| (file, launch))
    });
    let looking = ours.map(|(file, launch)| look(file, launch, starts));
    let looked = join_all(looking).await;
    if looked.is_empty() && broken.is_empty() {
        let says = "no client has a server of ours; `portkey-mcp install` lists the clients";
        return vec![Finding::ok(CHECK, says)];
    }
    [broken, looked].concat()
}

/// A file that its client cannot read.
fn broken(file: &ClientFile) -> Option<Finding> {
    let reason = file.servers.as_ref().err()?;
    let path = file.path.display();
    let says = format!("{path} of {} is broken: {reason}", file.title);
    let remedy = "Mend the file; the client cannot read it either.";
    Some(Finding::problem(CHECK, says, remedy))
}

async fn look(file: &ClientFile, launch: &Launch, starts: bool) -> Finding {
    if !starts {
        return Finding::ok(CHECK, format!("{} has the server", named(file, launch)));
    }
    judged(&named(file, launch), &session::start(launch).await)
}

fn named(file: &ClientFile, launch: &Launch) -> String {
    format!(
        "{}: `{}` in {}",
        file.title,
        launch.name,
        file.path.display()
    )
}

/// What came of starting a server.
fn judged(server: &str, started: &Result<Started, session::StartFailure>) -> Finding {
    match started {
        Ok(Started {
            doubt: Some(doubt), ..
        }) => {
            let says = format!("{server} starts, but its key does not work: {doubt}");
            Finding::problem(
                CHECK,
                says,
                "Give the client a working key; docs/clients.md says how for each.",
            )
        }
        Ok(Started {
            lacks_key: true,
            tools,
            ..
        }) => {
            let says = format!("{server} starts and lists {tools} tools, but has no key here");
            let remedy = "If the client does not ask you for it, set PORTKEY_API_KEY where the client starts.";
            Finding::warning(CHECK, says, remedy)
        }
        Ok(Started { tools, .. }) => {
            Finding::ok(CHECK, format!("{server} starts and lists {tools} tools"))
        }
        Err(failure) => Finding::problem(
            CHECK,
            format!("{server} does not start: {failure}"),
            "Correct the entry, or write it again with `portkey-mcp install CLIENT --force`.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::finding::Verdict, *};

    #[test]
    fn a_file_that_a_client_cannot_read_is_a_problem() {
        let file = ClientFile {
            title: "Cursor",
            path: "mcp.json".into(),
            servers: Err("line 1".to_owned()),
        };
        let found = broken(&file).unwrap();
        assert_eq!(found.says, "mcp.json of Cursor is broken: line 1");
    }

    #[test]
    fn a_server_is_judged_by_its_key_too() {
        let started = |doubt: Option<&str>, lacks_key| {
            let started = Started {
                tools: 3,
                doubt: doubt.map(str::to_owned),
                lacks_key,
            };
            judged("it", &Ok(started)).verdict
        };
        assert_eq!(started(None, false), Verdict::Ok);
        assert_eq!(started(None, true), Verdict::Warning);
        assert_eq!(started(Some("refused"), false), Verdict::Problem);
        let failed = judged("it", &Err(session::StartFailure::Late));
        assert_eq!(failed.verdict, Verdict::Problem);
    }
}
