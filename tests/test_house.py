"""The house: rooms know only those before them, and a line holds one idea."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "speechsite"
ROOMS = ("words", "pages", "paper", "delivery", "draft")  # in the order of the way; theme is data
WIDEST = 100  # characters


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Yields each module of speechsite that a file imports, and the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: rooms are named in full"
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.split(".")[0] == "speechsite":
                yield name, node.lineno


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_rooms_before_it(room: str) -> None:
    later = ROOMS[ROOMS.index(room) + 1 :]
    for path in (PACKAGE / room).rglob("*.py"):
        for name, line in imported(path):
            parts = name.split(".")
            assert parts[1] not in later, f"{path.relative_to(ROOT)}:{line}: {name}"


def test_what_all_rooms_share_knows_none_of_them() -> None:
    for path in PACKAGE.glob("*.py"):
        for name, line in imported(path):
            assert name.split(".")[1] not in ROOMS, f"{path.name}:{line}: {name}"


def test_every_room_says_what_it_is_for() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(ROOMS)
    for room in rooms:
        tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), room


def test_no_line_is_wider_than_a_screen() -> None:
    for path in (*PACKAGE.rglob("*.py"), ROOT / "build_site.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            assert len(line) <= WIDEST, f"{path.relative_to(ROOT)}:{number}"
