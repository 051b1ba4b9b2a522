//! The command line. Without a subcommand the program serves.

mod audit;
mod call;
mod changes;
mod colours;
mod command_line;
mod completions;
mod config;
mod describe;
mod doctor;
mod example;
mod exit_code;
mod failure;
mod health;
mod help;
mod http;
mod install;
mod invocation;
mod journal;
mod key_check;
mod login;
mod man;
mod offered_words;
mod output;
mod profiles;
mod progress;
mod reference;
mod sandbox;
mod schema_lines;
mod serve;
mod stop;
mod terminal;
mod token;
mod token_costs;
mod tools;
mod unknown_word;

use std::{
    env,
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};
use portkey_engine::{causes::with_causes, untrusted::visible, workers::Workers};

use crate::{
    access::Profile,
    config::{Configuration, FileSetting, HttpSettings, Settings},
    server::{SCRIPT_PROCESS, script_process},
    telemetry::Telemetry,
    upstream::Upstream,
};
use invocation::Invocation;

pub(crate) use failure::CommandFailure;
pub use install::client_entry;
pub use reference::{exit_codes, reference};

/// How long tasks that still run at the end may take.
const RUNTIME_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the audit entries of cancelled calls may take.
const AUDIT_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Administer a Portkey organisation, from an AI assistant or from a shell.
///
/// Without a command it serves the Model Context Protocol on standard input and output. The API key comes from
/// `PORTKEY_API_KEY`, and from `PORTKEY_WORKSPACE_API_KEY` for the operations that refuse organisation keys.
#[derive(Debug, Parser)]
#[command(name = "portkey-mcp", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    file: FileSetting,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    terminal: colours::TerminalArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve MCP on standard input and output (the default).
    Serve(FileSetting),
    /// Serve MCP over Streamable HTTP.
    Http(Http),
    /// Add the server to an MCP client, or list the clients on this machine.
    ///
    /// Settings such as `--sandbox`, `--surface`, `--toolsets` and `--read-only` become arguments of the server. What else
    /// is in the client's file stays as it is, and the file before the change is kept beside it. Your key is never
    /// written: the entry refers to `PORTKEY_API_KEY`, or the client asks you.
    Install(install::Install),
    /// Take the server out of an MCP client.
    Uninstall(install::Uninstall),
    /// Look whether everything works: the key, the way to Portkey, settings, files, clients, tools.
    ///
    /// Each finding comes with what to do about it. The exit code is 1 if there is a problem. Nothing is changed.
    Doctor(Box<doctor::Arguments>),
    /// Keep your API key in the system's keyring, after asking Portkey whether it accepts it.
    ///
    /// Asks for the key without showing it, or reads it from standard input. `--profile` is the name to keep it under.
    Login(login::Login),
    /// Delete a key that `login` kept; `--profile` is its name.
    Logout,
    /// Check the configuration file, or print its schema.
    #[command(subcommand)]
    Config(config::Command),
    /// Ask a server over HTTP whether it is alive.
    #[command(hide = true)]
    Health(health::Arguments),
    /// Create, list and revoke tokens for `http --auth bearer`.
    Token(token::Arguments),
    /// Check or show the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// List the tools.
    Tools(tools::Arguments),
    /// Show one tool: what it does, needs and takes.
    Describe(describe::Arguments),
    /// Call one tool and print its answer: a table on a terminal, JSON otherwise.
    Call(call::Arguments),
    /// List what you changed, the latest first, and how each change can be undone.
    Changes(changes::Changes),
    /// Undo a change, or list the last ones.
    Undo(changes::Undo),
    /// List the profiles of the configuration file, and what they point at.
    Profiles(profiles::Arguments),
    /// Run the sandbox as a server of its own.
    Sandbox(sandbox::Arguments),
    /// Print the completions for a shell.
    ///
    /// They know the commands, the tools in both spellings, their arguments and the words that these take. The script asks
    /// this program at each completion, so it stays right when the program changes.
    Completions(completions::Arguments),
    /// Print the manual, or write a page for each command and tool.
    Man(man::Arguments),
}

/// The arguments of `http`.
#[derive(Debug, Args)]
struct Http {
    #[command(flatten)]
    file: FileSetting,
    #[command(flatten)]
    settings: HttpSettings,
}

/// Runs the program and returns its exit code, which `exit_code.rs` lists.
pub fn run() -> ExitCode {
    let args: Vec<OsString> = env::args_os().collect();
    if args.get(1).is_some_and(|first| first == SCRIPT_PROCESS) {
        return script_process();
    }
    if completions::answered(&args) {
        return ExitCode::SUCCESS;
    }
    let invocation = match Invocation::of(&args) {
        Ok(invocation) => invocation,
        Err(invalid) => return invalid.report(),
    };
    invocation.cli.terminal.color.apply();
    match start(invocation, args) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that closes the pipe early, such as `head`, is no failure.
        Err(CommandFailure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            terminal::print_failure(visible(&with_causes(&failure).to_string()));
            failure.code().into()
        }
    }
}

fn start(invocation: Invocation, args: Vec<OsString>) -> Result<(), CommandFailure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandFailure::Runtime)?;
    let serves_others = matches!(invocation.cli.command, Some(Command::Http(_)));
    let settings = &invocation.cli.settings;
    let telemetry = Telemetry::start(settings, serves_others, runtime.handle())?;
    let workers = Arc::<Workers>::default();
    let done = runtime.block_on(dispatch(invocation, args, &workers));
    telemetry.end();
    // A pending read of standard input cannot be cancelled, so it is not waited for longer.
    runtime.shutdown_timeout(RUNTIME_SHUTDOWN_TIMEOUT);
    // Cancelled calls write their audit entries on the workers.
    workers.end(AUDIT_SHUTDOWN_TIMEOUT);
    done
}

async fn dispatch(
    mut invocation: Invocation,
    args: Vec<OsString>,
    workers: &Arc<Workers>,
) -> Result<(), CommandFailure> {
    let configuration = invocation.configuration();
    match invocation.cli.command.take() {
        None | Some(Command::Serve(_)) => serve::run(&configuration, workers).await,
        Some(Command::Http(http)) => http::run(invocation, &http.settings, args, workers).await,
        Some(Command::Install(arguments)) => install::install(&invocation, &arguments),
        Some(Command::Uninstall(arguments)) => install::uninstall(&invocation, &arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&invocation, &arguments).await,
        Some(Command::Login(arguments)) => login::login(&configuration, arguments).await,
        Some(Command::Logout) => login::logout(&configuration),
        Some(Command::Config(command)) => config::run(&command, &invocation, &args),
        Some(Command::Audit(command)) => audit::run(&configuration, &command).await,
        Some(Command::Health(arguments)) => Ok(health::run(&arguments).await?),
        Some(Command::Token(arguments)) => token::run(arguments),
        Some(Command::Tools(arguments)) => tools::run(&configuration, &arguments),
        Some(Command::Describe(arguments)) => describe::run(&arguments),
        Some(Command::Call(arguments)) => call::run(&configuration, arguments, workers).await,
        Some(Command::Changes(arguments)) => {
            changes::list(&configuration, arguments, workers).await
        }
        Some(Command::Undo(arguments)) => changes::undo(&configuration, arguments, workers).await,
        Some(Command::Profiles(arguments)) => profiles::run(&configuration, &arguments),
        Some(Command::Sandbox(arguments)) => sandbox::run(&configuration.settings, arguments).await,
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::Man(arguments)) => man::run(&arguments),
    }
}

/// The profile that the settings choose. Its new secrets go to the user's own file, unless a setting names another
/// place.
fn profile(configuration: &Configuration, upstream: &Upstream) -> Result<Profile, CommandFailure> {
    let settings = &configuration.settings;
    let secrets = configuration.secrets(None);
    Ok(upstream.profile(&settings.profile, configuration, secrets)?)
}

/// Writes to standard output, which the command line and the stdio transport share; never both in one process.
fn print(text: impl std::fmt::Display) -> Result<(), CommandFailure> {
    writeln!(io::stdout().lock(), "{text}").map_err(CommandFailure::Output)
}

/// Writes a note to the operator on standard error.
fn note(text: impl std::fmt::Display) {
    _ = writeln!(io::stderr(), "portkey-mcp: {text}");
}
