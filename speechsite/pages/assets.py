"""Makes the finished pages quick to load: one stylesheet, three scripts, and of the theme's CSS what this site uses.

A preview leaves this out; there the files stay as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)">\s*')
SCRIPT = re.compile(r'<script src="([^"]+)"></script>\s*')
CONFIG = '<script id="__config"'  # what stands after it may wait until the page is drawn
# In the head, before the first line is drawn (the text size); beside the switch that it sets (the colours); at the end.
SHEET, FIRST, EARLY, LATE = (
    "stylesheets/site.css",
    "javascripts/first.js",
    "javascripts/early.js",
    "javascripts/late.js",
)

WORD = re.compile(r"[\w-]+")
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
# A third of a second faster than a parser from PyPI; in tests/test_lean.py a browser says whether it is right.
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COMMA = re.compile(r",(?![^(]*\))")
CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
IN_PARENTHESES = re.compile(r"\([^()]*\)")  # what :not(), :is() hold decides nothing
COLOUR = re.compile(r"\[data-md-color-\w+=[\"']?([\w-]+)")
PICTURE = re.compile(
    r"(--[\w-]+):url\((?:\"[^\"]*\"|'[^']*'|[^)]*)\);?"
)  # icons, kept as custom properties
EMPTY_BLOCK = re.compile(r"@[^{};]+\{\}")


def join(site: Path) -> None:
    """Joins what the pages in `site` load; the files that were joined are removed."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.glob("*.html"))}
    written: dict[str, list[str]] = {}
    for path, page in pages.items():
        head, end, body = page.partition("</head>")
        early, config, late = body.partition(CONFIG)
        head = joined(head, STYLE, SHEET, '<link rel="stylesheet" href="{}">', written)
        head, early, late = (
            joined(part, SCRIPT, name, '<script src="{}"></script>', written)
            for part, name in ((head, FIRST), (early, EARLY), (late, LATE))
        )
        path.write_text(head + end + early + config + late, encoding="utf-8", newline="\n")
    texts = {
        name: [(site / source).read_text(encoding="utf-8") for source in names]
        for name, names in written.items()
    }
    known = words_in(
        [*pages.values(), *(path.read_text(encoding="utf-8") for path in site.rglob("*.js"))]
    )
    for name, parts in texts.items():
        text = "\n".join(parts)
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(
            used(text, known) if name == SHEET else text, encoding="utf-8", newline="\n"
        )
    for source in {source for names in written.values() for source in names}:
        (site / source).unlink()


def joined(
    text: str, pattern: re.Pattern[str], name: str, tag: str, written: dict[str, list[str]]
) -> str:
    """Returns a part of a page with one tag for `name` in the place of the last one that it matches.

    `written` learns what is joined under that name; a page that loads something else keeps its own tags.
    """
    sources = pattern.findall(text)
    if not sources or written.setdefault(name, sources) != sources:
        return text
    last = list(pattern.finditer(text))[-1]
    head, tail = text[: last.start()], text[last.end() :]
    return pattern.sub("", head) + tag.format(name) + "\n" + tail


def words_in(texts: Iterable[str]) -> Callable[[str], bool]:
    """Returns whether a class is named in `texts`: whole, or by its start up to a dash (scripts put names together)."""
    words = {word for text in texts for word in WORD.findall(text)}
    starts = tuple(word for word in words if word.startswith("md-") and word.endswith("-"))
    return lambda name: name in words or name.startswith(starts)


def used(css: str, known: Callable[[str], bool]) -> str:
    """Returns CSS without comments and without the rules for classes and colours that nothing here is or becomes."""

    def kept(rule: re.Match[str]) -> str:
        selectors = [selector for selector in COMMA.split(rule[1]) if wanted(selector)]
        return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""

    def wanted(selector: str) -> bool:
        names = CLASS.findall(IN_PARENTHESES.sub("", selector)) + COLOUR.findall(selector)
        return selector.lstrip().startswith("@") or all(known(name) for name in names)

    css, before = RULE.sub(kept, COMMENT.sub("", css)), ""
    css = PICTURE.sub(lambda icon: icon[0] if f"var({icon[1]}" in css else "", css)
    while css != before:
        css, before = EMPTY_BLOCK.sub("", css), css
    return css
