//! The keys that only the environment holds, and the check for misspelt variables.

use std::{env, sync::Arc};

use clap::Args as _;
use portkey_api::nearest;
use secrecy::{ExposeSecret as _, SecretString};

use super::{AccessTables, KeyReference, NoKey, declared, settings::FileSetting, variables::key};

/// What comes from the environment alone: keys are never flags, which every process list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    /// `PORTKEY_API_KEY`: an organisation or workspace key.
    pub(crate) api_key: Option<GivenKey>,
    /// `PORTKEY_WORKSPACE_API_KEY`: for the operations that refuse organisation keys.
    pub(crate) workspace_api_key: Option<GivenKey>,
    /// `PORTKEY_CLIENT_SECRET`: of the service account in Prisma AIRS.
    pub(crate) client_secret: Option<GivenKey>,
    /// The names of all variables that hold settings or keys of this program.
    pub(crate) own: Arc<[String]>,
}

/// A key that a variable holds, or says where it is.
#[derive(Debug, Clone)]
pub(crate) enum GivenKey {
    /// The key itself.
    Key(SecretString),
    /// `keyring:NAME`. It is read when the key is needed, since the keyring may ask its user.
    InKeyring(KeyReference),
}

impl GivenKey {
    fn read(variable: &str) -> Option<Self> {
        let key = key(variable)?;
        Some(match KeyReference::to_keyring(key.expose_secret()) {
            Some(reference) => Self::InKeyring(reference),
            None => Self::Key(key),
        })
    }

    /// Where the key is, as a reference.
    fn place(&self, variable: &str) -> KeyReference {
        match self {
            Self::Key(_) => KeyReference::Environment(variable.to_owned()),
            Self::InKeyring(reference) => reference.clone(),
        }
    }

    /// The key, from wherever it is.
    pub(super) fn resolve(&self) -> Result<SecretString, NoKey> {
        match self {
            Self::Key(key) => Ok(key.clone()),
            Self::InKeyring(reference) => reference.resolve(),
        }
    }
}

/// A variable that looks like a misspelt setting.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown setting {name} in the environment{}", nearest.as_ref().map(|n| format!(": did you mean {n}?")).unwrap_or_default())]
pub(crate) struct UnknownVariable {
    name: String,
    nearest: Option<String>,
}

/// The variable with the key.
pub(crate) const KEY: &str = "PORTKEY_API_KEY";
const WORKSPACE_KEY: &str = "PORTKEY_WORKSPACE_API_KEY";
const CLIENT_SECRET: &str = "PORTKEY_CLIENT_SECRET";

impl Environment {
    /// Where the key is that holds for profiles that name none, where the key of the workspace, and where the secret of the
    /// service account.
    pub(crate) fn places(&self) -> [Option<KeyReference>; 3] {
        let place = |key: &Option<GivenKey>, variable| key.as_ref().map(|key| key.place(variable));
        [
            place(&self.api_key, KEY),
            place(&self.workspace_api_key, WORKSPACE_KEY),
            place(&self.client_secret, CLIENT_SECRET),
        ]
    }

    /// Reads the keys, and refuses a variable that looks like a misspelt setting: a misspelt restriction must not leave
    /// the server unrestricted. Variables that the tables refer to are known as well.
    pub(crate) fn read(tables: &AccessTables) -> Result<Self, UnknownVariable> {
        let names: Vec<String> = env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .collect();
        let mut known = known();
        known.extend(tables.variables().map(str::to_owned));
        refuse_misspelt(&names, &known)?;
        Ok(Self {
            api_key: GivenKey::read(KEY),
            workspace_api_key: GivenKey::read(WORKSPACE_KEY),
            client_secret: GivenKey::read(CLIENT_SECRET),
            own: known.into(),
        })
    }
}

/// Other programs have `PORTKEY_…` variables of their own, so only those are refused that start with this program's
/// name or differ from a setting by a typing error. Variables that Kubernetes sets for a service called `portkey-mcp`
/// start with `PORTKEY_MCP_` too, and are ignored.
fn refuse_misspelt(names: &[String], known: &[String]) -> Result<(), UnknownVariable> {
    let unknown = names.iter().filter(|name| !known.contains(name));
    for name in unknown.filter(|name| !tells_of_service(name, names)) {
        let slip = known.iter().any(|k| is_slip(name, k));
        if slip || name.starts_with("PORTKEY_MCP_") {
            let nearest = nearest(name, known.iter().map(String::as_str));
            return Err(UnknownVariable {
                name: name.to_owned(),
                nearest: nearest.map(str::to_owned),
            });
        }
    }
    Ok(())
}

/// Whether Kubernetes set this variable for a service: then another one holds the address of the same service.
fn tells_of_service(name: &str, names: &[String]) -> bool {
    let mut services = names
        .iter()
        .filter_map(|name| name.strip_suffix("_SERVICE_HOST"));
    services.any(|service| {
        name.strip_prefix(service).is_some_and(|rest| {
            matches!(rest, "_SERVICE_HOST" | "_SERVICE_PORT" | "_PORT")
                || rest.starts_with("_SERVICE_PORT_")
                || rest.starts_with("_PORT_")
        })
    })
}

/// Whether a name is a known one with one or two letters wrong; in a short word only one, since two make another word.
fn is_slip(name: &str, known: &str) -> bool {
    let ours = ["PORTKEY_", "MCP_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    let most = ours.map_or(0, |word| (word.len() / 3).clamp(1, 2));
    most > 0 && strsim::damerau_levenshtein(name, known) <= most
}

/// The variables of all settings and keys.
pub fn known() -> Vec<String> {
    let command = FileSetting::augment_args(declared::everything());
    let variables = command.get_arguments().filter_map(clap::Arg::get_env);
    variables
        .map(|name| name.to_string_lossy().into_owned())
        .chain([KEY, WORKSPACE_KEY, CLIENT_SECRET].map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str) -> Result<(), UnknownVariable> {
        refuse_misspelt(&[name.to_owned()], &known())
    }

    #[test]
    fn settings_and_foreign_variables_pass() {
        for name in [
            "PORTKEY_API_KEY",
            "PORTKEY_SANDBOX",
            "PORTKEY_VIRTUAL_KEY",
            "PORTKEY_ORG",
            "PORTKEY_MCP_CONFIG",
            "MCP_TIMEOUT",
            "PATH",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_kubernetes_tells_of_a_service_is_no_setting() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let told = names(&[
            "PORTKEY_MCP_SERVICE_HOST",
            "PORTKEY_MCP_SERVICE_PORT",
            "PORTKEY_MCP_SERVICE_PORT_HTTP",
            "PORTKEY_MCP_PORT",
            "PORTKEY_MCP_PORT_3000_TCP_ADDR",
        ]);
        assert_eq!(refuse_misspelt(&told, &known()), Ok(()));
        let misspelt = names(&["PORTKEY_MCP_SERVICE_HOST", "PORTKEY_MCP_READONLY"]);
        assert!(refuse_misspelt(&misspelt, &known()).is_err());
        assert!(check("PORTKEY_MCP_PORT_3000_TCP").is_err());
    }

    #[test]
    fn slips_are_refused_with_the_nearest_setting() {
        let error = check("PORTKEY_API_KYE").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown setting PORTKEY_API_KYE in the environment: did you mean PORTKEY_API_KEY?"
        );
        assert!(check("PORTKEY_SANDBOXX").is_err());
        assert!(check("PORTKEY_LGO").is_err());
        assert!(check("PORTKEY_MCP_READONLY").is_err());
    }
}
