//! The configuration file: settings under the names of their flags, and the tables of [`AccessTables`].

mod problems;
mod values;

#[cfg(test)]
mod fuzz;

use std::{
    collections::BTreeMap,
    fs, mem,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Command, parser::ValueSource};
use portkey_api::nearest;
use schemars::schema_for;
use serde::Deserialize as _;
use serde_json::Value;
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    AccessTables, FileSetting,
    declared::{self, Setting},
    effective,
};

pub(crate) use problems::{Problem, Problems};

/// A configuration file that was read and is valid.
#[derive(Debug, Clone)]
pub(crate) struct ConfigurationFile {
    path: PathBuf,
    /// Settings by the names of their flags, as the flags would take them.
    values: BTreeMap<String, String>,
    tables: AccessTables,
    /// The lines of the tables' entries, by `profiles.NAME`, `issuers.0` and so on.
    lines: BTreeMap<String, usize>,
}

type Key<'a> = Spanned<DeString<'a>>;
type TableEntry<'a> = Spanned<DeValue<'a>>;

impl ConfigurationFile {
    /// The path that a flag or the environment names; the flag of a subcommand wins.
    pub(crate) fn named_in(matches: &ArgMatches) -> Option<&Path> {
        let levels = effective::chain(matches);
        let levels = || {
            levels
                .iter()
                .filter(|level| level.try_contains_id(FileSetting::ID).is_ok())
        };
        let by_flag = |level: &&&ArgMatches| {
            level.value_source(FileSetting::ID) == Some(ValueSource::CommandLine)
        };
        let level = levels().find(by_flag).or_else(|| levels().next())?;
        level
            .get_one::<PathBuf>(FileSetting::ID)
            .map(PathBuf::as_path)
    }

    /// Reads a file; the error lists everything that is wrong with it.
    pub(crate) fn read(path: &Path) -> Result<Self, Problems> {
        let refused = |problems| Problems {
            path: path.to_owned(),
            problems,
        };
        let text = fs::read_to_string(path)
            .map_err(|error| refused(vec![Problem::of_file(format!("cannot be read: {error}"))]))?;
        Reader::new(&text).read(path.to_owned()).map_err(refused)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn tables(&self) -> &AccessTables {
        &self.tables
    }

    /// Its value of a setting.
    pub(crate) fn value(&self, flag: &str) -> Option<&str> {
        self.values.get(flag).map(String::as_str)
    }

    /// A problem with an entry of a table, such as `profiles.NAME`.
    pub(crate) fn problem(&self, entry: &str, text: impl Into<String>) -> Problem {
        Problem {
            line: self.lines.get(entry).copied(),
            text: text.into(),
        }
    }

    /// Fails with these problems, if there are any.
    pub(crate) fn refuse(&self, problems: Vec<Problem>) -> Result<(), Problems> {
        if problems.is_empty() {
            return Ok(());
        }
        Err(Problems {
            path: self.path.clone(),
            problems,
        })
    }

    /// The same command with the values of the file as defaults. A setting of the file is left out if it conflicts with
    /// one that is `given` by a flag or the environment.
    pub(crate) fn behind(&self, command: Command, given: &ArgMatches) -> Command {
        let arguments = command
            .get_arguments()
            .filter(|argument| is_given(argument, given));
        let conflicts = arguments.flat_map(|argument| command.get_arg_conflicts_with(argument));
        let beaten: Vec<_> = conflicts
            .map(|argument| argument.get_id().clone())
            .collect();
        let mut values = self.values.clone();
        values.retain(|name, _| {
            !beaten
                .iter()
                .any(|id| id.as_str().replace('_', "-") == *name)
        });
        with_defaults(command, &values)
    }
}

/// Whether an argument is given by a flag or the environment, so that it rules out those that it conflicts with.
fn is_given(argument: &Arg, matches: &ArgMatches) -> bool {
    let source = matches.value_source(argument.get_id().as_str());
    let explicit = [ValueSource::CommandLine, ValueSource::EnvVariable].map(Some);
    !argument.is_global_set() && explicit.contains(&source)
}

fn with_defaults(command: Command, values: &BTreeMap<String, String>) -> Command {
    let command = command.mut_args(|argument| {
        let value = argument.get_long().and_then(|name| values.get(name));
        match value {
            Some(value) if declared::is_setting(&argument) => {
                let value = value.clone();
                argument.default_value(value)
            }
            _ => argument,
        }
    });
    command.mut_subcommands(|subcommand| with_defaults(subcommand, values))
}

/// The state of reading a file.
struct Reader<'a> {
    text: &'a str,
    values: BTreeMap<String, String>,
    lines: BTreeMap<String, usize>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            values: BTreeMap::new(),
            lines: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    fn read(mut self, path: PathBuf) -> Result<ConfigurationFile, Vec<Problem>> {
        let (document, unreadable) = DeTable::parse_recoverable(self.text);
        if !unreadable.is_empty() {
            return Err(unreadable
                .iter()
                .map(|error| self.unreadable(error))
                .collect());
        }
        let span = document.span();
        let known = tables();
        let mut tables = DeTable::new();
        for (key, value) in document.into_inner() {
            if known.iter().any(|name| name == key.get_ref()) {
                self.entries(&key, &value);
                tables.insert(key, value);
            } else {
                self.value(&key, value.get_ref(), &known);
            }
        }
        let tables = deserialized(span, tables).map_err(|error| self.unreadable(&error));
        match tables {
            Ok(tables) if self.problems.is_empty() => {
                let file = ConfigurationFile {
                    path,
                    values: self.values,
                    tables,
                    lines: self.lines,
                };
                file.contradictions()?;
                Ok(file)
            }
            // Errors in entries were reported already; without any, the whole document is at fault.
            Err(problem) if self.problems.is_empty() => Err(vec![problem]),
            _ => {
                self.problems.sort_by_key(|problem| problem.line);
                Err(self.problems)
            }
        }
    }

    /// Reads a setting.
    fn value(&mut self, key: &Key<'_>, value: &DeValue<'_>, tables: &[String]) {
        let name = key.get_ref().as_ref();
        let settings = declared::settings();
        let Some(setting) = settings.iter().find(|setting| setting.name() == name) else {
            let known = settings.iter().map(Setting::name);
            let known = known.chain(tables.iter().map(String::as_str));
            let nearest = nearest(name, known);
            let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?"));
            return self.problem(
                key,
                format!("unknown setting `{name}`{}", hint.unwrap_or_default()),
            );
        };
        let text = values::text(setting, value).and_then(|text| {
            setting.check(&text)?;
            Ok(text)
        });
        match text {
            Ok(text) => _ = self.values.insert(name.to_owned(), text),
            Err(problem) => self.problem(key, format!("`{name}`: {problem}")),
        }
    }

    /// Reads the entries of a table one by one, so that each problem has its own line.
    fn entries(&mut self, key: &Key<'_>, value: &TableEntry<'_>) {
        let name = key.get_ref().as_ref();
        let single: Vec<(String, usize, TableEntry<'_>)> = match value.get_ref() {
            DeValue::Table(table) => table
                .iter()
                .map(|(inner, entry)| {
                    let one = DeTable::from_iter([(inner.clone(), entry.clone())]);
                    let one = Spanned::new(entry.span(), DeValue::Table(one));
                    (inner.get_ref().to_string(), inner.span().start, one)
                })
                .collect(),
            DeValue::Array(array) => array
                .iter()
                .enumerate()
                .map(|(index, entry)| {
                    let one = DeValue::Array([entry.clone()].into_iter().collect());
                    (
                        index.to_string(),
                        entry.span().start,
                        Spanned::new(entry.span(), one),
                    )
                })
                .collect(),
            _ => Vec::new(),
        };
        for (entry, start, value) in single {
            self.lines
                .insert(format!("{name}.{entry}"), self.line(start));
            let span = value.span();
            let table = DeTable::from_iter([(key.clone(), value)]);
            if let Err(error) = deserialized(span, table) {
                let problem = self.unreadable(&error);
                self.problems.push(problem);
            }
        }
    }

    fn problem(&mut self, key: &Key<'_>, text: String) {
        let line = Some(self.line(key.span().start));
        self.problems.push(Problem { line, text });
    }

    fn unreadable(&self, error: &toml::de::Error) -> Problem {
        Problem {
            line: error.span().map(|span| self.line(span.start)),
            text: error.message().to_owned(),
        }
    }

    fn line(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}

impl ConfigurationFile {
    /// Checks what a single entry cannot show: that the profiles which grants name exist.
    fn contradictions(&self) -> Result<(), Vec<Problem>> {
        let problems: Vec<Problem> = self
            .tables
            .unknown_profiles()
            .map(|(index, unknown)| self.problem(&format!("grants.{index}"), unknown.to_string()))
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn deserialized(
    span: std::ops::Range<usize>,
    table: DeTable<'_>,
) -> Result<AccessTables, toml::de::Error> {
    AccessTables::deserialize(toml::Deserializer::from(Spanned::new(span, table)))
}

/// The names of the tables.
fn tables() -> Vec<String> {
    let mut schema = schema_for!(AccessTables);
    let properties = schema.get_mut("properties").map(mem::take);
    match properties {
        Some(Value::Object(properties)) => properties.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    }
}
