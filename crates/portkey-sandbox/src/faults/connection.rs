//! Connections that can be broken on purpose.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// A listener whose connections can be broken.
pub(crate) struct BreakableListener(pub(crate) TcpListener);

/// A handle with which a request can break the connection it came on.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientConnection {
    broken: Arc<AtomicBool>,
}

/// The stream of one connection.
pub(crate) struct BreakableStream {
    stream: TcpStream,
    connection: ClientConnection,
}

impl ClientConnection {
    /// Makes the next write reset the connection.
    pub(super) fn reset(&self) {
        self.broken.store(true, Ordering::Release);
    }
}

impl Connected<IncomingStream<'_, BreakableListener>> for ClientConnection {
    fn connect_info(stream: IncomingStream<'_, BreakableListener>) -> Self {
        stream.io().connection.clone()
    }
}

impl Listener for BreakableListener {
    type Io = BreakableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (BreakableStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let connection = ClientConnection::default();
        (BreakableStream { stream, connection }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl BreakableStream {
    /// The stream, or an error once the connection is to break, after which the peer gets a reset.
    fn writable(self: Pin<&mut Self>) -> io::Result<Pin<&mut TcpStream>> {
        let line = self.get_mut();
        if line.connection.broken.load(Ordering::Acquire) {
            line.stream.set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(Pin::new(&mut line.stream))
    }
}

impl AsyncRead for BreakableStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for BreakableStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writable()?.poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writable()?.poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writable()?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writable()?.poll_shutdown(context)
    }
}
