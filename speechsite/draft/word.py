"""A talk in a Word document: its words in reading order, tracked changes accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from speechsite.draft.numbering import Numbering
from speechsite.draft.talk import Line, Talk, shifted, trouble

HEADING_STYLE = re.compile(r"(?:heading|标题|標題)\s*([1-6])", re.IGNORECASE)
SENTENCES = re.compile(r"[。！？].")  # a sentence's end and more after it: no heading
LONGEST_HEADING = 60  # characters; style Heading 1 also stands on whole paragraphs
MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
NO_WORDS = {qn(f"w:{tag}") for tag in ("del", "moveFrom", "pPr", "rPr", "txbxContent")}
INSIDE = {qn(f"w:{tag}") for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo")}
FALLBACK = "}Fallback"  # what older programs show instead of what stands beside it
# What the editor should look at, where the document has one of these elements.
NOTES = {
    "有修订记录，已按全部接受处理，请核对": ("ins", "del", "moveFrom"),
    "脚注、尾注没有收入正文": ("footnoteReference", "endnoteReference"),
    "文本框里的文字放在它所在的段落之后，请核对": ("txbxContent",),
    "批注没有收入正文": ("commentReference",),
    "图片没有收入": ("drawing", "pict"),
    "上标、下标写成了 ²、₂ 这样的字符，没有这种字符的照常排，请核对": ("vertAlign",),
}


def read_word(path: Path) -> Talk:
    """Returns the talk of a Word document; raises Stop where it cannot be opened."""
    try:
        document = docx.Document(str(path))
        body = document.element.body
        lines = tuple(lines_of(body, Numbering(document)))
    except Exception:  # python-docx lets through whatever zipfile, lxml and its parts raise
        message = "Word 文件打不开（损坏，或不是 .docx）；用 Word 或 WPS 打开，另存为新的 .docx"
        raise trouble(path, message) from None
    present = {element.tag for element in body.iter()}
    notes: list[str] = []
    for note, tags in NOTES.items():
        if present & {qn(f"w:{tag}") for tag in tags}:
            notes.append(note)
    if any(line.row for line in lines):
        notes.append("有表格，请核对")
    return Talk(lines, tuple(notes))


def lines_of(container: Any, numbering: Numbering) -> Iterator[Line]:
    """Yields the lines of a part of a document, in reading order."""
    for element in container:
        if element.tag == qn("w:p"):
            yield from paragraph_lines(element, numbering)
        elif element.tag == qn("w:tbl"):
            yield from table_lines(element, numbering)
        elif element.tag in INSIDE:
            yield from lines_of(element, numbering)


def paragraph_lines(paragraph: Any, numbering: Numbering) -> Iterator[Line]:
    """Yields a paragraph, a line for each that it is broken into, and its text boxes."""
    text = numbering.next_number(paragraph) + text_of(paragraph)
    level = heading_level(numbering.style(paragraph), text)
    bold = is_bold(paragraph)
    for part in text.split("\n"):
        yield Line(part, level, bold)
    for box in paragraph.iter(qn("w:txbxContent")):
        if not any(str(above.tag).endswith(FALLBACK) for above in box.iterancestors()):
            yield from lines_of(box, numbering)


def heading_level(style: Any, text: str) -> int:
    """Returns 1 to 6 for a heading's style on a line that can be one, else 0."""
    match = HEADING_STYLE.match(style.name or "") if style is not None else None
    if match is None or len(text) > LONGEST_HEADING or SENTENCES.search(text):
        return 0
    return int(match[1])


def is_bold(paragraph: Any) -> bool:
    """Says whether every run of a paragraph that leaves ink is set in bold."""
    runs = [run for run in paragraph.iter(qn("w:r")) if text_of(run).strip()]
    return bool(runs) and all(is_on(run.find(f"{qn('w:rPr')}/{qn('w:b')}")) for run in runs)


def is_on(switch: Any) -> bool:
    return switch is not None and switch.get(qn("w:val"), "1") not in {"0", "false", "off"}


def text_of(element: Any) -> str:
    """Returns the words in an element, tracked changes accepted; a soft break is a line's end."""
    words = ""
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in NO_WORDS or tag.endswith(FALLBACK):
            continue
        if tag == qn("w:t"):
            words += shifted(child.text or "", shift_of(child))
        else:
            words += MARKS.get(tag) or text_of(child)
    return words


def shift_of(text: Any) -> str:
    """Returns "superscript" or "subscript" where a run's text is set so, else something else."""
    place = text.getparent().find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
    return "" if place is None else str(place.get(qn("w:val"), ""))


def table_lines(table: Any, numbering: Numbering) -> Iterator[Line]:
    """Yields a table's rows; where it has one row or column it only places lines on the page."""
    rows = [list(row.iter(qn("w:tc"))) for row in table.iter(qn("w:tr"))]
    if len(rows) == 1 or max(map(len, rows), default=0) == 1:
        for cells in rows:
            for cell in cells:
                yield from lines_of(cell, numbering)
        return
    for cells in rows:
        texts: list[str] = []
        for cell in cells:
            lines = [line.text.strip() for line in lines_of(cell, numbering)]
            texts.append(" ".join(filter(None, lines)).replace("|", "/"))
        if any(texts):
            yield Line(f"| {' | '.join(texts)} |", row=True)
