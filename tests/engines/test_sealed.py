"""The policy in each engine: the console stays empty, and what is forbidden is refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from engine import Engine
from engine_fixtures import Reach
from test_finds import search

# What Firefox and WebKit say when a page is left while its search is being fetched.
ABANDONED = re.compile("NS_BINDING_ABORTED|NetworkError: Load failed")
FORBIDDEN = (
    '<script>window.forbidden = 1</script><p id="styled" style="color: red"></p>'
    '<img src="http://127.0.0.1:9/x.png" alt=""></body>'
)


def test_no_page_complains(engine: Engine, way: str, site: Path) -> None:
    """No page, nor search nor print on it, puts a word on the console."""
    for path in sorted(site.rglob("*.html")):
        engine.open(way + path.relative_to(site).as_posix())
        engine.wait("() => document.readyState === 'complete'")
        said = [line for line in engine.complaints() if not ABANDONED.search(line)]
        assert said == [], path.name
    engine.open(f"{way}index.html")
    assert search(engine, "督查")
    assert engine.complaints() == []


@pytest.fixture(scope="session")
def spoilt(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with a page that holds what the policy must refuse."""
    folder = shutil.copytree(site, tmp_path_factory.mktemp("spoilt") / "site")
    page = folder / "index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", FORBIDDEN), encoding="utf-8")
    return folder


def test_the_policy_refuses(engine: Engine, spoilt: Path, reach: Reach, transport: str) -> None:
    """Scripts, styles and pictures that are not the site's are refused, and it is said."""
    engine.open(f"{reach(spoilt, transport)}index.html")
    engine.wait("() => document.readyState === 'complete'")
    assert engine.ask("() => window.forbidden === undefined")
    style = "() => getComputedStyle(document.querySelector('#styled')).color"
    assert engine.ask(style) != "rgb(255, 0, 0)"
    assert len(engine.complaints()) >= 3
