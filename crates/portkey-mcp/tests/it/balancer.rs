//! Plain round-robin balancers: they know nothing of the protocol, and give up on a replica that is not there.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header::TRANSFER_ENCODING},
    response::{IntoResponse as _, Response},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// What is given to the next replica in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Request,
    Connection,
}

struct Replicas {
    origins: Vec<String>,
    next: AtomicUsize,
    client: reqwest::Client,
}

impl Replicas {
    fn next(&self) -> &str {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        &self.origins[turn % self.origins.len()]
    }
}

/// Starts a balancer before these replicas, and says where.
pub(crate) async fn start(turn: Turn, origins: Vec<String>, client: reqwest::Client) -> String {
    let replicas = Arc::new(Replicas {
        origins,
        next: AtomicUsize::default(),
        client,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    match turn {
        Turn::Request => {
            let router = Router::new().fallback(forward).with_state(replicas);
            tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        }
        Turn::Connection => {
            tokio::spawn(async move { connect(&listener, &replicas).await });
        }
    }
    origin
}

async fn connect(listener: &TcpListener, replicas: &Replicas) {
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let address = replicas.next().strip_prefix("http://").unwrap().to_owned();
        tokio::spawn(async move {
            if let Ok(mut replica) = TcpStream::connect(address).await {
                _ = copy_bidirectional(&mut client, &mut replica).await;
            }
        });
    }
}

async fn forward(State(replicas): State<Arc<Replicas>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let url = format!("{}{}", replicas.next(), parts.uri);
    let sent = replicas.client.request(parts.method, url);
    let answer = match sent.headers(parts.headers).body(body).send().await {
        Ok(answer) => answer,
        Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    let status = answer.status();
    let mut headers = answer.headers().clone();
    headers.remove(TRANSFER_ENCODING);
    match answer.bytes().await {
        Ok(body) => (status, headers, Body::from(body)).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
