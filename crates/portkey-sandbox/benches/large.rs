//! How fast a sandbox is that holds a million logs, over HTTP: filling it, each operation of analytics, and small
//! reads by many at once. Once in memory, once in a file. A part of a path, as an argument, limits the operations.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints figures, and ends if something fails"
)]

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use portkey_sandbox::{Options, Sandbox, Seed};
use reqwest::Client;
use serde_json::Value;

/// All logs there are.
const EVER: &str =
    "time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2100-01-01T00:00:00Z";
const COLUMNS: &str = "columns=cost,total_tokens,avg_tokens,avg_input_tokens,avg_output_tokens,avg_latency,\
    p95_latency,p99_latency,success_rate,error_count,cache_hit_rate,last_seen,first_seen";
/// What the logs are filtered by, beside their time.
const FILTERS: &[(&str, &str)] = &[
    ("all", ""),
    ("metadata", "&metadata=%7B%22app%22%3A%22helpdesk%22%7D"),
    ("model", "&ai_org_model=openai__gpt-4o"),
    ("cost", "&cost_min=0.01&cost_max=10"),
    ("status", "&status_code=200,429"),
];
/// How often each is asked, after once to warm up.
const TIMES: usize = 5;
const CONNECTIONS: usize = 32;
const PERIOD: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    measure("in memory", None).await;
    let folder = tempfile::tempdir().unwrap();
    measure("in a file", Some(folder.path().join("sandbox.db"))).await;
}

async fn measure(place: &str, data: Option<PathBuf>) {
    let start = Instant::now();
    let options = Options {
        data,
        seed: Seed::Large,
        ..Options::default()
    };
    let caller = Arc::new(Caller {
        sandbox: Sandbox::start(options).await.unwrap(),
    });
    let client = Client::new();
    let logs = caller
        .get(&client, &format!("/analytics/graphs/requests?{EVER}"))
        .await;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "\nA large sandbox {place}, filled in {seconds:.1} s; {} logs in the default workspace",
        logs.pointer("/summary/total").unwrap()
    );
    println!("operation                                    filter   median      max     best");
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wanted = wanted.unwrap_or_default();
    for path in analytics().iter().filter(|path| path.contains(&wanted)) {
        for (name, filter) in FILTERS {
            let [best, median, max] = caller.time(&client, &format!("{path}{filter}")).await;
            let path = path.split('?').next().unwrap_or_default();
            println!("{path:40} {name:>10} {median:>5.0} ms {max:>5.0} ms {best:>5.0} ms");
        }
    }
    let answers = caller.answers_a_second().await;
    println!("GET /configs over {CONNECTIONS} connections: {answers:.0} a second");
}

/// Every operation of analytics; groups with all the figures they can have.
fn analytics() -> Vec<String> {
    let paths = portkey_api::operations().map(|operation| operation.path);
    let mut all = Vec::new();
    for path in paths.filter(|path| path.starts_with("/analytics")) {
        let path = path.replace("{metadata_key}", "_user");
        let dimensions = ["ai_service", "status_code", "api_key", "config", "prompt"];
        let is_choice = path.contains("{group_by}");
        let dimensions = if is_choice { &dimensions[..] } else { &[""] };
        for dimension in dimensions {
            let path = path.replace("{group_by}", dimension);
            all.push(format!("{path}?{EVER}&{COLUMNS}"));
        }
    }
    all
}

struct Caller {
    sandbox: Sandbox,
}

impl Caller {
    async fn get(&self, client: &Client, path: &str) -> Value {
        let url = format!("{}{path}", self.sandbox.url());
        let keys = self.sandbox.keys();
        let is_analytics = path.starts_with("/analytics");
        let key = if is_analytics {
            &keys.admin
        } else {
            &keys.workspace
        };
        let answer = client.get(url).header("x-portkey-api-key", key).send();
        let answer = answer.await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    /// The shortest time, the median and the longest, in milliseconds.
    async fn time(&self, client: &Client, path: &str) -> [f64; 3] {
        self.get(client, path).await;
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let start = Instant::now();
            self.get(client, path).await;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        [0, TIMES / 2, TIMES - 1].map(|index| times.get(index).copied().unwrap())
    }

    /// How many small reads are answered when many ask at once.
    async fn answers_a_second(self: &Arc<Self>) -> f64 {
        let start = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CONNECTIONS {
            let caller = Arc::clone(self);
            tasks.spawn(async move {
                let client = Client::new();
                let mut answers = 0_u32;
                while start.elapsed() < PERIOD {
                    caller.get(&client, "/configs").await;
                    answers += 1;
                }
                answers
            });
        }
        let answers: u32 = tasks.join_all().await.into_iter().sum();
        f64::from(answers) / start.elapsed().as_secs_f64()
    }
}
