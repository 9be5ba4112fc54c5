"""The browser's own print: the words and nothing around them, on any paper and at any scale."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from pathlib import Path

import pymupdf
import pytest
from playwright.sync_api import Browser, Page

from speechsite.words import Speech

SIZES = [("A4", False, 1.0), ("A4", True, 0.6), ("A3", False, 1.0), ("A3", True, 0.6)]
AROUND = ["关闭目录", "上一篇", "下一篇", "字号", "搜索", "深色", "编者注", "跳到正文"]


def printed(
    page: Page, paper: str = "A4", landscape: bool = False, scale: float = 1.0
) -> list[str]:
    """Returns the text of each page of a print, without spaces."""
    data = page.pdf(format=paper, landscape=landscape, scale=scale, prefer_css_page_size=False)
    with pymupdf.open(stream=BytesIO(data)) as document:
        return ["".join(plain(sheet.get_text()).split()) for sheet in document]


def plain(text: str) -> str:
    """Returns a text in its usual characters: some PDFs say 大 by the radical ⼤."""
    return unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(("paper", "landscape", "scale"), SIZES)
def test_the_whole_text_prints_and_nothing_around_it(
    browser: Browser, address: str, speech: Speech, paper: str, landscape: bool, scale: float
) -> None:
    page = browser.new_page()
    page.goto(f"{address}full.html")
    sheets = printed(page, paper, landscape, scale)
    text = "".join(sheets)
    assert all(len(sheet) > 20 for sheet in sheets), "a page that is as good as empty"
    without_numbers = re.sub(r"\d+", "", text)
    for paragraph in speech.paragraphs:
        words = re.sub(r"\d+", "", plain("".join(paragraph.corrected.split())))
        assert words[:18] in without_numbers, paragraph.id
    assert text.removeprefix("—1—").startswith(plain(speech.title)), text[:60]
    assert [name for name in AROUND if name in text] == []
    page.close()


def test_a_correction_prints_as_it_is_read(browser: Browser, address: str, speech: Speech) -> None:
    """What was struck out does not print."""
    page = browser.new_page()
    for theme in speech.themes:
        for paragraph in theme.paragraphs:
            if not any(span.is_correction for span in paragraph.spans):
                continue
            page.goto(f"{address}{theme.address}")
            page.emulate_media(media="print")
            shown = page.locator(f"#{paragraph.id}").inner_text()
            assert "".join(shown.split()) == "".join(paragraph.corrected.split())
            assert not page.locator(f"#{paragraph.id} del").first.is_visible()
    page.close()


def test_paragraph_numbers_print_in_the_margin(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 590, "height": 900})
    page.goto(f"{address}importance.html")
    page.emulate_media(media="print")
    number = page.locator("#p5 > .permalink").bounding_box()
    words = page.locator("#p5").bounding_box()
    assert number["width"] > 0
    assert number["x"] + number["width"] <= words["x"]
    page.close()


@pytest.mark.parametrize("name", ["index", "glossary", "about", "handouts"])
def test_every_page_prints(browser: Browser, address: str, site: Path, name: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}{name}.html")
    text = "".join(printed(page))
    assert len(text) > 100
    assert [word for word in ("关闭目录", "跳到正文", "上一篇") if word in text] == []
    page.close()
