#!/usr/bin/env python3
"""Checks the JSON Schemas of the manifest and of reports of `verify` with a third-party validator, and compares the
manifest's schema with `make-disc check`.

    check.py --program MAKE_DISC

Every manifest in the repository must be accepted by both, and each manifest with one mistake must be rejected by
both. YAML is read by its 1.2 core schema, as make-disc and editors do: dates and `yes` are texts.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]


class Core(yaml.SafeLoader):
    """YAML 1.2, 10.3.2: null, true, false, numbers, and texts."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
]:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)

GOOD = """\
disc:
  title: {en: Two reports, fr: Deux rapports}
  volume: TWO_REPORTS
  languages: [en, fr]
  date: 2008-06-30
  media: cd-700
launcher:
  colours: {accent: "#123f6d"}
  foreword:
    text: {en: Welcome, fr: Bienvenue}
    signature: {name: The Office, role: {en: Director, fr: Direction}}
sections:
  - id: needs
    title: {en: Needs, fr: Besoins}
    reports:
      - id: africa
        title: {en: Africa, fr: Afrique}
        date: 2007-11
        authors: [ECA, ESCAP]
        subjects: {en: Women, fr: Femmes}
        variants: {en: a.txt, fr: [a.txt, b.txt]}
      - id: asia
        title: 1325
        symbol: S/RES/1325 (2000)
        kind: book
        publisher: {en: United Nations, fr: Nations Unies}
        place: Geneva
        series: {en: Studies}
        isbn: [978-0-306-40615-7, 0-306-40615-2]
        issn: 0378-5955
        doi: https://doi.org/10.18356/asia
        pages: 120
        licence: CC-BY-4.0
        variants: {en: {files: b.txt, title: Asia, isbn: 979-10-90636-07-1, pages: "xii, 12 p."}}
"""

# Parts of the valid manifest, each with a replacement that has one fault.
BROKEN = [
    ("disc:\n", "disk:\n"),
    ("  title: {en: Two reports, fr: Deux rapports}\n", ""),
    ("  title: {en: Two reports, fr: Deux rapports}", "  title: [Two reports]"),
    ("  title: {en: Two reports, fr: Deux rapports}", "  title: true"),
    ("  title: {en: Two reports, fr: Deux rapports}", "  title: 1.5"),
    ("  title: {en: Two reports, fr: Deux rapports}", "  title: {en: [a]}"),
    ("  title: {en: Two reports, fr: Deux rapports}", "  title: {in english: a}"),
    ("volume: TWO_REPORTS", "volume: two_reports"),
    ("volume: TWO_REPORTS", "volume: TWO_REPORTS_OF_2008"),
    ("volume: TWO_REPORTS", "volume: TWO REPORTS"),
    ("volume: TWO_REPORTS", "volume: [TWO]"),
    ("  languages: [en, fr]\n", ""),
    ("languages: [en, fr]", "languages: en, fr"),
    ("languages: [en, fr]", "languages: []"),
    ("languages: [en, fr]", "languages: [en, fr, fr]"),
    ("languages: [en, fr]", "languages: [en, fr, 12]"),
    ("languages: [en, fr]", "languages: [en, fr, en_GB]"),
    ("languages: [en, fr]", "Languages: [en, fr]"),
    ("date: 2008-06-30", "date: 30.06.2008"),
    ("date: 2008-06-30", "date: 2008-13"),
    ("date: 2008-06-30", "date: June 2008"),
    ("date: 2008-06-30", "date: 2008-6-30"),
    ("media: cd-700", "media: floppy"),
    ("media: cd-700", "media: 4.3"),
    ("media: cd-700", "media: 700"),
    ("media: cd-700", "names: long"),
    ("media: cd-700", "large_files: maybe"),
    ("media: cd-700", "search: 'no'"),
    ("media: cd-700", "media_check: 1"),
    ("media: cd-700", "manifest: maybe"),
    ("media: cd-700", "repair: much"),
    ("media: cd-700", "repair: 3 %"),
    ("media: cd-700", "repair: 15"),
    ("media: cd-700", "timestamp: [disc.tsr]"),
    ("media: cd-700", "publsher: The Office"),
    ("media: cd-700", "publisher: {en: The Office}"),
    ("launcher:\n", "launcher: blue\nwas:\n"),
    ("\"#123f6d\"", "blue"),
    ("\"#123f6d\"", "\"#12345\""),
    ("accent:", "accents:"),
    ("    text: {en: Welcome, fr: Bienvenue}\n", ""),
    ("signature: {name: The Office", "signature: {names: The Office"),
    ("signature: {name: The Office, role: {en: Director, fr: Direction}}", "signature: The Office"),
    ("foreword:\n", "foreward:\n"),
    ("  colours:", "  strings: {en: [home]}\n  colours:"),
    ("sections:\n", "section:\n"),
    (GOOD[GOOD.index("sections:"):], "sections: []\n"),
    (GOOD[GOOD.index("sections:"):], ""),
    ("    title: {en: Needs, fr: Besoins}\n", "    titel: {en: Needs}\n"),
    ("    reports:\n", "    report:\n"),
    ("id: africa", "id: Africa needs"),
    ("id: africa", "id: a__b"),
    ("id: africa", "id: [africa]"),
    ("        title: {en: Africa, fr: Afrique}\n", ""),
    ("        variants: {en: a.txt, fr: [a.txt, b.txt]}\n", ""),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: a.txt"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {}"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {english: a.txt, not a code: b.txt}"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {en: [a.txt, {b: c}]}"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {en: {file: a.txt}}"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {en: {files: a.txt, folder: site}}"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {en: {files: a.txt, start: index.html}}"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {en: {title: A}}"),
    ("variants: {en: a.txt, fr: [a.txt, b.txt]}", "variants: {en: true}"),
    ("authors: [ECA, ESCAP]", "authors: [ECA, {name: ESCAP}]"),
    ("authors: [ECA, ESCAP]", "author: ECA"),
    ("subjects: {en: Women, fr: Femmes}", "subjects: [[Women]]"),
    ("symbol: S/RES/1325 (2000)", "symbol: {en: S/RES/1325 (2000)}"),
    ("date: 2007-11", "date: 11/2007"),
    ("kind: book", "kind: novel"),
    ("kind: book", "kind: {en: book}"),
    ("place: Geneva", "places: Geneva"),
    ("series: {en: Studies}", "series: [Studies]"),
    ("isbn: [978-0-306-40615-7, 0-306-40615-2]", "isbn: {en: 978-0-306-40615-7}"),
    ("doi: https://doi.org/10.18356/asia", "doi: [10.18356/asia]"),
    ("pages: 120", "pages: [120]"),
    ("licence: CC-BY-4.0", "license: CC-BY-4.0"),
    ("licence: CC-BY-4.0", "licence: true"),
    ("title: Asia, isbn:", "title: Asia, issn: {en: 1}, isbn:"),
    ("title: Asia, isbn:", "title: Asia, licence: MIT, isbn:"),
]


def manifests() -> list[tuple[str, str]]:
    """The manifests in the repository, with their paths."""
    found = [("tests/schema/check.py", GOOD)]
    for path in sorted(REPOSITORY.glob("*.yaml")) + sorted(REPOSITORY.glob("tests/**/*.yaml")):
        found.append((str(path.relative_to(REPOSITORY)), path.read_text()))
    for path in [REPOSITORY / "README.md", *sorted(REPOSITORY.glob("docs/**/*.md"))]:
        for block in re.findall(r"^```yaml\n(.*?)^```", path.read_text(), re.M | re.S):
            if block.startswith("disc:"):
                found.append((str(path.relative_to(REPOSITORY)), block))
    for path in sorted(REPOSITORY.glob("tests/**/*.rs")):
        for text in re.findall(r'MANIFEST: &str = "\\\n(.*?)";', path.read_text(), re.S):
            found.append((str(path.relative_to(REPOSITORY)), text))
    return found


def reports(program: Path) -> list[tuple[str, list[str]]]:
    """Reports of every outcome, with the errors that docs/verify-report.schema.json finds in them."""
    schema = json.loads((REPOSITORY / "docs/verify-report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("a.txt", "b.txt"):
            (folder / name).write_text(name)
        (folder / "manifest.yaml").write_text(GOOD)
        run = lambda *arguments: subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)
        assert run("--quiet", "--no-search", "manifest.yaml", "good.iso").returncode == 0
        assert run("stage", "--quiet", "--no-search", "manifest.yaml", "disc").returncode == 0
        image = bytearray((folder / "good.iso").read_bytes())
        for at in (16 * 2048 + 50, image.index(b"a.txt" if b"a.txt" in image else b"CD001"), len(image) - 5):
            image[at] ^= 1
        (folder / "bad.iso").write_bytes(image)
        (folder / "disc/added.txt").write_text("added")
        (folder / "nothing").mkdir()
        outcomes = set()
        for target in ("good.iso", "bad.iso", "disc", "nothing", "none.iso", "a.txt"):
            ran = run("verify", "--report", f"{target}.json", target)
            report = json.loads((folder / f"{target}.json").read_text())
            errors = [error.message for error in validator.iter_errors(report)]
            printed = json.loads(run("verify", "--json", target).stdout)
            if printed != report["result"]:
                errors.append("the report has a different result than --json")
            if (ran.returncode == 0) != (report["event"]["outcome"] == "intact"):
                errors.append(f"exit code {ran.returncode}")
            outcomes.add(report["event"]["outcome"])
            found.append((target, errors))
            # A key that the schema does not have is an error in every object.
            for part in (report, report["event"], report["program"], report["host"], report["target"], report["result"], *report["result"]["problems"][:1]):
                part["other"] = 1
                found.append((f"{target} with another key", [] if list(validator.iter_errors(report)) else ["is valid"]))
                del part["other"]
        found.append(("every outcome", [] if len(outcomes) == 4 else [str(outcomes)]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    program = parser.parse_args().program.resolve(strict=True)
    printed = subprocess.run([program, "schema"], capture_output=True, text=True, check=True).stdout
    assert printed == (REPOSITORY / "docs/manifest.schema.json").read_text(), "`make-disc schema` prints a different schema"
    schema = json.loads(printed)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    passed, failed = 0, 0

    def check(name: str, text: str, good: bool, folder: Path) -> None:
        nonlocal passed, failed
        errors = [error.message for error in validator.iter_errors(yaml.load(text, Core))]
        verdicts = {"the schema": not errors}
        if name == "tests/schema/check.py":
            (folder / "manifest.yaml").write_text(text)
            ran = subprocess.run([program, "check", "--quiet", folder / "manifest.yaml"], capture_output=True)
            verdicts["make-disc"] = ran.returncode == 0
        for who, verdict in verdicts.items():
            if verdict == good:
                passed += 1
            else:
                failed += 1
                print(f"FAILED: {who} {'rejects' if good else 'accepts'} a manifest of {name}:\n{text}\n{errors}")

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("a.txt", "b.txt"):
            (folder / name).write_text(name)
        found = manifests()
        assert len(found) >= 4, found
        for name, text in found:
            check(name, text, True, folder)
        for valid, faulty in BROKEN:
            assert GOOD.count(valid) == 1, valid
            check("tests/schema/check.py", GOOD.replace(valid, faulty), False, folder)
        # The schema that manifests name for editors is this one.
        subprocess.run([program, "init", folder, "--output", folder / "proposed.yaml"], check=True, capture_output=True)
        for path in (REPOSITORY / "manifest.yaml", folder / "proposed.yaml"):
            text = path.read_text()
            named = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", text, re.M)
            good = len(named) == 1 and json.loads((path.parent / named[0]).read_text()) == schema
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"FAILED: {path.name} leads editors to {named}")
        check("make-disc init", (folder / "proposed.yaml").read_text(), True, folder)
    for name, errors in reports(program):
        passed, failed = passed + (not errors), failed + bool(errors)
        if errors:
            print(f"FAILED: the report of {name}: {errors}")
    print(f"{len(found)} good manifests, {len(BROKEN)} with a fault")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
