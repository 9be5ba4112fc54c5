"""Putting a folder in the place of another: whole, one at a time, or a clear word why not."""

from __future__ import annotations

import errno
import io
import os
import random
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import FULL_VOLUME, ROOT
from filelock import FileLock
from sites import fill, number_of

from speechsite.delivery import place
from speechsite.delivery.checksums import damaged
from speechsite.delivery.place import copy_folder, exchange, refuse_foreign, replacing
from speechsite.delivery.publish import current_release
from speechsite.problem import Stop

KILLS = 40 if FULL_VOLUME else 6
AS_ANOTHER_USER = pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="only root may act as another user"
)
NOBODY = 65534


def put(target: Path, number: int) -> None:
    with replacing(target) as folder:
        fill(folder, number)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refuse(number: int, name: str | None = None):
    """Returns a step that the system refuses."""

    def step(*_: object) -> None:
        raise OSError(number, os.strerror(number), name)

    return step


def test_the_new_one_takes_the_place_and_nothing_is_left(tmp_path: Path) -> None:
    for number in (1, 2):
        put(tmp_path / "deep/er/site", number)
        assert number_of(tmp_path / "deep/er/site") == number
    assert names(tmp_path / "deep/er") == [".site.lock", "site"]


def test_an_exception_leaves_the_old_one(tmp_path: Path) -> None:
    put(tmp_path / "site", 1)
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "site") as folder:
        fill(folder, 2)
        raise ZeroDivisionError
    assert number_of(tmp_path / "site") == 1
    assert names(tmp_path) == [".site.lock", "site"]


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".site.new-abc/new").mkdir(parents=True)
    put(tmp_path / "site", 1)
    assert names(tmp_path) == [".site.lock", "site"]


def test_killed_at_any_moment_it_leaves_whole_things(tmp_path: Path) -> None:
    """kill -9 at random moments of putting in place, publishing and bundling."""
    (tmp_path / "server").mkdir()
    command = [sys.executable, Path(__file__).with_name("sites.py"), tmp_path]
    chance = random.Random(seed := random.randrange(10**6))
    for _ in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        first, second = (process.stdout.readline() and time.monotonic() for _ in range(2))
        delay = chance.uniform(0, 1.5 * (second - first))
        with suppress(subprocess.TimeoutExpired):
            process.wait(delay)
        process.kill()
        process.communicate()
        if (tmp_path / "site").exists():
            number_of(tmp_path / "site")
        if (release := current_release(tmp_path / "server")) is not None:
            assert damaged(release.bundle) == [], f"seed {seed}"
            number_of(release.bundle / "site")
        if (tmp_path / "dist/small.zip").exists():
            with zipfile.ZipFile(tmp_path / "dist/small.zip") as bundle:
                assert bundle.testzip() is None, f"seed {seed}"


@pytest.mark.parametrize("kind", ["link", "link to nothing yet", "link to a link"])
def test_what_a_link_leads_to_is_replaced(tmp_path: Path, kind: str) -> None:
    """As where `site` or -d leads to a web root."""
    (tmp_path / "www").mkdir()
    root = tmp_path / "www/html"
    link = tmp_path / "site"
    link.symlink_to(root)
    if kind == "link to a link":
        link = tmp_path / "here"
        link.symlink_to("site")
    if kind != "link to nothing yet":
        root.mkdir()
    for number in (1, 2):
        refuse_foreign(link)
        put(link, number)
        assert link.is_symlink() and not root.is_symlink()
        assert number_of(root) == number
    assert names(tmp_path / "www") == [".html.lock", "html"]


def test_one_at_a_time(tmp_path: Path) -> None:
    inside = []

    def work(number: int) -> None:
        with replacing(tmp_path / "site") as folder:
            inside.append(number)
            assert inside == [number]
            fill(folder, number)
            inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(12)))
    assert number_of(tmp_path / "site") in range(12)


class Heard(io.StringIO):
    """A stream that says when something was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.event = threading.Event()

    def write(self, text: str) -> int:
        self.event.set()
        return super().write(text)


def test_waiting_for_another_is_said(tmp_path: Path, monkeypatch) -> None:
    heard = Heard()
    monkeypatch.setattr(sys, "stderr", heard)
    monkeypatch.setattr(place, "PATIENCE", 0.01)
    waiting = threading.Thread(target=put, args=(tmp_path / "site", 1))
    with FileLock(tmp_path / ".site.lock"):
        waiting.start()
        assert heard.event.wait(60)
        assert not (tmp_path / "site").exists()
    waiting.join()
    assert number_of(tmp_path / "site") == 1
    said = heard.getvalue().splitlines()
    assert len(said) == 1 and f"{tmp_path / 'site'}：另一个程序正在写这里" in said[0]


def test_who_need_not_wait_hears_nothing(tmp_path: Path, capsys) -> None:
    put(tmp_path / "site", 1)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "磁盘满了"),
        (errno.EROFS, "只读"),
        (errno.EACCES, "没有写的权限"),
        (errno.EBUSY, "挂载点"),
        (errno.EMFILE, "写不了"),
    ],
)
@pytest.mark.parametrize("step", ["fresh_folder", "sync", "exchange"])
def test_what_the_disk_says_is_one_line_with_a_remedy(
    tmp_path: Path, monkeypatch, number: int, words: str, step: str
) -> None:
    """The line names the place that the user knows, not what is made on the way."""
    put(tmp_path / "site", 1)
    monkeypatch.setattr(place, step, refuse(number, str(tmp_path / ".site.new-x/new/a.html")))
    with pytest.raises(Stop) as stopped:
        put(tmp_path / "site", 2)
    assert len(stopped.value.problems) == 1
    problem = stopped.value.problems[0]
    assert (problem.file, problem.rule) == (str(tmp_path / "site"), "write")
    assert words in problem.message and "；" in problem.message
    assert number_of(tmp_path / "site") == 1
    assert names(tmp_path) == [".site.lock", "site"]


def test_a_full_disk_while_it_is_filled_is_said_of_the_target(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="site: write: 磁盘满了"), replacing(tmp_path / "site"):
        refuse(errno.ENOSPC)()


@pytest.mark.parametrize("name", ["docs/a.md", "图片.png"])
def test_a_file_that_cannot_be_read_is_named_itself(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    with pytest.raises(Stop) as stopped, replacing(tmp_path / "site"):
        source.read_bytes()
    (problem,) = stopped.value.problems
    assert (problem.file, problem.rule) == (str(source), "read")


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EISDIR])
def test_what_went_wrong_inside_is_no_fault_of_the_disk(tmp_path: Path, number: int) -> None:
    """A file of the new folder that was never made: a folder that is gone would be named."""
    with pytest.raises(OSError) as raised, replacing(tmp_path / "site") as folder:
        refuse(number, str(folder / "search/index.js"))()
    assert raised.value.errno == number


def test_a_broken_pipe_is_nobodys_fault(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), replacing(tmp_path / "site"):
        refuse(errno.EPIPE)()


def test_a_path_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("keep me", encoding="utf-8")
    (tmp_path / "round").symlink_to("round")
    for target in (tmp_path / "file/site", tmp_path / "round/site", tmp_path / ("x" * 300)):
        with pytest.raises(Stop) as stopped:
            put(target, 1)
        (problem,) = stopped.value.problems
        assert (problem.file, problem.rule) == (str(target), "write")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc on this system")
def test_where_no_file_can_be_made_it_ends(tmp_path: Path) -> None:
    """FileLock by itself would try for ever."""
    for target in (Path("/proc/site"), Path("/proc/self/site")):
        with pytest.raises(Stop, match=r"write: .*换一个位置"):
            put(target, 1)


def test_nobodys_files_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("keep me", encoding="utf-8")
    for target in (tmp_path / "file", tmp_path):
        with pytest.raises(Stop, match="target: 里面不是本程序生成的网站"):
            refuse_foreign(target)
    (tmp_path / "empty").mkdir()
    refuse_foreign(tmp_path / "empty")
    refuse_foreign(tmp_path / "nothing yet")
    put(tmp_path / "site", 1)
    refuse_foreign(tmp_path / "site")


def test_what_mkdocs_made_is_replaced_only_in_the_projects_own_place(tmp_path: Path) -> None:
    page = tmp_path / "site/index.html"
    page.parent.mkdir()
    page.write_text('<meta name="generator" content="mkdocs-1.6.1, mkdocs-material-9">', "utf-8")
    refuse_foreign(page.parent, own=True)
    with pytest.raises(Stop, match="target: 里面是 MkDocs 直接生成的网站"):
        refuse_foreign(page.parent)


def test_what_mkdocs_makes_with_our_theme_is_known_as_its_own(tmp_path: Path) -> None:
    config, site = ROOT / "mkdocs.yml", tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", config, "-d", site]
    subprocess.run(command, cwd=ROOT, check=True)
    refuse_foreign(site, own=True)
    with pytest.raises(Stop, match="里面是 MkDocs 直接生成的网站"):
        refuse_foreign(site)


@AS_ANOTHER_USER
@pytest.mark.parametrize("kind", ["read-only checkout", "web root of another"])
def test_an_ordinary_user_is_told_what_he_may_not(tmp_path: Path, kind: str) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    target, wanted = tmp_path / "checkout/site", "没有写的权限"
    target.parent.mkdir()
    if kind == "web root of another":
        target.mkdir()
        os.chown(target, NOBODY, NOBODY)
        wanted = f"须能写它的上一级 {target.parent}"
    os.seteuid(NOBODY)
    try:
        with pytest.raises(Stop) as stopped:
            put(target, 1)
    finally:
        os.seteuid(0)
    (problem,) = stopped.value.problems
    assert (problem.file, problem.rule) == (str(target), "write")
    assert wanted in problem.message


def test_a_file_takes_the_place_of_a_file(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with replacing(tmp_path / "speech.zip") as new:
            new.write_text(text, encoding="utf-8")
        assert (tmp_path / "speech.zip").read_text(encoding="utf-8") == text
    assert names(tmp_path) == [".speech.zip.lock", "speech.zip"]


def test_a_copy_that_fails_says_the_systems_number(tmp_path: Path, monkeypatch) -> None:
    """shutil.copytree would raise an error that has none."""
    copy_folder(fill(tmp_path / "site", 1), tmp_path / "copy")
    assert number_of(tmp_path / "copy") == 1
    monkeypatch.setattr(place.shutil, "copyfile", refuse(errno.ENOSPC))
    with pytest.raises(OSError) as raised:
        copy_folder(tmp_path / "site", tmp_path / "another")
    assert raised.value.errno == errno.ENOSPC


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder with `new` and `site` to exchange."""
    fill(tmp_path / "new", 2)
    fill(tmp_path / "site", 1)
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_linux_exchanges_in_one_step(two: Path, monkeypatch) -> None:
    """Two renames would leave a moment without the site, which readers meet now and then."""
    monkeypatch.setattr(os, "rename", refuse(errno.EIO))
    exchange(two / "new", two / "site")
    assert (number_of(two / "site"), number_of(two / "new")) == (2, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_a_reader_never_misses_the_site_while_it_is_replaced(two: Path) -> None:
    """Its page is opened all the time by another process, the content changing every time."""
    code = """
import pathlib, sys
page, done, read = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), set()
while not done.exists():
    read.add(page.read_text())
print(len(read))
"""
    command = [sys.executable, "-c", code, two / "site/index.html", two / "done"]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for number in range(3, 300):
        put(two / "site", number)
    (two / "done").touch()
    read, fault = reader.communicate()
    assert (reader.returncode, fault) == (0, b"")
    assert int(read) > 50


@pytest.mark.parametrize("lacking", ["another system", "an old C library", "the file system"])
def test_without_the_kernels_help_two_renames_do_it(two: Path, monkeypatch, lacking: str) -> None:
    """As on Windows and macOS; if the second rename fails, the first is taken back."""
    if lacking == "another system":
        monkeypatch.setattr(sys, "platform", "win32")
    elif lacking == "an old C library":
        monkeypatch.setattr(place.ctypes, "CDLL", lambda *_, **__: object())
    else:
        monkeypatch.setattr(place, "RENAME_EXCHANGE", 1 << 30)  # EINVAL, as from NFS
    exchange(two / "new", two / "site")
    assert (number_of(two / "site"), number_of(two / "new")) == (2, 1)

    rename = os.rename

    def locked(source: Path, target: Path) -> None:
        if Path(source).name == "new":
            raise PermissionError(errno.EACCES, "a program holds a file open")
        rename(source, target)

    monkeypatch.setattr(os, "rename", locked)
    with pytest.raises(PermissionError):
        exchange(two / "new", two / "site")
    assert (number_of(two / "site"), number_of(two / "new")) == (2, 1)
    assert names(two) == ["new", "site"]
