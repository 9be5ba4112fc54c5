"""Rules about mkdocs.yml: its keys, its nav, and what this site needs of theme and extensions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from speechsite.problem import Problem
from speechsite.words.frame import MARKDOWN, Entry, nav_entries
from speechsite.words.model import WORDS, Speech
from speechsite.words.places import guess, line_of, question
from speechsite.words.settings import Key

TEXT, YES_NO, LIST, MAPPING = (str,), (bool,), (list,), (dict,)
# What MkDocs 1.6 reads (https://www.mkdocs.org/user-guide/configuration/): key -> its types.
KEYS: dict[str, tuple[type, ...]] = {
    "site_name": TEXT,
    "site_url": TEXT,
    "site_description": TEXT,
    "site_author": TEXT,
    "copyright": TEXT,
    "theme": (str, dict),
    "docs_dir": TEXT,
    "site_dir": TEXT,
    "use_directory_urls": YES_NO,
    "nav": LIST,
    "exclude_docs": TEXT,
    "draft_docs": TEXT,
    "not_in_nav": TEXT,
    "extra_css": LIST,
    "extra_javascript": LIST,
    "extra_templates": LIST,
    "markdown_extensions": (list, dict),
    "mdx_configs": MAPPING,
    "validation": MAPPING,
    "extra": MAPPING,
    "watch": LIST,
    "hooks": LIST,
    "plugins": (list, dict),
    "strict": YES_NO,
    "dev_addr": TEXT,
    "repo_url": TEXT,
    "repo_name": TEXT,
    "edit_uri": TEXT,
    "edit_uri_template": TEXT,
    "remote_branch": TEXT,
    "remote_name": TEXT,
}
REQUIRED = {"site_name": "网站名称", "nav": "各页的次序"}
THEME_KEYS: dict[str, tuple[type, ...]] = {
    "custom_dir": TEXT,
    "language": TEXT,
    "direction": TEXT,
    "logo": TEXT,
    "favicon": TEXT,
    "icon": MAPPING,
    "palette": (list, dict),
    "features": LIST,
    "font": (dict, bool),
    "static_templates": LIST,
}
NAMES = {str: "一行文字", bool: "true 或 false", list: "一行一个“- …”", dict: "“键: 值”"}

# Without these the words are not shown as they were checked.
EXTENSIONS = {
    "attr_list": "标题的 id 靠它",
    "md_in_html": "讲话的文字靠它排版",
    "pymdownx.critic": "勘误靠它显示",
    "pymdownx.snippets": "引入文字靠它",
}
ELSEWHERE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")  # https://… or //…
LINK = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//|#)")  # what a nav may point at besides pages

# What MkDocs or Material read and this site does not follow.
WITHOUT_EFFECT = {
    "strict": "网站总是从严生成",
    "dev_addr": "预览的端口写在 serve --port 后面",
    "remote_branch": "发布用 publish",
    "remote_name": "发布用 publish",
    "repo_url": "网页上没有仓库的链接",
    "repo_name": "网页上没有仓库的链接",
    "edit_uri": "网页上没有“编辑此页”",
    "edit_uri_template": "网页上没有“编辑此页”",
}
# Material's plugins that change its own templates or its script, which are not ours.
PLUGINS = {"search", "tags", "blog", "social", "offline", "privacy", "optimize", "projects"}
PALETTE = {"media", "scheme", "primary", "accent", "toggle"}  # keys of theme.palette


def key_rules(speech: Speech) -> Iterator[Problem]:
    """mkdocs.yml has the keys that are needed, none that nobody knows, each of its type."""
    name = speech.config_file.name
    if name not in speech.files:
        return
    mistyped = {guess(str(key), list(KEYS)) for key in speech.config if key not in KEYS}
    for key, what in REQUIRED.items():
        if not speech.config.get(key) and question(key) not in mistyped:
            line = line_of(speech, name, key)
            yield Problem(name, line, "config", f"缺少 {key}（{what}）；补上")
    for key, value in speech.config.items():
        line = line_of(speech, name, key)
        if key == "INHERIT":
            message = "这里不读 INHERIT；把那份设置抄进来"
            yield Problem(name, line, "config", message)
        elif key not in KEYS:
            message = f"不认识的键 {key}{guess(str(key), list(KEYS))}；改正，或删去这一项"
            yield Problem(name, line, "config", message)
        elif value is not None and not isinstance(value, KEYS[key]):
            yield Problem(name, line, "config", wrong_type(key, KEYS[key]))


def wrong_type(key: str, kinds: tuple[type, ...]) -> str:
    wanted = " 或 ".join(NAMES[kind] for kind in kinds)
    return f"{key} 的写法不对：应为{wanted}；改正"


def value_rules(speech: Speech) -> Iterator[Problem]:
    """The site is flat files that are asked for by name, and asks nothing of another host."""
    name = speech.config_file.name
    if speech.config.get("use_directory_urls", True) is True and name in speech.files:
        line = line_of(speech, name, "use_directory_urls")
        message = "网站要能从文件夹里直接打开；写 use_directory_urls: false"
        yield Problem(name, line, "config", message)
    if speech.config.get("site_dir") and is_within(speech):
        line = line_of(speech, name, "site_dir")
        message = f"site_dir 和 {speech.docs} 不能一个套着另一个；换一个文件夹"
        yield Problem(name, line, "config", message)


def is_within(speech: Speech) -> bool:
    """Says whether the folder of the site and that of the pages hold one another."""
    site = (speech.root / str(speech.config["site_dir"])).resolve()
    docs = (speech.root / speech.docs).resolve()
    return site == docs or site in docs.parents or docs in site.parents


def settings_of(value: Any) -> dict[str, Any]:
    """Returns a setting that holds others; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def theme_rules(speech: Speech) -> Iterator[Problem]:
    """The theme is Material, in a language that it has, with faces and pictures of our own."""
    name = speech.config_file.name
    if name not in speech.files:
        return
    theme = speech.config.get("theme")
    settings = settings_of(theme)
    if settings.get("name") != "material":
        message = "网站的样子建在 Material 上；写 theme:，下面写 name: material"
        yield Problem(name, line_of(speech, name, "theme", "name"), "config", message)
        return
    language = settings.get("language", "zh")
    if isinstance(language, str) and language not in languages():
        message = f"主题没有 {language} 这种语言；中文写 language: zh"
        yield Problem(name, line_of(speech, name, "theme", "language"), "config", message)
    for key, kinds in THEME_KEYS.items():
        value = settings.get(key)
        if value is not None and not isinstance(value, kinds):
            line = line_of(speech, name, "theme", key)
            yield Problem(name, line, "config", wrong_type(f"theme 的 {key}", kinds))
    for key in ("logo", "favicon"):
        file = settings.get(key)
        if isinstance(file, str) and not is_there(speech, file):
            message = f"没有 {speech.docs}/{file} 这个图片；改正路径，或放入文件"
            yield Problem(name, line_of(speech, name, "theme", key), "config", message)


def languages() -> set[str]:
    """Returns the languages that Material has words for."""
    spec = find_spec("material")
    folder = Path(str(spec.origin)).parent if spec else Path()
    return {path.stem for path in folder.glob("templates/partials/languages/*.html")}


def is_there(speech: Speech, file: Any) -> bool:
    """Says whether a file is in docs/ or in the theme."""
    ours = Path(__file__).parents[2] / "theme"
    return isinstance(file, str) and (file in speech.names or (ours / file).is_file())


def extension_rules(speech: Speech) -> Iterator[Problem]:
    """The extensions that the words need are on, and includes are looked for in speech/."""
    name = speech.config_file.name
    value = speech.config.get("markdown_extensions")
    if name not in speech.files or (value is not None and not isinstance(value, (list, dict))):
        return
    extensions = named_settings(value)
    line = line_of(speech, name, "markdown_extensions")
    lacking = [f"{key}（{why}）" for key, why in EXTENSIONS.items() if key not in extensions]
    if lacking:
        message = f"markdown_extensions 里缺少 {'、'.join(lacking)}；补上"
        yield Problem(name, line, "config", message)
    snippets = extensions.get("pymdownx.snippets")
    paths = settings_of(snippets).get("base_path")
    listed = paths if isinstance(paths, list) else [paths]
    if "pymdownx.snippets" in extensions and WORDS not in listed:
        message = f"pymdownx.snippets 找不到讲话的文字；在它下面写 base_path: [{WORDS}]"
        yield Problem(name, line, "config", message)


def named_settings(value: Any) -> dict[str, Any]:
    """Returns plugins or extensions, a list or a mapping, as name -> settings."""
    if isinstance(value, dict):
        return dict(value)
    named: dict[str, Any] = {}
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            named |= item
        elif isinstance(item, str):
            named[item] = None
    return named


def address_rules(speech: Speech) -> Iterator[Problem]:
    """Scripts and style sheets of the owner's are files of docs/, not of another host."""
    name = speech.config_file.name
    for key in ("extra_css", "extra_javascript"):
        value = speech.config.get(key)
        for number, item in enumerate(value if isinstance(value, list) else []):
            file = settings_of(item).get("path") if isinstance(item, dict) else item
            message = ""
            if isinstance(file, str) and ELSEWHERE.match(file):
                message = f"不能用外网的 {file}；下载到 {speech.docs} 里，写它的路径"
            elif not is_there(speech, file):
                message = f"没有 {speech.docs}/{file} 这个文件；改正路径，或放入文件"
            if message:
                yield Problem(name, line_of(speech, name, key, number), "config", message)


def nav_rules(speech: Speech) -> Iterator[Problem]:
    """nav lists pages that are there, each once, and every page of docs/ stands in it."""
    name = speech.config_file.name
    nav = speech.config["nav"]
    yield from nav_shape_rules(speech, nav)
    entries = list(nav_entries(nav))
    pages = sorted(page for page in speech.names if page.endswith(MARKDOWN))
    for entry in entries:
        message = ""
        if "：" in entry.target and entry.target not in speech.names:
            message = "冒号是全角的“：”；改成半角的冒号，后面空一格"
        elif not entry.is_page and not LINK.match(entry.target):
            message = f"“{entry.target[:24]}”不是一页；写成“- 文件名.md”或“- 名称: 文件名.md”"
        elif (
            entry.is_page
            and (speech.root / speech.docs / entry.target).is_file()
            and (entry.target not in speech.names)
        ):
            message = f"{entry.target} 被 exclude_docs 排除在网站之外；两处只留一处"
        elif entry.is_page and entry.target not in speech.names:
            hint = guess(entry.target, pages)
            message = f"没有 {speech.docs}/{entry.target} 这一页{hint}；改正文件名，或删去这一行"
        if message:
            yield Problem(name, line_of(speech, name, *entry.key), "nav", message)
    yield from nav_once_rules(speech, entries)
    gone = [entry.target for entry in entries if entry.is_page and entry.target not in pages]
    yield from unlisted_rules(speech, {guess(page, pages) for page in gone})


def nav_once_rules(speech: Speech, entries: list[Entry]) -> Iterator[Problem]:
    """No page stands in nav twice."""
    times = Counter(entry.target for entry in entries if entry.is_page)
    doubled = [target for target, count in times.items() if count > 1]
    if doubled:
        again = [entry for entry in entries if entry.target == doubled[0]][1]
        name = speech.config_file.name
        message = f"nav 里 {'、'.join(doubled)} 列了不止一次；各留一处"
        yield Problem(name, line_of(speech, name, *again.key), "nav", message)


def nav_shape_rules(speech: Speech, nav: list[Any], key: Key = ("nav",)) -> Iterator[Problem]:
    """An item of nav is a page, or one name with a page or with a list of items."""
    name = speech.config_file.name
    for number, item in enumerate(nav):
        place = (*key, str(number))
        pairs = list(item.items()) if isinstance(item, dict) else []
        if not isinstance(item, str) and len(pairs) != 1:
            message = "nav 的一项应是“- 文件名.md”或“- 名称: 文件名.md”，各占一行；改正"
            yield Problem(name, line_of(speech, name, *place), "nav", message)
        for title, value in pairs[:1]:
            if isinstance(value, list):
                yield from nav_shape_rules(speech, value, (*place, str(title)))
            elif not isinstance(value, str):
                message = f"nav 里“{title}”后面没有页；写上文件名.md，或下面各页"
                yield Problem(name, line_of(speech, name, *place), "nav", message)


def unlisted_rules(speech: Speech, asked: set[str]) -> Iterator[Problem]:
    """Every page of docs/ stands in nav.

    `asked` holds the questions of the rule before: is this page what nav means by another name?
    """
    name = speech.config_file.name
    listed = {page.address: page.path for page in speech.pages}
    others: list[str] = []
    for page in speech.unlisted:
        if page.address in listed:
            message = f"和 {listed[page.address]} 是同一个网址；改名，或移走一个"
            yield Problem(page.path, 0, "nav", message)
        elif question(Path(page.path).relative_to(speech.docs).as_posix()) not in asked:
            others.append(page.path)
    if others:
        message = f"{'、'.join(others)} 没有列入 nav，读者找不到；在 nav 里加上，不要就移走"
        yield Problem(name, line_of(speech, name, "nav"), "nav", message)


def effect_rules(speech: Speech) -> Iterator[Problem]:
    """Every setting of mkdocs.yml is one that this site follows."""
    name = speech.config_file.name
    for key, why in WITHOUT_EFFECT.items():
        if speech.config.get(key):
            message = f"{key} 在这里不起作用（{why}）；可以删去"
            yield Problem(name, line_of(speech, name, key), "setting", message)
    for place, plugin in listed_names(speech.config.get("plugins")):
        if plugin.removeprefix("material/") in PLUGINS:
            message = f"插件 {plugin} 在这里不起作用（检索和网页由本程序做）；可以删去"
            yield Problem(name, line_of(speech, name, "plugins", place), "setting", message)
    theme = settings_of(speech.config.get("theme"))
    for place, feature in listed_names(theme.get("features")):
        message = f"theme.features 的 {feature} 在这里不起作用（网页不用主题的脚本）；可以删去"
        line = line_of(speech, name, "theme", "features", place)
        yield Problem(name, line, "setting", message)
    palettes = theme.get("palette")
    for palette in palettes if isinstance(palettes, list) else [palettes]:
        for key in settings_of(palette).keys() - PALETTE:
            message = f"theme.palette 的 {key} 在这里不起作用；可以删去"
            yield Problem(name, line_of(speech, name, "theme", "palette"), "setting", message)
    if theme.get("font"):
        message = "theme.font 在这里不起作用（字体不向外网取）；可以写成 font: false"
        yield Problem(name, line_of(speech, name, "theme", "font"), "setting", message)


def listed_names(value: Any) -> Iterator[tuple[str, str]]:
    """Yields the names in a list or mapping of settings, each with its key or number."""
    if isinstance(value, dict):
        for key in value:
            yield str(key), str(key)
    for number, item in enumerate(value if isinstance(value, list) else []):
        for part in item if isinstance(item, dict) else [item]:
            yield str(number), str(part)
