"""Where things stand: what the rules need to name a file and a line."""

from __future__ import annotations

import fnmatch
from difflib import get_close_matches
from pathlib import PurePosixPath

from speechsite.words.model import WORDS, Speech
from speechsite.words.settings import line_in


def words_files(speech: Speech) -> list[str]:
    """Returns the words files that could be read, in the order of their names."""
    return sorted(fnmatch.filter(speech.files, f"{WORDS}/*.md"))


def line_of(speech: Speech, name: str, *key: str | int) -> int:
    """Returns the line of a key of a YAML file, of the nearest above it, or 1."""
    if name not in speech.files:
        return 1
    return line_in(speech.text(name), *key)


def guess(name: str, known: list[str]) -> str:
    """Returns a question that offers the likeliest of `known` for a mistyped name, or ''."""
    kind = PurePosixPath(name).suffix
    alike = [other for other in known if PurePosixPath(other).suffix == kind]
    close = get_close_matches(name, alike, n=1)
    return question(close[0]) if close else ""


def question(name: str) -> str:
    return f"（是不是 {name}？）"
