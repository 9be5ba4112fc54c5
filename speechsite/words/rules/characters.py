"""Rules about characters: the composed form, and no invisible ones. The transcript is exempt."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from speechsite.problem import Problem, Problems
from speechsite.words.files import text_of
from speechsite.words.markup import TOKEN
from speechsite.words.model import TRANSCRIPT, WORDS, Speech

# Control, format, private, unassigned, surrogate, line and paragraph separator (Unicode, 4.5).
INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def form_rules(speech: Speech) -> Problems:
    """Every file is in the composed form NFC (Unicode Annex 15)."""
    for name, line, source in edited_lines(speech):
        if unicodedata.is_normalized("NFC", source):
            continue
        char = next(char for char in clusters(source) if not unicodedata.is_normalized("NFC", char))
        message = f"“{char}”（U+{ord(char[0]):04X}）不是 NFC 形式；重新输入这个字"
        yield Problem(name, line, "encoding", message)


def ink_rules(speech: Speech) -> Problems:
    """No control, zero-width or other invisible character stands in the words or the frame.

    A tab indents a list on an editor's page, and is none of the speaker's words.
    """
    for name, line, source in edited_lines(speech):
        is_of_words = name.startswith(f"{WORDS}/")
        for char in dict.fromkeys(source if is_of_words else source.replace("\t", "")):
            if char.isprintable() or unicodedata.category(char) not in INVISIBLE:
                continue
            what = unicodedata.name(char, "控制字符")
            remedy = "删去，原文就有的标成 {--…--}" if is_of_words else "删去"
            message = f"有看不见的字符 U+{ord(char):04X}（{what}）；{remedy}"
            yield Problem(name, line, "character", message)


def edited_lines(speech: Speech) -> Iterator[tuple[str, int, str]]:
    """Yields file, number and text of every line, without what the transcript alone vouches for."""
    for name, data in speech.files.items():
        if name == TRANSCRIPT:
            continue
        text = text_of(data)
        if text.isascii() and text.replace("\n", "").isprintable():
            continue
        for line, source in enumerate(text.split("\n"), 1):
            yield name, line, without_originals(source)


def without_originals(source: str) -> str:
    """Returns a line without the left sides of its corrections."""
    if "{" not in source:
        return source
    kept: list[str] = []
    for match in TOKEN.finditer(source):
        if match.lastgroup in {"new", "added", "removed"}:
            kept.append(match["new"] or match["added"] or "")
        else:
            kept.append(match[0])
    return "".join(kept)


def clusters(source: str) -> Iterator[str]:
    """Yields a line in pieces of a character and the marks that combine with it."""
    piece = ""
    for char in source:
        if piece and not unicodedata.combining(char):
            yield piece
            piece = ""
        piece += char
    yield piece
