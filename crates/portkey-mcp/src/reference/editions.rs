//! Which tools an edition has.

use portkey_api::{Edition, Presence};
use portkey_engine::catalog::CatalogEntry;

use crate::{catalog::catalog, config::row};

/// How many tools of each domain Prisma AIRS has, and which it lacks or may lack, as a table in Markdown.
pub fn prisma_airs() -> String {
    let mut table = "| domain | it has | it lacks | it may have |\n|---|---:|---|---|\n".to_owned();
    let mut counts = [0, 0, 0];
    for domain in portkey_api::DOMAINS {
        let of_domain = |presence| {
            let entries = catalog()
                .entries()
                .filter(move |entry| entry.domain == domain.name());
            entries.filter(move |entry| presence_of(entry) == presence)
        };
        let kinds = [Presence::Served, Presence::Absent, Presence::Uncertain];
        let [served, absent, uncertain] =
            kinds.map(|presence| of_domain(presence).collect::<Vec<_>>());
        for (count, found) in counts.iter_mut().zip([&served, &absent, &uncertain]) {
            *count += found.len();
        }
        let absent = match served.len() {
            0 if uncertain.is_empty() => "all".to_owned(),
            _ => names(&absent),
        };
        table.push_str(&row(&[
            format!("`{}`", domain.name()),
            served.len().to_string(),
            absent,
            names(&uncertain),
        ]));
    }
    let [served, absent, uncertain] = counts;
    table + &format!("\nIt has {served} tools, lacks {absent} and may have {uncertain}.\n")
}

fn presence_of(entry: &CatalogEntry) -> Presence {
    entry.tool.declaration().presence(Edition::PrismaAirs)
}

fn names(entries: &[CatalogEntry]) -> String {
    let names = entries.iter();
    let names = names.map(|entry| format!("`{}`", entry.tool.name()));
    names.collect::<Vec<_>>().join(", ")
}
