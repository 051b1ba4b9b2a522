use std::collections::BTreeSet;

use portkey_api::masked;
use serde_json::Value;

/// Shorter than this no text is recognised: it would be found everywhere.
const SHORTEST: usize = 8;

/// The secrets that a call carries in clear, so that they are recognised in what comes back.
#[derive(Clone, Default)]
pub struct Carried {
    /// What references stood for: nobody outside this process has seen it.
    referred: BTreeSet<String>,
    /// What is hidden from messages alone: what the caller wrote out, and the key that the call is made with.
    written: BTreeSet<String>,
}

impl Carried {
    pub(super) fn refer(&mut self, secret: &str) {
        remember(secret, &mut self.referred);
    }

    /// Hides a secret from messages.
    pub(crate) fn write(&mut self, secret: &str) {
        remember(secret, &mut self.written);
    }

    /// Masks what references stood for, wherever an answer repeats it.
    pub fn hide_in(&self, answer: &mut Value) {
        if self.referred.is_empty() {
            return;
        }
        match answer {
            Value::String(text) => {
                if let Some(hidden) = hide(text, self.referred.iter()) {
                    *text = hidden;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide_in(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.hide_in(member)),
            _ => {}
        }
    }

    /// The text without any of the secrets, if there is one in it.
    pub fn hidden(&self, text: &str) -> Option<String> {
        hide(text, self.referred.iter().chain(&self.written))
    }
}

/// Remembers the whole and each part that stays as it is however a message writes it: on one line, cut at line ends, or
/// quoted as JSON, once or twice.
fn remember(secret: &str, known: &mut BTreeSet<String>) {
    let parts = secret.split(|c: char| c.is_whitespace() || c.is_control() || "\"\\".contains(c));
    for part in parts.chain([secret]).filter(|part| part.len() >= SHORTEST) {
        known.insert(part.to_owned());
    }
}

/// Masks each place where a secret begins, as far as the text goes on like it: messages are cut short.
fn hide<'a>(text: &str, secrets: impl Iterator<Item = &'a String>) -> Option<String> {
    let mut hidden: Option<String> = None;
    for secret in secrets {
        let Some((length, _)) = secret.char_indices().nth(SHORTEST - 1) else {
            continue;
        };
        let beginning = secret.get(..length).unwrap_or(secret);
        let mut rest = hidden.as_deref().unwrap_or(text);
        let mut clean = String::new();
        while let Some((before, after)) = rest.split_once(beginning) {
            let more = secret.get(length..).unwrap_or_default();
            let alike = common(after, more);
            let found = secret.get(..length + alike).unwrap_or(secret);
            clean.push_str(before);
            clean.push_str(&masked(found));
            rest = after.get(alike..).unwrap_or_default();
        }
        if !clean.is_empty() {
            clean.push_str(rest);
            hidden = Some(clean);
        }
    }
    hidden
}

/// How many bytes both begin with alike.
fn common(a: &str, b: &str) -> usize {
    let pairs = a.chars().zip(b.chars());
    pairs
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn carrying(secret: &str) -> Carried {
        let mut carried = Carried::default();
        carried.refer(secret);
        carried
    }

    #[test]
    fn secrets_are_found_whole_cut_and_quoted() {
        let carried = carrying("sk-canary-0123\"456789abc");
        for text in [
            "bad key sk-canary-0123\"456789abc!",
            "bad key sk-canary-0123\\\"456789abc!",
            "bad key sk-canary-01…",
        ] {
            let hidden = carried.hidden(text).unwrap();
            assert!(
                !hidden.contains("canary") && !hidden.contains("4567"),
                "{hidden}"
            );
            assert!(hidden.starts_with("bad key "), "{hidden}");
        }
        assert_eq!(carried.hidden("another key"), None);
    }

    #[test]
    fn keys_of_several_lines_are_found_on_one() {
        let carried = carrying("-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\nkiG9w0BAQEFAASC\n");
        let hidden = carried.hidden("got -----BEGIN KEY----- MIIEvQIBADANBgkqh kiG9w0BAQE…");
        let hidden = hidden.unwrap();
        assert!(
            !hidden.contains("IEvQ") && !hidden.contains("G9w0B"),
            "{hidden}"
        );
    }

    #[test]
    fn answers_are_searched_at_any_depth() {
        let mut answer = json!({ "a": [{ "b": "key=sk-canary-0123456789." }], "c": 1 });
        carrying("sk-canary-0123456789").hide_in(&mut answer);
        assert_eq!(answer, json!({ "a": [{ "b": "key=sk*****789." }], "c": 1 }));
    }

    #[test]
    fn what_the_caller_wrote_is_hidden_from_messages_alone() {
        let mut carried = Carried::default();
        carried.write("sk-canary-0123456789");
        let mut answer = json!("sk-canary-0123456789");
        carried.hide_in(&mut answer);
        assert_eq!(answer, "sk-canary-0123456789");
        assert!(carried.hidden("no sk-canary-0123456789").is_some());
    }
}
