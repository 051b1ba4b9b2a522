//! Texts that stand where a key should be, and are none: those of examples, and references that nobody replaced.

use secrecy::{ExposeSecret as _, SecretString};

/// What is wrong with a key, as far as the text alone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFlaw {
    /// It stands in an example.
    #[error("is a placeholder and no key")]
    Placeholder,
    /// A client did not replace a reference to a variable.
    #[error("is a reference that the client did not replace by the key")]
    Reference,
    /// There are quotes around it.
    #[error("has quotes around it, which are not part of a key")]
    Quoted,
    /// There is white space or a control character in it.
    #[error("has white space in it, which no key has")]
    Spaced,
    /// It is a key of somebody else.
    #[error("begins like the key of a model provider, and is none of Portkey's")]
    OfProvider,
}

/// What the keys of model providers begin with.
const OF_PROVIDERS: [&str; 5] = ["sk-proj-", "sk-ant-", "sk-or-", "gsk_", "AIza"];

/// Words that stand for a key in examples.
const PLACEHOLDERS: [&str; 9] = [
    "key",
    "apikey",
    "portkeyapikey",
    "changeme",
    "placeholder",
    "todo",
    "none",
    "null",
    "undefined",
];

impl KeyFlaw {
    /// What is wrong with a key, if anything is.
    pub(crate) fn of(key: &SecretString) -> Option<Self> {
        let text = key.expose_secret();
        let is_between = |open, close| text.starts_with(open) && text.ends_with(close);
        if ['"', '\'', '`']
            .iter()
            .any(|quote| is_between(*quote, *quote))
        {
            return Some(Self::Quoted);
        }
        if text.starts_with('$') || is_between('{', '}') || is_between('%', '%') {
            return Some(Self::Reference);
        }
        if is_between('<', '>') || is_between('[', ']') || is_placeholder(text) {
            return Some(Self::Placeholder);
        }
        if text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
            return Some(Self::Spaced);
        }
        let is_of_provider = OF_PROVIDERS.iter().any(|start| text.starts_with(start));
        is_of_provider.then_some(Self::OfProvider)
    }
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let letters: String = lower
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    let begins = [
        "your-",
        "your_",
        "your ",
        "my-api-key",
        "my_api_key",
        "insert-",
        "insert_",
    ];
    letters.is_empty()
        || letters.chars().all(|letter| letter == 'x')
        || begins.iter().any(|start| lower.starts_with(start))
        || letters.contains("yourapikey")
        || letters.contains("yourportkey")
        || lower.ends_with("...")
        || lower.ends_with('…')
        || PLACEHOLDERS.contains(&letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(key: &str) -> Option<KeyFlaw> {
        KeyFlaw::of(&key.into())
    }

    #[test]
    fn what_examples_and_clients_leave_is_no_key() {
        for (key, expected) in [
            ("your-key", KeyFlaw::Placeholder),
            ("your-api-key", KeyFlaw::Placeholder),
            ("YOUR_PORTKEY_API_KEY", KeyFlaw::Placeholder),
            ("<your key>", KeyFlaw::Placeholder),
            ("<PORTKEY_API_KEY>", KeyFlaw::Placeholder),
            ("pk-...", KeyFlaw::Placeholder),
            ("sk-…", KeyFlaw::Placeholder),
            ("xxxx-xxxx", KeyFlaw::Placeholder),
            ("*****", KeyFlaw::Placeholder),
            ("changeme", KeyFlaw::Placeholder),
            ("PORTKEY_API_KEY", KeyFlaw::Placeholder),
            ("${PORTKEY_API_KEY}", KeyFlaw::Reference),
            ("$PORTKEY_API_KEY", KeyFlaw::Reference),
            ("{env:PORTKEY_API_KEY}", KeyFlaw::Reference),
            ("%PORTKEY_API_KEY%", KeyFlaw::Reference),
            ("\"abcdef0123456789\"", KeyFlaw::Quoted),
            ("'abcdef0123456789'", KeyFlaw::Quoted),
            ("abc def", KeyFlaw::Spaced),
            ("sk-proj-0123456789abcdef", KeyFlaw::OfProvider),
        ] {
            assert_eq!(flaw(key), Some(expected), "{key}");
        }
    }

    #[test]
    fn what_may_be_a_key_is_taken_for_one() {
        for key in [
            "aB3+dE/fGh1jKlMnOpQrStUvWxYz",
            "pk-3f9a0c",
            "my-own-admin-key",
            "x9xX",
            "k",
        ] {
            assert_eq!(flaw(key), None, "{key}");
        }
    }
}
