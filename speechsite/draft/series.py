"""Marks that run on, 一…二…三…: a mark counts only in such a series, and not in a mere list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from speechsite.draft.lines import SENTENCE_END
from speechsite.draft.marks import LAST, SPOKEN, Mark
from speechsite.draft.talk import Lines
from speechsite.draft.wording import SENTENCE

# Characters: a shorter line is an entry of a list; a sentence in a paragraph is a section when it
# is longer than these, with a full stop or a semicolon before the next.
SHORT_ITEM, SENTENCE_ITEM, LONG_ITEM = 25, 15, 60
INLINE_ITEM = 150  # characters: points inside paragraphs are worth a heading when they are longer
SAME_START = 20  # characters: a series that begins so soon after another mark divides only that
LATE = 3  # marks that must follow where a talk begins to count with 第二点 only
NUMBERED = 10  # paragraphs with numbers: more of them, all alike, are numbered, not divided
PARAGRAPH = 60  # characters: a longer line is a paragraph, no heading

Inside = set[tuple[str, str]]  # (a family, one that was met wholly inside an item of it)


@dataclass(slots=True, eq=False)
class Series:
    """Marks that run on; each but the first begins a line, or stands in the paragraph before it."""

    marks: list[Mark]
    rank: float
    counts_on: bool = False  # its numbers go on where another series stopped, or the other way

    @property
    def family(self) -> str:
        return self.marks[0].family

    @property
    def kind(self) -> str:
        return self.marks[0].kind

    @property
    def last(self) -> Mark:
        return self.marks[-1]

    @property
    def inline(self) -> bool:
        return not self.last.begins_line

    @property
    def spoken(self) -> bool:
        return self.kind in SPOKEN

    def takes(self, mark: Mark) -> bool:
        """Says whether a mark may be the next of the series."""
        ends = mark.number == LAST and 2 <= self.last.number < LAST
        if mark.number != self.last.number + 1 and not ends:
            return False
        # 首先 is often followed by 第二.
        if self.family != mark.family and (self.family, mark.family) != ("first", "ordinal"):
            return False
        if mark.begins_line:
            return len(self.marks) == 1 or self.last.begins_line
        return mark.place[0] == self.last.place[0]

    def likeness(self, mark: Mark) -> list[bool]:
        return [old != new for old, new in zip(self.last.looks, mark.looks, strict=True)]


def find_series(marks: Sequence[Mark], lines: Lines) -> tuple[list[Series], Inside]:
    """Returns the series that divide the talk, and which families stand inside which."""
    found, inside = follow(without_entries(marks, lines))
    outline = [series for series in found if is_outline(series, lines)]
    begun = {mark.place[0] for one in outline for mark in one.marks if mark.begins_line}
    outline = [one for one in outline if not begins_late(one, begun)]
    if all(series.inline for series in outline):
        return outline, inside
    return [one for one in outline if not one.inline or is_long(one, lines)], inside


def begins_late(series: Series, begun: set[int]) -> bool:
    """Says whether a series begins in the first words of a line that has a mark of its own."""
    line, column = series.marks[0].place
    return 0 < column < SAME_START and line in begun


def is_long(series: Series, lines: Lines) -> bool:
    """Says whether the items of a series inside a paragraph are as long as paragraphs."""
    line, column = series.marks[0].place
    last = series.last.place[0]
    start = column if line == last else 0
    length = len(lines[last].text) - start
    return length >= INLINE_ITEM * len(series.marks)


def without_entries(marks: Sequence[Mark], lines: Lines) -> list[Mark]:
    """Returns the marks without those of lists inside a sentence (一是订单少，二是用工难)."""
    entries: set[Mark] = set()
    previous: dict[tuple[int, str], Mark] = {}
    for mark in marks:
        line, start = mark.place
        before = previous.get((line, mark.family))
        previous[line, mark.family] = mark
        if mark.number == 1 or not start:
            continue
        between = lines[line].text[before.end : start] if before else ""
        if before and not any(char in SENTENCE_END for char in between):
            entries.add(mark)
            if before.number == 1:
                entries.add(before)
        elif mark.before not in SENTENCE_END + "；;":
            entries.add(mark)
    return [mark for mark in marks if mark not in entries]


def follow(marks: Sequence[Mark]) -> tuple[list[Series], Inside]:
    """Returns the series of two marks and more, and which families were met inside which."""
    following: dict[tuple[str, bool, str], list[int]] = defaultdict(list)
    for mark in marks:
        following[mark.looks].append(mark.number)
    latest: dict[str, Series] = {}
    found: list[Series] = []
    open_series: list[Series] = []
    inside: Inside = set()
    for mark in marks:
        following[mark.looks].pop(0)
        takers = [series for series in reversed(open_series) if series.takes(mark)]
        before = latest.get(mark.family)
        goes_on = mark.begins_line and before is not None and mark.number == before.last.number + 1
        late = mark.begins_line and following[mark.looks][:LATE] == [3, 4, 5]
        if takers:
            taker = min(takers, key=lambda series: series.likeness(mark))
            inside |= closed(open_series, taker)
            taker.marks.append(mark)
        elif mark.number == 1 or goes_on or (mark.number == 2 and late):
            end_alike(open_series, mark, following[mark.looks])
            taker = Series([mark], mark.rank, goes_on)
            if goes_on and before:
                before.counts_on = True
            open_series.append(taker)
            found.append(taker)
        else:
            continue
        latest[mark.family] = taker
    return [one for one in found if len(one.marks) > 1 or one.counts_on], inside


def closed(open_series: list[Series], outer: Series) -> Inside:
    """Closes the series that began after `outer`, which goes on; returns what it held."""
    at = open_series.index(outer)
    inner = [one for one in open_series[at + 1 :] if len(one.marks) > 1 and not one.inline]
    del open_series[at + 1 :]
    return {(outer.family, one.family) for one in inner}


def end_alike(open_series: list[Series], mark: Mark, following: Sequence[int]) -> None:
    """Closes the series that looks like a mark which begins anew, unless it goes on after it.

    首先，请允许我… in an opening is a series of one mark; it must not close 一、…二、 around the
    next 首先 (tests/draft/talks: first-in-opening).
    """
    alike = next((one for one in open_series if one.last.looks == mark.looks), None)
    if alike is None or resumes(alike, following):
        return
    if len(alike.marks) > 1:
        del open_series[open_series.index(alike) :]
    else:
        open_series.remove(alike)


def resumes(series: Series, following: Sequence[int]) -> bool:
    """Says whether, after the run that has just begun with 1, marks go on where `series` stands."""
    run, rest = 1, list(following)
    while rest and rest[0] == run + 1:
        run = rest.pop(0)
    return bool(rest) and rest[0] == series.last.number + 1


def is_outline(series: Series, lines: Lines) -> bool:
    """Says whether most of the items stand alone as sentences: sections, not a list's entries."""
    items: list[tuple[Mark, Mark | None]] = list(pairwise(series.marks))
    if series.inline:
        if series.family == "first" and len(series.marks) < 3:
            return False
        items.append((series.last, None))
    else:
        ends = [lines[mark.place[0] - 1].text[-1] for mark in series.marks[1:]]
        if ends and all(end in "；;，,、" for end in ends):
            return False
        items = items or [(series.last, None)]
    sections = 0
    for mark, next_ in items:
        sections += is_section(mark, next_, lines, series)
    return 2 * sections > len(items)


def is_section(mark: Mark, next_: Mark | None, lines: Lines, series: Series) -> bool:
    """Says whether one item is more than an entry; `next_` is the next of its series."""
    line = mark.place[0]
    if next_ and next_.place[0] > line + 1:
        return True
    end = next_.place[1] if next_ and next_.place[0] == line else len(lines[line].text)
    text = lines[line].text[mark.end : min(end, mark.end + 4 * LONG_ITEM)]
    sentences = len(SENTENCE.findall(text))
    if not series.inline:
        least = SENTENCE_ITEM if text[-1:] in SENTENCE_END else SHORT_ITEM
        return len(text) >= least or sentences > 1
    if sentences > 1:
        return len(text) >= SHORT_ITEM / 2
    least = SENTENCE_ITEM if not next_ or next_.before in SENTENCE_END else LONG_ITEM
    return len(text) >= least and series.family != "first"


def without_numbered(
    series: Sequence[Series], headings: Sequence[int], lines: Lines
) -> Iterator[Series]:
    """Yields the series that are no mere numbers of paragraphs: 1. … 7. on past the headings."""
    for one in series:
        first, last = one.marks[0].place[0], one.last.place[0]
        past = any(first < heading < last for heading in headings)
        many = len(one.marks) >= NUMBERED
        counts = one.kind == "arabic" and not one.inline and (past or many)
        if not counts or not all_paragraphs(one, headings, lines):
            yield one


def all_paragraphs(series: Series, headings: Sequence[int], lines: Lines) -> bool:
    """Says whether nearly every item is one long paragraph, with at most a heading after it."""
    alone = 0
    for mark, next_ in pairwise(series.marks):
        between = set(range(mark.place[0] + 1, next_.place[0]))
        text = lines[mark.place[0]].text
        long = len(text) > PARAGRAPH or len(SENTENCE.findall(text)) > 1
        alone += long and between <= set(headings)
    return alone >= 0.8 * (len(series.marks) - 1)
