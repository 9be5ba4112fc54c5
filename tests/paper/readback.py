"""Handouts read back: lines and ink of a page, and small speeches to print."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pymupdf

from speechsite.paper.faces import find_faces
from speechsite.paper.handouts import Handout, jobs, loaded_press, make, word_file
from speechsite.words import Heading, Paragraph, Speech, Theme
from speechsite.words.markup import read_spans
from speechsite.words.model import Block

MM = 72 / 25.4
NUMBERED, SMALL = 24 * MM, 12  # left of the one, smaller than the other: numbers of paragraphs
CLOSING, OPENING = "，。、；：？！）》」』”’…", "（《「『“‘"
Character = tuple[float, float, str]  # x of its origin, y of its baseline, itself


def with_text(
    speech: Speech, *paragraphs: str, headings: bool = True, **metadata: object
) -> Speech:
    """Returns a speech of one theme with these paragraphs, each under a heading of its own."""
    blocks: list[Block] = []
    for number, text in enumerate(paragraphs, 1):
        if headings:
            blocks.append(Heading(f"标题{number}", f"h{number}", 2, 2 * number))
        blocks.append(Paragraph(number, tuple(read_spans(text)), 2 * number + 1))
    return with_blocks(speech, *blocks, **metadata)


def with_blocks(speech: Speech, *blocks: Block, **metadata: object) -> Speech:
    """Returns a speech of one theme with these blocks and little else that is known."""
    theme = Theme("docs/theme.md", "speech/01-theme.md", "主题", "说明", blocks)
    fresh = {"title": speech.title, "title_lines": speech.title_lines, "slug": "a"} | metadata
    return replace(speech, metadata=fresh, themes=(theme,), pages=())


def print_only(speech: Speech, folder: Path, *names: str) -> dict[str, Handout]:
    """Writes the handouts of these names into `folder`; "speech" brings speech.docx, as "word"."""
    press = loaded_press(folder / "press", speech, find_faces("bundled"))
    printed: dict[str, Handout] = {}
    for job in jobs(speech):
        if job.name in names:
            printed[job.name], sheet = make(job, press, folder)
            if job.name == "speech":
                printed["word"] = word_file(speech, folder, printed["speech"], sheet)
    assert set(names) <= set(printed)
    return printed


def lines_of(page: pymupdf.Page, clip: pymupdf.Rect | None = None) -> list[list[Character]]:
    """Returns the lines of a page from top to bottom, each with its characters from left to right.

    The numbers of paragraphs in the margin of an A4 page are left out.
    """
    portrait = page.rect.width < page.rect.height
    rows: dict[int, list[Character]] = defaultdict(list)
    for block in page.get_text("rawdict", clip=clip)["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                small = portrait and span["size"] < SMALL
                for char in span["chars"]:
                    in_margin = small and char["origin"][0] < NUMBERED
                    if char["c"].strip() and not in_margin:
                        rows[round(char["origin"][1] * 2)].append((*char["origin"], char["c"]))
    return [sorted(rows[y]) for y in sorted(rows)]


def text_lines(lines: list[list[Character]]) -> list[str]:
    return ["".join(char for _, _, char in line) for line in lines]


def words(lines: list[str]) -> str:
    return re.sub(r"\s", "", "".join(lines))


def is_page_number(line: str) -> bool:
    return re.fullmatch(r"—\d+—", line) is not None


def body_of(path: Path, title: list[str]) -> str:
    """Returns the words below the title of a PDF, without page numbers."""
    lines = [
        line
        for page in pymupdf.open(path)
        for line in text_lines(lines_of(page))
        if not is_page_number(line)
    ]
    assert lines[: len(title)] == title
    return words(lines[len(title) :])


def title_lines(speech: Speech) -> list[str]:
    return [words([line]) for line in (*speech.title_lines, *speech.byline)]


SCALE = 4  # pixels a point
TO_INK = bytes(0 if value < 128 else 255 for value in range(256))


def inked_rows(page: pymupdf.Page) -> dict[float, bytes]:
    """Returns the rows of pixels of a page that have ink, by their distance from its top in points."""
    matrix = pymupdf.Matrix(SCALE, SCALE)
    picture = page.get_pixmap(matrix=matrix, colorspace=pymupdf.csGRAY)
    samples = bytes(picture.samples).translate(TO_INK)
    rows: dict[float, bytes] = {}
    for y in range(picture.height):
        start = y * picture.stride
        row = samples[start : start + picture.width]
        if b"\0" in row:
            rows[y / SCALE] = row
    return rows


def ink(inked: dict[float, bytes]) -> pymupdf.Rect:
    """Returns the rectangle that the ink of a page's rows fills, its page number aside."""
    rows = {y: row for y, row in inked.items() if y < (37 + 225 + 3) * MM}
    left = min(row.find(b"\0") for row in rows.values()) / SCALE
    right = max(row.rfind(b"\0") for row in rows.values()) / SCALE
    return pymupdf.Rect(left, min(rows), right, max(rows))
