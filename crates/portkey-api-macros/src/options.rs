//! `POST "/admin/workspaces" -> Workspace, scopes("workspaces.create"), plan(enterprise)`

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Error, Ident, LitStr, Path, Result, Token, Type, parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// An endpoint: where the call goes, and the options.
pub(crate) struct Route {
    pub(crate) method: Ident,
    pub(crate) path: LitStr,
    pub(crate) options: Options,
}

/// What endpoints and workflows may say about themselves.
pub(crate) struct Options {
    pub(crate) response: Type,
    pub(crate) effect: Option<TokenStream>,
    pub(crate) checked: bool,
    /// Fields of the `Declaration` that differ from what the effect alone says.
    pub(crate) declaration: Vec<TokenStream>,
    /// Fields of the `Operation`, likewise.
    pub(crate) operation: Vec<TokenStream>,
    scopes: Option<Vec<LitStr>>,
    all_scopes: bool,
}

/// Reads what stands behind the name of an option.
type Read = fn(&mut Options, ParseStream<'_>) -> Result<()>;

/// Every option. A new one is a row here and a field of `Declaration` or `Operation`.
const OPTIONS: &[(&str, Read)] = &[
    ("scopes", |options, input| {
        options.scopes = Some(list(input)?);
        Ok(())
    }),
    ("all_scopes", |options, _| {
        options.all_scopes = true;
        Ok(())
    }),
    ("keys", |options, input| {
        let keys = choice(input, "Keys", &["admin", "workspace", "none"])?;
        options.declares(quote!(keys: #keys))
    }),
    ("plan", |options, input| {
        let plan = choice(input, "Plan", &["enterprise", "unspecified"])?;
        options.declares(quote!(plan: #plan))
    }),
    ("base", |options, input| {
        let base = choice(input, "Base", &["gateway", "v2", "public", "mcp_registry"])?;
        options.operation.push(quote!(base: #base));
        Ok(())
    }),
    ("effect", |options, input| {
        let effects = ["read", "create", "update", "delete", "execute"];
        options.effect = Some(choice(input, "Effect", &effects)?);
        Ok(())
    }),
    ("repeatable", |options, _| {
        options.declares(quote!(repeatable: true))
    }),
    ("not_repeatable", |options, _| {
        options.declares(quote!(repeatable: false))
    }),
    ("destructive", |options, _| {
        options.declares(quote!(destructive: true))
    }),
    ("fresh", |options, input| {
        let inner;
        parenthesized!(inner in input);
        let endpoint: Path = inner.parse()?;
        let fresh = quote!(fresh: Some(|| &#endpoint::OPERATION));
        options.operation.push(fresh);
        Ok(())
    }),
    ("checked", |options, _| {
        options.checked = true;
        Ok(())
    }),
    ("extended", |options, _| {
        options.declares(quote!(extended: true))
    }),
    ("unlisted", |options, _| {
        options.declares(quote!(unlisted: true))
    }),
];

impl Parse for Route {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let method = one_of(input, &["GET", "POST", "PUT", "PATCH", "DELETE"])?;
        let path = input.parse()?;
        let options = input.parse()?;
        Ok(Self {
            method,
            path,
            options,
        })
    }
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![->]>()?;
        let mut options = Self {
            response: input.parse()?,
            effect: None,
            checked: false,
            declaration: Vec::new(),
            operation: Vec::new(),
            scopes: None,
            all_scopes: false,
        };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let name: Ident = input.parse()?;
            let known = OPTIONS.iter().find(|(option, _)| name == option);
            let (_, read) = known.ok_or_else(|| unknown(&name))?;
            read(&mut options, input)?;
        }
        options.add_scopes()?;
        Ok(options)
    }
}

impl Options {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the last thing that most options do"
    )]
    fn declares(&mut self, field: TokenStream) -> Result<()> {
        self.declaration.push(field);
        Ok(())
    }

    /// Two options make this field.
    fn add_scopes(&mut self) -> Result<()> {
        let all = self.all_scopes;
        let names = self.scopes.take().ok_or_else(|| {
            Error::new(
                Span::call_site(),
                "say which scopes the key needs: `scopes(\"workspaces.read\")`, or `scopes()` for none",
            )
        })?;
        self.declares(quote! {
            scopes: ::portkey_api_core::Scopes { names: &[#(#names),*], all: #all }
        })
    }
}

fn unknown(option: &Ident) -> Error {
    let names: Vec<_> = OPTIONS.iter().map(|(name, _)| *name).collect();
    let known = match names.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    };
    let text = format!("unknown option `{option}`: expected {known}");
    Error::new(option.span(), text)
}

fn list(input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let inner;
    parenthesized!(inner in input);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&inner)?
        .into_iter()
        .collect())
}

/// One of the `words` in parentheses, as the variant of an enum of the frame.
fn choice(input: ParseStream<'_>, of: &str, words: &[&str]) -> Result<TokenStream> {
    let inner;
    parenthesized!(inner in input);
    let variant = variant(&one_of(&inner, words)?);
    let of = format_ident!("{of}");
    Ok(quote!(::portkey_api_core::#of::#variant))
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
