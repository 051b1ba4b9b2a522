//! The rules by which principals get tools and a profile.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use portkey_engine::{
    catalog::Selection,
    policy::{MissingScopes, Rules},
};

use crate::{
    access::Profile,
    auth::{Denial, Identity},
    config::{GrantTable, Surface},
};

/// All grants, and the profiles they can name.
#[derive(Debug)]
pub(super) struct Grants {
    rules: Vec<Rule>,
    profiles: BTreeMap<String, Arc<Profile>>,
}

/// What a principal gets; `None` stands for what everybody gets.
#[derive(Debug, Default)]
pub(super) struct Granted {
    pub(super) offered: Option<Arc<Selection>>,
    pub(super) profile: Option<Arc<Profile>>,
    pub(super) lacking: Vec<(MissingScopes, Arc<Selection>)>,
    pub(super) rules: Option<Arc<Rules>>,
    pub(super) surface: Option<Surface>,
}

#[derive(Debug)]
struct Rule {
    table: GrantTable,
    toolsets: Option<Arc<Selection>>,
    step_up: Vec<(String, Arc<Selection>)>,
    profile: Option<Arc<Profile>>,
    rules: Arc<Rules>,
}

/// A `[[grants]]` table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidGrant {
    /// There is no such profile.
    #[error("[[grants]] number {number}: there is no profile `{name}`")]
    Profile {
        /// Position of the table, from 1.
        number: usize,
        name: String,
    },
    /// There is no such issuer.
    #[error("[[grants]] number {number}: there is no [[issuers]] table with the issuer `{name}`")]
    Issuer {
        /// Position of the table, from 1.
        number: usize,
        name: String,
    },
    /// It names a principal or a group without the issuer, and there are several.
    #[error(
        "[[grants]] number {number}: say by `issuer` whose `principal` or `group` is meant, since there are several \
         issuers"
    )]
    Ambiguous {
        /// Position of the table, from 1.
        number: usize,
    },
}

impl InvalidGrant {
    /// Position of the table, from 1.
    pub(crate) fn number(&self) -> usize {
        match self {
            Self::Profile { number, .. }
            | Self::Issuer { number, .. }
            | Self::Ambiguous { number } => *number,
        }
    }

    /// The grants that name unknown issuers, or do not say which of several they mean. Unknown profiles are found when
    /// the configuration is read.
    pub(crate) fn all<'a>(
        tables: &'a [GrantTable],
        issuers: &'a [&str],
    ) -> impl Iterator<Item = Self> {
        let checked = (1..).zip(tables);
        checked.filter_map(|(number, table)| check_issuer(number, table, issuers).err())
    }
}

impl Grants {
    /// The grants of these tables; `profiles` are all that they can name.
    pub(super) fn new(
        profiles: BTreeMap<String, Profile>,
        tables: &[GrantTable],
        issuers: &[&str],
    ) -> Result<Self, InvalidGrant> {
        let profiles: BTreeMap<String, Arc<Profile>> = profiles
            .into_iter()
            .map(|(name, profile)| (name, Arc::new(profile)))
            .collect();
        let rules = (1..).zip(tables).map(|(number, table)| {
            check_issuer(number, table, issuers)?;
            Rule::new(number, table, &profiles)
        });
        Ok(Self {
            rules: rules.collect::<Result<_, _>>()?,
            profiles,
        })
    }

    /// What a principal gets: what its entry in the token file says, else what the first matching grant says, else,
    /// where there are no grants, what everybody gets. The restrictions of the first matching grant hold in each case.
    pub(super) fn of(&self, identity: &Identity) -> Result<Granted, Denial> {
        let nothing = || Denial::NoGrant {
            called: identity.called.clone(),
        };
        let matching = self.rules.iter().find(|rule| rule.fits(identity));
        if !identity.own.is_empty() {
            let profile = match &identity.own.profile {
                Some(name) => Some(self.profiles.get(name).cloned().ok_or_else(|| {
                    tracing::error!(
                        token = identity.called,
                        profile = name,
                        "a token names no profile"
                    );
                    nothing()
                })?),
                None => None,
            };
            return Ok(Granted {
                offered: identity.own.toolsets.clone().map(Arc::new),
                profile,
                rules: matching.map(|rule| Arc::clone(&rule.rules)),
                surface: matching.and_then(|rule| rule.table.surface),
                ..Granted::default()
            });
        }
        if self.rules.is_empty() {
            return Ok(Granted::default());
        }
        matching.ok_or_else(nothing)?.grant(identity)
    }

    /// Every scope that a grant asks for.
    pub(super) fn scopes(&self) -> BTreeSet<String> {
        let scopes = self.rules.iter().flat_map(|rule| {
            let step_up = rule.step_up.iter().map(|(scope, _)| scope);
            rule.table.scopes.iter().chain(step_up)
        });
        scopes.cloned().collect()
    }
}

impl Rule {
    fn new(
        number: usize,
        table: &GrantTable,
        profiles: &BTreeMap<String, Arc<Profile>>,
    ) -> Result<Self, InvalidGrant> {
        let profile = |name: &String| {
            profiles
                .get(name)
                .cloned()
                .ok_or_else(|| InvalidGrant::Profile {
                    number,
                    name: name.clone(),
                })
        };
        let step_up = table.step_up.iter();
        Ok(Self {
            profile: table.profile.as_ref().map(profile).transpose()?,
            toolsets: table.toolsets.clone().map(Arc::new),
            rules: Arc::new(table.rules(number)),
            step_up: step_up
                .map(|(scope, tools)| (scope.clone(), Arc::new(tools.clone())))
                .collect(),
            table: table.clone(),
        })
    }

    fn fits(&self, identity: &Identity) -> bool {
        let table = &self.table;
        let issuer = table.issuer.is_none() || table.issuer == identity.issuer;
        let principal = table
            .principal
            .as_ref()
            .is_none_or(|name| *name == identity.called);
        let group = table
            .group
            .as_ref()
            .is_none_or(|name| identity.groups.contains(name));
        issuer && principal && group
    }

    fn grant(&self, identity: &Identity) -> Result<Granted, Denial> {
        identity.require_scopes(&self.table.scopes)?;
        let lacking = self.step_up.iter().filter_map(|(scope, tools)| {
            let missing = identity.require_scopes(std::slice::from_ref(scope)).err()?;
            Some((missing, Arc::clone(tools)))
        });
        Ok(Granted {
            offered: self.toolsets.clone(),
            profile: self.profile.clone(),
            lacking: lacking.collect(),
            rules: Some(Arc::clone(&self.rules)),
            surface: self.table.surface,
        })
    }
}

fn check_issuer(number: usize, table: &GrantTable, issuers: &[&str]) -> Result<(), InvalidGrant> {
    match &table.issuer {
        Some(name) if !issuers.contains(&name.as_str()) => Err(InvalidGrant::Issuer {
            number,
            name: name.clone(),
        }),
        None if issuers.len() > 1 && (table.principal.is_some() || table.group.is_some()) => {
            Err(InvalidGrant::Ambiguous { number })
        }
        _ => Ok(()),
    }
}
