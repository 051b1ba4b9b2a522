//! The claims of a token, read by the names that operators configure.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// The claims of a verified token.
#[derive(Debug)]
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    /// A claim by its name, or by a path with dots. A name that itself has dots is tried first, since some claims are
    /// named by URLs.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        find(&self.0, path)
    }

    /// A claim that is text.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str().filter(|text| !text.is_empty())
    }

    /// A claim that is text or a list of texts.
    pub(super) fn list(&self, path: &str) -> Vec<String> {
        match self.get(path) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => {
                let texts = many.iter().filter_map(Value::as_str);
                texts.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// When the token expires, with `leeway` seconds added for clocks that differ.
    pub(super) fn expiry(&self, leeway: u32) -> Option<Timestamp> {
        // Some issuers write fractions of seconds.
        let expiry = self.get("exp")?.as_f64()? + f64::from(leeway);
        Timestamp::UNIX_EPOCH
            .checked_add(SignedDuration::try_from_secs_f64(expiry).ok()?)
            .ok()
    }

    /// The scopes of the token: `scope` by the standard, `scp` by some providers.
    pub(super) fn scopes(&self) -> BTreeSet<String> {
        let texts = ["scope", "scp"].map(|name| self.list(name)).concat();
        texts
            .iter()
            .flat_map(|text| text.split_whitespace())
            .map(str::to_owned)
            .collect()
    }
}

fn find<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(at, _)| {
        let (first, rest) = path.split_at(at);
        find(object.get(first)?.as_object()?, rest.strip_prefix('.')?)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: &Value) -> Claims {
        Claims(value.as_object().unwrap().clone())
    }

    #[test]
    fn dots_lead_into_objects_and_belong_to_names() {
        let claims = claims(&json!({
            "realm_access": { "roles": ["admin", "dev"] },
            "resource_access": { "my.app": { "roles": ["one"] } },
            "https://example.com/groups": "ops",
        }));
        assert_eq!(claims.list("realm_access.roles"), ["admin", "dev"]);
        assert_eq!(claims.list("resource_access.my.app.roles"), ["one"]);
        assert_eq!(claims.list("https://example.com/groups"), ["ops"]);
        assert!(claims.list("realm_access.other").is_empty());
        assert!(claims.list("realm_access").is_empty());
    }

    #[test]
    fn a_token_ends_when_it_says_by_a_slow_clock() {
        for (exp, second) in [
            (json!(100), Some(130)),
            (json!(100.0), Some(130)),
            (json!("x"), None),
        ] {
            let expiry = claims(&json!({ "exp": exp })).expiry(30);
            assert_eq!(expiry.map(Timestamp::as_second), second, "{exp}");
        }
    }

    #[test]
    fn scopes_are_one_text_or_a_list() {
        let expected: BTreeSet<String> = ["a".to_owned(), "b".to_owned()].into();
        for value in [
            json!({ "scope": "a b" }),
            json!({ "scp": ["a", "b"] }),
            json!({ "scope": "a", "scp": "b" }),
        ] {
            assert_eq!(claims(&value).scopes(), expected);
        }
    }
}
