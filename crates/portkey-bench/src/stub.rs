//! An upstream that answers at once and always the same, so that what is measured is the server in front of it.

mod answers;

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::yardsticks;

/// Large answers that were asked for, by how much they hold.
type Kept = Arc<Mutex<HashMap<usize, Bytes>>>;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    current_page: usize,
    page_size: Option<usize>,
}

/// Begins to serve on a free port of this machine, for as long as the runtime lives, and says on which.
pub async fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(listener));
    Ok(address)
}

/// Serves the API below `/v1`, and below `/entries/N/v1` and `/megabytes/N/v1` with lists that are that long.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    yardsticks::serve(listener, router()).await
}

fn router() -> Router {
    // The same everywhere, but for the lists.
    let fixed = || {
        Router::new()
            .route("/configs/{slug}", get(always(answers::config())))
            .route("/configs", post(always(answers::created())))
    };
    let short = || Router::new().route("/admin/workspaces", get(always(answers::workspaces())));
    let long = Router::new().route("/configs", get(entries));
    let huge = Router::new()
        .route("/admin/workspaces", get(megabytes))
        .route("/configs", get(megabytes));
    Router::new()
        .nest("/v1", fixed().merge(short()))
        .nest("/entries/{count}/v1", fixed().merge(short()).merge(long))
        .nest("/megabytes/{count}/v1", huge)
        .with_state(Kept::default())
}

/// A handler that answers the same whatever it is asked.
fn always(
    answer: String,
) -> impl Fn() -> std::future::Ready<Response> + Clone + Send + Sync + 'static {
    let answer = Bytes::from(answer);
    move || std::future::ready(json(answer.clone()))
}

/// Like the API: everything, unless a page is asked for.
async fn entries(
    State(kept): State<Kept>,
    Path(count): Path<usize>,
    Query(page): Query<Page>,
) -> Response {
    match page.page_size {
        Some(size) => json(answers::page(count, page.current_page, size).into()),
        None => json(keep(&kept, count, || answers::configs(count))),
    }
}

async fn megabytes(State(kept): State<Kept>, Path(count): Path<usize>) -> Response {
    let bytes = count * 1_000_000;
    json(keep(&kept, bytes, || answers::configs_of(bytes)))
}

fn keep(kept: &Kept, size: usize, make: impl FnOnce() -> String) -> Bytes {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.entry(size).or_insert_with(|| make().into()).clone()
}

fn json(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::answers;

    #[test]
    fn the_short_list_is_as_long_as_its_figures_say() {
        let length = answers::workspaces().len();
        assert!((3_350..3_450).contains(&length), "{length}");
    }
}
