"""Reads the frame: which pages of docs/ there are, in which order, under which names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from speechsite.problem import Problem
from speechsite.words.files import read_file, text_of
from speechsite.words.markup import FRONT_MATTER
from speechsite.words.model import WORDS, Page, docs_folder
from speechsite.words.settings import Key, line_in, parse_yaml

# What MkDocs takes for a page (mkdocs.utils.markdown_extensions).
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
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
        if isinstance(item, str):
            yield Entry("", PurePath(item).as_posix(), place)
        pairs = item.items() if isinstance(item, dict) else ()
        for title, value in pairs:
            inside = (*place, str(title))
            if isinstance(value, str):
                yield Entry(str(title), PurePath(value).as_posix(), inside)
            yield from nav_entries(value, inside)


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
    meta: dict[str, Any] = {}
    front = FRONT_MATTER.match(text)
    if front and front["yaml"]:
        meta, found = parse_yaml(front["yaml"], path, above=1)
        problems.extend(found)
    includes: list[tuple[str, int]] = []
    for line, source in enumerate(text.split("\n"), 1):
        if match := INCLUDE.match(source):
            includes.append((f"{WORDS}/{match['file']}", line))
    title = meta.get("title")
    if not isinstance(title, str):
        title = ""
    return Page(path, "", title, meta, text, tuple(includes))


def read_frame(
    root: Path,
    config_name: str,
    config: dict[str, Any],
    files: dict[str, bytes],
) -> tuple[Frame, list[Problem]]:
    """Returns the frame of a project, and what of it cannot be read.

    The pages' bytes are added to `files`, by path from `root`.
    """
    docs = docs_folder(config)
    if not (root / docs).is_dir():
        line = line_in(text_of(files[config_name]), "docs_dir")
        message = f"没有 {docs} 这个文件夹；改正 docs_dir，或建好它"
        return NOTHING, [Problem(config_name, line, "config", message)]
    names = docs_names(root / docs, config)
    titles: dict[str, str] = {}
    for entry in nav_entries(config.get("nav")):
        if entry.is_page and (root / docs / entry.target).exists():
            titles.setdefault(entry.target, entry.title)
    others = [name for name in names if name.endswith(MARKDOWN) and name not in titles]
    allowed = matching(config.get("not_in_nav"), others)
    pages: list[Page] = []
    unlisted: list[Page] = []
    problems: list[Problem] = []
    for name in [*titles, *others]:
        path = f"{docs}/{name}"
        data = read_file(root, path)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        files[path] = data
        page = read_page(path, text_of(data), problems)
        title = titles.get(name) or page.title
        page = replace(page, address=address_of(name), title=title)
        is_listed = name in titles or name in allowed
        (pages if is_listed else unlisted).append(page)
    return Frame(tuple(pages), tuple(unlisted), frozenset(names)), problems


def docs_names(docs: Path, config: dict[str, Any]) -> list[str]:
    """Returns the files of docs/ that MkDocs would publish: no dotfiles, no top folder templates."""
    names: list[str] = []
    for folder, folders, files in os.walk(docs, followlinks=True):
        folders[:] = without_dotfiles(folders)
        place = Path(folder).relative_to(docs)
        for name in without_dotfiles(files):
            names.append((place / name).as_posix())
    left_out = matching(config.get("exclude_docs"), names)
    return [name for name in names if name not in left_out and not is_template(name)]


def is_template(name: str) -> bool:
    return name.startswith("templates/")


def without_dotfiles(names: list[str]) -> list[str]:
    return sorted(name for name in names if not name.startswith("."))


def matching(patterns: Any, names: list[str]) -> list[str]:
    """Returns those of `names` that a setting with patterns of .gitignore's kind means."""
    if not isinstance(patterns, str) or not patterns.strip():
        return []
    from pathspec.gitignore import GitIgnoreSpec  # MkDocs reads them with it too

    spec = GitIgnoreSpec.from_lines(patterns.splitlines())
    return [name for name in names if spec.match_file(name)]
