//! The models of an integration: the provider's known models with their changes, and models that were added.

use portkey_api::JsonObject;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::{
    records::Integration,
    rules::{
        prices::{PRICES, Price},
        provider_settings,
    },
    store::Queries as _,
    wire::{Answer, Call, Fields, Refusal, without_nulls},
};

pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = Integration::in_path(call, db)?;
    let sql = "SELECT * FROM integration_models WHERE integration_id = ? ORDER BY slug";
    let changed = db.all(sql, [&integration.id], |row| {
        let slug: String = row.get("slug")?;
        let known = known(&integration).find(|price| price.model == slug);
        Ok(without_nulls(json!({
            "slug": slug,
            "name": slug,
            "enabled": row.get::<_, bool>("enabled")?,
            "is_custom": row.get::<_, bool>("is_custom")?,
            "is_finetune": row.get::<_, bool>("is_finetune")?,
            "base_model_slug": row.get::<_, Option<String>>("base_model_slug")?,
            "configurations": provider_settings::hidden(&row.get("configurations")?),
            "pricing_config": match row.get("pricing_config")? {
                Value::Null => known.map_or(Value::Null, pricing),
                pricing => pricing,
            },
        })))
    })?;
    let is_changed = |price: &&Price| {
        changed
            .iter()
            .any(|model| model.get("slug").is_some_and(|slug| slug == price.model))
    };
    let unchanged = known(&integration).filter(|price| !is_changed(price));
    let unchanged = unchanged.map(|price| {
        json!({
            "slug": price.model,
            "name": price.model,
            "enabled": integration.allow_all_models,
            "is_custom": false,
            "is_finetune": false,
            "base_model_slug": null,
            "configurations": {},
            "pricing_config": pricing(price),
        })
    });
    let models: Vec<Value> = unchanged.chain(changed.iter().cloned()).collect();
    Ok(json!({
        "total": models.len(),
        "models": models,
        "allow_all_models": integration.allow_all_models,
    })
    .into())
}

pub(super) fn update(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut integration = Integration::in_path(call, db)?;
    let body = call.body()?;
    let models: Vec<JsonObject> = body.required("models")?;
    for model in &models {
        put(db, &integration, Fields::of(model))?;
    }
    if let Some(allow_all) = body.flag("allow_all_models")? {
        integration.allow_all_models = allow_all;
        integration.save(db, &call.timestamp())?;
    }
    Ok(Answer::empty())
}

/// Only models that were added can be deleted.
pub(super) fn delete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = Integration::in_path(call, db)?;
    let query = call.query();
    for slug in query.text("slugs")?.split(',').map(str::trim) {
        if known(&integration).any(|price| price.model == slug) {
            let problem = format!("names {slug}, which is built in: disable it instead");
            return Err(query.refuse("slugs", &problem));
        }
        let sql = "DELETE FROM integration_models WHERE integration_id = ? AND slug = ?";
        if db.run(sql, [integration.id.as_str(), slug])? == 0 {
            return Err(Refusal::not_found(&format!("model {slug}")));
        }
    }
    Ok(Answer::empty())
}

fn put(db: &Connection, integration: &Integration, model: Fields<'_>) -> Result<(), Refusal> {
    let slug = model.text("slug")?;
    let enabled = model.flag("enabled")?;
    let enabled = enabled.ok_or_else(|| model.refuse("enabled", "is required"))?;
    let is_finetune = model.flag("is_finetune")?;
    let base = model.optional_text("base_model_slug")?;
    if is_finetune == Some(true) && base.is_none() {
        return Err(model.refuse("base_model_slug", "is required of a fine-tuned model"));
    }
    let configurations = model.optional::<JsonObject>("configurations")?;
    if configurations.as_ref().is_some_and(JsonObject::is_empty) {
        return Err(model.refuse("configurations", "must not be empty"));
    }
    provider_settings::custom_host(model.inside("configurations", "configurations.")?)?;
    let sql = "INSERT INTO integration_models (integration_id, slug, enabled, is_custom, is_finetune,
            base_model_slug, configurations, pricing_config)
        VALUES (?1, ?2, ?3, coalesce(?4, 0), coalesce(?5, 0), ?6, ?7, ?8)
        ON CONFLICT DO UPDATE SET enabled = ?3, is_custom = coalesce(?4, is_custom),
            is_finetune = coalesce(?5, is_finetune), base_model_slug = coalesce(?6, base_model_slug),
            configurations = coalesce(?7, configurations), pricing_config = coalesce(?8, pricing_config)";
    let values = params![
        integration.id,
        slug,
        enabled,
        model.flag("is_custom")?,
        is_finetune,
        base,
        configurations.map(Value::Object),
        model
            .optional::<JsonObject>("pricing_config")?
            .map(Value::Object),
    ];
    db.run(sql, values)?;
    Ok(())
}

fn known(integration: &Integration) -> impl Iterator<Item = &'static Price> {
    let ai_provider_id = integration.ai_provider_id.clone();
    PRICES
        .iter()
        .filter(move |price| price.provider == ai_provider_id)
}

fn pricing(price: &Price) -> Value {
    json!({
        "type": "static",
        "pay_as_you_go": {
            "request_token": { "price": price.prompt },
            "response_token": { "price": price.completion },
        },
    })
}
