"""The promise: any change to the words is found, in its file and line."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from speechsite.words import Speech, check, read_speech

ROOT = Path(__file__).resolve().parents[2]
SPEECH = read_speech(ROOT / "mkdocs.yml")
LETTERS = sorted({char for paragraph in SPEECH.paragraphs for char in paragraph.original})
PLACES = [(theme.words, p.line) for theme in SPEECH.themes for p in theme.paragraphs]
# What an editor would have read instead: the right sides of corrections, which no transcript can vouch for.
READ_INSTEAD = {
    (name, line): {
        at for right in re.finditer(r"(?<=~>).*?(?=~~\})", source) for at in range(*right.span())
    }
    for name, line in PLACES
    for source in [SPEECH.files[name].decode().split("\n")[line - 1]]
}


def with_lines(speech: Speech, name: str, lines: list[str], tmp: Path) -> Speech:
    """Returns the speech read anew with one words file changed."""
    for path, data in speech.files.items():
        place = tmp / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_bytes() != data:
            place.write_bytes(data)
    (tmp / name).write_text("\n".join(lines), encoding="utf-8")
    return read_speech(tmp / "mkdocs.yml")


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, list[str], set[tuple[str, int]]]:
    """Draws a words file with one fault: (its name, its new lines, the places of which one must be named)."""
    name, line = draw(st.sampled_from(PLACES))
    lines = SPEECH.files[name].decode().split("\n")
    own = [number for file, number in PLACES if file == name]
    source = lines[line - 1]
    at = draw(
        st.sampled_from([at for at in range(len(source)) if at not in READ_INSTEAD[name, line]])
    )
    kind = draw(
        st.sampled_from(
            ["change", "drop", "double", "swap", "drop all", "double all", "swap all", "join"]
        )
    )
    named = {(name, line)}
    if kind == "change":
        lines[line - 1] = source[:at] + draw(st.sampled_from(LETTERS)) + source[at + 1 :]
    elif kind == "drop":
        lines[line - 1] = source[:at] + source[at + 1 :]
    elif kind == "double":
        lines[line - 1] = source[:at] + source[at] + source[at:]
    elif kind == "swap":
        lines[line - 1] = source[:at] + source[at : at + 2][::-1] + source[at + 2 :]
    elif kind == "drop all":
        lines[line - 1] = ""
        index = PLACES.index((name, line))  # the paragraph is gone: a neighbour is named
        named = set(PLACES[max(0, index - 1) : index + 2])
    elif kind == "double all":
        lines[line - 1 : line - 1] = [source, ""]
        named = {(name, line), (name, line + 2)}
    else:
        other = draw(st.sampled_from(own))
        assume(other != line)
        if kind == "swap all":
            lines[line - 1], lines[other - 1] = lines[other - 1], source
            named = {
                (name, number) for number in own if min(line, other) <= number <= max(line, other)
            }
        else:
            lines[other - 1] += source
            named = {(name, line), (name, other)}
    assume("".join(lines) != "".join(SPEECH.files[name].decode().split("\n")))
    return name, lines, named


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutation=mutations())
def test_every_mutation_is_found_in_its_file_and_line(tmp_path_factory, mutation: tuple) -> None:
    name, lines, named = mutation
    folder = tmp_path_factory.getbasetemp() / "mutated"
    found = [
        problem
        for problem in check(with_lines(SPEECH, name, lines, folder))
        if problem.rule != "empty"
    ]
    assert any((problem.file, problem.line) in named for problem in found), found


def test_many_faults_are_all_named_at_once(tmp_path: Path) -> None:
    name = SPEECH.themes[1].words
    lines = SPEECH.files[name].decode().split("\n")
    own = [number for file, number in PLACES if file == name]
    for number in own:
        lines[number - 1] = lines[number - 1][:3] + "零" + lines[number - 1][4:]
    found = check(with_lines(SPEECH, name, lines, tmp_path))
    assert [(p.file, p.line, p.rule) for p in found] == [
        (name, number, "verbatim") for number in own
    ]
    assert all("第 4 字" in p.message and "【零】" in p.message for p in found)


def test_a_wrong_left_side_is_a_fault_of_the_correction(tmp_path: Path) -> None:
    theme = next(
        theme
        for theme in SPEECH.themes
        if any(s.is_correction for p in theme.paragraphs for s in p.spans)
    )
    lines = [
        line.replace("{~~.~>", "{~~,~>") for line in SPEECH.files[theme.words].decode().split("\n")
    ]
    (problem,) = check(with_lines(SPEECH, theme.words, lines, tmp_path))
    assert (problem.file, problem.rule) == (theme.words, "correction")


def test_paragraph_numbers_run_through_the_speech() -> None:
    assert [p.number for p in SPEECH.paragraphs] == list(range(1, len(SPEECH.paragraphs) + 1))
