//! The settings as clap declares them: every argument with a flag and an environment variable.

use std::{any::TypeId, error::Error as _, time::Duration};

use clap::{
    Arg, Args as _, Command,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{HttpSettings, SandboxSetting, Settings};

/// A setting.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    argument: Arg,
}

/// Every setting, sorted by name, without the hidden ones that keep an older name alive.
pub(crate) fn settings() -> Vec<Setting> {
    let command = everything();
    let arguments = command
        .get_arguments()
        .filter(|argument| is_setting(argument));
    let mut found: Vec<Setting> = arguments
        .map(|argument| Setting {
            argument: argument.clone(),
        })
        .collect();
    found.sort_by(|a, b| a.name().cmp(b.name()));
    found
}

/// Whether an argument is a setting that may stand in the file.
pub(crate) fn is_setting(argument: &Arg) -> bool {
    let named = argument.get_env().is_some() && argument.get_long().is_some();
    named && !argument.is_hide_set()
}

/// A command that takes every setting.
pub(crate) fn everything() -> Command {
    let command = Command::new("portkey-mcp").no_binary_name(true);
    HttpSettings::augment_args(Settings::augment_args(command))
}

/// The error without the value at fault, if that may be a secret: errors are logged.
pub(crate) fn without_secret(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let name = flag.trim_start_matches("--").split(' ').next();
    let mut secrets = settings().into_iter().filter(Setting::is_secret);
    if secrets.any(|setting| Some(setting.name()) == name) {
        error.insert(
            ContextKind::InvalidValue,
            ContextValue::String("…".to_owned()),
        );
    }
    error
}

impl Setting {
    /// The name of its flag.
    pub(crate) fn name(&self) -> &str {
        self.argument.get_long().unwrap_or_default()
    }

    /// The id of the argument in clap.
    pub(crate) fn id(&self) -> &str {
        self.argument.get_id().as_str()
    }

    /// Its environment variable.
    pub(crate) fn variable(&self) -> String {
        let name = self.argument.get_env().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// The placeholder of its value in the help.
    pub(crate) fn value_name(&self) -> String {
        let names = self.argument.get_value_names().unwrap_or_default();
        names.join(" ")
    }

    /// Its help text.
    pub(crate) fn meaning(&self) -> String {
        let help = self.argument.get_long_help().or(self.argument.get_help());
        help.map(ToString::to_string).unwrap_or_default()
    }

    /// The words that it takes, if it takes no others.
    pub(crate) fn words(&self) -> Vec<String> {
        let words = self.argument.get_possible_values();
        let words = words.iter().filter(|word| !word.is_hide_set());
        words.map(|word| word.get_name().to_owned()).collect()
    }

    /// Whether it is on or off.
    pub(crate) fn is_switch(&self) -> bool {
        self.is_of::<bool>()
    }

    /// Whether it is on or off, or on with a file.
    pub(crate) fn is_switch_or_file(&self) -> bool {
        self.is_of::<SandboxSetting>()
    }

    /// Whether it is a whole number.
    pub(crate) fn is_number(&self) -> bool {
        self.is_of::<u16>() || self.is_of::<u32>() || self.is_of::<u64>() || self.is_of::<usize>()
    }

    /// Whether it is a time, which may be written as a number of seconds.
    pub(crate) fn is_time(&self) -> bool {
        self.is_of::<Duration>()
    }

    /// Whether it takes several values: `NAME,…`.
    pub(crate) fn takes_list(&self) -> bool {
        let names = self.argument.get_value_names().unwrap_or_default();
        self.argument.get_value_delimiter().is_some()
            || names.iter().any(|name| name.ends_with(",…"))
    }

    /// Whether its value may be a secret: then `--help` does not show the value of its variable either.
    pub(crate) fn is_secret(&self) -> bool {
        self.argument.is_hide_env_values_set()
    }

    /// Its default; `None` if it has none.
    pub(crate) fn default(&self) -> Option<String> {
        let values = self.argument.get_default_values().iter();
        let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// Parses a value as the flag does; the error is what the flag would answer, without its name.
    pub(crate) fn check(&self, text: &str) -> Result<(), String> {
        let flag = match (self.argument.get_action().takes_values(), text) {
            (true, text) => format!("--{}={text}", self.name()),
            (false, "true") => format!("--{}", self.name()),
            (false, "false") => return Ok(()),
            (false, _) => return Err("expected true or false".to_owned()),
        };
        let command = everything();
        match command.try_get_matches_from([flag]) {
            Err(error) if is_of_value(error.kind()) => Err(objection(&without_secret(error))),
            _ => Ok(()),
        }
    }

    fn is_of<T: 'static>(&self) -> bool {
        self.argument.get_value_parser().type_id() == TypeId::of::<T>()
    }
}

/// Whether the value itself is at fault, and not a conflict with other arguments.
fn is_of_value(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidValue
            | ErrorKind::ValueValidation
            | ErrorKind::InvalidUtf8
            | ErrorKind::TooManyValues
            | ErrorKind::TooFewValues
            | ErrorKind::WrongNumberOfValues
    )
}

/// What is wrong with the value, in clap's words but without the flag: the caller names the entry of the file.
fn objection(error: &clap::Error) -> String {
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.as_str(),
        _ => "",
    };
    let words = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(words)) if !words.is_empty() => {
            format!(" [possible values: {}]", words.join(", "))
        }
        _ => String::new(),
    };
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("a value is required but none was supplied{words}")
        }
        ErrorKind::InvalidValue => {
            let meant = match error.get(ContextKind::SuggestedValue) {
                Some(ContextValue::String(meant)) => {
                    format!(" tip: a similar value exists: '{meant}'")
                }
                _ => String::new(),
            };
            format!("invalid value '{value}'{words}{meant}")
        }
        ErrorKind::ValueValidation => {
            let reason = error.source().map(|reason| format!(": {reason}"));
            format!("invalid value '{value}'{}", reason.unwrap_or_default())
        }
        kind => kind.as_str().unwrap_or("the value is wrong").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::LIVE;

    #[test]
    fn what_changes_at_run_time_is_a_setting() {
        let settings = settings();
        for name in LIVE {
            assert!(
                settings.iter().any(|setting| setting.name() == name),
                "{name}"
            );
        }
    }

    #[test]
    fn values_that_may_hold_secrets_are_not_repeated() {
        for setting in settings().iter().filter(|setting| setting.is_secret()) {
            let complaint = setting.check("c4n4ry").err().unwrap_or_default();
            assert!(!complaint.contains("c4n4ry"), "{complaint}");
        }
        let headers = settings()
            .into_iter()
            .find(|one| one.name() == "otlp-headers");
        let complaint = headers.unwrap().check("c4n4ry").unwrap_err();
        assert!(complaint.contains("expected NAME=VALUE"), "{complaint}");
    }

    #[test]
    fn an_objection_names_the_value_and_the_words_that_are_taken_but_no_flag() {
        let settings = settings();
        let objection = |name: &str, value: &str| {
            let setting = settings.iter().find(|setting| setting.name() == name);
            setting.unwrap().check(value).unwrap_err()
        };
        assert_eq!(
            objection("sessions", ""),
            "a value is required but none was supplied [possible values: on, off]"
        );
        assert_eq!(
            objection("sessions", "of"),
            "invalid value 'of' [possible values: on, off] tip: a similar value exists: 'off'"
        );
        assert_eq!(
            objection("port", "80 80"),
            "invalid value '80 80': invalid digit found in string"
        );
    }

    #[test]
    fn every_setting_says_what_it_means() {
        for setting in settings() {
            assert!(!setting.meaning().is_empty(), "{}", setting.name());
        }
    }
}
