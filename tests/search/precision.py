#!/usr/bin/env python3
"""How often the page of a sentence is among the first three results for its words. Run manually.

    precision.py --program MAKE_DISC --sentences N LANGUAGE=FOLDER_OR_PDF ...

Draws N sentences for each language from the pages of real PDFs, as `pdftotext` reads them. Makes a disc of
these PDFs, and searches it for five words of each sentence (eight characters in languages without spaces) in
Chromium, from file://. Prints the share for each language.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from check_page import make_disc, wait_for  # noqa: E402
from search_page import address, links  # noqa: E402

SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def pages(pdf: Path) -> list[str]:
    done = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace").split("\f")[:-1]


def draw_sentences(rng: random.Random, texts: list[list[str]], count: int):
    """Draws queries. Returns for each the number of its document, the number of its page, and its words."""
    sentences = []
    for _ in range(count * 200):
        document = rng.randrange(len(texts))
        page = rng.randrange(len(texts[document]))
        candidates = re.split(r"(?<=[.!?。！？؟])\s*\n?", texts[document][page])
        sentence = rng.choice(candidates).replace("\n", " ")
        if len(SIGNS.findall(sentence)) > 16:
            runs = [run for run in re.findall(r"[\u3040-\u30ff\u3400-\u9fff]{8,}", sentence)]
            if runs:
                run = rng.choice(runs)
                start = rng.randrange(len(run) - 7)
                sentences.append((document, page + 1, run[start : start + 8]))
        else:
            words = [word for word in re.findall(r"[^\W\d_]{3,}", sentence)]
            # Lines of code and tables of contents are not sentences.
            if len(words) >= 8 and len(words) * 3 < len(sentence) and "..." not in sentence and ". ." not in sentence:
                sentences.append((document, page + 1, " ".join(sorted(rng.sample(words, 5), key=words.index))))
        if len(sentences) == count:
            break
    return sentences


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1325)
    parser.add_argument("sources", nargs="+")
    arguments = parser.parse_args()
    collection: dict[str, list[Path]] = {}
    for source in arguments.sources:
        language, _, path = source.partition("=")
        path = Path(path)
        collection.setdefault(language, []).extend(sorted(path.rglob("*.pdf")) if path.is_dir() else [path])
    with tempfile.TemporaryDirectory(prefix="precision-") as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "collection"
        folder.mkdir()
        reports = []
        for language, files in collection.items():
            for number, file in enumerate(files):
                key = f"{language.lower().replace('-', '_')}_{number}"
                shutil.copy(file, folder / f"{key}.pdf")
                reports.append({"id": key, "title": file.stem, "variants": {language: f"{key}.pdf"}})
        languages = list(collection)
        disc = {"title": "Precision", "volume": "PRECISION", "languages": languages, "date": 2008}
        manifest = folder / "manifest.yaml"
        manifest.write_text(json.dumps({"disc": disc, "sections": [{"id": "s", "title": "S", "reports": reports}]}))
        root = make_disc(arguments.program.resolve(strict=True), manifest, Path(scratch))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        rng = random.Random(arguments.seed)
        for language, files in collection.items():
            key = language.lower().replace("-", "_")
            texts = [pages(file) for file in files]
            sentences = draw_sentences(rng, texts, arguments.sentences)
            first = three = 0
            missed = []
            for document, number, query in sentences:
                page.goto(address(root, key, query))
                wait_for(page, "document.querySelector('#search_status').textContent.match(/[^…\\s]$/)", 30)
                found = links(page)[:3]
                wanted = f"{key}_{document}_{key}.pdf#page={number}"
                first += found[:1] == [wanted]
                three += wanted in found
                if wanted not in found:
                    missed.append(f"{query} → {wanted}, not {found}")
            count = max(len(sentences), 1)
            pages_in_all = sum(map(len, texts))
            print(f"{language:8} {len(files)} PDFs, {pages_in_all} pages: {len(sentences)} sentences, first {first / count:.1%}, among three {three / count:.1%}", flush=True)
            for line in missed[:3]:
                print(f"         missed: {line}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
