#!/usr/bin/env python3
"""Checks signed discs with minisign and ssh-keygen, and lets make-disc verify their signatures.

    check.py --program MAKE_DISC

The sample is signed with keys of minisign, with and without a password, typed on a terminal and read from a file. minisign
must accept the signature on the image, in the folder and in the archive, and both programs must agree about 1,000 changes of single
bytes of the list, the signature and the key. Signatures of minisign that are added to a folder must be understood, in both of
its modes. The same with a key of OpenSSH, in a file and in its agent. Signing and verifying must open no network connection.
"""

import argparse
import os
import pty
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = ["SHA256SUMS", "SHA256SUMS.minisig", "minisign.pub"]


class Failure(Exception):
    pass


def run(*command, code=0, folder=None, environment=None) -> str:
    """The output of a command, which must end with this exit code."""
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != code:
        raise Failure(f"{command}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def on_terminal(*command, answers) -> str:
    """The output of a command that asks questions on a terminal."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(str(command[0]), [str(part) for part in command])
    output = b""
    try:
        while True:
            if answers and output.rstrip().endswith((b":", b"again)")):
                time.sleep(0.3)
                os.write(terminal, answers.pop(0).encode() + b"\n")
                output += b" <answered>"
            part = os.read(terminal, 1000)
            if not part:
                break
            output += part
    except OSError:
        pass
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status):
        raise Failure(f"{command}: {output.decode(errors='replace')}")
    return output.decode(errors="replace")


def accepts(folder: Path, key: str) -> bool:
    """Whether minisign accepts the signature in a folder."""
    command = ["minisign", "-V", "-q", "-P", key, "-m", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=Path)
    program = parser.parse_args().program.resolve()
    with tempfile.TemporaryDirectory() as name:
        check(program, Path(name))


def check(program: Path, folder: Path) -> None:
    manifest = REPOSITORY / "manifest.yaml"
    plain, locked = folder / "plain.key", folder / "locked.key"
    run("minisign", "-G", "-W", "-s", plain, "-p", folder / "plain.pub")
    on_terminal("minisign", "-G", "-s", locked, "-p", folder / "locked.pub", answers=["a password", "a password"])
    public = (folder / "plain.pub").read_text().split("\n")[1]
    other = (folder / "locked.pub").read_text().split("\n")[1]

    print("the image, the folder and the archive")
    run(program, manifest, folder / "out.iso", "--sign", plain)
    run(program, "stage", manifest, folder / "stage", "--sign", plain)
    run(program, "stage", manifest, "--zip", folder / "out.zip", "--sign", plain)
    run("xorriso", "-osirrox", "on", "-indev", folder / "out.iso", "-extract", "/", folder / "image")
    (folder / "archive").mkdir()
    run("bsdtar", "-xf", folder / "out.zip", "-C", folder / "archive")
    for place in ("image", "stage", "archive"):
        said = run("minisign", "-V", "-m", "SHA256SUMS", folder=folder / place)
        if "Signature and comment signature verified" not in said or "volume:UN1325_2008\tdate:2008-06-30" not in said:
            raise Failure(said)
        if not accepts(folder / place, public) or accepts(folder / place, other):
            raise Failure(f"minisign is wrong about {place}")
        for file in FILES:
            if (folder / place / file).read_bytes() != (folder / "stage" / file).read_bytes():
                raise Failure(f"{place}/{file} is not the same everywhere")

    print("a key with a password")
    on_terminal(program, manifest, folder / "typed.iso", "--sign", locked, answers=["a password"])
    (folder / "password").write_text("a password\n")
    run(program, manifest, folder / "read.iso", "--sign", locked, "--password-file", folder / "password")
    if (folder / "typed.iso").read_bytes() != (folder / "read.iso").read_bytes():
        raise Failure("the two images differ")
    run(program, "verify", folder / "typed.iso", "--key", folder / "locked.pub")
    said = run(program, manifest, folder / "none.iso", "--sign", locked, code=2, environment={**os.environ, "MAKE_DISC_KEY_PASSWORD": "x"})
    if "is not the password" not in said:
        raise Failure(said)

    print("1,000 changed bytes")
    # Only what the list needs: verifying many files would take long.
    small = folder / "small"
    small.mkdir()
    for file in FILES[2], "autorun.inf":
        shutil.copy(folder / "stage" / file, small)
    lines = (folder / "stage/SHA256SUMS").read_text().splitlines(keepends=True)
    (small / "SHA256SUMS").write_text("".join(line for line in lines if re.search(r"  (autorun.inf|minisign.pub)$", line)))
    run("minisign", "-S", "-W", "-s", plain, "-m", "SHA256SUMS", folder=small)
    run(program, "verify", small, "--key", public)
    chance = random.Random(1325)
    unsigned = 0
    for number in range(1000):
        path = small / FILES[number % 3]
        before = path.read_bytes()
        place = chance.randrange(len(before))
        changed = bytearray(before)
        changed[place] ^= chance.randrange(1, 256)
        path.write_bytes(changed)
        given = ["--key", public] if number % 2 else []
        done = subprocess.run([program, "verify", small, *given], capture_output=True, text=True)
        if done.returncode != 4:
            # The first line of a minisign signature is not signed: it may contain anything.
            if path.name != FILES[1] or place >= before.index(b"\n") or not accepts(small, public):
                raise Failure(f"byte {place} of {path.name}, {given}: {done.stdout}{done.stderr}")
            unsigned += 1
        path.write_bytes(before)
    print(f"  all except {unsigned} in minisign's untrusted comment, which is not signed")

    print("signatures that were added later")
    run("minisign", "-S", "-W", "-s", plain, "-m", "SHA256SUMS", "-t", "a comment", folder=folder / "stage")
    run(program, "verify", folder / "stage", "--key", public)
    run("minisign", "-S", "-l", "-W", "-s", plain, "-m", "SHA256SUMS", folder=folder / "stage")
    if "in the legacy mode" not in run(program, "verify", folder / "stage", "--key", public):
        raise Failure("a signature in the legacy mode is not reported")
    run(program, "stage", manifest, folder / "unsigned")
    run("minisign", "-S", "-W", "-s", plain, "-m", "SHA256SUMS", folder=folder / "unsigned")
    if "not checked" not in run(program, "verify", folder / "unsigned"):
        raise Failure("without a key, a signature is reported as checked")
    run(program, "verify", folder / "unsigned", "--key", public)
    run(program, "verify", folder / "unsigned", "--key", other, code=4)

    openssh(program, folder)

    print("no network")
    for command in (["stage", manifest, folder / "again", "--sign", plain], ["verify", folder / "out.iso", "--key", public]):
        trace = folder / "trace"
        run("strace", "-f", "-o", trace, "-e", "trace=socket,connect", program, *command)
        if "AF_INET" in trace.read_text():
            raise Failure(f"{command[0]} opens a network connection")
    print("all as expected")


def openssh(program: Path, folder: Path) -> None:
    manifest = REPOSITORY / "manifest.yaml"
    print("OpenSSH: the image, the folder and the archive")
    for name, password in ("office", ""), ("secured", "a password"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", password, "-f", folder / name)
    run(program, manifest, folder / "ssh.iso", "--sign", folder / "office")
    run(program, "stage", manifest, folder / "ssh-stage", "--sign", folder / "office")
    run(program, "stage", manifest, "--zip", folder / "ssh.zip", "--sign", folder / "office")
    run("xorriso", "-osirrox", "on", "-indev", folder / "ssh.iso", "-extract", "/", folder / "ssh-image")
    (folder / "ssh-archive").mkdir()
    run("bsdtar", "-xf", folder / "ssh.zip", "-C", folder / "ssh-archive")
    # A reader's own lists of signers, with the publisher's key and with another one.
    lists = {}
    for name in ("office", "secured"):
        lists[name] = folder / f"{name}.signers"
        lists[name].write_text(f"publisher {(folder / f'{name}.pub').read_text()}")

    def ssh_accepts(place: Path, signers: Path) -> bool:
        command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "publisher", "-n", "file", "-s", place / "SHA256SUMS.sig"]
        with (place / "SHA256SUMS").open("rb") as listed:
            return subprocess.run(command, stdin=listed, capture_output=True).returncode == 0

    for place in (folder / "ssh-image", folder / "ssh-stage", folder / "ssh-archive"):
        accepted = [ssh_accepts(place, signers) for signers in (place / "signers.txt", lists["office"], lists["secured"])]
        if accepted != [True, True, False]:
            raise Failure(f"{place}: {accepted}")
    own = folder / "own.sig"
    with (folder / "ssh-stage/SHA256SUMS").open("rb") as listed, own.open("wb") as out:
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", folder / "office"], stdin=listed, stdout=out, check=True)
    if own.read_bytes() != (folder / "ssh-stage/SHA256SUMS.sig").read_bytes():
        raise Failure("make-disc and ssh-keygen make different signatures")

    print("OpenSSH: a key with a password, in the agent")
    said = run(program, manifest, folder / "agent.iso", "--sign", folder / "secured", code=2)
    if "ssh-add" not in said:
        raise Failure(said)
    settings = dict(re.findall(r"(SSH_[A-Z_]+)=([^;]+)", run("ssh-agent", "-s", "-a", folder / "agent")))
    try:
        environment = {**os.environ, **settings, "SSH_ASKPASS": str(folder / "answer"), "SSH_ASKPASS_REQUIRE": "force"}
        (folder / "answer").write_text("#!/bin/sh\necho a password\n")
        (folder / "answer").chmod(0o755)
        run("ssh-add", "-q", folder / "secured", environment=environment)
        for image in ("agent.iso", "again.iso"):
            run(program, manifest, folder / image, "--sign", folder / "secured", environment={**os.environ, **settings})
    finally:
        os.kill(int(settings["SSH_AGENT_PID"]), 15)
    if (folder / "agent.iso").read_bytes() != (folder / "again.iso").read_bytes():
        raise Failure("the two images differ")
    run(program, "verify", folder / "agent.iso", "--key", folder / "secured.pub")
    run(program, "verify", folder / "agent.iso", "--key", folder / "office.pub", code=4)

    print("OpenSSH: other keys")
    for kind in (["rsa", "-b", "2048"], ["ecdsa"]):
        run("ssh-keygen", "-q", "-t", *kind, "-N", "", "-f", folder / kind[0])
        if "only keys of Ed25519" not in run(program, manifest, folder / "none.iso", "--sign", folder / kind[0], code=2):
            raise Failure(f"a key of {kind[0]} is not refused with the reason")

    print("OpenSSH: 1,000 changed bytes")
    small, files = folder / "ssh-small", ["SHA256SUMS", "SHA256SUMS.sig", "signers.txt"]
    small.mkdir()
    for file in files[2], "autorun.inf":
        shutil.copy(folder / "ssh-stage" / file, small)
    lines = (folder / "ssh-stage/SHA256SUMS").read_text().splitlines(keepends=True)
    (small / "SHA256SUMS").write_text("".join(line for line in lines if re.search(r"  (autorun.inf|signers.txt)$", line)))
    run("ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", folder / "office", "SHA256SUMS", folder=small)
    public = (folder / "office.pub").read_text()
    run(program, "verify", small, "--key", public)
    chance = random.Random(1325)
    for number in range(1000):
        path = small / files[number % 3]
        before = path.read_bytes()
        changed = bytearray(before)
        place = chance.randrange(len(before))
        changed[place] ^= chance.randrange(1, 256)
        path.write_bytes(changed)
        given = ["--key", public] if number % 2 else []
        done = subprocess.run([program, "verify", small, *given], capture_output=True, text=True)
        if done.returncode != 4:
            raise Failure(f"byte {place} of {path.name}, {given}: {done.stdout}{done.stderr}")
        path.write_bytes(before)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
