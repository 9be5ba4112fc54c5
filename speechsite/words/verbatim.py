"""Compares the words files with the transcript, character for character: what the site promises.

Both are taken as one run of characters without line breaks. The lines of the words are walked along
the transcript; where they part, the walk finds the next line that stands again in the transcript,
and goes on. What it leaves behind are pieces, each a line and what the transcript has for it, and
gaps between them. Then each piece and gap that is not right is said. The transcript's own line
breaks are a set of places in its run.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TypeAlias

from speechsite.problem import Problem, Problems
from speechsite.words.model import Line

CONTEXT = 6  # characters shown before and after a difference
SURE = 8  # characters that make a found line no accident
NEAR = 20_000  # characters ahead within which a line is looked for first
AHEAD = 50  # lines that are tried for going on after a difference
LONG = 5_000  # characters of neighbouring lines, all different, up to which a diff aligns them
MANY = 200  # differences after which the comparison stops: such a text is not this speech any more
SENTENCE_END = "。！？：；”）…"

Changes: TypeAlias = Sequence[tuple[str, int, int, int, int]]  # what difflib calls opcodes


@dataclass(frozen=True, slots=True)
class Words:
    """A line of a words file that counts for the verification, and the file it stands in."""

    file: str
    line: Line
    text: str

    def problem(self, rule: str, message: str) -> Problem:
        return Problem(self.file, self.line.line, rule, message)


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, and what the transcript has from its character `start` on where it stands."""

    words: Words
    expected: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.expected)


@dataclass(frozen=True, slots=True)
class Gap:
    """What the transcript has from its character `start` on, and no line: before line `index`."""

    index: int
    text: str
    start: int


def compare(files: Mapping[str, list[Line]], lines: list[str]) -> Problems:
    """Yields what differs between the words files, in the order given, and the transcript.

    `lines` are the transcript's lines below its title.
    """
    words: list[Words] = []
    for file, own in files.items():
        words += [Words(file, line, line.original) for line in own]
    transcript = "".join(lines)
    breaks = [0, *accumulate(map(len, lines))]
    pieces, gaps = Walk(words, transcript).pieces_and_gaps()
    misplaced = "\n".join(gap.text for gap in gaps)
    for piece in pieces:
        if piece.words.text != piece.expected:
            yield difference(piece, transcript, misplaced)
        first = bisect_right(breaks, piece.start)
        last = bisect_left(breaks, piece.end)
        for place in breaks[first:last]:
            yield lost_break(piece, transcript, place)
    moved = [piece.words.text for piece in pieces if not piece.expected]
    for gap in gaps:
        if not is_made_up_of(gap.text, moved):
            yield from gap_problems(words, gap, breaks)
    if words and len(pieces) < len(words):
        message = f"差别已有 {MANY} 处，以下没有再比；先核对这是不是同一篇讲话"
        yield words[len(pieces)].problem("verbatim", message)


@dataclass(frozen=True, slots=True)
class Walk:
    """The lines of the words, and the transcript that they are walked along."""

    words: list[Words]
    transcript: str

    def pieces_and_gaps(self) -> tuple[list[Piece], list[Gap]]:
        """Returns each line with its part of the transcript, and the parts that no line has.

        After MANY differences the rest of the lines is left out.
        """
        pieces: list[Piece] = []
        gaps: list[Gap] = []
        position = index = differences = 0
        while index < len(self.words) and differences < MANY:
            again, at = self.next_place(index, position)
            between = self.transcript[position:at]
            differing = self.words[index:again]
            if between and not differing:
                gaps.append(Gap(index, between, position))
            for own, expected in shares(differing, between):
                pieces.append(Piece(own, expected, position))
                position += len(expected)
            if between or differing:
                differences += max(1, len(differing))
            index, position = again, at
            if index < len(self.words):
                own = self.words[index]
                pieces.append(Piece(own, own.text, position))
                position += len(own.text)
                index += 1
        rest = self.transcript[position:]
        if self.words and index == len(self.words) and rest:
            gaps.append(Gap(index, rest, position))
        return pieces, gaps

    def next_place(self, index: int, position: int) -> tuple[int, int]:
        """Returns the next line (its index) that stands in the transcript, and where.

        Where none does, both are the ends.
        """
        if self.transcript.startswith(self.words[index].text, position):
            return index, position
        last = min(len(self.words), index + AHEAD)
        for candidate in range(index, last):
            near = position + len(self.words[candidate].text) + NEAR
            for end in (near, len(self.transcript)):
                at = self.sure_place(candidate, position, end)
                if at >= 0:
                    return candidate, at
        return len(self.words), len(self.transcript)

    def sure_place(self, index: int, start: int, end: int) -> int:
        """Returns the first place of a line from `start` to `end` that is no accident, else -1."""
        text = self.words[index].text
        at = self.transcript.find(text, start, end)
        while at >= 0 and not self.is_sure(index, at):
            at = self.transcript.find(text, at + 1, end)
        return at

    def is_sure(self, index: int, at: int) -> bool:
        """Says whether a line is long enough to be itself at `at`, or the next one follows it."""
        length = len(self.words[index].text)
        if length >= SURE:
            return True
        if index + 1 == len(self.words):
            return at + length == len(self.transcript)
        following = self.words[index + 1].text
        return self.transcript.startswith(following, at + length)


def shares(differing: list[Words], expected: str) -> Iterator[tuple[Words, str]]:
    """Yields each of the lines that stand where the transcript has `expected`, with its part."""
    text = "".join(words.text for words in differing)
    ends = list(accumulate(len(words.text) for words in differing))
    if len(differing) > 1 and len(text) <= LONG:
        changes = compared(text, expected)
        ends = [counterpart(changes, end) for end in ends]
    ends[-1:] = [len(expected)]  # what is left is the last one's
    start = 0
    for words, end in zip(differing, ends, strict=False):
        yield words, expected[start:end]
        start = max(start, end)


def compared(one: str, other: str) -> Changes:
    return SequenceMatcher(None, one, other, autojunk=False).get_opcodes()


def counterpart(changes: Changes, edge: int) -> int:
    """Returns which place in the second text of a diff a place in the first has become."""
    for _, start, end, other_start, other_end in changes:
        if edge == end:
            return other_end
        if start < edge < end:
            return min(other_start + edge - start, other_end)
    return 0


def difference(piece: Piece, transcript: str, misplaced: str) -> Problem:
    """Returns the first difference of a line from what the transcript has, with what is around it.

    `misplaced` is what the transcript has and no line at its place.
    """
    words = piece.words
    expected = piece.expected
    if not expected:
        return surplus(words, transcript, misplaced)
    at = agreement(words.text, expected)
    now, was = first_change(words.text[at:], expected[at:])
    before = expected[:at][-CONTEXT:]
    after = expected[at + len(was) :][:CONTEXT]
    quote = f"第 {at + 1} 字，原文是“{before}【{shorten(was)}】{after}”，这里是【{shorten(now)}】"
    if in_correction(words.line, at):
        remedy = "勘误的左边不是原文；左边照抄原文，右边写改正"
        return words.problem("correction", f"{quote}：{remedy}")
    return words.problem("verbatim", f"{quote}；照原文改回，确是笔误就写成 {{~~原文~>改正~~}}")


def surplus(words: Words, transcript: str, misplaced: str) -> Problem:
    """Returns the problem of a line that the transcript has not here: elsewhere, again, never."""
    quote = f"“{shorten(words.text)}”"
    if words.text in misplaced:
        message = f"这一段{quote}不在原文的位置；照原文的次序移回去"
    elif words.text in transcript:
        message = f"这一段{quote}重复了，或放错了位置；照原文只留一处"
    else:
        message = f"原文没有这一段{quote}；删去，编者的话写到 docs/ 的页面里"
    return words.problem("verbatim", message)


def first_change(now: str, was: str) -> tuple[str, str]:
    """Returns the first part of two texts that is not the same; both begin with it."""
    tail = agreement(now[::-1], was[::-1])
    now = now[: len(now) - tail]
    was = was[: len(was) - tail]
    if 0 < max(len(now), len(was)) <= LONG // 10:
        for kind, _, now_end, _, was_end in compared(now, was):
            if kind != "equal":
                return now[:now_end], was[:was_end]
    return now, was


def agreement(one: str, other: str) -> int:
    """Returns how many characters both have in common at their start."""
    shorter = min(len(one), len(other))
    for at in range(shorter):
        if one[at] != other[at]:
            return at
    return shorter


def in_correction(line: Line, at: int) -> bool:
    """Says whether character `at` of the original reading stands in a correction."""
    for span in line.spans:
        if at < len(span.original) or (at == 0 and span.is_correction):
            return span.is_correction
        at -= len(span.original)
    return False


def lost_break(piece: Piece, transcript: str, place: int) -> Problem:
    """Returns the problem of a line break of the transcript that a line runs over."""
    before = transcript[max(0, place - CONTEXT) : place]
    after = transcript[place : min(place + CONTEXT, piece.end)]
    message = f"“{before}”和“{after}”在原文是两段，这里连成了一段；中间空一行"
    return piece.words.problem("break", message)


def is_made_up_of(text: str, parts: list[str]) -> bool:
    """Says whether a text is nothing but some of `parts`: they stand elsewhere, and say so."""
    for part in parts:
        text = text.replace(part, "")
    return not text


def gap_problems(words: list[Words], gap: Gap, breaks: list[int]) -> Problems:
    """Yields the problem of what is missing between two lines.

    Inside a line of the transcript, what ends a sentence belongs to the line before. A whole one
    that is gone between two files may have stood in either: both are named.
    """
    before = words[max(gap.index - 1, 0)]
    if gap.index == len(words):
        yield missing(before, gap.text, "后面")
        return
    after = words[gap.index]
    begins = gap.start in breaks
    ends = gap.start + len(gap.text) in breaks
    closes = ends or gap.text[-1] in SENTENCE_END
    belongs_before = closes and not begins and gap.index > 0
    may_be_either = before.file != after.file and len(gap.text) >= SURE
    if belongs_before or may_be_either:
        yield missing(before, gap.text, "后面")
    if not belongs_before or may_be_either:
        yield missing(after, gap.text, "前面")


def missing(words: Words, text: str, where: str) -> Problem:
    return words.problem("verbatim", f"这一段{where}漏了原文的“{shorten(text)}”；照原文补上")


def shorten(text: str, limit: int = 24) -> str:
    """Returns a text as it fits into a message, its middle left out."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}…{text[-half:]}"
