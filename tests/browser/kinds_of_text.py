"""Documents in which words are easily missed, one or more of each kind, and the queries that must find them first.

`write(folder)` writes them to a folder with a manifest. Kinds differ in how a document has a word: a PDF that draws its letters twice, a word
that goes on in the next line, a symbol that is the beginning of another one. All texts were written for these tests.
"""

import io
import json
import zipfile
from pathlib import Path

HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def assemble(objects: list) -> bytes:
    """A PDF of objects, which are numbered from 1. The first is the catalogue."""
    pdf, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(pdf))
        pdf += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = len(pdf)
    pdf += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return pdf + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()


def stream(content: str, more: str = "") -> str:
    return f"<< /Length {len(content.encode('latin-1'))} {more} >>\nstream\n{content}\nendstream"


def pdf(content: str, *more: str, font: str = HELVETICA, page: str = "", catalog: str = "") -> bytes:
    """A PDF with one page, on which `content` shows text at 72, 700 in its only font, F, of 12 points. Objects from number 6 on can be added."""
    return assemble([
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        font,
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents 5 0 R {page} >>",
        stream(f"BT /F 12 Tf 14 TL 72 700 Td {content} ET"),
        *more,
    ])


def composite(encoding: str = "Identity-H", ordering: str = "Identity", more: str = "") -> str:
    return (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /Harbour /Encoding /{encoding} {more} /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2"
        f" /BaseFont /Harbour /DW 600 /CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) /Supplement 0 >>"
        " /FontDescriptor << /Type /FontDescriptor /FontName /Harbour /Flags 4 >> >>] >>"
    )


def type3(differences: str) -> str:
    """A Type 3 font whose glyphs are all 500 units wide and draw nothing."""
    return (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << >> /FirstChar 0 /LastChar 255"
        f" /Widths [{'500 ' * 256}] /Encoding << /Type /Encoding /Differences [{differences}] >> >>"
    )


def codes(text: str) -> str:
    return "<" + text.encode("utf-16-be").hex() + ">"


def twice(word: str, widths: dict, shift: float) -> str:
    """Bold type that is imitated by drawing each letter a second time, slightly to the right."""
    return " ".join(f"({letter}) Tj {shift} 0 Td ({letter}) Tj {widths[letter] * 0.012 - shift:.3f} 0 Td" for letter in word)


ACCENTS = HELVETICA.replace(
    "/Encoding /WinAnsiEncoding",
    "/Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /dotlessi /acute /dieresis /cedilla /grave /circumflex /caron /tilde] >>",
)


def accent_before(accent: int, letter: str, width: int) -> str:
    """As TeX sets an accent: it is drawn first, centred above the place of its letter, which is `width` units wide."""
    aside = (width - 333) / 2
    return f"{-aside} (\\{accent:03o}) {aside + 333} ({letter})"


def accent_after(accent: int, letter: str, width: int) -> str:
    aside = (width - 333) / 2
    return f"({letter}) {width - aside} (\\{accent:03o}) {-aside}"


def archive(files: dict) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as written:
        for name, contents in files.items():
            written.writestr(name, contents)
    return data.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def docx(body: str, **parts: str) -> bytes:
    """A DOCX with these paragraphs, and other parts by the names of their kinds."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(f'<Relationship Id="r{name}" Type="{types}/{name}" Target="{name}.xml"/>' for name in parts)
    files = {
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
    }
    return archive(files | {f"word/{name}.xml": text.replace(">", f' xmlns:w="{WORD}">', 1) for name, text in parts.items()})


def odt(body: str) -> bytes:
    names = "".join(f' xmlns:{name}="{ODF}:{long}:1.0"' for name, long in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("table", "table")))
    content = f"<office:document-content{names}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def cells(rows: list[list[str]], width: float) -> str:
    """A table of numbers in columns that are `width` points wide, each drawn on its own."""
    shown = [f"1 0 0 1 {72 + column * width} {700 - row * 14} Tm ({text}) Tj" for row, line in enumerate(rows) for column, text in enumerate(line)]
    return " ".join(shown)


WIDTHS = {"f": 278, "e": 556, "r": 333, "y": 500, "A": 667, "N": 722, "C": 722, "H": 722, "O": 778, "R": 722}
LEFT_COLUMN = ["In the first months of the year the", "cooper of the old yard mended", "casks of brine for the herring boats,", "and his two sons carried them to the", "quay before the tide came in again."]
RIGHT_COLUMN = ["On the other bank of the river the", "chandler of the new yard weighed", "tarred hemp for the whaling ships,", "and the harbour office paid for it at", "the end of every second month."]
WIDGET = "<< /Type /Annot /Subtype /Widget /F 4 /Rect [72 600 300 620]"

# Documents by their ids: language, extension, contents.
DOCUMENTS = {
    "object_words": ("en", "txt", "The isPrototypeOf of the valve, its watch and its propertyIsEnumerable."),
    "plurals": ("en", "txt", "The libraries of the academies hold treaties, and three deputies have their copies. Boxes of the churches."),
    "singulars": ("en", "txt", "A dairy beside the pantry, a quarry, a colony and a witness."),
    "symbol": ("en", "txt", "Recalling S/RES/1990/7 on ferries."),
    "near_symbols": ("en", "txt", "S/RES/1990/70, S/RES/7, S/RES/1990, S/RES/1991/7 and S/RES/7/1990. S/RES/1990/71."),
    "identifiers": ("en", "txt", "Printed as ISBN 978-92-1-137022-5, ISSN 0028-0836. Docket E/CN.6/2011/3-B, version 4.17.2 of the chart."),
    "note": ("en", "odt", odt(
        "<text:p>The anchorage<text:note text:note-class='footnote'><text:note-citation>3</text:note-citation><text:note-body>"
        "<text:p>Pilots were paid.</text:p></text:note-body></text:note> of whalers.</text:p>")),
    "inline": ("en", "odt", odt(
        "<text:p>A light<text:span>ship</text:span> drifted<text:line-break/>seaward<text:tab/>slowly<text:s text:c='2'/>past the"
        " <text:ruby><text:ruby-base>skerries</text:ruby-base><text:ruby-text>rocks</text:ruby-text></text:ruby>.</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Tonnage</text:p></table:table-cell><table:table-cell><text:p>Draught</text:p>"
        "</table:table-cell></table:table-row></table:table>")),
    "breaks": ("en", "docx", docx(
        "<w:p><w:r><w:t>smoke</w:t><w:cr/><w:t>signals</w:t></w:r></w:p><w:p><w:r><w:t>sea</w:t><w:noBreakHyphen/><w:t>going</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>beside</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>gantry</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>")),
    "runs": ("en", "docx", docx(
        "<w:p><w:r><w:t>wheel</w:t></w:r><w:r><w:t>house</w:t><w:tab/><w:t>winches</w:t></w:r><w:r><w:t> un</w:t><w:softHyphen/><w:t>loaded</w:t></w:r>"
        "<w:r><w:footnoteReference w:id='2'/></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>bollard</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r>"
        "<w:t>capstan</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        footnotes="<w:footnotes><w:footnote w:id='2'><w:p><w:r><w:t>Stevedores struck.</w:t></w:r></w:p></w:footnote></w:footnotes>")),
    "lines": ("en", "txt", "Cost-\neffective pumps, and har-\nbourmasters in of-\nfices; wind‑driven."),
    "lines_pdf": ("en", "pdf", pdf(
        "(A weather-) Tj T* (beaten hull, and mer-) Tj T* (chandise in ware-) Tj T* (houses, is weather-beaten by cy-) Tj T* (clones.) Tj")),
    "figures": ("en", "pdf", pdf(cells([["1998", "412.7", "918.4", "305.2"], ["1999", "617.8", "2,764.3", "4,006"]], 32))),
    "spaced": ("en", "pdf", pdf("5 Tc (Lifeboats) Tj")),
    "spaced_words": ("en", "pdf", pdf("4 Tc (TIDAL CURRENTS) Tj")),
    "spaced_by_hand": ("en", "pdf", pdf("[(B) -400 (a) -400 (r) -400 (g) -400 (e) -400 (s)] TJ")),
    "identity": ("en", "pdf", pdf(codes("Moorings of trawlers") + " Tj", font=composite(more="/ToUnicode /Identity-H"))),
    "gap_10": ("en", "pdf", pdf("[(Seven) -100 (schooners)] TJ")),
    "gap_12": ("en", "pdf", pdf("[(Seven) -120 (schooners)] TJ")),
    "gap_18": ("en", "pdf", pdf("[(Seven) -180 (schooners)] TJ")),
    "gap_line": ("en", "pdf", pdf("[(Pa) 10 (ddle) -110 (stea) 12 (mers) -115 (of) -112 (the) -109 (delta)] TJ")),
    "twice": ("en", "pdf", pdf(twice("ANCHOR", WIDTHS, 0.35))),
    "twice_over": ("en", "pdf", pdf("0 0 Td (Ferryman) Tj 0.4 0 Td (Ferryman) Tj 0 0.3 Td (Ferryman) Tj")),
    "accents": ("en", "pdf", pdf(
        f"[(Cita) {accent_before(3, chr(92) + '001', 278)} (n) -300 (a) {accent_after(4, 'c', 500)} (ai) -300 (r) {accent_before(2, 'e', 556)} (gate)] TJ", font=ACCENTS)),
    "carons": ("en", "pdf", pdf(f"[(ko) {accent_before(7, 's', 500)} (ice) -300 (pe) {accent_before(8, 'n', 556)} (ola)] TJ", font=ACCENTS)),
    "form": ("en", "pdf", pdf(
        "(Name of the skipper) Tj", page=f"/Annots [{WIDGET} /FT /Tx /T (skipper) /V (Barnaby Whitlock) >>]",
        catalog=f"/AcroForm << /NeedAppearances true /Fields [{WIDGET} /FT /Tx /T (skipper) /V (Barnaby Whitlock) >>] >>")),
    "choices": ("en", "pdf", pdf(
        "(Berth) Tj", page=f"/Annots [{WIDGET} /FT /Ch /T (berth) /V (1) /Opt [[(1) (Easterly)] [(2) (Westerly)]] >> "
        "<< /Type /Annot /Subtype /FreeText /Rect [72 500 300 520] /Contents (Approved by the surveyor) >>]")),
    "coded": ("en", "pdf", pdf("(fishingrights) Tj", font=type3("97 " + " ".join(f"/a{code}" for code in range(97, 123))))),
    "coded_hex": ("en", "pdf", pdf("<0102030405> Tj", font=type3("1 /G62 /G75 /G6F /G79 /G73"))),
    "unicode_names": ("en", "pdf", pdf("<0102030405> Tj", font=type3("1 /uni0072 /uni0061 /u0066 /u0074 /uni0073"))),
    "no_width": ("en", "txt", "The break\u200bwater and the down\u2060stream dredging, with pad\u00addles."),
    "vertical": ("ja", "pdf", pdf(codes("灯台守") + " Tj", font=composite("UniJIS-UTF16-V", "Japan1"))),
    "ligatures": ("en", "pdf", pdf("[(The con) (\\001) (scated ra) (\\002) (s)] TJ", font=HELVETICA.replace(
        "/WinAnsiEncoding", "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /fi /f_t] >>"))),
    "turned": ("en", "pdf", pdf("0 1 -1 0 300 300 Tm (Sounding depths) Tj")),
    "unseen": ("en", "pdf", pdf("3 Tr (Logbook of the brigantine) Tj")),
    "said": ("en", "pdf", pdf("/Span << /ActualText (Quartermaster) >> BDC (Q) Tj EMC")),
    "columns": ("en", "pdf", pdf(" ".join(
        f"1 0 0 1 {left} {700 - row * 14} Tm ({line}) Tj"
        for left, column in ((72, LEFT_COLUMN), (320, RIGHT_COLUMN)) for row, line in enumerate(column)))),
    "rtf": ("en", "rtf", r"{\rtf1\ansi\ansicpg1252 The ca\'f1on of Reykjav\u237?k{\footnote Oarsmen rested.} and {\v hidden}the sl{\b oop}.}"),
    "page": ("en", "html", "<!doctype html><title>Page</title><p>The super<wbr>structure, the fo&shy;recastle and the b&acirc;timent.</p><img src=x alt='A coracle'><table><tr><td>Keel</td><td>Rudder</td></tr></table>"),
    "drawing": ("en", "svg", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text><tspan>jet</tspan><tspan>sam</tspan></text></svg>"),
    "captions": ("en", "srt", "1\n00:00:01,000 --> 00:00:03,000\nA coxswain <i>whist</i>les.\n"),
    "table": ("en", "csv", "vessel,rig\nMarigold,yawl\n"),
    "spellings": ("en", "txt", "They organised the co-ordination of the harbour’s programme in O’Hara’s theatre, and analysed the vapours."),
    "full_width": ("en", "txt", "The ＮＡＶＴＥＸ receiver, the o\ufb03cer and the re\u0301gime of Ⅷ."),
    "water_ru": ("ru", "txt", "Чинили сети под берёзой и пели о лодках."),
    "stress_ru": ("ru", "txt", "Смотри\u0301тели маяко\u0301в уплы\u0301ли."),
    "forms_ru": ("ru", "txt", "Таймер насоса измеряет приливом."),
    "forms_de": ("de", "txt", "Ein Leuchtturmwärter schreibt."),
    "forms_es": ("es", "txt", "El timonel remolca una barcaza."),
    "digits_ar": ("ar", "txt", "القرار ٢٢٤٧ بشأن المرافئ."),
    "joined_ar": ("ar", "txt", "وبالمرفأ سفينةٌ، ورُبّان السُّفُـــن للصيادين."),
    "digits_bn": ("bn", "txt", "পৃষ্ঠা ৫৮৩ দেখুন।"),
    "digits_fa": ("fa", "txt", "می\u200cرود به صفحهٔ ۶۹۱."),
    "lines_zh": ("zh", "txt", "海洋观\n测站的记录。守护\n者委员会。潮汐　表。"),
    "annex_zh": ("zh", "txt", "附　录 目 次"),
    "scattered_zh": ("zh", "txt", "观看者测量站台，委托会员，附近的记录。"),
    "traditional_zh": ("zh", "txt", "捕撈許可證"),
    "lines_ja": ("ja", "txt", "委員会の報\n告書を受け取った。ﾄﾛｰﾙ漁。ガ゛ス。"),
    "cave_th": ("th", "txt", "ถ้ำ"),
    "make_th": ("th", "txt", "ถา ทำ ถา"),
    "sea_vi": ("vi", "txt", "bờ biển"),
    "bien_vi": ("vi", "txt", "bien biên bien"),
    "plurals_fr": ("fr", "txt", "Les journaux des canaux et les chevaux. Aujourd’hui l’hôpital, le cœur, l’œuvre et les naïfs."),
    "sharp_de": ("de", "txt", "Die Häuser der Großstadt stehen an der Straße."),
    "istanbul_tr": ("tr", "txt", "İSTANBUL’DA ILIK IŞIK."),
    "lodz_pl": ("pl", "txt", "Łódź i żeglarze."),
    "road_el": ("el", "txt", "Ο δρόμος του ναύτης."),
    "port_he": ("he", "txt", "נָמֵל, הנמל."),
    "river_hi": ("hi", "txt", "नदी ५९४ ज़मीन।"),
    "ship_ko": ("ko", "txt", "등대지기가 배를 고쳤다."),
}

# By kind: the language of the page, the query, and the documents one of which must be the first result. The first list of a kind has what others have
# found missing in such documents; the second has what we thought of beside it.
KINDS = [
    ("words that JavaScript objects have as properties", [("en", "isPrototypeOf", "object_words")], [("en", "watch", "object_words"), ("en", "propertyIsEnumerable", "object_words")]),
    ("plurals in -ies", [("en", "library", "plurals"), ("en", "academy", "plurals"), ("en", "treaty", "plurals")],
        [("en", "deputy", "plurals"), ("en", "church", "plurals"), ("en", "quarries", "singulars"), ("en", "witnesses", "singulars")]),
    ("words in another form", [("ru", "таймеры", "forms_ru")],
        [("ru", "насосами", "forms_ru"), ("ru", "измеряют", "forms_ru"), ("de", "Leuchtturmwärtern", "forms_de"), ("es", "remolcan", "forms_es"), ("es", "barcazas", "forms_es"), ("en", "colonies", "singulars")]),
    ("symbols", [("en", "S/RES/1990/7", "symbol")], [("en", "s/res/1990/7", "symbol"), ("en", "E/CN.6/2011/3-B", "identifiers"), ("en", "9789211370225", "identifiers"), ("en", "4.17.2", "identifiers")]),
    ("notes between words", [("en", "anchorage", "note"), ("en", '"anchorage of whalers"', "note"), ("en", "pilots", "note")], [("en", "stevedores", "runs"), ("en", "oarsmen", "rtf")]),
    ("breaks and boxes in DOCX", [("en", "smoke", "breaks"), ("en", "signals", "breaks"), ("en", "sea-going", "breaks"), ("en", "gantry", "breaks")],
        [("en", "wheelhouse", "runs"), ("en", "winches", "runs"), ("en", "unloaded", "runs"), ("en", "capstan", "runs")]),
    ("words in pieces in ODT", [], [("en", "lightship", "inline"), ("en", "seaward", "inline"), ("en", "skerries", "inline"), ("en", '"drifted seaward slowly past"', "inline"), ("en", "draught", "inline")]),
    ("compounds at the end of a line", [("en", "cost-effective", "lines"), ("en", "weather-beaten", "lines_pdf")], [("en", "wind-driven", "lines"), ("en", "weatherbeaten", "lines_pdf")]),
    ("words divided at the end of a line", [("en", "harbourmaster", "lines"), ("en", "warehouse", "lines_pdf")], [("en", "offices", "lines"), ("en", "cyclone", "lines_pdf"), ("en", "merchandise", "lines_pdf")]),
    ("numbers that stand close together", [("en", "412.7", "figures")], [("en", "2,764.3", "figures"), ("en", "4,006", "figures"), ("en", "1999", "figures")]),
    ("spaced letters", [("en", "lifeboat", "spaced")], [("en", '"tidal currents"', "spaced_words"), ("en", "barges", "spaced_by_hand")]),
    ("a character map that is only a name", [("en", '"moorings of trawlers"', "identity")], [("en", "trawler", "identity")]),
    ("narrow gaps", [("en", "schooners", "gap_10 gap_12 gap_18")], [("en", '"paddle steamers of the delta"', "gap_line")]),
    ("letters drawn twice", [("en", "anchor", "twice")], [("en", "ferryman", "twice_over")]),
    ("accents as glyphs of their own", [("en", "Citaïn", "accents"), ("en", "citain", "accents"), ("en", "régate", "accents")], [("en", "açai", "accents"), ("en", "košice", "carons"), ("en", "peñola", "carons")]),
    ("forms", [("en", "skipper", "form"), ("en", "Whitlock", "form")], [("en", "westerly", "choices"), ("en", "surveyor", "choices")]),
    ("characters only in the names of glyphs", [("en", "fishingrights", "coded")], [("en", "buoys", "coded_hex"), ("en", "rafts", "unicode_names"), ("en", "confiscated", "ligatures"), ("en", "rafts", "unicode_names ligatures")]),
    ("characters without width", [("en", "breakwater", "no_width")], [("en", "downstream", "no_width"), ("en", "paddles", "no_width gap_line"), ("fa", "میرود", "digits_fa"), ("en", "superstructure", "page"), ("en", "forecastle", "page")]),
    ("Russian words", [("ru", "лодка", "water_ru"), ("ru", "берёза", "water_ru")], [("ru", "береза", "water_ru"), ("ru", "смотритель", "stress_ru"), ("ru", "маяк", "stress_ru")]),
    ("digits", [("ar", "2247", "digits_ar"), ("ar", "٢٢٤٧", "digits_ar")], [("en", "583", "digits_bn"), ("fa", "691", "digits_fa"), ("hi", "५९४", "river_hi"), ("en", "５８３", "digits_bn")]),
    ("Arabic words", [], [("ar", "مرفأ", "joined_ar"), ("ar", "السفن", "joined_ar"), ("ar", "صياد", "joined_ar"), ("ar", "ربان", "joined_ar")]),
    ("Chinese words in two lines", [("zh", "观测", "lines_zh"), ("zh", "海洋观测站", "lines_zh"), ("zh", "潮", "lines_zh")], [("zh", "守护者委员会", "lines_zh"), ("zh", '"观测站的记录"', "lines_zh"), ("zh", "許可證", "traditional_zh")]),
    ("traditional and simplified Chinese", [], [("zh", "许可证", "traditional_zh"), ("zh", "觀測站", "lines_zh"), ("zh", '"觀測站的記錄"', "lines_zh"), ("zh", "錄", "annex_zh lines_zh")]),
    ("blanks between Chinese characters", [("zh", "附录", "annex_zh")], [("zh", "目次", "annex_zh"), ("zh", "潮汐表", "lines_zh")]),
    ("Japanese words", [("ja", "報告", "lines_ja")], [("ja", "トロール", "lines_ja"), ("ja", "灯台守", "vertical")]),
    ("Thai words with one letter fewer", [("th", "ถ้ำ", "cave_th")], [("th", "ทำ", "make_th")]),
    ("Vietnamese words with other accents", [("vi", "biển", "sea_vi")], [("vi", "biên", "bien_vi"), ("vi", "bo", "sea_vi")]),
    ("French words", [("fr", "cheval", "plurals_fr")], [("fr", "journal", "plurals_fr"), ("fr", "canal", "plurals_fr"), ("fr", "hopital", "plurals_fr"), ("fr", "coeur", "plurals_fr"), ("fr", "oeuvre", "plurals_fr"), ("fr", "naif", "plurals_fr")]),
    ("letters of other languages", [], [("de", "Haus", "sharp_de"), ("de", "Strasse", "sharp_de"), ("tr", "istanbul", "istanbul_tr"), ("tr", "ışık", "istanbul_tr"), ("en", "lodz", "lodz_pl"), ("en", "ΔΡΌΜΟΣ", "road_el"),
        ("en", "נמל", "port_he"), ("en", "הנמל", "port_he"), ("hi", "जमीन", "river_hi"), ("ko", "등대지기가", "ship_ko")]),
    ("spellings", [], [("en", "organized", "spellings"), ("en", "coordination", "spellings"), ("en", "harbor", "spellings"), ("en", "OHara", "spellings"), ("en", "theater", "spellings"), ("en", "navtex", "full_width"),
        ("en", "officer", "full_width"), ("en", "régime", "full_width"), ("en", "VIII", "full_width")]),
    ("drawn in other ways", [], [("en", '"sounding depths"', "turned"), ("en", "brigantine", "unseen"), ("en", "quartermaster", "said"), ("en", '"mended casks of brine"', "columns"), ("en", '"weighed tarred hemp"', "columns")]),
    ("other formats", [], [("en", "cañon", "rtf"), ("en", "Reykjavík", "rtf"), ("en", "sloop", "rtf"), ("en", "coracle", "page"), ("en", "bâtiment", "page"), ("en", "rudder", "page"), ("en", "jetsam", "drawing"),
        ("en", "whistles", "captions"), ("en", "yawl", "table")]),
]


def write(folder: Path) -> Path:
    """Writes the documents, and returns the path of the manifest."""
    folder.mkdir()
    reports, languages = [], sorted({language for language, _, _ in DOCUMENTS.values()})
    for name, (language, extension, contents) in DOCUMENTS.items():
        data = contents if isinstance(contents, bytes) else (contents + "\n").encode()
        (folder / f"{name}.{extension}").write_bytes(data)
        reports.append({"id": name, "title": "Report", "variants": {language: f"{name}.{extension}"}})
    manifest = {"disc": {"title": "Kinds of text", "languages": languages, "date": 2008}, "sections": [{"id": "s", "title": "S", "reports": reports}]}
    path = folder / "manifest.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    return path
