//! The way to Portkey, the key, and what can be done with it.

use std::{sync::Arc, time::Duration};

use futures_util::future::{join, join4};
use jiff::{SignedDuration, Timestamp};
use portkey_api::{Edition, Keys, Paging, workspaces::ListWorkspaces};
use portkey_client::{Error, Obstacle, Probe, ReadClient};
use portkey_engine::{
    audit::Audit,
    causes::with_causes,
    keys::{KeyIdentity, Owner, Owners},
    services::Services,
    state,
};
use serde_json::Value;

use super::{
    super::{CommandFailure, profile},
    airs,
    finding::Finding,
    key, plan,
    tools::{self, KnownKeys},
};
use crate::{
    config::{Configuration, proxies},
    upstream::Upstream,
};

/// How far two clocks may differ without a word.
const MOST_SKEW: SignedDuration = SignedDuration::from_secs(60);
/// An answer that is slower than this is worth a word.
const SLOW: Duration = Duration::from_secs(2);
/// How long before its end a certificate is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Asks Portkey, or the sandbox.
pub(super) async fn findings(
    configuration: &Configuration,
) -> Result<Vec<Finding>, CommandFailure> {
    let services = Services::new(state::open(None)?, Audit::default(), None);
    let sandbox = &configuration.settings.sandbox;
    let upstream = Upstream::open(&configuration.settings, services).await?;
    let name = &configuration.settings.profile;
    let place = if sandbox.is_on() {
        "the sandbox's key".to_owned()
    } else {
        configuration.place_of_key(name)
    };
    let profile = match profile(configuration, &upstream) {
        Ok(profile) => profile,
        Err(failure) => return Ok(vec![unusable(&failure)]),
    };
    let client = profile.caller().read_only();
    if client.settings().edition == Edition::PrismaAirs {
        let (probe, account) = join(client.probe(), airs::ask(&client)).await;
        let mut findings = reached(&client.settings().base_url.to_string(), &probe);
        findings.extend(through(&proxies()));
        findings.push(account);
        return Ok(findings);
    }
    let flawed = key::before_asking(&place, client.settings().api_key.as_ref());
    let (probe, known) = if flawed.is_some() {
        (client.probe().await, None)
    } else {
        let (probe, known) = join(client.probe(), ask(&client)).await;
        (probe, Some(known))
    };
    let mut findings = reached(&client.settings().base_url.to_string(), &probe);
    findings.extend(through(&proxies()));
    findings.extend(flawed);
    if let (Some(known), Some(key)) = (known, client.settings().api_key.as_ref()) {
        findings.extend(key::asked(&place, key, &known.owner, &known.identity));
        if known.owner.is_ok() {
            findings.push(plan::finding(known.includes_enterprise));
            findings.extend(known.workspaces_found());
            findings.extend(tools::findings(configuration, &known.keys()));
        }
    }
    Ok(findings)
}

/// What Portkey says of the keys.
struct Known {
    owner: Result<Owner, Arc<Error>>,
    identity: KeyIdentity,
    /// The key for operations that refuse others, where there is one.
    workspace_identity: Option<KeyIdentity>,
    workspaces: Result<Vec<String>, Error>,
    includes_enterprise: Option<bool>,
}

async fn ask(client: &ReadClient) -> Known {
    let owners = Owners::default();
    let list = ListWorkspaces {
        paging: Paging::first(100),
        name: None,
        exact_name: None,
        status: None,
    };
    let has_other = client.settings().workspace_api_key.is_some();
    let other = async {
        let owner = owners.ask(client, Keys::Workspace).await.ok()?;
        has_other.then(|| KeyIdentity::of(&owner, Some(1)))
    };
    let (owner, workspaces, workspace_identity, analytics) = join4(
        owners.ask(client, Keys::Any),
        client.call(&list),
        other,
        plan::ask(client),
    )
    .await;
    let workspaces = workspaces.map(|answer| names(&answer.value));
    let seen = workspaces.as_ref().ok().map(Vec::len);
    let identity = owner.as_ref().map_or_else(
        |_| KeyIdentity::default(),
        |owner| KeyIdentity::of(owner, seen),
    );
    Known {
        includes_enterprise: plan::includes_enterprise(&analytics, identity.scopes.as_deref()),
        identity,
        owner,
        workspace_identity,
        workspaces,
    }
}

/// The names of the workspaces in a list.
fn names(list: &Value) -> Vec<String> {
    let entries = list.get("data").and_then(Value::as_array);
    let names = entries.into_iter().flatten().map(|workspace| {
        let name = ["name", "slug", "id"]
            .iter()
            .find_map(|member| workspace.get(member)?.as_str());
        name.unwrap_or("(without a name)").to_owned()
    });
    names.collect()
}

impl Known {
    fn keys(&self) -> KnownKeys<'_> {
        KnownKeys {
            main: &self.identity,
            lacks_enterprise: self.includes_enterprise == Some(false),
            workspace: self.workspace_identity.as_ref(),
        }
    }

    fn workspaces_found(&self) -> Option<Finding> {
        const CHECK: &str = "workspaces";
        match &self.workspaces {
            Ok(names) => Some(Finding::ok(
                CHECK,
                format!("the key sees {}: {}", names.len(), names.join(", ")),
            )),
            Err(Error::Refused(refusal)) if refusal.status == 403 => Some(Finding::warning(
                CHECK,
                "the key may not list workspaces",
                "Give it the scope `workspaces.list`, so that assistants find workspaces by their names.",
            )),
            // Whatever it is, the check of the key has told it.
            Err(_) => None,
        }
    }
}

/// A profile that cannot be used: its key is not where it should be, or there is no such profile.
fn unusable(failure: &CommandFailure) -> Finding {
    Finding::problem(
        "key",
        with_causes(failure).to_string(),
        "Mend what it names: the variable, the file, the keyring (`portkey-mcp login`) or --profile.",
    )
}

/// Whether a server answers at the address, how fast, by which clock and with which certificate.
fn reached(address: &str, probe: &Result<Probe, Error>) -> Vec<Finding> {
    const CHECK: &str = "portkey";
    let probe = match probe {
        Ok(probe) => probe,
        Err(error) => {
            let says = match error {
                // It names the address and the reason.
                Error::Connect { .. } | Error::Tls { .. } => error.to_string(),
                other => format!("{address} cannot be reached: {}", with_causes(other)),
            };
            return vec![Finding::problem(CHECK, says, remedy(error))];
        }
    };
    let milliseconds = |time: Duration| time.as_millis().max(1);
    let ip = probe.address.map(|address| format!(", {}", address.ip()));
    let says = format!(
        "{address} answers in {} ms, with connecting {} ms ({}{})",
        milliseconds(probe.latency),
        milliseconds(probe.first),
        probe.version,
        ip.unwrap_or_default()
    );
    let answers = if probe.latency > SLOW {
        let why = "Look at the network or the proxy between; --timeout is how long calls may take.";
        Finding::warning(CHECK, says, why)
    } else {
        Finding::ok(CHECK, says)
    };
    let clock = probe.clock_ahead.map(clock);
    let certificate = probe
        .certificate_ends
        .map(|end| certificate(end, Timestamp::now()));
    [answers]
        .into_iter()
        .chain(clock)
        .chain(certificate)
        .collect()
}

/// What to do about a way that leads nowhere.
fn remedy(error: &Error) -> &'static str {
    match error {
        Error::Connect { obstacle, .. } => match obstacle {
            Obstacle::UnknownHost => {
                "Check the host in PORTKEY_BASE_URL, and the name server of this machine."
            }
            Obstacle::Refused => {
                "Check the port in PORTKEY_BASE_URL, and whether that server runs."
            }
            _ => "Check the network, the firewall and HTTPS_PROXY.",
        },
        Error::Tls { .. } => {
            "If a proxy here reads encrypted traffic, name its certificate in SSL_CERT_FILE; otherwise check the address."
        }
        Error::Setup(_) => {
            "Install the system's certificates (`ca-certificates`), or name a file in SSL_CERT_FILE."
        }
        Error::Redirected { .. } => "Set PORTKEY_BASE_URL to the address that it leads to.",
        _ => "Check the network, the firewall and HTTPS_PROXY.",
    }
}

/// Whether the clock of this machine is right, by that of the server.
fn clock(ahead: SignedDuration) -> Finding {
    const CHECK: &str = "clock";
    let seconds = ahead.as_secs();
    if ahead.abs() <= MOST_SKEW {
        return Finding::ok(CHECK, "it agrees with Portkey's");
    }
    let direction = if seconds > 0 { "ahead of" } else { "behind" };
    let says = format!("it is {} s {direction} Portkey's", seconds.abs());
    let remedy = "Set the clock (NTP): periods such as `24h` are counted by it, and certificates are checked by it.";
    Finding::warning(CHECK, says, remedy)
}

/// How long the certificate of the server holds.
fn certificate(end: Timestamp, now: Timestamp) -> Finding {
    const CHECK: &str = "certificate";
    let left = end.duration_since(now);
    let says = format!("it is valid until {end}");
    if left < SOON {
        let remedy = "Tell whoever runs that server, or the proxy between, to renew it.";
        Finding::warning(CHECK, says, remedy)
    } else {
        Finding::ok(CHECK, says)
    }
}

/// The proxies in force.
fn through(proxies: &[(&'static str, String)]) -> Option<Finding> {
    let shown = proxies
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let shown: Vec<String> = shown.collect();
    (!shown.is_empty()).then(|| Finding::ok("proxy", shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::finding::Verdict, *};

    #[test]
    fn a_clock_may_be_a_little_wrong() {
        let of = |seconds| clock(SignedDuration::from_secs(seconds));
        assert_eq!(of(-30).verdict, Verdict::Ok);
        assert_eq!(of(300).says, "it is 300 s ahead of Portkey's");
        assert_eq!(of(-300).says, "it is 300 s behind Portkey's");
    }

    #[test]
    fn a_certificate_is_told_before_it_ends() {
        let now: Timestamp = "2026-11-30T00:00:00Z".parse().unwrap();
        let of = |end: &str| certificate(end.parse().unwrap(), now).verdict;
        assert_eq!(of("2027-03-01T00:00:00Z"), Verdict::Ok);
        assert_eq!(of("2026-12-05T00:00:00Z"), Verdict::Warning);
    }

    #[test]
    fn a_way_that_leads_nowhere_comes_with_the_next_step() {
        let late = Error::Timeout {
            after: Duration::from_secs(1),
        };
        let found = reached("https://a/v1", &Err(late));
        assert_eq!(found[0].verdict, Verdict::Problem);
        assert!(found[0].to_string().contains("HTTPS_PROXY"), "{}", found[0]);
    }

    #[test]
    fn proxies_are_only_told_where_there_are_any() {
        assert_eq!(through(&[]), None);
        let found = through(&[("NO_PROXY", "localhost".to_owned())]).unwrap();
        assert_eq!(found.says, "NO_PROXY=localhost");
    }

    #[test]
    fn workspaces_are_told_by_their_names() {
        let list = json!({ "data": [{ "name": "A", "id": "1" }, { "slug": "b" }, {}] });
        assert_eq!(names(&list), ["A", "b", "(without a name)"]);
    }
}
