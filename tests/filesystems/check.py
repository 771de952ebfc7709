#!/usr/bin/env python3
"""Runs make-disc on file systems with the quirks and faults that faultfs.py lists, and on FAT and exFAT.

    check.py --program MAKE_DISC [--only WORD]

With a quirk, every command that writes must succeed, twice; what it leaves in the folder is compared with what it leaves on an
ordinary file system, byte for byte, so no other file may be left. With a fault, every command must fail with a message
that names the reason and leave the folder as it was, whether its output is new or replaces an older one.

Prints a line for each file system; the exit code is 1 if anything failed.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The outputs are beside the collection, so all files are on the file system that is tested.
COMMANDS = {
    "build": ["manifest.yaml", "out.iso"],
    "stage": ["stage", "manifest.yaml", "stick"],
    "archive": ["stage", "manifest.yaml", "--zip", "out.zip"],
    "print": ["print", "manifest.yaml", "out.pdf", "--only", "label", "--no-search"],
    "page": ["check", "manifest.yaml", "--html", "page.html"],
    "init": ["init", "files", "--output", "proposed.yaml"],
}
QUIRKS = [
    ["none"],
    ["no-links"],
    ["no-folder-sync"],
    ["no-links", "no-folder-sync", "no-modes"],
    ["no-space-info"],
    ["other-inodes"],
    ["other-ctimes"],
]
ALL = list(COMMANDS)
LARGE = ["build", "stage", "archive"]
FILES = [command for command in COMMANDS if command != "stage"]
# Each fault, the commands that it stops, and words of their message.
FAULTS = [
    ("full=0", ALL, "the disk is full"),
    ("full=300", ALL, "the disk is full"),
    ("full=1000000", LARGE, "the disk is full"),
    ("full=2900000", LARGE, "the disk is full"),
    ("quota=300", ALL, "quota"),
    ("longest=300", ALL, "FAT: 4 GiB"),
    ("bad-sync", ALL, "Input/output error"),
    ("no-renames", ALL, "permission denied"),
    ("read-only", ALL, "read-only"),
]


class Report:
    def __init__(self) -> None:
        self.failed = 0

    def line(self, name: str, problems: list[str], seconds: float) -> None:
        self.failed += bool(problems)
        print(f"{'FAIL' if problems else 'ok'}  {name}  {seconds:.1f} s", flush=True)
        for problem in problems:
            print(f"      {problem}")


class Collection:
    """The files of a collection, and what each command makes from them on an ordinary file system."""

    def __init__(self, program: Path, scratch: Path):
        self.set_paths(program, scratch)
        self.write(self.old, "Old")
        self.write(self.new, "New")
        for folder in (self.old, self.new):
            for command in COMMANDS:
                done = self.run(command, folder)
                assert done.returncode == 0, done.stderr

    @classmethod
    def existing(cls, program: Path, scratch: Path) -> "Collection":
        """The collection that another process has made there."""
        collection = cls.__new__(cls)
        collection.set_paths(program, scratch)
        return collection

    def set_paths(self, program: Path, scratch: Path) -> None:
        self.program, self.scratch = program, scratch
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": str(scratch / "cache")}
        self.environment.pop("SOURCE_DATE_EPOCH", None)
        self.old, self.new = scratch / "old" / "collection", scratch / "new" / "collection"

    def write(self, folder: Path, title: str) -> None:
        (folder / "files").mkdir(parents=True)
        variants = {"en": "files/report.en.txt", "fr": "files/report.fr.txt"}
        reports = [{"id": "report", "title": "Report", "variants": variants}, {"id": "data", "title": "Data", "variants": {"en": "files/data.bin"}}]
        disc = {"title": title, "volume": "FILES", "languages": ["en", "fr"], "date": "2008-06-30"}
        manifest = {"disc": disc, "sections": [{"id": "s", "title": "S", "reports": reports}]}
        (folder / "manifest.yaml").write_text(json.dumps(manifest))
        for language in ("en", "fr"):
            (folder / f"files/report.{language}.txt").write_text(f"A report in the language {language}.\n" * 40)
        (folder / "files/data.bin").write_bytes(bytes(number * number % 251 for number in range(3_000_000)))

    def run(self, command: str, folder: Path, *options: str) -> subprocess.CompletedProcess:
        arguments = [self.program, *COMMANDS[command], "--quiet", *options]
        return subprocess.run(arguments, cwd=folder, env=self.environment, capture_output=True, text=True, timeout=120)

    def copy_sources(self, folder: Path) -> None:
        (folder / "files").mkdir(parents=True)
        shutil.copyfile(self.new / "manifest.yaml", folder / "manifest.yaml")
        for path in (self.new / "files").iterdir():
            shutil.copyfile(path, folder / "files" / path.name)


def snapshot(folder: Path) -> dict[str, bytes]:
    """The bytes of all files, and the names of all folders."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in paths}


def differences(found: dict, expected: dict) -> list[str]:
    names = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    state = {(True, False): "should not be there", (False, True): "is missing", (True, True): "has other bytes"}
    return [f"`{name}` {state[name in found, name in expected]}" for name in names[:5]]


@contextlib.contextmanager
def mounted(root: Path, faults: list[str], scratch: Path):
    """Mounts a folder through faultfs.py, with these quirks or faults. The mounted folder has the same name as the folder itself,
    because some outputs contain it."""
    place = Path(tempfile.mkdtemp(dir=scratch, prefix="mount-")) / root.name
    place.mkdir()
    server = subprocess.Popen([sys.executable, HERE / "faultfs.py", root, place, *faults], stderr=subprocess.PIPE)
    try:
        for _ in range(200):
            if place.is_mount() or server.poll() is not None:
                break
            time.sleep(0.05)
        assert place.is_mount(), (server.stderr.read() if server.poll() is not None else b"not mounted")
        yield place
    finally:
        unmount(["fusermount3", "-u", "-z", place])
        server.wait(timeout=20)


def unmount(command: list) -> None:
    for _ in range(50):
        if subprocess.run(command, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)


def run_all_twice(collection: Collection, folder: Path, commands=tuple(COMMANDS)) -> list[str]:
    """Runs all commands, then all of them over their own outputs; returns the problems."""
    problems = []
    expected = {name: data for name, data in snapshot(collection.new).items() if name != "out.zip" or "archive" in commands}
    for options in ([], ["--force"]):
        for command in commands:
            done = collection.run(command, folder, *options)
            if done.returncode:
                problems.append(f"{command} {options}: exit code {done.returncode}: {done.stderr.strip()}")
        problems += differences(snapshot(folder), expected)
    return problems


def check_quirks(collection: Collection, quirks: list[str]) -> list[str]:
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        root = Path(scratch) / "collection"
        collection.copy_sources(root)
        with mounted(root, quirks, Path(scratch)) as place:
            problems = run_all_twice(collection, place)
        return problems + differences(snapshot(root), snapshot(collection.new))


def check_fault(collection: Collection, fault: str, commands: list[str], words: str) -> list[str]:
    problems = []
    for command in commands:
        for replaces in (False, True):
            with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
                root = Path(scratch) / "collection"
                if replaces:
                    shutil.copytree(collection.old, root)
                    shutil.copy(collection.new / "manifest.yaml", root)
                else:
                    collection.copy_sources(root)
                before = snapshot(root)
                with mounted(root, [fault], Path(scratch)) as place:
                    done = collection.run(command, place, *(["--force"] if replaces else []))
                label = f"{command}{' over an older output' if replaces else ''}"
                if done.returncode != 3 or words not in done.stderr or done.stderr.count("\n") != 1:
                    problems.append(f"{label}: exit code {done.returncode}: {done.stderr.strip()}")
                problems += [f"{label}: {difference}" for difference in differences(snapshot(root), before)]
    return problems


def check_partial_move(collection: Collection) -> list[str]:
    """Moving the files into a new folder fails after some of them."""
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        root = Path(scratch) / "collection"
        collection.copy_sources(root)
        before = snapshot(root)
        with mounted(root, ["no-renames=5"], Path(scratch)) as place:
            done = collection.run("stage", place)
        wrong = [] if done.returncode == 3 else [f"exit code {done.returncode}: {done.stderr}"]
        return wrong + differences(snapshot(root), before)


def check_colons(collection: Collection) -> list[str]:
    """A name that the file system does not allow is refused before the manifest is read."""
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        root = Path(scratch) / "collection"
        root.mkdir()
        with mounted(root, ["no-colons"], Path(scratch)) as place:
            arguments = [collection.program, "none.yaml", "12:30.iso"]
            done = subprocess.run(arguments, cwd=place, capture_output=True, text=True)
        expected = done.returncode == 2 and "this file system does not allow the name `12:30.iso`" in done.stderr
        return [] if expected and not snapshot(root) else [f"exit code {done.returncode}: {done.stderr}"]


def chattr(attribute: str, path: Path) -> bool:
    return subprocess.run(["chattr", attribute, path], capture_output=True).returncode == 0


def check_attributes(collection: Collection) -> list[str] | None:
    """A file or folder protected by attributes is reported before the manifest is read. `None` if this user or file system
    cannot set attributes."""
    problems = []
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        root = Path(scratch) / "collection"
        shutil.copytree(collection.old, root)
        for protected, attribute, words, commands in [
            (".", "i", "permission denied", FILES),
            (".", "a", "but not renamed", FILES),
            ("stick", "i", "`stick` cannot be written: permission denied", ["stage"]),
            ("stick", "a", "`stick` cannot be written: files can be added to the folder, but not renamed", ["stage"]),
            ("out.iso", "i", "`out.iso` cannot be written: it is protected", ["build"]),
            ("out.iso.sha256", "i", "`out.iso.sha256` cannot be written: it is protected", ["build"]),
            ("out.zip", "a", "only extended", ["archive"]),
            ("stick/SHA256SUMS", "i", "`stick/SHA256SUMS` cannot be written: it is protected", ["stage"]),
            ("stick/pages", "i", "`stick/pages` cannot be written: permission denied", ["stage"]),
            ("stick/pages/en", "a", "`stick/pages/en` cannot be written: files can be added to the folder, but not renamed", ["stage"]),
        ]:
            if not chattr(f"+{attribute}", root / protected):
                return None
            try:
                problems += check_early_message(collection, root, commands, words, f"{attribute} {protected}")
            finally:
                chattr(f"-{attribute}", root / protected)
    return problems


def check_permissions(collection: Collection) -> list[str] | None:
    """A folder protected by permissions is reported before the manifest is read. Permissions do not stop root, so the commands run as
    another user; `None` if that is not possible."""
    if os.geteuid():
        return None
    problems = []
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        root, program = Path(scratch) / "collection", Path(scratch) / "make-disc"
        for folder in (collection.scratch, Path(scratch)):
            folder.chmod(0o755)
        shutil.copytree(collection.old, root)
        shutil.copy(collection.program, program)
        nobody = 65534
        for path in [root, *root.rglob("*")]:
            os.chown(path, nobody, nobody)
        for protected, mode, owner, words, commands in [
            (".", 0o555, nobody, "permission denied", FILES),
            (".", 0o755, 0, "permission denied", FILES),
            ("stick", 0o555, nobody, "permission denied", ["stage"]),
            ("stick/pages", 0o555, nobody, "`stick/pages` cannot be written: permission denied", ["stage"]),
            ("stick", 0o1777, 0, "belongs to another user", ["stage"]),
            (".", 0o1777, 0, "belongs to another user", ["build", "archive", "print", "page"]),
        ]:
            path = root / protected
            sticky = [path, *path.rglob("*")] if mode & 0o1000 else [path]
            before = path.stat().st_mode & 0o7777
            for other in sticky:
                os.chown(other, owner, owner)
            path.chmod(mode)
            label = f"{mode:o} {protected} of {owner}"
            problems += check_early_message(collection, root, commands, words, label, program=program, user=nobody)
            path.chmod(before)
            for other in sticky:
                os.chown(other, nobody, nobody)
    return problems


def check_read_only_mount(collection: Collection) -> list[str] | None:
    """A folder that is mounted read-only is reported before the manifest is read. `None` if this user may not mount."""
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        place = Path(scratch) / "collection"
        place.mkdir()
        if subprocess.run(["mount", "--bind", collection.old, place], capture_output=True).returncode:
            return None
        try:
            if subprocess.run(["mount", "-o", "remount,ro,bind", place], capture_output=True).returncode:
                return None
            return check_early_message(collection, place, ALL, "the file system is read-only", "read-only mount")
        finally:
            unmount(["umount", place])


def check_early_message(collection, root: Path, commands, words: str, label: str, program: Path | None = None, user: int | None = None) -> list[str]:
    """Runs the commands with a manifest that does not exist: the message must be about the folder, which must be checked before
    the manifest is read. The contents of the folder of `stage` are checked after that, so for `stage` the manifest exists."""
    problems = []
    before = snapshot(root)
    for command in commands:
        arguments = ["none.yaml" if argument == "manifest.yaml" else argument for argument in COMMANDS[command]]
        if command == "stage":
            arguments = [*COMMANDS[command], "--quiet"]
        done = subprocess.run(
            [program or collection.program, *arguments, "--force"], cwd=root, env=collection.environment, capture_output=True, text=True,
            user=user,
        )
        if done.returncode != 3 or words not in done.stderr or done.stderr.count("\n") != 1:
            problems.append(f"{label}: {command}: exit code {done.returncode}: {done.stderr.strip()}")
    return problems + [f"{label}: {difference}" for difference in differences(snapshot(root), before)]


def check_interruption(collection: Collection) -> list[str]:
    """Reading a source takes ten seconds, and the system lets the process end only when the read ends. But soon after Ctrl-C,
    everything that the command has begun to write must be gone."""
    problems = []
    for command in ("build", "stage", "archive"):
        with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
            sources, out = Path(scratch) / "collection", Path(scratch) / "out"
            collection.copy_sources(sources)
            out.mkdir()
            with mounted(sources, ["hanging-reads"], Path(scratch)) as place:
                text = (sources / "manifest.yaml").read_text().replace("files/", f"{place}/files/")
                (out / "manifest.yaml").write_text(text)
                options = ["--no-search", "--allow-outside", "--quiet"]
                child = subprocess.Popen([collection.program, *COMMANDS[command], *options], cwd=out, stderr=subprocess.DEVNULL)
                left = lambda: [path.name for path in out.iterdir() if path.name != "manifest.yaml"]  # noqa: E731
                begun = wait_until(lambda: bool(left()), 8)
                child.send_signal(signal.SIGINT)
                removed = wait_until(lambda: not left(), 2.5)
                code = child.wait(timeout=30)
                if not begun or not removed or code != 130 or left():
                    problems.append(f"{command}: begun {begun}, removed {removed}, exit code {code}, left {left()}")
    return problems


def wait_until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def check_fat(collection: Collection) -> list[str]:
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        image, place = Path(scratch) / "fat.img", Path(scratch) / "stick"
        place.mkdir()
        with open(image, "wb") as file:
            file.truncate(96 << 20)
        subprocess.run(["mkfs.vfat", "-F", "32", image], check=True, capture_output=True)
        subprocess.run(["fusefat", "-o", "rw+", image, place], check=True, capture_output=True)
        try:
            folder = place / "collection"
            collection.copy_sources(folder)
            # This driver cannot append to a file after an earlier part was overwritten, which an archive needs. Linux's own
            # driver can.
            return run_all_twice(collection, folder, [command for command in COMMANDS if command != "archive"])
        finally:
            unmount(["fusermount3", "-u", place])


def check_kernel_fat(collection: Collection) -> list[str]:
    """FAT with the driver of the Linux kernel, which can also write an archive."""
    arguments = [sys.executable, HERE / "kernel_fat.py", collection.scratch, collection.program]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=900)
    return json.loads(done.stdout) if done.returncode == 0 else [done.stderr]


def check_exfat(collection: Collection) -> list[str] | None:
    """`None` if this machine has no loop devices, without which the driver cannot be used."""
    with tempfile.TemporaryDirectory(dir=collection.scratch) as scratch:
        image, place = Path(scratch) / "exfat.img", Path(scratch) / "stick"
        place.mkdir()
        with open(image, "wb") as file:
            file.truncate(96 << 20)
        subprocess.run(["mkfs.exfat", image], check=True, capture_output=True)
        attached = subprocess.run(["losetup", "--find", "--show", image], capture_output=True, text=True)
        if attached.returncode:
            return None
        device = attached.stdout.strip()
        try:
            subprocess.run(["mount.exfat-fuse", device, place], check=True, capture_output=True)
            try:
                folder = place / "collection"
                collection.copy_sources(folder)
                return run_all_twice(collection, folder)
            finally:
                unmount(["umount", place])
        finally:
            subprocess.run(["losetup", "--detach", device], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--only", default="", help="only the checks whose name contains this")
    arguments = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="filesystems-") as scratch:
        collection = Collection(arguments.program.resolve(strict=True), Path(scratch))
        checks = {" ".join(quirks): (check_quirks, collection, quirks) for quirks in QUIRKS}
        checks |= {fault: (check_fault, collection, fault, commands, words) for fault, commands, words in FAULTS}
        checks |= {"no-renames=5": (check_partial_move, collection), "no-colons": (check_colons, collection)}
        checks |= {"interruption": (check_interruption, collection)}
        checks |= {"attributes": (check_attributes, collection), "permissions": (check_permissions, collection)}
        checks |= {"read-only mount": (check_read_only_mount, collection)}
        checks |= {"FAT": (check_fat, collection), "FAT, Linux driver": (check_kernel_fat, collection)}
        checks |= {"exFAT": (check_exfat, collection)}

        def timed(name: str) -> tuple[str, list[str] | None, float]:
            start = time.monotonic()
            check, *rest = checks[name]
            try:
                problems = check(*rest)
            except Exception as error:
                problems = [f"{type(error).__name__}: {error}"]
            return name, problems, time.monotonic() - start

        with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
            for name, problems, seconds in pool.map(timed, [name for name in checks if arguments.only in name]):
                if problems is None:
                    print(f"--    {name}: not possible on this machine, or not for this user")
                else:
                    report.line(name, problems, seconds)
    print(f"{report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
