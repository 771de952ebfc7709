#!/usr/bin/env python3
"""Makes the sample, a harder and a large collection, and has every reader judge their images.

    all.py --program MAKE_DISC [--only sample|hard|dos|big] ...

One line per reader, view and image; the last line is `N passed, M failed`, and the exit code is 1
when anything failed.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

COLLECTIONS = ["sample", "hard", "dos", "big"]
HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
RESULT = re.compile(r"^(ok|FAIL) +(\S.*)$")
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed$")


def script(name: str, *arguments: object) -> list[str]:
    return [sys.executable, str(HERE / name), *map(str, arguments)]


def judged(command: list[str], table: dict, column: str) -> tuple[int, int]:
    """Runs a judge, shows its lines, puts them into the table, and gives its counts; one that ends
    without them has failed."""
    name = Path(command[1]).stem
    begun = time.monotonic()
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    seconds = time.monotonic() - begun
    counts = None
    rows: dict = {}
    lines = []
    for line in run.stdout.splitlines():
        if closing := CLOSING.match(line):
            counts = int(closing[1]), int(closing[2])
            continue
        lines.append(line)
        if result := RESULT.match(line):
            # Each of lint's lines is a requirement; a row is enough for all.
            row = "lint" if name == "lint" else "damage noticed" if " notices: " in line else re.split(r"\s{2,}| +(?=[a-z0-9. ]+ +\d+ +\d)", result[2])[0]
            good, bad = rows.get(row, (0, 0))
            rows[row] = (good + (result[1] == "ok"), bad + (result[1] != "ok"))
    # In one piece, as another judge may be speaking.
    print("\n".join(lines), flush=True)
    # A judge of one row has all its time; others say theirs in each line.
    for row, (good, bad) in rows.items():
        spent = seconds if len(rows) == 1 else said_seconds(run.stdout, row)
        table.setdefault(row, {})[column] = (good, bad, spent)
    if counts is None or (run.returncode != 0) != (counts[1] > 0):
        print(f"FAIL  {Path(command[1]).name} ended with {run.returncode} and without a verdict")
        table.setdefault(name, {})[column] = (0, 1, seconds)
        return 0, 1
    return counts


def said_seconds(lines: str, row: str) -> float:
    """The seconds in the lines of a reader."""
    numbers = re.findall(rf"^(?:ok|FAIL) +{re.escape(row)} .*?(\d+\.\d\d)(?:  .*)?$", lines, re.MULTILINE)
    return sum(map(float, numbers))


def show(table: dict, columns: list[str]) -> None:
    """Reader by collection: views passed of views tried, and seconds."""
    print(f"\n{'reader':22}" + "".join(f"{column:>20}" for column in columns))
    for row, cells in table.items():
        shown = []
        for column in columns:
            good, bad, seconds = cells.get(column, (0, 0, 0.0))
            shown.append(f"{good}/{good + bad} {seconds:9.1f} s" if good + bad else "-")
        print(f"{row:22}" + "".join(f"{cell:>20}" for cell in shown))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--only", action="append", choices=COLLECTIONS)
    arguments = parser.parse_args()
    program = str(arguments.program.resolve(strict=True))
    passed = failed = 0
    table: dict = {}
    columns = arguments.only or COLLECTIONS
    for name in columns:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="make-disc-readers-") as scratch:
            folder = Path(scratch)
            collection = REPOSITORY
            if name != "sample":
                collection = folder / "collection"
                subprocess.run(script("collection.py", name, collection), check=True)
            manifest, image, expected = collection / "manifest.yaml", folder / "out.iso", folder / "list.json"
            subprocess.run([program, "--quiet", str(manifest), str(image)], check=True)
            subprocess.run(["sha256sum", "--check", "--quiet", "out.iso.sha256"], cwd=folder, check=True)
            with expected.open("w") as out:
                subprocess.run([program, "list", "--json", str(manifest)], stdout=out, check=True)
            print(f"\n-- {name}: {image.stat().st_size:,} bytes")
            large = ["--large"] if name == "big" else []
            volume = json.loads(expected.read_text())["volume"]
            asked = script("judges.py", image, "--volume", volume, "--program", program)
            reading = [script("readers.py", image, "--expect", expected, "--sources", collection, *large)]
            reading += [script("kernel.py", image)]
            if name == "dos":
                reading = [script("dosbox.py", image)]
            judges = [*reading, script("lint.py", image, *(["--level", "1"] if name == "dos" else [])), asked]
            if name in ("sample", "dos"):
                judges.append([*asked, "--self-test"])
            # Two at a time: half of them wait for discs, or have one thread.
            with ThreadPoolExecutor(2) as pool:
                for counts in pool.map(lambda judge: judged(judge, table, name), judges):
                    passed, failed = passed + counts[0], failed + counts[1]
        print(f"-- {name}: {time.monotonic() - begun:.0f} s")
    show(table, columns)
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
