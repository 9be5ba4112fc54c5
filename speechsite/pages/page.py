"""A page of the site: parsed once, changed by the stages that follow, proven, written once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import TypeAlias
from urllib.parse import quote, unquote, urlsplit

from lxml import html
from lxml.html.builder import META

from speechsite import GENERATOR, __version__
from speechsite.problem import Problem
from speechsite.words import Paragraph, Speech, Table, Theme, line_of
from speechsite.words.model import Block

Element: TypeAlias = html.HtmlElement

VOID_SINCE_HTML_4 = ("source", "track", "wbr")
AS_IT_STANDS = {"pre", "textarea", "script", "style"}  # white space is text there
INDENTATION = re.compile(r"\s*\n\s*")  # "  \n      ": the end of a line, the start of the next


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page that MkDocs made: its `path` from the site's folder, and its parsed document."""

    path: str
    tree: Element

    def link(self, address: str) -> str:
        """Returns how this page refers to an address that is seen from the site's folder."""
        path, mark, fragment = address.partition("#")
        if path == self.path and mark:
            return f"#{quote(fragment)}"
        return quote(relpath(path, dirname(self.path) or ".")) + mark + quote(fragment)

    def target(self, reference: str) -> str | None:
        """Returns the path from the site's folder that a reference names; None where it leaves it.

        On `more/notice.html`, `../assets/%E4%BC%9A%E5%9C%BA.png` is `assets/会场.png` and `#notes`
        the page itself.
        """
        try:
            parts = urlsplit(reference.strip())
        except ValueError:  # "http://[": a browser finds nothing there either
            return None
        if parts.scheme or parts.netloc or parts.path.startswith("/"):
            return None
        if not parts.path:
            return self.path
        path = normpath(join(dirname(self.path), unquote(parts.path)))
        return None if path.startswith("../") else path


def read_pages(site: Path, docs: Path) -> list[Page]:
    """Returns the pages that MkDocs made in `site`, at any depth, in the order of their paths.

    A finished .html file of the owner's in `docs` was only copied, and stays as it is.
    """
    pages = []
    for file in site.rglob("*.html"):
        path = file.relative_to(site).as_posix()
        if not (docs / path).is_file():
            pages.append(Page(path, parsed(file.read_bytes())))
    return sorted(pages, key=lambda page: page.path)


def parsed(document: bytes) -> Element:
    """Returns the tree of a whole UTF-8 document of any size."""
    return html.document_fromstring(document, html.HTMLParser(encoding="utf-8", huge_tree=True))


def write_pages(pages: list[Page], site: Path) -> None:
    """Writes every page where it was read."""
    for page in pages:
        (site / page.path).write_text(serialized(page.tree), encoding="utf-8", newline="\n")


def serialized(tree: Element) -> str:
    """Returns a document as written: libxml2 writes HTML 4 and closes what HTML 5 must not."""
    written = html.tostring(tree, doctype="<!doctype html>", encoding="unicode")
    for name in VOID_SINCE_HTML_4:
        written = written.replace(f"</{name}>", "")
    return f"{written}\n"


def shown_on(page: Page, speech: Speech) -> tuple[Theme, ...]:
    """Returns the themes whose words a page shows, in order; none on a page of the editors'."""
    if speech.whole and page.path == speech.whole.address:
        return speech.themes
    return tuple(theme for theme in speech.themes if theme.address == page.path)


def numbered(themes: Iterable[Theme]) -> Iterator[tuple[Theme, Paragraph]]:
    """Yields the paragraphs of some themes, each with the theme that it belongs to."""
    for theme in themes:
        for paragraph in theme.paragraphs:
            yield theme, paragraph


def speeches(page: Page) -> list[Element]:
    """Returns the blocks of a page in which the speaker's words stand, one a theme."""
    return list(page.tree.find_class("speech"))


def content(page: Page) -> Element:
    """Returns where a page's own text stands; in the whole body where the template is not ours."""
    return page.tree.get_element_by_id("content", page.tree.body)


def sign(page: Page, speech: Speech) -> None:
    """Says in the head who made a page, by which a site of ours is known, and in which language."""
    if lang := speech.fact("lang"):  # the browser's faces and voices go by it
        page.tree.set("lang", lang)
    for meta in page.tree.head.xpath("./meta[@name='generator']"):
        meta.drop_tree()
    page.tree.head.append(META(name="generator", content=f"{GENERATOR} {__version__}"))


def lower_headings(page: Page) -> None:
    """Puts the words' headings below the themes' own: the whole text is one page of both."""
    lowered = set()
    for words in speeches(page):
        for heading in words.iterchildren("h1", "h2", "h3", "h4", "h5"):
            heading.tag = f"h{int(heading.tag[1]) + 1}"
            lowered.add(f"#{heading.get('id')}")
    for link in page.tree.xpath("//*[@id='nav']//a[@href]"):
        if link.get("href") in lowered:
            link.set("class", "sub")


def thin(element: Element) -> None:
    """Leaves out the templates' indentation, a quarter of a page; words stay parted by a line."""
    if element.tag in AS_IT_STANDS:
        return
    element.text = thinned(element.text)
    for child in element:
        thin(child)
        child.tail = thinned(child.tail)


def thinned(text: str | None) -> str | None:
    return INDENTATION.sub("\n", text) if text and "\n" in text else text


def prove(pages: list[Page], speech: Speech) -> Iterator[Problem]:
    """Every page shows the words as they were checked, and nothing else among them.

    The first one that does not stands for all: what is at fault is a setting or a plugin.
    """
    name = speech.config_file.name
    line = line_of(speech, name, "markdown_extensions")
    for page in pages:
        shown = shown_on(page, speech)
        wrong = differing(page, shown) if shown else None
        if wrong is None:
            continue
        message = (
            f"{page.path} 上的文字不是核对过的文字（“{wrong[:24]}”），"
            "是 Markdown 扩展或插件改的；删去最近加的扩展、插件或 hook"
        )
        yield Problem(name, line, "page", message)
        return


def differing(page: Page, shown: tuple[Theme, ...]) -> str | None:
    """Returns the first text of a page that is not as it was checked, '' where one is missing.

    None where the words of `shown` stand there, block for block and as the transcript has them.
    """
    expected: list[str] = []
    for theme in shown:
        expected += map(checked_text, theme.blocks)
    found: list[str] = []
    for words in speeches(page):
        found += map(shown_text, words)
        loose = "".join(map(str, words.xpath("./text()"))).strip()
        if loose:
            return loose
    for text, right in zip(found, expected, strict=False):
        if text != right:
            return text
    return None if len(found) == len(expected) else ""


def checked_text(block: Block) -> str:
    """Returns a block's text as the transcript has it; of a table its cells, as they are read."""
    if isinstance(block, Table):
        return "".join(map("".join, block.rows))
    return block.original


def shown_text(element: Element) -> str:
    """Returns the same of an element among the words."""
    if element.tag != "table":
        return "".join(texts(element, "ins"))
    cells = ["".join(texts(cell, "del")) for cell in element.iter("th", "td")]
    return "".join(map(str.strip, cells))


def texts(element: Element, left_out: str) -> Iterator[str]:
    """Yields the text of an element without its `left_out` parts and its own link (¶, of toc)."""
    if element.tag == left_out or "headerlink" in element.get("class", ""):
        return
    yield element.text or ""
    for child in element:
        yield from texts(child, left_out)
        yield child.tail or ""
