//! The binary as a process: a server to talk to line by line, a sandbox, or one command.

use std::{
    env,
    io::{BufRead as _, BufReader, Lines, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The program that is tested: the one built with the tests, unless `TEST_PROGRAM` names another build of it.
pub(crate) fn program() -> PathBuf {
    let other = env::var_os("TEST_PROGRAM");
    other.map_or_else(|| env!("CARGO_BIN_EXE_portkey-mcp").into(), PathBuf::from)
}

/// The binary, with a home of its own and none of this machine's settings. It asks Portkey nothing at its start, since
/// many tests count requests; `key_check.rs` tests that it does.
pub(crate) fn portkey_mcp(home: &TempDir) -> Command {
    let mut command = Command::new(program());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if ["PORTKEY_", "MCP_", "OTEL_"]
            .iter()
            .any(|ours| text.starts_with(ours))
        {
            command.env_remove(&name);
        }
    }
    command
        .env("PORTKEY_SKIP_KEY_CHECK", "true")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path());
    command
}

/// Runs one command to its end.
pub(crate) fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let home = TempDir::new().unwrap();
    portkey_mcp(&home)
        .args(arguments)
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What a command printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A sandbox in a process of its own.
pub(crate) struct SandboxProcess {
    child: Child,
    pub(crate) url: String,
    /// The organisation key, which is the secret of the service account in Prisma AIRS.
    pub(crate) admin_key: String,
    pub(crate) workspace_key: String,
    /// All settings that it told.
    told: Vec<(String, String)>,
    _home: TempDir,
}

impl SandboxProcess {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let home = TempDir::new().unwrap();
        let mut child = portkey_mcp(&home)
            .args(["sandbox", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = Vec::new();
        for line in lines {
            let line = line.unwrap();
            let (name, value) = line.split_once('=').unwrap();
            told.push((name.to_owned(), value.to_owned()));
            if name == "PORTKEY_WORKSPACE_API_KEY" {
                break;
            }
        }
        let setting = |names: &[&str]| {
            let found = told.iter().find(|(name, _)| names.contains(&name.as_str()));
            found.unwrap().1.clone()
        };
        Self {
            url: setting(&["PORTKEY_BASE_URL"]),
            admin_key: setting(&["PORTKEY_API_KEY", "PORTKEY_CLIENT_SECRET"]),
            workspace_key: setting(&["PORTKEY_WORKSPACE_API_KEY"]),
            told,
            child,
            _home: home,
        }
    }

    /// Sends a bare request and returns all that comes back.
    pub(crate) fn exchange(&self, method: &str, path: &str, body: &str) -> String {
        let address = self.url.strip_prefix("http://").unwrap();
        let address = address.split('/').next().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nx-portkey-api-key: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.admin_key,
            body.len(),
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// What a control of the sandbox answers.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.exchange(method, &format!("/_sandbox{path}"), &body.to_string());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    /// Puts these faults in the place of all others.
    pub(crate) fn faults(&self, rules: &[&str]) {
        self.control("PUT", "/faults", &json!({ "rules": rules }));
    }

    /// How many requests the rules could have struck.
    pub(crate) fn seen(&self) -> Vec<u64> {
        let told = self.control("GET", "/faults", &json!({}));
        let rules = told["rules"].as_array().unwrap().iter();
        rules.map(|rule| rule["seen"].as_u64().unwrap()).collect()
    }

    /// Asks it to stop as a service manager does, and waits until it has.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.unwrap().success());
        self.child.wait().unwrap()
    }

    /// All settings that it told, which are enough for every tool.
    pub(crate) fn all_settings(&self) -> Vec<(&str, &str)> {
        let told = self.told.iter();
        told.map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The settings by which a server reaches it as administrator.
    pub(crate) fn settings(&self) -> [(&'static str, &str); 2] {
        [
            ("PORTKEY_BASE_URL", &self.url),
            ("PORTKEY_API_KEY", &self.admin_key),
        ]
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// A server, spoken to in lines of JSON.
pub(crate) struct Wire {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    pub(crate) home: TempDir,
    next_id: u64,
    /// Every line that it wrote.
    pub(crate) heard: Vec<String>,
}

impl Wire {
    pub(crate) fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        Self::start_logging(arguments, settings, Stdio::null())
    }

    /// The same, with a place for what it says on standard error.
    pub(crate) fn start_logging(arguments: &[&str], settings: &[(&str, &str)], log: Stdio) -> Self {
        let home = TempDir::new().unwrap();
        let mut command = portkey_mcp(&home);
        command.args(arguments).envs(settings.iter().copied());
        Self::of(command, home, log)
    }

    /// The server that a command starts.
    pub(crate) fn of(mut command: Command, home: TempDir, log: Stdio) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            home,
            next_id: 0,
            heard: Vec::new(),
        }
    }

    /// A session by the handshake of the older revisions.
    pub(crate) fn initialised(arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut wire = Self::start(arguments, settings);
        wire.initialise("2025-11-25");
        wire
    }

    pub(crate) fn initialise(&mut self, version: &str) -> Value {
        self.initialise_with(version, json!({}))
    }

    /// The same as a client that can do these things.
    pub(crate) fn initialise_with(&mut self, version: &str, capabilities: Value) -> Value {
        let params = json!({
            "protocolVersion": version,
            "capabilities": capabilities,
            "clientInfo": { "name": "test", "version": "1" },
        });
        let answer = self.request("initialize", params);
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        answer
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{message}").unwrap();
        input.flush().unwrap();
    }

    /// Sends text that may be no message.
    pub(crate) fn line(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{text}").unwrap();
        input.flush().unwrap();
    }

    /// Sends a request and waits for the message that answers it.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        self.request_asked(method, params, |_| None)
    }

    /// The same, where the server's own requests are answered by `answer`, or not at all.
    pub(crate) fn request_asked(
        &mut self,
        method: &str,
        params: Value,
        mut answer: impl FnMut(&Value) -> Option<Value>,
    ) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.next();
            let is_request = message["method"].is_string() && !message["id"].is_null();
            if message["id"] == id && message["method"].is_null() {
                return message;
            }
            if is_request && let Some(result) = answer(&message) {
                self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
            }
        }
    }

    /// The next message of the server.
    pub(crate) fn next(&mut self) -> Value {
        let line = self
            .output
            .next()
            .expect("the server closed its output")
            .unwrap();
        let message = serde_json::from_str(&line).expect("only the protocol is on standard output");
        self.heard.push(line);
        message
    }

    /// Calls a tool and returns its result.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let message = self.request(
            "tools/call",
            json!({ "name": tool, "arguments": arguments }),
        );
        assert!(message["error"].is_null(), "{tool}: {message}");
        message["result"].clone()
    }

    /// Calls a tool as a client that wants to hear of its progress, and returns what it heard.
    pub(crate) fn progress_of(&mut self, tool: &str, arguments: Value) -> Vec<Value> {
        self.next_id += 1;
        let id = self.next_id;
        let params =
            json!({ "name": tool, "arguments": arguments, "_meta": { "progressToken": "t" } });
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }));
        let mut heard = Vec::new();
        loop {
            let message: Value =
                serde_json::from_str(&self.output.next().unwrap().unwrap()).unwrap();
            if message["method"] == "notifications/progress" {
                heard.push(message["params"].clone());
            }
            if message["id"] == id {
                return heard;
            }
        }
    }

    /// Calls a tool that must succeed and reads the JSON in its text.
    pub(crate) fn answer(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        let text = result["content"][0]["text"].as_str().unwrap();
        assert_ne!(result["isError"], true, "{tool}: {text}");
        serde_json::from_str(text).unwrap()
    }

    /// Calls a tool that must fail and returns what it says.
    pub(crate) fn failure(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{tool} succeeded: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Sends it a signal, such as `TERM`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id()]).status();
        assert!(sent.unwrap().success());
    }

    /// Writes text as it is.
    pub(crate) fn write(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Closes standard input.
    pub(crate) fn hang_up(&mut self) {
        drop(self.input.take());
    }

    /// Waits for the end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Closes standard input and waits for the end.
    pub(crate) fn close(mut self) -> ExitStatus {
        self.hang_up();
        self.end()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        drop(self.input.take());
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
