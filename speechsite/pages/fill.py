"""What the pages show of the speech beside its words: numbers, title, facts, map, provenance.

Among the speaker's words stand only empty links; page.differing proves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from math import ceil
from pathlib import Path

from lxml import html
from lxml.html.builder import CODE, DD, DEL, DL, DT, INS, LI, SECTION, SPAN, UL, A, P

from speechsite.pages.notes import CLAUSE
from speechsite.pages.outline import outline, phrases
from speechsite.pages.page import Element, Page, numbered, speeches
from speechsite.words import TRANSCRIPT, Paragraph, Span, Speech, Theme

# Chinese at an easy pace: IReST, Trauzettel-Klosinski & Dietz 2012, doi 10.1167/iovs.11-8284
CHARACTERS_A_MINUTE = 255
GREETING = 20  # characters that a greeting stays below
ORIGINAL = "original.txt"  # the transcript, byte for byte, as a reader can download it

PRINTED = "stylesheets/print.css"
NOT_QUOTED = re.compile(r'["\\\n]')  # what a string of CSS may not hold: " and \ and line ends
NOTEBOOK = 'data-fill="notebook"'  # what makes a page the one of the reader's excerpts

Fill = Callable[[Page, Speech, tuple[Theme, ...]], list[Element]]


def fill(page: Page, speech: Speech, shown: tuple[Theme, ...], handouts: str) -> None:
    """Puts into a page what comes from the speech; `handouts` is the HTML of their list.

    `shown` are the themes whose words the page has, in their order.
    """
    tell(page, speech)
    for words, theme in zip(speeches(page), shown, strict=False):
        describe(words, speech, theme)
    if shown and speech.recording:
        speeches(page)[0].addprevious(recording(page, speech))
    for place in page.tree.xpath("//*[@data-fill]"):
        name = place.get("data-fill")
        if name == "handouts" and handouts:
            listed = html.fragment_fromstring(handouts)
            listed.rewrite_links(page.link, resolve_base_href=False)  # they are seen from the site
            place.getparent().replace(place, listed)
        elif name in FILLS:
            place.text, place[:] = None, FILLS[name](page, speech, shown)


def name_printed_pages(sheet: Path, title: str) -> None:
    """Tells print.css the speech's name, which stands on every sheet; an owner's theme has none.

    The quotation follows https://www.w3.org/TR/css-syntax-3/#escaping.
    """
    if not sheet.is_file():
        return
    quoted = NOT_QUOTED.sub(lambda char: f"\\{ord(char[0]):x} ", title)
    css = sheet.read_text(encoding="utf-8")
    name = f':root{{--speech-name:"{quoted}"}}'
    sheet.write_text(f"{name}\n{css}", encoding="utf-8", newline="\n")


def is_filled(pages: list[Page], name: str) -> bool:
    """Says whether a page asks for a fill of that name."""
    return any(page.tree.xpath("//*[@data-fill=$name]", name=name) for page in pages)


def tell(page: Page, speech: Speech) -> None:
    """Tells the scripts of which speech a page is, and where it stands in the site.

    By both they keep what is a reader's own: another speech on the same host has its own.
    """
    body = page.tree.body
    body.set("data-speech", speech.title)
    body.set("data-root", page.link("."))
    for other in speech.pages:
        if NOTEBOOK in other.text:
            body.set("data-notebook", other.address)


def describe(words: Element, speech: Speech, theme: Theme) -> None:
    """Tells the scripts what a block of words is, and gives its paragraphs numbers and links."""
    words.set("data-title", speech.title)
    words.set("data-theme", theme.title)
    words.set("data-total", str(len(speech.paragraphs)))
    for element, paragraph in zip(words.findall("p"), theme.paragraphs, strict=False):
        number_paragraph(element, paragraph)


def number_paragraph(element: Element, paragraph: Paragraph) -> None:
    """Gives a paragraph its id and permalink, whose number is the stylesheet's: nobody copies it.

    The link stands behind the words, so that they are what is read first.
    """
    element.set("id", paragraph.id)
    link = A({"class": "permalink", "href": f"#{paragraph.id}"})
    link.set("aria-label", f"第 {paragraph.number} 段")
    link.set("data-number", str(paragraph.number))
    element.append(link)


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
    return phrases(length_of(shown))


def length_of(themes: tuple[Theme, ...]) -> str:
    """Returns how many characters, marks counted, and minutes of reading aloud some themes have."""
    characters = sum(len(paragraph.corrected) for _, paragraph in numbered(themes))
    return f"{characters} 字，朗读约 {ceil(characters / CHARACTERS_A_MINUTE)} 分钟"


def recording(page: Page, speech: Speech) -> Element:
    """Returns the recording of the speech; on another page than the whole's, the way there."""
    whole = speech.whole
    if whole is None or whole.address == page.path:
        sound = html.Element("audio", controls="", preload="none", id="recording")
        sound.set("src", page.link(speech.recording))
        sound.set("aria-label", "讲话录音")
    else:
        sound = A("听讲话录音", href=page.link(f"{whole.address}#recording"))
    sound.set("data-recording", "")
    return P({"class": "speech-recording"}, sound)


def notebook(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the words among which the scripts find a reader's excerpts; nobody sees them."""
    words = html.Element("template")
    for theme in speech.themes:
        section = SECTION({"data-title": speech.title, "data-theme": theme.title})
        section.set("data-page", theme.address)
        for paragraph in theme.paragraphs:
            section.append(P({"id": paragraph.id}, paragraph.corrected))
        words.append(section)
    return [P("要用摘录，请在浏览器里允许运行脚本。"), words]


def corrections(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns the list of all corrections, each with its paragraph and the words before it."""
    items = UL({"class": "corrections"})
    for theme, paragraph in numbered(speech.themes):
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
    begun = sum(paragraph.begins for paragraph in speech.paragraphs)
    count = sum(len(list(corrected_in(paragraph))) for paragraph in speech.paragraphs)
    scope = f"{len(speech.themes)} 篇 {len(speech.paragraphs)} 段"
    file = A(CODE(TRANSCRIPT), {"href": page.link(ORIGINAL), "download": ""})
    rows: list[tuple[str, str | Element]] = [
        ("原文", file),
        ("原文的 SHA-256", CODE(speech.transcript_sha256)),
        ("核对范围", f"{scope}，逐字相同；勘误 {count} 处"),
        ("分段", f"原文 {begun} 段，这里分为 {len(speech.paragraphs)} 段"),
    ]
    if speech.updated:
        rows.append(("文字最后改动", chinese(speech.updated)))
    listed = DL({"class": "provenance"})
    for name, value in rows:
        listed.extend([DT(name), DD(value)])
    return [listed]


def citation(page: Page, speech: Speech, shown: tuple[Theme, ...]) -> list[Element]:
    """Returns an example of what is copied: the shortest paragraph longer than a greeting."""
    quotable = list(numbered(speech.themes))
    if not quotable:
        return []
    theme, paragraph = min(quotable, key=lambda pair: example_rank(pair[1]))
    source = f"——摘自《{speech.title}》“{theme.title}”部分第{paragraph.number}段"
    return [P(paragraph.corrected), P(source)]


def example_rank(paragraph: Paragraph) -> tuple[bool, int]:
    """Returns by what a paragraph is an example: no greeting, then the shorter the better."""
    size = len(paragraph.corrected)
    return size < GREETING, size


FILLS: dict[str, Fill] = {
    "title": title,
    "facts": facts,
    "length": length,
    "outline": outline,
    "corrections": corrections,
    "provenance": provenance,
    "citation": citation,
    "notebook": notebook,
}
