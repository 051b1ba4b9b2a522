//! Teams of the large seed, each with a workspace of its own and its content.

use portkey_api::workspaces::WorkspaceRole;
use serde_json::json;

use super::numbers::{count, digits, nth};
use crate::{
    identity::{kebab, new_secret, seeded_id},
    records::membership,
    seed::{api_keys, configs, integrations, prompts, providers, seeding::Seeding, workspaces},
    wire::Refusal,
};

const AREAS: &[&str] = &[
    "Billing",
    "Catalog",
    "Checkout",
    "Claims",
    "Compliance",
    "Contracts",
    "Delivery",
    "Finance",
    "Fraud",
    "Hiring",
    "Insights",
    "Inventory",
    "Legal",
    "Loyalty",
    "Marketing",
    "Onboarding",
    "Payments",
    "Pricing",
    "Returns",
    "Sales",
];

const TASKS: &[&str] = &[
    "answers",
    "assistants",
    "drafting",
    "extraction",
    "forecasts",
    "moderation",
    "reports",
    "reviews",
    "search",
    "summaries",
    "tagging",
    "translation",
    "triage",
];

/// The collection that a team keeps its prompts in.
pub(super) const FOLDER: &str = "Prompts";

/// A team, with the names of its objects.
#[derive(Debug, Default)]
pub(super) struct Team {
    /// Also the name of its workspace.
    pub(super) name: String,
    /// The addresses of its people.
    pub(super) people: Vec<String>,
    pub(super) api_key: String,
    /// A slug.
    pub(super) provider: String,
    /// A slug.
    pub(super) config: String,
    /// Slugs.
    pub(super) prompts: Vec<String>,
}

/// Adds teams up to this total of workspaces, and makes the people their members.
pub(super) fn fill(
    seed: &Seeding<'_>,
    total: u32,
    people: &[String],
) -> Result<Vec<Team>, Refusal> {
    let missing = total.saturating_sub(count(seed.db, "workspaces")?);
    let mut teams: Vec<Team> = (0..missing).map(Team::numbered).collect();
    let round = teams.len().max(1);
    for (number, person) in people.iter().enumerate() {
        // Every third person is also a member of the team after the next.
        let helps = number.is_multiple_of(3).then_some(number + 2);
        for place in [Some(number), helps].into_iter().flatten() {
            if let Some(team) = teams.get_mut(place % round) {
                team.people.push(person.clone());
            }
        }
    }
    for (number, team) in (0..).zip(&teams) {
        team.add(seed, number)?;
    }
    Ok(teams)
}

impl Team {
    /// The team with this number. There are 260 different names.
    fn numbered(number: u32) -> Self {
        let (area, task) = (nth(AREAS, number / 13), nth(TASKS, number));
        let name = format!("{area} {task}");
        let digits = digits(&name);
        let purpose = if number.is_multiple_of(2) {
            "cached"
        } else {
            "primary-fallback"
        };
        Self {
            api_key: format!("{name} service"),
            provider: format!("openai-{}-{digits}", kebab(area)),
            config: format!("pc-{purpose}-{digits}"),
            name,
            ..Self::default()
        }
    }

    fn add(&self, seed: &Seeding<'_>, number: u32) -> Result<(), Refusal> {
        let name = self.name.as_str();
        let start: String = kebab(name).chars().take(7).collect();
        let slug = format!("ws-{}-{}", start.trim_end_matches('-'), digits(name));
        let days = i64::from(100 + number);
        let place = (slug.as_str(), None, name, "One of many teams", days);
        workspaces::add(seed, &place)?;
        self.join(seed)?;
        self.add_keys(seed)?;
        integrations::grant(seed, "openai-northwind", name, number.is_multiple_of(5))?;
        let provider = self.provider.as_str();
        let entry = (provider, name, "openai-northwind", "OpenAI", "For the team");
        providers::add(seed, &entry)?;
        configs::add(seed, name, &self.routing(), 90)?;
        let folder = prompts::Folder {
            workspace: self.name.clone(),
            name: FOLDER.to_owned(),
            parent: None,
        };
        prompts::add_folder(seed, &folder)?;
        Ok(())
    }

    /// Adds its people as members. The first of them is its lead.
    fn join(&self, seed: &Seeding<'_>) -> rusqlite::Result<()> {
        let workspace = workspaces::id(&self.name);
        let since = seed.days_ago(95);
        for (number, email) in self.people.iter().enumerate() {
            let role = match number {
                0 => WorkspaceRole::Admin,
                1..=3 => WorkspaceRole::Manager,
                _ => WorkspaceRole::Member,
            };
            membership::join(seed.db, &workspace, &seeded_id(email), role, &since)?;
        }
        Ok(())
    }

    /// Adds a key for its service and one for its lead.
    fn add_keys(&self, seed: &Seeding<'_>) -> rusqlite::Result<()> {
        let lead = self.people.first().map(|email| seeded_id(email));
        let of_lead = format!("{} lead", self.name);
        for (name, person) in [(&self.api_key, None), (&of_lead, lead)] {
            let key = api_keys::ApiKeySample {
                name,
                workspace: Some(&self.name),
                person,
                secret: new_secret(),
                scopes: vec!["completions.write", "prompts.render", "logs.view"],
                unrestricted: false,
                days: 92,
            };
            api_keys::insert(seed, &key)?;
        }
        Ok(())
    }

    fn routing(&self) -> configs::ConfigSample {
        let target = format!("@{}", self.provider);
        configs::ConfigSample {
            slug: self.config.clone(),
            name: "Routing".to_owned(),
            is_default: true,
            versions: vec![
                json!({ "provider": target }),
                json!({ "provider": target, "cache": { "mode": "semantic", "max_age": 3600 },
                    "retry": { "attempts": 2 } }),
            ],
        }
    }
}
