"""Makes a new project from a talk: its words under proposed headings and the frame around them.

It is made whole or not at all. The frame is this checkout's own (mkdocs.yml and the pages of docs/
that hold no words), with nothing of its speech.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opencc
import yaml

from speechsite.draft.escape import corrected, escape, escape_heading
from speechsite.draft.heads import Head, read_head
from speechsite.draft.marks import Place
from speechsite.draft.outline import CLOSING, NOTES, OPENING, WHOLE, Outline, Section, recognise
from speechsite.draft.plan import Part, plan
from speechsite.draft.report import corrections_of, doubts_of, found_of, left_out_of, tree_of
from speechsite.draft.script import language
from speechsite.draft.talk import Line, Talk, read_talk
from speechsite.draft.wording import identifier, plain
from speechsite.problem import Problem, Stop
from speechsite.words import METADATA, TRANSCRIPT, WORDS, Page, nav_pages, parse_yaml, read_page
from speechsite.words import WHOLE as WHOLE_PAGE
from speechsite.words import title_lines as broken

OURS = Path(__file__).parents[2]
CONFIG, GLOSSARY = "mkdocs.yml", "glossary.md"
THEME_KEY = "custom_dir"  # a new project names no folder: the build finds our theme by itself
DESCRIPTION = 120  # characters
# Names that pages and their parts have already, and those that Windows has for devices
# (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
TAKEN = {
    *("index", "full", "glossary", "notebook", "handouts", "about", "404", "search", "assets"),
    *("stylesheets", "javascripts", "title", "corrections", "content", "nav", "sizes", "notes"),
    *("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))),
}
NAMES = {OPENING: "opening", CLOSING: "closing", WHOLE: "text", NOTES: "annotations"}


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a new project is made of."""

    talk: Talk
    head: Head
    outline: Outline
    parts: tuple[Part, ...]
    lang: str

    @property
    def title(self) -> str:
        """The title as the transcript has it, or as the file names it; '' for none."""
        return "".join(self.head.title) or self.head.given_title

    @property
    def name(self) -> str:
        """What the site is called: the title's first part, without what is markup anywhere."""
        first = self.head.title[0] if self.head.title else self.title
        subtitled = len(self.head.title) > 1 and self.head.title[1].startswith(("—", "─", "-"))
        return plain(first if subtitled else self.title) or self.ours("讲话")

    def ours(self, text: str) -> str:
        """Returns what we write around the words in the characters of the talk."""
        return opencc.OpenCC("s2tw").convert(text) if self.lang == "zh-Hant" else text


def new_project(talk: Path, folder: Path) -> list[str]:
    """Makes the project `folder` from the file `talk`; returns what its editor should read.

    Raises Stop where the talk cannot be read, the folder holds something already or cannot be
    written.
    """
    draft = read_draft(talk)
    try:
        folder = folder.resolve()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            message = "这个位置已经有东西了；换一个还没有的文件夹名"
            raise Stop(Problem(folder.name, 0, "new", message))
        files, notes = project_files(draft)
        write(files, talk, folder)
    except OSError as error:
        message = f"写不进去（{error.strerror}）；换一个可写、放得下的位置"
        raise Stop(Problem(folder.name, 0, "new", message)) from None
    return notes


def read_draft(path: Path) -> Draft:
    """Returns what is recognised of a talk; raises Stop where the file holds only a title."""
    talk = read_talk(path)
    head = read_head(talk)
    if head.body >= len(head.lines):
        raise Stop(Problem(path.name, 0, "talk", "只有标题，没有讲话的文字；换一个完整的文件"))
    outline = recognise(head.lines, head.body)
    parts = plan(outline.sections, head.lines)
    lang = language("".join(line.text for line in head.lines[head.body :]))
    return Draft(talk, head, outline, tuple(parts), lang)


def write(files: dict[str, str], talk: Path, folder: Path) -> None:
    """Puts the project in its place, whole: made beside it and moved."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as temporary:
        project = Path(temporary) / "project"
        for name, text in files.items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text, encoding="utf-8", newline="\n")
        # Not .md: every .md in speech/ is words.
        suffix = talk.suffix.lower()
        kept = ".markdown" if suffix == ".md" else suffix
        shutil.copyfile(talk, project / WORDS / f"received{kept}")
        if folder.exists():
            folder.rmdir()  # empty; os.replace replaces a folder only outside Windows
        os.replace(project, folder)


def project_files(draft: Draft) -> tuple[dict[str, str], list[str]]:
    """Returns the text of every file of the project by its path, and what the editor reads."""
    taken = dict.fromkeys(TAKEN, 1)
    slugs = [identifier(part.title, taken, NAMES) for part in draft.parts]
    names = [f"{number:0{width(draft)}d}-{slug}.md" for number, slug in enumerate(slugs, 1)]
    starts = [part.begins for part in draft.parts]
    ends = [*starts[1:], (len(draft.head.lines), 0)]
    transcript = "".join(f"{line.text}\n" for line in draft.talk.lines)
    files = {TRANSCRIPT: transcript, METADATA: metadata(draft, transcript)}
    corrections: dict[str, list[tuple[int, str]]] = {}
    for part, slug, name, end in zip(draft.parts, slugs, names, ends, strict=True):
        text = words(part, slug, end, draft, taken)
        files[f"{WORDS}/{name}"] = text
        files[f"docs/{slug}.md"] = theme_page(part, name, draft)
        corrections[name] = list(corrected(text))
    files[f"docs/{WHOLE_PAGE}"] = whole_page(slugs, names, draft)
    files |= frame(draft, [f"{slug}.md" for slug in slugs])
    notes = [*draft.talk.notes, *found_of(draft.head), *left_out_of(draft.head, draft.talk)]
    notes += tree_of(draft.parts, slugs, draft.head.lines)
    notes += [*doubts_of(draft.outline, line_numbers(draft)), *corrections_of(corrections)]
    notes.append(f"docs/{GLOSSARY} 还没有内容；写上本篇的提法，或连同 nav 里的一行删去")
    return files, notes


def width(draft: Draft) -> int:
    """Returns the digits of the numbers that the words files' names begin with."""
    return max(2, len(str(len(draft.parts))))


def line_numbers(draft: Draft) -> list[int]:
    """Returns the number in the transcript, from 1, of each line of the head's."""
    count = len(draft.talk.lines)
    return [index + 1 for index in range(count) if index not in draft.head.left_out]


def page_title(part: Part, draft: Draft) -> str:
    """Returns a page's name; ours in the characters of the talk, the speaker's without its stop."""
    title = part.title.rstrip("。；;：:，, ")
    return draft.ours(title) if part.title in NAMES else plain(title) or draft.ours("讲话")


def theme_page(part: Part, words_file: str, draft: Draft) -> str:
    title = page_title(part, draft)
    points = [plain(one.title) for one in part.headings if one.level == 2]
    description = "；".join(points)[:DESCRIPTION] or title
    return front_matter({"title": title, "description": description}) + include(words_file)


def whole_page(slugs: list[str], names: list[str], draft: Draft) -> str:
    """Returns the page of the whole text; words that have their page's own heading need none."""
    text = draft.ours(front_matter(own_page(WHOLE_PAGE).meta))
    blocks: list[str] = []
    for part, slug, name in zip(draft.parts, slugs, names, strict=True):
        if not any(one.level == 1 for one in part.headings):
            blocks.append(f"## {page_title(part, draft)} {{ #{slug} }}\n")
        blocks.append(include(name))
    return text + "\n".join(blocks)


def include(words_file: str) -> str:
    return f'<div class="speech" markdown>\n\n--8<-- "{words_file}"\n\n</div>\n'


def words(part: Part, slug: str, end: Place, draft: Draft, taken: dict[str, int]) -> str:
    """Returns a words file: headings, and below each the talk up to the next."""
    lines = draft.head.lines
    blocks: list[str] = []
    begins = part.begins
    for heading in part.headings:
        blocks += cut(lines, begins, heading.place)
        name = slug if heading.level == 1 else identifier(heading.title, taken, NAMES)
        blocks.append(heading_line(heading, name, draft))
        begins = (heading.place[0] + 1, 0) if heading.said else heading.place
    blocks += cut(lines, begins, end)
    return "\n\n".join(blocks) + "\n"


def heading_line(heading: Section, name: str, draft: Draft) -> str:
    """Returns a heading; the talk's own line as it is, one of ours in the talk's characters."""
    marks = "#" * heading.level
    if heading.said:
        return f"{marks} {escape_heading(heading.title)} {{ #{name} .said }}"
    title = draft.ours(heading.title) if heading.title in NAMES else heading.title
    return f"{marks} {title} {{ #{name} }}"


def cut(lines: tuple[Line, ...], begins: Place, end: Place) -> Iterator[str]:
    """Yields the blocks between two places: a paragraph a line, a table's rows together."""
    table: list[str] = []
    for index in range(begins[0], min(end[0] + 1, len(lines))):
        line = lines[index]
        first = begins[1] if index == begins[0] else 0
        text = line.text[first : end[1] if index == end[0] else len(line.text)]
        if line.row and text == line.text:
            table.append(escape_row(text))
            continue
        if table:
            yield ruled(table)
            table = []
        ink = text.rstrip()
        if ink:  # white space before a cut must not get lost at the line's end
            yield escape(ink) + "".join(f"&#{ord(space)};" for space in text[len(ink) :])
    if table:
        yield ruled(table)


def escape_row(text: str) -> str:
    """Returns a table's row; the bar that begins it is the table's own."""
    return f"|{escape(text[1:])}" if len(text) > 1 else text


def ruled(rows: list[str]) -> str:
    """Returns a table as Markdown has it, with the rule below its first row."""
    columns = rows[0].count("|") - 1
    return "\n".join([rows[0], f"|{' --- |' * columns}", *rows[1:]])


def metadata(draft: Draft, transcript: str) -> str:
    """Returns speech.yml with what was found."""
    head = draft.head
    known: dict[str, Any] = {"title": draft.title or draft.name}
    known["slug"] = identifier(draft.name, {}, {})
    if not head.title:
        known["untitled"] = True
    if len(head.title) > 1:
        known["title_lines"] = [part for line in head.title for part in broken(line)]
    optional = {
        "byline": list(head.byline),
        "speaker": head.speaker,
        "date": head.date,
        "occasion": head.occasion,
        "lang": "" if draft.lang == "zh-Hans" else draft.lang,
        "left_out": {index + 1: draft.talk.lines[index].text for index in sorted(head.left_out)},
    }
    known |= {key: value for key, value in optional.items() if value}
    known["sha256"] = hashlib.sha256(transcript.encode()).hexdigest()
    return "# 这篇讲话的已知信息。不知道的（讲话人、日期、地点）就不写，绝不编造。\n" + dump(known)


def frame(draft: Draft, themes: list[str]) -> dict[str, str]:
    """Returns mkdocs.yml and the pages without words: this checkout's, with the new names."""
    source = (OURS / CONFIG).read_text(encoding="utf-8")
    config, _ = parse_yaml(source, CONFIG)
    listed = nav_pages(config["nav"])
    old = [page for page in listed if own_page(page).includes and page != WHOLE_PAGE]
    nav = [entry for entry in config["nav"] if not isinstance(entry, dict)]
    nav.insert(1, {draft.ours("讲话"): themes})
    files = {CONFIG: configured(source, draft, nav)}
    for name in listed:
        if name in old or name == WHOLE_PAGE:
            continue
        page = own_page(name)
        meta = {key: value for key, value in page.meta.items() if key != "sources"}
        body = page.text[page.text.index("\n---\n") + 5 :].lstrip("\n")
        body = "本篇的词语还没有整理。\n" if name == GLOSSARY else body
        body = draft.ours(body).replace(draft.ours(config["site_name"]), draft.name)
        for theme in old:  # 分篇阅读
            body = body.replace(f"({theme})", f"({themes[0]})")
        files[f"docs/{name}"] = draft.ours(front_matter(meta)) + body
    return files


def configured(source: str, draft: Draft, nav: list[Any]) -> str:
    """Returns this checkout's mkdocs.yml with other names and nav; the comments stay."""
    config, _ = parse_yaml(source, CONFIG)
    new = {
        "site_name": f" {dump(draft.name)}",
        "site_description": f" {dump(draft.ours(config['site_description']))}",
        "nav": f"\n{dump(nav)}\n",
    }
    root: Any = yaml.compose(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    theme = next(value for key, value in root.value if key.value == "theme")
    for key, value in sorted([*root.value, *theme.value], key=lambda pair: -start_of(pair[0])):
        before, after = source[: value.start_mark.index], source[value.end_mark.index :]
        if key.value == THEME_KEY:
            source = source[: start_of(key)].rstrip(" ") + after.lstrip("\n")
        elif key.value in new:
            source = f"{before.rstrip()}{new[key.value]}{after.lstrip(chr(10))}"
    return source


def start_of(node: Any) -> int:
    return int(node.start_mark.index)


def own_page(name: str) -> Page:
    text = (OURS / "docs" / name).read_text(encoding="utf-8")
    return read_page(name, text, [])


def front_matter(meta: dict[str, Any]) -> str:
    return f"---\n{dump(meta)}---\n\n"


def dump(value: Any) -> str:
    """Returns plain YAML on as few lines as it needs."""
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=2**30)
    return text.removesuffix("...\n")
