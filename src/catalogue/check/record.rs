//! The bibliographic fields of a report: kind, identifiers, pages and licence.

use super::Checker;
use crate::catalogue::identifiers::{NumberProblem, StandardNumber, parse_doi};
use crate::catalogue::{KnownLicence, Licence, PublicationKind, PublicationNumbers};
use crate::diagnostic::{Finding, KeyPath, Place, did_you_mean};
use crate::manifest::{self, OneOrMany, Scalar};

/// The two kinds of numbers with a check digit.
#[derive(Clone, Copy)]
enum NumberKind {
    Isbn,
    Issn,
}

/// The keys of the numbers of a publication, which a report and each of its variants may have, as written in the manifest.
pub(super) struct WrittenNumbers<'m> {
    pub(super) isbn: Option<&'m OneOrMany<Scalar>>,
    pub(super) issn: Option<&'m OneOrMany<Scalar>>,
    pub(super) doi: Option<&'m Scalar>,
    pub(super) pages: Option<&'m Scalar>,
}

impl Checker<'_> {
    pub(super) fn check_kind(&mut self, kind: Option<&Scalar>, at: &KeyPath) -> Option<PublicationKind> {
        let Scalar(name) = kind?;
        let kind = PublicationKind::parse(name);
        if kind.is_none() {
            let names = || PublicationKind::ALL.into_iter().map(PublicationKind::name);
            let message = format!("`{name}` is not a kind of publication that make-disc knows");
            let finding = Finding::error("bad-value", Place::Value(at.clone()), message);
            let finding = match did_you_mean(name, names()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            };
            self.add_finding(finding.help(format!("use one of {}", names().collect::<Vec<_>>().join(", "))));
        }
        kind
    }

    pub(super) fn check_numbers(&mut self, written: &WrittenNumbers<'_>, at: &KeyPath) -> PublicationNumbers {
        let WrittenNumbers { isbn, issn, doi, pages } = written;
        let isbn = self.check_each(*isbn, &at.key("isbn"), |checker, text, at| {
            checker.check_standard_number(NumberKind::Isbn, text, at)
        });
        let issn = self.check_each(*issn, &at.key("issn"), |checker, text, at| {
            checker.check_standard_number(NumberKind::Issn, text, at)
        });
        PublicationNumbers {
            isbn,
            issn,
            doi: self.check_doi(*doi, &at.key("doi")),
            pages: self.check_pages(*pages, &at.key("pages")),
        }
    }

    fn check_standard_number(&mut self, kind: NumberKind, scalar: &Scalar, at: &KeyPath) -> Option<StandardNumber> {
        let text = self.check_line(Some(scalar), at)?;
        let place = Place::Value(at.clone());
        let (parsed, name, code) = match kind {
            NumberKind::Isbn => (StandardNumber::parse_isbn(&text), "ISBN", "bad-isbn"),
            NumberKind::Issn => (StandardNumber::parse_issn(&text), "ISSN", "bad-issn"),
        };
        match parsed {
            Ok((number, None)) => Some(number),
            Ok((number, Some(problem))) => {
                if let NumberProblem::CheckDigit { found, expected } = problem {
                    let message = format!(
                        "`{text}` is not a valid {name}: its last character is `{found}`, and the others require `{expected}`"
                    );
                    self.add_finding(
                        Finding::warning(code, place, message)
                            .help("compare it with the publication: one of its digits is probably mistyped")
                            .help("if the publication itself has this number, keep it: catalogues mark it as invalid"),
                    );
                }
                Some(number)
            }
            Err(_) => {
                let help = match kind {
                    NumberKind::Isbn => {
                        "an ISBN has 10 digits, or 13 that begin with 978 or 979: `978-0-306-40615-7`; put other document numbers under `symbol:`"
                    }
                    NumberKind::Issn => "an ISSN has 8 digits, the last of which may be an X: `0378-5955`",
                };
                let finding = Finding::error(code, place, format!("`{text}` is not an {name}")).help(help);
                let has_separator = text.contains([',', ';', '/']);
                self.add_finding(if has_separator {
                    finding.help("write several numbers as a list: [first, second]")
                } else {
                    finding
                });
                None
            }
        }
    }

    fn check_doi(&mut self, doi: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let text = self.check_line(doi, at)?;
        let doi = parse_doi(&text);
        if doi.is_none() {
            self.add_finding(
                Finding::error("bad-doi", Place::Value(at.clone()), format!("`{text}` is not a DOI"))
                    .help("a DOI is `10.` and a number, a slash, and more characters: `10.18356/9789210000000`"),
            );
        }
        doi
    }

    fn check_pages(&mut self, pages: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let text = self.check_line(pages, at)?;
        let is_positive = text.contains(|c: char| c.is_numeric() && c != '0') && !text.starts_with('-');
        let is_roman = text.bytes().all(|b| b"ivxlcdmIVXLCDM".contains(&b));
        if is_positive || is_roman {
            return Some(text);
        }
        self.add_finding(
            Finding::error("bad-value", Place::Value(at.clone()), format!("`{text}` is not a number of pages"))
                .help("write a number, such as 120, or a description as in library catalogues: `xii, 120 p.`"),
        );
        None
    }

    pub(super) fn check_licence(&mut self, licence: Option<&manifest::TextValue>, at: &KeyPath) -> Option<Licence> {
        let licence = licence?;
        if let manifest::TextValue::One(text) = licence {
            if let Some(known) = KnownLicence::parse(text) {
                return Some(Licence::Known(known));
            }
            if KnownLicence::looks_like_an_identifier(text) {
                let message = format!("`{text}` is not the identifier of a licence that make-disc knows");
                let finding = Finding::warning("unknown-licence", Place::Value(at.clone()), message);
                let finding = match KnownLicence::suggest(text) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => {
                        finding.help("licences have identifiers such as `CC-BY-4.0`: see https://spdx.org/licenses/")
                    }
                };
                self.add_finding(finding.help("otherwise it is shown as written, without a link to the licence"));
            }
        }
        self.check_text(licence, at, false).map(Licence::Text)
    }
}
