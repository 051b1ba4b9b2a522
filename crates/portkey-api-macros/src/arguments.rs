//! Arguments that several operations share: a struct with the constant that their declarations splice in.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Error, Ident, ItemStruct, Result,
    parse::{Parse, ParseStream},
};

use crate::field::{self, Elsewhere};

/// Where the fields go that say nothing about it.
pub(crate) struct DefaultPlace(Elsewhere);

impl Parse for DefaultPlace {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        match input.parse::<Option<Ident>>()? {
            None => Ok(Self(Elsewhere::Query)),
            Some(place) if place == "body" => Ok(Self(Elsewhere::Body)),
            Some(other) => Err(Error::new(
                other.span(),
                "expected `body`, or nothing for the query",
            )),
        }
    }
}

pub(crate) fn expand(default: &DefaultPlace, mut item: ItemStruct) -> Result<TokenStream> {
    let arguments = field::arguments(&mut item.fields, &[], default.0)?;
    let ident = &item.ident;
    Ok(quote! {
        #[derive(Debug, Clone, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs, reason = "an argument named as in the API may speak for itself")]
        #item

        impl #ident {
            /// The fields, in order.
            pub const ARGUMENTS: &'static [::portkey_api_core::Argument] = #arguments;
        }
    })
}
