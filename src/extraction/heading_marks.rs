//! Marks the headings of a PDF in the texts of its pages, and finds the page on which the text of each begins.

use std::collections::BTreeMap;

use super::{HEADING_MARK, Heading};

/// The maximum number of lines of a heading.
const MAX_LINES: usize = 4;

/// The maximum number of headings that are looked for on a page.
const MAX_HEADINGS_OF_PAGE: usize = 200;

/// With at most this many letters below it, such as those of a running footer, a heading is the last of its page.
const MAX_LETTERS_BELOW: usize = 40;

/// With fewer letters above it, a heading stands on a page of its own, such as a title page.
const MIN_LETTERS_ABOVE: usize = 200;

/// Puts each heading of a document on a line of its own that begins with a [`HEADING_MARK`]. A heading that is not on its page
/// in one piece gets no mark. If the text of a heading begins on the next page, its number becomes that of the next page, and it
/// gets no mark either.
pub fn mark_headings(pages: &mut [String], headings: &mut [Heading]) {
    let mut of_page: BTreeMap<usize, Vec<&mut Heading>> = BTreeMap::new();
    for heading in headings {
        of_page.entry(heading.page).or_default().push(heading);
    }
    let count = pages.len();
    for (number, text) in pages.iter_mut().enumerate() {
        // In PDFs, this character has no meaning.
        if text.contains(HEADING_MARK) {
            *text = text.replace(HEADING_MARK, " ");
        }
        if let Some(headings) = of_page.get_mut(&number) {
            *text = mark_page(text, headings, number + 1 < count);
        }
    }
}

fn mark_page(text: &str, headings: &mut [&mut Heading], has_next: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let keys: Vec<String> = lines.iter().map(|line| key(line)).collect();
    let unnumbered: Vec<String> = lines.iter().map(|line| key(without_number(line))).collect();
    // For each line, the number of lines of the heading that begins there, or 0.
    let mut lengths = vec![0; lines.len()];
    let mut found: Vec<(usize, usize)> = Vec::new();
    let inner = inner_lines(&keys);
    for (index, heading) in headings.iter().enumerate().take(MAX_HEADINGS_OF_PAGE) {
        let heading = key(without_number(&heading.text));
        if heading.is_empty() {
            continue;
        }
        let candidates: Vec<(usize, usize)> = (0..lines.len())
            .filter_map(|first| Some((first, lines_of(&heading, &unnumbered[first], &keys[first + 1..])?)))
            .filter(|(first, length)| !overlaps(&lengths, *first, *length))
            .collect();
        // A running header or footer may have the words of the heading, too.
        let best = candidates.iter().find(|(first, _)| inner.contains(first)).or(candidates.first());
        if let Some((first, length)) = best {
            lengths[*first] = *length;
            found.push((index, *first));
        }
    }
    let is_of_heading = |line: usize| overlaps(&lengths, line, 1);
    let letters = |range: std::ops::Range<usize>| -> usize {
        range.filter(|line| !is_of_heading(*line)).map(|line| letters_of(lines[line])).sum()
    };
    let moved: Vec<(usize, usize)> = found
        .into_iter()
        .filter(|(_, first)| {
            has_next && letters(*first..lines.len()) <= MAX_LETTERS_BELOW && letters(0..*first) >= MIN_LETTERS_ABOVE
        })
        .collect();
    for (index, first) in moved {
        headings[index].page += 1;
        lengths[first] = 0;
    }
    let mut marked = String::with_capacity(text.len() + headings.len());
    let mut rest = 0;
    for (line, length) in lines.iter().zip(lengths) {
        if length > 0 {
            marked.push(HEADING_MARK);
            rest = length;
        }
        marked.push_str(line);
        rest = rest.saturating_sub(1);
        marked.push(if rest > 0 { ' ' } else { '\n' });
    }
    if !text.ends_with('\n') {
        marked.pop();
    }
    marked
}

/// The numbers of the lines with text, except the first and the last.
fn inner_lines(keys: &[String]) -> std::ops::Range<usize> {
    let first = keys.iter().position(|key| !key.is_empty()).unwrap_or_default();
    let last = keys.iter().rposition(|key| !key.is_empty()).unwrap_or_default();
    first + 1..last
}

/// Whether any of some lines belongs to a heading. `lengths` has for each line the length of the heading that begins there.
fn overlaps(lengths: &[usize], first: usize, count: usize) -> bool {
    let before = first.saturating_sub(MAX_LINES - 1);
    (before..(first + count).min(lengths.len())).any(|line| lengths[line] > 0 && line + lengths[line] > first)
}

/// The number of lines of which a heading consists. All are keys. `None` if it does not consist of these lines.
fn lines_of(heading: &str, first: &str, others: &[String]) -> Option<usize> {
    let mut rest = heading.strip_prefix(first).filter(|_| !first.is_empty())?;
    let mut count = 1;
    for line in others.iter().take(MAX_LINES - 1) {
        if rest.is_empty() {
            break;
        }
        rest = rest.strip_prefix(line.as_str())?;
        count += 1;
    }
    rest.is_empty().then_some(count)
}

/// A heading without its number, which bookmarks often leave out.
fn without_number(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| !c.is_alphabetic());
    if rest.is_empty() { text } else { rest }
}

/// The letters and digits of a text in lower case.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn letters_of(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The marked pages, with `#` for the mark, and the numbers of the pages of the headings.
    fn mark(pages: &[&str], headings: &[(usize, &str)]) -> (Vec<String>, Vec<usize>) {
        let mut pages: Vec<String> = pages.iter().map(|page| (*page).to_owned()).collect();
        let mut headings: Vec<Heading> =
            headings.iter().map(|(page, text)| Heading { page: *page, text: (*text).to_owned(), depth: 0 }).collect();
        mark_headings(&mut pages, &mut headings);
        let pages = pages.iter().map(|page| page.replace(HEADING_MARK, "#")).collect();
        (pages, headings.iter().map(|heading| heading.page).collect())
    }

    #[test]
    fn headings_are_marked_on_their_page() {
        let page = "Pumps\n2.1 Deep\nWells\nDeep wells are rare. Pumps\nPumps\nof 2008\nPumps\n7\n";
        let (pages, _) = mark(&[page, "a\u{1}b"], &[(0, "Deep wells"), (0, "Pumps of 2008"), (0, "Pumps"), (0, "—")]);
        let expected = "Pumps\n#2.1 Deep Wells\nDeep wells are rare. Pumps\n#Pumps of 2008\n#Pumps\n7\n";
        assert_eq!(pages, [expected, "a b"]);
        let unmarked = [(0, "2008"), (0, "Not here"), (9, "text")];
        assert_eq!(mark(&["1\n2 2008\n\ntext"], &unmarked).0, ["1\n2 2008\n\ntext"]);
        assert_eq!(mark(&["水井\nالماء"], &[(0, "水井"), (0, "الماء")]).0, ["#水井\n#الماء"]);
    }

    #[test]
    fn a_heading_at_the_end_of_a_page_belongs_to_the_next_page() {
        let text = "Wells are deep and clean.\n".repeat(20);
        let last = format!("Pumps\n{text}Boats\nHow to build boats\nRiver report 7");
        let headings = [(0, "Pumps"), (0, "Boats"), (0, "How to build boats")];
        let (pages, numbers) = mark(&[&last, &text], &headings);
        assert_eq!((pages, numbers), (vec![format!("#{last}"), text.clone()], vec![0, 1, 1]));
        // There is no next page, or nothing above the heading.
        assert_eq!(mark(&[&last], &headings).1, [0, 0, 0]);
        assert_eq!(mark(&["River\nBoats", &text], &[(0, "Boats")]).1, [0]);
    }
}
