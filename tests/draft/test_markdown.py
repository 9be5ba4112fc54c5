"""A talk in Markdown is what MkDocs would show of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechsite.draft.heads import read_head
from speechsite.draft.markdown import read_markdown
from speechsite.draft.outline import recognise
from speechsite.draft.project import new_project
from speechsite.words import Table, check, read_speech

PROSE = "这几个月大家跑得很勤，事情一件一件地有了着落。剩下的几件也都有人盯着，月底再看一次。"


def texts(source: str) -> list[str]:
    return [line.text for line in read_markdown(source).lines]


def test_headings_emphasis_escapes_and_lists() -> None:
    read = read_markdown(
        "# 讲话 #\n\n**同志**们：\n\n1. 甲\\*乙\n\n- **一是丙。** 丁\n\n> *戊* * 己\n\n## 庚 ##\n"
    )
    assert [(line.level, line.text) for line in read.lines] == [
        (1, "讲话"), (0, "同志们："), (0, "1. 甲*乙"), (0, "一是丙。 丁"), (0, "戊 * 己"), (2, "庚")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "今年开春早，墒情好，\n各村要抓住时机，早动手、\n不误农时。",
            ["今年开春早，墒情好，各村要抓住时机，早动手、不误农时。"],
        ),
        ("we have come\ntogether on\nthis day.", ["we have come together on this day."]),
        ("同志们：\n今天开会。\n先讲一件事。", ["同志们：", "今天开会。", "先讲一件事。"]),
        ("上一行  \n下一行", ["上一行", "下一行"]),
        ("——在会上的讲话\n2024年5月6日", ["——在会上的讲话", "2024年5月6日"]),
        ("**小标题**\n正文的第一行没有完", ["小标题", "正文的第一行没有完"]),
    ],
)
def test_line_ends(source: str, shown: list[str]) -> None:
    assert texts(source) == shown


def test_numbers_of_lists_go_on_past_headings() -> None:
    source = "**上**\n\n1. 甲\n2. 乙\n\n**下**\n\n3. 丙\n4. 丁\n"
    assert texts(source) == ["上", "1. 甲", "2. 乙", "下", "3. 丙", "4. 丁"]


def test_what_is_no_text_is_said() -> None:
    read = read_markdown(
        '<figure><img src="a.jpg"><figcaption>图</figcaption></figure>\n\n<!-- 注 -->\n\n'
        '讲[话](a.md)![p](b.jpg)\n\n{{< video "x" >}}\n\n{% include a %}\n\n'
        "完[^1]\n\n[^1]: 脚注的话\n\n100 m<sup>2</sup>\n"
    )
    assert [line.text for line in read.lines] == ["讲话", "完", "100 m²", "1. 脚注的话"]
    assert len(read.notes) == 4


def test_bold_runs_that_word_left() -> None:
    (line,) = read_markdown("**2013****年****12****月****19****日**").lines
    assert (line.text, line.bold) == ("2013年12月19日", True)


def test_front_matter_is_known() -> None:
    read = read_markdown(
        "---\ntitle: 在年会上的致辞\ndate: 2024-04-23\nauthor: 王××\n---\n\n各位来宾：\n\n"
        f"**成绩**\n\n{PROSE}\n\n**困难**\n\n{PROSE}\n\n[注1] 见年报。\n\n[注2] 见通报。\n"
    )
    head = read_head(read)
    assert (head.title, head.given_title, head.speaker) == ((), "在年会上的致辞", "王××")
    assert str(head.date) == "2024-04-23"
    sections = recognise(head.lines, head.body).sections
    assert [(one.title, one.said) for one in sections] == [
        ("开篇", False), ("成绩", True), ("困难", True), ("注释", False)
    ]  # fmt: skip


def test_a_title_of_the_editors_is_marked_so(tmp_path: Path) -> None:
    source = tmp_path / "talk.md"
    source.write_text(f"---\ntitle: 年会致辞\nauthor: 王××\n---\n\n各位来宾：\n\n{PROSE}\n")
    new_project(source, tmp_path / "new")
    speech = read_speech(tmp_path / "new" / "mkdocs.yml")
    assert (speech.title, speech.transcript_title, speech.speaker) == ("年会致辞", "", "王××")
    assert check(speech) == []


def test_numbered_paragraphs_are_no_sections() -> None:
    rows = [f"{number}. {PROSE}" for number in range(1, 8)]
    rows[3:3], rows[0:0] = ["**独立**"], ["# 年会演讲", "各位会员：", "**形势**"]
    head = read_head(read_markdown("\n\n".join(rows)))
    sections = recognise(head.lines, head.body).sections
    assert [one.title for one in sections] == ["开篇", "形势", "独立"]
    plain = read_markdown("\n\n".join(f"{number}. {PROSE}" for number in range(1, 20)))
    assert len(recognise(plain.lines, 0).sections) == 1


def test_an_english_talk(tmp_path: Path) -> None:
    source = tmp_path / "talk.md"
    source.write_text(
        "# Jane Doe / 简·多伊\n\n## An Address to the Library / 在图书馆的演讲\n\n"
        "**An Address to the Library**\n\nby Jane Doe\n\nMay 4, 2024\n\n"
        "Friends, we have come together to open a room,\nand to thank many hands.\n\n"
        "It is fitting.\n"
    )
    new_project(source, tmp_path / "new")
    speech = read_speech(tmp_path / "new" / "mkdocs.yml")
    assert (speech.title, speech.byline) == (
        "An Address to the Library",
        ["by Jane Doe", "May 4, 2024"],
    )
    assert (speech.metadata["lang"], len(speech.themes), check(speech)) == ("en", 1, [])


def test_a_table_stays_one(tmp_path: Path) -> None:
    source = tmp_path / "talk.md"
    source.write_text(
        f"# 讲话\n\n同志们：\n\n| 甲 | *乙* |\n|---|---|\n| a_b | 3\\|4 |\n\n{PROSE}\n"
    )
    new_project(source, tmp_path / "new")
    speech = read_speech(tmp_path / "new" / "mkdocs.yml")
    assert check(speech) == []
    tables = [block for block in speech.themes[0].blocks if isinstance(block, Table)]
    assert [table.rows for table in tables] == [(("甲", "乙"), ("a_b", "3/4"))]
