//! The option that says what Prisma AIRS has of a tool.

use quote::quote;
use syn::{LitStr, Result, Token, parenthesized, parse::ParseStream};

use super::{Options, one_of, placeholders, variant};

impl Options {
    /// `(admin)`, `(absent)`, `(uncertain)`, `(path = "…")`, or several of them: what Prisma AIRS has of the tool.
    pub(super) fn airs(&mut self, input: ParseStream<'_>) -> Result<()> {
        let inner;
        parenthesized!(inner in input);
        let mut place = Vec::new();
        loop {
            let word = one_of(&inner, &["admin", "gateway", "absent", "uncertain", "path"])?;
            match word.to_string().as_str() {
                "admin" => place.push(quote!(base: Some(::portkey_api_core::Base::AirsAdmin))),
                "gateway" => place.push(quote!(base: Some(::portkey_api_core::Base::Gateway))),
                "path" => {
                    inner.parse::<Token![=]>()?;
                    let path: LitStr = inner.parse()?;
                    placeholders(&path)?;
                    place.push(quote!(path: Some(#path)));
                }
                _ => {
                    let presence = variant(&word);
                    self.declares(quote!(airs: ::portkey_api_core::Presence::#presence))?;
                }
            }
            if inner.parse::<Option<Token![,]>>()?.is_none() {
                break;
            }
        }
        if !place.is_empty() {
            self.operation.push(quote! {
                airs: ::portkey_api_core::AirsPlace {
                    #(#place,)*
                    ..::portkey_api_core::AirsPlace { base: None, path: None }
                }
            });
        }
        Ok(())
    }
}
