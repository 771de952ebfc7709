#!/usr/bin/env python3
"""Follows every link on the pages of a disc, and finds documents that no link leads to.

    crawl.py ROOT [--ignore-case] [--parsed FILE]

It starts at ROOT/index.html and follows href, src, srcset and the like, and CSS
url() and @import, through pages, style sheets and SVG. It does not follow links
inside documents. It prints what is wrong, then
`pages N links N documents N broken N orphans N`; it exits with 1 unless the last
two are 0 and there was something to crawl.

Names must match exactly what the file system lists, which is stricter than
opening files where a file system ignores case. --ignore-case is for the plain
view of ISO 9660, where a reader may show upper case, `;1` and a trailing dot.

Parsing takes most of the time, and a disc shows the same pages in every view. With --parsed, what was found on a page is
kept in FILE by the digest of its bytes. Every page is still read, and every link resolved, in each view.

It needs only Python itself, because the kernel test runs it in a virtual machine.
"""

import argparse
import functools
import hashlib
import os
import pickle
import re
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Optional
from urllib.parse import unquote, urlsplit

DOCUMENTS = "documents/"
LINK_ATTRIBUTES = {
    "href", "src", "xlink:href", "poster", "data", "action", "formaction", "background",
}  # fmt: skip
SRCSET_ATTRIBUTES = {"srcset", "imagesrcset"}
# They lead to no file, so they cannot be broken.
HARMLESS_SCHEMES = {"mailto", "data"}
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CSS_LINK = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""",
    re.IGNORECASE,
)
REFRESH = re.compile(r"^\s*\d+\s*[;,]\s*url\s*=\s*[\"']?([^\"']*)", re.IGNORECASE)
MARKUP = (".html", ".htm", ".svg")


def css_links(text: str) -> list:
    """The targets of url() and @import in a style sheet, except in comments."""
    found = CSS_LINK.findall(CSS_COMMENT.sub(" ", text))
    return [next((part for part in parts if part), "") for parts in found]


def srcset_links(text: str) -> list:
    """The targets in a srcset: `a.png 1x, b.png 2x`."""
    return [part.split()[0] for part in text.split(",") if part.strip()]


class Page(HTMLParser):
    """The links on a page, and the ids that can be linked to."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.links = []
        self.ids = set()
        self.problems = []
        self._in_style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self._in_style = tag == "style"
        named = dict(attributes)
        if tag == "base":
            # It would change the target of every other link on the page.
            self.problems.append("a <base> element")
        if named.get("id"):
            if named["id"] in self.ids:
                self.problems.append(f"id {named['id']!r} twice")
            self.ids.add(named["id"])
        if tag == "a" and named.get("name"):
            self.ids.add(named["name"])
        if tag == "meta" and (named.get("http-equiv") or "").lower() == "refresh":
            if match := REFRESH.match(named.get("content") or ""):
                self.links.append(match.group(1).strip())
        for name, value in attributes:
            if name in LINK_ATTRIBUTES:
                self.links.append((value or "").strip())
            elif name in SRCSET_ATTRIBUTES:
                self.links += srcset_links(value or "")
            elif name == "style":
                self.links += css_links(value or "")

    def handle_endtag(self, tag):
        self._in_style = False

    def handle_data(self, data):
        if self._in_style:
            self.links += css_links(data)


@dataclass(frozen=True)
class Parsed:
    """What was found on a page."""

    links: list
    ids: set
    problems: list


class Parser:
    """Parses pages, each only once."""

    def __init__(self, store: Optional[Path]):
        self.store = store
        self.pages = pickle.loads(store.read_bytes()) if store and store.exists() else {}

    def parse(self, contents: bytes) -> Parsed:
        """The contents must be UTF-8, because browsers disagree on other encodings."""
        digest = hashlib.sha256(contents).digest()
        if digest not in self.pages:
            page = Page(contents.decode("utf-8-sig"))
            self.pages[digest] = Parsed(page.links, page.ids, page.problems)
        return self.pages[digest]

    def save(self) -> None:
        if self.store:
            self.store.write_bytes(pickle.dumps(self.pages))


@functools.lru_cache(maxsize=1 << 16)
def split_link(link: str) -> tuple:
    """The parts of a link, and the name that it has on the disc."""
    parts = urlsplit(link)
    return parts, unquote(parts.path, errors="strict")


class Disc:
    """The files in a folder, by the names that the file system lists."""

    def __init__(self, root: Path, ignore_case: bool):
        self.root = root
        self.ignore_case = ignore_case
        self.files = {}
        self.folders = {""}
        for folder, folders, names in os.walk(root, onerror=self._fail):
            inside = Path(folder).relative_to(root)
            self.folders |= {self.key((inside / name).as_posix()) for name in folders}
            for name in names:
                path = (inside / name).as_posix()
                self.files[self.key(path)] = path

    @staticmethod
    def _fail(error: OSError):
        raise error

    def key(self, path: str) -> str:
        """The form in which two spellings of a name are the same."""
        if not self.ignore_case:
            return path
        parts = (re.sub(r";\d+$", "", part).removesuffix(".") for part in path.split("/"))
        return "/".join(parts).casefold()

    def read(self, key: str) -> bytes:
        return (self.root / self.files[key]).read_bytes()


def resolve(page: str, path: str):
    """The target of a relative path on a page, or None if it is outside the root."""
    parts = page.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class Crawl:
    """Visits everything that can be reached from the first page."""

    def __init__(self, disc: Disc, parser: Parser):
        self.disc = disc
        self.parser = parser
        self.pages = {}
        self.links = 0
        self.reached = set()
        self.broken = []
        self.fragments = []
        # As spelled in links, for messages and to resolve relative links; looked
        # up by key.
        self.waiting = ["index.html"]

    def run(self) -> None:
        first = self.waiting[0]
        if self.disc.key(first) not in self.disc.files:
            self.broken.append(f"there is no {first}")
            return
        self.reached.add(self.disc.key(first))
        while self.waiting:
            self.visit(self.waiting.pop())
        for page, link, target, fragment in self.fragments:
            self.check_fragment(page, link, target, fragment)

    def visit(self, path: str) -> None:
        """Follows the links of a page or style sheet."""
        key = self.disc.key(path)
        lower = path.lower()
        try:
            if lower.endswith(MARKUP):
                page = self.pages[key] = self.parser.parse(self.disc.read(key))
                self.broken += [f"{path}: {problem}" for problem in page.problems]
                links = page.links
            elif lower.endswith(".css"):
                links = css_links(self.disc.read(key).decode("utf-8-sig"))
            else:
                return
        except (OSError, UnicodeDecodeError) as error:
            self.broken.append(f"{path}: {error}")
            return
        for link in links:
            self.follow(path, link)

    def follow(self, page: str, link: str) -> None:
        """Resolves a link, and queues its target if it is new."""
        self.links += 1

        def broken(why: str) -> None:
            self.broken.append(f"{page}: {link!r}: {why}")

        try:
            parts, name = split_link(link)
        except ValueError as error:
            return broken(str(error))
        if parts.scheme in HARMLESS_SCHEMES:
            return None
        if parts.scheme or parts.netloc or parts.path.startswith("/"):
            return broken("absolute")
        if "\\" in parts.path:
            return broken("a backslash")
        if not parts.path and not parts.query and not link.startswith("#"):
            return broken("empty")
        target = resolve(page, name) if name else page
        if target is None:
            return broken("leaves the disc")
        key = self.disc.key(target)
        # A server would look for an index file in a folder; a disc has no server.
        if key in self.disc.folders or parts.path.endswith("/"):
            return broken("a folder")
        if key not in self.disc.files:
            return broken("no such file")
        if parts.fragment:
            self.fragments.append((page, link, target, unquote(parts.fragment)))
        if key not in self.reached:
            self.reached.add(key)
            if not key.startswith(DOCUMENTS):
                self.waiting.append(target)
        return None

    def check_fragment(self, page: str, link: str, target: str, fragment: str) -> None:
        """Checks that an #id exists. After the address of a PDF, # is for its viewer."""
        if not target.lower().endswith(MARKUP) or fragment.lower() == "top":
            return
        key = self.disc.key(target)
        if key not in self.pages:
            # A document is not crawled, but a link may lead into it.
            self.pages[key] = self.parser.parse(self.disc.read(key))
        if fragment not in self.pages[key].ids:
            self.broken.append(f"{page}: {link!r}: no such id")

    def documents(self) -> set:
        return {key for key in self.disc.files if key.startswith(DOCUMENTS)}

    def orphans(self) -> list:
        """The documents that no link leads to."""
        return sorted(self.disc.files[key] for key in self.documents() - self.reached)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--ignore-case", action="store_true")
    parser.add_argument("--parsed", type=Path, metavar="FILE", help="keeps what was found on each page")
    arguments = parser.parse_args()
    # A message may contain any character, which the console may not support.
    sys.stdout.reconfigure(errors="backslashreplace")

    if not arguments.root.is_dir():
        parser.error(f"{arguments.root} is not a folder")
    pages = Parser(arguments.parsed)
    crawl = Crawl(Disc(arguments.root, arguments.ignore_case), pages)
    crawl.run()
    pages.save()
    orphans = crawl.orphans()
    documents = crawl.documents()
    if not documents:
        crawl.broken.append("there is nothing below documents/")
    for problem in crawl.broken:
        print(f"broken: {problem}")
    for path in orphans:
        print(f"orphan: {path}")
    print(
        f"pages {len(crawl.pages)} links {crawl.links} documents {len(documents)}"
        f" broken {len(crawl.broken)} orphans {len(orphans)}"
    )
    return 1 if crawl.broken or orphans else 0


if __name__ == "__main__":
    sys.exit(main())
