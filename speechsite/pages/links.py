"""What a page refers to: every address in it, what it names, and whether that is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from speechsite.pages.page import Element, Page
from speechsite.problem import Problem
from speechsite.words import Speech

ATTRIBUTES = {"href", "src", "srcset", "poster", "data"}
ASSET = "data-asset-"  # what scripts load later: the matcher, the index
REFERRING = (
    f"//*[@href or @src or @srcset or @poster or @data or @*[starts-with(name(), '{ASSET}')]]"
)
CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(\s+[^,]*)?(?:,|$)")  # of srcset: "big.png 2x, "
ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)  # //host, http://host


@dataclass(frozen=True, slots=True)
class Reference:
    """An address on a page: the element and attribute that it stands in, and the address itself."""

    element: Element
    attribute: str
    address: str


def references(page: Page) -> Iterator[Reference]:
    """Yields every address on a page, those of srcset one by one."""
    for element in page.tree.xpath(REFERRING):
        for attribute, value in element.items():
            if attribute not in ATTRIBUTES and not attribute.startswith(ASSET):
                continue
            if attribute != "srcset":
                yield Reference(element, attribute, value)
                continue
            for candidate in CANDIDATE.finditer(value):
                yield Reference(element, attribute, candidate[1])


def rewrite(page: Page, renamed: dict[str, str]) -> None:
    """Gives every reference to a file that was renamed (old → new path) its new address."""
    for reference in list(references(page)):
        new = renamed.get(page.target(reference.address) or "")
        if new is None:
            continue
        path = re.split("[?#]", reference.address)[0]
        address = page.link(new) + reference.address[len(path) :]
        value = reference.element.get(reference.attribute)
        reference.element.set(reference.attribute, value.replace(reference.address, address))


def dangling(pages: list[Page], site: Path, speech: Speech) -> Iterator[Problem]:
    """Every reference of a page leads to a file of the site, and to an id on it."""
    ids = {page.path: set(page.tree.xpath("//@id | //a/@name")) for page in pages}
    missing: dict[str, bool] = {}
    for page in pages:
        for reference in references(page):
            address = reference.address
            target = page.target(address)
            if target is None or page.path == "404.html":  # shown at any address
                continue
            if target not in missing:
                missing[target] = not is_there(site, target)
            fragment = unquote(address.partition("#")[2])
            if missing[target]:
                message = f"没有 {target} 这个文件；补上文件，或改正地址"
            elif has_no(fragment, ids.get(target)):
                message = f"{target} 里没有 #{fragment} 这一处；改正地址"
            else:
                continue
            yield located(speech, page, "link", message, address, f"#{fragment}", target)


def once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yields problems; one that no page says itself comes from a template, and is said once."""
    said = set()
    for problem in problems:
        if problem.line or problem.message not in said:
            yield problem
        if not problem.line:
            said.add(problem.message)


def is_there(site: Path, path: str) -> bool:
    """Says whether an address leads to a file; that of a folder leads to its index.html."""
    place = site / path
    return place.is_file() or (place / "index.html").is_file()


def has_no(fragment: str, ids: set[str] | None) -> bool:
    """Says whether a page with these ids lacks the place that a fragment names."""
    if ids is None or not fragment or fragment.lower() == "top" or fragment.startswith(":~:"):
        return False
    return fragment not in ids


def located(speech: Speech, page: Page, rule: str, message: str, *signs: str) -> Problem:
    """Returns a problem of a page at the place that its owner wrote.

    That is the line of its Markdown file, or of mkdocs.yml, that holds one of the `signs`, the best
    first; else its Markdown file as a whole, or the page where it has none.
    """
    source = next((source for source in speech.pages if source.address == page.path), None)
    name = speech.config_file.name
    settings = speech.files.get(name, b"").decode("utf-8", errors="replace")
    places = [(name, settings)]
    if source:
        places.insert(0, (source.path, source.text))
    for file, text in places:
        for sign in (sign for sign in signs if sign):
            if sign in text:
                return Problem(file, text.count("\n", 0, text.index(sign)) + 1, rule, message)
    return Problem(source.path if source else page.path, 0, rule, message)
