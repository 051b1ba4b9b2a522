//! One yardstick by itself, so that its memory and time are nobody else's.

use std::{env, io, net::Ipv4Addr};

use portkey_bench::{
    stub,
    yardsticks::{proxy, smallest},
};
use tokio::net::TcpListener;

const USAGE: &str = "usage: yardstick smallest | smallest-http PORT | proxy PORT | stub PORT";

#[tokio::main]
async fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["smallest"] => smallest::stdio().await,
        ["smallest-http", port] => smallest::http(listen(port).await?).await,
        ["proxy", port] => proxy::http(listen(port).await?).await,
        ["stub", port] => stub::serve(listen(port).await?).await,
        _ => Err(io::Error::other(USAGE)),
    }
}

async fn listen(port: &str) -> io::Result<TcpListener> {
    let port: u16 = port.parse().map_err(|_| io::Error::other(USAGE))?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}
