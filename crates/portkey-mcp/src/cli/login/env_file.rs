//! A file of variables such as `.env`, in which the line of one variable is replaced and everything else stays.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use secrecy::{ExposeSecret as _, SecretString};
use tempfile::NamedTempFile;

use super::LoginFailure;

/// A file of variables.
#[derive(Debug)]
pub(super) struct EnvFile {
    /// Where it is, after all links are followed: they stay.
    path: PathBuf,
    text: SecretString,
}

impl EnvFile {
    /// Reads the file, which must be there: a mistyped path must not get a key.
    pub(super) fn read(path: PathBuf) -> Result<Self, LoginFailure> {
        let real = fs::canonicalize(&path).and_then(|real| {
            let text = fs::read_to_string(&real)?.into();
            Ok(Self { path: real, text })
        });
        real.map_err(|source| LoginFailure::File {
            path,
            used: "read",
            source,
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file with a variable that holds this key. Only its owner can read it then.
    pub(super) fn set(&self, variable: &str, key: &SecretString) -> Result<(), LoginFailure> {
        let edited = SecretString::from(edited(
            self.text.expose_secret(),
            variable,
            key.expose_secret(),
        ));
        self.replace(&edited).map_err(|source| LoginFailure::File {
            path: self.path.clone(),
            used: "written",
            source,
        })
    }

    /// Puts the text in its place as a whole. A temporary file is its owner's alone.
    fn replace(&self, text: &SecretString) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut new = NamedTempFile::new_in(folder)?;
        new.write_all(text.expose_secret().as_bytes())?;
        new.as_file().sync_all()?;
        new.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Whether git would commit it. Without git it would not.
    pub(super) fn is_tracked(&self) -> bool {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let listed = Command::new("git")
            .current_dir(folder)
            .args(["ls-files", "--error-unmatch", "--"])
            .arg(&self.path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        listed.is_ok_and(|status| status.success())
    }
}

/// The text with this value for the variable, in each line that sets it, or in a new one at the end.
fn edited(text: &str, variable: &str, value: &str) -> String {
    let value = quoted(value);
    let mut is_set = false;
    let mut lines: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        let Some(before) = before_value(line, variable) else {
            lines.push(line.to_owned());
            continue;
        };
        let end = line.trim_end_matches(['\r', '\n']).len();
        let end = line.get(end..).unwrap_or_default();
        lines.push(format!("{before}{value}{end}"));
        is_set = true;
    }
    if !is_set {
        if !text.is_empty() && !text.ends_with('\n') {
            lines.push("\n".to_owned());
        }
        lines.push(format!("{variable}={value}\n"));
    }
    lines.concat()
}

/// What stands before the value in a line that sets the variable: `export NAME=`.
fn before_value<'l>(line: &'l str, variable: &str) -> Option<&'l str> {
    let (name, _) = line.split_once('=')?;
    let words = name.trim();
    let is_it = words.strip_prefix("export ").unwrap_or(words).trim() == variable;
    is_it.then(|| line.get(..=name.len()))?
}

/// The value as shells and readers of such files take it.
fn quoted(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./+=:@".contains(letter);
    if value.chars().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{value}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_variable_is_replaced_and_the_rest_stays() {
        let text =
            "# mine\r\nA=1\r\nexport PORTKEY_API_KEY = \"old\" # note\r\nPORTKEY_API_KEY_2=x\r\n";
        let expected = "# mine\r\nA=1\r\nexport PORTKEY_API_KEY =new/+=\r\nPORTKEY_API_KEY_2=x\r\n";
        assert_eq!(edited(text, "PORTKEY_API_KEY", "new/+="), expected);
    }

    #[test]
    fn a_variable_that_is_not_set_gets_a_line() {
        assert_eq!(edited("", "K", "v"), "K=v\n");
        assert_eq!(edited("A=1", "K", "a b"), "A=1\nK='a b'\n");
        assert_eq!(edited("#K=1\n", "K", "v"), "#K=1\nK=v\n");
    }
}
