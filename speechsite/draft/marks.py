"""The marks with which Chinese speeches begin their parts: 一、 （一） 1. 第一， 一是 首先，"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speechsite.draft.lines import CLOSERS, HAN, SENTENCE_END, whole
from speechsite.draft.talk import Lines

Place = tuple[int, int]  # a line's index and a character's in it

FORMAL = str.maketrans("壹贰叁参肆伍陆柒捌玖拾", "一二三三四五六七八九十")
N = rf"[{HAN}百]{{1,4}}"
GAP = r"(?<=^.)\s+(?=[\u4e00-\u9fff（(“《])"  # after a number that begins the line
# What 第N counts: 第一点，第二个问题是，第三阶段为. 第一书记 and 第二产业 count nothing.
COUNTED = (
    r"(?:[点条步句层项种类关招个件词字话]|方面|问题|关键词|阶段|环节|体会|建议|希望|事情?|任务|工作)"
    r"[\u4e00-\u9fff]{0,4}?"
)
MINE = r"(?:我(?:们)?(?:要|想)?(?:[讲谈说提])?的)?"  # 我的第一点想法是
VERBS = "要靠抓看曰讲学问查保促建重做当防戒为来是"
# From the highest level to the lowest, where the text itself does not say which stands in which.
FAMILIES = {
    "chapter": rf"第({N})(?:部分|[章篇编])",  # 第一部分
    "formal": r"([壹贰叁参肆伍陆柒捌玖拾])、",
    "dun": rf"({N})(?:\s*[、.\uff0e]|{GAP})",  # 一、
    "paren": rf"[（(]({N})[）)]",  # （一）
    "ordinal": rf"{MINE}[第头]({N})(?:{COUNTED})?(?=[，、,：:\s]|就?是|要|为)",  # 第一，
    "problem": rf"问题({N}|\d{{1,2}})(?=[：:，、\s])",  # 问题一：
    "arabic": rf"(\d{{1,2}})(?:[.\uff0e、](?!\d)|{GAP})",  # 1.
    # 1.2 市场拓展 of a report, but not 1.5亿元
    "decimal": r"(?<!.)(?:\d{1,2}\.)+(\d{1,2})"
    r"(?=[.\uff0e、\s]|(?![年月日元万亿吨公千百个倍米])[\u4e00-\u9fff])",
    "arabic_paren": r"[（(]?(\d{1,2})[）)]",  # （1）
    "circled": r"([①-⑳])",
    "among": rf"其({N})(?=[，、,：:]|是)",  # 其一，
    "verb": rf"({N})[{VERBS}](?!素|件)",  # 一是, 二要, 三抓
    # 首先，其次，最后， but not the thanks at the end
    "first": r"(首先|其次|再次|再者|最后(?!，\w{0,2}(?:让我|祝|感|谢|向|再强)))"
    r"(?=[，、,：:]|是|要|一[点条个项])",
}
SPOKEN = frozenset(("ordinal", "among", "verb", "first", "dash", "parallel"))
RANK = {family: rank for rank, family in enumerate(FAMILIES)}
MARKS = "|".join(f"(?P<{family}>{pattern})" for family, pattern in FAMILIES.items())
# At a line's start, or after the punctuation that ends a sentence or a clause.
MARK = re.compile(
    rf"(?:^|(?<=[{SENTENCE_END}；;：:，,、{CLOSERS}])|(?<=[{SENTENCE_END}；;]要))\s*(?:{MARKS})"
)
TENS = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?")  # 十, 十二, 三十一
WORDS_AS_NUMBERS = {"两": 2, "首先": 1, "其次": 2, "再次": 3, "再者": 3}
LAST = 99  # 最后 ends a series, whatever its number
BEFORE = 4  # characters before a mark in which its punctuation stands, closing quotes aside


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that may begin a section, whose own words begin at `end`.

    `family` says what it goes on with: a kind of FAMILIES, with the verb or the number above where
    it has one; `form` is how it is written beside its number (第一个方面 or 第一), which tells two
    series of a family apart; `before` is the punctuation before it.
    """

    place: Place
    end: int
    family: str
    number: int
    before: str = ""
    form: str = ""

    @property
    def begins_line(self) -> bool:
        return self.place[1] == 0

    @property
    def looks(self) -> tuple[str, bool, str]:
        return self.family, self.begins_line, self.form

    @property
    def kind(self) -> str:
        return self.family.split()[0]

    @property
    def rank(self) -> float:
        """Where the family stands, 0 for the highest level, where the text does not say so."""
        if self.kind == "verb":
            return RANK[self.kind] + VERBS.index(self.family[-1]) / 100
        return RANK[self.kind] + self.family.count(".") / 100


def find_marks(lines: Lines, body: int) -> Iterator[Mark]:
    """Yields all that looks like a mark, in the order of the text from the line `body` on."""
    for index, line in enumerate(lines[body:], body):
        if line.row:
            continue
        for match in MARK.finditer(line.text):
            yield read_mark(match, index)


def read_mark(match: re.Match[str], index: int) -> Mark:
    family = match.lastgroup or ""
    start = match.start()
    numeral = match[MARK.groupindex[family] + 1]
    written = match[0].strip()
    before = match.string[max(0, start - BEFORE) : start].rstrip(CLOSERS)[-1:]
    form = written.replace(numeral, "", 1)
    number = number_of(numeral.translate(FORMAL))
    if family == "verb":
        family = f"verb {written[-1]}"
    elif family == "decimal":
        family = f"decimal {written.rpartition('.')[0]}"
    return Mark((index, start), match.end(), family, number, before, form)


def number_of(text: str) -> int:
    """Returns the number that a numeral says: 十二, 12, ⑫ or 首先; 0 for what is none."""
    if text in WORDS_AS_NUMBERS or text[0] == "最":
        return WORDS_AS_NUMBERS.get(text, LAST)
    if text[0] not in HAN + "百":
        return int(text) if text.isdecimal() else ord(text) - 0x245F
    if not TENS.fullmatch(text):
        return HAN.find(text) + 1 if len(text) == 1 else 0
    return whole(text)
