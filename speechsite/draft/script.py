"""How a talk is written: it is recognised in simplified characters and kept in its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import opencc

from speechsite.draft.talk import Line, Lines

SAMPLE = 10_000  # characters that tell how a talk is written
TRADITIONAL = 0.05  # the share of characters that simplification changes: more, and it is
LATIN = 0.3  # the share of Chinese among the letters: less, and the talk is in another language


def simplified(lines: Lines) -> tuple[list[Line], dict[int, str]]:
    """Returns the lines in simplified characters, place for place, and the way back."""
    counts = Counter("".join(line.text for line in lines))
    often = [char for char, _ in counts.most_common() if char >= "\u4e00"]
    if not often:
        return list(lines), {}
    simple = opencc.OpenCC("t2s").convert("\n".join(often)).split("\n")
    table: dict[int, str] = {}
    back: dict[int, str] = {}
    for char, one in zip(often, simple, strict=True):
        table[ord(char)] = one
        back.setdefault(ord(one), char)
    written: list[Line] = []
    for line in lines:
        text = line.text.translate(table)
        written.append(replace(line, text=text))
    return written, back


def language(text: str) -> str:
    """Returns the language of a talk: zh-Hans, zh-Hant or en."""
    letters = [char for char in text[:SAMPLE] if char.isalpha()]
    chinese = [char for char in letters if char >= "\u2e80"]
    if len(chinese) < LATIN * len(letters):
        return "en"
    simple: str = opencc.OpenCC("t2s").convert("".join(chinese))
    changed = sum(one != other for one, other in zip(chinese, simple, strict=False))
    return "zh-Hant" if changed > TRADITIONAL * len(chinese) else "zh-Hans"
