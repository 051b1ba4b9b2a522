//! Traffic of the large seed: three months, oldest first and growing. Of a hundred requests 95 are from customers in
//! the default workspace; the rest are from the teams.

use fastrand::Rng;
use jiff::SignedDuration;

use super::{
    numbers::{count, nth},
    teams::Team,
};
use crate::seed::{
    logs::{self, PRODUCTION, TRAFFIC, Traffic},
    seeding::Seeding,
};

const PERIOD: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The percentage of rated answers, lower than in the demo.
const RATED: u8 = 2;

/// A kind of traffic, and its users, the busiest first.
struct TrafficSource<'a> {
    traffic: Traffic<'a>,
    users: Vec<&'a str>,
}

/// Adds logs up to this total.
pub(super) fn fill(
    seed: &Seeding<'_>,
    total: u32,
    teams: &[Team],
    people: &[String],
) -> rusqlite::Result<()> {
    let customers = from_customers(people);
    let teams: Vec<_> = (0..).zip(teams).map(from_team).collect();
    let mut rng = Rng::with_seed(41);
    let first = count(seed.db, "logs")?;
    for number in first..total {
        let sources = match rng.u8(..100) {
            ..95 => &customers,
            _ => &teams,
        };
        let all: u32 = sources.iter().map(|source| source.traffic.share).sum();
        let share = rng.u32(..all.max(1));
        let Some(source) = logs::pick(share, sources, |source| source.traffic.share) else {
            continue;
        };
        let done = f64::from(number - first) / f64::from(total - first);
        let ago = PERIOD.mul_f64((1.0 - done).powf(1.2));
        let user = logs::busier(&mut rng, &source.users);
        let user = user.copied().unwrap_or_default();
        logs::add(seed, &mut rng, number, &source.traffic, (ago, user))?;
    }
    Ok(())
}

/// The kinds of traffic of the demo's default workspace, with a third of the people for each.
fn from_customers(people: &[String]) -> Vec<TrafficSource<'_>> {
    let of_production = |traffic: &&Traffic<'_>| traffic.workspace == PRODUCTION.workspace;
    let sources = TRAFFIC.iter().filter(of_production).enumerate();
    let sources = sources.map(|(number, traffic)| {
        let users = people.iter().skip(number % 3).step_by(3);
        TrafficSource {
            traffic: Traffic {
                rated: RATED,
                ..*traffic
            },
            users: users.map(String::as_str).collect(),
        }
    });
    sources.collect()
}

fn from_team((number, team): (u32, &Team)) -> TrafficSource<'_> {
    let prompt = team.prompts.first().map(|slug| (slug.as_str(), 1));
    TrafficSource {
        traffic: Traffic {
            share: 1,
            workspace: &team.name,
            api_key: &team.api_key,
            virtual_key: &team.provider,
            model: nth(&["gpt-4o-mini", "gpt-4o", "gpt-4.1"], number),
            prompt,
            config: Some(&team.config),
            app: nth(&["assistant", "batch", "plugin"], number / 3),
            tokens: (200 + 20 * (number % 50), 40 + 5 * (number % 40)),
            rated: RATED,
            ..PRODUCTION
        },
        users: team.people.iter().map(String::as_str).collect(),
    }
}
