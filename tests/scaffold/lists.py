#!/usr/bin/env python3
"""Tests `make-disc init --from` with lists written by other programs.

    lists.py --program MAKE_DISC

The same list as XLSX (openpyxl), ODS (odfpy), and CSV with commas, semicolons and tabs, in UTF-8, UTF-16 and Windows-1252,
with English, French and Spanish headings, must give the same manifest; and problems in a list must be reported.
"""

import argparse
import csv
import datetime
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
import yaml
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

HEADINGS = {
    "en": ["File", "Report", "Title", "Language", "Symbol", "Section", "Date", "Authors", "Subjects", "Summary"],
    "fr": ["Fichier", "Rapport", "Titre", "Langue", "Cote", "Rubrique", "Date", "Auteurs", "Mots-clés", "Résumé"],
    "es": ["Archivo", "Informe", "Título", "Idioma", "Signatura", "Sección", "Fecha", "Autores", "Temas", "Resumen"],
}
ROWS = [
    ["a1.txt", "santiago", "Final report: Santiago", "en", "S/2007/1", "Policy dialogues", "2007-11-05", "ECLAC; OSAGI", "Women; Peace", "What was said."],
    ["sub/a2.txt", "santiago", "Rapport final « été »", "French", "", "Policy dialogues", "", "", "", ""],
    ["A3.TXT", "santiago", "Informe final, «año»", "Español", "", "Policy dialogues", "", "", "", ""],
    ["b.txt", "", "Needs", "english", "", "", "2008", "", "", ""],
]


def table(language: str) -> list[list[str]]:
    return [["List of documents"], [], HEADINGS[language], *ROWS]


def xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in table("en"):
        sheet.append(row)
    sheet["G4"] = datetime.date(2007, 11, 5)
    sheet["G7"] = 2008
    book.save(path)


def ods(path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    sheet = Table(name="Documents")
    for row in table("es"):
        line = TableRow()
        for text in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(str(path))


def separated(path: Path, language: str, sign: str, encoding: str, head: bool) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=sign).writerows(table(language) if head else table(language)[2:])
    path.write_bytes(text.getvalue().encode(encoding))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    program = parser.parse_args().program.resolve(strict=True)
    results: list[tuple[str, bool, str]] = []
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        documents = root / "documents"
        (documents / "sub").mkdir(parents=True)
        for name in ("a1.txt", "sub/a2.txt", "a3.txt", "b.txt"):
            (documents / name).write_text(f"{name} has little text")
        lists = {name: root / name for name in ("list.xlsx", "list.ods", "comma.csv", "semicolon.csv", "tab.tsv", "utf16.csv")}
        xlsx(lists["list.xlsx"])
        ods(lists["list.ods"])
        separated(lists["comma.csv"], "en", ",", "utf-8-sig", False)
        separated(lists["semicolon.csv"], "fr", ";", "cp1252", False)
        separated(lists["tab.tsv"], "es", "\t", "utf-8", False)
        separated(lists["utf16.csv"], "fr", ",", "utf-16", False)

        def init(list_: Path) -> tuple[int, dict, str]:
            ran = subprocess.run([program, "init", "--force", "--json", "--from", list_, documents], capture_output=True, text=True)
            return ran.returncode, json.loads(ran.stdout), (documents / "manifest.yaml").read_text() if ran.returncode == 0 else ""

        texts = {}
        for name, path in lists.items():
            code, result, texts[name] = init(path)
            results.append((f"{name} is read", code == 0 and not result.get("notes"), json.dumps(result)))
        first = texts["list.xlsx"]
        for name, text in texts.items():
            results.append((f"{name} gives the same manifest", text == first, text))
        made = yaml.load(first, yaml.BaseLoader)
        dialogues = next(section for section in made["sections"] if section["title"] == "Policy dialogues")
        (santiago,) = dialogues["reports"]
        expected = {
            "id": "santiago",
            "title": {"en": ROWS[0][2], "fr": ROWS[1][2], "es": ROWS[2][2]},
            "symbol": "S/2007/1",
            "date": "2007-11-05",
            "authors": ["ECLAC", "OSAGI"],
            "subjects": ["Women", "Peace"],
            "summary": "What was said.",
            "variants": {"en": "a1.txt", "es": "a3.txt", "fr": "sub/a2.txt"},
        }
        results.append(("the report has the values of the list", santiago == expected, json.dumps(santiago, ensure_ascii=False)))
        results.append(("no value from the list is marked as a guess", first.count("# check:") == 1, first))
        ran = subprocess.run([program, documents / "manifest.yaml", root / "out.iso"], capture_output=True, text=True)
        results.append(("the manifest makes a disc", ran.returncode == 0, ran.stderr))

        wrong = root / "wrong.csv"
        wrong.write_text("file,title,language,colour,date\na1.txt,A,Klingonese,red,5/11/2007\nnone.txt,N,en,,\n,B,en,,\na1.txt,A,en,,\n")
        code, result, _ = init(wrong)
        notes = result.get("notes", [])
        for note_code, row, words in (
            ("unknown-column", None, "the column “colour” is not recognised"),
            ("unknown-language", 2, "`Klingonese` is not a language"),
            ("bad-date", 2, "`5/11/2007` is not a date"),
            ("unknown-file", 3, "there is no file `none.txt`"),
            ("no-file", 4, "no file is given"),
            ("repeated-file", 5, "`a1.txt` already has a row above"),
            ("file-without-row", None, "`b.txt` has no row in the list"),
        ):
            found = any(note["code"] == note_code and note["row"] == row and words in note["message"] for note in notes)
            results.append((f"{note_code} is reported", code == 0 and found, json.dumps(notes, ensure_ascii=False)))
        for name, content, words in (
            ("empty.csv", b"", "no column has the heading"), ("other.csv", b"a,b\n1,2\n", "no column has the heading"), ("noise.xlsx", b"PK\x03\x04noise", "it is not a spreadsheet"),
        ):
            (root / name).write_bytes(content)
            code, result, _ = init(root / name)
            results.append((f"{name} is refused", code == 1 and words in result["error"], json.dumps(result)))
    for name, passed, output in results:
        if not passed:
            print(f"FAILED: {name}\n{output}")
    failed = sum(not passed for _, passed, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
