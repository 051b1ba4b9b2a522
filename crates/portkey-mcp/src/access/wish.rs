//! What a client asks for in the address of the endpoint: `/mcp?surface=compact&toolsets=cost`. It only narrows what the
//! operator offers.

use std::{borrow::Cow, sync::Arc};

use clap::ValueEnum as _;
use portkey_api::nearest;
use portkey_engine::catalog::{Selection, UnknownName};
use url::form_urlencoded;

use crate::{catalog::catalog, config::Surface};

/// How a client wants to see the tools, and which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) surface: Option<Surface>,
    /// The only tools that it wants.
    pub(crate) toolsets: Option<Arc<Selection>>,
}

/// The parameter with the surface.
const SURFACE: &str = "surface";
/// The parameter with the tool sets.
const TOOLSETS: &str = "toolsets";

/// A query of the address that does not say what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidWish {
    /// There is no such surface.
    #[error("`surface` in the address must be one of {0}")]
    Surface(String),
    /// There is no such tool set.
    #[error("`toolsets` in the address: {0}")]
    Toolsets(#[from] UnknownName),
    /// A parameter is nearly one of ours.
    #[error("the address has the parameter `{0}`; did you mean `{1}`?")]
    Misspelt(String, &'static str),
    /// A parameter stands there twice.
    #[error("the address has the parameter `{0}` twice; send it once")]
    Twice(&'static str),
}

impl Wish {
    /// What the query of an address asks for. Parameters that are none of ours are left to proxies and clients.
    pub(crate) fn of(query: &str) -> Result<Self, InvalidWish> {
        let mut wish = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                SURFACE if wish.surface.is_some() => return Err(InvalidWish::Twice(SURFACE)),
                SURFACE => wish.surface = Some(surface(&value)?),
                TOOLSETS if wish.toolsets.is_some() => return Err(InvalidWish::Twice(TOOLSETS)),
                TOOLSETS => wish.toolsets = Some(Arc::new(catalog().selection(&value)?)),
                _ => refuse_misspelt(name)?,
            }
        }
        Ok(wish)
    }
}

fn surface(value: &str) -> Result<Surface, InvalidWish> {
    Surface::from_str(value, true).map_err(|_| {
        let names = Surface::value_variants().iter();
        let names = names.filter_map(|one| Some(one.to_possible_value()?.get_name().to_owned()));
        InvalidWish::Surface(names.collect::<Vec<_>>().join(", "))
    })
}

/// What is nearly a name of ours would leave out a restriction, if it were ignored.
fn refuse_misspelt(name: Cow<'_, str>) -> Result<(), InvalidWish> {
    let meant = nearest(&name, [SURFACE, TOOLSETS]);
    match meant {
        Some(meant) => Err(InvalidWish::Misspelt(name.into_owned(), meant)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_names_a_surface_and_tools() {
        let wish = Wish::of("surface=Compact&toolsets=cost%2Cget_config").unwrap();
        assert_eq!(wish.surface, Some(Surface::Compact));
        let tools = wish.toolsets.unwrap();
        assert!(tools.contains(catalog().find("get_config").unwrap()));
        assert!(!tools.contains(catalog().find("delete_config").unwrap()));
    }

    #[test]
    fn what_others_put_into_an_address_is_no_wish() {
        assert_eq!(Wish::of("").unwrap(), Wish::default());
        assert_eq!(Wish::of("utm_source=x&profile=y").unwrap(), Wish::default());
    }

    #[test]
    fn what_would_widen_by_being_ignored_is_refused() {
        for (query, said) in [
            ("toolset=cost", "did you mean `toolsets`"),
            ("Surface=flat", "did you mean `surface`"),
            ("surface=tiny", "one of flat, names, compact"),
            ("toolsets=costs", "did you mean `cost`"),
            ("toolsets=cost&toolsets=all", "twice"),
        ] {
            let refused = Wish::of(query).unwrap_err().to_string();
            assert!(refused.contains(said), "{query}: {refused}");
        }
    }
}
