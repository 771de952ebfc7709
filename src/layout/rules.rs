//! The limits and conventions of each name style (`names: portable` or `names: dos`).

use crate::catalogue::NameStyle;

/// Lengths are in characters, which are ASCII.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameRules {
    pub(super) style: NameStyle,
    max_stem: usize,
    pub(super) max_extension: usize,
    /// The maximum length of a whole file name, including the dot.
    pub(super) max_name: usize,
    pub(super) max_folder: usize,
    pub(super) page_extension: &'static str,
    pub(super) documents_folder: &'static str,
    pub(super) exports_folder: &'static str,
}

impl NameRules {
    pub(super) fn new(style: NameStyle) -> Self {
        match style {
            // ECMA-119 10.2 and 7.5.1, counting the dot.
            NameStyle::Portable => Self {
                style,
                max_stem: 28,
                max_extension: 28,
                max_name: 30,
                max_folder: 30,
                page_extension: "html",
                documents_folder: "documents",
                exports_folder: "catalogue",
            },
            // ECMA-119 10.1.
            NameStyle::Dos => Self {
                style,
                max_stem: 8,
                max_extension: 3,
                max_name: 12,
                max_folder: 8,
                page_extension: "htm",
                documents_folder: "docs",
                exports_folder: "catalog",
            },
        }
    }

    pub(super) fn fits(self, stem: &str, extension: &str) -> bool {
        stem.len() <= self.max_stem_with(extension) && extension.len() <= self.max_extension
    }

    /// The maximum length of a stem with this extension.
    pub(super) fn max_stem_with(self, extension: &str) -> usize {
        self.max_stem.min(self.max_name.saturating_sub(extension.len() + 1))
    }

    /// The maximum length of the stem of a page.
    pub(super) fn max_page_stem(self) -> usize {
        self.max_stem_with(self.page_extension)
    }
}
