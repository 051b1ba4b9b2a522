//! Recognisable secrets go through every operation of the catalog, in and out, over both transports; none may be
//! found in any place that a model, a client or a log reader sees.

mod planting;
mod upstream;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
};

use portkey_api::{Effect, JsonObject, Operation, operations};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{process::Wire, served::Served};
use planting::{answer, plant, takes_secrets};
use upstream::{Mood, Upstream};

/// What no masked form shows: that has two characters of the beginning and four of the end at most.
const CANARY: &str = "c4n4ry";
/// The key that the server itself calls with.
const KEY: &str = "pk-c4n4ry-server-0123456789";
/// A secret that an argument spells out.
const WRITTEN: &str = "sk-c4n4ry-written-0123456789";
/// A secret that an argument refers to.
const REFERRED: &str = "sk-c4n4ry-referred-\"0123456789";
const REFERENCE: &str = "env:CANARY_SECRET";
/// A secret that an answer brings.
const ANSWERED: &str = "sk-c4n4ry-answered-0123456789";

const ARGUMENTS: [&str; 7] = [
    "--toolsets",
    "all",
    "--log",
    "trace",
    "--log-format",
    "json",
    "--secret-sources=env:CANARY_*",
];

/// How an operation is tried.
#[derive(Debug, Clone, Copy)]
struct Trial {
    /// What stands at each secret of the arguments.
    secret: &'static str,
    /// How the upstream takes it.
    mood: Mood,
    dry_run: bool,
}

const TRIALS: [Trial; 5] = [
    Trial {
        secret: WRITTEN,
        mood: Mood::Answers,
        dry_run: false,
    },
    Trial {
        secret: WRITTEN,
        mood: Mood::Refuses,
        dry_run: false,
    },
    Trial {
        secret: REFERENCE,
        mood: Mood::Echoes,
        dry_run: false,
    },
    Trial {
        secret: REFERENCE,
        mood: Mood::Refuses,
        dry_run: false,
    },
    Trial {
        secret: WRITTEN,
        mood: Mood::Answers,
        dry_run: true,
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_comes_back_over_standard_output() {
    let upstream = Upstream::start().await;
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log");
    let settings = settings(&upstream);
    let mut wire = Wire::start_logging(
        &ARGUMENTS,
        &settings_as(&settings),
        File::create(&log).unwrap().into(),
    );
    wire.initialise("2025-11-25");
    let mut found = Found::default();
    for (operation, arguments) in every_call() {
        for trial in TRIALS {
            let tool = operation.declaration.name;
            let Some(arguments) = prepared(operation, &arguments, trial) else {
                continue;
            };
            upstream.expect(operation, trial.mood);
            wire.call(tool, arguments);
            let heard = wire.heard.drain(..).collect::<Vec<_>>().join("\n");
            found.look(tool, "a message of the protocol", &heard);
            found.passed(operation, trial, &upstream.received());
        }
    }
    let home = wire.home.path().to_owned();
    let sink = home.join("portkey-mcp/secrets.jsonl");
    let kept = fs::read_to_string(&sink).unwrap();
    for place in files(&home).into_iter().filter(|file| *file != sink) {
        let content = String::from_utf8_lossy(&fs::read(&place).unwrap()).into_owned();
        found.look("any", &place.display().to_string(), &content);
    }
    for line in fs::read_to_string(&log).unwrap().lines() {
        found.look("any", "the log", line);
    }
    found.settle(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_comes_back_over_http() {
    let upstream = Upstream::start().await;
    let settings = settings(&upstream);
    let server = Served::start(&ARGUMENTS, &settings_as(&settings));
    let mut found = Found::default();
    for (operation, arguments) in every_call() {
        for trial in TRIALS {
            let tool = operation.declaration.name;
            let Some(arguments) = prepared(operation, &arguments, trial) else {
                continue;
            };
            upstream.expect(operation, trial.mood);
            let call = json!({ "name": tool, "arguments": arguments });
            let response = server.modern("tools/call", call).send().await.unwrap();
            let headers = format!("{:?}", response.headers());
            found.look(tool, "a header", &headers);
            let body = response.text().await.unwrap();
            found.look(tool, "a body", &body);
            found.passed(operation, trial, &upstream.received());
        }
    }
    let metrics = server.client.get(server.url("/metrics"));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    found.look("any", "/metrics", &metrics);
    for place in files(server.home.path()) {
        let content = String::from_utf8_lossy(&fs::read(&place).unwrap()).into_owned();
        found.look("any", &place.display().to_string(), &content);
    }
    for line in server.said() {
        found.look("any", "the log", &line);
    }
    found.settle(ANSWERED);
}

/// What a server on this upstream is started with.
fn settings(upstream: &Upstream) -> [(&'static str, String); 4] {
    [
        ("PORTKEY_BASE_URL", upstream.url()),
        ("PORTKEY_API_KEY", KEY.to_owned()),
        ("CANARY_SECRET", format!("{REFERRED}\n")),
        ("PORTKEY_MAX_RETRIES", "0".to_owned()),
    ]
}

fn settings_as<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

fn every_call() -> impl Iterator<Item = (&'static Operation, JsonObject)> {
    operations().flat_map(|operation| {
        let calls = portkey_examples::every(operation).into_iter();
        // With the least arguments few carry a secret.
        calls.skip(1).map(move |arguments| (operation, arguments))
    })
}

/// The arguments with secrets in them; nothing where the trial makes no sense for the operation.
fn prepared(operation: &Operation, arguments: &JsonObject, trial: Trial) -> Option<Value> {
    let declaration = &operation.declaration;
    let mut arguments = Value::Object(arguments.clone());
    if let Some(checks) = arguments.get_mut("checks") {
        let parameters = json!({ "webhookURL": "https://example.com", "headers": {} });
        *checks = json!([{ "id": "default.webhook", "parameters": parameters }]);
    }
    plant(declaration.input(), &mut arguments, trial.secret);
    let carries = arguments.to_string().contains(trial.secret);
    if trial.dry_run && declaration.effect == Effect::Read || trial.secret == REFERENCE && !carries
    {
        return None;
    }
    arguments["dry_run"] = trial.dry_run.into();
    Some(arguments)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Where canaries were found, and which operations carried one.
#[derive(Default)]
struct Found {
    escaped: BTreeSet<String>,
    carried: BTreeSet<(&'static str, &'static str)>,
    wanted: BTreeSet<(&'static str, &'static str)>,
}

impl Found {
    /// Looks for a canary in what is seen at a place.
    fn look(&mut self, tool: &str, place: &str, seen: &str) {
        if let Some(at) = seen.find(CANARY) {
            let from = seen.floor_char_boundary(at.saturating_sub(150));
            let to = seen.ceil_char_boundary((at + 60).min(seen.len()));
            self.escaped
                .insert(format!("{tool}, {place}: …{}…", &seen[from..to]));
        }
    }

    /// Notes whether the secret of an operation that takes one reached Portkey, where it should.
    fn passed(&mut self, operation: &'static Operation, trial: Trial, received: &str) {
        if !takes_secrets(operation.declaration.input()) || trial.dry_run {
            return;
        }
        let tool = operation.declaration.name;
        let secret = if trial.secret == REFERENCE {
            REFERRED
        } else {
            trial.secret
        };
        self.wanted.insert((tool, secret));
        let escaped = Value::from(secret).to_string();
        if received.contains(escaped.trim_matches('"')) {
            self.carried.insert((tool, secret));
        }
    }

    /// No canary escaped, all of them flew, and those of answers are where new secrets are kept.
    fn settle(&self, kept: &str) {
        let escaped: Vec<_> = self.escaped.iter().take(40).map(String::as_str).collect();
        assert!(escaped.is_empty(), "{}", escaped.join("\n"));
        let grounded: Vec<_> = self.wanted.difference(&self.carried).collect();
        assert!(grounded.is_empty(), "never sent: {grounded:?}");
        assert!(self.wanted.len() > 20, "{:?}", self.wanted);
        assert!(kept.contains(ANSWERED));
    }
}
