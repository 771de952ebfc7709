#!/usr/bin/env python3
"""How search grows: thousands of documents in six languages. By hand.

    scale.py --program MAKE_DISC [--documents 2000] [--pages 50] [--queries 100]

Writes texts of invented words, as frequent as words are in languages (Zipf), makes the disc with and
without search, and prints the time and memory of both, the size of the index beside that of the
text, and the bytes and time of queries in Chromium, from file://.
"""

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from check_page import awaited  # noqa: E402
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


def lexicon(chance: random.Random, language: str) -> list[str]:
    if ALPHABETS[language] is None:
        return [chr(0x4E00 + chance.randrange(3500)) + chr(0x4E00 + chance.randrange(3500)) for _ in range(WORDS)]
    consonants, vowels = ALPHABETS[language]
    return ["".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(1 + min(chance.randrange(5), n // 20))) for n in range(WORDS)]


def measured(command: list) -> tuple[float, float]:
    """Seconds and peak MiB of a command."""
    begun = time.monotonic()
    done = subprocess.run(["/usr/bin/env", "python3", "-c", MEASURE, *map(str, command)], check=True, capture_output=True, text=True)
    return time.monotonic() - begun, float(done.stdout.splitlines()[-1]) / 1024


MEASURE = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--queries", type=int, default=100)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    chance = random.Random(1325)
    languages = list(ALPHABETS)
    with tempfile.TemporaryDirectory(prefix="scale-") as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        weights = [1 / (rank + 2.7) for rank in range(WORDS)]
        text_bytes = 0
        reports = []
        asked = []
        words = {language: lexicon(chance, language) for language in languages}
        cumulative = []
        total = 0.0
        for weight in weights:
            total += weight
            cumulative.append(total)
        for number in range(arguments.documents):
            language = languages[number % len(languages)]
            pages = []
            for page in range(arguments.pages):
                drawn = chance.choices(words[language], cum_weights=cumulative, k=400)
                pages.append("".join(drawn) if language == "zh" else " ".join(drawn))
                if len(asked) < arguments.queries and chance.random() < 0.01:
                    asked.append((language, " ".join(chance.sample(drawn, 3))))
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
            begun = time.monotonic()
            page.keyboard.press("Enter")
            awaited(page, "document.querySelector('#search_status').textContent.match(/[0-9]/)", 60)
            times.append((time.monotonic() - begun) * 1000)
            loaded = [Path(unquote(urlparse(url).path)) for url in page.evaluate("makeDiscSearch.requests")]
            sizes.append(sum(file.stat().st_size for file in loaded) / 1000)
            without.append(sum(file.stat().st_size for file in loaded if file.name[0] != "t") / 1000)
            page.close()
        print(f"{len(asked)} queries of three words, each on a new page: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
        print(f"   loaded: median {statistics.median(sizes):.0f} kB, worst {max(sizes):.0f} kB; without the texts median {statistics.median(without):.0f} kB, worst {max(without):.0f} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
