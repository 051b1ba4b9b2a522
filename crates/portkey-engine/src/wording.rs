//! How the program around the engine names its settings in messages, and what it advises its readers to do.

use std::fmt;

/// A setting that a message may mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The API key.
    ApiKey,
    /// The API key of a workspace, for operations that do not accept an organisation key.
    WorkspaceApiKey,
    /// The address of Portkey.
    BaseUrl,
    /// The longest duration of a call.
    Timeout,
    /// Certificate authorities that are trusted in addition to the system's.
    Authorities,
    /// Where changes are stored.
    Journal,
    /// Where calls are logged.
    Audit,
    /// Where new secrets are stored.
    Secrets,
    /// The secrets that arguments may refer to.
    SecretSources,
}

/// The words of a program for one kind of reader. Every method has a default for a program without settings whose
/// reader is an assistant.
pub trait Wording: fmt::Debug + Send + Sync {
    /// Returns the name of a setting, as the reader writes it.
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

    /// Returns the name of a rule of the server's own [`Rules`](crate::policy::Rules), such as `read-only` or
    /// `quotas.deletes`, with its value if the reader should see it.
    fn rule(&self, name: &str, value: Option<&str>) -> String {
        match value {
            Some(value) => format!("`{name}` ({value})"),
            None => format!("`{name}`"),
        }
    }

    /// Returns a sentence that asks the operator to do something, from a clause such as `check the network`.
    fn ask_operator(&self, clause: &str) -> String {
        format!("The operator of this server can {clause}.")
    }

    /// Returns the clause that asks for a missing key. `key` is the name of its setting.
    fn provide_key(&self, key: &str) -> String {
        format!("set {key}")
    }

    /// Whether the program must be restarted for a changed setting to take effect.
    fn restarts(&self) -> bool {
        false
    }

    /// Returns the clause that says where all arguments of a tool are documented.
    fn arguments_of(&self, tool: &str) -> String {
        format!("the input schema of `{tool}` has every argument")
    }

    /// Returns a sentence that says how a client without a user can make destructive calls.
    fn unattended(&self) -> &'static str {
        "A client without a user needs rules that confirm nothing."
    }
}

/// The default words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Plain;

impl Wording for Plain {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A program that says its own word for one thing.
    #[derive(Debug)]
    struct Shell;

    impl Wording for Shell {
        fn ask_operator(&self, clause: &str) -> String {
            format!("Please {clause}.")
        }
    }

    const SETTINGS: [Setting; 9] = [
        Setting::ApiKey,
        Setting::WorkspaceApiKey,
        Setting::BaseUrl,
        Setting::Timeout,
        Setting::Authorities,
        Setting::Journal,
        Setting::Audit,
        Setting::Secrets,
        Setting::SecretSources,
    ];

    #[test]
    fn no_two_settings_are_called_the_same() {
        let words: BTreeSet<_> = SETTINGS.map(|setting| Plain.setting(setting)).into();
        assert_eq!(words.len(), SETTINGS.len(), "{words:?}");
    }

    #[test]
    fn a_rule_is_named_as_it_is_written_with_its_value_where_that_explains() {
        assert_eq!(Plain.rule("read-only", None), "`read-only`");
        let quota = Plain.rule("quotas.deletes", Some("10/h"));
        assert_eq!(quota, "`quotas.deletes` (10/h)");
    }

    #[test]
    fn clauses_become_sentences_that_say_who_can_act() {
        let key = Plain.provide_key(Plain.setting(Setting::ApiKey));
        assert_eq!(
            Plain.ask_operator(&key),
            "The operator of this server can set the API key."
        );
        let arguments = Plain.arguments_of("get_toy");
        assert!(arguments.contains("`get_toy`"), "{arguments}");
        assert!(!Plain.restarts());
    }

    #[test]
    fn a_program_that_has_one_word_of_its_own_keeps_the_plain_ones_besides() {
        assert_eq!(Shell.ask_operator("mend it"), "Please mend it.");
        for setting in SETTINGS {
            assert_eq!(Shell.setting(setting), Plain.setting(setting));
        }
    }
}
