"""A talk's words as a words file holds them: read back the same, and shown the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from speechsite.draft.talk import INVISIBLE
from speechsite.words import Heading, Paragraph, read_words

# Markdown and CriticMarkup wherever they stand: * [ < & {--
ANYWHERE = re.compile(r"[\\`*_\[<&\t]|\{(?:--|\+\+|>>|==|~~)?")
LITERALS = {
    "<": "&lt;",
    "&": "&amp;",
    "\t": "&#9;",
    "{--": r"\{\--",
    "{++": r"\{\++",
    "{>>": r"\{\>>",
    "{==": r"\{&#61;=",
    "{~~": r"\{&#126;~",
}
# What is markup at a line's start only: # > - --- 1. ~~~ === |
AT_START = re.compile(
    r"(?P<mark>#|>|[-+](?=\s)|---|-\s*-\s*-|\|)|(?P<number>\d+)(?=\.\s)"
    r"|(?P<other>~(?=~~)|=(?==*$))"
)
ATTRIBUTES = re.compile(r"\}\s*$")  # a heading that ends so could be read as its attributes
HASH = re.compile("(?<!&)#")  # but not that of &#126;


def escape(text: str) -> str:
    """Returns a line of the talk as a line of a words file.

    What no reader can see, and what is not NFC, becomes the left side of a correction.
    """
    odd = {char for char in set(text) if char != "\t" and unicodedata.category(char) in INVISIBLE}
    if not odd and unicodedata.is_normalized("NFC", text):
        escaped = literal(text)
    else:
        escaped = "".join(corrections(text, odd))
    start = AT_START.match(text)
    if start is None or escaped[0] != text[0]:
        return escaped
    if start["number"]:
        return f"{start[0]}\\{escaped[start.end() :]}"
    if start["mark"]:
        return f"\\{escaped}"
    return f"&#{ord(text[0])};{escaped[1:]}"


def escape_heading(text: str) -> str:
    """Returns a heading line of the talk as a heading's text; what could end it is written out."""
    bare = literal(text) if AT_START.match(text) else escape(text)
    return ATTRIBUTES.sub("&#125;", HASH.sub(r"\#", bare))


def literal(text: str) -> str:
    return ANYWHERE.sub(lambda match: LITERALS.get(match[0]) or f"\\{match[0]}", text)


def corrections(text: str, odd: set[str]) -> Iterator[str]:
    """Yields text with its odd characters and what is not NFC as corrections."""

    def is_sound(cluster: str) -> bool:
        return odd.isdisjoint(cluster) and unicodedata.is_normalized("NFC", cluster)

    for sound, run in groupby(clusters(text, odd), key=is_sound):
        if sound:
            yield literal("".join(run))
        else:
            yield from (correction(cluster, odd) for cluster in run)


def clusters(text: str, odd: set[str]) -> Iterator[str]:
    """Yields text in pieces that NFC never joins (Unicode Annex 15): a character and its marks."""
    start = 0
    for at, char in enumerate(text):
        joins = char in odd or unicodedata.category(char)[0] == "M" or "\u1161" <= char <= "\u11c2"
        if at and not joins:
            yield text[start:at]
            start = at
    yield text[start:]


def correction(cluster: str, odd: set[str]) -> str:
    """Returns a cluster, its invisible characters marked as removed, or all replaced by its NFC."""
    kept = "".join(char for char in cluster if char not in odd)
    composed = unicodedata.normalize("NFC", kept)
    if kept != composed:
        return f"{{~~{side(cluster)}~>{side(composed)}~~}}"
    marked = ""
    for hidden, run in groupby(cluster, key=odd.__contains__):
        part = "".join(run)
        marked += f"{{--{part}--}}" if hidden else literal(part)
    return marked


def side(text: str) -> str:
    """Returns one side of a correction, whose own signs are written out."""
    return literal(text).replace("~", "&#126;").replace(">", "&gt;")


def corrected(words: str) -> Iterator[tuple[int, str]]:
    """Yields the corrections that a words file needed, as (line, what)."""
    for block in read_words(words):
        if not isinstance(block, Heading | Paragraph):
            continue
        for span in block.spans:
            if span.is_correction:
                codes = " ".join(f"U+{ord(char):04X}" for char in span.original[:8])
                what = f"改成“{span.corrected}”" if span.corrected else "不显示"
                yield block.line, f"原文有 {codes}，已标为勘误：{what}；看看对不对"
