"""Rules about nav in mkdocs.yml: the pages of the site, each once, in reading order."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from speechsite.problem import Problem, Problems
from speechsite.words.frame import LEFT_OUT, MARKDOWN, Entry, address_of, nav_entries
from speechsite.words.model import Speech
from speechsite.words.places import guess, in_config, question
from speechsite.words.settings import Key

NAV: Key = ("nav",)
LINK = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//|#)")  # what nav may name besides pages
FORMS = "写成“- 文件名.md”或“- 名称: 文件名.md”"


def entries(speech: Speech) -> list[Entry]:
    return list(nav_entries(speech.config["nav"]))


def shape_rules(speech: Speech) -> Problems:
    """An item of nav is a page, or one name with a page or with a list of items."""
    yield from misshapen(speech, speech.config["nav"], NAV)


def misshapen(speech: Speech, items: list[Any], key: Key) -> Problems:
    """Yields the items of a list of nav, and of the lists in it, that are of another form."""
    for number, item in enumerate(items):
        place = (*key, str(number))
        if isinstance(item, str):
            continue
        if not isinstance(item, dict) or len(item) != 1:
            yield in_config(speech, "nav", f"nav 的一项占一行；{FORMS}", *place)
            continue
        [(title, value)] = item.items()
        if isinstance(value, list):
            yield from misshapen(speech, value, (*place, str(title)))
        elif not isinstance(value, str):
            message = f"nav 里“{title}”后面没有页；写上文件名.md，或下面各页"
            yield in_config(speech, "nav", message, *place)


def target_rules(speech: Speech) -> Problems:
    """What nav names is a page of docs/ or an address elsewhere, and is not left out."""
    excluded: list[str] = []
    for entry in entries(speech):
        if is_excluded(speech, entry):
            excluded.append(entry.target)
        elif message := target_fault(speech, entry):
            yield in_config(speech, "nav", message, *entry.key)
    if excluded:
        message = f"把 nav 列的 {'、'.join(excluded)} 排除在网站之外；两处只留一处"
        keys = [key for key in LEFT_OUT if speech.config.get(key)]
        yield in_config(speech, "nav", f"{' 和 '.join(keys)} {message}", keys[0])


def is_excluded(speech: Speech, entry: Entry) -> bool:
    """Says whether an item of nav is a page that `exclude_docs` or the like leaves out."""
    place = speech.root / speech.docs / entry.target
    return entry.is_page and entry.target not in speech.names and place.is_file()


def target_fault(speech: Speech, entry: Entry) -> str:
    """Returns what is wrong with what an item of nav names; '' where it is there."""
    target = entry.target
    if target in speech.names or LINK.match(target) or is_excluded(speech, entry):
        return ""
    if "：" in target:
        return "冒号是全角的“：”；改成半角的冒号，后面空一格"
    if not entry.is_page:
        return f"“{target[:24]}”不是一页；{FORMS}"
    hint = likeliest(speech, target)
    return f"没有 {speech.docs}/{target} 这一页{hint}；改正文件名，或删去这一行"


def likeliest(speech: Speech, target: str) -> str:
    """Returns a question that offers the page that is meant; it may have been saved as .txt."""
    saved = f"{target}.txt"  # so Windows' Notepad names it
    return question(saved) if saved in speech.names else guess(target, pages_of(speech))


def pages_of(speech: Speech) -> list[str]:
    """Returns the pages of docs/, seen from there."""
    return sorted(name for name in speech.names if name.endswith(MARKDOWN))


def once_rules(speech: Speech) -> Problems:
    """No page stands in nav twice."""
    seen: set[str] = set()
    again: dict[str, Entry] = {}
    for entry in entries(speech):
        if entry.target in seen and entry.is_page:
            again.setdefault(entry.target, entry)
        seen.add(entry.target)
    if again:
        message = f"nav 里 {'、'.join(again)} 列了不止一次；各留一处"
        first = next(iter(again.values()))
        yield in_config(speech, "nav", message, *first.key)


def unlisted_rules(speech: Speech) -> Problems:
    """Every page of docs/ stands in nav, at an address of its own.

    One that stands in an item which `target_rules` refuses, or is offered there, is not said again.
    """
    faults = {entry.target: target_fault(speech, entry) for entry in entries(speech)}
    refused = [target for target, fault in faults.items() if fault]
    addresses = {page.address: page.path for page in speech.pages}
    others: list[str] = []
    for page in speech.unlisted:
        name = PurePosixPath(page.path).relative_to(speech.docs).as_posix()
        if page.address in addresses:
            message = f"和 {addresses[page.address]} 是同一个网址；改名，或移走一个"
            yield Problem(page.path, 0, "nav", message)
        elif not any(name in target or question(name) in faults[target] for target in refused):
            others.append(page.path)
    if others:
        message = f"{'、'.join(others)} 没有列入 nav，读者找不到；在 nav 里加上，不要就移走"
        yield in_config(speech, "nav", message, *NAV)


def home_rules(speech: Speech) -> Problems:
    """The site opens with a page: index.md (or README.md) at the top of docs/."""
    addresses = {page.address for page in (*speech.pages, *speech.unlisted)}
    for entry in entries(speech):
        if entry.is_page:  # an empty entry has no address
            addresses.add(address_of(entry.target))
    if speech.pages and "index.html" not in addresses:
        message = "没有首页；首页的文件名固定为 index.md，把那一页改成这个名字，列在 nav 的最前面"
        yield in_config(speech, "nav", message, *NAV)
