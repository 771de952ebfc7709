#!/usr/bin/env python3
"""Mounts an image with the driver of the Linux kernel, and checks what it shows.

    kernel.py IMAGE [--timeout SECONDS]

The kernel runs as an ordinary process, in user-mode Linux (Debian package
`user-mode-linux`), so neither root nor a loop device is needed. Its root is
the file system of this machine, read-only; its first process is this script
again, which mounts the image in four views and in each

- runs `sha256sum -c` on the SHA256SUMS of the image, without very large files; it hashes these itself, because sha256sum
  takes five times as long (and not in the last view: only the names differ from the view before it),
- compares the list with the files that are there,
- runs crawl.py on the pages,
- checks in the kernel's log that the driver used that view.

It prints one line per view, `ok|FAIL  kernel  view  files  seconds  [reason]`, then
`N passed, M failed`; the exit code is 1 if anything failed.
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
# Name, mount options, what the driver's log must contain, what it must not
# contain, extra arguments for crawl.py. In the plain view the driver shows every
# name in lower case (SHA256SUMS as sha256sums) and distinguishes case, unless it
# is mounted with check=relaxed: then names are found as the list and the pages
# spell them.
VIEWS = [
    ("rock ridge", "", ["RRIP"], [], []),
    ("joliet", "norock", ["Joliet"], ["RRIP"], []),
    ("plain", "norock,nojoliet", [], ["Joliet", "RRIP"], []),
    ("plain relaxed", "norock,nojoliet,check=relaxed", [], ["Joliet", "RRIP"], []),
]
# In the order of their dependencies. Modules built into the kernel have no file
# and are skipped.
MODULES = [
    "kernel/drivers/cdrom/cdrom.ko",
    "kernel/fs/nls/nls_utf8.ko",
    "kernel/fs/nls/nls_iso8859-1.ko",
    "kernel/fs/isofs/isofs.ko",
]
MODULE_TREE = Path("/usr/lib/uml/modules")
MEMORY = "256M"
# The length in bytes from which `sha256sum` does not read a file, and the last view does not either.
VERY_LARGE = 1 << 30

# From <sys/mount.h>, <sys/klog.h>, <linux/reboot.h> and the system call tables.
MS_RDONLY, MNT_DETACH = 1, 2
KLOG_READ_ALL, KLOG_CLEAR = 3, 5
FINIT_MODULE = {"x86_64": 313, "i686": 350, "aarch64": 273}
UBD_MAJOR = 98


# --- Outside: start the kernel, wait, read the results.


def outside(image: Path, timeout: float) -> int:
    """Runs the kernel on the image and prints the results."""
    program = shutil.which("linux.uml") or shutil.which("linux")
    if not program:
        return finish([name for name, *_ in VIEWS], [], "user-mode Linux is not installed")
    with tempfile.TemporaryDirectory(prefix="readers-kernel-") as scratch:
        folder = Path(scratch)
        for name in ("mnt", "dev", "out", "uml"):
            (folder / name).mkdir()
        # The command line names the image by a link, so that it contains no comma, colon or space.
        (folder / "image").symlink_to(image.resolve(strict=True))
        settings = {"views": VIEWS, "release": release(program), "path": os.environ.get("PATH", "")}
        (folder / "settings").write_text(json.dumps(settings))
        init = folder / "init"
        init.write_text(
            "#!/bin/sh\n"
            f"exec {quote(sys.executable)} -I -B {quote(__file__)} --inside {quote(scratch)}\n"
        )
        init.chmod(0o755)
        console = boot(program, folder, timeout)
        results = folder / "out" / "results"
        lines = results.read_text().splitlines() if results.exists() else []
        verdicts = [json.loads(line) for line in lines]
    # A view without a result has failed, and the end of the console may say why.
    for verdict in verdicts:
        report(verdict)
    missing = [name for name, *_ in VIEWS if name not in {v["view"] for v in verdicts}]
    last = next((line for line in reversed(console.splitlines()) if line.strip()), "")
    if missing:
        print(console[-2000:], file=sys.stderr)
    return finish(missing, verdicts, f"the kernel reported no result; its last line: {last}")


def boot(program: str, folder: Path, timeout: float, disk: str = "ubd0r") -> str:
    """Runs the kernel until it halts or times out; returns its console output. With the disk `ubd0`, it can write to the image."""
    log = folder / "console"
    shim = folder / "xstate.so"
    source = Path(__file__).resolve().with_name("xstate.c")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    with open(log, "wb") as console:
        process = subprocess.Popen(
            [program, f"mem={MEMORY}", f"{disk}={folder / 'image'}"]
            + ["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"]
            + [f"init={folder / 'init'}", f"uml_dir={folder / 'uml'}/", "umid=readers"]
            # The console is not a terminal: its output goes to descriptor 1, and it has no input.
            + ["con=null", "con0=null,fd:1", "ssl=null", "panic=-1"],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LD_PRELOAD": str(shim)},
            # In a separate session, so that the kernel cannot change the settings of a
            # terminal, and so that all its processes can be killed together.
            start_new_session=True,
        )
        deadline = time.monotonic() + timeout
        try:
            while not halted(process) and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            ended = halted(process)
            # This kills any processes of the kernel that remain. The first one has not been reaped yet, so the
            # number of their group cannot have been used again.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    output = log.read_text(errors="replace")
    return output if ended else f"{output}\nkilled after {timeout:g} s"


def halted(process: subprocess.Popen) -> bool:
    """Whether the kernel has ended, without reaping it."""
    return bool(os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG))


def release(program: str) -> str:
    """The kernel's version, which is the name of the folder with its modules."""
    done = subprocess.run(
        [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
    )
    return done.stdout.strip()


def quote(text: str) -> str:
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


def finish(missing: list, verdicts: list, reason: str) -> int:
    """Reports the views without a result, and prints the totals."""
    for name in missing:
        report({"view": name, "problems": [reason], "files": 0, "seconds": 0})
    passed = sum(not verdict["problems"] for verdict in verdicts)
    failed = len(verdicts) - passed + len(missing)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


# --- Inside: the first process of the kernel.

libc = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments) -> int:
    """Calls a libc function and raises an exception if it fails."""
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
    """Returns what the kernel has logged since the last call."""
    buffer = ctypes.create_string_buffer(1 << 18)
    size = call(libc.klogctl, KLOG_READ_ALL, buffer, len(buffer))
    call(libc.klogctl, KLOG_CLEAR, None, 0)
    return buffer.raw[:size].decode(errors="replace")


def load_modules(release_name: str, modules=tuple(MODULES)) -> None:
    """Loads the driver and its dependencies, if they are modules."""
    tree = MODULE_TREE / release_name
    number = FINIT_MODULE[os.uname().machine]
    for module in modules:
        if (tree / module).exists():
            with open(tree / module, "rb") as file:
                call(libc.syscall, number, file.fileno(), b"", 0)


def inside(folder: Path) -> None:
    """Checks every view and halts. This process must not end in any other way:
    the kernel panics if its first process ends."""
    try:
        settings = json.loads((folder / "settings").read_text())
        # The kernel does not set PATH for its first process.
        os.environ.update(PATH=settings["path"], LC_ALL="C.UTF-8", TZ="UTC")
        # The root is read-only; results for the outside are written here.
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
        # RB_POWER_OFF in <sys/reboot.h>.
        libc.reboot(ctypes.c_int(0x4321FEDC))


def check_view(mnt: Path, device: Path, name: str, options: str, expected, unexpected, crawl_options) -> dict:
    """Mounts one view and returns everything wrong with it."""
    start, problems, files = time.monotonic(), [], 0
    kernel_log()
    try:
        mount(str(device), mnt, "iso9660", MS_RDONLY, options)
        try:
            log = kernel_log()
            problems += [f"the kernel's log does not contain {text!r}" for text in expected if text not in log]
            problems += [f"the kernel's log contains {text!r}" for text in unexpected if text in log]
            found, folders = names(mnt)
            files = len(found)
            problems += compare(mnt, found, options)
            problems += [f"empty folder: {path}" for path in sorted(folders - parent_folders(found))]
            crawl = Path(__file__).resolve().parent / "crawl.py"
            problems += problems_found_by(
                # The pages are the same in every view.
                [sys.executable, "-I", "-B", str(crawl), str(mnt), "--parsed", str(device.with_name("parsed"))] + crawl_options,
                "crawl",
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
    """The paths of all files, and those of all folders, as the kernel spells them."""

    def fail(error: OSError):
        raise error

    found, found_folders = [], set()
    for folder, folders, files in os.walk(mnt, onerror=fail):
        relative = Path(folder).relative_to(mnt)
        found += [(relative / name).as_posix() for name in files]
        found_folders |= {(relative / name).as_posix() for name in folders}
    return found, found_folders


def parent_folders(paths: list) -> set:
    """All folders that contain one of these files, at any depth."""
    return {parent.as_posix() for path in paths for parent in Path(path).parents}


def path_in(line: str) -> str:
    """The path in a line of the list."""
    return line.rstrip("\n").partition("  ")[2]


def is_very_large(path: Path) -> bool:
    return path.exists() and path.stat().st_size >= VERY_LARGE


def compare(mnt: Path, found: list, options: str) -> list:
    """Checks the files against the list, and looks for files that are not in it."""
    checksums = [path for path in found if path.lower() == CHECKSUMS.lower()]
    if len(checksums) != 1:
        return [f"{len(checksums)} {CHECKSUMS}"]
    # In the plain view the kernel shows the name of the list in lower case.
    name = CHECKSUMS if (mnt / CHECKSUMS).exists() else checksums[0]
    lines = (mnt / checksums[0]).read_text(encoding="utf-8").splitlines(keepends=True)
    large = [line for line in lines if is_very_large(mnt / path_in(line))]
    checking = ["sha256sum", "-c", "--quiet", "--strict"]
    problems = problems_found_by(checking, "sha256sum", mnt, "".join(line for line in lines if line not in large))
    for line in large if "check=relaxed" not in options else []:
        with open(mnt / path_in(line), "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != line[:64]:
                problems.append(f"{path_in(line)} does not have the digest in {CHECKSUMS}")
    if "check=relaxed" in options and name != CHECKSUMS:
        problems.append(f"{CHECKSUMS} cannot be opened by that name")
    lines = (mnt / checksums[0]).read_text(encoding="utf-8").splitlines()
    listed = {path_in(line): line[:64] for line in lines}
    if not listed:
        problems.append(f"{CHECKSUMS} is empty")
    rest = sorted(set(found) - set(listed) - set(checksums))
    # The two files that the list does not name: second names of listed files. Only these names contain dashes.
    second_names = [path for path in rest if re.fullmatch(r"\.xdg[-_]volume[-_]info|ro[-_]crate[-_]metadata\.json", path)]
    if len(second_names) != 2:
        problems.append(f"second names: {second_names}")
    for path in second_names:
        if hashlib.sha256((mnt / path).read_bytes()).hexdigest() not in listed.values():
            problems.append(f"{path} is not a copy of a listed file")
    problems += [f"not in {CHECKSUMS}: {path}" for path in rest if path not in second_names]
    return problems


def problems_found_by(command: list, title: str, folder=None, text=None) -> list:
    """The output of a program that checks something, or nothing if it exits with 0 and
    prints nothing on standard error. The program reads `text` from its standard input."""
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, errors="replace")
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
