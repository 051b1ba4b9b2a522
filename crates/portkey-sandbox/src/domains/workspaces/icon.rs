//! The icon of a workspace: an emoji at the beginning of its name.

/// A name's leading emoji, and the name without it: `🔬 Research` is (`🔬`, `Research`).
pub(crate) fn split(name: &str) -> (Option<&str>, &str) {
    let name = name.trim();
    // The longest emoji counts: a flag or a family is made of several.
    let ends = name.char_indices().skip(1).map(|(end, _)| end).take(12);
    let splits = ends
        .chain([name.len()])
        .filter_map(|end| name.split_at_checked(end));
    let longest = splits
        .filter(|(start, _)| emojis::get(start).is_some())
        .last();
    match longest {
        Some((icon, rest)) => (Some(icon), rest.trim_start()),
        None => (None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_leading_emoji_is_the_icon() {
        assert_eq!(split("🔬 Research"), (Some("🔬"), "Research"));
        assert_eq!(split("👩‍🔬Research"), (Some("👩‍🔬"), "Research"));
        assert_eq!(split("Research 🔬"), (None, "Research 🔬"));
        assert_eq!(split("Staging"), (None, "Staging"));
        assert_eq!(split("🔬"), (Some("🔬"), ""));
    }
}
