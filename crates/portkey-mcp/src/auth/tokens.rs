//! The tokens of a token file, found by their hashes.

mod edit;
mod file;
mod loosening;

#[cfg(test)]
mod fuzz;

use std::{collections::HashMap, fmt::Write as _, path::PathBuf, sync::Arc};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use portkey_client::SecretString;
use portkey_engine::{
    catalog::Selection,
    confirm::Confirm,
    policy::{Effects, Origin, QuotaTable, Rules, ToolNames, WorkspaceNames},
    secrets::SourceList,
};
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Denial, Identity, TokenError, TokenGrant};
use crate::catalog;

pub(crate) use edit::{TokenList, TokenListFailure, TokenSummary, expiry};
pub(crate) use file::TokenFile;

/// SHA-256 of a token. Tokens are looked up by hash, so that the time this takes reveals nothing about them.
pub(crate) type TokenHash = [u8; 32];

/// The tokens of a file.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    by_hash: HashMap<TokenHash, Identity>,
    /// Whether they may replace stricter ones while the server runs.
    allows_loosening: bool,
}

/// A token file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidTokens {
    /// It cannot be read.
    #[error("cannot read {path}{}", permission_hint(source))]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    /// It is no TOML, or has wrong entries.
    #[error(transparent)]
    Malformed(#[from] toml::de::Error),
    /// Two entries have the same name.
    #[error("`{0}` appears twice; give every token a name of its own")]
    SameName(String),
    /// Two entries have the same hash.
    #[error("`{0}` has the hash of another entry; make a token for each")]
    SameHash(String),
    /// An entry has no name.
    #[error("an entry has an empty name")]
    NoName,
    /// Entries lack restrictions that are in force.
    #[error(
        "it lacks restrictions in force: {}. Restart the server to remove them, or write `allow-loosening = true` at the \
         beginning of the file",
        .0.join(", ")
    )]
    Loosening(Vec<String>),
}

/// Names the user and group of this process if it may not read the file: in a container they are rarely the file's.
#[cfg(unix)]
fn permission_hint(source: &std::io::Error) -> String {
    use rustix::process::{getegid, geteuid};

    if source.kind() != std::io::ErrorKind::PermissionDenied {
        return String::new();
    }
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    format!(
        "; this server runs as user {user} and group {group}: let that group read it (chgrp {group}, chmod 640)"
    )
}

#[cfg(not(unix))]
fn permission_hint(_: &std::io::Error) -> &'static str {
    ""
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(default, rename = "allow-loosening")]
    allow_loosening: bool,
    #[serde(default)]
    tokens: Vec<ListedToken>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedToken {
    name: String,
    sha256: HashText,
    #[serde(default)]
    groups: Vec<String>,
    expires: Option<Expiry>,
    #[serde(default, deserialize_with = "catalog::some_selection")]
    toolsets: Option<Selection>,
    profile: Option<String>,
    #[serde(default, rename = "read-only")]
    read_only: bool,
    #[serde(default, deserialize_with = "catalog::some_tool_names")]
    allow: Option<ToolNames>,
    #[serde(default, deserialize_with = "catalog::some_tool_names")]
    deny: Option<ToolNames>,
    effects: Option<Effects>,
    workspaces: Option<WorkspaceNames>,
    #[serde(default)]
    quotas: QuotaTable,
    confirm: Option<Confirm>,
    #[serde(rename = "secret-sources")]
    secret_sources: Option<SourceList>,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct HashText(TokenHash);

#[derive(Deserialize)]
#[serde(try_from = "toml::Value")]
struct Expiry(Timestamp);

impl Tokens {
    /// Reads the content of a file.
    fn read(text: &str) -> Result<Self, InvalidTokens> {
        let content: Content = toml::from_str(text)?;
        let mut by_hash: HashMap<TokenHash, Identity> = HashMap::new();
        for entry in content.tokens {
            if entry.name.trim().is_empty() {
                return Err(InvalidTokens::NoName);
            }
            if by_hash.values().any(|other| other.name == entry.name) {
                return Err(InvalidTokens::SameName(entry.name));
            }
            let (hash, identity) = entry.holder();
            let name = identity.name.clone();
            if by_hash.insert(hash, identity).is_some() {
                return Err(InvalidTokens::SameHash(name));
            }
        }
        Ok(Self {
            by_hash,
            allows_loosening: content.allow_loosening,
        })
    }

    /// A single token, whose holder may use what everybody may.
    pub(super) fn only(token: &NewToken) -> Self {
        let identity = Identity {
            name: token.name.clone(),
            called: token.name.clone(),
            token: Some(token.hash()),
            ..Identity::default()
        };
        Self {
            by_hash: [(token.hash(), identity)].into(),
            allows_loosening: false,
        }
    }

    /// The holder of a token.
    pub(super) fn identify(&self, token: &str) -> Result<Identity, Denial> {
        self.find(&Sha256::digest(token).into())
    }

    /// The holder of the token with this hash.
    pub(super) fn find(&self, hash: &TokenHash) -> Result<Identity, Denial> {
        let known = self.by_hash.get(hash);
        let identity = known.ok_or(Denial::InvalidToken(TokenError::Unknown))?;
        let expires = identity.valid_until;
        if expires.is_some_and(|expires| expires <= Timestamp::now()) {
            return Err(Denial::InvalidToken(TokenError::Expired));
        }
        Ok(identity.clone())
    }
}

impl ListedToken {
    fn holder(self) -> (TokenHash, Identity) {
        let rules = Rules {
            origin: Origin::Token(self.name.clone()),
            read_only: self.read_only,
            allow: self.allow,
            deny: self.deny,
            effects: self.effects,
            workspaces: self.workspaces,
            quotas: self.quotas.into(),
            confirm: self.confirm,
            secret_sources: self.secret_sources,
        };
        let identity = Identity {
            name: self.name.clone(),
            called: self.name,
            groups: self.groups,
            own: TokenGrant {
                toolsets: self.toolsets,
                profile: self.profile,
                rules: (!rules.is_empty()).then(|| Arc::new(rules)),
            },
            valid_until: self.expires.map(|expiry| expiry.0),
            token: Some(self.sha256.0),
            ..Identity::default()
        };
        (self.sha256.0, identity)
    }
}

impl TryFrom<String> for HashText {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const EXPECTED: &str =
            "expected the 64 hexadecimal digits that `portkey-mcp token new` prints";
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
            .collect();
        let bytes: Vec<u8> = digits
            .ok_or(EXPECTED)?
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect();
        match TokenHash::try_from(bytes) {
            Ok(hash) if text.len() == 64 => Ok(Self(hash)),
            _ => Err(EXPECTED),
        }
    }
}

/// A time, or a day that stands for its beginning in UTC; as a string or as a TOML date.
impl TryFrom<toml::Value> for Expiry {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, Self::Error> {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Datetime(time) => time.to_string(),
            other => format!("{other:?}"),
        };
        let time = text.parse::<Timestamp>().or_else(|error| {
            let day = Date::strptime("%Y-%m-%d", &text).map_err(|_| error)?;
            Ok(day.to_zoned(TimeZone::UTC)?.timestamp())
        });
        time.map(Self).map_err(|error: jiff::Error| {
            format!("`{text}` is neither a day nor a time with a zone: {error}")
        })
    }
}

/// A new token. It is shown once, and only its hash is kept.
#[derive(Debug)]
pub(crate) struct NewToken {
    name: String,
    secret: SecretString,
    expires: Option<Timestamp>,
    groups: Vec<String>,
}

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system provides no random bytes for a token")]
pub(crate) struct NoRandomness;

impl NewToken {
    /// A token of 256 random bits.
    pub(crate) fn make(name: &str) -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| NoRandomness)?;
        Ok(Self {
            name: name.to_owned(),
            secret: format!("pkmcp_{}", hexadecimal(&bytes)).into(),
            expires: None,
            groups: Vec::new(),
        })
    }

    /// The same token with an expiry and the groups of its holder.
    #[must_use]
    pub(crate) fn limited(self, expires: Option<Timestamp>, groups: Vec<String>) -> Self {
        Self {
            expires,
            groups,
            ..self
        }
    }

    /// What its holder must send.
    pub(crate) fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Its entry in the token file.
    pub(crate) fn entry(&self) -> String {
        // A JSON string is a TOML string too.
        let name = Value::from(self.name.as_str());
        let hash = hexadecimal(&self.hash());
        let mut entry = format!("[[tokens]]\nname = {name}\nsha256 = \"{hash}\"\n");
        if let Some(time) = self.expires {
            _ = writeln!(entry, "expires = {time}");
        }
        if !self.groups.is_empty() {
            let groups = Value::from(self.groups.as_slice());
            _ = writeln!(entry, "groups = {groups}");
        }
        entry
    }

    fn hash(&self) -> TokenHash {
        Sha256::digest(self.secret.expose_secret()).into()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(more: &str) -> (NewToken, Result<Tokens, InvalidTokens>) {
        let token = NewToken::make("ci").unwrap();
        let tokens = Tokens::read(&format!("{}{more}", token.entry()));
        (token, tokens)
    }

    #[test]
    fn a_token_is_known_by_its_hash_alone() {
        let (token, tokens) = entry("groups = [\"ops\"]\ntoolsets = \"users\"\n");
        let tokens = tokens.unwrap();
        let identity = tokens.identify(token.secret().expose_secret()).unwrap();
        assert_eq!((identity.name.as_str(), identity.groups.len()), ("ci", 1));
        assert!(!identity.own.is_empty());
        for wrong in ["", "pkmcp_", &hexadecimal(&token.hash())] {
            let denial = tokens.identify(wrong).unwrap_err();
            assert_eq!(denial, Denial::InvalidToken(TokenError::Unknown), "{wrong}");
        }
    }

    #[test]
    fn a_token_ends_when_the_file_says() {
        for (when, good) in [
            ("2001-01-01", false),
            ("2999-01-01", true),
            ("\"2999-01-01\"", true),
            ("2001-01-01T00:00:00Z", false),
            ("\"2999-01-01T00:00:00+02:00\"", true),
        ] {
            let (token, tokens) = entry(&format!("expires = {when}\n"));
            let known = tokens.unwrap().identify(token.secret().expose_secret());
            assert_eq!(known.is_ok(), good, "{when}: {known:?}");
        }
        assert!(entry("expires = 2999\n").1.is_err());
        // Without a zone it is not known when.
        assert!(entry("expires = 2999-01-01T00:00:00\n").1.is_err());
    }

    #[test]
    fn entries_are_told_apart() {
        let (first, second) = (NewToken::make("a").unwrap(), NewToken::make("b").unwrap());
        let read = |text: String| {
            Tokens::read(&text)
                .map(drop)
                .map_err(|error| error.to_string())
        };
        assert!(read(first.entry() + &second.entry()).is_ok());
        let twice = read(first.entry() + &first.entry()).unwrap_err();
        assert!(twice.contains("`a` appears twice"), "{twice}");
        let renamed = first.entry().replace("\"a\"", "\"c\"");
        let twice = read(first.entry() + &renamed).unwrap_err();
        assert!(twice.contains("`c` has the hash"), "{twice}");
        for wrong in [
            first.entry().replace("sha256", "sha1"),
            first.entry().replace("sha256 = \"", "sha256 = \"0"),
            first.entry().replace("\"a\"", "\"\""),
            first.entry() + "tool-sets = \"all\"",
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
