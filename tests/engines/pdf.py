"""What came out on paper: words, ink, and pictures of the pages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest

import pymupdf

LOST = "\ufffd"  # Firefox's PDFs do not say which character some glyphs are
FOLIO = re.compile(r"—\d+—")  # — 2 —, the page's number
READ = pymupdf.TEXTFLAGS_TEXT & ~pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE  # those as LOST
RADICALS = re.compile("[⺀-⻿]")  # ⻔ for 门, which NFKC leaves
EDGE = 60  # of 255
DOTS = 50  # an inch: enough to see a line of text


@contextmanager
def opened(pdf: bytes) -> Iterator[pymupdf.Document]:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        yield document


def words(pdf: bytes, running: str) -> str:
    """Returns all words without spaces, page numbers and `running`, the title on later pages."""
    with opened(pdf) as document:
        return "".join(said(page, running) for page in document)


def said(page: pymupdf.Page, running: str) -> str:
    """Returns the words of a page.

    Some PDFs say 大 by the radical ⼤, which looks the same: NFKC makes them one.
    """
    text = FOLIO.sub("", normal(page.get_text(flags=READ, sort=True)))
    title = re.match(forgiving(running), text)
    return text[title.end() :] if title and page.number else text


def normal(text: str) -> str:
    return RADICALS.sub(LOST, unicodedata.normalize("NFKC", "".join(text.split())))


def forgiving(text: str) -> str:
    """An expression for `text` in which any character may be one that the PDF has lost."""
    return "".join(f"[{re.escape(char)}{LOST}]" for char in normal(text))


def place(said: str, text: str) -> int | None:
    """Returns where `text` begins in the words of a PDF; None where it does not stand there."""
    found = re.search(forgiving(text), said)
    return found.start() if found else None


def holds(said: str, text: str) -> bool:
    return place(said, text) is not None


def pictures(pdf: bytes) -> list[bytes]:
    """Returns each page as the grey values of its dots."""
    with opened(pdf) as document:
        return [page.get_pixmap(dpi=DOTS, colorspace=pymupdf.csGRAY).samples for page in document]


def changed_pages(before: bytes, after: bytes) -> list[int]:
    """Returns the numbers of the pages that look different, or that only one of both has."""
    pairs = zip_longest(pictures(before), pictures(after), fillvalue=b"")
    return [number for number, pair in enumerate(pairs, 1) if differ(*pair)]


def differ(old: bytes, new: bytes) -> bool:
    """Whether two pictures differ by more than the edges of letters do from print to print."""
    if old == new or len(old) != len(new):
        return old != new
    return any(abs(one - other) > EDGE for one, other in zip(old, new, strict=True))


def blank_pages(pdf: bytes, running: str) -> list[int]:
    """Returns the numbers of the pages that have no word and no picture of their own."""
    with opened(pdf) as document:
        blank = [page for page in document if not said(page, running) and not page.get_images()]
        return [page.number + 1 for page in blank]


def overlaps(pdf: bytes) -> list[str]:
    """Returns the lines of text that lie upon another line of the same page."""
    found = []
    with opened(pdf) as document:
        for page in document:
            lines = [
                (pymupdf.Rect(line["bbox"]), "".join(span["text"] for span in line["spans"]))
                for block in page.get_text("dict")["blocks"]
                for line in block.get("lines", ())
            ]
            found += list(lying_upon(lines))
    return found


def lying_upon(lines: list[tuple[pymupdf.Rect, str]]) -> Iterator[str]:
    """Yields both texts of each pair that shares over a third of the smaller one's place."""
    written = [line for line in lines if line[1].strip()]
    for index, (place, text) in enumerate(written):
        for other, beneath in written[:index]:
            shared = (place & other).get_area()
            if shared > min(place.get_area(), other.get_area()) / 3:
                yield f"{text} / {beneath}"
