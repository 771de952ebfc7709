#!/usr/bin/env python3
"""A table of folders and archives with the verdict of the program and of the page "Check this disc".

    verdicts.py --program MAKE_DISC [--markdown]

Each row changes a copy of one disc. The program and the page must give the verdicts in the table: `intact`, `not intact` or
`not proven`. The page cannot open archives: it checks the files that are unpacked from them. It knows how many files its disc has, and
if a folder matches a list of another length, its verdict is `another disc`. --markdown prints the table.
"""

import argparse
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Callable

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent))
from check_page import Reader, check, check_folder, flip_byte, is_good, make_disc, results  # noqa: E402
from timestamp import timestamp  # noqa: E402

MANIFEST = """\
disc:
  title: {en: Two reports}
  volume: TWO
  languages: [en]
  date: 2008-06-30
sections:
  - id: needs
    title: Needs
    reports:
      - id: africa
        title: Africa
        variants: {en: a.pdf}
      - id: asia
        title: Asia
        variants: {en: b.pdf}
"""
INTACT, NOT_INTACT, NOT_PROVEN = "intact", "not intact", "not proven"
ANOTHER_DISC = "another disc"
# The program gives no verdict on a file that is neither an archive nor an image.
NO_VERDICT = "no verdict"
DOCUMENT = "documents/needs/africa_en.pdf"
# The digest of the file that `write` makes.
X_DIGEST = hashlib.sha256(b"x").hexdigest()

rows: list[tuple[str, str, str, Callable[[Path], None]]] = []


def row_with_longer_list(name: str, program: str):
    """Adds a row whose list has more files than the page says."""
    return row(name, program, ANOTHER_DISC if program == INTACT else program)


def row(name: str, program: str, page: str | None = None):
    """Adds a row: a function that changes a copy of the disc, and the two verdicts."""

    def add(change: Callable[[Path], None]):
        rows.append((name, program, page or program, change))
        return change

    return add


def listed(disc: Path) -> Path:
    return disc / "SHA256SUMS"


def write(path: Path, data: bytes | str = b"x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def edit_list(name: str, program: str, edit: Callable[[str], str | bytes], page: str | None = None) -> None:
    @row(name, program, page)
    def change(disc: Path) -> None:
        write(listed(disc), edit(listed(disc).read_text(encoding="utf-8")))


def add_file(path: str, program: str = NOT_INTACT, page: str | None = None, data: bytes = b"x") -> None:
    row(f"the file {path!r} is added", program, page)(lambda disc: write(disc / path, data))


def rename_all(convert: Callable[[str], str]) -> Callable[[Path], None]:
    def change(disc: Path) -> None:
        for path in sorted(disc.rglob("*"), key=lambda path: -len(path.parts)):
            path.rename(path.with_name(convert(path.name)))

    return change


SECOND_NAMES = (".xdg-volume-info", "ro-crate-metadata.json")


def plain_name(name: str) -> str:
    """A name in capital letters, without the hyphens that plain ISO 9660 does not allow."""
    return (name.replace("-", "_") if name in SECOND_NAMES else name).upper()


def as_plain_iso(version: str) -> Callable[[Path], None]:
    def change(disc: Path) -> None:
        rename_all(plain_name)(disc)
        for path in [path for path in disc.rglob("*") if path.is_file()]:
            path.rename(path.with_name(path.name + ("" if "." in path.name else ".") + version))

    return change


def define_rows() -> None:
    row("as published", INTACT)(lambda disc: None)
    row("all names in capital letters, as in plain ISO 9660", INTACT)(
        rename_all(plain_name)
    )
    row("all names in small letters, as Linux shows plain ISO 9660", INTACT)(
        rename_all(lambda name: plain_name(name).lower() if name in SECOND_NAMES else name.lower())
    )
    row("all names with version numbers, as some systems show plain ISO 9660", INTACT)(as_plain_iso(";1"))
    row("names without an extension end with a dot, as some systems show plain ISO 9660", INTACT)(as_plain_iso(""))
    row("all names with version numbers, and a file of an operating system", INTACT)(
        lambda disc: (as_plain_iso(";1")(disc), write(disc / ".DS_Store"))
    )
    row("all names with version numbers except one", NOT_PROVEN)(
        lambda disc: (as_plain_iso(";1")(disc), write(disc / "NEW.TXT"))
    )
    row("all names with version numbers, and a second version of one", NOT_INTACT)(
        lambda disc: (as_plain_iso(";1")(disc), write(disc / "AUTORUN.INF;2"))
    )
    row("a single name with a version number", NOT_INTACT)(lambda disc: (disc / DOCUMENT).rename(disc / f"{DOCUMENT};1"))
    row("a single name with a dot at its end", NOT_INTACT)(lambda disc: (disc / DOCUMENT).rename(disc / f"{DOCUMENT}."))
    row("the list with another name, and a single name with a second dot at its end", NOT_INTACT)(
        lambda disc: (listed(disc).rename(disc / "sha256.sum"), (disc / DOCUMENT).rename(disc / f"{DOCUMENT}."))
    )
    row("the list alone with a dot at its end", NOT_PROVEN)(lambda disc: listed(disc).rename(disc / "SHA256SUMS."))
    row("the list alone in mixed case", NOT_INTACT)(lambda disc: listed(disc).rename(disc / "Sha256Sums"))
    # Browsers do not see empty folders.
    row("an empty folder with the name of a file in capital letters", NOT_INTACT, INTACT)(
        lambda disc: (disc / "README.TXT").mkdir()
    )
    row("a folder with the name of a file in capital letters", NOT_INTACT)(
        lambda disc: write(disc / "README.TXT" / ".DS_Store")
    )
    row("the list alone with a version number", NOT_PROVEN)(lambda disc: listed(disc).rename(disc / "SHA256SUMS;1"))
    row("without .xdg-volume-info", INTACT)(lambda disc: (disc / ".xdg-volume-info").unlink())
    row("without ro-crate-metadata.json", INTACT)(lambda disc: (disc / "ro-crate-metadata.json").unlink())
    row("an empty folder is added", INTACT)(lambda disc: (disc / "New folder").mkdir())
    # Browsers do not list symbolic links.
    row("a symbolic link is added", NOT_INTACT, INTACT)(lambda disc: (disc / "link.pdf").symlink_to(DOCUMENT))

    # The list as other programs write it.
    edit_list("the list with CRLF", INTACT, lambda text: text.replace("\n", "\r\n"))
    edit_list("the list with a byte order mark", INTACT, lambda text: "\ufeff" + text)
    edit_list("the list with ./ before each path", INTACT, lambda text: text.replace("  ", "  ./"))
    edit_list("the list for binary mode", INTACT, lambda text: text.replace("  ", " *"))
    edit_list("the list with digits in capital letters", INTACT,
              lambda text: "".join(line[:64].upper() + line[64:] for line in text.splitlines(True)))
    edit_list("the list in the format of --tag", INTACT,
              lambda text: "".join(f"SHA256 ({line[66:]}) = {line[:64]}\n" for line in text.splitlines()))
    edit_list("the list in another order", INTACT, lambda text: "".join(reversed(text.splitlines(True))))
    edit_list("the list without its last line ending", INTACT, lambda text: text[:-1])
    edit_list("the list without its last line and the line ending before it", NOT_PROVEN,
              lambda text: text[:-1].rpartition("\n")[0])
    edit_list("the list with blank lines at its end", INTACT, lambda text: text + "\n \r\n\n")
    edit_list("the list is cut off", NOT_PROVEN, lambda text: text[:-20])
    edit_list("half of the list is cut off", NOT_PROVEN, lambda text: text[:len(text) // 2])
    edit_list("the list is empty", NOT_PROVEN, lambda text: "")
    edit_list("the list has a comment", INTACT, lambda text: "# list\n" + text)
    edit_list("the list is only a comment", NOT_PROVEN, lambda text: "# list\n")
    edit_list("a line of the list twice", NOT_PROVEN, lambda text: text + text.splitlines(True)[0])
    edit_list("the list names a file above the folder", NOT_PROVEN, lambda text: text + f"{'0' * 64}  ../x\n")
    edit_list("the list names an absolute path", NOT_PROVEN, lambda text: text + f"{'0' * 64}  /etc/hostname\n")
    edit_list("the list with two byte order marks", INTACT, lambda text: "\ufeff\ufeff" + text)
    edit_list("the list with ././ before each path", INTACT, lambda text: text.replace("  ", "  ././"))
    edit_list("the list with a tab before each path", INTACT, lambda text: text.replace("  ", "\t"))
    edit_list("the list with backslashes", INTACT, lambda text: text.replace("/", "\\"))
    edit_list("the list with carriage returns alone", INTACT, lambda text: text.replace("\n", "\r"))
    for name, form in {"OpenSSL": "SHA2-256({})= {}", "LibreSSL": "SHA256({})= {}", "digest": "sha256 ({}) = {}"}.items():
        edit_list(f"the list in the format of {name}", INTACT,
                  lambda text, form=form: "".join(form.format(line[66:], line[:64]) + "\n" for line in text.splitlines()))
    edit_list("the list with blanks and tabs at the ends of lines", INTACT, lambda text: text.replace("\n", " \t \r\n"))
    edit_list("the list with blanks at the beginnings of lines", INTACT, lambda text: " " + text.replace("\n", "\n "))
    edit_list("a line of the list is a comment", NOT_PROVEN, lambda text: "# " + text)
    edit_list("a comment with an earlier digest", INTACT, lambda text: f"#{'0' * 64}{text.splitlines()[0][64:]}\n" + text)
    edit_list("a line of the list has only one blank", NOT_PROVEN, lambda text: text.replace("  ", " ", 1))
    edit_list("the list in UTF-16 with an odd last byte", INTACT, lambda text: text.encode("utf-16") + b"\n")
    edit_list("the list with a form feed", NOT_PROVEN, lambda text: "\f\n" + text)
    edit_list("the list of another algorithm", NOT_PROVEN,
              lambda text: "".join(f"SHA512 ({line[66:]}) = {line[:64]}\n" for line in text.splitlines()))
    edit_list("the list in UTF-16", INTACT, lambda text: text.encode("utf-16"))
    edit_list("the list names a file that does not exist", NOT_INTACT, lambda text: text + f"{'0' * 64}  x.pdf\n")
    edit_list("another digest in the list", NOT_INTACT, lambda text: ("0" if text[0] != "0" else "1") + text[1:])
    edit_list("a line is missing in the list", NOT_INTACT, lambda text: text.split("\n", 1)[1])
    row("no list", NOT_PROVEN)(lambda disc: listed(disc).unlink())
    row("the list is a folder", NOT_PROVEN)(lambda disc: (listed(disc).unlink(), write(listed(disc) / "x")))

    # Names that resemble the name of the list.
    for name in ("sha256.sum", "SHA256SUMS.bak", "SHA256SUMS.txt", "documents/SHA256SUMS"):
        add_file(name)
    for ending in ("asc", "sig", "minisig", "gpg"):
        add_file(f"SHA256SUMS.{ending}", INTACT)
    add_file("documents/SHA256SUMS.asc")
    add_file("SHA256SUMS.tsr")
    row("a timestamp of the list", INTACT)(
        lambda disc: write(listed(disc).with_suffix(".tsr"), timestamp(listed(disc).read_bytes()))
    )
    row("a timestamp of another list", NOT_INTACT)(
        lambda disc: write(listed(disc).with_suffix(".tsr"), timestamp(b"another list"))
    )

    # Tables that mkisofs writes with -T.
    for path in ("TRANS.TBL", "documents/trans.tbl"):
        add_file(path, INTACT, data=b"F AFRICA.PDF;1    \tafrica_en.pdf\nL LINK.;1 \tlink\tafrica_en.pdf\n")
    add_file("TRANS.TBL.exe")
    row("the file 'TRANS.TBL' is added, and is not a table of names", NOT_INTACT)(
        lambda disc: write(disc / "TRANS.TBL", b"F AFRICA.PDF;1    \tafrica_en.pdf\nformat c:\n")
    )

    # What operating systems leave behind.
    for path in (
        ".DS_Store", "documents/._africa_en.pdf", "Thumbs.db", "documents/THUMBS.DB", "desktop.ini", "$RECYCLE.BIN/x.txt",
        "System Volume Information/IndexerVolumeGuid", ".Trash-1000/files/a", ".Spotlight-V100/Store", ".fseventsd/fseventsd-uuid",
        "lost+found/#12", "FOUND.000/FILE0000.CHK", "@eaDir/x", "#recycle/x", ".sync.ffs_db", "documents/.directory",
        "__MACOSX/._index.html", "LOST.DIR/1",
    ):
        add_file(path, INTACT)
    for path in ("new.txt", "documents/needs/new.pdf", ".hidden", "Thumbs.db.exe", "documents/$RECYCLE.BIN/x.txt",
                 "constructor", "__proto__", "toString", "evil\u202efdp.exe", "index.html ", "pages/en/new.html"):
        add_file(path)
    add_file("line\nbreak.txt")

    # Names that look alike.
    add_file("des\u212atop.ini")
    row("a second copy of .xdg-volume-info", NOT_INTACT)(
        lambda disc: shutil.copy(disc / ".xdg-volume-info", disc / ".xdg_volume_info")
    )
    for name, existing, expected in (
        ("two listed files whose names differ in upper and lower case", ["Z.txt", "z.txt"], INTACT),
        ("one of two listed files whose names differ in upper and lower case", ["Z.txt"], NOT_INTACT),
    ):
        row_with_longer_list(name, expected)(lambda disc, existing=existing: (
            [write(disc / path) for path in existing],
            write(listed(disc), listed(disc).read_text() + "".join(f"{X_DIGEST}  {path}\n" for path in ("Z.txt", "z.txt"))),
        ))
    for name, existing, expected in (
        ("accents as old Macs store them", ["e\u0301.txt", "a\u0300.txt"], INTACT),
        ("accents as old Macs store them, in one name", ["e\u0301.txt", "\u00e0.txt"], NOT_INTACT),
    ):
        row_with_longer_list(name, expected)(lambda disc, existing=existing: (
            [write(disc / path) for path in existing],
            write(listed(disc),
                  listed(disc).read_text() + "".join(f"{X_DIGEST}  {path}\n" for path in ("\u00e9.txt", "\u00e0.txt"))),
        ))
    for name, existing, expected in (
        ("signs that a system replaced with letters", ["\u00e9.txt", "\u00c5.txt", "K.txt"], INTACT),
        ("signs that old Macs leave alone", ["e\u0301.txt", "\u212b.txt", "\u212a.txt"], INTACT),
        ("a sign that somebody replaced with a letter", ["\u00e9.txt", "\u00c5.txt", "\u212a.txt"], NOT_INTACT),
    ):
        row_with_longer_list(name, expected)(lambda disc, existing=existing: (
            [write(disc / path) for path in existing],
            write(listed(disc), listed(disc).read_text() +
                  "".join(f"{X_DIGEST}  {path}\n" for path in ("\u00e9.txt", "\u212b.txt", "\u212a.txt"))),
        ))
    for name, path, expected in (
        ("DEL", "a\x7fb", (INTACT,)), ("control characters", "a\x85b\x01\tc", (INTACT,)),
        ("a backslash", "a\\b", (INTACT,)), ("a line break", "a\nb", (INTACT,)), ("a blank at its end", "a ", (INTACT,)),
        ("a backslash and an n", "a\\nb", (INTACT,)), ("a carriage return", "a\rb", (INTACT,)),
    ):
        escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        line = ("\\" if escaped != path else "") + f"{X_DIGEST}  {escaped}\n"
        row_with_longer_list(f"a listed name with {name}", *expected)(lambda disc, path=path, line=line: (
            write(disc / path), write(listed(disc), listed(disc).read_text() + line)
        ))

    # Documents.
    row("one bit of a document is different", NOT_INTACT)(lambda disc: flip_byte(disc / DOCUMENT))
    row("a document is missing", NOT_INTACT)(lambda disc: (disc / DOCUMENT).unlink())
    row("a document is empty", NOT_INTACT)(lambda disc: write(disc / DOCUMENT, b""))
    row("a document has one more byte", NOT_INTACT)(lambda disc: write(disc / DOCUMENT, (disc / DOCUMENT).read_bytes() + b"\n"))
    row("a document has another name", NOT_INTACT)(lambda disc: (disc / DOCUMENT).rename(disc / "documents/needs/afrika.pdf"))
    row("a document has its name in capital letters", NOT_INTACT)(
        lambda disc: (disc / DOCUMENT).rename(disc / DOCUMENT.replace("africa", "AFRICA"))
    )
    row("two documents have each other's names", NOT_INTACT)(swap)
    row("a document is also in another folder", NOT_INTACT)(lambda disc: shutil.copy(disc / DOCUMENT, disc / "copy.pdf"))
    row("a page is changed", NOT_INTACT)(lambda disc: flip_byte(disc / "index.html"))
    row(".xdg-volume-info has other contents", NOT_INTACT)(lambda disc: write(disc / ".xdg-volume-info"))
    row("ro-crate-metadata.json has other contents", NOT_INTACT)(lambda disc: write(disc / "ro-crate-metadata.json"))
    for name in SECOND_NAMES:
        row(f"{name} in capital letters", NOT_INTACT)(
            lambda disc, name=name: (disc / name).rename(disc / name.upper().replace("-", "_"))
        )
    row("ro-crate-metadata.json with one hyphen", NOT_INTACT)(
        lambda disc: (disc / SECOND_NAMES[1]).rename(disc / "ro_crate-metadata.json")
    )
    row("ro_crate.json is changed", NOT_INTACT)(lambda disc: flip_byte(disc / "ro_crate.json"))
    row("another file beside .xdg-volume-info", NOT_INTACT)(lambda disc: write(disc / ".xdg_volume_info"))
    row("autorun.inf is changed", NOT_INTACT)(lambda disc: write(disc / "autorun.inf"))

    @row("everything is one folder further down", NOT_PROVEN)
    def further_down(disc: Path) -> None:
        inner = disc / "CDROM"
        inner.mkdir()
        for path in [path for path in disc.iterdir() if path != inner]:
            path.rename(inner / path.name)


def swap(disc: Path) -> None:
    a, b = disc / DOCUMENT, disc / "documents/needs/asia_en.pdf"
    a.rename(disc / "x")
    b.rename(a)
    (disc / "x").rename(b)


def pack(disc: Path, archive: Path, rename: Callable[[str], str] = lambda name: name) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(path for path in disc.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo("x")
            # The constructor would replace backslashes on Windows and cut names at NUL.
            info.filename = rename(path.relative_to(disc).as_posix())
            out.writestr(info, path.read_bytes())


def archives(disc: Path, folder: Path) -> list[tuple[str, str, str, Path]]:
    """Archives with the verdict of the program, and the verdict of the page on the files that are unpacked from them."""
    rows = []

    def add(name: str, program: str, page: str) -> Path:
        path = folder / f"{len(rows)}.zip"
        rows.append((name, program, page, path))
        return path

    pack(disc, add("an archive", INTACT, INTACT))
    pack(disc, add("an archive with everything in a folder", NOT_PROVEN, NOT_PROVEN), lambda name: f"CDROM/{name}")
    pack(disc, add("an archive with backslashes", NOT_PROVEN, INTACT), lambda name: name.replace("/", "\\"))
    good = rows[0][3].read_bytes()
    end = len(good) - 22
    directory = struct.unpack_from("<I", good, end + 16)[0]

    def with_bytes(offset: int, extra: bytes, name: str) -> None:
        shift = len(extra) if offset <= directory else 0
        data = bytearray(good[:offset] + extra + good[offset:])
        struct.pack_into("<I", data, end + len(extra) + 16, directory + shift)
        add(name, NOT_INTACT, INTACT).write_bytes(data)

    with_bytes(directory, b"hidden bytes", "bytes between the members and the directory of an archive")
    data = bytearray(good + b"comment")
    struct.pack_into("<H", data, end + 20, 7)
    add("an archive with a comment", NOT_INTACT, INTACT).write_bytes(data)
    add("bytes before an archive", NO_VERDICT, INTACT).write_bytes(b"MZ" + bytes(100) + good)
    duplicate = add("the same name twice in an archive", NOT_INTACT, NOT_INTACT)
    shutil.copy(rows[0][3], duplicate)
    with zipfile.ZipFile(duplicate, "a") as out:
        out.writestr(zipfile.ZipInfo(DOCUMENT), b"another document")
    return rows


def verdict_of_program(program: Path, target: Path) -> str:
    run = subprocess.run([program, "verify", "--json", target], capture_output=True, text=True)
    return json.loads(run.stdout).get("verdict", NO_VERDICT)


def verdict_of_page(page, folder: Path) -> str:
    text = check_folder(page, folder)
    if is_good(page):
        return INTACT
    if page.get_attribute("#checker_verdict", "class") == "another":
        return ANOTHER_DISC
    return NOT_PROVEN if any(part in text for part in ("does not hold", "further down", "is itself damaged")) else NOT_INTACT


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    define_rows()
    with tempfile.TemporaryDirectory(prefix="make-disc-verdicts-") as scratch, sync_playwright() as driver:
        folder = Path(scratch)
        (folder / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
        for name in "ab":
            write(folder / f"{name}.pdf", name.encode() * 5000)
        disc = make_disc(program, folder / "manifest.yaml", folder)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        reader = Reader(browser)

        def compare(name: str, expected: tuple[str, str], target: Path, unpacked: Path) -> None:
            found = verdict_of_program(program, target), verdict_of_page(page, unpacked)
            check(f"{name}: {' and '.join(dict.fromkeys(expected))}", found == expected, f"found {found}")
            if arguments.markdown:
                print(f"| {name} | {found[0]} | {found[1]} |")

        with reader.at(disc, "en") as page:
            for number, (name, by_program, by_page, change) in enumerate(rows):
                copy = folder / "copies" / str(number) / "disc"
                shutil.copytree(disc, copy)
                change(copy)
                compare(name, (by_program, by_page), copy, copy)
                shutil.rmtree(copy)
            for name, by_program, by_page, archive in archives(disc, folder):
                unpacked = archive.with_suffix("")
                unpacked.mkdir()
                with zipfile.ZipFile(archive) as members:
                    for member in members.infolist():
                        write(unpacked / member.filename.replace("\\", os.sep), members.read(member))
                compare(name, (by_program, by_page), archive, unpacked)
        check("no errors, and no network access", not reader.errors, "; ".join(reader.errors[:3]))
        check("at least 60 rows", len(results) > 60)
        browser.close()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
