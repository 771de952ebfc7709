//! Checks whether readers can use the files of a variant: titles, descriptions, captions, formats that browsers can play.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalogue::{Section, SourceId, Variant, VariantFile};
use crate::diagnostic::{Finding, Place};
use crate::file_formats::{Format, FormatKind, display_name};

/// The files that one finding is about.
type Files = Vec<SourceId>;

impl Checker<'_> {
    /// Checks the files of all variants, and adds one finding for each kind of problem.
    pub(super) fn check_files_of_variants(&mut self, sections: &[Section]) {
        let [mut alike, mut undescribed, mut unplayable, mut uncaptioned, mut stray] = [(); 5].map(|()| Files::new());
        let reports = sections.iter().flat_map(|section| &section.reports);
        for variant in reports.flat_map(|report| &report.variants).filter(|variant| variant.site.is_none()) {
            alike.extend(files_that_look_alike(variant));
            for (index, file) in variant.files.iter().enumerate() {
                let is_shown = Format::from_extension(&file.extension).is_some_and(Format::is_shown_in_pages);
                match file.kind() {
                    FormatKind::Picture if is_shown && file.description.is_none() => undescribed.push(file.source),
                    FormatKind::Captions if variant.recording_of(index).is_none() => stray.push(file.source),
                    FormatKind::Video if variant.captions_of(index).is_none() => uncaptioned.push(file.source),
                    _ => {}
                }
                if file.kind().is_recording() && !is_shown {
                    unplayable.push(file.source);
                }
            }
        }
        self.report_files(alike, |files| {
            Finding::note(
                "files-look-alike",
                Place::Nowhere,
                format!("{files} without a title beside others of the same format: pages show only the file names"),
            )
            .help("say what each is: `files: [{file: annex1.pdf, title: Annex 1}, {file: annex2.pdf, title: Annex 2}]`")
        });
        self.report_files(undescribed, |files| {
            Finding::note(
                "no-description",
                Place::Nowhere,
                format!("{files} without a description: readers who cannot see the picture learn nothing about it"),
            )
            .help("say what it shows: `zxx: [{file: opening.jpg, description: \"The minister opens the conference\"}]`")
        });
        self.report_files(uncaptioned, |files| {
            Finding::note("no-captions", Place::Nowhere, format!("{files} without captions: readers who cannot hear the video, or have no loudspeaker, cannot follow it"))
                .help("list a WebVTT or SRT file with the words after the video: `[opening.mp4, opening.vtt]`; its text can be searched as well")
        });
        self.report_files(unplayable, |files| {
            Finding::warning(
                "not-playable",
                Place::Nowhere,
                format!("{files} that browsers cannot play: readers need another program"),
            )
            .help("convert it to MP4 (H.264 and AAC) or WebM, and sound to MP3")
        });
        self.report_files(stray, |files| {
            Finding::warning(
                "captions-alone",
                Place::Nowhere,
                format!("{files} with captions, but no recording comes before it"),
            )
            .help("list captions directly after their recording: `[opening.mp4, opening.vtt]`")
        });
    }

    /// Adds a finding about files, at the place of the first file and with the names of all.
    fn report_files(&mut self, mut files: Files, make_finding: impl FnOnce(&str) -> Finding) {
        let mut seen = std::collections::BTreeSet::new();
        files.retain(|file| seen.insert(*file));
        let Some(first) = files.first() else { return };
        let first_name = self.sources.path_in_manifest(*first);
        let subject = match files.len() {
            1 => format!("`{first_name}` is a file"),
            2 => format!("`{first_name}` and one more are files"),
            count => format!("`{first_name}` and {} more are files", count - 1),
        };
        let mut finding = make_finding(&subject);
        if let Some(place) = self.sources.first_place(*first) {
            finding.place = place.clone();
        }
        if files.len() > 1 {
            finding.affected = files.iter().map(|file| format!("`{}`", self.sources.path_in_manifest(*file))).collect();
        }
        self.add_finding(finding);
    }
}

/// The files without a title that have the same format as another file of the variant.
fn files_that_look_alike(variant: &Variant) -> Vec<SourceId> {
    let mut by_format: BTreeMap<String, Vec<&VariantFile>> = BTreeMap::new();
    for file in &variant.files {
        if file.kind() != FormatKind::Captions {
            by_format.entry(display_name(&file.extension)).or_default().push(file);
        }
    }
    let groups = by_format.into_values().filter(|files| files.len() > 1).flatten();
    groups.filter(|file| file.title.is_none()).map(|file| file.source).collect()
}
