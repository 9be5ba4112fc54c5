"""Makes a new project from a talk: its words under proposed headings, the frame around them, whole or not at all.

The frame is this checkout's own (mkdocs.yml and the pages of docs/ that hold no words), with nothing of its speech.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pypinyin import lazy_pinyin

from speechsite.outline import OCCASION, SECTION_NAMES, Outline, Section, plain, recognise
from speechsite.problem import Problem, Stop
from speechsite.speech import METADATA, TRANSCRIPT, WHOLE, WORDS, nav_pages, read_page, text_of
from speechsite.talk import Line, read_talk

OURS = Path(__file__).parent.parent
GLOSSARY = "glossary.md"
SHORT = 250  # characters: shorter parts of a series share a page
MOST_PAGES = 40  # each page carries the nav of all pages, so a site must not grow with the square of its speech
INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}  # what check.py lets stand only in a correction's left side
# Markdown and CriticMarkup wherever they stand, and what is markup at a line's start only.
ANYWHERE = re.compile(r"[\\`*_\[<\t]|\{(?:--|\+\+|>>|==|~~)?|&(?=#|\w+;)")
AT_START = re.compile(r"(?P<mark>#|>|[-+](?=\s)|---|-\s*-\s*-)|(?P<number>\d+)(?=\.\s)|(?P<other>~(?=~~)|=(?==*$))")
TAKEN = {"index", "full", "glossary", "handouts", "about", "404", "search", "assets", "stylesheets", "javascripts"} | {
    "title", "corrections", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the new project: its `points` are sections of levels 2 and 3; it ends where the next part begins."""

    slug: str
    title: str
    begins: Section
    points: tuple[Section, ...]


def new_project(talk: Path, folder: Path) -> list[str]:
    """Makes the project `folder` from the file `talk` and returns what an editor should look at, a line each.

    Raises Stop where the talk cannot be read, the folder holds something already or cannot be written.
    """
    read = read_talk(talk)
    outline = recognise(read.lines)
    if outline.body == len(read.lines):
        raise Stop(Problem(talk.name, 0, "talk", "只有标题，没有讲话的文字；换一个完整的文件"))
    folder = folder.resolve()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Stop(Problem(folder.name, 0, "new", "这个位置已经有东西了；换一个还没有的文件夹名"))
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name[:20]}.") as temporary:
            project = Path(temporary) / "project"
            files, notes = project_files(read.lines, outline, folder)
            for name, text in files.items():
                (project / name).parent.mkdir(parents=True, exist_ok=True)
                (project / name).write_text(text, encoding="utf-8", newline="\n")
            # Not .md: every .md in speech/ is words.
            kept = {".md": ".markdown"}.get(talk.suffix.lower(), talk.suffix.lower())
            shutil.copyfile(talk, project / WORDS / f"received{kept}")
            if folder.exists():
                folder.rmdir()  # os.rename replaces an empty folder only outside Windows
            os.rename(project, folder)
    except OSError as error:
        message = f"写不进去（{error.strerror}）；换一个可写、放得下的位置"
        raise Stop(Problem(folder.name, 0, "new", message)) from None
    return [*read.notes, *notes]


def project_files(lines: Sequence[Line], outline: Outline, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Returns the text of every file of the project by its path, and what an editor should look at."""
    transcript = [line.text for line in lines]
    title = "".join(outline.title)
    shown = plain(title) or plain(outline.sections[-1].title if len(outline.sections) == 1 else "") or "讲话"
    own = OURS / "mkdocs.yml"
    if not title:
        shown = "讲话"
    notes: list[str] = []
    parts = parts_of(outline, transcript)
    width = max(2, len(str(len(parts))))
    words_names = [f"{number:0{width}d}-{part.slug}.md" for number, part in enumerate(parts, 1)]
    ends = [*(part.begins.place for part in parts[1:]), (len(lines), 0)]
    files = {TRANSCRIPT: "\n".join(transcript) + "\n"}
    ...
    return files, notes
