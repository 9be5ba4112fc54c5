"""The speaker's own build: the series that he counts aloud at the start of paragraphs.

    对于办公室工作，我很深的体会有三点：      announces a series
    一是办公室的工作很重要。习总书记…         opens its first item
    首先，要提高政治素质。办公室地位特殊…      opens an item within an item

Nothing is typed here: a line of the build is a sentence of the words, up to what ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from speechsite.words.model import Paragraph

HAN = "一二三四五六七八九十"
COUNT = f"[{HAN}]{{1,3}}"
# How a counted paragraph begins: 一是…, 十二要…; 第二，…, 第三要…; 其一，…; 首先，…, 最后要….
# A mark or a verb must follow 第一, or it would be found in 第一线.
MARK = re.compile(
    rf"(?P<cardinal>{COUNT})[是要]"
    rf"|第(?P<ordinal>{COUNT})[，、：是要]"
    rf"|其(?P<which>{COUNT})[，、：是]"
    r"|(?P<word>首先|其次|再次|最后)[，、是要]"
)
WORDS = {"首先": 1, "其次": 2, "再次": 3}
# What is announced is counted: 我讲三点意见：, 今天再提两点希望。, 主要有以下几个方面：
ANNOUNCED = re.compile(r"(?P<count>[一二两三四五六七八九十几]+)(?:[点条项件句]|个(?!月))")
BEFORE_LAST = re.compile(r".*[。！？；](?=.)", re.DOTALL)  # all before a text's last sentence
SENTENCE = re.compile(r"[^。！？；：]+")  # up to what ends the first: 一是办公室的工作很重要
LONGEST = 40  # characters of a line; a longer sentence is cut after a clause
CUT = "……"
START, END = 0, 1  # places in a paragraph


@dataclass(frozen=True, slots=True)
class Lead:
    """A line of the speaker's build: `text` stands in `paragraph`; `depth` counts from 0."""

    text: str
    paragraph: Paragraph
    depth: int

    @property
    def opens(self) -> bool:
        """Says whether the paragraph begins with it; an announcement may end one."""
        return self.paragraph.corrected.startswith(self.text.removesuffix(CUT))


@dataclass(slots=True)
class Series:
    """A series while it is read: `last` is the number and the word that counted last in it."""

    kind: str
    parent: Series | None
    before: Paragraph | None  # what was said before it
    last: tuple[int, str] = (0, "")
    items: list[Paragraph] = field(default_factory=list)

    @property
    def is_series(self) -> bool:
        """One item is none."""
        return len(self.items) > 1

    @property
    def announcement(self) -> str:
        """Returns the sentence before it that announces it, without its mark; '' where none does.

        It counts as many as there are, or it ends with a colon and counts.
        """
        if self.before is None:
            return ""
        text = BEFORE_LAST.sub("", self.before.corrected, count=1)
        counts = [number_of(match["count"]) for match in ANNOUNCED.finditer(text)]
        announces = len(self.items) in counts or (counts and text.endswith("："))
        return text.rstrip("：。！？；") if announces else ""

    @property
    def depth(self) -> int:
        """Returns how deep its items stand: below what encloses it and below its announcement."""
        above = self.parent
        while above and not above.is_series:
            above = above.parent
        depth = above.depth + 1 if above else 0
        return depth + 1 if self.announcement else depth


def leads(paragraphs: Sequence[Paragraph]) -> Iterator[Lead]:
    """Yields the lines of a speech's build in their order; none where nothing is counted."""
    found: list[tuple[int, int, Lead]] = []  # paragraph, place in it, line
    for series in all_series(paragraphs):
        if not series.is_series:
            continue
        if series.before and (text := series.announcement):
            lead = Lead(text, series.before, series.depth - 1)
            found.append((series.before.number, END, lead))
        for item in series.items:
            lead = Lead(first_sentence(item), item, series.depth)
            found.append((item.number, START, lead))
    found.sort(key=itemgetter(0, 1))
    for _, _, lead in found:
        yield lead


def all_series(paragraphs: Sequence[Paragraph]) -> list[Series]:
    """Returns what is counted in some paragraphs; a series may turn out to have one item only."""
    every: list[Series] = []
    enclosing: list[Series] = []  # those that may go on, the outermost first
    before: Paragraph | None = None
    for paragraph in paragraphs:
        if counted := read_mark(paragraph.corrected):
            kind, number, word = counted
            same = next((series for series in enclosing if series.kind == kind), None)
            if same and continues(same, number, word):
                del enclosing[enclosing.index(same) + 1 :]
                same.last = (number, word)
                same.items.append(paragraph)
            elif number == 1:
                if same:
                    del enclosing[enclosing.index(same) :]
                parent = enclosing[-1] if enclosing else None
                series = Series(kind, parent, before, (1, word), [paragraph])
                enclosing.append(series)
                every.append(series)
        before = paragraph
    return every


def read_mark(text: str) -> tuple[str, int, str] | None:
    """Returns what counts at the start of a text: its kind, its number, 0 for 最后, and its word.

    首先 is of a kind with 第一: a speaker who begins with it goes on with 第二.
    """
    match = MARK.match(text)
    if not match:
        return None
    kind = str(match.lastgroup)
    word = match[kind]
    if kind == "word":
        return "ordinal", WORDS.get(word, 0), word
    return kind, number_of(word), word


def number_of(numeral: str) -> int:
    """Returns the value of 一 … 九十九, 0 of 几; 两 is 二."""
    numeral = numeral.replace("两", "二")
    tens, ten, units = numeral.rpartition("十")
    if not ten:
        return HAN.find(numeral) + 1
    value = 10 * (HAN.find(tens) + 1) if tens else 10
    return value + HAN.find(units) + 1 if units else value


def continues(series: Series, number: int, word: str) -> bool:
    """Says whether a mark is the next of a series; 最后 ends only what is counted by such words."""
    last_number, last_word = series.last
    if word == "最后":
        return last_word in ("其次", "再次")
    return number == last_number + 1


def first_sentence(paragraph: Paragraph) -> str:
    """Returns the sentence that opens a paragraph, of a long one its beginning, without a mark."""
    match = SENTENCE.match(paragraph.corrected)
    sentence = match[0] if match else paragraph.corrected
    if len(sentence) <= LONGEST:
        return sentence
    clause, comma, _ = sentence[:LONGEST].rpartition("，")
    return (clause if comma else sentence[:LONGEST]) + CUT
