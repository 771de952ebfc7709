#!/usr/bin/env python3
"""Checks the structure of an image strictly against ECMA-119, Joliet and RRIP.

    lint.py IMAGE [--level 1|2|3] [--json]

It reads the sectors itself, and shares no code with the program or with any other reader. It has
one function for each of the requirements in docs/conformance.md. For each requirement it prints

    ok|FAIL  requirement NN name: message

and at the end `N passed, M failed`; the exit code is 1 if anything failed. A note is
worth knowing but not a failure. With --json it prints problems and notes as one list.

`--level` is the interchange level (ECMA-119 10) whose limits the image must not exceed: those of names, and one extent
for each file below level 3.

E stands for ECMA-119, J for the Joliet specification of 1995, S for SUSP 1.12, R for RRIP 1.12.
"""

import argparse
import datetime
import functools
import json
import mmap
import re
import struct
import sys
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Iterator, Literal, Optional

Order = Literal["little", "big"]

SECTOR = 2048
FIRST_DESCRIPTOR = 16
PADDING = 150
MAX_SHOWN = 3

# If a directory has more faults than this, only the first ones are reported, and the rest of it is not read.
MAX_FAULTS = 20
# How many bytes of a directory and of a path table are read at most.
MAX_DIRECTORY = 1 << 26
MAX_TABLE = 1 << 24
CHUNK = 1 << 20

DIRECTORY, MULTI_EXTENT = 0x02, 0x80
PRIMARY, SUPPLEMENTARY, TERMINATOR = 1, 2, 255

D_CHARACTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
A_CHARACTERS = D_CHARACTERS | frozenset(b" !\"%&'()*+,-./:;<=>?")
FILE_CHARACTERS = D_CHARACTERS | frozenset(b".;")
JOLIET_FORBIDDEN = frozenset("*/:;?\\")
WINDOWS_FORBIDDEN = frozenset('<>"|')
# Windows treats superscript digits as digits here.
DEVICE = re.compile(r"(?i:con|prn|aux|nul|(?:com|lpt)[1-9\u00b9\u00b2\u00b3])")
ESCAPES = {b"%/@": 1, b"%/C": 2, b"%/E": 3}

# Identifiers in a volume descriptor: offset, length, allowed characters (E 8.4, 8.5).
IDENTIFIERS = {
    "system identifier": (8, 32, A_CHARACTERS),
    "volume identifier": (40, 32, D_CHARACTERS),
    "volume set identifier": (190, 128, D_CHARACTERS),
    "publisher identifier": (318, 128, A_CHARACTERS),
    "data preparer identifier": (446, 128, A_CHARACTERS),
    "application identifier": (574, 128, A_CHARACTERS),
    "copyright file identifier": (702, 37, FILE_CHARACTERS),
    "abstract file identifier": (739, 37, FILE_CHARACTERS),
    "bibliographic file identifier": (776, 37, FILE_CHARACTERS),
}
DESCRIPTOR_DATES = {"creation": 813, "modification": 830, "expiration": 847, "effective": 864}
UNSET_DATE = b"0" * 16 + b"\0"
APPLICATION_USE = slice(883, 1395)
# Fields stored in both byte orders: offset, and bytes of one half (E 8.4).
BOTH_ENDIAN = {
    "volume space size": (80, 4),
    "volume set size": (120, 2),
    "volume sequence number": (124, 2),
    "logical block size": (128, 2),
    "path table size": (132, 4),
}

# What implantisomd5 writes, followed by spaces.
MEDIA_CHECK = re.compile(
    rb"ISO MD5SUM = [0-9a-f]{32};SKIPSECTORS = (\d+);RHLISOSTATUS=[01];"
    rb"FRAGMENT SUMS = ([0-9a-f]+);FRAGMENT COUNT = (\d+);"
    rb"THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!! *"
)

EXTENSIONS = {
    # By identifier: the description and the source in R 4.3.
    b"RRIP_1991A": (
        b"THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS",
        b"PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE. "
        b"SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION.",
    ),
    b"IEEE_1282": (
        b"THE IEEE 1282 PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS",
        b"PLEASE CONTACT THE IEEE STANDARDS DEPARTMENT, PISCATAWAY, NJ, USA FOR THE 1282 SPECIFICATION.",
    ),
}
# The entries that may be in the system use of a disc with only files and folders.
SIGNATURES = {b"SP", b"CE", b"PX", b"TF", b"NM", b"ER", b"RR", b"ST"}
RR_FLAGS = {b"PX": 0x01, b"NM": 0x08, b"TF": 0x80}
TIMES = ["creation", "modify", "access", "attributes", "backup", "expiration", "effective"]


@dataclass(frozen=True)
class Problem:
    """A fault, and the requirement that it violates; or a note, which is worth knowing but not a failure."""

    requirement: int
    message: str
    note: bool = False


Problems = Iterator[Problem]


# --- The image and its parts.


class Image:
    """The bytes of an image. Reading returns only the bytes that are inside it."""

    def __init__(self, path: Path):
        self.size = path.stat().st_size
        with path.open("rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size else b""

    @property
    def sectors(self) -> int:
        return self.size // SECTOR

    def read(self, sector: int, length: int) -> bytes:
        return self.data[sector * SECTOR : sector * SECTOR + length]

    def first_nonzero(self, start: int, end: int) -> Optional[int]:
        """The offset of the first byte from `start` to `end` that is not zero."""
        for at in range(start, min(end, self.size), CHUNK):
            chunk = self.data[at : min(at + CHUNK, end)]
            if rest := chunk.lstrip(b"\0"):
                return at + len(chunk) - len(rest)
        return None


def le(data: bytes, at: int, size: int = 4) -> int:
    """A little-endian number."""
    return int.from_bytes(data[at : at + size], "little")


def byte_orders_agree(data: bytes, at: int, half: int = 4) -> bool:
    """Whether the two byte orders of a number have the same value (E 7.2.3, 7.3.3)."""
    return data[at : at + half] == data[at + half : at + 2 * half][::-1]


def place(at: int) -> str:
    return f"sector {at // SECTOR}, byte {at % SECTOR}"


@dataclass
class Record:
    """A directory record (E 9.1). `at` is its offset in the image."""

    at: int
    raw: bytes
    extent: int = 0
    size: int = 0
    flags: int = 0
    identifier: bytes = b""

    def __post_init__(self) -> None:
        self.extent, self.size = le(self.raw, 2), le(self.raw, 10)
        self.flags = self.raw[25]
        self.identifier = self.raw[33 : 33 + self.raw[32]]

    @property
    def date(self) -> bytes:
        return self.raw[18:25]

    @property
    def is_directory(self) -> bool:
        return bool(self.flags & DIRECTORY)

    @property
    def system_use_at(self) -> int:
        """Where the system use starts in the record: after the padding field (E 9.1.12)."""
        return 33 + len(self.identifier) + (len(self.identifier) + 1) % 2


@dataclass
class Node:
    """A file or a directory, with its records: one for each extent."""

    records: list[Record]
    name: str
    path: str
    level: int
    parent: Optional["Node"] = None
    children: list["Node"] = field(default_factory=list)
    # All records of a directory in their order in it, including `.` and `..`.
    listed: list[Record] = field(default_factory=list)

    @property
    def record(self) -> Record:
        return self.records[0]

    @property
    def is_directory(self) -> bool:
        return self.record.is_directory

    @property
    def extents(self) -> tuple[tuple[int, int], ...]:
        return tuple((record.extent, record.size) for record in self.records)

    @property
    def size(self) -> int:
        return sum(record.size for record in self.records)

    def dots(self) -> list[Record]:
        return [record for record in self.listed[:2] if record.identifier in (b"\0", b"\1")]


@dataclass
class Entry:
    """An entry in a system use area (S 4.1)."""

    at: int
    raw: bytes

    @property
    def signature(self) -> bytes:
        return self.raw[:2]


@dataclass
class Table:
    """A path table. Each entry has an offset in the image, an identifier, an extent and a parent."""

    kind: str
    sector: int
    entries: list[tuple[int, bytes, int, int]] = field(default_factory=list)


@dataclass
class Volume:
    """A primary or supplementary descriptor, and its tree."""

    kind: str
    sector: int
    raw: bytes
    root: Node
    nodes: list[Node] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    @property
    def is_joliet(self) -> bool:
        return self.kind == "Joliet"

    def at(self, byte: int) -> str:
        return f"{self.kind} descriptor, {place(self.sector * SECTOR + byte)}"

    def where(self, node: Node, record: Optional[Record] = None) -> str:
        record = record or node.record
        return f"{self.kind} tree, `{node.path}`, {place(record.at)}"

    def directories(self) -> Iterator[Node]:
        return (node for node in self.nodes if node.is_directory)

    def files(self) -> Iterator[Node]:
        return (node for node in self.nodes if not node.is_directory)

    def records(self) -> Iterator[tuple[Node, Record]]:
        """Every record of this tree, with the node that it describes or, for `.` and `..`, the
        directory that contains it."""
        for node in self.nodes:
            if node is self.root:
                yield node, node.record
            for record in node.dots():
                yield node, record
            for child in node.children:
                for record in child.records:
                    yield child, record


@dataclass
class Disc:
    """Everything that was read, and the problems found while reading."""

    image: Image
    level: int
    descriptors: list[tuple[int, bytes]] = field(default_factory=list)
    primary: Optional[Volume] = None
    joliet: Optional[Volume] = None
    found: list[Problem] = field(default_factory=list)
    # Continuation areas by sector: offset, length, and a description of the record.
    continuations: dict[int, list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))
    # System use entries by the offset of their record.
    uses: dict[int, list[Entry]] = field(default_factory=dict)

    def volumes(self) -> list[Volume]:
        return [volume for volume in (self.primary, self.joliet) if volume]

    @property
    def blocks(self) -> int:
        """The volume space size in the primary descriptor (E 8.4.8)."""
        return le(self.primary.raw, 80) if self.primary else self.image.sectors

    def problem(self, requirement: int, message: str) -> None:
        self.found.append(Problem(requirement, message))

    def found_while_reading(self, requirement: int) -> Problems:
        return (problem for problem in self.found if problem.requirement == requirement)


# --- Reading.


def read_disc(path: Path, level: int = 3) -> Disc:
    disc = Disc(Image(path), level)
    disc.descriptors = list(read_descriptors(disc.image))
    for sector, raw in disc.descriptors:
        if raw[1:6] != b"CD001":
            continue
        if raw[0] == PRIMARY and not disc.primary:
            disc.primary = read_volume(disc, "primary", sector, raw)
        elif raw[0] == SUPPLEMENTARY and not disc.joliet:
            disc.joliet = read_volume(disc, "Joliet", sector, raw)
    if disc.primary:
        for node, record in disc.primary.records():
            if record.at not in disc.uses and record.at // SECTOR != disc.primary.sector:
                disc.uses[record.at] = read_system_use(disc, disc.primary.where(node, record), record)
    return disc


def read_descriptors(image: Image) -> Iterator[tuple[int, bytes]]:
    """The volume descriptor set (E 6.7.1), including the terminator if there is one."""
    for sector in range(FIRST_DESCRIPTOR, min(FIRST_DESCRIPTOR + 64, image.sectors)):
        raw = image.read(sector, SECTOR)
        if sector > FIRST_DESCRIPTOR and raw[1:6] != b"CD001":
            return
        yield sector, raw
        if raw[0] == TERMINATOR:
            return


def read_volume(disc: Disc, kind: str, sector: int, raw: bytes) -> Volume:
    root = Node([Record(sector * SECTOR + 156, raw[156:190])], "", "/", 1)
    volume = Volume(kind, sector, raw, root)
    seen = {root.record.extent}
    pending = [root]
    while pending:
        node = pending.pop()
        volume.nodes.append(node)
        if not node.is_directory:
            continue
        read_directory(disc, volume, node)
        for child in node.children:
            if child.is_directory and child.record.extent in seen:
                disc.problem(6, f"{volume.where(child)}: another directory has the same extent")
                volume.nodes.append(child)
                continue
            if child.is_directory:
                seen.add(child.record.extent)
            pending.append(child)
    volume.tables = list(read_tables(disc, volume))
    return volume


def read_directory(disc: Disc, volume: Volume, node: Node) -> None:
    """Reads the records of a directory, and adds a node for each file and directory in it."""
    data = disc.image.read(node.record.extent, min(node.record.size, MAX_DIRECTORY))
    where = f"{volume.kind} tree, directory `{node.path}`"
    if node.record.size > MAX_DIRECTORY:
        disc.problem(6, f"{where}: {node.record.size} bytes, which is more than any directory needs")
    elif len(data) < node.record.size:
        disc.problem(
            10, f"{where}: {node.record.size} bytes at sector {node.record.extent} are not all in the image"
        )
    faults = 0
    empty = None
    for start in range(0, len(data) - SECTOR + 1, SECTOR):
        base = node.record.extent * SECTOR + start
        sector = data[start : start + SECTOR]
        if sector[0] == 0 and empty is None:
            empty = base
        elif sector[0] and empty is not None:
            disc.problem(6, f"{where}: an empty sector before others, {place(empty)}")
            empty = None
        for message, at in read_records(node, sector, base):
            disc.problem(6, f"{where}: {message}, {place(at)}")
            faults += 1
        if faults > MAX_FAULTS:
            break
    collect_children(volume, node)


def read_records(node: Node, sector: bytes, base: int) -> Iterator[tuple[str, int]]:
    """Adds the records of one sector to those of its directory; yields what is wrong with them, and where."""
    at = 0
    while at < SECTOR:
        length = sector[at]
        if length == 0:
            if rest := sector[at:].lstrip(b"\0"):
                yield "the rest of the sector is not zero", base + SECTOR - len(rest)
            return
        if at + length > SECTOR:
            yield "a record crosses the end of its sector", base + at
            return
        if length < 34 or 33 + sector[at + 32] > length:
            yield f"a record of {length} bytes is too short for its contents", base + at
            return
        node.listed.append(Record(base + at, sector[at : at + length]))
        at += length


def collect_children(volume: Volume, node: Node) -> None:
    dots = len(node.dots())
    unfinished: Optional[Node] = None
    for record in node.listed[dots:]:
        if unfinished and unfinished.record.identifier == record.identifier:
            unfinished.records.append(record)
        else:
            name = shown(record.identifier, volume.is_joliet)
            unfinished = Node([record], name, f"{node.path.rstrip('/')}/{name}", node.level + 1, node)
            node.children.append(unfinished)
        if not record.flags & MULTI_EXTENT:
            unfinished = None


def shown(identifier: bytes, joliet: bool) -> str:
    """An identifier as text, without loss, so that different ones stay different."""
    if joliet and len(identifier) % 2 == 0:
        return identifier.decode("utf-16-be", "surrogatepass")
    return identifier.decode("latin-1")


# Where a descriptor has the sector of each path table (E 8.4.14-8.4.17); 0 if there is no optional one.
TABLES: list[tuple[str, int, Order]] = [
    ("L", 140, "little"),
    ("L optional", 144, "little"),
    ("M", 148, "big"),
    ("M optional", 152, "big"),
]


def read_tables(disc: Disc, volume: Volume) -> Iterator[Table]:
    for kind, at, order in TABLES:
        sector = int.from_bytes(volume.raw[at : at + 4], order)
        if sector or kind in ("L", "M"):
            yield read_table(disc, volume, kind, sector, order)


def read_table(disc: Disc, volume: Volume, kind: str, sector: int, order: Order) -> Table:
    table = Table(kind, sector)
    size = le(volume.raw, 132)
    data = disc.image.read(sector, min(size, MAX_TABLE))
    where = f"{volume.kind} path table {kind}"
    if len(data) < size or sector < FIRST_DESCRIPTOR:
        disc.problem(5, f"{where}: {size} bytes at sector {sector} are not in the image's data area")
    at = 0
    while at + 8 <= len(data):
        length = data[at]
        end = at + 8 + length + length % 2
        record_at = sector * SECTOR + at
        if length == 0 or end > len(data):
            disc.problem(5, f"{where}: a record that crosses the end of the table, {place(record_at)}")
            return table
        if data[at + 1]:
            disc.problem(5, f"{where}: an extended attribute record, {place(record_at + 1)}")
        if length % 2 and data[end - 1]:
            disc.problem(
                5, f"{where}: the padding byte of a record is not zero, {place(record_at + end - at - 1)}"
            )
        extent = int.from_bytes(data[at + 2 : at + 6], order)
        parent = int.from_bytes(data[at + 6 : at + 8], order)
        table.entries.append((record_at, data[at + 8 : at + 8 + length], extent, parent))
        at = end
    if at != len(data):
        disc.problem(5, f"{where}: {len(data) - at} bytes remain at its end, {place(sector * SECTOR + at)}")
    end = sector * SECTOR + size
    if (odd := disc.image.first_nonzero(end, -(-end // SECTOR) * SECTOR)) is not None:
        disc.problem(5, f"{where}: the rest of its last sector is not zero, {place(odd)}")
    return table


def read_system_use(disc: Disc, where: str, record: Record) -> list[Entry]:
    """The system use entries of a record, including those in its continuation areas (S 5.1)."""
    area, base = record.raw[record.system_use_at :], record.at + record.system_use_at
    entries: list[Entry] = []
    used: set[int] = set()
    while True:
        following = None
        at = 0
        while at + 4 <= len(area) and area[at]:
            length = area[at + 2]
            if length < 4 or at + length > len(area):
                disc.problem(15, f"{where}: a system use entry of {length} bytes, {place(base + at)}")
                return entries
            entry = Entry(base + at, area[at : at + length])
            entries.append(entry)
            at += length
            if entry.signature == b"CE" and length == 28:
                if following:
                    disc.problem(15, f"{where}: two `CE` in one area, {place(entry.at)}")
                following = entry
            if entry.signature == b"ST":
                break
        rest = area[at:]
        # One zero byte may follow the entries in a record, so that its length is even. Nothing else may follow them.
        if rest.strip(b"\0") or len(rest) > (1 if not used else 0):
            disc.problem(
                15, f"{where}: {len(rest)} bytes after the system use entries, {place(base + at)}"
            )
        if not following:
            return entries
        block, offset, length = (le(following.raw, at) for at in (4, 12, 20))
        base = block * SECTOR + offset
        if block < FIRST_DESCRIPTOR or block >= min(disc.blocks, disc.image.sectors):
            disc.problem(
                15, f"{where}: `CE` points outside the volume, to block {block}, {place(following.at)}"
            )
            return entries
        if length == 0 or offset + length > SECTOR or base in used:
            disc.problem(15, f"{where}: `CE` with offset {offset}, length {length}, {place(following.at)}")
            return entries
        used.add(base)
        disc.continuations[block].append((offset, length, where))
        area = disc.image.read(block, SECTOR)[offset : offset + length]


# --- The requirements.


def requirement_01_volume_descriptors(disc: Disc) -> Problems:
    """E 6.2.1, 6.7.1, 8.1-8.5."""

    def problem(message: str) -> Problem:
        return Problem(1, message)

    yield from disc.found_while_reading(1)
    image = disc.image
    if image.size % SECTOR:
        yield problem(f"the image has {image.size} bytes, which is not a multiple of {SECTOR}")
    if (at := image.first_nonzero(0, FIRST_DESCRIPTOR * SECTOR)) is not None:
        yield problem(f"the system area is not zero, {place(at)}")
    kinds = [raw[0] for _, raw in disc.descriptors]
    if not kinds or kinds[0] != PRIMARY:
        yield problem(f"no primary descriptor in sector {FIRST_DESCRIPTOR}")
    if kinds.count(PRIMARY) > 1:
        yield problem("more than one primary descriptor")
    if SUPPLEMENTARY not in kinds:
        yield problem("no supplementary descriptor")
    if kinds.count(SUPPLEMENTARY) > 1:
        yield problem("more than one supplementary descriptor")
    if TERMINATOR not in kinds:
        yield problem("the descriptors have no terminator")
    for sector, raw in disc.descriptors:
        where = f"descriptor of type {raw[0]}, sector {sector}"
        if raw[0] not in (PRIMARY, SUPPLEMENTARY, TERMINATOR):
            yield problem(f"{where}: this type does not belong on a disc without boot code or partitions")
        if raw[1:6] != b"CD001":
            yield problem(f"{where}: its standard identifier is {raw[1:6]!r}, byte 1")
        if raw[6] != 1:
            yield problem(f"{where}: version {raw[6]}, byte 6")
        for start, end in reserved_bytes(raw[0]):
            if rest := raw[start:end].lstrip(b"\0"):
                yield problem(f"{where}: a reserved byte is not zero, byte {end - len(rest)}")
        if raw[0] in (PRIMARY, SUPPLEMENTARY) and raw[881] != 1:
            yield problem(f"{where}: file structure version {raw[881]}, byte 881")


def reserved_bytes(kind: int) -> list[tuple[int, int]]:
    """The bytes of a descriptor that must be zero. In a supplementary descriptor they include the flags."""
    if kind == PRIMARY:
        return [(7, 8), (72, 80), (88, 120), (882, 883), (1395, SECTOR)]
    if kind == SUPPLEMENTARY:
        return [(7, 8), (72, 80), (882, 883), (1395, SECTOR)]
    return [(7, SECTOR)] if kind == TERMINATOR else []


def requirement_02_block_size(disc: Disc) -> Problems:
    """E 8.4.12."""
    for volume in disc.volumes():
        halves = le(volume.raw, 128, 2), int.from_bytes(volume.raw[130:132], "big")
        for size in sorted(set(halves) - {SECTOR}):
            yield Problem(2, f"{volume.at(128)}: logical block size {size}")
    if not disc.volumes():
        yield Problem(2, "no descriptor has the logical block size")


def requirement_03_byte_orders_and_volume_size(disc: Disc) -> Problems:
    """E 7.2.3, 7.3.3, 8.4.8, 9.1.9."""

    def problem(message: str) -> Problem:
        return Problem(3, message)

    yield from disc.found_while_reading(3)
    for volume in disc.volumes():
        for name, (at, half) in BOTH_ENDIAN.items():
            if not byte_orders_agree(volume.raw, at, half):
                yield problem(f"{volume.at(at)}: the byte orders of the {name} disagree")
        blocks = le(volume.raw, 80)
        if blocks * SECTOR != disc.image.size:
            yield problem(
                f"{volume.at(80)}: a volume space of {blocks} blocks; the image has {disc.image.sectors}"
            )
        for name in ("volume set size", "volume sequence number"):
            at, half = BOTH_ENDIAN[name]
            if le(volume.raw, at, half) != 1:
                yield problem(f"{volume.at(at)}: {name} {le(volume.raw, at, half)}")
        for node, record in volume.records():
            raw = record.raw
            for name, at, half in (
                ("extent", 2, 4),
                ("data length", 10, 4),
                ("volume sequence number", 28, 2),
            ):
                if raw[at : at + half] != raw[at + half : at + 2 * half][::-1]:
                    yield problem(f"{volume.where(node, record)}: the byte orders of the {name} disagree")
            if raw[28:30] != b"\1\0":
                yield problem(f"{volume.where(node, record)}: volume sequence number {le(raw, 28, 2)}")
    for entries in disc.uses.values():
        for entry in entries:
            fields = {b"PX": range(4, len(entry.raw) - 7, 8), b"CE": range(4, len(entry.raw) - 7, 8)}
            for at in fields.get(entry.signature, ()):
                if not byte_orders_agree(entry.raw, at):
                    yield problem(
                        f"`{entry.signature.decode()}`, {place(entry.at + at)}: the byte orders disagree"
                    )


def requirement_04_descriptor_identifiers(disc: Disc) -> Problems:
    """E 7.4, 8.4, 8.5; J on identifiers in UCS-2."""
    texts: dict[str, dict[str, Optional[str]]] = {}
    for volume in disc.volumes():
        texts[volume.kind] = {}
        for name, (at, length, allowed) in IDENTIFIERS.items():
            raw = volume.raw[at : at + length]
            text, faults = (ucs2_identifier if volume.is_joliet else single_identifier)(name, raw, allowed)
            texts[volume.kind][name] = text
            for fault in faults:
                yield Problem(4, f"{volume.at(at)}: {name} {fault}")
        if texts[volume.kind]["volume identifier"] == "":
            yield Problem(4, f"{volume.at(40)}: no volume identifier")
        yield from identified_files(volume, texts[volume.kind])
        for name, at in DESCRIPTOR_DATES.items():
            raw = volume.raw[at : at + 17]
            if raw != UNSET_DATE and (fault := descriptor_date_fault(raw)):
                yield Problem(4, f"{volume.at(at)}: {name} date {fault}: {raw!r}")
    if disc.primary and disc.joliet:
        yield from descriptors_agree(disc.primary, disc.joliet, texts)


def single_identifier(name: str, raw: bytes, allowed: frozenset) -> tuple[Optional[str], list[str]]:
    """An identifier in the primary descriptor, and what is wrong with it."""
    faults = []
    if b"\0" in raw:
        faults.append("is padded with NUL, not with spaces")
    text = raw.rstrip(b" ")
    if forbidden := sorted(set(text) - allowed - {0}):
        faults.append(f"has forbidden characters: {bytes(forbidden)!r}")
    if text.startswith(b" "):
        faults.append("starts with a space")
    return text.decode("latin-1"), faults


def ucs2_identifier(name: str, raw: bytes, allowed: frozenset) -> tuple[Optional[str], list[str]]:
    """An identifier in the Joliet descriptor, and what is wrong with it."""
    faults = []
    # A field of 37 bytes has room for 18 units, and its last byte is zero.
    if len(raw) % 2 and raw[-1]:
        faults.append("does not end with a zero byte")
    units = struct.unpack(f">{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
    text = "".join(map(chr, units)).rstrip(" ")
    if "\0" in text:
        faults.append("is padded with NUL, not with spaces")
    forbidden = JOLIET_FORBIDDEN if allowed is D_CHARACTERS else JOLIET_FORBIDDEN - set(map(chr, allowed))
    if any(unit_fault(unit) for unit in text if unit != "\0") or forbidden & set(text):
        faults.append(f"has forbidden characters: {text!r}")
    if text.startswith(" "):
        faults.append("starts with a space")
    return text, faults


def unit_fault(unit: str) -> str:
    """Why a UCS-2 unit is not allowed in a name, or nothing (J, E 7.4)."""
    if unicodedata.category(unit) == "Cc":
        return "a control character"
    if "\ud800" <= unit <= "\udfff":
        return "a surrogate, half of a character outside the BMP"
    return "a noncharacter" if unit in "\ufffe\uffff" else ""


def identified_files(volume: Volume, texts: dict[str, Optional[str]]) -> Problems:
    """The files that a descriptor names must be in its root (E 8.4.20-8.4.25)."""
    in_root = {child.name for child in volume.root.children if not child.is_directory}
    primary_names = {primary_name(name) for name in in_root} if volume.is_joliet else set()
    for name, (at, _, _) in IDENTIFIERS.items():
        text = texts[name] or ""
        if "file" not in name:
            if name in ("system identifier", "volume identifier", "volume set identifier") or text[:1] != "_":
                continue
            text = text[1:]
        elif text and not re.fullmatch(r"[^.;]{0,8}\.[^.;]{0,3};1", text):
            yield Problem(
                4, f"{volume.at(at)}: {name} `{text}` does not have 8 and 3 characters and `;1`"
            )
        if not text or text in in_root:
            continue
        if text in primary_names:
            yield Problem(
                4, f"{volume.at(at)}: {name} `{text}` is spelled differently in the root of its tree", note=True
            )
        else:
            yield Problem(4, f"{volume.at(at)}: {name} `{text}` is not a file in the root")


def descriptor_date_fault(raw: bytes) -> str:
    """Why a date in a descriptor is invalid, or nothing (E 8.4.26.1)."""
    if not raw[:16].isdigit():
        return "is not sixteen digits"
    numbers = [int(raw[start:end]) for start, end in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))]
    return calendar_fault(numbers, raw[16])


def record_date_fault(raw: bytes) -> str:
    """Why the date of a record is invalid, or nothing (E 9.1.5)."""
    return calendar_fault([1900 + raw[0], *raw[1:6]], raw[6])


@functools.lru_cache(maxsize=None)
def calendar_fault_of(numbers: tuple[int, ...], zone: int) -> str:
    signed = zone - 256 if zone > 127 else zone
    if not -48 <= signed <= 52:
        return f"has the time zone {signed}"
    try:
        datetime.datetime(*numbers)  # type: ignore[arg-type]
    except ValueError as error:
        return f"is invalid ({error})"
    return ""


def calendar_fault(numbers: list[int], zone: int) -> str:
    return calendar_fault_of(tuple(numbers), zone)


def descriptors_agree(
    primary: Volume, joliet: Volume, texts: dict[str, dict[str, Optional[str]]]
) -> Problems:
    for name, (at, length, _) in IDENTIFIERS.items():
        whole, wide = texts["primary"][name] or "", texts["Joliet"][name] or ""
        if name == "volume identifier" and len(whole) > length // 2:
            yield Problem(
                4, f"{primary.at(at)}: {name} of more than {length // 2} characters, the limit in Joliet"
            )
        if whole[: length // 2].rstrip(" ") != wide:
            yield Problem(4, f"{joliet.at(at)}: {name} {wide!r}, in the primary descriptor {whole!r}")
    for name, at in DESCRIPTOR_DATES.items():
        if primary.raw[at : at + 17] != joliet.raw[at : at + 17]:
            yield Problem(4, f"{joliet.at(at)}: {name} date differs from the primary descriptor's")


def requirement_05_path_tables(disc: Disc) -> Problems:
    """E 6.9, 9.4; J on the order of identifiers."""
    yield from disc.found_while_reading(5)
    for volume in disc.volumes():
        by_letter = {table.kind: table for table in volume.tables}
        for table in volume.tables:
            yield from table_in_order(volume, table)
            yield from table_matches_tree(volume, table)
        if len({table.sector for table in volume.tables}) != len(volume.tables):
            yield Problem(5, f"{volume.at(140)}: two path tables at the same location")
        little, big = by_letter["L"].entries, by_letter["M"].entries
        if len(little) != len(big):
            yield Problem(5, f"{volume.kind} path tables: {len(little)} directories in L, {len(big)} in M")
        for number, (one, other) in enumerate(zip(little, big), start=1):
            if one[1:] != other[1:]:
                yield Problem(
                    5, f"{volume.kind} path tables: L and M differ in entry {number}, {place(other[0])}"
                )


def table_in_order(volume: Volume, table: Table) -> Problems:
    where = f"{volume.kind} path table {table.kind}"
    fill = b"\0" if volume.is_joliet else b" "
    levels: list[int] = []
    before: Optional[tuple[int, int, bytes]] = None
    for number, (at, identifier, _, parent) in enumerate(table.entries, start=1):
        if number == 1:
            if identifier != b"\0" or parent != 1:
                yield Problem(5, f"{where}: the first entry is not the root, {place(at)}")
            levels.append(1)
            continue
        if not 1 <= parent < number:
            yield Problem(
                5, f"{where}: entry {number} has the parent {parent}, which is not an earlier entry, {place(at)}"
            )
            levels.append(levels[-1])
            continue
        level = levels[parent - 1] + 1
        levels.append(level)
        key = (level, parent, identifier.ljust(256, fill))
        if before and key <= before:
            yield Problem(5, f"{where}: entry {number} is out of order, {place(at)}")
        before = key
    if len(table.entries) > 65535:
        yield Problem(5, f"{where}: {len(table.entries)} directories, but the highest parent number is 65535")


def table_matches_tree(volume: Volume, table: Table) -> Problems:
    """Compares a path table with the directories, by extent: identifier and parent."""
    where = f"{volume.kind} path table {table.kind}"
    wanted = {node.record.extent: node for node in volume.directories()}
    for number, (at, identifier, extent, parent) in enumerate(table.entries, start=1):
        node = wanted.pop(extent, None)
        if not node:
            yield Problem(
                5, f"{where}: entry {number} is at sector {extent}, where there is no directory, {place(at)}"
            )
            continue
        own = node.record.identifier if node.parent else b"\0"
        if identifier != own:
            yield Problem(5, f"{where}: entry {number} has a different name than `{node.path}`, {place(at)}")
        above = (node.parent or node).record.extent
        if not (1 <= parent <= len(table.entries) and table.entries[parent - 1][2] == above):
            yield Problem(
                5, f"{where}: entry {number}, `{node.path}`, has a different parent than in the tree, {place(at)}"
            )
    for node in wanted.values():
        yield Problem(5, f"{where}: `{node.path}` is missing")


def requirement_06_directory_records(disc: Disc) -> Problems:
    """E 6.8.1, 6.8.2.2, 9.1."""
    yield from disc.found_while_reading(6)
    for volume in disc.volumes():
        root = volume.root.record
        if root.raw[0] != 34 or root.identifier != b"\0":
            yield Problem(
                6, f"{volume.at(156)}: the record of the root does not have 34 bytes and the identifier 00"
            )
        if not root.is_directory:
            yield Problem(6, f"{volume.at(156)}: the root is not a directory")
        for node in volume.directories():
            yield from directory_faults(volume, node)
        for node, record in volume.records():
            yield from record_faults(volume, node, record)


def directory_faults(volume: Volume, node: Node) -> Problems:
    where = f"{volume.kind} tree, directory `{node.path}`, sector {node.record.extent}"
    if node.record.size == 0 or node.record.size % SECTOR:
        yield Problem(6, f"{where}: {node.record.size} bytes, which is not a multiple of {SECTOR}")
    for number, (identifier, name, target) in enumerate(
        [(b"\0", ".", node), (b"\1", "..", node.parent or node)]
    ):
        if len(node.listed) <= number or node.listed[number].identifier != identifier:
            yield Problem(6, f"{where}: `{name}` is not its record {number + 1}")
            continue
        record, meant = node.listed[number], target.record
        if record.extent != meant.extent:
            yield Problem(
                6, f"{where}: `{name}` points to {record.extent}, not {meant.extent}, {place(record.at)}"
            )
        if record.size != meant.size:
            yield Problem(
                6, f"{where}: `{name}` has {record.size} bytes, not {meant.size}, {place(record.at)}"
            )
        if record.flags != DIRECTORY:
            yield Problem(6, f"{where}: `{name}` has the flags {record.flags:02x}, {place(record.at)}")
    for record in node.listed[2:]:
        if record.identifier in (b"\0", b"\1"):
            yield Problem(6, f"{where}: a record `.` or `..` after the first two, {place(record.at)}")


def record_faults(volume: Volume, node: Node, record: Record) -> Problems:
    raw = record.raw
    faults = []
    if raw[0] % 2:
        faults.append("an odd record length")
    if not record.identifier:
        faults.append("no identifier")
    if raw[1]:
        faults.append("an extended attribute record")
    if record.flags & ~(DIRECTORY | MULTI_EXTENT):
        faults.append(f"flags other than directory and multi-extent: {record.flags:02x}")
    if raw[26] or raw[27]:
        faults.append("file unit size or interleave gap is not zero")
    if len(record.identifier) % 2 == 0 and raw[33 + len(record.identifier) : record.system_use_at].strip(
        b"\0"
    ):
        faults.append("the padding byte is not zero")
    if volume.is_joliet and raw[0] != record.system_use_at:
        faults.append(f"a record of {raw[0]} bytes, although {record.system_use_at} are enough")
    for fault in faults:
        yield Problem(6, f"{volume.where(node, record)}: {fault}")


def requirement_07_record_order(disc: Disc) -> Problems:
    """E 9.3; J on the padding of shorter names."""
    for volume in disc.volumes():
        for node in volume.directories():
            keys = [order_key(child.record, volume.is_joliet) for child in node.children]
            for child, before, own in zip(node.children[1:], keys, keys[1:]):
                if own < before:
                    yield Problem(7, f"{volume.where(child)}: out of order in its directory")


def order_key(record: Record, joliet: bool) -> tuple[bytes, bytes, int]:
    """What E 9.3 compares: name, extension, and version from high to low. A directory has only a name."""
    fill, wide = (b"\0", 2) if joliet else (b" ", 1)
    stem, _, version = split_units(record.identifier, ";", wide)
    name, _, extension = split_units(stem, ".", wide)
    if record.is_directory:
        name, extension = record.identifier, b""
    number = shown(version, joliet)
    return name.ljust(256, fill), extension.ljust(256, fill), -int(number) if number.isdecimal() else 0


def split_units(identifier: bytes, separator: str, wide: int) -> tuple[bytes, bytes, bytes]:
    """Splits an identifier at the last separator. `wide` is the number of bytes of a character."""
    mark = separator.encode("utf-16-be" if wide == 2 else "ascii")
    for at in range((len(identifier) // wide - 1) * wide, -1, -wide):
        if identifier[at : at + wide] == mark:
            return identifier[:at], mark, identifier[at + wide :]
    return identifier, b"", b""


def requirement_08_primary_names(disc: Disc) -> Problems:
    """E 6.8.2.1, 7.5, 7.6, 10.1-10.3."""
    volume = disc.primary
    if not volume:
        return
    for node in volume.nodes:
        if node.parent is None:
            continue
        faults = directory_name_faults if node.is_directory else file_name_faults
        for fault in faults(node.record.identifier, disc.level):
            yield Problem(8, f"{volume.where(node)}: {fault}")
        if node.is_directory and node.level > 8:
            yield Problem(8, f"{volume.where(node)}: at level {node.level}, but at most 8 are allowed")
        # The identifiers, and a separator for each directory above except the root.
        if (length := len(node.path) - 1) > 255:
            yield Problem(8, f"{volume.where(node)}: a path of {length} bytes, more than 255")


def directory_name_faults(identifier: bytes, level: int) -> Iterator[str]:
    limit = 8 if level == 1 else 31
    if forbidden := sorted(set(identifier) - D_CHARACTERS):
        yield f"a directory's name with the forbidden characters {bytes(forbidden)!r}"
    if not 1 <= len(identifier) <= limit:
        yield f"a directory's name of {len(identifier)} characters, not 1 to {limit}"


def file_name_faults(identifier: bytes, level: int) -> Iterator[str]:
    stem, mark, version = identifier.partition(b";")
    if not mark or version != b"1":
        yield "no version `;1` at the end"
    if stem.count(b".") != 1:
        yield f"{stem.count(b'.')} dots in the name, not one"
    name, _, extension = stem.partition(b".")
    if forbidden := sorted(set(name + extension) - D_CHARACTERS - {ord(".")}):
        yield f"a name with the forbidden characters {bytes(forbidden)!r}"
    if not name + extension:
        yield "neither a name nor an extension"
    if level == 1 and (len(name) > 8 or len(extension) > 3):
        yield f"a name of {len(name)} and {len(extension)} characters, more than 8 and 3"
    if len(name + extension) > 30:
        yield f"a name of {len(name + extension)} characters, more than 30"


def requirement_09_joliet_names(disc: Disc) -> Problems:
    """J: escape sequences, identifiers, paths."""
    volume = disc.joliet
    if not volume:
        yield Problem(9, "no Joliet descriptor")
        return
    escape = volume.raw[88:120].rstrip(b"\0")
    if escape not in ESCAPES:
        yield Problem(9, f"{volume.at(88)}: the escape sequence is {escape!r}")
    elif escape != b"%/E":
        yield Problem(9, f"{volume.at(88)}: the escape sequence is of level {ESCAPES[escape]}, not 3")
    for node in volume.nodes:
        if node.parent is None:
            continue
        for fault in joliet_name_faults(node.record.identifier):
            yield Problem(9, f"{volume.where(node)}: {fault}")
        # The limit counts units: a character outside the BMP has two.
        if (length := len(node.path.encode("utf-16-be", "surrogatepass")) // 2 - 1) > 240:
            yield Problem(9, f"{volume.where(node)}: a path of {length} units, more than 240")


def joliet_name_faults(identifier: bytes) -> Iterator[str]:
    if len(identifier) % 2:
        yield f"an identifier of {len(identifier)} bytes, an odd number"
        return
    name = shown(identifier, True)
    units = struct.unpack(f">{len(identifier) // 2}H", identifier)
    if not 1 <= len(units) <= 64:
        yield f"a name of {len(units)} units, not 1 to 64"
    if forbidden := "".join(sorted(JOLIET_FORBIDDEN & set(name))):
        yield f"a name with the forbidden characters {forbidden!r}"
    for fault in sorted({unit_fault(chr(unit)) for unit in units} - {""}):
        yield f"a name with {fault}"


def requirement_10_extents(disc: Disc) -> Problems:
    """E 6.4, 6.5; one set of extents for all trees."""
    yield from disc.found_while_reading(10)
    for volume in disc.volumes():
        for node in volume.nodes:
            for record in node.records:
                if record.size == 0 and record.extent == 0:
                    continue  # An empty file has no extent.
                last = record.extent + max(1, -(-record.size // SECTOR))
                if record.extent < FIRST_DESCRIPTOR or last > disc.blocks:
                    empty = " of an empty file" if record.size == 0 else ""
                    where = f"{volume.where(node, record)}: its extent{empty} at {record.extent}"
                    yield Problem(10, f"{where} is outside the volume's data area")
    if disc.primary and disc.joliet:
        yield from trees_agree(disc.primary, disc.joliet)
    areas = list(owned_areas(disc))
    yield from overlaps(areas)
    yield from slack(disc)
    yield from unused_sectors(disc, areas)


def primary_name(joliet: str, directory: bool = False) -> str:
    """The primary identifier for a Joliet name: in upper case, with `_` for each character that the standard does not allow."""
    stem, dot, extension = ("", "", "") if directory else joliet.rpartition(".")
    if not dot:
        stem, extension = joliet, ""

    def mapped(text: str) -> str:
        upper = "".join(c.upper() if c.isascii() else c for c in text)
        return "".join(c if c.isascii() and ord(c) in D_CHARACTERS else "_" for c in upper)

    return mapped(stem) if directory else f"{mapped(stem)}.{mapped(extension)};1"


def trees_agree(primary: Volume, joliet: Volume) -> Problems:
    """Every path of one tree is in the other, with the same extents."""
    known: dict[str, Node] = {}
    mapped: dict[int, str] = {}
    for node in joliet.nodes:
        above = mapped[id(node.parent)] if node.parent else ""
        path = f"{above.rstrip('/')}/{primary_name(node.name, node.is_directory)}" if node.parent else "/"
        mapped[id(node)] = path
        if path in known:
            yield Problem(10, f"{joliet.where(node)}: another name also becomes `{path}` in the primary tree")
        known[path] = node
    for node in primary.nodes:
        twin = known.pop(node.path, None)
        if not twin:
            yield Problem(10, f"{primary.where(node)}: not in the Joliet tree")
        elif twin.is_directory != node.is_directory:
            yield Problem(10, f"{primary.where(node)}: a file in one tree, a directory in the other")
        elif not node.is_directory and twin.extents != node.extents:
            yield Problem(
                10, f"{joliet.where(twin)}: extents {twin.extents}, in the primary tree {node.extents}"
            )
    for twin in known.values():
        yield Problem(10, f"{joliet.where(twin)}: not in the primary tree")


@dataclass(frozen=True, order=True)
class Area:
    """Sectors and what they belong to. Files with the same extent share one area."""

    start: int
    end: int
    owner: str


def owned_areas(disc: Disc) -> Iterator[Area]:
    for sector, raw in disc.descriptors:
        yield Area(sector, sector + 1, f"descriptor of type {raw[0]}")
    for volume in disc.volumes():
        size = -(-le(volume.raw, 132) // SECTOR)
        for table in volume.tables:
            yield Area(table.sector, table.sector + size, f"{volume.kind} path table {table.kind}")
        for node in volume.directories():
            end = node.record.extent + -(-node.record.size // SECTOR)
            yield Area(node.record.extent, end, f"{volume.kind} directory `{node.path}`")
    for sector in disc.continuations:
        yield Area(sector, sector + 1, "continuation area")
    files: dict[tuple[int, int], str] = {}
    for volume in disc.volumes():
        for node in volume.files():
            for extent in node.extents:
                if extent[1]:
                    files.setdefault(extent, f"file `{node.path}`")
    for (start, size), owner in files.items():
        yield Area(start, start + -(-size // SECTOR), owner)


def overlaps(areas: list[Area]) -> Problems:
    last: Optional[Area] = None
    for area in sorted(areas):
        if last and area.start < last.end:
            yield Problem(
                10,
                f"{area.owner} at sector {area.start} overlaps {last.owner} at {last.start}-{last.end - 1}",
            )
        if not last or area.end > last.end:
            last = area


def slack(disc: Disc) -> Problems:
    """Reports bytes that are not zero after the end of an extent in its last sector, and outside the continuation
    areas in a sector that has some."""
    seen: set[tuple[int, int]] = set()
    for volume in disc.volumes():
        for node in volume.files():
            for extent, size in node.extents:
                end = extent * SECTOR + size
                if size % SECTOR == 0 or (extent, size) in seen:
                    continue
                seen.add((extent, size))
                if (at := disc.image.first_nonzero(end, -(-end // SECTOR) * SECTOR)) is not None:
                    yield Problem(10, f"{volume.where(node)}: a byte after its end is not zero, {place(at)}")
    for sector, parts in disc.continuations.items():
        at = 0
        for offset, length, where in sorted(parts) + [(SECTOR, 0, "")]:
            if offset < at:
                yield Problem(
                    10, f"{where}: its continuation area overlaps another, sector {sector}, byte {offset}"
                )
            elif (
                odd := disc.image.first_nonzero(sector * SECTOR + at, sector * SECTOR + offset)
            ) is not None:
                yield Problem(10, f"continuation areas: a byte outside of them is not zero, {place(odd)}")
            at = max(at, offset + length)


def unused_sectors(disc: Disc, areas: list[Area]) -> Problems:
    at = FIRST_DESCRIPTOR
    end = max(0, min(disc.blocks, disc.image.sectors) - PADDING)
    for area in sorted(areas) + [Area(end, end, "")]:
        if (
            area.start > at
            and (odd := disc.image.first_nonzero(at * SECTOR, area.start * SECTOR)) is not None
        ):
            yield Problem(10, f"a sector that belongs to nothing is not zero, {place(odd)}")
        at = max(at, area.end)


def requirement_11_windows_names(disc: Disc) -> Problems:
    """Names that Windows reserves, changes or confuses."""
    for volume in disc.volumes():
        for node in volume.directories():
            yield from windows_name_faults(volume, node, lambda child: child.name)
    if disc.primary:
        for node in disc.primary.directories():
            yield from windows_name_faults(
                disc.primary, node, lambda child: rock_ridge_name(disc, child.record), "Rock Ridge "
            )


def windows_name_faults(volume: Volume, node: Node, name_of: Callable[[Node], str], kind: str = "") -> Problems:
    seen: dict[str, str] = {}
    primary = not volume.is_joliet and not kind
    for child in node.children:
        name = name_of(child)
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        if folded in seen:
            yield Problem(
                11, f"{volume.where(child)}: {kind}name `{name}` equals `{seen[folded]}` apart from case"
            )
        seen[folded] = name
        # In the primary tree a name without an extension ends with a dot.
        bare_name = re.sub(r"\.?;\d*$", "", name) if primary else name
        if DEVICE.fullmatch(bare_name.partition(".")[0].rstrip(" ")):
            yield Problem(11, f"{volume.where(child)}: {kind}name `{name}` is the name of a Windows device")
        if bare_name.endswith((".", " ")):
            yield Problem(11, f"{volume.where(child)}: {kind}name `{name}` ends with a dot or a space")
        if forbidden := "".join(sorted(WINDOWS_FORBIDDEN & set(name))):
            yield Problem(11, f"{volume.where(child)}: {kind}name `{name}` has characters that Windows forbids: {forbidden}")


def requirement_12_multi_extent_files(disc: Disc) -> Problems:
    """E 6.5.1, 9.1.6, 10.3."""
    for volume in disc.volumes():
        for node in volume.nodes:
            for record in node.records[:-1]:
                if record.size == 0 or record.size % SECTOR:
                    where = f"{volume.where(node, record)}: an extent of {record.size} bytes before others"
                    yield Problem(12, f"{where}, which is not a multiple of {SECTOR}")
            if node.records[-1].flags & MULTI_EXTENT:
                yield Problem(
                    12, f"{volume.where(node, node.records[-1])}: there is no record for its next extent"
                )
            if len(node.records) == 1:
                continue
            if len({record.flags & ~MULTI_EXTENT for record in node.records}) > 1 or node.is_directory:
                yield Problem(
                    12, f"{volume.where(node)}: the flags of its extents differ, or it is a directory"
                )
            pairs = zip(node.records, node.records[1:])
            if any(one.extent + -(-one.size // SECTOR) != other.extent for one, other in pairs):
                yield Problem(12, f"{volume.where(node)}: its extents do not follow one another")
            if disc.level < 3:
                yield Problem(12, f"{volume.where(node)}: several extents, which level {disc.level} does not allow")
            if node.size < (1 << 32) - SECTOR:
                yield Problem(12, f"{volume.where(node)}: several extents, although its {node.size} bytes fit in one")
            else:
                yield Problem(
                    12, f"{volume.where(node)}: {node.size} bytes in {len(node.records)} extents", note=True
                )


def requirement_13_padding(disc: Disc) -> Problems:
    """Zeros within the volume, because the last sectors of a burned disc may be unreadable."""
    end = min(disc.blocks, disc.image.sectors)
    start = end - PADDING
    if start < FIRST_DESCRIPTOR:
        yield Problem(13, f"a volume of {end} sectors is too short for {PADDING} sectors of padding")
        return
    last = max(owned_areas(disc), key=lambda area: area.end, default=None)
    if last and last.end > start:
        yield Problem(
            13, f"{last.owner} ends at sector {last.end - 1}, which leaves fewer than {PADDING} sectors of padding"
        )
    if (at := disc.image.first_nonzero(start * SECTOR, end * SECTOR)) is not None:
        yield Problem(13, f"the padding is not zero, {place(at)}")


def requirement_14_application_use(disc: Disc) -> Problems:
    """Spaces, or a media check as implantisomd5 writes it."""
    if not disc.primary:
        yield Problem(14, "there is no primary descriptor, and so no application use")
        return
    use = disc.primary.raw[APPLICATION_USE]
    if use == b" " * 512:
        return
    check = MEDIA_CHECK.fullmatch(use)
    if not check:
        yield Problem(14, f"{disc.primary.at(883)}: application use is neither 512 spaces nor a media check")
        return
    skipped, sums, count = int(check[1]), check[2], int(check[3])
    if skipped != 15:
        yield Problem(14, f"{disc.primary.at(883)}: the media check skips {skipped} sectors, not 15")
    if count == 0 or len(sums) % count:
        yield Problem(
            14, f"{disc.primary.at(883)}: {len(sums)} digits for {count} fragments of the media check"
        )


def requirement_15_rock_ridge(disc: Disc) -> Problems:
    """S 5.1-5.5; R 4.1.1, 4.1.4, 4.1.6, 4.3."""
    yield from disc.found_while_reading(15)
    volume = disc.primary
    if not volume:
        return
    root = volume.root.listed[0] if volume.root.listed else None
    for node, record in volume.records():
        if record.at not in disc.uses:
            continue
        entries = disc.uses[record.at]
        faults = list(entry_faults(entries))
        if record is root:
            faults += root_faults(record, entries)
        elif any(entry.signature in (b"SP", b"ER") for entry in entries):
            faults.append("`SP` or `ER` outside `.` of the root")
        faults += px_faults(record, entries) + tf_faults(record, entries) + nm_faults(record, entries)
        for fault in faults:
            yield Problem(15, f"{volume.where(node, record)}: {fault}")
    yield from link_faults(disc, volume)
    if disc.joliet:
        yield from names_agree(disc, volume, disc.joliet)


def entries_with(entries: list[Entry], signature: bytes) -> list[Entry]:
    return [entry for entry in entries if entry.signature == signature]


def entry_faults(entries: list[Entry]) -> Iterator[str]:
    """Versions, signatures and lengths of all entries (S 4.1)."""
    present = {entry.signature for entry in entries}
    for entry in entries:
        if entry.signature not in SIGNATURES:
            yield f"an entry with the signature {entry.signature!r}, which is not allowed here, {place(entry.at)}"
        elif entry.raw[3] != 1:
            yield f"`{entry.signature.decode()}` has the version {entry.raw[3]}, not 1, {place(entry.at)}"
        if entry.signature == b"CE" and len(entry.raw) != 28:
            yield f"`CE` has {len(entry.raw)} bytes, not 28, {place(entry.at)}"
        if entry.signature == b"ST" and len(entry.raw) != 4:
            yield f"`ST` has {len(entry.raw)} bytes, not 4, {place(entry.at)}"
        if entry.signature == b"RR":
            flags = sum(flag for signature, flag in RR_FLAGS.items() if signature in present)
            if len(entry.raw) != 5 or entry.raw[4] != flags:
                yield f"`RR` does not match the entries, {place(entry.at)}"


def root_faults(record: Record, entries: list[Entry]) -> list[str]:
    """In `.` of the root, `SP` must come first, and there must be one `ER` (S 5.3, 5.5; R 4.3)."""
    faults = []
    sp = entries_with(entries, b"SP")
    if len(sp) != 1 or entries[0] is not sp[0] or sp[0].raw != b"SP\x07\x01\xbe\xef\0":
        faults.append(
            f"system use does not start with a valid `SP`, {place(record.at + record.system_use_at)}"
        )
    er = entries_with(entries, b"ER")
    if len(er) != 1:
        return faults + [f"{len(er)} `ER` entries, not one"]
    raw = er[0].raw
    lengths = raw[4:7]
    if len(raw) < 8 or 8 + sum(lengths) != len(raw) or raw[7] != 1:
        return faults + [f"`ER` with lengths that do not add up, or another version, {place(er[0].at)}"]
    identifier = raw[8 : 8 + lengths[0]]
    description = raw[8 + lengths[0] : 8 + lengths[0] + lengths[1]]
    source = raw[8 + lengths[0] + lengths[1] :]
    if identifier not in EXTENSIONS:
        faults.append(f"`ER` names the extension {identifier!r}, which is not Rock Ridge, {place(er[0].at)}")
    # Some writers put one space between the sentences of the source, others two.
    elif (description, b" ".join(source.split())) != EXTENSIONS[identifier]:
        faults.append(f"`ER` with a different description or source than RRIP's, {place(er[0].at)}")
    return faults


def px_faults(record: Record, entries: list[Entry]) -> list[str]:
    """`PX`: modes, owner (R 4.1.1)."""
    found = entries_with(entries, b"PX")
    if len(found) != 1 or len(found[0].raw) != 44:
        return ["there is not exactly one `PX`, or it does not have 44 bytes"]
    mode, _, uid, gid, serial = struct.unpack("<I4xI4xI4xI4xI4x", found[0].raw[4:44])
    expected = 0o040555 if record.is_directory else 0o100444
    faults = []
    if mode != expected:
        faults.append(f"`PX` with the mode {mode:07o}, not {expected:07o}, {place(found[0].at)}")
    if uid or gid:
        faults.append(f"`PX` with the owner {uid}, group {gid}, {place(found[0].at)}")
    return faults


def tf_faults(record: Record, entries: list[Entry]) -> list[str]:
    """`TF`: all of its times equal the date of the record (R 4.1.6)."""
    found = entries_with(entries, b"TF")
    if len(found) != 1 or len(found[0].raw) < 5:
        return ["there is not exactly one `TF`, or it has no flags"]
    raw = found[0].raw
    flags = raw[4]
    times = [name for bit, name in enumerate(TIMES) if flags & 1 << bit]
    if flags & 0x80 or "modify" not in times:
        return [f"`TF` with the flags {flags:02x}: long form, or without a modification time, {place(found[0].at)}"]
    if len(raw) != 5 + 7 * len(times):
        return [f"`TF` of {len(raw)} bytes for {len(times)} times, {place(found[0].at)}"]
    return [
        f"`TF` with a {name} time that differs from the date of the record, {place(found[0].at + 5 + 7 * number)}"
        for number, name in enumerate(times)
        if raw[5 + 7 * number : 12 + 7 * number] != record.date
    ]


def nm_faults(record: Record, entries: list[Entry]) -> list[str]:
    """`NM`: flags and text (R 4.1.4)."""
    found = entries_with(entries, b"NM")
    if any(len(entry.raw) < 5 for entry in found):
        return ["`NM` without flags"]
    flags = [entry.raw[4] for entry in found]
    if record.identifier in (b"\0", b"\1"):
        expected = 0x02 if record.identifier == b"\0" else 0x04
        is_valid = not found or (flags == [expected] and len(found[0].raw) == 5)
        return [] if is_valid else ["`NM` of `.` or `..` with wrong flags or a name"]
    if not found:
        return ["no `NM`"]
    if flags != [0x01] * (len(flags) - 1) + [0]:
        return [f"`NM` with the flags {flags}"]
    name = b"".join(entry.raw[5:] for entry in found)
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return ["`NM` that is not UTF-8"]
    if not 1 <= len(name) <= 255 or "/" in text or "\0" in text or text in (".", ".."):
        return [f"`NM` with {text!r}, which is not a valid POSIX name"]
    return []


def rock_ridge_name(disc: Disc, record: Record) -> str:
    entries = disc.uses.get(record.at, [])
    return b"".join(entry.raw[5:] for entry in entries_with(entries, b"NM")).decode("utf-8", "surrogateescape")


def px_numbers(disc: Disc, record: Record) -> Optional[tuple[int, int]]:
    """The link count and the serial number in `PX`."""
    found = entries_with(disc.uses.get(record.at, []), b"PX")
    if not found or len(found[0].raw) != 44:
        return None
    return le(found[0].raw, 12), le(found[0].raw, 36)


def link_faults(disc: Disc, volume: Volume) -> Problems:
    """Each file and directory has its own serial number. A file has as many links as names, a directory as POSIX counts
    them: two, and one for each directory in it. All records of the same file or directory have the same numbers (R 4.1.1)."""
    known = [(node, numbers) for node in volume.files() if (numbers := px_numbers(disc, node.record))]
    names = Counter(serial for _, (_, serial) in known)
    extents: dict[int, Node] = {}
    for node, (links, serial) in known:
        if links != names[serial]:
            yield Problem(
                15, f"{volume.where(node)}: {links} links, but {names[serial]} names with its serial number"
            )
        if extents.setdefault(serial, node).extents != node.extents:
            yield Problem(15, f"{volume.where(node)}: another file also has the serial number {serial}")
    serials: dict[tuple, int] = {}
    for node, (_, serial) in known:
        if node.size and serials.setdefault(node.extents, serial) != serial:
            yield Problem(15, f"{volume.where(node)}: a different serial number than another name with the same extents")
    for node in volume.directories():
        own = px_numbers(disc, node.listed[0]) if node.listed else None
        if not own:
            continue
        wanted = 2 + sum(child.is_directory for child in node.children)
        if own[0] != wanted:
            yield Problem(15, f"{volume.where(node)}: {own[0]} links in `.`, not {wanted}")
        if own[1] in extents:
            yield Problem(
                15, f"{volume.where(node)}: another file or directory also has the serial number {own[1]}"
            )
        extents[own[1]] = node
        if node.parent and px_numbers(disc, node.record) not in (None, own):
            yield Problem(15, f"{volume.where(node)}: `PX` in its record and in its `.` differ")
        above = px_numbers(disc, node.parent.listed[0]) if node.parent and node.parent.listed else own
        if len(node.listed) > 1 and above and px_numbers(disc, node.listed[1]) not in (None, above):
            yield Problem(
                15, f"{volume.where(node, node.listed[1])}: `PX` in `..` and in its parent directory differ"
            )
    for node in volume.files():
        if len({px_numbers(disc, record) for record in node.records}) > 1:
            yield Problem(15, f"{volume.where(node)}: `PX` of its extents differ")


def nodes_in_both(primary: Volume, joliet: Volume) -> Iterator[tuple[Node, Node]]:
    """Pairs of nodes with the same path, one from each tree."""
    known: dict[str, Node] = {}
    mapped: dict[int, str] = {id(joliet.root): "/"}
    for node in joliet.nodes:
        if node.parent:
            mapped[id(node)] = (
                f"{mapped[id(node.parent)].rstrip('/')}/{primary_name(node.name, node.is_directory)}"
            )
        known[mapped[id(node)]] = node
    return ((node, known[node.path]) for node in primary.nodes if node.path in known)


def names_agree(disc: Disc, primary: Volume, joliet: Volume) -> Problems:
    """`NM` is the name in Joliet."""
    for node, twin in nodes_in_both(primary, joliet):
        for record in node.records if node.parent else ():
            if (name := rock_ridge_name(disc, record)) != twin.name:
                yield Problem(
                    15, f"{primary.where(node, record)}: `NM` is {name!r}, the Joliet name {twin.name!r}"
                )


def requirement_16_dates(disc: Disc) -> Problems:
    """E 9.1.5."""
    for volume in disc.volumes():
        for node, record in volume.records():
            if fault := record_date_fault(record.date):
                yield Problem(16, f"{volume.where(node, record)}: the date {fault}, {place(record.at + 18)}")
        for node in volume.directories():
            for record, target in zip(node.dots(), (node, node.parent or node)):
                if record.date != target.record.date:
                    yield Problem(
                        16,
                        f"{volume.where(node, record)}: the date differs from that of the directory that it refers to",
                    )
        for node in volume.files():
            if len({record.date for record in node.records}) > 1:
                yield Problem(16, f"{volume.where(node)}: the dates of its extents differ")
    if disc.primary and disc.joliet:
        for node, twin in nodes_in_both(disc.primary, disc.joliet):
            if node.record.date != twin.record.date:
                yield Problem(16, f"{disc.joliet.where(twin)}: a different date than in the primary tree")


def defined_numbers() -> list[int]:
    """The numbers of the requirements in the source of the program, which REQUIREMENTS must have too."""
    source = Path(__file__).resolve().parents[2] / "src/verify/requirement.rs"
    return [int(number) for number in re.findall(r"^    \w+ = (\d+),$", source.read_text(), re.MULTILINE)]


# The functions above, by the number of their requirement.
REQUIREMENTS: dict[int, Callable[[Disc], Problems]] = {
    int(name.split("_")[1]): function
    for name, function in list(globals().items())
    if re.match(r"requirement_\d\d_", name)
}
if sorted(REQUIREMENTS) != defined_numbers():
    sys.exit(f"the program has the requirements {defined_numbers()}, lint.py {sorted(REQUIREMENTS)}")


def lint(path: Path, level: int = 3) -> list[Problem]:
    """All problems and notes for an image."""
    disc = read_disc(path, level)
    return [problem for requirement in REQUIREMENTS.values() for problem in requirement(disc)]


def printable(text: str) -> str:
    """The text with escapes for characters that cannot be printed, such as line feeds in a name."""
    return "".join(c if c.isprintable() else c.encode("unicode-escape").decode("ascii") for c in text)


def result_line(function: Callable[[Disc], Problems], found: Iterable[Problem]) -> str:
    _, number, words = function.__name__.split("_", 2)
    problems = [problem for problem in found if not problem.note]
    shown_problems = problems or [problem for problem in found if problem.note]
    text = "; ".join(problem.message for problem in shown_problems[:MAX_SHOWN])
    if len(shown_problems) > MAX_SHOWN:
        text += f"; and {len(shown_problems) - MAX_SHOWN} more"
    verdict = "FAIL" if problems else "ok  "
    note = "note: " if shown_problems and not problems else ""
    return printable(f"{verdict}  requirement {number} {words.replace('_', ' ')}: {note}{text}".rstrip(": "))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path)
    parser.add_argument(
        "--level", type=int, choices=[1, 2, 3], default=3, help="interchange level whose limits apply; default: 3"
    )
    parser.add_argument("--json", action="store_true", help="print problems and notes as one list")
    arguments = parser.parse_args()
    found = lint(arguments.image, arguments.level)
    failed = {problem.requirement for problem in found if not problem.note}
    if arguments.json:
        items = [
            {"requirement": problem.requirement, "message": printable(problem.message), "note": problem.note}
            for problem in found
        ]
        print(json.dumps(items, ensure_ascii=False, indent=1))
        return 1 if failed else 0
    for number, function in REQUIREMENTS.items():
        print(result_line(function, [problem for problem in found if problem.requirement == number]))
    print(f"{len(REQUIREMENTS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
