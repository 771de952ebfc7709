#!/usr/bin/env python3
"""How well the words of PDFs agree with those that poppler's `pdftotext` reads. Run manually.

    words.py --program MAKE_DISC [--pages N] [--report FILE] FOLDER_OR_PDF ...

Compares the words of the first N pages of each PDF: in Chinese, Japanese and Thai each character is a word, in other scripts
each run of letters, digits and marks. The F1 of a page is the better of those with `pdftotext` and with `pdftotext -raw`, which
put the words into different orders and differ in what they join. Prints the share of pages whose F1 is at least 0.95, and
writes every other page with the words that only one of the two has, sorted by F1.
"""

import argparse
import collections
import concurrent.futures
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

SINGLE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(f"[{SINGLE}]|[^\\W_{SINGLE}]+")


def words(text: str) -> collections.Counter:
    text = unicodedata.normalize("NFKC", text).casefold()
    # A word that continues on the next line.
    text = re.sub(r"(?<=\w)[-\u00ad\u2010]\s*\n\s*(?=[a-z\u00df-\uffff])", "", text)
    # Marks are removed, because some programs write accents and vowel signs before the letter and others after it.
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c) and c != "\u00ad")
    return collections.Counter(WORD.findall(unicodedata.normalize("NFC", text)))


def poppler(pdf: Path, pages: int, *options: str) -> list[str]:
    command = ["pdftotext", "-enc", "UTF-8", "-l", str(pages), *options, pdf, "-"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        return []
    return done.stdout.decode("utf-8", "replace").split("\f")[:-1]


def varint(data: bytes, offset: int) -> tuple[int, int]:
    """Reads a number, and returns it and the offset after it."""
    value = shift = 0
    while True:
        byte = data[offset]
        offset += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, offset


def make_disc(program: Path, pdf: Path) -> list[str] | None:
    """The texts of the pages that the worker process reads. Its answer (postcard) begins with a digest and the pages."""
    with pdf.open("rb") as file:
        try:
            done = subprocess.run([program, "extract-text", "pdf", "120", "4000000000"], stdin=file, capture_output=True, timeout=200)
        except subprocess.TimeoutExpired:
            return None
    if done.returncode != 0:
        return None
    digest_length, offset = varint(done.stdout, 0)
    count, offset = varint(done.stdout, offset + digest_length)
    pages = []
    for _ in range(count):
        length, offset = varint(done.stdout, offset)
        pages.append(done.stdout[offset : offset + length].decode())
        offset += length
    return pages


def f1(own: collections.Counter, other: collections.Counter) -> float:
    both = (own & other).total()
    return 2 * both / max(own.total() + other.total(), 1)


def compare(job) -> dict:
    program, pdf, limit = job
    own = make_disc(program, pdf)
    plain, raw = poppler(pdf, limit), poppler(pdf, limit, "-raw")
    pages = []
    for number, texts in enumerate(zip(plain, raw)):
        ours = words(own[number]) if own is not None and number < len(own) else collections.Counter()
        theirs = max((words(text) for text in texts), key=lambda other: f1(ours, other))
        if not ours and not theirs:
            continue
        lost, added = theirs - ours, ours - theirs
        pages.append({
            "page": number + 1,
            "f1": round(f1(ours, theirs), 4),
            "words": theirs.total(),
            "only poppler": " ".join(list(lost)[:12]),
            "only make-disc": " ".join(list(added)[:12]),
        })
    return {"pdf": str(pdf), "failed": own is None, "pages": pages}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", type=Path)
    parser.add_argument("sources", nargs="+", type=Path)
    arguments = parser.parse_args()
    files: list[Path] = []
    for source in arguments.sources:
        files += sorted(source.rglob("*.pdf")) if source.is_dir() else [source]
    program = arguments.program.resolve(strict=True)
    jobs = [(program, file, arguments.pages) for file in files]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        documents = list(pool.map(compare, jobs))
    pages = [(page["f1"], document["pdf"], page) for document in documents for page in document["pages"]]
    good = sum(score >= 0.95 for score, _, _ in pages)
    failed = sum(document["failed"] for document in documents)
    print(f"{len(files)} PDFs, {failed} not read; {len(pages)} pages with words: {good} ({good / max(len(pages), 1):.1%}) with F1 of at least 0.95")
    if arguments.report:
        with arguments.report.open("w") as report:
            for score, pdf, page in sorted(pages, key=lambda item: (item[0], item[1])):
                if score < 0.95:
                    report.write(json.dumps({"pdf": pdf, **page}, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
