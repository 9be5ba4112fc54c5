"""Publishing: readers, kill -9, two at once, what a disk says against it, and the way back."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import FULL_VOLUME, ROOT, program, run

from speechsite.delivery import publish as module
from speechsite.delivery.bundle import SUMS, damaged
from speechsite.delivery.publish import current_release, publish, releases_in, roll_back
from speechsite.problem import Stop
from speechsite.words.read import Speech

KILLS = 40 if FULL_VOLUME else 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "server").mkdir()
    return tmp_path / "server"


@pytest.fixture
def small(tmp_path: Path):
    """Makes small sites: two pages and a style sheet, all of one number."""

    def make(number: int) -> Path:
        site = tmp_path / "sites" / str(number)
        (site / "stylesheets").mkdir(parents=True)
        name = f"stylesheets/speech.{number:08x}.css"
        (site / name).write_text(f"/* {number} */", encoding="utf-8")
        for page in ("index.html", "full.html"):
            (site / page).write_text(
                f'<meta charset="utf-8"><link href="{name}"><p>{number}</p>', encoding="utf-8"
            )
        return site

    return make


def shown(folder: Path) -> str:
    return re.search(
        r"<p>(\d+)</p>", (folder / "current/site/index.html").read_text(encoding="utf-8")
    )[1]


def names(folder: Path) -> list[str]:
    return [path.name.split("-")[0] for path in releases_in(folder)]


def test_publish_keeps_three_releases_and_goes_back(speech: Speech, folder: Path, small) -> None:
    for number in range(1, 6):
        publish(small(number), speech, folder)
        assert shown(folder) == str(number)
    assert names(folder) == ["0003", "0004", "0005"]
    assert os.readlink(folder / "current") == f"releases/{releases_in(folder)[-1].name}"
    roll_back(folder)
    assert shown(folder) == "4"
    roll_back(folder)
    assert shown(folder) == "3"
    with pytest.raises(Stop, match="rollback: 没有更早的版本"):
        roll_back(folder)
    publish(small(6), speech, folder)  # what was rolled back is no way back any more
    assert names(folder) == ["0003", "0006"]
    roll_back(folder)
    assert shown(folder) == "3"
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "current", "releases"]


def test_the_same_content_is_no_new_release(speech: Speech, folder: Path, small) -> None:
    site = small(1)
    assert publish(site, speech, folder) == publish(site, speech, folder)
    assert names(folder) == ["0001"]


def test_a_damaged_release_is_no_way_back(speech: Speech, folder: Path, small) -> None:
    publish(small(1), speech, folder)
    publish(small(2), speech, folder)
    (releases_in(folder)[0] / "site/full.html").write_text("x", encoding="utf-8")
    with pytest.raises(Stop, match=r"rollback: site/full\.html 与校验和不符"):
        roll_back(folder)
    assert shown(folder) == "2"


def test_readers_never_miss_or_mix_during_50_publications(
    speech: Speech, folder: Path, small
) -> None:
    """A page and, after it, its style sheet are read all the time; both must be of one release."""
    publish(small(0), speech, folder)
    done, reads, failed = threading.Event(), [], []

    def reader(page: str) -> None:
        while not done.is_set():
            try:
                text = (folder / "current/site" / page).read_text(encoding="utf-8")
                number = re.search(r"<p>(\d+)</p>", text)[1]
                style = folder / "current/site" / re.search('href="(.*?)"', text)[1]
                if style.read_text(encoding="utf-8") != f"/* {number} */":
                    failed.append(f"{page} of {number} with another style")
            except (OSError, TypeError) as error:
                failed.append(repr(error))
            reads.append(page)

    with ThreadPoolExecutor(3) as readers:
        for page in ("index.html", "full.html", "index.html"):
            readers.submit(reader, page)
        for number in range(1, 51):
            publish(small(number), speech, folder)
            if number % 10 == 0:
                roll_back(folder)
        done.set()
    assert len(reads) > 500
    assert failed == []
    assert damaged(current_release(folder)) == []


@pytest.mark.parametrize("command", ["publish", "bundle"])
def test_killed_at_any_moment_it_leaves_one_whole_release(
    project: Path, folder: Path, command: str
) -> None:
    """kill -9 at random moments of build_site.py publish and bundle, the content changing every time."""
    arguments = [command, *([folder] if command == "publish" else []), "-f", project / "mkdocs.yml"]
    process = [sys.executable, str(ROOT / "build_site.py"), *map(str, arguments)]
    start = time.monotonic()
    assert run(*arguments).returncode == 0
    took = time.monotonic() - start
    archive = project / "dist/office-training-speech.zip"
    about, chance = project / "docs/about.md", random.Random(seed := random.randrange(10**6))
    original = about.read_text(encoding="utf-8")
    for number in range(KILLS):
        about.write_text(f"{original}\n第 {number} 次改动。\n", encoding="utf-8")
        running = subprocess.Popen(process, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            running.wait(timeout=chance.uniform(0, 1.1 * took))
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
        if command == "publish":
            assert damaged(current_release(folder)) == [], f"seed {seed}"
        else:
            test = subprocess.run(
                [sys.executable, "-m", "zipfile", "-t", archive], capture_output=True, text=True
            )
            assert test.stdout == "Done testing\n", f"seed {seed}: {test}"
    about.write_text(original + "\n最后一次改动。\n", encoding="utf-8")
    assert run(*arguments).returncode == 0
    if command == "publish":
        assert sorted(path.name for path in folder.iterdir()) == [".lock", "current", "releases"]
        assert len(list((folder / "releases").iterdir())) <= 3
        assert "最后一次改动" in (folder / "current/site/about.html").read_text(encoding="utf-8")
    else:
        assert sorted(path.name for path in archive.parent.iterdir()) == [
            f".{archive.name}.lock",
            archive.name,
        ]


def test_killed_while_it_removes_an_old_release_it_leaves_no_half_of_it(
    speech: Speech, folder: Path, small, monkeypatch
) -> None:
    def killed(path: Path, **_: object) -> None:
        if path.exists():
            (path / SUMS).unlink()
            raise KeyboardInterrupt

    for number in range(1, 4):
        publish(small(number), speech, folder)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            publish(small(4), speech, folder)
    assert shown(folder) == "4"
    publish(small(5), speech, folder)
    assert (names(folder), shown(folder)) == (["0003", "0004", "0005"], "5")
    assert sorted(path.name[:5] for path in (folder / "releases").iterdir()) == [
        "0003-",
        "0004-",
        "0005-",
    ]
    assert [damaged(path) for path in releases_in(folder)] == [[], [], []]


def test_two_at_once_are_serialised(speech: Speech, folder: Path, small) -> None:
    sites = [small(number) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda site: publish(site, speech, folder), sites))
    assert names(folder) == ["0006", "0007", "0008"]
    assert damaged(current_release(folder)) == []


def test_without_symlinks_a_copy_is_exchanged(
    speech: Speech, folder: Path, small, monkeypatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "symlink", refused)
    for number in range(1, 5):
        publish(small(number), speech, folder)
        assert (shown(folder), (folder / "current").is_symlink()) == (str(number), False)
    roll_back(folder)
    assert shown(folder) == "3"
    assert names(folder) == ["0002", "0003", "0004"]
    assert sorted(path.name for path in folder.iterdir()) == [
        ".current.lock",
        ".lock",
        "current",
        "releases",
    ]


def test_nothing_of_others_is_replaced(speech: Speech, folder: Path, small) -> None:
    (folder / "current").mkdir()
    (folder / "current/letter.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(Stop, match="target: 不是本程序发布的内容"):
        publish(small(1), speech, folder)
    assert (folder / "current/letter.txt").read_text(encoding="utf-8") == "keep me"


def test_a_missing_folder_is_said(tmp_path: Path, speech: Speech, small) -> None:
    with pytest.raises(Stop, match="write: 没有这个文件夹；先建好它"):
        publish(small(1), speech, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("step", ["assemble", "sync", "switch"])
def test_an_error_at_any_step_leaves_the_old_release(
    speech: Speech, folder: Path, small, monkeypatch, step
) -> None:
    publish(small(1), speech, folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))

    with monkeypatch.context() as patch:
        patch.setattr(module, step, full)
        with pytest.raises(Stop, match="write: 磁盘满了"):
            publish(small(2), speech, folder)
    assert shown(folder) == "1"
    publish(small(3), speech, folder)
    assert (shown(folder), damaged(current_release(folder))) == ("3", [])


MOUNTED = """
mount -t tmpfs -o size=$1 tmpfs "$2" || exit 77
cd "$2" && mkdir server
"$3" "$4" publish server -d site >/dev/null || exit 1
{fault}
"$3" "$4" publish server -d site
echo "status $?"
cd server/current && sha256sum --quiet -c SHA256SUMS && echo intact
"""


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("head -c 99m /dev/zero >filler 2>/dev/null", "磁盘满了"),
        ('mount -o remount,ro "$2"', "只读"),
    ],
    ids=["full", "read-only"],
)
def test_a_full_and_a_read_only_disk(tmp_path: Path, fault: str, message: str) -> None:
    """A small disk of its own, in a mount namespace that ends with the test."""
    script = MOUNTED.format(fault=fault)
    command = [program("unshare"), "--mount", "--map-root-user", "sh", "-c", script, "sh"]
    arguments = ["24m", tmp_path, sys.executable, ROOT / "build_site.py"]
    result = subprocess.run([*command, *map(str, arguments)], capture_output=True, encoding="utf-8")
    if result.returncode == 77 or "unshare" in result.stderr:
        pytest.skip(f"no right to mount a disk here: {result.stderr.strip()}")
    assert result.stdout.endswith("status 1\nintact\n"), result
    problems = [line for line in result.stderr.splitlines() if ": write: " in line]
    assert len(problems) == 1, result
    assert message in problems[0]
    assert "Traceback" not in result.stderr


def test_the_command_line_publishes_and_goes_back(project: Path, folder: Path) -> None:
    shutil.rmtree(project / "site", ignore_errors=True)
    first = run("publish", folder, "-f", project / "mkdocs.yml")
    assert first.returncode == 0, first.stderr
    about = project / "docs/about.md"
    about.write_text(about.read_text(encoding="utf-8") + "\n后来的话。\n", encoding="utf-8")
    assert run("publish", folder, "-f", project / "mkdocs.yml", umask=0o077).returncode == 0
    assert "后来的话" in (folder / "current/site/about.html").read_text(encoding="utf-8")
    for path in (folder / "releases").rglob("*"):
        assert path.stat().st_mode & 0o004, (
            path
        )  # the server is another user, whatever the umask here
    assert run("publish", folder, "--rollback", "-f", project / "mkdocs.yml").returncode == 0
    assert "后来的话" not in (folder / "current/site/about.html").read_text(encoding="utf-8")
    again = run("publish", folder, "--rollback", "-f", project / "mkdocs.yml")
    assert again.returncode == 1
    assert "没有更早的版本" in again.stderr
    assert (folder / "current" / SUMS).is_file()
