"""Everyone can use every page: axe on all of them in every state, reflow and spacing, and the keyboard alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import ask, said
from conftest import FULL_VOLUME, program

from speechsite.words import Speech

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PAGES = [
    *("index", "opening", "importance", "duties", "team-building", "closing"),
    *("full", "glossary", "notebook", "handouts", "about"),
]
FEW = (
    PAGES if FULL_VOLUME else ["index", "importance", "about"]
)  # the pages for the less likely combinations
RULES = [
    "wcag2a",
    "wcag2aa",
    "wcag2aaa",
    "wcag21a",
    "wcag21aa",
    "wcag22a",
    "wcag22aa",
    "best-practice",
]
# Of WCAG 1.4.12, https://www.w3.org/TR/WCAG22/#text-spacing
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
SPACING += "p { margin-bottom: 2em !important }"


def open_search(page: Page) -> None:
    ask(page, "督查")
    assert said(page)


def open_search_by_sound(page: Page) -> None:
    ask(page, "渡查")
    assert "读音相同" in said(page)


def open_contents(page: Page) -> None:
    page.locator(".menu").click()
    page.locator("#nav.open").wait_for()


def open_note(page: Page) -> None:
    page.locator(".speech .term").first.focus()
    page.locator(".speech-note:visible").wait_for()


def select(page: Page) -> None:
    page.locator(".speech p").first.click(click_count=3, position={"x": 120, "y": 12})
    page.locator(".dock button").first.wait_for()


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def new(
        width: int = 1280, height: int = 800, size: str = "standard", **options
    ) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        if size != "standard":
            context.add_init_script(f"localStorage.setItem('speech.size', '{size}')")
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


def restyle(page: Page, rules: str) -> None:
    """Adds style rules as the browser itself does, which the pages' policy does not forbid."""
    page.evaluate(
        "(rules) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules);"
        "document.adoptedStyleSheets = [sheet] }",
        rules,
    )


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(
        "() => document.querySelectorAll('*').forEach((e) => e.getAnimations().forEach((a) => a.finish()))"
    )
    page.evaluate(axe)
    enhanced = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
    result = page.evaluate("(options) => axe.run(options)", {"runOnly": RULES, "rules": enhanced})
    assert result["passes"], "axe looked at nothing"
    return [
        f"{v['id']}: {node['target']} {node['failureSummary']}"
        for v in result["violations"]
        for node in v["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    context, address: str, axe: str, scheme: str, width: int
) -> None:
    page = context(width, color_scheme=scheme).new_page()
    for name in PAGES if (scheme, width) == ("light", 390) else FEW:
        page.goto(f"{address}{name}.html")
        assert violations(page, axe) == [], f"{name} {scheme} {width}"


@pytest.mark.parametrize("size", ["large", "larger"])
def test_axe_finds_nothing_in_large_type(context, address: str, axe: str, size: str) -> None:
    for width in (1280, 320):
        page = context(width, size=size).new_page()
        for name in FEW:
            page.goto(f"{address}{name}.html")
            assert page.locator("html").get_attribute("data-size") == size
            assert violations(page, axe) == [], f"{name} {size} {width}"


def test_axe_finds_nothing_in_forced_colours(context, address: str, axe: str) -> None:
    page = context(forced_colors="active").new_page()
    for name in FEW:
        page.goto(f"{address}{name}.html")
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        assert violations(page, axe) == [], name


@pytest.mark.parametrize(
    "state",
    [open_search, open_search_by_sound, open_contents, open_note, select],
    ids=lambda state: state.__name__,
)
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_axe_finds_nothing_in_what_opens(
    context, address: str, axe: str, state: Callable, width: int
) -> None:
    for scheme in ("light", "dark") if FULL_VOLUME or width == 390 else ("light",):
        page = context(width, color_scheme=scheme).new_page()
        page.goto(address + ("index.html" if state is open_contents else "importance.html"))
        state(page)
        assert violations(page, axe) == [], scheme


def test_axe_would_find_something(context, address: str, axe: str) -> None:
    page = context().new_page()
    page.goto(address)
    restyle(page, ".facts p { color: #666 !important }")
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<button></button>')"
    )
    found = violations(page, axe)
    assert any(line.startswith("color-contrast-enhanced") for line in found)
    assert any(line.startswith("button-name") for line in found)


CLIPPED = """() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth) found.push('the page scrolls sideways');
  for (const element of document.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (box.width <= 1 || style.visibility === 'hidden'
      || element.closest('.speech-search, .skip, #nav')) continue;
    if (box.right > root.clientWidth + 1 || box.left < -1) found.push('outside: ' + element.outerHTML.slice(0, 90));
    const clips = style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
    const cuts = style.overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 1;
    if ((clips || cuts) && element !== document.body) found.push('clipped: ' + element.outerHTML.slice(0, 90));
  }
  return found;
}"""


@pytest.mark.parametrize("size", ["standard", "larger"])
@pytest.mark.parametrize("spacing", [False, True], ids=["as it is", "WCAG 1.4.12"])
@pytest.mark.parametrize("width", [390, 320, 256])
def test_nothing_scrolls_sideways_or_is_clipped(
    context, address: str, width: int, spacing: bool, size: str
) -> None:
    page = context(width, 400, size=size).new_page()
    for name in PAGES:
        page.goto(f"{address}{name}.html")
        if spacing:
            restyle(page, SPACING)
        assert page.evaluate(CLIPPED) == [], name


def test_the_check_for_clipping_would_find_something(context, address: str) -> None:
    page = context(320, 400).new_page()
    page.goto(f"{address}importance.html")
    restyle(page, ".speech { width: 400px }")
    assert page.evaluate(CLIPPED)


TARGETS = """() => Array.from(document.querySelectorAll('a, button, input'))
  .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length)
  .filter((e) => !e.closest('.speech p, .speech-search, li p, article > p, dd') || e.matches('.permalink'))
  .map((e) => [e.getBoundingClientRect(), e]).filter(([box]) => box.width < 43.9 || box.height < 43.9)
  .map(([box, e]) => Math.round(box.width) + 'x' + Math.round(box.height) + ' ' + e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [390, 320])
def test_targets_are_large_enough_for_a_finger(context, address: str, width: int) -> None:
    """44 px, links within a line of text aside (WCAG 2.5.5's own exception)."""
    page = context(width, 844, has_touch=True).new_page()
    for name in PAGES:
        page.goto(f"{address}{name}.html")
        if name != "index":
            open_contents(page)
        assert page.evaluate(TARGETS) == [], name


def test_headings_landmarks_and_language(context, address: str) -> None:
    page = context().new_page()
    for name in PAGES:
        page.goto(f"{address}{name}.html")
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        levels = page.evaluate(
            "Array.from(document.querySelectorAll('h1,h2,h3,h4'), (h) => +h.tagName[1])"
        )
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), name
        assert (
            page.locator("header:not(article header), main, footer:not(article footer)").count()
            == 3
        )
        assert page.locator("nav[aria-label=目录]").count() == 1


def focused(page: Page) -> str:
    return page.evaluate(
        "document.activeElement.getAttribute('href') || document.activeElement.outerHTML.slice(0, 99)"
    )


def tab_to(page: Page, selector: str, limit: int = 80) -> None:
    """Presses Tab until the element has the focus, and asks each time that the focus can be seen."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => { const e = document.activeElement, b = e.getBoundingClientRect();"
            "return e === document.body || e.matches('input') || (b.right > 0 && b.left < innerWidth"
            " && getComputedStyle(e).visibility === 'visible') }"
        ), focused(page)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never came to {selector}")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_keyboard_alone_is_enough(context, address: str, speech: Speech, width: int) -> None:
    page = context(width).new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    page.keyboard.press("Tab")
    assert focused(page) == "#content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.goto(address)
    tab_to(page, ".menu")
    page.keyboard.press("Enter")
    assert page.locator(".menu").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.locator(".menu").get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.matches('.menu')")
    page.keyboard.press("Space")
    tab_to(page, "#nav a[href='importance.html']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/importance.html")

    tab_to(page, "[data-set-size=large]")
    page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("data-size") == "large"
    tab_to(page, "#p5 > .permalink")
    page.keyboard.press("Enter")
    page.locator(".said", has_text="第 5 段").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("一是")
    tab_to(page, ".term")
    page.locator(".speech-note:visible").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator(".speech-note").is_visible()

    tab_to(page, "a[rel=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/duties.html")
    assert page.locator("html").get_attribute("data-size") == "large"
    tab_to(page, "[data-search=open]" if width < 960 else "[data-search=box]")
    if width < 960:
        page.keyboard.press("Space")
    page.wait_for_function("document.activeElement.matches('[data-search=box]')")
    page.keyboard.type(
        next(h.title for t in speech.themes for h in t.headings if "、" in h.title).split("、")[-1]
    )
    page.locator("[data-search=results] a").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.matches('[data-search=results] a')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*.html?h=*")

    page.goto(f"{address}duties.html")
    tab_to(page, "[data-set-colours]")
    before = page.locator("html").get_attribute("data-md-color-scheme")
    page.keyboard.press("Space")
    assert page.locator("html").get_attribute("data-md-color-scheme") != before
    assert page.locator("[data-set-colours]").get_attribute("aria-pressed") == "true"


STOP = """() => {
  const e = document.activeElement
  return e === document.body ? null : [...document.querySelectorAll("*")].indexOf(e)
}"""


@pytest.mark.parametrize("width", [1280, 320])
def test_tab_meets_every_control_once_in_the_order_of_the_page(
    context, address: str, width: int
) -> None:
    page = context(width).new_page()
    page.goto(f"{address}importance.html")
    stops: list[int] = []
    page.keyboard.press("Tab")
    while (stop := page.evaluate(STOP)) is not None and len(stops) < 300:
        stops.append(stop)
        page.keyboard.press("Tab")
    assert len(stops) > 20
    assert stops == sorted(set(stops)), "a control twice, or against the page's order"
    assert page.locator("a[rel=next]").count()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_a_note_covers_not_what_it_explains(context, address: str, width: int) -> None:
    page = context(width, 640).new_page()  # WCAG 2.4.11
    page.goto(f"{address}full.html")
    for link in page.locator(".speech a[aria-describedby]").all():
        link.focus()
        page.locator(".speech-note:visible").wait_for()
        link_box, note = link.bounding_box(), page.locator(".speech-note").bounding_box()
        beside = note["x"] > link_box["x"] + link_box["width"]
        assert (
            beside
            or note["y"] > link_box["y"] + link_box["height"]
            or note["y"] + note["height"] < link_box["y"]
        )


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_slash_opens_the_search_at_every_width(context, address: str, width: int) -> None:
    page = context(width).new_page()
    page.goto(f"{address}index.html", wait_until="networkidle")
    page.keyboard.press("/")
    box = page.locator("[data-search=box]")
    box.wait_for(state="visible")
    assert box.evaluate("e => e === document.activeElement")
    assert box.input_value() == ""
    page.keyboard.press("Escape")
    page.locator("[data-search=panel]").wait_for(state="hidden")


def test_every_page_is_valid_html(site: Path) -> None:
    """By the Nu Html Checker, where its jar can be had: npm install vnu-jar, and Java."""
    jar = os.environ.get("VNU_JAR")
    if not jar:
        pytest.skip("set VNU_JAR to vnu.jar (npm install vnu-jar)")
    pages = [str(path) for path in sorted(site.rglob("*.html"))]
    command = [program("java"), "-jar", jar, "--errors-only", *pages]
    result = subprocess.run(command, capture_output=True, text=True)
    faults = [line for line in result.stderr.splitlines() if ": error" in line]
    assert (result.returncode, faults) == (0, [])
