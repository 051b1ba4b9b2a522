//! What an emulated Prisma AIRS does otherwise than Portkey's own edition: tokens in the place of keys where objects are
//! managed, a gateway of its own, and a refusal of every route that it does not serve.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{HeaderMap, Uri},
    response::Response,
};
use jiff::Timestamp;
use portkey_api::{Edition, Keys, Operation};
use rusqlite::Connection;

use super::{
    execute::{Work, respond},
    header_texts,
};
use crate::{
    rules::authority,
    state::SandboxState,
    store,
    tokens::{SANDBOX_CLIENT, SANDBOX_TENANT},
    wire::{Answer, Incoming, Principal, Refusal},
};

/// Where tokens are asked for.
pub(super) const TOKEN_PATH: &str = "/oauth2/access_token";
/// What the paths begin with at which objects are managed.
const MANAGEMENT: &str = "/ai_gw/";
/// What the paths of the gateway begin with.
const GATEWAY: &str = "/v1/";

/// Answers what no route of the router takes.
pub(super) async fn not_served(
    State(state): State<Arc<SandboxState>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let incoming = Incoming {
        path: uri.path().to_owned(),
        headers: header_texts(&headers),
        ..Incoming::default()
    };
    respond(state, Work::NotServed, incoming).await
}

/// Gives a token for the secret of the service account, which is the organisation key.
pub(super) fn token(state: &SandboxState, incoming: &Incoming) -> Result<Answer, Refusal> {
    // A form is written like a query.
    let form = format!("/?{}", incoming.raw_body).parse::<Uri>().ok();
    let form = form.and_then(|form| Query::<Vec<(String, String)>>::try_from_uri(&form).ok());
    let form = form.map(|Query(form)| form).unwrap_or_default();
    let now = store::now(&*state.store.lock()?)?;
    let secret = &state.initial.keys.admin;
    Ok(state.tokens.grant(incoming, &form, secret, now)?.into())
}

/// The caller, unless their credential does not count where they call. The organisation is the tenant.
pub(super) fn authorise(
    state: &SandboxState,
    db: &Connection,
    operation: &Operation,
    incoming: &mut Incoming,
    now: Timestamp,
) -> Result<Principal, Refusal> {
    let (base, _) = operation.place(Edition::PrismaAirs);
    let principal = if operation.declaration.keys == Keys::None {
        authority::anonymous(db)?
    } else if base.is_airs_management() {
        let account = service_account(state, incoming, now)?;
        match operation.declaration.keys {
            // A token has no workspace, so that what needs one is done to the default one.
            Keys::Workspace => authority::authenticate(db, &state.initial.keys.workspace, now)?,
            _ => account,
        }
    } else {
        let caller = holder_of_key(db, incoming, now)?;
        caller.permit(&operation.declaration)?;
        caller
    };
    // The edition has no such parameter, and ignores what it does not know.
    incoming.query.remove("organisation_id");
    Ok(Principal {
        organisation_id: SANDBOX_TENANT.to_owned(),
        ..principal
    })
}

/// Refuses a body that names another organisation than the tenant.
pub(super) fn check_tenant(incoming: &Incoming) -> Result<(), Refusal> {
    match incoming.body.get("organisation_id") {
        Some(named) if !named.is_null() && named != SANDBOX_TENANT => {
            Err(Refusal::foreign("organisation"))
        }
        _ => Ok(()),
    }
}

/// Refuses a route that is not served: after the credential, because callers without one learn nothing.
pub(super) fn refuse(state: &SandboxState, incoming: &Incoming) -> Result<Answer, Refusal> {
    let db = state.store.lock()?;
    let now = store::now(&db)?;
    let path = &incoming.path;
    if path.starts_with(MANAGEMENT) {
        service_account(state, incoming, now)?;
        return Err(Refusal::denied_by_policy());
    }
    if path.starts_with(GATEWAY) {
        holder_of_key(&db, incoming, now)?;
        return Err(Refusal::forbidden(
            "You do not have permission: the gateway manages nothing",
        ));
    }
    Err(Refusal::no_route(format!("There is no route {path}")))
}

/// The service account of the token, which may do everything to its tenant.
fn service_account(
    state: &SandboxState,
    incoming: &Incoming,
    now: Timestamp,
) -> Result<Principal, Refusal> {
    let token = incoming.authorization("bearer");
    state
        .tokens
        .check(token.ok_or_else(Refusal::no_token)?, now)?;
    if incoming.header("x-tsg-id") != Some(SANDBOX_TENANT) {
        return Err(Refusal::denied_by_policy());
    }
    Ok(Principal {
        key_id: SANDBOX_CLIENT.to_owned(),
        organisation_id: SANDBOX_TENANT.to_owned(),
        workspace_id: None,
        user_id: None,
        scopes: Vec::new(),
        unrestricted: true,
        enterprise: true,
    })
}

/// The caller whose gateway key this is. It comes in either of two headers.
fn holder_of_key(
    db: &Connection,
    incoming: &Incoming,
    now: Timestamp,
) -> Result<Principal, Refusal> {
    let key = incoming.authorization("bearer");
    let key = key.or_else(|| incoming.header("x-portkey-api-key"));
    authority::authenticate(db, key.ok_or_else(Refusal::unauthenticated)?, now)
}
