"""The search in each engine: asked with real keys, gone through by keys, and the page marked."""

from __future__ import annotations

from engine import Engine
from selenium.webdriver.common.keys import Keys

from speechsite.words import Speech

ANSWERED = """(query) => [...document.querySelectorAll("[data-search=results] a mark")]
  .some((mark) => mark.textContent.replace(/\\s/g, "") === query)"""
# Puts a query into the box as a paste by the mouse does, without a key.
PUT = """(query) => {
  const box = document.querySelector("[data-search=box]");
  box.value = query;
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""
COUNT = "() => document.querySelector('[data-search=count]').textContent.trim()"
HREFS = """() => [...document.querySelectorAll("[data-search=results] a")]
  .map((link) => link.getAttribute("href"))"""
FOCUSED = "(selector) => document.activeElement.matches(selector)"
MARKED = """(query) => {
  const mark = [...document.querySelectorAll("#content mark")]
    .find((one) => one.textContent === query);
  const box = mark && mark.getBoundingClientRect();
  return Boolean(box && box.top >= 0 && box.bottom <= innerHeight);
}"""


def enter_box(engine: Engine) -> None:
    """Opens the search as the window's width wants it, and waits until one can type."""
    engine.ask("() => document.activeElement.blur()")
    engine.press("/")
    engine.wait(FOCUSED, "[data-search=box]")


def search(engine: Engine, query: str) -> list[str]:
    """Types a query that is in the speech and returns where the answers lead, in their order."""
    enter_box(engine)
    engine.press(query)
    engine.wait(ANSWERED, query)
    return engine.ask(HREFS)


def phrase_of_one_place(speech: Speech) -> tuple[str, str]:
    """Returns four characters that the speech has once, and the id of their paragraph."""
    for paragraph in speech.paragraphs[1:]:
        phrase = paragraph.corrected[2:6]
        if phrase.isalpha() and speech.corrected.count(phrase) == 1:
            return phrase, paragraph.id
    raise AssertionError("no phrase occurs once")


def test_a_phrase_is_found_and_opened_by_keys(engine: Engine, way: str, speech: Speech) -> None:
    """A phrase is asked, counted, reached by the arrow keys, opened by Enter and marked."""
    phrase, anchor = phrase_of_one_place(speech)
    engine.open(f"{way}index.html")
    found = search(engine, phrase)
    assert f"#{anchor}" in found[0]
    assert "1 段 1 处" in engine.wait(COUNT)
    engine.press(Keys.ARROW_DOWN)
    engine.wait(FOCUSED, "[data-search=results] a")
    engine.press(Keys.ENTER)
    engine.wait("(anchor) => location.hash === '#' + anchor", anchor)
    engine.wait(MARKED, phrase)


def test_enter_opens_the_first_answer(engine: Engine, base: str, speech: Speech) -> None:
    """Enter in the box opens the first answer; on a phone too."""
    phrase, anchor = phrase_of_one_place(speech)
    engine.resize(390, 800)
    engine.open(f"{base}glossary.html")
    engine.one("[data-search=open]").click()
    engine.wait(FOCUSED, "[data-search=box]")
    engine.press(phrase)
    engine.wait(ANSWERED, phrase)
    engine.press(Keys.ENTER)
    engine.wait("(anchor) => location.hash === '#' + anchor", anchor)
    engine.wait(MARKED, phrase)


def test_what_was_not_said_is_not_found(engine: Engine, way: str) -> None:
    """What is nowhere is answered by a sentence, and Esc leaves the box."""
    engine.open(f"{way}closing.html")
    enter_box(engine)
    engine.press("鱼鹰垆蔓")
    engine.wait("() => document.querySelector('[data-search=count]').textContent.includes('没有')")
    assert engine.ask(HREFS) == []
    engine.press(Keys.ESCAPE)
    engine.wait("() => !document.querySelector('[data-search=results]').offsetParent")


def test_sounds_are_heard(engine: Engine, base: str) -> None:
    """Typed pinyin finds its characters."""
    engine.open(f"{base}index.html")
    enter_box(engine)
    engine.press("ducha")
    engine.wait(ANSWERED, "督查")


def test_an_input_method_keeps_its_enter(engine: Engine, base: str, speech: Speech) -> None:
    """Enter that belongs to an input method opens nothing."""
    phrase, _ = phrase_of_one_place(speech)
    engine.open(f"{base}index.html")
    search(engine, phrase)
    # As Safari sends it: after the composition, by keyCode alone.
    kept = """() => {
      const key = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
      Object.defineProperty(key, "keyCode", { value: 229 });
      return document.querySelector("[data-search=box]").dispatchEvent(key);
    }"""
    assert engine.ask(kept), "the key was taken from the input method"
    assert engine.ask("() => location.hash") == ""
