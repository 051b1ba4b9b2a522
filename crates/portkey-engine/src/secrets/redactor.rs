//! Removes the secrets of a call from its answer and its messages.

use std::{borrow::Cow, cmp::Reverse, collections::BTreeMap, mem};

use portkey_api_core::{JsonObject, masked};
use serde_json::Value;

/// The shortest text that is recognised as a secret, in bytes. Shorter texts appear everywhere.
const SHORTEST: usize = 8;

/// The secrets that a call sends in clear, so that they can be recognised in the answer.
///
/// Only complete secrets are recognised. An answer may contain text that the caller chose. If the beginning of a secret
/// were masked there, the caller could guess the rest letter by letter.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// The secrets that references were replaced by. The caller has not seen them.
    referred: Secrets,
    /// The secrets that are removed from messages only: those that the caller wrote into the arguments, and the API key
    /// of the call. Their forms are only needed for a message.
    written: Vec<String>,
}

/// Secrets in each form in which they may appear, with their masked forms.
type Secrets = BTreeMap<String, String>;

impl Redactor {
    pub(super) fn refer(&mut self, secret: &str) {
        remember(secret, &mut self.referred);
    }

    /// Adds a secret that is removed from messages.
    pub(crate) fn write(&mut self, secret: &str) {
        self.written.push(secret.to_owned());
    }

    /// Masks the secrets that references were replaced by, wherever an answer repeats them.
    pub(crate) fn redact_in(&self, answer: &mut Value) {
        if self.referred.is_empty() {
            return;
        }
        match answer {
            Value::String(text) => {
                if let Some(hidden) = hide(text, &[&self.referred]) {
                    *text = hidden;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_in(item)),
            Value::Object(members) => {
                members
                    .values_mut()
                    .for_each(|member| self.redact_in(member));
                self.redact_names_in(members);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn redact_names_in(&self, members: &mut JsonObject) {
        let hidden = |name: &str| hide(name, &[&self.referred]);
        if members.keys().all(|name| hidden(name).is_none()) {
            return;
        }
        *members = mem::take(members)
            .into_iter()
            .map(|(name, member)| (hidden(&name).unwrap_or(name), member))
            .collect();
    }

    /// Returns the text with all secrets masked, or `None` if it contains none.
    pub(crate) fn hidden(&self, text: &str) -> Option<String> {
        let mut written = Secrets::new();
        for secret in &self.written {
            remember(secret, &mut written);
        }
        hide(text, &[&self.referred, &written])
    }
}

/// Adds a secret in the forms in which it may come back: unchanged, trimmed, on one line, and escaped as JSON once or
/// twice.
fn remember(secret: &str, known: &mut Secrets) {
    let words: Vec<&str> = secret
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    for form in [secret, secret.trim(), &words.join(" ")] {
        let once = escaped(form);
        let twice = escaped(&once);
        for form in [form, &once, &twice] {
            if form.len() >= SHORTEST {
                known.insert(form.to_owned(), masked(secret.trim()));
            }
        }
    }
}

/// Returns the text as it appears between the quotation marks of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|s| s.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// Masks each complete secret, the longest first, because one may be a part of another.
fn hide(text: &str, secrets: &[&Secrets]) -> Option<String> {
    let mut found: Vec<(&String, &String)> = secrets
        .iter()
        .flat_map(|secrets| secrets.iter())
        .filter(|(form, _)| text.contains(form.as_str()))
        .collect();
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|(form, _)| Reverse(form.len()));
    let mut hidden = Cow::Borrowed(text);
    for (form, shown) in found {
        hidden = hidden.replace(form.as_str(), shown).into();
    }
    Some(hidden.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn carrying(secret: &str) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.refer(secret);
        redactor
    }

    #[test]
    fn secrets_are_found_as_they_are_and_quoted() {
        let redactor = carrying("sk-canary-0123\"456789abc");
        for text in [
            "bad key sk-canary-0123\"456789abc!",
            "bad key sk-canary-0123\\\"456789abc!",
            "bad key sk-canary-0123\\\\\\\"456789abc!",
        ] {
            let hidden = redactor.hidden(text).unwrap();
            assert_eq!(hidden, "bad key sk*****abc!", "{text}");
        }
        assert_eq!(redactor.hidden("another key"), None);
    }

    #[test]
    fn secrets_of_several_lines_are_found_on_one() {
        let redactor = carrying("-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\nkiG9w0BAQEFAASC\n");
        for text in [
            "got -----BEGIN KEY----- MIIEvQIBADANBgkqh kiG9w0BAQEFAASC.",
            "got -----BEGIN KEY-----\nMIIEvQIBADANBgkqh\nkiG9w0BAQEFAASC.",
            "got -----BEGIN KEY-----\\nMIIEvQIBADANBgkqh\\nkiG9w0BAQEFAASC\\n.",
        ] {
            let hidden = redactor.hidden(text).unwrap();
            assert!(
                !hidden.contains("IEvQ") && !hidden.contains("G9w0B"),
                "{hidden}"
            );
        }
    }

    #[test]
    fn answers_are_searched_at_any_depth_and_in_names() {
        let mut answer =
            json!({ "a": [{ "b": "key=sk-canary-0123456789." }], "sk-canary-0123456789": 1 });
        carrying("sk-canary-0123456789").redact_in(&mut answer);
        assert_eq!(
            answer,
            json!({ "a": [{ "b": "key=sk*****789." }], "sk*****789": 1 })
        );
    }

    #[test]
    fn what_the_caller_wrote_is_hidden_from_messages_alone() {
        let mut redactor = Redactor::default();
        redactor.write("sk-canary-0123456789");
        let mut answer = json!("sk-canary-0123456789");
        redactor.redact_in(&mut answer);
        assert_eq!(answer, "sk-canary-0123456789");
        assert!(redactor.hidden("no sk-canary-0123456789").is_some());
    }

    #[test]
    fn a_secret_within_another_does_not_show_the_rest() {
        let mut redactor = carrying("sk-canary-01");
        redactor.refer("sk-canary-0123456789");
        let hidden = redactor.hidden("got sk-canary-0123456789").unwrap();
        assert_eq!(hidden, "got sk*****789");
    }

    proptest! {
        /// Two secrets that begin alike treat every text alike that holds no more than their beginning.
        #[test]
        fn no_part_of_a_secret_is_told_from_another_text(
            beginning in "([a-z-][a-z -]{0,19})?",
            one in "[a-z0-9]{8,20}",
            other in "[a-z0-9]{8,20}",
            guess in "[a-z0-9 -]{0,30}",
        ) {
            let (one, other) = (format!("{beginning}{one}"), format!("{beginning}{other}"));
            let text = format!("note: {guess}{beginning}, {}, {}", &one[1..], &one[..one.len() - 1]);
            prop_assume!(!text.contains(&one) && !text.contains(&other));
            prop_assert_eq!(carrying(&one).hidden(&text), None);
            prop_assert_eq!(carrying(&other).hidden(&text), None);
        }
    }
}
