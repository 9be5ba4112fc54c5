"""Reads a project's words (speech/) and frame (mkdocs.yml, docs/) into one `Speech`.

The reader is tolerant: it takes in whatever is there, so that `check` can name every fault at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from os.path import realpath
from pathlib import Path
from typing import Any

from speechsite.problem import Problem
from speechsite.words.files import read_file, text_of
from speechsite.words.frame import NOTHING, Frame, read_frame
from speechsite.words.markup import read_words
from speechsite.words.model import METADATA, TRANSCRIPT, WORDS, Page, Speech, Theme, whole_page
from speechsite.words.settings import parse_yaml
from speechsite.words.transcript import body_of, mark_beginnings


def read_speech(config_file: Path) -> Speech:
    """Reads mkdocs.yml, docs/ and the speech/ beside it.

    Nothing is raised for faulty content: it is in `problems`, or `check` finds it.
    """
    config_file = Path(realpath(config_file))  # resolve() would raise where a link names itself
    root, name = config_file.parent, config_file.name
    files, problems = read_files(root, [name])
    if (root / WORDS).is_dir():
        words, found = read_files(root, words_of(root))
        files, problems = files | words, problems + found
    else:
        message = f"旁边没有 {WORDS} 文件夹（讲话的文字）；放回来，或改正 -f 写的位置"
        problems.append(Problem(name, 0, "missing", message))
    config, metadata = read_yaml(name, files, problems), read_yaml(METADATA, files, problems)
    frame = NOTHING
    if config:
        frame, found = read_frame(root, name, config, files)
        problems += found
    speech = Speech(
        config_file,
        config,
        metadata,
        frame.pages,
        read_themes(frame.pages, files),
        files,
        tuple(problems),
        frame.unlisted,
        frame.names,
        is_complete(problems, frame) and isinstance(config.get("nav"), list),
    )
    body, _ = body_of(speech)
    return replace(speech, themes=mark_beginnings(speech.themes, body))


def is_complete(problems: Iterable[Problem], frame: Frame) -> bool:
    """Says whether all is there that other things depend on: only pages' front matter is not."""
    pages = {page.path for page in (*frame.pages, *frame.unlisted)}
    return all(problem.file in pages for problem in problems)


def words_of(root: Path) -> list[str]:
    """Returns the files that the folder of the words should have, and those that it has."""
    names = sorted(path.name for path in (root / WORDS).glob("*.md"))
    return [METADATA, TRANSCRIPT, *(f"{WORDS}/{name}" for name in names)]


def read_files(root: Path, names: Iterable[str]) -> tuple[dict[str, bytes], list[Problem]]:
    """Returns those of the named files below `root` that are text, and why the others are none."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in names:
        data = read_file(root, name)
        if isinstance(data, Problem):
            problems.append(data)
        else:
            files[name] = data
    return files, problems


def read_yaml(name: str, files: dict[str, bytes], problems: list[Problem]) -> dict[str, Any]:
    """Returns the settings of a file; one that is no YAML goes out of `files` into `problems`."""
    if name not in files:
        return {}
    settings, found = parse_yaml(text_of(files[name]), name)
    if found:
        del files[name]
        problems += found
    return settings


def read_themes(pages: Iterable[Page], files: dict[str, bytes]) -> tuple[Theme, ...]:
    """Returns the themes of the pages, their paragraphs numbered on from 1.

    An include of what is not in `files` counts for nothing.
    """
    listed = list(pages)
    whole = whole_page(listed)
    themes: list[Theme] = []
    number = 1
    for page in listed:
        for words, _ in page.includes if page is not whole else ():
            if words not in files:
                continue
            blocks = read_words(text_of(files[words]), number)
            description = str(page.meta.get("description", ""))
            theme = Theme(page.path, words, page.title, description, blocks, page.address)
            themes.append(theme)
            number += len(theme.paragraphs)
    return tuple(themes)
