r"""Rules about how a words file is written: what stands in a line, and which lines there are."""

from __future__ import annotations

import re
from itertools import pairwise

from speechsite.problem import Problem, Problems
from speechsite.words.markup import HEADING, TABLE_ROW, TABLE_RULE, TOKEN, body_lines
from speechsite.words.model import Speech
from speechsite.words.places import words_files

# Markdown that a words file may not hold unescaped, wherever it stands: ` _ [ < { * &nbsp;
MARKUP = re.compile(r"[`_\[<{]|\*(?!\*)|(?<=\*)\*|&(?:[A-Za-z]\w*|#x[0-9A-Fa-f]+);")
STRAY = re.compile(rf"{MARKUP.pattern}|[~>]")  # in a correction, whose own signs these are
# Markdown at a line's start: indentation, a quotation, a list, a rule, a bar.
LINE_START = re.compile(r"\s|>|[-+]\s|\d+\.\s|~~~|(?:[-_*]\s*){3,}$|=+$|\|(?!.*\|\s*$)|#")
CLOSE_HEADING = re.compile(r"(?P<marks>#{1,6})(?P<title>[^#\s].*)")  # ##很辛苦
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+);")
HTML = re.compile(r"</?[A-Za-z!][^>]*>?")  # <b> or </b> or <!--
ID = re.compile(r"(?!p\d+$)[a-z][a-z0-9-]*")  # p1, p2 … are the paragraphs' own


def line_rules(speech: Speech) -> Problems:
    """A words file has a paragraph a line with an empty line between, and no front matter."""
    for name in words_files(speech):
        text = speech.text(name)
        lines = body_lines(text)
        if not lines[0] and text.startswith("---"):
            message = "文字文件不写 front matter；把它移到 docs/ 的页面里"
            yield Problem(name, 1, "front-matter", message)
        for number, (above, line) in enumerate(pairwise(lines), 2):
            if is_prose(above) and is_prose(line):
                message = (
                    f"段落在“{above[-6:]}”后断了行，网页上会多出空格；一段写成一行，两段之间空一行"
                )
                yield Problem(name, number, "wrap", message)
            if TABLE_ROW.match(line) and is_prose(above):
                message = "表格前面没有空行，会和上一段连在一起；空一行"
                yield Problem(name, number, "table", message)


def is_prose(line: str) -> bool:
    if HEADING.match(line) or TABLE_ROW.match(line):
        return False
    return bool(line.strip())


def table_rules(speech: Speech) -> Problems:
    """A table's second line rules it off, `|---|---|`, with as many cells as the first has."""
    for name in words_files(speech):
        lines = ["", *body_lines(speech.text(name)), ""]
        for number in range(1, len(lines) - 1):
            above, first, second = lines[number - 1 : number + 2]
            begins = TABLE_ROW.match(first) and not TABLE_ROW.match(above)
            if begins and not TABLE_RULE.match(second):
                message = "表格的第二行应是 |---|---|，原文没有也要写；补上，不是表格就写成 \\|"
                yield Problem(name, number, "table", message)


def markup_rules(speech: Speech) -> Problems:
    """A words file holds no HTML; its Markdown is headings, tables, **emphasis**, corrections."""
    for name in words_files(speech):
        for number, line in enumerate(body_lines(speech.text(name)), 1):
            if html := HTML.search(line):
                message = f"文字文件不写 HTML：{html[0]}；删去，原文的 < 写成 &lt;"
                yield Problem(name, number, "html", message)
            elif line.strip() and (message := markup_fault(line)):
                yield Problem(name, number, "markup", message)


def markup_fault(line: str) -> str:
    """Returns what a line has of Markdown that would not be shown as it stands; '' if nothing."""
    if close := CLOSE_HEADING.match(line):
        marks = close["marks"]
        return (
            f"“{marks}”后面没有空格；小标题写成“{marks} {close['title'].strip()}”，是原文就写成 \\#"
        )
    heading = HEADING.match(line)
    source = heading["title"] if heading else line.rstrip()
    if not heading and (start := LINE_START.match(source)):
        return f"行首的“{start[0]}”会被当作排版记号；删去，是原文就在前面加 \\"
    if wrong := stray_markup(source):
        return f"“{wrong}”会被当作排版记号；删去，是原文就写成 \\{wrong}（< 写成 &lt;）"
    kinds = [match.lastgroup for match in TOKEN.finditer(source)]
    if kinds.count("emphasis") % 2:
        return "着重号 ** 没有成对；补上另一半，是原文就写成 \\*\\*"
    return ""


def stray_markup(source: str) -> str:
    """Returns the first sign in a line, or in a side of its corrections, that may not stand so."""
    wrong = MARKUP.search(plain(source))
    if wrong:
        return wrong[0]
    for match in TOKEN.finditer(source):
        for side in match.group("old", "new", "added", "removed"):
            if side and (wrong := STRAY.search(plain(side))):
                return wrong[0]
    return ""


def plain(source: str) -> str:
    """Returns what of a line of words is no markup that a words file may hold."""
    text = ""
    for match in TOKEN.finditer(source):
        if match.lastgroup in {"text", "reference"}:
            text += match[0]
    return REFERENCE.sub("", text)


def id_rules(speech: Speech) -> Problems:
    """Every heading of the words has an id unlike any other's: they all meet on one page."""
    seen: dict[str, str] = {}
    themes = {theme.words: theme for theme in speech.themes}
    for theme in themes.values():
        for heading in theme.headings:
            if message := id_fault(heading.title, heading.id, seen):
                yield Problem(theme.words, heading.line, "heading-id", message)
            seen.setdefault(heading.id, f"{theme.words}:{heading.line}")


def id_fault(title: str, name: str, seen: dict[str, str]) -> str:
    """Returns what is wrong with the id of a heading; `seen` says where each id stands already."""
    if not name:
        return f"标题“{title}”没有 id；在行末加上 {{ #english-name }}"
    if not ID.fullmatch(name):
        return f"id “{name}”不合用（小写英文、数字、连字符，不用 p1 这样的段号）；改名"
    if name in seen:
        return f"id “{name}”在 {seen[name]} 已经用过；换一个"
    return ""
