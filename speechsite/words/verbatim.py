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

from speechsite.problem import Problem
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


def compare(files: Mapping[str, list[Line]], lines: list[str]) -> Iterator[Problem]:
    """Yields what differs between the words files, in the order given, and the transcript.

    `lines` are the transcript's lines below its title.
    """
    words: list[Words] = []
    for file, own in files.items():
        words += [Words(file, line, line.original) for line in own]
    transcript = "".join(lines)
    breaks = [0, *accumulate(map(len, lines))]
    pieces, gaps = aligned(words, transcript)
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
        if not made_up_of(gap.text, moved):
            yield from gap_problems(words, gap, breaks)
    if words and len(pieces) < len(words):
        message = f"差别已有 {MANY} 处，以下没有再比；先核对这是不是同一篇讲话"
        yield words[len(pieces)].problem("verbatim", message)


def aligned(words: list[Words], transcript: str) -> tuple[list[Piece], list[Gap]]:
    """Returns each line with its part of the transcript, and the parts that no line has.

    After MANY differences the rest of the lines is left out.
    """
    pieces: list[Piece] = []
    gaps: list[Gap] = []
    position = index = differences = 0
    while index < len(words) and differences < MANY:
        here = words[index].text
        if transcript.startswith(here, position):
            pieces.append(Piece(words[index], here, position))
            index, position = index + 1, position + len(here)
            continue
        again, at = resume(words, index, transcript, position)
        if again == index:
            gaps.append(Gap(index, transcript[position:at], position))
        differing = words[index:again]
        for own, expected in shares(differing, transcript[position:at]):
            pieces.append(Piece(own, expected, position))
            position += len(expected)
        differences += max(1, len(differing))
        index, position = again, at
    if words and index == len(words) and position < len(transcript):
        gaps.append(Gap(index, transcript[position:], position))
    return pieces, gaps


def resume(words: list[Words], index: int, transcript: str, position: int) -> tuple[int, int]:
    """Returns the next line (its index) that stands again in the transcript, and where.

    Where none does, both are the ends.
    """
    for candidate in range(index, min(len(words), index + AHEAD)):
        near = position + len(words[candidate].text) + NEAR
        for end in (near, len(transcript)):
            at = sure_place(words, candidate, transcript, position, end)
            if at >= 0:
                return candidate, at
    return len(words), len(transcript)


def sure_place(words: list[Words], index: int, transcript: str, start: int, end: int) -> int:
    """Returns the first place of a line between `start` and `end` that is no accident, else -1."""
    text = words[index].text
    at = transcript.find(text, start, end)
    while at >= 0 and not is_sure(words, index, transcript, at):
        at = transcript.find(text, at + 1, end)
    return at


def is_sure(words: list[Words], index: int, transcript: str, at: int) -> bool:
    """Says whether a line is long enough to be itself at `at`, or is followed by the next one."""
    end = at + len(words[index].text)
    if end - at >= SURE:
        return True
    if index + 1 == len(words):
        return end == len(transcript)
    return transcript.startswith(words[index + 1].text, end)


def shares(differing: list[Words], expected: str) -> Iterator[tuple[Words, str]]:
    """Yields each of the lines that stand where the transcript has `expected`, with its part."""
    texts = [words.text for words in differing]
    ends = list(accumulate(map(len, texts)))
    if len(texts) > 1 and ends[-1] <= LONG:
        changes = compared("".join(texts), expected)
        ends = [counterpart(changes, end) for end in ends]
    start = 0
    for own, end in zip(differing[:-1], ends, strict=False):
        yield own, expected[start:end]
        start = max(start, end)
    if differing:
        yield differing[-1], expected[start:]


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
    words, expected = piece.words, piece.expected
    if not expected:
        return surplus(words, transcript, misplaced)
    at = agreement(words.text, expected)
    now, was = first_change(words.text[at:], expected[at:])
    before = expected[max(0, at - CONTEXT) : at]
    after = expected[at + len(was) :][:CONTEXT]
    quote = f"第 {at + 1} 字，原文是“{before}【{shorten(was)}】{after}”，这里是【{shorten(now)}】"
    if in_correction(words.line, at):
        remedy = "勘误的左边不是原文；左边照抄原文，右边写改正"
        return words.problem("correction", f"{quote}：{remedy}")
    return words.problem("verbatim", f"{quote}；照原文改回，确是笔误就写成 {{~~原文~>改正~~}}")


def surplus(words: Words, transcript: str, misplaced: str) -> Problem:
    """Returns the problem of a line that the transcript has not here: elsewhere, again, or never."""
    quote = f"“{shorten(words.text)}”"
    if words.text in misplaced:
        return words.problem("verbatim", f"这一段{quote}不在原文的位置；照原文的次序移回去")
    if words.text in transcript:
        return words.problem("verbatim", f"这一段{quote}重复了，或放错了位置；照原文只留一处")
    return words.problem("verbatim", f"原文没有这一段{quote}；删去，编者的话写到 docs/ 的页面里")


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
    at = 0
    for char, other_char in zip(one, other, strict=False):
        if char != other_char:
            break
        at += 1
    return at


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


def made_up_of(text: str, parts: list[str]) -> bool:
    """Says whether a text is nothing but some of `parts`: they stand elsewhere, and say so."""
    for part in parts:
        text = text.replace(part, "")
    return not text


def gap_problems(words: list[Words], gap: Gap, breaks: list[int]) -> list[Problem]:
    """Returns the problem of what is missing between two lines.

    Inside a line of the transcript, what ends a sentence belongs to the line before. A whole one
    that is gone between two files may have stood in either: both are named.
    """
    before = words[max(gap.index - 1, 0)]
    if gap.index == len(words):
        return [missing(before, gap.text, "后面")]
    after = words[gap.index]
    begins = is_break(breaks, gap.start)
    ends = is_break(breaks, gap.start + len(gap.text))
    either = before.file != after.file and len(gap.text) >= SURE
    closes = ends or gap.text[-1] in SENTENCE_END
    belongs_before = closes and not begins and gap.index > 0
    found: list[Problem] = []
    if belongs_before or either:
        found.append(missing(before, gap.text, "后面"))
    if not belongs_before or either:
        found.append(missing(after, gap.text, "前面"))
    return found


def is_break(breaks: list[int], place: int) -> bool:
    at = bisect_left(breaks, place)
    return at < len(breaks) and breaks[at] == place


def missing(words: Words, text: str, where: str) -> Problem:
    return words.problem("verbatim", f"这一段{where}漏了原文的“{shorten(text)}”；照原文补上")


def shorten(text: str, limit: int = 24) -> str:
    """Returns a text as it fits into a message, its middle left out."""
    return text if len(text) <= limit else f"{text[: limit // 2]}…{text[-limit // 2 :]}"
