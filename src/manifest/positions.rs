//! Where each node of the manifest is: a marked tree, made only when there is something to report.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser};

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

    /// The bytes of a node's value, or of its key; of a list or mapping that has a key, the key's.
    pub(super) fn locate(&self, text: &str, path: &KeyPath, key: bool) -> Option<Range<usize>> {
        let mut node = self.root.as_ref()?;
        for step in &path.0 {
            node = match (step, &node.children) {
                (Step::Key(key), Children::Mapping(children)) => children.get(&**key)?,
                (Step::Item(item), Children::List(children)) => children.get(*item)?,
                _ => return None,
            };
        }
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
