#!/usr/bin/env python3
"""`make-disc init` on a folder that others made: the documentation packages of Debian.

    debian.py --program MAKE_DISC [--packages FOLDER]

Downloads the packages (into FOLDER, once), unpacks their files below /usr/share as they are into one folder, has a
manifest proposed, edits nothing, makes the disc and verifies it. What language and title each document got is
compared with debian.tsv, which was written by hand from the documents' own first pages.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

PACKAGES = (
    "debian-reference-en debian-reference-fr debian-reference-es debmake-doc debian-faq debian-faq-fr debian-faq-de"
    " debian-faq-it debian-faq-zh-cn developers-reference developers-reference-fr developers-reference-de"
    " maint-guide maint-guide-de maint-guide-es maint-guide-fr maint-guide-it maint-guide-ja maint-guide-ru"
).split()
TABLE = Path(__file__).with_name("debian.tsv")
# What is reached; a title right in substance counts, one in another language does not.
LANGUAGES, TITLES = 1.0, 1.0


def download(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in PACKAGES if not list(folder.glob(f"{name}_*.deb"))]
    if missing:
        for again in (False, True):
            if again:
                subprocess.run(["apt-get", "update", "-qq"], check=True)
            if subprocess.run(["apt-get", "download", "-qq", *missing], cwd=folder).returncode == 0:
                return
        raise SystemExit("the packages cannot be downloaded")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--packages", type=Path, default=Path("target/debian-documents"))
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    download(arguments.packages)
    due = {path: (language, title) for path, language, title in csv.reader(TABLE.open(encoding="utf-8"), delimiter="\t")}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for package in sorted(arguments.packages.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, folder / "system"], check=True)
        documents = (folder / "system/usr/share").rename(folder / "documents")
        for command in (["init", documents], [documents / "manifest.yaml", folder / "out.iso"], ["verify", folder / "out.iso"]):
            ran = subprocess.run([program, *command], capture_output=True, text=True)
            print("\n".join(line for line in ran.stdout.splitlines() if line.startswith(("found", "to check", "documents", "verdict"))))
            if ran.returncode:
                raise SystemExit(f"{command} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        text = (documents / "manifest.yaml").read_text(encoding="utf-8")
    got: dict[str, tuple[str, str]] = {}
    for section in yaml.safe_load(text)["sections"]:
        for report in section["reports"]:
            for language, files in report["variants"].items():
                title = report["title"]
                title = title.get(language, "") if isinstance(title, dict) else title
                for file in [files] if isinstance(files, str) else files:
                    got[file] = (language, title)
    for path in sorted(due.keys() | got.keys()):
        if due.get(path) != got.get(path):
            print(f"{path}: is {due.get(path)}, was taken for {got.get(path)}")
    found = [path for path in due if path in got]
    languages = sum(got[path][0] == due[path][0] for path in found) / len(due)
    titles = sum(got[path][1].casefold() == due[path][1].casefold() for path in found) / len(due)
    more = len(got.keys() - due.keys())
    print(f"{len(due)} documents: right language {languages:.1%}, right title {titles:.1%}, {more} files more than the table has")
    good = [languages >= LANGUAGES, titles >= TITLES, more == 0]
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
