//! What the product should cost at most, and what it does cost.

use crate::{
    figures::{Subject, Unit, aligned},
    measures::{Measured, lists, load, memory, start, stdio_calls},
};

/// What is wished for of a figure.
struct Target {
    what: &'static str,
    unit: Unit,
    /// The figure, and how large it may be at most.
    found: fn(&Measured) -> Option<(f64, f64)>,
    /// Whether it should be large, not small.
    is_least: bool,
}

const fn most(
    what: &'static str,
    unit: Unit,
    found: fn(&Measured) -> Option<(f64, f64)>,
) -> Target {
    Target {
        what,
        unit,
        found,
        is_least: false,
    }
}

const fn least(what: &'static str, found: fn(&Measured) -> Option<(f64, f64)>) -> Target {
    Target {
        what,
        unit: Unit::Rate,
        found,
        is_least: true,
    }
}

const MEBIBYTE: f64 = 1024.0 * 1024.0;

const TARGETS: &[Target] = &[
    most(
        "instructions of `list_workspaces`: 400,000",
        Unit::Instructions,
        |m| {
            Some((
                own(m, "instructions", "list_workspaces, 3.4 kB")?,
                400_000.0,
            ))
        },
    ),
    most(
        "CPU per request with sessions: 1.3 times the smallest server's",
        Unit::Time,
        |m| beside_smallest(m, "sessions"),
    ),
    most(
        "CPU per request without: 1.3 times the smallest server's",
        Unit::Time,
        |m| beside_smallest(m, "stateless"),
    ),
    least(
        "requests of 32 clients: 4 times portkey-admin-mcp's best",
        |m| beside_peer(m, 32),
    ),
    least(
        "requests of 128 clients: 4 times portkey-admin-mcp's best",
        |m| beside_peer(m, 128),
    ),
    least("requests of 128 clients: as many as of 32", |m| {
        Some((
            own(m, "sessions", &load::rate(128))?,
            own(m, "sessions", &load::rate(32))?,
        ))
    }),
    most("stdio, beyond the upstream: 0.35 ms", Unit::Time, |m| {
        Some((own(m, "stdio", stdio_calls::OVERHEAD)?, 0.000_35))
    }),
    most(
        "1,000 configs asked whole: a third of portkey-admin-mcp's time",
        Unit::Time,
        |m| third(m, lists::WHOLE_TIME),
    ),
    most(
        "1,000 configs asked whole: a third of portkey-admin-mcp's peak",
        Unit::Memory,
        |m| third(m, lists::WHOLE_PEAK),
    ),
    most(
        "1,000 configs by default: 10,000 tokens",
        Unit::Tokens,
        |m| Some((own(m, "lists", lists::DEFAULT_TOKENS)?, 10_000.0)),
    ),
    most("start to the whole tool list: 12 ms", Unit::Time, |m| {
        Some((own(m, "start", start::LISTED)?, 0.012))
    }),
    most("memory after 200 calls: 20 MiB", Unit::Memory, |m| {
        Some((own(m, "memory", memory::AFTER_CALLS)?, 20.0 * MEBIBYTE))
    }),
    most("1,000 sessions: 60 MiB above idle", Unit::Memory, |m| {
        Some((own(m, "memory", memory::THOUSAND)?, 60.0 * MEBIBYTE))
    }),
    most("10,000 sessions: 600 MiB above idle", Unit::Memory, |m| {
        Some((own(m, "memory", memory::TEN_THOUSAND)?, 600.0 * MEBIBYTE))
    }),
    most(
        "peak with a body of 50 MB: three times the body",
        Unit::Memory,
        |m| Some((own(m, "memory", memory::LARGE)?, 150e6)),
    ),
];

fn own(measured: &Measured, section: &str, what: &str) -> Option<f64> {
    measured.figure(section, what, Subject::Product)
}

/// The worst of the numbers of clients.
fn beside_smallest(measured: &Measured, section: &str) -> Option<(f64, f64)> {
    let pairs = load::CLIENTS
        .into_iter()
        .filter(|clients| *clients > 1)
        .filter_map(|clients| {
            let what = load::cpu(clients);
            let smallest = measured.figure(section, &what, Subject::Smallest)?;
            Some((own(measured, section, &what)?, 1.3 * smallest))
        });
    pairs.max_by(|one, other| (one.0 / one.1).total_cmp(&(other.0 / other.1)))
}

fn beside_peer(measured: &Measured, clients: usize) -> Option<(f64, f64)> {
    let what = load::rate(clients);
    let sections = ["sessions", "stateless"];
    let best = |subject| {
        let rates = sections
            .iter()
            .filter_map(|section| measured.figure(section, &what, subject));
        rates.reduce(f64::max)
    };
    Some((best(Subject::Product)?, 4.0 * best(Subject::Peer)?))
}

fn third(measured: &Measured, what: &str) -> Option<(f64, f64)> {
    let peer = measured.figure("lists", what, Subject::Peer)?;
    Some((own(measured, "lists", what)?, peer / 3.0))
}

/// Every target, with the figure, the limit and how far it is.
pub fn targets(measured: &Measured) -> String {
    let mut lines = vec![
        ["target", "measured", "limit", "", "measured / limit"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for target in TARGETS {
        let Some((value, limit)) = (target.found)(measured) else {
            continue;
        };
        let is_met = if target.is_least {
            value >= limit
        } else {
            value <= limit
        };
        lines.push(vec![
            target.what.to_owned(),
            target.unit.show(value),
            target.unit.show(limit),
            if is_met { "met" } else { "missed" }.to_owned(),
            format!("{:.2}", value / limit),
        ]);
    }
    if lines.len() == 1 {
        return String::new();
    }
    aligned(&lines)
}
