"""The engines that we are measured against, each as it recommends, in its own environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from speechsite.words import Heading, Speech, Theme

HERE = Path(__file__).parent
CONFIG = """site_name: {title}
use_directory_urls: false
theme:
  name: material
  language: zh
  features: [search.highlight]
plugins:
  - search{separator}
markdown_extensions: [attr_list]
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """How an engine is set up, built, asked; `ask` returns the pages of its box, best first."""

    name: str
    requirements: Path
    prepare: Callable[[Path, Speech], None]
    command: tuple[str, ...]
    output: str
    ask: Callable[[Page, str], list[str]]


def install(engine: Engine, cache: Path) -> Path:
    """Returns the bin folder of the engine's own virtual environment, made on first use."""
    environment = cache.resolve() / engine.requirements.stem
    if not (environment / "bin" / engine.command[0]).exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        pip = [sys.executable, "-m", "pip", "--python", environment / "bin/python", "install", "-q"]
        subprocess.run([*pip, "-r", engine.requirements], check=True)
    return environment / "bin"


def theme_markdown(theme: Theme) -> str:
    lines = [f"# {theme.title}"]
    for block in theme.blocks:
        if isinstance(block, Heading):
            lines.append(f"{'#' * block.level} {block.title}")
        else:
            lines.append(block.corrected)
    return "\n\n".join(lines) + "\n"


def prepare_mkdocs(separator: str) -> Callable[[Path, Speech], None]:
    def prepare(folder: Path, speech: Speech) -> None:
        (folder / "docs").mkdir(parents=True)
        config = CONFIG.format(title=speech.title, separator=separator)
        pages = [f"  - {theme.slug}.md" for theme in speech.themes]
        (folder / "mkdocs.yml").write_text(
            "\n".join([config, "nav:", "  - index.md", *pages, ""]), encoding="utf-8"
        )
        links = "".join(f"- [{theme.title}]({theme.slug}.md)\n" for theme in speech.themes)
        (folder / "docs/index.md").write_text(f"# {speech.title}\n\n{links}", encoding="utf-8")
        for theme in speech.themes:
            (folder / f"docs/{theme.slug}.md").write_text(theme_markdown(theme), encoding="utf-8")

    return prepare


def prepare_sphinx(folder: Path, speech: Speech) -> None:
    folder.mkdir(parents=True)
    settings = [
        "extensions = ['myst_parser']",
        "html_theme = 'furo'",
        "language = 'zh'",
        f"project = {speech.title!r}",
    ]
    (folder / "conf.py").write_text(
        "\n".join([*settings, "html_search_language = 'zh'", ""]), encoding="utf-8"
    )
    pages = "\n".join(theme.slug for theme in speech.themes)
    (folder / "index.md").write_text(
        f"# {speech.title}\n\n```{{toctree}}\n{pages}\n```\n", encoding="utf-8"
    )
    for theme in speech.themes:
        (folder / f"{theme.slug}.md").write_text(theme_markdown(theme), encoding="utf-8")


def page_names(page: Page, selector: str) -> list[str]:
    links = [link.evaluate("a => a.href") for link in page.locator(selector).all()]
    return list(dict.fromkeys(Path(urlsplit(link).path).name or "index.html" for link in links))


def settled(page: Page, read: Callable[[], object], rounds: int = 3, pause: int = 60) -> None:
    """Waits until `read` returns the same in `rounds` looks: the peers do not say that they end."""
    same, last = 0, read()
    for _ in range(100):
        page.wait_for_timeout(pause)
        now = read()
        same, last = (same + 1, now) if now == last else (0, now)
        if same == rounds:
            return


def ask_ours(page: Page, query: str) -> list[str]:
    """Types into our box, which the attributes data-search name; opens it where it is hidden."""
    box = page.locator("[data-search=box]")
    if not box.is_visible():
        page.locator("[data-search=open]").first.click()
    box.fill(query)
    settled(page, lambda: page.locator("[data-search=panel]").inner_text())
    return page_names(page, "[data-search=results] a")


def ask_material(page: Page, query: str) -> list[str]:
    """Types into Material's box."""
    box = page.locator("[data-md-component=search-query]")
    box.click()
    box.fill(query)
    box.dispatch_event("keyup")
    meta = page.locator(".md-search-result__meta")
    for _ in range(50):  # the index is loaded at first use; until then it invites or starts up
        if not any(word in meta.inner_text() for word in ("键入", "初始化", "输入", "准备")):
            break
        page.wait_for_timeout(60)
    settled(page, lambda: page.locator(".md-search-result").inner_text())
    return page_names(page, ".md-search-result__item > a, a.md-search-result__link")


def ask_zensical(page: Page, query: str) -> list[str]:
    """Opens Zensical's dialog (an open shadow root, which Playwright looks into) and types."""
    if not page.locator("div.focus-visible dialog[open]").count():
        page.keyboard.press("/")
    box = page.locator("div.focus-visible input")
    box.fill(query)
    settled(
        page, lambda: page.locator("div.focus-visible ol, div.focus-visible ul").all_inner_texts()
    )
    return page_names(page, "div.focus-visible ol a, div.focus-visible ul a")


def ask_sphinx(page: Page, query: str) -> list[str]:
    """Submits the form of Sphinx's own search page."""
    root = page.url.rsplit("/", 1)[0]
    page.goto(f"{root}/search.html")
    page.locator("input[name=q]").first.fill(query)
    page.locator("input[name=q]").first.press("Enter")
    page.wait_for_selector("#search-results h2", state="attached")
    settled(page, lambda: page.locator("#search-results").inner_text(), rounds=5)
    return page_names(page, "#search-results ul.search a")


PEERS = (
    Engine(
        "Material + jieba",
        HERE / "requirements-material.txt",
        prepare_mkdocs(":\n      separator: '[\\s\\u200b\\-]'"),
        ("mkdocs", "build", "--strict"),
        "site",
        ask_material,
    ),
    Engine(
        "Zensical",
        HERE / "requirements-zensical.txt",
        prepare_mkdocs(""),
        ("zensical", "build", "--clean"),
        "site",
        ask_zensical,
    ),
    Engine(
        "Sphinx + furo + jieba",
        HERE / "requirements-sphinx.txt",
        prepare_sphinx,
        ("sphinx-build", "-q", "-E", "-b", "html", ".", "site"),
        "site",
        ask_sphinx,
    ),
)
