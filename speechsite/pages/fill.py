"""What the pages show of the speech beside its words: numbers, title, facts, map, provenance.

Among the speaker's words stand only empty links; page.differing proves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from math import ceil

from lxml import html
from lxml.html.builder import CODE, DD, DEL, DL, DT, INS, LI, OL, SPAN, UL, A, P

from speechsite.pages.notes import CLAUSE
from speechsite.pages.page import Element, Page, content, speeches
from speechsite.words import TRANSCRIPT, Heading, Paragraph, Span, Speech, Theme
from speechsite.words.model import Block

# Chinese at an easy pace: IReST, Trauzettel-Klosinski & Dietz 2012, doi 10.1167/iovs.11-8284
CHARACTERS_A_MINUTE = 255
ORIGINAL = "original.txt"  # the transcript, byte for byte, as a reader can download it
BREAK = re.compile("(?<=[、，：；。？！])")  # a heading breaks after a mark: 办文、|办会、|办事

Fill = Callable[[Page, Speech, tuple[Theme, ...]], list[Element]]


def fill(page: Page, speech: Speech, shown: tuple[Theme, ...], handouts: str) -> None:
    """Puts into a page what comes from the speech; `handouts` is the HTML of their list.

    `shown` are the themes whose words the page has, in their order.
    """
    for words, theme in zip(speeches(page), shown, strict=False):
        describe(words, speech, theme)
    for place in page.tree.xpath("//*[@data-fill]"):
        name = place.get("data-fill")
        if name == "handouts":
            place.getparent().replace(place, html.fragment_fromstring(handouts))
        elif name in FILLS:
            place.text, place[:] = None, FILLS[name](page, speech, shown)
    headings = "./h1[not(*)] | .//*[@class='handout-card']//h2/a[not(*)]"
    for heading in content(page).xpath(headings):
        parts, heading.text = phrases(heading.text or ""), None
        heading.extend(parts)


def is_filled(pages: list[Page], name: str) -> bool:
    """Says whether a page asks for a fill of that name."""
    return any(page.tree.xpath("//*[@data-fill=$name]", name=name) for page in pages)


def describe(words: Element, speech: Speech, theme: Theme) -> None:
    """Tells the scripts what a block of words is, and gives its paragraphs numbers and links."""
    words.set("data-title", speech.title)
    words.set("data-theme", theme.title)
    words.set("data-total", str(len(speech.paragraphs)))
    for element, paragraph in zip(words.findall("p"), theme.paragraphs, strict=False):
        number_paragraph(element, paragraph)


def number_paragraph(element: Element, paragraph: Paragraph) -> None:
    """Gives a paragraph its id and permalink; its number is the stylesheet's: nobody copies it."""
    element.set("id", paragraph.id)
    link = A({"class": "permalink", "href": f"#{paragraph.id}"})
    link.set("aria-label", f"第 {paragraph.number} 段")
    link.set("data-number", str(paragraph.number))
    link.tail, element.text = element.text, None
    element.insert(0, link)


def phrases(text: str) -> list[Element]:
    """Returns a heading in parts that break within only where they must: after its marks first."""
    return [SPAN({"class": "line"}, part) for part in BREAK.split(text) if part]


def title(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the title in the lines that its meaning asks for."""
    return [SPAN({"class": "line"}, line) for line in speech.title_lines]


def facts(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns what is known of the speech beside its words; what is not known is left out."""
    known = {
        "讲话人": speech.speaker and f"{speech.speaker}（编者注）",
        "日期": speech.date and f"{chinese(speech.date)}（编者注）",
        "场合": speech.occasion,
        "对象": speech.audience,
    }
    named = [f"{name}：{value}" for name, value in known.items() if value]
    return [P(line) for line in (*speech.byline, *named, length_of(speech.themes))]


def chinese(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def length(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns how long the words of this page are."""
    return [SPAN(length_of(shown))]


def length_of(themes: tuple[Theme, ...]) -> str:
    """Returns how many characters, marks counted, and minutes of reading some themes have."""
    paragraphs = (paragraph for theme in themes for paragraph in theme.paragraphs)
    characters = sum(len(paragraph.corrected) for paragraph in paragraphs)
    return f"{characters} 字，读完约 {ceil(characters / CHARACTERS_A_MINUTE)} 分钟"


def outline(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the map: every theme and point, linked, with the number of its first paragraph."""
    themes = OL({"class": "outline"})
    for theme in speech.themes:
        item = LI(entry(theme.title, page.link(theme.address), theme.blocks))
        points = OL(*outline_points(page, theme))
        if len(points):
            item.append(points)
        themes.append(item)
    return [themes]


def outline_points(page: Page, theme: Theme) -> Iterator[Element]:
    """Yields the points of a theme as lines of the map."""
    for place, block in enumerate(theme.blocks):
        if isinstance(block, Heading):
            address = page.link(f"{theme.address}#{block.id}")
            yield LI(entry(block.title, address, theme.blocks[place:]))


def entry(text: str, address: str, blocks: tuple[Block, ...]) -> Element:
    """Returns a line of the map; the stylesheet shows the number of the first of its paragraphs."""
    link = A(SPAN(*phrases(text)), href=address)
    for block in blocks:
        if isinstance(block, Paragraph):
            link.append(SPAN({"class": "at", "data-number": str(block.number)}))
            break
    return link


def corrections(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the list of all corrections, each with its paragraph and the words before it."""
    items = UL({"class": "corrections"})
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            address = page.link(f"{theme.address}#{paragraph.id}")
            for before, span in corrected_in(paragraph):
                link = A(f"第 {paragraph.number} 段", href=address)
                link.tail = f"：“{CLAUSE.split(before)[-1]}"
                items.append(LI(link, DEL(span.original), INS(span.corrected), "”"))
    return [items if len(items) else P("没有勘误。")]


def corrected_in(paragraph: Paragraph) -> Iterator[tuple[str, Span]]:
    """Yields the corrections of a paragraph, each with the text before it."""
    before = ""
    for span in paragraph.spans:
        if span.is_correction:
            yield before, span
        before += span.corrected


def provenance(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns what the words were checked against and when they last changed, whatever the day."""
    count = sum(len(list(corrected_in(paragraph))) for paragraph in speech.paragraphs)
    scope = f"{len(speech.themes)} 篇 {len(speech.paragraphs)} 段"
    file = A(CODE(TRANSCRIPT), {"href": page.link(ORIGINAL), "download": ""})
    rows: list[tuple[str, str | Element]] = [
        ("原文", file),
        ("原文的 SHA-256", CODE(speech.transcript_sha256)),
        ("核对范围", f"{scope}，逐字相同；勘误 {count} 处"),
    ]
    if speech.updated:
        rows.append(("文字最后改动", chinese(speech.updated)))
    listed = DL({"class": "provenance"})
    for name, value in rows:
        listed.extend([DT(name), DD(value)])
    return [listed]


def citation(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns an example of what is copied: the shortest paragraph longer than a greeting."""
    quotable = []
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            size = len(paragraph.corrected)
            quotable.append((size < 20, size, paragraph.number, theme.title, paragraph.corrected))
    if not quotable:
        return []
    _, _, number, name, text = min(quotable)
    return [P(text), P(f"——摘自《{speech.title}》“{name}”部分第{number}段")]


FILLS: dict[str, Fill] = {
    "title": title,
    "facts": facts,
    "length": length,
    "outline": outline,
    "corrections": corrections,
    "provenance": provenance,
    "citation": citation,
}
