//! The tables of the configuration file: who may use what.

use std::{collections::BTreeMap, path::PathBuf};

use portkey_client::BaseUrl;
use serde::Deserialize;

use crate::catalog::Selection;

/// Who may use what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AccessTables {
    /// Portkey organisations by name. `default` is what the flags and the environment say, unless it stands here.
    pub profiles: BTreeMap<String, ProfileTable>,
    /// Identity providers whose tokens `--auth oidc` accepts.
    pub issuers: Vec<IssuerTable>,
    /// Who gets which tools on which profile. The first that fits counts; whom none fits gets nothing, where there are
    /// any, and what the flags say otherwise.
    pub grants: Vec<GrantTable>,
}

/// A Portkey organisation, or another key to the same one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProfileTable {
    /// Its control plane; that of `--base-url` when left out.
    pub base_url: Option<BaseUrl>,
    /// Its gateway, where that has another address.
    pub gateway_url: Option<BaseUrl>,
    /// Where its key is.
    pub api_key: KeyReference,
    /// Where the key for operations is that refuse organisation keys.
    pub workspace_api_key: Option<KeyReference>,
    /// What results call the organisation.
    pub organisation: Option<String>,
}

/// Where a key is: `env:NAME` or `file:PATH`. Keys themselves never stand in the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum KeyReference {
    /// In this variable of the environment.
    Environment(String),
    /// The content of this file, without white space around it.
    File(PathBuf),
}

/// An `OpenID` provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IssuerTable {
    /// As it stands in the tokens' `iss`.
    pub issuer: String,
    /// Where its keys are; left out, the issuer is an address and its discovery document says so.
    pub jwks_uri: Option<String>,
    /// The header that brings its tokens; `authorization` when left out.
    pub header: Option<String>,
    /// What must stand in the tokens' `aud`; this server's own address (`--public-url` and `/mcp`) when left out.
    pub audience: Option<String>,
    /// Accept tokens whomever they are for. Then `required-claims` must say whose they are.
    #[serde(default)]
    pub any_audience: bool,
    /// Claims that a token must have with these values.
    #[serde(default)]
    pub required_claims: BTreeMap<String, String>,
    /// The claim by which rules call the principal; dots lead into objects.
    #[serde(default = "subject")]
    pub name_claim: String,
    /// The claim that lists the principal's groups; dots lead into objects, as in `realm_access.roles`.
    #[serde(default = "groups")]
    pub groups_claim: String,
    /// Scopes that a token must have to be let in at all.
    #[serde(default)]
    pub required_scopes: Vec<String>,
}

/// What some principals get. A rule without `principal` and `group` fits everybody.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct GrantTable {
    /// The issuer whose principals and groups are meant; may be left out where there is only one.
    pub issuer: Option<String>,
    /// The name of the token, or what the issuer's name claim says.
    pub principal: Option<String>,
    /// A group that the principal is in.
    pub group: Option<String>,
    /// The tools, as in `--toolsets`; those of the flags when left out.
    pub toolsets: Option<Selection>,
    /// The profile; `default` when left out.
    pub profile: Option<String>,
    /// Scopes that the token must have besides; a request without them is told to ask for them.
    pub scopes: Vec<String>,
    /// Scopes that some of the tools need besides: they are listed, and a call without is told to ask for the scope.
    pub step_up: BTreeMap<String, Selection>,
}

/// A reference to a key that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `env:NAME` or `file:PATH`; keys themselves do not belong into the configuration file"
)]
pub struct NoReference;

impl TryFrom<String> for KeyReference {
    type Error = NoReference;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Environment(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err(NoReference),
        }
    }
}

fn subject() -> String {
    "sub".to_owned()
}

fn groups() -> String {
    "groups".to_owned()
}
