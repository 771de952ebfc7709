#!/usr/bin/env python3
"""Every call of the system fails once, sources change at every moment, the program is killed at random
moments; afterwards the image is the old one or the new one, whole.

    inject.py --program MAKE_DISC [--kills 200] [--moments 60] [--seed N]

A disc is made over an older one. `faulty.c`, preloaded, makes one call of one function fail (each in turn;
of more than `--moments` a third at the beginning, a third at the end, the others
between), or cuts all reads or writes short, or interrupts
every second one, or changes a source at that moment. After each run:

- the image is the old one or the new one, byte for byte, and a checksum file beside it is its own;
- 0 was returned only with the new image and its checksum file in place;
- otherwise there is a message, no panic, no fault of make-disc's;
- no temporary file is left, but after a kill, or where its removal was what failed.

Prints a table of faults and outcomes.
"""

import argparse
import collections
import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ERRORS = {
    "open": [errno.EIO, errno.EACCES, errno.EMFILE, errno.ENOSPC],
    "read": [errno.EIO],
    "write": [errno.EIO, errno.ENOSPC, errno.EFBIG],
    "fsync": [errno.EIO, errno.ENOSPC],
    "fdatasync": [errno.EIO, errno.ENOSPC],
    "unlink": [errno.EIO, errno.EROFS],
    "lseek": [errno.EIO],
    "statx": [errno.EIO, errno.EACCES],
    "pthread_create": [errno.EAGAIN],
    "dup": [errno.EMFILE],
}
CHANGES = {
    "other bytes of the same length": "printf x | dd of=SOURCE bs=1 seek=1000 conv=notrunc status=none",
    "the same, with its old time": "touch -r SOURCE KEPT; printf x | dd of=SOURCE bs=1 seek=1000 conv=notrunc status=none; touch -r KEPT SOURCE",
    "grows": "printf x >> SOURCE",
    "shrinks": "truncate -s -1 SOURCE",
    "is emptied": ": > SOURCE",
    "is gone": "rm SOURCE",
    "another file in its place": "cp -p SOURCE NEW && mv NEW SOURCE",
    "a pipe in its place": "rm SOURCE && mkfifo SOURCE",
    "a folder in its place": "rm SOURCE && mkdir SOURCE",
    "a loop of links in its place": "rm SOURCE && ln -s SOURCE SOURCE",
    "a device in its place": "rm SOURCE && ln -s /dev/zero SOURCE",
}


class Shop:
    """A collection, an old image of it, and what a new one must be."""

    def __init__(self, program: Path, folder: Path):
        self.program, self.folder = program, folder
        self.table: dict[str, collections.Counter] = {}
        self.wrong: list[str] = []
        chance = random.Random(5)
        self.sources = {f"s{number}.bin": chance.randbytes(size) for number, size in enumerate((3_000, 900_000, 2_500_000, 1_024, 36_000_000, 40_000))}
        self.collection = folder / "collection"
        self.out = folder / "out"
        self.library = folder / "faulty.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.library, HERE / "faulty.c"], check=True)
        self.restore()
        self.images = {}
        for name, title in (("old", "Old"), ("new", "New")):
            self.manifest(title)
            self.out.mkdir(exist_ok=True)
            subprocess.run(self.command(), check=True)
            self.images[name] = self.standing()
        assert self.images["old"] != self.images["new"]
        self.kept = {name: (self.out / name).read_bytes() for name in ("out.iso", "out.iso.sha256")}
        self.manifest("Old")
        subprocess.run(self.command(), check=True)
        self.kept = {name: (self.out / name).read_bytes() for name in ("out.iso", "out.iso.sha256")}
        self.manifest("New")

    def command(self) -> list:
        return [self.program, "--quiet", "--force", "--no-search", self.collection / "manifest.yaml", self.out / "out.iso"]

    def manifest(self, title: str) -> None:
        reports = [{"id": f"r{number}", "title": f"Report {number}", "variants": {"en": name}} for number, name in enumerate(self.sources)]
        disc = {"title": title, "volume": "FAULTS", "languages": ["en"], "date": "2008-06-30"}
        (self.collection / "manifest.yaml").write_text(json.dumps({"disc": disc, "sections": [{"id": "s", "title": "S", "reports": reports}]}))

    def restore(self) -> None:
        """The sources as they were."""
        shutil.rmtree(self.collection, ignore_errors=True)
        self.collection.mkdir()
        for name, data in self.sources.items():
            (self.collection / name).write_bytes(data)

    def before(self) -> None:
        """The old image, and nothing else."""
        shutil.rmtree(self.out)
        self.out.mkdir()
        for name, data in self.kept.items():
            (self.out / name).write_bytes(data)

    def standing(self) -> tuple:
        """The digests of the image and of its checksum file."""
        digest = lambda path: hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None  # noqa: E731
        return digest(self.out / "out.iso"), digest(self.out / "out.iso.sha256")

    def run(self, **fault: str) -> tuple[int, str]:
        environment = {**os.environ, "LC_ALL": "C", "LD_PRELOAD": str(self.library), **fault}
        done = subprocess.run(self.command(), env=environment, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr

    def run_traced(self, injection: str) -> tuple[int, str]:
        command = ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", f"inject={injection}", *self.command()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C"})
        return done.returncode, done.stderr

    def anew(self) -> tuple:
        """What a disc of the sources as they are now is."""
        shutil.move(self.out, self.folder / "aside")
        self.out.mkdir()
        made = subprocess.run(self.command(), capture_output=True).returncode == 0
        found = self.standing() if made else None
        shutil.rmtree(self.out)
        shutil.move(self.folder / "aside", self.out)
        return found

    def judge(self, fault: str, detail: str, code: int, message: str, leftovers: bool = False, killed: bool = False, changed: bool = False) -> None:
        image, checksum = self.standing()
        which = next((name for name, known in self.images.items() if known[0] == image), None)
        if which is None and changed and code == 0 and self.standing() == self.anew():
            # It came before the source was looked at: it is on the disc, whole.
            self.table.setdefault(fault, collections.Counter())["went on: the new image"] += 1
            return
        problems = []
        if which is None:
            problems.append("the image is neither the old one nor the new one")
        elif checksum not in (None, self.images[which][1]):
            problems.append(f"the image is the {which} one, and its checksum file is not its own")
        if code == 0 and self.standing() != self.images["new"]:
            problems.append("0 was returned without the new image and its checksum file")
        if not killed and code not in (0, 1, 2, 3, 4):
            problems.append(f"it returned {code}: {message[-300:]}")
        if not killed and code and (not message.strip() or "panicked" in message):
            problems.append(f"no message, or a panic: {message[-300:]}")
        left = [path.name for path in self.out.iterdir() if path.name not in ("out.iso", "out.iso.sha256")]
        if left and not leftovers:
            problems.append(f"left behind: {left}")
        self.wrong += [f"{fault}, {detail}: {problem}" for problem in problems]
        outcome = "killed" if killed else "told, and stopped" if code else "went on"
        self.table.setdefault(fault, collections.Counter())[f"{outcome}: the {which} image"] += 1


def some(count: int, most: int, chance: random.Random) -> list[int]:
    """Of the numbers from 1 to count all, or so many."""
    if count <= most:
        return list(range(1, count + 1))
    third = most // 3
    between = sorted(chance.sample(range(third + 1, count - third + 1), most - 2 * third))
    return [*range(1, third + 1), *between, *range(count - third + 1, count + 1)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--moments", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1325)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="inject-") as scratch:
        shop = Shop(arguments.program.resolve(strict=True), Path(scratch))
        shop.before()
        counted = Path(scratch) / "counts"
        begun = time.monotonic()
        code, message = shop.run(FAULT_COUNT=str(counted))
        lasted = time.monotonic() - begun
        assert code == 0 and shop.standing() == shop.images["new"], message
        counts = {name: int(number) for name, number in (line.split() for line in counted.read_text().splitlines())}
        print("calls:", ", ".join(f"{name} {number}" for name, number in counts.items()))
        for call, errors in ERRORS.items():
            if not counts[call]:
                shop.wrong.append(f"{call} is never called: the library does not reach it")
            for error in errors:
                for when in some(counts[call], arguments.moments, chance):
                    shop.before()
                    code, message = shop.run(FAULT_CALL=call, FAULT_WHEN=str(when), FAULT_MODE=str(error))
                    shop.judge(f"{call}: {errno.errorcode[error]}", f"call {when}", code, message, leftovers=call == "unlink")
        # tempfile asks the kernel without the C library.
        for error in ("EIO", "EACCES", "EROFS", "ENOSPC"):
            for when in (1, 2):
                shop.before()
                code, message = shop.run_traced(f"renameat,renameat2,rename,link,linkat:error={error}:when={when}")
                shop.judge(f"rename: {error}", f"call {when}", code, message)
                if not code:
                    shop.wrong.append(f"rename, {error}, call {when}: nothing was injected")
        for call in ("read", "write"):
            for mode in ("short", "again"):
                for when in (1, 2, 5):
                    shop.before()
                    code, message = shop.run(FAULT_CALL=call, FAULT_WHEN=str(when), FAULT_MODE=mode)
                    shop.judge(f"{call}: {'cut short' if mode == 'short' else 'EINTR'}", f"from call {when}", code, message)
                    if code:
                        shop.wrong.append(f"{call}, {mode}: it did not go on: {message}")
        for change, commands in CHANGES.items():
            for name in ("s0.bin", "s4.bin"):
                for call in ("open", "read", "write", "fdatasync"):
                    for when in sorted(chance.sample(range(1, counts[call] + 1), min(counts[call], arguments.moments // 5))):
                        shop.before()
                        source = shop.collection / name
                        script = commands.replace("SOURCE", str(source)).replace("KEPT", f"{scratch}/kept").replace("NEW", f"{source}.new")
                        code, message = shop.run(FAULT_CALL=call, FAULT_WHEN=str(when), FAULT_MODE="run", FAULT_COMMAND=script)
                        shop.judge(f"source: {change}", f"{name} at {call} {when}", code, message, changed=True)
                        shop.restore()
                        shop.manifest("New")
        for number in range(arguments.kills):
            shop.before()
            child = subprocess.Popen(shop.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, lasted * 1.1))
            child.send_signal(signal.SIGKILL)
            code = child.wait()
            shop.judge("SIGKILL", f"kill {number}", code, "", leftovers=True, killed=code != 0)
        shop.before()
        code, message = shop.run()
        assert code == 0 and shop.standing() == shop.images["new"], message
    total = sum(sum(outcomes.values()) for outcomes in shop.table.values())
    print("| fault | times | " + " | ".join(OUTCOMES) + " |\n|---|---|" + "---|" * len(OUTCOMES))
    for fault, outcomes in shop.table.items():
        print(f"| {fault} | {sum(outcomes.values())} | " + " | ".join(str(outcomes[outcome] or "") for outcome in OUTCOMES) + " |")
    for line in shop.wrong[:40]:
        print(f"FAIL  {line}")
    print(f"{total} faults, {len(shop.wrong)} with a wrong outcome")
    return 1 if shop.wrong else 0


OUTCOMES = ["told, and stopped: the old image", "told, and stopped: the new image", "went on: the new image", "went on: the old image", "killed: the old image", "killed: the new image"]

if __name__ == "__main__":
    sys.exit(main())
