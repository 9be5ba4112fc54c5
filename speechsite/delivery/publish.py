"""Publishes a site on its server: a few releases side by side, and `current` switched from one to the next at once.

FOLDER/releases/0007-3f2a91bc/      the last three, each a whole bundle (see bundle.py)
FOLDER/current → releases/0007-…    what the server shows: its root is FOLDER/current/site
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from speechsite.delivery.bundle import SUMS, assemble, damaged
from speechsite.delivery.place import replacing, sync, sync_folder, writing
from speechsite.pages.assets import HASHED
from speechsite.problem import Problem, Stop
from speechsite.words.read import Speech

KEPT = 3
RELEASE = re.compile(r"(\d{4,})-[0-9a-f]{8}")
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def publish(site: Path, speech: Speech, folder: Path) -> str:
    """Makes the finished `site` the current release in `folder`, which must exist; returns the release's name.

    The same content again changes nothing. What a killed run left, and releases that were rolled back, go. Raises Stop
    where `folder` cannot be written; then the old release stays.
    """
    with alone(folder):
        releases = folder / "releases"
        releases.mkdir(exist_ok=True)
        new = releases / ".new"
        shutil.rmtree(new, ignore_errors=True)
        try:
            assemble(site, speech, new)
            digest = hashlib.sha256((new / SUMS).read_bytes()).hexdigest()[:8]
            current = current_release(folder)
            if current and current.name.endswith(digest):
                return current.name
            number = max((number_of(path) for path in releases_in(folder)), default=0) + 1
            release = releases / f"{number:04}-{digest}"
            sync(new)
            os.rename(new, release)
            sync_folder(releases)
            switch(folder, release)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        every = releases_in(folder)
        kept = [
            path
            for path in every
            if path == release or not current or number_of(path) <= number_of(current)
        ]
        for path in set(every) - set(kept[-KEPT:]):
            with suppress(OSError):  # Windows: a reader holds a file open; the next run tries again
                os.rename(
                    path, new
                )  # so that a killed run leaves no half of a release under its name
            shutil.rmtree(new, ignore_errors=True)
        return release.name


def roll_back(folder: Path) -> str:
    """Makes the release before the current one current; returns its name. Raises Stop where there is none, or a bad
    one."""
    with alone(folder):
        current = current_release(folder)
        older = [
            path for path in releases_in(folder) if current and number_of(path) < number_of(current)
        ]
        if not older:
            raise Stop(Problem(str(folder), 0, "rollback", "没有更早的版本；用 publish 发布一个"))
        if bad := damaged(older[-1]):
            raise Stop(
                Problem(str(older[-1]), 0, "rollback", f"{bad[0]} 与校验和不符；不切换，请重新发布")
            )
        switch(folder, older[-1])
        return older[-1].name


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One at a time in `folder`; raises Stop where it is missing or not to be written."""
    with writing(folder):
        os.scandir(folder).close()  # FileLock would make a missing one
        with FileLock(folder / ".lock"):
            yield


def releases_in(folder: Path) -> list[Path]:
    """Returns the releases, oldest first."""
    return sorted(
        (path for path in folder.glob("releases/*") if RELEASE.fullmatch(path.name)), key=number_of
    )


def number_of(release: Path) -> int:
    return int(release.name.partition("-")[0])


def current_release(folder: Path) -> Path | None:
    """Returns the release that `current` shows, be it a link or a copy; None where there is nothing yet.

    Raises Stop where `current` is something else.
    """
    current = folder / "current"
    if not os.path.lexists(current):
        return None
    shown = current.resolve()
    sums = (shown / SUMS).read_bytes() if (shown / SUMS).is_file() else None
    for release in reversed(releases_in(folder)):
        if release.resolve() == shown or (
            not current.is_symlink() and sums == (release / SUMS).read_bytes()
        ):
            return release
    if current.is_symlink() or sums:  # its release was removed by hand
        return None
    raise Stop(
        Problem(
            str(current), 0, "target", "不是本程序发布的内容，不会覆盖；换一个文件夹，或先移走它"
        )
    )


def switch(folder: Path, release: Path) -> None:
    """Makes `release` current in one step, assets of the other releases included: a page read a moment ago may still
    ask for them."""
    current, unfinished = folder / "current", folder / ".current"
    unfinished.unlink(missing_ok=True)  # what a killed run left
    for other in releases_in(folder):
        for line in (other / SUMS).read_text(encoding="utf-8").splitlines():
            name = line.partition("  ")[2]
            if HASHED.search(name) and not (release / name).exists():
                (release / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(other / name, unfinished)
                os.replace(unfinished, release / name)
    try:
        if os.name == "nt" or (current.is_dir() and not current.is_symlink()):
            raise OSError(errno.ENOTSUP, "")  # Windows cannot replace a link to a folder
        os.symlink(Path("releases") / release.name, unfinished)
        os.replace(unfinished, current)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        with replacing(current) as new:  # without links: a copy
            shutil.copytree(release, new)
    sync_folder(folder)
