//! The service that listens: one router for the operations of the API and the controls of the sandbox.

mod airs;
mod execute;

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, RawPathParams, RawQuery, State},
    http::{HeaderMap, Uri},
    middleware,
    routing::{MethodFilter, MethodRouter, on},
};
use portkey_api::{Edition, JsonObject, Method};
use serde_json::Value;

use self::execute::{Work, respond};
use crate::{
    controls::CONTROLS,
    domains, faults,
    routes::pattern,
    state::SandboxState,
    wire::{Distortion, Incoming, Refusal},
};

type Methods = MethodRouter<Arc<SandboxState>>;

/// The service. Routes that differ in the names of their parameters alone share one entry of the router.
pub(crate) fn router(state: Arc<SandboxState>) -> Router {
    let mut by_path = BTreeMap::<String, Methods>::new();
    let mut add = |path: String, method, parameters, work| {
        let methods = by_path.remove(&path).unwrap_or_default();
        let method = method_router(method, parameters, work);
        by_path.insert(path, methods.merge(method));
    };
    for (path, route) in domains::routes().served_by(state.edition) {
        let operation = route.operation;
        let (_, named) = operation.place(state.edition);
        add(path, operation.method, named, Work::Operation(route));
    }
    if state.edition == Edition::PrismaAirs {
        let path = airs::TOKEN_PATH;
        add(path.to_owned(), Method::Post, path, Work::Token);
    }
    for control in CONTROLS {
        let path = pattern("", control.path);
        add(path, control.method, control.path, Work::Control(control));
    }
    let mut router = Router::new();
    for (path, methods) in by_path {
        let methods = match state.edition {
            Edition::Classic => methods.fallback(wrong_method),
            Edition::PrismaAirs => methods.fallback(airs::not_served),
        };
        router = router.route(&named(&path), methods);
    }
    let faults = middleware::from_fn_with_state(state.faults.clone(), faults::intervene);
    match state.edition {
        Edition::Classic => router.fallback(no_route),
        Edition::PrismaAirs => router.fallback(airs::not_served),
    }
    .layer(DefaultBodyLimit::max(32 << 20))
    .layer(faults)
    .with_state(state)
}

/// Names each parameter, because the router wants a name. The real names come from the route, in order.
fn named(pattern: &str) -> String {
    let mut parts = pattern.split("{}");
    let mut named = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        _ = write!(named, "{{p{index}}}{part}"); // Writing into text never fails.
    }
    named
}

fn parameter_names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn method_router(method: Method, path: &'static str, work: Work) -> Methods {
    let filter = match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    };
    let handler = async move |State(state): State<Arc<SandboxState>>,
                              distortion: Option<Extension<Distortion>>,
                              uri: Uri,
                              parameters: RawPathParams,
                              Query(query): Query<Vec<(String, String)>>,
                              RawQuery(raw_query): RawQuery,
                              headers: HeaderMap,
                              body: Bytes| {
        let values = parameters.iter().map(|(_, value)| value.to_owned());
        let incoming = Incoming {
            path: uri.path().to_owned(),
            parameters: parameter_names(path).zip(values).collect(),
            query: query_object(query),
            headers: header_texts(&headers),
            raw_query: raw_query.unwrap_or_default(),
            raw_body: String::from_utf8_lossy(&body).into_owned(),
            body: Value::Null,
            distortion: distortion.unwrap_or_default().0,
        };
        respond(state, work, incoming).await
    };
    on(filter, handler)
}

fn query_object(query: Vec<(String, String)>) -> JsonObject {
    query
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.into()))
        .collect()
}

fn header_texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts = headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    texts.collect()
}

async fn wrong_method(uri: Uri) -> Refusal {
    Refusal::no_method(format!("This method is not allowed on {}", uri.path()))
}

async fn no_route(uri: Uri) -> Refusal {
    // The real API answers so if `/admin` is missing from the path.
    let forgotten = ["/v1/workspaces", "/v1/users"];
    if forgotten.iter().any(|path| uri.path().starts_with(path)) {
        return Refusal::invalid("Invalid request");
    }
    Refusal::no_route(format!("There is no route {}", uri.path()))
}
