"""Where the lines of a page may end: headings break by meaning, no last line is a single character.

A browser's `text-wrap: pretty` leaves 出。 alone in 41 of 486 last lines of
this speech, at nine widths in three sizes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lxml.html.builder import SPAN, WBR

from speechsite.pages.page import Element, Page, content, speeches
from speechsite.words.titles import title_lines

NARROW = 8  # characters of a heading that a phone of 320 px has room for in the largest type
MARK = re.compile("(?<=[、，：；。？！])")  # a heading breaks after a mark: 办文、|办会、|办事
LAST_TWO = re.compile(r"\w\W{0,3}\w[^\w\s]*\Z")  # 突出。, 后院”。, 5 段
SHORT = 4  # characters of a link or a correction that may stay whole at the end of a line


def break_lines(page: Page) -> None:
    """Tells the browser of a finished page where lines may break and where they may not.

    What an editor wrote on a page stays in one piece: who looks for it in the file finds it.
    """
    headings = content(page).xpath(".//*[self::h1 or self::h2 or self::h3 or self::h4][not(*)]")
    headings += content(page).xpath(".//*[@class='handout-card']//h2/a[not(*)]")
    headings += page.tree.xpath("//*[@id='nav']//a[not(*)]")
    for heading in headings:
        part_heading(heading)
    notes = content(page).xpath(".//section[@class='notes']")
    for text in (*speeches(page), *notes):
        for paragraph in text.iter("p"):
            keep_end(paragraph)


def part_heading(heading: Element) -> None:
    """Puts a chance to break between the phrases of a heading; the stylesheet allows no other."""
    first, *others = phrases(heading.text or "") or [""]
    heading.text = first
    for phrase in others:
        chance = WBR()
        chance.tail = phrase
        heading.append(chance)


@cache
def phrases(text: str) -> list[str]:
    """Returns a heading's parts, each short enough for a line where it can be."""
    parts: list[str] = []
    for clause in MARK.split(text):
        lines = title_lines(clause, NARROW) if clause.strip() else ()
        parts += lines if "".join(lines) == clause else [clause]
    return [part for part in parts if part]


def keep_end(paragraph: Element) -> None:
    """Keeps the last two characters of a paragraph on one line, with what stands behind them."""
    for element, text in from_the_end(paragraph):
        found = LAST_TWO.search(text.rstrip())
        if found:
            hold(paragraph, element, found.start())
        if found or element is None or len("".join(element.itertext())) > SHORT:
            return


def from_the_end(paragraph: Element) -> Iterator[tuple[Element | None, str]]:
    """Yields an element and what is read behind it, the last one first; at last None and all.

    The number's link is passed over: it shows nothing.
    """
    behind = ""
    for element in reversed(paragraph):
        if element.get("class") == "permalink":
            continue
        behind = (element.tail or "") + behind
        yield element, behind
        if element.tag != "del":
            behind = "".join(element.itertext()) + behind
    yield None, (paragraph.text or "") + behind


def hold(paragraph: Element, element: Element | None, start: int) -> None:
    """Puts what stands in a paragraph behind an element, from a character on, into a span.

    Without an element that is its own text; a start behind that text is at its end.
    """
    kept = SPAN({"class": "speech-end"})
    holder, name = (paragraph, "text") if element is None else (element, "tail")
    text = getattr(holder, name) or ""
    setattr(holder, name, text[:start])
    kept.text = text[start:]
    place = 0 if element is None else paragraph.index(element) + 1
    rest = [child for child in paragraph[place:] if child.get("class") != "permalink"]
    kept.extend(rest)
    paragraph.insert(place, kept)
