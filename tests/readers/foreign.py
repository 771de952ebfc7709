#!/usr/bin/env python3
"""Tests `verify` with images made by other programs: it must accept what is sound, and report correctly what is wrong.

    foreign.py --program MAKE_DISC [--keep FOLDER] [--show]

Makes small collections, most with a checksum list, and images of them with xorriso, genisoimage, bsdtar and pycdlib, with
the options that people use; changes copies of some images; and takes the four images in three Debian packages
unchanged. For each image it compares the three layers of the verdict with the table EXPECTED. --show also prints the whole
output of `verify` for each image.
"""

import argparse
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pycdlib

# The images of Debian packages, by name.
PACKAGES = {
    "grub-rescue-pc": "usr/lib/grub-rescue/grub-rescue-cdrom.iso",
    "ipxe": "usr/lib/ipxe/ipxe.iso",
    "memtest86+ 64": "usr/lib/memtest86+/memtest86+x64.iso",
    "memtest86+ 32": "usr/lib/memtest86+/memtest86+ia32.iso",
}
REPOSITORY = Path(__file__).resolve().parents[2]
# Symbolic links and their targets.
LINKS = {
    "latest.pdf": "reports/final_report_santiago_2008.pdf", "current": "reports", "disc": ".",
    "reports/home.html": "../index.html", "outside": "/etc/hostname", "nowhere": "reports/none",
}
# Paths that are links or lead through links, and the files that they lead to.
LISTED_LINKS = {
    "latest.pdf": LINKS["latest.pdf"], "current/archive.tar.gz": "reports/archive.tar.gz",
    "disc/current/home.html": "index.html",
}
LONG = "a_very_long_name_of_a_report_with_more_than_sixty_four_characters"
# A page with links to files whose names are shortened on some discs.
PAGE = f"<!DOCTYPE html><title>Home</title><a href='reports/{LONG}_2007.pdf'>1</a><a href='archive.tar.gz'>2</a>".encode()
SHORTENED = {
    f"reports/{LONG}_2007.pdf": b"one", f"reports/{LONG}_2008.pdf": b"two", f"reports/{LONG}_2009.pdf": b"two",
    "reports/annex to the final report: part one.html": b"x", "index.html": PAGE, "archive.tar.gz": b"g",
    "final_report_santiago.pdf": b"f1", "final_report_asia.pdf": b"f2", f"{LONG}/r.txt": b"r",
    "rapports égalité/santé pour tous.pdf": b"s",
}
DEEP = "one/two/three/four/five/six/seven/eight/nine/ten"


def collection(deep: bool, unicode_names: bool) -> dict[str, bytes]:
    """Files by path, with a checksum list."""
    files = {
        "index.html": b"<!DOCTYPE html><title>Home</title><a href='reports/final_report_santiago_2007.pdf'>Report</a>",
        "readme.txt": b"Reports\n",
        "empty.txt": b"",
        "reports/final_report_santiago_2007.pdf": b"%PDF-1.4\n" + hashlib.shake_128(b"santiago").digest(300_000),
        "reports/final_report_santiago_2008.pdf": b"%PDF-1.4\n" + hashlib.shake_128(b"later").digest(2048),
        "reports/a copy of the final report.pdf": b"%PDF-1.4\n" + hashlib.shake_128(b"later").digest(2048),
        "reports/archive.tar.gz": hashlib.shake_128(b"archive").digest(5000),
    }
    files |= {f"reports/annex_{number:03}.txt": f"annex {number}\n".encode() for number in range(60)}
    if unicode_names:
        files["rapports/égalité_et_santé.pdf"] = b"%PDF-1.4\n" + hashlib.shake_128(b"fr").digest(4000)
        files["تقارير/التقرير النهائي.pdf"] = b"%PDF-1.4\n" + hashlib.shake_128(b"ar").digest(4000)
    if deep:
        files[f"{DEEP}/deep.txt"] = b"deep\n"
        files["one/two/three/four/five/six/seven/eight/other/deep.txt"] = b"deep too\n"
    return files | {"SHA256SUMS": checksum_list(files)}


def checksum_list(files: dict[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())).encode()


def write(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, text=True)


def with_pycdlib(image: Path, files: dict[str, bytes], rock_ridge: str | None, joliet: int | None, boot: bool) -> None:
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, rock_ridge=rock_ridge, joliet=joliet, vol_ident="REPORTS")
    directories: dict[str, str] = {"": ""}
    number = 0

    def names(path: str) -> dict[str, str]:
        named = {}
        if rock_ridge:
            named["rr_name"] = path.rsplit("/", 1)[-1]
        if joliet:
            named["joliet_path"] = f"/{path}"
        return named

    for path, data in files.items():
        folder = ""
        for part in path.split("/")[:-1]:
            child = f"{folder}/{part}".lstrip("/")
            if child not in directories:
                directories[child] = f"{directories[folder]}/D{len(directories)}"
                iso.add_directory(directories[child], **names(child))
            folder = child
        number += 1
        iso.add_fp(io.BytesIO(data), len(data), f"{directories[folder]}/F{number}.;1", **names(path))
    if boot:
        data = b"\xeb\xfe" + bytes(2046)
        extra = {"rr_name": "boot.img"} if rock_ridge else {}
        if joliet:
            extra["joliet_path"] = "/boot.img"
        iso.add_fp(io.BytesIO(data), len(data), "/BOOT.IMG;1", **extra)
        extra = {"rr_bootcatname": "boot.cat"} if rock_ridge else {}
        if joliet:
            extra["joliet_bootcatfile"] = "/boot.cat"
        iso.add_eltorito("/BOOT.IMG;1", **extra)
    iso.write(str(image))
    iso.close()


def with_different_trees(image: Path, files: dict[str, tuple[str | None, str | None, bytes]], links: dict[str, str] | None = None,
                         listed: dict[str, bytes] | None = None) -> None:
    """Makes an image whose two trees may have different files. `files` has, for each identifier, the name of the file in Rock
    Ridge, its name in Joliet, and its bytes; a name is `None` if that tree does not have the file. If `links` is `None`, the
    image has no Rock Ridge, and the first name only says whether the primary tree has the file. The checksum list names
    the files in `listed` instead of `files`, if it is given."""
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, rock_ridge=None if links is None else "1.09", joliet=3, vol_ident="REPORTS")
    for target in {target for target in (links or {}).values() if target.endswith("/")}:
        iso.add_directory(f"/{target[:-1].upper()}", rr_name=target[:-1], joliet_path=f"/{target[:-1]}")
    known = {name: data for first, second, data in files.values() for name in (first, second) if name}
    files = files | {"/SHA256SUMS.;1": ("SHA256SUMS", "SHA256SUMS", checksum_list(listed or known))}
    stored: dict[bytes, str] = {}
    for identifier, (name, in_joliet, data) in files.items():
        names = {} if links is None else {"rr_name": (name or in_joliet).rsplit("/", 1)[-1]}
        if in_joliet:
            folder = in_joliet.rpartition("/")[0]
            if folder and f"{folder}/" not in (links or {}).values():
                iso.add_directory(joliet_path=f"/{folder}")
            names["joliet_path"] = f"/{in_joliet}"
        if data in stored and not in_joliet:
            iso.add_hard_link(iso_old_path=stored[data], iso_new_path=identifier, **names)
            continue
        iso.add_fp(io.BytesIO(data), len(data), identifier, **names)
        stored[data] = identifier
        if not name:
            iso.rm_hard_link(iso_path=identifier)
    for number, (path, target) in enumerate((links or {}).items()):
        iso.add_symlink(f"/L{number}.;1", rr_symlink_name=path, rr_path=target.rstrip("/"))
    iso.write(str(image))
    iso.close()


class Udf:
    """Changes the UDF tree that genisoimage writes beside ISO 9660. The checksums in the tag of a changed descriptor are
    computed again."""

    SECTOR = 2048

    def __init__(self, image: bytes):
        self.data = bytearray(image)
        main = self.number(256 * self.SECTOR + 20)
        descriptors = {self.number(at, 2): at for at in range(main * self.SECTOR, (main + 16) * self.SECTOR, self.SECTOR)}
        self.partition, self.volume = descriptors[5], descriptors[6]
        self.start = self.number(self.partition + 188)
        file_set = self.block(self.number(self.volume + 252))
        # The offsets of the file identifier descriptor and of the file entry of each file and directory, by path.
        self.root = self.number(file_set + 404)
        self.places: dict[str, tuple[int, int]] = {}
        self.find("", self.root)

    def number(self, at: int, size: int = 4) -> int:
        return int.from_bytes(self.data[at:at + size], "little")

    def block(self, number: int) -> int:
        return (self.start + number) * self.SECTOR

    def find(self, folder: str, block: int) -> None:
        entry = self.block(block)
        extent = entry + 176 + self.number(entry + 168)
        at = self.block(self.number(extent + 4))
        end = at + self.number(entry + 56)
        while at < end:
            length, start = self.data[at + 19], at + 38 + self.number(at + 36, 2)
            child, name = self.number(at + 24), bytes(self.data[start:start + length])
            if length:
                path = folder + (name[1:].decode("latin-1") if name[0] == 8 else name[1:].decode("utf-16-be"))
                self.places[path] = at, self.block(child)
                if self.data[at + 18] & 2:
                    self.find(path + "/", child)
            at += (38 + self.number(at + 36, 2) + length + 3) // 4 * 4

    def put(self, descriptor: int, offset: int, value: bytes, has_right_tag: bool = True) -> "Udf":
        """Changes bytes of a descriptor; computes the checksums in its tag again, unless it should not have a right tag."""
        self.data[descriptor + offset:descriptor + offset + len(value)] = value
        if has_right_tag:
            crc = 0
            for byte in self.data[descriptor + 16:descriptor + 16 + self.number(descriptor + 10, 2)]:
                crc ^= byte << 8
                for _ in range(8):
                    crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
            self.data[descriptor + 8:descriptor + 10] = crc.to_bytes(2, "little")
            self.data[descriptor + 4] = 0
            self.data[descriptor + 4] = sum(self.data[descriptor:descriptor + 16]) % 256
        return self

    def put_link(self, path: str, target: str) -> None:
        """Makes a file a symbolic link, with the components of its target in its file entry."""
        entry = self.places[path][1]
        kinds = {"..": b"\3\0\0\0", ".": b"\4\0\0\0", "": b"\2\0\0\0"}
        link = b"".join(kinds.get(name) or bytes([5, len(name) + 1, 0, 0, 8]) + name.encode() for name in target.split("/"))
        flags = self.number(entry + 34, 2) & ~7 | 3
        self.put(entry, 10, (self.SECTOR - 16).to_bytes(2, "little"))
        for offset, value in ((27, b"\x0c"), (34, flags.to_bytes(2, "little")), (56, len(link).to_bytes(8, "little")),
                              (172, len(link).to_bytes(4, "little")), (176 + self.number(entry + 168), link)):
            self.put(entry, offset, value)

    def continue_extents(self, path: str) -> None:
        """Moves the extents of a file from its file entry to an extent of allocation descriptors. That takes the place of the
        file entry of a copy of another file; the copy and the other file then have one entry."""
        copy, other = "reports/a copy of the final report.pdf", "reports/final_report_santiago_2008.pdf"
        block = self.block_of(copy)
        self.put_block(copy, self.block_of(other))
        entry = self.places[path][1]
        at, length = entry + 176 + self.number(entry + 168), self.number(entry + 172)
        extents = bytes(self.data[at:at + length])
        header = (258).to_bytes(2, "little") + b"\2\0" + bytes(6) + (8 + length).to_bytes(2, "little") + block.to_bytes(4, "little")
        self.put(self.block(block), 0, header + bytes(4) + length.to_bytes(4, "little") + extents)
        self.put(entry, 176 + self.number(entry + 168), (3 << 30 | self.SECTOR).to_bytes(4, "little") + block.to_bytes(4, "little"))

    def put_name(self, path: str, name: bytes) -> "Udf":
        at, _ = self.places[path]
        assert len(name) == self.data[at + 19] - 1, path
        return self.put(at, 39 + self.number(at + 36, 2), name)

    def put_block(self, path: str, block: int) -> "Udf":
        return self.put(self.places[path][0], 24, block.to_bytes(4, "little"))

    def block_of(self, path: str) -> int:
        return self.places[path][1] // self.SECTOR - self.start


# Changes of a UDF tree by name, with the verdict on each.
UDF_CHANGES: dict[str, tuple[str, Callable[[Udf], object]]] = {
    "shows other bytes": ("NOT INTACT", lambda udf: udf.put_block("readme.txt", udf.block_of("index.html"))),
    "has two files with each other's names": ("NOT INTACT", lambda udf: (
        udf.put_name("reports/annex_010.txt", b"annex_09x.txt"), udf.put_name("reports/annex_011.txt", b"annex_010.txt"),
        udf.put_name("reports/annex_010.txt", b"annex_011.txt"))),
    "has a file with another name": ("NOT INTACT", lambda udf: udf.put_name("readme.txt", b"readme.exe")),
    "has another file": ("NOT INTACT", lambda udf: (
        udf.put_name("empty.txt", b"added.exe"), udf.put_block("empty.txt", udf.block_of("readme.txt")))),
    "shows half of a file": ("NOT INTACT", lambda udf: (
        udf.put(udf.places["readme.txt"][1], 56, b"\4"),
        udf.put(udf.places["readme.txt"][1], 176 + udf.number(udf.places["readme.txt"][1] + 168), b"\4"))),
    "lacks a file": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][0], 18, b"\4")),
    "hides a file": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][0], 18, b"\1")),
    "has a directory that contains itself": ("NOT PROVEN", lambda udf: udf.put_block("reports", udf.root)),
    "has a name with a separator": ("NOT PROVEN", lambda udf: udf.put_name("readme.txt", b"../dme.txt")),
    "has a name twice": ("NOT PROVEN", lambda udf: udf.put_name("reports/annex_011.txt", b"annex_010.txt")),
    "has a damaged entry": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][1], 56, b"\5", False)),
    "has a damaged name": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][0], 40, b"x", False)),
    "has a link to a listed file": ("FILES INTACT", lambda udf: udf.put_link(
        "reports/a copy of the final report.pdf", "../reports/./final_report_santiago_2008.pdf")),
    "has a link to another file": ("NOT INTACT", lambda udf: udf.put_link("readme.txt", "index.html")),
    "has a link to nothing": ("NOT INTACT", lambda udf: udf.put_link("readme.txt", "nothing.txt")),
    "has a link out of the disc": ("NOT INTACT", lambda udf: udf.put_link("readme.txt", "/etc/hostname")),
    "has a link to itself": ("NOT INTACT", lambda udf: udf.put_link("readme.txt", "readme.txt")),
    "has a file whose extents continue elsewhere": ("FILES INTACT", lambda udf: udf.continue_extents(
        "reports/final_report_santiago_2007.pdf")),
    "has a damaged symbolic link": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][1], 27, b"\x0c")),
    "has an extent that is not recorded": ("NOT PROVEN", lambda udf: udf.put(
        udf.places["readme.txt"][1], 176 + udf.number(udf.places["readme.txt"][1] + 168) + 3, b"\x40")),
    "has an extent outside the partition": ("NOT PROVEN", lambda udf: udf.put(
        udf.places["readme.txt"][1], 176 + udf.number(udf.places["readme.txt"][1] + 168) + 7, b"\x40")),
    "is of version 2": ("NOT PROVEN", lambda udf: udf.put(udf.volume, 240, b"\1\2")),
    "has another partition in its second sequence": ("NOT PROVEN", lambda udf: udf.put(
        udf.partition, 188, (udf.start + 1).to_bytes(4, "little"))),
    "has a metadata partition": ("NOT PROVEN", lambda udf: udf.put(udf.volume, 440, b"\2\x40\0\0\0*UDF Metadata Partition")),
    "has a file without names": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][1], 48, b"\0\0")),
    "has a file that nobody may read": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][1], 44, bytes(4))),
    "has an entry of an unknown version": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][1], 2, b"\x09")),
    "has a name that leads to nothing": ("NOT PROVEN", lambda udf: udf.put(udf.places["readme.txt"][0], 20, bytes(4))),
    "has no anchor": ("NOT PROVEN", lambda udf: udf.put(256 * Udf.SECTOR, 0, bytes(16), False)),
}


def fat_image() -> bytes:
    """The beginning of a FAT file system as mkfs.fat makes it, long enough for its headers."""
    header = b"\xeb\x3c\x90mkfs.fat\0\x02\4\1\0\2\0\2\0\2\xf8\1\0\x20\0\2\0".ljust(54, b"\0") + b"FAT12   "
    return header.ljust(510, b"\0") + b"\x55\xaa" + b"\xf8\xff\xff".ljust(80 * 1024 - 512, b"\0")


def put_partition(image: bytearray, kind: int, first: int, count: int) -> None:
    """Writes an MBR with one partition, in blocks of 512 bytes."""
    image[446:462] = bytes([0x80, 0, 1, 0, kind, 0, 0, 0]) + first.to_bytes(4, "little") + count.to_bytes(4, "little")
    image[510:512] = b"\x55\xaa"


def put_gpt_at_end(data: bytearray, unit: int) -> None:
    """Writes a GPT with a FAT file system at the end, in whole units of `unit` bytes."""
    data += bytes(-len(data) % 4096)
    partition = (len(data) - 40 * 2048) // unit * unit
    entries, header = partition - unit, len(data) - unit
    data[header : header + 92] = (b"EFI PART".ljust(72, b"\0") + (entries // unit).to_bytes(8, "little")
                                  + (1).to_bytes(4, "little") + (128).to_bytes(4, "little")).ljust(92, b"\0")
    data[entries : entries + 48] = b"\1" * 32 + (partition // unit).to_bytes(8, "little") + (partition // unit + 4).to_bytes(8, "little")
    data[partition : partition + 512] = fat_image()[:512]


def hide_file_systems(good: bytes, image: Callable[[str], Path]) -> None:
    """Makes images that some systems read as another file system, or that contain more than their files."""

    def changed(name: str, change: Callable[[bytearray], object]) -> None:
        data = bytearray(good)
        change(data)
        image(name).write_bytes(data)

    def put(at: int, part: bytes) -> Callable[[bytearray], None]:
        return lambda data: data.__setitem__(slice(at, at + len(part)), part)

    changed("a FAT file system in the system area", put(0, fat_image()[:512]))
    changed("an NTFS file system in the system area", put(0, b"\xeb\x52\x90NTFS    "))
    changed("an exFAT file system in the system area", put(0, b"\xeb\x76\x90EXFAT   "))
    superblock = (16).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(48) + b"\x53\xef"
    changed("an ext file system in the system area", put(1024, superblock))
    changed("a squashfs file system in the system area", put(0, b"hsqs"))
    code = b"\xeb\x63\x90" + b"\x90" * 400
    changed("boot code in the system area", lambda data: (put(0, code)(data), put(510, b"\x55\xaa")(data)))
    changed("bytes in the system area that are not a boot sector", put(0, code))
    changed("boot code and other bytes in the system area", lambda data: (put(0, code)(data), put(510, b"\x55\xaa\1")(data)))
    # The header of an archive from before POSIX has no magic number.
    header = tarfile.TarInfo("index.html").tobuf(tarfile.USTAR_FORMAT)
    header = header[:148] + b" " * 8 + header[156:257] + bytes(255)
    changed("a tar archive in the system area", put(0, header[:148] + b"%06o\0 " % sum(header) + header[156:]))
    for unit in (512, 2048, 4096):
        changed(f"a GPT at the end in units of {unit}", lambda data, unit=unit: put_gpt_at_end(data, unit))
    last = len(good) - 20 * 2048
    changed("other bytes in the padding", put(last, b"data"))
    # The partition table of a hybrid image lists the image itself as a partition.
    changed("a partition that is the image", lambda data: put_partition(data, 0x17, 0, len(data) // 512))
    changed("a partition that is the image without its first block",
            lambda data: put_partition(data, 0xCD, 1, len(data) // 512 - 1))
    changed("a partition in the padding", lambda data: (put_partition(data, 0xEF, last // 512, 16), put(last, fat_image()[:512])(data)))

    def put_gpt(data: bytearray) -> None:
        header = b"EFI PART".ljust(72, b"\0") + (2).to_bytes(8, "little") + (1).to_bytes(4, "little") + (128).to_bytes(4, "little")
        entry = b"\1" * 32 + (last // 512).to_bytes(8, "little") + (last // 512 + 15).to_bytes(8, "little")
        put(512, header)(data)
        put(1024, entry)(data)
        put(last + 1024, b"H+\0\4")(data)

    changed("HFS+ in a GPT", put_gpt)


def make(program: str, folder: Path) -> dict[str, Path]:
    """The images by name."""
    full = write(collection(deep=True, unicode_names=True), folder / "full")
    flat = write(collection(deep=False, unicode_names=True), folder / "flat")
    images = {}

    def image(name: str) -> Path:
        images[name] = folder / f"{len(images):02}.iso"
        return images[name]

    xorriso = ["xorriso", "-as", "mkisofs", "-quiet"]
    run(*xorriso, "-r", "-J", "-V", "REPORTS", "-o", image("xorriso -r -J"), full)
    run(*xorriso, "-o", image("xorriso"), full)
    run("xorriso", "-md5", "on", "-joliet", "on", "-outdev", image("xorriso -md5 on"), "-map", full, "/")
    run(*xorriso, "-r", "-J", "-iso-level", "4", "-o", image("xorriso -iso-level 4"), full)
    run("genisoimage", "-quiet", "-r", "-J", "-joliet-long", "-V", "REPORTS", "-o", image("genisoimage -r -J"), full)
    run("genisoimage", "-quiet", "-r", "-o", image("genisoimage -r"), full)
    run("genisoimage", "-quiet", "-J", "-iso-level", "1", "-o", image("genisoimage -J -iso-level 1"), flat)
    run("genisoimage", "-quiet", "-udf", "-r", "-J", "-o", image("genisoimage -udf"), flat)
    data = images["genisoimage -udf"].read_bytes()
    for name, (_, change) in UDF_CHANGES.items():
        udf = Udf(data)
        change(udf)
        image(f"UDF that {name}").write_bytes(udf.data)
    run("genisoimage", "-quiet", "-udf", "-o", image("genisoimage -udf without Joliet"), flat)
    run("genisoimage", "-quiet", "-r", "-J", "-T", "-o", image("genisoimage -T"), flat)
    run("genisoimage", "-quiet", "-iso-level", "4", "-r", "-o", image("genisoimage -iso-level 4"), full)
    for name, options in {"bsdtar": [], "bsdtar !joliet": ["--options", "!joliet"]}.items():
        run("bsdtar", "--format", "iso9660", *options, "-cf", image(name), "-C", full, *sorted(p.name for p in full.iterdir()))
    # The files of a disc made by make-disc, as if they were copied and burned again; and a list that another program wrote.
    run(program, "stage", "--quiet", REPOSITORY / "manifest.yaml", folder / "staged")
    run("genisoimage", "-quiet", "-r", "-J", "-o", image("genisoimage of a staged disc"), folder / "staged")
    run("genisoimage", "-quiet", "-l", "-o", image("genisoimage -l of a staged disc"), folder / "staged")
    run("genisoimage", "-quiet", "-udf", "-o", image("genisoimage -udf of a staged disc without Joliet"), folder / "staged")
    data = images["genisoimage of a staged disc"].read_bytes()
    image("a name in capital letters among others").write_bytes(data.replace(b"\1\0readme.txt", b"\1\0README.TXT"))
    # Linux ignores the name of a record whose entries are followed by zeros.
    record = re.search(rb"NM\x0f\x01\0readme\.txt.*?TF\x1a\x01.{22}", data, flags=re.DOTALL)
    image("zeros after the entries of a record").write_bytes(data[:record.end() - 26] + bytes(26) + data[record.end():])
    # libarchive ignores the entries after one whose signature is not two capital letters.
    image("an entry with another signature").write_bytes(data.replace(b"TF\x1a\x01", b" F\x1a\x01", 3))
    image("an entry that is too short").write_bytes(data[:record.end() - 26] + b"RR\x04\1" + data[record.end() - 22:])
    shutil.copytree(folder / "staged", folder / "second names")
    (folder / "second names/.xdg-volume-info").unlink()
    (folder / "second names/.xdg-volume-info").hardlink_to(folder / "second names/readme.txt")
    run("genisoimage", "-quiet", "-r", "-J", "-cache-inodes", "-o", image("a second name of another file"), folder / "second names")
    # Empty folders are in no list. Where names are the same in capital letters, only one of the two can be reached.
    shutil.copytree(folder / "staged", folder / "empty folders")
    (folder / "empty folders/INDEX.HTML").mkdir()
    run("genisoimage", "-quiet", "-r", "-J", "-o", image("an empty folder with a published name"), folder / "empty folders")
    (folder / "empty folders/INDEX.HTML").rename(folder / "empty folders/other")
    run("genisoimage", "-quiet", "-r", "-J", "-o", image("an empty folder with another name"), folder / "empty folders")
    long_name = {"n" * 254: b"x"}
    run("genisoimage", "-quiet", "-r", "-o", image("a name that Linux cuts off"),
        write(long_name | {"SHA256SUMS": checksum_list(long_name)}, folder / "long name"))
    names = collection(deep=False, unicode_names=False)
    listed = names["SHA256SUMS"].decode().replace("  ", " *./").replace("\n", "\r\n").encode("utf-16")
    run("genisoimage", "-quiet", "-r", "-J", "-o", image("genisoimage with a list in UTF-16"),
        write(names | {"SHA256SUMS": listed}, folder / "listed"))
    short = write(SHORTENED | {"SHA256SUMS": checksum_list(SHORTENED)}, folder / "short")
    run("genisoimage", "-quiet", "-o", image("genisoimage with names of 8 and 3"), short)
    run("genisoimage", "-quiet", "-l", "-o", image("genisoimage with names of 31"), short)
    run("xorriso", "-outdev", image("xorriso Joliet without Rock Ridge"), "-joliet", "on", "-rockridge", "off", "-map", short, "/")
    run("bsdtar", "--format", "iso9660", "--options", "!rockridge", "-cf", image("bsdtar Joliet without Rock Ridge"), "-C", short,
        *sorted(p.name for p in short.iterdir()))
    run("genisoimage", "-quiet", "-omit-version-number", "-o", image("genisoimage without versions"), short)
    long_names = {f"{LONG}_2007.pdf": b"one", "annex: part one?.html": b"x"}
    run("genisoimage", "-quiet", "-udf", "-J", "-o", image("genisoimage -udf with shortened names"),
        write(long_names | {"SHA256SUMS": checksum_list(long_names)}, folder / "long names"))
    run(*xorriso, "--norock", "-max-iso9660-filenames", "-o", image("xorriso without versions"), short)
    write({"final_report_of_europe.pdf": b"added"}, short)
    run("genisoimage", "-quiet", "-o", image("genisoimage with names of 8 and 3 and another file"), short)
    relocated = {f"one/two/three/four/five/six/seven/{name}/x.txt": name.encode() for name in ("eight", "other")}
    relocated = write(relocated | {"SHA256SUMS": checksum_list(relocated)}, folder / "relocated")
    run("genisoimage", "-quiet", "-R", "-o", image("genisoimage with relocated folders"), relocated)
    data = images["genisoimage with relocated folders"].read_bytes()
    exchanged = re.sub(b"EIGHT|OTHER", lambda match: b"OTHER" if match[0] == b"EIGHT" else b"EIGHT", data)
    image("relocated folders with each other's identifiers").write_bytes(exchanged)
    run("genisoimage", "-quiet", "-R", "-J", "-xa", "-o", image("genisoimage -R -xa"), full)
    short = write(SHORTENED | {"SHA256SUMS": checksum_list(SHORTENED)}, folder / "short with XA")
    run("genisoimage", "-quiet", "-xa", "-o", image("genisoimage -xa"), short)
    # Rock Ridge that is announced without the bytes of CD-ROM XA, which the records have.
    announced = images["genisoimage -R -xa"].read_bytes().replace(b"SP\x07\x01\xbe\xef\x0e", b"SP\x07\x01\xbe\xef\0")
    image("genisoimage -R -xa with a wrong SP").write_bytes(announced)
    # Links as on the discs of Linux distributions. The list of the second disc also names links, which `find -L` finds.
    linked = write({path: data for path, data in names.items() if path != "SHA256SUMS"}, folder / "linked")
    write({"SHA256SUMS": names["SHA256SUMS"]}, linked)
    for path, target in LINKS.items():
        (linked / path).symlink_to(target)
    run(*xorriso, "-R", "-J", "-o", image("xorriso with links"), linked)
    more = [f"{hashlib.sha256(names[target]).hexdigest()}  {path}\n" for path, target in LISTED_LINKS.items()]
    write({"SHA256SUMS": names["SHA256SUMS"] + "".join(more).encode()}, linked)
    run("genisoimage", "-quiet", "-R", "-J", "-o", image("genisoimage with links in the list"), linked)
    run("genisoimage", "-quiet", "-udf", "-R", "-J", "-o", image("genisoimage -udf with links in the list"), linked)
    run("bsdtar", "--format", "iso9660", "-cf", image("bsdtar with links"), "-C", linked, *sorted(p.name for p in linked.iterdir()))
    write({"SHA256SUMS": names["SHA256SUMS"] + more[0].replace("latest", "newest").encode()}, linked)
    run(*xorriso, "-R", "-J", "-o", image("a list with a link that does not exist"), linked)
    # Files that only one tree has, and links in Rock Ridge where Joliet has a file of the same name.
    a, b, long = b"a\n", b"b\n", f"{LONG}_2007.pdf"
    first = {"/B.TXT;1": ("b.txt", "b.txt", b), "/C.TXT;1": ("c.txt", "c.txt", a)}
    in_joliet = first | {"/A.TXT;1": (None, "a.txt", a)}
    with_different_trees(image("a link to another file than that of Joliet"), in_joliet, {"a.txt": "b.txt"})
    with_different_trees(image("a link to the same file as that of Joliet"), in_joliet, {"a.txt": "c.txt"})
    with_different_trees(image("a link to nothing, and a file in Joliet"), in_joliet, {"a.txt": "nowhere"})
    with_different_trees(image("a link to another folder than that of Joliet"),
                         {"/B/A.TXT;1": ("b/a.txt", "b/a.txt", b), "/C.TXT;1": ("c.txt", "c.txt", a),
                          "/A.TXT;1": (None, "a/a.txt", a)}, {"a": "b/"})
    with_different_trees(image("a shortened name in the primary tree only"),
                         first | {"/FINAL_RE.PDF;1": ("final_report.pdf", None, b"f")})
    with_different_trees(image("a shortened name in Joliet only"), first | {"/D.TXT;1": (None, f"{long[:60]}.pdf", b"d")},
                         {}, {"b.txt": b, "c.txt": a, long: b"d"})
    with_different_trees(image("one of two names of a file in the primary tree only"),
                         first | {"/A.TXT;1": ("a.txt", None, a)}, {})
    with_different_trees(image("two files with the names of each other"),
                         {"/ANNEXES_2007.PDF;1": ("x", None, b), "/ANNEXES_2008.PDF;1": ("y", None, a)}, None,
                         {"Annexes 2007.pdf": a, "Annexes 2008.pdf": b})
    empty = "empty file of a report.txt"
    with_different_trees(image("an empty file with a shortened name"), {"/EMPTY_FI.TXT;1": (empty, empty, b"")})
    with_different_trees(image("a link with the name of the list"), first, {"sha256.sum": "b.txt"})
    with_different_trees(image("a name of digits"), {"/20080630.PDF;1": ("x", None, b)}, None, {"final_report.pdf": b})
    with_different_trees(image("files with each other's names where Joliet hides it"),
                         {"/AFRICA_.PDF;1": ("x", "Asia.pdf", b), "/ASIA_.PDF;1": ("y", "Africa.pdf", a)}, None,
                         {"Africa.pdf": a, "Asia.pdf": b})
    # For a link with a long name, Joliet has an empty file with the beginning of the name.
    linked = write({"readme.txt": a, "SHA256SUMS": checksum_list({"readme.txt": a})}, folder / "long link")
    (linked / ("n" * 70)).symlink_to("readme.txt")
    run("genisoimage", "-quiet", "-R", "-J", "-o", image("genisoimage with a link with a long name"), linked)
    run("bsdtar", "--format", "iso9660", "-cf", image("bsdtar with a link with a long name"), "-C", linked,
        *sorted(p.name for p in linked.iterdir()))
    # The list as an editor left it.
    edited = b"# reports\n" + checksum_list({"readme.txt": a})[:-1]
    run("genisoimage", "-quiet", "-R", "-J", "-o", image("a list with a comment and without its last line ending"),
        write({"readme.txt": a, "SHA256SUMS": edited}, folder / "edited"))
    write({"added.txt": b}, folder / "edited")
    run("genisoimage", "-quiet", "-R", "-J", "-o", image("the same and another file"), folder / "edited")
    # Programs that ask the clock for each tree may give a file two dates.
    data = bytearray(images["genisoimage -r -J"].read_bytes())
    data[data.index("readme.txt".encode("utf-16-be")) - 10] ^= 1
    image("genisoimage -r -J with another second in Joliet").write_bytes(data)
    # Rock Ridge that some systems read and others do not.
    plain = images["genisoimage -r"].read_bytes()
    # `PX` of the root directory, without which bsdtar shows no files, and an announced name.
    image("genisoimage -r with a damaged PX").write_bytes(plain.replace(b"PX", b"pX", 1))
    image("genisoimage -r with a damaged NM").write_bytes(re.sub(rb"NM(?=.\x01\0readme\.txt)", b"nM", plain, flags=re.DOTALL))
    other_version = re.sub(rb"(NM.)\x01(\0readme\.txt)", lambda match: match[1] + b"\2" + match[2], plain, flags=re.DOTALL)
    image("genisoimage -r with another version of NM").write_bytes(other_version)
    without_sp = images["genisoimage with a list in UTF-16"].read_bytes()
    without_sp = without_sp.replace(b"SP\x07\x01\xbe\xef", b"ZZ\x07\x01\xbe\xef").replace(b"RR\x05\x01", b"ZZ\x05\x01")
    image("genisoimage -r -J without SP after other entries").write_bytes(without_sp)
    image("genisoimage -r with a name in Latin-1").write_bytes(plain.replace(b"\0readme.txt", b"\0readm\xe9.txt"))
    data = images["genisoimage with links in the list"].read_bytes()
    unannounced = re.sub(rb"(RR\x05\x01)\x8d(?=NM.\x01\0latest\.pdf)", lambda match: match[1] + b"\x89", data, flags=re.DOTALL)
    image("genisoimage with a link that RR does not announce").write_bytes(unannounced)
    through = write({path: data for path, data in names.items() if path != "SHA256SUMS"}, folder / "through a file")
    (through / "latest.pdf").symlink_to("readme.txt/../" + LINKS["latest.pdf"])
    write({"SHA256SUMS": names["SHA256SUMS"] + more[0].encode()}, through)
    run("genisoimage", "-quiet", "-R", "-J", "-o", image("a list with a link through a file"), through)
    hide_file_systems(images["genisoimage -r -J"].read_bytes(), image)
    # A partition that is a file of the disc is proven by the checksum list; another partition is not.
    boot = write(names | {"efi.img": fat_image()}, folder / "boot")
    write({"SHA256SUMS": checksum_list({path: data for path, data in (names | {"efi.img": fat_image()}).items()
                                        if path != "SHA256SUMS"})}, boot)
    run("genisoimage", "-quiet", "-r", "-J", "-o", image("a partition that is a boot image"), boot)
    data = bytearray(images["a partition that is a boot image"].read_bytes())
    put_partition(data, 0xEF, data.index(fat_image()) // 512, len(fat_image()) // 512)
    images["a partition that is a boot image"].write_bytes(data)
    write({"efi.img": fat_image()}, folder / "appended")
    run(*xorriso, "-r", "-J", "-append_partition", "2", "0xef", folder / "appended/efi.img",
        "-o", image("xorriso -append_partition"), folder / "listed")
    run(*xorriso, "-r", "-J", "-hfsplus", "-o", image("xorriso -hfsplus"), folder / "listed")
    data = images["xorriso -hfsplus"].read_bytes()
    image("xorriso -hfsplus without ER").write_bytes(bytes(2) + data[2:])
    image("HFS+ that no partition table lists").write_bytes(bytes(0x8000) + data[0x8000:])
    image("HFS+ with a map that is damaged").write_bytes(data[:512] + data[512:0x8000].replace(b"PM\0\0", bytes(4)) + data[0x8000:])
    names_with_emoji = {"report\U0001f600.pdf": a, "r" * 63 + "\U0001f600\U0001f600.txt": b}
    emoji = write(names_with_emoji | {"SHA256SUMS": checksum_list(names_with_emoji)}, folder / "emoji")
    run("genisoimage", "-quiet", "-r", "-J", "-input-charset", "utf-8", "-o", image("genisoimage -r -J with emoji in names"), emoji)
    run(*xorriso, "-r", "-J", "-o", image("xorriso -r -J with emoji in names"), emoji)
    tables = write(names | {"TRANS.TBL": b"@echo off\n"}, folder / "tables")
    run("genisoimage", "-quiet", "-r", "-J", "-o", image("a file that is called like a table of names"), tables)
    # What may follow the volume: another session, and error-correction data.
    data = images["genisoimage -r -J"].read_bytes()
    image("another session").write_bytes(data + bytes(32 * 2048) + images["genisoimage -r"].read_bytes())
    sectors = len(data) // 2048
    correction = rs02_header(data) + b"\7" * 9000
    image("error-correction data").write_bytes((data + correction).ljust((sectors + 8) * 2048, b"\0"))
    signed = write(names | {"SHA256SUMS.asc": b"-----BEGIN PGP SIGNATURE-----\n"}, folder / "signed")
    run("genisoimage", "-quiet", "-r", "-J", "-o", image("a signature of the list"), signed)
    proof = write(names | {"SHA256SUMS.minisig": b"signature\n"}, folder / "proof")
    (proof / "SHA256SUMS.sig").hardlink_to(proof / "SHA256SUMS.minisig")
    run("genisoimage", "-quiet", "-r", "-J", "-cache-inodes", "-hide-joliet", "SHA256SUMS.minisig", "-o",
        image("a signature whose name one tree does not have"), proof)
    # Programs that unpack files with one serial number as one file.
    data = bytearray(images["bsdtar"].read_bytes())
    files = [match for match in re.finditer(rb"PX\x2c\x01", data) if data[match.start() + 5] & 0xF0 == 0x80]
    first, second = (next(match.start() for match in files if data[match.start() + 36:match.start() + 40] == serial)
                     for serial in sorted({bytes(data[match.start() + 36:match.start() + 40]) for match in files})[:2])
    data[second + 36:second + 44] = data[first + 36:first + 44]
    for at in (first, second):
        data[at + 12:at + 20] = (2).to_bytes(4, "little") + (2).to_bytes(4, "big")
    image("two files with one serial number").write_bytes(data)
    composed = {"\u00e9tude.pdf": a, "readme.txt": b}
    decomposed = write({"e\u0301tude.pdf": a, "readme.txt": b, "SHA256SUMS": checksum_list(composed)}, folder / "decomposed")
    run("genisoimage", "-quiet", "-r", "-J", "-input-charset", "utf-8", "-o", image("accents as old Macs store them"), decomposed)
    with_pycdlib(image("pycdlib Rock Ridge and Joliet"), names, "1.09", 3, False)
    with_pycdlib(image("pycdlib 1.12 with El Torito"), names, "1.12", 3, True)
    return images


def rs02_header(image: bytes) -> bytes:
    """The header of error correction in dvdisaster's format RS02."""
    header = bytearray(4096)
    header[:16] = b"*dvdisaster*RS02"
    header[20:36] = hashlib.md5(image[16 * 2048:17 * 2048]).digest()
    header[68:76] = (len(image) // 2048).to_bytes(8, "little")
    header[92] = 16
    header[96:100] = (0x4c5047).to_bytes(4, "little")
    header[96:100] = (~zlib.crc32(header) & 0xffffffff).to_bytes(4, "little")
    return bytes(header)


def from_packages(folder: Path) -> dict[str, Path]:
    """Downloads the Debian packages and unpacks their images."""
    folder.mkdir()
    for package in sorted({name.split()[0] for name in PACKAGES}):
        subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=True)
    for package in folder.glob("*.deb"):
        run("dpkg-deb", "-x", package, folder)
    return {name: folder / path for name, path in PACKAGES.items()}


# What `verify` must say about each image: the word of the verdict; the requirements that the image deviates from; how many
# files match the list, or a pair of how many match and how many are listed; a part of each note; and the state of the
# structure if it is not sound. The images really have these deviations: xorriso writes `..` in the Joliet tree so
# that it points to its own directory, and more levels than the standard allows; genisoimage with level 4 writes no
# versions and any character; pycdlib and GRUB use small letters where the standard allows only capital letters.
NO_JOLIET = "no Joliet"
BOOT = "boot record"
SYSTEM_AREA = "system area"
OTHER_BYTES = "belong to no file"
AFTER_END = "past the end of the volume"
ENHANCED = "ISO 9660:1999"
SHORTENED_NAME = "where names are shortened or changed"
LINK = "is a symbolic link"
OTHER_LIST = "written by another program"
UDF = "of a UDF file system were compared as well"
TABLE = "a table of the names in a folder"
SIGNATURE = "is a signature of the checksum list"
UNLISTED_FILE_SYSTEM = "no partition table lists it"
CORRECTION = "with error correction of dvdisaster in the format RS02, of which only the header was checked"
EXPECTED = {
    "xorriso -r -J": ("FILES INTACT", {6, 8}, 71, []),
    "xorriso": ("FILES INTACT", {8}, 71, [NO_JOLIET]),
    "xorriso -md5 on": ("FILES INTACT", {6, 8}, 71, [AFTER_END, OTHER_BYTES]),
    # Its enhanced descriptor has a tree of its own.
    "xorriso -iso-level 4": ("NOT PROVEN", {6, 8}, 71, [OTHER_BYTES]),
    "genisoimage -r -J": ("FILES INTACT", set(), 71, []),
    "genisoimage -r": ("FILES INTACT", set(), 71, [NO_JOLIET]),
    "genisoimage -J -iso-level 1": ("FILES INTACT", set(), 69, []),
    "genisoimage -udf": ("FILES INTACT", set(), 69, [UDF]),
    "genisoimage -udf without Joliet": ("FILES INTACT", set(), 69, [UDF, NO_JOLIET]),
    "genisoimage -udf with shortened names": ("FILES INTACT", set(), 2, [UDF, SHORTENED_NAME]),
    "genisoimage -udf with links in the list": ("FILES INTACT", set(), 70, [LINK] * 6 + [UDF]),
    "genisoimage -T": ("FILES INTACT", set(), 69, [TABLE]),
    "genisoimage -iso-level 4": ("FILES INTACT", {8}, 71, [ENHANCED, NO_JOLIET]),
    "bsdtar": ("FILES INTACT", set(), 71, [OTHER_BYTES]),
    "bsdtar !joliet": ("FILES INTACT", set(), 71, [NO_JOLIET, OTHER_BYTES]),
    "genisoimage of a staged disc": ("FILES INTACT", set(), None, []),
    "an empty folder with a published name": ("NOT INTACT", None, None, None),
    "an empty folder with another name": ("FILES INTACT", set(), None, ["the folder `other` is empty"]),
    "a name that Linux cuts off": ("FILES INTACT", set(), 1, [NO_JOLIET, "is cut off on Linux"]),
    "genisoimage -l of a staged disc": ("FILES INTACT", None, None, None),
    "genisoimage -udf of a staged disc without Joliet": ("FILES INTACT", None, None, None),
    "a name in capital letters among others": ("NOT INTACT", None, None, None),
    "zeros after the entries of a record": ("NOT INTACT", None, None, None),
    "an entry with another signature": ("NOT INTACT", None, None, None),
    "an entry that is too short": ("NOT INTACT", None, None, None),
    "a second name of another file": ("NOT INTACT", None, None, None),
    "a signature whose name one tree does not have": ("NOT PROVEN", None, None, None),
    "two files with one serial number": ("NOT INTACT", None, None, None),
    "genisoimage with a list in UTF-16": ("FILES INTACT", set(), 67, [OTHER_LIST]),
    "genisoimage with names of 8 and 3": ("FILES INTACT", set(), 10, [NO_JOLIET] + [SHORTENED_NAME] * 10),
    "genisoimage with names of 31": ("FILES INTACT", set(), 10, [NO_JOLIET] + [SHORTENED_NAME] * 7),
    "xorriso Joliet without Rock Ridge": ("FILES INTACT", {6, 9}, 10, [SHORTENED_NAME] * 5 + [AFTER_END, OTHER_BYTES]),
    "bsdtar Joliet without Rock Ridge": ("FILES INTACT", set(), 10, [SHORTENED_NAME] * 5 + [OTHER_BYTES]),
    # Without versions, `SHA256SU.` ends with a dot.
    "genisoimage without versions": ("FILES INTACT", {8}, 10, [NO_JOLIET] + [SHORTENED_NAME] * 10),
    "xorriso without versions": ("FILES INTACT", {8}, 10, [NO_JOLIET] + [SHORTENED_NAME] * 10),
    "genisoimage with names of 8 and 3 and another file": ("NOT INTACT", set(), 10, [NO_JOLIET] + [SHORTENED_NAME] * 10),
    "genisoimage with relocated folders": ("FILES INTACT", set(), 2, [NO_JOLIET]),
    "relocated folders with each other's identifiers": ("NOT INTACT", {7}, 2, [NO_JOLIET], "faulty"),
    "genisoimage -R -xa with a wrong SP": ("NOT INTACT", set(), 71, [], "faulty"),
    "genisoimage -R -xa": ("FILES INTACT", set(), 71, []),
    "genisoimage -xa": ("FILES INTACT", set(), 10, [NO_JOLIET, SHORTENED_NAME]),
    "xorriso with links": ("FILES INTACT", {6}, 67, [LINK] * 6),
    "genisoimage with links in the list": ("FILES INTACT", set(), 70, [LINK] * 6),
    "bsdtar with links": ("FILES INTACT", set(), 70, [LINK] * 6 + [OTHER_BYTES]),
    "a list with a link that does not exist": ("NOT INTACT", {6}, (67, 68), [LINK] * 6),
    "a link to another file than that of Joliet": ("NOT INTACT", {4}, (2, 3), [LINK]),
    "a link to the same file as that of Joliet": ("FILES INTACT", {4}, 3, [LINK]),
    "a link to nothing, and a file in Joliet": ("NOT INTACT", {4}, (2, 3), [LINK]),
    "a link to another folder than that of Joliet": ("NOT INTACT", {4}, (2, 3), [LINK]),
    "a shortened name in the primary tree only": ("NOT PROVEN", {4}, 3, [SHORTENED_NAME]),
    "a shortened name in Joliet only": ("NOT PROVEN", {4}, 3, [SHORTENED_NAME]),
    "one of two names of a file in the primary tree only": ("NOT PROVEN", {4}, 3, []),
    "two files with the names of each other": ("NOT INTACT", {4}, (0, 2), []),
    "an empty file with a shortened name": ("FILES INTACT", {4}, 1, []),
    "a link with the name of the list": ("NOT INTACT", {4}, 2, [LINK]),
    "a name of digits": ("NOT INTACT", {4}, (0, 1), []),
    "genisoimage -r with another version of NM": ("NOT INTACT", set(), 71, [NO_JOLIET], "faulty"),
    "genisoimage -r -J without SP after other entries": ("NOT INTACT", set(), 67, [OTHER_LIST, OTHER_BYTES], "faulty"),
    "genisoimage -r with a name in Latin-1": ("NOT INTACT", set(), (70, 71), [NO_JOLIET], "faulty"),
    "genisoimage with a link that RR does not announce": ("NOT INTACT", set(), 70, [LINK] * 6, "faulty"),
    "a list with a link through a file": ("NOT INTACT", set(), (67, 68), [LINK]),
    "pycdlib Rock Ridge and Joliet": ("FILES INTACT", {4}, 67, []),
    # The boot catalogue and the boot image are files that the list does not name.
    "pycdlib 1.12 with El Torito": ("NOT INTACT", {4}, 67, [BOOT, "all files have one Rock Ridge serial number"]),
    "files with each other's names where Joliet hides it": ("NOT INTACT", {4}, 2, []),
    "genisoimage with a link with a long name": ("FILES INTACT", set(), 1, [LINK]),
    "bsdtar with a link with a long name": ("FILES INTACT", set(), 1, [LINK, OTHER_BYTES]),
    "a FAT file system in the system area": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "an NTFS file system in the system area": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "an exFAT file system in the system area": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "an ext file system in the system area": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "a squashfs file system in the system area": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "boot code in the system area": ("FILES INTACT", set(), 71, [SYSTEM_AREA]),
    "bytes in the system area that are not a boot sector": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "boot code and other bytes in the system area": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "a tar archive in the system area": ("NOT PROVEN", set(), 71, [SYSTEM_AREA]),
    "a GPT at the end in units of 512": ("NOT PROVEN", set(), 71, [OTHER_BYTES, AFTER_END]),
    "a GPT at the end in units of 2048": ("NOT PROVEN", set(), 71, [OTHER_BYTES, AFTER_END]),
    "a GPT at the end in units of 4096": ("NOT PROVEN", set(), 71, [OTHER_BYTES, AFTER_END]),
    "other bytes in the padding": ("FILES INTACT", set(), 71, [OTHER_BYTES]),
    "a partition that is the image": ("FILES INTACT", set(), 71, [SYSTEM_AREA]),
    "a partition that is the image without its first block": ("FILES INTACT", set(), 71, [SYSTEM_AREA]),
    "a partition in the padding": ("NOT PROVEN", set(), 71, [SYSTEM_AREA, OTHER_BYTES]),
    "HFS+ in a GPT": ("NOT PROVEN", set(), 71, [SYSTEM_AREA, OTHER_BYTES]),
    "a partition that is a boot image": ("FILES INTACT", set(), 68, [SYSTEM_AREA]),
    "xorriso -append_partition": ("NOT PROVEN", {6}, 67, [SYSTEM_AREA, OTHER_LIST, AFTER_END]),
    "xorriso -hfsplus": ("NOT PROVEN", {6}, 67, [SYSTEM_AREA, OTHER_BYTES, OTHER_LIST]),
    "xorriso -hfsplus without ER": ("NOT PROVEN", {6}, 67, [SYSTEM_AREA, OTHER_BYTES, OTHER_LIST]),
    "HFS+ with a map that is damaged": ("NOT PROVEN", {6}, 67, [SYSTEM_AREA, OTHER_BYTES, OTHER_LIST]),
    "HFS+ that no partition table lists": ("FILES INTACT", {6}, 67, [OTHER_BYTES, OTHER_LIST, UNLISTED_FILE_SYSTEM]),
    "genisoimage -r -J with emoji in names": ("FILES INTACT", set(), 2, [SHORTENED_NAME] * 2),
    "xorriso -r -J with emoji in names": ("FILES INTACT", {9}, 2, [SHORTENED_NAME] * 2),
    "a file that is called like a table of names": ("NOT INTACT", set(), 67, []),
    "another session": ("NOT PROVEN", set(), 71, [AFTER_END]),
    "error-correction data": ("FILES INTACT", set(), 71, [CORRECTION]),
    "a signature of the list": ("FILES INTACT", set(), 67, [SIGNATURE]),
    "accents as old Macs store them": ("FILES INTACT", set(), 2, [SHORTENED_NAME]),
    "genisoimage -r -J with another second in Joliet": ("FILES INTACT", set(), 71, []),
    "a list with a comment and without its last line ending": ("FILES INTACT", set(), 1, [OTHER_LIST]),
    "the same and another file": ("NOT PROVEN", set(), 1, [OTHER_LIST]),
    "genisoimage -r with a damaged PX": ("NOT INTACT", set(), 71, [NO_JOLIET], "faulty"),
    "genisoimage -r with a damaged NM": ("NOT INTACT", set(), 71, [NO_JOLIET], "faulty"),
    "grub-rescue-pc": ("NOT PROVEN", {8}, 0, [BOOT, NO_JOLIET, SYSTEM_AREA, "is empty"]),
    "ipxe": ("NOT PROVEN", set(), 0, [BOOT, SYSTEM_AREA, AFTER_END]),
    "memtest86+ 64": ("NOT PROVEN", {6}, 0, [BOOT, SYSTEM_AREA, AFTER_END]),
    "memtest86+ 32": ("NOT PROVEN", {6}, 0, [BOOT, SYSTEM_AREA, AFTER_END]),
} | {f"UDF that {name}": (verdict, None, None, None, None) for name, (verdict, _) in UDF_CHANGES.items()}


def differences(program: str, name: str, image: Path) -> list[str]:
    """How the verdict on an image differs from EXPECTED."""
    word, deviations, intact, notes, structure = (*EXPECTED[name], "sound")[:5]
    text = subprocess.run([program, "verify", str(image)], capture_output=True, text=True).stdout
    run = subprocess.run([program, "verify", "--json", str(image)], capture_output=True, text=True)
    result = json.loads(run.stdout)
    found = [line.split("verdict", 1)[1].split(":")[0].strip() for line in text.splitlines() if line.startswith("verdict ")]
    wrong = []
    if found != [word]:
        wrong.append(f"verdict {found}, not {word}")
    if (run.returncode == 0) != (word == "FILES INTACT"):
        wrong.append(f"exit code {run.returncode}")
    if deviations is None:
        return wrong
    if result["layers"]["structure"] != structure:
        wrong.append(f"the structure is {result['layers']['structure']}")
    if result["maker"] == "make-disc" or result["layers"]["conventions"] != "not applicable":
        wrong.append("taken for a disc made by make-disc")
    intact = result["files_listed"] if intact is None else intact
    intact, listed = intact if isinstance(intact, tuple) else (intact, intact)
    # Of the images of packages, only those of memtest86+ contain another file system: a boot image that is not one of their files.
    others = [problem["message"] for problem in result["problems"] if problem["code"] == "other-file-system"]
    if name in PACKAGES and bool(others) != name.startswith("memtest86+"):
        wrong.append(f"other file systems: {others}")
    if (result["files_intact"], result["files_listed"]) != (intact, listed):
        wrong.append(f"{result['files_intact']} of {result['files_listed']} files match, not {intact} of {listed}")
    if {deviation["requirement"] for deviation in result["deviations"]} != deviations:
        wrong.append(f"deviations from {[deviation['message'] for deviation in result['deviations'][:3]]}, not {deviations}")
    missing = [part for part in notes if not any(part in note for note in result["notes"])]
    surplus = [note for note in result["notes"] if not any(part in note for part in notes)]
    if missing or surplus:
        wrong.append(f"notes: missing {missing}, not expected {surplus}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", required=True, metavar="MAKE_DISC")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the images in this folder and do not remove it")
    parser.add_argument("--show", action="store_true", help="also print the output of `verify` for each image")
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="foreign"))
    folder.mkdir(exist_ok=True)
    images = make(arguments.program, folder) | from_packages(folder / "packages")
    failed = set(EXPECTED) ^ set(images)
    for name, image in images.items():
        wrong = differences(arguments.program, name, image)
        print(f"{'FAIL' if wrong else 'ok'}  {name}{': ' if wrong else ''}{'; '.join(wrong)}")
        failed |= {name} if wrong else set()
        if arguments.show:
            subprocess.run([arguments.program, "verify", str(image)])
    if not arguments.keep:
        shutil.rmtree(folder)
    print(f"{len(images) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
