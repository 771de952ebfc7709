//! Tests of the whole launcher with small collections.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::catalogue::{
    Author, Disc, Foreword, ForewordText, Launcher, NameStyle, PublicationKind, PublicationNumbers, Report, Section,
    Signatory, Source, SourceId, Stamp, Text, Variant, VariantFile,
};
use crate::covers::Covers;
use crate::diagnostic::{Place, Severity};
use crate::language::{Language, PartialDate};

const SIX: [&str; 6] = ["en", "fr", "es", "ar", "zh", "ru"];

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn texts(texts: &[(&str, &str)]) -> Text {
    Text::PerLanguage(texts.iter().map(|(tag, text)| (language(tag), (*text).to_owned())).collect())
}

fn collection(tags: &[&str]) -> Catalogue {
    let written = |number: usize| format!("reports/{number}.pdf");
    let stamp = Stamp { length: 1_450_000, modified: 0, changed: 0, identity: (0, 0) };
    let sources = (0..4)
        .map(|n| {
            let path = PathBuf::from(written(n)).into();
            Arc::new(Source { path, path_in_manifest: written(n).into(), length: stamp.length, stamp })
        })
        .collect();
    let file = |number, extension: &str| VariantFile::new(SourceId(number), extension.into());
    let variant = |tag: &str, files| Variant {
        language: language(tag),
        title: None,
        numbers: PublicationNumbers::default(),
        name: None,
        files,
        site: None,
    };
    let report = |id: &str, title, variants| Report {
        id: id.to_owned(),
        title,
        summary: Some(texts(&[(tags[0], "About <needs> & \"means\"")])),
        symbol: Some("S/RES/1325 (2000)".to_owned()),
        date: PartialDate::parse("2007-11").ok(),
        authors: ["ECLAC", "OSAGI"].map(|name| Author::new(name.to_owned())).into(),
        subjects: vec![texts(&[(tags[0], "Peace")])],
        variants,
        ..Report::default()
    };
    let last = tags[tags.len() - 1];
    Catalogue {
        disc: Disc {
            title: texts(&tags.iter().map(|tag| (*tag, "Peace & Security")).collect::<Vec<_>>()),
            volume: "PEACE_2008".to_owned(),
            languages: tags.iter().map(|tag| language(tag)).collect(),
            publisher: Some("OSAGI".to_owned()),
            preparer: None,
            date: PartialDate::parse("2008-06-30").ok(),
            identifier: Some("ISBN 0".to_owned()),
            rights: Some(texts(&[(tags[0], "May be copied.")])),
            medium: None,
            names: NameStyle::Portable,
            large_files: false,
            media_check: false,
            publishes_manifest: true,
            repair: None,
            search: true,
            signing: None,
            timestamp: None,
            covers: false,
        },
        exclusions: Default::default(),
        site_paths: Vec::new(),
        used_exclusions: Default::default(),
        launcher: Launcher {
            foreword: Some(Foreword {
                text: vec![(Some(language(tags[0])), ForewordText::Inline("See [this](reports/0.pdf).".to_owned()))],
                signature: Some(Signatory { name: Some(Text::Same("R. M.".to_owned())), role: None }),
            }),
            ..Launcher::default()
        },
        sections: vec![Section {
            id: "needs".to_owned(),
            title: texts(&[(tags[0], "Needs")]),
            reports: vec![
                report(
                    "africa",
                    texts(&[(tags[0], "Needs in Africa")]),
                    vec![variant(tags[0], vec![file(0, "pdf"), file(1, "docx")]), variant(last, vec![file(2, "pdf")])],
                ),
                report("asia", Text::Same("A/1".to_owned()), vec![variant(last, vec![file(3, "pdf")])]),
            ],
        }],
        sources,
    }
}

/// The launcher's files, unless there are errors, and all findings.
fn rendered(catalogue: &Catalogue) -> (Option<Vec<GeneratedFile>>, Findings) {
    let mut findings = Findings::default();
    // Findings about names are tested elsewhere.
    let layout = Layout::new(catalogue, &mut Findings::default());
    let materials = Materials::read(catalogue, &mut findings);
    let prepared =
        PreparedMaterials::new(catalogue, &materials, &|mut file, purpose| Ok(draw(&mut file, purpose)), &mut findings);
    let files = render(
        catalogue,
        &layout,
        &prepared,
        &DocumentContents {
            texts: &Extractions::without_search(),
            sites: &RewrittenFiles::default(),
            covers: &Covers::default(),
        },
        &Origin {
            date: PartialDate { year: 2008, month: Some(6), day: Some(30) },
            epoch: None,
            manifest: "disc: {}\n".to_owned(),
        },
        &mut findings,
    );
    (files, findings)
}

fn render_ok(catalogue: &Catalogue) -> (BTreeMap<String, Vec<u8>>, Findings) {
    let (files, findings) = rendered(catalogue);
    let files = files.unwrap();
    let number = files.len();
    let files: BTreeMap<String, Vec<u8>> = files
        .into_iter()
        .map(|f| (f.path.as_str().to_owned(), f.bytes.chunks().flat_map(Result::unwrap).collect()))
        .collect();
    assert_eq!(files.len(), number, "two files have the same path");
    (files, findings)
}

fn page<'f>(files: &'f BTreeMap<String, Vec<u8>>, path: &str) -> &'f str {
    std::str::from_utf8(&files[path]).unwrap()
}

/// The values of an attribute in a page.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let start = format!(" {attribute}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// A collection whose lists do not fit on one page: 500 reports, each with two subjects and an author, in three sections.
fn large_collection(tags: &[&str]) -> Catalogue {
    let mut catalogue = collection(tags);
    let section = catalogue.sections[0].clone();
    catalogue.sections = [("needs", 310), ("means", 20), ("ends", 170)]
        .map(|(id, number)| {
            let report = |n: usize| Report {
                id: format!("r{n}"),
                title: Text::Same(format!("Report {n} of {id}")),
                subjects: vec![Text::Same(format!("Subject {}", n % 40)), Text::Same("All".to_owned())],
                authors: vec![Author::new(format!("Author {}", n % 170))],
                ..section.reports[0].clone()
            };
            Section { id: id.to_owned(), reports: (0..number).map(report).collect(), ..section.clone() }
        })
        .to_vec();
    catalogue
}

/// A collection whose reports share pages, except the third, which has a picture. Some have several files and languages, and some are not in
/// the first language of the pages.
fn collection_of_small_documents(tags: &[&str], count: usize) -> Catalogue {
    let mut catalogue = collection(tags);
    let reports = &mut catalogue.sections[0].reports;
    let first = reports[0].clone();
    let report = |n: usize| {
        let mut variants = first.variants.clone();
        match n % 4 {
            0 => variants.truncate(1),
            1 => drop(variants.remove(0)),
            2 => variants[0].files[0].title = Some("Annex".to_owned()),
            _ => variants[1].language = Language::parse_of_document("mul").unwrap(),
        }
        if n % 8 == 1 {
            variants[0].files.push(first.variants[0].files[1].clone());
        }
        if n == 2 {
            variants[0].files[0].extension = "png".into();
        }
        Report { id: format!("r{n}"), title: Text::Same(format!("Report {n}")), variants, ..first.clone() }
    };
    *reports = (0..count).map(report).collect();
    catalogue
}

/// The pages of the reports in the only section of a collection, each with the indices of its reports.
fn report_pages(catalogue: &Catalogue) -> Vec<Vec<usize>> {
    let mut findings = Findings::default();
    let materials = Materials::read(catalogue, &mut findings);
    let theme = Theme::compile(&materials.theme, &mut findings).unwrap();
    let pages =
        ReportPages::new(catalogue, &Extractions::without_search(), &Covers::default(), &BTreeMap::new(), &theme);
    pages.of_section(0).to_vec()
}

#[test]
fn reports_share_pages_if_their_own_would_be_larger_than_the_documents() {
    let mut catalogue = collection_of_small_documents(&["en", "ar"], 4200);
    let pages = report_pages(&catalogue);
    assert_eq!(pages[..2], [[0, 1].into_iter().chain(3..31).collect::<Vec<_>>(), vec![2]]);
    assert_eq!(pages.iter().map(Vec::len).sum::<usize>(), 4200);

    // A theme that was written before there were such pages.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("report.html"), "{{ report.title.text }}").unwrap();
    catalogue.launcher.theme = Some(folder.path().to_path_buf());
    assert_eq!(report_pages(&catalogue).len(), 4200);
    catalogue.launcher.theme = None;

    Arc::make_mut(&mut catalogue.sources[0]).length = 40 << 20;
    assert_eq!(report_pages(&catalogue).len(), 4200);
    assert_eq!(report_pages(&collection_of_small_documents(&["en", "ar"], 4000)).len(), 4000);
}

#[test]
fn every_link_leads_to_a_file_on_the_disc() {
    let collections = [collection(&SIX), large_collection(&["en", "ar"])];
    let small_documents = collection_of_small_documents(&SIX, 1400);
    for (style, mut catalogue) in [NameStyle::Portable, NameStyle::Dos]
        .into_iter()
        .zip(collections.clone())
        .chain([NameStyle::Dos, NameStyle::Portable].into_iter().zip(collections))
        .chain([(NameStyle::Dos, small_documents)])
    {
        catalogue.disc.names = style;
        let layout = Layout::new(&catalogue, &mut Findings::default());
        let (files, _) = render_ok(&catalogue);
        let mut known: BTreeSet<String> = files.keys().cloned().collect();
        for (s, r, report) in catalogue.reports() {
            for (v, variant) in report.variants.iter().enumerate() {
                known.extend((0..variant.files.len()).map(|f| layout.document_path(s, r, v, f).as_str().to_owned()));
            }
        }
        let mut linked = BTreeSet::new();
        // What the pages of reports in each language link to.
        let mut linked_by_language: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let is_page = |path: &&String| path.ends_with(".html") || path.ends_with(".htm");
        let anchors: BTreeMap<&String, BTreeSet<&str>> = files
            .keys()
            .filter(is_page)
            .map(|path| (path, values(page(&files, path), "id").into_iter().collect()))
            .collect();
        for path in files.keys().filter(is_page) {
            let page = page(&files, path);
            assert_eq!(anchors[path].len(), values(page, "id").len(), "{path} has two elements with one id");
            for link in ["href", "src"].into_iter().flat_map(|attribute| values(page, attribute)) {
                let (link, anchor) = link.split_once('#').unwrap_or((link, ""));
                let mut target: Vec<&str> = path.split('/').collect();
                if !link.is_empty() {
                    target.pop();
                    for part in link.split('/') {
                        if part == ".." {
                            target.pop().expect("a link out of the disc");
                        } else {
                            target.push(part);
                        }
                    }
                }
                let target = target.join("/");
                assert!(known.contains(&target), "{path}: {link}");
                assert!(anchor.is_empty() || anchors[&target].contains(anchor), "{path}: #{anchor}");
                if path.split('/').count() > 3 {
                    let language = path.split('/').nth(1).unwrap().to_owned();
                    linked_by_language.entry(language).or_default().insert(target.clone());
                }
                linked.insert(target);
            }
        }
        let unlinked: Vec<&String> = known.difference(&linked).filter(is_page).collect();
        assert_eq!(unlinked, [""; 0], "pages without a link to them");
        assert_eq!(linked_by_language.len(), catalogue.disc.languages.len());
        let documents = known.iter().filter(|path| path.starts_with(layout.documents_folder()));
        for path in documents {
            for (language, linked) in &linked_by_language {
                assert!(linked.contains(path), "no page of a report in {language} leads to {path}");
            }
        }
    }
}

#[test]
fn long_lists_are_divided_into_pages_of_a_limited_size() {
    let mut catalogue = large_collection(&["en", "ar"]);
    let (files, _) = render_ok(&catalogue);
    for way in ["list", "subjects", "authors"] {
        let first = page(&files, &format!("pages/en/{way}.html"));
        assert!(first.contains("<div class=\"overview\">") && !first.contains("class=\"reports\""), "{way}");
    }
    let list = page(&files, "pages/en/list.html");
    assert!(list.contains("needs</a>") || list.contains("(310)"), "{list}");
    // All parts of a section, of about the same length.
    for range in ["1–52", "53–104", "261–310"] {
        assert!(list.contains(&format!("<bdi dir=\"ltr\">{range}</bdi>")), "{list}");
    }
    let second = page(&files, "pages/ar/list2.html");
    assert!(second.contains("href=\"../en/list2.html\"") && second.contains("Report 53 of needs"));
    // The links name what they lead to, and so does the title.
    let links: Vec<&str> = second.split("<span class=\"goal\">").skip(1).collect();
    assert_eq!(links.len(), 4);
    assert!(links[0].contains("<bdi dir=\"ltr\">1–52</bdi>") && links[1].contains("<bdi dir=\"ltr\">105–156</bdi>"));
    // Under the same heading, the range is enough.
    assert!(links[0].starts_with("<bdi dir=\"ltr\">1–52</bdi></span>"), "{}", links[0]);
    let last = page(&files, "pages/en/list6.html").split("<span class=\"goal\">").nth(2).unwrap();
    assert!(last.starts_with("<bdi>means</bdi>") || last.starts_with("Needs"), "{last}");
    let part = page(&files, "pages/en/subj2.html");
    assert!(part.contains("<title>By subject: All (2/") && part.contains("<a href=\"subjects.html\">By subject</a>"));
    assert!(page(&files, "pages/en/list7.html").contains("<title>List of documents: Needs (7/10)"));
    let largest = files.iter().filter(|(path, _)| path.ends_with(".html")).map(|(_, bytes)| bytes.len()).max();
    assert!(largest < Some(300_000), "{largest:?}");

    // A theme that was written before lists were divided.
    let folder = tempfile::tempdir().unwrap();
    catalogue.launcher.theme = Some(folder.path().to_path_buf());
    let own = "{% extends \"base.html\" %}{% block content %}<h1>Ours</h1>{% for section in sections %}{% for report in \
               section.reports %}{{ report.href }}{% endfor %}{% endfor %}{% endblock %}";
    fs::write(folder.path().join("list.html"), own).unwrap();
    let (files, findings) = render_ok(&catalogue);
    assert!(
        page(&files, "pages/en/list.html").contains("ends/r169.html") && !files.contains_key("pages/en/list1.html")
    );
    assert_eq!(findings.0.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["undivided-list"]);
    let report = page(&files, "pages/en/ends/r169.html");
    assert!(report.contains("href=\"../list.html#section_ends\""));
}

#[test]
fn every_page_of_a_divided_list_can_be_reached_by_its_number() {
    let mut catalogue = large_collection(&["en"]);
    let (files, _) = render_ok(&catalogue);
    let second = page(&files, "pages/en/list2.html");
    assert!(second.contains("<strong aria-current=\"page\">2</strong>"), "{second}");
    for number in (1..=10).filter(|number| *number != 2) {
        assert!(
            second.contains(&format!("<li><a href=\"list{number}.html\">{number}<span class=\"unseen\">")),
            "{number}"
        );
    }
    assert!(!page(&files, "pages/en/list.html").contains("<details class=\"parts\">"));

    // A section of many parts: its first page names the sections, and has the parts folded.
    let first = catalogue.sections[0].reports[0].clone();
    let report = |n: usize| Report { id: format!("more{n}"), ..first.clone() };
    catalogue.sections[0].reports.extend((0..400).map(report));
    let (files, _) = render_ok(&catalogue);
    let list = page(&files, "pages/en/list.html");
    let folded = "<details class=\"parts\"><summary><span class=\"unseen\">Needs </span>13 pages</summary>";
    assert!(list.contains(folded) && list.matches("</details>").count() == 1, "{list}");
    assert!(page(&files, "pages/en/list12.html").contains("<li aria-hidden=\"true\">…</li>"));

    // A theme whose parts.html was written before there were links by number.
    let folder = tempfile::tempdir().unwrap();
    catalogue.launcher.theme = Some(folder.path().to_path_buf());
    let parts = include_str!("../../assets/launcher/templates/parts.html");
    fs::write(folder.path().join("parts.html"), parts.replace("macro jump", "macro unused")).unwrap();
    let (files, findings) = render_ok(&catalogue);
    assert!(!page(&files, "pages/en/list2.html").contains("class=\"jump\"") && findings.0.is_empty());
}

#[test]
fn what_all_reports_on_a_page_have_in_common_is_shown_once() {
    let mut catalogue = collection_of_small_documents(&["en"], 8300);
    for (n, report) in catalogue.sections[0].reports.iter_mut().enumerate() {
        report.publisher = Some(Text::Same("Harbour Office".to_owned()));
        report.series = Some(Text::Same(format!("Series {}", n / 50)));
        report.kind = (n % 2 == 0).then_some(PublicationKind::Brief);
    }
    let (files, _) = render_ok(&catalogue);
    let shared = page(&files, "pages/en/needs/r0.html");
    assert_eq!(shared.matches(">Harbour Office<").count(), 1, "{shared}");
    assert_eq!(shared.matches(">Series 0<").count(), 1);
    assert_eq!(shared.matches(">Brief<").count(), 15);
    // The name of the button says which report it opens.
    assert!(shared.contains(" id=\"r1o\" aria-labelledby=\"r1t r1o\" ") && shared.contains("<h2 id=\"r1t\">"));
    let mixed = page(&files, "pages/en/needs/r31.html");
    assert!(mixed.matches(">Series 0<").count() > 1 && mixed.matches(">Harbour Office<").count() == 1);

    // A theme whose records.html was written before: everything is in each report.
    let folder = tempfile::tempdir().unwrap();
    catalogue.launcher.theme = Some(folder.path().to_path_buf());
    let own = "{% import \"report_parts.html\" as r %}{% for report in reports %}{{ r.record(report, report.anchor, m, t) }}{% endfor %}";
    let own = format!("{{% extends \"base.html\" %}}{{% block content %}}{own}{{% endblock %}}");
    fs::write(folder.path().join("records.html"), own).unwrap();
    let (files, _) = render_ok(&catalogue);
    assert_eq!(page(&files, "pages/en/needs/r0.html").matches(">Harbour Office<").count(), 30);
}

#[test]
fn letters_lead_to_the_groups_of_a_divided_list() {
    let mut catalogue = large_collection(&["en"]);
    for (n, report) in catalogue.sections[0].reports.iter_mut().enumerate() {
        report.subjects.push(Text::Same(["Anchors", "Basins", "Cranes", "Docks"][n % 4].to_owned()));
    }
    let (files, _) = render_ok(&catalogue);
    let first = page(&files, "pages/en/subjects.html");
    for letter in ["A", "B", "C", "D", "S"] {
        assert!(
            first.contains(&format!("\">{letter}</h2>")) && first.contains(&format!("\">{letter}</a></li>")),
            "{letter}"
        );
    }
    let last = page(&files, "pages/en/subj2.html");
    assert!(last.contains("<a href=\"subj1.html#group_0\">A</a>"), "{last}");
    let titles = page(&files, "pages/en/titles.html");
    assert!(titles.contains("<a href=\"titl1.html#group_0\">R <small class=\"count\">(500)</small></a>"), "{titles}");
    let titles = page(&files, "pages/en/titl1.html");
    assert!(titles.find("Report 0 of means").unwrap() < titles.find("Report 0 of needs").unwrap());
    assert!(!titles.contains("Newest first"));
    assert!(!render_ok(&collection(&["en"])).0.contains_key("pages/en/titles.html"));
    // Sections are not in alphabetical order.
    assert!(!page(&files, "pages/en/list.html").contains("id=\"letter_"));
    // Of a few subjects, the first page needs no letters, but its other pages lead to the first of each letter.
    for section in &mut catalogue.sections {
        section.reports.iter_mut().for_each(|report| drop(report.subjects.remove(0)));
    }
    let (files, _) = render_ok(&catalogue);
    let first = page(&files, "pages/en/subjects.html");
    assert!(
        first.contains("Anchors") && !first.contains("class=\"letters\"") && !first.contains("id=\"letter_"),
        "{first}"
    );
    assert!(page(&files, "pages/en/subj2.html").contains("<a href=\"subj1.html#group_0\">A</a>"));
}

#[test]
fn subjects_list_the_newest_first() {
    let mut catalogue = collection(&["en"]);
    catalogue.sections[0].reports[0].date = PartialDate::parse("1999").ok();
    let place = |page: &str, title: &str| page.split("<ul class=\"entries\">").nth(1).unwrap().find(title).unwrap();
    for way in ["subjects", "authors", "years"] {
        let (files, _) = render_ok(&catalogue);
        let listed = page(&files, &format!("pages/en/{way}.html"));
        assert_eq!(listed.contains("<p class=\"order\">Newest first</p>"), way != "years");
        if way != "years" {
            assert!(place(listed, "A/1") < place(listed, "Needs in Africa"), "{listed}");
        }
    }
}

#[test]
fn new_readers_see_the_languages_of_the_documents() {
    let mut catalogue = collection(&["en", "ru"]);
    catalogue.sections[0].reports[1].variants[0].language = language("el");
    let (files, _) = render_ok(&catalogue);
    let intro =
        page(&files, "pages/en/start.html").split("in these languages:").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(intro.contains("Ελληνικά</bdi></a>") && intro.contains("English") && intro.contains("Русский"), "{intro}");
    catalogue.sections = (0..30).map(|n| Section { id: format!("s{n}"), ..catalogue.sections[0].clone() }).collect();
    assert!(page(&render_ok(&catalogue).0, "pages/en/index.html").contains("All sections (30)"));
}

#[test]
fn readers_see_which_documents_are_not_in_their_language() {
    let mut catalogue = collection(&["en", "ru"]);
    for variant in &mut catalogue.sections[0].reports[1].variants {
        variant.language = language("el");
    }
    catalogue.disc.title = texts(&[("en", "Peace")]);
    let (files, _) = render_ok(&catalogue);
    let greek = "<bdi lang=\"el\" dir=\"ltr\">Ελληνικά</bdi>";
    assert_eq!(page(&files, "pages/en/years.html").matches(greek).count(), 1);
    // Its heading there says so.
    assert!(!page(&files, "pages/en/language.html").contains(greek));
    // The title is only shown in languages that have one.
    assert_eq!(page(&files, "index.html").matches("Peace</span>").count(), 1);
}

#[test]
fn parts_of_browse_lists_lead_to_the_same_part_in_other_languages() {
    let (files, _) = render_ok(&large_collection(&["en", "ar"]));
    for part in ["lang2", "subj2", "titl1"] {
        let listed = page(&files, &format!("pages/en/{part}.html"));
        assert!(listed.contains(&format!("href=\"../ar/{part}.html\"")), "{part}");
    }
}

#[test]
fn the_check_page_has_a_fingerprint_of_its_disc() {
    let mut catalogue = collection(&["en", "ru"]);
    let fingerprint = |catalogue: &Catalogue, tag: &str| {
        let (files, _) = render_ok(catalogue);
        values(page(&files, &format!("pages/{tag}/check.html")), "data-disc")[0].to_owned()
    };
    let first = fingerprint(&catalogue, "en");
    assert_eq!((first.len(), &first), (64, &fingerprint(&catalogue, "ru")));
    Arc::make_mut(&mut catalogue.sources[3]).length += 1;
    assert_ne!(first, fingerprint(&catalogue, "en"));
    Arc::make_mut(&mut catalogue.sources[3]).length -= 1;
    catalogue.sections[0].reports[1].title = Text::Same("A/2".to_owned());
    assert_ne!(first, fingerprint(&catalogue, "en"));
}

#[test]
fn the_menu_shows_where_readers_are() {
    let (files, _) = render_ok(&collection(&SIX));
    for (path, expected) in [
        ("pages/en/list.html", "<a href=\"list.html\" aria-current=\"page\">List of documents</a>"),
        ("pages/en/needs/africa.html", "<a href=\"../list.html\" aria-current=\"true\">List of documents</a>"),
        ("pages/en/subjects.html", "<a href=\"list.html\" aria-current=\"true\">List of documents</a>"),
    ] {
        assert!(page(&files, path).contains(expected), "{path}");
    }
}

#[test]
fn the_language_page_shows_each_title_once() {
    let mut catalogue = collection(&SIX);
    assert!(page(&render_ok(&catalogue).0, "index.html").contains("<h1 dir=\"auto\" class=\"unseen\">"));
    // The same title for all languages, or a language without a title.
    catalogue.disc.title = Text::Same("Peace".to_owned());
    assert!(page(&render_ok(&catalogue).0, "index.html").contains("<h1 dir=\"auto\">Peace</h1>"));
    catalogue.disc.title = texts(&[("en", "Peace"), ("fr", "Paix")]);
    assert!(page(&render_ok(&catalogue).0, "index.html").contains("<h1 dir=\"auto\">Peace</h1>"));
}

#[test]
fn pages_need_nothing_but_a_browser() {
    let (files, _) = render_ok(&collection(&SIX));
    for path in files.keys().filter(|path| path.ends_with(".html")) {
        let page = page(&files, path);
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\""), "{path}");
        // Some pages have a script, always in a separate file, and work without it.
        let name = path.rsplit('/').next().unwrap().replace("html", "js");
        let script = usize::from(["check.js", "list.js"].contains(&name.as_str()));
        assert_eq!(page.matches(&format!("<script src=\"../{name}\"></script>")).count(), script, "{path}");
        assert_eq!(page.matches("<script").count(), script, "{path}");
        assert!(page.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "), "{path}");
        for foreign in ["style=\"", "http:", "https:", "href=\"/", "<needs>", "{{", "{%"] {
            assert!(!page.contains(foreign), "{path}: {foreign}");
        }
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
        let ids = values(page, "id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path}");
        if path != "index.html" {
            let bar = page.split("<div class=\"masthead\"").next().unwrap();
            assert_eq!(values(bar, "hreflang").len(), SIX.len() - 1, "{path}");
            assert_eq!(values(bar, "aria-current"), ["true"], "{path}");
        }
    }
}

#[test]
fn texts_in_another_language_are_marked_and_labelled() {
    let (files, _) = render_ok(&collection(&SIX));
    let arabic = page(&files, "pages/ar/needs/africa.html");
    assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(arabic.contains(
        "<h1 class=\"title\" id=\"title\"><span lang=\"en\" dir=\"ltr\">Needs in Africa</span> \
         <small class=\"other\">(اللغة: الإنجليزية)</small></h1>"
    ));
    assert!(arabic.contains(
        "<div class=\"prose summary\" lang=\"en\" dir=\"ltr\">\n<p>About &lt;needs&gt; &amp; &quot;means&quot;</p>"
    ));
    assert!(arabic.contains("نوفمبر 2007") && arabic.contains("هذه الوثيقة غير متوفرة"));
    let english = page(&files, "pages/en/needs/africa.html");
    assert!(!english.contains("class=\"other\"") && english.contains("1.5\u{a0}MB"));
}

#[test]
fn an_emblem_is_shown_if_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut catalogue = collection(&["fr"]);
    assert!(!render_ok(&catalogue).0.contains_key("pages/emblem.png"));
    assert!(!page(&render_ok(&catalogue).0, "pages/fr/index.html").contains("<img"));

    let path = folder.path().join("emblem.svg");
    fs::write(&path, r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><path d="M0 0h8v4H0z"/></svg>"##)
        .unwrap();
    catalogue.sources.push(Arc::new(Source {
        path: path.clone().into(),
        path_in_manifest: "emblem.svg".into(),
        ..(*catalogue.sources[0]).clone()
    }));
    catalogue.launcher.emblem = Some(SourceId(4));
    let (files, findings) = render_ok(&catalogue);
    assert_eq!(findings, Findings::default());
    assert!(
        page(&files, "pages/fr/index.html")
            .contains("src=\"../emblem.png\" width=\"512\" height=\"256\" alt=\"Emblème\"")
    );
    assert_eq!(render_ok(&catalogue).0, files, "the same input gave different bytes");
    assert!(!page(&files, "pages/fr/index.html").contains("<picture>"));

    // Only a white background takes the colour of the page: the colours of other emblems must not change.
    assert!(!page(&files, "pages/style.css").contains("multiply"));
    let on_white = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><path d="M0 0h8v4H0z" fill="#fff"/><path d="M2 1h2v2H2z"/></svg>"##;
    fs::write(folder.path().join("on_white.svg"), on_white).unwrap();
    catalogue.sources[4] =
        Arc::new(Source { path: folder.path().join("on_white.svg").into(), ..(*catalogue.sources[4]).clone() });
    assert!(page(&render_ok(&catalogue).0, "pages/style.css").contains(".emblem img { mix-blend-mode: multiply; }"));
    catalogue.sources[4] = Arc::new(Source { path: path.into(), ..(*catalogue.sources[4]).clone() });

    // Another one for dark pages.
    let dark =
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4H0z" fill="#fff"/></svg>"##;
    fs::write(folder.path().join("white.svg"), dark).unwrap();
    catalogue.sources.push(Arc::new(Source {
        path: folder.path().join("white.svg").into(),
        path_in_manifest: "white.svg".into(),
        ..(*catalogue.sources[0]).clone()
    }));
    catalogue.launcher.emblem_dark = Some(SourceId(5));
    let (files, _) = render_ok(&catalogue);
    let source = "<source media=\"screen and (prefers-color-scheme: dark)\" srcset=\"../emb_dark.png\" width=\"512\" height=\"512\">";
    for path in ["pages/fr/index.html", "pages/fr/list.html"] {
        assert!(page(&files, path).contains(source), "{path}");
    }
    assert!(files.contains_key("pages/emb_dark.png"));
    assert!(!page(&files, "pages/style.css").contains("background: #fff; padding: .3em;"));
    let rule = ".emblem > img { content: url(\"emb_dark.png\"); }";
    assert!(!page(&files, "pages/style.css").contains(rule));
    // The template of a theme that does not know of the other emblem: the stylesheet shows it.
    let masthead = "<p class=\"emblem\"><img src=\"{{ link.emblem }}\" alt=\"\"></p>";
    fs::write(folder.path().join("masthead.html"), masthead).unwrap();
    catalogue.launcher.theme = Some(folder.path().to_path_buf());
    let (files, _) = render_ok(&catalogue);
    assert!(page(&files, "pages/style.css").contains(rule) && files.contains_key("pages/emb_dark.png"));
    catalogue.launcher.theme = None;
    // Pages in the manifest's own colours are never dark.
    catalogue.launcher.colours.background = Some("#fffdf8".to_owned());
    let (files, _) = render_ok(&catalogue);
    assert!(!files.contains_key("pages/emb_dark.png") && !page(&files, "index.html").contains("<picture>"));
}

#[test]
fn missing_strings_of_a_language_are_reported() {
    let mut catalogue = collection(&["en", "ti", "am"]);
    let strings = BTreeMap::from([("help".to_owned(), "ሓገዝ".to_owned()), ("help_open".to_owned(), "{lst}".to_owned())]);
    catalogue.launcher.strings.insert(language("ti"), strings);
    let (files, findings) = render_ok(&catalogue);
    let codes: Vec<&str> = findings.0.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["missing-strings", "placeholder", "missing-strings"]);
    assert!(findings.0.iter().all(|finding| finding.severity == Severity::Warning && !finding.help.is_empty()));
    let home = page(&files, "pages/ti/index.html");
    assert!(home.contains(">ሓገዝ<") && home.contains("><span lang=\"en\" dir=\"ltr\">Home</span><"));
    assert!(home.contains("aria-label=\"Languages\"") && home.contains("<a class=\"skip\" href=\"#content\"><span"));
    let check = page(&files, "pages/ti/check.html");
    assert!(check.contains("<title>Check this disc –") && !check.contains("{command}"));
    assert!(check.contains("<p><span lang=\"en\" dir=\"ltr\">Open Terminal, type <code dir=\"ltr\">cd</code>"));
    assert!(!page(&files, "pages/en/check.html").contains("<span lang=\"en\""));
}

#[test]
fn documents_in_other_languages_are_shown_and_found() {
    let mut catalogue = collection(&["en", "fr"]);
    for (tag, variant) in ["mul", "am"].into_iter().zip(&mut catalogue.sections[0].reports[0].variants) {
        variant.language = Language::parse_of_document(tag).unwrap();
    }
    let (files, _) = render_ok(&catalogue);
    assert!(!files.keys().any(|path| path.starts_with("pages/am/") || path.starts_with("pages/mul/")));
    let [english, french] = ["en", "fr"].map(|tag| page(&files, &format!("pages/{tag}/language.html")));
    assert!(english.contains("Multiple languages") || english.contains("multiple languages"), "{english}");
    assert!(french.contains("multilingue"), "{french}");
    assert!(english.contains("<span lang=\"am\" dir=\"ltr\">አማርኛ</span>"), "{english}");
    let report = page(&files, "pages/fr/needs/africa.html");
    assert!(report.contains("hreflang=\"mul\"") && report.contains("<span lang=\"fr\" dir=\"ltr\">multilingue"));
}

#[test]
fn another_form_of_the_language_comes_before_the_default_language() {
    let mut catalogue = collection(&["en", "es"]);
    let report = &mut catalogue.sections[0].reports[0];
    report.title = texts(&[("en", "Needs in Africa"), ("es-419", "Necesidades en África")]);
    for (tag, variant) in ["en", "es-419"].into_iter().zip(&mut report.variants) {
        variant.language = language(tag);
    }
    let (files, _) = render_ok(&catalogue);
    let spanish = page(&files, "pages/es/needs/africa.html");
    assert!(spanish.contains("<span lang=\"es-419\" dir=\"ltr\">Necesidades en África</span>"), "{spanish}");
    assert!(spanish.contains("Abrir en español latinoamericano"), "{spanish}");
    assert!(!spanish.contains("no está en el disco en el idioma"), "{spanish}");
}

#[test]
fn a_theme_replaces_templates_and_its_errors_have_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut catalogue = collection(&["en"]);
    catalogue.launcher.theme = Some(folder.path().to_path_buf());
    fs::write(folder.path().join("overrides.css"), "p{color:red}").unwrap();
    fs::write(folder.path().join("lists.html"), "").unwrap();
    let own = "{% extends \"base.html\" %}\n{% block content %}<h1>Ours</h1>{% endblock %}";
    fs::write(folder.path().join("help.html"), own).unwrap();
    let (files, findings) = render_ok(&catalogue);
    assert!(page(&files, "pages/style.css").ends_with("p{color:red}"));
    assert!(page(&files, "pages/en/help.html").contains("<h1>Ours</h1>"));
    assert_eq!(findings.0[0].code, "unknown-theme-file");
    assert_eq!(findings.0[0].help, ["did you mean `list.html`?"]);

    for template in ["\n{% if %}", "{% extends \"base.html\" %}\n{% block content %}{{ no_such }}{% endblock %}"] {
        fs::write(folder.path().join("help.html"), template).unwrap();
        let (files, findings) = rendered(&catalogue);
        let path = folder.path().join("help.html").display().to_string();
        let errors: Vec<_> = findings.0.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(files.is_none() && errors.len() == 1, "{findings:?}");
        assert_eq!(errors[0].place, Place::File(path, Some(2)), "{findings:?}");
    }
    fs::write(folder.path().join("help.html"), "{# Later. #}\n").unwrap();
    let (files, findings) = rendered(&catalogue);
    let errors: Vec<_> = findings.0.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(files.is_none() && errors.len() == 1, "{findings:?}");
    assert_eq!(errors[0].message, "`help.html` of the theme makes empty pages");
    fs::write(folder.path().join("help.html"), b"a\n\xff").unwrap();
    // One file that cannot be read and one that is wrong are both reported.
    fs::write(folder.path().join("list.html"), "\n{% if %}").unwrap();
    let (files, findings) = rendered(&catalogue);
    let errors: Vec<_> = findings.0.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(files.is_none() && errors.len() == 2, "{findings:?}");
    assert!(errors[0].code == "not-utf-8" && errors[0].message.starts_with("line 2"));
    assert!(errors[1].code == "template" && errors[1].message.starts_with("`list.html`"));
}

#[test]
fn operating_systems_find_out_what_to_open() {
    let mut catalogue = collection(&["en", "fr"]);
    let (files, _) = render_ok(&catalogue);
    assert_eq!(
        page(&files, "autorun.inf"),
        "[autorun]\r\nshellexecute=index.html\r\nlabel=Peace & Security\r\nicon=peace_2008.ico\r\n\r\n\
         [Content]\r\nMusicFiles=false\r\nPictureFiles=false\r\nVideoFiles=false\r\n"
    );
    assert_eq!(page(&files, ".autoopen"), "index.html\n");
    assert_eq!(
        page(&files, "pages/volume.txt"),
        "[Volume Info]\nName=Peace & Security\nName[en]=Peace & Security\nName[fr]=Peace & Security\nIconFile=peace_2008.ico\n"
    );
    assert_eq!(page(&files, "rights.txt"), "\u{feff}May be copied.\r\n");
    let readme = page(&files, "readme.txt");
    assert!(readme.starts_with("\u{feff}Peace & Security\r\n") && readme.contains("Éditeur\u{a0}: OSAGI\r\n"));
    assert!(!readme.replace("\r\n", "").contains(['\r', '\n']));

    catalogue.disc.title = Text::Same("Paix et sécurité".to_owned());
    let autorun = &render_ok(&catalogue).0["autorun.inf"];
    assert!(autorun.starts_with(&[0xff, 0xfe, b'[', 0]) && autorun.len().is_multiple_of(2));
    catalogue.disc.title = Text::Same("a".repeat(33));
    assert!(page(&render_ok(&catalogue).0, "autorun.inf").contains("label=PEACE_2008\r\n"));
}

#[test]
fn pages_and_readme_show_the_number_of_listed_files() {
    for style in [NameStyle::Portable, NameStyle::Dos] {
        let mut catalogue = collection(&["en", "zh"]);
        catalogue.disc.names = style;
        // One file under two paths is listed twice.
        catalogue.sections[0].reports[1].variants[0].files[0].source = SourceId(0);
        let layout = Layout::new(&catalogue, &mut Findings::default());
        let (files, _) = render_ok(&catalogue);
        let generated = files.keys().filter(|path| !path.contains('-')).count();
        let documents: usize =
            catalogue.reports().map(|(_, _, r)| r.variants.iter().map(|v| v.files.len()).sum::<usize>()).sum();
        assert_eq!((documents, files.contains_key(layout.checksums.as_str())), (4, false));
        let number = generated + documents;
        assert!(
            page(&files, layout.check_path(&language("en")).as_str())
                .contains(&format!("Files in the list: {number}<"))
        );
        assert!(
            page(&files, layout.check_path(&language("zh")).as_str()).contains(&format!("清单所列文件数：{number}<"))
        );
        assert!(page(&files, "readme.txt").contains(&format!("Files in the list: {number}\r\n")));
        let copy = page(&files, layout.check_path(&language("en")).as_str()).contains(".xdg-volume-info");
        assert_eq!(copy, style == NameStyle::Portable);
    }
}

#[test]
fn the_windows_command_is_one_line_and_rejects_truncated_lines() {
    let (files, _) = render_ok(&collection(&["en"]));
    let check = page(&files, "pages/en/check.html");
    let line = check.split("<pre dir=\"ltr\"><code>").nth(1).unwrap().split("</code>").next().unwrap();
    let line = line.replace("&#39;", "'").replace("&quot;", "\"");
    assert!(line.is_ascii() && !line.contains('\n') && !line.contains("Get-Content SHA"));
    for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
        assert_eq!(line.matches(open).count(), line.matches(close).count(), "{line}");
    }
    for part in ["$f=$d=$w=$null;$p=$_;", "if(-not $d -or $d -ne $w)", "'CANNOT CHECK'", "-LiteralPath SHA256SUMS"] {
        assert!(line.contains(part), "{part}");
    }
    assert!(check.contains("<code>sha256sum -c --strict SHA256SUMS</code>"));
    assert!(check.contains("type <code dir=\"ltr\">powershell</code> and") && check.contains("NOT\u{a0}OK"));
    assert!(check.contains("<span class=\"nowrap\">SHA-256</span>"));
}

#[test]
fn texts_keep_their_paragraphs() {
    let mut catalogue = collection(&["en", "fr", "zh"]);
    catalogue.disc.rights = Some(texts(&[("en", "May be copied.\n\nNot for\nsale.")]));
    catalogue.sections[0].reports[0].summary = Some(Text::Same("One.\n \nTwo.".to_owned()));
    let (files, _) = render_ok(&catalogue);
    let english = page(&files, "pages/en/needs/africa.html");
    assert!(english.contains("<div class=\"prose summary\" dir=\"auto\">\n<p>One.</p>\n<p>Two.</p>\n"));
    assert!(english.contains("<p>May be copied.</p>\n<p>Not for\nsale.</p>"));
    let readme = page(&files, "readme.txt");
    assert!(readme.contains("Terms of use: May be copied.\r\n\r\nNot for sale.\r\n"));
    assert!(readme.contains("\r\nConditions d’utilisation (langue\u{a0}: English)\u{a0}: May be copied."));
    assert!(readme.contains("\r\n使用条款（语言：English）：May be copied.") && readme.contains("出版者：OSAGI"));
    // Full-width parentheses need no space before them.
    let chinese = page(&files, "pages/zh/needs/africa.html");
    assert!(chinese.contains("</span><small class=\"other\">（语言：英语）</small></h1>"));
}

#[test]
fn a_foreword_in_another_language_has_a_notice() {
    let (files, _) = render_ok(&collection(&SIX));
    assert!(!page(&files, "pages/en/index.html").contains("class=\"notice\""));
    for (tag, sentence) in [
        ("fr", "Ce texte est en anglais."),
        ("es", "Este texto está en inglés."),
        ("zh", "此文为英语。"),
        ("ar", "هذا النص باللغة الإنجليزية."),
        ("ru", "Язык этого текста\u{a0}— английский."),
    ] {
        let home = page(&files, &format!("pages/{tag}/index.html"));
        assert!(home.contains(&format!("<p class=\"notice\">{sentence}</p>")), "{tag}");
    }
}

#[test]
fn a_foreword_in_another_form_of_the_language_comes_before_others() {
    let mut catalogue = collection(&["en", "pt", "zh"]);
    let text = [("en", "English."), ("pt-BR", "Português."), ("zh-TW", "中文。")];
    let text = text.map(|(tag, text)| (Some(language(tag)), ForewordText::Inline(text.to_owned()))).into();
    catalogue.launcher.foreword = Some(Foreword { text, signature: None });
    let (files, _) = render_ok(&catalogue);
    assert!(page(&files, "pages/pt/index.html").contains("<p>Português.</p>"));
    // Not in another script.
    assert!(page(&files, "pages/zh/index.html").contains("<p>English.</p>"));
}

#[test]
fn a_foreword_has_a_heading_of_its_own() {
    let mut catalogue = collection(&["fr"]);
    let heading = "<h2 class=\"unseen\">Avant-propos</h2>";
    for (text, is_expected) in [("Un texte.", true), ("## Préface\n\nUn texte.", false)] {
        catalogue.launcher.foreword =
            Some(Foreword { text: vec![(None, ForewordText::Inline(text.to_owned()))], signature: None });
        let (files, _) = render_ok(&catalogue);
        assert_eq!(page(&files, "pages/fr/index.html").contains(heading), is_expected, "{text}");
    }
}

#[test]
fn the_links_to_the_documents_come_first() {
    let (files, _) = render_ok(&collection(&SIX));
    let english = page(&files, "pages/en/needs/africa.html");
    let links = |page: &str| {
        let open = page.split("<div class=\"open\">").nth(1).unwrap().split("</div>").next().unwrap();
        values(open, "href").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let documents = |names: &[&str]| names.iter().map(|n| format!("../../../documents/needs/{n}")).collect::<Vec<_>>();
    assert_eq!(links(english), documents(&["africa_en.pdf", "africa_en.docx"]));
    assert!(english.contains("<strong>Open in English </strong> <span><span class=\"part\"><bdi>PDF</bdi></span>"));
    // A page in a language that the report is not in offers another one.
    let french = page(&files, "pages/fr/needs/africa.html");
    assert_eq!(links(french), documents(&["africa_en.pdf"]));
    assert!(french.contains("<strong>Ouvrir en anglais </strong>"), "{french}");
    assert!(english.contains("<code class=\"where\" dir=\"ltr\">documents/needs/africa_en.pdf</code>"));
    assert!(english.contains("<bdi class=\"nowrap\">S/RES/1325 (2000)</bdi>"));
}
