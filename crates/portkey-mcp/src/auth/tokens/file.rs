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

/// How often the content is looked at. It is compared, not the time of change: mounted secrets change by other means.
const PERIOD: Duration = Duration::from_millis(250);

/// Writers take several steps: content counts once it has stayed the same for so long.
const SETTLED_AFTER: Duration = Duration::from_millis(500);

/// The same for content in which tokens are missing, since a file that is being written is short for a while, and whoever
/// is missing loses their streams.
const SETTLED_AFTER_WITH_REMOVALS: Duration = Duration::from_secs(3);

/// The tokens of a file, as it now is.
#[derive(Debug)]
pub(crate) struct TokenFile {
    tokens: watch::Receiver<Arc<Tokens>>,
    follower: Option<AbortHandle>,
}

impl TokenFile {
    /// Reads the file, and follows it for as long as this lives. Where it no longer reads, the last content counts.
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

/// What a file holds.
struct Content {
    text: String,
    /// When it was first seen to hold this.
    since: Instant,
    /// Whether it is decided what becomes of it.
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

    /// Takes it over once nobody is writing any more.
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
            Ok(next) if age < SETTLED_AFTER_WITH_REMOVALS && current.lacks_tokens_of(&next) => {
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

/// Hashes of random tokens betray nothing, but whoever may write may let themselves in, and names are nobody's business.
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
