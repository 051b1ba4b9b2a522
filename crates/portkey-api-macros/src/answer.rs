//! What an operation answers: known fields beside whatever else the API sends.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Error, Fields, Ident, ItemStruct, Result, Token,
    parse::{Parse, ParseStream},
    parse_quote,
    punctuated::Punctuated,
};

use crate::field;

/// The options of `#[answer(…)]`.
#[derive(Default)]
pub(crate) struct Options {
    /// The fields that lists show of an entry.
    brief: Vec<Ident>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Ok(Self::default());
        }
        let option: Ident = input.parse()?;
        if option != "brief" {
            return Err(Error::new_spanned(
                option,
                "the only option is `brief(field, …)`",
            ));
        }
        let fields;
        syn::parenthesized!(fields in input);
        let brief = Punctuated::<Ident, Token![,]>::parse_terminated(&fields)?;
        Ok(Self {
            brief: brief.into_iter().collect(),
        })
    }
}

pub(crate) fn expand(options: &Options, mut item: ItemStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = &mut item.fields else {
        return Err(Error::new_spanned(
            &item.fields,
            "an answer has named fields",
        ));
    };
    for field in &mut fields.named {
        if !field::is_option(field) {
            return Err(Error::new_spanned(
                &field.ty,
                "no field of an answer is certain to be there: make it an `Option`",
            ));
        }
        field::make_optional(field);
    }
    for name in &options.brief {
        let field = fields
            .named
            .iter_mut()
            .find(|field| field.ident.as_ref() == Some(name));
        let Some(field) = field else {
            return Err(Error::new_spanned(name, "the answer has no such field"));
        };
        field
            .attrs
            .push(parse_quote!(#[schemars(extend("x-brief" = true))]));
    }
    fields.named.push(parse_quote! {
        /// Fields this version does not know, as they came.
        #[serde(flatten)]
        #[schemars(skip)]
        pub other: ::portkey_api_core::JsonObject
    });
    Ok(quote! {
        #[derive(Debug, Clone, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[allow(missing_docs, reason = "a field named as in the API may speak for itself")]
        #item
    })
}
