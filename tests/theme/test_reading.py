"""What helps to read and to quote: in the HTML, then in a browser by mouse, finger and keyboard, and with no script."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, run
from lxml import html

from speechsite.pages.fill import CHARACTERS_A_MINUTE
from speechsite.words import TRANSCRIPT, Speech

if TYPE_CHECKING:
    from playwright.sync_api import Page

THEME = ROOT / "speechsite/theme"


def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_text(encoding="utf-8"))


def test_lengths_are_the_texts_own(site: Path, speech: Speech) -> None:
    pages = {f"{theme.slug}.html": [theme] for theme in speech.themes} | {
        "full.html": list(speech.themes)
    }
    for name, themes in pages.items():
        count = sum(len(p.corrected) for theme in themes for p in theme.paragraphs)
        minutes = -(-count // CHARACTERS_A_MINUTE)
        shown = parsed(site / name).xpath("string(//p[@class='length'])")
        assert shown == f"{count} 字，朗读约 {minutes} 分钟", name


def test_the_about_page_says_how_the_words_were_verified(site: Path, speech: Speech) -> None:
    shown = parsed(site / "about.html").xpath("string(//dl[@class='provenance'])")
    updated = speech.metadata["updated"]
    assert hashlib.sha256((ROOT / TRANSCRIPT).read_bytes()).hexdigest() in shown
    assert f"{updated.year} 年 {updated.month} 月 {updated.day} 日" in shown


def test_titles_and_descriptions_differ_and_name_the_speech(site: Path, speech: Speech) -> None:
    pages = [path for path in site.glob("*.html") if path.name != "404.html"]
    titles = [parsed(path).findtext(".//title") for path in pages]
    descriptions = [
        parsed(path).xpath("string(//meta[@name='description']/@content)") for path in pages
    ]
    assert len(set(titles)) == len(set(descriptions)) == len(pages)
    assert all(title.endswith(speech.title) for title in titles) and all(descriptions)


def test_a_broken_date_is_named(project: Path) -> None:
    data = project / "speech/speech.yml"
    text = data.read_text(encoding="utf-8").split("updated:")[0] + "updated: 去年\n"
    data.write_text(text, encoding="utf-8")
    result = run("check", "-f", project / "mkdocs.yml")
    assert (result.returncode, "metadata: updated 的写法不对" in result.stderr) == (1, True)


# In the browser

VOICES = """(local, lang) => {
  window.said = [];
  const synthesis = {
    paused: false,
    getVoices: () => [{ lang, localService: local, name: 'x' }],
    speak: (utterance) => { said.push(utterance); }, cancel: () => { said.push('cancel'); },
    pause: () => { synthesis.paused = true; }, resume: () => { synthesis.paused = false; },
    addEventListener: () => {},
  };
  Object.defineProperty(window, 'speechSynthesis', { value: synthesis });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
}"""
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"


def test_the_size_is_kept_across_pages(page: Page, address: str) -> None:
    paragraph = page.locator(".speech p").first

    def pixels() -> str:
        return paragraph.evaluate("(p) => getComputedStyle(p).fontSize")

    assert pixels() == "18px"
    for name, size in (("大字", "24px"), ("特大", "30px")):
        button = page.get_by_role("button", name=name)
        button.click()
        assert (button.get_attribute("aria-pressed"), pixels()) == ("true", size)
        page.goto(f"{address}duties.html")
        assert (page.get_by_role("button", name=name).get_attribute("aria-pressed"), pixels()) == (
            "true",
            size,
        )


@pytest.mark.parametrize(
    ("width", "size", "wanted"), [(1280, 18, 38), (1280, 30, 30), (390, 18, 19), (375, 24, 13)]
)
def test_a_line_has_a_whole_number_of_characters(
    context, address: str, width: int, size: int, wanted: int
) -> None:
    names = {18: "standard", 24: "large", 30: "larger"}
    page = context(width, script=f"localStorage.setItem('speech.size', '{names[size]}')").new_page()
    page.goto(f"{address}importance.html")
    speech = page.locator(".speech").first
    assert speech.evaluate("(e) => [parseFloat(getComputedStyle(e).fontSize), e.clientWidth]") == [
        size,
        size * wanted,
    ]


def test_blocked_storage_breaks_nothing(context, address: str) -> None:
    page = context(script=NO_STORAGE).new_page()
    page.goto(f"{address}importance.html")
    page.get_by_role("button", name="大字").click()
    assert page.locator("html").get_attribute("data-size") == "large"
    page.locator(".term").first.focus()
    assert page.locator(".speech-note").is_visible()


def test_the_reader_knows_where_he_is(page: Page, speech: Speech) -> None:
    theme = speech.themes[1]
    last = theme.paragraphs[-1]
    assert (
        page.locator(".position").inner_text()
        == f"第 {theme.paragraphs[0].number} 段，共 {len(speech.paragraphs)} 段"
    )
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator(".position", has_text=f"第 {last.number} 段").wait_for()
    assert (
        page.locator("#nav [aria-current=location]").get_attribute("href")
        == f"#{theme.headings[-1].id}"
    )
    assert page.locator("#nav [aria-current=page]").get_attribute("href") == "importance.html"


@pytest.mark.parametrize("width", [1280, 390, 320, 256])
def test_nothing_lies_upon_the_button_that_reads_aloud(context, address: str, width: int) -> None:
    page = context(width, script=f"({VOICES})(true, 'zh-CN')").new_page()
    page.goto(f"{address}importance.html")
    button = page.get_by_role("button", name="朗读", exact=True)
    for size in ("标准", "大字", "特大"):
        page.get_by_role("button", name=size).click()
        box = button.bounding_box()
        for x in (2, box["width"] / 2, box["width"] - 2):
            place = {"x": box["x"] + x, "y": box["y"] + box["height"] / 2}
            assert (
                page.evaluate("({x, y}) => document.elementFromPoint(x, y).textContent", place)
                == "朗读"
            ), size
        apart = """() => [...document.querySelectorAll("button, a, label, .position")].filter((e) => {
          const a = e.getBoundingClientRect(), b = document.querySelector("[data-read]").getBoundingClientRect();
          return !e.matches("[data-read]") && getComputedStyle(e).visibility === "visible" && a.width && a.top >= 0
            && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1 })
          .map((e) => e.outerHTML.slice(0, 99))"""
        assert page.evaluate(apart) == [], size


@pytest.mark.parametrize("width", [1280, 320])
def test_without_javascript_every_way_is_open(
    context, address: str, speech: Speech, width: int
) -> None:
    page = context(width, java_script_enabled=False).new_page()
    page.goto(f"{address}importance.html")
    paragraph = speech.themes[1].paragraphs[2]
    assert not page.get_by_role("button").locator("visible=true").count(), (
        "a button that does nothing"
    )
    page.locator(f"#{paragraph.id} > .permalink").click()
    assert page.url.endswith(f"#{paragraph.id}")
    if width < 1220:
        page.locator(".menu").click()
    page.locator("#nav a[href='duties.html']").click()
    page.wait_for_url("**/duties.html")
    page.locator(".term").first.click()
    page.wait_for_url("**/glossary.html#*")


SHIFT = """() => new Promise((done) => new PerformanceObserver((list) =>
  done(list.getEntries().map((e) => e.value + ' ' + e.sources.map((s) => s.node && s.node.outerHTML).join())))
  .observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => done([]), 300))"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("size", ["standard", "larger"])
def test_nothing_shifts_while_a_page_loads(context, address: str, width: int, size: str) -> None:
    page = context(width, script=f"localStorage.setItem('speech.size', '{size}')").new_page()
    for name in ("index", "importance", "full", "glossary"):
        page.goto(f"{address}{name}.html", wait_until="networkidle")
        assert page.evaluate(SHIFT) == [], name
