//! Finds the lines in which two versions of a text differ.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// Lines of the old text that are replaced by lines of the new text; either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLines {
    /// The number of the first line in the new text, from 1.
    pub line: usize,
    /// The lines of the old text.
    pub removed: Vec<String>,
    /// The lines of the new text.
    pub added: Vec<String>,
}

/// The maximum number of changed lines in a row, in both texts together. If there are more, all further lines count as changed.
const MAX_SEARCHED: usize = 4000;

/// Finds the lines in which two texts differ.
pub fn changed_lines(old: &str, new: &str) -> Vec<ChangedLines> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let is_same = |i: usize, j: usize| old.get(i) == new.get(j);
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if is_same(i, j) {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (removed, added) = count_changed(&old, &new, i, j);
        let copy = |lines: &[&str], from: usize, count: usize| -> Vec<String> {
            lines.iter().skip(from).take(count).map(|line| (*line).to_owned()).collect()
        };
        let hunk = ChangedLines { line: j + 1, removed: copy(&old, i, removed), added: copy(&new, j, added) };
        changes.extend(without_unchanged(hunk));
        (i, j) = (i + removed, j + added);
    }
    changes
}

/// The maximum number of pairs of lines that are compared to find unchanged lines within a change.
const MAX_PAIRS: usize = 250_000;

/// Divides a change at the lines within it that are the same in both texts.
fn without_unchanged(change: ChangedLines) -> Vec<ChangedLines> {
    let ChangedLines { line, removed, added } = &change;
    let (rows, columns) = (removed.len() + 1, added.len() + 1);
    if rows * columns > MAX_PAIRS || removed.is_empty() || added.is_empty() {
        return vec![change];
    }
    let is_same = |i: usize, j: usize| removed.get(i) == added.get(j);
    // For each pair of lines: the length of the longest common subsequence of both texts from there on.
    let mut lengths = vec![0_usize; rows * columns];
    let at = |i: usize, j: usize| i * columns + j;
    for i in (0..removed.len()).rev() {
        for j in (0..added.len()).rev() {
            let [below, right, diagonal] =
                [at(i + 1, j), at(i, j + 1), at(i + 1, j + 1)].map(|at| lengths.get(at).copied().unwrap_or(0));
            let length = if is_same(i, j) { diagonal + 1 } else { below.max(right) };
            if let Some(own) = lengths.get_mut(at(i, j)) {
                *own = length;
            }
        }
    }
    let length = |i: usize, j: usize| lengths.get(at(i, j)).copied().unwrap_or(0);
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < removed.len() || j < added.len() {
        let mut part = ChangedLines { line: line + j, removed: Vec::new(), added: Vec::new() };
        while (i < removed.len() || j < added.len()) && !(i < removed.len() && j < added.len() && is_same(i, j)) {
            if j >= added.len() || i < removed.len() && length(i + 1, j) >= length(i, j + 1) {
                part.removed.extend(removed.get(i).cloned());
                i += 1;
            } else {
                part.added.extend(added.get(j).cloned());
                j += 1;
            }
        }
        if !part.removed.is_empty() || !part.added.is_empty() {
            changes.push(part);
        }
        while i < removed.len() && j < added.len() && is_same(i, j) {
            (i, j) = (i + 1, j + 1);
        }
    }
    changes
}

/// Lines that were removed in one place and added in another, perhaps with another indentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedLines {
    /// The index of the change that removes the lines.
    pub from: usize,
    /// The index of the first moved line in the removed lines of that change.
    pub from_line: usize,
    /// The index of the change that adds the lines.
    pub to: usize,
    /// The index of the first moved line in the added lines of that change.
    pub to_line: usize,
    pub count: usize,
}

/// The minimum number of lines that count as moved. A single line such as `reports:` is often removed in one place and added in
/// another by chance.
const MIN_MOVED: usize = 3;

/// Finds the lines that were only moved.
pub fn find_moved_lines(changes: &[ChangedLines]) -> Vec<MovedLines> {
    let mut places: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
    for (to, change) in changes.iter().enumerate() {
        for (to_line, line) in change.added.iter().enumerate() {
            places.entry(line.trim()).or_default().push((to, to_line));
        }
    }
    let mut taken: HashSet<(usize, usize)> = HashSet::new();
    let mut moves = Vec::new();
    for (from, change) in changes.iter().enumerate() {
        let mut from_line = 0;
        while let Some(line) = change.removed.get(from_line) {
            let run = |(to, to_line): (usize, usize)| {
                let removed = change.removed.iter().skip(from_line);
                let added = changes.get(to).into_iter().flat_map(|change| change.added.iter().skip(to_line));
                let is_same = |((removed, added), line): &((&String, &String), usize)| {
                    removed.trim() == added.trim() && !taken.contains(&(to, *line))
                };
                removed.zip(added).zip(to_line..).take_while(is_same).count()
            };
            // Limit the time: a line such as `variants:` is in many places.
            let candidates = places.get(line.trim()).into_iter().flatten().take(MAX_CANDIDATES);
            let best =
                candidates.map(|place| (run(*place), *place)).max_by_key(|(count, place)| (*count, Reverse(*place)));
            match best {
                Some((count, (to, to_line))) if count >= MIN_MOVED => {
                    taken.extend((to_line..to_line + count).map(|line| (to, line)));
                    moves.push(MovedLines { from, from_line, to, to_line, count });
                    from_line += count;
                }
                _ => from_line += 1,
            }
        }
    }
    moves
}

/// The maximum number of places of a line that are tried.
const MAX_CANDIDATES: usize = 100;

/// The number of changed lines in the old and in the new text, up to the next two lines in a row that are the same in both. Single
/// lines are often the same by chance.
fn count_changed(old: &[&str], new: &[&str], i: usize, j: usize) -> (usize, usize) {
    let is_same = |i: usize, j: usize| old.get(i) == new.get(j);
    let (left, right) = (old.len() - i, new.len() - j);
    for distance in 1..=(left + right).min(MAX_SEARCHED) {
        // Prefer changes with about as many removed as added lines.
        let mut splits: Vec<usize> = (distance.saturating_sub(right)..=distance.min(left)).collect();
        splits.sort_by_key(|removed| removed.abs_diff(distance - removed));
        for removed in splits {
            let added = distance - removed;
            if is_same(i + removed, j + added) && is_same(i + removed + 1, j + added + 1) {
                return (removed, added);
            }
        }
    }
    (left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_lines_are_found() {
        let report = "- id: a\n  title: A\n  variants: {en: a.pdf}\n";
        let other = "- id: b\n  title: B\n  variants: {en: b.pdf}\n";
        let indented: String = report.lines().map(|line| format!("  {line}\n")).collect();
        let old = format!("one\n{report}{other}two\nthree\n");
        let new = format!("one\n{other}two\nfour\n{indented}three\n");
        let changes = changed_lines(&old, &new);
        let moves = find_moved_lines(&changes);
        assert_eq!(moves, [MovedLines { from: 0, from_line: 0, to: 1, to_line: 1, count: 3 }], "{changes:?}");
        assert_eq!(find_moved_lines(&changed_lines("a\nb\nc\n", "c\nd\na\nb\n")), []);
    }

    #[test]
    fn changed_added_and_removed_lines_are_found() {
        let change = |line: usize, removed: &[&str], added: &[&str]| ChangedLines {
            line,
            removed: removed.iter().map(|text| (*text).to_owned()).collect(),
            added: added.iter().map(|text| (*text).to_owned()).collect(),
        };
        let old = "a\nb\nc\nd\ne\nf\n";
        assert_eq!(changed_lines(old, old), []);
        assert_eq!(changed_lines(old, "a\nB\nc\nd\ne\nf\n"), [change(2, &["b"], &["B"])]);
        assert_eq!(changed_lines(old, "a\nb\nc\nx\ny\nd\ne\nf\n"), [change(4, &[], &["x", "y"])]);
        assert_eq!(changed_lines(old, "a\nb\ne\nf\n"), [change(3, &["c", "d"], &[])]);
        assert_eq!(changed_lines(old, "a\nb\nc\nd\ne\nf\ng\n"), [change(7, &[], &["g"])]);
        assert_eq!(changed_lines("", "a\n"), [change(1, &[], &["a"])]);
        // A single unchanged line between changed ones is not shown.
        assert_eq!(
            changed_lines("a\nb\nc\nd\ne\n", "a\nB\nc\nD\ne\n"),
            [change(2, &["b"], &["B"]), change(4, &["d"], &["D"])]
        );
    }
}
