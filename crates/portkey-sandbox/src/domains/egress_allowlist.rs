//! The egress allowlist: to which hosts the gateway may connect.

use std::net::{IpAddr, Ipv4Addr};

use portkey_api::egress_allowlist::{
    CreateEgressAllowlistEntry, DeleteEgressAllowlistEntry, GetEgressAllowlistEntry,
    ListEgressAllowlist, UpdateEgressAllowlistEntry,
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    identity,
    routes::Routes,
    store::{Queries as _, TableRow as _, row},
    wire::{Answer, Call, Change, Fields, Page, Paging, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<ListEgressAllowlist>(list)
        .on::<CreateEgressAllowlistEntry>(create)
        .on::<GetEgressAllowlistEntry>(get)
        .on::<UpdateEgressAllowlistEntry>(update)
        .on::<DeleteEgressAllowlistEntry>(delete)
}

row! {
    /// A row of `egress_allowlist`.
    #[derive(Debug, Clone)]
    pub(crate) struct EgressEntry in "egress_allowlist" {
        pub(crate) id: String,
        /// In lower case.
        pub(crate) domain: String,
        pub(crate) description: Option<String>,
        pub(crate) created_by: String,
        pub(crate) created_at: String,
        pub(crate) last_updated_at: String,
    }
}

fn in_path(call: &Call, db: &Connection) -> Result<EgressEntry, Refusal> {
    let sql = "SELECT * FROM egress_allowlist WHERE id = ?";
    let found = db.first(sql, [call.path("id")], EgressEntry::read)?;
    found.ok_or_else(|| Refusal::not_found("egress allowlist entry"))
}

fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let paging = Paging {
        default_size: Some(20),
        max_size: 100,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let sql = "SELECT * FROM egress_allowlist
        WHERE ?1 IS NULL OR instr(domain, lower(?1)) > 0 ORDER BY created_at DESC, domain";
    let search = call.query().optional_text("search")?;
    let entries = db.all(sql, [search], EgressEntry::read)?;
    Ok(page.cut(entries.iter().map(EgressEntry::to_json).collect()))
}

fn create(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let entry = EgressEntry {
        id: identity::new_id(),
        domain: domain(body)?.ok_or_else(|| body.refuse("domain", "is required"))?,
        description: body.optional("description")?,
        created_by: call.principal.author(),
        created_at: call.timestamp(),
        last_updated_at: call.timestamp(),
    };
    entry.check(db, body)?;
    entry.insert(db)?;
    Ok(json!({ "id": entry.id, "domain": entry.domain }).into())
}

fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    Ok(in_path(call, db)?.to_json().into())
}

fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut entry = in_path(call, db)?;
    let body = call.body()?;
    let (domain, description) = (domain(body)?, body.change("description")?);
    if domain.is_none() && description == Change::Keep {
        return Err(body.refuse("domain", "or description is required"));
    }
    entry.domain = domain.unwrap_or(entry.domain);
    entry.description = description.over(entry.description);
    entry.last_updated_at = call.timestamp();
    entry.check(db, body)?;
    entry.update(db)?;
    Ok(Answer::empty())
}

fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let entry = in_path(call, db)?;
    db.run("DELETE FROM egress_allowlist WHERE id = ?", [entry.id])?;
    Ok(Answer::empty())
}

/// The host in a body, as the list has it.
fn domain(body: Fields<'_>) -> Result<Option<String>, Refusal> {
    let Some(given) = body.optional_text("domain")? else {
        return Ok(None);
    };
    let domain = given.trim().to_lowercase();
    let bare = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address: Option<IpAddr> = bare.unwrap_or(&domain).parse().ok();
    let name = domain.strip_prefix("*.").unwrap_or(&domain);
    let is_name = name.split('.').all(|label| {
        !label.is_empty()
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    });
    if address.is_none() && !is_name {
        let problem = "must be a host, an IP address or a wildcard such as *.example.com, without scheme, port or path";
        return Err(body.refuse("domain", problem));
    }
    if is_metadata_service(name, address) {
        return Err(body.refuse("domain", "must not be a metadata service of a cloud"));
    }
    Ok(Some(domain))
}

/// Whether a host answers cloud machines what credentials they have.
fn is_metadata_service(name: &str, address: Option<IpAddr>) -> bool {
    name == "metadata.google.internal"
        || address == Some(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)))
}

impl EgressEntry {
    fn check(&self, db: &Connection, body: Fields<'_>) -> Result<(), Refusal> {
        body.limit("description", self.description.as_deref(), 500)?;
        let sql = "SELECT 1 FROM egress_allowlist WHERE domain = ? AND id <> ?";
        if db.any(sql, [&self.domain, &self.id])? {
            return Err(Refusal::conflict("The domain is in the allowlist already"));
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "domain": self.domain,
            "description": self.description,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "last_updated_at": self.last_updated_at,
        })
    }
}
