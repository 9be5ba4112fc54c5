"""Publishing: readers, two at once, a disk that refuses, releases by hand, and the way back."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT, program, run
from sites import fill, number_of

from speechsite.delivery import publish as module
from speechsite.delivery.bundle import write_bundle
from speechsite.delivery.checksums import SUMS, damaged
from speechsite.delivery.publish import Switched, current_release, publish, releases_in, roll_back
from speechsite.problem import Stop
from speechsite.words import Speech


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "server").mkdir()
    return tmp_path / "server"


@pytest.fixture
def put(speech: Speech, folder: Path, tmp_path: Path):
    """Publishes the small site of a number."""

    def put(number: int) -> Switched:
        site = tmp_path / f"sites/{number}"
        if not site.exists():
            fill(site, number)
        return publish(site, speech, folder)

    return put


@pytest.fixture
def by_hand(speech: Speech, folder: Path, tmp_path: Path):
    """Puts up the small site of a number as DEPLOY.txt shows it: unzipped, and linked."""

    def by_hand(number: int, name: str) -> None:
        bundle = tmp_path / f"{number}.zip"
        write_bundle(fill(tmp_path / f"zipped/{number}", number), speech, bundle)
        shutil.unpack_archive(bundle, folder / "releases" / name)
        (folder / "next").symlink_to(f"releases/{name}/{speech.slug}")
        os.replace(folder / "next", folder / "current")

    return by_hand


def shown(folder: Path) -> int:
    return number_of(folder / "current/site")


def names(folder: Path) -> list[str]:
    return [release.name.split("-")[0] for release in releases_in(folder)]


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_publish_keeps_three_releases_and_goes_back(folder: Path, put) -> None:
    for number in range(1, 6):
        put(number)
        assert shown(folder) == number
    assert names(folder) == ["0003", "0004", "0005"]
    assert os.readlink(folder / "current") == f"releases/{releases_in(folder)[-1].name}"
    for number in (4, 3):
        roll_back(folder)
        assert shown(folder) == number
    with pytest.raises(Stop, match="rollback: 没有更早的版本"):
        roll_back(folder)
    put(6)  # what was rolled back is no way back any more
    assert names(folder) == ["0003", "0006"]
    roll_back(folder)
    assert shown(folder) == 3
    assert listing(folder) == [".lock", "current", "releases"]


def test_it_says_what_is_shown_now_and_what_was_before(folder: Path, put) -> None:
    first, second = put(1), put(2)
    assert (first.before, second.before) == ("", first.now)
    assert str(second).startswith(f"现在是 {second.now}，之前是 {first.now}，")
    assert f"{folder / 'current' / 'site'}" in str(second)
    assert str(put(2)).startswith(f"内容没有变，仍是 {second.now}")
    back = roll_back(folder)
    assert (back.now, back.before) == (first.now, second.now)


def test_a_folder_that_a_server_may_not_enter_is_said(folder: Path, put) -> None:
    for place in (folder, *folder.parents[:4]):
        place.chmod(0o755)
    assert "注意" not in str(put(1))
    folder.parent.chmod(0o700)
    assert f"{folder.parent} 不许别的用户进入" in str(put(2))


def test_the_same_content_is_no_new_release(folder: Path, put) -> None:
    assert put(1).now == put(1).now
    assert names(folder) == ["0001"]


def test_a_damaged_release_is_no_way_back(folder: Path, put) -> None:
    put(1)
    put(2)
    (releases_in(folder)[0].bundle / "site/full.html").write_text("x", encoding="utf-8")
    with pytest.raises(Stop, match=r"rollback: site/full\.html 与校验和不符"):
        roll_back(folder)
    assert shown(folder) == 2


def test_releases_made_by_hand_and_by_publish_know_each_other(folder: Path, put, by_hand) -> None:
    by_hand(1, "1")
    by_hand(2, "2")
    assert roll_back(folder).now == "1"
    assert shown(folder) == 1
    roll_forward = put(3)
    assert roll_forward.before == "1"
    assert names(folder) == ["1", "0003"]  # 2 was rolled back
    by_hand(4, "4")
    assert roll_back(folder).now == roll_forward.now
    assert shown(folder) == 3
    assert roll_back(folder).now == "1"
    assert shown(folder) == 1
    assert damaged(current_release(folder).bundle) == []


@pytest.mark.parametrize("name", ["2026-11", "v1", "第一版"])
def test_a_release_by_hand_may_have_any_name(folder: Path, put, by_hand, name: str) -> None:
    by_hand(1, name)
    assert put(2).before == name
    assert roll_back(folder).now == name
    assert shown(folder) == 1


def test_what_is_in_releases_and_no_release_stays(folder: Path, put) -> None:
    note = folder / "releases/notes/readme.txt"
    note.parent.mkdir(parents=True)
    note.write_text("keep me", encoding="utf-8")
    for number in range(1, 6):
        put(number)
    assert note.read_text(encoding="utf-8") == "keep me"


def test_a_link_to_the_servers_folder_is_followed(folder: Path, put, speech, tmp_path) -> None:
    put(1)
    link = tmp_path / "here"
    link.symlink_to(folder)
    publish(fill(tmp_path / "two", 2), speech, link)
    assert shown(folder) == 2
    roll_back(link)
    assert shown(folder) == 1


READER = """
import re, sys
from pathlib import Path
folder, done, page, read = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], set()
number = lambda text: int(re.search("<p>(.*?)</p>", text)[1])
while not done.exists():
    text = (folder / page).read_text()
    try:
        style = (folder / re.search('href="(.*?)"', text)[1]).read_text()
    except FileNotFoundError:  # only for who has slept through all the releases that are kept
        assert number((folder / page).read_text()) > number(text) + 2, text
        continue
    assert int(style[3:9]) == number(text), (style, text)
    read.add(text)
print(len(read))
"""


def test_readers_never_miss_or_mix_during_50_publications(folder: Path, put, tmp_path) -> None:
    """A page and, after it, its style sheet are read all the time; both must be of one release."""
    put(0)
    done, readers = tmp_path / "done", []
    for page in ("index.html", "full.html"):
        command = [sys.executable, "-c", READER, folder / "current/site", done, page]
        readers.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for number in range(1, 51):
        put(number)
        if number % 10 == 0:
            roll_back(folder)
    done.touch()
    for reader in readers:
        read, fault = reader.communicate()
        assert (reader.returncode, fault) == (0, b"")
        assert int(read) > 10
    assert damaged(current_release(folder).bundle) == []


def test_killed_while_it_removes_an_old_release_it_leaves_no_half_of_it(
    folder: Path, put, monkeypatch
) -> None:
    def killed(path: Path, **_: object) -> None:
        if path.exists():
            (path / SUMS).unlink()
            raise KeyboardInterrupt

    for number in range(1, 4):
        put(number)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            put(4)
    assert shown(folder) == 4
    put(5)
    assert (names(folder), shown(folder)) == (["0003", "0004", "0005"], 5)
    assert [name[:5] for name in listing(folder / "releases")] == ["0003-", "0004-", "0005-"]
    for release in releases_in(folder):
        assert damaged(release.bundle) == []


def test_two_at_once_are_serialised(folder: Path, put) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, range(8)))
    assert names(folder) == ["0006", "0007", "0008"]
    assert damaged(current_release(folder).bundle) == []


def test_without_symlinks_a_copy_is_exchanged(folder: Path, put, monkeypatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "symlink", refused)
    for number in range(1, 5):
        put(number)
        assert (shown(folder), (folder / "current").is_symlink()) == (number, False)
    roll_back(folder)
    assert shown(folder) == 3
    assert names(folder) == ["0002", "0003", "0004"]
    assert listing(folder) == [".current.lock", ".lock", "current", "releases"]


def test_nothing_of_others_is_replaced(folder: Path, put) -> None:
    (folder / "current").mkdir()
    (folder / "current/letter.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(Stop, match="target: 不是本程序发布的内容"):
        put(1)
    assert (folder / "current/letter.txt").read_text(encoding="utf-8") == "keep me"


def test_a_missing_folder_is_said(tmp_path: Path, speech: Speech) -> None:
    with pytest.raises(Stop, match="nowhere: write: 没有这个文件夹"):
        publish(fill(tmp_path / "site", 1), speech, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc on this system")
def test_a_folder_where_no_file_can_be_made_is_said(tmp_path: Path, speech: Speech) -> None:
    with pytest.raises(Stop, match=r"/proc: write: .*里面不能建文件"):
        publish(fill(tmp_path / "site", 1), speech, Path("/proc"))


@pytest.mark.parametrize("step", ["assemble", "sync", "switch", "lend_assets"])
def test_an_error_at_any_step_leaves_the_old_release(
    folder: Path, put, monkeypatch, step: str
) -> None:
    put(1)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "releases/.new/x"))

    with monkeypatch.context() as patch:
        patch.setattr(module, step, full)
        with pytest.raises(Stop, match=f"^{folder}: write: 磁盘满了"):
            put(2)
    assert shown(folder) == 1
    put(3)
    assert (shown(folder), damaged(current_release(folder).bundle)) == (3, [])


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
    config = project / "mkdocs.yml"
    first = run("publish", folder, "-f", config)
    assert first.returncode == 0, first.stderr
    about = project / "docs/about.md"
    about.write_text(about.read_text(encoding="utf-8") + "\n后来的话。\n", encoding="utf-8")
    second = run("publish", folder, "-f", config, umask=0o077)
    assert second.returncode == 0, second.stderr
    assert "现在是 0002-" in second.stdout and "之前是 0001-" in second.stdout
    assert "后来的话" in (folder / "current/site/about.html").read_text(encoding="utf-8")
    for path in (folder / "releases").rglob("*"):
        assert path.stat().st_mode & 0o004, path  # the server is another user, whatever the umask
    assert run("publish", folder, "--rollback", "-f", config).returncode == 0
    assert "后来的话" not in (folder / "current/site/about.html").read_text(encoding="utf-8")
    again = run("publish", folder, "--rollback", "-f", config)
    assert again.returncode == 1
    assert "没有更早的版本" in again.stderr
    assert (folder / "current" / SUMS).is_file()
