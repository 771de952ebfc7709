#!/usr/bin/env python3
"""Compares error correction with that of dvdisaster: the same bytes, and each restores what the other made.

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


def check(name: str, good: bool, detail: str = "") -> None:
    results.append(good)
    print(f"{'ok  ' if good else 'FAIL'}  {name}{'' if good else f': {detail[-1000:]}'}", flush=True)


def run(*command: object) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def number(image: Path, at: int) -> int:
    with image.open("rb") as file:
        file.seek(at)
        return int.from_bytes(file.read(4), "little")


def lose(image: Path, sectors, rng: random.Random) -> None:
    """Overwrites sectors with zeros or with other bytes."""
    with image.open("r+b") as file:
        for sector in sectors:
            file.seek(sector * SECTOR)
            file.write(bytes(SECTOR) if sector % 3 else rng.randbytes(SECTOR))


def compare(program: Path, name: str, manifest: Path, folder: Path) -> Path:
    """Makes an image with each program; returns that of make-disc."""
    plain, ours, theirs = folder / "plain.iso", folder / "ours.iso", folder / "theirs.iso"
    for image, options in ((plain, []), (ours, ["--repair=all"])):
        made = run(program, "--quiet", *options, manifest, image)
        check(f"{name}: {image.name} is made", made.returncode == 0, made.stderr)
    shutil.copy(plain, theirs)
    made = run("dvdisaster", "--image", theirs, "--method=RS03", "--create")
    check(f"{name}: dvdisaster makes the same bytes", filecmp.cmp(ours, theirs, shallow=False), made.stdout + made.stderr)
    tested = run("dvdisaster", "--image", ours, "--test")
    good = tested.returncode == 0 and "none missing" in tested.stdout and "good" in tested.stdout.lower()
    check(f"{name}: dvdisaster finds nothing wrong", good, tested.stdout + tested.stderr)
    digest = subprocess.run(["sha256sum", "--check", "--quiet", "ours.iso.sha256"], cwd=folder, capture_output=True, text=True)
    check(f"{name}: the checksum file covers all of it", digest.returncode == 0, digest.stdout)
    return ours


def restore(program: Path, name: str, image: Path, sectors, folder: Path) -> None:
    """Restores a damaged copy with each program."""
    bad, good = folder / "bad.iso", folder / "good.iso"
    shutil.copy(image, bad)
    lose(bad, sectors, random.Random(3))
    verified = run(program, "verify", bad)
    check(f"{name}: verify says that it can be restored", "`make-disc repair` can restore it" in verified.stdout, verified.stdout)
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
            (folder / file).write_bytes(rng.randbytes(290_000_000))
        image = compare(program, "580 MB", folder / "manifest.yaml", folder)
        volume = number(image, 16 * SECTOR + 80)
        roots, layer = number(image, volume * SECTOR + 80), number(image, volume * SECTOR + 120)
        total = image.stat().st_size // SECTOR
        burst = layer * roots * 8 // 10
        restore(program, "a burst of 80 % of the redundancy", image, range(1000, 1000 + burst), folder)
        # Every 255th of the sectors is in the same code word: far fewer of each are lost than there are roots.
        restore(program, "12 % of all sectors", image, rng.sample(range(17, total), total * 12 // 100), folder)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
