"""Putting a folder in the place of another: whole, one at a time, with a clear word where the disk refuses."""

from __future__ import annotations

import errno
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from speechsite.delivery import place
from speechsite.delivery.place import GENERATOR, exchange, refuse_foreign, replacing
from speechsite.problem import Stop

PAGE = f'<meta name="generator" content="{GENERATOR} 0">'


def fill(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(f"{PAGE}{text}", encoding="utf-8")


def content(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8").removeprefix(PAGE)


def put(target: Path, text: str) -> None:
    with replacing(target) as folder:
        fill(folder, text)


def test_the_new_one_takes_the_place_and_nothing_is_left(tmp_path: Path) -> None:
    for text in ("one", "two"):
        put(tmp_path / "deep/er/site", text)
        assert content(tmp_path / "deep/er/site") == text
    assert sorted(path.name for path in (tmp_path / "deep/er").iterdir()) == [".site.lock", "site"]


def test_an_exception_leaves_the_old_one(tmp_path: Path) -> None:
    put(tmp_path / "site", "one")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "site") as folder:
        fill(folder, "two")
        raise ZeroDivisionError
    assert content(tmp_path / "site") == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "site"]


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".site.new-abc/new").mkdir(parents=True)
    put(tmp_path / "site", "one")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "site"]


def test_one_at_a_time(tmp_path: Path) -> None:
    inside = []

    def work(number: int) -> None:
        with replacing(tmp_path / "site") as folder:
            inside.append(number)
            assert inside == [number]
            fill(folder, str(number))
            inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(12)))
    assert content(tmp_path / "site") in map(str, range(12))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "磁盘满了"),
        (errno.EROFS, "只读"),
        (errno.EACCES, "没有写的权限"),
        (errno.EIO, "写不了"),
    ],
)
@pytest.mark.parametrize("step", ["sync", "exchange"])
def test_what_the_disk_says_is_one_line_with_a_remedy(
    tmp_path: Path, monkeypatch, number, words, step
) -> None:
    put(tmp_path / "site", "one")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(place, step, refuse)
    with pytest.raises(Stop, match=f"site: write: .*{words}.*；") as stopped:
        put(tmp_path / "site", "two")
    assert len(stopped.value.problems) == 1
    assert content(tmp_path / "site") == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "site"]


def test_a_path_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("keep me", encoding="utf-8")
    with pytest.raises(Stop, match="write: "):
        put(tmp_path / "file/site", "one")
    with pytest.raises(Stop, match="file: target: 里面不是本程序生成的网站"):
        refuse_foreign(tmp_path / "file")
    with pytest.raises(Stop, match="target: 里面不是本程序生成的网站"):
        refuse_foreign(tmp_path)
    refuse_foreign(tmp_path / "nothing yet")
    put(tmp_path / "site", "one")
    refuse_foreign(tmp_path / "site")


def test_a_file_takes_the_place_of_a_file(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with replacing(tmp_path / "speech.zip") as new:
            new.write_text(text, encoding="utf-8")
        assert (tmp_path / "speech.zip").read_text(encoding="utf-8") == text
    assert sorted(path.name for path in tmp_path.iterdir()) == [".speech.zip.lock", "speech.zip"]


@pytest.mark.parametrize("lacking", ["another system", "an old C library"])
def test_without_the_kernels_help_two_renames_do_it(
    tmp_path: Path, monkeypatch, lacking: str
) -> None:
    """As on Windows, macOS, and where the C library has no renameat2; if the second fails, the first is taken back."""
    if lacking == "another system":
        monkeypatch.setattr(sys, "platform", "win32")
    else:
        monkeypatch.setattr(place.ctypes, "CDLL", lambda *_, **__: object())
    for name in ("new", "site"):
        (tmp_path / name).mkdir()
        fill(tmp_path / name, name)
    exchange(tmp_path / "new", tmp_path / "site")
    assert (content(tmp_path / "site"), content(tmp_path / "new")) == ("new", "site")

    rename = os.rename

    def locked(source: Path, target: Path) -> None:
        if Path(source).name == "new":
            raise PermissionError(errno.EACCES, "a program holds a file open")
        rename(source, target)

    monkeypatch.setattr(os, "rename", locked)
    with pytest.raises(PermissionError):
        exchange(tmp_path / "new", tmp_path / "site")
    assert (content(tmp_path / "site"), content(tmp_path / "new")) == ("new", "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "site"]
