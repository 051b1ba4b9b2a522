//! Quotas: how many calls of a kind one principal may make in a period.

use portkey_api_core::{Declaration, Effect};
use portkey_client::{InvalidRate, Rate};
use schemars::JsonSchema;
use serde::Deserialize;

/// The quotas of one principal; `None` sets no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quotas {
    /// Calls that delete or destroy.
    pub deletes: Option<Rate>,
    /// Calls that make a new secret.
    pub keys: Option<Rate>,
}

/// The kinds of calls that quotas count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuotaKind {
    /// Calls that delete or destroy.
    Deletes,
    /// Calls that make a new secret.
    Keys,
}

/// Quotas as the tables spell them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct QuotaTable {
    /// Deletes and other destructive calls of one principal in a period, such as `10/h`.
    #[schemars(with = "Option<String>")]
    deletes: Option<Limit>,
    /// Calls of one principal that make a new key or another secret, in a period, such as `5/h`.
    #[schemars(with = "Option<String>")]
    keys: Option<Limit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Limit(Rate);

impl TryFrom<String> for Limit {
    type Error = InvalidRate;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<QuotaTable> for Quotas {
    fn from(table: QuotaTable) -> Self {
        Self {
            deletes: table.deletes.map(|limit| limit.0),
            keys: table.keys.map(|limit| limit.0),
        }
    }
}

impl Quotas {
    /// Returns the quotas that count a call. `mints` is whether its answer contains a new secret.
    pub(crate) fn of(
        &self,
        declaration: &Declaration,
        mints: bool,
    ) -> impl Iterator<Item = (QuotaKind, Rate)> {
        let destroys = declaration.destructive || declaration.effect == Effect::Delete;
        // Some reads return a presigned URL, which counts as a secret but is not a key.
        let makes_key = mints && declaration.effect != Effect::Read;
        let deletes = self.deletes.filter(|_| destroys);
        let keys = self.keys.filter(|_| makes_key);
        let deletes = deletes.map(|rate| (QuotaKind::Deletes, rate));
        let keys = keys.map(|rate| (QuotaKind::Keys, rate));
        deletes.into_iter().chain(keys)
    }
}

impl QuotaKind {
    /// The name of the kind in the store of used quotas.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Deletes => "deletes",
            Self::Keys => "keys",
        }
    }

    /// The name of the rule that sets the quota, as [`Rules`](super::Rules) has it.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Deletes => "quotas.deletes",
            Self::Keys => "quotas.keys",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::toys;

    fn read(table: Value) -> Result<Quotas, serde_json::Error> {
        serde_json::from_value::<QuotaTable>(table).map(Quotas::from)
    }

    fn both() -> Quotas {
        read(json!({ "deletes": "10/h", "keys": "5/min" })).unwrap()
    }

    #[test]
    fn a_table_names_its_quotas_and_what_it_leaves_out_is_not_limited() {
        assert_eq!(both().deletes, Some("10/h".parse().unwrap()));
        assert_eq!(both().keys, Some("5/min".parse().unwrap()));
        assert_eq!(read(json!({})).unwrap(), Quotas::default());
    }

    #[test]
    fn a_mistake_in_a_table_is_no_missing_quota() {
        let unknown = read(json!({ "delete": "10/h" })).unwrap_err().to_string();
        assert!(unknown.contains("unknown field `delete`"), "{unknown}");
        let none = read(json!({ "deletes": "ten" })).unwrap_err().to_string();
        assert!(none.contains("such as `10/s`"), "{none}");
    }

    #[test]
    fn a_call_takes_from_the_quotas_of_what_it_does() {
        let quotas = both();
        let of = |tool: &str, mints| -> Vec<_> {
            let operation = toys::catalog().operation(tool).unwrap();
            let taken = quotas.of(&operation.declaration, mints);
            taken.map(|(kind, _)| kind.rule()).collect()
        };
        assert_eq!(of("delete_toy", false), ["quotas.deletes"]);
        assert_eq!(of("create_toy", true), ["quotas.keys"]);
        assert!(of("create_toy", false).is_empty());
        assert!(of("update_toy", false).is_empty());
        // An address that is good for a while is no key.
        assert!(of("get_toy", true).is_empty());
        let nothing = Quotas::default();
        let delete = toys::catalog().operation("delete_toy").unwrap();
        assert_eq!(nothing.of(&delete.declaration, false).count(), 0);
    }
}
