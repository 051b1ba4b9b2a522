use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, task::AbortHandle, time};

use super::{InvalidTokens, NewToken, Tokens};

/// How soon a change counts. The content is compared, not the time of change: mounted secrets change by other means.
const PERIOD: Duration = Duration::from_secs(1);

/// The tokens of a file, as it now is.
#[derive(Debug)]
pub struct TokenFile {
    tokens: watch::Receiver<Arc<Tokens>>,
    follower: Option<AbortHandle>,
}

impl TokenFile {
    /// Reads the file, and follows it for as long as this lives. Where it no longer reads, the last content counts.
    pub fn open(path: PathBuf) -> Result<Self, InvalidTokens> {
        let text = read(&path)?;
        let tokens = Tokens::read(&text)?;
        warn_of_readers(&path);
        let (sender, receiver) = watch::channel(Arc::new(tokens));
        let task = tokio::spawn(follow(path, text, sender));
        Ok(Self {
            tokens: receiver,
            follower: Some(task.abort_handle()),
        })
    }

    /// No file, but one token.
    pub(in crate::auth) fn only(token: &NewToken) -> Self {
        Self {
            tokens: watch::channel(Arc::new(Tokens::only(token))).1,
            follower: None,
        }
    }

    /// Tells of every new content.
    pub(crate) fn changes(&self) -> watch::Receiver<Arc<Tokens>> {
        self.tokens.clone()
    }

    /// The tokens that now count.
    pub(in crate::auth) fn current(&self) -> Arc<Tokens> {
        Arc::clone(&self.tokens.borrow())
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        if let Some(task) = &self.follower {
            task.abort();
        }
    }
}

async fn follow(path: PathBuf, mut seen: String, sender: watch::Sender<Arc<Tokens>>) {
    let mut period = time::interval(PERIOD);
    let mut is_there = true;
    loop {
        period.tick().await;
        let place = path.clone();
        let Ok(read) = tokio::task::spawn_blocking(move || read(&place)).await else {
            continue;
        };
        let text = match read {
            Ok(text) => text,
            Err(error) => {
                if is_there {
                    tracing::error!(%error, "--tokens: the last good content stays");
                }
                is_there = false;
                continue;
            }
        };
        is_there = true;
        if text == seen {
            continue;
        }
        match Tokens::read(&text) {
            Ok(tokens) => {
                tracing::info!(path = %path.display(), "tokens read again");
                sender.send_replace(Arc::new(tokens));
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "--tokens: the last good content stays");
            }
        }
        seen = text;
    }
}

fn read(path: &Path) -> Result<String, InvalidTokens> {
    fs::read_to_string(path).map_err(|source| InvalidTokens::Unreadable {
        path: path.to_owned(),
        source,
    })
}

/// Hashes of random tokens betray nothing, but whoever may write may let themselves in, and names are nobody's business.
#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).map(|data| data.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o006 != 0) {
        tracing::warn!(
            path = %path.display(),
            "--tokens: everybody on this machine may read or write the file; chmod 600 it"
        );
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}
