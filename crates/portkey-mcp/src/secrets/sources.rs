use std::{
    fmt, fs, io,
    io::Read as _,
    path::{Component, Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use glob::{MatchOptions, Pattern};
use portkey_api::{
    Declaration, InvalidArguments, JsonObject, Problem, Reference, each_secret, is_reference,
};
use serde_json::Value;

use super::Carried;
use crate::config::variable;

/// The largest secret that is read.
const LARGEST: usize = 64 * 1024;

/// Below these the system shows what programs hold, such as their environment.
const SYSTEM: [&str; 2] = ["/proc", "/sys"];

/// A star stands for a part of a name, two for folders.
const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Where the operator allows secrets to be read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    allowed: Vec<Source>,
    own: Own,
}

/// What is this program's own, and so never passed on, whatever is allowed.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// The variables of its settings and keys.
    pub variables: Arc<[String]>,
    /// The files that its settings name.
    pub files: Vec<PathBuf>,
}

/// Variables or files: `env:OPENAI_*`, `file:/run/secrets/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Variables of the environment of which the name fits.
    Variables(Pattern),
    /// Files of which the path fits.
    Files {
        /// What fits.
        pattern: Pattern,
        /// The folder that they must really be in.
        folder: PathBuf,
    },
}

/// What is no source of secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `env:NAME` or `file:/PATH`, where `*` stands for a part of a name; a path is absolute and without `..`"
)]
pub struct InvalidSource;

/// Why a reference is not followed.
#[derive(Debug)]
enum Refused {
    NotAllowed,
    Own,
    NoVariable,
    NoFile,
    Empty,
    TooLarge,
    NotText,
}

impl Sources {
    /// Those, but nothing of the program's own.
    pub fn new(allowed: Vec<Source>, own: Own) -> Self {
        Self { allowed, own }
    }

    /// Puts secrets in the place of the references to them, and says what the call then carries. Waits for files.
    pub fn resolve(
        &self,
        declaration: &Declaration,
        arguments: JsonObject,
    ) -> Result<(JsonObject, Carried), InvalidArguments> {
        let mut arguments = Value::Object(arguments);
        let mut carried = Carried::default();
        let mut resolved: Vec<String> = Vec::new();
        let mut problems = Vec::new();
        each_secret(
            declaration.input(),
            &mut arguments,
            &mut |path, _, value| {
                // What was read is a secret, whatever it looks like.
                if resolved.iter().any(|done| is_within(path, done)) {
                    return;
                }
                let Value::String(text) = &*value else { return };
                match Reference::read(text).map(|reference| self.read(reference)) {
                    None => carried.write(text),
                    Some(Ok(secret)) => {
                        *value = fitting(path, secret, &mut carried);
                        resolved.push(path.to_owned());
                    }
                    Some(Err(refused)) => {
                        problems.push(Problem::rule(path, self.told(text, &refused)));
                    }
                }
            },
        );
        match arguments {
            Value::Object(arguments) if problems.is_empty() => Ok((arguments, carried)),
            _ => Err(InvalidArguments {
                tool: declaration.name,
                problems,
            }),
        }
    }

    fn read(&self, reference: Reference<'_>) -> Result<String, Refused> {
        let text = match reference {
            Reference::Variable(name) => self.variable(name)?,
            Reference::File(path) => self.file(path)?,
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        match text.strip_suffix('\r').unwrap_or(text) {
            "" => Err(Refused::Empty),
            text if text.len() > LARGEST => Err(Refused::TooLarge),
            text => Ok(text.to_owned()),
        }
    }

    fn variable(&self, name: &str) -> Result<String, Refused> {
        let mut own = self.own.variables.iter();
        if own.any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(Refused::Own);
        }
        let fits = |source: &Source| matches!(source, Source::Variables(pattern) if pattern.matches_with(name, MATCHING));
        if !self.allowed.iter().any(fits) {
            return Err(Refused::NotAllowed);
        }
        variable(name).ok_or(Refused::NoVariable)
    }

    /// Looks at no file before it is clear that the path itself is allowed, so that nothing is told of others.
    fn file(&self, path: &str) -> Result<String, Refused> {
        if !is_plain(Path::new(path)) {
            return Err(Refused::NotAllowed);
        }
        let folders = self.allowed.iter().filter_map(|source| match source {
            Source::Files { pattern, folder } if pattern.matches_with(path, MATCHING) => {
                Some(folder)
            }
            _ => None,
        });
        let mut folders = folders.peekable();
        if folders.peek().is_none() {
            return Err(Refused::NotAllowed);
        }
        let real = fs::canonicalize(path).map_err(|_| Refused::NoFile)?;
        let is_inside =
            |folder: &PathBuf| fs::canonicalize(folder).is_ok_and(|f| real.starts_with(f));
        if !folders.any(is_inside) || SYSTEM.iter().any(|system| real.starts_with(system)) {
            return Err(Refused::NoFile);
        }
        let mut own = self.own.files.iter();
        if own.any(|own| *own == real || fs::canonicalize(own).is_ok_and(|own| own == real)) {
            return Err(Refused::Own);
        }
        read_text(&real)
    }

    /// What the caller can do about it.
    fn told(&self, reference: &str, refused: &Refused) -> String {
        let reference = if is_reference(reference) {
            format!("`{reference}`")
        } else {
            "what begins like a reference".to_owned()
        };
        match refused {
            Refused::NotAllowed => format!(
                "{reference} may not be read; allowed here: {self}. Ask the operator of this server to add it to \
                 --secret-sources (PORTKEY_MCP_SECRET_SOURCES); the secret itself never needs to be in the chat"
            ),
            Refused::Own => {
                format!("{reference} is this server's own and is never passed on; name another")
            }
            Refused::NoVariable => {
                format!(
                    "{reference} is allowed but not set; ask the operator to set it where the server runs"
                )
            }
            Refused::NoFile => format!(
                "{reference} is allowed, but no file is there that can be read and lies in the allowed folder; ask the \
                 operator to put it there"
            ),
            Refused::Empty => format!("{reference} is empty; ask the operator to mend it"),
            Refused::TooLarge => format!(
                "{reference} is larger than {} KiB; name another",
                LARGEST / 1024
            ),
            Refused::NotText => format!("{reference} is not UTF-8 text; name another"),
        }
    }
}

fn read_text(path: &Path) -> Result<String, Refused> {
    // A pipe would be waited for.
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if !is_file {
        return Err(Refused::NoFile);
    }
    let file = fs::File::open(path).map_err(|_| Refused::NoFile)?;
    let mut text = String::new();
    let limit = u64::try_from(LARGEST + 2).unwrap_or(u64::MAX);
    match file.take(limit).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(Refused::NotText),
        Err(_) => Err(Refused::NoFile),
    }
}

/// Absolute, and without steps back.
fn is_plain(path: &Path) -> bool {
    let is_step = |part: Component<'_>| matches!(part, Component::ParentDir | Component::CurDir);
    path.is_absolute() && !path.components().any(is_step)
}

fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The secret in the form that the argument has: the API wants objects for what is called `…_json`.
fn fitting(path: &str, secret: String, carried: &mut Carried) -> Value {
    carried.refer(&secret);
    let object = path
        .ends_with("_json")
        .then(|| serde_json::from_str(&secret));
    match object {
        Some(Ok(Value::Object(members))) => {
            for text in members.values().filter_map(Value::as_str) {
                carried.refer(text);
            }
            members.into()
        }
        _ => secret.into(),
    }
}

impl FromStr for Source {
    type Err = InvalidSource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pattern = |text: &str| Pattern::new(text).map_err(|_| InvalidSource);
        match Reference::read(text.trim()) {
            Some(Reference::Variable(name)) if !name.is_empty() => {
                Ok(Self::Variables(pattern(name)?))
            }
            Some(Reference::File(path)) if is_plain(Path::new(path)) => Ok(Self::Files {
                pattern: pattern(path)?,
                folder: folder(Path::new(path)),
            }),
            _ => Err(InvalidSource),
        }
    }
}

/// The innermost folder of a pattern that is named in full.
fn folder(pattern: &Path) -> PathBuf {
    let names_one = |part: &Component<'_>| {
        let part = part.as_os_str().to_string_lossy();
        !part.contains(['*', '?', '['])
    };
    let above = pattern.parent().unwrap_or(pattern);
    above.components().take_while(names_one).collect()
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variables(pattern) => write!(f, "env:{pattern}"),
            Self::Files { pattern, .. } => write!(f, "file:{pattern}"),
        }
    }
}

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.allowed.is_empty() {
            return f.write_str("none");
        }
        for (index, source) in self.allowed.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{source}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
