"""The policy of every page: nothing from elsewhere, nothing inline; and what would break it.

This is its one place. The templates write it into each page's head; the servers' settings in
delivery/deploy repeat it with `frame-ancestors 'self'`, which only a header can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml.html.builder import META

from speechsite.pages.links import ELSEWHERE, located, references
from speechsite.pages.page import Element, Page
from speechsite.problem import Problem
from speechsite.words import Speech

# data: is for the icons that Material's stylesheet holds as SVG; media, frames and objects are the
# owner's own recordings and files.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; media-src 'self'; "
    "frame-src 'self'; object-src 'self'; base-uri 'none'; form-action 'none'"
)
SAYS_POLICY = "./meta[@http-equiv='Content-Security-Policy']"
ALIGNMENT = re.compile(r"\s*text-align:\s*(left|center|right)\s*;?\s*")  # of Python-Markdown
# Scripts and styles in the page itself; a block of data (application/json) is none.
INLINE = (
    "//script[not(@src)][not(@type) or contains(@type, 'javascript') or @type='module']"
    " | //style | //@style/.. | //@*[starts-with(name(), 'on')]/.."
    " | //*[starts-with(normalize-space(@href), 'javascript:')]"
)
EMOJI = re.compile(r":[\w+-]+:")  # :smile:, as pymdownx.emoji titles its pictures
LOADED = {"src", "srcset", "data", "poster"}  # a link's href is loaded, that of <a> is not
# What a stylesheet loads: url(a.png), @import "b.css".
CSS_ADDRESS = re.compile(r"""(?:url\(|@import\s+(?!url))\s*["']?\s*([^"')\s]+)""")


def state_policy(page: Page) -> None:
    """Puts the policy at the top of a head whose template does not say it (an owner's own one)."""
    head = page.tree.head
    if not head.xpath(SAYS_POLICY):
        meta = META(content=POLICY)
        meta.set("http-equiv", "Content-Security-Policy")
        head.insert(1 if head.xpath("./*[1][@charset]") else 0, meta)


def class_alignments(page: Page) -> None:
    """Writes the alignment of tables, which Python-Markdown gives as a style, as classes."""
    for cell in page.tree.iter("th", "td"):
        if match := ALIGNMENT.fullmatch(cell.get("style", "")):
            cell.classes.add(f"speech-{match[1]}")
            del cell.attrib["style"]


def forbidden(pages: list[Page], speech: Speech) -> Iterator[Problem]:
    """No page holds a script or style of its own, or would fetch something from another host."""
    for page in pages:
        for element in page.tree.xpath(INLINE):
            yield inline_problem(page, element, speech)
        for reference in references(page):
            if is_loaded(reference.element, reference.attribute):
                yield from foreign_problem(page, reference.element, reference.address, speech)


def inline_problem(page: Page, element: Element, speech: Speech) -> Problem:
    """Returns what is wrong with an element that the policy would refuse."""
    handlers = [value for name, value in element.items() if name.startswith("on")]
    text = (element.text or "").strip().partition("\n")[0]
    signs = [element.get("style", ""), *handlers, text, f"<{element.tag}"]
    message = f"<{element.tag}> 有行内样式或脚本，安全策略会拦下它；改写到样式表或脚本文件里"
    return located(speech, page, "policy", message, *signs)


def is_loaded(element: Element, attribute: str) -> bool:
    """Says whether a browser fetches by itself what an attribute names."""
    if attribute == "href":
        return bool(element.tag == "link" and element.get("rel") != "canonical")
    return attribute in LOADED


def foreign_problem(
    page: Page, element: Element, address: str, speech: Speech
) -> Iterator[Problem]:
    """Yields that an address lies elsewhere, or is data where the policy allows none."""
    emoji = EMOJI.fullmatch(element.get("title", ""))
    if ELSEWHERE.match(address) and emoji:
        message = f"表情 {emoji[0]} 的图要从别处取，内网里取不到；直接写 {element.get('alt')}"
        yield located(speech, page, "foreign", message, emoji[0])
        return
    if ELSEWHERE.match(address):
        message = f"要从别处取 {address}，内网里取不到；把文件放进 docs/，改用相对地址"
    elif address.strip().lower().startswith("data:") and element.tag not in ("img", "link"):
        message = (
            f"<{element.tag}> 的内容写在地址里（data:），安全策略会拦下它；把它存成 docs/ 里的文件"
        )
    else:
        return
    yield located(speech, page, "foreign", message, address)


def foreign_styles(docs: Path, speech: Speech) -> Iterator[Problem]:
    """No stylesheet of the owner's fetches something from another host."""
    for path in sorted(docs.rglob("*.css")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in CSS_ADDRESS.finditer(text):
            if ELSEWHERE.match(match[1]):
                line = text.count("\n", 0, match.start()) + 1
                message = f"要从别处取 {match[1]}，内网里取不到；把文件放进 docs/，改用相对地址"
                yield Problem(
                    f"{speech.docs}/{path.relative_to(docs).as_posix()}", line, "foreign", message
                )
