//! Names of members that are secret wherever they are.

use serde_json::Value;

use crate::{keywords::SECRET_NAMES, schema::keyword};

/// Names of members that are secret at any depth.
#[derive(Debug)]
pub struct SecretNames(Vec<Pattern>);

/// A name in lower case without hyphens and underscores.
#[derive(Debug)]
struct Pattern {
    letters: String,
    is_prefix: bool,
}

impl SecretNames {
    /// Returns the names that a schema lists. A name that ends in `*` is a prefix.
    pub fn of(schema: &Value) -> Option<Self> {
        let names = keyword(schema, SECRET_NAMES)?.as_array()?;
        let names = names.iter().filter_map(Value::as_str);
        Some(Self(names.map(Pattern::of).collect()))
    }

    /// Whether a name is among these. Case, hyphens and underscores are ignored.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(name))
    }
}

impl Pattern {
    fn of(name: &str) -> Self {
        let prefix = name.strip_suffix('*');
        let letters = letters(prefix.unwrap_or(name)).map(char::from);
        Self {
            letters: letters.collect(),
            is_prefix: prefix.is_some(),
        }
    }

    fn matches(&self, name: &str) -> bool {
        let mut name = letters(name);
        let is_prefix = self
            .letters
            .bytes()
            .all(|letter| name.next() == Some(letter));
        is_prefix && (self.is_prefix || name.next().is_none())
    }
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    let letters = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    letters.map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn case_and_separators_do_not_matter_and_a_star_is_a_prefix() {
        let schema = json!({ "x-secret-names": ["api_key", "aws_secret*"] });
        let names = SecretNames::of(&schema).unwrap();
        for secret in [
            "api_key",
            "apiKey",
            "API-KEY",
            "aws_secret",
            "awsSecretAccessKey",
        ] {
            assert!(names.contains(secret), "{secret}");
        }
        for other in ["api_keys", "api", "my_api_key", "aws", ""] {
            assert!(!names.contains(other), "{other}");
        }
        assert!(SecretNames::of(&json!({})).is_none());
    }
}
