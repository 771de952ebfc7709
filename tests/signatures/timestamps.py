#!/usr/bin/env python3
"""Checks discs with a timestamp (RFC 3161) with openssl and an authority that is made for this test.

    timestamps.py --program MAKE_DISC

The commands that the warning `no-timestamp` and the pages name must work as they are. openssl must accept the timestamp on the image,
in the folder and in the archive, also after the certificate has expired. Of 1,000 changes of single bytes of the timestamp, make-disc or openssl
must notice each, unless what openssl reads of it is the same. Nothing may open a network connection.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NAME = "SHA256SUMS.tsr"

AUTHORITY = """
[tsa]
default_tsa = authority
[authority]
serial = serial
crypto_device = builtin
signer_cert = signer.pem
signer_key = signer.key
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = {certificate_digest}
[signer]
extendedKeyUsage = critical,timeStamping
"""


class Failure(Exception):
    pass


def run(*command, code=0, folder=None) -> str:
    """The output of a command, which must end with this exit code."""
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, errors="replace")
    if done.returncode != code:
        raise Failure(f"{command}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def make_authority(folder: Path, key: list[str], digest: str, certificate_digest: str, days: int = 9000) -> Path:
    folder.mkdir()
    (folder / "settings").write_text(AUTHORITY.format(digest=digest, certificate_digest=certificate_digest))
    (folder / "serial").write_text("01\n")
    run("openssl", "req", "-x509", "-newkey", *key, "-nodes", "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root",
        "-days", days, folder=folder)
    run("openssl", "req", "-newkey", *key, "-nodes", "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=Authority",
        folder=folder)
    run("openssl", "x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", days,
        "-extfile", "settings", "-extensions", "signer", "-out", "signer.pem", folder=folder)
    return folder


def answer(authority: Path, query: Path, response: Path, *options: str) -> None:
    """Answers a request as a server would."""
    run("openssl", "ts", "-reply", "-config", "settings", "-section", "authority", "-queryfile", query, "-out", response,
        *options, folder=authority)


def accepts(folder: Path, authority: Path, *options: str) -> bool:
    command = ["openssl", "ts", "-verify", "-data", "SHA256SUMS", "-in", NAME, "-CAfile", authority / "root.pem", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=Path)
    program = parser.parse_args().program.resolve()
    with tempfile.TemporaryDirectory() as name:
        check(program, Path(name))


def check(program: Path, folder: Path) -> None:
    source = folder / "source"
    shutil.copytree(REPOSITORY / "assets/sample", source / "assets/sample")
    text = (REPOSITORY / "manifest.yaml").read_text()
    manifest = source / "manifest.yaml"
    manifest.write_text(re.sub(r"^disc:\n", "disc:\n  timestamp: disc.tsr\n", text, flags=re.M))
    authority = make_authority(folder / "authority", ["rsa:2048"], "sha256", "sha256")

    print("the commands of the warning")
    said = run(program, "stage", "manifest.yaml", "FOLDER", folder=source)
    query = re.search(r"`(openssl ts -query [^`]*)`", said)
    send = re.search(r"`(curl [^`]*)`", said)
    if not query or not send or "--data-binary @disc.tsq -o disc.tsr ADDRESS" not in send[1]:
        raise Failure(said)
    run(*query[1].split(), folder=source)
    answer(authority, source / "disc.tsq", source / "disc.tsr")

    print("the image, the folder and the archive")
    run(program, manifest, folder / "out.iso")
    run(program, "stage", manifest, folder / "stage")
    run(program, "stage", manifest, "--zip", folder / "out.zip")
    run("xorriso", "-osirrox", "on", "-indev", folder / "out.iso", "-extract", "/", folder / "image")
    (folder / "archive").mkdir()
    run("bsdtar", "-xf", folder / "out.zip", "-C", folder / "archive")
    other = make_authority(folder / "other", ["rsa:2048"], "sha256", "sha256")
    first = (source / "FOLDER/SHA256SUMS").read_bytes()
    for place in ("image", "stage", "archive"):
        if (folder / place / "SHA256SUMS").read_bytes() != first:
            raise Failure(f"the timestamp has changed the list in {place}")
        if not accepts(folder / place, authority) or accepts(folder / place, other):
            raise Failure(f"openssl is wrong about {place}")
    page = (folder / "stage/pages/en/check.html").read_text()
    command = re.search(r"openssl ts -verify [^<]*", page)[0]
    shutil.copy(authority / "root.pem", folder / "stage/../authority.pem")
    run(*command.replace("authority.pem", str(folder / "authority.pem")).split(), folder=folder / "stage")
    for target in ("out.iso", "stage", "out.zip"):
        said = run(program, "verify", folder / target)
        proof = re.search(r"`(openssl ts -verify [^`]*)`", said)
        if "the checksum list existed at" not in said or not proof:
            raise Failure(said)
        run(*proof[1].replace("authority.pem", str(folder / "authority.pem")).split(), folder=folder / "stage")

    print("other kinds of keys and digests")
    for number, (key, digest, certificate) in enumerate(
            [(["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "sha384", "sha384"), (["rsa:3072"], "sha512", "sha512"),
             (["rsa:2048"], "sha256", "sha1")]):
        another = make_authority(folder / f"kind{number}", key, digest, certificate)
        stamp = folder / "stage" / NAME
        answer(another, source / "disc.tsq", stamp)
        run(program, "verify", folder / "stage")
        if not accepts(folder / "stage", another):
            raise Failure(f"openssl does not accept {key}")
    # Without a certificate, and for another digest.
    for options, words in ((["-sha256"], "does not contain the certificate"), (["-sha512", "-cert"], "of another kind than SHA-256")):
        run("openssl", "ts", "-query", "-data", "FOLDER/SHA256SUMS", *options, "-out", "bad.tsq", folder=source)
        answer(authority, source / "bad.tsq", source / "bad.tsr")
        (source / "bad.yaml").write_text(manifest.read_text().replace("disc.tsr", "bad.tsr"))
        if words not in run(program, "check", source / "bad.yaml", code=1):
            raise Failure(f"{options}: the reason is not given")
    # A token, and the remedy for it.
    answer(authority, source / "disc.tsq", source / "bad.tsr", "-token_out")
    said = run(program, "check", "bad.yaml", code=1, folder=source)
    remedy = re.search(r"`(openssl ts -reply [^`]*)`", said)[1].replace("-out bad.tsr", "-out made.tsr")
    run(*remedy.split(), folder=source)
    shutil.copy(source / "made.tsr", folder / "stage" / NAME)
    if not accepts(folder / "stage", authority):
        raise Failure("the response that the message makes of a token is not accepted")
    run(program, "verify", folder / "stage")

    print("an expired certificate")
    expired = make_authority(folder / "expired", ["rsa:2048"], "sha256", "sha256", days=1)
    answer(expired, source / "disc.tsq", folder / "stage" / NAME)
    said = run(program, "verify", folder / "stage")
    seconds = int(re.search(r"-attime (\d+)", said)[1])
    later = str(seconds + 20 * 365 * 86400)
    if accepts(folder / "stage", expired, "-attime", later) or not accepts(folder / "stage", expired, "-attime", str(seconds)):
        raise Failure("openssl does not check the certificate at the time of the timestamp")

    print("1,000 changed bytes")
    # Only what the list needs: verifying many files would take long.
    small = folder / "small"
    small.mkdir()
    shutil.copy(folder / "stage/autorun.inf", small)
    lines = first.decode().splitlines(keepends=True)
    (small / "SHA256SUMS").write_text("".join(line for line in lines if line.endswith("  autorun.inf\n")))
    run("openssl", "ts", "-query", "-data", "SHA256SUMS", "-sha256", "-cert", "-out", folder / "small.tsq", folder=small)
    answer(authority, folder / "small.tsq", small / NAME)
    run(program, "verify", small)
    if not accepts(small, authority):
        raise Failure("openssl does not accept the unchanged timestamp")
    good = (small / NAME).read_bytes()
    chance = random.Random(3161)
    # Every byte once or not at all, so that the places that nobody notices can be listed.
    places = chance.sample(range(len(good)), 1000)
    found = {"make-disc": 0, "openssl only": 0}
    unnoticed = []
    for place in places:
        changed = bytearray(good)
        changed[place] ^= chance.randrange(1, 256)
        (small / NAME).write_bytes(changed)
        done = subprocess.run([program, "verify", small], capture_output=True, text=True)
        if done.returncode == 4:
            found["make-disc"] += 1
        elif done.returncode != 0:
            raise Failure(f"byte {place}: {done.stdout}{done.stderr}")
        elif not accepts(small, authority):
            found["openssl only"] += 1
        else:
            unnoticed.append((place, changed[place]))
    meaningless = meaningless_bytes(good, folder)
    wrong = [(place, byte) for place, byte in unnoticed if place not in meaningless]
    if wrong:
        raise Failure(f"nobody notices these bytes: {wrong}")
    print(f"  {found['make-disc']} noticed by make-disc, {found['openssl only']} more by openssl; "
          f"{len(unnoticed)} without meaning, {describe(unnoticed, meaningless)}")

    print("no network")
    for command in (["stage", manifest, folder / "again"], ["verify", folder / "out.iso"], ["check", manifest]):
        trace = folder / "trace"
        run("strace", "-f", "-o", trace, "-e", "trace=socket,connect", program, *command)
        if "AF_INET" in trace.read_text():
            raise Failure(f"{command[0]} opens a network connection")
    print("all as expected")


def meaningless_bytes(stamp: bytes, folder: Path) -> dict[int, str]:
    """The places in a timestamp that say nothing that is signed, and that a reader need not know, with what they are."""
    parsed = folder / "parsed.tsr"
    parsed.write_bytes(stamp)
    elements = []
    for line in run("openssl", "asn1parse", "-inform", "DER", "-in", parsed).splitlines():
        if match := re.match(r" *(\d+):d=(\d+) +hl=(\d+) l= *(\d+) (\w+): (.*)", line):
            at, depth, header, length = (int(group) for group in match.groups()[:4])
            elements.append((at, depth, header, length, match[6]))
    meaningless = {}

    def add(element, what):
        at, _, header, length, _ = element
        meaningless.update((place, what) for place in range(at, at + header + length))

    # The response says that the timestamp was granted, with changes or without.
    add(next(e for e in elements if e[1] == 2 and e[4].startswith("INTEGER")), "the status, if it is granted as well")
    # The version of the signed data.
    add(next(e for e in elements if e[1] == 4 and e[4].startswith("INTEGER")), "the versions of the structures")
    # The digest algorithms that a reader may prepare for: each signer names its own again.
    algorithms = next(e for e in elements if e[1] == 4 and e[4].startswith("SET"))
    for element in elements:
        if algorithms[0] < element[0] < algorithms[0] + algorithms[2] + algorithms[3]:
            add(element, "the list of algorithms, which the signer repeats")
    # In what describes the signer: its version, and empty parameters.
    signers = [e for e in elements if e[1] == 4 and e[4].startswith("SET")][-1]
    for element in elements:
        if element[0] > signers[0] and element[1] == 6 and element[4].startswith("INTEGER"):
            add(element, "the versions of the structures")
        if element[0] > signers[0] and element[4].startswith("NULL"):
            add(element, "the parameters of algorithms without parameters")
    add([e for e in elements if e[4].startswith("OBJECT")][-1], "the algorithm of the signature, which the certificate repeats")
    return meaningless


def describe(unnoticed: list, meaningless: dict[int, str]) -> str:
    counts: dict[str, int] = {}
    for place, _ in unnoticed:
        counts[meaningless[place]] = counts.get(meaningless[place], 0) + 1
    return ", ".join(f"{what}: {count}" for what, count in sorted(counts.items())) or "none"


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
