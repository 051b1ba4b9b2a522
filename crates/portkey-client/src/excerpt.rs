//! What to tell of a body that is not the JSON it should be.

/// How much of a foreign body an error may quote.
pub(crate) const SHORT: usize = 200;

/// The beginning of `text` on one line: at most `limit` characters and an ellipsis, no control characters.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    // Collapsing white space shortens text; looking a little further than `limit` makes up for that.
    let beginning: String = text.chars().take(limit.saturating_mul(4)).collect();
    let line = beginning
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    match line.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Whether this is HTML or its like, as proxies and load balancers answer.
pub(crate) fn is_markup(content_type: Option<&str>, text: &str) -> bool {
    content_type.is_some_and(|kind| kind.contains("html")) || text.trim_start().starts_with('<')
}

/// The `<title>` of a page, which is all that is worth telling of it.
pub(crate) fn title(page: &str) -> Option<String> {
    // ASCII lower case keeps every byte where it was.
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let title = excerpt(page.get(start..end)?, SHORT);
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_short_single_lines() {
        assert_eq!(excerpt("", 5), "");
        assert_eq!(excerpt(" a\n\t b\u{1b}c ", 9), "a b c");
        assert_eq!(excerpt("ééééé", 5), "ééééé");
        assert_eq!(excerpt("éééééé", 5), "ééééé…");
    }

    #[test]
    fn titles() {
        assert_eq!(
            title("<!DOCTYPE html><HEAD><Title lang=en>\n502 Bad\nGateway</TITLE>").as_deref(),
            Some("502 Bad Gateway")
        );
        assert_eq!(title("<title></title>"), None);
        assert_eq!(title("<title>never closed"), None);
        assert_eq!(title("<title"), None);
        assert_eq!(title("none"), None);
    }

    #[test]
    fn markup_by_type_or_look() {
        assert!(is_markup(Some("text/html; charset=utf-8"), "x"));
        assert!(is_markup(None, "\n <html>"));
        assert!(!is_markup(Some("application/json"), "{}"));
    }
}
