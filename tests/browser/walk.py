#!/usr/bin/env python3
"""Visits and checks every page of discs in Chromium, from file://.

    walk.py --program MAKE_DISC [--screenshots DIR]

Every page in every language, at the width of a phone and of a laptop: no complaint on the console,
no request that leaves the disc, nothing wider than the window, no finding of axe-core (WCAG 2.2 AA),
in light and dark. Then the ways into the collection, by keyboard, with script and without.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

import shelf
from check_page import REPOSITORY, awaited, case, made, results

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Visitor:
    """A browser window and the errors it reported."""

    def __init__(self, browser, width: int = 1280, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda r: None if r.url.startswith("file://") else self.complaints.append(r.url))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


def pages_of(disc: Path) -> list[Path]:
    return sorted([disc / "index.html", *(disc / "pages").rglob("*.html")])


def every_page(browser, disc: Path, name: str, looks=((1280, "light"), (360, "dark"))) -> None:
    axe = Axe()
    with Visitor(browser) as auditor:
        auditor.page.set_content("<p style='color: #aaa'>pale</p><img src='x.png'>")
        faults = {violation["id"] for violation in axe.run(auditor.page, options=RULES).response["violations"]}
        case("axe-core finds faults where there are some", {"color-contrast", "image-alt", "html-has-lang"} <= faults, str(faults))
    for width, scheme in looks:
        complaints, wide, found = [], [], []
        # The policy of the pages keeps axe out, too.
        with Visitor(browser, width, color_scheme=scheme, bypass_csp=True) as auditor, Visitor(browser, width) as visitor:
            for path in pages_of(disc):
                visitor.page.goto(path.as_uri())
                auditor.page.goto(path.as_uri())
                if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append(path.name)
                for violation in axe.run(auditor.page, options=RULES).response["violations"]:
                    nodes = [node["html"][:120] for node in violation["nodes"][:2]]
                    found.append(f"{path.relative_to(disc)}: {violation['id']}: {nodes}")
            complaints += visitor.complaints
        count = len(pages_of(disc))
        case(f"{name}, {width} px: {count} pages without complaint", not complaints, "; ".join(complaints[:5]))
        case(f"{name}, {width} px: nothing is wider than the window", not wide, ", ".join(wide[:9]))
        case(f"{name}, {width} px, {scheme}: axe-core finds nothing", not found, "\n      ".join(found[:9]))


def shown(page) -> list[str]:
    return page.eval_on_selector_all(
        ".reports > li", "items => items.filter(i => i.offsetParent).map(i => i.querySelector('h3 a').textContent)"
    )


def narrowing(browser, disc: Path) -> None:
    """The list of documents, narrowed and ordered."""
    address = (disc / "pages/en/list.html").as_uri()
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto(address)
        case("list: everything is shown at first", len(shown(page)) == 4 and not page.inner_text("#narrow_found"))
        page.select_option("#narrow_language", label="Русский")
        case("list: by language", shown(page) == ["Report on the harbour", "Wells and water"], str(shown(page)))
        page.select_option("#narrow_subject", label="Energy")
        status = page.inner_text("#narrow_found")
        case("list: by language and subject", shown(page) == ["Wells and water"] and status == "Documents shown: 1 of 4", status)
        page.reload()
        case("list: the address keeps the choice", shown(page) == ["Wells and water"], page.url)
        page.click("text=Wells and water")
        page.go_back()
        case("list: the choice is there after a visit", shown(page) == ["Wells and water"], page.url)
        page.click("button[type=reset]")
        awaited(page, "!document.querySelector('#narrow_found').textContent")
        case("list: all again", len(shown(page)) == 4, str(shown(page)))
        page.select_option("#narrow_order", "newest")
        newest = ["Wells and water", "The seed bank", "Report on the harbour", "Notes for navigators"]
        case("list: the newest first, undated last", shown(page) == newest, str(shown(page)))
        page.select_option("#narrow_order", "title")
        case("list: by title", shown(page) == sorted(shown(page)), str(shown(page)))
        page.select_option("#narrow_order", "")
        page.fill("#narrow_words", "hárbour")
        case("list: words, accents aside", shown(page) == ["Report on the harbour"], str(shown(page)))
        page.fill("#narrow_words", "nothing of the kind")
        case("list: nothing fits, and it says so", not shown(page) and "No document fits" in page.inner_text("#narrow_found"))
        case("list: no complaint", not visitor.complaints, "; ".join(visitor.complaints))
    with Visitor(browser, java_script_enabled=False) as visitor:
        visitor.page.goto(address)
        case("list: complete without script", visitor.page.locator(".reports > li").count() == 4)
        case("list: no form without script", not visitor.page.is_visible("#narrow"))


def ways(browser, disc: Path) -> None:
    """The pages by subject, year, author and language, without script."""
    with Visitor(browser, java_script_enabled=False) as visitor:
        page = visitor.page

        def headings(language: str, way: str) -> list[str]:
            page.goto((disc / f"pages/{language}/{way}.html").as_uri())
            return [text.rsplit(" ", 1)[0] for text in page.locator("h2.group").all_inner_texts()]

        said = headings("fr", "subjects")
        case("subjects in French order", said == ["Alimentation", "Eau", "Énergie", "Mer", "Travail"], str(said))
        said = page.locator(".letters a").all_inner_texts()
        case("letters in French", said == ["A", "E", "M", "T"], str(said))
        said = headings("zh", "subjects")
        case("subjects in Chinese, in order of pronunciation", said == ["海洋", "就业", "粮食", "能源", "水"], str(said))
        case("no letters in Chinese", page.locator(".letters").count() == 0)
        said = headings("ar", "subjects")
        case("subjects in Arabic", said == ["البحر", "الطاقة", "العمل", "الغذاء", "المياه"], str(said))
        said = headings("en", "years")
        case("years, the newest first", said == ["2008", "2007", "Without a date"], str(said))
        said = headings("en", "authors")
        case("authors", said == ["Harbour Board", "Seed Council", "Water Office"], str(said))
        said = headings("ru", "language")
        case("languages in their own words", said == ["English", "Français", "Español", "العربية", "中文", "Русский"], str(said))
        page.goto((disc / "pages/en/land/wells.html").as_uri())
        page.click(".subjects a:has-text('Energy')")
        case("a subject links to its group", page.url.endswith("subjects.html#group_0") or "#group_" in page.url, page.url)
        case("and the group has the report", page.locator(":target + ul a").first.inner_text() == "Wells and water")
        page.goto((disc / "pages/es/index.html").as_uri())
        page.click(".newcomer a")
        case("the page for newcomers", page.locator(".begin li").count() == 2 and "4" in page.inner_text(".prose p"))


def printed(browser, disc: Path) -> None:
    """Every page on paper: dark on white regardless of the screen, without interactive elements."""
    with Visitor(browser, 700, color_scheme="dark") as visitor:
        page = visitor.page
        page.emulate_media(media="print")
        wide, pale, useless = [], [], []
        for path in pages_of(disc):
            page.goto(path.as_uri())
            name = str(path.relative_to(disc))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)
            # Of text that is there, the lightest; of grounds, the darkest.
            light, dark = page.evaluate("""(() => {
                const luminance = colour => {
                    const [r, g, b, a] = colour.match(/[\\d.]+/g).map(Number);
                    return a === 0 ? null : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
                };
                let light = 0, dark = 1;
                for (const e of document.querySelectorAll("body, body *")) {
                    if (!e.offsetParent && e !== document.body) { continue; }
                    const ground = luminance(getComputedStyle(e).backgroundColor);
                    if (ground !== null) { dark = Math.min(dark, ground); }
                    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
                    if (own) { light = Math.max(light, luminance(getComputedStyle(e).color)); }
                }
                return [light, dark];
            })()""")
            if light > 0.35 or dark < 0.9:
                pale.append(f"{name}: text {light:.2f}, ground {dark:.2f}")
            if page.locator(".languages, .menu, .ways, .narrow, .finder, .exports, button").filter(visible=True).count():
                useless.append(name)
        count = len(pages_of(disc))
        case(f"print: {count} pages fit the paper", not wide, ", ".join(wide[:5]))
        case("print: dark on white, from a dark screen, too", not pale, "; ".join(pale[:5]))
        case("print: no menus, no forms", not useless, ", ".join(useless[:5]))
        page.goto((disc / "pages/ar/list.html").as_uri())
        case("print: the list is complete", len(shown(page)) == 4 and page.locator("h2.section").count() == 2, str(shown(page)))
        case("print: the list has every file", page.locator(".files a").filter(visible=True).count() == 14, str(page.locator(".files a").count()))


def keyboard(browser, disc: Path) -> None:
    """From the first page to a document, with Tab and Enter alone; what has the focus is seen."""
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto((disc / "index.html").as_uri())

        def go(name: str, leads: bool = True) -> None:
            before = page.url
            for _ in range(60):
                page.keyboard.press("Tab")
                focus = page.evaluate(
                    "(() => { const e = document.activeElement;"
                    " return [e.tagName === 'A' ? e.textContent : '', getComputedStyle(e).outlineStyle]; })()"
                )
                if name in focus[0]:
                    case(f"keyboard: “{name}” is reached and seen", focus[1] not in ("none", ""), str(focus))
                    page.keyboard.press("Enter")
                    if leads:
                        page.wait_for_url(lambda url: url != before)
                    return
            case(f"keyboard: “{name}” is reached", False, page.url)

        go("English")
        go("List of documents")
        go("By subject")
        go("Wells and water")
        with page.expect_request("**/wells_en.pdf", timeout=10_000) as asked:
            go("English PDF", leads=False)
        case("keyboard: the document is asked for", asked.value.url.endswith("land/wells_en.pdf"), asked.value.url)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="walk-") as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        manifest = shelf.write(folder / "six", browser)
        disc = made(program, manifest, folder)
        (folder / "sample").mkdir()
        sample = made(program, REPOSITORY / "manifest.yaml", folder / "sample")
        if arguments.screenshots:
            shoot(browser, disc, arguments.screenshots)
        every_page(browser, disc, "six languages")
        every_page(browser, sample, "sample", [(360, "light")])
        narrowing(browser, disc)
        ways(browser, disc)
        printed(browser, disc)
        keyboard(browser, disc)
        browser.close()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


def shoot(browser, disc: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for tag in shelf.LANGUAGES:
        for width, scheme in ((1280, "light"), (360, "light"), (1280, "dark")):
            with Visitor(browser, width, color_scheme=scheme) as visitor:
                for page in ("index", "list", "start", "subjects", "sea/ports"):
                    visitor.page.goto((disc / f"pages/{tag}/{page}.html").as_uri())
                    name = f"{tag}-{page.replace('/', '_')}-{width}-{scheme}.png"
                    visitor.page.screenshot(path=folder / name, full_page=True)


if __name__ == "__main__":
    sys.exit(main())
