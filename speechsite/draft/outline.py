"""Recognises what the lines of a talk are: title, byline, opening, sections, closing.

Sections are known by the marks that Chinese speeches use, and a mark counts only in a series that runs on (一…二…三…):
`find_series` follows each series, `is_outline` drops the lists inside a sentence, `nest` finds which stands in which.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import opencc

from speechsite.draft.talk import INVISIBLE, Line

Place = tuple[int, int]  # a line's index and a character's in it

HAN = "一二三四五六七八九十"
FORMAL = str.maketrans("壹贰叁参肆伍陆柒捌玖拾", "一二三三四五六七八九十")
N = rf"[{HAN}百]{{1,4}}"
MEASURED = r"(?:个|方面|问题|关键词|[句词]话?|字|体会|建议|希望|事情?|任务|工作)"
GAP = r"(?<=^.)\s+(?=[\u4e00-\u9fff])"  # after a number that begins the line
VERBS = "要靠抓看曰讲学问查保促建重做当防戒为来是"
# The marks, from the highest level to the lowest, where the text itself does not say which stands in which.
FAMILIES = {
    "chapter": rf"第({N})(?:部分|[章篇编])",
    "formal": r"([壹贰叁参肆伍陆柒捌玖拾])、",
    "dun": rf"({N})(?:\s*[、.\uff0e]|{GAP})",
    "paren": rf"[（(]({N})[）)]",
    "ordinal": rf"[第头]({N})(?:[点条步句层项种]|[个件]?{MEASURED})?(?=[，、,：:\s]|就?是|要)",
    "arabic": rf"(\d{{1,2}})(?:[.\uff0e、](?!\d)|{GAP})",
    "decimal": r"(?<!.)(?:\d{1,2}\.)+(\d{1,2})(?=[.\uff0e、\s]|(?![年月日元万亿吨公千百个倍米])[\u4e00-\u9fff])",
    "arabic_paren": r"[（(]?(\d{1,2})[）)]",
    "circled": r"([①-⑳])",
    "among": rf"其({N})(?=[，、,：:]|是)",
    "verb": rf"({N})[{VERBS}](?!素|件)",
    "first": r"(首先|其次|再次|再者|最后(?!，\w{0,2}(?:让我|祝|感|谢|向|再强)))(?=[，、,：:]|是|要)",
}
SPOKEN = {"ordinal", "among", "verb", "first"}
RANK = {family: rank for rank, family in enumerate(FAMILIES)}
END, CLOSERS, OPENERS = "。！？!?…", "”’」』）》", "（(【[—-“「"
PUNCTUATION = END + "；;，,：:、"
MARKS = "|".join(f"(?P<{family}>{pattern})" for family, pattern in FAMILIES.items())
MARK = re.compile(rf"(?:^|(?<=[{END}；;：:，,、{CLOSERS}])|(?<=[{END}；;]要))\s*(?:{MARKS})")
SENTENCE = re.compile(rf"[^{END}]+(?:[{END}]+[{CLOSERS}]*)?|[{END}]+[{CLOSERS}]*")
WORDS_AS_NUMBERS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3}
LAST = 99  # 最后 ends a series, whatever its number
LONG_HEADING = 30  # characters
# Characters: a shorter line is an entry of a list; a sentence in a paragraph is a section when it is longer than these,
# with a full stop or a semicolon before the next.
SHORT_ITEM, SENTENCE_ITEM, LONG_ITEM = 25, 15, 60

PEOPLE = "同志|各位|朋友|代表|委员|女士|先生|来宾|老师|同学|领导|嘉宾|战友|乡亲|同仁|同事"
SALUTATION = re.compile(rf"[^。；，,：:]{{0,12}}(?:{PEOPLE})[^。；：:]{{0,40}}(?:[：:]|[！!]$)")
CLOSING = re.compile(
    rf"(?:{PEOPLE})们?[^。；]{{0,24}}?[，,：:！!]|最后[，,]|总之|让我们|谢谢|预?祝|"
    "[^，。]{0,10}就(?:[讲说谈汇]报?到?|到)[这此]|以上[报汇发意是几]|结束语$|我的(?:讲话|发言|报告)"
)
PERORATION = re.compile(
    "[就先][^，。]{1,4}到?[这此][里两几]?|希望(?:大家|同志|[各全])|"
    "愿.*[！!]$|谢谢|让我们|(?:努力|奋斗)[！!]$|预?祝[愿大各全同老]"
)
PERORATION_LIMIT = 300  # characters
CLOSING_LIMIT = 800  # characters; what is longer is no closing
D = rf"[\d{HAN}]{{1,3}}"
DATE = re.compile(
    rf"(?:[\d\u3007○零{HAN}]{{4}}|民国.{{1,3}})\s*[年./\uff0e-]\s*{D}(?:\s*[月./\uff0e-]\s*{D}日?|月)?"
)
SPEECH = "讲[话稿]|发言|致[辞词]|报告|演讲|党课|[贺开闭]幕?[词辞]"
TITLE_END = re.compile(rf"(?:{SPEECH})(?:[稿词]|提纲|要点|摘要|节选|全文|实录)?(?:[（(].*)?[）)]?$")
OCCASION = re.compile(rf"[在于](.{{2,40}})上的?(?:{SPEECH})")
POST = re.compile(
    "书记|主任|主席|[部理监]事?长|总经|董事|委员|秘书|教授|(?:主?讲话?|发言|报告|致[辞词]|演讲)人[：:]"
    "|[局市区县镇乡村省州厅处科院校会行所组队挥馆站社]长|[×某]{2,3}$"
)
SURNAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方俞任袁柳史唐费薛雷贺倪汤罗毕郝安常"
    "于傅齐康伍余元顾孟黄萧尹姚邵汪毛戴宋庞熊纪舒项祝董梁杜蓝季贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房丁邓"
    "洪包左石崔龚程陆翁靳段侯全班秋仲伊宫宁白甘武刘景龙叶黎温庄晏柴瞿阎连习古易廖曾关欧阳司马"
)
NAME = re.compile(
    rf"[（(—]*[{SURNAMES}]\s*[\u4e00-\u9fff](?:\s*[\u4e00-\u9fff]){{0,2}}[）)]?|[（(]?[×xX某]{{2,4}}[）)]?"
)

COUNTED = rf"[几两{HAN}]大?(?:[点条项]|个?方面|个(?:问题)?)"
SPEAKER = re.compile(rf"[讲谈说提].{{0,4}}{COUNTED}")
COUNTING = re.compile(rf"(?:[讲谈说提有]{{0,2}}(?:以下|如下|这)?{COUNTED}[^，。]{{0,4}})$")
LIST_OF_TOPICS = re.compile(
    rf"((?:[\u4e00-\u9fff]{{2,8}}、)*[\u4e00-\u9fff]{{2,8}}[、和与及][\u4e00-\u9fff]{{2,4}}?)(?P<count>[两{HAN}])大?[项个方]"
)
ANNOUNCED_WITHIN = 5  # sentences from its start in which a section says what its topics are
NEAR = 15  # characters from its start within which a sentence names what it is about
UNNAMED = "（未命名）"
OPENING_TITLE, CLOSING_TITLE, WHOLE_TITLE = "开篇", "结语", "正文"
SECTION_NAMES = {OPENING_TITLE: "opening", CLOSING_TITLE: "closing", WHOLE_TITLE: "text"}
TITLE_LENGTH = 18  # characters of a heading that fit in a nav


@dataclass(frozen=True, slots=True)
class Section:
    """Where a part begins: level 1 is a page, 2 and 3 are points in it; `title` is a proposal.

    `marked` is False for what belongs to no series: opening, closing, points made before the main series.
    """

    place: Place
    level: int
    title: str
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Outline:
    """What was recognised: `title` and `occasion` are empty where there is none, `body` is the first line below."""

    title: tuple[str, ...]
    byline: tuple[str, ...]
    occasion: str
    body: int
    sections: tuple[Section, ...]  # in order, the first where the body begins


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that may begin a section, whose own words begin at `end`; `before` is the punctuation before it.

    `family` says what it goes on with: a kind of FAMILIES, with the verb or the number above where it has one; `form`
    is how it is written beside its number (第一个方面 or 第一), which tells two series of a family apart.
    """

    place: Place
    end: int
    family: str
    number: int
    before: str
    form: str = ""

    @property
    def begins_line(self) -> bool:
        return self.place[1] == 0

    @property
    def looks(self) -> tuple[str, bool, str]:
        return self.family, self.begins_line, self.form

    @property
    def kind(self) -> str:
        return self.family.split()[0]

    @property
    def rank(self) -> float:
        """Where the family stands, 0 for the highest level, where the text itself does not say so."""
        finer = VERBS.index(self.family[-1]) if self.kind == "verb" else self.family.count(".")
        return RANK[self.kind] + finer / 100


@dataclass(slots=True, eq=False)
class Series:
    """Marks that run on; each but the first stands at a line's start, or in the paragraph of the one before it."""

    marks: list[Mark]
    rank: float

    @property
    def family(self) -> str:
        return self.marks[0].family

    @property
    def last(self) -> Mark:
        return self.marks[-1]

    @property
    def inline(self) -> bool:
        return not self.last.begins_line

    def takes(self, mark: Mark) -> bool:
        if mark.number != self.last.number + 1 and not (
            mark.number == LAST and 2 <= self.last.number < LAST
        ):
            return False
        if mark.begins_line:
            return len(self.marks) == 1 or self.last.begins_line
        return mark.place[0] == self.last.place[0]


def recognise(lines: Sequence[Line]) -> Outline:
    """Returns the outline of a talk, found from its words and marks alone (and headings that the file itself names)."""
    given = lines
    lines, back = simplified(lines)
    named, body = read_head([line.text for line in lines[:12]])
    if body == len(lines) > 1:  # what looks like a byline only is the text
        named = body = 1
    title, byline = (
        tuple(line.text for line in part) for part in (given[:named], given[named:body])
    )
    held = OCCASION.search("".join(line.text for line in lines[:named]))
    occasion = "".join(title)[held.start(1) : held.end(1)] if held else ""
    series, inside = find_series(without_entries(list(find_marks(lines, body)), lines))
    series = [s for s in series if is_outline(s, lines)]
    series += headings(series, lines, body)
    sections = sorted(
        sections_of(nest(series, inside, lines), lines, body), key=lambda s: (s.place, s.level)
    )
    closing = find_closing(series, sections, lines) if sections else 0
    sections = [
        replace(s, title=s.title.translate(back))
        for s in (*sections, *topics(sections, lines, closing))
    ]
    if closing:
        sections.append(Section((closing, 0), 1, CLOSING_TITLE, False))
    sections.sort(key=lambda s: (s.place, s.level))
    if not sections or sections[0].place > (body, 0):
        sections.insert(0, Section((body, 0), 1, OPENING_TITLE if sections else WHOLE_TITLE, False))
    return Outline(title, byline, occasion, body, tuple(sections))


def simplified(lines: Sequence[Line]) -> tuple[list[Line], dict[int, str]]:
    """Returns the lines in simplified characters, place for place, and how the talk itself writes each of these."""
    often = "".join(
        char
        for char, _ in Counter("".join(line.text for line in lines)).most_common()
        if char >= "\u4e00"
    )
    simple = opencc.OpenCC("t2s").convert("\n".join(often)).split("\n")
    table = {ord(char): one for char, one in zip(often, simple, strict=True) if char != one}
    back = {ord(one): char for char, one in reversed(list(zip(often, simple, strict=True)))}
    return [replace(line, text=line.text.translate(table)) for line in lines], back if table else {}


def read_head(lines: list[str]) -> tuple[int, int]:
    """Returns the number of lines of the title, and of the title and byline (post and name, date) together."""
    if not lines or SALUTATION.match(lines[0]) or not is_title(lines[0]):
        return 0, 0
    greeting = next((i for i, line in enumerate(lines) if SALUTATION.match(line)), 0)
    above = greeting if all(map(is_title, lines[:greeting])) else 0
    ends = [
        i for i, line in enumerate(lines[: above or 3]) if TITLE_END.search(line) and is_title(line)
    ]
    byline = next((i for i, line in enumerate(lines) if i and is_byline(line)), len(lines))
    if above:
        title = ends[-1] + 1 if ends else min(byline, above)
    else:
        title = min(byline, ends[-1] + 1) if ends and all(map(is_title, lines[: ends[-1]])) else 1
    subtitle = ("——", "在") if above else "——"
    while (
        title < (above or len(lines))
        and lines[title].startswith(subtitle)
        and is_title(lines[title])
    ):
        if is_byline(lines[title]):
            break
        title += 1
    return title, above or next(
        (i for i in range(title, len(lines)) if not is_byline(lines[i])), len(lines)
    )


def is_title(line: str) -> bool:
    fits = len(line) <= 60 and line[-1] not in "。；;，,：:、" and not MARK.match(line)
    return fits and is_clean(line) and plain(line) != ""


def is_clean(line: str) -> bool:
    """Says whether a line can stand in speech.yml, where no correction can be marked."""
    return unicodedata.is_normalized("NFC", line) and not any(
        unicodedata.category(c) in INVISIBLE for c in line
    )


def is_byline(line: str) -> bool:
    if line.startswith(("—", "-")) and not NAME.fullmatch(line):  # a subtitle
        return False
    if (
        not is_title(line)
        or len(line) > 40
        or re.search(r"[。；！？!?]", line)
        or TITLE_END.search(line)
    ):
        return False
    return bool(
        DATE.search(line) or (POST.search(line) and len(line) <= 30) or NAME.fullmatch(line)
    )


def find_marks(lines: Sequence[Line], body: int) -> Iterator[Mark]:
    for index, line in enumerate(lines[body:], body):
        for match in MARK.finditer(line.text) if not line.level else ():
            family = match.lastgroup or ""
            start = match.start()
            before = line.text[max(0, start - 4) : start].rstrip(CLOSERS)[-1:]
            numeral = match[MARK.groupindex[family] + 1]
            form = match[0].strip().replace(numeral, "", 1)
            if family == "verb":
                family = f"verb {match[0][-1]}"
            elif family == "decimal":
                family = f"decimal {match[0].strip().rpartition('.')[0]}"
            yield Mark(
                (index, start),
                match.end(),
                family,
                number_of(numeral.translate(FORMAL)),
                before,
                form,
            )


def headings(series: list[Series], lines: Sequence[Line], body: int) -> Iterator[Series]:
    """Yields the headings without a mark, each a series of its own: those that the file names (above all marks), and
    short lines that stand alone as such. These are above all marks too, unless a marked series runs on past them."""
    for index, line in enumerate(lines[body:], body):
        if line.level:
            yield Series([Mark((index, 0), 0, "heading", 0, "")], line.level - 10)
    marked = {mark.place[0]: s for s in series for mark in s.marks if mark.begins_line}
    width = max(
        len(line.text) for line in lines
    )  # in a text that is broken into lines, a full one is no heading
    longest = min(LONG_HEADING, width * 3 // 4)
    alone = [
        i
        for i in range(body, len(lines) - 1)
        if i not in marked and stands_alone(i, lines, body, marked, longest)
    ]
    around = [
        s
        for s in series
        if not s.inline and bisect(alone, s.marks[0].place[0]) < bisect(alone, s.last.place[0])
    ]
    rank = max((s.rank for s in around), default=-2) + 0.5
    if len(alone) > 1:
        yield from (Series([Mark((index, 0), 0, "heading", 0, "")], rank) for index in alone)


def stands_alone(
    index: int, lines: Sequence[Line], body: int, marked: Container[int], longest: int
) -> bool:
    """Says whether a line is a heading by its looks: short, without a mark at its end, prose before it and after."""
    line, before, after = lines[index], lines[index - 1], lines[index + 1]
    return (
        len(line.text) <= longest
        and not line.level
        and line.text[-1] not in PUNCTUATION
        and line.text[0] not in OPENERS
        and is_title(line.text)
        and not is_byline(line.text)
        and (
            index == body
            or before.text[-1] in END + CLOSERS
            or SALUTATION.match(before.text)
            or index - 1 in marked
        )
        and (index + 1 in marked or after.text[-1] in PUNCTUATION or len(after.text) > longest)
    )


def without_entries(marks: list[Mark], lines: Sequence[Line]) -> list[Mark]:
    """Returns the marks without those of lists inside a sentence (一是订单少，二是用工难)."""
    entries = set()
    previous: dict[tuple[int, str], Mark] = {}
    for mark in marks:
        line, start = mark.place
        before = previous.get((line, mark.family))
        if mark.number != 1 and start:
            if before and not any(char in END for char in lines[line].text[before.end : start]):
                entries |= {mark, before} if before.number == 1 else {mark}
            elif mark.before not in END + "；;":
                entries.add(mark)
        previous[line, mark.family] = mark
    return [mark for mark in marks if mark not in entries]


def number_of(text: str) -> int:
    if text in WORDS_AS_NUMBERS or text[0] == "最":
        return WORDS_AS_NUMBERS.get(text, LAST)
    if text[0] not in HAN + "百":
        return int(text) if text.isdecimal() else ord(text) - 0x245F
    tens, ten, ones = text.partition("十")
    if not ten or set(text) - set(HAN) or len(tens) > 1 or len(ones) > 1:
        return HAN.find(text) + 1 if len(text) == 1 else 0
    return (HAN.index(tens) + 1 if tens else 1) * 10 + (HAN.index(ones) + 1 if ones else 0)


def find_series(marks: list[Mark]) -> tuple[list[Series], set[tuple[str, str]]]:
    """Returns the series of two marks and more, and which families were met wholly inside an item of which."""
    following: dict[tuple[str, bool, str], list[int]] = defaultdict(list)
    for mark in marks:
        following[mark.looks].append(mark.number)
    seen: dict[tuple[str, bool, str], int] = defaultdict(int)
    latest: dict[str, int] = defaultdict(int)
    found: list[Series] = []
    open_series: list[Series] = []
    inside = set()
    for mark in marks:
        seen[mark.looks] += 1
        takers = [
            s for s in reversed(open_series) if s.takes(mark) and related(s.family, mark.family)
        ]
        takers.sort(
            key=lambda s: [old != new for old, new in zip(s.last.looks, mark.looks, strict=True)]
        )
        if takers:
            at = open_series.index(takers[0])
            inside |= {
                (takers[0].family, s.family)
                for s in open_series[at + 1 :]
                if len(s.marks) > 1 and not s.inline
            }
            del open_series[at + 1 :]
            takers[0].marks.append(mark)
        elif mark.number == 1 or (
            mark.begins_line and mark.number == latest[mark.family] + 1
        ):  # or counted on
            same = next((s for s in open_series if s.last.looks == mark.looks), None)
            if same and not resumes(same, following[mark.looks], seen[mark.looks]):
                del open_series[open_series.index(same) :]
            open_series.append(Series([mark], mark.rank))
            found.append(open_series[-1])
        else:
            continue
        latest[mark.family] = mark.number
    return [s for s in found if len(s.marks) > 1], inside


def related(family: str, mark: str) -> bool:
    """Says whether a mark can go on with a series: 首先 is often followed by 第二."""
    return family == mark or (family, mark) == ("first", "ordinal")


def resumes(series: Series, numbers: list[int], at: int) -> bool:
    """Says whether, after the run that has just begun with 1, the marks go on where `series` stands."""
    run = 1
    while at < len(numbers) and numbers[at] == run + 1:
        at, run = at + 1, run + 1
    return at < len(numbers) and numbers[at] == series.last.number + 1


def is_outline(series: Series, lines: Sequence[Line]) -> bool:
    """Says whether the items are sections and not the entries of a list: most of them stand alone as sentences."""
    items: list[tuple[Mark, Mark | None]] = list(pairwise(series.marks))
    if series.inline:
        if series.family == "first" and len(series.marks) < 3:
            return False
        items.append((series.last, None))
    elif all(lines[next_.place[0] - 1].text[-1] in "；;，,、" for _, next_ in items if next_):
        return False
    return sum(is_section(mark, next_, lines, series) for mark, next_ in items) * 2 > len(items)


def is_section(mark: Mark, next_: Mark | None, lines: Sequence[Line], series: Series) -> bool:
    line = mark.place[0]
    if next_ and next_.place[0] > line + 1:
        return True
    end = next_.place[1] if next_ and next_.place[0] == line else len(lines[line].text)
    text = lines[line].text[mark.end : min(end, mark.end + 4 * LONG_ITEM)]
    if not series.inline:
        return (
            len(text) >= (SENTENCE_ITEM if text[-1:] in END else SHORT_ITEM)
            or len(SENTENCE.findall(text)) > 1
        )
    if len(SENTENCE.findall(text)) > 1:
        return len(text) >= SHORT_ITEM / 2
    least = SENTENCE_ITEM if not next_ or next_.before in END else LONG_ITEM
    return len(text) >= least and series.family != "first"


def nest(
    series: list[Series], inside: set[tuple[str, str]], lines: Sequence[Line]
) -> list[tuple[Mark, list[Series]]]:
    """Returns the marks in order, each with the series that it stands in, outermost first, its own last.

    What follows the last item of a series may belong to it or come after the whole series: the families decide, by
    what the speech shows elsewhere (`inside`), else by their usual order.
    """
    nested = []
    stack: list[Series] = []
    for mark, own in sorted(
        ((m, s) for s in series for m in s.marks), key=lambda pair: pair[0].place
    ):
        if own in stack:
            del stack[stack.index(own) + 1 :]
        else:
            while stack and ends_before(stack[-1], own, mark, inside, lines):
                stack.pop()
            stack.append(own)
        nested.append((mark, list(stack)))
    return nested


def ends_before(
    series: Series, other: Series, mark: Mark, inside: set[tuple[str, str]], lines: Sequence[Line]
) -> bool:
    """Says whether `series` is over where `other` begins with `mark`."""
    if mark.kind == "heading":
        return other.rank <= series.rank
    if mark.place < series.last.place or (series.family, other.family) in inside:
        return False
    if series.inline:
        return mark.place[0] > series.last.place[0] or series.family == other.family
    if other.inline or (other.family, series.family) in inside or other.family == series.family:
        return not other.inline
    if (
        series.last.kind in SPOKEN and mark.kind in SPOKEN
    ):  # no order of their own: 我讲三点意见 begins a new one
        return bool(SPEAKER.search(lines[mark.place[0] - 1].text[-40:]))
    return other.rank <= series.rank


def sections_of(
    nested: list[tuple[Mark, list[Series]]], lines: Sequence[Line], body: int
) -> Iterator[Section]:
    """Yields the sections of three levels. Points made before the main series (我的体会有三点) are a part of their own,
    which begins where they are announced."""
    tops = [stack[0] for _, stack in nested]
    main = min(tops, key=lambda s: (s.inline, s.rank), default=None)
    led: set[int] = set()
    for mark, stack in nested:
        extra = stack[0].family != main.family if main and main.rank >= 0 else 0
        if extra and id(stack[0]) not in led:
            led.add(id(stack[0]))
            place = announcement(mark, lines, body)
            end = mark.place[1] if place[0] == mark.place[0] and place != mark.place else None
            yield Section(place, 1, heading(lines[place[0]].text[place[1] : end]), False)
        if len(stack) + extra <= 3:
            yield Section(
                mark.place, len(stack) + extra, heading(lines[mark.place[0]].text[mark.end :])
            )


def announcement(first: Mark, lines: Sequence[Line], body: int) -> Place:
    """Returns where the sentence that announces a series begins: in its paragraph, else as the paragraph before."""
    line, column = first.place
    sentences = list(SENTENCE.finditer(lines[line].text, 0, column))
    if sentences:
        return line, sentences[-1].start()
    above = lines[line - 1].text if line > body else ""
    return (
        (line - 1, 0) if above.endswith(("：", ":")) and not SALUTATION.match(above) else (line, 0)
    )


def find_closing(series: list[Series], sections: list[Section], lines: Sequence[Line]) -> int:
    """Returns the line where the closing begins, 0 for none: said to be one, or more than the other items have."""
    last = sections[-1].place[0]
    rest = sum(len(line.text) for line in lines[last + 1 :])
    for index in range(last + 1, len(lines)):
        heading_only = index == last + 1 and lines[last].text[-1] not in END + CLOSERS
        ends = CLOSING.match(lines[index].text) or (
            rest <= PERORATION_LIMIT and PERORATION.search(lines[index].text)
        )
        if rest <= CLOSING_LIMIT and ends and not heading_only:
            return index
        rest -= len(lines[index].text)
    ending = next((s for s in series if s.last.place == sections[-1].place and s.rank >= 0), None)
    if ending and last + 1 < len(lines):
        single = [b.place[0] - a.place[0] == 1 for a, b in pairwise(ending.marks)]
        if (ending.inline and sections[-1].level == 1) or (
            not ending.inline and len(single) > 1 and all(single)
        ):
            return last + 1
    return 0


def topics(sections: list[Section], lines: Sequence[Line], closing: int) -> Iterator[Section]:
    """Yields points that have no marks, in sections that have no marked ones either."""
    ends = [*(section.place for section in sections), (closing or len(lines), 0)][1:]
    for section, end, next_ in zip(sections, ends, [*sections, None][1:], strict=True):
        if section.level < 3 and (next_ is None or next_.level <= section.level):
            for place, title in topics_of(list(sentences_between(section.place, end, lines))):
                yield Section(place, section.level + 1, title)


def topics_of(sentences: list[tuple[Place, str]]) -> list[tuple[Place, str]]:
    """Returns where a section takes up the topics whose number it announced (督查和信息两项工作), each in a sentence
    that soon names it. A list that is only named, before one that is taken up, is a point where it stands."""
    named: list[tuple[Place, str]] = []
    for at, (place, sentence) in enumerate(sentences[:ANNOUNCED_WITHIN]):
        for match in LIST_OF_TOPICS.finditer(sentence[:200]):
            first, *others = re.split("[、和与及]", match[1])
            terms = [
                first[-max(map(len, others)) :],
                *others,
            ]  # the words before the first term are not part of it
            if counted(match["count"]) == len(terms):
                found = taken_up(terms, sentences[at + 1 :])
                if found:
                    return named + found
                named += [(place, "、".join(terms))] if at else []
    return []


def taken_up(terms: list[str], sentences: list[tuple[Place, str]]) -> list[tuple[Place, str]]:
    """Returns the sentence with which each of the topics begins, and its name; nothing if one is not taken up."""
    found, rest = [], iter(enumerate(sentences))
    for term in terms:
        at, (place, sentence) = next(
            ((i, s) for i, s in rest if term in s[1][:NEAR]), (-1, ((0, 0), ""))
        )
        if at < 0:
            return []
        found.append((at, place, f"{term}工作" if f"{term}工作" in sentence else term))
    ends = [*(at for at, _, _ in found[1:]), len(sentences)]
    enough = all(end - at > 1 for (at, _, _), end in zip(found, ends, strict=True))
    return [(place, name) for _, place, name in found] if enough else []


def sentences_between(
    start: Place, end: Place, lines: Sequence[Line]
) -> Iterator[tuple[Place, str]]:
    for index in range(start[0], min(end[0] + 1, len(lines))):
        first, last = (
            start[1] if index == start[0] else 0,
            end[1] if index == end[0] else len(lines[index].text),
        )
        for match in SENTENCE.finditer(lines[index].text, first, last):
            yield (index, match.start()), match[0]


def counted(numeral: str) -> int:
    return 2 if numeral == "两" else number_of(numeral)


def heading(text: str) -> str:
    """Returns a heading made of the first words of a section, short enough for a nav."""
    first = SENTENCE.match(MARK.sub("", text[:200], count=1) if MARK.match(text) else text[:200])
    words = COUNTING.sub("", plain(first[0] if first else "").strip(END + "；，、：:;, "))
    words = re.sub(r"^(?:就?是|要|关于|我们?|首先)[，,]?", "", words)
    if len(words) > TITLE_LENGTH:
        clauses = [clause for clause in re.split("[，,；;：:]", words) if clause]
        words = clauses[0] if clauses else words
    if len(words) > TITLE_LENGTH:
        words = re.sub("^(?:进一步|切实|着力|全面|努力|深入|不断|坚决|大力|必须)+", "", words)
    return (words if len(words) <= TITLE_LENGTH else words[: TITLE_LENGTH - 1] + "…") or UNNAMED


def plain(text: str) -> str:
    """Returns text without what Markdown or a browser could take for markup, and without invisible characters."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in spaced if c not in "\\`*_{}[]<>#|&~\"'" and c.isprintable()).strip()
