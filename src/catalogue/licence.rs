//! The licence of a report: a licence with an SPDX identifier, or terms in words.

use super::Text;
use crate::diagnostic::did_you_mean;

/// The licence under which a report may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Licence {
    Known(KnownLicence),
    /// The terms in words.
    Text(Text),
}

/// A licence with an identifier from the SPDX License List, or a Creative Commons licence that the list omits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLicence {
    /// Such as `CC-BY-4.0`.
    pub id: String,
    /// Its usual name, such as `CC BY 4.0`.
    pub name: String,
    /// The address of its text.
    pub url: String,
}

/// The SPDX identifiers of licences for documents and data, except those that [`CC_CONDITIONS`] describes.
const SPDX_IDENTIFIERS: [&str; 26] = [
    "0BSD",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CC-PDDC",
    "DL-DE-BY-2.0",
    "DL-DE-ZERO-2.0",
    "etalab-2.0",
    "GFDL-1.2-only",
    "GFDL-1.2-or-later",
    "GFDL-1.3-only",
    "GFDL-1.3-or-later",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "MIT",
    "ODbL-1.0",
    "ODC-By-1.0",
    "OGL-Canada-2.0",
    "OGL-UK-3.0",
    "PDDL-1.0",
    "Unlicense",
];

/// The combinations of conditions in the licences of Creative Commons.
const CC_CONDITIONS: [&str; 6] = ["by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"];
const CC_VERSIONS: [&str; 5] = ["1.0", "2.0", "2.5", "3.0", "4.0"];

impl KnownLicence {
    /// Finds a licence by its identifier or usual name, ignoring case.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(' ', "-").to_ascii_lowercase();
        if let Some(rest) = text.strip_prefix("cc-") {
            // There is a version 3.0 for intergovernmental organisations.
            let (rest, is_igo) = match rest.strip_suffix("-igo") {
                Some(rest) => (rest, true),
                None => (rest, false),
            };
            if let Some((conditions, version)) = rest.rsplit_once('-')
                && CC_CONDITIONS.contains(&conditions)
                && CC_VERSIONS.contains(&version)
                && (!is_igo || version == "3.0")
            {
                let (capitals, igo) = (conditions.to_ascii_uppercase(), if is_igo { "-IGO" } else { "" });
                let path = if is_igo { "igo/" } else { "" };
                return Some(Self {
                    id: format!("CC-{capitals}-{version}{igo}"),
                    name: format!("CC {capitals} {version}{}", igo.replace('-', " ")),
                    url: format!("https://creativecommons.org/licenses/{conditions}/{version}/{path}"),
                });
            }
        }
        let id = SPDX_IDENTIFIERS.into_iter().find(|id| id.to_ascii_lowercase() == text)?;
        Some(match id {
            "CC0-1.0" => Self {
                id: id.to_owned(),
                name: "CC0 1.0".to_owned(),
                url: "https://creativecommons.org/publicdomain/zero/1.0/".to_owned(),
            },
            _ => Self { id: id.to_owned(), name: id.to_owned(), url: format!("https://spdx.org/licenses/{id}.html") },
        })
    }

    /// Whether a text was probably meant to be the identifier of a licence.
    pub fn looks_like_an_identifier(text: &str) -> bool {
        let text = text.trim();
        let is_creative_commons = ["CC-", "CC ", "CC0"].iter().any(|lead| text.starts_with(lead));
        let is_one_word = !text.contains(char::is_whitespace) && text.contains('-');
        text.len() <= 30 && text.contains(|c: char| c.is_ascii_digit()) && (is_creative_commons || is_one_word)
            || text.len() <= 20 && is_creative_commons
    }

    /// The known identifier that is most similar to a text, if one is similar enough.
    pub fn suggest(text: &str) -> Option<String> {
        let mut known: Vec<String> = SPDX_IDENTIFIERS.iter().map(|id| id.to_ascii_lowercase()).collect();
        for conditions in CC_CONDITIONS {
            known.push(format!("cc-{conditions}-3.0-igo"));
            known.extend(CC_VERSIONS.iter().map(|version| format!("cc-{conditions}-{version}")));
        }
        let written = text.trim().replace([' ', '_'], "-");
        // If several identifiers are equally similar, `did_you_mean` returns the last one: the newest version.
        let near = did_you_mean(&written, known.iter().map(String::as_str))?;
        Self::parse(near).map(|licence| licence.id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_known_by_identifier_and_by_name() {
        for (text, id, name, url) in [
            ("CC-BY-4.0", "CC-BY-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
            (
                "cc by-nc-sa 3.0 igo",
                "CC-BY-NC-SA-3.0-IGO",
                "CC BY-NC-SA 3.0 IGO",
                "https://creativecommons.org/licenses/by-nc-sa/3.0/igo/",
            ),
            ("cc0-1.0", "CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
            ("odbl-1.0", "ODbL-1.0", "ODbL-1.0", "https://spdx.org/licenses/ODbL-1.0.html"),
        ] {
            let licence = KnownLicence::parse(text).unwrap();
            assert_eq!((licence.id.as_str(), licence.name.as_str(), licence.url.as_str()), (id, name, url));
        }
        for text in ["CC-BY-4.0-IGO", "CC-BY-5.0", "CC-BY", "All rights reserved", "BY-4.0", ""] {
            assert_eq!(KnownLicence::parse(text), None, "{text}");
        }
    }

    #[test]
    fn misspelt_identifiers_are_noticed() {
        for (text, id) in [
            ("CC-BY-40", "CC-BY-4.0"),
            ("CC BYSA 4.0", "CC-BY-SA-4.0"),
            ("GPL-3.0", "GPL-3.0-only"),
            ("CC-BY-ND-SA-4.0", "CC-BY-NC-SA-4.0"),
        ] {
            assert!(KnownLicence::looks_like_an_identifier(text), "{text}");
            assert_eq!(KnownLicence::suggest(text).as_deref(), Some(id), "{text}");
        }
        for text in ["All rights reserved", "May be copied freely", "© 2008 The Office", "Public domain"] {
            assert!(!KnownLicence::looks_like_an_identifier(text), "{text}");
        }
    }
}
