"""Rules about mkdocs.yml: its keys, and what this site needs of theme and extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from speechsite.problem import Problems
from speechsite.words.model import WORDS, Speech
from speechsite.words.places import guess, in_config, question
from speechsite.words.settings import Settings

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
# What Material's templates read below extra; ours do not.
EXTRA = {"alternate", "analytics", "annotate", "consent", "social", "tags", "version"}
THEME = Path(__file__).parents[2] / "theme"
PICTURES = ("logo", "favicon")
ACCENT = re.compile(r"\[data-accent=\"?([\w-]+)")  # [data-accent=deep-purple]
COLOURED = {"primary", "accent"}
PALETTE = {*COLOURED, "media", "scheme", "toggle"}  # keys of theme.palette


def key_rules(speech: Speech) -> Problems:
    """mkdocs.yml has the keys that are needed, none that nobody knows, each of its type."""
    hints: list[str] = []
    for key, value in speech.config.items():
        if key == "INHERIT":
            yield in_config(speech, "config", "这里不读 INHERIT；把那份设置抄进来", key)
        elif key not in KEYS:
            hint = guess(str(key), list(KEYS))
            hints.append(hint)
            message = f"不认识的键 {key}{hint}；改正，或删去这一项"
            yield in_config(speech, "config", message, key)
        elif value is not None and not isinstance(value, KEYS[key]):
            yield in_config(speech, "config", wrong_type(key, KEYS[key]), key)
    for key, what in REQUIRED.items():
        if not speech.config.get(key) and question(key) not in hints:
            yield in_config(speech, "config", f"缺少 {key}（{what}）；补上", key)


def wrong_type(key: str, kinds: tuple[type, ...]) -> str:
    wanted = " 或 ".join(NAMES[kind] for kind in kinds)
    return f"{key} 的写法不对：应为{wanted}；改正"


def value_rules(speech: Speech) -> Problems:
    """The site is flat files that are asked for by name, and is no part of its own source."""
    if speech.config.get("use_directory_urls", True) is True:
        message = "网站要能从文件夹里直接打开；写 use_directory_urls: false"
        yield in_config(speech, "config", message, "use_directory_urls")
    site_dir = speech.config.get("site_dir")
    if not site_dir:
        return
    site = (speech.root / str(site_dir)).resolve()
    docs = (speech.root / speech.docs).resolve()
    if site.is_relative_to(docs) or docs.is_relative_to(site):
        message = f"site_dir 和 {speech.docs} 不能一个套着另一个；换一个文件夹"
        yield in_config(speech, "config", message, "site_dir")


def settings_of(value: Any) -> Settings:
    """Returns a setting that holds others; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def items_of(value: Any) -> list[Any]:
    """Returns a setting that is a list; an empty one where it is something else."""
    return value if isinstance(value, list) else []


def theme_rules(speech: Speech) -> Problems:
    """The theme is Material, in a language that it has, with faces and pictures of our own."""
    settings = settings_of(speech.config.get("theme"))
    if settings.get("name") != "material":
        message = "网站的样子建在 Material 上；写 theme:，下面写 name: material"
        yield in_config(speech, "config", message, "theme", "name")
        return
    language = settings.get("language", "zh")
    if isinstance(language, str) and language not in languages():
        message = f"主题没有 {language} 这种语言；中文写 language: zh"
        yield in_config(speech, "config", message, "theme", "language")
    for key, kinds in THEME_KEYS.items():
        value = settings.get(key)
        if value is not None and not isinstance(value, kinds):
            message = wrong_type(f"theme 的 {key}", kinds)
            yield in_config(speech, "config", message, "theme", key)
        elif key in PICTURES and value and not is_there(speech, str(value)):
            message = f"没有 {speech.docs}/{value} 这个图片；改正路径，或放入文件"
            yield in_config(speech, "config", message, "theme", key)


def languages() -> set[str]:
    """Returns the languages that Material has words for."""
    spec = find_spec("material")
    folder = Path(str(spec.origin)).parent if spec else Path()
    return {path.stem for path in folder.glob("templates/partials/languages/*.html")}


def is_there(speech: Speech, file: str) -> bool:
    """Says whether a file is in docs/ or in the theme."""
    return file in speech.names or (THEME / file).is_file()


def extension_rules(speech: Speech) -> Problems:
    """The extensions that the words need are on, and includes are looked for in speech/."""
    key = "markdown_extensions"
    value = speech.config.get(key)
    if value is not None and not isinstance(value, KEYS[key]):
        return
    extensions = named_settings(value)
    lacking = [f"{name}（{why}）" for name, why in EXTENSIONS.items() if name not in extensions]
    if lacking:
        message = f"{key} 里缺少 {'、'.join(lacking)}；补上"
        yield in_config(speech, "config", message, key)
    if SNIPPETS not in extensions:
        return
    paths = settings_of(extensions[SNIPPETS]).get("base_path")
    if WORDS not in (paths if isinstance(paths, list) else [paths]):
        message = f"{SNIPPETS} 找不到讲话的文字；在它下面写 base_path: [{WORDS}]"
        yield in_config(speech, "config", message, key)


def named_settings(value: Any) -> Settings:
    """Returns plugins or extensions, a list or a mapping, as name -> settings."""
    named = dict(settings_of(value))
    for item in items_of(value):
        named |= item if isinstance(item, dict) else {str(item): None}
    return named


def address_rules(speech: Speech) -> Problems:
    """Scripts and style sheets of the owner's are files of docs/, not of another host."""
    for key in ("extra_css", "extra_javascript"):
        for number, item in enumerate(items_of(speech.config.get(key))):
            file = str(item.get("path") if isinstance(item, dict) else item)
            if ELSEWHERE.match(file):
                message = f"不能用外网的 {file}；下载到 {speech.docs} 里，写它的路径"
            elif not is_there(speech, file):
                message = f"没有 {speech.docs}/{file} 这个文件；改正路径，或放入文件"
            else:
                continue
            yield in_config(speech, "config", message, key, number)


def effect_rules(speech: Speech) -> Problems:
    """Every setting of mkdocs.yml is one that this site follows."""
    for key, why in WITHOUT_EFFECT.items():
        if speech.config.get(key):
            message = f"{key} 在这里不起作用（{why}）；可以删去"
            yield in_config(speech, "setting", message, key)
    for place, plugin in listed_names(speech.config.get("plugins")):
        if plugin.removeprefix("material/") in PLUGINS:
            message = f"插件 {plugin} 在这里不起作用（检索和网页由本程序做）；可以删去"
            yield in_config(speech, "setting", message, "plugins", place)
    for number, script in enumerate(items_of(speech.config.get("extra_javascript"))):
        if settings_of(script).get("type") == "module":  # no browser loads one from file://
            message = "type: module 的脚本从文件夹里直接打开时不运行；去掉它，写成普通脚本"
            yield in_config(speech, "setting", message, "extra_javascript", number)
    for key in settings_of(speech.config.get("extra")):
        if key in EXTRA:
            message = f"extra 的 {key} 在这里不起作用（网页不用主题的页头和页脚）；可以删去"
            yield in_config(speech, "setting", message, "extra", key)
    theme = settings_of(speech.config.get("theme"))
    for place, feature in listed_names(theme.get("features")):
        message = f"theme.features 的 {feature} 在这里不起作用（网页不用主题的脚本）；可以删去"
        yield in_config(speech, "setting", message, "theme", "features", place)
    for message in palette_notes(theme.get("palette")):
        yield in_config(speech, "setting", message, "theme", "palette")
    if theme.get("font"):
        message = "theme.font 在这里不起作用（字体不向外网取）；可以写成 font: false"
        yield in_config(speech, "setting", message, "theme", "font")


def palette_notes(palettes: Any) -> Iterator[str]:
    """Yields what of theme.palette changes nothing: keys nobody reads, colours without shades."""
    known = colours()
    for palette in items_of(palettes) or [palettes]:
        for key, value in settings_of(palette).items():
            colour = str(value or "").replace(" ", "-")
            if key not in PALETTE:
                yield f"theme.palette 的 {key} 在这里不起作用；可以删去"
            elif key in COLOURED and colour and colour not in known:
                yield (
                    f"theme.palette 的 {key} 没有 {colour} 这种颜色，不起作用；"
                    f"可用的有 {'、'.join(sorted(known))}，或在 extra_css 里写 --speech-accent"
                )


def colours() -> set[str]:
    """Returns the colours that the theme has shades of."""
    sheet = THEME / "stylesheets/accents.css"
    return set(ACCENT.findall(sheet.read_text(encoding="utf-8")))


def listed_names(value: Any) -> Iterator[tuple[str | int, str]]:
    """Yields the names in a list or mapping of settings, each with its key or number."""
    for key in settings_of(value):
        yield key, str(key)
    for number, item in enumerate(items_of(value)):
        for part in item if isinstance(item, dict) else [item]:
            yield number, str(part)
