//! `POST "/admin/workspaces" -> Workspace, scopes("workspaces.create"), plan(enterprise)`

mod airs;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Error, Ident, LitStr, Path, Result, Token, Type, parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    token,
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
    pub(crate) effect: Option<StatedEffect>,
    pub(crate) deviations: Vec<Deviation>,
    pub(crate) checked: bool,
    /// Fields of the `Declaration` that differ from what the effect alone says.
    pub(crate) declaration: Vec<TokenStream>,
    /// Fields of the `Operation`, likewise.
    pub(crate) operation: Vec<TokenStream>,
    /// The option that is being read.
    reading: Ident,
    scopes: Option<Vec<LitStr>>,
    all_scopes: bool,
}

/// The effect that an option states.
pub(crate) struct StatedEffect {
    pub(crate) word: Ident,
    /// The value of the frame's enum.
    pub(crate) effect: TokenStream,
    pub(crate) has_reason: bool,
}

/// An option that says otherwise than the effect.
pub(crate) struct Deviation {
    pub(crate) option: Ident,
    /// The method of `Effect` that it contradicts.
    pub(crate) method: &'static str,
    pub(crate) value: bool,
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
        let inner;
        parenthesized!(inner in input);
        let word = one_of(&inner, &["read", "create", "update", "delete", "execute"])?;
        let variant = variant(&word);
        let has_reason = inner.parse::<Option<Token![,]>>()?.is_some();
        if has_reason {
            because(&inner)?;
        }
        options.effect = Some(StatedEffect {
            word,
            effect: quote!(::portkey_api_core::Effect::#variant),
            has_reason,
        });
        Ok(())
    }),
    ("repeatable", |options, input| {
        options.deviates(input, "is_repeatable", true)?;
        options.declares(quote!(repeatable: true))
    }),
    ("not_repeatable", |options, input| {
        options.deviates(input, "is_repeatable", false)?;
        options.declares(quote!(repeatable: false))
    }),
    ("destructive", |options, input| {
        options.deviates(input, "is_destructive", true)?;
        options.declares(quote!(destructive: true))
    }),
    ("may_be_empty", |options, input| {
        options.reason(input)?;
        options.operation.push(quote!(may_be_empty: true));
        Ok(())
    }),
    ("undo", |options, input| {
        let undo = undo(input)?;
        options.operation.push(quote!(undo: #undo));
        Ok(())
    }),
    ("publishes", |options, _| {
        options.operation.push(quote!(publishes: true));
        Ok(())
    }),
    ("drafts", |options, _| {
        options.operation.push(quote!(drafts: true));
        Ok(())
    }),
    ("merges", |options, input| {
        let members = list(input)?;
        options.operation.push(quote!(merges: &[#(#members),*]));
        Ok(())
    }),
    ("fresh", |options, input| {
        let inner;
        parenthesized!(inner in input);
        let endpoint: Path = inner.parse()?;
        let fresh = quote!(fresh: Some(|| &#endpoint::OPERATION));
        options.operation.push(fresh);
        Ok(())
    }),
    ("reads", |options, input| {
        let inner;
        parenthesized!(inner in input);
        let kind = kind(&inner)?;
        options.operation.push(quote!(reads: Some(#kind)));
        Ok(())
    }),
    ("lists", |options, input| {
        let lists = lists(input)?;
        options.operation.push(quote!(lists: Some(#lists)));
        Ok(())
    }),
    ("part_of", |options, input| {
        let part_of = part_of(input)?;
        options.operation.push(quote!(part_of: Some(#part_of)));
        Ok(())
    }),
    ("aliases", |options, input| {
        let aliases = list(input)?;
        options.declares(quote!(aliases: &[#(#aliases),*]))
    }),
    ("essential", |options, _| {
        options.declares(quote!(essential: true))
    }),
    ("bodies", |options, _| {
        options.declares(quote!(answers_bodies: true))
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
    ("airs", Options::airs),
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
            deviations: Vec::new(),
            checked: false,
            declaration: Vec::new(),
            operation: Vec::new(),
            reading: format_ident!("scopes"),
            scopes: None,
            all_scopes: false,
        };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let name: Ident = input.parse()?;
            let known = OPTIONS.iter().find(|(option, _)| name == option);
            let (_, read) = known.ok_or_else(|| unknown(&name))?;
            options.reading = name;
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

    /// Reads why an option says otherwise than the effect.
    fn deviates(
        &mut self,
        input: ParseStream<'_>,
        method: &'static str,
        value: bool,
    ) -> Result<()> {
        self.reason(input)?;
        self.deviations.push(Deviation {
            option: self.reading.clone(),
            method,
            value,
        });
        Ok(())
    }

    /// Reads the reason of an option that needs one.
    fn reason(&self, input: ParseStream<'_>) -> Result<()> {
        let option = &self.reading;
        if !input.peek(token::Paren) {
            let text = format!("say why: `{option}(because = \"…\")`");
            return Err(Error::new(option.span(), text));
        }
        let inner;
        parenthesized!(inner in input);
        because(&inner)
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

/// Why a declaration is not as usual. It is for readers of the declaration, so nothing of it is kept.
fn because(input: ParseStream<'_>) -> Result<()> {
    one_of(input, &["because"])?;
    input.parse::<Token![=]>()?;
    let reason: LitStr = input.parse()?;
    if reason.value().trim().is_empty() {
        return Err(Error::new(reason.span(), "say why"));
    }
    Ok(())
}

/// `(never = "…")`, `(loses = "…")` or `(by = OtherEndpoint)`.
fn undo(input: ParseStream<'_>) -> Result<TokenStream> {
    let inner;
    parenthesized!(inner in input);
    let how = one_of(&inner, &["never", "loses", "by"])?;
    inner.parse::<Token![=]>()?;
    let variant = variant(&how);
    let value = if how == "by" {
        let endpoint: Path = inner.parse()?;
        quote!(|| &#endpoint::OPERATION)
    } else {
        let text: LitStr = inner.parse()?;
        quote!(#text)
    };
    Ok(quote!(::portkey_api_core::Undo::#variant(#value)))
}

fn list(input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let inner;
    parenthesized!(inner in input);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&inner)?
        .into_iter()
        .collect())
}

/// `(Config)`, or `(Config, whole = GetConfig)`.
fn lists(input: ParseStream<'_>) -> Result<TokenStream> {
    let inner;
    parenthesized!(inner in input);
    let kind = kind(&inner)?;
    let mut whole = quote!(None);
    if inner.parse::<Option<Token![,]>>()?.is_some() {
        one_of(&inner, &["whole"])?;
        inner.parse::<Token![=]>()?;
        let endpoint: Path = inner.parse()?;
        whole = quote!(Some(|| &#endpoint::OPERATION));
    }
    Ok(quote!(::portkey_api_core::Lists { kind: #kind, whole: #whole }))
}

/// `(Guardrail as "mcp_servers")`
fn part_of(input: ParseStream<'_>) -> Result<TokenStream> {
    let inner;
    parenthesized!(inner in input);
    let kind = kind(&inner)?;
    inner.parse::<Token![as]>()?;
    let name: LitStr = inner.parse()?;
    Ok(quote!(::portkey_api_core::PartOf { kind: #kind, name: #name }))
}

/// The name of one of the vendor's kinds of objects.
fn kind(input: ParseStream<'_>) -> Result<TokenStream> {
    let kind: Ident = input.parse()?;
    Ok(quote!(crate::ObjectKind::#kind.name()))
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
