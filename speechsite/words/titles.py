"""A title's lines, broken by meaning in the shape of a trapezium or diamond.

GB/T 9704-2012, 7.3.1, asks for 词意完整 and these shapes. A break between words costs more the more
it hurts the meaning; of all ways to break the cheapest is taken, the same on screen and paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from speechsite.words.segmentation import (
    CLAUSE,
    CLOSING,
    JOINING,
    LEADING,
    OPENING,
    TRAILING,
    Word,
    width_of,
    words_of,
)

TITLE_WIDTH = 20  # characters of 2号 (22 pt) in the standard's 156 mm

LIGHT_LATIN = {
    *("a", "an", "the", "and", "or"),
    *("at", "by", "for", "in", "of", "on", "to", "with"),
}
PAUSES = set("，；：？！。")
# What often ends a noun of several words: 队伍建设, 督查工作.
COMPLETE = {
    *("工作", "建设", "管理", "治理", "保护", "活动", "行动"),
    *("系统", "情况", "体系", "机制", "制度", "项目", "精神"),
}
OCCASION = re.compile("..+(?:会议|会|班|式|典礼|论坛)")  # 推进会, 工作会议, 开班式

KEPT = 40  # layouts with one end that are followed; with more no title came out otherwise

# What a break costs. They were weighed against one another on titles of real meetings.
NEVER = 1000.0  # a closing mark would begin a line, an opening one end it
TORN = 40.0  # 上|的讲话, 在|全市
LOOSE = 15.0  # beside a small word: 新|篇章
DOUBTFUL = 10.0  # beside words that nobody knows
PLAIN = 3.0  # between two words
FITTING = 2.0  # before 座谈会, after 工作 or 、
JOINT = 1.0  # before 暨 and 和, after 的
PAUSE = -4.0  # after a comma, before a subtitle: here a line should end

# What a shape costs.
A_LINE_MORE = 4.0  # than are needed
UNEVEN = 8.0  # times the square of the part of a line that is empty
STUB = 15.0  # a line of less than four characters
OBLONG = 1.0
HOURGLASS = 6.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The first lines of a title, which hold its first `end` words; `cost` is what they cost."""

    cost: float
    lines: tuple[str, ...]
    end: int


@cache
def title_lines(title: str, width: float = TITLE_WIDTH) -> tuple[str, ...]:
    """Returns the lines of `title`, none wider than `width` (in Chinese characters).

    The lines joined are the title, character for character; a space stays at its line's end.
    """
    if width_of(title) <= width:
        return (title,)
    words = list(words_of(title, width))
    fewest = int(-(-width_of(title) // width))
    layouts = [Layout(0, (), 0)]
    finished: list[Layout] = []
    while layouts and (not finished or len(layouts[0].lines) < fewest + 1):
        longer: list[Layout] = []
        for layout in layouts:
            longer += with_a_line(layout, words, width)
        finished += [layout for layout in longer if layout.end == len(words)]
        layouts = best_at_each_end(longer, len(words))
    return min(finished, key=total_cost).lines


def best_at_each_end(layouts: list[Layout], last: int) -> list[Layout]:
    """Returns the layouts worth following: those with words left, the cheapest of each end."""
    by_end: dict[int, list[Layout]] = {}
    for layout in sorted(layouts, key=lambda layout: layout.cost):
        same = by_end.setdefault(layout.end, [])
        if layout.end < last and len(same) < KEPT:
            same.append(layout)
    return [layout for same in by_end.values() for layout in same]


def with_a_line(layout: Layout, words: list[Word], width: float) -> Iterator[Layout]:
    """Yields `layout` with a line more, for every end that this line may have."""
    line = ""
    for end in range(layout.end + 1, len(words) + 1):
        line += words[end - 1].text
        if width_of(line.rstrip()) > width and end > layout.end + 1:
            return
        # A half-empty line is only right where the meaning gains by it.
        emptiness = max(0, 1 - width_of(line) / width)
        cost = layout.cost + UNEVEN * emptiness**2
        if end < len(words):
            cost += break_cost(words[end - 1], words[end])
        yield Layout(cost, (*layout.lines, line), end)


def total_cost(layout: Layout) -> tuple[float, tuple[str, ...]]:
    """Returns what a whole layout costs, and its lines, so that equals have an order."""
    return layout.cost + shape_cost(layout.lines), layout.lines


def shape_cost(lines: tuple[str, ...]) -> float:
    """Returns how far lines are from a trapezium or diamond whose lines are about as long."""
    widths = [width_of(line.strip()) for line in lines]
    shortest, longest = min(widths), max(widths)
    cost = OBLONG if longest - shortest < 0.5 else 0
    for width in widths:
        cost += A_LINE_MORE + UNEVEN * (1 - width / longest) ** 2
        if width < 4:
            cost += STUB
    for above, line, below in zip(widths, widths[1:], widths[2:], strict=False):
        if line < min(above, below):
            cost += HOURGLASS
    return cost


def break_cost(left: Word, right: Word) -> float:
    """Returns how much a break between two neighbours hurts the meaning."""
    last, first = left.text[-1], right.text[0]
    kinds = {left.kind, right.kind}
    if first in CLOSING or last in OPENING:
        return NEVER
    if left.kind == "dash" or left.text in LEADING or right.text in TRAILING:
        return TORN
    if "latin" in kinds:
        return latin_cost(left.text)
    if right.kind == "dash" or last.isspace() or last in PAUSES:
        return PAUSE
    if right.text in JOINING | CLAUSE or left.text == "的":
        return JOINT
    if left.text == "、":
        return FITTING
    if left.text in JOINING:
        return PLAIN + JOINT
    if "unknown" in kinds:
        shortest = min(len(left.text), len(right.text))
        return DOUBTFUL if shortest > 1 else TORN
    if "light" in kinds or first in "（(":
        return LOOSE
    if left.kind == "number":
        return 2 * PLAIN
    fitting = left.text in COMPLETE or OCCASION.fullmatch(right.text)
    return FITTING if fitting else PLAIN


def latin_cost(left: str) -> float:
    """Returns what a break beside a Latin word costs; no line ends with an article or the like."""
    word = left.rstrip()
    if word[-1] in PAUSES or word.endswith((":", ";", ".", "?", "!")):
        return PAUSE
    if word == left or word.lower() in LIGHT_LATIN:
        return DOUBTFUL
    return PLAIN
