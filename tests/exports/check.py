#!/usr/bin/env python3
"""Checks the catalogue's formats with third-party schemas and parsers.

    check.py --program MAKE_DISC --schemas FOLDER

FOLDER contains oai_dc.xsd, simpledc20021212.xsd and xml.xsd, from Debian's package python3-gavo. Makes discs
of the sample and of a collection with the most difficult texts possible, in portable and in 8.3
names, and reads every format back: jsonschema with docs/catalogue.schema.json, csv, pybtex, rispy, the
XML schemas of the Open Archives Initiative, pymarc, pydantic-marc and yaz-marcdump. roc-validator and ro-crate-py read the RO-Crate,
offline, and dspyce the items for DSpace; PyYAML reads the manifest. Every text must
come back as the manifest has it.
"""

import argparse
import csv
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import bagit
import jsonschema
import pymarc
import rispy
import rocrate
import xmlschema
import yaml
from dspyce.saf.saf_read import read_saf_package
from lxml import etree
from pybtex.database.input import bibtex
from pydantic_marc import MarcRecord
from pylatexenc.latex2text import LatexNodes2Text
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = {
    "portable": ["catalogue/" + name for name in ("catalogue.json", "catalogue.csv", "catalogue.bib", "catalogue.ris", "dublin_core.xml", "marc21.xml")],
    "dos": ["catalog/" + name for name in ("catalog.jsn", "catalog.csv", "catalog.bib", "catalog.ris", "dublin.xml", "marc21.xml")],
}
HOSTILE = "50 % of {a} \\b & c_d #1 $2 ~x^y \"quoted\" <tag> 'it''s' ; = @x, «é» ñ 中文 العربية"
FORMULAS = ["Own title &", "=1+1", "-x", "+41 22", "@a", "＝1", "A;=1+1", "'-x"]
KINDS = ["report", "book", "article", "guidelines", "brief", "resolution", "map", "dataset", "presentation", "video", "audio", "other"]
RIS_TYPES = dict(zip(KINDS, ["RPRT", "BOOK", "JOUR", "RPRT", "RPRT", "GOVDOC", "MAP", "DATA", "SLIDE", "VIDEO", "SOUND", "GEN"]))
BIBTEX_TYPES = dict(zip(KINDS, ["techreport", "book", "article", "techreport", "techreport", "techreport", "misc", "misc", "misc", "misc", "misc", "misc"]))
DCMI_TYPES = {"map": "StillImage", "dataset": "Dataset", "video": "MovingImage", "audio": "Sound"}
MARC_TYPES = {"map": "e", "dataset": "m", "video": "g", "audio": "i"}
LANGUAGES = ["en", "fr", "zh-Hant", "ar", "fil", "de"]


def hostile(folder: Path, names: str) -> Path:
    """A collection in languages with and without MARC codes, with texts that are designed to break formats."""
    (folder / "a.txt").write_text("a text")
    (folder / "b.pdf").write_bytes(b"%PDF-1.4\n%nothing")
    # Formats that are based on XML, but contain no text.
    (folder / "c.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "d.xlsx").write_bytes(b"PK nothing")
    section = {"id": "s_1", "title": HOSTILE, "reports": []}
    for number in range(40):
        report = {
            "id": f"r_{number}",
            "title": {"en": f"{HOSTILE} {number}", "ar": f"عنوان {number} }}{{"} if number % 2 else f"{number}: {{ unbalanced }} }}",
            "authors": ["Author & Sons, \"The\"", "Ünïted {Nations}", "de la Cruz, Ana María"][: number % 4],
            "subjects": [{"en": "Women, peace & security", "zh-Hant": "婦女、和平與安全"}, "100 %"][: number % 3],
            "summary": f"First line\nsecond line # {number}\n\nsecond paragraph {HOSTILE}",
            "variants": {tag: {"files": ["a.txt", "b.pdf"][: 1 + number % 2]} for tag in LANGUAGES[: 1 + number % len(LANGUAGES)]},
        }
        report["variants"]["en"]["title"] = f"{FORMULAS[number % len(FORMULAS)]} {number}"
        if number % 4:
            report["symbol"] = f"S/RES/{1325 + number} (2000)" if number % 2 else f"ISBN_{number} #&%"
        if number % 3 == 0:
            kind = KINDS[number // 3 % len(KINDS)]
            report |= {
                "kind": kind,
                "publisher": {"en": f"Own {HOSTILE} {number}", "fr": "Éditeur"},
                "place": {"en": "Geneva & {Vienna}", "fr": "Genève"},
                "series": {"en": f"Series #{number} {HOSTILE}", "ar": "سلسلة"},
                "isbn": ["978-0-306-40615-7", "0-8044-2957-X"][: 1 + number % 2],
                "issn": "0378-5955",
                "doi": "https://doi.org/10.1002/(SICI)1097<1::AID-A_1>3.0.CO;2-#%",
                "pages": "12–34" if kind == "article" else [120, "xii, 120 p. {a}"][number % 2],
                "licence": ["CC-BY-NC-SA-3.0-IGO", {"en": f"Free {HOSTILE}", "fr": "Libre"}][number % 2],
            }
            if "fr" in report["variants"]:
                report["variants"]["fr"] |= {"isbn": "979-10-90636-07-1", "doi": "10.18356/fr", "pages": 99}
        if number % 5:
            report["date"] = ["2008", "2008-06", "2008-06-30", "0987-01"][number % 4]
        section["reports"].append(report)
    if names == "portable":
        section["reports"] += [{"id": f"no_text_{name[2:]}", "title": "No text", "variants": {"en": name}} for name in ("c.svg", "d.xlsx")]
    disc = {"title": {"en": HOSTILE, "ar": "مجموعة"}, "volume": "HOSTILE", "languages": LANGUAGES, "names": names, "publisher": HOSTILE[:40], "identifier": "ISBN 92-1", "rights": {"en": "Free & <open>\nfor all", "fr": "Libre"}, "date": "2008-06" if names == "dos" else "2008-06-30"}
    if names == "dos":
        # Audio is not text.
        (folder / "b.pdf").rename(folder / "b.mp3")
        for report in section["reports"]:
            for variant in report["variants"].values():
                variant["files"] = [name.replace("b.pdf", "b.mp3") for name in variant["files"]]
    manifest = folder / "manifest.yaml"
    manifest.write_text(json.dumps({"disc": disc, "sections": [section]}, ensure_ascii=False))
    return manifest


def pdf(version: str, claims: list[str]) -> bytes:
    """A PDF with a blank page, whose metadata claims that it conforms to standards."""
    properties = ""
    for claim in claims:
        prefix, part = ("pdfaid", claim.removeprefix("PDF/A-")) if claim.startswith("PDF/A") else ("pdfuaid", claim.removeprefix("PDF/UA-"))
        properties += f'<rdf:Description rdf:about="" xmlns:{prefix}="http://www.aiim.org/{prefix[:-2]}/ns/id/"><{prefix}:part>{part[0]}</{prefix}:part>'
        properties += f"<{prefix}:conformance>{part[1:].upper()}</{prefix}:conformance>" * bool(part[1:]) + "</rdf:Description>"
    begin = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    metadata = f'{begin}{properties}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'.encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(metadata), metadata),
    ]
    content, places = f"%PDF-{version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"), []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 5\n0000000000 65535 f \n" + table + end


def localised(value: object, variant: dict, languages: list) -> str:
    """The text that a record in the variant's language contains."""
    if isinstance(value, dict):
        value = value.get(variant["language"]) or next(value[tag] for tag in [*languages, *value] if tag in value)
    return line(str(value or ""))


def wanted(catalogue: dict, report: dict, variant: dict) -> dict:
    """The bibliographic fields that a record must have, taken from the JSON."""
    disc = catalogue["disc"]
    text = lambda value: localised(value, variant, disc["languages"])
    edition = {key: variant.get(key, report.get(key)) for key in ("isbn", "issn", "doi", "pages")}
    return {
        "kind": report.get("kind"),
        "publisher": text(report.get("publisher") or disc.get("publisher")),
        "place": text(report.get("place")),
        "series": text(report.get("series")),
        "isbn": edition["isbn"] or [],
        "issn": edition["issn"] or [],
        "doi": edition["doi"] or "",
        "pages": edition["pages"] or "",
        "licence": text(report.get("licence")),
        "terms": text(report.get("licence") or disc.get("rights")),
        "url": report.get("licenceUrl"),
    }


def line(text: str) -> str:
    return " ".join(text.split())


class Context:
    """Answers a request for the context of RO-Crate with the copy in ro-crate-py, so that no network is needed."""

    TEXT = (Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_text()
    status_code = 200
    ok = from_cache = True
    headers = {"Content-Type": "application/ld+json"}
    text = TEXT
    content = TEXT.encode()

    def json(self) -> dict:
        return json.loads(self.TEXT)


def get_context(_: HttpRequester, url: str, **__: object) -> Context:
    if url != "https://w3id.org/ro/crate/1.2/context":
        raise RuntimeError(f"{url} is requested, but the test has no network")
    return Context()


class Checker:
    def __init__(self, schemas: Path):
        self.passed = 0
        self.failed = 0
        self.schema = jsonschema.Draft202012Validator(json.loads((REPOSITORY / "docs/catalogue.schema.json").read_text()))
        # The schemas import each other from the network. All of them are in the folder.
        local = lambda uri: str(schemas / uri.rsplit("/", 1)[-1])
        self.dublin_core = xmlschema.XMLSchema(local("oai_dc.xsd"), uri_mapper=local, allow="local")

    def check(self, name: str, passed: bool, detail: object = "") -> None:
        self.passed += passed
        self.failed += not passed
        print(f"{'ok    ' if passed else 'FAILED'} {name} {'' if passed else detail}".rstrip(), flush=True)

    def check_bag(self, program: Path, folder: Path) -> None:
        """Validates a bag in a folder and one in an archive, and one with a changed and one with an added file."""
        manifest = REPOSITORY / "manifest.yaml"
        for target in ("bag", "archived.zip"):
            subprocess.run([program, "stage", "--quiet", manifest, "--bag", folder / target], check=True)
        subprocess.run(["bsdtar", "-xf", folder / "archived.zip", "-C", folder], check=True)
        for name in ("bag", "archived"):
            bag = bagit.Bag(str(folder / name))
            self.check(f"{name}: valid", bag.is_valid() and bag.version == "1.0", bag.version)
            self.check(f"{name}: described", bag.info["Bagging-Date"] == "2008-06-30" and "Payload-Oxum" in bag.info, bag.info)
        document = next((folder / "bag/data/documents").rglob("*.pdf"))
        document.write_bytes(document.read_bytes() + b" ")
        self.check("bag: a changed document", not bagit.Bag(str(folder / "bag")).is_valid())
        (folder / "archived/data/extra.txt").write_text("extra")
        self.check("bag: an added file", not bagit.Bag(str(folder / "archived")).is_valid())

    def check_items(self, program: Path, folder: Path) -> None:
        """Reads items for DSpace in a folder and in an archive, of the sample and of the hostile collection."""
        (folder / "source").mkdir()
        for name, manifest in (("items", REPOSITORY / "manifest.yaml"), ("hostile items", hostile(folder / "source", "portable"))):
            base = folder / name
            base.mkdir()
            for target in ("items", "archived.zip"):
                subprocess.run([program, "stage", "--quiet", manifest, "--saf", base / target], check=True)
            subprocess.run([program, "stage", "--quiet", manifest, base / "staged"], check=True)
            subprocess.run(["bsdtar", "-xf", base / "archived.zip", "-C", base], check=True)
            same = subprocess.run(["diff", "-r", base / "items", base / "archived"], capture_output=True, text=True)
            self.check(f"{name}: the archive has the same items", same.returncode == 0, same.stdout)
            catalogue = json.loads((base / "staged/catalogue/catalogue.json").read_text())
            reports = [report for section in catalogue["sections"] for report in section["reports"]]
            items = sorted((base / "items").iterdir())
            self.check(f"{name}: an item for each report", len(items) == len(reports), len(items))
            bad = []
            for item, report in zip(items, reports):
                read = read_saf_package(str(item))
                values = lambda tag: [value.value for value in read.metadata.get(tag, [])]
                lines = [entry.split("\t") for entry in (item / "contents").read_text().splitlines()]
                files = [base / "staged" / file["path"] for variant in report["variants"] for file in variant["files"]]
                default = {"language": catalogue["disc"]["languages"][0]}
                title = localised(report["title"], default, catalogue["disc"]["languages"])
                if (
                    values("dc.title") != [title]
                    or values("dc.contributor.author") != [line(author) for author in report["authors"]]
                    or values("dc.date.issued") != ([report["date"]] if "date" in report else [])
                    or values("dc.language.iso") != [variant["language"] for variant in report["variants"]]
                    or values("dc.identifier.govdoc") != ([line(report["symbol"])] if "symbol" in report else [])
                    or [item.joinpath(name).read_bytes() for name, *_ in lines] != [path.read_bytes() for path in files]
                    or [fields[-1] == "primary:true" for fields in lines] != [True] + [False] * (len(lines) - 1)
                    or any(fields[1] != "bundle:ORIGINAL" or not fields[2].startswith("description:") for fields in lines)
                    or {path.relative_to(item).as_posix() for path in item.rglob("*") if path.is_file()} != {"contents", "dublin_core.xml", *(fields[0] for fields in lines)}
                ):
                    bad.append((item.name, values("dc.title"), title, lines))
            self.check(f"{name}: dspyce reads the items", not bad, bad[:1])

    def check_formats(self, program: Path, folder: Path) -> None:
        """Compares the versions of PDFs with those that fido finds, and the standards that they claim."""
        folder.mkdir()
        versions = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"]
        # The standards that a document claims, and the identifier of PDF/A in PRONOM.
        claims = {"1.4": (["PDF/A-1b"], "fmt/354"), "1.7": (["PDF/A-2u", "PDF/UA-1"], "fmt/478")}
        reports = []
        for version in versions:
            (folder / f"{version}.pdf").write_bytes(pdf(version, []))
            reports.append({"title": f"Version {version}", "variants": {"en": f"{version}.pdf"}})
        for version, (claimed, _) in claims.items():
            (folder / f"claim {version}.pdf").write_bytes(pdf(version, claimed))
            reports.append({"title": f"Claim {version}", "variants": {"en": f"claim {version}.pdf"}})
        section = {"id": "versions", "title": "Versions", "reports": reports}
        disc = {"title": "Versions", "languages": ["en"], "date": "2008-06-30"}
        (folder / "manifest.yaml").write_text(json.dumps({"disc": disc, "sections": [section]}))
        subprocess.run([program, "stage", "--quiet", folder / "manifest.yaml", folder / "staged"], check=True)
        catalogue = json.loads((folder / "staged/catalogue/catalogue.json").read_text())
        self.check("formats: JSON conforms to its schema", self.schema.is_valid(catalogue))
        files = [report["variants"][0]["files"][0] for report in catalogue["sections"][0]["reports"]]
        paths = [str(folder / "staged" / file["path"]) for file in files]
        command = [sys.executable, "-m", "fido.fido", "-q", "-nocontainer", "-matchprintf", "%(info.filename)s\t%(info.puid)s\n", *paths]
        lines = [line.split("\t") for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()]
        found = [[puid for name, puid in lines if name == path] for path in paths]
        plain = [[file["pronom"]] for file in files[: len(versions)]]
        self.check("formats: fido identifies the same versions", found[: len(versions)] == plain, (found, plain))
        archival = [[puid] for _, puid in claims.values()]
        self.check("formats: fido identifies what claims to be PDF/A", found[len(versions) :] == archival, found)
        claimed = [file.get("claims", []) for file in files]
        self.check("formats: the claims are repeated", claimed == [[]] * len(versions) + [claim for claim, _ in claims.values()], claimed)
        entities = {entity.id: entity for entity in ROCrate(str(folder / "staged")).get_entities()}
        bad = []
        as_list = lambda value: value if isinstance(value, list) else [value]
        for file in files:
            entity = entities[file["path"]]
            formats = [getattr(value, "id", value) for value in as_list(entity["encodingFormat"])]
            standards = [value["name"] for value in as_list(entity.get("conformsTo", []))]
            if formats != ["application/pdf", f"https://www.nationalarchives.gov.uk/PRONOM/{file['pronom']}"] or standards != file.get("claims", []):
                bad.append((file, formats, standards))
        self.check("formats: the RO-Crate agrees with the JSON", not bad, bad[:2])

    def check_manifest(self, name: str, published: Path, original: Path) -> None:
        """Compares the manifest on a disc with the one from which it was made."""
        wanted, found = (yaml.load(path.read_text(), yaml.BaseLoader) for path in (original, published))
        wanted.pop("exclude", None)
        for key in ("sign", "media_check", "repair"):
            wanted["disc"].pop(key, None)
        self.check(f"{name}: the manifest on the disc has the same keys and values", found == wanted)

    def check_disc(self, name: str, root: Path, names: str) -> None:
        """Compares all formats of a disc with its JSON, and the JSON with the schema and the files."""
        paths = [root / path for path in NAMES[names]]
        manifest = paths[0].with_name("manifest.yml" if names == "dos" else "manifest.yaml")
        unchecked = sorted(path.name for path in set(paths[0].parent.iterdir()) - {*paths, manifest})
        self.check(f"{name}: all formats are checked", not unchecked, unchecked)
        catalogue = json.loads(paths[0].read_text())
        errors = [error.message for error in self.schema.iter_errors(catalogue)]
        self.check(f"{name}: JSON conforms to its schema", not errors, errors[:3])
        records = []
        for section in catalogue["sections"]:
            for report in section["reports"]:
                for variant in report["variants"]:
                    records.append((section, report, variant))
        files = [(variant, file) for _, _, variant in records for file in variant["files"]]
        wrong = [file["path"] for _, file in files if (root / file["path"]).stat().st_size != file["bytes"]]
        self.check(f"{name}: JSON names {len(files)} files as they are", bool(files) and not wrong, wrong[:3])
        self.check(f"{name}: keys are unique", len({variant["key"] for _, _, variant in records}) == len(records))
        self.ro_crate(name, root, records, catalogue)
        self.csv(name, paths[1], records, catalogue)
        self.bibtex(name, paths[2], records, catalogue)
        self.ris(name, paths[3], records, catalogue)
        self.dc(name, paths[4], records, catalogue)
        self.marc(name, paths[5], records, catalogue)

    def ro_crate(self, name: str, root: Path, records: list, catalogue: dict) -> None:
        metadata = root / "ro-crate-metadata.json"
        if (root / "rocrate.jsn").exists():
            # With 8.3 names, the file has to be renamed, as docs/exports.md says.
            (root / "rocrate.jsn").rename(metadata)
        else:
            self.check(f"{name}: both names of the RO-Crate have the same bytes", metadata.read_bytes() == (root / "ro_crate.json").read_bytes())
        settings = services.ValidationSettings(rocrate_uri=str(root), profile_identifier="ro-crate-1.2", requirement_severity=models.Severity.REQUIRED)
        issues = [f"{issue.message} {issue.violatingEntity}" for issue in services.validate(settings).get_issues()]
        self.check(f"{name}: roc-validator accepts the RO-Crate", not issues, issues[:3])
        crate = ROCrate(str(root))
        entities = {entity.id: entity for entity in crate.get_entities()}
        bad = []
        for _, report, variant in records:
            for file in variant["files"]:
                entity = entities.get(file["path"])
                found = entity and [entity.get(key) for key in ("inLanguage", "encodingFormat", "contentSize", "sha256")]
                found = found and [*found[:1], *several(found[1])[:1], *found[2:]]
                digest = hashlib.sha256((root / file["path"]).read_bytes()).hexdigest()
                if found != [variant["language"], file["mediaType"], str(file["bytes"]), digest] or not entity["name"].startswith(line(variant["title"])):
                    bad.append((file["path"], found))
        self.check(f"{name}: the RO-Crate has the digest of each document", not bad, bad[:2])
        published = root / entities["#creation"]["object"].id
        self.check(f"{name}: the manifest is the one in the RO-Crate", hashlib.sha256(published.read_bytes()).hexdigest() == entities["#creation"]["object"]["sha256"])
        bad = []
        for section in catalogue["sections"]:
            for report in section["reports"]:
                entity = entities[f"#{section['id']}/{report['id']}"]
                texts = lambda key: [str(value) for value in several(entity.get(key, []))]
                default = {"language": catalogue["disc"]["languages"][0]}
                text = lambda key: localised(report.get(key), default, catalogue["disc"]["languages"])
                files = [file["path"] for variant in report["variants"] for file in variant["files"]]
                if (
                    entity["name"] != text("title")
                    or entity.get("description", "") != text("summary")
                    or texts("author") != [line(author) for author in report["authors"]]
                    or len(texts("keywords")) != len(report["subjects"])
                    or texts("isbn") != report.get("isbn", [])
                    or entity.get("datePublished", "") != report.get("date", "")
                    or [part.id for part in ([entity["hasPart"]] if len(files) == 1 else entity["hasPart"])] != files
                    or (entity["publisher"]["name"] if "publisher" in report else "") != text("publisher")
                ):
                    bad.append((report["id"], entity.as_jsonld() if hasattr(entity, "as_jsonld") else entity.id))
        self.check(f"{name}: the RO-Crate agrees with the JSON", not bad, bad[:1])

    def csv(self, name: str, path: Path, records: list, catalogue: dict) -> None:
        raw = path.read_bytes()
        cells = list(csv.DictReader(raw.decode("utf-8-sig").splitlines(keepends=True)))
        formulas = [cell for row in cells for cell in row.values() if re.search(r"(^|;)[\s\"]*[=+\-@＝＋－＠]", cell)]
        self.check(f"{name}: CSV has no formulas", not formulas, formulas[:2])
        # An apostrophe before a sign at the start, or after a semicolon, was added by the program.
        rows = [{key: re.sub(r"(^|; *)'(?=[\s\"']*[=+\-@＝＋－＠])", r"\1", cell) for key, cell in row.items()} for row in cells]
        rows_wanted = [(line(variant["title"]), variant["language"], file["path"], str(file["bytes"]), "; ".join(line(a) for a in report["authors"])) for _, report, variant in records for file in variant["files"]]
        got = [(row["title"], row["language"], row["path"], row["bytes"], row["authors"]) for row in rows]
        self.check(f"{name}: CSV has the {len(rows_wanted)} rows of the JSON", got == rows_wanted)
        fields = [[record["publisher"], record["kind"] or "", record["place"], record["series"], "; ".join(record["isbn"]), "; ".join(record["issn"]), record["doi"], record["pages"], record["terms"]] for _, report, variant in records for _ in variant["files"] for record in [wanted(catalogue, report, variant)]]
        found = [[row[key] for key in ("publisher", "kind", "place", "series", "isbn", "issn", "doi", "pages", "licence")] for row in rows]
        self.check(f"{name}: CSV has the bibliographic fields", found == fields, next((pair for pair in zip(found, fields) if pair[0] != pair[1]), ""))
        self.check(f"{name}: CSV starts with a byte-order mark and ends lines as in RFC 4180", raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\n") == raw.count(b"\r\n") == len(rows_wanted) + 1)

    def bibtex(self, name: str, path: Path, records: list, catalogue: dict) -> None:
        decoded = LatexNodes2Text(strict_latex_spaces=True).latex_to_text

        def text(latex: str) -> str:
            # LaTeX commands that the decoder does not know, and the circumflex, which it decodes as another character.
            for command, sign in (("left", "⟦"), ("right", "⟧")):
                latex = latex.replace(f"\\textbrace{command}{{}}", sign)
            return decoded(latex).translate(str.maketrans("⟦⟧ˆ", "{}^"))

        entries = bibtex.Parser(encoding="utf-8").parse_file(str(path)).entries
        self.check(f"{name}: BibTeX has {len(records)} entries in order", list(entries) == [variant["key"] for _, _, variant in records])
        bad, fields = [], []
        for _, report, variant in records:
            entry = entries[variant["key"]]
            record = wanted(catalogue, report, variant)
            kind = record["kind"]
            type_ = BIBTEX_TYPES[kind] if kind else "techreport" if record["publisher"] else "misc"
            has = lambda key: plain(text(entry.fields.get(key, "")))
            pages = record["pages"].replace("–", "--") if type_ == "article" else record["pages"]
            expected = {
                "institution" if type_ == "techreport" else "publisher": record["publisher"],
                "address": record["place"],
                "journal" if type_ == "article" else "series": record["series"],
                "pages" if type_ == "article" else "pagetotal": pages.replace("--", "–"),
                "copyright": record["licence"],
            }
            exact = {"isbn": " ".join(record["isbn"]), "issn": " ".join(record["issn"]), "doi": record["doi"]}
            if (
                entry.type != type_
                or any(has(key) != plain(value) for key, value in expected.items())
                or any(entry.fields.get(key, "") != value for key, value in exact.items())
                or (kind in ("guidelines", "map")) != (entry.fields.get("type") in ("Guidelines", "Map"))
            ):
                fields.append((variant["key"], entry.type, {key: (has(key), plain(value)) for key, value in expected.items()}, exact))
            persons = [text(str(person)) for person in entry.persons.get("author", [])]
            if (
                # TeX turns quotation marks into ligatures: these are equivalent.
                plain(text(entry.fields["title"])) != plain(line(variant["title"]))
                or [plain(person) for person in persons] != [plain(line(author)) for author in report["authors"]]
                or plain(text(entry.fields.get("number", ""))) != plain("" if type_ in ("book", "article") else line(report.get("symbol", "")))
                or plain(line(report.get("symbol", ""))) not in plain(text(entry.fields.get("number", "") + entry.fields["note"]))
                or entry.fields.get("year", "") != report.get("date", "")[:4]
                or not all((path.parent / file).exists() for file in entry.fields["file"].split(";"))
            ):
                bad.append((variant["key"], text(entry.fields["title"]), persons))
        self.check(f"{name}: BibTeX agrees with the JSON", not bad, bad[:2])
        self.check(f"{name}: BibTeX has the bibliographic fields", not fields, fields[:2])

    def ris(self, name: str, path: Path, records: list, catalogue: dict) -> None:
        raw = path.read_bytes()
        entries = rispy.loads(raw.decode("utf-8"), enforce_list_tags=False)
        bad = [
            (variant["key"], entry)
            for (_, report, variant), entry in zip(records, entries, strict=True)
            if (entry["id"], entry["title"], several(entry.get("authors", [])), entry.get("year", ""), entry["language"])
            != (variant["key"], line(variant["title"]), [line(author) for author in report["authors"]], report.get("date", "")[:4], variant["language"])
            or not all((path.parent / file).exists() for file in several(entry["file_attachments1"]))
        ] if len(entries) == len(records) else ["another number of entries", len(entries)]
        self.check(f"{name}: RIS agrees with the JSON, {len(records)} times", not bad, bad[:2])
        fields = []
        for (_, report, variant), entry in zip(records, entries):
            record = wanted(catalogue, report, variant)
            type_ = RIS_TYPES[record["kind"] or "report"]
            is_report = type_ in ("RPRT", "GOVDOC")
            symbol = [line(report["symbol"])] if "symbol" in report else []
            has = lambda key: line(" ".join(several(entry.get(key, ""))))
            first, _, last = record["pages"].partition("–") if type_ == "JOUR" else (record["pages"], "", "")
            expected = {
                "type_of_reference": type_,
                "publisher": record["publisher"],
                "place_published": record["place"],
                "secondary_title": record["series"],
                "tertiary_title": localised(catalogue["disc"]["title"], {"language": catalogue["disc"]["languages"][0]}, []),
                "doi": record["doi"],
                "start_page": first,
                "end_page": last,
                "notes": record["licence"],
                "issn": line(" ".join((symbol if is_report else []) + record["isbn"] + record["issn"])),
                "note": "" if is_report else " ".join(symbol),
            }
            if any(has(key) != value for key, value in expected.items()):
                fields.append({key: (has(key), value) for key, value in expected.items() if has(key) != value})
        self.check(f"{name}: RIS has the bibliographic fields", not fields, fields[:2])
        self.check(f"{name}: every line of RIS starts with a tag", all(re.match(r"[A-Z][A-Z0-9]  - ", row) for row in raw.decode().split("\r\n") if row))

    def dc(self, name: str, path: Path, records: list, catalogue: dict) -> None:
        elements = list(etree.parse(path).getroot())
        errors = [str(error.reason) for element in elements for error in self.dublin_core.iter_errors(etree.tostring(element, encoding="unicode"))]
        self.check(f"{name}: Dublin Core conforms to the OAI schema, {len(elements)} times", len(elements) == len(records) and not errors, errors[:3])
        namespace = "{http://purl.org/dc/elements/1.1/}"
        bad = [
            variant["key"]
            for (_, report, variant), element in zip(records, elements)
            if element.findtext(namespace + "title") != line(variant["title"])
            or [child.text for child in element.findall(namespace + "creator")] != [line(author) for author in report["authors"]]
            or element.findtext(namespace + "language") != variant["language"]
            or element.findtext(namespace + "identifier") != variant["key"]
            or len(element.findall(namespace + "subject")) != len(report["subjects"])
        ]
        self.check(f"{name}: Dublin Core agrees with the JSON", not bad, bad[:3])
        fields = []
        for (_, report, variant), element in zip(records, elements):
            record = wanted(catalogue, report, variant)
            has = lambda key: [child.text for child in element.findall(namespace + key)]
            published = ": ".join(part for part in (record["place"], record["publisher"]) if part)
            extent = [f"{record['pages']} pages" if record["pages"].isdigit() else record["pages"]] if record["pages"] else []
            identifiers = [f"urn:isbn:{isbn.replace('-', '')}" for isbn in record["isbn"]] + ["https://doi.org/" + quote(record["doi"], safe="-._~/:;()")] * bool(record["doi"])
            kind = [DCMI_TYPES.get(record["kind"], "Text"), record["kind"]] if record["kind"] else ["Text"] * is_text(variant)
            kind = [record["kind"]] if record["kind"] == "other" and not is_text(variant) else kind
            if (
                has("publisher") != [published] * bool(published)
                or has("type") != kind
                or has("format")[: len(extent)] != extent
                or not set(identifiers) <= set(has("identifier"))
                or not {f"urn:issn:{issn}" for issn in record["issn"]} <= set(has("relation"))
                or (record["series"] and record["series"] not in has("relation"))
                or has("rights") != [record["url"]] * bool(record["url"]) + [record["terms"]] * bool(record["terms"])
            ):
                fields.append((variant["key"], published, kind, extent, identifiers, etree.tostring(element, encoding="unicode")))
        self.check(f"{name}: Dublin Core has the bibliographic fields", not fields, fields[:1])

    def marc(self, name: str, path: Path, records: list, catalogue: dict) -> None:
        found = pymarc.parse_xml_to_array(str(path), strict=True)
        bad = []
        for (_, report, variant), record in zip(records, found):
            symbol = line(report.get("symbol", ""))
            if (
                record["001"].data != variant["key"]
                or record["245"]["a"] != line(variant["title"])
                or not re.fullmatch(r"[0-9]{6}[en s].{33}", record["008"].data)
                or record["008"].data[7:11] != report.get("date", "uuuu")[:4]
                or record["008"].data[35:38] != {"en": "eng", "fr": "fre", "es": "spa", "zh-Hant": "chi", "ar": "ara", "de": "ger", "fil": "|||"}[variant["language"]]
                or [field["a"] for field in record.get_fields("720")] != [line(author) for author in report["authors"]]
                or [field["a"] for field in record.get_fields("191")] != [symbol] * ("/" in symbol)
                or [field["a"] for field in record.get_fields("088")] != [symbol] * bool(symbol)
                or [f"{field['d']}/{field['f']}" for field in record.get_fields("856")] != [file["path"] for file in variant["files"]]
                or len(record.get_fields("775")) != len(report["variants"]) - 1
            ):
                bad.append(str(record))
        fields = []
        for (_, report, variant), record in zip(records, found):
            want = wanted(catalogue, report, variant)
            has = lambda tag, code: [value for field in record.get_fields(tag) for value in field.get_subfields(code)]
            one = lambda value: [value] * bool(value)
            pages = want["pages"]
            extent = f"{pages} pages" if pages.isdigit() else "pages " + pages.replace("–", "-") if want["kind"] == "article" else pages
            text = want["kind"] != "other" and want["kind"] is not None or is_text(variant)
            expected = [
                (has("020", "a"), [isbn.replace("-", "") for isbn in want["isbn"]]),
                (has("022", "a") + has("490", "x"), want["issn"]),
                (has("024", "a"), one(want["doi"])),
                (has("024", "2"), ["doi"] * bool(want["doi"])),
                (has("264", "a"), one(want["place"])),
                (has("264", "b"), one(want["publisher"])),
                (has("300", "a"), one(extent) if pages else []),
                (has("490", "a"), one(want["series"])),
                (has("540", "a"), one(want["terms"])),
                (has("540", "u"), one(want["url"])),
                (len(has("655", "a")), int(want["kind"] not in (None, "other"))),
                (str(record.leader)[6], MARC_TYPES.get(want["kind"], "a" if text else "m")),
            ]
            fields += [(variant["key"], pair) for pair in expected if pair[0] != pair[1]]
        self.check(f"{name}: MARCXML has the bibliographic fields", not fields, fields[:3])
        self.check(f"{name}: MARCXML agrees with the JSON, {len(found)} times", len(found) == len(records) and not bad, bad[:1])
        faults = set()
        for record in found:
            # A field that the United Nations has defined, which is not in the rules of the Library of Congress.
            record.remove_fields("191")
            try:
                MarcRecord.model_validate(record, from_attributes=True)
            except Exception as error:
                faults.add(str(error))
        self.check(f"{name}: fields, indicators and subfields conform to MARC 21", not faults, list(faults)[:1])
        dumped = subprocess.run(["yaz-marcdump", "-i", "marcxml", "-o", "marc", path], capture_output=True, check=True)
        exchanged = list(pymarc.MARCReader(dumped.stdout, to_unicode=True, force_utf8=True))
        same = [record["245"]["a"] for record in exchanged if record] == [line(variant["title"]) for _, _, variant in records]
        self.check(f"{name}: the same after yaz-marcdump has converted it to ISO 2709", same and not dumped.stderr, dumped.stderr)


def is_text(variant: dict) -> bool:
    return any(file["path"].endswith((".txt", ".pdf", ".html", ".htm")) for file in variant["files"])


def several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def plain(text: str) -> str:
    return re.sub(r"[\"“”'‘’\s]+", "", text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--schemas", type=Path, required=True)
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    HttpRequester.get = HttpRequester.head = get_context
    checker = Checker(arguments.schemas.resolve(strict=True))
    with tempfile.TemporaryDirectory(prefix="exports-") as scratch:
        for name in ("sample", "portable", "dos"):
            folder = Path(scratch) / name
            folder.mkdir()
            manifest = REPOSITORY / "manifest.yaml" if name == "sample" else hostile(folder, name)
            subprocess.run([program, "--quiet", "--no-search", manifest, folder / "out.iso"], check=True)
            root = folder / "disc"
            root.mkdir()
            subprocess.run(["bsdtar", "-xf", folder / "out.iso", "-C", root], check=True)
            checker.check_manifest(name, root / ("catalog/manifest.yml" if name == "dos" else "catalogue/manifest.yaml"), manifest)
            checker.check_disc(name, root, "portable" if name == "sample" else name)
            subprocess.run(["chmod", "-R", "u+w", root], check=True)
        checker.check_bag(program, Path(scratch))
        checker.check_items(program, Path(scratch))
        checker.check_formats(program, Path(scratch) / "formats")
    print(f"{checker.passed} passed, {checker.failed} failed")
    return 1 if checker.failed or not checker.passed else 0


if __name__ == "__main__":
    sys.exit(main())
