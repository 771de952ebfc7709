//! `make-disc check`.

use serde_json::json;

use super::{CheckArguments, Exit, output};
use crate::diagnostic::{self, Findings, Manuscript};
use crate::language::plain_size;
use crate::plan::overflow;

pub(super) fn run(arguments: &CheckArguments) -> Exit {
    let mut examined = match crate::examine(&arguments.manifest, arguments.allow_outside) {
        Ok(examined) => examined,
        Err(error) => {
            output::unreadable_manifest(&arguments.manifest, &error);
            return Exit::InputOutput;
        }
    };
    let mut summary = None;
    if let Some((catalogue, _)) = &examined.collection {
        let documents: u64 =
            catalogue.sources.iter().map(|source| source.length.next_multiple_of(crate::image::SECTOR)).sum();
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
            catalogue.sources.len(),
            plain_size(documents),
        ));
    }
    let findings: &Findings = &examined.findings;
    let good = !findings.has_errors();
    if arguments.json {
        let records = diagnostic::records(findings, &examined.manuscript);
        output::print(&format!("{}\n", json!({ "ok": good, "findings": records })));
    } else {
        output::show(findings, &examined.manuscript, arguments.quiet);
        if !arguments.quiet {
            let found = findings.summary().unwrap_or_else(|| "nothing wrong".to_owned());
            output::print(&format!("{}: {found}\n", examined.manuscript.name()));
            if let (true, Some(summary)) = (good, summary) {
                output::print(&format!("{summary}\n"));
            }
        }
    }
    if good { Exit::Done } else { Exit::Content }
}
