"""The engines, each started once, by whoever asks first; the ways to the site; the table."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from engine import STARTERS, Engine
from table import written
from transport import HEADERS, TRANSPORTS, reached

FORGET = "() => { try { localStorage.clear(); } catch (blocked) { /* nothing was kept */ } }"
Start = Callable[[str], Engine]
Reach = Callable[[Path, str], str]


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Gives an engine by its name, and starts it the first time."""
    running: dict[str, Engine] = {}
    with ExitStack() as stack:

        def start(name: str) -> Engine:
            if name not in running:
                work = tmp_path_factory.mktemp(name)
                running[name] = stack.enter_context(STARTERS[name](work))
            return running[name]

        yield start


@pytest.fixture(scope="session")
def reach() -> Iterator[Reach]:
    """Gives the address of a folder by a transport; what serves it stays until the tests' end."""
    known: dict[tuple[Path, str], str] = {}
    with ExitStack() as stack:

        def address(folder: Path, transport: str) -> str:
            if (folder, transport) not in known:
                place = reached(folder, transport)
                known[folder, transport] = stack.enter_context(place)
            return known[folder, transport]

        yield address


@pytest.fixture(params=STARTERS)
def engine(
    request: pytest.FixtureRequest,
    started: Start,
    record_property: Callable[[str, object], None],
) -> Iterator[Engine]:
    """Each engine as at a reader's first visit: a wide window, light, nothing kept."""
    engine = started(request.param)
    record_property("engine", f"{engine.name} {engine.version}")
    engine.resize(1280, 800)
    engine.prefer_dark(False)
    engine.complaints()
    yield engine
    if engine.driver.current_url.startswith(("http", "file")):
        engine.ask(FORGET)


@pytest.fixture
def base(site: Path, reach: Reach, record_property: Callable[[str, object], None]) -> str:
    """The site's address where a test asks for one only: from a server that sends our headers."""
    record_property("transport", HEADERS)
    return reach(site, HEADERS)


@pytest.fixture(params=TRANSPORTS)
def transport(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> str:
    record_property("transport", request.param)
    return request.param


@pytest.fixture
def way(site: Path, reach: Reach, transport: str) -> str:
    """The site's address, by each transport."""
    return reach(site, transport)


# The table

CELLS: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Names the feature by the first line of its test's docstring."""
    described = getattr(item, "function", None)
    if described and described.__doc__:
        item.user_properties.append(("feature", described.__doc__.strip().split("\n")[0]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    known = dict(report.user_properties)
    if not {"feature", "engine", "transport"} <= known.keys():
        return
    place = known["engine"], known["transport"]
    row = CELLS[known["feature"]]
    if report.failed:
        row[place] = "✗"
    elif report.skipped:
        row.setdefault(place, "–")
    elif report.when == "call":
        row.setdefault(place, "✓")


def pytest_sessionfinish() -> None:
    """ENGINES_TABLE=FILE keeps the table there; with -n only the one who hears all writes it."""
    place = os.environ.get("ENGINES_TABLE")
    if place and CELLS and "PYTEST_XDIST_WORKER" not in os.environ:
        Path(place).write_text(written(CELLS), encoding="utf-8")
