//! The texts that clients read as resources: guides, which are pages of the documentation, and skills.

use std::sync::LazyLock;

use portkey_engine::catalog::Tool;

use super::{collections::SCHEME, first_sentence, skills::SKILLS};
use crate::access::Principal;

/// What the addresses of guides are below.
pub(super) const GUIDES: &str = "guides";

/// A guide: its name, and a page of the documentation that helps whoever calls tools.
macro_rules! guides {
    ($($name:literal: $page:literal,)+) => {
        &[$(($name, include_str!(concat!("../../../../docs/", $page)))),+]
    };
}

const PAGES: &[(&str, &str)] = guides! {
    "arguments": "arguments.md",
    "answers": "answers.md",
    "dry-run": "safety/dry-run.md",
    "confirmation": "safety/confirmation.md",
    "undo": "safety/undo.md",
    "references": "safety/references.md",
    "secrets": "safety/secrets.md",
    "policy": "safety/policy.md",
    "untrusted-text": "safety/untrusted-text.md",
};

/// A text in Markdown.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) uri: String,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: String,
    pub(crate) text: String,
    /// The tools without which it is of no use.
    tools: &'static [Tool],
}

impl Document {
    /// Every text, guides first.
    pub(crate) fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Document>> = LazyLock::new(|| {
            let guides = PAGES.iter().map(|(name, page)| guide(name, page));
            let skills = SKILLS.iter().map(|skill| Document {
                uri: skill.uri.clone(),
                name: skill.name,
                title: skill.title,
                description: skill.description.to_owned(),
                text: skill.file.to_owned(),
                tools: &skill.tools,
            });
            guides.chain(skills).collect()
        });
        &ALL
    }

    /// The one at an address.
    pub(super) fn at(uri: &str) -> Option<&'static Self> {
        Self::all().iter().find(|document| document.uri == uri)
    }

    /// The names of the guides.
    pub(crate) fn guides() -> impl Iterator<Item = &'static str> {
        PAGES.iter().map(|(name, _)| *name)
    }

    /// Whether a principal may use all that it is about.
    pub(crate) fn is_for(&self, principal: &Principal) -> bool {
        self.tools.iter().all(|tool| principal.may_call(*tool))
    }
}

fn guide(name: &'static str, page: &'static str) -> Document {
    let mut lines = page.lines();
    let title = lines.next().unwrap_or_default().trim_start_matches("# ");
    let paragraph = lines.skip_while(|line| line.is_empty());
    let paragraph = paragraph.take_while(|line| !line.is_empty());
    let paragraph = paragraph.collect::<Vec<_>>().join(" ");
    Document {
        uri: address(name),
        name,
        title,
        description: format!("{}.", first_sentence(&paragraph)),
        text: linked(page),
        tools: &[],
    }
}

fn address(name: &str) -> String {
    format!("{SCHEME}{GUIDES}/{name}")
}

/// The page with the addresses of guides in place of links to their files.
fn linked(page: &str) -> String {
    let mut parts = page.split("](");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("](");
        let (link, rest) = part.split_once(')').unwrap_or((part, ""));
        let file = link.split('#').next().unwrap_or_default();
        let stem = file.rsplit('/').next().unwrap_or_default();
        let mut names = Document::guides();
        match names.find(|name| stem.strip_suffix(".md") == Some(name)) {
            Some(name) => text.push_str(&address(name)),
            None => text.push_str(link),
        }
        if part.len() > link.len() {
            text.push(')');
            text.push_str(rest);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_a_title_and_a_description() {
        for document in Document::all() {
            assert!(!document.title.is_empty(), "{}", document.uri);
            assert!(!document.title.starts_with('#'), "{}", document.uri);
            assert!(document.description.len() > 20, "{}", document.uri);
        }
    }

    #[test]
    fn links_between_guides_are_addresses() {
        let page = "See [dry run](../safety/dry-run.md#how), [tools](tools.md) and (this).";
        let there = "See [dry run](portkey://guides/dry-run), [tools](tools.md) and (this).";
        assert_eq!(linked(page), there);
        assert_eq!(
            linked("[broken](dry-run.md"),
            "[broken](portkey://guides/dry-run"
        );
    }
}
