#!/usr/bin/env python3
"""Searches the documents of discs in Chromium, from file://, as readers do.

    search_page.py --program MAKE_DISC [--screenshots DIR]

Uses the collection of shelf.py, whose PDFs the browser prints. Prints one line per case, at the end
`N passed, M failed`.
"""

import argparse
import os
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
from walk import RULES, Visitor

# Query, language of the page, the file that must be the first result, its page.
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
    ("W/2007/1", "en", "ports_en.pdf", 1),  # the symbol, which is on no page
]

# Short texts, by the id of their report: the language and the text.
TEXTS = {
    "plural": ("en", "The juries of three counties and the histories of their ferries."),
    "marks": ("en", "A re\u200bsettle\u200bment plan."),
    "numbers": ("en", "Annex 1325 of the inventory."),
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
    ("en", "jury", "plural"),
    ("en", "county", "plural"),
    ("en", "history", "plural"),
    ("en", "ferry", "plural"),
    ("en", "resettlement", "marks"),
    ("en", "١٣٢٥", "numbers"),
    ("en", "१३२५", "numbers"),
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
    wait_for(page, "document.querySelector('#search_status').textContent.match(/[0-9:“«”»]|damaged/)", 20)
    return page.inner_text("#search_status")


def links(page) -> list[str]:
    return [link.rsplit("/", 1)[1] for link in page.eval_on_selector_all(".hits a", "all => all.map(a => a.href)")]


def known_queries(browser, disc: Path, name: str, shorter=lambda file: file) -> None:
    for query, language, file, number in KNOWN:
        with Visitor(browser) as visitor:
            visitor.page.goto(address(disc, language, query))
            status = wait_for_status(visitor.page)
            expected = f"{shorter(file)}#page={number}"
            found = links(visitor.page)
            marked = visitor.page.locator(".passage mark").count() > 0 or query == "W/2007/1"
            good = found[:1] == [expected] and marked and not visitor.errors
            check(f"{name}: {language}: {query}", good, f"{found[:4]} {status} {visitor.errors[:2]}")


def kinds_of_queries(browser, disc: Path) -> None:
    with Visitor(browser) as visitor:
        page = visitor.page
        page.goto(address(disc, "en", '"boats leave before sunrise"'))
        wait_for_status(page)
        check("a phrase is found", links(page) == ["ports_en.pdf#page=1"], str(links(page)))
        page.goto(address(disc, "en", '"sunrise before leave boats"'))
        check("words in another order are not a phrase", "Nothing was found" in wait_for_status(page) and not links(page))

        page.goto(address(disc, "en", "wells water"))
        wait_for_status(page)
        groups = page.locator(".found > ul > li").count()
        check("pages are grouped by document", groups < len(links(page)) or groups == 1, str(links(page)))
        check("the title leads to the report", page.get_attribute(".found h2 a", "href") == "land/wells.html")
        check("the results are counted", "Pages found:" in page.inner_text("#search_status"), page.inner_text("#search_status"))

        page.goto(address(disc, "en", "гавань"))
        wait_for_status(page)
        check("what is not found in the page's language is found in another", links(page)[:1] == ["ports_ru.pdf#page=1"], str(links(page)))
        check("it is under a heading", "In other languages" in page.inner_text("#search_results"))
        label = page.locator(".found h3 small.other").first
        check("it is labelled with its language", label.inner_text() == "Русский" and label.get_attribute("lang") == "ru")
        check("its passage is in its language", page.get_attribute(".passage", "lang") == "ru")
        check("so is its link", page.get_attribute(".hits a", "hreflang") == "ru")

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
        check("for a word that no document has, similar ones are named", "No document contains “negotiatory”" in page.inner_text("#search_results"))
        check("and found", links(page)[:1] == ["ports_en.pdf#page=2"], str(links(page)))
        page.goto(address(disc, "fr", "Phréatiquement"))
        wait_for_status(page)
        near = page.inner_text("#search_results .notice").replace("\u00a0", " ")
        check("they are shown as the documents write them", near.startswith("Aucun document ne contient « Phréatiquement ».") and near.endswith(" : phréatique"), near)
        page.goto(address(disc, "en", "「boats leave before sunrise」"))
        wait_for_status(page)
        check("other quotation marks make a phrase too", links(page) == ["ports_en.pdf#page=1"], str(links(page)))
        page.goto(address(disc, "en", "xylophone"))
        check("the page says that nothing was found", "Nothing was found for “xylophone”" in wait_for_status(page))
        page.goto(address(disc, "en", "<b>fog</b> & \"signals\""))
        wait_for_status(page)
        check("markup in a query is text", page.locator("#search_results b").count() == 0 and page.inner_text(".hits a") == "TXT")
        check("documents without pages have a link without one", links(page)[:1] == ["notes_en.txt"], str(links(page)))
        check("no errors", not visitor.errors, "; ".join(visitor.errors[:3]))


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
        page.focus("#search_words")
        for _ in range(6):
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


def words(browser, disc: Path) -> None:
    page = browser.new_page()
    for language, query, wanted in WORDS:
        page.goto(address(disc, language, query))
        status = wait_for_status(page)
        link = page.evaluate("(document.querySelector('.hits a') || {}).href || ''")
        check(f"words: {language}: {query}", link.endswith(f"/{wanted}_{language}.txt"), f"{link} {status}")
    page.close()


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
        (folder / "words").mkdir()
        words(browser, make_disc(program, write_texts(folder / "words/texts"), folder / "words"))
        known_queries(browser, disc, "portable")
        known_queries(browser, short, "dos", lambda file: file.split("_")[1])
        kinds_of_queries(browser, disc)
        address_and_keys(browser, disc)
        accessibility(browser, disc)
        damaged_index(browser, disc)
        inflate(browser, disc)
        browser.close()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
