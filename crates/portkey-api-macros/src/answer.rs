//! What an operation answers: known fields beside whatever else the API sends.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Fields, ItemStruct, Result, parse_quote};

use crate::field;

pub(crate) fn expand(mut item: ItemStruct) -> Result<TokenStream> {
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
