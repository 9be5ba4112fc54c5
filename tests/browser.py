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

# Sets the box's value as a paste by mouse does (no key event), waits for the answer and asks for all
# of its lines; returns what is listed, a list a page.
ASK = """query => new Promise((done, failed) => {
  const one = name => document.querySelector(`[data-search=${name}]`)
  const box = one("box"), results = one("results"), end = Date.now() + 10000
  if (!box.getClientRects().length) one("open").click()
  box.focus()
  box.value = query
  box.dispatchEvent(new InputEvent("input", {bubbles: true}))
  const look = () => {
    if (Date.now() > end) return failed(new Error("no answer to " + query))
    const busy = results.getAttribute("aria-busy") !== "false"
    if (!busy && one("more").hidden) return done(listed())
    if (!busy) one("more").click()
    setTimeout(look, 2)
  }
  const listed = () => [...results.children].map(part => [...part.querySelectorAll("a")].map(link => ({
    href: link.getAttribute("href"),
    title: part.firstElementChild.textContent,
    text: link.textContent,
    marks: [...link.querySelectorAll("mark")].map(mark => mark.textContent),
  })))
  look()
})"""
SAID = """() => {
  const status = document.querySelector("[data-search=count]")
  return status.getAttribute("aria-busy") === "true" ? null : status.textContent
}"""


@dataclass(frozen=True)
class Link:
    """One line of the answer: its page's name, what it shows, and `page` (a file name) and `anchor`
    ('' for the page itself), where it leads."""

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
    """Puts `query` into the search box and returns all that is listed, a list a page."""
    return [
        [Link(link["href"], link["title"], link["text"], tuple(link["marks"])) for link in item]
        for item in page.evaluate(ASK, query)
    ]


def said(page: Page) -> str:
    """Returns what the box says of its results, once it has been said."""
    while (text := page.evaluate(SAID)) is None:
        page.wait_for_timeout(20)
    return text
