#!/usr/bin/env python3
"""Makes images of four collections, and reads them with every reader and checker.

    all.py --program MAKE_DISC [--only sample|hard|dos|big] ...

Each image is made once. The checks of all images run side by side, one for each core. One line per reader, view and
image; the last line is `N passed, M failed`, and the exit code is 1 if anything failed.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

COLLECTIONS = ["sample", "hard", "dos", "big"]
# The one that takes longest comes first.
ORDER = ["big", "hard", "dos", "sample"]
# Readers that run in one process. Two groups, because most readers use one core.
READER_GROUPS = [["pycdlib", "7zz", "xorriso", "sleuthkit"], ["isoinfo", "libcdio", "bsdtar", "grub"]]
WORKERS = max(2, os.cpu_count() or 2)
HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
RESULT = re.compile(r"^(ok|FAIL) +(\S.*)$")
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed$")


def script(name: str, *arguments: object) -> list[str]:
    return [sys.executable, str(HERE / name), *map(str, arguments)]


def make_image(program: str, name: str, folder: Path) -> list[list[str]]:
    """Makes the image of a collection; returns the commands that check it."""
    start = time.monotonic()
    folder.mkdir()
    collection = REPOSITORY
    if name != "sample":
        collection = folder / "collection"
        subprocess.run(script("collection.py", name, collection), check=True)
    manifest, image, listing = collection / "manifest.yaml", folder / "out.iso", folder / "list.json"
    subprocess.run([program, "--quiet", str(manifest), str(image)], check=True)
    checksum = folder / "out.iso.sha256"
    if name != "big":
        subprocess.run(["sha256sum", "--check", "--quiet", checksum.name], cwd=folder, check=True)
    else:
        # sha256sum takes five times as long.
        with image.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if checksum.read_text() != f"{digest}  out.iso\n":
            raise ValueError(f"{checksum.name} does not belong to the image")
    with listing.open("w") as out:
        subprocess.run([program, "list", "--json", str(manifest)], stdout=out, check=True)
    print(f"\n-- {name}: made {image.stat().st_size:,} bytes in {time.monotonic() - start:.0f} s", flush=True)
    checkers = script("checkers.py", image, "--volume", json.loads(listing.read_text())["volume"], "--program", program)
    if name == "dos":
        commands = [script("dosbox.py", image)]
    else:
        readers = script("readers.py", image, "--expect", listing, "--sources", collection, *(["--large"] if name == "big" else []))
        groups = [[option for reader in group for option in ("--only", reader)] for group in READER_GROUPS]
        commands = [[*readers, *group] for group in groups] + [script("kernel.py", image)]
    commands += [script("lint.py", image, *(["--level", "1"] if name == "dos" else [])), checkers]
    if name in ("sample", "dos"):
        commands.append([*checkers, "--self-test"])
    return commands


def run_check(command: list[str], table: dict, collection: str) -> tuple[int, int]:
    """Runs a command that checks an image, prints its lines, adds them to the table, and returns how many checks passed
    and failed. A command that ends without a summary has failed."""
    name = Path(command[1]).stem
    start = time.monotonic()
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    seconds = time.monotonic() - start
    counts = None
    rows: dict = {}
    lines = [f"-- {collection}: {name}"]
    for line in run.stdout.splitlines():
        if summary := SUMMARY.match(line):
            counts = int(summary[1]), int(summary[2])
            continue
        lines.append(line)
        if result := RESULT.match(line):
            # lint.py has a line for each requirement, and one row for all of them.
            row = "lint" if name == "lint" else "damage noticed" if " notices: " in line else re.split(r"\s{2,}| +(?=[a-z0-9. ]+ +\d+ +\d)", result[2])[0]
            passed, failed = rows.get(row, (0, 0))
            rows[row] = (passed + (result[1] == "ok"), failed + (result[1] != "ok"))
    # A single call prints all lines, because other checks print at the same time.
    print("\n".join(lines), flush=True)
    # If a command has one row, the row gets its time. Otherwise the lines state the time of each row.
    for row, (passed, failed) in rows.items():
        row_seconds = seconds if len(rows) == 1 else printed_seconds(run.stdout, row)
        table.setdefault(row, {})[collection] = (passed, failed, row_seconds)
    if counts is None or (run.returncode != 0) != (counts[1] > 0):
        print(f"FAIL  {name}.py ended with exit code {run.returncode}, which does not agree with its summary {counts}")
        table.setdefault(name, {})[collection] = (0, 1, seconds)
        return 0, 1
    return counts


def printed_seconds(lines: str, row: str) -> float:
    """The sum of the seconds in a reader's lines."""
    numbers = re.findall(rf"^(?:ok|FAIL) +{re.escape(row)} .*?(\d+\.\d\d)(?:  .*)?$", lines, re.MULTILINE)
    return sum(map(float, numbers))


def print_table(table: dict, collections: list[str]) -> None:
    """Readers by collection: views passed of views tried, and seconds."""
    print(f"\n{'reader':22}" + "".join(f"{collection:>20}" for collection in collections))
    for row, cells in sorted(table.items()):
        shown = []
        for collection in collections:
            passed, failed, seconds = cells.get(collection, (0, 0, 0.0))
            shown.append(f"{passed}/{passed + failed} {seconds:9.1f} s" if passed + failed else "-")
        print(f"{row:22}" + "".join(f"{cell:>20}" for cell in shown))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--only", action="append", choices=COLLECTIONS)
    arguments = parser.parse_args()
    program = str(arguments.program.resolve(strict=True))
    collections = [name for name in COLLECTIONS if name in (arguments.only or COLLECTIONS)]
    passed = failed = 0
    table: dict = {}
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="make-disc-readers-") as scratch, ThreadPoolExecutor(WORKERS) as pool:
        images = {pool.submit(make_image, program, name, Path(scratch) / name): name for name in ORDER if name in collections}
        checks: dict = {}
        while images or checks:
            for done in wait([*images, *checks], return_when=FIRST_COMPLETED).done:
                if done in images:
                    name = images.pop(done)
                    try:
                        checks |= {pool.submit(run_check, command, table, name): name for command in done.result()}
                    except (subprocess.CalledProcessError, ValueError) as error:
                        print(f"FAIL  {name}: the image was not made: {error}", flush=True)
                        failed += 1
                else:
                    del checks[done]
                    counts = done.result()
                    passed, failed = passed + counts[0], failed + counts[1]
    print_table(table, collections)
    print(f"\n{time.monotonic() - start:.0f} s\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
