#!/usr/bin/env python3
"""How search scales: thousands of documents in six languages. Run manually.

    scale.py --program MAKE_DISC [--documents 2000] [--pages 50] [--queries 100]
             [--pagefind PROGRAM] [--lunr NODE_MODULES]

Writes texts of invented words with the frequencies of words in real languages (Zipf), and makes the disc
with and without search. Prints the time and memory of both builds, the size of the index compared with the
size of the text, and the bytes and time of queries in Chromium, from file://. With --pagefind or --lunr
(with lunr-languages), prints the same for that program, with the same pages and queries, over HTTP, which
both need.
"""

import argparse
import http.server
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from check_page import wait_for  # noqa: E402
from search_page import address  # noqa: E402

ALPHABETS = {
    "en": ("bcdfghlmnprst", "aeiou"),
    "fr": ("bcdfghlmnprst", "aeéiou"),
    "es": ("bcdfghlmnñprst", "aeiou"),
    "ru": ("бвгдзклмнпрст", "аеиоуя"),
    "ar": ("بتثجحدرسعفقكلمن", "اوي"),
    "zh": None,
}
WORDS = 60_000


def lexicon(rng: random.Random, language: str) -> list[str]:
    if ALPHABETS[language] is None:
        return [chr(0x4E00 + rng.randrange(3500)) + chr(0x4E00 + rng.randrange(3500)) for _ in range(WORDS)]
    consonants, vowels = ALPHABETS[language]
    return ["".join(rng.choice(consonants) + rng.choice(vowels) for _ in range(1 + min(rng.randrange(5), n // 20))) for n in range(WORDS)]


def measured(command: list) -> tuple[float, float]:
    """Seconds and peak MiB of a command."""
    start = time.monotonic()
    done = subprocess.run(["/usr/bin/env", "python3", "-c", MEASURE, *map(str, command)], check=True, capture_output=True, text=True)
    return time.monotonic() - start, float(done.stdout.splitlines()[-1]) / 1024


MEASURE = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


def print_result(name: str, times: list[float], sizes: list[float]) -> None:
    print(f"{name}: {len(times)} queries of three words, each on a new page: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    print(f"   loaded: median {statistics.median(sizes):.0f} kB, worst {max(sizes):.0f} kB", flush=True)


class Served:
    """A folder over HTTP, with a count of the bytes sent."""

    def __init__(self, folder: Path):
        served = self
        self.sent = 0

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(folder))

            def copyfile(self, source, target):
                data = source.read()
                served.sent += len(data)
                target.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


def queried(site: Path, asked: list, browser, script: str) -> tuple[list[float], list[float]]:
    """Milliseconds and kilobytes of each query, asked by a script on a new page over HTTP."""
    served = Served(site)
    times, sizes = [], []
    for language, query in asked:
        page = browser.new_page()
        page.goto(f"{served.address}/search_{language}.html")
        served.sent = 0
        start = time.monotonic()
        page.evaluate(script, [language, query])
        times.append((time.monotonic() - start) * 1000)
        sizes.append(served.sent / 1000)
        page.close()
    return times, sizes


def pagefind(program: Path, folder: Path, kept: dict[str, list[str]], asked: list, browser, text_bytes: int) -> None:
    site = folder / "site"
    for language, pages in kept.items():
        (site / language).mkdir(parents=True)
        for number, text in enumerate(pages):
            (site / language / f"{number}.html").write_text(f'<!DOCTYPE html><html lang="{language}"><title>Page {number}</title><body><p>{text}</p></body></html>')
        (site / f"search_{language}.html").write_text(f'<!DOCTYPE html><html lang="{language}"><title>Search</title><body></body></html>')
    seconds, memory = measured([program, "--site", site, "--quiet"])
    size = sum(file.stat().st_size for file in (site / "pagefind").rglob("*") if file.is_file())
    print(f"Pagefind        {seconds:7.1f} s {memory:7.0f} MiB, {size / 1e6:.0f} MB: {size / text_bytes:.1%} of the text", flush=True)
    print_result("Pagefind", *queried(site, asked, browser, """async ([language, query]) => {
        const pagefind = await import("/pagefind/pagefind.js");
        const found = await pagefind.search(query);
        await Promise.all(found.results.slice(0, 10).map(result => result.data()));
        return found.results.length;
    }"""))
    shutil.rmtree(site)


def lunr(modules: Path, folder: Path, kept: dict[str, list[str]], asked: list, browser, text_bytes: int) -> None:
    site = folder / "lunr"
    site.mkdir()
    for file in [modules / "lunr/lunr.js", *(modules / "lunr-languages").glob("lunr.*.js")]:
        shutil.copy(file, site)
    total, peak = 0.0, 0.0
    # To index Chinese as pairs of characters, lunr needs more than 9 GB and seven minutes. It cannot index Chinese in
    # another way without native modules.
    kept = {language: pages for language, pages in kept.items() if language != "zh"}
    asked = [(language, query) for language, query in asked if language != "zh"]
    for language, pages in kept.items():
        source = folder / "pages.json"
        source.write_text(json.dumps(pages))
        seconds, memory = measured(["node", "--max-old-space-size=20000", Path(__file__).with_name("lunr.js"), modules.resolve(), language, source, site / f"{language}.json"])
        total, peak = total + seconds, max(peak, memory)
        scripts = [f'<script src="{name}"></script>' for name in ("lunr.js", "lunr.stemmer.support.js", f"lunr.{language}.js") if (site / name).exists()]
        (site / f"search_{language}.html").write_text(f'<!DOCTYPE html><html lang="{language}"><title>Search</title>{"".join(scripts)}<body></body></html>')
    size = sum(file.stat().st_size for file in site.glob("*.json"))
    print(f"lunr            {total:7.1f} s {peak:7.0f} MiB, {size / 1e6:.0f} MB: {size / sum(len(text.encode()) for pages in kept.values() for text in pages):.1%} of these languages' text, none of it for passages; without Chinese", flush=True)
    print_result("lunr", *queried(site, asked, browser, """async ([language, query]) => {
        const index = lunr.Index.load(await (await fetch(`/${language}.json`)).json());
        return index.search(query).length;
    }"""))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--pagefind", type=Path)
    parser.add_argument("--lunr", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    rng = random.Random(1325)
    languages = list(ALPHABETS)
    with tempfile.TemporaryDirectory(prefix="scale-") as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        weights = [1 / (rank + 2.7) for rank in range(WORDS)]
        text_bytes = 0
        reports = []
        asked = []
        kept: dict[str, list[str]] = {language: [] for language in languages}
        words = {language: lexicon(rng, language) for language in languages}
        cumulative = []
        total = 0.0
        for weight in weights:
            total += weight
            cumulative.append(total)
        for number in range(arguments.documents):
            language = languages[number % len(languages)]
            pages = []
            for page in range(arguments.pages):
                drawn = rng.choices(words[language], cum_weights=cumulative, k=400)
                pages.append("".join(drawn) if language == "zh" else " ".join(drawn))
                if len(asked) < arguments.queries and rng.random() < 0.01:
                    asked.append((language, " ".join(rng.sample(drawn, 3))))
            if arguments.pagefind or arguments.lunr:
                kept[language] += pages
            text = "\f".join(pages)
            text_bytes += len(text.encode())
            (folder / f"d{number}.txt").write_text(text)
            reports.append({"id": f"d{number}", "title": f"Document {number}", "variants": {language: f"d{number}.txt"}})
        disc = {"title": "Scale", "volume": "SCALE", "languages": languages, "date": 2008}
        manifest = folder / "manifest.yaml"
        manifest.write_text(json.dumps({"disc": disc, "sections": [{"id": "s", "title": "S", "reports": reports}]}))
        image = folder / "out.iso"
        command = [program, "--quiet", "--force", manifest, image]
        for name, more in (("without search", ["--no-search"]), ("first build", []), ("second build", [])):
            seconds, memory = measured(command + more)
            print(f"{name:15} {seconds:7.1f} s {memory:7.0f} MiB", flush=True)
        root = folder / "disc"
        root.mkdir()
        subprocess.run(["bsdtar", "-xf", image, "-C", root], check=True)
        index = sum(file.stat().st_size for file in (root / "pages/search").rglob("*.js"))
        files = sum(1 for _ in (root / "pages/search").rglob("*.js"))
        print(f"text {text_bytes / 1e6:.0f} MB, index {index / 1e6:.0f} MB in {files} files: {index / text_bytes:.1%} of the text")
        for kind, name in (("head", "heads"), ("w", "words"), ("p", "pages of words"), ("t", "texts"), ("d", "documents")):
            shards = [file.stat().st_size for file in (root / "pages/search").rglob(f"{kind}*.js")]
            print(f"   {name:15} {sum(shards) / 1e6:6.1f} MB, largest {max(shards) / 1e3:.0f} kB")

        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        times, sizes, without = [], [], []
        for language, query in asked:
            page = browser.new_page()
            page.goto(address(root, language, ""))
            page.fill("#search_words", query)
            start = time.monotonic()
            page.keyboard.press("Enter")
            # The Arabic message has no digit if one or two documents were found.
            wait_for(page, "document.querySelector('.found h2 a')", 60)
            times.append((time.monotonic() - start) * 1000)
            loaded = [Path(unquote(urlparse(url).path)) for url in page.evaluate("makeDiscSearch.requests")]
            sizes.append(sum(file.stat().st_size for file in loaded) / 1000)
            without.append(sum(file.stat().st_size for file in loaded if file.name[0] != "t") / 1000)
            page.close()
        print_result("make-disc", times, sizes)
        print(f"   without the texts median {statistics.median(without):.0f} kB, worst {max(without):.0f} kB")
        if arguments.pagefind:
            pagefind(arguments.pagefind, folder, kept, asked, browser, text_bytes)
        if arguments.lunr:
            # Each query takes lunr several seconds.
            lunr(arguments.lunr, folder, kept, asked[::8], browser, text_bytes)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
