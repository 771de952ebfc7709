//! A proposed manifest always makes a disc without any editing.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::common::{RunOutput, Workspace, pdf, pdf_of, pdf_with_lines};

fn text(language: &str) -> &'static str {
    match language {
        "fr" => {
            "Les participants sont convenus que les femmes doivent prendre part à toutes les étapes du processus de paix, \
             et que les bureaux de la région ont besoin de personnes qui suivent ce qui a été promis chaque année."
        }
        "es" => {
            "Los participantes acordaron que las mujeres deben tomar parte en todas las etapas del proceso de paz, y que \
             las oficinas de la región necesitan más personas que sigan lo que se prometió cada año a todos."
        }
        "de" => {
            "Die Teilnehmer waren sich einig, dass Frauen an jedem Schritt des Friedensprozesses beteiligt sein sollen und \
             dass die Büros in der Region mehr Menschen brauchen, die jedes Jahr über das Versprochene berichten."
        }
        "pt" => {
            "Os participantes concordaram que as mulheres devem participar em todas as etapas do processo de paz e que os \
             escritórios da região precisam de mais pessoas que não deixem de acompanhar o que foi prometido."
        }
        "" => "",
        "ar" => {
            "اتفق المشاركون على أن تشارك النساء في جميع مراحل عملية السلام، وأن المكاتب في المنطقة تحتاج إلى مزيد من \
             الأشخاص الذين يتابعون ما تم الوعد به ويقدمون تقريرا عنه كل عام إلى جميع الدول."
        }
        _ => {
            "The participants agreed that women should take part in every stage of the peace process, and that the offices \
             in the region need more people who can follow what was promised and report on it each year."
        }
    }
}

/// Proposes a manifest for `docs`, checks it, makes the disc and verifies it; returns the manifest.
fn propose(workspace: &Workspace) -> String {
    workspace.run(&["init", "docs"]).expect_code(0);
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
    workspace.run(&["docs/manifest.yaml", "out.iso"]).expect_code(0);
    workspace.run(&["verify", "out.iso"]).expect_code(0);
    fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap()
}

#[track_caller]
fn assert_lines(manifest: &str, lines: &[&str]) {
    for line in lines {
        assert!(manifest.lines().any(|own| own.trim() == *line), "no line `{line}` in:\n{manifest}");
    }
}

#[test]
fn booklets_of_a_series_have_different_titles() {
    let booklet = |name: &str| {
        let lines = [(30, "Sound lab 17"), (14, "An instrument for schools"), (16, name), (12, "Ada Byron")];
        crate::common::pdf_with_lines("en", "Sound lab 17", &lines)
    };
    let workspace = Workspace::empty()
        .with("docs/manual.pdf", booklet("User manual"))
        .with("docs/experiments.pdf", booklet("Fifty experiments"))
        .with("docs/programs.pdf", booklet("How to write programs"))
        // Versions of one document keep the same title.
        .with(
            "docs/v/plan_v1.pdf",
            crate::common::pdf_with_lines("en", "The plan", &[(20, "The plan"), (12, "First words")]),
        )
        .with(
            "docs/v/plan_v2.pdf",
            crate::common::pdf_with_lines("en", "The plan", &[(20, "The plan"), (12, "Other words")]),
        );
    workspace.run(&["init", "docs"]).expect_code(0);
    let text = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    for title in ["Sound lab 17: User manual", "Sound lab 17: Fifty experiments", "Sound lab 17: How to write programs"]
    {
        assert!(text.contains(title), "{title}: {text}");
    }
    assert!(!text.contains("The plan: "), "{text}");
}

#[test]
fn standard_output_is_refused_with_a_reason() {
    let workspace = Workspace::empty().with("docs/a.txt", text("en"));
    workspace.run(&["init", "docs", "--output", "-"]).expect_code(2).expect_stderr("cannot write to standard output");
    assert!(!workspace.path("-").exists());
}

#[test]
fn languages_and_formats_are_grouped_into_one_report() {
    let workspace = Workspace::empty()
        .with("docs/needs/africa-en.pdf", pdf("en", "Needs in Africa"))
        .with("docs/needs/africa_fr.pdf", pdf("fr", "Besoins en Afrique"))
        .with("docs/needs/africa.es.pdf", pdf("es", "Necesidades"))
        .with("docs/needs/africa.es.txt", text("es"))
        .with("docs/dialogues/English/santiago.txt", text("en"))
        .with("docs/dialogues/Français/santiago.txt", text("fr"))
        .with("docs/A_62_1_E.txt", text("en"))
        .with("docs/A_62_1_F.txt", text("fr"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "languages: [en, fr, es]  # of the pages, in the order of the language bar; the first is the default",
            "en: Needs in Africa",
            "fr: Besoins en Afrique",
            "en: needs/africa-en.pdf",
            "- needs/africa.es.pdf",
            "- needs/africa.es.txt",
            "en: dialogues/English/santiago.txt",
            "fr: A_62_1_F.txt",
            "title: Dialogues",
        ],
    );
    assert_eq!(manifest.matches("- id: santiago").count(), 1);
}

#[test]
fn the_language_is_detected_from_the_text_if_the_name_does_not_give_it() {
    let workspace = Workspace::empty()
        .with("docs/rapport.txt", text("fr"))
        .with("docs/informe.txt", text("es"))
        .with("docs/taqrir.txt", text("ar"))
        .with("docs/what-it-is.txt", text("en"))
        .with("docs/report-fr.txt", text("es"));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["fr: rapport.txt", "es: informe.txt", "ar: taqrir.txt", "en: what-it-is.txt"]);
    assert!(
        manifest.contains("# check: the name says French (`fr`), but the text looks like Spanish (`es`)"),
        "{manifest}"
    );
    assert_lines(&manifest, &["title: Rapport  # check: taken from the file name; write the document's title"]);
}

#[test]
fn metadata_is_used_if_it_is_plausible() {
    let page = |title: &str, heading: &str| {
        format!(
            "<html lang=en><head><title>{title}</title><meta name=author content='The Office'>\
             <meta name=date content=2008-06-30></head><body><h1>{heading}</h1><p>{}</p></body></html>",
            text("en")
        )
    };
    let workspace = Workspace::empty()
        .with("docs/one.html", page("Site", "Wells and pumps"))
        .with("docs/final_v3.pdf", pdf("en", "Microsoft Word - final_v3.doc"))
        .with("docs/two.pdf", pdf("en", "Untitled"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "title: Wells and pumps",
            "date: 2008-06-30  # check: taken from the file's properties; correct it if it is not the date of publication",
            "authors: [The Office]  # check: taken from the file's properties; correct it if somebody else wrote the document",
            "title: Final v3  # check: taken from the file name; write the document's title",
            "title: Two  # check: taken from the file name; write the document's title",
        ],
    );
}

#[test]
fn chapters_are_left_out_if_the_whole_document_is_there() {
    let page = |links: &str| {
        format!("<html lang=en><head><title>Guide to wells</title></head><body>{links}{}</body></html>", text("en"))
    };
    let all = "<a href=index.html>0</a><a href=ch1.html#x>1</a><a href=./ch2.html>2</a>";
    let workspace = Workspace::empty()
        .with("docs/guide/guide.txt", text("en"))
        .with("docs/guide/style.css", "p {}")
        .with("docs/guide/_static/more.txt", "x")
        .with("docs/guide/logo.png", "x");
    let workspace = ["index", "ch1", "ch2"]
        .iter()
        .fold(workspace, |workspace, name| workspace.with(&format!("docs/guide/{name}.html"), page(all)));
    let output = workspace
        .run(&["init", "docs"])
        .expect_code(0)
        .expect_stdout("chapters of web documents, whose links would not work on the disc: 3");
    assert!(output.stdout.contains("1 report in 1 language (en), 1 file"), "{}", output.stdout);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert_lines(&manifest, &["title: Guide to wells", "en: guide/guide.txt", "#   guide/ch1.html"]);
    // If there is no single file with the whole document, the folder is the document.
    let workspace = ["index", "ch1", "ch2"]
        .iter()
        .fold(Workspace::empty(), |workspace, name| workspace.with(&format!("docs/guide/{name}.html"), page(all)));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["en: {folder: guide, start: index.html}"]);
    // If the chapters have no folder of their own, they are listed.
    let workspace = ["index", "ch1", "ch2"]
        .iter()
        .fold(Workspace::empty(), |workspace, name| workspace.with(&format!("docs/{name}.html"), page(all)));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["- index.html", "- ch2.html"]);
    assert!(manifest.contains("# check: the links between these web pages will not work on the disc"), "{manifest}");
    // A document with many chapters does not need an index page.
    let names: Vec<String> = (0..20).map(|number| format!("page{number}.html")).collect();
    let links: String = names.iter().map(|name| format!("<a href={name}>{name}</a>")).collect();
    let workspace = names
        .iter()
        .fold(Workspace::empty(), |workspace, name| workspace.with(&format!("docs/guide/{name}"), page(&links)));
    let workspace = workspace.with("docs/guide/aside.html", page("")).with("docs/report.pdf", pdf("en", "Wells"));
    let output = workspace.run(&["init", "docs"]).expect_code(0).expect_stdout("2 reports in 1 language (en), 2 files");
    assert!(!output.stdout.contains("left out"), "{}", output.stdout);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    let site = "en: {folder: guide, start: page0.html}  # check: make sure that this is the page at which readers should start";
    assert_lines(&manifest, &["en: report.pdf", site]);
    // A short page beside the folder of a translation is not a single-file version of it.
    let french = page(&links).replace("lang=en", "lang=fr").replace(text("en"), text("fr"));
    let workspace = names
        .iter()
        .fold(Workspace::empty(), |workspace, name| workspace.with(&format!("docs/book/fr/{name}"), &french));
    let aside = page("").replace("lang=en", "lang=fr").replace(text("en"), text("fr")).replace("wells", "roads");
    let manifest = propose(&workspace.with("docs/book/roads.html", aside));
    assert_lines(&manifest, &[&site.replace("en: {folder: guide", "fr: {folder: book/fr"), "fr: book/roads.html"]);
    // If a document with many chapters has no folder of its own, it is left out.
    let workspace =
        names.iter().fold(Workspace::empty(), |workspace, name| workspace.with(&format!("docs/{name}"), page(&links)));
    let workspace = workspace.with("docs/reports/report.pdf", pdf("en", "Pumps"));
    workspace
        .run(&["init", "docs"])
        .expect_code(0)
        .expect_stdout("web documents of many pages among other files (move each into a folder of its own): 1");
}

/// A web page with these links.
fn page(language: &str, title: &str, links: &[&str]) -> String {
    let links: String = links.iter().map(|link| format!("<a href='{link}'>{link}</a> ")).collect();
    format!("<html><head><title>{title}</title></head><body>{links}<p>{}</p></body></html>", text(language))
}

#[test]
fn a_short_site_in_a_folder_of_its_own_is_one_document() {
    let with_site = |workspace: Workspace, folder: &str, language: &str| {
        let pages = [
            ("faq", vec!["faq-1.html", "faq-2.html", "faq-3.html"]),
            ("faq-1", vec!["faq-2.html", "faq.html"]),
            // As many links as the first page has.
            ("faq-2", vec!["faq-1.html", "faq-3.html", "faq.html"]),
            ("faq-3", vec!["faq-2.html", "faq.html#toc"]),
        ];
        pages.iter().fold(workspace, |workspace, (name, links)| {
            workspace.with(
                &format!("docs/Mail/FAQ/{folder}/{name}.html"),
                page(language, &format!("{name} {folder}"), links),
            )
        })
    };
    let workspace = with_site(with_site(Workspace::empty(), "de", "de"), "fr_FR.UTF-8", "fr");
    let manifest = propose(&with_site(workspace.with("docs/Mail/other.pdf", pdf("en", "Mail")), "en", "en"));
    let note = "# check: make sure that this is the page at which readers should start";
    for (language, folder) in [("de", "de"), ("en", "en"), ("fr", "fr_FR.UTF-8")] {
        assert_lines(&manifest, &[&format!("{language}: {{folder: Mail/FAQ/{folder}, start: faq.html}}  {note}")]);
    }
    assert_eq!(manifest.matches("      - id: ").count(), 2, "{manifest}");
    assert!(!manifest.contains("links between these web pages"), "{manifest}");
}

#[test]
fn pages_that_only_the_first_one_leads_to_are_one_document() {
    // Pictures in the folder beside belong to it.
    let workspace = Workspace::empty()
        .with("docs/wiki/pages/index.html", page("en", "Wiki", &["a.html", "b.html"]))
        .with("docs/wiki/pages/a.html", page("en", "A", &["b.html"]))
        .with("docs/wiki/pages/b.html", page("en", "B", &["c.html"]))
        .with("docs/wiki/pages/c.html", page("en", "C", &[]))
        .with("docs/wiki/pages/d.html", page("en", "D", &[]))
        .with("docs/wiki/pictures/a.png", "x".repeat(30_000))
        .with("docs/wiki/pictures/b.png", "x")
        .with("docs/report.pdf", pdf("en", "Wells"));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["en: {folder: wiki, start: pages/index.html}", "en: report.pdf"]);
    assert_eq!(manifest.matches("      - id: ").count(), 2, "{manifest}");
    // A readme leads to the pages, and the folders say the languages, even if somebody has not translated all pages.
    let workspace = ["en", "fr", "es"].iter().fold(Workspace::empty(), |workspace, language| {
        let written = if *language == "es" { "en" } else { language };
        workspace
            .with(
                &format!("docs/tool-{language}/README.html"),
                page(written, &format!("Tool {language}"), &["a.html", "b.html"]),
            )
            .with(&format!("docs/tool-{language}/a.html"), page(written, "A", &[]))
            .with(&format!("docs/tool-{language}/b.html"), page(written, "B", &[]))
    });
    let manifest = propose(&workspace.with("docs/notes.pdf", pdf("en", "Notes")));
    let start = "# check: make sure that this is the page at which readers should start";
    assert_lines(
        &manifest,
        &[
            &format!("en: {{folder: tool-en, start: README.html}}  {start}"),
            &format!("fr: {{folder: tool-fr, start: README.html}}  {start}"),
            &format!(
                "es: {{folder: tool-es, start: README.html}}  {start}; the name says Spanish (`es`), but the text looks like English (`en`); correct the language if it is wrong"
            ),
        ],
    );
    // Alone beside documents, a readme is about the folder.
    let workspace = Workspace::empty()
        .with("docs/README.html", page("en", "About", &["a.html"]))
        .with("docs/a.html", page("en", "Wells", &[]))
        .with("docs/b.pdf", pdf("en", "Pumps"));
    assert!(!propose(&workspace).contains("- README.html"));
}

#[test]
fn the_language_before_a_version_may_also_be_a_word() {
    let workspace = ["de", "en", "fr"].iter().fold(Workspace::empty(), |workspace, language| {
        workspace.with(&format!("docs/help-{language} v4.13.pdf"), titled(language, "", &format!("Help {language}")))
    });
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["- id: help", "de: help-de v4.13.pdf", "en: help-en v4.13.pdf", "fr: help-fr v4.13.pdf"]);
}

#[test]
fn a_name_without_a_code_beside_one_with_the_code_of_the_folder_is_the_original() {
    let workspace = Workspace::empty()
        .with("docs/Français/guide-fr.pdf", titled("fr", "", "Le guide"))
        .with("docs/Français/guide.pdf", titled("en", "", "The guide"))
        .with("docs/Français/autre.pdf", titled("fr", "", "Autre chose"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "fr: Français/guide-fr.pdf",
            "fr: Français/autre.pdf",
            "en: Français/guide.pdf  # check: the text looks like English (`en`), and guide-fr.pdf is in French (`fr`); correct the language if it is wrong",
        ],
    );
}

#[test]
fn translations_of_a_series_are_told_apart_in_each_language() {
    let booklet = |language: &str, second: &str, third: &str| {
        let body = text(language);
        pdf_with_lines(language, "Lily", &[(30, "Lily"), (9, second), (12, third), (10, body)])
    };
    let workspace = Workspace::empty()
        .with("docs/learning.fr.pdf", booklet("fr", "Un programme", "Manuel"))
        .with("docs/learning.de.pdf", booklet("de", "Ein Programm", "Handbuch"))
        .with("docs/usage.fr.pdf", booklet("fr", "Un programme", "Utilisation"));
    let manifest = propose(&workspace);
    for title in ["fr: \"Lily: Manuel\"", "de: \"Lily: Handbuch\"", "title: \"Lily: Utilisation\""] {
        assert!(manifest.contains(title), "{title}\n{manifest}");
    }
}

#[test]
fn a_site_and_a_file_in_one_folder_are_two_reports_without_a_comment() {
    let workspace = Workspace::empty()
        .with("docs/Buch/buch.pdf", titled("de", "", "Das Buch"))
        .with("docs/Buch/handbook/index.html", page("en", "Handbook", &["a.html", "b.html"]))
        .with("docs/Buch/handbook/a.html", page("en", "A", &["index.html"]))
        .with("docs/Buch/handbook/b.html", page("en", "B", &["index.html"]))
        .with("docs/site.zip", "PK");
    workspace.run(&["init", "docs"]).expect_code(0).expect_stdout("ZIP archives (unpack those with documents; ");
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert_lines(&manifest, &["- id: buch", "- id: handbook"]);
    assert!(!manifest.contains("grouped because"), "{manifest}");
}

#[test]
fn files_that_are_listed_and_excluded_are_named() {
    let workspace = Workspace::empty().with("docs/a.pdf", pdf("en", "Wells")).with("docs/b.pdf", pdf("en", "Pumps"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    let manifest = manifest.replace("\nsections:", "\nexclude: [a.pdf]\n\nsections:");
    let workspace = workspace.with("docs/manifest.yaml", manifest);
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("a.pdf is under `exclude:`, but the manifest also lists it, so no disc can be made");
}

#[test]
fn folders_named_after_languages_are_grouped() {
    let workspace = Workspace::empty()
        .with("docs/guide/guide.pdf", pdf("en", "Guide to wells"))
        .with("docs/guide-fr/guide.pdf", pdf("fr", "Guide des puits"))
        .with("docs/guide_ES/guide.pdf", pdf("es", "Guía de pozos"));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["en: guide/guide.pdf", "fr: guide-fr/guide.pdf", "es: guide_ES/guide.pdf"]);
    assert_eq!(manifest.matches("- id: guide").count(), 2, "a section and a report: {manifest}");
}

#[test]
fn a_default_region_does_not_make_another_language() {
    let workspace = Workspace::empty()
        .with("docs/a/wells.fr-FR.pdf", pdf("fr", "Puits"))
        .with("docs/b/pumps.fr.pdf", pdf("fr", "Pompes"))
        .with("docs/b/pumps.pt-BR.pdf", pdf("pt", "Bombas"))
        .with("docs/c/roads.de-AT.pdf", pdf("de", "Straßen"))
        .with("docs/c/rivers.de-DE.pdf", pdf("de", "Flüsse"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "languages: [fr, de, pt-BR]  # of the pages, in the order of the language bar; the first is the default",
            "fr: a/wells.fr-FR.pdf",
        ],
    );
}

#[test]
fn a_file_without_text_beside_translations_is_taken_for_the_original() {
    let scan = |name: &str| format!("docs/{name}");
    let workspace = Workspace::empty()
        .with("docs/other.pdf", pdf("en", "Other"))
        .with(&scan("plan.pdf"), pdf("", "Plan"))
        .with("docs/plan_fr.pdf", pdf("fr", "Projet"))
        .with(&scan("plan_es.pdf"), pdf("", "Proyecto"))
        // This is not `map.txt`, which would be the recognised text of the map.
        .with("docs/map.html", format!("<title>Carte</title><p>{}", text("fr")))
        .with(&scan("map.pdf"), pdf("", "Carte"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "en: plan.pdf  # check: nothing shows the language of this file; correct it if it is wrong",
            "fr:  # check: taken from the file with the same name in another format; correct it if it is wrong",
            "- map.pdf",
            "- map.html",
        ],
    );
}

#[test]
fn languages_are_found_in_the_middle_of_names_and_by_script() {
    let workspace = Workspace::empty()
        .with("docs/Health guide_EN v2.pdf", pdf("en", "Health guide"))
        .with("docs/Health guide_FR v2.pdf", pdf("fr", "Guide de sante"))
        .with("docs/School guide_EN v2.pdf", pdf("en", "School guide"))
        .with("docs/School guide_FR v2.pdf", pdf("fr", "Guide scolaire"))
        .with("docs/Annual Report (EN) FINAL.pdf", pdf("en", "Annual Report"))
        .with("docs/Annual Report (FR) FINAL.pdf", pdf("fr", "Rapport annuel"))
        .with("docs/التقرير السنوي.pdf", pdf("", "x"))
        .with("docs/Franc\u{327}ais/lettre.pdf", pdf("", "Lettre"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "- id: health_guide",
            "en: Health guide_EN v2.pdf",
            "fr: Health guide_FR v2.pdf",
            "fr: School guide_FR v2.pdf",
            "fr: Annual Report (FR) FINAL.pdf",
            "ar: التقرير السنوي.pdf  # check: guessed from the script of the name or title; correct the language if it is wrong",
            "fr: \"Franc\u{327}ais/lettre.pdf\"",
        ],
    );
    assert_eq!(manifest.matches("- id: ").count(), 6, "a section and five reports: {manifest}");
}

#[test]
fn a_list_may_have_informal_headings_paths_and_dates() {
    let list = "File name,Document title,Author(s),Section,Publication date\nC:\\CD\\docs\\a.pdf,Wells,Ada Byron,Guidelines,31.12.2019\n\
                b,Pumps,,Guidelines,31/12/2018\n";
    let workspace =
        Workspace::empty().with("docs/a.pdf", pdf("en", "A")).with("docs/b.pdf", pdf("en", "B")).with("list.csv", list);
    workspace.run(&["init", "--from", "list.csv", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert_lines(
        &manifest,
        &["title: Guidelines", "title: Wells", "authors: [Ada Byron]", "date: 2019-12-31", "date: 2018-12-31"],
    );
    assert_eq!(manifest.matches("    reports:").count(), 1, "{manifest}");
}

#[test]
fn the_schema_is_written_beside_the_manifest_for_editors() {
    let line = "# yaml-language-server: $schema=.manifest.schema.json";
    let schema = fs::read_to_string("docs/manifest.schema.json").unwrap();
    let beside = "docs/.manifest.schema.json";
    let workspace = Workspace::empty().with("docs/a.pdf", pdf("en", "A"));
    assert_lines(&propose(&workspace), &[line]);
    assert_eq!(fs::read_to_string(workspace.path(beside)).unwrap(), schema);
    // A schema of another version is replaced; any other file of that name is kept.
    let workspace =
        Workspace::empty().with("docs/a.pdf", pdf("en", "A")).with(beside, schema.replace("collection", "set"));
    assert_lines(&propose(&workspace), &[line]);
    assert_eq!(fs::read_to_string(workspace.path(beside)).unwrap(), schema);
    let workspace = Workspace::empty().with("docs/a.pdf", pdf("en", "A")).with(beside, "{}");
    assert!(!propose(&workspace).contains("yaml-language-server"));
    assert_eq!(fs::read(workspace.path(beside)).unwrap(), b"{}");
}

#[test]
fn a_document_about_news_is_not_mistaken_for_a_file_about_the_folder() {
    let workspace =
        Workspace::empty().with("docs/news-from-asia.pdf", pdf("en", "News from Asia")).with("docs/NEWS.txt", "x");
    assert_lines(&propose(&workspace), &["title: News from Asia"]);
}

#[test]
fn files_with_hostile_names_make_a_disc() {
    let long = "x".repeat(200);
    let names = [
        "a: b.txt",
        "# note.txt",
        "- dash.txt",
        "'q' \"q\".txt",
        "{x} [y] & *z !t |p >g %d @h `b`.txt",
        "yes.txt",
        "null.txt",
        "1e3.txt",
        "2008.txt",
        "…….txt",
        "☃😀.txt",
        "العربية.txt",
        "取扱説明書.txt",
        "con.txt",
        "A.txt",
        "a.TXT",
        "tab.en.fr.txt",
        " leading.txt",
        "trailing .txt",
        "no.txt",
        "is.txt",
        ".txt.txt",
        "Ünïcödé.txt",
        "a\\b.txt",
        "~.txt",
        "true",
        "x.en",
        "e\u{301}.txt",
        "é.txt",
    ];
    let mut workspace = Workspace::empty();
    for (number, name) in names.iter().enumerate() {
        for folder in ["docs", "docs/1/2/3/4/5/6/7/8/9/10", "docs/…", "docs/yes", "docs/Yes"] {
            workspace = workspace.with(&format!("{folder}/{name}"), format!("{number} {folder} {}", text("en")));
        }
    }
    workspace =
        workspace.with(&format!("docs/{long}.txt"), text("fr")).with("docs/empty.pdf", "").with("docs/broken.pdf", "x");
    fs::write(workspace.path("docs").join(std::ffi::OsStr::from_bytes(b"bad\xff.pdf")), "x").unwrap();
    fs::write(workspace.path("docs/line\nend.txt"), "x").unwrap();
    fs::write(workspace.path("docs/turn\u{202e}ed.txt"), "x").unwrap();
    fs::write(workspace.path("docs/line\u{2028}end.txt"), "x").unwrap();
    std::os::unix::fs::symlink(".", workspace.path("docs/loop")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", workspace.path("docs/out.txt")).unwrap();
    fs::create_dir(workspace.path("docs/locked")).unwrap();
    fs::set_permissions(workspace.path("docs/locked"), fs::Permissions::from_mode(0o000)).unwrap();
    let manifest = propose(&workspace);
    fs::set_permissions(workspace.path("docs/locked"), fs::Permissions::from_mode(0o755)).unwrap();
    for words in ["files whose names a manifest cannot contain (rename them)", "empty files (copy them again)"] {
        assert!(manifest.contains(words), "{words}");
    }
    // Every file that can go on the disc is in the manifest once.
    let is_document = |name: &&&str| !name.starts_with('.') && name.to_lowercase().ends_with(".txt");
    let expected = names.iter().filter(is_document).count() * 5 + 1;
    let actual = manifest.lines().filter(|line| !line.starts_with('#') && line.to_lowercase().contains(".txt")).count();
    assert_eq!(actual, expected, "{manifest}");
}

#[test]
fn init_explains_why_it_cannot_propose_a_manifest() {
    Workspace::empty()
        .with("docs/a.exe", "x")
        .run(&["init", "docs"])
        .expect_code(1)
        .expect_stderr("there are no documents in `docs` (left out: 1 file of another type): copy the PDFs");
    Workspace::empty().run(&["init", "docs"]).expect_code(3).expect_stderr("there is no such file or folder");
    let workspace = Workspace::empty().with("docs/a.pdf", pdf("en", "A")).with("docs/manifest.yaml", "mine");
    workspace
        .run(&["init", "docs"])
        .expect_code(2)
        .expect_stderr("`docs/manifest.yaml` exists: add what is new with `--update`");
    assert_eq!(fs::read(workspace.path("docs/manifest.yaml")).unwrap(), b"mine");
    workspace.run(&["init", "--force", "docs"]).expect_code(0);
    workspace.run(&["init", "docs", "--output", "above.yaml"]).expect_code(0);
    assert!(fs::read_to_string(workspace.path("above.yaml")).unwrap().contains("en: docs/a.pdf"));
    workspace.run(&["init", "docs", "--output", "/nowhere/m.yaml"]).expect_code(3);
    let workspace = workspace.with("other/x.txt", "x");
    workspace
        .run(&["init", "docs", "--output", "other/m.yaml"])
        .expect_code(2)
        .expect_stderr("in the documents' folder or in a folder above it");
}

#[test]
fn the_same_folder_gives_the_same_manifest() {
    let workspace = || {
        Workspace::empty()
            .with("docs/b/two-en.txt", text("en"))
            .with("docs/a/one-fr.txt", text("fr"))
            .with("docs/a/one-en.txt", text("en"))
    };
    let (one, other) = (workspace(), workspace());
    one.run(&["init", "docs"]).expect_code(0);
    let mut command = other.command(&["init", "docs"]);
    command.env("LC_ALL", "tr_TR.UTF-8").env("TZ", "Asia/Kathmandu");
    RunOutput::new(command.output().unwrap()).expect_code(0);
    let text = |workspace: &Workspace| fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert_eq!(text(&one), text(&other));
}

/// A manifest that a person has edited, in many of the styles that YAML allows.
const EDITED: &str = "\
# My disc.
disc:
  title:   'Needs'   # in one language
  languages: [en, fr]   # two

sections:
    -   id: needs   # the first
        title: Needs
        reports:
        -   id: africa
            title: {en: Africa, fr: Afrique}
            variants: {en: needs/africa-en.txt, # first
                       fr: needs/africa-fr.txt}
        -   id: asia
            title: Asia
            variants:
                en:   needs/asia-en.txt   # one file

            summary: >
                A long
                summary.
    # The second.
    -   title: \"Others\"
        reports:
        -   {id: x, title: X, variants: {en: [others/x-en.txt]}}
        # The last word.
";

fn edited() -> Workspace {
    let names = ["needs/africa-en", "needs/africa-fr", "needs/asia-en", "others/x-en"];
    let workspace = names.iter().fold(Workspace::empty(), |workspace, name| {
        workspace.with(&format!("docs/{name}.txt"), text(if name.ends_with("fr") { "fr" } else { "en" }))
    });
    workspace.with("docs/manifest.yaml", EDITED)
}

#[test]
fn an_update_adds_new_files_and_keeps_every_other_byte() {
    let workspace = edited();
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("there are no new files in the folder");
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), EDITED);
    let workspace = workspace
        .with("docs/needs/africa-es.txt", text("es"))
        .with("docs/needs/africa-en.pdf", pdf("en", "Africa"))
        .with("docs/needs/asia-en.pdf", pdf("en", "Asia"))
        .with("docs/needs/asia-en.docx", "x")
        .with("docs/needs/asia-fr.txt", text("fr"))
        .with("docs/needs/europe-en.txt", text("en"))
        .with("docs/others/x-en.pdf", pdf("en", "X"))
        .with("docs/others/y-en.txt", text("en"))
        .with("docs/new/z-fr.txt", text("fr"));
    let output = workspace.run(&["init", "--update", "docs"]).expect_code(0);
    for path in ["needs/africa-es.txt", "needs/asia-en.docx", "others/y-en.txt", "new/z-fr.txt"] {
        assert!(output.stdout.contains(path), "{path}\n{}", output.stdout);
    }
    let now = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    expect_test::expect_file!["scaffold/updated.yaml"].assert_eq(&now);
    // All old text is still there, in its order.
    let mut rest = now.chars();
    assert!(EDITED.chars().all(|c| rest.any(|other| other == c)), "some of the old text was lost:\n{now}");
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
    let listed = workspace.run(&["list", "--csv", "docs/manifest.yaml"]).expect_code(0).stdout;
    for path in ["needs/africa-en.pdf", "needs/asia-fr.txt", "needs/europe-en.txt", "others/x-en.pdf", "new/z-fr.txt"] {
        assert!(listed.contains(path), "{path}\n{listed}");
    }
    // The second update finds nothing new.
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("there are no new files in the folder");
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), now);
}

#[test]
fn an_update_marks_missing_files_once() {
    let workspace = edited();
    fs::remove_file(workspace.path("docs/needs/asia-en.txt")).unwrap();
    fs::remove_file(workspace.path("docs/others/x-en.txt")).unwrap();
    let workspace = workspace.with("docs/others/y-en.txt", text("en"));
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("missing    needs/asia-en.txt no longer exists; marked in the manifest");
    let now = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert_lines(
        &now,
        &[
            "# check: needs/asia-en.txt no longer exists; restore the file or remove it here",
            "# check: others/x-en.txt no longer exists; restore the file or remove it here",
        ],
    );
    let without: String =
        now.lines().filter(|line| !line.contains("# check:")).map(|line| format!("{line}\n")).collect();
    assert!(without.contains("en:   needs/asia-en.txt   # one file"));
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), now);
}

/// A manifest with these reports in one section.
fn manifest_with(reports: &str) -> String {
    let reports: String = reports.lines().map(|line| format!("      {line}\n")).collect();
    format!(
        "disc:\n  title: T\n  languages: [en, fr,]\nsections:\n  - id: documents\n    title: Documents\n    reports:\n{reports}"
    )
}

#[test]
fn new_files_are_added_in_the_right_place_in_any_style_of_yaml() {
    // The reports, the new files, and the lines that must be there after the update.
    let cases: [(&str, &[&str], &[&str]); 10] = [
        (
            "- id: z\n  title: Z\n  variants:\n    en: z.txt",
            &["b.txt", "z_fr.txt"],
            &["    fr: z_fr.txt", "- id: b", "    en: b.txt"],
        ),
        (
            "- id: z\n  title: Z\n  variants: {fr: z_fr.txt}",
            &["z_es.txt", "z_fr.md"],
            &["  variants: {fr: [z_fr.txt, z_fr.md], es: z_es.txt}"],
        ),
        ("- id: z\n  title: Z\n  variants:\n    en: z.txt\n    fr:", &["z_fr.txt"], &["    fr: z_fr.txt"]),
        (
            "- id: z\n  title: Z\n  variants: {en: z.txt, fr: }",
            &["z_fr.txt", "z_fr.md"],
            &["  variants: {en: z.txt, fr: [z_fr.txt, z_fr.md] }"],
        ),
        (
            "- id: z\n  title: Z\n  variants:\n    en: [z.txt, # first\n         z.md # second\n        ]",
            &["z.odt"],
            &["         z.md, z.odt # second"],
        ),
        (
            "- id: z\n  title: Z\n  variants:\n    en: [ ]\n    fr: z_fr.txt",
            &["z_en.txt", "z_en.md"],
            &["    en: [z_en.txt, z_en.md ]"],
        ),
        (
            "- id: z\n  title: Z\n  variants:\n    en: \"2008.txt\"  # check: a \"guess\"",
            &["2008.md"],
            &["    en: [\"2008.txt\", \"2008.md\"]  # check: a \"guess\""],
        ),
        (
            "- id: z\n  title: Z\n  variants:\n    en: 'it''s.txt' # 'note'",
            &["it's.md"],
            &["    en: ['it''s.txt', it's.md] # 'note'"],
        ),
        (
            "- id: z\n  title: Z\n  variants: {en: z.txt,\n    fr: z_fr.txt,}  # two",
            &["z_es.txt", "z_ar.txt"],
            &["    fr: z_fr.txt, ar: z_ar.txt, es: z_es.txt,}  # two"],
        ),
        (
            "- id: z\n  title: Z\n  variants:\n    en: z.txt",
            &["z_es.txt", "z_ar.txt"],
            &["    ar: z_ar.txt", "    es: z_es.txt"],
        ),
    ];
    for (reports, fresh, lines) in cases {
        let manifest = manifest_with(reports);
        let mut workspace = Workspace::empty().with("docs/manifest.yaml", &manifest);
        let written = ["z.txt", "z.md", "z_fr.txt", "2008.txt", "it's.txt"]
            .into_iter()
            .filter(|name| manifest.contains(name) || *name == "it's.txt" && manifest.contains("it''s.txt"));
        for name in written.chain(fresh.iter().copied()) {
            let language =
                name.split(['_', '.']).nth(1).filter(|part| part.len() == 2 && *part != "md").unwrap_or("en");
            workspace = workspace.with(&format!("docs/{name}"), format!("{} {name}", text(language)));
        }
        workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("added      ");
        let now = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
        for line in lines {
            assert!(now.lines().any(|own| own.strip_prefix("      ") == Some(line)), "no line `{line}` in:\n{now}");
        }
        workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("no new files");
        assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), now);
    }
}

#[test]
fn an_update_follows_a_link_and_keeps_permissions() {
    let workspace = Workspace::empty()
        .with("real.yaml", manifest_with("- id: z\n  title: Z\n  variants:\n    en: z.txt"))
        .with("docs/z.txt", text("en"))
        .with("docs/new.txt", text("fr"));
    std::os::unix::fs::symlink("../real.yaml", workspace.path("docs/manifest.yaml")).unwrap();
    fs::set_permissions(workspace.path("real.yaml"), fs::Permissions::from_mode(0o600)).unwrap();
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("added      new.txt");
    assert!(fs::symlink_metadata(workspace.path("docs/manifest.yaml")).unwrap().is_symlink());
    assert!(fs::read_to_string(workspace.path("real.yaml")).unwrap().contains("new.txt"));
    assert_eq!(fs::metadata(workspace.path("real.yaml")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn comments_go_above_brackets_and_themes_are_not_documents() {
    let manifest = manifest_with("- {id: z, title: \"A long\n    title\", variants: {en: gone.txt}}\n- id: y\n  title: Y\n  variants:\n    en: y.txt")
        .replace("sections:", "launcher:\n  theme: theme\nsections:");
    let workspace = Workspace::empty()
        .with("docs/manifest.yaml", manifest)
        .with("docs/theme/home.html", "x")
        .with("docs/y.txt", text("en"));
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("missing    gone.txt");
    let now = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert!(
        now.contains(
            "      # check: gone.txt no longer exists; restore the file or remove it here\n      - {id: z, title"
        ),
        "{now}"
    );
    assert!(!now.contains("home.html"), "{now}");
}

#[test]
fn an_update_reports_what_it_cannot_do() {
    let workspace = edited().with("docs/manifest.yaml", EDITED.replace("title: Asia", "titel: Asia"));
    workspace.run(&["init", "--update", "docs"]).expect_code(1).expect_stderr("has errors: correct them first");
    let flow = "{disc: {title: A, languages: [en]}, sections: [{id: a, title: A, reports: [{id: x, title: X, variants: {en: x.txt}}]}]}\n";
    let workspace = Workspace::empty()
        .with("docs/manifest.yaml", flow)
        .with("docs/x.txt", text("en"))
        .with("docs/y.txt", text("en"));
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("init cannot edit line 1; add these lines there:");
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), flow);
    Workspace::empty()
        .with("docs/x.txt", text("en"))
        .run(&["init", "--update", "docs"])
        .expect_code(3)
        .expect_stderr("to create it, leave out `--update`");
}

#[test]
fn a_file_that_an_earlier_version_marked_as_missing_is_not_marked_again() {
    let manifest = manifest_with(
        "# check: gone.txt is not there any more\n- {id: z, title: Z, variants: {en: gone.txt}}\n- id: y\n  title: Y\n  variants:\n    en: y.txt",
    );
    let workspace = Workspace::empty().with("docs/manifest.yaml", &manifest).with("docs/y.txt", text("en"));
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("missing    gone.txt");
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), manifest);
}

#[test]
fn json_output_has_codes_as_keys_and_reasons() {
    let list = "file,colour,date\na-en.pdf,red,5/11/2007\n";
    let workspace = Workspace::empty()
        .with("docs/a-en.pdf", pdf("en", "A"))
        .with("docs/empty.pdf", "")
        .with("docs/.DS_Store", "x")
        .with("docs/Thumbs.db", "x")
        .with("docs/style.css", "p {}")
        .with("list.csv", list);
    let json = workspace.run(&["init", "--json", "--from", "list.csv", "docs"]).expect_code(0).stdout;
    for part in [
        r#"{"count":2,"files":[".DS_Store","Thumbs.db"],"reason":"os-metadata"}"#,
        r#"{"count":1,"files":["empty.pdf"],"reason":"empty"}"#,
        r#"{"count":1,"files":["style.css"],"reason":"web-asset"}"#,
        r#"{"code":"unknown-column","message":"#,
        r#"{"code":"bad-date","message":"#,
        r#""row":null}"#,
        r#""row":2}"#,
    ] {
        assert!(json.contains(part), "{part} is not in:\n{json}");
    }
    // Every code is in the manual.
    let manual = fs::read_to_string("docs/init.md").unwrap();
    for (at, lead) in json.match_indices("\"reason\":\"").chain(json.match_indices("\"code\":\"")) {
        let code = json[at + lead.len()..].split('"').next().unwrap();
        assert!(manual.contains(&format!("`{code}`")), "docs/init.md does not explain `{code}`");
    }
}

#[test]
fn files_that_were_moved_are_neither_lost_nor_added_again() {
    let workspace = Workspace::empty()
        .with("docs/Governance/charter.pdf", pdf("en", "Charter"))
        .with("docs/Governance/notes/readers.pdf", pdf("en", "Readers"))
        .with("docs/Reports/a/summary.pdf", pdf("en", "Summary of the first year"))
        .with("docs/Reports/b/summary.pdf", pdf("en", "Summary of the second year"))
        .with("docs/Reports/other.pdf", pdf("en", "Another report"))
        .with("docs/.Trash-0/files/charter.pdf", "what was deleted");
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    fs::rename(workspace.path("docs/Governance"), workspace.path("docs/Texts")).unwrap();
    fs::rename(workspace.path("docs/Reports"), workspace.path("docs/Years")).unwrap();
    workspace
        .run(&["check", "docs/manifest.yaml"])
        .expect_code(1)
        .expect_stderr("there is `Texts/charter.pdf`: if the file was moved there");
    let update = workspace.run(&["init", "--update", "docs"]).expect_code(0);
    let update =
        update.expect_stdout("Governance/charter.pdf seems to have moved to Texts/charter.pdf; marked in the manifest");
    assert!(!update.stdout.contains("missing "), "{}", update.stdout);
    let marked = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert_eq!(marked.matches("- id:").count(), manifest.matches("- id:").count(), "{marked}");
    for (old, new) in [
        ("Governance/charter.pdf", "Texts/charter.pdf"),
        ("Governance/notes/readers.pdf", "Texts/notes/readers.pdf"),
        ("Reports/a/summary.pdf", "Years/a/summary.pdf"),
        ("Reports/b/summary.pdf", "Years/b/summary.pdf"),
        ("Reports/other.pdf", "Years/other.pdf"),
    ] {
        let note = format!(
            "# check: {old} no longer exists, but {new} does: if the file was moved there, write that path here"
        );
        assert!(marked.contains(&note), "{note}\n{marked}");
    }
    // If what the comments say is done, they are no longer needed.
    let follow = |line: &str| match line.contains("# check:") {
        true => line.to_owned() + "\n",
        false => line.replace("Governance/", "Texts/").replace("Reports/", "Years/") + "\n",
    };
    let followed: String = marked.lines().map(follow).collect();
    let moved: String = marked.lines().filter(|line| !line.contains("no longer exists")).map(follow).collect();
    fs::write(workspace.path("docs/manifest.yaml"), &followed).unwrap();
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), moved);
}

#[test]
fn a_list_does_not_replace_a_manifest_and_is_not_added_by_an_update() {
    let workspace = Workspace::empty()
        .with("docs/a.en.pdf", crate::common::pdf("en", "Wells"))
        .with("docs/b.en.pdf", crate::common::pdf("en", "Rivers"))
        .with("docs/register.csv", "File,Title\na.en.pdf,Wells\nb.en.pdf,Rivers\n");
    let from = ["init", "--from", "docs/register.csv", "docs"];
    workspace.run(&from).expect_code(0);
    let before = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    workspace.run(&from).expect_code(2).expect_stderr("exists: add what is new with `--update`");
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("left out   register.csv seems to be a list of the documents in this folder")
        .expect_stdout("there are no new files in the folder");
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), before);
    // A workbook that is named `.xls` is recognised by its contents.
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let row = |file: &str, title: &str| format!("<table:table-row>{}{}</table:table-row>", cell(file), cell(title));
    let rows = [row("File", "Title"), row("a.en.pdf", "Wells"), row("b.en.pdf", "Rivers")].concat();
    let workspace = workspace.with(
        "book/content.xml",
        format!("<office:spreadsheet><table:table table:name=\"A\">{rows}</table:table></office:spreadsheet>"),
    );
    let mut zip = Command::new("bsdtar");
    zip.args(["--format", "zip", "-cf", "../docs/old.xls", "content.xml"]).current_dir(workspace.path("book"));
    assert!(zip.status().unwrap().success());
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("left out   old.xls seems to be a list of the documents in this folder")
        .expect_stdout("there are no new files in the folder");
    fs::remove_file(workspace.path("docs/old.xls")).unwrap();
    // A table that does not name files of the folder is a document.
    let workspace = workspace.with("docs/rain.csv", "Year,Rain\n2007,310\n2008,290\n");
    let output = workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("added      rain.csv");
    assert!(output.stdout.contains("left out   register.csv"), "{}", output.stdout);
}

#[test]
fn an_update_does_not_bring_back_what_was_removed() {
    let workspace = Workspace::empty()
        .with("docs/asia.en.pdf", pdf("en", "Asia, in a few words"))
        .with("docs/africa.en.pdf", pdf("en", "Africa, in a few words"))
        .with("docs/europe.en.pdf", pdf("en", "Europe, in a few words"))
        .with("docs/oceania.en.pdf", pdf("en", "Oceania, in a few words"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let proposed = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    // One report is removed, one is commented out, and one is excluded.
    let mut without: Vec<String> = Vec::new();
    let mut action = "";
    for line in proposed.lines() {
        if line.trim_start().starts_with("- id: ") && !line.starts_with("  - ") {
            action = ["africa", "asia", "europe"].into_iter().find(|id| line.ends_with(id)).unwrap_or("");
        }
        match action {
            "africa" | "europe" => {}
            "asia" => without.push(format!("#{line}")),
            _ => without.push(line.to_owned()),
        }
    }
    let edited = without.join("\n").replace("\nsections:", "\nexclude: europe*\nsections:") + "\n";
    let workspace = workspace.with("docs/manifest.yaml", &edited);
    let output = workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), edited, "{}", output.stdout);
    assert!(output.stdout.contains("africa.en.pdf was in the manifest before"), "{}", output.stdout);
    assert!(
        output.stdout.contains("asia.en.pdf is only in a comment")
            && output.stdout.contains("excluded   europe.en.pdf"),
        "{}",
        output.stdout
    );
    // New files are still added.
    let workspace = workspace.with("docs/antarctica.en.pdf", pdf("en", "Antarctica, in a few words"));
    let output = workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert!(output.stdout.contains("added      antarctica.en.pdf"), "{}", output.stdout);
    let text = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert!(text.contains("antarctica.en.pdf") && !text.contains("africa"), "{text}");
}

#[test]
fn a_manifest_does_not_list_itself_as_left_out() {
    let workspace = Workspace::empty().with("docs/asia.en.pdf", pdf("en", "Asia, in a few words"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let first = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    workspace.run(&["init", "--force", "docs"]).expect_code(0);
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), first);
}

#[test]
fn copies_of_discs_and_confidential_files_are_named() {
    let workspace = Workspace::empty()
        .with("docs/asia confidential.pdf", pdf("en", "Asia, in a few words"))
        .with("docs/stick/autorun.inf", "x")
        .with("docs/stick/SHA256SUMS", "x")
        .with("docs/stick/pages/index.html", "<title>x</title>")
        .with("docs/stick/documents/a.pdf", pdf("en", "x"))
        .with("docs/data.xyz", "x");
    workspace.run(&["init", "docs"]).expect_code(0).expect_stdout("folders with the files of an earlier disc: 1");
    let text = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert!(text.contains("says “confidential”; if it must not be on the disc"), "{text}");
    assert!(text.contains("#   stick") && text.contains("#   data.xyz") && !text.contains("a.pdf"), "{text}");
}

/// A PDF with the title `stated` in its metadata, whose first page shows the title `shown` in large letters.
fn titled(language: &str, stated: &str, shown: &str) -> String {
    let body = text(language).as_bytes().chunks(90).map(|line| String::from_utf8_lossy(line).replace('\u{fffd}', ""));
    let body: Vec<String> = body.collect();
    let lines: Vec<(u32, &str)> =
        [(9, "The Office"), (28, shown)].into_iter().chain(body.iter().map(|line| (11, line.as_str()))).collect();
    pdf_with_lines(language, stated, &lines)
}

#[test]
fn titles_are_taken_from_the_first_page_if_the_properties_are_stale() {
    let workspace = Workspace::empty()
        .with("docs/a.pdf", titled("en", "Microsoft Word - final_v3.doc", "Wells and pumps"))
        .with("docs/b.pdf", titled("en", "Letterhead of the unit", "Roads and bridges"))
        .with("docs/c.pdf", titled("en", "Schools and teachers", "Schools and teachers"))
        .with("docs/d-en.pdf", titled("en", "Women in the region", "Women in the region"))
        .with("docs/d-es.pdf", titled("es", "Women in the region", "Mujeres en la zona"))
        .with("docs/text.txt", format!("Rivers and lakes\n================\n\n{}\n", text("en")));
    let manifest = propose(&workspace);
    let note = "# check: taken from the first page; correct it if the document has another title";
    assert_lines(
        &manifest,
        &[
            &format!("title: Wells and pumps  {note}"),
            "title: Roads and bridges  # check: taken from the first page, because the file's properties say “Letterhead of the unit”; keep the right title",
            "title: Schools and teachers",
            "en: Women in the region",
            &format!("title: Rivers and lakes  {note}"),
        ],
    );
    assert!(manifest.contains("es: Mujeres en la zona  # check:"), "{manifest}");
    // A title that several documents have is treated as the title of a template.
    let names = ["Wells", "Pumps", "Roads"];
    let workspace = names.iter().fold(Workspace::empty(), |workspace, name| {
        workspace.with(&format!("docs/{name}.pdf"), titled("en", "The region", &format!("{name} for everybody")))
    });
    let manifest = propose(&workspace);
    for name in names {
        assert!(manifest.contains(&format!("title: {name} for everybody")), "{manifest}");
    }
}

#[test]
fn a_date_in_the_name_of_a_file_is_preferred() {
    let page = |date: &str| format!("<title>Minutes of a day</title><meta name=date content={date}><p>{}", text("en"));
    let workspace = Workspace::empty()
        .with("docs/minutes-2007-06-30.html", page("2012-01-01"))
        .with("docs/report-2008.html", page("2008-03-04"));
    assert_lines(
        &propose(&workspace),
        &[
            "date: 2007-06-30  # check: taken from the file name; correct it if it is not the date of publication",
            "date: 2008-03-04  # check: taken from the file's properties; correct it if it is not the date of publication",
        ],
    );
}

#[test]
fn one_unreadable_file_does_not_undo_the_grouping_of_translations() {
    let workspace = Workspace::empty()
        .with("docs/other/o.en.pdf", pdf("en", "Other"))
        .with("docs/other/o.ar.pdf", pdf("ar", "Other"))
        .with("docs/plan/the plan.txt", text("en"))
        .with("docs/plan/le projet.txt", text("fr"))
        .with("docs/plan/el proyecto.txt", text("es"))
        .with("docs/plan/der Plan.txt", text("de"))
        .with("docs/plan/broken.txt", "???");
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("- id: plan").count(), 2, "a section and a report: {manifest}");
    assert!(
        manifest.contains("ar: plan/broken.txt  # check: grouped with the translations in its folder"),
        "{manifest}"
    );
    // Files in different languages whose names have the same numbers are one report.
    let workspace = Workspace::empty()
        .with("docs/01 wells.txt", text("en"))
        .with("docs/01 puits.txt", text("fr"))
        .with("docs/02 pumps.txt", text("en"))
        .with("docs/02 pompes.txt", text("fr"));
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("- id: ").count(), 3, "a section and two reports: {manifest}");
    // The version may be after the language; the newest in each language belongs to the report.
    let workspace = Workspace::empty()
        .with("docs/report-en.txt", text("en"))
        .with("docs/report-de-v1.txt", text("de"))
        .with("docs/report-de-v2.txt", text("de"))
        .with("docs/report-es-final.txt", text("es"))
        .with("docs/report-fr (1).txt", text("fr"));
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 2, "{manifest}");
    assert!(manifest.contains("de: report-de-v2.txt  # check: grouped although"), "{manifest}");
    // A file with another number is not a translation of those.
    let workspace = Workspace::empty()
        .with("docs/doc/note 4 visitors.txt", text("en"))
        .with("docs/doc/note 4 visiteurs.txt", text("fr"))
        .with("docs/doc/protokoll 12.txt", text("de"));
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 2, "{manifest}");
}

#[test]
fn the_language_of_a_folder_does_not_override_the_languages_of_its_files() {
    let workspace = Workspace::empty()
        .with("docs/bible-german/de-bible-german.txt", text("de"))
        .with("docs/bible-german/en-bible-german.txt", text("en"))
        .with("docs/forms-de/templates/form_de.txt", text("de"))
        .with("docs/forms-de/templates/form_en.txt", text("en"))
        .with("docs/forms-de/templates/form_fr.txt", text("fr"))
        .with("docs/quran-de/quran-de-test.txt", text("de"));
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 3, "{manifest}");
    assert!(!manifest.contains("de-Test"), "{manifest}");
}

#[test]
fn names_on_the_disc_fit_with_long_languages() {
    let workspace = Workspace::empty()
        .with("docs/table_variable_width_en.pdf", pdf("en", "Table"))
        .with("docs/table_variable_width_zh-hans.pdf", pdf("zh-Hans", "Table"))
        .with("docs/table_variable_width_zh-hans.html", "<title>Table</title>")
        .with("docs/another_variable_width_sr-latn.docx", "x");
    let manifest = propose(&workspace);
    assert!(manifest.contains("zh-Hans:"), "{manifest}");
}

#[test]
fn documents_without_words_or_in_several_languages_are_marked() {
    let both = format!("{0}\u{c}{0}\u{c}{1}\u{c}{1}", text("en"), text("fr"));
    let workspace = Workspace::empty()
        .with("docs/both.txt", both)
        .with("docs/market.jpg", vec![b'x'; 30_000])
        .with("docs/report.pdf", pdf("en", "Report"));
    let manifest = propose(&workspace);
    assert!(manifest.contains("mul: both.txt  # check: some of its pages are in "), "{manifest}");
    assert!(manifest.contains("zxx: market.jpg  # check: taken for a picture without words"), "{manifest}");
    assert!(!manifest.contains("make-disc strings"), "{manifest}");
}

#[test]
fn a_document_in_several_languages_has_a_title_and_gives_its_language_to_other_formats() {
    let both = format!("Guide to wells\n\n{0}\u{c}{0}\u{c}{1}\u{c}{1}", text("en"), text("fr"));
    let workspace = Workspace::empty().with("docs/manual.txt", both.as_str()).with("docs/manual.docx", "not readable");
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert!(!manifest.contains("title:\n") && manifest.contains("title: Guide to wells"), "{manifest}");
    assert!(manifest.contains("mul:") && !manifest.contains("en:"), "{manifest}");
    // If there is a translation, no title may be listed under `mul`.
    let workspace = workspace.with("docs/manual.de.txt", text("de"));
    workspace.run(&["init", "--force", "docs"]).expect_code(0);
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
}

#[test]
fn no_comment_advises_removing_the_newest_version() {
    let workspace = Workspace::empty()
        .with("docs/Plans/plan_v1.pdf", pdf("en", "Plan one"))
        .with("docs/Plans/plan_v2.pdf", pdf("en", "Plan two"))
        .with("docs/Plans/plan_final.pdf", pdf("en", "Plan three"))
        .with("docs/Plans/Copy of plan_final.pdf", pdf("en", "Plan four"))
        .with("docs/Plans/plan_v1 (2).pdf", pdf("en", "Plan five"))
        .with("docs/Notes/example.docx", "x")
        .with("docs/Notes/example.pptx", "y")
        .with("docs/Notes/example_final.docx", "z")
        .with("docs/Old/Copy of road map.pdf", pdf("en", "Roads"))
        .with("docs/Roads/road map.pdf", pdf("en", "Roads and bridges"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    let advised = |note: &str| manifest.matches(note).count();
    let remove = "; if it is, remove this report and list its files under `exclude:`";
    for (note, count) in [
        (format!("# check: Plans/plan_final.pdf looks like a newer version of this document{remove}"), 3),
        (format!("# check: this looks like a copy of Plans/plan_final.pdf{remove}"), 1),
        (
            "# check: this looks like a copy of Roads/road map.pdf; if it is, remove this section, which has no other report, and list its files under `exclude:`"
                .to_owned(),
            1,
        ),
        (
            "# check: Notes/example_final.docx looks like a newer version of Notes/example.docx; if it is, remove Notes/example.docx here, but not the other files of the report, and list Notes/example.docx under `exclude:`"
                .to_owned(),
            1,
        ),
    ] {
        assert_eq!(advised(&note), count, "{note}\n{manifest}");
    }
    assert_eq!(advised("looks like"), 6, "{manifest}");
}

#[test]
fn leftovers_and_documents_of_different_years_are_not_translations() {
    let workspace = Workspace::empty()
        .with("docs/Old/packaging (1).txt", text("de"))
        .with("docs/Old/manual v1.txt", text("en"))
        .with("docs/Old/Puits.txt", text("fr"))
        .with("docs/Reports/Rapport 2019.txt", text("fr"))
        .with("docs/Reports/Informe 2019.txt", text("es"))
        .with("docs/Reports/Bericht 2020.txt", text("de"))
        .with("docs/Wells/Puits 2019.txt", text("fr"))
        .with("docs/Wells/Pozos.txt", text("es"));
    let manifest = propose(&workspace);
    // Only the two reports of 2019, and the two documents of which one has no year, are translations.
    assert_eq!(manifest.matches("      - id: ").count(), 6, "{manifest}");
}

#[test]
fn an_update_follows_what_happens_to_the_languages_of_a_report() {
    let document = |title: &str, language: &str| format!("{title}\n\n{}", text(language));
    let workspace = Workspace::empty()
        .with("docs/Install/Guide.txt", document("Installation guide", "en"))
        .with("docs/Install/Manuel.txt", document("Manuel d'installation", "fr"))
        .with("docs/Install/Anleitung.txt", document("Installationsanleitung", "de"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = |workspace: &Workspace| fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    let first = manifest(&workspace);
    // If a file exists again, its comment is removed.
    let (manual, elsewhere) = (workspace.path("docs/Install/Manuel.txt"), workspace.path("Manuel.txt"));
    fs::rename(&manual, &elsewhere).unwrap();
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(manifest(&workspace).matches("# check: Install/Manuel.txt no longer exists; restore").count(), 1);
    fs::rename(&elsewhere, &manual).unwrap();
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(manifest(&workspace), first);
    // A new language has a title.
    let workspace = workspace.with("docs/Install/Guia.txt", document("Guia para instalar", "es"));
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("added      Install/Guia.txt");
    let added = manifest(&workspace);
    assert!(added.contains("          es: Guia para instalar  # check: taken from the first page"), "{added}");
    assert!(added.contains("          es: Install/Guia.txt"), "{added}");
    // A renamed file is offered as the replacement of the old one.
    fs::rename(&manual, workspace.path("docs/Install/Manuel 2024.txt")).unwrap();
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    let renamed = manifest(&workspace);
    assert_lines(
        &renamed,
        &[
            "# check: Install/Manuel.txt no longer exists, but Install/Manuel 2024.txt seems to be its new version: if so, write that name here",
        ],
    );
    assert!(!renamed.contains("- Install/Manuel 2024.txt") && !renamed.contains("[Install/Manuel"), "{renamed}");
}

#[test]
fn a_new_language_divides_the_title_of_a_report_in_one_language() {
    let document = |title: &str, language: &str| format!("{title}\n\n{}", text(language));
    let workspace = Workspace::empty().with("docs/guide-en.txt", document("Wells: a guide", "en"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let workspace = workspace
        .with("docs/guide-es.txt", document("Guia de los pozos", "es"))
        .with("docs/guide-fr.txt", document("Le guide des puits", "fr"));
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    let manifest = || fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    let updated = manifest();
    let title = "        title: {en: \"Wells: a guide\", es: Guia de los pozos, fr: Le guide des puits}  # check: the titles in other languages (es, fr) were taken from the documents; correct them if they are wrong\n";
    assert!(updated.contains(title), "{updated}");
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(manifest(), updated);
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
}

#[test]
fn a_new_language_of_a_web_site_joins_its_report() {
    let page = |language: &str, links: &str| {
        format!("<html lang={language}><title>Help {language}</title>{links}{}</html>", text(language))
    };
    let with_site = |workspace: Workspace, language: &str| {
        workspace
            .with(
                &format!("docs/Security/{language}/index.html"),
                page(language, "<a href=a.html>A</a> <a href=b.html>B</a>"),
            )
            .with(&format!("docs/Security/{language}/a.html"), page(language, "<a href=index.html>I</a>"))
            .with(&format!("docs/Security/{language}/b.html"), page(language, "<a href=index.html>I</a>"))
    };
    let workspace = with_site(with_site(Workspace::empty(), "en"), "fr").with("docs/notes.txt", text("en"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = |workspace: &Workspace| fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    let first = manifest(&workspace);
    // The folder that contains the folders of the languages is the section.
    assert!(first.contains("title: Security\n    reports:"), "{first}");
    let workspace = with_site(with_site(workspace, "de"), "es");
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    let updated = manifest(&workspace);
    assert_eq!(updated.matches("      - id: ").count(), first.matches("      - id: ").count(), "{updated}");
    for language in ["de", "es"] {
        let line = format!("          {language}: {{folder: Security/{language}, start: index.html}}");
        assert!(updated.contains(&line), "{line}\n{updated}");
        assert!(updated.contains(&format!("          {language}: Help {language}")), "{updated}");
    }
    // The folder is renamed: nothing is added, and what the comments say can be done.
    fs::rename(workspace.path("docs/Security"), workspace.path("docs/Safety")).unwrap();
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("Security/de seems to have moved to Safety/de; marked in the manifest");
    let marked = manifest(&workspace);
    let note = "# check: Security/fr no longer exists, but Safety/fr does: if the folder was moved there, write that path here";
    assert!(marked.contains(note), "{marked}");
    assert_eq!(marked.matches("folder: ").count(), updated.matches("folder: ").count(), "{marked}");
    let followed: String =
        marked.lines().map(|line| line.replace("{folder: Security/", "{folder: Safety/") + "\n").collect();
    let workspace = workspace.with("docs/manifest.yaml", followed);
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(manifest(&workspace), updated.replace("{folder: Security/", "{folder: Safety/"));
}

#[test]
fn sizes_of_paper_are_not_languages() {
    let workspace = ["en-a4", "en-lt", "fr-a4", "fr-lt"].into_iter().fold(Workspace::empty(), |workspace, name| {
        workspace.with(&format!("docs/refcard-{name}.txt"), text(&name[..2]))
    });
    let manifest = propose(&workspace);
    assert!(manifest.contains("languages: [en, fr]"), "{manifest}");
    assert_eq!(manifest.matches("      - id: ").count(), 2, "{manifest}");
}

#[test]
fn meaningless_folders_are_not_sections_and_ids_have_no_versions() {
    let workspace = Workspace::empty()
        .with("docs/Guides/final/wells_v2.txt", text("en"))
        .with("docs/Guides/misc/pumps_FINAL.txt", text("en"))
        .with("docs/Notes/old/roads_v1.txt", text("en"))
        .with("docs/Notes/old/roads_v2.txt", text("en"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "title: Guides",
            "title: Notes",
            "- id: wells",
            "- id: pumps",
            "title: Wells  # check: taken from the file name; write the document's title",
            "# check: Notes/old/roads_v2.txt looks like a newer version of this document; if it is, remove this report and list its files under `exclude:`",
        ],
    );
    assert!(!manifest.contains("title: Final") && !manifest.contains("title: Old"), "{manifest}");
}

#[test]
fn readmes_are_left_out_and_copies_are_marked() {
    let workspace = Workspace::empty()
        .with("docs/LISEZMOI.txt", "Dossier de travail, voir le secrétariat.")
        .with("docs/LIES MICH.docx", "x")
        .with("docs/leeme.pdf", pdf("es", "Leame"))
        .with("docs/прочти.txt", "Папка")
        .with("docs/Readme.md", "# Folder")
        .with("docs/wells.txt", text("en"))
        .with("docs/copy of wells.txt", text("en"));
    let manifest = propose(&workspace);
    let proposed = manifest.split("# Left out:").next().unwrap();
    for name in ["LISEZMOI", "LIES MICH", "leeme", "прочти", "Readme"] {
        assert!(!proposed.contains(name) && manifest.contains(name), "{name}\n{manifest}");
    }
    assert!(
        manifest.contains("# check: this looks like a copy of wells.txt; if it is, remove this report"),
        "{manifest}"
    );
    assert!(!manifest.contains("newer version"), "{manifest}");
}

#[test]
fn languages_with_a_region_in_names_are_not_shortened() {
    let workspace = Workspace::empty()
        .with("docs/a/guide_pt-BR v4.txt", text("pt"))
        .with("docs/a/guide_en v4.txt", text("en"))
        .with("docs/b/Portuguese (Brazil)/wells.txt", text("pt"))
        .with("docs/b/en/wells.txt", text("en"))
        .with("docs/c/fr-CA/pumps.txt", text("fr"))
        .with("docs/c/en/pumps.txt", text("en"))
        .with("docs/latexsheet-ptbr.pdf", pdf("pt", "x"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "pt-BR: a/guide_pt-BR v4.txt",
            "pt-BR: b/Portuguese (Brazil)/wells.txt",
            "fr-CA: c/fr-CA/pumps.txt",
            "pt-BR: latexsheet-ptbr.pdf",
        ],
    );
    assert_eq!(manifest.matches("      - id: ").count(), 4, "{manifest}");
}

#[test]
fn a_new_version_of_a_file_is_offered_as_its_replacement() {
    let workspace = Workspace::empty()
        .with("docs/wells_v4.en.pdf", pdf("en", "Wells and pumps"))
        .with("docs/roads_v1.en.pdf", pdf("en", "Roads and bridges"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let before = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    // A later date in the name counts only if the file is gone: minutes of two months are two documents.
    let minutes = Workspace::empty()
        .with("docs/minutes 2020-11.pdf", pdf("en", "Minutes of a meeting"))
        .with("docs/manual 2020-12.pdf", pdf("en", "Manual for users"));
    minutes.run(&["init", "docs"]).expect_code(0);
    fs::rename(minutes.path("docs/manual 2020-12.pdf"), minutes.path("docs/manual 2021-03.pdf")).unwrap();
    let minutes = minutes.with("docs/minutes 2020-12.pdf", pdf("en", "Minutes of a later meeting"));
    minutes
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("manual 2021-03.pdf seems to be a new version of manual 2020-12.pdf")
        .expect_stdout("added      minutes 2020-12.pdf");
    // One file is renamed, and the other gets a second version.
    fs::rename(workspace.path("docs/wells_v4.en.pdf"), workspace.path("docs/wells_v5.en.pdf")).unwrap();
    let workspace = workspace.with("docs/roads_v2.en.pdf", pdf("en", "Roads, bridges and rails"));
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("wells_v5.en.pdf seems to be a new version of wells_v4.en.pdf; marked in the manifest");
    let marked = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert_lines(
        &marked,
        &[
            "# check: wells_v4.en.pdf no longer exists, but wells_v5.en.pdf seems to be its new version: if so, write that name here",
            "# check: roads_v1.en.pdf may have a new version, roads_v2.en.pdf: if so, write that name here, and list the old one under `exclude:`",
        ],
    );
    let without: String = marked
        .split_inclusive('\n')
        .filter(|line| !line.contains("# check: wells_v4") && !line.contains("# check: roads_v1"))
        .collect();
    assert_eq!(without, before, "nothing else was changed");
    // A second update changes nothing.
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), marked);
    // If the advice is followed, there is nothing left to do.
    let followed: String = marked
        .lines()
        .filter(|line| !line.contains("# check: wells_v4") && !line.contains("# check: roads_v1"))
        .map(|line| line.replace("wells_v4.en", "wells_v5.en").replace("roads_v1.en", "roads_v2.en") + "\n")
        .collect::<String>()
        .replace("\nsections:", "\nexclude: roads_v1.en.pdf\nsections:");
    let workspace = workspace.with("docs/manifest.yaml", &followed);
    let output = workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), followed, "{}", output.stdout);
    let checked = workspace.run(&["check", "docs/manifest.yaml"]).expect_code(0).stderr;
    assert!(!checked.contains("not-on-disc") && !checked.contains("missing-file"), "{checked}");
}

/// A text as a string of a PDF, in UTF-16.
fn pdf_string(text: &str) -> String {
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .map(|byte| format!("\\{byte:03o}"))
        .collect()
}

#[test]
fn a_plausible_title_is_preferred_to_garbled_letters_on_the_first_page() {
    let right = "Руководство по созданию пакетов";
    let body = "Aey eo, eo oi ai iaeaou iaeaou, oaie yoie eiao aeiou oieya aieou";
    let garbled = [(30, "Ryeiaianoai ii nicaaieth"), (12, body), (12, body), (12, body), (12, body)];
    let document = pdf_with_lines("ru", &pdf_string(right), &garbled);
    let workspace = Workspace::empty().with("docs/guide.ru.pdf", document);
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert!(manifest.contains(&format!("title: {right}\n")), "{manifest}");
}

#[test]
fn authors_of_one_translation_are_not_authors_of_the_report() {
    let guide = |language: &str, author: &str| pdf(language, &format!("Guide {language}) /Author ({author}"));
    let init = |authors: &[(&str, &str)]| {
        let workspace = authors.iter().fold(Workspace::empty(), |workspace, (language, author)| {
            workspace.with(&format!("docs/guide.{language}.pdf"), guide(language, author))
        });
        workspace.run(&["init", "docs"]).expect_code(0);
        fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap()
    };
    let same = init(&[("en", "Ada Byron; Bo Li"), ("fr", "Ada Byron; Chloe Roy"), ("sl", "Ada Byron")]);
    assert!(same.contains("authors: [Ada Byron]  # check:"), "{same}");
    let one = init(&[("en", ""), ("fr", ""), ("sl", "Chloe Roy")]);
    assert!(!one.contains("authors"), "{one}");
    let different = init(&[("en", "Ada Byron"), ("fr", "Chloe Roy")]);
    assert!(!different.contains("authors"), "{different}");
}

#[test]
fn older_versions_and_copies_do_not_prevent_a_set_of_translations() {
    let numbered = |workspace: Workspace| {
        workspace
            .with("docs/Circular 12 EN final.pdf", titled("en", "", "The circular"))
            .with("docs/Circulaire 12 FR.pdf", titled("fr", "", "La circulaire"))
            .with("docs/Carta 12 ES.pdf", titled("es", "", "La carta"))
    };
    let older = |workspace: Workspace| {
        workspace
            .with("docs/Circular 12 EN v1.pdf", titled("en", "", "An older circular"))
            .with("docs/Circular 12 EN v2.pdf", titled("en", "", "Another circular"))
            .with("docs/Copy of Circular 12 EN v2.pdf", titled("en", "", "A copied circular"))
            .with("docs/Brief/brief.pdf", titled("en", "", "The brief"))
            .with("docs/Brief/Copy of brief.pdf", titled("en", "", "A copied brief"))
            .with("docs/Brief/lettre v2.pdf", titled("fr", "", "La lettre"))
            .with("docs/Brief/lettre v1.pdf", titled("fr", "", "Une vieille lettre"))
    };
    let manifest = propose(&older(numbered(Workspace::empty())));
    let together = |manifest: &str, files: [&str; 2]| {
        let report = manifest.split("- id: ").find(|report| report.contains(&format!(": {}", files[0])));
        report.is_some_and(|report| report.contains(&format!(": {}", files[1])))
    };
    for files in [
        ["Circular 12 EN final.pdf", "Circulaire 12 FR.pdf"],
        ["Circular 12 EN final.pdf", "Carta 12 ES.pdf"],
        ["Brief/brief.pdf", "Brief/lettre v2.pdf"],
    ] {
        assert!(together(&manifest, files), "{files:?} in\n{manifest}");
    }
    assert!(!together(&manifest, ["Circular 12 EN v1.pdf", "Circulaire 12 FR.pdf"]), "{manifest}");
    assert_eq!(manifest.matches("looks like a newer version of this document").count(), 4, "{manifest}");
}

#[test]
fn an_update_names_reports_that_seem_to_be_translations_of_each_other() {
    let workspace = Workspace::empty()
        .with("docs/Circular 12.pdf", titled("en", "", "The circular"))
        .with("docs/Circulaire 12.pdf", titled("fr", "", "La circulaire"));
    let one = propose(&workspace);
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("there are no new files");
    let separate = "disc:\n  title: Letters\n  languages: [en, fr]\nsections:\n  - id: s\n    title: S\n    reports:\n      - \
                    id: a\n        title: The circular\n        variants: {en: Circular 12.pdf}\n      - id: b\n        title: \
                    La circulaire\n        variants: {fr: Circulaire 12.pdf}\n";
    let workspace = workspace.with("docs/manifest.yaml", separate);
    workspace
        .run(&["init", "--update", "docs"])
        .expect_code(0)
        .expect_stdout("one report s/a and s/b seem to be the same report in several languages");
    workspace
        .run(&["check", "docs/manifest.yaml"])
        .expect_code(0)
        .expect_stdout("if some of these are translations of each other, make one report of them");
    let workspace = workspace.with("docs/manifest.yaml", one);
    let run = workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert!(!run.stdout.contains("seem to be the same report"), "{}", run.stdout);
}

#[test]
fn sites_whose_folders_differ_only_in_the_language_need_no_comment() {
    let site = |workspace: Workspace, folder: &str, language: &str| {
        ["index", "a", "b"].iter().fold(workspace, |workspace, name| {
            let links: Vec<&str> = ["index.html", "a.html", "b.html"].to_vec();
            workspace
                .with(&format!("docs/Pages/{folder}/{name}.html"), page(language, &format!("Guide {name}"), &links))
        })
    };
    let workspace = ["guide.html", "guide.fr.html", "guide.es.html"]
        .iter()
        .zip(["en", "fr", "es"])
        .fold(Workspace::empty(), |workspace, (folder, language)| site(workspace, folder, language));
    let manifest = propose(&workspace.with("docs/a.pdf", pdf("en", "Wells")));
    assert_eq!(manifest.matches("- id: guide\n").count(), 1, "{manifest}");
    assert_eq!(manifest.matches("{folder: Pages/guide").count(), 3, "{manifest}");
    assert!(!manifest.contains("grouped because"), "{manifest}");
}

#[test]
fn the_words_of_a_picture_show_its_language() {
    let svg = |words: &str| {
        format!("<svg xmlns='http://www.w3.org/2000/svg'><text>{words}</text></svg>{}", " ".repeat(20_000))
    };
    let workspace = Workspace::empty()
        .with("docs/map.svg", svg(text("fr")))
        .with("docs/lion.svg", svg(""))
        .with("docs/a.pdf", pdf("en", "Wells"));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["fr: map.svg"]);
    assert!(manifest.contains("zxx: lion.svg  # check: taken for a picture without words"), "{manifest}");
}

#[test]
fn the_language_of_a_file_without_evidence_is_unknown() {
    let workspace = Workspace::empty()
        .with("docs/a.pdf", pdf("it", "Pozzi"))
        .with("docs/scan.pdf", pdf("", "x"))
        // The text comes before the script of the name.
        .with("docs/تقرير.txt", "The keys of a well, for use with: A, B, C and D, or: E, F and G.\n")
        .with("docs/العربية/lion.pdf", pdf("", ""));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "und: scan.pdf  # check: nothing shows the language of this file; write its language instead of `und`, which means unknown",
            "en: تقرير.txt  # check: guessed from its few words; correct the language if it is wrong",
            "ar: العربية/lion.pdf  # check: the folder says Arabic (`ar`), but the page has no text; if it is a picture without words, write `zxx` instead",
        ],
    );
}

/// A text with pages in these languages, each with a number of sentences.
fn pages(languages: &[(&str, usize)]) -> String {
    let pages: Vec<String> = languages.iter().map(|(language, sentences)| text(language).repeat(*sentences)).collect();
    pages.join("\u{c}")
}

#[test]
fn a_language_in_the_title_and_long_english_annexes_do_not_decide() {
    let mut with_annex = vec![("de", 8), ("de", 1), ("de", 1)];
    with_annex.extend([("en", 1); 8]);
    let workspace = Workspace::empty()
        .with("docs/songs-french.txt", text("en"))
        .with("docs/songs-french-fr.txt", text("fr"))
        .with("docs/plan.txt", pages(&with_annex));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "- id: songs_french",
            "en: songs-french.txt  # check: the text looks like English (`en`), and songs-french-fr.txt is in French (`fr`); correct the language if it is wrong",
            "fr: songs-french-fr.txt",
            "de: plan.txt  # check: it begins in German (`de`), but most of its pages are in English (`en`); correct the language if it is wrong",
        ],
    );
}

#[test]
fn the_text_of_a_file_comes_before_the_name_of_its_folder() {
    let workspace = Workspace::empty()
        .with("docs/Español/guia.pdf", titled("es", "", "La guía"))
        .with("docs/Español/about.txt", text("en").repeat(8))
        // Two of its pages are in the language of the folder.
        .with(
            "docs/Español/songs.txt",
            pages(&[("en", 8), ("en", 1), ("en", 1), ("es", 1), ("es", 1), ("en", 1), ("en", 1)]),
        )
        // This translation has not been finished.
        .with("docs/Español/manual.pdf", titled("en", "", "The manual"))
        .with("docs/English/manual.pdf", titled("en", "", "The manual of 2008"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "es: Español/guia.pdf",
            "en: Español/about.txt  # check: the text looks like English (`en`), but its folder says Spanish (`es`); correct the language if it is wrong",
            "en: Español/songs.txt  # check: the text looks like English (`en`), but its folder says Spanish (`es`); correct the language if it is wrong",
            "en: English/manual.pdf",
        ],
    );
    assert!(manifest.contains("es: Español/manual.pdf  # check: the name says Spanish"), "{manifest}");
}

#[test]
fn the_number_of_a_version_does_not_separate_translations() {
    let workspace = Workspace::empty()
        .with("docs/guide-fr-1.3.pdf", titled("fr", "", "Le guide"))
        .with("docs/guide-es.pdf", titled("es", "", "La guía"))
        .with("docs/guide-en.pdf", titled("en", "", "The guide"));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["fr: guide-fr-1.3.pdf", "es: guide-es.pdf"]);
    assert_eq!(manifest.matches("- id: guide").count(), 1, "{manifest}");
    // No file has a name without a version.
    let workspace = Workspace::empty()
        .with("docs/Wells 4.0.1-fr.pdf", titled("fr", "", "Le guide"))
        .with("docs/Wells 4.0.1-es.pdf", titled("es", "", "La guía"))
        .with("docs/Wells 4.0.3-de.pdf", titled("de", "", "Die Anleitung"))
        .with("docs/Wells 4.0.2-de.pdf", titled("de", "", "Die Anleitung"))
        .with("docs/plan-1.1-en.pdf", titled("en", "", "A plan"))
        .with("docs/plan-1.2-en.pdf", titled("en", "", "A new plan"));
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 4, "{manifest}");
    let wells = manifest.split("      - id: ").find(|report| report.contains("4.0.3-de")).unwrap();
    assert!(wells.contains("4.0.1-fr") && wells.contains("4.0.1-es") && !wells.contains("4.0.2"), "{manifest}");
    // Chapters, of which the last is not translated into German yet.
    let mut workspace = Workspace::empty();
    for (code, title, chapters) in [("en", "Part", 3), ("fr", "Partie", 3), ("de", "Teil", 2)] {
        for chapter in 1..=chapters {
            let name = format!("docs/guide-1.{chapter}-{code}.pdf");
            workspace = workspace.with(&name, titled(code, "", &format!("{title} {chapter}")));
        }
    }
    let manifest = propose(&workspace);
    for report in manifest.split("      - id: ").skip(1) {
        let chapters = (1..=3).filter(|chapter| report.contains(&format!("guide-1.{chapter}-"))).count();
        assert_eq!(chapters, 1, "{manifest}");
    }
}

#[test]
fn translations_with_the_same_title_and_similar_names_are_one_report() {
    let workspace = Workspace::empty()
        .with("docs/jamo-doc.pdf", titled("en", "", "A method for jamo"))
        .with("docs/jamo-kdoc.pdf", titled("es", "", "A method for jamo"))
        .with("docs/other.pdf", titled("fr", "", "A method for jamo"))
        .with("docs/wells-a4.pdf", titled("es", "", "Los pozos"))
        .with("docs/wells-en.pdf", titled("en", "", "The wells"));
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("- id: jamo_doc\n").count(), 1, "{manifest}");
    assert_lines(
        &manifest,
        &[
            "es: wells-a4.pdf  # check: grouped although its name has a size or orientation of paper and the others do not; separate it if it is a different report",
        ],
    );
    assert!(!manifest.contains("- id: jamo_kdoc"), "{manifest}");
    // Only some formats say how the paper is used.
    let workspace = Workspace::empty()
        .with("docs/wells.portrait.de.a4.pdf", titled("de", "", "Die Brunnen"))
        .with("docs/wells.portrait.it.a4.pdf", titled("it", "", "I pozzi"))
        .with("docs/wells.de.txt", "Die Brunnen des Dorfes und das Wasser, das die Frauen holen.\n".repeat(9))
        .with("docs/wells.fr.txt", "Les puits du village et l’eau que les femmes vont chercher.\n".repeat(9));
    let paper = propose(&workspace);
    assert_eq!(paper.matches("      - id: ").count(), 1, "{paper}");
    let workspace = Workspace::empty()
        .with("docs/manual.pdf", titled("fr", "", "Le manuel"))
        .with("docs/manual-e.pdf", titled("en", "", "The manual"))
        .with("docs/smanual.pdf", titled("es", "", "El manual"))
        .with("docs/notes.pdf", titled("es", "", "Las notas"))
        .with("docs/note.pdf", titled("fr", "", "La note"));
    let letters = propose(&workspace);
    assert_eq!(letters.matches("      - id: ").count(), 3, "{letters}");
    assert!(
        letters.contains("en: manual-e.pdf  # check: grouped because only the first letter of its language"),
        "{letters}"
    );
    assert!(manifest.contains("- id: other\n"), "{manifest}");
}

#[test]
fn names_that_differ_only_in_spaces_join_translations() {
    let workspace = Workspace::empty()
        .with("docs/Wells Top 10 - 2010 French.pdf", titled("fr", "", "Dix puits"))
        .with("docs/Wells Top 10 - 2010 Spanish.pdf", titled("es", "", "Diez pozos"))
        .with("docs/WellsTop10 2010 German.pdf", titled("de", "", "Zehn Brunnen"))
        .with("docs/plan-1-2-en.pdf", titled("en", "", "Part one"))
        .with("docs/plan-12-fr.pdf", titled("fr", "", "Partie douze"))
        .with("docs/road map-en.pdf", titled("en", "", "A road map"))
        .with("docs/roadmap-en.pdf", titled("en", "", "Another road map"));
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 5, "{manifest}");
    assert_lines(
        &manifest,
        &[
            "de: WellsTop10 2010 German.pdf  # check: grouped because its name differs only in spaces and hyphens from that of the others; separate it if it is a different report",
            "fr: Wells Top 10 - 2010 French.pdf",
        ],
    );
}

#[test]
fn the_year_of_the_folder_in_some_names_does_not_separate_translations() {
    let workspace = Workspace::empty()
        .with("docs/Controls/2018/Ten_Controls_2018_V3_ES-AR.pdf", titled("es", "", "Diez controles"))
        .with("docs/Controls/2018/Ten_Controls_V3.pdf", titled("en", "", "Ten controls"))
        .with("docs/Controls/2018/Ten_Controls_V3-PT.pdf", titled("pt", "", "Dez controles"))
        .with("docs/Controls/2018/Ten_Controls_V3-AR.txt", text("ar").repeat(8))
        .with("docs/Controls/2018/ten-controls-2018-french.pdf", titled("fr", "", "Dix controles"))
        // Different versions, and a year that is not that of the folder
        .with("docs/Controls/2018/Plan_2018_v1-en.pdf", titled("en", "", "A plan"))
        .with("docs/Controls/2018/Plan_v2-fr.pdf", titled("fr", "", "Un plan"))
        .with("docs/Controls/2018/Needs_2017-en.pdf", titled("en", "", "The needs"))
        .with("docs/Controls/2018/Needs-fr.pdf", titled("fr", "", "Les besoins"))
        .with("docs/Roads/roads-en.pdf", titled("en", "", "The roads"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "fr: Controls/2018/ten-controls-2018-french.pdf  # check: grouped because its name differs from that of the others only in the year of the folder, in spaces or in the version; separate it if it is a different report",
            "es-AR: Controls/2018/Ten_Controls_2018_V3_ES-AR.pdf  # check: grouped because its name differs from that of the others only in the year of the folder, in spaces or in the version; separate it if it is a different report",
            "- id: controls_2018",
            "title: Controls 2018",
        ],
    );
    assert_eq!(manifest.matches("      - id: ").count(), 6, "{manifest}");
}

#[test]
fn sections_without_letters_are_named_after_the_folders_around_them() {
    let sections = |folders: &[&str]| {
        let workspace = folders.iter().fold(Workspace::empty(), |workspace, folder| {
            workspace.with(&format!("docs/{folder}/wells.txt"), format!("The wells of {folder}\n\n{}", text("en")))
        });
        propose(&workspace)
    };
    assert_lines(
        &sections(&["Controls/2016", "Controls/2018", "Long names of pumps/2018"]),
        &[
            "title: Controls 2016",
            "title: Controls 2018",
            "- id: controls_2016",
            "- id: controls_2018",
            "- id: long_names_of_2018",
        ],
    );
    assert_lines(
        &sections(&["Controls/2018/01", "Pumps 2018/2018", "Roads"]),
        &["title: Controls 2018 01", "title: Pumps 2018", "title: Roads"],
    );
}

#[test]
fn a_title_in_another_script_is_not_the_only_one_for_readers_of_latin_letters() {
    let workspace = Workspace::empty()
        .with("docs/ten-controls-en.txt", text("en").repeat(3))
        .with("docs/ten-controls-fr.txt", text("fr").repeat(3))
        .with("docs/ten-controls-ar.txt", format!("# عشرة ضوابط للمنطقة\n\n{}", text("ar").repeat(3)))
        .with("docs/roads-ar.txt", format!("# طرق المنطقة\n\n{}", text("ar").repeat(3)))
        .with("docs/roads-en.txt", format!("# The roads of the region\n\n{}", text("en").repeat(3)))
        .with("docs/roads-fr.txt", text("fr").repeat(3));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "en: Ten controls  # check: taken from the file name; write the document's title",
            "en: The roads of the region  # check: taken from the first page; correct it if the document has another title",
        ],
    );
    assert!(!manifest.contains("fr: Roads") && !manifest.contains("fr: Ten"), "{manifest}");
}

#[test]
fn two_versions_in_two_languages_each_are_two_reports() {
    let languages = [("5.0", "en"), ("5.0", "fr"), ("9.0", "es"), ("9.0", "de")];
    let workspace = languages.into_iter().fold(Workspace::empty(), |workspace, (version, language)| {
        workspace.with(&format!("docs/words-{version}.{language}.txt"), text(language))
    });
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 2, "{manifest}");
    assert_eq!(manifest.matches("not grouped with files that have another main version").count(), 2, "{manifest}");
    let years = [("v2019", "en"), ("v2019", "fr"), ("v2020", "es"), ("v2020", "de")];
    let workspace = years.into_iter().fold(Workspace::empty(), |workspace, (version, language)| {
        workspace.with(&format!("docs/words-{version}.{language}.txt"), text(language))
    });
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 1, "years are no main versions: {manifest}");
    let late = [("5.1", "en"), ("5.1", "fr"), ("5.0", "es"), ("5.0", "de")];
    let workspace = late.into_iter().fold(Workspace::empty(), |workspace, (version, language)| {
        workspace.with(&format!("docs/words-{version}.{language}.txt"), text(language))
    });
    let manifest = propose(&workspace);
    assert_eq!(manifest.matches("      - id: ").count(), 1, "translations that are behind: {manifest}");
}

#[test]
fn old_codes_and_latin_american_spanish_are_languages() {
    let hebrew =
        "המשתתפים הסכימו שנשים צריכות להשתתף בכל שלב של תהליך השלום ושהמשרדים באזור זקוקים לעוד אנשים.\n".repeat(9);
    let workspace = Workspace::empty()
        .with("docs/wells_iw.txt", hebrew)
        .with("docs/wells_es_latam.txt", text("es"))
        .with("docs/pumps_es_ES.txt", text("es"))
        .with("docs/ropes_es-AR.txt", text("es"))
        .with("docs/wells_fr.txt", text("fr"));
    let manifest = propose(&workspace);
    assert_lines(&manifest, &["he: wells_iw.txt", "es-419: wells_es_latam.txt", "fr: wells_fr.txt"]);
    // The pages in Spanish are for all of its readers.
    assert!(manifest.contains("languages: [es, fr]  #"), "{manifest}");
    assert!(manifest.contains("whose pages serve them too: es-419, es-AR, es-ES."), "{manifest}");
}

#[test]
fn a_text_in_another_script_than_its_name_says_decides() {
    let workspace = Workspace::empty()
        .with("docs/howto-arabic.txt", text("en").repeat(8))
        .with("docs/howto-georgian.txt", text("en").repeat(8))
        // A translation that has not been finished
        .with("docs/guide-en.txt", text("en").repeat(8))
        .with("docs/guide-ru.txt", text("en").repeat(8))
        .with("docs/start-fr.txt", text("fr").repeat(8))
        .with("docs/start-ar.txt", text("en").repeat(8))
        // Serbian is also written in Latin letters.
        .with("docs/plan-sr.txt", text("en").repeat(8))
        .with("docs/road.sr@latin.txt", text("en").repeat(8));
    let manifest = propose(&workspace);
    let note = |named: &str| {
        format!(
            "# check: the name says {named}, but the text looks like English (`en`); correct the language if it is wrong"
        )
    };
    assert_lines(
        &manifest,
        &[
            &format!("en: howto-arabic.txt  {}", note("Arabic (`ar`)")),
            &format!("en: howto-georgian.txt  {}", note("Georgian (`ka`)")),
            &format!("ru: guide-ru.txt  {}", note("Russian (`ru`)")),
            &format!("ar: start-ar.txt  {}", note("Arabic (`ar`)")),
            &format!("sr: plan-sr.txt  {}", note("Serbian (`sr`)")),
            &format!("sr-Latn: \"road.sr@latin.txt\"  {}", note("Serbian (Latin) (`sr-Latn`)")),
            "- id: howto_georgian",
        ],
    );
}

#[test]
fn pages_in_english_at_the_beginning_do_not_decide() {
    let mut plan = vec![("en", 8), ("en", 1)];
    plan.extend([("es", 1); 6]);
    let workspace = Workspace::empty().with("docs/plan.txt", pages(&plan));
    assert_lines(
        &propose(&workspace),
        &[
            "es: plan.txt  # check: it begins in English (`en`), but most of its pages are in Spanish (`es`); correct the language if it is wrong",
        ],
    );
}

/// A PDF whose first page is a picture, with a second page that begins with a heading in large letters.
fn with_cover(title: &str, heading: &str) -> String {
    let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let body: String = (0..12)
        .map(|line| format!("BT /F 11 Tf 72 {} Td (The people of the region need wells.) Tj ET ", 600 - 20 * line))
        .collect();
    let page = |contents: u32| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R /Resources << /Font << /F 7 0 R >> >> >>"
        )
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        page(5),
        page(6),
        stream("0 0 1 rg 0 0 595 842 re f"),
        stream(&format!("BT /F 28 Tf 72 720 Td ({heading}) Tj ET {body}")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Title ({title}) >>"),
    ];
    pdf_of(&objects, "/Info 8 0 R")
}

#[test]
fn the_heading_after_a_cover_is_not_preferred_to_the_properties() {
    let workspace = Workspace::empty()
        .with("docs/wells-en.pdf", with_cover("Wells and pumps 2013", "About the Office"))
        .with("docs/wells-fr.pdf", with_cover("Wells and pumps 2013", "Notes"))
        .with("docs/plan 2009.pdf", with_cover("The plan of 2008", "The plan of 2009"))
        .with("docs/roads.pdf", with_cover("", "Roads and bridges"));
    let manifest = propose(&workspace);
    assert_lines(
        &manifest,
        &[
            "title: Wells and pumps 2013  # check: the same in all languages; translate it if the documents have translated titles",
            "title: The plan of 2009  # check: taken from the first page, because the file's properties say “The plan of 2008”; keep the right title",
            "title: Roads and bridges  # check: taken from the first page; correct it if the document has another title",
        ],
    );
}

#[test]
fn files_called_after_languages_are_one_report() {
    let mut workspace = Workspace::empty();
    // No program tells Northern Sami from Finnish without knowing it.
    for (code, language) in [("fra", "fr"), ("spa", "es"), ("deu", "de"), ("sme", "")] {
        let text = match language {
            "" => {
                "Juohke helssetlaš mánáš, gii lea riegádan, lea fáttarin kulturdoaibmi, man bakte mánná ja su bearaš oažžu persovnnalaš guoskkahusa."
            }
            language => text(language),
        };
        workspace = workspace.with(&format!("docs/brochures/{code}.txt"), text);
    }
    let manifest = propose(&workspace.with("docs/plan.txt", text("en")));
    assert_lines(
        &manifest,
        &["- id: brochures", "de: brochures/deu.txt", "fr: brochures/fra.txt", "es: brochures/spa.txt"],
    );
    assert!(manifest.contains("se: brochures/sme.txt"), "{manifest}");
    assert!(!manifest.contains("grouped because the folder"), "{manifest}");
}

#[test]
fn reports_called_after_countries_are_separate() {
    let mut workspace = Workspace::empty();
    for (country, subject) in [("de", "rivers"), ("fr", "wells"), ("es", "pumps"), ("it", "springs")] {
        let text = format!("The annual report about {subject}.\n\n{}", text("en"));
        workspace = workspace.with(&format!("docs/countries/{country}.txt"), text);
    }
    let manifest = propose(&workspace);
    for country in ["de", "fr", "es", "it"] {
        assert!(
            manifest.contains(&format!("en: {country}.txt"))
                || manifest.contains(&format!("en: countries/{country}.txt")),
            "{manifest}"
        );
    }
}

#[test]
fn translations_with_the_same_version_in_unlike_names_are_one_report() {
    let workspace = Workspace::empty()
        .with("docs/Pumps v2.9 Benutzerhandbuch Farbe.txt", text("de"))
        .with("docs/Manual.Pumps.v.2.9.for.Colour.Screens.txt", text("en"))
        .with("docs/Pumps_v2.8.1_Benutzerhandbuch.txt", text("de"))
        .with("docs/Wells v3.1.txt", text("de"))
        .with("docs/Ropes v3.1.txt", text("en"));
    let manifest = propose(&workspace);
    let note = "# check: grouped because the names have the same numbers; separate the languages if they are different reports";
    assert_lines(
        &manifest,
        &[
            &format!("de: Pumps v2.9 Benutzerhandbuch Farbe.txt  {note}"),
            &format!("en: Manual.Pumps.v.2.9.for.Colour.Screens.txt  {note}"),
        ],
    );
    assert_eq!(manifest.matches("grouped because").count(), 2, "{manifest}");
}

#[test]
fn a_title_is_not_completed_with_its_own_words() {
    let manual = |name: &str, audience: &str| {
        let lines = [(30, name), (28, "User manual"), (14, audience)];
        pdf_with_lines("en", "Wellmaker: User manual", &lines)
    };
    let workspace = Workspace::empty()
        .with("docs/guide.pdf", manual("Wellmaker", "For schools"))
        .with("docs/handbook.pdf", manual("The Wellmaker", "For villages"));
    let manifest = propose(&workspace);
    assert!(manifest.contains("title: \"Wellmaker: User manual: For schools\""), "{manifest}");
}
