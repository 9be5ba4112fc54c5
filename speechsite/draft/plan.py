"""Which sections of a talk share a page: equals stay together or each has its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from speechsite.draft.marks import Place
from speechsite.draft.outline import OPENING, WHOLE, Section
from speechsite.draft.talk import Lines

SHORT_TALK = 3_000  # characters that are read on one page, unless the talk has written parts
SHORT_SECTION = 300  # characters, half a printed page: shorter equals stay together
SMALL = 60  # characters; nobody turns a page for less
MOST_PAGES = 40  # each page carries the nav of all: a site must not grow with the square of a talk


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the new project: its name, where its text begins, and the headings in it.

    A heading of level 1 is the page's own, written in its text (the speaker wrote it, or it does
    not begin the page); 2 and more are points.
    """

    title: str
    begins: Place
    headings: tuple[Section, ...]


def plan(sections: Sequence[Section], lines: Lines) -> list[Part]:
    """Returns the pages of a talk, in order; together they hold all of it."""
    sections = [replace(one, place=after_space(one.place, lines)) for one in sections]
    tops = grouped(sections)
    sizes = lengths([group[0].place for group in tops], lines)
    if on_one_page(tops, sizes):
        return [whole(sections)]
    pages: list[list[list[Section]]] = []
    size = 0
    for group, length in zip(tops, sizes, strict=True):
        opens = len(pages) == 1 and len(pages[0]) == 1 and pages[0][0][0].title == OPENING
        if pages and (length < SMALL or (opens and size < SMALL)):
            pages[-1].append(group)
            size += length
        else:
            pages.append([group])
            size = length
    return [page_of(page) for page in bundled(pages)]


def grouped(sections: Sequence[Section]) -> list[list[Section]]:
    """Returns the sections of the first level, each with those in it."""
    groups: list[list[Section]] = []
    for section in sections:
        if section.level == 1 or not groups:
            groups.append([section])
        else:
            groups[-1].append(section)
    return groups


def lengths(places: Sequence[Place], lines: Lines) -> list[int]:
    """Returns the characters from each place to the next, the last to the end."""
    starts = [0, *accumulate(len(line.text) for line in lines)]
    positions = [starts[line] + column for line, column in places] + [starts[-1]]
    return [after - before for before, after in pairwise(positions)]


def on_one_page(tops: Sequence[Sequence[Section]], sizes: Sequence[int]) -> bool:
    """Says whether a talk is one page: short and without written parts, or its parts are short."""
    parts = [size for group, size in zip(tops, sizes, strict=True) if group[0].marked]
    if len(tops) == 1:
        return True
    average = sum(parts or sizes) / len(parts or sizes)
    if sum(group[0].said for group in tops) > 1:
        return average < SMALL
    return sum(sizes) < SHORT_TALK or average < SHORT_SECTION


def whole(sections: Sequence[Section]) -> Part:
    """Returns the one page of a talk; its opening needs no heading."""
    first, *rest = sections
    begins = first.place
    if first.marked:
        rest = [first, *rest]
    return Part(WHOLE, begins, tuple(lowered(rest)))


def bundled(pages: list[list[list[Section]]]) -> list[list[list[Section]]]:
    """Returns the pages, several in a row as one where there would be more than `MOST_PAGES`."""
    together = -(-len(pages) // MOST_PAGES)
    if together < 2:
        return pages
    joined: list[list[list[Section]]] = []
    for number, page in enumerate(pages):
        if number % together:
            joined[-1] += page
        else:
            joined.append([*page])
    return joined


def page_of(groups: Sequence[Sequence[Section]]) -> Part:
    """Returns the page of one section, or of several that share it.

    A small opening stands above the first section, whose heading is still the page's own.
    """
    begins = groups[0][0].place
    opened = len(groups) > 1 and groups[0][0].title == OPENING
    own, *others = groups[1:] if opened else groups
    top, *points = own
    many = len(others) > 1
    headings = lowered(own) if many else points
    if not many and (top.said or opened):
        headings = [top, *points]
    for group in others:
        headings += lowered(group)
    title = f"{top.title} — {others[-1][0].title}" if many else top.name or top.title
    return Part(title, begins, tuple(headings))


def lowered(sections: Sequence[Section]) -> list[Section]:
    """Returns sections as points a level further down."""
    return [replace(one, level=one.level + 1) for one in sections]


def after_space(place: Place, lines: Lines) -> Place:
    """Returns the place of the first character from there on that leaves ink."""
    line, column = place
    while lines[line].text[column].isspace():
        column += 1
    return line, column
