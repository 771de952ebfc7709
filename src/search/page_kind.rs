//! Recognises pages that list what is on other pages: tables of contents and alphabetical indexes.

use std::collections::BTreeSet;

/// A page with fewer lines is not treated as a list of pages.
const MIN_LINES: usize = 8;

/// An index has entries under at least this many letters.
const MIN_INITIALS: usize = 4;

/// The factor for the weights of the words on a page: in tables of contents and indexes, they are about other pages.
pub(super) fn importance(text: &str) -> f64 {
    if is_list_of_pages(text) { 0.5 } else { 1.0 }
}

/// A line that ends with the number of a page, and this number.
type NumberedLine<'t> = (&'t str, u32);

/// Whether most lines end with a number, and either the numbers rise, as in a table of contents, or the first letters do,
/// as in an index.
fn is_list_of_pages(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let entries: Vec<NumberedLine<'_>> = lines.iter().filter_map(|line| Some((*line, last_number(line)?))).collect();
    if entries.len() < MIN_LINES || entries.len() * 5 < lines.len() * 3 {
        return false;
    }
    let rises = |is_after: &dyn Fn(&NumberedLine<'_>, &NumberedLine<'_>) -> bool| {
        let pairs = entries.windows(2).filter(|pair| is_after(&pair[0], &pair[1])).count();
        pairs * 10 >= (entries.len() - 1) * 9
    };
    let initial = |line: &str| line.chars().flat_map(char::to_lowercase).next();
    let pages_rise =
        rises(&|a, b| a.1 <= b.1) && entries.first().map(|entry| entry.1) < entries.last().map(|entry| entry.1);
    let initials: BTreeSet<_> = entries.iter().map(|(line, _)| initial(line)).collect();
    let letters_rise = initials.len() >= MIN_INITIALS
        && initials.iter().flatten().all(|initial| initial.is_alphabetic())
        && rises(&|a, b| initial(a.0) <= initial(b.0));
    pages_rise || letters_rise
}

/// The number of a page at the end of a line that begins with words.
fn last_number(line: &str) -> Option<u32> {
    let digits = line.len() - line.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (words, number) = line.split_at(line.len() - digits);
    let is_separate = words.ends_with(|c: char| c.is_whitespace() || matches!(c, '.' | '…' | '·' | ','));
    (1..=4).contains(&digits).then_some(())?;
    (is_separate && words.chars().filter(|c| c.is_alphabetic()).count() >= 3).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_pages_are_recognised() {
        let line = |number: u32| format!("Chapter of the water {} {}\n", ". ".repeat(20), number * 7);
        let contents: String = (1..12).map(line).collect();
        assert!(is_list_of_pages(&contents));
        assert!(is_list_of_pages(&format!("Contents\n{contents}")));
        let index = "arsenic, 12, 48\nbarley, 7\nboats, 3, 5\ncisterns, 44\nditches, 2\nferries, 9\nlamps, 31\nnets, 8, 16\npiers, 4\n";
        assert!(is_list_of_pages(index));
        let table: String = (1..12).map(|n| format!("Households in district {n} {}\n", n * 37 % 100)).collect();
        assert!(!is_list_of_pages(&table));
        let prose = "The harbour has two piers.\nBoats leave before sunrise and return with the tide.\n".repeat(9);
        assert!(!is_list_of_pages(&prose) && !is_list_of_pages(""));
    }
}
