"""Anything may be changed: no traceback, at most three lines, each of a file and line that are there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
import yaml
from conftest import FULL_VOLUME, ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechsite.words import METADATA, check, notes, read_speech

CHANGES = 10_000 if FULL_VOLUME else 300
YAML = ("mkdocs.yml", METADATA)
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (
        *(ROOT / name for name in YAML),
        *sorted(ROOT.glob("docs/*.md")),
        *sorted(ROOT.glob("speech/0*.md")),
    )
}
VALUES = [None, True, 0, -1, 3.5, "", "词语", "a.md", "../x", [], [[]], ["a"], {}, {"a": None}]
SIGNS = "x：:#-*`[]{}\"'<>|&!%@,， \t\u200b\u00a0"
LINES = (
    *("", "---", "## 新标题", "##没空格", "title: 二: 三", "- a", "一段新的话。", "</div>", "```"),
    *('--8<-- "03-duties.md"', '<div class="speech" markdown>', "<img src='x.png'>", "| a | b |"),
)


def places(value: object, key: tuple = ()) -> list[tuple]:
    """Returns where every value of some settings stands."""
    found = [key] if key else []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += places(inner, (*key, name))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            found += places(inner, (*key, number))
    return found


@st.composite
def changed_settings(draw: st.DrawFn) -> tuple[str, str]:
    """Draws a YAML file with one value deleted, doubled, misspelt or of another kind."""
    name = draw(st.sampled_from(YAML))
    root = yaml.safe_load(FILES[name])
    *above, last = draw(st.sampled_from(places(root)))
    inside = root
    for key in above:
        inside = inside[key]
    kind = draw(st.sampled_from(["delete", "retype", "double", "misspell"]))
    if kind == "delete":
        del inside[last]
    elif kind == "retype":
        inside[last] = draw(st.sampled_from(VALUES))
    elif kind == "misspell":
        inside[last] = f"{inside[last]}x"
    elif isinstance(inside, list):
        inside.insert(0, inside[last])
    else:
        inside[f"{last}x"] = inside.pop(last)
    return name, yaml.safe_dump(root, allow_unicode=True, sort_keys=False)


@st.composite
def changed_lines(draw: st.DrawFn) -> tuple[str, str]:
    """Draws a file with one line dropped, doubled, moved, indented, joined, broken or added."""
    name = draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    line = lines[at]
    place = draw(st.integers(0, len(line)))
    broken = line[:place] + draw(st.sampled_from(SIGNS)) + line[place:]
    changes: dict[str, Callable[[], list[str]]] = {
        "drop": lambda: [],
        "double": lambda: [line, line],
        "indent": lambda: [f"  {line}"],
        "break": lambda: [broken],
        "cut": lambda: [line[:place], line[place:]],
        "full width": lambda: [line.replace(":", "：", 1)],
        "add": lambda: [draw(st.sampled_from(LINES)), line],
    }
    lines[at : at + 1] = changes[draw(st.sampled_from(sorted(changes)))]()
    return name, "\n".join(lines)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    for name in ("docs", "speech"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


COUNTS: list[int] = []


@settings(max_examples=CHANGES, deadline=None, suppress_health_check=list(HealthCheck))
@given(change=st.one_of(changed_settings(), changed_lines()))
def test_any_change_is_told_in_at_most_three_true_lines(
    copied: Path, change: tuple[str, str]
) -> None:
    name, text = change
    (copied / name).write_text(text, encoding="utf-8")
    try:
        speech = read_speech(copied / "mkdocs.yml")
        found = check(speech)
        notes(speech)
        assert len(found) <= 3, found
        assert all(is_there(copied, problem.file, problem.line) for problem in found), found
        COUNTS.append(len(found))
    finally:
        (copied / name).write_text(FILES[name], encoding="utf-8")


def is_there(folder: Path, file: str, line: int) -> bool:
    path = folder / file
    return path.exists() and (not line or line <= path.read_text(encoding="utf-8").count("\n") + 1)


def test_most_changes_that_are_told_are_told_in_one_line() -> None:
    told = [count for count in COUNTS if count]
    assert len(told) > CHANGES // 10
    assert median(told) == 1
