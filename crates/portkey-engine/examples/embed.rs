//! A program that administers Portkey safely: policy from code, a dry run, a confirmed delete, and its undo.
//!
//! It runs on a sandbox of its own: `cargo run -p portkey-engine --example embed`.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "an example shows what it does; JSON values answer null where nothing is"
)]

use std::{error::Error, sync::Arc, time::Duration};

use portkey_client::{Client, Settings};
use portkey_engine::{
    audit::{Audit, Destination},
    call::{
        Authority, Call, Caller, Consent, Conventions, Notes, Offered, Outcome, Progress, Requester,
    },
    journal,
    policy::{Policy, Rules, ToolNames},
    secrets::{self, Own, Secrets, Sources},
    services::Services,
    state,
    wording::Plain,
};
use portkey_sandbox::{Options, Sandbox};
use portkey_workflows::{WORKFLOWS, catalog};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start(Options::default()).await?;
    let bot = Bot::new(&sandbox)?;

    let configs = bot.answer("list_configs", json!({})).await?;
    let config = configs["data"][0]["slug"].clone();
    println!("The sandbox holds {} configs.", configs["total"]);

    let deletion = json!({ "slug": config });
    let mut dry_run = deletion.clone();
    dry_run["dry_run"] = true.into();
    if let Outcome::Preview(preview) = bot.call("delete_config", dry_run, None).await? {
        println!("A dry run says: {preview}");
    }

    let Outcome::Unconfirmed { consequence, token } =
        bot.call("delete_config", deletion.clone(), None).await?
    else {
        return Err("a delete is confirmed first".into());
    };
    println!("To confirm: {consequence}");
    bot.call("delete_config", deletion, Some(token)).await?;
    println!("It is deleted.");

    let changes = bot.answer("list_changes", json!({})).await?;
    let change = changes["data"][0]["id"].clone();
    let undo = json!({ "change_id": change });
    if let Outcome::Unconfirmed { token, .. } = bot.call("undo_change", undo.clone(), None).await? {
        bot.call("undo_change", undo, Some(token)).await?;
    }
    let configs = bot.answer("list_configs", json!({})).await?;
    println!("After the undo it holds {} again.", configs["total"]);

    let refused = bot
        .call("delete_user", json!({ "user_id": "u" }), None)
        .await;
    println!(
        "The policy refuses: {}",
        refused.err().ok_or("deleting users is denied")?
    );
    Ok(())
}

/// Makes calls on behalf of one principal.
struct Bot {
    caller: Caller,
    by: Requester,
}

impl Bot {
    fn new(sandbox: &Sandbox) -> Result<Self, Box<dyn Error>> {
        let client = Client::new(Settings {
            base_url: sandbox.url().parse()?,
            api_key: Some(sandbox.keys().admin.clone().into()),
            ..Settings::default()
        });
        let state = state::open(None)?;
        let journal = journal::open(None, journal::Default::Memory, Duration::from_hours(24))?;
        let audit = Audit::at(&Destination::Log, None)?;
        let secrets = Secrets {
            sink: secrets::open(Some("mask".parse()?), &Own::default()),
            sources: Sources::default(),
        };
        let services = Arc::new(Services::new(state, audit, journal));
        let conventions = Conventions::default();
        let caller = Caller::new(catalog(), client, secrets, conventions, services);
        let policy = Policy::of(Rules {
            deny: Some(ToolNames::parse(catalog(), "users")?),
            ..Rules::default()
        });
        Ok(Self {
            caller: caller.with_workflows(WORKFLOWS),
            by: Requester {
                principal: "bot".into(),
                client: None,
                authority: Authority {
                    offered: Offered::ToEverybody(Arc::new(catalog().all())),
                    policy: Arc::new(policy),
                    lacking: Arc::default(),
                },
                wording: &Plain,
                trace_id: None,
            },
        })
    }

    /// Calls a tool; `agreed` is the token of a call whose consequence was agreed to.
    async fn call(
        &self,
        tool: &str,
        arguments: Value,
        agreed: Option<String>,
    ) -> Result<Outcome, Box<dyn Error>> {
        let Value::Object(arguments) = arguments else {
            return Err("arguments are an object".into());
        };
        let call = Call {
            tool: catalog().find(tool)?,
            arguments,
            by: self.by.clone(),
            consent: Consent::OfUser { agreed },
            progress: Progress::default(),
            notes: Notes::default(),
        };
        Ok(self.caller.call(call).await?)
    }

    /// What a call answers that needs no agreement.
    async fn answer(&self, tool: &str, arguments: Value) -> Result<Value, Box<dyn Error>> {
        match self.call(tool, arguments, None).await? {
            Outcome::Answer(answer) => Ok(answer),
            _ => Err("an answer was expected".into()),
        }
    }
}
