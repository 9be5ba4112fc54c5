"""Everyone can study: axe, and targets for a finger, in every state that the aids bring."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import FULL_VOLUME
from studying import dock, is_said, select
from test_accessibility import TARGETS, violations
from test_study_aloud import engine, read_aloud
from test_study_quote import NO_COPYING

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS, SCHEMES = (1280, 390, 320), ("light", "dark", "forced")
FEW = [(1280, "light"), (390, "dark"), (320, "forced")]


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def pin_a_note(page: Page) -> None:
    page.locator(".speech .term").first.click()
    page.locator(".speech-note:visible").wait_for()


def select_words(page: Page) -> None:
    select(page, "p5", 2, "p5", 12)
    dock(page, "复制（附出处）").wait_for()


def underline(page: Page) -> None:
    select_words(page)
    dock(page, "划线").click()
    is_said(page, "已划线")


def see_what_could_not_be_copied(page: Page) -> None:
    page.locator(".permalink").nth(1).click()
    page.get_by_label("复制结果如下").wait_for()


def listen(page: Page) -> None:
    read_aloud(page)
    page.get_by_label("语速").wait_for()


def open_the_notebook(page: Page) -> None:
    underline(page)
    page.goto(page.url.replace("importance", "notebook"))
    page.locator(".speech-excerpts").wait_for()


def be_offered_the_place(page: Page) -> None:
    page.evaluate("scrollTo(0, 700)")
    key = page.evaluate("'speech.' + speechsite.keyOf('place')")
    page.wait_for_function("(key) => localStorage[key]", arg=key)
    page.goto(page.url.replace("importance", "index"))
    page.locator(".dock a").wait_for()


STATES = [
    pin_a_note,
    select_words,
    underline,
    see_what_could_not_be_copied,
    listen,
    open_the_notebook,
    be_offered_the_place,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_and_a_finger_hits(
    context, address: str, axe: str, state: Callable[[Page], None]
) -> None:
    for width, scheme in product(WIDTHS, SCHEMES) if FULL_VOLUME else FEW:
        colours = {"color_scheme": scheme}
        if scheme == "forced":
            colours = {"forced_colors": "active"}
        page = context(width, engine() + NO_COPYING, 700, **colours).new_page()
        page.goto(f"{address}importance.html")
        state(page)
        assert violations(page, axe) == [], f"{width} {scheme}"
        assert width == 1280 or page.evaluate(TARGETS) == [], f"{width} {scheme}"
        page.close()
