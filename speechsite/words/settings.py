"""Reads settings: plain YAML without tags, and in our words what is wrong with it, on its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

import yaml
from yaml.composer import ComposerError

from speechsite.problem import Problem

Settings: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, ...]  # where a value stands: ("nav", "1", "讲话", "0")
Fault: TypeAlias = tuple[int, str]  # a line, counted from 1, and what is wrong there

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
START = r"\s*(?:-\s+)?"  # of a line: its indentation, and the dash of a list
FULL_WIDTH = re.compile(rf"{START}[^:#\"'\[{{“]*?：")  # title：讲话
CLOSE_COLON = re.compile(rf"{START}[\w-]+:[^\s/:]")  # title:讲话, but not http://
COLON = re.compile(r":(?=\s|$)")  # what ends a key
TAG = re.compile(r"tag '(?P<tag>[^']*)'")  # … for the tag '!ENV'
ITSELF = "alias of what it stands in"


def parse_yaml(text: str, name: str, above: int = 0) -> tuple[Settings, list[Problem]]:
    """Returns a YAML mapping and what is wrong with it; an empty one where it cannot be read.

    `above` counts the lines of the file that stand above `text` (front matter begins at line 2).
    """
    value, fault = read_mapping(text)
    if fault is None:
        return value, []
    line, message = fault
    last = text.rstrip("\n").count("\n") + 1
    return {}, [Problem(name, above + min(line, last), "yaml", message)]


def read_mapping(text: str) -> tuple[Settings, Fault | None]:
    """Returns a YAML mapping, or the first fault that keeps it from being one."""
    value: Any = None
    try:
        loader = LOADER(text)
        node = loader.get_single_node()
        if node is not None:
            if fault := flaw(loader, node):
                return {}, fault
            value = loader.construct_document(node)
    except yaml.YAMLError as error:
        return {}, explain(error, text)
    except RecursionError:
        return {}, (1, "一层套一层太多；照 README 的样子写")
    if isinstance(value, dict):
        return value, None
    first_line = text.split("\n")[0]
    return {}, (1, colon_fault(first_line) or "里面没有“键: 值”；照 README 的样子写")


def flaw(loader: Any, root: yaml.Node) -> Fault | None:
    """Returns what YAML lets pass and nobody can mean: a key again, a day that is none."""
    lines: dict[Key, int] = {}
    for key, place, value in entries(root):
        line = line_at(place)
        if key in lines:
            return line, f"{key[-1]} 在第 {lines[key]} 行已经写过；只留一处"
        lines[key] = line
        if value.tag.endswith((":timestamp", ":int")):
            try:
                loader.construct_object(value)
            except ValueError:
                message = f"“{value.value}”不是日历上有的日子；照 2026-01-31 的样子写"
                return line_at(value), message
    return None


def line_at(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def entries(
    node: yaml.Node, key: Key = (), inside: tuple[yaml.Node, ...] = ()
) -> Iterator[tuple[Key, yaml.Node, yaml.Node]]:
    """Yields every key and list item below a node: where it stands, what begins it, its value.

    Raises ComposerError for a node that holds itself (by an alias).
    """
    if node in inside:
        raise ComposerError(problem=ITSELF, problem_mark=node.start_mark)
    parts: list[tuple[object, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        parts = [(name.value, name, value) for name, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(number, item, item) for number, item in enumerate(node.value)]
    for name, place, value in parts:
        own = (*key, str(name))
        yield own, place, value
        yield from entries(value, own, (*inside, node))


def explain(error: yaml.YAMLError, text: str) -> Fault:
    """Returns the line of a fault that keeps YAML from being read, and what to do about it."""
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:  # a character it does not take
        before = text.encode()[: getattr(error, "position", 0)]
        char = getattr(error, "character", 0)
        return before.count(b"\n") + 1, f"有看不见的字符 U+{char:04X}；删去"
    begun = error.context_mark
    what = f"{error.context or ''} {error.problem or ''}"
    lines = [*text.split("\n"), ""]
    line = lines[mark.line]
    for number in (mark.line, mark.line - 1):
        if number >= 0 and (fault := colon_fault(lines[number])):
            return number + 1, fault
    if begun and ("quoted scalar" in what or "expected ','" in what):
        return begun.line + 1, unclosed(what)
    if "\t" in line[: mark.column + 1] or "tab" in what:
        return mark.line + 1, "这一行有制表符（Tab）；缩进改用空格"
    if begun and ("alias" in what or "anchor" in what):
        mark = begun  # the sign itself, and not what follows it
    return mark.line + 1, fault_of(line, mark.column, what)


def colon_fault(line: str) -> str:
    """Returns what is wrong with the colon after a line's key; '' where nothing is."""
    if COLON.search(line):
        return ""
    if FULL_WIDTH.match(line):
        return "冒号是全角的“：”；改成半角的冒号，后面空一格"
    if CLOSE_COLON.match(line):
        return "冒号后面没有空格；空一格"
    return ""


def unclosed(what: str) -> str:
    if "escape" in what:
        return "双引号里的“\\”另有意思；改用单引号"
    if "quoted" in what:
        return "引号没有成对；补上另一半"
    return "括号没有成对；补上另一半，不是列表就把整个值放进引号"


def fault_of(line: str, column: int, what: str) -> str:
    """Returns what is wrong where YAML stopped reading, `column` characters into `line`."""
    if what.endswith(ITSELF):
        return "这里引用了自己（*）；改写成完整的内容"
    if tag := TAG.search(what):
        name = tag["tag"].replace("tag:yaml.org,2002:", "!!")
        return f"这里不读标签 {name}；删去用到它的设置"
    if "mapping values" in what and len(COLON.findall(line)) > 1:
        return "值里又有冒号和空格“: ”；把整个值放进引号"
    if any(word in what for word in ("cannot start", "alias", "anchor", "entries")):
        return f"值不能以“{line[column : column + 1]}”开头；把整个值放进引号"
    if "document" in what:
        return "中间又起了一份（---）；删去这一行"
    if "expected key" in what and line[:column].strip(" -"):
        return "引号或括号后面还有字；把整个值放进一对引号"
    return "缩进与上面的行对不齐，或缺了冒号；同一级的行对齐，写成“键: 值”"


@lru_cache(maxsize=64)
def positions(text: str) -> dict[Key, int]:
    """Returns the line of every key and list item of a YAML text, by where it stands."""
    root = LOADER(text).get_single_node()
    if root is None:
        return {}
    return {key: line_at(place) for key, place, _ in entries(root)}


def line_in(text: str, *key: str | int) -> int:
    """Returns the line of a key, of the nearest one above it where it is not there, else 1."""
    lines = positions(text)
    path = tuple(map(str, key))
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
