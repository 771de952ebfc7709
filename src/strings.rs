//! The interface strings that are built in: their keys, and their texts in each built-in language.
//!
//! The launcher shows them. The catalogue checks that the strings in a manifest have these keys.

use crate::diagnostic::{Finding, Place, did_you_mean};
use crate::language::Language;

/// The built-in languages: the tag of each, the script that it is written in, and its texts as YAML.
pub const BUILT_IN: [(&str, &str, &str); 18] = [
    ("ar", "Arab", include_str!("../assets/launcher/strings/ar.yaml")),
    ("de", "Latn", include_str!("../assets/launcher/strings/de.yaml")),
    ("en", "Latn", include_str!("../assets/launcher/strings/en.yaml")),
    ("es", "Latn", include_str!("../assets/launcher/strings/es.yaml")),
    ("fa", "Arab", include_str!("../assets/launcher/strings/fa.yaml")),
    ("fr", "Latn", include_str!("../assets/launcher/strings/fr.yaml")),
    ("hi", "Deva", include_str!("../assets/launcher/strings/hi.yaml")),
    ("id", "Latn", include_str!("../assets/launcher/strings/id.yaml")),
    ("it", "Latn", include_str!("../assets/launcher/strings/it.yaml")),
    ("ja", "Jpan", include_str!("../assets/launcher/strings/ja.yaml")),
    ("ko", "Kore", include_str!("../assets/launcher/strings/ko.yaml")),
    ("pl", "Latn", include_str!("../assets/launcher/strings/pl.yaml")),
    ("pt", "Latn", include_str!("../assets/launcher/strings/pt.yaml")),
    ("ru", "Cyrl", include_str!("../assets/launcher/strings/ru.yaml")),
    ("sw", "Latn", include_str!("../assets/launcher/strings/sw.yaml")),
    ("tr", "Latn", include_str!("../assets/launcher/strings/tr.yaml")),
    ("vi", "Latn", include_str!("../assets/launcher/strings/vi.yaml")),
    ("zh", "Hans", include_str!("../assets/launcher/strings/zh.yaml")),
];

/// Whether there are interface strings for a language, or for the same language without its script and region.
pub fn is_built_in(language: &Language) -> bool {
    BUILT_IN.iter().any(|(tag, ..)| *tag == language.primary())
}

/// The finding for a key that is not one of [`KEYS`].
pub fn unknown_string(key: &str, place: Place) -> Finding {
    let finding = Finding::error("unknown-key", place, format!("`{key}` is not one of the interface strings"));
    match did_you_mean(key, KEYS) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("correct or remove it; `make-disc strings en` lists all interface strings"),
    }
}

/// The language whose strings are used if no other language has them.
pub const FALLBACK_LANGUAGE: &str = "en";

/// The number of interface strings.
pub const KEY_COUNT: usize = 220;

/// Every key of the interface strings.
pub const KEYS: [&str; KEY_COUNT] = [
    "skip",
    "skip_list",
    "navigation",
    "path",
    "languages",
    "home",
    "list",
    "help",
    "check",
    "choice",
    "emblem",
    "in_language",
    "label",
    "pair",
    "text_in_language",
    "sections",
    "documents",
    "newest",
    "symbol",
    "date",
    "authors",
    "summary",
    "subjects",
    "kind",
    "place",
    "series",
    "isbn",
    "issn",
    "doi",
    "pages",
    "licence",
    "needs_internet",
    "kind_report",
    "kind_book",
    "kind_article",
    "kind_guidelines",
    "kind_brief",
    "kind_resolution",
    "kind_map",
    "kind_dataset",
    "kind_presentation",
    "kind_video",
    "kind_audio",
    "kind_other",
    "files",
    "open_in",
    "contents",
    "cover",
    "related",
    "cite",
    "language",
    "format",
    "size",
    "not_in_language",
    "size_of",
    "kB",
    "MB",
    "GB",
    "start",
    "start_intro",
    "start_ways",
    "start_list",
    "start_subject",
    "start_year",
    "start_author",
    "start_language",
    "start_help",
    "start_sections",
    "start_first",
    "ways",
    "by_section",
    "by_subject",
    "by_year",
    "by_author",
    "by_language",
    "letters",
    "previous",
    "next",
    "undated",
    "narrow",
    "narrow_words",
    "narrow_subject",
    "narrow_year",
    "narrow_author",
    "narrow_language",
    "narrow_all",
    "narrow_clear",
    "narrow_found",
    "narrow_none",
    "order",
    "order_given",
    "order_title",
    "order_newest",
    "order_oldest",
    "exports",
    "exports_csv",
    "exports_ris",
    "exports_bib",
    "exports_marc",
    "exports_dc",
    "exports_json",
    "search",
    "search_title",
    "search_words",
    "search_where",
    "search_here",
    "search_everywhere",
    "search_hint",
    "search_script",
    "search_working",
    "search_found",
    "search_found_documents",
    "search_none",
    "search_page",
    "search_labelled",
    "search_recognised",
    "search_more",
    "search_near",
    "search_elsewhere",
    "search_bounded",
    "search_operators",
    "search_minus",
    "search_partial",
    "search_some_of",
    "search_missing",
    "search_pages",
    "search_also",
    "search_section",
    "search_narrow",
    "search_inside",
    "search_broken",
    "start_search",
    "file_pages",
    "file_searchable",
    "file_partly_searchable",
    "file_recognised",
    "file_not_searchable",
    "file_tagged",
    "file_untagged",
    "file_count",
    "all_files",
    "file_captions",
    "transcript",
    "first_rows",
    "web_site",
    "publisher",
    "identifier",
    "rights",
    "help_start_title",
    "help_start",
    "help_open_title",
    "help_open",
    "help_language_title",
    "help_language",
    "help_formats_title",
    "help_formats",
    "help_files_title",
    "help_files",
    "help_copy_title",
    "help_copy",
    "format_pdf",
    "format_web",
    "format_text",
    "format_document",
    "format_table",
    "format_slides",
    "format_book",
    "format_picture",
    "format_sound",
    "format_film",
    "format_archive",
    "format_other",
    "check_intro",
    "check_number",
    "check_unlisted",
    "check_unlisted_copy",
    "checker_title",
    "checker_intro",
    "checker_private",
    "checker_limits",
    "checker_pick",
    "checker_cancel",
    "checker_now",
    "checker_stopped",
    "checker_no_list",
    "checker_list_below",
    "checker_bad_list",
    "checker_good",
    "checker_bad",
    "checker_changed",
    "checker_missing",
    "checker_unreadable",
    "checker_added",
    "checker_additions",
    "checker_unseen",
    "checker_os_files",
    "checker_digest",
    "checker_signed",
    "checker_signature_bad",
    "checker_signature_unchecked",
    "checker_commands",
    "check_windows",
    "check_windows_result",
    "check_windows_one",
    "check_macos",
    "check_linux",
    "check_result",
    "copy",
    "copied",
    "check_signed_title",
    "check_signed",
    "check_signed_command",
    "check_copy_title",
    "check_copy",
    "check_failed_title",
    "check_failed",
    "readme_open",
    "readme_documents",
    "readme_catalogue",
    "readme_check",
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::{BUILT_IN, FALLBACK_LANGUAGE};
    use crate::language::Language;

    #[test]
    fn every_file_of_strings_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/launcher/strings");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        assert_eq!(names, BUILT_IN.map(|(tag, ..)| format!("{tag}.yaml")));
    }

    #[test]
    fn the_manual_lists_the_built_in_languages() {
        let english = Language::parse(FALLBACK_LANGUAGE).unwrap();
        for (tag, ..) in BUILT_IN {
            let cell = format!("| `{tag}` {}", Language::parse(tag).unwrap().name_in(&english));
            assert!(include_str!("../docs/manifest.md").contains(&cell), "docs/manifest.md does not list {cell}");
        }
    }
}
