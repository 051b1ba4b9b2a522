use std::{net::IpAddr, path::PathBuf};

use clap::{Args, ValueEnum};
use portkey_sandbox::{Options, Sandbox};

use super::{CommandFailure, note, print};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,

    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,

    /// The organisation key that may do everything; made up when left out.
    #[arg(long, value_name = "KEY")]
    admin_key: Option<String>,

    /// Keep the data in this SQLite file; in memory when left out.
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,

    /// What to begin with; `demo` when left out. A file that holds a sandbox keeps what it holds.
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

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandFailure> {
    let sandbox = Sandbox::start(Options {
        bind: arguments.bind,
        port: arguments.port,
        data: arguments.data,
        admin_key: arguments.admin_key,
        seed: arguments.seed.map(Into::into).unwrap_or_default(),
    })
    .await?;
    let keys = sandbox.keys();
    print(format!(
        "PORTKEY_BASE_URL={}\nPORTKEY_API_KEY={}\nPORTKEY_WORKSPACE_API_KEY={}",
        sandbox.url(),
        keys.admin,
        keys.workspace
    ))?;
    match arguments.seed {
        Some(_) if !sandbox.is_new() => {
            note("the file holds a sandbox already and keeps it, so --seed changes nothing");
        }
        Some(Seed::Large) => note("a million logs are being made up; requests wait for that"),
        _ => {}
    }
    note("SANDBOX: an emulated organisation with made-up data; stop it with Ctrl-C");
    tokio::select! {
        () = sandbox.stopped() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}
