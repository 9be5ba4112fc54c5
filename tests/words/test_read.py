"""The reader: what a words file means, and that it is what Markdown shows."""

from __future__ import annotations

import markdown
import pytest
from lxml import html

from speechsite.words import TRANSCRIPT, Heading, Speech, read_words, text_of
from speechsite.words.transcript import transcript_body

EXTENSIONS = [
    "attr_list",
    "md_in_html",
    "pymdownx.critic",
    "pymdownx.snippets",
    "toc",
    "tables",
    "fenced_code",
]


@pytest.mark.parametrize(
    ("source", "original", "corrected"),
    [
        ("甲乙。", "甲乙。", "甲乙。"),
        ("甲{~~.~>。~~}乙", "甲.乙", "甲。乙"),
        ("甲{++又++}乙{--丙--}", "甲乙丙", "甲又乙"),
        (
            r"1\. 三\*五 a\_b \[丙\] &lt;丁&gt; &amp;amp; \{戊\} \\",
            "1. 三*五 a_b [丙] <丁> &amp; {戊} \\",
            None,
        ),
        ("**着重**的字", "着重的字", None),
        (r"甲{~~\*~>某~~}乙", "甲*乙", "甲某乙"),
        (r"\# 不是标题", "# 不是标题", None),
        ("&#126;~~甲~~~", "~~~甲~~~", None),
    ],
)
def test_a_line_reads_as_markdown_shows_it(
    source: str, original: str, corrected: str | None
) -> None:
    (paragraph,) = read_words(source)
    assert (paragraph.original, paragraph.corrected) == (original, corrected or original)
    shown = html.fragment_fromstring(
        markdown.markdown(source, extensions=EXTENSIONS), create_parent="div"
    )
    assert "".join(shown.xpath(".//text()[not(ancestor::ins)]")).strip() == original
    assert "".join(shown.xpath(".//text()[not(ancestor::del)]")).strip() == (corrected or original)


def test_headings_and_paragraphs_know_their_lines() -> None:
    blocks = read_words("甲\n\n## 题目 { #topic }\n\n乙\n", first_number=5)
    assert blocks[1] == Heading("题目", "topic", 2, 3)
    assert [(p.number, p.id, p.line) for p in (blocks[0], blocks[2])] == [
        (5, "p5", 1),
        (6, "p6", 5),
    ]


@pytest.mark.parametrize(
    ("text", "title", "byline", "body", "instead"),
    [
        ("题目\n\n甲\n乙\n", "题目", [], ["甲", "乙"], ""),
        ("题目的\n第二行\n（二〇二六年）\n甲\n", "题目的第二行", ["（二〇二六年）"], ["甲"], ""),
        ("　　别的题目\n甲\n", "题目", [], ["别的题目", "甲"], "别的题目"),
        ("题目\n甲\n", "题目", ["某人"], ["甲"], "甲"),
    ],
)
def test_the_transcript_below_its_title(
    text: str, title: str, byline: list[str], body: list[str], instead: str
) -> None:
    lines, found = transcript_body(text, title, byline)
    assert ([line for _, line in lines], found) == (body, instead)


def test_the_real_words_are_the_transcript(speech: Speech) -> None:
    transcript = text_of(speech.files[TRANSCRIPT]).split("\n", 1)
    assert transcript[0] == speech.title
    assert "".join(p.original for p in speech.paragraphs) == transcript[1].replace("\n", "")
    lines = [line for line in transcript[1].split("\n") if line]
    assert sum(p.begins for p in speech.paragraphs) == len(lines)
    assert len(speech.corrected.split("\n")) == len(lines)
    corrections = [span for p in speech.paragraphs for span in p.spans if span.is_correction]
    assert [(c.original, c.corrected) for c in corrections] == [(".", "。"), (".", "。")]
