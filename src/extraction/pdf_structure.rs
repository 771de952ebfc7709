//! The page labels and the bookmarks of a PDF.

use std::collections::{BTreeMap, HashMap, HashSet};

use hayro_syntax::Pdf;
use hayro_syntax::object::{self, Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};

use super::Heading;
use super::markup::TextRules;
use super::pdf_strings::decode_string;
use crate::encodings::decode_markup;

/// The deepest level of a tree that is read.
const MAX_DEPTH: usize = 20;

/// The maximum number of entries of a tree that are read.
const MAX_ENTRIES: usize = 20_000;

/// The longest page label that is used, in characters.
const MAX_LABEL: usize = 20;

/// The longest bookmark that is used, in characters.
const MAX_HEADING: usize = 300;

/// The labels of pages (ISO 32000-1, 12.4.2). Empty if the pages are simply numbered from 1.
pub(super) fn page_labels(catalog: &Dict<'_>, count: usize) -> Vec<String> {
    let Some(tree) = catalog.get::<Dict<'_>>("PageLabels") else { return Vec::new() };
    let mut ranges: BTreeMap<usize, Dict<'_>> = BTreeMap::new();
    visit_tree(&tree, "Nums", &mut |key, value| {
        if let (Object::Number(first), Object::Dict(range)) = (key, value)
            && let Ok(first) = usize::try_from(first.as_i64())
        {
            ranges.insert(first, range);
        }
    });
    let labels: Vec<String> = (0..count)
        .map(|page| {
            let sheet = (page + 1).to_string();
            let Some((first, range)) = ranges.range(..=page).next_back() else { return sheet };
            let prefix = range.get::<object::String<'_>>("P").map(|prefix| decode_string(prefix.as_bytes()));
            let start = range.get::<u32>("St").unwrap_or(1) as usize;
            let number = start.saturating_add(page - first);
            let number = match range.get::<Name<'_>>("S").as_deref() {
                Some(b"D") => number.to_string(),
                Some(b"r") => roman(number),
                Some(b"R") => roman(number).to_uppercase(),
                Some(b"a") => letters(number),
                Some(b"A") => letters(number).to_uppercase(),
                _ => String::new(),
            };
            let label = format!("{}{number}", prefix.unwrap_or_default().trim_start());
            let label = label.trim();
            let is_usable =
                !label.is_empty() && label.chars().count() <= MAX_LABEL && !label.contains(char::is_control);
            if is_usable { label.to_owned() } else { sheet }
        })
        .collect();
    let is_needed = labels.iter().enumerate().any(|(page, label)| *label != (page + 1).to_string());
    if is_needed { labels } else { Vec::new() }
}

/// A number in lower-case Roman numerals.
fn roman(number: usize) -> String {
    const NUMERALS: [(usize, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut rest = number.min(9999);
    let mut text = String::new();
    for (value, numeral) in NUMERALS {
        while rest >= value {
            text.push_str(numeral);
            rest -= value;
        }
    }
    text
}

/// A number as letters: a to z, then aa to zz.
fn letters(number: usize) -> String {
    let Some(number) = number.checked_sub(1) else { return String::new() };
    let letter = char::from(b'a' + (number % 26) as u8);
    std::iter::repeat_n(letter, (number / 26 + 1).min(MAX_LABEL + 1)).collect()
}

/// Visits the entries of a name or number tree (ISO 32000-1, 7.9.6).
fn visit_tree<'a>(root: &Dict<'a>, key: &str, visit: &mut dyn FnMut(Object<'a>, Object<'a>)) {
    let mut count = 0;
    let mut nodes = vec![(root.clone(), 0)];
    while let Some((node, depth)) = nodes.pop() {
        if let Some(entries) = node.get::<Array<'_>>(key) {
            let mut entries = entries.iter::<Object<'_>>();
            while let (Some(key), Some(value)) = (entries.next(), entries.next()) {
                visit(key, value);
                count += 1;
            }
        }
        if count > MAX_ENTRIES || nodes.len() > MAX_ENTRIES {
            return;
        }
        if let Some(kids) = node.get::<Array<'_>>("Kids").filter(|_| depth < MAX_DEPTH) {
            nodes.extend(kids.iter::<Dict<'_>>().take(MAX_ENTRIES).map(|kid| (kid, depth + 1)));
        }
    }
}

/// Whether all viewers give the pages the same numbers: whether every entry of the page tree leads to a page that can be read, or to an
/// empty part of the tree. Chromium and Firefox count an entry that leads nowhere as a page; poppler does not.
pub(super) fn has_certain_page_numbers(pdf: &Pdf, catalog: Option<&Dict<'_>>) -> bool {
    // Without a tree, the pages are in the order of their objects.
    let mut nodes: Vec<Dict<'_>> = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("Pages")).into_iter().collect();
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    let mut pages = 0;
    while let Some(node) = nodes.pop() {
        let Some(kids) = node.get::<Array<'_>>("Kids") else {
            match node.get::<Name<'_>>("Type").as_deref() {
                // The whole tree is one page.
                Some(b"Page") => pages += 1,
                _ if node.get::<i32>("Count").unwrap_or_default() == 0 => {}
                _ => return false,
            }
            continue;
        };
        for kid in kids.raw_iter() {
            let (id, dict) = match kid {
                MaybeRef::Ref(reference) => {
                    let id = ObjectIdentifier::from(reference);
                    (Some(id), pdf.xref().get::<Dict<'_>>(id))
                }
                MaybeRef::NotRef(object) => (None, object.into_dict()),
            };
            match dict {
                None => return false,
                Some(dict) if dict.get::<Name<'_>>("Type").as_deref() == Some(b"Pages") => {
                    // The tree has a cycle.
                    if id.is_some_and(|id| !seen.insert(id)) {
                        return false;
                    }
                    nodes.push(dict);
                }
                Some(_) => pages += 1,
            }
        }
    }
    pages == pdf.pages().len()
}

/// The bookmarks, in the order in which a PDF viewer lists them.
pub(super) fn bookmarks(pdf: &Pdf, catalog: &Dict<'_>) -> Vec<Heading> {
    let Some(root) = catalog.get::<Dict<'_>>("Outlines") else { return Vec::new() };
    let ids = pdf.pages().iter().enumerate().filter_map(|(page, dict)| Some((dict.raw().obj_id()?, page)));
    let targets = Targets { pages: ids.collect(), names: named_targets(catalog) };
    let mut headings = Vec::new();
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    let mut open: Vec<(Dict<'_>, u8)> = root.get::<Dict<'_>>("First").into_iter().map(|entry| (entry, 0)).collect();
    while let Some((entry, depth)) = open.pop() {
        let is_new = entry.obj_id().is_none_or(|id| seen.insert(id));
        if !is_new || headings.len() >= MAX_ENTRIES {
            break;
        }
        open.extend(entry.get::<Dict<'_>>("Next").map(|next| (next, depth)));
        open.extend(entry.get::<Dict<'_>>("First").map(|first| (first, depth.saturating_add(1))));
        let title = entry.get::<object::String<'_>>("Title").map(|title| decode_string(title.as_bytes()));
        let title = title.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let is_usable = title.chars().any(char::is_alphanumeric) && title.chars().count() <= MAX_HEADING;
        if let Some(page) = targets.page_of(&entry).filter(|_| is_usable) {
            headings.push(Heading { page, text: title, depth });
        }
    }
    headings
}

/// The pages and the named targets to which bookmarks can lead.
struct Targets<'a> {
    /// The index of each page.
    pages: HashMap<ObjectIdentifier, usize>,
    names: HashMap<Vec<u8>, Object<'a>>,
}

impl<'a> Targets<'a> {
    /// The index of the page that a bookmark leads to.
    fn page_of(&self, entry: &Dict<'a>) -> Option<usize> {
        let action =
            || entry.get::<Dict<'_>>("A").filter(|action| action.get::<Name<'_>>("S").as_deref() == Some(b"GoTo"));
        let target = entry.get::<Object<'_>>("Dest").or_else(|| action()?.get::<Object<'_>>("D"))?;
        self.page(target, true)
    }

    fn page(&self, target: Object<'a>, may_be_named: bool) -> Option<usize> {
        match target {
            Object::Array(array) => match array.raw_iter().next()? {
                MaybeRef::Ref(page) => self.pages.get(&page.into()).copied(),
                MaybeRef::NotRef(Object::Number(number)) => {
                    usize::try_from(number.as_i64()).ok().filter(|page| *page < self.pages.len())
                }
                MaybeRef::NotRef(_) => None,
            },
            Object::Dict(dict) => self.page(dict.get::<Object<'_>>("D").filter(|_| may_be_named)?, false),
            Object::String(name) if may_be_named => self.named(name.as_bytes()),
            Object::Name(name) if may_be_named => self.named(&name),
            _ => None,
        }
    }

    fn named(&self, name: &[u8]) -> Option<usize> {
        let target = self.names.get(name)?.clone();
        let target = match target {
            Object::Dict(dict) => dict.get::<Object<'_>>("D")?,
            other => other,
        };
        self.page(target, false)
    }
}

fn named_targets<'a>(catalog: &Dict<'a>) -> HashMap<Vec<u8>, Object<'a>> {
    let mut names = HashMap::new();
    // PDF 1.1 has a dictionary of targets, newer versions a tree.
    if let Some(dict) = catalog.get::<Dict<'_>>("Dests") {
        for key in dict.keys().take(MAX_ENTRIES) {
            if let Some(target) = dict.get::<Object<'_>>(&*key) {
                names.insert(key.to_vec(), target);
            }
        }
    }
    if let Some(tree) = catalog.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("Dests")) {
        visit_tree(&tree, "Names", &mut |key, value| {
            if let Object::String(key) = key {
                names.insert(key.as_bytes().to_vec(), value);
            }
        });
    }
    names
}

/// The text of a form in XML (XFA) that replaces the pages of the document, which only ask the reader to wait. It is read without the
/// data that a reader has filled in.
pub(super) fn dynamic_form_text(catalog: &Dict<'_>) -> Option<String> {
    const FORM_TEXT: TextRules<'_> = TextRules {
        is_nested: true,
        // Lists of options, scripts and descriptions of fields are not shown.
        skipped: &["items", "event", "script", "desc"],
        hiding: &[("presence", "hidden"), ("presence", "invisible"), ("presence", "inactive")],
        ..TextRules::lines_of(&["text", "exData"], &["text", "exData", "p"])
    };
    if catalog.get::<bool>("NeedsRendering") != Some(true) {
        return None;
    }
    let form = catalog.get::<Dict<'_>>("AcroForm")?;
    let mut xml = Vec::new();
    match form.get::<Stream<'_>>("XFA") {
        Some(stream) => xml.extend_from_slice(&stream.decoded_data().ok()?),
        // The parts of the file, each after its name.
        None => form.get::<Array<'_>>("XFA")?.iter::<Object<'_>>().for_each(|part| {
            if let Object::Stream(stream) = part {
                xml.extend_from_slice(&stream.decoded_data().unwrap_or_default());
            }
        }),
    }
    Some(FORM_TEXT.read(&decode_markup(&xml))).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A PDF of two pages whose tree has these entries.
    fn has_certain_numbers(kids: &str) -> bool {
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Count 2 /Kids [{kids}] >>"),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_owned(),
            "<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [4 0 R] >>".to_owned(),
            "<< /Type /Pages /Parent 2 0 R /Count 0 >>".to_owned(),
            "<< /Type /Pages /Parent 2 0 R /Count 1 >>".to_owned(),
            "<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [8 0 R] >>".to_owned(),
        ];
        let mut file = "%PDF-1.7\n".to_owned();
        for (number, object) in objects.iter().enumerate() {
            file += &format!("{} 0 obj\n{object}\nendobj\n", number + 1);
        }
        file += "trailer\n<< /Size 9 /Root 1 0 R >>\n%%EOF\n";
        let pdf = Pdf::new(file.into_bytes()).unwrap();
        let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
        has_certain_page_numbers(&pdf, catalog.as_ref())
    }

    #[test]
    fn the_numbers_of_pages_are_certain_if_the_whole_tree_can_be_read() {
        for kids in ["3 0 R 4 0 R", "3 0 R 5 0 R", "6 0 R 3 0 R 4 0 R"] {
            assert!(has_certain_numbers(kids), "{kids}");
        }
        // The PDF library counts a page that the tree has twice once.
        for kids in ["3 0 R 3 0 R", "9 0 R 4 0 R", "null 4 0 R", "7 0 R 4 0 R", "3 0 R 8 0 R", "3 0 R 2 0 R"] {
            assert!(!has_certain_numbers(kids), "{kids}");
        }
    }

    #[test]
    fn numbers_are_written_as_the_label_says() {
        assert_eq!([1, 4, 14, 99].map(roman), ["i", "iv", "xiv", "xcix"]);
        assert_eq!([0, 1, 26, 27].map(letters), ["", "a", "z", "aa"]);
    }
}
