//! The lines in which two versions of a text differ.

/// Lines that are replaced by others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLines {
    /// The number of the first line in the new text, from 1.
    pub line: usize,
    /// The lines of the old text.
    pub removed: Vec<String>,
    /// The lines of the new text.
    pub added: Vec<String>,
}

/// How many lines are searched for the place where both texts continue in the same way.
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
        let (removed, added) = next_common(&old, &new, i, j);
        let copy = |lines: &[&str], from: usize, count: usize| -> Vec<String> {
            lines.iter().skip(from).take(count).map(|line| (*line).to_owned()).collect()
        };
        let hunk = ChangedLines { line: j + 1, removed: copy(&old, i, removed), added: copy(&new, j, added) };
        changes.extend(without_unchanged(hunk));
        (i, j) = (i + removed, j + added);
    }
    changes
}

/// How many pairs of lines are compared to find unchanged ones between changed ones.
const MAX_PAIRS: usize = 250_000;

/// Divides a change where single lines within it are the same in both texts.
fn without_unchanged(change: ChangedLines) -> Vec<ChangedLines> {
    let ChangedLines { line, removed, added } = &change;
    let (rows, columns) = (removed.len() + 1, added.len() + 1);
    if rows * columns > MAX_PAIRS || removed.is_empty() || added.is_empty() {
        return vec![change];
    }
    let is_same = |i: usize, j: usize| removed.get(i) == added.get(j);
    // The length of the longest common subsequence of the rest of both, from each pair of lines on.
    let mut lengths = vec![0_usize; rows * columns];
    let at = |i: usize, j: usize| i * columns + j;
    for i in (0..removed.len()).rev() {
        for j in (0..added.len()).rev() {
            let [here, below, right, both] = [at(i, j), at(i + 1, j), at(i, j + 1), at(i + 1, j + 1)]
                .map(|at| lengths.get(at).copied().unwrap_or(0));
            let length = if is_same(i, j) { both + 1 } else { below.max(right).max(here) };
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

/// How many lines of each text come before those with which both continue; two lines in a row must be the same, because single
/// ones are often the same by chance.
fn next_common(old: &[&str], new: &[&str], i: usize, j: usize) -> (usize, usize) {
    let is_same = |i: usize, j: usize| old.get(i) == new.get(j);
    let (left, right) = (old.len() - i, new.len() - j);
    for distance in 1..=(left + right).min(MAX_SEARCHED) {
        // As many lines as possible are changed in place.
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
