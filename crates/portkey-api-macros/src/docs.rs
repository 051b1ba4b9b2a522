//! Reads doc comments.

use syn::{Attribute, Error, Expr, ExprLit, ItemStruct, Lit, Meta, Result};

/// The first paragraph and the others.
pub(crate) fn title_and_description(item: &ItemStruct) -> Result<(String, String)> {
    match paragraphs(&item.attrs).as_slice() {
        [title, text @ ..] if !text.is_empty() => {
            Ok((title.trim_end_matches('.').to_owned(), text.join("\n\n")))
        }
        _ => Err(Error::new(
            item.ident.span(),
            "a tool needs a title line, a blank line and a description: the model reads both",
        )),
    }
}

/// The doc comment as paragraphs: lines joined, blank lines kept as breaks.
fn paragraphs(attrs: &[Attribute]) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in attrs.iter().filter_map(line) {
        match (line.trim(), paragraphs.last_mut()) {
            ("", Some(last)) if !last.is_empty() => paragraphs.push(String::new()),
            (text, Some(last)) => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(text);
            }
            _ => {}
        }
    }
    paragraphs.retain(|p| !p.is_empty());
    paragraphs
}

fn line(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attr.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if meta.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}
