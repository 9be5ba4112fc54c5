"""Where things stand: what the rules need to name a file and a line."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import PurePosixPath

from speechsite.problem import Problem
from speechsite.words.model import METADATA, WORDS, Speech
from speechsite.words.settings import line_in


def words_files(speech: Speech) -> list[str]:
    """Returns the words files that could be read, in the order of their names."""
    return sorted(name for name in speech.files if fnmatch(name, f"{WORDS}/*.md"))


def line_of(speech: Speech, name: str, *key: str | int) -> int:
    """Returns the line of a key of a YAML file, of the nearest above it, or 1."""
    if name not in speech.files:
        return 1
    return line_in(speech.text(name), *key)


def in_config(speech: Speech, rule: str, message: str, *key: str | int) -> Problem:
    """Returns a problem of mkdocs.yml, on the line of a key."""
    name = speech.config_file.name
    return Problem(name, line_of(speech, name, *key), rule, message)


def in_metadata(speech: Speech, rule: str, message: str, *key: str | int) -> Problem:
    """Returns a problem of speech.yml, on the line of a key."""
    return Problem(METADATA, line_of(speech, METADATA, *key), rule, message)


def guess(name: str, known: list[str]) -> str:
    """Returns a question that offers the likeliest of `known` for a mistyped name, or ''."""
    kind = PurePosixPath(name).suffix
    alike = [other for other in known if PurePosixPath(other).suffix == kind]
    close = get_close_matches(name, alike, n=1)
    return question(close[0]) if close else ""


def question(name: str) -> str:
    return f"（是不是 {name}？）"
