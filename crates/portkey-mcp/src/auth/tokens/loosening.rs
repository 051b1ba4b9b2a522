//! Finds restrictions that a changed token file lacks, since a truncated file reads as if they had been removed.

use portkey_engine::policy::Rules;

use super::Tokens;
use crate::auth::Identity;

impl Tokens {
    /// The restrictions that entries lose in `next`, unless `next` allows loosening.
    pub(super) fn lost_in(&self, next: &Self) -> Vec<String> {
        if next.allows_loosening {
            return Vec::new();
        }
        let both = self.by_hash.iter();
        let both = both.filter_map(|(hash, old)| Some((old, next.by_hash.get(hash)?)));
        let lost = both.flat_map(|(old, new)| {
            let lost = lost_of(old, new);
            lost.map(|name| format!("`{name}` of `{}`", old.name))
        });
        lost.collect()
    }

    /// Whether `next` lacks any of these tokens.
    pub(super) fn loses_tokens_in(&self, next: &Self) -> bool {
        let mut hashes = self.by_hash.keys();
        hashes.any(|hash| !next.by_hash.contains_key(hash))
    }
}

/// The restrictions of one entry that the other lacks.
fn lost_of(old: &Identity, new: &Identity) -> impl Iterator<Item = &'static str> {
    let own = [
        (
            "expires",
            old.valid_until.is_some() && new.valid_until.is_none(),
        ),
        ("groups", !old.groups.is_empty() && new.groups.is_empty()),
        (
            "toolsets",
            old.own.toolsets.is_some() && new.own.toolsets.is_none(),
        ),
        (
            "profile",
            old.own.profile.is_some() && new.own.profile.is_none(),
        ),
    ];
    let own = own.into_iter().filter(|(_, is_lost)| *is_lost);
    let rules = old.own.rules.iter().flat_map(|rules| {
        let next = new.own.rules.as_deref();
        rules.lost_in(next.unwrap_or(&Rules::default()))
    });
    let rules: Vec<_> = rules.collect();
    own.map(|(name, _)| name).chain(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::NewToken;

    #[test]
    fn an_entry_that_lost_a_line_is_noticed() {
        let token = NewToken::make("ci").unwrap();
        let read = |more: &str| Tokens::read(&(token.entry() + more)).unwrap();
        for (line, name) in [
            ("read-only = true", "read-only"),
            ("toolsets = 'users'", "toolsets"),
            ("profile = 'p'", "profile"),
            ("expires = 2999-01-01", "expires"),
            ("groups = ['ops']", "groups"),
            ("deny = 'users'", "deny"),
            ("quotas = { keys = '1/h' }", "quotas.keys"),
        ] {
            let (old, new) = (read(line), read(""));
            assert_eq!(old.lost_in(&new), [format!("`{name}` of `ci`")]);
            assert!(new.lost_in(&old).is_empty(), "{line}");
            assert!(old.lost_in(&old).is_empty(), "{line}");
            let word = format!("allow-loosening = true\n{}", token.entry());
            assert!(old.lost_in(&Tokens::read(&word).unwrap()).is_empty());
            assert!(!old.loses_tokens_in(&new));
            assert!(old.lost_in(&Tokens::read("").unwrap()).is_empty());
            assert!(old.loses_tokens_in(&Tokens::read("").unwrap()));
        }
    }
}
