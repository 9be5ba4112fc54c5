"""The handouts: PDFs set by typst from layouts/*.typ, a picture of each first page, and the list of them.

Page, grid, faces and page number are those of GB/T 9704-2012 (党政机关公文格式).
"""

from __future__ import annotations

import html
import json
import re
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import typst

from speechsite.paper.docx import write_docx
from speechsite.paper.printed import printed
from speechsite.problem import Problem, Stop
from speechsite.words.read import METADATA, Speech
from speechsite.words.rules import line_of

LAYOUTS = Path(__file__).parent / "layouts"
ARCHIVABLE: list[Any] = [
    "a-2a",
    "ua-1",
]  # also makes typst refuse a character that no face has, instead of printing a box
PICTURE_PPI = 25  # 207 pixels for the width of A4

Fonts = Literal["auto", "bundled"]
Progress = Callable[[Sequence[Any]], Iterable[Any]]

# role of GB/T 9704-2012, 7.3 -> its Chinese name and the official faces, best first, by the names that Windows, macOS,
# WPS and Linux packages give them. Noto Serif CJK SC (fonts-noto-cjk) is no 小标宋 but has a cut as heavy.
ROLES = {
    "title": (
        "标题",
        ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "STZhongsong", "华文中宋", "Noto Serif CJK SC"),
    ),
    "text": (
        "正文",
        ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FandolFang R"),
    ),
    "first": ("一级", ("SimHei", "黑体", "STHeiti")),
    "second": ("二级", ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "LXGW WenKai")),
    "number": ("页码", ("SimSun", "宋体", "STSong")),
}
TRADITIONAL = {"second": ("DFKai-SB", "標楷體", "BiauKai"), "number": ("PMingLiU", "新細明體")}
# Faces that hold the rare characters the others lack.
RARE = ("SimSun-ExtB", "SimSun-ExtG", "Plangothic P1", "Plangothic P2", "Jigmo", "Jigmo2", "Jigmo3")
NO_GLYPH = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed', re.DOTALL)
ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one build: by role, the families to try in order; `stand_ins` are the roles without their own."""

    fonts: typst.Fonts
    families: dict[str, tuple[str, ...]]
    stand_ins: dict[str, bool]

    def __str__(self) -> str:
        named = (
            f"{name} {self.families[role][0]}{'（代用）' if self.stand_ins[role] else ''}"
            for role, (name, _) in ROLES.items()
        )
        founder = self.families["title"][0].startswith(("FZ", "方正"))
        return (
            "字体："
            + "，".join(named)
            + ("；方正字体是商业字体，公开发布前先取得授权" if founder else "")
        )


@dataclass(frozen=True, slots=True)
class Handout:
    """A file for the hall: `size` in bytes, `picture` the PNG of its first page, `picture_size` in pixels.

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
class Job:
    """A PDF to be made: `layout` is the file of layouts/, `inputs` what it takes besides speech.json.

    Of several inputs, best first, those are taken that need the fewest pages: none is added for a few stray lines.
    """

    file: str
    layout: str
    title: str
    description: str
    inputs: tuple[dict[str, str], ...] = ({},)


@cache  # asked for by the build's report too; reading the faces of a whole machine takes 0.2 s
def find_faces(fonts: Fonts, traditional: bool = False) -> Faces:
    """Returns the faces that a build uses: the machine's official ones ("auto"), the font package's behind them.

    Raises Stop when the font package is missing.
    """
    # Behind the traditional faces the simplified ones, for what the editors say on paper.
    packages = (*(["pylopdf_fonts_zh_tw"] if traditional else []), "pylopdf_fonts_zh_cn")
    found = [spec for package in packages if (spec := find_spec(package))]
    if len(found) < len(packages):
        wanted = " ".join(packages).replace("_", "-")
        raise Stop(Problem("pyproject.toml", 0, "fonts", f"缺少字体包；运行 pip install {wanted}"))
    installed = typst.Fonts(
        include_system_fonts=fonts == "auto",
        include_embedded_fonts=False,
        font_paths=[Path(str(spec.origin)).parent for spec in found],
    )
    here = set(installed.families())  # typst warns of every family that is not there
    official = {
        role: [
            name
            for name in (TRADITIONAL.get(role, ()) if traditional else simplified)
            if name in here
        ]
        for role, (_, simplified) in ROLES.items()
    }
    # Behind its own, each role has all the others: what one of them can print, all can.
    rest = [
        *(name for name in RARE if name in here),
        *(name for names in official.values() for name in names),
    ]
    families: dict[str, tuple[str, ...]] = {}
    for role in ROLES:
        styles = (
            ("Sans", "Serif") if role == "first" else ("Serif", "Sans")
        )  # the package has its own 黑体 and 宋体
        bundled = [f"Noto {style} {script}" for script in ("TC", "SC") for style in styles]
        names = [*official[role], *(name for name in bundled if name in here), *rest]
        families[role] = tuple(dict.fromkeys(names))
    return Faces(installed, families, {role: not official[role] for role in ROLES})


def make_handouts(
    speech: Speech, folder: Path, fonts: Fonts = "auto", progress: Progress = iter
) -> list[Handout]:
    """Writes every handout and the picture of its first page into `folder`; returns them in the order of the page.

    `progress` is handed the handouts at work and yields them one by one.
    Raises Stop with all that keeps the speech from being printed.
    """
    faces = find_faces(fonts, is_traditional(speech))
    problems = list(print_rules(speech))
    if problems:
        raise Stop([*problems, *glyph_rules(speech, faces)])
    try:
        return press(speech, folder, faces, progress)
    except typst.TypstError:
        if not (problems := list(glyph_rules(speech, faces))):
            raise
        raise Stop(problems) from None


def press(speech: Speech, folder: Path, faces: Faces, progress: Progress) -> list[Handout]:
    """Prints a speech that keeps the rules; raises typst.TypstError where a character has no face."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor() as threads:
        root = shutil.copytree(LAYOUTS, Path(name), dirs_exist_ok=True)
        for part, value in {"speech": facts_of(speech, faces), **paragraphs_of(speech)}.items():
            (root / f"{part}.json").write_text(
                json.dumps(value, ensure_ascii=False), encoding="utf-8"
            )
        pending = [threads.submit(make, job, root, faces, folder) for job in jobs(speech)]
        write_docx(speech, folder / "speech.docx")  # meanwhile: typst works outside the interpreter
        whole, *others = [future.result() for future in progress(pending)]
    word = replace(
        whole,
        file="speech.docx",
        title="可编辑的全文",
        description="与公文版式相同，用 WPS 或 Word 打开，可改可摘，导航窗格里有标题。",
        size=(folder / "speech.docx").stat().st_size,
    )
    return [whole, word, *others]


def jobs(speech: Speech) -> Iterator[Job]:
    """Yields what is printed of a speech, the whole first; sheets for the themes with headings, or for all where none
    has any."""
    yield Job("speech.pdf", "speech", "公文版式", "全文，照党政机关公文格式排印。")
    columns = tuple({"column": characters} for characters in ("17", "18"))
    yield Job("notes.pdf", "notes", "笔记版", "左边是全文，右边是横线，边听边记。", columns)
    grids = tuple({"lines": lines} for lines in ("18", "19", "20"))
    yield Job("large-print.pdf", "large-print", "大字版", "全文，二号黑体，字大行疏。", grids)
    yield Job("booklet.pdf", "booklet", "小册子", "封面、目录和全文。")
    spoken = [theme for theme in speech.themes if theme.paragraphs]
    for theme in [theme for theme in spoken if theme.headings] or spoken:
        name, description = f"theme-{theme.slug}", "这一主题的原文，余下的地方画了横线。"
        sheet = {"theme": theme.title, "words": name}
        yield Job(f"{name}.pdf", "theme", f"主题单页：{theme.title}", description, (sheet,))


def make(job: Job, root: Path, faces: Faces, folder: Path) -> Handout:
    """Writes the PDF of a job and its picture into `folder`; `root` holds the layouts and the words."""

    def typeset(layout: str, inputs: dict[str, str]) -> typst.Compiler:
        return typst.Compiler(
            root / f"{layout}.typ", root, faces.fonts, ignore_system_fonts=True, sys_inputs=inputs
        )

    compiler = min((typeset(job.layout, inputs) for inputs in job.inputs), key=page_count)
    pages = page_count(compiler)
    compiler.compile(output=root / job.file, format="pdf", pdf_standards=ARCHIVABLE)
    picture = folder / f"{Path(job.file).stem}.png"
    typeset("picture", {"file": job.file}).compile(output=picture, format="png", ppi=PICTURE_PPI)
    if job.layout == "booklet":
        # A file that embeds pages cannot be tagged: it is for the printer; speech.pdf is for everybody.
        typeset("imposed", {"pages": str(pages)}).compile(output=folder / job.file, format="pdf")
        paper = f"A4 纸 {-(-pages // 4)} 张，对折成 A5"
        printing = "双面打印，沿短边翻转，实际大小（100%），对折后在中缝装订。"
    else:
        shutil.copy(root / job.file, folder)
        paper = f"A4 纸 {-(-pages // 2)} 张"
        printing = ("单面打印。", "双面打印，沿长边翻转。", "双面打印，沿长边翻转，左侧装订。")[
            min(pages, 3) - 1
        ]
    size = (folder / job.file).stat().st_size
    # A PNG's width and height are its first two numbers (https://www.w3.org/TR/png-3/#11IHDR).
    pixels = struct.unpack(">II", picture.read_bytes()[16:24])
    return Handout(
        job.file, job.title, job.description, pages, paper, printing, size, picture.name, pixels
    )


def page_count(compiler: typst.Compiler) -> int:
    """Returns how many pages a layout has; typst lays it out but writes nothing."""
    return int(json.loads(compiler.query("<pages>", field="value", one=True)))


def print_rules(speech: Speech) -> Iterator[Problem]:
    """Paper asks: there is text, and the reflection's words are spoken."""
    if not speech.paragraphs:
        yield Problem(METADATA, 0, "print", "讲话没有一段文字，印不成讲义；在 speech/ 里放入文字")
    for prompt in reflection(speech):
        if prompt not in speech.corrected:
            message = f"reflection 里的“{prompt}”不是讲话里的原话；改成原话，或删去"
            yield Problem(METADATA, line_of(speech, METADATA, "reflection"), "reflection", message)


def glyph_rules(speech: Speech, faces: Faces) -> Iterator[Problem]:
    """Each character has a face."""
    places = list(printed_texts(speech))
    for char in missing_characters({char for _, _, text in places for char in text}, faces):
        for file, line, text in places:
            if char in text:
                message = (
                    f"没有一种字体有“{char}”（U+{ord(char):04X}）这个字；"
                    f"装上有它的字体（生僻字可用 Jigmo），再以 --fonts auto 生成"
                )
                yield Problem(file, line, "glyph", message)


def printed_texts(speech: Speech) -> Iterator[tuple[str, int, str]]:
    """Yields all that is printed of a speech: file, line, text."""
    for key, texts in (
        ("title", [speech.title]),
        ("byline", speech.byline),
        ("occasion", [str(speech.metadata.get("occasion", ""))]),
    ):
        yield METADATA, line_of(speech, METADATA, key), "".join(texts)
    for theme in speech.themes:
        yield theme.page, 1, theme.title
        for heading in theme.headings:
            yield theme.words, heading.line, heading.title
        for paragraph in theme.paragraphs:
            yield theme.words, paragraph.line, paragraph.corrected


def missing_characters(characters: set[str], faces: Faces) -> list[str]:
    """Returns those of `characters` that no face has: typst sets them all, and names one that fails at a time."""
    missing: set[str] = set()
    source = (
        '#set document(title: "-", date: datetime(year: 1980, month: 1, day: 1))\n'
        "#set text(font: json(bytes(sys.inputs.faces)), fallback: false)\n#sys.inputs.characters"
    )
    while True:
        inputs = {
            "characters": "".join(sorted(characters - missing)),
            "faces": json.dumps(faces.families["text"]),
        }
        try:
            typst.compile(
                source.encode(), font_paths=faces.fonts, sys_inputs=inputs, pdf_standards=ARCHIVABLE
            )
        except typst.TypstError as error:
            found = NO_GLYPH.search(error.message)
            if not found:
                raise
            missing |= set(ESCAPE.sub(lambda code: chr(int(code[1], 16)), found["text"]))
        else:
            return sorted(missing)


def is_traditional(speech: Speech) -> bool:
    return speech.metadata.get("lang") == "zh-Hant"


def reflection(speech: Speech) -> list[str]:
    """Returns the last page of the notes: its heading and its prompts, in the speaker's own words; or nothing."""
    return list(speech.metadata.get("reflection") or [])


def facts_of(speech: Speech, faces: Faces) -> dict[str, Any]:
    """Returns what the layouts know of a speech (speech.json), its paragraphs aside."""
    return {
        "title": speech.title,
        "title_lines": speech.title_lines,
        "byline": speech.byline,
        "occasion": speech.metadata.get("occasion", ""),
        # A PDF/A must have a date, and the same speech makes the same bytes.
        "date": list(speech.metadata.get("updated", date(1980, 1, 1)).timetuple()[:3]),
        "keywords": [theme.title for theme in speech.themes],
        "region": "tw" if is_traditional(speech) else "cn",
        "faces": faces.families,
        "stand-ins": faces.stand_ins,
        "reflection": reflection(speech),
    }


def paragraphs_of(speech: Speech) -> dict[str, list[dict[str, Any]]]:
    """Returns the paragraphs that the layouts print: all as in the transcript or split, and of each theme."""
    split = [asdict(paragraph) for paragraph in printed(speech, as_transcript=False)]
    parts = {
        "transcript": [asdict(paragraph) for paragraph in printed(speech, as_transcript=True)],
        "split": split,
    }
    begin = 0
    for theme in speech.themes:
        end = begin + len(theme.paragraphs)
        parts[f"theme-{theme.slug}"], begin = split[begin:end], end
    return parts


def handouts_html(handouts: list[Handout], folder: str = "handouts") -> str:
    """Returns the list of handouts for their page: picture, pages, size, paper, how to print. Links are relative."""
    return (
        '<ul class="handouts">\n'
        + "".join(card(handout, folder) for handout in handouts)
        + "</ul>\n"
    )


def card(handout: Handout, folder: str) -> str:
    title, link = html.escape(handout.title), html.escape(f"{folder}/{handout.file}")
    width, height = handout.picture_size
    kind = Path(handout.file).suffix.removeprefix(".").upper()
    facts = f"{kind}　{handout.pages} 页　{handout.paper}　{-(-handout.size // 1024)} KB"
    return f"""<li class="handout-card">
<a class="handout-card__picture" href="{link}" tabindex="-1"><img src="{folder}/{html.escape(handout.picture)}" \
alt="{title}第一页的样子" width="{width}" height="{height}" loading="lazy"></a>
<div class="handout-card__text">
<h2 class="handout-card__title" id="{Path(handout.file).name.replace(".", "-")}"><a href="{link}">{title}</a></h2>
<p class="handout-card__facts">{html.escape(facts)}</p>
<p class="handout-card__print">{html.escape(handout.description + handout.printing)}</p>
</div>
</li>
"""
