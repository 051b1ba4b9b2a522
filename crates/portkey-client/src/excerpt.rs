//! Quotations from content that is not the expected JSON.

use std::{borrow::Cow, fmt};

/// Text from outside on one line. It is shortened only when it is displayed, so that secrets can be found in the
/// complete text before that.
#[derive(Clone, PartialEq, Eq)]
pub struct Quote {
    text: String,
    /// The largest number of characters that are displayed.
    most: usize,
}

impl Quote {
    pub(crate) fn of(text: &str, most: usize) -> Self {
        Self {
            text: one_line(text),
            most,
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the complete text by the result of `change`, if that is `Some`.
    pub(crate) fn rewrite(&mut self, change: impl FnOnce(&str) -> Option<String>) {
        if let Some(text) = change(&self.text) {
            self.text = text;
        }
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&cut(&self.text, self.most))
    }
}

impl fmt::Debug for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&cut(&self.text, self.most), f)
    }
}

impl PartialEq<str> for Quote {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

/// The largest number of characters that an error quotes of content from outside.
pub(crate) const SHORT: usize = 200;

/// Returns the beginning of `text` on one line: at most `limit` characters and an ellipsis, without control characters.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    // Collapsing white space shortens the text, so more than `limit` characters are examined.
    let beginning: String = text.chars().take(limit.saturating_mul(4)).collect();
    cut(&one_line(&beginning), limit).into_owned()
}

/// Returns the text on one line, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    for word in words.filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn cut(line: &str, limit: usize) -> Cow<'_, str> {
    match line.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()).into(),
        None => line.into(),
    }
}

/// Whether the text is HTML or similar, as proxies and load balancers send it.
pub(crate) fn is_markup(content_type: Option<&str>, text: &str) -> bool {
    content_type.is_some_and(|kind| kind.contains("html")) || text.trim_start().starts_with('<')
}

/// Returns the `<title>` of a page. The rest of a page is not quoted.
pub(crate) fn title(page: &str) -> Option<Quote> {
    // ASCII lower case keeps the positions of all bytes.
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let title = Quote::of(page.get(start..end)?, SHORT);
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
    fn quotes_are_cut_when_they_are_shown() {
        let mut quote = Quote::of(" a\n secret", 5);
        assert_eq!(quote.to_string(), "a sec…");
        quote.rewrite(|all| Some(all.replace("secret", "***")));
        assert_eq!(quote.to_string(), "a ***");
        quote.rewrite(|_| None);
        assert_eq!(format!("{quote:?}"), "\"a ***\"");
    }

    #[test]
    fn titles() {
        assert_eq!(
            title("<!DOCTYPE html><HEAD><Title lang=en>\n502 Bad\nGateway</TITLE>"),
            Some(Quote::of("502 Bad Gateway", SHORT))
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
