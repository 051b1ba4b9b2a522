//! Packages are made of the program that was built with the tests, installed where nothing else is, and run. Nothing
//! leaves the machine.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
};

use portkey_testing::outside;
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::dist::{self, PackageFormat, TARGETS, Target};

/// The program that is tested: the one built with the tests, unless `TEST_PROGRAM` names another build of it.
fn program() -> PathBuf {
    let built = || {
        let test = env::current_exe().unwrap();
        // target/debug/deps/dist-…
        test.ancestors().nth(2).unwrap().join("portkey-mcp")
    };
    let program = env::var_os("TEST_PROGRAM").map_or_else(built, PathBuf::from);
    let hint = "build it with `cargo build --package portkey-mcp`";
    program.canonicalize().expect(hint)
}

/// A command with none of this machine's settings.
fn clean(program: impl AsRef<Path>, home: &Path) -> Command {
    let mut command = Command::new(program.as_ref());
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap())
        .env("HOME", home)
        .env("XDG_DATA_HOME", home)
        .current_dir(home);
    command
}

/// A folder beside the programs that were built, so that a package links to one of them. A copy that this process
/// writes cannot be run while a process that another test starts still has it open.
fn scratch() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

fn told(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    streams.concat()
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let told = told(&output);
    assert!(output.status.success(), "{command:?}: {told}");
    told
}

/// Says its version, calls a tool of the sandbox, and serves the protocol.
fn works(installed: &Path, home: &Path) {
    let version = succeeds(clean(installed, home).arg("--version"));
    assert_eq!(
        version.trim(),
        format!("portkey-mcp {}", env!("CARGO_PKG_VERSION"))
    );
    let listed = succeeds(clean(installed, home).args(["--sandbox", "call", "list_workspaces"]));
    assert!(listed.contains("Research"), "{listed}");
    serves(clean(installed, home).arg("--sandbox"));
}

/// Answers the first request of a client, and ends when its input does.
fn serves(command: &mut Command) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        },
    });
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{initialize}").unwrap();
    let mut line = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut line).unwrap();
    let answer: Value = serde_json::from_str(&line).unwrap();
    let name = &answer["result"]["serverInfo"]["name"];
    assert!(name.as_str().unwrap().starts_with("portkey-mcp"), "{line}");
    drop(input);
    assert!(child.wait().unwrap().success());
}

/// The files of a folder with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap();
    let paths = files.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .collect()
}

#[test]
fn the_packages_of_npm_start_the_program() {
    if outside(
        "TEST_NODE_MODULES",
        "a folder of packages, where there is npm",
    )
    .is_none()
    {
        return;
    }
    let folder = scratch();
    let target = Target::host().unwrap();
    let laid_out = PackageFormat::Npm.lay_out(&program(), target, folder.path());
    for from in laid_out.unwrap() {
        PackageFormat::Npm
            .pack(&from, target, folder.path())
            .unwrap();
    }
    let packages = files(folder.path(), "tgz");
    assert_eq!(packages.len(), 2);
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    let mut install = clean("npm", &home);
    install.args([
        "install",
        "--offline",
        "--no-audit",
        "--no-fund",
        "--no-save",
    ]);
    succeeds(install.args(&packages));
    works(&home.join("node_modules/.bin/portkey-mcp"), &home);

    fs::remove_dir_all(home.join("node_modules").join(held())).unwrap();
    let mut alone = clean(home.join("node_modules/.bin/portkey-mcp"), &home);
    let output = alone.arg("--version").output().unwrap();
    assert!(!output.status.success());
    let why = told(&output);
    assert!(
        why.contains("is not installed") && why.contains("optional"),
        "{why}"
    );
}

/// The package that holds the program of this machine.
fn held() -> String {
    let system = match env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    format!("portkey-mcp-{system}-{processor}")
}

#[test]
fn the_wheel_installs_the_program() {
    let Some(python) = outside("TEST_PYTHON", "a Python with the package `wheel`") else {
        return;
    };
    let folder = scratch();
    let target = Target::host().unwrap();
    let laid_out = PackageFormat::Pypi
        .lay_out(&program(), target, folder.path())
        .unwrap();
    let mut pack = Command::new(&python);
    pack.args(["-m", "wheel", "pack", "--dest-dir"])
        .arg(folder.path())
        .args(&laid_out);
    succeeds(&mut pack);
    let wheel = files(folder.path(), "whl");
    let venv = folder.path().join("venv");
    succeeds(
        Command::new(&python)
            .args(["-m", "venv", "--without-pip"])
            .arg(&venv),
    );
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "--python"])
        .arg(venv.join("bin/python"));
    install.args(["install", "--no-index", "--disable-pip-version-check"]);
    succeeds(install.args(wheel));
    works(&venv.join("bin/portkey-mcp"), folder.path());
    let about = format!(
        "portkey_mcp-{}.dist-info/METADATA",
        env!("CARGO_PKG_VERSION")
    );
    let about = fs::read_to_string(laid_out[0].join(about)).unwrap();
    assert!(about.contains("mcp-name: io.github."), "{about}");
}

/// Bundles hold a program that takes `mcpb` long to pack, so that what is packed here is a small one.
#[test]
fn a_bundle_is_valid_and_starts_the_program() {
    let Some(mcpb) = outside("TEST_MCPB", "the program `mcpb` of @anthropic-ai/mcpb") else {
        return;
    };
    let folder = scratch();
    let target = Target::host().unwrap();
    let laid_out = PackageFormat::Bundle
        .lay_out(&program(), target, folder.path())
        .unwrap();
    let manifest = laid_out[0].join("manifest.json");
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    started_by(&manifest, &laid_out[0], folder.path());

    let small = folder.path().join("small");
    fs::create_dir(&small).unwrap();
    let stands_in = small.join("program");
    fs::copy("/bin/true", &stands_in).unwrap();
    let laid_out = PackageFormat::Bundle
        .lay_out(&stands_in, target, &small)
        .unwrap();
    let (bundle, unpacked) = (small.join("it.mcpb"), small.join("unpacked"));
    succeeds(Command::new(&mcpb).arg("validate").arg(&laid_out[0]));
    succeeds(
        Command::new(&mcpb)
            .arg("pack")
            .arg(&laid_out[0])
            .arg(&bundle),
    );
    succeeds(
        Command::new(&mcpb)
            .arg("unpack")
            .arg(&bundle)
            .arg(&unpacked),
    );
    succeeds(&mut Command::new(unpacked.join("server/portkey-mcp")));
}

/// Starts the server as a manifest says, when the user has given the required fields alone.
fn started_by(manifest: &Value, bundle: &Path, home: &Path) {
    let config = &manifest["server"]["mcp_config"];
    let filled = |text: &Value| {
        let text = text
            .as_str()
            .unwrap()
            .replace("${__dirname}", bundle.to_str().unwrap());
        let field = text
            .strip_prefix("${user_config.")
            .and_then(|rest| rest.strip_suffix('}'));
        let Some(field) = field else { return text };
        match &manifest["user_config"][field]["default"] {
            Value::String(text) => text.clone(),
            Value::Bool(on) => on.to_string(),
            _ => "key".to_owned(),
        }
    };
    let mut command = clean(filled(&config["command"]), home);
    for (name, value) in config["env"].as_object().unwrap() {
        command.env(name, filled(value));
    }
    serves(&mut command);
}

/// Answers each request with the file of that name, as the releases of the repository do.
fn releases(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 2048];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let (status, body) = fs::read(folder.join(path.trim_start_matches('/')))
                .map_or(("404 Not Found", Vec::new()), |body| ("200 OK", body));
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            _ = stream.write_all(head.as_bytes());
            _ = stream.write_all(&body);
        }
    });
    address
}

/// Runs the script that installs from a release at this address.
fn installed_from(address: &str, prefix: &Path, path: Option<&Path>) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/install.sh");
    let mut sh = clean("sh", prefix);
    if let Some(path) = path {
        sh.env("PATH", path);
    }
    sh.arg(script)
        .env("DOWNLOADS", address)
        .env("PREFIX", prefix);
    sh.output().unwrap()
}

#[test]
fn the_script_installs_only_what_has_its_checksum() {
    let folder = scratch();
    let release = folder.path().join("release");
    let prefix = folder.path().join("prefix");
    fs::create_dir(&release).unwrap();
    fs::create_dir(&prefix).unwrap();
    let stands_in = release.join("portkey-mcp");
    fs::write(&stands_in, "#!/bin/sh\necho portkey-mcp 9.9.9\n").unwrap();
    let archive = format!("portkey-mcp-{}.tar.gz", Target::host().unwrap().triple);
    let make = format!(
        "chmod 755 portkey-mcp && tar -czf {archive} portkey-mcp && sha256sum *.tar.gz > SHA256SUMS"
    );
    succeeds(Command::new("sh").args(["-c", &make]).current_dir(&release));
    let address = releases(release.clone());

    let output = installed_from(&address, &prefix, None);
    let said = told(&output);
    assert!(
        output.status.success() && said.contains("portkey-mcp 9.9.9"),
        "{said}"
    );
    assert!(said.contains("not in your PATH"), "{said}");

    let installed = prefix.join("bin/portkey-mcp");
    let good = fs::read_to_string(release.join("SHA256SUMS")).unwrap();
    let wrong = [
        (
            good.replacen(char::is_numeric, "a", 1),
            "nothing was installed",
        ),
        (good.replace(&archive, "another.tar.gz"), "does not list"),
        (String::new(), "does not list"),
    ];
    for (checksums, why) in wrong {
        fs::remove_file(&installed).ok();
        fs::write(release.join("SHA256SUMS"), checksums).unwrap();
        let output = installed_from(&address, &prefix, None);
        let said = told(&output);
        assert!(!output.status.success() && said.contains(why), "{said}");
        assert!(!installed.exists());
    }

    fs::remove_file(release.join("SHA256SUMS")).unwrap();
    let output = installed_from(&address, &prefix, None);
    assert!(!output.status.success() && told(&output).contains("cannot download"));
    assert!(!installed.exists());
}

#[test]
fn a_release_is_completed_with_its_checksums() {
    let folder = scratch();
    let complete = || dist::run(&["release", folder.path().to_str().unwrap()]);
    let files = TARGETS.iter().flat_map(|target| {
        let archive = if target.triple.contains("windows") {
            "zip"
        } else {
            "tar.gz"
        };
        [archive, "mcpb"].map(|kind| format!("portkey-mcp-{}.{kind}", target.triple))
    });
    let line = |(n, file): (usize, String)| format!("{n:064x}  {file}\n");
    let lines: Vec<String> = files.enumerate().map(line).collect();
    let sums = folder.path().join("SHA256SUMS");

    fs::write(&sums, lines[1..].concat()).unwrap();
    let refused = complete().unwrap_err().to_string();
    assert!(
        refused.contains("lacks portkey-mcp-x86_64-unknown-linux-gnu.tar.gz"),
        "{refused}"
    );
    fs::write(&sums, "no checksum\n").unwrap();
    assert!(complete().unwrap_err().to_string().contains("sha256sum"));

    fs::write(&sums, lines.concat()).unwrap();
    complete().unwrap();
    let read = |file| fs::read_to_string(folder.path().join(file)).unwrap();
    let server: Value = serde_json::from_str(&read("server.json")).unwrap();
    let packages = server["packages"].as_array().unwrap();
    let bundles = packages
        .iter()
        .filter(|package| package["registryType"] == "mcpb");
    let checksums: Vec<&str> = bundles
        .map(|it| it["fileSha256"].as_str().unwrap())
        .collect();
    assert_eq!(checksums.len(), TARGETS.len());
    assert!(checksums[0].ends_with("01"), "{checksums:?}");
    let formula = read("portkey-mcp.rb");
    assert_eq!(formula.matches("sha256 \"0000").count(), 4, "{formula}");
}
