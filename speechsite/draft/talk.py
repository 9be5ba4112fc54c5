"""What came: a file (.txt, .md, .docx) read into the lines of a talk; nothing of their meaning."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import charset_normalizer

from speechsite.problem import Problem, Stop

SUFFIXES = (".txt", ".md", ".docx")
WORD_START = b"PK\x03\x04"
# What other files begin with, whatever their name says
# (https://www.garykessler.net/library/file_sigs.html).
SIGNATURES = {
    b"%PDF": "PDF 文件；从原来的 Word 文件开始，或另存为 .txt",
    b"\xd0\xcf\x11\xe0": (
        "加密的文件或旧式 .doc 文件；用 Word 或 WPS 打开，去掉密码，另存为 .docx"
    ),
    b"{\\rtf": "RTF 文件；用 Word 或 WPS 打开，另存为 .docx",
    WORD_START: "压缩文件或 Word 文件；是 Word 文件就把名字改成 .docx，是压缩文件就先解压",
}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What Chinese text without a mark may be, beside UTF-8.
GUESSES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
WESTERN = "cp1252"  # an English talk, with the quotation marks of Word
# A tenth of any Chinese prose; a wrong guess at the encoding gives next to none of them.
COMMON = frozenset(
    "，。、：；！？“”（）\u3000\n的一是了不在有人这這中大为為上个個我以要和会會工作们们发發国國年党黨全"
)
ENOUGH = 0.1  # the share of common characters that tells Chinese prose from noise
SAMPLE = 10_000  # characters that are looked at to know an encoding
MOST_CONTROLS = 64  # control characters that a text may hold and still be one
SENTENCE_ENDS = "。！？：；…”』」）!?"
BROKEN_AT = range(15, 60)  # characters of a line of print; a longer line is a paragraph
# What XML, and so a web page or a Word file, cannot hold (https://www.w3.org/TR/xml/#charsets),
# C1 controls, U+FEFF.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
ZERO_WIDTH = "\u200b\u200c\u2060"  # what web pages leave around a line
ZERO = re.compile(f"[{ZERO_WIDTH}]")
# Categories of characters that leave no ink; the words hold them only in a correction's left side.
INVISIBLE = frozenset(("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"))
SHIFTED = {
    "superscript": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the talk as it stands.

    `level` is 1 to 6 where the file itself says that it is a heading; `bold` says that all of it
    is printed so; `row` that it is a table's row, `| a | b |`.
    """

    text: str
    level: int = 0
    bold: bool = False
    row: bool = False


Lines = Sequence[Line]


def size(lines: Iterable[Line]) -> int:
    """Returns how many characters some lines have."""
    return sum(len(line.text) for line in lines)


@dataclass(frozen=True, slots=True)
class Talk:
    """The lines of a talk, blank ones dropped, and what an editor should know of the reading.

    `facts` are what the file says of itself: title, author, date, description.
    """

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_talk(path: Path) -> Talk:
    """Returns the talk in a file; raises Stop with one problem where it holds none."""
    data = read_bytes(path)
    if path.suffix.lower() == ".docx":
        from speechsite.draft.word import read_word

        read = read_word(path)
    elif path.suffix.lower() == ".md":
        from speechsite.draft.markdown import read_markdown

        read = read_markdown(decode(data, path))
    else:
        lines = tuple(Line(text) for text in decode(data, path).splitlines())
        read = Talk(lines)
    kept, notes = clean(read.lines)
    if not kept:
        raise trouble(path, "文件里没有文字；换一个有文字的文件")
    return Talk(tuple(kept), (*read.notes, *notes), read.facts)


def trouble(path: Path, message: str) -> Stop:
    return Stop(Problem(path.name, 0, "talk", message))


def read_bytes(path: Path) -> bytes:
    """Returns what is in a file whose name and first bytes say that it can hold a talk."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        kinds = "、".join(SUFFIXES)
        raise trouble(path, f"{suffix or '没有后缀'} 的文件读不了；另存为 {kinds} 之一")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise trouble(path, "找不到这个文件；看看路径对不对") from None
    except OSError as error:
        raise trouble(path, f"读不了（{error.strerror}）；看看路径和权限对不对") from None
    if not data:
        raise trouble(path, "文件是空的；换一个有文字的文件")
    kind = next((what for start, what in SIGNATURES.items() if data.startswith(start)), "")
    if suffix != ".docx" and kind:
        raise trouble(path, f"不是文本文件，而是{kind}")
    if suffix == ".docx" and not data.startswith(WORD_START):
        other = kind or "别的文件；看看是不是传坏了、改错了名字"
        raise trouble(path, f"不是 Word 文件，而是{other}")
    return data


def decode(data: bytes, path: Path) -> str:
    """Returns the text of a file in any of the encodings in use for Chinese or English."""
    text = by_mark(data) or by_utf8(data) or by_guess(data)
    if text is None:
        raise trouble(path, "认不出文字编码，也可能不是文本文件；用记事本打开，另存为“UTF-8”")
    sample = text[:SAMPLE]
    controls = sum(unicodedata.category(char) == "Cc" and not char.isspace() for char in sample)
    if controls > MOST_CONTROLS and controls > len(sample) / 10:
        raise trouble(path, "不是文本文件；换成 .txt、.md 或 .docx 的讲话稿")
    return text


def by_mark(data: bytes) -> str | None:
    """Returns the text of a file that begins with a byte order mark."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return decoded(data, encoding)
    return None


def by_utf8(data: bytes) -> str | None:
    """Returns the text if it is UTF-8; other text is all but never valid as that."""
    return decoded(data, "utf-8")


def by_guess(data: bytes) -> str | None:
    """Returns the reading with the most common Chinese characters.

    Where that is noise, the library says whether it is text of a Western language at all.
    """
    readings = [text for name in GUESSES if (text := decoded(data, name)) is not None]
    best = max(readings, key=share_of_common, default="")
    if share_of_common(best) >= ENOUGH:
        return best
    match = charset_normalizer.from_bytes(data, cp_isolation=[WESTERN]).best()
    return None if match is None else str(match)


def decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def share_of_common(text: str) -> float:
    sample = text[:SAMPLE]
    return sum(char in COMMON for char in sample) / max(1, len(sample))


def shifted(text: str, kind: str) -> str:
    """Returns raised or lowered digits as characters of their own, 100 m²; other text as it is."""
    table = SHIFTED.get(kind, {})
    fits = all(ord(char) in table for char in text.strip())
    return text.translate(table) if fits else text


def clean(lines: Iterable[Line]) -> tuple[list[Line], list[str]]:
    """Returns the lines that hold text, stripped and fit for a page, and notes of what was not."""
    kept: list[Line] = []
    dropped: list[str] = []
    for line in lines:
        for part in line.text.splitlines():
            text = CONTROL.sub("", part)
            inner = text.strip().strip(ZERO_WIDTH).strip()
            dropped += CONTROL.findall(part) + ZERO.findall(text.replace(inner, ""))
            text = inner
            if text:
                kept.append(replace(line, text=text))
    notes: list[str] = []
    if dropped:
        kinds = list(dict.fromkeys(dropped))[:8]
        names = "、".join(f"U+{ord(char):04X}" for char in kinds)
        notes.append(f"去掉了 {len(dropped)} 个不是文字的字符（{names}）")
    if width := print_width(kept):
        notes.append(
            f"原稿每行在约 {width} 字处断开，各行都成了一段；先在 Word 里把断行接成整段，再运行一次"
        )
    return kept, notes


def print_width(lines: list[Line]) -> int:
    """Returns the characters at which a text was broken into lines of print; 0 if it was not."""
    width = max((len(line.text) for line in lines), default=0)
    if width not in BROKEN_AT:
        return 0
    full = [line for line in lines if len(line.text) > width * 3 / 4]
    broken = [line for line in full if line.text[-1] not in SENTENCE_ENDS]
    return width if len(broken) > len(lines) / 3 else 0
