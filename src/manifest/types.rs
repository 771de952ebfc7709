//! The keys of the manifest: the tool's public interface.
//!
//! Every key is optional here; what must be there is judged by the catalogue, which can say why.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The whole manifest.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys `disc`, `launcher` and `sections`")]
pub struct Manifest {
    /// The disc as a whole.
    pub disc: Option<Disc>,
    /// The pages.
    pub launcher: Option<Launcher>,
    /// The collection.
    pub sections: Option<Vec<Section>>,
}

/// `disc:`
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys of `disc`, such as `title:` and `languages:`")]
pub struct Disc {
    /// The title of the collection.
    pub title: Option<Text>,
    /// The volume identifier.
    pub volume: Option<Scalar>,
    /// BCP 47 tags, the default first.
    pub languages: Option<Vec<Scalar>>,
    /// Who publishes the disc.
    pub publisher: Option<Scalar>,
    /// Who prepared its data.
    pub preparer: Option<Scalar>,
    /// When it was published.
    pub date: Option<Scalar>,
    /// An ISBN or another number of it.
    pub identifier: Option<Scalar>,
    /// The terms of use.
    pub rights: Option<Text>,
    /// What it must fit: a medium's name or a size.
    pub media: Option<Scalar>,
    /// `portable` or `dos`.
    pub names: Option<Scalar>,
    /// Whether files of 4 GiB and more are allowed.
    pub large_files: Option<bool>,
    /// Whether the image carries the sums of a media check.
    pub media_check: Option<bool>,
    /// Whether readers can search inside the documents.
    pub search: Option<bool>,
}

/// `launcher:`
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys of `launcher`, such as `emblem:` and `foreword:`")]
pub struct Launcher {
    /// A picture.
    pub emblem: Option<Scalar>,
    /// Colours that differ from the built-in ones.
    pub colours: Option<Colours>,
    /// The foreword.
    pub foreword: Option<Foreword>,
    /// A folder of templates.
    pub theme: Option<Scalar>,
    /// Interface strings by language and key.
    pub strings: Option<Pairs<Pairs<Scalar>>>,
}

/// `launcher.colours:`
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "colours by name, such as `accent: \"#004488\"`")]
pub struct Colours {
    /// Text.
    pub text: Option<Scalar>,
    /// Paper.
    pub background: Option<Scalar>,
    /// Headings, bars and rules.
    pub accent: Option<Scalar>,
    /// Links.
    pub link: Option<Scalar>,
}

/// `launcher.foreword:`
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys `text` and `signature`")]
pub struct Foreword {
    /// Markdown, or the name of a Markdown file.
    pub text: Option<Text>,
    /// Who signs.
    pub signature: Option<Signature>,
}

/// `launcher.foreword.signature:`
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys `name` and `role`")]
pub struct Signature {
    /// Who.
    pub name: Option<Text>,
    /// As what.
    pub role: Option<Text>,
}

/// An item of `sections:`
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section: the keys `id`, `title` and `reports`")]
pub struct Section {
    /// Names its folder.
    pub id: Option<Scalar>,
    /// Its heading.
    pub title: Option<Text>,
    /// Its reports.
    pub reports: Option<Vec<Report>>,
}

/// An item of `reports:`
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a report: the keys `id`, `title`, `variants` and others")]
pub struct Report {
    /// Names its files.
    pub id: Option<Scalar>,
    /// Its title.
    pub title: Option<Text>,
    /// What it is about.
    pub summary: Option<Text>,
    /// A document number.
    pub symbol: Option<Scalar>,
    /// When it was published.
    pub date: Option<Scalar>,
    /// Persons and bodies.
    pub authors: Option<OneOrMany<Scalar>>,
    /// What it is about, in a few words each.
    pub subjects: Option<OneOrMany<Text>>,
    /// What kind of work it is, such as `book`.
    pub kind: Option<Scalar>,
    /// Who published it.
    pub publisher: Option<Text>,
    /// Where it was published.
    pub place: Option<Text>,
    /// The series or journal it is part of.
    pub series: Option<Text>,
    /// One for each form in which it was published.
    pub isbn: Option<OneOrMany<Scalar>>,
    /// Of its series.
    pub issn: Option<OneOrMany<Scalar>>,
    /// Bare, or as an address.
    pub doi: Option<Scalar>,
    /// How many pages it has, or which.
    pub pages: Option<Scalar>,
    /// An SPDX identifier, or the terms in words.
    pub licence: Option<Text>,
    /// Its files by language.
    pub variants: Option<Pairs<Variant>>,
}

/// A value of `variants:`: a file, a list of files, or keys.
#[derive(Debug, Clone, Default)]
pub struct Variant {
    /// The files.
    pub files: Option<OneOrMany<Scalar>>,
    /// A title of this variant alone.
    pub title: Option<Scalar>,
    /// The stem of its names on the disc.
    pub name: Option<Scalar>,
    /// In place of the report's.
    pub isbn: Option<OneOrMany<Scalar>>,
    /// In place of the report's.
    pub issn: Option<OneOrMany<Scalar>>,
    /// In place of the report's.
    pub doi: Option<Scalar>,
    /// In place of the report's.
    pub pages: Option<Scalar>,
    /// Whether it is written with keys, so that `files` is a part of a file's path.
    pub keyed: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a file, a list of files, or keys such as `files` and `title`")]
struct VariantKeys {
    files: Option<OneOrMany<Scalar>>,
    title: Option<Scalar>,
    name: Option<Scalar>,
    isbn: Option<OneOrMany<Scalar>>,
    issn: Option<OneOrMany<Scalar>>,
    doi: Option<Scalar>,
    pages: Option<Scalar>,
}

/// A text, or a whole number taken as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scalar(pub String);

/// One text, or a text per language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// For all languages.
    One(String),
    /// By language, in the order of the manifest.
    PerLanguage(Vec<(String, String)>),
}

/// One value, or a list of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneOrMany<T> {
    /// The values.
    pub values: Vec<T>,
    /// Whether it is written as a list, so that an item's path has its number.
    pub list: bool,
}

/// A mapping with keys of the author's, in the order of the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs<T>(pub Vec<(String, T)>);

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor).map(Self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a text, or a text per language such as {en: …, fr: …}")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                ScalarVisitor.visit_str(text).map(Text::One)
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
                ScalarVisitor.visit_u64(number).map(Text::One)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
                ScalarVisitor.visit_i64(number).map(Text::One)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
                let pairs = PairsVisitor::<Option<Scalar>>(PhantomData).visit_map(map)?;
                let written = pairs.0.into_iter().filter_map(|(key, text)| Some((key, text?.0)));
                Ok(Text::PerLanguage(written.collect()))
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a text, or a list of texts such as [first, second]")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany<T>, E> {
                one(T::deserialize(serde::de::value::StrDeserializer::new(text)))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<OneOrMany<T>, E> {
                one(T::deserialize(serde::de::value::U64Deserializer::new(number)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OneOrMany<T>, A::Error> {
                one(T::deserialize(MapAccessDeserializer::new(map)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany<T>, A::Error> {
                let values = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(OneOrMany { values, list: true })
            }
        }

        fn one<T, E>(value: Result<T, E>) -> Result<OneOrMany<T>, E> {
            Ok(OneOrMany { values: vec![value?], list: false })
        }
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Variant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct VariantVisitor;

        impl<'de> Visitor<'de> for VariantVisitor {
            type Value = Variant;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a file, a list of files, or keys such as `files` and `title`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Variant, E> {
                let values = vec![Scalar(text.to_owned())];
                Ok(Variant { files: Some(OneOrMany { values, list: false }), ..Variant::default() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Variant, A::Error> {
                let values = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(Variant { files: Some(OneOrMany { values, list: true }), ..Variant::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Variant, A::Error> {
                let VariantKeys { files, title, name, isbn, issn, doi, pages } =
                    VariantKeys::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Variant { files, title, name, isbn, issn, doi, pages, keyed: true })
            }

            fn visit_unit<E: Error>(self) -> Result<Variant, E> {
                Ok(Variant::default())
            }
        }
        deserializer.deserialize_any(VariantVisitor)
    }
}

struct PairsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PairsVisitor<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("keys with values, such as {en: …, fr: …}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(Scalar(key)) = map.next_key()? {
            pairs.push((key, map.next_value()?));
        }
        Ok(Pairs(pairs))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairsVisitor(PhantomData))
    }
}
