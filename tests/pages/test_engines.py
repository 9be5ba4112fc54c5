"""The project outlives its engine: docs/ and speech/ under two others, strict, each in a throw-away environment.

Search, policy and paragraph links are ours or MkDocs's and may be stock there; pages, words and ids may not differ.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REQUIRE_ALL, ROOT
from lxml import html

from speechsite.words import Speech

ENGINES = {
    "zensical": (["zensical==0.0.73"], ["zensical", "build", "--strict"], "site"),
    "properdocs": (
        ["properdocs==1.6.7", "mkdocs-material==9.8.1"],
        ["properdocs", "build", "--strict"],
        "site",
    ),
}


@pytest.mark.skipif(
    not REQUIRE_ALL, reason="installs other engines from the package registry: set REQUIRE_ALL=1"
)
@pytest.mark.parametrize("engine", ENGINES)
def test_another_engine_makes_the_same_pages(
    engine: str, project: Path, tmp_path: Path, speech: Speech
) -> None:
    packages, command, output = ENGINES[engine]
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin/python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "-q", *packages], check=True
    )
    result = subprocess.run(
        [environment / "bin" / command[0], *command[1:]],
        cwd=project,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PATH": f"{environment / 'bin'}:{os.environ['PATH']}"},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    pages = {path.name for path in (project / output).glob("*.html")}
    sources = {f"{path.stem}.html" for path in (ROOT / "docs").glob("*.md")}
    assert sources <= pages
    for names in ([f"{theme.slug}.html" for theme in speech.themes], ["full.html"]):
        documents = [
            html.document_fromstring((project / output / name).read_text("utf-8")) for name in names
        ]
        words = [p for document in documents for p in document.xpath("//div[@class='speech']//p")]
        readings = ["".join(p.xpath(".//text()[not(ancestor::ins)]")).strip() for p in words]
        assert readings == [p.original for p in speech.paragraphs]
        ids = [
            i
            for document in documents
            for i in document.xpath("//div[@class='speech']//*[self::h2 or self::h3]/@id")
        ]
        assert ids == [heading.id for theme in speech.themes for heading in theme.headings]
