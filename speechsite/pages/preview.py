"""A live preview: what is saved is made anew and shown, and so is what is wrong with it.

MkDocs' own server watches the files and reloads the browser. Each save is made in a new folder by
an engine that stays warm; only a good one is shown, a faulty one leaves a note on the pages.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml.html.builder import DIV, PRE
from mkdocs.livereload import LiveReloadServer

from speechsite.pages.engine import Engine, begin
from speechsite.pages.finish import finish, made_pages, settings
from speechsite.pages.page import parsed, serialized
from speechsite.pages.sounds import Sounds, load_sounds
from speechsite.problem import Problem, Stop
from speechsite.words import WORDS, Speech, check, read_speech

HOST = "127.0.0.1"
LOOK = 0.1  # seconds between two looks at the files
DOUBT = 0.25  # seconds that a problem must outlast
STILL = 0.05  # seconds without a change after which a save is over
NOTE = "speech-problems"  # the id of the note on the pages
EMPTY = b"<!doctype html><meta charset='utf-8'><title>-</title><body></body>"

Stamp = dict[Path, tuple[int, int]]
Print = Callable[[Speech, Path], Any]  # makes the handouts of a speech in a folder


@dataclass(slots=True)
class Preview:
    """What is shown: the handouts of which speech lie in `handouts`, and their list in HTML."""

    engine: Engine
    work: Path
    sounds: Sounds
    print_handouts: Print
    html_of: Callable[[Any], str]
    printed: Speech | None = None
    listed: str = ""
    count: int = 0

    @property
    def handouts(self) -> Path:
        return self.work / "handouts"


def free_port(port: int) -> int:
    """Returns the port to show at: the one that is asked for, or for 0 one that is free.

    Raises Stop where another program listens there, or there is no such port.
    """
    if not 0 <= port < 65536:
        message = "没有这样的端口；用 1024 到 65535 之间的数，或 0（由系统选）"
        raise Stop(Problem(f"{HOST}:{port}", 0, "serve", message))
    try:
        with socket.create_server((HOST, port)) as tried:
            return int(tried.getsockname()[1])
    except OSError as error:
        message = f"{port} 端口用不了（{error.strerror}）；换一个：--port {port % 65535 + 1}"
        raise Stop(Problem(f"{HOST}:{port}", 0, "serve", message)) from None


def preview(
    engine: Engine, port: int, print_handouts: Print, html_of: Callable[[Any], str]
) -> None:
    """Shows a project at `port` until Ctrl+C.

    The handouts are made at the start and, where the words have changed since, when one is asked
    for.
    """
    logging.getLogger("mkdocs").setLevel(logging.ERROR)  # every missing favicon would be a warning
    with tempfile.TemporaryDirectory() as work:
        shown = Preview(engine, Path(work), load_sounds(), print_handouts, html_of)
        server = LiveReloadServer(
            lambda: rebuild(shown, server), HOST, port, str(shown.work / "0"), polling_interval=LOOK
        )
        server.build_delay = STILL
        server.set_app(lambda environ, start: serve(shown, server, environ, start))
        rebuild(shown, server)
        for path in watched(read_speech(engine.config_file)):
            if path.exists():
                server.watch(str(path))
        print(f"预览：http://{HOST}:{port}/ ，按 Ctrl+C 结束", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve()  # type: ignore[no-untyped-call]
        server.shutdown()
    print("预览结束")


def watched(speech: Speech) -> list[Path]:
    """Returns the files and folders that a preview shows."""
    theme = speech.config.get("theme")
    own = theme.get("custom_dir") if isinstance(theme, dict) else None
    folders = [speech.docs, WORDS, *([own] if isinstance(own, str) else [])]
    return [speech.config_file, *(speech.root / folder for folder in folders)]


def stamp(paths: Iterable[Path]) -> Stamp:
    """Returns when and how large each file below some paths was; equal stamps: nothing saved."""
    found: Stamp = {}
    for path in paths:
        for file in [path, *path.rglob("*")]:
            with suppress(OSError):  # it went away meanwhile
                about = file.stat()
                found[file] = (about.st_mtime_ns, about.st_size)
    return found


def rebuild(shown: Preview, server: LiveReloadServer) -> None:
    """Makes the site anew and shows it, or what is wrong with it, on the page and the console.

    What was saved while it was being made is made too before anything is said: half a save has
    problems that are nobody's.
    """
    problems: list[Problem] = []
    folder = shown.work
    while True:
        paths = watched(read_speech(shown.engine.config_file))
        before = stamp(paths)
        speech = read_speech(shown.engine.config_file)
        folder = next_folder(shown)
        problems = attempt(shown, speech, folder)
        if problems:  # half a save has problems that the other half takes away
            time.sleep(DOUBT)
        if stamp(paths) == before:
            break
        shutil.rmtree(folder, ignore_errors=True)
    if problems:
        shutil.rmtree(folder, ignore_errors=True)
        print(*problems, sep="\n", file=sys.stderr, flush=True)
        note(Path(server.root), problems)
        return
    old, server.root = server.root, str(folder)
    shutil.rmtree(old, ignore_errors=True)


def next_folder(shown: Preview) -> Path:
    shown.count += 1
    return shown.work / str(shown.count)


def attempt(shown: Preview, speech: Speech, folder: Path) -> list[Problem]:
    """Makes the site of a speech in `folder`; returns what is wrong with it."""
    try:
        if problems := check(speech):
            return problems
        begin(shown.engine, folder, settings(speech, preview=True))
        if shown.printed is None:
            print_anew(shown, speech)
        made = made_pages(shown.engine, folder, speech, shown.sounds)
        if shown.handouts.is_dir():
            shutil.copytree(shown.handouts, folder / "handouts", copy_function=os.link)
        finish(made, speech, shown.listed, preview=True)
    except Stop as stop:
        return stop.problems
    return []


def print_anew(shown: Preview, speech: Speech) -> None:
    """Makes the handouts, and remembers of which speech."""
    shutil.rmtree(shown.handouts, ignore_errors=True)
    shown.listed = shown.html_of(shown.print_handouts(speech, shown.handouts))
    shown.printed = speech


def serve(
    shown: Preview, server: LiveReloadServer, environ: dict[str, Any], start: Any
) -> Iterable[bytes]:
    """Answers a request; before the first one for a handout of changed words it makes them anew."""
    if environ["PATH_INFO"].startswith("/handouts/"):
        speech = read_speech(shown.engine.config_file)
        if shown.printed and speech.files != shown.printed.files and not check(speech):
            with suppress(Stop):  # the next rebuild says it
                print_anew(shown, speech)
                target = Path(server.root) / "handouts"
                shutil.copytree(shown.handouts, target, dirs_exist_ok=True)
    return server.serve_request(environ, start)


def note(site: Path, problems: Sequence[Problem]) -> None:
    """Puts what is wrong on top of each page that is shown, until the next good build."""
    if not any(site.rglob("*.html")):
        site.mkdir(exist_ok=True)
        (site / "index.html").write_bytes(EMPTY)
    for path in site.rglob("*.html"):
        tree = parsed(path.read_bytes())
        for old in tree.xpath("//*[@id=$id]", id=NOTE):
            old.drop_tree()
        told = DIV({"id": NOTE, "role": "alert"}, PRE("\n".join(map(str, problems))))
        told.set("style", "position:relative;z-index:9;padding:1em;background:#8c1d18;color:#fff")
        told[0].set("style", "margin:0;white-space:pre-wrap")
        tree.body.insert(0, told)
        path.write_text(serialized(tree), encoding="utf-8", newline="\n")
