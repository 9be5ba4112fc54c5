"""The transcript as received: which of its lines are words of the speech, and where each begins."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from speechsite.words.model import (
    TRANSCRIPT,
    Block,
    Paragraph,
    Row,
    Speech,
    Table,
    Theme,
    spoken_lines,
)

Numbered = list[tuple[int, str]]  # lines of the transcript, each with its number from 1


def transcript_body(
    text: str, title: str, byline: Sequence[str], left_out: Container[int] = ()
) -> tuple[Numbered, str]:
    """Returns the transcript's lines below title and byline, and what its first lines say instead.

    The second is '' where they agree. Empty lines and those numbered in `left_out` do not count.
    """
    lines: Numbered = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and number not in left_out:
            lines.append((number, line.strip()))
    head = title_height(lines, title)
    if head is None:
        return lines, lines[0][1] if lines else ""
    for line in byline:
        if head == len(lines):
            return [], ""
        if lines[head][1] != line.strip():
            return lines[head:], lines[head][1]
        head += 1
    return lines[head:], ""


def lines_left_out(speech: Speech) -> set[int]:
    """Returns the numbers of the transcript's lines that speech.yml rightly says are no words."""
    lines = ["", *speech.text(TRANSCRIPT).split("\n")]
    numbers: set[int] = set()
    for number, text in speech.left_out.items():
        there = lines[number : number + 1] if number > 0 else []
        if [line.strip() for line in there] == [str(text).strip()]:
            numbers.add(number)
    return numbers


def body_of(speech: Speech) -> tuple[Numbered, str]:
    """Returns `transcript_body` of a speech as its speech.yml describes it."""
    return transcript_body(
        speech.text(TRANSCRIPT),
        speech.transcript_title,
        speech.byline,
        lines_left_out(speech),
    )


def title_height(lines: Numbered, title: str) -> int | None:
    """Returns how many of the first lines make up the title, spaces aside; None if they do not."""
    rest = "".join(title.split())
    for height, (_, line) in enumerate(lines):
        if not rest:
            return height
        part = "".join(line.split())
        if not rest.startswith(part):
            return None
        rest = rest.removeprefix(part)
    return None if rest else len(lines)


def mark_beginnings(themes: Sequence[Theme], body: Numbered) -> tuple[Theme, ...]:
    """Returns the themes with `begins` set: is there a line break of the transcript before it?"""
    starts: set[int] = set()
    position = 0
    for _, text in body:
        starts.add(position)
        position += len(text)
    kept = {text for _, text in body}
    marked: list[Theme] = []
    position = 0
    for theme in themes:
        blocks: list[Block] = []
        for block in theme.blocks:
            if isinstance(block, Paragraph):
                block = replace(block, begins=position in starts)
            blocks.append(block)
            position += length_in(block, kept)
        marked.append(replace(theme, blocks=tuple(blocks)))
    return tuple(marked)


def length_in(block: Block, kept: Container[str]) -> int:
    """Returns how many characters of the transcript a block takes; `kept` holds its lines."""
    if isinstance(block, Table):
        rows = (row for row in block.source if not row.rules or row.original in kept)
        return sum(len(row.original) for row in rows)
    return sum(len(line.original) for line in spoken_lines([block]))


def said_text(speech: Speech) -> str:
    """Returns what a quotation may quote: the speech as it is read.

    While the words differ from the transcript it is added to them, so that a word lost in speech/
    is one problem, and not one more for each quotation of it.
    """
    originals: list[str] = []
    for theme in speech.themes:
        for line in spoken_lines(theme.blocks):
            if not (isinstance(line, Row) and line.rules):
                originals.append(line.original)
    body, _ = body_of(speech)
    lines = [text for _, text in body]
    if "".join(originals) == "".join(lines):
        return speech.corrected
    return f"{speech.corrected}\n{speech.text(TRANSCRIPT)}"
