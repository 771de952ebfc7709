//! How programs shorten and change names: in Joliet, and in plain ISO 9660 with names of 8 and 3 or of 31 characters.

use super::namespace::NameSource;
use super::naming;

/// Names of about this many characters may have been cut off: 64 is the limit of Joliet, and some programs add a number.
const CUT_NAME_LENGTH: usize = 60;
/// How long a name of plain ISO 9660 is at least if it may have been cut off: without its extension at level 1, and with it
/// at the others, whose limit is 31.
const CUT_STEM_LENGTH: usize = 8;
const CUT_PRIMARY_LENGTH: usize = 27;
/// How many characters of a name remain at least if it is cut off: three of eight, since a number has at most five digits.
const MIN_BEGINNING: usize = 3;

/// What a path has in common with the same path as programs write it in Joliet: they replace some characters, and cut off
/// names.
pub(super) fn joliet_key(path: &str) -> String {
    let name = |name: &str| {
        let replace = |c: char| if c.is_control() || c > '\u{ffff}' || "*:;?\\".contains(c) { '_' } else { c };
        let replaced: Vec<char> = name.chars().map(replace).collect();
        let is_long = replaced.len() >= CUT_NAME_LENGTH;
        replaced.into_iter().take(if is_long { CUT_NAME_LENGTH / 2 } else { CUT_NAME_LENGTH }).collect::<String>()
    };
    path.split('/').map(name).collect::<Vec<_>>().join("/")
}

/// Whether a program could have written the path `found` for the path `published`.
pub(super) fn may_stand_for(found: &str, published: &str, source: NameSource) -> bool {
    match source {
        NameSource::RockRidge => false,
        NameSource::Joliet => joliet_key(found) == joliet_key(published),
        NameSource::Identifier => {
            let mut parts = (found.split('/'), published.split('/'));
            loop {
                match (parts.0.next(), parts.1.next()) {
                    (None, None) => return true,
                    (Some(found), Some(published)) if identifier_may_stand_for(found, published) => {}
                    _ => return false,
                }
            }
        }
    }
}

/// The same for one name, and an identifier of the primary tree without its version.
fn identifier_may_stand_for(found: &str, published: &str) -> bool {
    if naming::common_spelling(found) == naming::common_spelling(published) {
        return true;
    }
    let (stem, extension) = found.rsplit_once('.').unwrap_or((found, ""));
    let is_cut = stem.len() >= CUT_STEM_LENGTH || found.len() >= CUT_PRIMARY_LENGTH;
    let extension = letters_and_digits(extension);
    // Programs differ on which of several dots separates the extension, and some abbreviate `tar.gz`.
    let abbreviated = published.strip_suffix(".tar.gz").map(|stem| (stem, "tgz"));
    let at_dots = published.match_indices('.').map(|(at, _)| (&published[..at], &published[at + 1..]));
    let last = published.rsplit_once('.').unwrap_or((published, ""));
    at_dots.chain(abbreviated).chain([last, (published, "")]).any(|(published_stem, published_extension)| {
        let whole = letters_and_digits(published_stem);
        // Names in other scripts begin with characters that are replaced.
        let letters = published_stem.chars().take(MIN_BEGINNING).filter(char::is_ascii_alphanumeric).count();
        let is_beginning = |stem: &str| {
            let beginning = letters_and_digits(stem);
            stem.len() >= MIN_BEGINNING && beginning.len() >= letters && whole.starts_with(&beginning)
        };
        // A number at the end keeps names apart that would be the same: of any length, or of three digits and letters.
        let without_number = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        let without_code = stem.char_indices().rev().nth(2).map_or("", |(at, _)| &stem[..at]);
        let is_stem = letters_and_digits(stem) == whole
            || is_cut && [stem, without_number, without_code].into_iter().any(is_beginning);
        let published_extension = letters_and_digits(published_extension);
        let is_extension = extension == published_extension
            || extension.len() == 3 && published_extension.starts_with(&extension)
            || is_cut
                && published_extension.ends_with(&extension)
                && published_extension.len() > extension.len()
                && !extension.is_empty();
        is_stem && is_extension
    })
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
        assert!(!may_stand_for(cut, long, NameSource::RockRidge));
    }
}
