"""Reading in each engine: sizes, colours, contents, notes, quoting, and the way back."""

from __future__ import annotations

import pytest
from engine import Engine
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from test_finds import ANSWERED, PUT, phrase_of_one_place
from transport import FILE

from speechsite.words import Speech

PHONE = 390
LOOK = """() => {
  const style = getComputedStyle(document.querySelector(".speech p"));
  return [style.fontSize, getComputedStyle(document.body).backgroundColor];
}"""
PRESSED = "(name) => document.querySelector(name).getAttribute('aria-pressed')"
ARRIVED = """(slug) => location.pathname.includes(slug)
  && document.readyState === 'complete'"""
CLICK = "(selector) => document.querySelector(selector).click()"
FOCUSED = "(selector) => document.activeElement.matches(selector)"
IN_SIGHT = """(selector) => {
  const element = document.querySelector(selector);
  const box = element && element.getBoundingClientRect();
  return Boolean(box && box.width && box.right > 0 && box.left < innerWidth
    && getComputedStyle(element).visibility === "visible");
}"""
# Where what was copied is pasted: a field that is on no page of ours.
FIELD = """() => {
  const field = document.createElement("textarea");
  field.id = "pasted";
  field.style.position = "fixed";
  document.body.append(field);
  field.focus();
}"""
SELECT = """([id, from, to]) => {
  const words = document.createTreeWalker(document.getElementById(id), NodeFilter.SHOW_TEXT);
  words.nextNode();
  const range = document.createRange();
  range.setStart(words.currentNode, from);
  range.setEnd(words.currentNode, to);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
SAID = """(words) => [...document.querySelectorAll("[role=status]")]
  .some((status) => status.textContent.includes(words))"""


def click(engine: Engine, selector: str) -> WebElement:
    """Clicks what a reader sees first of that kind."""
    element = engine.one(selector)
    engine.ask("(one) => one.scrollIntoView({ block: 'center' })", element)
    element.click()
    return element


def pasted(engine: Engine) -> str:
    """Returns what the clipboard holds, pasted into a field as a reader does."""
    engine.ask(FIELD)
    engine.press_together(Keys.CONTROL, "v")
    text = engine.wait("() => document.querySelector('#pasted').value")
    engine.ask("() => document.querySelector('#pasted').remove()")
    return text


def test_size_and_colours_are_kept(engine: Engine, way: str, speech: Speech) -> None:
    """Size and colours change at once and are kept on the next page."""
    first, second = (theme.slug for theme in speech.themes[:2])
    engine.open(f"{way}{first}.html")
    before = engine.ask(LOOK)
    click(engine, "[data-set-size=larger]")
    click(engine, "[data-set-colours]")
    after = engine.ask(LOOK)
    assert float(after[0][:-2]) > 1.5 * float(before[0][:-2])
    assert after[1] != before[1]
    engine.open(f"{way}{second}.html")
    assert engine.ask(LOOK) == after
    assert engine.ask(PRESSED, "[data-set-size=larger]") == "true"
    assert engine.ask(PRESSED, "[data-set-colours]") == "true"


def test_the_system_may_be_dark(engine: Engine, base: str) -> None:
    """Colours follow the system until the reader chooses."""
    engine.open(f"{base}opening.html")
    light = engine.ask(LOOK)
    engine.prefer_dark(True)
    engine.wait(f"(light) => ({LOOK})()[1] !== light[1]", light)
    click(engine, "[data-set-colours]")
    assert engine.ask(LOOK) == light
    engine.open(f"{base}closing.html")
    assert engine.ask(LOOK) == light


def test_back_shows_what_was_chosen_since(
    engine: Engine, way: str, transport: str, speech: Speech
) -> None:
    """Back, also out of the page cache, shows the present size and colours, and no open drawer."""
    first, second = (theme.slug for theme in speech.themes[:2])
    engine.resize(PHONE, 800)
    engine.open(f"{way}{first}.html")
    phrase, _ = phrase_of_one_place(speech)
    engine.ask(PUT, phrase)
    engine.wait(ANSWERED, phrase)  # nothing is under way any more
    engine.ask("() => addEventListener('pageshow', (e) => { window.cached = e.persisted; })")
    before = engine.ask(LOOK)
    # By script: Firefox keeps no page on which WebDriver has clicked.
    engine.ask(CLICK, ".menu")
    assert engine.ask(IN_SIGHT, "#nav li a")
    engine.ask(CLICK, f"#nav a[href='{second}.html']")
    engine.wait(ARRIVED, second)
    click(engine, "[data-set-size=large]")
    click(engine, "[data-set-colours]")
    after = engine.ask(LOOK)
    engine.driver.back()
    engine.wait(ARRIVED, first)
    assert before != after == engine.ask(LOOK)
    assert engine.ask(PRESSED, "[data-set-size=large]") == "true"
    assert not engine.ask(IN_SIGHT, "#nav a")
    if (engine.name, transport) != ("Chromium", FILE):  # which has no such cache for files
        assert engine.ask("() => window.cached === true")


def test_the_contents_are_a_drawer(engine: Engine, way: str, speech: Speech) -> None:
    """On a phone the contents open, take the focus, close by Esc and give it back, and lead on."""
    theme = speech.themes[-1]
    engine.resize(PHONE, 800)
    engine.open(f"{way}{speech.themes[0].slug}.html")
    assert not engine.ask(IN_SIGHT, "#nav a")
    click(engine, ".menu")
    assert engine.ask(IN_SIGHT, "#nav li a")
    assert engine.ask(FOCUSED, "#nav *")
    engine.press(Keys.ESCAPE)
    assert not engine.ask(IN_SIGHT, "#nav li a")
    assert engine.ask(FOCUSED, ".menu")
    engine.press(Keys.ENTER)
    assert engine.ask(IN_SIGHT, "#nav li a")
    click(engine, f"#nav a[href='{theme.slug}.html']")
    engine.wait(ARRIVED, theme.slug)


@pytest.mark.parametrize("width", [1280, PHONE])
def test_terms_are_seen_and_explained(engine: Engine, base: str, width: int) -> None:
    """Terms are underlined; their note comes with the focus and goes with Esc."""
    engine.resize(width, 800)
    engine.open(f"{base}importance.html")
    term = engine.one(".speech a.term")
    style = "(term) => getComputedStyle(term).textDecorationLine"
    assert engine.ask(style, term) == "underline"
    note = term.get_attribute("aria-describedby")
    wanted = engine.ask("(id) => document.getElementById(id).textContent.trim()", note)
    engine.ask("(term) => term.scrollIntoView({ block: 'center' })", term)
    engine.ask("(term) => term.focus()", term)
    shown = engine.wait("() => document.querySelector('.speech-note:not([hidden])')")
    squeezed = "(note) => note.innerText.replace(/\\s/g, '')"
    assert wanted.split()[0] in engine.ask(squeezed, shown)
    box = engine.ask("(note) => note.getBoundingClientRect().toJSON()", shown)
    assert box["left"] >= 0 and box["right"] <= width
    engine.press(Keys.ESCAPE)
    engine.wait("() => !document.querySelector('.speech-note:not([hidden])')")


def test_a_note_can_be_pointed_at(engine: Engine, base: str) -> None:
    """A note comes with the pointer and can be reached by it."""
    engine.open(f"{base}importance.html")
    term = engine.one(".speech a.term")
    engine.ask("(term) => term.scrollIntoView({ block: 'center' })", term)
    engine.hover(term)
    note = engine.wait("() => document.querySelector('.speech-note:not([hidden])')")
    engine.hover(note)
    assert engine.ask("(note) => note.matches(':hover')", note)


def test_a_number_copies_its_paragraph(engine: Engine, way: str, speech: Speech) -> None:
    """A click on a paragraph's number copies its words and their source."""
    theme = speech.themes[1]
    paragraph = theme.paragraphs[1]
    engine.open(f"{way}{theme.slug}.html")
    click(engine, f".permalink[href$='#{paragraph.id}']")
    engine.wait(SAID, "已复制")
    lines = pasted(engine).split("\n")
    assert lines[0] == paragraph.corrected
    assert speech.title in lines[1] and f"第{paragraph.number}段" in lines[1]
    addressed = way.startswith("http")
    assert lines[2:] == ([f"{way}{theme.slug}.html#{paragraph.id}"] if addressed else [])


def test_a_selection_is_copied_clean(engine: Engine, way: str, speech: Speech) -> None:
    """Ctrl+C on a selection copies the words alone, Alt+C with their source."""
    theme = speech.themes[1]
    paragraph = theme.paragraphs[1]
    engine.open(f"{way}{theme.slug}.html")
    engine.ask(SELECT, [paragraph.id, 1, 5])
    engine.press_together(Keys.CONTROL, "c")
    assert pasted(engine) == paragraph.corrected[1:5]
    engine.ask(SELECT, [paragraph.id, 0, 4])
    engine.press_together(Keys.ALT, "c")
    engine.wait(SAID, "附有出处")
    assert pasted(engine).split("\n")[0] == paragraph.corrected[:4]


def test_the_dock_quotes_a_selection(engine: Engine, base: str, speech: Speech) -> None:
    """On a selection the dock offers to copy, and its button copies."""
    theme = speech.themes[1]
    paragraph = theme.paragraphs[1]
    engine.open(f"{base}{theme.slug}.html")
    engine.ask(SELECT, [paragraph.id, 0, 6])
    engine.wait(IN_SIGHT, ".dock button")
    engine.one(".dock button").click()
    engine.wait(SAID, "附有出处")
    assert pasted(engine).split("\n")[0] == paragraph.corrected[:6]
