//! The tools of this program, and how its settings name them.

use std::collections::BTreeMap;

use portkey_engine::{
    catalog::{Catalog, Selection, UnknownName},
    policy::{InvalidToolNames, ToolNames},
};
use serde::{Deserialize, Deserializer, de::Error};

/// Every operation of Portkey and every workflow.
pub(crate) fn catalog() -> &'static Catalog {
    portkey_workflows::catalog()
}

/// Parses a list of tool sets, domains and tools.
pub(crate) fn selection(text: &str) -> Result<Selection, UnknownName> {
    catalog().selection(text)
}

/// Parses a list of domains and tools.
pub(crate) fn tool_names(text: &str) -> Result<ToolNames, InvalidToolNames> {
    ToolNames::parse(catalog(), text)
}

/// For `#[serde(deserialize_with)]` on an optional field.
pub(crate) fn some_selection<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Selection>, D::Error> {
    some(deserializer, selection)
}

/// For `#[serde(deserialize_with)]` on an optional field.
pub(crate) fn some_tool_names<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ToolNames>, D::Error> {
    some(deserializer, tool_names)
}

/// For `#[serde(deserialize_with)]` on a table whose values are selections.
pub(crate) fn selections<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Selection>, D::Error> {
    let texts: BTreeMap<String, String> = BTreeMap::deserialize(deserializer)?;
    let read =
        |(name, text): (String, String)| Ok((name, selection(&text).map_err(D::Error::custom)?));
    texts.into_iter().map(read).collect()
}

fn some<'de, D: Deserializer<'de>, T, E: std::fmt::Display>(
    deserializer: D,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    text.map(|text| read(&text).map_err(D::Error::custom))
        .transpose()
}
