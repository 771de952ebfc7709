#!/usr/bin/env python3
"""Searches the documents of discs in Chromium, from file://, as readers do.

    search_page.py --program MAKE_DISC [--screenshots DIR]

Uses the collection of shelf.py, whose PDFs the browser prints. Prints one line per case, at the end
`N passed, M failed`.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import zlib
from pathlib import Path
from urllib.parse import quote

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

import shelf
from check_page import check, make_disc, results, wait_for
from kinds_of_text import KINDS as KINDS_OF_TEXT, assemble, write as write_kinds_of_text
from walk import RULES, Visitor

# The query, the language of the page, the file that must be the first result, and the page of the file.
KNOWN = [
    ("lighthouse keeper", "en", "ports_en.pdf", 2),
    ("negotiation breakwater", "en", "ports_en.pdf", 2),  # stems
    ("minus eighteen degrees", "en", "seeds_en.pdf", 1),
    ("phare gardien", "fr", "ports_fr.pdf", 2),
    ("jetees ile", "fr", "ports_fr.pdf", 1),  # accents
    ("entrepôts frigorifiques", "fr", "ports_fr.pdf", 3),
    ("ménage salinité", "fr", "wells_fr.pdf", 2),
    ("negociación rompeolas", "es", "ports_es.pdf", 2),
    ("viuda marinero", "es", "ports_es.pdf", 3),
    ("منارة", "ar", "ports_ar.pdf", 2),  # without the article that the text has
    ("المُفاوضات", "ar", "ports_ar.pdf", 2),  # with a vowel sign that the text does not have
    ("ارملة البحاره", "ar", "ports_ar.pdf", 3),
    ("الزرنيخ", "ar", "wells_ar.pdf", 2),
    ("灯塔", "zh", "ports_zh.pdf", 2),
    ("防波堤的谈判", "zh", "ports_zh.pdf", 2),
    ("大麦", "zh", "seeds_zh.pdf", 1),
    ("смотритель маяк", "ru", "ports_ru.pdf", 2),
    ("женщина вода", "ru", "wells_ru.pdf", 1),
    ("солёность", "ru", "wells_ru.pdf", 2),
    ("соленость", "ru", "wells_ru.pdf", 2),
    ("lightho", "en", "ports_en.pdf", 2),  # unfinished
    ("arsen*", "en", "wells_en.pdf", 2),
    ("W/2007/1", "en", "ports_en.pdf", None),  # the symbol, which is on no page
    ("Report on the harbour", "en", "ports_en.pdf", 1),
    ("\"Report on the harbour\"", "en", "ports_en.pdf", None),
]

# Short texts, by the id of their report: the language and the text.
TEXTS = {
    "plural": ("en", "The juries of three counties and the histories of their ferries."),
    "marks": ("en", "A re\u200bsettle\u200bment plan."),
    "beacon": ("en", "The beacon of the wells. Sailors were counted."),
    "beacon_cover": ("en", "Water beacon of women"),
    "numbers": ("en", "Annex 1325 of the inventory."),
    "marine": ("en", "The marine inventory of the northern fleet."),
    "marina": ("es", "La marina del norte."),
    "cote_plain": ("fr", "La cote de la carte, et la cote du bateau, cote par cote."),
    "cote": ("fr", "La côte est basse."),
    "femmes": ("fr", "Les pêcheuses vendent des paniers."),
    "redes": ("es", "Las redes de los pescadores."),
    "rybki": ("ru", "Поймали рыбу у ёлки."),
    "netze": ("de", "Die Boote liegen vor den Inseln."),
    "arabic": ("ar", "الصفحة ٤٧١ من السجل."),
    "persian": ("fa", "صفحهٔ ۴۷۲ دفتر."),
    "hindi": ("hi", "पृष्ठ ४७३ देखें।"),
    "thai": ("th", "หน้า ๔๗๔ ของสมุด"),
    "thai_nets": ("th", "นำ้ นา นา นา"),
    "thai_water": ("th", "แม่น้ำ"),
    "chinese": ("zh", "渔船在灯\n塔附近。档　案　馆。"),
    "japanese": ("ja", "港の防波\n堤を直す。"),
    "road_plain": ("vi", "duong dương duong dương"),
    "road": ("vi", "con đường ven biển"),
}

# The language of the page, the query, and the report that must come first.
WORDS = [
    ("en", "beacon", "beacon"),  # a page does not come first only because it is short
    ("en", "jury", "plural"),
    ("en", "county", "plural"),
    ("en", "history", "plural"),
    ("en", "ferry", "plural"),
    ("en", "resettlement", "marks"),
    ("en", "١٣٢٥", "numbers"),
    ("en", "१३२५", "numbers"),
    ("en", "marina inventory", "marine"),  # only another language has the word as it was typed
    ("fr", "côte", "cote"),
    ("fr", "cote", "cote_plain"),
    ("fr", "panier", "femmes"),
    ("es", "pescador", "redes"),
    ("ru", "рыба", "rybki"),
    ("ru", "ёлка", "rybki"),
    ("de", "Insel", "netze"),
    ("de", "boot", "netze"),
    ("ar", "471", "arabic"),
    ("ar", "٤٧١", "arabic"),
    ("fa", "472", "persian"),
    ("hi", "473", "hindi"),
    ("th", "474", "thai"),
    ("th", "น้ำ", "thai_water"),
    ("zh", "灯塔", "chinese"),
    ("zh", "档案馆", "chinese"),
    ("zh", "馆", "chinese"),
    ("zh", "船", "chinese"),
    ("ja", "防波堤", "japanese"),
    ("vi", "đường", "road"),
]


def address(disc: Path, language: str, query: str, more: str = "") -> str:
    page = next((disc / "pages" / language).glob("search.htm*"))
    return f"{page.as_uri()}?q={quote(query)}{more}"


def wait_for_status(page) -> str:
    """Waits until the search has ended, and returns the status that the page shows."""
    # While the page is loaded again, it has no status yet.
    wait_for(page, "(document.querySelector('#search_status') || {textContent: ''}).textContent.match(/[^…\\s]$/)", 20)
    return page.inner_text("#search_status")


def links(page) -> list[str]:
    """The names of the files that the hits link to, with the numbers of their pages."""
    return [link.rsplit("/", 1)[1].split("&search=")[0] for link in page.eval_on_selector_all(".hits a", "all => all.map(a => a.href)")]


def known_queries(browser, disc: Path, name: str, shorter=lambda file: file) -> None:
    for query, language, file, number in KNOWN:
        with Visitor(browser) as visitor:
            visitor.page.goto(address(disc, language, query))
            status = wait_for_status(visitor.page)
            expected = f"{shorter(file)}#page={number}" if number else shorter(file)
            found = links(visitor.page)
            marked = visitor.page.locator(".passage mark, .why mark, .facts mark, .found h2 mark").count() > 0
            good = found[:1] == [expected] and marked and not visitor.errors
            check(f"{name}: {language}: {query}", good, f"{found[:4]} {status} {visitor.errors[:2]}")


def kinds_of_queries(browser, disc: Path) -> None:
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto(address(disc, "en", '"boats leave before sunrise"'))
        wait_for_status(page)
        check("a phrase is found", links(page) == ["ports_en.pdf#page=1"], str(links(page)))
        page.goto(address(disc, "en", '"sunrise before leave boats"'))
        status = wait_for_status(page)
        check("words in another order are not a phrase", 'No document contains: "sunrise before leave boats"' in status, status)
        check("without the marks, they are found", links(page)[:1] == ["ports_en.pdf#page=1"], str(links(page)))
        page.goto(address(disc, "fr", "«\xa0boats leave before sunrise\xa0» «\xa0phare quai\xa0»"))
        status = wait_for_status(page)
        check("only the phrase that is nowhere is named", status.count("phare quai") == 1 and "boats" not in status, status)

        page.goto(address(disc, "en", "wells water"))
        wait_for_status(page)
        groups = page.locator(".found > ul > li").count()
        check("pages are grouped by document", groups < len(links(page)) or groups == 1, str(links(page)))
        check("the title leads to the report", page.get_attribute(".found h2 a", "href") == "land/wells.html")
        check("the results are counted", re.fullmatch(r"\d+ documents? found \(\d+ pages?\)", page.inner_text("#search_status")), page.inner_text("#search_status"))

        page.goto(address(disc, "en", "гавань"))
        wait_for_status(page)
        check("what is not found in the page's language is found in another", links(page)[:1] == ["ports_ru.pdf#page=1"], str(links(page)))
        label = page.locator(".found h2 small.other").first
        check("it is labelled with its language", label.inner_text() == "Русский" and label.get_attribute("lang") == "ru")
        check("its passage is in its language", page.get_attribute(".passage", "lang") == "ru")
        check("so is its link", page.get_attribute(".hits a", "hreflang") == "ru")

        page.goto(address(disc, "en", "мышьяк"))
        wait_for_status(page)
        check("what no metadata has is found too", links(page)[:1] == ["wells_ru.pdf#page=2"], str(links(page)))
        check("it is under a heading", "In other languages" in page.inner_text("#search_results"))

        page.goto(address(disc, "en", "الجزيرة", "&in=all"))
        wait_for_status(page)
        check("Arabic passages are right to left", page.get_attribute(".passage", "dir") == "rtl")
        check("the choice of languages is in the address", page.input_value("#search_in") == "all")

        # Every JavaScript object has properties with these names.
        for query in ("constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"):
            page.goto(address(disc, "en", query))
            wait_for_status(page)
            marked = page.inner_text(".passage mark") if page.locator(".passage mark").count() else ""
            check(f"{query} is a word like any other", links(page)[:1] == ["notes_en.txt"] and marked.lower() in query.lower() and bool(marked), f"{links(page)} {marked}")
        page.goto(address(disc, "en", "ໜັງສື"))
        wait_for_status(page)
        check("a letter that folds to two is found", links(page)[:1] == ["notes_en.txt"], str(links(page)))

        page.goto(address(disc, "en", "negotiatory"))
        wait_for_status(page)
        check("for a word that no document has, similar ones are named", "No document contains “negotiatory”" in page.inner_text("#search_status"))
        check("and found", links(page)[:1] == ["ports_en.pdf#page=2"], str(links(page)))
        page.goto(address(disc, "fr", "Phréatiquement"))
        wait_for_status(page)
        near = page.inner_text("#search_status .notice").replace("\u00a0", " ")
        check("they are shown as the documents write them", near.startswith("Français : Aucun document ne contient « Phréatiquement ».") and near.endswith(" : phréatique"), near)
        page.goto(address(disc, "en", "「boats leave before sunrise」"))
        wait_for_status(page)
        check("other quotation marks make a phrase too", links(page) == ["ports_en.pdf#page=1"], str(links(page)))
        page.goto(address(disc, "en", "xylophone"))
        check("the page says that nothing was found", "Nothing was found for “xylophone”" in wait_for_status(page))
        page.goto(address(disc, "en", "<b>fog</b> & \"signals\""))
        wait_for_status(page)
        check("markup in a query is text", page.locator("#search_results b").count() == 0 and page.inner_text(".hits a") == "Open the document TXT")
        check("documents without pages have a link without one", links(page)[:1] == ["notes_en.txt"], str(links(page)))
        check("no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


def operators_and_filters(browser, disc: Path) -> None:
    with Visitor(browser) as visitor:
        page = visitor.page

        def found(language: str, query: str, more: str = "") -> list[str]:
            page.goto(address(disc, language, query, more))
            wait_for_status(page)
            page.wait_for_timeout(100)
            return links(page)

        check("OR finds either word", sorted(found("en", "lighthouse OR arsenic")) == ["ports_en.pdf#page=2", "wells_en.pdf#page=2"], str(links(page)))
        check("a minus leaves out pages", found("en", "piers OR nets -sunrise") == ["ports_en.pdf#page=2"], str(links(page)))
        check("the page says which words are left out", "Without: sunrise" in page.inner_text("#search_status"), page.inner_text("#search_status"))
        check("a minus leaves out phrases", found("en", 'piers OR nets -"fishing boats"') == ["ports_en.pdf#page=2"], str(links(page)))
        check("stop words do not count", found("en", "how do I measure the salinity of my wells?")[:1] == ["wells_en.pdf#page=2"], page.inner_text("#search_status"))
        check("only the words that count are marked", page.locator("mark", has_text="the").count() == 0)
        check("a question about a word that nothing has finds nothing", not found("en", "How do I do a xylophone?"), str(links(page)))
        check("and names the word", "No document contains: xylophone" in page.inner_text("#search_status"), page.inner_text("#search_status"))
        check("all words must be there", found("en", "keeper breakwater") == ["ports_en.pdf#page=2"], str(links(page)))
        check("pages with most of the words are announced", "No page has all the words. These have at least" in (found("en", "arsenic tide millet boats") and page.inner_text("#search_results")), page.inner_text("#search_results"))
        check("a word of another language is looked for there", found("en", "phare")[:1] == ["ports_fr.pdf#page=2"] and "No document" not in page.inner_text("#search_status"), str(links(page)))
        found("en", "phare keeper")
        check("words that no document in this language has are named", "English: No document contains: phare" in page.inner_text("#search_status"), page.inner_text("#search_status"))
        check("one wrong letter is forgiven", found("en", "vilages")[:1] == ["wells_en.pdf#page=1"], page.inner_text("#search_status"))
        also = page.eval_on_selector_all(".also a", "all => all.map(a => [a.textContent, a.getAttribute('href').split('/').pop()])")
        check("a hit names the other languages", ["Français", "wells_fr.pdf"] in also and ["English", "wells_en.pdf"] not in also, str(also))

        found("en", "water")
        page.click("#search_chips a:has-text('Sea')")
        wait_for_status(page)
        check("the results are narrowed to a section", "section=0" in page.url and links(page) == ["notes_en.txt"], f"{page.url} {links(page)}")
        page.click("#search_chips a:has-text('Show all')")
        wait_for_status(page)
        check("and shown completely again", "section" not in page.url and len(links(page)) > 1, page.url)
        size = page.viewport_size
        page.set_viewport_size({"width": 360, "height": 740})
        found("en", "water")
        folded = not page.is_visible("#search_chips a") and page.locator(".found a").first.bounding_box()["y"]
        check("on a phone, the ways to narrow are folded, and a result is visible", folded and folded < 740, str(folded))
        page.click("#search_chips summary")
        page.click("#search_chips a:has-text('Sea')")
        wait_for_status(page)
        check("what was chosen is not folded", page.is_visible("#search_chips strong") and page.is_visible("#search_chips > a"), page.inner_text("#search_chips"))
        page.set_viewport_size(size)

        page.goto(address(disc, "en", "arsenic", "&in=all"))
        status = wait_for_status(page)
        languages = {link.split("_")[1] for link in links(page)}
        check("a document counts once in all its languages", len(languages) > 1 and status.startswith("1 document found ("), f"{status} {links(page)}")

        page.goto((disc / "pages/en/land/wells.html").as_uri())
        page.fill("#search_words", "two")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?**")
        wait_for_status(page)
        page.wait_for_selector("#search_chips")
        check("one report is searched from its page", links(page) == ["wells_en.pdf#page=1"] and "Wells and water" in page.inner_text("#search_chips"), f"{page.url} {links(page)}")

        page.goto(address(disc, "fr", ""))
        page.fill("#search_words", "le po")
        wait_for(page, "document.querySelectorAll('#search_suggestions option').length", 10)
        offered = page.eval_on_selector_all("#search_suggestions option", "all => all.map(o => o.value)")
        check("titles are suggested", "Rapport sur le port" in offered, str(offered))
        page.fill("#search_words", "eau phré")
        wait_for(page, "document.querySelector('#search_suggestions option[value^=\"eau phréatique\"]')", 10)
        check("words are suggested as the documents write them", True)
        page.emulate_media(media="print")
        page.goto(address(disc, "fr", "phare"))
        wait_for_status(page)
        check("printed results name the query", "phare" in page.inner_text(".printed"), page.inner_text(".printed"))
        check("operators: no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


def page_of_pdf(playwright, disc: Path) -> None:
    """Checks that Chromium's PDF viewer opens the page of a link that also contains words to search for."""
    without = ["--headless", "--headless=old", "--disable-extensions", "--disable-component-extensions-with-background-pages"]
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--headless=new"], ignore_default_args=without
    )
    file = next((disc / "documents").rglob("ports_en.pdf")).as_uri()

    def picture(fragment: str) -> bytes:
        page = browser.new_page(viewport={"width": 900, "height": 700})
        page.goto(file + fragment)
        last, same = b"", 0
        while same < 3:
            page.wait_for_timeout(500)
            now = page.screenshot()
            same = same + 1 if now == last else 0
            last = now
        page.close()
        return last

    first, second, searched = picture("#page=1"), picture("#page=2"), picture("#page=2&search=keeper%20nets")
    check("Chromium opens the page of a link with words", searched == second != first)
    browser.close()


def address_and_keys(browser, disc: Path) -> None:
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto((disc / "pages/fr/index.html").as_uri())
        page.fill("#search_words", "phare")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=phare")
        wait_for_status(page)
        check("the home page leads to the search page", links(page)[:1] == ["ports_fr.pdf#page=2"], page.url)
        page.focus("#search_words")
        page.keyboard.press("Control+A")
        page.keyboard.type("lentilles")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=lentilles")
        wait_for_status(page)
        page.go_back()
        wait_for(page, "document.querySelector('#search_words').value === 'phare'")
        wait_for_status(page)
        page.wait_for_selector(".hits a")
        check("going back shows the search before", links(page)[:1] == ["ports_fr.pdf#page=2"], page.url)
        page.reload()
        wait_for_status(page)
        check("a reload is the same search", links(page)[:1] == ["ports_fr.pdf#page=2"], page.url)
        page.click(".languages a[lang=en]")
        wait_for_status(page)
        check("another language keeps the query", page.url.endswith("/en/search.html?q=phare") and links(page)[:1] == ["ports_fr.pdf#page=2"], page.url)
        page.go_back()
        wait_for_status(page)
        page.focus("#search_words")
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.closest('#search_results') !== null"):
                break
        check("the results can be reached with the keyboard", page.evaluate("document.activeElement.closest('#search_results') !== null"))
        check("no errors with the keyboard", not visitor.errors, "; ".join(visitor.errors[:3]))
    with Visitor(browser, java_script_enabled=False) as visitor:
        visitor.page.goto(address(disc, "en", "keeper"))
        check("without script the page says so and links to the list", "JavaScript" in visitor.page.inner_text(".notice") and visitor.page.locator(".notice a").count() == 1)
        check("and shows no form", not visitor.page.is_visible("#search"))


def damaged_index(browser, disc: Path) -> None:
    copy = disc.parent / "damaged"
    shutil.copytree(disc, copy)
    for shard in (copy / "pages/search/en").glob("p*.js"):
        shard.unlink()
    with Visitor(browser) as visitor:
        visitor.page.goto(address(copy, "en", "lighthouse"))
        check("a damaged index is reported", "damaged" in wait_for_status(visitor.page))
    for shard in (copy / "pages/search/fr").glob("w*.js"):
        shard.write_bytes(shard.read_bytes()[:60] + b'");')
    with Visitor(browser) as visitor:
        visitor.page.goto(address(copy, "fr", "phare"))
        wait_for(visitor.page, "document.querySelector('#search_status').textContent.indexOf('endommagé') > 0", 20)
        check("a truncated shard is reported", True)


def inflate(browser, disc: Path) -> None:
    """Compares the inflate function of the script with zlib."""
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto(address(disc, "en", "fog"))
        wait_for_status(page)
        data = [b"", b"a", b"abc" * 1000, os.urandom(70_000), bytes(range(256)) * 300, "жизнь ".encode() * 5000]
        for number, plain in enumerate(data):
            for level in (0, 1, 6, 9):
                for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED):
                    deflater = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
                    packed = list(deflater.compress(plain) + deflater.flush())
                    crc = page.evaluate(
                        "bytes => { const out = makeDiscSearch.inflate(new Uint8Array(bytes));"
                        " let a = 1, b = 0; for (const x of out) { a = (a + x) % 65521; b = (b + a) % 65521; }"
                        " return [out.length, (b * 65536 + a)]; }",
                        packed,
                    )
                    if crc != [len(plain), zlib.adler32(plain)]:
                        check(f"inflates what zlib has deflated: {number}, level {level}, strategy {strategy}", False, str(crc))
                        return
        check("inflates what zlib has deflated", True)


def accessibility(browser, disc: Path) -> None:
    axe = Axe()
    for language, query, more in (("en", "water", ""), ("fr", "phare", ""), ("en", "гавань", ""), ("ar", "الجزيرة", "&in=all"), ("zh", "灯塔", ""), ("en", "negotiatory", "")):
        for width, scheme in ((1280, "light"), (360, "dark")):
            with Visitor(browser, width, color_scheme=scheme, bypass_csp=True) as visitor:
                visitor.page.goto(address(disc, language, query, more))
                wait_for_status(visitor.page)
                found = [violation["id"] for violation in axe.run(visitor.page, options=RULES).response["violations"]]
                wide = visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                check(f"axe-core finds nothing: {language}: {query}{more}, {width} px, {scheme}", not found and not wide, f"{found} {wide}")


def write_texts(folder: Path) -> Path:
    """Writes TEXTS as files, with a manifest."""
    folder.mkdir()
    languages = sorted({language for language, _ in TEXTS.values()})
    lines = [f"disc: {{title: Words, languages: [{', '.join(languages)}], date: 2008}}", "sections:", "- id: s", "  title: S", "  reports:"]
    for name, (language, text) in TEXTS.items():
        (folder / f"{name}.txt").write_text(text + "\n", "utf-8")
        lines.append(f"  - {{id: {name}, title: 'Report', variants: {{{language}: {name}.txt}}}}")
    (folder / "manifest.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "manifest.yaml"


def labelled_pdf(texts: list[str], bookmark: tuple[str, int]) -> bytes:
    """A PDF whose first two pages are numbered i and ii, and the others from 1. `bookmark` is a title and the index of a page."""
    title, page = bookmark
    outlines = f"<< /Type /Outlines /First << /Title ({title}) /Dest [{4 + 2 * page} 0 R /Fit] >> /Count 1 >>"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /S /r >> 2 << /S /D >>] >> /Outlines {outlines} >>",
        f"<< /Type /Pages /Count {len(texts)} /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(len(texts)))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in enumerate(texts):
        stream = f"BT /F 12 Tf 72 700 Td ({text}) Tj ET"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return assemble(objects)


def page_labels(browser, program: Path, folder: Path) -> None:
    folder.mkdir()
    texts = ["Foreword by the harbourmaster", "Contents and abbreviations", "Ferries of the northern coast", "Granaries of the plain"]
    texts += ["Lanterns were bought in this year for the pier", "Ropes", "Lanterns were sold in this year for the pier"]
    (folder / "book.pdf").write_bytes(labelled_pdf(texts, ("Lanterns", 6)))
    torn = labelled_pdf(["Cover", "Decks and hulls", "Oakum is beaten into the seams"], ("Decks and hulls", 1))
    (folder / "torn.pdf").write_bytes(torn.replace(b"/Kids [4 0 R", b"/Kids [7 7 R"))
    (folder / "manifest.yaml").write_text(
        "disc: {title: Labels, languages: [en], date: 2008}\nsections:\n- id: s\n  title: S\n  reports:\n"
        "  - {id: book, title: A book, variants: {en: book.pdf}}\n  - {id: torn, title: A torn book, variants: {en: torn.pdf}}\n"
    )
    disc = make_disc(program, folder / "manifest.yaml", folder)
    page = browser.new_page()
    for query, name, sheet in (("harbourmaster", "p. i (page 1 of the file)", 1), ("granaries", "p. 2 (page 4 of the file)", 4)):
        page.goto(address(disc, "en", query))
        wait_for_status(page)
        shown = page.inner_text(".hits a")
        check(f"a hit has the printed number of its page: {query}", shown == name, shown)
        link = page.get_attribute(".hits a", "href")
        check(f"and opens the right page of the file: {query}", f"#page={sheet}" in link, link)
    page.goto(address(disc, "en", "oakum"))
    wait_for_status(page)
    check("if a page is lost, a hit opens the document: viewers count in different ways", links(page) == ["torn_en.pdf"], str(links(page)))
    check("and has the heading above it", page.inner_text(".hits a") == "PDF: Decks and hulls", page.inner_text(".hits a"))
    page.goto(address(disc, "en", "lanterns"))
    wait_for_status(page)
    check("a page with the word in its heading comes first", [link[-2:] for link in links(page)] == ["=7", "=5"], str(links(page)))
    page.close()


def words(browser, disc: Path) -> None:
    page = browser.new_page()
    for language, query, wanted in WORDS:
        page.goto(address(disc, language, query))
        status = wait_for_status(page)
        link = page.evaluate("(document.querySelector('.hits a') || {}).href || ''")
        check(f"words: {language}: {query}", link.endswith(f"/{wanted}_{language}.txt"), f"{link} {status}")
    page.close()


def kinds_of_text(browser, disc: Path) -> None:
    """Checks that words are found first in documents that make it difficult."""
    with Visitor(browser) as visitor:
        page = visitor.page
        for kind, known, own in KINDS_OF_TEXT:
            for language, query, wanted in known + own:
                page.goto(address(disc, language, query))
                status = wait_for_status(page)
                first = page.evaluate("(document.querySelector('.hits a') || {}).href || ''").rsplit("/", 1)[-1].split(".")[0].rsplit("_", 1)[0]
                # No other words must be offered: the documents have these.
                check(f"{kind}: {language}: {query}", first in wanted.split() and not page.locator("#search_status .notice").count(), f"{first} {status}")
        check("kinds of text: no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


def all_titles(browser, disc: Path, name: str) -> None:
    """Checks that every title in the list of documents of a language is found first by the search page of this language."""
    with Visitor(browser) as visitor:
        page = visitor.page
        for folder in sorted(path for path in (disc / "pages").iterdir() if (path / "list.html").exists() or (path / "list.htm").exists()):
            page.goto(next(folder.glob("list.htm*")).as_uri())
            titles = page.eval_on_selector_all(".reports h3 a", "all => all.map(a => [a.textContent, a.href])")
            missed = []
            for title, link in titles:
                for query in (title, f'"{title}"'):
                    page.goto(address(disc, folder.name, query))
                    wait_for_status(page)
                    first = page.evaluate("(a => a ? [a.textContent, a.href] : [])(document.querySelector('.found h2 a, .found h3 a'))")
                    if first[1:] != [link] or first[0] != title:
                        missed.append(f"{query} → {first}")
            check(f"{name}: {folder.name}: {len(titles)} titles are found first", titles and not missed, "; ".join(missed[:4]))
        check(f"{name}: no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


# Reports whose metadata is not only in the language of their file: the id, the metadata, and queries. A query has the language of the page,
# the words, and a text with which the page must explain the hit.
RECORDS = [
    ("climate", "title: {en: Climate Change, ar: تغير المناخ}, isbn: 978-0-306-40615-7, authors: ['منظمة المياه'], subjects: [{en: Weather, ar: الطقس}]",
        [("en", "Climate Change", ""), ("en", "Climmate Change", ""), ("en", '"climate change"', ""), ("ar", "تغيّر المناخ", ""), ("en", "978-0-306-40615-7", "ISBN: 978-0-306-40615-7"),
         ("en", "9780306406157", "ISBN: 978-0-306-40615-7"), ("en", "ISBN 978 0 306 40615 7", "ISBN: 978-0-306-40615-7"), ("ar", "المياه", "منظمة <mark>المياه</mark>"),
         ("en", "weather", "Subjects: Weather"), ("en", "الطقس", "Subjects: الطقس")]),
    ("first", "title: First resolution, symbol: A/RES/60/1", [("en", "A/RES/60/1", "Symbol: A/RES/60/1"), ("ar", "a/res/٦٠/١", "الرمز: A/RES/60/1")]),
    ("second", "title: Second resolution of many about resolutions, symbol: A/RES/61/60, issn: 2434-561X",
        [("en", "A/RES/61/60", "Symbol: A/RES/61/60"), ("en", "A/RES/61", "Symbol: A/RES/61/60"), ("en", "2434561x", "ISSN: 2434-561X")]),
    ("summary", "title: {en: Untitled, ar: بلا عنوان}, summary: {en: 'How forty households measured the co-operation of their neighbours, and organised it.'}",
        [("en", "households cooperation", "Summary: How forty"), ("en", "neighbors organization", "Summary: How forty"), ("ar", "households", "موجز: How forty")]),
]


def write_reports(folder: Path, disc: str, section: str, reports: list) -> Path:
    """Writes a manifest with one section, and a text for each report: its name, language, fields and text."""
    folder.mkdir()
    lines = [f"disc: {disc}", "sections:", "- id: s", f"  title: {section}", "  reports:"]
    for name, language, fields, text in reports:
        (folder / f"{name}.txt").write_text(text + "\n", "utf-8")
        lines.append(f"  - {{id: {name}, {fields}, variants: {{{language}: {name}.txt}}}}")
    (folder / "manifest.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "manifest.yaml"


def write_records(folder: Path) -> Path:
    reports = [(name, "ar", fields, "نص قصير") for name, fields, _ in RECORDS]
    return write_reports(folder, "{title: Records, languages: [en, ar], date: 2008}", "{en: Papers, ar: الأوراق}", reports)


def records(browser, disc: Path) -> None:
    with Visitor(browser) as visitor:
        page = visitor.page
        for name, _, queries in RECORDS:
            for language, query, reason in queries:
                page.goto(address(disc, language, query))
                status = wait_for_status(page)
                link = page.evaluate("(document.querySelector('.found a') || {}).href || ''")
                item = page.locator(".found li").first
                why = item.inner_text() + "\n" + item.inner_html() if link else ""
                check(f"metadata: {language}: {query}", link.endswith(f"/s/{name}.html") and reason in why, f"{link} {why!r} {status}")
        page.goto(address(disc, "en", "A/RES/60/2"))
        check("a symbol that no report has finds none", "Nothing was found" in wait_for_status(page))
        page.goto(address(disc, "en", "b"))
        check("a single letter is only itself", "Nothing was found" in wait_for_status(page))
        page.goto(address(disc, "en", "60/1"))
        wait_for_status(page)
        titles = page.locator(".found h2, .found h3").all_inner_texts()
        check("the end of a symbol is found as a whole", titles == ["First resolution"], str(titles))
        page.goto(address(disc, "ar", "قصير -second"))
        wait_for_status(page)
        found = page.inner_text("#search_results")
        check("a word with a minus excludes reports by their metadata", "First" in found and "Second" not in found, found)
        page.goto(address(disc, "en", "climate", "&year=1999"))
        check("a chosen year without results stays named", "Nothing was found" in wait_for_status(page) and "1999" in page.inner_text("#search_chips"))
        check("metadata: no errors", not visitor.errors, "; ".join(visitor.errors[:3]))
    all_titles(browser, disc, "records")


def write_ferries(folder: Path) -> Path:
    """Reports with a word in their titles, and others with the word in their texts."""
    reports = [(f"t{n:02}", "en", f"title: Ferry {n:02}", "Timetables of the coast.") for n in range(24)]
    reports += [(f"x{n:02}", "en", f"title: Timetable {n:02}", "The ferry leaves at noon.") for n in range(14)]
    return write_reports(folder, "{title: Ferries, languages: [en], date: 2008}", "Papers", reports)


def one_list(browser, disc: Path) -> None:
    """Checks that reports found by their metadata and documents found by their texts are one list."""
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto(address(disc, "en", "ferry"))
        status = wait_for_status(page)
        check("fewer pages than documents are not stated", status == "38 documents found", status)
        page.goto(address(disc, "en", "noon"))
        check("as many pages as documents are", wait_for_status(page) == "14 documents found (14 pages)", page.inner_text("#search_status"))
        page.goto(address(disc, "en", "ferry"))
        wait_for_status(page)
        titles = page.locator(".found > ul > li > h2")
        page.wait_for_selector(".found > button")
        first = titles.all_inner_texts()
        check("titles and texts are one list", page.locator("#search_results ul.reports").count() == 1, page.inner_html("#search_results"))
        check("it begins with titles, then come texts", [title[:3] for title in first] == ["Fer"] * 5 + ["Tim"] * 10, str(first))
        check("its button is at its end", page.evaluate("document.querySelector('#search_results').lastChild.lastChild.localName") == "button")
        presses = 0
        while page.locator(".found > button").count() and presses < 9:
            before = titles.count()
            page.click(".found > button")
            wait_for(page, f"document.querySelectorAll('.found > ul > li').length > {before}")
            check("the first new result has the focus", page.evaluate("document.activeElement.closest('li').parentNode.children[%d] === document.activeElement.closest('li')" % before))
            presses += 1
            page.wait_for_timeout(100)
        everything = titles.all_inner_texts()
        check("the button leads to each document once", len(everything) == len(set(everything)) == 38, f"{presses} {sorted(everything)}")
        check("one list: no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


# Short documents, by id: the language, the other keys of the report, and the text.
KINDS = {
    "wells": ("en", "title: Wells and water, date: 2008-03-14, authors: [Tidal Bureau]", "How to measure the salinity of a well. Households pump water in the dry season. Arsenic was found in three villages near Kanpur."),
    "ports": ("en", "title: Report on the harbour, date: 2007-05", "The lighthouse keeper wrote letters. Fishing boats leave before sunrise. The negotiation about the breakwater failed."),
    "piers": ("en", "title: Two old piers, date: 2007, subjects: [{en: Sea walls, ar: أسوار البحر}]", "The inspection found cracks in the concrete. Repairs cost nine thousand. Two boats and some old nets were lost."),
    "storm": ("en", "title: Storm", "Many people reported a storm."),
    "rain": ("en", "title: Rain", "People reported rain, and few people stayed."),
    "hail": ("en", "title: Hail", "Hail was reported by people of the plain."),
    "empty": ("ar", "title: {en: Granaries of barley and millet, ar: مخازن الحبوب}", "نص قصير"),
    "tides": ("zh", "title: 港口报告, date: 2008-03-14", "渔船在灯塔附近。船队每天早上出发。如何测量井水的盐度？用盐度计测量。防波堤谈判失败。"),
    "canals": ("ar", "title: {en: Canals, ar: تقرير}", "سدود وقنوات وبالآبار في القرية. ونفط قليل."),
    "tower": ("zh", "title: 码头, date: 2006-11", "灯塔守护人写信。船长回信。"),
}

# Queries: the language of the page, the query, the reports that must be found (in any order), a text that the page must contain, and
# the words that must be marked in the results.
KINDS_OF_QUERIES = [
    # Not all words are on one page.
    ("en", "how do I measure the salinity of boats in concrete", ["wells", "piers"], "No page has all the words. These have at least 2 of 4:", {"measure", "salinity", "boats", "concrete"}),
    ("en", "cracks letters", ["piers", "ports"], "No page has all the words. These have at least 1 of 2:", {"cracks", "letters"}),
    ("en", "keeper letters breakwater sunrise nets", ["ports"], "at least 4 of 5", {"keeper", "letters", "breakwater", "sunrise"}),
    ("en", "granaries of barley and sorghum silos and boats", ["empty"], "These have at least 2 of 5:", {"Granaries", "barley"}),
    ("en", "why were boats lost from the frobnication", ["piers"], "No document contains: frobnication", {"boats", "lost"}),
    # The metadata of a report and its page have the words together.
    ("en", '"Wells and water" arsenic', ["wells"], "1 document found (1 page)", {"Wells", "water", "Arsenic"}),
    ("en", '"Tidal Bureau" arsenic', ["wells"], "2008 Tidal Bureau", {"Tidal", "Bureau", "Arsenic"}),
    ("en", '"two old piers" cracks', ["piers"], "1 document found (1 page)", {"Two", "old", "piers", "cracks"}),
    ("en", '"Wells and water"', ["wells"], "1 document found", {"Wells", "water"}),
    ("en", "Bureau Kanpur", ["wells"], "2008 Tidal Bureau", {"Bureau", "Kanpur"}),
    ("en", "sea concrete", ["piers"], "Subjects: Sea walls", {"Sea", "concrete"}),
    ("en", '"Tidal Bureau" lighthouse', [], "Nothing was found", set()),
    ("en", '"Tidal Bureau" Kanpur -"dry season"', [], "Nothing was found", set()),
    # OR with phrases, and queries in which every word has a minus.
    ("en", 'cracks OR "fishing boats"', ["piers", "ports"], "2 documents found", {"cracks", "Fishing", "boats"}),
    ("en", '"fishing boats" OR cracks', ["piers", "ports"], "2 documents found", {"cracks", "Fishing", "boats"}),
    ("en", '"dry season" OR "fishing boats"', ["wells", "ports"], "2 documents found", {"dry", "season", "Fishing", "boats"}),
    ("en", '"dry season" | "fishing boats" households', ["wells"], "1 document found", {"dry", "season", "Households"}),
    ("en", '"boats fishing" OR cracks', ["piers"], "1 document found", {"cracks"}),
    ("en", '"two old piers" OR arsenic', ["piers", "wells"], "2 documents found", {"Two", "old", "piers", "Arsenic"}),
    ("en", 'boats -"fishing boats"', ["piers"], "1 document found", {"boats"}),
    ("en", "-arsenic", ["wells"], "at least one word without a minus", {"Arsenic"}),
    ("en", '-"fishing boats"', ["ports"], "at least one word without a minus", {"Fishing", "boats"}),
    ("zh", "防波堤 OR 守护人", ["tides", "tower"], "找到 2 份文件", {"防波堤", "守护人"}),
    ("zh", "-防波堤", ["tides"], "至少需要一个前面没有减号的词", {"防波堤"}),
    # Marks and wording.
    ("en", "Bureau", ["wells"], "1 document found", {"Bureau"}),
    ("zh", "船", ["tides", "tower"], "（2 页）", {"船"}),
    ("zh", "长", ["tower"], "（1 页）", {"长"}),
    ("zh", "如何测量盐度", ["tides"], "（1 页）", {"测量", "盐度"}),
    ("zh", "什么是防波堤", ["tides"], "（1 页）", {"防波堤"}),
    ("zh", "哪些渔船在灯塔附近", ["tides"], "（1 页）", {"渔船", "灯塔附近"}),
    # Dates as the pages show them, and in digits.
    ("en", "2007", ["ports", "piers"], "Date: May 2007", {"2007"}),
    ("en", "2006", ["tower"], "Date: November 2006", {"2006"}),
    ("en", "March 2008", ["wells", "tides"], "Date: 14 March 2008", {"March", "2008"}),
    ("en", "14 March 2008", ["wells", "tides"], "Date: 14 March 2008", {"14", "March", "2008"}),
    ("en", "2008-03-14", ["wells", "tides"], "Date: 2008-03-14", {"2008-03-14"}),
    ("en", "harbour 2007", ["ports"], "1 document found", {"harbour", "2007"}),
    ("zh", "2008年3月14日", ["wells", "tides"], "2008年3月14日", {"2008年3月14日"}),
    ("zh", "2008年3月", ["wells", "tides"], "2008年3月14日", {"2008年", "月"}),
    ("ar", "مارس 2008", ["wells", "tides"], "التاريخ: 14 مارس 2008", {"مارس", "2008"}),
    # Particles that are joined to Arabic words, in the text or in the query.
    ("ar", "قنوات", ["canals"], "عُثر على وثيقة واحدة", {"وقنوات"}),
    ("ar", "نفط", ["canals"], "عُثر على وثيقة واحدة", {"ونفط"}),
    ("ar", "والسدود", ["canals"], "عُثر على وثيقة واحدة", {"سدود"}),
    ("ar", "بالقنوات", ["canals"], "عُثر على وثيقة واحدة", {"وقنوات"}),
    ("ar", "الآبار", ["canals"], "عُثر على وثيقة واحدة", {"وبالآبار"}),
    ("ar", "كيف وماذا عن السدود", ["canals"], "عُثر على وثيقة واحدة", {"سدود"}),
    ("zh", "谁在写信", ["tower"], "（1 页）", {"写信"}),
    ("zh", "誰寫信", ["tower"], "（1 页）", {"写信"}),
    ("zh", "有沒有燈塔", ["tides", "tower"], "（2 页）", {"灯塔"}),
    ("ar", "اين السدود", ["canals"], "عُثر على وثيقة واحدة", {"سدود"}),
    ("zh", "怎么测量井水", ["tides"], "（1 页）", {"测量", "测量井水"}),
]


def write_kinds(folder: Path) -> Path:
    reports = [(name, *kind) for name, kind in KINDS.items()]
    return write_reports(folder, "{title: Kinds, languages: [en, ar, zh], date: 2005}", "S", reports)


def answers(browser, disc: Path) -> None:
    with Visitor(browser) as visitor:
        page = visitor.page
        for language, query, wanted, said, marked in KINDS_OF_QUERIES:
            page.goto(address(disc, language, query))
            wait_for_status(page)
            found = page.eval_on_selector_all(".found h2 a, .found h3 a", "all => all.map(a => a.href.split('/').pop().split('.')[0])")
            shown = page.inner_text("#search_status") + " " + page.inner_text("#search_results")
            marks = set(page.locator("#search_results mark").all_inner_texts())
            good = sorted(found) == sorted(wanted) and said in shown.replace("\u00a0", " ") and marks == marked
            check(f"answers: {language}: {query}", good, f"{found} {marks} {shown!r}")
        page.goto(address(disc, "en", "people reported arsenic"))
        wait_for_status(page)
        check("answers: a page with one rare word is offered beside pages with two frequent ones", "wells_en.txt" in links(page) and len(links(page)) > 1, str(links(page)))
        check("answers: no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


def write_forms_of_a_language(folder: Path) -> Path:
    """Writes two reports in German and Portuguese for pages in Brazilian Portuguese."""
    folder.mkdir()
    texts = {"nets": {"de": "Die Netze trocknen am Kai. Ankerplatz.", "pt": "As redes secam no cais."}, "tides": {"de": "Die Gezeiten im Hafen. Cais."}}
    titles = {"nets": "{de: Netze, pt: Redes}", "tides": "{de: Gezeiten, pt: Marés}"}
    lines = ["disc: {title: Forms, languages: [de, pt-BR], date: 2008}", "sections:", "- id: s", "  title: S", "  reports:"]
    for name, variants in texts.items():
        for language, text in variants.items():
            (folder / f"{name}.{language}.txt").write_text(text + "\n", "utf-8")
        files = ", ".join(f"{language}: {name}.{language}.txt" for language in variants)
        lines.append(f"  - {{id: {name}, title: {titles[name]}, variants: {{{files}}}}}")
    (folder / "manifest.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "manifest.yaml"


def forms_of_a_language(browser, disc: Path) -> None:
    """Checks that pages in a form of a language without documents prefer those in another form of it."""
    with Visitor(browser) as visitor:
        page = visitor.page

        def search_for(query: str) -> str:
            page.goto(address(disc, "pt_br", query))
            wait_for_status(page)
            return page.inner_text("#search_results")

        found = search_for("cais")
        check("another form of the language is searched first", links(page) == ["nets_pt.txt"] and "Redes" in found and "Gezeiten" not in found, f"{links(page)} {found}")
        found = search_for("secar")
        check("with the forms of its words", links(page) == ["nets_pt.txt"] and not page.locator("#search_status .notice").count(), page.inner_text("#search_status"))
        found = search_for("Netze")
        check("a report is shown with its title in the other form", page.inner_text(".found h2 a") == "Redes" and page.get_attribute(".found h2 a", "lang") == "pt", found)
        found = search_for("Ankerplatz")
        also = page.eval_on_selector_all(".also a", "all => all.map(a => [a.lang, a.getAttribute('href').split('/').pop()])")
        check("a document in another language is also offered in the other form", ["pt", "nets_pt.txt"] in also, f"{also} {found}")
        check("forms of a language: no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


def take_screenshots(browser, disc: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for language, query in (("fr", "gardien phare"), ("ar", "المنارة الميناء"), ("zh", "灯塔 谈判"), ("en", "harbour water")):
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                with Visitor(browser, width, color_scheme=scheme) as visitor:
                    visitor.page.goto(address(disc, language, query))
                    wait_for_status(visitor.page)
                    visitor.page.screenshot(path=folder / f"search-{language}-{width}-{scheme}.png", full_page=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="search-") as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        disc = make_disc(program, shelf.write(folder / "six", browser), folder)
        (folder / "dos").mkdir()
        short = make_disc(program, shelf.write(folder / "dos/six", browser, names="dos"), folder / "dos")
        if arguments.screenshots:
            take_screenshots(browser, disc, arguments.screenshots)
        page_labels(browser, program, folder / "labels")
        (folder / "words").mkdir()
        words(browser, make_disc(program, write_texts(folder / "words/texts"), folder / "words"))
        (folder / "records").mkdir()
        records(browser, make_disc(program, write_records(folder / "records/texts"), folder / "records"))
        (folder / "ferries").mkdir()
        one_list(browser, make_disc(program, write_ferries(folder / "ferries/texts"), folder / "ferries"))
        (folder / "kinds").mkdir()
        answers(browser, make_disc(program, write_kinds(folder / "kinds/texts"), folder / "kinds"))
        (folder / "texts").mkdir()
        kinds_of_text(browser, make_disc(program, write_kinds_of_text(folder / "texts/texts"), folder / "texts"))
        (folder / "forms").mkdir()
        forms_of_a_language(browser, make_disc(program, write_forms_of_a_language(folder / "forms/texts"), folder / "forms"))
        all_titles(browser, disc, "portable")
        known_queries(browser, disc, "portable")
        known_queries(browser, short, "dos", lambda file: file.split("_")[1])
        kinds_of_queries(browser, disc)
        operators_and_filters(browser, disc)
        page_of_pdf(playwright, disc)
        address_and_keys(browser, disc)
        accessibility(browser, disc)
        damaged_index(browser, disc)
        inflate(browser, disc)
        browser.close()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
