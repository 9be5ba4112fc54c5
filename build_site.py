#!/usr/bin/env python3
"""Publishes a speech: checks its words, makes the site, its search and its handouts.

    python build_site.py            check and build everything into site/
    python build_site.py check      check the words and the frame only
    python build_site.py serve      a live preview
    python build_site.py bundle     build, then dist/<slug>.zip for the intranet
    python build_site.py new TALK FOLDER             a new project from another speech (.txt, .md, .docx)
    python build_site.py publish FOLDER              build, then make it the current release in FOLDER
    python build_site.py publish FOLDER --rollback   back to the release before

Exit status: 0 done, 1 problems (all listed, the old site untouched), 2 wrong use.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from speechsite import __version__
from speechsite.problem import Stop

if TYPE_CHECKING:  # each command loads only the stages that it needs
    from speechsite.words.read import Speech

T = TypeVar("T")
PATIENCE = 1.0  # seconds without a sign of progress


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    options = parse(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a terminal that lacks a character must not end the build
    try:
        COMMANDS[options.command](options)
    except Stop as stop:
        print(*stop.problems, sep="\n", file=sys.stderr)
        unchanged = "什么也没有写" if options.command == "new" else "旧网站没有动"
        print(f"{len(stop.problems)} 处问题，{unchanged}。", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断，旧网站没有动。", file=sys.stderr)
        return 130
    return 0


def check_words(options: argparse.Namespace) -> Speech:
    """Returns the speech if every rule is kept; raises Stop with all problems otherwise."""
    from speechsite.words.read import read_speech
    from speechsite.words.rules import check

    with stage("校对") as say:
        speech = read_speech(options.config_file)
        if problems := check(speech):
            raise Stop(problems)
        say(f"{len(speech.themes)} 篇 {len(speech.paragraphs)} 段，与原文一字不差")
    return speech


def build(options: argparse.Namespace) -> None:
    """check → pages → site, put in place whole."""
    with built(options):
        pass


@contextmanager
def built(options: argparse.Namespace) -> Iterator[tuple[Path, Speech]]:
    """Yields the finished site before it is put in place: who fails with it leaves the old one as it was."""
    from speechsite.delivery.place import refuse_foreign, replacing
    from speechsite.pages.engine import mkdocs, wait_for_pages

    config_file = options.config_file.resolve()
    if not config_file.is_file():
        check_words(options)
    target = options.site_dir or config_file.parent / "site"
    refuse_foreign(target)
    os.umask(0o022)  # a server reads what is made here, as another user
    with replacing(target) as folder:
        with mkdocs(
            config_file, folder
        ) as process:  # it takes longest; what needs no page is made beside it
            speech = check_words(options)
            from speechsite.pages.assets import join
            from speechsite.pages.page import finish
            from speechsite.pages.policy import seal
            from speechsite.pages.search import install_search, load_sounds
            from speechsite.paper.handouts import (
                find_faces,
                handouts_html,
                is_traditional,
                make_handouts,
            )

            sounds = load_sounds(speech)
            try:
                with stage("讲义") as say:
                    handouts = make_handouts(
                        speech, folder.with_name("handouts"), options.fonts, bar
                    )
                    say(f"{len(handouts)} 种，{find_faces(options.fonts, is_traditional(speech))}")
            except Stop as stop:
                wait_for_pages(process, speech, stop.problems)
                raise
            with stage("网页") as say:
                wait_for_pages(process, speech)
                say(f"{len(list(folder.glob('*.html')))} 页")
        with stage("检索") as say:
            folder.with_name("handouts").rename(folder / "handouts")
            finish(folder, speech, handouts_html(handouts), bar)
            install_search(folder, speech, sounds)
            if options.command != "serve":  # its script for reloading stands in the page
                join(folder)
                seal(folder)
            say("逐字可查")
        yield folder, speech


def bundle(options: argparse.Namespace) -> None:
    """build → dist/<slug>.zip."""
    from speechsite.delivery.bundle import write_bundle

    with built(options) as (site, speech), stage("压缩包") as say:
        target = speech.root / "dist" / f"{speech.slug}.zip"
        write_bundle(site, speech, target)
        say(f"{target}，{target.stat().st_size / 1e6:.1f} MB")


def publish(options: argparse.Namespace) -> None:
    """build → a release in a folder of the server, made current; or back to the one before."""
    from speechsite.delivery.publish import publish, roll_back

    if options.rollback:
        with stage("回退") as say:
            say(f"现在是 {roll_back(options.folder)}")
        return
    with built(options) as (site, speech), stage("发布") as say:
        say(f"现在是 {publish(site, speech, options.folder)}")


def new(options: argparse.Namespace) -> None:
    """A talk as it came → a project that builds, and what its editor should look at."""
    from speechsite.draft.project import new_project

    with stage("新讲话") as say:
        notes = new_project(options.talk, options.folder)
        say(f"{options.folder}，接着运行 build_site.py -f {options.folder / 'mkdocs.yml'}")
    print(*(f"请看：{note}" for note in notes), sep="\n")


def serve(options: argparse.Namespace) -> None:
    """A live preview: what is saved in docs/ or speech/ is built anew and shown."""
    from mkdocs.livereload import LiveReloadServer

    with tempfile.TemporaryDirectory() as folder:
        options.site_dir = Path(folder) / "site"
        build(options)

        def rebuild() -> None:
            try:
                build(options)
            except Stop as stop:  # the editor mends it and saves again; the preview stays as it was
                print(*stop.problems, sep="\n", file=sys.stderr)

        server = LiveReloadServer(
            rebuild, host="127.0.0.1", port=options.port, root=str(options.site_dir)
        )
        for part in ("docs", "speech", options.config_file.name):
            server.watch(str(options.config_file.resolve().parent / part))
        print(f"预览：http://127.0.0.1:{options.port}/ ，按 Ctrl+C 结束")
        server.serve()  # type: ignore[no-untyped-call]


@contextmanager
def stage(name: str) -> Iterator[Callable[[str], None]]:
    """Prints one line for a stage when it is done: its name, its time, and what it says of itself."""
    start = time.perf_counter()
    said: list[str] = []
    if sys.stdout.isatty():
        print(f"{name} …", end="\r", flush=True)
    yield said.append
    print(f"{name}  {time.perf_counter() - start:.2f} 秒  {'，'.join(said)}", flush=True)


def bar(parts: Sequence[T]) -> Iterable[T]:
    """Returns `parts` one by one; on a terminal a progress bar shows how far they are, once they take `PATIENCE`."""
    if not sys.stderr.isatty():
        return parts
    from tqdm import tqdm

    return tqdm(parts, delay=PATIENCE, leave=False)


COMMANDS = {
    "build": build,
    "check": check_words,
    "serve": serve,
    "bundle": bundle,
    "publish": publish,
    "new": new,
}


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Returns the options; ends with status 2 and a usage line where they are wrong."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("-f", "--config-file", type=Path, metavar="FILE", help="mkdocs.yml 的位置")
    common.add_argument(
        "-d", "--site-dir", type=Path, metavar="FOLDER", help="网站放在哪里（默认 site/）"
    )
    common.add_argument(
        "--fonts", choices=["auto", "bundled"], help="讲义的字体：机器上有的公文字体，或只用自带的"
    )
    parser = argparse.ArgumentParser(
        prog="build_site.py", description="发布一篇讲话：校对、网站、检索、讲义。", parents=[common]
    )
    version = f"speechsite {__version__} (Python {platform.python_version()}, {platform.system()})"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("build", parents=[common], help="校对并生成全部内容（默认）")
    commands.add_parser("check", parents=[common], help="只校对文字和页面")
    commands.add_parser("serve", parents=[common], help="边改边看").add_argument(
        "--port", type=int, default=8000
    )
    commands.add_parser("bundle", parents=[common], help="生成，并打成内网压缩包 dist/<slug>.zip")
    another = commands.add_parser("new", help="由另一篇讲话建一个新项目")
    another.add_argument("talk", type=Path, metavar="TALK", help="讲话：.txt、.md 或 .docx")
    another.add_argument("folder", type=Path, metavar="FOLDER", help="还没有的文件夹")
    release = commands.add_parser(
        "publish", parents=[common], help="生成，并发布到服务器的文件夹，一步切换"
    )
    release.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="已有的文件夹；网站的根目录是其中的 current/site",
    )
    release.add_argument("--rollback", action="store_true", help="不生成，回到上一个版本")
    defaults = {
        "config_file": Path(__file__).parent / "mkdocs.yml",
        "site_dir": None,
        "fonts": "auto",
    }
    options = argparse.Namespace(**defaults)
    parser.parse_args(arguments, options)
    options.command = options.command or "build"
    return options


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(
        status
    )  # everything is written; taking the dictionaries of sounds down takes a tenth of the build's time
