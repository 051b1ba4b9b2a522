//! Who reads what a call says, and how they are told what to do next.

/// Who reads what a call says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Audience {
    /// An assistant: it has tools, and no shell. What the program is started with is somebody else's to change.
    #[default]
    Assistant,
    /// Whoever typed the command.
    Shell,
}

impl Audience {
    /// Asks for what only a setting or the machine can change: `set --audit to another place`.
    pub(super) fn operator(self, what: &str) -> String {
        match self {
            Self::Assistant => format!("The operator of this server can {what}."),
            Self::Shell => {
                let mut letters = what.chars();
                let first = letters.next().into_iter().flat_map(char::to_uppercase);
                first.chain(letters.as_str().chars()).chain(['.']).collect()
            }
        }
    }

    /// Where all arguments of a tool are shown.
    pub(super) fn arguments_of(self, tool: &str) -> String {
        match self {
            Self::Assistant => format!("the input schema of `{tool}` has every argument"),
            Self::Shell => format!("`portkey-mcp describe {tool}` shows every argument"),
        }
    }

    /// How a changed setting comes into force.
    pub(super) fn restarted(self) -> &'static str {
        match self {
            Self::Assistant => " and restart it",
            Self::Shell => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assistant_is_told_who_can_change_a_setting_and_a_person_to_change_it() {
        let what = "set --audit to another place";
        assert_eq!(
            Audience::Assistant.operator(what),
            "The operator of this server can set --audit to another place."
        );
        assert_eq!(
            Audience::Shell.operator(what),
            "Set --audit to another place."
        );
    }
}
