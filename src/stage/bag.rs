//! Writes the disc's files as the payload of a BagIt bag (RFC 8493), in which archives and repositories receive deposits.

use std::io;

use super::{FileKind, FileSink, Staged};
use crate::catalogue::Catalogue;
use crate::checksum::{self, Digest};
use crate::language::PartialDate;
use crate::plan::Plan;

/// A bag that is being written to a folder or an archive.
pub struct Bag<'s> {
    sink: &'s mut dyn FileSink,
    /// The folder of the bag in an archive, with a slash at its end; empty for a folder.
    top: String,
}

impl<'s> Bag<'s> {
    /// Starts a bag. In an archive, everything in it is in one folder, whose name is that of the bag.
    pub fn new(sink: &'s mut dyn FileSink, folder: Option<&str>) -> Self {
        Self { sink, top: folder.map(|folder| format!("{folder}/")).unwrap_or_default() }
    }

    /// Writes the tag files, when the payload is complete. The digests of the payload are those that were computed while it was
    /// written.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(&mut self, catalogue: &Catalogue, plan: &Plan, staged: &Staged) -> io::Result<()> {
        let mut payload: Vec<_> = staged.digests.iter().collect();
        payload.sort_by_key(|(path, _)| path);
        let manifest: String =
            payload.iter().map(|(path, digest)| checksum::format_line(*digest, &format!("data/{path}"))).collect();
        let tags = [
            ("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_owned()),
            ("bag-info.txt", bag_info(catalogue, plan, staged)),
            ("manifest-sha256.txt", manifest),
        ];
        let mut tag_manifest = String::new();
        for (name, text) in &tags {
            self.write_tag(name, text)?;
            tag_manifest.push_str(&checksum::format_line(Digest::of(text.as_bytes()), name));
        }
        self.write_tag("tagmanifest-sha256.txt", &tag_manifest)
    }

    fn write_tag(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.sink.start_file(&format!("{}{name}", self.top), text.len() as u64, FileKind::Generated)?;
        self.sink.write(text.as_bytes())?;
        self.sink.finish_file()
    }
}

impl FileSink for Bag<'_> {
    fn start_file(&mut self, path: &str, length: u64, kind: FileKind) -> io::Result<()> {
        self.sink.start_file(&format!("{}data/{path}", self.top), length, kind)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write(bytes)
    }

    fn finish_file(&mut self) -> io::Result<()> {
        self.sink.finish_file()
    }
}

/// `bag-info.txt`: what the manifest says about the disc, under the names that the standard reserves.
fn bag_info(catalogue: &Catalogue, plan: &Plan, staged: &Staged) -> String {
    let disc = &catalogue.disc;
    let title = disc.title.localised(disc.default_language(), disc.default_language()).text.to_owned();
    let date = PartialDate::from_unix_seconds(plan.date.seconds).to_string();
    let lines = [
        ("Source-Organization", disc.publisher.clone()),
        ("External-Description", Some(title)),
        ("External-Identifier", disc.identifier.clone()),
        ("Internal-Sender-Identifier", Some(disc.volume.clone())),
        ("Bagging-Date", Some(date)),
        ("Payload-Oxum", Some(format!("{}.{}", staged.size, staged.files))),
        ("Bag-Software-Agent", Some(concat!("make-disc ", env!("CARGO_PKG_VERSION")).to_owned())),
    ];
    let values = lines.into_iter().filter_map(|(label, value)| Some((label, value?)));
    // A value is one line, so line breaks in it become spaces.
    let one_line = |value: String| value.split_whitespace().collect::<Vec<_>>().join(" ");
    values.map(|(label, value)| format!("{label}: {}\n", one_line(value))).collect()
}
