"""What a talk's lines are: this speech, composed ones, and generated ones whose outline is known."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from speechsite.draft.heads import Head, read_head
from speechsite.draft.outline import Outline, recognise
from speechsite.draft.talk import Line, read_talk
from speechsite.draft.talk import Talk as Received
from speechsite.words import Heading, Speech

TALKS = Path(__file__).parent / "talks"


def read(lines: list[Line]) -> tuple[Head, Outline]:
    head = read_head(Received(tuple(lines)))
    return head, recognise(head.lines, head.body)


def read_text(text: str) -> tuple[Head, Outline]:
    return read([Line(line.strip()) for line in text.split("\n") if line.strip()])


def outline_of(text: str) -> Outline:
    return read_text(text)[1]


def begins(outline: Outline, text: str) -> list[tuple[int, str]]:
    """The level and the first words of each section."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [(s.level, lines[s.place[0]][s.place[1] :][:6]) for s in outline.sections]


def boundaries(text: str) -> list[tuple[int, str]]:
    return begins(outline_of(text), text)


def test_this_speech_is_proposed_as_the_editors_split_it(speech: Speech) -> None:
    expected = []
    for theme in speech.themes:
        following = True
        for block in theme.blocks:
            if isinstance(block, Heading):
                following = True
            else:
                expected += [block.original[:12]] if following else []
                following = False
    lines = read_talk(ROOT / "speech" / "original.txt").lines
    found = [lines[s.place[0]].text[s.place[1] :][:12] for s in read(list(lines))[1].sections]
    assert [text[:8] for text in found] == [text[:8] for text in expected]


def marked_talks() -> Iterator[
    tuple[str, list[Line], list[str], list[str], list[tuple[tuple[int, int], int]]]
]:
    """The composed talks of marked.txt: name, lines, title, byline, and where its sections begin with their levels.

    `T ` and `B ` begin a line of the title and the byline, `H2 ` a heading of the file's own, ⟦1⟧ a section.
    """
    for talk in (TALKS / "marked.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        name, *sources = talk.strip().split("\n")
        lines, heads, sections = [], {"T": [], "B": []}, []
        for source in sources:
            kind, text = re.fullmatch(r"(?:(T|B|H\d) )?(.*)", source).groups()
            words, position = "", 0
            for mark in re.finditer(r"⟦(\d)⟧", text):
                words += text[position : mark.start()]
                sections.append(((len(lines), len(words)), int(mark[1])))
                position = mark.end()
            lines.append(
                Line(words + text[position:], int(kind[1]) if kind and kind[0] == "H" else 0)
            )
            heads.get(kind, []).append(text)
        yield name, lines, heads["T"], heads["B"], sections


@pytest.mark.parametrize("talk", [pytest.param(talk[1:], id=talk[0]) for talk in marked_talks()])
def test_composed_talks(talk: tuple) -> None:
    lines, title, byline, sections = talk
    head, outline = read(lines)
    assert (list(head.title), list(head.byline)) == (title, byline)
    assert [(section.place, section.level) for section in outline.sections] == sections


def test_headings_are_written_as_the_talk_writes() -> None:
    text = "在全國會議上的講話\n同志們：\n今天講兩點。\n一、關於發展\n要搞好發展。\n二、關於後勤\n要搞好後勤。\n"
    head, outline = read_text(text)
    assert [section.title for section in outline.sections][1:] == ["一、關於發展", "二、關於後勤"]
    assert head.occasion == "全國會議"


def test_three_levels_and_the_traps_between_them() -> None:
    text = (TALKS / "safety.txt").read_text(encoding="utf-8")
    head, outline = read_text(text)
    assert (head.title, head.byline) == (
        ("在全市安全生产工作会议上的讲话",),
        ("市委书记  李明华", "（2024年3月15日）"),
    )
    shape = [level for level, _ in begins(outline, text)]
    assert shape == [1, 1, 2, 2, 1, 2, 3, 3, 2, 1, 1]


def test_title_of_two_lines_and_full_width_spaces() -> None:
    head, outline = read_text((TALKS / "plenary.txt").read_text(encoding="utf-8"))
    assert (len(head.title), len(head.byline), head.body) == (2, 2, 4)
    assert [s.level for s in outline.sections] == [1, 1, 1, 2, 2, 1, 1]


def test_no_title_and_sections_in_one_paragraph() -> None:
    head, outline = read_text((TALKS / "virtues.txt").read_text(encoding="utf-8"))
    assert (head.title, [s.title for s in outline.sections]) == (
        (),
        ["开篇", "勤", "俭", "廉", "结语"],
    )


def test_headings_that_the_file_names() -> None:
    _, outline = read(list(read_talk(TALKS / "forum.md").lines))
    assert [(s.level, s.title) for s in outline.sections][1:] == [
        (1, "一、关于人才"), (2, "引进"), (2, "留住"), (1, "二、关于资金")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "第一书记要带头。第二产业要稳住。第三产业要壮大。",
        "办事要讲实在，一是一，二是二，三是三，不能含糊。",
        "项目投资1.5亿元。2.3亿元已经到位。3.8亿元正在落实。",
        "三要素缺一不可。地块在一号路以北，二是路以南。",
        "困难有三个：一是订单少，二是用工难，三是资金紧。",
        "困难有三个：一是订单少；二是用工难；三是资金紧。",
        "我们首先要统一思想，其次要明确责任，最后要抓好落实。",
        "首先，感谢大家的到来。其次，祝贺大会的召开。",
        "会议有三项议程：\n一、听取汇报；\n二、讨论文件；\n三、通过决议。",
    ],
)
def test_what_only_looks_like_a_series(sentence: str) -> None:
    text = f"讲话\n同志们：\n今天的会议很重要。{sentence}希望大家认真落实。\n我们要继续努力。"
    assert [s.title for s in outline_of(text).sections] == ["正文"]


def test_a_short_list_does_not_break_the_series_around_it() -> None:
    item = "{}是抓落实。困难有三个：一是订单少，二是用工难，三是资金紧。我们要一件一件地办。"
    text = "讲话\n同志们：\n" + "\n".join(item.format(n) for n in "一二三四")
    assert [level for level, _ in boundaries(text)] == [1, 1, 1, 1, 1]


def test_topics_without_marks_need_to_be_taken_up() -> None:
    lead = "一、抓好工作\n今年要抓好督查和信息两项工作。"
    taken = "督查工作要严。各单位要真查真办。信息工作要快。有情况及时报送。"
    other = "大家都很辛苦。各单位要真办。要快要准。有情况及时报送。"
    tail = "\n二、加强领导\n各级领导要负起责任，狠抓落实。要有办法。"
    assert [level for level, _ in boundaries(f"讲话\n同志们：\n{lead}{taken}{tail}")] == [
        1,
        1,
        2,
        2,
        1,
    ]
    assert [level for level, _ in boundaries(f"讲话\n同志们：\n{lead}{other}{tail}")] == [1, 1, 1]


# The generator: a talk with a known outline. Words are drawn from lists; nothing of them is in the recogniser.
HAN = "一二三四五六七八九"
TOPS = ["{}、", "第{}，", "{}要", "（{}）"]
INNER = {"{}、": ["（{}）", "{}是", "{}要", "d.", "第{}，"], "第{}，": ["{}是", "{}要", "首先", "d."],
         "{}要": ["第{}，", "{}是", "首先"], "（{}）": ["d.", "{}是", "第{}，"]}  # fmt: skip
DEEPEST = {
    "（{}）": ["d.", "{}是", "{}要"],
    "{}是": ["首先"],
    "{}要": ["首先"],
    "d.": ["（d）", "{}是"],
    "第{}，": ["{}是"],
}
VERBS = ["提高", "加强", "抓好", "推进", "落实", "完善", "强化", "优化"]
NOUNS = [
    "思想认识",
    "组织领导",
    "项目建设",
    "队伍建设",
    "民生保障",
    "安全生产",
    "作风养成",
    "生态保护",
    "基层治理",
]
BODY = [
    "各级各部门要高度重视，把这项工作摆上重要位置。", "去年以来，我们做了大量工作，取得了明显成效。",
    "这是大家共同努力的结果。",
    "要建立台账，逐项销号，不留死角。", "困难有三个：一是订单少，二是用工难，三是资金紧。", "第一书记要带好头。",
    "总投资1.5亿元的项目已经开工。", "说话办事要一是一、二是二。", "我们首先要统一思想，其次要明确责任。",
    "三要素缺一不可。",
    "有人说：“打铁先要自身硬。”这句话很有道理。", "第二产业增加值增长3.2%。", "会场在二是路以南、三要街以北。",
]  # fmt: skip
POSTS = ["市委书记", "县长", "办公室主任", "公司董事长", "校长"]
NAMES = ["李明华", "王 强", "张　伟", "欧阳建国", "陈静"]
DATES = ["（2024年3月15日）", "二〇二三年十二月一日", "2025年7月1日", "（2022.11.08）"]


def mark(pattern: str, number: int) -> str:
    if pattern == "首先":
        return ["首先，", "其次，", "再次，", "最后，"][number - 1]
    return (
        pattern.replace("d", str(number)).format(HAN[number - 1])
        if "{" in pattern
        else pattern.replace("d", str(number))
    )


class Talk:
    """A talk being made: `text` grows by `say`, `found` collects (level, position without white space)."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.text, self.length = "", 0
        self.expected: set[tuple[int, int]] = set()

    def say(self, text: str) -> None:
        self.text += text
        self.length += len("".join(text.split()))

    def section(self, level: int) -> None:
        self.expected.add((level, self.length))

    def body(self, least: int = 2) -> str:
        return "".join(self.random.choice(BODY) for _ in range(self.random.randint(least, 5)))

    def series(self, level: int, pattern: str) -> None:
        inline = (
            level > 1
            and pattern in ("{}是", "{}要", "首先", "第{}，")
            and self.random.random() < 0.6
        )
        count = self.random.randint(3 if pattern == "首先" else 2, 4 if pattern == "首先" else 5)
        self.say("" if inline else "\n")
        for number in range(1, count + 1):
            if not inline:  # short points in a paragraph stay text
                self.section(level)
            name = self.random.choice(VERBS) + self.random.choice(NOUNS)
            alone = (
                not inline and pattern in ("{}、", "（{}）", "d.") and self.random.random() < 0.5
            )
            self.say(mark(pattern, number) + name + ("\n" if alone else "。") + self.body())
            inner = (
                INNER.get(pattern, [])
                if level == 1
                else DEEPEST.get(pattern, [])
                if level == 2
                else []
            )
            if inner and not inline and self.random.random() < 0.5:
                self.series(level + 1, self.random.choice(inner))
            self.say("" if inline else "\n")


def talk(seed: int) -> tuple[str, set[tuple[int, int]], tuple[str, ...], tuple[str, ...]]:
    made = Talk(seed)
    pick = made.random.choice
    title = pick(
        [
            ("在全市工作会议上的讲话",),
            ("奋力谱写发展新篇章", "——在区委全会上的讲话"),
            ("在开工仪式上的致辞",),
        ]
    )
    byline = pick(
        [(), (f"{pick(POSTS)} {pick(NAMES)}",), (pick(NAMES), pick(DATES)), (pick(DATES),)]
    )
    made.section(1)
    made.say(pick(["同志们：", "各位代表、同志们：", "尊敬的各位来宾，女士们、先生们："]) + "\n")
    made.say(f"今天的会议很重要。{made.body()}下面，我讲几点意见。\n")
    made.series(1, pick(TOPS))
    made.section(1)
    made.say(
        pick(["同志们，", "最后，", "各位代表，"])
        + "让我们携手努力！\n"
        + pick(["谢谢大家！\n", ""])
    )
    text = made.text
    if made.random.random() < 0.3:
        text = "".join(f"　　{line}\n\n" for line in text.split("\n") if line.strip())
    return "\n".join((*title, *byline)) + "\n" + text, made.expected, title, byline


def test_generated_talks() -> None:
    right = proposed = wanted = heads = 0
    count = 400
    for seed in range(count):
        text, expected, title, byline = talk(seed)
        lines = [Line(line.strip()) for line in text.split("\n") if line.strip()]
        head, outline = read(lines)
        starts = {}
        position = 0
        for index, line in enumerate(lines[head.body :], head.body):
            for column, char in enumerate(line.text):
                starts[index, column] = position
                position += not char.isspace()
        found = {(s.level, starts[s.place]) for s in outline.sections}
        heads += (head.title, head.byline) == (title, byline)
        right, proposed, wanted = (
            right + len(found & expected),
            proposed + len(found),
            wanted + len(expected),
        )
    precision, recall = right / proposed, right / wanted
    print(f"precision {precision:.4f} recall {recall:.4f} heads {heads / count:.4f}")
    assert 2 * precision * recall / (precision + recall) >= 0.97
    assert heads >= 0.95 * count


PROSE = "这几个月大家跑得很勤，事情一件一件地有了着落，剩下的几件也都有人盯着。" * 3
ENDS = {
    "the last of several equal addresses": [
        "各位代表！",
        PROSE,
        "各位代表！",
        "*各位代表！",
        PROSE,
    ],
    "what is said of the meeting": [PROSE, "*这次后勤会议，开得扎实。各处回去照着办。"],
    "what the speaker trusts in": [PROSE, "*今天来的人多，我相信路会越走越宽。"],
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_closing_begins_where_the_whole_is_spoken_of(end: list[str]) -> None:
    body = ["一、先说修渠", PROSE, PROSE, "二、再说修路", PROSE, PROSE]
    lines = [*body, *(line.lstrip("*") for line in end)]
    starts = [len(body) + index for index, line in enumerate(end) if line.startswith("*")]
    *_, last = read([Line(line) for line in lines])[1].sections
    assert (last.title, [last.place[0]]) == ("结语", starts)


def test_a_line_that_says_it_is_over_is_no_heading() -> None:
    text = f"修渠的事\n{PROSE}\n修路的事\n{PROSE}\n以上就是我要介绍的全部\n{PROSE}"
    titles = [s.title for s in outline_of(f"各位同事：\n{text}").sections]
    assert titles == ["开篇", "修渠的事", "修路的事", "结语"]


def test_our_names_of_parts_are_not_written_in_half_the_talks_characters() -> None:
    text = (
        "一、先說結構\n" + PROSE + "\n二、再說修路\n" + PROSE + "\n" + PROSE + "\n最後，謝謝大家。"
    )
    assert outline_of(text).sections[-1].title == "结语"


def test_what_one_person_says_in_several_paragraphs_is_not_divided() -> None:
    turn = f"Jane Doe：{PROSE}{PROSE}"
    assert [s.title for s in outline_of(f"{turn}\n{turn}\n{turn}").sections] == ["正文"]


def test_a_first_line_that_greets_all_is_no_title() -> None:
    head, _ = read_text(f"大家好，今天由我们组介绍一款小程序\n{PROSE}\n{PROSE}")
    assert head.title == ()
