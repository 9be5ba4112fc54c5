"""Rules about the glossary: its page is its data, and it explains and quotes what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from speechsite.problem import Problem, Problems
from speechsite.words.markup import HEADING, read_spans
from speechsite.words.model import Page, Speech
from speechsite.words.rules.frame import prose_lines
from speechsite.words.transcript import said_text

LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\([^)]*\)")  # [文字](duties.md)
ATTRIBUTES = re.compile(r"\{:?\s*[#.][^}]*\}\s*$")  # { .lead }
QUOTATION = re.compile(r"\s*>[>\s]*(?P<text>.*)")  # > 引文
PHRASES = 2  # explained at least, before a page without that name is taken for a glossary


def phrase_rules(speech: Speech) -> Problems:
    """Every phrase of the glossary stands in the speech, and every block quotation there too."""
    page = speech.glossary
    if page is None or page.meta.get("glossary") is False:
        return
    said = said_text(speech)
    for line, text in [*phrases(page), *quotations(page)]:
        if text not in said:
            message = f"讲话里没有“{text[:24]}”；照讲话的原话改正，或删去"
            yield Problem(page.path, line, "glossary", message)


def phrases(page: Page) -> Iterator[tuple[int, str]]:
    """Yields the second-level headings of a page as they are read, each with its line."""
    for line, source in prose_lines(page):
        heading = HEADING.match(source)
        if heading and len(heading["marks"]) == 2:
            yield line, shown(heading["title"])


def quotations(page: Page) -> Iterator[tuple[int, str]]:
    """Yields the paragraphs of a page's block quotations, each with its first line."""
    begun, text = 0, ""
    for line, source in [*prose_lines(page), (0, "")]:
        match = QUOTATION.match(source)
        part = shown(match["text"]) if match else ""
        if part and not text:
            begun = line
        if text and not part:
            yield begun, text
            text = ""
        text += part


def shown(source: str) -> str:
    """Returns a line of Markdown as it is read: links, emphasis and attributes taken away."""
    plain = LINK.sub(r"\g<text>", ATTRIBUTES.sub("", source)).strip()
    return "".join(span.corrected for span in read_spans(plain)).strip("_*` ")


def page_rules(speech: Speech) -> Problems:
    """A page that explains phrases of the speech says whether it is the glossary.

    It is found where no page is called glossary.md: a renamed one must not go unnoticed.
    """
    if speech.glossary is not None:
        return
    said = said_text(speech)
    for page in speech.pages:
        if page.includes or "glossary" in page.meta:
            continue
        found = [text for _, text in phrases(page)]
        spoken = [text for text in found if text in said]
        if len(spoken) >= PHRASES and len(spoken) == len(found):
            message = (
                "各标题都是讲话里的提法，像是词语页；"
                "是就在开头写 glossary: true，不是就写 glossary: false"
            )
            yield Problem(page.path, 1, "glossary", message)
