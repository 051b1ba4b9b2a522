//! From a request to a handler and back.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, RawPathParams, RawQuery, State},
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use portkey_api::{Base, Endpoint, JsonObject, Keys, Method, Operation};
use rusqlite::{Connection, TransactionBehavior};
use serde_json::Value;

use crate::{
    DOMAINS,
    answer::Answer,
    audit,
    authority::Principal,
    call::{Call, Incoming},
    controls,
    refusal::Refusal,
    store::{self, Store},
};

/// What answers one operation. It runs inside a transaction that a refusal rolls back.
pub(crate) type Handler = fn(&Call, &Connection) -> Result<Answer, Refusal>;

/// Which handler answers which operation.
#[derive(Default)]
pub(crate) struct Routes {
    routes: BTreeMap<Target, Route>,
}

/// Method and address, the latter with `{}` for each parameter.
type Target = (&'static str, String);

#[derive(Clone, Copy)]
struct Route {
    /// What it must be allowed to do; the sandbox's own controls declare nothing and ask for nothing.
    operation: Option<&'static Operation>,
    method: Method,
    path: &'static str,
    handler: Handler,
}

impl Routes {
    /// Everything the sandbox answers.
    pub(crate) fn all() -> Self {
        let domains = DOMAINS.iter();
        controls::routes(domains.fold(Self::default(), |routes, domain| domain(routes)))
    }

    /// Answers the operation `E` by `handler`.
    pub(crate) fn on<E: Endpoint>(mut self, handler: Handler) -> Self {
        let operation = &const { Operation::of::<E>() };
        let route = Route {
            operation: Some(operation),
            method: E::METHOD,
            path: E::PATH,
            handler,
        };
        self.routes.insert(target(operation), route);
        self
    }

    /// Adds a control of the sandbox itself, which needs no key.
    pub(crate) fn control(mut self, method: Method, path: &'static str, handler: Handler) -> Self {
        let route = Route {
            operation: None,
            method,
            path,
            handler,
        };
        self.routes
            .insert((method.as_str(), pattern("", path)), route);
        self
    }

    /// Whether this operation is answered.
    pub(crate) fn answer(&self, operation: &Operation) -> bool {
        self.routes.contains_key(&target(operation))
    }

    /// The service. Routes that differ in the names of their parameters alone share one entry of the router.
    pub(crate) fn into_router(self, store: Store) -> Router {
        let mut by_address = BTreeMap::<String, MethodRouter<Store>>::new();
        for ((_, address), route) in self.routes {
            let methods = by_address.remove(&address).unwrap_or_default();
            by_address.insert(address, methods.merge(method_router(route)));
        }
        let mut router = Router::new();
        for (address, methods) in by_address {
            router = router.route(&named(&address), methods.fallback(wrong_method));
        }
        router
            .fallback(no_route)
            .layer(DefaultBodyLimit::max(32 << 20))
            .with_state(store)
    }
}

fn target(operation: &Operation) -> Target {
    let prefix = match operation.base {
        Base::Control | Base::Gateway => "/v1",
        Base::V2 => "/v2",
        Base::McpRegistry => "/v0.1",
        Base::Public => "",
    };
    (operation.method.as_str(), pattern(prefix, operation.path))
}

fn pattern(prefix: &str, path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "{}"
        } else {
            segment
        }
    });
    format!("{prefix}{}", segments.collect::<Vec<_>>().join("/"))
}

/// The router wants a name for each parameter; ours come from the route, in order.
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

fn method_router(route: Route) -> MethodRouter<Store> {
    let filter = match route.method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    };
    let handler = async move |State(store): State<Store>,
                              uri: Uri,
                              parameters: RawPathParams,
                              Query(query): Query<Vec<(String, String)>>,
                              RawQuery(raw_query): RawQuery,
                              headers: HeaderMap,
                              body: Bytes| {
        let values = parameters.iter().map(|(_, value)| value.to_owned());
        let incoming = Incoming {
            path: uri.path().to_owned(),
            parameters: parameter_names(route.path).zip(values).collect(),
            query: query_object(query),
            headers: header_texts(&headers),
            raw_query: raw_query.unwrap_or_default(),
            raw_body: String::from_utf8_lossy(&body).into_owned(),
            body: Value::Null,
        };
        respond(store, route, incoming).await
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

/// Databases block, so they get a thread of their own. A handler that panics takes only its answer along.
async fn respond(store: Store, route: Route, incoming: Incoming) -> Response {
    let answer = tokio::task::spawn_blocking(move || answer(&store, route, incoming));
    match answer.await {
        Ok(Ok(answer)) => answer.into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => Refusal::fault("The sandbox could not answer this").into_response(),
    }
}

fn answer(store: &Store, route: Route, mut incoming: Incoming) -> Result<Answer, Refusal> {
    let mut connection = store.lock()?;
    let behavior = match route.method {
        Method::Get => TransactionBehavior::Deferred,
        _ => TransactionBehavior::Immediate,
    };
    let mut transaction = connection.transaction_with_behavior(behavior)?;
    let now = store::now(&transaction)?;
    let principal = authorise(&transaction, &route, &incoming, now)?;
    incoming.body = json_body(&incoming.raw_body)?;
    let call = Call {
        principal,
        now,
        request: incoming,
        operation: route.operation,
    };
    let savepoint = transaction.savepoint()?;
    let outcome = (route.handler)(&call, &savepoint);
    let status = match &outcome {
        Ok(answer) => {
            savepoint.commit()?;
            answer.status()
        }
        Err(refusal) => {
            drop(savepoint); // Rolls back, so that a refused call changed nothing but the trail.
            refusal.status()
        }
    };
    audit::record(&transaction, &call, status)?;
    transaction.commit()?;
    outcome
}

fn authorise(
    db: &Connection,
    route: &Route,
    incoming: &Incoming,
    now: jiff::Timestamp,
) -> Result<Principal, Refusal> {
    let declaration = route.operation.map(|operation| &operation.declaration);
    let Some(declaration) = declaration.filter(|d| d.keys != Keys::None) else {
        return Principal::nobody(db);
    };
    let mut headers = incoming.headers.iter();
    let secret = headers.find(|(name, _)| name == "x-portkey-api-key");
    let principal = Principal::of(db, secret.map(|(_, secret)| secret.as_str()), now)?;
    principal.permit(declaration)?;
    Ok(principal)
}

fn json_body(body: &str) -> Result<Value, Refusal> {
    if body.trim().is_empty() {
        return Ok(Value::Object(JsonObject::new()));
    }
    serde_json::from_str(body).map_err(|error| {
        Refusal::invalid(format!("Invalid request. The body is not JSON: {error}"))
    })
}

async fn wrong_method(uri: Uri) -> Refusal {
    Refusal::no_method(format!("This method is not allowed on {}", uri.path()))
}

async fn no_route(uri: Uri) -> Refusal {
    // What lives below /admin answers so without it.
    let forgotten = ["/v1/workspaces", "/v1/users"];
    if forgotten.iter().any(|path| uri.path().starts_with(path)) {
        return Refusal::invalid("Invalid request");
    }
    Refusal::no_route(format!("There is no route {}", uri.path()))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_costs_no_more_than_its_answer() {
        let store = Store::default();
        let (connection, _) = store::connect(None, None).unwrap();
        store.open(Ok(connection));
        let mut route = Route {
            operation: None,
            method: Method::Post,
            path: "/",
            handler: |_, _| panic!("on purpose"),
        };
        let answer = respond(store.clone(), route, Incoming::default()).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        route.handler = |_, _| Ok(Answer::empty());
        let answer = respond(store, route, Incoming::default()).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}
