//! The rules of one place of the configuration, and which tools they permit.

use std::fmt;

use portkey_api_core::Effect;

use super::{
    Effects, Forbidden, Quotas, Reason, ResourceScope, Rule, ToolNames, WorkspaceNames,
    resource_scope,
};
use crate::{catalog::Tool, confirm::Confirm, secrets::SourceList, wording::Wording};

/// What one place of the configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Which place.
    pub origin: Origin,
    /// Look, but change nothing.
    pub read_only: bool,
    /// Only these tools; all, when left out.
    pub allow: Option<ToolNames>,
    /// Not these tools, even where `allow` names them.
    pub deny: Option<ToolNames>,
    /// Only these effects; all, when left out.
    pub effects: Option<Effects>,
    /// Only these workspaces; the whole organisation, when left out.
    pub workspaces: Option<WorkspaceNames>,
    /// How much of a kind.
    pub quotas: Quotas,
    /// When somebody must agree to what is destroyed.
    pub confirm: Option<Confirm>,
    /// Only these of the secrets that the server may read; all of them, when left out.
    pub secret_sources: Option<SourceList>,
}

/// Where rules stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// In the settings, for everybody.
    #[default]
    Server,
    /// In the file of tokens, at the one of this name.
    Token(String),
    /// In the `[[grants]]` table of this number, from 1.
    Grant(usize),
}

impl Rules {
    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        *self
            == Self {
                origin: self.origin.clone(),
                ..Self::default()
            }
    }

    /// The restrictions that `next` does not have at all, by their names here.
    pub fn lost_in(&self, next: &Self) -> impl Iterator<Item = &'static str> + use<> {
        // A restriction that is added above must be added here.
        let Self {
            origin: _,
            read_only,
            allow,
            deny,
            effects,
            workspaces,
            quotas: Quotas { deletes, keys },
            confirm,
            secret_sources,
        } = self;
        let all = [
            ("read-only", *read_only && !next.read_only),
            ("allow", allow.is_some() && next.allow.is_none()),
            ("deny", deny.is_some() && next.deny.is_none()),
            ("effects", effects.is_some() && next.effects.is_none()),
            (
                "workspaces",
                workspaces.is_some() && next.workspaces.is_none(),
            ),
            (
                "quotas.deletes",
                deletes.is_some() && next.quotas.deletes.is_none(),
            ),
            ("quotas.keys", keys.is_some() && next.quotas.keys.is_none()),
            ("confirm", confirm.is_some() && next.confirm.is_none()),
            (
                "secret-sources",
                secret_sources.is_some() && next.secret_sources.is_none(),
            ),
        ];
        let lost = all.into_iter().filter(|(_, is_lost)| *is_lost);
        lost.map(|(name, _)| name)
    }

    /// Whether this tool may be called at all.
    pub(super) fn permit(&self, tool: Tool) -> Result<(), Forbidden> {
        let effect = tool.declaration().effect;
        let forbidden = |kind, name, does| {
            Err(Forbidden {
                tool: tool.name(),
                kind,
                reason: Reason::Rule {
                    origin: self.origin.clone(),
                    name,
                    value: None,
                    does,
                },
            })
        };
        if self.read_only && effect != Effect::Read {
            return forbidden(Rule::ReadOnly, "read-only", String::new());
        }
        if self.deny.as_ref().is_some_and(|names| names.contains(tool)) {
            return forbidden(Rule::Deny, "deny", "names it".to_owned());
        }
        if self
            .allow
            .as_ref()
            .is_some_and(|names| !names.contains(tool))
        {
            return forbidden(Rule::Allow, "allow", "does not name it".to_owned());
        }
        if self
            .effects
            .as_ref()
            .is_some_and(|all| !all.contains(effect))
        {
            let does = format!("leaves out `{}`", effect.as_str());
            return forbidden(Rule::Effect, "effects", does);
        }
        if let (Some(workspaces), Tool::Operation(operation)) = (&self.workspaces, tool)
            && resource_scope(operation) == ResourceScope::Organisation
        {
            let does = format!(
                "limits calls to {workspaces}, and no call of it says which workspace it is about"
            );
            return forbidden(Rule::Workspace, "workspaces", does);
        }
        Ok(())
    }

    /// What the rules restrict, a sentence each, for the instructions that a client gets.
    pub(super) fn restrictions(&self) -> impl Iterator<Item = String> {
        let read_only = self
            .read_only
            .then(|| "read-only, nothing can be changed".to_owned());
        let effects = self.effects.as_ref();
        let effects = effects.map(|effects| format!("only tools with these effects: {effects}"));
        let names = self.allow.is_some() || self.deny.is_some();
        let names = names.then(|| "some tools are ruled out".to_owned());
        let workspaces = self.workspaces.as_ref();
        let workspaces = workspaces.map(|names| {
            format!("only what is in these workspaces can be seen or changed: {names}")
        });
        let sources = self.secret_sources.as_ref();
        let sources = sources.map(|list| format!("of the secrets to refer to only {list}"));
        [read_only, effects, names, workspaces, sources]
            .into_iter()
            .flatten()
    }
}

impl Origin {
    /// A rule that stands here, as whoever changes it knows it.
    pub fn describe(&self, rule: &str, value: Option<&str>, wording: &dyn Wording) -> String {
        match (self, value) {
            (Self::Server, _) => wording.rule(rule, value),
            (origin, Some(value)) => format!("`{rule}` of {origin} ({value})"),
            (origin, None) => format!("`{rule}` of {origin}"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.write_str("the server"),
            Self::Token(name) => write!(f, "the token `{name}`"),
            Self::Grant(number) => write!(f, "[[grants]] number {number}"),
        }
    }
}
