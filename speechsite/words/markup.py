r"""The closed subset of Markdown that a words file is written in.

A heading a line with its `{ #id }` (`{ #id .said }` where the line is the transcript's own), a
paragraph a line, a table a run of lines `| a | b |`. In each: plain text, backslash escapes,
character references, `**emphasis**` and CriticMarkup
(https://fletcher.github.io/MultiMarkdown-6/syntax/critic.html): `{~~old~>new~~}`, `{++new++}`,
`{--old--}`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from speechsite.words.model import (
    Block,
    Heading,
    Paragraph,
    Row,
    Span,
    Table,
    corrected_of,
    original_of,
)

# Python-Markdown's ESCAPED_CHARS and the one its tables extension adds.
ESCAPABLE = r"\\`*_{}\[\]()>#+\-.!|"
# The next run of a line: \* or &lt; or {~~old~>new~~} or {++new++} or {--old--} or ** or text.
TOKEN = re.compile(
    rf"\\(?P<escaped>[{ESCAPABLE}])|(?P<reference>&(?:[a-z]+|#\d+);)"
    r"|\{~~(?P<old>.*?)~>(?P<new>.*?)~~\}|\{\+\+(?P<added>.*?)\+\+\}|\{--(?P<removed>.*?)--\}"
    r"|(?P<emphasis>\*\*)|(?P<text>[^\\&{*]+|.)"
)
# ## （一）供水工作 { #water .said }
HEADING = re.compile(
    r"(?P<marks>#{1,6})\s+(?P<title>.*?)(?:\s+\{:?\s*(?P<attributes>[#.][^{}]*)\})?\s*$"
)
SAID = ".said"
TABLE_ROW = re.compile(r"\|.*\|\s*$")  # | 甲 | 乙 |
TABLE_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+\s*$")  # |---|:-:|
CELL_END = re.compile(r"(?<!\\)\|")  # a bar that no backslash takes back
FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


def read_spans(source: str, offset: int = 0, emphasis: bool = False) -> Iterator[Span]:
    """Yields the runs of one line of a words file, neighbours with the same reading not joined."""
    for match in TOKEN.finditer(source):
        kind, start = match.lastgroup, offset + match.start()
        if kind == "text":
            yield Span(match[0], match[0], start, emphasis)
        elif kind == "escaped":
            yield Span(match["escaped"], match["escaped"], start, emphasis)
        elif kind == "reference":
            char = html.unescape(match[0])
            yield Span(char, char, start, emphasis)
        elif kind == "emphasis":
            emphasis = not emphasis
        else:
            old = match["old"] or match["removed"] or ""
            new = match["new"] or match["added"] or ""
            yield Span(unmarked(old), unmarked(new), start, emphasis)


def unmarked(side: str) -> str:
    """Returns what one side of a correction says; it may hold escapes too."""
    return original_of(read_spans(side))


def heading_id(heading: re.Match[str]) -> str:
    """Returns the id of a heading, '' where it has none; attr_list takes the last one."""
    name = ""
    for part in attributes(heading):
        if part.startswith("#"):
            name = part[1:]
    return name


def attributes(heading: re.Match[str]) -> list[str]:
    return (heading["attributes"] or "").split()


def body_lines(text: str) -> list[str]:
    """Returns the lines of a file of Markdown, those of its front matter left blank."""
    lines = text.split("\n")
    if front := FRONT_MATTER.match(text):
        height = front[0].count("\n")
        lines[:height] = [""] * height
    return lines


def read_words(text: str, first_number: int = 1) -> tuple[Block, ...]:
    """Returns the blocks of a words file; paragraphs are numbered from `first_number`."""
    blocks: list[Block] = []
    table: list[tuple[int, str]] = []
    number = first_number
    for line, source in enumerate([*body_lines(text), ""], 1):
        if TABLE_ROW.match(source):
            table.append((line, source))
            continue
        if table:
            blocks.append(read_table(table))
            table = []
        if heading := HEADING.match(source):
            blocks.append(read_heading(heading, line))
        elif source.strip():
            spans = tuple(read_spans(source.rstrip()))
            blocks.append(Paragraph(number, spans, line))
            number += 1
    return tuple(blocks)


def read_heading(heading: re.Match[str], line: int) -> Heading:
    spans = tuple(read_spans(heading["title"]))
    return Heading(
        title=corrected_of(spans),
        id=heading_id(heading),
        level=len(heading["marks"]),
        line=line,
        said=SAID in attributes(heading),
        spans=spans,
    )


def read_table(lines: list[tuple[int, str]]) -> Table:
    """Returns the table that some lines, each with its number, draw."""
    rows: list[tuple[str, ...]] = []
    source: list[Row] = []
    for number, line in lines:
        spans = tuple(read_spans(line.rstrip()))
        rules = bool(TABLE_RULE.match(line))
        source.append(Row(spans, number, rules))
        if not rules:
            rows.append(read_cells(line))
    first = source[0].line
    return Table(tuple(rows), first, tuple(source))


def read_cells(line: str) -> tuple[str, ...]:
    """Returns what is read between the bars of a table's line."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    cells: list[str] = []
    for cell in CELL_END.split(inner):
        spans = read_spans(cell.strip())
        cells.append(corrected_of(spans))
    return tuple(cells)
