"""Where lines may break: between a heading's phrases, and not before a paragraph's last character."""

from __future__ import annotations

import pytest
from lxml import html

from speechsite.pages.breaks import keep_end, part_heading
from speechsite.pages.page import serialized


def made(tag: str, inner: str) -> html.HtmlElement:
    return html.fragment_fromstring(f"<{tag}>{inner}</{tag}>")


def shown(element: html.HtmlElement) -> str:
    return (
        html.tostring(element, encoding="unicode")
        .replace('<span class="speech-end">', "[")
        .replace("</wbr>", "")
    )


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("更为突出。", "更为[突出。</span>"),
        ("“巩固后院”。", "“巩固[后院”。</span>"),
        ("共 5 段", "共 [5 段</span>"),
        ('突出。<a class="permalink"></a>', '[突出。</span><a class="permalink"></a>'),
        ("化解风险<del>；</del><ins>。</ins>", "化解[风险<del>；</del><ins>。</ins></span>"),
        ("坚持<a>四个最</a>。", "坚持[<a>四个最</a>。</span>"),
        ("见<a>党政机关公文处理条例</a>。", "见<a>党政机关公文处理条例</a>。"),
        ("好", "好"),
        ("", ""),
    ],
)
def test_the_last_two_characters_stay_together(inner: str, wanted: str) -> None:
    paragraph = made("p", inner)
    words = paragraph.text_content()
    keep_end(paragraph)
    assert shown(paragraph) == f"<p>{wanted}</p>"
    assert paragraph.text_content() == words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("办公室工作的重要性", "办公室工作的<wbr>重要性"),
        ("三项工作：办文、办会", "三项工作：<wbr>办文、<wbr>办会"),
        ("开篇", "开篇"),
        ("Reading and writing", "Reading <wbr>and writing"),
        ("", ""),
    ],
)
def test_a_heading_breaks_between_its_phrases(text: str, wanted: str) -> None:
    heading = made("h2", text)
    part_heading(heading)
    assert shown(heading) == f"<h2>{wanted}</h2>"


def test_what_has_no_end_is_given_none() -> None:
    """Also what an owner wrote: libxml2 takes all behind <wbr> or <source> for its children."""
    inner = '<p>甲<wbr>乙<wbr>丙</p><video><source src="a"><track src="b"></video>'
    document = html.document_fromstring(f"<!doctype html><body>{inner}</body>")
    assert inner in serialized(document)
