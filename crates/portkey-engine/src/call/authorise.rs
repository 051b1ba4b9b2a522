//! Checks whether a tool may be called, and charges the call to its quotas.

use std::time::Duration;

use portkey_api_core::{Operation, Presence};
use portkey_client::Rate;

use super::{CallContext, Failure, Requester};
use crate::{
    catalog::Tool,
    policy::{Forbidden, QuotaKind, Reason, Rule, Rules},
    state::UsedQuotas,
};

impl CallContext<'_> {
    /// Checks that the principal of this call may use `tool`, and that the edition has it.
    pub fn authorise(&self, tool: Tool) -> Result<(), Failure> {
        self.by.authority.permits(tool)?;
        let edition = self.edition();
        match tool.declaration().presence(edition) {
            Presence::Absent => Err(Failure::NotInEdition {
                tool: tool.name(),
                edition,
            }),
            Presence::Served | Presence::Uncertain => Ok(()),
        }
    }
}

/// Charges a call that is about to be made for `by` to each quota that counts it. Fails if one is used up.
pub(super) async fn spend(
    quotas: &UsedQuotas,
    by: &Requester,
    operation: &'static Operation,
) -> Result<(), Failure> {
    let mints = operation.declaration.answers_new_secrets();
    for rules in by.authority.policy.rules() {
        for (kind, rate) in rules.quotas.of(&operation.declaration, mints) {
            let bucket = format!("quota|{}|{}|{}", kind.as_str(), rules.origin, by.principal);
            let spent = quotas.spend(&bucket, rate).await;
            spent.map_err(|exhausted| Forbidden {
                tool: operation.declaration.name,
                kind: Rule::Quota,
                reason: used_up(rules, kind, rate, exhausted.wait),
            })?;
        }
    }
    Ok(())
}

fn used_up(rules: &Rules, kind: QuotaKind, rate: Rate, wait: Duration) -> Reason {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Reason::Rule {
        origin: rules.origin.clone(),
        name: kind.rule(),
        value: Some(rate.to_string()),
        does: format!("is used up; the next such call may be made in {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{call::testing::Bench, policy::Quotas, state, wording::Plain};

    #[tokio::test]
    async fn a_tool_that_the_rules_forbid_is_refused() {
        let bench = Bench::new().await.ruled_by(Rules {
            read_only: true,
            ..Rules::default()
        });
        let context = bench.context();
        assert!(context.authorise(bench.tool("get_toy")).is_ok());
        let refused = context.authorise(bench.tool("update_toy"));
        assert!(matches!(refused, Err(Failure::Forbidden(_))), "{refused:?}");
    }

    #[tokio::test]
    async fn a_quota_counts_only_calls_of_its_kind() {
        let bench = Bench::new().await.ruled_by(Rules {
            quotas: Quotas {
                deletes: Some("1/h".parse().unwrap()),
                keys: None,
            },
            ..Rules::default()
        });
        let quotas = UsedQuotas::of(state::open(None).unwrap());
        let spend = |operation| spend(&quotas, &bench.by, operation);
        let [delete, update] = ["delete_toy", "update_toy"].map(|name| bench.operation(name));
        spend(delete).await.unwrap();
        spend(update).await.unwrap();
        let Err(Failure::Forbidden(forbidden)) = spend(delete).await else {
            panic!("the second delete within an hour is not refused");
        };
        assert_eq!(forbidden.kind, Rule::Quota);
        let reason = forbidden.reason.describe(&Plain);
        assert!(
            reason.starts_with("`quotas.deletes` (1/h) is used up"),
            "{reason}"
        );
    }
}
