//! References to secrets, which stand in arguments in the place of the secrets.

/// The place where a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'a> {
    /// An environment variable: `env:NAME`.
    Variable(&'a str),
    /// A file: `file:PATH`.
    File(&'a str),
}

impl<'a> Reference<'a> {
    /// Parses a reference. A malformed text that begins like one is a reference, too: secrets do not begin that way,
    /// and a mistyped reference must not be sent as if it were a secret.
    pub fn read(text: &'a str) -> Option<Self> {
        match text.split_once(':')? {
            ("env", name) => Some(Self::Variable(name)),
            ("file", path) => Some(Self::File(path)),
            _ => None,
        }
    }
}

/// Whether `text` is a well-formed reference and nothing else, so that it may be shown.
pub fn is_reference(text: &str) -> bool {
    let fits = |text: &str, more: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    match Reference::read(text) {
        Some(Reference::Variable(name)) => fits(name, "_"),
        Some(Reference::File(path)) => path.starts_with('/') && fits(path, "/._-"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_secrets() {
        assert_eq!(Reference::read("env:A"), Some(Reference::Variable("A")));
        assert_eq!(Reference::read("file:/a"), Some(Reference::File("/a")));
        assert_eq!(Reference::read("sk-env:A"), None);
        assert_eq!(Reference::read("https://a"), None);
    }

    #[test]
    fn only_what_is_well_formed_is_shown() {
        assert!(is_reference("env:OPENAI_KEY") && is_reference("file:/run/secrets/a.b-c"));
        for text in ["env:", "env:a b", "file:a", "file:/a?token=b", "sk-1"] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
