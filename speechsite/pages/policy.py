"""Makes the finished pages fit for any server: only what they ask for, named by content, under a strict policy.

A preview leaves this out, since MkDocs puts an inline script for reloading into it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import html

from speechsite.problem import Problem, Stop

# Nothing from elsewhere, nothing inline. data: is for the icons that Material's CSS holds as SVG.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"
)
CHARSET = '<meta charset="utf-8">'
# `renderer` makes browsers with two engines (360, QQ, Sogou) take the modern one; where an administrator has bound them
# to the old one, X-UA-Compatible keeps it from reading an intranet's pages as Internet Explorer 7 did.
HEAD = f'{CHARSET}<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
# Named by content, so never another under the same name.
HASHED = re.compile(r"\.[0-9a-f]{8}\.(min\.)?(css|js)(\.gz|\.br)?$")
ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
CSS_URL = re.compile(r"""url\(["']?(?!data:)([^)"'?#]+)""")
SOURCE_MAP = re.compile(r"\s*(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\s*$")


def seal(site: Path) -> None:
    """Prunes, renames and seals the finished site in place.

    Raises Stop where a page holds what the policy forbids: it would fail only later, in the readers' browsers.
    """
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.glob("*.html"))}
    documents = {path: html.document_fromstring(text) for path, text in pages.items()}
    if problems := [
        p for path, document in documents.items() for p in forbidden(document, path.name)
    ]:
        raise Stop(problems)
    prune(site, {target for document in documents.values() for target in references(document)})
    names = rename_by_content(site)
    for path, text in pages.items():
        for old, new in names.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        if "<pre" not in text:  # a quarter of a page is indentation
            text = re.sub(r"\n\s+", "\n", text)
        path.write_text(text.replace(CHARSET, HEAD, 1), encoding="utf-8", newline="\n")


def forbidden(document: html.HtmlElement, page: str) -> Iterator[Problem]:
    """Yields every inline script or style and everything that a page would fetch from another host."""
    scripts = "//script[not(@src) and not(contains(@type, 'json'))]"
    inline = document.xpath(
        f"{scripts} | //style | //@style/.. | //@*[starts-with(name(), 'on')]/.."
    )
    for element in inline:
        message = f"<{element.tag}> 有行内样式或脚本，安全策略会拦下它；改写到样式表或脚本文件里"
        yield Problem(page, 0, "policy", message)
    for address in document.xpath(
        "//@src | //@srcset | //@data | //@poster | //link[not(@rel='canonical')]/@href"
    ):
        if ELSEWHERE.match(address):
            yield Problem(
                page,
                0,
                "foreign",
                f"要从别处取 {address}，内网里取不到；把文件放进 docs/，改用相对地址",
            )


def references(document: html.HtmlElement) -> Iterator[str]:
    """Yields what a page refers to, as it stands there; also what Material's script is told of."""
    yield from document.xpath("//@href | //@src")
    for config in document.xpath("//script[@id='__config']/text()"):
        yield from re.findall(r'"search": ?"([^"]+)"', config)


def prune(site: Path, wanted: set[str]) -> None:
    """Removes what the theme brought along and no page asks for, and the sitemap, which holds the day of the build."""
    for path in site.rglob("*.css"):
        for target in CSS_URL.findall(path.read_text(encoding="utf-8")):
            wanted.add((path.parent / target).resolve().relative_to(site.resolve()).as_posix())
    for path in [*site.glob("assets/**/*"), *site.glob("sitemap.xml*")]:
        if path.is_file() and path.relative_to(site).as_posix() not in wanted:
            path.unlink()
    for folder in sorted(site.glob("assets/**/"), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def rename_by_content(site: Path) -> dict[str, str]:
    """Puts a digest into the name of every style and script that a page may name; returns old → new names.

    So a page and its assets always belong together, whatever a cache holds or whenever the site is replaced. What is
    under search/ keeps its name, which scripts know.
    """
    names = {}
    for path in sorted(path for path in site.rglob("*") if path.suffix in (".css", ".js")):
        name = path.relative_to(site)
        if name.parts[0] == "search":
            continue
        text = SOURCE_MAP.sub("\n", path.read_text(encoding="utf-8"))  # the maps are not shipped
        path.write_text(text, encoding="utf-8", newline="\n")
        if not HASHED.search(path.name):
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            new = path.rename(path.with_name(f"{path.stem}.{digest}{path.suffix}"))
            names[name.as_posix()] = new.relative_to(site).as_posix()
    return names
