//! A Portkey that answers with secrets, repeats what it is sent, or refuses it by quoting it.

use std::sync::{Arc, Mutex};

use portkey_api::Operation;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use super::answer;

/// How it takes what it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// With an answer full of secrets.
    Answers,
    /// With an answer that repeats the request as well.
    Echoes,
    /// With an error that repeats the request, key and all.
    Refuses,
}

pub(super) struct Upstream {
    server: MockServer,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    mood: Mood,
    answer: Value,
    received: String,
}

impl Upstream {
    pub(super) async fn start() -> Self {
        let shared = Arc::new(Mutex::new(Shared {
            mood: Mood::Answers,
            answer: json!({}),
            received: String::new(),
        }));
        let server = MockServer::builder()
            .disable_request_recording()
            .start()
            .await;
        let answering = Arc::clone(&shared);
        let respond = move |request: &Request| answering.lock().unwrap().respond(request);
        Mock::given(any())
            .respond_with(respond)
            .mount(&server)
            .await;
        Self { server, shared }
    }

    pub(super) fn url(&self) -> String {
        format!("{}/v1", self.server.uri())
    }

    /// Prepares for calls of an operation.
    pub(super) fn expect(&self, operation: &Operation, mood: Mood) {
        let mut shared = self.shared.lock().unwrap();
        shared.mood = mood;
        shared.answer = answer(operation.declaration.output()).unwrap_or_else(|| json!({}));
        shared.received.clear();
    }

    /// The bodies that came since.
    pub(super) fn received(&self) -> String {
        self.shared.lock().unwrap().received.clone()
    }
}

impl Shared {
    fn respond(&mut self, request: &Request) -> ResponseTemplate {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        self.received.push_str(&body);
        let headers: Vec<String> = request
            .headers
            .values()
            .filter_map(|value| Some(value.to_str().ok()?.to_owned()))
            .collect();
        match self.mood {
            Mood::Answers => ResponseTemplate::new(200).set_body_json(&self.answer),
            Mood::Echoes => {
                let sent: Value = serde_json::from_str(&body).unwrap_or_default();
                let mut answer = self.answer.clone();
                if let Value::Object(members) = &mut answer {
                    members.insert("sent".to_owned(), sent);
                    members.insert("note".to_owned(), format!("you sent {body}").into());
                }
                ResponseTemplate::new(200).set_body_json(answer)
            }
            Mood::Refuses => {
                let message = format!("refused: {} {body}", headers.join(" "));
                let error = json!({ "success": false, "data": { "message": message, "errorCode": "AB01" } });
                ResponseTemplate::new(400).set_body_json(error)
            }
        }
    }
}
