"""Engines of years ago, by what they lack: without it a page still reads, finds and quotes.

Older Safari (iOS 12 to 15) and Firefox (78 to 115) are not to be had in CI. What they lack is
known, so a script that runs before the page's own takes it away; what their CSS does not know gets
a name that none knows.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from engine import Engine
from engine_fixtures import Reach
from selenium.webdriver.common.keys import Keys
from test_finds import phrase_of_one_place, search
from test_reads import IN_SIGHT, LOOK, SAID, click, pasted
from transport import FILE, PLAIN

from speechsite.words import Speech

FIRST_SCRIPT = "<script src="
# What is missing, since when it is there, and the script that takes it away.
LACKS = {
    "speechSynthesis.addEventListener (Safari 16)": """
      Object.defineProperty(speechSynthesis, "addEventListener", { value: undefined });""",
    "speechSynthesis (WebView)": """
      Object.defineProperty(window, "speechSynthesis", { value: undefined });
      delete window.SpeechSynthesisUtterance;""",
    "ResizeObserver (Safari 13.1), IntersectionObserver (Safari 12.1)": """
      delete window.ResizeObserver;
      delete window.IntersectionObserver;""",
    "matchMedia's addEventListener (Safari 14)": """
      Object.defineProperty(MediaQueryList.prototype, "addEventListener", { value: undefined });
      Object.defineProperty(MediaQueryList.prototype, "removeEventListener", { value: undefined });
      """,
    "Intl.Collator with options, Intl.Segmenter": """
      Intl.Collator = function (locales, options) {
        if (options) throw new RangeError("no options");
        return { compare: (a, b) => (a < b ? -1 : Number(a > b)) };
      };
      delete Intl.Segmenter;""",
    "navigator.clipboard (http, Safari 13.1)": """
      Object.defineProperty(navigator, "clipboard", { value: undefined });""",
    "Highlight and CSS.highlights (Safari 17.2, Firefox 140)": """
      delete window.Highlight;
      delete CSS.highlights;
      Object.defineProperty(CSS, "highlights", { value: undefined });""",
    "Pointer events (Safari 13), event.isComposing": """
      delete window.PointerEvent;
      delete InputEvent.prototype.isComposing;
      delete KeyboardEvent.prototype.isComposing;""",
    "storage": """
      const refuse = { get() { throw new DOMException("no", "SecurityError"); } };
      Object.defineProperty(window, "localStorage", refuse);
      Object.defineProperty(window, "sessionStorage", refuse);""",
    "what came to ES2019 to ES2023": """
      for (const name of ["at", "flat", "flatMap", "findLast", "toSorted", "toReversed"]) {
        delete Array.prototype[name];
      }
      for (const name of ["at", "matchAll", "replaceAll", "trimEnd", "trimStart"]) {
        delete String.prototype[name];
      }
      delete Object.fromEntries;
      delete Promise.allSettled;
      delete Element.prototype.replaceChildren;
      delete window.structuredClone;
      delete window.queueMicrotask;
      delete globalThis.globalThis;""",
    "Worker": "delete window.Worker;",
}
# :has( and the like, in the stylesheets: a browser that does not know one drops the whole rule.
NEW_IN_CSS = re.compile(
    r":(?=(?:has|is|where)\()|(?<![\w-])(?=round\()|(?=text-wrap|text-spacing)"
    r"|(?=inset:|aspect-ratio:|text-decoration-skip-ink:)"
)


def lacking(site: Path, script: str, folder: Path) -> Path:
    """Copies the site; on its pages the script runs before all others."""
    copy = shutil.copytree(site, folder, ignore=shutil.ignore_patterns("handouts"))
    (copy / "lacking.js").write_text(
        f"(() => {{{script}\n}})();\nwindow.lacks = true;", encoding="utf-8"
    )
    for page in copy.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        first = '<script src="lacking.js"></script>'
        page.write_text(text.replace(FIRST_SCRIPT, first + FIRST_SCRIPT, 1), encoding="utf-8")
    return copy


def use(engine: Engine, base: str, speech: Speech) -> None:
    """Reads, turns dark, opens the contents and a note, finds and quotes, as a reader does."""
    theme = speech.themes[1]
    paragraph = theme.paragraphs[1]
    engine.resize(390, 800)
    engine.open(f"{base}{theme.slug}.html")
    before = engine.ask(LOOK)
    click(engine, "[data-set-size=large]")
    click(engine, "[data-set-colours]")
    assert engine.ask(LOOK)[0] != before[0]
    assert engine.ask(LOOK)[1] != before[1]
    click(engine, ".menu")
    assert engine.ask(IN_SIGHT, "#nav li a")
    engine.press(Keys.ESCAPE)
    assert not engine.ask(IN_SIGHT, "#nav li a")
    term = engine.one(".speech a.term")
    engine.ask("(term) => term.focus()", term)
    engine.wait("() => document.querySelector('.speech-note:not([hidden])')")
    engine.press(Keys.ESCAPE)
    engine.wait("() => !document.querySelector('.speech-note:not([hidden])')")
    click(engine, f".permalink[href$='#{paragraph.id}']")
    engine.wait(SAID, "已复制")
    assert pasted(engine).split("\n")[0] == paragraph.corrected
    phrase, anchor = phrase_of_one_place(speech)
    assert f"#{anchor}" in search(engine, phrase)[0]
    assert engine.complaints() == []


@pytest.mark.parametrize("transport", [PLAIN, FILE])
def test_a_browser_that_lacks_everything(
    engine: Engine,
    site: Path,
    reach: Reach,
    tmp_path: Path,
    transport: str,
    speech: Speech,
    record_property,
) -> None:
    """Without all that came in the last eight years, a page reads, finds and quotes."""
    record_property("transport", transport)
    folder = lacking(site, "\n".join(f"{{{lack}}}" for lack in LACKS.values()), tmp_path / "site")
    use(engine, reach(folder, transport), speech)
    assert engine.ask("() => window.lacks")


@pytest.mark.parametrize("lack", LACKS)
def test_a_webkit_that_lacks_one_thing(
    started, site: Path, reach: Reach, tmp_path: Path, speech: Speech, lack: str
) -> None:
    """Each thing that an old Safari lacks, alone: nothing else stops with it."""
    engine = started("webkit")
    engine.complaints()
    use(engine, reach(lacking(site, LACKS[lack], tmp_path / "site"), PLAIN), speech)
    assert engine.ask("() => window.lacks")


@pytest.mark.parametrize("engine", ["firefox", "webkit"], indirect=True)
def test_a_browser_without_new_css(
    engine: Engine, site: Path, reach: Reach, tmp_path: Path, speech: Speech, record_property
) -> None:
    """Without :has, :is, :where, round(), text-wrap, inset and aspect-ratio a page reads."""
    record_property("transport", PLAIN)
    folder = shutil.copytree(site, tmp_path / "site")
    for sheet in folder.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        old = NEW_IN_CSS.sub(lambda new: new[0] + "-old-", text)
        assert old != text or "print" in text
        sheet.write_text(old, encoding="utf-8")
    use(engine, reach(folder, PLAIN), speech)
