"""Finishes the pages: what MkDocs cannot know, put into their HTML (frame.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from lxml import html
from lxml.html.builder import META

from speechsite import GENERATOR, __version__
from speechsite.pages.fill import differing, dress, glossary_problems, page_file, read_terms
from speechsite.problem import Problem, Stop
from speechsite.words.read import WHOLE, Speech


def finish(
    site: Path,
    speech: Speech,
    handouts: str,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> None:
    """Puts what comes from the speech into the pages in `site`: see frame.py.

    `handouts` is the HTML of the list of handouts; `progress` is handed the pages and yields them one by one.
    Raises Stop where a page does not show the words as they were checked, or the glossary quotes what was not said.
    """
    terms = read_terms(site)
    problems = list(glossary_problems(speech, terms))
    for path in progress(sorted(site.glob("*.html"))):
        document = html.document_fromstring(path.read_text(encoding="utf-8"))
        whole = path.name == page_file(WHOLE)
        shown = tuple(
            theme for theme in speech.themes if whole or path.name == page_file(theme.page)
        )
        for place in document.xpath("//*[@data-fill='handouts']"):
            place.getparent().replace(place, html.fragment_fromstring(handouts))
        dress(document, path.name, speech, shown, terms)
        if whole:
            lower_headings(document)
        if (text := differing(document, shown)) is not None:
            message = f"网页上的文字不是核对过的文字（“{text[:24]}”）；检查 Markdown 扩展的设置"
            problems.append(Problem(path.name, 0, "page", message))
        if lang := speech.metadata.get("lang"):  # the browser's faces and voices go by it
            document.set("lang", lang)
        document.head.append(META(name="generator", content=f"{GENERATOR} {__version__}"))
        text = html.tostring(document, doctype="<!doctype html>", encoding="unicode")
        path.write_text(text, encoding="utf-8", newline="\n")
    if problems:
        raise Stop(problems)
    name_printed_pages(site / "stylesheets/print.css", speech.title)


def name_printed_pages(sheet: Path, title: str) -> None:
    """Tells print.css the speech's name, which it sets on every printed page; a page's text cannot be had there."""
    quoted = re.sub(
        r'["\\\n]', lambda char: f"\\{ord(char[0]):x} ", title
    )  # https://www.w3.org/TR/css-syntax-3/#escaping
    sheet.write_text(
        f':root{{--speech-name:"{quoted}"}}\n{sheet.read_text("utf-8")}',
        encoding="utf-8",
        newline="\n",
    )


def lower_headings(document: html.HtmlElement) -> None:
    """Puts the headings of the words a level below the themes' own on the page of the whole text, and in its nav."""
    lowered = set()
    for heading in document.xpath(
        "//div[@class='speech']/*[self::h2 or self::h3 or self::h4 or self::h5]"
    ):
        heading.tag = f"h{int(heading.tag[1]) + 1}"
        lowered.add(f"#{heading.get('id')}")
    for link in document.xpath("//*[@id='nav']//a[@href]"):
        if link.get("href") in lowered:
            link.set("class", "sub")
