#!/usr/bin/env python3
"""Compares error correction with that of dvdisaster: both must make the same bytes, and each must restore a damaged image.

    repair.py --program MAKE_DISC

The last line is `N passed, M failed`, and the exit code is 1 if anything failed.
"""

import argparse
import filecmp
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SECTOR = 2048
MANIFEST = """\
disc: {title: Random numbers, volume: RANDOM, languages: [en], date: 2008, media: cd-700, search: false}
sections: [{id: s, title: S, reports: [{id: a, title: A, variants: {en: a.bin}}, {id: b, title: B, variants: {en: b.bin}}]}]
"""
results: list[bool] = []


def check(name: str, passed: bool, detail: str = "") -> None:
    results.append(passed)
    print(f"{'ok  ' if passed else 'FAIL'}  {name}{'' if passed else f': {detail[-1000:]}'}", flush=True)


def run(*command: object) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def read_number(image: Path, at: int) -> int:
    with image.open("rb") as file:
        file.seek(at)
        return int.from_bytes(file.read(4), "little")


def damage(image: Path, sectors, rng: random.Random) -> None:
    """Overwrites sectors with zeros or with other bytes."""
    with image.open("r+b") as file:
        for sector in sectors:
            file.seek(sector * SECTOR)
            file.write(bytes(SECTOR) if sector % 3 else rng.randbytes(SECTOR))


def compare(program: Path, name: str, manifest: Path, folder: Path) -> Path:
    """Makes an image with error correction with each program, and compares them; returns the image of make-disc."""
    plain, ours, theirs = folder / "plain.iso", folder / "ours.iso", folder / "theirs.iso"
    for image, options in ((plain, []), (ours, ["--repair=all"])):
        made = run(program, "--quiet", *options, manifest, image)
        check(f"{name}: {image.name} is made", made.returncode == 0, made.stderr)
    shutil.copy(plain, theirs)
    made = run("dvdisaster", "--image", theirs, "--method=RS03", "--create")
    check(f"{name}: dvdisaster makes the same bytes", filecmp.cmp(ours, theirs, shallow=False), made.stdout + made.stderr)
    tested = run("dvdisaster", "--image", ours, "--test")
    output = tested.stdout + tested.stderr
    passed = tested.returncode == 0 and output.rstrip().endswith("Ecc block test   : pass")
    check(f"{name}: dvdisaster finds nothing wrong", passed, output)
    digest = subprocess.run(["sha256sum", "--check", "--quiet", "ours.iso.sha256"], cwd=folder, capture_output=True, text=True)
    check(f"{name}: the checksum file is that of the whole image", digest.returncode == 0, digest.stdout)
    return ours


def restore(program: Path, name: str, image: Path, sectors, folder: Path) -> None:
    """Restores a damaged copy with each program."""
    bad, good = folder / "bad.iso", folder / "good.iso"
    shutil.copy(image, bad)
    damage(bad, sectors, random.Random(3))
    verified = run(program, "verify", bad)
    check(f"{name}: verify says that it can be restored", "`make-disc repair` can restore this" in verified.stdout, verified.stdout)
    restored = run(program, "repair", "--quiet", "--force", bad, good)
    check(f"{name}: make-disc restores it", restored.returncode == 0 and filecmp.cmp(image, good, shallow=False), restored.stderr)
    fixed = run("dvdisaster", "--image", bad, "--fix")
    check(f"{name}: dvdisaster restores it", filecmp.cmp(image, bad, shallow=False), fixed.stdout + fixed.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    program = parser.parse_args().program.resolve(strict=True)
    rng = random.Random(1325)
    with tempfile.TemporaryDirectory(prefix="repair-") as scratch:
        folder = Path(scratch)
        (folder / "manifest.yaml").write_text(MANIFEST)
        for file in ("a.bin", "b.bin"):
            # The two files almost fill a CD. With less, more sectors would be left for error correction, for which dvdisaster needs minutes.
            (folder / file).write_bytes(b"".join(rng.randbytes(1_000_000) for _ in range(345)))
        image = compare(program, "690 MB", folder / "manifest.yaml", folder)
        volume = read_number(image, 16 * SECTOR + 80)
        roots, layer = read_number(image, volume * SECTOR + 80), read_number(image, volume * SECTOR + 120)
        # Only 40 of the 1,409 columns are damaged, because dvdisaster takes minutes if all of them are.
        columns = range(7, 47)
        burst = [number * layer + column for number in range(2, 2 + roots * 8 // 10) for column in columns]
        restore(program, "80 % of the redundancy, in consecutive layers", image, burst, folder)
        scattered = [number * layer + column for column in columns for number in rng.sample(range(1, 255), roots // 2)]
        restore(program, "half of the redundancy, in random layers", image, scattered, folder)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
