"""Points without a mark: topics that a section counts out and then takes up, one by one.

The talk that needs them is this project's own: 督查和信息两项工作 in speech/original.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from speechsite.draft.lines import HAN
from speechsite.draft.marks import Place, number_of
from speechsite.draft.talk import Lines
from speechsite.draft.wording import SENTENCE

Sentences = list[tuple[Place, str]]

LIST_OF_TOPICS = re.compile(
    r"((?:[\u4e00-\u9fff]{2,8}、)*[\u4e00-\u9fff]{2,8}[、和与及][\u4e00-\u9fff]{2,4}?)"
    rf"(?P<count>[两{HAN}])大?[项个方]"
)
ANNOUNCED_WITHIN = 5  # sentences from its start in which a section says what its topics are
NEAR = 15  # characters from its start within which a sentence names what it is about


class Placed(Protocol):
    """What has a place and a level: a section."""

    @property
    def place(self) -> Place: ...
    @property
    def level(self) -> int: ...


def topics(
    sections: Sequence[Placed], lines: Lines, closing: int
) -> Iterator[tuple[Place, int, str]]:
    """Yields place, level and name of the topics in sections that have no marked points."""
    ends = [*(section.place for section in sections), (closing or len(lines), 0)][1:]
    levels = [*(section.level for section in sections), 0][1:]
    for section, end, following in zip(sections, ends, levels, strict=True):
        if section.level < 3 and following <= section.level:
            for place, name in topics_of(list(sentences(section.place, end, lines))):
                yield place, section.level + 1, name


def topics_of(found: Sentences) -> Sentences:
    """Returns where a section takes up the topics whose number it announced.

    A list that is only named, before one that is taken up, is a point where it stands.
    """
    named: Sentences = []
    for at, (place, sentence) in enumerate(found[:ANNOUNCED_WITHIN]):
        for match in LIST_OF_TOPICS.finditer(sentence[:200]):
            first, *others = re.split("[、和与及]", match[1])
            # The words before the first term are not part of it.
            terms = [first[-max(map(len, others)) :], *others]
            if number_of(match["count"]) != len(terms):
                continue
            if taken := taken_up(terms, found[at + 1 :]):
                return named + taken
            if at:
                named.append((place, "、".join(terms)))
    return []


def taken_up(terms: Sequence[str], found: Sentences) -> Sentences:
    """Returns the sentence with which each topic begins, and its name; nothing if one is missing.

    Each must have more than the sentence that names it.
    """
    begun: list[int] = []
    taken: Sentences = []
    at = 0
    for term in terms:
        while at < len(found) and term not in found[at][1][:NEAR]:
            at += 1
        if at == len(found):
            return []
        place, sentence = found[at]
        taken.append((place, f"{term}工作" if f"{term}工作" in sentence else term))
        begun.append(at)
        at += 1
    ends = [*begun[1:], len(found)]
    enough = [end - start > 1 for start, end in zip(begun, ends, strict=True)]
    return taken if all(enough) else []


def sentences(start: Place, end: Place, lines: Lines) -> Iterator[tuple[Place, str]]:
    """Yields the sentences between two places."""
    for index in range(start[0], min(end[0] + 1, len(lines))):
        text = lines[index].text
        first = start[1] if index == start[0] else 0
        last = end[1] if index == end[0] else len(text)
        for match in SENTENCE.finditer(text, first, last):
            yield (index, match.start()), match[0]
