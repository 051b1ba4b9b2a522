//! A file of tokens that is changed, cut off or emptied while a server reads it.

use std::{fs, path::PathBuf, time::Duration};

use reqwest::{Response, StatusCode};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    process::{run, text},
    served::{Served, message, until},
};

struct Tokens {
    _folder: TempDir,
    path: PathBuf,
}

impl Tokens {
    fn of(content: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("tokens.toml");
        fs::write(&path, content).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    fn write(&self, content: &str) {
        fs::write(&self.path, content).unwrap();
    }

    fn serve(&self) -> Served {
        Served::on_sandbox(&["--tokens", self.path.to_str().unwrap()])
    }
}

/// What a holder sends, and the entry of the file.
fn token(name: &str) -> (String, String) {
    let output = run(&["token", "new", name], &[]);
    let told = text(&output.stderr);
    let secret = told.trim().rsplit(' ').next().unwrap().to_owned();
    (secret, text(&output.stdout))
}

async fn list(server: &Served, token: &str) -> Response {
    let request = server.modern("tools/list", json!({})).bearer_auth(token);
    request.send().await.unwrap()
}

async fn tools(server: &Served, token: &str) -> usize {
    let listed = message(list(server, token).await).await;
    listed["result"]["tools"].as_array().unwrap().len()
}

async fn becomes(server: &Served, token: &str, status: StatusCode) {
    until(format!("the answer is {status}"), async || {
        (list(server, token).await.status() == status).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_just_being_written_ends_no_stream() {
    let (ada, entry) = token("ada");
    let (bob, other) = token("bob");
    let tokens = Tokens::of(&format!("{entry}{other}"));
    let server = tokens.serve();
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let listening = server.modern("subscriptions/listen", wanted);
    let mut stream = listening.bearer_auth(&ada).send().await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    for between in ["", other.as_str()] {
        tokens.write(between);
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(list(&server, &ada).await.status(), StatusCode::OK);
        tokens.write(&format!("{entry}{other}"));
        tokio::time::sleep(Duration::from_millis(1200)).await;
    }
    let ends = async { while stream.chunk().await.unwrap().is_some() {} };
    let ended = tokio::time::timeout(Duration::from_millis(100), ends).await;
    assert!(ended.is_err(), "the stream ended");

    // Whoever means it need only leave it so.
    tokens.write("");
    becomes(&server, &ada, StatusCode::UNAUTHORIZED).await;
    becomes(&server, &bob, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn an_entry_that_is_cut_off_is_not_taken_for_one_that_may_do_more() {
    let (ada, entry) = token("ada");
    let (bob, other) = token("bob");
    for restriction in [
        "read-only = true\n",
        "toolsets = 'get_user'\n",
        "[tokens.quotas]\ndeletes = '1/h'\n",
        "expires = 2999-01-01\n",
    ] {
        let tokens = Tokens::of(&format!("{other}{entry}{restriction}"));
        let server = tokens.serve();
        let before = tools(&server, &ada).await;
        tokens.write(&format!("{other}{entry}"));
        let told = server.says("the last good content stays").await;
        assert!(told.contains("`ada`"), "{told}");
        assert_eq!(tools(&server, &ada).await, before);
        tokens.write(&format!("allow-loosening = true\n{entry}"));
        becomes(&server, &bob, StatusCode::UNAUTHORIZED).await;
        assert_eq!(tools(&server, &ada).await, 126, "{restriction}");
    }
}
