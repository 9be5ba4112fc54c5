"""Word's automatic numbers are counted as Word counts them."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from speechsite.draft.numbering import han, numeral
from speechsite.draft.talk import read_talk

HAN = ("chineseCounting", "%1、")


def define(document: Document, number: int, *levels: tuple[str, str], more: str = "") -> None:
    """Adds a list of the given levels, each (format, text); `more` stands in every level."""
    inner = ""
    for depth, (kind, text) in enumerate(levels):
        inner += (
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}'
            f'<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/></w:lvl>'
        )
    root = document.part.numbering_part.element
    space = nsdecls("w")
    root.insert(
        0, parse_xml(f'<w:abstractNum {space} w:abstractNumId="{number}">{inner}</w:abstractNum>')
    )
    use(document, number, number)


def use(document: Document, number: int, definition: int, override: str = "") -> None:
    """Adds a list that is another use of a definition."""
    document.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}">'
            f'<w:abstractNumId w:val="{definition}"/>{override}</w:num>'
        )
    )


def say(document: Document, text: str, number: int, level: int = 0) -> None:
    paragraph = document.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(list_of(number, level))


def list_of(number: int, level: int = 0):
    return parse_xml(
        f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    )


@pytest.fixture
def document() -> Document:
    return docx.Document()


def texts(document: Document, folder: Path) -> list[str]:
    document.save(str(folder / "t.docx"))
    return [line.text for line in read_talk(folder / "t.docx").lines]


def test_levels_count_apart_and_begin_anew(document: Document, tmp_path: Path) -> None:
    define(document, 90, HAN, ("chineseCounting", "（%2）"), ("decimal", "%1.%3."))
    for text, level in (("甲", 0), ("乙", 1), ("丙", 1), ("丁", 0), ("戊", 1), ("己", 2)):
        say(document, text, 90, level)
    assert texts(document, tmp_path) == [
        "一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊", "二.1.己"
    ]  # fmt: skip


def test_a_bullet_and_no_number_are_no_words(document: Document, tmp_path: Path) -> None:
    define(document, 90, ("bullet", "●"))
    define(document, 91, ("none", "%1"))
    say(document, "甲", 90)
    say(document, "乙", 91)
    assert texts(document, tmp_path) == ["甲", "乙"]


def test_legal_numbering_writes_all_as_digits(document: Document, tmp_path: Path) -> None:
    define(document, 90, HAN, ("decimal", "%1.%2"), more="<w:isLgl/>")
    say(document, "甲", 90)
    say(document, "乙", 90, 1)
    assert texts(document, tmp_path) == ["1、甲", "1.1 乙".replace(" ", "")]


def test_lists_of_one_definition_count_on(document: Document, tmp_path: Path) -> None:
    define(document, 90, HAN)
    use(document, 91, 90)
    start = (
        '<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0"><w:start w:val="5"/>'
        '<w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/>'
        '<w:lvlText w:val="%1、"/></w:lvl></w:lvlOverride>'
    )
    use(document, 92, 90, start)
    for text, number in (("甲", 90), ("乙", 91), ("丙", 92), ("丁", 90)):
        say(document, text, number)
    assert texts(document, tmp_path) == ["一、甲", "二、乙", "五、丙", "三、丁"]


def test_a_style_s_list_counts_for_the_styles_based_on_it(
    document: Document, tmp_path: Path
) -> None:
    define(document, 90, HAN)
    above = document.styles.add_style("Above", 1)
    below = document.styles.add_style("Below", 1)
    below.base_style = above
    above.element.get_or_add_pPr().append(list_of(90))
    document.add_paragraph("甲", style="Below")
    document.add_paragraph("乙", style="Above")
    assert texts(document, tmp_path) == ["一、甲", "二、乙"]


def test_a_space_where_word_leaves_one(document: Document, tmp_path: Path) -> None:
    define(document, 90, ("decimal", "%1."))
    say(document, "甲", 90)
    suffix = document.part.numbering_part.element.find(".//{*}suff")
    suffix.set(suffix.keys()[0], "tab")
    assert texts(document, tmp_path) == ["1. 甲"]


def test_numerals() -> None:
    numbers = {1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 35: "三十五", 105: "一〇五"}
    assert {number: han(number) for number in numbers} == numbers
    assert [numeral(3, kind) for kind in (
        "decimalEnclosedCircleChinese", "decimalEnclosedCircle", "chineseCountingThousand",
        "japaneseCounting", "ideographDigital", "chineseLegalSimplified", "upperRoman")] == [
        "③", "③", "三", "三", "三", "參", "3"
    ]  # fmt: skip
    assert numeral(21, "decimalEnclosedCircle") == "21"
