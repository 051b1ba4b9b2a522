//! The programs that are measured, started so that nothing of this machine's owner reaches them.

use std::{
    env,
    ffi::OsString,
    io::{self, BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{figures::Subject, http::Era};

/// How long a server may take to listen; the large sandbox fills a database first.
const START: Duration = Duration::from_mins(5);
/// What refuses many clients of one address and one principal, where the question is what they cost.
const WIDE: [&str; 6] = [
    "--max-concurrent",
    "4096",
    "--max-concurrent-per-address",
    "4096",
    "--max-sessions",
    "20000",
];

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The product.
    pub product: PathBuf,
    /// The yardsticks, in one program.
    pub yardstick: PathBuf,
    /// The folder that the npm package is installed in, if there is one.
    pub peer: Option<PathBuf>,
    /// Further settings of the product over HTTP.
    pub settings: Vec<String>,
    /// Where they keep what they keep.
    pub home: PathBuf,
}

impl Programs {
    /// Everybody who can be started.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        let has_peer = self.peer.is_some();
        Subject::ALL
            .into_iter()
            .filter(move |subject| *subject != Subject::Peer || has_peer)
    }

    /// Serves on standard input and output, in front of an upstream. A proxy cannot.
    pub fn stdio(&self, subject: Subject, upstream: &str) -> Option<Command> {
        let mut command = match subject {
            Subject::Product => return Some(stdio_server(&self.product, &self.home, upstream)),
            Subject::Smallest => {
                let mut command = self.command(&self.yardstick);
                command.arg("smallest");
                command
            }
            Subject::Proxy => return None,
            Subject::Peer => self.node("index.js")?,
        };
        ask(&mut command, upstream);
        Some(command)
    }

    /// Serves HTTP, in front of an upstream.
    pub fn http(&self, subject: Subject, era: Era, upstream: &str) -> io::Result<Server> {
        let port = free_port()?.to_string();
        let mut command = match subject {
            Subject::Product => self.command(&self.product),
            Subject::Smallest | Subject::Proxy => self.command(&self.yardstick),
            Subject::Peer => {
                let missing = || io::Error::other("portkey-admin-mcp is not installed");
                self.node("server.js").ok_or_else(missing)?
            }
        };
        match subject {
            Subject::Product => command
                .args(["http", "--port", &port])
                .args(WIDE)
                .args(&self.settings),
            Subject::Smallest => command.args(["smallest-http", &port]),
            Subject::Proxy => command.args(["proxy", &port]),
            Subject::Peer => command
                .env("MCP_PORT", &port)
                .env("MCP_SESSION_MODE", mode(era)),
        };
        ask(&mut command, upstream);
        Server::start(&mut command, &port)
    }

    /// The upstream that answers at once.
    pub fn stub(&self) -> io::Result<Server> {
        let port = free_port()?.to_string();
        Server::start(self.command(&self.yardstick).args(["stub", &port]), &port)
    }

    /// The product's sandbox as an upstream, once it is filled, and the key of its workspace.
    pub fn sandbox(&self, seed: &str) -> io::Result<(Server, String)> {
        let port = free_port()?.to_string();
        let mut command = self.command(&self.product);
        command.args([
            "sandbox",
            "--seed",
            seed,
            "--port",
            &port,
            "--admin-key",
            KEY,
        ]);
        let silent = command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut server = Server {
            child: silent.stdout(Stdio::piped()).spawn()?,
            address: (Ipv4Addr::LOCALHOST, port.parse().map_err(io::Error::other)?).into(),
        };
        // It says its keys when it listens.
        let said = server.child.stdout.take().map(BufReader::new);
        let key = said.into_iter().flat_map(BufRead::lines).find_map(|line| {
            let key = line.ok()?;
            key.strip_prefix("PORTKEY_WORKSPACE_API_KEY=")
                .map(str::to_owned)
        });
        let ended = || io::Error::other("the sandbox ended before it was filled");
        Ok((server, key.ok_or_else(ended)?))
    }

    /// The peer's program of that name, with what it demands before it asks an upstream on this machine.
    fn node(&self, program: &str) -> Option<Command> {
        let folder = self
            .peer
            .as_ref()?
            .join("node_modules/portkey-admin-mcp/build");
        let mut command = self.command(Path::new("node"));
        command.arg(folder.join(program)).envs([
            ("PORTKEY_ALLOW_PRIVATE_BASE_URL", "true"),
            ("PORTKEY_ALLOW_INSECURE_HTTP", "true"),
            ("MCP_ALLOW_UNAUTHENTICATED_HTTP", "true"),
            ("RATE_LIMIT_ENABLED", "false"),
            ("MCP_MAX_SESSIONS", "20000"),
        ]);
        Some(command)
    }

    fn command(&self, program: &Path) -> Command {
        alone(program, &self.home)
    }
}

/// The product on standard input and output.
pub(crate) fn stdio_server(product: &Path, home: &Path, upstream: &str) -> Command {
    let mut command = alone(product, home);
    ask(&mut command, upstream);
    command
}

/// What callgrind writes into the folder of a program, with the number of the round after it.
pub(crate) const CALLGRIND_OUT: &str = "callgrind.out";
/// What the names of the files begin with through which callgrind is told something.
pub(crate) const VGDB: &str = "vgdb";

/// The same under callgrind.
pub(crate) fn under_callgrind(product: &Path, home: &Path, upstream: &str) -> Command {
    let mut command = alone(Path::new("valgrind"), home);
    for (option, file) in [
        ("--callgrind-out-file=", CALLGRIND_OUT),
        ("--vgdb-prefix=", VGDB),
    ] {
        let mut option = OsString::from(option);
        option.push(home.join(file));
        command.arg(option);
    }
    command.arg("--tool=callgrind").arg(product);
    // Which thread does what, and when memory is given back, would be a matter of chance.
    command
        .env("TOKIO_WORKER_THREADS", "1")
        .env("MIMALLOC_PURGE_DELAY", "-1")
        .env("MALLOC_ARENA_MAX", "1");
    ask(&mut command, upstream);
    command
}

/// A program that knows nothing but where it may write.
fn alone(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(env::var_os("PATH").map(|path| ("PATH", path)));
    command.env("HOME", home).env("XDG_DATA_HOME", home);
    command
}

/// The key that upstreams are asked with.
pub const KEY: &str = "bench-key";

fn ask(command: &mut Command, upstream: &str) {
    command
        .env("PORTKEY_BASE_URL", upstream)
        .env("PORTKEY_API_KEY", KEY);
    command.env("PORTKEY_WORKSPACE_API_KEY", KEY);
}

const fn mode(era: Era) -> &'static str {
    match era {
        Era::Sessions => "stateful",
        Era::Stateless | Era::Bare => "stateless",
    }
}

/// A server that listens. It is killed when this is dropped.
pub struct Server {
    child: Child,
    /// Where.
    pub address: SocketAddr,
}

impl Server {
    fn start(command: &mut Command, port: &str) -> io::Result<Self> {
        let port = port.parse().map_err(io::Error::other)?;
        let silent = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut server = Self {
            child: silent.spawn()?,
            address: (Ipv4Addr::LOCALHOST, port).into(),
        };
        let until = Instant::now() + START;
        while TcpStream::connect(server.address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                return Err(io::Error::other(format!("{command:?} ended: {status}")));
            }
            if Instant::now() > until {
                return Err(io::Error::other(format!("{command:?} does not listen")));
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(server)
    }

    /// The address of an API below this server; a prefix chooses what the stub answers.
    pub fn api(&self, prefix: &str) -> String {
        format!("http://{}{prefix}/v1", self.address)
    }

    /// The process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// A port that nobody listens on. Another process could take it first, and then the server says so.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
