//! The configuration file: what wins over what, and what is said about mistakes.

use std::{fs, process::Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{portkey_mcp, text};

/// A folder with a configuration file.
struct Folder(TempDir);

impl Folder {
    fn with(file: &str) -> Self {
        let folder = Self(TempDir::new().unwrap());
        fs::write(folder.0.path().join("portkey.toml"), file).unwrap();
        folder
    }

    /// Runs a command in the folder, so that messages name the file alone.
    fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
        portkey_mcp(&self.0)
            .current_dir(self.0.path())
            .args(arguments)
            .envs(settings.iter().copied())
            .output()
            .unwrap()
    }

    fn check(&self, flags: &[&str], settings: &[(&str, &str)]) -> Output {
        self.run(
            &[&["config", "check", "portkey.toml"], flags].concat(),
            settings,
        )
    }

    /// What is in force: source and value of a setting.
    fn held(&self, name: &str, flags: &[&str], settings: &[(&str, &str)]) -> String {
        let output = self.check(flags, settings);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let report = text(&output.stdout);
        let line = report.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let silent = Folder::with("");
    let file = Folder::with("timeout = 10\nport = 4000\nsandbox = true\nsessions = 'off'\n");
    for (name, flag, variable, default, by_file) in [
        (
            "timeout",
            "--timeout=30",
            ("PORTKEY_TIMEOUT", "20"),
            "60",
            "10",
        ),
        ("port", "--port=30", ("MCP_PORT", "20"), "3000", "4000"),
        (
            "sandbox",
            "--sandbox=false",
            ("PORTKEY_SANDBOX", "no"),
            "false",
            "true",
        ),
        (
            "sessions",
            "--sessions=on",
            ("MCP_SESSIONS", "on"),
            "on",
            "off",
        ),
    ] {
        let given = flag.split_once('=').unwrap().1;
        let variables = [variable];
        assert_eq!(silent.held(name, &[], &[]), format!("default {default}"));
        assert_eq!(file.held(name, &[], &[]), format!("file {by_file}"));
        let by_variable = format!("environment {}", variable.1);
        assert_eq!(file.held(name, &[], &variables), by_variable);
        assert_eq!(
            file.held(name, &[flag], &variables),
            format!("flag {given}")
        );
    }
}

#[test]
fn the_older_name_of_a_variable_wins_over_the_file_too() {
    let file = Folder::with("toolsets = ['users']");
    let listed = |settings: &[(&str, &str)]| {
        text(
            &file
                .run(&["--config", "portkey.toml", "tools"], settings)
                .stdout,
        )
    };
    assert!(listed(&[]).contains("get_user") && !listed(&[]).contains("get_workspace "));
    let older = listed(&[("PORTKEY_TOOL_DOMAINS", "workspaces")]);
    assert!(
        older.contains("get_workspace ") && !older.contains("get_user "),
        "{older}"
    );
}

#[test]
fn the_file_is_found_by_flag_and_by_variable() {
    let file = Folder::with("toolsets = 'users,-delete_user'");
    for (arguments, settings) in [
        (&["--config", "portkey.toml", "tools"][..], &[][..]),
        (&["tools"], &[("PORTKEY_MCP_CONFIG", "portkey.toml")]),
    ] {
        let listed = text(&file.run(arguments, settings).stdout);
        assert!(
            listed.contains("get_user") && !listed.contains("delete_user "),
            "{listed}"
        );
        assert!(!listed.contains("get_workspace"), "{listed}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_their_lines() {
    let file = Folder::with(
        "base_url = 'https://x'
port = 99999
sessions = 'perhaps'
toolsets = 'workspaes'
timeout = [1]
profil = 'x'
[profiles.staging]
api-key = 'pk-secret'
[profiles.other]
apikey = 'env:X'
[[grants]]
profiles = 'a'
",
    );
    let output = file.check(&[], &[]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr), @r"
    portkey-mcp: the configuration file has 9 problems
    portkey.toml:1: unknown setting `base_url`; did you mean `base-url`?
    portkey.toml:2: `port`: invalid value '99999': 99999 is not in 0..=65535
    portkey.toml:3: `sessions`: invalid value 'perhaps' [possible values: on, off]
    portkey.toml:4: `toolsets`: invalid value 'workspaes': `workspaes` is neither a tool set, a domain nor a tool; did you mean `workspaces`?
    portkey.toml:5: `timeout`: expected one value, not an array
    portkey.toml:6: unknown setting `profil`; did you mean `profile`?
    portkey.toml:8: expected `env:NAME`, `file:PATH` or `keyring:NAME`; keys themselves do not belong into the configuration file
    portkey.toml:10: unknown field `apikey`, expected one of `base-url`, `gateway-url`, `api-key`, `workspace-api-key`, `edition`, `client-id`, `client-secret`, `tsg-id`, `token-url`, `organisation`
    portkey.toml:12: unknown field `profiles`, expected one of `issuer`, `principal`, `group`, `toolsets`, `surface`, `profile`, `confirm`, `scopes`, `step-up`, `read-only`, `allow`, `deny`, `effects`, `workspaces`, `quotas`, `secret-sources`
    ");
}

#[test]
fn a_file_that_is_no_toml_or_missing_is_told_of() {
    let file = Folder::with("a = \n");
    let output = file.check(&[], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("portkey.toml:1: "));
    let output = file.run(&["--config", "nowhere.toml", "tools"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("nowhere.toml: cannot be read"));
}

#[test]
fn references_must_lead_somewhere() {
    let file = Folder::with(
        "[profiles.a]
api-key = 'env:KEY_OF_A'
[profiles.b]
api-key = 'file:/nowhere/key'
",
    );
    let told = text(&file.check(&[], &[]).stderr);
    assert!(
        told.contains(
            "portkey.toml:1: the profile `a` has no key: the variable KEY_OF_A is not set"
        )
    );
    assert!(
        told.contains("portkey.toml:3: the profile `b` has no key: /nowhere/key cannot be read")
    );
    let file =
        Folder::with("[profiles.staging]\napi-key = 'env:A'\n[[grants]]\nprofile = 'stagin'\n");
    let told = text(&file.check(&[], &[("A", "secret")]).stderr);
    assert!(
        told.contains("portkey.toml:3: there is no profile `stagin`; did you mean `staging`?"),
        "{told}"
    );
}

/// What would keep `portkey-mcp http` from starting.
#[test]
fn who_may_call_is_checked_too() {
    const ISSUERS: &str = "public-url = 'https://mcp.example.com'\n[[issuers]]\nissuer = 'https://a.example'\n\
                           [[issuers]]\nissuer = 'https://b.example'\n";
    for (file, flags, expected) in [
        (
            "bind = '0.0.0.0'\nauth = 'none'\n".to_owned(),
            &[][..],
            "portkey.toml: --auth none on 0.0.0.0",
        ),
        (
            "auth = 'oidc'\n".to_owned(),
            &[],
            "portkey.toml: --auth oidc needs at least one [[issuers]]",
        ),
        (
            ISSUERS.to_owned(),
            &["--sandbox"],
            "portkey.toml: --auth oidc with a Portkey key",
        ),
        (
            ISSUERS.replace("b.", "a."),
            &[],
            "portkey.toml:4: [[issuers]] `https://a.example`: appears twice",
        ),
        (
            format!("{ISSUERS}[[grants]]\ngroup = 'g'\n[[grants]]\nissuer = 'https://c.example'\n"),
            &[],
            "portkey.toml:6: [[grants]] number 1: say by `issuer`",
        ),
        (
            format!("{ISSUERS}[[grants]]\ngroup = 'g'\n[[grants]]\nissuer = 'https://c.example'\n"),
            &[],
            "portkey.toml:8: [[grants]] number 2: there is no [[issuers]] table",
        ),
        (
            "tokens = '/nowhere'\n[[grants]]\nissuer = 'https://a.example'\n".to_owned(),
            &[],
            "portkey.toml:2: [[grants]] number 1: there is no [[issuers]] table",
        ),
    ] {
        let output = Folder::with(&file).check(flags, &[]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(told.contains(expected), "{file}\n{told}");
    }
    let nothing_is_opened = Folder::with("tokens = '/nowhere'\nport = 1\n").check(&[], &[]);
    assert!(nothing_is_opened.status.success());
    let without_file = portkey_mcp(&TempDir::new().unwrap())
        .args(["config", "check", "--bind", "0.0.0.0", "--auth", "none"])
        .output()
        .unwrap();
    assert_eq!(without_file.status.code(), Some(2));
}

/// A key whose variable looks like a misspelt setting is none, where the file refers to it.
#[test]
fn a_variable_that_the_file_refers_to_is_known() {
    let file = Folder::with("[profiles.second]\napi-key = 'env:PORTKEY_API_KEY2'\n");
    let settings = [("PORTKEY_API_KEY2", "secret")];
    assert!(file.check(&[], &settings).status.success());
    assert_eq!(file.run(&["tools"], &settings).status.code(), Some(2));
}

#[test]
fn what_may_be_a_secret_is_refused_without_repeating_it() {
    let (headers, state) = ("c4n4ry", "reddis://:c4n4ry@localhost");
    let file = Folder::with(&format!(
        "otlp-headers = '{headers}'\nshared-state = '{state}'\n"
    ));
    let headers = [("OTEL_EXPORTER_OTLP_HEADERS", headers)];
    for output in [
        file.check(&[], &[]),
        file.run(&["http", "--sandbox"], &headers),
        file.run(&["http", "--sandbox", "--shared-state", state], &[]),
    ] {
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(
            told.contains("expected") && !told.contains("c4n4ry"),
            "{told}"
        );
    }
}

#[test]
fn a_right_file_is_told_back_without_its_secrets() {
    let file = Folder::with(
        "toolsets = ['default', '-delete_workspace']
timeout = 20
profile = 'staging'
[profiles.staging]
base-url = 'https://staging.example'
api-key = 'env:STAGING_KEY'
",
    );
    let output = file.check(&["--port", "80"], &[("STAGING_KEY", "pk-very-secret")]);
    let report = text(&output.stdout);
    let lines = report
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    // Settings that nobody gave would make this a list of all.
    let given = lines.filter(|words| words.get(1) != Some(&"default"));
    // That one was given by what starts the program here.
    let given = given.filter(|words| words.first() != Some(&"skip-key-check"));
    let given: Vec<_> = given.map(|words| words.join(" ")).collect();
    insta::assert_snapshot!(given.join("\n"), @r"
    port flag 80
    profile file staging
    timeout file 20
    toolsets file default,-delete_workspace

    profile default: https://api.portkey.ai/v1, no key
    profile staging (chosen): https://staging.example/v1, key sha256:a1a6d1e8ddeb
    ");
}

#[test]
fn the_documented_example_is_right() {
    let page = include_str!("../../../../docs/http/configuration.md");
    let example = page
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let file = Folder::with(example);
    fs::write(file.0.path().join("staging.key"), "secret\n").unwrap();
    let output = file.check(&[], &[("PRODUCTION_KEY", "secret")]);
    assert!(output.status.success(), "{}", text(&output.stderr));

    let schema: Value =
        serde_json::from_slice(&file.run(&["config", "schema"], &[]).stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let valid = |text: &str| schema.is_valid(&toml::from_str::<Value>(text).unwrap());
    assert!(valid(example));
    assert!(!valid("base_url = 'https://x'"));
    assert!(!valid("[profiles.a]\napi-key = 'secret'"));
    assert!(!valid("sessions = 'perhaps'"));
}

#[test]
fn the_documentation_names_every_restriction_that_a_grant_can_lose() {
    let page = include_str!("../../../../docs/http/configuration.md");
    let (_, section) = page.split_once("### Changes that are rejected").unwrap();
    let schema = portkey_mcp::reference::configuration_schema();
    let keys = schema.pointer("/$defs/GrantTable/properties").unwrap();
    let keys = keys.as_object().unwrap().keys();
    let missing: Vec<_> = keys
        .filter(|key| !section.contains(&format!("`{key}`")))
        .collect();
    assert!(missing.is_empty(), "not in the section: {missing:?}");
}
