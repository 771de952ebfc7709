//! Work from an organisation's register, repeatedly: `init --from LIST --update`.

#![allow(clippy::unwrap_used)]

use std::fs;

use crate::common::{RunOutput, Workspace, pdf};

/// A register of two reports in three languages.
const REGISTER: &str = "\
File,Report,Language,Title,Symbol,Section,Date,Authors,Keywords,Summary,Publisher,Pages
wells-en.pdf,wells,English,Wells and pumps,A/1,Water,05/11/2007,\"Byron, Ada; Li, Bo\",\"women, peace\",What was said.,The Office,12
wells-fr.pdf,wells,French,Puits et pompes,A/1,Water,05/11/2007,,\"femmes, paix\",Ce qui a été dit.,,14
wells-es.pdf,wells,Spanish,«Pozos» y bombas,A/1,Water,05/11/2007,,\"mujeres, paz\",Lo que se dijo.,,14
rivers-en.pdf,rivers,English,Rivers,A/2,Water,31/12/2008,The Office,,,,
";

fn workspace() -> Workspace {
    ["wells-en", "wells-fr", "wells-es", "rivers-en"].into_iter().fold(Workspace::empty(), |workspace, name| {
        let language = name.rsplit('-').next().unwrap();
        workspace.with(&format!("docs/{name}.pdf"), pdf(language, &format!("Not the title of {name}")))
    })
}

fn manifest(workspace: &Workspace) -> String {
    fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap()
}

const FROM: [&str; 4] = ["init", "--from", "register.csv", "docs"];
const UPDATE: [&str; 5] = ["init", "--from", "register.csv", "--update", "docs"];

#[test]
fn a_value_that_cannot_be_edited_is_replaced_by_hand() {
    let workspace = workspace().with("register.csv", REGISTER);
    workspace.run(&FROM).expect_code(0);
    // The authors are in brackets over several lines.
    let authors = "        authors: [\"Byron, Ada\", \"Li, Bo\"]\n";
    let edited = authors.replace("Li, Bo\"", "Li, Bo\",\n          Somebody else");
    let edited = manifest(&workspace).replacen(authors, &edited, 1);
    let line = edited.lines().position(|line| line == "        authors: [\"Byron, Ada\", \"Li, Bo\",").unwrap() + 1;
    let workspace = workspace.with("docs/manifest.yaml", &edited);
    let output = workspace.run(&UPDATE).expect_code(0);
    let wanted = format!(
        "by hand    init cannot edit the key on line {line}; replace it and its value with:\n             authors: [\"Byron, Ada\", \"Li, Bo\"]\n"
    );
    assert!(output.stdout.contains(&wanted), "{wanted}\n{}", output.stdout);
    assert_eq!(manifest(&workspace), edited);
    let json = workspace.run(&[&["init", "--json"], &UPDATE[1..]].concat()).expect_code(0).stdout;
    assert!(
        json.contains(&format!(
            "\"by_hand\":[{{\"line\":{line},\"replace\":[\"authors: [\\\"Byron, Ada\\\", \\\"Li, Bo\\\"]\"]}}]"
        )),
        "{json}"
    );
}

#[test]
fn rows_of_a_report_that_differ_are_named() {
    let register = REGISTER
        .replace("Puits et pompes,A/1,Water,05/11/2007,", "Puits et pompes,A/1 (F),Eau,06/11/2007,\"Byron, Ada\"");
    let workspace = workspace().with("register.csv", register);
    workspace.run(&FROM).expect_code(0);
    let differences =
        "symbol (A/1, also A/1 (F)), date (2007-11-05, also 2007-11-06), authors (Byron, Ada; Li, Bo, also Byron, Ada)";
    let note = format!("# check: the rows of the list differ: {differences}; make sure that the first value is right");
    let manifest = manifest(&workspace);
    assert!(manifest.contains(&note), "{note}\n{manifest}");
    let output = workspace.run(&UPDATE).expect_code(0);
    let note = format!("the rows of the report with `wells-en.pdf` differ: {differences}; the first value is used");
    assert!(output.stdout.contains(&note), "{note}\n{}", output.stdout);
    assert!(!output.stdout.contains("everything that the list says"), "{}", output.stdout);
}

/// The lines in which two texts of the same number of lines differ.
fn different_lines<'t>(before: &'t str, after: &'t str) -> Vec<(&'t str, &'t str)> {
    assert_eq!(before.lines().count(), after.lines().count(), "{before}\n---\n{after}");
    before.lines().zip(after.lines()).filter(|(before, after)| before != after).collect()
}

#[test]
fn changing_one_cell_changes_one_line_and_a_second_run_changes_nothing() {
    let mut workspace = workspace().with("register.csv", REGISTER);
    workspace.run(&FROM).expect_code(0).expect_stdout("read with the day first, because `31/12/2008` in row 5");
    let first = manifest(&workspace);
    for line in [
        "      - id: wells",
        "          en: Wells and pumps",
        "          es: «Pozos» y bombas",
        "          fr: Puits et pompes",
        "        symbol: A/1",
        "        date: 2007-11-05",
        "        authors: [\"Byron, Ada\", \"Li, Bo\"]",
        "          - {en: women, es: mujeres, fr: femmes}",
        "          - {en: peace, es: paz, fr: paix}",
        "          fr: Ce qui a été dit.",
        "        publisher: The Office",
    ] {
        assert!(
            first.lines().any(|own| own.replace('"', "") == line.replace('"', "")),
            "no line `{line}` in:\n{first}"
        );
    }
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
    let nothing = "there are no new files in the folder, and the manifest has everything that the list says";
    workspace.run(&UPDATE).expect_code(0).expect_stdout(nothing);
    assert_eq!(manifest(&workspace), first);
    for (cell, other, line) in [
        ("Wells and pumps", "Pumps: and wells", "en: \"Pumps: and wells\""),
        ("Puits et pompes", "Pompes et puits", "fr: Pompes et puits"),
        ("«Pozos» y bombas", "Bombas y pozos", "es: \"Bombas y pozos\""),
        ("rivers,English,Rivers", "rivers,English,Rivers of Asia", "title: Rivers of Asia"),
        ("A/2", "A/2/Rev.1", "symbol: A/2/Rev.1"),
        ("31/12/2008", "2008", "date: 2008"),
        ("\"Byron, Ada; Li, Bo\"", "\"Byron, Ada\"", "authors: [\"Byron, Ada\"]"),
        ("\"femmes, paix\"", "\"femmes, la paix\"", "- {en: peace, es: paz, fr: la paix}"),
        ("Ce qui a été dit.", "Ce qui fut dit.", "fr: Ce qui fut dit."),
        ("What was said.,The Office", "What was said.,Another Office", "publisher: Another Office"),
        (",12\n", ",13\n", "pages: \"13\""),
    ] {
        let changed = REGISTER.replacen(cell, other, 1);
        assert_ne!(changed, REGISTER, "{cell}");
        workspace = workspace.with("register.csv", &changed).with("docs/manifest.yaml", &first);
        let output = workspace.run(&UPDATE).expect_code(0);
        let now = manifest(&workspace);
        let different = different_lines(&first, &now);
        assert_eq!(different.len(), 1, "{cell}: {different:?}");
        assert_eq!(different[0].1.trim_start(), line, "{cell}");
        // The diff names both lines.
        for (sign, text) in [('-', different[0].0), ('+', different[0].1)] {
            assert!(output.stdout.contains(&format!("{sign} {text}")), "{cell}\n{}", output.stdout);
        }
        // Without another date, nothing shows the order of the day and the month.
        let done = if cell == "31/12/2008" { "3 dates cannot be read" } else { nothing };
        workspace.run(&UPDATE).expect_code(0).expect_stdout(done);
        assert_eq!(manifest(&workspace), now, "{cell}");
    }
    // If all rows of a section get a new heading, one line changes, too.
    let changed = REGISTER.replace("Water", "Fresh water");
    workspace = workspace.with("register.csv", changed).with("docs/manifest.yaml", &first);
    workspace.run(&UPDATE).expect_code(0);
    assert_eq!(different_lines(&first, &manifest(&workspace)), [("    title: Water", "    title: Fresh water")]);
    // If only the rows of one report get another section, it is moved.
    let changed = REGISTER.replace("A/1,Water", "A/1,Lakes");
    workspace = workspace.with("register.csv", changed).with("docs/manifest.yaml", &first);
    workspace.run(&UPDATE).expect_code(0).expect_stdout("+   - id: lakes").expect_stdout("-       - id: rivers");
    let now = manifest(&workspace);
    assert!(now.contains("  - id: lakes\n    title: Lakes\n    reports:\n      - id: wells\n"), "{now}");
    let lines = |text: &str| text.lines().count();
    assert_eq!(lines(&now), lines(&first) + 3, "{now}");
    workspace.run(&UPDATE).expect_code(0).expect_stdout(nothing);
    assert_eq!(manifest(&workspace), now);
    // If a row gets another language, the file and its texts move to that language.
    let changed = REGISTER.replace("wells,Spanish", "wells,Portuguese");
    workspace = workspace.with("register.csv", changed).with("docs/manifest.yaml", &first);
    workspace.run(&UPDATE).expect_code(0);
    let now = manifest(&workspace);
    for part in [
        "          pt:\n            files: wells-es.pdf",
        "pt: \"«Pozos» y bombas\"",
        "pt: mujeres",
        "pt: Lo que se dijo.",
    ] {
        assert!(now.contains(part) && !now.contains(" es:"), "{part}\n{now}");
    }
    workspace.run(&UPDATE).expect_code(0).expect_stdout(nothing);
    assert_eq!(manifest(&workspace), now);
}

#[test]
fn the_same_register_in_windows_1252_changes_nothing() {
    let workspace = workspace().with("register.csv", REGISTER);
    workspace.run(&FROM).expect_code(0);
    let first = manifest(&workspace);
    let latin1 = |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
    let workspace = workspace.with("register.csv", latin1(REGISTER));
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the manifest has everything that the list says");
    assert_eq!(manifest(&workspace), first);
    let changed = latin1(&REGISTER.replace("Ce qui a été dit.", "Ce qui fut dit à l'été."));
    let workspace = workspace.with("register.csv", changed);
    workspace.run(&UPDATE).expect_code(0);
    let now = manifest(&workspace);
    assert_eq!(different_lines(&first, &now).len(), 1);
    assert!(now.contains("fr: Ce qui fut dit à l'été."), "{now}");
}

/// A manifest in styles of YAML that people use, but that `init` does not write.
const EDITED: &str = "\
# Ours.
disc: {title: T, languages: [en, fr]}
sections:
- id: w
  title: 'Water'   # the heading
  reports:
  -   id: our_wells
      title:   # both
        en: 'It''s about wells'   # the old title
        fr: >-
          Puits
          et pompes
      summary: |
        Two
        lines.
      # An author of ours.
      authors:
      - Ada Byron   # first
      - Bo Li       # second
      subjects: [{en: women, fr: femmes}, 'peace']
      date: \"2007-11-05\"  # check: taken from the file's properties; correct it if it is not the date of publication
      variants: {en: wells-en.pdf, # English
                 fr: wells-fr.pdf}
  - {id: rivers, title: Rivers, place: {en: Geneva, fr: Genève}, variants: {en: rivers-en.pdf}}   # in brackets
";

#[test]
fn a_manifest_that_people_have_edited_keeps_every_other_byte() {
    let register = "File,Title,Language,Authors,Subjects,Summary,Date,Place,Kind\n\
        wells-en.pdf,It's about \"pumps\",en,Ada Byron,women; water,One line.,2007,,report\n\
        wells-fr.pdf,Pompes,fr,,femmes; eau,,,,\n\
        rivers-en.pdf,\"Rivers, lakes\",en,,,\"It's: here\",2008-00-00,Geneva,\n";
    let workspace = workspace().with("register.csv", register).with("docs/manifest.yaml", EDITED);
    fs::remove_file(workspace.path("docs/wells-es.pdf")).unwrap();
    workspace.run(&UPDATE).expect_code(0);
    let expected = EDITED
        .replace("'It''s about wells'", "'It''s about \"pumps\"'")
        .replace("          Puits\n          et pompes\n", "          Pompes\n")
        .replace("        Two\n        lines.\n", "        One line.\n")
        .replace("      - Bo Li       # second\n", "")
        .replace("'peace']", "{en: water, fr: eau}]")
        .replace(
            "\"2007-11-05\"  # check: taken from the file's properties; correct it if it is not the date of publication\n",
            "\"2007\"\n",
        )
        .replace("      variants: {en: wells-en.pdf", "      kind: report\n      variants: {en: wells-en.pdf")
        .replace("title: Rivers,", "title: \"Rivers, lakes\", date: 2008, summary: {en: \"It's: here\"},");
    let now = manifest(&workspace);
    // A new key is written after the keys that usually precede it.
    assert_eq!(sorted(&now), sorted(&expected), "{now}");
    assert!(
        now.contains("title: \"Rivers, lakes\", date: 2008, summary: {en: \"It's: here\"}, place: {en: Geneva"),
        "{now}"
    );
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the manifest has everything that the list says");
    assert_eq!(manifest(&workspace), now);
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn new_files_and_values_are_added_together() {
    let workspace = workspace().with("register.csv", REGISTER);
    workspace.run(&FROM).expect_code(0);
    let register = format!(
        "{}wells-ar.pdf,wells,ar,آبار,A/1,Water,05/11/2007,,\"نساء, سلام\",,,20\nlakes-en.pdf,lakes,en,Lakes,A/3,Water,2010,,,,,\n",
        REGISTER.replace("Wells and pumps", "Wells")
    );
    let workspace = workspace
        .with("docs/wells-ar.pdf", pdf("ar", "x"))
        .with("docs/lakes-en.pdf", pdf("en", "Not the title"))
        .with("register.csv", register);
    let json = workspace.run(&["init", "--json", "--from", "register.csv", "--update", "docs"]).expect_code(0).stdout;
    for part in [
        r#""added":["wells-ar.pdf","lakes-en.pdf"]"#,
        r#""added":["          en: Wells"]"#,
        r#""removed":["          en: Wells and pumps"]"#,
        r#""code":"date-order""#,
    ] {
        assert!(json.contains(part), "{part} is not in:\n{json}");
    }
    let now = manifest(&workspace);
    for line in [
        "          ar: آبار",
        "            files: wells-ar.pdf\n            pages: \"20\"",
        "title: Lakes",
        "symbol: A/3",
    ] {
        assert!(now.contains(line), "{line} is not in:\n{now}");
    }
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the manifest has everything that the list says");
    assert_eq!(manifest(&workspace), now);
}

#[test]
fn dates_are_not_guessed() {
    let run = |headings: &str, dates: [&str; 2]| {
        let rows = format!("{headings}\nwells-en.pdf,{}\nrivers-en.pdf,{}\n", dates[0], dates[1]);
        let workspace = workspace().with("register.csv", rows);
        let output = workspace.run(&FROM).expect_code(0).stdout;
        (manifest(&workspace), output)
    };
    let (text, output) = run("File,Date", ["5/11/2007", "12/31/2008"]);
    assert!(text.contains("date: 2007-05-11") && text.contains("date: 2008-12-31"), "{text}");
    assert!(output.contains("dates such as `5/11/2007` in row 2 are read with the month first"), "{output}");
    let (text, output) = run("Fichier,Date de publication", ["5/11/2007", "6/11/2007"]);
    assert!(text.contains("date: 2007-11-05"), "{text}");
    assert!(output.contains("with the day first, because the headings are in French"), "{output}");
    // English uses both orders, and the properties of a file do not replace the date in the list.
    let (text, output) = run("File,Date", ["5/11/2007", "about 1950"]);
    assert!(!text.contains("    date:"), "{text}");
    assert!(output.contains("2 dates cannot be read, or could be two different days"), "{output}");
    // The years of old documents
    let (text, output) = run("File,Date", ["850", "0850"]);
    assert!(text.contains("date: 0850") || text.contains("date: \"0850\""), "{text}");
    assert!(output.contains("`850` is not a date; write the year with four digits, as text: `0850`"), "{output}");
    let (text, output) = run("File,Date", ["31/12/2007", "12/31/2007"]);
    assert!(text.contains("date: 2007-12-31") && !output.contains("dates such as"), "{text}{output}");
    let (text, _) = run("Fichier,Date", ["juin 2021", "2021-06-00"]);
    assert_eq!(text.matches("date: 2021-06\n").count(), 2, "{text}");
}

#[test]
fn a_day_that_is_stored_as_a_number_is_explained() {
    let register = "File,Title,Date\nwells-en.pdf,Wells,39629\n";
    let output = workspace().with("register.csv", register).run(&FROM).expect_code(0).stdout;
    let expected = "row 2: `39629` is how spreadsheet programs store a day; give the cells a date format, or write dates such as 2008-06-30\n";
    assert!(output.contains(expected), "{output}");
}

#[test]
fn a_second_column_with_the_same_heading_is_named() {
    let register = "File,Title,Symbol,Title\nwells-en.pdf,Wells,A,Les puits\n";
    let output = workspace().with("register.csv", register).run(&FROM).expect_code(0).stdout;
    let expected =
        "the columns B (“Title”) and D (“Title”) mean the same, and differ in 1 row, where the first was used";
    assert!(output.contains(expected), "{output}");
    let same = "File,Title,Symbol,Title\nwells-en.pdf,Wells,A,Wells\n";
    let output = workspace().with("register.csv", same).run(&FROM).expect_code(0).stdout;
    assert!(!output.contains("mean the same"), "{output}");
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_reported_with_its_line() {
    let register = "File,Title\nwells-en.pdf,\"Wells\npumps-en.pdf,Pumps\n";
    let output = workspace().with("register.csv", register).run(&FROM).expect_code(1).stderr;
    assert!(output.contains("the cell in line 2 that begins with a quotation mark has none at its end"), "{output}");
}

#[test]
fn many_notes_of_a_kind_are_one_line() {
    let workspace = (0..9).fold(Workspace::empty(), |workspace, number| {
        workspace.with(&format!("docs/a{number}.pdf"), pdf("en", &format!("A {number}")))
    });
    let register = "List of files\n\nFile,Shelf,Colour,dc.date.accessioned,Box\na0.pdf,1,red,2001,\na1.pdf,2,red,2001,\nnone.pdf,1,,,\nother.pdf,1,,,\n,1,red,,\nTotal,3,,,\n";
    // Spreadsheet programs also number empty rows, and end lines with CR and LF.
    let workspace = workspace.with("register.csv", register.replace('\n', "\r\n"));
    let output = workspace.run(&FROM).expect_code(0).stdout;
    for line in [
        "2 columns were not recognised and not used; to use one, give it one of these headings: file, report, title",
        "licence: “Shelf”, “Colour”",
        "the column “dc.date.accessioned” was not used, because a manifest has no place for it",
        "2 rows name files that are not in the folder; correct the paths or names: none.pdf (row 6), other.pdf (row 7)",
        "row 8: no file is given",
        "7 files have no row in the list; add rows for the files that must be on the disc, and list the others under `exclude:` (`--json` names all): a2.pdf, a3.pdf, a4.pdf, a5.pdf, a6.pdf and 2 more",
    ] {
        assert!(output.contains(line), "{line}\n{output}");
    }
    assert!(!output.contains("Box") && !output.contains("row 9"), "{output}");
    let json = workspace.run(&["init", "--json", "--force", "--from", "register.csv", "docs"]).expect_code(0).stdout;
    assert_eq!(json.matches("file-without-row").count(), 7, "{json}");
}

#[test]
fn lists_from_programs_for_digital_collections_are_understood() {
    let workspace = |rows: &str| {
        let workspace = ["a-en.pdf", "a-fr.pdf", "b.pdf", "objects/c.jpg"].into_iter().fold(
            Workspace::empty(),
            |workspace, name| {
                let language = if name.contains("fr") { "fr" } else { "en" };
                workspace.with(&format!("docs/{name}"), format!("{}{}", pdf(language, "x"), " ".repeat(20_000)))
            },
        );
        let workspace = workspace.with("register.csv", rows);
        workspace.run(&FROM).expect_code(0);
        manifest(&workspace)
    };
    let dspace = workspace(
        "id,collection,filename,dc.title[en_US],dc.title[fr],dc.contributor.author,dc.date.issued,dc.date.accessioned,dc.subject[en],dc.subject[fr],dc.description.abstract[en_US],dc.type\n\
         14,123456789/1,a-en.pdf||a-fr.pdf,Wells,Puits,\"Byron, Ada::x::600||Li, Bo\",2008-06,2020-01-01T00:00:00Z,water||peace,eau||paix,About wells,Technical Report\n",
    );
    for part in [
        "      - id: wells\n        title:\n          en: Wells\n          fr: Puits\n        date: 2008-06\n",
        "authors: [\"Byron, Ada\", \"Li, Bo\"]",
        "- {en: water, fr: eau}",
        "summary:\n          en: About wells\n",
        "kind: report",
        "en: a-en.pdf\n          fr: a-fr.pdf",
    ] {
        assert!(dspace.contains(part), "{part}\n{dspace}");
    }
    let collection_builder = workspace(
        "objectid,filename,title,creator,date,description,subject,location,latitude,longitude,type,format,language,rights,object_location\n\
         demo_001,,Hall,\"Pacific Photo Co.\",1910,A postcard.,universities; buildings,Moscow,46.7,-117.0,Image;StillImage,image/jpeg,eng,Public Domain,/objects/c.jpg\n\
         demo_002,b.pdf,Court,,1912-09-08,,,,,,Text,application/pdf,eng,,https://example.org/b.pdf\n",
    );
    for part in [
        "- id: demo_001\n        title: Hall",
        "subjects: [universities, buildings]",
        "licence: Public Domain",
        "en: objects/c.jpg",
        "title: Court",
    ] {
        assert!(collection_builder.contains(part), "{part}\n{collection_builder}");
    }
    // A report of several files has a row of its own, which the rows of its files name as their parent.
    let compound = workspace(
        "objectid,parentid,filename,title,date,subject,language\n\
         minutes,,,Minutes of 1910,1910,council,eng\n\
         minutes_1,minutes,a-en.pdf,First page,1911,,eng\n\
         minutes_2,minutes,objects/c.jpg,Second page,,,eng\n\
         court,,b.pdf,Court,1912,,eng\n",
    );
    for part in [
        "- id: minutes\n        title:\n          en: Minutes of 1910\n        date: 1910\n        subjects: [council]\n        variants:\n          en:\n            - a-en.pdf\n            - objects/c.jpg\n",
        "- id: court\n        title: Court\n",
    ] {
        assert!(compound.contains(part), "{part}\n{compound}");
    }
    let omeka = workspace(
        "itemType\tfileUrl\tDublin Core:Title\tDublin Core:Creator\tDublin Core:Date\tDublin Core:Description\ttags\tItem Type Metadata:Birth Date\n\
         Text\thttps://example.org/files/b.pdf\tThe Trial\t\"Kafka, Franz\"\t1925\tA man.\tbook; classic\t3 July 1883\n",
    );
    for part in [
        "title: The Trial",
        "date: 1925",
        "authors: [\"Kafka, Franz\"]",
        "subjects: [book, classic]",
        "summary:\n          en: A man.\n",
    ] {
        assert!(omeka.contains(part), "{part}\n{omeka}");
    }
    let matrix = workspace("Symbol,Title (English),Title (French),EN,FR\nA/1,Wells,Puits,a-en.pdf,a-fr.pdf\n");
    for part in ["en: Wells\n          fr: Puits", "en: a-en.pdf\n          fr: a-fr.pdf"] {
        assert!(matrix.contains(part), "{part}\n{matrix}");
    }
    let two_words = workspace(
        "File,Title,Titre,Summary,Résumé\na-en.pdf,Wells,Puits,A well.,Un puits.\na-fr.pdf,Wells,Puits,A well.,Un puits.\n",
    );
    for part in ["en: Wells\n          fr: Puits", "en: A well.\n          fr: Un puits."] {
        assert!(two_words.contains(part), "{part}\n{two_words}");
    }
    let bands = workspace("Annex to the letter\n\nDocument,Title\nWater,\na-en.pdf,x\nPeace,\nb.pdf,y\n");
    for part in ["title: Water", "title: Peace"] {
        assert!(bands.contains(part), "{part}\n{bands}");
    }
}

#[test]
fn a_row_for_an_excluded_file_is_reported() {
    let workspace = workspace().with("register.csv", REGISTER);
    workspace.run(&FROM).expect_code(0);
    let before = manifest(&workspace);
    let excluded = before
        .replace("\nsections:", "\nexclude: rivers*\nsections:")
        .lines()
        .scan(false, |is_rivers, line| {
            *is_rivers = line.ends_with("id: rivers") || *is_rivers && line.starts_with("        ");
            Some((*is_rivers, line))
        })
        .filter(|(is_rivers, _)| !is_rivers)
        .map(|(_, line)| format!("{line}\n"))
        .collect::<String>();
    let workspace = workspace.with("docs/manifest.yaml", &excluded);
    workspace
        .run(&UPDATE)
        .expect_code(0)
        .expect_stdout(
            "row 5: `rivers-en.pdf` is under `exclude:` in the manifest; remove it there if it should be on the disc",
        )
        .expect_stdout("nothing was changed; correct what is named above, or leave it as it is");
    assert_eq!(manifest(&workspace), excluded);
}

#[test]
fn files_that_the_program_leaves_out_by_itself_are_taken_if_the_list_names_them() {
    let page = |links: &str| {
        format!("<html lang=en><title>Guide to wells</title>{links}{}</html>", "Some words. ".repeat(200))
    };
    let all = "<a href=index.html>0</a><a href=ch1.html>1</a><a href=ch2.html>2</a>";
    let mut workspace = workspace()
        .with("docs/small.png", "x")
        .with("docs/data.xyz", "x")
        .with("docs/README.txt", "How to use the wells")
        .with("docs/old.pdf.gz", "x")
        .with("docs/old.pdf", pdf("en", "Old"))
        .with("docs/table.csv", "File,Depth\nwells-en.pdf,3\n")
        .with("docs/secret plan.png", "x")
        .with("docs/guide/guide.txt", "Some words. ".repeat(300))
        .with("docs/.hidden.pdf", pdf("en", "Hidden"))
        .with("docs/empty.pdf", "")
        .with("docs/link.lnk", "x");
    for name in ["index", "ch1", "ch2"] {
        workspace = workspace
            .with(&format!("docs/guide/{name}.html"), page(all))
            .with(&format!("docs/manual/{name}.html"), page(all));
    }
    workspace.run(&["init", "docs"]).expect_code(0);
    let without = manifest(&workspace);
    let taken = ["small.png", "data.xyz", "README.txt", "old.pdf.gz", "table.csv", "secret plan.png", "guide/ch1.html"];
    let sections = without.split("# Left out:").next().unwrap();
    for name in taken {
        assert!(!sections.contains(name), "{name}\n{without}");
    }
    let rows: String = taken.iter().map(|name| format!("{name},Title of {name}\n")).collect();
    let others = ".hidden.pdf,H\nempty.pdf,E\nlink.lnk,L\nmanual/ch2.html,C\n";
    let workspace = workspace.with("register.csv", format!("{REGISTER_START}{rows}{others}"));
    let json = workspace.run(&["init", "--force", "--json", "--from", "register.csv", "docs"]).expect_code(0).stdout;
    let now = manifest(&workspace);
    for name in taken {
        assert!(
            now.contains(&format!("title: Title of {name}")) && now.contains(&format!("{name}\n"))
                || now.contains(&format!("{name}  #")),
            "{name}\n{now}"
        );
    }
    assert!(now.contains("# check: the name of secret plan.png says “secret”"), "{now}");
    for message in [
        "`.hidden.pdf` is hidden, or is one of the files that operating systems create",
        "`empty.pdf` is empty; copy it again",
        "`link.lnk` is not a document; write the name of the document itself",
        "`manual/ch2.html` is part of the web site `manual`, which goes on the disc as a whole",
    ] {
        assert!(json.contains(message), "{message}\n{json}");
    }
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
    // An update does the same, but does not bring back files that people have removed.
    let workspace = workspace.with("docs/manifest.yaml", &without);
    fs::remove_file(workspace.path("docs/.manifest.seen.txt")).unwrap();
    workspace.run(&UPDATE).expect_code(0).expect_stdout("README.txt");
    let updated = manifest(&workspace);
    for name in taken {
        assert!(updated.contains(&format!("Title of {name}")), "{name}\n{updated}");
    }
    let removed = without.replace("\nsections:", "\nexclude: data.xyz\nsections:");
    // Drop the row of the chapter: a chapter that is removed from the manifest would change how the other pages are handled.
    let seen = fs::read_to_string(workspace.path("docs/.manifest.seen.txt")).unwrap();
    let workspace = workspace
        .with("docs/manifest.yaml", &removed)
        .with("docs/.manifest.seen.txt", seen.replace("guide/ch1.html\n", ""))
        .with(
            "register.csv",
            format!("{REGISTER_START}{}", rows.replace("guide/ch1.html,Title of guide/ch1.html\n", "")),
        );
    let json = workspace.run(&["init", "--json", "--from", "register.csv", "--update", "docs"]).expect_code(0).stdout;
    assert_eq!(manifest(&workspace), removed);
    assert!(
        json.contains("`data.xyz` is under `exclude:`") && json.contains("`small.png` was removed from the manifest"),
        "{json}"
    );
}

const REGISTER_START: &str = "File,Title\n";

#[test]
fn a_list_that_names_old_versions_is_used_for_the_new_ones() {
    let register = "File,Title,Symbol\nplan_v4.pdf,The plan,A/1\nbudget final.pdf,The budget,A/2\nmanual 2020-12.pdf,The manual,A/3\nminutes 2020-11.pdf,Minutes of November,A/4\n";
    let workspace = Workspace::empty()
        .with("docs/plan_v4.pdf", pdf("en", "Something"))
        .with("docs/plan_v5.pdf", pdf("en", "Something new"))
        .with("docs/plan_v6 draft.pdf", pdf("en", "Something newer"))
        .with("docs/budget final2.pdf", pdf("en", "Numbers"))
        .with("docs/manual 2021-03.pdf", pdf("en", "Pages"))
        .with("docs/minutes 2020-11.pdf", pdf("en", "Words"))
        .with("docs/minutes 2020-12.pdf", pdf("en", "More words"))
        .with("register.csv", register);
    let output = workspace.run(&FROM).expect_code(0).stdout;
    assert!(output.contains("3 rows name old versions of files and were used for the new versions"), "{output}");
    let first = manifest(&workspace);
    for (title, file) in [
        ("The plan", "plan_v5.pdf"),
        ("The budget", "budget final2.pdf"),
        ("The manual", "manual 2021-03.pdf"),
        ("Minutes of November", "minutes 2020-11.pdf"),
    ] {
        let report = first.split("- id: ").find(|report| report.contains(&format!("title: {title}\n"))).unwrap();
        assert!(report.contains(&format!("en: {file}")), "{report}");
    }
    assert!(
        first.contains("# check: the list names budget final.pdf; this file seems to be its new version"),
        "{first}"
    );
    assert!(!first.split("# Left out:").next().unwrap().contains("en: plan_v4.pdf"), "{first}");
    // Each update says so again, and changes nothing.
    for _ in 0..2 {
        workspace.run(&UPDATE).expect_code(0).expect_stdout("3 rows name old versions");
        assert_eq!(manifest(&workspace), first);
    }
    // A new title in the row of the old version changes the title of the new version.
    let workspace = workspace.with("register.csv", register.replace("The plan", "The whole plan"));
    workspace.run(&UPDATE).expect_code(0);
    assert_eq!(different_lines(&first, &manifest(&workspace)).len(), 1);
    // If people choose the old version, it keeps its row.
    let old = first.replace("plan_v5.pdf", "plan_v4.pdf").replace("\nsections:", "\nexclude: plan_v5.pdf\nsections:");
    let workspace = workspace.with("register.csv", register).with("docs/manifest.yaml", &old);
    let output = workspace.run(&UPDATE).expect_code(0).stdout;
    assert_eq!(manifest(&workspace), old, "{output}");
    assert!(output.contains("2 rows name old versions"), "{output}");
}

#[test]
fn rows_for_some_files_do_not_split_a_report() {
    let names = [
        "wells-en.pdf",
        "wells-fr.pdf",
        "wells-es.pdf",
        "FAQ russe.pdf",
        "faq-en.pdf",
        "a/One.pdf",
        "b/Deux.pdf",
        "05 Lakes/lake-en.pdf",
        "05 Lakes/pond-en.pdf",
    ];
    let workspace = names.iter().fold(Workspace::empty(), |workspace, name| {
        workspace.with(&format!("docs/{name}"), pdf("en", &format!("{name} has words")))
    });
    // Rows for some of the languages, a section in some of the rows, and no column with ids.
    let register = "File,Title (fr),Title (en),Language,Symbol,Section\n\
        wells-en.pdf,Puits,Wells,English,A/1,Water\n\
        wells-fr.pdf,Puits,Wells,French,A/1,\n\
        FAQ russe.pdf,La FAQ,The FAQ,Russian,,Questions\n\
        faq-en.pdf,La FAQ,The FAQ,English,,Questions\n\
        a/One.pdf,,One,English,B/1,Questions\n\
        b/Deux.pdf,Un,,French,B/1,Questions\n\
        lake-en.pdf,Lac,Lake,English,C/1,Lakes\n";
    let workspace = workspace.with("register.csv", register);
    workspace.run(&FROM).expect_code(0);
    let now = manifest(&workspace);
    for part in [
        "          en: wells-en.pdf\n          es: wells-es.pdf  # check: this file has no row in the list\n          fr: wells-fr.pdf\n",
        "          en: faq-en.pdf\n          ru: FAQ russe.pdf\n",
        "          en: a/One.pdf\n          fr: b/Deux.pdf\n",
        "title: Water\n",
        "title: Lakes\n",
    ] {
        assert!(now.contains(part), "{part}\n{now}");
    }
    assert_eq!(now.matches("    reports:\n").count(), 3, "{now}");
    assert_eq!(now.matches("      - id: ").count(), 5, "{now}");
    let output = workspace.run(&UPDATE).expect_code(0).stdout;
    assert_eq!(manifest(&workspace), now, "{output}");
    // If several documents in one language have the same symbol, it does not identify a report.
    let register = "File,Title,Language,Symbol\na/One.pdf,One,English,B/1\nb/Deux.pdf,Deux,French,B/1\nlake-en.pdf,The lake,English,B/1\n";
    let workspace = workspace.with("register.csv", register);
    workspace.run(&["init", "--force", "--from", "register.csv", "docs"]).expect_code(0);
    let now = manifest(&workspace);
    assert!(!now.contains("fr: b/Deux.pdf\n          "), "{now}");
    for part in ["title: One\n", "title: Deux\n", "title: The lake\n"] {
        assert!(now.contains(part), "{part}\n{now}");
    }
}

#[test]
fn reports_move_to_the_sections_that_the_list_gives_them() {
    let register = |sections: [&str; 4]| {
        let names = ["wells-en", "wells-fr", "wells-es", "rivers-en"];
        let rows = names.iter().zip(sections).map(|(name, section)| format!("{name}.pdf,{section}\n"));
        format!("File,Section\n{}", rows.collect::<String>())
    };
    // Two sections with one heading are joined, and the one that is left without reports is removed.
    let before = "disc:\n  title: T\n  languages: [en, fr]\nsections:\n  - id: water\n    title: Water\n    reports:\n      - id: a\n        title: A\n        variants:\n          en: wells-en.pdf\n  # Ours.\n  - id: other\n    title: Other\n    reports:\n    # about B\n    - id: b\n      title: >-\n        B and\n        more\n      variants: {fr: wells-fr.pdf}\n    - {id: c, title: C, variants: {es: wells-es.pdf}}\n\n    - id: d\n      title: D\n      variants: {en: rivers-en.pdf}\n";
    let workspace = workspace().with("docs/manifest.yaml", before);
    let update = |workspace: Workspace, sections: [&str; 4], manifest: &str| {
        let workspace = workspace.with("register.csv", register(sections)).with("docs/manifest.yaml", manifest);
        workspace.run(&UPDATE).expect_code(0);
        workspace
    };
    let workspace = update(workspace, ["Water"; 4], before);
    let joined = "disc:\n  title: T\n  languages: [en, fr]\nsections:\n  - id: water\n    title: Water\n    reports:\n      - id: a\n        title: A\n        variants:\n          en: wells-en.pdf\n      # about B\n      - id: b\n        title: >-\n          B and\n          more\n        variants: {fr: wells-fr.pdf}\n      - {id: c, title: C, variants: {es: wells-es.pdf}}\n      - id: d\n        title: D\n        variants: {en: rivers-en.pdf}\n";
    assert_eq!(manifest(&workspace), joined);
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the manifest has everything that the list says");
    // Two reports go to a new section, one to another, and one stays.
    let workspace = update(workspace, ["Water", "Lakes & ponds", "Lakes & ponds", "Rivers: big ones"], joined);
    let now = manifest(&workspace);
    assert!(
        now.contains(
            "  - id: lakes_ponds\n    title: \"Lakes & ponds\"\n    reports:\n      # about B\n      - id: b\n"
        ),
        "{now}"
    );
    assert!(now.contains("title: \"Rivers: big ones\"\n    reports:\n      - id: d\n"), "{now}");
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the manifest has everything that the list says");
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
    // All at once: one section is renamed, and the others join it.
    let workspace = update(workspace, ["All of it"; 4], &now);
    let all = manifest(&workspace);
    assert_eq!(all.matches("reports:").count(), 1, "{all}");
    assert!(all.contains("  - id: water\n    title: All of it\n"), "{all}");
    // Reports that cannot be moved are named: because of a translated heading, brackets, or an id that the section already has.
    for (from, to, heading, message) in [
        (
            "title: Water",
            "title: {en: Water, fr: Eau}",
            "New",
            "the list calls the section `water` of the manifest “New”; its title is in several languages, so write this one there yourself, in its language",
        ),
        (
            "      - id: a\n        title: A\n        variants:\n          en: wells-en.pdf\n",
            "      [{id: a, title: A, variants: {en: wells-en.pdf}}]\n",
            "Other",
            "the list puts `wells-en.pdf` in the section “Other”",
        ),
    ] {
        let written = before.replace(from, to);
        assert_ne!(written, before);
        let workspace = update(self::workspace(), [heading, "Other", "Other", "Other"], &written);
        let output = workspace.run(&UPDATE).expect_code(0).expect_stdout(message);
        assert!(output.stdout.contains("nothing was changed; correct what is named above"), "{}", output.stdout);
        assert_eq!(manifest(&workspace), written);
    }
    let followed = before.replace("title: Water", "title: {en: New, fr: Eau}");
    let workspace = update(self::workspace(), ["New", "Other", "Other", "Other"], &followed);
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the manifest has everything that the list says");
    let same_id = before.replace("id: b", "id: a");
    let workspace = update(self::workspace(), ["Water", "Water", "Other", "Other"], &same_id);
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the list puts `wells-fr.pdf` in the section “Water”");
    assert_eq!(manifest(&workspace), same_id);
    // A new file goes to the section that has the heading, even if the id of the section is different.
    let other =
        before.replace("id: water", "id: w").replace("    - {id: c, title: C, variants: {es: wells-es.pdf}}\n\n", "");
    let workspace = update(self::workspace(), ["Water", "Other", "Water", "Other"], &other);
    let now = manifest(&workspace);
    assert_eq!(now.matches("title: Water").count(), 1, "{now}");
    assert!(now.contains("wells-es.pdf"), "{now}");
}

#[test]
fn a_section_that_the_list_renames_keeps_its_reports_without_a_row() {
    let list = "File,Title,Section\nGuides/wells.pdf,Wells,Guides for teachers\nGuides/pumps.pdf,Pumps,Guides for teachers\n\
                Notes/roads.pdf,Roads,Notes\n";
    let workspace = ["Guides/wells", "Guides/pumps", "Guides/lakes", "Notes/roads"]
        .into_iter()
        .fold(Workspace::empty(), |workspace, name| workspace.with(&format!("docs/{name}.pdf"), pdf("en", name)))
        .with(
            "docs/Guides/wells.txt",
            "The participants agreed that women should take part in every stage of the peace process, and that the offices in the \
             region need more people who can follow what was promised and report on it each year.",
        )
        .with("register.csv", list);
    workspace.run(&FROM).expect_code(0);
    let first = manifest(&workspace);
    assert!(first.contains("en:  # check: wells.txt has no row in the list\n"), "{first}");
    let renamed = list.replace("Guides for teachers", "For teachers");
    let workspace = workspace.with("register.csv", renamed);
    workspace.run(&UPDATE).expect_code(0);
    assert_eq!(
        different_lines(&first, &manifest(&workspace)),
        [("    title: Guides for teachers", "    title: For teachers")]
    );
    // If one report of the section stays, the section is not renamed, and the other reports are moved.
    let moved = list.replacen("Guides for teachers", "For all", 1);
    let workspace = workspace.with("register.csv", moved).with("docs/manifest.yaml", &first);
    workspace.run(&UPDATE).expect_code(0);
    let now = manifest(&workspace);
    assert!(now.contains("title: Guides for teachers") && now.contains("title: For all"), "{now}");
}

#[test]
fn the_same_files_have_no_row_before_and_after_an_update() {
    let page = |links: &str| format!("<html lang=en><title>Help</title>{links}{}</html>", "Some words. ".repeat(200));
    let links = page("<a href=a.html>A</a> <a href=b.html>B</a>");
    let back = page("<a href=index.html>Index</a>");
    let workspace = workspace()
        .with("docs/help/index.html", links)
        .with("docs/help/a.html", back.as_str())
        .with("docs/help/b.html", back.as_str())
        .with("register.csv", REGISTER.lines().take(3).map(|line| format!("{line}\n")).collect::<String>());
    let count = "3 files have no row in the list";
    workspace.run(&FROM).expect_code(0).expect_stdout(count);
    workspace.run(&UPDATE).expect_code(0).expect_stdout(count);
}

#[test]
fn pages_are_in_the_languages_of_the_titles_in_the_list() {
    let rows =
        "wells-en.pdf,Wells,Puits\nwells-fr.pdf,Wells,Puits\nwells-es.pdf,Wells,Puits\nrivers-en.pdf,Rivers,Rivières\n";
    let workspace = workspace().with("register.csv", format!("File,dc.title[en],dc.title[fr]\n{rows}"));
    workspace.run(&["init", "--from", "register.csv", "docs"]).expect_code(0);
    let text = manifest(&workspace);
    assert!(text.contains("  languages: [en, fr]  #"), "{text}");
    assert!(text.contains("in which the list has no titles: es."), "{text}");
    assert!(text.contains("es: wells-es.pdf"), "{text}");
}

#[test]
fn pages_are_in_the_languages_of_the_titles_even_without_documents() {
    let register = "File,Title (English),Title (French),Title (Italian)\nwells-es.pdf,Wells,Puits,\nrivers-es.pdf,Rivers,Rivières,Fiumi\n";
    let workspace = Workspace::empty()
        .with("docs/wells-es.pdf", pdf("es", "Pozos"))
        .with("docs/rivers-es.pdf", pdf("es", "Ríos"))
        .with("register.csv", register);
    let output = workspace.run(&FROM).expect_code(0).stdout;
    let text = manifest(&workspace);
    // Only one document has an Italian title.
    assert!(text.contains("  languages: [en, fr]  #"), "{text}");
    assert!(text.contains("          en: Rivers\n          fr: Rivières\n"), "{text}");
    assert!(output.contains("the list also has titles, summaries or subjects in: it;"), "{output}");
    workspace.run(&["check", "--quiet", "docs/manifest.yaml"]).expect_code(0);
}

#[test]
fn the_disc_has_the_order_of_the_list_and_a_symbol_joins_translations_of_different_dates() {
    let register = "File,Title,Language,Section,Symbol,Date\n\
        wells.pdf,Wells,English,Waters,A/2,2019-04-19\n\
        rivers.pdf,Rivers,English,Lands,A/1,2018\n\
        pozos.pdf,Pozos,Spanish,Lands,A/3,2020-04\n\
        lakes.pdf,Lakes,English,Lands,A/3,2019-04-19\n\
        marshes.pdf,Marshes,English,Lands,A/4,2019\n";
    let names =
        [("wells", "en"), ("rivers", "en"), ("pozos", "es"), ("lakes", "en"), ("marshes", "en"), ("banks", "en")];
    let workspace = names.iter().fold(Workspace::empty(), |workspace, (name, language)| {
        workspace.with(&format!("docs/{name}.pdf"), pdf(language, name))
    });
    let workspace = workspace.with("register.csv", register);
    workspace.run(&FROM).expect_code(0);
    let text = manifest(&workspace);
    let lines =
        |part: &str| text.lines().position(|line| line.contains(part)).unwrap_or_else(|| panic!("{part}\n{text}"));
    let order =
        ["title: Waters", "en: wells.pdf", "title: Lands", "en: rivers.pdf", "en: lakes.pdf", "en: marshes.pdf"];
    assert!(order.map(lines).is_sorted(), "{text}");
    assert!(lines("en: banks.pdf") > lines("en: marshes.pdf"), "{text}");
    // The first value is that of the first row.
    let joined = "# check: the rows of the list differ: date (2020-04, also 2019-04-19); make sure that the first value is right\n";
    assert!(text.contains(joined), "{text}");
    assert!(text.contains("          en: lakes.pdf\n          es: pozos.pdf\n"), "{text}");
    assert!(text.contains("        date: 2020-04\n"), "{text}");
    workspace.run(&UPDATE).expect_code(0);
    assert_eq!(manifest(&workspace), text);
}

#[test]
fn an_archive_that_the_list_names_gets_a_comment() {
    let workspace = Workspace::empty()
        .with("docs/site.zip", "An archive")
        .with("register.csv", "File,Title,Language\nsite.zip,The site,English\n");
    workspace.run(&FROM).expect_code(0);
    let text = manifest(&workspace);
    assert!(
        text.contains("# check: readers must unpack site.zip to read it; if it has a web site, write {folder: …"),
        "{text}"
    );
    assert!(text.contains("en: site.zip\n"), "{text}");
    // Without the list, nothing is left for a disc.
    workspace.run(&["init", "--force", "docs"]).expect_code(1).expect_stderr("there are no documents in `docs`");
}

#[test]
fn a_missing_list_is_reported_before_documents_are_read() {
    let workspace = workspace();
    // Documents that are read leave their texts in the cache.
    let cache = workspace.path("cache");
    let run = |arguments: &[&str]| {
        RunOutput::new(workspace.command(arguments).env("XDG_CACHE_HOME", &cache).output().unwrap())
    };
    run(&["init", "--from", "none.xlsx", "docs"]).expect_code(3).expect_stderr("the list `none.xlsx` cannot be read");
    assert!(!cache.exists());
    run(&["init", "docs"]).expect_code(0);
    assert!(cache.exists());
}

#[test]
fn moved_lines_are_shown_as_moved() {
    let before = "disc:\n  title: T\n  languages: [en, fr]\nsections:\n  - id: water\n    title: Water\n    reports:\n      - id: a\n        title: A\n        variants:\n          en: wells-en.pdf\n  - id: other\n    title: Other\n    reports:\n      - id: b\n        title: B\n        variants:\n          fr: wells-fr.pdf\n      - id: c\n        title: C\n        variants:\n          es: wells-es.pdf\n";
    let rows = "wells-en.pdf,Water\nwells-fr.pdf,Water\nwells-es.pdf,Other\n";
    let workspace =
        workspace().with("docs/manifest.yaml", before).with("register.csv", format!("File,Section\n{rows}"));
    let output = workspace.run(&UPDATE).expect_code(0);
    // The report of the second row comes first now, and the heading of the section after it.
    assert!(output.stdout.contains("- id: other  (3 lines, moved to line 16)"), "{}", output.stdout);
    assert!(output.stdout.contains("- id: other  (3 lines, moved here)"), "{}", output.stdout);
    assert!(!output.stdout.contains("title: Other"), "{}", output.stdout);
}

#[test]
fn titles_and_summaries_keep_their_languages() {
    let register = "\
File,Title (español),Title (English),Summary (español)
opas.fi.pdf,Guía,A guide,Resumen de la guía
acta.es.pdf,Acta,,Presentes: doce
";
    let workspace = Workspace::empty()
        .with("docs/opas.fi.pdf", pdf("fi", "Opas"))
        .with("docs/acta.es.pdf", pdf("es", "Acta"))
        .with("register.csv", register);
    workspace.run(&FROM).expect_code(0).expect_stdout("the list also has titles, summaries or subjects in: en;");
    // Pages in Finnish must not show the Spanish summary as a Finnish text.
    let first = manifest(&workspace);
    assert!(first.contains("        summary:\n          es: \"Presentes: doce\"\n"), "{first}");
    // A title without a language is in the language of the only file. It is kept beside the titles in the list.
    let titles = "        title:\n          fi: Opas\n          es: Guía\n";
    assert!(first.contains(titles), "{first}");
    let edited =
        first.replace(titles, "        title: Käytännön opas\n").replace("languages: [es]", "languages: [es, en]");
    assert_ne!(edited.replace("languages: [es, en]", "languages: [es]"), first);
    let workspace = workspace.with("docs/manifest.yaml", &edited);
    workspace.run(&UPDATE).expect_code(0);
    let second = manifest(&workspace);
    let title = "        title: {fi: Käytännön opas, es: Guía, en: A guide}\n";
    assert!(second.contains(title), "{second}");
    workspace.run(&UPDATE).expect_code(0).expect_stdout("the manifest has everything that the list says");
    assert_eq!(manifest(&workspace), second);
}

#[test]
fn a_text_of_several_lines_is_replaced_by_texts_in_languages() {
    let manifest_text = "\
disc: {title: T, languages: [en, fr]}
sections:
- id: w
  title: W
  reports:
  - id: a
    title: >-
      Wells and
      pumps
    summary: |
      Two

      lines.
    variants: {en: wells-en.pdf, fr: wells-fr.pdf}
";
    let register = "File,Language,Title,Summary\nwells-en.pdf,en,Wells,One\nwells-fr.pdf,fr,Puits,Un\n";
    let workspace = workspace().with("register.csv", register).with("docs/manifest.yaml", manifest_text);
    workspace.run(&UPDATE).expect_code(0);
    let now = manifest(&workspace);
    let expected = manifest_text
        .replace(">-\n      Wells and\n      pumps\n", "{en: Wells, fr: Puits}\n")
        .replace("|\n      Two\n\n      lines.\n", "{en: One, fr: Un}\n");
    let expected = expected.split("    variants").next().unwrap();
    assert!(now.starts_with(expected), "{now}");
    workspace.run(&UPDATE).expect_code(0);
    assert_eq!(manifest(&workspace), now);
}

#[test]
fn a_language_from_the_list_settles_its_comment_and_reports_that_are_apart_are_named() {
    let manifest = "disc:\n  title: Help\n  languages: [en]\nsections:\n  - id: help\n    title: Help\n    reports:\n      - id: a\n        \
                    title: A\n        symbol: H/1\n        variants:\n          mul: a.pdf  # check: some of its pages are in German \
                    (`de`) and some in English (`en`); correct the language if it is wrong\n      - id: b\n        title: B\n        \
                    symbol: H/1\n        variants:\n          en: b.pdf\n";
    let workspace = Workspace::empty()
        .with("docs/a.pdf", pdf("de", "A"))
        .with("docs/b.pdf", pdf("en", "B"))
        .with("docs/manifest.yaml", manifest)
        .with("register.csv", "file,language,symbol\na.pdf,German,H/1\nb.pdf,English,H/1\n");
    let output = workspace.run(&UPDATE).expect_code(0);
    let changed = self::manifest(&workspace);
    assert!(changed.contains("          de: a.pdf\n"), "{changed}");
    let output = output.expect_stdout(
        "`H/1` is one report according to the list, but the manifest has it as help/a and help/b; move the lines",
    );
    assert!(!output.stdout.contains("one report  help"), "{}", output.stdout);
    let again = workspace.run(&UPDATE).expect_code(0);
    assert!(!again.stdout.contains("everything that the list says"), "{}", again.stdout);
    assert_eq!(self::manifest(&workspace), changed);
}
