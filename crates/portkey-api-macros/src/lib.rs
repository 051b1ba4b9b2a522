//! The attributes of `portkey-api-core`: [`macro@endpoint`] declares an operation,
//! [`macro@workflow`] a tool made of several, [`macro@arguments`] what several of them take,
//! [`macro@answer`] what comes back.

mod answer;
mod arguments;
mod docs;
mod endpoint;
mod field;
mod options;

use proc_macro::TokenStream;
use quote::quote;
use syn::{ItemStruct, parse_macro_input};

/// Declares one operation of an API on its request struct. The crate has a `VENDOR` at its root.
///
/// `#[endpoint(METHOD "/path/{field}" -> Answer, scopes("a.read"), …)]`. The doc
/// comment is the title (first paragraph) and the description; the fields are
/// the arguments. Besides the mandatory `scopes(…)` (empty where the API needs
/// none) the options are `all_scopes`, `keys(admin|workspace|none)`,
/// `plan(enterprise|unspecified)`, `base(gateway|v2|public|mcp_registry)`,
/// `fresh(OtherEndpoint)`, `checked`, `extended`, `unlisted`, `essential`,
/// `bodies` (the answer has recorded bodies) and `aliases("other_name", …)`.
///
/// Prisma AIRS is taken to serve an operation by the same path, on its control
/// plane, those with `base(v2)` on its admin plane, those with `base(gateway)`
/// on its gateway. `airs(admin)`, `airs(gateway)` and `airs(path = "…")` say
/// otherwise; `airs(absent)` that it lacks the tool, `airs(uncertain)` that the
/// vendor says neither. `#[airs(body("x"))]` on a field says where it goes there,
/// `#[airs(unsent)]` that it is not sent, `#[airs(tenant)]` that the tenant is
/// its default there.
///
/// An effect that the method does not imply is stated with the reason:
/// `effect(read|create|update|delete|execute, because = "…")`. So is what the
/// effect does not imply: `repeatable(because = "…")`,
/// `not_repeatable(because = "…")` and `destructive(because = "…")`.
///
/// How a call is undone follows from effect and path, or is stated:
/// `undo(by = OtherEndpoint)`, `undo(loses = "…")` for what does not come back,
/// `undo(never = "…")` with the reason. `publishes` stands for making a version
/// the published one, `drafts` for making one that is not published yet.
/// `merges("a", …)` names members of the body whose own members are written one
/// by one, while others are replaced as a whole.
///
/// `reads(Kind)` says that others may refer to the object it reads;
/// `lists(Kind)` that the objects it lists may refer to others,
/// `lists(Kind, whole = OtherEndpoint)` that one must be read whole for it, and
/// `part_of(Kind as "name")` that its list is a part of the object in the path
/// that may refer to others. The kinds are those of the enum `ObjectKind` at the
/// root of the crate.
///
/// A field goes into the path, the query or the body by name. `#[query("x")]`,
/// `#[body("a.b")]`, `#[header("x")]`, `#[spread]` and `#[local]` say otherwise,
/// `#[alias("x", …)]` names accepted synonyms, `#[hidden]` keeps an accepted
/// argument out of what clients see but for its name, `#[hidden(outlined)]` but
/// for its name and what is in it, `#[lookup(OtherEndpoint)]` reads the field
/// from another answer when it is left out, `#[of_key]` is the organisation
/// whose key is used, and `#[zero_counts]` a number whose 0 is never taken as
/// left out. `#[reads_as("x")]` is how answers name it, `#[instruction]` marks
/// what says how to write and is kept nowhere. `#[shared]` splices in a struct
/// of [`macro@arguments`].
///
/// An update is refused where it is given none of the fields of its body,
/// instructions aside: there is nothing to change. One that does something even
/// then says `may_be_empty(because = "…")`.
///
/// Undo and dry runs go by these: `#[replaces]` is a switch, without which lists
/// are added to; `#[irreversible]` is an instruction whose effect stays;
/// `#[shortens("x")]` takes entries off the list that the argument `x` adds to;
/// `#[keyed_by("x")]` is a map of all entries of a list by their member `x`.
///
/// Examples of calls are made from the schema. `#[example(…)]` is a value for them, as JSON; `#[excludes(other, …)]` names
/// arguments that it cannot be given together with; `#[in_example]` marks what they give although the schema does not
/// require it.
#[proc_macro_attribute]
pub fn endpoint(options: TokenStream, item: TokenStream) -> TokenStream {
    declare(item, |item| endpoint::expand(&syn::parse(options)?, item))
}

/// Declares a tool that makes several calls: `#[workflow(-> Answer, effect(update), scopes(…))]`. The crate has the
/// `VENDOR` of the operations at its root.
#[proc_macro_attribute]
pub fn workflow(options: TokenStream, item: TokenStream) -> TokenStream {
    declare(item, |item| {
        endpoint::expand_workflow(&syn::parse(options)?, item)
    })
}

/// Declares arguments that several tools share. Its fields take the same attributes as those of
/// [`macro@endpoint`]. Unless they say otherwise they go into the query, those of `#[arguments(body)]` into the body.
/// A tool that takes nothing else wraps the struct (`pub struct GetCostAnalytics(pub Filter);`), others have a
/// `#[shared]` field of it. A struct that has a `#[shared]` field itself can only be wrapped.
#[proc_macro_attribute]
pub fn arguments(places: TokenStream, item: TokenStream) -> TokenStream {
    declare(item, |item| arguments::expand(&syn::parse(places)?, item))
}

/// Declares what an operation answers: known fields, all optional and typed, with the unknown
/// ones kept in `other`.
///
/// `#[answer(brief(id, name, …))]` names what lists show of an entry: what identifies, names, states, dates and limits
/// it. Lists show whole entries of a type that names nothing.
#[proc_macro_attribute]
pub fn answer(options: TokenStream, item: TokenStream) -> TokenStream {
    declare(item, |item| answer::expand(&syn::parse(options)?, item))
}

/// A wrong declaration still leaves the struct behind, so the one true message
/// is not followed by "cannot find type" and editors keep completing.
fn declare(
    item: TokenStream,
    expand: impl FnOnce(ItemStruct) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    let mut item = parse_macro_input!(item as ItemStruct);
    expand(item.clone())
        .unwrap_or_else(|error| {
            let error = error.into_compile_error();
            field::strip(&mut item);
            quote!(#item #error)
        })
        .into()
}
