"""What divides a talk without a mark: headings that stand alone, questions, a repeated address."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise

from speechsite.draft.closing import CLOSING, CLOSING_LIMIT, ENDING
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
from speechsite.draft.talk import Line, Lines, size

LONGEST_HEADING = (
    45  # characters: 努力建设人民满意的法治政府、…、…和服务型政府，全面履行职责 has 38
)
SHORT_HEADING = 20  # characters: 现场问答环节：
LONGEST_BOLD = 60  # characters; what is printed bold may be longer, and a sentence
# 与会人：能不能多安排几次？ also with its number, and 3、John Doe，《某报》记者：…
TURN = re.compile(
    r"(?:\d{1,2}\s*[.、\uff0e]\s*)?"
    r"(?P<who>[^：:，。！？；\s]{1,16}|(?=[^：:]*[A-Za-z《])[^：:。！？；]{1,60})\s*[：:](?P<what>.*)"
)
ASKER = re.compile("问$|提问|记者|主持|学员|与会|观众|听众|网友|网民|媒体|来宾|^Q")
ANSWERER = re.compile("^答$|^A$|^答复$")
# 同志们！ and 同志们、朋友们！ at a line's start
ADDRESS = re.compile(
    rf"(?:各位|全体|尊敬的|亲爱的)?[^，。！；：]{{0,8}}(?:{PEOPLE})[^，。；：]{{0,16}}[！!：:]"
)
ANSWERS = 3  # turns of one speaker that make a conversation
DASH = re.compile(r"(?:——|――|──|--)\s*")
PARALLEL = 3  # paragraphs in a row that begin alike
PARALLEL_RANK = 50  # below all marks
SAME_WORDS = 4  # characters
LONG_PARAGRAPH = 60  # characters: 希望你们…… is a point, a line of a poem none
LEAST = 2  # headings, questions or addresses of a kind: one alone may be anything


def unmarked(series: Sequence[Series], lines: Lines, body: int) -> list[Series]:
    """Returns what divides without a mark, each place a series of its own."""
    taken = {mark.place[0] for one in series for mark in one.marks if mark.begins_line}
    found = named(series, lines, body)
    alone = bold_lines(lines, body, taken) or lines_alone(lines, body, taken)
    turns = turns_of(lines, body)
    alone = [index for index in alone if index not in turns]
    asked = questions(turns, lines, taken)
    found += ranked("heading", alone, series)
    found += conversation(asked, turns, series, lines)
    if not found and all(one.inline or one.spoken for one in series):
        found += addressed(lines, body)
        found += parallel(lines, body, {*taken, *turns})
    return found


def one_mark(kind: str, index: int, rank: float) -> Series:
    return Series([Mark((index, 0), 0, kind, 0)], rank)


def named(series: Sequence[Series], lines: Lines, body: int) -> list[Series]:
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
        if level and index not in marked and not is_greeting(lines[index].text):
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
    if len(places) < LEAST:
        return []
    return [one_mark(kind, index, rank) for index in places]


def conversation(
    asked: Sequence[int],
    turns: Mapping[int, str],
    series: Sequence[Series],
    lines: Lines,
) -> list[Series]:
    """Returns the questions; a short line above the first (现场问答环节：) heads them all."""
    found = ranked("question", asked, series)
    above = asked[0] - 1 if asked else -1
    written = [one for one in series if not one.inline and not one.spoken]
    after = [one for one in written if asked and one.last.place[0] < asked[0]]
    if not found or not after or above in turns or len(lines[above].text) > SHORT_HEADING:
        return found
    rank = min(one.rank for one in after)
    return [one_mark("heading", above, rank)] + [
        one_mark("question", index, rank + 0.25) for index in asked
    ]


def runs_past(series: Series, places: Sequence[int]) -> bool:
    return bisect(places, series.marks[0].place[0]) < bisect(places, series.last.place[0])


def bold_lines(lines: Lines, body: int, taken: Container[int]) -> list[int]:
    """Returns the lines that are headings because all of them, and not most lines, are bold."""
    found: list[int] = []
    for index in range(body, len(lines)):
        line = lines[index]
        fits = line.bold and not line.level and len(line.text) <= LONGEST_BOLD
        if fits and index not in taken and not is_greeting(line.text) and not is_byline(line.text):
            found.append(index)
    most = (len(lines) - body) / 2
    return found if LEAST <= len(found) <= most else []


def lines_alone(lines: Lines, body: int, taken: Container[int]) -> list[int]:
    """Returns the lines that are headings by their looks; in broken lines a full one is none."""
    width = max(len(line.text) for line in lines)
    longest = min(LONGEST_HEADING, width * 3 // 4)
    found: list[int] = []
    for index in range(body, len(lines) - 1):
        if index not in taken and stands_alone(index, lines, body, taken, longest):
            found.append(index)
    return found


def stands_alone(index: int, lines: Lines, body: int, taken: Container[int], longest: int) -> bool:
    """Says whether a line is short, has no mark at its end, and prose before it and after."""
    line, before, after = lines[index], lines[index - 1].text, lines[index + 1].text
    text = line.text
    if line.level or line.row or len(text) > longest or text[-1] in PUNCTUATION:
        return False
    if text[0] in OPENERS or not is_title(text) or is_byline(text) or MARK.match(text):
        return False
    if CLOSING.match(text) and not ENDING.search(text):  # 以上就是我介绍的全部
        return False
    opens = index == body or before[-1] in SENTENCE_END + CLOSERS or index - 1 in taken
    leads = index + 1 in taken or after[-1] in PUNCTUATION or len(after) > longest
    return leads and (opens or is_greeting(before))


def turns_of(lines: Lines, body: int) -> dict[int, str]:
    """Returns the lines with which somebody begins to speak, each with who it is.

    Who speaks but once does so before the one who answers.
    """
    turns: dict[int, str] = {}
    for index in range(body, len(lines)):
        match = TURN.match(lines[index].text)
        if match and not is_greeting(lines[index].text):
            turns[index] = match["who"].strip()
    times = Counter(turns.values())
    answerer, answers = next(iter(times.most_common(1)), ("", 0))
    following = dict(pairwise(turns))
    found: dict[int, str] = {}
    for index, who in turns.items():
        answered = answers >= ANSWERS and turns.get(following.get(index, -1)) == answerer
        if times[who] > 1 or ASKER.search(who) or answered:
            found[index] = who
    return found


def questions(turns: Mapping[int, str], lines: Lines, taken: Container[int]) -> list[int]:
    """Returns where somebody asks, in a text of questions and answers.

    Where the questions are numbered, the numbers divide it, and what is asked between is no part
    of its own (tests/draft/talks: questions by number). Where half of what is said to the one who
    answers are questions, all of it is.
    """
    said: Counter[str] = Counter()
    for index, who in turns.items():
        said[who] += len(lines[index].text) if not ASKER.search(who) else 0
    answerers = {who for who, _ in said.most_common(1)}
    following = dict(pairwise(turns))
    others = [
        index
        for index, who in turns.items()
        if who not in answerers and turns.get(following.get(index, -1)) in answerers
    ]
    asking = [index for index in others if "？" in lines[index].text]
    talked = 2 * len(asking) >= len(others)
    asked: list[int] = []
    for index, who in turns.items():
        asks = ASKER.search(who) or index in (others if talked else asking)
        if asks and not ANSWERER.match(who) and index - 1 not in asked:
            asked.append(index)
    numbered = [index for index in asked if index in taken]
    return [] if len(numbered) >= LEAST else asked


def addressed(lines: Lines, body: int) -> list[Series]:
    """Returns where the speaker turns to the listeners anew, in a talk without written marks.

    The first address opens the talk; two more are needed, of which the last may begin its end.
    """
    places = [i for i in range(body + 1, len(lines)) if ADDRESS.match(lines[i].text)]
    apart = [i for i in places if i - 1 not in places]
    if apart and size(lines[apart[-1] :]) <= CLOSING_LIMIT:
        del apart[-1]
    return [one_mark("address", index, 0) for index in apart] if len(apart) >= LEAST else []


def parallel(lines: Lines, body: int, taken: Container[int]) -> list[Series]:
    """Returns paragraphs in a row that begin alike: with a dash, or with the same words.

    ——我们要…… three times and more, or 希望你们坚持……, in a talk without written marks.
    """
    found: list[Series] = []
    run: list[int] = []
    for index in range(body, len(lines) + 1):
        goes_on = run and index < len(lines) and begin_alike(lines[run[-1]], lines[index])
        if goes_on and index not in taken:
            run.append(index)
            continue
        if len(run) >= PARALLEL:
            found.append(series_of(run, lines))
        run = [index]
    return found


def begin_alike(line: Line, other: Line) -> bool:
    """Says whether two paragraphs begin with the same words, or both with a dash."""
    long = min(len(line.text), len(other.text)) >= LONG_PARAGRAPH
    dashed = DASH.match(line.text) and DASH.match(other.text)
    start = line.text[:SAME_WORDS]
    same = other.text.startswith(start) and start.isalnum()  # not 这一年，
    return long and (bool(dashed) or same)


def series_of(places: Sequence[int], lines: Lines) -> Series:
    dash = DASH.match(lines[places[0]].text)
    kind, end = ("dash", dash.end()) if dash else ("parallel", 0)
    marks = [Mark((index, 0), end, kind, number) for number, index in enumerate(places, 1)]
    return Series(marks, PARALLEL_RANK)
