"""The map of the speech: its themes, and in them the speaker's own build, each line a link.

A line is the sentence with which the speaker opens what he counts (words/series.py), in his face.
An editors' heading stands only where he counts nothing; one that the transcript has always stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml.html.builder import LI, OL, SPAN, A

from speechsite.pages.page import Element, Page
from speechsite.words import Heading, Paragraph, Speech, Theme
from speechsite.words.model import Block
from speechsite.words.series import Lead, leads

BREAK = re.compile("(?<=[、，：；。？！])")  # a line breaks after a mark: 办文、|办会、|办事


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the map: where it leads, the number of the paragraph there, who says it."""

    text: str
    id: str
    number: int | None
    depth: int
    said: bool = False


def outline(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the map, each line with the number of the paragraph to which it leads."""
    build = list(leads(speech.paragraphs))
    themes = OL({"class": "outline"})
    for theme in speech.themes:
        number = first_number(theme.blocks)
        item = LI(entry(Line(theme.title, "", number, 0), page.link(theme.address)))
        themes.append(item)
        branches = {0: item}  # the last line at each depth, its own theme the first
        for line in lines_of(theme, build):
            address = page.link(f"{theme.address}#{line.id}")
            hang(branches, line, LI(entry(line, address)))
    return [themes]


def hang(branches: dict[int, Element], line: Line, item: Element) -> None:
    """Puts a line below the last one that stands higher, and remembers it."""
    for depth in [depth for depth in branches if depth > line.depth]:
        del branches[depth]
    above = branches[max(branches)]
    below = above.find("ol")
    if below is None:
        below = OL()
        above.append(below)
    below.append(item)
    branches[line.depth + 1] = item


def lines_of(theme: Theme, build: list[Lead]) -> Iterator[Line]:
    """Yields the lines of one theme; what the speaker counts below a heading stands below it."""
    below = 0  # the depth below what has been said before the first heading
    for heading, blocks in sections(theme, build):
        top = below
        if heading:
            top = below + heading.level - 2
            yield Line(heading.title, heading.id, first_number(blocks), top, heading.said)
            top += 1
        said = spoken(blocks, build)
        for line in said:
            yield replace(line, depth=top + line.depth)
        if not heading and said:
            below = said[-1].depth + 1


def sections(theme: Theme, build: list[Lead]) -> Iterator[tuple[Heading | None, list[Block]]]:
    """Yields each heading of a theme with the blocks below it, first None with those before.

    An editors' heading is none where the paragraph below opens with a line of the build: the
    speaker says himself what it says.
    """
    opened = {lead.paragraph.number for lead in build if lead.opens}
    heading, blocks = None, list[Block]()
    for place, block in enumerate(theme.blocks):
        if not isinstance(block, Heading):
            blocks.append(block)
        elif block.level == 1:  # the page's own name, written in its text: it stands above
            continue
        elif block.said or first_number(theme.blocks[place:]) not in opened:
            yield heading, blocks
            heading, blocks = block, []
    yield heading, blocks


def spoken(blocks: list[Block], build: list[Lead]) -> list[Line]:
    """Returns the lines of the build in some blocks, the highest of them at the depth 0."""
    numbers = {block.number for block in blocks if isinstance(block, Paragraph)}
    here = [lead for lead in build if lead.paragraph.number in numbers]
    highest = min((lead.depth for lead in here), default=0)
    lines = []
    for lead in here:
        paragraph, depth = lead.paragraph, lead.depth - highest
        lines.append(Line(lead.text, paragraph.id, paragraph.number, depth, said=True))
    return lines


def first_number(blocks: Iterable[Block]) -> int | None:
    return next((block.number for block in blocks if isinstance(block, Paragraph)), None)


def entry(line: Line, address: str) -> Element:
    """Returns the link of a line; the stylesheet shows the number of its paragraph."""
    link = A(SPAN(*phrases(line.text)), href=address)
    if line.said:
        link.set("class", "speech-said")
    if line.number is not None:
        link.append(SPAN({"class": "at", "data-number": str(line.number)}))
    return link


def phrases(text: str) -> list[Element]:
    """Returns a line in parts that break within only where they must: after its marks first."""
    return [SPAN({"class": "line"}, part) for part in BREAK.split(text) if part]
