"""Reads the frame: which pages of docs/ there are, in which order, under which names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from speechsite.problem import Problem
from speechsite.words.files import Reading
from speechsite.words.markup import FRONT_MATTER
from speechsite.words.model import WORDS, Page, docs_folder
from speechsite.words.settings import Key, Settings, line_in, parse_yaml

# What MkDocs takes for a page (mkdocs.utils.markdown_extensions).
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
LEFT_OUT = ("exclude_docs", "draft_docs")  # the settings that keep files out of a site
# --8<-- "03-duties.md"
INCLUDE = re.compile(r"""^\s*-+8<-+\s+(?P<quote>["'])(?P<file>.+?)(?P=quote)\s*$""")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of nav that names something: its title there ('' if none), what, where in the file."""

    title: str
    target: str
    key: Key

    @property
    def is_page(self) -> bool:
        return self.target.endswith(MARKDOWN)


@dataclass(frozen=True, slots=True)
class Frame:
    """What docs/ holds: pages of the site in nav order, pages that nav leaves out, all files."""

    pages: tuple[Page, ...]
    unlisted: tuple[Page, ...]
    names: frozenset[str]


NOTHING = Frame((), (), frozenset())


def nav_entries(nav: Any, key: Key = ("nav",)) -> Iterator[Entry]:
    """Yields what an mkdocs.yml nav names, in reading order.

    Its items are names of pages, or mappings of a title to a page or to a list of items
    (https://www.mkdocs.org/user-guide/configuration/#nav); what is neither is passed over.
    """
    items = nav if isinstance(nav, list) else []
    for number, item in enumerate(items):
        place = (*key, str(number))
        if isinstance(item, dict):
            for title, value in item.items():
                inside = (*place, str(title))
                yield from named(str(title), value, inside)
                yield from nav_entries(value, inside)
        yield from named("", item, place)


def named(title: str, target: Any, key: Key) -> Iterator[Entry]:
    if isinstance(target, str):
        yield Entry(title, PurePath(target).as_posix(), key)


def nav_pages(nav: Any) -> list[str]:
    return [entry.target for entry in nav_entries(nav) if entry.is_page]


def address_of(page: str) -> str:
    """Returns where a page of docs/ is in the site: more/notice.md → more/notice.html.

    So does MkDocs with `use_directory_urls: false`; README.md stands for index.md.
    """
    path = PurePosixPath(page)
    name = "index" if path.stem == "README" else path.stem
    return path.with_name(f"{name}.html").as_posix()


def read_page(path: str, text: str, problems: list[Problem]) -> Page:
    """Returns a page of docs/ by itself; problems of its front matter are added to `problems`."""
    meta: Settings = {}
    front = FRONT_MATTER.match(text)
    if front and front["yaml"]:
        meta, found = parse_yaml(front["yaml"], path, above=1)
        problems.extend(found)
    includes: list[tuple[str, int]] = []
    for line, source in enumerate(text.split("\n"), 1):
        if match := INCLUDE.match(source):
            words = f"{WORDS}/{match['file']}"
            includes.append((words, line))
    title = meta.get("title")
    own_title = title if isinstance(title, str) else ""
    return Page(path, "", own_title, meta, text, tuple(includes))


def read_frame(reading: Reading, config_name: str, config: Settings) -> Frame:
    """Returns the frame of a project; its pages are read into `reading`."""
    folder = docs_folder(config)
    docs = reading.root / folder
    if not docs.is_dir():
        line = line_in(reading.text(config_name), "docs_dir")
        message = f"没有 {folder} 这个文件夹；改正 docs_dir，或建好它"
        reading.problems.append(Problem(config_name, line, "config", message))
        return NOTHING
    names = docs_names(docs, config)
    titles = nav_titles(config, docs)
    if not titles and len(nav_pages(config.get("nav"))) > 1:
        line = line_in(reading.text(config_name), "docs_dir")
        message = f"{folder} 里没有 nav 列的任何一页；改正 docs_dir，或把各页放进去"
        reading.problems.append(Problem(config_name, line, "config", message))
        return NOTHING
    others = [name for name in names if name.endswith(MARKDOWN) and name not in titles]
    listed = {*titles, *matching(config.get("not_in_nav"), others)}
    pages: list[Page] = []
    unlisted: list[Page] = []
    for name in [*titles, *others]:
        path = f"{folder}/{name}"
        reading.read(path)
        if path not in reading.files:
            continue
        page = read_page(path, reading.text(path), reading.problems)
        title = titles.get(name) or page.title
        page = replace(page, address=address_of(name), title=title)
        where = pages if name in listed else unlisted
        where.append(page)
    return Frame(tuple(pages), tuple(unlisted), frozenset(names))


def nav_titles(config: Settings, docs: Path) -> dict[str, str]:
    """Returns the pages in nav that are there, in its order, each with its title there or ''."""
    titles: dict[str, str] = {}
    for entry in nav_entries(config.get("nav")):
        if entry.is_page and (docs / entry.target).exists():
            titles.setdefault(entry.target, entry.title)
    return titles


def docs_names(docs: Path, config: Settings) -> list[str]:
    """Returns the files of docs/ that MkDocs would publish: no dotfiles, no folder templates."""
    names: list[str] = []
    for folder, folders, files in os.walk(docs, followlinks=True):
        folders[:] = without_dotfiles(folders)
        place = Path(folder).relative_to(docs)
        for file in without_dotfiles(files):
            name = (place / file).as_posix()
            if not name.startswith("templates/"):
                names.append(name)
    left_out = {name for key in LEFT_OUT for name in matching(config.get(key), names)}
    return [name for name in names if name not in left_out]


def without_dotfiles(names: list[str]) -> list[str]:
    return sorted(name for name in names if not name.startswith("."))


def matching(patterns: Any, names: list[str]) -> list[str]:
    """Returns those of `names` that a setting with patterns of .gitignore's kind means."""
    if not isinstance(patterns, str) or not patterns.strip():
        return []
    from pathspec.gitignore import GitIgnoreSpec  # MkDocs reads them with it too

    spec = GitIgnoreSpec.from_lines(patterns.splitlines())
    return [name for name in names if spec.match_file(name)]
