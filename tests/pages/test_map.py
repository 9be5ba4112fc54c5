"""The map: every theme, and in it the speaker's own build by his own sentences."""

from __future__ import annotations

from pathlib import Path

from lxml import html

from speechsite.pages.outline import lines_of, outline
from speechsite.pages.page import Page
from speechsite.words import Speech, Theme, read_words
from speechsite.words.series import leads


def links(site: Path) -> list[html.HtmlElement]:
    document = html.document_fromstring((site / "index.html").read_text(encoding="utf-8"))
    (listed,) = document.find_class("outline")
    return list(listed.iter("a"))


def theme_of(*lines: str) -> Theme:
    blocks = read_words("\n\n".join(lines))
    return Theme("docs/one.md", "speech/01-one.md", "一", "一篇", blocks)


def shape(theme: Theme) -> list[tuple[int, str, bool]]:
    """Returns the depth and text of the lines of a theme's map, and whether the speaker says it."""
    build = list(leads(theme.paragraphs))
    return [(line.depth, line.text, line.said) for line in lines_of(theme, build)]


def test_every_theme_is_in_the_map_and_every_line_leads_to_its_paragraph(
    site: Path, speech: Speech
) -> None:
    words = {paragraph.id: paragraph.corrected for paragraph in speech.paragraphs}
    titles = []
    for link in links(site):
        page, mark, place = link.get("href").partition("#")
        if "speech-said" in link.get("class", ""):
            assert link.text_content() in words[place]
            assert link.xpath("string(./span/@data-number)") == place.removeprefix("p")
        elif not mark:
            titles.append((page, link.text_content()))
    assert titles == [(theme.address, theme.title) for theme in speech.themes]


def test_the_map_shows_three_insights_and_three_requests(site: Path, speech: Speech) -> None:
    shown = [link.text_content() for link in links(site) if link.get("class")]
    assert shown == [lead.text for lead in leads(speech.paragraphs)]


def test_an_editors_heading_gives_way_to_the_sentence_that_says_it() -> None:
    theme = theme_of("## 学 { #a }", "一要学习。", "## 做 { #b }", "二要做事。")
    assert shape(theme) == [(0, "一要学习", True), (0, "二要做事", True)]


def test_a_heading_that_was_said_always_stands() -> None:
    theme = theme_of("## 一、学 { #a .said }", "一要学习。", "二要做事。")
    assert shape(theme) == [(0, "一、学", True), (1, "一要学习", True), (1, "二要做事", True)]


def test_an_announcement_at_a_paragraphs_end_does_not_replace_its_heading() -> None:
    theme = theme_of("## 头 { #a }", "很好。下面讲两点意见：", "一要学。", "二要做。")
    assert shape(theme)[:2] == [(0, "头", False), (1, "下面讲两点意见", True)]


def test_headings_stand_below_what_was_counted_before_them() -> None:
    theme = theme_of("一要学。", "二要做。", "## 写 { #a }", "写文章。", "### 算 { #b }", "算账。")
    assert shape(theme)[2:] == [(1, "写", False), (2, "算", False)]


def test_what_skips_a_level_is_listed_all_the_same(speech: Speech) -> None:
    page = Page("index.html", html.document_fromstring("<p>"))
    (listed,) = outline(page, speech, ())
    for item in listed.iter("li"):
        assert [child.tag for child in item] in (["a"], ["a", "ol"])
