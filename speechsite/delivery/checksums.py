"""SHA256SUMS, as sha256sum(1) writes and reads it: what a bundle holds, and whether it is whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

SUMS = "SHA256SUMS"


def sums(folder: Path) -> str:
    """Returns a line for each file of the folder."""
    lines = []
    for name in file_names(folder):
        lines.append(f"{digest(folder / name)}  {name}\n")
    return "".join(lines)


def file_names(folder: Path) -> list[str]:
    """Returns the files of a folder, from it and sorted."""
    names = []
    for path in folder.rglob("*"):
        if path.is_file():
            names.append(path.relative_to(folder).as_posix())
    return sorted(names)


def digest(path: Path) -> str:
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest()


def listed(folder: Path) -> dict[str, str]:
    """Returns what SHA256SUMS lists: name → digest."""
    text = (folder / SUMS).read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        sha256, _, name = line.partition("  ")
        found[name] = sha256
    return found


def damaged(folder: Path) -> list[str]:
    """Returns the names in SHA256SUMS whose files are missing or differ."""
    found = []
    for name, sha256 in listed(folder).items():
        path = folder / name
        if not path.is_file() or digest(path) != sha256:
            found.append(name)
    return found
