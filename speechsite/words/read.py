"""Reads a project's words (speech/) and frame (mkdocs.yml, docs/) into one `Speech`.

The reader is tolerant: it takes in whatever is there, so that `check` can name every fault at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from speechsite.problem import Problem
from speechsite.words.markup import FRONT_MATTER, HEADING, TOKEN, read_spans, read_words
from speechsite.words.model import (
    METADATA,
    TRANSCRIPT,
    WHOLE,
    WORDS,
    Heading,
    Page,
    Paragraph,
    Row,
    Span,
    Speech,
    Table,
    Theme,
    whole_page,
)
from speechsite.words.transcript import mark_beginnings, transcript_body

__all__ = [
    "HEADING",
    "METADATA",
    "TOKEN",
    "TRANSCRIPT",
    "WHOLE",
    "WORDS",
    "Heading",
    "Page",
    "Paragraph",
    "Row",
    "Span",
    "Speech",
    "Table",
    "Theme",
    "address_of",
    "nav_pages",
    "parse_yaml",
    "read_page",
    "read_spans",
    "read_speech",
    "read_words",
    "text_of",
    "transcript_body",
]

# What MkDocs takes for a page (mkdocs.utils.markdown_extensions).
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
# --8<-- "03-duties.md"
INCLUDE = re.compile(r"""^\s*-+8<-+\s+(?P<quote>["'])(?P<file>.+?)(?P=quote)\s*$""")


def text_of(data: bytes) -> str:
    """Returns the text of a UTF-8 file with \\n line ends and without a byte order mark.

    What is not UTF-8 becomes U+FFFD; `check` reports it.
    """
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_speech(config_file: Path) -> Speech:
    """Reads mkdocs.yml, the pages of its nav and speech/ beside it.

    Nothing is raised for faulty content: it is in `problems`, or check.py finds it.
    """
    config_file = config_file.resolve()
    root = config_file.parent
    files: dict[str, bytes] = {}
    problems: list[Problem] = []

    def load(name: str) -> bytes | None:
        try:
            files[name] = (root / name).read_bytes()
        except OSError as error:
            reason = (
                "找不到这个文件"
                if isinstance(error, FileNotFoundError)
                else f"读不了（{error.strerror}）"
            )
            problems.append(Problem(name, 0, "missing", f"{reason}；补上它，或改正引用它的地方"))
            return None
        return files[name]

    def load_yaml(name: str) -> dict[str, Any]:
        data = load(name)
        if data is None:
            return {}
        value, found = parse_yaml(text_of(data), name)
        problems.extend(found)
        return value

    config = load_yaml(config_file.name)
    metadata = load_yaml(METADATA)
    load(TRANSCRIPT)
    for path in sorted((root / WORDS).glob("*.md")):
        load(f"{WORDS}/{path.name}")

    docs = str(config.get("docs_dir", "docs"))
    pages: list[Page] = []
    for title, name in nav_entries(config.get("nav")):
        data = load(f"{docs}/{name}")
        if data is None:
            continue
        page = read_page(f"{docs}/{name}", text_of(data), problems)
        named = title or page.title
        pages.append(replace(page, address=address_of(name), title=named))

    whole = whole_page(pages)
    themes: list[Theme] = []
    number = 1
    for page in pages:
        for words, line in page.includes if page is not whole else ():
            if words not in files:
                problems.append(
                    Problem(
                        page.path, line, "include", f"没有 {words} 这个文件；改正文件名，或补上文件"
                    )
                )
                continue
            blocks = read_words(text_of(files[words]), number)
            number += sum(isinstance(block, Paragraph) for block in blocks)
            description = str(page.meta.get("description", ""))
            theme = Theme(page.path, words, page.title, description, blocks, page.address)
            themes.append(theme)

    speech = Speech(
        config_file, config, metadata, tuple(pages), tuple(themes), files, tuple(problems)
    )
    transcript = text_of(files.get(TRANSCRIPT, b""))
    body, _ = transcript_body(transcript, speech.transcript_title, speech.byline, speech.left_out)
    return replace(speech, themes=mark_beginnings(themes, body))


def parse_yaml(text: str, name: str) -> tuple[dict[str, Any], list[Problem]]:
    """Returns a plain YAML mapping (no tags) and what is wrong with it; an empty one where it cannot be read."""
    try:
        value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark and mark.index >= len(
            text.rstrip()
        ):  # it shows only at the end; where it began says more
            mark = getattr(error, "context_mark", None) or mark
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        line = min(mark.line, text.rstrip().count("\n")) + 1 if mark else 1
        return {}, [
            Problem(
                name,
                line,
                "yaml",
                f"不是可读的 YAML（{what}）；改正这一行的写法（缩进、冒号、引号）",
            )
        ]
    if not isinstance(value, dict):
        return {}, [Problem(name, 1, "yaml", "里面没有“键: 值”；按 README 的样子写")]
    return value, []


def read_page(path: str, text: str, problems: list[Problem]) -> Page:
    """Returns a page of docs/; problems of its front matter are added to `problems`."""
    meta: dict[str, Any] = {}
    if front := FRONT_MATTER.match(text):
        meta, found = parse_yaml("\n" + (front["yaml"] or ""), path)
        problems.extend(found)
    includes: list[tuple[str, int]] = []
    for line, source in enumerate(text.split("\n"), 1):
        if match := INCLUDE.match(source):
            includes.append((f"{WORDS}/{match['file']}", line))
    title = meta.get("title")
    title = title if isinstance(title, str) else ""
    return Page(path, "", title, meta, text, tuple(includes))


def address_of(page: str) -> str:
    """Returns where a page of docs/ is in the site: more/notice.md → more/notice.html.

    So does MkDocs with `use_directory_urls: false`; README.md stands for index.md.
    """
    path = PurePosixPath(page)
    name = "index" if path.stem == "README" else path.stem
    return path.with_name(f"{name}.html").as_posix()


def nav_entries(nav: Any, title: str = "") -> Iterator[tuple[str, str]]:
    """Yields the pages of an mkdocs.yml nav in reading order: the title given there, the file.

    (https://www.mkdocs.org/user-guide/configuration/#nav)
    """
    if isinstance(nav, str):
        if nav.endswith(MARKDOWN):
            yield title, PurePosixPath(nav).as_posix()
    elif isinstance(nav, dict):
        for name, value in nav.items():
            yield from nav_entries(value, str(name) if isinstance(value, str) else "")
    elif isinstance(nav, list):
        for item in nav:
            yield from nav_entries(item)


def nav_pages(nav: Any) -> list[str]:
    return [page for _, page in nav_entries(nav)]
