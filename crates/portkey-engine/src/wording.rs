//! How the program around the engine names what can be set, and tells its readers what to do.

use std::fmt;

/// What a message may ask somebody to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The API key.
    ApiKey,
    /// The API key of a workspace, for operations that take no organisation key.
    WorkspaceApiKey,
    /// Where Portkey is.
    BaseUrl,
    /// How long a call may take.
    Timeout,
    /// Certificate authorities that the system does not trust by itself.
    Authorities,
    /// Where changes are written down.
    Journal,
    /// Where calls are written down.
    Audit,
    /// Where newly made secrets go.
    Secrets,
    /// Which secrets arguments may refer to.
    SecretSources,
}

/// The words of one program for one kind of reader. Every method has plain words, for a program that has no settings of its
/// own and an assistant that reads.
pub trait Wording: fmt::Debug + Send + Sync {
    /// A setting, as whoever changes it writes it.
    fn setting(&self, setting: Setting) -> &'static str {
        match setting {
            Setting::ApiKey => "the API key",
            Setting::WorkspaceApiKey => "the workspace API key",
            Setting::BaseUrl => "the base URL",
            Setting::Timeout => "the time limit",
            Setting::Authorities => "a file of certificates",
            Setting::Journal => "the journal",
            Setting::Audit => "the audit log",
            Setting::Secrets => "the place for secrets",
            Setting::SecretSources => "the sources of secrets",
        }
    }

    /// A rule of the server's own [`Rules`](crate::policy::Rules) by its name there, such as `read-only` or
    /// `quotas.deletes`, with its value where the reader should see it.
    fn rule(&self, name: &str, value: Option<&str>) -> String {
        match value {
            Some(value) => format!("`{name}` ({value})"),
            None => format!("`{name}`"),
        }
    }

    /// A sentence that asks for what only a setting or the machine can change, from a clause such as `check the network`.
    fn ask_operator(&self, clause: &str) -> String {
        format!("The operator of this server can {clause}.")
    }

    /// The clause that asks for a key that is not set; `key` names its setting.
    fn provide_key(&self, key: &str) -> String {
        format!("set {key}")
    }

    /// Whether a changed setting holds only once the program is started again.
    fn restarts(&self) -> bool {
        false
    }

    /// The clause that says where all arguments of a tool are shown.
    fn arguments_of(&self, tool: &str) -> String {
        format!("the input schema of `{tool}` has every argument")
    }

    /// A sentence on how a client without a user can do what is destructive.
    fn unattended(&self) -> &'static str {
        "A client without a user needs rules that confirm nothing."
    }
}

/// The words of a program that has none of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Plain;

impl Wording for Plain {}
