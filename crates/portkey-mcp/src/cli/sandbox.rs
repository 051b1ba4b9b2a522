//! `portkey-mcp sandbox`: runs the sandbox as a server.

use std::{net::IpAddr, path::PathBuf, pin::pin, time::Duration};

use clap::{Args, ValueEnum};
use portkey_api::Edition;
use portkey_sandbox::{Options, Plan, Rule, SANDBOX_CLIENT, SANDBOX_TENANT, Sandbox};

use super::{CommandFailure, note, print, progress::Line, stop};
use crate::config::Settings;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,

    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,

    /// The organisation key, which may do everything. Left out: a random one.
    #[arg(long, value_name = "KEY")]
    admin_key: Option<String>,

    /// Keep the data in this SQLite file. Left out: in memory.
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,

    /// The organisation's plan: enterprise, pro or free. A new sandbox is on enterprise.
    #[arg(long, value_name = "PLAN")]
    plan: Option<Plan>,

    /// A fault to inject, such as `status=503, path=/v1/prompts/*, first=2`; may be given several times.
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<Rule>,

    /// Data of a new sandbox; `demo` when left out. A file that holds a sandbox already keeps its data.
    #[arg(long)]
    seed: Option<Seed>,
}

/// What a new sandbox holds.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Seed {
    /// A small organisation with two weeks of traffic
    Demo,
    /// An owner, one more person and the default workspace
    Empty,
    /// The demo, grown to 250 workspaces, 5,000 users and a million logs; takes a while
    Large,
}

impl From<Seed> for portkey_sandbox::Seed {
    fn from(seed: Seed) -> Self {
        match seed {
            Seed::Demo => Self::Demo,
            Seed::Empty => Self::Empty,
            Seed::Large => Self::Large,
        }
    }
}

/// How long requests in flight may take once the sandbox is told to stop.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(of_all: &Settings, arguments: Arguments) -> Result<(), CommandFailure> {
    let edition = of_all.edition.edition.unwrap_or_default();
    let mut stop_signal = pin!(stop::received().map_err(CommandFailure::Runtime)?);
    let mut sandbox = Sandbox::start(Options {
        edition,
        bind: arguments.bind,
        port: arguments.port,
        data: arguments.data,
        admin_key: arguments.admin_key,
        plan: arguments.plan,
        faults: arguments.faults,
        seed: arguments.seed.map(Into::into).unwrap_or_default(),
    })
    .await?;
    print(settings(&reached_by(&sandbox, edition)))?;
    match arguments.seed {
        Some(_) if !sandbox.is_new() => {
            note("the file holds a sandbox already and keeps it, so --seed changes nothing");
        }
        Some(Seed::Large) => note("a million logs are being made up; requests wait for that"),
        _ => {}
    }
    note("SANDBOX: an emulated organisation with made-up data; stop it with Ctrl-C");
    let line = Line::waiting("making up data");
    let is_stopped = tokio::select! {
        () = sandbox.filled() => false,
        () = &mut stop_signal => true,
    };
    line.clear();
    if !is_stopped {
        tokio::select! {
            () = sandbox.stopped() => return Ok(()),
            () = stop_signal => {}
        }
    }
    // Requests that take longer are cut.
    _ = tokio::time::timeout(PATIENCE, sandbox.stop()).await;
    Ok(())
}

/// The settings by which a server reaches the sandbox as administrator.
fn reached_by(sandbox: &Sandbox, edition: Edition) -> Vec<(&'static str, &str)> {
    let keys = sandbox.keys();
    let mut values = vec![("PORTKEY_BASE_URL", sandbox.url())];
    match edition {
        Edition::Classic => values.push(("PORTKEY_API_KEY", &keys.admin)),
        Edition::PrismaAirs => values.extend([
            ("PORTKEY_CLIENT_ID", SANDBOX_CLIENT),
            ("PORTKEY_CLIENT_SECRET", &keys.admin),
            ("PORTKEY_TSG_ID", SANDBOX_TENANT),
            ("PORTKEY_TOKEN_URL", sandbox.token_url()),
        ]),
    }
    values.push(("PORTKEY_WORKSPACE_API_KEY", &keys.workspace));
    values
}

/// Formats values as shell assignments, quoted where necessary.
fn settings(values: &[(&str, &str)]) -> String {
    let lines = values.iter().map(|(name, value)| {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:[]@".contains(letter);
        if value.chars().all(is_plain) {
            format!("{name}={value}")
        } else {
            format!("{name}='{}'", value.replace('\'', r"'\''"))
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
