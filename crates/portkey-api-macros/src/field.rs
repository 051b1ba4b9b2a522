//! Where one argument goes: the attributes on the fields of a request struct.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, Error, Field, ItemStruct, LitStr, Path, Result, Token, Type, ext::IdentExt as _,
    parse_quote, punctuated::Punctuated,
};

const OURS: [&str; 7] = [
    "query", "body", "header", "spread", "local", "alias", "lookup",
];

/// Where arguments travel that say nothing about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    Query,
    Body,
    Local,
}

/// The `Argument` constant of a field; takes our attributes off it.
pub(crate) fn argument(
    field: &mut Field,
    in_path: bool,
    elsewhere: Elsewhere,
) -> Result<TokenStream> {
    let name = name(field);
    let mut place = match elsewhere {
        _ if in_path => quote!(Path),
        Elsewhere::Query => quote!(Query(#name)),
        Elsewhere::Body => quote!(Body(#name)),
        Elsewhere::Local => quote!(Local),
    };
    let mut aliases = Vec::new();
    let mut lookup = quote!(None);
    for attr in std::mem::take(&mut field.attrs) {
        match attr.path().get_ident().map(ToString::to_string).as_deref() {
            Some("query") => {
                let name = text(&attr)?.unwrap_or(name.clone());
                place = quote!(Query(#name));
            }
            Some("body") => {
                let name = text(&attr)?.unwrap_or(name.clone());
                place = quote!(Body(#name));
            }
            Some("header") => {
                let name = text(&attr)?
                    .ok_or_else(|| Error::new_spanned(&attr, "name it: `#[header(\"x-name\")]`"))?;
                place = quote!(Header(#name));
            }
            Some("spread") => place = quote!(Spread),
            Some("local") => place = quote!(Local),
            Some("alias") => {
                aliases = attr
                    .parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated)?
                    .into_iter()
                    .collect();
            }
            Some("lookup") => {
                let endpoint: Path = attr.parse_args()?;
                lookup = quote!(Some(|| &#endpoint::OPERATION));
            }
            _ => field.attrs.push(attr),
        }
    }
    Ok(quote! {
        ::portkey_api::Argument {
            name: #name,
            place: ::portkey_api::Place::#place,
            aliases: &[#(#aliases),*],
            lookup: #lookup,
        }
    })
}

/// Optional fields may be left out, on either side of the wire.
pub(crate) fn make_optional(field: &mut Field) {
    if is_option(field) {
        field
            .attrs
            .push(parse_quote!(#[serde(default, skip_serializing_if = "Option::is_none")]));
    }
}

pub(crate) fn is_option(field: &Field) -> bool {
    matches!(&field.ty, Type::Path(ty) if ty.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// The field's name as the wire spells it.
pub(crate) fn name(field: &Field) -> String {
    field
        .ident
        .as_ref()
        .map(|ident| ident.unraw().to_string())
        .unwrap_or_default()
}

/// Takes our attributes off every field, for a struct that could not be expanded.
pub(crate) fn strip(item: &mut ItemStruct) {
    for field in &mut item.fields {
        field
            .attrs
            .retain(|attr| !OURS.iter().any(|ours| attr.path().is_ident(ours)));
    }
}

fn text(attr: &Attribute) -> Result<Option<String>> {
    if attr.meta.to_token_stream().to_string().contains('(') {
        Ok(Some(attr.parse_args::<LitStr>()?.value()))
    } else {
        Ok(None)
    }
}
