"""What was before: numbers that were given out, and the day of the last change."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import program, run

from speechsite.words import Speech, notes, number_notes, read_speech, renumbered


def published(speech: Speech) -> dict[int, str]:
    return {paragraph.number: paragraph.corrected for paragraph in speech.paragraphs}


def split(before: dict[int, str], at: int) -> dict[int, str]:
    """Returns the paragraphs as they were if number `at` and the next one were still one."""
    joined: dict[int, str] = {}
    for number, text in before.items():
        if number == at + 1:
            joined[at] += text
        else:
            joined[number - (number > at)] = text
    return joined


def test_the_same_paragraphs_keep_their_numbers(speech: Speech) -> None:
    assert renumbered(published(speech), speech) == []
    assert list(number_notes(published(speech), speech)) == []
    assert list(number_notes({}, speech)) == []


@pytest.mark.parametrize("at", [1, 7, 17])
def test_a_split_moves_every_later_number(speech: Speech, at: int) -> None:
    before = split(published(speech), at)
    last = len(speech.paragraphs)
    assert renumbered(before, speech) == [(old, old + 1) for old in range(at + 1, last)]
    found = list(number_notes(before, speech))
    if at + 1 < last:
        (note,) = found
        assert f"第 {at + 1}–{last - 1} 段现在是第 {at + 2}–{last} 段" in note.message
    else:
        assert found == []


def test_a_changed_paragraph_moves_nothing(speech: Speech) -> None:
    before = {**published(speech), 4: "从前写成别的样子。"}
    assert renumbered(before, speech) == []


def test_two_splits_are_two_runs(speech: Speech) -> None:
    before = split(split(published(speech), 12), 3)
    (note,) = number_notes(before, speech)
    assert "第 4–10 段现在是第 5–11 段，第 12–16 段现在是第 14–18 段" in note.message


@pytest.fixture
def committed(project: Path) -> Callable[[str], Path]:
    """Commits the project's files on a day; returns the project."""

    def commit(day: str) -> Path:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "x", "--date", day]):
            subprocess.run([program("git"), *command], cwd=project, check=True)
        return project

    return commit


def test_words_changed_after_the_day_in_updated_are_noted(
    committed: Callable[[str], Path],
) -> None:
    speech = read_speech(committed("2030-01-31T12:00:00") / "mkdocs.yml")
    (note,) = notes(speech)
    assert (note.file, note.rule) == ("speech/speech.yml", "updated")
    assert "2030-01-31" in note.message
    renewed = replace(speech, metadata={**speech.metadata, "updated": date(2030, 1, 31)})
    assert notes(renewed) == []


def test_without_a_history_nothing_is_noted(project: Path) -> None:
    assert notes(read_speech(project / "mkdocs.yml")) == []


def test_a_build_tells_of_numbers_that_moved(project: Path) -> None:
    config = project / "mkdocs.yml"
    (project / "docs/handouts.md").write_text(
        "---\ntitle: 讲义\ndescription: 这里不列讲义。\n---\n", encoding="utf-8"
    )
    assert run("build", "-f", config).returncode == 0
    words = project / "speech/03-duties.md"
    text = words.read_text(encoding="utf-8")
    assert text.count("三项工作。办公室") == 1
    words.write_text(text.replace("三项工作。办公室", "三项工作。\n\n办公室"), encoding="utf-8")
    result = run("build", "-f", config)
    assert result.returncode == 0, result.stderr
    (said,) = [line for line in result.stdout.splitlines() if line.startswith("请看：")]
    assert said.startswith("请看：speech/03-duties.md:")
    assert "第 11–18 段现在是第 12–19 段" in said
