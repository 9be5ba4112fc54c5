"""From MkDocs' pages to the site's: the order in which the stages of this room do their work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from speechsite.pages.assets import Files, deliver, write
from speechsite.pages.breaks import break_lines
from speechsite.pages.complaints import complaints
from speechsite.pages.engine import Engine, finished
from speechsite.pages.fill import ORIGINAL, PRINTED, fill, is_filled, name_printed_pages
from speechsite.pages.links import dangling, once
from speechsite.pages.notes import Term, annotate, is_glossary, read_terms, show_occurrences
from speechsite.pages.page import (
    Page,
    lower_headings,
    prove,
    read_pages,
    shown_on,
    sign,
    thin,
    write_pages,
)
from speechsite.pages.policy import (
    POLICY,
    class_alignments,
    forbidden,
    foreign_styles,
    state_policy,
)
from speechsite.pages.search import INDEX, index_script
from speechsite.pages.sounds import Sounds
from speechsite.problem import Stop
from speechsite.words import TRANSCRIPT, Speech

Progress = Callable[[Sequence[Page]], Iterable[Page]]
HANDOUTS = "data-fill=[\"']?handouts"  # where a page lists them: <div data-fill="handouts">


@dataclass(frozen=True, slots=True)
class Made:
    """The pages as MkDocs made them, in how many seconds, and the site's files around them."""

    seconds: float
    pages: list[Page]
    files: Files


def settings(speech: Speech, preview: bool = False) -> dict[str, str]:
    """Returns what the templates are told as `config.extra`: policy, page of the whole text.

    A preview has no policy: its server puts a script into the page.
    """
    whole = speech.whole.address if speech.whole else ""
    return {"policy": "" if preview else POLICY, "whole": whole}


def lists_handouts(speech: Speech) -> bool:
    """Says whether a page of the nav lists the handouts."""
    return any(re.search(HANDOUTS, page.text) for page in speech.pages)


def made_pages(engine: Engine, folder: Path, speech: Speech, sounds: Sounds) -> Made:
    """Waits for the pages in `folder`, and writes the index of the search beside them.

    Raises Stop with all that MkDocs complains of.
    """
    answer = finished(engine)
    if problems := list(complaints(speech, answer.records)):
        raise Stop(problems)
    pages = read_pages(folder, answer.docs)
    write(folder / INDEX, index_script(pages, speech, sounds))
    return Made(answer.seconds, pages, Files(folder, answer.docs, answer.themes))


def finish(
    made: Made,
    speech: Speech,
    handouts: str,
    preview: bool = False,
    progress: Progress = iter,
) -> list[str]:
    """Completes the pages of a site from the speech and writes them.

    `handouts` is the HTML of their list; `progress` is handed the pages and yields them. A preview
    keeps its assets as they were written. Returns the owner's files that nothing names, which are
    left out; raises Stop with all that would fail only later, in a reader's browser.
    """
    pages, files = made.pages, made.files
    terms = read_terms(pages, speech)
    for page in progress(pages):
        complete(page, speech, terms, handouts)
    name_printed_pages(files.site / PRINTED, speech.title)
    if is_filled(pages, "provenance"):
        (files.site / ORIGINAL).write_bytes(speech.files[TRANSCRIPT])
    problems = [*once(forbidden(pages, speech)), *foreign_styles(files.docs, speech)]
    # Where words are not as they were checked, links into them only follow.
    problems += list(prove(pages, speech)) or once(dangling(pages, files.site, speech))
    left_out = [] if preview or problems else sealed(pages, files)
    problems += prove(pages, speech)
    if problems:
        raise Stop(problems)
    write_pages(pages, files.site)
    return left_out


def sealed(pages: list[Page], files: Files) -> list[str]:
    """Makes finished pages and their assets small and strict; returns the files left out."""
    left_out = deliver(pages, files)
    for page in pages:
        state_policy(page)
        thin(page.tree)
    return left_out


def complete(page: Page, speech: Speech, terms: tuple[Term, ...], handouts: str) -> None:
    """Puts into one page all that comes from the speech."""
    shown = shown_on(page, speech)
    fill(page, speech, shown, handouts)
    annotate(page, shown, terms)
    if is_glossary(page, speech):
        show_occurrences(page, speech)
    if speech.whole and page.path == speech.whole.address:
        lower_headings(page)
    break_lines(page)
    class_alignments(page)
    sign(page, speech)
