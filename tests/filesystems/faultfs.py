#!/usr/bin/env python3
"""Shows a folder through FUSE as a file system with quirks and faults, until it is unmounted.

    faultfs.py ROOT MOUNT [QUIRK ...]

Quirks of file systems that people use:

    no-links            neither hard links nor renaming without replacing: FAT, exFAT, many network shares
    no-folder-sync      a folder cannot be synchronised (EINVAL): VirtualBox shared folders
    no-modes            permissions cannot be changed (EPERM)
    no-space-info       the size of the file system and its free space are zero
    other-inodes        each file has a different inode number each time
    other-ctimes        each file has a different change time each time
    no-colons           no colons in names (EINVAL)

Faults:

    full=N              no space after N bytes have been written to all files (ENOSPC)
    quota=N             the same as a quota (EDQUOT)
    longest=N           no file can be longer than N bytes (EFBIG)
    bad-sync            files cannot be synchronised (EIO)
    no-renames[=N]      files cannot be renamed (EACCES), after the first N
    read-only           nothing can be created (EROFS)
    hanging-reads       reading a file takes ten seconds, as on a network share that no longer answers
"""

import errno
import itertools
import os
import sys
import time

import mfusepy


class FaultyFolder(mfusepy.Operations):
    use_ns = True

    def __init__(self, root: str, quirks: list[str]):
        self.root = root
        self.quirks = dict(quirk.partition("=")[::2] for quirk in quirks)
        self.written = self.renamed = 0
        self.numbers = itertools.count(1)

    def fail(self, quirk: str, number: int) -> None:
        """Fails with this error if the file system has this quirk or fault."""
        if quirk in self.quirks:
            raise mfusepy.FuseOSError(number)

    def path(self, path: str) -> str:
        return self.root + path

    def new_path(self, path: str) -> str:
        self.fail("read-only", errno.EROFS)
        if ":" in path:
            self.fail("no-colons", errno.EINVAL)
        return self.root + path

    def getattr(self, path, fh=None):
        found = os.lstat(self.path(path))
        names = ("st_atime_ns", "st_ctime_ns", "st_mtime_ns", "st_gid", "st_ino", "st_mode", "st_nlink", "st_size", "st_uid")
        attributes = {name.removesuffix("_ns"): getattr(found, name) for name in names}
        if not os.path.isdir(self.path(path)):
            if "other-inodes" in self.quirks:
                attributes["st_ino"] = 1 << 20 | next(self.numbers)
            if "other-ctimes" in self.quirks:
                attributes["st_ctime"] += next(self.numbers)
        return attributes

    def readdir(self, path, fh):
        # Entries have inode numbers, because the C library ignores entries without one.
        found = [(entry.name, {"st_ino": entry.inode(), "st_mode": 0}, 0) for entry in os.scandir(self.path(path))]
        return [(".", {"st_ino": 1, "st_mode": 0}, 0), ("..", {"st_ino": 1, "st_mode": 0}, 0), *found]

    def readlink(self, path):
        return os.readlink(self.path(path))

    def symlink(self, target, source):
        self.fail("no-links", errno.EPERM)
        os.symlink(source, self.new_path(target))

    def statfs(self, path):
        found = os.statvfs(self.path(path))
        names = [name for name in dir(found) if name.startswith("f_") and name not in ("f_flag", "f_fsid")]
        space = {name: getattr(found, name) for name in names}
        if "no-space-info" in self.quirks:
            space.update(f_blocks=0, f_bfree=0, f_bavail=0)
        return space

    def open(self, path, flags):
        return os.open(self.path(path), flags)

    def create(self, path, mode, fi=None):
        return os.open(self.new_path(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path, size, offset, fh):
        if "hanging-reads" in self.quirks:
            time.sleep(10)
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        end = offset + len(data)
        if end > int(self.quirks.get("longest", end)):
            raise mfusepy.FuseOSError(errno.EFBIG)
        for quirk, number in (("full", errno.ENOSPC), ("quota", errno.EDQUOT)):
            room = int(self.quirks.get(quirk, self.written + len(data))) - self.written
            if room <= 0:
                raise mfusepy.FuseOSError(number)
            data = data[:room]
        self.written += len(data)
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self.path(path), length)

    def release(self, path, fh):
        os.close(fh)

    def fsync(self, path, datasync, fh):
        self.fail("bad-sync", errno.EIO)
        os.fsync(fh)

    def fsyncdir(self, path, datasync, fh):
        self.fail("no-folder-sync", errno.EINVAL)

    def unlink(self, path):
        os.unlink(self.path(path))

    def rename(self, old, new):
        if "no-renames" in self.quirks and self.renamed >= int(self.quirks["no-renames"] or 0):
            raise mfusepy.FuseOSError(errno.EACCES)
        self.renamed += 1
        os.rename(self.path(old), self.new_path(new))

    def link(self, target, source):
        self.fail("no-links", errno.EPERM)
        self.fail("no-renames", errno.EACCES)
        os.link(self.path(source), self.new_path(target))

    def mkdir(self, path, mode):
        os.mkdir(self.new_path(path), mode)

    def rmdir(self, path):
        os.rmdir(self.path(path))

    def chmod(self, path, mode):
        self.fail("no-modes", errno.EPERM)
        os.chmod(self.path(path), mode)

    def chown(self, path, uid, gid):
        self.fail("no-modes", errno.EPERM)
        os.chown(self.path(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self.path(path), ns=times)


class Mount(mfusepy.FUSE):
    def rename_fuse_3(self, old, new, flags):
        # The wrapper ignores the flag that forbids replacing. A file system that does not know a flag must refuse it.
        if flags:
            return -errno.EINVAL
        return super().rename_fuse_3(old, new, flags)


def main() -> None:
    root, mount, *quirks = sys.argv[1:]
    Mount(
        FaultyFolder(os.path.abspath(root), quirks), mount, foreground=True, nothreads=True, fsname="faultfs", use_ino=True,
        attr_timeout=0, entry_timeout=0, negative_timeout=0,
    )


if __name__ == "__main__":
    main()
