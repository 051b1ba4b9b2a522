//! What the sandbox can do and the real API cannot: below `/_sandbox`, where nothing of the API is.

#![expect(
    clippy::unnecessary_wraps,
    reason = "controls have one signature, whether or not they can fail"
)]

use portkey_api::Method;
use serde_json::{Value, json};

use crate::{
    domains::{invites, log_exports},
    faults,
    identity::iso,
    state::SandboxState,
    store::{self, Plan},
    wire::{self, Answer, Call, Refusal},
};

/// A control of the sandbox: a route below `/_sandbox`.
pub(crate) struct Control {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// What it does, as `GET /_sandbox` lists it.
    purpose: &'static str,
    pub(crate) access: ControlAccess,
    pub(crate) run: fn(&Call, &SandboxState) -> Result<Answer, Refusal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ControlAccess {
    /// For callers on this machine, and for the organisation key from elsewhere.
    Operator,
    /// For everyone who has a signed link.
    Link,
}

/// Every control.
pub(crate) const CONTROLS: &[Control] = &[
    control(Method::Get, "/_sandbox", "this page", describe),
    control(
        Method::Post,
        "/_sandbox/reset",
        "back to the start: data, plan, clock, faults; keys and snapshots stay",
        reset,
    ),
    control(
        Method::Get,
        "/_sandbox/snapshots",
        "the snapshots",
        list_snapshots,
    ),
    control(
        Method::Post,
        "/_sandbox/snapshots",
        "keeps the data as it is; {\"name\"} is optional",
        take_snapshot,
    ),
    control(
        Method::Post,
        "/_sandbox/snapshots/{snapshot}/restore",
        "back to a snapshot, by id or name",
        restore_snapshot,
    ),
    control(
        Method::Delete,
        "/_sandbox/snapshots/{snapshot}",
        "forgets a snapshot",
        delete_snapshot,
    ),
    control(
        Method::Get,
        "/_sandbox/faults",
        "the rules that stand, and how often each struck",
        list_faults,
    ),
    control(
        Method::Put,
        "/_sandbox/faults",
        "{\"rules\": [...]} in the place of all others",
        put_faults,
    ),
    control(
        Method::Delete,
        "/_sandbox/faults",
        "no more faults",
        delete_faults,
    ),
    control(
        Method::Put,
        "/_sandbox/plan",
        "{\"plan\": \"enterprise\"}, or pro, or free",
        put_plan,
    ),
    control(
        Method::Put,
        "/_sandbox/clock",
        "{\"milliseconds\"} puts the clock forward",
        put_clock_forward,
    ),
    control(
        Method::Post,
        "/_sandbox/invites/{invite_id}/accept",
        "accepts an invitation; {\"first_name\", \"last_name\"} are optional",
        |call, state| state.store.change(|db| invites::accept(call, db)),
    ),
    control(
        Method::Put,
        "/_sandbox/workspaces/{workspace_id}/export-restrictions",
        "{\"denied_fields\": [...]} must not be exported",
        |call, state| state.store.change(|db| log_exports::restrict(call, db)),
    ),
    Control {
        access: ControlAccess::Link,
        ..control(
            Method::Get,
            "/_sandbox/exports/{export_id}",
            "the file of an export, by its signed link",
            |call, state| state.store.change(|db| log_exports::open(call, db)),
        )
    },
];

const fn control(
    method: Method,
    path: &'static str,
    purpose: &'static str,
    run: fn(&Call, &SandboxState) -> Result<Answer, Refusal>,
) -> Control {
    Control {
        method,
        path,
        purpose,
        access: ControlAccess::Operator,
        run,
    }
}

impl ControlAccess {
    /// Refuses callers without access. On this machine every program has access, except web pages in a browser, which
    /// send `Origin`.
    pub(crate) fn permit(self, call: &Call, state: &SandboxState) -> Result<(), Refusal> {
        let is_trusted = !state.is_exposed && call.header("origin").is_none();
        let has_key = call.header("x-portkey-api-key") == Some(&state.initial.keys.admin);
        if self == Self::Link || is_trusted || has_key {
            return Ok(());
        }
        Err(Refusal::unauthenticated())
    }
}

fn describe(_: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    let controls = CONTROLS.iter().map(|control| {
        json!({
            "method": control.method.as_str(),
            "path": control.path,
            "purpose": control.purpose,
        })
    });
    let (plan, now) = {
        let db = state.store.lock()?;
        (Plan::of(&db)?, store::now(&db)?)
    };
    Ok(json!({
        "seed": state.initial.seed.as_str(),
        "plan": plan.as_str(),
        "now": iso(now),
        "faults": state.faults.to_json(),
        "snapshots": state.snapshots.to_json(),
        "controls": controls.collect::<Value>(),
    })
    .into())
}

fn reset(_: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    state.reset()?;
    Ok(Answer::empty())
}

fn list_snapshots(_: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    let snapshots = state.snapshots.to_json();
    Ok(wire::list(snapshots.len(), snapshots))
}

fn take_snapshot(call: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    let name = call.body()?.optional_text("name")?;
    let snapshot = state.snapshots.take(&*state.store.lock()?, name)?;
    Ok(snapshot.into())
}

fn restore_snapshot(call: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    state.restore(call.path("snapshot"))?;
    Ok(Answer::empty())
}

fn delete_snapshot(call: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    state.snapshots.delete(call.path("snapshot"))?;
    Ok(Answer::empty())
}

fn list_faults(_: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    Ok(json!({ "rules": state.faults.to_json() }).into())
}

fn put_faults(call: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    let rules: Vec<Value> = call.body()?.required("rules")?;
    let rules =
        faults::rules(&rules).map_err(|bad| Refusal::invalid(format!("Invalid request. {bad}")))?;
    state.faults.replace(rules);
    list_faults(call, state)
}

fn delete_faults(_: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    state.faults.replace(Vec::new());
    Ok(Answer::empty())
}

fn put_plan(call: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let plan = body.text("plan")?.parse::<Plan>();
    let plan = plan.map_err(|_| body.refuse("plan", "is one of enterprise, pro and free"))?;
    state.store.change(|db| Ok(plan.put(db)?))?;
    Ok(json!({ "plan": plan.as_str() }).into())
}

/// Puts the clock forward, so that a client can be tested with what has expired.
fn put_clock_forward(call: &Call, state: &SandboxState) -> Result<Answer, Refusal> {
    let milliseconds = call.body()?.required("milliseconds")?;
    state.store.change(|db| {
        store::put_clock_forward(db, milliseconds)?;
        Ok(json!({ "now": iso(store::now(db)?) }).into())
    })
}
