//! Reads and writes messages as lines.

use std::{io, sync::Arc};

use futures_util::{SinkExt as _, StreamExt as _};
use rmcp::{RoleServer, model::JsonRpcMessage, service::TxJsonRpcMessage};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Mutex,
};
use tokio_util::{
    bytes::Bytes,
    codec::{BytesCodec, FramedRead, FramedWrite},
};

use super::lines::{Line, Lines};
use crate::transport::message::Malformed;

/// The input and output of a client.
#[derive(Debug)]
pub(super) struct Pipe<R, W> {
    input: FramedRead<R, Lines>,
    /// `None` once it is closed.
    output: Arc<Mutex<Option<FramedWrite<W, BytesCodec>>>>,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin + Send + 'static> Pipe<R, W> {
    pub(super) fn new(input: R, output: W) -> Self {
        Self {
            input: FramedRead::new(input, Lines::default()),
            output: Arc::new(Mutex::new(Some(FramedWrite::new(
                output,
                BytesCodec::new(),
            )))),
        }
    }

    /// The next line; `None` at the end. The future may be dropped and asked for again without losing input.
    pub(super) async fn next(&mut self) -> Option<Line> {
        match self.input.next().await? {
            Ok(line) => Some(line),
            Err(error) => {
                tracing::error!("standard input cannot be read any more: {error}");
                None
            }
        }
    }

    /// Writes a message of the SDK.
    pub(super) fn send(
        &self,
        message: &TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + use<R, W> {
        let lacks_id = matches!(message, JsonRpcMessage::Error(answer) if answer.id.is_none());
        let line = if lacks_id {
            with_null_id(message)
        } else {
            serde_json::to_string(message)
        };
        self.write(line)
    }

    /// Writes the answer to what is no message.
    pub(super) fn refuse(
        &self,
        malformed: &Malformed,
    ) -> impl Future<Output = io::Result<()>> + Send + use<R, W> {
        self.write(Ok(malformed.answer().to_string()))
    }

    fn write(
        &self,
        line: serde_json::Result<String>,
    ) -> impl Future<Output = io::Result<()>> + Send + use<R, W> {
        let output = Arc::clone(&self.output);
        async move {
            let mut line = line?;
            line.push('\n');
            let mut output = output.lock().await;
            let output = output.as_mut().ok_or(io::ErrorKind::NotConnected)?;
            output.send(Bytes::from(line)).await
        }
    }

    pub(super) async fn close(&mut self) {
        drop(self.output.lock().await.take());
    }
}

/// An error without an id, with `id: null` as JSON-RPC 2.0 has it. The SDK leaves it out.
fn with_null_id(message: &TxJsonRpcMessage<RoleServer>) -> serde_json::Result<String> {
    let mut answer = serde_json::to_value(message)?;
    if let Some(members) = answer.as_object_mut() {
        members.insert("id".to_owned(), Value::Null);
    }
    Ok(answer.to_string())
}
