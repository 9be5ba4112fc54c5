"""Puts a finished folder or file in the place of the old one, whole: readers see one or the other.

What the system refuses is said as a fault of writing only where something is written, and of the
place that the user named: what is made on the way stands in a folder that is gone by then.
"""

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

from filelock import FileLock, Timeout

from speechsite import GENERATOR
from speechsite.problem import Problem, Stop

AT_FDCWD = -100  # <fcntl.h>
RENAME_EXCHANGE = 2  # <linux/fs.h>
PATIENCE = 1.0  # seconds of waiting for another process before it is said
OURS = f'name="generator" content="{GENERATOR}'  # pages/page.py writes it into every page
MKDOCS = 'name="generator" content="mkdocs-'  # what `mkdocs build` by itself writes
FULL = {
    errno.ENOSPC: "磁盘满了；腾出空间再来一次",
    errno.EDQUOT: "超出了磁盘配额；腾出空间再来一次",
    errno.EROFS: "这里是只读的；换一个能写的位置",
    errno.EIO: "磁盘出错了；检查磁盘，或换一个位置",
}
REFUSED = {
    errno.EACCES: "没有写的权限，或有程序正占用着它；关掉那个程序，换一个位置，或请管理员开放权限",
    errno.EPERM: "没有写的权限；换一个位置，或请管理员开放权限",
}
REMEDIES = {
    **FULL,
    **REFUSED,
    errno.ENOENT: "没有这个文件夹，或者里面不能建文件；先建好它，或换一个位置",
    errno.ENOTDIR: "路径中间有一个不是文件夹；改正路径",
    errno.ENAMETOOLONG: "路径太长；换一个短一些的位置",
    errno.ELOOP: "路径里的链接绕成了圈；改正链接",
    errno.EBUSY: "它是挂载点或正被占用，不能整个换掉；写到它里面的一个文件夹",
    errno.EXDEV: "它是挂载点，不能整个换掉；写到它里面的一个文件夹",
}


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yields where to make a folder or a file; if the block ends well, it takes `target`'s place.

    A link is followed: what it leads to is replaced. One at a time: a second process waits. What a
    killed one has left is cleared away. Raises Stop where `target` cannot be written.
    """
    place = Path(os.path.realpath(target))
    with written(target):
        place.parent.mkdir(parents=True, exist_ok=True)
    with alone(place.with_name(f".{place.name}.lock"), target):
        with written(target):
            work = fresh_folder(place)
        try:
            with filled(target, work):
                yield work / "new"
            with written(target):
                sync(work / "new")
                exchange(work / "new", place)
                sync_folder(place.parent)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def fresh_folder(place: Path) -> Path:
    """Returns a new folder beside `place`, on the same disk; removes what killed runs have left."""
    prefix = f".{place.name}.new-"
    for stale in place.parent.glob(f"{prefix}*"):
        shutil.rmtree(stale, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=place.parent))


@contextmanager
def alone(lock: Path, target: Path) -> Iterator[None]:
    """Lets one process at a time through; says so where it has to wait for another.

    Raises Stop where no file can be made at `lock`; that is tried first, since FileLock goes on
    trying for ever in a folder like /proc.
    """
    with written(target):
        os.close(os.open(lock, os.O_RDWR | os.O_CREAT, 0o666))
    held = FileLock(lock)
    try:
        held.acquire(timeout=PATIENCE)
    except Timeout:
        message = f"{target}：另一个程序正在写这里，等它写完；不等就按 Ctrl+C"
        print(message, file=sys.stderr, flush=True)
        held.acquire()
    try:
        yield
    finally:
        held.release()


@contextmanager
def written(target: Path) -> Iterator[None]:
    """Turns what the system says against writing at `target` into a Stop with its remedy."""
    try:
        yield
    except OSError as error:
        raise Stop(unwritten(target, error)) from None


@contextmanager
def filled(target: Path, work: Path) -> Iterator[None]:
    """Like `written`, around what fills the folder `work` and reads other files on the way.

    A full disk is `target`'s; a file elsewhere that cannot be read is named itself. All else (a
    broken pipe, a file in `work` that was never made) is not the user's to mend and passes.
    """
    try:
        yield
    except OSError as error:
        name = str(error.filename or "")
        inside = name.startswith(str(work))
        if error.errno in FULL or (inside and error.errno in REFUSED):
            raise Stop(unwritten(target, error)) from None
        if name and not inside:
            raise Stop(unread(Path(name), error)) from None
        raise


def unwritten(target: Path, error: OSError) -> Problem:
    """Returns the problem of a `target` that the system refuses to write."""
    unknown = f"写不了（{error.strerror or error}）；检查权限和剩余空间"
    remedy = REMEDIES.get(error.errno or 0, unknown)
    parent = Path(os.path.realpath(target)).parent
    if error.errno in REFUSED and writable(target) and not writable(parent):
        remedy = f"要整个换成新版，须能写它的上一级 {parent}；请管理员开放权限，或换一个位置"
    return Problem(str(target), 0, "write", remedy)


def writable(path: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.access(path, os.W_OK, effective_ids=effective)


def unread(path: Path, error: OSError) -> Problem:
    """Returns the problem of a file or folder that the system refuses to read."""
    reason = f"读不了（{error.strerror or error}）；检查它在不在、有没有读的权限"
    return Problem(str(path), 0, "read", reason)


def refuse_foreign(target: Path, own: bool = False) -> None:
    """Raises Stop unless `target` is missing, empty or a site made here: nobody's files go.

    `own` says that it is the project's own site_dir, which `mkdocs build` and `mkdocs gh-deploy`
    fill and clear without asking: what they have made may go, too.
    """
    try:
        if not os.path.lexists(target) or is_empty(target):
            return
        page = first_page(target)
    except OSError as error:
        raise Stop(unread(target, error)) from None
    if OURS in page or (own and MKDOCS in page):
        return
    what = "里面不是本程序生成的网站"
    if MKDOCS in page:
        what = "里面是 MkDocs 直接生成的网站"
    message = f"{what}，不会覆盖；换一个文件夹，或先移走它"
    raise Stop(Problem(str(target), 0, "target", message))


def is_empty(target: Path) -> bool:
    """Is it a folder without files, or a link that leads nowhere yet?"""
    if not target.exists():
        return True
    return target.is_dir() and not any(target.iterdir())


def first_page(target: Path) -> str:
    """Returns the text of the folder's index.html, or nothing where there is none."""
    index = target / "index.html"
    return index.read_text("utf-8", errors="replace") if index.is_file() else ""


def exchange(new: Path, target: Path) -> None:
    """Puts the folder or file `new` at `target`, the old one at `new`: at once where that can be.

    Elsewhere two renames leave a moment without `target`; if the second fails, the first is undone.
    """
    if not target.exists():
        os.rename(new, target)
        return
    if exchanged_at_once(new, target):
        return
    old = new.with_name(f"{new.name}.old")
    os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:  # Windows refuses where a program holds a file open
        os.rename(old, target)
        raise
    os.rename(old, new)


def exchanged_at_once(new: Path, target: Path) -> bool:
    """Has Linux exchange the two names by renameat2(2); says whether it did.

    The C library knows of it since glibc 2.28; some file systems do not.
    """
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    names = os.fsencode(new), os.fsencode(target)
    status = renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE)
    return bool(status == 0)


def copy_folder(source: Path, target: Path) -> None:
    """Copies the files of a folder into a new one, without their dates and rights.

    Raises the system's own OSError; shutil.copytree gathers them in one that has no number.
    """
    target.mkdir(parents=True)
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir()
        else:
            shutil.copyfile(path, place)


def sync(new: Path) -> None:
    """Has all of a folder or file on the disk: a power cut shows no half of it."""
    for path in (new, *new.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)


def sync_file(path: Path) -> None:
    """Has the bytes of a file on the disk; Windows wants it open for writing."""
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Has the names in `folder` on the disk; Windows keeps them by itself."""
    if os.name != "nt":
        sync_file(folder)
