//! The model behind completions: it answers at once, for nothing, always the same.

use serde_json::{Map, Value, json};

/// What the built-in model answers to a prepared request body.
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) prompt_tokens: u32,
    pub(super) completion_tokens: u32,
    /// Whether `max_tokens` cut it short.
    pub(super) cut: bool,
}

/// Answers a prepared request body.
pub(super) fn answer(request: &Map<String, Value>) -> Answer {
    let read = read(request);
    let prompt_tokens = tokens(&read.all);
    let opening: String = read.last.chars().take(60).collect();
    let mut text = format!(
        "This is the sandbox's built-in model; no provider was called. \
         It read {} of {prompt_tokens} tokens, ending with: \"{opening}\"",
        read.kind
    );
    let limit = ["max_tokens", "max_completion_tokens"]
        .iter()
        .find_map(|name| request.get(*name)?.as_u64());
    let cut = limit.is_some_and(|limit| u64::from(tokens(&text)) > limit);
    if cut {
        let characters = limit.map_or(0, |limit| limit.saturating_mul(CHARACTERS_PER_TOKEN as u64));
        text = text
            .chars()
            .take(usize::try_from(characters).unwrap_or(usize::MAX))
            .collect();
    }
    Answer {
        completion_tokens: tokens(&text),
        text,
        prompt_tokens,
        cut,
    }
}

/// The rule of thumb for English.
const CHARACTERS_PER_TOKEN: usize = 4;

fn tokens(text: &str) -> u32 {
    let count = text.chars().count().div_ceil(CHARACTERS_PER_TOKEN);
    u32::try_from(count).unwrap_or(u32::MAX)
}

struct Read {
    all: String,
    last: String,
    kind: String,
}

fn read(request: &Map<String, Value>) -> Read {
    match request.get("messages").and_then(Value::as_array) {
        Some(messages) => {
            let texts: Vec<String> = messages.iter().map(content).collect();
            Read {
                all: texts.join("\n"),
                last: texts.last().cloned().unwrap_or_default(),
                kind: format!("{} messages", messages.len()),
            }
        }
        None => {
            let prompt = request.get("prompt").map(text).unwrap_or_default();
            Read {
                all: prompt.clone(),
                last: prompt,
                kind: "a prompt".to_owned(),
            }
        }
    }
}

fn content(message: &Value) -> String {
    match message.get("content") {
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part.get("text").map(text))
            .collect(),
        Some(content) => text(content),
        None => String::new(),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl Answer {
    /// The answer as a chat completion, or as a text completion where the request has a `prompt`.
    pub(super) fn completion(&self, id: &str, created: i64, request: &Map<String, Value>) -> Value {
        let model = request.get("model").cloned().unwrap_or_default();
        let finish_reason = if self.cut { "length" } else { "stop" };
        let chat = request.contains_key("messages");
        let choice = if chat {
            json!({
                "index": 0,
                "message": { "role": "assistant", "content": self.text },
                "logprobs": null,
                "finish_reason": finish_reason,
            })
        } else {
            json!({ "index": 0, "text": self.text, "logprobs": null, "finish_reason": finish_reason })
        };
        json!({
            "id": if chat { format!("chatcmpl-{id}") } else { format!("cmpl-{id}") },
            "object": if chat { "chat.completion" } else { "text_completion" },
            "created": created,
            "model": model,
            "choices": [choice],
            "usage": {
                "prompt_tokens": self.prompt_tokens,
                "completion_tokens": self.completion_tokens,
                "total_tokens": self.prompt_tokens.saturating_add(self.completion_tokens),
            },
        })
    }
}

/// A completion as server-sent events: some words each, then the end.
pub(super) fn events(completion: &Value) -> String {
    let chat = completion["object"] == "chat.completion";
    let choice = &completion["choices"][0];
    let text = if chat {
        &choice["message"]["content"]
    } else {
        &choice["text"]
    };
    let text = text.as_str().unwrap_or_default();
    let chunk = |delta: Value, finish_reason: &Value| {
        let content = if chat { "delta" } else { "text" };
        let mut choice = json!({ "index": 0, "finish_reason": finish_reason });
        choice[content] = delta;
        let chunk = json!({
            "id": completion["id"],
            "object": if chat { "chat.completion.chunk" } else { "text_completion" },
            "created": completion["created"],
            "model": completion["model"],
            "choices": [choice],
        });
        format!("data: {chunk}\n\n")
    };
    let part = |text: &str| {
        if chat {
            json!({ "content": text })
        } else {
            text.into()
        }
    };
    let mut events: String = text
        .split_inclusive(' ')
        .map(|word| chunk(part(word), &Value::Null))
        .collect();
    let end = if chat { json!({}) } else { "".into() };
    events.push_str(&chunk(end, &choice["finish_reason"]));
    events.push_str("data: [DONE]\n\n");
    events
}
