//! The command line. Without a subcommand the program serves.

mod call;
mod describe;
mod failure;
mod health;
mod http;
mod sandbox;
mod serve;
mod stop;
mod token;
mod tools;

use std::{
    env,
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{
    call::Caller,
    config::{Environment, Settings, TransportKind},
    secrets::Sink,
    upstream::Upstream,
    workflows::Conventions,
};

pub use failure::CommandFailure;

/// Administer a Portkey organisation, from an AI assistant or from a shell.
///
/// Without a command it serves the Model Context Protocol on standard input and output. The API key comes from
/// `PORTKEY_API_KEY`, and from `PORTKEY_WORKSPACE_API_KEY` for the operations that refuse organisation keys.
#[derive(Debug, Parser)]
#[command(name = "portkey-mcp", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve MCP on standard input and output (the default).
    Serve,
    /// Serve MCP over Streamable HTTP.
    Http(http::Arguments),
    /// Ask a server over HTTP whether it lives.
    #[command(hide = true)]
    Health(health::Arguments),
    /// Make tokens for `http --auth bearer`.
    Token(token::Arguments),
    /// List the tools.
    Tools(tools::Arguments),
    /// Show one tool: what it does, needs and takes.
    Describe(describe::Arguments),
    /// Call one tool and print its answer as JSON.
    Call(call::Arguments),
    /// Run the sandbox as a server of its own.
    Sandbox(sandbox::Arguments),
}

/// Runs the program and says how it ended: 0 well, 1 failed, 2 called or configured wrongly, 3 refused for the
/// key, 4 out of reach.
pub fn run() -> ExitCode {
    let cli = parse(env::args_os().collect());
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough, such as `head`, is no failure.
        Err(CommandFailure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            _ = writeln!(io::stderr(), "portkey-mcp: {failure}");
            failure.exit_code()
        }
    }
}

/// Reads the command line. Without a command the transport decides which it is.
fn parse(mut words: Vec<OsString>) -> Cli {
    let cli = Cli::parse_from(&words);
    if cli.command.is_none() && cli.settings.transport == TransportKind::Http {
        words.push("http".into());
        return Cli::parse_from(words);
    }
    cli
}

fn start(cli: Cli) -> Result<(), CommandFailure> {
    let environment = Environment::read()?;
    let filter = filter(&cli.settings.log)?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandFailure::Runtime)?;
    runtime.block_on(dispatch(cli, environment))
}

async fn dispatch(cli: Cli, environment: Environment) -> Result<(), CommandFailure> {
    let settings = cli.settings;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&settings, environment).await,
        Command::Http(http) => http::run(&settings, &http, environment).await,
        Command::Health(arguments) => Ok(health::run(&arguments).await?),
        Command::Token(arguments) => token::run(&arguments),
        Command::Tools(arguments) => tools::run(&settings, &arguments),
        Command::Describe(arguments) => describe::run(&arguments),
        Command::Call(arguments) => call::run(&settings, environment, arguments).await,
        Command::Sandbox(arguments) => sandbox::run(arguments).await,
    }
}

/// The SDK prints whole messages, secrets included, below `warn`; no setting may let it.
fn filter(log: &str) -> Result<EnvFilter, CommandFailure> {
    let filter = EnvFilter::builder()
        .parse(log)
        .map_err(|source| CommandFailure::LogFilter {
            value: log.to_owned(),
            source: Box::new(source),
        })?;
    let quiet = [
        "rmcp=warn",
        "hyper=info",
        "h2=info",
        "rustls=info",
        "reqwest=info",
    ];
    Ok(quiet
        .iter()
        .filter_map(|directive| directive.parse().ok())
        .fold(filter, EnvFilter::add_directive))
}

/// A caller on the Portkey that the settings name; the second value must live as long as calls are made.
async fn caller(
    settings: &Settings,
    environment: Environment,
) -> Result<(Caller, Upstream), CommandFailure> {
    let sink = Sink::at(settings.secrets.clone())?;
    let upstream = Upstream::open(settings, environment).await?;
    let conventions = Conventions {
        apps: settings.known_apps.clone(),
        envs: settings.known_envs.clone(),
    };
    Ok((
        Caller::new(upstream.client.clone(), sink, conventions),
        upstream,
    ))
}

/// Writes to standard output, which the command line and the stdio transport share; never both in one process.
fn print(text: impl std::fmt::Display) -> Result<(), CommandFailure> {
    writeln!(io::stdout().lock(), "{text}").map_err(CommandFailure::Output)
}

/// Tells the operator something, on standard error.
fn note(text: impl std::fmt::Display) {
    _ = writeln!(io::stderr(), "portkey-mcp: {text}");
}
