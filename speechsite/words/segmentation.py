"""The words of a title: what a line must not be broken inside.

They come from the phrase lists of pypinyin and OpenCC and from title-words.txt, which holds what
those lack of the language of offices; numbers, quotations and Latin words are known by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from math import inf
from pathlib import Path
from unicodedata import east_asian_width

LEXICON = Path(__file__).with_name("title-words.txt")
LONGEST = 16  # characters of the longest word looked up

NUMERAL = "[\\d\u3007零一二三四五六七八九十百千两]+"  # U+3007 is the zero of years
ATOM = re.compile(
    # “不忘初心、牢记使命”, 《档案法》, （海南）
    r"(?P<quotation>“[^”]*”|《[^》]*》|「[^」]*」|『[^』]*』|（[^）]*）|\([^)]*\)|【[^】]*】)"
    # 二十届四中全会, 十五届六次全体会议; 第四次会议, 第一批; 2026年, 八十周年
    f"|(?P<number>第?{NUMERAL}届第?{NUMERAL}(?:中全会|次(?:全体会议|全会|会议)?)"
    f"|第{NUMERAL}[次届期批轮个号](?:全体会议|全会|会议)?"
    f"|{NUMERAL}(?:年度|周年|年|月|日|届|中全会|次|期|季度))"
    # 2026, AI+, U15, ISO9001; a dash before a subtitle; a space
    r"|(?P<latin>[0-9A-Za-z][0-9A-Za-z.@+&%'’/_:,-]*)"
    r"|(?P<dash>—+)|(?P<space>\s+)"
)
OPENING = set("“‘《「『（(【〈")
CLOSING = set("”’》」』）)】〉，。、；：？！,.;:?!·•…%-~\uff0d\uff5e\uff05")
JOINING = {*"暨和与及并同", "以及"}
CLAUSE = set("在以让为把从向由将使")  # what often begins a clause
LEADING = {*CLAUSE, *"对给做不再新", "关于"}
TRAILING = set("上中下里内前后时的之等者式化性型")
LIGHT = {*JOINING, *LEADING, *TRAILING, *OPENING, *CLOSING, *"是了也都"}


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a title that is not broken inside.

    `kind` is "word", "light" (a word that only joins others), "unknown", or a group of ATOM.
    """

    text: str
    kind: str

    def within(self, before: str = "", after: str = "") -> Word:
        """Returns the word with something beside it that stays with it."""
        return Word(before + self.text + after, self.kind)


def words_of(title: str, width: float) -> Iterator[Word]:
    """Yields the words of `title` in order, each with the space that follows it.

    Only what is wider than `width` is cut: a quotation at its words, a word anywhere.
    """
    words: list[Word] = []
    for text, kind in parts_of(title):
        if kind == "quotation" and width_of(text) > width:
            inner = list(words_of(text[1:-1], width))
            inner[0] = inner[0].within(before=text[0])
            inner[-1] = inner[-1].within(after=text[-1])
            words += inner
        elif kind == "space" and words:
            words[-1] = words[-1].within(after=text)
        elif kind == "han":
            words += han_words(text)
        else:
            words.append(Word(text, kind))
    for word in words:
        yield from pieces_of(word, width)


def pieces_of(word: Word, width: float) -> Iterator[Word]:
    """Yields `word`, or as many even pieces of it as a word wider than `width` needs."""
    count = int(-(-width_of(word.text) // width))
    size = -(-len(word.text) // count)
    for start in range(0, len(word.text), size):
        yield Word(word.text[start : start + size], word.kind)


def parts_of(title: str) -> Iterator[tuple[str, str]]:
    """Yields the parts of `title` that ATOM names, and between them "han": (text, kind)."""
    end = 0
    for match in ATOM.finditer(title):
        if match.start() > end:
            yield title[end : match.start()], "han"
        yield match[0], str(match.lastgroup)
        end = match.end()
    if end < len(title):
        yield title[end:], "han"


def han_words(text: str) -> Iterator[Word]:
    """Yields the words of a text without spaces, read in the way that needs the fewest.

    A character that no word holds counts more than a word; several in a row are one unknown word.
    """
    plain = simplified(text)
    unknown = ""
    for start, end in pairwise(word_bounds(plain)):
        kind = word_kind(plain[start:end])
        if kind == "unknown":
            unknown += text[start:end]
            continue
        if unknown:
            yield Word(unknown, "unknown")
            unknown = ""
        yield Word(text[start:end], kind)
    if unknown:
        yield Word(unknown, "unknown")


def word_bounds(text: str) -> list[int]:
    """Returns where words begin in `text`, and its end."""
    # The best reading of the first n characters: (cost, where its last word begins).
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(text) + 1):
        readings: list[tuple[float, int]] = []
        for start in range(max(0, end - LONGEST), end):
            before, _ = best[start]
            cost = before + word_cost(text[start:end])
            readings.append((cost, start))
        best.append(min(readings))
    bounds = [len(text)]
    while bounds[-1] > 0:
        bounds.append(best[bounds[-1]][1])
    return bounds[::-1]


def word_kind(word: str) -> str:
    if word in LIGHT:
        return "light"
    return "word" if len(word) > 1 else "unknown"


def word_cost(word: str) -> float:
    """Returns what reading `word` as one word costs: infinity where it is several."""
    if word in lexicon():
        return 0.9 - 0.02 * len(word)  # 座谈会|上, not 座谈|会上
    if len(word) == 1:
        return 0.95 if word in LIGHT else 1.6
    return 1.0 if word in phrases() else inf


def width_of(text: str) -> float:
    """Returns the width of `text` in Chinese characters; a Latin one is taken for half of one."""
    return sum(1 if east_asian_width(char) in "WFA" else 0.5 for char in text)


def simplified(text: str) -> str:
    """Returns `text` in simplified characters, one for one."""
    table = simple_forms()
    return "".join(table.get(char, char) for char in text)


@cache
def simple_forms() -> dict[str, str]:
    forms: dict[str, str] = {}
    for line in opencc_lines("TSCharacters.txt"):
        traditional, simple, *_ = line.split()
        forms[traditional] = simple
    return forms


@cache
def lexicon() -> frozenset[str]:
    words: set[str] = set()
    for line in LEXICON.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            words.update(line.split())
    return frozenset(words)


@cache
def phrases() -> frozenset[str]:
    """Returns the phrases of pypinyin and OpenCC, which are installed for the search."""
    from pypinyin.phrases_dict import phrases_dict  # takes 0.1 s, and few titles need it

    listed = (line.split("\t")[0] for line in opencc_lines("STPhrases.txt"))
    return frozenset({*phrases_dict, *listed})


def opencc_lines(name: str) -> list[str]:
    file = resources.files("opencc") / "dictionary" / name
    return file.read_text(encoding="utf-8").splitlines()
