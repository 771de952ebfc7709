//! Brings reports into the sections that a list gives them: renames sections, moves reports, and adds and removes sections.

use std::collections::{BTreeMap, BTreeSet};

use super::depth;
use super::editor::{Editor, ItemLines};
use super::listed::{section_id, section_place};
use crate::diagnostic::KeyPath;
use crate::manifest::{self, Scalar, SectionKeys, TextValue};
use crate::names::portable_name;
use crate::scaffold::grouping::unique_id;
use crate::scaffold::proposal::MAX_ID;
use crate::scaffold::yaml::scalar;

/// What a list says about the section of a report.
#[derive(Debug, Clone)]
pub(super) struct ListedSection {
    /// The first of its files that the list names.
    pub(super) file: String,
    pub(super) heading: String,
}

/// A report that stays where it is, although the list gives it another section.
pub(super) struct LeftInPlace {
    /// The section that it is in.
    pub(super) section: usize,
    pub(super) listed: ListedSection,
}

/// Renames sections and moves reports. `listed` has what the list says about each report of each section, and `implied` the headings
/// under which a new manifest would have those that are not in the list. Returns whether anything was changed, and the reports that
/// have to be moved by hand.
pub(super) fn apply_sections(
    editor: &mut Editor<'_>,
    sections: &mut Vec<SectionKeys>,
    listed: &[Vec<Option<ListedSection>>],
    implied: &[Vec<Option<String>>],
) -> (bool, Vec<LeftInPlace>) {
    let (is_renamed, mut left, kept) = rename_sections(editor, sections, listed, implied);
    let mut moves = find_moves(editor, sections, listed, &kept, &mut left);
    let emptied = keep_removable(editor, sections, &mut moves, &mut left);
    if moves.is_empty() {
        return (is_renamed, left);
    }
    let mut added: BTreeMap<String, (String, Vec<Move>)> = BTreeMap::new();
    let mut ids: BTreeSet<String> = sections.iter().map(section_id).collect();
    let mut moved: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for moving in moves {
        moved.entry(moving.section).or_default().insert(moving.report);
        if !emptied.contains(&moving.section) {
            editor.cut(moving.item.range.clone());
        }
        match moving.target {
            Some(target) => {
                let place = section_place(target).key("reports");
                editor.add_block_item(&place, depth::REPORTS, &moving.item.lines);
                if let Some(section) = sections.get_mut(target) {
                    section.reports.get_or_insert_with(Vec::new).push(moving.keys);
                }
            }
            None => {
                let heading = moving.listed.heading.clone();
                added.entry(portable_name(&heading)).or_insert((heading, Vec::new())).1.push(moving);
            }
        }
    }
    for section in &emptied {
        if let Some(lines) = editor.item_lines(&section_place(*section)) {
            editor.cut(lines.range);
        }
    }
    for (section, reports) in &moved {
        let Some(existing) = sections.get_mut(*section).and_then(|section| section.reports.as_mut()) else { continue };
        let mut index = 0;
        existing.retain(|_| {
            index += 1;
            !reports.contains(&(index - 1))
        });
    }
    for (heading, reports) in added.into_values() {
        let id = unique_id(&heading, "section", MAX_ID, &mut ids);
        let mut lines =
            vec![format!("- id: {}", scalar(&id)), format!("  title: {}", scalar(&heading)), "  reports:".to_owned()];
        lines.extend(reports.iter().flat_map(|moving| &moving.item.lines).map(|line| format!("    {line}")));
        editor.add_block_item(&KeyPath::root().key("sections"), depth::SECTIONS, &lines);
        sections.push(SectionKeys {
            id: Some(Scalar(id)),
            title: Some(TextValue::One(heading)),
            reports: Some(reports.into_iter().map(|moving| moving.keys).collect()),
        });
    }
    let mut index = 0;
    sections.retain(|_| {
        index += 1;
        !emptied.contains(&(index - 1))
    });
    (true, left)
}

/// A report that the list gives another section.
struct Move {
    section: usize,
    report: usize,
    listed: ListedSection,
    /// The section that it moves to; `None` if that is new.
    target: Option<usize>,
    item: ItemLines,
    keys: manifest::ReportKeys,
}

/// Whether two texts differ at most in their spaces and line breaks.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

fn has_title(section: &SectionKeys, is_equal: impl Fn(&str) -> bool) -> bool {
    match &section.title {
        Some(TextValue::One(title)) => is_equal(title),
        Some(TextValue::PerLanguage(titles)) => titles.iter().any(|(_, title)| is_equal(title)),
        None => false,
    }
}

/// The first section with a heading.
pub(super) fn find_section(sections: &[SectionKeys], heading: &str) -> Option<usize> {
    let name = portable_name(heading);
    let is_equal = |title: &str| is_same(title, heading) || !name.is_empty() && portable_name(title) == name;
    sections.iter().position(|section| has_title(section, is_equal))
}

/// Renames the sections whose reports all get one heading that no section has yet, including those that are not in the list and
/// only follow the others of their folder. Returns also the sections whose title is
/// translated, which only people can rename.
fn rename_sections(
    editor: &mut Editor<'_>,
    sections: &mut [SectionKeys],
    listed: &[Vec<Option<ListedSection>>],
    implied: &[Vec<Option<String>>],
) -> (bool, Vec<LeftInPlace>, BTreeSet<usize>) {
    let (mut is_changed, mut left, mut kept) = (false, Vec::new(), BTreeSet::new());
    for (index, reports) in listed.iter().enumerate() {
        let Some(ListedSection { heading, .. }) = reports.iter().flatten().next() else { continue };
        let implied = implied.get(index).map(Vec::as_slice).unwrap_or_default();
        let is_of_all = reports.iter().enumerate().all(|(report, listed)| match listed {
            Some(other) => is_same(&other.heading, heading),
            None => implied.get(report).and_then(Option::as_ref).is_none_or(|other| is_same(other, heading)),
        });
        let has_that_title = |section: &SectionKeys| has_title(section, |title| is_same(title, heading));
        let others = || sections.iter().enumerate().filter(|(other, _)| *other != index);
        let is_taken =
            others().any(|(_, section)| has_title(section, |title| portable_name(title) == portable_name(heading)));
        let Some(section) = sections.get(index) else { continue };
        if !is_of_all || is_taken || has_that_title(section) {
            continue;
        }
        let place = section_place(index).key("title");
        if matches!(section.title, Some(TextValue::One(_))) && editor.replace_text(&place, heading) {
            if let Some(section) = sections.get_mut(index) {
                section.title = Some(TextValue::One(heading.clone()));
            }
            is_changed = true;
        } else {
            let leave = |listed: &ListedSection| LeftInPlace { section: index, listed: listed.clone() };
            left.extend(reports.iter().flatten().map(leave));
            kept.insert(index);
        }
    }
    (is_changed, left, kept)
}

/// The reports that move to another section, as far as the places are written in a style that can be edited.
fn find_moves(
    editor: &Editor<'_>,
    sections: &[SectionKeys],
    listed: &[Vec<Option<ListedSection>>],
    kept: &BTreeSet<usize>,
    left: &mut Vec<LeftInPlace>,
) -> Vec<Move> {
    let id = |report: &manifest::ReportKeys| report.id.as_ref().map(|id| id.0.clone());
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut moves = Vec::new();
    for (section, reports) in listed.iter().enumerate().filter(|(section, _)| !kept.contains(section)) {
        for (report, listed) in reports.iter().enumerate() {
            let Some(listed) = listed else { continue };
            let target = find_section(sections, &listed.heading);
            if target == Some(section) {
                continue;
            }
            let existing = sections.get(section).and_then(|section| section.reports.as_ref()?.get(report));
            let list = match target {
                Some(target) => section_place(target).key("reports"),
                None => KeyPath::root().key("sections"),
            };
            let item = editor.item_lines(&section_place(section).key("reports").item(report));
            // Two reports of a section cannot have the same id.
            let taken = ids.entry(portable_name(&listed.heading)).or_insert_with(|| {
                let there = target.and_then(|target| sections.get(target)?.reports.as_ref());
                there.into_iter().flatten().filter_map(id).collect()
            });
            let is_unused = existing.is_some_and(|existing| id(existing).is_none_or(|id| taken.insert(id)));
            match (item, existing) {
                (Some(item), Some(keys)) if is_unused && editor.is_block_list(&list) => {
                    moves.push(Move { section, report, listed: listed.clone(), target, item, keys: keys.clone() });
                }
                _ => left.push(LeftInPlace { section, listed: listed.clone() }),
            }
        }
    }
    moves
}

/// The sections that lose all their reports and are removed. If one cannot be removed, its reports stay.
fn keep_removable(
    editor: &Editor<'_>,
    sections: &[SectionKeys],
    moves: &mut Vec<Move>,
    left: &mut Vec<LeftInPlace>,
) -> BTreeSet<usize> {
    let mut emptied = BTreeSet::new();
    for (index, section) in sections.iter().enumerate() {
        let count = section.reports.iter().flatten().count();
        let moved = moves.iter().filter(|moving| moving.section == index).count();
        let is_target = moves.iter().any(|moving| moving.target == Some(index));
        if moved == 0 || moved < count || is_target {
            continue;
        }
        if editor.item_lines(&section_place(index)).is_some() {
            emptied.insert(index);
            continue;
        }
        let (staying, going) = std::mem::take(moves).into_iter().partition(|moving| moving.section == index);
        *moves = going;
        let staying: Vec<Move> = staying;
        left.extend(staying.into_iter().map(|moving| LeftInPlace { section: index, listed: moving.listed }));
    }
    emptied
}
