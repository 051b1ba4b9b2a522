//! Which failed calls are repeated, and after which pause.

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable as _};

use crate::{Error, Settings};

/// Attempts something until an attempt succeeds, fails for good, or leaves no time for another one. What is not
/// `repeatable` is only attempted again if the server certainly did not process it.
pub(crate) async fn repeat<T, A: Future<Output = Result<T, Error>>>(
    settings: &Settings,
    repeatable: bool,
    attempt: impl FnMut() -> A,
) -> Result<T, Error> {
    let started = Instant::now();
    attempt
        .retry(pauses(settings))
        .adjust(|error, scheduled| {
            let left = settings.total_timeout.saturating_sub(started.elapsed());
            pause(error, repeatable, scheduled, left)
        })
        .await
}

/// Returns the pauses between attempts. They double up to five times the first one, and jitter at most doubles each.
fn pauses(settings: &Settings) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(settings.retry_pause)
        .with_max_delay(settings.retry_pause.saturating_mul(5))
        .with_factor(2.0)
        .with_max_times(settings.max_retries.try_into().unwrap_or(usize::MAX))
        .with_jitter()
}

/// Returns the pause before the next attempt, or `None` if there should be none. `scheduled` is the next pause of the
/// schedule, `left` the time that remains for the call.
fn pause(
    error: &Error,
    repeatable: bool,
    scheduled: Option<Duration>,
    left: Duration,
) -> Option<Duration> {
    let scheduled = scheduled?;
    if !(was_not_processed(error) || repeatable && may_succeed(error)) {
        return None;
    }
    let asked = match error {
        Error::Refused(refusal) => refusal.retry_after.unwrap_or_default(),
        _ => Duration::ZERO,
    };
    let pause = scheduled.max(asked);
    (pause < left).then_some(pause)
}

/// Whether the server certainly did not process the request, so that even a write may be repeated.
fn was_not_processed(error: &Error) -> bool {
    match error {
        Error::Connect { .. } => true,
        Error::Refused(refusal) => refusal.status == 429,
        _ => false,
    }
}

/// Whether another attempt may succeed.
fn may_succeed(error: &Error) -> bool {
    match error {
        Error::Timeout { .. } | Error::Interrupted(_) => true,
        Error::Refused(refusal) => matches!(refusal.status, 408 | 500 | 502 | 503 | 504),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use backon::BackoffBuilder as _;

    use super::*;
    use crate::{Quote, Refusal};

    fn refused(status: u16, retry_after: Option<u64>) -> Error {
        Error::Refused(Refusal {
            status,
            code: None,
            message: Quote::of("", 0),
            trace_id: None,
            denied_by_policy: false,
            edition: portkey_api_core::Edition::Classic,
            retry_after: retry_after.map(Duration::from_secs),
            attempts: 1,
        })
    }

    const PAUSE: Duration = Duration::from_secs(1);
    const LEFT: Duration = Duration::from_mins(1);

    #[test]
    fn what_is_repeated() {
        let timeout = || Error::Timeout { after: PAUSE };
        for (error, read, write) in [
            (refused(429, None), true, true),
            (refused(408, None), true, false),
            (refused(500, None), true, false),
            (refused(504, None), true, false),
            (refused(501, None), false, false),
            (refused(400, None), false, false),
            (refused(403, None), false, false),
            (timeout(), true, false),
            (Error::NoKey, false, false),
            (Error::TooLarge { limit: 1 }, false, false),
        ] {
            let again = |repeatable| pause(&error, repeatable, Some(PAUSE), LEFT).is_some();
            assert_eq!((again(true), again(false)), (read, write), "{error:?}");
        }
    }

    #[test]
    fn the_server_may_ask_for_longer_pauses() {
        let after = |seconds, left| pause(&refused(429, Some(seconds)), false, Some(PAUSE), left);
        assert_eq!(after(0, LEFT), Some(PAUSE));
        assert_eq!(after(30, LEFT), Some(Duration::from_secs(30)));
        assert_eq!(after(30, Duration::from_secs(29)), None);
        assert_eq!(after(u64::MAX, LEFT), None);
    }

    #[test]
    fn it_ends() {
        assert_eq!(pause(&refused(429, None), true, None, LEFT), None);
        assert_eq!(pause(&refused(429, None), true, Some(PAUSE), PAUSE), None);
        let all: Vec<_> = pauses(&Settings::default()).build().collect();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|pause| *pause <= Duration::from_secs(5)));
        assert!(all[0] >= Duration::from_millis(500));
    }
}
