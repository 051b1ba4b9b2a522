//! Reads the file of tokens, and reads it again when it changes.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{self, Instant},
};

use portkey_engine::causes::with_causes;

use super::{InvalidTokens, NewToken, Tokens};

/// How often the file is read. Its content is compared, since a mounted secret may change without a new modification
/// time.
const PERIOD: Duration = Duration::from_millis(250);

/// How long content must stay the same before it counts, since writers take several steps.
const SETTLED_AFTER: Duration = Duration::from_millis(500);

/// The same for content that lacks known tokens: a file that is being written is short for a while, and the holders of
/// missing tokens lose their streams.
const SETTLED_AFTER_WITH_REMOVALS: Duration = Duration::from_secs(3);

/// The tokens of a file as it is now.
#[derive(Debug)]
pub(crate) struct TokenFile {
    tokens: watch::Receiver<Arc<Tokens>>,
    follower: Option<AbortHandle>,
}

impl TokenFile {
    /// Reads the file, and follows it for as long as this lives. While it cannot be read, the last good content counts.
    pub(crate) fn open(path: PathBuf) -> Result<Self, InvalidTokens> {
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

    /// A single token without a file.
    pub(in crate::auth) fn only(token: &NewToken) -> Self {
        Self {
            tokens: watch::channel(Arc::new(Tokens::only(token))).1,
            follower: None,
        }
    }

    /// Receives every new content.
    pub(crate) fn changes(&self) -> watch::Receiver<Arc<Tokens>> {
        self.tokens.clone()
    }

    /// The tokens that count now.
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

async fn follow(path: PathBuf, text: String, sender: watch::Sender<Arc<Tokens>>) {
    let mut period = time::interval(PERIOD);
    let mut is_there = true;
    let mut content = Content {
        text,
        since: Instant::now(),
        is_settled: true,
    };
    loop {
        period.tick().await;
        let place = path.clone();
        let Ok(read) = tokio::task::spawn_blocking(move || read(&place)).await else {
            continue;
        };
        match read {
            Ok(text) => {
                is_there = true;
                content.see(text);
                content.settle(&path, &sender);
            }
            Err(error) => {
                if is_there {
                    tracing::error!(error = %with_causes(&error), "--tokens: the last good content stays");
                }
                is_there = false;
            }
        }
    }
}

/// The last content that was read.
struct Content {
    text: String,
    /// When this content was first seen.
    since: Instant,
    /// Whether it was taken over or refused.
    is_settled: bool,
}

impl Content {
    fn see(&mut self, text: String) {
        if text != self.text {
            *self = Self {
                text,
                since: Instant::now(),
                is_settled: false,
            };
        }
    }

    /// Takes the content over, or refuses it, once nobody is writing any more.
    fn settle(&mut self, path: &Path, sender: &watch::Sender<Arc<Tokens>>) {
        let age = self.since.elapsed();
        if self.is_settled || age < SETTLED_AFTER {
            return;
        }
        let current = Arc::clone(&sender.borrow());
        let taken = Tokens::read(&self.text).and_then(|next| match current.lost_in(&next) {
            lost if lost.is_empty() => Ok(next),
            lost => Err(InvalidTokens::Loosening(lost)),
        });
        match taken {
            Ok(next) if age < SETTLED_AFTER_WITH_REMOVALS && current.loses_tokens_in(&next) => {
                return;
            }
            Ok(next) => {
                tracing::info!(path = %path.display(), "tokens read again");
                sender.send_replace(Arc::new(next));
            }
            Err(error) => {
                tracing::error!(path = %path.display(), error = %with_causes(&error), "--tokens: the last good content stays");
            }
        }
        self.is_settled = true;
    }
}

fn read(path: &Path) -> Result<String, InvalidTokens> {
    fs::read_to_string(path).map_err(|source| InvalidTokens::Unreadable {
        path: path.to_owned(),
        source,
    })
}

/// Warns if every user may read or write the file. Hashes of random tokens reveal nothing, but whoever can write the
/// file can add a token, and the names in it are private.
#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).map(|data| data.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o006 != 0) {
        tracing::warn!(
            path = %path.display(),
            "--tokens: everybody on this machine may read or write the file; chmod o-rwx it"
        );
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}
