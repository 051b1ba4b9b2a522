use std::{net::IpAddr, path::PathBuf};

use clap::Args;
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
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandFailure> {
    let sandbox = Sandbox::start(Options {
        bind: arguments.bind,
        port: arguments.port,
        data: arguments.data,
        admin_key: arguments.admin_key,
    })
    .await?;
    let keys = sandbox.keys();
    print(format!(
        "PORTKEY_BASE_URL={}\nPORTKEY_API_KEY={}\nPORTKEY_WORKSPACE_API_KEY={}",
        sandbox.url(),
        keys.admin,
        keys.workspace
    ))?;
    note("SANDBOX: an emulated organisation with made-up data; stop it with Ctrl-C");
    tokio::select! {
        () = sandbox.stopped() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}
