use std::time::Duration;

use portkey_api::Operation;
use portkey_client::Rate;

use super::{Failure, Run, conceal};
use crate::{
    catalog::Tool,
    policy::{Forbidden, Origin, QuotaKind, Rule, Rules},
};

impl Run<'_> {
    /// Whether whoever the call is made for may use this tool.
    pub fn authorise(&self, tool: Tool) -> Result<(), Failure> {
        self.by.authority.permits(tool)
    }

    /// Takes a call, which is about to be made, from the quotas it counts against.
    pub(super) async fn spend(&self, operation: &'static Operation) -> Result<(), Failure> {
        let mints = conceal::mints(&operation.declaration);
        for rules in self.by.authority.policy.rules() {
            for (kind, rate) in rules.quotas.of(&operation.declaration, mints) {
                let (kind_name, origin) = (kind.as_str(), &rules.origin);
                let bucket = format!("quota|{kind_name}|{origin}|{}", self.by.principal);
                let taken = self.caller.safeguards.quotas.spend(&bucket, rate).await;
                taken.map_err(|exhausted| Forbidden {
                    tool: operation.declaration.name,
                    kind: Rule::Quota,
                    rule: used_up(rules, kind, rate, exhausted.wait),
                })?;
            }
        }
        Ok(())
    }
}

fn used_up(rules: &Rules, kind: QuotaKind, rate: Rate, wait: Duration) -> String {
    let kind = kind.as_str();
    let setting = match rules.origin {
        Origin::Server => format!("`--quota-{kind} {rate}`"),
        _ => format!("{} ({rate})", rules.setting(&format!("quotas.{kind}"))),
    };
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    format!("{setting} is used up; the next such call may be made in {seconds} s")
}
