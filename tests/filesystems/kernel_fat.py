#!/usr/bin/env python3
"""Runs make-disc on FAT with the driver of the Linux kernel, in user-mode Linux, as tests/readers/kernel.py does for discs.

    kernel_fat.py SCRATCH PROGRAM

SCRATCH is the folder in which check.py has made its collection. Prints the problems as a JSON list.

The kernel is an ordinary process, so neither root nor a loop device is needed. Unlike the FAT driver for FUSE, the kernel's driver can write an
archive, whose headers are completed after the data of each member.
"""

import ctypes
import importlib.util
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = [f"kernel/fs/{name}.ko" for name in ("nls/nls_cp437", "nls/nls_iso8859-1", "nls/nls_utf8", "fat/fat", "fat/vfat")]
HERE = Path(__file__).resolve().parent


def load(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


kernel = load(HERE.parent / "readers" / "kernel.py")


def outside(scratch: Path, program: Path) -> list[str]:
    """Boots the kernel, in which `inside` runs, and returns the problems."""
    linux = shutil.which("linux.uml") or shutil.which("linux")
    if not linux:
        return ["user-mode Linux is not installed"]
    # The kernel's command line has little room, so this folder is not inside `scratch`, whose path is longer.
    with tempfile.TemporaryDirectory(prefix="fat-") as name:
        folder = Path(name)
        for inner in ("mnt", "dev", "out", "uml"):
            (folder / inner).mkdir()
        with open(folder / "image", "wb") as file:
            file.truncate(96 << 20)
        subprocess.run(["mkfs.vfat", "-F", "32", folder / "image"], check=True, capture_output=True)
        settings = {"release": kernel.release(linux), "path": os.environ["PATH"], "scratch": str(scratch), "program": str(program)}
        (folder / "settings").write_text(json.dumps(settings))
        init = folder / "init"
        init.write_text(f"#!/bin/sh\nexec {kernel.quote(sys.executable)} -I -B {kernel.quote(__file__)} --inside {kernel.quote(name)}\n")
        init.chmod(0o755)
        console = kernel.boot(linux, folder, 600, "ubd0")
        results = folder / "out" / "results"
        if not results.exists():
            return [f"the kernel reported no result: {console[-1500:]}"]
        # The driver must have written a valid file system.
        sound = subprocess.run(["fsck.vfat", "-n", folder / "image"], capture_output=True, text=True)
        wrong = [f"fsck.vfat: {sound.stdout}"] if sound.returncode else []
        return json.loads(results.read_text()) + wrong


def inside(folder: Path) -> None:
    """The first process of the kernel. It must halt the kernel and never just end, because then the kernel panics."""
    try:
        settings = json.loads((folder / "settings").read_text())
        os.environ.update(PATH=settings["path"], LC_ALL="C.UTF-8", TZ="UTC")
        kernel.mount("none", folder / "out", "hostfs", 0, str(folder / "out"))
        kernel.mount("none", folder / "dev", "tmpfs")
        kernel.mount("none", Path("/proc"), "proc")
        device = folder / "dev" / "ubda"
        os.mknod(device, stat.S_IFBLK | 0o600, os.makedev(kernel.UBD_MAJOR, 0))
        os.environ["TMPDIR"] = str(folder / "dev")
        kernel.load_modules(settings["release"], MODULES)
        kernel.mount(str(device), folder / "mnt", "vfat", 0, "utf8,shortname=mixed")
        check = load(HERE / "check.py")
        collection = check.Collection.existing(Path(settings["program"]), Path(settings["scratch"]))
        collection.environment["XDG_CACHE_HOME"] = str(folder / "dev" / "cache")
        place = folder / "mnt" / "collection"
        collection.copy_sources(place)
        problems = check.run_all_twice(collection, place)
        kernel.call(kernel.libc.umount2, bytes(folder / "mnt"), 0)
        (folder / "out" / "results").write_text(json.dumps(problems))
    except BaseException as error:
        print(f"inside: {type(error).__name__}: {error}", flush=True)
    finally:
        os.sync()
        # RB_POWER_OFF of glibc.
        kernel.libc.reboot(ctypes.c_int(0x4321FEDC))


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        inside(Path(sys.argv[2]))
    print(json.dumps(outside(Path(sys.argv[1]), Path(sys.argv[2]))))
