//! Finds restrictions that a changed configuration lacks. A truncated file reads like one from which grants and
//! restrictions were removed, so a running server takes neither over unless `allow-loosening` is set.

use std::fmt;

use portkey_client::Rate;
use portkey_engine::policy::Rules;

use super::{AccessTables, Configuration, EffectiveSettings, GrantTable, IssuerTable};

/// The restrictions of a configuration.
#[derive(Debug)]
pub(crate) struct Restrictions {
    rules: Rules,
    tables: AccessTables,
    effective: EffectiveSettings,
}

/// The restrictions that would be lost; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Loosening(Vec<String>);

/// The setting that permits loosening.
const WORD: &str = "allow-loosening";

impl Restrictions {
    pub(crate) fn of(configuration: &Configuration, effective: EffectiveSettings) -> Self {
        Self {
            rules: configuration.rules(),
            tables: configuration.tables.clone(),
            effective,
        }
    }

    /// Whether `next` may take the place of this one while a server runs.
    pub(crate) fn check(&self, next: &Self) -> Result<(), Loosening> {
        let lost: Vec<String> = self.lost_in(next).collect();
        if lost.is_empty() || next.effective.is_on(WORD) {
            return Ok(());
        }
        Err(Loosening(lost))
    }

    fn lost_in(&self, next: &Self) -> impl Iterator<Item = String> {
        let settings = self.settings_lost_in(next);
        let settings = settings.map(|name| format!("`{name}`"));
        let grants = grants_lost(&self.tables.grants, &next.tables.grants);
        let issuers = issuers_lost(&self.tables.issuers, &next.tables.issuers);
        settings.chain(grants).chain(issuers)
    }

    /// The settings that are lost. A setting with a default is lost if it is no longer set and the default is looser.
    fn settings_lost_in(&self, next: &Self) -> impl Iterator<Item = &'static str> {
        let dropped = |name: &str| self.effective.is_set(name) && !next.effective.is_set(name);
        let (old, new) = (&self.rules, &next.rules);
        let more = |old: Option<Rate>, new: Option<Rate>| {
            old.zip(new).is_some_and(|(old, new)| {
                new.interval() < old.interval() || new.count() > old.count()
            })
        };
        let defaults = [
            ("toolsets", dropped("toolsets")),
            ("confirm", dropped("confirm") && new.confirm < old.confirm),
            (
                "quota-deletes",
                dropped("quota-deletes") && more(old.quotas.deletes, new.quotas.deletes),
            ),
            (
                "quota-keys",
                dropped("quota-keys") && more(old.quotas.keys, new.quotas.keys),
            ),
        ];
        let defaults = defaults.into_iter().filter(|(_, is_lost)| *is_lost);
        // What limits calls to workspaces has a longer name among the settings than in the tables.
        let rules = old.lost_in(new).map(|name| match name {
            "workspaces" => "only-workspaces",
            name => name,
        });
        rules.chain(defaults.map(|(name, _)| name))
    }
}

fn grants_lost(old: &[GrantTable], new: &[GrantTable]) -> Vec<String> {
    if !old.is_empty() && new.is_empty() {
        return vec!["every [[grants]] table".to_owned()];
    }
    let told = |index: usize, name: &str| {
        let table = old.get(index).map(fits).unwrap_or_default();
        format!("`{name}` of [[grants]] number {}{table}", index + 1)
    };
    let count = |tables: &[GrantTable], grant: &GrantTable| {
        tables.iter().filter(|other| grant.fits_as(other)).count()
    };
    let mut lost = Vec::new();
    for (index, grant) in old.iter().enumerate() {
        let before = old.get(..index).unwrap_or_default();
        let came_before = |other: &GrantTable| count(before, other) > 0;
        let mut names = Vec::new();
        if count(new, grant) < count(old, grant) {
            // A table that lost `principal`, `group` or `issuer` matches more principals than before.
            let others = new.iter().filter(|other| count(old, other) == 0);
            names.extend(
                others
                    .flat_map(|other| grant.opened_in(other))
                    .map(str::to_owned),
            );
        }
        if came_before(grant) {
            // An earlier table with the same principals always matched first.
        } else if let Some(same) = new.iter().find(|other| grant.fits_as(other)) {
            names.extend(grant.lost_in(same));
        } else {
            // Its principals now fall to another grant, if one matches them.
            let others = new.iter().filter(|other| grant.may_meet(other));
            let others = others.filter(|other| !came_before(other));
            names.extend(others.flat_map(|other| grant.lost_in(other)));
        }
        lost.extend(names.iter().map(|name| told(index, name)));
    }
    lost.dedup();
    lost
}

/// The principals of a grant, to tell it from others in a message.
fn fits(grant: &GrantTable) -> String {
    let named = [("principal", &grant.principal), ("group", &grant.group)];
    let named = named
        .into_iter()
        .filter_map(|(kind, name)| Some(format!(" {kind} `{}`", name.as_ref()?)));
    let named: String = named.collect();
    if named.is_empty() {
        named
    } else {
        format!(" (for{named})")
    }
}

fn issuers_lost(old: &[IssuerTable], new: &[IssuerTable]) -> Vec<String> {
    let mut lost = Vec::new();
    for table in old {
        let same = new.iter().find(|other| other.issuer == table.issuer);
        let names = same.into_iter().flat_map(|same| table.lost_in(same));
        lost.extend(names.map(|name| format!("{name} of the issuer `{}`", table.issuer)));
    }
    lost
}

impl GrantTable {
    /// Whether both name the same principals.
    fn fits_as(&self, other: &Self) -> bool {
        self.issuer == other.issuer
            && self.principal == other.principal
            && self.group == other.group
    }

    /// Whether a principal may exist that both match.
    fn may_meet(&self, other: &Self) -> bool {
        let meet = |one: &Option<String>, other: &Option<String>| {
            one.is_none() || other.is_none() || one == other
        };
        // A principal can be in two groups, but has one name and one issuer.
        meet(&self.issuer, &other.issuer) && meet(&self.principal, &other.principal)
    }

    /// The conditions that `next` lacks, if it could be what a truncated file left of this grant.
    fn opened_in(&self, next: &Self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("issuer", &self.issuer, &next.issuer),
            ("principal", &self.principal, &next.principal),
            ("group", &self.group, &next.group),
        ];
        let is_left = all.iter().all(|(_, old, new)| new.is_none() || old == new);
        let lost = all
            .into_iter()
            .filter(move |(_, old, new)| is_left && old != new);
        lost.map(|(name, ..)| name)
    }

    /// The restrictions that `next` lacks.
    fn lost_in(&self, next: &Self) -> impl Iterator<Item = String> {
        let tools = self.toolsets.is_some() && next.toolsets.is_none();
        let profile = self.profile.is_some() && next.profile.is_none();
        let own = [("toolsets", tools), ("profile", profile)];
        let own = own.into_iter().filter(|(_, is_lost)| *is_lost);
        let own = own.map(|(name, _)| name.to_owned());
        let rules = self.rules(0).lost_in(&next.rules(0)).map(str::to_owned);
        let rules: Vec<String> = rules.collect();
        let scopes = missing(&self.scopes, &next.scopes, "scopes");
        let step_up = missing(self.step_up.keys(), next.step_up.keys(), "step-up");
        own.chain(rules).chain(scopes).chain(step_up)
    }
}

impl IssuerTable {
    /// The requirements on tokens that `next` lacks.
    fn lost_in(&self, next: &Self) -> impl Iterator<Item = String> {
        let audience = !self.any_audience && next.any_audience;
        let audience = audience.then(|| "audience".to_owned());
        let claims = self.required_claims.keys();
        let claims = missing(claims, next.required_claims.keys(), "required-claims");
        let scopes = missing(
            &self.required_scopes,
            &next.required_scopes,
            "required-scopes",
        );
        audience.into_iter().chain(claims).chain(scopes)
    }
}

/// The entries of a list that the new one lacks.
fn missing<'a>(
    old: impl IntoIterator<Item = &'a String>,
    new: impl IntoIterator<Item = &'a String>,
    name: &str,
) -> Vec<String> {
    let new: Vec<&String> = new.into_iter().collect();
    let lost = old.into_iter().filter(|entry| !new.contains(entry));
    lost.map(|entry| format!("{name} {entry}")).collect()
}

impl fmt::Display for Loosening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it lacks restrictions in force: {}. Restart the server to remove them, or write `{WORD} = true` into the file",
            self.0.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::subsequence};

    use super::*;

    fn read(text: &str) -> Option<AccessTables> {
        toml::from_str(text).ok()
    }

    fn lost(old: &str, new: &str) -> Vec<String> {
        let [old, new] = [old, new].map(|text| read(text).unwrap());
        let mut lost = grants_lost(&old.grants, &new.grants);
        lost.extend(issuers_lost(&old.issuers, &new.issuers));
        lost
    }

    const INTERNS: &str = "[[grants]]\ngroup = 'interns'\nread-only = true\n";
    const ALL: &str = "[[grants]]\ntoolsets = 'all'\n";

    #[test]
    fn grants_that_go_are_missed_where_somebody_gets_more() {
        assert_eq!(lost(INTERNS, ""), ["every [[grants]] table"]);
        let both = INTERNS.to_owned() + ALL;
        let gone = lost(&both, ALL);
        assert_eq!(gone.len(), 1, "{gone:?}");
        assert!(
            gone[0].contains("`read-only` of [[grants]] number 1"),
            "{gone:?}"
        );
        assert!(gone[0].contains("group `interns`"), "{gone:?}");
        // Whom nothing fits any more gets nothing.
        assert!(lost(&both, INTERNS).is_empty());
        assert!(lost(&both, &format!("{INTERNS}{ALL}deny = 'keys'\n")).is_empty());
        assert!(lost(ALL, &both).is_empty());
        let named = "[[grants]]\nread-only = true\nprincipal = 'a'\n";
        let open = lost(named, "[[grants]]\nread-only = true\n");
        assert!(open[0].contains("`principal`"), "{open:?}");
    }

    #[test]
    fn what_tokens_must_have_is_missed() {
        let issuer = "[[issuers]]\nissuer = 'i'\n";
        let strict = "required-scopes = ['use']\nrequired-claims = { a = '1', b = '2' }\n";
        let both = format!("{issuer}{strict}");
        assert_eq!(lost(&both, issuer).len(), 3);
        assert_eq!(
            lost(&both, &both.replace(", b = '2'", "")),
            ["required-claims b of the issuer `i`"]
        );
        assert_eq!(
            lost(issuer, &format!("{issuer}any-audience = true\n")),
            ["audience of the issuer `i`"]
        );
        assert!(lost(&both, "").is_empty());
        assert!(lost(issuer, &both).is_empty());
    }

    /// A grant in any order of its lines.
    fn grant() -> impl Strategy<Value = String> {
        let whom = [
            "principal = 'a'",
            "principal = 'b'",
            "group = 'g'",
            "group = 'h'",
        ];
        let rules = [
            "read-only = true",
            "deny = 'keys,users'",
            "toolsets = 'default'",
            "profile = 'p'",
            "scopes = ['s', 't']",
            "quotas = { keys = '1/h', deletes = '2/h' }",
            "confirm = 'always'",
            "step-up = { s = 'keys', t = 'users' }",
            "workspaces = 'w'",
        ];
        let whom = subsequence(whom.to_vec(), 0..=1);
        let rules = subsequence(rules.to_vec(), 0..=4);
        let lines = (whom, rules).prop_map(|(whom, rules)| [whom, rules].concat());
        let lines = lines.prop_shuffle();
        lines.prop_map(|lines| format!("[[grants]]\n{}\n", lines.join("\n")))
    }

    /// What somebody of these groups gets.
    fn gets<'a>(tables: &'a AccessTables, name: &str, groups: &[&str]) -> Option<&'a GrantTable> {
        tables.grants.iter().find(|grant| {
            let group = grant.group.as_deref();
            grant
                .principal
                .as_deref()
                .is_none_or(|principal| principal == name)
                && group.is_none_or(|group| groups.contains(&group))
        })
    }

    proptest! {
        #[test]
        fn nobody_gets_more_by_a_file_that_is_cut_off(
            grants in proptest::collection::vec(grant(), 1..4),
            cut in any::<prop::sample::Index>(),
        ) {
            let whole = grants.concat();
            let old = read(&whole).unwrap();
            let Some(new) = read(&whole[..cut.index(whole.len())]) else {
                return Ok(());
            };
            prop_assert!(grants_lost(&old.grants, &old.grants).is_empty());
            if !grants_lost(&old.grants, &new.grants).is_empty() {
                return Ok(());
            }
            prop_assert!(!new.grants.is_empty());
            for name in ["a", "b", "c"] {
                for groups in [&[][..], &["g"], &["h"], &["g", "h"]] {
                    let (before, after) = (gets(&old, name, groups), gets(&new, name, groups));
                    let Some(after) = after else {
                        continue;
                    };
                    prop_assert!(before.is_some(), "{name} of {groups:?} gets in");
                    let lost: Vec<_> = before.unwrap().lost_in(after).collect();
                    prop_assert!(lost.is_empty(), "{name} of {groups:?}: {lost:?}");
                }
            }
        }
    }
}
