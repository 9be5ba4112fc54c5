"""A problem is one line for the person who has to mend it; nothing else ever stops a build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One line: where, which rule, what is wrong and what to do.

    `file` is relative to the project; `line` counts from 1, and 0 is the whole file.
    """

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return visible(f"{place}: {self.rule}: {self.message}")


Problems: TypeAlias = Iterator[Problem]  # what a rule yields


class Stop(Exception):
    """The work cannot go on: `problems` says why, all at once."""

    def __init__(self, problems: Iterable[Problem] | Problem):
        self.problems = [problems] if isinstance(problems, Problem) else sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def visible(text: str) -> str:
    """Returns `text` in one line, every character that leaves no ink written as U+XXXX."""
    shown = ""
    for char in text:
        shown += char if char.isprintable() else f"U+{ord(char):04X}"
    return shown
