//! A server in place of Portkey that counts changes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    http::Method,
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use tokio::net::TcpListener;

/// A Portkey that takes everything, and counts what would change something.
pub(super) struct Upstream {
    counted: Arc<Counted>,
    url: String,
}

#[derive(Default)]
struct Counted {
    changes: AtomicUsize,
    /// How long each of them takes.
    delay: Duration,
}

impl Upstream {
    pub(super) async fn start() -> Self {
        Self::slow(Duration::ZERO).await
    }

    /// Takes so long over each change.
    pub(super) async fn slow(delay: Duration) -> Self {
        let counted = Arc::new(Counted {
            delay,
            ..Counted::default()
        });
        let router = Router::new()
            .fallback(take)
            .with_state(Arc::clone(&counted));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { counted, url }
    }

    pub(super) fn settings(&self) -> [(&'static str, &str); 2] {
        [("PORTKEY_BASE_URL", &self.url), ("PORTKEY_API_KEY", "test")]
    }

    /// How many changes were asked for since this was last asked.
    pub(super) fn touched(&self) -> usize {
        self.counted.changes.swap(0, Ordering::SeqCst)
    }

    /// Waits until a change was asked for.
    pub(super) async fn is_touched(&self) {
        while self.counted.changes.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn take(State(counted): State<Arc<Counted>>, method: Method) -> Response {
    if method != Method::GET {
        counted.changes.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(counted.delay).await;
        return Json(json!({})).into_response();
    }
    let object = json!({
        "data": [], "id": "some-id", "slug": "some-slug", "name": "Some \"name\"", "workspace_id": "some-workspace",
    });
    Json(object).into_response()
}
