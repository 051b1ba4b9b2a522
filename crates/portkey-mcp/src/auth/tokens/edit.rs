//! Changes the token file from the command line. Everything else in it, comments included, stays as it is.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use jiff::{Span, Timestamp, tz::TimeZone};
use portkey_api::nearest;
use toml_edit::{DocumentMut, Item, Value};

use super::{Content, Expiry, InvalidTokens, NewToken, Tokens};

/// An open token file, locked against other commands.
#[derive(Debug)]
pub(crate) struct TokenList {
    path: PathBuf,
    file: File,
    text: String,
}

/// A token as `token list` shows it.
#[derive(Debug)]
pub(crate) struct TokenSummary {
    pub(crate) name: String,
    pub(crate) groups: Vec<String>,
    pub(crate) expires: Option<Timestamp>,
}

/// Why the token file was not read or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenListFailure {
    /// It cannot be opened, read or written.
    #[error("{path} cannot be used")]
    File { path: PathBuf, source: io::Error },
    /// It is no valid token file, or would not be one after the change.
    #[error("{path} cannot be used")]
    Invalid {
        path: PathBuf,
        source: InvalidTokens,
    },
    /// The name is taken.
    #[error(
        "{path} has a token `{name}`. To rotate it, make one under another name, hand that out, and then take this one \
         back with `portkey-mcp token revoke {name} --file {path}`"
    )]
    Taken { path: PathBuf, name: String },
    /// There is no token of that name.
    #[error("{path} has no token `{name}`{}", nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    Unknown {
        path: PathBuf,
        name: String,
        /// The most similar name, if one is similar.
        nearest: Option<String>,
    },
}

/// A time at which no token can expire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidExpiry {
    /// It cannot be read.
    #[error(
        "expected a time from now such as `90d`, a day such as `2027-01-31` or a time with a zone: {0}"
    )]
    Unreadable(String),
    /// It has passed.
    #[error("{0} is over; name a time to come")]
    Over(Timestamp),
}

/// Reads when a token is to expire: a span from now, a day, or a time with a zone.
pub(crate) fn expiry(text: &str) -> Result<Timestamp, InvalidExpiry> {
    let now = Timestamp::now();
    let unreadable = |error: &dyn ToString| InvalidExpiry::Unreadable(error.to_string());
    let time = if let Ok(span) = text.parse::<Span>() {
        let later = now.to_zoned(TimeZone::UTC).checked_add(span);
        later.map_err(|error| unreadable(&error))?.timestamp()
    } else {
        let text = toml::Value::String(text.to_owned());
        Expiry::try_from(text)
            .map_err(|error| unreadable(&error))?
            .0
    };
    if time <= now {
        return Err(InvalidExpiry::Over(time));
    }
    // Whole seconds, which every TOML parser accepts.
    Timestamp::from_second(time.as_second()).map_err(|error| unreadable(&error))
}

impl TokenList {
    /// Opens the file to change it. A missing file is created, readable by its owner alone.
    pub(crate) fn open(path: &Path) -> Result<Self, TokenListFailure> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::opened(path, &options)
    }

    /// Opens an existing file to read it.
    pub(crate) fn open_to_read(path: &Path) -> Result<Self, TokenListFailure> {
        Self::opened(path, OpenOptions::new().read(true))
    }

    /// Opens an existing file to revoke tokens.
    pub(crate) fn open_to_write(path: &Path) -> Result<Self, TokenListFailure> {
        Self::opened(path, OpenOptions::new().read(true).write(true))
    }

    fn opened(path: &Path, options: &OpenOptions) -> Result<Self, TokenListFailure> {
        let open = || {
            let mut file = options.open(path)?;
            file.lock()?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            Ok((file, text))
        };
        let (file, text) = open().map_err(|source| TokenListFailure::File {
            path: path.to_owned(),
            source,
        })?;
        let list = Self {
            path: path.to_owned(),
            file,
            text,
        };
        list.check(&list.text)?;
        Ok(list)
    }

    /// The tokens, in the order of the file.
    pub(crate) fn tokens(&self) -> Result<Vec<TokenSummary>, TokenListFailure> {
        let content: Content = toml::from_str(&self.text).map_err(|error| self.invalid(error))?;
        let tokens = content.tokens.into_iter().map(|entry| TokenSummary {
            name: entry.name,
            groups: entry.groups,
            expires: entry.expires.map(|expiry| expiry.0),
        });
        Ok(tokens.collect())
    }

    /// Adds a token.
    pub(crate) fn append(mut self, token: &NewToken) -> Result<(), TokenListFailure> {
        let name = &token.name;
        if self.tokens()?.iter().any(|other| other.name == *name) {
            return Err(TokenListFailure::Taken {
                path: self.path,
                name: name.clone(),
            });
        }
        let mut text = self.text.clone();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&token.entry());
        self.write(&text)
    }

    /// Revokes a token.
    pub(crate) fn remove(mut self, name: &str) -> Result<(), TokenListFailure> {
        let tokens = self.tokens()?;
        let Some(place) = tokens.iter().position(|token| token.name == name) else {
            let known = tokens.iter().map(|token| token.name.as_str());
            return Err(TokenListFailure::Unknown {
                nearest: nearest(name, known).map(str::to_owned),
                path: self.path,
                name: name.to_owned(),
            });
        };
        let text = self.without(place)?;
        self.write(&text)
    }

    /// The text without one of its entries.
    fn without(&self, place: usize) -> Result<String, TokenListFailure> {
        let mut document: DocumentMut =
            self.text
                .parse()
                .map_err(|error: toml_edit::TomlError| TokenListFailure::File {
                    path: self.path.clone(),
                    source: io::Error::other(error),
                })?;
        match document.get_mut("tokens") {
            Some(Item::ArrayOfTables(tables)) => {
                tables.remove(place);
            }
            Some(Item::Value(Value::Array(entries))) => {
                entries.remove(place);
            }
            _ => {}
        }
        Ok(document.to_string())
    }

    /// Writes in place, since a file that is mounted cannot be replaced.
    fn write(&mut self, text: &str) -> Result<(), TokenListFailure> {
        self.check(text)?;
        let written = self.file.rewind().and_then(|()| {
            self.file.write_all(text.as_bytes())?;
            self.file
                .set_len(u64::try_from(text.len()).unwrap_or(u64::MAX))?;
            self.file.sync_all()
        });
        written.map_err(|source| TokenListFailure::File {
            path: self.path.clone(),
            source,
        })
    }

    fn check(&self, text: &str) -> Result<(), TokenListFailure> {
        Tokens::read(text)
            .map(drop)
            .map_err(|error| self.invalid(error))
    }

    fn invalid(&self, error: impl Into<InvalidTokens>) -> TokenListFailure {
        TokenListFailure::Invalid {
            path: self.path.clone(),
            source: error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn names(path: &Path) -> Vec<String> {
        let tokens = TokenList::open_to_read(path).unwrap().tokens().unwrap();
        tokens.into_iter().map(|token| token.name).collect()
    }

    #[test]
    fn what_stands_in_the_file_stays_but_what_is_taken_back() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("tokens.toml");
        let hash = "ab".repeat(32);
        let other = "cd".repeat(32);
        let kept = format!(
            "# ours\nallow-loosening = true\n\n# Ada's\n[[tokens]]\nname = \"ada\"\nsha256 = \"{hash}\" # old"
        );
        fs::write(
            &path,
            format!("{kept}\n\n[[tokens]]\nname = \"bob\"\nsha256 = \"{other}\""),
        )
        .unwrap();
        let token = NewToken::make("ci").unwrap();
        TokenList::open(&path).unwrap().append(&token).unwrap();
        assert_eq!(names(&path), ["ada", "bob", "ci"]);
        assert!(matches!(
            TokenList::open(&path).unwrap().append(&token),
            Err(TokenListFailure::Taken { .. })
        ));
        TokenList::open_to_write(&path)
            .unwrap()
            .remove("bob")
            .unwrap();
        assert_eq!(names(&path), ["ada", "ci"]);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&kept), "{text}");
        let unknown = TokenList::open_to_write(&path)
            .unwrap()
            .remove("adaa")
            .unwrap_err();
        assert!(
            unknown.to_string().contains("did you mean `ada`"),
            "{unknown}"
        );
    }

    #[test]
    fn a_file_that_is_no_file_of_tokens_is_not_written_to() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("tokens.toml");
        let hash = "ab".repeat(32);
        let inline = format!("tokens = [{{ name = \"ada\", sha256 = \"{hash}\" }}]\n");
        for text in ["[server]\nport = 1\n", "tokens", &inline] {
            fs::write(&path, text).unwrap();
            let added =
                TokenList::open(&path).and_then(|list| list.append(&NewToken::make("ci").unwrap()));
            assert!(
                matches!(added, Err(TokenListFailure::Invalid { .. })),
                "{text}: {added:?}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        TokenList::open_to_write(&path)
            .unwrap()
            .remove("ada")
            .unwrap();
        assert!(names(&path).is_empty());
    }

    #[test]
    fn a_token_expires_at_a_time_to_come() {
        let now = Timestamp::now();
        let days = (expiry("90d").unwrap() - now)
            .total(jiff::Unit::Hour)
            .unwrap()
            / 24.0;
        assert!((89.9..90.1).contains(&days), "{days}");
        assert_eq!(
            expiry("2999-01-01").unwrap().to_string(),
            "2999-01-01T00:00:00Z"
        );
        assert!(expiry("2999-01-01T12:00:00+02:00").is_ok());
        for text in ["2001-01-01", "-1d", "0s"] {
            assert!(
                matches!(expiry(text), Err(InvalidExpiry::Over(_))),
                "{text}"
            );
        }
        for text in ["soon", "2999-13-01", ""] {
            assert!(
                matches!(expiry(text), Err(InvalidExpiry::Unreadable(_))),
                "{text}"
            );
        }
    }
}
