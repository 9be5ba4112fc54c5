"""The date of a bundle's files: it goes forward whenever the content changes.

Copied over an older site, a file with an older or equal date would never reach a reader: servers
answer 304 to his browser, rsync and robocopy pass it over. A date long past is no better: browsers
trust such a page for a tenth of its age, and ask nobody (RFC 9111, 4.2.2).
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from speechsite import RELEASED
from speechsite.delivery.checksums import SUMS
from speechsite.words import Speech

STEP = timedelta(seconds=2)  # a date in a zip is even
STEPS = 6 * 60 * 60  # of a morning


@dataclass(frozen=True, slots=True)
class Dated:
    """A bundle that was made before: its newest date and its SHA256SUMS."""

    date: datetime
    content: bytes


def date_of(content: bytes, speech: Speech, before: Path) -> datetime:
    """Returns the date of a bundle whose SHA256SUMS is `content`.

    It is the day in `updated`, at a time made from the content; where that is not after the bundle
    that stands at `before`, a step after it. The same content keeps its date. SOURCE_DATE_EPOCH
    sets it outright (https://reproducible-builds.org/specs/source-date-epoch/).
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        return datetime.fromtimestamp(int(epoch), UTC)
    declared = day_of(speech) + time_of(content)
    last = dated(before)
    if last is None:
        return declared
    if last.content == content:
        return last.date
    return max(declared, last.date + STEP)


def day_of(speech: Speech) -> datetime:
    """Returns the start of the day in `updated`; without one, of the day this version came out."""
    day = speech.metadata.get("updated")
    if not isinstance(day, date):
        day = date.fromisoformat(RELEASED)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def time_of(content: bytes) -> timedelta:
    """Returns a time of the morning that another content hardly shares."""
    first = hashlib.sha256(content).digest()[:4]
    return int.from_bytes(first) % STEPS * STEP


def dated(bundle: Path) -> Dated | None:
    """Reads the bundle at that place; None where there is none, or no whole one."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            return read_dated(archive)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def read_dated(archive: zipfile.ZipFile) -> Dated:
    """Raises KeyError or ValueError where it is no bundle."""
    entries = archive.infolist()
    newest = max(entry.date_time for entry in entries)
    top = entries[0].filename.partition("/")[0]
    content = archive.read(f"{top}/{SUMS}")
    return Dated(datetime(*newest, tzinfo=UTC), content)
