//! A change as the journal stores it.

use jiff::Timestamp;
use portkey_api_core::{Effect, JsonObject, Operation};
use portkey_client::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::undo;
use crate::catalog::Catalog;

/// A change to an organisation, as the journal stores it. Secrets are masked in all members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The id by which `undo_change` and `list_changes` name it.
    pub id: String,
    /// The time of the change, in milliseconds since 1970.
    pub at: i64,
    /// The principal that the change was made for.
    pub principal: String,
    /// The name of the MCP client that asked for the change, if the client gave one.
    pub client: Option<String>,
    /// The organisation that the change was made in: the profile and the address of Portkey, and the fingerprint of the
    /// API key where callers bring their own keys.
    #[serde(rename = "place")]
    pub organisation: String,
    /// The fingerprint of the API key that the change was made with.
    pub key: Option<String>,
    /// The name of the tool that was called.
    pub tool: String,
    /// The arguments of the call.
    pub arguments: JsonObject,
    /// The method and the path of the request.
    pub target: String,
    /// The object before the change. `None` if there was no object or it could not be read.
    pub before: Option<Value>,
    /// The object after the change, or the answer if the change created the object.
    pub after: Option<Value>,
    /// How the change ended.
    pub outcome: Ending,
    /// The id of the change that this one undid.
    pub undoes: Option<String>,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The change was made.
    Done,
    /// The change was not made.
    Failed,
    /// The request was sent, and its outcome is not known.
    Unknown,
}

impl Ending {
    /// Returns how a change with this answer or error ended.
    pub fn of<T>(answer: &Result<T, Error>) -> Self {
        match answer {
            Ok(_) => Self::Done,
            Err(Error::Refused(refusal)) if refusal.status < 500 => Self::Failed,
            Err(
                Error::NoKey
                | Error::Unsendable(_)
                | Error::Setup(_)
                | Error::Connect { .. }
                | Error::Tls { .. }
                | Error::Busy { .. }
                | Error::Suspended { .. }
                | Error::Redirected { .. },
            ) => Self::Failed,
            Err(_) => Self::Unknown,
        }
    }

    /// Returns the word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl Change {
    /// Returns the time of the change.
    pub fn time(&self) -> Timestamp {
        Timestamp::from_millisecond(self.at).unwrap_or_default()
    }

    /// Returns the operation that made the change, if the catalog still has one of this name.
    pub fn operation(&self, catalog: &Catalog) -> Option<&'static Operation> {
        catalog.operation(&self.tool)
    }
}

/// Whether the journal stores calls of this operation: those that change or remove something, and those that create
/// something which another operation can remove. Completions, tests and exports leave nothing to undo.
pub fn is_kept(catalog: &Catalog, operation: &Operation) -> bool {
    let declaration = &operation.declaration;
    match declaration.effect {
        Effect::Read => false,
        Effect::Update | Effect::Delete => true,
        Effect::Create => undo::remover(catalog, operation).is_some(),
        Effect::Execute => declaration.destructive || operation.fresh.is_some(),
    }
}

#[cfg(test)]
impl Change {
    /// Returns a change that a tool made in a test, without arguments and with no known state.
    pub(crate) fn sample(tool: &str) -> Self {
        Self {
            id: "c-1".to_owned(),
            at: 0,
            principal: "ada".to_owned(),
            client: None,
            organisation: "here".to_owned(),
            key: None,
            tool: tool.to_owned(),
            arguments: JsonObject::new(),
            target: String::new(),
            before: None,
            after: None,
            outcome: Ending::Done,
            undoes: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::{journal::ChangeFilter, toys};

    fn change() -> Change {
        Change {
            target: "PUT /toys/t1".to_owned(),
            before: Some(json!({ "name": "Bear" })),
            outcome: Ending::Unknown,
            ..Change::sample("update_toy")
        }
    }

    #[test]
    fn only_what_cannot_have_reached_portkey_counts_as_not_made() {
        let ending = |error| Ending::of(&Err::<(), _>(error));
        let retry_after = Duration::from_secs(1);
        assert_eq!(Ending::of(&Ok(())), Ending::Done);
        assert_eq!(ending(Error::NoKey), Ending::Failed);
        assert_eq!(ending(Error::Busy { retry_after }), Ending::Failed);
        let suspended = Error::Suspended {
            failures: 5,
            retry_after,
        };
        assert_eq!(ending(suspended), Ending::Failed);
        let silent = Error::Timeout { after: retry_after };
        assert_eq!(ending(silent), Ending::Unknown);
        assert_eq!(ending(Error::TooLarge { limit: 1 }), Ending::Unknown);
    }

    #[test]
    fn how_a_change_ended_is_stored_by_the_word_that_reads_the_same() {
        for ending in [Ending::Done, Ending::Failed, Ending::Unknown] {
            assert_eq!(json!(ending), ending.as_str());
            let read: Ending = serde_json::from_value(json!(ending.as_str())).unwrap();
            assert_eq!(read, ending);
        }
    }

    #[test]
    fn a_change_reads_as_it_was_written_and_its_organisation_by_the_name_of_old_journals() {
        let written = serde_json::to_value(change()).unwrap();
        assert_eq!(written["place"], "here");
        let read: Change = serde_json::from_value(written).unwrap();
        assert_eq!(read, change());
    }

    #[test]
    fn what_no_calendar_has_is_no_reason_to_fail() {
        let odd = Change {
            at: i64::MAX,
            ..change()
        };
        assert_eq!(odd.time(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn what_can_be_undone_is_kept_and_what_leaves_nothing_is_not() {
        let toys = toys::catalog();
        let kept = toys.operations().filter(|one| is_kept(toys, one));
        let kept: Vec<_> = kept.map(|one| one.declaration.name).collect();
        assert_eq!(kept, ["create_toy", "update_toy", "delete_toy"]);
        let gone = Change {
            tool: "squeeze_toy".to_owned(),
            ..change()
        };
        assert!(gone.operation(toys).is_none());
        assert!(change().operation(toys).is_some());
        assert_eq!(ChangeFilter::one("here", "c-1").most, 1);
    }
}
