"""Talks as they come from web pages and offices: what is theirs, what is not, and what they become.

received.txt has them one below another. A line that begins with X is left out of the words, T and B
are title and byline, P names speaker and date where no byline line does; ⟦1⟧ begins a section of
that level, ⟦1!⟧ one whose line is the talk's own heading. § is a sentence, ¶ a paragraph of prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from speechsite.draft.heads import read_head
from speechsite.draft.outline import Section, recognise
from speechsite.draft.project import new_project
from speechsite.draft.talk import Line, Talk
from speechsite.words import Heading, Paragraph, check, read_speech
from speechsite.words.model import spoken_lines

TALKS = Path(__file__).parent / "talks" / "received.txt"
SENTENCE = "这几个月大家跑得很勤，事情一件一件地有了着落，剩下的几件也都有人盯着。"
PARAGRAPH = SENTENCE + "办法会前已经发给大家，回去对着单子一项一项地核，月底报一次，年底算总账。"
MARK = re.compile(r"⟦(\d)(!?)⟧")
SMALLEST = 60  # characters of a page


@dataclass
class Expected:
    """A talk of received.txt and what is to be found in it."""

    name: str
    lines: list[str] = field(default_factory=list)
    heads: dict[str, list[str]] = field(default_factory=lambda: {"T": [], "B": [], "X": []})
    known: str = ""
    sections: list[tuple[tuple[int, int], int, bool]] = field(default_factory=list)


def read_expected(source: str) -> Expected:
    name, *rows = source.strip().split("\n")
    talk = Expected(name)
    kept = 0
    for row in rows:
        kind, text = re.fullmatch(r"(?:([PTBX]) )?(.*)", row).groups()
        if kind == "P":
            talk.known = text
            continue
        words = text.replace("§", SENTENCE).replace("¶", PARAGRAPH)
        if kind:
            talk.heads[kind].append(words)
        elif mark := MARK.search(words):
            place = (kept, mark.start())
            talk.sections.append((place, int(mark[1]), mark[2] == "!"))
            words = MARK.sub("", words)
        talk.lines.append(words)
        kept += kind != "X"
    return talk


def talks() -> Iterator[Expected]:
    for source in TALKS.read_text(encoding="utf-8").split("=== ")[1:]:
        yield read_expected(source)


@pytest.fixture(params=[pytest.param(talk, id=talk.name) for talk in talks()])
def talk(request: pytest.FixtureRequest) -> Expected:
    return request.param


def shape(section: Section) -> tuple[tuple[int, int], int, bool]:
    return section.place, section.level, section.said


def test_head_and_sections(talk: Expected) -> None:
    head = read_head(Talk(tuple(Line(text) for text in talk.lines)))
    left_out = [talk.lines[index] for index in sorted(head.left_out)]
    assert (list(head.title), list(head.byline)) == (talk.heads["T"], talk.heads["B"])
    assert left_out == talk.heads["X"]
    told = "".join((*head.sources, head.speaker))
    assert all(part in told for part in talk.known.split())
    outline = recognise(head.lines, head.body)
    assert [shape(section) for section in outline.sections] == talk.sections


def test_project(talk: Expected, tmp_path: Path) -> None:
    """It passes the check, loses no line, and shows no heading twice, none cut, no tiny page."""
    source = tmp_path / "talk.txt"
    source.write_text("\n".join(talk.lines), encoding="utf-8")
    told = "\n".join(new_project(source, tmp_path / "new"))
    speech = read_speech(tmp_path / "new" / "mkdocs.yml")
    assert check(speech) == []
    assert all(f"第 {number} 行" in told for number in speech.left_out)
    words = [line.original for theme in speech.themes for line in spoken_lines(theme.blocks)]
    first = len(talk.heads["T"]) + len(talk.heads["B"])
    kept = [line for line in talk.lines if line not in talk.heads["X"]]
    assert words == kept[first:]
    sizes = [sum(len(line.original) for line in spoken_lines(t.blocks)) for t in speech.themes]
    assert len(sizes) == 1 or min(sizes) >= SMALLEST
    for theme in speech.themes:
        for above, below in pairwise(theme.blocks):
            if isinstance(above, Heading) and isinstance(below, Paragraph):
                assert bare(above.title) != bare(below.corrected)
        for heading in theme.headings:
            assert "…" not in heading.title and balanced(heading.title)


def bare(text: str) -> str:
    """Returns a line without its mark and the punctuation around it."""
    return re.sub(r"^[（(]?[一二三四五六七八九十\d]+[）)、.]|[。：！？]", "", text)


def balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("“”", "《》", "（）"))
