//! `ro-crate-metadata.json`: RO-Crate 1.2, the collection as linked data (JSON-LD), with the digest of each document.
//!
//! There is one entity on each line. The texts about a file are in its language, all others in the disc's first language.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::{
    BibliographicRecord, Collection, DIGEST_SLOT, RecordFile, TermsOfUse, TextWithLanguage, format_page_count,
    measure_sources, one_line,
};
use crate::catalogue::{Licence, PublicationKind, PublicationNumbers, Report, StandardNumber, Text, doi_url};
use crate::compressed::{CompressedBytes, Compressor};
use crate::data_formats::{Value, json, to_json_line};
use crate::layout::DiscPath;

/// The name under which programs look for the file. If the disc has DOS names, the file has another name there.
const METADATA_FILE: &str = "ro-crate-metadata.json";

/// The id of the entity for the program that made the disc.
const PROGRAM: &str = "#make-disc";

pub(super) fn write_ro_crate(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let disc = &collection.catalogue.disc;
    let mut graph = Graph::default();
    graph.add(
        Entity::new(METADATA_FILE, "CreativeWork")
            .with("name", "The description of this disc as an RO-Crate")
            .with("conformsTo", reference("https://w3id.org/ro/crate/1.2"))
            .with("about", reference("./")),
    );
    let publisher = collection.publisher.map(|name| graph.organisation(name));
    let terms =
        disc.rights.as_ref().map(|text| TermsOfUse { text: collection.localise(text), licence: None, is_own: false });
    let licence = graph.terms(terms.as_ref());
    let mut records = collection.records.iter();
    let mut parts_of_disc: Vec<Cow<'_, str>> = Vec::new();
    for section in &collection.catalogue.sections {
        let (mut reports, mut files) = (Vec::new(), Vec::new());
        for report in &section.reports {
            let report_records: Vec<&BibliographicRecord<'_>> = records.by_ref().take(report.variants.len()).collect();
            let id = format!("#{}/{}", section.id, report.id);
            let entity = describe_report(collection, report, &id, &report_records, &mut graph);
            graph.add_part(&entity);
            reports.push(Cow::Owned(id));
            for (record, variant) in report_records.iter().zip(&report.variants) {
                for file in &record.files {
                    let entity = describe_file(record, &variant.numbers, file, &mut graph);
                    graph.add_part(&entity);
                }
                files.extend(record.files.iter().map(|file| file.path));
            }
        }
        // The folder of the section, such as `documents/needs/`.
        let Some(folder) = files.first().and_then(|path| path.folders().nth(1)) else { continue };
        let folder = format!("{folder}/");
        let title = collection.localise(&section.title).line();
        let entity = Entity::new(&folder, "Dataset").with("name", title);
        let files = files.iter().map(|path| path.as_str().into()).collect();
        graph.add_part(&entity.with_references("hasPart", files).with_references("mentions", reports));
        parts_of_disc.push(Cow::Owned(folder));
    }
    let manifest = describe_manifest(collection);
    let manifest_id = collection.manifest_path.as_ref().map_or("#manifest", DiscPath::as_str);
    parts_of_disc.extend(collection.manifest_path.is_some().then_some(Cow::Borrowed(manifest_id)));
    let languages: Vec<&str> = disc.languages.iter().map(|language| language.as_str()).collect();
    let files: usize = collection.records.iter().map(|record| record.files.len()).sum();
    graph.add(
        Entity::new("./", "Dataset")
            .with("name", collection.title.line())
            .with("description", describe_disc(collection, files))
            .with("datePublished", collection.date.unwrap_or(collection.origin.date).to_string())
            .with_some("identifier", collection.identifier.map(one_line))
            .with("inLanguage", languages)
            .with_some("publisher", publisher)
            .with("license", licence)
            .with_references("hasPart", parts_of_disc)
            .with("mentions", reference("#creation")),
    );
    graph.add(manifest);
    graph.add(describe_program());
    graph.add(describe_creation(collection, manifest_id));
    graph.finish()
}

/// The manifest, which may not be on the disc.
fn describe_manifest(collection: &Collection<'_>) -> Entity<'static> {
    let origin = collection.origin;
    let entity = match &collection.manifest_path {
        Some(path) => Entity::new(path.as_str(), "File").with("encodingFormat", "application/yaml"),
        None => Entity::new("#manifest", "CreativeWork").with("description", "It is not on the disc."),
    };
    entity
        .with("name", "The manifest from which the disc was made, without its comments")
        .with("contentSize", origin.manifest.len().to_string())
        .with("sha256", origin.digest().to_string())
}

fn describe_program() -> Entity<'static> {
    // RO-Crate requires an address of software, which this program does not have.
    Entity::new(PROGRAM, "CreativeWork").with("name", "make-disc").with("version", env!("CARGO_PKG_VERSION"))
}

/// How the disc was made. The time is left out, because the disc must have the same bytes whenever it is made.
fn describe_creation(collection: &Collection<'_>, manifest: &str) -> Entity<'static> {
    let (count, bytes) = measure_sources(collection.catalogue);
    let sources = format!("From the manifest and {count} source files with {bytes} bytes in all, with the command");
    Entity::new("#creation", "CreateAction")
        .with("name", "The disc was made")
        .with("description", format!("{sources}: {}", collection.command))
        .with("instrument", reference(PROGRAM))
        .with("object", reference(manifest))
        .with("result", reference("./"))
}

/// A sentence about the disc, because the manifest has no description.
fn describe_disc(collection: &Collection<'_>, files: usize) -> String {
    let reports = collection.catalogue.reports().count();
    let count = |number: usize, one: &str, more: &str| format!("{number} {}", if number == 1 { one } else { more });
    format!(
        "A data disc with {} in {}, and pages to find and read them. Its volume name is {}.",
        count(reports, "publication", "publications"),
        count(files, "file", "files"),
        collection.catalogue.disc.volume
    )
}

/// A report, whose parts are the files of all its languages. The manifest does not say from which language the others were
/// translated, so they are equal parts.
fn describe_report<'r>(
    collection: &Collection<'_>,
    report: &Report,
    id: &str,
    records: &[&'r BibliographicRecord<'_>],
    graph: &mut Graph<'_>,
) -> Entity<'r> {
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
        place,
        series,
        numbers,
        licence,
        variants: _,
    } = report;
    let line = |text: &Text| collection.localise(text).line();
    let terms = licence.as_ref().map(|licence| match licence {
        Licence::Known(known) => TermsOfUse {
            text: TextWithLanguage { text: &known.name, language: None },
            licence: Some(known),
            is_own: true,
        },
        Licence::Text(words) => TermsOfUse { text: collection.localise(words), licence: None, is_own: true },
    });
    let parts = records.iter().flat_map(|record| &record.files).map(|file| file.path.as_str().into()).collect();
    let entity = Entity::new(id, report_type(*kind))
        .with("name", line(title))
        .with_some("description", summary.as_ref().map(line))
        .with_list("identifier", symbol.iter().map(|symbol| one_line(symbol).into_owned()).collect())
        .with_some("datePublished", date.map(|date| date.to_string()))
        .with_list("author", authors.iter().map(|author| one_line(author.filed()).into_owned()).collect())
        .with_list("keywords", subjects.iter().map(line).collect())
        .with_some("publisher", publisher.as_ref().map(|name| graph.organisation(&line(name))))
        .with_some("locationCreated", place.as_ref().map(|place| graph.place(&line(place))))
        .with_list("isPartOf", series.iter().map(|series| graph.series(&line(series))).collect())
        .with_some("license", terms.map(|terms| graph.terms(Some(&terms))));
    with_numbers(entity, numbers).with_references("hasPart", parts)
}

/// Adds the numbers of a report or a file to its entity.
fn with_numbers<'e>(entity: Entity<'e>, numbers: &PublicationNumbers) -> Entity<'e> {
    let PublicationNumbers { isbn, issn, doi, pages } = numbers;
    let texts = |numbers: &[StandardNumber]| numbers.iter().map(|number| number.text.clone()).collect();
    entity
        .with_list("isbn", texts(isbn))
        .with_list("issn", texts(issn))
        .with_list("sameAs", doi.iter().map(|doi| doi_url(doi)).collect())
        .with_some("pagination", pages.as_ref().map(|pages| format_page_count(pages)))
}

fn describe_file(
    record: &BibliographicRecord<'_>,
    own_numbers: &PublicationNumbers,
    file: &RecordFile<'_>,
    graph: &mut Graph<'_>,
) -> Entity<'static> {
    // The entities of the report and of the disc have the other fields.
    let BibliographicRecord {
        key: _,
        language,
        section: _,
        id: _,
        title,
        summary: _,
        symbol: _,
        date: _,
        authors: _,
        subjects: _,
        kind: _,
        publisher: _,
        place: _,
        series: _,
        numbers: _,
        terms: _,
        files: _,
        other_languages: _,
    } = record;
    let name = match file.title {
        Some(own) => format!("{} – {}", title.line(), one_line(own)),
        None => title.line(),
    };
    let registered = file.pdf.and_then(|pdf| Some((file.pronom_id()?, pdf.version.as_deref()?)));
    let mut formats = vec![json!(file.media_type())];
    formats.extend(registered.map(|(id, version)| graph.format(id, &format!("PDF {version}"))));
    let entity = Entity::new(file.path.as_str(), "File")
        .with("name", name)
        .with("inLanguage", language.as_str())
        .with_list("encodingFormat", formats)
        .with_list("conformsTo", file.claims().iter().map(|standard| graph.claim(standard)).collect())
        .with("contentSize", file.length.to_string())
        .with("sha256", DIGEST_SLOT);
    with_numbers(entity, own_numbers)
}

/// The type of a report in the vocabulary of schema.org.
fn report_type(kind: Option<PublicationKind>) -> &'static str {
    match kind {
        Some(PublicationKind::Report | PublicationKind::Guidelines | PublicationKind::Brief) => "Report",
        Some(PublicationKind::Book) => "Book",
        Some(PublicationKind::Article) => "Article",
        Some(PublicationKind::Map) => "Map",
        Some(PublicationKind::Dataset) => "Dataset",
        Some(PublicationKind::Presentation) => "PresentationDigitalDocument",
        Some(PublicationKind::Video) => "VideoObject",
        Some(PublicationKind::Audio) => "AudioObject",
        Some(PublicationKind::Resolution | PublicationKind::Other) | None => "CreativeWork",
    }
}

fn reference(id: &str) -> Value {
    json!({ "@id": id })
}

/// An entity of the graph: its properties by name.
struct Entity<'e>(BTreeMap<&'static str, Property<'e>>);

#[derive(Serialize)]
#[serde(untagged)]
enum Property<'e> {
    Value(Value),
    /// References to several entities. There may be one for every file of the disc, and values would need a hundred times as much
    /// memory.
    References(Vec<Reference<'e>>),
}

#[derive(Serialize)]
struct Reference<'e> {
    #[serde(rename = "@id")]
    id: Cow<'e, str>,
}

impl<'e> Entity<'e> {
    fn new(id: &str, types: impl Into<Value>) -> Self {
        Self(BTreeMap::new()).with("@id", id).with("@type", types)
    }

    fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.0.insert(key, Property::Value(value.into()));
        self
    }

    /// Adds references to entities with these ids, or one without an array around it, as RO-Crate recommends.
    fn with_references(mut self, key: &'static str, ids: Vec<Cow<'e, str>>) -> Self {
        match &ids[..] {
            [] => self,
            [id] => self.with(key, reference(id)),
            _ => {
                self.0.insert(key, Property::References(ids.into_iter().map(|id| Reference { id }).collect()));
                self
            }
        }
    }

    fn with_some(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds several values, or one without an array around it, as RO-Crate recommends.
    fn with_list<V: Into<Value>>(self, key: &'static str, mut values: Vec<V>) -> Self {
        match values.len() {
            0 => self,
            1 => self.with_some(key, values.pop()),
            _ => self.with(key, values.into_iter().map(Into::into).collect::<Vec<Value>>()),
        }
    }
}

/// All entities. Entities that several others refer to, such as a publisher, are added once.
#[derive(Default)]
struct Graph<'e> {
    entities: Vec<Entity<'e>>,
    /// The entities of the parts of the disc, which come last. They are kept as text, because there may be very many.
    parts: Compressor,
    /// The ids of shared entities, by their type and contents.
    shared: BTreeMap<String, String>,
}

impl<'e> Graph<'e> {
    fn add(&mut self, entity: Entity<'e>) {
        self.entities.push(entity);
    }

    fn add_part(&mut self, Entity(entity): &Entity<'_>) {
        // Writing to memory does not fail.
        let _ = write!(self.parts, ",\n{}", to_json_line(entity).unwrap_or_default());
    }

    /// A reference to an entity without an identifier. Adds the entity, unless there is an equal one.
    fn share(&mut self, prefix: &str, entity: Entity<'e>) -> Value {
        let contents = to_json_line(&entity.0).unwrap_or_default();
        let number = self.shared.len() + 1;
        let id = match self.shared.get(&contents) {
            Some(id) => id.clone(),
            None => {
                let id = format!("#{prefix}-{number}");
                self.shared.insert(contents, id.clone());
                self.add(entity.with("@id", id.as_str()));
                id
            }
        };
        reference(&id)
    }

    fn organisation(&mut self, name: &str) -> Value {
        self.share("publisher", Entity::new("", "Organization").with("name", one_line(name).into_owned()))
    }

    fn place(&mut self, name: &str) -> Value {
        self.share("place", Entity::new("", "Place").with("name", name))
    }

    fn series(&mut self, name: &str) -> Value {
        self.share("series", Entity::new("", "CreativeWorkSeries").with("name", name))
    }

    /// A format by its identifier in PRONOM.
    fn format(&mut self, id: &str, name: &str) -> Value {
        let url = format!("https://www.nationalarchives.gov.uk/PRONOM/{id}");
        if self.shared.insert(url.clone(), url.clone()).is_none() {
            self.add(Entity::new(&url, "WebPage").with("name", name));
        }
        reference(&url)
    }

    /// A standard to which files claim to conform.
    fn claim(&mut self, standard: &str) -> Value {
        let claimed = "Files say in their metadata that they conform to this standard. It was not checked.";
        self.share("standard", Entity::new("", "CreativeWork").with("name", standard).with("description", claimed))
    }

    /// A reference to the licence, or to the terms in words. RO-Crate requires one of them.
    fn terms(&mut self, terms: Option<&TermsOfUse<'_>>) -> Value {
        let Some(TermsOfUse { text, licence, is_own: _ }) = terms else {
            let missing = "The disc does not say under which terms its contents may be used: ask the publisher.";
            return self.share("terms", creative_work("Terms of use").with("description", missing));
        };
        let Some(licence) = licence else {
            return self.share("terms", creative_work("Terms of use").with("description", text.line()));
        };
        if self.shared.insert(licence.url.clone(), licence.url.clone()).is_none() {
            let entity = Entity::new(&licence.url, "CreativeWork").with("name", licence.name.as_str());
            self.add(entity.with("identifier", licence.id.as_str()));
        }
        reference(&licence.url)
    }

    fn finish(self) -> CompressedBytes {
        let mut text = Compressor::default();
        // Writing to memory does not fail.
        let mut write = |part: &str| drop(text.write_all(part.as_bytes()));
        write("{\"@context\": \"https://w3id.org/ro/crate/1.2/context\", \"@graph\": [\n");
        for (index, Entity(entity)) in self.entities.iter().enumerate() {
            write(if index == 0 { "" } else { ",\n" });
            write(&to_json_line(entity).unwrap_or_default());
        }
        let _ = text.append(&self.parts.finish());
        let _ = text.write_all(b"\n]}\n");
        text.finish()
    }
}

fn creative_work(name: &str) -> Entity<'static> {
    Entity::new("", "CreativeWork").with("name", name)
}
