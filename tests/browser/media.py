#!/usr/bin/env python3
"""Shows pictures and plays recordings with captions on report pages, in Chromium and in Firefox ESR, from file://.

    media.py --program MAKE_DISC [--screenshots DIR]

Makes the recordings itself: sound with the standard library, and video with the recorder of Chromium.
"""

import argparse
import base64
import json
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import wave
import zlib
from pathlib import Path

from playwright.sync_api import sync_playwright

from check_page import check, make_disc, results
from firefox import firefox

MANIFEST = """\
disc:
  title: {en: Opening of the harbour, ar: افتتاح الميناء}
  languages: [en, ar]
  date: 2008
sections:
  - id: opening
    title: {en: Opening, ar: الافتتاح}
    reports:
      - id: film
        title: {en: "Film: the opening", ar: فيلم الافتتاح}
        variants:
          en: [{file: film.webm, title: The opening, description: The film without its credits.}, film.en.vtt]
          ar: [film.webm, film.ar.srt]
      - id: interview
        title: {en: Interview, ar: مقابلة}
        variants:
          en: [{file: talk.wav, title: Interview with the keeper}, talk.srt, {file: notes.txt, title: Notes}]
      - id: catches
        title: {en: Catches by year, ar: الصيد بحسب السنة}
        variants:
          en: [{file: catches.csv, title: Catches}]
          ar: catches.ar.csv
      - id: pictures
        title: {en: Pictures, ar: صور}
        variants:
          zxx:
            - {file: pier.png, title: The pier, description: A wooden pier at high tide}
            - {file: plan.svg, description: A plan of the harbour}
"""

RECORD = """async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 320; canvas.height = 180;
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(10), {mimeType: "video/webm;codecs=vp8"});
  const parts = [];
  recorder.ondataavailable = event => parts.push(event.data);
  recorder.start();
  for (let i = 0; i < 20; i++) {
    context.fillStyle = `hsl(${i * 18}, 70%, 50%)`;
    context.fillRect(0, 0, 320, 180);
    await new Promise(done => setTimeout(done, 100));
  }
  const stopped = new Promise(done => recorder.onstop = done);
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
}"""

# Plays the recordings of a page with their captions, which browsers load only when they show them.
SHOW = "Array.prototype.forEach.call(document.querySelectorAll('audio,video'), m => { if (m.textTracks[0]) m.textTracks[0].mode = 'showing'; m.muted = true; m.play(); })"
# The state of the pictures and recordings of a page.
STATE = """JSON.stringify({
  pictures: Array.from(document.querySelectorAll("figure img"), p => { p.loading = "eager"; return p.complete && p.naturalWidth }),
  recordings: Array.from(document.querySelectorAll("audio,video"), m => ({
    ready: m.readyState >= 2, error: m.error && m.error.message, played: m.currentTime > 0,
    cues: m.textTracks[0] && m.textTracks[0].cues ? Array.from(m.textTracks[0].cues, c => c.text) : [],
    said: (m.parentNode.querySelector("details p") || {}).textContent
  }))
})"""

# For each page: how many pictures it shows, and the captions of each recording.
PAGES = {
    "en/opening/film": (0, [["The harbour is open.", "<b>50%</b> & more"]]),
    "ar/opening/film": (0, [["الميناء مفتوح."]]),
    "en/opening/interview": (0, [[]]),
    # The interview has no Arabic variant: the page plays the English recording.
    "ar/opening/interview": (0, [[]]),
    "en/opening/pictures": (2, []),
    "ar/opening/pictures": (2, []),
}


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(c for x in range(width) for c in (x * 255 // width, 90, y * 255 // height)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_sources(folder: Path, browser) -> Path:
    folder.mkdir()
    page = browser.new_page()
    (folder / "film.webm").write_bytes(base64.b64decode(page.evaluate(RECORD)))
    page.close()
    (folder / "film.en.vtt").write_text(
        "WEBVTT\n\nNOTE made for a test\n\n00:00.000 --> 00:02.000\nThe harbour is open.\n\n00:01.000 --> 00:02.000 line:0\n<b>50%</b> & more\n"
    )
    (folder / "film.ar.srt").write_text("1\n00:00:00,000 --> 00:00:04,000\nالميناء مفتوح.\n", "utf-8")
    (folder / "talk.srt").write_text("1\r\n00:00:00,000 --> 00:00:04,000\r\nI have kept the light since 1961.\r\n", "cp1252")
    with wave.open(str(folder / "talk.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 4))) for n in range(32000)))
    (folder / "notes.txt").write_text("Notes about the lamp.\n")
    (folder / "pier.png").write_bytes(png(320, 200))
    (folder / "plan.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="120"><path d="M10 60h180" stroke="#246" stroke-width="8"/></svg>')
    rows = "".join(f"{year},{year * 7 % 900},Cod and herring\n" for year in range(1990, 2020))
    (folder / "catches.csv").write_text("Year,Tonnes,Kind\n" + rows)
    (folder / "catches.ar.csv").write_text("السنة;الأطنان;النوع\n" + rows.replace(",", ";").replace("Cod and herring", "القد والرنجة"), "utf-8")
    (folder / "manifest.yaml").write_text(MANIFEST, "utf-8")
    return folder / "manifest.yaml"


def judge(name: str, wanted, read_state) -> None:
    pictures, captions = wanted
    end = time.monotonic() + 20
    while time.monotonic() < end:
        state = json.loads(read_state())
        recordings = state["recordings"]
        good = (
            len(state["pictures"]) == pictures
            and all(state["pictures"])
            and [recording["cues"] for recording in recordings] == captions
            and all(recording["ready"] and recording["played"] and recording["said"] for recording in recordings)
        )
        if good:
            break
        time.sleep(0.1)
    check(name, good, json.dumps(state, ensure_ascii=False))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="media-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
            )
            manifest = write_sources(folder / "sources", browser)
            found = subprocess.run([program, "check", "--json", manifest], capture_output=True, text=True)
            codes = [finding["code"] for finding in json.loads(found.stdout)["findings"]]
            check("`check` finds no mistake", found.returncode == 0 and not {"bad-captions", "captions-alone"} & set(codes), found.stdout)
            disc = make_disc(program, manifest, folder)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            problems = []
            page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
            for path, wanted in PAGES.items():
                page.goto((disc / "pages" / f"{path}.html").as_uri())
                page.evaluate(SHOW)
                judge(f"Chromium: {path}", wanted, lambda: page.evaluate(STATE))
                if arguments.screenshots:
                    arguments.screenshots.mkdir(exist_ok=True)
                    for width, height in ((1280, 800), (360, 740)):
                        page.set_viewport_size({"width": width, "height": height})
                        page.screenshot(path=arguments.screenshots / f"{path.replace('/', '_')}_{width}.png", full_page=True)
                    page.set_viewport_size({"width": 1280, "height": 800})
            for language, first, caption in (("en", "Year", "First rows: 10 of 30"), ("ar", "السنة", "10")):
                page.goto((disc / f"pages/{language}/opening/catches.html").as_uri())
                table = page.evaluate("(() => { const f = document.querySelector('figure.shown'); return [f.querySelector('th').textContent, f.querySelectorAll('tbody tr').length, f.querySelector('figcaption').textContent, document.documentElement.scrollWidth <= innerWidth] })()")
                check(f"Chromium: the first rows of a table in {language}", table[0] == first and table[1] == 10 and caption in table[2] and table[3], str(table))
                if arguments.screenshots:
                    page.screenshot(path=arguments.screenshots / f"{language}_opening_catches_1280.png", full_page=True)
            for language, name in (("en", "Open the document"), ("ar", "فتح الوثيقة")):
                page.goto((disc / f"pages/{language}/opening/pictures.html").as_uri())
                shown = page.inner_text(".main_file strong").strip()
                check(f"Chromium: pictures without words are opened without a language in {language}", shown == name, shown)
                page.goto((disc / f"pages/{language}/list.html").as_uri())
                chips = page.locator(".reports > li", has=page.locator("a[href*=pictures]")).locator("ul.files a").all_inner_texts()
                check(f"Chromium: they have only formats in the list in {language}", [chip.split()[-1] for chip in chips] == ["PNG", "SVG"] and not any("ling" in chip or "لغ" in chip for chip in chips), str(chips))
            check("Chromium reports no problem", not problems, str(problems))
            page.goto((disc / "pages/en/search.html").as_uri() + "?q=light+1961")
            end = time.monotonic() + 20
            while time.monotonic() < end and not (hit := page.evaluate("(document.querySelector('.found a[href*=talk], .found a[href*=interview]') || {}).href")):
                time.sleep(0.1)
            links = page.evaluate("Array.from(document.querySelectorAll('.found a'), a => a.href)")
            check("the words of captions lead to the recording", any(link.endswith("/documents/opening/interview_en_1.wav") or link.endswith("/documents/opening/interview_en.wav") for link in links), str(links))
            browser.close()
        with firefox(folder / "profile") as browser:
            for path, wanted in PAGES.items():
                browser.navigate((disc / "pages" / f"{path}.html").as_uri())
                browser.execute_script(SHOW, sandbox=None)
                judge(f"Firefox: {path}", wanted, lambda: browser.execute_script(f"return {STATE}", sandbox=None))
                if arguments.screenshots:
                    (arguments.screenshots / f"{path.replace('/', '_')}_firefox.png").write_bytes(base64.b64decode(browser.screenshot()))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
