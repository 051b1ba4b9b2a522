//! Names and slugs that callers choose.

use crate::wire::{Fields, Refusal};

/// The longest name or slug, in characters.
const LONGEST: usize = 255;

/// The field `name` of a body, if it has one.
pub(crate) fn name(body: Fields<'_>) -> Result<Option<String>, Refusal> {
    let name = body.optional_text("name")?;
    check_length(body, "name", name.as_deref())?;
    Ok(name)
}

/// A slug of letters, digits, hyphens and underscores, from this field of a body, if it has one.
pub(crate) fn slug(body: Fields<'_>, field: &str) -> Result<Option<String>, Refusal> {
    let slug = body.optional_text(field)?;
    check_length(body, field, slug.as_deref())?;
    let is_plain = |slug: &String| {
        slug.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
    };
    match slug {
        Some(slug) if !is_plain(&slug) => {
            Err(body.refuse(field, "takes letters, digits, hyphens and underscores"))
        }
        slug => Ok(slug),
    }
}

fn check_length(body: Fields<'_>, field: &str, text: Option<&str>) -> Result<(), Refusal> {
    match text {
        Some(text) if text.chars().count() > LONGEST => {
            Err(body.refuse(field, "must have at most 255 characters"))
        }
        _ => Ok(()),
    }
}
