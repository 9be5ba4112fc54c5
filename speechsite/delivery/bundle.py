"""Packs the site for an intranet: one zip to copy, with all that a server and its keeper need.

    <slug>/DEPLOY.txt        how to put it up, verify, update, roll back (Chinese)
    <slug>/site/             the pages and handouts, every text file also as .gz and .br; web.config, .htaccess
    <slug>/nginx.conf        the settings for nginx
    <slug>/sbom.cdx.json     what made it (CycloneDX, https://cyclonedx.org/docs/1.6/json/)
    <slug>/SHA256SUMS        of every other file

The same input gives the same bytes, whatever the day, time zone, locale, user or folder.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tomllib
import zipfile
from datetime import UTC, datetime
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

import brotli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from speechsite import __version__
from speechsite.delivery.place import replacing
from speechsite.words.read import Speech

SUMS = "SHA256SUMS"
DEPLOY = Path(__file__).parent / "deploy"
PROJECT = Path(__file__).parents[2] / "pyproject.toml"
TEXT = {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml"}


def write_bundle(site: Path, speech: Speech, target: Path) -> None:
    """Writes the zip of the finished `site` at `target`, whole or not at all. Raises Stop where that cannot be."""
    with replacing(target) as new:
        unpacked = new.with_name("unpacked")
        assemble(site, speech, unpacked)
        write_zip(unpacked, speech.slug, new)


def assemble(site: Path, speech: Speech, folder: Path) -> None:
    """Writes into the new `folder` all that the bundle holds."""
    shutil.copytree(site, folder / "site", copy_function=shutil.copyfile)
    for path in sorted(folder.rglob("*")):
        if path.suffix in TEXT:
            precompress(path)
    for name, target in (
        ("htaccess", "site/.htaccess"),
        ("web.config", "site/web.config"),
        ("nginx.conf",) * 2,
    ):
        shutil.copyfile(DEPLOY / name, folder / target)
    guide = (
        (DEPLOY / "DEPLOY.txt")
        .read_text(encoding="utf-8")
        .format(title=speech.title, slug=speech.slug)
    )
    (folder / "DEPLOY.txt").write_text(
        guide, encoding="utf-8-sig", newline="\r\n"
    )  # as Notepad wants it
    (folder / "sbom.cdx.json").write_text(
        json.dumps(sbom(speech), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    sums = "".join(f"{digest(folder / name)}  {name}\n" for name in files)
    (folder / SUMS).write_text(sums, encoding="utf-8", newline="\n")


def precompress(path: Path) -> None:
    """Writes path.gz and path.br beside `path` where they are smaller, so that a server need not compress."""
    data = path.read_bytes()
    for suffix, packed in (
        (".gz", gzip.compress(data, 9, mtime=0)),
        (".br", brotli.compress(data)),
    ):
        if len(packed) < len(data):
            path.with_name(path.name + suffix).write_bytes(packed)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def damaged(folder: Path) -> list[str]:
    """Returns the names in SHA256SUMS whose files are missing or differ."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    listed = (line.partition("  ")[::2] for line in lines)
    return [
        name
        for sha256, name in listed
        if not (folder / name).is_file() or digest(folder / name) != sha256
    ]


def write_zip(folder: Path, top: str, target: Path) -> None:
    """Writes all files of `folder` as a zip at `target`, under the folder `top`, in the order of names.

    A file's date comes from its content. One date for all would hide a correction that keeps a file's size, since
    rsync, robocopy and the ETags of nginx, Apache and IIS tell files by size and date.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        ):
            data = (folder / name).read_bytes()
            seconds = int.from_bytes(hashlib.sha256(data).digest()[:4]) % (
                2 * 365 * 86400
            )  # in 2024 or 2025
            date = datetime.fromtimestamp(1704067200 + seconds, UTC)
            entry = zipfile.ZipInfo(f"{top}/{name}", date.timetuple()[:6])
            entry.create_system, entry.external_attr = (
                3,
                0o100644 << 16,
            )  # as on Linux, wherever it is made
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def sbom(speech: Speech) -> dict[str, Any]:
    """Returns the CycloneDX 1.6 list of every package that took part, and which needs which.

    No time and no serial number, which would differ from run to run.
    """
    direct = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    needs: dict[str, list[str]] = {}
    waiting = names = installed(direct)
    while waiting:
        needs |= {name: installed(metadata.requires(name) or []) for name in waiting}
        waiting = [name for name in {*chain(*needs.values())} if name not in needs]
    product = {
        "type": "application",
        "name": speech.slug,
        "version": speech.transcript_sha256,
        "bom-ref": speech.slug,
    }
    maker = {"type": "application", "name": "speechsite", "version": __version__}
    product["description"] = speech.title
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product, "tools": {"components": [maker]}},
        "components": [component(name) for name in sorted(needs)],
        "dependencies": [{"ref": speech.slug, "dependsOn": [reference(name) for name in names]}]
        + [
            {"ref": reference(name), "dependsOn": [reference(n) for n in needs[name]]}
            for name in sorted(needs)
        ],
    }


def installed(requirements: list[str]) -> list[str]:
    """Returns the names, sorted, of those requirements that hold here."""
    parsed = [Requirement(text) for text in requirements]
    return sorted(
        {
            canonicalize_name(r.name)
            for r in parsed
            if not r.marker or r.marker.evaluate({"extra": ""})
        }
    )


def reference(name: str) -> str:
    """Returns a package's address (https://github.com/package-url/purl-spec)."""
    return f"pkg:pypi/{name}@{metadata.version(name)}"


def component(name: str) -> dict[str, Any]:
    about = metadata.metadata(name)
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference(name),
        "name": name,
        "version": about["Version"],
    }
    if "License-Expression" in about:
        entry["licenses"] = [{"expression": about["License-Expression"]}]
    return {**entry, "purl": reference(name)}
