"""The head of a talk: title, subtitle, byline, and who spoke when, from wherever that stands."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from speechsite.draft.furniture import left_out
from speechsite.draft.lines import (
    CLOSERS,
    DATE,
    LABELLED,
    NAME,
    OCCASION,
    POST,
    SENTENCE_END,
    SPEAKERS,
    SPEECH,
    SURNAMES,
    TITLE_END,
    day_of,
    is_byline,
    is_clean,
    is_greeting,
    is_person,
    is_title,
)
from speechsite.draft.marks import MARK
from speechsite.draft.script import simplified
from speechsite.draft.talk import Line, Talk

T = TypeVar("T")
SIGNED, BELOW_TITLE = "文末的署名、日期", "题下"
LOOK = 12  # lines of the head, once what is not of the talk is left out
TITLE_WITHOUT_GREETING = 3  # lines among which a title ends where no greeting shows where
# ——张××在干部就职仪式上的讲话, 张总与员工座谈纪要, 张××：要沉住气
SPEAKER_IN_TITLE = re.compile(
    rf"^[—\-\s\d]*(?P<who>[{SURNAMES}](?:[\u4e00-\u9fff×某]{{1,2}}|总))(?:同志|总|总裁|董事长|校长)?"
    rf"(?=[：:]|在|与|谈|就|答|接受|关于|对)(?:[：:]|.*(?:{SPEECH}))"
)


# 这是张××同志在会上的讲话, 国家主席张××出席会议并发表
TOLD = re.compile(
    rf"(?:这是|主席|总书记|总理|董事长|总裁|校长|书记|[省市县区局部厅院]长)"
    rf"(?P<who>[{SURNAMES}][\u4e00-\u9fff×某]{{1,2}}?)(?=同志|总理|主席|在|于|与|出席|发表|通过|\d|一九|二〇)"
)
LAST_NAME = re.compile(rf"\S[\s\xa0]+([{SURNAMES}]\s?[\u4e00-\u9fff×某]{{1,2}})$")
LONGEST_TOLD = 120  # characters from a line's start in which it says who spoke
TITLED = re.compile(r"题为[《“](?P<title>[^》”]{2,60})[》”]")  # 发表题为《…》的讲话


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around a talk's text.

    `lines` are those that are of the talk: the first `height` are its title, those up to `body`
    its byline; `occasion` is part of the title. `left_out` are the others, by index in the talk as
    it was read, each with what it is. `speaker` and `date` are known from elsewhere than the
    byline, '' and None if not; `sources` tells where each thing was found.
    """

    lines: tuple[Line, ...]
    height: int
    body: int
    occasion: str
    given_title: str
    speaker: str
    date: datetime.date | None
    left_out: Mapping[int, str]
    sources: tuple[str, ...]

    @property
    def title(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines[: self.height])

    @property
    def byline(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines[self.height : self.body])


def read_head(talk: Talk) -> Head:
    """Returns the head of a talk and the lines that are of it."""
    simple, _ = simplified(talk.lines)
    out = left_out(simple)
    kept = [index for index in range(len(simple)) if index not in out]
    texts = [simple[index].text for index in kept]
    titled = bool(kept) and simple[kept[0]].level > 0
    height, body = measure(texts[:LOOK], titled)
    if body == len(kept) > 1:  # what looks like a byline only is the text
        height = body = 1
    end = signed(texts, body)
    out |= dict.fromkeys(kept[end:], SIGNED)
    lines = tuple(talk.lines[index] for index in kept[:end])
    title = "".join(line.text for line in lines[:height])
    held = OCCASION.search("".join(texts[:height]))
    occasion = title[held.start(1) : held.end(1)] if held else ""
    head = Head(lines, height, body, occasion, "", "", None, out, ())
    signs = [talk.lines[index].text for index in kept[end:]]
    told = [talk.lines[index].text for index in sorted(out)[:LOOK]]
    told += [line.text for line in (*lines[body : body + 2], *lines[-2:])]
    return known(head, signs, told, talk.facts)


def measure(lines: Sequence[str], titled: bool) -> tuple[int, int]:
    """Returns how many lines the title has, and title and byline together.

    `titled` says that the file itself has the first line for a heading.
    """
    if not lines or is_greeting(lines[0]) or not is_title(lines[0]):
        return 0, 0
    if MARK.match(lines[0]) and not titled:
        return 0, 0
    greeting = next((i for i, line in enumerate(lines) if is_greeting(line)), 0)
    if not all(map(names_talk, lines[1:greeting])):
        greeting = 0
    height = title_height(lines, greeting)
    if greeting:
        return height, greeting
    body = height
    while body < len(lines) and not MARK.match(lines[body]) and below_title(lines, body):
        body += 1
    return height, body


def below_title(lines: Sequence[str], index: int) -> bool:
    """Says whether a line is of the byline, or stands between title and date."""
    following = lines[index + 1] if index + 1 < len(lines) else ""
    dated = bool(DATE.match(following)) and is_byline(following) and names_talk(lines[index])
    return is_byline(lines[index]) or dated


def names_talk(line: str) -> bool:
    return is_title(line) and not MARK.match(line)


def title_height(lines: Sequence[str], greeting: int) -> int:
    """Returns the lines of the title: up to one that ends as titles do, and its subtitle.

    `greeting` is the line that greets, below title and byline; 0 where it is not known.
    """
    limit = greeting or min(TITLE_WITHOUT_GREETING, len(lines))
    ends = [i for i in range(limit) if TITLE_END.search(lines[i]) and names_talk(lines[i])]
    byline = next((i for i in range(1, len(lines)) if is_byline(lines[i])), len(lines))
    height = 1
    if ends and all(map(names_talk, lines[1 : ends[-1]])):
        height = ends[-1] + 1 if greeting else min(byline, ends[-1] + 1)
    elif greeting:
        height = min(byline, greeting)
    while height < (greeting or len(lines)) and is_subtitle(lines, height, bool(greeting)):
        height += 1
    return height


def is_subtitle(lines: Sequence[str], index: int, greeted: bool) -> bool:
    """Says whether a line goes on with a title: ——在会议上的讲话, or the rest of such a line."""
    line, before = lines[index], lines[index - 1]
    if not names_talk(line) or is_byline(line):
        return False
    if line.startswith(("——", "──", "--", "—")):
        return True
    if before.startswith(("—", "─", "-")) and not ends_title(before):
        return ends_title(line)
    return greeted and line.startswith("在") and ends_title(line)


def ends_title(line: str) -> bool:
    return bool(TITLE_END.search(line)) or line.endswith("上")


def signed(lines: Sequence[str], body: int) -> int:
    """Returns the first of the last lines that sign the talk, post and name, date; else the end."""
    start = len(lines)
    while start > body + 1 and is_signature(lines[start - 1]):
        start -= 1
    return start if lines[start - 1][-1] in SENTENCE_END + CLOSERS else len(lines)


def is_signature(line: str) -> bool:
    """Says whether a line at the end tells who spoke, or when."""
    return is_byline(line) and (is_person(line) or bool(DATE.search(line)))


def known(head: Head, signs: Sequence[str], told: Sequence[str], facts: Mapping[str, str]) -> Head:
    """Returns the head with speaker, date and title as they are known from anywhere.

    What the byline prints is not said again. A front matter's title counts where the text has none.
    """
    speaker, person = first_known(
        (speaker_of(head.byline), BELOW_TITLE),
        (first_match(SPEAKER_IN_TITLE, head.title), "标题"),
        (speaker_of(signs), "文末"),
        (facts.get("author", ""), "文件头的 author"),
        (first_match(TOLD, [line[:LONGEST_TOLD] for line in told]), "文中的说明"),
    )
    date, day = first_known(
        (date_of(head.byline), BELOW_TITLE),
        (date_of(head.title), "标题"),
        (date_of(signs), "文末"),
        (date_of([facts.get("date", "")]), "文件头的 date"),
    )
    sources: list[str] = []
    if speaker:
        sources.append(f"讲话人是“{name_in(speaker)}”（{person}）")
    if date:
        sources.append(f"日期是 {date}（{day}）")
    given = facts.get("title", "") or first_match(TITLED, told)
    given = " ".join(given.split())
    return replace(
        head,
        given_title="" if head.title or not is_clean(given) else given,
        speaker="" if person == BELOW_TITLE else speaker,
        date=None if day == BELOW_TITLE else date,
        sources=tuple(sources),
    )


def first_known(*found: tuple[T, str]) -> tuple[T, str]:
    """Returns the first value that is one, and where it was found."""
    return next((one for one in found if one[0]), found[-1])


def speaker_of(lines: Sequence[str]) -> str:
    """Returns who spoke, as the lines below a title or a signature say it."""
    for line in lines:
        label = LABELLED.match(line)
        if label and (not label["what"] or label["what"].startswith(SPEAKERS)):
            return line[label.end() :].strip()
    for line in lines:
        person = DATE.sub("", line).strip("（）() \xa0\u3000—-")
        if not LABELLED.match(line) and (NAME.fullmatch(person) or POST.search(person)):
            return person
    return ""


def first_match(pattern: re.Pattern[str], lines: Sequence[str]) -> str:
    """Returns what the first group of a pattern holds in the first line that it fits, or ''."""
    for line in lines:
        if match := pattern.search(line):
            return match[1]
    return ""


def name_in(speaker: str) -> str:
    """Returns the name in 校长　王 强, where post and name stand apart; else all of it."""
    match = LAST_NAME.search(speaker)
    return match[1] if match else speaker


def date_of(lines: Sequence[str]) -> datetime.date | None:
    """Returns the first day that lines name."""
    for line in lines:
        if day := day_of(line):
            return day
    return None
