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
        changes.push(ChangedLines { line: j + 1, removed: copy(&old, i, removed), added: copy(&new, j, added) });
        (i, j) = (i + removed, j + added);
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
    }
}
