"""Compares the words files with the transcript, character for character: the promise that the site is built on.

Both are taken as one run of characters without line breaks. The paragraphs of the words are walked along the
transcript; where they part, the walk finds the next paragraph that stands again in the transcript, says what is wrong
in between, and goes on. Paragraph breaks of the transcript are a set of places in that run.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from speechsite.problem import Problem
from speechsite.words.model import Line

CONTEXT = 6  # characters shown before and after a difference
SURE = 8  # characters that make a found paragraph no accident
NEAR = 20_000  # characters ahead within which a paragraph is looked for first
AHEAD = 50  # paragraphs that are tried for going on after a difference
LONG = 5_000  # characters of neighbouring paragraphs, all different, up to which they are aligned by a diff
MANY = 200  # problems after which the comparison stops: such a text is not this speech any more
SENTENCE_END = "。！？：；”）…"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of a words file that the transcript has too, and the file it stands in."""

    file: str
    paragraph: Line
    text: str

    def problem(self, rule: str, message: str) -> Problem:
        return Problem(self.file, self.paragraph.line, rule, message)


def compare(files: Mapping[str, list[Line]], lines: list[str]) -> Iterator[Problem]:
    """Yields what differs between the words files, in the order given, and the transcript.

    `lines` are the transcript's paragraphs below its title.
    """
    words = [
        Words(file, paragraph, paragraph.original)
        for file, own in files.items()
        for paragraph in own
    ]
    transcript, breaks = "".join(lines), [0, *accumulate(map(len, lines))]
    position = index = found = 0
    while index < len(words) and found < MANY:
        here = words[index]
        problems = []
        if transcript.startswith(here.text, position):
            again, at = index + 1, position + len(here.text)
        else:
            again, at = resume(words, index, transcript, position)
            if again == index:
                problems = gap(
                    words, index, transcript[position:at], position in breaks, at in breaks
                )
        for own, piece in zip(
            words[index:again], align(words[index:again], transcript[position:at]), strict=True
        ):
            end = position + len(piece)
            if own.text != piece:
                problems.append(difference(own, piece))
            inner = breaks[bisect_right(breaks, position) : bisect_left(breaks, end)]
            problems += [
                lost_break(own, transcript[:place], transcript[place:end]) for place in inner
            ]
            position = end
        index, position = again, at
        found += len(problems)
        yield from problems
    if index < len(words):
        yield words[index].problem(
            "verbatim", f"差别已有 {MANY} 处，以下没有再比；先核对这是不是同一篇讲话"
        )
    elif words and position < len(transcript):
        yield missing(words[-1], transcript[position:], "后面")


def resume(words: list[Words], index: int, transcript: str, position: int) -> tuple[int, int]:
    """Returns the next paragraph (its index) that stands again in the transcript, and where: both ends if none does."""
    for candidate in range(index, min(len(words), index + AHEAD)):
        text = words[candidate].text
        for end in (position + len(text) + NEAR, len(transcript)):
            at = transcript.find(text, position, end)
            while at >= 0 and not confirmed(words, candidate, transcript, at):
                at = transcript.find(text, at + 1, end)
            if at >= 0:
                return candidate, at
    return len(words), len(transcript)


def confirmed(words: list[Words], index: int, transcript: str, at: int) -> bool:
    """Says whether a paragraph found at `at` is no accident: long enough to be itself, or followed by the next one."""
    end = at + len(words[index].text)
    if end - at >= SURE:
        return True
    return (
        transcript.startswith(words[index + 1].text, end)
        if index + 1 < len(words)
        else end == len(transcript)
    )


def gap(words: list[Words], index: int, text: str, begins: bool, ends: bool) -> list[Problem]:
    """Returns the problem of `text` missing between two paragraphs; it `begins` or `ends` a transcript's paragraph.

    Inside one, what ends a sentence belongs to the paragraph before. A whole paragraph that is gone between two files
    may have stood in either: both are named.
    """
    before, after = words[max(index - 1, 0)], words[index]
    either = before.file != after.file and len(text) >= SURE
    tail = index > 0 and not begins and (ends or text[-1] in SENTENCE_END)
    problems = [missing(before, text, "后面")] if tail or either else []
    return problems + ([missing(after, text, "前面")] if either or not tail else [])


def align(differing: list[Words], expected: str) -> list[str]:
    """Returns, for each of the paragraphs that stand where the transcript has `expected`, what it should be."""
    edges = list(accumulate((len(words.text) for words in differing), initial=0))
    if len(differing) > 1 and edges[-1] <= LONG:
        opcodes = compared("".join(words.text for words in differing), expected)
        edges = [counterpart(opcodes, edge) for edge in edges[:-1]]
    edges = [0, *(min(edge, len(expected)) for edge in edges[1 : len(differing)]), len(expected)]
    return [expected[start:end] for start, end in pairwise(edges)] if differing else []


def compared(one: str, other: str) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, one, other, autojunk=False).get_opcodes()


def counterpart(opcodes: Sequence[tuple[str, int, int, int, int]], edge: int) -> int:
    """Returns the place in the second text of a diff that place `edge` of the first one has become."""
    for _, start, end, other_start, other_end in opcodes:
        if start < edge <= end:
            return other_end if edge == end else min(other_start + edge - start, other_end)
    return 0


def difference(words: Words, expected: str) -> Problem:
    """Returns the first difference of a paragraph from what the transcript has, with the characters around it."""
    text = words.text
    if not expected:
        return words.problem("verbatim", f"原文此处没有这一段“{shorten(text)}”；删去，或移回原处")
    at = agreement(text, expected)
    tail = agreement(text[at:][::-1], expected[at:][::-1])
    now, was = text[at : len(text) - tail], expected[at : len(expected) - tail]
    if 0 < max(len(now), len(was)) <= LONG // 10:  # several differences: the first one is said
        _, _, now_end, _, was_end = next(code for code in compared(now, was) if code[0] != "equal")
        now, was = now[:now_end], was[:was_end]
    before, after = expected[max(0, at - CONTEXT) : at], expected[at + len(was) :][:CONTEXT]
    quote = f"第 {at + 1} 字，原文是“{before}【{shorten(was)}】{after}”，这里是【{shorten(now)}】"
    if in_correction(words.paragraph, at):
        return words.problem("correction", f"{quote}：勘误的左边不是原文；左边照抄原文，右边写改正")
    return words.problem("verbatim", f"{quote}；照原文改回，确是笔误就写成 {{~~原文~>改正~~}}")


def agreement(one: str, other: str) -> int:
    """Returns how many characters both have in common at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def in_correction(paragraph: Line, at: int) -> bool:
    """Says whether character `at` of the original reading stands in a correction."""
    for span in paragraph.spans:
        if at < len(span.original) or (at == 0 and span.is_correction):
            return span.is_correction
        at -= len(span.original)
    return False


def lost_break(words: Words, before: str, after: str) -> Problem:
    quote = f"“{before[-CONTEXT:]}”和“{after[:CONTEXT]}”"
    return words.problem("break", f"{quote}在原文是两段，这里连成了一段；中间空一行")


def missing(words: Words, text: str, where: str) -> Problem:
    return words.problem("verbatim", f"这一段{where}漏了原文的“{shorten(text)}”；照原文补上")


def shorten(text: str, limit: int = 24) -> str:
    return text if len(text) <= limit else f"{text[: limit // 2]}…{text[-limit // 2 :]}"
