"""Puts into the pages what the editors' frame shows of the speech: numbers, links, terms, notes, map, provenance.

Among the speaker's words stand only empty links and links around words that were there; `differing` proves it.
The glossary's data is its page: a second-level heading is a phrase, what follows it explains it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TypeAlias

from lxml import html
from lxml.html.builder import (
    CODE,
    DD,
    DEL,
    DIV,
    DL,
    DT,
    H2,
    INS,
    LI,
    OL,
    SECTION,
    SPAN,
    UL,
    A,
    B,
    P,
)

from speechsite.problem import Problem
from speechsite.words.model import Block, Heading, Paragraph, Speech, Theme

GLOSSARY = "glossary.md"  # the page whose headings are the phrases to explain
CHARACTERS_A_MINUTE = 255  # Chinese at an easy pace: IReST, Trauzettel-Klosinski & Dietz 2012, doi 10.1167/iovs.11-8284
CLAUSE = r"[，：；。？！][”’』」）》]*"  # what a clause ends with
FACTS = {"occasion": "场合", "audience": "对象"}  # what the title page tells, under which name

Element: TypeAlias = html.HtmlElement


@dataclass(frozen=True, slots=True)
class Term:
    """A set phrase, its heading's id on the glossary page, and the elements that explain it there."""

    phrase: str
    id: str
    explanation: tuple[Element, ...]


def page_file(page: str) -> str:
    """Returns the HTML file of a Markdown page: docs/duties.md → duties.html."""
    return f"{Path(page).stem}.html"


def read_terms(site: Path) -> tuple[Term, ...]:
    """Returns the phrases of the built glossary page, the longest first; none where there is no such page."""
    path = site / page_file(GLOSSARY)
    headings = (
        term_headings(html.document_fromstring(path.read_text(encoding="utf-8")))
        if path.exists()
        else []
    )
    terms = (Term(h.text_content().strip(), h.get("id"), tuple(below(h))) for h in headings)
    return tuple(sorted(terms, key=lambda term: -len(term.phrase)))


def term_headings(document: Element) -> list[Element]:
    return list(document.xpath("//article//h2[@id]"))


def below(heading: Element) -> Iterator[Element]:
    """Yields the elements from a heading to the next of its level."""
    for element in heading.itersiblings(tag=html.etree.Element):
        if element.tag == heading.tag:
            return
        yield element


def glossary_problems(speech: Speech, terms: tuple[Term, ...]) -> Iterator[Problem]:
    """Every phrase of the glossary stands in the speech, and every block quotation there is the speech's own text."""
    page = next((page for page in speech.pages if Path(page.path).name == GLOSSARY), None)
    for term in terms:
        quotations = [
            quotation.text_content().strip()
            for e in term.explanation
            for quotation in e.iter("blockquote")
        ]
        for text in (term.phrase, *quotations):
            if page and text not in speech.corrected:
                line = next(
                    (n for n, source in enumerate(page.text.split("\n"), 1) if text in source), 0
                )
                message = f"讲话里没有“{text[:24]}”；照讲话的原话改正，或删去"
                yield Problem(page.path, line, "glossary", message)


def dress(
    document: Element, name: str, speech: Speech, shown: tuple[Theme, ...], terms: tuple[Term, ...]
) -> None:
    """Puts into the page `name` all that comes from the speech; `shown` are the themes whose words it has, in order."""
    notes: dict[str, tuple[Element, list[Element]]] = {}  # id -> what is explained, how
    for words, theme in zip(document.xpath("//div[@class='speech']"), shown, strict=False):
        words.set("data-title", speech.title)
        words.set("data-theme", theme.title)
        words.set("data-total", str(len(speech.paragraphs)))
        elements = words.xpath(".//p")
        for element, paragraph in zip(elements, theme.paragraphs, strict=False):
            number_paragraph(element, paragraph)
            notes |= correction_notes(element, paragraph)
        for term in terms:
            if link_term(elements, term):
                link = A(term.phrase, href=f"{page_file(GLOSSARY)}#{term.id}")
                notes[f"note-{term.id}"] = (
                    link,
                    [copy.deepcopy(element) for element in term.explanation],
                )
    if notes:
        entries = (
            part for key, (what, how) in notes.items() for part in (DT(what), DD({"id": key}, *how))
        )
        heading = H2({"id": "notes"}, "编者注")
        section = SECTION({"class": "notes", "aria-labelledby": "notes"}, heading, DL(*entries))
        document.get_element_by_id("content").append(section)
    if name == page_file(GLOSSARY):
        for heading in term_headings(document):
            [heading, *below(heading)][-1].addnext(
                occurrences(heading.text_content().strip(), speech)
            )
    for heading in document.xpath(
        "//article/h1[not(*)] | //*[@class='handout-card']//h2/a[not(*)]"
    ):
        parts, heading.text = phrases(heading.text or ""), None
        heading.extend(parts)
    for place in document.xpath("//*[@data-fill]"):
        if part := FILLS.get(place.get("data-fill", "")):
            place.text, place[:] = None, part(speech, shown)


def phrases(text: str) -> list[Element]:
    """Returns a heading in parts that are broken within only where they must: it breaks after its marks first."""
    return [
        SPAN({"class": "line"}, part) for part in re.split("(?<=[、，：；。？！])", text) if part
    ]


def differing(document: Element, shown: tuple[Theme, ...]) -> str | None:
    """Returns the first paragraph that a page shows otherwise than it was checked; None where all are right."""
    originals = [paragraph.original for theme in shown for paragraph in theme.paragraphs]
    elements = document.xpath("//div[@class='speech']//p")
    texts = ["".join(element.xpath(".//text()[not(ancestor::ins)]")) for element in elements]
    if texts == originals:
        return None
    return next(
        (text for text, original in zip(texts, originals, strict=False) if text != original), ""
    )


def number_paragraph(element: Element, paragraph: Paragraph) -> None:
    """Gives a paragraph its id and permalink; its number is shown by the stylesheet, so that nobody copies it."""
    element.set("id", paragraph.id)
    link = A(
        {
            "class": "permalink",
            "href": f"#{paragraph.id}",
            "aria-label": f"第 {paragraph.number} 段",
        }
    )
    link.set("data-number", str(paragraph.number))
    link.tail, element.text = element.text, None
    element.insert(0, link)


def correction_notes(
    element: Element, paragraph: Paragraph
) -> dict[str, tuple[Element, list[Element]]]:
    """Puts an empty link to its note after each correction of a paragraph; returns the notes by id."""
    notes = {}
    corrections = (span for span in paragraph.spans if span.is_correction)
    marks = element.xpath(".//ins | .//del[not(following-sibling::*[1][self::ins])]")
    for count, (mark, span) in enumerate(zip(marks, corrections, strict=False), 1):
        key = f"note-{paragraph.id}-{count}"
        link = A({"class": "ref", "href": f"#{key}", "aria-describedby": key, "aria-label": "勘误"})
        link.tail, mark.tail = mark.tail, None
        mark.addnext(link)
        done = f"编者改为“{span.corrected}”" if span.corrected else "编者删去"
        said = (
            f"原文此处是“{span.original}”，{done}。"
            if span.original
            else f"“{span.corrected}”是编者加的。"
        )
        mark.set("title", said)
        notes[key] = A(f"第 {paragraph.number} 段勘误", href=f"#{paragraph.id}"), [P(said)]
    return notes


def link_term(paragraphs: list[Element], term: Term) -> bool:
    """Makes the first place of a phrase in a theme's words a link to the glossary; says whether there is one."""
    for paragraph in paragraphs:
        for text in paragraph.xpath(".//text()[not(ancestor::del or ancestor::a)]"):
            before, found, after = text.partition(term.phrase)
            if not found:
                continue
            link = A(term.phrase, href=f"{page_file(GLOSSARY)}#{term.id}")
            link.set("class", "term")
            link.set("aria-describedby", f"note-{term.id}")
            place = text.getparent()
            if text.is_tail:
                place.tail = before
                place.addnext(link)
            else:
                place.text = before
                place.insert(0, link)
            link.tail = after
            return True
    return False


def occurrences(phrase: str, speech: Speech) -> Element:
    """Returns where a phrase stands in the speech: each paragraph's link, and the clause around the phrase."""
    items = []
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            before, found, after = paragraph.corrected.partition(phrase)
            if found:
                place = A(
                    f"{theme.title}，第 {paragraph.number} 段",
                    href=f"{page_file(theme.page)}#{paragraph.id}",
                )
                start, end = re.split(CLAUSE, before)[-1], re.split(CLAUSE, after)[0]
                items.append(LI(place, P({"class": "around"}, start, B(phrase), end)))
    return DIV({"class": "occurrences"}, P(f"见于讲话 {len(items)} 段："), UL(*items))


def title(speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the title in the lines that its meaning asks for."""
    return [SPAN({"class": "line"}, line) for line in speech.title_lines]


def facts(speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns what is known of the speech beside its words; what is not known is left out."""
    named = (
        f"{name}：{speech.metadata[key]}" for key, name in FACTS.items() if key in speech.metadata
    )
    return [P(line) for line in (*speech.byline, *named, length_of(speech.themes))]


def length(speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    return [SPAN(length_of(shown))]


def length_of(themes: tuple[Theme, ...]) -> str:
    """Returns how many characters (marks counted) some themes have, and how many minutes it takes to read them."""
    characters = sum(len(paragraph.corrected) for theme in themes for paragraph in theme.paragraphs)
    return f"{characters} 字，读完约 {ceil(characters / CHARACTERS_A_MINUTE)} 分钟"


def outline(speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the map of the speech: every theme and point, linked, with the number of its first paragraph."""
    return [OL({"class": "outline"}, *(outline_theme(theme) for theme in speech.themes))]


def outline_theme(theme: Theme) -> Element:
    page = page_file(theme.page)
    item = LI(entry(theme.title, page, theme.blocks))
    points = [
        LI(entry(block.title, f"{page}#{block.id}", theme.blocks[place:]))
        for place, block in enumerate(theme.blocks)
        if isinstance(block, Heading)
    ]
    if points:
        item.append(OL(*points))
    return item


def entry(text: str, address: str, blocks: tuple[Block, ...]) -> Element:
    """Returns one line of the map; the number of the first of its paragraphs is shown by the stylesheet."""
    link = A(SPAN(*phrases(text)), href=address)
    if paragraph := next((block for block in blocks if isinstance(block, Paragraph)), None):
        link.append(SPAN({"class": "at", "data-number": str(paragraph.number)}))
    return link


def corrections(speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the list of all corrections, each with its paragraph's link and the words before it."""
    items = []
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            before = ""
            for span in paragraph.spans:
                if span.is_correction:
                    link = A(
                        f"第 {paragraph.number} 段", href=f"{page_file(theme.page)}#{paragraph.id}"
                    )
                    link.tail = f"：“{re.split(CLAUSE, before)[-1]}"
                    items.append(LI(link, DEL(span.original), INS(span.corrected), "”"))
                before += span.corrected
    return [UL({"class": "corrections"}, *items) if items else P("没有勘误。")]


def provenance(speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns what the words were checked against and when they last changed: the same on whatever day it is built."""
    count = sum(span.is_correction for paragraph in speech.paragraphs for span in paragraph.spans)
    rows = [
        ("原文", CODE("speech/original.txt")),
        ("原文的 SHA-256", CODE(speech.transcript_sha256)),
        (
            "核对范围",
            f"{len(speech.themes)} 篇 {len(speech.paragraphs)} 段，逐字相同；勘误 {count} 处",
        ),
    ]
    if updated := speech.metadata.get("updated"):
        rows.append(("文字最后改动", f"{updated.year} 年 {updated.month} 月 {updated.day} 日"))
    return [
        DL(
            {"class": "provenance"},
            *(part for name, value in rows for part in (DT(name), DD(value))),
        )
    ]


def citation(speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns an example of what is copied with a citation: the shortest paragraph of more than a sentence's length."""
    theme, paragraph = min(
        ((theme, p) for theme in speech.themes for p in theme.paragraphs),
        key=lambda pair: (len(pair[1].corrected) < 20, len(pair[1].corrected)),
    )
    source = f"——摘自《{speech.title}》“{theme.title}”部分第{paragraph.number}段"
    return [P(paragraph.corrected), P(source)]


FILLS: dict[str, Callable[[Speech, tuple[Theme, ...]], list[Element]]] = {
    "title": title,
    "facts": facts,
    "length": length,
    "outline": outline,
    "corrections": corrections,
    "provenance": provenance,
    "citation": citation,
}
