"""What the editors explain: the terms of the glossary, the corrections, and where a phrase stands.

The glossary's data is its page: a second-level heading is a phrase, what follows explains it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import html
from lxml.html.builder import DD, DIV, DL, DT, H2, LI, SECTION, UL, A, B, P

from speechsite.pages.page import Element, Page, content, numbered, speeches, texts
from speechsite.words import Paragraph, Span, Speech, Theme

CLAUSE = re.compile(r"[，：；。？！][”’』」）》]*")  # what a clause ends with: "，", "。”"


@dataclass(frozen=True, slots=True)
class Term:
    """A set phrase, the address that explains it, its `id` there, and the explaining elements."""

    phrase: str
    id: str
    address: str
    explanation: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """An entry at a page's end: its id, what is explained, and how."""

    id: str
    subject: Element
    explanation: tuple[Element, ...]


def read_terms(pages: Iterable[Page], speech: Speech) -> tuple[Term, ...]:
    """Returns the phrases of the built glossary page, the longest first; none without one."""
    page = next((page for page in pages if is_glossary(page, speech)), None)
    if page is None:
        return ()
    terms = []
    for heading in term_headings(page):
        key = heading.get("id")
        address = f"{page.path}#{key}"
        terms.append(Term(phrase_of(heading), key, address, tuple(below(heading))))
    return tuple(sorted(terms, key=lambda term: -len(term.phrase)))


def is_glossary(page: Page, speech: Speech) -> bool:
    return speech.glossary is not None and page.path == speech.glossary.address


def term_headings(page: Page) -> list[Element]:
    return list(content(page).xpath(".//h2[@id]"))


def phrase_of(heading: Element) -> str:
    return "".join(texts(heading, "del")).strip()


def below(heading: Element) -> Iterator[Element]:
    """Yields the elements from a heading to the next of its level."""
    for element in heading.itersiblings(tag=html.etree.Element):
        if element.tag == heading.tag:
            return
        yield element


def annotate(page: Page, shown: tuple[Theme, ...], terms: tuple[Term, ...]) -> None:
    """Links the terms and corrections of a page to their notes, which are put at its end."""
    notes: dict[str, Note] = {}  # by id: the whole text has a term in several themes
    for words, theme in zip(speeches(page), shown, strict=False):
        found = [*correction_notes(words, theme), *term_notes(page, words, terms)]
        notes.update((note.id, note) for note in found)
    if not notes:
        return
    entries = DL()
    for note in notes.values():
        entries.extend([DT(note.subject), DD({"id": note.id}, *note.explanation)])
    heading = H2({"id": "notes"}, "编者注")
    section = SECTION({"class": "notes", "aria-labelledby": "notes"}, heading, entries)
    content(page).append(section)


def correction_notes(words: Element, theme: Theme) -> Iterator[Note]:
    """Yields a note for each correction in a theme's paragraphs, linked where it stands."""
    for element, paragraph in zip(words.findall("p"), theme.paragraphs, strict=False):
        corrections = [span for span in paragraph.spans if span.is_correction]
        marks = element.xpath(".//ins | .//del[not(following-sibling::*[1][self::ins])]")
        for count, (mark, span) in enumerate(zip(marks, corrections, strict=False), 1):
            yield correction_note(mark, span, paragraph, count)


def correction_note(mark: Element, span: Span, paragraph: Paragraph, count: int) -> Note:
    """Puts an empty link to its note after the mark of the `count`th correction of a paragraph."""
    key = f"note-{paragraph.id}-{count}"
    link = A({"class": "ref", "href": f"#{key}", "aria-describedby": key, "aria-label": "勘误"})
    link.tail, mark.tail = mark.tail, None
    mark.addnext(link)
    said = corrected(span)
    mark.set("title", said)
    subject = A(f"第 {paragraph.number} 段勘误", href=f"#{paragraph.id}")
    return Note(key, subject, (P(said),))


def corrected(span: Span) -> str:
    """Returns what a correction did, as a sentence."""
    if not span.original:
        return f"“{span.corrected}”是编者加的。"
    done = f"编者改为“{span.corrected}”" if span.corrected else "编者删去"
    return f"原文此处是“{span.original}”，{done}。"


def term_notes(page: Page, words: Element, terms: tuple[Term, ...]) -> Iterator[Note]:
    """Yields a note for each term that a theme's words hold, linked at its first place."""
    paragraphs = words.findall("p")
    for term in terms:
        if link_term(page, paragraphs, term):
            subject = A(term.phrase, href=page.link(term.address))
            yield Note(f"note-{term.id}", subject, explained_on(page, term))


def explained_on(page: Page, term: Term) -> tuple[Element, ...]:
    """Returns a term's explanation for another page, which its links and pictures fit."""
    origin = Page(term.address.partition("#")[0], page.tree)
    elements = tuple(copy.deepcopy(element) for element in term.explanation)
    for element in elements:
        element.tail = None
        element.rewrite_links(lambda link: moved(link, origin, page), resolve_base_href=False)
    return elements


def moved(link: str, origin: Page, page: Page) -> str:
    """Returns a reference on `origin` as `page` has to make it; what leaves the site stays."""
    target = origin.target(link)
    if target is None:
        return link
    mark, fragment = link.partition("#")[1:]
    return page.link(target) + mark + fragment


def link_term(page: Page, paragraphs: list[Element], term: Term) -> bool:
    """Makes a phrase's first place in some paragraphs a link; says whether there is one."""
    for paragraph in paragraphs:
        for text in paragraph.xpath(".//text()[not(ancestor::del or ancestor::a)]"):
            before, found, after = text.partition(term.phrase)
            if found:
                link = A(term.phrase, href=page.link(term.address))
                link.set("class", "term")
                link.set("aria-describedby", f"note-{term.id}")
                link.tail = after
                put(link, text, before)
                return True
    return False


def put(link: Element, text: html.etree._ElementUnicodeResult, before: str) -> None:
    """Puts a link into a paragraph in the place of a text node, of which `before` is kept."""
    place = text.getparent()
    if text.is_tail:
        place.tail = before
        place.addnext(link)
    else:
        place.text = before
        place.insert(0, link)


def show_occurrences(page: Page, speech: Speech) -> None:
    """Puts below each phrase of the glossary page where the speech has it."""
    for heading in term_headings(page):
        last = [heading, *below(heading)][-1]
        last.addnext(occurrences(page, phrase_of(heading), speech))


def occurrences(page: Page, phrase: str, speech: Speech) -> Element:
    """Returns where a phrase stands: each paragraph's link, and the clause around the phrase."""
    places = UL()
    for theme, paragraph in numbered(speech.themes):
        before, found, after = paragraph.corrected.partition(phrase)
        if not found:
            continue
        name = f"{theme.title}，第 {paragraph.number} 段"
        link = A(name, href=page.link(f"{theme.address}#{paragraph.id}"))
        start = CLAUSE.split(before)[-1]
        end = CLAUSE.split(after)[0]
        places.append(LI(link, P({"class": "around"}, start, B(phrase), end)))
    return DIV({"class": "occurrences"}, P("见于："), places)
