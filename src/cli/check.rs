//! `make-disc check`.

use std::collections::BTreeSet;

use super::documents::{self, Unread};
use super::interruption::interruptible;
use super::{CheckArguments, Exit, output};
use crate::catalogue::SourceId;
use crate::diagnostic::{self, Findings, Manuscript};
use crate::extraction;
use crate::formats::json;
use crate::language::plain_size;
use crate::plan::overflow;
use crate::progress::{self, Progress};

pub(super) fn run(arguments: &CheckArguments) -> Exit {
    let mut examined = match crate::examine(&arguments.manifest, arguments.allow_outside) {
        Ok(examined) => examined,
        Err(error) => {
            return output::unreadable_manifest(&arguments.manifest, &error, arguments.json);
        }
    };
    let mut summary = None;
    if let (Some((catalogue, _)), false) = (&examined.collection, examined.findings.has_errors()) {
        let stop = match interruptible() {
            Ok(stop) => stop,
            Err(message) => {
                output::say_error(&message);
                return Exit::InputOutput;
            }
        };
        let mut progress: Box<dyn Progress> = match arguments {
            CheckArguments { quiet: false, json: false, .. } => progress::for_stderr("documents read"),
            _ => Box::new(progress::Silence),
        };
        match documents::read(catalogue, true, progress.as_mut(), &stop) {
            Ok(texts) => examined.findings.append(extraction::findings(catalogue, &texts)),
            Err(Unread::Interrupted) => return Exit::Interrupted,
            Err(Unread::NoProgram(error)) => {
                output::say_error(&format!("make-disc does not find itself to read the documents: {error}"));
                return Exit::Fault;
            }
        }
    }
    if let Some((catalogue, _)) = &examined.collection {
        let files = catalogue.reports().flat_map(|(_, _, report)| &report.variants).flat_map(|variant| &variant.files);
        let distinct: BTreeSet<SourceId> = files.map(|file| file.source).collect();
        let length = |id: &SourceId| catalogue.source(*id).length.next_multiple_of(crate::image::SECTOR);
        let documents: u64 = distinct.iter().map(length).sum();
        if let Some(medium) = &catalogue.disc.medium {
            examined.findings.0.extend(overflow(medium, documents, "the documents alone need"));
        }
        let room = match &catalogue.disc.medium {
            Some(medium) => format!(" of the {} that `{}` holds", plain_size(medium.capacity), medium.name),
            None => String::new(),
        };
        summary = Some(format!(
            "{} reports in {} languages, {} files: {}{room}; the pages come on top\n\
             what is in the files, such as the emblem and the foreword, is looked at when the disc is made",
            catalogue.reports().count(),
            catalogue.disc.languages.len(),
            distinct.len(),
            plain_size(documents),
        ));
    }
    let findings: &Findings = &examined.findings;
    let good = !findings.has_errors();
    let exit = if good { Exit::Done } else { Exit::Content };
    if arguments.json {
        let records = diagnostic::records(findings, &examined.manuscript);
        return output::print(&format!("{}\n", json!({ "ok": good, "findings": records })), exit);
    }
    output::show(findings, &examined.manuscript, arguments.quiet);
    if arguments.quiet {
        return exit;
    }
    let found = findings.summary().unwrap_or_else(|| "nothing wrong".to_owned());
    let mut text = format!("{}: {found}\n", examined.manuscript.name());
    if let (true, Some(summary)) = (good, summary) {
        text += &format!("{summary}\n");
    }
    output::print(&text, exit)
}
