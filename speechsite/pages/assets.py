"""Makes the site quick to load: ours joined and made small, all named by content, the rest gone.

A preview leaves this out; there the files stay as they were written.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, join, normpath, splitext
from urllib.parse import quote, unquote

import rjsmin

from speechsite.pages.links import references, rewrite
from speechsite.pages.page import Element, Page
from speechsite.pages.search import INDEX
from speechsite.pages.styles import URL, rebased, small_style

FOLDER = "assets"  # of what is joined
LOADING = "//link[@rel='stylesheet'][@href] | //script[@src]"
# Named by content, so never another under the same name: site.0a1b2c3d.css.gz
HASHED = re.compile(r"\.[0-9a-f]{8}\.(min\.)?(css|js)(\.gz|\.br)?$")
WORD = re.compile(r"[\w-]+")
SOURCE_MAP = re.compile(r"\s*(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\s*$")
# One script's failure is reported, and stops none of those that it is joined with.
GUARDED = "try{{(()=>{{{}\n}})()}}catch(error){{setTimeout(()=>{{throw error}})}}\n"
TEXTS = {".css", ".js", ".json", ".html", ".svg", ".xml", ".txt", ".webmanifest"}
KNOWN = {"robots.txt", "favicon.ico", "CNAME"}  # what others ask for without a link
SITEMAP = {"sitemap.xml", "sitemap.xml.gz"}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a site: `site` is its folder, `docs` the owner's, `themes` those of themes."""

    site: Path
    docs: Path
    themes: tuple[Path, ...]

    def has(self, path: str) -> bool:
        return (self.site / path).is_file()

    def brought(self, path: str) -> bool:
        """Says whether the site has a file that a theme brought, and the owner has none like it."""
        if not self.has(path) or (self.docs / path).exists():
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
    join_tags(pages, files)
    name_by_content(pages, files)
    return prune(pages, files)


def join_tags(pages: list[Page], files: Files) -> None:
    """Puts one tag for one file in the place of all those of a page that load alike."""
    used = words_of(pages, files)
    joined: dict[tuple[str, ...], str] = {}
    for page in pages:
        for tags in alike(page, files):
            paths = tuple(tags.values())
            if paths not in joined:
                joined[paths] = write_joined(paths, files, used)
            *others, last = tags  # in the place of the last nothing runs too early
            last.set(attribute_of(last), page.link(joined[paths]))
            for tag in others:
                tag.drop_tree()


def attribute_of(tag: Element) -> str:
    return "href" if tag.tag == "link" else "src"


def alike(page: Page, files: Files) -> list[dict[Element, str]]:
    """Returns the tags of a page that can be one, each with the path of what it loads.

    They load, in the head or the body and with the same attributes (media, defer), what a theme
    brought.
    """
    groups: dict[tuple[str, ...], dict[Element, str]] = {}
    for tag in page.tree.xpath(LOADING):
        attributes = dict(tag.items())
        address = attributes.pop(attribute_of(tag))
        path = page.target(address)
        if path is None or not files.brought(path):
            continue
        part = "head" if tag.getparent().tag == "head" else "body"
        key = (tag.tag, part, *map(str, sorted(attributes.items())))
        groups.setdefault(key, {})[tag] = path
    return list(groups.values())


def words_of(pages: list[Page], files: Files) -> set[str]:
    """Returns every word that a selector may name: of tags, attributes and scripts.

    Those are the words of the pages' own markup, and all that their scripts may make of it.
    """
    words: set[str] = set()
    for page in pages:
        for element in page.tree.iter("*"):
            words.add(element.tag)
            words.update(element.keys())
            words.update(WORD.findall(" ".join(element.values())))
    for path in targets(pages):
        if path.endswith(".js") and path != INDEX and files.has(path):
            words.update(WORD.findall(files.text(path)))
    return words


def write_joined(paths: tuple[str, ...], files: Files, used: set[str]) -> str:
    """Writes some styles or scripts as one small file; returns its path."""
    suffix = splitext(paths[0])[1]
    parts = []
    for path in paths:
        text = SOURCE_MAP.sub("\n", files.text(path))  # the maps are not shipped
        if suffix == ".css":
            parts.append(rebased(text, path, FOLDER))
        else:
            parts.append(GUARDED.format(rjsmin.jsmin(text)))
    text = "".join(parts)
    if suffix == ".css":
        text = small_style(text, used)
    name = f"{FOLDER}/site.{digest(text)}{suffix}"
    write(files.site / name, text)
    return name


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def name_by_content(pages: list[Page], files: Files) -> None:
    """Puts a digest into the name of every style and script that a page names.

    So a page and its assets belong together, whatever a cache holds and whenever the site is
    replaced. A file that another one of the owner's names keeps its old name too.
    """
    shared = named_by_owner(files)
    new = {}
    for path in sorted(targets(pages)):
        stem, suffix = splitext(path)
        if suffix not in (".css", ".js") or HASHED.search(path) or not files.has(path):
            continue
        text = SOURCE_MAP.sub("\n", files.text(path))
        if suffix == ".js" and files.brought(path):
            text = rjsmin.jsmin(text)
        new[path] = f"{stem}.{digest(text)}{suffix}"
        write(files.site / new[path], text)
        if basename(path) not in shared:
            (files.site / path).unlink()
    for page in pages:
        rewrite(page, new)


def targets(pages: list[Page]) -> set[str]:
    """Returns the paths, from the site's folder, of all that some pages refer to."""
    found = set()
    for page in pages:
        for reference in references(page):
            path = page.target(reference.address)
            if path:
                found.add(path)
    return found


def named_by_owner(files: Files) -> set[str]:
    """Returns the names of the owner's files that stand in a text file of his.

    Such are a stylesheet's picture, what a script fetches, all that a finished page needs.
    """
    names = set()
    texts = []
    for path in files.docs.rglob("*"):
        if path.is_file() and path.suffix != ".md":
            names.add(path.name)
            if path.suffix in TEXTS:
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
    text = "\n".join(texts)
    return {name for name in names if name in text or quote(name) in text}


def prune(pages: list[Page], files: Files) -> list[str]:
    """Removes what no page needs; returns those of the owner's files.

    The sitemap goes too, since it holds the day of the build.
    """
    wanted = targets(pages) | styles_need(files) | {page.path for page in pages}
    shared = named_by_owner(files)
    left_out = []
    for path in files.site.rglob("*"):
        name = path.relative_to(files.site).as_posix()
        if name in wanted or not path.is_file():
            continue
        if (files.docs / name).is_file():
            if path.name in shared or name in KNOWN or path.suffix == ".html":
                continue
            left_out.append(name)
        elif not files.brought(name) and name not in SITEMAP:
            continue
        path.unlink()
    remove_empty(files.site)
    return sorted(left_out)


def remove_empty(site: Path) -> None:
    """Removes the folders that hold nothing any more, the innermost first."""
    for folder in sorted(site.rglob("*/"), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def styles_need(files: Files) -> set[str]:
    """Returns the paths of what the site's stylesheets name."""
    needed = set()
    for sheet in files.site.rglob("*.css"):
        folder = sheet.relative_to(files.site).parent.as_posix()
        text = sheet.read_text(encoding="utf-8", errors="replace")
        for address in URL.findall(text):
            path = join(folder, unquote(address.strip()))
            needed.add(normpath(path))
    return needed


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
