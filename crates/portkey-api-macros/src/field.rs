//! Where one argument goes: the attributes on the fields of a request struct.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, Error, Field, Fields, ItemStruct, LitStr, Path, Result, Token, Type,
    ext::IdentExt as _, parse_quote, punctuated::Punctuated,
};

const OURS: [&str; 10] = [
    "query", "body", "header", "spread", "local", "shared", "alias", "hidden", "lookup", "of_key",
];

/// Where arguments travel that say nothing about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    Query,
    Body,
    Local,
}

/// The `Argument` constants of the fields, as a list; takes our attributes off them. What is wrapped
/// (`struct GetCostGraph(Filter);`) or marked `#[shared]` brings a list of its own.
pub(crate) fn arguments(
    fields: &mut Fields,
    in_path: &[String],
    elsewhere: Elsewhere,
) -> Result<TokenStream> {
    let mut lists = Vec::new();
    let mut own = Vec::new();
    for field in fields {
        if takes_shared(field) {
            let shared = &field.ty;
            lists.push(quote!(&[#(#own),*]));
            lists.push(quote!(<#shared>::ARGUMENTS));
            own.clear();
        } else {
            let travels = in_path.contains(&name(field));
            own.push(argument(field, travels, elsewhere)?);
            make_optional(field);
        }
    }
    let own = quote!(&[#(#own),*]);
    Ok(if lists.is_empty() {
        own
    } else {
        quote!({
            const LISTS: &[&[::portkey_api::Argument]] = &[#(#lists,)* #own];
            &::portkey_api::Argument::joined::<{ ::portkey_api::Argument::count(LISTS) }>(LISTS)
        })
    })
}

/// Whether the field stands for the arguments of its type; if so it is written flat.
fn takes_shared(field: &mut Field) -> bool {
    let Some(marked) = field
        .attrs
        .iter()
        .position(|attr| attr.path().is_ident("shared"))
    else {
        return field.ident.is_none();
    };
    field.attrs.remove(marked);
    field.attrs.push(parse_quote!(#[serde(flatten)]));
    true
}

/// The `Argument` constant of a field; takes our attributes off it.
fn argument(field: &mut Field, in_path: bool, elsewhere: Elsewhere) -> Result<TokenStream> {
    let name = name(field);
    let mut place = match elsewhere {
        _ if in_path => quote!(Path),
        Elsewhere::Query => quote!(Query(#name)),
        Elsewhere::Body => quote!(Body(#name)),
        Elsewhere::Local => quote!(Local),
    };
    let mut aliases = Vec::new();
    let mut lookup = quote!(None);
    let mut of_key = false;
    let mut hidden = None;
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
            Some("hidden") => {
                hidden = Some(parse_quote!(#[schemars(extend("x-hidden" = true))]));
            }
            Some("of_key") => of_key = true,
            Some("lookup") => {
                let endpoint: Path = attr.parse_args()?;
                lookup = quote!(Some(|| &#endpoint::OPERATION));
            }
            _ => field.attrs.push(attr),
        }
    }
    field.attrs.extend(hidden);
    Ok(quote! {
        ::portkey_api::Argument {
            name: #name,
            place: ::portkey_api::Place::#place,
            aliases: &[#(#aliases),*],
            lookup: #lookup,
            of_key: #of_key,
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
