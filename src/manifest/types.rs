//! The keys of the manifest, which are the public interface of the program. A `…Keys` type has the keys of one mapping as
//! they are written in the YAML.
//!
//! Every key is optional here. `catalogue` checks which keys are missing, because it can say why they are needed.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The whole manifest.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys `disc`, `launcher`, `exclude` and `sections`")]
pub struct Manifest {
    /// The keys of `disc:`, which describe the disc as a whole.
    pub disc: Option<DiscKeys>,
    /// The keys of `launcher:`, which change how the pages look.
    pub launcher: Option<LauncherKeys>,
    /// Paths and patterns of files that must not be on the disc.
    pub exclude: Option<OneOrMany<Scalar>>,
    /// The collection of documents.
    pub sections: Option<Vec<SectionKeys>>,
}

/// The keys of `disc:`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys of `disc`, such as `title:` and `languages:`")]
pub struct DiscKeys {
    /// The title of the collection.
    pub title: Option<TextValue>,
    /// The volume identifier.
    pub volume: Option<Scalar>,
    /// BCP 47 tags; the first is the default language.
    pub languages: Option<Vec<Scalar>>,
    /// Who publishes the disc.
    pub publisher: Option<Scalar>,
    /// Who prepared the data on it.
    pub preparer: Option<Scalar>,
    /// When it was published.
    pub date: Option<Scalar>,
    /// An ISBN or another number that identifies the disc.
    pub identifier: Option<Scalar>,
    /// The terms of use.
    pub rights: Option<TextValue>,
    /// The medium that the disc must fit on: the name of a medium or a size.
    pub media: Option<Scalar>,
    /// `portable` or `dos`.
    pub names: Option<Scalar>,
    /// Whether files of 4 GiB or more are allowed.
    pub large_files: Option<bool>,
    /// Whether the image contains the MD5 values of a media check.
    pub media_check: Option<bool>,
    /// The key of minisign or OpenSSH with which the disc is signed: the path of its file, or a public key itself.
    pub sign: Option<Scalar>,
    /// The file with a timestamp of the checksum list.
    pub timestamp: Option<Scalar>,
    /// How much error correction the image gets: `true`, `false`, `all` or a share in percent.
    pub repair: Option<SwitchOrText>,
    /// Whether readers can search inside the documents.
    pub search: Option<bool>,
    /// Whether the manifest itself is on the disc, without its comments.
    pub manifest: Option<bool>,
    /// Whether the pages show pictures of the first pages of documents.
    pub covers: Option<bool>,
}

/// The keys of `launcher:`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys of `launcher`, such as `emblem:` and `foreword:`")]
pub struct LauncherKeys {
    /// The path of the picture on the pages.
    pub emblem: Option<Scalar>,
    /// The path of the picture on dark pages.
    pub emblem_dark: Option<Scalar>,
    /// Colours that differ from the built-in ones.
    pub colours: Option<ColourKeys>,
    /// The text of the home page.
    pub foreword: Option<ForewordKeys>,
    /// A folder with templates that replace the built-in ones.
    pub theme: Option<Scalar>,
    /// Interface strings by language and key.
    pub strings: Option<OrderedMap<StringsKeys>>,
}

/// The interface strings of a language: texts by key, or the path of a file with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StringsKeys {
    /// The texts by key.
    Inline(OrderedMap<Scalar>),
    /// The path of a YAML file with the texts.
    File(Scalar),
}

impl Default for StringsKeys {
    fn default() -> Self {
        Self::Inline(OrderedMap::default())
    }
}

/// The keys of `launcher.colours:`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "colours by name, such as `accent: \"#004488\"`")]
pub struct ColourKeys {
    /// The colour of text.
    pub text: Option<Scalar>,
    /// The colour of the page.
    pub background: Option<Scalar>,
    /// The colour of headings, bars and rules.
    pub accent: Option<Scalar>,
    /// The colour of links.
    pub link: Option<Scalar>,
}

/// The keys of `launcher.foreword:`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys `text` and `signature`")]
pub struct ForewordKeys {
    /// Markdown, or the path of a Markdown file.
    pub text: Option<TextValue>,
    /// Who signs the foreword.
    pub signature: Option<SignatureKeys>,
}

/// The keys of `launcher.foreword.signature:`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys `name` and `role`")]
pub struct SignatureKeys {
    /// The name of the person who signs.
    pub name: Option<TextValue>,
    /// The role in which the person signs.
    pub role: Option<TextValue>,
}

/// The keys of an item of `sections:`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section: the keys `id`, `title` and `reports`")]
pub struct SectionKeys {
    /// The name of its folder on the disc.
    pub id: Option<Scalar>,
    /// The heading.
    pub title: Option<TextValue>,
    /// The reports in it.
    pub reports: Option<Vec<ReportKeys>>,
}

/// The keys of an item of `reports:`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a report: the keys `id`, `title`, `variants` and others")]
pub struct ReportKeys {
    /// The start of the names of its files on the disc.
    pub id: Option<Scalar>,
    /// The title.
    pub title: Option<TextValue>,
    /// What it is about, in a few sentences.
    pub summary: Option<TextValue>,
    /// A document number.
    pub symbol: Option<Scalar>,
    /// When it was published.
    pub date: Option<Scalar>,
    /// The people and organisations that wrote it.
    pub authors: Option<OneOrMany<Scalar>>,
    /// What it is about, in a few words each.
    pub subjects: Option<OneOrMany<TextValue>>,
    /// What kind of work it is, such as `book`.
    pub kind: Option<Scalar>,
    /// Who published it.
    pub publisher: Option<TextValue>,
    /// Where it was published.
    pub place: Option<TextValue>,
    /// The series or journal it is part of.
    pub series: Option<TextValue>,
    /// One ISBN for each form in which it was published.
    pub isbn: Option<OneOrMany<Scalar>>,
    /// The ISSN of its series.
    pub issn: Option<OneOrMany<Scalar>>,
    /// The DOI, alone or as a web address.
    pub doi: Option<Scalar>,
    /// The number of pages, or the range of pages in a journal.
    pub pages: Option<Scalar>,
    /// An SPDX identifier, or the terms of the licence in words.
    pub licence: Option<TextValue>,
    /// The files by language.
    pub variants: Option<OrderedMap<VariantKeys>>,
}

/// A value in `variants:`: a file, a list of files, or the keys of the long form.
#[derive(Debug, Clone, Default)]
pub struct VariantKeys {
    /// The files.
    pub files: Option<OneOrMany<FileKeys>>,
    /// A folder of web pages, or an archive of them, instead of files.
    pub folder: Option<Scalar>,
    /// The page in the folder that readers open first.
    pub start: Option<Scalar>,
    /// A title for this variant only.
    pub title: Option<Scalar>,
    /// The name of its files on the disc, without the extension.
    pub name: Option<Scalar>,
    /// The ISBN, if it differs from that of the report.
    pub isbn: Option<OneOrMany<Scalar>>,
    /// The ISSN, if it differs from that of the report.
    pub issn: Option<OneOrMany<Scalar>>,
    /// The DOI, if it differs from that of the report.
    pub doi: Option<Scalar>,
    /// The number of pages, if it differs from that of the report.
    pub pages: Option<Scalar>,
    /// Whether it is written with keys, so that the key path of a file contains `files`.
    pub is_long_form: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a file, a list of files, or keys such as `files` and `title`")]
struct LongVariant {
    files: Option<OneOrMany<FileKeys>>,
    folder: Option<Scalar>,
    start: Option<Scalar>,
    title: Option<Scalar>,
    name: Option<Scalar>,
    isbn: Option<OneOrMany<Scalar>>,
    issn: Option<OneOrMany<Scalar>>,
    doi: Option<Scalar>,
    pages: Option<Scalar>,
}

/// A file of a variant: its path, or keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileKeys {
    /// Its path.
    pub file: Scalar,
    /// What it is, if the variant has several files that are not the same text in other formats.
    pub title: Option<Scalar>,
    /// What a picture shows, for readers who cannot see it.
    pub description: Option<Scalar>,
    /// Whether it is written with keys, so that the key path of its path ends in `file`.
    pub is_long_form: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a path, or keys such as `file` and `title`")]
struct LongFile {
    file: Option<Scalar>,
    title: Option<Scalar>,
    description: Option<Scalar>,
}

/// Text, or a whole number that is taken as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scalar(pub String);

/// `true`, `false` or text, as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SwitchOrText(pub String);

/// Text for all languages, or a text for each language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextValue {
    /// One text for all languages.
    One(String),
    /// The texts by language tag, in the order of the manifest.
    PerLanguage(Vec<(String, String)>),
}

/// One value, or a sequence of values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneOrMany<T> {
    /// The values, in the order of the manifest.
    pub values: Vec<T>,
    /// Whether it is written as a sequence, so that the key path of a value contains its index.
    pub is_sequence: bool,
}

/// A mapping whose keys the author chooses, in the order of the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderedMap<T>(pub Vec<(String, T)>);

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("text")
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

struct SwitchOrTextVisitor;

impl Visitor<'_> for SwitchOrTextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("`true`, `false` or text")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

impl<'de> Deserialize<'de> for SwitchOrText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SwitchOrTextVisitor).map(Self)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor).map(Self)
    }
}

impl<'de> Deserialize<'de> for TextValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = TextValue;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("text, or text for each language such as {en: …, fr: …}")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<TextValue, E> {
                ScalarVisitor.visit_str(text).map(TextValue::One)
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<TextValue, E> {
                ScalarVisitor.visit_u64(number).map(TextValue::One)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<TextValue, E> {
                ScalarVisitor.visit_i64(number).map(TextValue::One)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TextValue, A::Error> {
                let pairs = OrderedMapVisitor::<Option<Scalar>>(PhantomData).visit_map(map)?;
                let written = pairs.0.into_iter().filter_map(|(key, text)| Some((key, text?.0)));
                Ok(TextValue::PerLanguage(written.collect()))
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("text, or a list of texts such as [first, second]")
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
                Ok(OneOrMany { values, is_sequence: true })
            }
        }

        fn one<T, E>(value: Result<T, E>) -> Result<OneOrMany<T>, E> {
            Ok(OneOrMany { values: vec![value?], is_sequence: false })
        }
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for VariantKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct VariantVisitor;

        impl<'de> Visitor<'de> for VariantVisitor {
            type Value = VariantKeys;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a file, a list of files, or keys such as `files` and `title`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<VariantKeys, E> {
                let values = vec![FileKeys { file: Scalar(text.to_owned()), ..FileKeys::default() }];
                Ok(VariantKeys { files: Some(OneOrMany { values, is_sequence: false }), ..VariantKeys::default() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<VariantKeys, A::Error> {
                let values = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(VariantKeys { files: Some(OneOrMany { values, is_sequence: true }), ..VariantKeys::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<VariantKeys, A::Error> {
                let LongVariant { files, folder, start, title, name, isbn, issn, doi, pages } =
                    LongVariant::deserialize(MapAccessDeserializer::new(map))?;
                Ok(VariantKeys { files, folder, start, title, name, isbn, issn, doi, pages, is_long_form: true })
            }

            fn visit_unit<E: Error>(self) -> Result<VariantKeys, E> {
                Ok(VariantKeys::default())
            }
        }
        deserializer.deserialize_any(VariantVisitor)
    }
}

impl<'de> Deserialize<'de> for FileKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FileVisitor;

        impl<'de> Visitor<'de> for FileVisitor {
            type Value = FileKeys;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a path, or keys such as `file` and `title`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<FileKeys, E> {
                ScalarVisitor.visit_str(text).map(|file| FileKeys { file: Scalar(file), ..FileKeys::default() })
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<FileKeys, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<FileKeys, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FileKeys, A::Error> {
                let LongFile { file, title, description } = LongFile::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FileKeys { file: file.unwrap_or_default(), title, description, is_long_form: true })
            }
        }
        deserializer.deserialize_any(FileVisitor)
    }
}

impl<'de> Deserialize<'de> for StringsKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StringsVisitor;

        impl<'de> Visitor<'de> for StringsVisitor {
            type Value = StringsKeys;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("texts by key, such as {home: \"…\"}, or the name of a file with them")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<StringsKeys, E> {
                Ok(StringsKeys::File(Scalar(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<StringsKeys, A::Error> {
                OrderedMapVisitor(PhantomData).visit_map(map).map(StringsKeys::Inline)
            }

            fn visit_unit<E: Error>(self) -> Result<StringsKeys, E> {
                Ok(StringsKeys::default())
            }
        }
        deserializer.deserialize_any(StringsVisitor)
    }
}

struct OrderedMapVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OrderedMapVisitor<T> {
    type Value = OrderedMap<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("keys with values, such as {en: …, fr: …}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OrderedMap<T>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(Scalar(key)) = map.next_key()? {
            pairs.push((key, map.next_value()?));
        }
        Ok(OrderedMap(pairs))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrderedMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderedMapVisitor(PhantomData))
    }
}
