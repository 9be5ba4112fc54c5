"""Makes the pages: MkDocs as a subprocess, then what MkDocs cannot know, put into the HTML.

Nothing here is content: the words come from speech/, the frame from docs/, so any engine that reads them makes the
same pages. `finish` adds paragraph numbers and links, and fills the frame's `<div data-fill="…">` from the speech.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lxml import html
from lxml.html.builder import DEL, INS, LI, META, OL, UL, A, P

from speechsite import __version__
from speechsite.problem import Problem, Stop, visible
from speechsite.release import GENERATOR
from speechsite.speech import WHOLE, Paragraph, Speech, Theme

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
        if failure := re.search(r"(?m)^\w*Error: \[Errno (\d+)\] .*?(?:: '(.*)')?$", output):
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


def finish(site: Path, speech: Speech) -> None:
    """Puts what comes from the speech into the pages in `site`: numbers, links, corrections' notes, generated parts.

    Raises Stop where a page does not show the words as they were checked.
    """
    themes = {page_file(theme.page): theme for theme in speech.themes}
    problems = []
    for path in sorted(site.glob("*.html")):
        document = html.document_fromstring(path.read_text(encoding="utf-8"))
        whole = path.name == page_file(WHOLE)
        shown = speech.themes if whole else (themes[path.name],) if path.name in themes else ()
        problems += number_paragraphs(document, path.name, [p for theme in shown for p in theme.paragraphs])
        if whole:
            lower_headings(document)
        document.head.append(META(name="generator", content=f"{GENERATOR} {__version__}"))
        for place in document.xpath("//*[@data-fill]"):
            fill(place, speech)
        text = html.tostring(document, doctype="<!doctype html>", encoding="unicode")
        path.write_text(text, encoding="utf-8", newline="\n")
    if problems:
        raise Stop(problems)


def page_file(page: str) -> str:
    """Returns the HTML file of a Markdown page: docs/duties.md → duties.html."""
    return f"{Path(page).stem}.html"


def number_paragraphs(document: html.HtmlElement, name: str, paragraphs: list[Paragraph]) -> list[Problem]:
    """Gives the paragraphs of the words their ids and permalinks; returns where the page shows other words."""
    elements = document.xpath("//div[@class='speech']//p")
    texts = [reading(element, "ins") for element in elements]
    if texts != [p.original for p in paragraphs]:
        wrong = next((text for text, p in zip(texts, paragraphs, strict=False) if text != p.original), "")
        message = f"网页上的文字不是核对过的文字（“{visible(wrong[:24])}”）；检查 Markdown 扩展的设置"
        return [Problem(name, 0, "page", message)]
    for element, paragraph in zip(elements, paragraphs, strict=True):
        element.set("id", paragraph.id)
        link = A({"class": "permalink", "href": f"#{paragraph.id}", "aria-label": f"第 {paragraph.number} 段"})
        link.set("data-number", str(paragraph.number))
        link.tail, element.text = element.text, None
        element.insert(0, link)
        corrections = (span for span in paragraph.spans if span.is_correction)
        for mark, span in zip(element.xpath(".//ins | .//del[not(following-sibling::ins)]"), corrections, strict=False):
            mark.set("title", f"原文为“{span.original}”，编者改为“{span.corrected}”")
    return []


def reading(element: html.HtmlElement, dropped: str) -> str:
    """Returns the text of an element without what stands in `dropped` elements ('ins': the transcript's reading)."""
    return "".join(element.xpath(f".//text()[not(ancestor::{dropped})]"))


def lower_headings(document: html.HtmlElement) -> None:
    """Puts the headings of the words a level below the themes' own on the page of the whole text."""
    for heading in document.xpath("//div[@class='speech']/*[self::h2 or self::h3 or self::h4 or self::h5]"):
        heading.tag = f"h{int(heading.tag[1]) + 1}"


def fill(place: html.HtmlElement, speech: Speech) -> None:
    """Replaces what stands in a `data-fill` element by the part of that name; an unknown name keeps what it has."""
    part = FILLS.get(place.get("data-fill", ""))
    if part:
        for child in list(place):
            place.remove(child)
        place.text = None
        place.append(part(speech))


def outline(speech: Speech) -> html.HtmlElement:
    """Returns the map of the speech: every theme and point, linked."""
    return OL({"class": "outline"}, *(outline_theme(theme) for theme in speech.themes))


def outline_theme(theme: Theme) -> html.HtmlElement:
    page = page_file(theme.page)
    item = LI(A(theme.title, href=page))
    if theme.headings:
        item.append(OL(*(LI(A(heading.title, href=f"{page}#{heading.id}")) for heading in theme.headings)))
    return item


def corrections(speech: Speech) -> html.HtmlElement:
    """Returns the list of all corrections, each with its paragraph's link and the words before it."""
    items = []
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            before = ""
            for span in paragraph.spans:
                if span.is_correction:
                    link = A(f"第 {paragraph.number} 段", href=f"{page_file(theme.page)}#{paragraph.id}")
                    link.tail = f"：“{before[-8:]}"
                    items.append(LI(link, DEL(span.original), INS(span.corrected), "”"))
                before += span.corrected
    return UL({"class": "corrections"}, *items) if items else P("没有勘误。")


FILLS: dict[str, Callable[[Speech], html.HtmlElement]] = {"outline": outline, "corrections": corrections}
