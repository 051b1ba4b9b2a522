//! Checks a request struct against its route and writes its implementations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Error, Fields, Ident, ItemStruct, Result, parse_quote};

use crate::{
    docs,
    field::{self, Elsewhere},
    options::{Deviation, Options, Route, StatedEffect, placeholders, variant},
};

pub(crate) fn expand(route: &Route, mut item: ItemStruct) -> Result<TokenStream> {
    let in_path = check_path(route, &item)?;
    let Route {
        method,
        path,
        options,
    } = route;
    let elsewhere = if method == "GET" || method == "DELETE" {
        Elsewhere::Query
    } else {
        Elsewhere::Body
    };
    let method = variant(method);
    let method = quote!(::portkey_api_core::Method::#method);
    let usual = quote!(::portkey_api_core::Effect::of(#method));
    let effect = options.effect.as_ref().map(|stated| &stated.effect);
    let unusual = options
        .effect
        .as_ref()
        .map(|stated| check_effect(stated, &usual));
    let unusual = unusual.transpose()?;
    let effect = effect.unwrap_or(&usual);
    let declared = declare(options, &mut item, &in_path, elsewhere, effect)?;
    let ident = &item.ident;
    let fields = &options.operation;
    // Not public on purpose: an operation missing from `catalog!` is dead code, and the compiler says so.
    let listed = quote_spanned! { ident.span() =>
        impl #ident {
            pub(crate) const OPERATION: ::portkey_api_core::Operation =
                <Self as ::portkey_api_core::Endpoint>::OPERATION;
        }
    };
    Ok(quote! {
        #declared
        #unusual

        impl ::portkey_api_core::Endpoint for #ident {
            const OPERATION: ::portkey_api_core::Operation = ::portkey_api_core::Operation {
                #(#fields,)*
                ..::portkey_api_core::Operation::new(
                    <Self as ::portkey_api_core::Declared>::DECLARATION,
                    #method,
                    #path,
                    ::portkey_api_core::prepare::<Self>,
                )
            };
        }

        #listed
    })
}

pub(crate) fn expand_workflow(options: &Options, mut item: ItemStruct) -> Result<TokenStream> {
    let stated = options.effect.as_ref().ok_or_else(|| {
        Error::new(
            item.ident.span(),
            "say what the tool does: `effect(read)`, create, update, delete or execute",
        )
    })?;
    declare(options, &mut item, &[], Elsewhere::Local, &stated.effect)
}

/// An effect that the method does not imply needs a reason, and one that it implies is not stated.
fn check_effect(stated: &StatedEffect, usual: &TokenStream) -> Result<TokenStream> {
    let StatedEffect {
        word,
        effect,
        has_reason,
    } = stated;
    if !has_reason {
        let text =
            format!("say why it is not what the method implies: `effect({word}, because = \"…\")`");
        return Err(Error::new(word.span(), text));
    }
    Ok(quote_spanned! { word.span() =>
        const _: () = assert!(!matches!(#usual, #effect), "the method implies this effect already");
    })
}

/// Options that say otherwise than the effect, and do not.
fn check_deviations(options: &Options, effect: &TokenStream) -> TokenStream {
    let checks = options.deviations.iter().map(|deviation| {
        let Deviation {
            option,
            method,
            value,
        } = deviation;
        let method = format_ident!("{method}");
        let text = format!("the effect implies `{option}` already");
        quote_spanned! { option.span() =>
            const _: () = assert!(#effect.#method() != #value, #text);
        }
    });
    checks.collect()
}

/// The struct itself and its `Declared` implementation.
fn declare(
    options: &Options,
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
    let response = &options.response;
    let fields = &options.declaration;
    let deviations = check_deviations(options, effect);
    let shape = if matches!(item.fields, Fields::Unnamed(_)) {
        quote!(transparent)
    } else {
        quote!(deny_unknown_fields)
    };
    let check = if options.checked {
        quote!(::portkey_api_core::Check::check(self))
    } else {
        quote!(Ok(()))
    };
    let input = schema_of(&quote!(#ident));
    let output = schema_of(&quote!(#response));
    Ok(quote! {
        #[derive(Debug, Clone, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(#shape)]
        #[allow(missing_docs, reason = "a field may be documented by its type; the catalog tests check that one of them is")]
        #item

        impl ::portkey_api_core::Declared for #ident {
            type Response = #response;
            const DECLARATION: ::portkey_api_core::Declaration = ::portkey_api_core::Declaration {
                title: #title,
                description: #description,
                arguments: #arguments,
                #(#fields,)*
                ..::portkey_api_core::Declaration::new(
                    #name,
                    #effect,
                    &crate::VENDOR,
                    ::portkey_api_core::Schemas { input: #input, output: #output },
                )
            };
            fn validate(&self) -> Result<(), ::portkey_api_core::Problem> { #check }
        }

        #deviations
    })
}

/// A function that answers the schema of a type, which is made and compiled once.
fn schema_of(ty: &TokenStream) -> TokenStream {
    quote! {
        || {
            static SCHEMA: ::portkey_api_core::CompiledSchema =
                ::portkey_api_core::CompiledSchema::new(
                    &crate::VENDOR.marks,
                    ::portkey_api_core::schema_of::<#ty>,
                );
            &SCHEMA
        }
    }
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
