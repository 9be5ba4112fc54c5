"""A small project of its own, free to change: the fixture `small`, and what tests do with it."""

from __future__ import annotations

from pathlib import Path

from lxml import html

CONFIG = """\
site_name: 在座谈会上的讲话
use_directory_urls: false
nav:
  - index.md
  - 讲话:
      - first.md
      - second.md
  - full.md
  - glossary.md
  - about.md
theme:
  name: material
  language: zh
  favicon: images/mark.svg
plugins: []
markdown_extensions:
  - attr_list
  - md_in_html
  - pymdownx.critic
  - pymdownx.snippets:
      base_path: [speech]
      check_paths: true
"""
PAGE = "---\ntitle: {0}\ndescription: {0}的说明。\n---\n\n{1}\n"
WORDS = '<div class="speech" markdown>\n\n--8<-- "{}"\n\n</div>'
PAGES = {
    "index": ("首页", '<div data-fill="facts"></div>\n\n<div data-fill="outline"></div>'),
    "first": ("开头", WORDS.format("01-first.md")),
    "second": ("要求", WORDS.format("02-second.md")),
    "full": (
        "全文",
        f"## 开头 {{ #first }}\n\n{WORDS.format('01-first.md')}\n\n"
        f"## 要求 {{ #second }}\n\n{WORDS.format('02-second.md')}",
    ),
    "glossary": ("词语", "## 真抓实干 { #real-work }\n\n编者的说明，见[关于](about.md#checks)。"),
    "about": ("关于", '## 核对 { #checks }\n\n<div data-fill="provenance"></div>'),
}
SOURCES = {
    "mkdocs.yml": CONFIG,
    "speech/original.txt": "在座谈会上的讲话\n同志们：\n今天开一个座谈会。\n一要真抓实干，务求实效。\n",
    "speech/speech.yml": "title: 在座谈会上的讲话\nslug: small\n",
    "speech/01-first.md": "同志们：\n\n今天开一个座谈会。\n",
    "speech/02-second.md": "## 一条 { #one }\n\n一要真抓实干，务求实效。\n",
}


def write_small(root: Path) -> Path:
    """Writes a project of two themes, which lists no handouts and names no custom_dir."""
    for name, text in SOURCES.items():
        write(root / name, text)
    for name, page in PAGES.items():
        write(root / f"docs/{name}.md", PAGE.format(*page))
    return root


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def add(path: Path, text: str) -> int:
    """Appends text to a file; returns the line that it begins on."""
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}{text}", encoding="utf-8")
    return before.count("\n") + 1 + (len(text) - len(text.lstrip("\n")))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def add_page(small: Path, name: str, title: str, body: str) -> None:
    """Adds a page of that name below docs/, and to the nav."""
    write(small / "docs" / name, PAGE.format(title, body))
    change(small / "mkdocs.yml", "  - about.md\n", f"  - about.md\n  - {name}\n")


def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes(), html.HTMLParser(encoding="utf-8"))
