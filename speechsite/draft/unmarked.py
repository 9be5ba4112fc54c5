"""What divides a talk without a mark: headings that stand alone, questions, a repeated address."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise

from speechsite.draft.lines import (
    CLOSERS,
    OPENERS,
    PEOPLE,
    PUNCTUATION,
    SENTENCE_END,
    is_byline,
    is_greeting,
    is_title,
)
from speechsite.draft.marks import MARK, Mark
from speechsite.draft.series import Series
from speechsite.draft.talk import Line

LONGEST_HEADING = (
    45  # characters: 努力建设人民满意的法治政府、…、…和服务型政府，全面履行职责 has 38
)
LONGEST_BOLD = 60  # characters; what is printed bold may be longer, and a sentence
# 与会人：能不能多安排几次？ also with its number, and 3、John Doe，《某报》记者：…
TURN = re.compile(
    r"(?:\d{1,2}\s*[.、\uff0e]\s*)?"
    r"(?P<who>[^：:，。！？；\s]{1,16}|(?=[^：:]*[A-Za-z《])[^：:。！？；]{1,40})\s*[：:](?P<what>.*)"
)
ASKER = re.compile("问$|提问|记者|主持|学员|与会|观众|听众|网友|网民|媒体|来宾|^Q")
ANSWERER = re.compile("^答$|^A$|^答复$")
# 同志们！ and 同志们、朋友们！ at a line's start
ADDRESS = re.compile(
    rf"(?:各位|全体|尊敬的|亲爱的)?[^，。！；：]{{0,8}}(?:{PEOPLE})[^，。；：]{{0,16}}[！!：:]"
)
QUESTION = 60  # characters at a turn's end in which it asks
LEAST = 2  # headings, questions or addresses of a kind: one alone may be anything


def unmarked(series: Sequence[Series], lines: Sequence[Line], body: int) -> list[Series]:
    """Returns what divides without a mark, each place a series of its own."""
    taken = {mark.place[0] for one in series for mark in one.marks if mark.begins_line}
    found = named(series, lines, body)
    alone = bold_lines(lines, body, taken) or lines_alone(lines, body, taken)
    turns = turns_of(lines, body)
    alone = [index for index in alone if index not in turns]
    asked = questions(turns, lines, taken)
    for kind, places in (("heading", alone), ("question", asked)):
        if len(places) >= LEAST:
            found += ranked(kind, places, series)
    if not found and not any(not one.inline for one in series):
        found += addressed(lines, body)
    return found


def one_mark(kind: str, index: int, rank: float) -> Series:
    return Series([Mark((index, 0), 0, kind, 0)], rank)


def named(series: Sequence[Series], lines: Sequence[Line], body: int) -> list[Series]:
    """Returns the headings that the file names, above all marks, or at the level of marked ones."""
    marked = {mark.place[0]: one.rank for one in series for mark in one.marks}
    ranks: dict[int, float] = {}
    for index, rank in marked.items():
        level = lines[index].level
        if level:
            ranks[level] = min(rank, ranks.get(level, rank))
    found: list[Series] = []
    for index in range(body, len(lines)):
        level = lines[index].level
        if level and index not in marked:
            found.append(one_mark("heading", index, rank_of(level, ranks)))
    return found


def rank_of(level: int, ranks: dict[int, float]) -> float:
    """Returns the rank of a heading of the file, beside the level nearest to it that has marks."""
    if not ranks:
        return level - 10
    nearest = min(ranks, key=lambda known: abs(known - level))
    return ranks[nearest] + (level - nearest) / 10


def ranked(kind: str, places: Sequence[int], series: Sequence[Series]) -> list[Series]:
    """Returns series of one mark each, above all marks but those of series that run past them."""
    around = [one.rank for one in series if not one.inline and runs_past(one, places)]
    rank = max(around, default=-2) + 0.5
    return [one_mark(kind, index, rank) for index in places]


def runs_past(series: Series, places: Sequence[int]) -> bool:
    return bisect(places, series.marks[0].place[0]) < bisect(places, series.last.place[0])


def bold_lines(lines: Sequence[Line], body: int, taken: Container[int]) -> list[int]:
    """Returns the lines that are headings because all of them, and not most lines, are bold."""
    found: list[int] = []
    for index in range(body, len(lines)):
        line = lines[index]
        fits = line.bold and not line.level and len(line.text) <= LONGEST_BOLD
        if fits and index not in taken and not is_greeting(line.text) and not is_byline(line.text):
            found.append(index)
    most = (len(lines) - body) / 2
    return found if LEAST <= len(found) <= most else []


def lines_alone(lines: Sequence[Line], body: int, taken: Container[int]) -> list[int]:
    """Returns the lines that are headings by their looks; in broken lines a full one is none."""
    width = max(len(line.text) for line in lines)
    longest = min(LONGEST_HEADING, width * 3 // 4)
    found: list[int] = []
    for index in range(body, len(lines) - 1):
        if index not in taken and stands_alone(index, lines, body, taken, longest):
            found.append(index)
    return found


def stands_alone(
    index: int, lines: Sequence[Line], body: int, taken: Container[int], longest: int
) -> bool:
    """Says whether a line is short, has no mark at its end, and prose before it and after."""
    line, before, after = lines[index], lines[index - 1].text, lines[index + 1].text
    text = line.text
    if line.level or line.row or len(text) > longest or text[-1] in PUNCTUATION:
        return False
    if text[0] in OPENERS or not is_title(text) or is_byline(text) or MARK.match(text):
        return False
    opens = index == body or before[-1] in SENTENCE_END + CLOSERS or index - 1 in taken
    leads = index + 1 in taken or after[-1] in PUNCTUATION or len(after) > longest
    return leads and (opens or is_greeting(before))


def turns_of(lines: Sequence[Line], body: int) -> dict[int, str]:
    """Returns the lines with which somebody begins to speak, each with who it is.

    It is a conversation where somebody speaks twice.
    """
    turns: dict[int, str] = {}
    for index in range(body, len(lines)):
        match = TURN.match(lines[index].text)
        if match and not is_greeting(lines[index].text):
            turns[index] = match["who"].strip()
    times = Counter(turns.values())
    return {index: who for index, who in turns.items() if times[who] > 1 or ASKER.search(who)}


def questions(turns: Mapping[int, str], lines: Sequence[Line], taken: Container[int]) -> list[int]:
    """Returns where somebody asks, in a text of questions and answers.

    Where the questions are numbered, the numbers divide it, and what is asked between is no part
    of its own (tests/draft/talks: questions-numbered).
    """
    said: Counter[str] = Counter()
    for index, who in turns.items():
        said[who] += len(lines[index].text) if not ASKER.search(who) else 0
    answerers = {who for who, _ in said.most_common(1)}
    asked: list[int] = []
    answered = dict(pairwise(turns))
    for index, who in turns.items():
        answer = turns.get(answered.get(index, -1), "")
        plainly = "？" in lines[index].text[-QUESTION:] and who not in answerers
        asks = ASKER.search(who) or (plainly and answer in answerers)
        follows = asked and index - 1 in asked
        if asks and not ANSWERER.match(who) and not follows:
            asked.append(index)
    numbered = [index for index in asked if index in taken]
    return [] if len(numbered) >= LEAST else asked


def addressed(lines: Sequence[Line], body: int) -> list[Series]:
    """Returns where the speaker turns to the listeners anew, in a talk that nothing else divides.

    The first address opens the talk; two more are needed, of which the last may begin its end.
    """
    places = [i for i in range(body + 1, len(lines)) if ADDRESS.match(lines[i].text)]
    apart = [i for i in places if i - 1 not in places]
    return [one_mark("address", index, 0) for index in apart] if len(apart) > LEAST else []
