"""Makes the site quick to load: ours joined and made small, all named by content, the rest left out.

A preview leaves this out; there the files stay as they were written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from posixpath import dirname, join, normpath, relpath, splitext
from urllib.parse import quote, unquote

import lightningcss
import rjsmin

from speechsite.pages.links import references, rewrite
from speechsite.pages.page import Element, Page
from speechsite.pages.search import INDEX

# Named by content, so never another under the same name.
HASHED = re.compile(r"\.[0-9a-f]{8}\.(min\.)?(css|js)(\.gz|\.br)?$")
WORD = re.compile(r"[\w-]+")
NAME = re.compile(r"[.#]([A-Za-z_][\w-]*)")  # a class or an id of CSS: .md-nav, #content
VARIABLE = re.compile(r"(--[\w-]+)\s*:")  # set: --md-hue: 232
READ = re.compile(r"var\(\s*(--[\w-]+)")  # used: var(--md-hue)
URL = re.compile(r"""url\(\s*["']?(?!data:|#|/)([^)"'?#]+)""")  # url(../images/a.png)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")  # p,a>b{color:red}
COMMA = re.compile(r",(?![^(\[]*[)\]])")  # between selectors, not in [title="a,b"]
INNERMOST = re.compile(r"\([^()]*\)")  # what :not(.open) holds decides nothing
PSEUDO = re.compile(r"::?[\w-]+")  # :hover, ::before
TOKEN = re.compile(r"[A-Za-z_][\w-]*")
STEPS = {"from", "to"}  # of @keyframes, no elements
# The oldest that everything works in; newer writing, such as (width <= 45em), is put in theirs.
BROWSERS = ["chrome 80", "firefox 78", "safari 12", "ios_saf 12"]
SOURCE_MAP = re.compile(r"\s*(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\s*$")
TEXTS = {".css", ".js", ".json", ".html", ".svg", ".xml", ".txt", ".webmanifest"}
# One script's failure is reported, and stops none of those that it is joined with.
GUARDED = "try{{(()=>{{{}\n}})()}}catch(error){{setTimeout(()=>{{throw error}})}}\n"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a site: `site` is its folder, `docs` the owner's, `themes` the themes' folders."""

    site: Path
    docs: Path
    themes: tuple[Path, ...]

    def brought(self, path: str) -> bool:
        """Says whether a theme brought a file, and the owner has none of that name."""
        if (self.docs / path).exists():
            return False
        return any((folder / path).is_file() for folder in self.themes)

    def text(self, path: str) -> str:
        return (self.site / path).read_text(encoding="utf-8")


def deliver(pages: list[Page], files: Files) -> list[str]:
    """Makes the assets of finished pages fit to be sent; returns the owner's files left out.

    Styles and scripts that a theme brought are joined, what the owner added stays a file of its
    own. All that pages name is named by content; what a theme brought and no page uses goes, and
    so does a file of the owner's that nothing names (草稿.docx, Thumbs.db).
    """
    used = words_of(pages, files)
    joined: dict[tuple[str, ...], str] = {}
    for page in pages:
        for tags in alike(page, files):
            paths = tuple(tags.values())
            if paths not in joined:
                joined[paths] = write_joined(paths, files, used)
            join_tags(page, list(tags), joined[paths])
    name_by_content(pages, files)
    return prune(pages, files)


def words_of(pages: list[Page], files: Files) -> set[str]:
    """Returns every word that a selector may name: of tags, attributes and scripts.

    Those are the words of the pages' own markup, and all that their scripts may make of it.
    """
    words = set(STEPS)
    for page in pages:
        for element in page.tree.iter("*"):
            words.add(element.tag)
            words.update(element.keys())
            words.update(name for text in element.values() for name in WORD.findall(text))
    for path in {path for page in pages for path in targets(page)}:
        if path.endswith(".js") and path != INDEX and (files.site / path).is_file():
            words.update(WORD.findall(files.text(path)))
    return words


def alike(page: Page, files: Files) -> list[dict[Element, str]]:
    """Returns the tags of a page that can be one, each with the path of what it loads.

    They load, in the head or the body and with the same attributes (media, defer), what a theme
    brought.
    """
    groups: dict[tuple[str, ...], dict[Element, str]] = {}
    for element in page.tree.xpath("//link[@rel='stylesheet'][@href] | //script[@src]"):
        path = page.target(element.get("href") or element.get("src"))
        if path and files.brought(path) and (files.site / path).is_file():
            part = "head" if element.getparent().tag == "head" else "body"
            others = [text for item in sorted(element.items()) for text in item]
            others.remove(element.get("href") or element.get("src"))
            groups.setdefault((element.tag, part, *others), {})[element] = path
    return list(groups.values())


def join_tags(page: Page, tags: list[Element], name: str) -> None:
    """Puts one tag for the file `name` in the place of the last of several: nothing runs too early."""
    last = tags[-1]
    last.set("href" if last.tag == "link" else "src", page.link(name))
    for element in tags[:-1]:
        element.drop_tree()


def write_joined(paths: tuple[str, ...], files: Files, used: set[str]) -> str:
    """Writes some styles or scripts as one small file; returns its path."""
    texts = [SOURCE_MAP.sub("\n", files.text(path)) for path in paths]
    if paths[0].endswith(".css"):
        moved = (rebased(text, path) for text, path in zip(texts, paths, strict=True))
        text = small_style("\n".join(moved), used)
    else:
        text = "".join(GUARDED.format(rjsmin.jsmin(text)) for text in texts)
    name = f"assets/site.{digest(text)}{splitext(paths[0])[1]}"
    write(files.site / name, text)
    return name


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def small_style(css: str, used: set[str]) -> str:
    """Returns a stylesheet made small, without the rules for what no page has or becomes."""
    names = set(NAME.findall(css)) - used
    small = minified(css, names)
    small = RULE.sub(partial(kept_rule, used), small)
    before = ""
    while small != before:  # a variable that only an unread one reads is unread then
        before, unread = small, set(VARIABLE.findall(small)) - set(READ.findall(small))
        small = minified(small, unread)
    return str(lightningcss.process_stylesheet(small, browsers_list=BROWSERS))


def minified(css: str, unused: set[str]) -> str:
    """Returns a stylesheet without some classes, ids and variables, in its shortest writing."""
    return str(lightningcss.process_stylesheet(css, unused_symbols=unused))


def kept_rule(used: set[str], rule: re.Match[str]) -> str:
    """Returns a rule with those of its selectors that can apply; '' where none can."""
    selectors = [text for text in COMMA.split(rule[1]) if can_apply(text, used)]
    return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""


def can_apply(selector: str, used: set[str]) -> bool:
    """Says whether all that a selector names is `used`; what @page and the like set always applies."""
    if selector.startswith("@"):
        return True
    inner, outer = "", selector
    while inner != outer:
        inner, outer = outer, INNERMOST.sub("", outer)
    return used.issuperset(TOKEN.findall(PSEUDO.sub("", outer)))


def rebased(css: str, path: str) -> str:
    """Returns a stylesheet whose addresses, relative to `path`, are relative to assets/."""

    def moved(url: re.Match[str]) -> str:
        target = normpath(join(dirname(path), url[1].strip()))
        return url[0].replace(url[1], relpath(target, "assets"))

    return URL.sub(moved, css)


def name_by_content(pages: list[Page], files: Files) -> None:
    """Puts a digest into the name of every style and script that a page names.

    So a page and its assets belong together, whatever a cache holds and whenever the site is
    replaced. A file that another one of the owner's names keeps its old name too.
    """
    named = {target for page in pages for target in targets(page)}
    scripts = [path for path in sorted(named) if splitext(path)[1] in (".css", ".js")]
    shared = named_by_owner(files)
    new = {}
    for path in scripts:
        place = files.site / path
        if not place.is_file() or HASHED.search(path):
            continue
        text = SOURCE_MAP.sub("\n", place.read_text(encoding="utf-8"))  # the maps are not shipped
        if files.brought(path) and place.suffix == ".js":
            text = rjsmin.jsmin(text)
        new[path] = f"{splitext(path)[0]}.{digest(text)}{place.suffix}"
        write(files.site / new[path], text)
        if place.name not in shared:
            place.unlink()
    for page in pages:
        rewrite(page, new)


def targets(page: Page) -> Iterator[str]:
    """Yields the paths, from the site's folder, of all that a page refers to."""
    for reference in references(page):
        if path := page.target(reference.address):
            yield path


def named_by_owner(files: Files) -> set[str]:
    """Returns the names of the owner's files that stand in a text file of his: a stylesheet's
    picture, what a script fetches, all that a finished page needs."""
    owned = [path for path in files.docs.rglob("*") if path.is_file() and path.suffix != ".md"]
    texts = [path for path in owned if path.suffix in TEXTS]
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in texts)
    return {path.name for path in owned if path.name in text or quote(path.name) in text}


def prune(pages: list[Page], files: Files) -> list[str]:
    """Removes what no page needs; returns those of the owner's files.

    The sitemap goes too, since it holds the day of the build.
    """
    wanted = {target for page in pages for target in targets(page)}
    wanted |= {page.path for page in pages}
    wanted |= styles_need(files)
    shared = named_by_owner(files)
    left_out = []
    for path in files.site.rglob("*"):
        name = path.relative_to(files.site).as_posix()
        if not path.is_file() or name in wanted:
            continue
        owned = (files.docs / name).is_file()
        if owned and path.name not in shared and not is_known(name):
            left_out.append(name)
            path.unlink()
        elif not owned and (files.brought(name) or name.startswith("sitemap.xml")):
            path.unlink()
    for folder in sorted(files.site.rglob("*/"), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    return sorted(left_out)


def is_known(path: str) -> bool:
    """Says whether a file needs no page that names it: a finished page, or what others ask for."""
    return path.endswith(".html") or path in ("robots.txt", "favicon.ico", "CNAME")


def styles_need(files: Files) -> set[str]:
    """Returns the paths of what the site's stylesheets name."""
    needed = set()
    for sheet in files.site.rglob("*.css"):
        folder = sheet.relative_to(files.site).parent.as_posix()
        for address in URL.findall(sheet.read_text(encoding="utf-8", errors="replace")):
            needed.add(normpath(join(folder, unquote(address.strip()))))
    return needed


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
