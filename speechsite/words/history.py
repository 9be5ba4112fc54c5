"""What was before: paragraph numbers that were given out, and the day the words changed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from speechsite.problem import Problem, Problems
from speechsite.words.model import METADATA, WORDS, Speech
from speechsite.words.places import line_of

PATIENCE = 5  # seconds for git, which answers in a hundredth


def renumbered(before: Mapping[int, str], speech: Speech) -> list[tuple[int, int]]:
    """Returns the paragraphs that were there before under another number: (old, new).

    `before` holds the paragraphs of an earlier site as they were read, by number.
    """
    numbers = sorted(before)
    old = [before[number] for number in numbers]
    paragraphs = speech.paragraphs
    new = [paragraph.corrected for paragraph in paragraphs]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    changed: list[tuple[int, int]] = []
    for old_start, new_start, size in matcher.get_matching_blocks():
        was = numbers[old_start : old_start + size]
        now = paragraphs[new_start : new_start + size]
        for number, paragraph in zip(was, now, strict=True):
            if number != paragraph.number:
                changed.append((number, paragraph.number))
    return changed


def number_notes(before: Mapping[int, str], speech: Speech) -> Problems:
    """A paragraph keeps the number under which it was published: others may have quoted it."""
    changed = renumbered(before, speech)
    if not changed:
        return
    places: dict[int, tuple[str, int]] = {}
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            places[paragraph.number] = (theme.words, paragraph.line)
    runs = "，".join(f"第 {old} 段现在是第 {new} 段" for old, new in runs_of(changed))
    message = (
        f"段号和上一次生成时不同了：原来的{runs}；"
        "已经有人引用过，就把拆开或合并的段落恢复原样，或在“关于”页说明"
    )
    _, first = changed[0]
    yield Problem(*places[first], "numbers", message)


def runs_of(changed: list[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """Yields runs of numbers that moved together: [(9, 10), (10, 11)] → ("9–10", "10–11")."""
    start = changed[0]
    for pair, following in pairwise([*changed, (0, 0)]):
        old, new = pair
        if following != (old + 1, new + 1):
            yield run(start[0], old), run(start[1], new)
            start = following


def run(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def date_notes(speech: Speech) -> Problems:
    """The day in `updated` is not before the last change of the words that git knows of."""
    changed = last_change(speech.root)
    if speech.updated and changed and changed > speech.updated:
        message = f"updated 是 {speech.updated}，讲话的文字在 {changed} 还改过；改成最后改动的日期"
        yield Problem(METADATA, line_of(speech, METADATA, "updated"), "updated", message)


def last_change(root: Path) -> date | None:
    """Returns the day of the last commit that changed a words file; None where git knows none."""
    command = ["git", "log", "-1", "--format=%as", "--", f"{WORDS}/*.md"]
    try:
        said = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        return date.fromisoformat(said.stdout.strip())
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
