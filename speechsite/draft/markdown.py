"""A talk in Markdown, read as MkDocs would show it: by Python-Markdown, its HTML by lxml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import markdown
from lxml import html
from mkdocs.utils.meta import get_data

from speechsite.draft.lines import is_byline
from speechsite.draft.marks import MARK
from speechsite.draft.talk import SENTENCE_ENDS, Line, Talk, shifted

EXTENSIONS = ("tables", "footnotes", "sane_lists")  # the last keeps the numbers of lists
# {{< figure src="a.jpg" >}} of Hugo, {% include x %} of Jekyll, [TOC], {:toc}, --8<-- "x.md"
SHORTCODE = re.compile(r'\{\{[<%].*?[>%]\}\}|\{%.*?%\}|^\[TOC\]$|^\{:.*?\}$|^--8<-- ".*"$', re.M)
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCKS = {*HEADINGS, "p", "li", "dt", "dd", "pre", "tr", "td", "th", "summary", "caption"}
FOOTNOTE, BACK = "footnote-ref", "footnote-backref"  # classes: to a footnote, and back
SHIFTS = {"sup": "superscript", "sub": "subscript"}
# What is no text, and what the editor hears of it.
LEFT_OUT = {
    "figure": "图片没有收入",
    "img": "图片没有收入",
    "video": "音像没有收入",
    "audio": "音像没有收入",
    "iframe": "嵌入的网页没有收入",
    "script": "脚本没有收入",
    "style": "样式没有收入",
    FOOTNOTE: "脚注的记号没有收入正文，脚注的文字在末尾",
}
FACTS = ("title", "author", "date", "description")
MARKS = ("strong", "b")
WORD = re.compile(r"[^\W\d_]", re.ASCII)  # a letter that a space must part from the next


def read_markdown(source: str) -> Talk:
    """Returns the talk of a Markdown file, with what its front matter says of it."""
    body, meta = get_data(source.replace("\r\n", "\n"))
    notes: dict[str, None] = {}
    if SHORTCODE.search(body):
        notes["短代码没有收入"] = None
        body = SHORTCODE.sub("", body)
    # Word's converters begin and end bold at every run: **2013****年**
    shown = markdown.markdown(body.replace("****", ""), extensions=EXTENSIONS)
    root = html.fragment_fromstring(shown, create_parent="div")
    lines = list(lines_of(root, notes))
    parted = joined if wraps(lines) else split
    lines = [part for line in lines for part in parted(line)]
    facts = {key: str(meta[key]).strip() for key in FACTS if meta.get(key)}
    return Talk(tuple(lines), tuple(notes), facts)


def lines_of(block: Any, notes: dict[str, None]) -> Iterator[Line]:
    """Yields the paragraphs of an element in reading order; their soft line ends are kept."""
    text = ""
    for kind, part in pieces(block, notes):
        if kind == "text":
            text += part
            continue
        if text.strip():
            yield styled(block, text)
        text = ""
        if kind == "bold":
            yield Line(part, HEADINGS.get(block.tag, 0), True)
        if kind == "block":
            yield from block_lines(part, notes)
    if text.strip():
        yield styled(block, text)


def block_lines(block: Any, notes: dict[str, None]) -> Iterator[Line]:
    """Yields the lines of a block; a table's row is one, a list's item begins with its number."""
    if block.tag == "tr":
        yield row(block, notes)
        return
    lines = list(lines_of(block, notes))
    if lines and block.tag == "li" and block.getparent().tag == "ol":
        lines[0] = replace(lines[0], text=f"{number(block)}. {lines[0].text}")
    yield from lines


def pieces(block: Any, notes: dict[str, None]) -> Iterator[tuple[str, Any]]:
    """Yields what is in an element, in order.

    That is ("text", …), ("bold", a line), ("break", None) or ("block", an element).
    """
    yield "text", block.text or ""
    for child in block:
        before = child.getprevious()
        above = (block.text if before is None else before.tail) or ""
        if child.tag in MARKS and fills_line(above, child.tail or ""):
            yield "bold", child.text_content()
        else:
            yield from piece(child, notes)
        yield "text", child.tail or ""


def fills_line(before: str, after: str) -> bool:
    """Says whether what stands between two texts has a line of the source for itself."""
    begins = not before.strip() or before.rstrip(" ").endswith("\n")
    return begins and after.lstrip(" ").startswith("\n")


def piece(child: Any, notes: dict[str, None]) -> Iterator[tuple[str, Any]]:
    """Yields what one child of an element is to the reader."""
    if not isinstance(child.tag, str):
        notes["注释没有收入"] = None
    elif reason := LEFT_OUT.get(child.tag) or LEFT_OUT.get(child.get("class", "")):
        notes[reason] = None
    elif child.tag in SHIFTS and len(child) == 0:
        yield "text", shifted(child.text or "", SHIFTS[child.tag])
    elif child.tag in {"br", "hr"}:
        yield "break", None
    elif child.tag in BLOCKS or any(inner.tag in BLOCKS for inner in child.iter()):
        yield "block", child
    elif child.get("class") != BACK:
        yield from pieces(child, notes)


def styled(block: Any, text: str) -> Line:
    """Returns the line of a block, a heading or bold as the block is."""
    words = text.strip()
    bold = any(mark.text_content().strip() == words for mark in block.iter(*MARKS))
    printed = ""
    for child in block:
        if child.tag in MARKS:
            printed += child.text_content()
    return Line(words, HEADINGS.get(block.tag, 0), bold or printed.strip() == words)


def row(element: Any, notes: dict[str, None]) -> Line:
    """Returns a table's row as one line, `| a | b |`."""
    cells: list[str] = []
    for cell in element:
        text = " ".join(line.text for line in lines_of(cell, notes))
        cells.append(" ".join(text.split()).replace("|", "/"))
    return Line(f"| {' | '.join(cells)} |", row=True)


def number(item: Any) -> int:
    """Returns the number of a list's item as the browser shows it."""
    items = item.getparent().findall("li")
    first = int(item.getparent().get("start", "1"))
    return first + int(items.index(item))


def wraps(lines: list[Line]) -> bool:
    """Says whether the line ends inside paragraphs are an editor program's, not the author's.

    Text that is wrapped at a width ends few of its lines with a sentence; where half of them do,
    each line was meant as a paragraph.
    """
    broken = [part for line in lines for part in line.text.split("\n")[:-1]]
    ended = [part for part in broken if part.rstrip()[-1:] in SENTENCE_ENDS]
    return 2 * len(ended) < len(broken)


def split(line: Line) -> list[Line]:
    return [replace(line, text=part) for part in line.text.split("\n")]


def joined(line: Line) -> list[Line]:
    """Returns a line whose soft ends are taken up: nothing between Chinese, a space else.

    A date, a name, a subtitle or a mark begins a line of its own all the same.
    """
    texts: list[str] = []
    for part in map(str.strip, line.text.split("\n")):
        if not texts or begins_anew(part) or is_byline(texts[-1]):
            texts.append(part)
            continue
        last = texts[-1][-1:]
        space = WORD.match(part) and (WORD.match(last) or last in ",.;:!?")
        texts[-1] += f" {part}" if space else part
    return [replace(line, text=text) for text in texts if text]


def begins_anew(part: str) -> bool:
    """Says whether a line of the source begins a paragraph, though none ends above it."""
    return part != "" and bool(is_byline(part) or part.startswith("——") or MARK.match(part))
