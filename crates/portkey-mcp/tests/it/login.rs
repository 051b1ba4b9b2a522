//! `portkey-mcp login` and `logout`: the key in the system's keyring, or in a file of variables.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::process::{SandboxProcess, portkey_mcp, program, text};

/// Logs in with a key on standard input.
fn login(key: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let home = TempDir::new().unwrap();
    let mut child = portkey_mcp(&home)
        .arg("login")
        .args(arguments)
        .envs(settings.iter().copied())
        // No keyring can be reached by these.
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .env("XDG_RUNTIME_DIR", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses before it reads has closed the pipe.
    _ = writeln!(child.stdin.take().unwrap(), "{key}");
    child.wait_with_output().unwrap()
}

fn at(sandbox: &SandboxProcess) -> [(&'static str, &str); 1] {
    [("PORTKEY_BASE_URL", &sandbox.url)]
}

fn git(folder: &Path, arguments: &[&str]) {
    let run = Command::new("git")
        .current_dir(folder)
        .args(arguments)
        .output();
    assert!(run.unwrap().status.success(), "{arguments:?}");
}

#[test]
fn a_file_of_variables_gets_the_key_and_keeps_the_rest() {
    let sandbox = SandboxProcess::start();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(".env");
    fs::write(&file, "# team\nA=1\nexport PORTKEY_API_KEY=old\nB=2\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let arguments = ["--env-file", file.to_str().unwrap()];
    let output = login(&sandbox.admin_key, &arguments, &at(&sandbox));
    assert!(output.status.success(), "{output:?}");
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(!said.contains(&sandbox.admin_key), "{said}");
    assert!(said.contains("as PORTKEY_API_KEY"), "{said}");
    assert!(!said.contains("tracked by git"), "{said}");
    let expected = format!(
        "# team\nA=1\nexport PORTKEY_API_KEY={}\nB=2\n",
        sandbox.admin_key
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", ".env"]);
    let output = login(&sandbox.admin_key, &arguments, &at(&sandbox));
    let said = text(&output.stderr);
    assert!(said.contains("is tracked by git"), "{said}");
}

#[test]
fn the_variable_is_the_one_that_the_profile_reads() {
    let sandbox = SandboxProcess::start();
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let profile = format!(
        "[profiles.team]\nbase-url = \"{}\"\napi-key = \"env:TEAM_KEY\"\n",
        sandbox.url
    );
    fs::write(at("portkey.toml"), profile).unwrap();
    fs::write(at(".env"), "").unwrap();
    let (config, file) = (at("portkey.toml"), at(".env"));
    let arguments = [
        "--config",
        &config,
        "--profile",
        "team",
        "--env-file",
        &file,
    ];
    let output = login(&sandbox.admin_key, &arguments, &[]);
    assert!(output.status.success(), "{output:?}");
    let expected = format!("TEAM_KEY={}\n", sandbox.admin_key);
    assert_eq!(fs::read_to_string(at(".env")).unwrap(), expected);
}

#[test]
fn what_is_no_working_key_is_not_kept() {
    let sandbox = SandboxProcess::start();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(".env");
    fs::write(&file, "A=1\n").unwrap();
    let arguments = ["--env-file", file.to_str().unwrap()];
    let nobody = [
        ("PORTKEY_BASE_URL", "http://127.0.0.1:9"),
        ("PORTKEY_MAX_RETRIES", "0"),
    ];
    for (key, settings, code, part) in [
        ("c4n4ry-0123456789", &at(&sandbox)[..], 3, "does not accept"),
        ("c4n4ry-0123456789", &nobody, 4, "could not be checked"),
        ("your-key", &at(&sandbox), 2, "is a placeholder"),
        ("", &at(&sandbox), 2, "no key was given"),
    ] {
        let output = login(key, &arguments, settings);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{key}: {said}");
        assert!(said.contains(part), "{key}: {said}");
        assert!(!said.contains("c4n4ry"), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "A=1\n");
    }
    let missing = folder.path().join("missing.env");
    let arguments = ["--env-file", missing.to_str().unwrap()];
    let output = login(&sandbox.admin_key, &arguments, &at(&sandbox));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!missing.exists());
    let output = login("k", &["--profile", "two words"], &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_the_file_is_named() {
    let sandbox = SandboxProcess::start();
    let output = login(&sandbox.admin_key, &[], &at(&sandbox));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = text(&output.stderr);
    assert!(said.contains("--env-file"), "{said}");
    assert!(!said.contains(&sandbox.admin_key), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_kept_key_is_found_by_its_name_until_it_is_deleted() {
    let Some(daemon) =
        portkey_testing::outside("TEST_SECRET_SERVICE", "the program `gnome-keyring-daemon`")
    else {
        return;
    };
    let sandbox = SandboxProcess::start();
    let home = TempDir::new().unwrap();
    let script = format!(
        "echo pw | {daemon} --unlock --components=secrets >/dev/null 2>&1\n\
         echo \"$KEY\" | {program} login --profile team || exit 10\n\
         export PORTKEY_API_KEY=keyring:team\n\
         {program} call list_workspaces >/dev/null || exit 11\n\
         {program} doctor --no-start || exit 12\n\
         {program} logout --profile team || exit 13\n\
         {program} call list_workspaces && exit 14\n\
         {program} logout --profile team || exit 15\n",
        daemon = daemon.display(),
        program = program().display()
    );
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &script])
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("PORTKEY_BASE_URL", &sandbox.url)
        .env("KEY", &sandbox.admin_key)
        .output()
        .unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{:?}: {out}{err}", output.status);
    for part in [
        "Kept in the system's keyring (service portkey-mcp, account api-key/team)",
        "Set PORTKEY_API_KEY=keyring:team",
        "Deleted from the system's keyring",
    ] {
        assert!(out.contains(part), "{part}: {out}{err}");
    }
    for part in [
        "the keyring has no key `team`; `portkey-mcp login --profile team` stores one",
        "the keyring has no such key",
    ] {
        assert!(err.contains(part), "{part}: {out}{err}");
    }
    assert!(!(out + &err).contains(&sandbox.admin_key));
}
