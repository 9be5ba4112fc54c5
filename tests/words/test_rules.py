"""The rules: a specimen with every fault, and the faults that no specimen can have beside others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, run

from speechsite.words import check, read_speech

SHOWN = 50  # lines of problems that a person reads at once
SPECIMEN = Path(__file__).parent / "specimen"


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in check(read_speech(folder / "mkdocs.yml"))]


def test_the_real_speech_has_no_problem() -> None:
    assert problems(ROOT) == []


def test_every_fault_of_the_specimen_is_named(
    unfold: Callable[[Path, Path], Path], tmp_path: Path
) -> None:
    folder = unfold(SPECIMEN, tmp_path / "specimen")
    expected = (SPECIMEN / "problems.txt").read_text(encoding="utf-8").splitlines()
    assert problems(folder) == expected
    result = run("check", "-f", folder / "mkdocs.yml")
    said = result.stderr.splitlines()
    assert (result.returncode, said[:SHOWN]) == (1, expected[:SHOWN])
    assert said[SHOWN:-1] == [f"……还有 {len(expected) - SHOWN} 处，改好以上再看"]


@pytest.mark.parametrize(
    ("name", "text", "start"),
    [
        ("mkdocs.yml", "site_name: [", "mkdocs.yml:1: yaml: "),
        ("mkdocs.yml", "site_name: !ENV NAME\n", "mkdocs.yml:1: yaml: "),
        ("mkdocs.yml", "- 甲\n", "mkdocs.yml:1: yaml: "),
        ("mkdocs.yml", "theme: material\n", "mkdocs.yml:1: config: 缺少 nav"),
        (
            "mkdocs.yml",
            "site_name: 甲\nnav:\n  - index.md\n",
            "mkdocs.yml:2: nav: docs/about.md、docs/closing.md、",
        ),
        ("speech/speech.yml", "title: 甲\n  slug: 乙\n", "speech/speech.yml:2: yaml: "),
        ("speech/speech.yml", "title: 甲乙\nslug: a\n", "speech/speech.yml:1: title: "),
        (
            "speech/speech.yml",
            f"title: {'甲' * 21}\nslug: a\ntitle_lines: [{'甲' * 21}]\n",
            "speech/speech.yml:3: title: 标题的这一行宽 21 字",
        ),
        ("speech/speech.yml", "slug: a\n", "speech/speech.yml:1: metadata: 缺少 title"),
        ("speech/original.txt", "\r\n", "speech/original.txt: empty: "),
        ("docs/duties.md", "没有引入文字\n", "docs/duties.md:1: front-matter: "),
        ("docs/index.md", "---\ntitle: [\n---\n", "docs/index.md:2: yaml: "),
    ],
)
def test_a_broken_file_is_named_with_its_line(
    project: Path, name: str, text: str, start: str
) -> None:
    (project / name).write_text(text, encoding="utf-8")
    assert any(problem.startswith(start) for problem in problems(project)), problems(project)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mkdocs.yml", "mkdocs.yml: missing: 找不到这个文件"),
        ("speech/speech.yml", "speech: missing: 里面没有 speech.yml"),
        ("speech/original.txt", "speech: missing: 里面没有 original.txt"),
        ("speech", "mkdocs.yml: missing: 旁边没有 speech 文件夹"),
        ("docs/index.md", "mkdocs.yml:9: nav: 没有 docs/index.md 这一页"),
        ("docs/duties.md", "mkdocs.yml:13: nav: 没有 docs/duties.md 这一页"),
        ("docs/full.md", "mkdocs.yml:18: nav: 没有 docs/full.md 这一页"),
        ("docs", "mkdocs.yml:4: config: 没有 docs 这个文件夹"),
    ],
)
def test_a_missing_file_is_one_line(project: Path, name: str, said: str) -> None:
    place = project / name
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    (problem,) = problems(project)
    assert problem.startswith(said)


def test_what_the_transcript_has_may_stand_in_the_left_side_of_a_correction(project: Path) -> None:
    for name in ("speech/original.txt", "speech/05-closing.md"):
        path = project / name
        mark = "最后，\u200b" if name.endswith("txt") else "最后，{--\u200b--}"
        path.write_text(path.read_text(encoding="utf-8").replace("最后，", mark), encoding="utf-8")
    assert problems(project) == []
