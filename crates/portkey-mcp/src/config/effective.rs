//! The settings in force, and where each was set.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use clap::{ArgMatches, parser::ValueSource};
use portkey_engine::private_file;

use super::{
    ConfigurationFile,
    declared::{self, Setting},
    settings::LIVE,
};

/// Settings whose files are not the program's own: secret references may read them, and new secrets go there.
const NAMES_NO_OWN_FILE: [&str; 2] = ["secret-sources", "secrets"];

/// The value of every setting, and where it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EffectiveSettings {
    settings: BTreeMap<String, EffectiveSetting>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct EffectiveSetting {
    /// The value to show; a placeholder instead of a secret.
    value: Option<String>,
    by: SettingSource,
    /// The value itself, to notice a change.
    raw: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SettingSource {
    Flag,
    Environment,
    File,
    Default,
}

impl EffectiveSettings {
    /// The settings of a parsed command line, with the file for its defaults.
    pub(crate) fn of(matches: &ArgMatches, file: Option<&ConfigurationFile>) -> Self {
        let settings = declared::settings().into_iter().filter_map(|setting| {
            let effective = resolve(&setting, &chain(matches), file)?;
            Some((setting.name().to_owned(), effective))
        });
        Self {
            settings: settings.collect(),
        }
    }

    /// The program's own files: every value that could be a path, and the default files. The files of secrets are not
    /// among them.
    pub(crate) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let others = self
            .settings
            .iter()
            .filter(|(name, _)| !NAMES_NO_OWN_FILE.contains(&name.as_str()));
        let values = others.filter_map(|(_, effective)| effective.raw.as_deref());
        // A URL is no path, and may hold a password.
        let values = values.filter(|value| !value.contains("://"));
        let named = values.map(|value| {
            let mut prefixes = ["file:", "sqlite:"].into_iter();
            let path = prefixes.find_map(|prefix| value.strip_prefix(prefix));
            path.unwrap_or(value).into()
        });
        let unnamed = ["audit.jsonl", "journal.sqlite"].into_iter();
        named.chain(unnamed.filter_map(private_file::in_data_directory))
    }

    /// The flags of the command line, as they would be written again. Those that may hold a secret are not among them.
    pub(crate) fn flags(&self) -> Vec<String> {
        let shown = declared::settings()
            .into_iter()
            .filter(|setting| !setting.is_secret());
        let flags = shown.filter_map(|setting| {
            let effective = self.settings.get(setting.name())?;
            if effective.by != SettingSource::Flag {
                return None;
            }
            let (name, value) = (setting.name(), effective.raw.as_deref()?);
            let is_bare = setting.is_switch() || setting.is_switch_or_file();
            Some(match value {
                "true" if is_bare => format!("--{name}"),
                value => format!("--{name}={value}"),
            })
        });
        flags.collect()
    }

    /// The settings that were set anywhere: name, where, and the value to show.
    pub(crate) fn set(&self) -> impl Iterator<Item = (&str, String, &str)> {
        let set = self.settings.iter();
        let set = set.filter(|(_, effective)| effective.by != SettingSource::Default);
        set.map(|(name, effective)| {
            let value = effective.value.as_deref().unwrap_or("(not set)");
            (name.as_str(), effective.by.to_string(), value)
        })
    }

    /// Whether a setting was set anywhere.
    pub(super) fn is_set(&self, name: &str) -> bool {
        let effective = self.settings.get(name);
        effective.is_some_and(|effective| effective.by != SettingSource::Default)
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        let effective = self.settings.get(name);
        effective.is_some_and(|effective| effective.raw.as_deref() == Some("true"))
    }

    /// The settings that differ in `other` but only take effect after a restart.
    pub(crate) fn waiting_for_restart<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = &'a str> {
        let changed = self.settings.iter().filter(|(name, effective)| {
            let now = other.settings.get(*name);
            now.is_some_and(|now| now.raw != effective.raw)
        });
        let names = changed.map(|(name, _)| name.as_str());
        names.filter(|name| !LIVE.contains(name))
    }
}

/// The matches of all commands, innermost first: a flag after a subcommand is meant for that.
pub(super) fn chain(matches: &ArgMatches) -> Vec<&ArgMatches> {
    let mut chain = vec![matches];
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        chain.insert(0, inner);
        innermost = inner;
    }
    chain
}

fn resolve(
    setting: &Setting,
    chain: &[&ArgMatches],
    file: Option<&ConfigurationFile>,
) -> Option<EffectiveSetting> {
    let knows = |matches: &&&ArgMatches| matches.try_contains_id(setting.id()).is_ok();
    let matches = chain.iter().find(knows)?;
    let raw = matches.try_get_raw(setting.id()).ok()?;
    let raw = raw.map(|words| {
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        words.join(",")
    });
    let by = match matches.value_source(setting.id()) {
        Some(ValueSource::CommandLine) => SettingSource::Flag,
        Some(ValueSource::EnvVariable) => SettingSource::Environment,
        _ if raw.is_some() && file.is_some_and(|file| file.value(setting.name()).is_some()) => {
            SettingSource::File
        }
        _ => SettingSource::Default,
    };
    let value = raw.as_ref().map(|text| {
        if setting.is_secret() {
            "(not shown)".to_owned()
        } else {
            text.clone()
        }
    });
    Some(EffectiveSetting { value, by, raw })
}

impl fmt::Display for EffectiveSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .settings
            .keys()
            .map(String::len)
            .max()
            .unwrap_or_default();
        for (name, effective) in &self.settings {
            let value = effective.value.as_deref().unwrap_or("(not set)");
            writeln!(f, "{name:<width$}  {:<11}  {value}", effective.by)?;
        }
        Ok(())
    }
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
        })
    }
}
