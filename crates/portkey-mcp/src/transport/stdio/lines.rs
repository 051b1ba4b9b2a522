//! Lines as the SDK reads them: one message each.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use rmcp::transport::async_rw::DEFAULT_MAX_LINE_LENGTH;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, ReadBuf},
    sync::mpsc::UnboundedSender,
};

use super::long_line::{Measure, TooLong};
use crate::transport::batch;

/// Reads lines of which each holds one message, out of lines that may hold a batch. What is wrong with a batch as a
/// whole goes on as it is, for the SDK to refuse. The SDK drops lines that are too long; here they are told of.
#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: R,
    line: Line,
    measure: Measure,
    too_long: UnboundedSender<TooLong>,
    /// The batch, as far as it has come.
    batch: Vec<u8>,
    /// What can be read.
    ready: io::Cursor<Vec<u8>>,
}

/// What the line is that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    Message,
    Batch,
}

impl<R> Lines<R> {
    pub(super) fn new(inner: R, too_long: UnboundedSender<TooLong>) -> Self {
        Self {
            inner,
            line: Line::Blank,
            measure: Measure::default(),
            too_long,
            batch: Vec::new(),
            ready: io::Cursor::default(),
        }
    }

    /// Takes more of the text in, and makes of it what can be read.
    fn take(&mut self, text: &[u8]) {
        let mut ready = Vec::new();
        for piece in text.split_inclusive(|byte| *byte == b'\n') {
            let is_end = piece.ends_with(b"\n");
            self.measure(piece, is_end);
            if self.line == Line::Blank && batch::is_one(piece) {
                self.line = Line::Batch;
            }
            if self.line == Line::Batch {
                self.batch.extend_from_slice(piece);
                if is_end {
                    ready.append(&mut apart(std::mem::take(&mut self.batch)));
                } else if self.batch.len() > DEFAULT_MAX_LINE_LENGTH {
                    // Too long for the SDK, which says so when it has read as much.
                    ready.append(&mut self.batch);
                    self.line = Line::Message;
                }
            } else {
                ready.extend_from_slice(piece);
            }
            if is_end {
                self.line = Line::Blank;
            } else if self.line == Line::Blank && !piece.trim_ascii().is_empty() {
                self.line = Line::Message;
            }
        }
        self.ready = io::Cursor::new(ready);
    }

    fn measure(&mut self, piece: &[u8], is_end: bool) {
        self.measure.add(piece);
        if is_end && let Some(too_long) = self.measure.end(DEFAULT_MAX_LINE_LENGTH) {
            // Whoever would answer is gone where nobody hears it.
            _ = self.too_long.send(too_long);
        }
    }

    fn unread(&self) -> &[u8] {
        let read = usize::try_from(self.ready.position()).unwrap_or(usize::MAX);
        self.ready.get_ref().get(read..).unwrap_or_default()
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Lines<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.unread().is_empty() {
            let before = buf.filled().len();
            ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
            let read = buf.filled().get(before..).unwrap_or_default().to_vec();
            if read.is_empty() {
                return Poll::Ready(Ok(())); // The end, or no room to read into.
            }
            buf.set_filled(before);
            this.take(&read);
        }
        Pin::new(&mut this.ready).poll_read(cx, buf)
    }
}

/// A line for each message of a batch.
fn apart(line: Vec<u8>) -> Vec<u8> {
    let Ok(messages) = serde_json::from_slice::<Vec<Value>>(&line) else {
        return line;
    };
    if let Err(objection) = batch::check(&messages) {
        tracing::warn!("a batch was refused: {objection}");
        return line;
    }
    let lines = messages.iter().map(|message| format!("{message}\n"));
    lines.collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use tokio::{io::AsyncReadExt as _, sync::mpsc::unbounded_channel};

    use super::*;

    async fn read(source: &str) -> String {
        let mut text = String::new();
        let mut lines = Lines::new(source.as_bytes(), unbounded_channel().0);
        lines.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn a_batch_becomes_lines_and_the_rest_stays_as_it_is() {
        let text = read("{\"a\": [1]}\n [{\"b\":1},\t2]\r\n{}\n").await;
        assert_eq!(text, "{\"a\": [1]}\n{\"b\":1}\n2\n{}\n");
    }

    #[tokio::test]
    async fn what_is_no_batch_goes_on_for_the_sdk_to_refuse() {
        let opening = format!("{}\n", json!([{ "method": "initialize" }]));
        let large = format!("{}\n", json!(vec![1; 65]));
        for line in ["[]\n", "[1\n", "[1] 2\n", "\n", "[1]", &opening, &large] {
            let text = read(line).await;
            let is_whole = line.ends_with('\n');
            assert_eq!(text, if is_whole { line } else { "" }, "{line}");
        }
    }

    proptest! {
        #[test]
        fn where_the_text_is_cut_makes_no_difference(
            lines in proptest::collection::vec("( ?\\[(1|\"\\[\"|\\{\"a\":\\[\\]\\})(,2){0,3}\\]|\\{\"b\":\\[3\\]\\}|x| ){1,2}", 0..6),
            cuts in proptest::collection::vec(1_usize..9, 1..60),
        ) {
            let text = lines.join("\n") + "\n";
            let mut whole = Lines::new((), unbounded_channel().0);
            whole.take(text.as_bytes());
            let mut pieces = Lines::new((), unbounded_channel().0);
            let mut read = Vec::new();
            let mut rest = text.as_bytes();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, more) = rest.split_at((*cut).min(rest.len()));
                pieces.take(piece);
                read.extend_from_slice(pieces.unread());
                rest = more;
            }
            // Spaces before a batch may have gone on before it was seen to be one.
            let trimmed = |text: &[u8]| -> Vec<String> {
                let text = String::from_utf8_lossy(text);
                text.lines().map(|line| line.trim_start().to_owned()).collect()
            };
            prop_assert_eq!(trimmed(&read), trimmed(whole.unread()));
        }
    }
}
