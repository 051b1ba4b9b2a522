//! Signals that tell a server to end.

use std::io;

#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};
#[cfg(unix)]
use {
    futures_util::future::select_all,
    tokio::signal::unix::{Signal, SignalKind, signal},
};

/// Ctrl-C, and SIGTERM on Unix. Signals are heard from when this is made, not from when it is waited for.
pub(super) struct StopSignals {
    #[cfg(unix)]
    signals: Vec<Signal>,
    #[cfg(windows)]
    interrupt: CtrlC,
}

#[cfg(unix)]
impl StopSignals {
    pub(super) fn listen() -> io::Result<Self> {
        let signals = [SignalKind::interrupt(), SignalKind::terminate()];
        let signals = signals.map(signal).into_iter().collect::<io::Result<_>>()?;
        Ok(Self { signals })
    }

    /// The same, and SIGHUP, which a closing terminal sends.
    pub(super) fn listen_with_hangup() -> io::Result<Self> {
        let mut stop = Self::listen()?;
        stop.signals.push(signal(SignalKind::hangup())?);
        Ok(stop)
    }

    /// Waits for the next signal.
    pub(super) async fn received(&mut self) {
        let signals = self.signals.iter_mut();
        select_all(signals.map(|signal| Box::pin(signal.recv()))).await;
    }
}

#[cfg(windows)]
impl StopSignals {
    pub(super) fn listen() -> io::Result<Self> {
        let interrupt = ctrl_c()?;
        Ok(Self { interrupt })
    }

    /// The same, and SIGHUP, which a closing terminal sends.
    pub(super) fn listen_with_hangup() -> io::Result<Self> {
        Self::listen()
    }

    /// Waits for the next signal.
    pub(super) async fn received(&mut self) {
        _ = self.interrupt.recv().await;
    }
}

/// A future that ends at the first signal.
pub(super) fn received() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut stop = StopSignals::listen()?;
    Ok(async move { stop.received().await })
}
