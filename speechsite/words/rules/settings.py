"""Rules about mkdocs.yml: its keys, and what this site needs of theme and extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from speechsite.problem import Problem
from speechsite.words.model import WORDS, Speech
from speechsite.words.places import guess, line_of, question

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

SNIPPETS = "pymdownx.snippets"
# Without these the words are not shown as they were checked.
EXTENSIONS = {
    "attr_list": "标题的 id 靠它",
    "md_in_html": "讲话的文字靠它排版",
    "pymdownx.critic": "勘误靠它显示",
    SNIPPETS: "引入文字靠它",
}
ELSEWHERE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")  # https://… or //…

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
THEME = Path(__file__).parents[2] / "theme"
ACCENT = re.compile(r"\[data-accent=\"?([\w-]+)")  # [data-accent=deep-purple]
PALETTE = {"media", "scheme", "primary", "accent", "toggle"}  # keys of theme.palette


def fault(speech: Speech, message: str, *key: str | int, rule: str = "config") -> Problem:
    """Returns a problem of mkdocs.yml, on the line of a key."""
    name = speech.config_file.name
    return Problem(name, line_of(speech, name, *key), rule, message)


def is_read(speech: Speech) -> bool:
    """Says whether mkdocs.yml could be read."""
    return speech.config_file.name in speech.files


def key_rules(speech: Speech) -> Iterator[Problem]:
    """mkdocs.yml has the keys that are needed, none that nobody knows, each of its type."""
    if not is_read(speech):
        return
    asked: list[str] = []
    for key, value in speech.config.items():
        hint = "" if key in KEYS else guess(str(key), list(KEYS))
        asked.append(hint)
        if key == "INHERIT":
            yield fault(speech, "这里不读 INHERIT；把那份设置抄进来", key)
        elif key not in KEYS:
            yield fault(speech, f"不认识的键 {key}{hint}；改正，或删去这一项", key)
        elif value is not None and not isinstance(value, KEYS[key]):
            yield fault(speech, wrong_type(key, KEYS[key]), key)
    for key, what in REQUIRED.items():
        if not speech.config.get(key) and question(key) not in asked:
            yield fault(speech, f"缺少 {key}（{what}）；补上", key)


def wrong_type(key: str, kinds: tuple[type, ...]) -> str:
    wanted = " 或 ".join(NAMES[kind] for kind in kinds)
    return f"{key} 的写法不对：应为{wanted}；改正"


def value_rules(speech: Speech) -> Iterator[Problem]:
    """The site is flat files that are asked for by name, and asks nothing of another host."""
    if is_read(speech) and speech.config.get("use_directory_urls", True) is True:
        message = "网站要能从文件夹里直接打开；写 use_directory_urls: false"
        yield fault(speech, message, "use_directory_urls")
    if speech.config.get("site_dir") and is_within(speech):
        message = f"site_dir 和 {speech.docs} 不能一个套着另一个；换一个文件夹"
        yield fault(speech, message, "site_dir")


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
    if not is_read(speech):
        return
    settings = settings_of(speech.config.get("theme"))
    if settings.get("name") != "material":
        message = "网站的样子建在 Material 上；写 theme:，下面写 name: material"
        yield fault(speech, message, "theme", "name")
        return
    language = settings.get("language", "zh")
    if isinstance(language, str) and language not in languages():
        message = f"主题没有 {language} 这种语言；中文写 language: zh"
        yield fault(speech, message, "theme", "language")
    for key, kinds in THEME_KEYS.items():
        value = settings.get(key)
        if value is not None and not isinstance(value, kinds):
            yield fault(speech, wrong_type(f"theme 的 {key}", kinds), "theme", key)
    for key in ("logo", "favicon"):
        file = settings.get(key)
        if isinstance(file, str) and not is_there(speech, file):
            message = f"没有 {speech.docs}/{file} 这个图片；改正路径，或放入文件"
            yield fault(speech, message, "theme", key)


def languages() -> set[str]:
    """Returns the languages that Material has words for."""
    spec = find_spec("material")
    folder = Path(str(spec.origin)).parent if spec else Path()
    return {path.stem for path in folder.glob("templates/partials/languages/*.html")}


def is_there(speech: Speech, file: Any) -> bool:
    """Says whether a file is in docs/ or in the theme."""
    if not isinstance(file, str):
        return False
    return file in speech.names or (THEME / file).is_file()


def extension_rules(speech: Speech) -> Iterator[Problem]:
    """The extensions that the words need are on, and includes are looked for in speech/."""
    key = "markdown_extensions"
    value = speech.config.get(key)
    if not is_read(speech) or not isinstance(value, (list, dict, type(None))):
        return
    extensions = named_settings(value)
    lacking = [f"{name}（{why}）" for name, why in EXTENSIONS.items() if name not in extensions]
    if lacking:
        message = f"{key} 里缺少 {'、'.join(lacking)}；补上"
        yield fault(speech, message, key)
    if SNIPPETS not in extensions:
        return
    paths = settings_of(extensions[SNIPPETS]).get("base_path")
    listed = paths if isinstance(paths, list) else [paths]
    if WORDS not in listed:
        message = f"{SNIPPETS} 找不到讲话的文字；在它下面写 base_path: [{WORDS}]"
        yield fault(speech, message, key)


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
                yield fault(speech, message, key, number)


def effect_rules(speech: Speech) -> Iterator[Problem]:
    """Every setting of mkdocs.yml is one that this site follows."""
    for key, why in WITHOUT_EFFECT.items():
        if speech.config.get(key):
            message = f"{key} 在这里不起作用（{why}）；可以删去"
            yield fault(speech, message, key, rule="setting")
    for place, plugin in listed_names(speech.config.get("plugins")):
        if plugin.removeprefix("material/") in PLUGINS:
            message = f"插件 {plugin} 在这里不起作用（检索和网页由本程序做）；可以删去"
            yield fault(speech, message, "plugins", place, rule="setting")
    theme = settings_of(speech.config.get("theme"))
    for place, feature in listed_names(theme.get("features")):
        message = f"theme.features 的 {feature} 在这里不起作用（网页不用主题的脚本）；可以删去"
        yield fault(speech, message, "theme", "features", place, rule="setting")
    for message in palette_notes(theme.get("palette")):
        yield fault(speech, message, "theme", "palette", rule="setting")
    if theme.get("font"):
        message = "theme.font 在这里不起作用（字体不向外网取）；可以写成 font: false"
        yield fault(speech, message, "theme", "font", rule="setting")


def palette_notes(palettes: Any) -> Iterator[str]:
    """Yields what of theme.palette changes nothing: keys nobody reads, colours without shades."""
    known = colours()
    listed = palettes if isinstance(palettes, list) else [palettes]
    for palette in map(settings_of, listed):
        for key in palette:
            if key not in PALETTE:
                yield f"theme.palette 的 {key} 在这里不起作用；可以删去"
        for key in ("primary", "accent"):
            colour = str(palette.get(key, "")).replace(" ", "-")
            if colour and known and colour not in known:
                yield (
                    f"theme.palette 的 {key} 没有 {colour} 这种颜色，不起作用；"
                    f"可用的有 {'、'.join(sorted(known))}，或在 extra_css 里写 --speech-accent"
                )


def colours() -> set[str]:
    """Returns the colours that the theme has shades of."""
    sheet = THEME / "stylesheets/accents.css"
    text = sheet.read_text(encoding="utf-8") if sheet.is_file() else ""
    return set(ACCENT.findall(text))


def listed_names(value: Any) -> Iterator[tuple[str, str]]:
    """Yields the names in a list or mapping of settings, each with its key or number."""
    if isinstance(value, dict):
        for key in value:
            yield str(key), str(key)
    for number, item in enumerate(value if isinstance(value, list) else []):
        for part in item if isinstance(item, dict) else [item]:
            yield str(number), str(part)
