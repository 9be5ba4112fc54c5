"""speech.docx, read back by a second library and set by LibreOffice beside the PDF."""

from __future__ import annotations

import subprocess
import zipfile
from itertools import chain
from pathlib import Path

import docx
import pymupdf
import pytest
from conftest import program
from docx.oxml.ns import qn
from readback import (
    MM,
    body_of,
    ink,
    inked_rows,
    is_page_number,
    lines_of,
    print_only,
    text_lines,
    with_blocks,
    with_text,
    words,
)

from speechsite.paper import Printing
from speechsite.paper.printed import run_in_head
from speechsite.words import Heading, Speech, read_words


@pytest.fixture
def folder(printing: tuple[Path, Printing]) -> Path:
    return printing[0]


@pytest.fixture
def written(folder: Path) -> Path:
    return folder / "speech.docx"


def converted(path: Path) -> Path:
    """Sets a document with LibreOffice; returns the PDF, in a folder of its own beside it."""
    target = path.parent / "libreoffice"
    profile = (path.parent / "profile").as_uri()
    command = [program("soffice", "libreoffice"), f"-env:UserInstallation={profile}"]
    command += ["--headless", "--convert-to", "pdf:writer_pdf_Export"]
    command += ["--outdir", str(target), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target / path.with_suffix(".pdf").name


def text_pages(path: Path) -> list[list[str]]:
    """Returns the lines of each page of a PDF, without page numbers."""
    pages = [text_lines(lines_of(page)) for page in pymupdf.open(path)]
    return [[line for line in page if not is_page_number(line)] for page in pages]


def test_word_says_what_the_speech_says_in_its_paragraphs(speech: Speech, written: Path) -> None:
    title, *rest = docx.Document(written).paragraphs
    assert title.text.split("\n") == speech.title_lines
    bylines, rest = rest[: len(speech.byline)], rest[len(speech.byline) :]
    assert [line.text for line in bylines] == speech.byline and not rest[0].text
    assert [paragraph.text for paragraph in rest[1:]] == speech.corrected.split("\n")


def test_run_in_heads_have_the_face_of_their_level(speech: Speech, written: Path) -> None:
    heads = {"First Level": [], "Second Level": []}
    for paragraph in docx.Document(written).paragraphs:
        for run in paragraph.runs:
            heads.get(run.style.name, []).append(run.text)
    assert all(len(texts) >= 3 for texts in heads.values())
    assert all(run_in_head(text) == text for texts in heads.values() for text in texts)
    for level in heads:
        fonts = docx.Document(written).styles[level].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == fonts.get(qn("w:ascii"))


def test_emphasis_is_bold_and_a_heading_of_the_speaker_stands_in_the_navigation(
    speech: Speech, tmp_path: Path
) -> None:
    said = Heading("一、供水工作", "water", 2, 1, said=True)
    blocks = (said, Heading("题", "h", 3, 3), *read_words("一要**更加**努力。再**加油**。"))
    print_only(with_blocks(speech, *blocks), tmp_path, "speech")
    heading, text = docx.Document(tmp_path / "speech.docx").paragraphs[-2:]
    assert [run.text for run in text.runs if run.bold] == ["更加", "加油"]
    assert (heading.text, heading.style.name) == (said.title, "Heading 1")
    assert heading.runs[0].style.name == "First Level"
    assert body_of(tmp_path / "speech.pdf", speech.title_lines) == words([heading.text, text.text])


def test_a_table_is_a_table(speech: Speech, tmp_path: Path) -> None:
    source = "开头：\n\n| 项目 | 数量 |\n|---|---|\n| 供水 | 3 |\n| 供电 | 12 |\n\n完。"
    print_only(with_blocks(speech, *read_words(source)), tmp_path, "speech")
    (table,) = docx.Document(tmp_path / "speech.docx").tables
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells == [["项目", "数量"], ["供水", "3"], ["供电", "12"]]
    text = body_of(tmp_path / "speech.pdf", speech.title_lines)
    assert text == "开头：项目数量供水3供电12完。"


def test_page_and_faces_are_official(written: Path) -> None:
    document = docx.Document(written)
    section = document.sections[0]
    sides = (section.page_width, section.page_height, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [210, 297, 28, 26]
    assert document.settings.odd_and_even_pages_header_footer
    footers = (section.footer, section.even_page_footer)
    assert [footer.paragraphs[0].alignment for footer in footers] == [2, 0]
    for name in ("Title", "Subtitle", "footer"):
        fonts = document.styles[name].element.rPr.rFonts
        assert len({fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia")}) == 1


def test_nothing_is_left_of_a_template_and_no_break_is_forced(
    speech: Speech, written: Path
) -> None:
    with zipfile.ZipFile(written) as package:
        assert package.testzip() is None
        parts = {name: package.read(name).decode() for name in package.namelist()}
    assert next(iter(parts)) == "[Content_Types].xml"
    everything = "".join(parts.values())
    assert "$" not in everything and "ja-JP" not in everything
    assert 'w:val="15"' in parts["word/settings.xml"]
    assert everything.count("<w:br/>") == len(speech.title_lines) - 1
    assert docx.Document(written).core_properties.title == speech.title


def test_libreoffice_sets_the_pages_of_the_pdf(folder: Path, written: Path) -> None:
    theirs, ours = converted(written), folder / "speech.pdf"
    pages, wanted = text_pages(theirs), text_pages(ours)
    assert [len(page) for page in pages] == [len(page) for page in wanted]
    lines, expected_lines = list(chain(*pages)), list(chain(*wanted))
    assert words(lines) == words(expected_lines)
    assert sum(line in lines for line in expected_lines) >= 0.9 * len(expected_lines)
    for page, sheet in zip(pymupdf.open(theirs), pymupdf.open(ours), strict=True):
        found, expected = ink(inked_rows(page)), ink(inked_rows(sheet))
        assert found.y0 == pytest.approx(37 * MM, abs=MM)
        for side in ("x0", "x1", "y1"):
            assert getattr(found, side) == pytest.approx(getattr(expected, side), abs=MM)


def test_a_head_at_the_foot_takes_its_next_line_along(speech: Speech, tmp_path: Path) -> None:
    filling = ["字" * 40] * 9 + ["字" * 20]
    text = [*filling, "二要抓好落实。", "做好工作要抓落实。", *filling]
    print_only(with_text(speech, *text), tmp_path, "speech")
    for path in (tmp_path / "speech.pdf", converted(tmp_path / "speech.docx")):
        for page in text_pages(path):
            assert page[-1] != "二要抓好落实。"
