#!/usr/bin/env python3
"""Scans with recognised text, found on the search page in Chromium, in six languages.

    ocr.py --program MAKE_DISC [--engine ocrmypdf|tesseract] [--keep FOLDER]

Draws the pages of shelf.py as pictures, in PDFs without text. Of each PDF there are three copies: one gets its text from
`make-disc ocr`, one from a text file, and one from an hOCR file that Tesseract writes. Prints one line per case, at the end
`N passed, M failed`.
"""

import argparse
import base64
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from check_page import check, results, wait_for
from shelf import LANGUAGES, PAGES

TESSERACT = {"en": "eng", "fr": "fra", "es": "spa", "ar": "ara", "zh": "chi_sim", "ru": "rus"}

# Words of the second page of the report on ports.
QUERIES = {
    "en": "lighthouse keeper",
    "fr": "gardien phare",
    "es": "guardián faro",
    "ar": "حارس المنارة",
    "zh": "灯塔",
    "ru": "смотритель маяка",
}


def draw_scan(browser, language: str, texts: list[str], folder: Path, name: str) -> list[Path]:
    """Writes a PDF whose pages are pictures of texts. Returns the pictures."""
    page = browser.new_page(viewport={"width": 620, "height": 400}, device_scale_factor=2.5)
    direction = "rtl" if language == "ar" else "ltr"
    pictures = []
    for number, text in enumerate(texts, 1):
        # A few lines of text are not enough for Tesseract to see a column.
        paragraphs = f"<p>{text}</p>" * 3
        page.set_content(f"<html lang={language} dir={direction}><body style='font: 20px/1.5 serif; margin: 40px; background: #fff'>{paragraphs}")
        pictures.append(folder / f"{name}-{number}.png")
        page.screenshot(path=pictures[-1])
    images = [base64.b64encode(picture.read_bytes()).decode() for picture in pictures]
    page.set_content("".join(f"<img style='display: block; width: 100%; break-after: page' src='data:image/png;base64,{image}'>" for image in images[:-1])
                     + f"<img style='display: block; width: 100%' src='data:image/png;base64,{images[-1]}'>")
    page.pdf(path=folder / f"{name}.pdf", format="A5", landscape=True)
    page.close()
    return pictures


def write_collection(browser, folder: Path) -> Path:
    (folder / "pictures").mkdir(parents=True)
    lines = [f"disc: {{title: Scans, languages: [{', '.join(LANGUAGES)}], date: 2008}}", "sections:", "- id: s", "  title: S", "  reports:"]
    for kind in ("ocr", "text", "hocr"):
        variants = ", ".join(f"{language}: {kind}_{language}.pdf" for language in LANGUAGES)
        lines.append(f"  - {{id: {kind}, title: 'Report {kind}', variants: {{{variants}}}}}")
    for language in LANGUAGES:
        texts = PAGES["ports"][language]
        pictures = draw_scan(browser, language, texts, folder / "pictures", language)
        for kind in ("ocr", "text", "hocr"):
            shutil.copy(folder / "pictures" / f"{language}.pdf", folder / f"{kind}_{language}.pdf")
            # Make the three copies different files.
            with open(folder / f"{kind}_{language}.pdf", "ab") as pdf:
                pdf.write(f"% {kind}\n".encode())
        (folder / f"text_{language}.txt").write_text("\f".join(texts) + "\n", "utf-8")
        listed = folder / "pictures" / f"{language}.list"
        listed.write_text("\n".join(map(str, pictures)) + "\n")
        subprocess.run(
            ["tesseract", listed, folder / f"hocr_{language}", "-l", TESSERACT[language], "hocr"],
            check=True, stderr=subprocess.DEVNULL, env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
        )
    shutil.move(folder / "pictures", folder.parent / "pictures")
    manifest = folder / "manifest.yaml"
    manifest.write_text("\n".join(lines) + "\n", "utf-8")
    return manifest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--engine", default="tesseract")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="ocr-") as scratch, sync_playwright() as playwright:
        folder = arguments.keep or Path(scratch)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        manifest = write_collection(browser, folder / "scans")

        def run(*command: object) -> subprocess.CompletedProcess:
            return subprocess.run([program, *command], capture_output=True, text=True)

        before = run("check", manifest)
        check("check names the scans without text", "no-text-layer" in before.stderr and "ocr_en.pdf" in before.stderr, before.stderr[:500])
        made = run("ocr", "--engine", arguments.engine, manifest)
        check("ocr succeeds", made.returncode == 0, made.stderr)
        written = sorted(path.name for path in (folder / "scans").glob("ocr_*.txt"))
        check("it writes one text for each of them", written == sorted(f"ocr_{language}.txt" for language in LANGUAGES), str(written))
        check("and no other file", len(list((folder / "scans").iterdir())) == 1 + 3 * len(LANGUAGES) + 3 * len(LANGUAGES))
        again = run("ocr", manifest)
        check("a second run has nothing to do", "no document needs text recognition" in again.stdout and not again.stderr, again.stdout)
        after = run("check", manifest)
        check("then check has no complaint", "no-text-layer" not in after.stderr and "not-on-disc" not in after.stderr, after.stderr[:500])
        run("stage", manifest, folder / "disc")
        page = browser.new_page()
        for language in LANGUAGES:
            page.goto((folder / f"disc/pages/{language}/search.html").as_uri() + "?q=" + quote(QUERIES[language]))
            wait_for(page, "document.querySelector('.hits a') !== null")
            links = page.evaluate("Array.from(document.querySelectorAll('.hits a')).map(a => a.href.split('/').pop())")
            for kind in ("ocr", "text", "hocr"):
                found = any(link.startswith(f"{kind}_{language}.pdf#page=2") for link in links)
                check(f"{language}: {QUERIES[language]} is on page 2 of the scan: {kind}", found, str(links))
            label = page.inner_text(".found h3 small.other, .found h2 small.other") if language == "en" else ""
            if language == "en":
                check("the search says that the text was recognised", label == "text recognised by machine", label)
            page.goto((folder / f"disc/pages/{language}/s/ocr.html").as_uri())
        text = page.inner_text("body")
        check("the page of a report says that its text was recognised", "распознан компьютером" in text, text[:500])
        browser.close()
    print(f"{sum(results)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
