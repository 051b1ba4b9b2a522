//! Why a command failed, and with which exit code the process then ends.

use std::{io, path::PathBuf};

use portkey_client::ErrorKind;
use portkey_engine::{
    audit::AuditFailure,
    call::Failure,
    causes::with_causes,
    journal::{JournalFailure, UnusableJournal},
    secrets::SinkFailure,
    state::UnusableAddress,
    wording::Wording as _,
};
use portkey_sandbox::StartFailure;

use super::{
    exit_code::Code, install::InstallFailure, login::LoginFailure, unknown_word::UnknownWord,
};
use crate::{
    access::InvalidGrant,
    auth::{AuthFailure, TokenListFailure},
    config::{Loosening, NoKey, Problems, ProfileFailure},
    telemetry::TelemetryFailure,
    transport::{StdioFailure, http::HttpFailure},
    wording::Words,
};

/// Why a command failed. [`with_causes`](portkey_engine::causes::with_causes) says it in full.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandFailure {
    /// The configuration file has problems.
    #[error(transparent)]
    File(#[from] Problems),
    /// The file that a running server has cannot be read.
    #[error("--replaces")]
    Running(#[from] super::invocation::InvalidInvocation),
    /// A running server would not take over the configuration of `config check --replaces`.
    #[error("a running server would reject it")]
    Loosening(#[from] Loosening),
    /// The secret of `--confirm-key` cannot be read.
    #[error("--confirm-key")]
    ConfirmKey(#[source] NoKey),
    /// The call destroys something and needs consent.
    #[error(
        "{0}Nothing was done. To do it, add `--yes`, since --confirm is `always` and nobody can be asked here."
    )]
    Unconfirmed(String),
    /// The user was asked about what the call destroys, and did not agree.
    #[error("nothing was done")]
    Declined,
    /// The query fails on this answer.
    #[error("--query (the call was made, only its answer is not printed)")]
    Query(#[source] super::output::InvalidQuery),
    /// The chosen profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileFailure),
    /// Logs or traces cannot be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryFailure),
    /// New secrets cannot be kept where the setting says.
    #[error("{}", sink(.0))]
    Secrets(SinkFailure),
    /// The audit log cannot be opened.
    #[error("{}", audit(.0))]
    Audit(AuditFailure),
    /// The audit log was not verified.
    #[error(transparent)]
    Unproven(#[from] super::audit::VerifyFailure),
    /// The token file cannot be changed or listed.
    #[error(transparent)]
    Tokens(#[from] TokenListFailure),
    /// The settings of a client were not changed.
    #[error(transparent)]
    Install(#[from] InstallFailure),
    /// A key was not kept.
    #[error(transparent)]
    Login(#[from] LoginFailure),
    /// Something does not work, which was told already.
    #[error("{0}")]
    Unwell(super::doctor::Unwell),
    /// The shared state cannot be used.
    #[error("--shared-state")]
    State(#[from] UnusableAddress),
    /// The journal cannot be opened.
    #[error("--journal")]
    Journal(#[from] UnusableJournal),
    /// The journal cannot be written.
    #[error("--journal")]
    NoJournal(#[from] JournalFailure),
    /// The sandbox cannot start.
    #[error("the sandbox cannot start")]
    Sandbox(#[from] StartFailure),
    /// There is no such tool.
    #[error(transparent)]
    UnknownTool(#[from] UnknownWord),
    /// The pages of the manual cannot be written.
    #[error("cannot write {path}")]
    Manual { path: PathBuf, source: io::Error },
    /// The arguments of `call` cannot be read.
    #[error(transparent)]
    Arguments(#[from] super::call::ArgumentsFailure),
    /// The call failed. The message is a complete report that includes its causes.
    #[error("{}", .0.describe(&Words::ForShell))]
    Call(Failure),
    /// The session on standard input and output failed.
    #[error(transparent)]
    Stdio(#[from] StdioFailure),
    /// Authentication cannot be set up.
    #[error(transparent)]
    Auth(#[from] AuthFailure),
    /// A grant cannot be used.
    #[error(transparent)]
    Grant(#[from] InvalidGrant),
    /// The HTTP server did not start, or failed.
    #[error(transparent)]
    Http(#[from] HttpFailure),
    /// The process has a recorder of metrics already.
    #[error("/metrics cannot be set up")]
    Metrics(#[source] metrics_exporter_prometheus::BuildError),
    /// The server that `health` asks is not healthy.
    #[error("not healthy")]
    Health(#[from] super::health::HealthFailure),
    /// Standard output is closed or full.
    #[error("cannot write to standard output")]
    Output(#[source] io::Error),
    /// The system gives no threads.
    #[error("cannot start")]
    Runtime(#[source] io::Error),
}

/// What is wrong with the place for secrets, and what to do about it.
fn sink(failure: &SinkFailure) -> String {
    let words = Words::ForShell;
    let remedy = words.ask_operator(&failure.remedy(&words));
    format!("{}. {remedy}", with_causes(failure))
}

/// What is wrong with the audit log, by the settings that mend it.
fn audit(failure: &AuditFailure) -> String {
    match failure {
        AuditFailure::NoDatabase => {
            "--audit `journal` is the database of --journal: set that to `postgres://…`, or --audit to something else"
                .to_owned()
        }
        AuditFailure::Database(unusable) => format!("--journal: {}", with_causes(unusable)),
        AuditFailure::NoThread(_) => with_causes(failure).to_string(),
    }
}

impl From<SinkFailure> for CommandFailure {
    fn from(failure: SinkFailure) -> Self {
        Self::Secrets(failure)
    }
}

impl From<AuditFailure> for CommandFailure {
    fn from(failure: AuditFailure) -> Self {
        Self::Audit(failure)
    }
}

impl From<Failure> for CommandFailure {
    fn from(failure: Failure) -> Self {
        Self::Call(failure)
    }
}

impl CommandFailure {
    /// The exit code of the process. Every failure is listed, so that a new one has to choose its code.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::File(_)
            | Self::Running(_)
            | Self::Loosening(_)
            | Self::Profile(_)
            | Self::ConfirmKey(_)
            | Self::Telemetry(_)
            | Self::Secrets(_)
            | Self::Audit(_)
            | Self::Journal(_)
            | Self::NoJournal(_)
            | Self::Auth(_)
            | Self::Tokens(_)
            | Self::Grant(_)
            | Self::UnknownTool(_)
            | Self::Query(_)
            | Self::Arguments(_) => Code::Misused,
            Self::Unconfirmed(_) | Self::Declined => Code::NotAllowed,
            Self::Unproven(_)
            | Self::State(_)
            | Self::Unwell(_)
            | Self::Sandbox(_)
            | Self::Stdio(_)
            | Self::Metrics(_)
            | Self::Health(_)
            | Self::Manual { .. }
            | Self::Output(_)
            | Self::Runtime(_) => Code::Failed,
            Self::Install(failure) => of_install(failure),
            Self::Login(failure) => of_login(failure),
            Self::Http(failure) => of_http(failure),
            Self::Call(failure) => of_call(failure),
        }
    }
}

fn of_install(failure: &InstallFailure) -> Code {
    match failure {
        InstallFailure::NoHome | InstallFailure::File { .. } => Code::Failed,
        InstallFailure::UnknownClient { .. }
        | InstallFailure::NoProject(_)
        | InstallFailure::NoRemote(_)
        | InstallFailure::RemoteSettings(_)
        | InstallFailure::Broken { .. }
        | InstallFailure::NotEdited { .. }
        | InstallFailure::NotTakenOut { .. }
        | InstallFailure::Taken { .. }
        | InstallFailure::NotOurs { .. } => Code::Misused,
    }
}

fn of_login(failure: &LoginFailure) -> Code {
    match failure {
        LoginFailure::Name(_) | LoginFailure::Empty | LoginFailure::Flawed(_) => Code::Misused,
        LoginFailure::Unproven { source, .. } => of_portkey(source.kind()),
        LoginFailure::Unread(_) | LoginFailure::Keyring(_) | LoginFailure::File { .. } => {
            Code::Failed
        }
    }
}

fn of_http(failure: &HttpFailure) -> Code {
    match failure {
        HttpFailure::Tls(_) => Code::Misused,
        HttpFailure::Address { .. } | HttpFailure::Broken(_) => Code::Failed,
    }
}

fn of_call(failure: &Failure) -> Code {
    match failure {
        Failure::UnknownTool(_) | Failure::Arguments(_) | Failure::Sink(_) => Code::Misused,
        Failure::Upstream { error, .. } => of_portkey(error.kind()),
        Failure::Forbidden(_)
        | Failure::NotInEdition { .. }
        | Failure::Lacking { .. }
        | Failure::Unconfirmed(_) => Code::NotAllowed,
        Failure::Cancelled => Code::Interrupted,
        Failure::Unaudited(_)
        | Failure::Download(_)
        | Failure::Unreadable { .. }
        | Failure::SecretLost { .. }
        | Failure::Redacted { .. }
        | Failure::Journal(_)
        | Failure::Undone { .. }
        | Failure::OutOfTime { .. }
        | Failure::Unlisted(_)
        | Failure::NoRead(_) => Code::Failed,
    }
}

fn of_portkey(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => Code::KeyRefused,
        ErrorKind::Unreachable | ErrorKind::TimedOut => Code::OutOfReach,
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::Conflict => Code::Conflict,
        ErrorKind::RateLimited => Code::RateLimited,
        ErrorKind::Invalid | ErrorKind::Exhausted | ErrorKind::Unexpected => Code::Failed,
    }
}
