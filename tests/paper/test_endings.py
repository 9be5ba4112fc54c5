"""Where lines and pages end: no head alone, no stub of a page, no mark that begins a line."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pymupdf
import pytest
from readback import (
    CLOSING,
    MM,
    is_page_number,
    lines_of,
    print_only,
    text_lines,
    with_blocks,
    with_text,
)

from speechsite.paper.handouts import ADJUSTED
from speechsite.words import Speech, read_words


def pages_of(path: Path) -> list[list[str]]:
    """Returns the lines of each page, without page numbers."""
    pages = [text_lines(lines_of(page)) for page in pymupdf.open(path)]
    return [[line for line in page if not is_page_number(line)] for page in pages]


@pytest.mark.parametrize("above", range(14, 19))
def test_headings_keep_with_what_follows(speech: Speech, tmp_path: Path, above: int) -> None:
    filling = "\n\n".join(["字" * 20] * above)
    heads = ["## 一、供水 { #a .said }", "### （一）管网 { #b .said }", "正文" * 20]
    text = "\n\n".join([filling, *heads, "### 题 { #c }", "二要抓好落实。", filling])
    names = ("speech", "notes", "large-print", "theme-theme")
    print_only(with_blocks(speech, *read_words(text)), tmp_path, *names)
    for name in names:
        for page in pages_of(tmp_path / f"{name}.pdf"):
            assert not page[-1].startswith(("一、", "（一）", "二要")), name


@pytest.mark.parametrize("lines", [19, 20, 41, 42])
def test_a_last_page_has_more_than_two_lines(speech: Speech, tmp_path: Path, lines: int) -> None:
    text = [*["字" * 20] * (lines - 1), "谢谢大家！"]
    printed = print_only(with_text(speech, *text, headings=False), tmp_path, "speech")
    pages = pages_of(tmp_path / "speech.pdf")
    assert len(pages) == 1 or len(pages[-1]) > 2
    full = len(max(pages[1:-1], key=len, default=[]))
    remark = ADJUSTED.split("{}")[0] in printed["speech"].description
    assert remark or full in (0, 22)


def test_the_card_says_how_the_pages_were_filled(speech: Speech, tmp_path: Path) -> None:
    text = ["字" * 20] * 20
    printed = print_only(with_text(speech, *text, headings=False), tmp_path, "speech")
    whole, word = printed["speech"], printed["word"]
    assert whole.pages == 1
    assert whole.description.endswith(ADJUSTED.format(23, 28))
    assert word.description.endswith(ADJUSTED.format(23, 28))


@pytest.mark.parametrize("mark", "\uff5e·\uff0d—–/")
def test_a_connecting_mark_never_begins_a_line(speech: Speech, tmp_path: Path, mark: str) -> None:
    text = [f"{'字' * n}甲乙{mark}丙丁，{'字' * 20}2024{mark}2026年" for n in range(16, 30)]
    names = ("speech", "notes", "large-print")
    print_only(with_text(speech, *text), tmp_path, *names)
    for name in names:
        for page in pages_of(tmp_path / f"{name}.pdf"):
            assert not [line for line in page if line[0] == mark], name
            if mark == "/":
                assert not [line for line in page if re.search("[0-9]/$", line)], name


def test_no_paragraph_ends_with_a_line_of_one_character(speech: Speech, tmp_path: Path) -> None:
    text = [f"{'字词，' * 8}{'字' * n}。" for n in range(0, 60)]
    print_only(with_text(speech, *text), tmp_path, "speech")
    for page in pages_of(tmp_path / "speech.pdf"):
        assert not [line for line in page if len(line.strip(CLOSING)) == 1]


def test_a_long_word_does_not_tear_the_line_above_it(speech: Speech, tmp_path: Path) -> None:
    em = 156 * MM / 28
    text = [f"{'字' * n}digitalize，{'字' * 40}12,345,678元，{'字' * 30}" for n in range(16, 28)]
    print_only(with_text(speech, *text), tmp_path, "speech")
    loosest = 0.0
    for page in pymupdf.open(tmp_path / "speech.pdf"):
        for line in lines_of(page):
            for left, right in pairwise(line):
                if left[2] == right[2] == "字":
                    loosest = max(loosest, (right[0] - left[0]) / em - 1)
    assert loosest <= 0.08


def test_numbers_stand_in_the_margin_and_only_there(speech: Speech, tmp_path: Path) -> None:
    text = [f"第{n}段。" for n in "一二三"]
    print_only(with_text(speech, *text), tmp_path, "speech", "notes", "large-print")
    for name, numbered in (("speech", False), ("notes", True), ("large-print", True)):
        page = pymupdf.open(tmp_path / f"{name}.pdf")[0]
        margin = page.get_text(clip=pymupdf.Rect(0, 0, 26 * MM, 262 * MM)).split()
        assert margin == (["1", "2", "3"] if numbered else []), name
