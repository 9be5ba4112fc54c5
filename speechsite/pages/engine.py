"""Makes the pages: MkDocs, asked through its Python API in a process of its own (worker.py).

Nothing here is content: the words come from speech/, the frame from docs/, so any engine that reads
them makes the same pages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from speechsite.problem import Problem, Stop

WORKER = Path(__file__).with_name("worker.py")
NO_BANNER = {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}


@dataclass(frozen=True, slots=True)
class Record:
    """What was logged while the pages were made.

    `level` is WARNING or ERROR, `logger` by whom, `text` the whole of it.

    An exception that stopped MkDocs is one too; its class is then the `logger`.
    """

    level: str
    logger: str
    text: str


@dataclass(slots=True)
class Engine:
    """MkDocs, ready for work; several builds may follow each other, each faster than the first."""

    config_file: Path
    process: subprocess.Popen[str]


@contextmanager
def engine(config_file: Path) -> Iterator[Engine]:
    """Yields an engine for a project; it ends with the block, also in the middle of its work."""
    mkdocs = Engine(config_file, started(config_file))
    try:
        yield mkdocs
    finally:
        end(mkdocs.process)


def started(config_file: Path) -> subprocess.Popen[str]:
    """Returns a new process that makes the pages of a project."""
    return subprocess.Popen(
        [sys.executable, "-P", str(WORKER), str(config_file)],
        env={**os.environ, **NO_BANNER},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
    )


def end(process: subprocess.Popen[str]) -> None:
    """Ends a process, whatever it does, and waits until it is gone."""
    process.kill()
    with suppress(OSError), process:  # it may have died before it read what it was asked
        pass


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine has done: in how many seconds, what was logged (nothing where all is well).

    `docs` is the folder of the owner's pages, `themes` those whose files are nobody's own: ours,
    Material's, MkDocs'.
    """

    seconds: float
    records: tuple[Record, ...]
    docs: Path
    themes: tuple[Path, ...]


def begin(engine: Engine, folder: Path, extra: dict[str, str]) -> None:
    """Has the engine make the site in `folder`, and returns at once; templates find `extra` there.

    An engine that has died meanwhile is started anew.
    """
    if engine.process.poll() is not None:
        end(engine.process)
        engine.process = started(engine.config_file)
    assert engine.process.stdin
    request = json.dumps({"folder": str(folder), "extra": extra})
    with suppress(OSError):  # a broken pipe: it dies just now, finished() says so
        engine.process.stdin.write(f"{request}\n")
        engine.process.stdin.flush()


def finished(engine: Engine) -> Answer:
    """Waits for the pages; returns what was made.

    Raises Stop where a file could not be read or written or the engine died, ModuleNotFoundError
    where MkDocs or what it needs is not installed.
    """
    assert engine.process.stdout
    line = engine.process.stdout.readline()
    if not line:
        end(engine.process)
        message = "MkDocs 意外中断；再试一次，还是这样就重新安装 requirements.txt 里的软件包"
        raise Stop(Problem(engine.config_file.name, 0, "mkdocs", message))
    answer = json.loads(line)
    if "missing" in answer:
        raise ModuleNotFoundError(answer["missing"], name=answer["missing"])
    if answer["error"]:
        reason, file = answer["error"]
        message = f"读不了或写不了（{reason}）；检查权限和剩余空间"
        raise Stop(Problem(str(file or engine.config_file), 0, "system", message))
    records = tuple(Record(*record) for record in answer["records"])
    themes = tuple(Path(folder) for folder in answer.get("themes", []))
    return Answer(answer["seconds"], records, Path(answer.get("docs", "docs")), themes)
