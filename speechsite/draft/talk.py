"""Reads a talk as it was received (.txt, .md, .docx) into its lines; nothing is guessed about their meaning here."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from speechsite.problem import Problem, Stop

SUFFIXES = (".txt", ".md", ".docx")
# What other files begin with, whatever their name says (https://www.garykessler.net/library/file_sigs.html).
SIGNATURES = {
    b"%PDF": "PDF 文件；从原来的 Word 文件开始，或另存为 .txt",
    b"\xd0\xcf\x11\xe0": "加密的文件或旧式 .doc 文件；用 Word 或 WPS 打开，去掉密码，另存为 .docx",
    b"{\\rtf": "RTF 文件；用 Word 或 WPS 打开，另存为 .docx",
    b"PK\x03\x04": "压缩文件或 Word 文件；是 Word 文件就把名字改成 .docx，是压缩文件就先解压",
}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
GUESSES = (
    "gb18030",
    "big5hkscs",
    "utf-16-le",
    "utf-16-be",
)  # what Chinese text without a mark may be, beside UTF-8
# A tenth of any Chinese prose; a wrong guess at the encoding gives next to none of them.
COMMON = frozenset(
    "，。、：；！？“”（）\u3000\n的一是了不在有人这這中大为為上个個我以要和会會工作们們发發国國年党黨全"
)
SENTENCE_ENDS = "。！？：；…”」』）"
BROKEN_AT = range(15, 60)  # characters of a line of print; a longer line is a paragraph
DIGITS = "〇一二三四五六七八九"
HEADING_STYLE = re.compile(r"(?:heading|标题|標題)\s*([1-6])", re.IGNORECASE)
# What XML, and so a web page or a Word file, cannot hold (https://www.w3.org/TR/xml/#charsets), C1 controls, U+FEFF.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
# Categories of characters that leave no ink; check.py lets them stand only in the left side of a correction.
INVISIBLE = frozenset(("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"))
MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(.*?)[\s#]*$")
MARKDOWN_MARKUP = re.compile(
    r"(\*\*|__|(?<!\*)\*(?!\*))(?=\S)(.+?)(?<=[^\s*])\1|\\([!-/:-@\[-`{-~])"
)
MARKDOWN_BULLET = re.compile(r"^\s*(?:[-*+]\s+|>\s?)+(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the talk as it stands; `level` is 1 to 6 where the file itself says that it is a heading."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Talk:
    """The lines of a talk, blank ones dropped, and what an editor should know of the reading."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def read_talk(path: Path) -> Talk:
    """Returns the talk in a file; raises Stop with one problem where it holds no talk or cannot be read."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise trouble(
            path, f"{suffix or '没有后缀'} 的文件读不了；另存为 {'、'.join(SUFFIXES)} 之一"
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        what = (
            "找不到这个文件"
            if isinstance(error, FileNotFoundError)
            else f"读不了（{error.strerror}）"
        )
        raise trouble(path, f"{what}；看看路径和权限对不对") from None
    if not data:
        raise trouble(path, "文件是空的；换一个有文字的文件")
    kind = next((what for start, what in SIGNATURES.items() if data.startswith(start)), "")
    if suffix == ".docx" and not data.startswith(b"PK\x03\x04"):
        raise trouble(
            path, f"不是 Word 文件，而是{kind or '别的文件；看看是不是传坏了、改错了名字'}"
        )
    if suffix == ".docx":
        lines, notes = read_docx(path)
    elif kind:
        raise trouble(path, f"不是文本文件，而是{kind}")
    else:
        text = decode(data, path)
        lines, notes = (
            read_markdown(text)
            if suffix == ".md"
            else ([Line(line) for line in text.splitlines()], [])
        )
    kept, found = clean(lines)
    if not kept:
        raise trouble(path, "文件里没有文字；换一个有文字的文件")
    return Talk(tuple(kept), (*notes, *found))


def trouble(path: Path, message: str) -> Stop:
    return Stop(Problem(path.name, 0, "talk", message))


def decode(data: bytes, path: Path) -> str:
    """Returns the text of a file in any of the encodings in use for Chinese."""
    marked = next((name for mark, name in BYTE_ORDER_MARKS.items() if data.startswith(mark)), "")
    readings = {}
    for encoding in [marked] if marked else ["utf-8", *GUESSES]:
        try:
            readings[encoding] = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            break  # other text is all but never valid UTF-8
    sure = readings.get("utf-8") or readings.get(marked)
    best = sure or max(readings.values(), key=share_of_common, default="")
    controls = sum(
        unicodedata.category(char) == "Cc" and not char.isspace() for char in best[:10_000]
    )
    if controls > 64 and controls > len(best[:10_000]) / 10:
        raise trouble(path, "不是文本文件；换成 .txt、.md 或 .docx 的讲话稿")
    if sure is None and share_of_common(best) < 0.1:
        raise trouble(path, "认不出文字编码，也可能不是文本文件；用记事本打开，另存为“UTF-8”")
    return best


def share_of_common(text: str) -> float:
    return sum(char in COMMON for char in text[:10_000]) / max(1, len(text[:10_000]))


def clean(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Returns the lines that hold text, stripped, without what no page or document can hold, and a note of that."""
    kept, dropped = [], []
    for line in lines:
        for part in line.text.splitlines():
            dropped += [f"U+{ord(char):04X}" for char in CONTROL.findall(part)]
            text = CONTROL.sub("", part).strip()
            kept += [Line(text, line.level)] if text else []
    names = "、".join(list(dict.fromkeys(dropped))[:8])
    notes = [f"去掉了 {len(dropped)} 个不是文字的控制字符（{names}）"] if dropped else []
    width = max((len(line.text) for line in kept), default=0)
    broken = sum(
        len(line.text) > width * 3 / 4 and line.text[-1] not in SENTENCE_ENDS for line in kept
    )
    if width in BROKEN_AT and broken > len(kept) / 3:
        notes.append(
            f"原稿每行在约 {width} 字处断开，各行都成了一段；先在 Word 里把断行接成整段，再运行一次"
        )
    return kept, notes


def read_markdown(text: str) -> tuple[list[Line], list[str]]:
    """Returns the lines of a Markdown talk: headings known as such, emphasis and escapes read."""
    lines = []
    for source in re.sub(
        r"\A---\n.*?\n---(?:\n|\Z)", "", text.replace("\r\n", "\n"), flags=re.DOTALL
    ).splitlines():
        heading = MARKDOWN_HEADING.match(source.strip())
        words = MARKDOWN_MARKUP.sub(
            lambda m: m[2] or m[3], heading[2] if heading else MARKDOWN_BULLET.sub("", source)
        )
        lines.append(Line(words, len(heading[1]) if heading else 0))
    return lines, []


def read_docx(path: Path) -> tuple[list[Line], list[str]]:
    """Returns the lines of a Word document: numbers written out, tracked changes accepted, a table's row a line."""
    try:
        document = docx.Document(str(path))
        body = document.element.body
        lines = list(docx_lines(body, Numbering(document)))
    except (
        Exception
    ):  # python-docx lets through whatever zipfile, lxml and its own parts raise on a damaged file
        message = "Word 文件打不开（损坏，或不是 .docx）；用 Word 或 WPS 打开，另存为新的 .docx"
        raise trouble(path, message) from None
    found = (
        ("有修订记录，已按全部接受处理，请核对", "ins", "del", "moveFrom"),
        ("脚注、尾注没有收入正文", "footnoteReference", "endnoteReference"),
        ("表格的每一行写成了一段，请核对", "tbl"),
        ("文本框里的文字没有收入正文", "txbxContent"),
        ("批注没有收入正文", "commentReference"),
    )
    present = {element.tag for element in body.iter()}
    return lines, [note for note, *tags in found if present & {qn(f"w:{tag}") for tag in tags}]


def docx_lines(container: Any, numbering: Numbering) -> Iterator[Line]:
    """Yields the lines of a part of a document, in reading order."""
    for element in container:
        if element.tag == qn("w:p"):
            number, level = numbering.next_number(element)
            for line in (number + paragraph_text(element)).split("\n"):
                yield Line(line, level)
        elif element.tag == qn("w:tbl"):
            for row in element.iter(qn("w:tr")):
                cells = [
                    "".join(paragraph_text(p) for p in cell.iter(qn("w:p")))
                    for cell in row.iter(qn("w:tc"))
                ]
                yield Line("\u3000".join(filter(None, cells)))
        elif element.tag in {
            qn("w:sdt"),
            qn("w:sdtContent"),
            qn("w:customXml"),
            qn("w:ins"),
            qn("w:moveTo"),
        }:
            yield from docx_lines(element, numbering)


def paragraph_text(paragraph: Any) -> str:
    """Returns the words of a w:p with its tracked changes accepted; a soft break is a line's end."""
    skipped = {qn(f"w:{tag}") for tag in ("del", "moveFrom", "pPr", "rPr", "txbxContent")}

    def words(element: Any) -> Iterator[str]:
        for child in element:
            if (
                child.tag in skipped
                or not isinstance(child.tag, str)
                or child.tag.endswith("}Fallback")
            ):
                continue
            if child.tag == qn("w:t"):
                yield child.text or ""
            elif child.tag in WORD_MARKS:
                yield WORD_MARKS[child.tag]
            else:
                yield from words(child)

    return "".join(words(paragraph))


WORD_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


class Numbering:
    """Word's automatic numbers, counted along the document (ECMA-376 part 1, 17.9); they are part of the words."""

    def __init__(self, document: Any):
        self.styles = {style.style_id: style for style in document.styles}
        self.default = document.styles.default(1)  # WD_STYLE_TYPE.PARAGRAPH
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.lists: dict[str, tuple[str, dict[int, Any]]] = {}
        part = next(
            (
                r.target_part
                for r in document.part.rels.values()
                if r.reltype.endswith("/numbering")
            ),
            None,
        )
        root = part.element if part is not None else []
        abstract = {a.get(qn("w:abstractNumId")): a for a in root if a.tag == qn("w:abstractNum")}
        for num in (num for num in root if num.tag == qn("w:num")):
            shared = num.find(qn("w:abstractNumId")).get(qn("w:val"))
            levels = {
                int(level.get(qn("w:ilvl"))): level for level in abstract[shared].iter(qn("w:lvl"))
            }
            overrides = list(num.iter(qn("w:lvlOverride")))
            for override in overrides:
                levels.update(
                    {int(level.get(qn("w:ilvl"))): level for level in override.iter(qn("w:lvl"))}
                )
            number = num.get(qn("w:numId"))
            # Lists of one definition count on together, unless one starts anew.
            self.lists[number] = (number if overrides else f"abstract {shared}", levels)

    def next_number(self, paragraph: Any) -> tuple[str, int]:
        """Returns the number before a paragraph ('' for none or a bullet) and its heading level (0 for none)."""
        style = self.styles.get(paragraph.style or "", self.default)
        heading = HEADING_STYLE.match(style.name or "") if style else None
        settings = [paragraph.pPr]
        while style is not None:
            settings.append(style.element.pPr)
            style = style.base_style
        numbers = [s.numPr for s in settings if s is not None and s.numPr is not None]
        number = next((str(n.numId.val) for n in numbers if n.numId is not None), "")
        depth = next((n.ilvl.val for n in numbers if n.ilvl is not None), 0)
        return self.count(number, depth), int(heading[1]) if heading else 0

    def count(self, number: str, depth: int) -> str:
        key, levels = self.lists.get(number, ("", {}))
        if depth not in levels:
            return ""
        counts = self.counts[key]
        for level in [level for level in counts if level > depth]:
            del counts[level]
        for level in range(depth + 1):
            if level not in counts or level == depth:
                counts[level] = (
                    counts.get(level, int(value(levels.get(level), "start", "1")) - 1) + 1
                )
        kind = value(levels[depth], "numFmt", "decimal")
        if kind in {"bullet", "none"}:
            return ""
        legal = levels[depth].find(qn("w:isLgl")) is not None

        def written(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            return numeral(
                counts.get(level, 1),
                "decimal" if legal else value(levels.get(level), "numFmt", "decimal"),
            )

        text = re.sub(r"%(\d)", written, value(levels[depth], "lvlText", ""))
        return text + (
            " " if text[-1:].isascii() and value(levels[depth], "suff", "tab") != "nothing" else ""
        )


def value(level: Any, tag: str, default: str) -> str:
    element = level.find(qn(f"w:{tag}")) if level is not None else None
    return default if element is None else element.get(qn("w:val"), default)


def numeral(number: int, kind: str) -> str:
    """Returns a number as Word writes it in the format `kind` (17.18.59); one that is rare in speeches as 1, 2, 3."""
    if "hinese" in kind or "japanese" in kind or kind == "ideographDigital":
        return han(number)
    if kind.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x245F + number)
    return str(number)


def han(number: int) -> str:
    """Returns 1 … 99 as 一 … 九十九, a greater number by its digits."""
    if not 0 < number < 100:
        return "".join(DIGITS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")
    )
