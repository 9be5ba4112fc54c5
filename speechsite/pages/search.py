"""The search's index: every word of the speech, and what the editors say on any page.

The matcher is theme/javascripts/matcher.js. The index is one script, so that it also loads from
the disk and from servers that refuse .json: `self.speechIndex = {"config": …, "docs": […]};`.

`docs` are the pages in the order of their rank, each
`{"location": address, "title": …, "first": n, "parts": [[id, heading, texts, kind?], …]}`.
On a page of the speech `first` is the number of its first paragraph, on an editors' page 0. The
texts of a part are paragraphs, numbered on from the part before, unless its kind says otherwise:
`"said"` its heading is the speaker's own line, `"table"` the texts are rows of a table of the
speech, without numbers, `"editors"` the part stands outside the speech and is the editors',
`"name"` its heading is the speech's title, as the transcript has it (on the home page).
A part that goes on after a table has no heading of its own. A page with `"entries": true` is the
glossary, whose parts are counted as 条.

`config` is how the characters are read: `sounds`, `also`, `readings`, `exceptions` (sounds.py),
`words` of the dictionaries, `forms`: a simplified character and the traditional ones of it.
"""

from __future__ import annotations

import json
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from speechsite.pages.page import Element, Page, content
from speechsite.pages.sounds import (
    Sounds,
    dictionary,
    given_readings,
    read_aloud,
    readings,
    runs,
    words_in,
)
from speechsite.words import Heading, Paragraph, Speech
from speechsite.words.model import Block

INDEX = "search/index.js"  # the templates name it in data-asset-index
# A character with the marks that combine with it, as the matcher folds it; Han are left alone.
CLUSTER = "[^\u4e00-\u9fff][\u0300-\u036f\u3099\u309a]*"
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    *("p", "div", "section", "article", "aside", "header", "footer", "main", "nav", "figure"),
    *("ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "br", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figcaption"),
}
# What is on a page but is not its text: its own name, switches, what the reader does not see.
SILENT = {"h1", "button", "script", "style", "noscript", "template", "svg", "select", "textarea"}
APART = {"speech", "kicker", "tools", "headerlink"}  # classes: the words have their own entry

Part = list[Any]
Doc = dict[str, Any]


def index_script(pages: list[Page], speech: Speech, sounds: Sounds) -> str:
    """Returns the script that holds the index of a site whose pages are not yet filled."""
    index = search_index(pages, speech, sounds)
    data = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    return f"self.speechIndex={data};\n"


def published_paragraphs(site: Path) -> dict[int, str]:
    """Returns the paragraphs of a site that was built before, by number, as its index has them.

    None where there is no such site, or its index is of another form.
    """
    folder, name = posixpath.split(INDEX)
    found: dict[int, str] = {}
    for path in sorted((site / folder).glob(name.replace(".js", "*.js"))):
        try:
            index = json.loads(path.read_text(encoding="utf-8").partition("=")[2].rstrip(";\n"))
            for page in index["docs"]:
                number = page["first"]
                for _, _, texts, *kind in page["parts"]:
                    if number and kind in ([], ["said"]):
                        found |= dict(enumerate(texts, number))
                        number += len(texts)
        except (OSError, ValueError, LookupError, TypeError):
            return {}
    return found


def search_index(pages: list[Page], speech: Speech, sounds: Sounds) -> dict[str, Any]:
    """Returns the index.

    Positions count UTF-16 units in all texts, folded as the matcher folds them, each with one for
    its line end.
    """
    docs = [*theme_docs(pages, speech), *editors_docs(pages, speech)]
    texts = list(chain.from_iterable(map(units, docs)))
    forms = traditional_forms(set("".join(texts)))
    folded = "".join(f"{fold(text, forms)}\n" for text in texts)
    read = readings(folded, read_aloud(folded, given_readings(speech)), sounds.common)
    also = dict(sounds.also)
    for char in "".join(read.usual.values()):  # in a wrong place it may be meant as it usually is
        if char in sounds.common:
            syllable = sounds.common[char]
            also[syllable] = also.get(syllable, "") + char
    words = words_in(fold(speech.corrected, forms), sounds.words)
    config = {
        "sounds": runs(sounds.common),
        "also": also,
        "readings": read.usual,
        "exceptions": read.exceptions,
        "words": " ".join(sorted(words)),
        "forms": " ".join(families(forms)),
    }
    return {"config": config, "docs": docs}


def theme_docs(pages: list[Page], speech: Speech) -> Iterator[Doc]:
    """Yields the pages of the speech, each with what the editors say on it."""
    by_path = {page.path: page for page in pages}
    for theme in speech.themes:
        parts = list(speech_parts(theme.blocks))
        if page := by_path.get(theme.address):
            parts += [[*part, "editors"] for part in editors_parts(page)]
        first = next((block.number for block in theme.paragraphs), 0)
        yield doc(theme.address, theme.title, first, parts)


def doc(address: str, title: str, first: int, parts: list[Part]) -> Doc:
    return {"location": quote(address), "title": title, "first": first, "parts": parts}


def speech_parts(blocks: tuple[Block, ...]) -> Iterator[Part]:
    """Yields the parts of a theme: from a heading to the next, tables apart."""
    part: Part = ["", "", []]
    for block in blocks:
        if isinstance(block, Heading):
            yield part
            part = [block.id, block.title, [], *(["said"] if block.said else [])]
        elif isinstance(block, Paragraph):
            part[2].append(block.corrected)
        else:
            yield part
            yield [part[0], "", [" ".join(row) for row in block.rows], "table"]
            part = [part[0], "", []]
    yield part


def editors_docs(pages: list[Page], speech: Speech) -> Iterator[Doc]:
    """Yields the pages that hold only editors' words, those of the nav first.

    The page of the whole text repeats the others; a page can ask to be left out (`search: exclude`
    in its front matter), and 404.html is not one to be found.
    """
    written = {source.address: source for source in speech.pages}
    order = {address: place for place, address in enumerate(written)}
    others = {theme.address for theme in speech.themes} | {"404.html"}
    if speech.whole:
        others.add(speech.whole.address)
    for page in sorted(pages, key=lambda page: order.get(page.path, len(order))):
        source = written.get(page.path)
        if page.path in others or (source and is_left_out(source.meta)):
            continue
        title = source.title if source else str(page.tree.findtext(".//title"))
        parts = list(editors_parts(page))
        if speech.home and page.path == speech.home.address and speech.transcript_title:
            parts.insert(0, ["", speech.title, [], "name"])
        entry = doc(page.path, title, 0, parts)
        if speech.glossary and page.path == speech.glossary.address:
            entry["entries"] = True
        yield entry


def is_left_out(meta: dict[str, Any]) -> bool:
    """Says whether a page's front matter leaves it out, as Material's does."""
    asked = meta.get("search")
    return isinstance(asked, dict) and asked.get("exclude") is True


def editors_parts(page: Page) -> Iterator[Part]:
    """Yields what stands on a page outside the speech: [id, heading, texts] from each heading."""
    part: Part = ["", "", []]
    for heading, text in editors_texts(content(page)):
        if heading is None:
            part[2].append(text)
            continue
        if part[1] or part[2]:
            yield part
        part = [heading, text, []]
    if part[1] or part[2]:
        yield part


def editors_texts(place: Element) -> Iterator[tuple[str | None, str]]:
    """Yields the blocks of text of an element: its heading's id, None where it is none, and it."""
    words: list[str] = []
    inside = None
    for heading, piece in [*pieces(place, None), (None, None)]:
        if piece is not None:
            words.append(piece)
            inside = heading
            continue
        text = " ".join("".join(words).split())
        if text:
            yield inside, text
        words.clear()


def pieces(element: Element, heading: str | None) -> Iterator[tuple[str | None, str | None]]:
    """Yields the pieces of text in an element, and None where a block begins or ends.

    Each comes with the id of the heading that it stands in; '' is that of a heading without one.
    """
    if element.tag in HEADINGS:
        heading = element.get("id", "")
    yield heading, element.text or ""
    for child in element:
        is_block = child.tag in BLOCKS
        if is_block:
            yield heading, None
        if not is_silent(child):
            yield from pieces(child, heading)
        if is_block:
            yield heading, None
        yield heading, child.tail or ""


def is_silent(element: Element) -> bool:
    """Says whether an element is no text of the editors': see SILENT; comments are none either."""
    if not isinstance(element.tag, str) or element.tag in SILENT:
        return True
    asked = {"data-fill", "data-search-exclude", "hidden"} & set(element.keys())
    return bool(asked or APART & set(element.get("class", "").split()))


def units(doc: Doc) -> Iterator[str]:
    """Yields the texts of a page in the matcher's order: its title, each heading and its texts."""
    yield doc["title"]
    for _, heading, texts, *_ in doc["parts"]:
        yield heading
        yield from texts


def fold(text: str, forms: dict[str, str]) -> str:
    """Returns `text` as the matcher compares it: NFKC, lower case, simplified."""
    pattern = f"{CLUSTER}|[{''.join(forms)}]" if forms else CLUSTER
    return re.sub(pattern, partial(fold_cluster, forms), text)


def fold_cluster(forms: dict[str, str], cluster: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", cluster[0]).lower()
    return "".join(forms.get(char, char) for char in plain)


def traditional_forms(chars: set[str]) -> dict[str, str]:
    """Returns each traditional form that a reader may type for one of `chars`: form → simplified.

    With the standards of Taiwan and Hong Kong. A form that is itself in the text is folded only if
    it has a simplified one of its own.
    """
    to_simplified = dictionary("TSCharacters")
    simple = set()
    for char in chars:
        first, *_ = to_simplified.get(char, char).split() or [char]
        simple.add(first)
    forms: dict[str, str] = {}
    for key, values in to_simplified.items():
        if target := next((value for value in values.split() if value in simple), ""):
            forms[key] = target
    to_traditional = dictionary("STCharacters")
    for char in simple:
        for form in to_traditional.get(char, "").split():
            forms.setdefault(form, char)
    for name in ("TWVariants", "HKVariants"):
        for key, values in dictionary(name).items():
            target = forms.get(key, key)
            for form in values.split() if target in simple else ():
                forms.setdefault(form, target)
    return {form: char for form, char in forms.items() if form not in simple}


def families(forms: dict[str, str]) -> list[str]:
    """Returns each simplified character with its traditional forms: 发發髮."""
    variants: dict[str, str] = defaultdict(str)
    for variant, simple in forms.items():
        variants[simple] += variant
    return [simple + variants[simple] for simple in sorted(variants)]
