"""Puts a finished folder in the place of the old one, whole: readers see the old or the new, nothing between."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from speechsite.problem import Problem, Stop

GENERATOR = "speechsite"  # how a site made here names its maker
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # <fcntl.h>, <linux/fs.h>


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside `target`; puts it in the place of `target` if the block ends without an exception.

    One at a time: a second process waits. What a killed one has left is cleared away. Raises Stop where `target` is
    something else than a site made here, or cannot be written.
    """
    from filelock import FileLock

    target = Path(os.path.abspath(target))
    refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent / f".{target.name}.lock"):
            for stale in target.parent.glob(f".{target.name}.new-*"):
                shutil.rmtree(stale, ignore_errors=True)
            work = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
            try:
                new = work / "new"
                new.mkdir()
                yield new
                exchange(new, target)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        where = error.filename or target
        raise Stop(
            Problem(str(where), 0, "write", f"写不了（{error.strerror}）；检查权限和剩余空间，旧网站没有动")
        ) from None


def refuse_foreign(target: Path) -> None:
    """Raises Stop unless `target` is missing, empty or a site made here: nobody's files are ever replaced."""
    if not target.exists():
        return
    if target.is_dir():
        index = target / "index.html"
        if not any(target.iterdir()) or (
            index.is_file() and f'name="generator" content="{GENERATOR}' in index.read_text("utf-8", errors="replace")
        ):
            return
    raise Stop(Problem(str(target), 0, "target", "里面不是本程序生成的网站，不会覆盖；换一个文件夹，或先移走它"))


def exchange(new: Path, target: Path) -> None:
    """Puts the folder `new` at `target` in one step, the old one at `new`.

    Linux does this by renameat2(2) with RENAME_EXCHANGE. Elsewhere two renames leave a moment without `target`.
    """
    if not target.exists():
        os.rename(new, target)
        return
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if not libc.renameat2(AT_FDCWD, os.fsencode(new), AT_FDCWD, os.fsencode(target), RENAME_EXCHANGE):
            return
    old = new.with_name("old")
    os.rename(target, old)
    os.rename(new, target)
