//! Where each node of the manifest is: a marked tree, made only when there is something to report.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser};

use super::Span;
use super::bounds::ByteOffsets;
use crate::diagnostic::{KeyPath, Step};

/// The marked tree of a manifest.
pub(super) struct Positions {
    root: Option<Node>,
}

/// A node, its bytes, and the bytes of its key.
struct Node {
    value: Range<usize>,
    key: Option<Range<usize>>,
    children: Children,
}

enum Children {
    None,
    List(Vec<Node>),
    Mapping(BTreeMap<String, Node>),
}

/// A node whose end has not come.
struct Open {
    node: Node,
    key: Option<(String, Range<usize>)>,
}

impl Positions {
    /// The tree of a text; of one that is not YAML, as far as it goes.
    pub(super) fn of(text: &str) -> Self {
        let bytes = ByteOffsets::of(text);
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            let range = bytes.range(&span);
            let leaf = |children| Node { value: range.clone(), key: None, children };
            match event {
                Event::Scalar(value, ..) => match open.last_mut() {
                    Some(Open { node: Node { children: Children::Mapping(_), .. }, key: key @ None }) => {
                        *key = Some((value.into_owned(), range));
                    }
                    _ => attach(&mut open, &mut root, leaf(Children::None)),
                },
                Event::Alias(_) => attach(&mut open, &mut root, leaf(Children::None)),
                Event::SequenceStart(..) => open.push(Open { node: leaf(Children::List(Vec::new())), key: None }),
                Event::MappingStart(..) => {
                    open.push(Open { node: leaf(Children::Mapping(BTreeMap::new())), key: None });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some(mut done) = open.pop() {
                        done.node.value.end = range.end;
                        attach(&mut open, &mut root, done.node);
                    }
                }
                _ => {}
            }
        }
        while let Some(done) = open.pop() {
            attach(&mut open, &mut root, done.node);
        }
        Self { root }
    }

    /// Whether a text without quotes ends at a byte.
    pub(super) fn has_plain_text_until(&self, text: &str, end: usize) -> bool {
        fn within(node: &Node, text: &str, end: usize) -> bool {
            match &node.children {
                Children::None => node.value.end == end && !text[node.value.clone()].starts_with(['"', '\'', '|', '>']),
                Children::List(nodes) => nodes.iter().any(|node| within(node, text, end)),
                Children::Mapping(nodes) => nodes.values().any(|node| within(node, text, end)),
            }
        }
        self.root.as_ref().is_some_and(|root| within(root, text, end))
    }

    /// Where a node is, and how it is written.
    pub(super) fn span(&self, text: &str, path: &KeyPath) -> Option<Span> {
        let node = self.node(path)?;
        let flow = is_flow(node, text);
        let first = match &node.children {
            Children::Mapping(children) if !flow => {
                children.values().filter_map(|c| c.key.as_ref()).map(|k| k.start).min()
            }
            Children::List(items) if !flow => items.first().map(|item| start(item, text)),
            _ => None,
        };
        Some(Span {
            start: first.unwrap_or(node.value.start),
            end: end(node, text),
            flow,
            leaf: matches!(node.children, Children::None),
        })
    }

    fn node(&self, path: &KeyPath) -> Option<&Node> {
        let mut node = self.root.as_ref()?;
        for step in &path.0 {
            node = match (step, &node.children) {
                (Step::Key(key), Children::Mapping(children)) => children.get(&**key)?,
                (Step::Item(item), Children::List(children)) => children.get(*item)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// The bytes of a node's value, or of its key; of a list or mapping that has a key, the key's.
    pub(super) fn locate(&self, text: &str, path: &KeyPath, key: bool) -> Option<Range<usize>> {
        let node = self.node(path)?;
        let whole = !matches!(node.children, Children::None);
        let empty = node.value.is_empty();
        match &node.key {
            Some(spot) if key || whole || empty => Some(spot.clone()),
            _ if whole => {
                // A list item without a key: its first line.
                let end = text[node.value.start..].find('\n').map_or(text.len(), |n| node.value.start + n);
                Some(node.value.start..end.min(node.value.end.max(node.value.start)))
            }
            _ => Some(node.value.clone()),
        }
    }
}

/// Whether a node is written in brackets.
fn is_flow(node: &Node, text: &str) -> bool {
    let first = match node.children {
        Children::None => return false,
        Children::List(_) => '[',
        Children::Mapping(_) => '{',
    };
    text[node.value.start..].starts_with(first)
}

/// Where a node begins: with its first key, or its value.
fn start(node: &Node, text: &str) -> usize {
    let flow = is_flow(node, text);
    match &node.children {
        Children::Mapping(children) if !flow => children
            .values()
            .filter_map(|child| child.key.as_ref())
            .map(|key| key.start)
            .chain([node.value.start])
            .min()
            .unwrap_or(0),
        _ => node.value.start,
    }
}

/// Where the last of a node ends. Lists and mappings in lines end with their last value, not where the next begins.
fn end(node: &Node, text: &str) -> usize {
    let flow = is_flow(node, text);
    let own = node.key.as_ref().map_or(0, |key| key.end);
    let last = match &node.children {
        Children::None => own.max(node.value.end),
        Children::List(items) => items.iter().map(|item| end(item, text)).chain([own]).max().unwrap_or(own),
        Children::Mapping(children) => {
            children.values().map(|child| end(child, text)).chain([own]).max().unwrap_or(own)
        }
    };
    let leaf = matches!(node.children, Children::None);
    if flow && !leaf { bracket(text, last.max(node.value.start + 1)) } else { last }
}

/// Behind the bracket that comes next, past commas, spaces and notes.
fn bracket(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(c) = text[at..].chars().next() {
        match c {
            ']' | '}' => return at + 1,
            '#' => at += text[at..].find('\n').unwrap_or(text.len() - at),
            _ => at += c.len_utf8(),
        }
    }
    text.len()
}

fn attach(open: &mut [Open], root: &mut Option<Node>, mut node: Node) {
    let Some(parent) = open.last_mut() else {
        *root = Some(node);
        return;
    };
    match &mut parent.node.children {
        Children::List(items) => items.push(node),
        Children::Mapping(children) => {
            if let Some((name, spot)) = parent.key.take() {
                node.key = Some(spot);
                // Of a key that is there twice, the first is read.
                children.entry(name).or_insert(node);
            }
        }
        Children::None => {}
    }
}
