//! Checks a request struct against its route and writes its implementations.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Error, Fields, Ident, ItemStruct, Result, parse_quote};

use crate::{
    docs,
    field::{self, Elsewhere},
    options::{Facts, Route, placeholders, variant},
};

pub(crate) fn expand(route: &Route, mut item: ItemStruct) -> Result<TokenStream> {
    let in_path = check_path(route, &item)?;
    let Route {
        method,
        path,
        facts,
    } = route;
    let elsewhere = if method == "GET" || method == "DELETE" {
        Elsewhere::Query
    } else {
        Elsewhere::Body
    };
    let method = variant(method);
    let effect = facts.effect.as_ref().map(variant).map_or_else(
        || {
            quote!(::portkey_api::Effect::of(
                <Self as ::portkey_api::Endpoint>::METHOD
            ))
        },
        |effect| quote!(::portkey_api::Effect::#effect),
    );
    let declared = declare(facts, &mut item, &in_path, elsewhere, &effect)?;
    let ident = &item.ident;
    let base = variant(&facts.base);
    let fresh = facts.fresh.as_ref().map_or_else(
        || quote!(None),
        |endpoint| quote!(Some(|| &#endpoint::OPERATION)),
    );
    // Not public on purpose: an operation missing from `catalog!` is dead code, and the compiler says so.
    let operation = quote_spanned! { ident.span() =>
        impl #ident {
            pub(crate) const OPERATION: ::portkey_api::Operation = ::portkey_api::Operation::of::<Self>();
        }
    };
    Ok(quote! {
        #declared

        impl ::portkey_api::Endpoint for #ident {
            const METHOD: ::portkey_api::Method = ::portkey_api::Method::#method;
            const PATH: &'static str = #path;
            const BASE: ::portkey_api::Base = ::portkey_api::Base::#base;
            const FRESH: Option<fn() -> &'static ::portkey_api::Operation> = #fresh;
        }

        #operation
    })
}

pub(crate) fn expand_workflow(facts: &Facts, mut item: ItemStruct) -> Result<TokenStream> {
    let effect = facts.effect.as_ref().map(variant).ok_or_else(|| {
        Error::new(
            item.ident.span(),
            "say what the tool does: `effect(read)`, create, update, delete or execute",
        )
    })?;
    let effect = quote!(::portkey_api::Effect::#effect);
    declare(facts, &mut item, &[], Elsewhere::Local, &effect)
}

/// The struct itself and its `Declared` implementation.
fn declare(
    facts: &Facts,
    item: &mut ItemStruct,
    in_path: &[String],
    elsewhere: Elsewhere,
    effect: &TokenStream,
) -> Result<TokenStream> {
    let (title, description) = docs::title_and_description(item)?;
    if matches!(item.fields, Fields::Unit) {
        item.fields = Fields::Named(parse_quote!({}));
    }
    let arguments = field::arguments(&mut item.fields, in_path, elsewhere)?;
    let ident = &item.ident;
    let name = snake_case(ident);
    let response = &facts.response;
    let constants = facts.constants(effect);
    let shape = if matches!(item.fields, Fields::Unnamed(_)) {
        quote!(transparent)
    } else {
        quote!(deny_unknown_fields)
    };
    let check = if facts.checked {
        quote!(::portkey_api::Check::check(self))
    } else {
        quote!(Ok(()))
    };
    Ok(quote! {
        #[derive(Debug, Clone, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(#shape)]
        #[allow(missing_docs, reason = "a field may be documented by its type; the catalog tests check that one of them is")]
        #item

        impl ::portkey_api::Declared for #ident {
            type Response = #response;
            const NAME: &'static str = #name;
            const TITLE: &'static str = #title;
            const DESCRIPTION: &'static str = #description;
            const ARGUMENTS: &'static [::portkey_api::Argument] = #arguments;
            #constants
            fn input() -> &'static ::serde_json::Value {
                static SCHEMA: ::std::sync::LazyLock<::serde_json::Value> =
                    ::std::sync::LazyLock::new(::portkey_api::schema_of::<#ident>);
                &SCHEMA
            }
            fn output() -> &'static ::serde_json::Value {
                static SCHEMA: ::std::sync::LazyLock<::serde_json::Value> =
                    ::std::sync::LazyLock::new(::portkey_api::schema_of::<#response>);
                &SCHEMA
            }
            fn validate(&self) -> Result<(), ::portkey_api::Problem> { #check }
        }
    })
}

/// The placeholders of the path, each of which must be a required field.
fn check_path(route: &Route, item: &ItemStruct) -> Result<Vec<String>> {
    let names = placeholders(&route.path)?;
    if matches!(item.fields, Fields::Unnamed(_)) {
        return Ok(names); // The wrapped fields are out of sight here; a catalog test sees them.
    }
    for name in &names {
        let field = item.fields.iter().find(|f| field::name(f) == *name);
        match field {
            None => {
                let text = format!(
                    "path parameter `{{{name}}}` has no field `{name}` in `{}`",
                    item.ident
                );
                return Err(Error::new(route.path.span(), text));
            }
            Some(field) if field::is_option(field) => {
                let text = format!("`{name}` is part of the path, so it cannot be optional");
                return Err(Error::new_spanned(&field.ty, text));
            }
            Some(_) => {}
        }
    }
    Ok(names)
}

fn snake_case(ident: &Ident) -> String {
    let mut name = String::new();
    for c in ident.to_string().chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}
