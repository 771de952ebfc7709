//! How programs shorten and change names: in Joliet, and in plain ISO 9660 with names of 8 and 3 or of 31 characters.
//!
//! In this module `found` is a name on the disc, and `published` a name in the checksum list.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::namespace::NameSource;
use super::naming;
use crate::language;

/// The longest name in Joliet, in characters. Longer ones are cut off, and some programs put a number at the end.
const MAX_JOLIET_LENGTH: usize = 64;
/// The longest name that `mkisofs -joliet-long` writes, and the longest name in UDF, in characters.
const MAX_LONG_JOLIET_LENGTH: usize = 103;
const MAX_UDF_LENGTH: usize = 254;
/// How many characters beyond the limit some programs, such as xorriso, write.
const EXCESS_JOLIET_LENGTH: usize = 1;
/// The minimum length of a Joliet name that has been cut off, and how many characters at its beginning are unchanged.
const CUT_JOLIET_LENGTH: usize = 60;
const UNCHANGED_JOLIET_LENGTH: usize = 56;
/// Programs that shorten a name keep at least this many characters of its extension.
const MIN_EXTENSION_LENGTH: usize = 3;
/// A suffix longer than this is not an extension, but part of the name.
const MAX_EXTENSION_LENGTH: usize = 8;
/// The maximum lengths of names and paths in file systems and programs, in bytes.
const MAX_NAME_BYTES: usize = 255;
const MAX_PATH_BYTES: usize = 4096;
/// The minimum length of a name of plain ISO 9660 that may have been cut off: without its extension at level 1, and with it
/// at the other levels, whose limit is 31.
const CUT_STEM_LENGTH: usize = 8;
const CUT_PRIMARY_LENGTH: usize = 27;
/// The minimum number of characters that remain of a name that is cut off: three of eight, because a number has at most five
/// digits.
const MIN_BEGINNING: usize = 3;

/// How many bytes of names are compared one by one, when their beginnings do not show which belong together.
pub(super) const MAX_COMPARED_BYTES: usize = 4 << 20;
/// How many names with the same beginning are compared with a shortened one.
const MAX_COMPARED_NEIGHBOURS: usize = 50;

/// How long the numbers in base 36 are that some programs put at the end of shortened names.
const CODE_LENGTH: usize = 3;

/// The path as the primary tree would spell it. It is the same for the names of a file in all trees, unless a name is shortened.
pub(super) fn spell(path: &str) -> String {
    path.split('/').map(naming::common_spelling).collect::<Vec<_>>().join("/")
}

/// Whether a path is short enough for a file to have it.
pub(super) fn is_possible(path: &str) -> bool {
    path.len() <= MAX_PATH_BYTES && path.split('/').all(|name| name.len() <= MAX_NAME_BYTES)
}

/// Published paths by their spelling. Finds the path that a shortened path comes from, without comparing it with all of them.
pub(super) struct NameIndex<'n> {
    by_spelling: BTreeMap<String, Vec<&'n str>>,
}

impl<'n> NameIndex<'n> {
    pub(super) fn new(names: impl Iterator<Item = &'n str>) -> Self {
        let mut by_spelling: BTreeMap<String, Vec<&'n str>> = BTreeMap::new();
        for name in names {
            by_spelling.entry(spell(name)).or_default().push(name);
        }
        Self { by_spelling }
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.by_spelling.is_empty()
    }

    pub(super) fn remove(&mut self, name: &str) {
        let spelling = spell(name);
        if let Some(same) = self.by_spelling.get_mut(&spelling) {
            same.retain(|other| *other != name);
            if same.is_empty() {
                self.by_spelling.remove(&spelling);
            }
        }
    }

    /// Finds the published path that `found` may be a shortened form of. `is_unmatched` rejects paths that other names match already.
    /// If `is_exact`, only a path with the same spelling is returned. `budget` is how many bytes may still be compared with
    /// paths that do not have the same beginning.
    pub(super) fn find(
        &self,
        found: &str,
        spelling: &str,
        source: NameSource,
        is_exact: bool,
        is_unmatched: &dyn Fn(&str) -> bool,
        budget: &Cell<usize>,
    ) -> Option<&'n str> {
        let is_match = |name: &str| may_be_short_for(found, name, source) && is_unmatched(name);
        let mut same = self.by_spelling.get(spelling).into_iter().flatten();
        if let Some(name) = same.find(|name| is_match(name)) {
            return Some(name);
        }
        if is_exact {
            return None;
        }
        let from = |beginning: &str| {
            let names = self.by_spelling.range(beginning.to_owned()..);
            names.flat_map(|(other, names)| names.iter().map(move |name| (other.as_str(), *name)))
        };
        for beginning in beginnings(spelling, source) {
            let neighbours = from(beginning).take_while(|(other, _)| other.starts_with(beginning));
            let found = neighbours.take(MAX_COMPARED_NEIGHBOURS).find(|(_, name)| is_match(name));
            if let Some((_, name)) = found {
                return Some(name);
            }
        }
        // Folders may be shortened too.
        let is_affordable = |name: &str| {
            let rest = budget.get().checked_sub(found.len() + name.len());
            budget.set(rest.unwrap_or_default());
            rest.is_some()
        };
        // Of several, the path whose last name has the longest common beginning is returned.
        let common = |other: &str| {
            let pairs = last_name(spelling).bytes().zip(last_name(other).bytes());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let affordable = from("").take_while(|(_, name)| is_affordable(name));
        let matching = affordable.filter(|(_, name)| is_match(name)).map(|(other, name)| (common(other), name));
        matching.max_by_key(|(common, _)| *common).map(|(_, name)| name)
    }
}

/// Whether another listed name fits the shortened name `found` better than `published` does. All names are spelled as in the primary
/// tree. A program adds a number to a shortened name only if it would shorten another name to the same.
pub(super) fn fits_another_better(found: &str, published: &str, source: NameSource, listed: &BTreeSet<String>) -> bool {
    let (folder, name) = published.split_at(published.len() - last_name(published).len());
    let split = |name: &str| -> (usize, String) {
        let dot = name.rfind('.').unwrap_or(name.len());
        (dot, name[dot..].chars().take(MIN_EXTENSION_LENGTH + 1).collect())
    };
    let (length, _) = split(last_name(found));
    let stem = &last_name(found)[..length];
    if name.starts_with(stem) {
        return false;
    }
    let beginning = format!("{folder}{stem}");
    let after = listed.range(beginning.clone()..).next();
    let is_better = match source {
        NameSource::RockRidge => false,
        NameSource::Identifier => after.is_some_and(|other| other.starts_with(&beginning)),
        NameSource::Joliet | NameSource::Udf => {
            let common = |other: &String| other.bytes().zip(beginning.bytes()).take_while(|(a, b)| a == b).count();
            let before = listed.range(..beginning.clone()).next_back();
            let own = common(&published.to_owned());
            after.into_iter().chain(before).any(|other| common(other) > own)
        }
    };
    let has_same_cut = || {
        let Some(cut) = name.get(..length) else { return false };
        let (_, extension) = split(name);
        let cut = format!("{folder}{cut}");
        let neighbours = listed.range(cut.clone()..).take_while(|other| other.starts_with(&cut));
        let same = neighbours
            .take(MAX_COMPARED_NEIGHBOURS)
            .enumerate()
            .filter(|(number, other)| split(last_name(other)).1 == extension || number + 1 == MAX_COMPARED_NEIGHBOURS);
        same.count() > 1
    };
    is_better && !has_same_cut()
}

fn last_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// How a path that was shortened to `spelling` may have begun, if the program kept the beginning of its last name; the longest
/// beginning first. `spelling` is ASCII.
fn beginnings(spelling: &str, source: NameSource) -> Vec<&str> {
    let folder = spelling.rfind('/').map_or(0, |at| at + 1);
    let mut found = match source {
        NameSource::RockRidge => Vec::new(),
        NameSource::Joliet | NameSource::Udf => spelling.get(..folder + UNCHANGED_JOLIET_LENGTH).into_iter().collect(),
        NameSource::Identifier => {
            let end = spelling.rfind('.').filter(|dot| *dot > folder).unwrap_or(spelling.len());
            let stem = &spelling[..end];
            let without_code = stem.get(..stem.len().saturating_sub(CODE_LENGTH)).unwrap_or_default();
            vec![stem, stem.trim_end_matches(|c: char| c.is_ascii_digit()), without_code]
        }
    };
    found.retain(|beginning| beginning.len() >= folder + MIN_BEGINNING);
    found.sort_unstable_by_key(|beginning| std::cmp::Reverse(beginning.len()));
    found.dedup();
    found
}

/// Whether a program could have written the name `found` in Joliet for the name `published`. Programs replace some characters, and
/// cut off long names.
fn joliet_may_be_short_for(found: &str, published: &str) -> bool {
    let is_replaced = |c: char| c.is_control() || c > '\u{ffff}' || "*:;?\\".contains(c);
    let is_same = |(found, published): &(char, char)| found == published || *found == '_' && is_replaced(*published);
    let (found, published): (Vec<char>, Vec<char>) = (found.chars().collect(), published.chars().collect());
    let common = found.iter().copied().zip(published.iter().copied()).take_while(is_same).count();
    if common == found.len() && common == published.len() {
        return true;
    }
    // genisoimage ends names before their first character that UCS-2 does not have, such as an emoji.
    if !found.is_empty() && common == found.len() && published.get(common).is_some_and(|c| *c > '\u{ffff}') {
        return has_same_extension(&found, &published);
    }
    let is_cut = |limit: usize| {
        let unchanged = limit - (MAX_JOLIET_LENGTH - UNCHANGED_JOLIET_LENGTH);
        let shortest = limit - (MAX_JOLIET_LENGTH - CUT_JOLIET_LENGTH);
        (shortest..=limit + EXCESS_JOLIET_LENGTH).contains(&found.len())
            && published.len() > limit
            && (unchanged..=common).any(|cut| is_end_of_cut_name(&found[cut..], &published))
    };
    [MAX_JOLIET_LENGTH, MAX_LONG_JOLIET_LENGTH, MAX_UDF_LENGTH].into_iter().any(is_cut)
        && has_same_extension(&found, &published)
}

/// Whether this is what programs write at the end of a name that is cut off: a number, if any, and the beginning of the
/// extension, if any.
fn is_end_of_cut_name(end: &[char], published: &[char]) -> bool {
    let dot = published.iter().rposition(|c| *c == '.').unwrap_or(published.len());
    let is_extension = |rest: &[char]| {
        let is_beginning = rest.len() <= published.len() - dot
            && rest.iter().zip(&published[dot..]).all(|(a, b)| a.eq_ignore_ascii_case(b));
        rest.is_empty() || rest.len() > 1 && is_beginning
    };
    let digits = end.iter().take_while(|c| c.is_ascii_digit()).count();
    let is_code =
        |code: &[char]| code.first() == Some(&'0') && code.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    let has_code = end.get(..CODE_LENGTH).is_some_and(is_code);
    is_extension(&end[digits..]) || has_code && is_extension(&end[CODE_LENGTH..])
}

/// Whether systems see the extension of the published name, or its beginning, in the found name. Some systems ignore dots, blanks
/// and invisible characters at the end of a name.
fn has_same_extension(found: &[char], published: &[char]) -> bool {
    let is_ignored = |c: &char| *c == '.' || c.is_whitespace() || c.is_control() || language::is_invisible(*c);
    let end = found.iter().rposition(|c| !is_ignored(c)).map_or(0, |last| last + 1);
    let extension = |name: &[char]| -> String {
        let dot = name.iter().rposition(|c| *c == '.').unwrap_or(name.len());
        name[dot..].iter().skip(1).map(char::to_ascii_lowercase).collect()
    };
    let extension_found = extension(&found[..end]);
    extension_found.len() > MAX_EXTENSION_LENGTH || extension(published).starts_with(&extension_found)
}

/// Whether a program could have written the path `found` for the path `published`.
pub(super) fn may_be_short_for(found: &str, published: &str, source: NameSource) -> bool {
    let may_be_short_for: fn(&str, &str) -> bool = match source {
        NameSource::RockRidge => return false,
        // Programs that write UDF and Joliet change names in both in the same way.
        NameSource::Joliet | NameSource::Udf => joliet_may_be_short_for,
        NameSource::Identifier => identifier_may_be_short_for,
    };
    let mut parts = (found.split('/'), published.split('/'));
    loop {
        match (parts.0.next(), parts.1.next()) {
            (None, None) => return true,
            (Some(found), Some(published)) if may_be_short_for(found, published) => {}
            _ => return false,
        }
    }
}

/// Like [`may_be_short_for`], for a single name; `found` is an identifier of the primary tree without its version.
fn identifier_may_be_short_for(found: &str, published: &str) -> bool {
    if naming::common_spelling(found) == naming::common_spelling(published) {
        return true;
    }
    let (stem, extension) = found.rsplit_once('.').unwrap_or((found, ""));
    let extension = letters_and_digits(extension);
    let is_cut = stem.len() >= CUT_STEM_LENGTH || found.len() >= CUT_PRIMARY_LENGTH;
    let (published_stem, published_extension) = published.rsplit_once('.').unwrap_or((published, ""));
    let published_extension = letters_and_digits(published_extension);
    let is_part = |published: &str| {
        let may_be_cut = extension.len() == 3 || !extension.is_empty() && found.len() >= CUT_PRIMARY_LENGTH;
        extension == published || may_be_cut && published.starts_with(&extension)
    };
    let is_extension = is_part(&published_extension);
    let abbreviated = published.strip_suffix(".tar.gz").filter(|_| is_part("TGZ"));
    is_extension && stem_may_be_short_for(stem, published_stem, is_cut)
        || abbreviated.is_some_and(|published| stem_may_be_short_for(stem, published, is_cut))
        || extension.is_empty() && stem_may_be_short_for(stem, published, is_cut)
}

/// Like [`identifier_may_be_short_for`], for names without their extensions.
fn stem_may_be_short_for(stem: &str, published: &str, is_cut: bool) -> bool {
    let whole = letters_and_digits(published);
    let letters = letters_and_digits(stem);
    // Programs differ on which of several dots separates the extension.
    let mut before_dots = published.chars().scan(0, |count, c| {
        *count += usize::from(c.is_ascii_alphanumeric());
        Some((*count, c))
    });
    let mut ends_at_dot = || before_dots.any(|(count, c)| c == '.' && count == letters.len());
    // Names in other scripts begin with characters that are replaced.
    let required = published.chars().take(MIN_BEGINNING).filter(char::is_ascii_alphanumeric).count();
    let is_beginning = |stem: &str| {
        let beginning = letters_and_digits(stem);
        stem.len() >= MIN_BEGINNING && beginning.len() >= required && whole.starts_with(&beginning)
    };
    // Programs add a number to names that would be the same: decimal digits, or three digits and letters.
    let without_number = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let without_code = stem.char_indices().rev().nth(CODE_LENGTH - 1).map_or("", |(at, _)| &stem[..at]);
    let is_numbered = without_number.len() < stem.len();
    letters == whole
        || whole.starts_with(&letters) && !letters.is_empty() && ends_at_dot()
        || (is_cut || is_numbered) && is_beginning(without_number)
        || is_cut && [stem, without_code].into_iter().any(is_beginning)
}

/// The ASCII letters and digits of a name in upper case. They are the same in all its spellings.
fn letters_and_digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_names_are_found_among_many() {
        let names: Vec<String> =
            (0..20_000).map(|number| format!("empty files/list of figures {number:05}.txt")).collect();
        let mut index = NameIndex::new(names.iter().map(String::as_str));
        let budget = Cell::new(1_000);
        for number in 0..20_000 {
            let found = format!("EMPTY_FILES/LIST_{number:05}.TXT");
            let spelling = spell(&found);
            let name = index.find(&found, &spelling, NameSource::Identifier, false, &|_| true, &budget);
            assert!(name.is_some(), "{found}");
            name.into_iter().for_each(|name| index.remove(name));
        }
        assert!(index.is_empty());
        assert_eq!(budget.get(), 1_000);
        let names = ["a long folder/figures.txt", "a long folder/figures of 2007.txt"];
        let index = NameIndex::new(names.into_iter());
        let find = |found: &str, is_exact| {
            index.find(found, &spell(found), NameSource::Identifier, is_exact, &|_| true, &budget)
        };
        assert_eq!(find("A_LONG_F/FIGURES.TXT", false), Some(names[0]));
        assert_eq!(find("A_LONG_FOLDER/FIGURES_.TXT", false), Some(names[1]));
        assert_eq!(find("A_LONG_FOLDER/FIGURES_.TXT", true), None);
        budget.set(10);
        assert_eq!(find("A_LONG_F/FIGURES.TXT", false), None);
    }

    #[test]
    fn shortened_names_are_recognised() {
        let long = "reports/a_very_long_name_of_a_report_with_more_than_sixty_four_characters_2007.pdf";
        for (found, published) in [
            ("ARCHIVE.TGZ", "archive.tar.gz"),
            ("ARCHIVE_.GZ", "archive.tar.gz"),
            ("ARCHIVE_TAR.GZ", "archive.tar.gz"),
            ("MY_LONG_REPORT_NAME_WITH_DOT.TG", "My Long Report Name.with.dots.tar.gz"),
            ("A_VERY_LONG_NAME_OF_A_REPORT.HT", "a_very_long_name_of_a_report.html"),
            ("FINAL000.PDF", "final_report_asia.pdf"),
            ("FINAL_RE.PDF", "final_report_santiago.pdf"),
            ("INDEX.HTM", "index.html"),
            ("REPORTS/ANNEX00A.TXT", "reports/annex_010.txt"),
            ("_____000.PDF", "تقارير.pdf"),
            ("20080630.PDF", "20080630_final_report.pdf"),
            ("RAPPORTS/SANT___P.PDF", "rapports égalité/santé pour tous.pdf"),
            ("RAPPORTS___GALIT__/SANT___POUR_TOUS.PDF", "rapports égalité/santé pour tous.pdf"),
            ("REPORTS/ANNEX_TO_THE_FINAL_REPORT__.HTM", "reports/annex to the final report: part one.html"),
            ("REPORTS/A_VERY_LONG_NAME_OF_A_REPO0.PDF", long),
            ("REPORTS/A_VERY_LONG_NAME_OF_A_RE000.PDF", long),
            ("GUI001.PDF", "guide.pdf"),
            ("GUIDE_2.PDF", "guide for readers.pdf"),
        ] {
            assert!(may_be_short_for(found, published, NameSource::Identifier), "{found}");
        }
        for (found, published) in [
            ("A.PDF", "annex.pdf"),
            ("ANNEX_TO.PDF", "annex to the final report.html"),
            ("ASIA_REP.PDF", "africa_report_2007.pdf"),
            ("OTHER/FINAL_RE.PDF", "final_report_santiago.pdf"),
            ("INDEX.EXE", "index.html"),
            ("ANNUAL_REPORT.EXE", "Annual_report.exe.pdf"),
            ("20080630.PDF", "final_report.pdf"),
            ("20080630.PDF", "التقرير النهائي.pdf"),
            ("________.PDF", "final_report.pdf"),
            ("FI000001.PDF", "final_report.pdf"),
            ("ASIA_.PDF", "africa.pdf"),
            ("SETUP1.EXE", "guide.pdf"),
        ] {
            assert!(!may_be_short_for(found, published, NameSource::Identifier), "{found}");
        }
        let cut = "reports/a_very_long_name_of_a_report_with_more_than_sixty_four_charac000";
        assert!(may_be_short_for(cut, long, NameSource::Joliet));
        assert!(!may_be_short_for("reports/a.pdf", "reports/b.pdf", NameSource::Joliet));
        assert!(!may_be_short_for(&cut.replace("charac", "cha.exe"), long, NameSource::Joliet));
        // Names of 64 characters are not cut.
        let uncut = &long[..long.len() - 10];
        assert!(!may_be_short_for(&uncut.replace("charac", "others"), uncut, NameSource::Joliet));
        assert!(!may_be_short_for(cut, long, NameSource::RockRidge));
    }

    #[test]
    fn names_may_end_before_an_emoji_in_joliet() {
        let is_name = joliet_may_be_short_for;
        assert!(is_name("report", "report\u{1f600}.pdf"));
        assert!(is_name("report.pdf", "report.pdf\u{1f600}.pdf"));
        assert!(is_name("report_", "report\u{1f600}\u{1f600}.pdf"));
        assert!(!is_name("repor", "report\u{1f600}.pdf"));
        assert!(!is_name("", "\u{1f600}.pdf"));
        // Systems would run it as a program.
        assert!(!is_name("report.exe", "report.exe\u{1f600}.pdf"));
    }

    #[test]
    fn names_cut_off_in_joliet_may_end_with_a_number_and_their_extension() {
        let beginning = "a_very_long_name_of_a_report_of_the_organization_about_a";
        let published = format!("{beginning}frica_and_asia_in_2007.pdf");
        let may_be_short_for = |end: &str, source| may_be_short_for(&format!("{beginning}{end}"), &published, source);
        for end in ["fric", "frica_an", "fri.pdf", "fric.PDF", "000.pdf", "f000.pd", "f00A.pdf", "frica000", "fric1.pd"]
        {
            assert!(may_be_short_for(end, NameSource::Joliet), "{end}");
        }
        for end in [
            "frica_and_",
            "sia.pdf",
            "fri.exe",
            "fx.exe.",
            "x.exe    ",
            ".exe ...",
            "xx.\u{202e}fdp",
            "\u{202e}fri.pdf",
            "fri.pdf.",
            "fric.",
            "fric\n.pd",
            "000.exe",
            "sia0.pdf",
            "fric.pdf\u{200b}",
            "f0A0a.pdf",
            "rica_and",
        ] {
            assert!(!may_be_short_for(end, NameSource::Joliet), "{end}");
            assert!(!may_be_short_for(end, NameSource::Udf), "{end}");
        }
        assert!(!super::may_be_short_for("a\nb.pdf", "a_b.pdf", NameSource::Joliet));
        assert!(super::may_be_short_for("a_b.pdf", "a\nb.pdf", NameSource::Joliet));
        // Names cut off by `mkisofs -joliet-long`.
        let long = "long ".repeat(24) + ".pdf";
        assert!(super::may_be_short_for(&(long[..99].to_owned() + ".pdf"), &long, NameSource::Joliet));
        assert!(!super::may_be_short_for(&(long[..90].to_owned() + ".pdf"), &long, NameSource::Joliet));
        // Systems ignore the dot at the end.
        let program = format!("{beginning}.exe. and others.pdf");
        assert!(!super::may_be_short_for(&program[..61], &program, NameSource::Joliet));
    }

    #[test]
    fn names_that_fit_another_listed_name_better_are_recognised() {
        let fits_better = |found: &str, published: &str, source, listed: &[&str]| {
            let listed = listed.iter().map(|name| spell(name)).collect();
            fits_another_better(&spell(found), &spell(published), source, &listed)
        };
        let [africa, asia] = ["docs/fin_africa_report.pdf", "docs/fin_asia_report.pdf"];
        let identifier = NameSource::Identifier;
        assert!(fits_better("DOCS/FIN_AFRI.PDF", asia, identifier, &[africa, asia]));
        assert!(!fits_better("DOCS/FIN_AFRI.PDF", africa, identifier, &[africa, asia]));
        assert!(!fits_better("DOCS/FIN_A000.PDF", asia, identifier, &[africa, asia]));
        // Here the program numbers the names that begin with `annex000`.
        let annexes: Vec<String> = (0..200).map(|number| format!("annex{number:05}.txt")).collect();
        let annexes: Vec<&str> = annexes.iter().map(String::as_str).collect();
        assert!(!fits_better("ANNEX001.TXT", "annex00002.txt", identifier, &annexes));
        let years = [2007, 2008].map(|year| format!("{}{year}_final_report.pdf", "x".repeat(56)));
        let years = years.each_ref().map(String::as_str);
        let found = format!("{}2008.pdf", "x".repeat(56));
        assert!(fits_better(&found, years[0], NameSource::Joliet, &years));
        assert!(!fits_better(&found, years[1], NameSource::Joliet, &years));
    }
}
