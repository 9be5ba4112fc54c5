"""Where a talk's closing begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from speechsite.draft.lines import CLOSERS, PEOPLE, SENTENCE_END
from speechsite.draft.marks import Place
from speechsite.draft.series import Series
from speechsite.draft.talk import Lines, size
from speechsite.draft.wording import SENTENCE

# 同志们，… 最后，… 以上三点意见… 谢谢大家
CLOSING = re.compile(
    rf"(?:(?:各位|尊敬的|亲爱的|全体|广大)*[^。；，,：:！]{{0,2}}(?:{PEOPLE})们?[、，]?){{1,4}}[，,：:！!]"
    r"|最后(?:[，,]|祝|感谢|谢谢|希望|我|再)|总之|总而言之|让我们|谢谢|预?祝|[^，。]{0,10}就(?:[讲说谈汇]报?到?|到)[这此]"
    r"|以上(?:[报汇发意是几就，]|[一二三四五六七八九十两]+[点个条项])|结束语$|【?结束语】?$|我的(?:讲话|发言|报告)"
)
ENDING = re.compile("(?:结束语|结语|结尾|尾声)[】）)]?$")
PERORATION = re.compile(
    "[就先][^，。]{1,4}到?[这此][里两几]?|希望(?:大家|同志|[各全])|"
    "愿.*[！!]$|谢谢|让我们|(?:努力|奋斗|贡献)[！!]$|预?祝[愿大各全同老]"
    "|[这本]次[^，。]{0,15}(?:会议?|班)，|相信[^。]*。$|一定[会能][^。]*。$"
)
PERORATION_LIMIT = 300  # characters
CLOSING_LIMIT = 800  # characters; what is longer is no closing, unless the talk is long
CLOSING_SHARE = 0.06  # of a long talk
ALIKE = 3  # items of one paragraph each: what follows the last is no part of it


def closing_line(
    series: Sequence[Series], places: Sequence[Place], is_top: bool, lines: Lines
) -> int:
    """Returns the line where the closing begins, 0 for none.

    `places` are the sections in order; `is_top` says that the last is of the first level. The
    closing is said to be one, or it is more than the last of several items of a paragraph each.
    """
    last = places[-1][0]
    limit = max(CLOSING_LIMIT, CLOSING_SHARE * size(lines))
    rest = size(lines[last + 1 :])
    ending = ended_by(places[-1], series)
    whole = len(SENTENCE.findall(lines[last].text)) > 1  # no heading, which has its text below
    alike = whole and ending is not None and is_top and single(ending, ALIKE)
    if alike and last + 1 < len(lines) and rest <= limit:
        return last + 1
    for index in range(last + 1, len(lines)):
        text = lines[index].text
        heading_only = index == last + 1 and lines[last].text[-1] not in SENTENCE_END + CLOSERS
        ends = CLOSING.match(text) or (rest <= PERORATION_LIMIT and PERORATION.search(text))
        again = any(line.text == text for line in lines[index + 1 :])  # 各位代表！ several times
        if ends and rest <= limit and not heading_only and not again:
            return index
        rest -= len(text)
    top = ending is not None and is_top and single(ending, ALIKE)
    return last + 1 if top and last + 1 < len(lines) else 0


def ended_by(place: Place, series: Sequence[Series]) -> Series | None:
    """Returns the marked series whose last item is at a place."""
    for one in series:
        if one.last.place == place and one.rank >= 0:
            return one
    return None


def single(series: Series, least: int) -> bool:
    """Says whether a series has so many items, and one line for each."""
    if series.inline:
        return True
    items = [mark.place[0] for mark in series.marks]
    in_a_row = list(range(items[0], items[0] + len(items)))
    return len(items) >= least and items == in_a_row
