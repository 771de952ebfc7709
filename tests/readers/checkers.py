#!/usr/bin/env python3
"""Runs third-party programs that check or describe the structure of an image.

    checkers.py IMAGE --volume IDENTIFIER --program MAKE_DISC
    checkers.py IMAGE --volume IDENTIFIER --program MAKE_DISC --self-test

It prints one line for each program, like readers.py, and at the end `N passed, M failed`. With
`--self-test` each program checks a damaged copy, with damage that it is known to notice, and must report it.
"""

import argparse
import re
import struct
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from readers import ReaderError, Scratch, environment, run, tool

SECTOR = 2048


@dataclass(frozen=True)
class Subject:
    """An image, and what is known about it."""

    path: Path
    volume: str
    program: str

    @property
    def sectors(self) -> int:
        return self.path.stat().st_size // SECTOR


def expect(text: str, *patterns: str) -> None:
    for pattern in patterns:
        if not re.search(pattern, text, re.MULTILINE):
            raise ReaderError(f"did not print {pattern!r}")


# --- The checks. Each raises a ReaderError if the program reports something wrong.


def isovfy(subject: Subject) -> None:
    output = run([tool("isovfy"), str(subject.path)], fail_on_stderr=False)
    expect(output, r"^No errors found$")


def isoinfo_debug(subject: Subject) -> None:
    output = run([tool("isoinfo"), "-d", "-debug", "-i", str(subject.path)], fail_on_stderr=False)
    expect(
        output,
        rf"^Volume id: {subject.volume}$",
        rf"^Volume size is: {subject.sectors}$",
        r"^Logical block size is: 2048$",
        r"^Joliet with UCS level 3 found$",
        r"^Rock Ridge signatures version 1 found$",
        r"^Volume set size is: 1$",
    )


def isolyzer(subject: Subject) -> None:
    program = Path(sys.executable).with_name("isolyzer")
    # Its warnings about the bytes of a field on standard error are not problems.
    output = run([str(program), str(subject.path)], fail_on_stderr=False)
    root = ElementTree.fromstring(output)
    values = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root.iter()}
    for key, expected in {
        "success": "True",
        "containsKnownFileSystem": "True",
        "sizeAsExpected": "True",
        "smallerThanExpected": "False",
        "volumeIdentifier": subject.volume,
    }.items():
        if values.get(key) != expected:
            raise ReaderError(f"{key} is {values.get(key)}, not {expected}")


def check_media(subject: Subject) -> None:
    done = subprocess.run(
        [tool("xorriso"), "-no_rc", "-return_with", "WARNING", "32", "-indev", f"stdio:{subject.path}"]
        + ["-check_media", "use=indev", "--"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
    )
    output = done.stdout + done.stderr
    if done.returncode:
        raise ReaderError(output.strip().splitlines()[-1])
    regions = re.findall(r"^Media region :\s*(\d+) ,\s*(\d+) , (.) (.+)$", output, re.MULTILINE)
    if [(int(a), int(b), sign) for a, b, sign, _ in regions] != [(0, subject.sectors, "+")]:
        raise ReaderError(f"regions {regions}")


def fsstat(subject: Subject) -> None:
    if run([tool("fsstat"), "-t", str(subject.path)], fail_on_stderr=False).strip() != "iso9660":
        raise ReaderError("does not recognise ISO 9660")
    output = run([tool("fsstat"), str(subject.path)], fail_on_stderr=False)
    expect(output, rf"^Volume Name: {subject.volume} *$", r"^Sector Size: 2048$", r"SUPPLEMENTARY VOLUME DESCRIPTOR")


def checkisomd5(subject: Subject) -> None:
    done = subprocess.run([tool("checkisomd5"), str(subject.path)], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode:
        raise ReaderError(f"exit {done.returncode}")


def verify(subject: Subject) -> None:
    run([subject.program, "verify", "--quiet", str(subject.path)])


def verify_folder(subject: Subject) -> None:
    """Verifies the files of the image, unpacked by bsdtar."""
    with Scratch() as scratch:
        run([tool("bsdtar"), "-xf", str(subject.path), "-C", scratch])
        run([subject.program, "verify", "--quiet", scratch])


# --- Damage that each program is known to notice.


def set32(image: bytearray, at: int, number: int) -> None:
    image[at : at + 8] = struct.pack("<I", number) + struct.pack(">I", number)


def root(image: bytearray) -> int:
    return struct.unpack_from("<I", image, 16 * SECTOR + 158)[0] * SECTOR


def wrong_parent(image: bytearray) -> None:
    """Makes `..` of the first folder in the root point to that folder itself."""
    at = root(image)
    while not image[at + 25] & 2 or image[at + 33] < 2:
        at += image[at]
    folder = struct.unpack_from("<I", image, at + 2)[0]
    dots = folder * SECTOR + image[folder * SECTOR]
    set32(image, dots + 2, folder)


def changed_volume(image: bytearray) -> None:
    image[16 * SECTOR + 40] ^= 1


def shorten(image: bytearray) -> None:
    del image[-200 * SECTOR :]


def changed_file(image: bytearray) -> None:
    image[len(image) // 2] ^= 1


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[Subject], None]
    damage: Callable[[bytearray], None]


CHECKS = [
    Check("isovfy", isovfy, wrong_parent),
    Check("isoinfo -debug", isoinfo_debug, changed_volume),
    Check("isolyzer", isolyzer, shorten),
    Check("xorriso -check_media", check_media, shorten),
    Check("fsstat", fsstat, changed_volume),
    Check("checkisomd5", checkisomd5, changed_file),
    Check("make-disc verify", verify, changed_file),
    Check("verify of a folder", verify_folder, changed_file),
]


def applicable_checks(subject: Subject) -> list:
    """The checks that apply to the image."""
    with subject.path.open("rb") as image:
        image.seek(16 * SECTOR + 883)
        has_check = image.read(10) == b"ISO MD5SUM"
    small = subject.path.stat().st_size < 1 << 30
    return [
        check
        for check in CHECKS
        if (check.run is not checkisomd5 or has_check) and (check.run not in NOT_FOR_LARGE or small)
    ]


# isovfy treats a length of 2 GiB or more as negative and stops; fsstat reads every sector, which takes
# minutes per GiB; the files of a very large image would fill the disk.
NOT_FOR_LARGE = [isovfy, fsstat, verify_folder]


def find_problem(check: Check, subject: Subject) -> str:
    """Runs a check, and returns what it reports. The text is empty if nothing is wrong."""
    try:
        check.run(subject)
    except ReaderError as error:
        return str(error) or "it failed without a message"
    except Exception as error:  # A check that crashes must not prevent the others.
        return f"{type(error).__name__}: {error}"
    return ""


def line(good: bool, name: str, seconds: float, reason: str) -> None:
    reason = re.sub(r"[\x00-\x1f\x7f]", "?", reason)[:300]
    print(f"{'ok' if good else 'FAIL':4}  {name:46} {seconds:7.2f}  {reason}".rstrip(), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path)
    parser.add_argument("--volume", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    subject = Subject(arguments.image.resolve(strict=True), arguments.volume, arguments.program)
    results = []
    for check in applicable_checks(subject):
        start = time.monotonic()
        if arguments.self_test:
            with tempfile.TemporaryDirectory(prefix="checkers-") as scratch:
                damaged = bytearray(subject.path.read_bytes())
                check.damage(damaged)
                copy = Path(scratch) / "damaged.iso"
                copy.write_bytes(damaged)
                problem = find_problem(check, Subject(copy, subject.volume, subject.program))
            results.append(bool(problem))
            name = f"{check.name} notices: {check.damage.__name__}"
            line(bool(problem), name, time.monotonic() - start, "" if problem else "it noticed nothing")
        else:
            problem = find_problem(check, subject)
            results.append(not problem)
            line(not problem, check.name, time.monotonic() - start, problem)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
