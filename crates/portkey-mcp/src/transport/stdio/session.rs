//! The messages of one client as the SDK is to see them: each request with an id of its own, and none once the server
//! ends.

use std::{pin::Pin, time::Duration};

use rmcp::{
    RoleServer,
    model::{ClientNotification, ErrorData, JsonRpcMessage, RequestId},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::{Transport, async_rw::DEFAULT_MAX_LINE_LENGTH},
};
use tokio::{sync::mpsc::UnboundedReceiver, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{long_line::TooLong, requests::Requests};

/// How long a client that reads no more is waited for at the end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A transport with what the SDK leaves out.
pub(super) struct Session<T> {
    transport: T,
    too_long: UnboundedReceiver<TooLong>,
    /// Begins when the server is told to end, or the client has said all.
    ending: CancellationToken,
    has_input_ended: bool,
    requests: Requests,
    /// What the server itself asks its client.
    asked: Vec<RequestId>,
    /// An answer of the session's own that is being sent.
    sending: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl<T: Transport<RoleServer>> Session<T> {
    pub(super) fn new(
        transport: T,
        too_long: UnboundedReceiver<TooLong>,
        ending: CancellationToken,
    ) -> Self {
        Self {
            transport,
            too_long,
            ending,
            has_input_ended: false,
            requests: Requests::default(),
            asked: Vec::new(),
            sending: None,
        }
    }

    /// Answers in the place of the server.
    fn refuse(&mut self, id: Option<RequestId>, reason: String) {
        let error = ErrorData::invalid_request(reason, None);
        let sending = self
            .transport
            .send(TxJsonRpcMessage::<RoleServer>::error(error, id));
        self.sending = Some(Box::pin(async move {
            if let Err(error) = sending.await {
                tracing::debug!("a client does not hear that it was refused: {error}");
            }
        }));
    }

    /// What of a message goes on to the SDK.
    fn admit(
        &mut self,
        message: RxJsonRpcMessage<RoleServer>,
    ) -> Option<RxJsonRpcMessage<RoleServer>> {
        match &message {
            JsonRpcMessage::Request(request) => {
                let id = request.id.clone();
                if self.ending.is_cancelled() {
                    let reason = "this server is about to end; nothing was begun".to_owned();
                    self.refuse(Some(id), reason);
                    return None;
                }
                if !self.requests.begin(&id) {
                    let reason = "this id is in use; give each request an id of its own".to_owned();
                    self.refuse(Some(id), reason);
                    return None;
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
        Some(message)
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Session<T> {
    type Error = T::Error;

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
        let requests = self.requests.clone();
        let sending = self.transport.send(message);
        async move {
            let sent = sending.await;
            if let Some(id) = answered {
                requests.end(&id);
            }
            sent
        }
    }

    /// The SDK drops this while it waits and asks again, so whatever was begun is kept in the session.
    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(sending) = &mut self.sending {
                sending.await;
                self.sending = None;
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
                Some(TooLong(id)) = self.too_long.recv() => {
                    let most = DEFAULT_MAX_LINE_LENGTH;
                    self.refuse(id, format!("a line may have {most} bytes; send less at once"));
                }
                message = self.transport.receive(), if !self.has_input_ended => {
                    let Some(message) = message else {
                        self.has_input_ended = true;
                        self.ending.cancel();
                        continue;
                    };
                    if let Some(message) = self.admit(message) {
                        return Some(message);
                    }
                }
                () = self.requests.answered(), if is_ending => return None,
                () = self.ending.cancelled(), if !is_ending => {}
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        let closed = timeout(LAST_WORDS, self.transport.close()).await;
        // A client that reads no more keeps an answer from being written to its end.
        closed.unwrap_or(Ok(()))
    }
}
