//! Names for new things: ids, slugs and keys as Portkey makes them.

use jiff::Timestamp;
use uuid::Uuid;

/// A fresh UUID.
pub(crate) fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// The same UUID for the same name, so that the seeded organisation is the same everywhere.
pub(crate) fn seeded_id(name: &str) -> String {
    const NORTHWIND: Uuid = Uuid::from_u128(0x6e6f_7274_6877_696e_642d_6c61_6273_2e31);
    Uuid::new_v5(&NORTHWIND, name.as_bytes()).to_string()
}

/// A fresh secret with the entropy of a UUID.
pub(crate) fn new_secret() -> String {
    Uuid::new_v4().simple().to_string()
}

/// A slug such as `ws-market-3f9a1c`: a prefix, the start of the name, six random digits.
pub(crate) fn new_slug(prefix: &str, name: &str) -> String {
    let random = Uuid::new_v4().simple().to_string();
    let random: String = random.chars().take(6).collect();
    let start: String = kebab(name).chars().take(10).collect();
    let parts = [prefix, start.trim_end_matches('-'), random.as_str()];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// Lowercase letters, digits and single hyphens.
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            kebab.push(letter.to_ascii_lowercase());
        } else if !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
    }
    kebab.trim_end_matches('-').to_owned()
}

/// ISO 8601 with milliseconds, as the API writes moments. It also sorts as text.
pub(crate) fn iso(moment: Timestamp) -> String {
    format!("{moment:.3}")
}
