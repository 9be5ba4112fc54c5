"""The index of the search: what it holds, where it comes from, and how it says what it sounds like."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from lxml import html

from speechsite.pages.page import Page
from speechsite.pages.search import (
    editors_parts,
    fold,
    search_index,
    speech_parts,
    traditional_forms,
    units,
)
from speechsite.pages.sounds import (
    Sounds,
    given_readings,
    load_sounds,
    read_aloud,
    readings,
    spelling,
    toneless,
    words_in,
)
from speechsite.words import Heading, Paragraph, Span, Speech, Table


@pytest.fixture(scope="session")
def sounds() -> Sounds:
    return load_sounds()


@pytest.fixture(scope="module")
def index(site: Path) -> dict:
    (script,) = (site / "search").glob("index.*.js")
    text = script.read_text(encoding="utf-8")
    return json.loads(text.removeprefix("self.speechIndex=").removesuffix(";\n"))


def page(body: str, path: str = "x.html") -> Page:
    text = (
        f'<html><head><title>名</title></head><body><article id="content">{body}</article></body>'
    )
    return Page(path, html.document_fromstring(f"{text}</html>"))


def test_the_index_holds_the_corrected_words_once(index: dict, speech: Speech) -> None:
    docs = [doc for doc in index["docs"] if doc["first"]]
    own = [[part for part in doc["parts"] if part[3:] != ["editors"]] for doc in docs]
    texts = [text for parts in own for part in parts for text in part[2]]
    assert texts == [paragraph.corrected for paragraph in speech.paragraphs]
    firsts = [theme.paragraphs[0].number for theme in speech.themes]
    assert [doc["first"] for doc in docs] == firsts
    headings = [part[:2] for parts in own for part in parts if part[0]]
    expected = [[h.id, h.title] for theme in speech.themes for h in theme.headings]
    assert headings == expected
    assert speech.whole.address not in [doc["location"] for doc in index["docs"]]


def test_what_is_found_on_a_page_stands_there(index: dict, site: Path) -> None:
    """No text of the index is one that the build replaces later."""
    for doc in index["docs"]:
        tree = html.document_fromstring((site / doc["location"]).read_text(encoding="utf-8"))
        shown = "".join("".join(tree.xpath("//article//text()[not(ancestor::del)]")).split())
        for _, heading, texts, *_ in doc["parts"]:
            for text in (heading, *texts):
                assert "".join(text.split()) in shown, doc["location"]


def test_what_is_sent_is_small(site: Path) -> None:
    (matcher,) = (site / "javascripts").glob("matcher.*.js")
    assert matcher.stat().st_size <= 18 * 1024
    (script,) = (site / "search").glob("*")
    assert script.stat().st_size <= 22 * 1024
    assert not list(site.rglob("*lunr*")) and not list(site.rglob("*.json"))


def test_every_page_names_the_matcher_and_the_index(site: Path) -> None:
    for path in site.glob("*.html"):
        tree = html.document_fromstring(path.read_text(encoding="utf-8"))
        for address in tree.xpath("//@data-asset-matcher | //@data-asset-index"):
            assert re.search(r"\.[0-9a-f]{8}\.js$", address)
            assert (path.parent / address).is_file()


def test_scripts_keep_to_the_floor() -> None:
    """ES2015 syntax and nothing that Chromium 80 lacks."""
    newer = r"\?\.\w|\?\?|\*\*|replaceAll|\(\?<|\.at\(|structuredClone|async |\\p\{|#\w+\s*="
    for path in (ROOT / "speechsite/theme/javascripts").glob("*.js"):
        script = re.sub(r"//.*|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert re.findall(newer, script) == [], path.name


def test_the_editors_words_are_read_block_by_block() -> None:
    body = """
      <p class="kicker">站名</p><h1>页名</h1><div class="tools"><button>大字</button></div>
      <p>一&amp;二 <b>三</b><br>四</p> <!-- 五 -->
      <div class="speech"><h2 id="s">讲</h2><p>讲话</p></div>
      <h2 id="a">六<a class="headerlink" href="#a">¶</a></h2>
      <ul><li>七<ul><li>八</li></ul>九</li></ul>
      <table><tr><th>十</th><td>甲</td></tr></table>
      <div data-fill="outline">填</div><p data-search-exclude>不要</p><p hidden>藏</p>
      <details><summary>问</summary>答</details><h3>乙</h3><pre>丙
丁</pre><svg><text>图</text></svg><noscript>无</noscript>
    """
    assert list(editors_parts(page(body))) == [
        ["", "", ["一&二 三", "四"]],
        ["a", "六", ["七", "八", "九", "十", "甲", "问", "答"]],
        ["", "乙", ["丙 丁"]],
    ]


def test_a_page_that_no_template_of_ours_made_is_read_whole() -> None:
    tree = html.document_fromstring("<html><body><h2 id='a'>一</h2><p>二</p></body></html>")
    assert list(editors_parts(Page("x.html", tree))) == [["a", "一", ["二"]]]


def test_what_editors_say_on_a_theme_page_is_theirs(speech: Speech, sounds: Sounds) -> None:
    theme = speech.themes[0]
    body = '<div class="speech"><p>讲话</p></div><h2 id="q">思考题</h2><p>碧螺春</p>'
    index = search_index([page(body, theme.address)], speech, sounds)
    (doc,) = [doc for doc in index["docs"] if doc["location"] == theme.address]
    assert doc["parts"][-1] == ["q", "思考题", ["碧螺春"], "editors"]


def test_tables_and_said_headings_are_the_speakers() -> None:
    def paragraph(number: int, text: str) -> Paragraph:
        return Paragraph(number, (Span(text, text, 0),), number)

    blocks = (
        paragraph(1, "一"),
        Heading("（一）供水", "water", 2, 2, said=True),
        paragraph(2, "二"),
        Table((("甲", "乙"), ("1", "2")), 4),
        paragraph(3, "三"),
        Heading("编者", "ours", 2, 6),
    )
    assert list(speech_parts(blocks)) == [
        ["", "", ["一"]],
        ["water", "（一）供水", ["二"], "said"],
        ["water", "", ["甲 乙", "1 2"], "table"],
        ["water", "", ["三"]],
        ["ours", "编者", []],
    ]


def test_positions_count_what_the_matcher_counts(speech: Speech, sounds: Sounds) -> None:
    """Places read otherwise hold behind characters that fold to more, to fewer, to two units."""
    word, syllables = "行家", ["hang", "jia"]
    own = replace(speech, themes=(), pages=(), metadata={"readings": {word: " ".join(syllables)}})
    body = f"<h2 id='a'>㎡…\U00020000é</h2><p>行行行行</p><p>㎡{word}</p>"
    index = search_index([page(body)], own, sounds)
    texts = list(units(index["docs"][0]))
    forms = traditional_forms(set("".join(texts)))
    text = "".join(fold(unit, forms) + "\n" for unit in texts)
    (place,) = index["config"]["exceptions"]["hang"]
    assert text.encode("utf-16-le")[place * 2 : place * 2 + 4].decode("utf-16-le") == word


def test_readings_of_the_editors_win(speech: Speech) -> None:
    own = replace(
        speech, metadata={"readings": {"行长": "hang zhang", "绿": "lü", "两字": "liang"}}
    )
    given = given_readings(own)
    assert given == {"行长": ["hang", "zhang"], "绿": ["lv"]}, "one syllable a character, or none"
    assert read_aloud("行长绿A", given) == ["hang", "zhang", "lv", "A"]


def test_exceptions_are_steps_from_the_last() -> None:
    heard = ["xing", "hang", "xing", "xing", "hang"]
    found = readings("行行\n行行"[:5], ["xing", "hang", "\n", "xing", "xing"], {"行": "xing"})
    assert found.exceptions == {"hang": [1]} and found.usual == {}
    found = readings("行行行行行", heard, {})
    assert found.usual == {"xing": "行"} and found.exceptions == {"hang": [1, 3]}


def test_syllables_are_spelled_as_they_are_typed() -> None:
    assert [toneless(sound) for sound in ("lǜ", "háng", "nǚ")] == ["lv", "hang", "nv"]
    assert [spelling(sound) for sound in ("lve", "nve", "lv", "xue")] == ["lue", "nue", "lv", "xue"]


def test_the_standards_characters_sound_right(sounds: Sounds) -> None:
    assert len(sounds.common) == 3755
    assert [sounds.common[char] for char in "啊办会绿略坐"] == [
        "a",
        "ban",
        "hui",
        "lv",
        "lue",
        "zuo",
    ]
    assert words_in("真抓实干", sounds.words) <= {"真抓", "实干", "真抓实干"}


def test_traditional_forms() -> None:
    simple = traditional_forms(set("为里着后干发"))
    assert {simple[form] for form in "為爲"} == {"为"}
    assert {simple[form] for form in "裏裡"} == {"里"}
    pairs = {"著": "着", "後": "后", "乾": "干", "髮": "发"}
    assert {form: simple[form] for form in pairs} == pairs
    assert traditional_forms(set("後"))["後"] == "后", "simplified ones find a traditional text"
    assert "著" not in traditional_forms(set("著着")), "what the text tells apart stays apart"
