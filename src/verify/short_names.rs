//! How programs shorten and change names: in Joliet, and in plain ISO 9660 with names of 8 and 3 or of 31 characters.

use super::namespace::NameSource;
use super::naming;

/// The longest name in Joliet, in characters. Longer ones are cut off, and some programs put a number at the end.
const MAX_JOLIET_LENGTH: usize = 64;
/// How long a name in Joliet is at least if it has been cut off, and how many characters of it are as they were.
const CUT_JOLIET_LENGTH: usize = 60;
const UNCHANGED_JOLIET_LENGTH: usize = 56;
/// Longer extensions are parts of names.
const MAX_EXTENSION_LENGTH: usize = 8;
/// File systems and programs have no longer names and paths, in bytes.
const MAX_NAME_BYTES: usize = 255;
const MAX_PATH_BYTES: usize = 4096;
/// How long a name of plain ISO 9660 is at least if it may have been cut off: without its extension at level 1, and with it
/// at the others, whose limit is 31.
const CUT_STEM_LENGTH: usize = 8;
const CUT_PRIMARY_LENGTH: usize = 27;
/// How many characters of a name remain at least if it is cut off: three of eight, since a number has at most five digits.
const MIN_BEGINNING: usize = 3;

/// The path as the primary tree would spell it: the same for every tree's name of a file that is not shortened.
pub(super) fn spell(path: &str) -> String {
    path.split('/').map(naming::common_spelling).collect::<Vec<_>>().join("/")
}

/// Whether a path is short enough to be one of a file.
pub(super) fn is_possible(path: &str) -> bool {
    path.len() <= MAX_PATH_BYTES && path.split('/').all(|name| name.len() <= MAX_NAME_BYTES)
}

/// Whether a program could have written the name `found` in Joliet: it replaces some characters, and cuts off long names.
fn joliet_may_stand_for(found: &str, published: &str) -> bool {
    let replace = |c: char| if c.is_control() || c > '\u{ffff}' || "*:;?\\".contains(c) { '_' } else { c };
    let is_same =
        |length: usize| found.chars().map(replace).take(length).eq(published.chars().map(replace).take(length));
    let extension = |name: &str| name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    is_same(usize::MAX)
        || found.chars().count() >= CUT_JOLIET_LENGTH
            && published.chars().count() > MAX_JOLIET_LENGTH
            && is_same(UNCHANGED_JOLIET_LENGTH)
            && (extension(found).len() > MAX_EXTENSION_LENGTH || extension(published).starts_with(&extension(found)))
}

/// Whether a program could have written the path `found` for the path `published`.
pub(super) fn may_stand_for(found: &str, published: &str, source: NameSource) -> bool {
    let may_stand_for: fn(&str, &str) -> bool = match source {
        NameSource::RockRidge => return false,
        NameSource::Joliet => joliet_may_stand_for,
        NameSource::Identifier => identifier_may_stand_for,
    };
    let mut parts = (found.split('/'), published.split('/'));
    loop {
        match (parts.0.next(), parts.1.next()) {
            (None, None) => return true,
            (Some(found), Some(published)) if may_stand_for(found, published) => {}
            _ => return false,
        }
    }
}

/// The same for one name, and an identifier of the primary tree without its version.
fn identifier_may_stand_for(found: &str, published: &str) -> bool {
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
    is_extension && stem_may_stand_for(stem, published_stem, is_cut)
        || abbreviated.is_some_and(|published| stem_may_stand_for(stem, published, is_cut))
        || extension.is_empty() && stem_may_stand_for(stem, published, is_cut)
}

/// The same for a name without its extension.
fn stem_may_stand_for(stem: &str, published: &str, is_cut: bool) -> bool {
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
    // A number at the end keeps names apart that would be the same: of any length, or of three digits and letters.
    let without_number = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let without_code = stem.char_indices().rev().nth(2).map_or("", |(at, _)| &stem[..at]);
    letters == whole
        || whole.starts_with(&letters) && !letters.is_empty() && ends_at_dot()
        || is_cut && [stem, without_number, without_code].into_iter().any(is_beginning)
}

/// What remains of a name in every spelling of it.
fn letters_and_digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert!(may_stand_for(found, published, NameSource::Identifier), "{found}");
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
        ] {
            assert!(!may_stand_for(found, published, NameSource::Identifier), "{found}");
        }
        let cut = "reports/a_very_long_name_of_a_report_with_more_than_sixty_four_charac000";
        assert!(may_stand_for(cut, long, NameSource::Joliet));
        assert!(!may_stand_for("reports/a.pdf", "reports/b.pdf", NameSource::Joliet));
        assert!(!may_stand_for(&cut.replace("charac", "cha.exe"), long, NameSource::Joliet));
        // Names of 64 characters are not cut.
        let uncut = &long[..long.len() - 10];
        assert!(!may_stand_for(&uncut.replace("charac", "others"), uncut, NameSource::Joliet));
        assert!(!may_stand_for(cut, long, NameSource::RockRidge));
    }
}
