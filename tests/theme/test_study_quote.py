"""Copying: the corrected words and nothing else, with their source, by every way a browser has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from studying import clipboard, dock, is_said, select

from speechsite.words import Paragraph, Speech, Theme

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
NO_COPYING = NO_CLIPBOARD + "document.execCommand = () => false;"
# Safari before 18.4: without a selection `copy` comes only where `beforecopy` was prevented.
NO_COPY_EVENT = """document.execCommand = () => {
  const before = new Event('beforecopy', { cancelable: true });
  if (document.dispatchEvent(before)) return false;
  const data = new DataTransfer();
  document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, cancelable: true }));
  window.copied = data.getData('text/plain');
  return true;
};"""


def is_corrected(paragraph: Paragraph) -> bool:
    return any(span.is_correction for span in paragraph.spans)


def corrected_theme(speech: Speech) -> Theme:
    """Returns a theme with a correction that is not in its first paragraph."""
    for theme in speech.themes:
        if any(map(is_corrected, theme.paragraphs[1:])):
            return theme
    raise AssertionError("no correction")


def test_one_action_copies_each_paragraph_exactly_with_its_source(
    page: Page, address: str, speech: Speech
) -> None:
    for whole in (False, True):
        for theme in speech.themes:
            name = "full.html" if whole else theme.address
            page.goto(f"{address}{name}?h=x")
            for paragraph in theme.paragraphs:
                page.locator(f".permalink[href='#{paragraph.id}']").dispatch_event("click")
                is_said(page, f"第 {paragraph.number} 段")
                source = f"——摘自《{speech.title}》“{theme.title}”部分第{paragraph.number}段"
                link = f"{address}{name}#{paragraph.id}"
                assert clipboard(page).split("\n") == [paragraph.corrected, source, link]


def test_what_the_about_page_shows_is_what_is_copied(page: Page, address: str) -> None:
    page.goto(f"{address}about.html")
    shown = page.locator(".speech-example p").all_inner_texts()
    number = shown[1].rsplit("第", 1)[1].removesuffix("段")
    page.goto(f"{address}full.html")
    page.locator(f".permalink[href='#p{number}']").click()
    is_said(page, "附有出处")
    assert clipboard(page).split("\n")[:2] == shown


def test_a_selection_is_copied_clean_or_with_its_source(
    page: Page, address: str, speech: Speech
) -> None:
    theme = corrected_theme(speech)
    last = next(paragraph for paragraph in theme.paragraphs[1:] if is_corrected(paragraph))
    first = theme.paragraphs[theme.paragraphs.index(last) - 1]
    page.goto(f"{address}{theme.address}")
    select(page, first.id, 3, last.id, len(last.corrected))
    page.keyboard.press("Control+C")
    is_said(page, "已复制所选文字")
    wanted = f"{first.corrected[3:]}\n{last.corrected}"
    assert clipboard(page) == wanted
    dock(page, "复制（附出处）").click()
    is_said(page, "已复制所选各段，附有出处")
    assert clipboard(page).startswith(wanted + "\n——")
    assert f"第{first.number}—{last.number}段\n" in clipboard(page)


def test_a_key_copies_the_selection_with_its_source(page: Page, speech: Speech) -> None:
    paragraph = speech.themes[1].paragraphs[1]
    select(page, paragraph.id, 1, paragraph.id, 6)
    page.keyboard.press("Alt+C")
    is_said(page, "附有出处")
    assert clipboard(page).split("\n")[0] == paragraph.corrected[1:6]


def test_it_is_said_beside_the_selection(page: Page, speech: Speech) -> None:
    paragraph = speech.themes[1].paragraphs[1]
    select(page, paragraph.id, 1, paragraph.id, 6)
    page.keyboard.press("Alt+C")
    is_said(page, "附有出处")
    box = page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().toJSON()")
    status = page.locator("p.said").bounding_box()
    assert box["bottom"] <= status["y"] <= box["bottom"] + 40


def test_copying_takes_each_paragraph_exactly_and_nothing_around_it(
    page: Page, address: str, speech: Speech
) -> None:
    """Three clicks select to the start of what follows: a heading, a note, a correction."""
    for theme in speech.themes:
        page.goto(f"{address}{theme.address}")
        for paragraph in theme.paragraphs:
            page.locator(f"#{paragraph.id}").click(click_count=3, position={"x": 100, "y": 14})
            page.keyboard.press("Control+C")
            assert clipboard(page) == paragraph.corrected
    page.goto(f"{address}full.html")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    assert clipboard(page) == "\n".join(paragraph.corrected for paragraph in speech.paragraphs)


def test_what_is_not_the_speech_is_copied_as_it_stands(page: Page) -> None:
    note = page.locator(".notes dd p").first
    note.click(click_count=3)
    page.keyboard.press("Control+C")
    assert clipboard(page).strip() == note.inner_text()


def test_a_selected_phrase_is_searched_for(page: Page, speech: Speech) -> None:
    paragraph = speech.themes[1].paragraphs[1]
    select(page, paragraph.id, 0, paragraph.id, 4)
    dock(page, "查找其他出处").click()
    expect(page.locator("[data-search=box]")).to_have_value(paragraph.corrected[:4])
    expect(page.locator("[data-search=results] a").first).to_be_visible()


def test_only_what_may_be_a_phrase_can_be_searched_for(page: Page, speech: Speech) -> None:
    first, second, *_ = speech.themes[1].paragraphs[1:]
    for end, at, offered in ((first, 20, 1), (first, 21, 0), (second, 2, 0)):
        select(page, first.id, 0, end.id, at)
        page.wait_for_timeout(300)  # what a selection settles in
        expect(dock(page, "复制（附出处）")).to_be_visible()
        expect(dock(page, "查找其他出处")).to_have_count(offered)


def test_a_number_opens_beside_with_a_key_and_copies_nothing(page: Page, speech: Speech) -> None:
    paragraph = speech.themes[1].paragraphs[1]
    page.evaluate("navigator.clipboard.writeText('before')")
    with page.context.expect_page() as opened:
        page.locator(f"#{paragraph.id} > .permalink").click(modifiers=["Control"])
    assert opened.value.url.endswith(f"importance.html#{paragraph.id}")
    assert "#" not in page.url
    assert clipboard(page) == "before"


@pytest.mark.parametrize("size", ["standard", "larger"])
def test_what_is_said_covers_nothing_that_can_be_pressed(
    context, address: str, speech: Speech, size: str
) -> None:
    script = f"localStorage.setItem('speech.size', '{size}')"
    page = context(390, script, 664).new_page()
    page.goto(f"{address}importance.html")
    paragraph = speech.themes[1].paragraphs[2]
    select(page, paragraph.id, 0, paragraph.id, 4)
    dock(page, "划线").click()
    is_said(page, "已划线")
    bottom = "box => box.getBoundingClientRect().bottom"
    top = "row => row.getBoundingClientRect().top"
    assert page.locator("p.said").evaluate(bottom) <= page.locator(".dock").evaluate(top)


def test_the_dock_goes_with_the_selection_and_by_escape(page: Page, speech: Speech) -> None:
    paragraph = speech.themes[1].paragraphs[1]
    select(page, paragraph.id, 0, paragraph.id, 4)
    expect(dock(page, "复制（附出处）")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dock(page, "复制（附出处）")).to_be_hidden()
    select(page, paragraph.id, 0, paragraph.id, 5)
    expect(dock(page, "复制（附出处）")).to_be_visible()
    page.locator("h1").click()
    expect(dock(page, "复制（附出处）")).to_be_hidden()


def test_other_features_are_told_of_a_selection(page: Page, speech: Speech) -> None:
    page.evaluate(
        "document.addEventListener('speech:selected', ({ detail }) => {"
        "window.told = detail.map(([paragraph, words, start]) => [paragraph.id, words, start]) })"
    )
    first, last = speech.themes[1].paragraphs[1:3]
    select(page, first.id, 5, last.id, 3)
    dock(page, "复制（附出处）").wait_for()
    assert page.evaluate("told") == [
        [first.id, first.corrected[5:], 5],
        [last.id, last.corrected[:3], 0],
    ]


# Browsers that lack a way


def test_copying_works_without_a_clipboard(context, address: str, speech: Speech) -> None:
    """Over http the browser gives a page no clipboard, but the copy event."""
    page = context(script=NO_CLIPBOARD).new_page()
    paragraph = speech.themes[1].paragraphs[1]
    page.goto(f"{address}importance.html")
    page.evaluate(
        "document.addEventListener('copy', (e) => {"
        "window.copied = e.clipboardData.getData('text/plain') })"
    )
    page.locator(f".permalink[href='#{paragraph.id}']").click()
    is_said(page, f"已复制第 {paragraph.number} 段的文字，附有出处")
    assert page.evaluate("copied").split("\n")[0] == paragraph.corrected


def test_copying_works_where_nothing_selected_is_nothing_to_copy(
    context, address: str, speech: Speech
) -> None:
    page = context(script=NO_CLIPBOARD + NO_COPY_EVENT).new_page()
    paragraph = speech.themes[1].paragraphs[1]
    page.goto(f"{address}importance.html")
    page.locator(f".permalink[href='#{paragraph.id}']").click()
    is_said(page, "附有出处")
    assert page.evaluate("copied").split("\n")[0] == paragraph.corrected


def test_a_clipboard_that_refuses_is_not_the_end(context, address: str, speech: Speech) -> None:
    refuses = "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
    page = context(script=refuses).new_page()
    page.goto(f"{address}importance.html")
    page.locator(".permalink").first.click()
    is_said(page, "附有出处")


def test_where_nothing_may_be_copied_the_text_is_shown_selected(
    context, address: str, speech: Speech
) -> None:
    page = context(script=NO_COPYING).new_page()
    paragraph = speech.themes[1].paragraphs[1]
    page.goto(f"{address}importance.html")
    link = page.locator(f".permalink[href='#{paragraph.id}']")
    link.click()
    box = page.get_by_label("复制结果如下")
    expect(box).to_be_focused()
    lines = box.input_value().split("\n")
    assert (lines[0], lines[2]) == (paragraph.corrected, f"{address}importance.html#{paragraph.id}")
    assert box.evaluate("(e) => [e.selectionStart, e.selectionEnd === e.value.length]") == [0, True]
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(link).to_be_focused()


def test_copying_works_from_a_file(context, site: Path, speech: Speech) -> None:
    page = context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    paragraph = speech.themes[1].paragraphs[1]
    page.goto((site / "importance.html").as_uri())
    page.locator(f".permalink[href='#{paragraph.id}']").click()
    is_said(page, "附有出处")
    # No address: a path on this machine is of no use to others.
    words, source = clipboard(page).split("\n")
    assert words == paragraph.corrected
    assert source.endswith(f"第{paragraph.number}段")


# Found and quoted: from an empty page to a phrase with its source, in at most four actions


def wanted(speech: Speech, address: str) -> list[str]:
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            if "四个最" in paragraph.corrected:
                source = f"——摘自《{speech.title}》“{theme.title}”部分第{paragraph.number}段"
                return [paragraph.corrected, source, f"{address}{theme.address}#{paragraph.id}"]
    raise AssertionError("not said")


def opened(page: Page) -> None:
    page.wait_for_url("**/importance.html?h=*")
    page.locator(".speech mark").first.wait_for()


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_found_and_quoted_by_mouse_and_finger(
    context, address: str, speech: Speech, touch: bool
) -> None:
    width = 390 if touch else 1280
    permissions = ["clipboard-read", "clipboard-write"]
    page = context(width, has_touch=touch, permissions=permissions).new_page()
    page.goto(address)
    page.locator("[data-search=open]:visible, [data-search=box]:visible").first.click()
    page.locator("[data-search=box]").fill("四个最")
    page.locator("[data-search=results] a").first.click()
    opened(page)
    page.locator(":target .permalink").click()
    is_said(page, "附有出处")
    assert clipboard(page).split("\n") == wanted(speech, address)


def test_found_and_quoted_by_the_keyboard(context, address: str, speech: Speech) -> None:
    page = context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.insert_text("四个最")
    expect(page.locator("[data-search=results] a").first).to_be_visible()
    page.keyboard.press("Enter")
    opened(page)
    page.keyboard.press("Alt+C")
    is_said(page, "附有出处")
    assert clipboard(page).split("\n") == wanted(speech, address)
