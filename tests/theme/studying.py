"""What a reader of the tests does, and the browsers that he may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# Selects from one place of the corrected words to another, each a paragraph's id and an offset.
SELECT = """([from, start, to, end]) => {
  const place = (id, at) => {
    const walker = document.createTreeWalker(document.getElementById(id), NodeFilter.SHOW_TEXT,
      (node) => node.parentElement.closest('del')
        ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walker.nextNode()) {
      if (at <= walker.currentNode.length) return [walker.currentNode, at];
      at -= walker.currentNode.length;
    }
  };
  const range = document.createRange();
  range.setStart(...place(from, start));
  range.setEnd(...place(to, end));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
NO_STORAGE = """Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('no', 'SecurityError'); },
});"""
FULL_STORAGE = """Storage.prototype.setItem = () => {
  throw new DOMException('full', 'QuotaExceededError');
};"""


def select(page: Page, start: str, at: int, end: str, to: int) -> None:
    page.evaluate(SELECT, [start, at, end, to])


def dock(page: Page, name: str) -> Locator:
    """Returns a button of the dock."""
    return page.locator(".dock").get_by_role("button", name=name, exact=True)


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def is_said(page: Page, text: str) -> None:
    """Waits until a text is said to the reader, by eye and ear."""
    page.locator("p.said[role=status]", has_text=text).wait_for()
