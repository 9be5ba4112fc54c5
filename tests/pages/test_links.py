"""Addresses: what a page refers to, how it names another page, and where a fault is said to be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from speechsite.pages.links import CANDIDATE, has_no, located, references, rewrite
from speechsite.pages.page import Page
from speechsite.words import Speech


def page(path: str, body: str = "") -> Page:
    return Page(path, html.document_fromstring(f"<html><body>{body}</body></html>"))


@pytest.mark.parametrize(
    ("path", "address", "link"),
    [
        ("a.html", "b.html", "b.html"),
        ("a.html", "b.html#p1", "b.html#p1"),
        ("a.html", "a.html#p1", "#p1"),
        ("a.html", "更多/要 求.html", "%E6%9B%B4%E5%A4%9A/%E8%A6%81%20%E6%B1%82.html"),
        ("more/a.html", "b.html", "../b.html"),
        ("more/a.html", "more/b.html", "b.html"),
        ("x/y/a.html", "x/z/b.css", "../z/b.css"),
    ],
)
def test_a_page_names_another_from_its_own_folder(path: str, address: str, link: str) -> None:
    assert page(path).link(address) == link
    assert page(path).target(link) == address.partition("#")[0]


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("#notes", "more/a.html"),
        ("../assets/%E4%BC%9A%E5%9C%BA.png?v=1", "assets/会场.png"),
        ("./b.html#p1", "more/b.html"),
        ("..", "."),
        ("../../outside.html", None),
        ("/root.html", None),
        ("//host/x.js", None),
        ("https://host/x.js", None),
        ("mailto:someone", None),
        ("data:image/png;base64,AA==", None),
        ("http://[", None),
    ],
)
def test_a_reference_names_a_file_of_the_site_or_nothing(reference: str, target: str) -> None:
    assert page("more/a.html").target(reference) == target


def test_every_address_is_seen_and_rewritten() -> None:
    body = (
        '<a href="old.css#x">a</a><img src="old.css?1" srcset="old.css 1x, other.png 2x">'
        '<video poster="old.css"></video><object data="old.css"></object>'
        '<form data-asset-index="old.css" data-other="old.css"></form>'
    )
    one = page("a.html", body)
    assert [reference.address for reference in references(one)].count("old.css") == 4
    rewrite(one, {"old.css": "s/new.css"})
    text = html.tostring(one.tree, encoding="unicode")
    assert text.count("s/new.css") == 6 and text.count("old.css") == 1
    assert "s/new.css 1x, other.png 2x" in text and 'href="s/new.css#x"' in text


@pytest.mark.parametrize(
    ("srcset", "found"),
    [
        ("a.png", ["a.png"]),
        ("a.png 1x, b.png 2x", ["a.png", "b.png"]),
        ("a.png 480w,\n  b,c.png 800w", ["a.png", "b,c.png"]),
    ],
)
def test_the_candidates_of_a_srcset(srcset: str, found: list[str]) -> None:
    assert [match[1] for match in CANDIDATE.finditer(srcset)] == found


def test_a_fragment_is_an_id_or_a_place_that_every_page_has() -> None:
    ids = {"p1", "一"}
    assert has_no("p2", ids)
    fragments = ("", "top", "TOP", ":~:text=x", "p1", "一")
    assert not any(has_no(fragment, ids) for fragment in fragments)
    assert not has_no("anything", None), "of a file that is no page nobody knows the ids"


def test_a_fault_is_where_its_sign_stands(speech: Speech) -> None:
    about = page("about.html")
    source = next(one for one in speech.pages if one.address == "about.html")
    sign = next(line for line in source.text.splitlines() if line.startswith("## "))
    found = located(speech, about, "rule", "message", "nowhere", sign)
    assert (found.file, found.line) == (source.path, source.text.split(sign)[0].count("\n") + 1)
    assert located(speech, about, "rule", "message", "site_name").file == speech.config_file.name
    assert located(speech, about, "rule", "message", "").line == 0
    other = located(replace(speech, pages=()), page("x.html"), "rule", "message", "nowhere")
    assert (other.file, other.line) == ("x.html", 0)
