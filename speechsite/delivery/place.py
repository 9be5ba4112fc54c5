"""Puts a finished folder or file in the place of the old one, whole: readers see the one or the other, nothing else."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from speechsite import GENERATOR
from speechsite.problem import Problem, Stop

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # <fcntl.h>, <linux/fs.h>
REMEDIES = {
    errno.ENOSPC: "磁盘满了；腾出空间再来一次",
    errno.EDQUOT: "超出了磁盘配额；腾出空间再来一次",
    errno.EROFS: "这里是只读的；换一个能写的位置",
    errno.EACCES: "没有写的权限，或有程序正占用着它；关掉那个程序，换一个位置，或请管理员开放权限",
    errno.EPERM: "没有写的权限；换一个位置，或请管理员开放权限",
    errno.ENOENT: "没有这个文件夹；先建好它，或改正路径",
    errno.ENOTDIR: "路径中间有一个不是文件夹；改正路径",
}


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yields where to make a folder or a file, which takes the place of `target` if the block ends well.

    One at a time: a second process waits. What a killed one has left is cleared away. Raises Stop where `target`
    cannot be written.
    """
    target = Path(os.path.abspath(target))
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent / f".{target.name}.lock"):
            for stale in target.parent.glob(f".{target.name}.new-*"):
                shutil.rmtree(stale, ignore_errors=True)
            work = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
            try:
                yield work / "new"
                sync(work / "new")
                exchange(work / "new", target)
                sync_folder(target.parent)
            finally:
                shutil.rmtree(work, ignore_errors=True)


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turns whatever the system says against writing at `target` into a Stop with its remedy."""
    try:
        yield
    except OSError as error:
        remedy = REMEDIES.get(
            error.errno or 0, f"写不了（{error.strerror or error}）；检查权限和剩余空间"
        )
        raise Stop(Problem(str(error.filename or target), 0, "write", remedy)) from None


def refuse_foreign(target: Path) -> None:
    """Raises Stop unless `target` is missing, empty or a site made here: nobody's files are ever replaced."""
    with writing(target):
        if not target.exists() or (target.is_dir() and not any(target.iterdir())):
            return
        index = target / "index.html"
        if index.is_file() and f'name="generator" content="{GENERATOR}' in index.read_text(
            "utf-8", errors="replace"
        ):
            return
    raise Stop(
        Problem(
            str(target), 0, "target", "里面不是本程序生成的网站，不会覆盖；换一个文件夹，或先移走它"
        )
    )


def exchange(new: Path, target: Path) -> None:
    """Puts the folder or file `new` at `target` in one step, the old one at `new`.

    Linux does this by renameat2(2) with RENAME_EXCHANGE, where its C library knows of it (glibc 2.28). Elsewhere two
    renames leave a moment without `target`.
    """
    if not target.exists():
        os.rename(new, target)
        return
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if renameat2 and not renameat2(
        AT_FDCWD, os.fsencode(new), AT_FDCWD, os.fsencode(target), RENAME_EXCHANGE
    ):
        return
    old = new.with_name(f"{new.name}.old")
    os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:  # Windows refuses where a program holds a file open
        os.rename(old, target)
        raise
    os.rename(old, new)


def sync(new: Path) -> None:
    """Has all of a folder or file on the disk before it is shown, so that a power cut cannot show half of it."""
    for path in (new, *new.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            with open(path, "rb+") as file:
                os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Has the names in `folder` on the disk; Windows keeps them by itself."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
