"""Names for what a talk does not name: a section's heading out of its first words, an id."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import lazy_pinyin

from speechsite.draft.lines import CLOSERS, SENTENCE_END
from speechsite.draft.marks import MARK

SENTENCE = re.compile(
    rf"[^{SENTENCE_END}]+(?:[{SENTENCE_END}]+[{CLOSERS}]*)?|[{SENTENCE_END}]+[{CLOSERS}]*"
)
HEADING_LENGTH = 16  # characters of a heading that fit on a line of the nav
# 今年对我们来说, 到现在为止, 8月10日, 我来自某部: what a clause says before the matter
CIRCUMSTANCE = re.compile(
    r"(?:来[说看讲]|看来|所知|地说|为止|以来|的时候|之后|以后|观察)$|^\d+月\d+日$|^(?:我来自|我是|大家好|谢谢)"
)
SHORTEST = 4  # characters that name a matter: 老板，目前… is named after what follows
LONGEST_CLAUSE = 60  # characters of one clause that may still be a heading: never cut inside one
EDGES = SENTENCE_END + "；，、：:;, 　"
LOOK = 200  # characters of a section in which its name stands
UNNAMED = "（未命名）"
PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")"}
# 就报销问题作一个说明 → 报销问题
MATTER = re.compile(
    r"^.{0,4}?就(?![是要会能把有没像去来在])(?P<what>[^，。]{2,16}?)(?:作|做|谈|讲|说|提|再|强调)"
)
# 我认为…, 关于…, 是…, 请问…: what leads up to the matter
LEAD = re.compile(
    r"^(?:就?是(?!否)|要|关于|首先|我(?:们)?(?:认为|觉得|以为|感到)|为(?!什么|了|何)"
    r"|(?:我|我们)?想?(?:请问|问一下|想问)(?:一下)?|您好)[，,：:]?"
)
COURTESY = re.compile(
    r"^(?:[^，。]{0,6}(?:感谢|谢谢|很高兴|非常高兴|您好|大家好)[^。？！]*[。！])+"
)
# 今天我再提三点希望 → 三点希望, 树立四个观念 → 四个观念
ANNOUNCED = re.compile(
    r"(?:[两二三四五六七八九十几]|\d+)(?:大|个)?(?:点|个|项|条|句|件|方面)?[\u4e00-\u9fff]{1,6}?"
    r"(?=[。：:，,！]|$)"
)
# pypinyin reads 着 as zhe where its dictionary lacks the word: 着力 is zhuo, 看着 is not.
ZHUO = re.compile("[着著](?=[力陆])|(?:^|(?<=[，、；要须将应]))[着著](?=[眼手重实])")
ID_LENGTH = 24  # characters


def heading(text: str) -> str:
    """Returns a heading made of the first words of a section, whole clauses, fit for a nav."""
    first = SENTENCE.match((COURTESY.sub("", text) or text)[:LOOK])
    words = before_open_quote(plain(first[0] if first else "")).strip(EDGES)
    matter = MATTER.match(words)
    words = matter["what"] if matter else LEAD.sub("", words)
    if len(words) > HEADING_LENGTH:
        parts = [part for part in clauses(words) if len(part) >= SHORTEST]
        telling = [part for part in parts if not CIRCUMSTANCE.search(part)]
        words = next(iter(telling or parts), words)
    return words if 0 < len(words) <= LONGEST_CLAUSE else UNNAMED


def before_open_quote(words: str) -> str:
    """Returns what stands before a quotation that goes on past the end: 他说：“先去。 → 他说："""
    for opening, closing in PAIRS.items():
        if words.count(opening) > words.count(closing):
            before = words[: words.rindex(opening)]
            words = before if len(before) >= SHORTEST else words.replace(opening, "")
    return words


def clauses(words: str) -> list[str]:
    """Returns the parts of a sentence between its commas; none is cut inside quotation marks."""
    parts, closing = [""], ""
    for char in words:
        if not closing:
            closing = PAIRS.get(char, "")
        elif char == closing:
            closing = ""
        if char in "，,；;：:" and not closing:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts] if not closing else [words]


def announced(text: str) -> str:
    """Returns a heading for what a sentence announces: 今天再提三点希望。 → 三点希望."""
    found = [match[0] for match in ANNOUNCED.finditer(plain(text)) if len(match[0]) > 2]
    return found[-1] if found else heading(text)


def plain(text: str) -> str:
    """Returns text without what Markdown or a browser could take for markup, all of it visible."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = [char for char in spaced if char not in "\\`*_{}[]<>#|&\"'" and char.isprintable()]
    return "".join(kept).replace("~~", "").strip()  # 3~5年 is no markup


def identifier(title: str, taken: dict[str, int], known: dict[str, str]) -> str:
    """Returns a short ASCII name made of the pinyin of `title`, and adds it to `taken`.

    `known` are titles with a name of their own; `taken` holds the names in use, with the last
    number given to each.
    """
    name = known.get(title, "") or spelled(title)
    number = taken.get(name, 0) + 1
    while number > 1 and f"{name}-{number}" in taken:
        number += 1
    taken[name] = number
    name = f"{name}-{number}" if number > 1 else name
    taken[name] = taken.get(name, 1)
    return name


def spelled(title: str) -> str:
    """Returns the first syllables of a title, ASCII and joined by hyphens: zhuo-li-da-zao."""
    bare = MARK.sub("", title, count=1) if MARK.match(title) else title
    syllables: list[str] = lazy_pinyin(ZHUO.sub("捉", bare), errors=latin)  # type: ignore[arg-type]
    name = ""
    for syllable in syllables:
        longer = f"{name}-{syllable}" if name else syllable[:ID_LENGTH]
        if len(longer) > ID_LENGTH:
            break
        name = longer
    if re.fullmatch(r"(?!p\d+$)[a-z].*", name):
        return name
    return f"part-{name}".rstrip("-")


def latin(text: str) -> list[str]:
    """Returns the words of text that is not Chinese; letters with accents lose them: é → e."""
    bare = unicodedata.normalize("NFKD", text.lower())
    return re.findall(
        "[a-z0-9]+", "".join(char for char in bare if not unicodedata.combining(char))
    )
