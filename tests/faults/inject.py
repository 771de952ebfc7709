#!/usr/bin/env python3
"""Checks that make-disc survives failing system calls, changing sources and being killed at any time: the image
is always the complete old one or the complete new one.

    inject.py --program MAKE_DISC [--kills 200] [--max-calls 60] [--seed N]

An image is built that replaces an older one. `faulty.c`, preloaded, makes one call of one function fail (each
call in turn; if there are more than `--max-calls`, the first third, the last third and a random choice of the
others), shortens all reads or writes, interrupts every second one, or changes a source at that moment. After each
run:

- the image is the old one or the new one, byte for byte, and a checksum file beside it belongs to it;
- the exit code is 0 only with the new image and its checksum file in place;
- otherwise there is a message, without a panic or an internal error;
- no temporary file is left, except after a kill or if its removal failed.

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
    "other bytes, same length": "printf x | dd of=SOURCE bs=1 seek=1000 conv=notrunc status=none",
    "other bytes, same length and time": "touch -r SOURCE KEPT; printf x | dd of=SOURCE bs=1 seek=1000 conv=notrunc status=none; touch -r KEPT SOURCE",
    "grows": "printf x >> SOURCE",
    "shrinks": "truncate -s -1 SOURCE",
    "is truncated to nothing": ": > SOURCE",
    "is removed": "rm SOURCE",
    "is replaced by another file": "cp -p SOURCE NEW && mv NEW SOURCE",
    "is replaced by a pipe": "rm SOURCE && mkfifo SOURCE",
    "is replaced by a folder": "rm SOURCE && mkdir SOURCE",
    "is replaced by a link to itself": "rm SOURCE && ln -s SOURCE SOURCE",
    "is replaced by a device": "rm SOURCE && ln -s /dev/zero SOURCE",
}


class Scenario:
    """A collection, its old image, and the new image that is expected."""

    def __init__(self, program: Path, folder: Path):
        self.program, self.folder = program, folder
        self.table: dict[str, collections.Counter] = {}
        self.failures: list[str] = []
        rng = random.Random(5)
        self.sources = {f"s{number}.bin": rng.randbytes(size) for number, size in enumerate((3_000, 900_000, 2_500_000, 1_024, 36_000_000, 40_000))}
        self.collection = folder / "collection"
        self.out = folder / "out"
        self.library = folder / "faulty.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.library, HERE / "faulty.c"], check=True)
        self.restore_sources()
        self.images = {}
        for name, title in (("old", "Old"), ("new", "New")):
            self.write_manifest(title)
            self.out.mkdir(exist_ok=True)
            subprocess.run(self.command(), check=True)
            self.images[name] = self.output_digests()
        assert self.images["old"] != self.images["new"]
        self.old_files = {name: (self.out / name).read_bytes() for name in ("out.iso", "out.iso.sha256")}
        self.write_manifest("Old")
        subprocess.run(self.command(), check=True)
        self.old_files = {name: (self.out / name).read_bytes() for name in ("out.iso", "out.iso.sha256")}
        self.write_manifest("New")

    def command(self) -> list:
        return [self.program, "--quiet", "--force", "--no-search", self.collection / "manifest.yaml", self.out / "out.iso"]

    def write_manifest(self, title: str) -> None:
        reports = [{"id": f"r{number}", "title": f"Report {number}", "variants": {"en": name}} for number, name in enumerate(self.sources)]
        disc = {"title": title, "volume": "FAULTS", "languages": ["en"], "date": "2008-06-30"}
        (self.collection / "manifest.yaml").write_text(json.dumps({"disc": disc, "sections": [{"id": "s", "title": "S", "reports": reports}]}))

    def restore_sources(self) -> None:
        """Writes the original sources."""
        shutil.rmtree(self.collection, ignore_errors=True)
        self.collection.mkdir()
        for name, data in self.sources.items():
            (self.collection / name).write_bytes(data)

    def reset_output(self) -> None:
        """Puts the old image and its checksum file, and nothing else, into the output folder."""
        shutil.rmtree(self.out)
        self.out.mkdir()
        for name, data in self.old_files.items():
            (self.out / name).write_bytes(data)

    def output_digests(self) -> tuple:
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

    def build_from_current_sources(self) -> tuple:
        """Makes a disc from the current sources, and returns its digests."""
        shutil.move(self.out, self.folder / "aside")
        self.out.mkdir()
        succeeded = subprocess.run(self.command(), capture_output=True).returncode == 0
        digests = self.output_digests() if succeeded else None
        shutil.rmtree(self.out)
        shutil.move(self.folder / "aside", self.out)
        return digests

    def check_outcome(self, fault: str, detail: str, code: int, message: str, leftovers_allowed: bool = False, killed: bool = False, changed: bool = False) -> None:
        digests = self.output_digests()
        image, checksum = digests
        which = next((name for name, known in self.images.items() if known[0] == image), None)
        if which is None and changed and code == 0 and digests == self.build_from_current_sources():
            # The source changed before it was first checked, so all of the new version is on the disc.
            self.table.setdefault(fault, collections.Counter())["continued: the new image"] += 1
            return
        problems = []
        if which is None:
            problems.append("the image is neither the old one nor the new one")
        elif checksum not in (None, self.images[which][1]):
            problems.append(f"the image is the {which} one, but the checksum file does not belong to it")
        if code == 0 and digests != self.images["new"]:
            problems.append("exit code 0 without the new image and its checksum file")
        if not killed and code not in (0, 1, 2, 3, 4):
            problems.append(f"exit code {code}: {message[-300:]}")
        if not killed and code and (not message.strip() or "panicked" in message):
            problems.append(f"no message, or a panic: {message[-300:]}")
        leftover_files = [path.name for path in self.out.iterdir() if path.name not in ("out.iso", "out.iso.sha256")]
        if leftover_files and not leftovers_allowed:
            problems.append(f"files left: {leftover_files}")
        self.failures += [f"{fault}, {detail}: {problem}" for problem in problems]
        outcome = "killed" if killed else "failed" if code else "continued"
        self.table.setdefault(fault, collections.Counter())[f"{outcome}: the {which} image"] += 1


def choose_calls(count: int, maximum: int, rng: random.Random) -> list[int]:
    """All numbers from 1 to count, or a selection if there are more than the maximum."""
    if count <= maximum:
        return list(range(1, count + 1))
    third = maximum // 3
    between = sorted(rng.sample(range(third + 1, count - third + 1), maximum - 2 * third))
    return [*range(1, third + 1), *between, *range(count - third + 1, count + 1)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--max-calls", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1325)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="inject-") as scratch:
        scenario = Scenario(arguments.program.resolve(strict=True), Path(scratch))
        scenario.reset_output()
        counts_file = Path(scratch) / "counts"
        start = time.monotonic()
        code, message = scenario.run(FAULT_COUNT=str(counts_file))
        duration = time.monotonic() - start
        assert code == 0 and scenario.output_digests() == scenario.images["new"], message
        counts = {name: int(number) for name, number in (line.split() for line in counts_file.read_text().splitlines())}
        print("calls:", ", ".join(f"{name} {number}" for name, number in counts.items()))
        for call, errors in ERRORS.items():
            if not counts[call]:
                scenario.failures.append(f"{call} is never called, so the library does not intercept it")
            for error in errors:
                for when in choose_calls(counts[call], arguments.max_calls, rng):
                    scenario.reset_output()
                    code, message = scenario.run(FAULT_CALL=call, FAULT_WHEN=str(when), FAULT_MODE=str(error))
                    scenario.check_outcome(f"{call}: {errno.errorcode[error]}", f"call {when}", code, message, leftovers_allowed=call == "unlink")
        # The crate tempfile makes these system calls without the C library.
        for error in ("EIO", "EACCES", "EROFS", "ENOSPC"):
            for when in (1, 2):
                scenario.reset_output()
                code, message = scenario.run_traced(f"renameat,renameat2,rename,link,linkat:error={error}:when={when}")
                scenario.check_outcome(f"rename: {error}", f"call {when}", code, message)
                if not code:
                    scenario.failures.append(f"rename, {error}, call {when}: nothing was injected")
        for call in ("read", "write"):
            for mode in ("short", "eintr"):
                for when in (1, 2, 5):
                    scenario.reset_output()
                    code, message = scenario.run(FAULT_CALL=call, FAULT_WHEN=str(when), FAULT_MODE=mode)
                    scenario.check_outcome(f"{call}: {'cut short' if mode == 'short' else 'EINTR'}", f"from call {when}", code, message)
                    if code:
                        scenario.failures.append(f"{call}, {mode}: it did not continue: {message}")
        for change, commands in CHANGES.items():
            for name in ("s0.bin", "s4.bin"):
                for call in ("open", "read", "write", "fdatasync"):
                    for when in sorted(rng.sample(range(1, counts[call] + 1), min(counts[call], arguments.max_calls // 5))):
                        scenario.reset_output()
                        source = scenario.collection / name
                        script = commands.replace("SOURCE", str(source)).replace("KEPT", f"{scratch}/kept").replace("NEW", f"{source}.new")
                        code, message = scenario.run(FAULT_CALL=call, FAULT_WHEN=str(when), FAULT_MODE="run", FAULT_COMMAND=script)
                        scenario.check_outcome(f"source: {change}", f"{name} at {call} {when}", code, message, changed=True)
                        scenario.restore_sources()
                        scenario.write_manifest("New")
        for number in range(arguments.kills):
            scenario.reset_output()
            child = subprocess.Popen(scenario.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, duration * 1.1))
            child.send_signal(signal.SIGKILL)
            code = child.wait()
            scenario.check_outcome("SIGKILL", f"kill {number}", code, "", leftovers_allowed=True, killed=code != 0)
        scenario.reset_output()
        code, message = scenario.run()
        assert code == 0 and scenario.output_digests() == scenario.images["new"], message
    total = sum(sum(outcomes.values()) for outcomes in scenario.table.values())
    print("| fault | times | " + " | ".join(OUTCOMES) + " |\n|---|---|" + "---|" * len(OUTCOMES))
    for fault, outcomes in scenario.table.items():
        print(f"| {fault} | {sum(outcomes.values())} | " + " | ".join(str(outcomes[outcome] or "") for outcome in OUTCOMES) + " |")
    for line in scenario.failures[:40]:
        print(f"FAIL  {line}")
    print(f"{total} faults, {len(scenario.failures)} with an unexpected outcome")
    return 1 if scenario.failures else 0


OUTCOMES = ["failed: the old image", "failed: the new image", "continued: the new image", "continued: the old image", "killed: the old image", "killed: the new image"]

if __name__ == "__main__":
    sys.exit(main())
