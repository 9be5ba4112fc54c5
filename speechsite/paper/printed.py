"""The speech as it is printed: paragraphs, the speaker's own headings, tables; the marks in them.

PDF and DOCX both come from here, so that they cannot differ. The editors' headings are never
printed among the speaker's words; they are the bookmarks by which a reader finds the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

from speechsite.words.model import Heading, Paragraph, Span, Speech, Table, Theme
from speechsite.words.segmentation import width_of

# How a spoken point begins. GB/T 9704-2012, 7.3.3, gives 一、 to 黑体 and （一） to 楷体; 1. and （1）
# stay as the text.
NUMBER = "[一二三四五六七八九十]+"
FIRST_LEVEL, SECOND_LEVEL = re.compile(f"{NUMBER}、"), re.compile(f"（{NUMBER}）")
LOWER_LEVEL = re.compile(r"\d+[.\uff0e、]|（\d+）|[①-⑳]")  # 1. 2、 （3） ④
SERIES = {
    "要": re.compile(f"{NUMBER}要"),
    "是": re.compile(f"{NUMBER}是"),
    "第": re.compile(f"首先|其次|再次|第{NUMBER}[，、要是]"),
    "其": re.compile(f"其{NUMBER}[，、要是]"),
}
HEAD_LENGTH = 40  # characters; a longer first sentence is an argument, not a head
SENTENCE = re.compile(r"[^。！？；]+")
CLAUSE = re.compile(r"[^，。：；！？、]+|.")
WIDE = re.compile(
    r"[0-9A-Za-z.,%/\u2013\u2014\uff5e-]{3,}"
)  # WTO, 2026, TCP/IP, 2024—: never broken
BULLET = re.compile(r"[•●○■□◆◇▪▫►▶·\-–*]\s*(?=\S)")  # "- 供水", "●供水"

Marks: TypeAlias = tuple[tuple[int, str], ...]  # bookmarks: (level, title); 1 is the title's own


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in one face: "text", "first" (黑体) or "second" (楷体)."""

    text: str
    face: str = "text"
    marks: Marks = ()
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A printed paragraph, or a heading of the speaker's own.

    `kind` is "text", "address" (greets the listeners, flush left), "item" (begins with a bullet)
    or "heading". `heads` says that it begins with a run-in head, `stands` that it must keep with
    what follows, `wide` that a run in it cannot be broken. `numbers` are those of its paragraphs
    on the site.
    """

    pieces: tuple[Piece, ...]
    kind: str = "text"
    level: int = 0  # of a heading, 2 for the first
    heads: bool = False
    stands: bool = False
    wide: bool = False
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed table: its cells, how many rows of them are its head, and the columns' shares."""

    rows: tuple[tuple[str, ...], ...]
    header: int
    shares: tuple[float, ...]
    kind: str = "table"


Printed: TypeAlias = Line | Grid


def series_of(text: str) -> str:
    """Returns which series of points `text` belongs to as a run-in head, '' where it is none."""
    if FIRST_LEVEL.match(text):
        return "first"
    if SECOND_LEVEL.match(text):
        return "second"
    return next((name for name, start in SERIES.items() if start.match(text)), "")


def run_in_head(text: str) -> str:
    """Returns a paragraph's run-in head, without its stop: a short first sentence that counts."""
    sentence = SENTENCE.match(text)
    if sentence and len(sentence[0]) <= HEAD_LENGTH and series_of(sentence[0]):
        return sentence[0]
    return ""


def printed(speech: Speech, as_transcript: bool) -> list[Printed]:
    """Returns what is printed: in the transcript's paragraphs, or (False) split as on the pages."""
    lines: list[Printed] = []
    for theme in speech.themes:
        for line, runs_on in printed_theme(speech, theme):
            above = lines[-1] if lines else None
            if as_transcript and runs_on and isinstance(above, Line) and isinstance(line, Line):
                lines[-1] = joined(above, line)
            else:
                lines.append(line)
    return lines


def joined(above: Line, below: Line) -> Line:
    """Returns one paragraph of two, as the transcript has them."""
    pieces = above.pieces + below.pieces
    numbers = above.numbers + below.numbers
    wide = above.wide or below.wide
    return replace(above, pieces=pieces, stands=False, wide=wide, numbers=numbers)


def printed_theme(speech: Speech, theme: Theme) -> Iterator[tuple[Printed, bool]]:
    """Yields what is printed of a theme, each with whether it runs on from what is above it."""
    first_series = series_of_themes(speech)
    first = speech.paragraphs[0] if speech.paragraphs else None
    level = 2
    waits = any(names_theme(heading, theme) for heading in theme.headings)
    marks: Marks = () if waits else ((2, theme.title),)
    for block in theme.blocks:
        if isinstance(block, Table):
            yield grid(block), False
            continue
        if isinstance(block, Paragraph):
            line = paragraph_line(block, marks, first_series)
            if block is first and greets(block):
                line = replace(line, kind="address")
            yield line, not block.begins
            marks = ()
            continue
        level = min(level, block.level) + 1  # never more than one deeper: PDF/UA-1, 7.4.2
        if block.said:
            level = 2 if names_theme(block, theme) else level
            yield heading_line(block, level, marks), False
            marks = ()
        else:
            marks = (*marks, (level, block.title))


def names_theme(heading: Heading, theme: Theme) -> bool:
    """Returns whether a heading of the speaker's is the theme's name: one bookmark, not two."""
    return heading.said and heading.title.split() == theme.title.split()


def greets(paragraph: Paragraph) -> bool:
    """Returns whether the first paragraph greets the listeners: 同志们："""
    return paragraph.corrected.endswith("：") and not series_of(paragraph.corrected)


def series_of_themes(speech: Speech) -> set[str]:
    """Returns the series that count the themes: a member of each opens one."""
    series: set[str] = set()
    for theme in speech.themes:
        if theme.paragraphs:
            series.add(series_of(run_in_head(theme.paragraphs[0].corrected)))
    return series - {"", "second"} | {"first"}


def paragraph_line(paragraph: Paragraph, marks: Marks, first_series: set[str]) -> Line:
    """Returns a paragraph as it is printed; only where a bookmark points may a head begin it."""
    text = paragraph.corrected
    head = run_in_head(text) if marks else ""
    face = "text"
    if head:
        face = "first" if series_of(head) in first_series else "second"
    target = head
    if marks and not head:
        clause = CLAUSE.match(text)
        target = clause[0] if clause else ""
    return Line(
        pieces=tuple(pieces(paragraph.spans, len(target), face, marks)),
        kind="item" if BULLET.match(text) else "text",
        heads=bool(head),
        stands=bool(head) and len(text) <= len(head) + 1,
        wide=bool(WIDE.search(text)),
        numbers=(paragraph.number,),
    )


def heading_line(heading: Heading, level: int, marks: Marks) -> Line:
    """Returns a heading that the speaker has, in the face of its level (GB/T 9704-2012, 7.3.3)."""
    if FIRST_LEVEL.match(heading.title):
        face = "first"
    elif SECOND_LEVEL.match(heading.title):
        face = "second"
    elif LOWER_LEVEL.match(heading.title):
        face = "text"
    else:
        face = {2: "first", 3: "second"}.get(heading.level, "text")
    piece = Piece(heading.title, face, (*marks, (level, heading.title)))
    return Line((piece,), kind="heading", level=heading.level, stands=True)


def pieces(spans: tuple[Span, ...], head: int, face: str, marks: Marks) -> Iterator[Piece]:
    """Yields the pieces of a paragraph: its first `head` characters in `face`, emphasis apart."""
    for emphasis, run in groupby(spans, key=lambda span: span.emphasis):
        text = "".join(span.corrected for span in run)
        for part, its_face in ((text[:head], face), (text[head:], "text")):
            if part:
                yield Piece(part, its_face, marks, emphasis)
                marks = ()
        head = max(0, head - len(text))


def grid(table: Table) -> Grid:
    """Returns a table as it is printed; the rows above its first rule are its head."""
    header = 0
    for number, row in enumerate(table.source):
        if row.rules:
            header = number
            break
    columns = max(len(row) for row in table.rows)
    rows = tuple(row + ("",) * (columns - len(row)) for row in table.rows)
    widest = [max(width_of(row[column]) for row in rows) for column in range(columns)]
    # A column of few words stays narrow, one of many does not take all.
    shares = tuple(min(max(width, 3.0), 14.0) for width in widest)
    return Grid(rows, header, shares)
