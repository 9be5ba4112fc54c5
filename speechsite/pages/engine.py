"""Makes the pages: MkDocs as a subprocess.

Nothing here is content: the words come from speech/, the frame from docs/, so any engine that reads them makes the
same pages.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from speechsite.problem import Problem, Stop

if TYPE_CHECKING:
    from speechsite.words.read import Speech

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LOG_LINE = re.compile(
    r"(?m)^(WARNING|ERROR)\s+-\s+(?P<text>.+)$|^(Error|Config value.*): (?P<error>.+)$"
)
PAGE = re.compile(r"'([^']+\.md)'")
TARGET = re.compile(r"(?:link|target is)[^']*'([^']+)'")


@contextmanager
def mkdocs(config_file: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Yields `mkdocs build --strict` into `folder`, at work; ends it where the block is left before it is done.

    It runs in the project's folder, since the snippets' base_path is relative to the working directory.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean"]
    command += ["--config-file", str(config_file), "--site-dir", str(folder)]
    with subprocess.Popen(
        command,
        cwd=config_file.parent,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def die_with_parent() -> None:
    """Ends MkDocs when the build is killed, so that it writes no further into a folder that the next run clears."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for_pages(
    process: subprocess.Popen[str], speech: Speech, others: Iterable[Problem] = ()
) -> None:
    """Waits for MkDocs; where it fails, raises Stop with each of its warnings and errors and with the `others`."""
    output, _ = process.communicate()
    if process.returncode:
        if failure := re.search(
            r"(?m)^\w*Error: \[Errno (\d+)\] .*?(?:: '(?:[^']*' -> ')?(.*)')?$", output
        ):
            raise OSError(int(failure[1]), os.strerror(int(failure[1])), failure[2])
        docs = str(speech.config.get("docs_dir", "docs"))
        texts = [match["text"] or match["error"] for match in LOG_LINE.finditer(output)]
        raise Stop(
            [
                *others,
                *(mkdocs_problem(speech, docs, text) for text in texts or [output.strip()[-500:]]),
            ]
        )


def mkdocs_problem(speech: Speech, docs: str, text: str) -> Problem:
    """Returns a warning of MkDocs with the file and line it speaks of, where it names them."""
    page, target = PAGE.search(text), TARGET.search(text)
    name = (
        f"{docs}/{page[1]}"
        if page and (speech.root / docs / page[1]).exists()
        else speech.config_file.name
    )
    source = next((page.text for page in speech.pages if page.path == name), "")
    line = (
        source[: source.index(target[1])].count("\n") + 1 if target and target[1] in source else 0
    )
    return Problem(name, line, "mkdocs", f"{' '.join(text.split())}；改正它指的链接、文件或设置")
