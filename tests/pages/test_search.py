"""The search index, the pages' way to it, and when the build must stop."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from lxml import html

from speechsite.pages.engine import mkdocs, wait_for_pages
from speechsite.pages.search import (
    editor_pages,
    fold,
    install_search,
    load_sounds,
    search_index,
    traditional_forms,
    units,
)
from speechsite.problem import Stop
from speechsite.words.read import Speech, read_speech

SOUNDS = load_sounds(read_speech(ROOT / "mkdocs.yml"))


@pytest.fixture(scope="module")
def index(site: Path) -> dict:
    return json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))


def test_the_index_holds_the_corrected_words_once(index: dict, speech: Speech) -> None:
    pages = [doc for doc in index["docs"] if doc["first"]]
    texts = [text for doc in pages for part in doc["parts"] for text in part[2]]
    assert texts == [p.corrected for p in speech.paragraphs]
    assert [doc["first"] for doc in pages] == [
        theme.paragraphs[0].number for theme in speech.themes
    ]
    assert [part[:2] for doc in pages for part in doc["parts"] if part[0]] == [
        [heading.id, heading.title] for theme in speech.themes for heading in theme.headings
    ]
    assert "full.html" not in [doc["location"] for doc in index["docs"]]


def test_what_is_found_on_a_page_stands_there(index: dict, site: Path) -> None:
    """No text of the index is one that the build replaces later."""
    for doc in index["docs"]:
        page = html.document_fromstring((site / doc["location"]).read_text(encoding="utf-8"))
        shown = "".join("".join(page.xpath("//article//text()[not(ancestor::del)]")).split())
        texts = [text for _, heading, texts in doc["parts"] for text in (heading, *texts)]
        assert [text for text in texts if "".join(text.split()) not in shown] == [], doc["location"]


def test_what_is_sent_is_small(site: Path) -> None:
    (worker,) = (site / "javascripts").glob("search.*js")
    assert worker.stat().st_size <= 12 * 1024
    assert (site / "search" / "search_index.json").stat().st_size <= 20 * 1024
    assert not list(site.rglob("*lunr*")) and not (site / "assets/javascripts/workers").exists()


def test_the_script_for_the_disk_is_the_index(site: Path, index: dict) -> None:
    script = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    assert json.loads(script.removeprefix("var __index=")) == index


def test_scripts_keep_to_the_floor() -> None:
    """ES2015 syntax and nothing that Chromium 80 lacks."""
    for name in ("search.js", "searchbox.js"):
        script = (ROOT / "speechsite/theme/javascripts" / name).read_text(encoding="utf-8")
        newer = r"\?\.\w|\?\?|\*\*|replaceAll|\(\?<|\.at\(|structuredClone|async |\.\.\.\w+\s*\}|\\p\{|#\w+\s*="
        assert re.findall(newer, re.sub(r"//.*", "", script)) == []


def test_every_page_asks_our_worker(site: Path) -> None:
    for path in site.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        if config := re.search(r'<script id="__config"[^>]*>(.*?)</script>', page):
            settings = json.loads(config[1])
            assert (
                path.parent / settings["search"]
            ).is_file() and "search.highlight" not in settings["features"]
            assert page.count('role="status"') >= 1 and page.count('class="search-instead"') == 1


@pytest.fixture(scope="module")
def stock(speech: Speech, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as MkDocs leaves them."""
    folder = tmp_path_factory.mktemp("stock") / "site"
    with mkdocs(speech.config_file, folder) as process:
        wait_for_pages(process, speech)
    return folder


@pytest.mark.parametrize(
    "lost", ["md-search-result__meta", 'name="search"', "javascripts/bundle", '"features"']
)
def test_a_changed_theme_stops_the_build(
    stock: Path, speech: Speech, tmp_path: Path, lost: str
) -> None:
    folder = Path(shutil.copytree(stock, tmp_path / "site"))
    page = folder / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace(lost, "changed"), encoding="utf-8")
    with pytest.raises(Stop) as stop:
        install_search(folder, speech, SOUNDS)
    assert [(problem.file, problem.rule) for problem in stop.value.problems] == [
        ("index.html", "search")
    ]
    assert "主题" in str(stop.value)


@pytest.mark.parametrize(
    ("readings", "line"),
    [
        ("readings:\n  督查: du\n", 2),
        ("readings:\n  督查: dū chá\n", 2),
        ("readings: [督查]\n", 0),
        ("readings:\n  督查: 3\n", 2),
        ("readings:\n  督查室室: du cha shi shi\n", 2),
    ],
)
def test_a_reading_that_cannot_be_is_named(speech: Speech, readings: str, line: int) -> None:
    import yaml

    files = {**speech.files, "speech/speech.yml": readings.encode()}
    with pytest.raises(Stop) as stop:
        search_index(replace(speech, metadata=yaml.safe_load(readings), files=files), [], SOUNDS)
    (problem,) = stop.value.problems
    assert (problem.file, problem.line, problem.rule) == ("speech/speech.yml", line, "readings")


def test_positions_count_what_the_worker_counts(speech: Speech) -> None:
    """Places read otherwise hold behind characters that fold to more, to fewer or to two UTF-16 units."""
    word, syllables = "行家", ["hang", "jia"]
    doc = {
        "location": "x.html",
        "title": "㎡…\U00020000é",
        "text": f"<p>行行行行</p><p>㎡{word}</p>",
    }
    index = search_index(
        replace(speech, themes=(), metadata={"readings": {word: " ".join(syllables)}}),
        [doc],
        SOUNDS,
    )
    forms = traditional_forms(set("".join(units(index["docs"][0]))))
    text = "".join(fold(unit, forms) + "\n" for unit in units(index["docs"][0]))
    (place,) = index["config"]["exceptions"]["hang"]
    assert text.encode("utf-16-le")[place * 2 : place * 2 + 4].decode("utf-16-le") == word


def test_traditional_forms() -> None:
    simple = traditional_forms(set("为里着后干发"))
    assert {simple[form] for form in "為爲"} == {"为"} and {simple[form] for form in "裏裡"} == {
        "里"
    }
    assert (simple["著"], simple["後"], simple["乾"], simple["髮"]) == ("着", "后", "干", "发")
    assert traditional_forms(set("後"))["後"] == "后", (
        "a text in traditional characters is found by simplified ones"
    )
    assert "著" not in traditional_forms(set("著着")), "what the text tells apart stays apart"


def test_editors_pages_are_read_block_by_block(speech: Speech) -> None:
    docs = [
        {"location": "g.html", "title": "词语", "text": "<p>一&amp;二</p> <ul><li>三</li></ul>"},
        {"location": "g.html#a", "title": "<b>四</b>", "text": "<p>五<br>六</p>"},
        {"location": f"{speech.themes[0].slug}.html", "title": "", "text": "<p>讲话</p>"},
    ]
    parts = [["", "", ["一&二", "三"]], ["a", "四", ["五", "六"]]]
    assert editor_pages(speech, docs) == [
        {"location": "g.html", "title": "词语", "first": 0, "parts": parts}
    ]
