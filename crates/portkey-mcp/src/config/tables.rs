//! The tables of the configuration file: profiles, issuers and grants.

use std::{collections::BTreeMap, path::Path};

use portkey_api::nearest;
use portkey_client::BaseUrl;
use portkey_engine::{
    catalog::Selection,
    confirm::Confirm,
    policy::{Effects, Origin, QuotaTable, Rules, ToolNames, WorkspaceNames},
    secrets::SourceList,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::KeyReference;
use crate::catalog;

/// The profile that is meant where none is named.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// Who may use what.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct AccessTables {
    /// Portkey organisations by name. `default` is what the flags and the environment say, unless it stands here.
    pub(crate) profiles: BTreeMap<String, ProfileTable>,
    /// Identity providers whose tokens `--auth oidc` accepts.
    pub(crate) issuers: Vec<IssuerTable>,
    /// Who gets which tools on which profile. The first that fits counts; whom none fits gets nothing, where there are
    /// any, and what the flags say otherwise.
    pub(crate) grants: Vec<GrantTable>,
}

/// A Portkey organisation, or another key to the same one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ProfileTable {
    /// Its control plane; that of `--base-url` when left out.
    #[schemars(with = "Option<String>")]
    pub(crate) base_url: Option<BaseUrl>,
    /// Its gateway, where that has another address.
    #[schemars(with = "Option<String>")]
    pub(crate) gateway_url: Option<BaseUrl>,
    /// Where its key is.
    #[schemars(with = "String", regex(pattern = "^(env|file):."))]
    pub(crate) api_key: KeyReference,
    /// Where the key for operations is that refuse organisation keys.
    #[schemars(with = "Option<String>", regex(pattern = "^(env|file):."))]
    pub(crate) workspace_api_key: Option<KeyReference>,
    /// What results call the organisation.
    pub(crate) organisation: Option<String>,
}

/// An `OpenID` provider.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct IssuerTable {
    /// As it stands in the tokens' `iss`.
    pub(crate) issuer: String,
    /// Where its keys are; left out, the issuer is an address and its discovery document says so.
    pub(crate) jwks_uri: Option<String>,
    /// The header that brings its tokens; `authorization` when left out.
    pub(crate) header: Option<String>,
    /// What must stand in the tokens' `aud`; this server's own address (`--public-url` and `/mcp`) when left out.
    pub(crate) audience: Option<String>,
    /// Accept tokens whomever they are for. Then `required-claims` must say whose they are.
    #[serde(default)]
    pub(crate) any_audience: bool,
    /// Claims that a token must have with these values.
    #[serde(default)]
    pub(crate) required_claims: BTreeMap<String, String>,
    /// The claim by which rules call the principal; dots lead into objects.
    #[serde(default = "subject")]
    pub(crate) name_claim: String,
    /// The claim that lists the principal's groups; dots lead into objects, as in `realm_access.roles`.
    #[serde(default = "groups")]
    pub(crate) groups_claim: String,
    /// Scopes that a token must have to be let in at all.
    #[serde(default)]
    pub(crate) required_scopes: Vec<String>,
}

/// What some principals get. A rule without `principal` and `group` fits everybody.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct GrantTable {
    /// The issuer whose principals and groups are meant; may be left out where there is only one.
    pub(crate) issuer: Option<String>,
    /// The name of the token, or what the issuer's name claim says.
    pub(crate) principal: Option<String>,
    /// A group that the principal is in.
    pub(crate) group: Option<String>,
    /// The tools, as in `--toolsets`; those of the flags when left out.
    #[schemars(with = "Option<String>")]
    #[serde(deserialize_with = "catalog::some_selection")]
    pub(crate) toolsets: Option<Selection>,
    /// The profile; `default` when left out.
    pub(crate) profile: Option<String>,
    /// When they must agree to what is destroyed, where that is stricter than `--confirm`.
    pub(crate) confirm: Option<Confirm>,
    /// Scopes that the token must have besides; a request without them is told to ask for them.
    pub(crate) scopes: Vec<String>,
    /// Scopes that some of the tools need besides: they are listed, and a call without is told to ask for the scope.
    #[schemars(with = "BTreeMap<String, String>")]
    #[serde(deserialize_with = "catalog::selections")]
    pub(crate) step_up: BTreeMap<String, Selection>,
    /// Look, but change nothing.
    pub(crate) read_only: bool,
    /// Only these domains and tools, as in `--allow`.
    #[schemars(with = "Option<String>")]
    #[serde(deserialize_with = "catalog::some_tool_names")]
    pub(crate) allow: Option<ToolNames>,
    /// Not these domains and tools, as in `--deny`.
    #[schemars(with = "Option<String>")]
    #[serde(deserialize_with = "catalog::some_tool_names")]
    pub(crate) deny: Option<ToolNames>,
    /// Only these effects, as in `--effects`.
    #[schemars(with = "Option<String>")]
    pub(crate) effects: Option<Effects>,
    /// Only these workspaces, as in `--only-workspaces`.
    #[schemars(with = "Option<String>")]
    pub(crate) workspaces: Option<WorkspaceNames>,
    /// How much of a kind each of them may do in a time.
    pub(crate) quotas: QuotaTable,
    /// Only these of the secrets that `--secret-sources` lets arguments refer to; none, where it is empty.
    #[schemars(with = "Option<String>")]
    pub(crate) secret_sources: Option<SourceList>,
}

impl GrantTable {
    /// Its restrictions of what the server allows; `number` is the position of the table, from 1.
    pub(crate) fn rules(&self, number: usize) -> Rules {
        Rules {
            origin: Origin::Grant(number),
            read_only: self.read_only,
            allow: self.allow.clone(),
            deny: self.deny.clone(),
            effects: self.effects.clone(),
            workspaces: self.workspaces.clone(),
            quotas: self.quotas.into(),
            confirm: self.confirm,
            secret_sources: self.secret_sources.clone(),
        }
    }
}

impl AccessTables {
    /// The variables of the environment that hold keys.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let profiles = self.profiles.values();
        let references = profiles
            .flat_map(|profile| [Some(&profile.api_key), profile.workspace_api_key.as_ref()]);
        references
            .flatten()
            .filter_map(|reference| match reference {
                KeyReference::Environment(name) => Some(name.as_str()),
                KeyReference::File(_) => None,
            })
    }

    /// The files that hold keys.
    pub(crate) fn key_files(&self) -> impl Iterator<Item = &Path> {
        let profiles = self.profiles.values();
        let references = profiles
            .flat_map(|profile| [Some(&profile.api_key), profile.workspace_api_key.as_ref()]);
        references
            .flatten()
            .filter_map(|reference| match reference {
                KeyReference::Environment(_) => None,
                KeyReference::File(path) => Some(path.as_path()),
            })
    }

    /// The profile of this name; `None` for a `default` that the file does not have.
    pub(crate) fn profile(&self, name: &str) -> Result<Option<&ProfileTable>, UnknownProfile> {
        match self.profiles.get(name) {
            None if name != DEFAULT_PROFILE => {
                let known = self.profiles.keys().map(String::as_str);
                Err(UnknownProfile {
                    name: name.to_owned(),
                    nearest: nearest(name, known).map(str::to_owned),
                })
            }
            found => Ok(found),
        }
    }

    /// The grants that name an unknown profile, with their index from 0.
    pub(super) fn unknown_profiles(&self) -> impl Iterator<Item = (usize, UnknownProfile)> {
        let named = self.grants.iter().enumerate();
        named.filter_map(|(index, grant)| {
            let unknown = self.profile(grant.profile.as_deref()?).err()?;
            Some((index, unknown))
        })
    }
}

/// A name that no profile has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile `{name}`{}", nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
pub(crate) struct UnknownProfile {
    name: String,
    nearest: Option<String>,
}

fn subject() -> String {
    "sub".to_owned()
}

fn groups() -> String {
    "groups".to_owned()
}
