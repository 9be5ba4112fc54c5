"""speech.docx, read back by a second library and converted by LibreOffice."""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pymupdf
import pytest
from conftest import program
from docx.oxml.ns import qn

from speechsite.paper.docx import write_docx
from speechsite.paper.printed import run_in_head
from speechsite.words.read import Heading, Paragraph, Speech, read_spans


@pytest.fixture(scope="module")
def written(speech: Speech, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("word") / "speech.docx"
    write_docx(speech, path)
    return path


def joins_next(paragraph: docx.text.paragraph.Paragraph) -> bool:
    return paragraph._p.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:specVanish')}") is not None


def test_word_says_what_the_speech_says_in_its_paragraphs(speech: Speech, written: Path) -> None:
    title, *rest = docx.Document(written).paragraphs
    assert title.text.split("\n") == speech.title_lines
    bylines, rest = rest[: len(speech.byline)], rest[len(speech.byline) :]
    assert [line.text for line in bylines] == speech.byline and not rest[0].text
    text = "".join(
        paragraph.text + ("" if joins_next(paragraph) else "\n") for paragraph in rest[1:]
    )
    assert text == speech.corrected + "\n"


def test_heads_are_headings(speech: Speech, written: Path) -> None:
    headings = [
        p.text.rstrip("。")
        for p in docx.Document(written).paragraphs
        if p.style.name.startswith("Heading")
    ]
    assert len(headings) > 3
    assert all(run_in_head(heading) == heading for heading in headings)
    assert not any(p.text.startswith("。") for p in docx.Document(written).paragraphs)


def test_emphasis_is_bold(speech: Speech, tmp_path: Path) -> None:
    spans = tuple(read_spans("一要**更加**努力。再**加油**。"))
    theme = replace(speech.themes[0], blocks=(Heading("题", "h", 2, 1), Paragraph(1, spans, 3)))
    write_docx(replace(speech, themes=(theme,)), tmp_path / "speech.docx")
    head, rest = docx.Document(tmp_path / "speech.docx").paragraphs[-2:]
    assert [run.text for run in (*head.runs, *rest.runs) if run.bold] == ["更加", "加油"]
    assert (head.text, rest.text) == ("一要更加努力。", "再加油。")


def test_page_and_faces_are_official(written: Path) -> None:
    document = docx.Document(written)
    section = document.sections[0]
    sides = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(side.mm) for side in sides] == [210, 297, 37, 28, 26]
    assert (
        round(section.bottom_margin.mm) == 35 and document.settings.odd_and_even_pages_header_footer
    )
    assert [
        footer.paragraphs[0].alignment for footer in (section.footer, section.even_page_footer)
    ] == [2, 0]
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2", "footer"):
        fonts = document.styles[name].element.rPr.rFonts
        assert len({fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia")}) == 1


def test_nothing_is_left_of_a_template_and_bytes_are_the_same(
    speech: Speech, written: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(written) as package:
        assert package.testzip() is None
        parts = {name: package.read(name).decode() for name in package.namelist()}
    assert next(iter(parts)) == "[Content_Types].xml"
    everything = "".join(parts.values())
    assert (
        "$" not in everything
        and "ja-JP" not in everything
        and 'w:val="15"' in parts["word/settings.xml"]
    )
    assert docx.Document(written).core_properties.title == speech.title
    write_docx(speech, tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == written.read_bytes()


def test_libreoffice_reads_the_same_text_on_the_same_grid(
    speech: Speech, written: Path, tmp_path: Path
) -> None:
    subprocess.run(
        [
            program("soffice", "libreoffice"),
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            'pdf:writer_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"}}',
            "--outdir",
            tmp_path,
            written,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    document = pymupdf.open(tmp_path / "speech.pdf")
    pages = [[line for line in page.get_text().split("\n") if line.strip()] for page in document]
    body = "".join(
        line for page in pages for line in page if not re.fullmatch(r"\s*— \d+ —\s*", line)
    )
    expected = "".join(speech.title_lines) + speech.corrected
    assert re.sub(r"\s", "", body) == re.sub(r"\s", "", expected)
    for page in document.pages(1, len(document) - 1):
        tops = {
            round(line["spans"][0]["origin"][1])
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", ())
        }
        assert len(tops) == 23  # 22 lines and the page number
    titles = [title for _, title, _ in document.get_toc()]
    assert re.sub(r"\s", "", titles[0]) == re.sub(r"\s", "", speech.title) and len(titles) > 3
