#!/usr/bin/env python3
"""Crawls web sites made by others, on a disc, in each of its views, and in an archive.

    check.py --program MAKE_DISC [--packages FOLDER]

Downloads Debian's documentation packages to FOLDER (once), and puts their sites on a disc as documents: the manual of
Python (Sphinx), the Debian Handbook in English (Publican), and the handbook in Russian, whose files this program gives
Cyrillic names with spaces, capitals and deep folders, and whose pages it writes in windows-1251. Then it reads the disc as
Rock Ridge, Joliet and plain ISO 9660 with xorriso and bsdtar, and the archive of `stage --zip`, and follows every link of every page,
style sheet and drawing. A link may be broken only if the same link of the same page is broken in the site itself.
"""

import argparse
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "readers"))
from crawl import LINK_ATTRIBUTES, REFRESH, css_links, srcset_links  # noqa: E402

PACKAGES = {
    "python3.11-doc": ("python", "usr/share/doc/python3.11/html"),
    "debian-handbook": ("handbook", "usr/share/doc/debian-handbook/html"),
}
# The folder of the Russian site, and words for the names of its files.
RUSSIAN = "Сайт о Debian"
WORDS = ["Глава", "Установка системы", "Раздел", "О проекте", "Приложение", "Сеть и службы", "Вода"]
FOLDERS = {"Common_Content": "Общие файлы", "images": "Картинки и схемы", "css": "Стили CSS"}
DEEP = "Части/Вложенные папки/Ещё глубже/И ещё/Дно"
MANIFEST = """
disc: {title: Sites, languages: [en, ru], date: 2008}
sections:
  - id: sites
    title: Sites
    reports:
      - {id: python, title: Python, variants: {en: {folder: python}}}
      - {id: handbook, title: The Debian Handbook, variants: {en: {folder: handbook, start: index.html}}}
      - {id: site, title: Сайт, variants: {ru: {folder: Сайт о Debian, start: index.html}}}
"""
MARKUP = (".html", ".htm", ".xhtml", ".svg")
# Where each site is on the disc.
PLACES = {"python": "python_en", "handbook": "handbook_en", RUSSIAN: "site_ru"}
VIEWS = {"Rock Ridge": "any", "Joliet": "norock", "plain ISO 9660": "plain"}


class Links(HTMLParser):
    """The links of a page, in their order."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self._in_style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self._in_style = tag == "style"
        named = dict(attributes)
        if tag == "meta" and (named.get("http-equiv") or "").lower() == "refresh":
            if match := REFRESH.match(named.get("content") or ""):
                self.links.append(match.group(1))
        for name, value in attributes:
            if name in LINK_ATTRIBUTES and not (name == "data" and tag != "object"):
                self.links.append(value or "")
            elif name in ("srcset", "imagesrcset"):
                self.links += srcset_links(value or "")
            elif name == "style":
                self.links += css_links(value or "")

    def handle_endtag(self, tag):
        self._in_style = False

    def handle_data(self, data):
        if self._in_style:
            self.links += css_links(data)


def decoded(data: bytes) -> str:
    match = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?([-\w]+)", data[:1024])
    return data.decode(match.group(1).decode() if match else "utf-8", errors="replace")


# The links of pages and style sheets, by kind and digest: a file is the same in every view.
PARSED: dict[tuple[bool, bytes], list[str]] = {}


def links_of(path: str, data: bytes) -> list[str]:
    if not path.lower().endswith((*MARKUP, ".css")):
        return []
    is_markup = path.lower().endswith(MARKUP)
    key = is_markup, hashlib.sha256(data).digest()
    if key not in PARSED:
        PARSED[key] = Links(decoded(data)).links if is_markup else css_links(decoded(data))
    return PARSED[key]


@functools.lru_cache(maxsize=None)
def resolve(page: str, link: str):
    """The path that a link leads to; `None` if it leads to no file."""
    link = link.strip()
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = unquote(parts.path)
    return os.path.normpath(os.path.join("" if path.startswith("/") else os.path.dirname(page), path.lstrip("/")))


def read_folder(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def broken_in_source(files: dict[str, list[str]]) -> dict[str, set[int]]:
    """The numbers of the links on each page that do not work even on a lenient server."""
    known = {path.casefold() for path in files}
    broken = {}
    for path, links in files.items():
        targets = ((number, resolve(path, link)) for number, link in enumerate(links))
        broken[path] = {
            number
            for number, target in targets
            if target is not None
            and not {target.casefold(), os.path.normpath(f"{target}/index.html").casefold()} & known
        }
    return broken


def russian_site(source: Path, folder: Path) -> None:
    """Copies a site under other names, and corrects the links with Python alone."""
    files = sorted(path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    names = {}
    for number, file in enumerate(files):
        parents, name = os.path.split(file)
        stem, extension = os.path.splitext(name)
        parents = "/".join(FOLDERS.get(part, part) for part in parents.split("/") if part)
        if extension == ".html" and file != "index.html":
            name = f"{WORDS[number % 7]} {stem} №{number}.HTML" if number % 3 else f"Подраздел {number}.html"
            parents = DEEP if number % 5 == 0 else parents
        elif extension in (".png", ".jpg", ".svg"):
            name = f"Рисунок {stem} {number}{extension.upper() if number % 2 else extension}"
        names[file] = os.path.join(parents, name)
    count = 0

    def corrected(match, file: str) -> str:
        nonlocal count
        count += 1
        before, link, after = match.groups()
        parts = urlsplit(link)
        target = resolve(file, link)
        if target not in names:
            return match.group()
        new = os.path.relpath(names[target], os.path.dirname(names[file]) or ".")
        # Links as authors write them: encoded, partly encoded, or as they are; some with different capitals.
        new = [quote(new), new, new.replace(" ", "%20"), new.replace(".HTML", ".html")][count % 4]
        if file.endswith(".css"):
            new = quote(new)
        return before + parts._replace(path=new).geturl() + after

    for file in files:
        data = (source / file).read_bytes()
        if file.endswith((".html", ".css")):
            text = data.decode("utf-8")
            pattern = r"(url\(\s*[\"']?)([^\"')]*)([\"']?\s*\))" if file.endswith(".css") else r'((?:href|src|data)=")([^"]*)(")'
            text = re.sub(pattern, lambda match: corrected(match, file), text)
            data = text.encode("utf-8")
            if file.endswith(".html"):
                text = text.replace('encoding="UTF-8"', 'encoding="windows-1251"').replace("charset=UTF-8", "charset=windows-1251")
                data = text.encode("windows-1251", errors="xmlcharrefreplace")
        place = folder / names[file]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def names_on_disc(program: Path, folder: Path) -> dict[str, dict[str, str]]:
    """The new names that the program reports, by site."""
    ran = subprocess.run([program, "check", "--json", "m.yaml"], cwd=folder, capture_output=True, text=True, check=True)
    renamed: dict[str, dict[str, str]] = {}
    for finding in json.loads(ran.stdout)["findings"]:
        if finding["code"] == "renamed-files":
            site = re.search(r" files in `(.*?)`", finding["message"]).group(1)
            texts = finding["affected"] or [finding["message"].split(": ", 1)[1]]
            renamed[site] = dict(re.fullmatch("`(.*)` becomes `(.*)`", text).groups() for text in texts)
    return renamed


def crawl(view: str, disc: dict[str, bytes], sites: dict[str, dict[str, list[str]]], broken_links, renamed) -> int:
    """Follows the links of all sites in a view of the disc. Returns the number of problems."""
    # The plain view has capitals, and some readers show the version.
    ignores_case = view == "plain ISO 9660"

    def key(path: str) -> str:
        return re.sub(r"(;1)?$", "", path).casefold() if ignores_case else path

    known = {key(path): data for path, data in disc.items()}
    problems = pages = links = excused = 0
    for site, files in sites.items():
        broken = broken_links[site]
        for path, before in files.items():
            place = f"documents/sites/{PLACES[site]}/{renamed.get(site, {}).get(path, path.lower())}"
            copy = known.get(key(place))
            if copy is None:
                problems += 1
                print(f"{view}: there is no {place}")
                continue
            after = links_of(place, copy)
            if len(before) != len(after):
                problems += 1
                print(f"{view}: {place}: {len(before)} links became {len(after)}")
                continue
            pages += bool(after)
            for number, link in enumerate(after):
                target = resolve(place, link)
                if target is None:
                    continue
                links += 1
                if key(target) in known:
                    continue
                if number in broken[path]:
                    excused += 1
                    continue
                problems += 1
                print(f"{view}: {place}: {link!r} (was {before[number]!r}) is broken")
    print(f"{view}: {pages} pages with {links} links, {excused} broken in the sites already, {problems} problems")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--packages", type=Path, default=Path("target/site-packages"))
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)
    arguments.packages.mkdir(parents=True, exist_ok=True)
    missing = [name for name in PACKAGES if not list(arguments.packages.glob(f"{name}_*.deb"))]
    if missing:
        subprocess.run(["apt-get", "download", "-qq", *missing], cwd=arguments.packages, check=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, (site, place) in PACKAGES.items():
            package = next(arguments.packages.glob(f"{name}_*.deb"))
            subprocess.run(["dpkg-deb", "-x", package, folder / "packages"], check=True)
        shutil.copytree(folder / "packages" / PACKAGES["python3.11-doc"][1], folder / "python", ignore_dangling_symlinks=True)
        handbook = folder / "packages" / PACKAGES["debian-handbook"][1]
        shutil.copytree(handbook / "en-US", folder / "handbook")
        russian_site(handbook / "ru-RU", folder / RUSSIAN)
        (folder / "m.yaml").write_text(MANIFEST, encoding="utf-8")
        sites = {}
        for site in PLACES:
            files = read_folder(folder / site)
            sites[site] = {path: links_of(path, data) for path, data in files.items() if not path.startswith(".")}
        broken = {site: broken_in_source(files) for site, files in sites.items()}
        renamed = names_on_disc(program, folder)
        for command in (["m.yaml", "out.iso"], ["verify", "out.iso", "--manifest", "m.yaml"], ["stage", "m.yaml", "--zip", "out.zip"]):
            ran = subprocess.run([program, *command, "--quiet"], cwd=folder, capture_output=True, text=True)
            if ran.returncode:
                raise SystemExit(f"{command} exited with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        problems = 0
        for view, mode in VIEWS.items():
            out = folder / mode
            command = ["xorriso", "-read_fs", mode, "-osirrox", "on", "-indev", "out.iso", "-extract", "/", out]
            if mode == "plain":
                out.mkdir()
                command = ["bsdtar", "-xf", "out.iso", "-C", out, "--options", "!rockridge,!joliet"]
            subprocess.run(command, cwd=folder, capture_output=True, check=True)
            subprocess.run(["chmod", "-R", "u+w", out], check=True)
            problems += crawl(view, read_folder(out), sites, broken, renamed)
        with zipfile.ZipFile(folder / "out.zip") as archive:
            inside = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        roots = {name.split("/")[0] for name in inside}
        if len(roots) == 1:
            inside = {name.split("/", 1)[1]: data for name, data in inside.items()}
        problems += crawl("ZIP archive", inside, sites, broken, renamed)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
