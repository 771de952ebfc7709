#!/usr/bin/env python3
"""Compares error correction with that of dvdisaster: both must make the same bytes, and each must restore a damaged image.

    repair.py --program MAKE_DISC [--size cd|dvd|bd] [--folder FOLDER]

The documents of a CD are random numbers. Those of a DVD or a BD are mostly zeros, in sparse files, and the zeros of every image are turned
into holes while it is written, so that a BD takes 6 GB of disk space instead of 75 GB. (make-disc asks for room for a whole image first,
25 GB.) Of the three sizes, `tests/run` runs only the CD: a DVD takes minutes, and a BD half an hour. The CPU time and memory of each program
are printed.

The last line is `N passed, M failed`, and the exit code is 1 if anything failed.
"""

import argparse
import contextlib
import ctypes
import filecmp
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

SECTOR = 2048
LAYERS = 255
MANIFEST = """\
disc: {title: Random numbers, volume: RANDOM, languages: [en], date: 2008, media: MEDIUM, search: false}
sections: [{id: s, title: S, reports: [REPORTS]}]
"""
# The longest document, and how far apart the random numbers in sparse documents are. The distance is not a multiple of the length of
# a layer, so that the numbers are at other columns in each layer.
MAX_LENGTH = 4_000_000_000
DISTANCE = 97_000_000
# What the volume may have beside the documents: less than a layer of a CD.
ROOM = 2_000_000
# How much disk space zeros may take before they are turned into holes.
MAX_ZEROS = 1_500_000_000
# How many bytes are turned into a hole at a time.
DIGGING = 1 << 18
results: list[bool] = []


class Size(NamedTuple):
    """A medium, the sectors that dvdisaster fills on it, and how many layers of parity the test leaves room for."""
    medium: str
    sectors: int
    roots: int
    is_sparse: bool


SIZES = {
    # The documents almost fill a CD. With less, more sectors would be left for error correction, for which dvdisaster needs minutes.
    "cd": Size("cd-700", 359_424, 11, False),
    "dvd": Size("dvd-5", 2_295_104, 16, True),
    "bd": Size("bd-25", 11_826_176, 8, True),
}


def check(name: str, passed: bool, detail: str = "") -> None:
    results.append(passed)
    print(f"{'ok  ' if passed else 'FAIL'}  {name}{'' if passed else f': {detail[-1000:]}'}", flush=True)


def allocated(folder: Path | None) -> int:
    """The disk space that the images in a folder take."""
    total = 0
    for image in folder.glob("*.iso*") if folder else ():
        # The program may have renamed or removed it.
        with contextlib.suppress(FileNotFoundError):
            total += image.stat().st_blocks * 512
    return total


def dig_holes(image: Path) -> None:
    """Turns the zeros of an image into holes. (`fallocate --dig-holes` of util-linux 2.38 leaves most zeros if there are holes already.)"""
    fallocate = ctypes.CDLL(None, use_errno=True).fallocate
    fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    with image.open("r+b", buffering=0) as file:
        at, end = 0, image.stat().st_size
        while at < end:
            try:
                at = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break  # only a hole is left
            data = os.pread(file.fileno(), min(DIGGING - at % DIGGING, end - at), at)
            # The flags mean: keep the length, and punch a hole.
            if data == bytes(len(data)) and fallocate(file.fileno(), 1 | 2, at, len(data)):
                raise OSError(ctypes.get_errno(), "no hole could be made", str(image))
            at += len(data)


def dig_in_stopped(process: subprocess.Popen, folder: Path) -> float:
    """Turns the zeros of all images in a folder into holes, while the program that writes one of them is stopped; returns the seconds."""
    start = time.monotonic()
    process.send_signal(signal.SIGSTOP)
    # The program may have ended; then its exit status must stay there to be read.
    if os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT).si_code == os.CLD_STOPPED:
        for image in folder.glob("*.iso*"):
            dig_holes(image)
        process.send_signal(signal.SIGCONT)
    return time.monotonic() - start


def run(*command: object, sparse: Path | None = None) -> subprocess.CompletedProcess:
    """Runs a program, and prints its times and memory if it took a while. With a folder in `sparse`, the images there stay sparse."""
    parts = [str(part) for part in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start, dug = time.monotonic(), allocated(sparse)
        process = subprocess.Popen(parts, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            time.sleep(0.05)
            if allocated(sparse) > dug + MAX_ZEROS:
                start += dig_in_stopped(process, sparse)
                dug = allocated(sparse)
        wall, usage = time.monotonic() - start, ended[2]
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        streams = []
        for stream in (output, errors):
            stream.seek(0)
            streams.append(stream.read().decode(errors="replace"))
    seconds = usage.ru_utime + usage.ru_stime
    if seconds > 5:
        words = " ".join(Path(part).name for part in parts)
        print(f"      {wall:.0f} s, {seconds:.0f} s of CPU time, {usage.ru_maxrss / 1024:.0f} MiB: {words}", flush=True)
    return subprocess.CompletedProcess(parts, process.returncode, *streams)


def copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--sparse=always", source, target], check=True)


def write_documents(folder: Path, size: Size, rng: random.Random) -> None:
    """Writes a manifest, and documents that leave room for a number of layers of parity."""
    rest = size.sectors // LAYERS * (LAYERS - 1 - size.roots) * SECTOR - ROOM
    reports = []
    while rest > 0:
        name, length = f"{len(reports)}.bin", min(rest, MAX_LENGTH)
        rest -= length
        with (folder / name).open("wb") as file:
            for at in range(0, length, DISTANCE if size.is_sparse else 1_000_000):
                file.seek(at)
                file.write(rng.randbytes(min(1_000_000, length - at)))
            file.truncate(length)
        reports.append(f"{{id: r{len(reports)}, title: R, variants: {{en: {name}}}}}")
    (folder / "manifest.yaml").write_text(MANIFEST.replace("MEDIUM", size.medium).replace("REPORTS", ", ".join(reports)))


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


def compare(program: Path, size: Size, folder: Path) -> Path:
    """Makes an image with error correction with each program, and compares them; returns the image of make-disc."""
    name, sparse = size.medium, folder if size.is_sparse else None
    plain, ours, theirs = folder / "plain.iso", folder / "ours.iso", folder / "theirs.iso"
    # For the larger sizes, the image without error correction is the beginning of the one with it, which tests/repair.rs proves.
    for image, options in ((plain, []), (ours, ["--repair=all"]))[size.is_sparse:]:
        made = run(program, "--quiet", *options, folder / "manifest.yaml", image, sparse=sparse)
        check(f"{name}: {image.name} is made", made.returncode == 0, made.stderr)
    copy(ours if size.is_sparse else plain, theirs)
    if size.is_sparse:
        os.truncate(theirs, read_number(ours, 16 * SECTOR + 80) * SECTOR)
    made = run("dvdisaster", "--image", theirs, "--method=RS03", "--create")
    check(f"{name}: dvdisaster makes the same bytes", filecmp.cmp(ours, theirs, shallow=False), made.stdout + made.stderr)
    theirs.unlink()
    tested = run("dvdisaster", "--image", ours, "--test")
    output = tested.stdout + tested.stderr
    passed = tested.returncode == 0 and output.rstrip().endswith("Ecc block test   : pass")
    check(f"{name}: dvdisaster finds nothing wrong", passed, output)
    published = (folder / "ours.iso.sha256").read_text()
    with ours.open("rb") as file:
        expected = f"{hashlib.file_digest(file, 'sha256').hexdigest()}  ours.iso\n"
    check(f"{name}: the checksum file is that of the whole image", published == expected, published)
    return ours


def restore(program: Path, name: str, size: Size, image: Path, sectors, folder: Path) -> None:
    """Restores a damaged copy with each program."""
    bad, good = folder / "bad.iso", folder / "good.iso"
    copy(image, bad)
    damage(bad, sectors, random.Random(3))
    verified = run(program, "verify", bad)
    check(f"{name}: verify says that it can be restored", "`make-disc repair` can restore this" in verified.stdout, verified.stdout)
    restored = run(program, "repair", "--quiet", "--force", bad, good, sparse=folder if size.is_sparse else None)
    check(f"{name}: make-disc restores it", restored.returncode == 0 and filecmp.cmp(image, good, shallow=False), restored.stderr)
    fixed = run("dvdisaster", "--image", bad, "--fix")
    check(f"{name}: dvdisaster restores it", filecmp.cmp(image, bad, shallow=False), fixed.stdout + fixed.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--size", choices=SIZES, default="cd")
    parser.add_argument("--folder", type=Path, help="where to make a temporary folder for the images")
    arguments = parser.parse_args()
    program, size = arguments.program.resolve(strict=True), SIZES[arguments.size]
    rng = random.Random(1325)
    with tempfile.TemporaryDirectory(prefix="repair-", dir=arguments.folder) as scratch:
        folder = Path(scratch)
        write_documents(folder, size, rng)
        image = compare(program, size, folder)
        volume = read_number(image, 16 * SECTOR + 80)
        roots, layer = read_number(image, volume * SECTOR + 80), read_number(image, volume * SECTOR + 120)
        has_size = (roots, layer * LAYERS) == (size.roots, size.sectors // LAYERS * LAYERS) == (roots, image.stat().st_size // SECTOR)
        check(f"{size.medium}: {roots} layers of parity fill {image.stat().st_size} bytes", has_size, f"layers of {layer} sectors")
        # Only 40 columns are damaged at a time, because dvdisaster takes minutes if all of them are.
        def burst(columns: range) -> list[int]:
            return [number * layer + column for number in range(2, 2 + roots * 8 // 10) for column in columns]

        def scattered(columns: range) -> list[int]:
            return [number * layer + column for column in columns for number in rng.sample(range(1, 255), roots // 2)]

        damages = {
            "80 % of the redundancy, in consecutive layers": burst(range(7, 47)),
            "half of the redundancy, in random layers": scattered(range(7, 47)),
        }
        if size.is_sparse:
            damages = {" and ".join(damages): burst(range(7, 47)) + scattered(range(1007, 1047))}
        for name, sectors in damages.items():
            restore(program, name, size, image, sectors, folder)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
