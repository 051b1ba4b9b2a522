//! The parser of templates.

use super::{BadTemplate, Node, Section, Template};

/// How deeply sections may be nested, which bounds the recursion of all functions on the tree.
const DEEPEST: usize = 50;

#[derive(Clone, Copy)]
enum Tag<'a> {
    Variable(&'a str),
    Open { name: &'a str, inverted: bool },
    Close(&'a str),
    Comment,
    Partial(&'a str),
    VariablePartial(&'a str),
}

impl Template {
    /// Reads a template.
    pub(crate) fn parse(source: &str) -> Result<Self, BadTemplate> {
        let mut tree = Tree::default();
        let mut at = 0;
        while let Some(found) = source.get(at..).and_then(|rest| rest.find("{{")) {
            let start = at + found;
            let (tag, end) = tag_at(source, start)?;
            let (start, end) = match tag {
                Tag::Variable(_) | Tag::VariablePartial(_) => (start, end),
                _ => alone_on_its_line(source, start, end).unwrap_or((start, end)),
            };
            tree.text(source.get(at..start).unwrap_or_default());
            tree.tag(tag)?;
            at = end;
        }
        tree.text(source.get(at..).unwrap_or_default());
        tree.finish()
    }
}

/// The nodes of the innermost open section, and the sections around it.
#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
    open: Vec<(Section, Vec<Node>)>,
}

impl Tree {
    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.nodes.push(Node::Text(text.to_owned()));
        }
    }

    fn tag(&mut self, tag: Tag<'_>) -> Result<(), BadTemplate> {
        match tag {
            Tag::Comment => {}
            Tag::Variable(name) => self.nodes.push(Node::Variable(name.to_owned())),
            Tag::Partial(name) => self.nodes.push(Node::Partial(name.to_owned())),
            Tag::VariablePartial(name) => self.nodes.push(Node::VariablePartial(name.to_owned())),
            Tag::Open { name, inverted } => self.open(name, inverted)?,
            Tag::Close(name) => self.close(name)?,
        }
        Ok(())
    }

    fn open(&mut self, name: &str, inverted: bool) -> Result<(), BadTemplate> {
        if self.open.len() >= DEEPEST {
            return Err(BadTemplate::TooDeep);
        }
        let section = Section {
            name: name.to_owned(),
            inverted,
            body: Vec::new(),
        };
        let before = std::mem::take(&mut self.nodes);
        self.open.push((section, before));
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), BadTemplate> {
        match self.open.pop() {
            Some((mut section, before)) if section.name == name => {
                section.body = std::mem::replace(&mut self.nodes, before);
                self.nodes.push(Node::Section(section));
                Ok(())
            }
            _ => Err(BadTemplate::NoSection(name.to_owned())),
        }
    }

    fn finish(mut self) -> Result<Template, BadTemplate> {
        match self.open.pop() {
            Some((section, _)) => Err(BadTemplate::OpenSection(section.name)),
            None => Ok(Template(self.nodes)),
        }
    }
}

/// The tag whose braces open at `start`, and its end.
fn tag_at(source: &str, start: usize) -> Result<(Tag<'_>, usize), BadTemplate> {
    let rest = source.get(start..).unwrap_or_default();
    let close = if rest.starts_with("{{{") { "}}}" } else { "}}" };
    let Some(length) = rest.find(close) else {
        return Err(BadTemplate::OpenTag(rest.chars().take(20).collect()));
    };
    let inner = rest.get(close.len()..length).unwrap_or_default().trim();
    let tag = match close {
        "}}}" => Tag::Variable(inner),
        _ => kind(inner),
    };
    match tag {
        Tag::Variable(name)
        | Tag::Open { name, .. }
        | Tag::Close(name)
        | Tag::Partial(name)
        | Tag::VariablePartial(name)
            if name.is_empty() || name.starts_with('=') =>
        {
            Err(BadTemplate::NoTag(inner.to_owned()))
        }
        tag => Ok((tag, start + length + close.len())),
    }
}

fn kind(inner: &str) -> Tag<'_> {
    let after = |sigil: &str| inner.strip_prefix(sigil).map(str::trim);
    if let Some(name) = after("#") {
        let inverted = false;
        Tag::Open { name, inverted }
    } else if let Some(name) = after("^") {
        let inverted = true;
        Tag::Open { name, inverted }
    } else if let Some(name) = after("/") {
        Tag::Close(name)
    } else if inner.starts_with('!') {
        Tag::Comment
    } else if let Some(name) = after(">>") {
        Tag::VariablePartial(name)
    } else if let Some(name) = after(">") {
        Tag::Partial(name)
    } else {
        Tag::Variable(after("&").unwrap_or(inner))
    }
}

/// The whole line, when nothing but blanks stands around the tag: such a line leaves no trace in the output.
fn alone_on_its_line(source: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let (before, after) = (source.get(..start)?, source.get(end..)?);
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let next = after.find('\n').map_or(after.len(), |newline| newline + 1);
    let blank = before.get(line..)?.trim().is_empty() && after.get(..next)?.trim().is_empty();
    blank.then_some((line, end + next))
}
