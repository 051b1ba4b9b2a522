//! Checks a request struct against its route and writes its implementations.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Error, Fields, Ident, ItemStruct, Result, parse_quote};

use crate::{
    docs,
    field::{self, Elsewhere},
    options::{Options, Route, placeholders, variant},
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
    let effect = options.effect.clone();
    let effect = effect.unwrap_or_else(|| quote!(::portkey_api_core::Effect::of(#method)));
    let declared = declare(options, &mut item, &in_path, elsewhere, &effect)?;
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
    let effect = options.effect.clone().ok_or_else(|| {
        Error::new(
            item.ident.span(),
            "say what the tool does: `effect(read)`, create, update, delete or execute",
        )
    })?;
    declare(options, &mut item, &[], Elsewhere::Local, &effect)
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
    })
}

/// A function that answers the schema of a type, which is made once.
fn schema_of(ty: &TokenStream) -> TokenStream {
    quote! {
        || {
            static SCHEMA: ::std::sync::LazyLock<::serde_json::Value> =
                ::std::sync::LazyLock::new(::portkey_api_core::schema_of::<#ty>);
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
