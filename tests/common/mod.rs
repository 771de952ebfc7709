//! A folder with a manifest and files, and runs of the program in it, told as a story.

#![allow(dead_code)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A temporary folder in which a publications officer works.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// How a run ended and what it said.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A manifest of two reports in two languages, and its files.
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

/// A PDF of one page that says one thing, with all that makes it accessible.
pub fn pdf(language: &str, text: &str) -> String {
    let content = format!("/P <</MCID 0>> BDC BT /F 12 Tf 72 720 Td ({text}) Tj ET EMC");
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
        format!("<< /Title ({text}) >>"),
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = pdf.len();
    pdf.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        pdf.push_str(&format!("{place:010} 00000 n \n"));
    }
    pdf.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    pdf
}

impl Desk {
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A desk with [`MANIFEST`] and its files.
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

    /// A file of zeros that takes no room.
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

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until a file whose name begins like this has at least so many bytes.
    pub fn wait_for(&self, prefix: &str, bytes: u64) {
        let begin = Instant::now();
        loop {
            let there = self.names().into_iter().any(|name| {
                name.starts_with(prefix) && fs::metadata(self.path(&name)).is_ok_and(|meta| meta.len() >= bytes)
            });
            if there {
                return;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "no file {prefix}… of {bytes} bytes came");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn said(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "`{words}` is not in:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn printed(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "`{words}` is not in:\n{}", self.stdout);
        self
    }
}

/// Sends a signal by its name.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(status.success());
}
