"""The speaker's own build, from the way in which paragraphs begin."""

from __future__ import annotations

import pytest

from speechsite.words import Paragraph, Speech, read_words
from speechsite.words.series import leads, number_of


def build(*lines: str) -> list[tuple[int, str]]:
    """Returns the depth and the text of each line of the build of a speech in these paragraphs."""
    blocks = read_words("\n\n".join(lines))
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    return [(lead.depth, lead.text) for lead in leads(paragraphs)]


def test_this_speech_has_three_insights_and_three_requests(speech: Speech) -> None:
    """三点体会 and 三点意见, the third with three of its own."""
    found = list(leads(speech.paragraphs))
    assert [lead.depth for lead in found] == [0, 1, 1, 1, 0, 1, 1, 1, 2, 2, 2]
    assert [lead.text[:2] for lead in found if lead.depth] == [
        *("一是", "二是", "三是"),
        *("一要", "二要", "三要"),
        *("首先", "第二", "第三"),
    ]


def test_every_line_is_the_speakers_own_words(speech: Speech) -> None:
    for lead in leads(speech.paragraphs):
        assert lead.text in lead.paragraph.corrected


def test_a_speech_that_counts_nothing_has_no_build() -> None:
    assert build("同志们：", "今天的会议很重要。", "最后，谢谢大家。") == []


def test_one_item_is_no_series() -> None:
    assert build("一是要学习。", "第一，要学习。", "首先，感谢大家。") == []


def test_what_is_counted_elsewhere_is_no_item() -> None:
    assert (
        build("一是要学习。", "三是要总结。", "第一线的同志辛苦了。", "第二线的同志也辛苦。") == []
    )


def test_words_count_as_numbers_do() -> None:
    lines = ("首先，是人。", "其次是物。", "再次，是事。", "最后，是钱。")
    assert build(*lines) == [
        (0, "首先，是人"),
        (0, "其次是物"),
        (0, "再次，是事"),
        (0, "最后，是钱"),
    ]


def test_the_closing_words_are_no_item() -> None:
    lines = ("第一，学。", "第二，做。", "最后，谢谢大家。")
    assert build(*lines) == [(0, "第一，学"), (0, "第二，做")]


def test_an_announcement_stands_above_what_it_counts() -> None:
    lines = ("天气很好。下面讲两点意见：", "一要学。", "二要做。")
    assert build(*lines) == [(0, "下面讲两点意见"), (1, "一要学"), (1, "二要做")]


@pytest.mark.parametrize(
    "sentence", ["今天再提两点希望。", "再提两点希望", "主要有以下几个方面：", "讲两个问题："]
)
def test_what_announces_counts(sentence: str) -> None:
    assert build(f"天气很好。{sentence}", "一要学。", "二要做。")[0] == (0, sentence.rstrip("。："))


@pytest.mark.parametrize("sentence", ["今天再提三点希望。", "用了两个月。", "大家要学："])
def test_what_counts_something_else_announces_nothing(sentence: str) -> None:
    assert build(f"天气很好。{sentence}", "一要学。", "二要做。")[0] == (0, "一要学")


def test_a_greeting_announces_nothing() -> None:
    assert build("同志们：", "一要学。", "二要做。") == [(0, "一要学"), (0, "二要做")]


def test_a_series_within_an_item_stands_below_it() -> None:
    lines = ("一要学。", "第一，读书。", "第二，上课。", "二要做。", "第一，写。", "第二，算。")
    assert [depth for depth, _ in build(*lines)] == [0, 1, 1, 0, 1, 1]


def test_a_series_of_one_item_moves_nothing_below_it() -> None:
    lines = ("一要学。", "第一，读书。", "其一，读。", "其二，写。", "二要做。")
    assert build(*lines) == [(0, "一要学"), (1, "其一，读"), (1, "其二，写"), (0, "二要做")]


def test_a_correction_is_read_as_it_is_corrected() -> None:
    assert build("一{~~要~>是~~}学。", "二是做。") == [(0, "一是学"), (0, "二是做")]


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    long = "一是" + "学习" * 10 + "，" + "总结" * 20 + "。"
    assert build(long, "二是做。")[0] == (0, "一是" + "学习" * 10 + "……")


@pytest.mark.parametrize(
    ("numeral", "value"), [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99)]
)
def test_numerals(numeral: str, value: int) -> None:
    assert number_of(numeral) == value
