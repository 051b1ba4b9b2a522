//! A Redis or Valkey of a test's own.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use portkey_testing::outside;
use tempfile::TempDir;

pub(crate) struct RedisServer {
    child: Child,
    pub(crate) url: String,
    _folder: TempDir,
}

impl RedisServer {
    /// Nothing, said loudly, where the environment names no server.
    pub(crate) fn start() -> Option<Self> {
        let program = outside(
            "TEST_REDIS_SERVER",
            "the program `redis-server` or `valkey-server`",
        )?;
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let folder = TempDir::new().unwrap();
        let child = Command::new(program)
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &port.to_string()])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            thread::sleep(Duration::from_millis(20));
        }
        Some(Self {
            child,
            url: format!("redis://127.0.0.1:{port}"),
            _folder: folder,
        })
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
