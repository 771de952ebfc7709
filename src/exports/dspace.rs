//! Items in the Simple Archive Format, which DSpace repositories import: one item for each report, with the fields of qualified
//! Dublin Core that every DSpace has. See `docs/deposit.md`.

use super::one_line;
use crate::catalogue::{Catalogue, Licence, PublicationKind, PublicationNumbers, Report, Text, doi_url};
use crate::data_formats::XmlWriter;
use crate::language::Language;
use crate::layout::{DiscPath, Layout};

/// The fields begin on lines of their own.
const LINE_LEVELS: usize = 2;

/// An item: a report with the files of all its languages.
#[derive(Debug, Clone)]
pub struct DspaceItem {
    /// The name of its folder.
    pub folder: String,
    /// Its files: the path on the disc, and the name in the folder.
    pub files: Vec<(DiscPath, String)>,
    /// `dublin_core.xml`.
    pub dublin_core: Vec<u8>,
    /// `contents`, which lists the files.
    pub contents: String,
}

/// Describes every report as an item.
pub fn describe_items(catalogue: &Catalogue, layout: &Layout) -> Vec<DspaceItem> {
    let reports = catalogue.reports().enumerate();
    reports
        .map(|(index, (s, r, report))| {
            let section = &catalogue.sections[s].id;
            let mut files = Vec::new();
            let mut contents = String::new();
            for (v, variant) in report.variants.iter().enumerate() {
                let language = one_line(&variant.language.autonym()).into_owned();
                for (f, path) in layout.variant_paths(s, r, v).iter().enumerate() {
                    let name = name_in_item(path);
                    let title = variant.files.get(f).and_then(|file| file.title.as_deref());
                    let description = match title {
                        Some(title) => format!("{language} – {}", one_line(title)),
                        None => language.clone(),
                    };
                    let primary = if files.is_empty() { "\tprimary:true" } else { "" };
                    contents.push_str(&format!("{name}\tbundle:ORIGINAL\tdescription:{description}{primary}\n"));
                    files.push((path.clone(), name));
                }
            }
            // The number makes the name unique, and keeps the order of the manifest.
            let folder = format!("{:05}_{section}_{}", index + 1, report.id);
            DspaceItem { folder, files, dublin_core: dublin_core(catalogue, report), contents }
        })
        .collect()
}

/// The path of a file in its item, which is its path below the folder of the section.
fn name_in_item(path: &DiscPath) -> String {
    path.as_str().splitn(3, '/').last().unwrap_or_default().to_owned()
}

fn dublin_core(catalogue: &Catalogue, report: &Report) -> Vec<u8> {
    let Report {
        id: _,
        title,
        summary,
        symbol,
        date,
        authors,
        subjects,
        kind,
        publisher,
        place: _,
        series,
        numbers,
        licence,
        variants,
    } = report;
    let disc = &catalogue.disc;
    let default = disc.default_language();
    let mut fields = Fields { xml: XmlWriter::new(Vec::new(), LINE_LEVELS), default };
    fields.xml.begin("dublin_core", &[("schema", "dc")]);
    fields
        .add_titles(title, variants.iter().filter_map(|variant| Some((&variant.language, variant.title.as_deref()?))));
    authors.iter().for_each(|author| fields.add("contributor", "author", author.filed()));
    if let Some(date) = date {
        fields.add("date", "issued", &date.to_string());
    }
    match publisher {
        Some(publisher) => fields.add_text("publisher", "none", publisher),
        None => disc.publisher.iter().for_each(|publisher| fields.add("publisher", "none", publisher)),
    }
    if let Some(kind) = kind {
        fields.add("type", "none", dspace_type(*kind));
    }
    for variant in variants {
        fields.add("language", "iso", variant.language.as_str());
    }
    summary.iter().for_each(|summary| fields.add_text("description", "abstract", summary));
    subjects.iter().for_each(|subject| fields.add_text("subject", "none", subject));
    symbol.iter().for_each(|symbol| fields.add("identifier", "govdoc", symbol));
    let mut seen = Vec::new();
    for PublicationNumbers { isbn, issn, doi, pages } in
        std::iter::once(numbers).chain(variants.iter().map(|v| &v.numbers))
    {
        let isbn = isbn.iter().map(|number| ("identifier", "isbn", number.text.clone()));
        let issn = issn.iter().map(|number| ("identifier", "issn", number.text.clone()));
        let doi = doi.iter().map(|doi| ("identifier", "uri", doi_url(doi)));
        let pages = pages.iter().map(|pages| ("format", "extent", super::format_page_count(pages)));
        for field in isbn.chain(issn).chain(doi).chain(pages) {
            if !seen.contains(&field) {
                fields.add(field.0, field.1, &field.2);
                seen.push(field);
            }
        }
    }
    series.iter().for_each(|series| fields.add_text("relation", "ispartofseries", series));
    fields.add_text("relation", "ispartof", &disc.title);
    match licence {
        Some(Licence::Known(known)) => {
            fields.add("rights", "none", &known.name);
            fields.add("rights", "uri", &known.url);
        }
        Some(Licence::Text(terms)) => fields.add_text("rights", "none", terms),
        None => disc.rights.iter().for_each(|terms| fields.add_text("rights", "none", terms)),
    }
    fields.xml.finish()
}

/// Writes the fields of an item.
struct Fields<'c> {
    xml: XmlWriter<Vec<u8>>,
    /// The disc's first language.
    default: &'c Language,
}

impl Fields<'_> {
    fn add(&mut self, element: &str, qualifier: &str, value: &str) {
        self.xml.element("dcvalue", &[("element", element), ("qualifier", qualifier)], &one_line(value));
    }

    fn add_in(&mut self, element: &str, qualifier: &str, language: &Language, value: &str) {
        let attributes = [("element", element), ("qualifier", qualifier), ("language", language.as_str())];
        self.xml.element("dcvalue", &attributes, &one_line(value));
    }

    /// Adds a text in each of its languages.
    fn add_text(&mut self, element: &str, qualifier: &str, text: &Text) {
        match text {
            Text::Same(text) => self.add(element, qualifier, text),
            Text::PerLanguage(texts) => {
                texts.iter().for_each(|(language, text)| self.add_in(element, qualifier, language, text));
            }
        }
    }

    /// Adds the title in the disc's first language, and all other titles as alternative ones, because an item has only one title.
    fn add_titles<'t>(&mut self, title: &'t Text, own: impl Iterator<Item = (&'t Language, &'t str)>) {
        let mut titles: Vec<(Option<&Language>, &str)> = match title {
            Text::Same(text) => vec![(None, text.as_str())],
            Text::PerLanguage(texts) => texts.iter().map(|(language, text)| (Some(language), text.as_str())).collect(),
        };
        // The disc's first language comes first. The sort is stable, so the others keep their order.
        titles.sort_by_key(|(language, _)| language.is_some_and(|language| language != self.default));
        titles.extend(own.map(|(language, text)| (Some(language), text)));
        let mut seen: Vec<&str> = Vec::new();
        for (language, text) in titles {
            let qualifier = if seen.is_empty() { "none" } else { "alternative" };
            if seen.contains(&text) {
                continue;
            }
            match language {
                Some(language) => self.add_in("title", qualifier, language, text),
                None => self.add("title", qualifier, text),
            }
            seen.push(text);
        }
    }
}

/// The type of a publication in the list that DSpace proposes.
fn dspace_type(kind: PublicationKind) -> &'static str {
    match kind {
        PublicationKind::Report | PublicationKind::Guidelines | PublicationKind::Brief => "Technical Report",
        PublicationKind::Book => "Book",
        PublicationKind::Article => "Article",
        PublicationKind::Map => "Map",
        PublicationKind::Dataset => "Dataset",
        PublicationKind::Presentation => "Presentation",
        PublicationKind::Video => "Video",
        PublicationKind::Audio => "Recording, oral",
        PublicationKind::Resolution | PublicationKind::Other => "Other",
    }
}
