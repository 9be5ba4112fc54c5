"""Every file of a project in every form that an editor's program may leave it in: one line, or it works."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

from speechsite.words import METADATA, TRANSCRIPT, check, read_speech

FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        ROOT / "mkdocs.yml",
        ROOT / METADATA,
        ROOT / TRANSCRIPT,
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("speech/*.md"),
    )
)
Change = Callable[[Path], None]


def rewritten(change: Callable[[bytes], bytes]) -> Change:
    return lambda path: path.write_bytes(change(path.read_bytes()))  # type: ignore[return-value]


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def unreadable(path: Path) -> None:
    """A link to itself can be read by nobody, root included."""
    path.unlink()
    path.symlink_to(path.name)


WORKS: dict[str, Change] = {
    "BOM": rewritten(lambda data: b"\xef\xbb\xbf" + data),
    "CRLF": rewritten(lambda data: data.replace(b"\n", b"\r\n")),
    "CR": rewritten(lambda data: data.replace(b"\n", b"\r")),
    "no last line end": rewritten(lambda data: data.rstrip(b"\n")),
}
ONE_LINE: dict[str, Change] = {
    "GBK": rewritten(lambda data: data.decode().encode("gb18030")),
    "UTF-16": rewritten(lambda data: data.decode().encode("utf-16")),
    "UTF-16 without a mark": rewritten(lambda data: data.decode().encode("utf-16-le")),
    "empty": rewritten(lambda _: b""),
    "blank": rewritten(lambda _: b"\xef\xbb\xbf\r\n  \r\n"),
    "a folder": as_folder,
    "unreadable": unreadable,
    "20 MB": rewritten(lambda data: data * (20_000_000 // len(data))),
    "binary": rewritten(lambda _: bytes(range(256)) * 40),
    "a Word file": rewritten(lambda _: b"PK\x03\x04" + bytes(range(200))),
    "cut inside a character": rewritten(lambda data: data + "语".encode()[:2]),
}


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, Change], list[str]]:
    """Changes a file of the real project; returns what is said of it."""
    for name in ("docs", "speech"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)

    def change(name: str, form: Change) -> list[str]:
        path = tmp_path / name
        original = path.read_bytes()
        form(path)
        found = [str(problem) for problem in check(read_speech(tmp_path / "mkdocs.yml"))]
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        path.write_bytes(original)
        return found

    return change


@pytest.mark.parametrize("form", WORKS)
def test_a_file_that_is_only_saved_otherwise_works(
    changed: Callable[[str, Change], list[str]], form: str
) -> None:
    for name in FILES:
        assert changed(name, WORKS[form]) == [], name


@pytest.mark.parametrize("form", ONE_LINE)
def test_a_file_that_is_no_text_is_one_line_with_its_name(
    changed: Callable[[str, Change], list[str]], form: str
) -> None:
    for name in FILES:
        found = changed(name, ONE_LINE[form])
        assert len(found) == 1, (name, found)
        assert found[0].startswith(f"{name}:"), (name, found)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_one_line(
    changed: Callable[[str, Change], list[str]],
) -> None:
    for name in FILES:
        (problem,) = changed(name, lambda path: path.chmod(0))
        assert problem.startswith(f"{name}: file: 读不了（")
