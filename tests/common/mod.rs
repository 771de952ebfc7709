//! A temporary folder with a manifest and files, and runs of the program in it.

#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A temporary folder in which the program runs.
pub struct Workspace {
    folder: tempfile::TempDir,
}

/// The exit code and the output of a run, with assertions that can be chained.
pub struct RunOutput {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A manifest with two reports in two languages. [`Workspace::new`] adds its files.
pub const MANIFEST: &str = "\
disc:
  title: {en: Two reports, fr: Deux rapports}
  volume: TWO_REPORTS
  languages: [en, fr]
  date: 2008-06-30
sections:
  - id: needs
    title: {en: Needs, fr: Besoins}
    reports:
      - id: africa
        title: {en: Africa, fr: Afrique}
        variants: {en: files/africa.en.pdf, fr: files/africa.fr.pdf}
      - id: asia
        title: {en: Asia, fr: Asie}
        variants: {en: files/asia.pdf}
";

/// A secret key that `minisign -G -W` made for these tests.
pub const SECRET: &str = "untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASPFEXF8r3/be8vKlu7/wVw4r7QpmM5v5JmBBkaOIy2tc9ItPc4GoT7qxmTZMs2UWg0fNM8lBXpvm19SukMkJTJJctv90QOHWAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
";

/// An accessible PDF with one page, whose text and title are `text`.
pub fn pdf(language: &str, text: &str) -> String {
    pdf_with_content(language, text, &format!("BT /F 12 Tf 72 720 Td ({text}) Tj ET"))
}

/// A PDF with one page that shows these lines, each with its font size, and with this title in its metadata.
#[allow(dead_code)]
pub fn pdf_with_lines(language: &str, title: &str, lines: &[(u32, &str)]) -> String {
    let mut content = String::new();
    for (number, (size, text)) in lines.iter().enumerate() {
        content += &format!("BT /F {size} Tf 72 {} Td ({text}) Tj ET ", 780 - 40 * number);
    }
    pdf_with_content(language, title, &content)
}

fn pdf_with_content(language: &str, title: &str, content: &str) -> String {
    let content = format!("/P <</MCID 0>> BDC {content} EMC");
    let objects = [
        format!(
            "<< /Type /Catalog /Pages 2 0 R /Lang ({language}) /MarkInfo << /Marked true >> /StructTreeRoot 6 0 R >>"
        ),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /StructParents 0 \
         /Resources << /Font << /F 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /StructTreeRoot >>".to_owned(),
        format!("<< /Title ({title}) >>"),
    ];
    pdf_of(&objects, "/Info 7 0 R")
}

/// A PDF of these objects, the first of which is the catalogue. `trailer` contains further entries of the trailer.
pub fn pdf_of(objects: &[String], trailer: &str) -> String {
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = pdf.len();
    pdf.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        pdf.push_str(&format!("{offset:010} 00000 n \n"));
    }
    pdf.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    pdf
}

impl Workspace {
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A workspace with [`MANIFEST`] and its files.
    pub fn new() -> Self {
        Self::empty()
            .with("manifest.yaml", MANIFEST)
            .with("files/africa.en.pdf", pdf("en", "Africa, in English"))
            .with("files/africa.fr.pdf", pdf("fr", "Afrique, en langue de Paris"))
            .with("files/asia.pdf", pdf("en", "Asia, in a few words"))
    }

    pub fn with(self, name: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    /// Adds a sparse file of zeros.
    pub fn with_sparse(self, name: &str, length: u64) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().set_len(length).unwrap();
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_make-disc"));
        command
            .args(arguments)
            .current_dir(self.root())
            .env_remove("SOURCE_DATE_EPOCH")
            .env_remove("COLUMNS")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> RunOutput {
        RunOutput::new(self.command(arguments).output().unwrap())
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until a file whose name starts with `prefix` has at least `bytes` bytes.
    pub fn wait_for(&self, prefix: &str, bytes: u64) {
        let start = Instant::now();
        loop {
            let exists = self.names().into_iter().any(|name| {
                name.starts_with(prefix) && fs::metadata(self.path(&name)).is_ok_and(|meta| meta.len() >= bytes)
            });
            if exists {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "no file {prefix}… with {bytes} bytes appeared");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Whether a line shows progress, such as `documents read: 50 %` or `making the pages …`. Commands print such lines on slow
/// machines.
fn is_progress(line: &str) -> bool {
    if line.trim_end().ends_with(" …") && line.starts_with("making ") {
        return true;
    }
    let percent = line.trim_end().strip_suffix(" %").and_then(|line| line.rsplit_once(": "));
    percent.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

impl RunOutput {
    pub fn new(output: Output) -> Self {
        let stderr = String::from_utf8(output.stderr).unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: stderr.split_inclusive('\n').filter(|line| !is_progress(line)).collect(),
        }
    }

    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn expect_stderr(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "standard error does not contain `{words}`:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn expect_stdout(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "standard output does not contain `{words}`:\n{}", self.stdout);
        self
    }
}

/// Sends the signal with this name, such as `INT`.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(status.success());
}

/// An emblem that takes years to draw.
pub const SLOW_EMBLEM: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><filter id="f">
<feTurbulence numOctaves="100000000"/></filter><rect width="9" height="9" filter="url(#f)"/></svg>"#;

/// Waits until a command has a worker process, and returns the id of this process.
#[cfg(target_os = "linux")]
pub fn worker_of(child: &Child) -> String {
    let start = Instant::now();
    loop {
        // Each thread has its own list of child processes.
        let threads = fs::read_dir(format!("/proc/{}/task", child.id())).into_iter().flatten().flatten();
        let children: String =
            threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok()).collect();
        if let Some(worker) = children.split_whitespace().next() {
            return worker.to_owned();
        }
        assert!(start.elapsed() < Duration::from_secs(30), "no worker process was started");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every file below a folder, by path.
pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(root, root, &mut files);
    files
}
