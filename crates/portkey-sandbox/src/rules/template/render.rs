//! Rendering a template with its variables and partials.

use serde_json::Value;

use super::{BadTemplate, Node, Section, Template};

/// Bounds the recursion into partials.
const DEEPEST: usize = 12;
/// What rendering may cost, in nodes visited and bytes read or written: partials that include each other
/// several times grow exponentially.
const BUDGET: usize = 4 << 20;

/// Finds the text of a partial by its reference: a slug, perhaps with `@version`.
pub(crate) type Partials<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Template {
    /// Renders a template with these variables.
    pub(crate) fn render(
        &self,
        variables: &Value,
        partials: &Partials<'_>,
    ) -> Result<String, BadTemplate> {
        let mut renderer = Renderer {
            output: String::new(),
            scopes: vec![variables],
            including: Vec::new(),
            partials,
            budget: BUDGET,
        };
        renderer.nodes(&self.0)?;
        Ok(renderer.output)
    }
}

struct Renderer<'a> {
    output: String,
    /// The variables, then the value of each section around the current node.
    scopes: Vec<&'a Value>,
    /// The partials around the current node.
    including: Vec<String>,
    partials: &'a Partials<'a>,
    budget: usize,
}

impl<'a> Renderer<'a> {
    fn nodes(&mut self, nodes: &[Node]) -> Result<(), BadTemplate> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Result<(), BadTemplate> {
        self.pay(1)?;
        match node {
            Node::Text(text) => self.write(text),
            Node::Variable(name) => self.write(&self.value(name).map(text).unwrap_or_default()),
            Node::Section(section) => self.section(section),
            Node::Partial(reference) => {
                let text = (self.partials)(reference);
                let text = text.ok_or_else(|| BadTemplate::NoPartial(reference.clone()))?;
                self.include(reference, &text)
            }
            Node::VariablePartial(name) => match self.value(name).map(text) {
                Some(text) => self.include(name, &text),
                None => Ok(()),
            },
        }
    }

    fn section(&mut self, section: &Section) -> Result<(), BadTemplate> {
        let value = self.value(&section.name).filter(|value| truthy(value));
        match value {
            Some(_) if section.inverted => Ok(()),
            None if !section.inverted => Ok(()),
            None | Some(Value::Bool(_)) => self.nodes(&section.body),
            Some(Value::Array(items)) => items
                .iter()
                .try_for_each(|item| self.within(item, &section.body)),
            Some(value) => self.within(value, &section.body),
        }
    }

    fn within(&mut self, scope: &'a Value, body: &[Node]) -> Result<(), BadTemplate> {
        self.scopes.push(scope);
        let outcome = self.nodes(body);
        self.scopes.pop();
        outcome
    }

    fn include(&mut self, reference: &str, text: &str) -> Result<(), BadTemplate> {
        if self.including.iter().any(|outer| outer == reference) {
            return Err(BadTemplate::Circular(reference.to_owned()));
        }
        if self.including.len() >= DEEPEST {
            return Err(BadTemplate::TooDeep);
        }
        self.pay(text.len())?;
        let partial = Template::parse(text)?;
        self.including.push(reference.to_owned());
        let outcome = self.nodes(&partial.0);
        self.including.pop();
        outcome
    }

    /// The value of a dotted name: its first part from the innermost scope that has it, the rest inside of that.
    fn value(&self, name: &str) -> Option<&'a Value> {
        let scopes = || self.scopes.iter().rev().copied();
        if name == "." {
            return scopes().next();
        }
        // The name of a variable may itself be `user.name`.
        if let Some(value) = scopes().find_map(|scope| scope.get(name)) {
            return Some(value);
        }
        let mut parts = name.split('.');
        let first = parts.next()?;
        let found = scopes().find_map(|scope| scope.get(first))?;
        parts.try_fold(found, |value, part| value.get(part))
    }

    fn write(&mut self, text: &str) -> Result<(), BadTemplate> {
        self.pay(text.len())?;
        self.output.push_str(text);
        Ok(())
    }

    fn pay(&mut self, cost: usize) -> Result<(), BadTemplate> {
        self.budget = self.budget.checked_sub(cost).ok_or(BadTemplate::TooLarge)?;
        Ok(())
    }
}

/// Empty text and zero count as false, as they do in the vendor's language.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    }
}

/// A value as it appears in the output; lists and objects as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
