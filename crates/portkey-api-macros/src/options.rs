//! `POST "/admin/workspaces" -> Workspace, scopes("workspaces.create"), plan(enterprise)`

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Error, Ident, LitStr, Path, Result, Token, Type, parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// An endpoint: where the call goes, and the facts about it.
pub(crate) struct Route {
    pub(crate) method: Ident,
    pub(crate) path: LitStr,
    pub(crate) facts: Facts,
}

/// What endpoints and workflows have in common.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the attribute, independent of the others"
)]
pub(crate) struct Facts {
    pub(crate) response: Type,
    pub(crate) effect: Option<Ident>,
    pub(crate) scopes: Vec<LitStr>,
    pub(crate) all_scopes: bool,
    pub(crate) keys: Ident,
    pub(crate) plan: Ident,
    pub(crate) base: Ident,
    pub(crate) repeatable: Option<bool>,
    pub(crate) destructive: bool,
    pub(crate) fresh: Option<Path>,
    pub(crate) checked: bool,
    pub(crate) extended: bool,
    pub(crate) unlisted: bool,
}

impl Parse for Route {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let method = one_of(input, &["GET", "POST", "PUT", "PATCH", "DELETE"])?;
        let path = input.parse()?;
        let facts = input.parse()?;
        Ok(Self {
            method,
            path,
            facts,
        })
    }
}

impl Parse for Facts {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![->]>()?;
        let mut facts = Self {
            response: input.parse()?,
            effect: None,
            scopes: Vec::new(),
            all_scopes: false,
            keys: format_ident!("any"),
            plan: format_ident!("any"),
            base: format_ident!("control"),
            repeatable: None,
            destructive: false,
            fresh: None,
            checked: false,
            extended: false,
            unlisted: false,
        };
        let mut has_scopes = false;
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let option: Ident = input.parse()?;
            has_scopes |= option == "scopes";
            facts.set(&option, input)?;
        }
        if has_scopes {
            Ok(facts)
        } else {
            Err(Error::new(
                Span::call_site(),
                "say which scopes the key needs: `scopes(\"workspaces.read\")`, or `scopes()` for none",
            ))
        }
    }
}

impl Facts {
    fn set(&mut self, option: &Ident, input: ParseStream<'_>) -> Result<()> {
        match option.to_string().as_str() {
            "scopes" => self.scopes = list(input)?,
            "all_scopes" => self.all_scopes = true,
            "keys" => self.keys = choice(input, &["admin", "workspace", "none"])?,
            "plan" => self.plan = choice(input, &["enterprise", "unspecified"])?,
            "base" => self.base = choice(input, &["gateway", "v2", "public", "mcp_registry"])?,
            "effect" => {
                let effects = ["read", "create", "update", "delete", "execute"];
                self.effect = Some(choice(input, &effects)?);
            }
            "repeatable" => self.repeatable = Some(true),
            "not_repeatable" => self.repeatable = Some(false),
            "destructive" => self.destructive = true,
            "checked" => self.checked = true,
            "extended" => self.extended = true,
            "unlisted" => self.unlisted = true,
            "fresh" => {
                let inner;
                parenthesized!(inner in input);
                self.fresh = Some(inner.parse()?);
            }
            _ => {
                let known = "scopes, all_scopes, keys, plan, base, effect, repeatable, \
                             not_repeatable, destructive, fresh, checked, extended or unlisted";
                let text = format!("unknown option `{option}`: expected {known}");
                return Err(Error::new(option.span(), text));
            }
        }
        Ok(())
    }

    /// The constants of `Declared` that come from the options.
    pub(crate) fn constants(&self, effect: &TokenStream) -> TokenStream {
        let scopes = &self.scopes;
        let all_scopes = self.all_scopes;
        let keys = variant(&self.keys);
        let plan = variant(&self.plan);
        let extended = self.extended;
        let unlisted = self.unlisted;
        let repeatable = self.repeatable.map_or_else(
            || quote!(Self::EFFECT.is_repeatable()),
            |repeatable| quote!(#repeatable),
        );
        let destructive = if self.destructive {
            quote!(true)
        } else {
            quote!(Self::EFFECT.is_destructive())
        };
        quote! {
            const EFFECT: ::portkey_api::Effect = #effect;
            const SCOPES: ::portkey_api::Scopes = ::portkey_api::Scopes {
                names: &[#(#scopes),*],
                all: #all_scopes,
            };
            const KEYS: ::portkey_api::Keys = ::portkey_api::Keys::#keys;
            const PLAN: ::portkey_api::Plan = ::portkey_api::Plan::#plan;
            const REPEATABLE: bool = #repeatable;
            const DESTRUCTIVE: bool = #destructive;
            const EXTENDED: bool = #extended;
            const UNLISTED: bool = #unlisted;
        }
    }
}

fn list(input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let inner;
    parenthesized!(inner in input);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&inner)?
        .into_iter()
        .collect())
}

fn choice(input: ParseStream<'_>, allowed: &[&str]) -> Result<Ident> {
    let inner;
    parenthesized!(inner in input);
    one_of(&inner, allowed)
}

fn one_of(input: ParseStream<'_>, allowed: &[&str]) -> Result<Ident> {
    let ident: Ident = input.parse()?;
    if allowed.iter().any(|word| ident == word) {
        Ok(ident)
    } else {
        let text = format!("expected one of {}", allowed.join(", "));
        Err(Error::new(ident.span(), text))
    }
}

/// `GET`, `read` and `mcp_registry` all name enum variants: `Get`, `Read`, `McpRegistry`.
pub(crate) fn variant(word: &Ident) -> Ident {
    let word_lower = word.to_string().to_lowercase();
    let name: String = word_lower.split('_').map(capitalised).collect();
    format_ident!("{name}", span = word.span())
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// The names between braces, in order.
pub(crate) fn placeholders(path: &LitStr) -> Result<Vec<String>> {
    let text = path.value();
    if !text.starts_with('/') {
        return Err(Error::new(path.span(), "a path starts with `/`"));
    }
    text.split('{')
        .skip(1)
        .map(|rest| match rest.split_once('}') {
            Some((name, _)) => Ok(name.to_owned()),
            None => Err(Error::new(path.span(), "unclosed `{` in path")),
        })
        .collect()
}
