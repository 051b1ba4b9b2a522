//! Checks the messages of one client before the SDK sees them: well-formed, each request with an unused id, none before
//! the session is open, and none once the server ends.

mod handshake;

use std::{collections::VecDeque, io, pin::Pin, time::Duration};

use rmcp::{
    RoleServer,
    model::{ClientNotification, ErrorData, JsonRpcMessage, RequestId},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::{Transport, async_rw::DEFAULT_MAX_LINE_LENGTH},
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{lines::Line, long_line::TooLong, pipe::Pipe, requests::Requests, typed::typed};
use crate::transport::{
    batch,
    message::{self, Malformed},
};
use handshake::Handshake;

/// How long closing waits for a client that does not read any more.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A transport that adds to a pipe what the SDK lacks.
pub(super) struct Session<R, W> {
    pipe: Pipe<R, W>,
    /// Messages of the last line that are not processed yet.
    read: VecDeque<Result<Value, Malformed>>,
    handshake: Handshake,
    /// Cancelled when the server is told to end, or input has ended.
    ending: CancellationToken,
    has_input_ended: bool,
    requests: Requests,
    /// The ids of requests to the client that are not answered yet.
    asked: Vec<RequestId>,
    /// A refusal that is being sent.
    sending: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl<R, W> Session<R, W>
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    pub(super) fn new(pipe: Pipe<R, W>, ending: CancellationToken) -> Self {
        Self {
            pipe,
            read: VecDeque::new(),
            handshake: Handshake::default(),
            ending,
            has_input_ended: false,
            requests: Requests::default(),
            asked: Vec::new(),
            sending: None,
        }
    }

    /// Answers a message instead of the SDK.
    fn refuse(&mut self, malformed: &Malformed) {
        let sending = self.pipe.refuse(malformed);
        self.sending = Some(Box::pin(async move {
            if let Err(error) = sending.await {
                tracing::debug!("a client does not hear that it was refused: {error}");
            }
        }));
    }

    /// Normalises and checks a message; `None` if it is not for the SDK.
    fn take(&mut self, message: Result<Value, Malformed>) -> Option<RxJsonRpcMessage<RoleServer>> {
        let message = message.and_then(|mut message| {
            message::normalise(&mut message)?;
            typed(message)
        });
        let admitted = match message {
            Ok(message) => self.admit(message?),
            Err(malformed) => Err(malformed),
        };
        match admitted {
            Ok(message) => message,
            Err(malformed) => {
                self.refuse(&malformed);
                None
            }
        }
    }

    fn admit(
        &mut self,
        message: RxJsonRpcMessage<RoleServer>,
    ) -> Result<Option<RxJsonRpcMessage<RoleServer>>, Malformed> {
        if !self.handshake.admits(&message)? {
            tracing::debug!("a message that came before the session was open is ignored");
            return Ok(None);
        }
        match &message {
            JsonRpcMessage::Request(request) => {
                let id = &request.id;
                let refuse =
                    |reason: &str| Malformed::invalid(reason, serde_json::to_value(id).ok());
                if self.ending.is_cancelled() {
                    return Err(refuse("this server is about to end; nothing was begun"));
                }
                if !self.requests.begin(id) {
                    return Err(refuse(
                        "this id is in use; give each request an id of its own",
                    ));
                }
            }
            JsonRpcMessage::Notification(told) => {
                if let ClientNotification::CancelledNotification(cancelled) = &told.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.requests.withdraw(id);
                }
            }
            JsonRpcMessage::Response(answer) => self.asked.retain(|id| *id != answer.id),
            JsonRpcMessage::Error(answer) => self.asked.retain(|id| Some(id) != answer.id.as_ref()),
        }
        Ok(Some(message))
    }
}

/// The messages in a line: one, or those of a batch.
fn messages(line: &Line) -> Vec<Result<Value, Malformed>> {
    let text = match line {
        Line::Whole(text) => message::without_byte_order_mark(text).trim_ascii(),
        Line::TooLong(TooLong(id)) => {
            let reason =
                format!("a line may have {DEFAULT_MAX_LINE_LENGTH} bytes; send less at once");
            let id = id.as_ref().and_then(|id| serde_json::to_value(id).ok());
            return vec![Err(Malformed::invalid(reason, id))];
        }
    };
    if text.is_empty() {
        return Vec::new();
    }
    match message::parse(text) {
        Ok(Value::Array(messages)) => match batch::check(&messages) {
            Ok(()) => messages.into_iter().map(Ok).collect(),
            Err(invalid) => vec![Err(Malformed::invalid(invalid.to_string(), None))],
        },
        Err(malformed) => {
            // An answer without an id reaches no request of the client, so the reason is logged as well.
            tracing::warn!("a line of standard input was refused: {}", malformed.reason);
            vec![Err(malformed)]
        }
        message => vec![message],
    }
}

impl<R, W> Transport<RoleServer> for Session<R, W>
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let answered = match &message {
            JsonRpcMessage::Response(answer) => Some(answer.id.clone()),
            JsonRpcMessage::Error(answer) => answer.id.clone(),
            JsonRpcMessage::Request(question) => {
                self.asked.push(question.id.clone());
                None
            }
            JsonRpcMessage::Notification(_) => None,
        };
        let writing = answered.and_then(|id| self.requests.end(&id));
        let sending = self.pipe.send(&message);
        async move {
            let sent = sending.await;
            drop(writing);
            sent
        }
    }

    /// The SDK may drop this future and ask again, so everything that was begun is kept in the session.
    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(sending) = &mut self.sending {
                sending.await;
                self.sending = None;
            }
            if let Some(message) = self.read.pop_front() {
                match self.take(message) {
                    Some(message) => return Some(message),
                    None => continue,
                }
            }
            if self.has_input_ended
                && let Some(id) = self.asked.pop()
            {
                let error = ErrorData::internal_error("the client has left", None);
                return Some(JsonRpcMessage::error(error, Some(id)));
            }
            let is_ending = self.ending.is_cancelled();
            tokio::select! {
                biased;
                line = self.pipe.next(), if !self.has_input_ended => {
                    let Some(line) = line else {
                        self.has_input_ended = true;
                        self.ending.cancel();
                        continue;
                    };
                    self.read.extend(messages(&line));
                }
                () = self.requests.answered(), if is_ending => return None,
                () = self.ending.cancelled(), if !is_ending => {}
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        // A client that does not read any more blocks the writing of an answer.
        _ = timeout(CLOSE_TIMEOUT, self.pipe.close()).await;
        Ok(())
    }
}
