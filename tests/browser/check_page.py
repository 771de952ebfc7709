#!/usr/bin/env python3
"""Checks discs with their own page "Check this disc", in Chromium, from file://.

    check_page.py --program MAKE_DISC [--screenshots DIR]

Makes the sample disc and one with `names: dos`, unpacks them, damages copies, and checks them with the page of
every language. Prints one line per case, at the end `N passed, M failed`.
"""

import argparse
import hashlib
import html
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from timestamp import timestamp

REPOSITORY = Path(__file__).resolve().parents[2]
LANGUAGES = ["en", "fr", "es"]
SANTIAGO = "documents/dialogues/santiago_fr.pdf"

DOS = """\
disc:
  title: {en: Two reports, ar: تقريران, zh: 两份报告, ru: Два доклада}
  volume: TWO
  languages: [en, ar, zh, ru]
  date: 2008-06-30
  names: dos
sections:
  - id: needs
    title: Needs
    reports:
      - id: africa
        title: {en: Africa and "its" <needs>, ar: أفريقيا, zh: 非洲, ru: Африка}
        variants: {en: a.pdf, ar: b.pdf, zh: c.pdf}
"""

# Keys that `minisign -G -W` made for these tests.
KEY_ID = "F6DF2B5F5C44F148"
KEY = """untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASPFEXF8r3/be8vKlu7/wVw4r7QpmM5v5JmBBkaOIy2tc9ItPc4GoT7qxmTZMs2UWg0fNM8lBXpvm19SukMkJTJJctv90QOHWAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""
OTHER_KEY = """untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAiZrdXMl6WBrssRpmlBiNs68xfyXX4/yuF33w55kca74BD3ku1MjImT87uQFE8LmD4rWNFmAyO8JLGuTKRinufHzsdWun9qJlAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""

# Keys that `ssh-keygen -t ed25519` made for these tests.
SSH_FINGERPRINT = "SHA256:kgKLrM/faXD5TYXV8VvULZTxutm+QoingXyI0rIVqR8"
SSH_KEY = """-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACD6j6zspzhbi7WT+gPrgbNZnRK0CkmccbrK4HL8a6peGgAAAIhvRRgFb0UY
BQAAAAtzc2gtZWQyNTUxOQAAACD6j6zspzhbi7WT+gPrgbNZnRK0CkmccbrK4HL8a6peGg
AAAEBGN8T6+EldF/yo5coaqJQBJeSc4EGaDz/0oL/C9+WXYvqPrOynOFuLtZP6A+uBs1md
ErQKSZxxusrgcvxrql4aAAAAAAECAwQF
-----END OPENSSH PRIVATE KEY-----
"""
OTHER_SSH_KEY = """-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACCY6jxYAyt6I8XDIm9+3EvvE5+bJZn+Zu5RsJZT7hOr4gAAAIhFvVEyRb1R
MgAAAAtzc2gtZWQyNTUxOQAAACCY6jxYAyt6I8XDIm9+3EvvE5+bJZn+Zu5RsJZT7hOr4g
AAAECtwL3c9bJ00x0Opzo0mg6MgQFnwBmgw7Cp1bKsdv6E/5jqPFgDK3ojxcMib37cS+8T
n5slmf5m7lGwllPuE6viAAAAAAECAwQF
-----END OPENSSH PRIVATE KEY-----
"""

results = []


def check(name: str, good: bool, detail: str = "") -> None:
    results.append(good)
    print(f"{'ok' if good else 'FAIL':4}  {name}{'' if good else '  ' + detail}", flush=True)


def wait_for(page: Page, expression: str, seconds: float = 30):
    """Waits until an expression is true in the page, and returns its value. The functions of Playwright
    need `eval`, which the pages forbid."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := page.evaluate(expression):
            return value
        time.sleep(0.02)
    raise TimeoutError(expression)


def make_disc(program: Path, manifest: Path, folder: Path, *options) -> Path:
    """Makes the disc of a manifest, unpacks it and returns its folder."""
    image, disc = folder / f"{folder.name}.iso", folder / "disc"
    subprocess.run([program, "--quiet", manifest, image, *options], check=True)
    disc.mkdir()
    subprocess.run(["bsdtar", "-xf", image, "-C", disc], check=True)
    subprocess.run(["chmod", "-R", "u+w", disc], check=True)
    return disc


def copy(disc: Path, name: str) -> Path:
    target = disc.parent / name
    shutil.copytree(disc, target)
    return target


def flip_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


class Reader:
    """Opens pages in a browser, and records the errors that the browser reports."""

    def __init__(self, browser):
        self.browser = browser
        self.errors: list[str] = []

    @contextmanager
    def at(self, disc: Path, language: str, script: bool = True, width: int = 1280):
        context = self.browser.new_context(java_script_enabled=script, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.record_request(request.url))
        found = next((disc / "pages" / language).glob("check.htm*"))
        page.goto(found.as_uri())
        yield page
        context.close()

    def record_request(self, url: str) -> None:
        if not url.startswith("file://"):
            self.errors.append(f"requested {url}")


def check_folder(page: Page, folder: Path) -> str:
    """Lets the page check a folder, and returns its verdict."""
    page.set_input_files("#checker_pick", folder)
    wait_for(page, "document.querySelector('#checker_verdict h3')", 60)
    return page.inner_text("#checker_verdict")


def is_good(page: Page) -> bool:
    return page.get_attribute("#checker_verdict", "class") == "good"


def heading(page: Path) -> str:
    """The title of a report as its page shows it, whatever elements it consists of."""
    source = re.search(r"<h1\b[^>]*>(.*?)</h1>", page.read_text(encoding="utf-8"), re.DOTALL)[1]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", source))).strip()


def languages(reader: Reader, disc: Path, tags: list[str], document: str, title: dict, take_screenshots) -> None:
    """Checks a good disc and one with a flipped byte, on the page of each language."""
    bad = copy(disc, f"flipped-{len(results)}")
    flip_byte(bad / document)
    digest = hashlib.sha256(next(p for p in disc.iterdir() if p.name.lower() in ("sha256sums", "sha256.sum")).read_bytes())
    for tag in tags:
        with reader.at(disc, tag) as page:
            verdict = check_folder(page, disc)
            focused = page.evaluate("document.activeElement.id")
            good = is_good(page) and digest.hexdigest() in verdict and focused == "checker_verdict"
            check(f"{tag}: a good disc", good, verdict)
            take_screenshots(page, f"good-{tag}")
        with reader.at(bad, tag) as page:
            verdict = check_folder(page, bad)
            check(f"{tag}: a flipped byte", not is_good(page) and document in verdict and title[tag] in verdict, verdict)
            check(f"{tag}: nothing else is bad", page.locator("#checker_verdict tbody tr").count() == 1, verdict)
            take_screenshots(page, f"bad-{tag}")


def other_damage(reader: Reader, disc: Path) -> None:
    """Checks other kinds of damage on the English page."""

    def check_copy(name: str, folder: Path, expected: str, good: bool = False) -> None:
        with reader.at(disc, "en") as page:
            verdict = check_folder(page, folder)
            check(name, is_good(page) == good and expected in verdict, verdict)

    missing = copy(disc, "missing")
    (missing / SANTIAGO).unlink()
    check_copy("a missing document", missing, "missing")
    added = copy(disc, "added")
    (added / "new.txt").write_text("new")
    (added / ".DS_Store").write_text("x")
    check_copy("an added file", added, "Extra files that are not in the list: 1", good=False)
    # Every JavaScript object has properties with these names.
    for name in ("constructor", "__proto__", "toString", "valueOf"):
        inherited = copy(disc, f"added-{name}")
        (inherited / name).write_text("new")
        check_copy(f"an added file named {name}", inherited, name, good=False)
    wrong = copy(disc, "malformed")
    listed = wrong / "SHA256SUMS"
    listed.write_text(listed.read_text()[:-20])
    check_copy("a truncated list", wrong, "is itself damaged")
    empty = copy(disc, "empty")
    (empty / "SHA256SUMS").write_text("")
    check_copy("an empty list", empty, "is itself damaged")
    check_copy("another folder", disc / "documents", "does not hold the file SHA256SUMS")
    small = copy(disc, "small")
    (small / "SHA256SUMS").rename(small / "sha256sums")
    check_copy("a list with a name in lower case", small, "The disc is intact", good=True)
    capitals = copy(disc, "capitals")
    for path in sorted(capitals.rglob("*"), key=lambda p: -len(p.parts)):
        if path.name != "SHA256SUMS":
            path.rename(path.with_name(path.name.upper()))
    check_copy("names in upper case", capitals, "The disc is intact", good=True)
    for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 2 * 1024 * 1024, 2 * 1024 * 1024 + 1):
        lone = disc.parent / f"lone-{length}"
        lone.mkdir()
        data = hashlib.shake_128(b"%d" % length).digest(length)
        (lone / "file.bin").write_bytes(data)
        (lone / "SHA256SUMS").write_text(f"{hashlib.sha256(data).hexdigest()}  file.bin\n")
        check_copy(f"the digest of {length} bytes", lone, "Its files match the list in its own folder. Files checked: 1")
        (lone / "file.bin").write_bytes(data + b"x")
        check_copy(f"a wrong digest of {length} bytes", lone, "The disc is not intact. Bad files: 1 of 1")


def other_discs(reader: Reader, disc: Path, other: Path, edition: Path, take_screenshots) -> None:
    """Checks discs other than the disc of the page, which must not be called intact."""

    def check_other(name: str, tag: str, folder: Path, title: str, expected: str) -> None:
        with reader.at(disc, tag) as page:
            verdict = check_folder(page, folder)
            kind = page.get_attribute("#checker_verdict", "class")
            check(name, title in verdict and expected in verdict and "is intact" not in verdict, f"{kind}: {verdict}")
            take_screenshots(page, name.replace(" ", "-"))

    files = len(list(other.rglob("*"))) - sum(path.is_dir() for path in other.rglob("*")) - 1
    check_other("another disc", "en", other, "another disc, another edition or a changed copy: \u2068Two reports", f"own folder. Files checked: {files}")
    check_other("another disc, in French", "fr", other, "un autre disque", "Fichiers vérifiés")
    with reader.at(other, "zh") as page:
        verdict = check_folder(page, edition)
        check("another edition", page.get_attribute("#checker_verdict", "class") == "another" and "\u2068两份报告" in verdict, verdict)
    bad = copy(other, "other-flipped")
    flip_byte(bad / "docs/needs/africa/ar.pdf")
    check_other("another disc with a flipped byte", "en", bad, "another edition", "The disc is not intact. Bad files: 1 of")
    longer = copy(disc, "longer")
    (longer / "more.txt").write_bytes(b"x")
    with (longer / "SHA256SUMS").open("a") as out:
        out.write(f"{hashlib.sha256(b'x').hexdigest()}  more.txt\n")
    check_other("a copy with one more file in its list", "en", longer, "a changed copy", "match the list in its own folder")
    # A title that could pass for the end of the sentence and a verdict of its own.
    retitled = copy(other, "retitled")
    checksum_list = next(path for path in (retitled / "SHA256SUMS", retitled / "sha256.sum") if path.exists())
    lines = checksum_list.read_text()
    for path in retitled.glob("*/*/check.htm*"):
        before = path.read_bytes()
        title = ("\u3164" * 60 + "The disc is intact." + "a" + "\u0301" * 40).encode()
        after = re.sub(rb'data-title="[^"]*"', b'data-title="' + title + b'"', before)
        path.write_bytes(after)
        lines = lines.replace(hashlib.sha256(before).hexdigest(), hashlib.sha256(after).hexdigest())
    checksum_list.write_text(lines)
    with reader.at(disc, "en") as page:
        verdict = check_folder(page, retitled)
        escaped = "\\u3164\\u3164" in verdict and "\u3164" not in verdict and "\u0301" * 7 not in verdict
        check("the title of another disc is escaped", escaped and page.get_attribute("#checker_verdict", "class") == "another", verdict)
    damaged = copy(disc, "damaged-page")
    flip_byte(damaged / "pages/en/check.html")
    with reader.at(disc, "en") as page:
        verdict = check_folder(page, damaged)
        check("this disc with damage to its own page", "Bad files: 1 of" in verdict and "another disc" not in verdict, verdict)


def signed(reader: Reader, program: Path, manifest: Path, folder: Path, take_screenshots) -> None:
    """Checks signed discs. Chromium has Ed25519; without it, the page says that it cannot tell."""
    folder.mkdir()
    (folder / "publisher.key").write_text(KEY)
    (folder / "other.key").write_text(OTHER_KEY)
    disc = make_disc(program, manifest, folder, "--sign", folder / "publisher.key")
    another = folder / "another"
    subprocess.run([program, "stage", "--quiet", manifest, another, "--sign", folder / "other.key"], check=True)
    name = next(path.name for path in disc.iterdir() if path.name in ("SHA256SUMS.minisig", "sha256.sig"))

    def check_copy(case: str, tested: Path, expected: str, good: bool) -> None:
        with reader.at(disc, "en") as page:
            verdict = check_folder(page, tested)
            check(f"{name}: {case}", is_good(page) == good and expected in verdict, verdict)
            take_screenshots(page, f"{case.replace(' ', '-')}-{name}")

    check_copy("a signed disc", disc, f"signed with the key {KEY_ID}. To be sure", good=True)
    for case, change in {
        "a changed signature": lambda text: text.replace(text.split("\n")[1][20:24], "AAAA"),
        "a changed comment": lambda text: text.replace("volume:", "volume:X"),
        "a changed first line": lambda text: text.replace("untrusted comment: s", "untrusted comment: S"),
        "a cut signature": lambda text: text[:-30],
        "the signature of another key": lambda text: (another / name).read_text(),
    }.items():
        bad = copy(disc, case.replace(" ", "-"))
        (bad / name).write_text(change((disc / name).read_text()))
        check_copy(case, bad, "The signature is wrong", good=False)
    for case, change in {
        "a byte order mark before the signature": lambda signature: b"\xef\xbb\xbf" + signature,
        "the signature in UTF-16": lambda signature: signature.decode().encode("utf-16"),
    }.items():
        bad = copy(disc, case.replace(" ", "-"))
        (bad / name).write_bytes(change((disc / name).read_bytes()))
        check_copy(case, bad, "The signature is wrong", good=False)
    bad = copy(disc, "unsigned")
    (bad / name).unlink()
    check_copy("a missing signature", bad, name.lower(), good=False)
    # The copy keeps the number of files and the pages of the signed disc, but neither its key nor its signature.
    bad = copy(disc, "unsigned-list")
    (bad / name).unlink()
    (bad / "minisign.pub").unlink()
    listed = next(path for path in bad.iterdir() if path.name in ("SHA256SUMS", "sha256.sum"))
    lines = [line for line in listed.read_text().splitlines(True) if not line.endswith("minisign.pub\n")]
    (bad / "readme.txt").write_bytes(b"forged")
    (bad / "more.txt").write_bytes(b"forged")
    forged = hashlib.sha256(b"forged").hexdigest()
    lines = [f"{forged}  readme.txt\n" if line.endswith("  readme.txt\n") else line for line in lines]
    listed.write_text("".join(lines) + f"{forged}  more.txt\n")
    check_copy("a forged copy without a signature", bad, "a changed copy", good=False)
    with reader.at(disc, "en") as page:
        page.evaluate("SubtleCrypto.prototype.importKey = function () { return Promise.reject(new Error()); }; 0")
        verdict = check_folder(page, disc)
        check(f"{name}: a browser without Ed25519", is_good(page) and "this browser cannot check" in verdict, verdict)


def signed_with_openssh(reader: Reader, program: Path, manifest: Path, folder: Path) -> None:
    """Checks discs that are signed with a key of OpenSSH."""
    folder.mkdir()
    for name, key in (("publisher", SSH_KEY), ("other", OTHER_SSH_KEY)):
        (folder / name).write_text(key)
        # ssh-keygen refuses to use keys that others can read.
        (folder / name).chmod(0o600)
    disc = make_disc(program, manifest, folder, "--sign", folder / "publisher")
    another = folder / "another"
    subprocess.run([program, "stage", "--quiet", manifest, another, "--sign", folder / "other"], check=True)
    name = next(path.name for path in disc.iterdir() if path.name in ("SHA256SUMS.sig", "sha256.sig"))
    cases = {
        "a changed signature": lambda text: text[:100] + ("A" if text[100] != "A" else "B") + text[101:],
        "a changed frame": lambda text: text.replace("BEGIN SSH", "BEGIN ssh"),
        "other line ends": lambda text: text.replace("\n", "\r\n"),
        "a cut signature": lambda text: text[:-30],
        "the signature of another key": lambda text: (another / name).read_text(),
    }
    with reader.at(disc, "en") as page:
        verdict = check_folder(page, disc)
        check(f"OpenSSH, {name}: a signed disc", is_good(page) and f"signed with the key {SSH_FINGERPRINT}. To be sure" in verdict, verdict)
    for case, change in cases.items():
        bad = copy(disc, case.replace(" ", "-"))
        (bad / name).write_bytes(change((disc / name).read_text()).encode())
        with reader.at(disc, "en") as page:
            verdict = check_folder(page, bad)
            check(f"OpenSSH, {name}: {case}", not is_good(page) and "The signature is wrong" in verdict, verdict)
        done = subprocess.run([program, "verify", bad], capture_output=True, text=True)
        check(f"OpenSSH, {name}: {case}, according to the program", done.returncode == 4, done.stdout)
    bad = copy(disc, "unsigned")
    (bad / name).unlink()
    with reader.at(disc, "en") as page:
        verdict = check_folder(page, bad)
        check(f"OpenSSH, {name}: a missing signature", not is_good(page) and name.lower() in verdict, verdict)
    with reader.at(disc, "en") as page:
        page.evaluate("SubtleCrypto.prototype.importKey = function () { return Promise.reject(new Error()); }; 0")
        verdict = check_folder(page, disc)
        check(f"OpenSSH, {name}: a browser without Ed25519", is_good(page) and "this browser cannot check" in verdict, verdict)


def stamped(reader: Reader, program: Path, manifest: Path, folder: Path) -> None:
    """Checks discs whose list has a timestamp, or can get one."""
    shutil.copytree(manifest.parent / "assets/sample", folder / "assets/sample")
    with_key = folder / "manifest.yaml"
    with_key.write_text(manifest.read_text().replace("\ndisc:\n", "\ndisc:\n  timestamp: disc.tsr\n", 1))
    disc = make_disc(program, with_key, folder)
    listed = (disc / "SHA256SUMS").read_bytes()
    name = "SHA256SUMS.tsr"
    stamp = disc.with_name("stamped-copy") / name
    shutil.copytree(disc, stamp.parent)
    good = timestamp(listed)
    at = good.index(bytes.fromhex("05000420")) + 4
    cases = {
        "no timestamp": (None, True),
        "a timestamp": (good, True),
        "a timestamp without the parameter of the algorithm": (good.replace(bytes.fromhex("3031300d06096086480165030402010500"), bytes.fromhex("302f300b0609608648016503040201")), True),
        "a timestamp of another list": (timestamp(listed + b"x"), False),
        "a changed timestamp": (good[:at] + bytes([good[at] ^ 1]) + good[at + 1:], False),
        "a cut timestamp": (good[:at + 31], False),
        "an empty timestamp": (b"", False),
        "a very large timestamp": (good + bytes(70_000), False),
        "another file": (b"%PDF-1.7", False),
    }
    for case, (contents, is_intact) in cases.items():
        stamp.unlink(missing_ok=True)
        if contents is not None:
            stamp.write_bytes(contents)
        with reader.at(disc, "en") as page:
            verdict = check_folder(page, stamp.parent)
            check(case, is_good(page) == is_intact and (name in verdict) != is_intact, verdict)
    with reader.at(disc, "en") as page:
        command = "openssl ts -verify -data SHA256SUMS -in SHA256SUMS.tsr -CAfile authority.pem"
        check("the command for a timestamp", command in page.content())


def cancelled_check(reader: Reader, disc: Path) -> None:
    folder = disc.parent / "large"
    folder.mkdir()
    with (folder / "file.bin").open("wb") as out:
        out.truncate(4 << 30)
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  file.bin\n")
    with reader.at(disc, "en") as page:
        page.set_input_files("#checker_pick", folder)
        wait_for(page, "document.getElementById('checker_bar').value > 0", 60)
        page.focus("#checker_cancel")
        page.keyboard.press("Enter")
        status = page.inner_text("#checker_status")
        done = page.evaluate("document.getElementById('checker_bar').value")
        page.wait_for_timeout(300)
        still = page.evaluate("document.getElementById('checker_bar').value") == done
        check("a check that is cancelled", "stopped" in status and still and not page.inner_text("#checker_verdict"), status)
        check("another check after it", "intact" in check_folder(page, disc) and is_good(page))


def without_script(reader: Reader, disc: Path) -> None:
    with reader.at(disc, "en", script=False) as page:
        shown = page.is_visible("#checker_pick")
        check("without script only the commands are shown", not shown and page.get_by_text("sha256sum -c").count() == 1)
    with reader.at(disc, "en", width=320) as page:
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        check("no horizontal scrolling at 320 pixels", not wide)
        named = page.evaluate("document.getElementById('checker_pick').labels.length === 1")
        check("the chooser has a label", named)
    with reader.at(disc, "fr") as page:
        # The browser would name the field in its own language.
        shown = page.eval_on_selector("#checker_pick", "e => getComputedStyle(e).opacity") != "0"
        label = page.locator("label[for=checker_pick]")
        check("the button to choose a folder is in the language of the page", not shown and label.inner_text() == "Choisir le disque ou son dossier", label.inner_text())
        page.focus("#checker_pick")
        outline = label.evaluate("e => getComputedStyle(e).outlineStyle")
        check("its focus is visible", outline == "solid", outline)
        with page.expect_file_chooser():
            label.click()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)

    def take_screenshots(page: Page, name: str) -> None:
        if arguments.screenshots:
            arguments.screenshots.mkdir(parents=True, exist_ok=True)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=arguments.screenshots / f"{name}-{width}.png", full_page=True)

    with tempfile.TemporaryDirectory(prefix="make-disc-browser-") as scratch, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        reader = Reader(browser)
        sample = Path(scratch) / "sample"
        sample.mkdir()
        disc = make_disc(program, REPOSITORY / "manifest.yaml", sample)
        titles = {tag: heading(disc / f"pages/{tag}/dialogues/santiago.html") for tag in LANGUAGES}
        assert all(titles.values())
        languages(reader, disc, LANGUAGES, SANTIAGO, titles, take_screenshots)
        dos = Path(scratch) / "dos"
        dos.mkdir()
        (dos / "manifest.yaml").write_text(DOS, encoding="utf-8")
        for name in "abc":
            (dos / f"{name}.pdf").write_bytes(name.encode() * 5000)
        plain = make_disc(program, dos / "manifest.yaml", dos)
        titles = {"en": 'Africa and "its" <needs>', "ar": "أفريقيا", "zh": "非洲", "ru": "Африка"}
        languages(reader, plain, list(titles), "docs/needs/africa/ar.pdf", titles, take_screenshots)
        signed(reader, program, REPOSITORY / "manifest.yaml", Path(scratch) / "signed", take_screenshots)
        signed(reader, program, dos / "manifest.yaml", Path(scratch) / "signed_dos", lambda page, name: None)
        signed_with_openssh(reader, program, REPOSITORY / "manifest.yaml", Path(scratch) / "ssh")
        signed_with_openssh(reader, program, dos / "manifest.yaml", Path(scratch) / "ssh_dos")
        stamped(reader, program, REPOSITORY / "manifest.yaml", Path(scratch) / "stamped")
        other_damage(reader, disc)
        edition = Path(scratch) / "edition"
        edition.mkdir()
        (edition / "manifest.yaml").write_text(DOS, encoding="utf-8")
        # In this edition, only the bytes of one document differ.
        for name, text in zip("abc", "abd"):
            (edition / f"{name}.pdf").write_bytes(text.encode() * 5000)
        other_discs(reader, disc, plain, make_disc(program, edition / "manifest.yaml", edition), take_screenshots)
        cancelled_check(reader, disc)
        without_script(reader, disc)
        check("no errors, and no network access", not reader.errors, "; ".join(reader.errors[:3]))
        browser.close()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
