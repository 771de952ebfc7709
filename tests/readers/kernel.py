#!/usr/bin/env python3
"""Mounts an image with the Linux kernel's own driver and checks what it shows.

    kernel.py IMAGE [--timeout SECONDS]

The kernel runs as a plain process, in user-mode Linux (Debian package
`user-mode-linux`), so neither root nor a loop device is needed. Its root is
this machine's own file system, read-only; its first process is this script
again, which mounts the image in four views and in each

- has `sha256sum -c` check every file of the image's SHA256SUMS,
- compares the list with the files there are,
- runs crawl.py over the pages,
- asks the kernel's log whether it was that view.

One line per view, `ok|FAIL  kernel  view  files  seconds  [reason]`, then
`N passed, M failed`; the exit code is 1 when anything failed.
"""

import argparse
import ctypes
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKSUMS = "SHA256SUMS"
# Name, mount options, what the driver must and must not have said in its log,
# extra arguments of crawl.py. In the plain view the driver shows every name in
# lower case and is case-sensitive, SHA256SUMS as sha256sums, unless it is told
# to be relaxed about case: then names are found as the list and the pages
# spell them.
VIEWS = [
    ("rock ridge", "", ["RRIP"], [], []),
    ("joliet", "norock", ["Joliet"], ["RRIP"], []),
    ("plain", "norock,nojoliet", [], ["Joliet", "RRIP"], []),
    ("plain relaxed", "norock,nojoliet,check=relaxed", [], ["Joliet", "RRIP"], []),
]
# In the order they need each other. What the kernel has built in is not there
# as a file and is not missed.
MODULES = [
    "kernel/drivers/cdrom/cdrom.ko",
    "kernel/fs/nls/nls_utf8.ko",
    "kernel/fs/nls/nls_iso8859-1.ko",
    "kernel/fs/isofs/isofs.ko",
]
MODULE_TREE = Path("/usr/lib/uml/modules")
MEMORY = "256M"

# From <sys/mount.h>, <sys/klog.h>, <linux/reboot.h> and the system call tables.
MS_RDONLY, MNT_DETACH = 1, 2
KLOG_READ_ALL, KLOG_CLEAR = 3, 5
FINIT_MODULE = {"x86_64": 313, "i686": 350, "aarch64": 273}
UBD_MAJOR = 98


# --- Outside: start the kernel, wait, read what it left.


def outside(image: Path, timeout: float) -> int:
    """Runs the kernel over the image and prints its verdicts."""
    program = shutil.which("linux.uml") or shutil.which("linux")
    if not program:
        return close([name for name, *_ in VIEWS], [], "user-mode Linux is not installed")
    with tempfile.TemporaryDirectory(prefix="readers-kernel-") as scratch:
        folder = Path(scratch)
        for name in ("mnt", "dev", "out", "uml"):
            (folder / name).mkdir()
        # A link, so that no comma, colon or space reaches the command line.
        (folder / "image").symlink_to(image.resolve(strict=True))
        settings = {"views": VIEWS, "release": release(program), "path": os.environ.get("PATH", "")}
        (folder / "settings").write_text(json.dumps(settings))
        init = folder / "init"
        init.write_text(
            "#!/bin/sh\n"
            f"exec {quoted(sys.executable)} -I -B {quoted(__file__)} --inside {quoted(scratch)}\n"
        )
        init.chmod(0o755)
        console = boot(program, folder, timeout)
        results = folder / "out" / "results"
        lines = results.read_text().splitlines() if results.exists() else []
        verdicts = [json.loads(line) for line in lines]
    # In the order of the table, whatever was said: a view that said nothing
    # has failed, and the console's end may tell why.
    for verdict in verdicts:
        report(verdict)
    missing = [name for name, *_ in VIEWS if name not in {v["view"] for v in verdicts}]
    last = next((line for line in reversed(console.splitlines()) if line.strip()), "")
    if missing:
        print(console[-2000:], file=sys.stderr)
    return close(missing, verdicts, f"the kernel gave no verdict; its last line: {last}")


def boot(program: str, folder: Path, timeout: float) -> str:
    """Runs the kernel until it halts or its time is up; returns its console."""
    log = folder / "console"
    shim = folder / "xstate.so"
    source = Path(__file__).with_name("xstate.c")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    with open(log, "wb") as console:
        process = subprocess.Popen(
            [program, f"mem={MEMORY}", f"ubd0r={folder / 'image'}"]
            + ["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"]
            + [f"init={folder / 'init'}", f"uml_dir={folder / 'uml'}/", "umid=readers"]
            # No terminal is looked for: output only, through a descriptor.
            + ["con=null", "con0=null,fd:1", "ssl=null", "panic=-1"],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LD_PRELOAD": str(shim)},
            # Its own session: the kernel changes its terminal's settings if it
            # has one, and all its processes can be killed together.
            start_new_session=True,
        )
        deadline = time.monotonic() + timeout
        try:
            while not halted(process) and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            ended = halted(process)
            # Whatever it has left behind, too. It is not reaped before, so the
            # group's number cannot be another's yet.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    said = log.read_text(errors="replace")
    return said if ended else f"{said}\nkilled after {timeout:g} s"


def halted(process: subprocess.Popen) -> bool:
    """Whether the kernel has ended, without reaping it."""
    return bool(os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG))


def release(program: str) -> str:
    """The kernel's version, which names the folder of its modules."""
    done = subprocess.run(
        [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
    )
    return done.stdout.strip()


def quoted(text: str) -> str:
    return "'" + os.path.abspath(text).replace("'", "'\\''") + "'"


def report(verdict: dict) -> None:
    problems = verdict["problems"]
    reason = re.sub(r"[\x00-\x1f\x7f]", "?", "; ".join(problems[:3]))
    if len(problems) > 3:
        reason += f"; and {len(problems) - 3} more"
    line = (
        f"{'FAIL' if problems else 'ok':4}  kernel     {verdict['view']:14}"
        f" {verdict['files']:6} {verdict['seconds']:8.2f}  {reason}"
    )
    print(line.rstrip())


def close(missing: list, verdicts: list, reason: str) -> int:
    """Reports the views nothing was heard of, and closes the account."""
    for name in missing:
        report({"view": name, "problems": [reason], "files": 0, "seconds": 0})
    passed = sum(not verdict["problems"] for verdict in verdicts)
    failed = len(verdicts) - passed + len(missing)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


# --- Inside: the first process of the other kernel.

libc = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments) -> int:
    """Calls into libc and turns its errors into exceptions."""
    result = function(*arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def mount(source: str, target: Path, kind: str, flags: int = 0, options: str = "") -> None:
    call(
        libc.mount,
        source.encode(),
        bytes(target),
        kind.encode(),
        ctypes.c_ulong(flags),
        options.encode(),
    )


def kernel_log() -> str:
    """What the kernel has said since this was last asked."""
    buffer = ctypes.create_string_buffer(1 << 18)
    size = call(libc.klogctl, KLOG_READ_ALL, buffer, len(buffer))
    call(libc.klogctl, KLOG_CLEAR, None, 0)
    return buffer.raw[:size].decode(errors="replace")


def load_modules(release_name: str) -> None:
    """Loads the driver and what it needs, where they are modules."""
    tree = MODULE_TREE / release_name
    number = FINIT_MODULE[os.uname().machine]
    for module in MODULES:
        if (tree / module).exists():
            with open(tree / module, "rb") as file:
                call(libc.syscall, number, file.fileno(), b"", 0)


def inside(folder: Path) -> None:
    """Checks every view and halts. Nothing may end this process otherwise: the
    kernel panics when its first process does."""
    try:
        settings = json.loads((folder / "settings").read_text())
        # PATH is not among what a kernel gives to its first process.
        os.environ.update(PATH=settings["path"], LC_ALL="C.UTF-8", TZ="UTC")
        # The root is read-only; what is to be seen from outside goes here.
        mount("none", folder / "out", "hostfs", 0, str(folder / "out"))
        mount("none", folder / "dev", "tmpfs")
        device = folder / "dev" / "ubda"
        os.mknod(device, stat.S_IFBLK | 0o600, os.makedev(UBD_MAJOR, 0))
        load_modules(settings["release"])
        with open(folder / "out" / "results", "w") as results:
            for view in settings["views"]:
                verdict = check_view(folder / "mnt", device, *view)
                results.write(json.dumps(verdict) + "\n")
                results.flush()
    except BaseException as error:
        print(f"inside: {type(error).__name__}: {error}", flush=True)
    finally:
        os.sync()
        # With glibc: RB_POWER_OFF.
        libc.reboot(ctypes.c_int(0x4321FEDC))


def check_view(mnt: Path, device: Path, name: str, options: str, said, unsaid, crawl_options) -> dict:
    """Mounts one view and returns everything wrong with it."""
    start, problems, files = time.monotonic(), [], 0
    kernel_log()
    try:
        mount(str(device), mnt, "iso9660", MS_RDONLY, options)
        try:
            log = kernel_log()
            problems += [f"the kernel's log does not contain {text!r}" for text in said if text not in log]
            problems += [f"the kernel's log has {text!r}" for text in unsaid if text in log]
            found, folders = names(mnt)
            files = len(found)
            problems += compare(mnt, found, options)
            problems += [f"empty folder: {path}" for path in sorted(folders - above(found))]
            crawl = Path(__file__).resolve().parent / "crawl.py"
            problems += complaints(
                [sys.executable, "-I", "-B", str(crawl), str(mnt)] + crawl_options, "crawl"
            )
            problems += [f"kernel: {line}" for line in errors(kernel_log())]
        finally:
            os.chdir("/")
            call(libc.umount2, bytes(mnt), MNT_DETACH)
    except Exception as error:
        problems.append(f"{type(error).__name__}: {error}")
    seconds = time.monotonic() - start
    return {"view": name, "problems": problems, "files": files, "seconds": seconds}


def names(mnt: Path) -> tuple:
    """Every file's and every folder's path, as the kernel spells it."""

    def fail(error: OSError):
        raise error

    found, below = [], set()
    for folder, folders, files in os.walk(mnt, onerror=fail):
        inner = Path(folder).relative_to(mnt)
        found += [(inner / name).as_posix() for name in files]
        below |= {(inner / name).as_posix() for name in folders}
    return found, below


def above(paths: list) -> set:
    """Every folder that has one of these files in it, at any depth."""
    return {parent.as_posix() for path in paths for parent in Path(path).parents}


def compare(mnt: Path, found: list, options: str) -> list:
    """Has the list checked, and looks for files that are not on it."""
    checksums = [path for path in found if path.lower() == CHECKSUMS.lower()]
    if len(checksums) != 1:
        return [f"{len(checksums)} {CHECKSUMS}"]
    # In the plain view the kernel knows the list's own name in lower case only.
    name = CHECKSUMS if (mnt / CHECKSUMS).exists() else checksums[0]
    problems = complaints(["sha256sum", "-c", "--quiet", "--strict", name], "sha256sum", mnt)
    if "check=relaxed" in options and name != CHECKSUMS:
        problems.append(f"{CHECKSUMS} is not found under that name")
    lines = (mnt / checksums[0]).read_text(encoding="utf-8").splitlines()
    listed = {line.partition("  ")[2]: line[:64] for line in lines}
    if not listed:
        problems.append(f"{CHECKSUMS} is empty")
    rest = sorted(set(found) - set(listed) - set(checksums))
    # One more name for a listed file, the only one that needs a dash.
    dashed = [path for path in rest if re.fullmatch(r"\.xdg[-_]volume[-_]info", path)]
    if len(dashed) != 1:
        problems.append(f"{len(dashed)} .xdg-volume-info")
    for path in dashed:
        if hashlib.sha256((mnt / path).read_bytes()).hexdigest() not in listed.values():
            problems.append(f"{path} is the same as no listed file")
    problems += [f"not in {CHECKSUMS}: {path}" for path in rest if path not in dashed]
    return problems


def complaints(command: list, title: str, folder=None) -> list:
    """What a checking program has to say, if it does not exit 0 in silence or,
    as the crawler does, with one line of counts."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    if done.returncode == 0 and not done.stderr:
        return []
    lines = (done.stdout + done.stderr).splitlines()
    return [f"{title}: {line}" for line in lines] or [f"{title}: exit {done.returncode}"]


def errors(log: str) -> list:
    """Lines of the kernel's log at level error or worse, or from the driver."""
    return [
        line
        for line in log.splitlines()
        if re.match(r"<[0-3]>", line) or re.search(r"isofs|iso9660|I/O error", line, re.IGNORECASE)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path, nargs="?")
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        inside(arguments.inside)
        return 1
    if not arguments.image:
        parser.error("an image is needed")
    return outside(arguments.image, arguments.timeout)


if __name__ == "__main__":
    sys.exit(main())
