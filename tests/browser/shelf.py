"""A collection in six languages and four scripts, written for the browser tests.

`write(folder, browser)` writes a manifest and its documents to a folder: PDFs printed by the browser, with a
page for each text in `PAGES`, and a text file.
"""

import html
import json
from pathlib import Path

LANGUAGES = ["en", "fr", "es", "ar", "zh", "ru"]

# Reports by id, then languages, then pages.
PAGES = {
    "ports": {
        "en": [
            "The harbour of the island has two piers. Fishing boats leave before sunrise and return with the tide.",
            "In winter the lighthouse keeper repairs the nets. Negotiations about a longer breakwater began in March.",
            "The committee recommended cold storage, a school for navigators and a fund for widows of sailors.",
        ],
        "fr": [
            "Le port de l’île possède deux jetées. Les bateaux de pêche partent avant l’aube et rentrent avec la marée.",
            "En hiver, le gardien du phare répare les filets. Les négociations sur une digue plus longue ont commencé en mars.",
            "Le comité a recommandé un entrepôt frigorifique, une école de navigation et un fonds pour les veuves de marins.",
        ],
        "es": [
            "El puerto de la isla tiene dos muelles. Los barcos de pesca salen antes del amanecer y vuelven con la marea.",
            "En invierno el guardián del faro repara las redes. Las negociaciones sobre un rompeolas más largo empezaron en marzo.",
            "El comité recomendó una cámara frigorífica, una escuela de navegación y un fondo para las viudas de los marineros.",
        ],
        "ar": [
            "لميناء الجزيرة رصيفان. تغادر قوارب الصيد قبل شروق الشمس وتعود مع المد.",
            "في الشتاء يصلح حارس المنارة الشباك. بدأت المفاوضات حول حاجز أطول للأمواج في شهر مارس.",
            "أوصت اللجنة بمخزن مبرد ومدرسة للملاحة وصندوق لأرامل البحارة.",
        ],
        "zh": [
            "岛上的港口有两座码头。渔船在日出之前出海，随着潮水返回。",
            "冬天，灯塔看守人修补渔网。关于延长防波堤的谈判于三月开始。",
            "委员会建议建立冷库、航海学校和海员遗孀基金。",
        ],
        "ru": [
            "В гавани острова два причала. Рыбацкие лодки уходят до рассвета и возвращаются с приливом.",
            "Зимой смотритель маяка чинит сети. Переговоры о более длинном волноломе начались в марте.",
            "Комитет рекомендовал построить холодильный склад, школу мореходов и создать фонд для вдов моряков.",
        ],
    },
    "wells": {
        "en": [
            "Deep wells supply the northern villages. Women walk two hours to fetch drinking water in the dry season.",
            "A survey of forty households measured salinity, arsenic and the height of the water table.",
        ],
        "fr": [
            "Des puits profonds alimentent les villages du nord. Les femmes marchent deux heures pour chercher l’eau potable.",
            "Une enquête auprès de quarante ménages a mesuré la salinité, l’arsenic et la hauteur de la nappe phréatique.",
        ],
        "ar": [
            "تزود الآبار العميقة قرى الشمال بالماء. تمشي النساء ساعتين لجلب مياه الشرب في موسم الجفاف.",
            "قاس مسح شمل أربعين أسرة الملوحة والزرنيخ وارتفاع منسوب المياه الجوفية.",
        ],
        "ru": [
            "Глубокие колодцы снабжают северные деревни. В сухой сезон женщины два часа идут за питьевой водой.",
            "При обследовании сорока домохозяйств измеряли солёность, мышьяк и уровень грунтовых вод.",
        ],
    },
    "seeds": {
        "en": ["The seed bank keeps barley, millet and lentils at minus eighteen degrees for two hundred years."],
        "zh": ["种子库在零下十八度保存大麦、小米和扁豆，可达二百年。"],
        "es": ["El banco de semillas conserva cebada, mijo y lentejas a dieciocho grados bajo cero durante doscientos años."],
    },
}

TITLES = {
    "ports": ["Report on the harbour", "Rapport sur le port", "Informe sobre el puerto", "تقرير عن الميناء", "港口报告", "Доклад о гавани"],
    "wells": ["Wells and water", "Les puits et l’eau", "Los pozos y el agua", "الآبار والمياه", "水井与水", "Колодцы и вода"],
    "seeds": ["The seed bank", "La banque de semences", "El banco de semillas", "بنك البذور", "种子库", "Банк семян"],
    "notes": ["Notes for navigators", "Notes aux navigateurs", "Notas para navegantes", "ملاحظات للملاحين", "航海须知", "Заметки для мореходов"],
}
SUBJECTS = {
    "sea": ["Sea", "Mer", "Mar", "البحر", "海洋", "Море"],
    "water": ["Water", "Eau", "Agua", "المياه", "水", "Вода"],
    "food": ["Food", "Alimentation", "Alimentos", "الغذاء", "粮食", "Питание"],
    "work": ["Work", "Travail", "Trabajo", "العمل", "就业", "Труд"],
    "energy": ["Energy", "Énergie", "Energía", "الطاقة", "能源", "Энергия"],
}
NOTES = (
    "Fog signals sound every ninety seconds.\fKeep north of the wreck at low water.\f"
    "In programs constructor, __proto__, toString, hasOwnProperty and valueOf are words too; in Lao ໜັງສື is a book.\n"
)


def texts(words: list[str]) -> dict:
    return dict(zip(LANGUAGES, words))


def variants(report: str) -> dict:
    return {tag: f"{report}.{tag}.pdf" for tag in PAGES[report]}


def manifest(**disc) -> dict:
    def report(key: str, date: str, authors: list[str], subjects: list[str], **more) -> dict:
        record = {"id": key, "title": texts(TITLES[key]), "authors": authors, **more}
        record["subjects"] = [texts(SUBJECTS[subject]) for subject in subjects]
        return record | ({"date": date} if date else {})

    return {
        "disc": {
            "title": texts(["Water and sea", "L’eau et la mer", "El agua y el mar", "الماء والبحر", "水与海", "Вода и море"]),
            "volume": "WATER_SEA",
            "languages": LANGUAGES,
            "date": "2008-06-30",
            **disc,
        },
        "sections": [
            {
                "id": "sea",
                "title": texts(SUBJECTS["sea"]),
                "reports": [
                    report("ports", "2007-11", ["Harbour Board"], ["sea", "work"], symbol="W/2007/1", variants=variants("ports")),
                    report("notes", "", ["Harbour Board"], ["sea"], variants={"en": "notes.en.txt"}),
                ],
            },
            {
                "id": "land",
                "title": texts(["Land", "Terre", "Tierra", "الأرض", "陆地", "Суша"]),
                "reports": [
                    report("wells", "2008-02-09", ["Water Office"], ["water", "work", "energy"], variants=variants("wells")),
                    report("seeds", "2008", ["Water Office", "Seed Council"], ["food"], variants=variants("seeds")),
                ],
            },
        ],
    }


def write(folder: Path, browser, **disc) -> Path:
    """Writes the collection, and returns the path of the manifest."""
    folder.mkdir()
    page = browser.new_page()
    for report, by_language in PAGES.items():
        for tag, pages in by_language.items():
            body = "".join(f'<p style="page-break-after: always">{html.escape(text)}</p>' for text in pages[:-1])
            title = html.escape(texts(TITLES[report])[tag])
            direction = "rtl" if tag == "ar" else "ltr"
            page.set_content(
                f'<!DOCTYPE html><html lang="{tag}" dir="{direction}"><title>{title}</title>{body}<p>{html.escape(pages[-1])}</p></html>'
            )
            page.pdf(path=folder / f"{report}.{tag}.pdf", tagged=True)
    page.close()
    (folder / "notes.en.txt").write_text(NOTES)
    path = folder / "manifest.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(manifest(**disc), ensure_ascii=False, indent=1))
    return path
