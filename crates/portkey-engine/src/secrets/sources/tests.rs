//! Tests of which references to secrets are followed.

use std::os::unix::fs::symlink;

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::wording::Plain;

/// A folder that is allowed, beside one that is not.
struct Folders {
    home: TempDir,
}

impl Folders {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        for folder in ["allowed", "other"] {
            fs::create_dir(home.path().join(folder)).unwrap();
        }
        Self { home }
    }

    fn path(&self, path: &str) -> String {
        self.home.path().join(path).to_str().unwrap().to_owned()
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(path), content).unwrap();
    }

    fn sources(&self) -> Sources {
        let pattern = format!("file:{}", self.path("allowed/*"));
        let own = Own {
            variables: ["PORTKEY_API_KEY".to_owned()].into(),
            files: vec![self.path("allowed/own").into()],
        };
        let allowed = ["env:*", &pattern].map(|text| text.parse().unwrap());
        Sources::new(SourceList(allowed.to_vec()), own, |name| {
            std::env::var(name).ok()
        })
    }

    fn read(&self, path: &str) -> Result<String, String> {
        resolved(&self.sources(), &format!("file:{}", self.path(path)))
    }
}

fn resolved(sources: &Sources, key: &str) -> Result<String, String> {
    let arguments = json!({ "name": "n", "provider": "openai", "key": key });
    let Value::Object(arguments) = arguments else {
        unreachable!()
    };
    let declaration = &portkey_api::operation("create_virtual_key")
        .unwrap()
        .declaration;
    match sources.resolve(declaration, arguments, &[], &Plain) {
        Ok((arguments, _)) => Ok(arguments["key"].as_str().unwrap().to_owned()),
        Err(refused) => Err(refused.to_string()),
    }
}

#[test]
fn files_of_an_allowed_folder_are_read() {
    let folders = Folders::new();
    for (content, secret) in [
        ("sk-1", "sk-1"),
        ("sk-1\n", "sk-1"),
        ("sk-1\r\n", "sk-1"),
        ("a\nb\n\n", "a\nb\n"),
        ("env:PATH", "env:PATH"),
    ] {
        folders.write("allowed/key", content);
        assert_eq!(folders.read("allowed/key").as_deref(), Ok(secret));
    }
}

#[test]
fn nothing_is_told_of_files_elsewhere() {
    let folders = Folders::new();
    folders.write("other/there", "sk-1");
    let there = folders.read("other/there").unwrap_err();
    let missing = folders.read("other/gone!").unwrap_err();
    assert!(there.contains("may not be read") && there.contains("the sources of secrets"));
    let nameless = |text: String| text.replace("there", "").replace("gone!", "");
    assert!(nameless(missing).contains("may not be read"));
    let deeper = folders.read("allowed/deep/key").unwrap_err();
    assert!(deeper.contains("may not be read"), "{deeper}");
}

#[test]
fn no_way_leads_out_of_the_folder() {
    let folders = Folders::new();
    folders.write("other/key", "sk-1");
    symlink(folders.path("other/key"), folders.path("allowed/link")).unwrap();
    let link = folders.read("allowed/link").unwrap_err();
    let missing = folders.read("allowed/gone").unwrap_err();
    assert_eq!(link.replace("link", ""), missing.replace("gone", ""));
    let back = folders.read("allowed/../other/key").unwrap_err();
    assert!(back.contains("may not be read"), "{back}");
    symlink(folders.path("allowed/real"), folders.path("allowed/inside")).unwrap();
    folders.write("allowed/real", "sk-2");
    assert_eq!(folders.read("allowed/inside").as_deref(), Ok("sk-2"));
}

#[test]
fn unfit_files_are_refused() {
    let folders = Folders::new();
    folders.write("allowed/large", "x".repeat(LARGEST + 1));
    folders.write("allowed/most", "x".repeat(LARGEST) + "\n");
    folders.write("allowed/bytes", [0xff, 0xfe]);
    folders.write("allowed/empty", "\n");
    folders.write("allowed/own", "pk-1");
    fs::create_dir(folders.path("allowed/folder")).unwrap();
    let refused = |name: &str| folders.read(&format!("allowed/{name}")).unwrap_err();
    assert!(refused("large").contains("larger than 64 KiB"));
    assert!(refused("bytes").contains("not UTF-8"));
    assert!(refused("empty").contains("is empty"));
    assert!(refused("own").contains("this server's own"));
    assert!(refused("folder").contains("no file is there"));
    assert!(folders.read("allowed/most").is_ok());
}

#[test]
fn the_keys_of_the_server_are_never_read() {
    let folders = Folders::new();
    let sources = folders.sources();
    for name in ["PORTKEY_API_KEY", "portkey_api_key"] {
        let refused = resolved(&sources, &format!("env:{name}")).unwrap_err();
        assert!(refused.contains("this server's own"), "{refused}");
    }
    assert!(resolved(&sources, "env:PATH").is_ok());
    let everything = Sources::new("file:/**/*".parse().unwrap(), Own::default(), |_| None);
    let refused = resolved(&everything, "file:/proc/self/environ").unwrap_err();
    assert!(refused.contains("no file is there"), "{refused}");
}

#[test]
fn by_default_nothing_is_allowed() {
    for reference in [
        "env:PATH",
        "file:/etc/hostname",
        "env:",
        "file:key",
        "env:sk-1 2",
    ] {
        let refused = resolved(&Sources::default(), reference).unwrap_err();
        assert!(refused.contains("allowed here: none"), "{refused}");
        assert!(
            refused.contains("`key`") && !refused.contains("sk-1"),
            "{refused}"
        );
    }
    assert_eq!(resolved(&Sources::default(), "sk-1").as_deref(), Ok("sk-1"));
}

#[test]
fn an_object_is_read_where_one_belongs() {
    let folders = Folders::new();
    folders.write(
        "allowed/account",
        r#"{ "private_key": "sk-canary-0123456789" }"#,
    );
    let reference = format!("file:{}", folders.path("allowed/account"));
    let config = json!({ "provider": "vertex-ai", "vertex_service_account_json": reference, "api_key": reference });
    let Value::Object(arguments) = json!({ "name": "n", "config": config }) else {
        unreachable!()
    };
    let declaration = &portkey_api::operation("create_config").unwrap().declaration;
    let (arguments, redactor) = folders
        .sources()
        .resolve(declaration, arguments, &[], &Plain)
        .unwrap();
    let config = &arguments["config"];
    assert_eq!(
        config["vertex_service_account_json"],
        json!({ "private_key": "sk-canary-0123456789" })
    );
    assert!(config["api_key"].is_string());
    assert!(redactor.hidden("no sk-canary-0123456789").is_some());
}

#[test]
fn further_lists_only_narrow() {
    let folders = Folders::new();
    folders.write("allowed/one", "sk-one");
    folders.write("allowed/two", "sk-two");
    let sources = folders.sources();
    let one: SourceList = format!("file:{},env:H*", folders.path("*/one"))
        .parse()
        .unwrap();
    let read = |reference: &str, narrower: &[SourceList]| {
        let arguments = json!({ "name": "n", "provider": "openai", "key": reference });
        let declaration = &portkey_api::operation("create_virtual_key")
            .unwrap()
            .declaration;
        let Value::Object(arguments) = arguments else {
            unreachable!()
        };
        sources
            .resolve(declaration, arguments, narrower, &Plain)
            .is_ok()
    };
    let at = |path: &str| format!("file:{}", folders.path(path));
    let narrow = &[one][..];
    assert!(read(&at("allowed/one"), narrow) && read("env:HOME", narrow));
    assert!(read(&at("allowed/two"), &[]) && !read(&at("allowed/two"), narrow));
    assert!(read("env:PATH", &[]) && !read("env:PATH", narrow));
    // What the server does not allow, nobody can add.
    folders.write("other/one", "sk-other");
    assert!(!read(&at("other/one"), narrow));
    assert!(!read("env:HOME", &[SourceList::default()]));
}
