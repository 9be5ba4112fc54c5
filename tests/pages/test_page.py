"""The built pages: the words in them, their links, what is put into them."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from conftest import ROOT, run
from lxml import html

from speechsite.words import TRANSCRIPT, Speech, text_of

CONTRACT = [
    *("index", "opening", "importance", "duties", "team-building", "closing"),
    *("full", "glossary", "notebook", "handouts", "about", "404"),
]


def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_text(encoding="utf-8"))


def words(document: html.HtmlElement, dropped: str) -> str:
    """Returns the speaker's words of a page: .speech without its headings and without `dropped`."""
    path = f"//div[@class='speech']//text()[not(ancestor::{dropped} or ancestor::h2 or ancestor::h3 or ancestor::h4)]"
    return "".join(text for text in document.xpath(path)).replace("\n", "")


def test_the_pages_of_the_contract_are_there(site: Path) -> None:
    assert sorted(path.stem for path in site.glob("*.html")) == sorted(CONTRACT)


@pytest.mark.parametrize("whole", [False, True], ids=["theme pages", "full.html"])
def test_the_words_read_back_are_the_transcript(site: Path, speech: Speech, whole: bool) -> None:
    pages = (
        [site / "full.html"] if whole else [site / f"{theme.slug}.html" for theme in speech.themes]
    )
    documents = [parsed(page) for page in pages]
    transcript = text_of((ROOT / TRANSCRIPT).read_bytes()).split("\n", 1)[1].replace("\n", "")
    assert len(transcript) == 2431
    assert "".join(words(document, "ins") for document in documents) == transcript
    assert "".join(words(document, "del") for document in documents) == speech.corrected.replace(
        "\n", ""
    )


def test_every_paragraph_has_an_id_and_a_link_to_it(site: Path, speech: Speech) -> None:
    for pages in ([f"{theme.slug}.html" for theme in speech.themes], ["full.html"]):
        paragraphs = [
            p for page in pages for p in parsed(site / page).xpath("//div[@class='speech']//p")
        ]
        assert [p.get("id") for p in paragraphs] == [
            f"p{number}" for number in range(1, len(speech.paragraphs) + 1)
        ]
        assert all(
            p.xpath("./a[@class='permalink']/@href") == [f"#{p.get('id')}"] for p in paragraphs
        )


def test_every_internal_link_anchor_and_asset_resolves(site: Path) -> None:
    pages = {path: parsed(path) for path in site.glob("*.html")}
    ids = {path: set(document.xpath("//@id | //a/@name")) for path, document in pages.items()}
    checked = 0
    for page, document in pages.items():
        for link in document.xpath("//@href | //@src | //@srcset"):
            parts = urlsplit(link)
            assert not parts.netloc and parts.scheme in ("", "data"), (
                f"{page.name} leaves the site: {link}"
            )
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            if page.name == "404.html":  # shown at any address; see tests/test_server.py
                continue
            assert target.is_file(), f"{page.name}: {link}"
            if parts.fragment and target in ids:
                assert parts.fragment in ids[target], f"{page.name}: {link}"
            checked += 1
    assert checked > 100


def test_ids_are_unique_on_every_page(site: Path) -> None:
    for page in site.glob("*.html"):
        ids = parsed(page).xpath("//@id")
        assert len(ids) == len(set(ids)), page.name


def test_corrections_are_marked_explained_and_listed(site: Path, speech: Speech) -> None:
    corrections = [s for p in speech.paragraphs for s in p.spans if s.is_correction]
    full = parsed(site / "full.html").xpath("//div[@class='speech']//ins")
    assert [ins.text for ins in full] == [span.corrected for span in corrections]
    assert all(
        f"“{span.original}”" in ins.get("title")
        for ins, span in zip(full, corrections, strict=True)
    )
    listed = parsed(site / "about.html").xpath("//ul[@class='corrections']/li")
    assert [(li.xpath("string(.//del)"), li.xpath("string(.//ins)")) for li in listed] == [
        (span.original, span.corrected) for span in corrections
    ]


def test_headings_of_the_whole_text_are_below_their_themes(site: Path, speech: Speech) -> None:
    headings = parsed(site / "full.html").xpath("//article//*[self::h1 or self::h2 or self::h3]")
    expected = []
    for theme in speech.themes:
        expected += [("h2", theme.slug), *(("h3", heading.id) for heading in theme.headings)]
    assert [
        (h.tag, h.get("id")) for h in headings if h.tag != "h1" and h.get("id") != "notes"
    ] == expected


def test_mkdocs_itself_builds_the_project_strictly(project: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(project / "out")]
    result = subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    assert not [line for line in result.stderr.splitlines() if line.startswith("WARNING")]
    assert (project / "out/duties.html").is_file()


def test_a_broken_link_fails_the_build_with_its_file_and_line(project: Path) -> None:
    page = project / "docs/about.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[没有](gone.md)\n", encoding="utf-8")
    line = page.read_text(encoding="utf-8").count("\n")
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 1
    assert result.stderr.startswith(f"docs/about.md:{line}: link: 链接 gone.md "), result.stderr
    assert not (project / "site").exists()


def test_pages_that_show_other_words_are_refused(project: Path) -> None:
    """A setting that changes the words on the page (here typographic quotes) is caught after MkDocs."""
    config = project / "mkdocs.yml"
    config.write_text(
        config.read_text(encoding="utf-8").replace(
            "  - attr_list\n", "  - attr_list\n  - nl2br\n  - smarty\n"
        ),
        "utf-8",
    )
    words_file = project / "speech/05-closing.md"
    original = project / "speech/original.txt"
    for path in (words_file, original):
        path.write_text(
            path.read_text(encoding="utf-8").replace("最后，", "最后...，"), encoding="utf-8"
        )
    result = run("build", "-f", config)
    assert (result.returncode, result.stderr.count(": page: ")) == (1, 1), result.stderr
    shutil.rmtree(project)
