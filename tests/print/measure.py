#!/usr/bin/env python3
"""Measures what poppler draws of the output of `make-disc print`.

    measure.py --program MAKE_DISC [--keep FOLDER]

The sizes of the label, cover, inlay and leaflet must be right to half a millimetre. Texts must stay on their paper and
within the ring of the label, must not overlap, and must be readable from the PDF. Fonts must be embedded. The digest must be
that of the image.
"""

import argparse
import html
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
DPI = 300
RIGHT_TO_LEFT = {
    "disc": {
        "title": {"ar": "المرأة والسلام والأمن: تقارير تقييم الاحتياجات", "zh": "妇女、和平与安全：需求评估报告", "he": "נשים, שלום וביטחון", "fr": "Les femmes, la paix et la sécurité"},
        "volume": "AR_2008", "languages": ["ar", "zh", "he", "fr"], "publisher": "مكتب المنشورات", "date": "2008-06-30", "search": False,
    },
    "sections": [{"id": "needs", "title": {"ar": "الاحتياجات", "zh": "需求", "he": "צרכים", "fr": "Besoins"}, "reports": [
        {"id": "africa", "title": {"ar": "أفريقيا", "zh": "非洲", "he": "אפריקה", "fr": "Afrique"}, "symbol": "S/2007/567", "date": "2007-11-08", "authors": ["Anna Berg"], "variants": {"ar": "a.txt", "zh": "b.txt"}}]}],
}
SIX = {
    "en": "Women, peace and security: reports on resolution 1325", "fr": "Les femmes, la paix et la sécurité : rapports sur la résolution 1325",
    "es": "Las mujeres, la paz y la seguridad: informes sobre la resolución 1325", "ar": "المرأة والسلام والأمن: تقارير عن القرار 1325",
    "zh": "妇女、和平与安全：关于第1325号决议的报告", "ru": "Женщины, мир и безопасность: доклады о резолюции 1325",
}
MANY = "en fr es ar zh ru de pt it ja ko hi bn ur fa sw am ha yo ig so tr vi th id ms tl my km lo ne si ta te mr gu pa uk pl nl".split()


def run(command: list, code: int = 0, **more) -> subprocess.CompletedProcess:
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != code:
        raise SystemExit(f"{command} ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


class Page:
    """A page as poppler draws it. Lengths are in millimetres."""

    def __init__(self, pdf: Path, number: int):
        picture = pdf.with_suffix(f".{number}")
        run(["pdftoppm", "-r", str(DPI), "-f", str(number), "-l", str(number), "-singlefile", "-png", pdf, picture])
        self.image = Image.open(f"{picture}.png").convert("RGB")
        self.width, self.height = (pixels / DPI * 25.4 for pixels in self.image.size)
        boxes = run(["pdftotext", "-bbox", "-f", str(number), "-l", str(number), pdf, "-"]).stdout
        words = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', boxes)
        self.words = [(*(float(value) / 72 * 25.4 for value in word[:4]), html.unescape(word[4])) for word in words]

    def has_ink(self, x: float, y: float) -> bool:
        column, row = (min(int(value / 25.4 * DPI), limit - 1) for value, limit in zip((x, y), self.image.size))
        return sum(self.image.getpixel((column, row))) < 3 * 235

    def edges(self, y: float, start: float = 0.0, end: float | None = None) -> list[float]:
        """The positions along a row where ink starts or ends."""
        step = 25.4 / DPI
        places = [start + step * (n + 0.5) for n in range(int(((end or self.width) - start) / step))]
        ink = [self.has_ink(x, y) for x in places]
        return [places[n] for n in range(1, len(ink)) if ink[n] != ink[n - 1]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    results: list[tuple[str, bool, str]] = []

    def check(name: str, passed: bool, detail: object = "") -> None:
        results.append((name, bool(passed), str(detail)))

    def check_length(name: str, value: float | None, expected: float) -> None:
        check(f"{name}: {expected} mm", value is not None and abs(value - expected) <= 0.5, f"is {value}")

    def check_pages(name: str, pdf: Path, pages: range) -> None:
        """Checks that every word is within the cut, and that no words overlap."""
        for number in pages:
            page = Page(pdf, number)
            # The cover and the inlay have 10 mm of paper around the cut; the other sheets are checked against the paper. 0.5 mm less is required,
            # because the box of a word is that of its font.
            margin = 9.5 if 125 < page.width < 300 and page.height < 200 else 0
            outside = [word for word in page.words if min(word[:2]) < margin or word[2] > page.width - margin or word[3] > page.height - margin]
            check(f"{name}, page {number}: all words are within the cut", not outside, outside)
            # The height of a word's box is that of its font, not of its letters: neighbours may touch.
            def overlap(a: tuple, b: tuple) -> bool:
                return min(a[2], b[2]) - max(a[0], b[0]) > 0.3 and min(a[3], b[3]) - max(a[1], b[1]) > 0.45 * min(a[3] - a[1], b[3] - b[1])
            upright = [word for word in page.words if word[2] - word[0] > 0.6 * (word[3] - word[1]) or len(word[4]) < 3]
            clashes = [(a[4], b[4]) for a, b in itertools.combinations(upright, 2) if overlap(a, b)]
            check(f"{name}, page {number}: no words overlap", not clashes, clashes)

    def check_ring(name: str, pdf: Path, diameter: float, hub: float) -> None:
        page = Page(pdf, 1)
        middle = diameter / 2
        def distances(word: tuple) -> tuple[float, float]:
            corners = [((x - middle) ** 2 + (y - middle) ** 2) ** 0.5 for x in (word[0], word[2]) for y in (word[1], word[3])]
            nearest = ((max(word[0] - middle, middle - word[2], 0)) ** 2 + max(word[1] - middle, middle - word[3], 0) ** 2) ** 0.5
            return max(corners), nearest
        bad = [word[4] for word in page.words if distances(word)[0] > middle - 1 or distances(word)[1] < hub / 2]
        check(f"{name}: every word of the label is in the ring", page.words and not bad, bad)

    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sample = REPOSITORY / "manifest.yaml"
        pdf = folder / "sample.pdf"
        run([program, "--quiet", "--force", sample, folder / "out.iso"])
        result = json.loads(run([program, "print", "--json", "--force", sample, pdf]).stdout)
        image = run(["sha256sum", folder / "out.iso"]).stdout.split()[0]
        check("the digest is the image's", result["sha256"] == image, result)
        check("the pages are counted", [(piece["piece"], piece["pages"]) for piece in result["pages"]] == [("label", 1), ("cover", 2), ("inlay", 1), ("leaflet", 3)], result)
        short = "SHA-256 " + " ".join(image[at : at + 4] for at in range(0, 16, 4))
        for number in range(1, 8):
            text = " ".join(run(["pdftotext", "-f", str(number), "-l", str(number), pdf, "-"]).stdout.split())
            check(f"page {number} shows the volume", number == 3 or "UN1325_2008" in text, text)
            check(f"page {number} shows the digest, but the label does not", number == 3 or (short in text) == (number > 1), text)
        check("qpdf finds no error", "No syntax or stream encoding errors" in run(["qpdf", "--check", pdf]).stdout)
        fonts = run(["pdffonts", pdf]).stdout.splitlines()[2:]
        check("every font is embedded, in part, with its characters", fonts and all(re.search(r"\byes yes yes\b", line) for line in fonts), fonts)
        info = run(["pdfinfo", pdf]).stdout
        check("the PDF is tagged", re.search(r"Tagged: +yes", info), info)
        structure = run(["pdfinfo", "-struct-text", pdf]).stdout
        check("its headings are those of the leaflet", structure.count("H1") == 3 and all(level in structure for level in ("H2", "H3")), structure[:3000])
        check("the PDF has a title and no date", "Title:" in info and "Date" not in info, info)
        again = run(["faketime", "2033-03-03 03:03:03", program, "print", "--force", "--quiet", "--image", folder / "out.iso", sample, folder / "again.pdf"])
        check("the same bytes at another time", again and pdf.read_bytes() == (folder / "again.pdf").read_bytes())

        run([program, "print", "--force", "--quiet", "--image", folder / "out.iso", "--only", "tag", sample, folder / "tag.pdf"])
        check_pages("tag", folder / "tag.pdf", range(1, 2))
        tag = Page(folder / "tag.pdf", 1)
        check_length("width of the tag with its margins", tag.width, 74)
        check_length("height of the tag with its margins", tag.height, 106)

        label = Page(pdf, 1)
        check_length("width of the label", label.width, 120)
        check_length("height of the label", label.height, 120)
        # A horizontal line through the middle crosses only the rings.
        across = label.edges(60)
        check_length("outside of the label's ring", across[-1] - across[0] if across else None, 118)
        hub = [x for x in across if 30 < x < 90]
        check_length("hub of the label", max(hub) - min(hub) - 1.2 if hub else None, 46)
        check_ring("sample", pdf, 120, 46)

        cover = Page(pdf, 2)
        check_length("width of the cover's paper", cover.width, 260)
        marks = cover.edges(3)
        check_length("left cut of the cover", marks[0] if marks else None, 10)
        check_length("right cut of the cover", marks[-1] if marks else None, 250)
        field = cover.edges(9)
        check_length("colour extends beyond the cut", field[-1] if field else None, 253)
        check_length("the front starts at the fold", field[0] if field else None, 130)
        fold = [x for x in marks if 100 < x < 160]
        check_length("fold of the cover", fold[0] if fold else None, 130)

        label_lines = run(["pdftotext", "-f", "1", "-l", "1", "-layout", pdf, "-"]).stdout.split("\n")
        lengths = [len(line.strip()) for line in label_lines if line.strip()][:3]
        check("the lines of the title on the label are about equally long", min(lengths) > 0.6 * max(lengths), label_lines)
        inside = run(["pdftotext", "-f", "3", "-l", "3", pdf, "-"]).stdout
        check("each half of the cover's inner side names its language", "English" in inside and "Français" in inside, inside)

        inlay = Page(pdf, 4)
        check_length("width of the inlay's paper", inlay.width, 171)
        check_length("height of the inlay's paper", inlay.height, 138)
        row = inlay.edges(12)
        check_length("colour of the left spine extends beyond the cut", row[0] if row else None, 7)
        check_length("left spine", row[1] - 10 if len(row) > 1 else None, 6.5)
        check_length("right spine", 161 - row[-2] if len(row) > 2 else None, 6.5)
        check_length("colour of the right spine extends beyond the cut", row[-1] if row else None, 164)

        pictures = lambda pdf: len(run(["pdfimages", "-list", "-f", "1", "-l", "1", pdf]).stdout.splitlines()[2:])
        inlays = {}
        for name, more in (("plain", []), ("covers", ["--covers"]), ("twice", ["--covers"])):
            inlays[name] = folder / f"inlay-{name}.pdf"
            run([program, "print", "--force", "--quiet", "--only", "inlay", "--language", "en", "--image", folder / "out.iso", *more, sample, inlays[name]])
        check("the inlay has covers only with --covers", pictures(inlays["plain"]) == 0 and 4 <= pictures(inlays["covers"]) <= 6, [pictures(pdf) for pdf in inlays.values()])
        check("the same covers each time", inlays["covers"].read_bytes() == inlays["twice"].read_bytes())
        check_pages("the inlay with covers", inlays["covers"], range(1, 2))
        inlay = Page(inlays["covers"], 1)
        # The row of covers ends 9 mm above the margin of the panel, which is 8 mm from the cut.
        row = inlay.edges(138 - 10 - 8 - 9 - 0.4, 17, 154)
        check_length("the first cover starts at the margin", row[0] if row else None, 24.5)
        check("the covers end within the margin", row and row[-1] <= 146.7, row)
        below = [word for word in inlay.words if 20 < word[0] and word[3] > 81.5 and word[1] < 111 and word[2] < 150]
        check("no words are on the covers", not below, below)
        (folder / "none.txt").write_text("none")
        manifest = "disc: {title: A, volume: A, languages: [en], covers: COVERS}\nsections: [{id: a, title: A, reports: [{id: a, title: A, variants: {en: none.txt}}]}]\n"
        for covers, message in (("false", "`covers: false`"), ("true", "none of the documents has a cover")):
            (folder / "none.yaml").write_text(manifest.replace("COVERS", covers))
            refused = run([program, "print", "--covers", folder / "none.yaml", folder / "none.pdf"], 2).stderr
            check(f"without covers, says why: {message}", message in refused, refused)

        for number in (5, 6, 7):
            leaflet = Page(pdf, number)
            check_length(f"width of the leaflet, page {number}", leaflet.width, 210)
            check_length(f"height of the leaflet, page {number}", leaflet.height, 297)
        run([program, "print", "--force", "--quiet", "--only", "leaflet", "--paper", "letter", "--language", "fr", "--image", folder / "out.iso", sample, folder / "letter.pdf"])
        letter = Page(folder / "letter.pdf", 1)
        check_length("width of the leaflet on letter", letter.width, 215.9)
        check_pages("sample", pdf, range(1, 8))
        text = " ".join(run(["pdftotext", pdf, "-"]).stdout.split())
        for title in ("Regional Needs Assessment: Latin America and the Caribbean", "documents/dialogues/informe_santiago.pdf", "Mise en œuvre nationale"):
            check(f"the text can be read from the PDF: {title}", title in text)

        def collection(name: str, manifest: dict) -> tuple[Path, str]:
            place = folder / name
            place.mkdir(exist_ok=True)
            for file in ("a.txt", "b.txt"):
                (place / file).write_text(file)
            (place / "manifest.yaml").write_text(json.dumps(manifest, ensure_ascii=False))
            done = run([program, "print", "--force", place / "manifest.yaml", place / "out.pdf"])
            return place / "out.pdf", done.stderr

        pdf, messages = collection("right", RIGHT_TO_LEFT)
        text = run(["pdftotext", pdf, "-"]).stdout
        letters = lambda text: sorted(c for c in text if c.isalpha())
        lines = [letters(line) for line in text.splitlines()]
        for language, title in RIGHT_TO_LEFT["disc"]["title"].items():
            # poppler decomposes Arabic ligatures in the wrong order, so letters are compared regardless of order.
            passed = title in text if language in ("zh", "fr") else letters(title) in lines
            check(f"the title in {language} can be read from the PDF", passed, text)
        check("a font for every script is found", "missing-glyph" not in messages, messages)
        first = Page(pdf, 5)
        right = max(word[2] for word in first.words if word[1] < 60)
        check_length("right-to-left lines start at the right margin", right, 190)
        symbol = next(word for word in first.words if word[4] == "S/2007/567")
        line = sorted((word for word in first.words if abs(word[1] - symbol[1]) < 2), key=lambda word: -word[2])
        order = [word[4] for word in line if word[4] in ("S/2007/567", "8", "2007", "Berg")]
        check("symbol, date and author follow one another from the right", order == ["S/2007/567", "8", "2007", "Berg"], line)
        back = run(["pdftotext", "-f", "2", "-l", "2", pdf, "-"]).stdout
        check("no language has the instructions of another under its name", back.count("index.html") == 3 and "Open" not in back, back)
        check_pages("right to left", pdf, range(1, 9))
        check_ring("right to left", pdf, 120, 46)

        few = {"disc": {"title": "A", "volume": "A", "languages": ["en"], "search": False}, "sections": [{"id": "a", "title": "A", "reports": [{"id": "a", "title": "A", "variants": {"en": "a.txt"}}]}]}
        pdf, _ = collection("few", few)
        check_pages("a single report", pdf, range(1, 6))
        long = json.loads(json.dumps(few))
        long["sections"][0]["reports"][0]["title"] = "Donaudampfschifffahrt" * 6
        pdf, _ = collection("long", long)
        check_pages("a word longer than a line", pdf, range(1, 6))
        crossing = [word for word in Page(pdf, 3).words if word[0] < 130 < word[2]]
        check("a word longer than a line does not cross the fold of the cover", not crossing, crossing)
        small = json.loads(json.dumps(few))
        small["disc"]["media"] = "mini-cd"
        pdf, _ = collection("small", small)
        check_length("width of a small label", Page(pdf, 1).width, 80)
        check_ring("small", pdf, 80, 36)
        same = json.loads(json.dumps(few))
        same["disc"]["languages"] = ["en", "fr"]
        same["sections"][0]["reports"] = [{"id": f"r{r}", "title": f"Report number {r}", "variants": {"en": "a.txt"}} for r in range(40)]
        pdf, _ = collection("same", same)
        check_pages("titles that are the same in all languages", pdf, range(3, 4))
        inside = run(["pdftotext", "-f", "3", "-l", "3", pdf, "-"]).stdout
        check("titles that are the same in all languages are printed once", all(inside.count(f"Report number {r}\n") == 1 for r in range(40)), inside)
        halves = {word[0] > 130 for word in Page(pdf, 3).words}
        check("they are on both halves", halves == {False, True}, halves)
        large = json.loads(json.dumps(few))
        large["disc"]["title"] = "Women, peace and security in the regions of the world: a very long title " * 8
        large["disc"]["publisher"] = "The Office for Publications of a Very Long Name"
        large["sections"] = [
            {"id": f"s{s}", "title": f"Section {s} of a collection that is larger than any case", "reports": [{"id": f"r{r}", "title": f"Report {r} about something that takes many words to say, and some more", "variants": {"en": "a.txt"}} for r in range(40)]}
            for s in range(8)
        ]
        pdf, messages = collection("much", large)
        check("truncated text is reported", "cut-on-paper" in messages, messages)
        count = int(re.search(r"Pages:\s+(\d+)", run(["pdfinfo", pdf]).stdout)[1])
        check("the leaflet has as many pages as it needs", count > 10, count)
        check_pages("a large collection", pdf, range(1, count + 1))
        check_ring("a large collection", pdf, 120, 46)
        six = json.loads(json.dumps(few))
        six["disc"] |= {"languages": list(SIX), "title": SIX, "publisher": "United Nations", "date": "2008-06-30", "identifier": "S/2008/1"}
        pdf, messages = collection("six", six)
        check("six titles have room on the label and the cover", "left out" not in messages and "shortened" not in messages, messages)
        check_pages("six languages", pdf, range(1, 5))
        check_ring("six languages", pdf, 120, 46)
        many = json.loads(json.dumps(few))
        many["disc"]["languages"] = MANY
        many["disc"]["title"] = {tag: f"Title {tag}" for tag in MANY}
        pdf, messages = collection("many", many)
        check("titles that are left out are reported", "are left out" in messages, messages)
        check_pages("forty languages", pdf, range(1, 5))
        check_ring("forty languages", pdf, 120, 46)

        # Missing fonts for Chinese are reported. Without any fonts, nothing is printed.
        fonts = folder / "fonts.conf"
        def with_fonts(directory: str, code: int) -> str:
            fonts.write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{directory}</dir></fontconfig>')
            environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
            return run([program, "print", "--force", folder / "right/manifest.yaml", folder / "fonts.pdf"], code, env=environment).stderr
        messages = with_fonts("/usr/share/fonts/truetype/dejavu", 0)
        check("characters without a font are reported", "missing-glyph" in messages and "fonts-noto-cjk" in messages, messages)
        (folder / "empty").mkdir(exist_ok=True)
        check("missing fonts are reported", "there are no fonts" in with_fonts(str(folder / "empty"), 3))
        refused = run([program, "print", sample, folder / "sample.pdf"], 2).stderr
        check("an existing PDF is not replaced", "replace it with `--force`" in refused, refused)
    for name, passed, detail in results:
        if not passed:
            print(f"FAILED: {name}\n{detail[:1500]}")
    failed = sum(not passed for _, passed, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
