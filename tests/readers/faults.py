#!/usr/bin/env python3
"""Makes images with one fault each, such as a faulty program could make, and tests that the checkers report it.

    faults.py --program MAKE_DISC [--checker lint|verify] ... [--only TEXT] [--keep DIR] [--list]

The program makes a small image from the manifest below. Each fault is seeded in a copy. Either a
few bytes are changed or, so that a rule is violated while everything else agrees, the small writer
below writes the whole image again from a changed tree. Two checkers must report a problem under the
requirement that the fault violates: lint.py in this folder, and `MAKE_DISC verify IMAGE --json`,
which must exit with 4 within ten seconds. The unchanged image, and the one that the small writer
writes from the unchanged tree, must have no problems. It prints one line for each fault,

    ok|FAIL  fault  requirement  lint:yes|no verify:yes|no

and at the end `N passed, M failed`; the exit code is 1 if anything failed.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Iterator, Literal, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent))
import lint  # noqa: E402

Order = Literal["little", "big"]
Requirements = int | tuple[int, ...]

SECTOR = lint.SECTOR
TIMEOUT = 10
VERIFICATION_FAILED = 4
PADDING = lint.PADDING
ROOT_RECORD = 156


# --- The reference.

LANGUAGES = ["en", "fr", "ar"]
# Enough formats for a folder of documents that needs several sectors in both trees.
FORMATS = ["pdf", "txt", "csv", "md", "md5", "rtf", "odt", "xml", "doc", "ods", "log", "tex"]


def reference_manifest(folder: Path) -> Path:
    """Writes the manifest and its sources. JSON is YAML."""

    def source(name: str, size: int) -> str:
        (folder / name).write_bytes(hashlib.shake_128(name.encode()).digest(size))
        return name

    many = {
        language: [
            source(f"water_{language}.{ending}", 900 + 311 * number) for number, ending in enumerate(FORMATS)
        ]
        for language in LANGUAGES
    }
    long = {
        language: source(f"long_{language}.pdf", 2048 * number + 5)
        for number, language in enumerate(LANGUAGES)
    }
    # One source with two names, which is stored once.
    twice = {"en": source("once.pdf", 5000), "fr": "once.pdf"}
    reports = [("water", many), ("a_long_name_of_21_char", long), ("once", twice)]
    entries = [{"id": name, "title": f"Report {name}", "variants": variants} for name, variants in reports]
    manifest = {
        "disc": {
            "title": "A reference",
            "volume": "REFERENCE_1",
            "languages": LANGUAGES,
            "publisher": "The tests",
            "rights": "Free.",
            "date": "2008-06-30",
            "media": "cd-700",
        },
        "sections": [
            {"id": "first", "title": "First", "reports": entries[:1]},
            {"id": "second", "title": "Second", "reports": entries[1:]},
        ],
    }
    path = folder / "manifest.yaml"
    path.write_text(json.dumps(manifest, indent=1))
    return path


class Reference:
    """The image without a fault, and its parts as lint reads them."""

    def __init__(self, program: Path, folder: Path):
        self.path = folder / "reference.iso"
        command = [str(program), "--quiet", str(reference_manifest(folder)), str(self.path)]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=True)
        self.bytes = self.path.read_bytes()
        self.disc = lint.read_disc(self.path)
        assert self.disc.primary and self.disc.joliet
        self.primary, self.joliet = self.disc.primary, self.disc.joliet
        self.pairs = {twin.path: (node, twin) for node, twin in lint.nodes_in_both(self.primary, self.joliet)}

    def volume(self, tree: str) -> lint.Volume:
        return self.primary if tree == "primary" else self.joliet

    def node(self, path: str, tree: str) -> lint.Node:
        """The node of a file or directory in one of the trees, by its path in the Joliet tree."""
        return self.pairs[path][0 if tree == "primary" else 1]

    def copy(self) -> "Copy":
        return Copy(self)


TREES = ["primary", "joliet"]
LETTERS: dict[str, Order] = {"L": "little", "M": "big"}
FILE = "/documents/second/a_long_name_of_21_char_fr.pdf"
OTHER = "/documents/second/a_long_name_of_21_char_en.pdf"
FOLDER = "/documents/second"
# A folder whose directory has more than one sector in both trees.
LONG_FOLDER = "/documents/first"


class Copy:
    """A copy of the image in which a fault is seeded. Its parts are at the same places as in the reference."""

    def __init__(self, reference: Reference):
        self.reference = reference
        self.bytes = bytearray(reference.bytes)

    def descriptor(self, tree: str) -> int:
        return self.reference.volume(tree).sector * SECTOR

    def put(self, at: int, data: bytes | bytearray) -> None:
        assert at + len(data) <= len(self.bytes)
        self.bytes[at : at + len(data)] = data

    def both(self, at: int, value: int, half: int = 4) -> None:
        self.put(at, value.to_bytes(half, "little") + value.to_bytes(half, "big"))

    def record(self, path: str, tree: str) -> lint.Record:
        return self.reference.node(path, tree).record

    def entry(self, record: lint.Record, signature: bytes) -> lint.Entry:
        return lint.entries_with(self.reference.disc.uses[record.at], signature)[0]

    def table(self, tree: str, letter: str) -> lint.Table:
        return next(table for table in self.reference.volume(tree).tables if table.kind == letter)

    @property
    def blocks(self) -> int:
        return len(self.bytes) // SECTOR

    def everywhere(self, path: str, at: int, value: int) -> None:
        """Changes a field in both byte orders in the record of a file, in both trees."""
        for tree in TREES:
            self.both(self.record(path, tree).at + at, value)

    def resize(self, path: str, tree: str, size: int) -> None:
        """Changes the data length of a directory in every record that has it."""
        node = self.reference.node(path, tree)
        records = [node.record, node.listed[0]] + [
            child.listed[1] for child in node.children if child.is_directory
        ]
        for record in records:
            self.both(record.at + 10, size)


# --- A small writer, which writes a changed tree and everything that depends on it.


@dataclass(eq=False)
class Blob:
    """A file's bytes, stored once."""

    data: bytes
    start: int = 0
    links: int = 0
    serial: int = 0


@dataclass(eq=False)
class Item:
    """A file or a directory, with its name in each tree."""

    name: str
    blob: Optional[Blob] = None
    children: list["Item"] = field(default_factory=list)
    primary: bytes = b""
    joliet: bytes = b""
    rock_ridge: bytes = b""
    # The lengths of the extents, if there is more than one.
    parts: Optional[list[int]] = None
    # An extent to record instead of the blob's, such as one outside the volume.
    elsewhere: Optional[int] = None
    # The trees that do not have it.
    absent: frozenset = frozenset()
    flags: int = 0
    # The key to sort by, instead of the identifier.
    key: Optional[bytes] = None

    def __post_init__(self) -> None:
        self.rename(self.name)

    @property
    def is_directory(self) -> bool:
        return self.blob is None

    def rename(self, name: str) -> "Item":
        self.name = name
        self.primary = lint.primary_name(name, self.is_directory).encode("latin-1") if name else b"\0"
        self.joliet = name.encode("utf-16-be", "surrogatepass") if name else b"\0"
        self.rock_ridge = name.encode("utf-8", "surrogatepass")
        return self

    def find(self, path: str) -> "Item":
        item = self
        for name in path.strip("/").split("/"):
            item = next(child for child in item.children if child.name == name)
        return item

    def add(self, item: "Item") -> "Item":
        self.children.append(item)
        return item

    def walk(self) -> Iterator["Item"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def identifier(self, tree: str) -> bytes:
        return self.primary if tree == "primary" else self.joliet

    def sorted_children(self, tree: str) -> list["Item"]:
        here = [child for child in self.children if tree not in child.absent]
        return sorted(here, key=lambda child: child.sort_key(tree))

    def sort_key(self, tree: str) -> tuple:
        if self.key is not None:
            return (self.key, b"")
        fill, dot = (b" ", b".") if tree == "primary" else (b"\0", b"\0.")
        identifier = self.identifier(tree).partition(b";")[0] if tree == "primary" else self.joliet
        name, _, extension = identifier.rpartition(dot) if dot in identifier else (identifier, b"", b"")
        return (name.ljust(256, fill), extension.ljust(256, fill))


def tree_of(reference: Reference) -> Item:
    """The reference's files as items."""
    blobs: dict[tuple, Blob] = {}
    items: dict[int, Item] = {}
    for node, twin in lint.nodes_in_both(reference.primary, reference.joliet):
        blob = None
        if not node.is_directory:
            start = node.record.extent * SECTOR
            blob = blobs.setdefault(node.extents, Blob(reference.bytes[start : start + node.size]))
        item = items[id(node)] = Item(twin.name, blob)
        if node.parent:
            items[id(node.parent)].add(item)
    return items[id(reference.primary.root)]


@dataclass
class Options:
    """What the writer does wrongly, if a fault needs it."""

    padding: int = PADDING
    unused: int = 0
    boot_record: bool = False
    crossing: bool = False
    table_order: str = "right"


class Writer:
    """Writes descriptors, directories of both trees, a continuation area, path tables, files and padding."""

    def __init__(self, reference: Reference, root: Item, options: Options):
        self.reference, self.root, self.options = reference, root, options
        dot = reference.primary.root.listed[0]
        self.date = dot.date
        self.er = lint.entries_with(reference.disc.uses[dot.at], b"ER")[0].raw
        self.continuation = 0
        self.serials: dict[int, int] = {}
        # The extent and size of each directory, by tree and item.
        self.places: dict[tuple[str, int], tuple[int, int]] = {}

    def write(self) -> bytearray:
        self.assign_numbers()
        sector = lint.FIRST_DESCRIPTOR + 3 + self.options.boot_record
        listings = {tree: list(self.directories(tree)) for tree in TREES}
        for tree in TREES:
            for item, parent in listings[tree]:
                size = len(self.directory(tree, item, parent))
                self.places[tree, id(item)] = sector, size
                sector += size // SECTOR
        self.continuation = sector
        sector += 1 + self.options.unused
        tables: dict[tuple[str, str], tuple[int, bytes]] = {}
        for tree in TREES:
            for letter, order in LETTERS.items():
                data = self.path_table(tree, listings[tree], order)
                tables[tree, letter] = sector, data
                sector += -(-len(data) // SECTOR)
        blobs = list(dict.fromkeys(item.blob for item in self.root.walk() if item.blob))
        for blob in blobs:
            blob.start = sector
            sector += -(-len(blob.data) // SECTOR)
        blocks = sector + self.options.padding
        out = bytearray(blocks * SECTOR)

        def put(sector: int, data: bytes) -> None:
            out[sector * SECTOR : sector * SECTOR + len(data)] = data

        for number, descriptor in enumerate(self.descriptors(tables, blocks)):
            put(lint.FIRST_DESCRIPTOR + number, descriptor)
        for tree in TREES:
            for item, parent in listings[tree]:
                put(self.places[tree, id(item)][0], self.directory(tree, item, parent))
        put(self.continuation, self.er)
        if self.options.unused:
            put(self.continuation + 1, b"left over")
        for sector, data in tables.values():
            put(sector, data)
        for blob in blobs:
            put(blob.start, blob.data)
        return out

    def assign_numbers(self) -> None:
        """Assigns links and serial numbers, from 1 without gaps."""
        serial = 0
        for item in self.root.walk():
            if not (item.blob and item.blob.serial):
                serial += 1
            self.serials[id(item)] = serial
            if item.blob:
                item.blob.links += "primary" not in item.absent
                item.blob.serial = item.blob.serial or serial

    def directories(self, tree: str) -> Iterator[tuple[Item, Item]]:
        """Directories with their parents, in the order of a path table (E 6.9.1)."""
        level = [(self.root, self.root)]
        while level:
            yield from level
            level = [
                (child, item)
                for item, _ in level
                for child in item.sorted_children(tree)
                if child.is_directory
            ]

    def directory(self, tree: str, item: Item, parent: Item) -> bytes:
        records = [self.dot(tree, b"\0", item), self.dot(tree, b"\1", parent)]
        for child in item.sorted_children(tree):
            records += self.records(tree, child)
        return pack(records, self.options.crossing and item.name == "first")

    def dot(self, tree: str, identifier: bytes, item: Item) -> bytes:
        extent, size = self.places.get((tree, id(item)), (0, 0))
        use = b""
        if tree == "primary":
            own = identifier == b"\0"
            root = own and item is self.root
            use = b"SP\x07\x01\xbe\xef\0" if root else b""
            use += self.px(item) + self.tf() + b"NM\x05\x01" + (b"\x02" if own else b"\x04")
            if root:
                use += b"CE\x1c\x01" + both(self.continuation) + both(0) + both(len(self.er))
        return directory_record(identifier, extent, size, self.date, lint.DIRECTORY, use)

    def records(self, tree: str, item: Item) -> list[bytes]:
        """One record, or one for each extent."""
        if item.blob:
            parts = item.parts or [len(item.blob.data)]
            start, flags = item.blob.start, item.flags
        else:
            start, size = self.places.get((tree, id(item)), (0, 0))
            parts, flags = [size], lint.DIRECTORY | item.flags
        if item.elsewhere is not None:
            start = item.elsewhere
        use = b""
        if tree == "primary":
            use = (
                self.px(item) + self.tf() + b"NM" + bytes([5 + len(item.rock_ridge), 1, 0]) + item.rock_ridge
            )
        records = []
        for number, size in enumerate(parts, start=1):
            more = 0 if number == len(parts) else lint.MULTI_EXTENT
            records.append(directory_record(item.identifier(tree), start, size, self.date, flags | more, use))
            start += -(-size // SECTOR)
        return records

    def px(self, item: Item) -> bytes:
        if item.blob:
            mode, links, serial = 0o100444, item.blob.links, item.blob.serial
        else:
            folders = [
                child for child in item.children if child.is_directory and "primary" not in child.absent
            ]
            mode, links, serial = 0o040555, 2 + len(folders), self.serials[id(item)]
        return b"PX\x2c\x01" + b"".join(map(both, (mode, links, 0, 0, serial)))

    def tf(self) -> bytes:
        return b"TF\x13\x01\x06" + 2 * self.date

    def path_table(self, tree: str, listing: list[tuple[Item, Item]], order: Order) -> bytes:
        if self.options.table_order == "swapped":
            # Two folders of the same parent without subfolders, so that no number changes.
            bare = [
                n for n, (item, _) in enumerate(listing) if not any(c.is_directory for c in item.children)
            ]
            one, other = next((a, b) for a, b in zip(bare, bare[1:]) if listing[a][1] is listing[b][1])
            listing = list(listing)
            listing[one], listing[other] = listing[other], listing[one]
        numbers = {id(item): number for number, (item, _) in enumerate(listing, start=1)}
        out = b""
        for item, parent in listing:
            identifier = item.identifier(tree)
            extent = self.places[tree, id(item)][0].to_bytes(4, order)
            out += bytes([len(identifier), 0]) + extent + numbers[id(parent)].to_bytes(2, order)
            out += identifier + b"\0" * (len(identifier) % 2)
        return out

    def descriptors(self, tables: dict[tuple[str, str], tuple[int, bytes]], blocks: int) -> Iterator[bytes]:
        for tree in TREES:
            raw = bytearray(self.reference.volume(tree).raw)
            raw[80:88] = both(blocks)
            raw[132:140] = both(len(tables[tree, "L"][1]))
            raw[140:144] = tables[tree, "L"][0].to_bytes(4, "little")
            raw[148:152] = tables[tree, "M"][0].to_bytes(4, "big")
            extent, size = self.places[tree, id(self.root)]
            raw[ROOT_RECORD : ROOT_RECORD + 34] = directory_record(
                b"\0", extent, size, self.date, lint.DIRECTORY
            )
            yield bytes(raw)
            if tree == "primary" and self.options.boot_record:
                # El Torito; the catalogue it names is not there.
                yield (b"\0CD001\1EL TORITO SPECIFICATION".ljust(71, b"\0") + b"\x13\0\0\0").ljust(
                    SECTOR, b"\0"
                )
        yield b"\xffCD001\1".ljust(SECTOR, b"\0")


def both(value: int) -> bytes:
    return value.to_bytes(4, "little") + value.to_bytes(4, "big")


def directory_record(
    identifier: bytes, extent: int, size: int, date: bytes, flags: int, use: bytes = b""
) -> bytes:
    body = (
        both(extent)
        + both(size)
        + date
        + bytes([flags, 0, 0])
        + b"\1\0\0\1"
        + bytes([len(identifier)])
        + identifier
    )
    body += b"\0" * (len(identifier) % 2 == 0) + use
    # A byte may be needed so that the length of the record is even.
    body += b"\0" * (len(body) % 2)
    return bytes([2 + len(body), 0]) + body


def pack(records: Iterable[bytes], crossing: bool) -> bytes:
    """Packs records into sectors. With `crossing`, as a fault, records cross the ends of sectors."""
    out = b""
    for record in records:
        left = -len(out) % SECTOR
        if left < len(record) and left and not crossing:
            out += b"\0" * left
        out += record
    return out + b"\0" * (-len(out) % SECTOR)


def build(reference: Reference, root: Item, **options) -> bytearray:
    return Writer(reference, root, Options(**options)).write()


# --- The faults.


@dataclass(frozen=True)
class Fault:
    name: str
    requirements: frozenset
    words: str
    seed: Callable[[Reference], bytes]


FAULTS: dict[str, Fault] = {}


def register(name: str, requirements: Requirements, words: str, seed: Callable[[Reference], bytes]) -> None:
    assert name not in FAULTS, name
    numbers = (requirements,) if isinstance(requirements, int) else requirements
    FAULTS[name] = Fault(name, frozenset(numbers), words, seed)


def patched(name: str, requirements: Requirements, words: str, patch: Callable[[Copy], None]) -> None:
    """Registers a fault in a few bytes."""

    def seed(reference: Reference) -> bytes:
        copy = reference.copy()
        patch(copy)
        return bytes(copy.bytes)

    register(name, requirements, words, seed)


def rebuilt(
    name: str, requirements: Requirements, words: str, change: Callable[[Item], None], **options
) -> None:
    """Registers a fault in the tree or the layout. Everything that depends on the changed part is written to match it."""

    def seed(reference: Reference) -> bytes:
        root = tree_of(reference)
        change(root)
        return bytes(build(reference, root, **options))

    register(name, requirements, words, seed)


Patch = Callable[[Copy], None]
# Returns the offset of a field in a copy.
Place = Callable[[Copy], int]


def descriptor_of(tree: str, at: int = 0) -> Place:
    return lambda copy: copy.descriptor(tree) + at


def record_of(path: str, tree: str, at: int = 0) -> Place:
    return lambda copy: copy.record(path, tree).at + at


def dot_of(path: str, tree: str, number: int, at: int = 0) -> Place:
    """`.` has the number 0, `..` the number 1."""
    return lambda copy: copy.reference.node(path, tree).listed[number].at + at


def entry_of(path: str, signature: bytes, at: int = 0) -> Place:
    """A system use entry."""
    return lambda copy: copy.entry(copy.record(path, "primary"), signature).at + at


def root_entry_of(signature: bytes, at: int = 0) -> Place:
    return lambda copy: copy.entry(copy.reference.primary.root.listed[0], signature).at + at


def table_entry_of(tree: str, letter: str, number: int, at: int = 0) -> Place:
    return lambda copy: copy.table(tree, letter).entries[number][0] + at


def put(place: Place, data: bytes) -> Patch:
    return lambda copy: copy.put(place(copy), data)


def number(place: Place, value: int, half: int = 4) -> Patch:
    """Writes a number in both byte orders."""
    return lambda copy: copy.both(place(copy), value, half)


def flip(place: Place) -> Patch:
    def patch(copy: Copy) -> None:
        copy.bytes[place(copy)] ^= 0x55

    return patch


def in_descriptor(tree: str, at: int, data: bytes) -> Patch:
    return put(descriptor_of(tree, at), data)


def in_record(path: str, tree: str, at: int, data: bytes) -> Patch:
    return put(record_of(path, tree, at), data)


def in_entry(path: str, signature: bytes, at: int, data: bytes) -> Patch:
    return put(entry_of(path, signature, at), data)


def in_root_entry(signature: bytes, at: int, data: bytes) -> Patch:
    return put(root_entry_of(signature, at), data)


def nothing(_: Item) -> None:
    pass


def image_and_descriptors() -> None:
    def cut(copy: Copy) -> None:
        copy.bytes += b"x" * 100

    patched("size-not-of-sectors", 1, "the image ends within a sector", cut)
    patched("boot-code", 1, "code in sector 0", lambda copy: copy.put(0, b"\xeb\x3c\x90"))
    patched(
        "partition-table",
        1,
        "an MBR's table in sector 0",
        lambda copy: copy.put(446, b"\x80" + b"\1" * 15 + b"\0" * 48 + b"\x55\xaa"),
    )
    patched("system-area-end", 1, "a byte in sector 15", lambda copy: copy.put(16 * SECTOR - 1, b"\1"))
    patched(
        "primary-missing",
        1,
        "the first descriptor is a second supplementary one",
        in_descriptor("primary", 0, b"\2"),
    )
    patched("primary-twice", 1, "the second descriptor says it is primary", in_descriptor("joliet", 0, b"\1"))
    for tree in TREES:
        patched(
            f"{tree}-identifier",
            (1, 9) if tree == "joliet" else 1,
            f"CD002 in the {tree} descriptor",
            in_descriptor(tree, 5, b"2"),
        )
        patched(f"{tree}-version-2", 1, f"version 2 of the {tree} descriptor", in_descriptor(tree, 6, b"\2"))
        patched(
            f"{tree}-structure-version",
            1,
            f"file structure version 2, {tree}",
            in_descriptor(tree, 881, b"\2"),
        )
        for at in [7, 72, 79, 882, 1395, 2047] + ([88, 119] if tree == "primary" else []):
            patched(
                f"{tree}-reserved-{at}",
                1,
                f"reserved byte {at} of the {tree} descriptor",
                in_descriptor(tree, at, b"\x80"),
            )
    patched("terminator-missing", 1, "no terminator", lambda copy: copy.put(18 * SECTOR, b"\0" * 7))
    patched(
        "terminator-version-2",
        1,
        "version 2 of the terminator",
        lambda copy: copy.put(18 * SECTOR + 6, b"\2"),
    )
    patched(
        "terminator-not-zero",
        1,
        "a byte in the rest of the terminator",
        lambda copy: copy.put(18 * SECTOR + 2000, b"\1"),
    )
    rebuilt("boot-record", 1, "a boot record among the descriptors", nothing, boot_record=True)


def block_size(tree: str) -> None:
    for size in (512, 4096):
        words = f"blocks of {size} bytes in the {tree} descriptor"
        patched(f"{tree}-block-size-{size}", 2, words, number(descriptor_of(tree, 128), size, 2))


def byte_orders_of(tree: str) -> None:
    for name, (at, half) in lint.BOTH_ENDIAN.items():
        requirement = (2, 3) if at == 128 else 3
        slug, words = name.replace(" ", "-"), f"big-endian {name} differs, {tree}"
        patched(f"{tree}-{slug}-orders", requirement, words, flip(descriptor_of(tree, at + 2 * half - 1)))
    for name, last in (("extent", 9), ("size", 17), ("sequence", 31)):
        words = f"big-endian {name} of"
        root = descriptor_of(tree, ROOT_RECORD + last)
        patched(
            f"{tree}-root-record-{name}-orders", 3, f"{words} the root's record differs, {tree}", flip(root)
        )
        file = record_of(FILE, tree, last)
        patched(f"{tree}-file-{name}-orders", 3, f"{words} a file differs, {tree}", flip(file))
        dotdot = dot_of(FOLDER, tree, 1, last)
        patched(f"{tree}-dotdot-{name}-orders", 3, f"{words} a `..` differs, {tree}", flip(dotdot))
    space, size, sequence = (descriptor_of(tree, at) for at in (80, 120, 124))
    patched(
        f"{tree}-space-smaller",
        (3, 13),
        f"a volume space 10 blocks smaller, {tree}",
        lambda copy: copy.both(space(copy), copy.blocks - 10),
    )
    patched(
        f"{tree}-space-larger",
        3,
        f"a volume space 10 blocks larger, {tree}",
        lambda copy: copy.both(space(copy), copy.blocks + 10),
    )
    patched(f"{tree}-set-size-2", (3, 4), f"a volume set of 2, {tree}", number(size, 2, 2))
    patched(f"{tree}-sequence-2", (3, 4), f"volume 2 of its set, {tree}", number(sequence, 2, 2))
    file = record_of(FILE, tree, 28)
    patched(f"{tree}-file-on-volume-2", (3, 6), f"a file on volume 2, {tree}", number(file, 2, 2))


def both_byte_orders() -> None:
    for index, name in enumerate(("mode", "links", "uid", "gid", "serial")):
        px = entry_of(FILE, b"PX", 4 + 8 * index + 7)
        patched(f"px-{name}-orders", (3, 15), f"big-endian {name} of a `PX` differs", flip(px))
    for index, name in enumerate(("block", "offset", "length")):
        ce = root_entry_of(b"CE", 4 + 8 * index + 7)
        patched(f"ce-{name}-orders", (3, 15), f"big-endian {name} of a `CE` differs", flip(ce))

    def trailing(copy: Copy) -> None:
        copy.bytes += b"\0" * (4 * SECTOR) + b"more" * (SECTOR // 4)

    def truncated(copy: Copy) -> None:
        # More than the padding, which drives may fail to read.
        del copy.bytes[-155 * SECTOR :]

    patched("trailing-sectors", 3, "five sectors after the volume space", trailing)
    patched("truncated", 3, "the last sectors are missing, with the end of the list", truncated)


def descriptor_identifiers() -> None:
    for name, (at, length, allowed) in lint.IDENTIFIERS.items():
        slug = name.removesuffix(" identifier").replace(" ", "-")
        text = b"Read me" if allowed is lint.A_CHARACTERS else b"READ#ME"
        patched(
            f"{slug}-characters",
            4,
            f"forbidden characters in the {name}",
            in_descriptor("primary", at, text.ljust(length)),
        )
        patched(
            f"{slug}-nul-filled",
            4,
            f"the {name} padded with NUL",
            in_descriptor("primary", at, b"ABC".ljust(length, b"\0")),
        )
        patched(
            f"joliet-{slug}-nul-filled",
            4,
            f"the Joliet {name} padded with NUL",
            in_descriptor("joliet", at, "ABC".encode("utf-16-be").ljust(length, b"\0")),
        )
        patched(
            f"joliet-{slug}-differs",
            4,
            f"a different {name} in Joliet",
            in_descriptor("joliet", at, "ABC".encode("utf-16-be")),
        )
        patched(
            f"joliet-{slug}-single-bytes",
            4,
            f"the Joliet {name} in single bytes",
            in_descriptor("joliet", at, b"ABC".ljust(length)),
        )
    patched(
        "volume-lower-case",
        4,
        "lower case in the volume identifier",
        in_descriptor("primary", 40, b"Reference_1"),
    )
    patched(
        "volume-with-space",
        4,
        "a space in the volume identifier",
        in_descriptor("primary", 40, b"REFERENCE 1"),
    )
    patched(
        "volume-not-left",
        4,
        "a volume identifier that starts with a space",
        in_descriptor("primary", 40, b" REFERENCE_1"),
    )
    patched("volume-empty", 4, "no volume identifier", in_descriptor("primary", 40, b" " * 32))
    patched(
        "joliet-volume-control",
        4,
        "a control character in the Joliet volume identifier",
        in_descriptor("joliet", 40, b"\0\7"),
    )
    patched(
        "joliet-volume-star", 4, "a `*` in the Joliet volume identifier", in_descriptor("joliet", 40, b"\0*")
    )
    patched(
        "joliet-odd-byte", 4, "the 37th byte of a Joliet file identifier", in_descriptor("joliet", 738, b" ")
    )
    patched(
        "copyright-no-file",
        4,
        "a copyright file that does not exist",
        in_descriptor("primary", 702, b"NOWHERE.TXT;1".ljust(37)),
    )
    patched(
        "abstract-too-long",
        4,
        "an abstract file's name of more than 8 and 3",
        in_descriptor("primary", 739, b"TOO_LONG_A_NAME.TEXT;1".ljust(37)),
    )

    def too_long(copy: Copy) -> None:
        copy.put(copy.descriptor("primary") + 40, b"REFERENCE_OF_MORE_THAN_16".ljust(32))
        copy.put(copy.descriptor("joliet") + 40, "REFERENCE_OF_MOR".encode("utf-16-be"))

    patched("volume-cut-in-joliet", 4, "a volume identifier of more than 16, cut in Joliet", too_long)
    dates = {
        "month-13": b"2008130100000000\0",
        "february-30": b"2008023000000000\0",
        "hour-24": b"2008063024000000\0",
        "second-60": b"2008063000006000\0",
        "no-digits": b"2008-06-30T00:00\0",
        "zone-53": b"2008063000000000\x35",
        "zone-minus-49": b"2008063000000000\xcf",
        "ascii-zero-zone": b"00000000000000000",
        "nul": b"\0" * 17,
        "spaces": b" " * 17,
        "year-0": b"0000063000000000\0",
    }
    for name, date in dates.items():

        def patch(copy: Copy, date: bytes = date) -> None:
            for tree in TREES:
                copy.put(copy.descriptor(tree) + 813, date)

        patched(f"creation-{name}", 4, f"the creation date {date!r}", patch)
    for name, at in lint.DESCRIPTOR_DATES.items():
        patched(
            f"joliet-{name}-bad",
            4,
            f"the Joliet {name} date has month 13",
            in_descriptor("joliet", at, b"2008130100000000\0"),
        )
        patched(
            f"{name}-filled-with-spaces",
            4,
            f"the {name} date is spaces",
            in_descriptor("primary", at, b" " * 17),
        )


def path_table(tree: str, letter: str) -> None:
    """Faults in one table only."""
    order = LETTERS[letter]
    name, words = f"{tree}-table-{letter.lower()}", f"the {letter} table, {tree}"
    extent, parent = (table_entry_of(tree, letter, 2, at) for at in (2, 6))
    patched(f"{name}-extent", 5, f"a wrong extent in {words}", put(extent, (19).to_bytes(4, order)))
    for slug, value in (("", 2), ("-zero", 0), ("-above", 65535)):
        changed = put(parent, value.to_bytes(2, order))
        patched(f"{name}-parent{slug}", 5, f"the parent {value} in {words}", changed)
    root = table_entry_of(tree, letter, 0, 6)
    patched(f"{name}-root-parent", 5, f"the root's parent in {words}", put(root, (2).to_bytes(2, order)))
    patched(f"{name}-name", 5, f"a name changed in {words}", flip(table_entry_of(tree, letter, 2, 9)))
    attributes, padding = table_entry_of(tree, letter, 1, 1), table_entry_of(tree, letter, 0, 9)
    patched(f"{name}-attributes", 5, f"an attribute record in {words}", put(attributes, b"\1"))
    patched(f"{name}-padding", 5, f"a padding byte in {words}", put(padding, b"\1"))

    def after_end(copy: Copy) -> None:
        size = lint.le(copy.reference.volume(tree).raw, 132)
        copy.put(copy.table(tree, letter).sector * SECTOR + size, b"\1")

    def wrong_order(copy: Copy) -> None:
        other = copy.table(tree, "M" if letter == "L" else "L")
        size = lint.le(copy.reference.volume(tree).raw, 132)
        data = copy.bytes[other.sector * SECTOR : other.sector * SECTOR + size]
        copy.put(copy.table(tree, letter).sector * SECTOR, data)

    patched(f"{name}-rest", 5, f"a byte after the end of {words}", after_end)
    patched(f"{name}-byte-order", 5, f"the other byte order in {words}", wrong_order)
    field_at, optional = (140, 144) if letter == "L" else (148, 152)
    elsewhere = in_descriptor(tree, field_at, (19).to_bytes(4, order))
    patched(f"{name}-place", 5, f"a wrong sector for {words} in the descriptor", elsewhere)
    second = in_descriptor(tree, optional, (20).to_bytes(4, order))
    patched(f"{name}-optional", 5, f"an optional table besides {words} that does not exist", second)


def path_tables(tree: str) -> None:
    """The same fault in L and M."""

    def resized(copy: Copy, by: int) -> None:
        at = copy.descriptor(tree) + 132
        copy.both(at, lint.le(bytes(copy.bytes), at) + by)

    def last_gone(copy: Copy) -> None:
        """Removes the last entry, and changes the size to match."""
        size = lint.le(copy.reference.volume(tree).raw, 132)
        last = copy.table(tree, "L").entries[-1][0] - copy.table(tree, "L").sector * SECTOR
        for letter in LETTERS:
            copy.put(copy.table(tree, letter).sector * SECTOR + last, b"\0" * (size - last))
        resized(copy, last - size)

    def swapped(copy: Copy) -> None:
        """Swaps two neighbours with the same parent and no children, so that every number stays correct."""
        entries = copy.table(tree, "L").entries
        parents = {entry[3] for entry in entries}
        one = next(
            n
            for n in range(1, len(entries) - 1)
            if entries[n][3] == entries[n + 1][3] and not {n + 1, n + 2} & parents
        )
        for letter in LETTERS:
            table = copy.table(tree, letter)
            start, middle = table.entries[one][0], table.entries[one + 1][0]
            end = middle + 8 + len(entries[one + 1][1]) + len(entries[one + 1][1]) % 2
            copy.put(start, copy.bytes[middle:end] + copy.bytes[start:middle])

    larger, smaller = (lambda copy: resized(copy, 10)), (lambda copy: resized(copy, -10))
    patched(f"{tree}-table-larger", 5, f"a path table size 10 bytes larger, {tree}", larger)
    patched(f"{tree}-table-smaller", 5, f"a path table size 10 bytes smaller, {tree}", smaller)
    patched(f"{tree}-table-entry-missing", 5, f"the last directory is missing in the path tables, {tree}", last_gone)
    patched(f"{tree}-table-order", 5, f"two entries swapped in L and M, {tree}", swapped)


def order_of_path_tables() -> None:
    rebuilt("table-order-both", 5, "two entries swapped in every path table", nothing, table_order="swapped")


def dots(tree: str) -> None:
    for index, name in enumerate(("dot", "dotdot")):
        words = f"`{'.' * (index + 1)}`"
        extent, size, flags = (dot_of(FOLDER, tree, index, at) for at in (2, 10, 25))
        patched(f"{tree}-{name}-extent", 6, f"{words} points elsewhere, {tree}", number(extent, 19))
        patched(f"{tree}-{name}-size", 6, f"{words} with a wrong size, {tree}", number(size, 2 * SECTOR))
        patched(f"{tree}-{name}-flags", 6, f"{words} is not a directory, {tree}", put(flags, b"\0"))
    size = dot_of(LONG_FOLDER, tree, 0, 10)
    patched(
        f"{tree}-long-dot-size", 6, f"`.` of a long directory has the size of one sector, {tree}", number(size, SECTOR)
    )

    def to_itself(copy: Copy) -> None:
        for node in copy.reference.volume(tree).directories():
            copy.both(node.listed[1].at + 2, node.record.extent)
            copy.both(node.listed[1].at + 10, node.record.size)

    def own_size(copy: Copy) -> None:
        long = copy.reference.node(LONG_FOLDER, tree)
        copy.both(long.listed[1].at + 10, long.record.size)

    def swapped(copy: Copy) -> None:
        one, other = copy.reference.node(FOLDER, tree).listed[:2]
        copy.put(one.at, other.raw + one.raw)

    def missing(copy: Copy) -> None:
        node = copy.reference.node(FOLDER, tree)
        first, start = node.listed[2].at, node.listed[0].at
        copy.put(start, copy.bytes[first : start + SECTOR].ljust(SECTOR, b"\0"))

    patched(f"{tree}-dotdot-itself", 6, f"every `..` points at its own directory, {tree}", to_itself)
    patched(
        f"{tree}-dotdot-own-size", 6, f"`..` of a long directory has the size of that directory, {tree}", own_size
    )
    patched(f"{tree}-dots-swapped", 6, f"`..` before `.`, {tree}", swapped)
    patched(f"{tree}-dots-missing", 6, f"neither `.` nor `..`, {tree}", missing)


def directories(tree: str) -> None:
    def rest(path: str) -> Patch:
        """Changes the last byte of the first sector of a directory."""
        return lambda copy: copy.put((copy.record(path, tree).extent + 1) * SECTOR - 1, b"\1")

    def too_long(copy: Copy) -> None:
        """Extends the record nearest to the end of a sector into the next one."""
        record = max(copy.reference.node(LONG_FOLDER, tree).listed, key=lambda record: record.at % SECTOR)
        copy.put(record.at, bytes([SECTOR - record.at % SECTOR + 2]))

    def below_itself(copy: Copy) -> None:
        copy.both(copy.record(FOLDER, tree).at + 2, copy.reference.volume(tree).root.record.extent)

    patched(f"{tree}-rest-of-sector", 6, f"a byte after the last record, {tree}", rest(FOLDER))
    patched(f"{tree}-rest-between", 6, f"a byte between the records of two sectors, {tree}", rest(LONG_FOLDER))
    for name, size in (("length-not-of-sectors", 1000), ("length-zero", 0)):

        def resized(copy: Copy, size: int = size) -> None:
            copy.resize(FOLDER, tree, size)

        patched(f"{tree}-{name}", 6, f"a directory of {size} bytes, {tree}", resized)
    patched(f"{tree}-record-too-short", 6, f"a record of 20 bytes, {tree}", in_record(FILE, tree, 0, b"\x14"))
    patched(f"{tree}-record-too-long", 6, f"a record with a length beyond its sector, {tree}", too_long)
    beyond = in_record(FILE, tree, 32, b"\xf0")
    patched(f"{tree}-identifier-too-long", 6, f"an identifier longer than its record, {tree}", beyond)
    attributes = in_record(FILE, tree, 1, b"\1")
    patched(f"{tree}-attributes", (6, 10), f"a file with an attribute record, {tree}", attributes)
    unit, gap = (in_record(FILE, tree, at, b"\1") for at in (26, 27))
    patched(f"{tree}-unit-size", (6, 10, 12), f"a file unit size, {tree}", unit)
    patched(f"{tree}-interleave-gap", (6, 10, 12), f"an interleave gap, {tree}", gap)
    for name, flag in FLAGS.items():
        flagged = in_record(FILE, tree, 25, bytes([flag]))
        patched(f"{tree}-flag-{name}", 6, f"a file with the flag {flag:02x}, {tree}", flagged)
    no_directory = in_record(FOLDER, tree, 25, b"\0")
    patched(f"{tree}-no-directory", (5, 6, 8, 10), f"the record of a directory is that of a file, {tree}", no_directory)
    patched(f"{tree}-loop", (5, 6), f"a directory below itself, {tree}", below_itself)
    root = in_descriptor(tree, ROOT_RECORD + 33, b"\1")
    patched(f"{tree}-root-identifier", 6, f"the root's record in the descriptor is `..`, {tree}", root)


FLAGS = {
    "hidden": 0x01,
    "associated": 0x04,
    "record-format": 0x08,
    "protection": 0x10,
    "reserved-5": 0x20,
    "reserved-6": 0x40,
}


def records() -> None:
    def primary_padding(copy: Copy) -> None:
        even = (node for node in copy.reference.primary.files() if len(node.record.identifier) % 2 == 0)
        record = next(even).record
        copy.put(record.at + 33 + len(record.identifier), b"\1")

    def joliet_padding(copy: Copy) -> None:
        record = copy.record(FILE, "joliet")
        copy.put(record.at + 33 + len(record.identifier), b"\1")

    patched("primary-padding-byte", 6, "the padding byte after an identifier of even length", primary_padding)
    patched("joliet-padding-byte", 6, "the padding byte after a Joliet identifier", joliet_padding)
    rebuilt("record-crossing", 6, "records continue from one sector to the next", nothing, crossing=True)


def records_swapped(tree: str) -> None:
    def swapped(copy: Copy) -> None:
        one, other = copy.record(OTHER, tree), copy.record(FILE, tree)
        between = copy.bytes[one.at + len(one.raw) : other.at]
        copy.put(one.at, other.raw + bytes(between) + one.raw)

    patched(f"{tree}-records-swapped", 7, f"two records swapped, {tree}", swapped)


def order_of_records() -> None:
    def folder_last(root: Item) -> None:
        root.find("/pages").key = b"\xff"

    def version_compared(root: Item) -> None:
        """`.MD5;1` before `.MD;1`, as from a writer that compares whole identifiers."""
        folder = root.find(FOLDER)
        for name in ("sums.md", "sums.md5"):
            folder.add(Item(name, Blob(name.encode())))
        for item in folder.children:
            item.key = item.primary

    def folders_first(root: Item) -> None:
        for item in root.children:
            if item.is_directory:
                item.key = b"\0"

    rebuilt("folder-last", 7, "a folder after the files", folder_last)
    rebuilt("folders-first", 7, "folders before files, and not by name", folders_first)
    rebuilt(
        "version-compared",
        7,
        "sorted by whole identifiers, so that `.MD5;1` is before `.MD;1`",
        version_compared,
    )


def primary_identifiers() -> None:
    names = {
        "too-long": b"A_LONG_NAME_OF_MORE_THAN_30.TEXT;1",
        "two-dots": b"A_LONG.NAME.PDF;1",
        "no-dot": b"A_LONG_NAME;1",
        "no-version": b"A_LONG_NAME.PDF",
        "version-2": b"A_LONG_NAME.PDF;2",
        "two-versions": b"A_LONG_NAME.PDF;1;1",
        "lower-case": b"a_long_name.pdf;1",
        "hyphen": b"A-LONG-NAME.PDF;1",
        "space": b"A LONG NAME.PDF;1",
        "high-byte": b"A_LONG_N\xc1ME.PDF;1",
        "only-dot": b".;1",
    }
    for name, identifier in names.items():

        def change(root: Item, identifier: bytes = identifier) -> None:
            root.find(FILE).primary = identifier

        rebuilt(f"primary-name-{name}", 8, f"the primary name {identifier!r}", change)
    for name, identifier in {
        "dot": b"SECOND.X",
        "version": b"SECOND;1",
        "lower-case": b"second",
        "32": b"S" * 32,
    }.items():

        def change_folder(root: Item, identifier: bytes = identifier) -> None:
            root.find(FOLDER).primary = identifier

        rebuilt(f"primary-folder-{name}", 8, f"the primary folder {identifier!r}", change_folder)

    def deep(root: Item) -> None:
        folder = root
        for level in range(2, 10):
            folder = folder.add(Item(f"level{level}"))
        folder.add(Item("deep.txt", Blob(b"deep")))

    def long_path(root: Item) -> None:
        folder = root
        for level in range(2, 9):
            folder = folder.add(Item(f"{level}" * 31))
        folder.add(Item("n" * 26 + ".txt", Blob(b"far")))

    rebuilt("directory-level-9", 8, "a directory at level 9", deep)
    rebuilt("primary-path-256", 8, "a primary path of 256, which makes the Joliet path longer than 240, too", long_path)


def joliet_identifiers() -> None:
    for name, escape in {
        "unknown": b"%/F",
        "level-0": b"%/B",
        "none": b"\0\0\0",
        "other": b"(B",
        "latin": b"%/A",
    }.items():
        patched(
            f"escape-{name}",
            (1, 9),
            f"the escape sequence {escape!r}",
            in_descriptor("joliet", 88, escape.ljust(32, b"\0")),
        )
    patched(
        "escape-second", 9, "a second escape sequence after the first", in_descriptor("joliet", 91, b"%/@")
    )
    names = {
        "star": "a*b.pdf",
        "colon": "a:b.pdf",
        "semicolon": "a;b.pdf",
        "version": "ab.pdf;1",
        "question": "a?b.pdf",
        "backslash": "a\\b.pdf",
        "slash": "a/b.pdf",
        "control": "a\x07b.pdf",
        "nul": "a\0b.pdf",
        "delete": "a\x7fb.pdf",
        "lone-surrogate": "a\ud800b.pdf",
        "low-surrogate": "a\udc00b.pdf",
        "astral": "a\U0001f4dab.pdf",
        "not-a-character": "a\uffffb.pdf",
        "65-units": "n" * 61 + ".pdf",
    }
    for name, text in names.items():

        def change(root: Item, text: str = text) -> None:
            item = root.find(FILE).rename(text)
            if len(item.primary) > 33:
                item.primary = b"CHANGED.PDF;1"

        rebuilt(f"joliet-name-{name}", 9, f"the name {text!r} in Joliet and Rock Ridge", change)

    def single_bytes(root: Item) -> None:
        root.find(FILE).joliet = b"single.pdf1"

    def odd(root: Item) -> None:
        root.find(FILE).joliet += b"\0"

    def long_path(root: Item) -> None:
        """241 units, with a primary path within its limit."""
        folder = root
        for level in range(2, 9):
            folder = folder.add(Item(f"{level}" * 30))
        folder.add(Item("n" * 20 + ".txt", Blob(b"far")))

    rebuilt("joliet-name-odd", 9, "a Joliet name of an odd number of bytes, the last one zero", odd)
    rebuilt("joliet-name-single-bytes", 9, "a Joliet name in single bytes", single_bytes)
    rebuilt("joliet-path-241", 9, "a Joliet path longer than 240 units", long_path)


def in_both_trees(at: int, value: Callable[[Copy], int]) -> Patch:
    """Changes a number in the records of the file."""
    return lambda copy: copy.everywhere(FILE, at, value(copy))


WRONG_EXTENTS: list[tuple[str, str, Callable[[Copy], int]]] = [
    (
        "overlap-directory",
        "a file is where a directory is",
        lambda copy: copy.record(FOLDER, "joliet").extent,
    ),
    ("overlap-path-table", "a file is where a path table is", lambda copy: copy.table("joliet", "M").sector),
    ("overlap-descriptor", "a file is where the terminator is", lambda _: 18),
    ("extent-outside", "a file after the end of the volume", lambda copy: copy.blocks + 100),
    ("extent-far-outside", "a file at the highest possible block number", lambda _: 0xFFFFFFFF),
    ("extent-across-end", "a file that continues past the end of the volume", lambda copy: copy.blocks - 1),
    ("extent-in-system-area", "a file in the system area", lambda _: 3),
]


def extents_of(tree: str) -> None:
    def other_extent(copy: Copy) -> None:
        copy.both(copy.record(FILE, tree).at + 2, copy.record(OTHER, tree).extent)

    def other_size(copy: Copy) -> None:
        copy.both(copy.record(FILE, tree).at + 10, copy.record(FILE, tree).size - 1)

    def outside(copy: Copy) -> None:
        copy.both(copy.record(FOLDER, tree).at + 2, copy.blocks + 7)

    def file_absent(root: Item) -> None:
        root.find(FILE).absent = frozenset([tree])

    def folder_absent(root: Item) -> None:
        root.add(Item("apart")).absent = frozenset([tree])

    patched(f"{tree}-file-extent", 10, f"a different extent of a file, {tree} only", other_extent)
    patched(f"{tree}-file-size", 10, f"a different length of a file, {tree} only", other_size)
    patched(f"{tree}-directory-outside", (5, 6, 10), f"a directory outside the volume, {tree}", outside)
    rebuilt(f"{tree}-file-missing", 10, f"a file is not in the {tree} tree", file_absent)
    rebuilt(f"{tree}-folder-missing", 10, f"a folder is not in the {tree} tree", folder_absent)


def extents() -> None:
    def shifted(copy: Copy) -> None:
        copy.everywhere(FILE, 2, copy.record(FILE, "primary").extent - 1)

    def longer(copy: Copy) -> None:
        copy.everywhere(OTHER, 10, copy.record(OTHER, "primary").size + 3 * SECTOR)

    patched("overlap-start", 10, "a file starts in the last sector of the one before", shifted)
    patched("overlap-end", 10, "a file continues into the next one", longer)
    for name, words, sector in WRONG_EXTENTS:
        patched(name, 10, words, in_both_trees(2, sector))
    patched("size-outside", 10, "a file longer than the volume", in_both_trees(10, lambda _: 0xFFFFF000))

    def empty(start: Optional[int]) -> Callable[[Item], None]:
        def change(root: Item) -> None:
            root.find(FOLDER).add(Item("empty.txt", Blob(b""))).elsewhere = start

        return change

    rebuilt("empty-outside", 10, "an empty file after the end of the volume", empty(1 << 20))
    rebuilt(
        "empty-far-outside", 10, "an empty file at the highest possible block number", empty(0xFFFFFFFF)
    )

    def other_name(root: Item) -> None:
        root.find(FILE).primary = b"QUITE_ANOTHER.PDF;1"

    rebuilt("primary-name-unlike", 10, "a primary name that does not match the Joliet name", other_name)

    def after_end(copy: Copy) -> None:
        node = copy.reference.node(FILE, "primary")
        copy.put(node.record.extent * SECTOR + node.size, b"left over")

    patched("slack", 10, "bytes after the end of a file", after_end)
    rebuilt("unused-sector", 10, "bytes in a sector without an owner", nothing, unused=1)


def names_for_windows() -> None:
    names = {
        "con": "con.pdf",
        "prn": "prn",
        "aux-two-dots": "aux.tar.gz",
        "nul": "NUL.txt",
        "com1": "com1.pdf",
        "lpt9": "lpt9",
        "trailing-dot": "name.pdf.",
        "trailing-space": "name.pdf ",
        "less": "a<b.pdf",
        "greater": "a>b.pdf",
        "quote": 'a"b.pdf',
        "bar": "a|b.pdf",
    }
    for name, text in names.items():

        def change(root: Item, text: str = text) -> None:
            root.find(FILE).rename(text)

        rebuilt(f"windows-{name}", 11, f"the name {text!r}", change)

    def device_folder(root: Item) -> None:
        root.find(FOLDER).rename("aux")

    rebuilt("windows-device-folder", 11, "a folder aux", device_folder)
    pairs = {
        "case": ("name.txt", "Name.txt"),
        "case-not-ascii": ("\u00e9t\u00e9.txt", "\u00c9T\u00c9.txt"),
        "nfc": ("\u00e9.txt", "e\u0301.txt"),
        "same": ("same.txt", "same.txt"),
    }
    for name, (one, other) in pairs.items():

        def add(root: Item, one: str = one, other: str = other) -> None:
            folder = root.find(FOLDER)
            folder.add(Item(one, Blob(b"one"))).primary = b"NAME.TXT;1"
            folder.add(Item(other, Blob(b"other"))).primary = b"NAME2.TXT;1"

        rebuilt(f"duplicate-{name}", 11, f"{one!r} beside {other!r}", add)

    def primary_twice(root: Item) -> None:
        for path in (FILE, OTHER):
            root.find(path).primary = b"SAME.PDF;1"

    rebuilt("duplicate-primary", 11, "one primary name twice", primary_twice)


def several_extents() -> None:
    for tree in TREES:
        patched(
            f"{tree}-extent-missing",
            12,
            f"a file should continue, but no further extent follows, {tree}",
            in_record(FILE, tree, 25, b"\x80"),
        )

    def both_trees(copy: Copy) -> None:
        for tree in TREES:
            copy.put(copy.record(FILE, tree).at + 25, b"\x80")

    def parts(sizes: list[int]) -> Callable[[Item], None]:
        def change(root: Item) -> None:
            root.find(FOLDER).add(Item("parts.bin", Blob(b"x" * 3 * SECTOR))).parts = sizes

        return change

    def last_goes_on(root: Item) -> None:
        parts([SECTOR, 2 * SECTOR])(root)
        root.find(FOLDER).children[-1].flags = lint.MULTI_EXTENT

    patched("extent-missing", 12, "a file should continue, but no further extent follows", both_trees)
    rebuilt(
        "part-not-of-sectors",
        12,
        "an extent that another follows ends within a sector",
        parts([SECTOR - 100, 2 * SECTOR]),
    )
    rebuilt("part-empty", 12, "an empty extent that another follows", parts([0, 3 * SECTOR]))
    rebuilt("last-extent-goes-on", 12, "the last extent has the flag that another follows", last_goes_on)


def padding() -> None:
    rebuilt("padding-100", 13, "100 sectors of padding", nothing, padding=100)
    rebuilt("padding-149", 13, "149 sectors of padding", nothing, padding=149)
    rebuilt("padding-none", 13, "no padding", nothing, padding=0)
    patched(
        "padding-not-zero",
        13,
        "a byte in the padding",
        lambda copy: copy.put(len(copy.bytes) - 20 * SECTOR, b"\1"),
    )
    patched(
        "padding-last-byte",
        13,
        "the last byte of the padding",
        lambda copy: copy.put(len(copy.bytes) - 1, b"\1"),
    )
    patched("file-in-padding", 13, "a file in the padding", in_both_trees(2, lambda copy: copy.blocks - 20))

    def outside(copy: Copy) -> None:
        for tree in TREES:
            copy.both(copy.descriptor(tree) + 80, copy.blocks - PADDING)

    patched("padding-outside", (3, 13), "the padding is after the volume space", outside)


def application_use() -> None:
    check = (
        b"ISO MD5SUM = 00112233445566778899aabbccddeeff;SKIPSECTORS = %d;RHLISOSTATUS=0;FRAGMENT SUMS = %s;"
        b"FRAGMENT COUNT = 20;THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!"
    )
    texts = {
        "zeros": b"\0" * 512,
        "zero-at-end": b" " * 511 + b"\0",
        "other-text": b"MADE BY HAND".ljust(512),
        "check-garbled": (check % (15, b"0" * 60)).replace(b"MD5SUM =", b"MD5SUM:", 1).ljust(512),
        "check-skips-0": (check % (0, b"0" * 60)).ljust(512),
        "check-skips-200": (check % (200, b"0" * 60)).ljust(512),
        "check-fragments": (check % (15, b"0" * 50)).ljust(512),
    }
    for name, text in texts.items():
        patched(
            f"application-{name}", 14, f"application use: {text[:24]!r}…", in_descriptor("primary", 883, text)
        )


def rock_ridge() -> None:
    patched("sp-missing", 15, "no `SP`", in_root_entry(b"SP", 0, b"XX"))
    patched("sp-check-bytes", 15, "wrong check bytes in `SP`", in_root_entry(b"SP", 4, b"\xef\xbe"))
    patched("sp-skip", 15, "`SP` says to skip bytes", in_root_entry(b"SP", 6, b"\x0f"))
    patched("er-missing", 15, "no `ER`", in_root_entry(b"ER", 0, b"XX"))
    patched("er-other", 15, "`ER` names another extension", in_root_entry(b"ER", 8, b"RRIP_1992B"))
    patched("er-version", 15, "version 2 of `ER`", in_root_entry(b"ER", 3, b"\2"))
    patched("er-extension-version", 15, "version 2 of the extension", in_root_entry(b"ER", 7, b"\2"))
    patched("er-lengths", 15, "lengths in `ER` that do not add up", in_root_entry(b"ER", 4, b"\x20"))
    patched("ce-outside", 15, "`CE` outside the volume", in_root_entry(b"CE", 4, both(1 << 24)))
    patched("ce-system-area", 15, "`CE` in the system area", in_root_entry(b"CE", 4, both(1)))
    patched("ce-offset", 15, "`CE` past the end of its sector", in_root_entry(b"CE", 12, both(2000)))
    patched("ce-length", 15, "`CE` with a length of no bytes", in_root_entry(b"CE", 20, both(0)))
    patched("ce-too-long", 15, "`CE` with a length of 4 GiB", in_root_entry(b"CE", 20, both(0xFFFFFFFF)))

    def ce_loop(copy: Copy) -> None:
        """Writes a continuation area with a `CE` that points to the area itself."""
        ce = copy.entry(copy.reference.primary.root.listed[0], b"CE")
        block = lint.le(ce.raw, 4)
        copy.put(block * SECTOR, b"CE\x1c\x01" + both(block) + both(0) + both(28))
        copy.both(ce.at + 20, 28)

    patched("ce-loop", 15, "a continuation area that continues at itself", ce_loop)
    for name, mode in (
        ("writable", 0o100644),
        ("executable", 0o100555),
        ("set-user", 0o104444),
        ("link", 0o120444),
        ("no-type", 0o444),
    ):
        patched(f"px-{name}", 15, f"a file of mode {mode:07o}", in_entry(FILE, b"PX", 4, both(mode)))
    patched(
        "px-folder-writable", 15, "a directory of mode 0040755", in_entry(FOLDER, b"PX", 4, both(0o040755))
    )
    patched(
        "px-folder-as-file", 15, "a directory with the mode of a file", in_entry(FOLDER, b"PX", 4, both(0o100444))
    )
    patched("px-links", 15, "a file of two links with one name", in_entry(FILE, b"PX", 12, both(2)))
    patched("px-folder-links", 15, "a directory with one link", in_entry(FOLDER, b"PX", 12, both(1)))
    patched("px-uid", 15, "owner 1000", in_entry(FILE, b"PX", 20, both(1000)))
    patched("px-gid", 15, "group 1000", in_entry(FILE, b"PX", 28, both(1000)))
    patched("px-version", 15, "version 2 of `PX`", in_entry(FILE, b"PX", 3, b"\2"))
    patched("px-missing", 15, "no `PX`", in_entry(FILE, b"PX", 0, b"PZ"))
    patched("px-length", 15, "a `PX` of 43 bytes", in_entry(FILE, b"PX", 2, b"\x2b"))

    def same_serial(copy: Copy) -> None:
        other = copy.entry(copy.record(OTHER, "primary"), b"PX")
        in_entry(FILE, b"PX", 36, other.raw[36:44])(copy)

    patched("px-serial", 15, "one serial number for two files", same_serial)
    patched(
        "tf-modify",
        (15, 16),
        "`TF` with a different modification time",
        in_entry(FILE, b"TF", 5, b"\x6c\x06\x1d"),
    )
    patched("tf-access", (15, 16), "`TF` with a different access time", in_entry(FILE, b"TF", 12, b"\x6d"))
    patched("tf-missing", 15, "no `TF`", in_entry(FILE, b"TF", 0, b"TX"))
    patched("tf-long", 15, "`TF` with the flag of the long form", in_entry(FILE, b"TF", 4, b"\x86"))
    patched("tf-flags", 15, "`TF` with more flags than times", in_entry(FILE, b"TF", 4, b"\x07"))
    patched("nm-differs", 15, "`NM` is not the Joliet name", in_entry(FILE, b"NM", 5, b"b"))
    patched("nm-upper-case", 15, "`NM` in upper case", in_entry(FILE, b"NM", 5, b"A"))
    patched("nm-missing", 15, "no `NM`", in_entry(FILE, b"NM", 0, b"XM"))
    patched("nm-continues", 15, "`NM` that should continue but does not", in_entry(FILE, b"NM", 4, b"\1"))
    patched("nm-current", 15, "`NM` of a file with the flag of `.`", in_entry(FILE, b"NM", 4, b"\2"))
    patched("nm-slash", 15, "`NM` with a slash", in_entry(FILE, b"NM", 6, b"/"))
    patched("nm-nul", 15, "`NM` with a NUL", in_entry(FILE, b"NM", 6, b"\0"))
    patched("nm-not-utf8", 15, "`NM` that is not UTF-8", in_entry(FILE, b"NM", 6, b"\xff"))
    patched("nm-length", 15, "`NM` longer than its record", in_entry(FILE, b"NM", 2, b"\x90"))
    patched("nm-length-zero", 15, "`NM` of no bytes", in_entry(FILE, b"NM", 2, b"\0"))
    patched("entry-too-short", 15, "an entry of three bytes", in_entry(FILE, b"TF", 2, b"\3"))
    patched("symbolic-link", 15, "an `SL`", in_entry(FILE, b"TF", 0, b"SL\x13\x01\0"))
    patched("device-number", 15, "a `PN`", in_entry(FILE, b"TF", 0, b"PN"))
    patched("sp-twice", 15, "an `SP` outside the root", in_entry(FILE, b"TF", 0, b"SP\x13\x01\xbe\xef\0"))
    patched(
        "nm-joliet-differs",
        (10, 15),
        "a different letter in the Joliet name",
        lambda copy: copy.put(copy.record(FILE, "joliet").at + 33, b"\0A"),
    )


def dates() -> None:
    bad = {
        "month-0": b"\x6c\0\x1e\0\0\0\0",
        "month-13": b"\x6c\x0d\x1e\0\0\0\0",
        "february-30": b"\x6c\x02\x1e\0\0\0\0",
        "day-0": b"\x6c\x06\0\0\0\0\0",
        "hour-24": b"\x6c\x06\x1e\x18\0\0\0",
        "minute-60": b"\x6c\x06\x1e\0\x3c\0\0",
        "second-60": b"\x6c\x06\x1e\0\0\x3c\0",
        "zone-53": b"\x6c\x06\x1e\0\0\0\x35",
        "zone-minus-49": b"\x6c\x06\x1e\0\0\0\xcf",
        "zero": b"\0" * 7,
    }
    for name, date in bad.items():

        def patch(copy: Copy, date: bytes = date) -> None:
            """Changes the date in both trees and in `TF`."""
            for tree in TREES:
                copy.put(copy.record(FILE, tree).at + 18, date)
            in_entry(FILE, b"TF", 5, 2 * date)(copy)

        patched(f"date-{name}", 16, f"the date {date!r} of a file, everywhere", patch)


def dates_of(tree: str) -> None:
    other = b"\x6c\x06\x1d"
    file, folder = (in_record(path, tree, 18, other) for path in (FILE, FOLDER))
    patched(f"{tree}-date-differs", 16, f"a different date of a file, {tree} only", file)
    patched(f"{tree}-folder-date-differs", 16, f"a different date in the record of a directory, {tree} only", folder)
    for index, name in enumerate(("dot", "dotdot")):
        dot = put(dot_of(FOLDER, tree, index, 18), other)
        patched(f"{tree}-{name}-date", 16, f"a different date of `{'.' * (index + 1)}`, {tree}", dot)
    root = in_descriptor(tree, ROOT_RECORD + 18, other)
    patched(f"{tree}-root-date", 16, f"a different date of the root in the descriptor, {tree}", root)


def register_all() -> None:
    image_and_descriptors()
    both_byte_orders()
    descriptor_identifiers()
    order_of_path_tables()
    records()
    order_of_records()
    primary_identifiers()
    joliet_identifiers()
    extents()
    names_for_windows()
    several_extents()
    padding()
    application_use()
    rock_ridge()
    dates()
    for tree in TREES:
        block_size(tree)
        byte_orders_of(tree)
        for letter in LETTERS:
            path_table(tree, letter)
        path_tables(tree)
        dots(tree)
        directories(tree)
        records_swapped(tree)
        extents_of(tree)
        dates_of(tree)


register_all()


# --- The checkers.


@dataclass(frozen=True)
class Verdict:
    """The requirements that a checker reports. `error` says why it could not check."""

    requirements: frozenset
    error: str = ""


def check_with_lint(_: Path, image: Path) -> Verdict:
    problems = lint.lint(image)
    return Verdict(frozenset(problem.requirement for problem in problems if not problem.note))


def check_with_verify(program: Path, image: Path) -> Verdict:
    command = [str(program), "verify", str(image), "--json"]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return Verdict(frozenset(), f"not done after {TIMEOUT} s")
    try:
        problems = json.loads(run.stdout)["problems"]
        found = frozenset(problem["requirement"] for problem in problems)
    except (ValueError, KeyError, TypeError):
        stderr = run.stderr.decode("utf-8", "replace").strip().splitlines()
        return Verdict(frozenset(), f"exit {run.returncode} and no JSON: {stderr[:1]}")
    if run.returncode != (VERIFICATION_FAILED if problems else 0):
        return Verdict(found, f"exit {run.returncode} with {len(problems)} problems")
    return Verdict(found)


CHECKERS = {"lint": check_with_lint, "verify": check_with_verify}


def join_numbers(requirements: Iterable[Optional[int]]) -> str:
    return ",".join(str(number) for number in sorted(requirements, key=lambda number: number or 0)) or "none"


def check(name: str, expected: frozenset, image: bytes, path: Path, program: Path, checkers: list[str]) -> bool:
    """Prints the line for an image with a fault, or for one without a fault, in which case `expected` is empty."""
    path.write_bytes(image)
    answers, reasons = [], []
    for checker in checkers:
        verdict = CHECKERS[checker](program, path)
        is_right = bool(verdict.requirements & expected) if expected else not verdict.requirements
        is_right = is_right and not verdict.error
        answers.append(f"{checker}:{'yes' if is_right else 'no'}")
        if not is_right:
            reasons.append(f"{checker} {verdict.error or 'reports ' + join_numbers(verdict.requirements)}")
    line = f"{'FAIL' if reasons else 'ok':4}  {name:38} {join_numbers(expected) if expected else 'clean':8}"
    print(f"{line} {' '.join(answers)}  {'; '.join(reasons)}".rstrip(), flush=True)
    return not reasons


def documented_counts() -> dict[int, int]:
    """How many faults violate each requirement, as docs/conformance.md says."""
    text = (Path(__file__).resolve().parents[2] / "docs/conformance.md").read_text()
    rows = re.findall(r"^\| (\d+) \|.*faults \[(\d+)\]", text, re.MULTILINE)
    return {int(number): int(count) for number, count in rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, metavar="MAKE_DISC")
    parser.add_argument("--checker", action="append", choices=list(CHECKERS), help="default: all")
    parser.add_argument("--only", default="", metavar="TEXT", help="only faults whose names contain this text")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="an existing folder to which the images are also written")
    parser.add_argument("--list", action="store_true", help="print the faults without seeding them")
    arguments = parser.parse_args()
    faults = [fault for fault in FAULTS.values() if arguments.only in fault.name]
    counts = {number: sum(number in fault.requirements for fault in FAULTS.values()) for number in lint.REQUIREMENTS}
    if 0 in counts.values() or documented_counts() != counts:
        sys.exit(f"there must be faults for every requirement, and docs/conformance.md must say how many: {counts}")
    if arguments.list:
        for fault in faults:
            print(f"{fault.name:38} {join_numbers(fault.requirements):8} {fault.words}")
        return 0
    if not arguments.program:
        parser.error("--program is needed")
    program = arguments.program.resolve(strict=True)
    checkers = arguments.checker or list(CHECKERS)
    with tempfile.TemporaryDirectory(prefix="make-disc-faults-") as scratch:
        folder = Path(scratch)
        reference = Reference(program, folder)
        control = bytes(build(reference, tree_of(reference)))
        clean = {"reference": reference.bytes, "reference-rewritten": control}
        image = folder / "fault.iso"
        results = [check(name, frozenset(), data, image, program, checkers) for name, data in clean.items()]
        for fault in faults:
            data = fault.seed(reference)
            assert data not in clean.values(), f"{fault.name} changes nothing"
            if arguments.keep:
                (arguments.keep / f"{fault.name}.iso").write_bytes(data)
            results.append(check(fault.name, fault.requirements, data, image, program, checkers))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
