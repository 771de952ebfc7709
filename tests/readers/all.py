#!/usr/bin/env python3
"""Makes the sample, a harder and a large collection, and has every reader judge their images.

    all.py --program MAKE_DISC [--only sample|hard|big] ...

One line per reader, view and image; the last line is `N passed, M failed`, and the exit code is 1
when anything failed.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed$")


def script(name: str, *arguments: object) -> list[str]:
    return [sys.executable, str(HERE / name), *map(str, arguments)]


def judged(command: list[str]) -> tuple[int, int]:
    """Runs a judge, shows its lines, and gives its counts; one that ends without them has failed."""
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    counts = None
    for line in run.stdout.splitlines():
        if closing := CLOSING.match(line):
            counts = int(closing[1]), int(closing[2])
        else:
            print(line)
    if counts is None or (run.returncode != 0) != (counts[1] > 0):
        print(f"FAIL  {Path(command[1]).name} ended with {run.returncode} and without a verdict")
        return 0, 1
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--only", action="append", choices=["sample", "hard", "big"])
    arguments = parser.parse_args()
    program = str(arguments.program.resolve(strict=True))
    passed = failed = 0
    for name in arguments.only or ["sample", "hard", "big"]:
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
            judges = [
                script("readers.py", image, "--expect", expected, "--sources", collection, *large),
                script("kernel.py", image),
                script("lint.py", image),
            ]
            for counts in map(judged, judges):
                passed, failed = passed + counts[0], failed + counts[1]
        print(f"-- {name}: {time.monotonic() - begun:.0f} s")
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
