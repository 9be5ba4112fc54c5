"""Makes a new project from a talk: its words under proposed headings, the frame around them, whole or not at all.

The frame is this checkout's own (mkdocs.yml and the pages of docs/ that hold no words), with nothing of its speech.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import Any

import opencc
import yaml
from pypinyin import lazy_pinyin

from speechsite.draft.outline import (
    SECTION_NAMES,
    TITLE_LENGTH,
    Outline,
    Place,
    Section,
    plain,
    recognise,
)
from speechsite.draft.talk import INVISIBLE, read_talk
from speechsite.problem import Problem, Stop
from speechsite.words.read import (
    METADATA,
    TRANSCRIPT,
    WHOLE,
    WORDS,
    Page,
    Paragraph,
    nav_pages,
    parse_yaml,
    read_page,
    read_words,
    text_of,
)

OURS = Path(__file__).parents[2]
CONFIG, GLOSSARY = "mkdocs.yml", "glossary.md"
SHORT = 22 * 28 // 2  # characters, half a printed page: shorter parts share a page
MOST_PAGES = 40  # each page carries the nav of all pages, so a site must not grow with the square of its speech
# Markdown and CriticMarkup wherever they stand, and what is markup at a line's start only.
ANYWHERE = re.compile(r"[\\`*_\[<&\t]|\{(?:--|\+\+|>>|==|~~)?")
LITERALS = {
    "<": "&lt;",
    "&": "&amp;",
    "\t": "&#9;",
    "{--": r"\{\--",
    "{++": r"\{\++",
    "{>>": r"\{\>>",
}
LITERALS |= {"{==": r"\{&#61;=", "{~~": r"\{&#126;~"}
AT_START = re.compile(
    r"(?P<mark>#|>|[-+](?=\s)|---|-\s*-\s*-)|(?P<number>\d+)(?=\.\s)|(?P<other>~(?=~~)|=(?==*$))"
)
ID_LENGTH = 24  # characters
TAKEN = {"index", "full", "glossary", "handouts", "about", "404", "search", "assets", "stylesheets", "javascripts"} | {
    "title", "corrections", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the new project, from `begins`; its points are sections of levels 2 and 3, perhaps none."""

    title: str
    begins: Place
    points: tuple[Section, ...]


def new_project(talk: Path, folder: Path) -> list[str]:
    """Makes the project `folder` from the file `talk` and returns what an editor should look at, a line each.

    Raises Stop where the talk cannot be read, the folder holds something already or cannot be written.
    """
    read = read_talk(talk)
    outline = recognise(read.lines)
    if outline.body == len(read.lines):
        raise Stop(Problem(talk.name, 0, "talk", "只有标题，没有讲话的文字；换一个完整的文件"))
    try:
        folder = folder.resolve()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Stop(
                Problem(folder.name, 0, "new", "这个位置已经有东西了；换一个还没有的文件夹名")
            )
        files, notes = project_files([line.text for line in read.lines], outline, folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as temporary:
            project = Path(temporary) / "project"
            for name, text in files.items():
                (project / name).parent.mkdir(parents=True, exist_ok=True)
                (project / name).write_text(text, encoding="utf-8", newline="\n")
            # Not .md: every .md in speech/ is words.
            kept = {".md": ".markdown"}.get(talk.suffix.lower(), talk.suffix.lower())
            shutil.copyfile(talk, project / WORDS / f"received{kept}")
            if folder.exists():
                folder.rmdir()  # an empty folder; os.replace puts a folder in its place only outside Windows
            os.replace(project, folder)
    except OSError as error:
        message = f"写不进去（{error.strerror}）；换一个可写、放得下的位置"
        raise Stop(Problem(folder.name, 0, "new", message)) from None
    return [*read.notes, *notes]


def project_files(
    transcript: list[str], outline: Outline, folder: Path
) -> tuple[dict[str, str], list[str]]:
    """Returns the text of every file of the project by its path, and what an editor should look at."""
    title = "".join(outline.title)
    traditional = is_traditional("".join(transcript)[:10_000])
    ours = (
        opencc.OpenCC("s2tw").convert if traditional else str
    )  # what we write around the words, in their characters
    shown = plain(title) or ours(
        "讲话"
    )  # for the places where the title's own characters would be taken for markup
    taken = dict.fromkeys(TAKEN, 1)
    parts = parts_of(outline, transcript)
    slugs = [identifier(part.title, taken) for part in parts]
    width = max(2, len(str(len(parts))))
    ends = [*(part.begins for part in parts[1:]), (len(transcript), 0)]
    files = {
        TRANSCRIPT: "\n".join(transcript) + "\n",
        METADATA: metadata(outline, shown, traditional),
    }
    below = f"，题下是“{'”“'.join(outline.byline)}”" if outline.byline else ""
    notes = [
        f"{METADATA}: 标题是《{title}》{below}"
        if title
        else f"{METADATA}: 没有认出标题；把 title 改成合适的名称"
    ]
    whole = ours(front_matter(own_page(WHOLE).meta))
    for number, (part, slug, end) in enumerate(zip(parts, slugs, ends, strict=True), 1):
        name_of_page = ours(part.title) if part.title in SECTION_NAMES else part.title
        name = f"{number:0{width}d}-{slug}.md"
        include = f'<div class="speech" markdown>\n\n--8<-- "{name}"\n\n</div>\n'
        description = (
            "；".join(point.title for point in part.points if point.level == 2)[:120]
            or name_of_page
        )
        files[f"docs/{slug}.md"] = (
            front_matter({"title": name_of_page, "description": description}) + include
        )
        whole += f"## {name_of_page} {{ #{slug} }}\n\n{include}\n"
        files[f"{WORDS}/{name}"] = text = words(part, end, transcript, taken)
        notes += [f"{WORDS}/{name}:{line}: {what}" for line, what in corrected(text)]
    files[f"docs/{WHOLE}"] = whole.rstrip("\n") + "\n"
    files |= frame(shown, [f"{slug}.md" for slug in slugs], folder, ours)
    points = sum(len(part.points) for part in parts)
    if len(parts) + points > 1:
        notes.append(
            f"分成 {len(parts)} 页、{points} 个小标题，都取自原文开头的几个字；改成合适的名称，位置不对就移动"
        )
    else:
        notes.append(
            f"{WORDS}/{name}: 没有认出分节，全文放在一页；要分就在段前加“## 小标题 {{ #english-name }}”"
        )
    notes.append(f"docs/{GLOSSARY}: 还没有内容；写上本篇的提法，或连同 nav 里的一行删去")
    return files, notes


def parts_of(outline: Outline, transcript: list[str]) -> list[Part]:
    """Returns the pages: one a section of the first level, except that short ones share a page.

    A short section without points joins short ones before it, or the points made before the main series.
    """
    sections = [replace(s, place=after_space(s.place, transcript)) for s in outline.sections]
    lengths = [0, *accumulate(map(len, transcript))]

    def position(place: Place) -> int:
        return lengths[place[0]] + place[1]

    tops = [*(i for i, section in enumerate(sections) if section.level == 1), len(sections)]
    ends = [*(position(section.place) for section in sections), lengths[-1]]
    least = (lengths[-1] - ends[0]) / MOST_PAGES
    groups: list[list[list[Section]]] = []
    size, takes_short = 0, False
    for start, stop in pairwise(tops):
        own, length = sections[start:stop], ends[stop] - ends[start]
        short = own[0].marked and len(own) == 1 and length < SHORT
        if groups and (size < least or (short and takes_short)):
            groups[-1].append(own)
            size += length
        else:
            groups.append([own])
            size, takes_short = length, short or (not own[0].marked and len(own) > 1)
    return [part_of(group) for group in groups]


def part_of(group: list[list[Section]]) -> Part:
    """Returns the page of sections that share it; where they are equals, each becomes a point, a level lower."""
    (top, *points), *others = group
    if not others or (points and not top.marked):
        title = top.title
    else:
        points = [replace(top, level=2), *(replace(point, level=3) for point in points)]
        title = "、".join(own[0].title for own in group)
        title = (
            title if len(title) <= TITLE_LENGTH else f"{top.title}及其他"
        )  # the same in traditional characters
    for own in others:
        points += [replace(own[0], level=2), *(replace(point, level=3) for point in own[1:])]
    return Part(title, top.place, tuple(points))


def after_space(place: Place, transcript: list[str]) -> Place:
    """Returns the place of the first character from `place` on that leaves ink: no words file begins with a space."""
    line, column = place
    while transcript[line][column].isspace():
        column += 1
    return line, column


def words(part: Part, end: Place, transcript: list[str], taken: dict[str, int]) -> str:
    """Returns a words file: headings, and below each the transcript up to the next."""
    blocks: list[str] = []
    begins = part.begins
    for point in (*part.points, None):
        blocks += cut(transcript, begins, point.place if point else end)
        if point:
            blocks.append(
                f"{'#' * point.level} {point.title} {{ #{identifier(point.title, taken)} }}"
            )
            begins = point.place
    return "\n\n".join(blocks) + "\n"


def cut(transcript: list[str], begins: Place, end: Place) -> Iterator[str]:
    """Yields the paragraphs between two places, as they stand in a words file."""
    for line in range(begins[0], min(end[0] + 1, len(transcript))):
        text = transcript[line]
        text = text[begins[1] if line == begins[0] else 0 : end[1] if line == end[0] else len(text)]
        ink = text.rstrip()
        if ink:  # white space before a cut must not get lost at the line's end
            yield escape(ink) + "".join(f"&#{ord(space)};" for space in text[len(ink) :])


def escape(text: str) -> str:
    """Returns text as a words file has it: read by speech.py it is the same, read as Markdown it shows the same.

    What no reader can see, and what is not NFC, becomes the left side of a correction.
    """
    odd = {char for char in set(text) if char != "\t" and unicodedata.category(char) in INVISIBLE}
    if not odd and unicodedata.is_normalized("NFC", text):
        escaped = literal(text)
    else:
        runs = groupby(
            clusters(text, odd),
            key=lambda c: odd.isdisjoint(c) and unicodedata.is_normalized("NFC", c),
        )
        escaped = "".join(
            literal("".join(run)) if sound else "".join(correction(cluster, odd) for cluster in run)
            for sound, run in runs
        )
    start = AT_START.match(text)
    if start is None or escaped[0] != text[0]:
        return escaped
    if start["number"]:
        return f"{start[0]}\\{escaped[start.end() :]}"
    return ("\\" if start["mark"] else f"&#{ord(text[0])};") + escaped[0 if start["mark"] else 1 :]


def literal(text: str) -> str:
    return ANYWHERE.sub(lambda m: LITERALS.get(m[0]) or f"\\{m[0]}", text)


def clusters(text: str, odd: set[str]) -> Iterator[str]:
    """Yields text in pieces that NFC never joins (Unicode Annex 15): each a character and the marks on it."""
    start = 0
    for at, char in enumerate(text):
        joins = char in odd or unicodedata.category(char)[0] == "M" or "\u1161" <= char <= "\u11c2"
        if at and not joins:
            yield text[start:at]
            start = at
    yield text[start:]


def correction(cluster: str, odd: set[str]) -> str:
    """Returns a cluster with its invisible characters marked as removed, or as a whole replaced by its NFC."""
    kept = "".join(char for char in cluster if char not in odd)
    composed = unicodedata.normalize("NFC", kept)
    if kept != composed:
        old, new = (
            literal(side).replace("~", "&#126;").replace(">", "&gt;")
            for side in (cluster, composed)
        )
        return f"{{~~{old}~>{new}~~}}"
    runs = groupby(cluster, key=odd.__contains__)
    return "".join(
        "{--" + "".join(run) + "--}" if hidden else literal("".join(run)) for hidden, run in runs
    )


def corrected(text: str) -> Iterator[tuple[int, str]]:
    """Yields the corrections that were needed in a words file, as (line, what)."""
    for block in read_words(text):
        for span in block.spans if isinstance(block, Paragraph) else ():
            if span.is_correction:
                codes = " ".join(f"U+{ord(char):04X}" for char in span.original[:8])
                what = f"改成“{span.corrected}”" if span.corrected else "不显示"
                yield block.line, f"原文有 {codes}，已标为勘误：{what}；看看对不对"


def identifier(title: str, taken: dict[str, int]) -> str:
    """Returns a short ASCII name made of the pinyin of `title`, unlike those in `taken` (with the last number
    given to each), and adds it to them."""
    syllables: list[str] = lazy_pinyin(title, errors=ascii_words)  # type: ignore[arg-type] # it takes lists too
    name = SECTION_NAMES.get(title, "")
    for syllable in () if name else syllables:
        if name and len(name) + len(syllable) > ID_LENGTH:
            break
        name = f"{name}-{syllable}" if name else syllable[:ID_LENGTH]
    if not re.fullmatch(r"(?!p\d+$)[a-z].*", name):
        name = f"part-{name}".rstrip("-")
    number = taken.get(name, 0) + 1
    while number > 1 and f"{name}-{number}" in taken:
        number += 1
    taken[name] = number
    name = f"{name}-{number}" if number > 1 else name
    taken[name] = taken.get(name, 1)
    return name


def ascii_words(text: str) -> list[str]:
    return re.findall("[a-z0-9]+", text.lower())


def is_traditional(text: str) -> bool:
    simplified: str = opencc.OpenCC("t2s").convert(text)
    return sum(a != b for a, b in zip(text, simplified, strict=False)) > len(text) / 20


def metadata(outline: Outline, shown: str, traditional: bool) -> str:
    """Returns speech.yml with what was found."""
    title = "".join(outline.title)
    known: dict[str, Any] = {"title": title or shown, "slug": identifier(shown, {})}
    if not title:
        known["untitled"] = True
    if len(outline.title) > 1:
        known["title_lines"] = list(outline.title)
    if outline.byline:
        known["byline"] = list(outline.byline)
    if outline.occasion:
        known["occasion"] = outline.occasion
    if traditional:
        known["lang"] = "zh-Hant"
    return "# 这篇讲话的已知信息。不知道的（讲话人、日期、地点）就不写，绝不编造。\n" + dump(known)


def frame(
    shown: str, themes: list[str], folder: Path, ours: Callable[[str], str]
) -> dict[str, str]:
    """Returns mkdocs.yml and the pages without words: this checkout's own, with the new names in them.

    `ours` turns our own words into the characters of the speech.
    """
    source = (OURS / CONFIG).read_text(encoding="utf-8")
    config, _ = parse_yaml(source, CONFIG)
    listed = [page for page in nav_pages(config["nav"]) if page != WHOLE]
    pages = [page for page in listed if not own_page(page).includes]
    nav = [pages[0], {ours("讲话"): themes}, WHOLE, *pages[1:]]
    named = {"site_name": shown, "site_description": ours(config["site_description"])}
    files = {CONFIG: configured(source, named, nav, folder)}
    for name in pages:
        page = own_page(name)
        body = page.text[page.text.index("\n---\n") + 5 :].lstrip("\n")
        body = "本篇的词语还没有整理。\n" if name == GLOSSARY else body
        body = ours(body).replace(ours(config["site_name"]), shown)
        for theme in set(listed) - set(pages):  # 从头阅读
            body = body.replace(f"({theme})", f"({themes[0]})")
        files[f"docs/{name}"] = ours(front_matter(page.meta)) + body
    return files


def configured(source: str, named: dict[str, str], nav: list[Any], folder: Path) -> str:
    """Returns this checkout's mkdocs.yml with other names, nav and way to the theme; the comments stay."""
    theme = OURS / "speechsite" / "theme"
    try:
        way = Path(os.path.relpath(theme, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        way = theme.as_posix()
    new = {key: f" {dump(value)}" for key, value in {**named, "custom_dir": way}.items()}
    new["nav"] = f"\n{dump(nav)}\n"
    root: Any = yaml.compose(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    keys = [*root.value, *next(value for key, value in root.value if key.value == "theme").value]
    for key, value in sorted(keys, key=lambda pair: -pair[0].start_mark.index):
        if key.value in new:
            before, after = (
                source[: value.start_mark.index].rstrip(),
                source[value.end_mark.index :].lstrip("\n"),
            )
            source = f"{before}{new[key.value]}{after}"
    return source


def own_page(name: str) -> Page:
    return read_page(name, text_of((OURS / "docs" / name).read_bytes()), [])


def front_matter(meta: dict[str, Any]) -> str:
    return f"---\n{dump(meta)}---\n\n"


def dump(value: Any) -> str:
    """Returns plain YAML on as few lines as it needs."""
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=2**30)
    return text.removesuffix("...\n")
