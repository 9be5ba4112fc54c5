"""Rules about which page includes which words, and that together they are the transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from speechsite.problem import Problem
from speechsite.words.frame import nav_pages
from speechsite.words.markup import HEADING, read_words
from speechsite.words.model import (
    METADATA,
    TRANSCRIPT,
    WORDS,
    Line,
    Page,
    Row,
    Speech,
    spoken_lines,
)
from speechsite.words.places import guess, line_of, words_files
from speechsite.words.transcript import body_of, lines_left_out, transcript_body
from speechsite.words.verbatim import compare


def target_rules(speech: Speech) -> Iterator[Problem]:
    """What a page includes is a words file that is there."""
    names = words_files(speech)
    for page in (*speech.pages, *speech.unlisted):
        for words, line in page.includes:
            if words not in names:
                hint = guess(words, names).replace(f"{WORDS}/", "")
                message = f"没有 {words} 这个文件{hint}；改正文件名，或补上文件"
                yield Problem(page.path, line, "include", message)


def is_dangling(speech: Speech) -> bool:
    """Says whether nav or a page names what is not there: nobody knows what that should be."""
    pages = set(nav_pages(speech.config.get("nav")))
    return bool(pages - speech.names) or any(True for _ in target_rules(speech))


def once_rules(speech: Speech) -> Iterator[Problem]:
    """Each words file is included by the theme pages, once; no other is among them."""
    pages: dict[str, list[str]] = {}
    for theme in speech.themes:
        pages.setdefault(theme.words, []).append(theme.page)
    elsewhere = {name for page in speech.unlisted for name, _ in page.includes}
    for name in words_files(speech):
        if name in pages and len(pages[name]) > 1:
            listed = "、".join(pages[name])
            message = f"被引入了 {len(pages[name])} 次（{listed}）；只留一处"
            yield Problem(name, 0, "include", message)
        elif name in pages or name in elsewhere:
            continue
        elif message := stray_fault(speech, name):
            yield Problem(name, 0, "stray", message)
        elif not is_dangling(speech):
            message = f'没有主题页引入它；在一页里写 --8<-- "{Path(name).name}"，并把这页列入 nav'
            yield Problem(name, 0, "include", message)


def stray_fault(speech: Speech, name: str) -> str:
    """Returns why a words file that no theme page includes is none of the speech; '' if it is."""
    for theme in speech.themes:
        if shares_words(speech, name, theme.words):
            return f"是 {theme.words} 的副本，没有主题页引入它；不要的就移出 speech 文件夹"
    if is_spoken(speech, name):
        return ""
    return "没有主题页引入它，里面也不是原文的话；移出 speech 文件夹"


def lines_in(speech: Speech, name: str) -> list[str]:
    return [line.original for line in own_lines(speech, name)]


def own_lines(speech: Speech, name: str) -> list[Line]:
    return spoken_lines(read_words(speech.text(name)))


def shares_words(speech: Speech, name: str, other: str) -> bool:
    """Says whether at least half of a file's text stands in another, line by line."""
    return covered(lines_in(speech, name), set(lines_in(speech, other)))


def is_spoken(speech: Speech, name: str) -> bool:
    """Says whether at least half of a file's text stands in the transcript."""
    transcript = speech.text(TRANSCRIPT).replace("\n", "")
    lines = lines_in(speech, name)
    return covered(lines, {line for line in lines if line in transcript})


def covered(lines: list[str], known: set[str]) -> bool:
    """Says whether lines of text, by their length, are at least half of them known."""
    total = sum(map(len, lines))
    share = sum(len(line) for line in lines if line in known)
    return 0 < total <= 2 * share


def order_rules(speech: Speech) -> Iterator[Problem]:
    """The nav follows the order of the words files' names."""
    pages: dict[str, str] = {}
    for theme in speech.themes:
        pages.setdefault(theme.words, Path(theme.page).name)
    order = list(pages)
    if order != sorted(order):
        names = [pages[words] for words in sorted(order)]
        wanted = "、".join(dict.fromkeys(names))
        name = speech.config_file.name
        message = f"各主题页的次序与文字的次序不合；依次写成 {wanted}"
        yield Problem(name, line_of(speech, name, "nav"), "order", message)


def whole_rules(speech: Speech) -> Iterator[Problem]:
    """The page of the whole text includes every words file once, in order, under its theme's name."""
    page = speech.whole
    if page is None or is_dangling(speech):
        return
    wanted = sorted({theme.words for theme in speech.themes})
    own = [name for name, _ in page.includes if name in wanted]
    if own == wanted:
        yield from whole_title_rules(speech, page)
    else:
        line = page.includes[0][1] if page.includes else 1
        yield Problem(page.path, line, "include", whole_fault(own, wanted))


def whole_fault(own: list[str], wanted: list[str]) -> str:
    """Returns what the page of the whole text includes too little, too often or out of order."""
    times = Counter(own)
    lacking = [Path(name).name for name in wanted if not times[name]]
    if lacking:
        return f"全文页少引入了 {'、'.join(lacking)}；照别的篇补上"
    doubled = [Path(name).name for name in wanted if times[name] > 1]
    if doubled:
        return f"全文页引入 {'、'.join(doubled)} 不止一次；各留一处"
    return f"全文页各篇的次序不对；依次引入 {'、'.join(Path(name).name for name in wanted)}"


def whole_title_rules(speech: Speech, page: Page) -> Iterator[Problem]:
    """On the page of the whole text, the heading above a theme's words is the theme's name."""
    themes = {theme.words: theme for theme in speech.themes}
    lines = page.text.split("\n")
    above = 0
    for words, line in page.includes:
        if words not in themes:
            continue
        theme = themes[words]
        title = last_heading(lines[above : line - 1])
        if title and theme.title and title != theme.title:
            message = f"“{title}”下面是《{theme.title}》（{theme.page}）的文字；两处名称改成一样"
            yield Problem(page.path, line, "title", message)
        above = line


def last_heading(lines: list[str]) -> str:
    """Returns the text of the last heading in some lines of a page, '' where there is none."""
    title = ""
    for line in lines:
        if heading := HEADING.match(line):
            title = heading["title"]
    return title


def verbatim_rules(speech: Speech) -> Iterator[Problem]:
    """The words, editors' headings and markup aside, are the transcript below its title.

    A line break of the transcript is one of theirs too.
    """
    if not is_comparable(speech) or any(True for _ in target_rules(speech)):
        return
    body, instead = body_of(speech)
    if instead or not body:
        yield title_problem(speech, instead)
        return
    kept = {text for _, text in body}
    files: dict[str, list[Line]] = {}
    for name in compared_files(speech):
        lines = own_lines(speech, name)
        files[name] = [line for line in lines if not is_added_rule(line, kept)]
    yield from compare(files, [text for _, text in body])


def is_comparable(speech: Speech) -> bool:
    """Says whether it is known where the words begin, and which files hold them."""
    known = {"title": str, "byline": list, "untitled": bool, "left_out": dict}
    for key, kind in known.items():
        if not isinstance(speech.metadata.get(key, kind()), kind):
            return False
    left_out = len(lines_left_out(speech)) == len(speech.left_out)
    return bool(speech.themes) and left_out and "title" in speech.metadata


def title_problem(speech: Speech, instead: str) -> Problem:
    """Returns how title or byline differ from the transcript, which begins otherwise."""
    text = speech.text(TRANSCRIPT)
    _, without = transcript_body(text, speech.transcript_title, [], lines_left_out(speech))
    key, what = ("title", "标题 title") if without or not instead else ("byline", "byline")
    message = f"原文此处是“{instead[:24]}”，与 speech.yml 的{what}不合；照原文改 speech.yml"
    return Problem(METADATA, line_of(speech, METADATA, key), "title", message)


def compared_files(speech: Speech) -> list[str]:
    """Returns the words files that stand for the transcript, in order: no copy, no stray draft."""
    included = {theme.words for theme in speech.themes}
    names: list[str] = []
    for name in words_files(speech):
        if name in included or not stray_fault(speech, name):
            names.append(name)
    return names


def is_added_rule(line: Line, kept: set[str]) -> bool:
    """Says whether a line only rules a table, and the transcript (its lines: `kept`) has it not."""
    return isinstance(line, Row) and line.rules and line.original not in kept
