#!/usr/bin/env python3
"""Changes images, folders and archives at random, and verifies each.

    mutate.py --program MAKE_DISC [--count 600] [--seed 1] [--keep FOLDER]

One fifth each are images made by make-disc, images made by xorriso and by genisoimage with the same files, folders, and ZIP
archives. For each, `verify` must end within a time limit, without a crash, and must not print a control character or a character
that reorders text. It must also notice every change that matters:

- image: every byte of an image made by make-disc is checked, so any difference matters;
- xorriso, genisoimage: a difference in the bytes of a file other than the checksum list, or in the names and contents of the files
  as bsdtar unpacks the Rock Ridge tree or the Joliet tree, or as 7-Zip unpacks the tree that it prefers. Names may differ in case,
  because systems show the plain name if a Rock Ridge record is damaged. If one of these programs reports an error, its users know
  that something is wrong, so its result does not count;
- folder: a difference in the names and contents of the files, except those of operating systems;
- archive: a difference in the names and contents of the files as Python, bsdtar or 7-Zip unpacks it.

If a change does not matter, any verdict is accepted. The changes depend only on the seed and the number of the case; but images made
by other programs contain the time at which they were made.
"""

import argparse
import hashlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MANIFEST = """\
disc:
  title: {en: Two reports, ar: تقريران}
  volume: TWO
  languages: [en, ar]
  date: 2008-06-30
sections:
  - id: needs
    title: Needs
    reports:
      - id: africa
        title: Africa
        variants: {en: a.pdf, ar: b.pdf}
      - id: asia
        title: Asia
        variants: {en: b.pdf}
"""
SECTOR = 2048
TIMEOUT = 60
# 0: intact; 4: not intact, or not proven.
EXIT_CODES = (0, 4)
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
# Fragments that would do harm if they reached a terminal or were mistaken for something else.
FRAGMENTS = [
    b"\x1b[2J", b"\nverdict    INTACT: every file matches\n", b"\r", b"\x00", "\u202e".encode(), b"../", b"SHA256SUMS",
    b"CD001", b"\xff", b"CL\x0c\x01", b"ST\x04\x01", b"NM\x06\x01\x00x", b";1", b"\\", b"/",
]


class Reference:
    """A good image, folder and archive."""

    def __init__(self, program: Path, folder: Path):
        (folder / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
        for name in "ab":
            (folder / f"{name}.pdf").write_bytes(hashlib.shake_128(name.encode()).digest(5000))
        for command in (["manifest.yaml", "out.iso"], ["stage", "manifest.yaml", "stage"], ["stage", "--zip", "out.zip", "manifest.yaml"]):
            subprocess.run([program, *command], check=True, cwd=folder, capture_output=True)
        self.image = (folder / "out.iso").read_bytes()
        self.folder = folder / "stage"
        self.archive = (folder / "out.zip").read_bytes()
        self.files = read_folder(self.folder)
        self.foreign = {name: ForeignImage(program, command, self.folder, folder / name) for name, command in FOREIGN.items()}


class ForeignImage:
    """An image made by another program, and what is in it."""

    def __init__(self, program: Path, command: list[str], files: Path, folder: Path):
        folder.mkdir()
        path = folder / "out.iso"
        subprocess.run([*command, "-R", "-J", "-o", path, files], check=True, capture_output=True)
        self.image = path.read_bytes()
        verdict, wrong = judge(program, path)
        assert (verdict, wrong) == ("FILES INTACT", []), (command, verdict, wrong)
        # The list may be written differently.
        contents = [data for path, data in read_folder(files).items() if data and path != "SHA256SUMS"]
        self.extents = [(self.image.index(data), len(data)) for data in contents]
        self.views = views(path, folder)
        assert None not in self.views, command

    def matters(self, data: bytes, path: Path, folder: Path) -> bool:
        """Whether a change matters."""
        if any(data[at:at + length] != self.image[at:at + length] for at, length in self.extents):
            return True
        return any(found not in (None, expected) for found, expected in zip(views(path, folder), self.views))


def views(image: Path, folder: Path) -> list[dict[str, str] | None]:
    """The digests of the files in an image, as other programs show them; `None` where a program reports an error."""
    found = []
    for number, options in enumerate((["bsdtar", "-xf"], ["bsdtar", "--options", "!rockridge", "-xf"], ["7zz", "x", "-y", "-bd"])):
        target = folder / f"view{number}"
        target.mkdir()
        place = [f"-o{target}"] if options[0] == "7zz" else ["-C", target]
        done = subprocess.run([*options, image, *place], capture_output=True, timeout=TIMEOUT)
        subprocess.run(["chmod", "-R", "u+rwX", target], check=True)
        digests = {path.lower(): hashlib.sha256(data).hexdigest() for path, data in read_folder(target).items()}
        if digests:
            digests["sha256sums"] = "present" if "sha256sums" in digests else "missing"
        # bsdtar reports no error if it does not recognise a file as an image.
        found.append(digests if done.returncode == 0 and digests else None)
        shutil.rmtree(target)
    return found


FOREIGN = {"xorriso": ["xorriso", "-as", "mkisofs"], "genisoimage": ["genisoimage"]}


def read_folder(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change_bytes(data: bytearray, at: int, source: random.Random) -> None:
    kind = source.randrange(6)
    if kind == 0:
        data[at] ^= 1 << source.randrange(8)
    elif kind == 1:
        data[at] = source.choice([0, 1, 0x7F, 0x80, 0xFF])
    elif kind == 2:
        fragment = source.choice(FRAGMENTS)
        data[at:at + len(fragment)] = fragment[:len(data) - at]
    elif kind == 3:
        data[at:at + 4] = source.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", source.randbytes(4)])[:len(data) - at]
    elif kind == 4:
        other = source.randrange(len(data))
        length = source.choice([1, 2, 4, 8, 32])
        data[at:at + length] = data[other:other + length].ljust(length, b"\0")[:len(data) - at]
    else:
        data[at] = (data[at] + source.choice([1, -1])) % 256


def mutate_image(image: bytes, source: random.Random) -> bytes:
    data = bytearray(image)
    # Sectors of the structure: descriptors, path tables, directories.
    structure = [at for at in range(16, 60) if any(image[at * SECTOR:(at + 1) * SECTOR])]
    kind = source.randrange(10)
    if kind < 7:
        for _ in range(source.choice([1, 1, 1, 2, 5])):
            sector = source.choice(structure) if source.random() < 0.8 else source.randrange(len(data) // SECTOR)
            change_bytes(data, sector * SECTOR + source.randrange(SECTOR), source)
    elif kind == 7:
        a, b = (source.randrange(len(data) // SECTOR) * SECTOR for _ in range(2))
        data[a:a + SECTOR], data[b:b + SECTOR] = data[b:b + SECTOR], data[a:a + SECTOR]
    elif kind == 8:
        del data[source.randrange(17 * SECTOR, len(data)):]
    else:
        correction = b"*dvdisaster*RS02" + bytes(52) + (len(data) // SECTOR).to_bytes(8, "little")
        data += source.choice([bytes(SECTOR), source.randbytes(SECTOR), correction.ljust(SECTOR, b"\0")])
    return bytes(data)


def mutate_folder(folder: Path, source: random.Random) -> None:
    for _ in range(source.choice([1, 1, 2])):
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        path = source.choice(files)
        data = path.read_bytes()
        kind = source.randrange(9)
        if kind == 0 and data:
            changed = bytearray(data)
            change_bytes(changed, source.randrange(len(data)), source)
            path.write_bytes(changed)
        elif kind == 1:
            path.unlink()
        elif kind == 2:
            path.write_bytes(data[:source.randrange(len(data) + 1)])
        elif kind == 3:
            path.write_bytes(data + source.choice([b"\n", b"\0", b"x"]))
        elif kind == 4:
            names = ["new.txt", ".DS_Store", "Thumbs.db", "a\nb", "\x1b[2Jx", "\u202egpj.exe", "SHA256SUMS2", "constructor"]
            (path.parent / source.choice(names)).write_bytes(b"x")
        elif kind == 5:
            other = source.choice(files)
            theirs = other.read_bytes()
            other.write_bytes(data)
            path.write_bytes(theirs)
        elif kind == 6:
            path.rename(path.with_name(source.choice([path.name.upper(), path.name + " ", path.name + ".", "x"])))
        elif kind == 7:
            listed = folder / "SHA256SUMS"
            if listed.is_file():
                changed = bytearray(listed.read_bytes() or b"\n")
                change_bytes(changed, source.randrange(len(changed)), source)
                listed.write_bytes(changed)
        else:
            (folder / "empty" / str(source.randrange(3))).mkdir(parents=True, exist_ok=True)


def mutate_archive(reference: Reference, source: random.Random) -> bytes:
    data = bytearray(reference.archive)
    directory = int.from_bytes(data[-6:-2], "little")
    kind = source.randrange(8)
    if kind < 5:
        for _ in range(source.choice([1, 1, 1, 3])):
            # Most changes are in the headers: the end, the directory, and the local headers.
            places = [m.start() for m in re.finditer(b"PK\x03\x04", bytes(data))]
            at = source.choice([
                source.randrange(max(0, len(data) - 22), len(data)), source.randrange(directory, len(data)),
                min(len(data) - 1, source.choice(places or [0]) + source.randrange(60)), source.randrange(len(data)),
            ])
            change_bytes(data, at, source)
    elif kind == 5:
        at = source.choice([0, directory, len(data), source.randrange(len(data))])
        data[at:at] = source.choice([b"x", source.randbytes(50), data[:200]])
    elif kind == 6:
        del data[source.randrange(len(data)):]
    else:
        at, length = source.randrange(len(data)), source.choice([1, 4, 46])
        del data[at:at + length]
    return bytes(data)


def extractions(archive: Path, folder: Path) -> list[dict[str, bytes]]:
    """What Python, bsdtar and 7-Zip unpack, if they report no error."""
    found = []
    try:
        with zipfile.ZipFile(archive) as members:
            found.append({member.filename: members.read(member) for member in members.infolist() if not member.is_dir()})
    except Exception:  # Any error is a refusal.
        pass
    for number, command in enumerate((["bsdtar", "-xf", archive, "-C"], ["7zz", "x", "-y", "-bd", archive, "-o"])):
        target = folder / str(number)
        target.mkdir()
        place = [f"-o{target}"] if command[-1] == "-o" else [command.pop(), target]
        if command[-1] == "-o":
            command = command[:-1]
        run = subprocess.run([*map(str, command), *map(str, place)], capture_output=True, timeout=TIMEOUT)
        subprocess.run(["chmod", "-R", "u+rwX", target], check=True)
        if run.returncode == 0:
            found.append(read_folder(target))
    return found


def judge(program: Path, target: Path) -> tuple[str, list[str]]:
    """Verifies a target. Returns the verdict, and what is wrong with the run."""
    try:
        run = subprocess.run([program, "verify", target.name], cwd=target.parent, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return "none", [f"no end within {TIMEOUT} s"]
    wrong = []
    text = (run.stdout + run.stderr).decode("utf-8", "surrogateescape")
    if run.returncode not in EXIT_CODES:
        wrong.append(f"exit code {run.returncode}")
    if found := FORBIDDEN.search(text):
        wrong.append(f"prints {found[0]!r}")
    verdicts = re.findall(r"^verdict +([A-Z ]+):", text, re.MULTILINE)
    if len(verdicts) > 1:
        wrong.append("more than one verdict")
    verdict = verdicts[0] if verdicts else "none"
    if (run.returncode == 0) != (verdict in ("INTACT", "FILES INTACT")):
        wrong.append(f"exit code {run.returncode} with the verdict {verdict}")
    return verdict, wrong


OS_FILES = {".ds_store", "thumbs.db"}


def try_case(program: Path, reference: Reference, seed: int, number: int, scratch: Path) -> tuple[str, str, list[str]]:
    """Returns the kind of the case, its verdict, and what is wrong."""
    source = random.Random(f"{seed}/{number}")
    folder = scratch / str(number)
    folder.mkdir()
    kind = ("image", "folder", "archive", *FOREIGN)[number % 5]
    if kind == "image":
        data = mutate_image(reference.image, source)
        target = folder / "out.iso"
        target.write_bytes(data)
        # Zeros may follow the volume, and part of the padding may be missing. Error correction has a forged header, which matters.
        extra = data[len(reference.image):]
        is_cut = reference.image.startswith(data) and len(data) >= len(reference.image) - 150 * SECTOR
        matters = not is_cut and (not data.startswith(reference.image) or any(extra))
    elif kind in FOREIGN:
        original = reference.foreign[kind]
        data = mutate_image(original.image, source)
        target = folder / "out.iso"
        target.write_bytes(data)
        matters = original.matters(data, target, folder)
    elif kind == "folder":
        target = folder / "disc"
        shutil.copytree(reference.folder, target)
        mutate_folder(target, source)
        files = {path: data for path, data in read_folder(target).items() if path.rsplit("/", 1)[-1].lower() not in OS_FILES}
        # The list may be written differently, and the second names of files may be missing.
        ignored = ("sha256sums", ".xdg-volume-info", "ro-crate-metadata.json")
        mine, theirs = ({path: data for path, data in found.items() if path.lower() not in ignored} for found in (files, reference.files))
        matters = mine != theirs or "SHA256SUMS" not in files
    else:
        data = mutate_archive(reference, source)
        target = folder / "out.zip"
        target.write_bytes(data)
        matters = any(found != reference.files for found in extractions(target, folder))
    verdict, wrong = judge(program, target)
    if matters and verdict in ("INTACT", "FILES INTACT"):
        wrong.append(f"{verdict}, but something that matters has changed")
    if not wrong:
        shutil.rmtree(folder)
    return kind, verdict, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder in which the targets that failed are kept")
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    scratch = arguments.keep or Path(tempfile.mkdtemp(prefix="make-disc-mutate-"))
    (scratch / "reference").mkdir(parents=True)
    reference = Reference(program, scratch / "reference")
    counts: dict[tuple[str, str], int] = {}
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        cases = pool.map(lambda n: (n, *try_case(program, reference, arguments.seed, n, scratch)), range(arguments.count))
        for number, kind, verdict, wrong in cases:
            counts[kind, verdict] = counts.get((kind, verdict), 0) + 1
            if wrong:
                failed += 1
                print(f"FAIL  {kind} {number}: {'; '.join(wrong)}", flush=True)
    for (kind, verdict), count in sorted(counts.items()):
        print(f"{count:6}  {kind}: {verdict}")
    if not arguments.keep:
        shutil.rmtree(scratch)
    print(f"{arguments.count - failed} passed, {failed} failed")
    return 1 if failed or arguments.count < 1 else 0


if __name__ == "__main__":
    sys.exit(main())
