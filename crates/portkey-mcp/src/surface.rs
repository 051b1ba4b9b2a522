//! What clients see of the catalog: which names they may call, and which tool each of them means.
//!
//! Every name that a client sends is resolved here, so that policy, scopes, audit and traces agree on the tool. In the
//! surface `compact` a call may name its tool in an argument of an [`Executor`]; it is the same call as a direct one.

mod collections;
mod dashboard;
mod documents;
mod executor;
mod guide;
mod resource;
mod script;
mod signature;
mod skills;

use std::sync::LazyLock;

use portkey_api::JsonObject;
use portkey_engine::{
    catalog::{Selection, Tool, UnknownTool},
    policy::MissingScopes,
};

use crate::{access::Principal, catalog::catalog, config::Surface};

pub(crate) use collections::Collection;
pub(crate) use dashboard::Dashboard;
pub(crate) use documents::Document;
pub(crate) use executor::Executor;
pub(crate) use guide::{Guide, first_sentence, found};
pub(crate) use resource::{Choices, Resource, Template, tool_index};
pub(crate) use script::Script;
pub(crate) use skills::{SKILLS, Skill, SkillArgument};

/// Whether `compact` lists the tool as it is: everyday work begins with these, and nobody looks for them first.
pub(crate) fn is_pinned(tool: Tool) -> bool {
    static PINNED: LazyLock<Option<Selection>> = LazyLock::new(|| {
        let pinned = "list_workspaces,list_api_keys,query_analytics";
        catalog().selection(pinned).ok()
    });
    PINNED.as_ref().is_some_and(|pinned| pinned.contains(tool))
}

/// What a client's call asks for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A call of a tool of the catalog.
    Call(Tool, JsonObject),
    /// What the server itself answers about its tools.
    Guide(Guide, JsonObject),
    /// Calls of tools, by a program.
    Script(Script),
    /// Calls of tools, for a page.
    Dashboard(Dashboard),
}

/// Why a client's call is refused.
#[derive(Debug)]
pub(crate) struct CallRefusal {
    pub(crate) why: NotOffered,
    /// The tool that was meant and its arguments, if the tool exists.
    pub(crate) call: Option<Box<(Tool, JsonObject)>>,
    /// Whether the call itself was right, and only an argument of it names what cannot be called.
    pub(crate) is_inner: bool,
}

/// The tool that a name means. `inner` is what a call of an executor names.
pub(crate) fn resolve(name: &str, inner: Option<&str>) -> Result<Tool, UnknownTool> {
    match (Executor::named(name), inner) {
        (Some(_), Some(inner)) => catalog().find(inner),
        _ => catalog().find(name),
    }
}

/// What a call of this name and these arguments asks for, if the principal may ask for it.
pub(crate) fn read(
    principal: &Principal,
    surface: Surface,
    name: &str,
    arguments: JsonObject,
) -> Result<Asked, CallRefusal> {
    if let Some(guide) = Guide::named(surface, name) {
        return Ok(Asked::Guide(guide, arguments));
    }
    if surface == Surface::Code && name == Script::NAME {
        let script = Script::read(arguments).map_err(CallRefusal::malformed)?;
        return Ok(Asked::Script(script));
    }
    if name == Dashboard::NAME {
        let dashboard = Dashboard::read(arguments).map_err(CallRefusal::malformed)?;
        return Ok(Asked::Dashboard(dashboard));
    }
    match Executor::named(name) {
        Some(executor) if matches!(surface, Surface::Compact | Surface::Code) => {
            let (inner, arguments) = executor::inner(arguments).map_err(CallRefusal::malformed)?;
            let tool = offered(principal, &inner, arguments).map_err(CallRefusal::inner)?;
            executor.admit(tool).map_err(CallRefusal::inner)
        }
        _ => {
            let arguments = match surface {
                Surface::Names => executor::unfolded(arguments).map_err(CallRefusal::malformed)?,
                Surface::Flat | Surface::Compact | Surface::Code => arguments,
            };
            let (tool, arguments) = offered(principal, name, arguments)?;
            Ok(Asked::Call(tool, arguments))
        }
    }
}

/// The tool that a name means, if the principal may call it.
pub(crate) fn offered(
    principal: &Principal,
    name: &str,
    arguments: JsonObject,
) -> Result<(Tool, JsonObject), CallRefusal> {
    let tool = match catalog().find(name) {
        Ok(tool) => tool,
        Err(unknown) => return Err(NotOffered::Unknown(unknown).into()),
    };
    let why = if principal.offered().contains(tool) {
        match principal.lacks(tool) {
            Some(missing) => NotOffered::Lacking(missing.clone()),
            None => return Ok((tool, arguments)),
        }
    } else {
        NotOffered::left_out(principal, tool)
    };
    Err(CallRefusal {
        call: Some(Box::new((tool, arguments))),
        ..why.into()
    })
}

/// Why a principal cannot call a tool.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOffered {
    /// There is no such tool.
    #[error(transparent)]
    Unknown(#[from] UnknownTool),
    /// It is in none of the tool sets that the principal is offered.
    #[error(
        "the tool `{0}` is not in this server's tool sets; its operator can add it with --toolsets default,{0}"
    )]
    LeftOut(&'static str),
    /// The address that the client uses leaves it out.
    #[error(
        "the tool `{0}` is not among those that the address of this endpoint names after `toolsets=`; the user can \
         change the address"
    )]
    Unwanted(&'static str),
    /// The principal's token lacks a scope.
    #[error("{0}")]
    Lacking(MissingScopes),
    /// An executor is called with a tool that has another effect.
    #[error(
        "`{tool}` is called with `{right}`, since approvals go by effect: call that with the same arguments"
    )]
    OtherEffect {
        tool: &'static str,
        right: &'static str,
    },
    /// The arguments of an executor do not say what to call.
    #[error("{0}")]
    Malformed(String),
}

impl NotOffered {
    /// Why a principal is not offered a tool.
    fn left_out(principal: &Principal, tool: Tool) -> Self {
        if principal.wants(tool) {
            Self::LeftOut(tool.name())
        } else {
            Self::Unwanted(tool.name())
        }
    }
}

impl From<NotOffered> for CallRefusal {
    fn from(why: NotOffered) -> Self {
        Self {
            why,
            call: None,
            is_inner: false,
        }
    }
}

impl CallRefusal {
    fn inner(self) -> Self {
        Self {
            is_inner: true,
            ..self
        }
    }

    fn malformed(why: String) -> Self {
        Self::from(NotOffered::Malformed(why)).inner()
    }
}
