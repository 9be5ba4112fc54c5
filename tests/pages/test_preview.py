"""The live preview: what is saved is shown, a fault too, and nothing that is only half saved."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from conftest import ROOT, run
from small import add, add_page, change, parsed, write

from speechsite.pages.page import parsed as tree_of
from speechsite.pages.preview import NOTE, free_port, note, stamp
from speechsite.problem import Problem, Stop


@dataclass
class Served:
    """A preview at work: its process, its port, the lines that it has printed."""

    process: subprocess.Popen[str]
    port: int
    said: list[str]

    def page(self, name: str) -> str:
        """Returns what the preview answers; '' where it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{name}", timeout=30) as got:
                return got.read().decode(errors="replace")
        except OSError:
            return ""


def until(condition: Callable[[], object]) -> object:
    """Returns the first true answer of `condition`, asked over and over; fails after a minute."""
    deadline = time.monotonic() + 60
    while not (answer := condition()):
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(0.01)
    return answer


@pytest.fixture
def served(small: Path) -> Iterator[Served]:
    """A preview of the small project, which lists its handouts."""
    add_page(small, "handouts.md", "讲义", '<div data-fill="handouts"></div>')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "build_site.py"), "serve", "--port", str(port)]
    command += ["-f", str(small / "mkdocs.yml")]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    with subprocess.Popen(command, **output) as process:
        said: list[str] = []
        Thread(target=lambda: said.extend(process.stdout), daemon=True).start()
        preview = Served(process, port, said)
        try:
            until(lambda: preview.page("second.html"))
            yield preview
        finally:
            process.kill()


def test_what_is_saved_is_shown_and_a_fault_is_said_on_the_page(
    small: Path, served: Served
) -> None:
    first = served.page("second.html")
    assert "真抓实干" in first and "Content-Security-Policy" not in first
    assert "livereload" in first
    add(small / "docs/about.md", "\n新的一句。\n")
    until(lambda: "新的一句" in served.page("about.html"))
    words = small / "speech/02-second.md"
    change(words, "真抓", "真捉")
    until(lambda: NOTE in served.page("about.html"))
    fault = "speech/02-second.md:3: verbatim: "
    assert fault in served.page("second.html") and "真抓实干" in served.page("second.html")
    until(lambda: any(line.startswith(fault) for line in served.said))
    change(words, "真捉", "真抓")
    until(lambda: NOTE not in served.page("about.html"))
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(timeout=30) == 0
    assert not [line for line in served.said if "Traceback" in line]


def test_handouts_are_made_at_the_start_and_anew_when_asked_for(
    small: Path, served: Served
) -> None:
    def printed() -> int:
        return sum(line.startswith("讲义") for line in served.said)

    old = served.page("handouts/speech.pdf")
    assert old.startswith("%PDF") and printed() == 1
    change(small / "speech/02-second.md", "务求实效", "务求实{~~效~>绩~~}")
    until(lambda: "<ins" in served.page("second.html"))
    assert printed() == 1, "a save makes no handouts"
    assert served.page("handouts/speech.pdf") != old
    until(lambda: printed() == 2)


def test_saving_while_it_builds_shows_no_false_problem(small: Path, served: Served) -> None:
    """Both halves of a change are saved one after the other, over and over, also half a file."""
    words, full = small / "docs/second.md", small / "docs/full.md"
    texts = [(words.read_bytes(), full.read_bytes())]
    texts.append(tuple(data.replace("要求".encode(), "条件".encode()) for data in texts[0]))
    for number in range(20):
        one, other = texts[number % 2]
        words.write_bytes(b"")
        words.write_bytes(one)
        full.write_bytes(other)
        served.page("second.html")
    add(small / "docs/about.md", "\n完了。\n")
    until(lambda: "完了" in served.page("about.html"))
    assert not [line for line in served.said if ": " in line and ".md" in line], served.said


def test_a_page_that_goes_is_one_line_and_comes_back(small: Path, served: Served) -> None:
    page = small / "docs/handouts.md"
    text = page.read_bytes()
    page.unlink()
    until(lambda: NOTE in served.page("index.html"))
    told = served.page("index.html").split(NOTE)[1].split("</pre>")[0]
    assert told.count("handouts.md") == 1 and len(told.splitlines()) == 1
    page.write_bytes(text)
    until(lambda: NOTE not in served.page("index.html"))


def test_a_port_that_is_taken_is_one_line(small: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port), "-f", small / "mkdocs.yml")
    assert result.returncode == 1
    (line, *rest) = result.stderr.splitlines()
    assert line.startswith(f"127.0.0.1:{port}: serve: ") and f"--port {port % 65535 + 1}" in line
    assert len(rest) <= 1


@pytest.mark.parametrize("port", [-1, 70000])
def test_a_port_that_cannot_be_is_one_line(port: int) -> None:
    with pytest.raises(Stop):
        free_port(port)


def test_a_note_stands_once_on_every_page_until_the_next_build(tmp_path: Path) -> None:
    write(tmp_path / "a.html", "<!doctype html><body><p>甲</p></body>")
    write(tmp_path / "b/c.html", "<!doctype html><body><p>乙</p></body>")
    for line in (1, 2):
        note(tmp_path, [Problem("x.md", line, "rule", "<错>")])
    for path in tmp_path.rglob("*.html"):
        (told,) = parsed(path).xpath("//body/*[1][@role='alert']")
        assert told.text_content() == "x.md:2: rule: <错>"
    empty = tmp_path / "empty"
    note(empty, [Problem("x.md", 1, "rule", "message")])
    assert tree_of((empty / "index.html").read_bytes()).xpath("//*[@role='alert']")


def test_a_stamp_sees_every_change(tmp_path: Path) -> None:
    write(tmp_path / "docs/a.md", "一")
    before = stamp([tmp_path / "docs"])
    assert stamp([tmp_path / "docs"]) == before
    for name in ("docs/a.md", "docs/b/c.md"):
        write(tmp_path / name, "一二")
        assert stamp([tmp_path / "docs"]) != before
        before = stamp([tmp_path / "docs"])
    (tmp_path / "docs/a.md").unlink()
    assert stamp([tmp_path / "docs"]) != before
    assert stamp([tmp_path / "gone"]) == {}
