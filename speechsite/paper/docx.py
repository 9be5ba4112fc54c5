"""The whole speech for WPS and Word: the pages of the PDF again, with nothing to clean up.

layouts/word/ is the document's own package (ECMA-376), part by part and readable; only the text is
filled in. A library's template would have to be undone part by part, and its files carry the time
of day. Lengths are in twentieths of a point.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from string import Template

from speechsite.paper.manuscript import known
from speechsite.paper.printed import Grid, Line, Piece, printed
from speechsite.paper.typesetting import Sheet
from speechsite.words.model import Speech

PACKAGE = Path(__file__).parent / "layouts" / "word"
WIDTH = 8844  # between the margins of word/document.xml: 156 mm
HEIGHT = 13031  # between the margins: 22 lines of 592, as LibreOffice, Word and WPS fill 225 mm
SIZE = 320  # 三号 is 16 pt in Word, and 28 of them are wider than 156 mm: each gives up a little
FACES = {"first": "FirstLevel", "second": "SecondLevel"}
SHORT_TABLE = 8  # rows that stay on one page, as in layouts/official.typ
STYLES = {"address": "Salutation", "item": "ListParagraph"}


@dataclass(frozen=True, slots=True)
class Measures:
    """The grid of the pages: the height of a line, the room of a character."""

    line: int
    character: int

    @property
    def spacing(self) -> int:
        """What is put between two characters of SIZE."""
        return self.character - SIZE


def write_docx(speech: Speech, path: Path, sheet: Sheet) -> None:
    """Writes the speech as it is read to `path`, on the grid of `sheet`, its PDF.

    The same speech gives the same bytes.
    """
    grid = sheet.taken.inputs
    measures = Measures(HEIGHT // int(grid["lines"]), WIDTH // int(grid["columns"]))
    values = {
        "title": html.escape(speech.title),
        "keywords": html.escape("；".join(theme.title for theme in speech.themes)),
        "language": "zh-TW" if speech.is_traditional else "zh-CN",
        "line": str(measures.line),
        "spacing": str(measures.spacing),
        "indent": str(2 * measures.character),
        "character": str(measures.character),
        "hanging": str(3 * measures.character),
        "body": "\n".join(body(speech, measures, sheet.tracking)),
    }
    path.write_bytes(package(values))


def package(values: dict[str, str]) -> bytes:
    """Returns the document's zip; the content types come first, as Word writes it."""
    names = {part.relative_to(PACKAGE).as_posix(): part for part in PACKAGE.rglob("*")}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as written:
        for name, part in sorted(names.items()):
            if part.is_file():
                entry = zipfile.ZipInfo(name)  # dated 1980: the same bytes every time
                entry.compress_type = zipfile.ZIP_DEFLATED
                text = Template(part.read_text(encoding="utf-8")).substitute(values)
                written.writestr(entry, text)
    return data.getvalue()


def body(speech: Speech, measures: Measures, tracking: tuple[float, ...]) -> Iterator[str]:
    """Yields the blocks of word/document.xml; `tracking` goes with the paragraphs in order."""
    lines = [run(line.strip()) for line in speech.title_lines]
    yield paragraph(tag("r", tag("br")).join(lines), "Title")
    for line in speech.byline:
        yield paragraph(run(line), "Subtitle")
    if facts := known(speech):
        yield paragraph(run(facts), "Known")
    yield paragraph("")
    tightened = chain(tracking, repeat(0.0))
    for block in printed(speech, as_transcript=True):
        if isinstance(block, Grid):
            yield table(block)
        else:
            yield spoken(block, measures, next(tightened))


def spoken(line: Line, measures: Measures, tracking: float) -> str:
    """Returns a printed paragraph; a run-in head has its face by a character style."""
    spacing = measures.spacing + round(tracking * SIZE) if tracking else None
    runs = "".join(piece_run(piece, spacing) for piece in line.pieces)
    style = STYLES.get(line.kind, "")
    if line.kind == "heading":
        style = f"Heading{min(max(line.level - 1, 1), 3)}"
    keep = tag("keepNext") if line.stands else ""
    # Both lines of a run-in head stay together, as in the PDF.
    keep += tag("widowControl") if line.heads else ""
    return paragraph(runs, style, keep)


def piece_run(piece: Piece, spacing: int | None) -> str:
    return run(piece.text, piece.emphasis, FACES.get(piece.face, ""), spacing)


def table(grid: Grid) -> str:
    """Returns a table as wide as the text; its head is repeated on every page."""
    total = sum(grid.shares)
    widths = [round(WIDTH * share / total) for share in grid.shares]
    columns = "".join(tag("gridCol", w=width) for width in widths)
    last = len(grid.rows) - 1
    rows: list[str] = []
    for number, row in enumerate(grid.rows):
        is_head = number < grid.header
        properties = tag("trPr", tag("cantSplit"), tag("tblHeader") if is_head else "")
        keep = tag("keepNext") if number < last < SHORT_TABLE else ""
        style = "TableHead" if is_head else "TableText"
        cells = [cell(text, width, style, keep) for text, width in zip(row, widths, strict=True)]
        rows.append(tag("tr", properties, *cells))
    look = tag("tblPr", tag("tblStyle", val="TableGrid"), tag("tblW", w=WIDTH, type="dxa"))
    return tag("tbl", look, tag("tblGrid", columns), *rows)


def cell(text: str, width: int, style: str, keep: str) -> str:
    properties = tag("tcPr", tag("tcW", w=width, type="dxa"))
    return tag("tc", properties, paragraph(run(text), style, keep))


def paragraph(runs: str, style: str = "", more: str = "") -> str:
    properties = (tag("pStyle", val=style) if style else "") + more
    return tag("p", tag("pPr", properties) if properties else "", runs)


def run(text: str, emphasis: bool = False, style: str = "", spacing: int | None = None) -> str:
    properties = [
        tag("rStyle", val=style) if style else "",
        tag("rFonts", hint="eastAsia"),  # without it × and “” take a Western face
        tag("b") if emphasis else "",
        tag("spacing", val=spacing) if spacing is not None else "",
    ]
    words = f'<w:t xml:space="preserve">{html.escape(text, quote=False)}</w:t>'
    return tag("r", tag("rPr", *properties), words)


def tag(name: str, *inner: str, **attributes: str | int) -> str:
    """Returns an element of WordprocessingML."""
    said = "".join(f' w:{key}="{value}"' for key, value in attributes.items())
    content = "".join(inner)
    return f"<w:{name}{said}>{content}</w:{name}>" if content else f"<w:{name}{said}/>"
