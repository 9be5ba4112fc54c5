"""One handout set by typst: of the ways to fill its pages the first that ends well; a picture."""

from __future__ import annotations

import json
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from speechsite.paper.faces import ARCHIVABLE, Faces

PICTURE_PPI = 25  # 207 pixels for the width of A4
ENOUGH = 3  # lines of text that a last page should have at least

Inputs = dict[str, str]


@dataclass(frozen=True, slots=True)
class Try:
    """A way to fill the pages: what the layout is told, and what the card says if it is taken."""

    inputs: Inputs
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A PDF as it was set: `pages`, the `taken` try, and how its paragraphs were drawn together.

    `tracking` holds a number a paragraph, in parts of a character; `picture_size` is in pixels.
    """

    path: Path
    pages: int
    taken: Try
    tracking: tuple[float, ...]
    picture: Path
    picture_size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Press:
    """A folder with the layouts and what they read, and the faces to set it in."""

    root: Path
    faces: Faces

    def compiler(self, layout: str, inputs: Inputs) -> typst.Compiler:
        return typst.Compiler(
            self.root / f"{layout}.typ",
            self.root,
            self.faces.fonts,
            ignore_system_fonts=True,
            sys_inputs=inputs,
        )


def typeset(press: Press, layout: str, name: str, tries: tuple[Try, ...], thrift: bool) -> Sheet:
    """Writes `name`.pdf and its picture into the press's folder.

    Of `tries` the first is taken whose last page has lines enough, else the first of all; with
    `thrift` those with the fewest pages come first. Raises typst.TypstError where a character has
    no face.
    """
    ordered = tries
    if thrift:
        ordered = tuple(sorted(tries, key=lambda way: trial_pages(press, layout, way)))
    for way in (*ordered, ordered[0]):
        compiler = press.compiler(layout, way.inputs)
        report = asked(compiler, "<report>")[0]
        if report["last"] == 1 or report["lines"] >= ENOUGH:
            break
    path = press.root / f"{name}.pdf"
    compiler.compile(output=path, format="pdf", pdf_standards=ARCHIVABLE)
    tracking = tuple(asked(compiler, "<tracking>"))
    return Sheet(path, report["pages"], way, tracking, *pictured(press, path))


def trial_pages(press: Press, layout: str, way: Try) -> int:
    """Returns how many pages a handout has at most, found sooner than by setting it well."""
    trial = press.compiler(layout, way.inputs | {"trial": "yes"})
    return int(asked(trial, "<report>")[0]["pages"])


def asked(compiler: typst.Compiler, label: str) -> list[Any]:
    """Returns what a layout says of itself under `label`; typst lays it out but writes nothing."""
    found: list[Any] = json.loads(compiler.query(label, field="value"))
    return found


def pictured(press: Press, path: Path) -> tuple[Path, tuple[int, int]]:
    """Writes a picture of a PDF's first page beside it; returns its path and size in pixels."""
    picture = path.with_suffix(".png")
    compiler = press.compiler("picture", {"file": path.name})
    compiler.compile(output=picture, format="png", ppi=PICTURE_PPI)
    # A PNG's width and height are its first two numbers (https://www.w3.org/TR/png-3/#11IHDR).
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return picture, (width, height)


def impose(press: Press, sheet: Sheet) -> None:
    """Puts a booklet's pages two by two into its file, in the order of folding.

    A file that embeds pages cannot be tagged: it is for the printer, and claims no standard.
    """
    imposed = sheet.path.with_stem("imposed")
    compiler = press.compiler("imposed", {"pages": str(sheet.pages)})
    compiler.compile(output=imposed, format="pdf")
    shutil.move(imposed, sheet.path)
