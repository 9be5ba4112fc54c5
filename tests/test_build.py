"""The command line as a user meets it: what it prints, how it ends, and that the old site survives everything."""

from __future__ import annotations

import http.client
import os
import pty
import random
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import ROOT, run


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def leftovers(site: Path) -> list[str]:
    return [
        path.name for path in site.parent.iterdir() if path.name.startswith(f".{site.name}.new-")
    ]


def test_version_names_the_tool_python_and_the_system() -> None:
    result = run("--version")
    assert result.returncode == 0
    assert result.stdout.startswith("speechsite ") and "Python 3." in result.stdout


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_only_answers_loads_nothing(option: str) -> None:
    code = "import sys, runpy; sys.argv = sys.argv[1:]\ntry: runpy.run_path(sys.argv[0], run_name='__main__')\n"
    code += "finally: print(*sys.modules)"
    command = [sys.executable, "-c", code, str(ROOT / "build_site.py"), option]
    loaded = set(subprocess.run(command, capture_output=True, encoding="utf-8").stdout.split())
    assert "argparse" in loaded
    assert not loaded & {
        "yaml",
        "lxml",
        "mkdocs",
        "typst",
        "pypinyin",
        "docx",
        "opencc",
        "brotli",
        "speechsite.check",
    }


def test_a_terminal_sees_how_far_it_is_and_a_file_does_not() -> None:
    """The bar itself is tqdm's; PATIENCE is what keeps a short build free of it."""
    code = "import build_site; build_site.PATIENCE = 0; print(*build_site.bar(['甲', '乙', '丙']))"
    terminal, there = pty.openpty()
    termios.tcsetwinsize(there, (24, 80))
    os.set_blocking(terminal, False)
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stderr=there, stdout=subprocess.PIPE, check=True
    )
    assert b"/3" in os.read(terminal, 10_000)
    kept = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert (shown.stdout, kept.stderr) == (kept.stdout, b"")
    assert shown.stdout.decode().split() == ["甲", "乙", "丙"]
    os.close(terminal)
    os.close(there)


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["--no-such-option"], ["check", "--port", "1"]]
)
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_a_missing_config_file_is_one_clear_line(tmp_path: Path) -> None:
    result = run("check", "-f", tmp_path / "mkdocs.yml")
    assert result.returncode == 1
    assert result.stderr.startswith("mkdocs.yml: missing: ")
    assert "Traceback" not in result.stderr


def test_options_stand_before_or_after_the_command(project: Path) -> None:
    config = str(project / "mkdocs.yml")
    for arguments in (
        ["-f", config, "check"],
        ["check", "-f", config],
        ["check", "--config-file", config],
    ):
        assert run(*arguments).returncode == 0


def test_each_stage_prints_one_line_with_its_time(project: Path) -> None:
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines][:1] == ["校对"]
    assert all(" 秒 " in line for line in lines)
    assert (project / "site/index.html").is_file()


def test_a_failed_build_leaves_the_old_site(project: Path) -> None:
    site = project / "site"
    assert run("build", "-f", project / "mkdocs.yml").returncode == 0
    before = contents(site)
    words = project / "speech/05-closing.md"
    words.write_text(words.read_text(encoding="utf-8").replace("衷心", "忠心"), encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 1
    assert result.stderr.startswith("speech/05-closing.md:3: verbatim: ")
    assert contents(site) == before
    assert not leftovers(site)


def test_nobody_elses_files_are_replaced(project: Path) -> None:
    folder = project / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me", encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml", "-d", folder)
    assert result.returncode == 1
    assert ": target: " in result.stderr
    assert contents(folder) == {"letter.txt": b"keep me"}


def test_a_build_killed_at_any_moment_leaves_the_old_site(project: Path) -> None:
    """kill -9 at 30 random moments of a build, from its start to about its end."""
    site = project / "site"
    command = [sys.executable, str(ROOT / "build_site.py"), "-f", str(project / "mkdocs.yml")]
    assert run("build", "-f", project / "mkdocs.yml").returncode == 0
    before = contents(site)
    chance = random.Random(seed := random.randrange(10**6))
    for _ in range(30):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=chance.uniform(0, 1.2))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert contents(site) == before, f"seed {seed}"
    assert run("build", "-f", project / "mkdocs.yml").returncode == 0
    assert contents(site) == before
    assert not leftovers(site)


def test_readers_get_whole_pages_during_rebuilds(project: Path) -> None:
    """Every page is read all the time while the site is built 20 times with a changed frame."""
    site = project / "site"
    assert run("build", "-f", project / "mkdocs.yml").returncode == 0
    handler = partial(QuietHandler, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    done, read, failed = threading.Event(), [], []

    def reader() -> None:
        names = sorted(path.name for path in site.glob("*.html"))
        while not done.is_set():
            for name in names:
                connection = http.client.HTTPConnection(*server.server_address)
                connection.request("GET", f"/{name}")
                response = connection.getresponse()
                body = response.read()
                read.append(name)
                if response.status != 200 or not body.rstrip().endswith(b"</html>"):
                    failed.append((name, response.status, len(body)))
                connection.close()

    readers = [threading.Thread(target=reader) for _ in range(2)]
    for thread in readers:
        thread.start()
    about = project / "docs/about.md"
    for number in range(20):
        about.write_text(
            about.read_text(encoding="utf-8") + f"\n第 {number} 次改动。\n", encoding="utf-8"
        )
        assert run("build", "-f", project / "mkdocs.yml").returncode == 0
    done.set()
    for thread in readers:
        thread.join()
    server.shutdown()
    server.server_close()
    assert len(read) > 200
    assert failed == []


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def test_serve_shows_what_is_saved(project: Path) -> None:
    """The preview answers, rebuilds when a words file is saved, and survives a fault with its problem named."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        str(ROOT / "build_site.py"),
        "serve",
        "-f",
        str(project / "mkdocs.yml"),
    ]
    process = subprocess.Popen(
        [*command, "--port", str(port)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}/closing.html"
        assert "speech" in until(lambda: fetch(address))
        assert "Content-Security-Policy" not in fetch(
            address
        )  # it would forbid the script that reloads the page
        page = project / "docs/closing.md"
        page.write_text(
            page.read_text(encoding="utf-8").replace("title: 结语", "title: 结束语"),
            encoding="utf-8",
        )
        whole = project / "docs/full.md"
        whole.write_text(
            whole.read_text(encoding="utf-8").replace("## 结语", "## 结束语"), encoding="utf-8"
        )
        assert until(lambda: "结束语" in fetch(address))
        words = project / "speech/05-closing.md"
        words.write_text(
            words.read_text(encoding="utf-8").replace("衷心", "忠心"), encoding="utf-8"
        )
        lines = (line.decode() for line in process.stderr)
        assert next(line for line in lines if line.startswith("speech/05-closing.md:3: verbatim: "))
        assert "衷心" in fetch(address)
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()


def fetch(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return response.read().decode()
    except OSError:
        return ""


def until(condition: Callable[[], object]) -> object:
    """Returns the first true answer of `condition`, asked over and over; fails after a minute."""
    deadline = time.monotonic() + 60
    while not (answer := condition()):
        assert time.monotonic() < deadline, "waited for a minute"
    return answer
