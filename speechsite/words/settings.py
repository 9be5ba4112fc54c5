"""Reads settings: plain YAML without tags, and in our words what is wrong with it, on its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from speechsite.problem import Problem

Key = tuple[str, ...]  # where a value stands: ("nav", "1", "讲话", "0")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
START = r"\s*(?:-\s+)?"  # of a line: its indentation, and the dash of a list
FULL_WIDTH = re.compile(rf"{START}[^:#\"'\[{{“]*?：")  # title：讲话
CLOSE_COLON = re.compile(rf"{START}[\w-]+:[^\s/:]")  # title:讲话, but not http://
COLON = re.compile(r":(?=\s|$)")  # what ends a key
TAG = re.compile(r"tag '(?P<tag>[^']*)'")  # … for the tag '!ENV'


def parse_yaml(text: str, name: str, above: int = 0) -> tuple[dict[str, Any], list[Problem]]:
    """Returns a YAML mapping and what is wrong with it; an empty one where it cannot be read.

    `above` counts the lines of the file that stand above `text` (front matter begins at line 2).
    """

    def problem(line: int, message: str) -> Problem:
        last = text.rstrip("\n").count("\n") + 1
        return Problem(name, above + min(max(line, 1), last), "yaml", message)

    try:
        loader = LOADER(text)
        node = loader.get_single_node()
        if node is None:
            return {}, [problem(1, not_a_mapping(text))]
        found = [problem(line, message) for line, message in flaws(loader, node)]
        if found:
            return {}, found[:1]
        value = loader.construct_document(node)
    except yaml.YAMLError as error:
        return {}, [problem(*explain(error, text))]
    except RecursionError:
        return {}, [problem(1, "一层套一层太多；照 README 的样子写")]
    if not isinstance(value, dict):
        return {}, [problem(1, not_a_mapping(text))]
    return value, []


def not_a_mapping(text: str) -> str:
    return colon_fault(text.split("\n")[0]) or "里面没有“键: 值”；照 README 的样子写"


def flaws(loader: Any, node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Yields what YAML lets pass and nobody can mean: (line, message).

    A key that is there twice, a value that is no date or number, a list that holds itself.
    """
    for child, is_inside_itself in walk(node):
        if is_inside_itself:
            yield line_at(child), "这里引用了自己（*）；改写成完整的内容"
            return
        if isinstance(child, yaml.MappingNode):
            yield from doubled(child)
        if isinstance(child, yaml.ScalarNode) and child.tag.endswith((":timestamp", ":int")):
            try:
                loader.construct_object(child)
            except ValueError:
                message = f"“{child.value}”不是日历上有的日子；照 2026-01-31 的样子写"
                yield line_at(child), message


def line_at(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def walk(node: yaml.Node, ancestors: tuple[int, ...] = ()) -> Iterator[tuple[yaml.Node, bool]]:
    """Yields a node and all below it, each with whether it stands inside itself (by an alias)."""
    yield node, id(node) in ancestors
    if id(node) in ancestors:
        return
    inside = (*ancestors, id(node))
    for child in children(node):
        yield from walk(child, inside)


def children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def doubled(node: yaml.MappingNode) -> Iterator[tuple[int, str]]:
    """Yields the keys of a mapping that stand there before."""
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value in lines:
            message = f"{key.value} 在第 {lines[key.value]} 行已经写过；只留一处"
            yield line_at(key), message
        elif isinstance(key, yaml.ScalarNode):
            lines[key.value] = line_at(key)


def explain(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Returns the line of a fault that keeps YAML from being read, and what to do about it."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # a character that YAML does not take: the position is in bytes
        before = text.encode()[: getattr(error, "position", 0)]
        char = getattr(error, "character", 0)
        return before.count(b"\n") + 1, f"有看不见的字符 U+{char:04X}；删去"
    begun = getattr(error, "context_mark", None)
    what = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')}"
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
    if FULL_WIDTH.match(line) and not COLON.search(line):
        return "冒号是全角的“：”；改成半角的冒号，后面空一格"
    if CLOSE_COLON.match(line) and not COLON.search(line):
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
    if tag := TAG.search(what):
        name = tag["tag"].replace("tag:yaml.org,2002:", "!!")
        return f"这里不读标签 {name}；删去用到它的设置"
    at_start = not line[:column].strip(" -")
    if "mapping values" in what and len(COLON.findall(line)) > 1:
        return "值里又有冒号和空格“: ”；把整个值放进引号"
    if "cannot start" in what or "alias" in what or "anchor" in what or "entries" in what:
        return f"值不能以“{line[column : column + 1]}”开头；把整个值放进引号"
    if "document" in what:
        return "中间又起了一份（---）；删去这一行"
    if "expected key" in what and not at_start:
        return "引号或括号后面还有字；把整个值放进一对引号"
    return "缩进与上面的行对不齐，或缺了冒号；同一级的行对齐，写成“键: 值”"


@lru_cache(maxsize=64)
def positions(text: str) -> dict[Key, int]:
    """Returns the line of every key and list item of a YAML text, by where it stands."""
    node = LOADER(text).get_single_node()
    found: dict[Key, int] = {}

    def note(node: yaml.Node, key: Key) -> None:
        if isinstance(node, yaml.MappingNode):
            parts = [(name.value, name, value) for name, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            parts = [(number, item, item) for number, item in enumerate(node.value)]
        else:
            return
        for name, place, value in parts:
            found[*key, str(name)] = line_at(place)
            note(value, (*key, str(name)))

    if node is not None:
        note(node, ())
    return found


def line_in(text: str, *key: str | int) -> int:
    """Returns the line of a key, of the nearest one above it where it is not there, else 1."""
    lines = positions(text)
    path = tuple(map(str, key))
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
