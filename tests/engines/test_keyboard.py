"""The keyboard alone, from the address bar through a whole theme page and back."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from engine import Engine
from selenium.webdriver.common.keys import Keys

from speechsite.words import Speech

# Numbers what the keyboard can reach, in the order of the page, and returns how many there are.
NUMBER = """() => {
  const reachable = "a[href], button, input, select, textarea, summary, [tabindex]";
  const seen = (one) => one.getClientRects().length > 0
    && getComputedStyle(one).visibility === "visible";
  const controls = [...document.querySelectorAll(reachable)]
    .filter((one) => one.tabIndex >= 0 && !one.disabled && seen(one));
  controls.forEach((one, number) => { one.dataset.number = number; });
  return controls.length;
}"""
# The control that has the focus: its number, where it is, and how it is called in a report.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const box = one.getBoundingClientRect();
  const block = one.closest("p, li, h1, h2, h3, h4, dt, dd, tr") || one;
  const part = ["header", "#nav", "#content", "footer"].findIndex((name) => one.closest(name));
  return {
    number: one.dataset.number === undefined ? -1 : Number(one.dataset.number),
    name: one.outerHTML.slice(0, 90),
    part,
    top: block.getBoundingClientRect().top + scrollY,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0
      && box.left < innerWidth && getComputedStyle(one).visibility === "visible",
  };
}"""
Stop = dict[str, Any]


def walk(engine: Engine, back: bool, most: int) -> list[Stop]:
    """Presses Tab until the page has no control more, and returns where the focus was."""
    stops: list[Stop] = []
    for _ in range(most):
        if back:
            engine.press_together(Keys.SHIFT, Keys.TAB)
        else:
            engine.press(Keys.TAB)
        stop = engine.ask(FOCUS)
        if stop is None or (stops and stop["number"] == stops[0]["number"]):
            return stops
        stops.append(stop)
    pytest.fail(f"trapped: {[stop['name'] for stop in stops[-4:]]}")


def numbers(stops: list[Stop]) -> list[int]:
    """The controls that were on the page from the first; what came with a focus is left out."""
    return [stop["number"] for stop in stops if stop["number"] >= 0]


@pytest.mark.parametrize("width", [1280, 390])
def test_tab_goes_through_the_page_and_back(
    engine: Engine, way: str, speech: Speech, width: int
) -> None:
    """Tab comes to every control once, in the order of the eye, and out; Shift+Tab comes back."""
    engine.resize(width, 800)
    engine.open(f"{way}{speech.themes[1].slug}.html")
    engine.wait("() => document.readyState === 'complete'")
    engine.ask("() => window.focus()")
    count = engine.ask(NUMBER)
    assert count > 20
    stops = walk(engine, back=False, most=2 * count)
    assert numbers(stops) == list(range(count))
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    for before, after in pairwise(stops):
        if before["part"] == after["part"] and min(before["number"], after["number"]) >= 0:
            assert after["top"] >= before["top"] - 24, (before["name"], after["name"])
        assert after["part"] >= before["part"], (before["name"], after["name"])

    back = numbers(walk(engine, back=True, most=2 * count))
    # Firefox goes on from the last control, the others come from the browser's own ones.
    assert back[1 - count :] == list(reversed(range(count - 1)))
