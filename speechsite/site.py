"""Makes the pages: MkDocs as a subprocess, then what MkDocs cannot know, put into the HTML.

Nothing here is content: the words come from speech/, the frame from docs/, so any engine that reads them makes the
same pages. `finish` dresses the pages with what comes from the speech (frame.py).
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from lxml import html
from lxml.html.builder import META

from speechsite import __version__
from speechsite.frame import differing, dress, glossary_problems, page_file, read_terms
from speechsite.problem import Problem, Stop
from speechsite.release import GENERATOR
from speechsite.speech import WHOLE, Speech

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LOG_LINE = re.compile(r"(?m)^(WARNING|ERROR)\s+-\s+(?P<text>.+)$|^(Error|Config value.*): (?P<error>.+)$")
PAGE = re.compile(r"'([^']+\.md)'")
TARGET = re.compile(r"(?:link|target is)[^']*'([^']+)'")


def start_mkdocs(speech: Speech, folder: Path) -> subprocess.Popen[str]:
    """Starts `mkdocs build --strict` into `folder`; other stages can run until `wait_for_mkdocs`.

    It runs in the project's folder, since the snippets' base_path is relative to the working directory.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean"]
    command += ["--config-file", str(speech.config_file), "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}
    return subprocess.Popen(
        command,
        cwd=speech.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )


def die_with_parent() -> None:
    """Ends MkDocs when the build is killed, so that it writes no further into a folder that the next run clears."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for_mkdocs(process: subprocess.Popen[str], speech: Speech) -> None:
    """Waits for MkDocs; raises Stop with each of its warnings and errors."""
    output, _ = process.communicate()
    if process.returncode:
        if failure := re.search(r"(?m)^\w*Error: \[Errno (\d+)\] .*?(?:: '(?:[^']*' -> ')?(.*)')?$", output):
            raise OSError(int(failure[1]), os.strerror(int(failure[1])), failure[2])
        docs = str(speech.config.get("docs_dir", "docs"))
        texts = [match["text"] or match["error"] for match in LOG_LINE.finditer(output)]
        raise Stop([mkdocs_problem(speech, docs, text) for text in texts or [output.strip()[-500:]]])


def mkdocs_problem(speech: Speech, docs: str, text: str) -> Problem:
    """Returns a warning of MkDocs with the file and line it speaks of, where it names them."""
    page, target = PAGE.search(text), TARGET.search(text)
    name = f"{docs}/{page[1]}" if page and (speech.root / docs / page[1]).exists() else speech.config_file.name
    source = next((page.text for page in speech.pages if page.path == name), "")
    line = source[: source.index(target[1])].count("\n") + 1 if target and target[1] in source else 0
    return Problem(name, line, "mkdocs", f"{' '.join(text.split())}；改正它指的链接、文件或设置")


def finish(site: Path, speech: Speech, handouts: str) -> None:
    """Puts what comes from the speech into the pages in `site`: see frame.py.

    `handouts` is the HTML of the list of handouts. Raises Stop where a page does not show the words as they were
    checked, or the glossary quotes what was not said.
    """
    terms = read_terms(site)
    problems = list(glossary_problems(speech, terms))
    for path in sorted(site.glob("*.html")):
        document = html.document_fromstring(path.read_text(encoding="utf-8"))
        whole = path.name == page_file(WHOLE)
        shown = tuple(theme for theme in speech.themes if whole or path.name == page_file(theme.page))
        for place in document.xpath("//*[@data-fill='handouts']"):
            place.getparent().replace(place, html.fragment_fromstring(handouts))
        dress(document, path.name, speech, shown, terms)
        if whole:
            lower_headings(document)
        if (text := differing(document, shown)) is not None:
            message = f"网页上的文字不是核对过的文字（“{text[:24]}”）；检查 Markdown 扩展的设置"
            problems.append(Problem(path.name, 0, "page", message))
        if lang := speech.metadata.get("lang"):  # the browser's faces and voices go by it
            document.set("lang", lang)
        document.head.append(META(name="generator", content=f"{GENERATOR} {__version__}"))
        text = html.tostring(document, doctype="<!doctype html>", encoding="unicode")
        path.write_text(text, encoding="utf-8", newline="\n")
    if problems:
        raise Stop(problems)
    name_printed_pages(site / "stylesheets/print.css", speech.title)


def name_printed_pages(sheet: Path, title: str) -> None:
    """Tells print.css the speech's name, which it sets on every printed page; a page's text cannot be had there."""
    quoted = re.sub(
        r'["\\\n]', lambda char: f"\\{ord(char[0]):x} ", title
    )  # https://www.w3.org/TR/css-syntax-3/#escaping
    sheet.write_text(f':root{{--speech-name:"{quoted}"}}\n{sheet.read_text("utf-8")}', encoding="utf-8", newline="\n")


def lower_headings(document: html.HtmlElement) -> None:
    """Puts the headings of the words a level below the themes' own on the page of the whole text, and in its nav."""
    lowered = set()
    for heading in document.xpath("//div[@class='speech']/*[self::h2 or self::h3 or self::h4 or self::h5]"):
        heading.tag = f"h{int(heading.tag[1]) + 1}"
        lowered.add(f"#{heading.get('id')}")
    for link in document.xpath("//*[@id='nav']//a[@href]"):
        if link.get("href") in lowered:
            link.set("class", "sub")
