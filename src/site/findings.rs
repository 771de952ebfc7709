//! Reports what is different about a site on the disc, and which links will not work there: one finding of each kind for
//! each site.

use std::collections::HashSet;

use super::links::SiteMap;
use super::markup::{FileReport, Located};
use crate::catalogue::Exclusions;
use crate::diagnostic::{Finding, Findings, Place};

/// How many links or names a finding shows, in addition to the first.
const MAX_SHOWN: usize = 4;

/// Adds the findings of a site. `reports` are in the order of its files.
pub(super) fn report(
    map: &SiteMap<'_>,
    reports: &[FileReport],
    exclusions: &Exclusions,
    place: &Place,
    findings: &mut Findings,
) {
    let site = &map.site.written;
    for is_excluded in [false, true] {
        report_missing(map, reports, exclusions, is_excluded, place, findings);
    }
    let outside = collect(map, reports, |report| &report.outside, |link| format!("`{link}`"));
    findings.0.extend(group_items(
        outside,
        |count| match count {
            1 => format!("a link leads out of `{site}` to a file that will not be there on the disc"),
            _ => format!("{count} links lead out of `{site}` to files that will not be there on the disc"),
        },
        |message| {
            Finding::warning("link-out-of-site", place.clone(), message).help(
                "copy these files into the folder and correct the links, or choose a folder that contains everything",
            )
        },
    ));
    let scripted = collect(map, reports, |report| &report.scripted, |technique| (*technique).to_owned());
    findings.0.extend(group_items(
        scripted,
        |count| match count {
            1 => format!("a script in `{site}` builds links or reads files itself, which cannot be corrected"),
            _ => format!("scripts in `{site}` build links or read files themselves in {count} places, which cannot be corrected"),
        },
        |message| {
            Finding::warning("scripted-link", place.clone(), message).help(
                "try these pages with `make-disc preview`: browsers do not let pages on a disc read other files (fetch, XMLHttpRequest, modules)",
            )
        },
    ));
    let renamed = collect(
        map,
        reports,
        |report| &report.renamed_in_scripts,
        |(old, new)| format!("`{old}`, which is `{new}` on the disc"),
    );
    findings.0.extend(group_items(
        renamed,
        |count| match count {
            1 => format!("a script in `{site}` names a file that has another name on the disc"),
            _ => format!("scripts in `{site}` name files that have other names on the disc, in {count} places"),
        },
        |message| {
            Finding::warning("renamed-in-script", place.clone(), message).help(
                "rename these files in the folder, using only the letters a-z, digits and underscores (at most 30), and correct the scripts",
            )
        },
    ));
    let other_case = collect(map, reports, |report| &report.other_case, |link| format!("`{link}`"));
    findings.0.extend(group_items(
        other_case,
        |count| match count {
            1 => format!("a link in `{site}` and its file differ in upper and lower case; it is corrected on the disc"),
            _ => format!("{count} links in `{site}` and their files differ in upper and lower case; they are corrected on the disc"),
        },
        |message| Finding::note("other-case", place.clone(), message),
    ));
    report_names(map, place, findings);
    let elsewhere: usize = reports.iter().map(|report| report.elsewhere).sum();
    if elsewhere > 0 {
        let links = if elsewhere == 1 { "1 link".to_owned() } else { format!("{elsewhere} links") };
        let lead = if elsewhere == 1 { "leads" } else { "lead" };
        let message = format!("{links} in `{site}` {lead} to other sites: readers need the internet for them");
        findings.push(Finding::note("online-links", place.clone(), message));
    }
}

/// Reports links to missing files or, if `is_excluded`, to files that are excluded from the disc. Each file is named only once,
/// because every page may link to it.
fn report_missing(
    map: &SiteMap<'_>,
    reports: &[FileReport],
    exclusions: &Exclusions,
    is_excluded: bool,
    place: &Place,
    findings: &mut Findings,
) {
    let site = &map.site.written;
    let is_counted = |path: &str| exclusions.find(&format!("{site}/{path}")).is_some() == is_excluded;
    let mut links = 0;
    let mut seen = HashSet::new();
    let mut items = Vec::new();
    for (file, report) in map.site.files.iter().zip(reports) {
        for (line, (link, path)) in report.missing.iter().filter(|(_, (_, path))| is_counted(path)) {
            links += 1;
            if seen.insert(path.as_str()) {
                items.push((format!("{site}/{}", file.path), *line, format!("`{link}`")));
            }
        }
    }
    let lead = match links {
        1 => format!("a link in `{site}` leads to"),
        _ => format!("{links} links in `{site}` lead to"),
    };
    let (what, whats, help) = if is_excluded {
        (
            "a file that is excluded from the disc",
            "files that are excluded from the disc",
            "remove the links from the pages; or if readers should have the files after all, remove them from `exclude:`",
        )
    } else {
        (
            "a file that is not there",
            "files that are not there",
            "copy the missing files into the folder, or remove the links; otherwise readers will get an error message",
        )
    };
    findings.0.extend(group_items(
        items,
        |count| match count {
            1 => format!("{lead} {what}"),
            _ => format!("{lead} {count} {whats}"),
        },
        |message| Finding::warning("dead-site-link", place.clone(), message).help(help),
    ));
}

/// Reports the links of a page that is a document of its own, if they lead to files that will not be at that place on the disc.
pub(super) fn report_single_page(name: &str, report: &FileReport, place: &Place) -> Option<Finding> {
    let missing = report.missing.iter().map(|(line, (link, _))| (*line, link));
    let others = report.outside.iter().chain(&report.other_case).map(|(line, link)| (*line, link));
    let mut links: Vec<(usize, &String)> = missing.chain(others).collect();
    links.sort();
    let mut seen = HashSet::new();
    links.retain(|(_, link)| seen.insert(link.split(['#', '?']).next().unwrap_or_default()));
    let items: Vec<Item> = links.into_iter().map(|(line, link)| (name.to_owned(), line, format!("`{link}`"))).collect();
    group_items(
        items,
        |count| match count {
            1 => format!("a link in `{name}` leads to a file that will not be beside it on the disc"),
            _ => format!("links in `{name}` lead to {count} files that will not be beside it on the disc"),
        },
        |message| {
            Finding::warning("dead-page-link", place.clone(), message).help(
                "if these files exist, put the page and these files into a folder of their own, and list that instead of the page: `en: {folder: …, start: …}`, in a report of its own if the page is one of several files; if other pages use these files, too, put them into that folder as well, with a page that links to them all, and list the folder only once. If they do not exist, remove the links from the page",
            )
        },
    )
}

/// Reports the files that have other names on the disc, apart from the case of letters.
fn report_names(map: &SiteMap<'_>, place: &Place, findings: &mut Findings) {
    let site = &map.site.written;
    let Some((old, new)) = map.renamed_files().next() else { return };
    let renamed: Vec<String> = map.renamed_files().map(|(old, new)| format!("`{old}` becomes `{new}`")).collect();
    let all = map.site.files.len();
    let message = match renamed.len() {
        1 => format!("1 of {all} files in `{site}` is renamed on the disc: `{old}` becomes `{new}`"),
        count => format!(
            "{count} of {all} files in `{site}` are renamed on the disc, such as `{old}`, which becomes `{new}`"
        ),
    };
    let mut finding = Finding::note("renamed-files", place.clone(), message)
        .help("there is nothing to do: the links between the pages are corrected");
    finding.affected = if renamed.len() > 1 { renamed } else { Vec::new() };
    findings.push(finding);
}

/// The path of a file of the site, a line in it, and a description of what is there.
type Item = (String, usize, String);

/// The items that `select` returns for each file.
fn collect<T>(
    map: &SiteMap<'_>,
    reports: &[FileReport],
    select: impl Fn(&FileReport) -> &Vec<Located<T>>,
    describe: impl Fn(&T) -> String,
) -> Vec<Item> {
    let mut items = Vec::new();
    for (file, report) in map.site.files.iter().zip(reports) {
        for (line, what) in select(report) {
            items.push((format!("{}/{}", map.site.written, file.path), *line, describe(what)));
        }
    }
    items
}

/// One finding about all items: its message names the first, and a few more are listed as related places. `None` if there are no
/// items.
fn group_items(
    items: Vec<Item>,
    message: impl Fn(usize) -> String,
    finding: impl Fn(String) -> Finding,
) -> Option<Finding> {
    let (file, line, what) = items.first()?;
    let count = items.len();
    let mut finding = finding(format!("{}: {file}:{line}: {what}", message(count)));
    for (file, line, what) in items.iter().skip(1).take(MAX_SHOWN) {
        finding = finding.also(Place::File(file.clone(), Some(*line)), what.clone());
    }
    if count > 1 {
        finding.affected = items.iter().map(|(file, line, what)| format!("{file}:{line}: {what}")).collect();
    }
    Some(finding)
}
