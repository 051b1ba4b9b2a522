//! What is searched, and what a search leaves out.

/// A tool as it is found.
#[derive(Debug, Clone, Default)]
pub struct Document<'a> {
    /// The name, such as `remove_workspace_member`: first what it does, then with what.
    pub name: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// What it does and when to use it. Names of other documents in backticks do not count: they are what it is not.
    pub description: &'a str,
    /// The names of its arguments.
    pub arguments: Vec<&'a str>,
    /// Words that belong to it and stand nowhere else, such as its former names.
    pub keywords: Vec<&'a str>,
    /// The group that it belongs to.
    pub domain: &'a str,
    /// What it does to what it works with, such as `read`.
    pub effect: &'a str,
}

/// Which documents a search may find. The default finds all.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Only documents of these domains; of all if empty.
    pub domains: Vec<&'a str>,
    /// Only documents with these effects; with all if empty.
    pub effects: Vec<&'a str>,
}

impl Filter<'_> {
    /// Whether a document of this domain and effect may be found.
    pub fn admits(&self, domain: &str, effect: &str) -> bool {
        let among = |allowed: &[&str], one| allowed.is_empty() || allowed.contains(&one);
        among(&self.domains, domain) && among(&self.effects, effect)
    }
}
