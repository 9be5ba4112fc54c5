"""A Word document's words, whatever they are wrapped in."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from speechsite.draft.heads import read_head
from speechsite.draft.outline import recognise
from speechsite.draft.talk import Talk, read_talk

PROSE = "这几个月大家跑得很勤，事情一件一件地有了着落。剩下的几件也都有人盯着，月底再看一次。"


@pytest.fixture
def document() -> Document:
    return docx.Document()


def saved(document: Document, folder: Path) -> Talk:
    document.save(str(folder / "t.docx"))
    return read_talk(folder / "t.docx")


def texts(talk: Talk) -> list[str]:
    return [line.text for line in talk.lines]


def element(source: str):
    name = source.split(">")[0].split(" ")[0].removeprefix("<")
    return parse_xml(source.replace(f"<{name}", f"<{name} {nsdecls('w', 'wp', 'a')}", 1))


def test_tracked_changes_are_accepted(document: Document, tmp_path: Path) -> None:
    paragraph = document.add_paragraph("讲话")
    for tag, text_tag, text in (
        ("ins", "t", "增"),
        ("del", "delText", "删"),
        ("moveFrom", "t", "移"),
        ("moveTo", "t", "到"),
    ):
        change = f'<w:{tag} w:id="1"><w:r><w:{text_tag}>{text}</w:{text_tag}></w:r></w:{tag}>'
        paragraph._p.append(element(change))
    read = saved(document, tmp_path)
    assert (texts(read), len(read.notes)) == (["讲话增到"], 1)


def test_footnotes_comments_and_pictures_are_said(document: Document, tmp_path: Path) -> None:
    run = document.add_paragraph("讲话").add_run()
    for tag in ("footnoteReference", "commentReference", "drawing"):
        run._r.append(element(f'<w:{tag} w:id="2"/>'))
    assert len(saved(document, tmp_path).notes) == 3


def test_line_ends_and_tabs(document: Document, tmp_path: Path) -> None:
    document.add_paragraph("上\n下\t右")
    assert texts(saved(document, tmp_path)) == ["上", "下\t右"]


def test_raised_and_lowered_digits_stay_so(document: Document, tmp_path: Path) -> None:
    paragraph = document.add_paragraph("100 m")
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run("，CO")
    paragraph.add_run("2").font.subscript = True
    paragraph.add_run("，注")
    paragraph.add_run("甲").font.superscript = True
    read = saved(document, tmp_path)
    assert texts(read) == ["100 m²，CO₂，注甲"]
    assert "上标" in read.notes[0]


def test_a_text_box_is_read_once(document: Document, tmp_path: Path) -> None:
    """Word keeps a box twice, in Choice and for older programs in Fallback."""
    box = "<w:txbxContent><w:p><w:r><w:t>框里</w:t></w:r></w:p></w:txbxContent>"
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    document.add_paragraph("框外")._p.append(
        element(f"<w:r><mc:AlternateContent {space}>{both}</mc:AlternateContent></w:r>")
    )
    read = saved(document, tmp_path)
    assert (texts(read), len(read.notes)) == (["框外", "框里"], 1)


def test_a_table_s_rows_and_a_table_that_only_places(document: Document, tmp_path: Path) -> None:
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("甲", "乙", "丙|丁", ""), strict=True):
        cell.text = text
    placed = document.add_table(1, 2)
    placed.cell(0, 0).text, placed.cell(0, 1).text = "左", "右"
    read = saved(document, tmp_path)
    assert texts(read) == ["| 甲 | 乙 |", "| 丙/丁 |  |", "左", "右"]
    assert [line.row for line in read.lines] == [True, True, False, False]


def test_a_heading_s_style_on_prose_is_not_believed(document: Document, tmp_path: Path) -> None:
    document.add_heading("在总结会上的讲话", 1)
    document.add_paragraph("同志们：")
    document.add_paragraph(PROSE)
    for mark in "一二三":
        document.add_paragraph(f"{mark}抓落实，不松劲。{PROSE}")
    document.add_paragraph(f"半年下来，变化主要在两个方面。{PROSE}")
    for mark in "一二":
        document.add_heading(f"{mark}是大家的劲头足了。{PROSE}", 1)
    document.add_heading(f"在这里，向帮过我们的同志表示感谢。{PROSE}", 1)
    document.add_paragraph("今后要做到两条：")
    for mark in "一二":
        document.add_paragraph(f"{mark}要记住教训。{PROSE}")
    document.add_paragraph("同志们，让我们继续努力！")
    read = saved(document, tmp_path)
    assert [line.level for line in read.lines][:3] == [1, 0, 0]
    assert not any(line.level for line in read.lines[1:])
    head = read_head(read)
    sections = recognise(head.lines, head.body).sections
    found = [(section.place[0], section.level) for section in sections]
    assert found == [
        (1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (6, 1), (7, 2), (8, 2),
        (10, 1), (11, 2), (12, 2), (13, 1),
    ]  # fmt: skip


def test_bold_lines_are_known(document: Document, tmp_path: Path) -> None:
    document.add_paragraph().add_run("成绩").bold = True
    paragraph = document.add_paragraph()
    paragraph.add_run("一半").bold = True
    paragraph.add_run("粗")
    document.add_paragraph().add_run("不粗").bold = False
    read = saved(document, tmp_path)
    assert [line.bold for line in read.lines] == [True, False, False]
