"""Reads a project's words (speech/) and frame (mkdocs.yml, docs/) into one `Speech`.

The reader is tolerant: it takes in whatever is there, so that check.py can name every fault at once.

A words file is a small, closed subset of Markdown: a heading a line with its `{ #id }`, a paragraph a line, in it
plain text, backslash escapes, character references, `**emphasis**` and CriticMarkup
(https://fletcher.github.io/MultiMarkdown-6/syntax/critic.html): `{~~old~>new~~}`, `{++new++}`, `{--old--}`.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from speechsite.problem import Problem

WORDS = "speech"  # the folder of the words, beside mkdocs.yml
TRANSCRIPT, METADATA = f"{WORDS}/original.txt", f"{WORDS}/speech.yml"
WHOLE = "full.md"  # the page with the whole text, the only one that includes words a second time

# Python-Markdown's ESCAPED_CHARS and the one its tables extension adds.
ESCAPABLE = r"\\`*_{}\[\]()>#+\-.!|"
TOKEN = re.compile(
    rf"\\(?P<escaped>[{ESCAPABLE}])|(?P<reference>&(?:[a-z]+|#\d+);)"
    r"|\{~~(?P<old>.*?)~>(?P<new>.*?)~~\}|\{\+\+(?P<added>.*?)\+\+\}|\{--(?P<removed>.*?)--\}"
    r"|(?P<emphasis>\*\*)|(?P<text>[^\\&{*]+|.)"
)
HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<title>.*?)\s*(?:\{\s*#(?P<id>[^\s}]*)\s*\})?\s*$")
INCLUDE = re.compile(r'^\s*-+8<-+\s+"(?P<file>[^"]+)"\s*$')


@dataclass(frozen=True, slots=True)
class Span:
    """A run of one paragraph: as the transcript has it (`original`) and as it is read (`corrected`).

    `emphasis` says that it stands between ** and **.
    """

    original: str
    corrected: str
    start: int  # characters from the start of the source line
    emphasis: bool = False

    @property
    def is_correction(self) -> bool:
        return self.original != self.corrected


@dataclass(frozen=True, slots=True)
class Heading:
    """An editor's heading among the words; `level` 2 is a point of the theme, 3 a point below it."""

    title: str
    id: str
    level: int
    line: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of a words file.

    `number` counts from 1 through the whole speech; `begins` is False where only the page breaks here and the
    transcript runs on from the paragraph before.
    """

    number: int
    spans: tuple[Span, ...]
    line: int
    begins: bool = True

    @property
    def id(self) -> str:
        return f"p{self.number}"

    @property
    def original(self) -> str:
        return "".join(span.original for span in self.spans)

    @property
    def corrected(self) -> str:
        return "".join(span.corrected for span in self.spans)


@dataclass(frozen=True, slots=True)
class Theme:
    """A page of the nav and the words file that it includes."""

    page: str  # docs/importance.md
    words: str  # speech/02-importance.md
    title: str
    description: str
    blocks: tuple[Heading | Paragraph, ...]

    @property
    def slug(self) -> str:
        return Path(self.page).stem

    @property
    def headings(self) -> list[Heading]:
        return [block for block in self.blocks if isinstance(block, Heading)]

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [block for block in self.blocks if isinstance(block, Paragraph)]


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page of docs/: its front matter and which words files it includes, each with its line."""

    path: str
    meta: dict[str, Any]
    text: str
    includes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """All that is known of one speech. `files` holds what was read, by path from `root`."""

    config_file: Path
    config: dict[str, Any]
    metadata: dict[str, Any]
    pages: tuple[Page, ...]  # in nav order
    themes: tuple[Theme, ...]  # in nav order
    files: dict[str, bytes] = field(repr=False)
    problems: tuple[Problem, ...] = ()  # what could not be read

    @property
    def root(self) -> Path:
        return self.config_file.parent

    @property
    def title(self) -> str:
        return str(self.metadata.get("title", ""))

    @property
    def transcript_title(self) -> str:
        """The title as the transcript has it; empty where it has none and the editors gave it one."""
        return "" if self.metadata.get("untitled") is True else self.title

    @property
    def title_lines(self) -> list[str]:
        """The title as it breaks into lines on paper."""
        return list(self.metadata.get("title_lines") or [self.title])

    @property
    def byline(self) -> list[str]:
        """The transcript's lines between title and text (post and name, date); empty where it has none."""
        return list(self.metadata.get("byline") or [])

    @property
    def slug(self) -> str:
        return str(self.metadata.get("slug", ""))

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [paragraph for theme in self.themes for paragraph in theme.paragraphs]

    @property
    def corrected(self) -> str:
        """The speech as it is read, below its title: one line a paragraph of the transcript."""
        return "".join(("\n" if p.begins else "") + p.corrected for p in self.paragraphs).lstrip(
            "\n"
        )

    @property
    def transcript_sha256(self) -> str:
        return hashlib.sha256(self.files.get(TRANSCRIPT, b"")).hexdigest()


def text_of(data: bytes) -> str:
    """Returns the text of a UTF-8 file with \\n line ends; what is not UTF-8 becomes U+FFFD (check.py reports it)."""
    return data.decode("utf-8", errors="replace").replace("\r\n", "\n")


def read_spans(source: str, offset: int = 0) -> Iterator[Span]:
    """Yields the runs of one line of a words file, neighbours with the same reading not joined."""
    emphasis = False
    for match in TOKEN.finditer(source):
        kind, start = match.lastgroup, offset + match.start()
        if kind == "text":
            yield Span(match[0], match[0], start, emphasis)
        elif kind == "escaped":
            yield Span(match["escaped"], match["escaped"], start, emphasis)
        elif kind == "reference":
            char = html.unescape(match[0])
            yield Span(char, char, start, emphasis)
        elif kind == "emphasis":
            emphasis = not emphasis
        else:  # CriticMarkup; its two sides may hold escapes too
            old, new = match["old"] or match["removed"] or "", match["new"] or match["added"] or ""
            yield Span(
                "".join(span.original for span in read_spans(old)),
                "".join(span.corrected for span in read_spans(new)),
                start,
                emphasis,
            )


def words_lines(text: str) -> list[str]:
    """Returns the lines of a words file; front matter, which does not belong there, is left blank."""
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].strip() == "---" and "---" in (rest := [line.strip() for line in lines[1:]]):
        end = rest.index("---") + 2
        lines[:end] = [""] * end
    return lines


def read_words(text: str, first_number: int = 1) -> tuple[Heading | Paragraph, ...]:
    """Returns the blocks of a words file; paragraphs are numbered from `first_number`."""
    blocks: list[Heading | Paragraph] = []
    number = first_number
    for line, source in enumerate(words_lines(text), 1):
        if heading := HEADING.match(source):
            title = "".join(span.corrected for span in read_spans(heading["title"]))
            blocks.append(Heading(title, heading["id"] or "", len(heading["marks"]), line))
        elif source.strip():
            blocks.append(Paragraph(number, tuple(read_spans(source.rstrip())), line))
            number += 1
    return tuple(blocks)


def transcript_body(text: str, title: str, byline: list[str]) -> tuple[list[tuple[int, str]], str]:
    """Returns the transcript's paragraphs below its title as (line, text), and what its first lines say instead of
    the title and byline ('' where they agree)."""
    lines = [
        (number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()
    ]
    wanted, seen, head = "".join(title.split()), "", 0
    while head < len(lines) and seen != wanted and wanted.startswith(seen):
        seen += "".join(lines[head][1].split())
        head += 1
    if seen != wanted:
        return lines, lines[0][1] if lines else ""
    for line in byline:
        if head == len(lines) or lines[head][1] != line.strip():
            return lines[head:], lines[head][1] if head < len(lines) else ""
        head += 1
    return lines[head:], ""


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
    for name in nav_pages(config.get("nav")):
        data = load(f"{docs}/{name}")
        if data is not None:
            pages.append(read_page(f"{docs}/{name}", text_of(data), problems))

    themes: list[Theme] = []
    number = 1
    for page in pages:
        for words, line in page.includes if page.path != f"{docs}/{WHOLE}" else ():
            if words not in files:
                problems.append(
                    Problem(
                        page.path, line, "include", f"没有 {words} 这个文件；改正文件名，或补上文件"
                    )
                )
                continue
            blocks = read_words(text_of(files[words]), number)
            number += sum(isinstance(block, Paragraph) for block in blocks)
            title, description = (
                str(page.meta.get("title", "")),
                str(page.meta.get("description", "")),
            )
            themes.append(Theme(page.path, words, title, description, blocks))

    speech = Speech(
        config_file, config, metadata, tuple(pages), tuple(themes), files, tuple(problems)
    )
    transcript = text_of(files.get(TRANSCRIPT, b""))
    body, _ = transcript_body(
        transcript, speech.transcript_title, list_of_lines(metadata.get("byline"))
    )
    return replace(speech, themes=mark_beginnings(themes, body))


def list_of_lines(value: Any) -> list[str]:
    return [line for line in value if isinstance(line, str)] if isinstance(value, list) else []


def mark_beginnings(themes: list[Theme], body: list[tuple[int, str]]) -> tuple[Theme, ...]:
    """Returns the themes with `begins` set on each paragraph: does the transcript have a paragraph break before it?"""
    starts, position = set(), 0
    for _, text in body:
        starts.add(position)
        position += len(text)
    marked, position = [], 0
    for theme in themes:
        blocks: list[Heading | Paragraph] = []
        for block in theme.blocks:
            if isinstance(block, Paragraph):
                blocks.append(Paragraph(block.number, block.spans, block.line, position in starts))
                position += len(block.original)
            else:
                blocks.append(block)
        marked.append(Theme(theme.page, theme.words, theme.title, theme.description, tuple(blocks)))
    return tuple(marked)


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
    """Returns a page of docs/ with its front matter; problems of the front matter are added to `problems`."""
    meta: dict[str, Any] = {}
    if text.startswith("---\n") and (end := text.find("\n---\n", 3)) > 0:
        meta, found = parse_yaml("\n" + text[4:end], path)
        problems.extend(found)
    includes = tuple(
        (f"{WORDS}/{match['file']}", line)
        for line, source in enumerate(text.split("\n"), 1)
        if (match := INCLUDE.match(source))
    )
    return Page(path, meta, text, includes)


def nav_pages(nav: Any) -> list[str]:
    """Returns the Markdown pages of an mkdocs.yml nav in reading order (https://www.mkdocs.org/user-guide/configuration/#nav)."""
    if isinstance(nav, str):
        return [nav] if nav.endswith(".md") else []
    if isinstance(nav, dict):
        return [page for value in nav.values() for page in nav_pages(value)]
    if isinstance(nav, list):
        return [page for item in nav for page in nav_pages(item)]
    return []
