//! The rules of one place in the configuration, and the tools that they permit.

use std::fmt;

use portkey_api_core::Effect;

use super::{
    Effects, Forbidden, Quotas, Reason, ResourceScope, Rule, ToolNames, WorkspaceNames,
    resource_scope,
};
use crate::{catalog::Tool, confirm::Confirm, secrets::SourceList, wording::Wording};

/// The restrictions that one place in the configuration sets. The default restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// The place in the configuration.
    pub origin: Origin,
    /// Whether calls that change something are forbidden.
    pub read_only: bool,
    /// The allowed tools; `None` allows all.
    pub allow: Option<ToolNames>,
    /// The forbidden tools, even if `allow` names them.
    pub deny: Option<ToolNames>,
    /// The allowed effects; `None` allows all.
    pub effects: Option<Effects>,
    /// The workspaces that calls are limited to; `None` allows the whole organisation.
    pub workspaces: Option<WorkspaceNames>,
    /// The number of calls of some kinds that a principal may make in a period.
    pub quotas: Quotas,
    /// When destructive calls must be confirmed; `None` leaves that to the other rules of the policy.
    pub confirm: Option<Confirm>,
    /// The secret sources that arguments may refer to, among those of the server; `None` allows all of these.
    pub secret_sources: Option<SourceList>,
}

/// A place in the configuration that sets rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// The settings of the server, which apply to every principal.
    #[default]
    Server,
    /// The token of this name in the tokens file.
    Token(String),
    /// The `[[grants]]` table of this number, counted from 1.
    Grant(usize),
}

impl Rules {
    /// Whether there are no restrictions.
    pub fn is_empty(&self) -> bool {
        *self
            == Self {
                origin: self.origin.clone(),
                ..Self::default()
            }
    }

    /// The names of the restrictions that are set here and not at all in `next`.
    pub fn lost_in(&self, next: &Self) -> impl Iterator<Item = &'static str> + use<> {
        // Destructured, so that a new restriction cannot be forgotten here.
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

    /// Checks that this tool may be called, whatever its arguments.
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

    /// The restrictions, one phrase each, for the instructions that a client gets.
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
    /// Returns the name of a rule of this place, and its value if given, in the terms of the operator who can change
    /// it.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{Catalog, operations_alone},
        policy::Policy,
        toys,
        wording::Plain,
    };

    fn names(catalog: &Catalog, text: &str) -> ToolNames {
        ToolNames::parse(catalog, text).unwrap()
    }

    fn everything() -> Rules {
        let toys = toys::catalog();
        Rules {
            origin: Origin::Server,
            read_only: true,
            allow: Some(names(toys, "toys")),
            deny: Some(names(toys, "delete_toy")),
            effects: Some("read".parse().unwrap()),
            workspaces: Some("research".parse().unwrap()),
            quotas: Quotas {
                deletes: Some("1/h".parse().unwrap()),
                keys: Some("1/h".parse().unwrap()),
            },
            confirm: Some(Confirm::Always),
            secret_sources: Some("env:TOY_*".parse().unwrap()),
        }
    }

    fn refused(rules: &Rules, tool: &str) -> Option<String> {
        let refused = rules.permit(toys::catalog().find(tool).unwrap()).err()?;
        Some(format!(
            "{}: {}",
            refused.kind,
            refused.reason.describe(&Plain)
        ))
    }

    #[test]
    fn every_restriction_that_is_gone_is_named_and_none_that_stays() {
        let all = everything();
        let lost: Vec<_> = all.lost_in(&Rules::default()).collect();
        assert_eq!(
            lost,
            [
                "read-only",
                "allow",
                "deny",
                "effects",
                "workspaces",
                "quotas.deletes",
                "quotas.keys",
                "confirm",
                "secret-sources"
            ]
        );
        assert_eq!(all.lost_in(&all).count(), 0);
        assert_eq!(Rules::default().lost_in(&all).count(), 0);
    }

    #[test]
    fn rules_are_empty_wherever_they_stand_until_they_say_something() {
        let origin = Origin::Token("ci".to_owned());
        let empty = Rules {
            origin,
            ..Rules::default()
        };
        assert!(empty.is_empty());
        let read_only = Rules {
            read_only: true,
            ..empty
        };
        assert!(!read_only.is_empty());
    }

    #[test]
    fn a_refusal_says_which_rule_it_was_and_what_it_does() {
        let toys = toys::catalog();
        let read_only = Rules {
            read_only: true,
            ..Rules::default()
        };
        assert_eq!(refused(&read_only, "get_toy"), None);
        let told = refused(&read_only, "update_toy");
        assert_eq!(told.unwrap(), "read-only: `read-only`");
        let both = Rules {
            allow: Some(names(toys, "toys")),
            deny: Some(names(toys, "delete_toy")),
            ..Rules::default()
        };
        assert_eq!(refused(&both, "update_toy"), None);
        let told = refused(&both, "delete_toy");
        assert_eq!(told.unwrap(), "deny: `deny` names it");
        let few = Rules {
            allow: Some(names(toys, "get_toy")),
            ..Rules::default()
        };
        let told = refused(&few, "list_toys");
        assert_eq!(told.unwrap(), "allow: `allow` does not name it");
        let effects = Rules {
            effects: Some("read,update".parse().unwrap()),
            ..Rules::default()
        };
        assert_eq!(refused(&effects, "update_toy"), None);
        let told = refused(&effects, "delete_toy");
        assert_eq!(told.unwrap(), "effect: `effects` leaves out `delete`");
    }

    #[test]
    fn limits_to_workspaces_rule_out_what_never_says_which_one_it_is_about() {
        let rules = Rules {
            workspaces: Some("research".parse().unwrap()),
            ..Rules::default()
        };
        let permit = |tool| rules.permit(operations_alone().find(tool).unwrap());
        let refused = permit("delete_user").unwrap_err();
        assert_eq!(refused.kind, Rule::Workspace);
        let told = refused.reason.describe(&Plain);
        assert!(
            told.contains("limits calls to research, and no call"),
            "{told}"
        );
        // Whether these are within the limits is known once they are made.
        assert!(permit("get_config").is_ok() && permit("list_configs").is_ok());
    }

    #[test]
    fn the_narrower_rule_wins_and_is_the_one_that_is_named() {
        let own = Rules {
            origin: Origin::Token("ci".to_owned()),
            read_only: true,
            ..Rules::default()
        };
        let server = Rules {
            allow: Some(names(toys::catalog(), "update_toy")),
            ..Rules::default()
        };
        let policy = Policy::of(server).and([own.into()]);
        let update = toys::catalog().find("update_toy").unwrap();
        let refused = policy.permits(update).unwrap_err().to_string();
        assert_eq!(
            refused,
            "`update_toy` is not allowed here: `read-only` of the token `ci`. Only the operator of this server can change that"
        );
    }

    #[test]
    fn a_rule_is_described_by_the_place_where_it_stands() {
        let describe = |origin: Origin, value| origin.describe("effects", value, &Plain);
        assert_eq!(describe(Origin::Server, Some("read")), "`effects` (read)");
        let grant = describe(Origin::Grant(2), None);
        assert_eq!(grant, "`effects` of [[grants]] number 2");
        let token = describe(Origin::Token("ci".to_owned()), Some("read"));
        assert_eq!(token, "`effects` of the token `ci` (read)");
    }

    #[test]
    fn a_client_is_told_each_restriction_in_a_sentence() {
        let told: Vec<_> = everything().restrictions().collect();
        assert_eq!(
            told,
            [
                "read-only, nothing can be changed",
                "only tools with these effects: read",
                "some tools are ruled out",
                "only what is in these workspaces can be seen or changed: research",
                "of the secrets to refer to only env:TOY_*",
            ]
        );
        assert_eq!(Rules::default().restrictions().count(), 0);
    }
}
