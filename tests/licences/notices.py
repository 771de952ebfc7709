#!/usr/bin/env python3
"""Writes assets/licences.txt: the licences of everything in the program that others wrote.

    notices.py           writes the file
    notices.py --check   fails if the file is not up to date

Reads `cargo metadata`, and the licence files in the sources of each package that is compiled into the program on any
operating system. Packages that are used only while it is compiled or tested are left out. Where a package may be used under one of
several licences, the first in CHOICES is taken, if possible one whose text the package contains. Texts that differ only in their copyright lines and line breaks are printed
once.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NOTICES = REPOSITORY / "assets/licences.txt"

# Most packages offer Apache-2.0, whose text is the same for all of them.
CHOICES = ["Apache-2.0", "MIT", "Zlib", "BSD-3-Clause", "BSL-1.0"]

# A phrase of the text of each licence.
PHRASES = {
    "IJG": "you must acknowledge somewhere in your documentation that you've used the IJG code",
    "Apache-2.0": "Apache License Version 2.0, January 2004",
    "MIT": "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and",
    "BSD-3-Clause": "endorse or promote products",
    "BSD-2-Clause": "Redistribution and use in source and binary forms",
    "Zlib": "This software is provided 'as-is', without any express or implied warranty",
    "ISC": "Permission to use, copy, modify, and/or distribute this software for any purpose",
    "Unicode-3.0": "UNICODE LICENSE V3",
    "BSL-1.0": "Boost Software License - Version 1.0",
    "Unlicense": "This is free and unencumbered software released into the public domain",
    "CC0-1.0": "CC0 1.0 Universal",
}

# What has no package: the name, where it comes from, the licences, and their copyright lines.
WITHOUT_PACKAGE = [
    (
        "Rust standard library",
        "https://www.rust-lang.org",
        {
            "Apache-2.0": ["Copyright The Rust Project Developers"],
            "Unicode-3.0": ["Copyright © 1991-2024 Unicode, Inc."],
            "MIT": ["Copyright (c) 2018 Jorge Aparicio", "Copyright (c) 2005-2020 Rich Felker, et al."],
            "Zlib": ["Copyright (c) 2024 Orson Peters"],
        },
    ),
]

FILE_NAME = re.compile(r"(.*licen[cs]e.*|copying.*|copyright.*|notice.*)", re.I)
COPYRIGHT = re.compile(r"\W*(copyright|\(c\)|©)(?! (notice|holder|owner|and permission|license|disclaimer|licence))", re.I)
TITLES = re.compile(r"(the )?(mit|isc|apache|bsd|zlib|boost|unicode|modified bsd|3-clause bsd|bsd 3-clause|bsd-3-clause)?[- ]*(licen[cs]e)?( \(.*\))?( v3)?:?", re.I)


def normalised(text: str) -> str:
    return " ".join(re.sub(r"[“”\"`']+", "'", text).split())


def licences_in(text: str) -> set[str]:
    """The licences whose text this contains."""
    text = normalised(text).lower()
    found = {name for name, phrase in PHRASES.items() if normalised(phrase).lower() in text}
    return found - {"BSD-2-Clause"} if "BSD-3-Clause" in found else found


def without_comment_signs(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return re.sub(r"^// ?", "", text, flags=re.M) if all(line.startswith("//") for line in lines) else text


def split(text: str) -> tuple[list[str], str]:
    """The copyright lines of a licence, and the rest without its title."""
    copyrights, body, before = [], [], True
    for line in text.strip().splitlines():
        line = line.rstrip()
        if before and (not line.strip() or TITLES.fullmatch(line.strip("# \t="))):
            continue
        if COPYRIGHT.match(line) and "[yyyy]" not in line and "{yyyy}" not in line and before:
            copyrights.append(line.strip(" #*"))
        elif before and re.fullmatch(r"\W*all rights reserved\W*", line, re.I):
            copyrights.append(line.strip())
        else:
            before = False
            body.append(line)
    return copyrights, "\n".join(body).strip("\n")


def split_apache(text: str) -> tuple[list[str], str]:
    """The copyright lines in the example notice at the end, if somebody has filled it in, and the terms."""
    terms, _, appendix = text.partition("END OF TERMS AND CONDITIONS")
    lines = [line.strip() for line in (appendix or terms).splitlines()]
    filled = [line for line in lines if re.match(r"Copyright (\(c\) |© )?\d{4}", line, re.I)]
    return filled, terms.strip("\n")


def words(text: str) -> str:
    """A text reduced to what all copies of a licence have in common: without punctuation, web addresses and list letters."""
    return re.sub(r"https?://\S+|\b\([a-z]\)|\([a-z]\)|[^a-z0-9]+", "", text.lower())


def applicable(expression: str, contained: set[str]) -> list[str]:
    """The licences of an SPDX expression that apply, for a package that contains the texts of these."""
    expression = expression.replace("/", " OR ")
    parts = [part.strip("() ") for part in re.split(r"\bAND\b", expression)]
    chosen = []
    for part in parts:
        names = [name.strip() for name in part.split(" OR ")]
        if len(names) > 1:
            names = [name for name in CHOICES if name in names]
            assert names, f"none of {part} is in CHOICES"
            names = [next((name for name in names if name in contained), names[0])]
        chosen += names
    return chosen


def packages() -> list[dict]:
    """The packages that the program is compiled from, without itself."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    metadata = json.loads(subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True).stdout)
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    found, open_ = set(), [root]
    while open_:
        package = open_.pop()
        if package not in found:
            found.add(package)
            open_ += [dep["pkg"] for dep in nodes[package]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
    # Those without a source are in this repository.
    return sorted((p for p in metadata["packages"] if p["id"] in found and p["source"]), key=lambda p: (p["name"], p["version"]))


def licence_files(folder: Path) -> list[Path]:
    named = lambda file: FILE_NAME.fullmatch(file.name) or re.fullmatch(r"\W*licen[cs]es", file.parent.name, re.I)
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and named(file)]
    files = [file for file in files if file.suffix.lower() not in (".rs", ".toml", ".py", ".html", ".json")]
    # Tests and examples are not in the program.
    aside = {"tests", "test_data", "examples", "benches"}
    return [file for file in files if not aside & set(file.relative_to(folder).parts[:-1])]


def notices() -> str:
    index = []
    # For each text in its normalised form: the licence, the text, and for each package its copyright lines.
    texts: dict[tuple[str, str], list] = {}

    def add(licence: str, copyrights: list[str], body: str, package: str) -> None:
        entry = texts.setdefault((licence, words(body)), [body, defaultdict(list)])
        entry[1][package] += [line for line in copyrights if line not in entry[1][package]]

    without_text = []
    for package in packages():
        name = f"{package['name']} {package['version']}"
        expression = package["license"]
        folder = Path(package["manifest_path"]).parent
        files = [(file, without_comment_signs(file.read_text(encoding="utf-8", errors="replace"))) for file in licence_files(folder)]
        wanted = applicable(expression, set().union(*(licences_in(text) for _, text in files)))
        index.append((name, expression, package["repository"] or f"https://crates.io/crates/{package['name']}"))
        found = set()
        for file, text in files:
            licences = licences_in(text)
            is_inner = file.parent != folder and not re.fullmatch(r"\W*licen[cs]es", file.parent.name, re.I)
            is_notice = file.name.lower().startswith("notice")
            if is_notice or len(licences) > 1 and (is_inner or licences & set(wanted)):
                add(f"Notice: {file.relative_to(folder)}", [], text.strip("\n"), name)
                found |= set() if is_notice else licences
            elif not licences and file.name.lower().startswith("licen") and len(text.strip()) > 40:
                add(f"Notice: {file.relative_to(folder)}", [], text.strip("\n"), name)
            elif licences and (is_inner or licences & set(wanted)):
                (licence,) = licences
                add(licence, *(split_apache(text) if licence == "Apache-2.0" else split(text)), name)
                found.add(licence)
        for licence in wanted:
            if licence.split(" WITH ")[0] not in found:
                without_text.append((licence.split(" WITH ")[0], package))
    for name, url, licences in WITHOUT_PACKAGE:
        index.append((name, " AND ".join(licences), url))
        for licence, copyrights in licences.items():
            body = usual(texts, licence)
            add(licence, copyrights, body, name)
    for licence, package in without_text:
        authors = [re.sub(r" *<.*?>", "", author) for author in package["authors"]]
        copyrights = [f"Copyright {', '.join(authors)}"] if authors and licence != "Apache-2.0" else []
        if not authors and licence != "Apache-2.0":
            copyrights = [f"Copyright the authors of {package['name']}"]
        add(licence, copyrights, usual(texts, licence), f"{package['name']} {package['version']}")
    return render(index, texts)


def usual(texts: dict, licence: str) -> str:
    """The most frequent text of a licence."""
    same = [entry for (name, _), entry in texts.items() if name == licence]
    assert same, f"no package contains the text of {licence}"
    return max(same, key=lambda entry: len(entry[1]))[0]


def render(index: list, texts: dict) -> str:
    rule = "=" * 78
    lines = [
        "make-disc contains the following software and data by others, under the",
        "licences below. make-disc itself is under the MIT licence (LICENSE).",
        "",
        "Where a package offers several licences, it is used under the one below which it",
        "is listed.",
        "",
        "tests/licences/notices.py makes this file.",
        "",
    ]
    lines += [f"{name}: {expression}; {url}" for name, expression, url in index]
    order = lambda item: (item[0][0].startswith("Notice"), item[0][0], -len(item[1][1]), item[0][1])
    for (licence, _), (body, users) in sorted(texts.items(), key=order):
        lines += ["", rule, licence, rule, ""]
        for package, copyrights in sorted(users.items()):
            lines.append(f"  {package}")
            lines += [f"      {line}" for line in copyrights]
        lines += ["", *(line.rstrip() for line in body.expandtabs().splitlines())]
    return "\n".join(lines) + "\n"


def main() -> int:
    text = notices()
    if sys.argv[1:] == ["--check"]:
        if NOTICES.read_text(encoding="utf-8") != text:
            print("FAILED: assets/licences.txt is not up to date: run `python3 tests/licences/notices.py`")
            return 1
        print(f"{text.count(chr(10))} lines are up to date\n1 passed, 0 failed")
        return 0
    NOTICES.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
