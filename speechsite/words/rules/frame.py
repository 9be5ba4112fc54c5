"""Rules about docs/, the editors' pages around the words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from speechsite.problem import Problem, Problems
from speechsite.words.frame import INCLUDE
from speechsite.words.markup import HEADING, heading_id
from speechsite.words.model import Page, Speech
from speechsite.words.places import guess
from speechsite.words.rules.settings import named_settings

# What the build puts into a block of a page, `data-fill="outline"`; pages/fill.py has the makers.
FILLS = (
    "title",
    "facts",
    "length",
    "outline",
    "corrections",
    "provenance",
    "citation",
    "handouts",
    "notebook",
)
FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1")  # a block of code, from its ``` to the next
FILL = re.compile(r"""\bdata-fill\s*=\s*(["']?)(?P<name>[^"'\s>]*)\1""")
PARAGRAPH = re.compile(r"p\d+")  # p12, the id of a paragraph of the words
RAW_HEADING = re.compile(
    r"<(?P<marks>h)1\b(?![^>]*data-fill)[^>]*>(?P<title>.*?)</h1>"
)  # <h1>a</h1>
# The block that holds the words: <div class="speech" markdown>
BLOCK = re.compile(r"""<(?P<tag>\w+)\b[^>]*?\bclass\s*=\s*["'](?P<classes>[^"']*)["'][^>]*>""")
BLOCK_END = re.compile(r" {0,3}</div>")
# Something shown or played by raw HTML: <img src="images/map.png">
MEDIA = re.compile(
    r"""<(?:img|audio|video|source|track|embed|object|iframe)\b[^>]*?"""
    r"""\b(?:src|poster|data)\s*=\s*["'](?P<target>[^"']*)["']""",
    re.IGNORECASE,
)
# How a line begins that only an extension reads, and which.
SIGNS = {
    r"!!! *[a-z]": "admonition",  # !!! note "题"
    r"\?\?\?\+? *[a-z]": "pymdownx.details",  # ??? note "题"
    r'===[!+]* *"': "pymdownx.tabbed",  # === "标签"
    r"\s*(?:[-*+]|\d+\.) \[[ xX]\] ": "pymdownx.tasklist",  # - [x] 做好了
    r"\[\^[^\]]+\]: ": "footnotes",  # [^1]: 注
}
BUNDLES = {"footnotes": "extra"}  # extensions that Python-Markdown brings together
THEME = Path(__file__).parents[2] / "theme"


def prose_lines(page: Page) -> list[tuple[int, str]]:
    """Returns the lines of a page with their numbers, those of code left blank."""
    text = FENCE.sub(lambda block: "\n" * block[0].count("\n"), page.text)
    return list(enumerate(text.split("\n"), 1))


def front_matter_rules(speech: Speech) -> Problems:
    """Every page has a title, in its front matter or in nav, and a description."""
    unread = {problem.file for problem in speech.problems}
    for page in speech.pages:
        if page.path in unread:
            continue
        has_title = page.title if "title" not in page.meta else is_text(page.meta["title"])
        lacking = [] if has_title else ["title"]
        if not is_text(page.meta.get("description")):
            lacking.append("description")
        if lacking:
            keys = " 和 ".join(f"{key}: （文字）" for key in lacking)
            message = f"开头的 --- 和 --- 之间缺少 {keys}；补上"
            yield Problem(page.path, 1, "front-matter", message)


def is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def heading_rules(speech: Speech) -> Problems:
    """A page's own headings have ids, unlike each other's and those of the words it includes."""
    ids: dict[str, list[str]] = {}
    for theme in speech.themes:
        ids[theme.words] = [heading.id for heading in theme.headings]
    for page in speech.pages:
        seen: set[str] = set()
        for words, _ in page.includes:
            seen.update(ids.get(words, ()))
        for line, source in prose_lines(page):
            heading = HEADING.match(source)
            if not heading:
                continue
            name = heading_id(heading)
            if not name:
                message = f"标题“{heading['title']}”没有 id；在行末加上 {{ #english-name }}"
                yield Problem(page.path, line, "heading-id", message)
            elif PARAGRAPH.fullmatch(name):
                message = f"id “{name}”是段落的编号；换一个"
                yield Problem(page.path, line, "heading-id", message)
            elif name in seen:
                message = f"id “{name}”在这一页已经用过；换一个"
                yield Problem(page.path, line, "heading-id", message)
            seen.add(name)


def name_rules(speech: Speech) -> Problems:
    """A page has one name: a heading of the first level in it says what nav or its title says.

    The home and the page of the whole text may bear the name of the speech.
    """
    for page in speech.pages:
        names = {page.title}
        if page in (speech.home, speech.whole):
            names |= {speech.title, str(speech.config.get("site_name"))}
        for line, source in prose_lines(page):
            heading = HEADING.match(source) or RAW_HEADING.search(source)
            if not heading or len(heading["marks"]) > 1:
                continue
            title = heading["title"].strip()
            if page.title and title not in names:
                message = (
                    f"一级标题是“{title}”，这一页的名称是“{page.title}”；改成一样，或删去这一行"
                )
                yield Problem(page.path, line, "title", message)


def fill_rules(speech: Speech) -> Problems:
    """What a page asks the build to fill in is something that it can."""
    for page in speech.pages:
        for line, source in prose_lines(page):
            for match in FILL.finditer(source):
                if match["name"] not in FILLS:
                    hint = guess(match["name"], list(FILLS)) or f"（可用的有 {'、'.join(FILLS)}）"
                    message = f"data-fill 里不认识 {match['name']}{hint}；改正"
                    yield Problem(page.path, line, "fill", message)


def extension_rules(speech: Speech) -> Problems:
    """What Markdown alone does not read has its extension; else its signs stand in the text."""
    value = speech.config.get("markdown_extensions")
    names = {name.removeprefix("markdown.extensions.") for name in named_settings(value)}
    for sign, extension in SIGNS.items():
        if names & {extension, BUNDLES.get(extension, extension)}:
            continue
        for page in speech.pages:
            found = (number for number, line in prose_lines(page) if re.match(sign, line))
            if number := next(found, 0):
                message = f"这一行要用扩展 {extension}；在 markdown_extensions 里加上 - {extension}"
                yield Problem(page.path, number, "extension", message)
                break


def block_rules(speech: Speech) -> Problems:
    """Words stand in a block of the class `speech` by themselves, one file a block."""
    for page in speech.pages:
        for line, message in block_faults(page):
            yield Problem(page.path, line, "block", message)


def block_faults(page: Page) -> Iterator[tuple[int, str]]:
    """Yields the first fault of each block of words, and what is included outside of them."""
    begun = 0  # the line of the block's tag; 0 outside of one
    found: list[tuple[int, str]] = []  # faults of the block
    inside: set[int] = set()  # lines of blocks
    included = False
    for line, source in prose_lines(page):
        tag = BLOCK.search(source)
        if tag and "speech" in tag["classes"].split():
            if begun:
                yield unclosed(begun, found)
            begun = line
            message = opening_fault(tag)
            found = [(line, message)] if message else []
            included = False
        elif begun and BLOCK_END.match(source):
            yield from found[:1]
            begun = 0
        elif begun and source.strip():
            inside.add(line)
            if not INCLUDE.match(source):
                found.append((line, "speech 块里只放引入文字的一行，编者的话写在块外；移出去"))
            elif source.startswith(("    ", "\t")):
                found.append((line, "引入文字的一行前面有空格，会排成代码；顶格写"))
            elif included:
                found.append((line, "一个 speech 块里引入了两篇；分成两块"))
            else:
                included = True
    if begun:
        yield unclosed(begun, found)
    for _, line in page.includes:
        if line not in inside:
            yield line, '引入文字的一行不在 <div class="speech" markdown> 和 </div> 之间；加上'


def unclosed(begun: int, found: list[tuple[int, str]]) -> tuple[int, str]:
    """Returns the fault of a block without an end: what its tag has, and not what follows it."""
    if found and found[0][0] == begun:
        return found[0]
    return begun, "speech 块没有结束；在引入文字的一行后面补上 </div>"


def opening_fault(block: re.Match[str]) -> str:
    """Returns what is wrong with the tag that opens a block of words; '' where it is right."""
    if block.start():
        return "speech 块的 <div> 前面有空格或别的字，里面的文字不会排版；顶格写，单独一行"
    if block["tag"] != "div" or block["classes"].split() != ["speech"]:
        return (
            'speech 块的 class 只写 speech，样子另写在外面一层；写成 <div class="speech" markdown>'
        )
    if not re.search(r"\bmarkdown\b", block[0]):
        return '少了 markdown，里面的文字不会排版；写成 <div class="speech" markdown>'
    return ""


def media_rules(speech: Speech) -> Problems:
    """What a page shows or plays by raw HTML is there, seen from the page."""
    for page in speech.pages:
        for line, source in prose_lines(page):
            for match in MEDIA.finditer(source):
                target = html.unescape(match["target"])
                if message := media_fault(speech, page, target):
                    yield Problem(page.path, line, "media", message)


def media_fault(speech: Speech, page: Page, target: str) -> str:
    """Returns what is wrong with the address of a picture or a sound; '' where it is there."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return ""  # what comes from elsewhere is the built page's rule
    if parts.path.startswith("/"):
        return f"{target} 以 / 开头，换个位置就找不到；写成从这一页看的路径"
    folder = dirname(page.address)
    path = normpath(join(folder, unquote(parts.path)))
    if path in speech.names or (THEME / path).is_file() or path.startswith("handouts/"):
        return ""
    hint = guess(path, sorted(speech.names))
    return f"没有 {speech.docs}/{path}{hint}；改正路径，或放入文件"
