//! A Portkey that takes its time.

use std::time::Duration;

use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method},
};

pub(crate) struct SlowPortkey {
    server: MockServer,
    url: String,
}

impl SlowPortkey {
    /// Every answer comes so late, and is an empty list.
    pub(crate) async fn start(delay: Duration) -> Self {
        let server = MockServer::start().await;
        let list = json!({ "object": "list", "total": 0, "data": [] });
        let late = |answer| {
            ResponseTemplate::new(200)
                .set_body_json(answer)
                .set_delay(delay)
        };
        Mock::given(method("PUT"))
            .respond_with(late(json!({})))
            .mount(&server)
            .await;
        Mock::given(any())
            .respond_with(late(list))
            .with_priority(6)
            .mount(&server)
            .await;
        let url = server.uri();
        Self { server, url }
    }

    pub(crate) fn settings(&self) -> [(&'static str, &str); 2] {
        [("PORTKEY_BASE_URL", &self.url), ("PORTKEY_API_KEY", "test")]
    }

    /// Waits until it was asked so often.
    pub(crate) async fn asked(&self, times: usize) {
        while self.server.received_requests().await.unwrap().len() < times {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
