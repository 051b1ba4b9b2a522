//! The variables, sections and partials that a template asks for.

use serde_json::{Map, Value, json};

use super::{Node, Section, prompt::templates};

/// The `variable_components` of a prompt's text as `get_prompt` answers them; empty if the text cannot be read.
pub(crate) fn variable_components(text: &str, raw: bool) -> Value {
    let mut components = Components::default();
    for template in templates(text, raw).unwrap_or_default() {
        components.collect(&template.0, None);
    }
    json!({
        "variables": components.variables,
        "sections": components.sections,
        "sectionVariables": components.section_variables,
        "partials": components.partials,
        "variablePartials": components.variable_partials,
    })
}

#[derive(Default)]
struct Components {
    variables: Vec<String>,
    sections: Vec<String>,
    section_variables: Map<String, Value>,
    partials: Vec<String>,
    variable_partials: Vec<String>,
}

impl Components {
    fn collect(&mut self, nodes: &[Node], within: Option<&str>) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Variable(name) => self.variable(name, within),
                Node::Partial(reference) => note(&mut self.partials, reference),
                Node::VariablePartial(name) => note(&mut self.variable_partials, name),
                Node::Section(Section { name, body, .. }) => {
                    note(&mut self.sections, name);
                    self.collect(body, Some(name));
                }
            }
        }
    }

    /// Variables of a section are listed with the innermost one.
    fn variable(&mut self, name: &str, within: Option<&str>) {
        let Some(section) = within else {
            return note(&mut self.variables, name);
        };
        let names = self.section_variables.entry(section).or_insert(json!([]));
        if let Value::Array(names) = names
            && !names.iter().any(|known| known == name)
        {
            names.push(name.into());
        }
    }
}

fn note(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
