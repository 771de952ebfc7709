//! Text extraction: a problem with one document affects only the text of that document.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::Stdio;

use crate::common::{MANIFEST, RunOutput, Workspace, pdf};

/// Runs make-disc with a cache in the test's own folder.
fn run(workspace: &Workspace, arguments: &[&str]) -> RunOutput {
    RunOutput::new(workspace.command(arguments).env("XDG_CACHE_HOME", workspace.path("cache")).output().unwrap())
}

/// Runs the worker process for a file.
fn extract(workspace: &Workspace, format: &str, file: &str, seconds: u64, memory: u64) -> std::process::Output {
    let input = fs::File::open(workspace.path(file)).unwrap();
    let mut worker = workspace.command(&["extract-text", format, &seconds.to_string(), &memory.to_string()]);
    worker.stdin(input).output().unwrap()
}

/// The texts and covers in the cache, sorted by name.
fn cache_entries(workspace: &Workspace) -> Vec<std::path::PathBuf> {
    let is_entry = |path: &std::path::PathBuf| !path.ends_with(KNOWN_DIGESTS) && !path.ends_with(EVICTION_MARK);
    cache_files(workspace).into_iter().filter(is_entry).collect()
}

/// The name of the file whose time says when old entries were last looked for.
const EVICTION_MARK: &str = "evicted";

/// The name of the file with the digests of documents that were left alone for some seconds.
const KNOWN_DIGESTS: &str = "digests";

/// All files in the cache, sorted by name.
fn cache_files(workspace: &Workspace) -> Vec<std::path::PathBuf> {
    let folders = fs::read_dir(workspace.path("cache/make-disc")).unwrap();
    let mut entries: Vec<_> = folders
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

#[test]
fn a_hidden_command_reads_one_document_within_limits() {
    let workspace = Workspace::new();
    let good = extract(&workspace, "pdf", "files/asia.pdf", 10, 1_000_000_000);
    assert!(good.status.success());
    assert!(String::from_utf8_lossy(&good.stdout).contains("Asia, in a few words"));
    let help = workspace.run(&["--help"]).expect_code(0);
    assert!(!help.stdout.contains("extract-text"));
}

#[test]
fn small_documents_share_a_process() {
    use std::io::Write;
    let workspace = Workspace::new();
    let mut worker = workspace.command(&["extract-texts", "10", "1000000000"]);
    let mut worker = worker.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = worker.stdin.take().unwrap();
    for request in
        [&b"txt\0The first text"[..], b"html\0<p>The second</p>", b"docx\0not a document", b"txt\0The last text"]
    {
        input.write_all(&(request.len() as u64).to_le_bytes()).unwrap();
        input.write_all(request).unwrap();
    }
    drop(input);
    let output = worker.wait_with_output().unwrap();
    assert!(output.status.success());
    let mut rest = output.stdout.as_slice();
    for words in ["The first text", "The second", "", "The last text"] {
        let (length, after) = rest.split_at(8);
        let (answer, after) = after.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
        assert!(String::from_utf8_lossy(answer).contains(words), "{words}");
        rest = after;
    }
    assert!(rest.is_empty());
}

#[test]
#[cfg(unix)]
fn a_worker_limits_its_time_and_memory() {
    use std::os::unix::process::ExitStatusExt;
    // The time that the library takes for nested elements grows with the square of their depth. Deeper elements are not given to it.
    let nested = format!("{}x{}", "<div>".repeat(990), "</div>".repeat(990));
    let workspace = Workspace::new().with("deep.html", nested.repeat(1000));
    let slow = extract(&workspace, "html", "deep.html", 1, 4_000_000_000);
    assert!(matches!(slow.status.signal(), Some(9 | 24)), "{:?}", slow.status);
    let workspace = Workspace::new().with("large.txt", "words ".repeat(20_000_000));
    let large = extract(&workspace, "txt", "large.txt", 60, 200_000_000);
    assert!(!large.status.success(), "{:?}", large.status);
}

#[test]
fn a_damaged_document_has_no_text_and_is_reported() {
    let workspace = Workspace::new().with("files/africa.fr.pdf", "no PDF at all\0");
    let output = run(&workspace, &["manifest.yaml", "out.iso"]).expect_code(0);
    let warning = "warning[unreadable-document]: `files/africa.fr.pdf`: the text cannot be read: \
                the file is damaged and has no readable page";
    assert!(output.stderr.contains(warning), "{}", output.stderr);
    assert_eq!(output.stderr.matches("warning[").count(), 1, "{}", output.stderr);
    let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    assert!(check.stderr.contains(warning) && check.stdout.contains("1 warning"), "{}", check.stdout);
}

#[test]
fn documents_that_readers_cannot_use_are_reported_with_a_remedy() {
    let plain = pdf("en", "Asia, in a few words");
    let drawn = "ET 0 0 99 99 re f      BT";
    let mute = plain.replace("(Asia, in a few words) Tj", drawn);
    let untagged = plain.replace("/MarkInfo << /Marked true >> ", "");
    let untitled = plain.replace("/Title (", "/Other (");
    for (contents, code, help) in [
        (mute, "no-text-layer", "ocrmypdf"),
        (untagged, "untagged-pdf", "Tagged PDF"),
        (untitled, "pdf-without-title", "properties"),
        (pdf("es", "Asia, in a few words"), "pdf-language", "set the language"),
        (pdf("", "Asia, in a few words"), "pdf-language", "set the language"),
    ] {
        let workspace = Workspace::new().with("files/asia.pdf", contents);
        let output = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
        assert!(output.stderr.contains(&format!("warning[{code}]: `files/asia.pdf`")), "{code}: {}", output.stderr);
        assert!(output.stderr.contains(help), "{code}: {}", output.stderr);
        assert_eq!(output.stderr.matches("warning[").count(), 1, "{}", output.stderr);
    }
}

#[test]
fn a_second_build_reads_no_document_and_makes_the_same_bytes() {
    let workspace = Workspace::new();
    run(&workspace, &["manifest.yaml", "one.iso"]).expect_code(0);
    let entries = cache_entries(&workspace);
    // The text and the cover of each document, and the index of each language.
    assert_eq!(entries.len(), 8, "{entries:?}");
    let times = || {
        cache_entries(&workspace).iter().map(|path| fs::metadata(path).unwrap().modified().unwrap()).collect::<Vec<_>>()
    };
    let before = times();
    run(&workspace, &["manifest.yaml", "two.iso"]).expect_code(0);
    assert_eq!(times(), before);
    let read = |name: &str| fs::read(workspace.path(name)).unwrap();
    assert!(read("one.iso") == read("two.iso"));
    // If a cache entry is damaged, the document is read again.
    for entry in &entries {
        let mut bytes = fs::read(entry).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(entry, bytes).unwrap();
    }
    run(&workspace, &["manifest.yaml", "three.iso"]).expect_code(0);
    assert!(read("one.iso") == read("three.iso"));
    // An index is made again if anything changes that it shows.
    for (number, (old, new)) in [
        ("en: Asia,", "en: Asia and Oceania,"),
        ("id: asia", "id: pacific"),
        ("asia.pdf}", "[asia.pdf, africa.fr.pdf]}"),
    ]
    .into_iter()
    .enumerate()
    {
        let changed = MANIFEST.replace(old, new).replace("files/[", "[files/").replace(", africa", ", files/africa");
        fs::write(workspace.path("changed.yaml"), &changed).unwrap();
        let [kept, fresh] = ["kept", "fresh"].map(|name| format!("{name}{number}.iso"));
        run(&workspace, &["changed.yaml", &kept]).expect_code(0);
        fs::remove_dir_all(workspace.path("cache")).unwrap();
        run(&workspace, &["changed.yaml", &fresh]).expect_code(0);
        assert!(read(&kept) == read(&fresh), "{changed}");
    }
}

#[test]
fn digests_of_documents_that_are_left_alone_are_kept() {
    let workspace = Workspace::new();
    let find = || cache_files(&workspace).into_iter().find(|path| path.ends_with(KNOWN_DIGESTS));
    // The times of the documents must be some seconds old.
    std::thread::sleep(std::time::Duration::from_secs(5));
    run(&workspace, &["manifest.yaml", "one.iso"]).expect_code(0);
    let known = fs::read(find().unwrap()).unwrap();
    run(&workspace, &["manifest.yaml", "two.iso"]).expect_code(0);
    // A document that was changed is read again, whatever is known about it.
    fs::write(workspace.path("files/asia.pdf"), pdf("en", "Another text")).unwrap();
    run(&workspace, &["manifest.yaml", "three.iso"]).expect_code(0);
    let read = |name: &str| fs::read(workspace.path(name)).unwrap();
    assert!(read("one.iso") == read("two.iso") && read("one.iso") != read("three.iso"));
    // Digests that are damaged are not used.
    fs::write(find().unwrap(), &known[..known.len() - 1]).unwrap();
    run(&workspace, &["manifest.yaml", "four.iso"]).expect_code(0);
    assert!(read("three.iso") == read("four.iso"));
}

#[test]
fn without_a_cache_the_disc_is_the_same() {
    let workspace = Workspace::new().with("cache", "a file where a folder should be");
    run(&workspace, &["manifest.yaml", "out.iso"]).expect_code(0);
    let other = Workspace::new();
    run(&other, &["manifest.yaml", "out.iso"]).expect_code(0);
    assert!(fs::read(workspace.path("out.iso")).unwrap() == fs::read(other.path("out.iso")).unwrap());
}

#[test]
fn a_disc_without_search_has_neither_index_nor_search_page() {
    let workspace = Workspace::new().with("mute.yaml", MANIFEST.replace("  date:", "  search: false\n  date:"));
    run(&workspace, &["mute.yaml", "key.iso"]).expect_code(0);
    run(&workspace, &["--no-search", "manifest.yaml", "option.iso"]).expect_code(0);
    let image = fs::read(workspace.path("key.iso")).unwrap();
    // The files are the same, except those that say how the disc was made.
    let files = |arguments: &[&str], folder: &str| {
        run(&workspace, &[&["stage"], arguments, &[folder]].concat()).expect_code(0);
        let list = fs::read_to_string(workspace.path(folder).join("SHA256SUMS")).unwrap();
        let says_how = |line: &&str| {
            ["check.html", "catalogue/manifest.yaml", "ro_crate.json"].iter().any(|name| line.ends_with(name))
        };
        list.lines().filter(|line| !says_how(line)).map(str::to_owned).collect::<Vec<_>>()
    };
    let with_key = files(&["mute.yaml"], "key");
    assert!(with_key.len() > 30 && with_key == files(&["--no-search", "manifest.yaml"], "option"));
    let has = |image: &[u8], text: &str| image.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!has(&image, "search.html") && !has(&image, "makeDiscShard"));
    run(&workspace, &["manifest.yaml", "with.iso"]).expect_code(0);
    let image = fs::read(workspace.path("with.iso")).unwrap();
    assert!(has(&image, "search.html") && has(&image, "makeDiscShard"));
    // `verify --manifest` needs the same option as the build.
    run(&workspace, &["verify", "option.iso", "--manifest", "manifest.yaml", "--no-search"]).expect_code(0);
    run(&workspace, &["verify", "with.iso", "--manifest", "manifest.yaml"]).expect_code(0);
    run(&workspace, &["verify", "option.iso", "--manifest", "manifest.yaml"]).expect_code(4);
}

/// Random numbers that are the same in every run (the linear congruential generator of Knuth's MMIX).
struct Random(u64);

impl Random {
    /// A number from 0 to `limit - 1`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

#[test]
fn forty_damaged_documents_do_not_stop_a_build() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample/reports");
    let mut sources: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    sources.sort();
    let mut random = Random(1325);
    let mut workspace = Workspace::empty();
    let mut manifest =
        "disc: {title: T, languages: [en], date: 2008}\nsections:\n- id: s\n  title: S\n  reports:\n".to_owned();
    for number in 0..40 {
        let mut bytes = fs::read(&sources[random.below(sources.len())]).unwrap();
        let length = bytes.len();
        let at = random.below(length - 4096);
        match number % 8 {
            0 => bytes.truncate(length / 4 + at / 2),
            1 => (0..20).for_each(|_| bytes[random.below(length)] ^= 1 << random.below(8)),
            2 => bytes[at..at + 2048].fill(0),
            3 => bytes[at..at + 4096].reverse(),
            4 => bytes = [&bytes[..at], &bytes[at + 512..]].concat(),
            5 => bytes.drain(..200).for_each(drop),
            6 => bytes.truncate(length - length / 8),
            _ => bytes = String::from_utf8_lossy(&bytes).replace("/Length ", "/Length 9").into_bytes(),
        }
        workspace = workspace.with(&format!("{number}.pdf"), bytes);
        manifest.push_str(&format!("  - {{id: d{number}, title: D{number}, variants: {{en: {number}.pdf}}}}\n"));
    }
    let workspace = workspace.with("manifest.yaml", manifest);
    let output = run(&workspace, &["--json", "manifest.yaml", "out.iso"]).expect_code(0);
    let result: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(result["ok"].as_bool(), Some(true));
    let read = cache_entries(&workspace).iter().filter(|entry| fs::metadata(entry).unwrap().len() > 1500).count();
    println!("{read} of 40 damaged documents have text");
    assert!(read >= 20, "only {read} of 40 have text");
}

#[test]
fn a_document_with_the_extension_of_another_format_is_recognised() {
    let pdf = crate::common::pdf("en", "A PDF");
    for (name, contents, words) in [
        (
            "a.docx",
            "Only text.\n",
            "it is plain text, not a Word document (rename it to `.txt`, or save it as `.docx`)",
        ),
        ("a.docx", pdf.as_str(), "it is a PDF, not a Word document (rename it to `.pdf`)"),
        ("a.odt", "{\\rtf1 Text}", "it is RTF, not an OpenDocument file"),
        ("a.pdf", "Only text.\n", "it is plain text, not a PDF (rename it to `.txt`, or save it as `.pdf`)"),
        ("a.pdf", "PK\u{3}\u{4}", "it is an office document or an archive, not a PDF"),
        ("a.docx", "PK\u{3}\u{4}", "it is damaged"),
        ("a.pdf", "%PDF-1.7\n", "the file is damaged"),
    ] {
        let manifest = crate::common::MANIFEST.replace("files/asia.pdf", name);
        let workspace = crate::common::Workspace::new().with("manifest.yaml", manifest).with(name, contents);
        let output = workspace.command(&["check", "manifest.yaml"]).env("XDG_CACHE_HOME", workspace.root()).output();
        crate::common::RunOutput::new(output.unwrap()).expect_code(0).expect_stderr(words);
    }
}

#[test]
fn files_that_cannot_be_searched_are_named_in_one_note() {
    let mut manifest = crate::common::MANIFEST.split("sections:").next().unwrap().to_owned()
        + "sections:\n- id: a\n  title: A\n  reports:\n";
    let names = ["talk.mp3", "song.mp3", "data.zip", "empty.txt", "text.txt"];
    let mut workspace = crate::common::Workspace::new();
    for name in names {
        let id = name.split('.').next().unwrap();
        manifest += &format!("  - {{id: {id}, title: {id}, variants: {{en: {name}}}}}\n");
        let contents = if name == "empty.txt" { "\n".to_owned() } else { format!("Some words in {id}.\n") };
        workspace = workspace.with(name, contents);
    }
    let workspace = workspace.with("manifest.yaml", manifest);
    let output = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    let note = "note[not-searchable]: 4 files cannot be searched: 2 MP3, 1 TXT without text, 1 ZIP";
    assert!(output.stderr.contains(note), "{}", output.stderr);
    for name in &names[..4] {
        assert!(output.stderr.contains(&format!("`{name}`")), "{name}: {}", output.stderr);
    }
    assert!(!output.stderr.contains("no-text-layer") && !output.stderr.contains("`text.txt`"), "{}", output.stderr);
    let manifest = fs::read_to_string(workspace.path("manifest.yaml")).unwrap();
    let workspace = workspace.with("manifest.yaml", manifest.replacen("  date:", "  search: false\n  date:", 1));
    let output = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    assert!(!output.stderr.contains("not-searchable"), "{}", output.stderr);
}

#[test]
fn encrypted_office_documents_are_not_called_damaged() {
    use std::io::{Cursor, Write};
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("EncryptedPackage").unwrap().write_all(b"secret").unwrap();
    file.create_stream("EncryptionInfo").unwrap().write_all(b"secret").unwrap();
    let encrypted = file.into_inner().into_inner();
    for name in ["a.docx", "a.xlsx", "a.pptx", "a.doc", "a.ppt"] {
        let manifest = crate::common::MANIFEST.replace("files/asia.pdf", name);
        let workspace = crate::common::Workspace::new().with("manifest.yaml", manifest).with(name, encrypted.clone());
        let output = run(&workspace, &["check", "manifest.yaml"]);
        assert!(output.stderr.contains("warning[encrypted-document]"), "{name}: {}", output.stderr);
        assert!(!output.stderr.contains("unreadable-document"), "{name}: {}", output.stderr);
    }
}

/// A PDF of these objects, which are numbered from 1. The first is the catalogue.
fn pdf_of(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf += &format!("{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table = pdf.len();
    pdf += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        pdf += &format!("{offset:010} 00000 n \n");
    }
    pdf += &format!("trailer\n<< /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    pdf.into_bytes()
}

fn stream(content: &str) -> String {
    format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())
}

/// A PDF with one page that shows this content. Object 5 is its font, and more objects can follow.
fn page_of(content: &str, font: &str, more: &[&str]) -> Vec<u8> {
    page_with("", content, font, "", more)
}

fn page_with(catalog: &str, content: &str, font: &str, page: &str, more: &[&str]) -> Vec<u8> {
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>");
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> {page} >>"
    );
    let content = stream(content);
    let mut objects = vec![&*catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &page, &content, font];
    objects.extend(more);
    pdf_of(&objects, "")
}

const HELVETICA: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

/// The answer of the worker process for a PDF.
fn answer_for(pdf: Vec<u8>) -> String {
    let workspace = Workspace::new().with("a.pdf", pdf);
    let output = extract(&workspace, "pdf", "a.pdf", 20, 1_000_000_000);
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn assert_text(pdf: Vec<u8>, text: &str) {
    let answer = answer_for(pdf);
    assert!(answer.contains(text), "{text}: {answer}");
}

#[test]
fn unusual_declarations_of_the_characters_of_a_font_are_read() {
    let composite = |to_unicode: &str, encoding: &str| {
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /Water /Encoding /{encoding} {to_unicode} /DescendantFonts \
             [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Water /DW 500 /CIDSystemInfo << /Registry (Adobe) \
             /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Water /Flags 4 >> >>] >>"
        )
    };
    let water = "BT /F 12 Tf 72 700 Td <00570061007400650072> Tj ET";
    // The name of the map says that the codes are the characters.
    assert_text(page_of(water, &composite("/ToUnicode /Identity-H", "Identity-H"), &[]), "Water");
    // A map that is cut off.
    let map = stream("1 beginbfrange <0060> <007a> <0060> endbfrange 2 beginbfchar <0057> <0057> <00");
    assert_text(page_of(water, &composite("/ToUnicode 6 0 R", "Identity-H"), &[&map]), "Water");
    // macOS gives some Chinese characters as a radical, or as a radical and the character.
    let map = stream("4 beginbfchar <0001> <7535> <0002> <2f265b50> <0003> <2f24> <0004> <2eda> endbfchar");
    let chinese = composite("/ToUnicode 6 0 R", "Identity-H").replace("/DW 500", "/DW 1000");
    assert_text(page_of("BT /F 12 Tf 72 700 Td <0001000200030004> Tj ET", &chinese, &[&map]), "电子大页");
    // A font that is not embedded: the codes are the numbers of the glyphs of a font whose order is known.
    let arial = composite("", "Identity-H").replace("Water", "ArialMT");
    assert_text(page_of("BT /F 12 Tf 72 700 Td <0026004400490070000300c8> Tj ET", &arial, &[]), "Café Á");
    assert!(
        !answer_for(page_of("BT /F 12 Tf 72 700 Td <0026004400490070> Tj ET", &composite("", "Identity-H"), &[]))
            .contains("Caf")
    );
    // An embedded part of this font without its table of characters, and one whose glyphs have other numbers.
    let part = arial
        .replace("/BaseFont /ArialMT", "/BaseFont /ABCDEF+ArialMT")
        .replace("/Flags 4", "/Flags 4 /FontFile2 6 0 R");
    let text = "BT /F 12 Tf 72 700 Td <0026004400490070000300c8> Tj ET";
    assert_text(page_of(text, &part, &[&stream("damaged")]), "Café Á");
    let renumbered = part.replace("/DW 500", "/DW 500 /CIDToGIDMap 6 0 R");
    assert!(!answer_for(page_of(text, &renumbered, &[&stream("damaged")])).contains("Caf"));
    // Russian letters of these fonts.
    assert_text(
        page_of("BT /F 12 Tf 72 700 Td <024d025d026802650003023c0268025e025a> Tj ET", &arial, &[]),
        "Угол Вода",
    );
    // Vertical writing is one line.
    let map = stream("2 beginbfchar <0001> <5b89> <0002> <5168> endbfchar");
    let vertical = composite("/ToUnicode 6 0 R", "Identity-V");
    assert_text(page_of("BT /F 12 Tf 72 700 Td <00010002> Tj ET", &vertical, &[&map]), "安全");
    // The codes of a predefined encoding.
    let japanese = composite("", "UniJIS-UTF16-H").replace("(Identity)", "(Japan1)");
    assert_text(page_of("BT /F 12 Tf 72 700 Td <6c7a8b70> Tj ET", &japanese, &[]), "決議");
}

#[test]
fn character_codes_in_glyph_names_are_read() {
    let type3 = |differences: &str| {
        format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /CharProcs << >> \
             /FirstChar 0 /LastChar 255 /Widths [{}] /Encoding << /Type /Encoding /Differences [{differences}] >> >>",
            "5 ".repeat(256)
        )
    };
    let shown = |codes: &str| format!("BT /F 12 Tf 72 700 Td <{codes}> Tj ET");
    assert_text(page_of(&shown("01020304"), &type3("1 /c119 /c101 /c108 /c108"), &[]), "well");
    assert_text(page_of(&shown("01020304"), &type3("1 /G77 /G65 /G6C /G6C"), &[]), "well");
    assert_text(page_of(&shown("77656c6c"), &type3("10 /10 101 /101 108 /108 119 /119"), &[]), "well");
    // The names say nothing, but the codes are scattered over the letters of ASCII.
    let names = "45 /B9 65 /BT 97 /CP 99 /CR /CS 101 /CT 104 /CW 108 /CX 119 /DD";
    assert_text(page_of(&shown("77656c6c"), &type3(names), &[]), "well");
    let numbers = "101 /B9 /BT /CP /CR /CS /CT /CW /CX /DA /DB /DD /DF 119 /DE";
    assert!(!answer_for(page_of(&shown("77656c6c"), &type3(numbers), &[])).contains("well"));
    // TeX's bitmap fonts.
    assert_text(page_of(&shown("0c656c64"), &type3("12 /a12 101 /a101 108 /a108 100 /a100"), &[]), "field");
    // With the prefix `g`, the numbers may only count the glyphs.
    assert!(!answer_for(page_of(&shown("01020304"), &type3("1 /g119 /g101 /g108 /g108"), &[])).contains("well"));
}

#[test]
fn glyphs_that_are_only_numbered_are_read() {
    const TEXT: &str =
        "All members of the commission agreed that the wells should be measured again before the next dry season";
    let number = |character: char| u32::from(character) - 29;
    let wide: String = TEXT.chars().map(|character| format!("{:04x}", number(character))).collect();
    let narrow: String = TEXT.chars().map(|character| format!("{:02x}", number(character))).collect();
    let shown = |codes: &str| format!("BT /F 5 Tf 72 700 Td <{codes}> Tj ET");
    let composite = "<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Water /Encoding /Identity-H \
                     /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Water /DW 500 /CIDSystemInfo << /Registry \
                     (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Water /Flags 4 >> >>] >>";
    assert_text(page_of(&shown(&wide), composite, &[]), TEXT);
    // Too few letters to know the order.
    assert!(!answer_for(page_of(&shown(&wide[..80]), composite, &[])).contains("members"));
    // The glyphs are numbered from another number.
    let counted: String = TEXT.chars().map(|character| format!("{:04x}", u32::from(character) - 30)).collect();
    assert!(!answer_for(page_of(&shown(&counted), composite, &[])).contains("members"));
    let type3 = |names: &dyn Fn(u32) -> String| {
        let names: String = (3..=93).map(|number| format!("/{} ", names(number))).collect();
        format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /CharProcs << >> \
             /FirstChar 0 /LastChar 255 /Widths [{}] /Encoding << /Type /Encoding /Differences [3 {names}] >> >>",
            "5 ".repeat(256)
        )
    };
    assert_text(page_of(&shown(&narrow), &type3(&|number| format!("g{number}")), &[]), TEXT);
    assert_text(page_of(&shown(&narrow), &type3(&|number| format!("g{number:04x}")), &[]), TEXT);
}

#[test]
fn small_capitals_and_old_style_digits_are_read() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Water /FirstChar 1 /LastChar 9 /Widths [600 600 600 600 600 600 600 600 600] \
                /Encoding << /Type /Encoding /Differences [1 /W /Esmall /Lsmall /Lsmall /space /twooldstyle /zerooldstyle /Eacutesmall] >> >>";
    let text = "BT /F 12 Tf 72 700 Td <0102030405060708> Tj ET";
    assert_text(page_of(text, font, &[]), "Well 20é");
    // Icons may have the private characters of small capitals.
    let answer = answer_for(page_of(text, &font.replace("/Lsmall /Lsmall", "/uniF761 /uF77A"), &[]));
    assert!(answer.contains("We") && !answer.contains("Wea") && !answer.contains("z"), "{answer}");
}

#[test]
fn the_text_of_a_dynamic_form_is_read() {
    let form = stream(
        "<xdp:xdp><template><subform><draw><value><text>Application for a well</text></value></draw><field><items><text>Option</text></items>\
         <caption><value><exData contentType='text/html'><body><p>Name of the <b>village</b></p></body></exData></value></caption></field>\
         <event><script>var code</script></event><subform presence='hidden'><draw><value><text>Secret well</text></value></draw></subform>\
         <draw presence='invisible'><value><text>Blank</text></value></draw><draw presence='inactive'><value><text>Barred</text></value></draw>\
         <draw presence='visible'><value><text>Signature</text></value></draw></subform></template></xdp:xdp>",
    );
    let content = "BT /F 12 Tf 72 700 Td (Please wait) Tj ET";
    let with = |catalog: &str| answer_for(page_with(catalog, content, HELVETICA, "", &[&form]));
    let answer = with("/NeedsRendering true /AcroForm << /XFA [(template) 6 0 R] /Fields [] >>");
    assert!(answer.contains("Please wait\nApplication for a well\nName of the village\n"), "{answer}");
    assert!(!answer.contains("Option") && !answer.contains("code"), "{answer}");
    assert!(["Secret", "Blank", "Barred"].iter().all(|hidden| !answer.contains(hidden)), "{answer}");
    assert!(answer.contains("Signature"), "{answer}");
    // The pages of other forms show all that readers see.
    assert!(!with("/AcroForm << /XFA 6 0 R /Fields [] >>").contains("Application"));
}

#[test]
fn letters_are_joined_into_words() {
    let show = |content: &str| page_of(content, HELVETICA, &[]);
    assert_text(show("BT /F 12 Tf 72 700 Td [(Two) -100 (years)] TJ ET"), "Two years");
    // Bold type, imitated by drawing each letter twice.
    let bold = "(w) Tj 0.4 0 Td (w) Tj 8.26 0 Td (e) Tj 0.4 0 Td (e) Tj 6.27 0 Td (ll) Tj 0.4 0 Td (ll) Tj";
    assert_text(show(&format!("BT /F 12 Tf 72 700 Td {bold} ET")), "well");
    assert_text(show("BT /F 20 Tf 6 Tc 72 700 Td (WATER AND PEACE) Tj ET"), "WATER AND PEACE");
    // An accent before its letter, moved back over it.
    assert_text(show("BT /F 12 Tf 72 700 Td [(na) (\\250) 278 (i) (ve)] TJ ET"), "naïve");
    // Glyphs that are not drawn in reading order.
    assert_text(show("BT /F 12 Tf 72 700 Td (w) Tj 15.3 0 Td (ll) Tj -6.67 0 Td (e) Tj ET"), "well");
    // Blanks between some words only.
    let words = "[(of) -150 (water and peace for all of us)] TJ";
    assert_text(show(&format!("BT /F 12 Tf 72 700 Td {words} ET")), "of water and peace for all of us");
    // A blank over the end of a ligature, and one in another place.
    assert_text(show("BT /F 12 Tf 72 700 Td [(wefl) 222 ( ) 56 (ung)] TJ ET"), "weflung");
    let button = "BT /F 12 Tf 1 0 0 1 72 700 Tm (BUTTO) Tj 1 0 0 1 20 700 Tm ( ) Tj 1 0 0 1 112.668 700 Tm (N) Tj ET";
    assert_text(show(button), "BUTTON");
    // The mark of a note.
    assert_text(show("BT /F 12 Tf 72 700 Td (peace) Tj /F 7 Tf 5 Ts (1) Tj /F 12 Tf 0 Ts (and) Tj ET"), "peace 1 and");
    assert_text(show("BT /F 12 Tf 72 700 Td (km) Tj /F 7 Tf 5 Ts (2) Tj ET"), "km2");
    // Text outside the page is not read.
    assert!(!answer_for(show("BT /F 12 Tf 72 2000 Td (Printers) Tj ET")).contains("Printers"));
}

/// A font whose characters object 6 declares, and these widths of the codes from 1. All other codes have a width of 500.
fn font_with_widths(widths: &str) -> String {
    format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /Water /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts \
         [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Water /DW 500 /W [1 [{widths}]] /CIDSystemInfo << /Registry (Adobe) \
         /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Water /Flags 4 >> >>] >>"
    )
}

#[test]
fn arabic_letters_and_blanks_over_others_do_not_divide_words() {
    // As XeTeX sets Arabic, from left to right: an alef above the tail of a ra, and blanks of which each is moved back.
    let font = font_with_widths("200 370 500 260");
    let map = stream("4 beginbfchar <0001> <0627> <0002> <0631> <0003> <0642> <0004> <0020> endbfchar");
    let show = |shown: &str| page_of(&format!("BT /F 12 Tf 72 700 Td [{shown}] TJ ET"), &font, &[&map]);
    assert_text(show("<00020001> 226 <00020003>"), "قرار");
    assert_text(show("<00020004> 260 <0004> 259 <000100020003>"), "قرار");
    assert_text(show("<00020004> -20 <000100020003>"), "قرا ر");
}

#[test]
fn vowel_signs_do_not_divide_words() {
    // As Chromium prints Arabic: from left to right, a sign before its letter, and the text of both in one sequence. Code 1 is a
    // sign, and code 2 is the alef of a ligature, whose lam is as wide as both.
    let font = font_with_widths("0 0");
    let map = stream(
        "7 beginbfchar <0001> <064b> <0002> <0627> <0003> <0627> <0004> <0636> <0005> <064a> <0006> <0623> <0007> <0644> \
         endbfchar",
    );
    let show = |content: &str| page_of(&format!("BT /F 12 Tf 72 700 Td {content} ET"), &font, &[&map]);
    let together = "/Span << /ActualText <feff0636064b> >> BDC 9 3 Td <0001> Tj -3 -3 Td <0004> Tj EMC";
    assert_text(show(&format!("<0003> Tj {together} 6 0 Td <0005> Tj 6 0 Td <0006> Tj")), "أيضًا");
    let ligature = "/Span << /ActualText <feff0627064b> >> BDC 0.5 3 Td <0001> Tj -0.5 -3 Td <0002> Tj EMC";
    assert_text(show(&format!("{ligature} <0007> Tj 6 0 Td <0005> Tj")), "يلاً");
    // Without sequences, the sign after its letter.
    assert_text(show("<0003> Tj 6 0 Td <0004> Tj 3 3 Td <0001> Tj 3 -3 Td <0005> Tj 6 0 Td <0006> Tj"), "أيضًا");
}

#[test]
fn compounds_keep_their_hyphens_at_the_ends_of_lines() {
    let lines = "BT /F 12 Tf 14 TL 72 700 Td (A self-) Tj T* (governing body, in inter-) Tj T* (national law, is self-governing.) Tj ET";
    let answer = answer_for(page_of(lines, HELVETICA, &[]));
    assert!(answer.contains("A self-governing body, in international law"), "{answer}");
}

#[test]
fn the_values_of_form_fields_are_read() {
    let page = "/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Alice Wonderland) /Rect [72 600 300 620] >> \
                << /Type /Annot /Subtype /Widget /FT /Tx /Ff 8192 /T (secret) /V (pass1325) /Rect [72 500 300 520] >> \
                << /Type /Annot /Subtype /Widget /FT /Ch /T (region) /V (1) /Opt [[(1) (Africa)] [(2) (Asia)]] /Rect [0 0 9 9] >> \
                << /Type /Annot /Subtype /Widget /FT /Ch /T (well) /Opt [(Borehole) (Spring)] /Rect [0 0 9 9] >> \
                << /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (drop) /V (3) /Opt [[(3) (Europe)] [(4) (Oceania)]] /Rect [0 0 9 9] >> \
                << /Type /Annot /Subtype /FreeText /Contents (Seen by the board) /Rect [0 0 9 9] >> \
                << /Type /Annot /Subtype /Text /Contents (A private comment) /Rect [0 0 9 9] >>]";
    let answer = answer_for(page_with("", "BT /F 12 Tf 72 700 Td (Applicant) Tj ET", HELVETICA, page, &[]));
    for (text, is_read) in [
        ("Applicant\nAlice Wonderland", true),
        // A list box shows all of its options, a list that drops down only the choice.
        ("Africa Asia", true),
        ("Borehole Spring", true),
        ("Europe", true),
        ("Oceania", false),
        ("Seen by the board", true),
        ("pass1325", false),
        ("A private comment", false),
    ] {
        assert_eq!(answer.contains(text), is_read, "{text}: {answer}");
    }
}

#[test]
fn page_labels_and_bookmarks_are_read() {
    let catalog = "/PageLabels << /Nums [0 << /S /R /P (A-) /St 14 >>] >> /Outlines 6 0 R";
    let outlines = "<< /First 7 0 R /Last 7 0 R >>";
    let bookmark = "<< /Title (Wells \\205 an overview) /Parent 6 0 R /Dest [3 0 R /Fit] /Next 7 0 R >>";
    let pdf = page_with(catalog, "BT /F 12 Tf 72 700 Td (Text) Tj ET", HELVETICA, "", &[outlines, bookmark]);
    let answer = answer_for(pdf);
    assert!(answer.contains("A-XIV") && answer.contains("Wells – an overview"), "{answer}");
    let plain = page_with("/PageLabels << /Nums [0 << /S /D >>] >>", "BT ET", HELVETICA, "", &[]);
    assert!(!answer_for(plain).contains("A-"));
}

#[test]
fn a_document_with_only_encrypted_attachments_is_read() {
    let page =
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>";
    let content = stream("BT /F 12 Tf 72 700 Td (Everyone may read this) Tj ET");
    let encryption = |filter: &str| {
        let key = "ab".repeat(48);
        let short = "cd".repeat(32);
        format!(
            "<< /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <{key}> /U <{key}> /OE <{short}> /UE <{short}> /Perms <{}> \
             /CF << /StdCF << /CFM /AESV3 /AuthEvent /EFOpen /Length 32 >> >> /EFF /StdCF /StmF /{filter} /StrF /{filter} >>",
            "ef".repeat(16)
        )
    };
    let pdf = |filter: &str| {
        let encryption = encryption(filter);
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page,
            &content,
            HELVETICA,
            &encryption,
        ];
        pdf_of(&objects, "/Encrypt 6 0 R /ID [<00> <00>]")
    };
    assert_text(pdf("Identity"), "Everyone may read this");
    let locked = answer_for(pdf("StdCF"));
    assert!(locked.contains("it needs a password") && !locked.contains("Everyone"), "{locked}");
}

#[test]
fn only_pictures_of_text_are_reported() {
    let picture = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n0\nendstream";
    let text = |text: &str| format!("BT /F 12 Tf 72 700 Td ({text}) Tj ET");
    let (full, small) = ("q 595 0 0 842 0 0 cm /X Do Q ", "q 99 0 0 99 0 0 cm /X Do Q ");
    // Accented letters alone are the sign of a font with the wrong characters.
    let nonsense = text(&"\\304\\277\\241\\274 ".repeat(10));
    for (content, code) in [
        (text("12"), ""),
        (small.to_owned() + &text("Annex"), ""),
        (full.to_owned() + &text("A text on a picture, as on a cover"), ""),
        (full.to_owned() + &text("12"), "no-text-layer"),
        (full.to_owned(), "no-text-layer"),
        (nonsense, "bad-text-layer"),
    ] {
        let workspace = Workspace::new().with("files/asia.pdf", page_of(&content, HELVETICA, &[picture]));
        let output = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
        for other in ["no-text-layer", "bad-text-layer", "no-text", "not-searchable"] {
            let named = output.stderr.contains(&format!("[{other}]"));
            assert_eq!(named, other == code, "{content}: {other}: {}", output.stderr);
        }
    }
}
