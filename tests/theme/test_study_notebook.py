"""The notebook: what is underlined is kept in this browser, at its words; nothing is harmed."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import serving
from conftest import run
from studying import FULL_STORAGE, NO_STORAGE, clipboard, dock, is_said, select

from speechsite.words import Paragraph, Speech

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

NO_HIGHLIGHTS = "delete window.Highlight;"
# What is shown underlined: [paragraph, how many characters before, words], as drawn, joined where
# only a node ends.
SHOWN = """() => {
  const { wordsOf } = speechsite;
  const highlight = window.Highlight && CSS.highlights.get('speech-excerpt');
  const ranges = highlight ? Array.from(highlight)
    : Array.from(document.querySelectorAll('mark.speech-excerpt'), (mark) => {
      const range = document.createRange();
      range.selectNodeContents(mark);
      return range;
    });
  const shown = [];
  for (const range of ranges) {
    const paragraph = range.startContainer.parentElement.closest('p');
    const before = document.createRange();
    before.setStart(paragraph, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = wordsOf(before.cloneContents()).length;
    const last = shown[shown.length - 1];
    if (last && last[0] === paragraph.id && last[1] + last[2].length === start) {
      last[2] += range.toString();
    } else shown.push([paragraph.id, start, range.toString()]);
  }
  return shown;
}"""
KEPT = """() => Object.entries(localStorage)
  .filter(([key]) => /^speech\\.notebook\\|[^|]*\\|[^|]*$/.test(key)).map(([, text]) => text)"""

Part = tuple[str, int, str]  # a paragraph's id, how many characters stand before, the words


@dataclass(frozen=True)
class Selection:
    """Words from a place in one paragraph to a place in the same or a later one."""

    paragraphs: list[Paragraph]
    start: int
    end: int

    def make(self, page: Page) -> None:
        select(page, self.paragraphs[0].id, self.start, self.paragraphs[-1].id, self.end)

    @property
    def parts(self) -> list[Part]:
        parts = []
        for paragraph in self.paragraphs:
            start = self.start if paragraph is self.paragraphs[0] else 0
            end = self.end if paragraph is self.paragraphs[-1] else None
            parts.append((paragraph.id, start, paragraph.corrected[start:end]))
        return parts


def random_selection(dice: random.Random, paragraphs: list[Paragraph]) -> Selection:
    """Returns a selection in one paragraph, mostly, or over two or three."""
    first = dice.randrange(len(paragraphs))
    chosen = paragraphs[first : first + dice.choice([1, 1, 1, 2, 3])]
    size = len(chosen[-1].corrected)
    start = dice.randrange(len(chosen[0].corrected))
    lowest = start + 1 if len(chosen) == 1 else 1
    return Selection(chosen, start, dice.randint(lowest, size))


def kept(page: Page) -> list[list[str]]:
    """Returns the words of the excerpts in the browser's storage, a list an excerpt."""
    (text,) = page.evaluate(KEPT)
    return [[part["words"] for part in excerpt["parts"]] for excerpt in json.loads(text)]


def underline(page: Page, paragraph: Paragraph, start: int, end: int) -> str:
    """Underlines words of a paragraph as a reader does; returns them."""
    select(page, paragraph.id, start, paragraph.id, end)
    dock(page, "划线").click()
    is_said(page, "已划线")
    return paragraph.corrected[start:end]


def shown(page: Page) -> list[Part]:
    return [tuple(part) for part in page.evaluate(SHOWN)]


def same(found: list[Part], expected: list[Part]) -> bool:
    """Says whether two lists underline the same, neighbours joined or not."""

    def characters(parts: list[Part]) -> list[tuple[str, int, str]]:
        every = []
        for place, start, words in parts:
            every += [(place, start + at, char) for at, char in enumerate(words)]
        return every

    return characters(found) == characters(expected)


def test_two_hundred_selections_are_shown_at_the_same_words(
    page: Page, address: str, speech: Speech
) -> None:
    """On theme pages and on the whole text; over corrections, terms and several paragraphs."""
    dice = random.Random(15)
    pages = {theme.address: theme.paragraphs for theme in speech.themes}
    pages["full.html"] = speech.paragraphs
    made: dict[str, list[Part]] = {name: [] for name in pages}
    words, corrected = [], 0
    for name, paragraphs in pages.items():
        page.goto(address + name)
        for _ in range(34):
            selection = random_selection(dice, paragraphs)
            selection.make(page)
            page.keyboard.press("Alt+U")
            parts = selection.parts
            words.append([part[2] for part in parts])
            spans = (span for paragraph in selection.paragraphs for span in paragraph.spans)
            corrected += any(span.is_correction for span in spans)
            for theme in speech.themes:
                ids = {paragraph.id for paragraph in theme.paragraphs}
                made[theme.address] += [part for part in parts if part[0] in ids]
            made["full.html"] += parts
    assert corrected > 10
    assert kept(page) == words
    for name, expected in made.items():
        page.goto(address + name)
        assert same(shown(page), expected), name


def test_without_highlights_the_page_is_marked_and_unharmed(
    context, address: str, speech: Speech
) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    page = context(script=NO_HIGHLIGHTS, permissions=permissions).new_page()
    dice = random.Random(16)
    for _ in range(12):
        page.goto(f"{address}full.html")
        page.evaluate("localStorage.clear()")
        selection = random_selection(dice, speech.paragraphs)
        selection.make(page)
        page.keyboard.press("Alt+U")
        assert same(shown(page), selection.parts)
        page.reload()
        assert same(shown(page), selection.parts)
        first = selection.paragraphs[0]
        page.locator(f".permalink[href='#{first.id}']").dispatch_event("click")
        is_said(page, f"第 {first.number} 段")
        assert clipboard(page).split("\n")[0] == first.corrected


@pytest.mark.parametrize("script", ["", NO_HIGHLIGHTS], ids=["highlights", "marks"])
def test_a_search_and_an_excerpt_are_shown_on_the_same_words(
    context, address: str, speech: Speech, script: str
) -> None:
    page = context(script=script).new_page()
    paragraph = speech.themes[1].paragraphs[1]
    at = paragraph.corrected.index("四个最")
    page.goto(f"{address}importance.html")
    underline(page, paragraph, at - 4, at + 10)
    page.goto(f"{address}importance.html?h=四个最#{paragraph.id}")
    page.locator(".speech mark", has_text="四个最").first.wait_for()
    page.wait_for_load_state()
    expected = [(paragraph.id, at - 4, paragraph.corrected[at - 4 : at + 10])]
    page.wait_for_timeout(100)  # the ranges follow the marks in a later task
    assert same(shown(page), expected)
    found = page.locator(".speech mark:not(.speech-excerpt)").all_inner_texts()
    assert "".join(found) == "四个最"


def test_ones_own_words_are_kept_and_changed(page: Page, address: str, speech: Speech) -> None:
    underline(page, speech.themes[1].paragraphs[1], 2, 12)
    field = page.get_by_label("自己的话")
    field.fill("要记住")
    field.press("Enter")
    expect(field).to_be_hidden()
    page.goto(f"{address}notebook.html")
    field = page.get_by_label("自己的话")
    expect(field).to_have_value("要记住")
    field.fill("第一行\n第二行")
    field.blur()
    page.reload()
    expect(page.get_by_label("自己的话")).to_have_value("第一行\n第二行")


def test_an_excerpt_is_taken_up_again_where_it_stands(page: Page, speech: Speech) -> None:
    """By a click on its words, and by a selection over them."""
    paragraph = speech.themes[1].paragraphs[1]
    underline(page, paragraph, 2, 12)
    dock(page, "完成").click()
    box = page.evaluate(
        "CSS.highlights.get('speech-excerpt').values().next().value.getBoundingClientRect()"
        ".toJSON()"
    )
    page.mouse.click(box["x"] + 30, box["y"] + box["height"] / 2)
    expect(dock(page, "擦去划线")).to_be_visible()
    dock(page, "完成").click()
    select(page, paragraph.id, 8, paragraph.id, 20)
    dock(page, "已有的划线").click()
    dock(page, "擦去划线").click()
    assert shown(page) == []
    assert kept(page) == []


# The list


def filled(page: Page, address: str, speech: Speech) -> list[tuple[Paragraph, str]]:
    """Underlines three places, the last first, and opens the list; returns them in order."""
    made = []
    for theme, place in ((speech.themes[3], 1), (speech.themes[2], 2), (speech.themes[1], 1)):
        page.goto(address + theme.address)
        paragraph = theme.paragraphs[place]
        made.append((paragraph, underline(page, paragraph, 3, 20)))
    page.goto(f"{address}notebook.html")
    return made[::-1]


def listed(page: Page) -> list[str]:
    return page.locator(".speech-excerpts blockquote").all_inner_texts()


def test_the_list_is_in_the_order_of_the_speech_with_its_sources(
    page: Page, address: str, speech: Speech
) -> None:
    made = filled(page, address, speech)
    assert listed(page) == [words for _, words in made]
    page.get_by_role("button", name="复制（附出处）").first.click()
    is_said(page, "附有出处")
    paragraph, words = made[0]
    theme = speech.themes[1]
    source = f"——摘自《{speech.title}》“{theme.title}”部分第{paragraph.number}段"
    link = f"{address}{theme.address}#{paragraph.id}"
    assert clipboard(page).split("\n") == [words, source, link]
    page.locator(".speech-excerpts a").first.click()
    page.wait_for_url(link)


def test_an_excerpt_is_deleted_from_the_list(page: Page, address: str, speech: Speech) -> None:
    made = filled(page, address, speech)
    page.get_by_role("button", name="删去").nth(1).click()
    is_said(page, "已删去")
    assert listed(page) == [made[0][1], made[2][1]]
    page.reload()
    assert listed(page) == [made[0][1], made[2][1]]


def test_ones_own_words_are_not_deleted_unasked(page: Page, address: str, speech: Speech) -> None:
    filled(page, address, speech)
    page.get_by_label("自己的话").first.fill("要紧")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="删去").first.click()
    assert len(asked) == 1
    assert len(listed(page)) == 3


def test_the_list_is_saved_as_a_text_file(page: Page, address: str, speech: Speech) -> None:
    made = filled(page, address, speech)
    page.get_by_label("自己的话").first.fill("要紧")
    page.get_by_label("自己的话").first.blur()
    with page.expect_download() as started:
        page.get_by_role("button", name="存为文本文件").click()
    assert started.value.suggested_filename == f"{speech.title} 摘录.txt"
    text = Path(started.value.path()).read_bytes().decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n")  # the editor of old Windows needs both
    assert f"{made[0][1]}\r\n——摘自《{speech.title}》" in text
    assert "我的话：要紧" in text
    places = [text.index(words) for _, words in made]
    assert places == sorted(places)


def test_the_list_prints_as_notes_with_room_to_write(
    page: Page, address: str, speech: Speech
) -> None:
    filled(page, address, speech)
    page.get_by_label("自己的话").first.fill("要紧")
    page.get_by_label("自己的话").first.blur()
    page.emulate_media(media="print")
    expect(page.locator(".speech-excerpts blockquote").first).to_be_visible()
    expect(page.locator(".speech-own--printed").first).to_have_text("要紧")
    expect(page.locator(".speech-own--printed").first).to_be_visible()
    for gone in (".speech-excerpts button", "textarea", ".dock", ".tools button"):
        expect(page.locator(f"{gone} >> visible=true")).to_have_count(0)
    ruled = "(li) => parseFloat(getComputedStyle(li, '::after').height)"
    assert page.locator(".speech-excerpts li").first.evaluate(ruled) > 20


def test_an_empty_list_says_how_to_begin(page: Page, address: str) -> None:
    page.goto(f"{address}notebook.html")
    expect(page.locator("[data-fill=notebook]")).to_contain_text("还没有摘录")


def test_without_a_script_the_page_says_so(context, address: str) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto(f"{address}notebook.html")
    expect(page.locator("[data-fill=notebook]")).to_have_text(
        "要用摘录，请在浏览器里允许运行脚本。"
    )


def test_it_works_from_a_file(context, site: Path, speech: Speech) -> None:
    page = context().new_page()
    theme = speech.themes[1]
    page.goto((site / theme.address).as_uri())
    words = underline(page, theme.paragraphs[1], 3, 20)
    page.reload()
    assert [part[2] for part in shown(page)] == [words]
    page.goto((site / "notebook.html").as_uri())
    assert listed(page) == [words]


# Storage that fails


@pytest.mark.parametrize("script", [NO_STORAGE, FULL_STORAGE], ids=["blocked", "full"])
def test_where_nothing_can_be_kept_one_line_says_so(
    context, address: str, speech: Speech, script: str
) -> None:
    page = context(script=script).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(f"{address}importance.html")
    paragraph = speech.themes[1].paragraphs[1]
    select(page, paragraph.id, 2, paragraph.id, 9)
    dock(page, "划线").click()
    is_said(page, "没有存上")
    assert shown(page) == []
    page.locator(".permalink").first.click()
    is_said(page, "附有出处")
    page.goto(f"{address}notebook.html")
    expect(page.locator("[data-fill=notebook]")).to_contain_text("留不下来")
    assert errors == []


@pytest.mark.parametrize("broken", ["{", "null", "[1]", '[{"parts": []}]', '[{"parts": [{}]}]'])
def test_what_is_broken_is_put_aside_and_said(
    page: Page, address: str, speech: Speech, broken: str
) -> None:
    underline(page, speech.themes[1].paragraphs[1], 2, 9)
    key = page.evaluate("speechsite.keyOf('notebook')")
    page.evaluate("([key, text]) => localStorage.setItem('speech.' + key, text)", [key, broken])
    page.reload()
    is_said(page, "已另存一份")
    aside = page.evaluate(f"localStorage.getItem('speech.{key}|unreadable')")
    assert aside == broken
    words = underline(page, speech.themes[1].paragraphs[1], 2, 9)
    assert kept(page) == [[words]]


# Other speeches, and this one built anew


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The site of the same speech, a paragraph longer before and a sentence different."""
    project = tmp_path_factory.mktemp("changed")
    for name in ("docs", "speech", "speechsite/theme"):
        shutil.copytree(root / name, project / name)
    shutil.copy(root / "mkdocs.yml", project)
    for path in (project / "speech").iterdir():
        if path.suffix in {".txt", ".md"}:
            text = path.read_text(encoding="utf-8")
            blank = "\n" if path.suffix == ".txt" else "\n\n"
            text = text.replace("同志们：\n", f"同志们：{blank}大家好。\n", 1)
            text = text.replace("什么都要问、什么都要管", "什么都得问、什么都得管")
            path.write_text(text, encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    return project / "site"


@pytest.fixture(scope="module")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture
def current(tmp_path: Path, site: Path) -> Iterator[tuple[str, Path]]:
    """The address of a served folder, and the link in it that is the site."""
    link = tmp_path / "current"
    link.symlink_to(site)
    with serving(tmp_path) as address:
        yield f"{address}current/", link


def test_excerpts_survive_a_rebuild_or_are_said_not_to_fit(
    context, current: tuple[str, Path], changed: Path, speech: Speech
) -> None:
    address, link = current
    page = context().new_page()
    theme = speech.themes[1]
    page.goto(address + theme.address)
    stays = underline(page, theme.paragraphs[1], 10, 25)
    at = theme.paragraphs[2].corrected.index("什么都要问")
    goes = underline(page, theme.paragraphs[2], at - 3, at + 9)
    beside = underline(page, theme.paragraphs[2], at - 8, at)
    link.unlink()
    link.symlink_to(changed)

    page.reload()
    moved = f"p{theme.paragraphs[1].number + 1}"
    after = f"p{theme.paragraphs[2].number + 1}"
    assert same(shown(page), [(moved, 10, stays)])  # half of what was around the other is gone
    page.goto(f"{address}notebook.html")
    assert listed(page) == [stays, beside, goes]
    expect(page.locator("[data-fill=notebook]")).to_contain_text("下面 1 条的文字")
    page.goto(address + theme.address)  # the list has put the anchors right
    assert same(shown(page), [(moved, 10, stays), (after, at - 8, beside)])


def test_another_speech_on_the_same_host_has_its_own(
    context, tmp_path: Path, site: Path, speech: Speech
) -> None:
    """In another folder, and also with another title in the same folder."""
    for name in ("one", "two"):
        shutil.copytree(site, tmp_path / name)
    page = context().new_page()
    theme = speech.themes[1]
    with serving(tmp_path) as address:
        page.goto(f"{address}one/{theme.address}")
        underline(page, theme.paragraphs[1], 2, 20)
        page.goto(f"{address}two/{theme.address}")
        assert shown(page) == []
        page.goto(f"{address}two/notebook.html")
        assert listed(page) == []
        other = tmp_path / "one" / theme.address
        text = other.read_text(encoding="utf-8")
        mine = f'data-speech="{speech.title}"'
        assert mine in text
        other.write_text(text.replace(mine, 'data-speech="另一篇"'), encoding="utf-8")
        os.utime(other, (2e9, 2e9))  # the browser asks by the second whether it is the same
        page.goto(f"{address}one/{theme.address}")
        page.reload()  # past the browser's cache
        assert shown(page) == []


def test_the_same_words_elsewhere_are_not_taken_for_them(
    page: Page, address: str, speech: Speech
) -> None:
    """What the speaker says twice is underlined once, on every page."""
    words = "进一步增强做好办公室工作的"
    first = next(paragraph for paragraph in speech.paragraphs if words in paragraph.corrected)
    twice = [paragraph for paragraph in speech.paragraphs if words in paragraph.corrected]
    assert len(twice) == 2
    at = first.corrected.index(words)
    expected = [(first.id, at, words)]
    underline(page, first, at, at + len(words))
    page.goto(f"{address}full.html")
    assert same(shown(page), expected)
    page.goto(f"{address}closing.html")
    assert shown(page) == []


# Reading on


def test_the_place_is_offered_and_never_gone_to(page: Page, address: str, speech: Speech) -> None:
    page.evaluate("document.querySelector('#p7').scrollIntoView()")
    key = page.evaluate("'speech.' + speechsite.keyOf('place')")
    page.wait_for_function("(key) => (localStorage[key] || '').includes('#p7 ')", arg=key)
    page.goto(f"{address}index.html")
    offer = page.locator(".dock a", has_text="接着读第 7 段")
    expect(offer).to_be_visible()
    assert page.evaluate("scrollY") == 0
    offer.click()
    page.wait_for_url("**/importance.html#p7")
    page.goto(f"{address}index.html")
    dock(page, "不用了").click()
    expect(offer).to_be_hidden()
    page.reload()
    page.locator(".outline").wait_for()
    expect(offer).to_be_hidden()


def test_a_new_visit_is_offered_its_place_once(context, address: str) -> None:
    first = context()
    page = first.new_page()
    page.goto(f"{address}duties.html")
    page.evaluate("scrollTo(0, 500)")
    key = page.evaluate("'speech.' + speechsite.keyOf('place')")
    page.wait_for_function("(key) => localStorage[key]", arg=key)
    later = first.new_page()  # a tab of its own has its own session
    later.goto(f"{address}opening.html")
    expect(later.locator(".dock a", has_text="接着读")).to_be_visible()
    later.goto(f"{address}importance.html")
    later.locator(".position", has_text="段").wait_for()
    expect(later.locator(".dock a", has_text="接着读")).to_be_hidden()


def test_who_has_read_to_the_end_is_offered_nothing(page: Page, address: str) -> None:
    page.evaluate("scrollTo(0, 600)")
    key = page.evaluate("'speech.' + speechsite.keyOf('place')")
    page.wait_for_function("(key) => localStorage[key]", arg=key)
    page.goto(f"{address}closing.html")
    page.set_viewport_size({"width": 1280, "height": 300})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("(key) => localStorage[key] === ''", arg=key)


@pytest.mark.parametrize("script", [NO_STORAGE, FULL_STORAGE], ids=["blocked", "full"])
def test_without_storage_no_place_is_offered(context, address: str, script: str) -> None:
    page = context(script=script).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(f"{address}importance.html")
    page.evaluate("scrollTo(0, 600)")
    page.goto(f"{address}index.html")
    page.locator(".outline").wait_for()
    expect(page.locator(".dock a", has_text="接着读")).to_have_count(0)
    assert errors == []


# High contrast


def test_every_mark_is_seen_in_forced_colours(context, address: str, speech: Speech) -> None:
    """An excerpt is told from the words around it by more than what the system takes away."""
    for script in ("", NO_HIGHLIGHTS):
        page = context(script=script, forced_colors="active").new_page()
        page.goto(f"{address}importance.html")
        paragraph = speech.themes[1].paragraphs[2]
        line = page.locator(f"#{paragraph.id}")
        line.scroll_into_view_if_needed()
        plain = line.screenshot()
        underline(page, paragraph, 4, 60)
        dock(page, "完成").click()
        page.wait_for_timeout(100)
        assert line.screenshot() != plain
