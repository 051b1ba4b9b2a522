//! The names of this program's settings, and how an assistant and a person at a shell are told to change them.

use portkey_engine::wording::{Plain, Setting, Wording};

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// An assistant: it has tools, and no shell. What the program is started with is somebody else's to change.
    ForAssistant,
    /// Whoever typed the command.
    ForShell,
}

impl Wording for Words {
    fn setting(&self, setting: Setting) -> &'static str {
        match setting {
            Setting::ApiKey => "PORTKEY_API_KEY",
            Setting::WorkspaceApiKey => "PORTKEY_WORKSPACE_API_KEY",
            Setting::BaseUrl => "PORTKEY_BASE_URL",
            Setting::Timeout => "PORTKEY_TIMEOUT",
            Setting::Authorities => "SSL_CERT_FILE",
            Setting::Journal => "--journal",
            Setting::Audit => "--audit",
            Setting::Secrets => "--secrets",
            Setting::SecretSources => "--secret-sources (PORTKEY_MCP_SECRET_SOURCES)",
        }
    }

    /// Its flag, such as `--quota-deletes 2/h` for `quotas.deletes`.
    fn rule(&self, name: &str, value: Option<&str>) -> String {
        let flag = match name.strip_prefix("quotas.") {
            Some(kind) => format!("quota-{kind}"),
            None if name == "workspaces" => "only-workspaces".to_owned(),
            None => name.to_owned(),
        };
        match value {
            Some(value) => format!("`--{flag} {value}`"),
            None => format!("`--{flag}`"),
        }
    }

    fn ask_operator(&self, clause: &str) -> String {
        match self {
            Self::ForAssistant => Plain.ask_operator(clause),
            Self::ForShell => {
                let mut letters = clause.chars();
                let first = letters.next().into_iter().flat_map(char::to_uppercase);
                first.chain(letters.as_str().chars()).chain(['.']).collect()
            }
        }
    }

    fn provide_key(&self, key: &str) -> String {
        let restart = if self.restarts() {
            " and restart it"
        } else {
            ""
        };
        format!("set {key} in the environment{restart}, or use --sandbox to try it on made-up data")
    }

    fn restarts(&self) -> bool {
        *self == Self::ForAssistant
    }

    fn arguments_of(&self, tool: &str) -> String {
        match self {
            Self::ForAssistant => Plain.arguments_of(tool),
            Self::ForShell => format!("`portkey-mcp describe {tool}` shows every argument"),
        }
    }

    fn unattended(&self) -> &'static str {
        UNATTENDED
    }
}

const UNATTENDED: &str = "To let a client without a user do this, its operator starts the server with `--confirm never`, \
                          or uses a client that declares no elicitation; see docs/safety/confirmation.md.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assistant_is_told_who_can_change_a_setting_and_a_person_to_change_it() {
        let what = "set --audit to another place";
        assert_eq!(
            Words::ForAssistant.ask_operator(what),
            "The operator of this server can set --audit to another place."
        );
        assert_eq!(
            Words::ForShell.ask_operator(what),
            "Set --audit to another place."
        );
    }

    #[test]
    fn rules_are_called_by_their_flags() {
        assert_eq!(Words::ForShell.rule("read-only", None), "`--read-only`");
        assert_eq!(
            Words::ForShell.rule("workspaces", None),
            "`--only-workspaces`"
        );
        assert_eq!(
            Words::ForAssistant.rule("quotas.deletes", Some("1/h")),
            "`--quota-deletes 1/h`"
        );
    }
}
