"""What a speech knows of itself: said headings, tables, names, addresses, the pages' parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from speechsite.words import Heading, Speech, Table, check, read_speech, read_words

Write = Callable[[str, str], None]
SETTINGS = """\
site_name: 会
use_directory_urls: false
theme: { name: material, font: false }
markdown_extensions:
  - attr_list
  - md_in_html
  - pymdownx.critic
  - pymdownx.snippets: { base_path: [speech] }
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A speech of two themes, a heading and a table of its own, free to change."""
    write = writer(tmp_path)
    write("mkdocs.yml", f"{SETTINGS}nav: [index.md, one.md, 第二: more/two.md, full.md]\n")
    write("docs/index.md", "---\ntitle: 首页\ndescription: 首页。\n---\n")
    for page, words, title in (("one", "01-one", "第一"), ("more/two", "02-two", "原名")):
        head = f"---\ntitle: {title}\ndescription: 说明。\n---\n"
        write(
            f"docs/{page}.md",
            f'{head}\n<div class="speech" markdown>\n\n--8<-- "{words}.md"\n\n</div>\n',
        )
    whole = "---\ntitle: 全文\ndescription: 说明。\n---\n"
    for title, words in (("第一", "01-one"), ("第二", "02-two")):
        whole += f'\n## {title} {{ #{words} }}\n\n<div class="speech" markdown>\n\n--8<-- "{words}.md"\n\n</div>\n'
    write("docs/full.md", whole)
    write("speech/speech.yml", "title: 题目\nslug: small\nspeaker: 某职务\ndate: 2026-01-31\n")
    write(
        "speech/original.txt",
        "题目\n同志们：\n（一）供水工作\n用水如下。\n| 年 | 吨 |\n| 2025 | 三 |\n完了。\n",
    )
    write("speech/01-one.md", "同志们：\n")
    table = "| 年 | 吨 |\n|---|--:|\n| 2025 | 三 |"
    write(
        "speech/02-two.md",
        f"## （一）供水工作 {{ #water .said }}\n\n用水如下。\n\n{table}\n\n完了。\n",
    )
    return tmp_path


def writer(folder: Path) -> Write:
    def write(name: str, text: str) -> None:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    return write


def read(folder: Path) -> Speech:
    return read_speech(folder / "mkdocs.yml")


def test_the_transcripts_own_headings_and_tables_count_as_words(small: Path) -> None:
    speech = read(small)
    assert check(speech) == []
    assert speech.corrected == (
        "同志们：\n（一）供水工作\n用水如下。\n| 年 | 吨 |\n| 2025 | 三 |\n完了。"
    )
    assert [p.number for p in speech.paragraphs] == [1, 2, 3]
    assert all(p.begins for p in speech.paragraphs)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("（一）供水工作", "（一）供水"),
        (" .said", ""),
        ("| 三 |", "| 四 |"),
        ("| 年 |", "| 年份 |"),
    ],
)
def test_a_change_of_a_said_heading_or_a_cell_is_found(small: Path, was: str, now: str) -> None:
    words = small / "speech/02-two.md"
    words.write_text(words.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    assert {problem.rule for problem in check(read(small))} == {"verbatim"}


def test_a_rule_of_the_transcripts_own_table_counts(small: Path) -> None:
    original = small / "speech/original.txt"
    text = original.read_text(encoding="utf-8")
    original.write_text(text.replace("| 吨 |\n", "| 吨 |\n|---|--:|\n"), encoding="utf-8")
    assert check(read(small)) == []


def test_headings_and_tables_are_read() -> None:
    text = "## 题 { #a }\n\n## 原有 { .said #b }\n\n| 甲\\|乙 | 丙 |\n|:-:|---|\n| {~~丁~>戊~~} | 己 |\n"
    blocks = read_words(text)
    assert blocks[:2] == (Heading("题", "a", 2, 1), Heading("原有", "b", 2, 3, said=True))
    assert blocks[2] == Table((("甲|乙", "丙"), ("戊", "己")), 5)


def test_a_title_in_nav_is_the_pages_name_everywhere(small: Path) -> None:
    speech = read(small)
    assert [theme.title for theme in speech.themes] == ["第一", "第二"]
    assert [page.title for page in speech.pages] == ["首页", "第一", "第二", "全文"]


def test_addresses_are_those_of_the_built_site(small: Path) -> None:
    writer(small)("docs/more/README.md", "---\ntitle: 读我\ndescription: 说明。\n---\n")
    writer(small)("mkdocs.yml", f"{SETTINGS}nav: [index.md, more/README.md, more/two.md]\n")
    speech = read(small)
    assert [page.address for page in speech.pages] == [
        "index.html",
        "more/index.html",
        "more/two.html",
    ]
    assert [(theme.address, theme.slug) for theme in speech.themes] == [
        ("more/two.html", "more-two")
    ]


def test_pages_are_known_by_what_they_do(small: Path) -> None:
    for old, new in (("full", "all"), ("index", "README")):
        (small / f"docs/{old}.md").rename(small / f"docs/{new}.md")
    writer(small)("docs/terms.md", "---\ntitle: 词\ndescription: 词。\nglossary: true\n---\n")
    nav = "nav: [README.md, one.md, 第二: more/two.md, all.md, terms.md]\n"
    writer(small)("mkdocs.yml", f"{SETTINGS}{nav}")
    speech = read(small)
    pages = {part: getattr(speech, part) for part in ("home", "whole", "glossary")}
    assert {part: page.path for part, page in pages.items()} == {
        "home": "docs/README.md",
        "whole": "docs/all.md",
        "glossary": "docs/terms.md",
    }
    assert [theme.words for theme in speech.themes] == ["speech/01-one.md", "speech/02-two.md"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_are_read_over(small: Path, ends: str, mark: str) -> None:
    for path in small.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        path.write_bytes((mark + text.replace("\n", ends)).encode())
    speech = read(small)
    assert check(speech) == []
    assert (speech.speaker, str(speech.date), speech.title) == ("某职务", "2026-01-31", "题目")


def test_lines_that_are_no_words_are_left_out_if_they_are_what_is_said(small: Path) -> None:
    original = small / "speech/original.txt"
    buttons = "打印本页 关闭窗口\n"
    original.write_text(original.read_text(encoding="utf-8") + buttons, encoding="utf-8")
    metadata = "title: 题目\nslug: small\nleft_out:\n  8: "
    assert [p.rule for p in check(read(small))] == ["verbatim"]
    writer(small)("speech/speech.yml", f"{metadata}打印本页 关闭窗口\n")
    assert check(read(small)) == []
    writer(small)("speech/speech.yml", f"{metadata}打印本页\n")
    assert [p.rule for p in check(read(small))] == ["left-out"]


def test_a_transcript_that_changed_since_it_came_is_said(small: Path) -> None:
    digest = read(small).transcript_sha256
    metadata = small / "speech/speech.yml"
    metadata.write_text(
        f"{metadata.read_text(encoding='utf-8')}sha256: {digest}\n", encoding="utf-8"
    )
    assert check(read(small)) == []
    original = small / "speech/original.txt"
    original.write_text(original.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (problem,) = check(read(small))
    assert problem.rule == "transcript"
    assert read(small).transcript_sha256 in problem.message
