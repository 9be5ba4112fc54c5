"""What the tests share: the real project, copies of it, the built site, the command line as a user runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from small import write_small

from speechsite.words import Speech, read_speech

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytest_plugins = ["engine_fixtures", "paper_fixtures"]  # tests/engines, tests/paper
ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = (
    os.environ.get("REQUIRE_ALL") == "1"
)  # .ci/run sets it: a missing program fails instead of skipping
FULL_VOLUME = (
    os.environ.get("FULL_VOLUME") == "1"
)  # every combination and 10,000 generated texts: half an hour
INVISIBLE = re.compile(r"⟦(?:U\+([0-9A-F]{4,6})|0x([0-9A-F]{2})|BOM)⟧")


def run(*arguments: str | Path, cwd: Path = ROOT, **options) -> subprocess.CompletedProcess[str]:
    """Runs build_site.py as a user does and returns what it said."""
    command = [sys.executable, str(ROOT / "build_site.py"), *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=300, **options
    )


def program(name: str, *others: str) -> str:
    """Returns the path of an installed program; skips the test where there is none, or fails if all are required."""
    found = next(filter(None, map(shutil.which, (name, *others))), None)
    if found is None:
        (pytest.fail if REQUIRE_ALL else pytest.skip)(
            f"{name} is not installed: apt-get install {name}"
        )
    return str(found)


@pytest.fixture(scope="session")
def speech() -> Speech:
    return read_speech(ROOT / "mkdocs.yml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the real project's own files, free to break."""
    for name in ("docs", "speech", "speechsite/theme"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real project's site, built once by the command line."""
    folder = tmp_path_factory.mktemp("built") / "site"
    result = run("build", "-d", folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small project, free to change: see small.py."""
    return write_small(tmp_path / "small")


@pytest.fixture
def built(small: Path) -> Callable[[], Path]:
    """Builds the small project; returns its site, or fails with what was said."""

    def build() -> Path:
        result = run("build", "-f", small / "mkdocs.yml")
        assert result.returncode == 0, result.stderr
        return small / "site"

    return build


@pytest.fixture
def refused(small: Path) -> Callable[[], list[str]]:
    """Builds the small project, which must not succeed; returns the problems."""

    def build() -> list[str]:
        result = run("build", "-f", small / "mkdocs.yml")
        assert result.returncode == 1, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        assert not (small / "site").exists()
        return result.stderr.splitlines()[:-1]

    return build


@pytest.fixture
def unfold() -> Callable[[Path, Path], Path]:
    """Copies a folder of evidence, its ⟦U+200B⟧, ⟦0xFF⟧ and ⟦BOM⟧ made what they stand for."""

    def copy(source: Path, target: Path) -> Path:
        for path in source.rglob("*"):
            if path.is_file():
                place = target / path.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(unfolded(path.read_text(encoding="utf-8")))
        return target

    return copy


def unfolded(text: str) -> bytes:
    data, position = b"", 0
    for match in INVISIBLE.finditer(text):
        data += text[position : match.start()].encode()
        byte = match[2]
        data += bytes.fromhex(byte) if byte else chr(int(match[1] or "FEFF", 16)).encode()
        position = match.end()
    return data + text[position:].encode()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium, with nothing of its own going out."""
    playwright = (
        pytest.importorskip("playwright.sync_api")
        if not REQUIRE_ALL
        else import_module("playwright.sync_api")
    )
    path = program("chromium", "chromium-browser", "google-chrome")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    quiet += ["--disable-component-update", "--disable-sync"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The built site on a server of this machine, ending in a slash."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes windows of a width and height, in which `script` runs before every page."""
    opened: list[BrowserContext] = []

    def new(width: int = 1280, script: str = "", height: int = 800, **options) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        if script:
            context.add_init_script(script)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def page(context, address: str) -> Iterator[Page]:
    """The importance page on a desktop; a script's error fails the test."""
    page = context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}importance.html")
    yield page
    assert not errors
