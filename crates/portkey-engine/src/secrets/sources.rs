//! Reads the secrets that arguments refer to, from sources that the operator allows.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use portkey_api_core::{
    Declaration, InvalidArguments, JsonObject, Problem, Reference, is_reference,
};
use serde_json::Value;

use super::{Own, Redactor, SourceList, source::is_plain};
use crate::{
    private_file::{self, Identity},
    wording::{Setting, Wording},
};

/// The size of the largest secret that is read, in bytes.
const LARGEST: usize = 64 * 1024;

/// The largest number of references in one call. For each a file may be read, and every answer is searched for each
/// secret.
const MOST_REFERENCES: usize = 100;

/// Folders in which the system shows what programs hold, such as their environment.
const SYSTEM: [&str; 2] = ["/proc", "/sys"];

/// Returns the value of an environment variable. The program around the engine provides it.
pub type ReadVariable = fn(&str) -> Option<String>;

/// The sources that the operator allows.
#[derive(Debug, Clone)]
pub struct Sources {
    allowed: SourceList,
    own: Own,
    variable: ReadVariable,
}

impl Default for Sources {
    /// Allows no source.
    fn default() -> Self {
        Self::new(SourceList::default(), Own::default(), |_| None)
    }
}

/// Why a reference is not resolved.
#[derive(Debug)]
enum SourceRefused {
    NotAllowed,
    Own,
    NoVariable,
    NoFile,
    Empty,
    TooLarge,
    NotText,
}

impl Sources {
    /// Returns these sources without the variables and files of the program itself.
    pub fn new(allowed: SourceList, own: Own, variable: ReadVariable) -> Self {
        Self {
            allowed,
            own,
            variable,
        }
    }

    /// Returns the allowed sources, before the rules for a principal narrow them.
    pub fn allowed(&self) -> &SourceList {
        &self.allowed
    }

    /// Replaces references in the arguments by the secrets, and returns a redactor for them. A source must be allowed
    /// by every list in `narrower`, too. Reads files and blocks the thread.
    pub(crate) fn resolve(
        &self,
        declaration: &Declaration,
        arguments: JsonObject,
        narrower: &[SourceList],
        wording: &dyn Wording,
    ) -> Result<(JsonObject, Redactor), InvalidArguments> {
        let reading = Reading {
            own: &self.own,
            variable: self.variable,
            allowed: [&self.allowed].into_iter().chain(narrower).collect(),
        };
        let mut arguments = Value::Object(arguments);
        let mut redactor = Redactor::default();
        let mut resolved: Vec<String> = Vec::new();
        let mut problems = Vec::new();
        declaration.each_secret(&mut arguments, &mut |path, _, value| {
            let path = &path.to_string();
            // A value that was read is a secret even if it looks like a reference.
            if resolved.iter().any(|done| is_within(path, done)) {
                return;
            }
            let Value::String(text) = &*value else { return };
            let reference = Reference::read(text);
            if reference.is_some() && resolved.len() + problems.len() >= MOST_REFERENCES {
                if problems.is_empty() {
                    let rule = format!("a call may refer to {MOST_REFERENCES} secrets");
                    problems.push(Problem::rule(path, rule));
                }
                return;
            }
            match reference.map(|reference| reading.read(reference)) {
                None => redactor.write(text),
                Some(Ok(secret)) => {
                    *value = as_argument(path, secret, &mut redactor);
                    resolved.push(path.to_owned());
                }
                Some(Err(refused)) => {
                    problems.push(Problem::rule(
                        path,
                        reading.describe(text, &refused, wording),
                    ));
                }
            }
        });
        match arguments {
            Value::Object(arguments) if problems.is_empty() => Ok((arguments, redactor)),
            _ => Err(InvalidArguments {
                tool: declaration.name,
                problems,
            }),
        }
    }
}

/// The sources that one call may read.
struct Reading<'a> {
    own: &'a Own,
    variable: ReadVariable,
    /// A source must be in each of these lists.
    allowed: Vec<&'a SourceList>,
}

impl Reading<'_> {
    fn read(&self, reference: Reference<'_>) -> Result<String, SourceRefused> {
        let text = match reference {
            Reference::Variable(name) => self.variable(name)?,
            Reference::File(path) => self.file(path)?,
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        match text.strip_suffix('\r').unwrap_or(text) {
            "" => Err(SourceRefused::Empty),
            text if text.len() > LARGEST => Err(SourceRefused::TooLarge),
            text => Ok(text.to_owned()),
        }
    }

    fn variable(&self, name: &str) -> Result<String, SourceRefused> {
        let mut own = self.own.variables.iter();
        if own.any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(SourceRefused::Own);
        }
        if !self.allowed.iter().all(|list| list.has_variable(name)) {
            return Err(SourceRefused::NotAllowed);
        }
        (self.variable)(name).ok_or(SourceRefused::NoVariable)
    }

    /// Reads an allowed file. The path itself is checked before the file system is used, so that errors do not reveal
    /// which other files exist.
    fn file(&self, path: &str) -> Result<String, SourceRefused> {
        if !is_plain(Path::new(path)) {
            return Err(SourceRefused::NotAllowed);
        }
        if !self.allowed.iter().all(|list| list.has_path(path)) {
            return Err(SourceRefused::NotAllowed);
        }
        let real = fs::canonicalize(path).map_err(|_| SourceRefused::NoFile)?;
        let is_inside = self.allowed.iter().all(|list| list.has_file(path, &real));
        if !is_inside || SYSTEM.iter().any(|system| real.starts_with(system)) {
            return Err(SourceRefused::NoFile);
        }
        let identity = Identity::at(&real).map_err(|_| SourceRefused::NoFile)?;
        if self.own.has(&identity) {
            return Err(SourceRefused::Own);
        }
        read_text(&real, &identity)
    }

    fn allowed(&self) -> String {
        let lists: Vec<_> = self.allowed.iter().map(ToString::to_string).collect();
        lists.join("; of these, ")
    }

    /// Returns a message that says what the caller can do.
    fn describe(&self, reference: &str, refused: &SourceRefused, wording: &dyn Wording) -> String {
        let reference = if is_reference(reference) {
            format!("`{reference}`")
        } else {
            "what begins like a reference".to_owned()
        };
        match refused {
            SourceRefused::NotAllowed => format!(
                "{reference} may not be read; allowed here: {}. Ask the operator of this server to add it to \
                 {}; the secret itself never needs to be in the chat",
                self.allowed(),
                wording.setting(Setting::SecretSources)
            ),
            SourceRefused::Own => {
                format!("{reference} is this server's own and is never passed on; name another")
            }
            SourceRefused::NoVariable => {
                format!(
                    "{reference} is allowed but not set; ask the operator to set it where the server runs"
                )
            }
            SourceRefused::NoFile => format!(
                "{reference} is allowed, but no file is there that can be read and lies in the allowed folder; ask the \
                 operator to put it there"
            ),
            SourceRefused::Empty => format!("{reference} is empty; ask the operator to mend it"),
            SourceRefused::TooLarge => format!(
                "{reference} is larger than {} KiB; name another",
                LARGEST / 1024
            ),
            SourceRefused::NotText => format!("{reference} is not UTF-8 text; name another"),
        }
    }
}

/// Reads the file that was checked, and fails if another file is at the path by now.
fn read_text(path: &Path, identity: &Identity) -> Result<String, SourceRefused> {
    // Opening a pipe blocks, and opening and closing the journal's database would release the locks of this process on
    // it.
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if !is_file {
        return Err(SourceRefused::NoFile);
    }
    let file = private_file::open_to_read(path).map_err(|_| SourceRefused::NoFile)?;
    if Identity::of(&file, path).ok().as_ref() != Some(identity) {
        return Err(SourceRefused::NoFile);
    }
    let mut text = String::new();
    let limit = u64::try_from(LARGEST + 2).unwrap_or(u64::MAX);
    match file.take(limit).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(SourceRefused::NotText),
        Err(_) => Err(SourceRefused::NoFile),
    }
}

fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Returns the secret in the form that the argument needs: for arguments named `…_json` the API expects an object.
fn as_argument(path: &str, secret: String, redactor: &mut Redactor) -> Value {
    redactor.refer(&secret);
    let object = path
        .ends_with("_json")
        .then(|| serde_json::from_str(&secret));
    match object {
        Some(Ok(Value::Object(members))) => {
            let object = Value::Object(members);
            refer_to_texts(&object, redactor);
            object
        }
        _ => secret.into(),
    }
}

/// Treats each text in an object as a secret, because an answer may repeat one without the others.
fn refer_to_texts(value: &Value, redactor: &mut Redactor) {
    match value {
        Value::String(text) => redactor.refer(text),
        Value::Array(items) => items.iter().for_each(|item| refer_to_texts(item, redactor)),
        Value::Object(members) => members
            .values()
            .for_each(|member| refer_to_texts(member, redactor)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
