//! The test bench of the stages' unit tests: a fake Portkey with scripted answers, and the context of a call.

use std::{sync::Arc, time::Duration};

use portkey_api_core::{JsonObject, Operation};
use portkey_client::{Client, Settings};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request as Received, ResponseTemplate,
    matchers::{method, path},
};

use super::{
    Authority, CallContext, Caller, ComposedTool, Consent, Conventions, Notes, Offered, Progress,
    Requester, options::CallOptions, show::View,
};
use crate::{
    audit::{Audit, Noted, Trail},
    catalog::{Catalog, Tool, operations_alone},
    journal::{Journal, Sqlite},
    policy::{Policy, Rules},
    secrets::{self, Destination, Own, Secrets, SourceList, Sources},
    services::Services,
    state, toys,
    wording::Plain,
};

/// Everything that the context of one call borrows, with a fake Portkey that answers 404 until a test scripts an
/// answer.
pub(super) struct Bench {
    portkey: MockServer,
    caller: Caller,
    pub(super) by: Requester,
    pub(super) consent: Consent,
    pub(super) options: CallOptions,
    pub(super) notes: Notes,
    trail: Trail,
}

impl Bench {
    /// Returns a bench with the catalog of toys.
    pub(super) async fn new() -> Self {
        Self::of(toys::catalog()).await
    }

    /// Returns a bench with this catalog.
    pub(super) async fn of(catalog: &'static Catalog) -> Self {
        let portkey = MockServer::start().await;
        let client = Client::new(Settings {
            base_url: portkey.uri().parse().unwrap(),
            api_key: Some("key-of-the-organisation".into()),
            max_retries: 0,
            ..Settings::default()
        });
        let secrets = Secrets {
            sink: secrets::open(Some(Destination::Mask), &Own::default()),
            sources: Sources::new(
                "env:TOY_*".parse::<SourceList>().unwrap(),
                Own::default(),
                |name| (name == "TOY_KEY").then(|| "sesame-open".to_owned()),
            ),
        };
        let journal: Arc<dyn Journal> = Arc::new(Sqlite::in_memory(Duration::from_mins(1)));
        let services = Services::new(state::open(None).unwrap(), Audit::default(), Some(journal));
        let conventions = Conventions::default();
        Self {
            caller: Caller::new(catalog, client, secrets, conventions, Arc::new(services)),
            portkey,
            by: Requester {
                principal: "ada".into(),
                client: None,
                authority: Authority {
                    offered: Offered::ToThem(Arc::new(catalog.all())),
                    policy: Arc::new(Policy::default()),
                    lacking: Arc::default(),
                },
                wording: &Plain,
                trace_id: None,
            },
            consent: Consent::Unneeded,
            options: CallOptions {
                dry_run: None,
                return_object: true,
                confirmation: None,
                include_bodies: false,
                view: View::default(),
            },
            notes: Notes::default(),
            trail: Trail::default(),
        }
    }

    /// Returns a bench of real operations whose policy limits calls to the workspace `research`, with the id `w-1`.
    pub(super) async fn limited_to_research() -> Self {
        let bench = Self::of(operations_alone()).await.ruled_by(Rules {
            workspaces: Some("research".parse().unwrap()),
            ..Rules::default()
        });
        let research = json!({ "id": "w-1", "slug": "research" });
        bench
            .answers("GET", "/admin/workspaces/research", 200, research)
            .await;
        bench
    }

    /// Returns this bench with these rules as its policy.
    pub(super) fn ruled_by(mut self, rules: Rules) -> Self {
        self.by.authority.policy = Arc::new(Policy::of(rules));
        self
    }

    /// Returns this bench with these workflows.
    pub(super) fn composing(mut self, composed: &'static [ComposedTool]) -> Self {
        self.caller = self.caller.with_workflows(composed);
        self
    }

    /// Returns this bench with another journal, or with none.
    pub(super) fn keeping(mut self, journal: Option<Arc<dyn Journal>>) -> Self {
        let services = Services::clone(&self.caller.services);
        self.caller.services = Arc::new(Services {
            journal,
            ..services
        });
        self
    }

    /// Scripts the answer of Portkey to requests of this method and path.
    pub(super) async fn answers(&self, verb: &str, at: &str, status: u16, answer: Value) {
        Mock::given(method(verb))
            .and(path(format!("/v1{at}")))
            .respond_with(ResponseTemplate::new(status).set_body_json(answer))
            .mount(&self.portkey)
            .await;
    }

    /// Scripts a toy with the id `t1` and the name Bear.
    pub(super) async fn has_bear(&self) {
        let bear = json!({ "id": "t1", "name": "Bear" });
        self.answers("GET", "/toys/t1", 200, bear).await;
    }

    /// Scripts the answers of Portkey to `GET` requests of this path, computed from each request.
    pub(super) async fn answers_each(
        &self,
        at: &str,
        answer: impl Fn(&Received) -> Value + Send + Sync + 'static,
    ) {
        Mock::given(method("GET"))
            .and(path(format!("/v1{at}")))
            .respond_with(move |request: &Received| {
                ResponseTemplate::new(200).set_body_json(answer(request))
            })
            .mount(&self.portkey)
            .await;
    }

    /// The context of a call.
    pub(super) fn context(&self) -> CallContext<'_> {
        static NO_PROGRESS: std::sync::LazyLock<Progress> =
            std::sync::LazyLock::new(Progress::default);
        CallContext {
            caller: &self.caller,
            by: &self.by,
            consent: &self.consent,
            options: &self.options,
            progress: &NO_PROGRESS,
            notes: &self.notes,
            trail: &self.trail,
            undoes: None,
        }
    }

    /// The operation of this name.
    pub(super) fn operation(&self, name: &str) -> &'static Operation {
        self.caller.catalog.operation(name).unwrap()
    }

    /// The tool of this name.
    pub(super) fn tool(&self, name: &str) -> Tool {
        self.caller.catalog.find(name).unwrap()
    }

    /// Methods and paths of the requests that Portkey received, in order.
    pub(super) async fn received(&self) -> Vec<String> {
        let received = self.portkey.received_requests().await.unwrap();
        let requests = received.iter().map(|one| {
            let path = one.url.path().trim_start_matches("/v1");
            format!("{} {path}", one.method)
        });
        requests.collect()
    }

    /// The body of the last request with one that Portkey received.
    pub(super) async fn body(&self) -> Value {
        let received = self.portkey.received_requests().await.unwrap();
        let mut received = received.iter().rev();
        let last = received.find(|one| !one.body.is_empty()).unwrap();
        last.body_json().unwrap()
    }

    /// Closes the trail of the call and returns what the audit entry would hold of it.
    pub(super) fn noted(&self) -> Noted {
        self.trail.close()
    }

    /// The changes in the journal, the latest first.
    pub(super) async fn journal(&self) -> Vec<crate::journal::JournalEntry> {
        let filter = crate::journal::ChangeFilter {
            id: None,
            most: 100,
            ..crate::journal::ChangeFilter::one(self.context().organisation(), "")
        };
        self.context()
            .journal("test")
            .unwrap()
            .list(&filter)
            .await
            .unwrap()
    }
}

/// The arguments that a test writes as JSON.
pub(super) fn arguments(json: Value) -> JsonObject {
    match json {
        Value::Object(arguments) => arguments,
        other => panic!("{other} are no arguments"),
    }
}

/// The body of Portkey's answer about an object that does not exist.
pub(super) fn not_found() -> Value {
    json!({ "success": false, "data": { "message": "not found" } })
}
