//! A `PostgreSQL` of a test's own.

use std::{
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use portkey_testing::outside;
use tempfile::TempDir;

pub(crate) struct PostgresServer {
    child: Child,
    pub(crate) url: String,
    folder: TempDir,
}

impl PostgresServer {
    /// Nothing, said loudly, where the environment names no binaries.
    pub(crate) fn start() -> Option<Self> {
        let binaries = outside("TEST_POSTGRES", "the folder of `initdb` and `postgres`")?;
        let folder = TempDir::new().unwrap();
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let data = folder.path().join("data");
        let made = as_postgres(&binaries.join("initdb"))
            .args(["--username=journal", "--auth=trust", "--no-sync", "-D"])
            .arg(&data)
            .current_dir("/")
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let child = as_postgres(&binaries.join("postgres"))
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c"])
            .arg(format!(
                "unix_socket_directories={}",
                folder.path().display()
            ))
            .args(["-p", &port.to_string(), "-D"])
            .arg(&data)
            .current_dir("/")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            thread::sleep(Duration::from_millis(50));
        }
        Some(Self {
            child,
            url: format!("postgres://journal:secret-of-journal@127.0.0.1:{port}/postgres"),
            folder,
        })
    }

    /// Stops it at once, in the middle of whatever it does.
    pub(crate) fn stop(&mut self) {
        // The process that was started may be another's, who passes no signal on.
        let file = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid"));
        if let Some(id) = file
            .ok()
            .and_then(|text| Some(text.lines().next()?.to_owned()))
        {
            _ = Command::new("kill").args(["-QUIT", &id]).status();
        }
        _ = self.child.wait();
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// It refuses to run as root, so that root runs it as somebody else.
fn as_postgres(program: &Path) -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt as _;
        me.uid() == 0
    });
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    // Some containers let only root write to /dev/null, which initdb does.
    let writes = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .args(writes)
        .arg("--")
        .arg(program);
    command
}
