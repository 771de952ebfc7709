#!/usr/bin/env python3
"""Tests `make-disc init` on documents that other people wrote: Debian's documentation packages.

    debian.py --program MAKE_DISC [--packages FOLDER]

Downloads the packages to FOLDER (once), unpacks their files below /usr/share into one folder, proposes a manifest and,
without editing it, builds the disc and verifies it. Compares the language and title of each document with debian.tsv,
which was written by hand from the first pages of the documents.
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
# The required shares of right languages and titles. The comparison of titles ignores case. A title in another language is wrong.
MIN_LANGUAGES, MIN_TITLES = 1.0, 1.0


def download(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in PACKAGES if not list(folder.glob(f"{name}_*.deb"))]
    if missing:
        for again in (False, True):
            if again:
                subprocess.run(["apt-get", "update", "-qq"], check=True)
            if subprocess.run(["apt-get", "download", "-qq", *missing], cwd=folder).returncode == 0:
                return
        raise SystemExit("the packages could not be downloaded")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--packages", type=Path, default=Path("target/debian-documents"))
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    download(arguments.packages)
    expected = {path: (language, title) for path, language, title in csv.reader(TABLE.open(encoding="utf-8"), delimiter="\t")}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for package in sorted(arguments.packages.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, folder / "system"], check=True)
        documents = (folder / "system/usr/share").rename(folder / "documents")
        for command in (["init", documents], [documents / "manifest.yaml", folder / "out.iso"], ["verify", folder / "out.iso"]):
            ran = subprocess.run([program, *command], capture_output=True, text=True)
            print("\n".join(line for line in ran.stdout.splitlines() if line.startswith(("found", "to check", "documents", "verdict"))))
            if ran.returncode:
                raise SystemExit(f"{command} exited with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        text = (documents / "manifest.yaml").read_text(encoding="utf-8")
    got: dict[str, tuple[str, str]] = {}
    for section in yaml.safe_load(text)["sections"]:
        for report in section["reports"]:
            for language, files in report["variants"].items():
                title = report["title"]
                title = title.get(language, "") if isinstance(title, dict) else title
                if isinstance(files, dict):
                    files = f"{files['folder']}/{files['start']}"
                for file in [files] if isinstance(files, str) else files:
                    got[file] = (language, title)
    for path in sorted(expected.keys() | got.keys()):
        if expected.get(path) != got.get(path):
            print(f"{path}: expected {expected.get(path)}, got {got.get(path)}")
    found = [path for path in expected if path in got]
    languages = sum(got[path][0] == expected[path][0] for path in found) / len(expected)
    titles = sum(got[path][1].casefold() == expected[path][1].casefold() for path in found) / len(expected)
    more = len(got.keys() - expected.keys())
    print(f"{len(expected)} documents: right language {languages:.1%}, right title {titles:.1%}, {more} files that are not in the table")
    passed = [languages >= MIN_LANGUAGES, titles >= MIN_TITLES, more == 0]
    print(f"{sum(passed)} passed, {len(passed) - sum(passed)} failed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
