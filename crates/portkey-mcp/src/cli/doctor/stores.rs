//! Whether what the server keeps can be written: the journal, the audit log, new secrets, and the shared state.

use std::{fmt, time::Duration};

use futures_util::future::join4;
use portkey_engine::{
    audit::Destination,
    causes::with_causes,
    state::{self, SharedStateAddress},
};

use super::{
    super::{CommandFailure, audit, journal},
    finding::{Finding, PATIENCE},
};
use crate::config::Configuration;

/// Opens each store as a server does, which creates files that are not there yet.
pub(super) async fn findings(
    configuration: &Configuration,
    state: Option<&SharedStateAddress>,
) -> Vec<Finding> {
    let (journal, audit, secrets, state) = join4(
        in_time("journal", PATIENCE, journal(configuration)),
        in_time("audit", PATIENCE, audit(configuration)),
        in_time("secrets", PATIENCE, secrets(configuration)),
        in_time("state", PATIENCE, shared(state)),
    )
    .await;
    vec![journal, audit, secrets, state]
}

/// A check that takes too long has found a problem.
async fn in_time(
    check: &'static str,
    patience: Duration,
    looking: impl Future<Output = Finding>,
) -> Finding {
    let late = |_| {
        let says = format!("no answer within {patience:?}");
        Finding::problem(check, says, "Look whether its server runs.")
    };
    tokio::time::timeout(patience, looking)
        .await
        .unwrap_or_else(late)
}

async fn journal(configuration: &Configuration) -> Finding {
    const CHECK: &str = "journal";
    const REMEDY: &str =
        "Make it writable, or set --journal to another place: until then nothing is changed.";
    let journal = match journal::open(configuration, journal::Default::File) {
        Ok(Some(journal)) => journal,
        Ok(None) => {
            let says = "there is none, so changes cannot be undone";
            return Finding::warning(
                CHECK,
                says,
                "Set --journal to `sqlite:PATH`, if that is not meant to be.",
            );
        }
        Err(unusable) => {
            return Finding::problem(CHECK, with_causes(&unusable).to_string(), REMEDY);
        }
    };
    match journal.check().await {
        Ok(()) => {
            let place = match journal::file(configuration, journal::Default::File) {
                Some(file) => format!("{} can be written", file.display()),
                None => "its database can be written, or it is in memory".to_owned(),
            };
            Finding::ok(CHECK, place)
        }
        Err(failure) => Finding::problem(CHECK, with_causes(&failure).to_string(), REMEDY),
    }
}

async fn audit(configuration: &Configuration) -> Finding {
    const CHECK: &str = "audit";
    const REMEDY: &str =
        "Make it writable, or set --audit to another place: until then nothing is changed.";
    let audit = match audit::open(configuration, Destination::of_a_user) {
        Ok(audit) => audit,
        Err(failure) => {
            let says = CommandFailure::from(failure).to_string();
            return Finding::problem(CHECK, says, REMEDY);
        }
    };
    match audit.ready().await {
        Ok(()) => Finding::ok(CHECK, written(audit::place(configuration))),
        Err(unwritable) => Finding::problem(CHECK, unwritable.to_string(), REMEDY),
    }
}

async fn secrets(configuration: &Configuration) -> Finding {
    const CHECK: &str = "secrets";
    let sink = configuration.secrets(None).sink;
    match sink.prepare().await {
        Ok(()) => Finding::ok(CHECK, format!("new keys and other new secrets: {sink}")),
        Err(failure) => Finding::problem(
            CHECK,
            with_causes(&failure).to_string(),
            "Mend it, or set --secrets to another place: until then no key is created.",
        ),
    }
}

/// The state that replicas share, or that of one process.
async fn shared(address: Option<&SharedStateAddress>) -> Finding {
    const CHECK: &str = "state";
    const REMEDY: &str = "Start Redis, or correct --shared-state.";
    let Some(address) = address else {
        return Finding::ok(CHECK, "in memory: one process, no replicas");
    };
    let problem = |why: &dyn fmt::Display| Finding::problem(CHECK, why.to_string(), REMEDY);
    let state = match state::open(Some(address)) {
        Ok(state) => state,
        Err(unusable) => return problem(&with_causes(&unusable)),
    };
    match state.keep("doctor", "", Duration::from_secs(1)).await {
        Ok(()) => Finding::ok(CHECK, "the shared state can be written"),
        Err(unavailable) => problem(&with_causes(&unavailable)),
    }
}

fn written(place: Option<String>) -> String {
    let place = place.unwrap_or_else(|| "it".to_owned());
    format!("{place} can be written")
}

#[cfg(test)]
mod tests {
    use super::{super::finding::Verdict, *};

    #[tokio::test]
    async fn one_process_needs_no_shared_state() {
        let found = shared(None).await;
        assert_eq!(found.verdict, Verdict::Ok);
    }

    #[tokio::test]
    async fn what_never_answers_is_a_problem() {
        let found = in_time("state", Duration::ZERO, std::future::pending()).await;
        assert_eq!(found.verdict, Verdict::Problem);
    }
}
