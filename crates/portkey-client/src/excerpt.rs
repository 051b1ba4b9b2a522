//! What to tell of a body that is not the JSON it should be.

use std::{borrow::Cow, fmt};

/// What somebody else said, on one line. It is kept whole until it is shown, and cut then: whoever must not let a part of
/// it through looks at all of it first.
#[derive(Clone, PartialEq, Eq)]
pub struct Quote {
    text: String,
    /// How many characters are shown.
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

    /// Puts what `change` makes of all of it in its place.
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

/// How much of a foreign body an error may quote.
pub(crate) const SHORT: usize = 200;

/// The beginning of `text` on one line: at most `limit` characters and an ellipsis, no control characters.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    // Collapsing white space shortens text; looking a little further than `limit` makes up for that.
    let beginning: String = text.chars().take(limit.saturating_mul(4)).collect();
    cut(&one_line(&beginning), limit).into_owned()
}

/// The same without line ends and other control characters.
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

/// Whether this is HTML or its like, as proxies and load balancers answer.
pub(crate) fn is_markup(content_type: Option<&str>, text: &str) -> bool {
    content_type.is_some_and(|kind| kind.contains("html")) || text.trim_start().starts_with('<')
}

/// The `<title>` of a page, which is all that is worth telling of it.
pub(crate) fn title(page: &str) -> Option<Quote> {
    // ASCII lower case keeps every byte where it was.
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
