#!/usr/bin/env python3
"""Copies every file of an image under DOS, and compares names and contents with its list.

    dosbox.py IMAGE

For images made with `names: dos`: DOSBox mounts the image as a CD-ROM and shows names of eight and
three characters. It prints one line, and at the end `N passed, M failed`.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from readers import ReaderError, run, tool

TIMEOUT = 180


def read_list(image: Path) -> dict:
    """The checksum list of the image, read by another reader: path in upper case -> digest."""
    text = run([tool("isoinfo"), "-i", str(image), "-x", "/SHA256.SUM;1"])
    lines = [re.fullmatch(r"([0-9a-f]{64})  (\S+)", line) for line in text.splitlines()]
    if not lines or not all(lines):
        raise ReaderError("SHA256.SUM is not a checksum list")
    found = {line[2].upper(): line[1] for line in lines if line}
    found["SHA256.SUM"] = hashlib.sha256(text.encode()).hexdigest()
    return found


def copy_under_dos(image: Path, folders: list, scratch: Path) -> dict:
    """Copies these folders under DOS. Returns what was copied: path in upper case -> digest."""
    out = scratch / "out"
    out.mkdir()
    (scratch / "cd.iso").symlink_to(image)
    script = ["@echo off"]
    for folder in folders:
        dos = folder.replace("/", "\\")
        script += [f"md c:\\{dos}"] if dos else []
        script += [f"copy d:\\{dos}\\*.* c:\\{dos} > nul" if dos else "copy d:\\*.* c:\\ > nul"]
    # The last file shows that DOS finished.
    script += ["dir d:\\ > c:\\done.end"]
    (out / "all.bat").write_text("\r\n".join(script) + "\r\n")
    (scratch / "dosbox.conf").write_text(
        "[sdl]\noutput=surface\n[cpu]\ncycles=max\n[mixer]\nnosound=true\n[autoexec]\n"
        f"mount c {out}\nimgmount d {scratch}/cd.iso -t iso\nc:\ncall all.bat\nexit\n"
    )
    environment = {**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "HOME": str(scratch)}
    try:
        subprocess.run(
            [tool("dosbox"), "-conf", str(scratch / "dosbox.conf"), "-noconsole"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise ReaderError(f"DOSBox ran longer than {TIMEOUT} s") from None
    ours = {"ALL.BAT", "DONE.END"}
    files = {str(p.relative_to(out)).upper(): p for p in out.rglob("*") if p.is_file()}
    if "DONE.END" not in files:
        raise ReaderError("DOS did not finish")
    return {name: hashlib.sha256(p.read_bytes()).hexdigest() for name, p in files.items() if name not in ours}


def main() -> int:
    image = Path(sys.argv[1]).resolve(strict=True)
    begun = time.monotonic()
    found: dict = {}
    try:
        expected = read_list(image)
        folders = {""}
        for path in expected:
            while path := path.rpartition("/")[0]:
                folders.add(path)
        with tempfile.TemporaryDirectory(prefix="dosbox-") as scratch:
            found = copy_under_dos(image, sorted(folders), Path(scratch))
        problems = [f"missing: {path}" for path in sorted(set(expected) - set(found))]
        problems += [f"not in the list: {path}" for path in sorted(set(found) - set(expected))]
        problems += [f"contents differ: {path}" for path in sorted(expected) if path in found and found[path] != expected[path]]
    except ReaderError as error:
        problems = [str(error)]
    reason = "; ".join(problems[:3]) + (f"; and {len(problems) - 3} more" if len(problems) > 3 else "")
    verdict = "FAIL" if problems else "ok"
    print(f"{verdict:4}  {'dosbox':10} {'8.3':14} {len(found):6} {time.monotonic() - begun:21.2f}  {reason}".rstrip())
    print(f"{int(not problems)} passed, {int(bool(problems))} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
