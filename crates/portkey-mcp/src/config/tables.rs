//! The tables of the configuration file: profiles, issuers and grants.

use std::{collections::BTreeMap, path::Path};

use portkey_api::{Edition, nearest};
use portkey_client::BaseUrl;
use portkey_engine::{
    catalog::Selection,
    confirm::Confirm,
    policy::{Effects, Origin, QuotaTable, Rules, ToolNames, WorkspaceNames},
    secrets::SourceList,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{KeyReference, Surface};
use crate::catalog;

/// The profile to use if none is named.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// Who may use what.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct AccessTables {
    /// Portkey organisations by name. Flags and environment variables define `default`, unless it is defined here.
    pub(crate) profiles: BTreeMap<String, ProfileTable>,
    /// Identity providers whose tokens `--auth oidc` accepts.
    pub(crate) issuers: Vec<IssuerTable>,
    /// Who gets which tools on which profile. The first that matches a caller counts; a caller whom none matches is
    /// refused. Without any, everybody gets what the settings say.
    pub(crate) grants: Vec<GrantTable>,
}

/// A Portkey organisation, or another key to the same one.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct ProfileTable {
    /// Address of its control plane. Left out: that of `--base-url`.
    #[schemars(with = "Option<String>")]
    pub(crate) base_url: Option<BaseUrl>,
    /// Address of its gateway, if it is not that of the control plane.
    #[schemars(with = "Option<String>")]
    pub(crate) gateway_url: Option<BaseUrl>,
    /// Reference to its key. In Prisma AIRS, which has keys for its gateway only, it may be left out.
    #[schemars(with = "Option<String>", regex(pattern = "^(env|file|keyring):."))]
    pub(crate) api_key: Option<KeyReference>,
    /// Reference to a workspace key, for operations that refuse organisation keys.
    #[schemars(with = "Option<String>", regex(pattern = "^(env|file|keyring):."))]
    pub(crate) workspace_api_key: Option<KeyReference>,
    /// Edition of the product: `classic` or `prisma-airs`. Left out: the address tells.
    #[schemars(with = "Option<String>", regex(pattern = "^(classic|prisma-airs)$"))]
    #[serde(deserialize_with = "edition")]
    pub(crate) edition: Option<Edition>,
    /// Client id of the service account in Prisma AIRS.
    pub(crate) client_id: Option<String>,
    /// Reference to the secret of that client.
    #[schemars(with = "Option<String>", regex(pattern = "^(env|file|keyring):."))]
    pub(crate) client_secret: Option<KeyReference>,
    /// Tenant service group (TSG) in Prisma AIRS that its tokens are for.
    pub(crate) tsg_id: Option<String>,
    /// Where its tokens are asked for. Left out: as `--oauth-token-url` says.
    pub(crate) token_url: Option<String>,
    /// Name of the organisation in results.
    pub(crate) organisation: Option<String>,
}

fn edition<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Edition>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(D::Error::custom))
        .transpose()
}

/// An `OpenID` provider.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct IssuerTable {
    /// Value of `iss` in its tokens.
    pub(crate) issuer: String,
    /// Address of its keys. Left out: `issuer` is an address, and its discovery document names them.
    pub(crate) jwks_uri: Option<String>,
    /// Header that contains its tokens. Left out: `authorization`.
    pub(crate) header: Option<String>,
    /// Value that `aud` must contain. Left out: this server's own address (`--public-url` with `/mcp`).
    pub(crate) audience: Option<String>,
    /// Accept tokens for any audience. Needs `required-claims`.
    #[serde(default)]
    pub(crate) any_audience: bool,
    /// Claims that a token must have with these values.
    #[serde(default)]
    pub(crate) required_claims: BTreeMap<String, String>,
    /// Claim with the principal's name, as grants use it; dots lead into objects.
    #[serde(default = "subject")]
    pub(crate) name_claim: String,
    /// Claim that lists the principal's groups; dots lead into objects, as in `realm_access.roles`.
    #[serde(default = "groups")]
    pub(crate) groups_claim: String,
    /// Scopes that every token must have.
    #[serde(default)]
    pub(crate) required_scopes: Vec<String>,
}

/// What some principals get. A grant without `principal` and `group` matches everybody.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct GrantTable {
    /// Issuer of the principal or group; may be left out if there is only one.
    pub(crate) issuer: Option<String>,
    /// Name of the principal: that of its token, or the value of the issuer's name claim.
    pub(crate) principal: Option<String>,
    /// Group that the principal is in.
    pub(crate) group: Option<String>,
    /// Tools to offer, as in `--toolsets`. Left out: those of the settings.
    #[schemars(with = "Option<String>")]
    #[serde(deserialize_with = "catalog::some_selection")]
    pub(crate) toolsets: Option<Selection>,
    /// How the tools are shown, as in `--surface`. Left out: as the settings say.
    pub(crate) surface: Option<Surface>,
    /// Profile to use. Left out: that of the settings.
    pub(crate) profile: Option<String>,
    /// When destructive calls must be confirmed, if that is stricter than `--confirm`.
    pub(crate) confirm: Option<Confirm>,
    /// Further scopes that the token must have. A request without them is refused, with the scopes to request.
    pub(crate) scopes: Vec<String>,
    /// Scopes that some tools need. The tools are listed. A call without the scope is refused, with the scope to
    /// request.
    #[schemars(with = "BTreeMap<String, String>")]
    #[serde(deserialize_with = "catalog::selections")]
    pub(crate) step_up: BTreeMap<String, Selection>,
    /// Only tools that read and change nothing.
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
    /// How many destructive calls and calls that create secrets each principal may make in a period.
    pub(crate) quotas: QuotaTable,
    /// Which of the secrets in `--secret-sources` arguments may refer to; none if it is empty.
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
    /// Where the profiles say that their keys and secrets are.
    fn key_references(&self) -> impl Iterator<Item = &KeyReference> {
        let profiles = self.profiles.values();
        let references = profiles.flat_map(|profile| {
            [
                &profile.api_key,
                &profile.workspace_api_key,
                &profile.client_secret,
            ]
        });
        references.filter_map(Option::as_ref)
    }

    /// The variables of the environment that hold keys.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.key_references()
            .filter_map(|reference| match reference {
                KeyReference::Environment(name) => Some(name.as_str()),
                KeyReference::File(_) | KeyReference::Keyring(_) => None,
            })
    }

    /// The files that hold keys.
    pub(crate) fn key_files(&self) -> impl Iterator<Item = &Path> {
        self.key_references()
            .filter_map(|reference| match reference {
                KeyReference::Environment(_) | KeyReference::Keyring(_) => None,
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
