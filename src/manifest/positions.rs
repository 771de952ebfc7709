//! The position of each node of the manifest. Built only when there is something to report.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser};

use super::NodeSpan;
use super::prescan::ByteOffsets;
use crate::diagnostic::{KeyPath, NodePart, Step};

/// The nodes of a manifest, and where each is.
pub(super) struct Positions {
    root: Option<Node>,
}

/// A node, and the byte ranges of its value and of its key.
struct Node {
    value: Range<usize>,
    key: Option<Range<usize>>,
    children: Children,
}

enum Children {
    None,
    Sequence(Vec<Node>),
    Mapping(BTreeMap<String, Node>),
}

/// A sequence or mapping whose end has not been read yet.
struct UnfinishedNode {
    node: Node,
    /// The key whose value comes next.
    key: Option<(String, Range<usize>)>,
}

impl Positions {
    /// Finds the nodes of a text. If the text is not YAML, finds those before the mistake.
    pub(super) fn new(text: &str) -> Self {
        let offsets = ByteOffsets::new(text);
        let mut open: Vec<UnfinishedNode> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            let range = offsets.range(&span);
            let node = |children| Node { value: range.clone(), key: None, children };
            match event {
                Event::Scalar(value, ..) => match open.last_mut() {
                    Some(UnfinishedNode { node: Node { children: Children::Mapping(_), .. }, key: key @ None }) => {
                        *key = Some((value.into_owned(), range));
                    }
                    _ => attach(&mut open, &mut root, node(Children::None)),
                },
                Event::Alias(_) => attach(&mut open, &mut root, node(Children::None)),
                Event::SequenceStart(..) => {
                    open.push(UnfinishedNode { node: node(Children::Sequence(Vec::new())), key: None })
                }
                Event::MappingStart(..) => {
                    open.push(UnfinishedNode { node: node(Children::Mapping(BTreeMap::new())), key: None });
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
                Children::Sequence(nodes) => nodes.iter().any(|node| within(node, text, end)),
                Children::Mapping(nodes) => nodes.values().any(|node| within(node, text, end)),
            }
        }
        self.root.as_ref().is_some_and(|root| within(root, text, end))
    }

    /// Where a node is, and how it is written.
    pub(super) fn span(&self, text: &str, path: &KeyPath) -> Option<NodeSpan> {
        let node = self.node(path)?;
        let is_flow = is_in_brackets(node, text);
        let first = match &node.children {
            Children::Mapping(children) if !is_flow => {
                children.values().filter_map(|c| c.key.as_ref()).map(|k| k.start).min()
            }
            Children::Sequence(items) if !is_flow => items.first().map(|item| node_start(item, text)),
            _ => None,
        };
        Some(NodeSpan {
            start: first.unwrap_or(node.value.start),
            end: node_end(node, text),
            is_flow,
            is_scalar: matches!(node.children, Children::None),
        })
    }

    fn node(&self, path: &KeyPath) -> Option<&Node> {
        let mut node = self.root.as_ref()?;
        for step in &path.0 {
            node = match (step, &node.children) {
                (Step::Key(key), Children::Mapping(children)) => children.get(&**key)?,
                (Step::Item(item), Children::Sequence(children)) => children.get(*item)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// The bytes of a part of a node. For a sequence or mapping that has a key, always those of the key.
    pub(super) fn locate(&self, text: &str, path: &KeyPath, part: NodePart) -> Option<Range<usize>> {
        let node = self.node(path)?;
        let is_collection = !matches!(node.children, Children::None);
        let is_empty = node.value.is_empty();
        match &node.key {
            Some(key_range) if part == NodePart::Key || is_collection || is_empty => Some(key_range.clone()),
            _ if is_collection => {
                // An item of a sequence has no key, so its first line is shown.
                let end = text[node.value.start..].find('\n').map_or(text.len(), |n| node.value.start + n);
                Some(node.value.start..end.min(node.value.end.max(node.value.start)))
            }
            _ => Some(node.value.clone()),
        }
    }
}

/// Whether a node is written in brackets.
fn is_in_brackets(node: &Node, text: &str) -> bool {
    let first = match node.children {
        Children::None => return false,
        Children::Sequence(_) => '[',
        Children::Mapping(_) => '{',
    };
    text[node.value.start..].starts_with(first)
}

/// Where a node starts: a mapping that is not in brackets at its first key, any other node at its value.
fn node_start(node: &Node, text: &str) -> usize {
    let is_flow = is_in_brackets(node, text);
    match &node.children {
        Children::Mapping(children) if !is_flow => children
            .values()
            .filter_map(|child| child.key.as_ref())
            .map(|key| key.start)
            .chain([node.value.start])
            .min()
            .unwrap_or(0),
        _ => node.value.start,
    }
}

/// Where a node ends. A sequence or mapping that is not in brackets ends with its last value, although for the parser it ends
/// only where the next node starts.
fn node_end(node: &Node, text: &str) -> usize {
    let is_flow = is_in_brackets(node, text);
    let key_end = node.key.as_ref().map_or(0, |key| key.end);
    let last = match &node.children {
        Children::None => key_end.max(node.value.end),
        Children::Sequence(items) => {
            items.iter().map(|item| node_end(item, text)).chain([key_end]).max().unwrap_or(key_end)
        }
        Children::Mapping(children) => {
            children.values().map(|child| node_end(child, text)).chain([key_end]).max().unwrap_or(key_end)
        }
    };
    let is_scalar = matches!(node.children, Children::None);
    if is_flow && !is_scalar { after_closing_bracket(text, last.max(node.value.start + 1)) } else { last }
}

/// The position after the next closing bracket, skipping comments.
fn after_closing_bracket(text: &str, from: usize) -> usize {
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

fn attach(open: &mut [UnfinishedNode], root: &mut Option<Node>, mut node: Node) {
    let Some(parent) = open.last_mut() else {
        *root = Some(node);
        return;
    };
    match &mut parent.node.children {
        Children::Sequence(items) => items.push(node),
        Children::Mapping(children) => {
            if let Some((name, key_range)) = parent.key.take() {
                node.key = Some(key_range);
                // If a key is repeated, the first one counts.
                children.entry(name).or_insert(node);
            }
        }
        Children::None => {}
    }
}
