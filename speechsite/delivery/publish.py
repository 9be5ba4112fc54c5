"""Publishes on a server: releases side by side, and `current` switched between them at once.

FOLDER/releases/0007-3f2a91bc/      the last three, each a whole bundle (see bundle.py)
FOLDER/releases/8/<slug>/           a bundle that was unzipped by hand, as DEPLOY.txt shows
FOLDER/current → releases/0007-…    what the server shows: its root is FOLDER/current/site

Both kinds of release are known: the one goes back to the other.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from speechsite.delivery.bundle import assemble
from speechsite.delivery.checksums import SUMS, damaged, digest, listed
from speechsite.delivery.place import (
    alone,
    copy_folder,
    replacing,
    sync,
    sync_folder,
    unread,
    written,
)
from speechsite.pages.assets import HASHED
from speechsite.problem import Problem, Stop
from speechsite.words import Speech

KEPT = 3
NUMBER = re.compile(r"\d+")  # 0007 of 0007-3f2a91bc, 8 of 8
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@dataclass(frozen=True, slots=True)
class Release:
    """A version: its `folder` in releases/ and, there or one below, the `bundle`."""

    folder: Path
    bundle: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def order(self) -> tuple[int, str]:
        """Releases go by the number that their name begins with; a name without one comes first."""
        number = NUMBER.match(self.name)
        return int(number[0]) if number else 0, self.name


@dataclass(frozen=True, slots=True)
class Switched:
    """The release that is shown now and the one before, by name ('' where there was none)."""

    folder: Path
    now: str
    before: str

    def __str__(self) -> str:
        """What the person who published should know (Chinese)."""
        said = [f"现在是 {self.now}"]
        if self.before == self.now:
            said = [f"内容没有变，仍是 {self.now}"]
        elif self.before:
            said.append(f"之前是 {self.before}")
        said.append(f"网站的根目录是 {self.folder / 'current' / 'site'}")
        closed = closed_to_others(self.folder)
        if closed:
            said.append(f"注意：{closed} 不许别的用户进入，网站服务器可能读不到")
        return "，".join(said)


def publish(site: Path, speech: Speech, folder: Path) -> Switched:
    """Makes the finished `site` the current release in `folder`, which must exist.

    The same content again changes nothing. What a killed run left, and releases that were rolled
    back, go. Raises Stop where `folder` cannot be written; then the old release stays.
    """
    with alone(folder / ".lock", folder), written(folder):
        before = current_release(folder)
        release = add_release(site, speech, folder, before)
        if release != before:
            switch(folder, release)
            prune(folder, release, before)
        return Switched(folder, release.name, before.name if before else "")


def roll_back(folder: Path) -> Switched:
    """Makes the release before the current one current.

    Raises Stop where there is none, or a damaged one.
    """
    with alone(folder / ".lock", folder):
        try:
            current = current_release(folder)
            release = release_before(folder, current)
        except OSError as error:
            raise Stop(unread(folder, error)) from None
        with written(folder):
            switch(folder, release)
        return Switched(folder, release.name, current.name if current else "")


def release_before(folder: Path, current: Release | None) -> Release:
    """Returns the whole release before the current one; raises Stop where there is none."""
    older = []
    for each in releases_in(folder):
        if current and each.order < current.order:
            older.append(each)
    if not older:
        message = "没有更早的版本；用 publish 发布一个"
        raise Stop(Problem(str(folder), 0, "rollback", message))
    release = older[-1]
    if bad := damaged(release.bundle):
        message = f"{bad[0]} 与校验和不符；不切换，请重新发布"
        raise Stop(Problem(str(release.bundle), 0, "rollback", message))
    return release


def add_release(site: Path, speech: Speech, folder: Path, current: Release | None) -> Release:
    """Returns the new release of the `site`, or the current one where that holds the same."""
    releases = folder / "releases"
    releases.mkdir(exist_ok=True)
    new = releases / ".new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        assemble(site, speech, new)
        content = digest(new / SUMS)
        if current and digest(current.bundle / SUMS) == content:
            return current
        place = releases / f"{next_number(folder):04}-{content[:8]}"
        sync(new)
        os.rename(new, place)
        sync_folder(releases)
        return Release(place, place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def next_number(folder: Path) -> int:
    every = releases_in(folder)
    return every[-1].order[0] + 1 if every else 1


def prune(folder: Path, release: Release, before: Release | None) -> None:
    """Removes what was rolled back, and all but the last three.

    Each is renamed first, so that a killed run leaves no half of a release under its name. Windows
    refuses where a reader holds a file open; the next run tries again.
    """
    doomed = folder / "releases" / ".new"
    kept = []
    for each in releases_in(folder):
        rolled_back = before and before.order < each.order < release.order
        if not rolled_back:
            kept.append(each)
    for each in releases_in(folder):
        if each not in kept[-KEPT:]:
            with suppress(OSError):
                os.rename(each.folder, doomed)
            shutil.rmtree(doomed, ignore_errors=True)


def releases_in(folder: Path) -> list[Release]:
    """Returns the releases, oldest first; what holds no bundle is none."""
    found = []
    for path in folder.glob("releases/*"):
        bundle = bundle_in(path)
        if bundle and not path.name.startswith("."):
            found.append(Release(path, bundle))
    return sorted(found, key=lambda release: release.order)


def bundle_in(path: Path) -> Path | None:
    """Returns the folder with SHA256SUMS: `path`, or the one below that unzipping brings."""
    for folder in (path, *sorted(path.glob("*/"))):
        if (folder / SUMS).is_file():
            return folder
    return None


def current_release(folder: Path) -> Release | None:
    """Returns the release that `current` shows, be it a link or a copy; None where there is none.

    Raises Stop where `current` is something else: nobody's files are replaced.
    """
    current = folder / "current"
    if not os.path.lexists(current):
        return None
    is_link = current.is_symlink()
    if not is_link and not (current / SUMS).is_file():
        message = "不是本程序发布的内容，不会覆盖；换一个文件夹，或先移走它"
        raise Stop(Problem(str(current), 0, "target", message))
    same = leads_to if is_link else is_copy_of
    for release in reversed(releases_in(folder)):
        if same(current, release):
            return release
    return None  # its release was removed by hand, or stands elsewhere


def leads_to(current: Path, release: Release) -> bool:
    return current.resolve() == release.bundle.resolve()


def is_copy_of(current: Path, release: Release) -> bool:
    return digest(current / SUMS) == digest(release.bundle / SUMS)


def switch(folder: Path, release: Release) -> None:
    """Makes `release` current in one step, by a link, or by a copy where there are no links."""
    lend_assets(folder, release)
    current = folder / "current"
    is_copy = current.is_dir() and not current.is_symlink()
    if os.name == "nt" or is_copy:  # Windows cannot replace a link to a folder
        replace_copy(current, release)
    else:
        try:
            link(current, release)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            replace_copy(current, release)
    sync_folder(folder)


def link(current: Path, release: Release) -> None:
    unfinished = current.with_name(".current")
    unfinished.unlink(missing_ok=True)  # what a killed run left
    os.symlink(release.bundle.relative_to(current.parent), unfinished)
    os.replace(unfinished, current)


def replace_copy(current: Path, release: Release) -> None:
    with replacing(current) as new:
        copy_folder(release.bundle, new)


def lend_assets(folder: Path, release: Release) -> None:
    """Copies styles and scripts of the other releases into `release`, each whole or not at all.

    A page that was read a moment ago may still ask for its own.
    """
    unfinished = folder / ".current"
    for other in releases_in(folder):
        for name in listed(other.bundle):
            place = release.bundle / name
            if HASHED.search(name) and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(other.bundle / name, unfinished)
                os.replace(unfinished, place)


def closed_to_others(folder: Path) -> Path | None:
    """Returns the folder on the way that other users may not enter: a web server is one of them."""
    if os.name == "nt":
        return None
    place = folder.resolve()
    for each in (place, *place.parents):
        if not each.stat().st_mode & 0o001:
            return each
    return None
