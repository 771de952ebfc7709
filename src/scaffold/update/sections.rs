//! Moves reports to the sections that the register gives them; for that, renames, adds and removes sections.

use std::collections::{BTreeMap, BTreeSet};

use super::depth;
use super::editor::{Editor, ItemLines};
use super::listed::{is_same_text, section_id, section_place};
use crate::diagnostic::KeyPath;
use crate::manifest::{self, Scalar, SectionKeys, TextValue};
use crate::names::portable_name;
use crate::scaffold::grouping::unique_id;
use crate::scaffold::proposal::MAX_ID;
use crate::scaffold::yaml::scalar;

/// The section that the register gives a report.
#[derive(Debug, Clone)]
pub(super) struct RegisterSection {
    /// The first file of the report that has a row, for messages.
    pub(super) file: String,
    pub(super) heading: String,
}

/// A report that the register gives another section, but that must be moved by hand.
pub(super) struct LeftInPlace {
    /// The index of the section that the report is in.
    pub(super) section: usize,
    pub(super) wanted: RegisterSection,
    /// Whether the register gives all reports of the section the same new heading, which is not written because the title of the
    /// section in the manifest is translated.
    pub(super) is_renamed: bool,
}

/// Renames sections and moves reports. Both `wanted` and `implied` have an item for each report of each section: `wanted` the
/// section in the register, `implied` the heading that a new manifest would have for the report. Returns whether anything was
/// changed, and the reports that must be moved by hand.
pub(super) fn apply_sections(
    editor: &mut Editor<'_>,
    sections: &mut Vec<SectionKeys>,
    wanted: &[Vec<Option<RegisterSection>>],
    implied: &[Vec<Option<String>>],
) -> (bool, Vec<LeftInPlace>) {
    let (is_renamed, mut left, not_renamed) = rename_sections(editor, sections, wanted, implied);
    let mut moves = find_moves(editor, sections, wanted, &not_renamed, &mut left);
    let emptied = find_emptied_sections(editor, sections, &mut moves, &mut left);
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
                let heading = moving.wanted.heading.clone();
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

/// A report that the register gives another section.
struct Move {
    section: usize,
    report: usize,
    wanted: RegisterSection,
    /// The index of the section that it moves to; `None` for a new section.
    target: Option<usize>,
    item: ItemLines,
    keys: manifest::ReportKeys,
}

fn has_title(section: &SectionKeys, is_equal: impl Fn(&str) -> bool) -> bool {
    match &section.title {
        Some(TextValue::One(title)) => is_equal(title),
        Some(TextValue::PerLanguage(titles)) => titles.iter().any(|(_, title)| is_equal(title)),
        None => false,
    }
}

/// The first section with this heading.
pub(super) fn find_section(sections: &[SectionKeys], heading: &str) -> Option<usize> {
    let name = portable_name(heading);
    let is_equal = |title: &str| is_same_text(title, heading) || !name.is_empty() && portable_name(title) == name;
    sections.iter().position(|section| has_title(section, is_equal))
}

/// Renames a section if the register gives all its reports one heading that no section has yet. A report without a row must not have
/// another heading in `implied`. Returns whether anything was changed, the reports of the sections that only people can rename (the
/// title is translated, for example), and the indexes of these sections.
fn rename_sections(
    editor: &mut Editor<'_>,
    sections: &mut [SectionKeys],
    wanted: &[Vec<Option<RegisterSection>>],
    implied: &[Vec<Option<String>>],
) -> (bool, Vec<LeftInPlace>, BTreeSet<usize>) {
    let (mut is_changed, mut left, mut not_renamed) = (false, Vec::new(), BTreeSet::new());
    for (index, reports) in wanted.iter().enumerate() {
        let Some(RegisterSection { heading, .. }) = reports.iter().flatten().next() else { continue };
        let implied = implied.get(index).map(Vec::as_slice).unwrap_or_default();
        let is_shared_by_all = reports.iter().enumerate().all(|(report, wanted)| match wanted {
            Some(other) => is_same_text(&other.heading, heading),
            None => implied.get(report).and_then(Option::as_ref).is_none_or(|other| is_same_text(other, heading)),
        });
        let has_that_title = |section: &SectionKeys| has_title(section, |title| is_same_text(title, heading));
        let others = || sections.iter().enumerate().filter(|(other, _)| *other != index);
        let is_taken =
            others().any(|(_, section)| has_title(section, |title| portable_name(title) == portable_name(heading)));
        let Some(section) = sections.get(index) else { continue };
        if !is_shared_by_all || is_taken || has_that_title(section) {
            continue;
        }
        let place = section_place(index).key("title");
        if matches!(section.title, Some(TextValue::One(_))) && editor.replace_text(&place, heading) {
            if let Some(section) = sections.get_mut(index) {
                section.title = Some(TextValue::One(heading.clone()));
            }
            is_changed = true;
        } else {
            let is_renamed = matches!(section.title, Some(TextValue::PerLanguage(_)));
            let leave = |wanted: &RegisterSection| LeftInPlace { section: index, wanted: wanted.clone(), is_renamed };
            left.extend(reports.iter().flatten().map(leave));
            not_renamed.insert(index);
        }
    }
    (is_changed, left, not_renamed)
}

/// Finds the reports to move to another section. Adds to `left` those that cannot be moved, because the YAML is written in a style
/// that the program cannot edit, or because the other section already has their id.
fn find_moves(
    editor: &Editor<'_>,
    sections: &[SectionKeys],
    wanted: &[Vec<Option<RegisterSection>>],
    not_renamed: &BTreeSet<usize>,
    left: &mut Vec<LeftInPlace>,
) -> Vec<Move> {
    let id = |report: &manifest::ReportKeys| report.id.as_ref().map(|id| id.0.clone());
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut moves = Vec::new();
    for (section, reports) in wanted.iter().enumerate().filter(|(section, _)| !not_renamed.contains(section)) {
        for (report, wanted) in reports.iter().enumerate() {
            let Some(wanted) = wanted else { continue };
            let target = find_section(sections, &wanted.heading);
            if target == Some(section) {
                continue;
            }
            let existing = sections.get(section).and_then(|section| section.reports.as_ref()?.get(report));
            let sequence = match target {
                Some(target) => section_place(target).key("reports"),
                None => KeyPath::root().key("sections"),
            };
            let item = editor.item_lines(&section_place(section).key("reports").item(report));
            // Two reports of a section cannot have the same id.
            let taken = ids.entry(portable_name(&wanted.heading)).or_insert_with(|| {
                let there = target.and_then(|target| sections.get(target)?.reports.as_ref());
                there.into_iter().flatten().filter_map(id).collect()
            });
            let is_unused = existing.is_some_and(|existing| id(existing).is_none_or(|id| taken.insert(id)));
            match (item, existing) {
                (Some(item), Some(keys)) if is_unused && editor.is_block_sequence(&sequence) => {
                    moves.push(Move { section, report, wanted: wanted.clone(), target, item, keys: keys.clone() });
                }
                _ => left.push(LeftInPlace { section, wanted: wanted.clone(), is_renamed: false }),
            }
        }
    }
    moves
}

/// Finds the sections that lose all their reports, and are therefore removed. If the program cannot remove a section, its reports go
/// from `moves` to `left`.
fn find_emptied_sections(
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
        left.extend(staying.into_iter().map(|moving| LeftInPlace {
            section: index,
            wanted: moving.wanted,
            is_renamed: false,
        }));
    }
    emptied
}
