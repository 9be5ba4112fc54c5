"""The rules: each is a generator of problems whose docstring states it. check() runs them all and says everything."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from speechsite.problem import Problem
from speechsite.words.markup import (
    HEADING,
    TABLE_ROW,
    TOKEN,
    body_lines,
    heading_id,
    read_words,
)
from speechsite.words.model import (
    METADATA,
    TRANSCRIPT,
    WORDS,
    Line,
    Page,
    Row,
    Speech,
    spoken_lines,
)
from speechsite.words.read import text_of
from speechsite.words.segmentation import width_of
from speechsite.words.titles import TITLE_WIDTH
from speechsite.words.transcript import transcript_body
from speechsite.words.verbatim import compare

# Markdown that a words file may not hold unescaped: anywhere in a line, and at its start.
MARKUP = re.compile(r"[`_\[<{]|\*(?!\*)|(?<=\*)\*|&(?:[A-Za-z]\w*|#x[0-9A-Fa-f]+);")
STRAY = re.compile(rf"{MARKUP.pattern}|[~>]")  # in a correction, whose own signs these are
LINE_START = re.compile(r"\s|#|>|[-+]\s|\d+\.\s|~~~|(?:[-_*]\s*){3,}$|=+$")
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+);")
HTML = re.compile(r"</?[A-Za-z!][^>]*>?")
FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1")
ID = re.compile(r"(?!p\d+$)[a-z][a-z0-9-]*")  # p1, p2 … are the paragraphs' own

# speech.yml: key -> (type, what it is, whether it must be there)
METADATA_KEYS: dict[str, tuple[type, str, bool]] = {
    "title": (str, "标题，一行文字", True),
    "slug": (str, "文件名，小写英文、数字和连字符", True),
    "untitled": (bool, "true 表示原文没有标题，title 是编者起的", False),
    "title_lines": (list, "标题在纸上的各行", False),
    "byline": (list, "原文标题与正文之间的各行（讲话人、日期）", False),
    "occasion": (str, "场合，一行文字", False),
    "audience": (str, "听众，一行文字", False),
    "readings": (dict, "词语: 拼音", False),
    "reflection": (list, "笔记版末页的标题和各题，都用讲话里的原话", False),
    "lang": (str, "zh-Hans 或 zh-Hant", False),
    "updated": (date, "文字最后改动的日期，如 2026-01-31", False),
    "speaker": (str, "讲话人，一行文字", False),
    "date": (date, "讲话的日期，如 2026-01-31", False),
    "recording": (str, "docs/ 里录音文件的路径", False),
    "left_out": (dict, "原文里不是讲话的行，“行号: 那一行的文字”", False),
    "sha256": (str, "原文文件的 SHA-256，64 个十六进制数字", False),
}


def check(speech: Speech) -> list[Problem]:
    """Returns every problem of a speech, by file and line; an empty list when site and handouts can be made."""
    rules: tuple[Callable[[Speech], Iterator[Problem]], ...] = (
        config_rules,
        metadata_rules,
        title_rules,
        encoding_rules,
        character_rules,
        words_rules,
        markup_rules,
        id_rules,
        include_rules,
        whole_rules,
        frame_rules,
        transcript_rules,
        verbatim_rules,
    )
    return sorted({*speech.problems, *(problem for rule in rules for problem in rule(speech))})


def words_files(speech: Speech) -> list[str]:
    return [
        name
        for name in sorted(speech.files)
        if name.startswith(f"{WORDS}/") and name.endswith(".md")
    ]


def line_of(speech: Speech, name: str, key: str) -> int:
    """Returns the line of a top-level key of a YAML file, 1 where it has none."""
    node = yaml.compose(
        text_of(speech.files[name]), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(
        (name_node.start_mark.line + 1 for name_node, _ in pairs if name_node.value == key), 1
    )


def config_rules(speech: Speech) -> Iterator[Problem]:
    """mkdocs.yml names the site, and its nav lists the pages."""
    name = speech.config_file.name
    if not speech.config:
        return
    for key, kind, what in (("site_name", str, "网站名称"), ("nav", list, "各页的次序")):
        if not isinstance(speech.config.get(key), kind):
            yield Problem(
                name, line_of(speech, name, key), "config", f"缺少 {key}（{what}）或写法不对；补上"
            )
    if isinstance(speech.config.get("nav"), list) and not speech.themes:
        yield Problem(
            name,
            line_of(speech, name, "nav"),
            "config",
            "nav 里没有一页引入 speech/ 的文字；加上各主题页",
        )


def metadata_rules(speech: Speech) -> Iterator[Problem]:
    """speech.yml has the keys that are needed and no other, each of its type."""
    if not speech.metadata:
        return
    for key, (kind, what, required) in METADATA_KEYS.items():
        value: Any = speech.metadata.get(key)
        if key not in speech.metadata:
            if required:
                yield Problem(METADATA, 1, "metadata", f"缺少 {key}（{what}）；补上")
        elif not well_typed(value, kind):
            message = f"{key} 的写法不对：应为{what}；改正"
            yield Problem(METADATA, line_of(speech, METADATA, key), "metadata", message)
        elif key == "slug" and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
            yield Problem(
                METADATA,
                line_of(speech, METADATA, key),
                "metadata",
                f"slug 应为{what}；改正“{value}”",
            )
    for key in speech.metadata:
        if key not in METADATA_KEYS:
            message = f"不认识的键 {key}；可用的有 {'、'.join(METADATA_KEYS)}"
            yield Problem(METADATA, line_of(speech, METADATA, str(key)), "metadata", message)


def title_rules(speech: Speech) -> Iterator[Problem]:
    """title_lines make up the title, and each fits into a line of paper."""
    lines = speech.lines("title_lines")
    if not lines:
        return
    place = line_of(speech, METADATA, "title_lines")
    if "".join("".join(lines).split()) != "".join(speech.title.split()):
        message = "title_lines 各行连起来不是 title；改成同样的字"
        yield Problem(METADATA, place, "metadata", message)
    for line in lines:
        width = width_of(line.strip())
        if width > TITLE_WIDTH:
            message = (
                f"标题的这一行宽 {width:g} 字，纸上一行排 {TITLE_WIDTH} 字；"
                "在 title_lines 里按意思再断一行，或删去 title_lines，由程序断行"
            )
            yield Problem(METADATA, place, "title", message)


def well_typed(value: Any, kind: type) -> bool:
    if kind is dict:
        return isinstance(value, dict) and all(
            isinstance(key, str | int) and isinstance(text, str) for key, text in value.items()
        )
    if kind is bool:
        return isinstance(value, bool)
    if kind is list:
        return (
            isinstance(value, list)
            and bool(value)
            and all(isinstance(text, str) and text for text in value)
        )
    if kind is date:
        return type(value) is date
    return isinstance(value, str) and bool(value.strip())


def encoding_rules(speech: Speech) -> Iterator[Problem]:
    """Every file is UTF-8, without a byte order mark, in the composed form NFC (Unicode Annex 15)."""
    for name, data in speech.files.items():
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            yield Problem(
                name, line, "encoding", f"不是 UTF-8（字节 {data[error.start]:02X}）；另存为“UTF-8”"
            )
            text = text_of(data)
        if name == TRANSCRIPT or unicodedata.is_normalized("NFC", text):
            continue
        for line, source in enumerate(text.split("\n"), 1):
            composed = unicodedata.normalize("NFC", source)
            if source != composed and unicodedata.normalize(
                "NFC", without_originals(source)
            ) != without_originals(source):
                at = next(
                    i
                    for i, (a, b) in enumerate(zip(source, composed + "\0", strict=False))
                    if a != b
                )
                message = f"“{source[at : at + 1]}”（U+{ord(source[at]):04X}）不是 NFC 形式；重新输入这个字"
                yield Problem(name, line, "encoding", message)


def without_originals(source: str) -> str:
    """Returns a line without the left sides of its corrections: what the transcript has may be kept as it is."""
    return "".join(
        m["new"] or m["added"] or "" if m.lastgroup in {"new", "added", "removed"} else m[0]
        for m in TOKEN.finditer(source)
    )


def character_rules(speech: Speech) -> Iterator[Problem]:
    """No control, zero-width or other invisible character stands in the words or the frame."""
    for name, data in speech.files.items():
        if name == TRANSCRIPT:
            continue
        for line, source in enumerate(text_of(data).split("\n"), 1):
            if source.isprintable():
                continue
            for char in dict.fromkeys(without_originals(source)):
                if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}:
                    what = unicodedata.name(char, "控制字符")
                    message = f"有看不见的字符 U+{ord(char):04X}（{what}）；删去，原文就有的标成 {{--…--}}"
                    yield Problem(name, line, "character", message)


def words_rules(speech: Speech) -> Iterator[Problem]:
    """A words file holds words, one paragraph a line with an empty line between, and no front matter."""
    for name in words_files(speech):
        text = text_of(speech.files[name])
        lines = body_lines(text)
        if not text.strip():
            yield Problem(
                name, 0, "empty", "文件是空的；放入讲话的文字，或连同引用它的地方一起删去"
            )
        elif text.strip() and not lines[0] and text.startswith("---"):
            yield Problem(
                name, 1, "front-matter", "文字文件不写 front matter；把它移到 docs/ 的页面里"
            )
        for number, (above, line) in enumerate(pairwise(lines), 2):
            if (
                above.strip()
                and line.strip()
                and not HEADING.match(above)
                and not HEADING.match(line)
                and not (TABLE_ROW.match(above) and TABLE_ROW.match(line))
            ):
                message = (
                    f"段落在“{above[-6:]}”后断了行，网页上会多出空格；一段写成一行，两段之间空一行"
                )
                yield Problem(name, number, "wrap", message)


def markup_rules(speech: Speech) -> Iterator[Problem]:
    """A words file holds no HTML, and no Markdown but headings, **emphasis**, escapes and corrections."""
    for name in words_files(speech):
        for number, line in enumerate(body_lines(text_of(speech.files[name])), 1):
            if not line.strip():
                continue
            if html := HTML.search(line):
                yield Problem(
                    name, number, "html", f"文字文件不写 HTML：{html[0]}；删去，原文的 < 写成 &lt;"
                )
                continue
            heading = HEADING.match(line)
            source = heading["title"] if heading else line.rstrip()
            if not heading and (start := LINE_START.match(source)):
                message = f"行首的“{start[0]}”会被当作排版记号；删去，是原文就在前面加 \\"
                yield Problem(name, number, "markup", message)
            wrong = MARKUP.search(plain(source)) or next(
                filter(None, map(STRAY.search, sides(source))), None
            )
            if wrong:
                message = (
                    f"“{wrong[0]}”会被当作排版记号；删去，是原文就写成 \\{wrong[0]}（< 写成 &lt;）"
                )
                yield Problem(name, number, "markup", message)
            elif sum(m.lastgroup == "emphasis" for m in TOKEN.finditer(source)) % 2:
                yield Problem(
                    name, number, "markup", "着重号 ** 没有成对；补上另一半，是原文就写成 \\*\\*"
                )


def plain(source: str) -> str:
    """Returns what of a line of words is no markup that a words file may hold."""
    texts = (m[0] for m in TOKEN.finditer(source) if m.lastgroup in {"text", "reference"})
    return REFERENCE.sub("", "".join(texts))


def sides(source: str) -> list[str]:
    """Returns what stands in the corrections of a line, left and right."""
    found = (m.group("old", "new", "added", "removed") for m in TOKEN.finditer(source))
    return [plain(side) for sides in found for side in sides if side]


def id_rules(speech: Speech) -> Iterator[Problem]:
    """Every heading of the words has an id of its own, unlike any other of the speech (they all meet on one page)."""
    seen: dict[str, str] = {}
    for theme in speech.themes:
        for heading in theme.headings:
            if not heading.id:
                message = f"标题“{heading.title}”没有 id；在行末加上 {{ #english-name }}"
                yield Problem(theme.words, heading.line, "heading-id", message)
            elif not ID.fullmatch(heading.id):
                message = (
                    f"id “{heading.id}”不合用（小写英文、数字、连字符，不用 p1 这样的段号）；改名"
                )
                yield Problem(theme.words, heading.line, "heading-id", message)
            elif heading.id in seen:
                message = f"id “{heading.id}”在 {seen[heading.id]} 已经用过；换一个"
                yield Problem(theme.words, heading.line, "heading-id", message)
            seen.setdefault(heading.id, f"{theme.words}:{heading.line}")


def include_rules(speech: Speech) -> Iterator[Problem]:
    """Each words file is included once by the theme pages, and the nav follows the order of the files' names."""
    included = [theme.words for theme in speech.themes]
    for name in words_files(speech):
        if name not in included:
            yield Problem(
                name, 0, "include", '没有主题页引入它；在一页里写 --8<-- "文件名"，并把这页列入 nav'
            )
    for name, times in Counter(included).items():
        pages = "、".join(theme.page for theme in speech.themes if theme.words == name)
        if times > 1:
            yield Problem(name, 0, "include", f"被引入了 {times} 次（{pages}）；只留一处")
    order = list(dict.fromkeys(included))
    for before, after in pairwise(order):
        if before > after:
            page = next(theme.page for theme in speech.themes if theme.words == after)
            message = f"{page}（{after}）排在 {before} 之后，与文字的次序不合；按文件名的次序排 nav"
            yield Problem(
                speech.config_file.name,
                line_of(speech, speech.config_file.name, "nav"),
                "order",
                message,
            )


def whole_rules(speech: Speech) -> Iterator[Problem]:
    """The page of the whole text includes every words file once, in order, each under its theme's own name."""
    page = speech.whole
    if page is None:
        return
    wanted = [theme.words for theme in speech.themes]
    if [name for name, _ in page.includes] != wanted:
        message = (
            f"全文页应依次引入 {'、'.join(Path(name).name for name in wanted)}，各一次；照此改正"
        )
        yield Problem(page.path, page.includes[0][1] if page.includes else 1, "include", message)
        return
    lines = page.text.split("\n")
    above = 0
    for theme, (_, line) in zip(speech.themes, page.includes, strict=True):
        titles = [
            match["title"] for source in lines[above : line - 1] if (match := HEADING.match(source))
        ]
        if titles and titles[-1] != theme.title:
            message = (
                f"“{titles[-1]}”下面是《{theme.title}》（{theme.page}）的文字；两处名称改成一样"
            )
            yield Problem(page.path, line, "title", message)
        above = line


def frame_rules(speech: Speech) -> Iterator[Problem]:
    """Every page has a title and a description; its own headings have ids, none of them twice."""
    for page in speech.pages:
        for key in ("title", "description"):
            if not isinstance(page.meta.get(key), str):
                yield Problem(page.path, 1, "front-matter", f"开头缺少 {key}: （文字）；补上")
        yield from frame_heading_rules(speech, page)


def frame_heading_rules(speech: Speech, page: Page) -> Iterator[Problem]:
    """The headings of one page, together with those of the words that it includes, have ids that differ."""
    themes = {theme.words: theme for theme in speech.themes}
    seen = {
        heading.id
        for name, _ in page.includes
        if name in themes
        for heading in themes[name].headings
    }
    blanked = FENCE.sub(lambda block: re.sub(r"[^\n]", "", block[0]), page.text)
    for line, source in enumerate(blanked.split("\n"), 1):
        heading = HEADING.match(source)
        if heading and not heading_id(heading):
            yield Problem(
                page.path,
                line,
                "heading-id",
                f"标题“{heading['title']}”没有 id；在行末加上 {{ #english-name }}",
            )
        elif heading and heading_id(heading) in seen:
            yield Problem(
                page.path, line, "heading-id", f"id “{heading['id']}”在这一页已经用过；换一个"
            )
        elif heading:
            seen.add(heading_id(heading))


def transcript_rules(speech: Speech) -> Iterator[Problem]:
    """The transcript is the file that came, and the lines left out of it are what they are said to be."""
    if TRANSCRIPT not in speech.files:
        return
    if speech.sha256 and speech.sha256.lower() != speech.transcript_sha256:
        message = (
            "原文与收到时不同了（SHA-256 不合）；没有改它的必要就换回收到的文件，"
            f"确要改就把 speech.yml 的 sha256 写成 {speech.transcript_sha256}"
        )
        yield Problem(TRANSCRIPT, 0, "transcript", message)
    lines = text_of(speech.files[TRANSCRIPT]).split("\n")
    for number, text in speech.left_out.items():
        there = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        if there != text.strip():
            message = (
                f"left_out 说原文第 {number} 行是“{text[:24]}”，那一行是“{there[:24]}”；照原文改正"
            )
            yield Problem(METADATA, line_of(speech, METADATA, "left_out"), "left-out", message)


def verbatim_rules(speech: Speech) -> Iterator[Problem]:
    """The words, markup and headings aside, are the transcript below its title, and keep its paragraph breaks."""
    if TRANSCRIPT not in speech.files or not speech.metadata:
        return
    body, instead = transcript_body(
        text_of(speech.files[TRANSCRIPT]),
        speech.transcript_title,
        speech.byline,
        speech.left_out,
    )
    if instead or not body:
        message = f"开头是“{instead[:24]}”，与 speech.yml 的标题（title、byline）不合；照原文改 speech.yml"
        yield Problem(METADATA, line_of(speech, METADATA, "title"), "title", message)
        return
    # A file that no page includes is compared too.
    read = {theme.words: spoken_lines(theme.blocks) for theme in speech.themes}
    kept = {text for _, text in body}
    files: dict[str, list[Line]] = {}
    for name in words_files(speech):
        lines = (
            read[name] if name in read else spoken_lines(read_words(text_of(speech.files[name])))
        )
        files[name] = [line for line in lines if not is_added_rule(line, kept)]
    yield from compare(files, [text for _, text in body])


def is_added_rule(line: Line, kept: set[str]) -> bool:
    """Says whether a line only rules a table, and the transcript (its lines: `kept`) has it not."""
    return isinstance(line, Row) and line.rules and line.original not in kept
