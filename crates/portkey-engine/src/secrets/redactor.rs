//! The secrets of one call, and how they are kept out of what comes back.

use std::{borrow::Cow, cmp::Reverse, collections::BTreeMap, mem};

use portkey_api_core::{JsonObject, masked};
use serde_json::Value;

/// Shorter than this no text is recognised: it would be found everywhere.
const SHORTEST: usize = 8;

/// The secrets that a call carries in clear, so that they are recognised in what comes back.
///
/// Only a whole secret is. What comes back may hold text that the caller chose, and whoever sees whether the beginning of
/// a secret is masked there can guess the rest, a letter at a time.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// What references stood for: nobody outside this process has seen it.
    referred: Secrets,
    /// What is hidden from messages alone: what the caller wrote out, and the key that the call is made with.
    written: Secrets,
}

/// Secrets as they may be written, each with what is shown in its place.
type Secrets = BTreeMap<String, String>;

impl Redactor {
    pub(super) fn refer(&mut self, secret: &str) {
        remember(secret, &mut self.referred);
    }

    /// Hides a secret from messages.
    pub(crate) fn write(&mut self, secret: &str) {
        remember(secret, &mut self.written);
    }

    /// Masks what references stood for, wherever an answer repeats it.
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

    /// The text without any of the secrets, if there is one in it.
    pub(crate) fn hidden(&self, text: &str) -> Option<String> {
        hide(text, &[&self.referred, &self.written])
    }
}

/// Remembers a secret in the forms in which it comes back: as it is, trimmed, on one line, and quoted as JSON once or
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

/// As it stands between the quotation marks of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|s| s.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// Masks each whole secret; the longest first, since one may be a part of another.
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
