"""All text of all pages as it stands on the screen, measured.

Nothing is out of the window, no two texts are in one place, marks are as wide as characters, terms
are underlined.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from engine import Engine

# Returns a line for each fault of the page that is open.
MEASURE = """() => {
  const faults = [];
  const width = document.documentElement.clientWidth;
  const MARK = /[，。、；：？！（）《》“”‘’]/;
  const name = (node) => node.parentElement.tagName + " " + node.textContent.trim().slice(0, 12);
  const whole = document.documentElement.scrollWidth;
  if (whole > width) faults.push("the page is wider than the window");

  function isSeen(element) {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.visibility !== "visible" || style.opacity === "0") return false;
      if (style.position === "fixed" || style.position === "sticky") return false;
    }
    return element.getClientRects().length > 0;
  }
  const scrolls = (element) => {
    for (let at = element; at !== document.body && at; at = at.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };

  const range = document.createRange();
  const boxOf = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getClientRects()[0];
  };
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!/\\S/.test(node.data) || !isSeen(element)) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2) continue;
      if ((box.left < -1 || box.right > width + 1) && !scrolls(element)) {
        faults.push("out of the window: " + name(node));
      }
      lines.push([box, node]);
    }
    if (size < 12) faults.push("smaller than 12 pixels: " + name(node));
    for (let i = 1; i < node.length - 1; i++) {
      const alone = !MARK.test(node.data[i - 1]) && !MARK.test(node.data[i + 1]);
      if (!MARK.test(node.data[i]) || !alone) continue;
      const [before, box, after] = [i - 1, i, i + 1].map((at) => boxOf(node, at));
      if (!before || !box || !after) continue;
      if (before.top !== box.top || after.top !== box.top) continue; // a line's end may trim it
      if (box.width < 0.9 * size) {
        faults.push("half-width " + node.data.slice(i - 3, i + 3) + ": " + name(node));
      }
    }
  }

  lines.sort((a, b) => a[0].top - b[0].top);
  for (let i = 0; i < lines.length; i++) {
    for (let j = i + 1; j < lines.length && lines[j][0].top < lines[i][0].bottom; j++) {
      const [a, b] = [lines[i][0], lines[j][0]];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 3 && high > 0.4 * Math.min(a.height, b.height)) {
        faults.push("one upon the other: " + name(lines[i][1]) + " / " + name(lines[j][1]));
      }
    }
  }

  for (const term of document.querySelectorAll(".speech a.term")) {
    const style = getComputedStyle(term);
    const plain = style.textDecorationLine !== "underline"
      || /rgba\\(.*, 0\\)/.test(style.textDecorationColor);
    if (plain) faults.push("not underlined: " + term.textContent);
  }
  return [...new Set(faults)];
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_all_text_stands_as_it_should(
    engine: Engine, base: str, site: Path, width: int, dark: bool
) -> None:
    """All text, light and dark, 1280 and 390 wide, is in the window, apart, its marks full."""
    engine.prefer_dark(dark)
    engine.resize(width, 800)
    for path in sorted(site.glob("*.html")):
        engine.open(base + path.name)
        faults = engine.ask(MEASURE)
        assert faults == [], path.name
