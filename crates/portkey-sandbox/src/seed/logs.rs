//! Traffic of the demo: two weeks, the same in every sandbox except for the moment of its end.

use fastrand::Rng;
use jiff::SignedDuration;
use rusqlite::params;
use serde_json::json;

use super::{api_keys, people, seeding::Seeding, workspaces};
use crate::{
    identity::{iso, seeded_id},
    records::log::{self, Log},
    rules::prices,
    store::Queries as _,
    wire::Refusal,
};

/// How many requests there were.
const REQUESTS: u32 = 3000;
const PERIOD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// One kind of traffic, with its share of a thousand requests.
#[derive(Clone, Copy)]
pub(super) struct Traffic<'a> {
    pub(super) share: u32,
    pub(super) workspace: &'a str,
    pub(super) api_key: &'a str,
    pub(super) provider: &'a str,
    pub(super) virtual_key: &'a str,
    pub(super) model: &'a str,
    pub(super) prompt: Option<(&'a str, u32)>,
    pub(super) config: Option<&'a str>,
    pub(super) app: &'a str,
    /// Typical numbers of prompt tokens and completion tokens.
    pub(super) tokens: (u32, u32),
    /// The percentage of answers that get feedback.
    pub(super) rated: u8,
}

pub(super) const TRAFFIC: &[Traffic<'_>] = &[
    Traffic {
        share: 340,
        prompt: Some(("pp-support-reply-4c91f2", 2)),
        config: Some("pc-cached-support-90be1f"),
        app: "helpdesk",
        tokens: (420, 180),
        ..PRODUCTION
    },
    Traffic {
        share: 250,
        model: "gpt-4o-mini",
        prompt: Some(("pp-ticket-triage-a07be3", 2)),
        app: "helpdesk",
        tokens: (260, 4),
        ..PRODUCTION
    },
    Traffic {
        share: 120,
        provider: "anthropic",
        virtual_key: "anthropic-pr-b83c07",
        model: "claude-sonnet-4-5",
        prompt: Some(("pp-document-summary-6e20aa", 3)),
        app: "reports",
        tokens: (2600, 420),
        ..PRODUCTION
    },
    Traffic {
        share: 60,
        model: "gpt-4.1",
        prompt: Some(("pp-sql-assistant-52cc9d", 2)),
        app: "workbench",
        tokens: (700, 90),
        ..PRODUCTION
    },
    Traffic {
        share: 30,
        config: Some("pc-primary-fallback-2d71c4"),
        app: "workbench",
        tokens: (900, 350),
        ..PRODUCTION
    },
    Traffic {
        share: 130,
        workspace: "Staging",
        api_key: "Staging tests",
        virtual_key: "openai-stagi-9d10e5",
        model: "gpt-4o-mini",
        app: "tests",
        tokens: (300, 60),
        ..PRODUCTION
    },
    Traffic {
        share: 70,
        workspace: "Research",
        api_key: "Grace's notebook",
        provider: "mistral-ai",
        virtual_key: "mistral-rese-2c77fa",
        model: "mistral-large-latest",
        prompt: Some(("pp-paper-digest-e2904c", 1)),
        app: "notebook",
        tokens: (3200, 520),
        ..PRODUCTION
    },
];

/// What most traffic has in common.
pub(super) const PRODUCTION: Traffic<'_> = Traffic {
    share: 0,
    workspace: "Production",
    api_key: "Production gateway",
    provider: "openai",
    virtual_key: "openai-prod-4f2a91",
    model: "gpt-4o",
    prompt: None,
    config: None,
    app: "",
    tokens: (0, 0),
    rated: 6,
};

/// The users of each workspace, the busiest first.
const USERS: &[(&str, &[&str])] = &[
    ("Production", &["Farah", "Dana", "Emil", "Bruno", "Ada"]),
    ("Staging", &["Emil", "Grace", "Chidi"]),
    ("Research", &["Grace", "Hugo"]),
];

/// Failures: status, and how many of a thousand requests have it.
const FAILURES: &[(u16, u32)] = &[(429, 18), (500, 9), (400, 8), (408, 4), (446, 3), (246, 5)];

pub(super) fn fill(seed: &Seeding<'_>) -> Result<(), Refusal> {
    let mut rng = Rng::with_seed(14);
    for number in 0..REQUESTS {
        let Some(traffic) = pick(rng.u32(0..1000), TRAFFIC, |traffic| traffic.share) else {
            continue;
        };
        // The exponent makes recent requests a little more frequent.
        let ago = PERIOD.mul_f64(rng.f64().powf(1.15));
        let users = USERS.iter().find(|(name, _)| *name == traffic.workspace);
        let users = users.map_or(&[][..], |(_, names)| names);
        let user = busier(&mut rng, users).map_or(String::new(), |name| people::email(name));
        add(seed, &mut rng, number, traffic, (ago, &user))?;
    }
    Ok(())
}

/// Adds a request that this user made this long ago, and feedback on it if it has some.
pub(super) fn add(
    seed: &Seeding<'_>,
    rng: &mut Rng,
    number: u32,
    traffic: &Traffic<'_>,
    (ago, user): (SignedDuration, &str),
) -> rusqlite::Result<()> {
    let env = traffic.workspace.to_lowercase();
    let log = Log {
        created_at: seed.now.checked_sub(ago).unwrap_or(seed.now),
        metadata: json!({ "_user": user, "app": traffic.app, "env": env }),
        ..log(rng, number, traffic)
    };
    log::insert(seed.db, &log)?;
    if let Some(value) = log.weighted_feedback {
        let id = seeded_id(&format!("feedback {number}"));
        let sql =
            "INSERT INTO feedback (id, workspace_id, trace_id, value, weight, metadata, created_at,
            last_updated_at) VALUES (?1, ?2, ?3, CAST(?4 AS INTEGER), 1, '{}', ?5, ?5)";
        let at = iso(log.created_at);
        let given = params![id, log.workspace_id, log.trace_id, value, at];
        seed.db.run(sql, given)?;
    }
    Ok(())
}

fn log(rng: &mut Rng, number: u32, traffic: &Traffic<'_>) -> Log {
    let status =
        pick(rng.u32(0..1000), FAILURES, |(_, share)| *share).map_or(200, |(status, _)| *status);
    let answered = matches!(status, 200 | 246);
    let hit = answered
        && traffic
            .config
            .is_some_and(|config| config.starts_with("pc-cached"))
        && rng.u8(..100) < 22;
    let (prompt_tokens, completion_tokens) = traffic.tokens;
    let prompt_tokens = spread(rng, prompt_tokens);
    let completion_tokens = if answered {
        spread(rng, completion_tokens)
    } else {
        0
    };
    let paid = answered && !hit;
    let latency = if hit {
        12 + rng.u32(..20)
    } else {
        250 + completion_tokens * 11 + rng.u32(..400)
    };
    let feedback = (answered && rng.u8(..100) < traffic.rated)
        .then(|| if rng.u8(..10) < 8 { 1.0 } else { -1.0 });
    Log {
        id: seeded_id(&format!("log {number}")),
        trace_id: seeded_id(&format!("trace {number}")),
        span_id: seeded_id(&format!("span {number}")),
        workspace_id: workspaces::id(traffic.workspace),
        api_key_id: api_keys::id(traffic.api_key),
        provider: traffic.provider.to_owned(),
        model: traffic.model.to_owned(),
        virtual_key: Some(traffic.virtual_key.to_owned()),
        config: traffic.config.map(str::to_owned),
        prompt_slug: traffic.prompt.map(|(slug, _)| slug.to_owned()),
        prompt_version: traffic.prompt.map(|(_, version)| version),
        status_code: status,
        cache_status: cache_status(traffic, hit).to_owned(),
        prompt_tokens,
        completion_tokens,
        cost: if paid {
            prices::cost(traffic.model, prompt_tokens, completion_tokens)
        } else {
            0.0
        },
        latency,
        // Some of what fails is tried again, and the config with a fallback turns to its second target.
        retries: u32::from(answered && number.is_multiple_of(23)),
        is_fallback: answered
            && number.is_multiple_of(5)
            && traffic
                .config
                .is_some_and(|config| config.starts_with("pc-primary-fallback")),
        weighted_feedback: feedback,
        ..Log::default()
    }
}

fn cache_status(traffic: &Traffic<'_>, hit: bool) -> &'static str {
    match traffic.config {
        Some(_) if hit => "semantic hit",
        Some(config) if config.starts_with("pc-cached") => "miss",
        _ => "disabled",
    }
}

/// The busier of two randomly chosen people.
pub(super) fn busier<'a, T>(rng: &mut Rng, people: &'a [T]) -> Option<&'a T> {
    let last = people.len().checked_sub(1)?;
    people.get(rng.usize(..=last).min(rng.usize(..=last)))
}

/// The entry that a number below the sum of all shares selects.
pub(super) fn pick<T>(mut number: u32, from: &[T], share: impl Fn(&T) -> u32) -> Option<&T> {
    from.iter()
        .find(|entry| match number.checked_sub(share(entry)) {
            Some(rest) => {
                number = rest;
                false
            }
            None => true,
        })
}

/// A random number from half to one and a half times the typical one.
fn spread(rng: &mut Rng, typical: u32) -> u32 {
    typical / 2 + rng.u32(..=typical)
}
