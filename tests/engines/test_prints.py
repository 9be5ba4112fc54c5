"""The browser's own print, in each engine: the words, whole, and nothing around them."""

from __future__ import annotations

import pytest
from engine import Engine, Paper
from pdf import blank_pages, changed_pages, holds, place, words
from transport import HEADERS

from speechsite.words import Speech, Theme

PAPERS = [
    Paper(name, landscape, scale)
    for name in ("A4", "A3")
    for landscape in (False, True)
    for scale in (1.0, 0.6)
]
EXTREMES = [PAPERS[0], PAPERS[-1]]
# Takes out of the page what must not print, and fetches the pictures that a reader has not come to.
STRIP = """() => {
  let part = document.querySelector("#content");
  for (; part !== document.body; part = part.parentElement) {
    [...part.parentElement.children].forEach((other) => other === part || other.remove());
  }
  const switches = "button, nav, form, [role=status], [role=group], .tools";
  const content = document.querySelector("#content");
  content.querySelectorAll(switches).forEach((one) => one.remove());
  document.querySelectorAll("img").forEach((picture) => { picture.loading = "eager"; });
}"""
# The pictures are there, and no colour is on its way back from the last print.
AT_REST = """() => [...document.images].every((picture) => picture.complete)
  && !(document.getAnimations && document.getAnimations().length)"""
SWITCHES = """() => [...document.querySelectorAll("button, .tool")]
  .map((button) => button.textContent.trim())"""
CONTENTS = "() => document.querySelector('#nav ul').textContent"


def print_at_rest(engine: Engine, paper: Paper) -> bytes:
    """Prints when nothing moves: WebKit prints colours as they are on their way back from a print."""
    engine.wait(AT_REST)
    return engine.printed(paper)


def check_printed(
    engine: Engine, address: str, papers: list[Paper], running: str
) -> dict[Paper, bytes]:
    """Prints a page, and again without what must not print: nobody sees a difference."""
    engine.open(address)
    printed = {paper: print_at_rest(engine, paper) for paper in papers}
    engine.ask(STRIP)
    for paper, pdf in printed.items():
        assert blank_pages(pdf, running) == [], paper
        assert changed_pages(pdf, print_at_rest(engine, paper)) == [], paper
    return printed


def theme_with_correction(speech: Speech) -> Theme:
    """A page that has all kinds of things in its words."""
    return next(
        theme
        for theme in speech.themes
        if any(span.is_correction for paragraph in theme.paragraphs for span in paragraph.spans)
    )


def test_a_theme_prints_on_any_paper(
    engine: Engine, way: str, speech: Speech, transport: str
) -> None:
    """A theme prints whole and alone: A4, A3, upright, across, 100 % and 60 %."""
    theme = theme_with_correction(speech)
    papers = PAPERS if transport == HEADERS else EXTREMES
    if engine.name == "WebKit":
        papers = [paper for paper in papers if paper.scale == 1]  # GTK scales pages already cut
    engine.open(f"{way}{theme.slug}.html")
    switches = engine.ask(SWITCHES)
    contents = engine.ask(CONTENTS)
    printed = check_printed(engine, f"{way}{theme.slug}.html", papers, speech.title)
    for paper, pdf in printed.items():
        said = words(pdf, speech.title)
        for paragraph in theme.paragraphs:
            assert holds(said, paragraph.corrected), (paper, paragraph.id)
        assert not holds(said, contents), paper
        assert not holds(said, "".join(switches)), paper


@pytest.mark.parametrize("name", ["index", "full", "glossary", "handouts", "about"])
def test_every_kind_of_page_prints(engine: Engine, base: str, speech: Speech, name: str) -> None:
    """Home, whole text, glossary, handouts and about print without what is around them."""
    check_printed(engine, f"{base}{name}.html", EXTREMES, speech.title)


def test_the_whole_text_prints_whole(engine: Engine, base: str, speech: Speech) -> None:
    """The whole text prints every paragraph, in its order."""
    engine.open(f"{base}full.html")
    said = words(print_at_rest(engine, Paper()), speech.title)
    places = [place(said, paragraph.corrected) for paragraph in speech.paragraphs]
    assert None not in places
    assert places == sorted(places)


def test_a_dark_reader_prints_black_on_white(engine: Engine, base: str, speech: Speech) -> None:
    """Dark colours and great size on screen leave the paper as it is."""
    address = f"{base}{speech.themes[-1].slug}.html"
    engine.open(address)
    light = print_at_rest(engine, Paper())
    engine.prefer_dark(True)
    engine.open(address)
    assert changed_pages(light, print_at_rest(engine, Paper())) == []
    engine.one("[data-set-colours]").click()
    assert changed_pages(light, print_at_rest(engine, Paper())) == []
