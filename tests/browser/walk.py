#!/usr/bin/env python3
"""Visits and checks every page of discs in Chromium, from file://.

    walk.py --program MAKE_DISC [--screenshots DIR]

Opens every page in every language, at the width of a phone and of a laptop, in light and dark. There must be no errors on the
console, no requests that leave the disc, nothing wider than the window, and no violations found by axe-core (WCAG 2.2 AA). Then
checks the lists by subject, year, author and language, navigation by keyboard, with and without scripts, and the pages that
reports of a large collection share.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

import shelf
from check_page import REPOSITORY, check, make_disc, results, wait_for

# With `resultTypes`, axe-core does not describe every element in which it found no fault, which takes a quarter of its time.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


# Of some reports: more than are named under a title.
AUTHORS = ["Water Office", "Harbour Board", "Delta Bureau", "Health Council", "Rivers Institute", "Forest Agency", "Mining Office", "School Board", "Census Bureau", "Road Agency"]


class Visitor:
    """A browser window and the errors it reported."""

    def __init__(self, browser, width: int = 1280, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda r: None if r.url.startswith("file://") else self.errors.append(r.url))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


def pages_of(disc: Path) -> list[Path]:
    return sorted([disc / "index.html", *(disc / "pages").rglob("*.html")])


def every_page(browser, disc: Path, name: str, looks=((1280, "light"), (360, "dark")), paths=None) -> None:
    paths = paths or pages_of(disc)
    axe = Axe()
    with Visitor(browser) as auditor:
        auditor.page.set_content("<p style='color: #aaa'>pale</p><img src='x.png'>")
        faults = {violation["id"] for violation in axe.run(auditor.page, options=RULES).response["violations"]}
        check("axe-core finds faults where there are some", {"color-contrast", "image-alt", "html-has-lang"} <= faults, str(faults))
    for width, scheme in looks:
        errors, wide, found = [], [], []
        # The Content-Security-Policy of the pages would block axe too.
        with Visitor(browser, width, color_scheme=scheme, bypass_csp=True) as auditor, Visitor(browser, width) as visitor:
            for path in paths:
                visitor.page.goto(path.as_uri())
                auditor.page.goto(path.as_uri())
                if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append(path.name)
                for violation in axe.run(auditor.page, options=RULES).response["violations"]:
                    nodes = [node["html"][:120] for node in violation["nodes"][:2]]
                    found.append(f"{path.relative_to(disc)}: {violation['id']}: {nodes}")
            errors += visitor.errors
        count = len(paths)
        check(f"{name}, {width} px: {count} pages without errors", not errors, "; ".join(errors[:5]))
        check(f"{name}, {width} px: nothing is wider than the window", not wide, ", ".join(wide[:9]))
        check(f"{name}, {width} px, {scheme}: axe-core finds nothing", not found, "\n      ".join(found[:9]))


def shown(page) -> list[str]:
    return page.eval_on_selector_all(
        ".reports > li", "items => items.filter(i => i.offsetParent).map(i => i.querySelector('h3 a').textContent)"
    )


def narrowed_list(browser, disc: Path) -> None:
    """Narrows and sorts the list of documents."""
    address = (disc / "pages/en/list.html").as_uri()
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto(address)
        check("list: everything is shown at first", len(shown(page)) == 4 and not page.inner_text("#narrow_found"))
        check("list: the filter is folded", not page.is_visible("#narrow"))
        page.click(".narrowing summary")
        page.select_option("#narrow_language", label="Русский")
        check("list: by language", shown(page) == ["Report on the harbour", "Wells and water"], str(shown(page)))
        page.select_option("#narrow_subject", label="Energy")
        status = page.inner_text("#narrow_found")
        check("list: by language and subject", shown(page) == ["Wells and water"] and status == "Documents shown: 1 of 4", status)
        page.reload()
        check("list: the address keeps the choice", shown(page) == ["Wells and water"], page.url)
        page.click("text=Wells and water")
        page.go_back()
        check("list: the choice is there after a visit", shown(page) == ["Wells and water"], page.url)
        page.click("button[type=reset]")
        wait_for(page, "!document.querySelector('#narrow_found').textContent")
        check("list: all again", len(shown(page)) == 4, str(shown(page)))
        page.select_option("#narrow_order", "newest")
        newest = ["Wells and water", "The seed bank", "Report on the harbour", "Notes for navigators"]
        check("list: the newest first, undated last", shown(page) == newest, str(shown(page)))
        page.select_option("#narrow_order", "title")
        check("list: by title", shown(page) == sorted(shown(page)), str(shown(page)))
        page.select_option("#narrow_order", "")
        page.fill("#narrow_words", "hárbour")
        check("list: words, accents aside", shown(page) == ["Report on the harbour"], str(shown(page)))
        for words in ("naviga\u0301tors", "NAVIGATORS", "navi\u00adgators"):
            page.fill("#narrow_words", words)
            check(f"list: “{words}” is folded as in the search", shown(page) == ["Notes for navigators"], str(shown(page)))
        # With a real click, the field loses the focus between the moments when the button is pressed and released.
        page.fill("#narrow_words", "wells")
        page.focus("#narrow_words")
        page.keyboard.type(" ")
        box = page.locator("text=Wells and water").bounding_box()
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        page.wait_for_url("**/land/wells.html")
        check("list: the first click after typing opens the report", True)
        page.goto(address)
        page.click(".narrowing summary")
        page.select_option("#narrow_subject", label="Energy")
        page.click(".languages a[lang=fr]")
        page.wait_for_url("**/fr/list.html*")
        check("list: another language keeps the choice", shown(page) == ["Les puits et l’eau"] and page.eval_on_selector("#narrow_subject", "s => s.selectedOptions[0].textContent") == "Énergie", page.url)
        page.goto(address)
        page.click(".narrowing summary")
        tops = page.eval_on_selector_all(".narrow label", "all => all.map(l => [l.getBoundingClientRect().top, l.nextElementSibling.getBoundingClientRect().height])")
        rows = {}
        for top, height in tops:
            rows.setdefault(round(top / 20), []).append((top, height))
        check("list: the fields of a row are aligned", all(len(set(row)) == 1 for row in rows.values()), str(tops))
        page.fill("#narrow_words", "nothing of the kind")
        check("list: says that nothing matches", not shown(page) and "No documents match" in page.inner_text("#narrow_found"))
        check("list: no errors", not visitor.errors, "; ".join(visitor.errors))
    with Visitor(browser) as visitor:
        # Browsers before 2013: the property is like any other, which does nothing.
        visitor.page.add_init_script("delete HTMLElement.prototype.hidden")
        visitor.page.goto(address)
        visitor.page.click(".narrowing summary")
        visitor.page.select_option("#narrow_language", label="Русский")
        found = shown(visitor.page)
        check("list: narrowed in browsers that do not know what is hidden", found == ["Report on the harbour", "Wells and water"], str(found))
        check("they hide what the pages hide", "[hidden] { display: none; }" in (disc / "pages/style.css").read_text())
    with Visitor(browser, java_script_enabled=False) as visitor:
        visitor.page.goto(address)
        check("list: complete without script", visitor.page.locator(".reports > li").count() == 4)
        check("list: no form without script", not visitor.page.is_visible("#narrow"))


def first_screens(browser, disc: Path) -> None:
    """Checks that the first document of the list is on the first screen of a laptop and of a phone."""
    for width, height in ((1280, 800), (360, 740)):
        with Visitor(browser, width) as visitor:
            visitor.page.set_viewport_size({"width": width, "height": height})
            for language in ("en", "ar", "zh"):
                visitor.page.goto((disc / f"pages/{language}/list.html").as_uri())
                box = visitor.page.locator(".reports > li h3").first.bounding_box()
                bottom = box["y"] + box["height"]
                check(f"list, {width} × {height}, {language}: the first document is on the first screen", bottom < height, str(bottom))


# The labels of the facts about a document that have more lines than words, if one of the facts is a long identifier.
BROKEN_LABELS = """(() => {
  const about = document.querySelector('.about_report'), labels = ['ISBN', 'DOI', 'Herausgeber', 'Publication place'];
  const rows = labels.map(label => `<tr><th scope="row">${label}</th><td><bdi>10.1234/abcdefghijklmnopqrstuvwxyz-0123456789</bdi></td></tr>`);
  about.insertAdjacentHTML('beforeend', `<table class="record">${rows.join('')}</table>`);
  return [...about.querySelectorAll('.record th')].filter(label => {
    const range = document.createRange();
    range.selectNodeContents(label);
    const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)));
    return lines.size > label.textContent.trim().split(/\\s+/).length;
  }).map(label => label.textContent);
})()"""

# The right edges of the page numbers in a table of contents beside and below the cover.
EDGES_OF_CONTENTS = """(() => {
  const item = number => `<li><a href="#p${number}">Chapter ${number} <span class="page">p. ${number}</span></a></li>`;
  document.querySelector('.about_report').style.display = 'none';
  const items = [...Array(24).keys()].map(item).join('');
  document.querySelector('.more_of_report').insertAdjacentHTML('afterbegin',
    `<h2 id="contents">Contents</h2><div><ol class="outline">${items}</ol></div>`);
  return [...new Set([...document.querySelectorAll('.outline .page')].map(page => Math.round(page.getBoundingClientRect().right)))];
})()"""

# For each number of sections, whether their cards fill the last row as they do the first.
FILLED_ROWS = """([number, name]) => {
  const cards = document.querySelector('.cards'), card = cards.querySelector('li');
  cards.className = 'cards ' + name;
  cards.innerHTML = card.outerHTML.repeat(number);
  const edge = item => Math.round(item.getBoundingClientRect().right);
  return Math.abs(edge(cards.lastElementChild) - edge(cards)) <= 1;
}"""
CLASSES_OF_CARDS = {2: "", 3: "threes", 4: "four", 5: "five", 6: "threes", 7: "fours", 8: "fours", 9: "threes", 10: "fours", 11: "fours", 12: "fours"}


# Links and buttons smaller than 24 by 24 pixels, as a reader can touch them.
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
  .filter(e => e.offsetParent && !e.matches('.skip, .pick input'))
  .map(e => [e.textContent.trim().slice(0, 20), ...['width', 'height'].map(side => Math.round(e.getBoundingClientRect()[side]))])
  .filter(([text, width, height]) => width < 24 || height < 24).map(String)"""


def targets(browser, disc: Path) -> None:
    """Checks that everything that can be pressed is at least 24 pixels high and wide."""
    for width in (1280, 360):
        with Visitor(browser, width) as visitor:
            for name in ("index", "list", "search", "start", "years", "subjects", "help", "check", "land/wells"):
                visitor.page.goto((disc / f"pages/en/{name}.html").as_uri())
                visitor.page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
                small = visitor.page.evaluate(SMALL_TARGETS)
                check(f"targets: {name}, {width} px: all are large enough", not small, "; ".join(small))


def layout(browser, disc: Path) -> None:
    """Checks where the parts of pages are on wide screens."""
    with Visitor(browser) as visitor:
        page = visitor.page
        page.set_viewport_size({"width": 1280, "height": 4000})
        high = []
        for name in ("index", "list", "search", "years", "help", "check", "land/wells"):
            page.goto((disc / f"pages/en/{name}.html").as_uri())
            bottom = page.evaluate("document.querySelector('.foot').getBoundingClientRect().bottom")
            if bottom < 3999:
                high.append(f"{name}: {bottom}")
        check("layout: the foot of a short page is at the bottom of the window", not high, ", ".join(high))
        for language, is_rtl in (("en", False), ("ar", True)):
            page.goto((disc / f"pages/{language}/land/wells.html").as_uri())
            covers = page.locator(".opening .cover, .about_report .cover").filter(visible=True).count()
            text, about = (page.locator(part).bounding_box() for part in (".opening", ".about_report"))
            beside = text["x"] > about["x"] + about["width"] if is_rtl else about["x"] > text["x"] + text["width"]
            check(f"layout: {language}: the cover and the facts are beside the text", covers == 1 and beside and text["y"] == about["y"], f"{covers} {text} {about}")
            broken = page.evaluate(BROKEN_LABELS)
            check(f"layout: {language}: labels are broken only between words", not broken, ", ".join(broken))
        for width in (768, 1280, 1600):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto((disc / "pages/en/index.html").as_uri())
            ragged = [number for number, name in CLASSES_OF_CARDS.items() if not page.evaluate(FILLED_ROWS, [number, name])]
            check(f"layout: {width} px: the cards of sections leave no hole", not ragged, str(ragged))
        page.set_viewport_size({"width": 768, "height": 1024})
        page.goto((disc / "pages/en/land/wells.html").as_uri())
        edges = page.evaluate(EDGES_OF_CONTENTS)
        check("layout: the page numbers of the contents are aligned", len(edges) == 1, str(edges))
        long = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.title')).fontSize)")
        page.evaluate("document.querySelector('.title').classList.add('long')")
        shorter = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.title')).fontSize)")
        check("layout: long titles are smaller", shorter < long, f"{shorter} {long}")
        page.set_viewport_size({"width": 360, "height": 740})
        covers = page.locator(".opening .cover, .about_report .cover").filter(visible=True).count()
        check("layout: the cover is shown once on narrow screens", covers == 1, str(covers))


def alignment(browser, disc: Path) -> None:
    """Checks that texts in the other direction begin at the edge at which those of the page begin, whatever a browser makes of dir=auto."""
    for language, edge, other in (("ar", "right", "ltr"), ("en", "left", "rtl")):
        with Visitor(browser) as visitor:
            visitor.page.goto((disc / f"pages/{language}/list.html").as_uri())
            for direction in ("auto", other):
                found = visitor.page.eval_on_selector(".reports > li", """(item, direction) => {
                    const summary = item.appendChild(document.createElement("p"));
                    summary.className = "about";
                    summary.dir = direction;
                    summary.textContent = document.dir === "rtl" ? "An English text" : "نص عربي";
                    return getComputedStyle(summary).textAlign;
                }""", direction)
                check(f"list: {language}: a summary with dir={direction} begins on the {edge}", found == edge, found)
                room = visitor.page.eval_on_selector(".reports > li .about:last-child", "(about, edge) => parseFloat(getComputedStyle(about)[`padding-${edge}`])", edge)
                check(f"list: {language}: there is room for its ellipsis", room > 12, str(room))


def browse_lists(browser, disc: Path) -> None:
    """Checks the pages by subject, year, author and language, without scripts."""
    with Visitor(browser, java_script_enabled=False) as visitor:
        page = visitor.page

        def headings(language: str, way: str) -> list[str]:
            page.goto((disc / f"pages/{language}/{way}.html").as_uri())
            return [text.rsplit(" ", 1)[0] for text in page.locator("h2.group").all_inner_texts()]

        found = headings("fr", "subjects")
        check("subjects in French order", found == ["Alimentation", "Eau", "Énergie", "Mer", "Travail"], str(found))
        found = page.locator(".letters a").all_inner_texts()
        check("letters in French", found == ["A", "E", "M", "T"], str(found))
        found = headings("zh", "subjects")
        check("subjects in Chinese, in order of pronunciation", found == ["海洋", "就业", "粮食", "能源", "水"], str(found))
        found = page.locator(".letters a").all_inner_texts()
        check("letters of the pronunciation in Chinese", found == ["H", "J", "L", "N", "S"], str(found))
        found = headings("ar", "subjects")
        check("subjects in Arabic", found == ["البحر", "الطاقة", "العمل", "الغذاء", "المياه"], str(found))
        found = headings("en", "years")
        check("years, the newest first", found == ["2008", "2007", "Without a date"], str(found))
        found = headings("en", "authors")
        check("authors", found == ["Harbour Board", "Seed Council", "Water Office"], str(found))
        found = headings("ru", "language")
        check("languages in their own words", found == ["English", "Français", "Español", "العربية", "中文", "Русский"], str(found))
        page.goto((disc / "pages/en/land/wells.html").as_uri())
        page.click(".subjects a:has-text('Energy')")
        check("a subject links to its group", page.url.endswith("subjects.html#group_0") or "#group_" in page.url, page.url)
        check("and the group has the report", page.locator(":target + ul a").first.inner_text() == "Wells and water")
        page.goto((disc / "pages/es/index.html").as_uri())
        page.click(".newcomer a")
        check("the page for newcomers", page.locator(".begin li").count() == 2 and "4" in page.inner_text(".prose p"))


def printed_pages(browser, disc: Path) -> None:
    """Checks every page on paper: dark on white whatever the screen shows, and without interactive elements."""
    with Visitor(browser, 700, color_scheme="dark") as visitor:
        page = visitor.page
        page.emulate_media(media="print")
        wide, pale, useless = [], [], []
        for path in pages_of(disc):
            page.goto(path.as_uri())
            name = str(path.relative_to(disc))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)
            # The luminance of the lightest visible text and of the darkest background.
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
            if page.locator(".languages, .menu, .ways, .narrow, .finder, .exports, button, input").filter(visible=True).count():
                useless.append(name)
        count = len(pages_of(disc))
        check(f"print: {count} pages fit the paper", not wide, ", ".join(wide[:5]))
        check("print: dark on white even if the screen is dark", not pale, "; ".join(pale[:5]))
        check("print: no menus, no forms", not useless, ", ".join(useless[:5]))
        page.goto((disc / "pages/en/check.html").as_uri())
        signs = page.eval_on_selector_all("summary", "all => all.map(s => getComputedStyle(s, ':before').content)")
        check("print: no signs for folding", signs and set(signs) == {"none"}, str(signs))
        page.goto((disc / "pages/ar/list.html").as_uri())
        check("print: the list is complete", len(shown(page)) == 4 and page.locator("h2.section").count() == 2, str(shown(page)))
        check("print: the list has every file", page.locator(".files a").filter(visible=True).count() == 14, str(page.locator(".files a").count()))


def keyboard(browser, disc: Path) -> None:
    """Goes from the first page to a document using only Tab and Enter. The focused link must be visible."""
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
                    check(f"keyboard: “{name}” is reached and visible", focus[1] not in ("none", ""), str(focus))
                    page.keyboard.press("Enter")
                    if leads:
                        page.wait_for_url(lambda url: url != before)
                    return
            check(f"keyboard: “{name}” is reached", False, page.url)

        go("English")
        go("List of documents")
        go("Subjects")
        go("Wells and water")
        with page.expect_request("**/wells_en.pdf", timeout=10_000) as request:
            go("Open in English", leads=False)
        check("keyboard: the document is requested", request.value.url.endswith("land/wells_en.pdf"), request.value.url)


def shared_pages(browser, program: Path, folder: Path) -> None:
    """The pages of a collection of so many small documents that its reports share pages."""
    folder.mkdir()
    for number in range(2800):
        (folder / f"{number}.txt").write_text(f"Well {number} is deep.\n")
    reports = [
        {
            "id": f"r{number}",
            "title": f"Well {number}",
            "symbol": f"W/{number}",
            "authors": ["Water Office"] if number % 7 else AUTHORS,
            "subjects": ["Wells"],
            "publisher": "District Press",
            "variants": {"ar" if number % 5 == 3 else "en": f"{number}.txt"},
            **({"summary": {"en": "About the well.", "ar": "عن البئر."}} if number % 2 else {}),
        }
        for number in range(2800)
    ]
    disc = {"title": "Wells", "languages": ["en", "fr", "ar"], "date": "2024-05-01"}
    sections = [{"id": "wells", "title": "Wells", "reports": reports}]
    (folder / "manifest.yaml").write_text(json.dumps({"disc": disc, "sections": sections}))
    disc = make_disc(program, folder / "manifest.yaml", folder)
    pages = {language: sorted((disc / f"pages/{language}/wells").iterdir()) for language in ("en", "fr", "ar")}
    names = [[page.name for page in pages[language]] for language in pages]
    check("2,800 small documents share 94 pages in each language", names == [names[0]] * 3 and len(names[0]) == 94, str(len(names[0])))
    largest = max((page for language in pages.values() for page in language), key=lambda page: page.stat().st_size)
    check("no shared page is larger than 100 kB", largest.stat().st_size <= 100_000, f"{largest}: {largest.stat().st_size}")
    every_page(browser, disc, "shared pages", paths=[pages[language][0] for language in pages])
    at_report = """title => {
        const target = document.querySelector(":target"), heading = target && target.querySelector("h2").textContent;
        return heading === title && Math.abs(target.getBoundingClientRect().top) < innerHeight;
    }"""
    with Visitor(browser, 360) as visitor:
        page = visitor.page
        page.goto((disc / "pages/fr/list20.html").as_uri())
        link = page.locator(".reports h3 a").nth(7)
        title = link.text_content()
        link.click()
        # Waits until the page is complete.
        page.wait_for_url("**/fr/wells/*")
        check("a title in the list leads to the report on its page", page.evaluate(at_report, title), f"{title}: {page.url}")
        page.goto((disc / "pages/ar/search.html").as_uri() + "?q=W/1234")
        link = page.locator("#search_results h2 a").first
        link.wait_for()
        link.click()
        page.wait_for_url("**/ar/wells/*")
        check("a symbol that is searched leads to the report on its page", page.evaluate(at_report, "Well 1234"), page.url)
        page.click(".languages a[lang=fr]")
        page.wait_for_url("**/fr/wells/*")
        check("another language leads to the same report", page.evaluate(at_report, "Well 1234"), page.url)
        page.evaluate("location.hash = '#r1221'")
        page.wait_for_function("document.querySelector('.languages a').href.endsWith('#r1221')")
        check("and to the one that was chosen last", page.get_attribute(".languages a[lang=en]", "href").endswith("#r1221"))
        page.goto((disc / "pages/en/wells").as_uri() + "/" + names[0][0])
        first = page.locator(".record_of").first
        check("the first authors are under the title", first.locator(".lead").inner_text().replace("\n", " ").startswith(" ".join(AUTHORS[:8]) + " and 2 others"), first.inner_text())
        first.locator(".lead a", has_text="others").click()
        named = page.evaluate("document.querySelector(':target').textContent")
        check("all authors are in the record", all(name in named for name in AUTHORS), named)


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
        disc = make_disc(program, manifest, folder)
        (folder / "sample").mkdir()
        sample = make_disc(program, REPOSITORY / "manifest.yaml", folder / "sample")
        if arguments.screenshots:
            take_screenshots(browser, disc, arguments.screenshots)
        every_page(browser, disc, "six languages")
        every_page(browser, sample, "sample", [(360, "light")])
        narrowed_list(browser, disc)
        first_screens(browser, disc)
        layout(browser, disc)
        targets(browser, disc)
        alignment(browser, disc)
        browse_lists(browser, disc)
        printed_pages(browser, disc)
        keyboard(browser, disc)
        shared_pages(browser, program, folder / "small")
        browser.close()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


def take_screenshots(browser, disc: Path, folder: Path) -> None:
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
