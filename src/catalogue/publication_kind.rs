//! The kinds of publications.

/// A kind of publication. The formats of library systems and reference managers can express all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicationKind {
    Report,
    Book,
    Article,
    Guidelines,
    Brief,
    Resolution,
    Map,
    Dataset,
    Presentation,
    Video,
    Audio,
    Other,
}

impl PublicationKind {
    /// Every kind, in the order of the manual.
    pub const ALL: [Self; 12] = [
        Self::Report,
        Self::Book,
        Self::Article,
        Self::Guidelines,
        Self::Brief,
        Self::Resolution,
        Self::Map,
        Self::Dataset,
        Self::Presentation,
        Self::Video,
        Self::Audio,
        Self::Other,
    ];

    /// Its name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Book => "book",
            Self::Article => "article",
            Self::Guidelines => "guidelines",
            Self::Brief => "brief",
            Self::Resolution => "resolution",
            Self::Map => "map",
            Self::Dataset => "dataset",
            Self::Presentation => "presentation",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Other => "other",
        }
    }

    /// The key of the interface string with its name.
    pub fn string_key(self) -> &'static str {
        match self {
            Self::Report => "kind_report",
            Self::Book => "kind_book",
            Self::Article => "kind_article",
            Self::Guidelines => "kind_guidelines",
            Self::Brief => "kind_brief",
            Self::Resolution => "kind_resolution",
            Self::Map => "kind_map",
            Self::Dataset => "kind_dataset",
            Self::Presentation => "kind_presentation",
            Self::Video => "kind_video",
            Self::Audio => "kind_audio",
            Self::Other => "kind_other",
        }
    }

    /// Finds a kind by its name, ignoring case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name.trim()))
    }
}
