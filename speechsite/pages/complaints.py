"""What MkDocs complains of, as problems: in our words, with the page or setting and its line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from speechsite.pages.engine import Record
from speechsite.problem import Problem
from speechsite.words import Speech, line_of

Match: TypeAlias = re.Match[str]
MEANT = r"(?: Did you mean '(?P<meant>[^']*)'\?)?"  # how MkDocs ends where it has a guess
AT_PAGE = r"Doc file '(?P<page>[^']*)' contains an? (?:\w+ )*link '(?P<link>[^']*)'"
SETTING = re.compile(r"Config value '(?P<key>[^']*)': (?P<what>.*)", re.DOTALL)

# What MkDocs 1.6 logs of links and pages, and how we say it; {meant} is its guess, or ''.
OF_PAGES: dict[str, str] = {
    # Doc file 'a.md' contains a link 'b.md', but the target is not found among documentation files.
    rf"{AT_PAGE}, but the target.* is not found among documentation files\.{MEANT}": (
        "链接 {link} 指的文件不在{meant}；改正链接，或补上那个文件"
    ),
    # Doc file 'a.md' contains a link '#x', but there is no such anchor on this page.
    rf"{AT_PAGE}, but there is no such anchor on this page\..*": (
        "链接 {link} 指的地方这一页没有；改成标题后面 {{ #… }} 里的 id"
    ),
    # Doc file 'a.md' contains a link 'b.md#x', but the doc 'b.md' does not contain an anchor '#x'.
    rf"{AT_PAGE}, but the doc '(?P<doc>[^']*)' does not contain an anchor '(?P<anchor>[^']*)'\.": (
        "链接 {link} 指的 {anchor} 在 {doc} 里没有；改成那一页标题后面 {{ #… }} 里的 id"
    ),
    # Doc file 'a.md' contains an unrecognized relative link 'b', it was left as is.
    r"Doc file '(?P<page>[^']*)' contains an unrecognized relative link '(?P<link>[^']*)',"
    rf" it was left as is\.{MEANT}": "链接 {link} 指的文件不在{meant}；改正链接，页面要带 .md",
    # Doc file 'a.md' contains an absolute link '/b.md', it was left as is.
    rf"{AT_PAGE}, it was left as is\.{MEANT}": (
        "链接 {link} 换个位置就找不到{meant}；写成从这一页看的路径，如 ../名称.md"
    ),
    # Doc file 'a.md' contains a link to 'b.md' which is excluded from the built site.
    r"Doc file '(?P<page>[^']*)' contains a link to '(?P<link>[^']*)' which is excluded.*": (
        "链接指的 {link} 被 exclude_docs 排除在网站之外；删去链接，或不再排除它"
    ),
    # Excluding 'README.md' from the site because it conflicts with 'index.md'.
    r"Excluding '(?P<page>[^']*)' from the site because it conflicts with '(?P<link>[^']*)'\.": (
        "和 {link} 是同一个网址；改名，或移走一个"
    ),
}
# What it says of a setting; {key} is its name in mkdocs.yml.
OF_SETTINGS: dict[str, str] = {
    # The "git" plugin is not installed
    r'The "(?P<name>[^"]*)" plugin is not installed.*': (
        "没有安装插件 {name}；删去它（网站用不着），或用 pip 安装"
    ),
    # Failed to load extension 'x'. ModuleNotFoundError: No module named 'x'
    r"Failed to load extension '(?P<name>[^']*)'\..*No module named .*": (
        "没有 Markdown 扩展 {name}；改正名称，或删去它"
    ),
    # Failed to load extension 'toc'. … KeyError: 'toc_dept'
    r"Failed to load extension '(?P<name>[^']*)'\.(?:.*\s)?(?P<error>\w+(?:Error|Exception): .*)": (
        "Markdown 扩展 {name} 的选项不对（{error}）；改正，或删去它"
    ),
    # Invalid config options for Markdown Extension 'toc'.
    r"Invalid config options for (?:the )?(?:Markdown Extension )?'(?P<name>[^']*)'.*": (
        "{name} 的选项应写成“键: 值”，每项一行；改正"
    ),
    # Unrecognised theme name: 'x'. The available installed themes are: …
    r"Unrecognised theme name: '(?P<name>[^']*)'.*": "没有 {name} 这个主题；写 name: material",
    # The path set in custom_dir ('x') does not exist.
    r"The path set in custom_dir \('(?P<name>.*)'\) does not exist\.": (
        "没有 custom_dir 写的文件夹；改正路径，不用自己的模板就删去这一行"
    ),
    # Unrecognised configuration name: x
    r".*Unrecognised configuration name: (?P<name>\S+)": "不认识 {name}；改正，或删去它",
    # The path 'x' isn't an existing directory.
    r".*The path '(?P<name>[^']*)' isn't an existing (?:file|directory|file or directory)\.": (
        "没有 {name}；改正路径"
    ),
    # Expected one of ['warn', 'info', 'ignore'], got 'x'
    r".*Expected one of:? [\[(](?P<choices>.*)[\])],? (?:but received:|got) '?(?P<name>.*?)'?": (
        "没有 {name} 这一种，可用的有 {choices}；改正"
    ),
    # Sub-option 'nav': The configuration is invalid. Expected a key-value mapping (dict) but …
    r"(?:Sub-option '(?P<name>[^']*)': )?.*Expected a key-value mapping.*": (
        "里面应是“键: 值”，每项一行；改正"
    ),
    # Sub-option 'toc': Expected type: <class 'bool'> but received: <class 'str'>
    r"(?:Sub-option '(?P<name>[^']*)': )?.*Expected type: .*": "值的写法不对；改正，或删去它",
    r".*(?:isn't valid|is not a valid URL|Unable to parse the URL).*": (
        "不是完整的网址；以 http:// 或 https:// 开头"
    ),
    r"Plugin '(?P<name>[^']*)' was specified multiple times.*": "插件 {name} 写了几次；只留一处",
    r"Plugin '(?P<name>[^']*)' (?:option|value).*": "插件 {name} 的选项不对；改正，或删去它",
}


# What stops it in a template, by the exception.
OF_TEMPLATES = {
    # partials/languages/xx.html, .icons/no.svg
    "TemplateNotFound": "主题里没有 {text}；改正 theme 下面的设置，或 custom_dir 里的模板",
    "TemplateSyntaxError": "custom_dir 里的模板写错了（{text}）；改正模板",
    "UndefinedError": "custom_dir 里的模板用了没有的名称（{text}）；改正模板",
}
# contains a link 'b.md#p9': paragraphs are numbered after MkDocs, and links.dangling looks.
AT_PARAGRAPH = re.compile(r" link '[^']*#p\d+'.* anchor")
# Error building page 'a.md': … ; Template skipped: 'a.html' not found in docs_dir.
AT_WORK = re.compile(r"Error (?:reading|building) page '(?P<page>[^']*)': (?P<why>.*)")
SKIPPED = re.compile(r"Template skipped: '(?P<name>[^']*)' not found.*")


def complaints(speech: Speech, records: Iterable[Record]) -> Iterator[Problem]:
    """Yields a problem for each fault that was logged.

    Where a fault was named, the exception that it ended in is not said again.
    """
    listed = [record for record in records if not AT_PARAGRAPH.search(record.text)]
    logged = [record for record in listed if not is_exception(record)]
    known = [record for record in listed if record.logger in OF_TEMPLATES]
    for record in known or logged or listed:
        yield problem_of(speech, record)


def is_exception(record: Record) -> bool:
    """Says whether a record is what stopped MkDocs: KeyError, and not mkdocs.structure.pages."""
    return record.logger[:1].isupper()


def problem_of(speech: Speech, record: Record) -> Problem:
    """Returns what a record says, in the best way that we know."""
    text = " ".join(record.text.replace(f"{speech.root}{os.sep}", "").split())
    if setting := SETTING.fullmatch(text):
        return of_setting(speech, setting["key"], setting["what"])
    for pattern, message in OF_PAGES.items():
        if match := re.fullmatch(pattern, text):
            return of_page(speech, match, message)
    return of_engine(speech, record, text)


def of_page(speech: Speech, match: Match, message: str) -> Problem:
    """Returns a problem of a page, on the line where the link stands that it speaks of."""
    parts = {key: value or "" for key, value in match.groupdict().items()}
    if parts.get("meant"):
        parts["meant"] = f"（是不是 {parts['meant']}？）"
    path = f"{speech.docs}/{match['page']}"
    return Problem(path, line_with(speech, path, match["link"]), "link", message.format(**parts))


def line_with(speech: Speech, path: str, sign: str) -> int:
    """Returns the first line of a page that holds a sign; 0 where none does."""
    page = next((page for page in speech.pages if page.path == path), None)
    if page is None:
        return 0
    for form in (f"]({sign}", f'"{sign}"', f": {sign}", sign):
        if form in page.text:
            return page.text.count("\n", 0, page.text.index(form)) + 1
    return 0


def of_setting(speech: Speech, key: str, what: str) -> Problem:
    """Returns a problem of mkdocs.yml, on the line of the setting that it speaks of."""
    name = speech.config_file.name
    for pattern, message in OF_SETTINGS.items():
        if match := re.fullmatch(pattern, what, re.DOTALL):
            parts = match.groupdict()
            parts["choices"] = (parts.get("choices") or "").replace("'", "")
            line = line_naming(speech, key, parts.get("name", ""))
            return Problem(name, line, "config", f"{key}：{message.format(**parts)}")
    message = f"{key} 的写法不对（{what}）；照 MkDocs 的说明改正"
    return Problem(name, line_of(speech, name, key), "config", message)


def line_naming(speech: Speech, key: str, word: str) -> int:
    """Returns the line below a key of mkdocs.yml that holds a word; the key's where none does."""
    name = speech.config_file.name
    lines = speech.files[name].decode("utf-8-sig").splitlines()
    begin = line_of(speech, name, key)
    for number in range(begin, len(lines) + 1):
        if word and word in lines[number - 1]:
            return number
    return begin


def of_engine(speech: Speech, record: Record, text: str) -> Problem:
    """Returns a problem that names no page or setting: of a template, a plugin, an extension."""
    name = speech.config_file.name
    if message := OF_TEMPLATES.get(record.logger):
        line = line_of(speech, name, "theme")
        return Problem(name, line, "mkdocs", message.format(text=text))
    if skipped := SKIPPED.fullmatch(text):
        message = f"没有 {skipped['name']} 这个模板；改正文件名，或删去它"
        return Problem(name, line_naming(speech, "", skipped["name"]), "config", message)
    if page := AT_WORK.fullmatch(text):
        text = f"{page['why']}（{speech.docs}/{page['page']}）"
    whole = f"{record.logger}: {text}" if is_exception(record) else text
    message = f"网页做不出来，MkDocs 说“{whole}”；检查最近改过的设置、扩展和模板"
    return Problem(name, 0, "mkdocs", message)
