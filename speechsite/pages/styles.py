"""Makes stylesheets small: classes, ids and variables that no page has go, the rest is short."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath, relpath

import lightningcss

NAME = re.compile(r"[.#]([A-Za-z_][\w-]*)")  # a class or an id: .md-nav, #content
VARIABLE = re.compile(r"(--[\w-]+)\s*:")  # set: --md-hue: 232
READ = re.compile(r"var\(\s*(--[\w-]+)")  # used: var(--md-hue)
URL = re.compile(r"""url\(\s*["']?(?!data:|#|/)([^)"'?#]+)""")  # url(../images/a.png)
# The oldest that everything works in; newer writing, such as (width <= 45em), is put in theirs.
BROWSERS = ["chrome 80", "firefox 78", "safari 12", "ios_saf 12"]


def small_style(css: str, used: set[str]) -> str:
    """Returns a stylesheet without the classes, ids and variables that no page has or becomes.

    `used` holds every word that a tag, an attribute or a script of the site may name.
    """
    names = set(NAME.findall(css))
    small = without(css, names - used)
    before = ""
    while small != before:  # a variable that only an unread one reads is unread then
        before = small
        variables = set(VARIABLE.findall(small))
        read = set(READ.findall(small))
        small = without(small, variables - read)
    return str(lightningcss.process_stylesheet(small, browsers_list=BROWSERS))


def without(css: str, unused: set[str]) -> str:
    """Returns a stylesheet without some classes, ids and variables, in its shortest writing."""
    return str(lightningcss.process_stylesheet(css, unused_symbols=unused))


def rebased(css: str, path: str, folder: str) -> str:
    """Returns a stylesheet whose addresses, relative to `path`, are relative to `folder`."""

    def moved(url: re.Match[str]) -> str:
        target = normpath(join(dirname(path), url[1].strip()))
        return url[0].replace(url[1], relpath(target, folder))

    return URL.sub(moved, css)
