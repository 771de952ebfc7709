#!/usr/bin/env python3
"""Tests `make-disc init --from` with registers (lists of the documents) that other programs wrote.

    lists.py --program MAKE_DISC

The same register as XLSX (openpyxl), ODS (odfpy), and CSV with commas, semicolons and tabs, in UTF-8, UTF-16 and Windows-1252,
with English, French and Spanish headings, must give the same manifest. Problems in a register must be reported.

In each format, a register in three languages must change nothing when it is applied again, and one line when one cell has changed.
Links, merged cells, dates that are shown without the day, and numbers with leading zeros must be read from XLSX and ODS.
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
from odf.element import Element
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import A, P

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


def ods(path: Path, name: str, rows: list[list[str]]) -> None:
    document = OpenDocumentSpreadsheet()
    sheet = Table(name=name)
    for row in rows:
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


REGISTER_HEADINGS = ["File", "Report", "Language", "Title", "Symbol", "Section", "Date", "Subjects", "Summary"]
REGISTER = [
    ["wells-en.txt", "wells", "English", "Wells", "A/1", "Water", "05/11/2007", "women; peace", "What was said."],
    ["wells-fr.txt", "wells", "French", "Puits à eau", "A/1", "Water", "05/11/2007", "femmes; paix", "Ce qui a été dit."],
    ["wells-es.txt", "wells", "Spanish", "Pozos, ¿y qué?", "A/1", "Water", "05/11/2007", "mujeres; paz", "Lo que se dijo."],
    ["rivers-en.txt", "rivers", "English", "Rivers", "A/2", "Water", "31/12/2008", "", ""],
]
# The cell to change, and the line that changes.
CHANGES = [
    (0, 3, "Deep wells", "          en: Deep wells"),
    (1, 3, "Puits d’été", "          fr: Puits d’été"),
    (1, 8, "Ce qui fut dit à l’été.", "          fr: Ce qui fut dit à l’été."),
    (2, 7, "mujeres; la paz", "          - {en: peace, es: la paz, fr: paix}"),
    (3, 6, "2008", "        date: 2008"),
]


def write_table(path: Path, rows: list[list[str]]) -> None:
    """Writes a table in the format that the file name states."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".ods":
        ods(path, "Register", rows)
    else:
        text = io.StringIO()
        encoding, sign = ("cp1252", "|") if "1252" in path.name else ("utf-8", ",")
        csv.writer(text, delimiter=sign).writerows(rows)
        path.write_bytes(text.getvalue().encode(encoding))


def round_trips(program: Path, root: Path, results: list[tuple[str, bool, str]]) -> None:
    """Applies a register again, unchanged and with one cell changed."""
    documents = root / "register"
    documents.mkdir()
    for row in REGISTER:
        (documents / row[0]).write_text(f"{row[0]} has little text")
    manifest = documents / "manifest.yaml"

    def init(*arguments: str | Path) -> dict:
        ran = subprocess.run([program, "init", "--json", *arguments, documents], capture_output=True, text=True)
        return json.loads(ran.stdout)

    texts = {}
    for name in ("register.xlsx", "register.ods", "utf8.csv", "windows1252.csv"):
        path = root / name
        write_table(path, [REGISTER_HEADINGS, *REGISTER])
        init("--force", "--from", path)
        texts[name] = first = manifest.read_text()
        for number in (2, 3):
            result = init("--update", "--from", path)
            same = result.get("changed") is False and manifest.read_text() == first
            results.append((f"run {number} with {name} changes nothing", same, json.dumps(result, ensure_ascii=False)))
        for row, column, value, line in CHANGES:
            rows = [list(own) for own in REGISTER]
            rows[row][column] = value
            write_table(path, [REGISTER_HEADINGS, *rows])
            manifest.write_text(first)
            result = init("--update", "--from", path)
            now = manifest.read_text().splitlines()
            before = first.splitlines()
            changed = [new for old, new in zip(before, now, strict=False) if old != new]
            # Quotation marks that YAML needs are not counted.
            is_one = len(before) == len(now) and [text.replace('"', "") for text in changed] == [line.replace('"', "")]
            results.append((f"one cell of {name} changes one line: {value}", is_one, "\n".join(changed) + json.dumps(result, ensure_ascii=False)))
    for name, text in texts.items():
        results.append((f"{name} gives the same manifest as the others", text == texts["register.xlsx"], text))


def features(program: Path, root: Path, results: list[tuple[str, bool, str]]) -> None:
    """Reads links, merged cells, and dates without a day, which only workbooks have."""
    documents = root / "features"
    documents.mkdir()
    for name in ("a one.txt", "b.txt", "c.txt"):
        (documents / name).write_text(f"{name} has little text")
    (root / "features.xlsx").unlink(missing_ok=True)
    book = openpyxl.Workbook()
    notes = book.active
    notes.append(["Read me first: file names are in the other sheet"])
    sheet = book.create_sheet("Documents")
    sheet.append(["Documents of the office"])
    sheet.append(["Section", "Title", "Date"])
    sheet.append(["Water", "Wells", datetime.date(2021, 6, 1)])
    sheet.append([None, "Rivers", datetime.date(2021, 6, 1)])
    sheet.append(["Peace", '=HYPERLINK("c.txt","Talks")', datetime.date(2021, 6, 1)])
    sheet.append(["Total", 3])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    sheet["B3"].hyperlink = "file:///C:/CD/a%20one.txt"
    sheet["B4"].hyperlink = "b.txt"
    sheet["C3"].number_format = "mmmm yyyy"
    sheet["C4"].number_format = "yyyy"
    sheet["C5"].number_format = "yyyy-mm-dd"
    book.save(root / "features.xlsx")

    document = OpenDocumentSpreadsheet()
    table = Table(name="Documents")

    def line(*cells: Element) -> None:
        row = TableRow()
        for cell in cells:
            row.addElement(cell)
        table.addElement(row)

    def text(value: str, link: str | None = None, **attributes: object) -> Element:
        cell = TableCell(valuetype="string", **attributes)
        paragraph = P()
        if link:
            paragraph.addElement(A(href=link, text=value))
        else:
            paragraph.addText(value)
        cell.addElement(paragraph)
        return cell

    def date(shown: str) -> Element:
        cell = TableCell(valuetype="date", datevalue="2021-06-01")
        cell.addElement(P(text=shown))
        return cell

    line(text("Documents of the office", numbercolumnsspanned=3), CoveredTableCell(), CoveredTableCell())
    line(text("Section"), text("Title"), text("Date"))
    line(text("Water", numberrowsspanned=2), text("Wells", "file:///C:/CD/a%20one.txt"), date("June 2021"))
    line(CoveredTableCell(), text("Rivers", "b.txt"), date("2021"))
    line(text("Peace"), text("Talks", "c.txt"), date("1 June 2021"))
    line(text("Total"), text("3"))
    document.spreadsheet.addElement(table)
    document.save(str(root / "features.ods"))
    for name in ("features.xlsx", "features.ods"):
        ran = subprocess.run([program, "init", "--force", "--json", "--from", root / name, documents], capture_output=True, text=True)
        manifest = (documents / "manifest.yaml").read_text() if ran.returncode == 0 else ""
        for what, part in (
            ("links", "a one.txt"),
            ("the date of a month", "date: 2021-06\n"),
            ("the date of a year", "date: 2021\n"),
            ("the date of a day", "date: 2021-06-01\n"),
        ):
            results.append((f"{what} are read from {name}", part in manifest, manifest + ran.stdout))
        sections = yaml.load(manifest, yaml.BaseLoader)["sections"] if manifest else []
        counts = {section["title"]: len(section["reports"]) for section in sections}
        results.append((f"merged cells of {name} count for all their rows", counts == {"Water": 2, "Peace": 1}, manifest + ran.stdout))
        codes = [note["code"] for note in json.loads(ran.stdout).get("notes", [])]
        results.append((f"the notes about {name} are right", codes == ["file-column"], ran.stdout))


def values(program: Path, root: Path, results: list[tuple[str, bool, str]]) -> None:
    """Reads numbers with leading zeros, and reports cells without a value and days without a format."""
    documents = root / "values"
    documents.mkdir()
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        (documents / name).write_text(f"{name} has little text")
    headings = ["File", "Title", "Symbol", "Date"]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(headings)
    sheet.append(["a.txt", '="Wells "&"and pumps"', 12, 39629])
    sheet.append(["b.txt", "#N/A", 123, datetime.date(2008, 6, 30)])
    sheet.append(["c.txt", "Rivers", 7, "2008"])
    # An empty text is not a missing value.
    sheet.append(["d.txt", "", "", ""])
    for row in (2, 3):
        sheet.cell(row, 3).number_format = "0000"
    book.save(root / "values.xlsx")

    document = OpenDocumentSpreadsheet()
    table = Table(name="Documents")

    def text(shown: str, **attributes: object) -> Element:
        cell = TableCell(**(attributes or {"valuetype": "string"}))
        cell.addElement(P(text=shown))
        return cell

    for cells in (
        [text(heading) for heading in headings],
        [text("a.txt"), text("Wells"), text("0012", valuetype="float", value="12"), text("39629", valuetype="float", value="39629")],
        [text("b.txt"), text("Pumps"), text("0123", valuetype="float", value="123"), text("2008-06-30")],
        [text("c.txt"), text("Rivers"), text("7", valuetype="float", value="7"), text("2008")],
        [text("d.txt"), text(""), text(""), text("")],
    ):
        row = TableRow()
        for cell in cells:
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(root / "values.ods"))
    for name, codes in (("values.xlsx", ["bad-date", "no-value", "no-value"]), ("values.ods", ["bad-date"])):
        ran = subprocess.run([program, "init", "--force", "--json", "--from", root / name, documents], capture_output=True, text=True)
        manifest = (documents / "manifest.yaml").read_text() if ran.returncode == 0 else ""
        reports = [report for section in yaml.load(manifest, yaml.BaseLoader)["sections"] for report in section["reports"]] if manifest else []
        symbols = {report["variants"]["en" if "en" in report["variants"] else "und"]: report.get("symbol") for report in reports}
        results.append((f"leading zeros are read from {name}", symbols == {"a.txt": "0012", "b.txt": "0123", "c.txt": "7", "d.txt": None}, manifest + ran.stdout))
        notes = json.loads(ran.stdout).get("notes", [])
        results.append((f"missing values of {name} are reported", sorted(note["code"] for note in notes) == codes, ran.stdout))
        stored = any("is how spreadsheet programs store a day" in note["message"] for note in notes)
        results.append((f"a day without a format in {name} is explained", stored, ran.stdout))


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
        registers = {name: root / name for name in ("list.xlsx", "list.ods", "comma.csv", "semicolon.csv", "tab.tsv", "utf16.csv")}
        xlsx(registers["list.xlsx"])
        ods(registers["list.ods"], "Documents", table("es"))
        separated(registers["comma.csv"], "en", ",", "utf-8-sig", False)
        separated(registers["semicolon.csv"], "fr", ";", "cp1252", False)
        separated(registers["tab.tsv"], "es", "\t", "utf-8", False)
        separated(registers["utf16.csv"], "fr", ",", "utf-16", False)

        def init(register: Path) -> tuple[int, dict, str]:
            ran = subprocess.run([program, "init", "--force", "--json", "--from", register, documents], capture_output=True, text=True)
            return ran.returncode, json.loads(ran.stdout), (documents / "manifest.yaml").read_text() if ran.returncode == 0 else ""

        texts = {}
        for name, path in registers.items():
            code, result, texts[name] = init(path)
            results.append((f"{name} is read", code == 0 and not result.get("notes"), json.dumps(result)))
        first = texts["list.xlsx"]
        for name, text in texts.items():
            results.append((f"{name} gives the same manifest", text == first, text))
        manifest = yaml.load(first, yaml.BaseLoader)
        dialogues = next(section for section in manifest["sections"] if section["title"] == "Policy dialogues")
        (santiago,) = dialogues["reports"]
        expected = {
            "id": "santiago",
            "title": {"en": ROWS[0][2], "fr": ROWS[1][2], "es": ROWS[2][2]},
            "symbol": "S/2007/1",
            "date": "2007-11-05",
            "authors": ["ECLAC", "OSAGI"],
            "subjects": ["Women", "Peace"],
            "summary": {"en": "What was said."},
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
            ("bad-date", 2, "`5/11/2007` cannot be read as a date"),
            ("unknown-file", 3, "there is no file `none.txt`"),
            ("no-file", 4, "no file is given"),
            ("repeated-file", 5, "`a1.txt` also has a row above"),
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
        round_trips(program, root, results)
        features(program, root, results)
        values(program, root, results)
    for name, passed, output in results:
        if not passed:
            print(f"FAILED: {name}\n{output}")
    failed = sum(not passed for _, passed, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
