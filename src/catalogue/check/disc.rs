//! Checks the keys below `disc`, and dates.

use super::Checker;
use crate::catalogue::{Disc, Medium, NameStyle, Text};
use crate::diagnostic::{Finding, KeyPath, Place, did_you_mean};
use crate::error_correction::Amount;
use crate::language::PartialDate;
use crate::manifest::{self, Scalar, SwitchOrText};
use crate::names::{portable_name, shorten_name};

/// The years that the date of a directory record can hold (ECMA-119 9.1.5: years since 1900 in a byte).
const RECORDABLE_YEARS: std::ops::RangeInclusive<u16> = 1900..=2155;
/// The length of the longest volume identifier that both the primary and the Joliet descriptor can hold.
const MAX_VOLUME_LENGTH: usize = 16;
/// The length of the longest publisher or preparer identifier that both descriptors can hold (64 UCS-2 units in Joliet).
const MAX_IDENTIFIER_LENGTH: usize = 64;

impl Checker<'_> {
    pub(super) fn check_disc(&mut self, disc: &manifest::DiscKeys, at: &KeyPath) -> Disc {
        // Every key is named, so that the compiler reports one that is not checked. `check_languages` checks the languages.
        let manifest::DiscKeys {
            title,
            volume,
            languages: _,
            publisher,
            preparer,
            date,
            identifier,
            rights,
            media,
            names,
            large_files,
            media_check,
            sign,
            timestamp,
            repair,
            search,
            manifest,
            covers,
        } = disc;
        let title = self.check_required_text(title.as_ref(), &at.key("title"), "`disc` has no title");
        let date = self.check_date(date.as_ref(), &at.key("date"));
        if let Some(date) = date
            && !RECORDABLE_YEARS.contains(&date.year)
        {
            let message = format!(
                "a disc can be dated {} to {}, not {}",
                RECORDABLE_YEARS.start(),
                RECORDABLE_YEARS.end(),
                date.year
            );
            self.add_finding(
                Finding::error("bad-date", Place::Value(at.key("date")), message)
                    .help("give the date of the disc, not of its contents"),
            );
        }
        let volume = self.check_volume(volume.as_ref(), &title, &at.key("volume"));
        let medium = self.check_medium(media.as_ref(), &at.key("media"));
        let names = match names.as_ref().map(|Scalar(names)| names.as_str()) {
            None | Some("portable") => NameStyle::Portable,
            Some("dos") => NameStyle::Dos,
            Some(other) => {
                let finding = Finding::error(
                    "bad-value",
                    Place::Value(at.key("names")),
                    format!("`{other}` is not a naming style"),
                );
                self.add_finding(finding.help("use `portable`, or `dos` for names of eight and three characters"));
                NameStyle::Portable
            }
        };
        Disc {
            volume,
            date: date.filter(|date| RECORDABLE_YEARS.contains(&date.year)),
            publisher: self.check_descriptor_text(publisher.as_ref(), &at.key("publisher")),
            preparer: self.check_descriptor_text(preparer.as_ref(), &at.key("preparer")),
            identifier: self.check_line(identifier.as_ref(), &at.key("identifier")),
            rights: rights.as_ref().and_then(|rights| self.check_text(rights, &at.key("rights"), true)),
            medium,
            names,
            large_files: large_files.unwrap_or(false),
            media_check: media_check.unwrap_or(false),
            repair: self.check_repair(repair.as_ref(), &at.key("repair")),
            search: search.unwrap_or(true),
            signing: self.check_signing(sign.as_ref(), &at.key("sign")),
            timestamp: self.check_timestamp(timestamp.as_ref(), names, &at.key("timestamp")),
            covers: covers.unwrap_or(true),
            publishes_manifest: manifest.unwrap_or(true),
            title,
            languages: self.languages.clone(),
        }
    }

    fn check_repair(&mut self, repair: Option<&SwitchOrText>, at: &KeyPath) -> Option<Amount> {
        let SwitchOrText(written) = repair?;
        let amount = match written.as_str() {
            "false" => return None,
            written => Amount::parse(written),
        };
        if amount.is_none() {
            let message = format!("`{written}` is not an amount of error correction");
            self.add_finding(Finding::error("bad-value", Place::Value(at.clone()), message).help(
                "use `true`, `all` for as much as the medium has room for, or a share of 4 to 200 % such as `15 %`",
            ));
        }
        amount
    }

    fn check_volume(&mut self, volume: Option<&Scalar>, title: &Text, at: &KeyPath) -> String {
        let Some(Scalar(volume)) = volume else {
            let title = self.languages.first().map_or("", |first| title.localised(first, first).text);
            let whole = portable_name(title);
            let volume = shorten_name(&whole, MAX_VOLUME_LENGTH).to_ascii_uppercase();
            if volume.is_empty() {
                return "DISC".to_owned();
            }
            if volume.len() < whole.len() {
                let mut disc = at.clone();
                disc.0.pop();
                self.add_finding(
                    Finding::note(
                        "volume-name",
                        Place::Key(disc),
                        format!("the volume is named `{volume}`, from the beginning of the title"),
                    )
                    .help(
                        "to choose another name, add `volume:` below `disc:`, with up to 16 characters: A-Z, 0-9 and _",
                    ),
                );
            }
            return volume;
        };
        let is_valid = (1..=MAX_VOLUME_LENGTH).contains(&volume.len())
            && volume.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !is_valid {
            let better = shorten_name(&portable_name(volume), MAX_VOLUME_LENGTH).to_ascii_uppercase();
            let finding = Finding::error(
                "bad-volume",
                Place::Value(at.clone()),
                format!(
                    "`{volume}` cannot be the name of the volume: use at most {MAX_VOLUME_LENGTH} characters, only A-Z, 0-9 and _"
                ),
            );
            self.add_finding(finding.help(match better.as_str() {
                "" => "use a short name in A-Z, 0-9 and _".to_owned(),
                better => format!("use `volume: {better}`"),
            }));
        }
        volume.clone()
    }

    fn check_medium(&mut self, media: Option<&Scalar>, at: &KeyPath) -> Option<Medium> {
        let Scalar(media) = media?;
        let medium = Medium::parse(media);
        if medium.is_none() {
            let finding = Finding::error(
                "bad-media",
                Place::Value(at.clone()),
                format!("`{media}` is neither a medium nor a size"),
            );
            // A kind without a size, such as `DVD`, means its most common size, which comes first.
            let kind = Medium::names().find(|name| name.starts_with(&format!("{}-", media.to_ascii_lowercase())));
            let finding = match kind.or_else(|| did_you_mean(media, Medium::names())) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            };
            let names: Vec<&str> = Medium::names().collect();
            self.add_finding(finding.help(format!("use one of {}, or a size such as `4.3 GB`", names.join(", "))));
        }
        medium
    }

    /// Checks a text that is also written into the volume descriptors, transliterated to a-characters.
    fn check_descriptor_text(&mut self, scalar: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let text = self.check_line(scalar, at)?;
        let length = crate::language::to_ascii(&text).chars().count();
        if length > MAX_IDENTIFIER_LENGTH {
            self.add_finding(
                Finding::error(
                    "too-long",
                    Place::Value(at.clone()),
                    format!(
                        "this is too long: in Latin letters it has {length} characters, and the disc's descriptor holds at most {MAX_IDENTIFIER_LENGTH}"
                    ),
                )
                .help("use a shorter form of the name here, and the full name in the foreword"),
            );
        }
        Some(text)
    }

    pub(super) fn check_date(&mut self, date: Option<&Scalar>, at: &KeyPath) -> Option<PartialDate> {
        let Scalar(text) = date?;
        PartialDate::parse(text)
            .map_err(|message| {
                let finding = Finding::error("bad-date", Place::Value(at.clone()), message);
                self.add_finding(match (PartialDate::parse_informal(text), PartialDate::parse_short_year(text)) {
                    (Some(iso), _) => finding.help(format!("write it as `{iso}`: year, month, day")),
                    (None, Some(padded)) => finding.help(format!("write the year with four digits: `{padded}`")),
                    (None, None) => finding.help("write it as 2008, 2008-06 or 2008-06-30: year, month, day"),
                });
            })
            .ok()
    }
}
