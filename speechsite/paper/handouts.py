"""The handouts of a speech: which there are, what is said of each, and how all are made at once.

Page, grid, faces and page number are those of GB/T 9704-2012 (党政机关公文格式).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from speechsite.paper.docx import write_docx
from speechsite.paper.faces import STAND_IN, Faces, Fonts, find_faces, missing_characters
from speechsite.paper.manuscript import manuscript, page_address, printed_texts
from speechsite.paper.typesetting import Press, Sheet, Try, impose, typeset
from speechsite.problem import Problem, Stop
from speechsite.words import line_of
from speechsite.words.model import METADATA, Speech
from speechsite.words.titles import title_lines

LAYOUTS = Path(__file__).parent / "layouts"
Progress = Callable[[Sequence[Any]], Iterable[Any]]

# A last page of one or two lines goes by what 5.2.3 of the standard allows, in this order.
ADJUSTED = "为免末页只有一两行，每面排 {} 行、每行 {} 字（GB/T 9704 第 5.2.3 条容许适当调整）。"
OFFICIAL_GRIDS = ((22, 28), (23, 28), (21, 28), (22, 29), (23, 29), (21, 27), (24, 28))
NOTES_COLUMNS = ("17", "18")
LARGE_PRINT_LINES = ("18", "19", "20")
BOOKLET_LINES = ("22", "23", "21")

SINGLE, SHORT, BOUND = "单面打印。", "双面打印，沿长边翻转。", "双面打印，沿长边翻转，左侧装订。"
FOLDED = "双面打印，沿短边翻转，实际大小（100%），对折后在中缝装订。"


@dataclass(frozen=True, slots=True)
class Handout:
    """A file for the hall: `size` in bytes, `picture` the PNG of its first page, size in pixels.

    `paper` is how much it takes, `printing` how to print it.
    """

    file: str
    title: str
    description: str
    pages: int
    paper: str
    printing: str
    size: int
    picture: str
    picture_size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Missing:
    """A character that no face has: a stand-in is printed for it in these paragraphs."""

    character: str
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Printing:
    """All that was printed of a speech: the handouts in the order of their page, and a report."""

    handouts: tuple[Handout, ...]
    faces: Faces
    missing: tuple[Missing, ...]

    def __str__(self) -> str:
        """A sentence for the build's line."""
        parts = [f"{len(self.handouts)} 种", str(self.faces)]
        if self.missing:
            named = "、".join(f"“{each.character}”" for each in self.missing)
            parts.append(f"没有一种字体有{named}，印成{STAND_IN}，讲义页上有说明")
        return "，".join(parts)


@dataclass(frozen=True, slots=True)
class Job:
    """A PDF to be made: `layout` is the file of layouts/, `tries` the ways to fill its pages.

    `thrift` says that the way with the fewest pages is best.
    """

    name: str
    layout: str
    title: str
    description: str
    tries: tuple[Try, ...]
    thrift: bool = False


def make_handouts(
    speech: Speech, folder: Path, fonts: Fonts = "auto", progress: Progress = iter
) -> Printing:
    """Writes every handout and the picture of its first page into `folder`.

    `progress` is handed the handouts at work and yields them one by one.
    Raises Stop with all that keeps the speech from being printed.
    """
    if problems := list(print_rules(speech)):
        raise Stop(problems)
    faces = find_faces(fonts, speech.is_traditional)
    missing: tuple[Missing, ...] = ()
    try:
        handouts = press_all(speech, folder, faces, missing, progress)
    except typst.TypstError:
        missing = find_missing(speech, faces)
        if not missing:
            raise
        handouts = press_all(speech, folder, faces, missing, progress)
    return Printing(handouts, faces, missing)


def press_all(
    speech: Speech, folder: Path, faces: Faces, missing: tuple[Missing, ...], progress: Progress
) -> tuple[Handout, ...]:
    """Makes all handouts; raises typst.TypstError when one not in `missing` has no face."""
    folder.mkdir(parents=True, exist_ok=True)
    lacking = "".join(each.character for each in missing)
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor() as threads:
        press = loaded_press(Path(name), speech, faces, lacking)
        pending = [threads.submit(make, job, press, folder) for job in jobs(speech)]
        made = [future.result() for future in progress(pending)]
    whole, sheet = made[0]
    others = [handout for handout, _ in made[1:]]
    return (whole, word_file(speech, folder, whole, sheet), *others)


def loaded_press(root: Path, speech: Speech, faces: Faces, lacking: str = "") -> Press:
    """Returns a press in the folder `root`, with the layouts and the words of a speech in it."""
    shutil.copytree(LAYOUTS, root, dirs_exist_ok=True)
    for part, value in manuscript(speech, faces, lacking).items():
        text = json.dumps(value, ensure_ascii=False)
        (root / f"{part}.json").write_text(text, encoding="utf-8")
    return Press(root, faces)


def jobs(speech: Speech) -> Iterator[Job]:
    """Yields what is printed of a speech, the whole first.

    There are sheets for the themes with headings, or for all where none has any.
    """
    yield Job("speech", "speech", "公文版式", "全文，照党政机关公文格式排印。", official_tries({}))
    columns = tuple(Try({"column": column}) for column in NOTES_COLUMNS)
    code = "首页有网页的二维码。" if page_address(speech) else ""
    notes = f"左边是全文，页边有段号，右边是横线，边听边记。{code}"
    yield Job("notes", "notes", "笔记版", notes, columns, thrift=True)
    lines = tuple(Try({"lines": lines}) for lines in LARGE_PRINT_LINES)
    large = "全文，二号黑体，字大行疏，页边有段号。"
    yield Job("large-print", "large-print", "大字版", large, lines, thrift=True)
    lines = tuple(Try({"lines": lines}) for lines in BOOKLET_LINES)
    booklet = "封面、目录和全文。" + ("目录页有网页的二维码。" if code else "")
    yield Job("booklet", "booklet", "小册子", booklet, lines)
    spoken = [theme for theme in speech.themes if theme.blocks and theme.paragraphs]
    for theme in [theme for theme in spoken if theme.headings] or spoken:
        name = f"theme-{theme.slug}"
        names = json.dumps(title_lines(theme.title), ensure_ascii=False)
        sheet = {"theme": theme.title, "words": name, "names": names}
        said = "这一主题的原文，页边有段号，余下的地方画了横线。"
        yield Job(name, "theme", theme.title, said, official_tries(sheet))


def official_tries(inputs: dict[str, str]) -> tuple[Try, ...]:
    """Returns the ways to fill the pages of the standard, its own first."""
    tries: list[Try] = []
    for lines, columns in OFFICIAL_GRIDS:
        grid = {"lines": str(lines), "columns": str(columns)}
        tries.append(Try(inputs | grid, ADJUSTED.format(lines, columns) if tries else ""))
    return tuple(tries)


def make(job: Job, press: Press, folder: Path) -> tuple[Handout, Sheet]:
    """Writes the PDF of a job and its picture into `folder`."""
    sheet = typeset(press, job.layout, job.name, job.tries, job.thrift)
    title, pages = job.title, sheet.pages
    paper, printing = f"A4 纸 {-(-pages // 2)} 张", (SINGLE, SHORT, BOUND)[min(pages, 3) - 1]
    if job.layout == "booklet":
        impose(press, sheet)
        paper, printing = f"A4 纸 {-(-pages // 4)} 张，对折成 A5", FOLDED
    elif job.layout == "theme":
        title = f"{'主题单页' if pages <= 2 else '主题讲义'}：{title}"
    for path in (sheet.path, sheet.picture):
        shutil.copy(path, folder)
    handout = Handout(
        sheet.path.name,
        title,
        job.description + sheet.taken.remark,
        pages,
        paper,
        printing,
        sheet.path.stat().st_size,
        sheet.picture.name,
        sheet.picture_size,
    )
    return handout, sheet


def word_file(speech: Speech, folder: Path, whole: Handout, sheet: Sheet) -> Handout:
    """Writes the whole speech for Word and WPS, on the pages of its PDF."""
    path = folder / "speech.docx"
    write_docx(speech, path, sheet)
    return Handout(
        path.name,
        "可编辑的全文",
        "与公文版式相同，用 WPS 或 Word 打开，可改可摘。" + sheet.taken.remark,
        whole.pages,
        whole.paper,
        whole.printing,
        path.stat().st_size,
        whole.picture,
        whole.picture_size,
    )


def print_rules(speech: Speech) -> Iterator[Problem]:
    """Paper asks: there is text, and the reflection's words are spoken."""
    if not speech.paragraphs:
        yield Problem(METADATA, 0, "print", "讲话没有一段文字，印不成讲义；在 speech/ 里放入文字")
    for prompt in speech.reflection:
        if prompt not in speech.corrected:
            message = f"reflection 里的“{prompt}”不是讲话里的原话；改成原话，或删去"
            yield Problem(METADATA, line_of(speech, METADATA, "reflection"), "reflection", message)


def find_missing(speech: Speech, faces: Faces) -> tuple[Missing, ...]:
    """Returns the characters of a speech that no face has, and the paragraphs that hold them."""
    places = list(printed_texts(speech))
    characters = {char for _, text in places for char in text}
    found: list[Missing] = []
    for char in missing_characters(characters, faces):
        numbers = tuple(number for number, text in places if number and char in text)
        found.append(Missing(char, numbers))
    return tuple(found)
