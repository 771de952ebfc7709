#!/usr/bin/env python3
"""Opens the page that `make-disc check --html` writes, in Chromium, from file://, and checks it.

    preflight.py --program MAKE_DISC [--screenshots DIR]

Uses a manifest with errors, a valid one, one with missing languages and HTML in its texts, and one that is too large. Opens
each page at the width of a phone and of a laptop, in light and dark, and prints it. There must be no errors, no requests, nothing
wider than the window and no violations found by axe-core, and the page must agree with `check --json`.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from check_page import REPOSITORY, check, results
from walk import RULES, Visitor

GAPS = """\
disc:
  title: {en: 'The <b>"bold"</b> & the brave', ar: الآبار والمضخات}
  volume: GAPS
  languages: [ar, en, zh]
  date: 2008-06-30
sections:
  - id: needs
    title: Needs
    reports:
      - id: africa
        title: {en: 'Africa <script>alert(1)</script>', ar: أفريقيا}
        variants: {en: "a & b.txt", ar: b.txt}
      - id: a_long_report
        title: "A very long title of a report on the needs of women in the regions that were asked and not asked in those years"
        variants: {en: a-name-without-any-place-to-break-it-that-goes-on-and-on-and-on-and-on-and-on-and-on.txt}
  - id: background
    title: Background
    reports:
      - {id: map, title: Map, variants: {zh: scan.pdf}}
      - {id: scans, title: Scans, variants: {zh: [scan2.pdf, scan3.pdf, scan4.pdf, scan5.pdf, scan6.pdf, scan7.pdf, scan8.pdf]}}
"""

LARGE = """\
disc:
  title: Too large
  languages: [en]
  date: 2008-06-30
  media: 1 MB
sections:
  - id: needs
    title: Needs
    reports:
      - {id: africa, title: Africa, variants: {en: big.bin}}
"""


def collections(folder: Path) -> dict[str, Path]:
    """Writes the manifests to be checked, and returns their paths by name."""
    gaps = folder / "gaps"
    gaps.mkdir()
    (gaps / "a & b.txt").write_text("The participants agreed that women should take part in every stage of the process.")
    (gaps / "b.txt").write_text("اتفق المشاركون على أن تشارك النساء في جميع مراحل عملية السلام")
    (gaps / "a-name-without-any-place-to-break-it-that-goes-on-and-on-and-on-and-on-and-on-and-on.txt").write_text("x")
    for number in ("", *"2345678"):
        (gaps / f"scan{number}.pdf").write_bytes(f"%PDF-1.4\n%{number}\n%%EOF\n".encode())
    (gaps / "manifest.yaml").write_text(GAPS)
    large = folder / "large"
    large.mkdir()
    (large / "big.bin").write_bytes(bytes(3_000_000))
    (large / "manifest.yaml").write_text(LARGE)
    broken = folder / "broken"
    broken.mkdir()
    (broken / "manifest.yaml").write_text(GAPS.replace("needs", "<i>needs").replace("background", "back ground"))
    return {"broken": broken / "manifest.yaml", "sample": REPOSITORY / "manifest.yaml", "gaps": gaps / "manifest.yaml", "large": large / "manifest.yaml"}


def check_report(browser, program: Path, name: str, manifest: Path, folder: Path, screenshots: Path | None) -> None:
    page_file = folder / f"{name}.html"
    run = subprocess.run([program, "check", "--json", "--html", page_file, manifest], capture_output=True, text=True)
    report = json.loads(run.stdout)
    code = 1 if name in ("large", "broken") else 0
    check(f"{name}: ends with {code}", run.returncode == code, run.stderr)
    axe = Axe()
    for width, scheme in ((1280, "light"), (360, "dark")):
        with Visitor(browser, width, color_scheme=scheme) as visitor:
            page = visitor.page
            page.goto(page_file.as_uri())
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            check(f"{name}, {width} px: nothing is wider than the window", not wide)
            check(f"{name}, {width} px: no errors, no requests", not visitor.errors, "; ".join(visitor.errors[:5]))
            found = [f"{v['id']}: {[n['html'][:120] for n in v['nodes'][:2]]}" for v in axe.run(page, options=RULES).response["violations"]]
            check(f"{name}, {width} px, {scheme}: axe-core finds nothing", not found, "\n      ".join(found))
            if screenshots:
                page.screenshot(path=screenshots / f"preflight-{name}-{width}.png", full_page=True)
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto(page_file.as_uri())
        text = page.inner_text("body")
        findings = report["findings"]
        missing = [finding["message"] for finding in findings if " ".join(finding["message"].split()) not in " ".join(text.split())]
        check(f"{name}: every finding is on the page", not missing, "; ".join(missing))
        helps = [h for finding in findings for h in finding.get("help", []) if " ".join(h.split()) not in " ".join(text.split())]
        check(f"{name}: every remedy is on the page", not helps, "; ".join(helps))
        lost = [c for finding in findings for c in finding.get("affected", []) if " ".join(c.split()) not in " ".join(text.split())]
        check(f"{name}: everything that a finding affects is on the page", not lost, "; ".join(lost))
        words = {"error": "Error:", "warning": "Warning:", "note": "Note:"}
        counts = {severity: page.locator(f"article .severity:text-is('{word}')").count() for severity, word in words.items()}
        expected = {severity: sum(finding["severity"] == severity for finding in findings) for severity in words}
        check(f"{name}: the numbers of findings by severity", counts == expected, f"{counts} for {expected}")
        preflight = report["preflight"]
        if preflight:
            missing_cells = page.locator("td.missing").count()
            expected = sum(len(row["lacks"]) for row in preflight["reports"])
            check(f"{name}: {expected} gaps", missing_cells == expected, str(missing_cells))
            bars = page.eval_on_selector_all("td.share div", "bars => bars.map(bar => parseFloat(bar.style.width))")
            shares = [*preflight["sections"], *preflight["languages"], *preflight["largest"]]
            expected = [share["bytes"] * 1000 // preflight["documents"] / 10 for share in shares]
            check(f"{name}: {len(expected)} bars as long as their shares", bars == expected, f"{bars} for {expected}")
        check(f"{name}: the page has no script", page.locator("script").count() == 0)
        printed = folder / f"{name}.pdf"
        page.pdf(path=printed, format="A4")
        paper = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, text=True).stdout
        check(f"{name}: the printed page has the same contents", "By section" in paper or not preflight, paper[:200])
        if screenshots:
            subprocess.run(["pdftoppm", "-r", "60", "-png", printed, screenshots / f"preflight-{name}-paper"], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, manifest in collections(Path(temporary)).items():
            check_report(browser, program, name, manifest, Path(temporary), arguments.screenshots)
        browser.close()
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
