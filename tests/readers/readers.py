#!/usr/bin/env python3
"""Reads an image with every reader, in every view, and checks the result.

    readers.py IMAGE --expect LIST.json --sources DIR [--large] [--only NAME]...

LIST.json is the output of `make-disc list MANIFEST --json`, DIR the folder of
the manifest. It prints one line per reader and view:

    ok|FAIL  reader  view  files  bytes  seconds  [reason]

and at the end `N passed, M failed`; the exit code is 1 if anything failed.
A reader that is not installed counts as failed, because a check that did not
run proves nothing.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Optional

CHUNK = 1 << 20
TIMEOUT = 900
WORKERS = max(2, os.cpu_count() or 2)

CHECKSUMS = "SHA256SUMS"
# The files that are also on the disc under a second name, by that name. Only these names contain dashes, which are `_` in
# the plain view.
SECOND_NAMES = {".xdg-volume-info": "pages/volume.txt", "ro-crate-metadata.json": "ro_crate.json"}
# A name that every view can spell: lower case, at most one dot.
NAME = re.compile(r"[a-z0-9_]+|[a-z0-9_]*\.[a-z0-9_]+")
SUM_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
# The longest extent: whole sectors below 4 GiB.
LARGE = (1 << 32) - 2048


# `fusermount` unmounts with -u; `umount` is used where there is none.
UNMOUNT = ["-u"] if shutil.which("fusermount3") or shutil.which("fusermount") else []


class ReaderError(Exception):
    """A reader did not work at all."""


def normalise(name: str) -> str:
    """A path in the form common to all views: without a leading `/` or `./`,
    version or trailing dot, and in lower case."""
    path = re.sub(r"^\.?/+", "", name)
    return "/".join(stripped(part) for part in path.split("/")).lower()


def stripped(part: str) -> str:
    """A name without the version and the empty extension of ISO 9660."""
    return re.sub(r";\d+$", "", part).removesuffix(".")


def tool(*names: str) -> str:
    """The first of some programs that is installed."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise ReaderError(f"{names[0]} is not installed")


def environment() -> dict:
    """The caller's environment without its language and time zone."""
    return {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def run(arguments: list, fail_on_stderr: bool = True) -> str:
    """Runs a program and returns its output. With `fail_on_stderr`, anything on standard
    error is a failure, even if the program exits with 0."""
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise ReaderError(f"{Path(arguments[0]).name} ran longer than {TIMEOUT} s") from None
    if done.returncode != 0 or (fail_on_stderr and done.stderr.strip()):
        output = (done.stderr.strip() or done.stdout.strip()).replace("\n", " | ")
        raise ReaderError(f"{Path(arguments[0]).name} exit {done.returncode}: {output[:300]}")
    return done.stdout


# The digest of some bytes, and how many zeros follow them -> the state of the digest after these.
AFTER_ZEROS: dict = {}
ZEROS = bytes(CHUNK)


class Hashing:
    """A file object that computes a digest and a length. With `keep` it also
    keeps the bytes, for the checksum list.

    Every byte is looked at, but the same number of zeros after the same bytes is hashed only once: the file of 4 GiB
    consists of them, and is read a dozen times."""

    def __init__(self, keep: bool = False):
        self._sha256 = hashlib.sha256()
        self._zeros = 0
        self.size = 0
        self.kept = [] if keep else None

    def write(self, data) -> int:
        if data == ZEROS[: len(data)]:
            self._zeros += len(data)
        else:
            self._hash_zeros()
            self._sha256.update(data)
        self.size += len(data)
        if self.kept is not None:
            self.kept.append(bytes(data))
        return len(data)

    def drain(self, stream) -> "Hashing":
        """Reads a stream to its end, a chunk at a time."""
        while data := stream.read(CHUNK):
            self.write(data)
        return self

    def hexdigest(self) -> str:
        self._hash_zeros()
        return self._sha256.hexdigest()

    def _hash_zeros(self) -> None:
        """Hashes the zeros that have been written last."""
        if self._zeros >= CHUNK:
            place = self._sha256.digest(), self._zeros
            if place not in AFTER_ZEROS:
                for _ in range(self._zeros // CHUNK):
                    self._sha256.update(ZEROS)
                self._sha256.update(ZEROS[: self._zeros % CHUNK])
                AFTER_ZEROS[place] = self._sha256
            self._sha256 = AFTER_ZEROS[place].copy()
        elif self._zeros:
            self._sha256.update(ZEROS[: self._zeros])
        self._zeros = 0


def hash_output(arguments: list, keep: bool) -> Hashing:
    """Hashes what a program writes to its standard output."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment(),
        )
        with process.stdout:
            hashing = Hashing(keep).drain(process.stdout)
        code = process.wait(TIMEOUT)
        errors.seek(0)
        message = errors.read(300).decode(errors="replace").strip().replace("\n", " | ")
    if code != 0 or message:
        raise ReaderError(f"{Path(arguments[0]).name} exit {code}: {message}")
    return hashing


@dataclass
class Contents:
    """The files and folders that a reader showed, with its spelling of names."""

    # Normalised path -> (spelling, digest or None if only listed, size).
    files: dict = field(default_factory=dict)
    folders: set = field(default_factory=set)
    checksums: Optional[bytes] = None
    problems: list = field(default_factory=list)

    def add(self, name: str, hashing: Hashing) -> None:
        """A file that was read."""
        self._put(name, hashing.hexdigest(), hashing.size)
        if hashing.kept is not None:
            self.checksums = b"".join(hashing.kept)

    def add_listed(self, name: str) -> None:
        """A file that was listed but not read."""
        self._put(name, None, 0)

    def add_folder(self, name: str) -> None:
        if path := normalise(name):
            self.folders.add(path)

    def _put(self, name: str, digest: Optional[str], size: int) -> None:
        path = normalise(name)
        if path in self.files and digest is not None:
            self.problems.append(f"shown twice: {path}")
        self.files[path] = (name, digest, size)


def is_checksums(name: str) -> bool:
    return normalise(name) == CHECKSUMS.lower()


def split_folders(names: Iterable[str]) -> tuple:
    """Splits a flat listing into files and folders: a folder is a path that others
    start with. An empty folder counts as a file, and fails when it is read."""
    names = [name for name in names if normalise(name)]
    above = {normalise(name).rpartition("/")[0] for name in names}
    folders = [name for name in names if normalise(name) in above]
    return [name for name in names if normalise(name) not in above], folders


@dataclass(frozen=True)
class Image:
    path: str
    # Normalised paths of files with more than one extent.
    large: frozenset


def read_tree(root: Path) -> Contents:
    """Hashes everything in a folder that a reader has written."""
    contents = Contents()
    for folder, folders, files in os.walk(root):
        inside = Path(folder).relative_to(root)
        for name in folders:
            contents.add_folder(str(inside / name))
        for name in files:
            path, full = str(inside / name), Path(folder) / name
            if full.is_symlink() or not full.is_file():
                contents.problems.append(f"not a plain file: {path}")
                continue
            with open(full, "rb") as file:
                contents.add(path, Hashing(is_checksums(path)).drain(file))
    return contents


class Scratch(tempfile.TemporaryDirectory):
    """A temporary folder for files extracted from a disc. Their folders are
    read-only, so they are made writable before the folder is removed."""

    def __init__(self):
        super().__init__(prefix="readers-")

    def cleanup(self) -> None:
        for folder, _, _ in os.walk(self.name):
            os.chmod(folder, 0o700)
        super().cleanup()


# --- The readers. Each takes the image and an option for the view, and returns
# --- what it showed.


def xorriso(image: Image, mode: str, _skip: str) -> Contents:
    with Scratch() as scratch:
        # Warnings are treated as failures, because xorriso repairs what it can and exits with 0. The large file is almost
        # entirely zeros, which must not take 4 GiB of the disk.
        run(
            [tool("xorriso"), "-no_rc", "-report_about", "WARNING"]
            + ["-return_with", "WARNING", "32", "-osirrox", "on:sparse=64k", "-read_fs", mode]
            + ["-indev", image.path, "-extract", "/", scratch],
            fail_on_stderr=False,
        )
        return read_tree(Path(scratch))


# What isoinfo has read in one view: (first sector, length in bytes) -> contents.
READ_BY_ISOINFO: dict = {}
# One in this many of the files is read again, although isoinfo has read its bytes in another view.
READ_AGAIN = 16


def isoinfo(image: Image, option: str, skip: str) -> Contents:
    """Each file takes a process that searches the whole tree. So a file that was read in an earlier view, as its place and
    length show, is read again only if it is the checksum list or in a sample."""
    program = [tool("isoinfo"), "-i", image.path] + ([option] if option else [])
    files, folders = split_folders(run(program + ["-f"]).splitlines())
    places = isoinfo_places(run(program + ["-l"]))
    sample = set(files[::READ_AGAIN])

    def read(name: str) -> Hashing:
        place = places.get(normalise(name))
        if place is None:
            raise ReaderError(f"isoinfo -l does not list {name}")
        known = READ_BY_ISOINFO.get(place)
        if known and name not in sample and not is_checksums(name):
            return known
        hashing = hash_output(program + ["-x", name], is_checksums(name))
        READ_BY_ISOINFO.setdefault(place, hashing)
        return hashing

    return read_each(files, folders, read, image, skip)


def isoinfo_places(listing: str) -> dict:
    """Normalised path -> (first sector, length in bytes), from the output of `isoinfo -l`."""
    places, folder = {}, ""
    for line in listing.splitlines():
        if heading := re.fullmatch(r"Directory listing of (.*)", line):
            folder = heading[1]
        elif file := re.match(r"-\S* +\d+ +\d+ +\d+ +(\d+) .{11} \[ *(\d+) [0-9a-f]+\] +(.*?) *$", line):
            places[normalise(folder + file[3])] = (int(file[2]), int(file[1]))
    return places


# What libcdio has read: name -> contents.
READ_BY_LIBCDIO: dict = {}


def libcdio(image: Image, options: str, skip: str) -> Contents:
    """Lists with iso-info and reads with iso-read. The options change what is
    listed: Joliet names or Rock Ridge names. iso-read takes no option and looks
    every name up in the primary tree, so the bytes are always read from there, and each name is read only once."""
    listing = run(
        [tool("iso-info"), "--no-header", "-f", "-i", image.path] + options.split(),
        fail_on_stderr=False,
    )
    _, _, body = listing.partition("ISO-9660 Information\n")
    names = [line.split(None, 1)[1] for line in body.splitlines() if line.strip()]
    files, folders = split_folders(names)
    iso_read = tool("iso-read")
    with Scratch() as scratch:

        def read(name: str) -> Hashing:
            if name in READ_BY_LIBCDIO:
                return READ_BY_LIBCDIO[name]
            # iso-read truncates the file that it writes, which is not possible with a pipe.
            handle, out = tempfile.mkstemp(dir=scratch)
            os.close(handle)
            run([iso_read, "-i", image.path, "-e", name, "-o", out])
            with open(out, "rb") as file:
                hashing = Hashing(is_checksums(name)).drain(file)
            os.unlink(out)
            READ_BY_LIBCDIO[name] = hashing
            return hashing

        return read_each(files, folders, read, image, skip)


def read_each(files, folders, read: Callable, image: Image, skip: str) -> Contents:
    """Reads files with one process each, several at a time. `skip`, if not
    empty, says why large files are only listed."""
    contents = Contents()
    for name in folders:
        contents.add_folder(name)
    to_read = []
    for name in files:
        if skip and normalise(name) in image.large:
            contents.add_listed(name)
        else:
            to_read.append(name)
    with ThreadPoolExecutor(WORKERS) as pool:
        for name, hashing in zip(to_read, pool.map(read, to_read)):
            contents.add(name, hashing)
    return contents


def seven_zip(image: Image, _option: str, _skip: str) -> Contents:
    program = tool("7zz", "7z")
    with Scratch() as scratch:
        # Large files go through a pipe, not to the disk. The spelling of their names
        # comes from the listing.
        listing = run([program, "l", "-ba", "-slt", "-sccUTF-8", image.path])
        names = re.findall(r"^Path = (.+)$", listing, re.MULTILINE)
        large = [name for name in names if normalise(name) in image.large]
        run(
            [program, "x", "-y", "-bd", "-bb0", "-sccUTF-8", f"-o{scratch}"]
            + [f"-x!{name}" for name in large]
            + [image.path]
        )
        contents = read_tree(Path(scratch))
    for name in large:
        contents.add(name, hash_output([program, "x", "-so", "-bd", image.path, name], False))
    return contents


def bsdtar(image: Image, options: str, _skip: str) -> Contents:
    program = [tool("bsdtar")]
    chosen = ["--options", options] if options else []
    with Scratch() as scratch:
        names = run(program + chosen + ["-tf", image.path]).splitlines()
        large = [name for name in names if normalise(name) in image.large]
        run(
            program
            + chosen
            + [f"--exclude={name}" for name in large]
            + ["-xf", image.path, "-C", scratch]
        )
        contents = read_tree(Path(scratch))
    for name in large:
        contents.add(name, hash_output(program + chosen + ["-xOf", image.path, name], False))
    return contents


def pycdlib(image: Image, keyword: str, skip: str) -> Contents:
    try:
        import pycdlib as library
    except ImportError:
        raise ReaderError("pycdlib is not installed for this Python") from None
    iso = library.PyCdlib()
    iso.open(image.path)
    try:
        names = []
        contents = Contents()
        for folder, folders, files in iso.walk(**{keyword: "/"}):
            base = folder.rstrip("/")
            for name in folders:
                contents.add_folder(f"{base}/{name}")
            names += [f"{base}/{name}" for name in files]
        for name in names:
            if skip and normalise(name) in image.large:
                contents.add_listed(name)
                continue
            hashing = Hashing(is_checksums(name))
            iso.get_file_from_iso_fp(hashing, **{keyword: name})
            contents.add(name, hashing)
        return contents
    finally:
        iso.close()


def sleuth_kit(image: Image, _option: str, _skip: str) -> Contents:
    with Scratch() as scratch:
        run([tool("tsk_recover"), "-a", image.path, scratch], fail_on_stderr=False)
        return read_tree(Path(scratch))


def grub(image: Image, _option: str, _skip: str) -> Contents:
    """GRUB's own reader of ISO 9660, as a file system in user space."""
    with tempfile.TemporaryDirectory(prefix="readers-") as folder:
        process = subprocess.Popen([tool("grub-mount"), image.path, folder], env=environment())
        try:
            deadline = time.monotonic() + 30
            while not os.path.ismount(folder):
                if time.monotonic() > deadline or process.poll() not in (None, 0):
                    raise ReaderError("grub-mount did not mount the image")
                time.sleep(0.02)
            return read_tree(Path(folder))
        finally:
            subprocess.run([tool("fusermount3", "fusermount", "umount"), *UNMOUNT, folder], check=False)
            process.wait(30)


# --- The table of readers and views.


@dataclass(frozen=True)
class View:
    reader: str
    name: str
    read: Callable
    option: str
    # Whether it shows the names of the primary tree: upper case, with `_` where Joliet has `-`.
    plain: bool = False


VIEWS = [
    View("xorriso", "rock ridge", xorriso, "nojoliet"),
    View("xorriso", "joliet", xorriso, "norock"),
    View("xorriso", "plain", xorriso, "ecma119", plain=True),
    View("isoinfo", "rock ridge", isoinfo, "-R"),
    View("isoinfo", "joliet", isoinfo, "-J"),
    View("isoinfo", "plain", isoinfo, "", plain=True),
    # --no-rock-ridge has no effect on a listing without Joliet, so libcdio has no
    # plain view.
    View("libcdio", "default", libcdio, ""),
    View("libcdio", "no rock ridge", libcdio, "--no-rock-ridge"),
    View("libcdio", "no joliet", libcdio, "--no-joliet"),
    # There is no option: 7-Zip uses Joliet if there is one.
    View("7zz", "default", seven_zip, ""),
    View("bsdtar", "default", bsdtar, ""),
    View("bsdtar", "no rock ridge", bsdtar, "iso9660:!rockridge"),
    View("bsdtar", "no joliet", bsdtar, "iso9660:!joliet"),
    View("bsdtar", "plain", bsdtar, "iso9660:!rockridge,iso9660:!joliet", plain=True),
    View("pycdlib", "rock ridge", pycdlib, "rr_path"),
    View("pycdlib", "joliet", pycdlib, "joliet_path"),
    View("pycdlib", "plain", pycdlib, "iso_path", plain=True),
    # Neither has an option: Sleuth Kit and GRUB use Rock Ridge if there is one.
    View("sleuthkit", "default", sleuth_kit, ""),
    View("grub", "default", grub, ""),
]
READERS = list(dict.fromkeys(view.reader for view in VIEWS))

# The views in which a reader handles a file with several extents incorrectly, and what it does.
# This is the reader's fault, and happens with images made by other programs too. In these views the reader
# must still list that file, and read every other file correctly.
EACH_EXTENT = "it shows each extent as a separate file, all with the same name"
NOT_FOR_LARGE = {
    ("isoinfo", "rock ridge"): EACH_EXTENT,
    ("isoinfo", "joliet"): EACH_EXTENT,
    ("isoinfo", "plain"): EACH_EXTENT,
    ("libcdio", "default"): EACH_EXTENT,
    ("libcdio", "no rock ridge"): EACH_EXTENT,
    ("libcdio", "no joliet"): EACH_EXTENT,
    # In pycdlib 1.22. Its Joliet and plain views join the extents.
    ("pycdlib", "rock ridge"): "it returns only the last extent",
}


# --- The checks.


@dataclass(frozen=True)
class Expected:
    """What must be on the disc according to LIST.json and the sources."""

    entries: list
    digests: dict
    large: frozenset

    @classmethod
    def load(cls, listing: Path, sources: Path) -> "Expected":
        entries = json.loads(listing.read_text(encoding="utf-8"))["entries"]
        if not entries:
            sys.exit(f"{listing}: no entries to compare with")
        digests, large = {}, set()
        for entry in entries:
            source = entry["source"]
            if source not in digests:
                with open(sources / source, "rb") as file:
                    digests[source] = Hashing().drain(file).hexdigest()
            if entry["size"] >= LARGE:
                large.add(normalise(entry["joliet"]))
        return cls(entries, digests, frozenset(large))


def parse_checksums(text: bytes) -> tuple:
    """The checksum list of the image as {path: digest}, and what is wrong with it."""
    listed, problems, seen = {}, [], set()
    lines = text.decode("utf-8", errors="replace").split("\n")
    if lines.pop() != "":
        problems.append(f"{CHECKSUMS}: no line feed at the end")
    for line in lines:
        match = SUM_LINE.fullmatch(line)
        if not match:
            problems.append(f"{CHECKSUMS}: malformed line {line!r}")
            continue
        digest, path = match.groups()
        if path.lower() in seen:
            problems.append(f"{CHECKSUMS}: duplicate path {path}")
        seen.add(path.lower())
        if not all(NAME.fullmatch(part) for part in path.split("/")):
            problems.append(f"{CHECKSUMS}: a name that not every view can show: {path}")
        listed[path] = digest
    return listed, problems


def find_problems(contents: Contents, view: View, expected: Expected) -> list:
    """Everything wrong with what a reader showed."""
    if contents.checksums is None:
        return contents.problems + [f"no {CHECKSUMS} among {len(contents.files)} files"]
    listed, problems = parse_checksums(contents.checksums)
    problems = contents.problems + problems

    second_names = {name.replace("-", "_") if view.plain else name: original for name, original in SECOND_NAMES.items()}
    spelling = {path.lower(): path for path in [*listed, CHECKSUMS, *second_names]}

    # The paths are the same.
    shown = set(contents.files)
    problems += [f"missing: {path}" for path in sorted(set(spelling) - shown)]
    problems += [f"not in {CHECKSUMS}: {path}" for path in sorted(shown - set(spelling))]

    # In views with lower case, their spelling is the same too.
    if not view.plain:
        for path in sorted(shown & set(spelling)):
            name = re.sub(r"^\.?/+", "", contents.files[path][0])
            if "/".join(stripped(part) for part in name.split("/")) != spelling[path]:
                problems.append(f"spelled {name}, not {spelling[path]}")

    # The bytes match the checksum list.
    for path, digest in listed.items():
        _, actual, size = contents.files.get(path.lower(), ("", None, 0))
        if actual is not None and actual != digest:
            problems.append(f"contents differ from {CHECKSUMS} ({size} bytes): {path}")
    for name, original in second_names.items():
        if name in shown and contents.files[name][1] != listed.get(original):
            problems.append(f"{name} is not a copy of {original}")

    # The folders are exactly the parent folders of the files.
    ancestors = set()
    for path in spelling:
        while path := path.rpartition("/")[0]:
            ancestors.add(path)
    problems += [f"missing folder: {path}" for path in sorted(ancestors - contents.folders)]
    problems += [f"extra folder: {path}" for path in sorted(contents.folders - ancestors)]

    # The documents are exactly those of the collection, with the contents of their sources.
    documents = set()
    for entry in expected.entries:
        path = normalise(entry["iso9660" if view.plain else "joliet"])
        documents.add(path)
        _, actual, size = contents.files.get(path, ("", "", 0))
        if actual == "":
            problems.append(f"missing document: {path}")
        elif actual is not None and actual != expected.digests[entry["source"]]:
            problems.append(f"contents differ from its source ({size} bytes): {path}")
        elif actual is not None and size != entry["size"]:
            problems.append(f"{size} bytes, not {entry['size']}: {path}")
    unexpected = {path for path in shown if path.startswith("documents/")} - documents
    problems += [f"document that is not in the list: {path}" for path in sorted(unexpected)]
    return problems


def check(view: View, image: Image, expected: Expected) -> bool:
    """Runs one reader in one view, prints its line, and says whether it passed."""
    skip = NOT_FOR_LARGE.get((view.reader, view.name), "") if image.large else ""
    start = time.monotonic()
    contents = Contents()
    try:
        contents = view.read(image, view.option, skip)
        problems = find_problems(contents, view, expected)
    except ReaderError as error:
        problems = [str(error)]
    except Exception as error:  # A reader that crashes must not hide the results of the others.
        problems = [f"{type(error).__name__}: {error}"]
    seconds = time.monotonic() - start
    size = sum(size for _, _, size in contents.files.values())
    # The reason must be one line, whatever a name or a message contains.
    reason = re.sub(r"[\x00-\x1f\x7f]", "?", "; ".join(problems[:3]))
    if len(problems) > 3:
        reason += f"; and {len(problems) - 3} more"
    elif skip and not problems:
        reason = f"large file listed, not read: {skip}"
    line = (
        f"{'FAIL' if problems else 'ok':4}  {view.reader:10} {view.name:14}"
        f" {len(contents.files):6} {size:12} {seconds:8.2f}  {reason}"
    )
    print(line.rstrip(), flush=True)
    return not problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path)
    parser.add_argument("--expect", type=Path, required=True, metavar="LIST.json")
    parser.add_argument("--sources", type=Path, required=True, metavar="DIR")
    parser.add_argument("--large", action="store_true", help="the image has a file of 4 GiB or more")
    parser.add_argument("--only", action="append", choices=READERS, metavar="NAME")
    arguments = parser.parse_args()

    expected = Expected.load(arguments.expect, arguments.sources)
    # A mismatch is an error: with --large and no large file, Sleuth Kit would not be tested.
    if bool(expected.large) != arguments.large:
        parser.error("--large is for lists with a file of 4 GiB or more, and for those only")
    image = Image(str(arguments.image.resolve(strict=True)), expected.large)

    selected_readers = arguments.only or READERS
    # Sleuth Kit searches every sector for lost files: with 4 GiB it had listed none after 8 minutes.
    views = [view for view in VIEWS if not (arguments.large and view.reader == "sleuthkit")]
    results = [check(view, image, expected) for view in views if view.reader in selected_readers]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
