"""A new project: the words unchanged whatever they are, nothing of the first speech in it, whole or not at all."""

from __future__ import annotations

import os
import random
import shutil
import stat
import tempfile
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import FULL_VOLUME, ROOT, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from test_outline import TALKS, talk

from speechsite.draft.escape import escape
from speechsite.draft.project import NAMES, TAKEN, new_project
from speechsite.draft.wording import identifier
from speechsite.pages import engine
from speechsite.problem import Stop
from speechsite.words import Heading, Paragraph, Speech, check, read_speech, read_words
from speechsite.words.model import spoken_lines

MARKUP = [
    "*", "**", "_", "__", "#", "## ", "|", "a|b", "<", "<b>", "</b>", "<!--", "-->", "<div markdown>", "{",
    "}", "{: .x}",
    "{ #id }", "{~~a~>b~~}", "{++x++}", "{--y--}", "{==h==}", "{>>c<<}", ":::", '--8<-- "x.md"', "--8<-- [start:x]",
    ";--8<--", "\\", "\\*", "`", "```", "~~~", "~", "[a](b)", "![i](j)", "[^1]", "[TOC]", "*[A]: x", "[x]: http://a",
    "&", "&amp;", "&lt;", "&#60;", "&#x3c;", "&copy", "&nbsp;", "1. ", "1.", "12) ", "- ", "+ ", "> ", "    ",
    "\t", "---",
    "===", "- - -", "***", "!!! note", "--- ", "$x$", "%", "http://a.b", ":smile:", "klzzwxh:0000", '"', "'",
]  # fmt: skip
CHARACTERS = [
    "\r", "\n", "\n\n", "\u2028", "\x85", "\u3000", "\xa0", "\u200b", "\ufeff", "\xad", "\u200d", "e\u0301", "\u0338",
    "か\u3099", "\uf900", "\ue000", "\U00031350", "\U0001f468\u200d\U0001f469", "\x00", "\x02", "\x1c", "\x1f",
    "\x7f",
    "\ufffe", "\ufffd", "\u1161", "가\u11a8", "  ",
]  # fmt: skip
PROSE = [
    "同志们：", "一、", "二、", "（一）", "（二）", "一是", "二是", "三是", "首先，", "其次，", "最后，",
    "第一，", "第二，", "1.5亿元",
    "。", "；", "，", "：", "”", "加强领导", "各级要高度重视。", "2024年5月1日", "张三",
]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(MARKUP),
    st.sampled_from(CHARACTERS),
    st.sampled_from(PROSE),
    st.text(max_size=6),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=40).map("".join)
VOLUME = 10_000 if FULL_VOLUME else 300


def paragraphs(text: str) -> list[str]:
    """The words of a text, said without the reader: lines, without controls and white space at the ends."""

    def word(char: str) -> bool:
        return char == "\t" or (
            unicodedata.category(char) not in {"Cc", "Cs"} and char not in "\ufeff\ufffe\uffff"
        )

    edge = "\u200b\u200c\u2060"
    lines = ("".join(filter(word, line)).strip().strip(edge).strip() for line in text.splitlines())
    return [line for line in lines if line]


def kept(words: list[str], speech: Speech) -> list[str]:
    """The lines of a transcript that are not left out of the words."""
    return [word for number, word in enumerate(words, 1) if number not in speech.left_out]


def project(text: str, folder: Path, name: str = "talk.txt") -> Speech:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    shutil.rmtree(folder / "project", ignore_errors=True)
    new_project(folder / name, folder / "project")
    return read_speech(folder / "project" / "mkdocs.yml")


@given(text=TEXTS)
@settings(max_examples=VOLUME, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_passes_the_check(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = paragraphs(f"题目\n甲{text}")
        speech = project(f"题目\n甲{text}", Path(folder))
        assert check(speech) == []
        assert speech.files["speech/original.txt"].decode("utf-8") == "\n".join(words) + "\n"
        body = "".join(said(speech))
        assert "".join(kept(words, speech)).endswith(body) and body


@given(
    text=st.lists(PIECES, min_size=1, max_size=12)
    .map("".join)
    .flatmap(lambda t: st.just(paragraphs(t)))
)
@settings(max_examples=2_000, deadline=None)
def test_escapes_are_read_back(text: list[str]) -> None:
    blocks = read_words("\n\n".join(map(escape, text)))
    assert [block.original for block in blocks if isinstance(block, Paragraph)] == text
    assert len(blocks) == len(text)


def test_escapes_read_well() -> None:
    assert (
        escape("R&D 占 3.2%，约 1.5 亿元（见 #3、a-b、c+d）！")
        == "R&amp;D 占 3.2%，约 1.5 亿元（见 #3、a-b、c+d）！"
    )
    assert escape("1. 甲*乙_丙") == r"1\. 甲\*乙\_丙"
    assert escape("同\u200b志") == "同{--\u200b--}志"
    assert escape("e\u0301") == "{~~e\u0301~>é~~}"


def built(speech: Speech, folder: Path) -> list[str]:
    """The words of the page of the whole text, as a browser has them."""
    with engine.engine(speech.config_file) as mkdocs:
        engine.begin(mkdocs, folder, {})
        assert engine.finished(mkdocs).records == ()
    page = html.document_fromstring((folder / "full.html").read_text(encoding="utf-8"))
    shown = page.xpath("//div[@class='speech']//*[self::p or contains(@class, 'said')]")
    return ["".join(line.xpath(".//text()[not(ancestor::ins)]")) for line in shown]


def said(speech: Speech) -> list[str]:
    """The lines of the words that are the speaker's own."""
    return [line.original for theme in speech.themes for line in spoken_lines(theme.blocks)]


@pytest.mark.parametrize("batch", range(4))
def test_the_words_come_back_out_of_the_page(batch: int, tmp_path: Path) -> None:
    """200 generated texts in four builds, each text some paragraphs of the speech."""
    chance = random.Random(batch)
    pieces = [
        *MARKUP,
        *CHARACTERS,
        *PROSE,
        *(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(40)),
    ]
    texts = ["".join(chance.choices(pieces, k=chance.randint(1, 40))) for _ in range(50)]
    speech = project("题目\n正文第一段\n" + "\n".join(texts), tmp_path)
    assert check(speech) == []
    shown = built(speech, tmp_path / "site")
    assert shown == said(speech)
    words = paragraphs("题目\n正文第一段\n" + "\n".join(texts))
    assert "".join(shown) == "".join(kept(words, speech)[1:])


def test_a_line_of_a_million_characters(tmp_path: Path) -> None:
    speech = project("题目\n" + "要抓好落实*_<&{[`。一是、" * 70_000, tmp_path)
    assert check(speech) == []


def test_this_speech_comes_out_as_the_editors_split_it(speech: Speech, tmp_path: Path) -> None:
    new_project(ROOT / "speech" / "original.txt", tmp_path / "new")
    proposed = read_speech(tmp_path / "new" / "mkdocs.yml")
    assert len(proposed.themes) == 1  # a talk of this length is read on one page
    divided = [theme.paragraphs[0] for theme in speech.themes[1:]]
    for theme in speech.themes:
        for above, below in pairwise(theme.blocks):
            if isinstance(above, Heading) and isinstance(below, Paragraph):
                divided.append(below)
    blocks = proposed.themes[0].blocks
    found = [
        below.original
        for above, below in pairwise(blocks)
        if isinstance(above, Heading) and isinstance(below, Paragraph)
    ]
    assert set(found) == {paragraph.original for paragraph in divided}


def test_nothing_of_the_first_speech_comes_along(speech: Speech, tmp_path: Path) -> None:
    new = project((TALKS / "safety.txt").read_text(encoding="utf-8"), tmp_path)
    text = "".join(
        p.read_text(encoding="utf-8") for p in (tmp_path / "project").rglob("*") if p.is_file()
    )
    words = speech.files["speech/original.txt"].decode("utf-8")
    mine = {words[i : i + 8] for i in range(len(words) - 8) if "\n" not in words[i : i + 8]}
    own = {text[i : i + 8] for i in range(len(text) - 8)}
    shared = {
        piece
        for piece in mine & own
        if piece not in (TALKS / "safety.txt").read_text(encoding="utf-8")
    }
    assert shared == set()
    assert speech.title not in text and speech.slug not in text
    assert not {theme.slug for theme in speech.themes} & {theme.slug for theme in new.themes} - {
        "opening",
        "closing",
    }
    assert new.byline == ["市委书记  李明华", "（2024年3月15日）"]


@pytest.mark.parametrize("name", ["safety.txt", "plenary.txt", "virtues.txt", "forum.md"])
def test_other_speeches_build(name: str, tmp_path: Path) -> None:
    (tmp_path / "新 项目").mkdir()  # an empty folder may be there already
    new_project(TALKS / name, tmp_path / "新 项目")
    speech = read_speech(tmp_path / "新 项目" / "mkdocs.yml")
    assert check(speech) == []
    assert built(speech, tmp_path / "site") == said(speech)
    received = next((tmp_path / "新 项目" / "speech").glob("received.*"))
    assert received.read_bytes() == (TALKS / name).read_bytes()


def test_a_whole_build(tmp_path: Path) -> None:
    speech = project((TALKS / "safety.txt").read_text(encoding="utf-8"), tmp_path)
    result = run("build", "-f", speech.config_file, "-d", tmp_path / "site")
    assert (result.returncode, result.stderr) == (0, "")
    assert (tmp_path / "site" / f"{speech.themes[1].slug}.html").exists()


def test_generated_speeches_pass_the_check(tmp_path: Path) -> None:
    for seed in range(20):
        text, *_ = talk(seed)
        assert check(project(text, tmp_path)) == []


def test_traditional_characters_are_noticed(tmp_path: Path) -> None:
    speech = project(
        "在全國會議上的講話\n同志們：\n這次會議非常重要，大家要認真學習，抓好落實。", tmp_path
    )
    assert (speech.metadata["lang"], check(speech)) == ("zh-Hant", [])
    assert [page.meta["title"] for page in speech.pages] == [
        "首頁",
        "正文",
        "詞語",
        "摘錄",
        "全文",
        "講義",
        "關於",
    ]
    assert (
        "lang" not in project((TALKS / "safety.txt").read_text(encoding="utf-8"), tmp_path).metadata
    )


def test_short_sections_share_a_page(tmp_path: Path) -> None:
    items = "\n".join(f"{n}、抓好落实{n}\n要抓紧抓实，务求实效。" for n in "一二三")
    speech = project(f"讲话\n同志们：\n今天讲三点。\n{items}", tmp_path)
    assert [len(theme.headings) for theme in speech.themes] == [3]


def test_a_speech_has_not_more_than_so_many_pages(tmp_path: Path) -> None:
    text = "\n".join(
        f"第{n}章 抓好落实\n" + "要抓紧抓实，务求实效。" * 60 for n in "一二三四五六七八九十"
    )
    speech = project("讲话\n同志们：\n" + "\n".join([text] * 12), tmp_path)
    assert 10 < len(speech.themes) <= 41
    assert check(speech) == []


def test_identifiers() -> None:
    taken = dict.fromkeys(TAKEN, 1)
    names = {
        "重要": "zhong-yao",
        "P1": "part-p1",
        "2024年": "part-2024-nian",
        "": "part",
        "关于": "guan-yu",
        "开篇": "opening",
        "女 index": "nv-index",
        "一、着力打造": "zhuo-li-da-zao",
        "Café 咖啡": "cafe-ka-fei",
    }
    for title, name in names.items():
        assert identifier(title, taken, NAMES) == name
    assert identifier("重要", taken, NAMES) == "zhong-yao-2"
    assert identifier("index", taken, NAMES) == "index-2"


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "文件是空的"), ("只有标题", "只有标题"), ("\n讲话\n\n\u3000\n", "只有标题")],
)
def test_what_is_no_speech_writes_nothing(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "讲 话.txt").write_text(text, encoding="utf-8")
    with pytest.raises(Stop, match=said) as stop:
        new_project(tmp_path / "讲 话.txt", tmp_path / "deep" / "new")
    assert len(stop.value.problems) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["讲 话.txt"]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("new", "file"):
        with pytest.raises(Stop, match="已经有东西"):
            new_project(TALKS / "safety.txt", tmp_path / name)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "mine", "new"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    places = [tmp_path / "file" / "new", tmp_path / ("长" * 200)]
    if os.name == "posix" and os.geteuid():  # root may write everywhere
        (tmp_path / "locked").mkdir()
        (tmp_path / "locked").chmod(stat.S_IRUSR | stat.S_IXUSR)
        places.append(tmp_path / "locked" / "new")
    for place in places:
        with pytest.raises(Stop, match="写不进去"):
            new_project(TALKS / "safety.txt", place)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]
