"""What the editor of a new project hears: what was found and where, the outline, the doubts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from speechsite.draft.heads import Head
from speechsite.draft.marks import Place
from speechsite.draft.outline import Outline
from speechsite.draft.plan import Part
from speechsite.draft.talk import Lines, Talk, size
from speechsite.words import METADATA, TRANSCRIPT, WORDS

SHOWN = 30  # characters of a line that is only named


def found_of(head: Head) -> Iterator[str]:
    """Yields what was found of title, speaker and date, and from where."""
    title, byline = "".join(head.title), "”“".join(head.byline)
    if title:
        yield f"标题是《{title}》{f'，题下是“{byline}”' if byline else ''}"
    elif head.given_title:
        yield f"标题是《{head.given_title}》（文件头的 title，正文里没有标题）"
    else:
        yield f"没有认出标题；把 {METADATA} 的 title 改成合适的名称"
    yield from head.sources
    told = "".join(head.sources)
    missing = [name for name in ("讲话人", "日期") if name not in told]
    if missing:
        names = "、".join(missing)
        yield f"没有找到{names}；知道就写进 {METADATA} 的 speaker、date，不知道就不写"


def left_out_of(head: Head, talk: Talk) -> Iterator[str]:
    """Yields each line that is not among the words, with what it was taken for."""
    if not head.left_out:
        return
    yield (
        f"有 {len(head.left_out)} 行不算讲话，留在 {TRANSCRIPT} 里，列在 {METADATA} 的 left_out；"
        "是讲话的就从 left_out 删去，放回文字文件"
    )
    for index, reason in sorted(head.left_out.items()):
        yield f"  第 {index + 1} 行“{shortened(talk.lines[index].text)}”：{reason}"


def tree_of(parts: Sequence[Part], slugs: Sequence[str], lines: Lines) -> Iterator[str]:
    """Yields the proposed outline: each page and heading with its characters."""
    points = sum(one.level > 1 for part in parts for one in part.headings)
    pages = f"分成 {len(parts)} 页" if len(parts) > 1 else "全文一页"
    named = f"、{points} 个小标题" if points or len(parts) > 1 else "，没有认出分节"
    yield f"{pages}{named}（名称取自原文；不合适就改，位置不对就移动）："
    begins = [part.begins for part in parts]
    ends = [*begins[1:], (len(lines), 0)]
    for part, slug, end in zip(parts, slugs, ends, strict=True):
        yield f"  {part.title}  docs/{slug}.md  {between(part.begins, end, lines)} 字"
        inner = [one for one in part.headings if one.level > 1]
        stops = [*(one.place for one in inner), end][1:]
        for point, stop in zip(inner, stops, strict=False):
            size = between(point.place, stop, lines)
            yield f"  {'  ' * (point.level - 1)}{point.title}  {size} 字"


def between(start: Place, end: Place, lines: Lines) -> int:
    """Returns the characters from one place to another."""
    whole = size(lines[start[0] : end[0]])
    return whole - start[1] + end[1]


def doubts_of(outline: Outline, numbers: Sequence[int]) -> Iterator[str]:
    """Yields what an editor may decide otherwise; `numbers` are the transcript's, a line each."""
    for index, what in outline.doubts:
        yield f"{TRANSCRIPT}:{numbers[index]}: {what}"


def corrections_of(words: Mapping[str, Sequence[tuple[int, str]]]) -> Iterator[str]:
    """Yields the corrections that were needed, by words file."""
    for name, corrections in words.items():
        for line, what in corrections:
            yield f"{WORDS}/{name}:{line}: {what}"


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}……"
