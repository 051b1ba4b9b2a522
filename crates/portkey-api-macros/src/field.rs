//! Where one argument goes: the attributes on the fields of a request struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Error, Field, Fields, Ident, ItemStruct, LitStr, Meta, Path, Result, Token, Type,
    ext::IdentExt as _, parenthesized, parse::ParseStream, parse_quote, punctuated::Punctuated,
};

/// Our attribute on fields that stand for the arguments of their type.
const SHARED: &str = "shared";

/// Takes one attribute of ours off a field.
type Take = fn(&mut Draft, &Attribute) -> Result<()>;

/// Every other attribute of ours. A new one is a row here and a field of `Argument`, or a mark on the schema.
const ATTRIBUTES: &[(&str, Take)] = &[
    ("query", |draft, attr| {
        let name = text(attr)?.unwrap_or(draft.name.clone());
        draft.goes(quote!(Query(#name)))
    }),
    ("body", |draft, attr| {
        let name = text(attr)?.unwrap_or(draft.name.clone());
        draft.goes(quote!(Body(#name)))
    }),
    ("header", |draft, attr| {
        let name = text(attr)?
            .ok_or_else(|| Error::new_spanned(attr, "name it: `#[header(\"x-name\")]`"))?;
        draft.goes(quote!(Header(#name)))
    }),
    ("spread", |draft, _| draft.goes(quote!(Spread))),
    ("local", |draft, _| draft.goes(quote!(Local))),
    ("airs", |draft, attr| {
        let field = in_airs(attr)?;
        draft.says(field)
    }),
    ("alias", |draft, attr| {
        let aliases = attr.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated)?;
        draft.says(quote!(aliases: &[#aliases]))
    }),
    ("hidden", |draft, attr| {
        let how = hidden(attr)?;
        draft
            .marks
            .push(parse_quote!(#[schemars(extend("x-hidden" = #how))]));
        Ok(())
    }),
    ("of_key", |draft, _| draft.says(quote!(of_key: true))),
    ("zero_counts", |draft, _| {
        draft.says(quote!(zero_counts: true))
    }),
    ("reads_as", |draft, attr| {
        let name: LitStr = attr.parse_args()?;
        draft.says(quote!(reads_as: Some(#name)))
    }),
    ("instruction", |draft, _| {
        draft.says(quote!(instruction: true))
    }),
    ("replaces", |draft, _| draft.says(quote!(replaces: true))),
    ("irreversible", |draft, _| {
        draft.says(quote!(irreversible: true))
    }),
    ("shortens", |draft, attr| {
        let list: LitStr = attr.parse_args()?;
        draft.says(quote!(shortens: Some(#list)))
    }),
    ("keyed_by", |draft, attr| {
        let member: LitStr = attr.parse_args()?;
        draft.says(quote!(keyed_by: Some(#member)))
    }),
    ("excludes", |draft, attr| {
        let names = attr.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated)?;
        let names = names.iter().map(|name| name.unraw().to_string());
        draft.says(quote!(excludes: &[#(#names),*]))
    }),
    ("in_example", |draft, _| {
        draft.says(quote!(in_example: true))
    }),
    ("example", |draft, attr| {
        let value: TokenStream = attr.parse_args()?;
        draft
            .marks
            .push(parse_quote!(#[schemars(extend("x-example" = #value))]));
        Ok(())
    }),
    ("lookup", |draft, attr| {
        let endpoint: Path = attr.parse_args()?;
        draft.says(quote!(lookup: Some(|| &#endpoint::OPERATION)))
    }),
];

/// An argument while its attributes are read.
struct Draft {
    name: String,
    location: TokenStream,
    /// Fields of the `Argument` that are not the usual ones.
    fields: Vec<TokenStream>,
    /// Attributes that mark the schema.
    marks: Vec<Attribute>,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the last thing that most attributes do"
)]
impl Draft {
    fn goes(&mut self, location: TokenStream) -> Result<()> {
        self.location = location;
        Ok(())
    }

    fn says(&mut self, field: TokenStream) -> Result<()> {
        self.fields.push(field);
        Ok(())
    }
}

/// How an argument is hidden that has `#[hidden]` or `#[hidden(outlined)]`.
fn hidden(attr: &Attribute) -> Result<TokenStream> {
    if matches!(attr.meta, Meta::Path(_)) {
        return Ok(quote!(true));
    }
    let how: Ident = attr.parse_args()?;
    if how == "outlined" {
        Ok(quote!("outlined"))
    } else {
        Err(Error::new_spanned(
            how,
            "write `#[hidden]` or `#[hidden(outlined)]`",
        ))
    }
}

/// What an argument is in Prisma AIRS that has `#[airs(body("…"))]`, `#[airs(unsent)]` or `#[airs(tenant)]`.
fn in_airs(attr: &Attribute) -> Result<TokenStream> {
    attr.parse_args_with(|input: ParseStream<'_>| {
        let word: Ident = input.parse()?;
        if word == "unsent" {
            return Ok(quote!(in_airs: Some(::portkey_api_core::Location::Local)));
        }
        if word == "tenant" {
            return Ok(quote!(tenant_in_airs: true));
        }
        if word != "body" {
            let text = "write `#[airs(body(\"…\"))]`, `#[airs(unsent)]` or `#[airs(tenant)]`";
            return Err(Error::new(word.span(), text));
        }
        let name;
        parenthesized!(name in input);
        let name: LitStr = name.parse()?;
        Ok(quote!(in_airs: Some(::portkey_api_core::Location::Body(#name))))
    })
}

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
            const LISTS: &[&[::portkey_api_core::Argument]] = &[#(#lists,)* #own];
            &::portkey_api_core::Argument::joined::<{ ::portkey_api_core::Argument::count(LISTS) }>(LISTS)
        })
    })
}

/// Whether the field stands for the arguments of its type; if so it is written flat.
fn takes_shared(field: &mut Field) -> bool {
    let Some(marked) = field
        .attrs
        .iter()
        .position(|attr| attr.path().is_ident(SHARED))
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
    let location = match elsewhere {
        _ if in_path => quote!(Path),
        Elsewhere::Query => quote!(Query(#name)),
        Elsewhere::Body => quote!(Body(#name)),
        Elsewhere::Local => quote!(Local),
    };
    let mut draft = Draft {
        name,
        location,
        fields: Vec::new(),
        marks: Vec::new(),
    };
    for attr in std::mem::take(&mut field.attrs) {
        let ours = ATTRIBUTES
            .iter()
            .find(|(name, _)| attr.path().is_ident(name));
        match ours {
            Some((_, take)) => take(&mut draft, &attr)?,
            None => field.attrs.push(attr),
        }
    }
    let Draft {
        name,
        location,
        fields,
        marks,
    } = draft;
    field.attrs.extend(marks);
    Ok(quote! {
        ::portkey_api_core::Argument {
            #(#fields,)*
            ..::portkey_api_core::Argument::new(#name, ::portkey_api_core::Location::#location)
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
    let ours = |attr: &Attribute| {
        let mut names = ATTRIBUTES.iter().map(|(name, _)| name).chain([&SHARED]);
        names.any(|name| attr.path().is_ident(name))
    };
    for field in &mut item.fields {
        field.attrs.retain(|attr| !ours(attr));
    }
}

/// The text in the parentheses of an attribute, where it has some.
fn text(attr: &Attribute) -> Result<Option<String>> {
    match attr.meta {
        Meta::Path(_) => Ok(None),
        _ => Ok(Some(attr.parse_args::<LitStr>()?.value())),
    }
}
