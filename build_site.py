#!/usr/bin/env python3
"""Publishes a speech: checks its words, makes the site, its search and its handouts.

    python3 build_site.py            check and build everything into site/
    python3 build_site.py check      check the words and the frame only
    python3 build_site.py serve      a live preview
    python3 build_site.py bundle     build, then dist/<slug>.zip for the intranet
    python3 build_site.py new TALK FOLDER             a project from another speech
    python3 build_site.py publish FOLDER              build, and make it the current release there
    python3 build_site.py publish FOLDER --rollback   back to the release before
    python3 build_site.py test       the tests, with what they need besides

At first use it puts the packages that it needs into .venv (speechsite/environment.py).

Exit status: 0 done, 1 problems (all listed, the old site untouched), 2 wrong use.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an older Python reads as far as here, and is told)
    sys.exit("speechsite 要用 Python 3.11 或更新的版本，这里是 {}.{}".format(*sys.version_info))

import argparse
import io
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from speechsite import __version__, environment
from speechsite.problem import Problem, Stop

if TYPE_CHECKING:  # each command loads only the stages that it needs
    from speechsite.pages.engine import Engine
    from speechsite.paper import Fonts, Printing
    from speechsite.words import Speech

T = TypeVar("T")
U = TypeVar("U")
HERE = Path(__file__).resolve().parent
PATIENCE = 1.0  # seconds without a sign of progress
SHOWN = 50  # problems that a person reads at once
UNCHANGED = {"new": "什么也没有写", "serve": "没有开始预览", "publish": "线上的版本没有动"}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack a character, even of --help
            stream.reconfigure(errors="replace")
    options = parse(arguments)
    os.umask(0o022)  # a server reads what is made here, as another user
    try:
        environment.enter(environment.TEST if options.command == "test" else environment.BUILD)
        status = COMMANDS[options.command](options)
    except Stop as stop:
        show(stop.problems)
        unchanged = UNCHANGED.get(options.command, "旧网站没有动")
        print(f"{len(stop.problems)} 处问题，{unchanged}。", file=sys.stderr)
        return 1
    except environment.NotReady as reason:
        print(reason, file=sys.stderr)
        return 1
    except ModuleNotFoundError as missing:
        print(f"缺少软件包 {missing.name}；删去 {environment.FOLDER}，再运行一次", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断，旧网站没有动。", file=sys.stderr)
        return 130
    return status if isinstance(status, int) else 0


def show(problems: Sequence[Problem]) -> None:
    """Prints problems, one a line; of many the first."""
    print(*problems[:SHOWN], sep="\n", file=sys.stderr)
    if len(problems) > SHOWN:
        print(f"……还有 {len(problems) - SHOWN} 处，改好以上再看", file=sys.stderr)


def check_words(options: argparse.Namespace) -> "Speech":
    """Returns the speech if every rule is kept; raises Stop with all problems otherwise."""
    from speechsite.words import check, notes, read_speech

    with stage("校对") as say:
        speech = read_speech(options.config_file)
        problems = check(speech)
        if problems:
            raise Stop(problems)
        say(f"{len(speech.themes)} 篇 {len(speech.paragraphs)} 段，与原文一字不差")
    tell(notes(speech))
    return speech


def tell(notes: "Iterable[Problem]") -> None:
    """Prints what a person should know of and nothing stops for."""
    for note in notes:
        print(f"请看：{note}")


def tell_of_numbers(site: Path, speech: "Speech") -> None:
    """Tells of paragraphs that have another number than in a site that was built before."""
    from speechsite.pages.search import published_paragraphs
    from speechsite.words import number_notes

    tell(number_notes(published_paragraphs(site), speech))


def build(options: argparse.Namespace) -> None:
    """check → pages → site, put in place whole."""
    with built(options) as (target, _, speech):
        tell_of_numbers(target, speech)
    print(f"网站在 {target / 'index.html'} ，双击就能看")


@contextmanager
def built(options: argparse.Namespace) -> "Iterator[tuple[Path, Path, Speech]]":
    """Yields where the site goes and the finished site, before it is put there, and the speech.

    Who fails with it leaves the old one as it was.
    """
    from speechsite.pages.engine import engine

    with engine(options.config_file.resolve()) as mkdocs:  # it starts while the words are checked
        speech = check_words(options)
        from speechsite.delivery.place import refuse_foreign, replacing

        target = (options.site_dir or speech.root / site_dir(speech)).absolute()
        refuse_foreign(target, own=options.site_dir is None)
        with replacing(target) as folder:
            make_site(mkdocs, speech, folder, options.fonts)
            yield target, folder, speech


def site_dir(speech: "Speech") -> str:
    return str(speech.config.get("site_dir") or "site")


def make_site(mkdocs: "Engine", speech: "Speech", folder: Path, fonts: "Fonts") -> None:
    """Makes the whole site in the new `folder`: pages and handouts beside each other, then both."""
    from speechsite.pages.engine import begin
    from speechsite.pages.finish import finish, made_pages, settings
    from speechsite.pages.sounds import load_sounds

    begin(mkdocs, folder, settings(speech))
    handouts_folder = folder.with_name("handouts")
    with ThreadPoolExecutor(1) as beside:
        pending = beside.submit(print_handouts, speech, handouts_folder, fonts)
        sounds = load_sounds()  # of all that needs no page, it takes longest
        made, printing = both(lambda: made_pages(mkdocs, folder, speech, sounds), pending.result)
    report("网页", made.seconds, f"{len(made.pages)} 页")
    with stage("检索") as say:
        if printing:  # beside what the owner may have in a folder of that name
            shutil.copytree(handouts_folder, folder / "handouts", dirs_exist_ok=True)
        left_out = finish(made, speech, html_of(printing), progress=bar)
        say("逐字可查")
    if left_out:
        print(f"没有一页用到、没有放进网站的文件：{'、'.join(left_out)}")


def print_handouts(speech: "Speech", folder: Path, fonts: "Fonts") -> "Printing | None":
    """Makes the handouts in `folder`; none where no page lists them, and says so."""
    from speechsite.pages.finish import lists_handouts

    with stage("讲义") as say:
        if not lists_handouts(speech):
            say('没有一页列出讲义（data-fill="handouts"），没有做')
            return None
        from speechsite.paper import make_handouts

        printing = make_handouts(speech, folder, fonts, bar)
        say(str(printing))
    return printing


def html_of(printing: "Printing | None") -> str:
    """Returns the list of the handouts for the page that shows it."""
    from speechsite.paper import handouts_html

    return handouts_html(printing) if printing else ""


def both(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """Returns what two stages have made; raises Stop with the problems of both."""
    try:
        first = one()
    except Stop as stop:
        try:
            other()
        except Stop as more:
            raise Stop([*stop.problems, *more.problems]) from None
        raise
    return first, other()


def bundle(options: argparse.Namespace) -> None:
    """build → dist/<slug>.zip."""
    from speechsite.delivery.bundle import write_bundle

    with built(options) as (_, site, speech), stage("压缩包") as say:
        target = speech.root / "dist" / f"{speech.slug}.zip"
        write_bundle(site, speech, target)
        say(f"{target.stat().st_size / 1e6:.1f} MB")
    print(f"压缩包在 {target} ，解压后照 DEPLOY.txt 放上去")


def publish(options: argparse.Namespace) -> None:
    """build → a release in a folder of the server, made current; or back to the one before."""
    from speechsite.delivery.publish import publish, roll_back

    if options.rollback:
        with stage("回退") as say:
            say(str(roll_back(options.folder)))
        return
    with built(options) as (_, site, speech), stage("发布") as say:
        tell_of_numbers(options.folder / "current" / "site", speech)
        say(str(publish(site, speech, options.folder)))


def new(options: argparse.Namespace) -> None:
    """A talk as it came → a project that builds, and what its editor should look at."""
    from speechsite.draft.project import new_project

    with stage("新讲话") as say:
        notes = new_project(options.talk, options.folder)
        say(str(options.folder))
    print(*notes, sep="\n")
    print(f"接着运行：{environment.command('-f', options.folder / 'mkdocs.yml')}")


def serve(options: argparse.Namespace) -> None:
    """A live preview: what is saved in docs/ or speech/ is made anew and shown."""
    from speechsite.pages.engine import engine
    from speechsite.pages.preview import free_port, preview

    port = free_port(options.port)
    with engine(options.config_file.resolve()) as mkdocs:
        preview(mkdocs, port, partial(print_handouts, fonts=options.fonts), html_of)


def test(_: argparse.Namespace) -> int:
    """The tests; returns their exit status. Further options go into PYTEST_ADDOPTS."""
    return subprocess.run([sys.executable, "-m", "pytest"], cwd=HERE).returncode


def report(name: str, seconds: float, said: str) -> None:
    """Prints the line of a stage: its name, its own time, what it says of itself."""
    print(f"{name}  {seconds:.2f} 秒  {said}", flush=True)


@contextmanager
def stage(name: str) -> Iterator[Callable[[str], None]]:
    """Reports a stage when it is done, with the time that its block took."""
    start = time.perf_counter()
    said: list[str] = []
    yield said.append
    report(name, time.perf_counter() - start, "，".join(said))


def bar(parts: Sequence[T]) -> Iterable[T]:
    """Returns `parts` one by one; a terminal sees how far they are, once they take `PATIENCE`."""
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
    "test": test,
}


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Returns the options; ends with status 2 and a usage line where they are wrong."""
    common = common_options()
    parser = argparse.ArgumentParser(
        prog="build_site.py", description="发布一篇讲话：校对、网站、检索、讲义。", parents=[common]
    )
    version = f"speechsite {__version__} (Python {platform.python_version()}, {platform.system()})"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, about: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=about)

    commands.add_parser("test", help="装好测试所需的软件，运行全部测试")
    command("build", "校对并生成全部内容（默认）")
    command("check", "只校对文字和页面")
    command("serve", "边改边看").add_argument("--port", type=int, default=8000)
    command("bundle", "生成，并打成内网压缩包 dist/<slug>.zip")
    another = commands.add_parser("new", help="由另一篇讲话建一个新项目")
    another.add_argument("talk", type=Path, metavar="TALK", help="讲话：.txt、.md 或 .docx")
    another.add_argument("folder", type=Path, metavar="FOLDER", help="还没有的文件夹")
    release = command("publish", "生成，并发布到服务器的文件夹，一步切换")
    place = "已有的文件夹；网站的根目录是其中的 current/site"
    release.add_argument("folder", type=Path, metavar="FOLDER", help=place)
    release.add_argument("--rollback", action="store_true", help="不生成，回到上一个版本")
    options = argparse.Namespace(config_file=HERE / "mkdocs.yml", site_dir=None, fonts="auto")
    parser.parse_args(arguments, options)
    options.command = options.command or "build"
    return options


def common_options() -> argparse.ArgumentParser:
    """Returns the options that stand before or after a command."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    add = common.add_argument
    add("-f", "--config-file", type=Path, metavar="FILE", help="mkdocs.yml 的位置")
    place = "网站放在哪里（默认按 mkdocs.yml 的 site_dir，没有就是 site/）"
    add("-d", "--site-dir", type=Path, metavar="FOLDER", help=place)
    faces = "讲义的字体：机器上有的公文字体，或只用自带的"
    add("--fonts", choices=["auto", "bundled"], help=faces)
    return common


if __name__ == "__main__":
    sys.exit(main())
