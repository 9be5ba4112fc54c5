"""The speech as it is printed: its paragraphs, which of their words are run-in heads, and where bookmarks point.

PDF and DOCX both come from here, so that they cannot differ. The editors' headings are never printed among the
speaker's words; they are the bookmarks by which a reader of the file finds the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from speechsite.words.read import Heading, Paragraph, Speech, Theme

# How a spoken point begins. GB/T 9704-2012, 7.3.3 gives 一、 to 黑体 and （一） to 楷体; 1. and （1） stay as the text.
NUMBER = "[一二三四五六七八九十]+"
FIRST_LEVEL, SECOND_LEVEL = re.compile(f"{NUMBER}、"), re.compile(f"（{NUMBER}）")
SERIES = {
    "要": re.compile(f"{NUMBER}要"),
    "是": re.compile(f"{NUMBER}是"),
    "第": re.compile(f"首先|其次|再次|第{NUMBER}[，、要是]"),
    "其": re.compile(f"其{NUMBER}[，、要是]"),
}
HEAD_LENGTH = 40  # characters; a longer first sentence is an argument, not a head
SENTENCE = re.compile(r"[^。！？；]+")
CLAUSE = re.compile(r"[^，。：；！？、]+|.")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in one face: "text", "first" (黑体) or "second" (楷体); `marks` are bookmarks (level, title)."""

    text: str
    face: str = "text"
    marks: tuple[tuple[int, str], ...] = ()
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed paragraph; `addresses` says that it greets the listeners and stands flush left."""

    pieces: tuple[Piece, ...]
    addresses: bool = False


def series_of(text: str) -> str:
    """Returns which series of points `text` belongs to as a run-in head, '' where its start is none."""
    if FIRST_LEVEL.match(text):
        return "first"
    if SECOND_LEVEL.match(text):
        return "second"
    return next((name for name, start in SERIES.items() if start.match(text)), "")


def run_in_head(text: str) -> str:
    """Returns the run-in head of a paragraph, without its full stop: a short first sentence that counts a point."""
    sentence = SENTENCE.match(text)
    return (
        sentence[0]
        if sentence and len(sentence[0]) <= HEAD_LENGTH and series_of(sentence[0])
        else ""
    )


def marked(themes: Iterable[Theme]) -> Iterator[tuple[Paragraph, tuple[tuple[int, str], ...]]]:
    """Yields each paragraph with the bookmarks that point at it; level 1 is the title's own."""
    for theme in themes:
        level, marks = 2, [(2, theme.title)]
        for block in theme.blocks:
            if isinstance(block, Heading):
                level = (
                    min(level, block.level) + 1
                )  # never more than one level deeper: PDF/UA-1, 7.4.2
                marks.append((level, block.title))
            elif isinstance(block, Paragraph):
                yield block, tuple(marks)
                marks = []


def cut(
    paragraph: Paragraph, head: int, face: str, marks: tuple[tuple[int, str], ...]
) -> Iterator[Piece]:
    """Yields a paragraph's pieces: its first `head` characters in `face`, and apart what is emphasised."""
    for emphasis, spans in groupby(paragraph.spans, key=lambda span: span.emphasis):
        text = "".join(span.corrected for span in spans)
        for part, its_face in ((text[:head], face), (text[head:], "text")):
            if part:
                yield Piece(part, its_face, marks, emphasis)
                marks = ()
        head = max(0, head - len(text))


def printed(speech: Speech, as_transcript: bool) -> list[Printed]:
    """Returns the paragraphs of the transcript, or (False) split further as the pages are."""
    # A series of points with a member that opens a theme counts the themes: all of it is the first level.
    opening = {
        series_of(run_in_head(theme.paragraphs[0].corrected))
        for theme in speech.themes
        if theme.paragraphs
    }
    paragraphs: list[list[Piece]] = []
    for paragraph, marks in marked(speech.themes):
        text = paragraph.corrected
        head = run_in_head(text) if marks else ""
        series = series_of(head)
        first_level = series == "first" or (series in opening and series != "second")
        face = "text" if not head else "first" if first_level else "second"
        target = head or (CLAUSE.match(text) or [""])[0] if marks else ""
        pieces = list(cut(paragraph, len(target), face, marks))
        if paragraph.begins or not as_transcript or not paragraphs:
            paragraphs.append(pieces)
        else:
            paragraphs[-1].extend(pieces)
    first = speech.paragraphs[0].corrected if speech.paragraphs else ""
    greeting = first if first.endswith("：") and not series_of(first) else None
    return [
        Printed(
            tuple(pieces), addresses=number == 0 and "".join(p.text for p in pieces) == greeting
        )
        for number, pieces in enumerate(paragraphs)
    ]
