"""What helps to read and to quote: in the HTML, then in a browser by mouse, finger and keyboard, and with no script."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, run
from lxml import html

from speechsite.pages.fill import CHARACTERS_A_MINUTE
from speechsite.words.read import TRANSCRIPT, Speech

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

THEME = ROOT / "speechsite/theme"


def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def glossary(site: Path) -> dict[str, str]:
    """The phrases of the glossary and their ids."""
    return {
        h.text_content(): h.get("id")
        for h in parsed(site / "glossary.html").xpath("//article//h2[@id]")
    }


def test_every_phrase_of_the_glossary_is_explained_where_it_is_said(
    site: Path, speech: Speech, glossary: dict[str, str]
) -> None:
    assert glossary
    for theme in speech.themes:
        document = parsed(site / f"{theme.slug}.html")
        text = "".join(p.corrected for p in theme.paragraphs)
        links = document.xpath("//div[@class='speech']//a[@class='term']")
        assert {a.text for a in links} == {phrase for phrase in glossary if phrase in text}, (
            theme.slug
        )
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
        expected = [
            f"{t.slug}.html#{p.id}"
            for t in speech.themes
            for p in t.paragraphs
            if phrase in p.corrected
        ]
        assert place.xpath(".//a/@href") == expected
        assert place.xpath(".//b/text()") == [phrase] * len(expected)


def test_the_glossary_may_not_quote_what_was_not_said(project: Path) -> None:
    page = project / "docs/glossary.md"
    text = page.read_text(encoding="utf-8")
    wrong = text.replace("> 为党中央服务最直接", "> 为党中央服务最及时").replace(
        "## 两办 {", "## 三办 {"
    )
    page.write_text(wrong, encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    lines = wrong.split("\n")
    numbers = [
        n for n, line in enumerate(lines, 1) if line.startswith(("> 为党中央服务最及时", "## 三办"))
    ]
    assert result.returncode == 1
    problems = result.stderr.splitlines()[:-1]
    assert [line.split(": ")[:2] for line in problems] == [
        [f"docs/glossary.md:{n}", "glossary"] for n in numbers
    ]


def test_an_empty_glossary_marks_nothing(project: Path) -> None:
    page = project / "docs/glossary.md"
    page.write_text(page.read_text(encoding="utf-8").split("## ")[0], encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    assert not parsed(project / "site/full.html").xpath("//a[@class='term']")


def test_each_correction_has_a_note(site: Path, speech: Speech) -> None:
    document = parsed(site / "full.html")
    corrections = [s for p in speech.paragraphs for s in p.spans if s.is_correction]
    links = document.xpath("//div[@class='speech']//a[@class='ref']")
    assert len(links) == len(corrections) > 0
    for link, span in zip(links, corrections, strict=True):
        assert not link.text_content()
        (note,) = document.xpath("//dd[@id=$id]", id=link.get("aria-describedby"))
        assert (
            f"“{span.original}”" in note.text_content()
            and f"“{span.corrected}”" in note.text_content()
        )


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


def test_script_and_style_are_small() -> None:
    assert (
        sum(
            (THEME / name).stat().st_size
            for name in ("javascripts/speech.js", "stylesheets/speech.css")
        )
        <= 25_600
    )


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
SELECT = """([from, start, to, end]) => {
  const place = (id, at) => {
    const walker = document.createTreeWalker(document.getElementById(id), NodeFilter.SHOW_TEXT,
      (node) => node.parentElement.closest('del') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walker.nextNode()) {
      if (at <= walker.currentNode.length) return [walker.currentNode, at];
      at -= walker.currentNode.length;
    }
  };
  const range = document.createRange();
  range.setStart(...place(from, start));
  range.setEnd(...place(to, end));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def new(width: int = 1280, script: str = "", **options) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, reduced_motion="reduce", **options
        )
        if script:
            context.add_init_script(script)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def page(context, address: str) -> Page:
    """The importance page on a desktop; a script's error fails the test."""
    page = context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}importance.html")
    yield page
    assert not errors


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def test_one_action_copies_each_paragraph_exactly_with_its_source(
    page: Page, address: str, speech: Speech
) -> None:
    for name in ("full", *(theme.slug for theme in speech.themes)):
        page.goto(f"{address}{name}.html?h=x")
        for theme in (
            speech.themes if name == "full" else [t for t in speech.themes if t.slug == name]
        ):
            for paragraph in theme.paragraphs:
                page.locator(f"#{paragraph.id} > .permalink").dispatch_event("click")
                words, source, link = clipboard(page).split("\n")
                assert words == paragraph.corrected
                assert (
                    source == f"——摘自《{speech.title}》“{theme.title}”部分第{paragraph.number}段"
                )
                assert link == f"{address}{name}.html#{paragraph.id}"


def test_what_the_about_page_shows_is_what_is_copied(page: Page, address: str) -> None:
    page.goto(f"{address}about.html")
    shown = page.locator(".example p").all_inner_texts()
    number = shown[1].rsplit("第", 1)[1].removesuffix("段")
    page.goto(f"{address}full.html")
    page.locator(f"#p{number} > .permalink").click()
    assert clipboard(page).split("\n")[:2] == shown


def test_a_selection_is_copied_clean_or_with_its_source(page: Page, speech: Speech) -> None:
    theme = next(
        theme
        for theme in speech.themes
        if any(s.is_correction for p in theme.paragraphs for s in p.spans)
    )
    page.goto(page.url.replace("importance", theme.slug))
    corrected = next(p for p in theme.paragraphs if any(s.is_correction for s in p.spans))
    before = theme.paragraphs[theme.paragraphs.index(corrected) - 1]
    length = len(corrected.corrected)
    page.evaluate(SELECT, [before.id, 3, corrected.id, length])
    page.keyboard.press("Control+C")
    wanted = f"{before.corrected[3:]}\n{corrected.corrected}"
    assert clipboard(page) == wanted
    page.locator(".dock button").first.click()
    assert clipboard(page).startswith(wanted + "\n——")
    assert f"第{before.number}—{corrected.number}段\n" in clipboard(page)
    page.evaluate(SELECT, [before.id, 1, before.id, 6])
    page.locator(".dock button").nth(1).wait_for()
    page.keyboard.press("Alt+C")
    assert clipboard(page).split("\n")[0] == before.corrected[1:6]


def test_copying_takes_each_paragraph_exactly_and_nothing_around_it(
    page: Page, address: str, speech: Speech
) -> None:
    """Three clicks select to the start of what follows: a heading, a note, or the part behind a correction."""
    for theme in speech.themes:
        page.goto(f"{address}{theme.slug}.html")
        for paragraph in theme.paragraphs:
            page.locator(f"#{paragraph.id}").click(click_count=3, position={"x": 100, "y": 14})
            page.keyboard.press("Control+C")
            assert clipboard(page) == paragraph.corrected
    page.goto(f"{address}full.html")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    assert clipboard(page) == "\n".join(paragraph.corrected for paragraph in speech.paragraphs)


def test_what_is_not_the_speech_is_copied_as_it_stands(page: Page) -> None:
    page.locator(".notes dd p").first.click(click_count=3)
    page.keyboard.press("Control+C")
    assert clipboard(page).strip() == page.locator(".notes dd p").first.inner_text()


def test_a_selected_phrase_is_searched_for(page: Page, speech: Speech) -> None:
    paragraph = speech.themes[1].paragraphs[1]
    page.evaluate(SELECT, [paragraph.id, 0, paragraph.id, 4])
    page.locator(".dock button").nth(1).click()
    assert page.locator(".md-search__input").input_value() == paragraph.corrected[:4]
    assert page.locator("#__search").is_checked()


def test_copying_works_from_a_file(context, site: Path, speech: Speech) -> None:
    page = context().new_page()
    paragraph = speech.themes[1].paragraphs[1]
    page.goto((site / "importance.html").as_uri())
    page.evaluate(
        "document.addEventListener('copy', (e) => { window.copied = e.clipboardData.getData('text/plain') })"
    )
    page.locator(f"#{paragraph.id} > .permalink").click()
    page.locator(".said", has_text="已复制").wait_for()
    words, source = page.evaluate("copied").split(
        "\n"
    )  # no address: a path on this machine is of no use to others
    assert words == paragraph.corrected
    assert source.endswith(f"第{paragraph.number}段")


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
    assert page.locator(".note").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_phrase_is_explained_on_hover_focus_and_tap(context, address: str, width: int) -> None:
    page = context(width, has_touch=True).new_page()
    page.goto(f"{address}importance.html")
    term, note = page.locator(".term").first, page.locator(".note")
    wanted = page.locator(f"#{term.get_attribute('aria-describedby')} p").first.inner_text()
    term.hover()
    assert wanted in note.inner_text()
    note.hover()  # may be reached by the mouse (WCAG 1.4.13)
    assert note.is_visible()
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.mouse.move(3, 790)
    term.hover()
    assert note.is_visible()
    page.mouse.move(3, 790)
    note.wait_for(state="hidden")
    term.focus()
    assert wanted in note.inner_text()
    note.get_by_role("button").click()
    assert not note.is_visible()
    assert page.evaluate("document.activeElement.className").startswith("term")
    page.evaluate("document.activeElement.blur()")
    term.tap()
    assert wanted in note.inner_text() and page.url.endswith("importance.html")
    term.tap()
    page.wait_for_url("**/glossary.html#*")


def test_a_correction_explains_itself(page: Page, speech: Speech) -> None:
    page.locator(".ref").first.focus()
    correction = next(s for p in speech.themes[1].paragraphs for s in p.spans if s.is_correction)
    assert f"“{correction.original}”" in page.locator(".note").inner_text()


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


def test_reading_aloud_marks_the_paragraph_pauses_and_stops(
    context, address: str, speech: Speech
) -> None:
    page = context(script=f"({VOICES})(true, 'zh-CN')").new_page()
    page.goto(f"{address}importance.html")
    first, second = speech.themes[1].paragraphs[:2]
    page.get_by_role("button", name="朗读", exact=True).click()
    texts = "said.filter((u) => u.text).map((u) => u.text)"
    assert page.evaluate(texts) == [first.corrected]
    assert page.locator(".speaking").get_attribute("id") == first.id
    page.evaluate("said[said.length - 1].onend()")
    assert page.evaluate(texts) == [first.corrected, second.corrected]
    assert page.locator(".speaking").get_attribute("id") == second.id
    page.get_by_role("button", name="暂停").click()
    assert page.evaluate("speechSynthesis.paused")
    page.get_by_role("button", name="继续").click()
    assert not page.evaluate("speechSynthesis.paused")
    page.get_by_role("button", name="停止朗读").click()
    assert page.evaluate("said[said.length - 1]") == "cancel"
    assert page.locator(".speaking").count() == 0 and not page.locator(".dock").is_visible()


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


@pytest.mark.parametrize(
    ("local", "language"), [(True, "en-US"), (False, "zh-CN")], ids=["no Chinese", "not local"]
)
def test_without_a_chinese_voice_of_its_own_nothing_is_offered(
    context, address: str, local: bool, language: str
) -> None:
    page = context(script=f"({VOICES})({str(local).lower()}, '{language}')").new_page()
    page.goto(f"{address}importance.html")
    page.locator(".position", has_text="段").wait_for()
    assert not page.get_by_role("button", name="朗读").is_visible()


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


def test_our_aids_cost_little_and_no_request(page: Page) -> None:
    """Script and style of ours weigh at most 25 KB; joined with the theme's, a page loads in at most ten requests."""
    theme = ROOT / "speechsite/theme"
    ours = [theme / "javascripts/speech.js", theme / "stylesheets/speech.css"]
    assert sum(path.stat().st_size for path in ours) <= 25 * 1024
    names = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert 0 < len(names) < 10
