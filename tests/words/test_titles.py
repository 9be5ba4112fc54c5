"""Titles break by meaning: never inside a word, a number, a quotation, and in a shape."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import pytest

from speechsite.words.segmentation import CLOSING, OPENING, width_of
from speechsite.words.titles import TITLE_WIDTH, shape_cost, title_lines

# Real-looking titles, their words parted by another dictionary (jieba's, once, by hand mended).
PARTED = Path(__file__).with_name("titles.txt").read_text(encoding="utf-8").splitlines()


def breaks(lines: tuple[str, ...]) -> set[int]:
    return set(accumulate(map(len, lines[:-1])))


@pytest.mark.parametrize("width", [TITLE_WIDTH, 16])
def test_no_break_is_inside_a_word(width: int) -> None:
    torn = []
    for parted in PARTED:
        words = parted.split("|")
        lines = title_lines("".join(words), width)
        if not breaks(lines) <= set(accumulate(map(len, words))):
            torn.append(lines)
    assert not torn


def test_lines_are_the_title_fit_and_have_a_shape() -> None:
    for parted in PARTED:
        title = parted.replace("|", "")
        lines = title_lines(title)
        assert "".join(lines) == title and 1 < len(lines) <= width_of(title) / TITLE_WIDTH + 2
        for line in lines:
            assert 4 <= width_of(line.strip()) <= TITLE_WIDTH, lines
            assert line[0] not in {*CLOSING, "的"}, lines
            assert line.strip()[-1] not in OPENING, lines


@pytest.mark.parametrize(
    "title, lines",
    [
        (
            "在党的二十届四中全会精神学习贯彻专题研讨班上的辅导报告",
            ("在党的二十届四中全会精神", "学习贯彻专题研讨班上的辅导报告"),
        ),
        (
            "在“不忘初心、牢记使命”主题教育总结大会上的讲话",
            ("在“不忘初心、牢记使命”", "主题教育总结大会上的讲话"),
        ),
        (
            "团结奋斗 勇毅前行——在公司2026年工作会议上的报告",
            ("团结奋斗 勇毅前行", "——在公司2026年工作会议上的报告"),
        ),
        (
            "在全區辦公室系統業務培訓班暨檔案管理工作座談會上的講話",
            ("在全區辦公室系統業務培訓班", "暨檔案管理工作座談會上的講話"),
        ),
        (
            "Remarks at the Opening Ceremony of the 12th World Forum on Digital Governance",
            ("Remarks at the Opening Ceremony of the 12th ", "World Forum on Digital Governance"),
        ),
    ],
)
def test_titles_of_other_kinds(title: str, lines: tuple[str, ...]) -> None:
    wide = max(TITLE_WIDTH, max(width_of(line) for line in lines))
    assert title_lines(title, wide) == lines


def test_what_fits_stays_whole_and_what_has_no_words_is_cut_evenly() -> None:
    assert title_lines("在全区工作会议上的讲话") == ("在全区工作会议上的讲话",)
    assert title_lines("甲" * 60) == ("甲" * 20,) * 3
    assert title_lines("x" * 90) == ("x" * 30,) * 3


def test_an_hourglass_is_worse_than_a_diamond() -> None:
    narrow, wide = "字" * 8, "字" * 12
    assert shape_cost((wide, narrow, wide)) > shape_cost((narrow, wide, narrow))
