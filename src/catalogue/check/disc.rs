//! What `disc` says, and dates.

use super::Checker;
use crate::catalogue::{Disc, Medium, NameStyle, Text};
use crate::diagnostic::{Finding, KeyPath, Place, did_you_mean};
use crate::language::PartialDate;
use crate::manifest::{self, Scalar};
use crate::names::{portable_name, shorten_name};

/// Years that a directory record's date can hold (ECMA-119 9.1.5: years since 1900 in a byte).
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2155;
/// The volume identifier's length that both the primary and the Joliet descriptor hold.
const MAX_VOLUME: usize = 16;
/// The length of the other identifiers that both descriptors hold (64 UCS-2 units in Joliet's).
const MAX_IDENTIFIER: usize = 64;

impl Checker<'_> {
    pub(super) fn disc(&mut self, disc: &manifest::DiscKeys, at: &KeyPath) -> Disc {
        let title = self.required_text(disc.title.as_ref(), &at.key("title"), "`disc` has no title");
        let date = self.date(disc.date.as_ref(), &at.key("date"));
        if let (Some(date), true) = (date, disc.date.is_some())
            && !YEARS.contains(&date.year)
        {
            let message = format!("a disc can be dated {} to {}, not {}", YEARS.start(), YEARS.end(), date.year);
            self.report(
                Finding::error("bad-date", Place::Value(at.key("date")), message)
                    .help("give the date of the disc, not of its contents"),
            );
        }
        let volume = self.volume(disc.volume.as_ref(), &title, &at.key("volume"));
        let medium = self.medium(disc.media.as_ref(), &at.key("media"));
        let names = match disc.names.as_ref().map(|Scalar(names)| names.as_str()) {
            None | Some("portable") => NameStyle::Portable,
            Some("dos") => NameStyle::Dos,
            Some(other) => {
                let finding = Finding::error(
                    "bad-value",
                    Place::Value(at.key("names")),
                    format!("`{other}` is not a style of names"),
                );
                self.report(finding.help("use `portable`, or `dos` for names of eight and three characters"));
                NameStyle::Portable
            }
        };
        Disc {
            volume,
            date: date.filter(|date| YEARS.contains(&date.year)),
            publisher: self.identifier(disc.publisher.as_ref(), &at.key("publisher")),
            preparer: self.identifier(disc.preparer.as_ref(), &at.key("preparer")),
            identifier: self.line(disc.identifier.as_ref(), &at.key("identifier")),
            rights: disc.rights.as_ref().and_then(|rights| self.text(rights, &at.key("rights"), true)),
            medium,
            names,
            large_files: disc.large_files.unwrap_or(false),
            media_check: disc.media_check.unwrap_or(false),
            search: disc.search.unwrap_or(true),
            title,
            languages: self.languages.clone(),
        }
    }

    fn volume(&mut self, volume: Option<&Scalar>, title: &Text, at: &KeyPath) -> String {
        let Some(Scalar(volume)) = volume else {
            let title = self.languages.first().map_or("", |first| title.localised(first, first).text);
            let whole = portable_name(title);
            let volume = shorten_name(&whole, MAX_VOLUME).to_ascii_uppercase();
            if volume.is_empty() {
                return "DISC".to_owned();
            }
            if volume.len() < whole.len() {
                let mut disc = at.clone();
                disc.0.pop();
                self.report(
                    Finding::note(
                        "volume-name",
                        Place::Key(disc),
                        format!("the volume is named `{volume}`, after the beginning of the title"),
                    )
                    .help("to choose its name yourself, add `volume:` below `disc:`; 16 characters, A-Z, 0-9 and _"),
                );
            }
            return volume;
        };
        let fits = (1..=MAX_VOLUME).contains(&volume.len())
            && volume.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !fits {
            let better = shorten_name(&portable_name(volume), MAX_VOLUME).to_ascii_uppercase();
            let finding = Finding::error(
                "bad-volume",
                Place::Value(at.clone()),
                format!("`{volume}` cannot name the volume: at most {MAX_VOLUME} characters, only A-Z, 0-9 and _"),
            );
            self.report(if better.is_empty() { finding } else { finding.help(format!("use `volume: {better}`")) });
        }
        volume.clone()
    }

    fn medium(&mut self, media: Option<&Scalar>, at: &KeyPath) -> Option<Medium> {
        let Scalar(media) = media?;
        let medium = Medium::parse(media);
        if medium.is_none() {
            let finding = Finding::error(
                "bad-media",
                Place::Value(at.clone()),
                format!("`{media}` is neither a medium nor a size"),
            );
            // Of a kind without a size, `DVD`, the usual one is meant: it is the first.
            let kind = Medium::names().find(|name| name.starts_with(&format!("{}-", media.to_ascii_lowercase())));
            let finding = match kind.or_else(|| did_you_mean(media, Medium::names())) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            };
            let names: Vec<&str> = Medium::names().collect();
            self.report(finding.help(format!("use one of {}, or a size such as `4.3 GB`", names.join(", "))));
        }
        medium
    }

    /// A text that also goes into a volume descriptor, in a-characters.
    fn identifier(&mut self, scalar: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let text = self.line(scalar, at)?;
        let length = crate::language::to_ascii(&text).chars().count();
        if length > MAX_IDENTIFIER {
            self.report(
                Finding::error(
                    "too-long",
                    Place::Value(at.clone()),
                    format!(
                        "this has {length} characters in Latin letters; the disc's descriptor holds {MAX_IDENTIFIER}"
                    ),
                )
                .help("use a shorter form of the name here; the foreword has room for the whole"),
            );
        }
        Some(text)
    }

    pub(super) fn date(&mut self, date: Option<&Scalar>, at: &KeyPath) -> Option<PartialDate> {
        let Scalar(text) = date?;
        PartialDate::parse(text)
            .map_err(|message| {
                let finding = Finding::error("bad-date", Place::Value(at.clone()), message);
                self.report(match PartialDate::parse_informal(text) {
                    Some(iso) => finding.help(format!("write it as `{iso}`: year, month, day")),
                    None => finding.help("write it as 2008, 2008-06 or 2008-06-30: year, month, day"),
                });
            })
            .ok()
    }
}
