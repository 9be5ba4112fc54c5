"""Makes stylesheets small: what no page has or becomes is left out, the rest in its shortest form."""

from __future__ import annotations

import re
from functools import partial
from posixpath import dirname, join, normpath, relpath

import lightningcss

NAME = re.compile(r"[.#]([A-Za-z_][\w-]*)")  # a class or an id: .md-nav, #content
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


def small_style(css: str, used: set[str]) -> str:
    """Returns a stylesheet without the rules for what no page has or becomes, in its shortest form.

    `used` holds every word that a tag, an attribute or a script of the site may name.
    """
    names = set(NAME.findall(css))
    small = minified(css, names - used)
    small = RULE.sub(partial(kept_rule, used | STEPS), small)
    before = ""
    while small != before:  # a variable that only an unread one reads is unread then
        before = small
        variables = set(VARIABLE.findall(small))
        read = set(READ.findall(small))
        small = minified(small, variables - read)
    return str(lightningcss.process_stylesheet(small, browsers_list=BROWSERS))


def minified(css: str, unused: set[str]) -> str:
    """Returns a stylesheet without some classes, ids and variables, in its shortest writing."""
    return str(lightningcss.process_stylesheet(css, unused_symbols=unused))


def kept_rule(used: set[str], rule: re.Match[str]) -> str:
    """Returns a rule with those of its selectors that can apply; '' where none can.

    What stands before it stays: @page has a size and margins before its @top-center.
    """
    before, semicolon, names = rule[1].rpartition(";")
    selectors = [text for text in COMMA.split(names) if can_apply(text, used)]
    kept = f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""
    return before + semicolon + kept


def can_apply(selector: str, used: set[str]) -> bool:
    """Says whether all that a selector names is `used`; what @page and the like set always applies."""
    if selector.startswith("@"):
        return True
    inner, outer = "", selector
    while inner != outer:
        inner, outer = outer, INNERMOST.sub("", outer)
    return used.issuperset(TOKEN.findall(PSEUDO.sub("", outer)))


def rebased(css: str, path: str, folder: str) -> str:
    """Returns a stylesheet whose addresses, relative to `path`, are relative to `folder`."""

    def moved(url: re.Match[str]) -> str:
        target = normpath(join(dirname(path), url[1].strip()))
        return url[0].replace(url[1], relpath(target, folder))

    return URL.sub(moved, css)
