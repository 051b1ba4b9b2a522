//! From a request to a handler and back.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, RawPathParams, RawQuery, State},
    http::{HeaderMap, Uri},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use portkey_api::{Base, Endpoint, JsonObject, Keys, Method, Operation};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde_json::Value;

use crate::{
    DOMAINS,
    answer::Answer,
    audit,
    authority::Principal,
    call::{Call, Incoming},
    controls::{CONTROLS, Control},
    faults::{self, Distortion},
    refusal::Refusal,
    snapshots::Image,
    store,
    world::World,
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
    method: Method,
    path: &'static str,
    work: Work,
}

#[derive(Clone, Copy)]
enum Work {
    Operation(&'static Operation, Handler),
    Control(&'static Control),
}

impl Routes {
    /// Everything the sandbox answers.
    pub(crate) fn all() -> Self {
        let domains = DOMAINS.iter();
        let routes = domains.fold(Self::default(), |routes, domain| domain(routes));
        CONTROLS.iter().fold(routes, Self::control)
    }

    /// Answers the operation `E` by `handler`.
    pub(crate) fn on<E: Endpoint>(mut self, handler: Handler) -> Self {
        let operation = &const { Operation::of::<E>() };
        let route = Route {
            method: E::METHOD,
            path: E::PATH,
            work: Work::Operation(operation, handler),
        };
        self.routes.insert(target(operation), route);
        self
    }

    /// Adds a control of the sandbox itself.
    fn control(mut self, control: &'static Control) -> Self {
        let route = Route {
            method: control.method,
            path: control.path,
            work: Work::Control(control),
        };
        let target = (control.method.as_str(), pattern("", control.path));
        self.routes.insert(target, route);
        self
    }

    /// Whether this operation is answered.
    pub(crate) fn answer(&self, operation: &Operation) -> bool {
        self.routes.contains_key(&target(operation))
    }

    /// The service. Routes that differ in the names of their parameters alone share one entry of the router.
    pub(crate) fn into_router(self, world: Arc<World>) -> Router {
        let mut by_address = BTreeMap::<String, MethodRouter<Arc<World>>>::new();
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
            .layer(middleware::from_fn_with_state(
                world.clone(),
                faults::intervene,
            ))
            .with_state(world)
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

fn method_router(route: Route) -> MethodRouter<Arc<World>> {
    let filter = match route.method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    };
    let handler = async move |State(world): State<Arc<World>>,
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
            parameters: parameter_names(route.path).zip(values).collect(),
            query: query_object(query),
            headers: header_texts(&headers),
            raw_query: raw_query.unwrap_or_default(),
            raw_body: String::from_utf8_lossy(&body).into_owned(),
            body: Value::Null,
            distortion: distortion.unwrap_or_default().0,
        };
        respond(world, route, incoming).await
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
async fn respond(world: Arc<World>, route: Route, incoming: Incoming) -> Response {
    let answer = tokio::task::spawn_blocking(move || match route.work {
        Work::Operation(operation, handler) => {
            let shapes = incoming.distortion.shapes.clone();
            let outcome = execute(&world, operation, handler, incoming);
            let name = operation.declaration.name;
            shapes
                .into_iter()
                .fold(outcome, |outcome, shape| shape.of(name, outcome))
        }
        Work::Control(control) => operate(&world, control, incoming),
    });
    match answer.await {
        Ok(Ok(answer)) => answer.into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => Refusal::fault("The sandbox could not answer this").into_response(),
    }
}

/// Answers by one of the sandbox's own controls.
fn operate(world: &World, control: &Control, mut incoming: Incoming) -> Result<Answer, Refusal> {
    let (principal, now) = {
        let db = world.store.lock()?;
        (Principal::nobody(&db)?, store::now(&db)?)
    };
    let body = json_body(&incoming.raw_body);
    incoming.body = body.as_ref().map_or(Value::Null, Value::clone);
    let call = Call {
        principal,
        now,
        request: incoming,
        operation: None,
    };
    control.access.permit(&call, world)?;
    body?;
    (control.run)(&call, world)
}

/// Answers an operation of the API.
fn execute(
    world: &World,
    operation: &'static Operation,
    handler: Handler,
    mut incoming: Incoming,
) -> Result<Answer, Refusal> {
    let mut connection = world.store.lock()?;
    let is_read = operation.method == Method::Get;
    let lag = incoming.distortion.lag.filter(|_| !is_read);
    let before = lag.map(|_| Image::of(&connection)).transpose()?;
    let behavior = if is_read {
        TransactionBehavior::Deferred
    } else {
        TransactionBehavior::Immediate
    };
    let transaction = connection.transaction_with_behavior(behavior)?;
    let now = store::now(&transaction)?;
    let principal = authorise(&transaction, operation, &incoming, now)?;
    incoming.body = json_body(&incoming.raw_body)?;
    let call = Call {
        principal,
        now,
        request: incoming,
        operation: Some(operation),
    };
    if is_read && let Some(past) = world.past.at(now) {
        let answer = handler(&call, &past.lock())?;
        return Ok(answer.with_header(faults::HEADER, "stale"));
    }
    let outcome = attempt(&call, handler, transaction);
    if let (Ok(_), Some(before), Some(lag)) = (&outcome, before, lag) {
        world.past.keep(before, now.checked_add(lag).unwrap_or(now));
    }
    outcome
}

/// Does it, or nothing, and writes it down.
fn attempt(
    call: &Call,
    handler: Handler,
    mut transaction: Transaction<'_>,
) -> Result<Answer, Refusal> {
    let savepoint = transaction.savepoint()?;
    let outcome = handler(call, &savepoint);
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
    audit::record(&transaction, call, status)?;
    transaction.commit()?;
    outcome
}

fn authorise(
    db: &Connection,
    operation: &Operation,
    incoming: &Incoming,
    now: jiff::Timestamp,
) -> Result<Principal, Refusal> {
    let declaration = &operation.declaration;
    if declaration.keys == Keys::None {
        return Principal::nobody(db);
    }
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
    use portkey_api::model_pricing::GetModelPricing;

    use super::*;
    use crate::{seed::Seed, world::Origin};

    #[tokio::test]
    async fn a_handler_that_panics_costs_no_more_than_its_answer() {
        let (connection, keys) = store::connect(None, None).unwrap();
        let world = Arc::new(World::new(
            Origin::new(keys, Seed::Empty, None, Vec::new()),
            false,
        ));
        world.store.open(Ok(connection));
        let respond = async |handler| {
            // Public, so that it needs no key.
            let operation = &const { Operation::of::<GetModelPricing>() };
            let route = Route {
                method: operation.method,
                path: operation.path,
                work: Work::Operation(operation, handler),
            };
            respond(world.clone(), route, Incoming::default())
                .await
                .status()
        };
        let status = respond(|_, _| panic!("on purpose")).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(respond(|_, _| Ok(Answer::empty())).await, StatusCode::OK);
    }
}
