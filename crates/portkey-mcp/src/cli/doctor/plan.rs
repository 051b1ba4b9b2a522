//! Whether the plan includes what Enterprise has. Portkey shows no plan, but an operation that needs one answers or is
//! refused.

use jiff::{SignedDuration, Timestamp};
use portkey_api::{Declared as _, analytics::GetCacheAnalytics};
use portkey_client::{Error, ReadClient};
use serde_json::json;

use super::finding::Finding;

/// Asks for analytics of the last hour.
pub(super) async fn ask(client: &ReadClient) -> Result<(), Error> {
    let now = Timestamp::now();
    let before = now.saturating_sub(SignedDuration::from_hours(1));
    let period = json!({
        "time_of_generation_min": before.unwrap_or(now).to_string(),
        "time_of_generation_max": now.to_string(),
    });
    let analytics = serde_json::from_value::<GetCacheAnalytics>(period);
    let analytics = analytics.map_err(|source| Error::Unreadable {
        operation: GetCacheAnalytics::NAME,
        source,
    })?;
    client.call(&analytics).await.map(|_| ())
}

/// Whether the plan includes analytics, as only Enterprise does; `None` if the answer may have another reason.
pub(super) fn includes_enterprise(
    answer: &Result<(), Error>,
    scopes: Option<&[String]>,
) -> Option<bool> {
    match answer {
        Ok(()) => Some(true),
        Err(Error::Refused(refusal)) if refusal.status == 403 => {
            let names = GetCacheAnalytics::DECLARATION.scopes.names;
            let has = |name: &&str| scopes.is_some_and(|own| own.iter().any(|one| one == name));
            names.iter().any(has).then_some(false)
        }
        Err(_) => None,
    }
}

/// What is known of the plan.
pub(super) fn finding(includes_enterprise: Option<bool>) -> Finding {
    const CHECK: &str = "plan";
    match includes_enterprise {
        Some(true) => Finding::ok(CHECK, "it includes analytics, as Enterprise does"),
        Some(false) => Finding::warning(
            CHECK,
            "it does not include analytics, which needs Enterprise",
            "Offer no tools that need it (--toolsets), or ask Portkey for that plan.",
        ),
        None => Finding::ok(CHECK, "unknown: Portkey has no request for it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_analytics_from_a_key_with_their_scope_is_the_plan() {
        assert_eq!(includes_enterprise(&Ok(()), None), Some(true));
        let late = Err(Error::NoKey);
        assert_eq!(includes_enterprise(&late, None), None);
        let remedy = finding(Some(false)).to_string();
        assert!(remedy.contains("--toolsets"), "{remedy}");
    }
}
