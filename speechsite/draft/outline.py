"""Recognises how a talk is built: sections and their levels, the closing, annexes.

Sections are known by their marks (marks, series) or without any (unmarked). `nest` finds which
series stands in which, `sections_of` makes levels of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from speechsite.draft.closing import ALIKE, ENDING, closing_line, single
from speechsite.draft.lines import NAME, SENTENCE_END, is_greeting, squeezed
from speechsite.draft.marks import Mark, Place, find_marks, number_of
from speechsite.draft.script import simplified
from speechsite.draft.series import Inside, Series, find_series, without_numbered
from speechsite.draft.talk import Lines
from speechsite.draft.topics import topics
from speechsite.draft.unmarked import ADDRESS, ASKER, TURN, unmarked
from speechsite.draft.wording import EDGES, SENTENCE, announced, heading

DEEPEST = 3  # levels of sections: a page, its points, their points
OPENING, CLOSING, WHOLE, NOTES = OURS = ("开篇", "结语", "正文", "注释")
ANNEX_LENGTH = 40  # characters of the line that begins an annex
# 附件1, 附件：2024年实事项目, 名词解释
ANNEX = re.compile(
    r"(?:附\s*件|附录|附表)\s*[一二三四五六七八九十\d]*\s*(?:$|[：:、.\s])"
    r"|[（(【]?(?:《[^》]*》|政府工作报告|报告)?中?的?(?:相关|有关|部分)?(?:名词|术语|用语|概念|指标)(?:解释|注释|说明)[）)】]?[：:]?$"
)
NUMBERED_ANNEX = re.compile(r"(?:附\s*件|附录|附表)\s*[一二三四五六七八九十\d]*\s*[：:]?$")
NOTE = re.compile(r"[\[［〔【（(]?注?\s*[\d①-⑳]{1,3}[\]］〕】）)]|注(?:释)?[：:]?")  # [注1] 见年报
# 我讲三点意见 and 主要有两个方面: how many follow
COUNT = re.compile(r"(?P<number>[两二三四五六七八九十几]|\d+)\s*大?(?:点|条|项|句|件|种|个|方面)")
SAID_LENGTH = 80  # characters of a heading line that the speaker's text itself has


@dataclass(frozen=True, slots=True)
class Section:
    """Where a part begins: level 1 is a page, 2 and 3 are points in it.

    `said` says that its line is a heading of the talk's own; `title` is that line, or a proposal.
    `name` is what a page is called that needs more than its heading (附件1, with the line below).
    `marked` is False for what belongs to no series: opening, closing, annex, a series' lead.
    """

    place: Place
    level: int
    title: str
    marked: bool = True
    said: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of a talk in order, the first where its text begins, and what is doubtful."""

    sections: tuple[Section, ...]
    doubts: tuple[tuple[int, str], ...] = ()  # (a line's index, what else it may be)


def recognise(lines: Lines, body: int) -> Outline:
    """Returns the outline of a talk whose text begins at line `body`, from its words alone."""
    simple, back = simplified(lines)
    starts = [body, *annexes(simple, body)]
    found: list[Section] = []
    for start, end in pairwise([*starts, len(lines)]):
        zone = simple[:end]
        if start == body:
            found += text_sections(zone, start)
        else:
            found += annex_sections(zone, start)
    sections: list[Section] = []
    for section in found:
        line = section.place[0]
        title = as_written(section, lines[line].text, simple[line].text, back)
        name = section.name.translate(back)
        sections.append(replace(section, title=title, name=name))
    return Outline(tuple(sections), tuple(doubts(sections, lines)))


def as_written(section: Section, text: str, simple: str, back: dict[int, str]) -> str:
    """Returns a section's title in the characters of its line, `simple` in simplified ones."""
    title = section.title
    if section.said:
        return text
    if title in OURS:
        return title
    start = simple.find(title)
    return title.translate(back) if start < 0 else text[start : start + len(title)]


def text_sections(lines: Lines, body: int) -> list[Section]:
    """Returns the sections of a talk's own text, opening and closing among them."""
    series, sections = divided(lines, body)
    places = [one.place for one in sections]
    ends = not sections or ENDING.search(sections[-1].title)  # the talk names its own end
    closing = 0 if ends else closing_line(series, places, is_top(sections), lines)
    sections += [Section(*topic) for topic in topics(sections, lines, closing)]
    if closing:
        sections = [one for one in sections if one.place < (closing, 0)]
        sections.append(Section((closing, 0), 1, CLOSING, False))
    sections.sort(key=lambda one: (one.place, one.level))
    if not sections or sections[0].place > (body, 0):
        sections.insert(0, Section((body, 0), 1, OPENING if sections else WHOLE, False))
    return sections


def divided(lines: Lines, body: int) -> tuple[list[Series], list[Section]]:
    """Returns the series that divide some lines, and the sections that they make."""
    series, inside = find_series(list(find_marks(lines, body)), lines)
    headings = [one.marks[0].place[0] for one in unmarked(series, lines, body)]
    series = list(without_numbered(series, headings, lines))
    series += unmarked(series, lines, body)
    sections = list(sections_of(nest(series, inside, lines), lines, body))
    return series, sorted(sections, key=lambda one: (one.place, one.level))


def is_top(sections: Sequence[Section]) -> bool:
    """Says whether the last section is of the first level, or of a lead that only announces it."""
    last = sections[-1]
    tops = [one for one in sections if one.level == 1]
    return last.level == 1 or not any(one.marked for one in tops)


def annexes(lines: Lines, body: int) -> list[int]:
    """Returns the lines where what follows a talk begins: annexes, explanations, notes."""
    found: list[int] = []
    for index in range(body + 1, len(lines)):
        text = lines[index].text
        ends = lines[index - 1].text[-1] in SENTENCE_END + "”）)" or found
        if len(text) <= ANNEX_LENGTH and ANNEX.match(text) and ends:
            found.append(index)
    notes = len(lines)
    while notes - 1 > max([body, *found]) and NOTE.match(lines[notes - 1].text):
        notes -= 1
    if notes < len(lines) and lines[notes].text.startswith(tuple("[［〔【注（(")):
        found.append(notes)
    joined = {index + 1 for index in found if NUMBERED_ANNEX.match(lines[index].text)}
    return [index for index in found if index not in joined]


def annex_sections(lines: Lines, start: int) -> list[Section]:
    """Returns an annex as a page, and what its own marks divide it into."""
    text = lines[start].text
    first = start + 1
    if NOTE.match(text) and not ANNEX.match(text):
        return [Section((start, 0), 1, NOTES, False, squeezed(text).strip("：:") == NOTES)]
    if NUMBERED_ANNEX.match(text) and first < len(lines) and lines[first].text[-1] not in "。；：:":
        text = f"{text} {lines[first].text}"
        first += 1
    annex = Section((start, 0), 1, lines[start].text, False, True, text)
    if first >= len(lines):
        return [annex]
    _, inner = divided(lines, first)
    lower = [replace(one, level=one.level + 1) for one in inner if one.level < DEEPEST]
    return [annex, *lower]


def nest(series: Sequence[Series], inside: Inside, lines: Lines) -> list[tuple[Mark, list[Series]]]:
    """Returns the marks in order, each with the series that it stands in, its own last.

    What follows the last item of a series may belong to it or come after the whole series: the
    families decide, by what the talk shows elsewhere (`inside`), else by their usual order.
    """
    pairs = [(mark, one) for one in series for mark in one.marks]
    pairs.sort(key=lambda pair: pair[0].place)
    nested: list[tuple[Mark, list[Series]]] = []
    stack: list[Series] = []
    for mark, own in pairs:
        if own in stack:
            del stack[stack.index(own) + 1 :]
        else:
            while stack and is_over(stack[-1], own, mark, inside, lines):
                stack.pop()
            stack.append(own)
        nested.append((mark, list(stack)))
    return nested


def is_over(series: Series, other: Series, mark: Mark, inside: Inside, lines: Lines) -> bool:
    """Says whether `series` is over where `other` begins with `mark`."""
    if is_unmarked(mark):
        return other.rank <= series.rank
    if mark.place < series.last.place or (series.family, other.family) in inside:
        return False
    if series.inline:
        return mark.place[0] > series.last.place[0] or series.family == other.family
    if other.inline or (other.family, series.family) in inside or other.family == series.family:
        return not other.inline
    if series.spoken and other.spoken:  # no order of their own: a lead begins a new one
        apart = mark.place[0] - 1 > series.last.place[0]
        return apart and (leads(mark.place[0] - 1, other, lines) or single(series, ALIKE))
    return other.rank <= series.rank


def is_unmarked(mark: Mark) -> bool:
    return mark.number == 0 and not mark.end


def leads(index: int, series: Series, lines: Lines) -> bool:
    """Says whether a line leads to a series: 今后要做到两条：, 主要有两个方面。"""
    text = lines[index].text
    counts = [match["number"] for match in COUNT.finditer(text)]
    fits = any(number == "几" or number_of(number) == len(series.marks) for number in counts)
    return fits or text.endswith(("：", ":"))


def sections_of(
    nested: Sequence[tuple[Mark, list[Series]]], lines: Lines, body: int
) -> Iterator[Section]:
    """Yields the sections of three levels.

    Points made beside the main series (我的体会有三点), and each of several series in a row, are a
    part of their own, which begins where they are announced.
    """
    tops = list(dict.fromkeys(stack[0] for _, stack in nested))
    starts = {mark.place for mark, _ in nested}
    led = {top: lead_of(top, lines, body, starts) for top in tops if needs_lead(top, tops)}
    begun: set[Series] = set()
    for mark, stack in nested:
        top = stack[0]
        if top in led and top not in begun:
            begun.add(top)
            yield lead_section(led[top], mark, lines)
        level = len(stack) + (top in led)
        if level <= DEEPEST:
            yield section_at(mark, level, stack[-1], lines)


def needs_lead(top: Series, tops: Sequence[Series]) -> bool:
    """Says whether a series at the top stands beside the main one, or among several alike."""
    if is_unmarked(top.marks[0]):
        return False
    main = min(tops, key=lambda one: (one.inline, one.rank))
    if is_unmarked(main.marks[0]):  # headings without marks are parts beside written ones
        return top.spoken or top.inline
    if top.family != main.family:
        return True
    rivals = [one for one in tops if not one.inline and (main.spoken or one.family == main.family)]
    return len(rivals) > 1


def lead_of(top: Series, lines: Lines, body: int, starts: set[Place]) -> Place:
    """Returns where a series is announced: a sentence in its paragraph, else the one before."""
    line, column = top.marks[0].place
    sentences = list(SENTENCE.finditer(lines[line].text, 0, column))
    if sentences:
        return line, sentences[-1].start()
    above = (line - 1, 0)
    if line - 1 < body or above in starts or is_greeting(lines[line - 1].text):
        return line, 0
    return above


def lead_section(place: Place, first: Mark, lines: Lines) -> Section:
    line, column = place
    end = first.place[1] if line == first.place[0] and place != first.place else None
    text = lines[line].text[column:end]
    return Section(place, 1, announced(text) if COUNT.search(text) else heading(text), False)


def section_at(mark: Mark, level: int, own: Series, lines: Lines) -> Section:
    """Returns the section that a mark begins, named by its own line or its first words."""
    index = mark.place[0]
    text = lines[index].text
    if is_said(mark, own, lines):
        return Section(mark.place, level, text, said=True)
    # 一抓作风 names 抓作风, 一是作风好 only 作风好.
    verb = mark.kind == "verb" and mark.family[-1] not in "是要曰为"
    words = text[mark.end - verb :]
    turn = TURN.match(text)
    if turn and mark.begins_line and (is_turn(turn) or mark.kind == "question"):
        words = turn["what"]
        short = mark.kind in {"question", "problem"} and len(text) <= SAID_LENGTH
        if short and heading(words) == words.strip(EDGES):  # it would only say the line again
            return Section(mark.place, level, text, said=True)
    address = ADDRESS.match(text) if mark.kind == "address" else None
    if address:
        words = text[address.end() :] or lines[min(index + 1, len(lines) - 1)].text
    return Section(mark.place, level, heading(words))


def is_said(mark: Mark, own: Series, lines: Lines) -> bool:
    """Says whether a line is a heading of the talk's own.

    It is one by its looks, or it is as short as the others of its series, most of which are.
    """
    if not mark.begins_line or mark.kind in {"question", "address"}:
        return False
    if looks_said(mark, own, lines):
        return True
    alike = sum(looks_said(one, own, lines) for one in own.marks if one.begins_line)
    return 2 * alike > len(own.marks) and may_be_said(mark, own, lines)


def may_be_said(mark: Mark, own: Series, lines: Lines) -> bool:
    """Says whether a line is short enough for a heading, with something below it."""
    index = mark.place[0]
    line = lines[index]
    turn = TURN.match(line.text)
    if line.row or len(line.text) > SAID_LENGTH or (turn and is_turn(turn)):
        return False
    return index + 1 < len(lines) and all(one.place[0] != index + 1 for one in own.marks)


def looks_said(mark: Mark, own: Series, lines: Lines) -> bool:
    """Says whether a line stands alone as a heading does: bold, no sentence, or a single one.

    A line that its own name would repeat whole is one too, whatever follows.
    """
    line = lines[mark.place[0]]
    text = line.text
    turn = TURN.match(text)
    if line.row or len(text) > SAID_LENGTH or (turn and is_turn(turn)):
        return False
    if mark.kind == "heading" or line.bold:
        return True
    if len(SENTENCE.findall(text)) > 1:
        return False
    words = text[mark.end :].strip(EDGES)
    whole = text[-1] not in EDGES or heading(text[mark.end :]) == words
    return whole or may_be_said(mark, own, lines)


def is_turn(turn: re.Match[str]) -> bool:
    """Says whether a line is somebody's turn in a conversation: his name is no heading."""
    who = turn["who"].strip()
    return bool(ASKER.search(who) or NAME.fullmatch(who)) or "？" in turn["what"]


def doubts(sections: Sequence[Section], lines: Lines) -> Iterator[tuple[int, str]]:
    """Yields the decisions that an editor may see otherwise, with the line of each."""
    for section in sections:
        line, column = section.place
        if section.title == CLOSING and not section.marked:
            yield line, "结语从这里起；若还属于上一节，删去这个标题"
        elif not section.marked and not section.said and section.title not in {OPENING, WHOLE}:
            yield line, f"“{section.title}”这一节没有序号，是按下文的分点分出来的"
        elif column and section.level == 1:
            yield line, f"从段中“{lines[line].text[column : column + 12]}”起分页"
