"""The whole speech for WPS and Word: the official layout again, with a navigation pane and nothing to clean up.

layouts/word/ is the document's own package (ECMA-376), part by part and readable; only the text is filled in. A
library's template would have to be undone part by part, and its files carry the time of day.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import Template

from speechsite.paper.printed import Printed, printed
from speechsite.words.read import Speech

PACKAGE = Path(__file__).parent / "layouts" / "word"
STOPS = "。！？；"
STYLES = {"first": "FirstLevel", "second": "SecondLevel"}
# A style separator: the paragraph mark is hidden for good, so that a head and its text share a line (17.3.2.36).
SEPARATOR = "<w:rPr><w:vanish/><w:specVanish/></w:rPr>"


def write_docx(speech: Speech, path: Path) -> None:
    """Writes the speech as it is read to `path`; the same speech gives the same bytes."""
    values = {
        "title": html.escape(speech.title),
        "keywords": html.escape("；".join(theme.title for theme in speech.themes)),
        "language": "zh-TW" if speech.metadata.get("lang") == "zh-Hant" else "zh-CN",
        "body": "\n".join(body(speech)),
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        # The content types come first in a package, as Word writes it; sorting does that too.
        for part in sorted(
            PACKAGE.rglob("*"), key=lambda part: part.relative_to(PACKAGE).as_posix()
        ):
            if part.is_file():
                entry = zipfile.ZipInfo(
                    part.relative_to(PACKAGE).as_posix()
                )  # dated 1980: the same bytes every time
                entry.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(
                    entry, Template(part.read_text(encoding="utf-8")).substitute(values)
                )
    path.write_bytes(data.getvalue())


def body(speech: Speech) -> Iterator[str]:
    """Yields the paragraphs of word/document.xml."""
    yield paragraph("<w:r><w:br/></w:r>".join(run(line) for line in speech.title_lines), "Title")
    for line in speech.byline:
        yield paragraph(run(line), "Subtitle")
    yield paragraph("")
    for text in printed(speech, as_transcript=True):
        yield from paragraphs(text)


def paragraphs(text: Printed) -> Iterator[str]:
    """Yields one printed paragraph; a run-in head has its face by a character style."""
    runs = [run(piece.text, piece.emphasis, STYLES.get(piece.face, "")) for piece in text.pieces]
    yield paragraph("".join(runs), "Salutation" if text.addresses else "")


def paragraph(runs: str, style: str = "", mark: str = "") -> str:
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + mark
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def run(text: str, emphasis: bool = False, style: str = "") -> str:
    # Without the hint, × and “” take a Western face.
    return (
        f'<w:r><w:rPr>{f"""<w:rStyle w:val="{style}"/>""" if style else ""}<w:rFonts w:hint="eastAsia"/>{"<w:b/>" if emphasis else ""}</w:rPr>'
        f'<w:t xml:space="preserve">{html.escape(text, quote=False)}</w:t></w:r>'
    )
