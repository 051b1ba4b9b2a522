//! A server whose configuration changes while it runs.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    process::{run, text},
    served::{Served, message, until},
};

fn write(folder: &Path, file: &str) -> PathBuf {
    let path = folder.join("portkey.toml");
    fs::write(&path, file).unwrap();
    path
}

fn serve(path: &Path) -> Served {
    Served::on_sandbox(&["--config", path.to_str().unwrap()])
}

async fn tools(server: &Served) -> usize {
    let listed = server.modern("tools/list", json!({})).send().await.unwrap();
    message(listed).await["result"]["tools"]
        .as_array()
        .unwrap()
        .len()
}

/// Waits until so many tools are offered.
async fn offers(server: &Served, count: usize) {
    until(format!("{count} tools are offered"), async || {
        (tools(server).await == count).then_some(())
    })
    .await;
}

const ONE: &str = "toolsets = 'get_user'\n";
const TWO: &str = "toolsets = 'get_user,get_workspace'\n";
const THREE: &str = "toolsets = 'get_user,get_workspace,list_users'\n";

#[tokio::test]
async fn a_changed_or_replaced_file_is_taken_over() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), ONE);
    let server = serve(&path);
    assert_eq!(tools(&server).await, 1);
    write(folder.path(), TWO);
    offers(&server, 2).await;
    let new = folder.path().join("new");
    fs::write(&new, THREE).unwrap();
    fs::rename(&new, &path).unwrap();
    offers(&server, 3).await;
}

/// As Kubernetes changes a mounted `ConfigMap`.
#[tokio::test]
async fn a_link_that_leads_elsewhere_is_followed() {
    let folder = TempDir::new().unwrap();
    let [old, new] = ["..old", "..new"].map(|name| folder.path().join(name));
    for (version, file) in [(&old, ONE), (&new, TWO)] {
        fs::create_dir(version).unwrap();
        write(version, file);
    }
    let data = folder.path().join("..data");
    symlink(&old, &data).unwrap();
    let path = folder.path().join("portkey.toml");
    symlink("..data/portkey.toml", &path).unwrap();
    let server = serve(&path);
    assert_eq!(tools(&server).await, 1);
    let next = folder.path().join("..data_tmp");
    symlink(&new, &next).unwrap();
    fs::rename(&next, &data).unwrap();
    fs::remove_dir_all(&old).unwrap();
    offers(&server, 2).await;
}

/// The folder itself is a link, which nothing but the signal tells of.
#[tokio::test]
async fn sighup_reloads() {
    let folder = TempDir::new().unwrap();
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    for (version, file) in [(&old, ONE), (&new, TWO)] {
        fs::create_dir(version).unwrap();
        write(version, file);
    }
    let current = folder.path().join("current");
    symlink(&old, &current).unwrap();
    let server = serve(&current.join("portkey.toml"));
    assert_eq!(tools(&server).await, 1);
    fs::remove_file(&current).unwrap();
    symlink(&new, &current).unwrap();
    server.signal("HUP");
    offers(&server, 2).await;
}

#[tokio::test]
async fn a_bad_file_changes_nothing_and_is_told_of() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), ONE);
    let server = serve(&path);
    write(folder.path(), "toolsets = 'get_usr'\n");
    let told = server.says("the configuration stays as it was").await;
    assert!(told.contains("portkey.toml:1"), "{told}");
    assert!(told.contains("did you mean `get_user`?"), "{told}");
    assert_eq!(tools(&server).await, 1);
    write(folder.path(), TWO);
    offers(&server, 2).await;
}

#[tokio::test]
async fn what_cannot_change_at_run_time_is_told_of() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), ONE);
    let server = serve(&path);
    write(folder.path(), &format!("{TWO}sessions = 'off'\n"));
    let told = server.says("when the server is started again").await;
    assert!(told.contains("`sessions` has changed"), "{told}");
    offers(&server, 2).await;
    // Sessions are as they were.
    server.session().await;
}

#[tokio::test]
async fn sighup_without_a_file_does_no_harm() {
    let server = Served::on_sandbox(&["--log", "info"]);
    server.signal("HUP");
    server.says("the configuration is reloaded").await;
    assert_eq!(tools(&server).await, 126);
}

const RULED: &str = "deny = 'users'\n[[grants]]\nprincipal = 'anonymous'\nread-only = true\n\
                     [[grants]]\nprincipal = 'other'\ntoolsets = 'all'\n";

/// As a full disk or a slow writer leaves it: each of these is a valid file.
#[tokio::test]
async fn a_file_that_is_cut_off_opens_nothing() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), RULED);
    let server = serve(&path);
    let before = tools(&server).await;
    for (cut, missing) in [
        ("", "every [[grants]] table"),
        ("deny = 'users'\n", "every [[grants]] table"),
        ("deny = 'users'\n[[grants]]\n", "read-only"),
        (
            "deny = 'users'\n[[grants]]\nprincipal = 'anonymous'\n",
            "read-only",
        ),
        (
            "[[grants]]\nprincipal = 'anonymous'\nread-only = true\n",
            "`deny`",
        ),
    ] {
        write(folder.path(), cut);
        let told = server.says_anew("the configuration stays as it was").await;
        assert!(told.contains(missing), "{cut:?}: {told}");
        assert!(told.contains("allow-loosening"), "{told}");
        assert_eq!(tools(&server).await, before, "{cut:?}");
    }
    // The signal is no word for it.
    server.signal("HUP");
    server.says_anew("the configuration stays as it was").await;
    assert_eq!(tools(&server).await, before);
}

#[tokio::test]
async fn what_narrows_is_taken_over_and_what_loosens_with_an_explicit_word() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), RULED);
    let server = serve(&path);
    let all = tools(&server).await;
    // Nobody who is left gets more than before.
    write(
        folder.path(),
        "deny = 'users,get_workspace'\n[[grants]]\nprincipal = 'anonymous'\nread-only = true\n",
    );
    offers(&server, all - 1).await;
    write(
        folder.path(),
        "allow-loosening = true\ntoolsets = 'get_user'\n",
    );
    offers(&server, 1).await;
}

#[test]
fn the_check_says_what_a_running_server_would_refuse() {
    let folder = TempDir::new().unwrap();
    let running = folder.path().join("running.toml");
    fs::write(&running, RULED).unwrap();
    let new = write(folder.path(), "deny = 'users'\n");
    let [new, running] = [new, running].map(|path| path.to_str().unwrap().to_owned());
    let check = |arguments: &[&str]| run(&[&["config", "check"], arguments].concat(), &[]);
    assert!(check(&[&new]).status.success());
    let refused = check(&[&new, "--replaces", &running]);
    assert_eq!(refused.status.code(), Some(2));
    let told = text(&refused.stderr);
    assert!(told.contains("every [[grants]] table"), "{told}");
    assert!(check(&[&running, "--replaces", &new]).status.success());

    for (line, is_missed) in [
        ("read-only = true", true),
        ("only-workspaces = 'w'", true),
        ("toolsets = 'get_user'", true),
        ("confirm = 'always'", true),
        ("confirm = 'never'", false),
        ("quota-deletes = '1/h'", true),
        ("quota-keys = '1/h'", true),
        ("quota-keys = '1000/h'", false),
        ("secret-sources = 'env:A'", false),
        ("max-retries = 1", false),
    ] {
        fs::write(&running, line).unwrap();
        fs::write(&new, "").unwrap();
        let checked = check(&[&new, "--replaces", &running]);
        let told = text(&checked.stderr);
        assert_eq!(checked.status.success(), !is_missed, "{line}: {told}");
        let (name, _) = line.split_once(' ').unwrap();
        assert_eq!(told.contains(&format!("`{name}`")), is_missed, "{told}");
    }
}
