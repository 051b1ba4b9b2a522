//! A collector of traces: takes OTLP as protobuf over HTTP, as those of operators do.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Kind},
    trace::v1 as proto,
};
use prost::Message as _;
use serde_json::{Value, json};

use crate::served::until;

type Attributes = BTreeMap<String, Value>;

/// A span as it came.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) kind: proto::span::SpanKind,
    pub(crate) trace_id: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) trace_state: String,
    /// Ids of the spans it points to.
    pub(crate) links: Vec<String>,
    pub(crate) failed: bool,
    pub(crate) attributes: Attributes,
    /// Of the process.
    pub(crate) resource: Attributes,
}

#[derive(Default)]
struct Taken {
    batches: Vec<Bytes>,
    headers: HeaderMap,
}

pub(crate) struct Collector {
    pub(crate) url: String,
    taken: Arc<Mutex<Taken>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let taken = Arc::<Mutex<Taken>>::default();
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(Arc::clone(&taken));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, taken }
    }

    /// The settings by which a server sends its traces here, soon.
    pub(crate) fn settings(&self) -> [(&'static str, &str); 2] {
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &self.url),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ]
    }

    /// Everything that came, as bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.taken.lock().unwrap().batches.concat()
    }

    /// A header that the last batch came with.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let taken = self.taken.lock().unwrap();
        let value = taken.headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    }

    /// All spans so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let taken = self.taken.lock().unwrap();
        let batches = taken.batches.iter();
        batches.flat_map(|batch| read(batch)).collect()
    }

    /// The only span of this name, once it has come.
    pub(crate) async fn span(&self, name: &str) -> Span {
        let mut spans = self.spans_named(name, 1).await;
        spans.remove(0)
    }

    /// The spans of this name, once so many have come.
    pub(crate) async fn spans_named(&self, name: &str, count: usize) -> Vec<Span> {
        until(format!("{count} spans {name:?} come"), async || {
            let spans = self.spans().into_iter();
            let spans: Vec<Span> = spans.filter(|span| span.name == name).collect();
            assert!(spans.len() <= count, "{spans:?}");
            (spans.len() == count).then_some(spans)
        })
        .await
    }
}

async fn take(
    State(taken): State<Arc<Mutex<Taken>>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let mut taken = taken.lock().unwrap();
    taken.headers = headers;
    taken.batches.push(body);
    StatusCode::OK
}

fn read(batch: &[u8]) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(batch).unwrap();
    let mut spans = Vec::new();
    for process in request.resource_spans {
        let resource = attributes(process.resource.unwrap().attributes);
        let of_process = process.scope_spans.into_iter();
        for span in of_process.flat_map(|scope| scope.spans) {
            assert_eq!(span.events, [], "logs are no part of traces");
            spans.push(Span {
                kind: span.kind(),
                trace_id: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
                links: span.links.iter().map(|link| hex(&link.span_id)).collect(),
                failed: span
                    .status
                    .is_some_and(|status| status.code() == proto::status::StatusCode::Error),
                attributes: attributes(span.attributes),
                resource: resource.clone(),
                name: span.name,
                trace_state: span.trace_state,
            });
        }
    }
    spans
}

fn attributes(list: Vec<KeyValue>) -> Attributes {
    let read = |attribute: KeyValue| {
        let value = match attribute.value.unwrap().value.unwrap() {
            Kind::StringValue(text) => json!(text),
            Kind::IntValue(number) => json!(number),
            other => panic!("{}: {other:?}", attribute.key),
        };
        (attribute.key, value)
    };
    list.into_iter().map(read).collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}
