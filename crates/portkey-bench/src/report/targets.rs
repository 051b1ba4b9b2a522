//! What the product should cost at most, and what it does cost.

use std::fmt::Write as _;

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
    /// What profiles say of the distance, for when it is missed.
    why: &'static str,
}

impl Target {
    /// With what profiles say of the distance.
    const fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }

    fn is_met(&self, value: f64, limit: f64) -> bool {
        if self.is_least {
            value >= limit
        } else {
            value <= limit
        }
    }
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
        why: "",
    }
}

const fn least(what: &'static str, found: fn(&Measured) -> Option<(f64, f64)>) -> Target {
    Target {
        what,
        unit: Unit::Rate,
        found,
        is_least: true,
        why: "",
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
    )
    .because(
        "27,000 instructions are SHA-256 of the entry in the audit, which valgrind counts in software; a processor has \
         instructions for it.",
    ),
    most(
        "CPU per request with sessions: 1.3 times the smallest server's",
        Unit::Time,
        |m| beside_smallest(m, "sessions"),
    )
    .because(MORE_THAN_PASSING_ON),
    most(
        "CPU per request without: 1.3 times the smallest server's",
        Unit::Time,
        |m| beside_smallest(m, "stateless"),
    )
    .because(MORE_THAN_PASSING_ON),
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
    })
    .because(
        "Clients, server and upstream share the processors, so the clients themselves take more of them; the smallest \
         server and the bare proxy fall as well.",
    ),
    most("stdio, beyond the upstream: 0.35 ms", Unit::Time, |m| {
        Some((own(m, "stdio", stdio_calls::OVERHEAD)?, 0.000_35))
    }),
    most(
        "1,000 configs asked whole: a third of portkey-admin-mcp's time",
        Unit::Time,
        |m| third(m, lists::WHOLE_TIME),
    )
    .because(
        "Most of the instructions parse the upstream's answer and bring it into one form, which has to be done to \
         all entries; what is cut off is neither shown nor estimated.",
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
    })
    .because(
        "Three quarters of the instructions between the start and the whole list make the schemas of its tools from their \
         types; most of what comes before reads the command line, which has a flag for every setting.",
    ),
    most("memory after 200 calls: 20 MiB", Unit::Memory, |m| {
        Some((own(m, "memory", memory::AFTER_CALLS)?, 20.0 * MEBIBYTE))
    })
    .because(
        "Two thirds of it are pages of the program's file (`RssFile`), which the system shares among processes and takes back \
         when it needs them; what the program itself allocates is below 10 MiB.",
    ),
    most("1,000 sessions: 60 MiB above idle", Unit::Memory, |m| {
        Some((own(m, "memory", memory::THOUSAND)?, 60.0 * MEBIBYTE))
    })
    .because(CHANNELS_OF_THE_SDK),
    most("10,000 sessions: 600 MiB above idle", Unit::Memory, |m| {
        Some((own(m, "memory", memory::TEN_THOUSAND)?, 600.0 * MEBIBYTE))
    })
    .because(CHANNELS_OF_THE_SDK),
    most(
        "peak with a body of 50 MB: three times the body",
        Unit::Memory,
        |m| Some((own(m, "memory", memory::LARGE)?, 150e6)),
    ),
];

/// Why a request takes more than the smallest server's.
const MORE_THAN_PASSING_ON: &str = "The smallest server passes the upstream's text on. Here the answer is parsed, checked, masked and written shorter \
     (about 120,000 instructions of a call), the call is audited, and arguments are checked first; the SDK's own part is the \
     same in both.";

/// Why a session takes what it does.
const CHANNELS_OF_THE_SDK: &str = "Of the 120 KB that a session allocates, 93 KB are blocks of 32 slots in six channels of the SDK, as in the smallest \
     server; what is resident beyond that server's is for the larger part the allocator, which halves the time of a call.";

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
    let mut distances: Vec<(&str, &str)> = Vec::new();
    for target in TARGETS {
        let Some((value, limit)) = (target.found)(measured) else {
            continue;
        };
        let is_met = target.is_met(value, limit);
        if !is_met && !target.why.is_empty() {
            distances.push((target.what, target.why));
        }
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
    aligned(&lines) + &explained(&distances)
}

/// What is known of each target that is missed; the same reason once.
fn explained(distances: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut told: Vec<&str> = Vec::new();
    for (_, why) in distances {
        if told.contains(why) {
            continue;
        }
        told.push(why);
        let same = distances.iter().filter(|(_, other)| other == why);
        let missed: Vec<&str> = same.map(|(what, _)| *what).collect();
        _ = write!(text, "\n- **{}**: {why}", missed.join("**, **"));
    }
    if text.is_empty() {
        return text;
    }
    format!("\nWhy those that are missed are, by profiles:\n{text}\n")
}
