//! Arguments that several operations share: a struct with the constant that their declarations splice in.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemStruct, Result};

use crate::field::{self, Elsewhere};

pub(crate) fn expand(mut item: ItemStruct) -> Result<TokenStream> {
    let arguments = field::arguments(&mut item.fields, &[], Elsewhere::Query)?;
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
