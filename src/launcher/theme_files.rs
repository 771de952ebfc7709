//! The files of a theme, shared by the code that reads them and the code that renders them.

use std::collections::BTreeMap;

/// The names of the files that a theme may contain.
pub(super) const THEME_FILE_NAMES: [&str; 19] = [
    "base.html",
    "macros.html",
    "parts.html",
    "masthead.html",
    "menu.html",
    "foot.html",
    "index.html",
    "home.html",
    "list.html",
    "search.html",
    "start.html",
    "way.html",
    "report.html",
    "report_parts.html",
    "records.html",
    "help.html",
    "check.html",
    "style.css",
    OVERRIDES,
];

/// CSS rules of the theme that are appended to the built-in ones: plain CSS, not a template.
pub(super) const OVERRIDES: &str = "overrides.css";

#[derive(Debug, Default)]
pub(super) struct ThemeFiles {
    pub by_name: BTreeMap<&'static str, ThemeFile>,
    /// Whether a file could not be read, so that the others may not fit together.
    pub is_incomplete: bool,
}

#[derive(Debug)]
pub(super) struct ThemeFile {
    /// As shown in messages.
    pub path: String,
    pub text: String,
}
