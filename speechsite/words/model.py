"""A speech as everything after the reading knows it: frozen data, and what follows from it."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from speechsite.problem import Problem
from speechsite.words.files import text_of
from speechsite.words.titles import title_lines

WORDS = "speech"  # the folder of the words, beside mkdocs.yml
TRANSCRIPT, METADATA = f"{WORDS}/original.txt", f"{WORDS}/speech.yml"
# What `new` calls two pages; they are known by these names where nothing else tells them.
WHOLE, GLOSSARY = "full.md", "glossary.md"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of one line: as the transcript has it (`original`) and as it is read (`corrected`).

    `start` counts characters from the start of the source line; `emphasis` says that it stands
    between ** and **.
    """

    original: str
    corrected: str
    start: int
    emphasis: bool = False

    @property
    def is_correction(self) -> bool:
        return self.original != self.corrected


def original_of(spans: Iterable[Span]) -> str:
    return "".join(span.original for span in spans)


def corrected_of(spans: Iterable[Span]) -> str:
    return "".join(span.corrected for span in spans)


class Read:
    """What is made of spans, in both readings."""

    __slots__ = ()
    spans: tuple[Span, ...]

    @property
    def original(self) -> str:
        return original_of(self.spans)

    @property
    def corrected(self) -> str:
        return corrected_of(self.spans)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading among the words; `level` 2 is a point of the theme, 3 a point below it.

    It is the editors', unless it is `said`: then its line is the transcript's own.
    """

    title: str
    id: str
    level: int
    line: int
    said: bool = False
    spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)

    @property
    def original(self) -> str:
        return original_of(self.spans) if self.spans else self.title

    @property
    def corrected(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True)
class Paragraph(Read):
    """One line of a words file.

    `number` counts from 1 through the whole speech; `begins` is False where only the page breaks
    here and the transcript runs on from the paragraph before.
    """

    number: int
    spans: tuple[Span, ...]
    line: int
    begins: bool = True

    @property
    def id(self) -> str:
        return f"p{self.number}"


@dataclass(frozen=True, slots=True)
class Row(Read):
    """One line of a table, `| a | b |`; `rules` says that it only draws a rule, `|---|---|`."""

    spans: tuple[Span, ...]
    line: int
    rules: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the words: its cells as they are read, row by row, without the row of rules.

    `source` holds its lines as the words file has them.
    """

    rows: tuple[tuple[str, ...], ...]
    line: int
    source: tuple[Row, ...] = field(default=(), compare=False, repr=False)


Block: TypeAlias = Heading | Paragraph | Table
Line: TypeAlias = Heading | Paragraph | Row  # what counts for the verification


def spoken_lines(blocks: Iterable[Block]) -> list[Line]:
    """Returns the lines of some blocks that are the transcript's own, in order."""
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Table):
            lines += block.source
        elif isinstance(block, Paragraph) or block.said:
            lines.append(block)
    return lines


@dataclass(frozen=True, slots=True)
class Theme:
    """A page of the nav and the words file that it includes; `address` is that of the page."""

    page: str  # docs/importance.md
    words: str  # speech/02-importance.md
    title: str
    description: str
    blocks: tuple[Block, ...]
    address: str = ""  # importance.html

    @property
    def slug(self) -> str:
        """The name of what is made of this theme: more/notice.html → more-notice."""
        name = self.address.removesuffix(".html") or Path(self.page).stem
        return name.replace("/", "-")

    @property
    def headings(self) -> list[Heading]:
        return [block for block in self.blocks if isinstance(block, Heading)]

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [block for block in self.blocks if isinstance(block, Paragraph)]


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page of docs/.

    `address` is its HTML file seen from the site's root, `includes` the words files that it
    includes, each with its line.
    """

    path: str  # docs/more/notice.md
    address: str  # more/notice.html
    title: str  # in nav, else in its front matter
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
    files: dict[str, bytes] = field(repr=False)  # those that are text
    problems: tuple[Problem, ...] = ()  # what could not be read
    unlisted: tuple[Page, ...] = ()  # pages of docs/ that nav leaves out
    names: frozenset[str] = frozenset()  # every file that docs/ offers, seen from there
    complete: bool = True  # nothing is missing that words, pages or their order depend on

    @property
    def root(self) -> Path:
        return self.config_file.parent

    @property
    def docs(self) -> str:
        """The folder of the pages, seen from `root`."""
        return docs_folder(self.config)

    def text(self, name: str) -> str:
        """Returns the text of a file, by its path from `root`; '' where it could not be read."""
        return text_of(self.files.get(name, b""))

    # The pages that have a part to play, whatever their files are called.

    @property
    def home(self) -> Page | None:
        """The page that opens with the site."""
        pages = {page.address: page for page in self.pages}
        return pages.get("index.html")

    @property
    def whole(self) -> Page | None:
        """The page with the whole text, the only one that includes words a second time."""
        return whole_page(self.pages)

    @property
    def glossary(self) -> Page | None:
        """The page whose second-level headings are the phrases to explain."""
        for page in self.pages:
            if page.meta.get("glossary") is True:
                return page
        return page_called(GLOSSARY, self.pages)

    # What speech.yml says; a value of another type is a problem of its own, and here it is none.

    def fact(self, key: str) -> str:
        """Returns a line of text of speech.yml, '' where there is none."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def lines(self, key: str) -> list[str]:
        """Returns a list of lines of speech.yml, an empty one where there is none."""
        value = self.metadata.get(key)
        if not isinstance(value, list):
            return []
        return [line for line in value if isinstance(line, str)]

    @property
    def title(self) -> str:
        return str(self.metadata.get("title", ""))

    @property
    def transcript_title(self) -> str:
        """The title as the transcript has it; '' where it has none and the editors gave it one."""
        return "" if self.metadata.get("untitled") is True else self.title

    @property
    def title_lines(self) -> list[str]:
        """The title as it breaks into lines, by the editors or else by its meaning."""
        return self.lines("title_lines") or list(title_lines(self.title))

    @property
    def byline(self) -> list[str]:
        """The transcript's lines between title and text (post and name, date)."""
        return self.lines("byline")

    @property
    def speaker(self) -> str:
        """Who spoke, as the editors know it; '' where nobody knows or the byline says it."""
        return self.fact("speaker")

    @property
    def date(self) -> datetime.date | None:
        """The day of the speech, as the editors know it."""
        return self.day("date")

    @property
    def updated(self) -> datetime.date | None:
        """The day on which the words last changed."""
        return self.day("updated")

    def day(self, key: str) -> datetime.date | None:
        value = self.metadata.get(key)
        return value if type(value) is datetime.date else None

    @property
    def occasion(self) -> str:
        return self.fact("occasion")

    @property
    def audience(self) -> str:
        return self.fact("audience")

    @property
    def recording(self) -> str:
        """The sound of the speech, a path below the folder of the pages; '' where there is none."""
        return self.fact("recording")

    @property
    def sha256(self) -> str:
        """The SHA-256 that the transcript had when it came, in hexadecimal; '' if never noted."""
        return self.fact("sha256")

    @property
    def left_out(self) -> dict[int, str]:
        """Lines of the transcript that are no words (buttons of a web page), by line number."""
        value = self.metadata.get("left_out")
        lines = value if isinstance(value, dict) else {}
        return {line: text for line, text in lines.items() if isinstance(line, int)}

    @property
    def readings(self) -> dict[str, str]:
        """Words that are read otherwise than pinyin's dictionaries say, and their pinyin."""
        value = self.metadata.get("readings")
        words = value if isinstance(value, dict) else {}
        return {str(word): str(pinyin) for word, pinyin in words.items()}

    @property
    def reflection(self) -> list[str]:
        """The last page of the notes: its heading and its prompts, in the speaker's own words."""
        return self.lines("reflection")

    @property
    def is_traditional(self) -> bool:
        return self.metadata.get("lang") == "zh-Hant"

    @property
    def slug(self) -> str:
        return str(self.metadata.get("slug", ""))

    # What was said.

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [paragraph for theme in self.themes for paragraph in theme.paragraphs]

    @property
    def corrected(self) -> str:
        """The speech as it is read, below its title: one line a paragraph of the transcript."""
        parts: list[str] = []
        for theme in self.themes:
            for line in spoken_lines(theme.blocks):
                if isinstance(line, Row) and line.rules:
                    continue
                runs_on = isinstance(line, Paragraph) and not line.begins
                parts += [line.corrected] if runs_on else ["\n", line.corrected]
        return "".join(parts).removeprefix("\n")

    @property
    def transcript_sha256(self) -> str:
        return hashlib.sha256(self.files.get(TRANSCRIPT, b"")).hexdigest()


def docs_folder(config: dict[str, Any]) -> str:
    """Returns `docs_dir` of an mkdocs.yml, without a slash at its end."""
    folder = config.get("docs_dir")
    return Path(folder if isinstance(folder, str) and folder else "docs").as_posix()


def whole_page(pages: Iterable[Page]) -> Page | None:
    """Returns the page that includes what others include too: more than half of its words files.

    Of several that do, the one with the most; a speech of one words file has it on two pages, and
    the later one is the whole. Where no page does, it is the one called full.md, if there is one.
    """
    listed = list(pages)
    times: Counter[str] = Counter()
    for page in listed:
        times.update({name for name, _ in page.includes})
    found = None
    most = 0
    for page in listed:
        own = [name for name, _ in page.includes]
        shared = sum(times[name] > 1 for name in own)
        enough = len(own) > 1 or len(times) == 1
        if enough and 2 * shared > len(own) >= most:
            found = page
            most = len(own)
    return found or page_called(WHOLE, listed)


def page_called(name: str, pages: Iterable[Page]) -> Page | None:
    """Returns the first page whose file has a name, in whatever folder."""
    for page in pages:
        if Path(page.path).name == name:
            return page
    return None
