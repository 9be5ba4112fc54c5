"""Packs the site for an intranet: one zip to copy, with all that a server and its keeper need.

    <slug>/DEPLOY.txt        how to put it up, verify, update, roll back (Chinese)
    <slug>/site/             the site, its text files also as .gz and .br; web.config, .htaccess
    <slug>/nginx.conf        the settings for nginx; apache.conf and Caddyfile beside it
    <slug>/sbom.cdx.json     what made it and what is shipped (see software.py)
    <slug>/LICENSES.txt      the licences of what is shipped
    <slug>/SHA256SUMS        of every other file (see checksums.py)

The same input gives the same bytes, whatever the day, time zone, locale, user or folder.
"""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import brotli

from speechsite.delivery.checksums import SUMS, file_names, sums
from speechsite.delivery.dates import date_of
from speechsite.delivery.place import copy_folder, replacing
from speechsite.delivery.software import licences, sbom
from speechsite.pages.policy import POLICY
from speechsite.words import Speech

DEPLOY = Path(__file__).parent / "deploy"
SETTINGS = {  # a file of deploy/ → its place in the bundle
    "htaccess": "site/.htaccess",
    "web.config": "site/web.config",
    "nginx.conf": "nginx.conf",
    "apache.conf": "apache.conf",
    "Caddyfile": "Caddyfile",
}
TEXT = {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml"}
SERVER_POLICY = f"{POLICY}; frame-ancestors 'self'"  # the last part a <meta> cannot say
PLAIN_FILE = 0o100644 << 16  # no link, nothing to run
UNIX = 3  # as made on Linux, wherever it is made


def write_bundle(site: Path, speech: Speech, target: Path) -> None:
    """Writes the zip of the finished `site` at `target`, whole or not at all.

    Raises Stop where that cannot be.
    """
    with replacing(target) as new:
        unpacked = new.with_name("unpacked")
        assemble(site, speech, unpacked)
        content = (unpacked / SUMS).read_bytes()
        when = date_of(content, speech, target)
        write_zip(unpacked, speech.slug, when, new)


def assemble(site: Path, speech: Speech, folder: Path) -> None:
    """Writes into the new `folder` all that the bundle holds."""
    copy_folder(site, folder / "site")
    for name in file_names(folder):
        precompress(folder / name)
    for name, target in SETTINGS.items():
        write_text(folder / target, deployed(name, speech))
    guide = deployed("DEPLOY.txt", speech)
    for_notepad = "\ufeff" + guide.replace("\n", "\r\n")
    write_text(folder / "DEPLOY.txt", for_notepad)
    software = json.dumps(sbom(speech), ensure_ascii=False, indent=1)
    write_text(folder / "sbom.cdx.json", software)
    write_text(folder / "LICENSES.txt", licences(speech))
    write_text(folder / SUMS, sums(folder))


def deployed(name: str, speech: Speech) -> str:
    """Returns a file of deploy/ with what it must not say by itself: policy, title and slug."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    known = {"@POLICY@": SERVER_POLICY, "@TITLE@": speech.title, "@SLUG@": speech.slug}
    for mark, value in known.items():
        text = text.replace(mark, value)
    return text


def write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def precompress(path: Path) -> None:
    """Writes path.gz and path.br beside a text file where they are smaller."""
    if path.suffix not in TEXT:
        return
    data = path.read_bytes()
    write_smaller(path, ".gz", gzip.compress(data, 9, mtime=0))
    write_smaller(path, ".br", brotli.compress(data))


def write_smaller(path: Path, suffix: str, packed: bytes) -> None:
    if len(packed) < path.stat().st_size:
        path.with_name(path.name + suffix).write_bytes(packed)


def write_zip(folder: Path, top: str, when: datetime, target: Path) -> None:
    """Writes all files of `folder`, sorted, as a zip at `target`, below a folder `top`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in file_names(folder):
            entry = zipfile.ZipInfo(f"{top}/{name}", when.timetuple()[:6])
            entry.create_system = UNIX
            entry.external_attr = PLAIN_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            with open(folder / name, "rb") as file, archive.open(entry, "w") as packed:
                shutil.copyfileobj(file, packed)
