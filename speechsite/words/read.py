"""Reads a project's words (speech/) and frame (mkdocs.yml, docs/) into one `Speech`.

The reader is tolerant: it takes in whatever is there, so that `check` can name every fault at once.
"""

from __future__ import annotations

from dataclasses import replace
from os.path import realpath
from pathlib import Path

from speechsite.problem import Problem
from speechsite.words.files import Reading
from speechsite.words.frame import NOTHING, Frame, read_frame
from speechsite.words.markup import read_words
from speechsite.words.model import METADATA, TRANSCRIPT, WORDS, Page, Speech, Theme, whole_page
from speechsite.words.settings import Settings, parse_yaml
from speechsite.words.transcript import body_of, mark_beginnings


def read_speech(config_file: Path) -> Speech:
    """Reads mkdocs.yml, docs/ and the speech/ beside it.

    Nothing is raised for faulty content: it is in `problems`, or `check` finds it.
    """
    config_file = Path(realpath(config_file))  # resolve() would raise where a link names itself
    name = config_file.name
    reading = Reading(config_file.parent)
    reading.read(name)
    words = reading.root / WORDS
    if words.is_dir():
        own = sorted(f"{WORDS}/{path.name}" for path in words.glob("*.md"))
        for file in (METADATA, TRANSCRIPT, *own):
            reading.read(file)
    else:
        message = f"旁边没有 {WORDS} 文件夹（讲话的文字）；放回来，或改正 -f 写的位置"
        reading.problems.append(Problem(name, 0, "missing", message))
    config = read_yaml(reading, name)
    metadata = read_yaml(reading, METADATA)
    frame = read_frame(reading, name, config) if config else NOTHING
    speech = Speech(
        config_file,
        config,
        metadata,
        frame.pages,
        read_themes(frame.pages, reading),
        reading.files,
        tuple(reading.problems),
        frame.unlisted,
        frame.names,
        is_complete(reading, frame) and isinstance(config.get("nav"), list),
    )
    body, _ = body_of(speech)
    return replace(speech, themes=mark_beginnings(speech.themes, body))


def is_complete(reading: Reading, frame: Frame) -> bool:
    """Says whether all is there that other things depend on: only pages' front matter is not."""
    pages = {page.path for page in (*frame.pages, *frame.unlisted)}
    return all(problem.file in pages for problem in reading.problems)


def read_yaml(reading: Reading, name: str) -> Settings:
    """Returns the settings of a file; one that is no YAML goes out of its files."""
    if name not in reading.files:
        return {}
    settings, found = parse_yaml(reading.text(name), name)
    if found:
        del reading.files[name]
        reading.problems.extend(found)
    return settings


def read_themes(pages: tuple[Page, ...], reading: Reading) -> tuple[Theme, ...]:
    """Returns the themes of the pages, their paragraphs numbered on from 1.

    An include of what could not be read counts for nothing.
    """
    whole = whole_page(pages)
    themes: list[Theme] = []
    number = 1
    for page in pages:
        if page is whole:
            continue
        for words, _ in page.includes:
            if words not in reading.files:
                continue
            blocks = read_words(reading.text(words), number)
            description = str(page.meta.get("description", ""))
            theme = Theme(page.path, words, page.title, description, blocks, page.address)
            themes.append(theme)
            number += len(theme.paragraphs)
    return tuple(themes)
