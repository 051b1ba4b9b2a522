//! The tools that a rule names.

use crate::catalog::{Catalog, Selection, Tool, UnknownName};

/// The tools that a rule names: by domain, by name or by alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolNames(Selection);

/// The error of a list of tools.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToolNames {
    /// The list is empty.
    #[error("expected the names of tools or domains, such as `configs,delete_user`")]
    None,
    /// This word has a `-` in front, which only tool sets accept.
    #[error("`{0}` leaves out; write what is allowed to `allow`, and what is not to `deny`")]
    LeavesOut(String),
    /// No tool or domain has this name.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
}

impl ToolNames {
    /// Parses names with commas between them.
    pub fn parse(catalog: &Catalog, text: &str) -> Result<Self, InvalidToolNames> {
        let words = text.split(',').map(str::trim);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        if let Some(word) = words.iter().find(|word| word.starts_with('-')) {
            return Err(InvalidToolNames::LeavesOut((*word).to_owned()));
        }
        if words.is_empty() {
            return Err(InvalidToolNames::None);
        }
        Ok(Self(catalog.naming(&words)?))
    }

    /// Whether this tool is named.
    pub fn contains(&self, tool: Tool) -> bool {
        self.0.contains(tool)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{catalog::operations_alone, toys};

    fn holds(text: &str, tool: &str) -> bool {
        let catalog = operations_alone();
        let names = ToolNames::parse(catalog, text).unwrap();
        names.contains(catalog.find(tool).unwrap())
    }

    #[test]
    fn a_rule_names_tools_domains_and_aliases() {
        assert!(holds("configs, delete_user", "update_config"));
        assert!(holds("configs, delete_user", "delete_user"));
        assert!(!holds("configs, delete_user", "get_user"));
        assert!(holds("list_users", "list_all_users"));
        assert!(holds("virtual-keys,", "create_virtual_key"));
    }

    #[test]
    fn a_rule_that_names_nothing_or_leaves_out_is_refused_with_the_way_to_say_it() {
        let parse = |text| ToolNames::parse(toys::catalog(), text).map_err(|e| e.to_string());
        assert!(
            parse(" , ")
                .unwrap_err()
                .starts_with("expected the names of tools")
        );
        let left_out = parse("toys, -delete_toy").unwrap_err();
        assert!(
            left_out.starts_with("`-delete_toy` leaves out; write"),
            "{left_out}"
        );
        assert!(left_out.contains("`deny`"), "{left_out}");
        let unknown = parse("toys,delete_toi").unwrap_err();
        assert!(unknown.contains("did you mean `delete_toy`?"), "{unknown}");
    }

    proptest! {
        #[test]
        fn what_is_read_names_something_and_no_text_makes_it_panic(text in "\\PC{0,24}|[a-z_,\\- ]{0,24}|(toys|get_toy|,|-| ){0,5}") {
            let catalog = toys::catalog();
            if let Ok(names) = ToolNames::parse(catalog, &text) {
                prop_assert!(catalog.tools().any(|tool| names.contains(tool)), "{text}");
            }
        }
    }
}
