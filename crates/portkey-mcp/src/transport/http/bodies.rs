//! Reads bodies of requests whole before any other layer does: within a time limit, and within the memory that each
//! principal, and all together, may use.

mod memory_budget;

use std::{future::poll_fn, pin::pin, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header::CONTENT_LENGTH},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body::Body as _;
use portkey_api::values;
use rmcp::model::ErrorCode;
use tokio::time::timeout;

use super::refusal::Refusal;
use crate::{access::Principal, config::LimitSettings, transport::message};
use memory_budget::{BudgetExceeded, MemoryBudget, Reservation};

/// About how many bytes a parsed JSON value and its name take.
const VALUE: usize = 128;
/// The most values in a body, more than any call may hold: parsing a million tiny ones would block a thread for long.
const MOST_VALUES: usize = 250_000;

/// The limits on bodies.
#[derive(Debug)]
pub(super) struct Bodies {
    longest: usize,
    within: Duration,
    budget: Arc<MemoryBudget>,
}

impl Bodies {
    pub(super) fn new(settings: &LimitSettings) -> Arc<Self> {
        let longest = settings.longest_body();
        Arc::new(Self {
            longest,
            within: settings.body_timeout,
            budget: MemoryBudget::new(settings.body_memory(), longest),
        })
    }

    /// Reads a body, and reserves the memory for it.
    async fn whole(&self, principal: &str, body: Body) -> Result<(Bytes, Reservation), Refusal> {
        if body.size_hint().lower() > u64::try_from(self.longest).unwrap_or(u64::MAX) {
            return Err(self.too_long());
        }
        let mut reservation = self.budget.empty(principal);
        let reading = self.collect(body, &mut reservation);
        let bytes = timeout(self.within, reading).await.map_err(|_| {
            let message = format!("the body did not arrive within {:?}", self.within);
            Refusal::new(StatusCode::REQUEST_TIMEOUT, message)
        })??;
        self.weigh(&bytes, &mut reservation)?;
        Ok((bytes, reservation))
    }

    /// Copies the frames of a body, since their buffers may be far larger than their content.
    async fn collect(&self, body: Body, reservation: &mut Reservation) -> Result<Bytes, Refusal> {
        let mut body = pin!(body);
        let mut bytes = Vec::new();
        while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
            let frame = frame.map_err(|error| broken(&error))?;
            let part = frame.data_ref().map(Bytes::as_ref).unwrap_or_default();
            if bytes.len() + part.len() > self.longest {
                return Err(self.too_long());
            }
            reservation
                .grow(bytes.len() + part.len())
                .map_err(exceeded)?;
            bytes.extend_from_slice(part);
        }
        Ok(bytes.into())
    }

    /// Reserves the memory of the parsed body, which may be much larger than its text.
    fn weigh(&self, bytes: &[u8], reservation: &mut Reservation) -> Result<(), Refusal> {
        let values = values(bytes);
        let weight = bytes.len().saturating_add(values.saturating_mul(VALUE));
        if weight > self.budget.per_principal() || values > MOST_VALUES {
            let message =
                format!("a message may not have as many as {values} values; send several");
            return Err(Refusal::malformed(
                StatusCode::PAYLOAD_TOO_LARGE,
                ErrorCode::INVALID_REQUEST,
                message,
                None,
            ));
        }
        reservation.grow(weight).map_err(exceeded)
    }

    fn too_long(&self) -> Refusal {
        Refusal::malformed(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::INVALID_REQUEST,
            format!("a message may have {} bytes", self.longest),
            None,
        )
    }
}

/// Reads the body of a message.
pub(super) async fn read(
    State(bodies): State<Arc<Bodies>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let principal = parts.extensions.get::<Principal>();
    let principal = principal.map_or("", Principal::name);
    match bodies.whole(principal, body).await {
        Ok((bytes, reservation)) => {
            // The reservation is kept until everything that the request started has ended.
            parts.extensions.insert(Arc::new(reservation));
            let text = message::without_byte_order_mark(&bytes);
            if text.len() < bytes.len() {
                parts.headers.remove(CONTENT_LENGTH);
            }
            let text = bytes.slice_ref(text);
            next.run(Request::from_parts(parts, text.into())).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn broken(error: &axum::Error) -> Refusal {
    Refusal::malformed(
        StatusCode::BAD_REQUEST,
        ErrorCode::PARSE_ERROR,
        format!("the body broke off or is not framed as HTTP requires: {error}"),
        None,
    )
}

fn exceeded(exceeded: BudgetExceeded) -> Refusal {
    let soon = Duration::from_secs(1);
    match exceeded {
        BudgetExceeded::OfPrincipal(per_principal) => {
            let message = format!("bodies of your requests may hold {per_principal} bytes at once");
            Refusal::too_many(message, soon)
        }
        BudgetExceeded::Total => {
            Refusal::unavailable("there is no room for so large a body now", soon)
        }
    }
}
