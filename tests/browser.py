"""A real Chromium on the built site: served below a sub-path under the strict policy, or opened from the disk."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Page

from speechsite.pages.policy import POLICY

# Sets the box's value as a paste by mouse does (no key event) and waits for the matcher's answer to be on the page.
ASK = """query => new Promise((done, failed) => {
  setTimeout(() => failed(new Error("no answer to " + query)), 10000)
  const box = document.querySelector("[data-md-component=search-query]")
  if (document.activeElement !== box) box.focus()
  let armed = false
  const watch = component$.subscribe(part => {
    if (!armed || !part.items || part.query !== query) return
    watch.unsubscribe()
    requestAnimationFrame(() => done([...document.querySelectorAll(".md-search-result__item")].map(item =>
      [...item.querySelectorAll("a")].map(link => ({
        href: link.getAttribute("href"),
        title: (link.querySelector("h1,h2") || {textContent: ""}).textContent,
        text: link.querySelector("article").textContent,
        marks: [...link.querySelectorAll("mark")].map(mark => mark.textContent),
      })))))
  })
  armed = true
  box.value = query
  box.dispatchEvent(new InputEvent("input", {bubbles: true}))
})"""


@dataclass(frozen=True)
class Link:
    """One link of the result list: `page` (a file name), `anchor` ('' for the page itself), what it shows."""

    href: str
    title: str
    text: str
    marks: tuple[str, ...]

    @property
    def page(self) -> str:
        return unquote(re.sub(r"[?#].*", "", self.href)).rsplit("/", 1)[-1]

    @property
    def anchor(self) -> str:
        return self.href.partition("#")[2]

    @property
    def is_paragraph(self) -> bool:
        """Whether it leads to a paragraph of the speech."""
        return bool(re.fullmatch(r"p\d+", self.anchor))


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder under /a/b/ with the strict policy."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/a/b"))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Yields the address of `folder` on the loopback, below a sub-path."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/a/b/"
    finally:
        server.shutdown()
        server.server_close()


def ask(page: Page, query: str) -> list[list[Link]]:
    """Puts `query` into the search box and returns what is listed, a list a page."""
    box = page.locator("[data-md-component=search-query]")
    if box.input_value() == query:
        page.evaluate(ASK, "")
    return [
        [Link(link["href"], link["title"], link["text"], tuple(link["marks"])) for link in item]
        for item in page.evaluate(ASK, query)
    ]


def said(page: Page) -> str:
    """Returns what the box says of its results."""
    return page.locator(".md-search-result__meta").inner_text().strip()
