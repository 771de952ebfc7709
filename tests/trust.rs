//! Nothing that somebody else made gets a false `INTACT`, and no file name or text can forge a line of output.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{MANIFEST, RunOutput, Workspace, files};
use sha2::Digest as _;

/// A workspace with the image of [`MANIFEST`], its checksum file, and its files as a folder and as an archive.
fn workspace_with_outputs() -> Workspace {
    let workspace = Workspace::new();
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    workspace.run(&["stage", "--quiet", "manifest.yaml", "folder"]).expect_code(0);
    workspace.run(&["stage", "--quiet", "manifest.yaml", "--zip", "out.zip"]).expect_code(0);
    workspace
}

fn python(workspace: &Workspace, script: &str) {
    let done = Command::new("python3").arg("-c").arg(script).current_dir(workspace.path(".")).status().unwrap();
    assert!(done.success());
}

fn verdict(output: &RunOutput) -> &str {
    let line = output
        .stdout
        .lines()
        .find(|line| line.starts_with("verdict"))
        .unwrap_or_else(|| panic!("{}{}", output.stdout, output.stderr));
    line["verdict    ".len()..].split(':').next().unwrap()
}

/// No line of the output may come from a name, and no control character may reach the terminal.
fn assert_clean(output: &RunOutput) {
    for text in [&output.stdout, &output.stderr] {
        let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(bad, None, "{text:?}");
    }
    assert!(output.stdout.lines().filter(|line| line.starts_with("verdict")).count() <= 1, "{}", output.stdout);
}

#[test]
fn archives_with_anything_but_their_members_are_not_intact() {
    let workspace = workspace_with_outputs();
    assert_eq!(verdict(&workspace.run(&["verify", "out.zip"]).expect_code(0)), "INTACT");
    let read = "b = open('out.zip', 'rb').read(); import zipfile, struct, io, shutil; end = b.rindex(b'PK\\x05\\x06'); \
                cd = struct.unpack('<I', b[end+16:end+20])[0]; ";
    for (name, change) in [
        (
            "twice",
            "shutil.copy('out.zip', 'x.zip'); z = zipfile.ZipFile('x.zip', 'a'); z.writestr('autorun.inf', b'other'); z.close()",
        ),
        ("after", "open('x.zip', 'wb').write(b + b'more')"),
        (
            "comment",
            "shutil.copy('out.zip', 'x.zip'); z = zipfile.ZipFile('x.zip', 'a'); z.comment = b'hidden'; z.close()",
        ),
        (
            "gap",
            "open('x.zip', 'wb').write(b[:cd] + b'hidden' + b[cd:end+16] + struct.pack('<I', cd + 6) + b[end+20:])",
        ),
        ("name", "at = b.index(b'autorun.inf'); open('x.zip', 'wb').write(b[:at] + b'autorun.exe' + b[at+11:])"),
        ("count", "open('x.zip', 'wb').write(b[:end+8] + struct.pack('<HH', 3, 3) + b[end+12:])"),
        (
            "a symbolic link",
            "o = zipfile.ZipFile('out.zip'); z = zipfile.ZipFile('x.zip', 'w')\n\
             for i in o.infolist():\n  i.external_attr = (0o120777 if i.filename.endswith('.pdf') else 0o100644) << 16; z.writestr(i, o.read(i))\n\
             z.close()",
        ),
        (
            "another name in an extra field",
            "o = zipfile.ZipFile('out.zip'); z = zipfile.ZipFile('x.zip', 'w')\n\
             for i in o.infolist():\n  i.extra = struct.pack('<HHBI', 0x7075, 10, 1, 0) + b'a.exe'; z.writestr(i, o.read(i))\n\
             z.close()",
        ),
        (
            "a folder that is also a file",
            "shutil.copy('out.zip', 'x.zip'); z = zipfile.ZipFile('x.zip', 'a'); z.writestr('index.html/', b''); z.close()",
        ),
        (
            "rebuilt with a comment of a member",
            "o = zipfile.ZipFile('out.zip'); z = zipfile.ZipFile('x.zip', 'w')\n\
             for i in o.infolist():\n  i.comment = b'hidden'; z.writestr(i, o.read(i))\n\
             z.close()",
        ),
    ] {
        python(&workspace, &format!("{read}\n{change}"));
        let output = workspace.run(&["verify", "x.zip"]);
        let output = output.expect_code(4);
        assert!(output.stdout.contains("verdict    NOT INTACT"), "{name}: {}", output.stdout);
        assert!(!output.stdout.contains("there is no checksum list"), "{name}: {}", output.stdout);
    }
    // Archives that other programs write are accepted.
    python(
        &workspace,
        "import zipfile, os\nz = zipfile.ZipFile('x.zip', 'w', zipfile.ZIP_DEFLATED)\n\
         for d, _, n in os.walk('folder'):\n  [z.write(os.path.join(d, f), os.path.relpath(os.path.join(d, f), 'folder')) for f in n]\n\
         z.close()",
    );
    assert_eq!(verdict(&workspace.run(&["verify", "x.zip"]).expect_code(0)), "INTACT");
    let mut bsdtar = Command::new("bsdtar");
    bsdtar.args(["--format", "zip", "-cf", "bsd.zip", "-C", "folder", "."]).current_dir(workspace.root());
    assert!(bsdtar.status().unwrap().success());
    let output = workspace.run(&["verify", "bsd.zip"]);
    assert_clean(&output);
}

/// Writes `x.zip` with `files` and a checksum list of them. `junk` follows the compressed bytes of the first file; the list does not
/// name `others`.
const WRITE_ARCHIVE: &str = "\
import hashlib, struct, zlib
def write(files, junk=b'', others=()):
    listed = ''.join(f'{hashlib.sha256(d).hexdigest()}  {n}\\n' for n, d in files.items()).encode()
    body, directory = b'', b''
    for name, data in [*files.items(), *others, ('SHA256SUMS', listed)]:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        raw, junk, name = deflate.compress(data) + deflate.flush() + junk, b'', name.encode()
        common = struct.pack('<5H3I2H', 20, 0, 8, 0, 33, zlib.crc32(data), len(raw), len(data), len(name), 0)
        directory += struct.pack('<4sH', b'PK\\1\\2', 20) + common + struct.pack('<3H2I', 0, 0, 0, 0, len(body)) + name
        body += b'PK\\3\\4' + common + name + raw
    count = len(files) + len(others) + 1
    end = struct.pack('<4s4H2IH', b'PK\\5\\6', 0, 0, count, count, len(directory), len(body), 0)
    open('x.zip', 'wb').write(body + directory + end)
";

#[test]
fn bytes_after_the_compressed_bytes_of_a_file_are_noticed() {
    let workspace = Workspace::new();
    let files = "files = {'a.txt': b'a' * 5000, 'b.txt': b'b'}";
    python(&workspace, &format!("{WRITE_ARCHIVE}\n{files}\nwrite(files)"));
    assert_eq!(verdict(&workspace.run(&["verify", "x.zip"]).expect_code(0)), "INTACT");
    for junk in ["b'x'", "b'PK\\3\\4' + bytes(26)", "bytes(100_000)"] {
        python(&workspace, &format!("{WRITE_ARCHIVE}\n{files}\nwrite(files, {junk})"));
        let output =
            workspace.run(&["verify", "x.zip"]).expect_code(4).expect_stdout("its compressed bytes are followed by");
        assert_eq!(verdict(&output), "NOT INTACT", "{junk}");
    }
}

#[test]
fn names_that_windows_changes_are_noticed_in_archives() {
    let workspace = Workspace::new();
    for name in ["C:x.txt", "a.txt:b", "CON", "sub/aux.txt", "a.txt.", "sub /a.txt", "what?.txt", "a<b"] {
        let script = format!("{WRITE_ARCHIVE}\nwrite({{'a.txt': b'a', '{name}': b'b'}})");
        python(&workspace, &script);
        let output =
            workspace.run(&["verify", "x.zip"]).expect_code(4).expect_stdout("has a name that Windows does not allow");
        assert_eq!(verdict(&output), "NOT INTACT", "{name}");
    }
    for name in ["C:\\\\x.txt", "//server/share/x.txt", "/etc/x", "../x"] {
        let script = format!("{WRITE_ARCHIVE}\nwrite({{'a.txt': b'a'}}, others=[('{name}', b'b')])");
        python(&workspace, &script);
        assert_eq!(verdict(&workspace.run(&["verify", "x.zip"]).expect_code(4)), "NOT INTACT", "{name}");
    }
}

#[test]
fn lists_that_editors_changed_are_read() {
    let workspace = workspace_with_outputs();
    let list = fs::read_to_string(workspace.path("folder/SHA256SUMS")).unwrap();
    let verdict_on = |list: &str| {
        fs::write(workspace.path("folder/SHA256SUMS"), list).unwrap();
        verdict(&workspace.run(&["verify", "folder"])).to_owned()
    };
    let unterminated = list.trim_end().to_owned();
    assert_eq!(verdict_on(&unterminated), "INTACT");
    assert_eq!(verdict_on(&format!("# the list\n{list}\n\n# its end")), "INTACT");
    // The end of a name is missing, or perhaps more.
    assert_eq!(verdict_on(&unterminated[..unterminated.len() - 2]), "NOT PROVEN");
    let shorter = list.lines().take(3).collect::<Vec<_>>().join("\n");
    assert_eq!(verdict_on(&shorter), "NOT PROVEN");
    assert_eq!(verdict_on(&format!("{shorter}\n")), "NOT INTACT");
    // A table of names, as mkisofs writes it.
    fs::write(workspace.path("folder/TRANS.TBL"), "F INDEX.HTM;1  \tindex.html\n").unwrap();
    assert_eq!(verdict_on(&list), "INTACT");
    workspace.run(&["verify", "folder"]).expect_stdout("`TRANS.TBL`: a table of the names in a folder");
}

#[test]
fn a_file_that_a_malformed_line_names_is_reported_once() {
    let workspace = workspace_with_outputs();
    let list = fs::read_to_string(workspace.path("folder/SHA256SUMS")).unwrap();
    let document = "documents/needs/asia_en.pdf";
    let line = list.lines().find(|line| line.ends_with(document)).unwrap();
    for (changed, message) in [
        (line.replace("  ", " "), "line 1 of the checksum list does not consist of"),
        (format!("# {line}"), "line 1 of the checksum list is a comment"),
    ] {
        let rest = list.lines().filter(|other| *other != line).collect::<Vec<_>>().join("\n");
        fs::write(workspace.path("folder/SHA256SUMS"), format!("{changed}\n{rest}\n")).unwrap();
        let output = workspace.run(&["verify", "folder"]).expect_code(4);
        assert_eq!(verdict(&output), "NOT PROVEN", "{}", output.stdout);
        assert!(output.stdout.contains(message), "{}", output.stdout);
        assert!(!output.stdout.contains("added "), "{}", output.stdout);
    }
    let unlisted = list.lines().filter(|other| *other != line).collect::<Vec<_>>().join("\n");
    fs::write(workspace.path("folder/SHA256SUMS"), format!("x\n{unlisted}\n")).unwrap();
    assert_eq!(verdict(&workspace.run(&["verify", "folder"]).expect_code(4)), "NOT INTACT");
}

#[test]
fn a_list_in_small_letters_does_not_prove_the_case_of_names() {
    let digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    let workspace = Workspace::empty()
        .with("disc/Read Me.TXT", "a")
        .with("disc/Docs/b.txt", "a")
        .with("disc/SHA256SUMS", format!("{digest}  read me.txt\n{digest}  docs/b.txt\n"));
    let output = workspace.run(&["verify", "disc"]).expect_code(4);
    assert_eq!(verdict(&output), "NOT PROVEN");
    let expected = "all names in the checksum list are in one case, but the names of 2 files are not";
    assert!(output.stdout.contains(expected), "{}", output.stdout);
}

#[test]
fn only_the_list_in_use_may_be_unlisted() {
    let workspace = workspace_with_outputs();
    for name in ["sha256.sum", "Sha256Sums", "documents/SHA256SUMS", "copy.pdf"] {
        let added = workspace.path("folder").join(name);
        fs::write(&added, "anything").unwrap();
        let output = workspace.run(&["verify", "folder"]).expect_code(4);
        assert!(
            output.stdout.contains(&format!("added      {name}: is not in the checksum list")),
            "{}",
            output.stdout
        );
        fs::remove_file(added).unwrap();
    }
    assert_eq!(verdict(&workspace.run(&["verify", "folder"]).expect_code(0)), "INTACT");
    // The names as systems show plain ISO 9660.
    let plain = workspace.path("plain");
    copy_renamed(&workspace.path("folder"), &plain, &|name| name.to_uppercase().replace('-', "_"));
    assert_eq!(verdict(&workspace.run(&["verify", "plain"]).expect_code(0)), "INTACT");
}

fn copy_renamed(from: &Path, to: &Path, rename: &dyn Fn(&str) -> String) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(rename(entry.file_name().to_str().unwrap()));
        if entry.path().is_dir() {
            copy_renamed(&entry.path(), &target, rename);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_checksum_file_that_cannot_be_used_proves_nothing() {
    let workspace = workspace_with_outputs();
    let list = workspace.path("out.iso.sha256");
    let good = fs::read_to_string(&list).unwrap();
    let wrong = format!("{}  out.iso\n", "0".repeat(64));
    let utf16 = |text: &str| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    for (name, text, expected) in [
        ("UTF-16", utf16(&good), "INTACT"),
        ("UTF-16, wrong", utf16(&wrong), "NOT INTACT"),
        ("a byte order mark", format!("\u{feff}{}", good.replace('\n', "\r\n")).into_bytes(), "INTACT"),
        ("the old name of the image", good.replace("out.iso", "other.iso").into_bytes(), "INTACT"),
        ("another file", wrong.replace("out.iso", "other.iso").into_bytes(), "NOT PROVEN"),
        ("empty", Vec::new(), "NOT PROVEN"),
        ("too large", vec![b' '; 2 << 20], "NOT PROVEN"),
    ] {
        fs::write(&list, text).unwrap();
        let output = workspace.run(&["verify", "out.iso"]);
        assert_eq!(verdict(&output), expected, "{name}: {}", output.stdout);
        let output = workspace.run(&["burn", "out.iso", "--dry-run", "--device", "/dev/null"]);
        assert_eq!(output.stderr.contains("out.iso.sha256"), expected != "INTACT", "{name}: {}", output.stderr);
    }
    fs::remove_file(&list).unwrap();
    for make in [
        "mkdir out.iso.sha256",
        "rmdir out.iso.sha256; mkfifo out.iso.sha256",
        "rm out.iso.sha256; ln -s nowhere out.iso.sha256",
    ] {
        assert!(Command::new("sh").args(["-c", make]).current_dir(workspace.path(".")).status().unwrap().success());
        let output = workspace.run(&["verify", "out.iso"]).expect_code(4);
        assert_eq!(verdict(&output), "NOT PROVEN", "{make}: {}", output.stdout);
        let output = workspace.run(&["burn", "out.iso", "--dry-run", "--device", "/dev/null"]).expect_code(4);
        assert!(output.stderr.contains("cannot be used"), "{make}: {}", output.stderr);
    }
}

#[cfg(unix)]
#[test]
fn names_and_texts_cannot_forge_lines() {
    let forged = "a\nverdict    INTACT: every file\u{1b}[2K\u{202e}\u{9b}.pdf";
    let workspace = workspace_with_outputs();
    fs::write(workspace.path("folder").join(forged), "x").unwrap();
    // If a terminal wraps the line there, wide blanks look like the blanks after a label.
    let wide = format!("{}verdict\u{3000}\u{3000}INTACT: every file", "x".repeat(69));
    fs::write(workspace.path("folder").join(&wide), "x").unwrap();
    let output = workspace.run(&["verify", "folder"]).expect_code(4);
    assert!(!output.stdout.contains('\u{3000}'), "{}", output.stdout);
    fs::write(workspace.path("x verdict    INTACT.iso"), "x".repeat(40_000)).unwrap();
    let output = workspace.run(&["verify", "x verdict    INTACT.iso"]).expect_code(4);
    assert!(!output.stdout.contains("verdict    INTACT"), "{}", output.stdout);
    for arguments in [vec!["verify", "folder"], vec!["verify", "--json", "folder"]] {
        let output = workspace.run(&arguments).expect_code(4);
        assert_clean(&output);
    }
    fs::write(workspace.path(forged), "x").unwrap();
    let manifest = MANIFEST.replacen("title:", "titel:", 1);
    fs::write(workspace.path(&format!("{forged}.yaml")), manifest).unwrap();
    let name: &str = &format!("{forged}.yaml");
    for arguments in [
        vec!["check", name],
        vec!["check", forged],
        vec!["check", "--json", name],
        vec!["list", name],
        vec![name, "out2.iso"],
        vec!["verify", forged],
        vec!["verify", "--sha256", forged, "out.iso"],
        vec!["burn", forged],
        vec!["print", name, "out.pdf"],
        vec!["preview", name],
        vec!["stage", name, forged],
        vec!["init", forged],
        vec![forged],
        vec!["--unknown", forged],
        vec!["build", forged, forged, forged],
    ] {
        assert_clean(&workspace.run(&arguments));
    }
    let folder: PathBuf = workspace.path("documents of others");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(forged), "%PDF-1.4\n").unwrap();
    assert_clean(&workspace.run(&["init", "documents of others"]));
    assert_clean(&workspace.run(&["init", "documents of others", "--json"]));
}

#[test]
fn the_manifest_is_shown_without_the_characters_that_deceive() {
    let workspace = Workspace::new();
    let manifest = MANIFEST.replacen("volume:", "volume\u{2028}\u{e0041}\u{85}x:", 1);
    fs::write(workspace.path("manifest.yaml"), manifest).unwrap();
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(1);
    assert_clean(&output);
    assert!(!output.stderr.contains(['\u{2028}', '\u{e0041}']), "{}", output.stderr);
}

#[test]
fn files_of_operating_systems_are_noted() {
    let workspace = workspace_with_outputs();
    for name in
        ["System Volume Information/WPSettings.dat", "$RECYCLE.BIN/S-1/desktop.ini", "documents/THUMBS.DB", "@eaDir/x"]
    {
        let left = workspace.path("folder").join(name);
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(left, "anything").unwrap();
    }
    let output = workspace.run(&["verify", "folder"]).expect_code(0);
    assert_eq!(output.stdout.matches("operating systems add files with such names").count(), 4, "{}", output.stdout);
    assert!(
        output.stdout.contains("4 extra files with names that operating systems use were not checked"),
        "{}",
        output.stdout
    );
    fs::write(workspace.path("folder/documents/autorun.exe"), "anything").unwrap();
    workspace.run(&["verify", "folder"]).expect_code(4);
}

#[test]
fn a_file_that_is_an_image_and_an_archive_is_refused() {
    let workspace = workspace_with_outputs();
    python(
        &workspace,
        "import zipfile\nd = open('out.iso', 'rb').read(); z = zipfile.ZipFile('both.iso', 'w')\n\
         z.writestr('a.bin', b'\\0' * (32768 - 35) + d[32768:]); z.close()",
    );
    workspace.run(&["verify", "both.iso"]).expect_code(4).expect_stderr("both a ZIP archive and a disc image");
}

#[test]
fn a_checksum_file_next_to_an_archive_counts() {
    let workspace = workspace_with_outputs();
    fs::write(workspace.path("out.zip.sha256"), format!("{}  out.zip\n", "0".repeat(64))).unwrap();
    let output = workspace.run(&["verify", "out.zip"]).expect_code(4);
    assert_eq!(verdict(&output), "NOT INTACT");
}

#[test]
fn notes_of_one_kind_are_counted_rather_than_repeated() {
    let workspace = workspace_with_outputs();
    for number in 0..25 {
        fs::create_dir(workspace.path("folder").join(format!("empty{number}"))).unwrap();
    }
    let output = workspace.run(&["verify", "folder"]).expect_code(0);
    assert_eq!(output.stdout.matches("is empty; a checksum list").count(), 20, "{}", output.stdout);
    assert!(output.stdout.contains("and 5 more folders that are empty"), "{}", output.stdout);
}

/// Makes an archive with Python. `members` are the names and contents of the members besides a checksum list that names them.
fn archive_by_python(workspace: &Workspace, members: &str, change: &str) {
    python(
        workspace,
        &format!(
            "import zipfile, hashlib, struct, io\n\
             class Stream(io.RawIOBase):\n    \
                 def __init__(self): self.b = b''\n    \
                 def writable(self): return True\n    \
                 def write(self, d): self.b += bytes(d); return len(d)\n\
             def at(b, sign): return [i for i in range(len(b)) if b.startswith(sign, i)]\n\
             members = {members}\n\
             method, out = zipfile.ZIP_DEFLATED, Stream()\n\
             list = ''.join(f'{{hashlib.sha256(d).hexdigest()}}  {{n}}\\n' for n, d in members.items()).encode()\n\
             def pack(method=method, out=out):\n    \
                 z = zipfile.ZipFile(out, 'w', method)\n    \
                 [z.writestr(n, d) for n, d in (members | {{'SHA256SUMS': list}}).items()]\n    \
                 z.close()\n    \
                 return out.b if out is not None and hasattr(out, 'b') else out.getvalue()\n\
             {change}\nopen('x.zip', 'wb').write(b)"
        ),
    );
}

#[test]
fn archives_that_other_programs_make_are_read_or_the_remedy_is_named() {
    let workspace = Workspace::empty();
    let plain = "{'a.txt': b'one' * 99, 'b.txt': b'two' * 99}";
    for (name, members, change, expected, words) in [
        ("streamed", plain, "b = pack()", "INTACT", ""),
        // As bsdtar writes it: the length is in the header already, the compressed length and the CRC are not.
        (
            "with a length",
            plain,
            "b = bytearray(pack())\nfor i in at(b, b'PK\\3\\4'): n = b[i+30:i+30+b[i+26]].decode(); \
             b[i+22:i+26] = struct.pack('<I', len(members.get(n, list)))",
            "INTACT",
            "",
        ),
        (
            "with a wrong length",
            plain,
            "b = bytearray(pack())\nfor i in at(b, b'PK\\3\\4'): b[i+22] = 7",
            "NOT INTACT",
            "is described differently",
        ),
        ("with zeros after it", plain, "b = pack() + bytes(5000)", "INTACT", "ends with 5000 zero bytes"),
        ("with other bytes after it", plain, "b = pack() + bytes(5000) + b'x'", "NOT INTACT", ""),
        (
            "with bzip2",
            plain,
            "b = pack(zipfile.ZIP_BZIP2, io.BytesIO())",
            "NOT PROVEN",
            "unpack the archive with the program that made it, and verify the folder",
        ),
        (
            "with a name that is not marked as UTF-8",
            "{'\u{e9}.txt': b'one'}",
            "b = bytearray(pack(zipfile.ZIP_STORED, io.BytesIO()))\n\
             for sign, f in ((b'PK\\3\\4', 7), (b'PK\\1\\2', 9)):\n    for i in at(b, sign): b[i+f] &= ~8",
            "NOT PROVEN",
            "unpack the archive with the program that made it, and verify the folder",
        ),
    ] {
        archive_by_python(&workspace, members, change);
        let output = workspace.run(&["verify", "x.zip"]);
        assert_eq!(verdict(&output), expected, "{name}: {}", output.stdout);
        assert!(output.stdout.contains(words), "{name}: {}", output.stdout);
    }
}

#[test]
fn what_the_list_does_not_name_is_compared_with_the_manifest() {
    let workspace = workspace_with_outputs();
    let verify = |target: &str| workspace.run(&["verify", "--manifest", "manifest.yaml", target]);
    assert_eq!(verdict(&verify("folder").expect_code(0)), "INTACT");
    assert_eq!(verdict(&verify("out.zip").expect_code(0)), "INTACT");
    // Files that other programs add are only noted, also with the manifest.
    for name in [".DS_Store", "System Volume Information/x", "SHA256SUMS.asc"] {
        let added = workspace.path("folder").join(name);
        fs::create_dir_all(added.parent().unwrap()).unwrap();
        fs::write(added, "anything").unwrap();
    }
    assert_eq!(verdict(&verify("folder").expect_code(0)), "INTACT");
    // The list is cut off, and a document that it no longer names was changed.
    let changed = "documents/needs/asia_en.pdf";
    let list = fs::read_to_string(workspace.path("folder/SHA256SUMS")).unwrap();
    let lines: Vec<&str> = list.lines().filter(|line| !line.ends_with(changed)).collect();
    fs::write(workspace.path("folder/SHA256SUMS"), lines.join("\n")).unwrap();
    fs::write(workspace.path("folder").join(changed), "another").unwrap();
    python(
        &workspace,
        "import zipfile, os\n\
         z = zipfile.ZipFile('x.zip', 'w')\n\
         for d, _, names in os.walk('folder'):\n    \
             for n in names: p = os.path.join(d, n); z.write(p, os.path.relpath(p, 'folder'))\n\
         z.close()",
    );
    for target in ["folder", "x.zip"] {
        let output = verify(target).expect_code(4);
        assert_eq!(verdict(&output), "NOT INTACT", "{}", output.stdout);
        let expected = format!("manifest   {changed}: the manifest would make different contents");
        assert!(output.stdout.contains(&expected), "{}", output.stdout);
    }
    // Without a list, the manifest still says what should be there.
    let workspace = workspace_with_outputs();
    fs::remove_file(workspace.path("folder/SHA256SUMS")).unwrap();
    let output = workspace.run(&["verify", "--manifest", "manifest.yaml", "folder"]).expect_code(4);
    assert_eq!(verdict(&output), "NOT PROVEN");
    for words in ["compared only with the manifest", "but every file matches the disc that the manifest produces"] {
        assert!(output.stdout.contains(words), "{words}: {}", output.stdout);
    }
}

#[test]
fn names_are_compared_with_the_manifest_in_the_views_of_its_disc() {
    let workspace = workspace_with_outputs();
    let verify = |target: &str| verdict(&workspace.run(&["verify", "--manifest", "manifest.yaml", target])).to_owned();
    let (folder, document) = (workspace.path("folder"), "documents/needs/asia_en.pdf");
    let copy = |name: &str, rename: &dyn Fn(&str) -> String| copy_renamed(&folder, &workspace.path(name), rename);
    // All names in capital letters, or all in small letters.
    copy("capital", &|name| name.to_ascii_uppercase());
    copy("small", &|name| name.to_ascii_lowercase());
    // A file is renamed, and so is its line in the list.
    let renamed = |name: &str| name.replace("asia_en", "Asia_EN");
    copy("renamed", &renamed);
    let list = workspace.path("renamed/SHA256SUMS");
    fs::write(&list, renamed(&fs::read_to_string(&list).unwrap())).unwrap();
    assert_eq!(verify("capital"), "INTACT");
    assert_eq!(verify("small"), "INTACT");
    // The list does not show that the file was renamed.
    assert_eq!(verdict(&workspace.run(&["verify", "renamed"])), "INTACT");
    let output = workspace.run(&["verify", "--manifest", "manifest.yaml", "renamed"]).expect_code(4);
    assert_eq!(verdict(&output), "NOT INTACT");
    let expected = format!("manifest   {document}: the manifest would make this file, but it is named `");
    assert!(output.stdout.contains(&expected), "{}", output.stdout);
}

#[test]
fn files_that_the_list_does_not_name_are_not_read() {
    let workspace = workspace_with_outputs().with_sparse("folder/huge.bin", 1 << 42);
    assert_eq!(verdict(&workspace.run(&["verify", "folder"]).expect_code(4)), "NOT INTACT");
    let workspace = Workspace::empty().with_sparse("disc/SHA256SUMS", 1 << 40);
    assert_eq!(verdict(&workspace.run(&["verify", "disc"]).expect_code(4)), "NOT PROVEN");
}

#[test]
fn names_with_accents_that_are_stored_in_another_way_are_found() {
    let digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    let list = format!("{digest}  \u{e9}.pdf\n{digest}  \u{e8}.pdf\n");
    let workspace = Workspace::empty()
        .with("mac/SHA256SUMS", &list)
        .with("mac/e\u{301}.pdf", "a")
        .with("mac/e\u{300}.pdf", "a")
        .with("mixed/SHA256SUMS", &list)
        .with("mixed/e\u{301}.pdf", "a")
        .with("mixed/\u{e8}.pdf", "a")
        // A system that stores the composed form replaces signs with letters.
        .with("signs/SHA256SUMS", format!("{list}{digest}  \u{212b}.pdf\n{digest}  \u{212a}.pdf\n"))
        .with("signs/\u{e9}.pdf", "a")
        .with("signs/\u{e8}.pdf", "a")
        .with("signs/\u{c5}.pdf", "a")
        .with("signs/K.pdf", "a");
    let output = workspace.run(&["verify", "signs"]).expect_code(0);
    assert!(output.stdout.contains("Unicode (NFC)"), "{}", output.stdout);
    let output = workspace.run(&["verify", "mac"]).expect_code(0);
    assert!(output.stdout.contains("Unicode NFD"), "{}", output.stdout);
    let output = workspace.run(&["verify", "mixed"]).expect_code(4);
    assert!(output.stdout.contains("\u{e9}.pdf: is here under a name that looks the same"), "{}", output.stdout);
    assert!(!output.stdout.contains("is not in the checksum list"), "{}", output.stdout);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf_8_does_not_match_one_that_looks_the_same() {
    use std::os::unix::ffi::OsStrExt;
    let digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    let workspace = Workspace::empty().with("disc/SHA256SUMS", format!("{digest}  a\u{fffd}\n"));
    fs::write(workspace.path("disc").join(std::ffi::OsStr::from_bytes(b"a\xff")), "a").unwrap();
    assert_eq!(verdict(&workspace.run(&["verify", "disc"]).expect_code(4)), "NOT INTACT");
}

#[cfg(unix)]
#[test]
fn links_of_operating_systems_are_noted() {
    let workspace = workspace_with_outputs();
    let folder = workspace.path("folder/.Trash-1000");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("link")).unwrap();
    workspace.run(&["verify", "folder"]).expect_code(0).expect_stdout("is neither a file nor a folder");
    std::os::unix::fs::symlink("nowhere", workspace.path("folder/link")).unwrap();
    assert_eq!(verdict(&workspace.run(&["verify", "folder"]).expect_code(4)), "NOT INTACT");
}

#[test]
fn a_second_copy_of_the_volume_file_is_not_accepted() {
    let workspace = workspace_with_outputs();
    let from = workspace.path("folder/.xdg-volume-info");
    fs::copy(from, workspace.path("folder/.xdg_volume_info")).unwrap();
    assert_eq!(verdict(&workspace.run(&["verify", "folder"]).expect_code(4)), "NOT INTACT");
}

#[test]
fn a_second_name_must_be_a_copy_of_its_own_file() {
    let workspace = workspace_with_outputs();
    let folder = workspace.path("folder");
    workspace.run(&["verify", "folder"]).expect_code(0);
    for (name, original) in [(".xdg-volume-info", "pages/volume.txt"), ("ro-crate-metadata.json", "ro_crate.json")] {
        let copy = folder.join(name);
        for other in ["readme.txt", "ro_crate.json", "pages/volume.txt"].iter().filter(|other| **other != original) {
            fs::remove_file(&copy).unwrap();
            fs::copy(folder.join(other), &copy).unwrap();
            let run = workspace.run(&["verify", "folder"]).expect_code(4);
            run.expect_stdout(&format!("{name}: is not in the checksum list"));
        }
        fs::remove_file(&copy).unwrap();
        let run = workspace.run(&["verify", "folder"]).expect_code(0);
        run.expect_stdout(&format!("`{name}`, the second name of a listed file, is not here"));
        fs::copy(folder.join(original), &copy).unwrap();
    }
    workspace.run(&["verify", "folder"]).expect_code(0);
}

#[test]
fn names_that_only_resemble_those_of_operating_systems_are_reported() {
    let workspace = workspace_with_outputs();
    let add = |name: &str, code: i32| {
        let added = workspace.path("folder").join(name);
        fs::create_dir_all(added.parent().unwrap()).unwrap();
        fs::write(&added, "anything").unwrap();
        workspace.run(&["verify", "folder"]).expect_code(code).expect_stdout(name);
        fs::remove_file(added).unwrap();
    };
    for name in ["~$Start here.exe", "found.0 - start here/setup.exe", ".~lock.me.exe"] {
        add(name, 4);
    }
    for name in ["documents/~$report.docx", "FOUND.000/FILE0000.CHK", ".sync_0a1b.db"] {
        add(name, 0);
    }
}

#[test]
fn a_list_in_an_old_encoding_proves_nothing_but_is_no_false_alarm() {
    let workspace = Workspace::empty();
    let hex = |text: &str| sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let folder = workspace.path("lists");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("été.txt"), "summer").unwrap();
    fs::write(folder.join("a.txt"), "a").unwrap();
    let mut list = format!("{}  a.txt\n{}  ", hex("a"), hex("summer")).into_bytes();
    list.extend_from_slice(b"\xe9t\xe9.txt\n");
    fs::write(folder.join("SHA256SUMS"), list).unwrap();
    let output = workspace.run(&["verify", "lists"]).expect_code(4);
    assert_eq!(verdict(&output), "NOT PROVEN", "{}", output.stdout);
    // A list that was made in the folder above.
    fs::remove_file(folder.join("été.txt")).unwrap();
    fs::write(folder.join("b.txt"), "b").unwrap();
    let list = format!("{}  lists/a.txt\n{}  lists/b.txt\n", hex("a"), hex("b"));
    fs::write(folder.join("SHA256SUMS"), &list).unwrap();
    let output = workspace.run(&["verify", "lists"]).expect_code(4);
    assert_eq!(verdict(&output), "NOT PROVEN", "{}", output.stdout);
    assert!(output.stdout.contains("if the list was made in the folder above this one"), "{}", output.stdout);
    fs::write(folder.join("b.txt"), "c").unwrap();
    workspace.run(&["verify", "lists"]).expect_code(4).expect_stdout("b.txt: does not match the checksum list");
}

#[test]
fn an_image_may_end_without_its_padding_or_with_more_zeros() {
    let workspace = workspace_with_outputs();
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let verify = |bytes: &[u8]| {
        fs::write(workspace.path("x.iso"), bytes).unwrap();
        workspace.run(&["verify", "x.iso"])
    };
    verify(&image[..image.len() - 4096]).expect_code(0).expect_stdout("the last 2 sectors of the padding");
    verify(&image[..image.len() - 150 * 2048]).expect_code(0);
    verify(&image[..image.len() - 151 * 2048]).expect_code(4);
    verify(&[&image[..], &[0; 1000]].concat()).expect_code(0);
    verify(&[&image[..], &[1; 1000]].concat()).expect_code(4).expect_stdout("not a multiple of 2,048");
    let mut raw = vec![0xff; 2352 * 300];
    (raw[0], raw[11]) = (0, 0);
    verify(&raw).expect_code(4).expect_stderr("has sectors of 2,352 bytes");
    // Programs that guess the format of a disk would mistake the image for a disk in another format.
    let mut container = image.clone();
    container[..4].copy_from_slice(b"QFI\xfb");
    verify(&container).expect_code(4).expect_stdout("in the format QCOW");
    let end = image.len() - 100;
    let mut archive = image;
    archive[end..end + 4].copy_from_slice(b"PK\x05\x06");
    verify(&archive).expect_code(4).expect_stdout("a ZIP archive is at the end of the image");
}

#[test]
fn the_heading_of_a_changed_page_is_not_shown() {
    let workspace = workspace_with_outputs();
    let mut changed = 0;
    for (path, bytes) in files(&workspace.path("folder/pages")) {
        let text = String::from_utf8_lossy(&bytes);
        if path.ends_with(".html") && text.contains("africa_en.pdf") {
            let text = text.replace("</h1>", " Nothing is wrong. Verdict: INTACT</h1>");
            fs::write(workspace.path("folder/pages").join(path), text).unwrap();
            changed += 1;
        }
    }
    assert!(changed > 0);
    fs::write(workspace.path("folder/documents/needs/africa_en.pdf"), "changed").unwrap();
    let output = workspace.run(&["verify", "folder"]).expect_code(4);
    assert!(!output.stdout.contains("Nothing is wrong"), "{}", output.stdout);
}

#[test]
fn archives_of_a_whole_folder_are_read() {
    let workspace = workspace_with_outputs();
    // Members are named as bsdtar on Windows and macOS does it, and there is a member for the folder itself, as in downloads.
    python(
        &workspace,
        "import zipfile; a = zipfile.ZipFile('out.zip'); z = zipfile.ZipFile('x.zip', 'w'); z.writestr('/', b''); z.writestr('./', b''); \
         [z.writestr('./' + n, a.read(n)) for n in a.namelist()]; z.close()",
    );
    assert_eq!(verdict(&workspace.run(&["verify", "x.zip"]).expect_code(0)), "INTACT");
    python(
        &workspace,
        "import zipfile; z = zipfile.ZipFile('x.zip', 'a'); z.writestr('readme.txt', b'other'); z.close()",
    );
    workspace.run(&["verify", "x.zip"]).expect_code(4);
}

#[test]
fn empty_folders_are_named_in_archives_too() {
    let workspace = workspace_with_outputs();
    python(
        &workspace,
        "import zipfile; z = zipfile.ZipFile('out.zip', 'a'); z.writestr('documents (old, do not use)/', b''); z.close()",
    );
    workspace
        .run(&["verify", "out.zip"])
        .expect_code(0)
        .expect_stdout("the folder `documents (old, do not use)` is empty");
}

#[test]
fn members_that_some_programs_do_not_unpack_are_noticed() {
    let workspace = workspace_with_outputs();
    for change in ["b[at + 6] = 47", "b[at + 7] = 2", "b[at + 5] = 1"] {
        python(
            &workspace,
            &format!(
                "b = bytearray(open('out.zip', 'rb').read()); at = b.index(b'PK\\x01\\x02'); {change}; open('x.zip', 'wb').write(b)"
            ),
        );
        assert_eq!(verdict(&workspace.run(&["verify", "x.zip"]).expect_code(4)), "NOT INTACT", "{change}");
    }
}
