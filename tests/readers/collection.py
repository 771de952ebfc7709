#!/usr/bin/env python3
"""Makes the collections for the reader tests.

    collection.py hard DEST [--reports 480]
    collection.py dos DEST
    collection.py big DEST

Each writes DEST/manifest.yaml and the sources it names. The same arguments give
the same bytes: contents come from SHAKE-128 of a name, not from a clock or
a random generator whose algorithm might change.

The module is not called `collections`, because a file of that name would hide
the module of the standard library from every script in the folder.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

LANGUAGES = ["en", "ar", "zh", "ru", "fr", "es"]
EXTENSIONS = ["pdf", "docx", "txt", "html", "csv", "md", "md5"]
TEXT_EXTENSIONS = {"txt", "html", "csv", "md", "md5"}
SECTIONS = 30
MIB = 1024 * 1024
GIB = 1024 * MIB

# Sizes around one logical sector, where extents and padding can go wrong; then
# some of many sectors that do not end at a sector boundary.
EDGE_SIZES = [1, 2047, 2048, 2049, 1, 4095, 4096, 4097, 2 * MIB + 1, 3 * MIB, 5 * MIB - 1]

REPORT_TITLES = {
    "en": "Report {n}: water, health and the rights of women",
    "ar": "التقرير {n}: المياه والصحة وحقوق المرأة",
    "zh": "第{n}号报告：水、卫生与妇女权利",
    "ru": "Доклад {n}: вода, здоровье и права женщин",
    "fr": "Rapport nº {n} : l’égalité, la santé et l’eau à Yaoundé",
    "es": "Informe n.º {n}: «Niñez, educación y señales»",
}
SECTION_TITLES = {
    "en": "Section {n}",
    "ar": "القسم {n}",
    "zh": "第{n}部分",
    "ru": "Раздел {n}",
    "fr": "Série {n} – études",
    "es": "Sección {n}",
}
SUMMARIES = {
    "en": "What report {n} found, in one sentence & <no more>.",
    "ar": "خلاصة التقرير {n} في جملة واحدة.",
    "zh": "第{n}号报告摘要。",
    "ru": "Краткое содержание доклада {n}.",
    "fr": "Résumé du rapport nº {n}.",
    "es": "Resumen del informe n.º {n}.",
}
DISC_TITLE = {
    "en": "A harder collection",
    "ar": "مجموعة أصعب",
    "zh": "更难的文集",
    "ru": "Собрание потруднее",
    "fr": "Une collection plus ardue, à dessein",
    "es": "Una colección más difícil: año ñandú",
}
FOREWORD = {
    "en": "# Foreword\n\nA *collection* to test readers with & <b>without</b> mercy.",
    "ar": "# تمهيد\n\nمجموعة لاختبار القارئات.",
    "zh": "# 前言\n\n用于测试读取程序的文集。",
    "ru": "# Предисловие\n\nСобрание для проверки программ чтения.",
    "fr": "# Avant-propos\n\nUne collection pour éprouver les lecteurs.",
    "es": "# Prólogo\n\nUna colección para probar los lectores.",
}
# Decomposed accents are written as escapes, because an editor might compose them.
SOURCE_STEMS = [
    "report {n}",
    "تقرير {n}",
    "报告{n}",
    "доклад {n} итоговый",
    "re\u0301sume\u0301 du rapport {n}",
    "informe año {n}",
    "Report & annex (final), {n}",
    "plain_{n}",
]
# Titles that break careless escaping, truncating or sorting; report i gets the
# title at index i.
EDGE_TITLES = [
    'The "quoted" report & its \'annex\'',
    "<b>Bold</b> & <script>alert(1)</script> &amp; done",
    ("A very long title that goes on and on, for readers with patience; " * 5)[:299] + ".",
    "A",
    "—",
    "{{ title }} {% raw %} ${x} %(y)s \\n C:\\new",
    "עברית and العربية mixed (1325) with English",
    "- not: a list, # not a comment",
]


def stream(seed: str, size: int) -> bytes:
    """`size` bytes that depend only on `seed`."""
    return hashlib.shake_128(seed.encode()).digest(size)


def number(seed: str, below: int) -> int:
    """A number in 0..below that depends only on `seed`."""
    return int.from_bytes(stream(seed, 8), "big") % below


def content(seed: str, size: int, extension: str) -> bytes:
    """The contents of a source: printable for text formats, so that browsers and
    text extractors can read it."""
    if extension not in TEXT_EXTENSIONS:
        return stream(seed, size)
    text = stream(seed, (size + 1) // 2).hex()
    return text[:size].encode()


def localised(template: dict, n: int, languages=LANGUAGES) -> dict:
    """A text per language, from a template per language."""
    return {language: template[language].format(n=n) for language in languages}


def to_yaml(value, indent: int = 0) -> str:
    """Block YAML with every scalar in JSON quotes, which YAML accepts: without a
    library, without anchors, and no value looks like a number."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        lines = []
        for key, inner in value.items():
            assert re.fullmatch(r"[a-z_]+", key), key
            if isinstance(inner, dict) and inner:
                lines.append(f"{pad}{key}:\n{to_yaml(inner, indent + 1)}")
            elif isinstance(inner, list) and any(isinstance(item, dict) for item in inner):
                items = (to_yaml(item, indent + 2) for item in inner)
                # The dash replaces the first indentation of the item.
                dashed = "".join(f"{pad}  - {item.lstrip(' ')}" for item in items)
                lines.append(f"{pad}{key}:\n{dashed}")
            else:
                lines.append(f"{pad}{key}: {json.dumps(inner, ensure_ascii=False)}\n")
        return "".join(lines)
    return f"{pad}{json.dumps(value, ensure_ascii=False)}\n"


class Sources:
    """Writes source files into a folder, and returns their paths."""

    def __init__(self, dest: Path):
        self.dest = dest
        self.written = 0

    def write(self, section: str, stem: str, extension: str) -> str:
        """Writes a source of the next size, and returns its path for the manifest."""
        path = f"sources/{section}/{stem}.{extension}"
        seed = path
        if self.written % 97 == 96:
            size = 1
        elif self.written < len(EDGE_SIZES):
            size = EDGE_SIZES[self.written]
        else:
            size = 1 + number(f"size {seed}", 8192)
        target = self.dest / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content(seed, size, extension))
        self.written += 1
        return path


def sections_of(reports: int) -> list:
    """The report numbers of each section: the last section has one report, and
    the rest is divided evenly."""
    if reports == 1:
        return [[0]]
    count = min(SECTIONS, reports) - 1
    groups = [list(range(start, reports - 1, count)) for start in range(count)]
    return groups + [[reports - 1]]


def report(i: int, section: str, sources: Sources, last_source: str) -> dict:
    """The i-th report: three variants, and the optional keys in turn."""
    n = i + 1
    # Three of the six languages, different ones each time.
    languages = [LANGUAGES[(i + step) % len(LANGUAGES)] for step in (0, 1, 3)]
    entry = {"id": f"r{n:04}"}
    if i < len(EDGE_TITLES):
        entry["title"] = {language: EDGE_TITLES[i] for language in LANGUAGES}
    elif i % 50 == 10:
        entry["title"] = f"One title for every language, {n}"
    else:
        entry["title"] = localised(REPORT_TITLES, n)
    if i % 3:
        entry["summary"] = localised(SUMMARIES, n)
    if i % 4 == 1:
        entry["symbol"] = f"S/RES/{1000 + n} ({1990 + n % 30})"
        entry["date"] = [f"{1990 + n % 30}", f"{1990 + n % 30}-11", "2008-02-29"][i % 3]
    if i % 5 == 2:
        entry["authors"] = ["ECLAC", "Zoë “Z.” Núñez & Söhne", "李小龙"][: 1 + i % 3]
    if i % 6 == 4:
        entry["subjects"] = [{"en": "women & peace", "fr": "les femmes et la paix"}]
    variants = {}
    for step, language in enumerate(languages):
        stem = SOURCE_STEMS[(i + step) % len(SOURCE_STEMS)].format(n=f"{n:04}")
        extension = EXTENSIONS[(i + 3 * step) % len(EXTENSIONS)]
        if i % 100 == 50 and step == 0:
            # The same source with a second name on the disc.
            variants[language] = last_source
        elif i % 10 == 3 and step == 0:
            formats = [EXTENSIONS[(i + k) % len(EXTENSIONS)] for k in range(2 + i % 2)]
            variants[language] = [
                sources.write(section, f"{stem}.{language}", each) for each in formats
            ]
        elif i % 40 == 7 and step == 1:
            variants[language] = {
                "files": [sources.write(section, f"{stem}.{language}", extension)],
                "title": f"A variant’s own title <{n}>",
                "name": f"own_name_{n:04}",
            }
        else:
            variants[language] = sources.write(section, f"{stem}.{language}", extension)
    entry["variants"] = variants
    return entry


def hard(dest: Path, reports: int = 480) -> dict:
    """Writes the harder collection to `dest`; returns the manifest."""
    sources = Sources(dest)
    sections = []
    last_source = ""
    for s, members in enumerate(sections_of(reports), start=1):
        section = {"id": f"s{s:02}", "title": localised(SECTION_TITLES, s), "reports": []}
        for i in members:
            entry = report(i, section["id"], sources, last_source)
            section["reports"].append(entry)
            first = next(iter(entry["variants"].values()))
            if isinstance(first, str):
                last_source = first
        sections.append(section)
    manifest = {
        "disc": {
            "title": DISC_TITLE,
            "volume": "HARD_COLLECTION",
            "languages": LANGUAGES,
            "publisher": "Readers & Sons",
            "date": "2008-06-30",
            "rights": {"en": "Free to copy, with \"thanks\" & <credit>."},
            "media": "dvd-5",
        },
        "launcher": {"foreword": {"text": FOREWORD}},
        "sections": sections,
    }
    (dest / "manifest.yaml").write_text(to_yaml(manifest), encoding="utf-8")
    return manifest


def dos(dest: Path) -> dict:
    """Writes a small collection with names of 8 and 3 characters."""
    sources = Sources(dest)
    sections = []
    for s in range(1, 4):
        reports = []
        for n in range(1, 8):
            languages = [LANGUAGES[(s + n + step) % len(LANGUAGES)] for step in range(3)]
            reports.append(
                {
                    "id": f"r{n}",
                    "title": localised(REPORT_TITLES, n),
                    "variants": {
                        language: [sources.write(f"s{s}r{n}", language, e) for e in ("pdf", "txt")[: 1 + n % 2]]
                        for language in languages
                    },
                }
            )
        sections.append({"id": f"s{s}", "title": localised(SECTION_TITLES, s), "reports": reports})
    manifest = {
        "disc": {
            "title": DISC_TITLE,
            "volume": "DOS_NAMES",
            "languages": LANGUAGES,
            "date": "2008-06-30",
            "names": "dos",
            "media_check": True,
        },
        "sections": sections,
    }
    (dest / "manifest.yaml").write_text(to_yaml(manifest), encoding="utf-8")
    return manifest


def big(dest: Path) -> dict:
    """Writes a collection with a file of more than 4 GiB, most of it a hole."""
    folder = dest / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    length = 4 * GIB + 64 * MIB
    # Data where a 32-bit length or the boundary between two extents could lose
    # or repeat bytes: at the start, on both sides of 4 GiB, and at the end.
    marks = {
        0: b"the first bytes",
        4 * GIB - 4096: b"two sectors below 4 GiB",
        4 * GIB - 2048: b"one sector below 4 GiB",
        4 * GIB - 8: b"across 4 GiB seam",
        4 * GIB + 2048: b"one sector above 4 GiB",
        length - len(b"the end"): b"the end",
    }
    with open(folder / "huge.zip", "wb") as file:
        file.truncate(length)
        for offset, mark in marks.items():
            file.seek(offset)
            file.write(mark)
    (folder / "small.txt").write_bytes(content("small", 2049, "txt"))
    (folder / "small.pdf").write_bytes(content("small", 777, "pdf"))
    manifest = {
        "disc": {
            "title": "A collection with a large file",
            "volume": "BIG_COLLECTION",
            "languages": ["en"],
            "publisher": "Readers & Sons",
            "date": "2008-06-30",
            "media": "bd-25",
            "large_files": True,
        },
        "sections": [
            {
                "id": "s01",
                "title": {"en": "Large and small"},
                "reports": [
                    {
                        "id": "huge",
                        "title": {"en": "More than four gibibytes"},
                        "variants": {"en": "sources/huge.zip"},
                    },
                    {
                        "id": "small",
                        "title": {"en": "Two small files"},
                        "variants": {"en": ["sources/small.pdf", "sources/small.txt"]},
                    },
                ],
            }
        ],
    }
    (dest / "manifest.yaml").write_text(to_yaml(manifest), encoding="utf-8")
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["hard", "dos", "big"])
    parser.add_argument("dest", type=Path)
    parser.add_argument("--reports", type=int, default=480, help="for `hard` only")
    arguments = parser.parse_args()
    if arguments.reports < 1:
        parser.error("--reports must be at least 1")
    arguments.dest.mkdir(parents=True, exist_ok=True)
    if arguments.kind == "hard":
        hard(arguments.dest, arguments.reports)
    else:
        {"dos": dos, "big": big}[arguments.kind](arguments.dest)


if __name__ == "__main__":
    main()
