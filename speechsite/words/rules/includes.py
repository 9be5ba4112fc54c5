"""Rules about which page includes which words, and that together they are the transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from pathlib import Path

from speechsite.problem import Problem, Problems
from speechsite.words.frame import nav_pages
from speechsite.words.markup import HEADING, read_words
from speechsite.words.model import TRANSCRIPT, WORDS, Line, Page, Row, Speech, spoken_lines
from speechsite.words.places import guess, in_config, in_metadata, words_files
from speechsite.words.rules.facts import is_well_formed
from speechsite.words.transcript import body_of, lines_left_out, transcript_body
from speechsite.words.verbatim import compare


def target_rules(speech: Speech) -> Problems:
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
    return not pages <= speech.names or bool(list(target_rules(speech)))


def once_rules(speech: Speech) -> Problems:
    """Each words file is included by the theme pages, once; no other is among them."""
    elsewhere = {name for page in speech.unlisted for name, _ in page.includes}
    dangling = is_dangling(speech)
    for name in words_files(speech):
        pages = [theme.page for theme in speech.themes if theme.words == name]
        if len(pages) > 1:
            message = f"被引入了 {len(pages)} 次（{'、'.join(pages)}）；只留一处"
            yield Problem(name, 0, "include", message)
        elif pages or name in elsewhere:
            continue
        elif message := stray_fault(speech, name):
            yield Problem(name, 0, "stray", message)
        elif not dangling:
            message = f'没有主题页引入它；在一页里写 --8<-- "{Path(name).name}"，并把这页列入 nav'
            yield Problem(name, 0, "include", message)


def stray_fault(speech: Speech, name: str) -> str:
    """Returns why a words file that no theme page includes is none of the speech; '' if it is."""
    lines = [line.original for line in lines_in(speech, name)]
    for theme in speech.themes:
        own = {line.original for line in spoken_lines(theme.blocks)}
        if is_covered(lines, own):
            return f"是 {theme.words} 的副本，没有主题页引入它；不要的就移出 speech 文件夹"
    transcript = speech.text(TRANSCRIPT).replace("\n", "")
    if is_covered(lines, transcript):
        return ""
    return "没有主题页引入它，里面也不是原文的话；移出 speech 文件夹"


def lines_in(speech: Speech, name: str) -> list[Line]:
    """Returns the lines of a words file that are the transcript's own."""
    return spoken_lines(read_words(speech.text(name)))


def is_covered(lines: list[str], known: Container[str]) -> bool:
    """Says whether lines of text, by their length, are at least half of them known."""
    total = sum(map(len, lines))
    share = sum(len(line) for line in lines if line in known)
    return 0 < total <= 2 * share


def order_rules(speech: Speech) -> Problems:
    """The nav follows the order of the words files' names.

    Where a file is included twice (`once_rules`), nobody knows its place.
    """
    pages = {theme.words: Path(theme.page).name for theme in speech.themes}
    order = list(pages)
    if order != sorted(order) and len(order) == len(speech.themes):
        wanted = dict.fromkeys(pages[words] for words in sorted(order))
        message = f"各主题页的次序与文字的次序不合；依次写成 {'、'.join(wanted)}"
        yield in_config(speech, "order", message, "nav")


def whole_rules(speech: Speech) -> Problems:
    """The whole text's page includes every words file once, in order, under its theme's name."""
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
    if lacking := [name for name in wanted if times[name] == 0]:
        return f"全文页少引入了 {file_names(lacking)}；照别的篇补上"
    if doubled := [name for name in wanted if times[name] > 1]:
        return f"全文页引入 {file_names(doubled)} 不止一次；各留一处"
    return f"全文页各篇的次序不对；依次引入 {file_names(wanted)}"


def file_names(paths: Iterable[str]) -> str:
    return "、".join(Path(path).name for path in paths)


def whole_title_rules(speech: Speech, page: Page) -> Problems:
    """On the page of the whole text, the heading above a theme's words is the theme's name."""
    themes = {theme.words: theme for theme in speech.themes}
    includes = {line: themes[words] for words, line in page.includes if words in themes}
    title = ""
    for line, source in enumerate(page.text.split("\n"), 1):
        if heading := HEADING.match(source):
            title = heading["title"]
        theme = includes.get(line)
        if theme is None:
            continue
        if title and theme.title and title != theme.title:
            message = f"“{title}”下面是《{theme.title}》（{theme.page}）的文字；两处名称改成一样"
            yield Problem(page.path, line, "title", message)
        title = ""


def verbatim_rules(speech: Speech) -> Problems:
    """The words, editors' headings and markup aside, are the transcript below its title.

    A line break of the transcript is one of theirs too.
    """
    if not is_comparable(speech):
        return
    body, instead = body_of(speech)
    if instead or not body:
        yield title_problem(speech, instead)
        return
    transcript = [text for _, text in body]
    files: dict[str, list[Line]] = {}
    for name in compared_files(speech):
        lines = lines_in(speech, name)
        files[name] = [line for line in lines if not is_added_rule(line, transcript)]
    yield from compare(files, transcript)


def is_comparable(speech: Speech) -> bool:
    """Says whether it is known where the words begin, and which files hold them."""
    for key in ("title", "byline", "untitled", "left_out"):
        if key in speech.metadata and not is_well_formed(key, speech.metadata[key]):
            return False
    if len(lines_left_out(speech)) != len(speech.left_out) or list(target_rules(speech)):
        return False
    return bool(speech.themes) and "title" in speech.metadata


def title_problem(speech: Speech, instead: str) -> Problem:
    """Returns how title or byline differ from the transcript, which begins otherwise."""
    text = speech.text(TRANSCRIPT)
    _, without_byline = transcript_body(text, speech.transcript_title, [], lines_left_out(speech))
    key, what = "byline", "byline"
    if without_byline or not instead:
        key, what = "title", "标题 title"
    message = f"原文此处是“{instead[:24]}”，与 speech.yml 的{what}不合；照原文改 speech.yml"
    return in_metadata(speech, "title", message, key)


def compared_files(speech: Speech) -> list[str]:
    """Returns the words files that stand for the transcript, in order: no copy, no stray draft."""
    included = {theme.words for theme in speech.themes}
    names = words_files(speech)
    return [name for name in names if name in included or not stray_fault(speech, name)]


def is_added_rule(line: Line, transcript: list[str]) -> bool:
    """Says whether a line only rules a table, and the transcript has it not."""
    return isinstance(line, Row) and line.rules and line.original not in transcript
