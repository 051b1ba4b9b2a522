//! The built-in model that answers completions: immediately, without cost, and deterministically.

use portkey_api::JsonObject;
use serde_json::{Value, json};

use crate::wire::merged;

/// A rule of thumb for English.
const CHARACTERS_PER_TOKEN: usize = 4;

/// The built-in model's reply to a request body.
pub(super) struct Reply<'a> {
    request: &'a JsonObject,
    pub(super) prompt_tokens: u32,
    pub(super) completion_tokens: u32,
    text: String,
    /// `length` if `max_tokens` cut it short.
    finish_reason: &'static str,
}

impl<'a> Reply<'a> {
    /// The reply to a request body.
    pub(super) fn of(request: &'a JsonObject) -> Self {
        let texts = texts(request);
        let prompt_tokens = tokens(&texts.join("\n"));
        let ending: String = texts
            .last()
            .into_iter()
            .flat_map(|text| text.chars().take(60))
            .collect();
        let text = format!(
            "This is the sandbox's built-in model; no provider was called. \
             It read {} of {prompt_tokens} tokens. The last begins: {ending}",
            if texts.len() == 1 {
                "one text".to_owned()
            } else {
                format!("{} texts", texts.len())
            },
        );
        let mut limits = ["max_tokens", "max_completion_tokens"].iter();
        let limit = limits.find_map(|name| usize::try_from(request.get(*name)?.as_u64()?).ok());
        let limit = limit.map_or(usize::MAX, |tokens| {
            tokens.saturating_mul(CHARACTERS_PER_TOKEN)
        });
        let cut = text.chars().count() > limit;
        let text: String = text.chars().take(limit).collect();
        Self {
            request,
            prompt_tokens,
            completion_tokens: tokens(&text),
            text,
            finish_reason: if cut { "length" } else { "stop" },
        }
    }

    /// The reply as one answer: a chat completion, or a text completion if the request has a `prompt`.
    pub(super) fn whole(&self, id: &str, created: i64) -> Value {
        let content = if self.is_chat() {
            (
                "message",
                json!({ "role": "assistant", "content": self.text }),
            )
        } else {
            ("text", json!(self.text))
        };
        let object = if self.is_chat() {
            "chat.completion"
        } else {
            "text_completion"
        };
        let usage = json!({
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens.saturating_add(self.completion_tokens),
        });
        let answer = self.answer(object, id, created, content, Some(self.finish_reason));
        merged(answer, json!({ "usage": usage }))
    }

    /// The reply as server-sent events: one for each word, then the end.
    pub(super) fn events(&self, id: &str, created: i64) -> String {
        let object = if self.is_chat() {
            "chat.completion.chunk"
        } else {
            "text_completion"
        };
        let event = |content, finish_reason| {
            let answer = self.answer(object, id, created, content, finish_reason);
            format!("data: {answer}\n\n")
        };
        let part = |text: &str| {
            if self.is_chat() {
                ("delta", json!({ "content": text }))
            } else {
                ("text", json!(text))
            }
        };
        let words = self.text.split_inclusive(' ');
        let mut events: String = words.map(|word| event(part(word), None)).collect();
        events.push_str(&event(part(""), Some(self.finish_reason)));
        events.push_str("data: [DONE]\n\n");
        events
    }

    fn is_chat(&self) -> bool {
        self.request.contains_key("messages")
    }

    fn answer(
        &self,
        object: &str,
        id: &str,
        created: i64,
        (name, content): (&str, Value),
        finish_reason: Option<&str>,
    ) -> Value {
        let choice =
            json!({ "index": 0, name: content, "logprobs": null, "finish_reason": finish_reason });
        json!({
            "id": format!("{}-{id}", if self.is_chat() { "chatcmpl" } else { "cmpl" }),
            "object": object,
            "created": created,
            "model": self.request.get("model"),
            "choices": [choice],
        })
    }
}

fn tokens(text: &str) -> u32 {
    let count = text.chars().count().div_ceil(CHARACTERS_PER_TOKEN);
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The messages of a request, or its one prompt.
fn texts(request: &JsonObject) -> Vec<String> {
    let messages = request.get("messages").and_then(Value::as_array);
    messages.map_or_else(
        || request.get("prompt").map(text).into_iter().collect(),
        |messages| {
            messages
                .iter()
                .filter_map(|message| message.get("content").map(text))
                .collect()
        },
    )
}

/// A text, or the texts of a message in several parts.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part.get("text").map(text))
            .collect(),
        other => other.to_string(),
    }
}
