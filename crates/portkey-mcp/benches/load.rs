//! Clients that call a tool as fast as they are answered, on the built binary and its sandbox.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a chore that prints what it measured and stops where it cannot go on"
)]

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use reqwest::Client;
use serde_json::json;

/// What to measure.
struct Plan {
    time: Duration,
    clients: Vec<usize>,
    tool: String,
    /// Settings of the server.
    server: Vec<String>,
}

/// What one client, or all of them, saw.
#[derive(Default)]
struct Seen {
    latencies: Vec<Duration>,
    errors: usize,
}

fn main() -> ExitCode {
    let Some(plan) = Plan::read() else {
        println!("skipped: run it with `cargo bench`");
        return ExitCode::SUCCESS;
    };
    portkey_client::ensure_crypto_provider();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let errors = runtime.block_on(measure(&plan));
    if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

impl Plan {
    /// Nothing, where it is run as a test.
    fn read() -> Option<Self> {
        let mut plan = Self {
            time: Duration::from_secs(30),
            clients: vec![32, 128],
            tool: "list_workspaces".to_owned(),
            server: Vec::new(),
        };
        let mut is_bench = false;
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" => is_bench = true,
                "--seconds" => plan.time = Duration::from_secs(words.next()?.parse().unwrap()),
                "--clients" => {
                    plan.clients = words
                        .next()?
                        .split(',')
                        .map(|n| n.parse().unwrap())
                        .collect();
                }
                "--tool" => plan.tool = words.next()?,
                // Cargo adds its own word at the end.
                "--server" => plan.server.extend(words.by_ref().filter(|word| {
                    is_bench |= word == "--bench";
                    word != "--bench"
                })),
                other => println!("`{other}` means nothing here"),
            }
        }
        is_bench.then_some(plan)
    }
}

async fn measure(plan: &Plan) -> usize {
    let (mut server, origin) = start(&plan.server);
    println!(
        "{:>8} {:>10} {:>10} {:>10} {:>10} {:>8}",
        "clients", "calls", "calls/s", "p50", "p99", "errors"
    );
    let mut errors = 0;
    for &clients in &plan.clients {
        let begun = Instant::now();
        let until = begun + plan.time;
        let all = join_all((0..clients).map(|_| call_until(until, &origin, &plan.tool))).await;
        let seconds = begun.elapsed().as_secs_f64();
        let mut seen = all.into_iter().fold(Seen::default(), Seen::and);
        seen.latencies.sort_unstable();
        errors += seen.errors;
        let calls = u32::try_from(seen.latencies.len()).unwrap();
        println!(
            "{clients:>8} {calls:>10} {:>10.0} {:>10.1?} {:>10.1?} {:>8}",
            f64::from(calls) / seconds,
            seen.percentile(50),
            seen.percentile(99),
            seen.errors,
        );
    }
    server.kill().unwrap();
    server.wait().unwrap();
    errors
}

impl Seen {
    fn and(mut self, other: Self) -> Self {
        self.latencies.extend(other.latencies);
        self.errors += other.errors;
        self
    }

    /// Of sorted latencies.
    fn percentile(&self, percent: usize) -> Duration {
        let index = self.latencies.len() * percent / 100;
        self.latencies.get(index).copied().unwrap_or_default()
    }
}

fn start(settings: &[String]) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portkey-mcp"))
        .args(["--sandbox", "http", "--port", "0"])
        .args(settings)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let origin = lines.by_ref().find_map(|line| {
        let line = line.unwrap();
        let (_, url) = line.split_once("serving MCP on ")?;
        url.strip_suffix("/mcp").map(str::to_owned)
    });
    std::thread::spawn(move || lines.for_each(drop));
    (child, origin.unwrap())
}

async fn call_until(until: Instant, origin: &str, tool: &str) -> Seen {
    let client = Client::builder().tls_certs_only([]).build().unwrap();
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": {}, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "load", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        } },
    });
    let mut seen = Seen::default();
    while Instant::now() < until {
        let request = client
            .post(format!("{origin}/mcp"))
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", tool)
            .json(&body);
        let begun = Instant::now();
        let answer = async { request.send().await?.error_for_status()?.text().await };
        match answer.await {
            Ok(text) if text.contains("\"isError\":false") => seen.latencies.push(begun.elapsed()),
            _ => seen.errors += 1,
        }
    }
    seen
}
