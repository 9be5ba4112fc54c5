"""Word's automatic numbers, counted along a document (ECMA-376 part 1, 17.9): part of the words."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from docx.oxml.ns import qn

DIGITS = "〇一二三四五六七八九"
FORMAL = "零壹貳參肆伍陸柒捌玖"
PLACE = re.compile(r"%(\d)")  # %1 in a level's text stands for the number of the first level


class Numbering:
    """The counters of a document's lists, each moved on by the paragraphs that have a number."""

    def __init__(self, document: Any):
        self.styles = {style.style_id: style for style in document.styles}
        self.default = document.styles.default(1)  # WD_STYLE_TYPE.PARAGRAPH
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.lists = read_lists(document)

    def style(self, paragraph: Any) -> Any:
        return self.styles.get(paragraph.style or "", self.default)

    def next_number(self, paragraph: Any) -> str:
        """Returns the number before a paragraph and counts on; '' for none or a bullet.

        What the paragraph does not say, its style says, or the style that this one is based on.
        """
        settings = [paragraph.pPr]
        style = self.style(paragraph)
        while style is not None:
            settings.append(style.element.pPr)
            style = style.base_style
        numbers = [one.numPr for one in settings if one is not None and one.numPr is not None]
        ids = [str(one.numId.val) for one in numbers if one.numId is not None]
        depths = [one.ilvl.val for one in numbers if one.ilvl is not None]
        return self.count(ids[0] if ids else "", depths[0] if depths else 0)

    def count(self, number: str, depth: int) -> str:
        """Returns the next number of a list at a depth from 0; deeper ones begin anew."""
        key, levels = self.lists.get(number, ("", {}))
        if depth not in levels:
            return ""
        counts = self.counts[key]
        for level in [level for level in counts if level > depth]:
            del counts[level]
        for level in range(depth + 1):
            start = int(value(levels.get(level), "start", "1"))
            if level == depth:
                counts[level] = counts.get(level, start - 1) + 1
            else:
                counts.setdefault(level, start)
        return written(levels, counts, depth)


def read_lists(document: Any) -> dict[str, tuple[str, dict[int, Any]]]:
    """Returns for the id of each list its counter's name and its levels.

    Lists of one definition count on together, unless one of them starts anew.
    """
    root: Any = []
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/numbering"):
            root = relation.target_part.element
    definitions = {
        one.get(qn("w:abstractNumId")): one for one in root if one.tag == qn("w:abstractNum")
    }
    lists: dict[str, tuple[str, dict[int, Any]]] = {}
    for num in (one for one in root if one.tag == qn("w:num")):
        shared = num.find(qn("w:abstractNumId")).get(qn("w:val"))
        overrides = list(num.iter(qn("w:lvlOverride")))
        levels: dict[int, Any] = {}
        for part in (definitions[shared], *overrides):
            for level in part.iter(qn("w:lvl")):
                levels[int(level.get(qn("w:ilvl")))] = level
        number = num.get(qn("w:numId"))
        lists[number] = (number if overrides else f"abstract {shared}", levels)
    return lists


def written(levels: dict[int, Any], counts: dict[int, int], depth: int) -> str:
    """Returns a number as Word writes it, with what stands between it and the text."""
    own = levels[depth]
    if value(own, "numFmt", "decimal") in {"bullet", "none"}:
        return ""
    legal = own.find(qn("w:isLgl")) is not None  # all numbers of the line as 1, 2, 3

    def numbered(place: re.Match[str]) -> str:
        level = int(place[1]) - 1
        kind = "decimal" if legal else value(levels.get(level), "numFmt", "decimal")
        return numeral(counts.get(level, 1), kind)

    text = PLACE.sub(numbered, value(own, "lvlText", ""))
    spaced = text[-1:].isascii() and value(own, "suff", "tab") != "nothing"
    return f"{text} " if spaced else text


def value(level: Any, tag: str, default: str) -> str:
    element = level.find(qn(f"w:{tag}")) if level is not None else None
    return default if element is None else str(element.get(qn("w:val"), default))


def numeral(number: int, kind: str) -> str:
    """Returns a number in Word's format `kind` (17.18.59); one rare in speeches as 1, 2, 3."""
    if kind.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x245F + number)  # ①
    if "egal" in kind and ("hinese" in kind or "ideograph" in kind):
        return han(number).translate(str.maketrans(DIGITS + "十", FORMAL + "拾"))
    if "hinese" in kind or "japanese" in kind or kind == "ideographDigital":
        return han(number)
    return str(number)


def han(number: int) -> str:
    """Returns 1 … 99 as 一 … 九十九, a greater number by its digits."""
    if not 0 < number < 100:
        return "".join(DIGITS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    head = "" if tens < 2 else DIGITS[tens]
    return head + ("十" if tens else "") + (DIGITS[ones] if ones else "")
