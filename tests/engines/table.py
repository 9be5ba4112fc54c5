"""The table of what held: a row a feature, a column an engine and transport."""

from __future__ import annotations

from transport import TRANSPORTS

Row = dict[tuple[str, str], str]
HEAD = """# What holds in which engine

Written by `ENGINES_TABLE=bench/engines.md .venv/bin/python -m pytest -n 2 tests/engines`.
✓ holds, – cannot be asked (CONTRIBUTING says why), ✗ fails, empty: not asked in this way.

"""


def written(cells: dict[str, Row]) -> str:
    """Returns the table in Markdown; `cells` maps a feature to (engine, transport) to its sign."""
    engines = sorted({engine for row in cells.values() for engine, _ in row})
    places = [(engine, transport) for engine in engines for transport in TRANSPORTS]
    lines = ["| | " + " | ".join(f"{engine}, {way}" for engine, way in places) + " |"]
    lines.append("|---|" + ":-:|" * len(places))
    for feature, row in sorted(cells.items()):
        signs = " | ".join(row.get(place, " ") for place in places)
        lines.append(f"| {feature.rstrip('.')} | {signs} |")
    return HEAD + "\n".join(lines) + "\n"
