#!/usr/bin/env python3
"""Repeats some of the tests of search_page.py and walk.py in Firefox ESR, from file://.

    firefox.py --program MAKE_DISC

Controls Firefox with its own protocol, Marionette.
"""

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from marionette_driver.marionette import Marionette
from playwright.sync_api import sync_playwright

import shelf
from check_page import check, make_disc, results
from search_page import KNOWN, address


@contextmanager
def firefox(profile: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    profile.mkdir()
    (profile / "user.js").write_text(f'user_pref("marionette.port", {port});\n')
    command = [shutil.which("firefox-esr"), "--headless", "--no-remote", "--marionette", "--profile", profile]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        browser = Marionette(host="127.0.0.1", port=port)
        browser.start_session()
        yield browser
        browser.delete_session()
    finally:
        process.terminate()
        process.wait(20)


def wait_for_result(browser, script: str, is_wanted=bool):
    """Waits until a script returns a value that `is_wanted` accepts, and returns the last value."""
    for _ in range(200):
        value = browser.execute_script(f"return {script}", sandbox=None)
        if is_wanted(value):
            return value
        time.sleep(0.05)
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        with sync_playwright() as playwright:
            printer = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            manifest = shelf.write(folder / "six", printer)
            printer.close()
        disc = make_disc(arguments.program.resolve(strict=True), manifest, folder)
        with firefox(folder / "profile") as browser:
            version = browser.session_capabilities["browserVersion"]
            for query, language, file, number in KNOWN:
                browser.navigate(address(disc, language, query))
                status = wait_for_result(browser, "document.getElementById('search_status').textContent", lambda text: any(map(str.isdigit, text)))
                link = wait_for_result(browser, "(document.querySelector('.hits a') || {}).href")
                expected = f"/{file}#page={number}" if number else f"/{file}"
                good = bool(link) and link.split("&search=")[0].endswith(expected)
                check(f"Firefox {version}: {language}: {query}", good, f"{link} {status}")
            browser.navigate((disc / "pages/en/list.html").as_uri())
            browser.execute_script(
                "var s = document.getElementById('narrow_language'); s.value = 'language5';"
                "s.dispatchEvent(new Event('change', {bubbles: true}))",
                sandbox=None,
            )
            found = wait_for_result(browser, "document.getElementById('narrow_found').textContent + location.search")
            check(f"Firefox {version}: the list is narrowed", found == "Documents shown: 2 of 4?language=ru", found)
            browser.navigate((disc / "pages/ar/check.html").as_uri())
            check(f"Firefox {version}: the check of the disc is available", "ready" in wait_for_result(browser, "document.getElementById('checker').className"))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
