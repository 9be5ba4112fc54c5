"""Notes: every phrase of the glossary is explained where it is said, and as WCAG 1.4.13 asks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import run
from lxml import html

from speechsite.words import Speech

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect


def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def glossary(site: Path) -> dict[str, str]:
    """The phrases of the glossary and their ids."""
    headings = parsed(site / "glossary.html").xpath("//article//h2[@id]")
    return {heading.text_content(): heading.get("id") for heading in headings}


def test_every_phrase_of_the_glossary_is_explained_where_it_is_said(
    site: Path, speech: Speech, glossary: dict[str, str]
) -> None:
    assert glossary
    for theme in speech.themes:
        document = parsed(site / theme.address)
        text = "".join(paragraph.corrected for paragraph in theme.paragraphs)
        links = document.xpath("//div[@class='speech']//a[@class='term']")
        expected = {phrase for phrase in glossary if phrase in text}
        assert {link.text for link in links} == expected, theme.slug
        for link in links:
            assert link.get("href") == f"glossary.html#{glossary[link.text]}"
            (explained,) = document.xpath("//dd[@id=$id]", id=link.get("aria-describedby"))
            assert explained.text_content().strip()
            assert not explained.xpath("./ancestor::div[@class='speech']")


def test_the_glossary_says_where_each_phrase_occurs(
    site: Path, speech: Speech, glossary: dict[str, str]
) -> None:
    listed = parsed(site / "glossary.html").xpath("//div[@class='occurrences']")
    for phrase, place in zip(glossary, listed, strict=True):
        expected = []
        for theme in speech.themes:
            for paragraph in theme.paragraphs:
                if phrase in paragraph.corrected:
                    expected.append(f"{theme.address}#{paragraph.id}")
        assert place.xpath(".//a/@href") == expected
        assert place.xpath(".//b/text()") == [phrase] * len(expected)


def test_every_explanation_names_its_source_or_says_whose_it_is(site: Path) -> None:
    """出处 of public material, or that it is the editors' reading, or that none was found."""
    for heading in parsed(site / "glossary.html").xpath("//article//h2[@id]"):
        explained = []
        for element in heading.itersiblings():
            if element.tag == "h2":
                break
            if element.get("class") != "occurrences":
                explained.append(element.text_content())
        text = "".join(explained)
        assert re.search("出处：|编者按|没有查到", text), heading.text_content()


def test_no_explanation_leads_out_of_the_site(site: Path) -> None:
    links = parsed(site / "glossary.html").xpath("//article//a/@href")
    assert not [link for link in links if ":" in link]


def test_the_glossary_may_not_explain_what_was_not_said(project: Path) -> None:
    page = project / "docs/glossary.md"
    text = page.read_text(encoding="utf-8")
    wrong = text.replace("## 两办 {", "## 三办 {") + "\n> 讲话里没有的引文\n"
    page.write_text(wrong, encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    lines = wrong.split("\n")
    numbers = [lines.index("## 三办 { #two-offices }") + 1, lines.index("> 讲话里没有的引文") + 1]
    assert result.returncode == 1
    problems = [line.split(": ")[:2] for line in result.stderr.splitlines()[:-1]]
    assert problems == [[f"docs/glossary.md:{number}", "glossary"] for number in numbers]


def test_an_empty_glossary_marks_nothing(project: Path) -> None:
    page = project / "docs/glossary.md"
    page.write_text(page.read_text(encoding="utf-8").split("## ")[0], encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    assert not parsed(project / "site/full.html").xpath("//a[@class='term']")


def test_each_correction_has_a_note(site: Path, speech: Speech) -> None:
    document = parsed(site / "full.html")
    spans = (span for paragraph in speech.paragraphs for span in paragraph.spans)
    corrections = [span for span in spans if span.is_correction]
    links = document.xpath("//div[@class='speech']//a[@class='ref']")
    assert len(links) == len(corrections) > 0
    for link, span in zip(links, corrections, strict=True):
        assert not link.text_content()
        (note,) = document.xpath("//dd[@id=$id]", id=link.get("aria-describedby"))
        assert f"“{span.original}”" in note.text_content()
        assert f"“{span.corrected}”" in note.text_content()


# In the browser


def explanation(page: Page) -> str:
    term = page.locator(".speech .term").first
    return page.locator(f"#{term.get_attribute('aria-describedby')} p").first.inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_hovering_and_focus_show_a_note(context, address: str, width: int) -> None:
    page = context(width).new_page()
    page.goto(f"{address}importance.html")
    term, note = page.locator(".speech .term").first, page.locator(".speech-note")
    term.hover()
    expect(note).to_contain_text(explanation(page))
    page.mouse.move(3, 790 if width == 1280 else 400)
    expect(note).to_be_hidden()
    term.focus()
    expect(note).to_contain_text(explanation(page))
    page.locator(".skip").focus()
    expect(note).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pointer_reaches_a_note_in_peace(context, address: str, width: int) -> None:
    """However slowly, as long as it comes nearer, and over other phrases (WCAG 1.4.13)."""
    page = context(width).new_page()
    page.goto(f"{address}importance.html")
    term, note = page.locator(".speech .term").first, page.locator(".speech-note")
    term.hover()
    text = note.inner_text()
    start, end = term.bounding_box(), note.bounding_box()
    for step in range(1, 11):
        x = start["x"] + 5 + (end["x"] + 20 - start["x"]) * step / 10
        y = start["y"] + 5 + (end["y"] + 20 - start["y"]) * step / 10
        page.mouse.move(x, y)
        page.wait_for_timeout(150)  # a slow hand: longer in all than a note waits
    assert note.inner_text() == text
    page.wait_for_timeout(1000)  # and it may rest there
    expect(note).to_be_visible()


def test_escape_dismisses_a_note_that_is_hovered_or_has_the_focus(page: Page) -> None:
    term, note = page.locator(".speech .term").first, page.locator(".speech-note")
    term.hover()
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    term.focus()
    page.keyboard.press("Enter")
    expect(note).to_be_focused()
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(term).to_be_focused()


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_a_click_pins_a_note_and_sends_nobody_away(context, address: str, touch: bool) -> None:
    page = context(390, has_touch=True).new_page()
    page.goto(f"{address}importance.html")
    term, note = page.locator(".speech .term").first, page.locator(".speech-note")
    (term.tap if touch else term.click)()
    expect(note).to_contain_text(explanation(page))
    page.mouse.move(3, 500)
    page.wait_for_timeout(1000)  # longer than a note that is not pinned stays
    expect(note).to_be_visible()
    assert page.url.endswith("importance.html")
    page.locator("h1").click()
    expect(note).to_be_hidden()
    (term.tap if touch else term.click)()
    (term.tap if touch else term.click)()
    expect(note).to_be_hidden()
    term.click()
    note.get_by_role("link").first.click()
    page.wait_for_url("**/glossary.html#*")


def test_another_key_opens_the_glossary_beside(page: Page) -> None:
    with page.context.expect_page() as opened:
        page.locator(".speech .term").first.click(modifiers=["Control"])
    assert "glossary.html#" in opened.value.url


def test_the_keyboard_comes_from_a_note_back_to_its_phrase(page: Page) -> None:
    terms = page.locator(".speech .term")
    terms.first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".speech-note a").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".speech-note button")).to_be_focused()
    page.keyboard.press("Tab")
    expect(terms.nth(1)).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1280, 320), (390, 664), (320, 400)])
def test_a_note_stays_inside_the_window(context, address: str, width: int, height: int) -> None:
    page = context(width, height=height).new_page()
    page.goto(f"{address}full.html")
    for term in page.locator(".speech a[aria-describedby]").all():
        term.focus()
        note, box = page.locator(".speech-note").bounding_box(), term.bounding_box()
        assert note["x"] >= 0 and note["x"] + note["width"] <= width
        assert note["y"] >= 0 and note["y"] + note["height"] <= height
        beside = note["x"] >= box["x"] + box["width"]
        below = note["y"] >= box["y"] + box["height"]
        assert beside or below or note["y"] + note["height"] <= box["y"]


def test_a_correction_explains_itself(page: Page, speech: Speech) -> None:
    page.locator(".ref").first.focus()
    spans = (span for paragraph in speech.themes[1].paragraphs for span in paragraph.spans)
    correction = next(span for span in spans if span.is_correction)
    assert f"“{correction.original}”" in page.locator(".speech-note").inner_text()
