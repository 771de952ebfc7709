//! Images that are damaged or malicious: `verify` reads them to the end, in limited time and memory, and notices every
//! changed byte. Emblems that ask for too much are refused, and the processes that draw them can do nothing else.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::io::Cursor;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use common::{MANIFEST, RunOutput, SLOW_EMBLEM, Workspace, signal, worker_of};
use make_disc::progress::Silence;
use make_disc::verify::{self, Published, Requirement, TargetKind, Verdict};

const SECTOR_LENGTH: usize = 2048;

/// A small image.
fn make_image() -> Vec<u8> {
    let workspace = Workspace::new();
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    fs::read(workspace.path("out.iso")).unwrap()
}

fn verify_image(image: &[u8]) -> Verdict {
    let mut source = Cursor::new(image);
    verify::verify_volume(
        &mut source,
        image.len() as u64,
        TargetKind::Image,
        &Published::default(),
        &mut Silence,
        &AtomicBool::new(false),
    )
    .unwrap()
}

fn is_reported(image: &[u8]) -> bool {
    !verify_image(image).problems.is_empty()
}

fn le32(image: &[u8], at: usize) -> usize {
    u32::from_le_bytes(image[at..at + 4].try_into().unwrap()) as usize
}

fn set32(image: &mut [u8], at: usize, number: u32) {
    image[at..at + 4].copy_from_slice(&number.to_le_bytes());
    image[at + 4..at + 8].copy_from_slice(&number.to_be_bytes());
}

/// Changes bytes one at a time, and returns the places where a change was not reported.
fn find_unreported(image: &[u8], places: impl Iterator<Item = usize> + Send, masks: &[u8]) -> Vec<usize> {
    let mut image = image.to_vec();
    let mut missed = Vec::new();
    for place in places {
        for mask in masks {
            image[place] ^= mask;
            if !is_reported(&image) {
                missed.push(place);
            }
            image[place] ^= mask;
        }
    }
    missed
}

/// The sectors with descriptors, directories and path tables.
fn structure_sectors(image: &[u8]) -> Vec<usize> {
    let first_file =
        (0..image.len() / SECTOR_LENGTH).find(|s| image[s * SECTOR_LENGTH..].starts_with(b"[")).unwrap_or(64);
    (16..image.len() / SECTOR_LENGTH)
        .filter(|sector| {
            let bytes = &image[sector * SECTOR_LENGTH..(sector + 1) * SECTOR_LENGTH];
            let is_path_table = bytes[..2] == [1, 0];
            (*sector < first_file || is_path_table) && bytes.iter().any(|byte| *byte != 0)
        })
        .collect()
}

#[test]
fn a_change_in_any_structure_is_reported() {
    let image = make_image();
    assert!(!is_reported(&image));
    let sectors = structure_sectors(&image);
    assert!(sectors.len() > 10, "only {} sectors of structure", sectors.len());
    // A sample of the bytes that are not zero, and of all bytes.
    let bytes = || sectors.iter().flat_map(|sector| sector * SECTOR_LENGTH..(sector + 1) * SECTOR_LENGTH);
    let set = bytes().filter(|place| image[*place] != 0).step_by(7);
    let places: Vec<usize> = set.chain(bytes().step_by(211)).collect();
    assert_eq!(
        find_unreported(&image, places.into_iter(), &[0x01]),
        Vec::<usize>::new(),
        "bytes whose change was not reported"
    );
}

/// Run manually, in release mode: `cargo test --release --test hostile -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes; other tests try a sample"]
fn a_change_of_every_single_byte_is_reported() {
    let image = make_image();
    let middle = image.len() / 2;
    let missed: Vec<usize> = std::thread::scope(|scope| {
        let first = scope.spawn(|| find_unreported(&image, 0..middle, &[0x01, 0xff]));
        let second = find_unreported(&image, middle..image.len(), &[0x01, 0xff]);
        first.join().unwrap().into_iter().chain(second).collect()
    });
    let changes = image.len() * 2;
    println!("{changes} changes of {} bytes; {} were not reported", image.len(), missed.len());
    for place in &missed {
        println!("  sector {}, byte {}: {:#04x}", place / SECTOR_LENGTH, place % SECTOR_LENGTH, image[*place]);
    }
    assert!(missed.is_empty());
}

#[test]
fn a_change_anywhere_is_reported() {
    let image = make_image();
    // The step has no common factor with the length of a sector.
    let places = (0..image.len()).step_by(1009);
    assert_eq!(find_unreported(&image, places, &[0x20]), Vec::<usize>::new(), "bytes whose change was not reported");
}

#[test]
fn an_image_cut_at_any_sector_is_reported() {
    let image = make_image();
    // Drives may fail to read the last sectors of a disc, which are padding. No published bytes are then missing.
    let end = image.len() / SECTOR_LENGTH - 150;
    for sectors in 0..end {
        assert!(is_reported(&image[..sectors * SECTOR_LENGTH]), "cut to {sectors} sectors");
    }
    assert!(is_reported(&image[..end * SECTOR_LENGTH - 1]));
    for length in [end * SECTOR_LENGTH, image.len() - SECTOR_LENGTH, image.len() - 1] {
        let verdict = verify_image(&image[..length]);
        assert!(verdict.problems.is_empty(), "cut to {length} bytes");
        assert!(
            verdict.notes.iter().any(|note| note.contains("of the padding after all files")),
            "cut to {length} bytes"
        );
    }
}

#[test]
fn a_serial_number_changed_in_both_byte_orders_is_reported() {
    let whole = make_image();
    let entries: Vec<usize> = (0..whole.len() - 44).filter(|at| whole[*at..].starts_with(b"PX\x2c\x01")).collect();
    assert!(entries.len() > 20);
    for at in entries {
        for serial in [0, 1, 2, 9999, u32::MAX] {
            let mut changed = whole.clone();
            set32(&mut changed, at + 36, serial);
            assert!(changed == whole || is_reported(&changed), "serial number {serial} at byte {at}");
        }
    }
}

#[test]
fn wrong_numbers_are_reported() {
    let good = make_image();
    // Numbers stored in both byte orders, in descriptors and root records.
    for descriptor in [16, 17] {
        for field in [80, 132, 158, 166] {
            for wrong in [0, 1, 15, 16, 0x7fff_ffff, 0xffff_ffff, 0xffff_f800] {
                let mut image = good.clone();
                set32(&mut image, descriptor * SECTOR_LENGTH + field, wrong);
                assert!(is_reported(&image), "{wrong:#x} at {field} of sector {descriptor}");
            }
        }
        let root = le32(&good, descriptor * SECTOR_LENGTH + 158) * SECTOR_LENGTH;
        let mut at = root;
        while good[at] != 0 {
            for field in [2, 10] {
                for wrong in [1, 16, 0x7fff_ffff, 0xffff_ffff, 0xffff_f800] {
                    let mut image = good.clone();
                    set32(&mut image, at + field, wrong);
                    assert!(is_reported(&image), "{wrong:#x} at {field} of the record at {at}");
                }
            }
            for length in [1, 33, 34, 255] {
                let mut image = good.clone();
                image[at] = length;
                assert!(length == good[at] || is_reported(&image), "a record of {length} bytes");
            }
            at += usize::from(good[at]);
        }
    }
}

/// An image with only descriptors, and a root directory at sector 20 that is all zeros.
fn image_without_files(sectors: usize, root_length: u32) -> Vec<u8> {
    let mut image = make_image()[..19 * SECTOR_LENGTH].to_vec();
    image.resize(sectors * SECTOR_LENGTH, 0);
    for descriptor in [16, 17] {
        let at = descriptor * SECTOR_LENGTH;
        set32(&mut image, at + 80, sectors as u32);
        set32(&mut image, at + 158, 20);
        set32(&mut image, at + 166, root_length);
    }
    image
}

/// A directory record, as in our own images.
fn record(name: &[u8], extent: u32, length: u32, directory: bool) -> Vec<u8> {
    let mut record = vec![0; 33];
    record[32] = name.len() as u8;
    set32(&mut record, 2, extent);
    set32(&mut record, 10, length);
    record[18..25].copy_from_slice(&[108, 6, 30, 0, 0, 0, 0]);
    record[25] = if directory { 2 } else { 0 };
    record[28..32].copy_from_slice(&[1, 0, 0, 1]);
    record.extend_from_slice(name);
    if !record.len().is_multiple_of(2) {
        record.push(0);
    }
    record[0] = record.len() as u8;
    record
}

#[test]
fn looping_and_overlapping_directories_are_reported() {
    let mut image = image_without_files(400, SECTOR_LENGTH as u32);
    // The root contains itself, and folders that start at every later sector and overlap.
    let mut records = [record(&[0], 20, 2048, true), record(&[1], 20, 2048, true)].concat();
    for number in 0..40_u8 {
        records.extend(record(&[b'A', b'A' + number % 26], 20 + u32::from(number), 300 * 2048, true));
    }
    records.truncate(SECTOR_LENGTH);
    for sector in 20..60 {
        image[sector * SECTOR_LENGTH..][..records.len()].copy_from_slice(&records);
    }
    assert!(is_reported(&image));
}

#[test]
fn a_tree_of_hundreds_of_levels_is_reported() {
    let mut image = image_without_files(2000, SECTOR_LENGTH as u32);
    for sector in 20..1500_u32 {
        let records = [
            record(&[0], sector, 2048, true),
            record(&[1], sector - u32::from(sector > 20), 2048, true),
            record(b"D", sector + 1, 2048, true),
        ]
        .concat();
        image[sector as usize * SECTOR_LENGTH..][..records.len()].copy_from_slice(&records);
    }
    let verdict = verify_image(&image);
    assert!(verdict.problems.stored().iter().any(|problem| problem.requirement == Some(Requirement::PrimaryNames)));
}

/// Runs `verify` with limited address space.
fn verify_with_memory_limit(workspace: &Workspace, file: &str, mebibytes: u64) -> RunOutput {
    let kilobytes = mebibytes << 10;
    let command = format!("ulimit -v {kilobytes}; exec \"$0\" verify --quiet {file}");
    let mut shell = Command::new("bash");
    shell.args(["-c", &command, env!("CARGO_BIN_EXE_make-disc")]).current_dir(workspace.root());
    RunOutput::new(shell.output().unwrap())
}

/// The limit in docs/decisions/0011-verify.md.
const MAX_MEBIBYTES: u64 = 1024;

#[test]
fn the_worst_images_are_verified_in_limited_memory() {
    // The root directory has 40 MiB of the shortest possible records.
    let sectors = 20_480;
    let mut image = image_without_files(sectors, (sectors as u32 - 200) * SECTOR_LENGTH as u32);
    let tiny = record(b"A", 30, 1, false);
    for sector in image[20 * SECTOR_LENGTH..(sectors - 180) * SECTOR_LENGTH].chunks_exact_mut(SECTOR_LENGTH) {
        for slot in sector.chunks_exact_mut(tiny.len()) {
            slot.copy_from_slice(&tiny);
        }
    }
    let workspace = Workspace::empty().with("worst.iso", image);
    verify_with_memory_limit(&workspace, "worst.iso", MAX_MEBIBYTES)
        .expect_code(4)
        .expect_stdout("more than 1,000,000 entries");

    // A checksum list of a million names.
    let mut list = String::new();
    for number in 0..1_000_000 {
        list.push_str(&format!("{:064x}  documents/x/{number:08}.pdf\n", 0));
    }
    fs::create_dir(workspace.path("folder")).unwrap();
    let workspace = workspace.with("folder/SHA256SUMS", list);
    verify_with_memory_limit(&workspace, "folder", MAX_MEBIBYTES).expect_code(4).expect_stdout("missing");
}

#[test]
fn long_paths_are_read_in_limited_memory() {
    // 30 directories within each other, with names of 200 characters, and 40,000 files in the last.
    let (levels, files) = (30, 40_000);
    let (name, tiny) = (vec![b'A'; 200], record(b"AAAAAAAA", 19, 0, false));
    let per_sector = (SECTOR_LENGTH - 2 * 34) / tiny.len();
    let file_sectors = files / per_sector;
    let mut image = image_without_files(20 + levels + file_sectors + 200, SECTOR_LENGTH as u32);
    for level in 0..=levels {
        let sector = 20 + level as u32;
        let length = |level: usize| if level == levels { (file_sectors * SECTOR_LENGTH) as u32 } else { 2048 };
        let mut records = record(&[0], sector, length(level), true);
        records.extend(record(&[1], sector - u32::from(level > 0), 2048, true));
        if level < levels {
            records.extend(record(&name, sector + 1, length(level + 1), true));
        }
        image[sector as usize * SECTOR_LENGTH..][..records.len()].copy_from_slice(&records);
        if level == levels {
            for number in 0..file_sectors {
                let start = (sector as usize + number) * SECTOR_LENGTH + if number == 0 { records.len() } else { 0 };
                for slot in image[start..][..per_sector * tiny.len()].chunks_exact_mut(tiny.len()) {
                    slot.copy_from_slice(&tiny);
                }
            }
        }
    }
    let workspace = Workspace::empty().with("long.iso", image);
    verify_with_memory_limit(&workspace, "long.iso", MAX_MEBIBYTES)
        .expect_code(4)
        .expect_stdout("the names and paths on the disc have more than 100 MB together");
}

#[test]
fn a_page_of_only_tags_is_read() {
    let html = "<a href=\"x\"><small><h1>".repeat(200_000);
    let workspace = Workspace::empty().with("folder/index.html", &html);
    let digest = Command::new("sha256sum").arg("index.html").current_dir(workspace.path("folder")).output().unwrap();
    let workspace = workspace.with("folder/SHA256SUMS", digest.stdout);
    workspace.run(&["verify", "folder"]).expect_code(4).expect_stdout("there is no such file");
}

#[test]
fn a_later_session_on_a_disc_is_reported() {
    let image = make_image();
    let sectors = image.len() / 2048;
    let verify = |disc: &[u8]| {
        let mut source = Cursor::new(disc);
        let stop = AtomicBool::new(false);
        verify::verify_volume(
            &mut source,
            disc.len() as u64,
            TargetKind::Device,
            &Published::default(),
            &mut Silence,
            &stop,
        )
        .unwrap()
    };
    // Two sectors after the track, then the gap between sessions.
    let mut disc = image.clone();
    disc.resize((sectors + 2 + 11_400) * 2048, 0);
    let verdict = verify(&disc);
    assert!(
        verdict.problems.is_empty()
            && verdict.notes.iter().any(|note| note.contains("reports 11,402 sectors after the end"))
    );
    disc.extend_from_slice(&image);
    let problems = verify(&disc).problems;
    assert_eq!(problems.stored().len(), 1, "{problems:?}");
    assert!(problems.stored()[0].message.starts_with("another session starts at sector"));
    assert!(verify(&image).notes.is_empty());
    // On DVD and BD, sessions follow each other more closely.
    for gap in [0, 32, 256, 2_048, 20_000] {
        let mut disc = image.clone();
        disc.resize((sectors + gap) * 2048, 0);
        disc.extend_from_slice(&image);
        let problems = verify(&disc).problems;
        assert_eq!(problems.stored().len(), 1, "{gap}: {problems:?}");
        assert!(problems.stored()[0].message.starts_with("after the end of the volume, sector"), "{problems:?}");
    }
}

#[test]
fn verification_can_be_interrupted() {
    let image = make_image();
    let stop = AtomicBool::new(false);
    stop.store(true, Relaxed);
    let mut source = Cursor::new(&image);
    let verdict = verify::verify_volume(
        &mut source,
        image.len() as u64,
        TargetKind::Image,
        &Published::default(),
        &mut Silence,
        &stop,
    );
    assert!(verdict.is_err());
}

/// A workspace whose manifest names an emblem with these contents.
fn with_emblem(contents: impl AsRef<[u8]>) -> Workspace {
    Workspace::new().with("manifest.yaml", format!("{MANIFEST}launcher: {{emblem: emblem}}\n")).with("emblem", contents)
}

/// An SVG in which each of `levels` elements contains the next one several times.
fn nested_svg(levels: usize, element: impl Fn(usize, bool) -> String) -> String {
    let defined: String = (0..levels).map(|level| element(level, level + 1 == levels)).collect();
    let start = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs>"#;
    format!(r##"{start}{defined}</defs><rect width="9" height="9" mask="url(#m0)"/><use href="#u0"/></svg>"##)
}

#[test]
fn emblems_that_ask_for_too_much_are_refused() {
    let masks = nested_svg(40, |level, is_last| {
        let inner = if is_last { String::new() } else { format!(r##" mask="url(#m{})""##, level + 1) };
        format!(r#"<mask id="m{level}">{}</mask>"#, format!(r#"<rect width="9" height="9"{inner}/>"#).repeat(4))
    });
    let uses = nested_svg(12, |level, is_last| {
        let inner =
            if is_last { "<path d=\"M0 0h9\"/>".to_owned() } else { format!("<use href=\"#u{}\"/>", level + 1) };
        format!(r#"<g id="u{level}">{}</g>"#, inner.repeat(10))
    });
    let entities: String = ('b'..='m')
        .map(|name| format!("<!ENTITY {name} '{}'>", format!("&{};", (name as u8 - 1) as char).repeat(10)))
        .collect();
    let entities =
        format!("<!DOCTYPE svg [<!ENTITY a 'aa'>{entities}]><svg xmlns='http://www.w3.org/2000/svg'>&m;</svg>");
    // The header of a greyscale PNG of 12,000 by 12,000 pixels.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x2e\xe0\0\0\x2e\xe0\x08\0\0\0\0\x74\x2e\xd3\x2d".to_vec();
    png.extend(b"\0\0\0\0IDAT");
    let layers = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}<path d="M0 0h9v9"/>{}</svg>"#,
        r#"<g opacity="0.5">"#.repeat(900),
        "</g>".repeat(900)
    );
    for (emblem, why) in [
        (SLOW_EMBLEM.as_bytes().to_vec(), "it takes more than 8 seconds"),
        (masks.into_bytes(), "it needs more than 768 MiB of memory"),
        (layers.into_bytes(), "it needs more than 768 MiB of memory"),
        (uses.into_bytes(), "it has too many parts"),
        (entities.into_bytes(), "is not a valid SVG"),
        (png, "it has 12000 by 12000 pixels, more than 64 million"),
    ] {
        let workspace = with_emblem(&emblem);
        let start = Instant::now();
        let output = workspace.run(&["check", "manifest.yaml"]).expect_code(1);
        // Checks only that it ends at all, because the limit is in seconds of CPU time, not of elapsed time.
        assert!(start.elapsed() < Duration::from_secs(300), "{why}: {:?}", start.elapsed());
        let stderr = output.stderr;
        // On a slow machine the time limit may be reached before the memory limit.
        let is_refused = stderr.contains(why) || (why.contains("of memory") && stderr.contains("more than 8 seconds"));
        assert!(stderr.contains("error[bad-picture]: `emblem` ") && is_refused, "{why}: {stderr}");
        assert!(stderr.matches("[bad-picture]").count() == 1 && stderr.contains("help: "), "{why}: {stderr}");
        assert!(stderr.contains("--> manifest.yaml:16:20") || why == "is not a valid SVG", "{why}: {stderr}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_worker_process_is_confined_and_ends_with_the_command() {
    let workspace = with_emblem(SLOW_EMBLEM);
    let child = workspace.start(&["check", "manifest.yaml"]);
    let worker = worker_of(&child);
    let read = |file: &str| fs::read_to_string(format!("/proc/{worker}/{file}")).unwrap_or_default();
    // It confines itself before it reads the emblem.
    let start = Instant::now();
    while !read("limits").contains("Max open files            0 ") && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(300));
    let (limits, status) = (read("limits"), read("status"));
    let limit = |name: &str| {
        let line =
            limits.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {limits}"));
        line.split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(limit("Max open files"), "0");
    assert_eq!(limit("Max file size"), "0");
    assert_eq!(limit("Max processes"), "0");
    assert_eq!(limit("Max cpu time"), "8");
    assert_eq!(limit("Max address space"), (768 << 20).to_string());
    if cfg!(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")) {
        assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    }
    signal(&child, "TERM");
    let start = Instant::now();
    RunOutput::new(child.wait_with_output().unwrap()).expect_code(130).expect_stderr("interrupted");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(!fs::exists(format!("/proc/{worker}")).unwrap());
}

/// Nothing is ever written to these pipes: opening one for reading would wait forever.
#[test]
#[cfg(unix)]
fn pipes_are_refused_wherever_a_file_is_read() {
    let made = Workspace::new();
    made.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    made.run(&["stage", "--quiet", "manifest.yaml", "staged"]).expect_code(0);
    let launcher = |keys: &str| format!("{MANIFEST}launcher: {keys}\n");
    for (pipe, manifest, arguments, code) in [
        ("manifest.yaml", MANIFEST.to_owned(), &["check", "manifest.yaml"][..], 3),
        ("files/asia.pdf", MANIFEST.to_owned(), &["check", "manifest.yaml"], 1),
        ("emblem", launcher("{emblem: emblem}"), &["check", "manifest.yaml"], 1),
        ("emblem", launcher("{emblem: emblem}"), &["print", "manifest.yaml", "out.pdf"], 1),
        ("text.md", launcher("{foreword: {text: text.md}}"), &["check", "manifest.yaml"], 1),
        ("theme/style.css", launcher("{theme: theme}"), &["check", "manifest.yaml"], 1),
        ("files/new.pdf", MANIFEST.to_owned(), &["init", "--quiet", "files"], 0),
        ("list.csv", MANIFEST.to_owned(), &["init", "--from", "list.csv", "files"], 3),
        ("pipe.iso", MANIFEST.to_owned(), &["verify", "pipe.iso"], 2),
        ("out.iso.sha256", MANIFEST.to_owned(), &["verify", "out.iso"], 4),
        ("pipe.iso", MANIFEST.to_owned(), &["burn", "--yes", "--device", "stdio:x", "pipe.iso"], 4),
        ("pipe.iso", MANIFEST.to_owned(), &["print", "--image", "pipe.iso", "manifest.yaml", "out.pdf"], 2),
        (
            "fonts/pipe.ttf",
            MANIFEST.to_owned(),
            &["print", "--quiet", "--fonts", "fonts", "manifest.yaml", "out.pdf"],
            0,
        ),
        ("staged/index.html", MANIFEST.to_owned(), &["stage", "--force", "manifest.yaml", "staged"], 2),
        ("staged/SHA256SUMS", MANIFEST.to_owned(), &["stage", "--force", "manifest.yaml", "staged"], 2),
        ("staged/SHA256SUMS", MANIFEST.to_owned(), &["verify", "staged"], 4),
    ] {
        let workspace = Workspace::new().with("manifest.yaml", manifest).with(pipe, "");
        let copy = format!("cp -r {0}/out.iso {0}/staged .; rm -rf {pipe}; mkfifo {pipe}", made.root().display());
        assert!(Command::new("sh").args(["-c", &copy]).current_dir(workspace.root()).status().unwrap().success());
        let mut command = Command::new("timeout");
        command.arg("60").arg(env!("CARGO_BIN_EXE_make-disc")).args(arguments).current_dir(workspace.root());
        let output = RunOutput::new(command.output().unwrap());
        assert_eq!(output.code, Some(code), "{pipe}: {arguments:?}: {}{}", output.stdout, output.stderr);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_list_that_asks_for_too_much_memory_is_refused() {
    // A spreadsheet of 30 kB with text in the last possible cell of many rows.
    let script = r##"
import zipfile
def book(name, cells):
    start = '<?xml version="1.0"?>'
    main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    package = 'http://schemas.openxmlformats.org/package/2006/relationships'
    with zipfile.ZipFile(name, 'w', zipfile.ZIP_DEFLATED) as book:
        book.writestr('[Content_Types].xml', start + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        book.writestr('_rels/.rels', f'{start}<Relationships xmlns="{package}"><Relationship Id="a" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        book.writestr('xl/workbook.xml', f'{start}<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="A" sheetId="1" r:id="a"/></sheets></workbook>')
        book.writestr('xl/_rels/workbook.xml.rels', f'{start}<Relationships xmlns="{package}"><Relationship Id="a" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
        book.writestr('xl/sharedStrings.xml', f'{start}<sst xmlns="{main}"/>')
        book.writestr('xl/worksheets/sheet1.xml', f'{start}<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>')
cell = lambda place, row: f'<row r="{row}"><c r="{place}{row}" t="inlineStr"><is><t>file</t></is></c></row>'
book('far.xlsx', ''.join(cell('XFD', row) for row in range(1, 4001)))
book('good.xlsx', cell('A', 1) + '<row r="2"><c r="A2" t="inlineStr"><is><t>asia.pdf</t></is></c></row>')
book('stray.xlsx', cell('A', 1) + '<row r="2"><c r="A2" t="inlineStr"><is><t>asia.pdf</t></is></c></row>' + cell('XFD', 1048576))
"##;
    let workspace = Workspace::new();
    assert!(Command::new("python3").args(["-c", script]).current_dir(workspace.root()).status().unwrap().success());
    workspace.run(&["init", "--from", "far.xlsx", "files"]).expect_code(1).expect_stderr(
        "the list `far.xlsx` cannot be read: reading it needs more than 1024 MiB of memory; save only the table itself as .csv",
    );
    assert!(!workspace.path("files/manifest.yaml").exists());
    workspace.run(&["init", "--from", "good.xlsx", "files"]).expect_code(0);
    // A stray cell in the last row is no reason to refuse a list: only cells with text need memory.
    workspace.run(&["init", "--force", "--from", "stray.xlsx", "files"]).expect_code(0);
}
