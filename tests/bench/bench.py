#!/usr/bin/env python3
"""Compares the time and memory of make-disc with those of similar programs. Run manually.

    bench.py --program MAKE_DISC [--corpora cd,many,dvd] [--rounds 7] [--folder DIR] [--table FILE]

Makes corpora of random bytes once (`--folder` keeps them). Each round runs every program once: `cp -r`,
genisoimage, xorriso with and without `--md5`, bsdtar, pycdlib, and the manual procedure that gives the same
proof: hash every file into a list, make an image with the list, and hash the image, with sha256sum or with
openssl. Before each run, the output is removed and the disk synchronised. Prints the medians of wall time,
CPU time and peak memory, and their ratios. `--table` also writes them as Markdown.

make-disc runs with `--no-search`; `--search` adds a line with search. `--also` adds a line for another build
of make-disc. `--only NAME,NAME` runs only some of the programs. `--steps` measures what a publisher does instead of
the other programs: the first check and a later one, a build, a build after one file has changed, and `verify`, all with
search and with a text cache of their own. `--cold` empties the system's cache of files before every run, for which it must be
root. Needs GNU time, the programs, and pycdlib for this Python.
"""

import argparse
import json
import os
import platform
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MIB = 1 << 20
LANGUAGES = ["de", "en", "es", "fr", "it", "ja", "pl", "pt", "ru", "zh"]


def random_sizes(rng: random.Random, count: int, total: int, spread: float) -> list[int]:
    """Random sizes with a given sum. The larger the spread, the more they differ."""
    weights = [rng.lognormvariate(0, spread) for _ in range(count)]
    sizes = [max(1024, int(total * weight / sum(weights))) for weight in weights]
    sizes[sizes.index(max(sizes))] += total - sum(sizes)
    return sizes


def write(path: Path, size: int, rng: random.Random) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        while size:
            part = min(size, 4 * MIB)
            file.write(rng.randbytes(part))
            size -= part
    os.utime(path, (1_704_067_200, 1_704_067_200))


def languages_corpus(folder: Path, reports: int, total: int, spread: float) -> dict:
    """Reports in ten languages, five sections."""
    rng = random.Random(f"{reports} {total}")
    files = random_sizes(rng, reports * len(LANGUAGES), total, spread)
    sections = [{"id": f"s{number}", "title": f"Section {number}", "reports": []} for number in range(5)]
    for number in range(reports):
        variants = {}
        for language in LANGUAGES:
            name = f"{language}/section_{number % 5}/report_{number}.pdf"
            write(folder / name, files.pop(), rng)
            variants[language] = name
        sections[number % 5]["reports"].append({"id": f"r{number}", "title": f"Report {number}", "variants": variants})
    return {"languages": LANGUAGES, "sections": sections}


def many_corpus(folder: Path, count: int) -> dict:
    """Small files, a hundred in each report."""
    rng = random.Random(f"many {count}")
    reports = []
    for number in range(count // 100):
        names = [f"batch_{number:04}/record_{record:03}.dat" for record in range(100)]
        for name in names:
            write(folder / name, rng.randint(1024, 8192), rng)
        reports.append({"id": f"batch_{number}", "title": f"Batch {number}", "variants": {"en": names}})
    return {"languages": ["en"], "sections": [{"id": "records", "title": "Records", "reports": reports}]}


WORDS = (
    "annual basin district figure flow groundwater laboratory measured method nitrate northern quality report reported"
    " result river sample sediment station survey table water"
).split()


def reports_corpus(folder: Path, count: int) -> dict:
    """Reports of one small text each, a thousand in each section, with pages in three languages."""
    rng = random.Random(f"reports {count}")
    sections: dict[int, list] = {}
    for number in range(count):
        name = f"texts/{number // 1000:03}/report_{number:06}.txt"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        paragraphs = [" ".join(rng.choice(WORDS) for _ in range(60)) for _ in range(rng.randint(1, 3))]
        path.write_text(f"Report {number}\n\n" + "\n\n".join(paragraphs) + "\n")
        os.utime(path, (1_704_067_200, 1_704_067_200))
        report = {"id": f"r{number}", "title": f"Report {number} on the water of the district", "variants": {"en": name}}
        sections.setdefault(number // 1000, []).append(report)
    titled = [{"id": f"s{number}", "title": f"Part {number + 1}", "reports": reports} for number, reports in sections.items()]
    return {"languages": ["en", "fr", "de"], "sections": titled}


def site_corpus(folder: Path, count: int) -> dict:
    """A web site of this many pages as one document. Each page links to its neighbours, a stylesheet and a picture."""
    rng = random.Random(f"site {count}")
    site = folder / "site"
    (site / "style").mkdir(parents=True)
    (site / "style/main.css").write_text("body { background: url(../picture.png) }\n")
    write(site / "picture.png", 4096, rng)
    for number in range(count):
        path = site / f"part_{number // 500:03}/page_{number:06}.html"
        path.parent.mkdir(exist_ok=True)
        paragraphs = "".join(f"<p>{' '.join(rng.choice(WORDS) for _ in range(60))}</p>\n" for _ in range(rng.randint(1, 3)))
        near = [(number + step) % count for step in (1, 7, count // 2)]
        links = "".join(f'<li><a href="../part_{other // 500:03}/page_{other:06}.html">Page {other}</a></li>\n' for other in near)
        head = f'<title>Page {number}</title><link rel="stylesheet" href="../style/main.css">'
        body = f'<h1>Page {number}</h1>\n<img src="../picture.png" alt="">\n{paragraphs}<ul>\n{links}</ul>'
        path.write_text(f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{head}</head>\n<body>{body}</body></html>\n')
        os.utime(path, (1_704_067_200, 1_704_067_200))
    document = {"folder": "site", "start": "part_000/page_000000.html"}
    reports = [{"id": "site", "title": "Site", "variants": {"en": document}}]
    return {"languages": ["en"], "sections": [{"id": "s", "title": "S", "reports": reports}]}


def big_corpus(folder: Path, total: int) -> dict:
    write(folder / "big.bin", total, random.Random("big"))
    reports = [{"id": "big", "title": "Big", "variants": {"en": "big.bin"}}]
    return {"languages": ["en"], "sections": [{"id": "s", "title": "S", "reports": reports}], "large": True}


CORPORA = {
    "cd": ("200 files, 600 MiB", lambda folder: languages_corpus(folder, 20, 600 * MIB, 0.8)),
    "dvd": ("1,400 files, 4.3 GiB", lambda folder: languages_corpus(folder, 140, int(4.3 * 1024) * MIB, 1.6)),
    "many": ("50,000 files of 1-8 KiB", lambda folder: many_corpus(folder, 50_000)),
    "many1000": ("1,000 files of 1-8 KiB", lambda folder: many_corpus(folder, 1_000)),
    "many10000": ("10,000 files of 1-8 KiB", lambda folder: many_corpus(folder, 10_000)),
    "many100000": ("100,000 files of 1-8 KiB", lambda folder: many_corpus(folder, 100_000)),
    "many500000": ("500,000 files of 1-8 KiB", lambda folder: many_corpus(folder, 500_000)),
    "reports": ("20,000 reports of one small text, pages in three languages", lambda folder: reports_corpus(folder, 20_000)),
    "reports2000": ("2,000 reports of one small text, pages in three languages", lambda folder: reports_corpus(folder, 2_000)),
    "site": ("a web site of 20,000 pages as one document", lambda folder: site_corpus(folder, 20_000)),
    "big": ("one file of 5 GiB", lambda folder: big_corpus(folder, 5 * 1024 * MIB)),
}

PYCDLIB = """
import os, sys, pycdlib
source, target = sys.argv[1:]
iso = pycdlib.PyCdlib()
iso.new(interchange_level=3, joliet=3, rock_ridge="1.09")
number = 0
places = {".": ("", "")}
for folder, folders, files in os.walk(source):
    here = os.path.relpath(folder, source)
    plain, joliet = places[here]
    for name in sorted(folders):
        number += 1
        place = (f"{plain}/D{number}", f"{joliet}/{name}")
        iso.add_directory(place[0], rr_name=name, joliet_path=place[1])
        places[os.path.normpath(os.path.join(here, name))] = place
    for name in sorted(files):
        number += 1
        iso.add_file(os.path.join(folder, name), f"{plain}/F{number}.;1", rr_name=name, joliet_path=f"{joliet}/{name}")
iso.write(target)
iso.close()
"""


def commands(program: Path, corpus: Path, out: Path, search: bool, also: Path | None) -> dict[str, str]:
    """Shell commands, by name."""
    tree, image, work = (shlex.quote(str(path)) for path in (corpus / "files", out / "out.iso", out))
    manifest = shlex.quote(str(corpus / "files/manifest.yaml"))
    make = f"{shlex.quote(str(program))} --quiet --force {manifest} {image}"
    author = f"genisoimage -quiet -iso-level 3 -allow-limited-size -R -J -joliet-long -o {image}"
    hashed = {"sha256sum": "sha256sum", "openssl": "openssl dgst -sha256 -r"}
    found = {
        "make-disc": f"{make} --no-search",
        "cp -r": f"cp -r {tree} {work}/copy",
        "genisoimage": f"{author} {tree} 2>/dev/null",
        "xorriso": f"xorriso -as mkisofs -quiet -iso-level 3 -R -J -joliet-long -o {image} {tree} 2>/dev/null",
        "xorriso --md5": f"xorriso -as mkisofs -quiet -iso-level 3 -R -J -joliet-long --md5 -o {image} {tree} 2>/dev/null",
        "bsdtar": f"bsdtar --format=iso9660 -cf {image} -C {tree} .",
        "pycdlib": f"{shlex.quote(sys.executable)} -c {shlex.quote(PYCDLIB)} {tree} {image}",
    }
    if search:
        found["make-disc with search"] = make
    if also:
        found[f"make-disc as {also.name}"] = f"{shlex.quote(str(also))} --quiet --force {manifest} {image} --no-search"
    for name, tool in hashed.items():
        found[f"manually with {name}"] = (
            f"cd {tree} && find . -type f -print0 | sort -z | xargs -0 {tool} > {work}/SHA256SUMS && cd / &&"
            f" {author} -graft-points {tree} SHA256SUMS={work}/SHA256SUMS 2>/dev/null && {tool} {image} > {image}.sha256"
        )
    found["cat and openssl twice"] = (
        f"cd {tree} && find . -type f -print0 | xargs -0 cat > {image} && openssl dgst -sha256 {image} >/dev/null"
        f" && openssl dgst -sha256 {image} >/dev/null"
    )
    found["make-disc --media-check"] = f"{make} --no-search --media-check"
    return found


def steps(program: Path, corpus: Path, out: Path, also: Path | None) -> dict[str, str]:
    """Shell commands for what a publisher does, by name."""
    found = {}
    files = corpus / "files"
    manifest, image = shlex.quote(str(files / "manifest.yaml")), shlex.quote(str(out / "out.iso"))
    changed = shlex.quote(str(next(path for path in sorted(files.rglob("*")) if path.is_file() and path.name != "manifest.yaml")))
    for name, binary in [("make-disc", program)] + ([(f"make-disc as {also.name}", also)] if also else []):
        cache = corpus / f"cache of {binary.name}"
        make = f"XDG_CACHE_HOME={shlex.quote(str(cache))} {shlex.quote(str(binary))}"
        build = f"{make} --quiet --force {manifest} {image}"
        found |= {
            f"{name}: first check": f"rm -rf {shlex.quote(str(cache))}; {make} check {manifest}",
            f"{name}: second check": f"{make} check {manifest}",
            f"{name}: build": build,
            f"{name}: build after one change": f"printf x >> {changed}; {build}",
            f"{name}: build and verify": f"{build} && {make} verify {image}",
        }
    return found


def run(command: str, out: Path, cold: bool) -> tuple[float, float, float]:
    """Returns wall seconds, CPU seconds and peak MiB, as GNU time measures them. Measured as a child of this process, the
    program would be charged with the memory of this process."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    os.sync()
    if cold:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    timed = ["/usr/bin/time", "-q", "-f", "%e %U %S %M", "-o", out / "time", "/bin/sh", "-c", command]
    start = time.monotonic()
    done = subprocess.run(timed, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - start
    if done.returncode:
        raise SystemExit(f"{command}\nfailed: {done.returncode}")
    _, user, system, memory = map(float, (out / "time").read_text().split())
    return wall, user + system, memory / 1024


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    flags = Path("/proc/cpuinfo").read_text()
    sha = "with" if "sha_ni" in flags else "without"
    return f"{platform.system()} {platform.release()}, {os.cpu_count()} × {model}, {sha} SHA instructions"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--corpora", default="cd,many,dvd")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--output", type=Path, help="the folder for images, if not the one of the corpora")
    parser.add_argument("--only")
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--also", type=Path, help="another build of make-disc; its line has the name of its file")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--cold", action="store_true", help="empty the system's cache of files before every run")
    parser.add_argument("--table", type=Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="bench-"))
    lines = [f"{machine()}; medians of {arguments.rounds} rounds.", ""]
    print(lines[0])
    for name in arguments.corpora.split(","):
        description, make = CORPORA[name]
        corpus = folder / name
        if not (corpus / "done").exists():
            shutil.rmtree(corpus, ignore_errors=True)
            (corpus / "files").mkdir(parents=True)
            collection = make(corpus / "files")
            disc = {"title": "Benchmark", "volume": "BENCHMARK", "languages": collection["languages"], "date": 2008, "large_files": collection.get("large", False)}
            manifest = {"disc": disc, "sections": collection["sections"]}
            (corpus / "files/manifest.yaml").write_text(json.dumps(manifest))
            (corpus / "done").touch()
        out = (arguments.output or folder) / "out"
        tools = commands(program, corpus, out, arguments.search, arguments.also and arguments.also.resolve(strict=True))
        if arguments.steps:
            tools = steps(program, corpus, out, arguments.also and arguments.also.resolve(strict=True))
        if arguments.only:
            tools = {tool: tools[tool] for tool in arguments.only.split(",")}
        figures: dict[str, list] = {tool: [] for tool in tools}
        for tool, command in tools.items():
            # One run that is not measured, to fill the cache.
            if tool in ("make-disc", "cp -r"):
                run(command, out, False)
        for _ in range(arguments.rounds):
            for tool, command in tools.items():
                figures[tool].append(run(command, out, arguments.cold))
        shutil.rmtree(out, ignore_errors=True)
        medians = {tool: [statistics.median(values) for values in zip(*runs)] for tool, runs in figures.items()}
        ours = medians.get("make-disc")
        table = [f"**{name}**: {description}{', cold cache' if arguments.cold else ''}", "", "| | wall s | CPU s | peak MiB | make-disc's wall | make-disc's CPU |", "|---|---|---|---|---|---|"]
        for tool, (wall, cpu, memory) in medians.items():
            ratios = f"{ours[0] / wall:.2f} × | {ours[1] / cpu:.2f} ×" if ours else "| "
            table.append(f"| {tool} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {ratios} |")
        print("\n".join(table), flush=True)
        lines += [*table, ""]
    if arguments.table:
        arguments.table.write_text("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
